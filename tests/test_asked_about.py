"""What a register or a schedule says that cannot be right is marked on the page and asked about."""

import pytest
from rendered import page_of, words
from text_quarter import quarter

from ffanalysis import checks
from ffanalysis.api import CheckedQuarter as Quarter
from ffanalysis.checks import RULES
from ffanalysis.findings import Finding
from ffanalysis.measure.risks import contradicted, weightiest_first
from ffanalysis.present.briefing import Briefing
from ffanalysis.present.doubts import doubts_list
from ffanalysis.present.programme import Programme
from ffanalysis.present.words import say

REGISTER = """example.xlsx!Projects
Project | Title | Type of saving | Service | Programme | Status
Alpha | Alpha counters | New | Libraries | P | {}
Beta | Beta buses | New | Transport | P | {}"""
SAVINGS = """example.xlsx!Savings
£000
Ref | Project | Plan | Type of saving | RAG | Measure | 2015/16 | 2016/17
PT-01a | Alpha | Current | New | Amber | Target | 100 | 60
PT-01a | Alpha | Current | New | Amber | Delivered | {} |
PT-01a | Alpha | Current | New | Amber | Forecast | {} | 60
PT-02 | Beta | Current | New | Amber | Target | 40 | 20
PT-02 | Beta | Current | New | Amber | Delivered | 10 |
PT-02 | Beta | Current | New | Amber | Forecast | 40 | 20"""


def of_rule(made: Quarter, rule: str) -> list[Finding]:
    return list(RULES[rule](made))


def part(made: Quarter, name: str) -> str:
    briefing = Briefing.of(made, checks.check(made), "alpha")
    return words(page_of(str(getattr(briefing, name)().html)).text)


def programme(made: Quarter, name: str) -> str:
    page = Programme.of(made, checks.check(made))
    return words(page_of(str(getattr(page, name)().html)).text)


def example(*more: str, status: str = "In delivery", delivered: str = "20") -> Quarter:
    return quarter(REGISTER.format(status, status), SAVINGS.format(delivered, "100"), *more)


# --- duties ---------------------------------------------------------------------------------------


def duty(quantity: str, done: str) -> Quarter:
    return example(
        "example.xlsx!Deadlines\nProject | What | Quantity | Done | By\n"
        f"Alpha | plans must be converted | {quantity} | {done} | 1 April 2016"
    )


@pytest.mark.parametrize(
    ("quantity", "done", "is_asked"),
    [
        ("100", "120", True),
        ("0", "5", True),
        ("1,000", "1,001", True),
        ("about 100", "120", True),
        ("about 100", "110", False),
        ("100", "100", False),
        ("100", "99", False),
    ],
)
def test_more_done_than_there_is_is_asked_about(quantity: str, done: str, is_asked: bool) -> None:
    made = duty(quantity, done)
    asked = [each for each in of_rule(made, "deadline-pace") if each.outcome == "disagrees"]
    assert bool(asked) is is_asked
    assert ("Progress in doubt" in part(made, "message")) is is_asked
    assert ("more than there are" in part(made, "delivery")) is is_asked
    if is_asked:
        assert "All done" not in part(made, "message") + part(made, "delivery")


@pytest.mark.parametrize("done", ["-5", "12.5"])
def test_a_number_done_that_is_no_count_is_refused(done: str) -> None:
    (refused,) = duty("100", done).refusals
    assert f"'{done}' is not a count" in refused.sentence


# --- risks ----------------------------------------------------------------------------------------


def risks(*rows: str) -> Quarter:
    return example(
        "\n".join(
            ["example.xlsx!Risks", "Project | Risk | Mitigation | Likelihood | Impact | Score"]
            + [f"Alpha | Risk {number} | M | {row}" for number, row in enumerate(rows, 1)]
        )
    )


@pytest.mark.parametrize(
    ("rows", "asked"),
    [
        (("5 | 4 | 20", "5 | 5 | 9"), ["Risk 2"]),
        (("1 | 1 | 100",), ["Risk 1"]),
        (("5 | 5 | -5",), ["Risk 1"]),
        (("4 - Likely | 4 - Major | 16 (High)", "2 | 3 | 5"), ["Risk 2"]),
        (("High | High | -2",), ["Risk 1"]),
        (("High | High | 25", "Low | Low | High", "5 | High | 9"), []),
        (("5 | 4 | 9", "2 | 3 | 5", "1 | 1 | 2"), []),  # the sum of the two
        (("5 | 5 | 10", "4 | 5 | 8", "3 | 3 | 4"), []),  # what is left after mitigation
        (("40% | 3 | 7",), []),
    ],
)
def test_a_score_that_likelihood_and_impact_contradict_is_asked_about(
    rows: tuple[str, ...], asked: list[str]
) -> None:
    made = risks(*rows)
    assert [row.risk for row in contradicted(list(made.risks))] == asked
    assert [each.project for each in of_rule(made, "risk-score")] == ["alpha"] * len(asked)


