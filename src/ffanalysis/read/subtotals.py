"""Rows that come to what the rows beside them add up to, and that no word says are totals."""

from collections.abc import Iterator, Sequence
from itertools import takewhile

from ffanalysis.read.coverage import adds_up
from ffanalysis.read.found_table import FoundTable
from ffanalysis.read.headings import Head
from ffanalysis.read.table_rows import TableRow

# A group is of few lines, and a table in which every row is tried with every other is no long one.
_MOST_LINES, _MOST_ROWS = 50, 200
_TELLING_COLUMNS = 2  # of amounts, in which a line comes to those above it
# What a line states, and the head of a group leaves blank.
_OF_A_LINE = frozenset({"plan", "rag", "ref", "saving_type", "route", "project"})


class Subtotals:
    """Looks for them in one table."""

    def __init__(self, found: FoundTable, heads: Sequence[Head]) -> None:
        self._found, self._heads = found, heads

    def of_those_below(self, row: TableRow, rows: Sequence[TableRow]) -> Sequence[TableRow]:
        """The lines just below a row that it adds up, where it leaves blank what they all state."""
        said = set(row.filled)
        if row.label is not None or not said or not _is_money(row):
            return ()
        start = row.number - self._found.header_row
        group = takewhile(lambda below: _says_more(below, said), rows[start : start + _MOST_LINES])
        lines: list[TableRow] = []
        for below in group:
            lines.append(below)
            if len(lines) > 1 and self._adds(row, lines):
                return lines
        return ()

    def among(self, total: TableRow, numbers: Sequence[int], rows: Sequence[TableRow]) -> str:
        """Which line would make a total right by being a sub-total, as a sentence; else ""."""
        if len(numbers) > _MOST_ROWS:
            return ""
        wanted = set(numbers)
        lines = [row for row in rows if row.number in wanted]
        for place, line in enumerate(lines):
            others = [*lines[:place], *lines[place + 1 :]]
            if _is_money(line) and self._adds(total, others):
                for beside in _groups_beside(lines, place):
                    if self._adds(line, beside):
                        first, last = sorted((beside[0].number, beside[-1].number))
                        return (
                            f" Row {line.number} comes to what rows {first} to {last} add up to:"
                            " it may be a sub-total (write Total in it)."
                        )
        return ""

    def _adds(self, row: TableRow, lines: Sequence[TableRow]) -> bool:
        return adds_up(row, self._heads, [line.number for line in lines], self._found)


def _says_more(row: TableRow, said: set[str]) -> bool:
    """Whether a row is a line that states what the head of its group leaves blank."""
    more = row.filled.keys() - said
    return row.label is None and row.has_amounts and bool(more & _OF_A_LINE)


def _is_money(row: TableRow) -> bool:
    return any(cell.text not in ("", "0") for cell in row.amounts)


def _groups_beside(lines: Sequence[TableRow], place: int) -> Iterator[Sequence[TableRow]]:
    """The two lines or more just above one, or just below it."""
    for others in (lines[:place][::-1], lines[place + 1 :]):
        for count in range(2, min(len(others), _MOST_LINES) + 1):
            yield others[:count]


class LinesAbove:
    """The lines of a schedule above a row, and those since the last total."""

    # What says which line it is, or what is known of it; not whose it is.
    _DESCRIBES = ("ref", "saving_type", "route", "rag", "recurring")

    def __init__(self, found: FoundTable, heads: Sequence[Head]) -> None:
        self.found, self.heads = found, heads
        self.every: list[int] = []
        self.since_total: list[int] = []
        self.said_by_all: set[str] = set()
        self.said_by_any: set[str] = set()

    def add(self, row: TableRow) -> None:
        said = set(row.filled)
        self.said_by_all = self.said_by_all & said if self.every else said
        self.said_by_any |= said
        self.every.append(row.number)
        self.since_total.append(row.number)

    def begin_again(self) -> None:
        """Note a total: the next may add only what comes after it."""
        self.since_total = []

    def left_blank_by_total(self, row: TableRow) -> str:
        """What a row leaves out that all lines above it state, where it comes to what they add.

        Blank where it is a line as they are, a total by its label, or says something of its own.
        """
        said = set(row.filled)
        if row.label is not None or not said <= self.said_by_any:
            return ""
        left = [name for name in self._DESCRIBES if name in self.said_by_all - said]
        is_total = left and any(self._adds(row, rows) for rows in (self.every, self.since_total))
        return left[0] if is_total else ""

    def added_up_by(self, row: TableRow) -> Sequence[int]:
        """The rows just above a line that it comes to in every column, where that is no chance.

        The lines above were noted before it; several columns must tell, each by other amounts.
        """
        columns = [cell.column for cell in row.amounts if cell.is_number and cell.value]
        for count in range(2, min(len(self.since_total), _MOST_LINES) + 1):
            rows = self.since_total[-count:]
            told = {tuple(self.found.sheet.at(each, at).value for each in rows) for at in columns}
            if len(told - {(None,) * count}) >= _TELLING_COLUMNS and self._adds(row, rows):
                return rows
        return ()

    def _adds(self, row: TableRow, rows: Sequence[int]) -> bool:
        is_money = any(cell.text not in ("", "0") for cell in row.amounts)
        return len(rows) > 1 and is_money and adds_up(row, self.heads, rows, self.found)
