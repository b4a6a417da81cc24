"""A document as lines: a paragraph is a line of one cell, a row of a table a line of several.

Forms differ in whether they are one large table, many small ones or plain paragraphs; as lines
they are read alike.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ffanalysis.intake.document import Block, Cell, Paragraph, Table


@dataclass(frozen=True)
class Line:
    """Cells beside each other; `table` is that of a row, and None for a paragraph."""

    cells: tuple[Cell, ...]
    table: Table | None = None
    row: int = 0

    @property
    def filled(self) -> tuple[Cell, ...]:
        """The cells that say something, a tick box included."""
        return tuple(cell for cell in self.cells if cell.text or cell.marks)

    @property
    def first(self) -> Cell | None:
        return next(iter(self.filled), None)

    def at(self, column: int) -> Cell | None:
        """The cell over a column of the table's grid."""
        return next((c for c in self.cells if c.column <= column < c.column + c.columns), None)


def lines_of(blocks: Iterable[Block]) -> Iterator[Line]:
    """The lines of a document that say something, in reading order.

    A cell merged over several rows is in the first of them alone. The rows of a table within a
    cell follow the row that it stands in.
    """
    for block in blocks:
        if isinstance(block, Paragraph):
            if block.text or block.marks:
                yield Line((Cell(0, 0, (block,), block.place),))
        else:
            yield from _rows_of(block)


def _rows_of(table: Table) -> Iterator[Line]:
    by_row: dict[int, list[Cell]] = {}
    for cell in table.cells:
        by_row.setdefault(cell.row, []).append(cell)
    for row in sorted(by_row):
        cells = sorted(by_row[row], key=lambda cell: cell.column)
        inner = [each for cell in cells for each in cell.content if isinstance(each, Table)]
        line = Line(tuple(map(_without_inner, cells)), table, row)
        if line.filled:
            yield line
        for each in inner:
            yield from _rows_of(each)


def _without_inner(cell: Cell) -> Cell:
    content = tuple(each for each in cell.content if isinstance(each, Paragraph))
    return cell if len(content) == len(cell.content) else replace(cell, content=content)
