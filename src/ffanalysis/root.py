"""Where a programme is, and which quarters it has: known without reading any of them."""

import os
from pathlib import Path

from ffanalysis.errors import RootMissing
from ffanalysis.periods import Period

ROOT_VARIABLE = "FFANALYSIS_ROOT"
LATEST = "latest"  # in place of a period: the latest that has a workbook


def find_root(start: Path | None = None) -> Path:
    """The programme's folder.

    FFANALYSIS_ROOT where set, else the nearest folder upwards that has data/raw. Raises
    RootMissing.
    """
    if start is None and (named := os.environ.get(ROOT_VARIABLE)):
        start = Path(named)
        candidates = [start.resolve()]
    else:
        start = (start or Path.cwd()).resolve()
        candidates = [start, *start.parents]
    for folder in candidates:
        if (folder / "data" / "raw").is_dir():
            return folder
    raise RootMissing(start)


def period_folders(root: Path) -> list[str]:
    """The periods that data/raw has a folder for, the earliest first. Raises OSError."""
    raw = root / "data" / "raw"
    return sorted(
        folder.name for folder in raw.iterdir() if folder.is_dir() and Period.is_name(folder.name)
    )
