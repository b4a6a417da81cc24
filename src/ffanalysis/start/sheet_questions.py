"""What a sheet is in which no table was found: which table, and what its headings are."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from ffanalysis.layout import Layout, TableLayout, plain
from ffanalysis.periods import parse_year, year_in
from ffanalysis.read.nearest import nearest
from ffanalysis.sheets.cells import Cell, Sheet
from ffanalysis.start.question import Layout as Added
from ffanalysis.start.question import (
    Question,
    key_of,
    may_name,
    named,
    of_sheet,
    what_heading,
    what_numbers,
    which_column,
)
from ffanalysis.start.trial import Trial

NO_TABLE = "no table"
_ROWS = 25  # from the top, among which a heading is looked for
_LEAST = 2  # texts of a heading
_KINDS = (
    *("projects", "savings", "budget", "mtfp", "milestones", "risks", "signoff", "deadlines"),
    *("commentary", "recipients"),
)


def unknown_sheet(sheet: Sheet, trial: Trial, answered: Mapping[str, str]) -> Iterator[Question]:
    """Ask which table a sheet has, then what of its heading the table needs, then the rest."""
    row, cells = _heading_of(sheet)
    if not cells:
        return
    layout = trial.layout_of(sheet)
    place = f"{sheet.workbook}, sheet {sheet.name}, row {row}"
    key = f"table {named(sheet, trial)}"
    headings = [cell.text for cell in cells]
    kind = layout.tables.get(answered.get(key, "").strip())
    if key not in answered:
        question = Question(
            key,
            f"{place}: which table is this? It is headed {', '.join(headings)}.",
            (*_KINDS, NO_TABLE),
            lambda said: _fewer(layout, said, headings),
            _likely(headings, layout),
        )
        yield replace(of_sheet(question, sheet, trial), key=key)
    elif kind is not None:
        said = {name for name in kind.needs if _key(kind, name, sheet, trial) in answered}
        every = (*_needed(kind, headings, place, said), *_numbers(kind, headings, place, layout))
        yield from (of_sheet(question, sheet, trial) for question in every)


def _key(kind: TableLayout, name: str, sheet: Sheet, trial: Trial) -> str:
    return key_of(f"{kind.name}.{name}", sheet, trial)


def _numbers(
    kind: TableLayout, headings: Sequence[str], place: str, layout: Layout
) -> Iterator[Question]:
    """What the numbers are below headings that say more than their year: "Net budget 2025/26"."""
    for text in headings if kind.holds_money else ():
        year = year_in(text)
        if year is not None and plain(year[1]) not in {"", *layout.beside_years}:
            yield what_numbers(text, kind.name, place)


def _heading_of(sheet: Sheet) -> tuple[int, Sequence[Cell]]:
    """The first of the rows with the most texts, and no number but years."""
    best: tuple[int, list[Cell]] = (0, [])
    for row, cells in sheet.rows():
        texts = [cell for cell in cells if isinstance(cell.value, str) and cell.text]
        if row > _ROWS:
            break
        if len(texts) >= max(_LEAST, len(best[1]) + 1):
            best = row, texts
    return best


def _likely(headings: Sequence[str], layout: Layout) -> str:
    """The table that knows the most of some headings; no table where none knows one."""
    has_years = any(year_in(text) or parse_year(text) for text in headings)
    kinds = [name for name in _KINDS if layout.tables[name].holds_money or not has_years]
    known = {
        name: sum(plain(text) in layout.tables[name].columns for text in headings) for name in kinds
    }
    best = max(kinds, key=lambda name: known[name])
    return best if known[best] else NO_TABLE


def _fewer(layout: Layout, name: str, headings: Sequence[str]) -> Added:
    """Let a table be told by fewer headings than usual, where a person has said what it is."""
    kind = layout.tables.get(name)
    if kind is None:
        return {}
    known = {kind.columns[plain(text)] for text in headings if plain(text) in kind.columns}
    count = len(known | {*kind.needs})
    return {"tables": {name: {"headings": count}}} if count < kind.least else {}


def _needed(
    kind: TableLayout, headings: Sequence[str], place: str, said: Collection[str]
) -> Iterator[Question]:
    """What of a heading the table needs; once that is said, what else of it may be meant."""
    has = {kind.columns[plain(text)] for text in headings if plain(text) in kind.columns}
    every = {**kind.headings, **kind.text_headings}
    lacking = {name: heading for name, heading in every.items() if name not in has}
    if still := [name for name in kind.needs if name in lacking and name not in said]:
        yield from (which_column(kind, name, headings, place) for name in still)
        return
    known = [heading for heading, name in kind.columns.items() if name in lacking]
    for text in (text for text in headings if may_name(text, kind)):
        likely = kind.columns.get(nearest(text, known), "")
        yield what_heading(kind, text, lacking, place, likely, is_needed=bool(likely))
