"""Quarters drawn as text and read in memory.

The one way in which tests and specifications make a quarter.

A sheet is drawn as docs/rules.md draws it: its workbook and name, then its rows from row 1, with
cells from column A between bars. A workbook of an earlier quarter is named with that quarter.

    2015-16-Q1/example.xlsx!Savings
    £000
    Ref | Project | Plan    | Type of saving | 2016/17
    A-1 | Alpha   | Current | New            | 40

A cell that is struck through is drawn between tildes: ~~40~~.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from openpyxl.utils.cell import coordinate_to_tuple

from ffanalysis.api import CheckedQuarter as Quarter
from ffanalysis.periods import Period
from ffanalysis.read import as_history, read_sheets
from ffanalysis.sheets.cells import Cell, Sheet

PERIOD = "2015-16-Q2"
_EARLIER = re.compile(r"\d{4}-\d\d-Q\d/")


def value_of(text: str) -> str | float:
    """A plain number as a number, anything else as text."""
    if re.fullmatch(r"-?[\d,]*\d(\.\d+)?", text):
        return float(text.replace(",", "")) if "." in text else int(text.replace(",", ""))
    return text


@cache
def tables_of(sheets: tuple[str, ...], change: str = "") -> tuple[Quarter, str]:
    """The sheets as the reader takes them, with one cell changed, and where that cell stands.

    A change is written "Sheet!C14 = 105", or "C14 = blank" where there is but one sheet.
    """
    place, _, new = change.partition(" = ")
    name, _, address = place.rpartition("!")
    drawn: dict[str, list[Sheet]] = {PERIOD: []}
    changed = ""
    for text in sheets:
        head, *rows = text.splitlines()
        cells = {
            (row, column): cell.strip()
            for row, line in enumerate(rows, 1)
            for column, cell in enumerate(line.split("|"), 1)
        }
        if address and name in ("", head.split("!")[1]) and "/" not in head.split("!")[0]:
            assert not changed, f"{place} is in several sheets"
            assert cells[coordinate_to_tuple(address)] != new, f"{change} changes nothing"
            cells[coordinate_to_tuple(address)] = "" if new == "blank" else new
            changed = f"{head}!{address}"
        struck = {at for at, text in cells.items() if re.fullmatch("~~.+~~", text)}
        cells |= {at: cells[at][2:-2] for at in struck}
        filled = {at: Cell(*at, value_of(text)) for at, text in cells.items() if text}
        quarter, _, sheet = head.rpartition("/") if _EARLIER.match(head) else (PERIOD, "", head)
        made = Sheet.of(*sheet.split("!"), filled.values())
        made.struck.update(struck)
        drawn.setdefault(quarter, []).append(made)
    assert bool(change) == bool(changed), f"{place} is nowhere"
    return read_quarters(drawn), changed


def quarter(*sheets: str) -> Quarter:
    """The quarter of sheets drawn as text, and of the earlier quarters that some of them name."""
    return tables_of(sheets)[0]


def read_quarters(sheets: dict[str, Sequence[Sheet]]) -> Quarter:
    """The tables of the last of these quarters, with what is kept of those before it."""
    *earlier, last = sorted(sheets)
    before = None
    for name in earlier:
        before = as_history(read_sheets(Period.parse(name), sheets[name]), before)
    return Quarter(replace(read_sheets(Period.parse(last), sheets[last]), before=before))
