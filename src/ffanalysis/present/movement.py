"""What moved since the quarter before, in words, as a chart and as tables."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from markupsafe import Markup

from ffanalysis import money
from ffanalysis.measure.movement import Line, Movement
from ffanalysis.measure.programme_movement import LESS, MORE, ProgrammeMovement
from ffanalysis.measure.shifts import Shift
from ffanalysis.model import RAG_STATUSES, Figure, Sentence, merged_cells
from ffanalysis.present import charts
from ffanalysis.present.html import Cell, blank, chart, in_table, listing, rag_chip, sentence, table, tag, unit_of
from ffanalysis.present.sentences import joined, strung, unlisted
from ffanalysis.present.words import NIL
from ffanalysis.reconcile.follow import NOT_STATED

_BETWEEN = "; "  # between the clauses of a movement, which have commas of their own


def clauses(movement: Movement) -> list[Sentence]:
    """What became of the lines that moved, a clause for each line, with the reason that is given for it."""
    found = []
    for line in movement.moved:
        # The first clause names the line; those that follow it say "it".
        named, others = ([*_clauses(movement, line, called)] for called in (_called(movement, line), "it"))
        found.append((*strung([*named[:1], *others[1:]], _BETWEEN, _BETWEEN), *_why(line)))
    return found


def _called(movement: Movement, line: Line) -> str:
    return "the saving" if len(movement.lines) == 1 else f"the {line.what} line"


def _clauses(movement: Movement, line: Line, called: str) -> Iterator[Sentence]:
    if "new" in line.kinds:
        yield (f"{called} is new: ", line.after)
    if "taken out" in line.kinds:
        yield (f"{called}, ", line.before, ", was taken out")
    if "plan" in line.kinds:
        stood, stands = (_PLANS.get(plan, plan) for plan in line.plans)
        yield (f"{called}, {stood} in quarter {movement.since}, is {stands} now",)
    if "RAG" in line.kinds:
        yield (f"{called} moved from {_status(line.last)} to {_status(line.rag)}",)
    if "reclassified" in line.kinds:
        yield (f"{called} was reclassified: it was {line.formerly} and is {line.what} now",)
    if line.put_off is not None:
        verb = {"slipped": "slipped", "brought forward": "was brought forward"}.get(line.kinds[-1], "was re-phased")
        yield (line.put_off, f" of {called} {verb} from {joined(line.from_years)} to {joined(line.to_years)}")
    yield from _changes(line, called)
    if "not followed" in line.kinds:
        then, now = line.twice
        where = "stands more than once, in that quarter and now" if then and now else "stands more than once now"
        where = where if now else "stood more than once in that quarter"
        yield (f"{called} {where}, so its amounts cannot be followed",)


def _changes(line: Line, called: str) -> Iterator[Sentence]:
    if "re-based" in line.kinds:
        more = line.parts["re-based"]
        if line.parts.keys() == {"re-based"}:
            yield (f"{called} was re-based from ", line.before, " to ", line.after)
        else:
            yield (f"what both quarters state of {called} is ", _size(more), " less" if more.pence < 0 else " more")
    if "no longer stated" in line.kinds:
        yield (_size(line.parts["no longer stated"]), f" of {called} is no longer stated ({line.after.missing})")
    if "now stated" in line.kinds:
        if line.before.value is None:
            yield (f"{called} is now stated at ", line.after, f"; it was {line.before.missing}")
        else:
            yield (_size(line.parts["now stated"]), f" of {called} is now stated; it was {line.before.missing}")


def _size(change: Figure) -> Figure:
    """By how much an amount changed, without the direction: a figure of its own, as the change itself has its sign."""
    return replace(change, name=f"{change.name}/size", value=abs(change.pence))


def _why(line: Line) -> Sentence:
    """The reason for a movement, as the schedule gives it, or that it gives none; what is not followed needs none."""
    if line.kinds == ("not followed",):
        return ()
    return (f" (reason given: {line.reason.rstrip('.')})",) if line.reason else (" (the schedule gives no reason)",)


def _status(rag: str) -> str:
    return "no stated RAG status" if rag == NOT_STATED else rag


def _sentence(clause: Sentence) -> Sentence:
    """A clause as a sentence of its own."""
    first, *rest = clause
    return (first[:1].upper() + first[1:] if isinstance(first, str) else first, *rest, ".")


_PLANS = {"proposed": "proposed", "current": "in the plan"}


def _progress(movement: Movement | ProgrammeMovement) -> Iterator[Sentence]:
    """By how much more is delivered, and more or less is forecast, than the quarter before said; of both only what is known."""
    for words, (was, now, change) in movement.progress.items():
        if was.value is None or now.value is None or change.partial or not change.value:
            continue
        more = change.pence > 0
        if words == "Delivered":
            yield (_size(change), " more is delivered" if more else " less is stated as delivered")
        else:
            yield ("the forecast is ", _size(change), " higher" if more else " lower")


def _shifts(movement: Movement) -> Iterator[Sentence]:
    """What became of the milestones: each one told, or of many, or of long ones, how many moved."""
    if len(movement.shifts) <= _FEW and all(len(item.milestone) <= _LONG for item in movement.shifts):
        yield from ((_shifted(item),) for item in movement.shifts)
        return
    count, late = (
        Figure(f"movement/{name}", number, (), "count")
        for name, number in (
            ("milestones", len(movement.shifts)),
            ("milestones-late", sum(item.is_late for item in movement.shifts)),
        )
    )
    words = " milestone" if count.value == 1 else " milestones"
    yield (count, f"{words} moved", *((", ", late, " of which falls after the saving starts") if late.value else ()))


def _shifted(item: Shift) -> str:
    what, late = f"the milestone '{item.milestone}'", ", which is after the saving starts" if item.is_late else ""
    if item.way == "no longer listed":
        return f"{what} ({item.was or 'undated'}) is not in the register any more"
    if item.way in ("put off", "brought forward"):
        return f"{what} was {item.way} from {item.was} to {item.now}{late}"
    return f"{what} is {item.now or 'undated'} now; it was {item.was or 'undated'}{late}"


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
        doubt = " by this name; whether it only has a new name is asked under Reconciliation" if perhaps_renamed else ""
        return (f"{name} is new this quarter: quarter {movement.since} does not have it{doubt}.",)
    called = f"Quarter {movement.since} called it {movement.renamed_from}. " if movement.renamed_from else ""
    if not movement.lines:
        nothing = f"{called}No saving was stated in quarter {movement.since}, and none is now."
        return (nothing, *(part for clause in _shifts(movement) for part in (" ", *_sentence(clause))))
    found, others = clauses(movement), [*_shifts(movement), *_progress(movement)]
    since = f"{called}Since quarter {movement.since}, "
    if not found and others:
        return (since, *strung(others, _BETWEEN, _BETWEEN), "; no RAG status, no target and no year has moved.")
    if not found:
        return (f"{called}Nothing has moved since quarter {movement.since}: no RAG status, no amount, no year and no milestone.",)
    if len(found) <= _FEW:
        return (since, *strung([*found, *others], _BETWEEN, _BETWEEN), ".")
    kinds = dict.fromkeys(_KINDS.get(kind, kind) for line in movement.moved for kind in line.kinds)
    moved = Figure("movement/moved", len(movement.moved), (), "count")
    lines = Figure("movement/lines", len(movement.lines), (), "count")
    counted: Sentence = (moved, " of ", lines, f" lines moved: {joined(list(kinds))}")
    return (since, *strung([counted, *others], _BETWEEN, _BETWEEN), ".")


def section(movement: Movement, name: str, *, perhaps_renamed: bool = False) -> Markup:
    """All of a project's movement: the sentence, the chart of its RAG statuses, its lines, years and amounts."""
    if movement.since is None:
        return Markup("")  # the first screen says so
    heading = tag("h3", f"What moved since quarter {movement.since}")
    parts = [heading, tag("p", sentence(lead(movement, name, perhaps_renamed=perhaps_renamed), money.in_short))]
    if len(found := clauses(movement)) > _FEW:
        parts.append(listing([sentence(_sentence(clause), money.in_short) for clause in found], "moves"))
    if any(line.last != line.rag or line.original != line.last for line in movement.lines):
        parts.append(_chart(movement))
    if movement.lines:
        parts.append(_lines(movement))
    if years := _years(movement):
        parts.append(years)
    if movement.opening is not None and movement.closing is not None and movement.steps:
        parts.append(_steps(movement, "narrow"))
    if movement.progress:
        parts.append(_then_and_now(movement))
    return Markup("").join(parts)


