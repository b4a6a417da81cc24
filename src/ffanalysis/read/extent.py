"""Where a table ends, and which lines around it say something of it."""

from collections.abc import Collection, Iterator, Sequence

from ffanalysis.layout import Layout
from ffanalysis.read.found_table import FoundTable
from ffanalysis.sheets.cells import Cell, Sheet


def last_row_of(found: FoundTable, limit: int, layout: Layout) -> int:
    """The last row of data before row `limit`; the heading's last where there is none."""
    return max(_data_rows(found, limit, layout), default=found.header_row)


def _data_rows(found: FoundTable, limit: int, layout: Layout) -> Iterator[int]:
    """The rows below the heading that belong to the table.

    A gap ends it, unless rows like the ones before follow. Where every row is as far from the one
    before as the first from the heading, that distance is no gap.
    """
    columns = found.all_columns
    before, spacing = found.header_row, 0
    for row in range(found.header_row + 1, min(limit, found.sheet.last_row + 1)):
        line = found.sheet.grid.get(row)
        filled = [line[column] for column in columns if column in line] if line else []
        if not filled:
            continue
        gap = row - before - 1
        spacing = gap if before == found.header_row else min(gap, spacing)
        if gap > spacing and not _continues(found, filled, layout):
            return
        before = row
        yield row


def _continues(found: FoundTable, filled: Sequence[Cell], layout: Layout) -> bool:
    """Whether a row behind a gap is like those before it, and no note.

    It has a label and an amount, or a label that is known.
    """
    labels = [cell for cell in filled if cell.column in found.columns]
    if not found.amounts:
        return bool(labels) and len(filled) > 1
    if any(layout.is_known(found.columns[cell.column], cell.text) for cell in labels):
        return True
    amounts = [cell for cell in filled if cell.column not in found.columns]
    return bool(labels) and any(cell.is_number or layout.is_amount(cell.text) for cell in amounts)


def limit_of(found: FoundTable, tables: Sequence[FoundTable]) -> int:
    """The row where the next table below begins."""
    below = (other.header_rows[0] for other in tables if other.header_rows[0] > found.header_row)
    return min(below, default=found.sheet.last_row + 1)


def lines_above(
    sheet: Sheet, row: int, columns: Collection[int], others: Sequence[FoundTable], layout: Layout
) -> list[list[Cell]]:
    """The lines between the table before and a heading that begins in this row.

    Beside another table only what is above the heading's own columns.
    """
    left, right = min(columns), max(columns)
    beside, before = [], []
    for other in others:
        if other.last_column < left or other.first_column > right:
            beside.append(other)
        elif other.header_row < row:
            before.append(other)
    first = max((last_row_of(other, row, layout) for other in before), default=0) + 1
    # A table beside this one has lines above it of its own.
    is_beside = any(
        other.header_rows[0] == row or first <= other.header_row < row for other in beside
    )
    lines = []
    for number in range(first, row):
        line = sheet.grid.get(number, {})
        cells = [line[c] for c in sorted(line) if not is_beside or left <= c <= right]
        if cells:
            lines.append(cells)
    return lines
