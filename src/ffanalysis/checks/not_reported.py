"""Figures that were not returned: somebody wrote so, or what was reported last is reported no more.

A service that sends no return leaves its targets standing, and its briefing would show them
without a word.
"""

from collections.abc import Collection, Iterator
from typing import Any

from ffanalysis import periods
from ffanalysis.checks import unread
from ffanalysis.checks.moved import moved_lines
from ffanalysis.figures import Figure
from ffanalysis.findings import Finding, Sentence
from ffanalysis.provenance import cells_of, merged_cells
from ffanalysis.savings.assemble import is_statement, line_key
from ffanalysis.savings.every_line import OwnedLine, every_line
from ffanalysis.savings.model import LineKey, Owner, Saving, Series
from ffanalysis.savings.quarter import Quarter
from ffanalysis.savings.refusals import withheld_projects
from ffanalysis.savings.unchanged import Reporter, reporter_of
from ffanalysis.savings.unchanged_lines import is_closed
from ffanalysis.tables import SavingRow
from ffanalysis.vocabulary import DELIVERED, PROGRESS, TARGETS, Measure, Plan

_RULE = "figures-returned"
_Reports = dict[Reporter, list[SavingRow]]


def figures_returned(quarter: Quarter) -> Iterator[Finding]:
    """No text says that figures were not returned, and whoever reported last quarter does so now.

    Nor is the forecast of a line blank where others have one. Of the years that are still running:
    where a whole project or scope reports nothing, that is said once; else of each line, and of
    each measure of a line, that has gone blank.
    """
    yield from unread.figures_returned(quarter)
    gone = list(_reported_no_more(quarter))
    yield from gone
    told = {finding.project for finding in gone}
    yield from (each for each in _no_forecast(quarter) if each.project not in told)


def _no_forecast(quarter: Quarter) -> Iterator[Finding]:
    """The lines of projects with a target this year and a blank forecast, where others have one.

    Nothing is to come of a line that is delivered, in full or by its RAG status.
    """
    year = periods.year_of(quarter.as_of)
    forecast = {
        row.block
        for row in quarter.savings
        if row.measure == Measure.FORECAST and row.year == year and row.amount_pence is not None
    }
    for line in every_line(quarter):
        own = line.saving.forecast.of_year(year)
        is_asked = {row.block for row in own} & forecast and not any(map(is_statement, own))
        target = line.saving.target.of_year(year).non_zero
        if is_asked and _is_followed(quarter, line) and _is_to_come(line.saving, target, year):
            yield _blank_forecast(line, target, own, year)


def _is_followed(quarter: Quarter, line: OwnedLine) -> bool:
    """Whether a line is a project's own in the plan, and its report is still to be had."""
    is_own = line.saving.is_counted and line.saving.plan == Plan.CURRENT
    return (
        bool(line.owner.project)
        and is_own
        and _is_asked(quarter, line.reporter, is_there=True, new=())
    )


def _is_to_come(saving: Saving, target: Series, year: str) -> bool:
    """Whether some of a target is neither delivered nor rated so."""
    due = target.where(lambda row: row.rag != DELIVERED)
    return bool(due) and saving.delivered.of_year(year).total.known_pence < due.total.known_pence


def _blank_forecast(line: OwnedLine, target: Series, own: Series, year: str) -> Finding:
    amount = Figure(f"{_RULE}/target", target.total)
    return Finding(
        _RULE,
        line.subject,
        "not_stated",
        "query",
        (
            f"{line.subject}, {year}: no forecast is stated, though its target is ",
            amount,
            " and other lines have one. Ask the service for it.",
        ),
        year,
        cells=merged_cells(cells_of(own), amount.cells),
        **line.owner.about,
    )


def _reported_no_more(quarter: Quarter) -> Iterator[Finding]:
    """What was reported in the quarter before, and is not now."""
    if quarter.before is None:
        return
    now, then = _rows(quarter, quarter), _rows(quarter.before, quarter)
    new = {reporter for reporter in now if reporter not in then}
    moved = {(was.reporter, was.saving.key) for _, was in moved_lines(quarter)}
    asked_measures = {row.measure for own in now.values() for row in own if _is_report(row)}
    for reporter, rows in then.items():
        own = now.get(reporter, [])
        if not _is_asked(quarter, reporter, is_there=bool(own), new=new):
            continue
        was = [row for row in rows if (reporter, line_key(row)) not in moved]
        if not any(_is_report(row) for row in own):
            if not _is_all_delivered(own or was):
                yield from _gone(quarter, reporter, was, own)
        else:
            yield from _gone_lines(quarter, reporter, was, own, asked_measures)


