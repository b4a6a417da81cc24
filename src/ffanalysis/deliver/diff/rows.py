"""What differs as rows for machines and for a spreadsheet."""

import csv
import io
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from ffanalysis import money
from ffanalysis.deliver.diff.compare import Comparison, FigureDifference, FindingDifference
from ffanalysis.deliver.diff.lists import ListedFigure, ListedFinding
from ffanalysis.deliver.diff.sides import Side
from ffanalysis.run.figures_list import POUNDS
from ffanalysis.run.files import harmless

COLUMNS = (
    "kind",
    "what",
    "project",
    "project_name",
    "name",
    "label",
    "unit",
    "was",
    "now",
    "difference",
    "was_missing",
    "now_missing",
    "why",
)
_NUMBERS = frozenset({"was", "now", "difference"})


def figure_row(found: Comparison, each: FigureDifference) -> dict[str, Any]:
    """A figure that differs; its numbers are Decimals, pounds where the unit is £."""
    figure, was, now = each.figure, each.was, each.now
    return {
        "kind": "figure",
        "what": each.what,
        "project": figure.project,
        "project_name": found.names.get(figure.project, ""),
        "name": figure.name,
        "label": each.label,
        "unit": figure.unit,
        "was": was.value if was else None,
        "now": now.value if now else None,
        "difference": each.difference,
        "was_missing": was.missing if was else "",
        "now_missing": now.missing if now else "",
        "why": each.why,
    }


def finding_row(found: Comparison, each: FindingDifference) -> dict[str, Any]:
    """A finding that differs: how it ended then and now."""
    was, now = each.was, each.now
    return {
        "kind": "finding",
        "what": each.what,
        "project": each.finding.project,
        "project_name": found.names.get(each.finding.project, ""),
        "name": each.finding.id,
        "label": each.finding.message,
        "was": was.text if was else "",
        "now": now.text if now else "",
    }


def rows(found: Comparison) -> Iterator[dict[str, Any]]:
    """Everything that differs: projects, then figures, then findings."""
    for each in found.projects:
        yield {
            "kind": "project",
            "what": each.what,
            "project": each.project,
            "project_name": each.now or each.was,
            "was": each.was,
            "now": each.now,
        }
    yield from (figure_row(found, each) for each in found.figures)
    yield from (finding_row(found, each) for each in found.findings)


def as_csv(found: Comparison) -> str:
    """Everything that differs as CSV."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in rows(found):
        writer.writerow({name: _written(value) for name, value in row.items()})
    return out.getvalue()


def _written(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return harmless(str(value or "")).replace("\r", " ")


# --- as JSON --------------------------------------------------------------------------------------


def as_json(found: Comparison) -> dict[str, Any]:
    """Everything that differs as `--format json` prints it: money in pence, as `check` has it."""
    figures, projects, findings = found.numbers
    return {
        "was": _side(found.before),
        "now": _side(found.after),
        "differs": not found.is_empty,
        "compared": {"figures": figures, "projects": projects, "findings": findings},
        "projects": [
            {"project": each.project, "what": each.what, "was": each.was, "now": each.now}
            for each in found.projects
        ],
        "figures": [_figure(each) for each in found.figures],
        "findings": [_finding(each) for each in found.findings],
        "notes": list(found.notes),
    }


def _side(side: Side) -> dict[str, str]:
    return {"name": side.name, "period": side.period, "is": side.words}


def _figure(each: FigureDifference) -> dict[str, Any]:
    figure = each.figure
    is_money = figure.unit == POUNDS
    return {
        "what": each.what,
        "project": figure.project,
        "name": figure.name,
        "label": figure.label,
        "unit": "pence" if is_money else figure.unit,
        "was": _stated(each.was),
        "now": _stated(each.now),
        "difference": _number(each.difference, is_money=is_money),
        "why": each.why,
    }


def _stated(figure: ListedFigure | None) -> Mapping[str, Any] | None:
    if figure is None:
        return None
    is_money = figure.unit == POUNDS
    number = _number(figure.value, is_money=is_money)
    return {
        "amount_pence": number if is_money else None,
        "value": None if is_money else number,
        "missing": figure.missing,
        "cells": figure.cells,
    }


def _number(value: Decimal | None, *, is_money: bool) -> float | None:
    if value is None:
        return None
    return int(value * money.POUND) if is_money else float(value)


def _finding(each: FindingDifference) -> dict[str, Any]:
    return {
        "what": each.what,
        "id": each.finding.id,
        "rule": each.finding.rule,
        "project": each.finding.project,
        "message": each.finding.message,
        "was": _ended(each.was),
        "now": _ended(each.now),
    }


def _ended(finding: ListedFinding | None) -> Mapping[str, Any] | None:
    if finding is None:
        return None
    return {
        "outcome": finding.outcome,
        "severity": finding.severity,
        "stated_pence": _number(finding.stated, is_money=True),
        "calculated_pence": _number(finding.calculated, is_money=True),
    }
