"""Remarks on a whole sheet: what is hidden, what is no table, what is outside every table."""

from collections.abc import Iterator

from ffanalysis.sheets.cells import Cell, NotCalculated, Sheet
from ffanalysis.workbook_check.records import Remark, RemarkSeverity
from ffanalysis.workbook_check.table import FigureTable
from ffanalysis.workbook_check.values import is_error, is_figure, is_number, looks_like_figure
from ffanalysis.workbook_check.wording import (
    and_more,
    counted,
    listed_columns,
    listed_rows,
    references,
)

_LONGEST_TEXT = 40


def sheet_remarks(sheet: Sheet, tables: list[FigureTable]) -> Iterator[Remark]:
    """What of a sheet is hidden, cannot be read, or is in no table."""
    if sheet.hidden and sheet.grid:
        yield _hidden_sheet(sheet, tables)
    yield from _unread_figures(sheet)
    yield from _unclear_figures(sheet)
    if tables:
        for table in tables:
            yield from _hidden_lines(table)
            yield from _struck_lines(table)
        yield from _errors_beside(sheet, tables)
        yield from _numbers_outside(sheet, tables)
    else:
        yield from _sheet_not_used(sheet)
        yield from _stray_errors(sheet)


def _hidden_sheet(sheet: Sheet, tables: list[FigureTable]) -> Remark:
    severity: RemarkSeverity = "warning" if tables else "note"
    message = f"{sheet.name}: the sheet is hidden; it is read like any other."
    return Remark(severity, "hidden-sheet", message)


def _unread_figures(sheet: Sheet) -> Iterator[Remark]:
    """The texts of a sheet that look like figures and cannot be read: "1.200,50", "640 r"."""
    unread = [
        cell
        for cell in sheet.cells()
        if isinstance(cell.value, str) and looks_like_figure(cell.text) and not is_error(cell)
    ]
    if unread:
        first = unread[0]
        what = counted(
            len(unread),
            "text looks like a figure but cannot be read as one",
            "texts look like figures but cannot be read as such",
        )
        message = (
            f"{sheet.name}, {first.address}: {what} ('{first.text[:_LONGEST_TEXT]}'). Write plain"
            " numbers."
        )
        yield Remark("warning", "unread-figures", message, references(sheet, unread))


def _unclear_figures(sheet: Sheet) -> Iterator[Remark]:
    """The cells of a sheet that can be read two ways: "1.495" where semicolons part the cells."""
    unclear = [sheet.at(*place) for place in sorted(sheet.unclear) if is_figure(sheet.at(*place))]
    if unclear:
        first = unclear[0]
        message = (
            f"{sheet.name}, {first.address}{and_more(unclear)}: '{first.text[:_LONGEST_TEXT]}' can"
            f" be read two ways: {sheet.unclear[first.row, first.column]}. Write a plain number."
        )
        yield Remark("warning", "two-readings", message, references(sheet, unclear))


def _struck_lines(table: FigureTable) -> Iterator[Remark]:
    """Rows with text that is struck through, but part of a table."""
    sheet = table.sheet
    struck = {row: column for row, column in sorted(sheet.struck) if column in table.columns}
    if rows := [row for row in table.rows if row in struck]:
        message = (
            f"{sheet.name}, {listed_rows(rows)}: struck through in whole or in part, but included"
            " in the table's figures."
        )
        cell = table.reference(rows[0], table.amounts[0].number)
        yield Remark("warning", "struck-through", message, (cell,))


def _hidden_lines(table: FigureTable) -> Iterator[Remark]:
    """Rows and columns that are hidden, but part of a table."""
    sheet = table.sheet
    if rows := [row for row in table.rows if row in sheet.hidden_rows]:
        message = f"{sheet.name}, {listed_rows(rows)}: hidden, but part of the table's figures."
        cell = table.reference(rows[0], table.amounts[0].number)
        yield Remark("warning", "hidden-rows", message, (cell,))
    if columns := [column for column in table.amounts if column.number in sheet.hidden_columns]:
        names = listed_columns([column.letter for column in columns])
        message = f"{sheet.name}, {names}: hidden, but part of the table's figures."
        cell = table.reference(table.header_rows[1], columns[0].number)
        yield Remark("warning", "hidden-columns", message, (cell,))


def _errors_beside(sheet: Sheet, tables: list[FigureTable]) -> Iterator[Remark]:
    """Error values that are in no table's columns of figures."""
    own = {
        (row, column.number)
        for table in tables
        for row in range(table.header_rows[0], table.rows[-1] + 1)
        for column in table.numeric_columns
    }
    errors = [
        cell for cell in sheet.cells() if is_error(cell) and (cell.row, cell.column) not in own
    ]
    if errors:
        first = errors[0]
        message = (
            f"{sheet.name}, {first.address}: '{first.text}' is outside the figures. Correct the"
            " formula."
        )
        yield Remark("warning", "error-value", message, references(sheet, errors))


def _numbers_outside(sheet: Sheet, tables: list[FigureTable]) -> Iterator[Remark]:
    """Numbers that are in no table, wherever in the sheet they stand, also those written as text.

    What heads a table is part of it.
    """
    outside = [cell for cell in sheet.cells() if is_number(cell) and not _is_in_any(cell, tables)]
    if outside:
        what = counted(len(outside), "number is", "numbers are")
        message = f"{sheet.name}, {outside[0].address}: {what} outside every table."
        yield Remark("note", "numbers-outside", message, references(sheet, outside))


def _is_in_any(cell: Cell, tables: list[FigureTable]) -> bool:
    return any(
        table.header_rows[0] <= cell.row <= table.rows[-1] and cell.column in table.columns
        for table in tables
    )


def _sheet_not_used(sheet: Sheet) -> Iterator[Remark]:
    if sheet.grid:
        numbers = sum(map(is_number, sheet.cells()))
        unused = f"; {counted(numbers, 'number in it is', 'numbers in it are')} not used"
        message = f"{sheet.name}: no table of figures was found{unused if numbers else ''}."
        yield Remark("note", "sheet-not-used", message)


def _stray_errors(sheet: Sheet) -> Iterator[Remark]:
    stray = [
        cell for cell in sheet.cells() if isinstance(cell.value, NotCalculated) or is_error(cell)
    ]
    if stray:
        message = (
            f"{sheet.name}, {stray[0].address}: a formula outside every table has no result, or an"
            " error."
        )
        yield Remark("warning", "error-value", message, references(sheet, stray[:1]))
