"""The sentences that open the programme page, made from figures as those of a project are."""

from collections.abc import Mapping, Sequence

from ffanalysis.figures import Figure, Sentence, counted, size_of
from ffanalysis.measure.in_projects import OutsideThePlan, ProgrammeInProjects
from ffanalysis.measure.programme import PlanPosition, ProgrammeTotals
from ffanalysis.present.sentences import join_clauses, joined
from ffanalysis.vocabulary import Plan

_MOST_SHORT = 3  # projects that a sentence names
_PLAN_VERBS = {Plan.CURRENT: "is in the plan", Plan.PROPOSED: "is proposed"}


def programme_headline(totals: ProgrammeTotals | None) -> Sentence:
    """What the programmes may deliver of the plan; nothing where no case can be made."""
    if not totals or not totals.total or not totals.central:
        return ()
    ending: Sentence = (".",)
    if totals.plan and totals.gap and totals.gap.value is not None:
        found: Sentence = (", all of it covered.",)
        if totals.gap.pence > 0:
            found = (", which leaves ", totals.gap, " to find.")
        for_them = " for them" if totals.plan_without_programme else ""
        ending = ("; the medium term financial plan has ", totals.plan, for_them, *found)
    return (
        "In the central case the programmes deliver ",
        totals.central,
        " of the ",
        totals.total,
        " that they count",
        *ending,
    )


def projects_money(
    own: Mapping[Plan, Figure], doubted: Figure | None = None, names: Sequence[str] = ()
) -> Sentence:
    """What the projects themselves save by plan, and of how many, by `names`, it is in doubt."""
    stated = [
        (own[plan], verb)
        for plan, verb in _PLAN_VERBS.items()
        if plan in own and own[plan].value is not None
    ]
    if not stated:
        return ("No project states a saving of its own.",)
    parts = join_clauses(((figure, f" {verb}") for figure, verb in stated), " and ")
    words: Sentence = ("The projects' own savings: ", *parts)
    if not doubted or not doubted.value:
        return (*words, ".")
    verb = " projects have errors in their own figures"
    if doubted.value == 1:
        verb = " project has an error in its own figures"
    named = f" ({joined(names)})" if 0 < len(names) <= _MOST_SHORT else ""
    return (*words, "; in these totals, ", doubted, verb, named, ".")


def plan_position(position: PlanPosition | None, short_of: Sequence[str] = ()) -> Sentence:
    """The position of the savings in the plan: what is due, delivered and forecast.

    And by how much projects fall short; `short_of` are the names of those that do.
    """
    if position is None:
        return ()
    included = " is forecast, what is delivered included"
    return (
        *_opening(position),
        position.forecast,
        included,
        *_shortfall(position, short_of),
        *_without_forecast(position),
        *_delivered(position),
        ".",
    )


def _opening(position: PlanPosition) -> Sentence:
    if not position.without_forecast.value:
        return ("Of the ", position.target, " in the plan, ")
    is_one = position.projects.value == 1
    who = "project that states a forecast" if is_one else "projects that state a forecast"
    return (
        "Of the ",
        position.target,
        " in the plan of the ",
        position.projects,
        f" {who} in full, ",
    )


def _shortfall(position: PlanPosition, short_of: Sequence[str]) -> Sentence:
    """Who falls short and by how much, and by how much others exceed their targets."""
    words: Sentence = ()
    short, above = position.shortfall, position.above_target
    if short.value:
        count = Figure("plan-position/short", counted((), len(short_of)), "count")
        verb = "falls" if count.value == 1 else "fall"
        who: Sentence = (count, " projects")
        if len(short_of) <= _MOST_SHORT:
            who = (joined(short_of),)
        words = ("; ", *who, f" {verb} short, by ", short)
    if above:
        exceed = (
            " and others exceed theirs by " if short.value else "; the targets are exceeded by "
        )
        words = (*words, exceed, above)
    return words


def _without_forecast(position: PlanPosition) -> Sentence:
    count = position.without_forecast
    if not count.value:
        return ()
    noun = "project" if count.value == 1 else "projects"
    return ("; of ", count, f" more {noun} it cannot be told")


def _delivered(position: PlanPosition) -> Sentence:
    """What is delivered of it, and what is due by the end of the year."""
    delivered: Sentence = (position.delivered, " is delivered")
    if position.delivered.value is None:
        delivered = ("no delivery is stated",)
    if not position.due or not position.due.value:
        return ("; ", *delivered)
    by_now = " is due by the end of this financial year; "
    return (". Of it, ", position.due, by_now, *delivered, ", of whatever year")


def in_no_project(found: ProgrammeInProjects) -> Sentence:
    """What of a programme no project carries; nothing where that is nil or not known."""
    part = found.overall
    if part.rest is None or found.is_refused or not part.rest.value:
        return ()
    if abs(part.rest.pence) <= part.allowed:
        return ()
    whole: Sentence = (" of the ", part.whole, f" of {found.label}")
    beyond: Sentence = ()
    if found.other_years:
        beyond = (" They carry ", found.other_years, " more in years that it does not state.")
    if part.rest.pence < 0:
        more = Figure(f"{part.rest.name}/more", size_of(part.rest))
        return (f"The projects of {found.label} carry ", more, " more than it states.", *beyond)
    carried: Sentence = ()
    if part.projects.value:
        carried = ("; its projects carry ", part.projects)
    return (part.rest, *whole, " is in no project", *carried, ".", *beyond)


def outside_the_plan(outside: OutsideThePlan, names: Sequence[str]) -> Sentence:
    """What is approved and in no line of the plan, and whose it is."""
    who = joined(names) if len(names) <= _MOST_SHORT else f"{len(names)} projects"
    words = " of the projects' own savings is approved, but in no line of the plan: "
    return (outside.total, words, f"{who}.")
