"""All projects of a quarter: each programme once and against the plan, and projects' own savings.

The projects' own savings are broken down by RAG, year, type, plan area and route.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ffanalysis.figures import (
    NOT_STATED,
    Figure,
    Sum,
    difference,
    known_part,
    sum_of,
    total,
    total_of,
)
from ffanalysis.measure import project_measures
from ffanalysis.measure.context import Context, contexts, rag_series
from ffanalysis.measure.forecast import Case, RiskWeightedForecast, risk_weighted
from ffanalysis.measure.in_projects import (
    OutsideThePlan,
    ProgrammeInProjects,
    in_projects,
    outside_the_plan,
)
from ffanalysis.measure.plan_position import (
    PlanPosition,
    Withdrawn,
    beside_central,
    is_counted,
    plan_position,
    position_in_plan,
    still_counted,
)
from ffanalysis.measure.position import Position
from ffanalysis.measure.programme_movement import ProgrammeMovement, programme_movement
from ffanalysis.measure.project_savings import ProjectSavings, own_forecast, project_savings
from ffanalysis.measure.trend import Trend, programme_trend
from ffanalysis.provenance import cell_of, slug, slugs
from ffanalysis.savings.analyses import plan_lines
from ffanalysis.savings.assemble import is_statement
from ffanalysis.savings.model import ProgrammeSavings, Series, joined
from ffanalysis.savings.quarter import Quarter
from ffanalysis.savings.refusals import withheld_projects
from ffanalysis.tables import PlanRow, ProjectRow, SavingRow, non_zero
from ffanalysis.vocabulary import RAG_STATUSES, Plan

# How the projects' own savings are broken down: what each breakdown is called, and what a line or
# its project states for it.
_Stated = Callable[[SavingRow, ProjectRow], str | None]
_BREAKDOWNS: Mapping[str, _Stated] = {
    "RAG": lambda line, _: line.rag,
    "Year": lambda line, _: line.year,
    "Type of saving": lambda line, _: line.types,
    "Plan area": lambda _, project: project.plan_area,
    "Delivery route": lambda line, _: line.route,
}
# What was planned for years that are over and delivered in full, whatever its rating says.
DELIVERED_YEARS = "Delivered, years over"
PLAN_COLUMNS: Mapping[Plan, str] = {Plan.CURRENT: "In the plan", Plan.PROPOSED: "Proposed"}
Breakdown = Mapping[str, Mapping[Plan, Figure]]  # by label ("Amber"), then by plan


@dataclass(frozen=True)
class ProgrammeAgainstPlan:
    """A programme against the plan.

    `plan` is the MTFP's own line for it, `gap` what the central case is short of that.
    """

    context: Context
    plan: Figure | None
    forecast: RiskWeightedForecast | None
    gap: Figure | None

    def figures(self) -> Iterator[Figure]:
        """Every figure of it."""
        yield from self.context.figures()
        yield from (figure for figure in (self.plan, self.gap) if figure)
        yield from self.forecast.figures() if self.forecast else ()


@dataclass(frozen=True)
class ProgrammeTotals:
    """What all programmes come to together.

    A column that some programme does not state has no total. `plan_without_programme` is what the
    plan has for none of these programmes, `in_projects` what their projects have of them.
    """

    total: Figure | None = None
    by_rag: Mapping[str, Figure] = field(default_factory=dict)
    central: Figure | None = None
    plan: Figure | None = None
    gap: Figure | None = None
    plan_without_programme: Figure | None = None
    in_projects: Figure | None = None
    in_no_project: Figure | None = None
    low: Figure | None = None
    high: Figure | None = None

    def figures(self) -> Iterator[Figure]:
        """Every figure of it."""
        yield from (figure for figure in (self.total, self.central) if figure)
        yield from self.by_rag.values()
        yield from (
            figure for figure in (self.plan, self.plan_without_programme, self.gap) if figure
        )
        others = (self.in_projects, self.in_no_project, self.low, self.high)
        yield from (figure for figure in others if figure)


@dataclass(frozen=True)
class MarkedDelivered:
    """What all programmes together mark as Green Delivered, in the quarter before and now."""

    before: Figure
    after: Figure

    def figures(self) -> Iterator[Figure]:
        """Both figures."""
        yield from (self.before, self.after)


@dataclass(frozen=True)
class OtherYears:
    """The years that programmes' tables covered then and cover now, where these differ."""

    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True)
