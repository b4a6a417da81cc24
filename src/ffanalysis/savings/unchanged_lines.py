"""Lines of which nothing new is reported, while the other lines of the same project moved.

What is delivered and what is forecast of them, in the years that have begun, is the last quarter's.
That may be so; or the line was copied from the last tracker and nobody asked its owner. Of a line
that is complete, or of which nothing is due yet, nothing new is expected.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ffanalysis import periods
from ffanalysis.savings.assemble import is_statement, line_key
from ffanalysis.savings.model import LineKey
from ffanalysis.savings.quarter import Quarter
from ffanalysis.savings.unchanged import Reporter, last_reported, reporter_of
from ffanalysis.tables import SavingRow
from ffanalysis.vocabulary import PROGRESS, TARGETS, Measure, Plan

_CLOSED = re.compile(
    r"\b(?:closed?|complete[d]?|cancelled|withdrawn|ended|stopped|abandoned|superseded|finished)\b",
    re.I,
)
_NOT_CLOSED = re.compile(r"\b(?:not|to\s+be|nearly|part(?:ly|ially)?)\b", re.I)

_Line = tuple[Reporter, str | None, LineKey]
_Facts = Mapping[tuple[str | None, str | None], tuple[object, ...]]


@dataclass(frozen=True)
class LineUnchanged:
    """A line without an update: its rows that report progress, and the quarter that had them."""

    rows: Sequence[SavingRow]
    since: Quarter


def lines_unchanged(quarter: Quarter) -> Iterator[LineUnchanged]:
    """The lines that report what they reported before, of whom others report something new."""
    if quarter.before is None:
        return
    now, then = quarter.once(_lines), quarter.before.once(_lines)
    same = {line: own for line, own in now.items() if _is_same(own, then.get(line, ()))}
    moved = {line[0] for line in now.keys() & then.keys() if line not in same}
    asked = moved - last_reported(quarter).keys()
    for line, rows in same.items():
        if line[0] in asked and _is_expected(rows) and not is_closed(quarter, line[0]):
            yield LineUnchanged(_progress(rows), _first_with(quarter.before, line, rows))


def _is_same(now: Sequence[SavingRow], then: Sequence[SavingRow]) -> bool:
    facts = _facts(now)
    return facts is not None and facts == _facts(then)


def _lines(quarter: Quarter) -> dict[_Line, list[SavingRow]]:
    """The lines of all owners by what each is followed by, as they state the years up to this."""
    found: dict[_Line, list[SavingRow]] = {}
    for row in quarter.savings:
        if row.plan != Plan.PRIOR and row.year and _has_begun(quarter, row.year):
            found.setdefault((reporter_of(row), row.plan, line_key(row)), []).append(row)
    return found


def _progress(rows: Sequence[SavingRow]) -> list[SavingRow]:
    return [row for row in rows if row.measure in PROGRESS and is_statement(row)]


def _facts(rows: Sequence[SavingRow]) -> _Facts | None:
    """What a line reports by measure and year; None where it does so twice, or not at all."""
    own = _progress(rows)
    facts = {
        (row.measure, row.year): (row.amount_pence, row.missing, row.rag or row.rag_missing)
        for row in own
    }
    return facts if own and len(facts) == len(own) else None


def _is_expected(rows: Sequence[SavingRow]) -> bool:
    """Whether something new would be expected of a line: it is due, and is not all delivered."""
    if not all(_stated(rows, measure) for measure in PROGRESS):
        return False
    delivered, forecast = (_sum(_stated(rows, measure)) for measure in PROGRESS)
    revised = _stated(rows, Measure.REVISED)
    target = _sum(revised or [row for row in rows if row.measure in TARGETS])
    is_complete = any(row.rag == "Green Delivered" for row in rows) or 0 < target <= delivered
    return bool(delivered or forecast) and not is_complete


def _stated(rows: Sequence[SavingRow], measure: str) -> list[SavingRow]:
    return [row for row in rows if row.measure == measure and is_statement(row)]


def _sum(rows: Sequence[SavingRow]) -> int:
    return sum(row.amount_pence or 0 for row in rows)


def _has_begun(quarter: Quarter, year: str) -> bool:
    return periods.year_start(year) <= quarter.period.start


def is_closed(quarter: Quarter, reporter: Reporter) -> bool:
    """Whether the register says that a project is closed."""
    known = quarter.register.get(reporter[0] or "")
    status = (known.status if known else None) or ""
    return bool(_CLOSED.search(status)) and not _NOT_CLOSED.search(status)


def _first_with(quarter: Quarter, line: _Line, rows: Sequence[SavingRow]) -> Quarter:
    """The first of the quarters on end that report this of a line, from one that does backwards."""
    facts, first = _facts(rows), quarter
    while (earlier := first.before) and _facts(earlier.once(_lines).get(line, ())) == facts:
        first = earlier
    return first
