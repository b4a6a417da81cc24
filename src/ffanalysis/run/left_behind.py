"""Temporary folders of runs, which the next run deletes where theirs was killed.

Everything that a run and its processes leave among the system's temporary files is in folders
called `RUN_PREFIX` and eight letters. In each is a file that its run keeps locked for as long as it
lives. The lock is the system's and ends with its process: whoever can take it may delete the
folder, and no other.
"""

import os
import re
import tempfile
from contextlib import suppress
from multiprocessing import util
from pathlib import Path

from filelock import FileLock, Timeout

from ffanalysis.render.removal import discard
from ffanalysis.render.temporary_folders import RUN_PREFIX, temporary_folder

_LOCK, _NEW_PREFIX = "owner.lock", "ff-new-"
_NAME = re.compile(rf"{RUN_PREFIX}[a-z0-9_]{{8}}")


class TemporaryFolder:
    """A temporary folder of this process, which is its own until it is closed."""

    def __init__(self) -> None:
        # It is called otherwise until it is locked, so that nobody deletes it in that moment.
        prefix = _NEW_PREFIX if os.name == "posix" else RUN_PREFIX
        made = Path(tempfile.mkdtemp(prefix=prefix, dir=temporary_folder()))
        self._lock = FileLock(made / _LOCK, thread_local=False)
        try:
            self._lock.acquire(blocking=False)
        except (OSError, NotImplementedError):  # a disk that has no locks: nobody may delete it
            (made / _LOCK).unlink(missing_ok=True)
        self.path = made.rename(made.with_name(made.name.replace(prefix, RUN_PREFIX, 1)))

    def close(self) -> None:
        """Delete the folder with all that is in it."""
        self._lock.release()
        discard(self.path)


_own: list[TemporaryFolder] = []


def socket_folder_of_process() -> Path:
    """Where multiprocessing keeps its sockets: a folder of this process, deleted at its end."""
    if not _own:
        folder = TemporaryFolder()
        before = tempfile.gettempdir()
        tempfile.tempdir = str(folder.path)  # it makes its own folder there, once for the process
        util.get_temp_dir()
        tempfile.tempdir = before
        util.Finalize(None, folder.close, exitpriority=-200)  # after it has deleted its own
        _own.append(folder)
    return _own[0].path


def discard_orphans() -> None:
    """Delete the temporary folders of runs that were killed, whichever they were."""
    with suppress(OSError):
        for path in Path(temporary_folder()).iterdir():
            if _NAME.fullmatch(path.name):
                discard_orphan(path)


def discard_orphan(path: Path) -> None:
    """Delete a temporary folder of a run, unless the run lives or it may be somebody else's."""
    lock = path / _LOCK
    with suppress(OSError, NotImplementedError, Timeout):
        # A link there would have another file taken for the lock, or another folder for a run's.
        if path.is_symlink() or lock.is_symlink() or not lock.is_file() or not _is_ours(path):
            return
        with FileLock(lock).acquire(blocking=False):
            pass
        discard(path)


def _is_ours(path: Path) -> bool:
    return not hasattr(os, "geteuid") or path.lstat().st_uid == os.geteuid()
