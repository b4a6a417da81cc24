"""The trend: target, delivered and forecast, quarter by quarter, as each reported them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ffanalysis.figures import Figure, Sum, total
from ffanalysis.measure.plan_position import is_counted, plan_position, position_in_plan
from ffanalysis.measure.position import Position, forecast_total
from ffanalysis.measure.project_savings import PLAN_LABELS
from ffanalysis.periods import Period
from ffanalysis.provenance import slug
from ffanalysis.savings.left_out import left_out
from ffanalysis.savings.model import joined
from ffanalysis.savings.quarter import Quarter
from ffanalysis.savings.refusals import of_nobody, withheld_projects
from ffanalysis.vocabulary import Plan

MOST_QUARTERS = 8  # this one included
MEASURES = ("Target", "Delivered", "Forecast")
NOT_READ = "not read"


@dataclass(frozen=True)
class TrendQuarter:
    """What one quarter reported, all years of the saving together.

    Attributes:
        figures: target, delivered and forecast by name; empty where the quarter shows none.
        gap: why it shows none ("not read", "withheld", "not in the register").
        years: the financial years that its schedule has columns for; `with_money` those of them
            that have an amount.
        plan: the plan that it had the saving under, where that was another one.
        projects: how many projects are in its sums, of a programme; `members` which.
        left_out: the years over that their schedules listed in the quarter before, of a programme.
        has_duplicates: whether a line is listed more than once, which doubles its amounts.
    """

    period: Period
    figures: dict[str, Figure]
    gap: str = ""
    years: tuple[str, ...] = ()
    with_money: tuple[str, ...] = ()
    plan: Plan | None = None
    projects: Figure | None = None
    members: frozenset[str] = frozenset()
    left_out: tuple[str, ...] = ()
    has_duplicates: bool = False

    def has(self, name: str) -> bool:
        """Whether it states an amount, in full or in part, under a measure."""
        return name in self.figures and self.figures[name].value is not None


def _covers_others(was: TrendQuarter, now: TrendQuarter) -> bool:
    """Whether one of two quarters has money in a year that the other does not list."""
    if not was.years or not now.years:
        return False
    return not ({*was.with_money} <= {*now.years} and {*now.with_money} <= {*was.years})


@dataclass(frozen=True)
class Trend:
    """Up to eight quarters of a saving, the earliest first and this one last."""

    label: str
    quarters: tuple[TrendQuarter, ...] = ()

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures that any of its quarters states."""
        return tuple(name for name in MEASURES if any(each.has(name) for each in self.quarters))

    @property
    def is_told(self) -> bool:
        """Whether it says more than the page: two quarters, and progress or another target."""
        stated = [each for each in self.quarters if any(map(each.has, MEASURES))]
        if len(stated) < 2:
            return False
        targets = {each.figures["Target"].value for each in stated}
        return len(self.measures) > 1 or len(targets) > 1

    @property
    def is_of_same_projects(self) -> bool:
        """Whether the sums of all its quarters are of the same projects."""
        return len({each.members for each in self.quarters if each.projects}) < 2

    @property
    def breaks(self) -> tuple[int, ...]:
        """Where a schedule begins to cover other years with money than the one before it."""
        return tuple(
            place
            for place, (was, now) in enumerate(pairwise(self.quarters), 1)
            if now.left_out or _covers_others(was, now)
        )

    def every_figure(self) -> Iterator[Figure]:
        """Every figure of it."""
        for each in self.quarters:
            yield from each.figures.values()
            yield from (each.projects,) if each.projects else ()


def trends(quarter: Quarter, project: str, plans: Iterable[Plan]) -> tuple[Trend, ...]:
    """The trend of a project's savings under each of these plans."""
    return tuple(
        Trend(
            PLAN_LABELS[plan],
            from_the_first(
                [
                    _of_project(each, period, quarter, project, plan)
                    for period, each in quarters_back(quarter)
                ]
            ),
        )
        for plan in plans
    )


