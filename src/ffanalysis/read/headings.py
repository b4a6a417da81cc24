"""What heads each column of a table, over one to three rows.

A year, a unit, a word of the vocabulary, or a heading. A band spreads over the columns to its right
that have no text of their own in its row, as printed tables have it; a merged cell spreads over
exactly what it covers.
"""

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise, takewhile
from typing import Literal

from ffanalysis import money, periods
from ffanalysis.layout import Layout, plain, without_footnote
from ffanalysis.sheets.cells import Cell, Sheet

_BEYOND = 10**6  # further right than any column

Kind = Literal[
    "year",
    "calendar",
    "total",
    "full year",
    "amount",
    "word",
    "either",
    "compared",
    "heading",
    "unit",
    "other",
]
_SAID = frozenset({"word", "either", "compared"})
_SHARE = frozenset({"%", "per cent", "percent", "percentage", "(%)"})


# What a schedule may state of a line too; a register for one year by itself: "FTE 2015/16".
LINE_TEXTS = ("owner", "posts", "one_off_cost", "cost_funding", "cover")


def text_of_year(heading: str, columns: Mapping[str, str]) -> tuple[str, str] | None:
    """The column whose words for one year a heading names, and the year."""
    found = periods.year_in(heading)
    name = columns.get(plain(found[1].replace("( )", ""))) if found else None
    return (name, found[0]) if found and name in LINE_TEXTS else None


@dataclass(frozen=True)
class Token:
    """What one text of a heading says."""

    kind: Kind
    cell: Cell
    text: str
    year: str | None = None
    word: tuple[str, str] | None = None  # canonical column and value
    units: tuple[int, ...] = ()
    readings: tuple[tuple[str, str], ...] = ()  # the words that it may be, where it may be several
    compared: str = ""  # what it states beside the amounts, such as a variance


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
    def is_full_year(self) -> bool:
        """Whether it heads what lines save once they run for a whole year."""
        return any(token.kind == "full year" for token in self.tokens)

    @property
    def holds_amounts(self) -> bool:
        return bool(
            self.years
            or self.words
            or self.is_total
            or self.is_full_year
            or any(token.kind in ("amount", "calendar") for token in self.tokens)
        )

    @property
    def either(self) -> Token | None:
        """The word that may mean one thing or another: "Delivered", a measure or a status."""
        return next((token for token in self.tokens if token.readings and not token.word), None)

    @property
    def compared(self) -> str:
        """What it states of a row that is compared with its amounts: "variance"; else ""."""
        return next((token.compared for token in self.tokens if token.compared), "")

    @property
    def is_unknown_under_year(self) -> bool:
        """Whether a year over several columns heads it, and a text below that is not known."""
        last = self.tokens[-1]
        return last.kind == "other" and any(token.year for token in self.tokens[:-1])

    @property
    def calendar(self) -> Token | None:
        """What heads the column with a calendar year, which does not say which financial year."""
        if self.years:
            return None
        return next((token for token in self.tokens if token.kind == "calendar"), None)

    def settled(self, columns: Collection[str]) -> "Head":
        """The same where a word that may be several is of one of these columns; else itself."""
        tokens = [_settled(token, columns) for token in self.tokens]
        return replace(self, tokens=tokens) if tokens != self.tokens else self

    def of_year(self, year: str) -> "Head":
        """The same with this year, where it names a measure and no year of its own."""
        first = next((token for token in self.tokens if token.word), None)
        if first is None or self.year or self.calendar or self.is_total or self.is_full_year:
            return self
        if first.word is None or first.word[0] != "measure":
            return self
        tokens = [replace(token, year=year) if token is first else token for token in self.tokens]
        return replace(self, tokens=tokens)

    @property
    def units(self) -> tuple[int, ...]:
        return tuple(sorted({unit for token in self.tokens for unit in token.units}))

    @property
    def key(self) -> tuple[object, ...]:
        """Year, words and what it totals: no two columns of amounts may have the same."""
        words = {token.word for token in self.tokens if token.word}
        year = self.year or (self.calendar and self.calendar.text)
        return year, tuple(sorted(words)), self.is_total, self.is_full_year

    @property
    def name(self) -> str:
        return ", ".join(dict.fromkeys(token.cell.text for token in self.tokens))


