"""The cells that the figures of a pack are made from, each once, as its sheet Cells lists them."""

from collections.abc import Iterator
from typing import NamedTuple

from ffanalysis.expressions import CellLine, line_of
from ffanalysis.figures import CellAmount
from ffanalysis.provenance import CellRef


class PackCell(NamedTuple):
    """A cell, and the amount that was read from it; None where it is only counted or named."""

    line: CellLine
    amount: int | None = None


class PackCells:
    """The cells of a pack, numbered from 1 in the order in which they are asked for.

    A cell that is only counted shares the line of the amount in it. A cell that two amounts were
    read from, in different units say, has a line for each.
    """

    def __init__(self) -> None:
        self._cells: list[PackCell] = []
        self._of_amount: dict[PackCell, int] = {}
        self._of_line: dict[CellLine, int] = {}
        self._of_cell: dict[CellRef, int] = {}

    def __iter__(self) -> Iterator[PackCell]:
        return iter(self._cells)

    def __len__(self) -> int:
        return len(self._cells)

    def line(self, number: int) -> CellLine:
        """The cell of a number."""
        return self._cells[number - 1].line

    def number(self, line: CellLine) -> int:
        """The number of a cell, which may be a new one."""
        if line in self._of_line:
            return self._of_line[line]
        taken = self._of_cell.get(line.cell)
        if taken is not None and line == CellLine(line.cell):
            return taken
        return self._numbered(PackCell(line))

    def amount(self, made: CellAmount, known: int) -> int:
        """The number of a cell of which an amount is known."""
        cell = PackCell(line_of(made), known)
        return self._of_amount.get(cell) or self._numbered(cell)

    def _numbered(self, cell: PackCell) -> int:
        """The number of a cell that has none yet: that of its line without an amount, or the next.

        What is known of no line takes the place of what was only counted.
        """
        number = self._of_line.get(cell.line) or self._of_cell.get(cell.line.cell)
        held = self._cells[number - 1] if number else None
        if number and held in (PackCell(cell.line), PackCell(CellLine(cell.line.cell))):
            self._cells[number - 1] = cell
        else:
            self._cells.append(cell)
            number = len(self._cells)
        self._of_line.setdefault(cell.line, number)
        self._of_cell.setdefault(cell.line.cell, number)
        if cell.amount is not None:
            self._of_amount[cell] = number
        return number
