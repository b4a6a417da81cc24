"""What the programme page says of all projects: each case of its sentences, one by one."""

from collections.abc import Mapping

import pytest

from ffanalysis.figures import Figure
from ffanalysis.measure.movement import Line, Movement
from ffanalysis.measure.programme import PLANS
from ffanalysis.measure.programme_movement import ProgrammeMovement, RemovedProject
from ffanalysis.money import in_short
from ffanalysis.periods import Period
from ffanalysis.present.programme_movement import lead
from ffanalysis.present.programme_sentences import plan_position, programme_headline, projects_money
from ffanalysis.present.words import say

M = 100_000_000  # pence
SINCE = Period.parse("2015-16-Q1")
NIL = Figure("nil", 0, ())
MOVED = Movement(
    SINCE, lines=(Line("New", "Amber", "Amber", "Red", NIL, NIL, NIL, {}, kinds=("RAG",)),)
)
STILL, NEW = Movement(SINCE), Movement(SINCE, is_new=True)
RENAMED = Movement(SINCE, renamed_from="Other")


def named(*movements: Movement) -> dict[str, Movement]:
    return {f"project-{number}": each for number, each in enumerate(movements)}


@pytest.mark.parametrize(
    ("movement", "text"),
    [
        (ProgrammeMovement(None), "No earlier quarter has been read, so no movement is shown."),
        (
            ProgrammeMovement(SINCE, named(STILL, STILL)),
            (
                "No project has moved since quarter 2015-16-Q1: no RAG status, no amount, no year"
                " and no milestone."
            ),
        ),
        (
            ProgrammeMovement(
                SINCE,
                named(
                    STILL,
                    Movement(SINCE, progress={"Delivered": (NIL, NIL, Figure("change", 5, ()))}),
                ),
            ),
            "Since quarter 2015-16-Q1, 1 project moved.",
        ),
        (
            ProgrammeMovement(SINCE, named(MOVED, STILL)),
            "Since quarter 2015-16-Q1, 1 project moved.",
        ),
        (
            ProgrammeMovement(SINCE, named(MOVED, MOVED)),
            "Since quarter 2015-16-Q1, 2 projects moved.",
        ),
        (
            ProgrammeMovement(SINCE, named(STILL, NEW)),
            "Since quarter 2015-16-Q1, 1 project is new.",
        ),
        (
            ProgrammeMovement(SINCE, named(NEW, NEW, RENAMED)),
            "Since quarter 2015-16-Q1, 2 projects are new and 1 has a new name.",
        ),
        (
            ProgrammeMovement(SINCE, named(STILL), gone=(RemovedProject("a", "A", NIL), RemovedProject("b", "B", NIL))),
            "Since quarter 2015-16-Q1, 2 projects were taken out.",
        ),
        (
            ProgrammeMovement(
                SINCE,
                named(MOVED, NEW, RENAMED, RENAMED),
                gone=(RemovedProject("a", "A", NIL),),
                unknown={"b": "B"},
            ),
            (
                "Since quarter 2015-16-Q1, 1 project moved, 1 is new, 1 was taken out, 2 have new"
                " names and 1 has a movement that cannot be told."
            ),
        ),
        (
            ProgrammeMovement(SINCE, named(STILL), unknown={"a": "A", "b": "B"}),
            "Since quarter 2015-16-Q1, 2 projects have movements that cannot be told.",
        ),
    ],
)
def test_what_moved_of_all_projects_is_said(movement: ProgrammeMovement, text: str) -> None:
    assert say(lead(movement)) == text


def amounts(**stated: float | None) -> dict[str, Figure]:
    return {
        name: Figure(name, None if value is None else round(value * M), ())
        for name, value in stated.items()
    }


def own(current: float | None, proposed: float | None) -> dict[str, Figure]:
    found = amounts(current=current, proposed=proposed)
    return {words: found[plan] for plan, words in PLANS.items()}


@pytest.mark.parametrize(
    ("projects", "text"),
    [
        (own(None, None), "No project states a saving of its own."),
        (own(None, 1.5), "The projects' own savings: £1.5m is proposed."),
        (own(2, None), "The projects' own savings: £2m is in the plan."),
        (own(0, 1.5), "The projects' own savings: nil is in the plan and £1.5m is proposed."),
        (own(2, 1.5), "The projects' own savings: £2m is in the plan and £1.5m is proposed."),
    ],
)
def test_the_projects_money_is_said(projects: Mapping[str, Figure], text: str) -> None:
    assert say(projects_money(projects), in_short) == text


