"""What moved of all projects together since the quarter before, which came and which went."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ffanalysis.figures import Figure, Sum, Term, change, known_part, negative, size_of, total
from ffanalysis.measure.left_out import YearsLeftOut, together
from ffanalysis.measure.movement import (
    Balance,
    Movement,
    ThenAndNow,
    balance_name,
    movement,
    plan_total,
)
from ffanalysis.measure.position import PROGRESS_LABELS
from ffanalysis.periods import Period
from ffanalysis.provenance import slug
from ffanalysis.savings.changes import STEP_NAMES, MatchedLine, match
from ffanalysis.savings.matching import lines_then_and_now, matched_lines, rag_label
from ffanalysis.savings.quarter import Quarter
from ffanalysis.savings.refusals import withheld_projects
from ffanalysis.vocabulary import RAG_STATUSES, Measure, Plan

# What came to a line that stays, or what it lost: it was re-based, cannot be matched, or one of the
# quarters does not state it.
INCREASE, DECREASE = "more", "less"
ENDED = "no longer listed"  # where what years had that are over, and listed no longer, goes
Way = tuple[str, str]  # the RAG status before and now; "" for a line that is not listed
Flow = Mapping[Way, Figure]


@dataclass(frozen=True)
class RemovedProject:
    """A project that the quarter before had and this one has not; its savings by plan."""

    project: str
    name: str
    totals: Mapping[Plan, Figure]


@dataclass(frozen=True)
class ProgrammeMovement:
    """What moved of all projects since the quarter before.

    Attributes:
        projects: each project's own movement.
        unknown: the names of projects whose movement cannot be shown; where there are any, there
            is neither a flow nor a balance.
        balances: from opening to closing, plan by plan; first the savings in the plan.
        flows: plan by plan and by the RAG status before and now, what the lines come to. What came
            to a line that stays flows from INCREASE, what it lost into DECREASE, and what its years
            had that are listed no longer into ENDED, so that what leaves a status is what it opened
            with, and what comes to one is what it closes with.
        progress: what is delivered and forecast then and now, of the projects that state it in full
            in both quarters; `first` what those state of which the quarter before stated nothing.
        left_out: the years that schedules list no longer because they are over.
    """

    since: Period | None
    projects: Mapping[str, Movement] = field(default_factory=dict)
    gone: tuple[RemovedProject, ...] = ()
    unknown: Mapping[str, str] = field(default_factory=dict)
    balances: tuple[Balance, ...] = ()
    flows: Mapping[Plan, Flow] = field(default_factory=dict)
    progress: tuple[ThenAndNow, ...] = ()
    first: Mapping[Measure, Figure] = field(default_factory=dict)
    now: Period | None = None
    left_out: YearsLeftOut | None = None

    @property
    def since_words(self) -> str:
        """The quarter before, as a page of this one calls it."""
        return self.since.called_in(self.now) if self.since else ""

    def figures(self) -> Iterator[Figure]:
        """Every figure of all projects together."""
        yield from self.left_out.figures() if self.left_out else ()
        yield from (figure for balance in self.balances for figure in balance.figures())
        yield from (figure for flow in self.flows.values() for figure in flow.values())
        yield from (figure for gone in self.gone for figure in gone.totals.values())
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
        now=quarter.period,
        left_out=together([moved.left_out for moved in moves.values() if moved.left_out]),
    )
    return found if unknown or not before.register else _with_balance(quarter, before, found)


def _removed(before: Quarter, project: str, name: str) -> dict[Plan, Figure]:
    """What a project that is gone came to, plan by plan; of one that stated nothing, that."""
    plans = [plan for plan in _PLANS if plan in before.plans_of(project)] or [_PLANS[0]]
    return {
        plan: Figure(
            f"movement/gone/{project}{f'/{plan}' if place else ''}",
            plan_total(before, project, plan),
            label=f"{name}, taken out",
        )
        for place, plan in enumerate(plans)
    }


_PLANS = (Plan.CURRENT, Plan.PROPOSED)


def _with_balance(quarter: Quarter, before: Quarter, found: ProgrammeMovement) -> ProgrammeMovement:
    """The movement with its balances, and the flow between RAG statuses."""
    plans = [
        plan
        for plan in _PLANS
        if any(
            plan in each.plans_of(project)
            for each in (before, quarter)
            for project in each.register
        )
    ] or [Plan.CURRENT]
    balances = tuple(
        _balance(quarter, before, found, place, plan) for place, plan in enumerate(plans)
    )
    flows = {plan: _flow(quarter, before, found, place, plan) for place, plan in enumerate(plans)}
    return replace(
        found, balances=balances, flows={plan: flow for plan, flow in flows.items() if flow}
    )


def _balance(
    quarter: Quarter, before: Quarter, found: ProgrammeMovement, place: int, plan: Plan
) -> Balance:
    """From the opening to the closing amount of all projects' savings under one plan."""

    def figure(what: str, amounts: Iterable[Term], label: str) -> Figure:
        return Figure(balance_name(place, plan, what), total(amounts), label=label)

    steps: dict[str, Figure] = {}
    new = [
        plan_total(quarter, project, plan)
        for project, moved in found.projects.items()
        if moved.is_new and plan in quarter.plans_of(project)
    ]
    if new:
        steps["New projects"] = figure("new-projects", new, "New projects")
    gone = [negative(item.totals[plan]) for item in found.gone if plan in item.totals]
    if gone:
        steps["Projects taken out"] = figure("gone", gone, "Projects taken out")
    own = [
        balance
        for moved in found.projects.values()
        for balance in moved.balances
        if balance.plan == plan and balance.opening
    ]
    for step in STEP_NAMES:
        amounts = [balance.steps[step] for balance in own if step in balance.steps]
        if amounts:
            steps[step] = figure(slug(step), amounts, step)
    opening, closing = (
        [plan_total(each, project, plan) for project in each.register] for each in (before, quarter)
    )
    return Balance(
        plan,
        figure("opening", opening, f"At {before.period.called_in(quarter.period)}"),
        steps,
        figure("closing", closing, "Closing this quarter"),
    )


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
                Figure(f"{name}/before", was, label=f"{label}, last quarter"),
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


