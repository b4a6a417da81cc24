"""Which milestones were completed, moved or removed since the quarter before."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from ffanalysis.provenance import CellRef, cell_of, name_key
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import MilestoneRow

MilestoneChangeKind = Literal[
    "put off",
    "brought forward",
    "dated back",
    "now dated",
    "no longer dated",
    "restated",
    "no longer listed",
    "completed",
    "no longer complete",
]


@dataclass(frozen=True)
class MilestoneChange:
    """A milestone that moved: `before` and `after` are its dates as written, "" where none.

    Of one that was completed `after` is the day on which it was. `is_late` says whether it surely
    falls after the first day of its saving now.
    """

    milestone: str
    before: str
    after: str
    kind: MilestoneChangeKind
    cells: tuple[CellRef, ...]
    is_late: bool = False


def milestone_changes(
    before: Quarter, quarter: Quarter, project: str, starts: date | None
) -> tuple[MilestoneChange, ...]:
    """The milestones that moved since the quarter before.

    One that is listed more than once in a quarter is not matched.
    """
    then, now = _listed_once(before, project), _listed_once(quarter, project)
    names = {_name(row) for row in quarter.milestones.of_project(project)}
    gone = (row for name, row in then.items() if name not in names)
    removed = (
        MilestoneChange(
            row.milestone, row.completed_by or "", "", "no longer listed", (cell_of(row),)
        )
        for row in gone
    )
    return (*_moved(then, now, starts, before.as_of), *removed)


def is_after(row: MilestoneRow, starts: date | None) -> bool:
    """Whether a milestone surely falls, or fell, after the first day of the saving."""
    first = row.reached[0]
    return starts is not None and first is not None and first > starts


def _listed_once(quarter: Quarter, project: str) -> dict[str, MilestoneRow]:
    rows = quarter.milestones.of_project(project)
    names = [_name(row) for row in rows]
    return {_name(row): row for row in rows if names.count(_name(row)) == 1}


def _name(row: MilestoneRow) -> str:
    """What a milestone is matched by: its name, however it is spaced and in whichever letters."""
    return name_key(row.milestone).casefold()


def _moved(
    then: dict[str, MilestoneRow], now: dict[str, MilestoneRow], starts: date | None, ended: date
) -> Iterator[MilestoneChange]:
    for name, row in now.items():
        was = then.get(name)
        if was is None:
            continue
        if was.is_done != row.is_done:
            kind: MilestoneChangeKind = "completed" if row.is_done else "no longer complete"
            cells = (cell_of(row), cell_of(was))
            yield MilestoneChange(row.milestone, "", row.completed_on or "", kind, cells)
            continue
        if _meaning(was) == _meaning(row):
            continue
        yield MilestoneChange(
            row.milestone,
            was.completed_by or "",
            row.completed_by or "",
            _kind(was, row, ended),
            (cell_of(row), cell_of(was)),
            is_after(row, starts),
        )


def _kind(was: MilestoneRow, now: MilestoneRow, ended: date) -> MilestoneChangeKind:
    if was.last_day is None or now.last_day is None:
        if was.last_day:
            return "no longer dated"
        return "now dated" if now.last_day else "restated"
    if was.last_day == now.last_day:
        return "restated"
    # What was still to come when the quarter before ended cannot have been done before that.
    if was.first_day is not None and now.last_day <= ended < was.first_day:
        return "dated back"
    return "put off" if now.last_day > was.last_day else "brought forward"


def _meaning(row: MilestoneRow) -> tuple[object, ...]:
    """What a date says, however it is written; where it is no date, what is written."""
    if row.last_day:
        return (row.first_day, row.last_day, row.tentative)
    return (row.completed_by,)
