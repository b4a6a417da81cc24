"""The names that workbooks use: whether other tables know them, and the register the projects."""

from collections.abc import Iterable, Mapping
from typing import Any

from ffanalysis import money
from ffanalysis.errors import choices
from ffanalysis.provenance import PROVENANCE
from ffanalysis.read.collector import Collected, Row
from ffanalysis.vocabulary import scope_service

# The tables whose rows may be a project's.
_OF_PROJECTS = (
    *("savings", "totals", "full_year", "milestones", "risks", "signoff", "deadlines"),
    "recipients",
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
                if name:
                    entry = {"kind": kind, "name": name, "matched": str(name) in known}
                    found.setdefault((kind, str(name)), entry | _source(row))
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

    Their amounts are listed as not used. Whose they are is unknown, so all projects are withheld.
    """
    registered = {row["project"]: row["name"] for row in collected.rows["projects"]}
    for table in _OF_PROJECTS:
        _leave_out_unregistered(table, registered, collected)
    # Without any register, that is the one fault to tell.
    if registered:
        _refuse_names(registered, collected)


def _leave_out_unregistered(
    table: str, registered: Mapping[str, Any], collected: Collected
) -> None:
    """Keep the rows of registered projects and of none."""
    kept = []
    for row in collected.rows[table]:
        if not row.get("project") or row["project"] in registered:
            kept.append(row)
        elif row.get("amount_pence") is not None:
            what = "amount of a project that is not in the register"
            value = money.in_full(row["amount_pence"])
            collected.add("unused", what=what, value=value, **_source(row))
    collected.rows[table] = kept


def _refuse_names(registered: Mapping[str, Any], collected: Collected) -> None:
    """Refuse each cell that names a project which the register does not have."""
    # Of a cell that is refused already, one fault is enough.
    refused = {tuple(row.get(key) for key in PROVENANCE) for row in collected.rows["refusals"]}
    for project, places in collected.named.items():
        if project in registered:
            continue
        for place, written in places.items():
            if place in refused:
                continue
            workbook, sheet, cell = place
            sentence = (
                f"{workbook}, sheet {sheet}, cell {cell}: the project '{written}' is not in the"
                f" register (write one of: {choices(registered.values(), written)}; or add it to"
                " the register, or its other name to aliases.toml)."
            )
            source = dict(zip(PROVENANCE, place, strict=True))
            collected.add("refusals", sentence=sentence, value=written, **source)


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
