"""A saving's position against its target, and what may come of it: delivery weighted by RAG.

The weights are the council's assumptions (`settings.toml`), and are printed beside every forecast.
What has no RAG status is not weighed: it is shown as not assessed. A negative amount, such as a
cost of the saving, is counted in full in every case.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from ffanalysis import money, periods
from ffanalysis.figures import (
    Figure,
    Sum,
    amount_of,
    at_least,
    difference,
    missing,
    negative,
    part_known,
    product,
    rounded,
    total,
)
from ffanalysis.provenance import slug
from ffanalysis.savings.assemble import is_statement, line_key, type_key, types_suffice
from ffanalysis.savings.model import NO_YEAR, LineKey, PlanSavings, Series, joined
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import SavingRow, WeightRow
from ffanalysis.vocabulary import PROGRESS, RECURRENCES, Measure, Plan

Case = Literal["low", "central", "high"]
CASES: tuple[Case, ...] = ("low", "central", "high")
IN_DOUBT = "in doubt"  # of a shortfall, where a line of its target is listed more than once


# --- what may come of it ------------------------------------------------------------------------


@dataclass(frozen=True)
class RiskWeightedForecast:
    """What is planned by year, and what of it may be delivered in each case.

    Attributes:
        planned, cases: figures by year; the last year of each is "total". Every case is rounded to
            £1,000, of less than £10,000 to £1; its total adds the rounded years.
        gap: what the plan exceeds each case by.
        not_assessed: what has no RAG status; where that is all, there is no case.
        weights: the rows of the table of weights that were used.
        has_costs: whether an amount below nil was counted in full.
        rounded_to: the unit of the cases, in pence.
    """

    planned: Mapping[str, Figure]
    cases: Mapping[Case, Mapping[str, Figure]]
    gap: Mapping[Case, Figure]
    not_assessed: Figure
    weights: tuple[WeightRow, ...]
    has_costs: bool
    rounded_to: int

    @property
    def years(self) -> tuple[str, ...]:
        return tuple(self.planned)

    @property
    def is_made(self) -> bool:
        """Whether there is a case.

        There is none of what has no RAG status, nor of a saving of nil or one that adds to
        spending.
        """
        return bool(self.cases) and self.planned["total"].pence > 0

    @property
    def central(self) -> Figure | None:
        """The total of the central case; None where nothing is weighed."""
        return self.cases["central"]["total"] if self.cases else None

    def figures(self) -> Iterator[Figure]:
        """Every figure of it."""
        yield from self.planned.values() if self.cases else ()
        yield from (figure for case in self.cases.values() for figure in case.values())
        yield from self.gap.values()
        yield self.not_assessed


def risk_weighted(
    quarter: Quarter,
    target: Series,
    prefix: str,
    label: str,
    project: str = "",
    delivered: Series | None = None,
) -> RiskWeightedForecast | None:
    """Targets weighted by their RAG status; None where they state no amount.

    No case of a year is less than what is `delivered` of it already, nor more where the year is
    over. What was delivered in another year than planned does not come a second time: it is taken
    off the plan of the years that lack it, the earliest first.
    """
    if not target.stated:
        return None
    weighing = _Weighing(quarter, target, delivered or Series())

    def figure(name: str, amount: Sum, words: str) -> Figure:
        return Figure(f"{prefix}/{name}", amount, project=project, label=f"{label}, {words}")

    planned = {
        year: figure(f"planned/{slug(year)}", target.of_year(year).total, f"planned, {year}")
        for year in weighing.years
    }
    planned["total"] = figure("planned/total", target.total, "planned")
    cases: dict[Case, dict[str, Figure]] = {}
    for case in CASES if weighing.assessed else ():
        by_year = {
            year: figure(f"{case}/{slug(year)}", weighing.case(case, year), f"{case} case, {year}")
            for year in weighing.years
        }
        cases[case] = by_year | {
            "total": figure(f"{case}/total", total(by_year.values()), f"{case} case")
        }
    assessed = weighing.assessed
    without = target.where(lambda row: not row.rag and row.amount_pence != 0)
    rags = {row.rag for row in assessed}
    return RiskWeightedForecast(
        planned,
        cases,
        {
            case: figure(
                f"gap/{case}",
                difference(assessed.total, by_year["total"]),
                f"short of plan in the {case} case",
            )
            for case, by_year in cases.items()
        },
        figure("not-assessed", without.total, "without a RAG status"),
        tuple(row for row in quarter.weights if row.rag in rags),
        any((row.amount_pence or 0) < 0 for row in assessed),
        weighing.unit,
    )


class _Weighing:
    """Targets and deliveries by year, and the weights of each RAG status."""

    def __init__(self, quarter: Quarter, target: Series, delivered: Series) -> None:
        self.delivered = delivered
        self.planned = target.stated
        self.assessed = self.planned.where(lambda row: row.rag)
        every = joined((self.planned, delivered.stated))
        self.years = list(every.years)
        self.years += [NO_YEAR] if any(not row.year for row in every) else []
        self.weights = {row.rag: row for row in quarter.weights}
        now = periods.year_of(quarter.as_of)
        self.over = {
            year
            for year in self.years
            if year != NO_YEAR and year < now and delivered.of_year(year).total.is_whole
        }
        # A forecast is no more exact than its weights; for a small saving, a thousand pounds would
        # be too much.
        is_large = target.total.known_pence >= 10 * money.THOUSAND
        self.unit = money.THOUSAND if is_large else money.POUND
        self.elsewhere = _elsewhere(
            {year: self.planned.of_year(year).total.known_pence for year in self.years},
            {year: delivered.of_year(year).total.known_pence for year in self.years},
        )

    def case(self, case: Case, year: str) -> Sum:
        """What may be delivered of one year in one case."""
        delivered = self.delivered.of_year(year)
        if year in self.over:
            return delivered.total
        weighed = self._weigh(case, self.assessed.of_year(year), self.elsewhere[year])
        done = delivered.stated.total
        return done if done.known is not None and done.pence > weighed.pence else weighed

    def _weigh(self, case: Case, rows: Series, elsewhere: int) -> Sum:
        if not rows:
            return Sum(0, stated_to=self.unit)
        weights = [self._weight(case, row) for row in rows]
        exact = total(
            product(amount_of(row), weight) for row, weight in zip(rows, weights, strict=True)
        )
        whole = rows.total
        if elsewhere and whole.known:
            left = whole.pence - elsewhere
            exact = product(exact, Decimal(left), whole.pence)
            whole = Sum(left, "", whole.stated_to, whole.cells, "−", (whole, Sum(elsewhere)))
        # All of it is all of it: rounding makes no more of it.
        return whole if all(weight == 100 for weight in weights) else rounded(exact, self.unit)

    def _weight(self, case: Case, row: SavingRow) -> Decimal:
        """How much of a line is counted on, in percent; of what lessens a saving, always all."""
        is_cost = (row.amount_pence or 0) < 0
        return Decimal(100 if is_cost else getattr(self.weights[row.rag or ""], case))


def _elsewhere(due: Mapping[str, int], came: Mapping[str, int]) -> dict[str, int]:
    """What of each year's plan was delivered in another year, in pence."""
    more = sum(max(0, came[year] - max(0, due[year])) for year in due)
    found = {}
    for year in due:
        found[year] = min(more, max(0, due[year] - max(0, came[year])))
        more -= found[year]
    return found


