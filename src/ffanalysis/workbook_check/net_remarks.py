"""Remarks on gross, income and net where all three stand in a table, in columns or in rows.

Net is gross less income, or gross and income together where income is written negative; income that
was taken back has the other sign, and is no fault. They are known by their words, and only where
nothing else stands between them.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal

from ffanalysis.workbook_check.records import Remark
from ffanalysis.workbook_check.table import FigureTable, TableColumn
from ffanalysis.workbook_check.table_totals import stated_unit
from ffanalysis.workbook_check.wording import shown

_WHAT = re.compile(
    r"(?:total\s+)?(?P<what>gross|net|income)"
    r"(?:\s+(?:revenue\s+)?(?:expenditure|expenses?|spend(?:ing)?|costs?|budgets?|totals?|amount))?",
    re.I,
)
_YEAR = re.compile(r"\d{4}\s*[-/–]\s*\d{2,4}|\(.*?\)|£\S*|'?000'?s?")
_KINDS = ("gross", "income", "net")
_MANY = 4  # rows from which on most must hold, or the words mean something else


def net_remarks(table: FigureTable, reported: Collection[str]) -> Iterator[Remark]:
    """The rows or columns in which net is not what gross and income come to.

    `reported` are the cells that other errors are on.
    """
    for triple in _in_columns(table):
        places = [tuple((row, column.number) for column in triple) for row in table.rows]
        yield from _differing(table, places, triple, reported)
    for rows in _in_rows(table):
        places = [tuple((row, column.number) for row in rows) for column in table.amounts]
        yield from _differing(table, places, table.amounts, reported)


def _kind_of(text: str) -> str:
    """Which of the three a heading or a label is; "" where it is none, or more than that."""
    bare = " ".join(_YEAR.sub(" ", text).split()).strip(" :-–")
    found = _WHAT.fullmatch(bare)
    return found["what"].lower() if found else ""


def _in_columns(table: FigureTable) -> Iterator[tuple[TableColumn, ...]]:
    columns = table.amounts
    for place in range(len(columns) - 2):
        triple = tuple(columns[place : place + 3])
        # Three columns of one year, whichever way a table has them.
        kinds = tuple(_kind_of(column.last_line) or _kind_of(column.name) for column in triple)
        if kinds == _KINDS and len({column.year for column in triple}) == 1:
            yield triple


def _in_rows(table: FigureTable) -> Iterator[tuple[int, ...]]:
    rows = table.rows
    for place in range(len(rows) - 2):
        triple = tuple(rows[place : place + 3])
        if tuple(_kind_of(table.own_label(row)) for row in triple) == _KINDS:
            yield triple


_Numbers = tuple[Decimal, Decimal, Decimal, Decimal]
_Places = Sequence[tuple[tuple[int, int], ...]]


def _differing(
    table: FigureTable,
    places: _Places,
    columns: Sequence[TableColumn],
    reported: Collection[str],
) -> Iterator[Remark]:
    """The places that differ, where most hold; of a few, every one that differs."""
    allowed = Decimal(str(1.5 * max(stated_unit(table, column) for column in columns)))
    known = [(three, numbers) for three in places if (numbers := _numbers(table, three))]
    wrong = [each for each in known if abs(each[1][3] - each[1][2]) > allowed]
    if len(known) >= _MANY and 2 * len(wrong) > len(known):
        return
    for three, numbers in wrong:
        cells = tuple(table.reference(row, column) for row, column in three)
        if cells[-1] not in reported:
            yield _remark(table, cells, numbers, three[-1][0], allowed)


def _numbers(table: FigureTable, three: tuple[tuple[int, int], ...]) -> _Numbers | None:
    """Gross, income and net of three cells, and what net should be; None where one is blank."""
    gross, income, net = (table.number(row, column) for row, column in three)
    if gross is None or income is None or net is None:
        return None
    # Income taken back has the other sign than the income of the table.
    taken_back = gross + abs(income)
    return gross, income, net, taken_back if taken_back == net else gross - abs(income)


def _remark(
    table: FigureTable,
    cells: tuple[str, ...],
    numbers: _Numbers,
    row: int,
    allowed: Decimal,
) -> Remark:
    gross, income, net, calculated = numbers
    first, second, third = (cell.rpartition("!")[2] for cell in cells)
    unit = table.unit or (table.amounts[0].unit if table.amounts else "")
    message = (
        f"{table.sheet.name}, {third}, {table.label(row) or 'net'}: gross ({first})"
        f" {shown(gross)} and income ({second}) {shown(income)} come to {shown(calculated)}; net is"
        f" {shown(net)} ({shown(abs(calculated - net))} apart{f'; in {unit}' if unit else ''})."
    )
    return Remark("error", "net-differs", message, cells, net, calculated, allowed, unit)
