"""By when: counted statutory duties, the rate that each needs and the rate achieved."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from ffanalysis import periods
from ffanalysis.figures import (
    NOT_STATED,
    Figure,
    FigureUnit,
    Sum,
    at_least,
    change,
    constant,
    difference,
    missing,
    per,
    stated_number,
)
from ffanalysis.findings import Sentence
from ffanalysis.provenance import CellRef, cell_of, merged_cells
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import DeadlineRow
from ffanalysis.vocabulary import BLANK

_ABOUT = Decimal("1.1")  # what is done of "about 100" may be 110


@dataclass(frozen=True)
class Deadline:
    """A counted statutory duty with a date, and the rate that what is left of it needs.

    The rate is rounded up: whoever keeps to it is done in time. `achieved` is what was done a month
    since the quarter before, where both quarters say how much is done. `days` are those left, of
    which the as-of date is none: a duty that is due on it may be done until that day is over. With
    less than a month left there is no rate. A duty `of_a_month` needs its rate up to the first day
    of that month, is due while the month lasts, and has passed when it is over.
    """

    what: str
    quantity: Figure
    quantity_text: str
    approximate: bool
    done: Figure
    left: Figure
    by_text: str
    by: date | None
    days: Figure
    months: Figure
    rate: Figure
    cell: CellRef
    achieved: Figure | None = None
    since: str = ""
    of_a_month: bool = False

    @property
    def is_past(self) -> bool:
        """Whether its day is over."""
        return self.days.value is not None and self.days.value < 0

    @property
    def is_due_now(self) -> bool:
        """Whether it is due on the as-of date, or in the month that is under way."""
        return self.days.value == 0

    @property
    def is_short(self) -> bool:
        """Whether it is still to come with less than a month left."""
        return not self.is_past and not self.months.value

    @property
    def keeps_pace(self) -> bool:
        """Whether as much a month was done as is needed from now on.

        Rounding is never in its favour.
        """
        achieved = self.achieved.value if self.achieved else None
        if achieved is None or self.is_past or self.left.value is None:
            return False
        if self.is_short:
            return achieved * (self.days.value or 0) >= self.left.value * _DAYS_OF_A_MONTH
        return self.rate.value is not None and achieved >= self.rate.value

    @property
    def is_overdone(self) -> bool:
        """Whether more is recorded as done than there is; of an estimated number, much more."""
        there, done = self.quantity.value, self.done.value
        if there is None or done is None:
            return False
        return done > there * (_ABOUT if self.approximate else 1)

    @property
    def concern(self) -> int:
        """How much a director must hear of it, the least number first.

        Its day has passed or has come; it is behind schedule, or in doubt; it goes on; all of it is
        done.
        """
        if self.is_overdone:
            return 1
        if self.left.value == 0:
            return 3
        if self.left.value and (self.is_past or self.is_due_now):
            return 0
        return 1 if self.achieved is not None and not self.keeps_pace else 2

    @property
    def due_by(self) -> str:
        """Its day as a sentence writes it."""
        return periods.spoken_when(self.by_text)

    def time_left(self) -> Sentence:
        """How long it has left where that is less than a month, as a sentence ends with it."""
        if self.of_a_month:
            return (f". It is due {'this' if self.is_due_now else 'next'} month.",)
        if self.is_due_now:
            return (". It is due on the as-of date.",)
        days = " day left." if self.days.value == 1 else " days left."
        return (", with ", self.days.as_spelled(), days)

    def pace_words(self) -> Sentence:
        """What was done since the quarter before, and whether that is on schedule.

        Nothing where either quarter does not say how much is done.
        """
        if self.achieved is None or self.achieved.value is None:
            return ()
        ending = ": on schedule." if self.keeps_pace else ": behind schedule."
        if self.is_past or self.is_due_now:
            ending = "."
        if self.achieved.value < 0:
            return (f" Fewer are recorded as done than in {self.since}{ending}",)
        if self.achieved.value == 0:
            return (f" None recorded since {self.since}{ending}",)
        have = "has" if self.achieved.value == 1 else "have"
        return (f" Since {self.since}, ", self.achieved, f" a month {have} been done{ending}")

    def figures(self) -> Iterator[Figure]:
        """Every figure of it."""
        yield from (self.quantity, self.done, self.left, self.months, self.rate)
        yield from (self.days,) if self.is_short else ()
        if self.achieved:
            yield self.achieved


def deadlines(quarter: Quarter, project: str) -> tuple[Deadline, ...]:
    """The project's statutory duties, with the rate that each needs from the as-of date on."""
    rows, then = quarter.deadlines.of_project(project), _deadlines_before(quarter, project)
    counts, counts_then = (Counter(row.what for row in some) for some in (rows, then))
    once = {row.what: row for row in then if counts[row.what] == counts_then[row.what] == 1}
    # Two duties of one name are distinguished by their day.
    by_day = {(row.what, row.by): row for row in then}
    return tuple(
        _deadline(
            quarter, f"deadline-{number}", row, by_day.get((row.what, row.by)) or once.get(row.what)
        )
        for number, row in enumerate(rows, 1)
    )


