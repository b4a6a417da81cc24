"""Inputs that are not this quarter's, or that stand there twice, as refusals.

What is published of them would be wrong without any cell being so: the last quarter's tracker, a
title of another quarter, a second copy of a workbook.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from ffanalysis.periods import long_date
from ffanalysis.savings.copies import Copies, copies, what_both_state
from ffanalysis.savings.quarter import Quarter
from ffanalysis.savings.unchanged import Reporter, Tracker, confirmed, reporter_of, trackers
from ffanalysis.tables import SavingRow, StatementRow, Tables, frame
from ffanalysis.vocabulary import scope_service

_Row = Mapping[str, Any]


def refuse_stale(tables: Tables) -> Tables:
    """The tables of a quarter, with what is not this quarter's among its refusals."""
    quarter = Quarter(tables)
    rows = [*_stale_trackers(quarter), *_of_other_quarters(quarter), *_copied(quarter)]
    if not rows:
        return tables
    both = [each for each in (tables.refusals, frame("refusals", rows)) if len(each)]
    return replace(tables, refusals=pd.concat(both, ignore_index=True))


# --- last quarter's trackers ----------------------------------------------------------------------


def _stale_trackers(quarter: Quarter) -> Iterator[_Row]:
    for tracker in trackers(quarter):
        if tracker.is_stale:
            sentence = stale_sentence(quarter, tracker)
            for reporter in tracker.unconfirmed:
                yield _refusal(sentence, tracker.workbook, _whom(reporter))


def stale_sentence(quarter: Quarter, tracker: Tracker) -> str:
    """Why a tracker is not published, and what to do about it."""
    since = tracker.since.period.called_in(quarter.period) if tracker.since else ""
    return (
        f"{tracker.workbook}: what is delivered, forecast and rated in it is that of {since}, cell"
        " for cell. Put this quarter's tracker in its place; if there was no update, write in"
        f' confirmed.toml beside it who says so: [[confirmed]] what = "{tracker.workbook}", by,'
        " date and why."
    )


def _whom(reporter: Reporter) -> _Row:
    """Whom the refusal of somebody's report withholds."""
    project, programme, scope = reporter
    return {"project": project, "programme": programme, "service": scope_service(scope) or None}


# --- titles of another quarter --------------------------------------------------------------------


def is_of_quarter(quarter: Quarter, row: StatementRow) -> bool:
    """Whether the day or quarter that a line names is, at least in part, of this quarter."""
    period = quarter.period
    return row.first_day <= period.last_day and period.first_day <= row.last_day


def place_of(row: StatementRow) -> str:
    """The sheet that says something, or the workbook."""
    return f"{row.workbook}, sheet {row.sheet}" if row.sheet else row.workbook


def what_it_says(row: StatementRow) -> str:
    """What is said of a day or quarter: a line as it is written, or a name."""
    return f"'{row.text}'" if row.cell else "its name"


def sheets_about(quarter: Quarter, row: StatementRow) -> list[SavingRow]:
    """The savings that a line speaks for: those of its sheet; of its workbook, for a cover."""
    own = list(quarter.savings.by("workbook").get(row.workbook, []))
    return [saving for saving in own if saving.sheet == row.sheet] or own


def withholds(quarter: Quarter, row: StatementRow) -> bool:
    """Whether a line of another quarter withholds: not where a plan is that only repeats itself."""
    if is_of_quarter(quarter, row) or confirmed(quarter, row.workbook):
        return False
    reporters = {each for tracker in trackers(quarter) for each in tracker.reporters}
    about = sheets_about(quarter, row)
    return any(saving.project or reporter_of(saving) in reporters for saving in about)


def has_other_as_of(quarter: Quarter) -> bool:
    """Whether a cell states a day outside the quarter as that of its figures."""
    period = quarter.period
    is_inside = period.first_day <= quarter.as_of <= period.last_day
    return bool(quarter.tables.as_of_cell) and not is_inside


def _of_other_quarters(quarter: Quarter) -> Iterator[_Row]:
    for row in quarter.statements:
        if withholds(quarter, row):
            cell = f", cell {row.cell}" if row.cell else ""
            what = "title" if row.cell else "name"
            sentence = (
                f"{place_of(row)}{cell}: {what_it_says(row)} is not of"
                f" {quarter.period.words} (put this quarter's workbook in its place; if only the"
                f" {what} was left as it was, correct it)."
            )
            for reporter in dict.fromkeys(map(reporter_of, sheets_about(quarter, row))):
                where = {"sheet": row.sheet or None, "cell": row.cell or None, "value": row.text}
                yield _refusal(sentence, row.workbook, _whom(reporter), **where)
    workbook, _, place = quarter.tables.as_of_cell.partition("!")
    if has_other_as_of(quarter) and not confirmed(quarter, workbook):
        sheet, _, cell = place.rpartition("!")
        sentence = (
            f"{workbook}, sheet {sheet}, cell {cell}: {long_date(quarter.as_of)} is not a day of"
            f" {quarter.period.words} (put this quarter's workbook in its place, or correct the"
            " date)."
        )
        yield _refusal(sentence, workbook, {}, sheet=sheet, cell=cell)


# --- copies ---------------------------------------------------------------------------------------


def copied_sentence(quarter: Quarter, found: Copies) -> str:
    """What two workbooks both state, and what to do about it."""
    return (
        f"{found.second} looks like a copy of {found.first}: both state"
        f" {what_both_state(quarter, found.example)}. Delete the one that is out of date."
    )


def _copied(quarter: Quarter) -> Iterator[_Row]:
    for found in copies(quarter):
        sentence = copied_sentence(quarter, found)
        if found.concerns_all or not found.owners:
            yield _refusal(sentence, found.second, {})
        for owner in () if found.concerns_all else found.owners:
            whom = {
                "project": owner.project or None,
                "programme": owner.programme or None,
                "service": owner.service or None,
            }
            yield _refusal(sentence, found.second, whom)


def _refusal(sentence: str, workbook: str, whom: _Row, **place: object) -> _Row:
    return {"sentence": sentence, "workbook": workbook, **whom, **place}