def _then_and_now(movement: Movement) -> Markup:
    """What is delivered and what is forecast, in the quarter before and now."""
    unit = unit_of(figure for three in movement.progress.values() for figure in three)
    rows: list[list[Cell]] = [[words, *(in_table(figure, unit) for figure in three)] for words, three in movement.progress.items()]
    headings = ["Saving", f"In {movement.since}", "Now", "Change"]
    note = f"{money.unit_label(unit)}; (brackets) are less than before"
    return table("Delivered and forecast, then and now", headings, rows, numbers_from=1, note=note, class_="narrow")


def _chart(movement: Movement) -> Markup:
    turned = Figure("movement/turned", sum("RAG" in line.kinds for line in movement.lines), (), "count")
    lines = Figure("movement/lines", len(movement.lines), (), "count")
    title: Sentence = (turned, " of ", lines, f" lines changed RAG status since quarter {movement.since}")
    if lines.value == 1:
        (line,) = movement.lines
        title = (f"The saving stands at {_status(line.rag)}; in quarter {movement.since} it stood at {_status(line.last)}",)
        if not line.rag:
            title = (f"The saving was taken out; in quarter {movement.since} it stood at {_status(line.last)}",)
        elif not line.last:
            title = (f"The saving is new; it stands at {_status(line.rag)}",)
        elif not turned.value:
            title = (
                f"The saving stands at {_status(line.rag)}, as in quarter {movement.since}; it began at {_status(line.original)}",
            )
    elif not turned.value:
        title = (f"No line changed RAG status since quarter {movement.since}; where they began is beside it",)
    paths = [charts.Path(line.what, _points(movement, line), line.after) for line in movement.lines]
    item = charts.rag_slope(paths, _quarters(movement))
    return chart(item, title)


