"""What moved since the quarter before, in words: clauses for each kind of change, and the lead."""

from collections.abc import Iterator, Sequence
from functools import singledispatch

from ffanalysis import periods
from ffanalysis.figures import NOT_STATED, Figure, counted, size_of
from ffanalysis.findings import Sentence
from ffanalysis.measure.left_out import YearsLeftOut
from ffanalysis.measure.milestone_changes import MilestoneChange
from ffanalysis.measure.movement import LineMovement, Movement, ThenAndNow
from ffanalysis.measure.programme_movement import ProgrammeMovement
from ffanalysis.present.sentences import as_sentence, due, join_clauses, joined
from ffanalysis.savings.changes import (
    Added,
    Ambiguous,
    BroughtForward,
    Change,
    MovedBetweenYears,
    NoLongerCounted,
    NoLongerStated,
    NowCounted,
    NowStated,
    Promoted,
    Rebased,
    Reclassified,
    Removed,
    Rerated,
    Slipped,
)
from ffanalysis.vocabulary import Measure, Plan

BETWEEN = "; "  # between the clauses of a movement, which have commas of their own


def clauses(movement: Movement) -> list[Sentence]:
    """What became of the lines that moved, a clause for each, with the reason given for it."""
    found = []
    for line in movement.moved:
        # The first clause names the line; those that follow it say "it".
        name = "the saving" if len(movement.lines) == 1 else f"the {line.label} line"
        told = [
            clause(change, _Told(movement, line, "it" if place else name))
            for place, change in enumerate(line.changes)
        ]
        found.append((*join_clauses(told, BETWEEN, BETWEEN), *_why(line)))
    return found


class _Told:
    """A line whose change is told: the line, its movement, and what the clause calls it."""

    def __init__(self, movement: Movement, line: LineMovement, called: str) -> None:
        self.since, self.line, self.called = movement.since_words, line, called


@singledispatch
def clause(change: Change, told: _Told) -> Sentence:
    """What happened to a line, as a clause. Every kind of change has one of its own."""
    raise NotImplementedError(type(change).__name__)


@clause.register
def _(change: Added, told: _Told) -> Sentence:  # noqa: ARG001 - a line is new whatever came of it
    return (f"{told.called} is new: ", told.line.after)


@clause.register
def _(change: Removed, told: _Told) -> Sentence:  # noqa: ARG001
    return (f"{told.called}, ", told.line.before, ", was taken out")


@clause.register
def _(change: NoLongerCounted, told: _Told) -> Sentence:  # noqa: ARG001
    called = told.called.replace(told.line.label, told.line.former_label)
    words = f", no longer counts as a saving: it is now {told.line.label}"
    return (f"{called}, ", told.line.before, words)


@clause.register
def _(change: NowCounted, told: _Told) -> Sentence:  # noqa: ARG001
    words = f", now counts as a saving: it was {told.line.former_label}"
    return (f"{told.called}, ", told.line.after, words)


@clause.register
def _(change: Promoted, told: _Told) -> Sentence:
    was, now = (PLAN_WORDS.get(plan, plan) for plan in (change.was, change.now))
    return (f"{told.called}, {was} in {told.since}, is now {now}",)


@clause.register
def _(change: Rerated, told: _Told) -> Sentence:
    return (f"{told.called} moved from {_status(change.was)} to {_status(change.now)}",)


@clause.register
def _(change: Reclassified, told: _Told) -> Sentence:
    return (f"{told.called} was reclassified from {change.was} to {change.now}",)


@clause.register
def _(change: MovedBetweenYears, told: _Told) -> Sentence:
    verb = "was re-phased"
    if isinstance(change, Slipped):
        verb = "slipped"
    elif isinstance(change, BroughtForward):
        verb = "was brought forward"
    years = f"from {joined(change.from_years)} to {joined(change.to_years)}"
    return (change.amount, f" of {told.called} {verb} {years}")


