"""Which milestones have another date than the quarter before had, and which the register has no more."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from ffanalysis.provenance import cell_of
from ffanalysis.savings.quarter import Ledger
from ffanalysis.tables import Row

Way = Literal[
    "put off",
    "brought forward",
    "dated back",
    "now dated",
    "no longer dated",
    "restated",
    "no longer listed",
]


@dataclass(frozen=True)
class Shift:
    """A milestone that moved.

    `before` and `after` are its dates as written, "" where there is none.

    `cells` are where it stands; `is_late` says whether it surely falls after the first day of its
    saving now.
    """

    milestone: str
    before: str
    after: str
    way: Way
    cells: tuple[str, ...]
    is_late: bool = False


def shifts(last: Ledger, ledger: Ledger, project: str, starts: date | None) -> tuple[Shift, ...]:
    """The milestones that moved since the quarter before.

    One that stands more than once in a quarter is not followed.
    """
    before, after = _once(last, project), _once(ledger, project)
    names = {_name(row) for row in ledger.of_project("milestones", project)}
    gone = {name: row for name, row in before.items() if name not in names}
    lost = (
        Shift(row.milestone, row.completed_by or "", "", "no longer listed", (cell_of(row),))
        for row in gone.values()
    )
    return (*_moved(before, after, starts, last.as_of), *lost)


def is_after(row: Row, starts: date | None) -> bool:
    """Whether a milestone surely falls after the first day of the saving."""
    return starts is not None and row.first_day is not None and row.first_day > starts


def _once(ledger: Ledger, project: str) -> dict[str, Row]:
    rows = ledger.of_project("milestones", project)
    names = [_name(row) for row in rows]
    return {_name(row): row for row in rows if names.count(_name(row)) == 1}


def _name(row: Row) -> str:
    """What a milestone is followed by: its name, however it is spaced and in whichever letters."""
    return " ".join(row.milestone.split()).casefold()


def _moved(
    before: dict[str, Row], after: dict[str, Row], starts: date | None, ended: date
) -> Iterator[Shift]:
    for name, new in after.items():
        was = before.get(name)
        if was is None or _meaning(was) == _meaning(new):
            continue
        way: Way = "restated"
        if new.last_day is None or was.last_day is None:
            way = "no longer dated" if was.last_day else "now dated" if new.last_day else "restated"
        elif new.last_day != was.last_day:
            way = "put off" if new.last_day > was.last_day else "brought forward"
            # What was still to come when the quarter before ended cannot have been done before
            # that.
            way = "dated back" if new.last_day <= ended < was.first_day else way
        cells = (cell_of(new), cell_of(was))
        yield Shift(
            new.milestone,
            was.completed_by or "",
            new.completed_by or "",
            way,
            cells,
            is_after(new, starts),
        )


def _meaning(row: Row) -> tuple[object, ...]:
    """What a date says, however it is written; where it is no date, what is written."""
    return (row.first_day, row.last_day, row.tentative) if row.last_day else (row.completed_by,)
