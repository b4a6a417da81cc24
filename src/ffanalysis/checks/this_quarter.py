"""Rules about inputs: that they are this quarter's, and that each thing is stated by one file."""

from collections.abc import Iterator, Sequence
from typing import Any

from ffanalysis.figures import Figure, amount_of
from ffanalysis.findings import Amounts, Finding
from ffanalysis.periods import long_date
from ffanalysis.provenance import CellRef, cell_of, cells_of, slug
from ffanalysis.savings.assemble import line_label
from ffanalysis.savings.copies import TwiceStated, copies, twice_stated
from ffanalysis.savings.model import Owner
from ffanalysis.savings.quarter import Quarter
from ffanalysis.savings.stale import (
    copied_sentence,
    has_other_as_of,
    is_of_quarter,
    place_of,
    sheets_about,
    stale_sentence,
    what_it_says,
    withholds,
)
from ffanalysis.savings.unchanged import (
    Reporter,
    Tracker,
    confirmed,
    is_of_this_quarter,
    last_reported,
    names_of,
    reporter_of,
    trackers,
)
from ffanalysis.savings.unchanged_lines import LineUnchanged, lines_unchanged
from ffanalysis.tables import ConfirmationRow, SavingRow
from ffanalysis.vocabulary import Measure

# --- no update ------------------------------------------------------------------------------------

_UNCHANGED = "inputs-unchanged"
_REPORTED = {
    Measure.DELIVERED: "the amount delivered",
    Measure.FORECAST: "the forecast",
}


def inputs_unchanged(quarter: Quarter) -> Iterator[Finding]:
    """What is delivered, forecast and rated is reported anew each quarter."""
    stale = [tracker for tracker in trackers(quarter) if tracker.is_stale]
    for tracker in stale:
        yield _stale(quarter, tracker)
    refused = {reporter for tracker in stale for reporter in tracker.unconfirmed}
    rows: dict[Reporter, list[SavingRow]] = {}
    for row in quarter.savings:
        rows.setdefault(reporter_of(row), []).append(row)
    for reporter, since in last_reported(quarter).items():
        if reporter not in refused:
            yield _unchanged(quarter, rows[reporter], since)
    for line in lines_unchanged(quarter):
        yield _line_unchanged(quarter, line)
    yield from _without_use(quarter)


def _stale(quarter: Quarter, tracker: Tracker) -> Finding:
    rows = quarter.savings.by("workbook")[tracker.workbook]
    return Finding(
        _UNCHANGED,
        tracker.workbook,
        "not_stated",
        "error",
        (stale_sentence(quarter, tracker),),
        cells=cells_of(rows[:1]),
    )


def _unchanged(quarter: Quarter, rows: list[SavingRow], since: Quarter) -> Finding:
    """A project without an update, among others that have one or of a tracker confirmed so."""
    owner = quarter.owner_of(rows[0])
    books = dict.fromkeys(row.workbook for row in rows)
    said = next(filter(None, (confirmed(quarter, book, owner.project) for book in books)), None)
    what = _reported(rows)
    verb, them = ("have", "them") if " and " in what else ("has", "it")
    words = f"{owner.label}: {what} {verb} not been updated since"
    words += f" {since.period.called_in(quarter.period)}"
    why = f". Ask the service to confirm {them}."
    if said:
        why = f", as {_confirmed_words(said)}."
    return Finding(
        _UNCHANGED,
        owner.label,
        "not_stated",
        "note" if said else "query",
        (words + why,),
        cells=cells_of(rows),
        **owner.about,
    )


def _reported(rows: Sequence[SavingRow], *, with_rag: bool = True) -> str:
    """What of these rows is reported anew each quarter, and is stated."""
    stated = {row.measure for row in rows if row.amount_pence is not None}
    named = [words for measure, words in _REPORTED.items() if measure in stated]
    if with_rag and any(row.rag for row in rows):
        named.append("the RAG status")
    return " and ".join(filter(None, (", ".join(named[:-1]), *named[-1:]))) or "its figures"


def _line_unchanged(quarter: Quarter, line: LineUnchanged) -> Finding:
    """A line without an update, among others of the same project that have one."""
    first = line.rows[0]
    owner = quarter.owner_of(first)
    subject = f"{owner.label}, {line_label(first)}"
    since = line.since.period.called_in(quarter.period)
    words = (
        f"{subject}: not updated since {since}, while other lines were. Ask the service to confirm"
        f" {_reported(line.rows, with_rag=False)}."
    )
    return Finding(
        _UNCHANGED,
        subject,
        "not_stated",
        "query",
        (words,),
        cells=cells_of(line.rows),
        **owner.about,
    )


