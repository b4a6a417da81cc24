"""Faults planted in published workbooks, one at a time, and whether the check finds each.

Only in cells that some total, difference, percentage or identity covers, as the check itself says
of the workbook before. A fault is found where a new error or warning names its cell.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ffanalysis.sheets.cells import Book, Sheet
from ffanalysis.sheets.open_workbook import read_workbook
from ffanalysis.workbook_check import check_book
from ffanalysis.workbook_check.amount_grid import AmountGrid
from ffanalysis.workbook_check.difference_remarks import subtractions
from ffanalysis.workbook_check.identity_remarks import identities
from ffanalysis.workbook_check.percentage_remarks import comparisons
from ffanalysis.workbook_check.records import Remark
from ffanalysis.workbook_check.table import FigureTable
from ffanalysis.workbook_check.table_finder import find_figure_tables
from ffanalysis.workbook_check.table_totals import TableTotals, totals_of
from ffanalysis.workbook_check.values import float_in, is_gap

Place = tuple[int, int]
_BEFORE: dict[tuple[str, str], frozenset[tuple[object, ...]]] = {}
_LEAST = 20  # a fault of fewer units may be rounding
# What may happen to an amount, each by its name: it gives another number.
FAULTS: dict[str, Callable[[float, random.Random], float]] = {
    "another amount": lambda value, chance: value + (1 + abs(value)) * chance.uniform(0.05, 0.5),
    "digits exchanged": lambda value, _: _exchanged(value),
    "a thousandfold": lambda value, _: value * 1000,
    "sign turned": lambda value, _: -value,
    "left at nil": lambda _value, _chance: 0.0,
    "a digit lost": lambda value, _: float(int(value / 10)),
}


@dataclass(frozen=True)
class Planted:
    """One fault: where, of what kind, what covers its cell, and whether it was found."""

    workbook: str
    sheet: str
    cell: str
    fault: str
    covered_by: str
    was: float
    now: float
    is_found: bool


def _exchanged(value: float) -> float:
    """The first two digits that differ change places: 1,234 becomes 2,134."""
    digits = list(f"{abs(value):.10g}")
    for place in range(len(digits) - 1):
        one, other = digits[place : place + 2]
        if one.isdigit() and other.isdigit() and one != other:
            digits[place : place + 2] = other, one
            break
    return float("".join(digits)) * (-1 if value < 0 else 1)


def planted(folder: Path, count: int, seed: int) -> Iterator[Planted]:
    """So many faults in the workbooks of a folder, as many in each as in the others."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    workbooks = [
        (book, covered)
        for path in sorted(folder.iterdir())
        if path.suffix in (".xlsx", ".xls", ".csv", ".ods")
        for book in [read_workbook(path)]
        if (covered := _covered(book))
    ]
    for number in range(count):
        book, covered = workbooks[number % len(workbooks)]
        sheet = chance.choice(list(covered))
        place, what = chance.choice(covered[sheet])
        fault = list(FAULTS)[number // len(workbooks) % len(FAULTS)]
        page = next(one for one in book.sheets if one.name == sheet)
        yield _plant(book, page, place, what, fault, chance)


def _covered(book: Book) -> dict[str, list[tuple[Place, str]]]:
    """The cells of each sheet that something covers, and what covers them."""
    found: dict[str, list[tuple[Place, str]]] = {}
    for sheet in book.sheets:
        cells: dict[Place, str] = {}
        for table in find_figure_tables(sheet):
            cells |= _covered_in(table)
        if cells:
            found[sheet.name] = sorted(cells.items())
    return found


def _covered_in(table: FigureTable) -> dict[Place, str]:
    """The cells of a table that something covers, each with what covers it first."""
    totals = totals_of(table)
    grid = AmountGrid.of(table, totals)
    found: dict[Place, str] = {}
    for row, column, what in (
        *_in_totals(table, totals),
        *_in_relations(table, grid),
    ):
        value = float_in(table.sheet.at(row, column))
        if value:
            found.setdefault((row, column), what)
    return found


def _in_totals(table: FigureTable, totals: TableTotals) -> Iterator[tuple[int, int, str]]:
    """The cells of totals and of their parts, where a total and its parts are all known."""
    columns = [column.number for column in table.amounts]
    is_in_one = len(columns) == 2 and any(len(one.parts) for one in totals.down.found)
    for total in totals.down.found:
        off = {one.position for one in total.differing}
        for place, column in enumerate(columns):
            rows = [total.index, *total.parts]
            if place not in off and (is_in_one or _are_known(table, [(r, column) for r in rows])):
                yield from ((row, column, f"total row by {total.known_by}") for row in rows)
    for total in totals.across.found:
        off = {one.position for one in total.differing}
        for place, row in enumerate(totals.rows):
            own = [total.index, *total.parts]
            if place not in off and _are_known(table, [(row, c) for c in own]):
                yield from ((row, column, f"total column by {total.known_by}") for column in own)


def _are_known(table: FigureTable, places: list[Place]) -> bool:
    """Whether the total is a number, and none of its parts a mark for a gap."""
    cells = [table.sheet.at(*place) for place in places]
    return float_in(cells[0]) is not None and all(
        cell.value is None or float_in(cell) is not None or not is_gap(cell) for cell in cells
    )


def _in_relations(table: FigureTable, grid: AmountGrid) -> Iterator[tuple[int, int, str]]:
    """The cells of differences, percentages and identities."""
    sums = frozenset(total.index for total in grid.totals.across.found)
    for difference in subtractions(table, sums):
        own = [each.number for each in (difference.column, difference.one, difference.other)]
        for row in grid.rows:
            if all(float_in(table.sheet.at(row, column)) is not None for column in own):
                yield from ((row, column, "difference") for column in own)
    for percentages, comparison in comparisons(grid):
        own = [percentages.column.number, *(each.number for each in comparison.formula.columns)]
        for y, row in enumerate(grid.rows):
            if comparison.agreeing[y]:
                yield from ((row, column, "percentage") for column in own)
    for identity in identities(grid):
        own = [table.amounts[place].number for place in identity.places]
        for row in grid.rows:
            if all(float_in(table.sheet.at(row, column)) is not None for column in own):
                yield from ((row, column, "identity") for column in own)


def _plant(
    book: Book, sheet: Sheet, place: Place, what: str, fault: str, chance: random.Random
) -> Planted:
    cell = sheet.at(*place)
    was = float_in(cell) or 0.0
    now = FAULTS[fault](was, chance)
    if abs(now - was) < _LEAST * _unit(was):
        now = FAULTS["another amount"](was, chance) + _LEAST * _unit(was)
    now = round(now, 6) if _unit(was) < 1 else float(round(now))
    before = _known(book, sheet)
    sheet.grid[place[0]][place[1]] = cell._replace(value=now)
    after = [remark for remark in _grave(book, sheet) if _key(remark) not in before]
    sheet.grid[place[0]][place[1]] = cell
    named = f"{book.name}!{sheet.name}!{cell.address}"
    is_found = any(named in remark.cells for remark in after)
    return Planted(book.name, sheet.name, cell.address, fault, what, was, now, is_found)


def _known(book: Book, sheet: Sheet) -> frozenset[tuple[object, ...]]:
    """What the check says of a sheet before a fault is planted, worked out once."""
    key = book.name, sheet.name
    if key not in _BEFORE:
        _BEFORE[key] = frozenset(_key(remark) for remark in _grave(book, sheet))
    return _BEFORE[key]


def _unit(value: float) -> float:
    return 1.0 if value == int(value) else 0.01


def _grave(book: Book, sheet: Sheet) -> list[Remark]:
    """The errors and warnings on one sheet."""
    found = check_book(Book(book.name, [sheet], book.engine)).remarks
    return [remark for remark in found if remark.severity != "note"]


def _key(remark: Remark) -> tuple[object, ...]:
    return remark.code, remark.cells, remark.stated, remark.calculated


def missed_by_kind(faults: list[Planted]) -> Counter[str]:
    """What was not found, by the kind of fault and what covers its cell."""
    return Counter(f"{one.fault}, {one.covered_by}" for one in faults if not one.is_found)
