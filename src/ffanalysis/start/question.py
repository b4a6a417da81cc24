"""A question about a council's workbook, and what its answer adds to the layout."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from glob import escape
from typing import Any

from ffanalysis.layout import OF_THE_TOTAL, TableLayout, plain
from ffanalysis.periods import parse_year, year_in
from ffanalysis.read.nearest import nearest
from ffanalysis.sheets.cells import Sheet
from ffanalysis.start.trial import Trial
from ffanalysis.vocabulary import ALSO, COMPARED, MEASURES

NOT_READ = "not read"
NO_TABLE = "no table"
ALL = "all:"  # before what holds for every row
MOST_CHOICES = 12

Layout = dict[str, Any]


ALSO_STATED = "kept as words"
OF_ITS_YEAR = "amounts of its year"
OF_ITS_TOTAL = "percentage of the total"
_AND_OTHERS = " (and below other years headed so)"
_PER_CENT = re.compile(r"%|\bper ?cent", re.I)


@dataclass(frozen=True)
class Question:
    """What is asked: a key for its answer, a sentence, what may be answered, what is likely.

    `makes` gives what an answer adds to the layout; it raises ValueError for one that cannot be.
    """

    key: str
    sentence: str
    choices: tuple[str, ...]
    makes: Callable[[str], Layout] = field(repr=False, compare=False)
    likely: str = ""
    is_open: bool = False  # whether words of one's own may be answered
    is_needed: bool = True  # whether it is asked; another is answered by who knows better
    where: str = ""  # the sheet that its answer is for, as layouts name it; "" for all sheets

    def takes(self, text: str) -> bool:
        """Whether a text is an answer."""
        try:
            self.answer(text)
        except ValueError:
            return False
        return True

    def answer(self, text: str) -> Layout:
        """What an answer adds to the layout. Raises ValueError for one that is none."""
        said = " ".join(text.split())
        known = {plain(choice): choice for choice in self.choices}
        if plain(said) in known:
            return self.makes(known[plain(said)])
        if self.is_open and said.removeprefix(ALL).strip():
            return self.makes(said)
        raise ValueError(said)


def merged(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Two layouts as one: tables together, lists one behind the other, each word once."""
    both: dict[str, Any] = dict(first)
    for key, value in second.items():
        before = both.get(key)
        if isinstance(before, Mapping) and isinstance(value, Mapping):
            both[key] = merged(before, value)
        elif isinstance(before, list) and isinstance(value, list):
            both[key] = list(dict.fromkeys([*before, *value]))
        else:
            both[key] = value
    return both


def together(first: Question, second: Question) -> Question:
    """Two questions with one answer, which adds to the layout what it would add for each."""
    return replace(first, makes=lambda said: merged(first.makes(said), second.makes(said)))


def written(heading: str) -> str:
    """A heading as a person writes it: RAG in capitals."""
    return "RAG" if heading == "Rag" else heading


def of_sheet(question: Question, sheet: Sheet, trial: Trial) -> Question:
    """A question whose answer is for one sheet; with a key of its own where there are several."""
    where = f"{escape(sheet.workbook)}!{escape(sheet.name)}" if len(trial.sheets) > 1 else ""
    return replace(question, key=key_of(question.key, sheet, trial), where=where)


def key_of(key: str, sheet: Sheet, trial: Trial) -> str:
    """The key of a question about a sheet: with the sheet in front, where there are several."""
    return key if len(trial.sheets) == 1 else f"{named(sheet, trial)}: {key}"


def named(sheet: Sheet, trial: Trial) -> str:
    """A sheet as answers name it: by its workbook too, where two workbooks have one of its name."""
    alike = sum(each.name == sheet.name for each in trial.sheets)
    return sheet.name if alike == 1 else f"{sheet.workbook}!{sheet.name}"


def which_column(kind: TableLayout, name: str, headings: Iterable[str], place: str) -> Question:
    """Which column says something that a table needs; or what it is for all rows."""
    usual = kind.headings[name]
    free = tuple(dict.fromkeys(text for text in headings if may_name(text, kind)))[:MOST_CHOICES]

    def makes(said: str) -> Layout:
        if said.startswith(ALL):
            return {"tables": {kind.name: {"given": {name: said.removeprefix(ALL).strip()}}}}
        if said not in free:
            raise ValueError(said)
        return {"tables": {kind.name: {"columns": {name: [plain(said)]}}}}

    return Question(
        f"{kind.name}.{name}",
        f"{place}: which column of the table of {kind.name} is the {usual}? Or write"
        f" '{ALL} …' with what it is for every row.",
        free,
        makes,
        next((text for text in free if nearest(usual, [plain(text)])), ""),
        is_open=True,
    )


def what_heading(
    kind: TableLayout,
    text: str,
    lacking: Mapping[str, str],
    place: str,
    likely: str,
    *,
    is_needed: bool,
) -> Question:
    """Which of the columns that a table lacks a heading is; `lacking` has their headings."""
    by_heading = {written(heading): name for name, heading in lacking.items() if name != ALSO}

    def makes(said: str) -> Layout:
        if said == NOT_READ:
            return {"headings": {"not_read": [plain(text)]}}
        name = ALSO if said == ALSO_STATED else by_heading[said]
        return {"tables": {kind.name: {"columns": {name: [plain(text)]}}}}

    kept = (ALSO_STATED,) if ALSO in kind.text_headings else ()
    return Question(
        f"heading {text}",
        f"{place}: what is the column '{text}' of the table of {kind.name}?",
        (*by_heading, *kept, NOT_READ),
        makes,
        written(lacking[likely]) if likely else NOT_READ,
        is_needed=is_needed,
    )


def what_numbers(text: str, table: str, place: str) -> Question:
    """What the numbers below a heading are that no table knows."""
    year = year_in(text)
    alike = year[1].strip() if year else ""
    beside = plain(alike)
    offers: dict[str, Layout] = {
        "total": {"headings": {"total": [plain(text)]}},
        NOT_READ: {"headings": {"not_read": [plain(text)]}},
    }
    if table == "savings":
        measured = beside or plain(text)
        offers |= {name: {"values": {"measure": {name: [measured]}}} for name in MEASURES}
        offers |= {name: {"words": {"compared": {name: [measured]}}} for name in COMPARED}
        offers[ALSO_STATED] = {"tables": {table: {"columns": {ALSO: [plain(text)]}}}}
        offers["full-year effect"] = {"headings": {"full_year": [plain(text)]}}
    if beside and table == "savings" and _PER_CENT.search(text):
        shares = {"tables": {table: {"percentages": OF_THE_TOTAL}}}
        offers[OF_ITS_TOTAL] = {**shares, "headings": {"beside_years": [beside]}}
    elif beside:
        offers[OF_ITS_YEAR] = {"headings": {"beside_years": [beside]}}
    likely = "total" if "total" in plain(text).split() else ""
    likely = next((name for name in (OF_ITS_TOTAL, OF_ITS_YEAR) if name in offers), likely)
    return Question(
        f"heading {alike or text}",
        f"{place}: what are the numbers below '{text}'{_AND_OTHERS if alike else ''}?",
        tuple(offers),
        lambda said: offers[said],
        likely,
    )


def may_name(text: str, kind: TableLayout) -> bool:
    """Whether a heading may be that of a column of words: no year, and no other column."""
    is_known = plain(text) in kind.columns or plain(text) in kind.texts
    return bool(text) and not is_known and year_in(text) is None and parse_year(text) is None
