"""The rows of the register's tables.

Projects, milestones, risks, sign-off, deadlines, recipients.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from ffanalysis import periods
from ffanalysis.layout import Layout, plain
from ffanalysis.provenance import slug
from ffanalysis.read.collector import NOT_CALCULATED, Collected, Row, source_of
from ffanalysis.read.found_table import FoundTable
from ffanalysis.sheets.cells import Cell, NotCalculated
from ffanalysis.vocabulary import CAPACITIES, SAVING_TYPES

_COUNT = re.compile(
    r"(?P<about>about|approximately|approx\.?|around|circa|c\.|~|some)?\s*(?P<count>\d{1,3}(?:,\d{3})+|\d+)\s*"
    r"(?P<about2>or so|approximately|approx\.?|\(approx\.?\))?",
    re.I,
)


def read_register(found: FoundTable, layout: Layout, collected: Collected) -> None:
    """Add the table's rows and its refusals to `collected`."""
    make = _MAKERS[found.table]
    needs = layout.tables[found.table].filled
    project: Cell | None = None
    for row in range(found.header_row + 1, found.last_row + 1):
        cells = {
            column: found.sheet.at(row, position) for position, column in found.columns.items()
        }
        if all(cell.value is None for cell in cells.values()):
            continue
        collected.accounted_cells.update(
            (cell.row, cell.column) for cell in cells.values() if cell.is_number
        )
        project = cells["project"] if cells["project"].text else project
        if project and found.table != "projects":
            cells["project"] = project
        keys = {"project": slug(collected.resolve_alias("project", cells["project"].text))}
        if found.table != "projects" and cells["project"].text:
            collected.name_project(found, cells["project"])
        blank = [
            name
            for name in needs
            if not cells[name].text and not isinstance(cells[name].value, NotCalculated)
        ]
        uncalculated = [cell for cell in cells.values() if isinstance(cell.value, NotCalculated)]
        for cell in uncalculated:
            collected.refuse(found, cell, NOT_CALCULATED, keys)
        for name in blank:
            collected.refuse(
                found,
                cells[name],
                f"it is blank (write the {layout.tables[found.table].headings[name].lower()}).",
                keys,
            )
        if (blank or uncalculated) and not (found.table == "projects" and keys["project"]):
            continue
        texts = {
            name: collected.resolve_alias(name, _text(cell))
            for name, cell in cells.items()
            if cell.text
        }
        source = (
            cells["quantity"]
            if found.table == "deadlines"
            else found.sheet.at(row, min(found.columns))
        )
        entry = {**texts, "project": keys["project"], **source_of(found.sheet, source)}
        if not keys["project"]:
            problem = (
                f"'{cells['project'].text}' cannot name a project (write a name with letters or"
                " digits)."
            )
            collected.refuse(found, cells["project"], problem, {})
            continue
        faults = make(entry, cells, layout)
        for cell, problem in faults:
            collected.refuse(found, cell, problem, keys)
        # A project with a fault is withheld, but it stays registered: it gets its note, and its
        # lines stay its own.
        if not faults or found.table == "projects":
            collected.rows[found.table].append(entry)


def _text(cell: Cell) -> str:
    """A text as written, its paragraphs kept; a date as 2015-08-27."""
    if isinstance(cell.value, datetime):
        return cell.value.date().isoformat()
    if isinstance(cell.value, str):
        return "\n".join(" ".join(line.split()) for line in cell.value.splitlines() if line.strip())
    return cell.text


Faults = list[tuple[Cell, str]]


def _project(entry: Row, cells: Mapping[str, Cell], layout: Layout) -> Faults:
    entry["name"] = cells["project"].text
    entry["types"] = layout.types_in(entry.get("saving_type", ""))
    if entry.get("saving_type") and not entry["types"]:
        choices = ", ".join(SAVING_TYPES)
        return [
            (
                cells["saving_type"],
                f"'{entry['saving_type']}' is not a type of saving (write one of: {choices}).",
            )
        ]
    return []


def _milestone(entry: Row, cells: Mapping[str, Cell], _: Layout) -> Faults:
    cell = cells.get("completed_by")
    when = periods.parse_when(cell.value) if cell else None
    if when:
        entry |= {"first_day": when.first, "last_day": when.last, "tentative": when.tentative}
    # "Autumn 2016" or "ongoing" names no day: the milestone stays undated, shown as written, and is
    # queried.
    return []


def _signature(entry: Row, cells: Mapping[str, Cell], layout: Layout) -> Faults:
    cell = cells.get("signed")
    when = periods.parse_when(cell.value) if cell else None
    if cell is not None and cell.text and (when is None or when.first != when.last):
        return [
            (
                cell,
                f"'{cell.text}' is not a day (write 27.08.2015 or 27 August 2015, or leave blank).",
            )
        ]
    entry["signed_day"] = when.first if when else None
    stated = cells.get("capacity")
    if stated is not None and stated.text:
        entry["capacity"] = plain(stated.text)
        if entry["capacity"] not in CAPACITIES:
            return [
                (
                    stated,
                    f"'{stated.text}' is not a capacity (write one of: {', '.join(CAPACITIES)}).",
                )
            ]
    else:
        entry["capacity"] = layout.capacity_of(cells["role"].text)
    return []


def _deadline(entry: Row, cells: Mapping[str, Cell], layout: Layout) -> Faults:
    faults: Faults = []
    for name in ("quantity", "done"):
        cell = cells.get(name)
        entry[name] = None
        if cell is None or not cell.text or plain(cell.text) in layout.markers:
            continue
        found = _COUNT.fullmatch(cell.text)
        if not found:
            faults.append(
                (
                    cell,
                    f"'{cell.text}' is not a count (write 3,000 or about 3,000, or leave blank).",
                )
            )
            continue
        entry[name] = int(found["count"].replace(",", ""))
        if name == "quantity":
            entry |= {
                "quantity_text": cell.text,
                "approximate": bool(found["about"] or found["about2"]),
            }
    # The row's own cell is that of its quantity.
    entry |= {f"{name}_cell": cells[name].address for name in ("done", "by") if name in cells}
    when = periods.parse_when(cells["by"].value)
    if when is None:
        faults.append(
            (cells["by"], f"'{cells['by'].text}' is not a date (write April 2018 or 1 April 2018).")
        )
    else:
        # "By April 2018" is due before the month begins.
        entry["by_day"] = when.first
    return faults


def _as_it_stands(_entry: Row, _cells: Mapping[str, Cell], _layout: Layout) -> Faults:
    return []


_MAKERS: Mapping[str, Callable[[Row, Mapping[str, Cell], Layout], Faults]] = {
    "projects": _project,
    "milestones": _milestone,
    "risks": _as_it_stands,
    "signoff": _signature,
    "deadlines": _deadline,
    "recipients": _as_it_stands,
}
