"""This financial year's line of a saving: target, delivered, forecast and variance."""

from collections.abc import Iterator
from dataclasses import dataclass

from ffanalysis import periods
from ffanalysis.figures import Figure, Sum, difference
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

    """

    year: str
    plan: Plan
    target: Figure
    delivered: Figure
    forecast: Figure
    variance: Figure
    first: Figure | None = None
    first_year: str = ""

    @property
    def is_planned(self) -> bool:
        """Whether this year has a target, or one that is only marked."""
        return bool(self.target.value) or self.target.has_gap

    def figures(self) -> Iterator[Figure]:
        """Every figure of it."""
        yield from (self.target, self.delivered, self.forecast, self.variance)
        yield from (self.first,) if self.first else ()


def this_year(quarter: Quarter, project: str, plan: Plan) -> ThisYear:
    """The line of the current financial year of a project's savings under one plan."""
    savings, year = quarter.savings_of(project, plan), periods.year_of(quarter.as_of)

    def figure(name: str, amount: Sum, label: str) -> Figure:
        return Figure(f"this-year/{name}", amount, project=project, label=f"{label}, {year}")

    target = figure("target", savings.target.of_year(year).total, "Target")
    delivered = figure("delivered", savings.delivered.of_year(year).total, "Delivered to date")
    forecast = figure("forecast", savings.forecast.of_year(year).total, "Forecast")
    variance = figure("variance", difference(forecast, target), "Variance")
    later = _first_later(savings, year)
    first = None
    if later and not target.value:
        first = figure("first", savings.target.of_year(later).total, "First year with a saving")
    return ThisYear(
        year, plan, target, delivered, forecast, variance, first, later if first else ""
    )


def _first_later(savings: PlanSavings, year: str) -> str:
    """The first year after this one that has a target; blank where none has."""
    return next((each for each in savings.target.non_zero.years if each > year), "")
