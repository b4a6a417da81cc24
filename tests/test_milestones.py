"""What a register says of a milestone's completion is read, in the words that people use."""

from datetime import date

import pytest
from text_quarter import quarter

from ffanalysis.api import check
from ffanalysis.present.briefing import Briefing
from ffanalysis.present.milestones import milestone_status
from ffanalysis.present.words import say

REGISTER = """r.xlsx!P
Project | Title | Type of saving | Service | Programme
Alpha | The contract | New | Care | Change
"""
SCHEDULE = "s.xlsx!S\n£000\nProject | Plan | RAG | 2015/16\nAlpha | Current | Amber | 40\n"
MILESTONES = "r.xlsx!M\nProject | Milestone | Due date | {status} | {on}\nAlpha | Live | {cells}\n"


def standing(cells: str, status: str = "Status", on: str = "Actual completion date") -> str:
    sheet = MILESTONES.format(status=status, on=on, cells=cells)
    found = quarter(REGISTER, SCHEDULE, sheet)
    assert not found.refusals
    (row,) = found.milestones
    return milestone_status(row, found.as_of, date(2015, 4, 1))


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ("1 April 2015 | Complete | 28 March 2015", "Completed on 28 March 2015"),
        ("Apr-15 | Completed | 28/03/15", "Completed on 28 March 2015"),
        ("1 April 2015 | Done | Mar-15", "Completed in March 2015"),
        ("1 April 2015 | | 28-Mar-15", "Completed on 28 March 2015"),
        ("1 April 2015 | Achieved |", "Completed, date not recorded"),
        ("1 April 2015 | Closed | TBC", "Completed, date not recorded"),
        (
            "1 May 2015 | Complete | 1 May 2015",
            "Completed on 1 May 2015, falls after the saving starts",
        ),
        (
            "1 April 2015 | Complete | 1 March 2016",
            (
                "Due date passed; completion dated 1 March 2016, after the as-of date, falls after"
                " the saving starts"
            ),
        ),
        ("1 April 2015 | Not started |", "Due date passed, not completed (Not started)"),
        ("1 April 2015 | In progress |", "Due date passed, not completed (In progress)"),
        ("1 April 2015 | Incomplete |", "Due date passed, not completed (Incomplete)"),
        ("1 April 2015 | To be completed |", "Due date passed, not completed (To be completed)"),
        ("1 April 2015 | Ask Ann |", "Due date passed; no completion recorded (Ask Ann)"),
        ("1 April 2015 | |", "Due date passed; no completion recorded"),
        ("1 April 2015 | Complete (28 March 2015) |", "Completed on 28 March 2015"),
        ("1 April 2015 | Completed on 28.03.15 |", "Completed on 28 March 2015"),
        (
            "1 October 2015 | Completed - Oct 2015 |",
            ("Completion dated October 2015, after the as-of date, falls after the saving starts"),
        ),
        ("1 April 2015 | Complete Q4 |", "Completed, date not recorded"),
        ("Autumn | Complete | 28 March 2015", "Completed on 28 March 2015"),
        (
            "1 April 2015 | Complete | 30 September 2015",
            "Completed on 30 September 2015, falls after the saving starts",
        ),
        (
            "1 April 2015 | | 1 October 2015",
            (
                "Due date passed; completion dated 1 October 2015, after the as-of date, falls"
                " after the saving starts"
            ),
        ),
        (
            "30 September 2015 | On track |",
            "Due on the as-of date (On track), falls after the saving starts",
        ),
        (
            "29 September 2015 | |",
            "Due date passed; no completion recorded, falls after the saving starts",
        ),
        ("1 October 2015 | |", "Falls after the saving starts"),
        ("Sept 2015 | |", "Due on the as-of date, falls after the saving starts"),
        ("1 April 2016 | On track |", "On track, falls after the saving starts"),
    ],
)
def test_a_milestone_stands_as_its_status_and_its_completion_say(cells: str, said: str) -> None:
    assert standing(cells) == said


@pytest.mark.parametrize(
    ("status", "on"), [("Progress", "Completed on"), ("Milestone status", "Date achieved")]
)
def test_both_columns_are_known_by_other_headings(status: str, on: str) -> None:
    assert standing("1 April 2015 | Complete | 28 March 2015", status, on).startswith("Completed")


def test_a_status_that_contradicts_a_date_of_completion_is_refused_by_name() -> None:
    sheet = MILESTONES.format(
        status="Status", on="Completed on", cells="1 April 2015 | Not started | 28 March 2015"
    )
    (refusal,) = quarter(REGISTER, SCHEDULE, sheet).refusals
    assert refusal.sentence == (
        "r.xlsx, sheet M, cell D2: the milestone is 'Not started', but cell E2 states that it was"
        " completed on 28 March 2015 (correct one of them)."
    )


def test_a_milestone_completed_early_or_late_counts_from_the_day_it_was_completed() -> None:
    late = MILESTONES.format(
        status="Status", on="Completed on", cells="1 March 2015 | Complete | 2 May 2015"
    )
    found = quarter(REGISTER, SCHEDULE, late)
    findings = check(found)
    (rule,) = (item for item in findings if item.rule == "milestone-before-saving")
    assert (rule.outcome, rule.severity) == ("exceeds_limit", "query")
    assert "'Live' (completed 2 May 2015), falls after that year starts" in say(rule.message)
    page = str(Briefing.of(found, findings, "alpha").delivery().html)
    assert "The only milestone is complete and falls after the saving starts" in page


def test_a_milestone_that_is_done_on_no_day_that_exists_is_named() -> None:
    found = quarter(
        """example.xlsx!Projects
Project | Title | Type of saving | Status
Alpha | Alpha in all | New | Approved""",
        """example.xlsx!Milestones
Project | Milestone | Completed by | Status
Alpha | Contract let | 31/09/2015 | Complete""",
        """example.xlsx!Savings
£000
Project | Plan | Type of saving | RAG | 2016/17
Alpha | Current | New | Amber | 100""",
    )
    (said,) = (say(item.message) for item in check(found) if item.rule == "milestone-before-saving")
    assert said == (
        "Alpha: £100,000 is due from 2016/17. 'Contract let' is completed, date not"
        " recorded (31/09/2015)."
    )


@pytest.mark.parametrize(
    ("heading", "revised", "due"),
    [
        ("Revised date", "31 January 2016", ("31 January 2016", date(2016, 1, 31))),
        ("Forecast completion", "Jan-16", ("Jan-16", date(2016, 1, 31))),
        ("Revised due date", "", ("31 August 2015", date(2015, 8, 31))),
        ("Revised date", "TBC", ("31 August 2015", date(2015, 8, 31))),
    ],
)
def test_a_revised_date_holds(heading: str, revised: str, due: tuple[str, date]) -> None:
    sheet = (
        f"example.xlsx!Milestones\nProject | Milestone | Planned date | {heading} | Status\n"
        f"Alpha | Lamps fitted | 31 August 2015 | {revised} | Slipped"
    )
    (row,) = quarter(REGISTER, SCHEDULE, sheet).milestones
    assert (row.completed_by, row.last_day) == due