# --- its position -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Position:
    """What is delivered and forecast of a target, the shortfall, and what makes up for it.

    Attributes:
        target, delivered, forecast: each in its own measure. A forecast that leaves out a line or a
            year of the target is a part.
        shortfall: what the forecast falls short of the target, nil where it does not; not stated
            where either is known in part, in doubt where a line of the target is duplicated.
        above_target: what the forecast exceeds the target by, where it does.
        one_off, recurring, unclear: what mitigates the shortfall, by whether it recurs.
        unmitigated: what of the shortfall is left; `is_mitigated` says whether any mitigation is
            stated.
        due: what of the target is due by the end of the year.
    """

    target: Figure
    delivered: Figure
    forecast: Figure
    shortfall: Figure
    above_target: Figure | None
    one_off: Figure
    recurring: Figure
    unclear: Figure | None
    unmitigated: Figure
    is_mitigated: bool
    due: Figure | None = None

    @property
    def mitigations(self) -> tuple[Figure, ...]:
        return (self.one_off, self.recurring, *((self.unclear,) if self.unclear else ()))

    def figures(self) -> Iterator[Figure]:
        """Every figure of it, in the order in which a table shows them."""
        yield from (self.target, self.delivered, self.forecast, self.shortfall)
        yield from (self.above_target,) if self.above_target else ()
        yield from (*self.mitigations, self.unmitigated)

    @property
    def is_delivered(self) -> bool:
        """Whether no less is delivered, in all, than the saving comes to."""
        target, delivered = self.target, self.delivered
        if not (target.is_whole and delivered.is_whole and target.value and delivered.value):
            return False
        return delivered.pence >= target.pence