def _quarters(movement: Movement) -> tuple[str, ...]:
    """What the columns of statuses stand for; the first quarter is left out where it is the quarter before."""
    first = () if movement.original_since in (None, movement.since) else (f"Original, {movement.original_since}",)
    return (*first, f"Quarter {movement.since}", "Now")


def _points(movement: Movement, line: Line) -> tuple[str, ...]:
    statuses = (line.original, line.last, line.rag)
    return statuses if len(_quarters(movement)) == 3 else statuses[1:]


def _rag(status: str) -> Cell:
    if not status:
        return tag("span", "not there", class_="quiet")
    return rag_chip(status) if status in RAG_STATUSES else status


def _lines(movement: Movement) -> Markup:
    amounts = [(line.before, line.after, line.change) for line in movement.lines]
    unit = unit_of(figure for three in amounts for figure in three)
    rows: list[list[Cell]] = []
    for line, three in zip(movement.lines, amounts, strict=True):
        statuses = [_rag(status) for status in _points(movement, line)]
        rows.append([line.what, *statuses, joined(line.kinds) or "nothing", *(in_table(figure, unit) for figure in three)])
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
    moved = [line for line in movement.moved if any(was.value != now.value for was, now in line.years.values())]
    said = {year for line in moved for year, pair in line.years.items() if any(figure.value is not None for figure in pair)}
    years = sorted(said)
    unit = unit_of(figure for line in moved for pair in line.years.values() for figure in pair)
    rows: list[list[Cell]] = []
    for line in moved:
        for words, place in (("before", 0), ("now", 1)):
            cells = [in_table(line.years[year][place], unit) if year in line.years else blank() for year in years]
            rows.append([f"{line.what}, {words}", *cells])
    if not rows:
        return Markup("")
    return table("By year, before and now", ["Line", *years], rows, numbers_from=1, note=money.unit_label(unit), class_="narrow")


