"""Where a period's reports stand: one run at a time, and the next state takes the place of the last in one step.

`reports/<period>` is a link to a folder beside it. A run makes a new folder and then puts a link to it in the old link's
place, which is one step: whoever looks sees the old state or the new one. Where the system has no links the folder itself is
renamed, and for a moment there is none; a run that was killed in that moment is put right by the next.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from ffanalysis.errors import ReportsBlocked, RunUnderWay

RUNS = ".runs"


class Place:
    """The reports of one period, below a programme's root."""

    def __init__(self, root: Path, period: str) -> None:
        self.reports = root / "reports"
        self.period = period
        self.target = self.reports / period
        self.runs = self.reports / RUNS / period

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the period against other runs. The lock is the system's, so it ends with its owner, also one that is killed.

        Raises RunUnderWay, and ReportsBlocked where nothing can be written.
        """
        if self.target.exists() and not self.target.is_dir():
            raise ReportsBlocked(self.target)
        try:
            self.runs.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.reports / RUNS / f"{self.period}.lock", blocking=False)
            lock.acquire()
        except Timeout as error:
            raise RunUnderWay(self.period, self._owner()) from error
        except OSError as error:
            raise ReportsBlocked(self.reports) from error
        try:
            self._put_right()
            (self.runs / "owner").write_text(str(os.getpid()), "utf-8")
            yield
        finally:
            (self.runs / "owner").unlink(missing_ok=True)
            lock.release()

    def _owner(self) -> str:
        try:
            return f" (process {int((self.runs / 'owner').read_text('utf-8'))})"
        except (OSError, ValueError):
            return ""

    def _put_right(self) -> None:
        """Bring back the last state where a run was killed while it renamed folders."""
        if not os.path.lexists(self.target):
            for old in sorted(self.reports.glob(f".{self.period}-*.old"))[-1:]:
                old.rename(self.target)

    def new(self, run: str) -> Path:
        """A new folder, for this run to fill. Raises ReportsBlocked."""
        folder = self.reports / f".{self.period}-{run}"
        try:
            folder.mkdir()
        except OSError as error:
            raise ReportsBlocked(self.reports) from error
        return folder

    @property
    def published(self) -> Path | None:
        """The folder of the state that is published, or None where there is none."""
        return self.target.resolve() if self.target.is_dir() else None

    def leftovers(self) -> list[Path]:
        """What runs that did not come to their end have left, the latest first."""
        published = self.published
        found = [path for path in self.reports.glob(f".{self.period}-*") if path.is_symlink() or path.resolve() != published]
        return sorted(found, reverse=True)

    def publish(self, folder: Path) -> None:
        """Put the new folder in the place of the published one; if that fails, the old one stays."""
        link = folder.with_name(f"{folder.name}.link")
        old = folder.with_name(f"{folder.name}.old")
        try:
            link.symlink_to(folder.name, target_is_directory=True)
        except OSError:
            link = folder  # no links here: the folder itself goes there
        if os.path.lexists(self.target) and (link is folder or not self.target.is_symlink()):
            self.target.rename(old)
        try:
            link.replace(self.target)
        except OSError:
            if os.path.lexists(old):
                old.rename(self.target)
            if link is not folder:
                link.unlink(missing_ok=True)
            raise

    def clear(self) -> None:
        """Take away whatever is not published."""
        for path in self.leftovers():
            discard(path)


def discard(path: Path) -> None:
    """Take away a file, a link or a folder; a process that is just ending may still be writing into it."""
    if path.is_symlink() or path.is_file():
        with suppress(OSError):
            path.unlink()
        return
    for _ in range(3):
        shutil.rmtree(path, ignore_errors=True)
        if not path.exists():
            return
