"""The quarters of a programme, each with how far it is: workbooks, run, briefings, release, mails.

It is told from what the run and the journal have written; no workbook is read.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ffanalysis.chain import Chain, Line
from ffanalysis.deliver.outbox import DRAFTED
from ffanalysis.deliver.release import Standing, standing
from ffanalysis.deliver.states import OPEN, SENT, event_of, states_of
from ffanalysis.errors import FolderClosed, JournalBroken, NoQuarterYet
from ffanalysis.read import known_periods, latest_period, workbooks_in
from ffanalysis.run import confidential
from ffanalysis.run.history import PastRun, past_runs
from ffanalysis.run.journal import PROGRAMME, RECONCILIATION, endings_of
from ffanalysis.run.reports_folder import ReportsFolder, reported_periods


@dataclass(frozen=True)
class Mails:
    """How many mails of a quarter were sent, wait as drafts, or may have been sent."""

    sent: int = 0
    drafted: int = 0
    in_doubt: int = 0


@dataclass(frozen=True)
class QuarterState:
    """How far a quarter is.

    Attributes:
        workbooks: how many it has; None where its folder may not be looked into.
        last_run: None where it has not been run.
        published: the projects that have a briefing now.
        withheld: those that have a note in its place.
        release: the last release and whether it holds.
        broken: why the journal cannot be relied on; "" where it can.
    """

    period: str
    is_latest: bool
    workbooks: int | None
    last_run: PastRun | None
    published: int
    withheld: int
    release: Standing = field(default_factory=Standing)
    mails: Mails = field(default_factory=Mails)
    broken: str = ""


def quarters(root: Path) -> list[QuarterState]:
    """The quarters that have a folder in data/raw, or of which there are reports; earliest first.

    Raises FolderClosed where data/raw may not be looked into.
    """
    names = sorted({*known_periods(root), *reported_periods(root)})
    try:
        latest = latest_period(root)
    except NoQuarterYet:
        latest = ""
    return [_state(root, name, is_latest=name == latest) for name in names]


def _state(root: Path, period: str, *, is_latest: bool) -> QuarterState:
    folder = root / "data" / "raw" / period
    try:
        workbooks = len(workbooks_in(folder)) if folder.is_dir() else 0
    except FolderClosed:
        workbooks = None
    runs = past_runs(root, period)
    published, withheld = _briefings(root, period)
    release, mails, broken = Standing(), Mails(), ""
    try:
        release = standing(root, period)
        mails = _mails(Chain(root / "reports", period).lines(), release)
    except JournalBroken as error:
        broken = str(error)
    return QuarterState(
        period,
        is_latest,
        workbooks,
        runs[0] if runs else None,
        published,
        withheld,
        release,
        mails,
        broken,
    )


def _briefings(root: Path, period: str) -> tuple[int, int]:
    """The projects that have a briefing, and those that have a note in its place."""
    for_all = ReportsFolder(root, period).published
    folders = [*([for_all] if for_all else []), *confidential.published(root, period).values()]
    ends = Counter(
        status in ("published", "unchanged")
        for folder in folders
        for name, status in endings_of(folder)
        if name not in (PROGRAMME, RECONCILIATION)
    )
    return ends[True], ends[False]


def _mails(lines: Sequence[Line], release: Standing) -> Mails:
    events = [event_of(line) for line in states_of(lines).values()]
    sent, in_doubt = events.count(SENT), sum(event in OPEN for event in events)
    drafts = 0
    for line in lines:
        is_of_it = release.last is not None and line.facts.get("release") == release.last.number
        if line.event == DRAFTED and is_of_it:
            drafts = len(line.facts["drafts"])
    return Mails(sent, drafts, in_doubt)
