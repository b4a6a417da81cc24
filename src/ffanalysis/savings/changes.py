"""What became of a line between two quarters: an event for each thing that happened to it.

Every event that changes an amount says by how much, so that an opening balance and the events
since come to the closing balance. A new kind of movement is a new class here, and a clause for it
in `present.movement_words`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from ffanalysis.figures import Figure, Sum, Term, change, constant, negative, total
from ffanalysis.savings.assemble import line_label
from ffanalysis.savings.matching import rag_label
from ffanalysis.savings.model import Saving, Series, joined
from ffanalysis.vocabulary import BLANK, RAG_STATUSES, Plan

Named = Callable[[str, Sum, str], Figure]  # a figure of the line: its name, its sum, its label


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened to a line since the quarter before.

    `kind` is what a table calls it, and `rank` its place among several there; `step` is its row
    between opening and closing, blank where it changes no balance; `is_adverse` says whether a
    director must hear of it first.
    """

    kind: ClassVar[str] = ""
    rank: ClassVar[int] = 0
    step: ClassVar[str] = ""

    @property
    def is_adverse(self) -> bool:
        return False

    @property
    def moved(self) -> Figure | None:
        """The amount that it moved, where there is one."""
        return None


@dataclass(frozen=True, slots=True)
class _OfAmount(Change):
    """A change of the balance by an amount."""

    rank: ClassVar[int] = 1
    amount: Figure

    @property
    def moved(self) -> Figure | None:
        return self.amount


@dataclass(frozen=True, slots=True)
class Added(_OfAmount):
    kind: ClassVar[str] = "new"
    step: ClassVar[str] = "New lines"


