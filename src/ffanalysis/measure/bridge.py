"""The bridge from one year's budget to a later one, less the savings between them.

Two budgets on different bases don't make an equality: what is left is a change of basis, drawn as
its own bar and rounded to its inputs. Where a budget doesn't say whether it stands before or after
its own year's savings, both readings are kept.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

from ffanalysis.figures import Figure, Sum, amount_of, difference, tolerance, total_of
from ffanalysis.periods import year_start
from ffanalysis.provenance import CellRef, merged_cells, slug
from ffanalysis.savings.assemble import is_counted
from ffanalysis.savings.model import Series, joined
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import BudgetRow
from ffanalysis.vocabulary import DELIVERED, Measure


@dataclass(frozen=True)
class Reading:
    """One reading of a bridge: the budget before less these savings should be the budget after."""

    position: str  # is the later budget "before" or "after" its own year's savings
    savings: tuple[tuple[str, Figure], ...]  # label and amount of each step down
    expected: Figure
    unreconciled: Figure
    tolerance: Sum


@dataclass(frozen=True)
class Bridge:
    service: str
    opening_year: str
    closing_year: str
    opening: Figure
    closing: Figure
    opening_basis: str
    closing_basis: str
    readings: tuple[Reading, ...]
    gaps: Figure | None = None  # savings between the budgets that are marked, and state no amount
    planned: Figure | None = (
        None  # savings of the closing year that are not marked delivered: no reading takes them off
    )

    @property
    def same_basis(self) -> bool:
        return bool(self.opening_basis) and self.opening_basis == self.closing_basis

    @property
    def left_over(self) -> str:
        """What the bar of what is left over is called."""
        return "Unexplained" if self.same_basis else "Unexplained: basis differs"

    @property
    def cells(self) -> tuple[CellRef, ...]:
        return merged_cells(
            self.readings[0].unreconciled.cells, self.gaps.cells if self.gaps else ()
        )

    def figures(self) -> list[Figure]:
        """The figures of the bridge, in the order in which it is drawn."""
        found = [self.opening, self.closing]
        for reading in self.readings:
            found += [
                *(figure for _, figure in reading.savings),
                reading.expected,
                reading.unreconciled,
            ]
        return found + ([self.planned] if self.planned else [])


def bridges(quarter: Quarter, services: Collection[str] | None = None) -> Iterator[Bridge]:
    """A bridge for every service, or each of these, with budgets of two years.

    From each year to the next that is stated.
    """
    known = [service for service in quarter.budgets if services is None or service in services]
    for service in known:
        years = quarter.budgets[service]
        for opening, closing in pairwise(sorted(years)):
            yield _bridge(quarter, service, years[opening], years[closing])


def _bridge(quarter: Quarter, service: str, opening: BudgetRow, closing: BudgetRow) -> Bridge:
    between = _delivered(quarter, service, opening.year, closing.year)
    # Without a saving stated for the closing year there is nothing to read the budget after: one
    # reading, not two alike.
    both = ("after", "before") if between.get(closing.year) else ("before",)
    positions = (closing.savings_position,) if closing.savings_position else both
    taken = {position: _taken(between, position, opening, closing) for position in positions}
    gaps = joined(own.marked for years in taken.values() for own in years.values())
    name = f"bridge/{quarter.budget_names[service]}/{slug(opening.year)}-to-{slug(closing.year)}"
    first, last = (
        Figure(f"{name}/{end}", amount_of(row), label=f"{service}, {row.year} budget")
        for end, row in (("opening", opening), ("closing", closing))
    )
    same_basis = bool(opening.basis) and opening.basis == closing.basis
    readings = (
        _reading(
            f"{name}/{position}", position, first, last, closing.year, years, same_basis=same_basis
        )
        for position, years in taken.items()
    )
    return Bridge(
        service,
        opening.year,
        closing.year,
        first,
        last,
        opening.basis or "",
        closing.basis or "",
        tuple(readings),
        Figure(f"{name}/gaps", gaps.total) if gaps else None,
        _planned(f"{name}/planned", quarter, service, closing.year) if "after" in taken else None,
    )


def _planned(name: str, quarter: Quarter, service: str, year: str) -> Figure | None:
    """The programmes' savings of a year that are not marked delivered, where there are any."""
    rows = []
    for savings in quarter.programmes_of.get(service, []):
        analyses = (
            Series(own).of_year(year).where(lambda row: row.rag and row.rag != DELIVERED)
            for own in savings.analyses.values()
        )
        rows.append(next((own for own in analyses if own.stated), Series()))
    label = f"{service}, savings planned for {year} and not marked delivered"
    found = Figure(name, joined(rows).total, label=label)
    return found if found.value else None


def _delivered(quarter: Quarter, service: str, after: str, until: str) -> dict[str, Series]:
    """Delivered savings of the service by year, from the year `after` up to `until`.

    Of prior years what is stated as delivered, else what they state under no measure. Where a
    programme states its savings in several analyses, those with years and RAG are taken, once.
    """
    prior = Series(tuple(filter(is_counted, quarter.prior_of.get(service, []))))
    delivered = [
        prior.where(lambda row: row.measure == Measure.DELIVERED)
        or prior.where(lambda row: row.measure is None)
    ]
    for savings in quarter.programmes_of.get(service, []):
        analyses = (
            Series(own).where(lambda row: row.year and row.rag == DELIVERED)
            for own in savings.analyses.values()
        )
        delivered.append(next((own for own in analyses if own.stated), Series()))
    every = joined(delivered)
    found = joined((every.stated, every.marked)).where(lambda row: row.year)
    between = [
        year for year in found.years if year_start(after) <= year_start(year) <= year_start(until)
    ]
    return {year: found.of_year(year) for year in between}


def _taken(
    between: dict[str, Series], position: str, opening: BudgetRow, closing: BudgetRow
) -> dict[str, Series]:
    """The savings between two budgets, the later one read as before or after its year's savings.

    An earlier budget that does not say which it is is read as the later one: one reading is never
    mixed with the other.
    """
    earlier = opening.savings_position or position
    no_part = {
        closing.year if position == "before" else "",
        opening.year if earlier == "after" else "",
    }
    return {year: own for year, own in between.items() if year not in no_part}


def _reading(
    name: str,
    position: str,
    opening: Figure,
    closing: Figure,
    closing_year: str,
    years: dict[str, Series],
    *,
    same_basis: bool,
) -> Reading:
    service = opening.label.rpartition(", ")[0]
    # One figure in all readings, so its name leaves the reading out.
    prefix = f"{name.rpartition('/')[0]}/savings"
    savings = [
        (
            year,
            Figure(
                f"{prefix}/{slug(year)}",
                total_of(own.stated),
                label=f"{service}, savings delivered {year}",
            ),
        )
        for year, own in years.items()
        if own.stated
    ]
    words = f"if the {closing_year} budget is {position} that year's savings"
    expected = Figure(
        f"{name}/expected",
        difference(opening, *(figure for _, figure in savings)),
        label=f"Expected budget {words}",
    )
    why = "" if same_basis else ": basis differs"
    unreconciled = Figure(
        f"{name}/unreconciled",
        difference(expected, closing),
        label=f"Not reconciled{why}, {words}",
    )
    return Reading(position, tuple(savings), expected, unreconciled, tolerance(expected, closing))
