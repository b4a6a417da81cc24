"""What moved since the quarter before, in words, as a chart and as tables."""

from collections.abc import Iterator
from dataclasses import replace

from markupsafe import Markup

from ffanalysis import money
from ffanalysis.figures import Figure, Sentence
from ffanalysis.measure.milestone_changes import Shift
from ffanalysis.measure.movement import Line, Movement, progressed
from ffanalysis.measure.programme_movement import ProgrammeMovement
from ffanalysis.present import charts
from ffanalysis.present.html import (
    Cell,
    blank,
    chart,
    in_table,
    listing,
    rag_chip,
    sentence,
    table,
    tag,
    unit_of,
)
from ffanalysis.present.sentences import joined, strung
from ffanalysis.savings.matching import NOT_STATED
from ffanalysis.vocabulary import RAG_STATUSES

_BETWEEN = "; "  # between the clauses of a movement, which have commas of their own


def clauses(movement: Movement) -> list[Sentence]:
    """What became of the lines that moved, a clause for each line, with the reason that is given for it."""
    found = []
    for line in movement.moved:
        # The first clause names the line; those that follow it say "it".
        named, others = (
            [*_clauses(movement, line, called)] for called in (_called(movement, line), "it")
        )
        found.append((*strung([*named[:1], *others[1:]], _BETWEEN, _BETWEEN), *_why(line)))
    return found


def _called(movement: Movement, line: Line) -> str:
    return "the saving" if len(movement.lines) == 1 else f"the {line.what} line"


def _clauses(movement: Movement, line: Line, called: str) -> Iterator[Sentence]:
    if "new" in line.kinds:
        yield (f"{called} is new: ", line.after)
    if "taken out" in line.kinds:
        yield (f"{called}, ", line.before, ", was taken out")
    if "no longer counted" in line.kinds:
        yield (
            f"{called.replace(line.what, line.formerly)}, ",
            line.before,
            f", is no longer counted: it is {line.what} now",
        )
    if "now counted" in line.kinds:
        yield (f"{called}, ", line.after, f", is counted now: it was {line.formerly}")
    if "plan" in line.kinds:
        stood, stands = (_PLANS.get(plan, plan) for plan in line.plans)
        yield (f"{called}, {stood} in quarter {movement.since}, is {stands} now",)
    if "RAG" in line.kinds:
        yield (f"{called} moved from {_status(line.last)} to {_status(line.rag)}",)
    if "reclassified" in line.kinds:
        yield (f"{called} was reclassified: it was {line.formerly} and is {line.what} now",)
    if line.put_off is not None:
        verb = {"slipped": "slipped", "brought forward": "was brought forward"}.get(
            line.kinds[-1], "was re-phased"
        )
        yield (
            line.put_off,
            f" of {called} {verb} from {joined(line.from_years)} to {joined(line.to_years)}",
        )
    yield from _changes(line, called)
    if "not followed" in line.kinds:
        then, now = line.twice
        where = (
            "stands more than once, in that quarter and now"
            if then and now
            else "stands more than once now"
        )
        where = where if now else "stood more than once in that quarter"
        if line.is_copy and then != now:
            told = (
                f"stood more than once in quarter {movement.since} and stands once now"
                if then
                else "stands more than once now"
            )
            yield (
                f"{called} {told}, with the same amounts as {'one of those' if then else 'before'}",
            )
            return
        whose = "its amounts" if called == "it" else f"the amounts of {called}"
        yield (f"{whose} cannot be followed, because it {where}",)


def _changes(line: Line, called: str) -> Iterator[Sentence]:
    if "re-based" in line.kinds:
        more = line.parts["re-based"]
        if line.parts.keys() == {"re-based"}:
            yield (f"{called} was re-based from ", line.before, " to ", line.after)
        else:
            yield (
                f"what both quarters state of {called} is ",
                _size(more),
                " less" if more.pence < 0 else " more",
            )
    if "no longer stated" in line.kinds:
        yield (
            _size(line.parts["no longer stated"]),
            f" of {called} is no longer stated ({line.after.missing})",
        )
    if "now stated" in line.kinds:
        if line.before.value is None:
            yield (f"{called} is now stated at ", line.after, f"; it was {line.before.missing}")
        else:
            yield (
                _size(line.parts["now stated"]),
                f" of {called} is now stated; it was {line.before.missing}",
            )


