"""The names that workbooks use: whether other tables know them, and the register the projects."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ffanalysis import money
from ffanalysis.errors import choices
from ffanalysis.provenance import PROVENANCE, CellRef
from ffanalysis.read.collector import Collected, Row
from ffanalysis.read.project_names import ProjectNames
from ffanalysis.vocabulary import scope_service

# The tables whose rows may be a project's.
_OF_PROJECTS = (
    *("savings", "totals", "full_year", "milestones", "risks", "signoff", "deadlines"),
    *("background", "commentary", "recipients"),
)


def list_names(collected: Collected) -> list[Row]:
    """The services and programmes that the tables name: each once, and whether others know it."""
    rows = collected.rows
    budgets = _named(rows["budget"], "service")
    spent = _named([*rows["savings"], *rows["mtfp"]], "programme")
    registered = _named(rows["projects"], "programme")
    # Table → the kind of name, the column that has it, and the names that other tables know.
    mentions: Mapping[str, tuple[tuple[str, str, set[str]], ...]] = {
        "projects": (("service", "service", budgets), ("programme", "programme", spent)),
        "savings": (("service", "scope", budgets), ("programme", "programme", registered)),
        "mtfp": (("service", "service", budgets), ("programme", "programme", registered)),
        "budget": (("service", "part_of", budgets),),
    }
    found: dict[tuple[str, str], Row] = {}
    for table, names in mentions.items():
        for row in rows[table]:
            for kind, column, known in names:
                name = scope_service(row.get(column)) if column == "scope" else row.get(column)
                if name and (kind, str(name)) not in found:
                    entry = {"kind": kind, "name": name, "matched": str(name) in known}
                    found[kind, str(name)] = entry | _source(row)
    # A service is also named by what is part of it, and by scopes.
    used = {
        ("service" if kind in ("scope", "part_of") else kind, new): old
        for (kind, new), old in collected.renamed.items()
    }
    for key, entry in found.items():
        entry["used_for"] = used.get(key)
    return list(found.values())


def _named(rows: Iterable[Row], column: str) -> set[str]:
    return {str(row[column]) for row in rows if row.get(column)}


def _source(row: Row) -> Row:
    return {key: row[key] for key in PROVENANCE}


def refuse_unregistered(collected: Collected) -> None:
    """Refuse each project that the register does not have, and leave its lines out.

    Its amounts are listed as not used, and are a gap in the sums of their table. It withholds the
    projects that it may be by its name; the others are published without it.
    """
    registered = {row["project"]: row["name"] for row in collected.rows["projects"]}
    names = ProjectNames(collected)
    left_out = [
        row
        for table in _OF_PROJECTS
        for row in _leave_out_unregistered(table, registered, collected)
    ]
    # Without any register, that is the one fault to tell.
    if registered:
        _refuse_names(registered, names, left_out, collected)


def _leave_out_unregistered(
    table: str, registered: Mapping[str, Any], collected: Collected
) -> list[Row]:
    """Keep the rows of registered projects and of none; the rows of others."""
    kept, left_out = [], []
    for row in collected.rows[table]:
        if not row.get("project") or row["project"] in registered:
            kept.append(row)
            continue
        left_out.append(row)
        if row.get("amount_pence") is not None:
            what = "amount of a project that is not in the register"
            value = money.in_full(row["amount_pence"])
            collected.add("unused", what=what, value=value, **_source(row))
    collected.rows[table] = kept
    return left_out


def _refuse_names(
    registered: Mapping[str, Any],
    names: ProjectNames,
    left_out: Sequence[Row],
    collected: Collected,
) -> None:
    """Refuse each cell that names a project which the register does not have."""
    # Of a cell that is refused already, one fault is enough.
    refused = {tuple(row.get(key) for key in PROVENANCE) for row in collected.rows["refusals"]}
    found: list[Row] = []
    for project, places in collected.named.items():
        if project in registered:
            continue
        amounts = [row for row in left_out if row["project"] == project and _is_line(row)]
        by_place = _by_place(places, amounts)
        near = names.near(next(iter(places.values())))
        for place, written in places.items():
            if place not in refused:
                row = _refusal_of_name(place, written, [registered[name] for name in near])
                row["sentence"] += _choices(registered, written)
                # Where it stands in a table of money, it is a gap of that table.
                block = next((each["block"] for each in by_place.get(place, ())), None)
                found += [{**row, "project": each, "block": block} for each in near or [project]]
    collected.rows["refusals"][:0] = found


def _is_line(row: Row) -> bool:
    """Whether a row is an amount of a line: no printed total, nor one of the register."""
    return "block" in row and "over" not in row


def _refusal_of_name(place: Sequence[str], written: str, near: Sequence[str]) -> Row:
    workbook, sheet, cell = place
    meant = f": did you mean {' or '.join(near)}?" if near else ""
    sentence = (
        f"{workbook}, sheet {sheet}, cell {cell}: the project '{written}' is not in the"
        f" register{meant}"
    )
    return {"sentence": sentence, "value": written, **dict(zip(PROVENANCE, place, strict=True))}


def _choices(registered: Mapping[str, Any], written: str) -> str:
    return (
        f" (write one of: {choices(registered.values(), written)}; or add it to the register, or"
        " its other name to aliases.toml)."
    )


def _by_place(
    places: Iterable[tuple[str, str, str]], amounts: Iterable[Row]
) -> dict[tuple[str, str, str], list[Row]]:
    """The amounts that stand by each cell which names their project, or below it until the next."""
    found: dict[tuple[str, str, str], list[Row]] = {}
    named: dict[tuple[str, str], list[tuple[int, tuple[str, str, str]]]] = {}
    for place in places:
        named.setdefault(place[:2], []).append((CellRef(*place).row, place))
    for rows in named.values():
        rows.sort()
    for amount in amounts:
        rows = named.get((amount["workbook"], amount["sheet"]), [])
        at = bisect_right(
            rows, CellRef(*(amount[key] for key in PROVENANCE)).row, key=lambda each: each[0]
        )
        if at:
            found.setdefault(rows[at - 1][1], []).append(amount)
    return found


def refuse_repeated(collected: Collected) -> None:
    """Refuse a project whose name makes the same file name as another's."""
    seen: dict[str, Row] = {}
    for row in collected.rows["projects"]:
        first = seen.setdefault(row["project"], row)
        if first is not row:
            sentence = (
                f"{row['workbook']}, sheet {row['sheet']}, cell {row['cell']}: '{row['name']}'"
                f" makes the same file name as '{first['name']}' in {first['workbook']}, sheet"
                f" {first['sheet']}, cell {first['cell']} (make the names differ in a letter or"
                " digit among their first 80)."
            )
            about = {"value": row["name"], "project": row["project"], **_source(row)}
            collected.add("refusals", sentence=sentence, **about)
    collected.rows["projects"] = list(seen.values())
