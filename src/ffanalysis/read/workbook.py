"""A workbook as plain cells: values, number formats, and formulas that were never calculated.

Nothing here knows what a budget is.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.xml.functions import fromstring

from ffanalysis.errors import WorkbookUnreadable

SUFFIXES = (".xlsx", ".xlsm")
# A workbook of a few thousand rows unpacks to a few megabytes; one that unpacks to more than this is made to harm.
_LARGEST_UNPACKED = 400_000_000
# Signs that nobody sees, but that turn the text and the figures around them, or that a terminal obeys.
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_ENCRYPTED_OR_OLD = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class NotCalculated:
    """A formula whose result the workbook does not hold."""

    formula: str


@dataclass(frozen=True, slots=True)
class Cell:
    row: int
    column: int
    value: Any
    number_format: str = "General"

    @property
    def address(self) -> str:
        return f"{get_column_letter(self.column)}{self.row}"

    @property
    def text(self) -> str:
        """The value as it reads, with single spaces; "" for a blank cell."""
        return "" if self.value is None or isinstance(self.value, NotCalculated) else " ".join(str(self.value).split())

    @property
    def is_number(self) -> bool:
        return isinstance(self.value, int | float) and not isinstance(self.value, bool)


@dataclass(frozen=True)
class Sheet:
    workbook: str
    name: str
    hidden: bool = False
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)

    @property
    def last_row(self) -> int:
        return max((row for row, _ in self.cells), default=0)

    def at(self, row: int, column: int) -> Cell:
        return self.cells.get((row, column)) or Cell(row, column, None)

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """The filled cells by row, from the top and from the left."""
        by_row: dict[int, list[Cell]] = {}
        for (row, _), cell in sorted(self.cells.items()):
            by_row.setdefault(row, []).append(cell)
        return iter(by_row.items())


def files_in(folder: Path) -> list[Path]:
    """The files of a folder by name, without Excel's lock files and hidden ones."""
    return sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith(("~$", ".")))


def read_workbook(path: Path) -> list[Sheet]:
    """All sheets of a workbook, hidden ones too. Raises WorkbookUnreadable in one plain sentence."""
    content = _safe_content(path)
    try:
        with warnings.catch_warnings():
            # openpyxl warns of what it leaves out (data validation, styles); values and number formats are kept.
            warnings.simplefilter("ignore", UserWarning)
            stated = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
            formulas = openpyxl.load_workbook(io.BytesIO(content), data_only=False)
            _refuse_incomplete(content, len(formulas.sheetnames))
    except Exception as error:  # whatever the parser trips over is the fault of the file
        raise WorkbookUnreadable(path.name, "the file is damaged. Open it in Excel, save it as .xlsx and try again.") from error
    sheets = []
    for page in stated.worksheets:
        written = formulas[page.title]
        sheet = Sheet(path.name, page.title, page.sheet_state != "visible")
        for row in written.iter_rows():
            for cell in row:
                if cell.value is None:
                    continue
                held = page.cell(cell.row, cell.column)
                value: Any = held.value
                # A formula whose result is an empty text is calculated, and blank.
                if cell.data_type == "f" and value is None and held.data_type != "str":
                    value = NotCalculated(str(cell.value))
                if isinstance(value, str):
                    value = _UNSEEN.sub("", value)
                if value is not None and str(value).strip():
                    sheet.cells[cell.row, cell.column] = Cell(cell.row, cell.column, value, cell.number_format)
        sheets.append(sheet)
    return sheets


def _safe_content(path: Path) -> bytes:
    """The file's bytes, once it is known to be an archive of bearable size that a spreadsheet program can have written."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise WorkbookUnreadable(path.name, "it may not be opened. Close it elsewhere, or ask for the right to read it.") from error
    if content.startswith(_ENCRYPTED_OR_OLD):
        raise WorkbookUnreadable(
            path.name, "it is encrypted, or an old .xls under a new name. Save it as .xlsx without a password."
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(item.file_size for item in archive.infolist())
    except Exception as error:  # whatever the parser trips over is the fault of the file
        raise WorkbookUnreadable(path.name, "it is not an Excel workbook. Save it from Excel as .xlsx.") from error
    if size > _LARGEST_UNPACKED:
        raise WorkbookUnreadable(path.name, f"it unpacks to {size / 1e6:,.0f} MB, more than a budget workbook can hold.")
    return content


def _refuse_incomplete(content: bytes, read: int) -> None:
    """Raise KeyError where the workbook says that it has more sheets: openpyxl passes over one whose part is missing."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        book = fromstring(archive.read("xl/workbook.xml"))
    if sum(1 for element in book.iter() if str(element.tag).endswith("}sheet")) != read:
        raise KeyError(read)
