"""What heads each column of a table, over one to three lines.

A year, a unit, a word of the vocabulary, or a heading.

A band spreads over the columns to its right that have no text of their own in its line, as printed
tables have it; a merged cell spreads over exactly what it covers.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from ffanalysis import periods
from ffanalysis.layout import Layout, plain, without_footnote
from ffanalysis.sheets.cells import Cell, Sheet

Kind = Literal["year", "calendar", "total", "amount", "word", "heading", "unit", "other"]


@dataclass(frozen=True)
class Token:
    """What one text of a heading says."""

    kind: Kind
    cell: Cell
    text: str
    year: str | None = None
    word: tuple[str, str] | None = None  # canonical column and value
    units: tuple[int, ...] = ()


@dataclass
class Head:
    """All that heads one column, from the top."""

    column: int
    tokens: list[Token] = field(default_factory=list)

    @property
    def years(self) -> list[str]:
        return list(dict.fromkeys(token.year for token in self.tokens if token.year))

    @property
    def year(self) -> str | None:
        return self.years[0] if len(self.years) == 1 else None

    @property
    def words(self) -> dict[str, Cell]:
        """Canonical column → the cell that says its value for the whole column."""
        return {token.word[0]: token.cell for token in self.tokens if token.word}

    @property
    def is_total(self) -> bool:
        return any(token.kind == "total" for token in self.tokens)

    @property
    def holds_amounts(self) -> bool:
        return bool(
            self.years
            or self.words
            or self.is_total
            or any(token.kind in ("amount", "calendar") for token in self.tokens)
        )

    @property
    def calendar(self) -> Token | None:
        """What heads the column with a calendar year, from which no financial year can be told."""
        return (
            next((token for token in self.tokens if token.kind == "calendar"), None)
            if not self.years
            else None
        )

    @property
    def units(self) -> tuple[int, ...]:
        return tuple(sorted({unit for token in self.tokens for unit in token.units}))

    @property
    def unknown(self) -> list[Token]:
        return [token for token in self.tokens if token.kind in ("other", "heading")]

    @property
    def key(self) -> tuple[object, ...]:
        """What tells this column of amounts from the others of its table."""
        said = {(token.word[0], token.word[1]) for token in self.tokens if token.word}
        return (
            self.year or (self.calendar and self.calendar.text),
            tuple(sorted(said)),
            self.is_total,
        )

    @property
    def name(self) -> str:
        return ", ".join(dict.fromkeys(token.cell.text for token in self.tokens))


def token_of(cell: Cell, layout: Layout) -> Token | None:
    """What a text says as part of a heading.

    None for a blank, and for a number other than a calendar year.
    """
    if periods.is_calendar_year(cell.text):
        return Token("calendar", cell, cell.text)
    if not isinstance(cell.value, str) or not cell.text:
        return None
    units = layout.units_named(cell.text)
    text = (
        without_footnote(layout.without_units(cell.text)) if units else without_footnote(cell.text)
    )
    word = plain(text)
    if not word.strip("()[]-–, ") and units:
        return Token("unit", cell, "", units=units)
    if year := periods.parse_year(text):
        return Token("year", cell, text, year=year, units=units)
    kinds: tuple[tuple[Kind, Collection[str]], ...] = (
        ("total", layout.total_headings),
        ("heading", layout.headings),
        ("amount", layout.amount_headings),
    )
    if kind := next((kind for kind, words in kinds if word in words), None):
        return Token(kind, cell, text, units=units)
    if meaning := layout.column_words.get(word):
        return Token("word", cell, text, word=meaning, units=units)
    return _year_among_words(cell, text, units, layout) or Token("other", cell, text, units=units)


def _year_among_words(
    cell: Cell, text: str, units: tuple[int, ...], layout: Layout
) -> Token | None:
    """What a heading says that is a year and a word or two.

    "2015/16 Forecast", "Total 2015/16"; None where they are unknown.
    """
    year, rest = periods.year_in(text) or ("", "")
    beside = plain(rest)
    if not year:
        return None
    if beside in layout.total_headings:
        return Token("total", cell, text, year=year, units=units)
    if beside in layout.beside_years or beside in layout.column_words:
        return Token(
            "year", cell, text, year=year, word=layout.column_words.get(beside), units=units
        )
    return None


def _states(first: Token, second: Token) -> bool:
    """Whether the second of two texts is what the first is stated to be.

    "Plan | Current", "Financial year | 2015/16".
    """
    is_year = "year" in first.text.casefold() and second.kind in ("year", "calendar")
    return first.kind == "heading" and (is_year or second.kind in ("word", "other"))


class HeadingRow:
    """One line of a sheet, as part of a heading."""

    def __init__(self, row: int, cells: list[Cell], layout: Layout) -> None:
        self.row = row
        self.numbers = any(
            cell.is_number and not periods.is_calendar_year(cell.text) for cell in cells
        )
        found = ((cell.column, token_of(cell, layout)) for cell in cells)
        self.tokens: dict[int, Token] = {column: token for column, token in found if token}

    @property
    def states_something(self) -> bool:
        """Whether the line states one thing for the table below it, or for each of several beside one another: "Plan | Current"."""
        placed = sorted(self.tokens.items())
        if len(placed) % 2 or not placed or self.numbers:
            return False
        pairs = list(zip(placed[::2], placed[1::2], strict=True))
        apart = all(later[0][0] - earlier[1][0] > 1 for earlier, later in pairwise(pairs))
        return apart and all(_states(first, second) for (_, first), (_, second) in pairs)

    def kinds(self, *kinds: Kind) -> set[int]:
        """The columns whose text is of one of these kinds."""
        return {column for column, token in self.tokens.items() if token.kind in kinds}


def heads_of(sheet: Sheet, lines: list[HeadingRow]) -> dict[int, Head]:
    """What heads each column, bands spread over the columns they stand above."""
    heads: dict[int, Head] = {}
    merged = {(top, left): right for top, left, _, right in sheet.merges}
    for position, line in enumerate(lines):
        below = {
            column: token
            for lower in lines[position + 1 :]
            for column, token in lower.tokens.items()
        }
        starts = sorted(line.tokens)
        spread = {column: merged.get((line.row, column)) for column in starts}
        for column, limit in zip(
            starts, [*starts[1:], max([*below, *starts], default=0) + 1], strict=True
        ):
            token = line.tokens[column]
            last = spread[column]
            columns = [column]
            if last is not None and last > column and below:
                columns += range(column + 1, last + 1)
            elif last is None and below and token.kind not in ("heading", "other"):
                columns += _under(column, limit, below)
            for reached in columns:
                if reached == column or reached in below:
                    heads.setdefault(reached, Head(reached)).tokens.append(token)
        if below and not any(spread.values()):
            _free_last_total(heads, line, starts, below)
    return heads


def _under(column: int, limit: int, below: dict[int, Token]) -> list[int]:
    """The columns to the right of a band that stand under it.

    Up to the next band, or to a heading of its own.
    """
    reached = []
    for other in range(column + 1, limit):
        token = below.get(other)
        if token and token.kind in ("heading", "other"):
            break
        if token:
            reached.append(other)
    return reached


def _free_last_total(
    heads: dict[int, Head], line: HeadingRow, starts: list[int], below: dict[int, Token]
) -> None:
    """A total behind the last band belongs to none of them, unless every band ends in a total of its own."""
    bands = [column for column in starts if line.tokens[column].kind in ("year", "word")]
    if len(bands) < 2:
        return
    groups = [
        [other for other in sorted(below) if start <= other < end]
        for start, end in zip(bands, [*bands[1:], 10**6], strict=True)
    ]
    totals = [[other for other in group if below[other].kind == "total"] for group in groups]
    if (
        totals[-1]
        and totals[-1][-1] == groups[-1][-1]
        and len(totals[-1]) > max(map(len, totals[:-1]))
    ):
        last = heads[totals[-1][-1]]
        last.tokens = [token for token in last.tokens if token is not line.tokens[bands[-1]]]