def _size(change: Figure) -> Figure:
    """By how much an amount changed, without the direction.

    A figure of its own, as the change itself has its sign.
    """
    return replace(change, name=f"{change.name}/size", value=abs(change.pence))


def _why(line: Line) -> Sentence:
    """The reason for a movement, as the schedule gives it, or that it gives none.

    What is not followed needs none.
    """
    if line.kinds == ("not followed",):
        return ()
    return (
        (f" (reason given: {line.reason.rstrip('.')})",)
        if line.reason
        else (" (the schedule gives no reason)",)
    )


def _status(rag: str) -> str:
    return "no stated RAG status" if rag == NOT_STATED else rag


def _sentence(clause: Sentence) -> Sentence:
    """A clause as a sentence of its own."""
    first, *rest = clause
    return (first[:1].upper() + first[1:] if isinstance(first, str) else first, *rest, ".")


_PLANS = {"proposed": "proposed", "current": "in the plan"}


def progress(movement: Movement | ProgrammeMovement) -> Iterator[Sentence]:
    """By how much more is delivered, and more or less is forecast, than the quarter before said.

    Of both only what is known.
    """
    for words, change in progressed(movement.progress).items():
        more = change.pence > 0
        if words == "Delivered":
            yield (_size(change), " more is delivered" if more else " less is stated as delivered")
        else:
            yield ("the forecast is ", _size(change), " higher" if more else " lower")
    for words, figure in movement.first.items():
        yield (figure, _FIRST[words])
    for words, figure in movement.lost.items() if isinstance(movement, Movement) else ():
        yield (figure, f" was {words.lower()} in that quarter, and no amount is stated now")


_FIRST = {
    "Delivered": " is delivered where no amount was stated in that quarter",
    "Forecast": " is forecast where no amount was in that quarter",
}


def shifted(movement: Movement) -> Iterator[Sentence]:
    """What became of the milestones: each one told, or of many, or of long ones, how many moved."""
    if len(movement.shifts) <= _FEW and all(
        len(item.milestone) <= _LONG for item in movement.shifts
    ):
        yield from ((_shift(item),) for item in movement.shifts)
        return
    gone = [item for item in movement.shifts if item.way == "no longer listed"]
    named = [item for item in gone[:_FEW] if len(item.milestone) <= _LONG]
    yield from ((_shift(item),) for item in named)
    count, late, more = (
        Figure(f"movement/{name}", number, (), "count")
        for name, number in (
            ("milestones", len(movement.shifts) - len(gone)),
            ("milestones-late", sum(item.is_late for item in movement.shifts)),
            ("milestones-gone", len(gone) - len(named)),
        )
    )
    if more.value:
        yield (
            more,
            (
                f" more {'milestone is' if more.value == 1 else 'milestones are'} not in the"
                " register any more"
            ),
        )
    if not count.value:
        return
    words = " milestone" if count.value == 1 else " milestones"
    fall = f" of which {'falls' if late.value == 1 else 'fall'} after the saving starts"
    yield (count, f"{words} moved", *((", ", late, fall) if late.value else ()))


def _shift(item: Shift) -> str:
    what, late = (
        f"the milestone '{item.milestone}'",
        ", which is after the saving starts" if item.is_late else "",
    )
    if item.way == "no longer listed":
        return f"{what} ({item.before or 'undated'}) is not in the register any more"
    if item.way == "dated back":
        return (
            f"{what}, which in that quarter was still to come ({item.before}), is dated"
            f" {item.after} now"
        )
    if item.way in ("put off", "brought forward"):
        return f"{what} was {item.way} from {item.before} to {item.after}{late}"
    return f"{what} is {item.after or 'undated'} now; it was {item.before or 'undated'}{late}"


_KINDS = {"RAG": "another RAG status", "plan": "another plan"}
_LONG = 90  # letters, beyond which a name makes no clause
_FEW = 2  # so many clauses make one sentence