@pytest.mark.parametrize(
    ("doubted", "said"),
    [
        (0, "."),
        (1, "; in these totals, 1 project has an error in its own figures."),
        (2, "; in these totals, 2 projects have errors in their own figures."),
    ],
)
def test_errors_in_the_projects_own_figures_are_said_beside_their_totals(
    doubted: int, said: str
) -> None:
    count = Figure("programme/doubted", doubted, (), "count")
    assert (
        say(projects_money(own(2, None), count), in_short)
        == f"The projects' own savings: £2m is in the plan{said}"
    )
    names = ["Alpha", "Beta"][:doubted]
    named = say(projects_money(own(2, None), count, names), in_short)
    assert named.endswith(f" ({' and '.join(names)})." if doubted else "is in the plan.")


def stands(projects: int, without: int = 0, **stated: float | None) -> dict[str, Figure]:
    counts = {"Projects": projects, "Without forecast": without}
    words = {"shortfall": "Shortfall", "above": "Above target"}
    found = {
        words.get(name, name.capitalize()): figure for name, figure in amounts(**stated).items()
    }
    return found | {name: Figure(name, count, (), "count") for name, count in counts.items()}


FORECAST = "is forecast, what is delivered included"


@pytest.mark.parametrize(
    ("position", "short", "text"),
    [
        ({}, [], ""),
        (
            stands(2, target=9, delivered=3, forecast=9, shortfall=0),
            [],
            f"Of the £9m in the plan, £9m {FORECAST}; £3m is delivered.",
        ),
        (
            stands(2, target=9, due=5, delivered=3, forecast=9, shortfall=0),
            [],
            (
                f"Of the £9m in the plan, £9m {FORECAST}. Of it, £5m is due by the end of this"
                " financial year; £3m is delivered, of whatever year."
            ),
        ),
        (
            stands(2, target=9, due=None, delivered=0, forecast=8, shortfall=1),
            ["Alpha"],
            f"Of the £9m in the plan, £8m {FORECAST}; Alpha falls short, by £1m; nil is delivered.",
        ),
        (
            stands(3, target=9, delivered=None, forecast=9, shortfall=1, above=1),
            ["Alpha", "Beta"],
            (
                f"Of the £9m in the plan, £9m {FORECAST}; Alpha and Beta fall short, by £1m and"
                " others exceed theirs by £1m; no delivery is stated."
            ),
        ),
        (
            stands(5, target=9, delivered=3, forecast=8, shortfall=1),
            ["Alpha", "Beta", "Gamma", "Delta"],
            (
                f"Of the £9m in the plan, £8m {FORECAST}; 4 projects fall short, by £1m; £3m is"
                " delivered."
            ),
        ),
        (
            stands(1, target=9, delivered=3, forecast=10, shortfall=0, above=1),
            [],
            (
                f"Of the £9m in the plan, £10m {FORECAST}; the targets are exceeded by £1m; £3m is"
                " delivered."
            ),
        ),
        (
            stands(1, without=1, target=9, delivered=3, forecast=9, shortfall=0),
            [],
            (
                "Of the £9m in the plan of the 1 project that states a forecast in full, £9m"
                f" {FORECAST}; of 1 more project it cannot be told; £3m is delivered."
            ),
        ),
        (
            stands(2, without=3, target=9, delivered=3, forecast=9, shortfall=0),
            [],
            (
                "Of the £9m in the plan of the 2 projects that state a forecast in full, £9m"
                f" {FORECAST}; of 3 more projects it cannot be told; £3m is delivered."
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
    position: Mapping[str, Figure], short: list[str], text: str
) -> None:
    assert say(plan_position(position, short), in_short) == text


COUNTED = "In the central case the programmes deliver £8m of the £9m that they count"


@pytest.mark.parametrize(
    ("overall", "text"),
    [
        ({}, ""),
        (amounts(total=9), ""),
        (amounts(total=9, central=8), f"{COUNTED}."),
        (
            amounts(total=9, central=8, plan=10, gap=2),
            f"{COUNTED}; the medium term financial plan has £10m, which leaves £2m to find.",
        ),
        (
            amounts(total=9, central=8, plan=8, gap=0),
            f"{COUNTED}; the medium term financial plan has £8m, all of it covered.",
        ),
        (
            amounts(total=9, central=8, plan=7, gap=-1),
            f"{COUNTED}; the medium term financial plan has £7m, all of it covered.",
        ),
        (amounts(total=9, central=8, plan=8, gap=None), f"{COUNTED}."),
    ],
)
def test_the_programmes_headline_is_said(overall: Mapping[str, Figure], text: str) -> None:
    assert say(programme_headline(overall), in_short) == text
