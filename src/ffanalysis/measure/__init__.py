"""Savings to figures: what a project owns, what is its context, what it comes to, and by when.

A project's key figures come only from lines that it owns. What a wider programme states is context,
under its scope's name.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ffanalysis.figures import Figure
from ffanalysis.measure.bridge import Bridge, bridges
from ffanalysis.measure.context import Context, project_contexts
from ffanalysis.measure.duties import Deadline, deadlines
from ffanalysis.measure.forecast import RiskWeightedForecast
from ffanalysis.measure.movement import Movement, movement
from ffanalysis.measure.position import Position, Reported, position, reported_by_year
from ffanalysis.measure.project_savings import ProjectSavings, own_forecast, project_savings
from ffanalysis.measure.this_year import ThisYear, this_year
from ffanalysis.measure.trend import Trend, trends
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import ProjectRow
from ffanalysis.vocabulary import Plan


@dataclass(frozen=True)
class ProjectMeasures:
    """All figures of one project's briefing.

    Attributes:
        row: the project's row of the register.
        savings: its savings plan by plan, first those that the briefing is about.
        position: what is delivered and forecast of those; `also_in_plan` the same of savings in the
            plan that a project has beside its proposal.
        reported: what is delivered and forecast of what the briefing is about, by year.
        this_year, this_year_in_plan: this year's line of what the briefing is about, and of savings
            in the plan that a project has beside its proposal.
        trends: each plan's target, delivered and forecast over the last quarters.
    """

    row: ProjectRow
    savings: tuple[ProjectSavings, ...]
    position: Position
    also_in_plan: Position | None
    reported: Reported
    contexts: tuple[Context, ...]
    bridges: tuple[Bridge, ...]
    deadlines: tuple[Deadline, ...]
    movement: Movement
    forecast: RiskWeightedForecast | None
    this_year: ThisYear
    trends: tuple[Trend, ...] = ()
    this_year_in_plan: ThisYear | None = None

    @property
    def main(self) -> ProjectSavings:
        """What the briefing is about: the project's proposal, else its savings in the plan."""
        return self.savings[0]

    def figures(self) -> tuple[Figure, ...]:
        """Every figure, each name once."""
        return tuple({figure.name: figure for figure in self._figures()}.values())

    def _figures(self) -> Iterator[Figure]:
        for savings in self.savings:
            yield from savings.figures()
        yield from self.position.figures()
        yield from self.also_in_plan.figures() if self.also_in_plan else ()
        yield from self.reported.figures()
        yield from (figure for each in self.contexts for figure in each.figures())
        yield from (figure for each in self.bridges for figure in each.figures())
        yield from (figure for each in self.deadlines for figure in each.figures())
        yield from self.movement.figures()
        yield from self.forecast.figures() if self.forecast else ()
        yield from self.this_year.figures()
        yield from self.this_year_in_plan.figures() if self.this_year_in_plan else ()
        told = (each for each in self.trends if each.is_told)
        yield from (figure for each in told for figure in each.every_figure())


def project_measures(quarter: Quarter, project: str) -> ProjectMeasures:
    """Everything that a project's briefing counts."""
    row = quarter.register[project]
    savings = project_savings(quarter, project)
    own = savings[0]
    also_in_plan = _also_in_plan(quarter, project, savings)
    return ProjectMeasures(
        row,
        savings,
        position(quarter, project, own.total, own.plan),
        also_in_plan,
        reported_by_year(quarter, project, own.plan),
        project_contexts(quarter, project, own),
        tuple(bridges(quarter, quarter.chain(row.service))),
        deadlines(quarter, project),
        movement(quarter, project),
        own_forecast(quarter, project, own.plan, own.total.label),
        this_year(quarter, project, own.plan),
        trends(quarter, project, [each.plan for each in savings if each.plan != Plan.PRIOR]),
        this_year(quarter, project, Plan.CURRENT, "this-year/in-plan") if also_in_plan else None,
    )


def _also_in_plan(
    quarter: Quarter, project: str, savings: tuple[ProjectSavings, ...]
) -> Position | None:
    """The position of the savings in the plan that a project has beside its proposal."""
    for other in savings[1:]:
        if other.plan == Plan.CURRENT and other.total.cells:
            return position(quarter, project, other.total, Plan.CURRENT, "position/besides")
    return None