def lead(movement: Movement, name: str, *, perhaps_renamed: bool = False) -> Sentence:
    """The section's first sentence: whether anything moved, and since when.

    `perhaps_renamed` says that a query asks whether a project that looks new only has a new name.
    """
    if movement.since is None:
        return ("No earlier quarter has been read, so no movement is shown.",)
    if movement.problem:
        return (f"Movement since quarter {movement.since} cannot be shown. {movement.problem}",)
    if movement.is_new:
        doubt = (
            " by this name; whether it only has a new name is asked under Reconciliation"
            if perhaps_renamed
            else ""
        )
        return (f"{name} is new this quarter: quarter {movement.since} does not have it{doubt}.",)
    called = (
        f"In quarter {movement.since} it was called {movement.renamed_from}. "
        if movement.renamed_from
        else ""
    )
    if not movement.lines:
        nothing = f"{called}No saving was stated in quarter {movement.since}, and none is now."
        return (
            nothing,
            *(part for clause in shifted(movement) for part in (" ", *_sentence(clause))),
        )
    found, others = clauses(movement), [*shifted(movement), *progress(movement)]
    since = f"{called}Since quarter {movement.since}, "
    if not found and others:
        return (
            since,
            *strung(others, _BETWEEN, _BETWEEN),
            "; no RAG status, no target and no year has moved.",
        )
    if not found:
        return (
            (
                f"{called}Nothing has moved since quarter {movement.since}: no RAG status, no"
                " amount, no year and no milestone."
            ),
        )
    if len(found) <= _FEW:
        return (since, *strung([*found, *others], _BETWEEN, _BETWEEN), ".")
    kinds = dict.fromkeys(_KINDS.get(kind, kind) for line in movement.moved for kind in line.kinds)
    moved = Figure("movement/moved", len(movement.moved), (), "count")
    lines = Figure("movement/lines", len(movement.lines), (), "count")
    counted: Sentence = (moved, " of ", lines, f" lines moved: {joined(list(kinds))}")
    return (since, *strung([counted, *others], _BETWEEN, _BETWEEN), ".")


def section(movement: Movement, name: str, *, perhaps_renamed: bool = False) -> Markup:
    """All of a project's movement.

    The sentence, the chart of its RAG statuses, its lines, years and amounts.
    """
    if movement.since is None:
        return Markup("")  # the first screen says so
    heading = tag("h3", f"What moved since quarter {movement.since}")
    parts = [
        heading,
        tag("p", sentence(lead(movement, name, perhaps_renamed=perhaps_renamed), money.in_short)),
    ]
    if len(found := clauses(movement)) > _FEW:
        parts.append(
            listing([sentence(_sentence(clause), money.in_short) for clause in found], "moves")
        )
    if any(line.last != line.rag or line.original != line.last for line in movement.lines):
        parts.append(_chart(movement))
    if movement.lines:
        parts.append(_lines(movement))
    if years := _years(movement):
        parts.append(years)
    if movement.opening is not None and movement.closing is not None and movement.steps:
        parts.append(steps(movement, "narrow"))
    if movement.progress:
        parts.append(_then_and_now(movement))
    return Markup("").join(parts)


def _then_and_now(movement: Movement) -> Markup:
    """What is delivered and what is forecast, in the quarter before and now."""
    unit = unit_of(figure for three in movement.progress.values() for figure in three)
    rows: list[list[Cell]] = [
        [words, *(in_table(figure, unit) for figure in three)]
        for words, three in movement.progress.items()
    ]
    headings = ["Saving", f"In {movement.since}", "Now", "Change"]
    note = f"{money.unit_label(unit)}; (brackets) are less than before"
    return table(
        "Delivered and forecast, then and now",
        headings,
        rows,
        numbers_from=1,
        note=note,
        class_="narrow",
    )


