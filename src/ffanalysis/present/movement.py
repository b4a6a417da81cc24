"""What moved since the quarter before, in words, as a chart and as tables."""

from collections.abc import Iterator, Sequence
from functools import singledispatch

from markupsafe import Markup

from ffanalysis import money, periods
from ffanalysis.figures import NOT_STATED, Figure, Sentence, counted, size_of
from ffanalysis.measure.milestone_changes import MilestoneChange
from ffanalysis.measure.movement import (
    LineMovement,
    Movement,
    ThenAndNow,
    YearsLeftOut,
)
from ffanalysis.measure.programme_movement import ProgrammeMovement
from ffanalysis.present import charts
from ffanalysis.present.codes import LineNames
from ffanalysis.present.html import (
    Cell,
    blank,
    chart,
    in_table,
    listing,
    rag_chip,
    rounded_sentence,
    table,
    tag,
    unit_of,
)
from ffanalysis.present.look import negatives_words
from ffanalysis.present.sentences import as_sentence, due, join_clauses, joined
from ffanalysis.present.words import NIL
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
from ffanalysis.vocabulary import RAG_STATUSES, Measure, Plan

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
    if isinstance(movement, Movement):
        for each in movement.first:
            yield (each.after, _FIRST[each.measure])
        for each in movement.lost:
            was = "had been delivered" if each.measure == Measure.DELIVERED else "was forecast"
            yield (each.before, f" {was} by {movement.since_words}, and no amount is recorded now")
    else:
        for measure, figure in movement.first.items():
            yield (figure, _FIRST[measure])


def _progressed(each: ThenAndNow) -> Sentence:
    more = each.change.pence > 0
    if each.measure == Measure.DELIVERED:
        return (
            _size(each.change),
            " more has been delivered" if more else " less is recorded as delivered",
        )
    return ("the forecast is ", _size(each.change), " higher" if more else " lower")


_FIRST = {
    Measure.DELIVERED: " has been delivered, where no amount was recorded before",
    Measure.FORECAST: " is forecast, where no amount was recorded before",
}


# --- milestones -----------------------------------------------------------------------------------


def milestone_clauses(movement: Movement) -> Iterator[Sentence]:
    """What became of the milestones: each one, or of many, or of long ones, how many moved."""
    moved = movement.milestones
    if len(moved) <= _FEW and all(len(item.milestone) <= _LONG for item in moved):
        yield from ((_milestone(item),) for item in moved)
        return
    gone = [item for item in moved if item.kind == "no longer listed"]
    named = [item for item in gone[:_FEW] if len(item.milestone) <= _LONG]
    yield from ((_milestone(item),) for item in named)
    count, late, more = (
        Figure(f"movement/{name}", counted((), number), "count", spelled=True)
        for name, number in (
            ("milestones", len(moved) - len(gone)),
            ("milestones-late", sum(item.is_late for item in moved)),
            ("milestones-gone", len(gone) - len(named)),
        )
    )
    if more.value:
        verb = "milestone was" if more.value == 1 else "milestones were"
        yield (more, f" more {verb} removed from the register")
    if count.value:
        noun = " milestone" if count.value == 1 else " milestones"
        fall = f" of which {'falls' if late.value == 1 else 'fall'} after the saving starts"
        of_which: Sentence = (", ", late, fall) if late.value else ()
        if late.value == count.value == 1:
            of_which = (", to after the saving starts",)
        yield (count, f"{noun} moved", *of_which)


def _milestone(item: MilestoneChange) -> str:
    what = f"milestone '{item.milestone}'"
    late = ", after the saving starts" if item.is_late else ""
    before, after = (
        periods.spoken_when(written) if written else "undated"
        for written in (item.before, item.after)
    )
    if item.kind == "no longer listed":
        return f"{what} ({before}) was removed from the register"
    if item.kind == "dated back":
        return f"{what} was due {due(before)} and is now shown as {after}"
    if item.kind in ("put off", "brought forward"):
        verb = "was brought forward" if item.kind == "brought forward" else "moved"
        return f"{what} {verb} from {before} to {after}{late}"
    return f"{what} is now {after}; it was {before}{late}"


# --- the section ----------------------------------------------------------------------------------

_KINDS = {"RAG": "another RAG status", "plan": "another plan"}
# What a table calls a kind of movement, where a clause has more room.
_IN_TABLES = {"not followed": "listed more than once", "re-based": "target re-estimated"}
_STEPS = {"Not followed": "Listed more than once", "Re-based": "Re-estimated"}
FIRST_QUARTER = "This is the first quarter reported, so there is nothing to compare it with."
_LONG = 90  # letters, beyond which a name makes no clause
_FEW = 2  # so many clauses make one sentence


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
    if len(found) <= _FEW:
        told = _in_sentences([*found, *others])
        # What says itself in which quarter it was needs no opening that does.
        return as_sentence(told)[:-1] if _names_the_quarter(movement) else (since, *told)
    kinds = dict.fromkeys(_KINDS.get(kind, kind) for line in movement.moved for kind in line.kinds)
    moved = Figure("movement/moved", counted((), len(movement.moved)), "count", spelled=True)
    words = f" lines moved: {joined(list(kinds))}"
    counts: Sentence = (moved, " of ", _number_of_lines(movement), words)
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
    opening = f"{schedule} {joined(ended.years)}, which {'is' if is_one else 'are'} over"
    amounts = join_clauses(
        (figure, f" {PLAN_WORDS[plan]}") if plan != Plan.CURRENT else ("a target of ", figure)
        for plan, figure in ended.targets.items()
    )
    parts: list[Sentence] = [amounts] if amounts else []
    if ended.delivered:
        parts.append((ended.delivered, " recorded as delivered"))
    elif amounts:
        parts.append(("no amount recorded as delivered",))
    return (opening, ": ", *join_clauses(parts, ", ", ", "), ".")


