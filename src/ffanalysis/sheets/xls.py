"""Read the old .xls with xlrd: values, number formats, and what is hidden or merged."""

import io
from datetime import datetime
from typing import Any

from openpyxl.styles.numbers import is_date_format, is_timedelta_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

from ffanalysis.sheets.cells import (
    GENERAL,
    NO_DATE,
    Book,
    Cell,
    NotCalculated,
    Sheet,
    clean,
    whole_if_whole,
)
from ffanalysis.sheets.limits import Limits, Refused, require_short
from ffanalysis.sheets.rich_text import HALF_STRUCK, Place, RichText
from ffanalysis.sheets.xls_records import Results, results_of

_PLACES: tuple[Place, ...] = ("", "raised", "lowered")


def read_xls(name: str, content: bytes, limits: Limits) -> Book:
    """All sheets of the workbook, hidden ones too. Whatever is wrong with the file raises."""
    book, instead_of = _open(content)
    epoch = MAC_EPOCH if book.datemode else WINDOWS_EPOCH
    codes = {key: form.format_str for key, form in book.format_map.items()}
    formats = [codes.get(style.format_key) or GENERAL for style in book.xf_list]
    struck = {place for place, style in enumerate(book.xf_list) if _is_struck(book, style)}
    results = results_of(book.mem, book._sh_abs_posn, book.biff_version)  # noqa: SLF001 - xlrd tells no other way
    sheets = []
    for position in range(book.nsheets):
        # One sheet after another, as each may be large.
        page = book.sheet_by_index(position)
        sheet = _outline(name, page)
        _fill(sheet, page, formats, epoch, limits)
        _note_struck(sheet, page, struck)
        _note_formulas(sheet, results, position)
        sheets.append(sheet)
        book.unload_sheet(position)
        vars(page).clear()  # it refers to itself, and would stay
    engine = "xlrd, lenient" if instead_of else "xlrd"
    return Book(name, sheets, engine, instead_of, is_calculated=results.is_calculated)


def _open(content: bytes) -> tuple[Any, str]:
    """The workbook as xlrd opens it, and what is out of order in the file's directory."""
    from xlrd.compdoc import CompDocError

    try:
        return _opened(content, lenient=False), ""
    except CompDocError as error:
        # Some programs leave parts of the file that claim the same sectors.
        return _opened(content, lenient=True), f"CompDocError: {clean(str(error))[:120]}"


def _opened(content: bytes, *, lenient: bool) -> Any:
    import xlrd

    try:
        return xlrd.open_workbook(
            file_contents=content,
            formatting_info=True,
            ragged_rows=True,
            on_demand=True,
            logfile=io.StringIO(),
            ignore_workbook_corruption=lenient,
        )
    except xlrd.XLRDError as error:
        if "encrypted" in str(error).lower():
            raise Refused("it is encrypted. Save it without a password.") from error
        raise


def _outline(name: str, page: Any) -> Sheet:
    """A sheet without its cells: its name, and what of it is hidden or merged."""
    sheet = Sheet(name, clean(page.name), page.visibility != 0)
    sheet.hidden_rows = {
        row + 1 for row, about in page.rowinfo_map.items() if about.hidden or about.height == 0
    }
    sheet.hidden_columns = {
        column + 1 for column, about in page.colinfo_map.items() if about.hidden or about.width == 0
    }
    sheet.merges = [
        (top + 1, left + 1, bottom, right) for top, bottom, left, right in page.merged_cells
    ]
    return sheet


def _fill(sheet: Sheet, page: Any, formats: list[str], epoch: datetime, limits: Limits) -> None:
    """Put the filled cells of xlrd's page into the sheet."""
    import xlrd

    blank = (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK)
    limits.step(page.nrows)  # xlrd makes all rows above a cell
    for row in range(page.nrows):
        for column, kind in enumerate(page.row_types(row)):
            if kind in blank:
                continue
            code = formats[page.cell_xf_index(row, column)]
            value = _value(kind, page.cell_value(row, column), code, epoch)
            if isinstance(value, str):
                if not value.strip():
                    continue
                value = clean(_rich(sheet, page, row, column, value))
            limits.count(1)
            cell = Cell(row + 1, column + 1, value, code)
            sheet.grid.setdefault(cell.row, {})[cell.column] = cell


def _is_struck(book: Any, style: Any) -> bool:
    fonts = book.font_list
    return style.font_index < len(fonts) and bool(fonts[style.font_index].struck_out)


def _note_struck(sheet: Sheet, page: Any, struck: set[int]) -> None:
    """Note the cells that are struck through as a whole, by one of these styles."""
    if struck:
        sheet.struck |= {
            (cell.row, cell.column)
            for cell in sheet.cells()
            if page.cell_xf_index(cell.row - 1, cell.column - 1) in struck
        }


def _note_formulas(sheet: Sheet, results: Results, position: int) -> None:
    if position in results.first:
        row, column = results.first[position]
        sheet.first_formula = Cell(row + 1, column + 1, None).address
    for row, column in results.blank.get(position, ()):
        if results.is_missing(position, row, column):
            cell = Cell(row + 1, column + 1, NotCalculated())
            sheet.grid.setdefault(cell.row, {})[cell.column] = cell


def _rich(sheet: Sheet, page: Any, row: int, column: int, text: str) -> str:
    """A text with its raised and lowered marks, where it is set in several ways."""
    fonts = page.book.font_list
    runs = page.rich_text_runlist_map.get((row, column))
    if not runs:
        return text
    own = page.book.xf_list[page.cell_xf_index(row, column)].font_index
    starts = [(0, own), *runs]
    ends = [start for start, _ in runs] + [len(text)]
    rich = RichText()
    for (start, index), end in zip(starts, ends, strict=True):
        if start < end and index < len(fonts):
            font = fonts[index]
            rich.add(text[start:end], _PLACES[font.escapement], is_struck=bool(font.struck_out))
    whole, how = rich.take()
    if how:
        sheet.struck.add((row + 1, column + 1))
    if how == "in part":
        sheet.unclear[row + 1, column + 1] = HALF_STRUCK
    return whole


def _value(kind: int, value: Any, code: str, epoch: datetime) -> Any:
    """What a cell of this kind holds: a number, a text, a date, yes or no, or an error's name."""
    import xlrd

    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    if kind == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(value, "#ERROR!")
    if kind not in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        return require_short(value)
    if not is_date_format(code):
        return whole_if_whole(value)
    try:
        return from_excel(value, epoch, timedelta=is_timedelta_format(code))
    except (OverflowError, ValueError):
        return NO_DATE
