"""A workbook as plain cells: values, number formats, what is hidden, formulas without a result.

Nothing here knows what a budget is, nor in which format the file was kept.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from openpyxl.utils import get_column_letter

from ffanalysis.sheets.formulas import Rows
from ffanalysis.sheets.number_formats import Section, section_for

GENERAL = "General"
NO_DATE = "#VALUE!"  # what a cell shows for a number that is no date, though its format is one
# Invisible characters: they turn the order of text and figures around, or control a terminal.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_NEGATIVE_SIGNS = frozenset("(-−–")
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")

_EXACT = 2**53

# Merged areas as first row, first column, last row, last column.
Area = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class NotCalculated:
    """A formula whose result the workbook does not hold."""

    formula: str = ""


class Cell(NamedTuple):
    """One filled cell. A named tuple, because a schedule may hold a million of them."""

    row: int
    column: int
    value: Any
    number_format: str = GENERAL

    @property
    def address(self) -> str:
        return f"{get_column_letter(self.column)}{self.row}"

    @property
    def text(self) -> str:
        """The value as it reads, with single spaces; "" for a blank cell."""
        value = self.value
        if type(value) is str:
            return _spaced_once(value)
        if value is None or type(value) is NotCalculated:
            return ""
        return _spaced_once(str(value))

    @property
    def is_number(self) -> bool:
        return type(self.value) is int or type(self.value) is float

    @property
    def section(self) -> Section:
        """The section of its number format that shows it."""
        return section_for(self.number_format, self.value if self.is_number else 1)

    @property
    def decimals(self) -> int | None:
        """How many decimals its number format fixes, less 3 for each step of thousands it hides.

        None under General, and for a format that shows no digits.
        """
        return None if self.number_format == GENERAL else self.section.precision

    @property
    def is_percentage(self) -> bool:
        """Whether its number format writes a per cent sign behind it."""
        return "%" in self.number_format and self.section.is_percentage

    @property
    def looks_negative(self) -> bool:
        """Whether the number format shows a positive number in brackets or with a minus."""
        if not self.is_number or self.value <= 0 or not _NEGATIVE_SIGNS & set(self.number_format):
            return False
        return self.section.looks_negative

    @property
    def is_shown(self) -> bool:
        """Whether the number format shows the value at all: ";;;" shows nothing."""
        if not self.is_number or self.value == 0 or ";" not in self.number_format:
            return True
        return self.section.has_digits or bool(self.section.around(""))


def column_number(letters: str) -> int:
    """The number of a column: "A" is 1, "XFD" is 16,384."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def area_of(reference: str) -> Area | None:
    """A reference such as "B2:D4" as first row, first column, last row, last column.

    None where it is none.
    """
    found = [_ADDRESS.fullmatch(part.replace("$", "")) for part in reference.split(":")]
    if not 1 <= len(found) <= 2 or None in found:
        return None
    corners = [(int(part[2]), column_number(part[1])) for part in found if part]
    rows, columns = sorted(row for row, _ in corners), sorted(column for _, column in corners)
    return rows[0], columns[0], rows[-1], columns[-1]


def reference_of(area: Area) -> str:
    """An area as it is written: "B2:D4"."""
    top, left, bottom, right = area
    return f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}"


@lru_cache(maxsize=1 << 16)
def _spaced_once(text: str) -> str:
    """A text with single spaces; kept, because a schedule repeats its words on every row."""
    return " ".join(text.split())


def clean(text: str) -> str:
    """A text without invisible characters."""
    return text if text.isascii() and text.isprintable() else _UNSEEN.sub("", text)


def number_of(written: str) -> int | float:
    """A number as a file writes it, whole where it is whole.

    Raises ValueError where it is none that a cell can hold.
    """
    if "_" in written:  # Python's own way to write thousands
        raise ValueError(written)
    return whole_if_whole(float(written))


def whole_if_whole(number: float) -> int | float:
    """2.0 is 2, for as long as a float tells each whole number from the next.

    Raises ValueError where it is not finite.
    """
    if number.is_integer():
        return int(number) if -_EXACT <= number <= _EXACT else number
    if number - number != 0:  # neither infinity nor "not a number" takes itself away to nil
        raise ValueError(number)
    return number


@dataclass
class Sheet:
    """One sheet: its filled cells by row and column, and what of it is hidden or merged."""

    workbook: str
    name: str
    hidden: bool = False
    grid: dict[int, dict[int, Cell]] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merges: list[Area] = field(default_factory=list)
    corrected: set[tuple[int, int]] = field(default_factory=set)  # rows and columns of cells
    # The cells whose formula takes its value from another workbook.
    linked: list[str] = field(default_factory=list)
    first_formula: str = ""  # its cell
    # Row and column of cells whose formula adds up other rows of their column → which rows.
    sums: dict[tuple[int, int], Rows] = field(default_factory=dict)
    # Row and column of cells with struck-through text, and of those that can be read two ways: how.
    struck: set[tuple[int, int]] = field(default_factory=set)
    unclear: dict[tuple[int, int], str] = field(default_factory=dict)

    @classmethod
    def of(cls, workbook: str, name: str, cells: Iterable[Cell]) -> "Sheet":
        """A sheet that holds these cells."""
        sheet = cls(workbook, name)
        for cell in cells:
            sheet.grid.setdefault(cell.row, {})[cell.column] = cell
        return sheet

    @property
    def last_row(self) -> int:
        return max(self.grid, default=0)

    def at(self, row: int, column: int) -> Cell:
        line = self.grid.get(row)
        return (line.get(column) if line else None) or Cell(row, column, None)

    def cells(self) -> Iterator[Cell]:
        """The filled cells, row by row."""
        for _, cells in self.rows():
            yield from cells

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """The filled cells by row, from the top and from the left."""
        for row in sorted(self.grid):
            line = self.grid[row]
            if line:
                yield row, [line[column] for column in sorted(line)]


@dataclass
class Book:
    """A workbook as read: its sheets, and with which reader."""

    name: str
    sheets: list[Sheet]
    engine: str
    instead_of: str = ""  # why the reader's usual way could not be used
    links: tuple[str, ...] = ()  # the other workbooks it takes values from
    is_calculated: bool = True  # False where it says itself that its results may be old
