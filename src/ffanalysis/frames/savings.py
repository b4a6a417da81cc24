"""Savings as frames: a row a saving, and a row a saving and year."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ffanalysis import periods
from ffanalysis.figures import NOT_STATED, difference, total_of
from ffanalysis.frames.columns import PLAN_WORDS, cells_text, gaps, made, thousands, yes_no
from ffanalysis.provenance import CellRef, cell_of, cells_of
from ffanalysis.savings.assemble import (
    is_counted,
    is_statement,
    line_key,
    line_label,
    why_not_added,
)
from ffanalysis.savings.line_texts import in_words, of_register, texts_of
from ffanalysis.savings.matching import rag_label
from ffanalysis.savings.model import NO_YEAR, PlanSavings, Saving, Series
from ffanalysis.savings.quarter import Quarter
from ffanalysis.savings.refusals import withheld_projects
from ffanalysis.tables import SavingRow
from ffanalysis.vocabulary import PROGRESS, Measure, Plan

ALL_LINES = "All lines together"


@dataclass(frozen=True)
class SavingLine:
    """A saving as an analyst sees it: a line once, with what is reported of it.

    `saving` is None for what a schedule reports without saying of which of its lines. `why_not` is
    why it is not added to its plan.
    """

    project: str
    plan: Plan
    label: str
    why_not: str
    target: Series
    delivered: Series
    forecast: Series
    saving: Saving | None = None

    @property
    def rag(self) -> str:
        return (rag_label([self.saving]) if self.saving else "") or NOT_STATED

    @property
    def first(self) -> SavingRow:
        rows: tuple[SavingRow, ...] = (*self.target, *self.forecast, *self.delivered)
        return rows[0]

    @property
    def rows(self) -> Iterator[tuple[str, SavingRow]]:
        """Every amount, with the measure that it is of."""
        series = {"target": self.target, "delivered": self.delivered, "forecast": self.forecast}
        for name, rows in series.items():
            for row in rows:
                yield name, row


def saving_lines(quarter: Quarter) -> tuple[SavingLine, ...]:
    """Every saving of every project once, in the order of the register and the schedule."""
    return quarter.once(_lines)


def _lines(quarter: Quarter) -> tuple[SavingLine, ...]:
    withheld = withheld_projects(quarter)
    return tuple(
        line
        for project in quarter.slugs
        for plan in quarter.plans_of(project)
        for line in _of_plan(quarter, project, plan, is_withheld=project in withheld)
        if any(is_statement(row) for _, row in line.rows)
    )


def _of_plan(
    quarter: Quarter, project: str, plan: Plan, *, is_withheld: bool
) -> Iterator[SavingLine]:
    """The lines of one plan, then what is reported of it that is of no line alone."""
    savings = quarter.savings_of(project, plan)
    delivered, forecast = (_shared_out(savings, measure) for measure in PROGRESS)
    uncounted = [
        row
        for row in quarter.savings.of_project(project)
        if row.plan == plan and row.measure in PROGRESS and not is_counted(row)
    ]
    for number, line in enumerate(savings.lines):
        others = _beside(line, uncounted) if not line.is_counted else {}
        yield SavingLine(
            project,
            plan,
            line.label,
            _why_not(line.first, is_withheld=is_withheld),
            line.target,
            Series(tuple(others.get(Measure.DELIVERED, delivered.by_line.get(number, ())))),
            Series(tuple(others.get(Measure.FORECAST, forecast.by_line.get(number, ())))),
            line,
        )
    for key in dict.fromkeys((*delivered.others, *forecast.others)):
        came, expected = delivered.others.get(key, []), forecast.others.get(key, [])
        first = (came or expected)[0]
        named = first.saving_type or first.ref or first.route
        yield SavingLine(
            project,
            plan,
            line_label(first) if named else ALL_LINES,
            _why_not(first, is_withheld=is_withheld),
            Series(),
            Series(tuple(came)),
            Series(tuple(expected)),
        )


def _beside(line: Saving, rows: Iterable[SavingRow]) -> dict[str, list[SavingRow]]:
    """What is reported of a line that is not added: in its own row of a sheet, else by its key."""
    places = {cell_of(row).sheet_row for row in line.target}
    own = [row for row in rows if line_key(row) == line.key]
    beside = [row for row in own if cell_of(row).sheet_row in places]
    found: dict[str, list[SavingRow]] = {}
    for row in beside or [row for row in own if row.block == own[0].block]:
        found.setdefault(row.measure or "", []).append(row)
    return found


def _why_not(row: SavingRow, *, is_withheld: bool) -> str:
    """Why a saving is not added; of a project that is withheld nothing is."""
    if is_withheld:
        return "the project is withheld: a cell cannot be read"
    return why_not_added(row)


@dataclass(frozen=True)
class _SharedOut:
    """What is reported under a measure: by the number of its line, and what is of no line alone."""

    by_line: Mapping[int, Sequence[SavingRow]]
    others: Mapping[Any, list[SavingRow]]


def _shared_out(savings: PlanSavings, measure: Measure) -> _SharedOut:
    """What is reported of a plan, each amount once: with its line, where that is known."""
    by_line: dict[int, list[SavingRow]] = {}
    others: dict[Any, list[SavingRow]] = {}
    for row in savings.reported(measure):
        found = [n for n, line in enumerate(savings.lines) if line.key == line_key(row)]
        found = [n for n in found if savings.lines[n].is_counted] or found
        if len(found) > 1:  # one line may be listed twice: then the sheet's row says which
            place = cell_of(row).sheet_row
            beside = {
                n: {cell_of(each).sheet_row for each in savings.lines[n].target} for n in found
            }
            found = [n for n in found if place in beside[n]]
        if len(found) == 1:
            by_line.setdefault(found[0], []).append(row)
        else:
            others.setdefault(line_key(row), []).append(row)
    return _SharedOut(by_line, others)


def savings_frame(quarter: Quarter) -> pd.DataFrame:
    """A row a saving, in £000. Those that count add up to the headlines of the briefings."""
    return made("savings", (_saving_row(quarter, line) for line in saving_lines(quarter)))


def _saving_row(quarter: Quarter, line: SavingLine) -> dict[str, Any]:
    year = periods.year_of(quarter.as_of)
    amounts = {
        "target": line.target.total,
        "delivered": line.delivered.total,
        "forecast": line.forecast.total,
    }
    row = line.first
    return {
        "project": quarter.register[line.project].name,
        "line": line.label,
        "plan": PLAN_WORDS[line.plan],
        "rag": line.rag,
        "owner": _owner(quarter, line),
        "years": _years(line),
        **{name: thousands(amount) for name, amount in amounts.items()},
        "original_target": _original(line),
        "variance": thousands(difference(amounts["forecast"], amounts["target"])),
        **{
            f"{name}_this_year": thousands(getattr(line, name).of_year(year).total)
            for name in amounts
        },
        "counts": yes_no(not line.why_not),
        "why_not": line.why_not,
        "missing": gaps(amounts),
        "type": row.saving_type,
        "route": row.route,
        "recurring": row.recurring,
        "ref": row.ref,
        "status": _words(line, "status"),
        "reason": " ".join(dict.fromkeys(each.reason for _, each in line.rows if each.reason)),
        "confirmed_by": _words(line, "confirmed_by"),
        "cells": cells_text(_stating(line)),
    }


def _stating(line: SavingLine) -> tuple[CellRef, ...]:
    """The cells that state an amount of a line, or mark one as missing."""
    return cells_of(row for _, row in line.rows if is_statement(row))


def _years(line: SavingLine) -> str:
    """The years that a line has money in: "2016/17", "2016/17 to 2018/19"."""
    years = sorted({row.year for _, row in line.rows if row.amount_pence and row.year})
    return " to ".join(dict.fromkeys((years[0], years[-1]))) if years else ""


def _original(line: SavingLine) -> float | None:
    """The original target of a line that was revised."""
    saving = line.saving
    if not saving or not saving.revised or not saving.original:
        return None
    return thousands(saving.original.total)


def _words(line: SavingLine, name: str) -> str:
    return in_words(texts_of(line.saving, name)) if line.saving else ""


def _owner(quarter: Quarter, line: SavingLine) -> str:
    """Who owns a saving: by its line, else by the register."""
    registered = of_register(quarter.register[line.project], "owner")
    return _words(line, "owner") or (registered.text if registered else "")


def savings_by_year_frame(quarter: Quarter) -> pd.DataFrame:
    """A row a saving, year and RAG status, in £000: for tables by year and charts."""
    return made("savings_by_year", _rows_by_year(quarter))


def _rows_by_year(quarter: Quarter) -> Iterator[dict[str, Any]]:
    for line in saving_lines(quarter):
        parts: dict[tuple[str, str], dict[str, list[SavingRow]]] = {}
        statuses = dict.fromkeys(row.rag for row in line.target if row.rag)
        is_one = len(statuses) < 2  # else the schedule has a column for each status
        for name, row in line.rows:
            if is_statement(row):
                rag = line.rag if is_one else row.rag or NOT_STATED
                part = parts.setdefault((row.year or NO_YEAR, rag), {})
                part.setdefault(name, []).append(row)
        for (year, rag), part in sorted(parts.items()):
            yield {
                "project": quarter.register[line.project].name,
                "line": line.label,
                "plan": PLAN_WORDS[line.plan],
                "year": year,
                "rag": rag,
                "owner": _owner(quarter, line),
                **{name: thousands(total_of(rows)) for name, rows in part.items()},
                "counts": yes_no(not line.why_not),
            }


def not_added_frame(quarter: Quarter) -> pd.DataFrame:
    """What the schedules state and no figure adds, a row each, with the reason."""
    return made("not_added", _not_added(quarter))


def _not_added(quarter: Quarter) -> Iterable[dict[str, Any]]:
    owners = {cell_of(row): quarter.owner_of(row).label for row in quarter.savings}
    for each in quarter.not_added:
        yield {
            "project": owners.get(each.cells[0], ""),
            "line": each.line,
            "why": each.reason,
            "cells": cells_text(each.cells),
        }
