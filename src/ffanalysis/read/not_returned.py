"""Rows of a schedule in which somebody wrote that the figures were not returned.

What then stands in the row, a nought or last year's amount, is no figure of this quarter.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from ffanalysis.provenance import slug
from ffanalysis.read.collector import Collected, source_of
from ffanalysis.read.found_table import FoundTable
from ffanalysis.read.table_rows import TableRow
from ffanalysis.sheets.cells import Cell

_LONGEST = 200
_WHAT = r"(?:returns?|figures?|updates?|data|submissions?|information|response)"
_NOT_RETURNED = re.compile(
    rf"\b{_WHAT}\b[^.;]{{0,40}}\b(?:not|never)\b[^.;]{{0,12}}"
    r"\b(?:received|returned|submitted|provided|supplied|available|sent)\b"
    rf"|\b(?:no|awaiting|outstanding|missing|overdue|late)\s+(?:a\s+|any\s+|the\s+)?{_WHAT}\b"
    rf"|\b{_WHAT}\b[^.;]{{0,20}}\b(?:awaited|outstanding|overdue|missing|late)\b"
    r"|\b(?:not|nothing)\s+returned\b|\bdid\s+not\s+return\b",
    re.I,
)


def ask_about_returns(found: FoundTable, rows: Iterable[TableRow], collected: Collected) -> None:
    """Ask about each line beside which a text says that its figures were not returned."""
    for row in rows:
        for cell in found.sheet.grid.get(row.number, {}).values() if row.label is None else ():
            if is_not_returned(cell):
                _ask(found, row, cell, collected)


def is_not_returned(cell: Cell) -> bool:
    """Whether a text says that figures were not returned: "Return not received", "no update"."""
    text = cell.value
    # A reference or a status is one word; whoever says so needs two.
    return isinstance(text, str) and " " in text and _says_so(text)


@lru_cache(maxsize=1 << 14)
def _says_so(text: str) -> bool:
    return len(text) <= _LONGEST and bool(_NOT_RETURNED.search(text))


def _ask(found: FoundTable, row: TableRow, cell: Cell, collected: Collected) -> None:
    named = row.stated.get("project")
    whose = f" of {named.text}" if named else ""
    sheet = found.sheet
    collected.add(
        "questions",
        rule="figures-returned",
        sentence=(
            f"{sheet.workbook}, sheet {sheet.name}, cell {cell.address}: '{cell.text}' is written"
            f" beside the figures{whose}: what is stated there may not be this quarter's. Leave it"
            " blank, or write TBC, until it is."
        ),
        project=slug(collected.resolve_alias("project", named.text)) if named else None,
        **source_of(sheet, cell),
    )
