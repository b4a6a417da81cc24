"""Readers of others, for what the streaming reader cannot read and for the old .xls.

Each gives the same plain cells.
"""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from openpyxl.styles.numbers import is_date_format, is_timedelta_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

from ffanalysis.sheets.cells import GENERAL, Book, Cell, NotCalculated, Sheet, clean, whole_if_whole
from ffanalysis.sheets.limits import WIDEST, Limits, Refused, require_short
from ffanalysis.sheets.xlsx import NO_DATE


def read_openpyxl(name: str, content: bytes, limits: Limits) -> Book:
    """By openpyxl.

    What is hidden and merged by its full mode, which puts links into blank cells, and the cells by
    the other.
    """
    pages = _openpyxl(content, read_only=False, data_only=True).worksheets
    book = read_openpyxl_light(name, content, limits)
    book.engine = "openpyxl"
    for sheet, page in zip(book.sheets, pages, strict=True):
        sheet.hidden_rows = {row for row, about in page.row_dimensions.items() if about.hidden}
        for about in page.column_dimensions.values():
            if about.hidden:
                sheet.hidden_columns.update(range(max(about.min, 1), min(about.max, WIDEST) + 1))
        sheet.merges = [
            (area.min_row, area.min_col, area.max_row, area.max_col)
            for area in page.merged_cells.ranges
        ]
    return book


def read_openpyxl_light(name: str, content: bytes, limits: Limits) -> Book:
    """By openpyxl's read-only mode, which passes over drawings and other parts that hold no cells."""
    stated = _openpyxl(content, read_only=True, data_only=True)
    written = _openpyxl(content, read_only=True, data_only=False)
    sheets = []
    with _unwarned():
        for page in stated.worksheets:
            sheet = Sheet(name, clean(page.title), page.sheet_state != "visible")
            for held, cell in zip(_filled(page), _filled(written[page.title]), strict=True):
                value: Any = held.value
                # A formula whose result is an empty text is calculated, and blank.
                if cell.data_type == "f" and value is None and held.data_type != "str":
                    value = NotCalculated(str(cell.value))
                _put(sheet, cell.row, cell.column, value, cell.number_format, limits)
            sheets.append(sheet)
    return Book(name, sheets, "openpyxl, read-only")


def _openpyxl(content: bytes, *, read_only: bool, data_only: bool) -> Any:
    import openpyxl

    with _unwarned():
        return openpyxl.load_workbook(io.BytesIO(content), read_only=read_only, data_only=data_only)


@contextmanager
def _unwarned() -> Iterator[None]:
    """Without openpyxl's warnings of what it leaves out (data validation, styles).

    Values and number formats are kept.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


def _filled(page: Any) -> Iterator[Any]:
    """The cells that a sheet holds."""
    # A sheet may state a smaller extent than it has; what lies beyond would be lost.
    page.reset_dimensions()
    for row in page.iter_rows():
        yield from (cell for cell in row if hasattr(cell, "row"))


def read_calamine(name: str, content: bytes, limits: Limits) -> Book:
    """By calamine.

    Values only, so that number formats, hidden rows and uncalculated formulas are not known.
    """
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    sheets = []
    for about in book.sheets_metadata:
        if about.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = Sheet(name, clean(about.name), about.visible != SheetVisibleEnum.Visible)
        for row, line in enumerate(
            book.get_sheet_by_name(about.name).to_python(skip_empty_area=False), 1
        ):
            for column, value in enumerate(line, 1):
                if value != "":
                    _put(sheet, row, column, value, GENERAL, limits)
        sheets.append(sheet)
    return Book(name, sheets, "calamine")


def read_xls(name: str, content: bytes, limits: Limits, *, lenient: bool = False) -> Book:
    """The old .xls, by xlrd.

    Where it is `lenient`, parts of the file may claim the same sectors.
    """
    import xlrd

    try:
        # One sheet after another: where a cell stands in the last row, xlrd makes all rows above.
        options = {
            "formatting_info": True,
            "ragged_rows": True,
            "on_demand": True,
            "logfile": io.StringIO(),
        }
        book = xlrd.open_workbook(
            file_contents=content, ignore_workbook_corruption=lenient, **options
        )
    except xlrd.XLRDError as error:
        if "encrypted" in str(error).lower():
            raise Refused("it is encrypted. Save it without a password.") from error
        raise
    epoch = MAC_EPOCH if book.datemode else WINDOWS_EPOCH
    codes = {key: form.format_str for key, form in book.format_map.items()}
    sheets = []
    for place in range(book.nsheets):
        page = book.sheet_by_index(place)
        sheet = Sheet(name, clean(page.name), page.visibility != 0)
        sheet.hidden_rows = {row + 1 for row, about in page.rowinfo_map.items() if about.hidden}
        sheet.hidden_columns = {
            column + 1 for column, about in page.colinfo_map.items() if about.hidden
        }
        sheet.merges = [
            (top + 1, left + 1, bottom, right) for top, bottom, left, right in page.merged_cells
        ]
        for row in range(page.nrows):
            for column, kind in enumerate(page.row_types(row)):
                if kind in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
                    continue
                code = codes.get(book.xf_list[page.cell_xf_index(row, column)].format_key, GENERAL)
                _put(
                    sheet,
                    row + 1,
                    column + 1,
                    _old_value(kind, page.cell_value(row, column), code, epoch),
                    code,
                    limits,
                )
        sheets.append(sheet)
        book.unload_sheet(place)
        vars(page).clear()  # it refers to itself, and would stay
    return Book(name, sheets, "xlrd, lenient" if lenient else "xlrd")


def read_xls_lenient(name: str, content: bytes, limits: Limits) -> Book:
    """The old .xls whose directory is not in order, as some programs leave it."""
    return read_xls(name, content, limits, lenient=True)


def _old_value(kind: int, value: Any, code: str, epoch: datetime) -> Any:
    import xlrd

    if kind in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        if not is_date_format(code):
            return value
        try:
            return from_excel(value, epoch, timedelta=is_timedelta_format(code))
        except (OverflowError, ValueError):
            return NO_DATE
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    return xlrd.error_text_from_code.get(value, "#ERROR!") if kind == xlrd.XL_CELL_ERROR else value


def _put(sheet: Sheet, row: int, column: int, value: Any, code: str, limits: Limits) -> None:
    if isinstance(value, str):
        value = clean(require_short(value))
    elif type(value) is float or type(value) is int:
        value = whole_if_whole(float(value))
    elif type(value) is date:
        value = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a cell's date has no zone
    if value is None or (isinstance(value, str) and not value.strip()):
        return
    limits.count(1)
    sheet.grid.setdefault(row, {})[column] = Cell(row, column, value, code or GENERAL)
