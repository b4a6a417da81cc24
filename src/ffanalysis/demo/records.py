"""An invented programme as plain records: what its workbooks state, and the faults planted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from ffanalysis.demo.council import DIRECTORATE_OF, PROGRAMME, ROUTED, Council
from ffanalysis.periods import Period, long_date
from ffanalysis.provenance import slug


@dataclass(frozen=True)
class InventedLine:
    """A line of a project's saving. Its amounts are pounds by year, or TBC where not known yet."""

    ref: str
    kind: str  # its type as printed
    route: str
    rag: str
    amounts: Mapping[str, int | str]
    reason: str = ""  # why it moved in this quarter

    @property
    def known(self) -> dict[str, int]:
        return {year: amount for year, amount in self.amounts.items() if isinstance(amount, int)}

    @property
    def total(self) -> int:
        return sum(self.known.values())

    @property
    def has_gap(self) -> bool:
        return len(self.known) < len(self.amounts)

    @property
    def is_faster(self) -> bool:
        return "Faster" in self.kind

    @property
    def what(self) -> str:
        """What a finding calls the line."""
        return ", ".join(filter(None, (self.kind, self.route, self.rag)))


@dataclass(frozen=True)
class InventedMilestone:
    """A milestone: its date as written, the last day that it may be, and whether it is kept."""

    text: str
    written: str = ""
    last_day: date | None = None
    is_kept: bool = True

    def status(self, position: int, as_of: date) -> tuple[str, str]:
        """What the register says of it on a day, and when it was completed, where it says so.

        In the words of whoever filled the row in: they differ by its position.
        """
        if self.last_day is None:
            return "", ""
        if self.last_day > as_of:
            return ("On track", "In progress", "Not started")[position % 3], ""
        if not self.is_kept:
            return "Delayed", ""
        completed = self.last_day - timedelta(3)
        day = (f"{completed:%d/%m/%Y}", "", long_date(completed))[position % 3]
        return ("Complete", "Completed", "Done")[position % 3], day


@dataclass(frozen=True)
class LineProgress:
    """A line of an approved project as a tracker lists it: pounds by year."""

    line: InventedLine
    delivered: Mapping[str, int]
    forecast: Mapping[str, int]

    @property
    def variance(self) -> dict[str, int]:
        """Forecast less target, of each year that has a forecast."""
        return {year: each - self.line.known[year] for year, each in self.forecast.items()}

    @property
    def last_variance(self) -> int:
        """That of its last year, which falls short where any does."""
        return self.variance[max(self.forecast)]

    @property
    def shown(self) -> set[int]:
        """The amounts that a briefing or a finding may show of it."""
        found = {*self.delivered.values(), *self.forecast.values(), sum(self.forecast.values())}
        return found | {abs(each) for each in self.variance.values()}


@dataclass(frozen=True)
class InventedProject:
    """A project as one quarter's workbooks state it.

    `canary` is an amount in pounds that no other project ever has.
    """

    name: str
    service: str
    plan: str
    ticked: str  # the types of saving that its form ticks
    status: str
    lines: tuple[InventedLine, ...]
    canary: int
    words: Mapping[str, str]
    milestones: tuple[InventedMilestone, ...]
    risks: tuple[tuple[str, ...], ...]
    signatures: tuple[tuple[str, ...], ...]
    deadline: tuple[str, ...] = ()
    programme: str = PROGRAMME
    is_tracked: bool = False  # in a tracker with a band for each year, not in a plain schedule
    delivered: Mapping[str, int] = field(default_factory=dict)
    forecast: Mapping[str, int] = field(default_factory=dict)

    @property
    def directorate(self) -> str:
        return DIRECTORATE_OF[self.service]

    @property
    def counted(self) -> list[InventedLine]:
        """The lines that count: savings brought forward ("Faster") are no saving of their own."""
        return [line for line in self.lines if not line.is_faster]

    @property
    def total(self) -> int:
        """What the project saves."""
        return sum(line.total for line in self.counted)

    @property
    def due(self) -> dict[str, int]:
        """What the project saves by year, years of nil left out."""
        return {year: amount for year, amount in by_year(self.counted).items() if amount}

    @property
    def first_year(self) -> str:
        return min(year for line in self.lines for year, amount in line.known.items() if amount)

    @property
    def prints_total(self) -> bool:
        """Whether its schedule prints a total of all its lines.

        Where they are routed it always does, because the routes must add up.
        """
        several = len(self.lines) > 1 or self.directorate == ROUTED
        return several and not any(line.is_faster or line.has_gap for line in self.lines)

    @property
    def in_tracker(self) -> list[LineProgress]:
        """Its lines with what each delivers and is forecast; savings brought forward have none."""
        counted = self.counted
        delivered = _shared(self.delivered, counted)
        forecast = _shared(self.forecast, counted)
        shares = iter(zip(delivered, forecast, strict=True))
        return [
            LineProgress(line, *(({}, {}) if line.is_faster else next(shares)))
            for line in self.lines
        ]

    @property
    def shown(self) -> set[int]:
        """The amounts that a briefing or a finding may show of it: cells, totals and progress."""
        found = {amount for line in self.lines for amount in (line.total, *line.known.values())}
        for lines in (self.counted, self.lines):
            amounts = by_year(lines)
            found |= {*amounts.values(), sum(amounts.values())}
        for progress in (self.delivered, self.forecast):
            found |= {*progress.values(), sum(progress.values())}
        if self.is_tracked:
            found = found.union(*(each.shown for each in self.in_tracker))
        return found | {self.total - sum(self.forecast.values())}


