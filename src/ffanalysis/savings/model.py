"""What a savings schedule means: savings, their owners, and what several tables state of them.

A `Saving` is one line of a schedule under one plan. Its amounts keep to their measure: a series of
targets, one of what is delivered, one of what is forecast. Only savings whose role is `own` are
added up; what the others are to the plan, their role says.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ffanalysis.figures import Sum, total_of
from ffanalysis.provenance import CellRef, cells_of
from ffanalysis.tables import SavingRow, non_zero, with_amount, with_marked_gap
from ffanalysis.vocabulary import Measure, Plan, Role

LineKey = tuple[str, ...]
NO_YEAR = "year not stated"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whom a line belongs to, as a sentence calls it: a project, or a programme's scope."""

    label: str
    project: str = ""
    programme: str = ""
    service: str = ""

    @property
    def about(self) -> dict[str, Any]:
        """Whom a finding on it concerns, as the finding's fields."""
        if self.project:
            return {"project": self.project}
        return {"programme": self.programme, "service": self.service}


@dataclass(frozen=True, slots=True)
class Series:
    """Amounts of one measure, each of one line and one year, in the schedule's order."""

    rows: tuple[SavingRow, ...] = ()

    def __iter__(self) -> Iterator[SavingRow]:
        return iter(self.rows)

    def __bool__(self) -> bool:
        return bool(self.rows)

    @property
    def total(self) -> Sum:
        return total_of(self.rows)

    @property
    def years(self) -> tuple[str, ...]:
        """The financial years it has cells for, in order."""
        return tuple(sorted({row.year for row in self.rows if row.year}))

    def where(self, is_meant: Callable[[SavingRow], object]) -> "Series":
        return Series(tuple(row for row in self.rows if is_meant(row)))

    def of_year(self, year: str | None) -> "Series":
        """The amounts of one year; of no year for None or NO_YEAR."""
        wanted = None if year == NO_YEAR else year
        return self.where(lambda row: row.year == wanted)

    def of_rag(self, rag: str) -> "Series":
        return self.where(lambda row: row.rag == rag)

    def of_route(self, route: str) -> "Series":
        return self.where(lambda row: row.route == route)

    @property
    def stated(self) -> "Series":
        """Those that are stated."""
        return Series(tuple(with_amount(self.rows)))

    @property
    def non_zero(self) -> "Series":
        """Those that carry money."""
        return Series(tuple(non_zero(self.rows)))

    @property
    def marked(self) -> "Series":
        """Those that the source marks as missing."""
        return Series(tuple(with_marked_gap(self.rows)))

    @property
    def cells(self) -> tuple[CellRef, ...]:
        return cells_of(self.rows)


def joined(series: Iterable[Series]) -> Series:
    """Several series of one measure as one."""
    return Series(tuple(row for each in series for row in each))


@dataclass(frozen=True)
class Saving:
    """One line of a schedule under one plan, with what is stated of it under each measure.

    Attributes:
        key: what the line is followed by from quarter to quarter and from table to table.
        target: the target that counts now, whichever measure states it.
        original, revised: what the schedule states under these measures.
        delivered, forecast: what is reported against the target.
    """

    key: LineKey
    plan: Plan
    role: Role
    label: str
    saving_type: str
    types: str
    route: str
    ref: str
    mitigates: str
    recurring: str
    target: Series
    original: Series = field(default_factory=Series)
    revised: Series = field(default_factory=Series)
    delivered: Series = field(default_factory=Series)
    forecast: Series = field(default_factory=Series)

    @property
    def is_counted(self) -> bool:
        return self.role == Role.OWN

    @property
    def expected(self) -> Series:
        """What is to come of it: its target, else what is forecast."""
        return self.target or self.forecast

    @property
    def first(self) -> SavingRow:
        """The first of its cells, which states what the line is."""
        return next(iter(self.target or self.forecast or self.delivered))


@dataclass(frozen=True, slots=True)
class NotAdded:
    """A line, or a whole table, that is not added to the savings of its plan, and why."""

    line: str
    reason: str
    cells: tuple[CellRef, ...]

    def __str__(self) -> str:
        return f"{self.line} is not added: {self.reason}"


@dataclass(frozen=True)
class PlanSavings:
    """The savings of one project under one plan: every line once, and what is added of them.

    Attributes:
        lines: the lines of the tables that count, whatever their role, in the schedule's order.
        delivered, forecast: what is reported of the project's own savings.
        not_added: what else the schedule states of them, with the reason it is not added.
    """

    plan: Plan
    lines: tuple[Saving, ...] = ()
    delivered: Series = field(default_factory=Series)
    forecast: Series = field(default_factory=Series)
    not_added: tuple[NotAdded, ...] = ()

    @cached_property
    def own(self) -> tuple[Saving, ...]:
        """The lines that are added: savings of their own."""
        return tuple(line for line in self.lines if line.is_counted)

    @cached_property
    def target(self) -> Series:
        """The targets of the savings that are added."""
        return joined(line.target for line in self.own)

    @cached_property
    def printed(self) -> Series:
        """The targets of all lines, as the schedule prints them."""
        return joined(line.target for line in self.lines)

    @property
    def mitigations(self) -> tuple[Saving, ...]:
        """The lines that make up for the shortfall of another."""
        return tuple(line for line in self.lines if line.role == Role.MITIGATION)

    def reported(self, measure: Measure) -> Series:
        """What is reported under a measure of progress. Raises KeyError for another."""
        return {Measure.DELIVERED: self.delivered, Measure.FORECAST: self.forecast}[measure]

    @cached_property
    def has_duplicates(self) -> bool:
        """Whether a line that is added is listed more than once with the same amount of a year."""
        return has_duplicates(self.target)


# What the cells of one line have in common.
SAME_LINE = (
    *("plan", "saving_type", "route", "rag", "rag_missing", "measure", "ref", "mitigates"),
    "details",
)


def has_duplicates(rows: Iterable[SavingRow]) -> bool:
    """Whether one table states a line with the same amount of the same year more than once."""
    money = non_zero(rows)
    once = {
        (row.block, row.year, row.amount_pence, *(getattr(row, key) for key in SAME_LINE))
        for row in money
    }
    return len(once) < len(money)


@dataclass(frozen=True)
class ProgrammeSavings:
    """What a programme states of its savings for one service under one measure.

    It may state them in several tables, each an analysis of the same total: `analyses` has the
    rows of each by the table's id. A table may state other services too; those rows belong to
    others. `shares` says whether another programme states savings for the same service, `number`
    is its place among those of the quarter.
    """

    programme: str
    service: str
    measure: str
    analyses: Mapping[str, tuple[SavingRow, ...]]
    number: int
    shares: bool = False

    @property
    def tables(self) -> tuple[str, ...]:
        return tuple(self.analyses)

    @property
    def subject(self) -> str:
        return ", ".join(filter(None, (self.service or self.programme, self.measure)))

    @property
    def label(self) -> str:
        """The subject in a sentence, with the programme where another has the same service."""
        if not self.shares:
            return self.subject
        return f"{self.subject} ({self.programme or 'programme not stated'})"

    @property
    def about(self) -> dict[str, Any]:
        """Whom a finding on it concerns."""
        return {"programme": self.programme, "service": self.service}
