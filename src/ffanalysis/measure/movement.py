"""What moved since the quarter before: each saving's RAG, its phasing and its amount, line by line.

What cannot be matched is shown as such. A first quarter has no movement, which is not a movement
of nil.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from ffanalysis.figures import Figure, Sum, Term, change, negative, total
from ffanalysis.measure.left_out import YearsLeftOut, years_left_out
from ffanalysis.measure.milestone_changes import MilestoneChange, milestone_changes
from ffanalysis.measure.position import PROGRESS_LABELS, forecast_total
from ffanalysis.measure.project_savings import project_savings
from ffanalysis.periods import Period, first_day
from ffanalysis.provenance import slug, slugs
from ffanalysis.savings.changes import (
    LEFT_OUT,
    STEP_NAMES,
    Change,
    MatchedLine,
    balance_steps,
    changes,
    match,
    years_of,
)
from ffanalysis.savings.left_out import LeftOut, savings_without
from ffanalysis.savings.matching import (
    lines_then_and_now,
    matched_lines,
    original_rags,
    stated_original_rag,
)
from ffanalysis.savings.model import LineKey, joined
from ffanalysis.savings.quarter import Quarter
from ffanalysis.savings.refusals import of_nobody, withheld_projects
from ffanalysis.vocabulary import Measure, Plan


@dataclass(frozen=True)
class LineMovement:
    """One line of a project's savings, in the quarter before and in this one.

    Attributes:
        label, former_label: what it is called now and was called then, with type and route.
        original, last, rag: its RAG status in the first quarter that has it, in the quarter before
            and now: as written where that is no status, "" where the line was not listed.
        before, after, change: what it comes to; `years` has the same by year.
        changes: what happened to it, in the order in which a sentence tells it.
        reason: why it moved, as the schedule says; `repeats_reason` whether it said the same in
            the quarter before, so that it explains what moved then.
        counts: whether it is added in one of the two quarters: "Faster" only brings another
            forward.
    """

    label: str
    former_label: str
    original: str
    last: str
    rag: str
    before: Figure
    after: Figure
    change: Figure
    years: Mapping[str, tuple[Figure, Figure]]
    changes: tuple[Change, ...] = ()
    reason: str = ""
    counts: bool = True
    repeats_reason: bool = False

    @property
    def kinds(self) -> list[str]:
        """What happened to it, as a table says it."""
        return [each.kind for each in sorted(self.changes, key=lambda each: each.rank)]

    def figures(self) -> Iterator[Figure]:
        """Every figure of it."""
        yield from (self.before, self.after, self.change)
        yield from (figure for pair in self.years.values() for figure in pair)
        yield from (each.moved for each in self.changes if each.moved)


@dataclass(frozen=True)
class Balance:
    """What the savings of one plan opened with, what each kind of change came to, and the close.

    What is new this quarter has no opening.
    """

    plan: Plan
    opening: Figure | None
    steps: Mapping[str, Figure]
    closing: Figure

    def figures(self) -> Iterator[Figure]:
        """Every figure of it."""
        yield from (self.opening,) if self.opening else ()
        yield from (self.closing, *self.steps.values())


@dataclass(frozen=True)
class ThenAndNow:
    """What is reported under one measure in the quarter before and now, and the change."""

    measure: Measure
    before: Figure
    after: Figure
    change: Figure

    def __iter__(self) -> Iterator[Figure]:
        yield from (self.before, self.after, self.change)

    @property
    def label(self) -> str:
        return PROGRESS_LABELS[self.measure]

    @property
    def is_known(self) -> bool:
        """Whether both quarters state it in full."""
        return all(figure.is_whole for figure in self)


@dataclass(frozen=True)
class Movement:
    """What moved of one project since the quarter before, `since`; None where none was read.

    Attributes:
        problem: why the quarter before cannot be compared with this one.
        balances: plan by plan what that quarter closed with, what each kind of change comes to, and
            what this one closes with; first the plan that the briefing is about.
        progress: what is delivered and what is forecast, then and now.
        milestones: the milestones that have another date.
        left_out: the years that the schedule no longer lists, which are compared with nothing.
    """

    since: Period | None
    original_since: Period | None = None
    now: Period | None = None
    problem: str = ""
    is_new: bool = False
    renamed_from: str = ""
    lines: tuple[LineMovement, ...] = ()
    balances: tuple[Balance, ...] = ()
    progress: tuple[ThenAndNow, ...] = ()
    milestones: tuple[MilestoneChange, ...] = ()
    left_out: YearsLeftOut | None = None

    @property
    def since_words(self) -> str:
        """The quarter before, as a page of this one calls it."""
        return self.since.called_in(self.now) if self.since else ""

    @property
    def moved(self) -> tuple[LineMovement, ...]:
        """The lines to which anything happened, or that cannot be matched."""
        return tuple(line for line in self.lines if line.changes)

    @property
    def has_moved(self) -> bool:
        """Whether anything moved: a line, a milestone, or what is delivered or forecast."""
        return bool(self.moved or self.milestones or self.progressed or self.first or self.lost)

    @property
    def progressed(self) -> tuple[ThenAndNow, ...]:
        """What is delivered, or forecast, that changed and that both quarters state in full."""
        return tuple(each for each in self.progress if each.is_known and each.change.value)

    @property
    def first(self) -> tuple[ThenAndNow, ...]:
        """What is delivered, or forecast, of which the quarter before stated no amount."""
        return tuple(
            each for each in self.progress if each.before.value is None and each.after.value
        )

    @property
    def lost(self) -> tuple[ThenAndNow, ...]:
        """What was delivered, or forecast, in the quarter before, and is stated no longer."""
        return tuple(
            each for each in self.progress if each.after.value is None and each.before.value
        )

    def progress_of(self, measure: Measure) -> ThenAndNow | None:
        return next((each for each in self.progress if each.measure == measure), None)

    def figures(self) -> Iterator[Figure]:
        """Every figure of it."""
        yield from (figure for balance in self.balances for figure in balance.figures())
        yield from (figure for line in self.lines for figure in line.figures())
        yield from (figure for each in self.progress for figure in each)
        yield from self.left_out.figures() if self.left_out else ()


def movement(quarter: Quarter, project: str) -> Movement:
    """What moved of a project since the quarter before.

    There it is known by the same name, or by a reviewed alias.
    """
    before = quarter.before
    if before is None:
        return Movement(None)
    if project not in before.register:
        return _of_new_project(quarter, before, project)
    if reasons := withheld_projects(before).get(project):
        return Movement(before.period, now=quarter.period, problem=" ".join(reasons))
    both = lines_then_and_now(before, quarter, project)
    pairs = matched_lines(both.then, both.now)
    first, originals = original_rags(before, project)
    names = slugs({key: " ".join(key) for key in pairs})
    matched = {key: match(*pair) for key, pair in pairs.items()}
    lines = {
        key: _line(f"movement/{names[key]}", project, was, now, originals.get(key, ""))
        for key, (was, now) in matched.items()
    }
    name = before.register[project].name
    left_out = years_left_out(before, project, both)
    return Movement(
        before.period,
        first,
        quarter.period,
        renamed_from=name if name != quarter.register[project].name else "",
        lines=tuple(lines.values()),
        balances=tuple(_balances(quarter, before, project, matched, lines, left_out)),
        progress=tuple(_progress(before, quarter, project, both.left_out)),
        milestones=milestone_changes(before, quarter, project, first_saving_day(quarter, project)),
        left_out=left_out,
    )


def _of_new_project(quarter: Quarter, before: Quarter, project: str) -> Movement:
    """A project that the quarter before does not have.

    A refusal that names nobody may be what kept it from view: then it cannot be called new.
    """
    if hidden := [row.sentence for row in of_nobody(before)]:
        return Movement(before.period, now=quarter.period, problem=" ".join(hidden))
    balances = (
        Balance(plan, None, {}, _closing(quarter, project, place, plan))
        for place, plan in enumerate(_plans(quarter, project, ()))
    )
    return Movement(before.period, now=quarter.period, is_new=True, balances=tuple(balances))


def _plans(quarter: Quarter, project: str, then: Iterable[Plan]) -> list[Plan]:
    """The plans that a movement is about: first that of the briefing, never prior years."""
    main = project_savings(quarter, project)[0].plan
    others = dict.fromkeys((main, *quarter.plans_of(project), *then))
    return [plan for plan in others if plan != Plan.PRIOR]


def balance_name(place: int, plan: Plan, what: str) -> str:
    """What a figure of a balance is called; the first has no name of its own."""
    return f"movement/{plan}/{what}" if place else f"movement/{what}"


def _closing(quarter: Quarter, project: str, place: int, plan: Plan) -> Figure:
    name, amount = balance_name(place, plan, "closing"), plan_total(quarter, project, plan)
    return Figure(name, amount, project=project, label="Closing this quarter")


def _balances(
    quarter: Quarter,
    before: Quarter,
    project: str,
    matched: Mapping[LineKey, tuple[MatchedLine, MatchedLine]],
    lines: Mapping[LineKey, LineMovement],
    left_out: YearsLeftOut | None,
) -> Iterator[Balance]:
    """From the opening to the closing amount of each plan that has lines in either quarter."""
    then = [plan for was, _ in matched.values() for plan in was.plans]
    ended = left_out.targets if left_out else {}
    for place, plan in enumerate(_plans(quarter, project, (*then, *ended))):
        found: dict[str, list[Term]] = {}
        if plan in ended:
            found[LEFT_OUT] = [negative(ended[plan])]
        for key, (was, now) in matched.items():
            if lines[key].counts:
                for step, amount in balance_steps(was, now, lines[key].changes, plan):
                    found.setdefault(step, []).append(amount)
        yield Balance(
            plan,
            Figure(
                balance_name(place, plan, "opening"),
                plan_total(before, project, plan),
                project=project,
                label=f"At {before.period.called_in(quarter.period)}",
            ),
            {
                step: Figure(
                    balance_name(place, plan, slug(step)),
                    total(found[step]),
                    project=project,
                    label=step,
                )
                for step in STEP_NAMES
                if step in found
            },
            _closing(quarter, project, place, plan),
        )


def plan_total(quarter: Quarter, project: str, plan: Plan) -> Sum:
    """What a project's savings under one plan come to."""
    return quarter.savings_of(project, plan).target.total