def _is_asked(
    quarter: Quarter, reporter: Reporter, *, is_there: bool, new: Collection[Reporter]
) -> bool:
    """Whether a report is still to be had, and would be there if it had been made.

    Not of a project that is closed, or withheld because something cannot be read. A programme's
    scope that is not there may have a new name where its programme has a new scope.
    """
    project, programme, _ = reporter
    if project is None:
        is_renamed = any(other[:2] == (None, programme) for other in new)
        return is_there or not (is_renamed or any(row.block for row in quarter.refusals))
    is_known = project in quarter.register and project not in withheld_projects(quarter)
    return is_known and not is_closed(quarter, reporter)


def _rows(quarter: Quarter, now: Quarter) -> _Reports:
    """What is stated of this financial year and later ones, by whose it is.

    On its last day a year is over, and what was delivered in it is reported all the same.
    """
    this_year = periods.year_of(now.as_of)
    found: _Reports = {}
    for row in quarter.savings:
        if row.plan != Plan.PRIOR and row.year and row.year >= this_year:
            found.setdefault(reporter_of(row), []).append(row)
    return found


def _is_report(row: SavingRow) -> bool:
    """Whether a cell reports progress; a marked gap (TBC) says itself that something is missing."""
    return row.measure in PROGRESS and is_statement(row)


def _is_all_delivered(rows: list[SavingRow]) -> bool:
    """Whether nothing is left to report: every target is rated as delivered."""
    rated = [row for row in rows if row.measure in TARGETS and row.amount_pence]
    return bool(rated) and all(row.rag == DELIVERED for row in rated)


def _gone_lines(
    quarter: Quarter,
    reporter: Reporter,
    was: list[SavingRow],
    own: list[SavingRow],
    measures: set[str | None],
) -> Iterator[Finding]:
    """The lines that are still there and have gone blank, wholly or under one measure."""
    lines, since = _by_line(was), _by_line(own)
    for key, rows in lines.items():
        here = since.get(key, [])
        if not here or _is_all_delivered(here):
            continue
        reported = {row.measure for row in here if _is_report(row)}
        lost = [row for row in rows if row.measure in measures and row.measure not in reported]
        name = f"the line {rows[0].ref}" if rows[0].ref else ""
        yield from _gone(quarter, reporter, lost, here, name)


def _by_line(rows: list[SavingRow]) -> dict[LineKey, list[SavingRow]]:
    found: dict[LineKey, list[SavingRow]] = {}
    for row in rows:
        found.setdefault(line_key(row), []).append(row)
    return found


def _gone(
    quarter: Quarter,
    reporter: Reporter,
    rows: list[SavingRow],
    here: list[SavingRow],
    line: str = "",
) -> Iterator[Finding]:
    """What was reported last quarter and is not now, as one finding; nothing where it was nil."""
    amounts: list[Figure] = []
    for measure in PROGRESS:
        one = Series(tuple(_of_best_table(rows, measure))).non_zero
        if one:
            amounts.append(Figure(f"{_RULE}/{measure}", one.total))
    if not amounts:
        return
    owner = quarter.owner_of(rows[0])
    if reporter[0]:
        owner = Owner(quarter.register[reporter[0]].name, reporter[0])
    subject = ", ".join(filter(None, (owner.label, line)))
    words: list[str | Figure] = []
    for amount in amounts:
        kind = "delivered" if amount.name.endswith(Measure.DELIVERED) else "forecast"
        words += [" and " if words else "", amount, f" {kind}"]
    what = "no such amount" if any(_is_report(row) for row in here) else "nothing"
    message: Sentence = (
        f"{subject}: it reported ",
        *words,
        f" last quarter and reports {what} this quarter: ask the service for its return.",
    )
    facts: dict[str, Any] = owner.about
    cells = merged_cells(cells_of(here), *(amount.cells for amount in amounts))
    yield Finding(_RULE, subject, "not_stated", "query", message, cells=cells, **facts)


def _of_best_table(rows: list[SavingRow], measure: Measure) -> list[SavingRow]:
    """The amounts of a measure by the table that states most of them, so that none counts twice."""
    tables: dict[str | None, list[SavingRow]] = {}
    for row in rows:
        if row.measure == measure:
            tables.setdefault(row.block, []).append(row)
    return max(tables.values(), key=len, default=[])
