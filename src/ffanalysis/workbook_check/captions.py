"""The title and the unit of a table, from what is written around it."""

import re
from collections.abc import Iterator

from ffanalysis.layout import Layout
from ffanalysis.sheets.cells import Cell
from ffanalysis.workbook_check.table import FigureTable
from ffanalysis.workbook_check.values import carries_unit, is_figure, is_unit_alone, unit_in

_OF_ALL = re.compile(
    r"\b(?:figures|data|amounts|values|numbers|sums|unless|otherwise|throughout|all)\b", re.I
)
_LONGEST_TITLE = 200
_ROWS_OF_NOTES = 11  # so many rows below a table may state its unit


def read_captions(
    table: FigureTable, above: FigureTable | None, beside: set[int], layout: Layout
) -> None:
    """Give a table its title and its unit.

    `above` is the table above it. `beside` are the columns of the tables beside it: what is
    written above them is about them.
    """
    texts = list(_texts_above(table, above.rows[-1] if above else 0, beside))
    table.title = _title(table, texts)
    table.unit, table.unit_cell = _unit(table, texts, layout)
    if not table.unit:
        table.unit, table.unit_cell = _unit_of_sheet(table, texts, layout)
    for column in table.amounts:
        # A currency that only the number format shows is no other unit than the one written.
        if column.unit in ("$", "€") and table.unit.startswith(column.unit):
            column.unit = ""


def _texts_above(table: FigureTable, after: int, beside: set[int]) -> Iterator[Cell]:
    """The texts from the table above to the first row of figures, the heading included."""
    for row in range(after + 1, table.rows[0]):
        for column, cell in sorted(table.sheet.grid.get(row, {}).items()):
            if isinstance(cell.value, str) and column not in beside:
                yield cell


def _title(table: FigureTable, texts: list[Cell]) -> str:
    """The first text above the heading, not to the right of the table."""
    last = max(table.columns)
    titles = (
        cell.text[:_LONGEST_TITLE]
        for cell in texts
        if cell.row < table.header_rows[0] and cell.column <= last
    )
    return next(filter(None, titles), "")


def _unit(table: FigureTable, texts: list[Cell], layout: Layout) -> tuple[str, str]:
    """The unit of a table and the cell that states it; ("", "") where none is written.

    The nearest text above counts first, then the headings of its amounts, then a text that stands
    over other columns, a note below it or the sheet's name, and at last the units that its figures
    carry themselves.
    """
    stated = [
        (unit, cell)
        for cell in texts
        if not _heads_amounts(table, cell) and (unit := unit_in(cell.text, layout))
    ]
    if above := [
        (unit, cell.address) for unit, cell in stated if cell.column <= max(table.columns)
    ]:
        return above[-1]
    in_headings = [column.unit for column in table.amounts if column.unit]
    if in_headings:
        return max(dict.fromkeys(in_headings), key=in_headings.count), ""
    if stated:
        return stated[-1][0], stated[-1][1].address
    unit, cell = next(_units_below(table, layout), ("", ""))
    if not unit and not table.sheet.workbook.lower().endswith(".csv"):
        unit = unit_in(table.sheet.name, layout)
    if not unit and _figures_carry_units(table):
        unit = "£"
    return unit, cell


def _unit_of_sheet(table: FigureTable, texts: list[Cell], layout: Layout) -> tuple[str, str]:
    """The unit that a text above the first heading of the sheet states for all of it.

    A title with a unit is of its own table; where the table has no title, of that one as well.
    """
    has_title = any(cell.row < table.header_rows[0] for cell in texts)
    for row in range(1, table.header_rows[0]):
        line = table.sheet.grid.get(row, {})
        if any(is_figure(cell) for cell in line.values()):
            break
        for _, cell in sorted(line.items()):
            unit = unit_in(cell.text, layout) if isinstance(cell.value, str) else ""
            if unit and (not has_title or _is_of_sheet(cell.text, layout)):
                return unit, cell.address
    return "", ""


def _is_of_sheet(text: str, layout: Layout) -> bool:
    """Whether a text states a unit and nothing else, or says that all figures are in it."""
    return bool(_OF_ALL.search(text)) or is_unit_alone(text, layout)


def _heads_amounts(table: FigureTable, cell: Cell) -> bool:
    """Whether a text is the heading of one column of amounts."""
    column = table.columns.get(cell.column)
    is_heading = table.header_rows[0] <= cell.row <= table.header_rows[1]
    return is_heading and column is not None and column.kind == "amount"


def _units_below(table: FigureTable, layout: Layout) -> Iterator[tuple[str, str]]:
    for row in range(table.rows[-1] + 1, table.rows[-1] + 1 + _ROWS_OF_NOTES):
        for cell in table.sheet.grid.get(row, {}).values():
            if isinstance(cell.value, str) and (unit := unit_in(cell.text, layout)):
                yield unit, cell.address


def _figures_carry_units(table: FigureTable) -> bool:
    """Whether most figures of a table name their own unit, so that it needs none."""
    cells = [table.sheet.at(row, column.number) for row in table.rows for column in table.amounts]
    figures = sum(map(is_figure, cells))
    carrying = sum(isinstance(cell.value, str) and carries_unit(cell.value) for cell in cells)
    return bool(figures) and carrying * 2 > figures
