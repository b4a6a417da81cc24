"""The row that heads a table of money: its years and totals, and the title beside or above them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal

from ffanalysis.intake import labels
from ffanalysis.intake.document import Cell
from ffanalysis.intake.forms import Form, GridTable
from ffanalysis.intake.lines import Line
from ffanalysis.intake.taken import Head
from ffanalysis.intake.words import key, squash
from ffanalysis.layout import plain, standard
from ffanalysis.periods import parse_year, year_in

_LONGEST_HEAD = 60
# A heading of less than a year, with its year or without.
_YEAR = r"(?:FY\s*)?(?:20)?\d\d\s*[-–—/]\s*(?:20)?\d\d"
_PART = (
    r"(?:Q(?:uarter|tr)?\s?[1-4]|[1-4](?:st|nd|rd|th)\s+(?:quarter|qtr)|H[12]|(?:first|second)\s+half"
    r"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*(?:\s*(?:20)?\d\d)?)"
)
_PART_OF_YEAR = re.compile(rf"(?:{_YEAR}\s*[,:]?\s*)?{_PART}(?:\s*[,:]?\s*{_YEAR})?", re.I)
_LONGEST_NOTE = 12  # words
_LEAST_TITLE = 8  # letters of a title that was cut off


def heads_of(line: Line) -> tuple[Head, ...]:
    """The headings of amounts in a row: years and totals, and what stands among or behind them."""
    cells = [(cell, head_kind(cell.text)) for cell in line.filled]
    years = [cell.column for cell, kind in cells if kind == "year"]
    if not years or any(kind is None and labels.is_amount(cell.text) for cell, kind in cells):
        return ()
    return tuple(
        Head(kind or "other", " ".join(cell.lines), cell.column, cell.column + cell.columns - 1)
        for cell, kind in cells
        if kind == "year" or cell.column > min(years) or (kind == "total" and cell.column)
    )


def head_kind(text: str) -> Literal["year", "total"] | None:
    """What a cell heads: the amounts of a year, or their totals."""
    bare = standard().without_units(" ".join(text.split()))
    if parse_year(bare) or (
        (found := year_in(bare)) and len(bare) < _LONGEST_HEAD and _goes_with(found[1])
    ):
        return "year"
    return "total" if plain(bare) in standard().total_headings else None


def why_unclear(line: Line) -> str:
    """Why the headings of a row are not those of one column for each year; nothing if they are.

    Columns that are parts of a year, or say more than one, are not added up or chosen among.
    """
    texts = [" ".join(cell.lines) for cell in line.filled]
    parts = [text for text in texts if _PART_OF_YEAR.fullmatch(text.strip())]
    if len(parts) > 1:
        return f"its columns are parts of a year ({', '.join(parts)})"
    by_year = _by_year(texts[line.filled[0].column == 0 :])
    said = dict.fromkeys(head for heads in by_year.values() if _is_unclear(heads) for head in heads)
    if not said or len(by_year) < 2:
        return ""
    return (
        f"more than one column is of the same year, or of a part of its savings ({', '.join(said)})"
    )


def _by_year(texts: Iterable[str]) -> dict[str, list[str]]:
    """The headings that name a year, by it."""
    found: dict[str, list[str]] = {}
    for text in texts:
        year = year_in(standard().without_units(text)) if len(text) < _LONGEST_HEAD else None
        if year is not None and not labels.is_amount(text):
            found.setdefault(year[0], []).append(text)
    return found


def _is_unclear(heads: Sequence[str]) -> bool:
    """Whether the headings of one year are the same, or say what no column of savings does."""
    same = len({*map(key, heads)}) < len(heads)
    return same or any(head_kind(head) is None for head in heads)


def _goes_with(rest: str) -> bool:
    """Whether what a heading says beside its year is what a column of amounts may say."""
    layout = standard()
    return not key(rest) or plain(rest) in layout.beside_years or bool(layout.measure_in(rest))


def table_titled(text: str, form: Form, *, has_heads: bool) -> tuple[GridTable, str] | None:
    """The table of the form whose title a text is, and the title it was cut from, if it was.

    Where headings of years stand beside it, the title may be within other words.
    """
    said = key(text)
    every = [(table, title) for table in form.grids for title in table.titles]
    for table, title in sorted(every, key=lambda each: -len(each[1])):
        begins = said == key(title) or said.startswith(f"{key(title)} ")
        if begins or (has_heads and f" {key(title)} " in f" {said[:160]} "):
            return table, ""
    letters = squash(text)
    cut = [
        (table, title)
        for table in form.grids
        for title in table.titles
        if len(letters) >= _LEAST_TITLE and squash(title).startswith(letters)
    ]
    return cut[0] if len(cut) == 1 else None


def joins_title(text: str) -> bool:
    """Whether a paragraph between a title and its table says what holds for all figures."""
    layout = standard()
    is_short = len(text.split()) <= _LONGEST_NOTE
    return is_short and (len(layout.units_named(text)) == 1 or layout.is_cumulative(text))


def with_units_beside(line: Line) -> Cell | None:
    """The title of a row that has nothing else but one unit over each column; None for another."""
    title, *others = line.filled
    units = {key(" ".join(cell.lines)) for cell in others}
    if len(units) != 1 or any(labels.kind_of(" ".join(c.lines)) != "unit" for c in others):
        return None
    return replace(title, content=(*title.content, *others[0].content))
