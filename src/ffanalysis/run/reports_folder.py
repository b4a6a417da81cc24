"""Where a period's reports stand.

One run at a time, and the next state takes the place of the last in one step.

`reports/<period>` is a link to a folder beside it. A run makes a new folder and then puts a link to
it in the old link's place, which is one step: whoever looks sees the old state or the new one.
Where the system has no links the folder itself is renamed, and for a moment there is none; a run
that was killed in that moment is put right by the next.
"""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from ffanalysis.errors import NO_ROOM, ReportsBlocked, RunUnderWay
from ffanalysis.render.temporary_folders import RUN_PREFIX, temporary_folder

RUNS, OWNER = ".runs", "owner"
_WAIT = 1.0  # seconds for the lock: whoever only asks whether it is held holds it for a moment
_TEMPORARY = (RUN_PREFIX, "pymp-")  # the second are those of multiprocessing


class Place:
    """The reports of one period, below a programme's root."""

    def __init__(self, root: Path, period: str) -> None:
        self.reports = root / "reports"
        self.period = period
        self.target = self.reports / period
        self.runs = self.reports / RUNS / period
        self.temporary = self.runs
        self._owned: list[str] = []

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the period against other runs.

        The lock is the system's, so it ends with its owner, also one that is killed.

        Raises RunUnderWay, and ReportsBlocked where nothing can be written.
        """
        if self.target.exists() and not self.target.is_dir():
            raise ReportsBlocked(self.target)
        try:
            self.runs.mkdir(parents=True, exist_ok=True)
            lock = _lock(self.reports, self.period)
            lock.acquire(timeout=_WAIT)
        except Timeout as error:
            raise RunUnderWay(self.period, self._named_owner()[0]) from error
        except OSError as error:
            raise self._blocked(error) from error
        with ExitStack() as ends:
            ends.callback(lock.release)
            self._put_right()
            ends.callback(self._owner.unlink, missing_ok=True)
            self.temporary = Path(tempfile.mkdtemp(prefix=RUN_PREFIX, dir=temporary_folder()))
            ends.callback(discard, self.temporary)
            self.own(self.temporary)
            yield

    def is_held(self) -> bool | None:
        """Whether a run of the period is going on, or None where that cannot be seen."""
        try:
            with _lock(self.reports, self.period).acquire(blocking=False):
                return False
        except Timeout:
            return True
        except OSError:
            return None

    @property
    def _owner(self) -> Path:
        """The file in which whoever holds the period says which process it is, and where its temporary files are."""
        return self.runs / OWNER

    def own(self, *folders: Path) -> None:
        """Write down who holds the period, and which temporary folders whoever comes after it is to take away if it is killed."""
        self._owned += map(str, folders)
        self._owner.write_text(
            json.dumps({"process": os.getpid(), "folders": self._owned}), "utf-8"
        )

    def _named_owner(self) -> tuple[str, list[Path]]:
        try:
            about = json.loads(self._owner.read_text("utf-8"))
            return f" (process {int(about['process'])})", [
                Path(folder) for folder in about["folders"]
            ]
        except (OSError, ValueError, LookupError, TypeError):
            return "", []

    def _put_right(self) -> None:
        """Bring back the last state where a run was killed while it renamed folders, and take away its temporary files."""
        for folder in self._named_owner()[1]:
            if folder.name.startswith(_TEMPORARY) and folder.parent == Path(temporary_folder()):
                discard(folder)
        if not os.path.lexists(self.target):
            for old in sorted(self.reports.glob(f".{self.period}-*.old"))[-1:]:
                old.rename(self.target)

    def new(self, run: str) -> Path:
        """A new folder, for this run to fill. Raises ReportsBlocked."""
        folder = self.reports / f".{self.period}-{run}"
        try:
            folder.mkdir()
        except OSError as error:
            raise self._blocked(error) from error
        return folder

    def _blocked(self, error: OSError) -> OSError | ReportsBlocked:
        """Why nothing can be written; a full disk is what it is."""
        return error if error.errno in NO_ROOM else ReportsBlocked(self.reports)

    @property
    def published(self) -> Path | None:
        """The folder of the state that is published, or None where there is none."""
        return self.target.resolve() if self.target.is_dir() else None

    def leftovers(self) -> list[Path]:
        """What runs that did not come to their end have left, the latest first."""
        published = self.published
        found = [
            path
            for path in self.reports.glob(f".{self.period}-*")
            if path.is_symlink() or path.resolve() != published
        ]
        return sorted(found, reverse=True)

    def publish(self, folder: Path) -> None:
        """Put the new folder in the place of the published one.

        If that fails, the old one stays.
        """
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

    def clear(self) -> None:
        """Take away whatever is not published."""
        for path in self.leftovers():
            discard(path)


def _lock(reports: Path, period: str) -> FileLock:
    return FileLock(reports / RUNS / f"{period}.lock", poll_interval=0.01)


def _link_to(folder: Path) -> Path | None:
    """A link to a folder beside it, where the system has links that can take another's place."""
    link = folder.with_name(f"{folder.name}.link")
    try:
        link.symlink_to(folder.name, target_is_directory=True)
    except OSError:
        return None
    if sys.platform == "win32":
        link.unlink()
        return None
    return link


def discard(path: Path) -> None:
    """Take away a file, a link or a folder.

    A process that is just ending may still be writing into it.
    """
    if path.is_symlink() or path.is_file():
        with suppress(OSError):
            path.unlink()
        return
    for _ in range(3):
        shutil.rmtree(path, ignore_errors=True)
        if not path.exists():
            return
