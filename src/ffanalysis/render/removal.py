"""Folders that notebooks have written into are taken away, whatever they hold.

No link is followed, no depth is too great, and what was made unreadable is made readable first.
"""

import os
import shutil
from contextlib import suppress
from itertools import count
from pathlib import Path

_TRIES = 3
_DIRECTORY = getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)


def discard(path: Path) -> bool:
    """Delete a file, a link or a folder, into which a process that is ending may still write.

    Says whether it is gone.
    """
    for _ in range(_TRIES):
        with suppress(OSError):
            if os.path.islink(path) or not os.path.isdir(path):  # noqa: PTH112, PTH114 - see below
                # Those of pathlib raise an error where a folder above may not be looked into.
                path.unlink(missing_ok=True)
            else:
                _remove_folder(path)
        if not os.path.lexists(path):
            return True
    return False


def _remove_folder(top: Path) -> None:
    """Delete a folder without going deeper than one folder into it.

    A folder within a folder is moved up to the top before it is emptied: no path gets too long, and
    no stack.
    """
    if os.open not in os.supports_dir_fd:
        shutil.rmtree(top, ignore_errors=True)
        return
    numbers = count()
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        waiting += _empty(folder, top, numbers)
        if folder != top:
            with suppress(OSError):
                folder.rmdir()
    top.rmdir()


def _empty(folder: Path, top: Path, numbers: "count[int]") -> list[Path]:
    """Delete the files and links of a folder; gives where its folders are now."""
    found: list[Path] = []
    opened = _opened(folder)
    try:
        with os.scandir(opened) as entries:
            inside = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
        for name, is_folder in inside:
            # What cannot go now is left for the next try, and does not keep the others.
            with suppress(OSError):
                if not is_folder:
                    os.unlink(name, dir_fd=opened)
                elif folder == top:
                    found.append(top / name)
                else:
                    found.append(_move_up(name, opened, top, numbers))
    finally:
        os.close(opened)
    return found


def _opened(folder: Path) -> int:
    """A folder, opened to be read and changed, which its owner may always allow."""
    try:
        opened = os.open(folder, os.O_RDONLY | _DIRECTORY)
    except PermissionError:
        folder.chmod(0o700)
        opened = os.open(folder, os.O_RDONLY | _DIRECTORY)
    with suppress(OSError):
        os.fchmod(opened, 0o700)
    return opened


def _move_up(name: str, inside: int, top: Path, numbers: "count[int]") -> Path:
    """Move a folder to the top, under a name that is free there; gives its new path."""
    places = (top / f".moved-{number}" for number in numbers)
    place = next(place for place in places if not os.path.lexists(place))
    try:
        os.rename(name, place, src_dir_fd=inside)
    except PermissionError:  # the right to change it is needed too
        os.chmod(name, 0o700, dir_fd=inside)
        os.rename(name, place, src_dir_fd=inside)
    return place
