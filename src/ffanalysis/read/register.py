"""The rows of the register: projects, milestones, risks, sign-off, deadlines, and so on."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from ffanalysis import periods
from ffanalysis.layout import Layout, plain
from ffanalysis.provenance import slug
from ffanalysis.read.collector import NOT_CALCULATED, Collected, Row, source_of
from ffanalysis.read.found_table import FoundTable
from ffanalysis.read.headings import LINE_TEXTS, text_of_year
from ffanalysis.sheets.cells import Cell, NotCalculated
from ffanalysis.vocabulary import CAPACITIES, SAVING_TYPES, denies

_COUNT = re.compile(
    r"(?P<about>about|approximately|approx\.?|around|circa|c\.|~|some)?\s*"
    r"(?P<count>\d{1,3}(?:,\d{3})+|\d+)\s*"
    r"(?P<about2>or so|approximately|approx\.?|\(approx\.?\))?",
    re.I,
)


_ERROR = re.compile(r"#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!|CALC!)")

_LONGEST_QUOTED = 160  # letters of a question about a paper
Cells = Mapping[str, Cell]
Faults = list[tuple[Cell, str]]  # what is wrong with which cells, as the ends of sentences


def read_register(found: FoundTable, layout: Layout, collected: Collected) -> None:
    """Add the table's rows and its refusals to `collected`."""
    if layout.tables[found.table].for_people:
        _pass_over(found, collected)
        return
    for row, cells in _filled_rows(found):
        collected.accounted_cells.update(
            (cell.row, cell.column) for cell in cells.values() if cell.is_number
        )
        named = cells["project"]
        if found.table != "projects" and named.text:
            collected.name_project(found, named)
        keys = {"project": slug(collected.resolve_alias("project", named.text))}
        if fault := _recipient_fault(cells) if found.table == "recipients" else "":
            # Who gets no mail is no reason to withhold a briefing.
            place = source_of(found.sheet, found.sheet.at(row, min(found.columns)))
            collected.add("recipients", **keys, name=None, email="", fault=fault, **place)
            continue
        is_whole = _refuse_gaps(found, cells, keys, layout, collected)
        # A project with a fault is withheld, but it stays registered: it gets its note, and its
        # lines stay its own.
        if not is_whole and not (found.table == "projects" and keys["project"]):
            continue
        # The cell of a deadline is that of its quantity.
        first = found.sheet.at(row, min(found.columns))
        source = cells["quantity"] if found.table == "deadlines" else first
        texts = _with_those_of_years(_texts(cells, collected), found, row, layout)
        entry = {**texts, **keys, **source_of(found.sheet, source)}
        if keys["project"]:
            _add(entry, cells, found, layout, collected)
        else:
            problem = "cannot name a project (write a name with letters or digits)."
            collected.refuse(found, named, f"'{named.text}' {problem}", {})


def _pass_over(found: FoundTable, collected: Collected) -> None:
    """Account for the words below the headings; a number there is listed as any other is.

    What is asked about a project's concept paper and has no answer yet is a question of its own.
    """
    columns = {name: at for at, name in found.columns.items()}
    unanswered: dict[str, list[Cell]] = {}
    for row in range(found.header_row + 1, found.last_row + 1):
        cells = {name: found.sheet.at(row, at) for name, at in columns.items()}
        collected.accounted_cells.update(
            (cell.row, cell.column) for cell in cells.values() if isinstance(cell.value, str)
        )
        if _is_open(cells):
            project = cells["project"].text if "project" in cells else ""
            unanswered.setdefault(project, []).append(cells["question"])
    for project, asked in unanswered.items():
        _ask_for_answers(project, asked, found, collected)


def _is_open(cells: Cells) -> bool:
    """Whether a row asks something, and nobody has answered it."""
    answer = cells.get("answer")
    return "question" in cells and bool(cells["question"].text) and not (answer and answer.text)


def _ask_for_answers(
    project: str, asked: Sequence[Cell], found: FoundTable, collected: Collected
) -> None:
    first = asked[0]
    place = f"{found.sheet.workbook}, sheet {found.sheet.name}, cell {first.address}"
    text = first.text if len(first.text) <= _LONGEST_QUOTED else f"{first.text[:_LONGEST_QUOTED]} …"
    what = "a question about the concept paper has no answer"
    if len(asked) > 1:
        what = f"{len(asked):,} questions about the concept paper have no answer, first"
    collected.add(
        "questions",
        rule="paper-answered",
        sentence=f"{place}: {what}: {text} Write the answer beside each, under Your answer.",
        project=slug(collected.resolve_alias("project", project)) if project else None,
        **source_of(found.sheet, first),
    )