def first_saving_day(quarter: Quarter, project: str) -> date | None:
    """The first day of the first year that the project's saving carries money in."""
    years = project_savings(quarter, project)[0].saving_years
    return first_day(years[0]) if years else None


def _line(
    name: str, project: str, was: MatchedLine, now: MatchedLine, original: str
) -> LineMovement:
    label = now.label or was.label

    def figure(what: str, amount: Sum, words: str) -> Figure:
        return Figure(f"{name}/{what}", amount, project=project, label=f"{label}, {words}")

    return LineMovement(
        label,
        was.label,
        stated_original_rag(now.lines) or original,
        was.rag,
        now.rag,
        figure("before", was.total, "last quarter"),
        figure("after", now.total, "now"),
        figure("change", change(was.total, now.total), "change"),
        {
            year: (
                figure(f"before/{slug(year)}", was.amount(year), f"{year}, before"),
                figure(f"after/{slug(year)}", now.amount(year), f"{year}, now"),
            )
            for year in years_of(was, now)
        },
        tuple(changes(was, now, figure)),
        now.reason,
        counts=any(line.is_counted for line in (*was.lines, *now.lines)),
        repeats_reason=bool(now.reason) and now.reason == was.reason,
    )


def _progress(
    before: Quarter, quarter: Quarter, project: str, left_out: LeftOut
) -> Iterator[ThenAndNow]:
    """What is delivered and what is forecast, wherever one of the two quarters states it."""
    for measure, label in PROGRESS_LABELS.items():
        name = f"movement/{slug(label)}"
        was, now = (
            Figure(
                f"{name}/{when}",
                _reported(each, project, measure, years),
                project=project,
                label=f"{label}, {words}",
            )
            for each, when, words, years in (
                (before, "before", "last quarter", left_out),
                (quarter, "after", "now", LeftOut()),
            )
        )
        if was.value is not None or now.value is not None:
            came = Figure(
                f"{name}/change", change(was, now), project=project, label=f"{label}, change"
            )
            yield ThenAndNow(measure, was, now, came)


def _reported(quarter: Quarter, project: str, measure: Measure, left_out: LeftOut) -> Sum:
    """What one quarter reports of a project's savings under a measure, prior plans left out."""
    plans = [
        savings_without(quarter.savings_of(project, plan), left_out)
        for plan in quarter.plans_of(project)
        if plan != Plan.PRIOR
    ]
    if measure == Measure.FORECAST:
        return forecast_total(plans)
    return joined(each.delivered for each in plans).total
