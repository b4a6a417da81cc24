"""Sheets whose name or title says that their savings are in no plan, though a layout gives one.

A layout that gives a plan for a whole workbook means the sheets that its author has seen. A sheet
"Withdrawn" or "Pipeline" beside them is not counted until somebody says of that very sheet what it
is.
"""

import re
from collections.abc import Iterator

from ffanalysis.layout import Layout, plain
from ffanalysis.provenance import shown_name
from ffanalysis.read.collector import Collected
from ffanalysis.read.found_table import FoundTable
from ffanalysis.read.table_rows import rows_of
from ffanalysis.sheets.cells import Cell
from ffanalysis.vocabulary import Plan

# What the name of a sheet says of the savings in it: that they were given up, or not decided yet.
GIVEN_UP = re.compile(
    r"\b(?:withdrawn|dropped|removed|rejected|declined|refused|abandoned|cancell?ed|superseded"
    r"|deleted|discontinued|discarded|archived?|backup|scrapped|parked|obsolete|previous version"
    r"|old|copy|not (?:supported|taken forward|progressed|proceeding|achievable)"
    r"|no longer (?:in|part|needed|proceeding|planned))\b",
    re.I,
)
NOT_DECIDED = re.compile(
    r"\b(?:pipeline|ideas?|long[\s-]?list|unapproved|not (?:yet )?(?:approved|agreed))\b", re.I
)
# In a title only words that leave no doubt: "Ideas and options for digital" may name a programme.
_TITLED_SO = re.compile(
    r"\b(?:withdrawn|dropped|rejected|abandoned|superseded|cancell?ed|unapproved"
    r"|not (?:yet )?(?:approved|agreed|taken forward|proceeding)"
    r"|ideas? only|no longer (?:in|part of|proceeding|planned))\b",
    re.I,
)


def doubt_of_plan(found: FoundTable, layout: Layout) -> str:
    """What of a table's sheet says that its savings are in no plan; "" where its plan is written.

    So it is where a cell states the plan, or a layout that is for this sheet alone.
    """
    given = layout.tables[found.table].given
    if "plan" not in given or found.table in layout.given_for_sheet or _states_plan(found):
        return ""
    name = found.sheet.name
    if GIVEN_UP.search(name) or NOT_DECIDED.search(name):
        return f"its sheet is named '{shown_name(name)}'"
    is_proposed = plain(given["plan"]) == Plan.PROPOSED
    for cell in _above(found):
        said = _TITLED_SO.search(cell.text)
        if said and not (is_proposed and "approved" in said[0].casefold()):
            return f"cell {cell.address} says '{said[0]}'"
    return ""


def _states_plan(found: FoundTable) -> bool:
    """Whether a cell of the table, or one above it, states its plan."""
    words = {name for head in found.amounts.values() for name in head.words}
    above = {name for name, cell in found.context.items() if cell.row < found.header_rows[0]}
    return "plan" in {*found.columns.values(), *above, *words}


def _above(found: FoundTable) -> Iterator[Cell]:
    """The title and the notes above a table."""
    if found.title:
        yield found.title.cell
    yield from (cell for cell in found.notes if cell.row < found.header_row)


def is_declared(found: FoundTable, collected: Collected) -> bool:
    """Whether somebody has declared that the whole sheet holds no savings."""
    sheet = found.sheet
    return any(each.is_of_all_of(sheet.workbook, sheet.name) for each in collected.no_savings)


def refuse_plan(doubt: str, found: FoundTable, layout: Layout, collected: Collected) -> None:
    """Refuse the table of such a sheet; it withholds the projects that it names."""
    sheet, plan = found.sheet, layout.tables[found.table].given["plan"]
    problem = (
        f"{doubt}, and the layout gives its plan as {plan} (declare in no-savings.toml that the"
        " sheet holds no savings, or give its plan in a layout of its own, with workbooks ="
        f' ["{shown_name(sheet.workbook)}!{shown_name(sheet.name)}"]).'
    )
    rows = [row for row in rows_of(found, layout) if row.has_amounts and not row.label]
    owners = {
        row.filled["project"].text: collected.name_project(found, row.filled["project"])
        for row in rows
        if "project" in row.filled
    }
    projects: set[str | None] = {*owners.values()} or {None}
    for project in sorted(projects, key=str) if rows else ():
        collected.refuse(found, rows[0].first_amount, problem, {"project": project})