def is_not_read(head: Head, layout: Layout) -> bool:
    """Whether the layout says of a heading that its column is not read: "FTE" under a year too."""
    texts = (text for token in head.tokens for text in (token.text, token.cell.text))
    return not head.compared and any(plain(text) in layout.not_read for text in texts)


def _settled(token: Token, columns: Collection[str]) -> Token:
    word = next((reading for reading in token.readings if reading[0] in columns), None)
    return replace(token, word=word) if word and not token.word else token


def token_of(cell: Cell, layout: Layout) -> Token | None:
    """What a text says as part of a heading.

    None for a blank, and for a number other than a calendar year.
    """
    if periods.is_calendar_year(cell.text):
        return Token("calendar", cell, cell.text)
    if not isinstance(cell.value, str) or not cell.text:
        return None
    if plain(cell.text) in _SHARE:
        return Token("unit", cell, "")
    units = layout.units_named(cell.text)
    # That the unit is one of another currency is said where the amounts are read.
    bare = money.in_sterling(cell.text)
    is_unit = units or bare != cell.text
    text = without_footnote(layout.without_units(bare) if is_unit else cell.text)
    token = _token(cell, text, units, layout)
    if token.year is None and (year := layout.years_of.get(plain(cell.text))):
        return replace(token, year=year)
    return token


def _token(cell: Cell, text: str, units: tuple[int, ...], layout: Layout) -> Token:
    """What a text without its unit says."""
    word = plain(text)
    if units and not word.strip("()[]-–, "):
        return Token("unit", cell, "", units=units)
    if year := periods.parse_year(text):
        return Token("year", cell, text, year=year, units=units)
    if kind := _kind_of(word, layout):
        return Token(kind, cell, text, units=units)
    year, rest = periods.year_in(text) or (None, text)
    said = _word_of(word, layout) or _word_of(plain(rest), layout)
    if said:
        kind = "year" if year else said.kind
        return replace(said, kind=kind, cell=cell, text=text, year=year, units=units)
    return (
        _year_among_words(cell, text, units, layout)
        or _total_among_words(cell, text, units, layout)
        or Token("other", cell, text, units=units)
    )


_NOWHERE = Cell(0, 0, None)


def _word_of(word: str, layout: Layout) -> Token | None:
    """What a word, or a measure among other words, says of the amounts below it."""
    if meaning := layout.column_words.get(word):
        return Token("word", _NOWHERE, word, word=meaning)
    if what := layout.compared_in(word):
        return Token("compared", _NOWHERE, word, compared=what)
    if readings := layout.either_words.get(word):
        return Token("either", _NOWHERE, word, readings=readings)
    if measure := layout.measure_in(word):
        return Token("word", _NOWHERE, word, word=("measure", measure))
    return None


def _kind_of(word: str, layout: Layout) -> Kind | None:
    """What kind of heading a word of the layout is; None where the layout does not have it."""
    kinds: tuple[tuple[Kind, Collection[str]], ...] = (
        ("total", layout.total_headings),
        ("full year", layout.full_year_headings),
        ("heading", layout.headings),
        ("amount", layout.amount_headings),
    )
    return next((kind for kind, words in kinds if word in words), None)


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
    return (
        Token("year", cell, text, year=year, units=units) if beside in layout.beside_years else None
    )


def _total_among_words(
    cell: Cell, text: str, units: tuple[int, ...], layout: Layout
) -> Token | None:
    """What a heading says that is a total and what it is of: "Total target", "Forecast total"."""
    meaning = layout.column_words.get(layout.without_total(text))
    return Token("total", cell, text, word=meaning, units=units) if meaning else None


def _states(first: Token, second: Token) -> bool:
    """Whether the second of two texts is what the first is stated to be.

    "Plan | Current", "Financial year | 2015/16".
    """
    is_year = "year" in first.text.casefold() and second.kind in ("year", "calendar")
    return first.kind == "heading" and (is_year or second.kind in ("word", "either", "other"))


