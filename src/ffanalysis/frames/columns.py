"""The columns of an analyst's frames, each with its meaning and unit: the data dictionary."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from ffanalysis import money
from ffanalysis.figures import Figure, Sum, Term, sum_of
from ffanalysis.vocabulary import Plan

THOUSANDS = "£000"
YES, NO = "yes", "no"
PLAN_WORDS: Mapping[Plan, str] = {
    Plan.CURRENT: "in the plan",
    Plan.PROPOSED: "proposed",
    Plan.PRIOR: "earlier years",
}

Columns = Mapping[str, tuple[str, str]]  # by the column's name its meaning and its unit

_PROJECT = ("The project's name, as the register has it", "")
_LINE = ("The saving: its type, delivery route and reference in the schedule", "")
_PLAN = ("in the plan, proposed, or of earlier years", "")
_RAG = ("Green Delivered, Green On Target, Amber or Red; 'not stated' where it has none", "")
_TARGET = ("What is to be saved; a revised target in the place of the original one", THOUSANDS)
_DELIVERED = ("What is delivered to date", THOUSANDS)
_FORECAST = ("What is forecast to be delivered", THOUSANDS)
_COUNTS = ("Whether the saving is added to the total of its plan", "yes or no")
_OWNER = ("Who owns it: by the schedule's line, else by the register", "")
_CELLS = ("The cells of the workbooks that it comes from", "workbook!sheet!cell")
_YEAR = ("The financial year", "")

COLUMNS: Mapping[str, Columns] = {
    "savings": {
        "project": _PROJECT,
        "line": _LINE,
        "plan": _PLAN,
        "rag": _RAG,
        "owner": _OWNER,
        "years": ("The financial years that it has money in", ""),
        "target": _TARGET,
        "original_target": ("What was to be saved at first, where it was revised", THOUSANDS),
        "delivered": _DELIVERED,
        "forecast": _FORECAST,
        "variance": ("The forecast less the target; below nil it falls short", THOUSANDS),
        "target_this_year": ("The target of the financial year of the as-of date", THOUSANDS),
        "delivered_this_year": ("What is delivered to date of that year", THOUSANDS),
        "forecast_this_year": ("What is forecast for that year", THOUSANDS),
        "counts": _COUNTS,
        "why_not": ("Why it is not added", ""),
        "missing": ("Which of its amounts are missing or known in part, and why", ""),
        "type": ("The type of saving, as the schedule has it", ""),
        "route": ("Retained or Commissioned: who runs the service", ""),
        "recurring": ("Whether it is recurring or one-off", ""),
        "ref": ("Its reference in the schedule", ""),
        "status": ("What the schedule says of its status", ""),
        "reason": ("Why it moved since last quarter, as the schedule says", ""),
        "confirmed_by": ("Who confirmed what is delivered", ""),
        "cells": _CELLS,
    },
    "savings_by_year": {
        "project": _PROJECT,
        "line": _LINE,
        "plan": _PLAN,
        "year": _YEAR,
        "rag": _RAG,
        "owner": _OWNER,
        "target": _TARGET,
        "delivered": _DELIVERED,
        "forecast": _FORECAST,
        "counts": _COUNTS,
    },
    "not_added": {
        "project": _PROJECT,
        "line": ("What the schedule states and no figure adds", ""),
        "why": ("Why no figure adds it", ""),
        "cells": _CELLS,
    },
    "projects": {
        "project": _PROJECT,
        "stage": ("How far it has come by the as-of date", ""),
        "owner": _OWNER,
        "plan": ("The plan that its briefing is about", ""),
        "rag": ("The RAG statuses of its lines", ""),
        "target": ("The headline of its briefing: what its savings come to", THOUSANDS),
        "delivered": _DELIVERED,
        "forecast": _FORECAST,
        "shortfall": ("What the forecast falls short of the target", THOUSANDS),
        "errors": ("Failed checks of its own figures", "number"),
        "queries": ("Checks of its own figures that need an answer", "number"),
        "withheld": ("Why it has no briefing: a cell that cannot be read", ""),
        "confidential": ("Whether only its own recipients may see it", "yes or no"),
        "service": ("The service that it is part of", ""),
        "programme": ("The programme that it belongs to", ""),
        "title": ("Its title, where that is not its name", ""),
        "status": ("What the register says of its status", ""),
        "page": ("What its page is called, without the ending", ""),
    },
    "programmes": {
        "programme": ("The programme, by the scope that it states", ""),
        "service": ("The service that it is about", ""),
        "total": ("What the programme's savings come to", THOUSANDS),
        "marked_delivered": ("What of it is rated Green Delivered", THOUSANDS),
        "plan": ("What the medium term financial plan has for it", THOUSANDS),
        "gap": ("What the central case is short of the plan", THOUSANDS),
        "in_projects": ("What its projects carry of it", THOUSANDS),
        "in_no_project": ("What of it is in no project", THOUSANDS),
        "missing": ("Why its total is missing or known in part", ""),
        "cells": _CELLS,
    },
    "milestones": {
        "project": _PROJECT,
        "milestone": ("What is to be reached", ""),
        "due": ("When, as the register has it", ""),
        "first_day": ("The first day that this may mean", "date"),
        "last_day": ("The last day that this may mean", "date"),
        "tentative": ("Whether the date is tentative", "yes or no"),
        "done": ("Whether it is completed by the as-of date", "yes or no"),
        "overdue": ("Whether it was due before the as-of date and is not done", "yes or no"),
        "status": ("What the register says of it", ""),
        "completed_on": ("When it was completed, as the register has it", ""),
        "cells": _CELLS,
    },
    "risks": {
        "project": _PROJECT,
        "risk": ("The risk, in the register's words", ""),
        "mitigation": ("What is done about it", ""),
        "likelihood": ("How likely it is", ""),
        "impact": ("How much it matters", ""),
        "score": ("Its score", ""),
        "owner": ("Who owns the risk", ""),
        "cells": _CELLS,
    },
    "budget": {
        "service": ("The service", ""),
        "part_of": ("The service that it is part of", ""),
        "year": _YEAR,
        "basis": ("What the budget includes, as the workbook says", ""),
        "savings_position": ("Whether it is before or after the year's savings", ""),
        "amount": ("The budget of the year", THOUSANDS),
        "missing": ("Why there is no amount", ""),
        "cells": _CELLS,
    },
    "changes": {
        "project": _PROJECT,
        "what": ("A saving, what is delivered or forecast, a milestone, or the project itself", ""),
        "line": ("Which saving or milestone", ""),
        "change": ("What happened: slipped, re-based, RAG, new, taken out, completed ...", ""),
        "was": ("What it was last quarter: £000, a status, a year or a date as written", ""),
        "now": ("What it is now", ""),
        "amount": ("How much money changed, or moved between years", THOUSANDS),
        "adverse": ("Whether it is a change for the worse", "yes or no"),
        "reason": ("Why it moved, as the schedule says", ""),
    },
    "findings": {
        "id": ("The finding's name, as in findings.csv", ""),
        "rule": ("The rule that found it, as in the documentation", ""),
        "subject": ("What it is about", ""),
        "year": _YEAR,
        "outcome": ("How the check ended: agrees, disagrees, not_stated ...", ""),
        "severity": ("error: a check failed; query: a person must look; note: nothing to do", ""),
        "stated": ("What the workbook states", "£"),
        "calculated": ("What was calculated", "£"),
        "difference": ("Calculated less stated", "£"),
        "tolerance": ("What rounding alone allows", "£"),
        "message": ("The finding in a sentence", ""),
        "project": _PROJECT,
        "cells": _CELLS,
    },
    "figures": {
        "name": ("The figure's name, which stays the same from quarter to quarter", ""),
        "label": ("What it is", ""),
        "value": ("The figure, in its unit", ""),
        "unit": ("£000, percent, or a number of something", ""),
        "missing": ("Why it is missing or known in part", ""),
        "cells": _CELLS,
    },
}


# The columns that a frame has in every quarter, so that a cell of one quarter works in the next.
ALWAYS: Mapping[str, frozenset[str]] = {
    "savings": frozenset(
        {
            *("project", "line", "plan", "rag", "owner", "years", "target", "delivered"),
            *("forecast", "variance", "counts", "why_not"),
        }
    ),
    "savings_by_year": frozenset(COLUMNS["savings_by_year"]),
    "projects": frozenset(
        {"project", "owner", "plan", "rag", "target", "delivered", "forecast", "shortfall"}
    ),
    "findings": frozenset(COLUMNS["findings"]),
    "changes": frozenset(COLUMNS["changes"]),
    "figures": frozenset(COLUMNS["figures"]),
}


def made(table: str, rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """A frame of an analyst's table, with its columns in order.

    Those that hold nothing are left out, but for the ones that every quarter has.
    """
    columns, always = COLUMNS[table], ALWAYS.get(table, frozenset())
    every = list(rows)
    if strange := {name for row in every for name in row} - columns.keys():
        raise ValueError(f"no columns of {table}: {sorted(strange)}")
    data = {name: [row.get(name) for row in every] for name in columns}
    kept = {
        name: _values(values, columns[name][1])
        for name, values in data.items()
        if not every or name in always or any(value not in (None, "") for value in values)
    }
    return pd.DataFrame(kept)


def _values(values: list[Any], unit: str) -> Any:
    if unit in (THOUSANDS, "£"):
        return pd.array(values, dtype="float64")
    if unit == "date":
        return pd.to_datetime(pd.Series(values, dtype="object"))
    return ["" if value is None else value for value in values]


def dictionary() -> pd.DataFrame:
    """What each column of an analyst's frames means, and its unit."""
    rows = [
        {"table": table, "column": column, "meaning": meaning, "unit": unit}
        for table, columns in COLUMNS.items()
        for column, (meaning, unit) in columns.items()
    ]
    return pd.DataFrame(rows)


def thousands(term: Term | None) -> float | None:
    """An amount in £000; None where nothing is known of it."""
    known = sum_of(term).known if term is not None else None
    return None if known is None else float(known) / money.THOUSAND


def gaps(amounts: Mapping[str, Sum | Figure]) -> str:
    """Which of some amounts are missing or known in part, where the source marks them so."""
    found = []
    for name, term in amounts.items():
        own = sum_of(term)
        if own.has_gap:
            found.append(f"{'part of ' if own.is_partial else ''}the {name}: {own.gap}")
    return "; ".join(found)


def yes_no(fact: object) -> str:
    """A fact as a column has it."""
    return YES if fact else NO


def cells_text(cells: Iterable[object]) -> str:
    """Cells as files have them: "book.xlsx!Sheet!C14; book.xlsx!Sheet!D14"."""
    return "; ".join(map(str, cells))
