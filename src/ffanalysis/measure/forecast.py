"""What may come of a saving: what is planned and delivered, weighted by RAG status.

The weights are the council's assumptions (`settings.toml`), and are printed beside every forecast.
What has no RAG status is not weighed: it is shown as not assessed. A negative amount, such as a
cost of the saving, is counted in full in every case.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from ffanalysis import money
from ffanalysis.figures import (
    Figure,
    Sum,
    allot,
    amount_of,
    at_least,
    change,
    constant,
    difference,
    known_part,
    or_nil,
    rounded,
    scaled,
    total,
)
from ffanalysis.provenance import slug
from ffanalysis.savings.model import NO_YEAR, Series, joined
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import SavingRow, WeightRow
from ffanalysis.vocabulary import SOFTWARES_OWN

Case = Literal["low", "central", "high"]
CASES: tuple[Case, ...] = ("low", "central", "high")


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
        over: the years that are over by the as-of date and of which the schedule says in full what
            is delivered: every case has exactly that.
        unrecorded: those that are over and of which it does not say so: they are weighed all the
            same.
    """

    planned: Mapping[str, Figure]
    cases: Mapping[Case, Mapping[str, Figure]]
    gap: Mapping[Case, Figure]
    not_assessed: Figure
    weights: tuple[WeightRow, ...]
    has_costs: bool
    rounded_to: int
    over: tuple[str, ...] = ()
    unrecorded: tuple[str, ...] = ()

    @property
    def is_settled(self) -> bool:
        """Whether every year with a saving is over and recorded, so that none is left to weigh."""
        open_years = {*self.planned} - {*self.over, "total"}
        is_open = any(self.planned[year].value or self.planned[year].has_gap for year in open_years)
        return bool(self.over) and not is_open

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
    def is_illustrative(self) -> bool:
        """Whether any weight is the software's own, which no council has stated."""
        return any(row.declared_in == SOFTWARES_OWN for row in self.weights)

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
                f"shortfall, {case} case",
            )
            for case, by_year in cases.items()
        },
        figure("not-assessed", without.total, "without a RAG status"),
        tuple(row for row in quarter.weights if row.rag in rags),
        any((row.amount_pence or 0) < 0 for row in assessed),
        weighing.unit,
        tuple(weighing.over),
        tuple(weighing.unrecorded),
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
        past = [year for year in self.years if year != NO_YEAR and quarter.is_over(year)]
        self.over = [year for year in past if delivered.of_year(year).total.is_whole]
        self.unrecorded = [
            year for year in past if year not in self.over and self.assessed.of_year(year).non_zero
        ]
        # A forecast is no more exact than its weights; for a small saving, a thousand pounds would
        # be too much.
        is_large = target.total.known_pence >= 10 * money.THOUSAND
        self.unit = money.THOUSAND if is_large else money.POUND
        self.elsewhere = _elsewhere(
            {year: or_nil(self.planned.of_year(year).total) for year in self.years},
            {year: or_nil(delivered.of_year(year).total) for year in self.years},
        )

    def case(self, case: Case, year: str) -> Sum:
        """What may be delivered of one year in one case."""
        delivered = self.delivered.of_year(year)
        if year in self.over:
            return delivered.total
        weighed = self._weigh(case, self.assessed.of_year(year), self.elsewhere[year])
        done = delivered.stated.total
        return done if done.known is not None and done.pence > weighed.pence else weighed

    def _weigh(self, case: Case, rows: Series, elsewhere: Sum) -> Sum:
        if not rows:
            return constant(0, "nothing planned", stated_to=self.unit)
        weights = [self._weight(case, row) for row in rows]
        exact = total(
            scaled(amount_of(row), weight, _PERCENT)
            for row, weight in zip(rows, weights, strict=True)
        )
        whole = rows.total
        if elsewhere.known and whole.known:
            left = known_part(change(elsewhere, whole))
            exact = scaled(exact, left, whole)
            whole = replace(left, stated_to=whole.stated_to, cells=whole.cells)
        # All of it is all of it: rounding makes no more of it.
        is_all = all(weight.known == 100 for weight in weights)
        return whole if is_all else rounded(exact, self.unit)

    def _weight(self, case: Case, row: SavingRow) -> Sum:
        """How much of a line is counted on, in percent; of what lessens a saving, always all."""
        if (row.amount_pence or 0) < 0:
            return constant(100, "a cost counts in full", is_weight=True)
        percent = Decimal(getattr(self.weights[row.rag or ""], case))
        return constant(percent, f"{row.rag} {case}", is_weight=True)


_PERCENT = constant(100, "percent")


def _elsewhere(due: Mapping[str, Sum], came: Mapping[str, Sum]) -> dict[str, Sum]:
    """What of each year's plan was delivered in another year."""
    more = (at_least(change(at_least(due[year]), came[year])) for year in due)
    lacking = {year: at_least(change(at_least(came[year]), due[year])) for year in due}
    return allot(known_part(total(more)), lacking)
