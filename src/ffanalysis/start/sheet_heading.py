"""The heading of a sheet as a person sees it: its texts, and what stands below each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from ffanalysis import money
from ffanalysis.layout import Layout, plain
from ffanalysis.periods import years_in
from ffanalysis.read.found_table import NearMiss
from ffanalysis.read.headings import token_of
from ffanalysis.read.shares import is_percentage
from ffanalysis.sheets.cells import Cell, Sheet

_ROWS = 25  # from the top, among which a heading is looked for
_LEAST = 2  # texts of a heading
_NOT_KNOWN = ("other", "either")


def _is_money(cell: Cell) -> bool:
    return "£" in cell.text and money.from_text(cell.text, money.POUND) is not None


@dataclass(frozen=True)
class SheetHeading:
    """The row that heads a sheet, or a part of it."""

    sheet: Sheet
    row: int
    cells: Sequence[Cell]

    @classmethod
    def of(cls, sheet: Sheet) -> "SheetHeading":
        """The first of the rows with the most texts, and no number but years."""
        best: tuple[int, list[Cell]] = (0, [])
        for row, cells in sheet.rows():
            texts = [cell for cell in cells if isinstance(cell.value, str) and cell.text]
            if row > _ROWS:
                break
            if len(texts) >= max(_LEAST, len(best[1]) + 1):
                best = row, texts
        return cls(sheet, *best)

    @classmethod
    def at(cls, sheet: Sheet, row: int) -> "SheetHeading":
        """The heading in a row that is known."""
        texts = [cell for _, cell in sorted(sheet.grid.get(row, {}).items()) if cell.text]
        return cls(sheet, row, texts)

    @classmethod
    def over(cls, miss: NearMiss) -> "SheetHeading":
        """The heading of what is nearly a table, over all of its rows."""
        first, last = miss.header_rows
        texts: dict[int, Cell] = {}
        for row in range(first, last + 1):
            line = miss.sheet.grid.get(row, {})
            texts |= {column: cell for column, cell in line.items() if cell.text}
        return cls(miss.sheet, last, [texts[column] for column in sorted(texts)])

    @property
    def texts(self) -> list[str]:
        return [cell.text for cell in self.cells]

    @property
    def place(self) -> str:
        """Where it is, as a sentence begins."""
        return f"{self.sheet.workbook}, sheet {self.sheet.name}, row {self.row}"

    def below(self, column: int) -> Iterator[Cell]:
        """The filled cells of a column below it."""
        lines = (self.sheet.grid[row] for row in sorted(self.sheet.grid) if row > self.row)
        yield from (line[column] for line in lines if column in line and line[column].text)

    def words(self, column: int) -> set[str]:
        """The words in a column, as they are compared."""
        return {plain(cell.text) for cell in self.below(column)}

    def numbers(self, column: int) -> list[Cell]:
        """The numbers in a column, and what is written as money: "£120k"."""
        return [cell for cell in self.below(column) if cell.is_number or _is_money(cell)]

    @cached_property
    def over_numbers(self) -> list[Cell]:
        """Its texts that stand over numbers."""
        return [cell for cell in self.cells if self.numbers(cell.column)]

    @cached_property
    def numbered(self) -> list[str]:
        """The texts that stand over numbers."""
        return [cell.text for cell in self.over_numbers]

    @property
    def of_money(self) -> list[str]:
        """The texts over numbers that are no percentages."""
        return [cell.text for cell in self.over_numbers if not self.is_percent(cell.column)]

    def is_percent(self, column: int) -> bool:
        """Whether every number in a column is a percentage."""
        return all(map(is_percentage, self.numbers(column)))

    def unknown_numbers(self, layout: Layout) -> Iterator[Cell]:
        """Its texts over numbers that no layout knows."""
        for cell in self.over_numbers:
            token = token_of(cell, layout)
            if token and token.kind in _NOT_KNOWN and plain(cell.text) not in layout.not_read:
                yield cell

    def year_above(self) -> str:
        """The only year that the lines above it name; "" where there is none, or several."""
        lines = (line for row, line in self.sheet.grid.items() if row < self.row)
        years = {year for line in lines for cell in line.values() for year in years_in(cell.text)}
        return years.pop() if len(years) == 1 else ""

    def comes_to(self, layout: Layout) -> str:
        """What each column of money adds up to, without the rows of totals, as it is written."""
        sums = []
        for cell in self.over_numbers:
            numbers = [
                each for each in self.numbers(cell.column) if not self._is_total(each, layout)
            ]
            if numbers and cell.text in self.of_money:
                total = money.written_number(sum(each.value for each in numbers))
                sums.append(f"{total} below '{cell.text}'")
        return ", ".join(sums)

    def _is_total(self, cell: Cell, layout: Layout) -> bool:
        """Whether the row of a cell is labelled as a total."""
        return any(layout.is_total(each.text) for each in self.sheet.grid[cell.row].values())
