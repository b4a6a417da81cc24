"""Asks of tables of savings that never state less in a later year whether their years add up."""

from collections.abc import Iterator, Sequence
from typing import Any

from ffanalysis import money
from ffanalysis.provenance import cell_of
from ffanalysis.read.found_table import FoundTable
from ffanalysis.start.question import Question, may_build_up, of_sheet
from ffanalysis.start.trial import Trial


def of_amounts(trial: Trial) -> Iterator[Question]:
    """Ask of each table of savings whose lines never state less in a later year.

    A total of the years that is printed says itself whether they add up, and is checked.
    """
    told = {row.block for row in trial.quarter.totals if row.over in ("years", "both")}
    for found in trial.tables:
        kind = trial.layout_of(found.sheet).tables[found.table]
        is_open = found.table == "savings" and found.name not in told and not kind.has_shares
        if is_open and (more := _growing(_by_line(found, trial))):
            place = f"{found.sheet.workbook}, sheet {found.sheet.name}"
            example = ", then ".join(map(money.in_full, more))
            yield of_sheet(may_build_up(place, found.table, example), found.sheet, trial)


def _growing(lines: Sequence[Sequence[int]]) -> Sequence[int]:
    """The first line that grows over the years, where no line states less in a later year."""
    if any(list(amounts) != sorted(amounts) for amounts in lines):
        return ()
    return next((amounts for amounts in lines if amounts[0] < amounts[-1]), ())


def _by_line(found: FoundTable, trial: Trial) -> list[list[int]]:
    """The amounts of each line and measure in the order of their years, where none says how."""
    lines: dict[tuple[object, ...], dict[str, int]] = {}
    for row in trial.quarter.savings:
        if row.block == found.name and row.amount_pence is not None and row.year:
            if row.accumulation:
                return []
            lines.setdefault(_line_of(row, found), {})[row.year] = row.amount_pence
    return [[years[year] for year in sorted(years)] for years in lines.values()]


def _line_of(row: Any, found: FoundTable) -> tuple[object, ...]:
    """What the years of one line have in common: their row, where each has not its own."""
    line = (row.project, row.ref) if found.years_in_rows else (cell_of(row).row,)
    return (*line, row.plan, row.rag, row.route, row.measure)
