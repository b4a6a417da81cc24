"""How long reports are kept: what would go by the settings, and, when told, its deletion.

What is not ours is never touched: workbooks, files that no run has written, a release that the
journal does not know. No link is followed. The journal itself stays, with a line for what has gone.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain
from pathlib import Path

from ffanalysis.chain import Chain, Line
from ffanalysis.deliver import kept
from ffanalysis.deliver.intranet import DELETED, INDEX, write_intranet
from ffanalysis.deliver.intranet import FOLDER as INTRANET
from ffanalysis.deliver.intranet import folder_of as intranet_of
from ffanalysis.deliver.release import OUTBOX, account
from ffanalysis.editions import RELEASED
from ffanalysis.errors import DeletionUnsigned, JournalBroken, JournalInUse, RunUnderWay
from ffanalysis.periods import Period, long_date
from ffanalysis.read import council_of
from ffanalysis.render.removal import discard
from ffanalysis.run import confidential
from ffanalysis.run.reports_folder import RUNS, ReportsFolder
from ffanalysis.settings import Retention, Settings

_OF_LOGS = (".log", ".json")


@dataclass(frozen=True)
class Item:
    """Something that is kept no longer: what it is, where, why it goes, and its size in bytes.

    `release` is the journal's line, where it is one.
    """

    period: str
    what: str
    paths: tuple[Path, ...]
    why: str
    size: int
    release: Line | None = None


@dataclass(frozen=True)
class Expired:
    """What is kept no longer, and what stays although it is old: a sentence each."""

    items: tuple[Item, ...]
    left: tuple[str, ...]

    @property
    def size(self) -> int:
        return sum(item.size for item in self.items)


def expired(root: Path, today: date | None = None) -> Expired:
    """What would go by the settings. Nothing is changed."""
    clock = _Clock.of(root, today or datetime.now(UTC).date())
    items: list[Item] = []
    left: list[str] = []
    for period in clock.periods:
        found, why = _of_period(root, period, clock)
        items += found
        left += why
    return Expired(tuple(items), tuple(left))


def delete(root: Path, by: str, today: date | None = None) -> Expired:
    """Delete what would go, under the lock of its quarter; gives what has gone, and what stays.

    Each deletion is a line of the journal before anything is gone. Raises DeletionUnsigned.
    """
    if not (by := " ".join(by.split())):
        raise DeletionUnsigned
    clock = _Clock.of(root, today or datetime.now(UTC).date())
    gone: list[Item] = []
    left: list[str] = []
    for period in clock.periods:
        try:
            found, why = _delete_of_period(root, period, by, clock)
        except (RunUnderWay, JournalInUse, JournalBroken) as error:
            found, why = [], [f"{period} is left: {error}"]
        gone += found
        left += why
    return Expired(tuple(gone), tuple(left))


def _delete_of_period(
    root: Path, period: str, by: str, clock: "_Clock"
) -> tuple[list[Item], list[str]]:
    found, why_left = _of_period(root, period, clock)
    if not found:
        return [], why_left  # a quarter of which nothing goes gets no lock and no journal
    gone: list[Item] = []
    with ReportsFolder(root, period).lock():
        items, left = _of_period(root, period, clock, is_ours=True)
        journal = Chain(root / "reports", period)
        known = {line.facts.get("release") for line in journal.lines() if line.event == DELETED}
        for item in items:
            number = item.release.facts["number"] if item.release else None
            if number is None or number not in known:
                journal.add(DELETED, _facts(item, by))
            stays = [path for path in item.paths if not discard(path)]
            if stays:
                left.append(f"The system does not let this command delete {stays[0]}.")
            else:
                gone.append(item)
        if intranet_of(root / "reports", period).is_dir():
            with journal.held():
                write_intranet(root, period)
    return gone, left


def _facts(item: Item, by: str) -> dict[str, object]:
    facts: dict[str, object] = {
        "what": item.what,
        "why": item.why,
        "bytes": item.size,
        "by": by,
        "account": account(),
    }
    if item.release:
        facts |= {name: item.release.facts.get(name) for name in ("number", "manifest")}
        facts["release"] = facts.pop("number")
    return facts


# --- what is old ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Clock:
    """The day, the quarters that have anything, and the first that is kept unreleased."""

    today: date
    keeps: Retention
    periods: tuple[str, ...]
    first_kept: Period

    @classmethod
    def of(cls, root: Path, today: date) -> "_Clock":
        """By the settings of the latest quarter that has workbooks."""
        folder = root / "data" / "raw"
        filled = (each for each in _periods_in(folder) if any((folder / each).iterdir()))
        raw = sorted(filled, key=_order)
        reports = root / "reports"
        folders = (
            reports,
            reports / RUNS,
            reports / OUTBOX,
            reports / kept.RELEASED,
            reports / INTRANET,
            reports / confidential.FOLDER,
        )
        periods = sorted({*chain.from_iterable(map(_periods_in, folders))}, key=_order)
        keeps = (council_of(root, raw[-1]) if raw else Settings()).retention
        # Never later than the clock: a folder for a quarter to come makes no other one older.
        begun = [each for each in (*raw, *periods) if Period.parse(each).first_day <= today]
        first = Period.parse(max(begun, key=_order)) if begun else Period(today.year, 1)
        for _ in range(keeps.unreleased_quarters):
            first = first.before
        return cls(today, keeps, tuple(periods), first)

    def is_old(self, period: str) -> bool:
        """Whether a quarter is more quarters ago than unreleased reports are kept."""
        return Period.parse(period).first_day < self.first_kept.first_day

    def is_over(self, released: date) -> bool:
        """Whether a release of a day is kept no longer."""
        return _years_after(released, self.keeps.released_years) <= self.today


def _order(period: str) -> date:
    return Period.parse(period).first_day


def _years_after(day: date, years: int) -> date:
    """The same day, so many years later; 1 March for 29 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _periods_in(folder: Path) -> list[str]:
    """The quarters that have something in a folder that is no link."""
    if folder.is_symlink() or not folder.is_dir():
        return []
    return [path.name for path in folder.iterdir() if Period.is_name(path.name)]


