"""An invented programme as plain records.

What every quarter's workbooks state, and what was put in on purpose.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ffanalysis.demo.council import DIRECTORATE_OF, ROUTED, Council
from ffanalysis.periods import Period, year_label
from ffanalysis.provenance import slug


@dataclass(frozen=True)
class Line:
    """A line of a project's saving.

    Its type as printed, its route and RAG, and its pounds by year; TBC where not known yet.
    """

    ref: str
    kind: str
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
class Project:
    """A project as one quarter's workbooks state it.

    `canary` is an amount in pounds that no other project ever has.
    """

    name: str
    service: str
    plan: str
    ticked: str
    status: str
    lines: tuple[Line, ...]
    canary: int
    words: Mapping[str, str]
    milestones: tuple[tuple[str, str], ...]
    risks: tuple[tuple[str, ...], ...]
    signatures: tuple[tuple[str, ...], ...]
    deadline: tuple[str, ...] = ()
    delivered: Mapping[str, int] = field(default_factory=dict)
    forecast: Mapping[str, int] = field(default_factory=dict)

    @property
    def directorate(self) -> str:
        return DIRECTORATE_OF[self.service]

    @property
    def total(self) -> int:
        """What the project saves; savings brought forward ("Faster") are no saving of their own."""
        return sum(line.total for line in self.lines if not line.is_faster)

    @property
    def first_year(self) -> str:
        return min(year for line in self.lines for year, amount in line.known.items() if amount)

    @property
    def prints_total(self) -> bool:
        """Whether its schedule prints a total of all its lines.

        Where they are routed always, as the routes must add.
        """
        several = len(self.lines) > 1 or self.directorate == ROUTED
        return several and not any(line.is_faster or line.has_gap for line in self.lines)

    @property
    def shown(self) -> set[int]:
        """The amounts that a briefing or a finding may show of it.

        Cells, totals by line and by year, and where it stands.
        """
        counted = [line for line in self.lines if not line.is_faster]
        years = {year for line in self.lines for year in line.amounts}
        found = {amount for line in self.lines for amount in (line.total, *line.known.values())}
        for lines in (counted, list(self.lines)):
            found |= {sum(line.known.get(year, 0) for line in lines) for year in years} | {
                sum(line.total for line in lines)
            }
        delivered, forecast = sum(self.delivered.values()), sum(self.forecast.values())
        found |= {
            delivered,
            forecast,
            self.total - forecast,
            *self.delivered.values(),
            *self.forecast.values(),
        }
        return found


@dataclass(frozen=True)
class Plant:
    """A disagreement put in on purpose.

    Its kind, the project or directorate that it is in, and by how much in pounds.
    """

    kind: str
    where: str
    amount: int = 0


@dataclass(frozen=True)
class Movement:
    """What changed of a project since the quarter before."""

    project: str
    kind: str
    years: tuple[str, ...] = ()
    before: str | int | None = None
    after: str | int | None = None
    pounds: int | None = None


@dataclass(frozen=True)
class Quarter:
    period: Period
    projects: tuple[Project, ...]
    plants: tuple[Plant, ...]
    movements: tuple[Movement, ...]

    @property
    def year(self) -> str:
        return year_label(self.period.start)


@dataclass(frozen=True)
class Demo:
    """All quarters of an invented programme, the budgets behind them, and the one project that was renamed."""

    seed: int
    quarters: tuple[Quarter, ...]
    council: "Council"
    renamed: tuple[str, str] | None

    @property
    def first_start(self) -> int:
        return self.quarters[0].period.start

    @property
    def canaries(self) -> dict[str, int]:
        found = {
            slug(project.name): project.canary
            for quarter in self.quarters
            for project in quarter.projects
        }
        return {
            name: pounds
            for name, pounds in found.items()
            if not self.renamed or name != slug(self.renamed[0])
        }

    def slug_of(self, project: Project) -> str:
        """The project's key; a renamed one keeps that of its new name through all quarters."""
        return slug(
            self.renamed[1] if self.renamed and project.name == self.renamed[0] else project.name
        )