@dataclass(frozen=True, slots=True)
class Removed(_OfAmount):
    kind: ClassVar[str] = "taken out"
    step: ClassVar[str] = "Lines taken out"

    @property
    def is_adverse(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Rebased(_OfAmount):
    """What both quarters state of it came to another amount."""

    kind: ClassVar[str] = "re-based"
    rank: ClassVar[int] = 2
    step: ClassVar[str] = "Re-based"

    @property
    def is_adverse(self) -> bool:
        return self.amount.sum.known_pence < 0


@dataclass(frozen=True, slots=True)
class NoLongerStated(_OfAmount):
    """An amount of the quarter before that the source now marks as missing (TBC)."""

    kind: ClassVar[str] = "no longer stated"
    step: ClassVar[str] = "No longer stated"

    @property
    def is_adverse(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class NowStated(_OfAmount):
    kind: ClassVar[str] = "now stated"
    step: ClassVar[str] = "Now stated"


@dataclass(frozen=True, slots=True)
class Ambiguous(_OfAmount):
    """A line that is listed more than once in one of the quarters, so that it cannot be matched.

    `then` and `now` say in which; `same_amounts` that it has the same amounts each time.
    """

    kind: ClassVar[str] = "not followed"
    step: ClassVar[str] = "Not followed"
    then: bool
    now: bool
    same_amounts: bool

    @property
    def is_adverse(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class NoLongerCounted(_OfAmount):
    """A saving that is now of another role, such as one that only brings others forward."""

    kind: ClassVar[str] = "no longer counted"
    step: ClassVar[str] = "No longer counted"

    @property
    def is_adverse(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class NowCounted(_OfAmount):
    kind: ClassVar[str] = "now counted"
    step: ClassVar[str] = "Now counted"


@dataclass(frozen=True, slots=True)
class Promoted(Change):
    """A line that is in another plan now, as when a proposal is approved."""

    kind: ClassVar[str] = "plan"
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Rerated(Change):
    kind: ClassVar[str] = "RAG"
    was: str
    now: str

    @property
    def is_adverse(self) -> bool:
        if self.was not in RAG_STATUSES:
            return False
        is_known = self.now in RAG_STATUSES
        order = [str(status) for status in RAG_STATUSES]
        return not is_known or order.index(self.now) > order.index(self.was)


@dataclass(frozen=True, slots=True)
class Reclassified(Change):
    kind: ClassVar[str] = "reclassified"
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class MovedBetweenYears(Change):
    """An amount that moved from some years to others; the line comes to what it came to."""

    rank: ClassVar[int] = 3
    amount: Figure
    from_years: tuple[str, ...]
    to_years: tuple[str, ...]

    @property
    def moved(self) -> Figure | None:
        return self.amount


@dataclass(frozen=True, slots=True)
class Slipped(MovedBetweenYears):
    kind: ClassVar[str] = "slipped"

    @property
    def is_adverse(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class BroughtForward(MovedBetweenYears):
    kind: ClassVar[str] = "brought forward"


@dataclass(frozen=True, slots=True)
class Rephased(MovedBetweenYears):
    kind: ClassVar[str] = "re-phased"

    @property
    def is_adverse(self) -> bool:
        return True


# The rows between opening and closing, in the order in which a table shows them.
STEPS: tuple[type[_OfAmount], ...] = (
    Added,
    Removed,
    Rebased,
    NoLongerStated,
    NowStated,
    Ambiguous,
    NoLongerCounted,
    NowCounted,
)


@dataclass(frozen=True)
class MatchedLine:
    """The lines of one key in one quarter: one where it can be matched, none, or several.

    `counted` has the targets that are added; of a line that is added in either quarter, what only
    brings others forward or mitigates one is left out of it.
    """

    lines: tuple[Saving, ...]
    counted: Series

    @property
    def every(self) -> Series:
        return joined(line.target for line in self.lines)

    @property
    def is_listed(self) -> bool:
        return bool(self.lines)

    @property
    def label(self) -> str:
        """What it is called, by its first counted cell: "New, retained (A-1)"."""
        first = next(iter(self.counted or self.every), None)
        if first is None:
            return ""
        return f"{line_label(first)}{f', in place of {first.mitigates}' if first.mitigates else ''}"

    @property
    def rag(self) -> str:
        return rag_label(self.lines)

    @property
    def plans(self) -> tuple[Plan, ...]:
        return tuple(dict.fromkeys(line.plan for line in self.lines))

    @property
    def plan(self) -> str:
        return " and ".join(self.plans)

    def of_plan(self, plan: Plan) -> "MatchedLine":
        """What of it is in one plan."""
        return MatchedLine(
            tuple(line for line in self.lines if line.plan == plan),
            self.counted.where(lambda row: row.plan == plan),
        )

    @property
    def reason(self) -> str:
        """Why it moved, as the schedule says; each reason once."""
        return " ".join(dict.fromkeys(row.reason for row in self.every if row.reason))

    @property
    def total(self) -> Sum:
        return self.amount(None)

    def amount(self, year: str | None) -> Sum:
        """What it comes to in a year, or in all; nil where it is listed and nothing is added."""
        every, counted = (
            series.of_year(year) if year else series for series in (self.every, self.counted)
        )
        if every and not counted:
            unit = every.total.stated_to
            return constant(0, "listed, and nothing is added", every.cells, stated_to=unit)
        return counted.total


def match(before: Sequence[Saving], after: Sequence[Saving]) -> tuple[MatchedLine, MatchedLine]:
    """The lines of one key in two quarters."""
    every = (*before, *after)
    counts = any(line.is_counted for line in every)
    was, now = (
        MatchedLine(
            tuple(lines),
            joined(line.target for line in lines if line.is_counted or not counts),
        )
        for lines in (before, after)
    )
    return was, now


def changes(was: MatchedLine, now: MatchedLine, figure: Named) -> Iterator[Change]:
    """What became of a line, in the order in which a sentence tells it."""
    came = figure("change", change(was.total, now.total), "change")
    is_in_both = was.is_listed and now.is_listed
    if is_in_both and bool(was.counted) != bool(now.counted):
        yield NowCounted(came) if now.counted else NoLongerCounted(came)
        yield from _changes_of_description(was, now)
        return
    yield from _changes_of_description(was, now)
    if len(was.lines) > 1 or len(now.lines) > 1:
        # The same line twice: its amounts cannot be matched, its status can where both have the
        # same.
        same = len({_amounts(line) for line in (*was.lines, *now.lines)}) == 1
        yield Ambiguous(came, len(was.lines) > 1, len(now.lines) > 1, same)
    elif not is_in_both:
        yield Removed(came) if was.is_listed else Added(came)
    elif (was.total.known is None) != (now.total.known is None):
        yield NowStated(came) if was.total.known is None else NoLongerStated(came)
    else:
        yield from _amount_changes(was, now, figure)


def _changes_of_description(was: MatchedLine, now: MatchedLine) -> Iterator[Change]:
    """Another plan, RAG status or type of a line that both quarters list."""
    if was.is_listed and now.is_listed and was.plan != now.plan:
        yield Promoted(was.plan, now.plan)
    if was.rag and now.rag and was.rag != now.rag:
        yield Rerated(was.rag, now.rag)
    if was.counted and now.counted and was.label != now.label:
        yield Reclassified(was.label, now.label)


def _amount_changes(was: MatchedLine, now: MatchedLine, figure: Named) -> Iterator[Change]:
    """The amounts of a line that both quarters state: re-based, or moved between years."""
    kinds: dict[type[_OfAmount], list[Sum]] = {Rebased: [], NoLongerStated: [], NowStated: []}
    for year in dict.fromkeys(row.year for row in (*was.counted, *now.counted)):
        then, since = (each.counted.of_year(year).total for each in (was, now))
        kinds[_kind_of_year(then, since)].append(change(then, since))
    found = [
        kind(figure(kind.kind.replace(" ", "-"), amount, kind.kind))
        for kind, parts in kinds.items()
        if parts and (amount := total(parts)).known
    ]
    if not any(isinstance(each, Rebased) for each in found):
        yield from _between_years(was, now, figure)
    yield from found


def _kind_of_year(then: Sum, since: Sum) -> type[_OfAmount]:
    """Whether a year is marked as missing in one of the quarters alone (TBC).

    Where only a part of a year is marked, what changed of it cannot be separated from what is not
    known: the whole is re-based.
    """
    lost = since.known is None and since.has_gap
    came = then.known is None and then.has_gap
    if lost == came:
        return Rebased
    return NoLongerStated if lost else NowStated


def _between_years(was: MatchedLine, now: MatchedLine, figure: Named) -> Iterator[Change]:
    """An amount that left some years for others."""
    years = sorted({row.year for row in (*was.every, *now.every) if row.year})
    pairs = {year: (was.amount(year), now.amount(year)) for year in years}
    moved = {
        year: after.known_pence - before.known_pence
        for year, (before, after) in pairs.items()
        if before.known != after.known and not before.has_gap and not after.has_gap
    }
    less = tuple(year for year in moved if moved[year] < 0)
    more = tuple(year for year in moved if moved[year] > 0)
    if not less or not more:
        return
    lost = total(change(after, before) for before, after in (pairs[year] for year in less))
    kind = _direction(less, more)
    yield kind(figure("put-off", lost, "moved between years"), less, more)


def _direction(less: Sequence[str], more: Sequence[str]) -> type[MovedBetweenYears]:
    if max(less) < min(more):
        return Slipped
    return BroughtForward if max(more) < min(less) else Rephased


def _amounts(line: Saving) -> tuple[tuple[str, int, str], ...]:
    """What a line states year by year, blanks left out."""
    told = (row for row in line.target if row.amount_pence or row.missing not in (None, BLANK))
    return tuple(sorted((row.year or "", row.amount_pence or 0, row.missing or "") for row in told))


def years_of(was: MatchedLine, now: MatchedLine) -> tuple[str, ...]:
    """The years that a line has cells for in either quarter."""
    return tuple(sorted({row.year for row in (*was.every, *now.every) if row.year}))


# A line that is approved leaves the balance of one plan for that of another.
MOVED_OUT, MOVED_IN = "Moved to another plan", "Moved from another plan"
LEFT_OUT = "Years no longer listed"
STEP_NAMES = (LEFT_OUT, *(kind.step for kind in STEPS), MOVED_OUT, MOVED_IN)


def balance_steps(
    was: MatchedLine, now: MatchedLine, changes: Iterable[Change], plan: Plan
) -> Iterator[tuple[str, Term]]:
    """What a line adds to the balance of a plan since the quarter before, step by step."""
    then, since = was.of_plan(plan), now.of_plan(plan)
    if not then.is_listed and not since.is_listed:
        return
    events = [each for each in changes if isinstance(each, _OfAmount)]
    own_steps = [(each.step, each.amount) for each in events]
    if {*was.plans, *now.plans} == {plan}:
        yield from own_steps
    elif any(isinstance(each, Ambiguous) for each in events):
        yield Ambiguous.step, change(then.total, since.total)
    elif then.is_listed:
        yield MOVED_OUT, negative(then.total)
    else:
        yield MOVED_IN, was.total
        yield from own_steps
