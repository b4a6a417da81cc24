"""What the programme page says of all projects: each case of its sentences, one by one."""

from collections.abc import Mapping

import pytest

from ffanalysis.measure.movement import Line, Movement
from ffanalysis.measure.programme import PLANS
from ffanalysis.measure.programme_movement import Gone, ProgrammeMovement
from ffanalysis.model import Figure
from ffanalysis.money import in_short
from ffanalysis.periods import Period
from ffanalysis.present.movement import programme_lead
from ffanalysis.present.sentences import programme_headline, projects_money
from ffanalysis.present.words import say

M = 100_000_000  # pence
SINCE = Period.parse("2015-16-Q1")
NIL = Figure("nil", 0, ())
MOVED = Movement(SINCE, lines=(Line("New", "Amber", "Amber", "Red", NIL, NIL, NIL, {}, kinds=("RAG",)),))
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
            "Nothing has moved since quarter 2015-16-Q1: no project, no RAG status, no amount, no year and no milestone.",
        ),
        (ProgrammeMovement(SINCE, named(MOVED, STILL)), "Since quarter 2015-16-Q1, 1 project moved."),
        (ProgrammeMovement(SINCE, named(MOVED, MOVED)), "Since quarter 2015-16-Q1, 2 projects moved."),
        (ProgrammeMovement(SINCE, named(STILL, NEW)), "Since quarter 2015-16-Q1, 1 project is new."),
        (ProgrammeMovement(SINCE, named(NEW, NEW, RENAMED)), "Since quarter 2015-16-Q1, 2 projects are new and 1 has a new name."),
        (
            ProgrammeMovement(SINCE, named(STILL), gone=(Gone("a", "A", NIL), Gone("b", "B", NIL))),
            "Since quarter 2015-16-Q1, 2 projects were taken out.",
        ),
        (
            ProgrammeMovement(SINCE, named(MOVED, NEW, RENAMED, RENAMED), gone=(Gone("a", "A", NIL),), unknown={"b": "B"}),
            (
                "Since quarter 2015-16-Q1, 1 project moved, 1 is new, 1 was taken out, 2 have new names and 1 has a movement that "
                "cannot be told."
            ),
        ),
        (
            ProgrammeMovement(SINCE, named(STILL), unknown={"a": "A", "b": "B"}),
            "Since quarter 2015-16-Q1, 2 projects have movements that cannot be told.",
        ),
    ],
)
def test_what_moved_of_all_projects_is_said(movement: ProgrammeMovement, text: str) -> None:
    assert say(programme_lead(movement)) == text


def amounts(**stated: float | None) -> dict[str, Figure]:
    return {name: Figure(name, None if value is None else round(value * M), ()) for name, value in stated.items()}


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
def test_errors_in_the_projects_own_figures_are_said_beside_their_totals(doubted: int, said: str) -> None:
    count = Figure("programme/doubted", doubted, (), "count")
    assert say(projects_money(own(2, None), count), in_short) == f"The projects' own savings: £2m is in the plan{said}"


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
