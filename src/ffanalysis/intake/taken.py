"""What was taken from a paper: values with the words they come from, and what is left to ask."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from ffanalysis.intake.document import Cell, Mark, Paragraph
from ffanalysis.intake.forms import Form, GridTable
from ffanalysis.intake.marks import shown


class Ending(StrEnum):
    """Where an atom of the source ended. What the form itself prints is no answer."""

    PLACED = "placed"
    FORM = "form"
    BACKGROUND = "background"
    TO_CHECK = "to check"


@dataclass(frozen=True, slots=True)
class Source:
    """Words of the paper, with their place and the atoms that they are made of."""

    words: str
    place: str
    atoms: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Value:
    """What goes into a cell of the workbook; `how` says what was done to the words, if anything."""

    text: str
    sources: tuple[Source, ...]
    how: str = ""

    @property
    def words(self) -> str:
        return " … ".join(source.words for source in self.sources)

    @property
    def place(self) -> str:
        return "; ".join(dict.fromkeys(source.place for source in self.sources))


@dataclass(frozen=True, slots=True)
class Question:
    """What a person must look at: the words, what was made of them, and what to do."""

    asks: str
    source: Source
    read_as: str
    do: str
    also: str = ""  # where the answer goes, as people call it


OTHER_WORDS = "Other words of the paper"  # the heading of those under no label
NO_LABEL = "Words under no label of the form."
AS_BACKGROUND = ("kept as background", "Move them where they belong.")


@dataclass(frozen=True, slots=True)
class Mend:
    """Words that a paper had broken and that could only be meant in one way."""

    source: Source
    now: str


Kind = Literal["year", "total", "other"]


@dataclass(frozen=True, slots=True)
class Head:
    """The heading of a column of amounts, and the columns of the source that it covers."""

    kind: Kind
    text: str
    first: int
    last: int


@dataclass
class GridRow:
    """A row of a table of money: its labels by what they are, its amounts by heading."""

    labels: dict[str, Value] = field(default_factory=dict)
    amounts: dict[int, Value] = field(default_factory=dict)
    is_total: bool = False
    kind: str = ""  # what it was found to be, where that is not what its label alone says


@dataclass
class Grid:
    """A table of money as it was read."""

    table: GridTable
    title: Value
    heads: tuple[Head, ...]
    unit: Value | None = None
    rows: list[GridRow] = field(default_factory=list)
    is_cumulative: bool = False
    has_rag: bool = False  # whether a column before the years is headed so


@dataclass(frozen=True)
class Background:
    """Words of the paper that no column of the workbook asks for, under their own heading."""

    heading: str
    value: Value


@dataclass
class Taken:
    """All that was taken from one paper; every atom of the source has an ending."""

    form: Form
    fields: dict[str, list[Value]] = field(default_factory=dict)
    of_years: dict[str, list[tuple[Mapping[str, str], Value]]] = field(default_factory=dict)
    records: dict[str, list[dict[str, Value]]] = field(default_factory=dict)
    grids: list[Grid] = field(default_factory=list)
    background: list[Background] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    mends: list[Mend] = field(default_factory=list)
    endings: dict[int, Ending] = field(default_factory=dict)
    headings: dict[str, str] = field(default_factory=dict)  # of tick lists: field → label
    left_out: list[str] = field(default_factory=list)  # titles of tables that are kept as words

    @property
    def own_grids(self) -> list[Grid]:
        """The tables of the project's own savings."""
        own = (grid for grid in self.grids if grid.table.is_own)
        return [grid for grid in own if grid.table.into == "savings"]

    def end(self, atoms: Iterable[int], ending: Ending) -> None:
        """Where atoms ended; what was placed stays so, whatever else is said of it."""
        for number in atoms:
            if self.endings.get(number) is not Ending.PLACED:
                self.endings[number] = ending

    def add(self, name: str, value: Value) -> None:
        """Add words to a field."""
        self.fields.setdefault(name, []).append(value)
        self._place(value)

    def add_of_year(self, name: str, blanks: Mapping[str, str], value: Value) -> None:
        """Add the money of a label that names its year."""
        self.of_years.setdefault(name, []).append((blanks, value))
        self._place(value)

    def add_background(self, heading: str, value: Value) -> None:
        self.background.append(Background(heading, value))
        for source in value.sources:
            self.end(source.atoms, Ending.BACKGROUND)

    def ask(
        self, asks: str, source: Source, *, read_as: str = "", do: str = "", also: str = ""
    ) -> None:
        """Add a question; its words end under To check unless they are placed as well.

        It takes the place of the mere question where its words belong.
        """
        about_place = Question(NO_LABEL, source, *AS_BACKGROUND)
        self.questions = [each for each in self.questions if each != about_place]
        self.questions.append(Question(asks, source, read_as, do, also))
        for number in source.atoms:
            self.endings.setdefault(number, Ending.TO_CHECK)

    def _place(self, value: Value) -> None:
        for source in value.sources:
            self.end(source.atoms, Ending.PLACED)

    def leave_out(self, grid: Grid, sources: Iterable[Source]) -> None:
        """Take a table back: none of what stands in it is placed."""
        self.grids[:] = [each for each in self.grids if each is not grid]
        self.left_out.append(grid.title.text)
        for source in sources:
            for number in source.atoms:
                self.endings.pop(number, None)

    def text_of(self, name: str) -> str:
        """The words of a field, a paragraph to a line."""
        return "\n".join(value.text for value in self.fields.get(name, ()))


def source_of(part: Paragraph | Cell) -> Source:
    """A paragraph or a cell as the source of a value."""
    each = (part,) if isinstance(part, Paragraph) else part.paragraphs
    words = " ".join(filter(None, map(shown, each))) if part.text else ""
    return Source(words or _marks_in_words(part.marks), part.place, part.atoms)


def row_source(cells: Sequence[Cell]) -> Source:
    """The cells of a row, one at least, as one source."""
    sources = [source_of(cell) for cell in cells]
    atoms = tuple(number for source in sources for number in source.atoms)
    return Source(" | ".join(source.words for source in sources), sources[0].place, atoms)


def _marks_in_words(marks: tuple[Mark, ...]) -> str:
    return " ".join(f"[{mark.value}]" for mark in marks)
