"""Money that prose beside a table of savings says is not in it.

"A further saving of £45k is not in the table", "excludes £30k of one-off income", "plus £120,000 to
be confirmed". Such an amount is in no figure of ours, and somebody has to say whether it should be.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ffanalysis import money
from ffanalysis.read.collector import Collected, Row, source_of
from ffanalysis.read.found_table import FoundTable
from ffanalysis.read.project_names import ProjectNames
from ffanalysis.sheets.cells import Cell, Sheet

RULE = "money-in-prose"
_SHORTEST, _LONGEST = 8, 600
_MOST_PROJECTS = 12  # of more, every briefing asks
_QUOTED = 160

_AMOUNT = re.compile(
    r"(?:£|\bGBP\s*)\s*(?P<signed>\d[\d,]*(?:\.\d+)?\s*(?:k|thousand|mn|m|million)?)(?![\w])"
    r"|(?<![\w.,£])(?P<bare>\d[\d,]*(?:\.\d+)?\s*(?:k|thousand|mn|m|million))"
    r"(?:\s+pounds)?(?![\w])"
    r"|(?<![\w.,£])(?P<words>\d[\d,]*(?:\.\d+)?)\s+pounds\b",
    re.I,
)
_SENTENCES = re.compile(r"(?<=[.;!?])\s+(?=[A-Z(])|\n+")
_NOT_YET = r"(?:\s+(?:yet|currently|been|be|being|all|as|so\s+far|at\s+present|now))*"
_TABLE = r"(?:table|figures?|totals?|tracker|schedule|sheet|list|return|amounts?|numbers?|above)"
_THE = r"(?:the|this|these|those|that|our|its|any|either)"
# What says outright that something is not in the figures.
_LEFT_OUT = re.compile(
    rf"\bnot{_NOT_YET}\s+(?:includ\w+|reflect\w*|shown|show|count\w*|captured|recorded|listed"
    rf"|added|contain\w*|cover\w*|part\s+of|within\s+{_THE}|in\s+(?:{_THE}\b|{_TABLE}\b)"
    rf"|on\s+{_THE}\s+{_TABLE})"
    rf"|n['’]t{_NOT_YET}\s+(?:includ\w+|reflect\w*|shown|show|count\w*|added|contain\w*|cover\w*)"
    r"|\bexclud\w+|\bexclusive\s+of\b|\bexcl\b|\bomit(?:s|ted|ting)?\b|\bleft\s+out\b"
    r"|\bleav(?:es|ing)\s+out\b|\b(?:missing|absent|removed|taken\s+out)\s+(?:from|of)\b"
    rf"|\boutside\s+(?:of\s+)?{_THE}\s+{_TABLE}\b"
    r"|\b(?:held|shown|reported|recorded|listed|counted)\s+(?:separately|elsewhere)\b"
    rf"|\b(?:in\s+addition\s+to|on\s+top\s+of|over\s+and\s+above)\s+{_THE}\b"
    r"|\b(?:still\s+)?to\s+be\s+added\b|\bstill\s+to\s+come\b|\bunreported\b",
    re.I,
)
# What says that it may not be: more, or not settled.
_MORE = re.compile(
    r"\b(?:plus|further|additional(?:ly)?|extra|another|in\s+addition|as\s+well\s+as|besides|also)\b",
    re.I,
)
_PLUS = re.compile(r"\bplus\b", re.I)
_OPEN = re.compile(
    r"\bto\s+be\s+(?:confirmed|agreed|identified|allocated|validated|determined)\b|\btb[cad]\b"
    r"|\bawait\w*\b|\bpending\b|\bnot\s+yet\s+(?:confirmed|agreed|allocated|validated)\b",
    re.I,
)
_SAVINGS = re.compile(
    r"\b(?:sav(?:ings?|ed?)|efficienc\w+|reductions?|targets?|forecasts?|deliver\w*|achiev\w*"
    rf"|expected|anticipated|identified|{_TABLE})\b",
    re.I,
)
_PART = re.compile(
    r"(?:\bof\s+which|(?<!not\s)(?<!n['’]t\s)\binclud(?:e|es|ing)|\bcomprising)\b[^.;]*$", re.I
)
_OPEN_ITSELF = re.compile(
    rf"[\s(]{{0,3}}(?:(?:is|are|was|were|still|has|have)\s+)*(?:{_OPEN.pattern})", re.I
)


@dataclass(frozen=True)
class _Said:
    """What one sentence of a text says of an amount."""

    pence: int
    is_left_out: bool


def ask_about_prose(
    sheets: Sequence[tuple[Sheet, Sequence[FoundTable]]], collected: Collected
) -> None:
    """Ask about each text that speaks of money which is not in the savings beside it."""
    books = {sheet.workbook for sheet, tables in sheets if _savings_of(tables)}
    names: ProjectNames | None = None
    for sheet, tables in sheets:
        if sheet.workbook not in books or (tables and not _savings_of(tables)):
            continue
        for cell in _texts(sheet, tables, collected):
            names = names or ProjectNames(collected)
            _ask(sheet, cell, _whose(sheet, cell, tables, names, collected), collected)


def _savings_of(tables: Sequence[FoundTable]) -> list[FoundTable]:
    return [found for found in tables if found.table == "savings"]


def _texts(sheet: Sheet, tables: Sequence[FoundTable], collected: Collected) -> Iterator[Cell]:
    """The texts of a sheet that speak of money which is not in its figures."""
    read: frozenset[int] | None = None
    for cell in sheet.cells():
        said = sentences_of_money(cell.value) if isinstance(cell.value, str) else ()
        if said and not _is_declared(sheet, cell, collected):
            read = _amounts_read(sheet, collected) if read is None else read
            # Beside a line, or in a sheet without a table, more is said that the figures have.
            is_around = bool(tables) and not _line_at(cell, tables)
            if _is_asked(said, read, is_around=is_around):
                yield cell


def _is_asked(said: Sequence[_Said], read: frozenset[int], *, is_around: bool) -> bool:
    return any(each.is_left_out or (is_around and each.pence not in read) for each in said)


@lru_cache(maxsize=1 << 14)
def sentences_of_money(text: str) -> tuple[_Said, ...]:
    """What the sentences of a text say of amounts that are left out, or that come on top."""
    if not _SHORTEST <= len(text) <= _LONGEST or not _AMOUNT.search(text):
        return ()
    return tuple(_said_in(text))


def _said_in(text: str) -> Iterator[_Said]:
    for sentence in _SENTENCES.split(text):
        is_left_out = bool(_LEFT_OUT.search(sentence))
        for match, pence in _amounts_in(sentence):
            if is_left_out or _comes_on_top(sentence) or _OPEN_ITSELF.match(sentence, match.end()):
                yield _Said(pence, is_left_out)


def _comes_on_top(sentence: str) -> bool:
    """Whether a sentence speaks of more savings, or of some that are not settled."""
    is_of_savings = _SAVINGS.search(sentence) and (_MORE.search(sentence) or _OPEN.search(sentence))
    return bool(is_of_savings or _PLUS.search(sentence))


def _amounts_in(sentence: str) -> Iterator[tuple[re.Match[str], int]]:
    """The amounts of a sentence, in pence, that are no part of another one."""
    for match in _AMOUNT.finditer(sentence):
        text = match["signed"] or match["bare"] or match["words"]
        amount = money.from_text(text.strip().rstrip(","), money.POUND)
        if amount and amount.pence and not _PART.search(sentence[: match.start()]):
            yield match, amount.pence


def _is_declared(sheet: Sheet, cell: Cell, collected: Collected) -> bool:
    return any(
        each.is_for(sheet.workbook, sheet.name) and each.covers(cell.row, cell.column)
        for each in collected.no_savings
    )


def _amounts_read(sheet: Sheet, collected: Collected) -> frozenset[int]:
    """The amounts that are read from a sheet, its printed totals among them."""
    return frozenset(
        abs(row["amount_pence"])
        for table in ("savings", "totals")
        for row in _rows_of(sheet, table, collected)
        if row["amount_pence"]
    )


def _line_at(cell: Cell, tables: Sequence[FoundTable]) -> FoundTable | None:
    """The table in whose rows a text stands."""
    return next((found for found in tables if found.header_row < cell.row <= found.last_row), None)


def _whose(
    sheet: Sheet,
    cell: Cell,
    tables: Sequence[FoundTable],
    names: ProjectNames,
    collected: Collected,
) -> Sequence[str | None]:
    """The projects that a text concerns: it names them, its row is theirs, or its sheet is."""
    if named := names.named_in([cell.text]):
        return named
    rows = [row for row in _rows_of(sheet, "savings", collected) if row.get("project")]
    if _line_at(cell, tables):
        rows = [row for row in rows if re.fullmatch(rf"[A-Z]+{cell.row}", row["cell"])] or rows
    projects = dict.fromkeys(str(row["project"]) for row in rows)
    return list(projects) if 0 < len(projects) <= _MOST_PROJECTS else (None,)


def _rows_of(sheet: Sheet, table: str, collected: Collected) -> list[Row]:
    """The rows that were read from a sheet."""
    place = (sheet.workbook, sheet.name)
    return [row for row in collected.rows[table] if (row["workbook"], row["sheet"]) == place]


def _ask(sheet: Sheet, cell: Cell, projects: Sequence[str | None], collected: Collected) -> None:
    words = " ".join(cell.text.split())
    quoted = words if len(words) <= _QUOTED else f"{words[:_QUOTED].rsplit(' ', 1)[0]} …"
    sentence = (
        f"{sheet.workbook}, sheet {sheet.name}, cell {cell.address}: '{quoted}' speaks of money"
        " that may not be in the figures. Give it a line of its own in the table where it is a"
        " saving; else leave the amount out of the text."
    )
    for project in projects:
        collected.add(
            "questions", rule=RULE, sentence=sentence, project=project, **source_of(sheet, cell)
        )
