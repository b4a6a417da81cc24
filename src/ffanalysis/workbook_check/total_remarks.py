"""Remarks on the totals of a table, by row and by column, and on what they add."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ffanalysis.workbook_check.found_totals import Difference, FoundTotal
from ffanalysis.workbook_check.records import Remark, RemarkSeverity
from ffanalysis.workbook_check.table import FigureTable, TableColumn
from ffanalysis.workbook_check.table_totals import TableTotals
from ffanalysis.workbook_check.wording import decimal_of, listed_columns, listed_rows, shown

# In a table that adds up otherwise, so many of the last digit are a warning, no error.
_FEW_UNITS = 10


def total_remarks(table: FigureTable, totals: TableTotals) -> Iterator[Remark]:
    """Totals that do not add up, that add up within rounding only, and that add nothing shown."""
    stated: list[_StatedTotal] = [
        *(_RowTotal(table, total) for total in totals.down.found),
        *(_ColumnTotal(table, total, totals.rows) for total in totals.across.found),
    ]
    for total in stated:
        for difference in total.found.differing:
            yield _differs(total, difference)
        if total.found.apart:
            yield _stands_apart(total)
    yield from _within_rounding(table, stated)
    for unexplained in totals.down.unexplained:
        yield _not_checked(_RowTotal(table, unexplained), unexplained.differing[0])


@dataclass(frozen=True)
class _RowTotal:
    """A row that is the total of others."""

    table: FigureTable
    found: FoundTotal

    def place(self, difference: Difference) -> tuple[int, TableColumn]:
        """The row and the column of one of its numbers.

        Where parts and results stand in two columns, the one that is filled.
        """
        row, amounts = self.found.index, self.table.amounts
        column = amounts[min(difference.position, len(amounts) - 1)]
        if self.table.number(row, column.number) is None:
            column = next(
                other for other in amounts if self.table.number(row, other.number) is not None
            )
        return row, column

    @property
    def parts(self) -> str:
        return self.lines(self.found.parts)

    def lines(self, indexes: Sequence[int]) -> str:
        return listed_rows(indexes)

    def first_cell(self) -> tuple[int, int]:
        return self.found.index, self.table.amounts[0].number

    def name(self, _column: TableColumn) -> str:
        return "the total"

    def part_cells(self, _row: int, column: TableColumn) -> Iterator[str]:
        amounts = self.table.amounts
        places = [column, *amounts] if len(amounts) == 2 else [column]
        for part in self.found.parts:
            for place in places:
                if self.table.number(part, place.number) is not None:
                    yield self.table.reference(part, place.number)
                    break


@dataclass(frozen=True)
class _ColumnTotal:
    """A column that is the total of others."""

    table: FigureTable
    found: FoundTotal
    rows: list[int]

    def place(self, difference: Difference) -> tuple[int, TableColumn]:
        """The row and the column of one of its numbers."""
        return self.rows[difference.position], self.table.columns[self.found.index]

    @property
    def parts(self) -> str:
        return self.lines(self.found.parts)

    def lines(self, indexes: Sequence[int]) -> str:
        return listed_columns([self.table.columns[index].letter for index in indexes])

    def first_cell(self) -> tuple[int, int]:
        return self.rows[0], self.found.index

    def name(self, column: TableColumn) -> str:
        return f"'{column.name}'"

    def part_cells(self, row: int, _column: TableColumn) -> Iterator[str]:
        return (self.table.reference(row, part) for part in self.found.parts)


_StatedTotal = _RowTotal | _ColumnTotal


def _differs(total: _StatedTotal, difference: Difference) -> Remark:
    table = total.table
    row, column = total.place(difference)
    stated, calculated = decimal_of(difference.stated), decimal_of(difference.calculated)
    tolerance, gap, unit = decimal_of(difference.tolerance), _gap(difference), table.unit_of(column)
    add = "add" if len(total.found.parts) > 1 else "adds"
    message = (
        f"{table.sheet.name}, {column.letter}{row}, {table.label(row) or column.name}:"
        f" {total.parts} {add} to {shown(calculated)}; {total.name(column)} states"
        f" {shown(stated)} ({shown(abs(gap))} {'more' if gap > 0 else 'less'} than stated;"
        f" rounding allows {shown(tolerance)}{f'; in {unit}' if unit else ''})."
    )
    severity: RemarkSeverity = "warning"
    if total.found.is_sure and not _is_tiny(total.found, difference):
        severity = "error"
    cells = (table.reference(row, column.number), *total.part_cells(row, column))
    return Remark(severity, "total-differs", message, cells, stated, calculated, tolerance, unit)


def _stands_apart(total: _StatedTotal) -> Remark:
    table, index = total.table, total.found.index
    apart = total.lines(total.found.apart)
    row, column = total.first_cell()
    message = (
        f"{table.sheet.name}, {total.lines((index,))}: adds up only with {apart}, which"
        f" {'stands' if len(total.found.apart) == 1 else 'stand'} apart from the other parts"
        f" ({total.parts})."
    )
    return Remark("note", "part-apart", message, (table.reference(row, column),))


def _gap(difference: Difference) -> Decimal:
    """How much more the parts add to than is stated."""
    return decimal_of(difference.calculated) - decimal_of(difference.stated)


def _is_tiny(total: FoundTotal, difference: Difference) -> bool:
    """Whether a long number is a few units of its last digit off, as sums of rounded sums are."""
    stated, gap = decimal_of(difference.stated), abs(_gap(difference))
    times = 10_000 if total.agreeing >= 5 else 100_000
    return gap <= _FEW_UNITS * decimal_of(difference.unit) and gap * times <= abs(stated)


def _within_rounding(table: FigureTable, totals: list[_StatedTotal]) -> Iterator[Remark]:
    """One remark for all totals that add up within rounding only, with the largest difference."""
    rounded = [(total, difference) for total in totals for difference in total.found.rounded]
    if not rounded:
        return
    total, difference = max(rounded, key=lambda pair: abs(pair[1].amount))
    row, column = total.place(difference)
    tolerance = decimal_of(difference.tolerance)
    count = len(rounded)
    message = (
        f"{table.sheet.name}, {table.range}: {count:,}"
        f" {'total adds' if count == 1 else 'totals add'} up only within rounding; the largest"
        f" difference is {shown(decimal_of(abs(difference.amount)))}, in {column.letter}{row}"
        f" (rounding allows {shown(tolerance)})."
    )
    yield Remark(
        "note",
        "within-rounding",
        message,
        (table.reference(row, column.number),),
        decimal_of(difference.stated),
        decimal_of(difference.calculated),
        tolerance,
        table.unit_of(column),
    )


def _not_checked(total: _RowTotal, difference: Difference) -> Remark:
    table = total.table
    row, column = total.place(difference)
    message = (
        f"{table.sheet.name}, {column.letter}{row}: '{table.label(row)}' is labelled as a total,"
        " but no lines above or below add up to it. Check what it should add."
    )
    return Remark(
        "note",
        "total-not-checked",
        message,
        (table.reference(row, column.number),),
        stated=decimal_of(difference.stated),
        unit=table.unit_of(column),
    )
