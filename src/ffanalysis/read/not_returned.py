"""Texts in which somebody wrote that figures were not returned: beside a line, or above a table.

What then stands in the row, a nought or last quarter's amount, is no figure of this quarter.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from ffanalysis.provenance import slug
from ffanalysis.read.collector import Collected, source_of
from ffanalysis.read.found_table import FoundTable
from ffanalysis.read.table_rows import TableRow
from ffanalysis.sheets.cells import Cell

_LONGEST = 200
# How many rows at the top of a sheet may say something of all its tables.
_HEAD = 6
# "No data" ends there or goes on with a verb; "no data protection issue" is of something else.
_BARE = r"(?:data|information)(?=\s*(?:$|[^\w\s]|(?:is|are|was|were|has|not|yet|from|for|this|to|by"
_BARE += r"|received|returned|submitted|provided|supplied|available|awaited|outstanding|missing"
_BARE += r"|overdue|late)\b))"
_WHAT = rf"(?:returns?|figures?|updates?|submissions?|response|reply|{_BARE})"
_WHO = r"(?:services?|departments?|directorates?|leads?|owners?|head|managers?|finance|partner)"
_DONE = r"(?:received|returned|submitted|provided|supplied|available|sent|completed)"
_LAST = r"(?:last|previous|prior)\s+(?:quarter|month|period|return|position)|q[1-4]"
# A return of something else: to a place, a work, a former way; of people, not of figures.
_OTHER_RETURN = (
    r"(?!\s+to\s+(?!us\b|finance\b)|\s+from\s+(?:leave|work|absence|sick\w*|holiday|loan|hire)"
    r"|\s+(?:of|fines?|fees?|charges?|visits?|journeys?|tickets?)\b)"
)
_NOT_RETURNED = re.compile(
    rf"\b{_WHAT}\b(?!\s+to\s+work)[^.;]{{0,40}}\b(?:not|never)\b(?:\s+\w+){{0,2}}\s+{_DONE}\b"
    rf"(?!\s+well)"
    rf"|\b(?:no|awaiting|outstanding|missing|overdue|late)\s+(?:a\s+|any\s+|the\s+)?"
    rf"(?:q[1-4]\s+|new\s+)?{_WHAT}\b{_OTHER_RETURN}"
    rf"|\b{_WHAT}\b[^.;]{{0,20}}\b(?:awaited|outstanding|overdue|missing|late)\b"
    rf"|^\W*(?:not|nothing|never)\s+(?:yet\s+|been\s+)*"
    rf"(?:returned|submitted|received|reported){_OTHER_RETURN}(?:\s*$|\W|\s+(?:by|from|yet|this))"
    r"|\bnothing\s+returned\b|\bdid\s+not\s+(?:return|submit|respond|report)\b(?!\s+to\b)"
    rf"|\b{_WHO}\b[^.;]{{0,12}}\b(?:not|never)\s+(?:yet\s+)?(?:returned|submitted|responded)\b"
    rf"{_OTHER_RETURN}"
    rf"|\b(?:{_LAST})(?:['’]s)?\s+(?:figures?|position|data|values?|amounts?)\s+"
    r"(?:are\s+|is\s+|were\s+)?(?:shown|used|carried|rolled|repeated|retained|stated|given|kept)\b"
    rf"|\b(?:carried|rolled)\s+(?:over|forward)\s+from\s+(?:{_LAST})"
    rf"|^\W*(?:figures?\s+|amounts?\s+)?(?:same\s+)?as\s+(?:at\s+|per\s+|in\s+)?(?:{_LAST})\W*$"
    rf"|\bplaceholders?\b[^.;]{{0,40}}\b(?:{_WHO}|{_WHAT}|until|pending)\b"
    r"|^\W*(?:late\W+)?(?:figures?\s+)?to\s+follow\W*$"
    r"|\bchas(?:ed|ing)\b[^;]{0,40}\b(?:nothing|no\s+(?:reply|response|answer)|not)\b"
    r"[^.;]{0,20}(?:back|received|reply|response|answer|returned|yet)\b",
    re.I,
)
# Marks that stand alone in a cell: "NR", "n/r".
_REMARKS = re.compile(r"\b(?:notes?|comment\w*|remarks?|updates?|returns?|narrative)\b", re.I)
_MARK = re.compile(r"^\W*n\s*[./]?\s*r\W*$", re.I)


def ask_about_returns(found: FoundTable, rows: Sequence[TableRow], collected: Collected) -> None:
    """Ask about each line, or table, of which a text says that its figures were not returned."""
    for row in rows:
        for cell in found.sheet.grid.get(row.number, {}).values() if row.label is None else ():
            if is_not_returned(cell) or _is_mark(found, cell):
                _ask(found, cell, row.stated.get("project"), collected)
    for cell in filter(is_not_returned, _around(found)):
        projects = {one.text: one for row in rows if (one := row.stated.get("project"))}
        # A remark of a table of nobody's in particular concerns everybody.
        concerned: list[Cell | None] = [*projects.values()]
        for project in concerned or [None]:
            _ask(found, cell, project, collected)


def _around(found: FoundTable) -> Iterable[Cell]:
    """The texts above and below a table, and those of the form that it is part of."""
    own: dict[str, Cell] = {cell.address: cell for cell in found.notes}
    if found.title:
        own[found.title.cell.address] = found.title.cell
    own |= {cell.address: cell for cell in _above(found)}
    return own.values()


def _above(found: FoundTable) -> Iterator[Cell]:
    """The texts of the sheet's first lines, which a form of several tables states once."""
    first = found.header_rows[0]
    for number in sorted(number for number in found.sheet.grid if number < first)[:_HEAD]:
        yield from found.sheet.grid[number].values()


def is_not_returned(cell: Cell) -> bool:
    """Whether a text says that figures were not returned: "Return not received", "no update"."""
    text = cell.value
    # A reference or a status is one word; whoever says so needs two.
    return isinstance(text, str) and " " in text.strip() and _says_so(text)


def _is_mark(found: FoundTable, cell: Cell) -> bool:
    """Whether "NR" stands in a column of remarks; elsewhere it may be somebody's initials."""
    head = found.heads.get(cell.column)
    if head is None or not isinstance(cell.value, str) or not _REMARKS.search(head.name):
        return False
    return bool(_MARK.match(cell.value))


@lru_cache(maxsize=1 << 14)
def _says_so(text: str) -> bool:
    return len(text) <= _LONGEST and bool(_NOT_RETURNED.search(text))


def _ask(found: FoundTable, cell: Cell, named: Cell | None, collected: Collected) -> None:
    whose = f" of {named.text}" if named else ""
    sheet = found.sheet
    question = {
        "rule": "figures-returned",
        "sentence": (
            f"{sheet.workbook}, sheet {sheet.name}, cell {cell.address}: '{cell.text}' is written"
            f" beside the figures{whose}: what is stated there may not be this quarter's. Leave it"
            " blank, or write TBC, until it is."
        ),
        "project": slug(collected.resolve_alias("project", named.text)) if named else None,
        **source_of(sheet, cell),
    }
    if question not in collected.rows["questions"]:
        collected.add("questions", **question)
