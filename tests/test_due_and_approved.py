"""What the status, the sign-off sheet and the day of a duty or a decision say of one another."""

import pytest
from rendered import page_of, words
from text_quarter import quarter

import ffanalysis as ff
from ffanalysis.api import CheckedQuarter as Quarter
from ffanalysis.measure.duties import deadlines
from ffanalysis.present.words import say

REGISTER = """register.xlsx!Projects
As of | {as_of}

Project | Title | Type of saving | Service | Programme | Status | Decision sought | Decision due
Alpha | Alpha | New | Parks | Change | {status} | Agree it | {due}
Beta | Beta | New | Parks | Change | {other} | |"""
SCHEDULE = """schedule.xlsx!Savings
£000
Ref | Project | Plan | RAG | 2015/16 | 2016/17
A-1 | Alpha | Current | Amber | 40 | 60"""
BETA = "B-1 | Beta | Current | Amber | 7 | 8"


def made(*sheets: str, **about: str) -> Quarter:
    facts = {
        "as_of": "30 September 2015",
        "status": "In delivery",
        "other": "In delivery",
        "due": "",
    }
    return quarter(REGISTER.format(**{**facts, **about}), *(sheets or (f"{SCHEDULE}\n{BETA}",)))


def said_of(found: Quarter, rule: str) -> list[str]:
    return [say(each.message) for each in ff.check(found) if each.rule == rule]


# --- approvals ------------------------------------------------------------------------------------


def signed(*rows: str) -> str:
    return "\n".join(["register.xlsx!Sign-off", "Project | Role | Name | Date", *rows])


CABINET = "Alpha | Cabinet | | 10 September 2015"
PANEL = "Alpha | Full Council | | {}"


@pytest.mark.parametrize(
    ("status", "rows", "asked"),
    [
        ("Concept stage", [CABINET], "its status is 'Concept stage', but Cabinet"),
        ("Turned down", [CABINET], "its status is 'Turned down', but Cabinet"),
        ("Not approved", [CABINET], "its status is 'Not approved', but Cabinet"),
        ("", [CABINET], "no status is recorded, but Cabinet"),
        # Another body has still to approve it: so far nothing is at odds, but for a refusal.
        ("Awaiting a decision", [CABINET, PANEL.format("")], ""),
        ("Rejected", [CABINET, PANEL.format("")], "its status is 'Rejected', but Cabinet"),
        ("Concept stage", ["Alpha | Cabinet | | 1 October 2015"], ""),
        ("Concept stage", ["Alpha | Head of Parks | A. Example | 10 September 2015"], ""),
        ("In delivery", [CABINET], ""),
        ("Withdrawn", [CABINET], ""),
    ],
)
def test_a_status_that_the_sign_off_sheet_contradicts_is_asked_about(
    status: str, rows: list[str], asked: str
) -> None:
    found = made(f"{SCHEDULE}\n{BETA}", signed(*rows), status=status)
    told = [text for text in said_of(found, "status-agrees") if "sign-off sheet" in text]
    assert len(told) == bool(asked)
    assert all(text.startswith(f"Alpha: {asked} approved it on 10 September") for text in told)


def test_it_could_change_the_approval_and_not_the_amount() -> None:
    found = made(f"{SCHEDULE}\n{BETA}", signed(CABINET), status="Concept")
    shown = ff.briefing(found, ff.check(found), "alpha").doubts()
    text = words(page_of(str(shown.html)).text)
    assert "Ask the service which is right. May change the approval." in text


# --- projects given up ----------------------------------------------------------------------------


def test_rejected_projects_are_counted_with_withdrawn_ones() -> None:
    # 40 + 60 and 7 + 8.
    for status, other, who in (
        ("Rejected", "In delivery", "£100,000 in the plan from one rejected project (Alpha)."),
        (
            "Rejected",
            "Cancelled",
            "£115,000 in the plan from two withdrawn or rejected projects (Alpha and Beta).",
        ),
        ("Refused", "Declined", "£115,000 in the plan from two rejected projects"),
    ):
        found = made(status=status, other=other)
        text = words(page_of(str(ff.programme(found, ff.check(found)).message().html)).text)
        assert f"This includes {who}" in text