@clause.register
def _(change: Rebased, told: _Told) -> Sentence:
    line = told.line
    if not any(isinstance(each, NoLongerStated | NowStated) for each in line.changes):
        verb = "fell" if change.amount.pence < 0 else "rose"
        return (f"{told.called} {verb} from ", line.before, " to ", line.after)
    verb = "fell" if change.amount.pence < 0 else "rose"
    return (f"the part of {told.called} stated in both quarters {verb} by ", _size(change.amount))


@clause.register
def _(change: NoLongerStated, told: _Told) -> Sentence:
    mark = told.line.after.missing
    return (_size(change.amount), f" of {told.called} is no longer stated ({mark})")


@clause.register
def _(change: NowStated, told: _Told) -> Sentence:
    before, after = told.line.before, told.line.after
    if before.value is None:
        return (f"{told.called} is now stated at ", after, f"; it was {before.missing}")
    words = f" of {told.called} is now stated; it was {before.missing}"
    return (_size(change.amount), words)


@clause.register
def _(change: Ambiguous, told: _Told) -> Sentence:
    if change.same_amounts and change.then != change.now:
        if change.then:
            words = f"was listed more than once in {told.since} and is listed once now"
            return (f"{told.called} {words}, at ", told.line.after)
        return (f"{told.called} is listed more than once now, with the same amounts as before",)
    where = f"was listed more than once in {told.since}"
    if change.now:
        where = "is listed more than once this quarter"
        where = f"{where} and in {told.since}" if change.then else where
    whose = "its movement" if told.called == "it" else f"the movement of {told.called}"
    return (f"{whose} cannot be traced, because it {where}",)


def _size(change: Figure) -> Figure:
    """By how much an amount changed, without the direction.

    A figure of its own, as the change itself has its sign.
    """
    return Figure(
        f"{change.name}/size", size_of(change), project=change.project, label=change.label
    )


def _why(line: LineMovement) -> Sentence:
    """The reason for a movement, as the schedule gives it, or that it gives none.

    What is not matched needs none.
    """
    if all(isinstance(change, Ambiguous) for change in line.changes):
        return ()
    if line.repeats_reason:
        return (f" (no new reason recorded; last quarter's was: {line.reason.rstrip('.')})",)
    if line.reason:
        return (f" (reason given: {line.reason.rstrip('.')})",)
    return (" (no reason recorded)",)


def _status(rag: str) -> str:
    return "no RAG status" if rag == NOT_STATED else rag


PLAN_WORDS = {
    "proposed": "proposed",
    "current": "in the plan",
    "prior": "among the savings of earlier years",
}


# --- delivered and forecast -----------------------------------------------------------------------


def progress(movement: Movement | ProgrammeMovement) -> Iterator[Sentence]:
    """By how much more is delivered, and more or less is forecast, than the quarter before said.

    Of both only what is known.
    """
    for each in movement.progress:
        if each.is_known and each.change.value:
            yield _progressed(each)
    # What was recorded before may have been of the years that are left out.
    words = _LISTED if movement.left_out else _FIRST
    if isinstance(movement, Movement):
        for each in movement.first:
            yield (each.after, words[each.measure])
        for each in movement.lost:
            was = "had been delivered" if each.measure == Measure.DELIVERED else "was forecast"
            yield (each.before, f" {was} by {movement.since_words}, and no amount is recorded now")
    else:
        for measure, figure in movement.first.items():
            yield (figure, words[measure])


def _progressed(each: ThenAndNow) -> Sentence:
    more = each.change.pence > 0
    if each.measure == Measure.DELIVERED:
        return (
            _size(each.change),
            " more has been delivered" if more else " less is recorded as delivered",
        )
    return ("the forecast is ", _size(each.change), " higher" if more else " lower")


_LISTED = {
    Measure.DELIVERED: " has been delivered in the years still listed",
    Measure.FORECAST: " is forecast in the years still listed",
}
_FIRST = {
    Measure.DELIVERED: " has been delivered, where no amount was recorded before",
    Measure.FORECAST: " is forecast, where no amount was recorded before",
}


