"""The position of the savings in the plan, of all projects together."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from ffanalysis.figures import Figure, Sum, Term, change, counted, total
from ffanalysis.measure.forecast import RiskWeightedForecast
from ffanalysis.measure.position import Position, position
from ffanalysis.measure.stages import stage_now
from ffanalysis.provenance import slug
from ffanalysis.savings.quarter import Quarter
from ffanalysis.vocabulary import Plan, Stage


@dataclass(frozen=True)
class PlanPosition:
    """The position of the savings in the plan, of the projects that state a forecast in full.

    What one project forecasts above its target makes up for no other's shortfall: the two are kept
    apart. `projects` counts those that it adds, `without_forecast` those that state none.
    `central` is what the same projects would deliver at the rates of the settings, where each can
    be weighed, and `apart` by how much the services' forecast is more than that.
    """

    target: Figure
    due: Figure | None
    delivered: Figure
    forecast: Figure
    shortfall: Figure
    above_target: Figure | None
    projects: Figure
    without_forecast: Figure
    central: Figure | None = None
    apart: Figure | None = None
    is_illustrative: bool = True

    def figures(self) -> Iterator[Figure]:
        """Every figure of it."""
        every = (self.target, self.due, self.delivered, self.forecast, self.shortfall)
        yield from (figure for figure in (*every, self.above_target) if figure)
        yield from (self.projects, self.without_forecast)
        yield from (each for each in (self.central, self.apart) if each)


@dataclass(frozen=True)
class Withdrawn:
    """What projects given up still have in the schedules, which every total includes.

    Attributes:
        projects: their slugs, in the order of the register.
        amounts: what they come to, plan by plan.
        stages: how they were given up, each once: withdrawn, rejected.
    """

    projects: tuple[str, ...]
    amounts: Mapping[Plan, Figure]
    stages: tuple[Stage, ...] = (Stage.WITHDRAWN,)


def _what_it_has(quarter: Quarter, project: str) -> dict[Plan, Sum]:
    """What a project has in the plan and proposed, where it is something."""
    totals = {
        plan: quarter.savings_of(project, plan).target.total
        for plan in (Plan.CURRENT, Plan.PROPOSED)
    }
    return {plan: amount for plan, amount in totals.items() if amount.known}


def _how(found: Iterable[Stage]) -> tuple[Stage, ...]:
    """How projects were given up, each once, in the order of the stages."""
    named = set(found)
    return tuple(stage for stage in Stage if stage in named)


def still_counted(quarter: Quarter, projects: Iterable[str]) -> Withdrawn | None:
    """What those of these projects that are given up still have; None where it is nothing."""
    stages = {each: stage_now(quarter, quarter.register[each]) for each in projects}
    gone = {
        project: _what_it_has(quarter, project)
        for project, stage in stages.items()
        if stage.is_given_up
    }
    counted_ones = {project: amounts for project, amounts in gone.items() if amounts}
    if not counted_ones:
        return None
    how = _how(stages[project] for project in counted_ones)
    words = " or ".join(how).capitalize()
    plans = dict.fromkeys(plan for amounts in counted_ones.values() for plan in amounts)
    return Withdrawn(
        tuple(counted_ones),
        {
            plan: Figure(
                f"withdrawn/{plan}",
                total(amounts[plan] for amounts in counted_ones.values() if plan in amounts),
                label=f"{words} projects, still {plan}",
            )
            for plan in plans
        },
        how,
    )


def position_in_plan(quarter: Quarter, project: str) -> Position:
    """The position of what a project has in the plan."""
    target = Figure("", quarter.savings_of(project, Plan.CURRENT).target.total)
    return position(quarter, project, target, Plan.CURRENT)


def plan_position(positions: Iterable[Position]) -> PlanPosition | None:
    """The position of all savings in the plan; None where no project states a forecast in full."""
    in_plan = [each for each in positions if each.target.value]
    known = [each for each in in_plan if is_counted(each)]
    without = [each for each in in_plan if not is_counted(each)]
    if not known:
        return None

    def figure(label: str, parts: Iterable[Term]) -> Figure:
        words = f"Savings in the plan, {label.lower()}"
        return Figure(f"plan-position/{slug(label)}", total(parts), label=words)

    due = [each.due for each in known if each.due]
    above = [each.above_target for each in known if each.above_target]
    return PlanPosition(
        figure("Target", (each.target for each in known)),
        figure("Due", due) if len(due) == len(known) else None,
        figure("Delivered", (each.delivered for each in known)),
        figure("Forecast", (each.forecast for each in known)),
        figure("Shortfall", (each.shortfall for each in known)),
        figure("Above target", above) if above else None,
        Figure("plan-position/projects", _counted(known), "count"),
        Figure("plan-position/without-forecast", _counted(without), "count"),
    )


def beside_central(
    found: PlanPosition | None, forecasts: Iterable[RiskWeightedForecast | None]
) -> PlanPosition | None:
    """The position with what the same projects would deliver at the rates of the settings."""
    weighted = list(forecasts)
    cases = [each.central for each in weighted if each and each.is_made and each.central]
    is_whole = len(cases) == len(weighted) and all(each.is_whole for each in cases)
    return _beside(found, weighted, cases) if found and cases and is_whole else found


def _beside(
    found: PlanPosition,
    weighted: Iterable[RiskWeightedForecast | None],
    cases: Iterable[Figure],
) -> PlanPosition:
    label = "Savings in the plan, central case"
    central = Figure("plan-position/central", total(cases), label=label)
    apart = Figure(
        "plan-position/apart",
        change(central, found.forecast),
        label="Savings in the plan, forecast above the central case",
    )
    is_illustrative = any(each.is_illustrative for each in weighted if each)
    return replace(found, central=central, apart=apart, is_illustrative=is_illustrative)


def _counted(positions: Iterable[Position]) -> Sum:
    """How many there are, each by the first cell of its target."""
    return counted(cell for each in positions for cell in each.target.cells[:1])


def is_counted(found: Position) -> bool:
    """Whether a project is in the sums: it has a target in the plan and states a full forecast."""
    return bool(found.target.value) and found.shortfall.value is not None
