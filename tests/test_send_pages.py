"""The first two pages of the real paper's briefing: the facts that a director must find on them.

The list was written by hand from the paper. Every figure of the pages is one of it, and nothing of
it is missing.
"""

from pathlib import Path

import pytest
from rendered import Element, page_of, words
from text_quarter import PERIOD

import ffanalysis as ff
from ffanalysis.api import CheckedQuarter as Quarter
from ffanalysis.periods import Period
from ffanalysis.read import read_period

PARTS = (
    ("title", "message", "this_year", "asked", "doubts", "commentary"),
    ("savings", "trend", "delivery", "risks"),
)
# What each page says, in the order in which it is read.
PAGES: tuple[tuple[str, ...], ...] = (
    (
        "Concept stage, not approved",
        "Quarter 2, 2015/16 · As at 30 September 2015",
        "Special Education Needs and Disabilities Contract Efficiency",
        "proposes to save £100,000 in 2017/18, 9.2% of the SEND Services budget",
        "Its RAG status is not legible in the source and its totals do not add up",
        "This is the first quarter reported",
        "of the 2015/16 budget of SEND Services, £1.08m",
        "Unreconciled £100,000",
        "Statutory deadline April 2018 About 3,000 statements and Learning Disability Assessments",
        "about 100 a month. Progress not recorded.",
        "No saving is planned this year (2015/16). The first saving, £100,000, is due in 2017/18.",
        "The register does not say what decision is sought, or by when.",
        "The lines add to £200,000 but the total printed is £100,000.",
        "Either the total was typed in the wrong row, or there is a second £100,000 saving with",
        "the RAG status of £100,000 is not legible in the source",
        "£100,000 is due from 2017/18",
        "(2016 TBC), falls before then, but that date is tentative",
        "has no date. May change the year. For the service to confirm.",
        "is not strong based on need",
        "The number of caseworkers cannot be reduced",
        "not directly associated with casework",
        "We will need to retain the conversion workforce",
    ),
    (
        "£0.768m comes from retained and £1.687m from commissioned services",
        "Existing Savings (Faster)",
        "TOTAL SAVINGS",
        "By April 2018: about 3,000 statements and Learning Disability Assessments",
        "If none is done (progress not recorded), about 100 a month are needed over the 30 months",
        "None of the four milestones is complete; one has a tentative date and one has no date",
        "Education Services in-scope transfer to Babcock1 October 2015",
        "SEND services transfer to Babcock (pending agreement)2016 TBC",
        "Contracted provider does not agree to take a reduced service",
        "Any reduction in the SEND conversion workforce would jeopardise statutory timescales",
        "Any reduction in the SEN assessment and Inclusion workforce could impact",
        "Reduction in management or amalgamation of existing posts",
    ),
)
# Every amount in pounds, share, count and rate that the two pages show, as the paper has them.
POUNDS = {100_000, 200_000, 768_000, 1_083_000, 1_687_000}
OTHERS = {
    ("percent", "9.2"),  # 100 of 1,083
    ("count", "3000"),  # statements and assessments
    ("count", "4"),  # milestones, of which
    ("count", "1"),  # has a tentative date, and one no date
    ("per month", "100"),  # 3,000 in the 30 months from 30 September 2015 to 31 March 2018
    ("months", "30"),
}


@pytest.fixture(scope="module")
def pages(example_quarter: Path) -> tuple[Element, ...]:
    """The first page and the second, each as its parts show it."""
    found = Quarter(read_period(Period.parse(PERIOD), sorted(example_quarter.iterdir())))
    briefing = ff.briefing(found, ff.check(found), "sen-contract-efficiency")
    return tuple(
        page_of("".join(str(getattr(briefing, part)().html) for part in parts)) for parts in PARTS
    )


def test_each_page_says_every_fact_of_the_list_in_its_order(pages: tuple[Element, ...]) -> None:
    for page, facts in zip(pages, PAGES, strict=True):
        text, place = words(page.text), 0
        for fact in facts:
            place = text.find(fact, place)
            assert place >= 0, fact


def test_the_pages_show_no_figure_that_is_not_of_the_list(pages: tuple[Element, ...]) -> None:
    shown = [item.attributes for page in pages for item in page.all("data")]
    money = {int(item["value"]) / 100 for item in shown if "data-unit" not in item}
    others = {(item["data-unit"], item["value"]) for item in shown if "data-unit" in item}
    assert money == POUNDS
    assert others == OTHERS