# --- milestones -----------------------------------------------------------------------------------


def milestone_clauses(movement: Movement) -> Iterator[Sentence]:
    """What became of the milestones: each one, or of many, or of long ones, how many moved."""
    done = [item for item in movement.milestones if item.kind == "completed"]
    moved = [item for item in movement.milestones if item.kind != "completed"]
    if done:
        yield _completed(done)
    if len(moved) <= FEW and all(len(item.milestone) <= _LONG for item in moved):
        yield from ((_milestone(item),) for item in moved)
    else:
        yield from _many_milestones(moved)


def _many_milestones(moved: Sequence[MilestoneChange]) -> Iterator[Sentence]:
    """How many milestones moved, and of those removed the first few."""
    gone = [item for item in moved if item.kind == "no longer listed"]
    named = [item for item in gone[:FEW] if len(item.milestone) <= _LONG]
    yield from ((_milestone(item),) for item in named)
    count, late, more = (
        Figure(f"movement/{name}", counted(each.milestone for each in some), "count", spelled=True)
        for name, some in (
            ("milestones", [each for each in moved if each not in gone]),
            ("milestones-late", [each for each in moved if each.is_late]),
            ("milestones-gone", [each for each in gone if each not in named]),
        )
    )
    if more.value:
        verb = "milestone was" if more.value == 1 else "milestones were"
        yield (more, f" more {verb} removed from the register")
    if count.value:
        noun = " milestone" if count.value == 1 else " milestones"
        yield (count, f"{noun} moved", *_of_which_late(count, late))


def _of_which_late(count: Figure, late: Figure) -> Sentence:
    """How many of the milestones that moved fall after the saving starts."""
    if not late.value:
        return ()
    if late.value == count.value == 1:
        return (", to after the saving starts",)
    return (
        ", ",
        late,
        f" of which {'falls' if late.value == 1 else 'fall'} after the saving starts",
    )


def _completed(done: Sequence[MilestoneChange]) -> Sentence:
    """That milestones were completed: the one, or how many."""
    if len(done) == 1 and len(done[0].milestone) <= _LONG:
        on = f" ({periods.spoken_when(done[0].after)})" if done[0].after else ""
        return (f"milestone '{done[0].milestone}' was completed{on}",)
    count = Figure(
        "movement/milestones-completed",
        counted(item.milestone for item in done),
        "count",
        spelled=True,
    )
    return (count, " milestones were completed" if len(done) > 1 else " milestone was completed")


def _milestone(item: MilestoneChange) -> str:
    what = f"milestone '{item.milestone}'"
    late = ", after the saving starts" if item.is_late else ""
    before, after = (
        periods.spoken_when(written) if written else "undated"
        for written in (item.before, item.after)
    )
    if item.kind == "no longer complete":
        return f"{what}, complete before, is no longer shown as complete"
    if item.kind == "no longer listed":
        return f"{what} ({before}) was removed from the register"
    if item.kind == "dated back":
        return f"{what} was due {due(before)} and is now shown as {after}"
    if item.kind in ("put off", "brought forward"):
        verb = "was brought forward" if item.kind == "brought forward" else "moved"
        return f"{what} {verb} from {before} to {after}{late}"
    return f"{what} is now {after}; it was {before}{late}"


# --- the lead -------------------------------------------------------------------------------------

_KINDS = {"RAG": "another RAG status", "plan": "another plan"}
FIRST_QUARTER = "This is the first quarter reported, so there is nothing to compare it with."
_LONG = 90  # letters, beyond which a name makes no clause
FEW = 2  # so many clauses make one sentence


