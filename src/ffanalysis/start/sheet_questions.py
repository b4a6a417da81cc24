"""What a sheet is in which no table was found: which table, and what its headings are."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from ffanalysis.layout import Layout, TableLayout, plain
from ffanalysis.periods import parse_year, year_in
from ffanalysis.read.nearest import mistyped
from ffanalysis.read.table_match import what_is_lacking
from ffanalysis.sheets.cells import Sheet
from ffanalysis.start.likely import (
    GIVEN_UP,
    column_named,
    is_service,
    names_money,
    names_savings,
    profile_in,
    project_in,
    standing,
)
from ffanalysis.start.question import (
    TABLE,
    Question,
    key_of,
    may_name,
    of_sheet,
    what_heading,
    what_numbers,
    what_profile,
    which_column,
    which_plan,
)
from ffanalysis.start.question import Layout as Added
from ffanalysis.start.sheet_heading import SheetHeading
from ffanalysis.start.trial import Trial

NO_TABLE = "no table"
PLAN, PROJECT = "plan", "project"
_KINDS = (
    *("projects", "savings", "budget", "mtfp", "milestones", "risks", "signoff", "deadlines"),
    *("commentary", "recipients"),
)


def unknown_sheet(sheet: Sheet, trial: Trial, answered: Mapping[str, str]) -> Iterator[Question]:
    """Ask which table a sheet has, then what of its heading the table needs, then the rest."""
    heading = SheetHeading.of(sheet)
    if not heading.cells:
        return
    layout = trial.layout_of(sheet)
    key = key_of(TABLE, sheet, trial)
    kind = layout.tables.get(plain(answered.get(key, "")))
    if key not in answered:
        is_one_of_several = len(trial.sheets) > 1
        is_given_up = is_one_of_several and standing(sheet.name) == GIVEN_UP
        question = Question(
            TABLE,
            f"{heading.place}: which table is this? It is headed {', '.join(heading.texts)}.",
            (*_KINDS, NO_TABLE),
            lambda said: _fewer(layout, said, heading.texts),
            NO_TABLE if is_given_up else _likely(heading, layout),
        )
        alike = (*heading.texts, question.likely)
        # What a summary repeats, or what was given up, counts only where a person says so of it.
        is_own = is_one_of_several and question.likely == NO_TABLE
        yield of_sheet(question, sheet, trial, alike, is_own=is_own)
    elif kind is not None:
        said = {name for name in kind.headings if _is_said(kind, name, sheet, trial, answered)}
        yield from _needed(kind, heading, trial, said)
        for question in _numbers(kind, heading, layout):
            yield of_sheet(question, sheet, trial)


def lacking(trial: Trial, answered: Mapping[str, str]) -> Iterator[str]:
    """What is lacking of each sheet that is said to be a table and in which none is found."""
    for sheet, tables, misses in trial.found:
        said = plain(answered.get(key_of(TABLE, sheet, trial), NO_TABLE))
        if not tables and not misses and said != NO_TABLE:
            row = SheetHeading.of(sheet).row
            what = what_is_lacking(sheet, (row, row), trial.layout_of(sheet))
            yield f"{sheet.workbook}, sheet {sheet.name}, row {row}: no {said} can be read. {what}"


def _is_said(
    kind: TableLayout, name: str, sheet: Sheet, trial: Trial, answered: Mapping[str, str]
) -> bool:
    """Whether it was answered which column of a table says something."""
    key = PLAN if name == PLAN else f"{kind.name}.{name}"
    return key_of(key, sheet, trial) in answered


def _likely(heading: SheetHeading, layout: Layout) -> str:
    """The table that knows the most of some headings; no table where none knows one.

    Measures or savings in money make it a table of savings, but for a summary by service.
    """
    texts = heading.texts
    if any(map(layout.measure_in, texts)) or any(map(names_money, heading.numbered)):
        is_summary = is_service(texts[0]) and not any(map(_is_of_lines, texts))
        return NO_TABLE if is_summary else "savings"
    has_years = any(year_in(text) or parse_year(text) for text in texts)
    known = {
        name: sum(plain(text) in layout.tables[name].columns for text in texts)
        for name in _KINDS
        if layout.tables[name].holds_money or not has_years
    }
    best = max(known, key=lambda name: known[name])
    return best if known[best] else "savings" if _is_titled_savings(heading) else NO_TABLE


def _is_titled_savings(heading: SheetHeading) -> bool:
    """Whether a sheet's name, title or headings say that it is of savings."""
    grid = heading.sheet.grid
    above = (cell.text for row in range(1, heading.row) for cell in grid.get(row, {}).values())
    return any(map(names_savings, (heading.sheet.name, *above, *heading.texts)))


