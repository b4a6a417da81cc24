"""Amounts of a table with their coordinates, and the numbers of the lines that state them."""

from collections import Counter
from typing import NamedTuple

from ffanalysis.layout import Layout, TableLayout, plain
from ffanalysis.read.collector import Row
from ffanalysis.read.coverage import (
    FULL_YEAR,
    ColumnCoverage,
)
from ffanalysis.read.dimensions import NO_DIMENSION
from ffanalysis.read.found_table import FoundTable
from ffanalysis.read.headings import Head
from ffanalysis.read.table_rows import TableRow
from ffanalysis.sheets.cells import Cell

Words = tuple[tuple[str, str], ...]  # canonical column and the word that heads a column of amounts


class Column(NamedTuple):
    """A column of amounts: what heads it, and what it adds."""

    number: int
    head: Head
    year: str | None
    words: Words
    coverage: ColumnCoverage


class Statement(NamedTuple):
    """One amount of a table with its coordinates."""

    cell: Cell
    row: TableRow
    column: Column
    year: str | None
    over: str | None  # what it adds, where it is a printed total


class LineNumbers:
    """Numbers the lines of a table, and its totals, in the order in which it states them.

    Amounts with the same dimensions, one a year, are one line; a second one of a year is another.
    """

    def __init__(self, kind: TableLayout, found: FoundTable, layout: Layout) -> None:
        self.layout = layout
        words = (name for head in found.amounts.values() for name in head.words)
        stated = {*found.columns.values(), *found.context, *words, "measure", "rag_missing"}
        self.names = tuple(name for name in (*kind.headings, "rag_missing") if name in stated)
        self.times: Counter[tuple[object, ...]] = Counter()
        self.numbers: dict[tuple[object, ...], int] = {}
        self.dimensions: Row = {}
        self.stated: tuple[object, ...] = ()

    def of(self, statement: Statement, dimensions: Row) -> int:
        """The number of the line, or of the total, that states an amount."""
        over = statement.over
        if dimensions is not self.dimensions:  # the amounts of a row share them
            self.dimensions = dimensions
            self.stated = tuple([dimensions.get(name) or None for name in self.names])
        stated = self.stated
        # A total of a line's years, or its full-year effect, has the line's own number.
        label = None if over in (None, "years", FULL_YEAR) else self._label_of(statement.row)
        year = {"years": "all", "both": "all", FULL_YEAR: FULL_YEAR}.get(over or "", statement.year)
        self.times[stated, label, year] += 1
        key = (stated, label, self.times[stated, label, year])
        return self.numbers.setdefault(key, len(self.numbers) + 1)

    def _label_of(self, row: TableRow) -> str:
        """The words by which a row is a total, its year apart; "" where only its column is one."""
        if row.label is None:
            return ""
        texts = (cell.text for name, cell in row.filled.items() if name not in NO_DIMENSION)
        return next((plain(text) for text in texts if self.layout.is_total(text)), "")