class ProgrammeMeasures:
    """All projects of a quarter, and each programme counted once.

    Attributes:
        programmes: each programme against the plan.
        projects: what each briefing is about: a project's proposal, else its savings in the plan.
        own: the projects' own savings by plan; every breakdown comes to it.
        totals: what all programmes come to, where none of them is about a part of another.
        position: the position of the savings in the plan, where a project states a forecast.
        marked_delivered: then and now; `other_years` where the tables cover other years now.
        shortfalls: what the savings in the plan of each project are forecast to fall short by.
        delivered: the projects whose savings in the plan are delivered in full.
        in_projects: what of each programme its projects carry, and what is in none.
        outside_the_plan: what projects carry that is in no line of the plan; None where nothing.
        trend: the position of the savings in the plan over the last quarters.
        withdrawn: what withdrawn projects still have; None where it is nothing.
    """

    programmes: tuple[ProgrammeAgainstPlan, ...]
    projects: dict[str, ProjectSavings]
    movement: ProgrammeMovement
    forecasts: Mapping[str, RiskWeightedForecast | None] = field(default_factory=dict)
    own: Mapping[Plan, Figure] = field(default_factory=dict)
    breakdowns: Mapping[str, Breakdown] = field(default_factory=dict)
    totals: ProgrammeTotals | None = None
    position: PlanPosition | None = None
    marked_delivered: MarkedDelivered | None = None
    other_years: OtherYears | None = None
    shortfalls: Mapping[str, Figure] = field(default_factory=dict)
    delivered: frozenset[str] = frozenset()
    in_projects: tuple[ProgrammeInProjects, ...] = ()
    outside_the_plan: OutsideThePlan | None = None
    trend: Trend | None = None
    withdrawn: Withdrawn | None = None

    @property
    def contexts(self) -> tuple[Context, ...]:
        return tuple(each.context for each in self.programmes)

    @property
    def falling_short(self) -> tuple[str, ...]:
        """The projects that are forecast to fall short, in the order of the register."""
        return tuple(project for project, figure in self.shortfalls.items() if figure.value)

    def figures(self) -> tuple[Figure, ...]:
        """Every figure, each name once; a project's own are prefixed with its name on the page."""
        found = [*self.own.values()]
        found += self.totals.figures() if self.totals else ()
        found += self.position.figures() if self.position else ()
        found += (*self.movement.figures(), *self.shortfalls.values())
        found += self.marked_delivered.figures() if self.marked_delivered else ()
        for each in self.programmes:
            found += each.figures()
        for carried in self.in_projects:
            found += carried.figures()
        found += self.outside_the_plan.figures() if self.outside_the_plan else ()
        found += self.trend.every_figure() if self.trend else ()
        found += self.withdrawn.amounts.values() if self.withdrawn else ()
        for breakdown in self.breakdowns.values():
            found += (figure for label in breakdown.values() for figure in label.values())
        return tuple({figure.name: figure for figure in found}.values())


def _position(quarter: Quarter, positions: Mapping[str, Position]) -> PlanPosition | None:
    """The position of the savings in the plan, beside the central case of the same projects."""
    counted_ones = ((project, each) for project, each in positions.items() if is_counted(each))
    forecasts = (
        own_forecast(quarter, project, Plan.CURRENT, each.target.label)
        for project, each in counted_ones
    )
    return beside_central(plan_position(positions.values()), forecasts)


def programme_measures(quarter: Quarter) -> ProgrammeMeasures:
    """What the programme page counts: every programme once, and each project's own savings."""
    by_plan = {project: project_savings(quarter, project) for project in quarter.register}
    main = {project: savings[0] for project, savings in by_plan.items()}
    withheld = withheld_projects(quarter)
    readable = [project for project in quarter.register if project not in withheld]
    positions = {project: position_in_plan(quarter, project) for project in readable}
    wider = contexts(quarter, quarter.programmes)
    before = quarter.before
    then = contexts(before, before.programmes) if before else ()
    programmes = tuple(
        _against_plan(quarter, savings, context)
        for savings, context in zip(quarter.programmes, wider, strict=True)
    )
    targets = {
        project: {plan: quarter.savings_of(project, plan).target for plan in PLAN_COLUMNS}
        for project in readable
    }
    return ProgrammeMeasures(
        programmes,
        main,
        programme_movement(quarter),
        {
            project: own_forecast(quarter, project, main[project].plan, main[project].total.label)
            for project in readable
        },
        {
            plan: Figure(
                f"own/{slug(label)}",
                joined(own[plan] for own in targets.values()).total,
                label=f"Projects' own savings, {label.lower()}",
            )
            for plan, label in PLAN_COLUMNS.items()
        },
        _breakdowns(quarter, targets, by_plan),
        _totals(quarter, programmes),
        _position(quarter, positions),
        _marked_delivered(quarter, then, wider),
        _other_years(then, wider),
        {
            project: each.shortfall.renamed(f"{project}/position/shortfall")
            for project, each in positions.items()
        },
        frozenset(
            project
            for project, each in positions.items()
            if main[project].plan == Plan.CURRENT and each.is_delivered
        ),
        in_projects(quarter),
        outside_the_plan(quarter),
        programme_trend(quarter),
        still_counted(quarter, readable),
    )


