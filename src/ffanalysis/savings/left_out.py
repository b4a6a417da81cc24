"""The years that a schedule lists no longer because they are over.

At the turn of a year many schedules drop the column of the year that ended. What it held did not
fall, was not taken out and is not undelivered: the two quarters are compared over the years that
both list, and what was left out is stated by itself.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ffanalysis.periods import is_over
from ffanalysis.savings.model import LineKey, PlanSavings, Saving
from ffanalysis.savings.quarter import Quarter

Lines = Mapping[LineKey, Sequence[Saving]]


def years_left_out(before: Quarter, quarter: Quarter, project: str) -> frozenset[str]:
    """The years, over by now, that a project's schedule listed in the quarter before and does not.

    Another project's line that lists the year in the same table shows that the table still does.
    """
    own = quarter.savings.of_project(project)
    if not own:
        return frozenset()
    tables = {row.block for row in own}
    listed = {row.year for row in quarter.savings if row.block in tables}
    then = {row.year for row in before.savings.of_project(project) if row.year}
    return frozenset(year for year in then - listed if is_over(year, quarter.as_of))


@dataclass(frozen=True)
class Comparable:
    """A project's lines in two quarters over the years that both list.

    Attributes:
        then, now: the lines of each quarter by what they are followed by.
        years: the years left out, in order.
        left_out: what the quarter before stated of those years.
    """

    then: Lines
    now: Lines
    years: tuple[str, ...] = ()
    left_out: tuple[Saving, ...] = ()


def over_the_years_of_both(then: Lines, now: Lines, years: Collection[str]) -> Comparable:
    """The lines of two quarters without `years`.

    A line that stated nothing of other years is left out of both where it states nothing now. One
    that had no cells for them, and states something now, is compared as it was.
    """
    if not years:
        return Comparable(then, now)
    kept = {key: without_years(lines, years) for key, lines in then.items()}
    ended = {key for key, lines in kept.items() if not _says(lines) and not _says(now.get(key, ()))}
    found = {key: lines or then[key] for key, lines in kept.items() if key not in ended}
    left = [
        only
        for key, lines in then.items()
        if key in ended or kept[key]
        for line in lines
        if (only := _of_years(line, lambda year: year in years)).target
    ]
    return Comparable(
        found,
        {key: lines for key, lines in now.items() if key not in ended},
        tuple(sorted(years)),
        tuple(left),
    )


def _says(lines: Iterable[Saving]) -> bool:
    """Whether the lines state anything of their targets: an amount, or that one is to come."""
    return any(line.target.stated or line.target.marked for line in lines)


def without_years(lines: Sequence[Saving], years: Collection[str]) -> list[Saving]:
    """The lines without the amounts of these years, and without those that had no others."""
    rest = [_of_years(line, lambda year: year not in years) for line in lines]
    return [line for line in rest if line.target]


def savings_without(savings: PlanSavings, years: Collection[str]) -> PlanSavings:
    """The savings of a plan without the amounts of these years."""
    if not years:
        return savings
    return replace(
        savings,
        lines=tuple(without_years(savings.lines, years)),
        delivered=savings.delivered.where(lambda row: row.year not in years),
        forecast=savings.forecast.where(lambda row: row.year not in years),
    )


def _of_years(line: Saving, is_meant: Callable[[str | None], bool]) -> Saving:
    """A line with the amounts of some of its years."""
    series = ("target", "original", "revised", "delivered", "forecast")
    kept = {name: getattr(line, name).where(lambda row: is_meant(row.year)) for name in series}
    return replace(line, **kept)
