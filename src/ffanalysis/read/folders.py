"""Where a programme keeps its quarters, and which files each quarter is read from."""

from pathlib import Path

from ffanalysis import periods
from ffanalysis.errors import (
    FolderClosed,
    NoQuarterYet,
    PeriodMalformed,
    PeriodUnknown,
)
from ffanalysis.layout import is_layout
from ffanalysis.read.corrections import ALIASES
from ffanalysis.read.no_savings import FILE_NAME as NO_SAVINGS
from ffanalysis.read.settings import FILE_NAME as SETTINGS
from ffanalysis.read.settings import is_logo
from ffanalysis.root import LATEST, period_folders
from ffanalysis.sheets.open_workbook import (
    SUFFIXES,
    UNREAD_SUFFIXES,
    files_in,
    require_open,
)

_WORKBOOKS = (*SUFFIXES, *UNREAD_SUFFIXES)
_GENERAL = frozenset({ALIASES, SETTINGS, NO_SAVINGS})


def known_periods(root: Path) -> list[str]:
    """The periods that data/raw has a folder for, the earliest first."""
    raw = root / "data" / "raw"
    require_open(raw, Path("data", "raw"))
    return period_folders(root)


def latest_period(root: Path) -> str:
    """The latest period that has a workbook. Raises NoQuarterYet."""
    raw = root / "data" / "raw"
    for name in reversed(known_periods(root)):
        if has_workbook(raw / name):
            return name
    raise NoQuarterYet


def named_period(root: Path, text: str) -> str:
    """The period that a command's words name; "latest" is the latest that has a workbook.

    A period that is not there is refused where it is read. Raises PeriodMalformed, with the nearest
    that there is, and NoQuarterYet.
    """
    if text.casefold() == LATEST:
        return latest_period(root)
    if not periods.Period.is_name(text):
        raise PeriodMalformed(text, known_periods(root))
    return text


def inputs_of(root: Path, period: str) -> list[Path]:
    """The files that a period is read from.

    Those in data/raw itself hold for every period and come first, as more general.

    Raises PeriodMalformed, PeriodUnknown for a period that is not there, and FolderClosed.
    """
    raw = Path("data", "raw")
    folder = root / raw / str(periods.Period.parse(period))
    require_open(root / raw, raw)
    if not folder.is_dir():
        raise PeriodUnknown(period, known_periods(root))
    require_open(folder, raw / folder.name)
    general = [
        path
        for path in files_in(folder.parent)
        if path.name in _GENERAL or is_layout(path.name) or is_logo(path.name)
    ]
    return general + files_in(folder)


def quarters_before(root: Path, period: str) -> list[str]:
    """The earlier periods that have a workbook, the latest first."""
    quarter = periods.Period.parse(period)
    earlier = (periods.Period.parse(name) for name in known_periods(root))
    names = [str(each) for each in sorted(earlier, reverse=True) if each < quarter]
    return [name for name in names if has_workbook(root / "data" / "raw" / name)]


def has_workbook(folder: Path) -> bool:
    """Whether a folder has a workbook, or may not be looked into: reading it says so."""
    try:
        require_open(folder)
    except FolderClosed:
        return True
    return bool(workbooks_in(folder))


def workbooks_in(folder: Path) -> list[Path]:
    """The workbooks of a folder, also those of a kind that is refused. Raises FolderClosed."""
    return [path for path in files_in(folder) if path.suffix.lower() in _WORKBOOKS]
