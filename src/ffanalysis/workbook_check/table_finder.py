"""The tables of figures in any sheet, without a layout: texts that head columns of numbers.

A table is found by how it looks. Nothing is read into it beyond its heading, units, years and
labels.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from ffanalysis.layout import Layout, plain, standard
from ffanalysis.sheets.cells import Cell, Sheet
from ffanalysis.workbook_check.captions import read_captions
from ffanalysis.workbook_check.columns import (
    HeadingPath,
    label_columns,
    name_columns,
    number_column,
)
from ffanalysis.workbook_check.sheet_profile import SheetProfile
from ffanalysis.workbook_check.table import FigureTable, TableColumn
from ffanalysis.workbook_check.values import figure_in, is_figure, is_year_number, number_in

_MOST_HEADING_LINES = 5  # a heading reaches so far up from its fullest line
_LONGEST_BAND = 120  # a longer text is no heading over several columns
_LONGEST_LABEL = 150  # a longer text is a note
_LEAST_KEYS = 4  # so many rows show that a number goes with a text
_DATED = re.compile(r"\b(?:years?|dates?|periods?|editions?|published|updated)\b", re.I)
_TO_THE_END = 10**6  # further right than any column
_NOTE = re.compile(
    r"^\s*(?:source\b|notes?\b|\*|†|\(?\d{1,2}[).:]\s|[a-z]\)\s|https?://|n\.?b\.?\s)", re.I
)


def find_figure_tables(sheet: Sheet, layout: Layout | None = None) -> list[FigureTable]:
    """The tables of figures in a sheet, from the top."""
    profile = SheetProfile(sheet, layout or standard())
    if not profile.figures:
        return []
    headings = list(_headings(profile))
    ends = [*headings[1:], [sheet.last_row + 1]]  # where the next heading begins
    tables: list[FigureTable] = []
    for lines, end in zip(headings, ends, strict=False):
        tables += _tables_under(profile, lines, tables[-1] if tables else None, end[0])
    return tables


# --- headings ------------------------------------------------------------------------------------


def _headings(profile: SheetProfile) -> Iterator[list[int]]:
    """The rows of each heading, from the top. Rows close together are one heading."""
    lines: list[int] = []
    for row in _heading_rows(profile):
        if lines and (row - lines[-1] > 2 or profile.has_numbers_between(lines[-1], row)):
            yield lines
            lines = []
        lines.append(row)
    if lines:
        yield lines


def _heading_rows(profile: SheetProfile) -> Iterator[int]:
    """The rows whose texts stand over at least half of the columns of numbers below."""
    has_begun = False
    for row in sorted(profile.sheet.grid):
        headed = profile.headed_columns(row)
        if not headed:
            continue
        if row not in profile.number_headings:
            if len(headed) * 2 < len(profile.columns_below(row)):
                continue
            # A text directly below a figure is a remark on it. A heading has a blank row above.
            if has_begun and profile.has_figure(row - 1):
                continue
        has_begun = True
        yield row


def _top_of_heading(profile: SheetProfile, lines: list[int], after: int) -> int:
    """The first row of a heading. Bands and line numbers directly above it belong to it."""
    columns = {column for row in lines for column in profile.headed_columns(row)}
    top = lines[0]
    while top - 1 > after and lines[-1] - top < _MOST_HEADING_LINES:
        # A title stands over the first column alone; a band over several.
        if len(columns.intersection(profile.sheet.grid.get(top - 1, {}))) < 2:
            break
        top -= 1
    return top


def _heading_paths(sheet: Sheet, rows: range, columns: list[int]) -> dict[int, HeadingPath]:
    """The cells above each column, from the top."""
    paths: dict[int, list[Cell]] = {column: [] for column in columns}
    for row in rows:
        for column, cell in _spread_over(sheet, row, columns, is_last=row == rows[-1]):
            paths[column].append(cell)
    return {column: tuple(cells) for column, cells in paths.items()}


def _spread_over(
    sheet: Sheet, row: int, columns: list[int], *, is_last: bool
) -> Iterator[tuple[int, Cell]]:
    """Each column with the cell that heads it in one row.

    A text spreads to the right over blank cells, except in the last row of a heading, where it
    spreads over merged cells only.
    """
    merged = {(top, left): right for top, left, _, right in sheet.merges}
    line = sheet.grid.get(row, {})
    band: Cell | None = None
    until = 0
    for column in range(min([*line, *columns], default=1), max(columns, default=0) + 1):
        if cell := line.get(column):
            band, until = cell, merged.get((row, column), column if is_last else _TO_THE_END)
        elif column > until:
            band = None
        if band and column in columns and (cell or _is_band(band)):
            yield column, band


def _is_band(cell: Cell) -> bool:
    return isinstance(cell.value, str) and len(cell.text) < _LONGEST_BAND


# --- what is under a heading ---------------------------------------------------------------------


class _Side(NamedTuple):
    """The columns of one of several tables side by side."""

    labels: list[int]
    numbers: list[int]


@dataclass(frozen=True)
class _HeadedRows:
    """A heading and the rows of figures below it: one table, or several side by side."""

    profile: SheetProfile
    lines: list[int]  # the rows of the heading whose texts stand over most columns
    top: int  # the first row of the heading
    rows: list[int]

    @property
    def sheet(self) -> Sheet:
        return self.profile.sheet

    @property
    def heading(self) -> range:
        return range(self.top, self.lines[-1] + 1)

    @cached_property
    def numbers(self) -> list[int]:
        """The columns of numbers, and those that are headed but hold only marks."""
        columns = [
            column
            for column in self.profile.columns_with_numbers(self.rows)
            if not self._holds_words(column)
        ]
        return sorted({*columns, *self._columns_of_marks(columns)})

    def _holds_words(self, column: int) -> bool:
        """Whether a column is one of words: prose, yes and no, with a number or nil among them."""
        below, last = self.lines[-1], self.rows[-1]
        words = sum(below < row <= last for row in self.profile.texts.get(column, ()))
        if not words:
            return False
        numbers = [cell for cell in self.cells(column) if is_figure(cell)]
        is_nil = all(figure_in(cell) == 0 for cell in numbers)
        return words > len(numbers) or (words > 1 and is_nil)

    def _columns_of_marks(self, columns: list[int]) -> Iterator[int]:
        """Columns among these or beside them that hold nothing but marks for missing figures."""
        first, last = min(columns, default=1), max(columns, default=0)
        headed = {column for row in self.lines for column in self.sheet.grid[row]}
        for column in headed.difference(columns):
            if first - 3 <= column <= last + 1 and self._holds_only_marks(column):
                yield column

    def _holds_only_marks(self, column: int) -> bool:
        cells = self.cells(column)
        are_marks = all(
            isinstance(cell.value, str) and plain(cell.text) in self.profile.layout.markers
            for cell in cells
        )
        return are_marks and len(cells) * 2 >= len(self.rows)

    def cells(self, column: int) -> list[Cell]:
        """The filled cells of a column in the rows of figures."""
        lines = (self.sheet.grid[row] for row in self.rows)
        return [line[column] for line in lines if column in line]

    @cached_property
    def texts(self) -> list[int]:
        """The columns of labels: those with a text in at least a tenth of the rows."""
        rows = set(self.rows)
        return [
            column
            for column, with_text in self.profile.texts.items()
            if column not in self.numbers
            and len(rows.intersection(with_text)) >= max(1, len(rows) // 10)
        ]

    def sides(self) -> list[_Side]:
        """The columns of each table: one, or several where labels stand behind a blank column."""
        columns = sorted({*self.numbers, *self.texts})
        sides: list[_Side] = []
        for column in columns:
            is_label = column in self.texts
            may_begin = is_label and sides and sides[-1].numbers and column - 1 not in columns
            if not sides or (may_begin and self._begins_a_table(column, sides[-1].numbers)):
                sides.append(_Side([], []))
            (sides[-1].labels if is_label else sides[-1].numbers).append(column)
        return [side for side in sides if side.numbers]

    def _begins_a_table(self, column: int, before: list[int]) -> bool:
        """Whether a column of labels has its own title, or other rows than the table before it."""
        behind = [number for number in self.numbers if number > column]
        if not behind:
            return False
        above = range(max(1, self.top - 3), self.top)
        if any(column in self.sheet.grid.get(row, {}) for row in above):
            return True
        own = {row for row in self._rows_with(behind) if column in self.sheet.grid[row]}
        return len(own ^ self._rows_with(before)) * 10 > len(self.rows)

    def _rows_with(self, columns: list[int]) -> set[int]:
        """The rows that have a cell filled in any of these columns."""
        return {row for row in self.rows if not self.sheet.grid[row].keys().isdisjoint(columns)}

    def is_key(self, column: int) -> bool:
        """Whether whole numbers between labels each go with one text beside them, and repeat."""
        numbers = {cell.row: cell.value for cell in self.cells(column)}
        if any(type(value) is not int for value in numbers.values()):
            return False
        return any(
            _goes_with(numbers, {cell.row: cell.text for cell in self.cells(beside)})
            for beside in (column + 1, column - 1)
            if beside in self.texts
        )

    @property
    def heading_texts(self) -> Iterator[str]:
        """The texts of the heading over the numbers."""
        return (cell.text for path in self.paths.values() for cell in path)

    @property
    def heads_several(self) -> bool:
        """Whether the heading stands over more than one column of figures."""
        return len({c for row in self.lines for c in self.profile.headed_columns(row)}) > 1

    @cached_property
    def paths(self) -> Mapping[int, HeadingPath]:
        return _heading_paths(self.sheet, self.heading, self.numbers)


def _tables_under(
    profile: SheetProfile, lines: list[int], above: FigureTable | None, limit: int
) -> Iterator[FigureTable]:
    """The tables under a heading, which is below the table `above` and ends above row `limit`."""
    rows = _figure_rows(profile, lines[-1], limit)
    if not rows:
        return
    found = _HeadedRows(
        profile, lines, _top_of_heading(profile, lines, above.rows[-1] if above else 0), rows
    )
    sides = found.sides()
    for side in sides:
        beside = {
            column
            for other in sides
            if other is not side
            for column in (*other.labels, *other.numbers)
        }
        if table := _table(found, side):
            read_captions(table, above, beside, profile.layout)
            yield table


def _figure_rows(profile: SheetProfile, after: int, limit: int) -> list[int]:
    """The rows of figures below a heading, strays below its notes left out."""
    figures = profile.rows_of_figures(after, limit)
    first = min(profile.figures)
    rows: list[int] = []
    has_notes = False
    for row in range(after + 1, limit):
        line = profile.sheet.grid.get(row, {})
        if row in figures:
            if not (has_notes and _is_stray(line)):
                rows.append(row)
        elif rows:
            has_notes = has_notes or any(_is_note(cell, first) for cell in line.values())
    return rows


def _is_stray(line: Mapping[int, Cell]) -> bool:
    """Whether a row below the notes is no row of the table: one cell, or nil, without a label."""
    if any(isinstance(cell.value, str) and number_in(cell.value) is None for cell in line.values()):
        return False
    return len(line) == 1 or not any(cell.value for cell in line.values() if cell.is_number)


def _is_note(cell: Cell, first_figure: int) -> bool:
    if not isinstance(cell.value, str) or cell.column > first_figure:
        return False
    return bool(_NOTE.match(cell.text)) or len(cell.text) > _LONGEST_LABEL


def _goes_with(numbers: Mapping[int, int], texts: Mapping[int, str]) -> bool:
    """Whether each number stands with one text only and each text with one number, repeatedly."""
    pairs = {(number, texts.get(row, "")) for row, number in numbers.items()}
    values = {number for number, _ in pairs}
    words = {word for _, word in pairs}
    is_repeated = len(numbers) >= _LEAST_KEYS and len(pairs) * 2 <= len(numbers)
    return is_repeated and len(pairs) == len(values) == len(words) and "" not in words


# --- one table -----------------------------------------------------------------------------------


def _table(found: _HeadedRows, side: _Side) -> FigureTable | None:
    """The table of one side; None where it has no amounts, or only a single one without a label."""
    columns = _labels(found, side) | _numbers(found, side)
    amounts = {number for number, column in columns.items() if column.kind == "amount"}
    rows = [row for row in found.rows if _has_figure(found.sheet.grid[row], amounts)]
    if not rows or _is_no_table(found, side, rows, amounts):
        return None
    kept = {
        number: columns[number]
        for number in sorted(columns)
        if _belongs(columns[number], min(amounts), max(amounts))
    }
    table = FigureTable(found.sheet, (found.top, found.lines[-1]), kept, rows)
    table.heading_rows = _headings_within(table)
    return table


def _is_no_table(found: _HeadedRows, side: _Side, rows: list[int], amounts: set[int]) -> bool:
    """Whether what looks like a table is a number or two among notes, or a year."""
    figures = [
        cell
        for row in rows
        for number, cell in found.sheet.grid[row].items()
        if number in amounts and is_figure(cell)
    ]
    if len(figures) == 1 and (not side.labels or found.heads_several):
        return True
    texts = [found.sheet.at(row, column).text for row in rows for column in side.labels]
    if all(is_year_number(cell.value) for cell in figures):
        return any(map(_DATED.search, (*texts, *found.heading_texts)))
    # "Edition: 2" and "Sheets: 5" are notes.
    return len(amounts) == 1 and all(text.endswith(":") for text in filter(None, texts))


def _labels(found: _HeadedRows, side: _Side) -> dict[int, TableColumn]:
    lines = [found.sheet.grid.get(row, {}) for row in found.heading]
    headings = {
        column: " ".join(line[column].text for line in lines if column in line)
        for column in side.labels
    }
    texts = {column: [cell.text for cell in found.cells(column)] for column in side.labels}
    return label_columns(headings, texts)


def _numbers(found: _HeadedRows, side: _Side) -> dict[int, TableColumn]:
    indexes, layout = found.profile.line_numbers, found.profile.layout
    columns = {
        column: number_column(
            column,
            found.paths[column],
            found.cells(column),
            layout,
            is_line_numbers=column in indexes or found.is_key(column),
        )
        for column in side.numbers
        if found.paths[column] or column in indexes or _is_full(found, column)
    }
    name_columns(columns, found.paths, found.profile.code_rows, layout)
    return columns


def _is_full(found: _HeadedRows, column: int) -> bool:
    """Whether a column is as full as one of the table is, so that it belongs without a heading."""
    return sum(map(is_figure, found.cells(column))) >= max(2, len(found.rows) // 2)


def _has_figure(line: Mapping[int, Cell], columns: set[int]) -> bool:
    return any(column in columns and is_figure(cell) for column, cell in line.items())


def _belongs(column: TableColumn, first_amount: int, last_amount: int) -> bool:
    """Whether a column is part of the table. Behind the amounts, codes and remarks are none."""
    if column.kind == "amount" or column.number < first_amount:
        return True
    return bool(column.heading) and (column.kind != "code" or column.number < last_amount)


def _headings_within(table: FigureTable) -> dict[int, str]:
    """The rows of text alone between the heading and the last figure, with their texts."""
    figures = set(table.rows)
    found: dict[int, str] = {}
    for row in range(table.header_rows[1] + 1, table.rows[-1]):
        line = table.sheet.grid.get(row, {})
        texts = [cell.text for _, cell in sorted(line.items()) if isinstance(cell.value, str)]
        if texts and row not in figures:
            found[row] = " ".join(texts)
    return found
