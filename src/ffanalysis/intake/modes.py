"""What was begun last in a paper, and what the lines below it belong to."""

from dataclasses import dataclass, field
from typing import TypeAlias

from ffanalysis.intake import ticks
from ffanalysis.intake.document import Cell, Table
from ffanalysis.intake.forms import Form, Found, GridTable
from ffanalysis.intake.grid import GridReader
from ffanalysis.intake.lines import Line
from ffanalysis.intake.records import RecordReader
from ffanalysis.intake.taken import OTHER_WORDS, Source, Taken, Value, source_of
from ffanalysis.layout import standard


@dataclass
class OpenField:
    """A field whose answer may go on."""

    name: str
    label: Source  # as the paper prints it
    found: Found
    table: Table | None = None  # that the label stands in
    is_answered: bool = False  # beside the label
    count: int = 0  # of its answers so far


@dataclass
class OpenTicks:
    """A tick list whose options follow."""

    name: str
    heading: Source
    lines: list[Line] = field(default_factory=list)


@dataclass
class TitleAbove:
    """The title of a table of money whose headings are to follow."""

    table: GridTable
    cell: Cell
    cut_from: str
    is_first: bool = False  # of all labels and titles of the paper


@dataclass
class OpenRecords:
    reader: RecordReader
    table: Table | None


@dataclass
class OpenMoney:
    reader: GridReader
    table: Table | None


@dataclass
class UnknownTable:
    """A table of figures by year that the form does not know, or whose columns are not clear."""

    table: Table | None
    asks: str
    do: str
    also: str = ""
    sources: list[Source] = field(default_factory=list)


Mode: TypeAlias = OpenField | OpenTicks | TitleAbove | OpenRecords | OpenMoney | UnknownTable | None


class Progress:
    """How far a paper has been placed: what was begun last, and what has been settled."""

    def __init__(self, form: Form, taken: Taken) -> None:
        self.form, self.taken = form, taken
        self.mode: Mode = None
        self.has_begun = False
        self.settled: set[str] = set()  # tick lists that are read

    def end(self) -> None:
        """End what was begun last."""
        if isinstance(self.mode, OpenTicks):
            self.settled.add(self.mode.name)
            ticks.settle(self.mode.name, self.mode.lines, self.mode.heading, self.form, self.taken)
        elif isinstance(self.mode, TitleAbove):
            self._ask_no_table(self.mode)
        elif isinstance(self.mode, UnknownTable):
            self._ask_unknown(self.mode)
        elif isinstance(self.mode, OpenMoney):
            self.mode.reader.end()
        self.mode = None

    def _ask_no_table(self, title: TitleAbove) -> None:
        source = source_of(title.cell)
        if title.is_first and not standard().units_named(source.words):
            # The paper's own title: "Savings proposal 2025/26".
            self.taken.add_background(OTHER_WORDS, Value(source.words, (source,)))
            return
        self.taken.ask(
            f"'{source.words}' has no table of figures by year below it.",
            source,
            read_as="no figures",
            do="Write the figures, or say that there are none.",
            also=title.table.sheet,
        )

    def _ask_unknown(self, mode: UnknownTable) -> None:
        words = "; ".join(source.words for source in mode.sources)
        atoms = tuple(number for source in mode.sources for number in source.atoms)
        self.taken.ask(
            mode.asks,
            Source(words, mode.sources[0].place, atoms),
            read_as="not placed",
            do=mode.do,
            also=mode.also,
        )
