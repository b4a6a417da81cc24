"""Lines matched between two quarters.

A line is followed by its reference; without one by its type and delivery route, where these occur
once in both quarters.
"""

from collections.abc import Callable, Collection, Iterable

from ffanalysis.figures import NOT_STATED
from ffanalysis.periods import Period
from ffanalysis.savings.left_out import (
    Comparable,
    LeftOut,
    Lines,
    left_out,
    over_the_years_of_both,
)
from ffanalysis.savings.model import LineKey, Saving
from ffanalysis.savings.quarter import Quarter
from ffanalysis.savings.refusals import withheld_projects
from ffanalysis.vocabulary import BLANK, RAG_STATUSES, Plan


def readable_in_both(quarter: Quarter, before: Quarter) -> list[str]:
    """The projects that the quarter before has too, and of which nothing is refused in either."""
    withheld = {*withheld_projects(quarter), *withheld_projects(before)}
    return [
        project
        for project in quarter.register
        if project in before.register and project not in withheld
    ]


def lines_by_key(quarter: Quarter, project: str) -> dict[LineKey, list[Saving]]:
    """The project's lines by what each is followed by, of all plans but that of prior years."""
    return _lines_of(quarter, project, lambda plan: plan != Plan.PRIOR)


def lines_then_and_now(before: Quarter, quarter: Quarter, project: str) -> Comparable:
    """A project's lines in two quarters, by what each is followed by, over the years of both.

    A line that only one of them has in a plan of its own, and the other among the savings of prior
    years under the same reference, was carried forward between them: it is in both.
    """
    quarters = [each if project in each.register else None for each in (before, quarter)]
    then, now = (lines_by_key(each, project) if each else {} for each in quarters)
    prior_then, prior_now = (
        _lines_of(each, project, lambda plan: plan == Plan.PRIOR) if each else {}
        for each in quarters
    )
    both = _with_carried(then, now, prior_then), _with_carried(now, then, prior_now)
    is_in_both = all(project in each.register for each in (before, quarter))
    left = left_out(before, quarter, project) if is_in_both else LeftOut()
    return over_the_years_of_both(*both, left)


def _with_carried(own: Lines, other: Lines, prior: Lines) -> Lines:
    carried = {
        key: lines
        for key, lines in prior.items()
        if key in other and key not in own and _is_reference(key)
    }
    return {**own, **carried}


def _is_reference(key: LineKey) -> bool:
    return key[0] == "ref"


def _lines_of(
    quarter: Quarter, project: str, is_meant: Callable[[Plan], bool]
) -> dict[LineKey, list[Saving]]:
    found: dict[LineKey, list[Saving]] = {}
    for plan in filter(is_meant, quarter.plans_of(project)):
        for line in quarter.savings_of(project, plan).lines:
            if line.target:
                found.setdefault(line.key, []).append(line)
    return found


def matched_lines(then: Lines, now: Lines) -> dict[LineKey, tuple[list[Saving], list[Saving]]]:
    """The lines of one key in both quarters, those of this one in its order, then those gone.

    Where a key has lines under several plans, each is matched with that of its own plan, and what
    then is left over with one another: a proposal that is approved is in another plan now.
    """
    found: dict[LineKey, tuple[list[Saving], list[Saving]]] = {}
    for key in dict.fromkeys((*now, *then)):
        was, since = list(then.get(key, ())), list(now.get(key, ()))
        plans = dict.fromkeys(line.plan for line in (*since, *was))
        if max(len({line.plan for line in was}), len({line.plan for line in since})) < 2:
            found[key] = (was, since)
            continue
        both = {line.plan for line in was} & {line.plan for line in since}
        for plan in plans:
            if plan in both:
                found[*key, plan] = (_of_plans(was, {plan}), _of_plans(since, {plan}))
        others = {*plans} - both
        if others:
            found[key] = (_of_plans(was, others), _of_plans(since, others))
    return found


def _of_plans(lines: Iterable[Saving], plans: Collection[str]) -> list[Saving]:
    return [line for line in lines if line.plan in plans]


def original_rags(before: Quarter, project: str) -> tuple[Period, dict[LineKey, str]]:
    """The RAG status of each line in the first quarter that has it, and the first quarter read.

    Quarters in which the project cannot be read are passed over.
    """
    found: dict[LineKey, str] = {}
    first = before.period
    earlier: Quarter | None = before
    while earlier is not None:
        if project in earlier.register and project not in withheld_projects(earlier):
            first = earlier.period
            # Earlier quarters come later here, and replace what later ones say.
            lines = lines_by_key(earlier, project).items()
            found |= {key: rag for key, own in lines if (rag := rag_label(own))}
        earlier = earlier.before
    return first, found


def rag_label(lines: Iterable[Saving]) -> str:
    """The RAG status of lines with one key, each where they differ; "" where there is no line."""
    found = dict.fromkeys(status for line in lines for status in _statuses(line))
    known = [status for status in RAG_STATUSES if status in found]
    return " and ".join([*known, *sorted(found.keys() - {*RAG_STATUSES}, key=list(found).index)])


def _statuses(line: Saving) -> list[str]:
    """The RAG status of each cell of a line; as written where that is none."""
    return [
        row.rag or (NOT_STATED if row.rag_missing in (None, BLANK) else row.rag_missing or "")
        for row in line.target
    ]


def stated_original_rag(lines: Iterable[Saving]) -> str:
    """The RAG status that the schedule itself says a line began with."""
    found = {row.original_rag for line in lines for row in line.target if row.original_rag}
    return found.pop() if len(found) == 1 else ""
