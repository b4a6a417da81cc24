"""The sentences that open the programme page, made from figures as those of a project are."""

from collections.abc import Mapping, Sequence

from ffanalysis.figures import Figure, counted, size_of, total
from ffanalysis.findings import Sentence
from ffanalysis.measure.in_projects import OutsideThePlan, ProgrammeInProjects
from ffanalysis.measure.plan_position import PlanPosition, Withdrawn
from ffanalysis.measure.programme import ProgrammeTotals
from ffanalysis.present.sentences import as_sentence, join_clauses, joined
from ffanalysis.vocabulary import Plan

_MOST_SHORT = 3  # projects that a sentence names
_PLAN_WORDS = {
    Plan.CURRENT: "the projects' savings in the plan total ",
    Plan.PROPOSED: "the projects' proposals total ",
}


def programme_headline(totals: ProgrammeTotals | None, *, is_illustrative: bool = True) -> Sentence:
    """What the programmes may deliver of the plan; nothing where no case can be made.

    An expectation is the council's to state: at the software's own weights it is illustrative.
    """
    if not totals or not totals.total or not totals.central:
        return ()
    rates = "At illustrative rates" if is_illustrative else "At the council's own rates"
    spread: Sentence = ()
    if totals.low and totals.high and totals.low.value != totals.high.value:
        spread = (" (", totals.low, " to ", totals.high, ")")
    delivered = (f"{rates} the programmes would deliver about ", totals.central, *spread)
    opening: Sentence = (*delivered, " of the ")
    if not totals.plan or not totals.gap or totals.gap.value is None:
        return (*opening, totals.total, " that they plan to save.")
    left: Sentence = (", so all of it would be covered.",)
    if totals.gap.pence > 0:
        left = (", which would leave about ", totals.gap, " to find.")
    for_them = " for them" if totals.plan_without_programme else ""
    if totals.plan.value == totals.total.value:
        return (*opening, totals.plan, f"{for_them} in the medium-term financial plan", *left)
    return (
        *opening,
        totals.total,
        " that they plan to save. The medium-term financial plan has ",
        totals.plan,
        for_them,
        *left,
    )


def outside_projects(totals: ProgrammeTotals | None) -> Sentence:
    """What of the programmes is in no project; nothing where it is not known, or all is."""
    if not totals or not totals.total or not totals.in_no_project:
        return ()
    whole, rest = totals.total, totals.in_no_project
    if not (whole.is_whole and rest.is_whole and whole.value and rest.value and rest.pence > 0):
        return ()
    if rest.pence >= whole.pence:
        return (" None of it is in a project.",)
    return (" ", rest, " of the ", whole, " planned is in no project.")


def due_this_year(proposed: Figure | None, year: str) -> Sentence:
    """What proposals have for this year, which is not in the plan yet."""
    if proposed is None or not proposed.value or proposed.pence < 0:
        return ()
    return (" ", proposed.as_known_part(), f" of the proposals is due this year, {year}.")


_THEIR_PROPOSALS = "their proposals total "
_STILL = {Plan.CURRENT: " in the plan", Plan.PROPOSED: " of the proposals"}


def withdrawn(found: Withdrawn | None, names: Mapping[str, str]) -> Sentence:
    """What projects given up still have in the totals; nothing where they have nothing."""
    if not found:
        return ()
    count = Figure("withdrawn/projects", counted(found.projects), "count")
    is_one = len(found.projects) == 1
    named = [names[project] for project in found.projects]
    who = f" ({joined(named)})" if len(named) <= _MOST_SHORT else ""
    amounts = join_clauses((figure, _STILL[plan]) for plan, figure in found.amounts.items())
    noun = f" {' or '.join(found.stages).lower()} project{'' if is_one else 's'}"
    return (" This includes ", *amounts, " from ", count.as_spelled(), f"{noun}{who}.")


def number_of_projects(number: Figure, *, is_all: bool = True) -> Sentence:
    """How many projects the quarter has; where some are left out, how many the page has."""
    where = "The register lists " if is_all else "This page lists "
    if not number.value:
        return (f"{where}no project.",)
    noun = " project." if number.value == 1 else " projects."
    return (where, number.as_spelled(), noun)


def projects_money(
    own: Mapping[Plan, Figure], projects: Figure | None = None, doubted: Sequence[str] = ()
) -> Sentence:
    """What the projects themselves save by plan, and of which of them it is in doubt."""
    stated = [
        (words, *_amount(own[plan]))
        for plan, words in _PLAN_WORDS.items()
        if plan in own and own[plan].value is not None
    ]
    stated[1:] = [(_THEIR_PROPOSALS, *amount) for _, *amount in stated[1:]]
    if not stated:
        return ("No project has a saving of its own recorded.",)
    words = as_sentence(join_clauses(stated, " and "))
    if not doubted or projects is None:
        return words
    count = Figure("programme/doubted", counted(doubted), "count", spelled=True)
    whose = " has" if len(doubted) == 1 else " have"
    named = f" ({joined(doubted)})" if len(doubted) <= _MOST_SHORT else ""
    of_all: Sentence = (" of ", projects.as_spelled(), f" projects{whose} figures")
    if projects.value == 1:
        of_all = (" project has figures",)
    return (*words, " ", count, *of_all, f" that do not add up{named}.")