def _flow(
    quarter: Quarter, before: Quarter, found: ProgrammeMovement, place: int, plan: Plan
) -> Flow:
    """What the lines of one plan come to, by their RAG status before and now."""
    ways: dict[Way, list[Sum]] = {}
    projects = [*found.projects, *(item.project for item in found.gone)]
    for project in projects:
        both = lines_then_and_now(before, quarter, project)
        for was, since in matched_lines(both.then, both.now).values():
            pair = match(*([line for line in side if line.plan == plan] for side in (was, since)))
            for way, amount in _ways(*pair):
                ways.setdefault(way, []).append(amount)
        for line in both.ended:
            if line.plan == plan and line.is_counted and line.target.total.known:
                ways.setdefault((rag_label([line]), ENDED), []).append(line.target.total)
    return {
        (was, now): Figure(
            balance_name(place, plan, f"from-{slug(was) or 'nothing'}/to-{slug(now) or 'nothing'}"),
            total(amounts),
            label=_way_label(was, now),
        )
        for (was, now), amounts in ways.items()
    }


def _ways(was: MatchedLine, now: MatchedLine) -> Iterator[tuple[Way, Sum]]:
    """A line's amount from status to status, and what came to it or what it lost on the way.

    A part of nil is no flow, and what it lacks is no gap of it. A line that is not added in either
    quarter flows nowhere.
    """
    if not any(line.is_counted for line in (*was.lines, *now.lines)):
        return
    then, since = was.total.known_pence, now.total.known_pence
    is_kept = was.is_listed and now.is_listed and then * since > 0
    kept = min(then, since, key=abs) if is_kept else 0
    smaller = now.total if kept == since else was.total
    if kept:
        yield (was.rag, now.rag), smaller
    if then - kept:
        lost = was.total if not kept else change(known_part(smaller), was.total)
        yield (was.rag, DECREASE if now.is_listed else ""), lost
    if since - kept:
        came = now.total if not kept else change(known_part(smaller), now.total)
        yield (INCREASE if was.is_listed else "", now.rag), came


def rerated(flow: Flow, prefix: str) -> dict[str, Figure]:
    """What is rated better, worse or otherwise than in the quarter before; what is not nil."""
    found: dict[str, list[Figure]] = {"better": [], "worse": [], "otherwise": []}
    order = [str(status) for status in RAG_STATUSES]
    for (before, now), figure in flow.items():
        if before == now or {before, now} & {INCREASE, DECREASE, ENDED, ""}:
            continue
        if before in order and now in order:
            found["better" if order.index(now) < order.index(before) else "worse"].append(figure)
        else:
            found["otherwise"].append(figure)
    return {
        way: Figure(f"{prefix}{way}", amount)
        for way, figures in found.items()
        if (amount := total(figures)).known
    }


def _way_label(was: str, now: str) -> str:
    if was == INCREASE:
        return f"More at {now}"
    if now == DECREASE:
        return f"Less at {was}"
    if now == ENDED:
        return f"In years no longer listed, at {was}"
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
        amounts = [*amounts, *(balance.closing for balance in moved.balances[:1])]
    return _largest(amounts or [each.change for each in moved.progressed])


def _largest(amounts: Iterable[Figure | None]) -> int:
    """The largest of amounts in pence, whatever their sign; nil where none is known."""
    return max((abs(size_of(figure).known_pence) for figure in amounts if figure), default=0)


def is_adverse(moved: Movement) -> bool:
    """Whether any of it is what a director must hear of first: worse, later, less, or unknown."""
    if any(each.is_adverse for line in moved.moved for each in line.changes):
        return True
    if any(item.is_late or item.kind == "no longer complete" for item in moved.milestones):
        return True
    forecast = next((x for x in moved.progressed if x.measure == Measure.FORECAST), None)
    return forecast is not None and forecast.change.pence < 0
