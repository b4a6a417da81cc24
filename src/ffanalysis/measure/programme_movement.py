"""What moved of all projects together since the quarter before, which came and which went."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ffanalysis.figures import Figure, Sum, change, negative, size_of, sum_of, total
from ffanalysis.measure.forecast import PROGRESS_LABELS
from ffanalysis.measure.movement import (
    LineMovement,
    Movement,
    ThenAndNow,
    counted_target,
    counted_total,
    movement,
)
from ffanalysis.periods import Period
from ffanalysis.provenance import slug
from ffanalysis.savings.changes import STEPS
from ffanalysis.savings.matching import lines_by_key, rag_label
from ffanalysis.savings.quarter import Quarter
from ffanalysis.savings.refusals import withheld_projects
from ffanalysis.vocabulary import RAG_STATUSES, Measure

# What came to a line that stays, or what it lost: it was re-based, cannot be matched, or one of the
# quarters does not state it.
INCREASE, DECREASE = "more", "less"
Way = tuple[str, str]  # the RAG status before and now; "" for a line that is not listed


@dataclass(frozen=True)
class RemovedProject:
    """A project that the quarter before had and this one has not."""

    project: str
    name: str
    total: Figure


@dataclass(frozen=True)
class ProgrammeMovement:
    """What moved of all projects since the quarter before.

    Attributes:
        projects: each project's own movement.
        unknown: the names of projects whose movement cannot be shown; where there are any, there
            is neither a flow nor steps.
        flow: by the RAG status before and now, what the lines come to. What came to a line that
            stays flows from INCREASE, what it lost into DECREASE, so that what leaves a status is
            what it opened with, and what comes to one is what it closes with.
        progress: what is delivered and forecast then and now, of the projects that state it in full
            in both quarters; `first` what those state of which the quarter before stated nothing.
    """

    since: Period | None
    projects: Mapping[str, Movement] = field(default_factory=dict)
    gone: tuple[RemovedProject, ...] = ()
    unknown: Mapping[str, str] = field(default_factory=dict)
    opening: Figure | None = None
    steps: Mapping[str, Figure] = field(default_factory=dict)
    closing: Figure | None = None
    flow: Mapping[Way, Figure] = field(default_factory=dict)
    progress: tuple[ThenAndNow, ...] = ()
    first: Mapping[Measure, Figure] = field(default_factory=dict)

    @property
    def turned(self) -> Mapping[str, Figure]:
        """What is rated better, worse or otherwise than in the quarter before; what is not nil."""
        found: dict[str, list[Figure]] = {"better": [], "worse": [], "otherwise": []}
        order = [str(status) for status in RAG_STATUSES]
        for (before, now), figure in self.flow.items():
            if before == now or {before, now} & {INCREASE, DECREASE, ""}:
                continue
            if before in order and now in order:
                found["better" if order.index(now) < order.index(before) else "worse"].append(
                    figure
                )
            else:
                found["otherwise"].append(figure)
        return {
            way: Figure(f"movement/{way}", amount)
            for way, figures in found.items()
            if (amount := total(figures)).known
        }

    def figures(self) -> Iterator[Figure]:
        """Every figure of all projects together."""
        yield from (
            figure for figure in (self.opening, *self.steps.values(), self.closing) if figure
        )
        yield from self.flow.values()
        yield from (gone.total for gone in self.gone)
        yield from (figure for each in self.progress for figure in each)
        yield from self.first.values()


def programme_movement(quarter: Quarter) -> ProgrammeMovement:
    """What moved of all projects that can be read, which came and which went."""
    before = quarter.before
    if before is None:
        return ProgrammeMovement(None)
    withheld, withheld_before = withheld_projects(quarter), withheld_projects(before)
    moves = {
        project: movement(quarter, project)
        for project in quarter.register
        if project not in withheld
    }
    removed = {
        project: row.name
        for project, row in before.register.items()
        if project not in quarter.register
    }
    unknown = {
        project: row.name
        for project, row in quarter.register.items()
        if project in withheld or moves[project].problem
    }
    unknown |= {project: name for project, name in removed.items() if project in withheld_before}
    found = ProgrammeMovement(
        before.period,
        moves,
        tuple(
            RemovedProject(project, name, _removed(before, project, name))
            for project, name in removed.items()
            if project not in withheld_before
        ),
        unknown,
        progress=tuple(_progress(moves)),
        first=_first(moves),
    )
    return found if unknown or not before.register else _with_balance(quarter, before, found)


def _removed(before: Quarter, project: str, name: str) -> Figure:
    return Figure(
        f"movement/gone/{project}",
        _total(before, project),
        label=f"{name}, taken out",
    )


def _with_balance(quarter: Quarter, before: Quarter, found: ProgrammeMovement) -> ProgrammeMovement:
    """The movement with its opening, steps and closing, and the flow between RAG statuses."""
    opening, closing = (
        total(_total(each, project) for project in each.register) for each in (before, quarter)
    )
    new = [_total(quarter, project) for project, moved in found.projects.items() if moved.is_new]
    steps = {}
    if new:
        steps["New projects"] = Figure("movement/new-projects", total(new), label="New projects")
    if found.gone:
        left = negative(total(item.total for item in found.gone))
        steps["Projects taken out"] = Figure("movement/gone", left, label="Projects taken out")
    for step in (kind.step for kind in STEPS):
        amounts = [moved.steps[step] for moved in found.projects.values() if step in moved.steps]
        if amounts:
            steps[step] = Figure(f"movement/{slug(step)}", total(amounts), label=step)
    return ProgrammeMovement(
        found.since,
        found.projects,
        found.gone,
        found.unknown,
        Figure("movement/opening", opening, label=f"Opening, as quarter {before.period} closed"),
        steps,
        Figure("movement/closing", closing, label="Closing this quarter"),
        _flow(quarter, before, found),
        found.progress,
        found.first,
    )


def _total(quarter: Quarter, project: str) -> Sum:
    """What a project's lines that are added come to."""
    return counted_total(lines_by_key(quarter, project))