def _amount(total: Figure) -> Sentence:
    """A total, and whether a part of it is still to be confirmed."""
    if not total.partial:
        return (total,)
    return (total.as_known_part(), " with a part still to be confirmed")


def plan_position(position: PlanPosition | None, short_of: Sequence[str] = ()) -> Sentence:
    """The forecast of the savings in the plan, and by how much projects fall short.

    `short_of` are the names of those that do.
    """
    if position is None:
        return ()
    return (
        "Services forecast ",
        position.forecast,
        " against the " if position.above_target and position.above_target.value else " of the ",
        position.target,
        " in the plan",
        *_of_whom(position),
        ", including what is already delivered.",
        *_shortfall(position, short_of),
        *_without_forecast(position),
        *_beside_central(position),
    )


def _beside_central(position: PlanPosition) -> Sentence:
    """What the same projects would deliver at the rates of the settings, beside their forecast."""
    central, apart = position.central, position.apart
    if not central or not apart or central.value is None or not apart.value:
        return ()
    rates = "illustrative rates" if position.is_illustrative else "the council's own rates"
    size = Figure(f"{apart.name}/size", size_of(apart))
    less = "less" if apart.pence > 0 else "more"
    same = "that project" if position.projects.value == 1 else "the same projects"
    opening = f" At {rates}, {same} would deliver about "
    return (opening, central, ", ", size, f" {less} than services forecast.")


def _of_whom(position: PlanPosition) -> Sentence:
    """Of how many projects it is, where not all have a forecast."""
    if not position.without_forecast.value:
        return ()
    is_one = position.projects.value == 1
    who = " project with a full forecast" if is_one else " projects with a full forecast"
    return (" for the ", position.projects, who)


def _shortfall(position: PlanPosition, short_of: Sequence[str]) -> Sentence:
    """Who falls short and by how much, and by how much others exceed their targets."""
    words: Sentence = ()
    short, above = position.shortfall, position.above_target
    if short.value:
        count = Figure("plan-position/short", counted(short_of), "count")
        who = (" ", count.as_spelled(), " of ", position.projects.as_spelled())
        named = f" ({joined(short_of)})" if len(short_of) <= _MOST_SHORT else ""
        words = (*who, f" projects fall short{named}, by ", short, " in total")
        if len(short_of) == 1:
            words = (f" {short_of[0]} falls short by ", short)
    if above:
        exceed = "; elsewhere forecasts exceed" if short.value else " Forecasts exceed"
        words = (*words, f"{exceed} targets by ", above)
    return (*words, ".") if words else ()


def _without_forecast(position: PlanPosition) -> Sentence:
    count = position.without_forecast
    if not count.value:
        return ()
    noun = "project" if count.value == 1 else "projects"
    return (" The forecast is not known for ", count, f" more {noun}.")


def in_no_project(found: ProgrammeInProjects) -> Sentence:
    """What of a programme no project carries; nothing where that is nil or not known."""
    part = found.overall
    if part.rest is None or found.is_refused or not part.rest.value:
        return ()
    if abs(part.rest.pence) <= part.allowed.pence:
        return ()
    whole: Sentence = (" of the ", part.whole, f" of {found.label}")
    if part.rest.pence < 0:
        more = Figure(f"{part.rest.name}/more", size_of(part.rest))
        return (f"The projects of {found.label} have ", more, " more than its total.")
    return (part.rest, *whole, " is in no project.")


def beyond_the_programmes(found: Sequence[ProgrammeInProjects]) -> Sentence:
    """What projects have in years that their programmes do not cover; nothing where it is nil."""
    beyond = {each.label: each.other_years for each in found if not each.is_refused}
    amounts = [(figure, f" ({label})") for label, figure in beyond.items() if figure]
    if not amounts:
        return ()
    whose = "their programme does" if len(amounts) == 1 else "their programmes do"
    words = f" in years that {whose} not cover."
    if len(amounts) > _MOST_SHORT:
        all_of_them = total(figure for figure, _ in amounts)
        return ("Projects have a further ", Figure("in-projects/other-years", all_of_them), words)
    return ("Projects have a further ", *join_clauses(amounts, ", ", " and "), words)


def outside_the_plan(outside: OutsideThePlan, names: Sequence[str]) -> Sentence:
    """What is approved and in no line of the plan, and whose it is."""
    number = Figure("outside-the-plan/projects", counted(names), "count", spelled=True)
    who: Sentence = (number, " projects")
    if len(names) <= _MOST_SHORT:
        who = (joined(names),)
    words = " of the projects' own savings is approved, but the MTFP has no line for it: "
    return (outside.total, words, *who, ".")
