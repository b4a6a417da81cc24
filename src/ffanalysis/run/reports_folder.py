"""The reports folder of a period: one run at a time, each state replaced by the next in one step.

`reports/<period>` is a link to a folder beside it. A run fills a new folder and then replaces the
link by one to the new folder, in a single step: readers see the old state or the new one. Where the
system has no links the folder itself is renamed, and for a moment there is none; the next run
recovers from a run that was killed in that moment.
"""

import errno
import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from ffanalysis.chain import FOLDER as JOURNALS
from ffanalysis.errors import ReportsBlocked, RunUnderWay
from ffanalysis.periods import Period
from ffanalysis.render.removal import discard
from ffanalysis.render.temporary_folders import RUN_PREFIX, temporary_folder
from ffanalysis.run.journal import JOURNAL, MANIFEST, written
from ffanalysis.run.left_behind import (
    TemporaryFolder,
    discard_orphan,
    discard_orphans,
)

RUNS, OWNER = ".runs", "owner"
_WAIT = 1.0  # seconds for the lock: `is_locked` takes it for a moment too
# The name of a run behind that of its period: when it began and its process.
_OF_RUN = re.compile(r"[0-9TZ]+-[0-9]+(?:\.old|\.link)?")
_OF_MANIFEST = frozenset({MANIFEST, f".{MANIFEST}", JOURNAL})
KEPT = "kept"


