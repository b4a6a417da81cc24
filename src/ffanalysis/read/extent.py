"""Where a table ends, and which lines around it say something of it."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from ffanalysis.layout import Layout
from ffanalysis.read.found_table import FoundTable
from ffanalysis.sheets.cells import Cell, Sheet

# Blank rows between the groups of a table, and rows that name the group below them.
_MOST_BLANK, _MOST_GROUP_ROWS = 2, 2
_LONGEST_GROUP = 60
# What says of the rows below that they are no part of the table: "Pipeline, not yet approved".
_SETS_APART = re.compile(
    r"\b(?:not|non|no|memo\w*|notes?|pipeline|exclud\w+|working\w*|checks?|propos\w+|prior|previous"
    r"|earlier|closed|drafts?|scenarios?|options?|reserves?|sources?|key|other|reconcil\w+"
    r"|appendix|annex|table|last|old|withdrawn|superseded|ideas?)\b",
    re.I,
)


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
    rows: list[int] = []
    for row in range(found.header_row + 1, min(limit, found.sheet.last_row + 1)):
        line = found.sheet.grid.get(row)
        filled = [line[column] for column in columns if column in line] if line else []
        if not filled:
            continue
        gap = row - before - 1
        spacing = gap if before == found.header_row else min(gap, spacing)
        if gap > spacing and not (
            _continues(found, filled, layout)
            or (gap - spacing <= _MOST_BLANK and _begins_group(found, row, limit, rows, layout))
        ):
            return
        before = row
        rows.append(row)
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


def _begins_group(
    found: FoundTable, row: int, limit: int, before: Sequence[int], layout: Layout
) -> bool:
    """Whether a row behind a blank one names a group of further lines like those `before` it.

    The lines fill every label column that all lines before fill, and the columns of amounts with
    amounts; what has a heading or a remark of its own is no part of the table.
    """
    needed = _always_filled(found, before, layout)
    named = 0
    for number in range(row, min(limit, row + _MOST_GROUP_ROWS + _MOST_BLANK + 1)):
        line = found.sheet.grid.get(number)
        if not line:
            continue
        if _is_line(found, line, layout):
            return bool(needed) and needed <= line.keys()
        named += 1
        if named > _MOST_GROUP_ROWS or not _names_group(found, line):
            return False
    return False


def _always_filled(found: FoundTable, rows: Sequence[int], layout: Layout) -> set[int]:
    """The columns of labels that every line of some rows fills; totals are no lines."""
    filled = [
        found.columns.keys() & line.keys()
        for row in rows
        if _is_line(found, line := found.sheet.grid[row], layout)
        and not any(layout.is_total(cell.text) for cell in line.values() if not cell.is_number)
    ]
    return set.intersection(*map(set, filled)) if filled else set()


def _is_line(found: FoundTable, line: Mapping[int, Cell], layout: Layout) -> bool:
    """Whether a row has a label and an amount, and nothing but amounts in columns of amounts."""
    amounts = [line[column] for column in found.amounts if column in line]
    return bool(amounts and found.columns.keys() & line.keys()) and all(
        cell.is_number or layout.is_amount(cell.text) for cell in amounts
    )


def _names_group(found: FoundTable, line: Mapping[int, Cell]) -> bool:
    """Whether a row is one short text in a column of labels, as the name of a group is."""
    if len(line) != 1:
        return False
    ((column, cell),) = line.items()
    return (
        column in found.columns
        and isinstance(cell.value, str)
        and len(cell.text) <= _LONGEST_GROUP
        and not cell.text.rstrip().endswith(".")
        and not _SETS_APART.search(cell.text)
    )


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
