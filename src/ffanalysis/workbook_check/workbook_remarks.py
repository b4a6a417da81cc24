"""Remarks on a whole workbook: its reader, its units, its links to other workbooks."""

from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from ffanalysis.sheets.cells import Book
from ffanalysis.workbook_check.records import Remark
from ffanalysis.workbook_check.table import FigureTable
from ffanalysis.workbook_check.wording import MOST_CELLS, and_more

_MOST_SHEETS = 4
_MOST_LINKS = 3


def reader_remarks(book: Book) -> Iterator[Remark]:
    """That another reader than the first one had to be used, and that results may be old."""
    if book.instead_of:
        message = (
            f"{book.name} was read with {book.engine}, because the usual reader could not read it"
            f" ({book.instead_of})."
        )
        yield Remark("note", "other-reader", message)
    if not book.is_calculated:
        message = (
            f"{book.name} says itself that not all its formulas were calculated before it was"
            " saved, so its results may be old. Calculate it in Excel (F9) and save it."
        )
        yield Remark("warning", "results-old", message)


def link_remarks(book: Book) -> Iterator[Remark]:
    """Values that are taken from other workbooks."""
    linked = [(sheet.name, cell) for sheet in book.sheets for cell in sheet.linked]
    if linked:
        sheet, cell = linked[0]
        message = (
            f"{sheet}, {cell}{and_more(linked)}: takes its value from"
            f" {_linked_workbooks(book) or 'another workbook'}, as it was when this workbook was"
            " last calculated."
        )
        cells = tuple(f"{book.name}!{sheet}!{cell}" for sheet, cell in linked[:MOST_CELLS])
        yield Remark("warning", "external-link", message, cells)
    elif book.links:
        message = (
            f"{book.name}: refers to {_linked_workbooks(book)}, though no figure takes its value"
            " from there."
        )
        yield Remark("note", "external-link", message)


def _linked_workbooks(book: Book) -> str:
    names = (link.rpartition("/")[2] or link for link in book.links[:_MOST_LINKS])
    return ", ".join(map(unquote, names))


def unit_remarks(book: Book, tables: list[FigureTable]) -> Iterator[Remark]:
    """Units that differ between tables or within one, and tables whose unit is written nowhere."""
    for table in tables:
        yield from _units_within(table)
    units = dict.fromkeys(table.unit for table in tables)
    by_unit = {unit: [table for table in tables if table.unit == unit] for unit in units}
    unwritten = by_unit.pop("", [])
    if len(by_unit) > 1:
        words = "; ".join(f"{unit}: {_sheets_of(own)}" for unit, own in by_unit.items())
        message = f"{book.name}: its tables are in different units ({words})."
        yield Remark("warning", "units-mixed", message)
    if unwritten:
        message = f"{book.name}: no unit is stated for the figures in {_sheets_of(unwritten)}."
        yield Remark("note", "no-unit", message)


def _units_within(table: FigureTable) -> Iterator[Remark]:
    """Units that the headings of a table name besides its own, or more than one of them."""
    units = sorted({column.unit for column in table.amounts if column.unit})
    where = f"{table.sheet.name}, {table.range}"
    cell = table.reference(table.header_rows[1], table.amounts[0].number)
    if len(units) > 1:
        message = f"{where}: its columns are in different units: {', '.join(units)}."
        yield Remark("warning", "units-mixed", message, (cell,))
    elif units and table.unit and units != [table.unit]:
        message = (
            f"{where}: {table.unit_cell or 'the table'} says {table.unit}; its headings say"
            f" {units[0]}."
        )
        yield Remark("warning", "units-differ", message, (cell,))


def _sheets_of(tables: Iterable[FigureTable]) -> str:
    names = list(dict.fromkeys(table.sheet.name for table in tables))
    more = f" and {len(names) - _MOST_SHEETS} more" if len(names) > _MOST_SHEETS else ""
    return ", ".join(names[:_MOST_SHEETS]) + more
