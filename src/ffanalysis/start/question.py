"""A question about a council's workbook, and what its answer adds to the layout."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from glob import escape
from typing import Any

from ffanalysis import money
from ffanalysis.layout import OF_THE_TOTAL, TableLayout, plain
from ffanalysis.periods import Period, parse_year, year_in, year_label
from ffanalysis.read.nearest import nearest
from ffanalysis.sheets.cells import Sheet
from ffanalysis.start.layout_file import merged
from ffanalysis.start.likely import is_service, numbers_named, project_in
from ffanalysis.start.trial import Trial
from ffanalysis.vocabulary import ALSO, COMPARED, MEASURES

NOT_READ = "not read"
NO_TABLE = "no table"
TABLE = "table"  # the key of the question which table a sheet has
SERVICE = "Service"  # what a column is that fills in the register of projects
ALL = "all:"  # before what holds for every row
MOST_CHOICES = 12

Layout = dict[str, Any]


ALSO_STATED = "kept as words"
OF_ITS_YEAR = "amounts of its year"
OF_ITS_TOTAL = "percentage of the total"
NOT_STATED = "not stated"
ADDS = "each year adds to the one before"
HAS_BEFORE = "each year has those before in it"
PLANS_MEAN: Mapping[str, str] = {
    "prior": "delivered in earlier years",
    "current": "in the approved plan or budget",
    "proposed": "not decided yet",
}
_SHORT_FORMS = re.compile(r"\b(?:rag|mtfp|fte)\b", re.I)
_TARGETS = ("original target", "revised target")
_AND_OTHERS = " (and below other years headed so)"
_BY_LETTER = re.compile(r"column [a-z]{1,3}")  # a column without a heading
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
    sheet: str = ""  # the same as answers name it
    about: str = ""  # the heading that it is about
    bare: str = ""  # its key without the sheet
    alike: tuple[str, ...] = ()  # it is asked once of all sheets where these are the same
    is_own: bool = False  # whether no answer without the sheet's name is meant for it

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of its answers."""
        return (self.key,) if self.is_own else (self.key, self.bare)

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


def together(first: Question, second: Question) -> Question:
    """Two questions with one answer, which adds to the layout what it would add for each."""
    return replace(first, makes=lambda said: merged(first.makes(said), second.makes(said)))


def written(heading: str) -> str:
    """A heading as a person writes it: RAG in capitals."""
    return _SHORT_FORMS.sub(lambda short: short[0].upper(), heading)


def of_sheet(
    question: Question,
    sheet: Sheet,
    trial: Trial,
    alike: Iterable[str] = (),
    *,
    is_own: bool = False,
) -> Question:
    """A question whose answer is for one sheet; with a key of its own where there are several."""
    where = f"{escape(sheet.workbook)}!{escape(sheet.name)}" if len(trial.sheets) > 1 else ""
    return replace(
        question,
        key=key_of(question.key, sheet, trial),
        where=where,
        sheet=named(sheet, trial),
        bare=question.key,
        alike=tuple(alike),
        is_own=is_own,
    )


def key_of(key: str, sheet: Sheet, trial: Trial) -> str:
    """The key of a question about a sheet: with the sheet in front, where there are several.

    That which asks for its table names the sheet always.
    """
    name = named(sheet, trial)
    if key == TABLE:
        return f"{key} {name}"
    return key if len(trial.sheets) == 1 else f"{name}: {key}"


def named(sheet: Sheet, trial: Trial) -> str:
    """A sheet as answers name it: by its workbook too, where two workbooks have one of its name."""
    alike = sum(each.name == sheet.name for each in trial.sheets)
    return sheet.name if alike == 1 else f"{sheet.workbook}!{sheet.name}"