def _confirmed_words(row: ConfirmationRow) -> str:
    day = f" on {long_date(row.date)}" if row.date else ""
    return f"{row.by} confirmed{day} ({row.why})"


def _without_use(quarter: Quarter) -> Iterator[Finding]:
    """The confirmations that do not apply: of another quarter, or of what has been updated."""
    names = _to_confirm(quarter)
    for row in quarter.confirmations:
        if not is_of_this_quarter(quarter, row):
            why = f"was given for a quarter other than {quarter.period.words}"
        elif slug(row.what) in names:
            continue
        else:
            why = "does not apply: it has been updated, or nothing of that name reports progress"
        said = f"that there was no update of {row.what}, as {_confirmed_words(row)}"
        yield Finding(
            _UNCHANGED,
            f"{row.what}, confirmation",
            "disagrees",
            "query",
            (f"{row.workbook}: {said}, {why}. Delete it.",),
            cells=(CellRef(row.workbook, "", ""),),
        )


def _to_confirm(quarter: Quarter) -> set[str]:
    """The workbooks and projects of which a confirmation says something, as it may name them."""
    books = {tracker.workbook for tracker in trackers(quarter) if tracker.since}
    books |= {row.workbook for row in quarter.statements if not is_of_quarter(quarter, row)}
    if has_other_as_of(quarter):
        books.add(quarter.tables.as_of_cell.partition("!")[0])
    names = {name for book in books for name in names_of(book)}
    for project, *_ in last_reported(quarter):
        if project in quarter.register:
            names |= {project, slug(quarter.register[project].name)}
    return names


# --- the day and the quarter ----------------------------------------------------------------------

_AS_OF = "as-of-in-quarter"


def as_of_in_quarter(quarter: Quarter) -> Iterator[Finding]:
    """What a title or an as-of date says of the quarter is this quarter."""
    for row in quarter.statements:
        if is_of_quarter(quarter, row):
            continue
        owners = dict.fromkeys(map(quarter.owner_of, sheets_about(quarter, row)))
        said = confirmed(quarter, row.workbook)
        ending = f"; {_confirmed_words(said)} that there was no update" if said else ""
        words = f"{place_of(row)}: {what_it_says(row)} is not of {quarter.period.words}"
        yield Finding(
            _AS_OF,
            ", ".join(filter(None, (row.workbook, row.sheet))),
            "disagrees",
            "error" if withholds(quarter, row) else "note" if said else "query",
            (f"{words}{ending}.",),
            cells=(cell_of(row),),
            **(next(iter(owners)).about if len(owners) == 1 else {}),
        )
    if has_other_as_of(quarter):
        workbook, _, place = quarter.tables.as_of_cell.partition("!")
        sheet, _, cell = place.rpartition("!")
        said = confirmed(quarter, workbook)
        words = f"{workbook}, sheet {sheet}: {long_date(quarter.as_of)} is not a day of"
        yield Finding(
            _AS_OF,
            "As-of date",
            "disagrees",
            "note" if said else "error",
            (f"{words} {quarter.period.words}.",),
            cells=(CellRef(workbook, sheet, cell),),
        )


# --- one thing, one file --------------------------------------------------------------------------

_FILES = "files-agree"


def files_agree(quarter: Quarter) -> Iterator[Finding]:
    """No two workbooks are copies of each other, or state one line with different amounts."""
    pairs = []
    for found in copies(quarter):
        pairs.append({found.first, found.second})
        yield Finding(
            _FILES,
            f"{found.second}, {found.first}",
            "disagrees",
            "error",
            (copied_sentence(quarter, found),),
            cells=cells_of(found.example),
            **_about(found.owners),
        )
    for twice in twice_stated(quarter):
        if {twice.first.workbook, twice.second.workbook} not in pairs:
            yield _twice(twice)


def _about(owners: tuple[Owner, ...]) -> dict[str, Any]:
    return owners[0].about if len(owners) == 1 else {}


def _twice(twice: TwiceStated) -> Finding:
    first, second = (amount_of(row) for row in (twice.first, twice.second))
    opening = ", ".join(filter(None, (twice.label, twice.year)))
    return Finding(
        _FILES,
        twice.label,
        "disagrees",
        "error",
        (
            f"{opening}: {twice.first.workbook} has ",
            Figure(f"{_FILES}/one", first),
            f", {twice.second.workbook} ",
            Figure(f"{_FILES}/other", second),
            ". One is out of date; rounding does not explain the difference.",
        ),
        twice.year,
        Amounts(first, second),
        cells=twice.cells,
        **twice.owner.about,
    )
