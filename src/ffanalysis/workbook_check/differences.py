"""Columns that are the difference of two before them: variances, changes, net figures."""

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import permutations

from ffanalysis.workbook_check.cast_remarks import shown, unit_of_column
from ffanalysis.workbook_check.records import Remark, RemarkSeverity
from ffanalysis.workbook_check.table import Column, Table

_NAMES = re.compile(
    r"\b(?:variance|variation|difference|change|movement|net|(?:over|under)[-"
    r" /(]*(?:spend|under)?|surplus|deficit)\b",
    re.I,
)
_REACH = 3  # among so many columns before it
_LEAST = 4  # rows that must agree


def difference_remarks(table: Table, sums: frozenset[int]) -> Iterator[Remark]:
    """Rows in which a difference is not the one that it is in nearly all others.

    `sums` are columns that are known as sums.
    """
    amounts = table.amounts
    for place, column in enumerate(amounts):
        if column.number in sums or not _NAMES.search(column.name):
            continue
        best: tuple[int, Column, Column, list[tuple[int, Decimal, Decimal]]] | None = None
        for one, other in permutations(amounts[max(0, place - _REACH) : place], 2):
            agreeing, differing = _held(table, one, other, column)
            if (
                agreeing >= _LEAST
                and agreeing >= 4 * len(differing)
                and (best is None or agreeing > best[0])
            ):
                best = (agreeing, one, other, differing)
        if best:
            agreeing, one, other, differing = best
            for row, stated, calculated in differing:
                yield _remark(
                    table,
                    row,
                    column,
                    (one, other),
                    (stated, calculated),
                    sure=agreeing >= 9 * len(differing),
                )


def _held(
    table: Table, one: Column, other: Column, result: Column
) -> tuple[int, list[tuple[int, Decimal, Decimal]]]:
    """In how many rows a column is one less the other, and the rows where it is not, with both figures."""
    allowed = Decimal(
        f"{1.5 * max(unit_of_column(table, column) for column in (one, other, result)):.9f}"
    )
    agreeing, differing = 0, []
    for row in table.rows:
        values = [table.number(row, column.number) for column in (one, other, result)]
        first, second, stated = values
        if first is None or second is None or stated is None:
            continue
        if abs(first - second - stated) <= allowed:
            # Where all is nil, nothing is shown to hold.
            agreeing += bool(stated)
        else:
            differing.append((row, stated, first - second))
    return agreeing, differing


def _remark(
    table: Table,
    row: int,
    column: Column,
    of: tuple[Column, Column],
    figures: tuple[Decimal, Decimal],
    *,
    sure: bool,
) -> Remark:
    stated, calculated = figures
    one, other = of
    unit = table.unit_of(column)
    place = f"{table.sheet.name}, {column.letter}{row}, {table.label(row) or column.name}"
    sides = (
        f"column {one.letter} less column {other.letter} is {shown(calculated)}; '{column.name}'"
        f" states {shown(stated)}"
    )
    message = f"{place}: {sides}{f' (in {unit})' if unit else ''}. In the other rows it agrees."
    severity: RemarkSeverity = "error" if sure else "warning"
    cells = tuple(table.where(row, each.number) for each in (column, one, other))
    return Remark(severity, "difference-differs", message, cells, stated, calculated, None, unit)