def _add(entry: Row, cells: Cells, found: FoundTable, layout: Layout, collected: Collected) -> None:
    """Add a row to its table, unless something in it is refused; a project in any case."""
    faults = [*_MAKERS[found.table](entry, cells, layout)]
    if found.table == "signoff" and not faults:
        faults += _denied(found, cells)
    for cell, problem in faults:
        collected.refuse(found, cell, problem, {"project": entry["project"]})
    if found.table == "projects" or not faults:
        collected.add(found.table, **entry)


def _filled_rows(found: FoundTable) -> Iterator[tuple[int, dict[str, Cell]]]:
    """The rows that hold something: canonical column → its cell, or that of a line above the table.

    A project that is given once is that of the rows below it; in the register it names each row.
    """
    project: Cell | None = None
    for row in range(found.header_row + 1, found.last_row + 1):
        own = {name: found.sheet.at(row, at) for at, name in found.columns.items()}
        if all(cell.value is None for cell in own.values()):
            continue
        cells = {**found.context, **own}
        project = cells["project"] if cells["project"].text else project
        if project and found.table != "projects":
            cells["project"] = project
        yield row, cells


def _texts(cells: Cells, collected: Collected) -> Row:
    """What the cells say, in the names that the tables use."""
    return {
        name: collected.resolve_alias(name, _text(cell))
        for name, cell in cells.items()
        if cell.text
    }


def _with_those_of_years(texts: Row, found: FoundTable, row: int, layout: Layout) -> Row:
    """The texts with those of one year, "£40k in 2016/17", below a heading that names it."""
    columns = layout.tables[found.table].columns
    if found.table != "projects":
        return texts
    for column, head in sorted(found.heads.items()):
        named = text_of_year(head.tokens[-1].cell.text, columns)
        text = _text(found.sheet.at(row, column))
        if named is not None and column not in found.columns and text:
            name, year = named
            texts[name] = "; ".join(filter(None, (texts.get(name), f"{text} in {year}")))
    return texts


def _refuse_gaps(
    found: FoundTable, cells: Cells, keys: Row, layout: Layout, collected: Collected
) -> bool:
    """Refuse what is not calculated, and what must be filled and is not; whether all is there."""
    kind = layout.tables[found.table]
    unknown = [cell for cell in cells.values() if isinstance(cell.value, NotCalculated)]
    blank = [name for name in kind.filled if not _is_filled(cells[name])]
    for cell in unknown:
        collected.refuse(found, cell, NOT_CALCULATED, keys)
    for name in blank:
        problem = f"it is blank (write the {kind.headings[name].lower()})."
        collected.refuse(found, cells[name], problem, keys)
    return not unknown and not blank


def _recipient_fault(cells: Cells) -> str:
    """Why nothing is sent to a recipient, whose project is named; "" where something may be."""
    if not cells["project"].text:
        return ""
    for cell in cells.values():
        if isinstance(cell.value, NotCalculated) or _ERROR.fullmatch(cell.text):
            return (
                f"cell {cell.address} holds a formula without a result, so this recipient gets"
                " nothing; write what it should say"
            )
    return "" if cells["email"].text else "it has no e-mail address"


def _is_filled(cell: Cell) -> bool:
    return bool(cell.text) or isinstance(cell.value, NotCalculated)


def _text(cell: Cell) -> str:
    """A text as written, its paragraphs kept; a date as 2015-08-27."""
    if isinstance(cell.value, datetime):
        return cell.value.date().isoformat()
    if isinstance(cell.value, str):
        return "\n".join(" ".join(line.split()) for line in cell.value.splitlines() if line.strip())
    return cell.text


# --- what each table makes of its texts -----------------------------------------------------------


def _project(entry: Row, cells: Cells, layout: Layout) -> Faults:
    entry["name"] = cells["project"].text
    stated = (
        f"{name} {cells[name].address}" for name in LINE_TEXTS if name in entry and name in cells
    )
    entry["texts_at"] = "; ".join(stated) or None
    entry["types"] = layout.types_in(entry.get("saving_type", ""))
    if entry.get("saving_type") and not entry["types"]:
        problem = (
            f"'{entry['saving_type']}' is not a type of saving (write one of:"
            f" {', '.join(SAVING_TYPES)})."
        )
        return [(cells["saving_type"], problem)]
    return []


