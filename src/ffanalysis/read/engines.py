"""Readers of others, for what the streaming reader cannot read and for the old .xls: each gives the same plain cells."""

import io
import warnings
from datetime import date, datetime, time
from typing import Any

from ffanalysis.read.limits import Limits, Refused
from ffanalysis.read.workbook import GENERAL, Book, Cell, NotCalculated, Sheet, clean

_LARGEST_AREA = 5_000_000


def read_openpyxl(name: str, content: bytes, limits: Limits, *, light: bool = False) -> Book:
    """By openpyxl; `light` is its read-only mode, which passes over drawings and other parts that hold no cells."""
    import openpyxl

    with warnings.catch_warnings():
        # openpyxl warns of what it leaves out (data validation, styles); values and number formats are kept.
        warnings.simplefilter("ignore", UserWarning)
        stated = openpyxl.load_workbook(io.BytesIO(content), data_only=True, read_only=light)
        written = openpyxl.load_workbook(io.BytesIO(content), data_only=False, read_only=light)
        sheets = []
        for page in stated.worksheets:
            sheet = Sheet(name, clean(page.title), page.sheet_state != "visible")
            if light:
                # A sheet may state a smaller extent than it has; what lies beyond would be lost.
                page.reset_dimensions()
                written[page.title].reset_dimensions()
            else:
                sheet.hidden_rows = {row for row, about in page.row_dimensions.items() if about.hidden}
                for about in page.column_dimensions.values():
                    if about.hidden:
                        sheet.hidden_columns.update(range(about.min, about.max + 1))
                sheet.merges = [(area.min_row, area.min_col, area.max_row, area.max_col) for area in page.merged_cells.ranges]
            for held_row, written_row in zip(page.iter_rows(), written[page.title].iter_rows(), strict=True):
                for held, cell in zip(held_row, written_row, strict=True):
                    if cell.value is None:
                        continue
                    value: Any = held.value
                    # A formula whose result is an empty text is calculated, and blank.
                    if cell.data_type == "f" and value is None and held.data_type != "str":
                        value = NotCalculated(str(cell.value))
                    _put(sheet, cell.row, cell.column, value, cell.number_format, limits)
            sheets.append(sheet)
    return Book(name, sheets, "openpyxl, read-only" if light else "openpyxl")


def read_openpyxl_light(name: str, content: bytes, limits: Limits) -> Book:
    return read_openpyxl(name, content, limits, light=True)


def read_calamine(name: str, content: bytes, limits: Limits) -> Book:
    """By calamine: values only, so that number formats, hidden rows and uncalculated formulas are not known."""
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    sheets = []
    for about in book.sheets_metadata:
        page = book.get_sheet_by_name(about.name)
        if page.total_height * page.total_width > _LARGEST_AREA:
            raise Refused("its cells lie too far apart for a budget workbook.")
        sheet = Sheet(name, clean(about.name), about.visible != SheetVisibleEnum.Visible)
        for row, line in enumerate(page.to_python(skip_empty_area=False), 1):
            for column, value in enumerate(line, 1):
                if type(value) is float and value.is_integer() and abs(value) < 1e15:
                    value = int(value)
                elif type(value) is date:
                    value = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a cell's date has no zone
                if value != "":
                    _put(sheet, row, column, value, GENERAL, limits)
        sheets.append(sheet)
    return Book(name, sheets, "calamine")


def read_xls(name: str, content: bytes, limits: Limits) -> Book:
    """The old .xls, by xlrd."""
    import xlrd

    try:
        book = xlrd.open_workbook(file_contents=content, formatting_info=True, logfile=io.StringIO())
    except xlrd.XLRDError as error:
        if "encrypted" in str(error).lower():
            raise Refused("it is encrypted. Save it without a password.") from error
        raise
    codes = {key: form.format_str for key, form in book.format_map.items()}
    sheets = []
    for page in book.sheets():
        sheet = Sheet(name, clean(page.name), page.visibility != 0)
        sheet.hidden_rows = {row + 1 for row, about in page.rowinfo_map.items() if about.hidden}
        sheet.hidden_columns = {column + 1 for column, about in page.colinfo_map.items() if about.hidden}
        sheet.merges = [(top + 1, left + 1, bottom, right) for top, bottom, left, right in page.merged_cells]
        for row in range(page.nrows):
            for column, cell in enumerate(page.row(row)):
                code = codes.get(book.xf_list[cell.xf_index].format_key, GENERAL) if cell.xf_index is not None else GENERAL
                _put(sheet, row + 1, column + 1, _old_value(cell, book), code, limits)
        sheets.append(sheet)
    return Book(name, sheets, "xlrd")


def _old_value(cell: Any, book: Any) -> Any:
    import xlrd

    if cell.ctype == xlrd.XL_CELL_NUMBER:
        return int(cell.value) if cell.value.is_integer() and abs(cell.value) < 1e15 else cell.value
    if cell.ctype == xlrd.XL_CELL_DATE:
        return time() if not cell.value else xlrd.xldate_as_datetime(cell.value, book.datemode)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(cell.value, "#ERROR!")
    return cell.value if cell.ctype == xlrd.XL_CELL_TEXT else None


def _put(sheet: Sheet, row: int, column: int, value: Any, code: str, limits: Limits) -> None:
    if isinstance(value, str):
        value = clean(value)
    if value is None or (isinstance(value, str) and not value.strip()):
        return
    limits.count(1)
    sheet.grid.setdefault(row, {})[column] = Cell(row, column, value, code or GENERAL)
