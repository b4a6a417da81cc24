"""Files that are written whole, and only where there is none."""

from contextlib import suppress
from pathlib import Path


def write_new(path: Path, content: bytes) -> Path:
    """Write a file that is not there yet, whole or not at all.

    Raises FileExistsError for one that is, and OSError.
    """
    file = path.open("xb")
    try:
        with file:
            file.write(content)
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise
    return path
