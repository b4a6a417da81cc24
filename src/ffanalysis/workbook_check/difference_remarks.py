"""Remarks on columns that are the difference of two others: variances, changes, net figures."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import permutations

from ffanalysis.workbook_check.records import Remark, RemarkSeverity
from ffanalysis.workbook_check.table import FigureTable, TableColumn
from ffanalysis.workbook_check.table_totals import stated_unit
from ffanalysis.workbook_check.wording import shown

_NAMES = re.compile(
    r"\b(?:variance|variation|difference|change|movement|net|(?:over|under)[-"
    r" /(]*(?:spend|under)?|surplus|deficit)\b",
    re.I,
)
_REACH = 3  # among so many columns before it
_LEAST = 4  # rows that must agree


@dataclass
class Subtraction:
    """A column compared, row by row, with one column less another."""

    column: TableColumn
    one: TableColumn
    other: TableColumn
    agreeing: int = 0
    # Where it is not the difference: the row, what is stated, what is calculated.
    differing: list[tuple[int, Decimal, Decimal]] = field(default_factory=list)

    @property
    def is_likely(self) -> bool:
        return self.agreeing >= _LEAST and self.agreeing >= 4 * len(self.differing)

    @property
    def is_sure(self) -> bool:
        return self.agreeing >= 9 * len(self.differing)


def difference_remarks(table: FigureTable, sums: frozenset[int]) -> Iterator[Remark]:
    """Rows in which a difference is not the one that it is in nearly all others.

    `sums` are columns that are known as sums.
    """
    for found in subtractions(table, sums):
        for row, stated, calculated in found.differing:
            yield _differs(table, found, row, stated, calculated)


def subtractions(table: FigureTable, sums: frozenset[int]) -> Iterator[Subtraction]:
    """The columns that are the difference of two before them, each with the likeliest two."""
    amounts = table.amounts
    for place, column in enumerate(amounts):
        if column.number in sums or not _NAMES.search(column.name):
            continue
        pairs = permutations(amounts[max(0, place - _REACH) : place], 2)
        found = [_subtraction(table, column, one, other) for one, other in pairs]
        likely = [subtraction for subtraction in found if subtraction.is_likely]
        if likely:
            yield max(likely, key=lambda subtraction: subtraction.agreeing)


def _subtraction(
    table: FigureTable, column: TableColumn, one: TableColumn, other: TableColumn
) -> Subtraction:
    found = Subtraction(column, one, other)
    unit = max(stated_unit(table, each) for each in (one, other, column))
    allowed = Decimal(f"{1.5 * unit:.9f}")
    for row in table.rows:
        first, second, stated = (table.number(row, each.number) for each in (one, other, column))
        if first is None or second is None or stated is None:
            continue
        if abs(first - second - stated) > allowed:
            found.differing.append((row, stated, first - second))
        elif stated:  # where all is nil, nothing is shown to agree
            found.agreeing += 1
    return found


def _differs(
    table: FigureTable, found: Subtraction, row: int, stated: Decimal, calculated: Decimal
) -> Remark:
    column, one, other = found.column, found.one, found.other
    unit = table.unit_of(column)
    message = (
        f"{table.sheet.name}, {column.letter}{row}, {table.label(row) or column.name}:"
        f" column {one.letter} less column {other.letter} is {shown(calculated)};"
        f" '{column.name}' states {shown(stated)}{f' (in {unit})' if unit else ''}."
        f" It agrees in {found.agreeing} other rows."
    )
    severity: RemarkSeverity = "error" if found.is_sure else "warning"
    cells = tuple(table.reference(row, each.number) for each in (column, one, other))
    return Remark(severity, "difference-differs", message, cells, stated, calculated, None, unit)
