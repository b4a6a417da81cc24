"""What years had and delivered that are over, and that schedules list no longer."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ffanalysis.figures import Figure, total
from ffanalysis.savings.left_out import Comparable
from ffanalysis.savings.model import Series, joined
from ffanalysis.savings.quarter import Quarter
from ffanalysis.vocabulary import DELIVERED, Plan

_PREFIX = "movement/left-out"


@dataclass(frozen=True)
class YearsLeftOut:
    """The years, over by now, that the schedule lists no longer, and what it stated of them.

    Attributes:
        years: their labels, in order.
        targets: what the quarter before had for them, plan by plan.
        delivered: what it recorded as delivered in them; None where it recorded nothing.
        rated: what it rated Green Delivered, of savings that record no amount; never added to that.
        is_of_all: whether no line lists them any more.
    """

    years: tuple[str, ...]
    targets: Mapping[Plan, Figure]
    delivered: Figure | None = None
    rated: Figure | None = None
    is_of_all: bool = True

    def figures(self) -> Iterator[Figure]:
        """Every figure of it."""
        yield from self.targets.values()
        yield from (figure for figure in (self.delivered, self.rated) if figure)


def years_left_out(before: Quarter, project: str, both: Comparable) -> YearsLeftOut | None:
    """What the quarter before stated of the years that are listed no longer; None where nothing."""
    plans = [plan for plan in before.plans_of(project) if plan != Plan.PRIOR]
    targets: dict[Plan, Series] = {
        plan: joined(line.target for line in both.ended if line.plan == plan and line.is_counted)
        for plan in plans
    }
    # What is delivered is told of the savings in the plan; of a proposal where there are none.
    main = Plan.CURRENT if Plan.CURRENT in plans else next(iter(plans), Plan.CURRENT)
    savings, left = before.savings_of(project, main), both.left_out
    delivered = savings.delivered.where(left.has)
    rated = Series() if savings.delivered.stated else targets.get(main, Series()).of_rag(DELIVERED)
    every = (*targets.values(), delivered)
    years = tuple(year for year in left.years if any(year in each.non_zero.years for each in every))
    if not years:
        return None

    def figure(what: str, series: Series) -> Figure | None:
        if not series.stated:
            return None
        return Figure(f"{_PREFIX}/{what}", series.total, project=project, label=_label(what, years))

    return YearsLeftOut(
        years,
        {plan: made for plan, series in targets.items() if (made := figure(plan, series))},
        figure("delivered", delivered),
        figure("rated", rated),
        is_of_all=not {*years} & left.still_listed,
    )


def together(ended: Sequence[YearsLeftOut]) -> YearsLeftOut | None:
    """The same of several projects; None where there are none."""
    if not ended:
        return None
    years = tuple(sorted({year for each in ended for year in each.years}))

    def figure(what: str, found: Iterable[Figure | None]) -> Figure | None:
        some = [each for each in found if each]
        return Figure(f"{_PREFIX}/{what}", total(some), label=_label(what, years)) if some else None

    of_plans = {
        plan: figure(plan, (each.targets.get(plan) for each in ended))
        for plan in (Plan.CURRENT, Plan.PROPOSED)
    }
    return YearsLeftOut(
        years,
        {plan: made for plan, made in of_plans.items() if made},
        figure("delivered", (each.delivered for each in ended)),
        figure("rated", (each.rated for each in ended)),
    )


def _label(what: str, years: Sequence[str]) -> str:
    """What a figure is called: "Delivered in 2014/15, no longer listed"."""
    return f"{what.capitalize()} in {', '.join(years)}, no longer listed"