def _in_sentences(told: Sequence[Sentence]) -> Sentence:
    """Clauses as sentences, of which the first goes on from an opening."""
    first, *others = told
    return (*first, ".", *(part for each in others for part in (" ", *as_sentence(each))))


def kind_words(kind: str) -> str:
    """What a table calls a kind of movement."""
    return _IN_TABLES.get(kind, kind)


def _number_of_lines(movement: Movement) -> Figure:
    return Figure("movement/lines", counted((), len(movement.lines)), "count", spelled=True)


def section(
    movement: Movement, names: LineNames | None = None, *, perhaps_renamed: bool = False
) -> Markup:
    """What moved, for a director: the sentence with its reasons, and where a line's RAG went.

    The lines themselves are listed where one of them moved; the annex has all of them.
    """
    if movement.since is None:
        return Markup("")  # the first screen says so
    parts = []
    words = lead(movement, perhaps_renamed=perhaps_renamed)
    if words != lead(movement, perhaps_renamed=perhaps_renamed, short=True):
        # The first page has the same in short.
        parts.append(tag("p", rounded_sentence(_named(words, names))))
    if len(found := clauses(movement)) > _FEW:
        items = [rounded_sentence(as_sentence(_named(each, names))) for each in found]
        parts.append(listing(items, "moves"))
    if len(movement.lines) > 1 and any(_went_elsewhere(line) for line in movement.lines):
        parts.append(_chart(movement))
    if movement.moved:
        parts.append(_lines(movement, movement.moved, names))
    if not parts:
        return Markup("")
    return tag("h3", f"What changed since {movement.since_words}") + Markup("").join(parts)


def _named(words: Sentence, names: LineNames | None) -> Sentence:
    return names.in_sentence(words) if names else words


def _went_elsewhere(line: LineMovement) -> bool:
    return line.last != line.rag or line.original != line.last


def evidence(movement: Movement) -> Markup:
    """Every line then and now, the years that moved, and the balance between the two quarters.

    Nothing in a first quarter, which has nothing to compare.
    """
    if movement.since is None:
        return Markup("")
    parts = []
    if movement.problem:
        parts.append(tag("p", rounded_sentence(lead(movement))))
    if len(movement.moved) < len(movement.lines):  # else the second page has each of them
        parts.append(_lines(movement, movement.lines))
    parts += [_years(movement), balance_table(movement, "narrow")]
    if movement.progress:
        parts.append(_then_and_now(movement))
    return Markup("").join(parts)


def _then_and_now(movement: Movement) -> Markup:
    """What is delivered and what is forecast, in the quarter before and now."""
    unit = unit_of(figure for each in movement.progress for figure in each)
    without = _without(movement)
    rows: list[list[Cell]] = [
        [each.label, *(in_table(figure, unit) for figure in each)] for each in movement.progress
    ]
    return table(
        "Delivered and forecast, then and now",
        ["Saving", movement.since_words, "Now", "Change"],
        rows,
        numbers_from=1,
        note=f"{money.unit_label(unit)}; {negatives_words('less than before')}{without}",
        class_="narrow",
    )


def _without(movement: Movement) -> str:
    """Which years a table of two quarters leaves out."""
    return f"; without {joined(movement.left_out.years)}" if movement.left_out else ""


def _chart(movement: Movement) -> Markup:
    paths = [
        charts.Path(line.label, _points(movement, line), line.after) for line in movement.lines
    ]
    item = charts.rag_slope(paths, _quarters(movement))
    if len(movement.lines) == 1:
        return chart(item, (_one_line_title(movement, movement.lines[0]),))
    return chart(item, _lines_title(movement))


def _one_line_title(movement: Movement, line: LineMovement) -> str:
    then = movement.since_words
    if not line.rag:
        return f"The saving was taken out; in {then} it was {_rated(line.last)}"
    now = f"The saving is {_rated(line.rag)}"
    if not line.last:
        return f"The saving is new and {_rated(line.rag)}"
    if not _is_rerated(line):
        return f"{now}, as in {then}; at first it was {_rated(line.original)}"
    return f"{now}; in {then} it was {_rated(line.last)}"


def _rated(rag: str) -> str:
    return "not rated" if rag == NOT_STATED else f"rated {rag}"