def lead(movement: Movement, *, perhaps_renamed: bool = False, short: bool = False) -> Sentence:
    """The section's first sentence: whether anything moved, and since when.

    In `short` it names no files. `perhaps_renamed` says that a query asks whether a project that
    looks new only has a new name.
    """
    if movement.since is None:
        return (FIRST_QUARTER,)
    if movement.problem:
        why = "Not all of that quarter could be read." if short else movement.problem
        return (f"Movement since {movement.since_words} is not shown. {why}",)
    if movement.is_new:
        doubt = " It may only have a new name: see the annex." if perhaps_renamed else ""
        return (f"New this quarter.{doubt}",)
    called = ""
    if movement.renamed_from:
        called = f"Renamed since {movement.since_words}, when it was {movement.renamed_from}. "
    found = _lead(movement, called)
    if movement.left_out:
        return (*found, " ", *left_out(movement.left_out))
    return found


def _lead(movement: Movement, called: str) -> Sentence:
    """What became of the lines over the years that both quarters list."""
    if not movement.lines and not movement.left_out:
        nothing = f"{called}No saving was recorded in {movement.since_words}, and none is now."
        others = (
            part for words in milestone_clauses(movement) for part in (" ", *as_sentence(words))
        )
        return (nothing, *others)
    return _moved(movement, called)


def _moved(movement: Movement, called: str) -> Sentence:
    """What moved of the lines; of many lines, how many and in which ways."""
    found, others = clauses(movement), [*milestone_clauses(movement), *progress(movement)]
    since = f"{called}Since {movement.since_words}, "
    if not found and not others:
        if called:
            return (f"{called[:-2]}; no figure has changed.",)
        return (f"No change since {movement.since_words}.",)
    if not found:
        return (since, *_in_sentences(others))
    if len(found) <= FEW:
        told = _in_sentences([*found, *others])
        # What says itself in which quarter it was needs no opening that does.
        return as_sentence(told)[:-1] if _names_the_quarter(movement) else (since, *told)
    kinds = dict.fromkeys(_KINDS.get(kind, kind) for line in movement.moved for kind in line.kinds)
    moved = Figure(
        "movement/moved", counted(line.label for line in movement.moved), "count", spelled=True
    )
    words = f" lines moved: {joined(list(kinds))}"
    counts: Sentence = (moved, " of ", number_of_lines(movement), words)
    return (since, *_in_sentences([counts, *others]))


def _names_the_quarter(movement: Movement) -> bool:
    """Whether the first clause of a movement names the quarter before."""
    first = movement.moved[0].changes[0]
    return isinstance(first, Ambiguous) and first.same_amounts and first.then and not first.now


def left_out(ended: YearsLeftOut, schedule: str = "The schedule no longer lists") -> Sentence:
    """That years which are over are listed no longer, and what they had and delivered.

    The comparison is of the other years.
    """
    is_one = len(ended.years) == 1
    if not ended.is_of_all:
        schedule = "Some lines no longer list"
    opening = f"{schedule} {joined(ended.years)}, which {'is' if is_one else 'are'} over"
    amounts = join_clauses(
        (figure, f" {PLAN_WORDS[plan]}") if plan != Plan.CURRENT else ("a target of ", figure)
        for plan, figure in ended.targets.items()
    )
    parts: list[Sentence] = [amounts] if amounts else []
    if ended.delivered:
        parts.append((ended.delivered, " recorded as delivered"))
    if ended.rated:
        parts.append((ended.rated, " rated Green Delivered"))
    if amounts and not ended.delivered and not ended.rated:
        parts.append(("no amount recorded as delivered",))
    return (opening, ": ", *join_clauses(parts, ", ", ", "), ".")


def _in_sentences(told: Sequence[Sentence]) -> Sentence:
    """Clauses as sentences, of which the first goes on from an opening."""
    first, *others = told
    return (*first, ".", *(part for each in others for part in (" ", *as_sentence(each))))


def number_of_lines(movement: Movement) -> Figure:
    """How many lines a movement is of, as a sentence says it."""
    return Figure(
        "movement/lines", counted(line.label for line in movement.lines), "count", spelled=True
    )
