"""The totals of a table: which of its rows add others, and which of its columns."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

import numpy as np

from ffanalysis.layout import plain
from ffanalysis.sheets.cells import Cell
from ffanalysis.workbook_check.explained import Direction, take_out_explained
from ffanalysis.workbook_check.fit import Flags, Floats, Item
from ffanalysis.workbook_check.found_totals import FoundTotal, Totals
from ffanalysis.workbook_check.table import FigureTable, TableColumn
from ffanalysis.workbook_check.totals_search import find_totals
from ffanalysis.workbook_check.values import (
    decimals_of,
    float_in,
    is_figure,
    is_gap,
    is_total_label,
)

_OTHER_KIND = re.compile(
    r"(?:^|\s|\()(?:%|per cent|percentage|ftes?|headcount|no\.? of|number of)(?:\s|\)|$)"
)
_LESS = re.compile(r"^\(?(?:less|minus|deduct)\b", re.I)
_MEMO = re.compile(
    r"\bmemo(?:randum)?\b|^\W*(?:of which|o/w|within which|thereof|incl\.|includ(?:ing|es))(?!\w)"
    r"|\bnot included in\b|\bdoes not"
    r" feed\b|\bfor information\b",
    re.I,
)
_LEAVES_OUT = re.compile(r"\b(?:excl\b|exclud(?:ing|es)|exclusive|other than|without|before)", re.I)
_RESULT = re.compile(r"net\b", re.I)
_CUMULATIVE = re.compile(r"\bcumulative\b|\brunning total\b", re.I)
_MOST_POWERS = 6  # amounts are stated to six decimals at the finest, to millions at the coarsest


@dataclass(frozen=True)
class TableTotals:
    """The totals among the rows and among the columns of a table.

    `rows` are the sheet's rows that take part in sums: a position within a column counts them.
    """

    rows: list[int]
    down: Totals
    across: Totals


def totals_of(table: FigureTable) -> TableTotals:
    """The totals among the table's rows, and those among its columns."""
    grid = _Grid(table)
    down, across = grid.totals_down(), grid.totals_across()
    columns = [column.number for column in grid.amounts]
    if not grid.is_in_two_columns:
        take_out_explained(Direction(grid.row_items, down, across, columns))
    take_out_explained(Direction(grid.column_items, across, down, grid.rows))
    return TableTotals(grid.rows, down, across)


class _Grid:
    """The figures of a table as numbers: rows that take part in sums, by columns of amounts."""

    def __init__(self, table: FigureTable) -> None:
        self.table = table
        self.amounts = table.amounts
        self.rows = [row for row in table.rows if not _is_of_other_kind(table, row)]
        shape = len(self.rows), len(self.amounts)
        self.values: Floats = np.full(shape, np.nan)
        self.marked: Flags = np.zeros(shape, dtype=bool)
        units = [table.unit_of(column) for column in self.amounts]
        for y, row in enumerate(self.rows):
            line = table.sheet.grid[row]
            for x, column in enumerate(self.amounts):
                if not (cell := line.get(column.number)):
                    continue
                figure = float_in(cell, units[x])
                if figure is not None:
                    self.values[y, x] = figure
                else:
                    self.marked[y, x] = is_gap(cell)

    @cached_property
    def units(self) -> Floats:
        """The unit to which each column's amounts are stated."""
        return np.array([stated_unit(self.table, column) for column in self.amounts])

    @property
    def _units_of_rows(self) -> Floats:
        finest = float(self.units.min()) if len(self.units) else 1.0
        return np.full(len(self.rows), finest)

    def totals_down(self) -> Totals:
        if self.is_in_two_columns:
            return find_totals(*self._in_one_column(self.row_items))
        return find_totals(self.row_items, self.units)

    @cached_property
    def row_items(self) -> list[Item]:
        return [self._row_item(y) for y in range(len(self.rows))]

    @cached_property
    def column_items(self) -> list[Item]:
        return [self._column_item(x) for x in range(len(self.amounts))]

    def totals_across(self) -> Totals:
        across = find_totals(self.column_items, self._units_of_rows, parents_first=False)
        across.found = [total for total in across.found if not self._is_of_series(total)]
        across.found += self._years_of_parts()
        return across

    def _is_of_series(self, total: FoundTotal) -> bool:
        """Whether years that rise by the same only seem to add up, and not in all rows."""
        if total.known_by != "arithmetic" or not total.differing:
            return False
        columns = (self.table.columns[index] for index in (total.index, *total.parts))
        return len({column.series for column in columns}) == 1

    def _row_item(self, y: int) -> Item:
        table, row, values = self.table, self.rows[y], self.values[y]
        label_columns = table.label_columns
        texts = [table.sheet.at(row, column).text for column in label_columns]
        innermost = next((text for text in reversed(texts) if text), "")
        numbers = values[~np.isnan(values)]
        if _LESS.match(innermost) and (numbers >= 0).all():
            # "Less: vacancy factor 40" takes 40 away.
            values = -values
        before = self.rows[y - 1] if y else table.header_rows[1]
        return Item(
            row,
            table.label(row),
            values,
            self.marked[y],
            is_total=is_total_label(innermost),
            is_result=_names_a_result(innermost, table.section(row)),
            is_memo=bool(_MEMO.search(innermost)),
            leaves_out=bool(_LEAVES_OUT.search(innermost)),
            is_cumulative=bool(_CUMULATIVE.search(table.label(row))),
            begins_group=row - before > 1,
            categories=tuple(
                table.sheet.at(row, column.number).text
                for column in table.labels
                if column.number not in label_columns[:1]
            ),
            unit=_finest_decimal([abs(value) for value in numbers.tolist() if value]),
        )

    def _column_item(self, x: int) -> Item:
        column = self.amounts[x]
        return Item(
            column.number,
            column.heading,
            self.values[:, x],
            self.marked[:, x],
            is_total=is_total_label(column.last_line),
            is_memo=bool(_MEMO.search(column.name) or _MEMO.search(column.heading)),
            leaves_out=bool(_LEAVES_OUT.search(column.name)),
        )

    @cached_property
    def is_in_two_columns(self) -> bool:
        """Whether parts stand in an inner column and their results in an outer one."""
        known = ~np.isnan(self.values)
        if self.values.shape[1] != 2 or len(self.values) < 4:
            return False
        return not self.marked.any() and not (known.sum(axis=1) > 1).any()

    def _in_one_column(self, items: Sequence[Item]) -> tuple[list[Item], Floats]:
        """The rows of two columns as those of one, and its unit."""
        inner, outer = self.values[:, 0], self.values[:, 1]
        joined = np.where(np.isnan(inner), outer, inner)
        unmarked = np.zeros(1, dtype=bool)
        single = [
            replace(
                item,
                values=joined[y : y + 1],
                marked=unmarked,
                categories=(),
                is_outer=bool(np.isnan(inner[y])),
            )
            for y, item in enumerate(items)
        ]
        return single, np.array([float(self.units.min())])

    def _years_of_parts(self) -> Iterator[FoundTotal]:
        """Columns of whole years that add the quarters or months beside them, in every row."""
        for x, column in enumerate(self.amounts):
            parts = self._parts_of_year(column)
            if len(column.heading_lines) != 1 or len(parts) < 4:
                continue
            items = [self._plain_item(y) for y in parts]
            total = replace(self._plain_item(x), is_total=True)
            found = find_totals([*items, total], self._units_of_rows, parents_first=False).found
            if len(found) == 1 and _adds_all(found[0], len(parts)):
                yield found[0]

    def _parts_of_year(self, column: TableColumn) -> list[int]:
        """The positions of the columns whose headings name a part of a column's year."""
        return [
            x
            for x, other in enumerate(self.amounts)
            if column.year
            and other.year == column.year
            and other.heading_lines != column.heading_lines
            and len(other.heading_lines) > 1
        ]

    def _plain_item(self, x: int) -> Item:
        column = self.amounts[x]
        return Item(column.number, column.heading, self.values[:, x], self.marked[:, x])


