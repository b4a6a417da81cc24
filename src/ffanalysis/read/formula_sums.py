"""Rows whose formulas add up other rows of their table: totals, whatever they are called."""

from collections.abc import Iterable, Mapping

from ffanalysis.read.found_table import FoundTable
from ffanalysis.read.headings import Head
from ffanalysis.sheets.cells import Cell
from ffanalysis.sheets.formulas import Rows


def label_of_sum(number: int, filled: Mapping[str, Cell], found: FoundTable) -> Cell | None:
    """What a row is called whose amounts are all formulas that add up other rows of the table.

    None where it is no such row, and where the rows that it adds leave blank what it is called, as
    those of a group do of which it is the head. A budget that others add up to is one all the same:
    that of the service which they are part of.
    """
    is_sought = found.table != "budget" and bool(found.sheet.sums and filled)
    added = _added(number, found) if is_sought else ()
    if not added:
        return None
    at = next(at for at, name in sorted(found.columns.items()) if name in filled)
    grid = found.sheet.grid
    rows = (row for top, bottom in added for row in range(top, bottom + 1) if row in grid)
    return filled[found.columns[at]] if all(at in grid[row] for row in rows) else None


def _added(number: int, found: FoundTable) -> Iterable[tuple[int, int]]:
    """The rows that all amounts of a row add up; nothing where one adds none, or others."""
    sums, line = found.sheet.sums, found.sheet.grid.get(number, {})
    own = [at for at, head in found.amounts.items() if at in line and not _is_of_years(head)]
    added = [_inside(sums.get((number, at), ()), number, found) for at in own]
    return {rows for each in added for rows in each} if all(added) else ()


def _is_of_years(head: Head) -> bool:
    """Whether a column totals the years of its row."""
    return head.is_total and not head.year


def _inside(added: Rows, number: int, found: FoundTable) -> Rows:
    """Rows that are added, where all are rows of the table other than this one."""
    inside = range(found.header_row + 1, found.last_row + 1)
    is_inside = all(
        first in inside and last in inside and not first <= number <= last for first, last in added
    )
    return added if is_inside else ()