def _steps(movement: Movement | ProgrammeMovement, look: str) -> Markup:
    unit = unit_of([movement.opening, *movement.steps.values(), movement.closing])
    rows: list[list[Cell]] = [[f"Opening, as quarter {movement.since} closed", in_table(movement.opening, unit)]]
    rows += [[words, in_table(figure, unit)] for words, figure in movement.steps.items()]
    rows.append(["Closing this quarter", in_table(movement.closing, unit)])
    return table(
        "From the last quarter's close to this one's",
        ["Saving", "Amount"],
        rows,
        numbers_from=1,
        totals=[len(rows) - 1],
        note=f"{money.unit_label(unit)}, without Faster",
        class_=look,
    )


# --- the programme ----------------------------------------------------------------------------------------------------

MOST_MOVES = 6  # projects whose movement the programme page tells, those with the most money at stake


def programme_lead(movement: ProgrammeMovement) -> Sentence:
    """The sentence that opens the programme's section: how many projects moved, came and went."""
    if movement.since is None:
        return ("No earlier quarter has been read, so no movement is shown.",)
    counts = {
        "moved": (sum(bool(moved.moved or moved.shifts) for moved in movement.projects.values()), "moved", "moved"),
        "new": (sum(moved.is_new for moved in movement.projects.values()), "is new", "are new"),
        "taken-out": (len(movement.gone), "was taken out", "were taken out"),
        "renamed": (sum(bool(moved.renamed_from) for moved in movement.projects.values()), "has a new name", "have new names"),
        "unknown": (len(movement.unknown), "has a movement that cannot be told", "have movements that cannot be told"),
    }
    said = [(Figure(f"movement/projects-{name}", count[0], (), "count"), *count[1:]) for name, count in counts.items() if count[0]]
    if not said and any(change.value for _, _, change in movement.progress.values()):
        return (f"Since quarter {movement.since}, no project's RAG status, target, year or milestone has moved.",)
    if not said:
        return (
            f"Nothing has moved since quarter {movement.since}: no project, no RAG status, no amount, no year and no milestone.",
        )
    first = " project" if said[0][0].value == 1 else " projects"
    nouns = [first, *[""] * (len(said) - 1)]
    clauses_of = (
        (count, f"{noun} {one if count.value == 1 else many}") for noun, (count, one, many) in zip(nouns, said, strict=True)
    )
    return (f"Since quarter {movement.since}, ", *strung(clauses_of), ".")


def programme_section(
    movement: ProgrammeMovement,
    names: Mapping[str, str],
    asked: Collection[str] = (),
    marked: tuple[Figure, Figure] | None = None,
) -> Markup:
    """What moved of all projects: in words, as a flow between RAG statuses, and from one quarter's close to the other's.

    `asked` are the projects of which a query asks whether they are new, or only have a new name; `marked` is what the programmes
    mark as delivered, then and now.
    """
    shown = Markup("")
    if movement.flow:
        shown = _flow_chart(movement) + tag("div", _steps(movement, "cut steps"), _flow_table(movement), class_="cuts uneven")
    moves = {project: moved for project, moved in movement.projects.items() if moved.moved or moved.shifts}
    told = sorted(((_at_stake(moved), project) for project, moved in moves.items()), reverse=True)
    items = []
    for _, project in told[:MOST_MOVES]:
        moved = moves[project]
        clauses_of = (_named(clause, project) for clause in (*clauses(moved), *_shifts(moved)))
        said = Markup("; ").join(sentence(clause, money.in_short) for clause in clauses_of)
        items.append(Markup("{}: {}.").format(tag("a", names[project], href=f"{project}.html"), said))
    for project, moved in movement.projects.items():
        if moved.is_new and moved.closing:
            doubt = "; whether it only has a new name is asked" if project in asked else ""
            clause = _named((" is new: ", moved.closing, f"{doubt}."), project)
            items.append(tag("a", names[project], href=f"{project}.html") + sentence(clause, money.in_short))
        if moved.renamed_from:
            items.append(Markup("{} was called {}.").format(tag("a", names[project], href=f"{project}.html"), moved.renamed_from))
    items += [sentence((f"{gone.name}, ", gone.total, ", was taken out."), money.in_short) for gone in movement.gone]
    more = unlisted({"projects": (max(0, len(told) - MOST_MOVES), "project", "projects")}, "their briefings say what moved")
    told_of = listing(items, "moves") if items else Markup("")
    told_of += tag("p", sentence(more)) if more else Markup("")
    if movement.unknown:
        lost = joined(list(movement.unknown.values()))
        told_of += tag("p", f"Not told, because a quarter cannot be read: {lost}.", class_="quiet")
    both = tag("div", tag("div", shown), tag("div", told_of), class_="abreast") if shown and told_of else shown + told_of
    progress = [*_progress(movement)]
    together: Sentence = (" Of what projects state in both quarters, ", *strung(progress), ".") if progress else ()
    if marked:
        together = (
            *together,
            " The programmes mark ",
            marked[1],
            f" as delivered; in quarter {movement.since} it was ",
            marked[0],
            ".",
        )
    return tag("p", sentence((*programme_lead(movement), *together), money.in_short), class_="lead") + both


