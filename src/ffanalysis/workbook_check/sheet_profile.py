"""Which columns of a sheet hold numbers and which hold texts, row by row.

The table finder asks it which rows could be headings. Of a layout it uses only the marks for
missing figures.
"""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from typing import Literal

from ffanalysis.layout import Layout, plain
from ffanalysis.sheets.cells import Cell, NotCalculated, Sheet
from ffanalysis.workbook_check.heading_numbers import rows_of_codes, rows_of_years
from ffanalysis.workbook_check.values import (
    is_error,
    is_heading_number,
    looks_like_figure,
    number_in,
)

_MANY_COLUMNS = 300
_TO_FIRST_NUMBER = 12  # rows from a heading to the first number below it, at most
_LARGEST_LINE_NUMBER = 100_000
_FEW = 4  # a number alone is a stray beside columns of so many
_LEAST_CODES = 5  # so many codes beside their labels always rise

RowsByColumn = dict[int, list[int]]  # column → its rows, from the top


class SheetProfile:
    """Where a sheet has numbers and texts, column by column."""

    def __init__(self, sheet: Sheet, layout: Layout) -> None:
        self.sheet, self.layout = sheet, layout
        self.year_rows = rows_of_years(sheet)
        self.code_rows = rows_of_codes(sheet, self.year_rows)
        self.number_headings = self.year_rows | self.code_rows
        self.texts: RowsByColumn = {}
        numbers: RowsByColumn = {}
        for row, cells in sheet.rows():
            for cell in cells:
                match self._content(row, cell):
                    case "number":
                        numbers.setdefault(cell.column, []).append(row)
                    case "text":
                        self.texts.setdefault(cell.column, []).append(row)
        self.numbers = self._without_strays(numbers)

    def _content(self, row: int, cell: Cell) -> Literal["number", "text", "nothing"]:
        """What a cell counts as. A mark for a missing figure and an error value are nothing."""
        if cell.is_number:
            return "text" if row in self.number_headings else "number"
        if isinstance(cell.value, str):
            return self._content_of_text(row, cell)
        if isinstance(cell.value, NotCalculated):
            return "number"
        return "text" if isinstance(cell.value, datetime) else "nothing"

    def _content_of_text(self, row: int, cell: Cell) -> Literal["number", "text", "nothing"]:
        if row in self.number_headings:
            return "text"
        is_number = number_in(cell.value) is not None and not is_heading_number(cell.value)
        if is_number or looks_like_figure(cell.text):
            return "number"
        return "nothing" if self._is_mark(cell) or is_error(cell) else "text"

    def _is_mark(self, cell: Cell) -> bool:
        return plain(cell.text) in self.layout.markers

    def _without_strays(self, numbers: RowsByColumn) -> RowsByColumn:
        """Drop columns that hold a single number and no text above it, beside longer ones.

        Where a sheet has very many columns, also those with two.
        """
        longest = max(map(len, numbers.values()), default=0)
        most = 2 if len(numbers) > _MANY_COLUMNS else 1 if longest >= _FEW else 0
        return {
            column: rows
            for column, rows in numbers.items()
            if len(rows) > most or any(row < rows[0] for row in self.texts.get(column, ()))
        }

    @cached_property
    def line_numbers(self) -> set[int]:
        """Columns of line numbers or codes: whole numbers that only rise."""
        return {column for column, rows in self.numbers.items() if self._rises(column, rows)}

    def _rises(self, column: int, rows: list[int]) -> bool:
        """Whether a column counts one by one, or holds rising codes beside labels."""
        values = [self.sheet.at(row, column).value for row in rows]
        if len(values) < 4 or any(type(value) is not int for value in values):
            return False
        steps = [later - earlier for earlier, later in pairwise(values)]
        if sum(step == 1 for step in steps) / len(steps) >= 0.8:
            return True
        is_first = column == min(self.numbers)
        return self._is_beside_labels(column) and _could_be_codes(values, steps, is_first=is_first)

    def _is_beside_labels(self, column: int) -> bool:
        """Whether a label stands behind nearly each number of a column, in its row."""
        rows = set(self.numbers[column])
        return any(
            len(rows.intersection(self.texts.get(beside, ()))) >= 0.9 * len(rows)
            for beside in (column + 1, column + 2)
        )

    @cached_property
    def figures(self) -> RowsByColumn:
        """The columns that may hold amounts, with the rows of their numbers."""
        return {
            column: rows
            for column, rows in self.numbers.items()
            if column not in self.line_numbers and self._texts_between(column) <= len(rows)
        }

    def _texts_between(self, column: int) -> int:
        """How many texts a column holds between its first and its last number."""
        rows = self.numbers[column]
        return sum(rows[0] < row < rows[-1] for row in self.texts.get(column, ()))

    @cached_property
    def _figure_rows(self) -> set[int]:
        return {row for rows in self.figures.values() for row in rows}

    def has_figure(self, row: int) -> bool:
        """Whether a row holds a number in any column of figures."""
        return row in self._figure_rows

    def headed_columns(self, row: int) -> set[int]:
        """The columns of figures that a text of this row stands over."""
        if row not in self.number_headings and self.has_figure(row):
            return set()
        line = self.sheet.grid[row]
        return {
            column
            for column, rows in self.figures.items()
            if (cell := line.get(column)) and self._may_head(cell) and _begins_soon(rows, row)
        }

    def _may_head(self, cell: Cell) -> bool:
        if cell.row in self.number_headings:
            return True
        if isinstance(cell.value, str):
            return not (self._is_mark(cell) or is_error(cell) or looks_like_figure(cell.text))
        return isinstance(cell.value, datetime)

    def columns_below(self, row: int) -> set[int]:
        """The columns that hold a number soon below a row."""
        return {column for column, rows in self.figures.items() if _begins_soon(rows, row)}

    def has_numbers_between(self, first: int, last: int) -> bool:
        """Whether any column of figures holds a number between two rows."""
        return any(_next_below(rows, first, last) for rows in self.figures.values())

    def rows_of_figures(self, after: int, before: int) -> set[int]:
        """The rows between two others that hold figures."""
        return {row for row in self._figure_rows if after < row < before}

    def columns_with_numbers(self, rows: Iterable[int]) -> list[int]:
        """The columns that hold a number in any of these rows, from the left."""
        wanted = set(rows)
        return [
            column for column in sorted(self.numbers) if not wanted.isdisjoint(self.numbers[column])
        ]


def _could_be_codes(values: list[int], steps: list[int], *, is_first: bool) -> bool:
    """Whether whole numbers rise as codes do: always, or nearly always where they are many.

    In the first column of numbers a few are enough.
    """
    if is_first and len(values) >= _LEAST_CODES and min(steps) > 0:
        return True
    is_in_range = min(values) >= 0 and max(values) < _LARGEST_LINE_NUMBER
    rising = sum(step > 0 for step in steps) / len(steps)
    return is_in_range and rising >= 0.95 and len(values) >= 8


def _next_below(rows: list[int], row: int, limit: int) -> bool:
    """Whether the first number below a row stands above the limit."""
    after = bisect_right(rows, row)
    return after < len(rows) and rows[after] < limit


def _begins_soon(rows: list[int], row: int) -> bool:
    return _next_below(rows, row, row + _TO_FIRST_NUMBER + 1)