def _progress(moves: Mapping[str, Movement]) -> Iterator[ThenAndNow]:
    """What projects delivered and forecast, then and now, of those that state it in full."""
    for measure, label in PROGRESS_LABELS.items():
        known = [
            each
            for moved in moves.values()
            if (each := moved.progress_of(measure)) and each.is_known
        ]
        if known:
            name = f"movement/{slug(label)}"
            was, now = (
                total(figures) for figures in ([x.before for x in known], [x.after for x in known])
            )
            yield ThenAndNow(
                measure,
                Figure(f"{name}/before", was, label=f"{label}, in the quarter before"),
                Figure(f"{name}/after", now, label=f"{label}, now"),
                Figure(
                    f"{name}/change",
                    change(was, now),
                    label=f"{label}, change since the quarter before",
                ),
            )


def _first(moves: Mapping[str, Movement]) -> dict[Measure, Figure]:
    """What is stated of which the quarter before stated nothing."""
    found = {}
    for measure, label in PROGRESS_LABELS.items():
        some = [
            each.after
            for moved in moves.values()
            for each in moved.first
            if each.measure == measure
        ]
        if some:
            found[measure] = Figure(
                f"movement/{slug(label)}/first",
                total(some),
                label=f"{label} where the quarter before stated nothing",
            )
    return found


# --- from status to status ------------------------------------------------------------------------


def _flow(quarter: Quarter, before: Quarter, found: ProgrammeMovement) -> dict[Way, Figure]:
    ways: dict[Way, list[Sum]] = {}
    for project, moved in found.projects.items():
        if moved.is_new:
            for rag, amount in _by_line(quarter, project):
                ways.setdefault(("", rag), []).append(amount)
        for line in moved.lines if not moved.is_new else ():
            for way, amount in _ways(line) if line.counts else ():
                ways.setdefault(way, []).append(amount)
    for item in found.gone:
        for rag, amount in _by_line(before, item.project):
            ways.setdefault((rag, ""), []).append(amount)
    return {
        (was, now): Figure(
            f"movement/from-{slug(was) or 'nothing'}/to-{slug(now) or 'nothing'}",
            total(amounts),
            label=_way_label(was, now),
        )
        for (was, now), amounts in ways.items()
        if any(amount.known for amount in amounts)
    }


def _by_line(quarter: Quarter, project: str) -> Iterator[tuple[str, Sum]]:
    """Each of a project's lines by its RAG status."""
    for lines in lines_by_key(quarter, project).values():
        yield rag_label(lines), counted_target(lines).total


def _ways(line: LineMovement) -> Iterator[tuple[Way, Sum]]:
    """A line's amount from status to status, and what came to it or what it lost on the way.

    A part of nil is no flow, and what it lacks is no gap of it.
    """
    was, now = sum_of(line.before), sum_of(line.after)
    then, since = was.known_pence, now.known_pence
    kept = min(then, since, key=abs) if line.last and line.rag and then * since > 0 else 0
    smaller = now if kept == since else was
    whole = now if line.rag else was
    if kept:
        yield (
            (line.last, line.rag),
            Sum(kept, whole.gap, whole.stated_to, whole.cells, "choice", (smaller,)),
        )
    if then - kept:
        yield (
            (line.last, DECREASE if line.rag else ""),
            Sum(then - kept, was.gap, was.stated_to, was.cells, "−", (was, Sum(kept))),
        )
    if since - kept:
        yield (
            (INCREASE if line.last else "", line.rag),
            Sum(since - kept, now.gap, now.stated_to, now.cells, "−", (now, Sum(kept))),
        )


def _way_label(was: str, now: str) -> str:
    if was == INCREASE:
        return f"More at {now}"
    if now == DECREASE:
        return f"Less at {was}"
    if was and now:
        return f"From {was} to {now}"
    return f"New at {now}" if now else f"Taken out at {was}"


def at_stake(moved: Movement) -> int:
    """The largest amount, in pence, to which anything happened.

    Of a milestone that falls too late now, all that its saving comes to.
    """
    amounts: Sequence[Figure | None] = [
        each.moved or line.after for line in moved.moved for each in line.changes
    ]
    if any(item.is_late for item in moved.milestones):
        amounts = [*amounts, moved.closing]
    if not amounts:
        amounts = [each.change for each in moved.progressed]
    return max((abs(size_of(figure).known_pence) for figure in amounts if figure), default=0)


def is_adverse(moved: Movement) -> bool:
    """Whether any of it is what a director must hear of first: worse, later, less, or unknown."""
    if any(each.is_adverse for line in moved.moved for each in line.changes):
        return True
    if any(item.is_late for item in moved.milestones):
        return True
    forecast = next((x for x in moved.progressed if x.measure == Measure.FORECAST), None)
    return forecast is not None and forecast.change.pence < 0