def _adds_all(total: FoundTotal, parts: int) -> bool:
    return not total.differing and total.agreeing >= 3 and len(total.parts) == parts


def _is_of_other_kind(table: FigureTable, row: int) -> bool:
    """Whether a row of a table of money holds something else: percentages, numbers of posts."""
    label = " ".join((*table.section(row), table.label(row))).casefold()
    line = table.sheet.grid[row]
    cells = [line[column.number] for column in table.amounts if column.number in line]
    percentages = sum(cell.is_percentage for cell in cells)
    return percentages * 2 > len(cells) or bool(_OTHER_KIND.search(label))


def _names_a_result(label: str, section: tuple[str, ...]) -> bool:
    """Whether a label is that of a net figure, or repeats the heading that its row is under."""
    if _RESULT.match(label):
        return True
    return bool(label and section) and plain(label) == plain(section[-1])


def stated_unit(table: FigureTable, column: TableColumn) -> float:
    """The unit to which a column's amounts are stated, in the table's own unit.

    Its number formats', or the round number that nearly all of them are multiples of.
    """
    cells = [cell for cell in table.cells(column) if is_figure(cell)]
    unit = table.unit_of(column)
    values = [abs(figure) for cell in cells if (figure := float_in(cell, unit))]
    if not values:
        return 1.0
    places = max(map(_decimals, values))
    in_formats = _decimals_of_formats(cells)
    if in_formats is not None:
        places = min(places, in_formats)
    finest = 10.0 ** -max(places, -_MOST_POWERS)
    return next(_round_units(values, finest), finest)


def _round_units(values: list[float], finest: float) -> Iterator[float]:
    """Thousands to millions that nearly all numbers are multiples of, the coarsest first.

    Forecasts rounded to hundreds of thousands are typed in full: 173,100,000. Only long numbers,
    and many of them, show that.
    """
    if len(values) < 6:
        return
    median = sorted(values)[len(values) // 2]
    for power in range(_MOST_POWERS, 2, -1):
        unit = 10.0**power
        if unit > finest and median >= 50 * unit:
            kept = sum(abs(value / unit - round(value / unit)) < 1e-9 for value in values)
            if kept >= 0.9 * len(values):
                yield unit


def _decimals_of_formats(cells: Sequence[Cell]) -> int | None:
    """The decimals that most number formats fix; None where half of the cells have none fixed."""
    fixed = [decimals_of(cell) for cell in cells if cell.is_number]
    counts = Counter(decimals for decimals in fixed if decimals is not None)
    return counts.most_common(1)[0][0] if counts.total() * 2 > len(cells) else None


def _finest_decimal(stated: Sequence[float]) -> float:
    """The finest decimal that any of these numbers is written to; nil where there is none."""
    return float(10.0 ** -max(map(_decimals, stated))) if stated else 0.0


def _decimals(value: float) -> int:
    if value == int(value):
        return 0
    exponent = Decimal(f"{value:.12g}").normalize().as_tuple().exponent
    return min(_MOST_POWERS, max(0, -int(exponent)))
