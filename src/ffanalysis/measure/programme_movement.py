"""What moved of all projects together since the quarter before, which came and which went."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ffanalysis.figures import Figure
from ffanalysis.measure.movement import STEPS, Line, Movement, counting, movement
from ffanalysis.periods import Period
from ffanalysis.provenance import slug
from ffanalysis.savings.assemble import withheld
from ffanalysis.savings.matching import agreed_rag, followed
from ffanalysis.savings.quarter import Ledger
from ffanalysis.savings.sums import amount, combined, has_gap

# What came to a line that stays, or what it lost: it was re-based, cannot be followed, or one of
# the quarters does not state it.
MORE, LESS = "more", "less"


@dataclass(frozen=True)
class Gone:
    """A project that the quarter before had and this one has not."""

    project: str
    name: str
    total: Figure


@dataclass(frozen=True)
class ProgrammeMovement:
    """What moved of all projects since the quarter before.

    `projects` has each project's own movement.

    `flow` says by the RAG status before and now what the lines come to; "" stands for a line that
    is not there. What came to a line that stays, or what it lost, is of its own: it flows from MORE
    or into LESS, so that what flows from a status is what it opened with, and what flows into one
    what it closes with. There is no flow, nor are there steps, where the movement of any project
    cannot be told; `unknown` has those by their names. `progress` has what is delivered and what is
    forecast: then, now and the change, of the projects of which both quarters state it in full;
    `first` what those together state of which the quarter before stated nothing.
    """

    since: Period | None
    projects: Mapping[str, Movement] = field(default_factory=dict)
    gone: tuple[Gone, ...] = ()
    unknown: Mapping[str, str] = field(default_factory=dict)
    opening: Figure | None = None
    steps: Mapping[str, Figure] = field(default_factory=dict)
    closing: Figure | None = None
    flow: Mapping[tuple[str, str], Figure] = field(default_factory=dict)
    progress: Mapping[str, tuple[Figure, Figure, Figure]] = field(default_factory=dict)
    first: Mapping[str, Figure] = field(default_factory=dict)

    def figures(self) -> Iterator[Figure]:
        """Every figure of all projects together."""
        yield from (
            figure for figure in (self.opening, *self.steps.values(), self.closing) if figure
        )
        yield from self.flow.values()
        yield from (gone.total for gone in self.gone)
        yield from (figure for three in self.progress.values() for figure in three)
        yield from self.first.values()


def programme_movement(ledger: Ledger) -> ProgrammeMovement:
    """What moved of all projects that can be read, and which have gone, since the quarter before."""
    last = ledger.last
    if last is None:
        return ProgrammeMovement(None)
    held, held_before = ledger.once(withheld), last.once(withheld)
    moves = {
        project: movement(ledger, project) for project in ledger.register if project not in held
    }
    gone = tuple(
        Gone(
            project,
            row.name,
            _total(f"movement/gone/{project}", last, project, f"{row.name}, taken out"),
        )
        for project, row in last.register.items()
        if project not in ledger.register and project not in held_before
    )
    unknown = {
        project: ledger.register[project].name
        for project in ledger.register
        if project in held or moves[project].problem
    }
    unknown |= {
        project: row.name
        for project, row in last.register.items()
        if project not in ledger.register and project in held_before
    }
    found = ProgrammeMovement(
        last.period, moves, gone, unknown, progress=_progress(moves), first=_first(moves)
    )
    if found.unknown or not last.register:
        return found
    parts = [(last, project) for project in last.register]
    opening = combined(
        "movement/opening",
        [_total("", *part) for part in parts],
        f"Opening, as quarter {last.period} closed",
    )
    closing = combined(
        "movement/closing",
        [_total("", ledger, project) for project in ledger.register],
        "Closing this quarter",
    )
    new = [_total("", ledger, project) for project, moved in moves.items() if moved.is_new]
    steps = {"New projects": combined("movement/new-projects", new, "New projects")} if new else {}
    if gone:
        left = combined("movement/gone", [item.total for item in gone], "Projects taken out")
        steps["Projects taken out"] = replace(
            left, value=None if left.value is None else -left.pence
        )
    for words in STEPS:
        if changes := [moved.steps[words] for moved in moves.values() if words in moved.steps]:
            steps[words] = combined(f"movement/{slug(words)}", changes, words)
    return replace(
        found, opening=opening, steps=steps, closing=closing, flow=_flow(ledger, last, moves, gone)
    )


def _progress(moves: Mapping[str, Movement]) -> dict[str, tuple[Figure, Figure, Figure]]:
    """What the projects together delivered and forecast, then and now.

    Those of which both quarters state it in full.
    """
    found = {}
    for words in ("Delivered", "Forecast"):
        known = [moved.progress[words] for moved in moves.values() if words in moved.progress]
        known = [
            three
            for three in known
            if not any(figure.value is None or has_gap(figure) for figure in three)
        ]
        if known:
            name = f"movement/{slug(words)}"
            was, now, change = (
                combined(f"{name}/{when}", [three[place] for three in known], f"{words}, {label}")
                for place, (when, label) in enumerate(
                    (
                        ("before", "in the quarter before"),
                        ("after", "now"),
                        ("change", "change since the quarter before"),
                    )
                )
            )
            found[words] = (was, now, change)
    return found


def _first(moves: Mapping[str, Movement]) -> dict[str, Figure]:
    found = {}
    for words in ("Delivered", "Forecast"):
        if some := [moved.first[words] for moved in moves.values() if words in moved.first]:
            label = f"{words} where the quarter before stated nothing"
            found[words] = combined(f"movement/{slug(words)}/first", some, label)
    return found


def _total(name: str, ledger: Ledger, project: str, label: str = "") -> Figure:
    return amount(name, counting(followed(ledger, project)), label=label)


def _flow(
    ledger: Ledger, last: Ledger, moves: Mapping[str, Movement], gone: Sequence[Gone]
) -> dict[tuple[str, str], Figure]:
    found: dict[tuple[str, str], list[Figure]] = {}
    for project, moved in moves.items():
        for line in moved.lines if not moved.is_new else ():
            for way, part in _ways(line) if line.counts else ():
                found.setdefault(way, []).append(part)
        for lines in followed(ledger, project).values() if moved.is_new else ():
            found.setdefault(("", agreed_rag(lines)), []).append(
                amount("", counting({("",): lines}))
            )
    for item in gone:
        for lines in followed(last, item.project).values():
            found.setdefault((agreed_rag(lines), ""), []).append(
                amount("", counting({("",): lines}))
            )
    return {
        (before, now): combined(
            f"movement/from-{slug(before) or 'nothing'}/to-{slug(now) or 'nothing'}",
            figures,
            _way(before, now),
        )
        for (before, now), figures in found.items()
        if any(figure.value for figure in figures)
    }


def _ways(line: Line) -> Iterator[tuple[tuple[str, str], Figure]]:
    """A line's amount from status to status, and what came to it or what it lost on the way."""
    was, now = int(line.before.value or 0), int(line.after.value or 0)
    kept = min(was, now, key=abs) if line.last and line.rag and was * now > 0 else 0
    parts = {
        (line.last, line.rag): replace(line.after if line.rag else line.before, value=kept),
        (line.last, LESS if line.rag else ""): replace(line.before, value=was - kept),
        (MORE if line.last else "", line.rag): replace(line.after, value=now - kept),
    }
    # A part of nil is no flow, and what it lacks is no gap of it.
    yield from ((way, part) for way, part in parts.items() if part.value)


def _way(before: str, now: str) -> str:
    if before == MORE or now == LESS:
        return f"More at {now}" if before == MORE else f"Less at {before}"
    return (
        f"From {before} to {now}"
        if before and now
        else f"New at {now}"
        if now
        else f"Taken out at {before}"
    )
