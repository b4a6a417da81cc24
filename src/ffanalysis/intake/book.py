"""What was taken from papers, as the sheets of a workbook that the reader of a quarter knows.

A sheet has a title, lines that hold for its whole table, headings and rows. Each entry knows the
words of the paper that it comes from.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from openpyxl.utils import get_column_letter

from ffanalysis.intake.derive import Derived
from ffanalysis.intake.taken import Taken, Value
from ffanalysis.intake.words import key

_PLAIN = re.compile(r"[-−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<decimals>\d+))?")
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
LONGEST_NAME = 31
TO_CHECK, FROM_PAPER = "To check", "From the paper"
DELETED = "deleted "  # in place of a cell's address, before the number of its row


@dataclass(frozen=True, slots=True)
class Entry:
    """What a cell holds: text, or a number with its format; and where it comes from."""

    text: str
    number: Decimal | None = None
    format: str = ""
    words: str = ""
    place: str = ""
    how: str = ""
    paper: str = ""
    taken: str | None = None  # what the paper says, where an edit of the workbook was kept

    @property
    def is_from_paper(self) -> bool:
        return bool(self.place)

    @property
    def as_taken(self) -> str:
        return self.text if self.taken is None else self.taken


@dataclass
class Sheet:
    """A sheet: rows hold an entry for each heading, or None for a blank cell."""

    name: str
    title: Entry
    headings: list[str]
    statements: list[tuple[str, Entry]] = field(default_factory=list)
    rows: list[list[Entry | None]] = field(default_factory=list)
    unit: Entry | None = None
    raw: list[list[Entry | None]] = field(default_factory=list)  # of a sheet that is not ours
    note: str = ""
    deleted: list[list[Entry | None]] = field(default_factory=list)  # rows deleted in the workbook
    is_deleted: bool = False  # whether the whole sheet was
    is_shared: bool = False  # whether it is of a wider programme, which other papers quote too

    @property
    def header_row(self) -> int:
        """The row of the headings, from 0: below the title, the unit, the lines and a blank one."""
        return 2 + len(self.statements) + (self.unit is not None)


@dataclass(frozen=True)
class Paper:
    """All that was taken from one paper, for a project of this name."""

    name: str  # of the file
    project: str
    taken: Taken
    derived: Derived
    atoms: int  # of the source, as they were counted on it


# Heading → field of the form, in the order of the register.


def for_people(
    sheets: Sequence[Sheet], papers: Sequence[Paper], answers: Mapping[str, tuple[str, str]]
) -> tuple[Sheet, Sheet]:
    """The sheets To check and From the paper, which no reader of figures reads.

    `answers` are those that an analyst has written before, each with its question.
    """
    return _to_check(papers, answers), _from_paper(sheets)


def entry_of(value: Value | None, paper: Paper, text: str | None = None) -> Entry | None:
    """A value as an entry; a plain number keeps the decimals that it is written with."""
    if value is None or not (value.text if text is None else text).strip():
        return None
    said = value.text if text is None else text
    found = _PLAIN.fullmatch(said.strip())
    origin = (value.words, value.place, value.how, paper.name)
    if found is None:
        return Entry(said, None, "", *origin)
    decimals = len(found["decimals"] or "")
    number = Decimal(said.strip().replace(",", "").replace("−", "-"))
    return Entry(said, number, "#,##0" + ("." + "0" * decimals if decimals else ""), *origin)


def text_entry(value: Value | None, paper: Paper) -> Entry | None:
    """A value as text, also where it looks like a number: a reference, a date, a count."""
    if value is None or not value.text.strip():
        return None
    return Entry(value.text, None, "", value.words, value.place, value.how, paper.name)


def own_entry(text: str) -> Entry:
    """An entry of ours: a title, a name."""
    return Entry(text)


def joined(values: Sequence[Value]) -> Value | None:
    """Several values as one, a line each."""
    if not values:
        return None
    sources = tuple(source for value in values for source in value.sources)
    how = "; ".join(dict.fromkeys(value.how for value in values if value.how))
    return Value("\n".join(value.text for value in values), sources, how)


def name_apart(sheets: Sequence[Sheet]) -> None:
    """Give each sheet a name that a workbook takes and no other sheet has."""
    taken = {TO_CHECK.casefold(), FROM_PAPER.casefold()}
    for sheet in sheets:
        base = _NOT_IN_NAMES.sub(" ", sheet.name).strip()[:LONGEST_NAME] or "Sheet"
        name, number = base, 1
        while name.casefold() in taken:
            number += 1
            ending = f" {number}"
            name = f"{base[: LONGEST_NAME - len(ending)]}{ending}"
        sheet.name = name
        taken.add(name.casefold())


def _to_check(papers: Sequence[Paper], answers: Mapping[str, tuple[str, str]]) -> Sheet:
    headings = ["No.", "Project", "To check", "In the paper", "Words of the paper", "Read as"]
    headings += ["What to do", "Where it goes", "Your answer"]
    title = "What could not be placed, or may be read in two ways"
    sheet = Sheet(TO_CHECK, own_entry(title), headings)
    left = dict(answers)
    for paper in papers:
        for question in paper.taken.questions:
            place = (
                f"{paper.name}, {question.source.place}" if question.source.place else paper.name
            )
            texts = [paper.project, question.asks, place, question.source.words]
            texts += [question.read_as, question.do, question.also]
            texts.append(left.pop(key(question.asks), ("", ""))[1])
            number = f"{len(sheet.rows) + 1}."
            sheet.rows.append([own_entry(text) if text else None for text in (number, *texts)])
    for asked, answer in left.values():
        texts = [f"{len(sheet.rows) + 1}.", "", asked, "", "", "", "No longer asked.", "", answer]
        sheet.rows.append([own_entry(text) if text else None for text in texts])
    return sheet


def _from_paper(sheets: Iterable[Sheet]) -> Sheet:
    """What each cell was taken from; by it a later intake sees what was edited since."""
    headings = ["Sheet of this workbook", "Cell of this workbook", "Under the heading"]
    headings += ["As taken in", "Paper", "In the paper", "Words of the paper", "How it was made"]
    listed = Sheet(FROM_PAPER, own_entry("What each cell was taken from"), headings)
    for sheet in sheets:
        for address, heading, entry in (*_there(sheet), *_deleted(sheet)):
            if entry.is_from_paper:
                texts = [sheet.name, address, heading, entry.as_taken, entry.paper, entry.place]
                texts += [entry.words, entry.how]
                listed.rows.append([own_entry(text) if text else None for text in texts])
    return listed


def _there(sheet: Sheet) -> Iterator[tuple[str, str, Entry]]:
    return iter(()) if sheet.is_deleted else cells_of(sheet)


def _deleted(sheet: Sheet) -> Iterator[tuple[str, str, Entry]]:
    """What was deleted in the workbook: a later intake must know it, to leave it out again."""
    rows = sheet.rows if sheet.is_deleted else sheet.deleted
    for number, row in enumerate(rows, start=1):
        for heading, entry in zip(sheet.headings, row, strict=False):
            if entry is not None:
                yield f"{DELETED}{number}", heading, entry


def cells_of(sheet: Sheet) -> Iterator[tuple[str, str, Entry]]:
    """The entries of a sheet with their addresses and headings; of a line above, its label."""
    yield "A1", "", sheet.title
    row = 2
    if sheet.unit is not None:
        yield f"A{row}", "", sheet.unit
        row += 1
    for label, entry in sheet.statements:
        yield f"B{row}", label, entry
        row += 1
    for number, cells in enumerate(sheet.rows, start=sheet.header_row + 2):
        for column, entry_or_none in enumerate(cells):
            if entry_or_none is not None:
                address = f"{get_column_letter(column + 1)}{number}"
                yield address, sheet.headings[column], entry_or_none
