"""What is far from its target, gone, moved, or not delivered as rated, in other spellings."""

import pytest
from text_quarter import quarter

from ffanalysis.present.words import say
from ffanalysis.read.not_returned import is_not_returned
from ffanalysis.sheets.cells import Cell

PROJECTS = """register.xlsx!Projects
Project | Title | Type of saving | Service | Programme | Status
Alpha | Alpha counters | New | Libraries | P | {0}
Beta | Beta buses | New | Transport | P | Approved"""
HEAD = """tracker.xlsx!Savings
£000
Ref | Project | Plan | RAG | Target 2015/16 | Delivered 2015/16 | Forecast 2015/16 | \
Target 2016/17 | Delivered 2016/17 | Forecast 2016/17 | Notes
"""
ALPHA = "A-1 | Alpha | Current | Amber | 40 | 5 | 35 | 20 | | 20 |"
BETA = "B-1 | Beta | Current | Amber | 90 | 45 | 80 | 30 | | 30 |"


def asked(rule: str, *now: str, then: tuple[str, ...] = (), status: str = "Approved") -> list[str]:
    register = PROJECTS.format(status)
    sheets = [register, HEAD + "\n".join(now)]
    if then:
        sheets += [f"2015-16-Q1/{register}", f"2015-16-Q1/{HEAD}" + "\n".join(then)]
    return [say(each.message) for each in quarter(*sheets).findings if each.rule == rule]


# --- far above the target, or ten times the last forecast -----------------------------------------


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("40 | 5 | 351 | 20 | | 20", "£351,000 against a target of £40,000, about nine"),
        (
            "40 | 5 | 4,000 | 20 | | 20",
            "£4,000,000 against a target of £40,000, a hundred times as",
        ),
        ("40 | 5 | 35 | 20 | | 40", "£40,000 against a target of £20,000, twice as much"),
    ],
)
def test_a_forecast_of_twice_its_target_is_asked_about(line: str, words: str) -> None:
    (said,) = asked("forecast-plausible", f"A-1 | Alpha | Current | Amber | {line} |")
    assert words in said


@pytest.mark.parametrize(
    "line",
    [
        "40 | 5 | 52 | 20 | | 20",  # a third more than planned
        "40 | 5 | 10 | 20 | | 50",  # what is late comes in the next year
        "0 | 5 | 35 | 20 | | 20",  # nothing was planned
        "1 | 0 | 2 | 20 | | 20",  # rounding alone may double it
    ],
)
def test_what_is_ordinary_or_comes_in_another_year_is_not(line: str) -> None:
    assert not asked("forecast-plausible", f"A-1 | Alpha | Current | Amber | {line} |")


def test_lines_without_a_reference_are_compared_together() -> None:
    lines = [f"| Alpha | Current | Amber | {each} | | | |" for each in ("40 | | 40", "60 | | 60")]
    assert not asked("forecast-plausible", *lines)
    (said,) = asked("forecast-plausible", lines[0], lines[1].replace("| | 60", "| | 601"))
    assert "£641,000 against a target of £100,000" in said


def test_a_forecast_of_a_tenth_of_the_last_is_asked_about_unless_it_was_put_off() -> None:
    then = ("A-1 | Alpha | Current | Amber | 400 | 5 | 400 | 20 | | 20 |",)
    now = then[0].replace("| 400 | 20 | | 20 |", "| 40 | 20 | | 20 |")
    (said,) = asked("forecast-plausible", now, then=then)
    assert "it was £400,000, about a tenth of it" in said
    put_off = then[0].replace("| 400 | 20 | | 20 |", "| 40 | 20 | | 380 |")
    found = asked("forecast-plausible", put_off, then=then)
    assert not any("a tenth" in each for each in found)


def test_an_amount_delivered_of_a_line_is_compared_too() -> None:
    other = "A-2 | Alpha | Current | Amber | 900 | 100 | 900 | 0 | | 0 |"
    now = "A-1 | Alpha | Current | Amber | 40 | 400 | 400 | 0 | | 0 |"
    said = asked("forecast-plausible", now, other)
    assert any("stated as delivered at £400,000" in each for each in said)


# --- not returned ---------------------------------------------------------------------------------


def test_a_project_that_reports_nothing_any_more_is_named() -> None:
    blank = "A-1 | Alpha | Current | Amber | 40 | | | 20 | | |"
    then = (ALPHA, BETA)
    (said,) = asked("figures-returned", blank, BETA, then=then)
    assert said == (
        "Alpha: it reported £5,000 delivered and £55,000 forecast last quarter and reports nothing"
        " this quarter: ask the service for its return."
    )
    assert asked("figures-returned", BETA, then=then) == [said]
    assert not asked("figures-returned", blank, BETA, then=then, status="Closed")
    done = blank.replace("Amber", "Green Delivered")
    assert not asked("figures-returned", done, BETA, then=then)


