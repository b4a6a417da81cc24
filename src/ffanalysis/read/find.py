"""Find the tables of a sheet by their headings.

A table is never found by its position. A row that looks like a heading but lacks a column that its
table needs is a near miss, and is reported with what was found instead.
"""

from collections.abc import Iterable, Mapping, Sequence

from ffanalysis import periods
from ffanalysis.layout import Layout
from ffanalysis.read.extent import last_row_of, limit_of, lines_above
from ffanalysis.read.found_table import FoundTable, NearMiss
from ffanalysis.read.heading_rows import HeadingRows
from ffanalysis.read.headings import HeadingRow, heads_of
from ffanalysis.read.lines_around import read_above, read_below, share_unit
from ffanalysis.read.table_match import Heading, table_of
from ffanalysis.sheets.cells import Cell, Sheet


def find_tables(sheet: Sheet, layout: Layout) -> tuple[list[FoundTable], list[NearMiss]]:
    """All tables of a sheet from the top, and the rows of headings that nearly are one."""
    tables, misses = _headed_tables(sheet, layout)
    for found in tables:
        others = [other for other in tables if other is not found]
        found.last_row = last_row_of(found, limit_of(found, others), layout)
        above = lines_above(sheet, found.header_rows[0], found.all_columns, others, layout)
        read_above(found, above, layout)
        read_below(found, others, layout)
    share_unit(tables, layout)
    return tables, [miss for miss in misses if not any(_holds(found, miss) for found in tables)]


def _headed_tables(sheet: Sheet, layout: Layout) -> tuple[list[FoundTable], list[NearMiss]]:
    """The tables that rows of headings begin, and those that they nearly begin."""
    tables: list[FoundTable] = []
    misses: list[NearMiss] = []
    behind = missed = 0  # the last rows of headings so far
    for row, cells in sheet.rows():
        if row <= behind:
            continue
        is_alone = _may_head(cells)
        for part in [cells] if is_alone else _parts_beside(cells, tables):
            for found in _headed_at(sheet, row, part, tables, behind, layout):
                if isinstance(found, FoundTable):
                    tables.append(found)
                    if layout.tables[found.table].for_people:
                        return tables, misses
                    behind = max(behind, found.header_row)
                elif is_alone and found.header_rows[0] > missed:
                    misses.append(found)
                    missed = max(missed, found.header_rows[1])
    return tables, misses


def _may_head(cells: Sequence[Cell]) -> bool:
    """Whether a row can be a heading at all: a cheap look before the thorough one."""
    has_text = False
    for cell in cells:
        if isinstance(cell.value, str):
            has_text = True
        elif cell.is_number and not periods.is_calendar_year(cell.text):
            return False
    return has_text


def _parts_beside(cells: Sequence[Cell], tables: Sequence[FoundTable]) -> list[list[Cell]]:
    """The parts of a row, blank columns between them, that may head a table beside others.

    Those of tables whose lines are in the same row are none.
    """
    first, last = cells[0].column, cells[-1].column
    if not tables or any(
        found.covers_column(first) and found.covers_column(last) for found in tables
    ):
        return []
    if sum(isinstance(cell.value, str) for cell in cells) < 2:
        return []
    by_column = {cell.column: cell for cell in cells}
    parts = [[by_column[column] for column in run] for run in _adjacent(by_column)]
    return [
        part
        for part in parts
        if len(part) > 1
        and _may_head(part)
        and not any(found.covers_column(cell.column) for found in tables for cell in part)
    ]


def _adjacent(columns: Iterable[int]) -> list[list[int]]:
    """Columns, in their order, as runs without a gap."""
    runs: list[list[int]] = []
    for column in sorted(columns):
        if runs and column == runs[-1][-1] + 1:
            runs[-1].append(column)
        else:
            runs.append([column])
    return runs


# --- what a near miss is not ----------------------------------------------------------------------


def _holds(found: FoundTable, miss: NearMiss) -> bool:
    """Whether what looked like a heading is part of a table's heading, or a line of it.

    What one row lacks, the next may hold; and an amount such as 2016 reads like a calendar year.
    """
    row = miss.header_rows[1]
    if found.header_rows[0] <= row <= found.header_row:
        return True
    cells = miss.sheet.grid[row]
    return found.header_row < row <= found.last_row and (
        any(cell.is_number for cell in cells.values()) or _is_line_without_number(found, cells)
    )


def _is_line_without_number(found: FoundTable, cells: Mapping[int, Cell]) -> bool:
    """Whether a row states a year where the table's rows do, and no year or number elsewhere."""
    where = next((column for column, name in found.columns.items() if name == "year"), None)
    return (
        where in cells
        and set(cells) <= found.all_columns | found.heads.keys()
        and all(
            bool(periods.parse_year(cell.text)) == (column == where)
            for column, cell in cells.items()
        )
    )


def _headed_at(
    sheet: Sheet,
    row: int,
    cells: Sequence[Cell],
    tables: Sequence[FoundTable],
    used: int,
    layout: Layout,
) -> Sequence[FoundTable | NearMiss]:
    """The tables that a row heads: one, or several side by side; else that which it nearly heads.

    No heading reaches up to row `used`.
    """
    anchor = HeadingRow(row, cells, layout)
    if (
        anchor.numbers
        or anchor.states_something
        or not anchor.kinds("year", "total", "amount", "heading")
    ):
        return []
    is_part = len(cells) < len(sheet.grid[row])
    within = range(cells[0].column, cells[-1].column + 1) if is_part else None
    rows = HeadingRows(sheet, anchor, within, layout)
    rows.take_above(used)
    rows.take_below()
    heads = heads_of(sheet, rows.rows)
    first, last = rows.rows[0].row, rows.rows[-1].row
    above = lines_above(sheet, first, heads, tables, layout)
    heading = Heading(sheet, (first, last), heads, above)
    if beside := _side_by_side(heading, layout):
        return beside
    best = table_of(heading, layout)
    return [best] if best else []


def _side_by_side(heading: Heading, layout: Layout) -> list[FoundTable]:
    """The tables of one heading that blank columns part.

    None of them, where not each of two or more is one by itself.
    """
    parts = _adjacent(heading.heads)
    if len(parts) < 2:
        return []
    groups: list[list[int]] = []
    complete = 0
    for part in parts:
        is_table = isinstance(table_of(heading.part(part), layout), FoundTable)
        if is_table or not groups:
            groups.append(part)
        else:
            groups[-1] = groups[-1] + part
        complete += is_table
    if complete < 2:
        return []
    found = (table_of(heading.part(group), layout) for group in groups)
    tables = [each for each in found if isinstance(each, FoundTable)]
    return tables if len(tables) == len(groups) else []