@pytest.mark.parametrize(
    ("other", "is_missed"),
    [("Withdrawn", False), ("Rejected by Cabinet", False), ("In delivery", True), ("", True)],
)
def test_of_a_project_given_up_no_saving_need_be_stated(other: str, is_missed: bool) -> None:
    assert bool(said_of(made(SCHEDULE, other=other), "savings-stated")) == is_missed


# --- days -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due", "is_over"),
    [
        ("29 September 2015", True),
        ("30 September 2015", False),
        ("August 2015", True),
        ("September 2015", False),
        ("2015", False),
        ("2014", True),
        ("August 2015 TBC", False),
        ("next Cabinet", False),
    ],
)
def test_a_decision_that_was_due_says_that_the_day_has_passed(due: str, is_over: bool) -> None:
    found = made(due=due)
    text = words(page_of(str(ff.briefing(found, ff.check(found), "alpha").asked().html)).text)
    assert (f"Decision due: {due}, which has passed" in text) == is_over
    assert f"Decision due: {due}" in text


@pytest.mark.parametrize(
    ("as_of", "by", "said"),
    [
        ("31 March 2016", "2015/16 Q4", "due on the as-of date"),
        ("30 March 2016", "Q4 2015/16", "one day left"),
        ("1 April 2016", "2015/16 Q4", "passed"),
        ("31 March 2016", "2015/16", "due on the as-of date"),
        ("31 March 2016", "end of 2015/16", "due on the as-of date"),
        # From 31 March to the end of December are nine months: 30 left, 4 a month.
        ("31 March 2016", "2016", "4 a month over the 9 months left"),
        ("1 January 2017", "2016", "passed"),
        ("31 March 2016", "March 2016", "due on the as-of date"),
        ("1 March 2016", "March 2016", "due this month"),
        ("29 February 2016", "March 2016", "due next month"),
        ("1 April 2016", "March 2016", "passed"),
        ("31 March 2016", "End March 2016", "due on the as-of date"),
        ("31 March 2016", "w/c 28 March 2016", "with three days left"),
        # Up to 1 June are two months.
        ("31 March 2016", "June 2016", "15 a month over the 2 months left"),
    ],
)
def test_a_duty_is_due_by_the_last_day_of_a_quarter_or_a_year(
    as_of: str, by: str, said: str
) -> None:
    duties = f"""register.xlsx!Deadlines
Project | What | Quantity | Done | By
Alpha | reviews | 40 | 10 | {by}"""
    found = made(f"{SCHEDULE}\n{BETA}", duties, as_of=as_of)
    assert not found.refusals
    (item,) = deadlines(found, "alpha")
    told = say(ff.present.sentences.deadline(item))
    assert said in told
    assert item.is_past == ("passed" in said)


# --- the card of what is in doubt -----------------------------------------------------------------


def test_the_card_in_doubt_shows_the_largest_difference() -> None:
    schedule = """schedule.xlsx!Savings
£000
Ref | Project | Plan | RAG | 2015/16 | 2016/17 | Total
A-1 | Alpha | Current | Amber | 40 | 60 | 105
A-2 | Alpha | Current | Amber | 10 | 10 | 40
B-1 | Beta | Current | Amber | 7 | 8 | 15"""
    found = made(schedule)
    findings = ff.check(found)
    text = words(page_of(str(ff.briefing(found, findings, "alpha").message().html)).text)
    print(text, [say(f.message) for f in findings if f.severity == "error"])
    # 105 for 100, and 40 for 20.
    assert "Unreconciled £20,000 the largest of two; see below" in text