def _deadlines_before(quarter: Quarter, project: str) -> list[DeadlineRow]:
    """The duties that the quarter before states of the project; none where it is new."""
    before = quarter.before
    return before.deadlines.of_project(project) if before and project in before.register else []


def _deadline(
    quarter: Quarter, name: str, row: DeadlineRow, before: DeadlineRow | None
) -> Deadline:
    many, day = (cell_of(row),), _cells(row, row.by_cell)

    def figure(what: str, amount: Sum, unit: FigureUnit, label: str) -> Figure:
        label = f"{row.what}: {label}"
        placed = amount if amount.cells else replace(amount, cells=many)
        return Figure(f"{name}/{what}", placed, unit, row.project, label)

    quantity = stated_number(row.quantity, row.quantity_text or "", many, NOT_STATED)
    done = _done(row, BLANK)
    left = missing(NOT_STATED, merged_cells(many, done.cells))
    if quantity.known is not None:
        # Where it is not stated how much is done, all of it is left.
        known = done if done.is_whole else constant(0, "nothing done yet", done.cells)
        left = at_least(difference(quantity, known))
    days = missing(NOT_STATED, day)
    when = periods.parse_due(row.by)
    if when:
        days = constant(_days_left(when, quarter.as_of), f"days to {row.by}", day)
    months = constant(_months_left(quarter, row.by_day), f"months to {row.by}", day)
    return Deadline(
        row.what,
        figure("quantity", quantity, "count", "quantity"),
        row.quantity_text or NOT_STATED,
        row.approximate is True,
        figure("done", done, "count", "done so far"),
        figure("left", left, "count", "left to do"),
        row.by,
        row.by_day,
        figure("days", days, "count", "days left"),
        figure("months", months, "months", "months left"),
        figure("rate", per(left, months, "ceiling"), "per month", "needed per month"),
        cell_of(row),
        _achieved(quarter, f"{name}/achieved", before, row),
        quarter.before.period.called_in(quarter.period) if quarter.before else "",
        # On the last day of its month it is due on that day, as a milestone is.
        when is not None and when.is_month and when.last != quarter.as_of,
    )


def _days_left(when: periods.When, as_of: date) -> int:
    """The days to the day that something is due: none while its month lasts."""
    if when.first <= as_of <= when.last and when.is_month:
        return 0
    return ((when.due if as_of < when.first else when.last) - as_of).days


def _months_left(quarter: Quarter, day: date | None) -> int:
    """The months from the as-of date to the day.

    What is due by a day may be done on it: by 31 March leaves March. Less than a month is none.
    """
    if day is None or day <= quarter.as_of:
        return 0
    return max(0, periods.months_until(quarter.as_of, day + timedelta(days=1)))


_DAYS_OF_A_MONTH = 31  # at the most: no duty keeps pace by the length of a month


def _done(row: DeadlineRow, gap: str) -> Sum:
    """How many cases are done, as the cell states it."""
    return stated_number(row.done, str(row.done), _cells(row, row.done_cell), gap)


def _cells(row: DeadlineRow, address: str | None) -> tuple[CellRef, ...]:
    """A cell of the row's sheet."""
    return (CellRef(row.workbook, row.sheet, address),) if address else ()


def _achieved(
    quarter: Quarter, name: str, before: DeadlineRow | None, now: DeadlineRow
) -> Figure | None:
    """What was done a month between the as-of dates of two quarters.

    None where one of them does not say how much is done.
    """
    last = quarter.before
    if before is None or last is None or last.as_of >= quarter.as_of:
        return None
    if before.done is None or now.done is None:
        return None
    months = max(1, periods.months_until(last.as_of, quarter.as_of + timedelta(days=1)))
    then, since = _done(before, ""), _done(now, "")
    rate = per(change(then, since), constant(months, "months between"), "floor")
    label = f"{now.what}: done per month since {last.period.called_in(quarter.period)}"
    return Figure(name, rate, "per month", now.project, label)
