"""Remarks on lines that two tables of a workbook both state, but not with the same figures."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from ffanalysis.layout import plain
from ffanalysis.workbook_check.fit import digits_of
from ffanalysis.workbook_check.label_remarks import GENERIC
from ffanalysis.workbook_check.records import Remark
from ffanalysis.workbook_check.table import FigureTable, TableColumn
from ffanalysis.workbook_check.values import SCALES
from ffanalysis.workbook_check.wording import shown

_MOST_TABLES = 400  # in a workbook of more, comparing each two would take too long
_LEAST_DIGITS = 3  # 1 and 1,000 may well be what they are


@dataclass(frozen=True)
class _StatedFigure:
    """What a table states for one line and heading, in ones of its currency."""

    table: FigureTable
    row: int
    column: TableColumn
    value: Decimal

    @property
    def place(self) -> str:
        return f"{self.table.sheet.name}, {self.column.letter}{self.row}"

    @property
    def reference(self) -> str:
        return self.table.reference(self.row, self.column.number)


_Key = tuple[str, str]  # the line's label, and the year or heading of the column
_Pair = tuple[_StatedFigure, _StatedFigure]


def shared_line_remarks(tables: list[FigureTable]) -> Iterator[Remark]:
    """Lines of two tables that differ where nearly all others agree, and slips of a thousand."""
    if not 2 <= len(tables) <= _MOST_TABLES:
        return
    for one, other in combinations([_stated_figures(table) for table in tables], 2):
        shared = sorted(one.keys() & other.keys())
        pairs = [(one[key], other[key]) for key in shared if one[key].value and other[key].value]
        yield from _compared(pairs)


def _stated_figures(table: FigureTable) -> dict[_Key, _StatedFigure]:
    """The figures of a table by line and heading, those left out that share both with another."""
    found: dict[_Key, _StatedFigure] = {}
    repeated: set[_Key] = set()
    for row in table.rows:
        name = plain(table.label(row))
        if name in GENERIC:
            continue
        for column in table.amounts:
            value = table.number(row, column.number)
            key = name, column.year or plain(column.heading)
            if value is None or not key[1]:
                continue
            if key in found:
                repeated.add(key)
            scale = SCALES[table.unit_of(column)[1:]]
            found[key] = _StatedFigure(table, row, column, value * scale)
    return {key: figure for key, figure in found.items() if key not in repeated}


def _compared(pairs: list[_Pair]) -> Iterator[Remark]:
    equal = sum(one.value == other.value for one, other in pairs)
    for one, other in pairs:
        if one.value == other.value:
            continue
        differ = f"is {shown(one.value)} in the first and {shown(other.value)} in the second"
        if _is_thousandfold(one.value, other.value, is_likely=equal * 2 > len(pairs)):
            message = f"{differ}: one is a thousand times the other."
            yield _remark("thousandfold", one, other, message)
        elif equal >= 3 and equal >= 0.8 * len(pairs):
            yield _remark(
                "lines-differ", one, other, f"{differ}; most other figures of the two agree."
            )


def _is_thousandfold(one: Decimal, other: Decimal, *, is_likely: bool) -> bool:
    small, large = sorted((abs(one), abs(other)))
    return large == small * 1000 and (is_likely or digits_of(float(small)) >= _LEAST_DIGITS)


def _remark(code: str, one: _StatedFigure, other: _StatedFigure, words: str) -> Remark:
    message = f"{one.place} and {other.place}: '{one.table.label(one.row)}' {words}"
    return Remark(
        "error" if code == "thousandfold" else "warning",
        code,
        message,
        (one.reference, other.reference),
        one.value,
        other.value,
    )