def _is_of_lines(text: str) -> bool:
    """Whether a heading tells one saving from another."""
    return bool(project_in([text]) or column_named(text, ("ref", "rag", "owner")))


def _fewer(layout: Layout, name: str, headings: Sequence[str]) -> Added:
    """Let a table be told by fewer headings than usual, where a person has said what it is."""
    kind = layout.tables.get(name)
    if kind is None:
        return {}
    known = {kind.columns[plain(text)] for text in headings if plain(text) in kind.columns}
    count = len(known | {*kind.needs})
    return {"tables": {name: {"headings": count}}} if count < kind.least else {}


def _needed(
    kind: TableLayout, heading: SheetHeading, trial: Trial, said: Collection[str]
) -> Iterator[Question]:
    """What of a heading the table needs; once that is said, what else of it may be meant."""
    texts, layout = heading.texts, trial.layout_of(heading.sheet)
    has = {kind.columns[plain(text)] for text in texts if plain(text) in kind.columns}
    every = {**kind.headings, **kind.text_headings}
    lacks = {name: usual for name, usual in every.items() if name not in has}
    if still := [name for name in _needs(kind, {*has, *kind.given, *said}) if name in lacks]:
        yield from (needed(kind, name, heading, trial) for name in still)
        return
    known = [usual for usual, name in kind.columns.items() if name in lacks]
    for text in (each for each in texts if may_name(each, kind)):
        if text not in heading.numbered and plain(text) not in layout.not_read:
            likely = kind.columns.get(mistyped(text, known), "")
            about = what_heading(kind, text, lacks, heading.place, likely, is_needed=bool(likely))
            yield of_sheet(about, heading.sheet, trial)


def _needs(kind: TableLayout, stated: Collection[str]) -> list[str]:
    """The columns that a table needs and nothing states; one of several that would do."""
    needs = [name for name in kind.needs if name not in stated]
    is_owned = not kind.any_of or any(name in stated for name in kind.any_of)
    return needs if is_owned else [*needs, kind.any_of[0]]


def needed(kind: TableLayout, name: str, heading: SheetHeading, trial: Trial) -> Question:
    """What a table needs and does not say: its plan, or which column says it."""
    sheet = heading.sheet
    if name == PLAN:
        return _plan(kind, heading, trial)
    free = [text for text in heading.texts if text not in heading.numbered] or heading.texts
    return of_sheet(which_column(kind, name, free, heading.place), sheet, trial, heading.texts)


def _plan(kind: TableLayout, heading: SheetHeading, trial: Trial) -> Question:
    """Which plan savings are of; of one sheet alone where its name is unlike the others'."""
    sheet = heading.sheet
    layout = trial.layout_of(sheet)
    known = layout.values[PLAN].keys()
    columns = [
        cell.text
        for cell in heading.cells
        if may_name(cell.text, kind) and heading.words(cell.column) <= known
    ]
    stands = standing(sheet.name)
    likely = {"not decided": "proposed", "earlier": "prior"}.get(stands, "")
    others = {standing(each.name) for each in trial.sheets}
    sums = heading.comes_to(layout) if len(others) > 1 else ""
    place = f"{heading.place} (in all {sums})" if sums else heading.place
    question = which_plan(kind, layout.choices[PLAN], columns, place, likely)
    if stands == GIVEN_UP:
        out = " Where its savings were given up no plan fits: leave the sheet out of the copy."
        question = replace(question, sentence=question.sentence + out)
    is_own = bool(stands) and len(others) > 1
    return of_sheet(question, sheet, trial, (*heading.texts, stands), is_own=is_own)


def _numbers(kind: TableLayout, heading: SheetHeading, layout: Layout) -> Iterator[Question]:
    """What the numbers are below headings that are not known: "Net budget 2025/26"."""
    if not kind.holds_money:
        return
    profile = profile_in(heading.numbered)
    if unread := [text for text in profile if plain(text) not in layout.not_read]:
        others = [text for text in heading.of_money if text not in profile]
        yield what_profile(unread, others, heading.place)
        return
    for cell in heading.unknown_numbers(layout):
        is_percent = heading.is_percent(cell.column)
        yield what_numbers(cell.text, kind.name, heading.place, is_percent=is_percent)