def position(
    quarter: Quarter, project: str, target: Figure, plan: Plan, prefix: str = "position"
) -> Position:
    """What is delivered and forecast of a project's savings under one plan, and the shortfall."""
    savings = quarter.savings_of(project, plan)

    def figure(name: str, amount: Sum, label: str) -> Figure:
        return Figure(f"{prefix}/{name}", amount, project=project, label=label)

    delivered = figure("delivered", savings.delivered.total, "Delivered")
    forecast = figure("forecast", forecast_total([savings]), "Forecast")
    short = difference(target, forecast)
    if short.known is not None and savings.has_duplicates:
        short = missing(IN_DOUBT)
    shortfall = at_least(short) if (short.known or 0) < 0 else short
    above = negative(short) if (short.known or 0) < 0 else None
    mitigated = {
        recurring: joined(
            line.expected for line in savings.mitigations if line.recurring == recurring
        )
        for recurring in (*RECURRENCES, "")
    }
    one_off = figure("mitigated-one-off", mitigated["one-off"].total, "Mitigated, one-off")
    recurs = figure("mitigated-recurring", mitigated["recurring"].total, "Mitigated, recurring")
    words = "Mitigated, not stated whether recurring"
    unclear = figure(slug(words), mitigated[""].total, words) if mitigated[""] else None
    parts = [each for each in (one_off, recurs, unclear) if each and each.cells]
    # Where no mitigation is stated, that is all that is known: the shortfall is not said to be
    # unmitigated.
    is_mitigated = bool(parts) or not shortfall.known
    words = "Unmitigated" if is_mitigated else "No mitigation stated"
    left = difference(shortfall, *parts)
    # More than the shortfall leaves nothing unmitigated; what is above the target has its own
    # figure.
    unmitigated = at_least(left) if (left.known or 0) < 0 else left
    return Position(
        target,
        delivered,
        forecast,
        figure("shortfall", shortfall, "Shortfall"),
        figure("above-target", above, "Above target") if above else None,
        one_off,
        recurs,
        unclear,
        figure(slug(words), unmitigated, words),
        is_mitigated,
        due(quarter, savings.target),
    )


def forecast_total(plans: Sequence[PlanSavings]) -> Sum:
    """What is forecast of these savings; a part where a line or a year of a target is left out."""
    forecasts = joined(each.forecast for each in plans)
    found = forecasts.total
    if not found.is_whole:
        return found
    covered = {row.plan for row in forecasts}
    targets = joined(each.target for each in plans if each.plan in covered)
    return part_known(found) if leaves_out(forecasts, targets) else found


def leaves_out(forecast: Series, target: Series) -> bool:
    """Whether a forecast says nothing of a line, or of a year, that the target has money for."""
    has_refs = any(row.ref for row in forecast)
    key = line_key if has_refs or not types_suffice(target.rows) else type_key
    said = {(key(row), row.year) for row in forecast if is_statement(row)}
    planned = {(key(row), row.year) for row in target.non_zero}
    if not {line for line, _ in said} & {line for line, _ in planned}:
        # Its lines have other names, so that only the years can be compared.
        any_line: LineKey = ()
        said, planned = ({(any_line, year) for _, year in each} for each in (said, planned))
    if any(year is None for _, year in (*said, *planned)):
        return not {line for line, _ in planned} <= {line for line, _ in said}
    return not planned <= said


def due(quarter: Quarter, target: Series) -> Figure | None:
    """What of a target is due by the end of this year; None where a part of it states no year."""
    if not target or any(not row.year for row in target):
        return None
    now = periods.year_of(quarter.as_of)
    amount = target.where(lambda row: row.year is not None and row.year <= now).total
    return Figure("position/due", amount, label=f"Target, due by the end of {now}")


@dataclass(frozen=True)
class Reported:
    """What is delivered and what is forecast of a project's savings by year, where it is stated."""

    delivered: Mapping[str, Figure]
    forecast: Mapping[str, Figure]

    def figures(self) -> Iterator[Figure]:
        """Every figure of it."""
        yield from (*self.delivered.values(), *self.forecast.values())


def reported_by_year(quarter: Quarter, project: str, plan: Plan) -> Reported:
    """The measures that are reported against the target of one plan, by year."""
    savings = quarter.savings_of(project, plan)
    return Reported(
        *(
            _by_year(savings.reported(measure), PROGRESS_LABELS[measure], project)
            for measure in PROGRESS
        )
    )


PROGRESS_LABELS = {Measure.DELIVERED: "Delivered", Measure.FORECAST: "Forecast"}


def _by_year(series: Series, label: str, project: str) -> dict[str, Figure]:
    if not series.stated:
        return {}
    return {
        year: Figure(
            f"position/{slug(label)}/{slug(year)}",
            series.of_year(year).total,
            project=project,
            label=f"{label}, {year}",
        )
        for year in sorted({row.year or NO_YEAR for row in series})
    }
