"""Where a programme keeps its quarters, and which files each quarter is read from."""

import os
from pathlib import Path

from ffanalysis import periods
from ffanalysis.errors import PeriodUnknown, RootMissing
from ffanalysis.layout import is_layout
from ffanalysis.read.corrections import ALIASES
from ffanalysis.read.no_savings import FILE_NAME as NO_SAVINGS
from ffanalysis.read.settings import FILE_NAME as SETTINGS
from ffanalysis.sheets.open_workbook import SUFFIXES, UNREAD_SUFFIXES, files_in

ROOT_VARIABLE = "FFANALYSIS_ROOT"
_GENERAL = frozenset({ALIASES, SETTINGS, NO_SAVINGS})


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


def known_periods(root: Path) -> list[str]:
    """The periods that data/raw has a folder for, the earliest first."""
    folders = (folder.name for folder in (root / "data" / "raw").iterdir() if folder.is_dir())
    return sorted(name for name in folders if periods.Period.is_name(name))


def inputs_of(root: Path, period: str) -> list[Path]:
    """The files that a period is read from.

    Those in data/raw itself hold for every period and come first, as more general.

    Raises PeriodMalformed, and PeriodUnknown for a period that is not there.
    """
    folder = root / "data" / "raw" / str(periods.Period.parse(period))
    if not folder.is_dir():
        raise PeriodUnknown(period, known_periods(root))
    general = [
        path for path in files_in(folder.parent) if path.name in _GENERAL or is_layout(path.name)
    ]
    return general + files_in(folder)


def quarters_before(root: Path, period: str) -> list[str]:
    """The earlier periods that have a workbook, the latest first."""
    quarter = periods.Period.parse(period)
    earlier = (periods.Period.parse(name) for name in known_periods(root))
    names = [str(each) for each in sorted(earlier, reverse=True) if each < quarter]
    workbooks = (*SUFFIXES, *UNREAD_SUFFIXES)
    return [
        name
        for name in names
        if any(path.suffix.lower() in workbooks for path in files_in(root / "data" / "raw" / name))
    ]