class HeadingRow:
    """One row of a sheet, as part of a heading."""

    def __init__(self, row: int, cells: Sequence[Cell], layout: Layout) -> None:
        self.row, self.filled = row, len(cells)
        self.numbers = any(
            cell.is_number and not periods.is_calendar_year(cell.text) for cell in cells
        )
        found = ((cell.column, token_of(cell, layout)) for cell in cells)
        self.tokens: dict[int, Token] = {column: token for column, token in found if token}

    @property
    def states_something(self) -> bool:
        """Whether the row states one thing for the table below it: "Plan | Current".

        Or one for each of several tables beside one another.
        """
        placed = sorted(self.tokens.items())
        if len(placed) % 2 or not placed or self.numbers:
            return False
        pairs = list(zip(placed[::2], placed[1::2], strict=True))
        apart = all(later[0][0] - earlier[1][0] > 1 for earlier, later in pairwise(pairs))
        return apart and all(_states(first, second) for (_, first), (_, second) in pairs)

    def kinds(self, *kinds: Kind) -> set[int]:
        """The columns whose text is of one of these kinds."""
        return {column for column, token in self.tokens.items() if token.kind in kinds}


def heads_of(sheet: Sheet, rows: Sequence[HeadingRow]) -> dict[int, Head]:
    """What heads each column, bands spread over the columns that they are above."""
    heads: dict[int, Head] = {}
    merged = {(top, left): right for top, left, _, right in sheet.merges}
    for position, row in enumerate(rows):
        below = {
            column: token
            for lower in rows[position + 1 :]
            for column, token in lower.tokens.items()
        }
        columns = sorted(below)
        starts = sorted(row.tokens)
        ends = {column: merged.get((row.row, column)) for column in starts}
        limits = [*starts[1:], max([*below, *starts], default=0) + 1][: len(starts)]
        for column, limit in zip(starts, limits, strict=True):
            token, end = row.tokens[column], ends[column]
            last = limit - 1 if end is None else end
            under = columns[bisect_right(columns, column) : bisect_right(columns, last)]
            if end is None:
                under = _under(token, under, below)
            # What a line saves in a whole year is of no year, and no total adds it.
            apart = (at for at in under if below[at].kind != "full year")
            for reached in (column, *apart):
                heads.setdefault(reached, Head(reached)).tokens.append(token)
        if below and not any(ends.values()):
            _free_last_total(heads, row, below)
    return heads


def _under(token: Token, columns: Sequence[int], below: Mapping[int, Token]) -> list[int]:
    """Of the columns to the right of a text those that are under it.

    Where it is a band, those up to a heading of its own. A year is over a word that is not known
    too, where a measure that is known follows it.
    """
    own = ("heading", "other")
    if token.kind in own:
        return []
    certain = list(takewhile(lambda column: below[column].kind not in own, columns))
    if token.kind != "year":
        return certain
    reach = list(takewhile(lambda column: below[column].kind != "heading", columns))
    measures = [at for at, column in enumerate(reach) if below[column].kind in _SAID]
    return reach[: max(len(certain), max(measures, default=-1) + 1)]


def _free_last_total(
    heads: Mapping[int, Head], row: HeadingRow, below: Mapping[int, Token]
) -> None:
    """Take a total behind the last band out of it.

    It belongs to no band, unless every band ends in a total of its own.
    """
    bands = sorted(row.kinds("year", "word"))
    if len(bands) < 2:
        return
    columns = sorted(below)
    groups = [
        [other for other in columns if start <= other < end]
        for start, end in zip(bands, [*bands[1:], _BEYOND], strict=True)
    ]
    *inner, last = ([other for other in group if below[other].kind == "total"] for group in groups)
    if last and last[-1] == columns[-1] and len(last) > max(map(len, inner)):
        # The band does not reach it where a heading that is not known stands between.
        head = heads.get(last[-1], Head(last[-1]))
        head.tokens = [token for token in head.tokens if token is not row.tokens[bands[-1]]]