def _of_period(
    root: Path, period: str, clock: _Clock, *, is_ours: bool = False
) -> tuple[list[Item], list[str]]:
    """What of a quarter goes, and why something stays; `is_ours` where its lock is held."""
    reports = ReportsFolder(root, period)
    try:
        lines = Chain(reports.parent, period).lines()
    except JournalBroken as error:
        return [], [f"{period} is left: {error}"]
    if not is_ours and reports.is_locked():
        return [], [f"{period} is left: a run of it is going on."]
    released = [line for line in lines if line.event == RELEASED]
    over = [line for line in released if clock.is_over(_day(line))]
    items = [
        *_releases(root, period, over, clock),
        *_reports(root, period, _why_reports(period, released, over, clock)),
    ]
    if clock.is_old(period):
        why = f"drafts of a quarter before {clock.first_kept.words}"
        items += _item(period, "drafts", [reports.parent / OUTBOX / period], why)
    return items, [*_unknown(root, period, released)]


def _day(line: Line) -> date:
    return datetime.fromisoformat(line.at).date()


def _why_reports(period: str, released: Sequence[Line], over: Sequence[Line], clock: _Clock) -> str:
    """Why the reports of a quarter go; "" where they stay."""
    if released:
        years = clock.keeps.released_years
        return f"its last release is {years} years old" if len(over) == len(released) else ""
    is_old = clock.is_old(period)
    return f"not released, and before {clock.first_kept.words}" if is_old else ""


def _releases(root: Path, period: str, over: Sequence[Line], clock: _Clock) -> Iterator[Item]:
    for line in over:
        number = line.facts["number"]
        why = f"released on {long_date(_day(line))}, {clock.keeps.released_years} years ago or more"
        folder = kept.folder_of(root / "reports", period, number)
        served = intranet_of(root / "reports", period) / str(number)
        ours = [
            path
            for path in (served, folder)
            if not any(place.is_symlink() for place in path.parents[:2])
        ]
        yield from _item(period, f"release {number}", ours, why, line)


def _reports(root: Path, period: str, why: str) -> Iterator[Item]:
    """The published folder of a quarter with what runs have left, those apart, and the logs."""
    if not why:
        return
    folders = [ReportsFolder(root, period)]
    apart = confidential.folder_of(root, period)
    if not (apart.is_symlink() or apart.parent.is_symlink()):
        own = (confidential.reports_of(root, period, name) for name in _names_in(apart))
        folders += [one for one in own if not one.is_locked()]
    for one in folders:
        what = "reports" if one is folders[0] else f"reports of {one.period}"
        yield from _item(period, what, _own_folders(one), why)
        logs = [one.runs / name for name in _names_in(one.runs) if name.endswith(_OF_LOGS)]
        yield from _item(period, f"run logs of its {what}", logs, why)


def _names_in(folder: Path) -> list[str]:
    """What is in a folder that is no link and not hidden."""
    if folder.is_symlink() or not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def _own_folders(reports: ReportsFolder) -> list[Path]:
    """The link of a quarter, and the folders beside it that runs have made.

    A link to anywhere else is not ours.
    """
    left = reports.leftovers()
    target, published = reports.target, reports.published
    if published and published.parent == reports.parent.resolve() and published != target:
        return [target, published, *left]
    return left if target.is_symlink() else [target, *left]


def _item(
    period: str, what: str, paths: Sequence[Path], why: str, release: Line | None = None
) -> Iterator[Item]:
    """These paths as one item, where any is there."""
    there = tuple(dict.fromkeys(path for path in paths if os.path.lexists(path)))
    if there:
        yield Item(period, what, there, why, sum(map(_size, there)), release)


def _size(path: Path) -> int:
    """The bytes of a file, or of all files in a folder; of a link its own."""
    if path.is_symlink() or not path.is_dir():
        return path.lstat().st_size
    inside = (Path(place, name) for place, _, names in os.walk(path) for name in names)
    return sum(each.lstat().st_size for each in inside)


def _unknown(root: Path, period: str, released: Sequence[Line]) -> Iterator[str]:
    """The kept folders of which the journal knows no release: nobody can tell what they are."""
    known = {INDEX, *(str(line.facts["number"]) for line in released)}
    for name in _names_in(root / "reports" / kept.RELEASED / period):
        if name not in known:
            yield (
                f"reports/{kept.RELEASED}/{period}/{name} is left: the journal knows no such"
                " release."
            )
