"""The bridge from one year's budget to a later one, less the savings between them.

Two budgets on different bases don't make an equality: what is left is a change of basis, drawn as
its own bar and rounded to its inputs. Where a budget doesn't say whether it stands before or after
its own year's savings, both readings are kept.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

from ffanalysis import money
from ffanalysis.figures import Figure, merged_cells
from ffanalysis.periods import year_start
from ffanalysis.provenance import slug
from ffanalysis.savings.assemble import marked, stated
from ffanalysis.savings.quarter import Ledger
from ffanalysis.savings.sums import amount, cells_of
from ffanalysis.tables import Row
from ffanalysis.vocabulary import DELIVERED


@dataclass(frozen=True)
class Reading:
    """One reading of a bridge: the budget before less these savings should be the budget after."""

    position: str  # is the later budget "before" or "after" its own year's savings
    savings: tuple[tuple[str, Figure], ...]  # label and amount of each step down
    expected: Figure
    unreconciled: Figure
    tolerance: int


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
        return "Not reconciled" if self.same_basis else "Not reconciled: basis differs"

    @property
    def cells(self) -> tuple[str, ...]:
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


def bridges(ledger: Ledger, services: Collection[str] | None = None) -> Iterator[Bridge]:
    """A bridge for every service, or each of these, with budgets of two years.

    From each year to the next that is stated.
    """
    known = (
        ledger.budgets
        if services is None
        else [service for service in services if service in ledger.budgets]
    )
    for service in sorted(known, key=ledger.budget_order.__getitem__):
        years = ledger.budgets[service]
        for opening, closing in pairwise(sorted(years)):
            yield _bridge(ledger, service, years[opening], years[closing])


def _bridge(ledger: Ledger, service: str, opening: Row, closing: Row) -> Bridge:
    between = _savings(ledger, service, opening.year, closing.year)
    # Without a saving stated for the closing year there is nothing to read the budget after: one
    # reading, not two alike.
    both = ("after", "before") if between.get(closing.year) else ("before",)
    positions = (closing.savings_position,) if closing.savings_position else both
    taken = {position: _taken(between, position, opening, closing) for position in positions}
    gaps = marked([row for years in taken.values() for rows in years.values() for row in rows])
    name = f"bridge/{ledger.budget_names[service]}/{slug(opening.year)}-to-{slug(closing.year)}"
    return Bridge(
        service,
        opening.year,
        closing.year,
        amount(f"{name}/opening", [opening], label=f"{service}, {opening.year} budget"),
        amount(f"{name}/closing", [closing], label=f"{service}, {closing.year} budget"),
        opening.basis or "",
        closing.basis or "",
        tuple(
            _reading(f"{name}/{position}", position, opening, closing, years)
            for position, years in taken.items()
        ),
        amount(f"{name}/gaps", gaps) if gaps else None,
        _planned(f"{name}/planned", ledger, service, closing.year) if "after" in taken else None,
    )


def _planned(name: str, ledger: Ledger, service: str, year: str) -> Figure | None:
    """The programmes' savings of a year that are not marked delivered.

    None where there are none.
    """
    rows: list[Row] = []
    for group in ledger.groups_of.get(service, []):
        analyses = [
            [row for row in rows if row.year == year and row.rag and row.rag != DELIVERED]
            for rows in group.lines.values()
        ]
        rows += next((analysis for analysis in analyses if stated(analysis)), [])
    found = amount(
        name, rows, label=f"{service}, savings planned for {year} and not marked delivered"
    )
    return found if found.value else None


def _savings(ledger: Ledger, service: str, after: str, until: str) -> dict[str, list[Row]]:
    """Delivered savings of the service by year, from the year `after` up to `until`.

    Where a programme states its savings in several analyses, those of the one with years and RAG
    are taken, once.
    """
    delivered = [
        row
        for row in ledger.prior_of.get(service, [])
        if row.measure in (None, "delivered to date")
    ]
    for group in ledger.groups_of.get(service, []):
        analyses = [
            [row for row in rows if row.year and row.rag == DELIVERED]
            for rows in group.lines.values()
        ]
        delivered += next((rows for rows in analyses if stated(rows)), [])
    found: dict[str, list[Row]] = {}
    for row in [*stated(delivered), *marked(delivered)]:
        if row.year and year_start(after) <= year_start(row.year) <= year_start(until):
            found.setdefault(row.year, []).append(row)
    return dict(sorted(found.items()))


def _taken(
    between: dict[str, list[Row]], position: str, opening: Row, closing: Row
) -> dict[str, list[Row]]:
    """The savings that lie between the budgets where the later one is before or after its own year's savings.

    An earlier budget that doesn't say where it stands is read as the later one: one reading is never mixed with the other.
    """
    earlier = opening.savings_position or position
    no_part = {
        closing.year if position == "before" else "",
        opening.year if earlier == "after" else "",
    }
    return {year: rows for year, rows in between.items() if year not in no_part}


def _reading(
    name: str, position: str, opening: Row, closing: Row, years: dict[str, list[Row]]
) -> Reading:
    taken = {year: stated(rows) for year, rows in years.items() if stated(rows)}
    used = [opening, *(row for rows in taken.values() for row in rows)]
    expected = opening.amount_pence - sum(row.amount_pence for row in used[1:])
    coarsest = max(row.stated_to_pence for row in [*used, closing])
    words = f"if the {closing.year} budget is {position} that year's savings"
    why = "" if opening.basis and opening.basis == closing.basis else ": basis differs"
    return Reading(
        position,
        tuple((year, _saved(name, opening.service, year, rows)) for year, rows in taken.items()),
        Figure(
            f"{name}/expected",
            expected,
            cells_of(used),
            stated_to=coarsest,
            label=f"Expected budget {words}",
        ),
        Figure(
            f"{name}/unreconciled",
            expected - closing.amount_pence,
            cells_of([*used, closing]),
            stated_to=coarsest,
            label=f"Not reconciled{why}, {words}",
        ),
        money.tolerance(row.stated_to_pence for row in [*used, closing]),
    )


def _saved(name: str, service: str, year: str, rows: list[Row]) -> Figure:
    # One figure in all readings, so its name leaves the reading out.
    return amount(
        f"{name.rpartition('/')[0]}/savings/{slug(year)}",
        rows,
        label=f"{service}, savings delivered {year}",
    )
