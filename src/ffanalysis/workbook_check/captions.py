"""The title and the unit of a table, from what is written around it."""

from collections.abc import Iterator

from ffanalysis.layout import Layout
from ffanalysis.sheets.cells import Cell
from ffanalysis.workbook_check.table import FigureTable
from ffanalysis.workbook_check.values import carries_unit, is_figure, unit_in

_LONGEST_TITLE = 200
_ROWS_OF_NOTES = 11  # so many rows below a table may state its unit


def read_captions(table: FigureTable, after: int, beside: set[int], layout: Layout) -> None:
    """Give a table its title and its unit.

    `after` is the last row of the table above it. `beside` are the columns of the tables beside
    it: what is written above them is about them.
    """
    texts = list(_texts_above(table, after, beside))
    table.title = _title(table, texts)
    table.unit, table.unit_cell = _unit(table, texts, layout)
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

    The nearest text above counts first, then the headings of its amounts, then a note below it or
    the sheet's name, and at last the units that its figures carry themselves.
    """
    above = [
        (unit, cell.address)
        for cell in texts
        if not _heads_amounts(table, cell) and (unit := unit_in(cell.text, layout))
    ]
    if above:
        return above[-1]
    in_headings = [column.unit for column in table.amounts if column.unit]
    if in_headings:
        return max(dict.fromkeys(in_headings), key=in_headings.count), ""
    unit, cell = next(_units_below(table, layout), ("", ""))
    if not unit and not table.sheet.workbook.lower().endswith(".csv"):
        unit = unit_in(table.sheet.name, layout)
    if not unit and _figures_carry_units(table):
        unit = "£"
    return unit, cell


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