def which_column(kind: TableLayout, name: str, headings: Iterable[str], place: str) -> Question:
    """Which column says something that a table needs; or what it is for all rows."""
    usual = kind.headings[name]
    free = tuple(dict.fromkeys(text for text in headings if may_name(text, kind)))[:MOST_CHOICES]
    likely = next((text for text in free if nearest(usual, [plain(text)])), "")

    def makes(said: str) -> Layout:
        if said.startswith(ALL):
            return {"tables": {kind.name: {"given": {name: said.removeprefix(ALL).strip()}}}}
        if said not in free and not _BY_LETTER.fullmatch(plain(said)):
            raise ValueError(said)
        return {"tables": {kind.name: {"columns": {name: [plain(said)]}}}}

    return Question(
        f"{kind.name}.{name}",
        f"{place}: which column of the table of {kind.name} is the {usual}? Or write"
        f" 'column A' for one that nothing heads, or '{ALL} …' with what it is for every row.",
        free,
        makes,
        (project_in(free) if name == "project" else "") or likely,
        is_open=True,
    )


def which_plan(
    kind: TableLayout, plans: Sequence[str], columns: Sequence[str], place: str, likely: str
) -> Question:
    """Where savings stand in the council's planning: all of them, or each by a column."""
    *before, last = (f"{plan} ({PLANS_MEAN[plan]})" for plan in plans)
    explained = f"{', '.join(before)} or {last}"
    by_column = f" Or each by its own, in the column {' or '.join(columns)}?" if columns else ""

    def makes(said: str) -> Layout:
        plan = plain(said.removeprefix(ALL))
        if plan in plans:
            return {"tables": {kind.name: {"given": {"plan": plan}}}}
        if said not in columns:
            raise ValueError(said)
        return {"tables": {kind.name: {"columns": {"plan": [plain(said)]}}}}

    return Question(
        "plan",
        f"{place}: the table of {kind.name} does not say its plan. Which is it: {explained}?"
        f"{by_column}",
        (*plans, *columns),
        makes,
        likely,
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
    for_register = (SERVICE,) if kind.name == "savings" else ()

    def makes(said: str) -> Layout:
        if said in (NOT_READ, *for_register):
            return {"headings": {"not_read": [plain(text)]}}
        name = ALSO if said == ALSO_STATED else by_heading[said]
        return {"tables": {kind.name: {"columns": {name: [plain(text)]}}}}

    is_for_service = bool(for_register) and is_service(text)
    kept = (ALSO_STATED,) if ALSO in kind.text_headings else ()
    return Question(
        f"heading {text}",
        f"{place}: what is the column '{text}' of the table of {kind.name}?",
        (*by_heading, *for_register, *kept, NOT_READ),
        makes,
        written(lacking[likely]) if likely else SERVICE if is_for_service else NOT_READ,
        is_needed=is_needed,
        about=text,
    )


def what_numbers(text: str, table: str, place: str, *, is_percent: bool = False) -> Question:
    """What the numbers below a heading are that no table knows."""
    year = year_in(text)
    alike = year[1].strip() if year else ""
    offers = _numbers_offered(text, table, plain(money.without_units(alike)))
    named = numbers_named(f"{text} %" if is_percent else text)
    likely = next((name for name in (OF_ITS_TOTAL, OF_ITS_YEAR) if name in offers), "")
    if named in offers and (likely != OF_ITS_TOTAL) and (named != "variance" or not alike):
        likely = named
    in_money = " Amounts are read in money alone, so that a percentage adds nothing."
    return Question(
        f"heading {alike or text}",
        f"{place}: what are the numbers below '{text}'{_AND_OTHERS if alike else ''}?"
        f"{in_money if is_percent and likely != OF_ITS_TOTAL else ''}",
        tuple(offers),
        lambda said: offers[said],
        likely,
    )


def numbers_or_column(numbers: Question, column: Question) -> Question:
    """What numbers below a heading are: amounts of some kind, or those of a column: references."""
    more = tuple(choice for choice in column.choices if choice not in numbers.choices)

    def makes(said: str) -> Layout:
        return (column if said in more else numbers).makes(said)

    *amounts, not_read = numbers.choices
    return replace(numbers, choices=(*amounts, *more, not_read), makes=makes, about=column.about)


def _numbers_offered(text: str, table: str, beside: str) -> dict[str, Layout]:
    """What numbers below a heading may be, and what each adds to the layout.

    `beside` is what it says beside its year; "" where it names none.
    """
    offers: dict[str, Layout] = {}
    if table == "savings":
        measured = beside or plain(money.without_units(text))
        offers |= {name: {"values": {"measure": {name: [measured]}}} for name in MEASURES}
    if beside and table == "savings" and _PER_CENT.search(text):
        shares = {"tables": {table: {"percentages": OF_THE_TOTAL}}}
        offers[OF_ITS_TOTAL] = {**shares, "headings": {"beside_years": [beside]}}
    elif beside:
        offers[OF_ITS_YEAR] = {"headings": {"beside_years": [beside]}}
    offers["total"] = {"headings": {"total": [plain(text)]}}
    if table == "savings":
        offers |= {name: {"words": {"compared": {name: [measured]}}} for name in COMPARED}
        offers["full-year effect"] = {"headings": {"full_year": [plain(text)]}}
        offers[ALSO_STATED] = {"tables": {table: {"columns": {ALSO: [plain(text)]}}}}
    offers[NOT_READ] = {"headings": {"not_read": [plain(text)]}}
    return offers


def what_profile(profile: Sequence[str], others: Sequence[str], place: str) -> Question:
    """Which column has the amount of the year that others spread over its quarters or months."""
    spread = ", ".join(profile)

    def makes(said: str) -> Layout:
        layout: Layout = {"headings": {"not_read": [plain(text) for text in profile]}}
        year = year_in(said)
        rest = plain(money.without_units(year[1] if year else said))
        is_known = not rest or numbers_named(said) not in MEASURES
        measure = {"values": {"measure": {numbers_named(said): [rest]}}}
        return layout if is_known or said == NOT_READ else merged(layout, measure)

    return Question(
        "profile",
        f"{place}: {spread} spread a year's amount over parts of it, which cannot be read as"
        " amounts by year. Which column has the amount of the full year? The parts are not read.",
        (*others, NOT_READ),
        makes,
        next((text for text in others if numbers_named(text) in _TARGETS), NOT_READ),
    )


def of_which_year(headings: Sequence[str], period: Period, place: str, titled: str) -> Question:
    """Which year amounts are of whose headings name none."""
    own = year_label(period.start)
    offers = tuple(dict.fromkeys((own, *filter(None, [titled]), year_label(period.start + 1))))

    def makes(said: str) -> Layout:
        if said == NOT_STATED:
            return {}
        year = parse_year(said)
        if year is None:
            raise ValueError(said)
        return {"words": {"years": {year: [plain(text) for text in headings]}}}

    return Question(
        "year",
        f"{place}: which year are the amounts of below {', '.join(headings)}? No heading says it.",
        (*offers, NOT_STATED),
        makes,
        titled or own,
        is_open=True,
    )


def may_build_up(place: str, table: str, example: str) -> Question:
    """Whether the amounts of later years come on top of those of earlier ones."""
    offers = {ADDS: "incremental", HAS_BEFORE: "cumulative"}
    return Question(
        "accumulation",
        f"{place}: no line states less in a later year than in an earlier one, such as {example}."
        " Does each year add to the one before, or has it those before in it? (A table of the"
        " second kind is refused until each year's own saving is written.)",
        tuple(offers),
        lambda said: {"tables": {table: {"given": {"accumulation": offers[said]}}}},
    )


def may_name(text: str, kind: TableLayout) -> bool:
    """Whether a heading may be that of a column of words: no year, and no other column."""
    is_known = plain(text) in kind.columns or plain(text) in kind.texts
    return bool(text) and not is_known and year_in(text) is None and parse_year(text) is None