def by_year(lines: Iterable[InventedLine]) -> dict[str, int]:
    """What lines come to in each of their years, TBC left out."""
    found: dict[str, int] = {}
    for line in lines:
        for year in line.amounts:
            found[year] = found.get(year, 0) + line.known.get(year, 0)
    return found


def _shared(amounts: Mapping[str, int], lines: Sequence[InventedLine]) -> list[dict[str, int]]:
    """What each line has of a project's amounts: by its target, the last one having the rest."""
    shares: list[dict[str, int]] = [{} for _ in lines]
    for year, amount in amounts.items():
        having = [number for number, line in enumerate(lines) if line.known.get(year)]
        whole = sum(lines[number].known[year] for number in having)
        for number in having[:-1]:
            shares[number][year] = lines[number].known[year] * amount // whole // 10 * 10
        shares[having[-1]][year] = amount - sum(share.get(year, 0) for share in shares)
    return shares


@dataclass(frozen=True)
class PlantedFault:
    """A disagreement put in on purpose.

    Its kind, the project or directorate that it is in, and by how many pounds it is wrong.
    """

    kind: str
    where: str
    amount: int = 0


@dataclass(frozen=True)
class InventedMovement:
    """What changed in a project since the quarter before."""

    project: str
    kind: str
    years: tuple[str, ...] = ()
    before: str | int | None = None
    after: str | int | None = None
    pounds: int | None = None


@dataclass(frozen=True)
class InventedQuarter:
    period: Period
    projects: tuple[InventedProject, ...]
    plants: tuple[PlantedFault, ...]
    movements: tuple[InventedMovement, ...]

    def slipped(self, directorate: str) -> bool:
        """Whether a directorate's split is in another unit than it says."""
        return any((each.kind, each.where) == ("unit-slip", directorate) for each in self.plants)


@dataclass(frozen=True)
class Demo:
    """All quarters of an invented programme, and the budgets behind them.

    `renamed` is the one project that was renamed: its old and its new name.
    """

    seed: int
    quarters: tuple[InventedQuarter, ...]
    council: Council
    renamed: tuple[str, str] | None

    @property
    def first_start(self) -> int:
        return self.quarters[0].period.start

    @property
    def canaries(self) -> dict[str, int]:
        old = slug(self.renamed[0]) if self.renamed else ""
        return {
            name: project.canary
            for quarter in self.quarters
            for project in quarter.projects
            if (name := slug(project.name)) != old
        }

    def before(self, quarter: InventedQuarter) -> InventedQuarter | None:
        """The quarter before one; None before the first."""
        place = self.quarters.index(quarter)
        return self.quarters[place - 1] if place else None

    def slug_of(self, project: InventedProject) -> str:
        """The project's key; a renamed one keeps that of its new name through all quarters."""
        if self.renamed and project.name == self.renamed[0]:
            return slug(self.renamed[1])
        return slug(project.name)
