"""Whether a tracker reports this quarter, or is the last quarter's once more.

What is delivered, what is forecast and how it is rated are reported anew each quarter; plans,
budgets and the register may stay as they are. A tracker of which all of that is the last quarter's
is refused until somebody confirms by name that there was no update.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ffanalysis.provenance import slug
from ffanalysis.savings.assemble import is_statement, line_key
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import ConfirmationRow, SavingRow
from ffanalysis.vocabulary import PROGRESS, Plan

# Whose progress is reported: a project, else a programme and its scope.
Reporter = tuple[str | None, str | None, str | None]
Reports = Mapping[Reporter, Counter[tuple[object, ...]]]


def reporter_of(row: SavingRow) -> Reporter:
    """Whose line a row is."""
    return (row.project, None, None) if row.project else (None, row.programme, row.scope)


def _reports(quarter: Quarter) -> Reports:
    """What is reported of each: amounts delivered and forecast, and the RAG status of each line.

    Where nothing but a RAG status is reported, the amounts that it stands for are part of it.
    """
    rows: dict[Reporter, list[SavingRow]] = {}
    for row in quarter.savings:
        rows.setdefault(reporter_of(row), []).append(row)
    found = {}
    for reporter, own in rows.items():
        has_progress = any(row.measure in PROGRESS and is_statement(row) for row in own)
        facts = Counter(fact for row in own for fact in _facts(row, has_progress=has_progress))
        if facts:
            found[reporter] = facts
    return found


def _facts(row: SavingRow, *, has_progress: bool) -> Iterator[tuple[object, ...]]:
    # What prior years delivered is no report of this one.
    if row.plan == Plan.PRIOR or not is_statement(row):
        return
    rated = row.rag or row.rag_missing
    line = (row.plan, line_key(row), row.measure, row.year)
    if row.measure in PROGRESS or (rated and not has_progress):
        yield (*line, row.amount_pence, row.missing, rated)
    elif rated:
        yield (*line, rated)


def last_reported(quarter: Quarter) -> Mapping[Reporter, Quarter]:
    """Those whose report is the last quarter's, each with the quarter that first had it."""
    return quarter.once(_last_reported)


def _last_reported(quarter: Quarter) -> dict[Reporter, Quarter]:
    now = quarter.once(_reports)
    found: dict[Reporter, Quarter] = {}
    earlier, alike = quarter.before, list(now)
    while earlier is not None and alike:
        then = earlier.once(_reports)
        alike = [reporter for reporter in alike if then.get(reporter) == now[reporter]]
        found |= dict.fromkeys(alike, earlier)
        earlier = earlier.before
    return found


@dataclass(frozen=True)
class Tracker:
    """A workbook that reports progress: since when none of it has changed, if so, and whose it is.

    `unconfirmed` are those of whom nobody has said that there was no update.
    """

    workbook: str
    reporters: tuple[Reporter, ...]
    since: Quarter | None
    unconfirmed: tuple[Reporter, ...]

    @property
    def is_stale(self) -> bool:
        """Whether all that it reports is the last quarter's, and nobody has confirmed that."""
        return self.since is not None and bool(self.unconfirmed)


def trackers(quarter: Quarter) -> tuple[Tracker, ...]:
    """The workbooks that report progress, in their order.

    One that holds a single project is unchanged by itself only where no other has changed either:
    else that is said of the project.
    """
    return quarter.once(_trackers)


def _trackers(quarter: Quarter) -> tuple[Tracker, ...]:
    reports, unchanged = quarter.once(_reports), last_reported(quarter)
    books: dict[str, dict[Reporter, None]] = {}
    for row in quarter.savings:
        if reporter_of(row) in reports and any(_facts(row, has_progress=True)):
            books.setdefault(row.workbook, {})[reporter_of(row)] = None
    whole = reports.keys() <= unchanged.keys()
    return tuple(
        Tracker(
            workbook,
            tuple(own),
            _since(own, unchanged) if whole or len(own) > 1 else None,
            tuple(each for each in own if not confirmed(quarter, workbook, each[0])),
        )
        for workbook, own in books.items()
    )


def _since(own: Iterable[Reporter], unchanged: Mapping[Reporter, Quarter]) -> Quarter | None:
    """The latest quarter in which anything of these was reported anew; None where it is now."""
    found = [unchanged.get(reporter) for reporter in own]
    known = [each for each in found if each is not None]
    return max(known, key=lambda each: each.period) if len(known) == len(found) else None


def confirmed(
    quarter: Quarter, workbook: str, project: str | None = None
) -> ConfirmationRow | None:
    """The confirmation of this quarter that names a workbook, or a project, if there is one."""
    names = names_of(workbook)
    if project and project in quarter.register:
        names |= {project, slug(quarter.register[project].name)}
    return next(
        (
            row
            for row in quarter.confirmations
            if slug(row.what) in names and is_of_this_quarter(quarter, row)
        ),
        None,
    )


def names_of(workbook: str) -> set[str]:
    """What a confirmation may call a workbook: its name, with or without the ending."""
    return {slug(workbook), slug(workbook.rpartition(".")[0])}


def is_of_this_quarter(quarter: Quarter, row: ConfirmationRow) -> bool:
    """Whether a confirmation was given for this quarter: one copied from the last was for that."""
    if row.date is None or row.date < quarter.period.first_day:
        return False
    before = quarter.before
    earlier = before.confirmations if before else ()
    return (row.what, row.by, row.date, row.why) not in {
        (each.what, each.by, each.date, each.why) for each in earlier
    }
