"""Remarks on percentages that are others than their amounts give.

How a column of percentages is worked out is found by arithmetic: as a share of another column, as
the change from it, or as a share of a total.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from ffanalysis.workbook_check.amount_grid import AmountGrid, hold_together
from ffanalysis.workbook_check.fit import Flags, Floats
from ffanalysis.workbook_check.records import Remark
from ffanalysis.workbook_check.table import TableColumn
from ffanalysis.workbook_check.values import percentage_in
from ffanalysis.workbook_check.wording import decimal_of, shown

_REACH = 6  # amounts so near to a column of percentages may be what it compares
_LEAST_TELLING = 2  # different percentages, nil and 100 left out, that must agree
_NOISE = 1e-9
_MOST_PLACES = 9


@dataclass(frozen=True)
class Percentages:
    """A column of percentages as numbers, and the step that they are rounded to."""

    column: TableColumn
    values: Floats
    step: float


@dataclass(frozen=True)
class Formula:
    """One way to work percentages out, row by row, and what rounding of the amounts allows."""

    words: str
    columns: tuple[TableColumn, ...]
    values: Floats
    allowed: Floats


@dataclass(frozen=True)
class Comparison:
    """A column of percentages beside what a formula gives."""

    formula: Formula
    scale: float  # what the column writes for 100%: 1 or 100
    agreeing: Flags
    differing: Flags
    telling: int  # so many different percentages agree

    @property
    def is_shown(self) -> bool:
        agreeing, differing = int(self.agreeing.sum()), int(self.differing.sum())
        return self.telling >= _LEAST_TELLING and hold_together(agreeing, differing)


def percentage_remarks(grid: AmountGrid) -> Iterator[Remark]:
    """Percentages that differ from their amounts where nearly all others agree."""
    for percentages, found in comparisons(grid):
        for y in np.flatnonzero(found.differing):
            yield _differs(grid, percentages, found, int(y))


def comparisons(grid: AmountGrid) -> Iterator[tuple[Percentages, Comparison]]:
    """The columns of percentages, each with the formula that gives most of them."""
    for percentages in _columns(grid):
        compared = (
            _compared(percentages, formula, scale)
            for formula in _formulas(grid, percentages.column.number)
            for scale in (1.0, 100.0)
        )
        shown_to_hold = [one for one in compared if one.is_shown]
        if shown_to_hold:
            yield percentages, max(shown_to_hold, key=lambda one: int(one.agreeing.sum()))


def _columns(grid: AmountGrid) -> Iterator[Percentages]:
    """The columns of percentages, also those that write each as a text: "92%"."""
    for column in grid.table.columns_of_kind("percentage", "label"):
        figures = [percentage_in(grid.table.sheet.at(row, column.number)) for row in grid.rows]
        stated = [figure for figure in figures if figure is not None]
        if len(stated) * 2 > len(figures):
            values = np.array([np.nan if one is None else float(one) for one in figures])
            places = max(-int(one.as_tuple().exponent) for one in stated)
            yield Percentages(column, values, 10.0 ** -min(places, _MOST_PLACES))


def _formulas(grid: AmountGrid, number: int) -> Iterator[Formula]:
    """What a column of percentages may be, from the amounts beside it."""
    amounts = grid.table.amounts
    before = [x for x, column in enumerate(amounts) if column.number < number][-_REACH:]
    after = [x for x, column in enumerate(amounts) if column.number > number][:_REACH]
    near = [*before, *after]
    for base, other in permutations(near, 2):
        whole, part = grid.values[:, base], grid.values[:, other]
        # 5 beside 7.605 is 5.000.
        unit = float(min(grid.units[base], grid.units[other]))
        columns = amounts[other], amounts[base]
        one, two = (f"column {column.letter}" for column in columns)
        yield _ratio(f"{one} as a share of {two}", columns, (part, whole), (unit, unit))
        words = f"the change from {two} to {one}"
        yield _ratio(words, columns, (part - whole, whole), (2 * unit, unit))
        words = f"the fall from {two} to {one}"
        yield _ratio(words, columns, (whole - part, whole), (2 * unit, unit))
    for x in near:
        yield from _shares_of_total(grid, x)


def _shares_of_total(grid: AmountGrid, x: int) -> Iterator[Formula]:
    """A column's amounts as shares of its largest total."""
    places = {row: y for y, row in enumerate(grid.rows)}
    totals = [grid.values[places[found.index], x] for found in grid.totals.down.found]
    whole = max((total for total in totals if not np.isnan(total)), key=abs, default=0.0)
    if whole:
        column, unit = grid.table.amounts[x], grid.units[x]
        words = f"column {column.letter} as a share of its total {shown(decimal_of(whole))}"
        wholes = np.full(len(grid.rows), whole)
        yield _ratio(words, (column,), (grid.values[:, x], wholes), (unit, unit))


def _ratio(
    words: str,
    columns: tuple[TableColumn, ...],
    terms: tuple[Floats, Floats],
    units: tuple[float, float],
) -> Formula:
    part, whole = terms[0], np.where(terms[1] == 0, np.nan, terms[1])
    values = part / whole
    allowed = (units[0] + np.abs(values) * units[1]) / 2 / np.abs(whole)
    return Formula(words, columns, values, allowed)


def _compared(percentages: Percentages, formula: Formula, scale: float) -> Comparison:
    stated, calculated = percentages.values / scale, formula.values
    known = ~np.isnan(stated) & ~np.isnan(calculated)
    gaps = np.abs(np.nan_to_num(stated - calculated))
    step = percentages.step / scale
    within = gaps <= step / 2 + np.nan_to_num(formula.allowed) + _NOISE
    # A percentage that rounding could make anything shows nothing.
    is_telling = np.nan_to_num(formula.allowed) < 0.05 * np.abs(np.nan_to_num(stated))
    agreeing = known & within
    told = np.round(np.abs(stated[agreeing & is_telling]), 6)
    telling = len(set(told.tolist()) - {0.0, 1.0})
    return Comparison(formula, scale, agreeing, known & ~within, telling)


def _differs(grid: AmountGrid, percentages: Percentages, found: Comparison, y: int) -> Remark:
    table, row, column = grid.table, grid.rows[y], percentages.column
    stated = decimal_of(round(percentages.values[y] / found.scale * 100, 6))
    calculated = decimal_of(round(float(found.formula.values[y]) * 100, 1))
    message = (
        f"{table.sheet.name}, {column.letter}{row}, {table.label(row) or column.name}:"
        f" {found.formula.words} is {shown(calculated)}%; '{column.name}' states {shown(stated)}%."
        f" It agrees in {int(found.agreeing.sum())} other rows."
    )
    cells = tuple(table.reference(row, each.number) for each in (column, *found.formula.columns))
    return Remark("error", "percentage-differs", message, cells, stated, calculated, None, "%")
