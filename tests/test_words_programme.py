"""What the programme page says of all projects: each case of its sentences, one by one."""

from collections.abc import Mapping

import pytest

from ffanalysis.figures import Figure, constant, missing
from ffanalysis.measure.movement import LineMovement, Movement, ThenAndNow
from ffanalysis.measure.programme import PlanPosition, ProgrammeTotals
from ffanalysis.measure.programme_movement import ProgrammeMovement, RemovedProject
from ffanalysis.money import in_short
from ffanalysis.periods import Period
from ffanalysis.present.programme_movement import lead
from ffanalysis.present.programme_sentences import (
    number_of_projects,
    plan_position,
    programme_headline,
    projects_money,
)
from ffanalysis.present.words import say
from ffanalysis.savings.changes import Rerated
from ffanalysis.vocabulary import Measure, Plan

M = 100_000_000  # pence
SINCE = Period.parse("2015-16-Q1")
NIL = Figure("nil", constant(0, "given"))
WORSE = LineMovement(
    "New", "New", "Amber", "Amber", "Red", NIL, NIL, NIL, {}, (Rerated("Amber", "Red"),)
)
MOVED = Movement(SINCE, lines=(WORSE,))
MORE_DELIVERED = ThenAndNow(Measure.DELIVERED, NIL, NIL, Figure("change", constant(5, "given")))
STILL, NEW = Movement(SINCE), Movement(SINCE, is_new=True)
RENAMED = Movement(SINCE, renamed_from="Other")
GONE = RemovedProject("a", "A", NIL)


def named(*movements: Movement) -> dict[str, Movement]:
    return {f"project-{number}": each for number, each in enumerate(movements)}


@pytest.mark.parametrize(
    ("movement", "text"),
    [
        (
            ProgrammeMovement(None),
            "This is the first quarter reported, so there is nothing to compare it with.",
        ),
        (
            ProgrammeMovement(SINCE, named(STILL, STILL)),
            ("No project has changed since Quarter 1, 2015/16."),
        ),
        (
            ProgrammeMovement(
                SINCE,
                named(STILL, Movement(SINCE, progress=(MORE_DELIVERED,))),
            ),
            "Since Quarter 1, 2015/16, 1 project changed.",
        ),
        (
            ProgrammeMovement(SINCE, named(MOVED, STILL)),
            "Since Quarter 1, 2015/16, 1 project changed.",
        ),
        (
            ProgrammeMovement(SINCE, named(MOVED, MOVED)),
            "Since Quarter 1, 2015/16, 2 projects changed.",
        ),
        (
            ProgrammeMovement(SINCE, named(STILL, NEW)),
            "Since Quarter 1, 2015/16, 1 project is new.",
        ),
        (
            ProgrammeMovement(SINCE, named(NEW, NEW, RENAMED)),
            "Since Quarter 1, 2015/16, 2 projects are new and 1 has a new name.",
        ),
        (
            ProgrammeMovement(
                SINCE,
                named(STILL),
                gone=(GONE, RemovedProject("b", "B", NIL)),
            ),
            "Since Quarter 1, 2015/16, 2 projects were taken out.",
        ),
        (
            ProgrammeMovement(
                SINCE,
                named(MOVED, NEW, RENAMED, RENAMED),
                gone=(GONE,),
                unknown={"b": "B"},
            ),
            (
                "Since Quarter 1, 2015/16, 1 project changed, 1 is new, 1 was taken"
                " out, 2 have new names and 1 could not be compared."
            ),
        ),
        (
            ProgrammeMovement(SINCE, named(STILL), unknown={"a": "A", "b": "B"}),
            "Since Quarter 1, 2015/16, 2 projects could not be compared.",
        ),
    ],
)
def test_what_moved_of_all_projects_is_said(movement: ProgrammeMovement, text: str) -> None:
    assert say(lead(movement)) == text


def amount(name: str, millions: float | None) -> Figure:
    unknown = missing("not stated")
    return Figure(name, unknown if millions is None else constant(round(millions * M), "given"))


def amounts(**stated: float | None) -> dict[str, Figure]:
    return {name: amount(name, millions) for name, millions in stated.items()}


def own(current: float | None, proposed: float | None) -> dict[Plan, Figure]:
    return {
        Plan.CURRENT: amount("current", current),
        Plan.PROPOSED: amount("proposed", proposed),
    }


@pytest.mark.parametrize(
    ("projects", "text"),
    [
        (own(None, None), "No project has a saving of its own recorded."),
        (own(None, 1.5), "The projects' proposals total £1.5m."),
        (own(2, None), "The projects' savings in the plan total £2m."),
        (
            own(0, 1.5),
            "The projects' savings in the plan total nil and their proposals total £1.5m.",
        ),
        (
            own(2, 1.5),
            "The projects' savings in the plan total £2m and their proposals total £1.5m.",
        ),
    ],
)
def test_the_projects_money_is_said(projects: Mapping[Plan, Figure], text: str) -> None:
    assert say(projects_money(projects), in_short) == text


