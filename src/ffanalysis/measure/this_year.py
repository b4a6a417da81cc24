"""This financial year's line of a saving: target, delivered, forecast and variance."""

from collections.abc import Iterator
from dataclasses import dataclass

from ffanalysis import periods
from ffanalysis.figures import Figure, Sum, constant, difference, share
from ffanalysis.savings.model import PlanSavings
from ffanalysis.savings.quarter import Quarter
from ffanalysis.vocabulary import Plan


@dataclass(frozen=True)
class ThisYear:
    """What is planned for the financial year of the as-of date, and what is reported of it.

    Attributes:
        year: the financial year.
        target, delivered, forecast: the year's own amounts, each in its own measure.
        variance: the forecast less the target; not stated unless both are known in full.
        first: the first later year with a target, where this year has none; `first_year` names it.
        achieved: what is delivered as a percentage of the target; None where either is not known.
        to_come: what the forecast still needs beyond what is delivered, where that is any.
        months_left: the months of the year after the as-of date, to the nearest.
        is_over: whether the as-of date is the last day of the year.

    """

    year: str
    plan: Plan
    target: Figure
    delivered: Figure
    forecast: Figure
    variance: Figure
    months_left: Figure
    is_over: bool = False
    first: Figure | None = None
    first_year: str = ""
    achieved: Figure | None = None
    to_come: Figure | None = None

    @property
    def is_planned(self) -> bool:
        """Whether this year has a target, or one that is only marked."""
        return bool(self.target.value) or self.target.has_gap

    def figures(self) -> Iterator[Figure]:
        """Every figure of it."""
        yield from (self.target, self.delivered, self.forecast, self.variance)
        yield from (each for each in (self.first, self.achieved, self.to_come) if each)


def this_year(quarter: Quarter, project: str, plan: Plan, prefix: str = "this-year") -> ThisYear:
    """The line of the current financial year of a project's savings under one plan."""
    savings, year = quarter.savings_of(project, plan), periods.year_of(quarter.as_of)

    def figure(name: str, amount: Sum, label: str, when: str = year) -> Figure:
        return Figure(f"{prefix}/{name}", amount, project=project, label=f"{label}, {when}")

    target = figure("target", savings.target.of_year(year).total, "Target")
    delivered = figure("delivered", savings.delivered.of_year(year).total, "Delivered so far")
    forecast = figure("forecast", savings.forecast.of_year(year).total, "Forecast")
    variance = figure("variance", difference(forecast, target), "Variance")
    later = _first_later(savings, year)
    first = None
    if later and not target.value:
        amount = savings.target.of_year(later).total
        first = figure("first", amount, "First year with a saving", later)
    return ThisYear(
        year,
        plan,
        target,
        delivered,
        forecast,
        variance,
        _months_left(quarter, year, prefix),
        quarter.is_over(year),
        first,
        later if first else "",
        _achieved(target, delivered, year, prefix),
        _to_come(delivered, forecast, year, prefix),
    )


def _months_left(quarter: Quarter, year: str, prefix: str) -> Figure:
    days = (periods.year_end(year) - quarter.as_of).days
    left = round(days * 12 / _DAYS_OF_A_YEAR)
    return Figure(f"{prefix}/months-left", constant(left, "months left of the year"), "count")


_DAYS_OF_A_YEAR = 365.25


def _achieved(target: Figure, delivered: Figure, year: str, prefix: str) -> Figure | None:
    """What is delivered as a percentage of the year's target."""
    if not (target.is_whole and delivered.is_whole and target.value and target.pence > 0):
        return None
    if delivered.value is None or not (part := share(delivered, target)):
        return None
    label = f"Delivered so far as a share of the target, {year}"
    return Figure(f"{prefix}/achieved", part, "percent", target.project, label)


def _to_come(delivered: Figure, forecast: Figure, year: str, prefix: str) -> Figure | None:
    """What has still to be delivered for the forecast to be met; None where nothing is known."""
    left = difference(forecast, delivered)
    if not left.is_whole or (left.known or 0) <= 0:
        return None
    label = f"Still to be delivered to meet the forecast, {year}"
    return Figure(f"{prefix}/to-come", left, project=forecast.project, label=label)


def _first_later(savings: PlanSavings, year: str) -> str:
    """The first year after this one that has a target; blank where none has."""
    return next((each for each in savings.target.non_zero.years if each > year), "")
