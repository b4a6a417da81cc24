"""What moved of all projects since the quarter before.

In words, as a flow between RAG statuses, and as tables.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

from markupsafe import Markup

from ffanalysis import money
from ffanalysis.figures import Figure, Sentence, merged_cells
from ffanalysis.measure.movement import Movement, progressed
from ffanalysis.measure.programme_movement import LESS, MORE, ProgrammeMovement
from ffanalysis.present import charts
from ffanalysis.present.html import Cell, chart, in_table, listing, sentence, table, tag, unit_of
from ffanalysis.present.movement import _BETWEEN, clauses, progress, shifted, status_chip, steps
from ffanalysis.present.sentences import joined, strung, unlisted
from ffanalysis.present.words import NIL
from ffanalysis.provenance import slug
from ffanalysis.vocabulary import RAG_STATUSES

MOST_MOVES = 5  # projects whose movement the programme page tells: the worse first, then by the money at stake


def lead(movement: ProgrammeMovement) -> Sentence:
    """The sentence that opens the programme's section: how many projects moved, came and went."""
    if movement.since is None:
        return ("No earlier quarter has been read, so no movement is shown.",)
    counts = {
        "moved": (sum(moved.has_moved for moved in movement.projects.values()), "moved", "moved"),
        "new": (sum(moved.is_new for moved in movement.projects.values()), "is new", "are new"),
        "taken-out": (len(movement.gone), "was taken out", "were taken out"),
        "renamed": (
            sum(bool(moved.renamed_from) for moved in movement.projects.values()),
            "has a new name",
            "have new names",
        ),
        "unknown": (
            len(movement.unknown),
            "has a movement that cannot be told",
            "have movements that cannot be told",
        ),
    }
    said = [
        (Figure(f"movement/projects-{name}", count[0], (), "count"), *count[1:])
        for name, count in counts.items()
        if count[0]
    ]
    if not said:
        return (
            (
                f"No project has moved since quarter {movement.since}: no RAG status, no amount, no"
                " year and no milestone."
            ),
        )
    first = " project" if said[0][0].value == 1 else " projects"
    nouns = [first, *[""] * (len(said) - 1)]
    clauses_of = (
        (count, f"{noun} {one if count.value == 1 else many}")
        for noun, (count, one, many) in zip(nouns, said, strict=True)
    )
    return (f"Since quarter {movement.since}, ", *strung(clauses_of), ".")


def section(
    movement: ProgrammeMovement,
    names: Mapping[str, str],
    asked: Collection[str] = (),
    marked: tuple[Figure, Figure] | None = None,
    other_years: tuple[tuple[str, ...], tuple[str, ...]] | None = None,
) -> Markup:
    """What moved of all projects.

    In words, as a flow between RAG statuses, and from one quarter's close to the other's.

    `asked` are the projects of which a query asks whether they are new, or only have a new name;
    `marked` is what the programmes mark as delivered, then and now; `other_years` are those that
    their tables were of then and are of now, where those are others.
    """
    shown = _flow_chart(movement) + steps(movement, "cut steps") if movement.flow else Markup("")
    moves = {project: moved for project, moved in movement.projects.items() if moved.has_moved}
    told = sorted(
        ((_is_for_the_worse(moved), _at_stake(moved), project) for project, moved in moves.items()),
        reverse=True,
    )
    why = " (the register gives no reason)"
    items = [
        sentence((f"{gone.name}, ", gone.total, f", was taken out{why}."), money.in_short)
        for gone in movement.gone
    ]
    for _, _, project in told[:MOST_MOVES]:
        moved = moves[project]
        clauses_of = (
            _named(clause, project)
            for clause in [*clauses(moved), *shifted(moved)] or progress(moved)
        )
        said = Markup("; ").join(sentence(clause, money.in_short) for clause in clauses_of)
        items.append(
            Markup("{}: {}.").format(tag("a", names[project], href=f"{project}.html"), said)
        )
    for project, moved in movement.projects.items():
        if moved.is_new and moved.closing:
            doubt = "; whether it only has a new name is asked" if project in asked else ""
            clause = _named((" is new: ", moved.closing, f"{doubt}."), project)
            items.append(
                tag("a", names[project], href=f"{project}.html") + sentence(clause, money.in_short)
            )
        if moved.renamed_from:
            items.append(
                Markup("{} was called {}.").format(
                    tag("a", names[project], href=f"{project}.html"), moved.renamed_from
                )
            )
    more = unlisted(
        {"projects": (max(0, len(told) - MOST_MOVES), "project", "projects")},
        "their briefings say what moved",
    )
    told_of = listing(items, "moves") if items else Markup("")
    told_of += tag("p", sentence(more)) if more else Markup("")
    if movement.unknown:
        lost = joined(list(movement.unknown.values()))
        told_of += tag("p", f"Not told, because a quarter cannot be read: {lost}.", class_="quiet")
    both = (
        tag("div", tag("div", shown), tag("div", told_of), class_="abreast")
        if shown and told_of
        else shown + told_of
    )
    both += _flow_table(movement) if movement.flow else Markup("")
    forward = [*progress(movement)]
    both_state = (
        "Of what projects state in both quarters, " if movement.progress else "Of the projects, "
    )
    together: Sentence = (both_state, *strung(forward, _BETWEEN, _BETWEEN), ".") if forward else ()
    if marked:
        together = (
            *together,
            " The programmes mark ",
            marked[1],
            f" as delivered; in quarter {movement.since} it was ",
            marked[0],
            ".",
        )
    if other_years and movement.since:
        was, now = (
            f"{years[0]} to {years[-1]}" if len(years) > 1 else years[0] for years in other_years
        )
        together = (
            *together,
            (
                f" The programmes' tables are of {now} now and were of {was} then, so what they"
                " count is not held against that."
            ),
        )
    apart = tag("p", sentence(together, money.in_short), class_="aside") if together else Markup("")
    return tag("p", sentence(lead(movement)), class_="lead") + apart + both