# --- then and now -----------------------------------------------------------------------------


def _marked_delivered(
    quarter: Quarter, then: Sequence[Context], now: Sequence[Context]
) -> MarkedDelivered | None:
    """What the programmes mark as delivered; None where one of the quarters does not say.

    Nor where they are not the same programmes over the same years: another year's savings are no
    movement.
    """
    before = quarter.before
    if before is None or may_overlap(quarter, quarter.programmes):
        return None
    covered = [
        {
            (savings.programme, savings.subject, _years(context))
            for savings, context in zip(programmes, shown, strict=True)
        }
        for programmes, shown in ((before.programmes, then), (quarter.programmes, now))
    ]
    if not covered[1] or covered[0] != covered[1]:
        return None
    was, is_now = (_all_delivered(shown) for shown in (then, now))
    if was is None or is_now is None or is_now.known is None:
        return None
    return MarkedDelivered(
        *(
            Figure(
                f"movement/marked-delivered/{when}",
                amount,
                label=f"Programmes, marked delivered, {when}",
            )
            for when, amount in (("before", was), ("after", is_now))
        )
    )


def _all_delivered(shown: Sequence[Context]) -> Sum | None:
    """What all of these mark as delivered; None where one of them does not say, or in part."""
    known = [each.delivered for each in shown if each.delivered and not each.delivered.has_gap]
    return total(known) if len(known) == len(shown) else None


def _years(context: Context) -> tuple[str, ...]:
    """The years that a programme states an amount for."""
    totals = context.grid.year_totals if context.grid else {}
    return tuple(year for year, figure in totals.items() if figure.value is not None)


def _other_years(then: Sequence[Context], now: Sequence[Context]) -> OtherYears | None:
    was, is_now = (
        tuple(sorted({year for each in shown for year in _years(each)})) for shown in (then, now)
    )
    return OtherYears(was, is_now) if was and is_now and was != is_now else None


def all_figures(quarter: Quarter, projects: Iterable[str]) -> tuple[Figure, ...]:
    """The figures of these projects' briefings and of the programme page."""
    found = [
        figure for project in projects for figure in project_measures(quarter, project).figures()
    ]
    return (*found, *programme_measures(quarter).figures())


# --- projects' own savings ----------------------------------------------------------------------


def _breakdowns(
    quarter: Quarter,
    targets: Mapping[str, Mapping[Plan, Series]],
    savings: Mapping[str, Sequence[ProjectSavings]],
) -> dict[str, Breakdown]:
    """The projects' own savings in every breakdown."""
    done = {
        (project, each.plan, year)
        for project, plans in savings.items()
        for each in plans
        if each.done
        for year in each.done.years
    }

    def rated(line: SavingRow, _: ProjectRow) -> str | None:
        is_done = (line.project, line.plan, line.year) in done
        return DELIVERED_YEARS if is_done else line.rag

    every: Mapping[str, _Stated] = {**_BREAKDOWNS, "RAG": rated}
    return {name: _breakdown(quarter, targets, name, stated) for name, stated in every.items()}


def _breakdown(
    quarter: Quarter,
    targets: Mapping[str, Mapping[Plan, Series]],
    name: str,
    stated: _Stated,
) -> dict[str, dict[Plan, Figure]]:
    """The projects' own savings by what they state, the labels in order, those without one last."""
    found: dict[str, dict[Plan, list[SavingRow]]] = {}
    for project, plans in targets.items():
        for plan, target in plans.items():
            for row in target:
                label = stated(row, quarter.register[project]) or NOT_STATED
                if is_statement(row) and row.amount_pence != 0:
                    found.setdefault(label, {}).setdefault(plan, []).append(row)
    rags = [str(rag) for rag in RAG_STATUSES if rag in found]
    order = [*rags, *sorted(found.keys() - {*RAG_STATUSES, NOT_STATED}), NOT_STATED]
    names = slugs({label: label for label in order if label in found})
    return {
        label: {
            plan: Figure(
                f"own/{slug(name)}/{called}/{slug(PLAN_COLUMNS[plan])}",
                total_of(rows),
                label=f"{name} {label}, {PLAN_COLUMNS[plan]}",
            )
            for plan, rows in found[label].items()
        }
        for label, called in names.items()
    }


# --- programmes against the plan ----------------------------------------------------------------