def _named(clause: Sentence, project: str) -> Sentence:
    """A clause whose figures bear the project's name: a page of many projects has many of one kind."""
    return tuple(replace(part, name=f"{project}/{part.name}") if isinstance(part, Figure) else part for part in clause)


def _at_stake(moved: Movement) -> int:
    """The largest amount of which anything moved: of a milestone that falls too late now, all that its saving comes to."""
    amounts = [figure for line in moved.moved for figure in (line.put_off, *line.parts.values())]
    amounts += [line.after for line in moved.moved if {"plan", "RAG", "reclassified"} & {*line.kinds}]
    amounts += [moved.closing] if any(item.is_late for item in moved.shifts) else []
    return max((abs(int(figure.value or 0)) for figure in amounts if figure), default=0)


def _flow_statuses(movement: ProgrammeMovement) -> tuple[list[str], list[str]]:
    """The statuses before and now, the best first, those that are none last."""
    apart = (MORE, LESS, "")
    known = [*RAG_STATUSES, *sorted({status for pair in movement.flow for status in pair} - {*RAG_STATUSES, *apart}), *apart]
    return tuple([status for status in known if any(pair[side] == status for pair in movement.flow)] for side in (0, 1))  # type: ignore[return-value]


def _flow_chart(movement: ProgrammeMovement) -> Markup:
    apart = {MORE, LESS, ""}
    turned = [figure for (before, now), figure in movement.flow.items() if before != now and not {before, now} & apart]
    total = Figure("movement/turned", sum(figure.pence for figure in turned), merged_cells(*(each.cells for each in turned)))
    title: Sentence = (total, " of savings changed RAG status") if turned else ("No saving changed RAG status",)
    amounts = {way: figure.pence for way, figure in movement.flow.items()}
    item = charts.rag_flow(amounts, _flow_statuses(movement), (f"Quarter {movement.since}", "Now"))
    return chart(item, title, class_="flow")


def _flow_table(movement: ProgrammeMovement) -> Markup:
    before, now = _flow_statuses(movement)
    unit = unit_of(movement.flow.values())
    rows: list[list[Cell]] = []
    for status in before:
        cells = [in_table(movement.flow[status, to], unit) if (status, to) in movement.flow else NIL for to in now]
        rows.append([_rag(status.capitalize() if status == MORE else status) if status else "New", *cells])
    headings = [f"In {movement.since}", *(status.capitalize() if status == LESS else status or "Taken out" for status in now)]
    note = f"{money.unit_label(unit)}; rows as it was, columns as it is"
    if {MORE, LESS} & {*before, *now}:
        note += "; more or less: of lines that stay"
    return table("RAG status then and now", headings, rows, numbers_from=1, note=note, class_="cut")