def _milestone(entry: Row, cells: Cells, layout: Layout) -> Faults:
    cell = cells.get("completed_by")
    revised = entry.pop("revised_by", None)
    # A date that was revised holds; a mark for a missing one revises nothing.
    if revised and plain(revised) not in layout.markers:
        cell, entry["completed_by"] = cells["revised_by"], revised
    when = periods.parse_when(cell.value) if cell else None
    if when:
        entry |= {"first_day": when.first, "last_day": when.last, "tentative": when.tentative}
    # "Autumn 2016" or "ongoing" names no day: the milestone stays undated, shown as written, and is
    # queried.
    return _completion(entry, cells, layout)


def _completion(entry: Row, cells: Cells, layout: Layout) -> Faults:
    """Whether a milestone is completed, and when: by its status, or the date of its completion."""
    status, on = cells.get("status"), cells.get("completed_on")
    done = layout.is_milestone_done(status.text) if status and status.text else None
    when = periods.parse_when(on.value) if on and plain(on.text) not in layout.markers else None
    if done and status and not (on and on.text):
        # "Complete, 1 May 2016" says in one cell when it was completed.
        when, entry["completed_on"] = _day_within(status.text)
    if status and on and done is False and when and not when.tentative:
        problem = (
            f"the milestone is '{status.text}', but cell {on.address} states that it was completed"
            f" on {on.text} (correct one of them)."
        )
        return [(status, problem)]
    if when and (done or not when.tentative):
        entry |= {"done": True, "done_first": when.first, "done_last": when.last}
    elif done is not None:
        entry["done"] = done
    return []


def _day_within(status: str) -> tuple[periods.When | None, str | None]:
    """The date that ends a status, and its text."""
    words = status.split()
    for first in range(1, len(words)):
        text = " ".join(words[first:]).strip("()-–:, ")
        if when := periods.parse_when(text):
            return when, text
    return None, None


def _signature(entry: Row, cells: Cells, layout: Layout) -> Faults:
    cell = cells.get("signed")
    when = periods.parse_when(cell.value) if cell else None
    if cell is not None and cell.text and (when is None or when.first != when.last):
        problem = (
            f"'{cell.text}' is not a day (write 27.08.2015 or 27 August 2015, or leave blank)."
        )
        return [(cell, problem)]
    entry["signed_day"] = when.first if when else None
    stated = cells.get("capacity")
    if stated is None or not stated.text:
        entry["capacity"] = layout.capacity_of(cells["role"].text)
        return []
    entry["capacity"] = plain(stated.text)
    if entry["capacity"] in CAPACITIES:
        return []
    choices = ", ".join(CAPACITIES)
    return [(stated, f"'{stated.text}' is not a capacity (write one of: {choices}).")]


def _denied(found: FoundTable, cells: Cells) -> Iterator[tuple[Cell, str]]:
    """What in a dated row says that it is not signed: "Bo Fox (not yet)", a column "Refused"."""
    signed = cells.get("signed")
    if signed is None or not signed.text:
        return
    for column, cell in sorted(found.sheet.grid[signed.row].items()):
        is_said = found.columns.get(column) in (None, "name", "minute")
        if is_said and isinstance(cell.value, str) and denies(cell.text):
            problem = f"'{cell.text}' may say that it is not signed, beside the date {signed.text}"
            yield cell, f"{problem} (leave the date blank until it is)."
            return


def _deadline(entry: Row, cells: Cells, layout: Layout) -> Faults:
    faults: Faults = []
    for name in ("quantity", "done"):
        entry[name] = None
        cell = cells.get(name)
        if cell is None or not cell.text or plain(cell.text) in layout.markers:
            continue
        found = _COUNT.fullmatch(cell.text)
        if found is None:
            problem = f"'{cell.text}' is not a count (write 3,000 or about 3,000, or leave blank)."
            faults.append((cell, problem))
            continue
        entry[name] = int(found["count"].replace(",", ""))
        if name == "quantity":
            entry["quantity_text"] = cell.text
            entry["approximate"] = bool(found["about"] or found["about2"])
    entry |= {f"{name}_cell": cells[name].address for name in ("done", "by") if name in cells}
    due = cells["by"]
    if when := periods.parse_due(due.value):
        entry["by_day"] = when.due
    else:
        faults.append((due, f"'{due.text}' is not a date (write April 2018 or 1 April 2018)."))
    return faults


def _as_written(_entry: Row, _cells: Cells, _layout: Layout) -> Faults:
    return []


_MAKERS: Mapping[str, Callable[[Row, Cells, Layout], Faults]] = {
    "projects": _project,
    "milestones": _milestone,
    "risks": _as_written,
    "signoff": _signature,
    "deadlines": _deadline,
    "background": _as_written,
    "commentary": _as_written,
    "recipients": _as_written,
}