def test_a_line_or_a_measure_of_it_that_went_blank_is_named() -> None:
    other = "A-2 | Alpha | Current | Amber | 90 | 45 | 80 | 0 | 0 | 0 |"
    (said,) = asked(
        "figures-returned",
        "A-1 | Alpha | Current | Amber | 40 | | 35 | 20 | | 20 |",
        other,
        then=(ALPHA, other),
    )
    assert said.startswith("Alpha, the line A-1: it reported £5,000 delivered last quarter and")


def test_a_line_without_a_reference_that_went_blank_is_named_while_others_report() -> None:
    then = ALPHA.replace("A-1", "")
    now = then.replace("| 40 | 5 |", "| 40 | |")
    (said,) = asked("figures-returned", now, BETA, then=(then, BETA))
    assert said.startswith("Alpha: it reported £5,000 delivered last quarter and reports no such")


NOT_RETURNED = (
    "No Q2 return received - Q1 position shown",
    "Not submitted by service",
    "NOT YET RETURNED – awaiting Head of Service",
    "Q1 figures carried over",
    "Placeholder until service responds",
    "As last quarter",
    "Late: to follow",
    "Chased 3 times, nothing back",
    "Last quarter's figures repeated",
    "Nothing received from service",
    "Service did not submit",
    "Same as Q1",
)
OTHER_WORDS = (
    "No return to previous provider planned",
    "Not returned to old rota",
    "Staff who have not returned from leave are covered",
    "Return to work interviews not received well",
    "Nil return",
    "Late return fines raised",
    "No data protection issues",
    "As last quarter, tender delayed to May",
    "Saving carried over",
)


@pytest.mark.parametrize("text", NOT_RETURNED)
def test_texts_that_say_so(text: str) -> None:
    assert is_not_returned(Cell(1, 1, text))


@pytest.mark.parametrize("text", OTHER_WORDS)
def test_texts_that_do_not(text: str) -> None:
    assert not is_not_returned(Cell(1, 1, text))


def test_a_mark_counts_among_the_notes_and_a_text_above_the_table_for_all_its_projects() -> None:
    (said,) = asked("figures-returned", f"{ALPHA} n/r", BETA)
    assert "'n/r' is written beside the figures of Alpha" in said
    sheet = HEAD.replace("£000", "Savings in £000\nNot yet returned, awaiting Head of Service")
    found = quarter(PROJECTS.format("Approved"), f"{sheet}{ALPHA}\n{BETA}")
    asked_of = {each.project for each in found.findings if each.rule == "figures-returned"}
    assert asked_of == {"alpha", "beta"}


# --- moved, ahead of its year, and not as rated ---------------------------------------------------


def test_a_swap_is_asked_about_on_both_projects_and_a_rename_is_not() -> None:
    swapped = (ALPHA.replace("Alpha", "Beta"), BETA.replace("Beta", "Alpha"))
    assert len(asked("line-moved-project", *swapped, then=(ALPHA, BETA))) == 4
    numbered = [ALPHA.replace("A-1", "1"), BETA.replace("B-1", "2")]
    renumbered = [ALPHA.replace("A-1", "2"), BETA.replace("B-1", "1")]
    assert not asked("line-moved-project", *renumbered, then=tuple(numbered))


def test_an_amount_delivered_in_a_year_that_has_not_begun_is_asked_about() -> None:
    now = ALPHA.replace("| 20 | | 20 |", "| 20 | 15 | 20 |")
    (said,) = asked("delivered-ahead", now)
    assert said.startswith("Alpha, 2016/17: £15,000 is stated as delivered as of 30 September 2015")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("40 | 5 | 40 | 0 | | 0", "£5,000 is delivered of its target of £40,000"),
        ("40 | | 25 | 0 | | 0", "£25,000 is forecast of its target of £40,000"),
        ("40 | 0 | 0 | 0 | | 0", "nil is delivered of its target of £40,000"),
    ],
)
def test_a_line_rated_delivered_that_is_not(line: str, words: str) -> None:
    (said,) = asked("delivered-as-rated", f"A-1 | Alpha | Current | Green Delivered | {line} |")
    assert words in said


@pytest.mark.parametrize("line", ["40 | 40 | 40 | 0 | | 0", "40 | | | 0 | | 0", "40 | 39 | | | |"])
def test_a_line_that_is_delivered_as_rated(line: str) -> None:
    rated = f"A-1 | Alpha | Current | Green Delivered | {line} |"
    assert not asked("delivered-as-rated", rated)
