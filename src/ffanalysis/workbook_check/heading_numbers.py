"""Rows of numbers that head columns: years, line numbers, codes, the heads of a pivot table.

Amounts may lie in the range of years too, and codes look like amounts: what tells them apart is
where they stand.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from ffanalysis.sheets.cells import GENERAL, Cell, Sheet
from ffanalysis.workbook_check.values import (
    is_marked_year,
    is_total_label,
    is_year_number,
    looks_like_figure,
    number_in,
)

_TO_FIRST_NUMBER = 12  # rows from a heading to the first number below it, at most
_LEAST_RISING = 4  # so many codes that rise from left to right are no amounts, without a label
_LARGEST_CODE = 10_000_000
_CODE_LABEL = re.compile(
    r"(?:.*\b)?(?:line|row|col(?:umn)?|item|cell|field|code|account|asset|ref(?:erence)?|id)s?"
    r"\W*(?:no|nr|num|number|code|ref|reference|id|label)?s?\W*",
    re.I,
)
_PIVOT_LABEL = re.compile(r"(?:row|column) labels", re.I)
_COUNTED = re.compile(r"[(\[]?\s*(?:col(?:umn)?\s*)?(\d{1,3})\s*[)\].]?", re.I)


def rows_of_years(sheet: Sheet) -> set[int]:
    """The rows of years that head columns of other numbers."""
    return _YearRows(sheet).found


def rows_of_codes(sheet: Sheet, year_rows: set[int]) -> set[int]:
    """The rows of line numbers, codes or pivot heads in a heading, directly above or below it."""
    return _CodeRows(sheet, year_rows).found


# --- years ---------------------------------------------------------------------------------------


class _YearRows:
    """Reads a sheet from the top and finds the rows of years that head columns of other numbers.

    Amounts may lie in the range of years too: 2,015 and 2,016 under two years are figures.
    """

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.found: set[int] = set()
        self.labels: set[str] = set()  # of the rows found
        self.with_numbers: set[int] = set()  # columns that have held numbers
        self.with_headings: set[int] = set()  # columns under a line of headings in text
        for row, cells in sheet.rows():
            self._read(row, cells)

    def _read(self, row: int, cells: list[Cell]) -> None:
        years = [cell for cell in cells if cell.is_number or is_marked_year(cell.value)]
        texts = [cell for cell in cells if isinstance(cell.value, str) and cell not in years]
        columns = {cell.column for cell in years}
        label = texts[0].text if texts else ""
        if _are_years(years, texts) and self._heads_numbers(row, columns, label):
            self.found.add(row)
            self.labels.add(label)
        else:
            self._pass_over(years, texts)

    def _pass_over(self, numbers: list[Cell], texts: list[Cell]) -> None:
        """Note which columns a row that heads none has numbers or headings in."""
        self.with_numbers |= {cell.column for cell in numbers if cell.is_number}
        if not numbers and len(texts) > 2:
            self.with_headings |= {cell.column for cell in texts[1:]}

    def _heads_numbers(self, row: int, columns: set[int], label: str) -> bool:
        is_heading = self._is_first_heading(columns, label) or self._is_repeated(row, label)
        return is_heading and self._has_other_numbers_below(row, columns)

    def _is_first_heading(self, columns: set[int], label: str) -> bool:
        """Whether most of these columns have held no number, and no text heads a labelled row."""
        if label and columns & self.with_headings:
            return False
        return len(columns & self.with_numbers) * 2 < len(columns)

    def _is_repeated(self, row: int, label: str) -> bool:
        """Whether the row heads another table, under the same label and below a blank row."""
        return bool(label) and label in self.labels and row - 1 not in self.sheet.grid

    def _has_other_numbers_below(self, row: int, columns: set[int]) -> bool:
        below = (
            self.sheet.at(lower, column)
            for lower in range(row + 1, row + 1 + _TO_FIRST_NUMBER)
            for column in columns
        )
        return any(_is_amount(cell) and not is_year_number(cell.value) for cell in below)


def _is_amount(cell: Cell) -> bool:
    return cell.is_number or (isinstance(cell.value, str) and number_in(cell.value) is not None)


def _are_years(years: list[Cell], texts: list[Cell]) -> bool:
    """Whether a row holds two or more years, one of them a number, and no other number."""
    numbers = [cell for cell in years if cell.is_number]
    return (
        len(years) >= 2
        and bool(numbers)
        and all(is_year_number(cell.value) for cell in numbers)
        and all(number_in(cell.value) is None for cell in texts)
    )


# --- codes ---------------------------------------------------------------------------------------


class _CodeRows:
    """Reads a sheet from the top and finds rows of codes that belong to a heading."""

    def __init__(self, sheet: Sheet, year_rows: set[int]) -> None:
        self.sheet, self.year_rows = sheet, year_rows
        self.found: set[int] = set()
        self.with_figures: set[int] = set()  # columns that have held figures
        previous = 0
        for row, cells in sheet.rows():
            if row > previous + 1:
                self.with_figures = set()  # below a blank row a table may begin
            previous = row
            codes = [cell for cell in cells if _may_be_code(cell)]
            if row in year_rows:
                continue
            if self._is_heading(row, cells, codes):
                self.found.add(row)
            else:
                self.with_figures |= {cell.column for cell in cells if _is_amount(cell)}

    def _is_heading(self, row: int, cells: list[Cell], codes: list[Cell]) -> bool:
        if len(codes) < 2:
            return False
        columns = {cell.column for cell in codes}
        others = [cell for cell in cells if cell.column not in columns]
        if any(map(_is_amount, others)):
            return False
        texts = [cell for cell in others if isinstance(cell.value, str) and cell.text]
        if self._is_head_of_pivot(texts, codes):
            return self._has_figures_below(row, columns)
        if columns & self.with_figures:
            return False
        return self._stands_in_heading(row, codes, _label(texts, codes))

    def _is_head_of_pivot(self, texts: list[Cell], codes: list[Cell]) -> bool:
        """Whether a row of codes has the label of a pivot table, or ends in its grand total."""
        first = min(cell.column for cell in codes)
        return any(
            _PIVOT_LABEL.fullmatch(cell.text) if cell.column < first else is_total_label(cell.text)
            for cell in texts
        )

    def _stands_in_heading(self, row: int, codes: list[Cell], label: str | None) -> bool:
        """Whether codes stand directly above or below a line of texts over them."""
        is_coded = label is not None and bool(_CODE_LABEL.fullmatch(label))
        if label is not None and not is_coded:
            return False
        columns, values = {cell.column for cell in codes}, [_code(cell) for cell in codes]
        above, below = self._is_headed(row - 1, columns), self._is_headed(row + 1, columns)
        if below and (is_coded or not above):
            return is_coded or _rises(values, nearly=True)
        is_under = above and self._has_figures_below(row, columns)
        return is_under and _are_codes(values, is_coded=is_coded)

    def _is_headed(self, row: int, columns: set[int]) -> bool:
        """Whether texts of a row stand over at least half of these columns."""
        if row in self.found:
            return True
        line = self.sheet.grid.get(row, {})
        texts = [
            column
            for column in columns
            if (cell := line.get(column)) and isinstance(cell.value, str) and not _is_amount(cell)
        ]
        return len(texts) * 2 >= len(columns)

    def _has_figures_below(self, row: int, columns: set[int]) -> bool:
        """Whether most of these columns hold a number in one of the next two rows."""
        return any(
            sum(_is_amount(self.sheet.at(lower, column)) for column in columns) * 2 >= len(columns)
            for lower in (row + 1, row + 2)
        )


def _may_be_code(cell: Cell) -> bool:
    """Whether a cell holds a plain whole number, as codes are: "0110", 994, "(3)"."""
    if isinstance(cell.value, str):
        return bool(_COUNTED.fullmatch(cell.text)) or (
            cell.text.isdecimal() and int(cell.text) < _LARGEST_CODE
        )
    plain = cell.number_format in (GENERAL, "@", "0", "")
    return type(cell.value) is int and 0 <= cell.value < _LARGEST_CODE and plain


def _code(cell: Cell) -> int:
    if not isinstance(cell.value, str):
        return int(cell.value)
    counted = _COUNTED.fullmatch(cell.text)
    return int(counted[1] if counted else cell.text)


def _rises(values: Sequence[int], *, nearly: bool = False) -> bool:
    """Whether each code is larger than the one before; nearly: four of five are."""
    rising = sum(later > earlier for earlier, later in pairwise(values))
    return rising * 5 >= (len(values) - 1) * (4 if nearly else 5)


def _are_codes(values: Sequence[int], *, is_coded: bool) -> bool:
    """Whether numbers under a heading rise, and count one by one, are many, or are called codes."""
    counts = all(later - earlier == 1 for earlier, later in pairwise(values))
    return _rises(values) and (is_coded or counts or len(values) >= _LEAST_RISING)


def _label(texts: list[Cell], codes: list[Cell]) -> str | None:
    """What stands before the codes of a row; None where nothing does."""
    first = min(cell.column for cell in codes)
    before = [cell.text for cell in texts if cell.column < first]
    if looks_like_figure("".join(before)):
        return None
    return before[0] if before else None