def quarters_back(quarter: Quarter) -> list[tuple[Period, Quarter | None]]:
    """This quarter and up to seven before it, this one first; None for one that was not read."""
    read: dict[Period, Quarter] = {}
    each: Quarter | None = quarter
    while each and len(read) < MOST_QUARTERS:
        read[each.period], each = each, each.before
    found, period = [], quarter.period
    for _ in range(MOST_QUARTERS):
        found.append((period, read.get(period)))
        period = period.before
    return found


def from_the_first(found: Sequence[TrendQuarter]) -> tuple[TrendQuarter, ...]:
    """The quarters in the order of time, from the first that states an amount."""
    in_order = list(reversed(found))
    stated = (place for place, each in enumerate(in_order) if any(map(each.has, MEASURES)))
    return tuple(in_order[next(stated, len(in_order)) :])


def _of_project(
    then: Quarter | None, period: Period, now: Quarter, project: str, plan: Plan
) -> TrendQuarter:
    if then is None:
        return TrendQuarter(period, {}, NOT_READ)
    if project in withheld_projects(then):
        return TrendQuarter(period, {}, "withheld")
    if project not in then.register:
        return TrendQuarter(period, {}, NOT_READ if any(of_nobody(then)) else "not in the register")
    under = _plan_then(then, now, project, plan)
    savings = then.savings_of(project, under)
    figures = trend_figures(
        (f"trend/{plan}", period, project),
        (savings.target.total, savings.delivered.total, forecast_total([savings])),
    )
    series = (savings.target, savings.delivered, savings.forecast)
    return TrendQuarter(
        period,
        figures,
        years=joined((savings.printed, *series)).years,
        with_money=joined(each.non_zero for each in series).years,
        plan=under if under != plan else None,
        has_duplicates=savings.has_duplicates,
    )


def _plan_then(then: Quarter, now: Quarter, project: str, plan: Plan) -> Plan:
    """The plan that a quarter had the saving under: another one where all of it changed plans."""
    known = [each for each in then.plans_of(project) if each != Plan.PRIOR]
    if plan in known or len(known) != 1 or known[0] in now.plans_of(project):
        return plan
    return known[0]


def trend_figures(
    about: tuple[str, Period, str], amounts: Sequence[Sum], words: str = ""
) -> dict[str, Figure]:
    """Target, delivered and forecast of one quarter as figures.

    `about` is what their names begin with, the quarter, and the project ("" for all together).
    """
    prefix, period, project = about
    return {
        name: Figure(
            f"{prefix}/{slug(str(period))}/{slug(name)}",
            amount,
            project=project,
            label=f"{words}{name}, {period.words}",
        )
        for name, amount in zip(MEASURES, amounts, strict=True)
    }


def programme_trend(quarter: Quarter) -> Trend:
    """The position of the savings in the plan over the last quarters, as each one's page has it."""
    found = [_of_programme(each, period) for period, each in quarters_back(quarter)]
    return Trend("Savings in the plan", from_the_first(found))


def _of_programme(then: Quarter | None, period: Period) -> TrendQuarter:
    if then is None:
        return TrendQuarter(period, {}, NOT_READ)
    if then.refusals:
        return TrendQuarter(period, {}, "incomplete")  # nor does its own page show grand totals
    positions = then.once(_positions)
    place = plan_position(positions.values())
    if place is None:
        return TrendQuarter(period, {}, "no forecast in full")
    parts = (place.target, place.delivered, place.forecast)
    amounts = [total([each]) for each in parts]
    figures = trend_figures(("plan-trend", period, ""), amounts, "Savings in the plan, ")
    number = Figure(f"plan-trend/{slug(str(period))}/projects", place.projects.sum, "count")
    members = frozenset(project for project, each in positions.items() if is_counted(each))
    ended = then.once(_left_out) if then.before else ()
    return TrendQuarter(period, figures, projects=number, members=members, left_out=ended)


def _left_out(quarter: Quarter) -> tuple[str, ...]:
    """The years that are over and that the schedules of the savings in the plan list no longer."""
    before = quarter.before
    found = {
        year
        for project in quarter.register
        if before and project in before.register
        for year in left_out(before, quarter, project).years
    }
    return tuple(sorted(found))


def _positions(quarter: Quarter) -> dict[str, Position]:
    """The position of each project's savings in the plan."""
    return {project: position_in_plan(quarter, project) for project in quarter.register}
