"""The years that the lines of a schedule list no longer because they are over.

At the turn of a year many schedules drop the column, or the rows, of the year that ended. What it
held did not fall, was not taken out and is not undelivered: two quarters are compared over the
years that both list, line by line, and what was left out is stated by itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ffanalysis.periods import is_over
from ffanalysis.savings.assemble import line_key
from ffanalysis.savings.model import LineKey, PlanSavings, Saving, Series
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import SavingRow, non_zero
from ffanalysis.vocabulary import DELIVERED

Lines = Mapping[LineKey, Sequence[Saving]]


@dataclass(frozen=True)
class LeftOut:
    """The years, over by now, that the lines of a project listed in the quarter before and do not.

    Attributes:
        by_line: those of each line.
        still_listed: the years among them that other lines of the project still list.
    """

    by_line: Mapping[LineKey, frozenset[str]] = field(default_factory=dict)
    still_listed: frozenset[str] = frozenset()

    def has(self, row: SavingRow) -> bool:
        """Whether a row of the quarter before is left out."""
        return row.year in self.by_line.get(line_key(row), ())

    @property
    def years(self) -> tuple[str, ...]:
        """All of them, in order."""
        return tuple(sorted({year for years in self.by_line.values() for year in years}))


def left_out(before: Quarter, quarter: Quarter, project: str) -> LeftOut:
    """What the lines of a project listed of years that are over, and list no longer."""
    then = _years_by_line(before.savings.of_project(project))
    now = _years_by_line(quarter.savings.of_project(project))
    found = {
        key: frozenset(year for year in years - now.get(key, set()) if is_over(year, quarter.as_of))
        for key, years in then.items()
    }
    return LeftOut(found, frozenset(year for years in now.values() for year in years))


def _years_by_line(rows: Iterable[SavingRow]) -> dict[LineKey, set[str]]:
    """The years for which each line has cells, blank or not, under any measure."""
    found: dict[LineKey, set[str]] = {}
    for row in rows:
        own = found.setdefault(line_key(row), set())
        if row.year:
            own.add(row.year)
    return found


def years_ended(quarter: Quarter, project: str) -> tuple[str, ...]:
    """The years of a project of which nothing is listed now, as all of them are over; else none.

    They are those of the last quarter that stated anything of it.
    """
    earlier = quarter.before
    while earlier is not None and project in earlier.register:
        money = list(non_zero(earlier.savings.of_project(project)))
        if money:
            left = left_out(earlier, quarter, project)
            is_all = all(left.has(row) for row in money)
            return tuple(sorted({row.year for row in money if row.year})) if is_all else ()
        earlier = earlier.before
    return ()


@dataclass(frozen=True)
class Comparable:
    """A project's lines in two quarters over the years that both list.

    Attributes:
        then, now: the lines of each quarter by what they are followed by.
        left_out: which years of which lines are left out of the quarter before.
        ended: what the quarter before stated of those years.
    """

    then: Lines
    now: Lines
    left_out: LeftOut = field(default_factory=LeftOut)
    ended: tuple[Saving, ...] = ()


def over_the_years_of_both(then: Lines, now: Lines, left: LeftOut) -> Comparable:
    """The lines of two quarters without the years that are left out.

    A line that stated nothing of other years is left out of both where it states nothing now. One
    that had no cells for them, and states something now, is compared as it was.
    """
    if not left.years:
        return Comparable(then, now)
    kept = {key: without(lines, left) for key, lines in then.items()}
    gone = {key for key, lines in kept.items() if not _says(lines) and not _says(now.get(key, ()))}
    found = {key: lines or then[key] for key, lines in kept.items() if key not in gone}
    ended = [
        only
        for key, lines in then.items()
        if key in gone or kept[key]
        for line in lines
        if (only := _in_part(line, left, is_left_out=True)).target
    ]
    still = {key: lines for key, lines in now.items() if key not in gone}
    return Comparable(found, still, left, tuple(ended))


def _says(lines: Iterable[Saving]) -> bool:
    """Whether the lines state anything of their targets: an amount, or that one is to come."""
    return any(line.target.stated or line.target.marked for line in lines)


def without(lines: Sequence[Saving], left: LeftOut) -> list[Saving]:
    """The lines without the years that are left out, and without those that had no others."""
    rest = [_in_part(line, left, is_left_out=False) for line in lines]
    return [line for line in rest if line.target]


def savings_without(savings: PlanSavings, left: LeftOut) -> PlanSavings:
    """The savings of a plan without the years that are left out."""
    if not left.years:
        return savings
    return replace(
        savings,
        lines=tuple(without(savings.lines, left)),
        delivered=savings.delivered.where(lambda row: not left.has(row)),
        forecast=savings.forecast.where(lambda row: not left.has(row)),
    )


def delivered_of(savings: PlanSavings, left: LeftOut) -> Series:
    """What was delivered of the years left out; what was rated so where no amount is recorded."""
    if savings.delivered.stated:
        return savings.delivered.where(left.has)
    return savings.target.of_rag(DELIVERED).where(left.has)


def _in_part(line: Saving, left: LeftOut, *, is_left_out: bool) -> Saving:
    """A line with the amounts that are left out, or with the others."""
    series = ("target", "original", "revised", "delivered", "forecast")
    kept = {
        name: getattr(line, name).where(lambda row: left.has(row) is is_left_out) for name in series
    }
    return replace(line, **kept)