def _named(clause: Sentence, project: str) -> Sentence:
    """A clause whose figures bear the project's name.

    A page of many projects has many of one kind.
    """
    return tuple(
        replace(part, name=f"{project}/{part.name}") if isinstance(part, Figure) else part
        for part in clause
    )


def _is_for_the_worse(moved: Movement) -> bool:
    """Whether any of it is what a director must hear of first.

    Rated worse, later, less, or not known any more.
    """
    worse = {
        "taken out",
        "no longer counted",
        "slipped",
        "re-phased",
        "no longer stated",
        "not followed",
    }
    for line in moved.moved:
        fell = line.last in RAG_STATUSES and line.rag != line.last
        if fell and (
            line.rag not in RAG_STATUSES
            or RAG_STATUSES.index(line.rag) > RAG_STATUSES.index(line.last)
        ):
            return True
        if worse & {*line.kinds} or ("re-based" in line.parts and line.parts["re-based"].pence < 0):
            return True
    forecast = progressed(moved.progress).get("Forecast")
    return any(item.is_late for item in moved.shifts) or bool(forecast and forecast.pence < 0)


def _at_stake(moved: Movement) -> int:
    """The largest amount of which anything moved.

    Of a milestone that falls too late now, all that its saving comes to.
    """
    amounts = [figure for line in moved.moved for figure in (line.put_off, *line.parts.values())]
    amounts += [
        line.after for line in moved.moved if {"plan", "RAG", "reclassified"} & {*line.kinds}
    ]
    amounts += [moved.closing] if any(item.is_late for item in moved.shifts) else []
    amounts += progressed(moved.progress).values() if not amounts else []
    return max((abs(int(figure.value or 0)) for figure in amounts if figure), default=0)


def _flow_statuses(movement: ProgrammeMovement) -> tuple[list[str], list[str]]:
    """The statuses before and now, the best first, those that are none last."""
    apart = (MORE, LESS, "")
    known = [
        *RAG_STATUSES,
        *sorted({status for pair in movement.flow for status in pair} - {*RAG_STATUSES, *apart}),
        *apart,
    ]
    return tuple(
        [status for status in known if any(pair[side] == status for pair in movement.flow)]
        for side in (0, 1)
    )  # type: ignore[return-value]


def _flow_chart(movement: ProgrammeMovement) -> Markup:
    apart = {MORE, LESS, ""}
    turned: dict[str, list[Figure]] = {"better": [], "worse": [], "otherwise": []}
    for (before, now), figure in movement.flow.items():
        if before != now and not {before, now} & apart:
            known = before in RAG_STATUSES and now in RAG_STATUSES
            better = known and RAG_STATUSES.index(now) < RAG_STATUSES.index(before)
            turned["better" if better else "worse" if known else "otherwise"].append(figure)
    sums = [
        (
            Figure(
                f"movement/{slug(way)}",
                sum(each.pence for each in some),
                merged_cells(*(each.cells for each in some)),
            ),
            way,
        )
        for way, some in turned.items()
        if sum(each.pence for each in some)
    ]
    said: list[Sentence] = [
        (sum_of, f"{'' if place else ' of savings are rated'} {way}")
        for place, (sum_of, way) in enumerate(sums)
    ]
    title = strung(said) or ("No saving changed RAG status",)
    amounts = {way: figure.pence for way, figure in movement.flow.items()}
    item = charts.rag_flow(amounts, _flow_statuses(movement), (f"Quarter {movement.since}", "Now"))
    return chart(item, title, class_="flow")


def _flow_table(movement: ProgrammeMovement) -> Markup:
    before, now = _flow_statuses(movement)
    unit = unit_of(movement.flow.values())
    rows: list[list[Cell]] = []
    for status in before:
        cells = [
            in_table(movement.flow[status, to], unit) if (status, to) in movement.flow else NIL
            for to in now
        ]
        rows.append(
            [
                status_chip(status.capitalize() if status == MORE else status) if status else "New",
                *cells,
            ]
        )
    headings = [
        f"In {movement.since}",
        *(status.capitalize() if status == LESS else status or "Taken out" for status in now),
    ]
    note = f"{money.unit_label(unit)}; rows as it was, columns as it is"
    if {MORE, LESS} & {*before, *now}:
        both = [words for words, some in (("more", before), ("less", now)) if words in some]
        note += f"; {' and '.join(both)}: of lines that stay"
    if any(moved.progress for moved in movement.projects.values()):
        note += "; rated as in the schedule"
    return table(
        "RAG status then and now", headings, rows, numbers_from=1, note=note, class_="cut flow"
    )
