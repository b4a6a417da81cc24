"""By when: counted statutory duties, the rate that each needs and the rate achieved."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from ffanalysis import periods
from ffanalysis.figures import Figure, FigureUnit, merged_cells
from ffanalysis.provenance import cell_of
from ffanalysis.savings.quarter import Ledger
from ffanalysis.tables import Row


@dataclass(frozen=True)
class Deadline:
    """A counted statutory duty with a date, and the rate that what is left of it needs from the as-of date on.

    The rate is rounded up: who keeps to it is done in time. `achieved` is what was done a month since the quarter before, where
    both quarters say how much is done.
    """

    what: str
    quantity: Figure
    quantity_text: str
    approximate: bool
    done: Figure
    left: Figure
    by_text: str
    by: date
    months: Figure
    rate: Figure
    cell: str
    achieved: Figure | None = None
    since: str = ""

    @property
    def keeps_pace(self) -> bool:
        """Whether as much a month was done as is needed from now on.

        Rounding is never in its favour.
        """
        achieved, needed = self.achieved.value if self.achieved else None, self.rate.value
        return achieved is not None and needed is not None and achieved >= needed

    @property
    def concern(self) -> int:
        """How much a director must hear of it, the least first.

        Its day has passed, it is behind, it goes on, all is done.
        """
        if self.left.value == 0:
            return 3
        if self.left.value and self.rate.value is None:
            return 0
        return 1 if self.achieved is not None and not self.keeps_pace else 2

    def figures(self) -> Iterator[Figure]:
        """Every figure of it."""
        yield from (self.quantity, self.done, self.left, self.months, self.rate)
        if self.achieved:
            yield self.achieved


def deadlines(ledger: Ledger, project: str) -> tuple[Deadline, ...]:
    """The project's statutory duties, with the rate that each needs from the as-of date to the day it is due."""
    found = []
    last = ledger.last
    known = project in last.register if last else False
    then = last.of_project("deadlines", project) if last and known else []
    rows = ledger.of_project("deadlines", project)
    counts, counts_then = (Counter(row.what for row in some) for some in (rows, then))
    before = {row.what: row for row in then if counts[row.what] == counts_then[row.what] == 1}
    before |= {(row.what, row.by): row for row in then}
    for number, row in enumerate(rows, 1):
        # Two duties of one name are told apart by their day.
        was = before.get((row.what, row.by)) or before.get(row.what)
        found.append(_deadline(f"deadline-{number}", row, was, last, ledger))
    return tuple(found)


def _deadline(
    name: str, row: Row, before: Row | None, last: Ledger | None, ledger: Ledger
) -> Deadline:
    many, done, day = (cell_of(row),), _cells(row, row.done_cell), _cells(row, row.by_cell)

    def figure(
        what: str,
        value: int | Decimal | None,
        unit: FigureUnit,
        label: str,
        *cells: tuple[str, ...],
        missing: str = "",
    ) -> Figure:
        whole = merged_cells(*cells) or many
        return Figure(
            f"{name}/{what}",
            value,
            whole,
            unit,
            missing=missing,
            project=row.project,
            label=f"{row.what}: {label}",
        )

    # What is due by a day may be done on it: by 31 March leaves March. One still to come leaves at
    # least the month it falls in.
    months = (
        max(1, periods.months_until(ledger.as_of, row.by_day + timedelta(days=1)))
        if row.by_day > ledger.as_of
        else 0
    )
    left = None if row.quantity is None else max(0, row.quantity - (row.done or 0))
    rate = (
        None
        if left is None or not months
        else (Decimal(left) / months).quantize(Decimal(1), ROUND_CEILING)
    )
    return Deadline(
        row.what,
        figure("quantity", row.quantity, "count", "quantity", many),
        row.quantity_text or "not stated",
        row.approximate is True,
        figure("done", row.done, "count", "done so far", done, missing="blank"),
        figure("left", left, "count", "left to do", many, done),
        row.by,
        row.by_day,
        figure("months", months, "months", "months left", day),
        figure("rate", rate, "per month", "needed a month", many, done, day),
        cell_of(row),
        _achieved(f"{name}/achieved", before, row, last, ledger, row.project),
        str(last.period) if last else "",
    )


def _cells(row: Row, address: str | None) -> tuple[str, ...]:
    """A cell of the row's sheet."""
    return (cell_of(row._replace(cell=address)),) if address else ()


def _achieved(
    name: str, before: Row | None, now: Row, last: Ledger | None, ledger: Ledger, project: str
) -> Figure | None:
    """What was done a month between the as-of dates of two quarters.

    None where one of them does not say how much is done.
    """
    if (
        before is None
        or last is None
        or before.done is None
        or now.done is None
        or last.as_of >= ledger.as_of
    ):
        return None
    months = max(1, periods.months_until(last.as_of, ledger.as_of + timedelta(days=1)))
    rate = (Decimal(now.done - before.done) / months).quantize(Decimal(1), ROUND_FLOOR)
    label = f"{now.what}: done a month since quarter {last.period}"
    cells = merged_cells(_cells(before, before.done_cell), _cells(now, now.done_cell))
    return Figure(name, rate, cells, "per month", project=project, label=label)