def test_a_doubtful_score_does_not_hide_the_weightiest_risk() -> None:
    made = risks("5 | 5 | 9", "3 | 4 | 12", "2 | 2 | 4", "1 | 1 | 100", "4 | 5 | ")
    rows = list(made.risks)
    order = [row.risk for row in weightiest_first(rows, rows)]
    assert order == ["Risk 1", "Risk 5", "Risk 2", "Risk 3", "Risk 4"]


# --- statuses and milestones ----------------------------------------------------------------------


def test_a_status_that_is_not_understood_is_on_the_programme_page_with_its_projects() -> None:
    made = quarter(REGISTER.format("Gate 2", "gate 2"), SAVINGS.format("20", "100"))
    assert "Status not understood, ‘Gate 2’: Alpha, Beta." in programme(made, "problems")
    assert "Status not understood" not in programme(example(), "problems")


def milestones(status: str, *done: str) -> Quarter:
    return example(
        "example.xlsx!Milestones\nProject | Milestone | Completed by | Status\n"
        + "\n".join(
            f"Alpha | Step {number} | 30 June 2015 | {each}" for number, each in enumerate(done)
        ),
        status=status,
    )


@pytest.mark.parametrize(
    ("status", "done", "words_of_it"),
    [
        ("Concept stage", ("Done", "Done", "Complete"), "all three milestones are"),
        ("Awaiting Cabinet approval", ("Done", "Achieved"), "both milestones are"),
        ("Not approved", ("Done",), ""),
        ("Concept stage", ("Done", "On track"), ""),
        ("Concept stage", (), ""),
        ("In delivery", ("Done", "Done"), ""),
        ("Approved", ("Done", "Done"), ""),
        ("Withdrawn", ("Done", "Done"), ""),
        ("Gate 2", ("Done", "Done"), ""),
    ],
)
def test_all_milestones_complete_of_what_is_not_approved(
    status: str, done: tuple[str, ...], words_of_it: str
) -> None:
    made = milestones(status, *done)
    asked = of_rule(made, "approved-before-done")
    told = [say(each.message) for each in asked]
    if not words_of_it:
        assert told == []
        return
    (only,) = told
    assert only == (
        f"Alpha: {words_of_it} shown as complete, but it is not approved."
        " Ask the service whether the work went ahead without approval."
    )
    # Whom to ask is said once.
    assert words(page_of(str(doubts_list(asked, "alpha"))).text).endswith(
        "went ahead without approval. May change the approval."
    )


# --- words ----------------------------------------------------------------------------------------


def test_a_limit_that_is_too_close_to_tell_says_why() -> None:
    over = quarter(REGISTER.format("Live", "Live"), SAVINGS.format("100", "99"))
    assert "£1,000 less than delivered. Rounding alone may explain that." in part(over, "doubts")
    under = quarter(REGISTER.format("Live", "Live"), SAVINGS.format("99", "100"))
    words_of_it = "Before rounding, more may have been delivered than is forecast."
    assert words_of_it in part(under, "doubts")


def test_a_code_is_left_out_where_a_line_has_another_name() -> None:
    once = quarter(REGISTER.format("Live", "Live"), SAVINGS.format("20", "500"))
    assert "New, 2015/16: it is forecast at £500,000" in part(once, "doubts")
    assert "PT-01a" not in part(once, "doubts") + part(once, "message")
    assert "PT-01a" in part(once, "findings_by_actor")
    another = SAVINGS.format("20", "500") + (
        "\nPT-03 | Alpha | Current | New | Amber | Target | 30 | 30"
    )
    twice = quarter(REGISTER.format("Live", "Live"), another)
    assert "New (PT-01a), 2015/16: it is forecast" in part(twice, "doubts")


def test_two_forecasts_of_the_same_projects_are_told_together() -> None:
    # £220,000 are forecast; of the same £220,000 the central case has 60 % of Amber, which is
    # £132,000, or £88,000 less.
    assert (
        "Services forecast £220,000 of the £220,000 in the plan, including what is already"
        " delivered. At illustrative rates, the same projects would deliver about £132,000,"
        " £88,000 less than services forecast."
    ) in programme(example(), "message")


def test_what_is_delivered_is_told_apart_where_programmes_mark_it_too() -> None:
    tables = [
        f"{name}.xlsx!Current\nPlan | Current\nScope | {name}\n£000\nRAG | 2015/16 | 2016/17\n"
        f"Green Delivered | {done} | 5\nAmber | 200 | "
        for name, done in (("Libraries", 90), ("Transport", 60))
    ]
    told = programme(example(*tables), "savings")
    assert (
        "Projects report £30,000 as delivered. The programmes' RAG tables mark £160,000 so,"
        " whether it is in a project or not. Of that, £10,000 is for years that have not begun."
    ) in told.replace("’", "'")


def test_failed_checks_and_points_have_one_name_on_every_page() -> None:
    made = example(delivered="500")
    pages = part(made, "findings_by_actor") + programme(made, "problems")
    assert "Check failed" in pages
    assert "Needs an answer" in pages
    assert "Query" not in pages
    assert "Error" not in pages