def _lines_title(movement: Movement) -> Sentence:
    number = sum(map(_is_rerated, movement.lines))
    if number:
        turned = Figure("movement/turned", counted((), number), "count", spelled=True)
        words = f" lines changed RAG status since {movement.since_words}"
        return (turned, " of ", _number_of_lines(movement), words)
    did = any(line.original != line.last for line in movement.lines if line.last and line.rag)
    before = "; some did earlier" if did else ""
    return (f"No line changed RAG status since {movement.since_words}{before}",)


def _is_rerated(line: LineMovement) -> bool:
    return any(isinstance(change, Rerated) for change in line.changes)


def _quarters(movement: Movement) -> tuple[str, ...]:
    """What the columns of statuses are of.

    The first quarter is left out where it is the quarter before.
    """
    first: tuple[str, ...] = ()
    if movement.original_since and movement.original_since != movement.since:
        first = (f"Original, {movement.original_since.called_in(movement.now)}",)
    return (*first, movement.since_words, "Now")


def _points(movement: Movement, line: LineMovement) -> tuple[str, ...]:
    statuses = (line.original, line.last, line.rag)
    return statuses if len(_quarters(movement)) == 3 else statuses[1:]


def status_chip(status: str) -> Cell:
    """A RAG status in a table of movement; that of a line that is not there, in words."""
    if not status:
        return tag("span", "not listed", class_="quiet")
    return rag_chip(status) if status in RAG_STATUSES else status


def _lines(
    movement: Movement, shown: Sequence[LineMovement], names: LineNames | None = None
) -> Markup:
    amounts = [(line.before, line.after, line.change) for line in shown]
    unit = unit_of(figure for three in amounts for figure in three)
    rows: list[list[Cell]] = [
        [
            names.of(line.label) if names else line.label,
            *(status_chip(status) for status in _points(movement, line)),
            joined([*map(kind_words, line.kinds)]) or "none",
            *(in_table(figure, unit) for figure in three),
        ]
        for line, three in zip(shown, amounts, strict=True)
    ]
    quarters = _quarters(movement)
    which = "Each line" if len(shown) == len(movement.lines) else "Lines that changed,"
    without = _without(movement)
    return table(
        f"{which} in {movement.since_words} and now",
        ["Line", *quarters, "What changed", "Before", "Now", "Change"],
        rows,
        numbers_from=len(quarters) + 2,
        note=f"{money.unit_label(unit)}; {negatives_words('less than before')}{without}",
        class_="lines",
    )


def _years(movement: Movement) -> Markup:
    """The years in which amounts moved, before and now."""
    moved = [
        line
        for line in movement.moved
        if any(was.value != now.value for was, now in line.years.values())
    ]
    stated = {
        year
        for line in moved
        for year, pair in line.years.items()
        if any(figure.value is not None for figure in pair)
    }
    years = sorted(stated)
    unit = unit_of(figure for line in moved for pair in line.years.values() for figure in pair)
    rows: list[list[Cell]] = [
        [f"{line.label}, {words}", *_cells_of_years(line, years, place, unit)]
        for line in moved
        for words, place in (("before", 0), ("now", 1))
    ]
    if not rows:
        return Markup("")
    return table(
        "By year, before and now",
        ["Line", *years],
        rows,
        numbers_from=1,
        note=money.unit_label(unit),
        class_="narrow",
    )


def _cells_of_years(
    line: LineMovement, years: Sequence[str], place: int, unit: int
) -> Iterator[Cell]:
    for year in years:
        yield in_table(line.years[year][place], unit) if year in line.years else blank()


def _has_faster(movement: Movement | ProgrammeMovement) -> bool:
    every = movement.projects.values() if isinstance(movement, ProgrammeMovement) else (movement,)
    return any(not line.counts for each in every for line in each.lines)


def balance_table(movement: Movement | ProgrammeMovement, look: str) -> Markup:
    """From what the quarter before closed with to what this one does, each plan in a column.

    Blank where nothing changed.
    """
    balances = movement.balances
    steps = dict.fromkeys(words for balance in balances for words in balance.steps)
    if not steps:
        return Markup("")
    amounts = [(each.opening, *each.steps.values(), each.closing) for each in balances]
    unit = unit_of(figure for own in amounts for figure in own)
    opening: list[Cell] = [f"At {movement.since_words}"]
    between: dict[str, list[Cell]] = {words: [_STEPS.get(words, words)] for words in steps}
    closing: list[Cell] = ["At the end of this quarter"]
    for balance in balances:
        opening.append(in_table(balance.opening, unit))
        closing.append(in_table(balance.closing, unit))
        for words, row in between.items():
            figure = balance.steps.get(words)
            row.append(in_table(figure, unit) if figure else NIL)
    rows = [opening, *between.values(), closing]
    plans = [PLAN_WORDS[balance.plan].capitalize() for balance in balances]
    return table(
        "From the last quarter's close to this one's",
        ["Saving", *(plans if len(plans) > 1 else ["Amount"])],
        rows,
        numbers_from=1,
        totals=[len(rows) - 1],
        note=f"{money.unit_label(unit)}{', without Faster' if _has_faster(movement) else ''}",
        class_=look,
    )