@pytest.mark.parametrize(
    ("doubted", "said"),
    [
        (0, "."),
        (1, ". One of 24 projects has figures that do not add up (Alpha)."),
        (2, ". Two of 24 projects have figures that do not add up (Alpha and Beta)."),
        (4, ". Four of 24 projects have figures that do not add up."),
        (12, ". Twelve of 24 projects have figures that do not add up."),
    ],
)
def test_errors_in_the_projects_own_figures_are_said_beside_their_totals(
    doubted: int, said: str
) -> None:
    number = Figure("programme/projects", constant(24, "given"), "count")
    names = ["Alpha", "Beta", *"CDEFGHIJKL"][:doubted]
    told = say(projects_money(own(2, None), number, names), in_short)
    assert told == f"The projects' savings in the plan total £2m{said}"


def test_an_error_in_the_only_project_is_said_of_it() -> None:
    number = Figure("programme/projects", constant(1, "given"), "count")
    told = say(projects_money(own(2, None), number, ["Alpha"]), in_short)
    assert told.endswith(" One project has figures that do not add up (Alpha).")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "The register lists no project."),
        (1, "The register lists one project."),
        (9, "The register lists nine projects."),
        (10, "The register lists 10 projects."),
    ],
)
def test_how_many_projects_there_are_is_said(number: int, text: str) -> None:
    assert say(number_of_projects(Figure("projects", constant(number, "given"), "count"))) == text


def stands(
    projects: int, without: int = 0, above: float | None = None, **stated: float | None
) -> PlanPosition:
    figures = amounts(**stated)
    return PlanPosition(
        target=figures["target"],
        due=figures.get("due"),
        delivered=figures["delivered"],
        forecast=figures["forecast"],
        shortfall=figures["shortfall"],
        above_target=None if above is None else amount("above", above),
        projects=Figure("projects", constant(projects, "given"), "count"),
        without_forecast=Figure("without", constant(without, "given"), "count"),
    )


@pytest.mark.parametrize(
    ("position", "short", "text"),
    [
        (None, [], ""),
        (
            stands(2, target=9, delivered=3, forecast=9, shortfall=0),
            [],
            ("Services forecast £9m of the £9m in the plan, including what is already delivered."),
        ),
        (
            stands(2, target=9, due=5, delivered=3, forecast=9, shortfall=0),
            [],
            ("Services forecast £9m of the £9m in the plan, including what is already delivered."),
        ),
        (
            stands(2, target=9, due=None, delivered=0, forecast=8, shortfall=1),
            ["Alpha"],
            (
                "Services forecast £8m of the £9m in the plan, including what is already"
                " delivered. Alpha falls short by £1m."
            ),
        ),
        (
            stands(3, target=9, delivered=None, forecast=9, shortfall=1, above=1),
            ["Alpha", "Beta"],
            (
                "Services forecast £9m against the £9m in the plan, including what is already"
                " delivered. Two of three projects fall short (Alpha and Beta), by £1m in total;"
                " elsewhere forecasts exceed targets by £1m."
            ),
        ),
        (
            stands(5, target=9, delivered=3, forecast=8, shortfall=1),
            ["Alpha", "Beta", "Gamma", "Delta"],
            (
                "Services forecast £8m of the £9m in the plan, including what is already"
                " delivered. Four of five projects fall short, by £1m in total."
            ),
        ),
        (
            stands(1, target=9, delivered=3, forecast=10, shortfall=0, above=1),
            [],
            (
                "Services forecast £10m against the £9m in the plan, including what is already"
                " delivered. Forecasts exceed targets by £1m."
            ),
        ),
        (
            stands(1, without=1, target=9, delivered=3, forecast=9, shortfall=0),
            [],
            (
                "Services forecast £9m of the £9m in the plan for the 1 project with a full"
                " forecast, including what is already delivered. The forecast is not known for"
                " 1 more project."
            ),
        ),
        (
            stands(2, without=3, target=9, delivered=3, forecast=9, shortfall=0),
            [],
            (
                "Services forecast £9m of the £9m in the plan for the 2 projects with a full"
                " forecast, including what is already delivered. The forecast is not known for"
                " 3 more projects."
            ),
        ),
    ],
    ids=[
        "none",
        "as planned",
        "due",
        "short",
        "short and above",
        "many short",
        "above",
        "one states none",
        "more state none",
    ],
)
def test_where_the_plan_stands_is_said(
    position: PlanPosition | None, short: list[str], text: str
) -> None:
    assert say(plan_position(position, short), in_short) == text


COUNTED = (
    "At illustrative rates the programmes would deliver about £8m of the £9m that they plan to save"
)


def totals(**stated: float | None) -> ProgrammeTotals:
    return ProgrammeTotals(**amounts(**stated))


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (None, ""),
        (totals(total=9), ""),
        (totals(total=9, central=8), f"{COUNTED}."),
        (
            totals(total=9, central=8, plan=10, gap=2),
            (
                f"{COUNTED}. The medium-term financial plan has £10m, which would leave about £2m"
                " to find."
            ),
        ),
        (
            totals(total=9, central=8, plan=8, gap=0),
            f"{COUNTED}. The medium-term financial plan has £8m, so all of it would be covered.",
        ),
        (
            totals(total=9, central=8, plan=7, gap=-1),
            f"{COUNTED}. The medium-term financial plan has £7m, so all of it would be covered.",
        ),
        (totals(total=9, central=8, plan=8, gap=None), f"{COUNTED}."),
    ],
)
def test_the_programmes_headline_is_said(found: ProgrammeTotals | None, text: str) -> None:
    assert say(programme_headline(found), in_short) == text
