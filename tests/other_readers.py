"""Readers of others, which must give the same cells of a workbook as ours."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import openpyxl
from python_calamine import CalamineWorkbook

from ffanalysis.sheets.cells import GENERAL, Book, Cell, Sheet


@contextmanager
def unwarned() -> Iterator[None]:
    """Without openpyxl's warnings of what it leaves out: data validation, styles."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


def by_openpyxl(name: str, content: bytes) -> Book:
    """Values, number formats, and what is hidden or merged."""
    with unwarned():
        pages = openpyxl.load_workbook(io.BytesIO(content), data_only=True).worksheets
    sheets = []
    for page in pages:
        cells = ((cell, cell.value) for line in page.iter_rows() for cell in line)
        sheet = Sheet.of(
            name,
            page.title,
            [
                Cell(cell.row, cell.column, plain(value), cell.number_format)
                for cell, value in cells
                if value is not None
            ],
        )
        sheet.hidden = page.sheet_state != "visible"
        sheet.hidden_rows = {row for row, about in page.row_dimensions.items() if about.hidden}
        for about in page.column_dimensions.values():
            if about.hidden:
                sheet.hidden_columns.update(range(about.min, about.max + 1))
        sheet.merges = [
            (area.min_row, area.min_col, area.max_row, area.max_col)
            for area in page.merged_cells.ranges
        ]
        sheets.append(sheet)
    return Book(name, sheets, "openpyxl")


def by_calamine(name: str, content: bytes) -> Book:
    """Values only: no number formats, no errors, nothing of what is hidden in a sheet."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    sheets = []
    for about in book.sheets_metadata:
        lines = book.get_sheet_by_name(about.name).to_python(skip_empty_area=False)
        cells = [
            Cell(row, column, plain(value), GENERAL)
            for row, line in enumerate(lines, 1)
            for column, value in enumerate(line, 1)
            if value != ""
        ]
        sheet = Sheet.of(name, about.name, cells)
        sheet.hidden = str(about.visible) != "SheetVisibleEnum.Visible"
        sheets.append(sheet)
    return Book(name, sheets, "calamine")


def plain(value: Any) -> Any:
    """A value as our cells hold it: 2.0 is 2, and a day is its first moment."""
    if type(value) is date:
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a cell's date has no zone
    if type(value) is float and value.is_integer() and abs(value) <= 2**53:
        return int(value)
    if type(value) is int and abs(value) > 2**53:
        return float(value)
    return value