def _chart(movement: Movement) -> Markup:
    turned = Figure(
        "movement/turned", sum("RAG" in line.kinds for line in movement.lines), (), "count"
    )
    lines = Figure("movement/lines", len(movement.lines), (), "count")
    title: Sentence = (
        turned,
        " of ",
        lines,
        f" lines changed RAG status since quarter {movement.since}",
    )
    if lines.value == 1:
        (line,) = movement.lines
        title = (
            (
                f"The saving stands at {_status(line.rag)}; in quarter {movement.since} it stood at"
                f" {_status(line.last)}"
            ),
        )
        if not line.rag:
            title = (
                (
                    f"The saving was taken out; in quarter {movement.since} it stood at"
                    f" {_status(line.last)}"
                ),
            )
        elif not line.last:
            title = (f"The saving is new; it stands at {_status(line.rag)}",)
        elif not turned.value:
            title = (
                (
                    f"The saving stands at {_status(line.rag)}, as in quarter {movement.since}; it"
                    f" began at {_status(line.original)}"
                ),
            )
    elif not turned.value:
        did = any(line.original != line.last for line in movement.lines if line.last and line.rag)
        title = (
            (
                "No line changed RAG status since quarter"
                f" {movement.since}{'; before, some did' if did else ''}"
            ),
        )
    paths = [charts.Path(line.what, _points(movement, line), line.after) for line in movement.lines]
    item = charts.rag_slope(paths, _quarters(movement))
    return chart(item, title)


def _quarters(movement: Movement) -> tuple[str, ...]:
    """What the columns of statuses stand for.

    The first quarter is left out where it is the quarter before.
    """
    first = (
        ()
        if movement.original_since in (None, movement.since)
        else (f"Original, {movement.original_since}",)
    )
    return (*first, f"Quarter {movement.since}", "Now")


def _points(movement: Movement, line: Line) -> tuple[str, ...]:
    statuses = (line.original, line.last, line.rag)
    return statuses if len(_quarters(movement)) == 3 else statuses[1:]


def status_chip(status: str) -> Cell:
    """A RAG status in a table of movement; that of a line that is not there, in words."""
    if not status:
        return tag("span", "not there", class_="quiet")
    return rag_chip(status) if status in RAG_STATUSES else status


def _lines(movement: Movement) -> Markup:
    amounts = [(line.before, line.after, line.change) for line in movement.lines]
    unit = unit_of(figure for three in amounts for figure in three)
    rows: list[list[Cell]] = []
    for line, three in zip(movement.lines, amounts, strict=True):
        statuses = [status_chip(status) for status in _points(movement, line)]
        rows.append(
            [
                line.what,
                *statuses,
                joined(line.kinds) or "nothing",
                *(in_table(figure, unit) for figure in three),
            ]
        )
    quarters = _quarters(movement)
    return table(
        f"Each line in quarter {movement.since} and now",
        ["Line", *quarters, "What moved", "Before", "Now", "Change"],
        rows,
        numbers_from=len(quarters) + 2,
        note=f"{money.unit_label(unit)}; (brackets) are less than before",
        class_="lines",
    )


def _years(movement: Movement) -> Markup:
    """The years in which amounts moved, before and now."""
    moved = [
        line
        for line in movement.moved
        if any(was.value != now.value for was, now in line.years.values())
    ]
    said = {
        year
        for line in moved
        for year, pair in line.years.items()
        if any(figure.value is not None for figure in pair)
    }
    years = sorted(said)
    unit = unit_of(figure for line in moved for pair in line.years.values() for figure in pair)
    rows: list[list[Cell]] = []
    for line in moved:
        for words, place in (("before", 0), ("now", 1)):
            cells = [
                in_table(line.years[year][place], unit) if year in line.years else blank()
                for year in years
            ]
            rows.append([f"{line.what}, {words}", *cells])
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


def _has_faster(movement: Movement | ProgrammeMovement) -> bool:
    every = movement.projects.values() if isinstance(movement, ProgrammeMovement) else (movement,)
    return any(not line.counts for each in every for line in each.lines)


def steps(movement: Movement | ProgrammeMovement, look: str) -> Markup:
    """The table from what the quarter before closed with to what this one does."""
    unit = unit_of([movement.opening, *movement.steps.values(), movement.closing])
    rows: list[list[Cell]] = [
        [f"Opening, as quarter {movement.since} closed", in_table(movement.opening, unit)]
    ]
    rows += [[words, in_table(figure, unit)] for words, figure in movement.steps.items()]
    rows.append(["Closing this quarter", in_table(movement.closing, unit)])
    return table(
        "From the last quarter's close to this one's",
        ["Saving", "Amount"],
        rows,
        numbers_from=1,
        totals=[len(rows) - 1],
        note=f"{money.unit_label(unit)}{', without Faster' if _has_faster(movement) else ''}",
        class_=look,
    )
