"""Workbooks read a second time, by readers that share no code with ours.

openpyxl reads .xlsx and .xlsm, calamine .xls and .ods, the csv module .csv. What they give is
values by row and column, and nothing is made of them here.
"""

import csv
import io
import unicodedata
import warnings
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from ffanalysis.sheets.csv import delimiter_of, encoding_of

Cells = Mapping[tuple[int, int], Any]
READER_NAMES = {
    ".xlsx": "openpyxl",
    ".xlsm": "openpyxl",
    ".xls": "calamine",
    ".ods": "calamine",
    ".csv": "the csv module",
}


def read_again(path: Path) -> dict[str, Cells]:
    """The filled cells of each sheet by row and column, under the sheet's name as plain text.

    Raises whatever the reader raises on a file that it cannot read.
    """
    content = path.read_bytes()
    sheets: dict[str, Cells] = {}
    for name, cells in _READERS[path.suffix.lower()](path.stem, content):
        sheets.setdefault(plain_text(name), dict(cells))
    return sheets


def plain_text(text: str) -> str:
    """A text without what nobody sees: control signs and marks of direction, further spaces."""
    seen = (sign for sign in text if sign.isspace() or unicodedata.category(sign)[0] != "C")
    return " ".join("".join(seen).split())


_Placed = Iterator[tuple[tuple[int, int], Any]]


def _by_openpyxl(_name: str, content: bytes) -> Iterator[tuple[str, _Placed]]:
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of data validation and styles that it leaves out
        book = openpyxl.load_workbook(
            io.BytesIO(content), read_only=True, data_only=True, keep_links=False, rich_text=True
        )
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # what a file says of its own extent may be wrong
            yield sheet.title, _of_rows(sheet.iter_rows())


def _of_rows(rows: Any) -> _Placed:
    for row in rows:
        for cell in row:
            if cell.value is not None:
                yield (cell.row, cell.column), _without_superscripts(cell.value)


def _without_superscripts(value: Any) -> Any:
    """The text of rich text, without the marks of footnotes that are set above the line."""
    if not isinstance(value, list):
        return value
    parts = (
        part if isinstance(part, str) else part.text
        for part in value
        if isinstance(part, str) or part.font is None or part.font.vertAlign != "superscript"
    )
    return "".join(parts)


def _by_calamine(_name: str, content: bytes) -> Iterator[tuple[str, _Placed]]:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    for name in book.sheet_names:
        yield name, _of_lines(book.get_sheet_by_name(name).to_python(skip_empty_area=False))


def _by_csv(name: str, content: bytes) -> Iterator[tuple[str, _Placed]]:
    encoding = encoding_of(content)
    text = io.TextIOWrapper(io.BytesIO(content), encoding, newline="")
    yield name, _of_lines(csv.reader(text, delimiter=delimiter_of(content, encoding)))


def _of_lines(lines: Any) -> _Placed:
    for row, line in enumerate(lines, 1):
        for column, value in enumerate(line, 1):
            if value is not None and value != "":
                yield (row, column), value


_READERS: dict[str, Callable[[str, bytes], Iterator[tuple[str, _Placed]]]] = {
    ".xlsx": _by_openpyxl,
    ".xlsm": _by_openpyxl,
    ".xls": _by_calamine,
    ".ods": _by_calamine,
    ".csv": _by_csv,
}


def as_moment(value: Any) -> datetime | None:
    """A date as its first moment, a moment to the second; None for anything else."""
    if isinstance(value, datetime):
        return (value + timedelta(microseconds=500_000)).replace(microsecond=0, tzinfo=None)
    return datetime(value.year, value.month, value.day) if isinstance(value, date) else None  # noqa: DTZ001 - a cell's date has no zone