class ReportsFolder:
    """The reports of one period, below a programme's root.

    `parent` is the folder of all periods; in that of a period's confidential projects, each project
    stands for a period.
    """

    def __init__(self, root: Path, period: str, parent: Path | None = None) -> None:
        self.parent = parent or root / "reports"
        self.period = period
        self.target = self.parent / period
        self.runs = self.parent / RUNS / period
        self.temporary = self.runs
        self._owned: list[str] = []

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Lock the period for this run.

        The lock is the system's: it ends with its process, also with one that is killed. Raises
        RunUnderWay, and ReportsBlocked where nothing can be written.
        """
        try:
            if self.target.exists() and not self.target.is_dir():
                raise ReportsBlocked(self.target)
            self.runs.mkdir(parents=True, exist_ok=True)
            lock = _lock(self.parent, self.period)
            lock.acquire(timeout=_WAIT)
        except Timeout as error:
            raise RunUnderWay(self.period, self._recorded_owner()[0]) from error
        except OSError as error:
            raise self._blocked(error) from error
        with ExitStack() as ends:
            ends.callback(lock.release)
            self._recover()
            ends.callback(self._owner.unlink, missing_ok=True)
            discard_orphans()
            folder = TemporaryFolder()
            ends.callback(folder.close)
            self.temporary = folder.path
            self.record_owner(self.temporary)
            yield

    def is_locked(self) -> bool | None:
        """Whether a run of the period is going on; None where that cannot be seen."""
        try:
            with _lock(self.parent, self.period).acquire(blocking=False):
                return False
        except Timeout:
            return True
        except OSError:
            return None

    @property
    def _owner(self) -> Path:
        """The file that names the process of the run and its temporary folders."""
        return self.runs / OWNER

    def record_owner(self, *folders: Path) -> None:
        """Record this process, and temporary folders that the next run deletes if it is killed."""
        self._owned += map(str, folders)
        self._owner.write_text(
            json.dumps({"process": os.getpid(), "folders": self._owned}), "utf-8"
        )

    def _recorded_owner(self) -> tuple[str, list[Path]]:
        try:
            about = json.loads(self._owner.read_text("utf-8"))
            process = f" (process {int(about['process'])})"
            return process, [Path(folder) for folder in about["folders"]]
        except (OSError, ValueError, LookupError, TypeError):
            return "", []

    def _recover(self) -> None:
        """Delete what a killed run left in temporary folders, and undo its half-done renaming."""
        for folder in self._recorded_owner()[1]:
            if folder.parent == Path(temporary_folder()) and folder.name.startswith(RUN_PREFIX):
                discard_orphan(folder)
        if not os.path.lexists(self.target):
            for old in sorted(path for path in self._of_runs() if path.suffix == ".old")[-1:]:
                old.rename(self.target)

    def create(self, run: str) -> Path:
        """Create the folder that this run fills. Raises ReportsBlocked."""
        folder = self.parent / f".{self.period}-{run}"
        try:
            folder.mkdir()
        except OSError as error:
            raise self._blocked(error) from error
        return folder

    def _blocked(self, error: OSError) -> OSError | ReportsBlocked:
        """The error to raise where nothing can be written; one of another kind stays itself."""
        if error.errno in (errno.EACCES, errno.EPERM):
            return ReportsBlocked(_that_refuses(error.filename or self.parent), is_right=True)
        if error.errno in (errno.EEXIST, errno.ENOTDIR, errno.ELOOP, errno.ENOENT):
            return ReportsBlocked(self.parent)
        return error

    @property
    def published(self) -> Path | None:
        """The folder of the published state, or None where there is none."""
        return self.target.resolve() if self.target.is_dir() else None

    def leftovers(self) -> list[Path]:
        """What runs that stopped early have left, the latest first."""
        published = self.published
        found = [
            path for path in self._of_runs() if path.is_symlink() or path.resolve() != published
        ]
        return sorted(found, reverse=True)

    def _of_runs(self) -> list[Path]:
        """The folders and links of runs of the period; a backup that somebody made is none."""
        paths = self.parent.glob(f".{self.period}-*")
        return [path for path in paths if _OF_RUN.fullmatch(path.name[len(self.period) + 2 :])]

    def keep_what_is_not_ours(self) -> list[str]:
        """Copy what stands in the published folder and no run has written there to `KEPT`.

        It is not published again: nobody could tell an old page from a briefing of this run. Gives
        where it is now, by paths in the reports.
        """
        kept: list[str] = []
        published = self.published
        own = {*written(published), *_OF_MANIFEST} if published else set()
        for path in sorted(published.rglob("*")) if published else ():
            name = path.relative_to(published or path).as_posix()
            if path.is_file() and name not in own:
                kept.append(self._keep(path, f"{KEPT}/{self.period}/{name}"))
        return kept

    def _keep(self, path: Path, name: str) -> str:
        """Copy a file to a place in the reports, beside any other file of that name."""
        place = self.parent / name
        content, number = path.read_bytes(), 1
        while place.exists() and place.read_bytes() != content:
            number += 1
            place = (self.parent / name).with_stem(f"{Path(name).stem} ({number})")
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, place)
        return place.relative_to(self.parent).as_posix()

    def publish(self, folder: Path) -> None:
        """Replace the published folder by the new one; if that fails, the old one stays."""
        link = _link_to(folder) or folder  # where there are no links, the folder itself goes there
        old = folder.with_name(f"{folder.name}.old")
        if os.path.lexists(self.target) and (link is folder or not self.target.is_symlink()):
            self.target.rename(old)
        try:
            link.replace(self.target)
        except BaseException:
            if os.path.lexists(old):
                old.rename(self.target)
            if link is not folder:
                link.unlink(missing_ok=True)
            raise

    def delete_unpublished(self) -> list[Path]:
        """Delete every folder and link of the period except the published one.

        Gives those that the system lets nobody delete.
        """
        return [path for path in self.leftovers() if not discard(path)]


def reported_periods(root: Path) -> set[str]:
    """The periods of which there are reports, runs, a journal or releases."""
    reports = root / "reports"
    found = [path.name for place in (reports, reports / "released") for path in place.glob("*")]
    found += [path.stem for path in (reports / JOURNALS).glob("*.jsonl")]
    found += [path.parent.name for path in (reports / RUNS).glob("*/*.log")]
    return {name for name in found if Period.is_name(name)}


def _that_refuses(path: str | Path) -> Path:
    """The folder that refused to have something made in it: the nearest that can be seen."""
    path = Path(path)
    return next((place for place in (path, *path.parents) if os.path.lexists(place)), path)


def _lock(reports: Path, period: str) -> FileLock:
    return FileLock(reports / RUNS / f"{period}.lock", poll_interval=0.01)


def _link_to(folder: Path) -> Path | None:
    """A link to a folder beside it, where the system has links that can replace another."""
    link = folder.with_name(f"{folder.name}.link")
    try:
        link.symlink_to(folder.name, target_is_directory=True)
    except OSError:
        return None
    if sys.platform == "win32":
        link.unlink()
        return None
    return link
