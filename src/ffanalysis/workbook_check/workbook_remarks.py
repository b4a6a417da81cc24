"""What concerns a whole sheet or workbook, or two tables of it together."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from urllib.parse import unquote

from ffanalysis.layout import plain
from ffanalysis.sheets.cells import Book, Cell, NotCalculated, Sheet
from ffanalysis.workbook_check.cast_remarks import MOST_CELLS, listed_lines, shown
from ffanalysis.workbook_check.cell_remarks import GENERIC
from ffanalysis.workbook_check.records import Remark, RemarkSeverity
from ffanalysis.workbook_check.table import Column, Table
from ffanalysis.workbook_check.table_finder import unread_figures
from ffanalysis.workbook_check.totals_search import digits_of
from ffanalysis.workbook_check.values import SCALES, is_error


def unit_remarks(book: Book, tables: list[Table]) -> Iterator[Remark]:
    """Units that differ between tables or within one, and tables whose unit is written nowhere."""
    for table in tables:
        own = {column.unit for column in table.amounts if column.unit}
        if len(own) > 1:
            names = ", ".join(sorted(own))
            cell = table.where(table.header_rows[1], table.amounts[0].number)
            yield Remark(
                "warning",
                "units-mixed",
                f"{table.sheet.name}, {table.range}: its columns are in {names}.",
                (cell,),
            )
        elif own and table.unit and own != {table.unit}:
            message = (
                f"{table.sheet.name}, {table.range}: {table.unit_cell or 'the table'} says"
                f" {table.unit}, its headings say {own.copy().pop()}."
            )
            yield Remark(
                "warning",
                "units-differ",
                message,
                (table.where(table.header_rows[1], table.amounts[0].number),),
            )
    stated: dict[str, list[Table]] = defaultdict(list)
    for table in tables:
        stated[table.unit].append(table)
    named = {unit: found for unit, found in stated.items() if unit}
    if len(named) > 1:
        words = "; ".join(f"{unit}: {_sheets(found)}" for unit, found in named.items())
        yield Remark(
            "warning", "units-mixed", f"{book.name}: its tables are in different units ({words})."
        )
    if stated.get(""):
        words = _sheets(stated[""])
        yield Remark(
            "note", "no-unit", f"{book.name}: no unit is written for the figures of {words}."
        )


def _sheets(tables: Iterable[Table]) -> str:
    names = list(dict.fromkeys(table.sheet.name for table in tables))
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def sheet_remarks(sheet: Sheet, tables: list[Table]) -> Iterator[Remark]:
    """What of a sheet is hidden, is no table, or stands outside every table."""
    if sheet.hidden and sheet.grid:
        severity: RemarkSeverity = "warning" if tables else "note"
        yield Remark(
            severity,
            "hidden-sheet",
            f"{sheet.name}: the sheet is hidden; it is read like any other.",
        )
    unread = unread_figures(sheet)
    if unread:
        count, first = len(unread), unread[0]
        words = (
            "text looks like a figure, but cannot"
            if count == 1
            else "texts look like figures, but cannot"
        )
        message = (
            f"{sheet.name}, {first.address}: {count:,} {words} be read as one"
            f" ('{first.text[:40]}'). Write plain numbers."
        )
        cells = tuple(
            f"{sheet.workbook}!{sheet.name}!{cell.address}" for cell in unread[:MOST_CELLS]
        )
        yield Remark("warning", "unread-figures", message, cells)
    if not tables:
        numbers = sum(cell.is_number for cell in sheet.cells())
        if sheet.grid:
            words = (
                f"; it holds {numbers:,} {'number' if numbers == 1 else 'numbers'} that nothing"
                " uses"
                if numbers
                else ""
            )
            yield Remark(
                "note",
                "sheet-not-used",
                f"{sheet.name}: no table of figures was found in it{words}.",
            )
        stray = [
            cell
            for cell in sheet.cells()
            if isinstance(cell.value, NotCalculated) or is_error(cell)
        ]
        if stray:
            where = f"{sheet.name}, {stray[0].address}"
            cell = f"{sheet.workbook}!{sheet.name}!{stray[0].address}"
            yield Remark(
                "warning",
                "error-value",
                f"{where}: a formula without a result or with an error, outside every table.",
                (cell,),
            )
        return
    for table in tables:
        rows = [row for row in table.rows if row in sheet.hidden_rows]
        columns = [column for column in table.amounts if column.number in sheet.hidden_columns]
        if rows:
            message = (
                f"{sheet.name}, {listed_lines([str(row) for row in rows], 'row', 'rows')}: hidden,"
                " but part of the table's figures."
            )
            yield Remark(
                "warning", "hidden-rows", message, (table.where(rows[0], table.amounts[0].number),)
            )
        if columns:
            names = listed_lines([column.letter for column in columns], "column", "columns")
            message = f"{sheet.name}, {names}: hidden, but part of the table's figures."
            yield Remark(
                "warning",
                "hidden-columns",
                message,
                (table.where(table.header_rows[1], columns[0].number),),
            )
    own = {
        (row, column)
        for table in tables
        for row in range(table.header_rows[0], table.rows[-1] + 1)
        for column in _figures(table)
    }
    errors = [
        cell for cell in sheet.cells() if is_error(cell) and (cell.row, cell.column) not in own
    ]
    if errors:
        message = (
            f"{sheet.name}, {errors[0].address}: '{errors[0].text}' beside the figures. Mend the"
            " formula."
        )
        cells = tuple(
            f"{sheet.workbook}!{sheet.name}!{cell.address}" for cell in errors[:MOST_CELLS]
        )
        yield Remark("warning", "error-value", message, cells)
    outside = _outside(sheet, tables)
    if outside:
        count = len(outside)
        words = "number stands" if count == 1 else "numbers stand"
        message = f"{sheet.name}, {outside[0].address}: {count:,} {words} outside every table."
        cells = tuple(
            f"{sheet.workbook}!{sheet.name}!{cell.address}" for cell in outside[:MOST_CELLS]
        )
        yield Remark("note", "numbers-outside", message, cells)


def _figures(table: Table) -> list[int]:
    return [
        column.number
        for column in table.columns.values()
        if column.kind in ("amount", "percentage", "count")
    ]


def _outside(sheet: Sheet, tables: list[Table]) -> list[Cell]:
    """The numbers that stand in no table found, counters in headings apart."""
    spans = [(table.header_rows[0], table.rows[-1], set(table.columns)) for table in tables]
    first = min(top for top, _, _ in spans)
    return [
        cell
        for cell in sheet.cells()
        if cell.is_number
        and cell.row >= first
        and not any(
            top <= cell.row <= bottom and cell.column in columns for top, bottom, columns in spans
        )
    ]


def link_remarks(book: Book) -> Iterator[Remark]:
    """Values that are taken from other workbooks."""
    linked = [(sheet, cell) for sheet in book.sheets for cell in sheet.linked]
    if linked:
        sheet, cell = linked[0]
        count = len(linked)
        targets = (
            ", ".join(unquote(link.rpartition("/")[2] or link) for link in book.links[:3])
            or "another workbook"
        )
        message = (
            f"{sheet.name}, {cell}{f' and {count - 1} more' if count > 1 else ''}: takes its value"
            f" from {targets}, as it stood when this workbook was last calculated."
        )
        cells = tuple(f"{book.name}!{sheet.name}!{cell}" for sheet, cell in linked[:MOST_CELLS])
        yield Remark("warning", "external-link", message, cells)
    elif book.links:
        targets = ", ".join(unquote(link.rpartition("/")[2] or link) for link in book.links[:3])
        yield Remark(
            "note",
            "external-link",
            f"{book.name}: refers to {targets}, though no figure takes its value from there.",
        )


def between_tables(tables: list[Table]) -> Iterator[Remark]:
    """The same lines stated in two tables.

    Where nearly all agree, those that do not; and slips of a thousand.
    """
    stated = [_statements(table) for table in tables] if len(tables) > 1 else []
    for number, (table, one) in enumerate(zip(tables, stated, strict=False)):
        for other_table, other in zip(tables[number + 1 :], stated[number + 1 :], strict=True):
            shared = one.keys() & other.keys()
            if not shared or len(tables) > 400:
                continue
            yield from _held_together(table, one, other_table, other, sorted(shared))


Statement = dict[tuple[str, str], tuple[int, Column, Decimal]]


def _statements(table: Table) -> Statement:
    """Label and column of each figure that has both → where it stands, and what it says in ones of the currency."""
    found: Statement = {}
    twice = set()
    for row in table.rows:
        name = plain(table.label(row))
        if not name or name in GENERIC:
            continue
        for column in table.amounts:
            value = table.number(row, column.number)
            key = (name, column.year or plain(column.heading))
            if value is None or not key[1]:
                continue
            twice |= {key} if key in found else set()
            unit = table.unit_of(column)
            found[key] = (row, column, value * SCALES.get(unit[1:], 1) if unit else value)
    return {key: value for key, value in found.items() if key not in twice}


def _held_together(
    table: Table,
    one: Statement,
    other_table: Table,
    other: Statement,
    shared: list[tuple[str, str]],
) -> Iterator[Remark]:
    pairs = [(one[key], other[key]) for key in shared if one[key][2] and other[key][2]]
    equal = [pair for pair in pairs if pair[0][2] == pair[1][2]]
    for (row, column, value), (other_row, other_column, other_value) in pairs:
        if value == other_value:
            continue
        small, large = sorted((abs(value), abs(other_value)))
        cells = (table.where(row, column.number), other_table.where(other_row, other_column.number))
        places = (
            f"{table.sheet.name}, {column.letter}{row} and {other_table.sheet.name},"
            f" {other_column.letter}{other_row}: '{table.label(row)}'"
        )
        if large == small * 1000 and (digits_of(float(small)) >= 3 or len(equal) * 2 > len(pairs)):
            message = (
                f"{places} is {shown(value)} in one and {shown(other_value)} in the other, a"
                " thousand times as much."
            )
            yield Remark("error", "thousandfold", message, cells, value, other_value, None, "")
        elif len(equal) >= 3 and len(equal) >= 0.8 * len(pairs):
            message = (
                f"{places} is {shown(value)} in one and {shown(other_value)} in the other; their"
                " other figures agree."
            )
            yield Remark("warning", "lines-differ", message, cells, value, other_value, None, "")
