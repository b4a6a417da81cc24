"""A table as it was found in a sheet, and a row of headings that nearly is one."""

from dataclasses import dataclass, field
from typing import NamedTuple

from openpyxl.utils import get_column_letter

from ffanalysis.read.headings import Head, Token
from ffanalysis.sheets.cells import Cell, Sheet


class TextColumn(NamedTuple):
    """A column whose words are kept with the line: which it is, and the only year it is of."""

    name: str
    year: str | None
    heading: str


class UnitNote(NamedTuple):
    """A text near a table, and the units it names, in pence per 1."""

    cell: Cell
    units: tuple[int, ...]


@dataclass
class FoundTable:
    """One table in a sheet.

    Attributes:
        table: the canonical table that its rows go to: "savings".
        header_rows: the first and the last row of its heading.
        last_row: its last row of data.
        columns: sheet column → canonical column, of those that are no amounts.
        amounts: sheet column → what heads it, of the columns of amounts.
        heads: sheet column → what heads it, of all columns with a heading.
        compared: sheet column → what heads it, of columns that are compared with the amounts.
        texts: sheet column → what it says of a line, of columns that are kept as written.
        context: canonical column → the cell that states it for all rows.
        text_context: the same of what is kept as written.
        title: the line above that says what the table is of.
        unit_line: the last other line above that names a unit.
        unit_note: what names a unit below the table; for want of it the sheet's own name.
        notes: the texts around the table that are not its title.

    """

    table: str
    sheet: Sheet
    header_rows: tuple[int, int]
    last_row: int
    columns: dict[int, str]
    amounts: dict[int, Head]
    heads: dict[int, Head]
    compared: dict[int, Head] = field(default_factory=dict)
    texts: dict[int, TextColumn] = field(default_factory=dict)
    context: dict[str, Cell] = field(default_factory=dict)
    text_context: dict[str, Cell] = field(default_factory=dict)
    title: UnitNote | None = None
    unit_line: UnitNote | None = None
    unit_note: UnitNote | None = None
    notes: list[Cell] = field(default_factory=list)

    @property
    def header_row(self) -> int:
        """The last row of the heading."""
        return self.header_rows[1]

    @property
    def name(self) -> str:
        """The table's key: workbook, sheet and the cell where its heading begins."""
        return f"{self.sheet.workbook}!{self.sheet.name}!{self.header_cell}"

    @property
    def header_cell(self) -> str:
        return f"{get_column_letter(self.first_column)}{self.header_rows[0]}"

    @property
    def range(self) -> str:
        return f"{self.header_cell}:{get_column_letter(self.last_column)}{self.last_row}"

    @property
    def all_columns(self) -> set[int]:
        return {*self.columns, *self.amounts, *self.compared}

    @property
    def first_column(self) -> int:
        return min(self.all_columns)

    @property
    def last_column(self) -> int:
        return max(self.all_columns)

    def covers_column(self, column: int) -> bool:
        """Whether a column is one of the table's, or between them."""
        columns = self.all_columns
        return min(columns) <= column <= max(columns)

    def shares_column(self, other: "FoundTable") -> bool:
        """Whether one of the tables has a column within the other."""
        return any(map(self.covers_column, other.all_columns)) or any(
            map(other.covers_column, self.all_columns)
        )

    @property
    def years_in_rows(self) -> bool:
        """Whether each row states its year, in a column of its own."""
        return "year" in self.columns.values()

    @property
    def years(self) -> set[str]:
        """The years that head columns of amounts."""
        return {head.year for head in self.amounts.values() if head.year}

    @property
    def has_words(self) -> bool:
        """Whether some amounts are headed by what they are of: "Amber", "Retained"."""
        return any(head.words for head in self.amounts.values())


@dataclass(frozen=True)
class NearMiss:
    """A row of headings that lacks what its table needs, or heads two columns alike.

    Attributes:
        header_rows: the first and the last row of the heading.
        missing: the headings that it lacks, as a person writes them.
        found: the headings that it has.
        cell: where to look.
        repeated: the heading that it has twice.
        meant: which of its headings may be a missing one mistyped, as a sentence.
        either: the word of it that can be read in two ways.

    """

    sheet: Sheet
    header_rows: tuple[int, int]
    table: str
    missing: tuple[str, ...]
    found: tuple[str, ...]
    cell: str
    repeated: str = ""
    meant: str = ""
    either: Token | None = None

    @property
    def sentence(self) -> str:
        """The fault in one sentence, with what was found instead."""
        place = f"{self.sheet.workbook}, sheet {self.sheet.name}, row {self.header_rows[1]}"
        found = f"Found: {', '.join(self.found)}."
        if self.either:
            return f"{place}, cell {self.cell}: {_two_readings(self.either)} {found}"
        if self.repeated:
            return (
                f"{place}: {self.repeated} heads more than one column, so its amounts would"
                f" count twice. {found}"
            )
        if not self.missing:
            return (
                f"{place}: beside its years the table of {self.table} has no heading that is known."
                f" {found}{self.meant}"
            )
        names = " and no ".join(repr(name) for name in self.missing)
        return (
            f"{place}: the table of {self.table} has no {names}, neither as a column nor on a line"
            f" above it. {found}{self.meant}"
        )


def _two_readings(token: Token) -> str:
    """That a word over amounts may be two things, and what to write for each."""
    names = {"measure": "measure", "rag": "RAG status", "route": "delivery route", "plan": "plan"}
    readings = [f"the {names[column]} '{value}'" for column, value in token.readings]
    written = [value[:1].upper() + value[1:] for _, value in token.readings]
    return (
        f"'{token.cell.text}' heads amounts and may be {' or '.join(readings)} (write"
        f" {' or '.join(written)}, or give the schedule a RAG column of its own)."
    )
