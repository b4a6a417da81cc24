"""What was begun last in a paper, and what the lines below it belong to."""

from dataclasses import dataclass, field
from typing import TypeAlias

from ffanalysis.intake.document import Cell, Table
from ffanalysis.intake.forms import Found, GridTable
from ffanalysis.intake.grid import GridReader
from ffanalysis.intake.lines import Line
from ffanalysis.intake.records import RecordReader
from ffanalysis.intake.taken import Source


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
