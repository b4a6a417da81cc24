"""Cells to tables: every workbook of a quarter, every sheet. `load` is the door.

What was read is kept in `data/processed/<period>/`, and served from there for as long as the
workbooks and the reader are unchanged.
"""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from ffanalysis.errors import NoQuarterYet, UserError
from ffanalysis.periods import Period
from ffanalysis.read import history, store
from ffanalysis.read.all_workbooks import read_period, read_sheets
from ffanalysis.read.folders import (
    has_workbook,
    inputs_of,
    known_periods,
    latest_period,
    named_period,
    quarters_before,
    workbooks_in,
)
from ffanalysis.read.history import as_history
from ffanalysis.read.settings import refuse_unregistered_markings, settings_in
from ffanalysis.read.store import is_kept
from ffanalysis.root import LATEST, ROOT_VARIABLE, find_root
from ffanalysis.settings import FILE_NAME, Settings
from ffanalysis.sheets.open_workbook import read_file, read_workbook
from ffanalysis.tables import Tables

__all__ = [
    "LATEST",
    "ROOT_VARIABLE",
    "as_history",
    "council_now",
    "council_of",
    "council_of_all",
    "find_root",
    "has_workbook",
    "inputs_of",
    "is_kept",
    "known_periods",
    "latest_period",
    "load",
    "named_period",
    "quarters_before",
    "read_period",
    "read_sheets",
    "read_workbook",
    "workbooks_in",
]


def load(period: str, root: Path | None = None, processed: Path | None = None) -> Tables:
    """All canonical tables of a period such as "2015-16-Q2", and of the quarters before it.

    They are kept in `processed`, by default the programme's data/processed, where that may be
    written to. Raises RootMissing, and
    PeriodMalformed or PeriodUnknown for a period that is not there; LayoutWrong, SettingsWrong or
    CorrectionWrong where what is declared beside the workbooks cannot hold. What cannot be read (a
    workbook, a cell, a table that is missing) raises nothing: it is a row of the table `refusals`,
    and withholds the projects that depend on it.
    """
    root = find_root() if root is None else root
    quarter = Period.parse(period)
    inputs_of(root, period)
    folder = processed or root / "data" / "processed"
    before = None
    for name in reversed(quarters_before(root, period)):
        earlier = Period.parse(name)
        try:
            before = as_history(_load(root, earlier, folder), before)
        except UserError as error:
            # It has a refusal that says why, and costs the later ones nothing else.
            before = history.unread(earlier, error, before)
    tables = replace(_load(root, quarter, folder), before=before)
    refuse_unregistered_markings(tables)
    return tables


def council_of(root: Path, period: str) -> Settings:
    """What the council has set for a period, the picture of its logo left out.

    Raises what `inputs_of` raises, and SettingsWrong.
    """
    files = [path for path in inputs_of(root, period) if path.name == FILE_NAME]
    return settings_in(map(read_file, files))


def council_of_all(root: Path) -> Settings:
    """What the council has set for all periods, in data/raw itself. Raises SettingsWrong."""
    path = root / "data" / "raw" / FILE_NAME
    return settings_in([read_file(path)] if path.is_file() else [])


def council_now(root: Path) -> Settings:
    """What the council has set for the latest period; for all, where there is none yet."""
    try:
        return council_of(root, latest_period(root))
    except NoQuarterYet:
        return council_of_all(root)


def _load(root: Path, quarter: Period, processed: Path) -> Tables:
    """The tables of one quarter by itself, read only where what is kept is not of these inputs."""
    paths = inputs_of(root, str(quarter))
    digest = store.digest_of(paths)
    folder = processed / str(quarter)
    tables = store.kept(folder, quarter, digest)
    if tables is None:
        tables = read_period(quarter, paths, digest)
        with suppress(OSError):  # who may only read reads it again next time
            store.keep(folder, tables)
    return tables
