"""What a paper says, whatever kind of file it is.

A reader (Word, PDF, text) gives a `Document`: its blocks in reading order, tables with their cells
as they are merged, tick boxes with their state, each with its place in the source.

Apart from its blocks a reader counts the *atoms* of the source by a pass of its own: each run of
text, symbol, tick box and field that is there. The blocks name the atoms that they are made of;
an atom that no block and no remark names has been overlooked, and is never lost: it is listed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias


class Mark(StrEnum):
    """The state of a tick box; doubtful where what it shows is not what it says."""

    TICKED = "ticked"
    EMPTY = "empty"
    DOUBTFUL = "doubtful"


class AtomKind(StrEnum):
    TEXT = "text"
    SYMBOL = "symbol"
    BOX = "tick box"
    FIELD = "field"


@dataclass(frozen=True, slots=True)
class Atom:
    """One piece of the source that must end somewhere; its number is its index in the document."""

    kind: AtomKind
    text: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a paragraph of one kind: words, or a tick box, or what a field holds.

    `tag` is the name that a content control or a field of a form has, where it has one.
    """

    text: str
    atoms: tuple[int, ...] = ()
    mark: Mark | None = None
    tag: str = ""


@dataclass(frozen=True)
class Paragraph:
    """Words that belong together; `level` is that of a heading, 0 for ordinary text."""

    pieces: tuple[Piece, ...]
    place: str
    level: int = 0

    @cached_property
    def text(self) -> str:
        """Its words, single-spaced; of a tick box nothing."""
        return " ".join("".join(piece.text for piece in self.pieces).split())

    @property
    def marks(self) -> tuple[Mark, ...]:
        return tuple(piece.mark for piece in self.pieces if piece.mark is not None)

    @cached_property
    def atoms(self) -> tuple[int, ...]:
        return tuple(number for piece in self.pieces for number in piece.atoms)


@dataclass(frozen=True)
class Cell:
    """A cell of a table: where it begins, how far it reaches, and what it holds.

    Rows and columns count from 0 on the table's grid; a cell merged over several has them once.
    `is_heading` is what the source itself says, where it does. `is_adrift` says that its row has
    fewer cells than its table has columns, and which of them is missing is not told.
    """

    row: int
    column: int
    content: "tuple[Block, ...]"
    place: str
    rows: int = 1
    columns: int = 1
    is_heading: bool = False
    is_adrift: bool = False

    @cached_property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """Its paragraphs, those of tables within it included."""
        return tuple(paragraphs_of(self.content))

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The words of its paragraphs, those without any left out."""
        return tuple(each.text for each in self.paragraphs if each.text)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def marks(self) -> tuple[Mark, ...]:
        return tuple(mark for each in self.paragraphs for mark in each.marks)

    @cached_property
    def atoms(self) -> tuple[int, ...]:
        return tuple(number for each in self.paragraphs for number in each.atoms)


@dataclass(frozen=True)
class Table:
    """Cells on a grid, in the order of rows and then columns; none covers another."""

    cells: tuple[Cell, ...]
    place: str

    @cached_property
    def height(self) -> int:
        return max((cell.row + cell.rows for cell in self.cells), default=0)

    @cached_property
    def width(self) -> int:
        return max((cell.column + cell.columns for cell in self.cells), default=0)

    @cached_property
    def grid(self) -> Mapping[tuple[int, int], Cell]:
        """The cell at each row and column, a merged one at each that it covers."""
        return {
            (row, column): cell
            for cell in self.cells
            for row in range(cell.row, cell.row + cell.rows)
            for column in range(cell.column, cell.column + cell.columns)
        }

    def row(self, number: int) -> tuple[Cell, ...]:
        """The cells that a row meets, from left to right, a merged one once."""
        met = (self.grid.get((number, column)) for column in range(self.width))
        return tuple(dict.fromkeys(cell for cell in met if cell is not None))

    @property
    def atoms(self) -> tuple[int, ...]:
        return tuple(number for cell in self.cells for number in cell.atoms)


Block: TypeAlias = Paragraph | Table


class RemarkKind(StrEnum):
    """Why words of the source are in no block, or in one that is in doubt."""

    DELETED = "deleted"  # a tracked deletion
    COMMENT = "comment"
    ASIDE = "aside"  # headers, footers, footnotes: words about the paper
    DIFFERS = "differs"  # two readers give a cell different words
    PICTURE = "picture"  # what may say something and cannot be read
    STRUCK = "struck"  # words struck through: "Yes / ~~No~~"
    HIDDEN = "hidden"  # words in the file that nobody sees on the page
    PALE = "pale"  # words in the colour of what is behind them
    TINY = "tiny"  # words too small to be read
    LINK = "link"  # where the paper refers to something kept elsewhere
    OVERLOOKED = "overlooked"  # an atom that the reader did not reach


@dataclass(frozen=True, slots=True)
class Remark:
    """What a reader found beside the blocks, or doubts: `readings` are the words in question."""

    kind: RemarkKind
    place: str
    readings: tuple[str, ...]
    atoms: tuple[int, ...] = ()


@dataclass(frozen=True)
class Document:
    """A paper as it was read.

    `source` is what its places are in ("Word", "PDF", "text"); `atoms` were counted on the source
    by themselves, not collected from the blocks.
    """

    name: str
    source: str
    blocks: tuple[Block, ...]
    atoms: tuple[Atom, ...]
    remarks: tuple[Remark, ...] = field(default=())

    @cached_property
    def overlooked(self) -> tuple[int, ...]:
        """The atoms that no block and no remark names."""
        named = {number for block in self.blocks for number in block.atoms}
        named.update(number for remark in self.remarks for number in remark.atoms)
        return tuple(number for number in range(len(self.atoms)) if number not in named)


def paragraphs_of(blocks: Iterable[Block]) -> Iterator[Paragraph]:
    """All paragraphs in reading order, those in cells included."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block
        else:
            for cell in block.cells:
                yield from cell.paragraphs


def tables_of(blocks: Iterable[Block]) -> Iterator[Table]:
    """All tables in reading order, each before those within it."""
    for block in blocks:
        if isinstance(block, Table):
            yield block
            for cell in block.cells:
                yield from tables_of(cell.content)
