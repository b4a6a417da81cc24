"""By when: counted statutory duties, the rate that each needs and the rate achieved."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from ffanalysis import periods
from ffanalysis.figures import (
    NOT_STATED,
    Figure,
    FigureUnit,
    Sentence,
    Sum,
    at_least,
    change,
    constant,
    difference,
    missing,
)
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
    less than a month left there is no rate.
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

    @property
    def is_past(self) -> bool:
        """Whether its day is over."""
        return self.days.value is not None and self.days.value < 0

    @property
    def is_due_today(self) -> bool:
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
        if self.left.value and (self.is_past or self.is_due_today):
            return 0
        return 1 if self.achieved is not None and not self.keeps_pace else 2

    @property
    def due_by(self) -> str:
        """Its day as a sentence writes it."""
        return periods.spoken_when(self.by_text)

    def time_left(self) -> Sentence:
        """How long it has left where that is less than a month, as a sentence ends with it."""
        if self.is_due_today:
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
        if self.is_past or self.is_due_today:
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
        placed = (
            amount
            if amount.cells
            else Sum(amount.known, amount.gap, None, many, amount.operation, amount.terms)
        )
        return Figure(f"{name}/{what}", placed, unit, row.project, label)

    quantity = _count(row.quantity, many, NOT_STATED)
    done = _count(row.done, _cells(row, row.done_cell), BLANK)
    left = missing(NOT_STATED, merged_cells(many, done.cells))
    if quantity.known is not None:
        # Where it is not stated how much is done, all of it is left.
        known = done if done.is_whole else constant(0, done.cells)
        left = at_least(difference(quantity, known))
    days = missing(NOT_STATED, day)
    if row.by_day:
        days = constant((row.by_day - quarter.as_of).days, day)
    months = constant(_months_left(quarter, row.by_day), day)
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
        figure("rate", _per_month(left, months, ROUND_CEILING), "per month", "needed per month"),
        cell_of(row),
        _achieved(quarter, f"{name}/achieved", before, row),
        quarter.before.period.called_in(quarter.period) if quarter.before else "",
    )


def _months_left(quarter: Quarter, day: date | None) -> int:
    """The months from the as-of date to the day.

    What is due by a day may be done on it: by 31 March leaves March. Less than a month is none.
    """
    if day is None or day <= quarter.as_of:
        return 0
    return max(0, periods.months_until(quarter.as_of, day + timedelta(days=1)))


_DAYS_OF_A_MONTH = 31  # at the most: no duty keeps pace by the length of a month


def _count(value: int | None, cells: tuple[CellRef, ...], gap: str) -> Sum:
    """A number of cases as its cell states it."""
    return Sum(value, "" if value is not None else gap, None, cells, "cell")


def _cells(row: DeadlineRow, address: str | None) -> tuple[CellRef, ...]:
    """A cell of the row's sheet."""
    return (CellRef(row.workbook, row.sheet, address),) if address else ()


def _per_month(term: Sum, months: Sum, rounding: str) -> Sum:
    """So much a month, as a whole number; not stated without months."""
    cells = merged_cells(term.cells, months.cells)
    if term.known is None or not months.known:
        return missing(NOT_STATED, cells)
    exact = Sum(Decimal(term.known) / months.known, "", None, cells, "÷", (term, months))
    whole = Decimal(exact.known or 0).quantize(Decimal(1), rounding)
    return Sum(whole, "", None, cells, "round", (exact, constant(1)))


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
    then, since = (_count(row.done, _cells(row, row.done_cell), "") for row in (before, now))
    rate = _per_month(change(then, since), constant(months), ROUND_FLOOR)
    label = f"{now.what}: done per month since {last.period.called_in(quarter.period)}"
    return Figure(name, rate, "per month", now.project, label)
