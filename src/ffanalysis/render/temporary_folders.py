"""Where temporary files go: folders with paths short enough for sockets in them."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

RUN_PREFIX = "ff-run-"  # what the temporary folder of a run is called, with eight letters behind it
_LONGEST_FOLDER = 70  # of the hundred characters or so that the path of a socket may have


def temporary_folder() -> str:
    """The folder in which a run makes its temporary folder, in which it makes one for sockets."""
    return _shortened(tempfile.gettempdir(), _LONGEST_FOLDER - len(f"/{RUN_PREFIX}xxxxxxxx"))


def socket_folder(within: Path | None = None) -> tempfile.TemporaryDirectory[str]:
    """A new folder for sockets, in `within` or in the folder for temporary files."""
    place = _shortened(str(within or tempfile.gettempdir()), _LONGEST_FOLDER)
    return tempfile.TemporaryDirectory(prefix="ff-", dir=place, ignore_cleanup_errors=True)


def _shortened(folder: str, longest: int) -> str:
    """The folder itself, or /tmp where the paths of sockets in it would be too long."""
    is_long = os.name == "posix" and len(os.fsencode(folder)) > longest
    return "/tmp" if is_long else folder  # noqa: S108 - what is made there has a name of its own


@contextmanager
def temporary_files_in(folder: Path | None) -> Iterator[None]:
    """Processes started in here make their temporary files in this folder; this one does not."""
    before = os.environ.get("TMPDIR")
    tempfile.gettempdir()  # chooses this process's own folder, before the variable changes
    if folder:
        os.environ["TMPDIR"] = str(folder)
    try:
        yield
    finally:
        if before is None:
            os.environ.pop("TMPDIR", None)
        else:
            os.environ["TMPDIR"] = before