def _against_plan(
    quarter: Quarter, savings: ProgrammeSavings, context: Context
) -> ProgrammeAgainstPlan:
    """One programme, weighted by the RAG status of its lines, and the plan's own line for it."""
    lines, members = plan_lines(quarter, savings)
    plan = None
    if lines and len(members) == 1:
        label = f"{context.scope}, in the medium term financial plan"
        plan = Figure(f"{context.name}/mtfp", total_of(lines), label=label)
    rated = rag_series(savings)
    forecast = risk_weighted(quarter, rated, f"{context.name}/weighted", context.scope)
    central = forecast.central if forecast else None
    return ProgrammeAgainstPlan(
        context, plan, forecast, _gap(f"{context.name}/gap-to-mtfp", plan, central, context.scope)
    )


def _gap(name: str, plan: Figure | None, central: Figure | None, whose: str) -> Figure | None:
    """What the central case is short of the plan; None where one is not stated in full."""
    if not plan or not central or not plan.is_whole:
        return None
    short = difference(plan, known_part(central) if central.value is not None else central)
    return Figure(name, short, label=f"{whose}, central case short of the plan")


def may_overlap(quarter: Quarter, programmes: Sequence[ProgrammeSavings]) -> bool:
    """Whether one programme may be about a part of another: then they are not added up."""
    services = {each.service for each in programmes}
    parts = any(other in quarter.chain(one)[1:] for one in services for other in services)
    again = len({(each.programme, each.service) for each in programmes}) < len(programmes)
    unnamed = any(each.shares and not each.programme for each in programmes)
    return parts or again or not all(services) or unnamed


def _totals(quarter: Quarter, programmes: Sequence[ProgrammeAgainstPlan]) -> ProgrammeTotals | None:
    """What all programmes come to together; nothing of one alone, or of those that overlap."""
    if len(programmes) < 2 or may_overlap(quarter, quarter.programmes):
        return None

    def figure(name: str, parts: Sequence[Figure | None]) -> Figure | None:
        known = [part for part in parts if part]
        if len(known) < len(parts):
            return None
        label = f"All programmes, {name}"
        return Figure(f"overall/{slug(name)}", total(known), label=label)

    lines = [plan_lines(quarter, savings)[0] for savings in quarter.programmes]
    # A line that several programmes share counts once.
    rows = list({cell_of(row): row for some in lines for row in some}.values())
    plan = None
    if all(lines):
        label = "All programmes, in the medium term financial plan"
        plan = Figure("overall/plan", total_of(rows), label=label)
    forecasts = [each.forecast for each in programmes]
    central = figure("central", [each.central if each else None for each in forecasts])
    by_rag = {}
    for rag in RAG_STATUSES:
        grids = (each.context.grid for each in programmes)
        # A RAG status that none of a programme's lines has is no gap.
        parts = [grid.row_totals[rag] for grid in grids if grid and rag in grid.row_totals]
        if parts and (found := figure(rag, parts)):
            by_rag[str(rag)] = found
    return ProgrammeTotals(
        figure("total", [each.context.total for each in programmes]),
        by_rag,
        central,
        plan,
        _gap("overall/gap", plan, central, "All programmes"),
        _plan_without_programme(quarter, rows),
        *_carried_in_all(figure, in_projects(quarter)[: len(programmes)]),
        *(figure(case, [_of_case(each, case) for each in forecasts]) for case in ("low", "high")),
    )


def _of_case(forecast: RiskWeightedForecast | None, case: Case) -> Figure | None:
    return forecast.cases[case]["total"] if forecast and forecast.cases else None


def _carried_in_all(
    figure: Callable[[str, Sequence[Figure | None]], Figure | None],
    found: Sequence[ProgrammeInProjects],
) -> tuple[Figure | None, Figure | None]:
    """What projects have of all programmes, and what is in no project.

    Neither where a line cannot be read, or where it is not known what is in no project.
    """
    if any(each.is_refused or each.overall.rest is None for each in found):
        return None, None
    carried = [each.overall.projects for each in found if each.overall.projects.value is not None]
    rest = figure("in no project", [each.overall.rest for each in found])
    return (figure("in projects", carried) if carried else None), rest


def _plan_without_programme(quarter: Quarter, known: Sequence[PlanRow]) -> Figure | None:
    """What the plan has for none of the programmes, where there is any.

    A line for a service that one of these is a part of, or that is a part of one, may be about
    them.
    """
    cells = {cell_of(row) for row in known}
    near = {service for each in quarter.programmes for service in quarter.chain(each.service)}
    about = {each.service for each in quarter.programmes}
    others = [
        row
        for row in non_zero(quarter.mtfp)
        if cell_of(row) not in cells
        and row.service not in near
        and not about & {*quarter.chain(row.service)}
    ]
    label = "In the medium term financial plan, of none of these programmes"
    rest = Figure("overall/plan-apart", total_of(others), label=label)
    return rest if sum_of(rest).known_pence > 0 else None
