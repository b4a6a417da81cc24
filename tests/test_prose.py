"""Prose that speaks of money which is not in the figures beside it."""

import pytest
from text_quarter import quarter

from ffanalysis.api import CheckedQuarter as Quarter
from ffanalysis.present.sentences import not_read
from ffanalysis.read.prose import sentences_of_money

REGISTER = """example.xlsx!Projects
Project | Title | Type of saving | Service | Programme | Description
Alpha | Alpha counters | New | Libraries | P | Savings exclude £15k of grant
Beta | Beta counters | New | Libraries | P | Two"""
SAVINGS = """example.xlsx!Savings
{0}
Project | Plan | RAG | 2016/17 | Notes
Alpha | Current | Amber | 40 | {1}
Beta | Current | Red | 60 |

{2}"""


def asked(above: str = "£000", beside: str = "", below: str = "", *more: str) -> list[str]:
    return projects(quarter(REGISTER, SAVINGS.format(above, beside, below), *more))


def projects(found: Quarter) -> list[str]:
    return [each.project for each in found.findings if each.rule == "money-in-prose"]


@pytest.mark.parametrize(
    "text",
    [
        "a further saving of £45k is not in the table",
        "excludes £30k of one-off income",
        "Plus £120,000 to be confirmed",
        "Figures do not include the £0.2m for Adults",
        "These totals don't include 120 thousand pounds from Place",
        "Savings of 45k still to be added",
        "In addition to the above, £60,000 of procurement savings",
        "Excl. £12k one-off",
        "The £41k for parking is missing from this return",
        "The table omits £30,000 (Legal)",
        "£25k TBC",
        "£85k (held separately) is not counted here",
        "Over and above these figures: GBP 35k",
        "An additional £15k is expected. The rest is on track.",
        "£1.2 million of efficiencies isn’t shown",
    ],
)
def test_prose_below_or_above_is_asked_about_in_the_briefings_of_its_sheet(text: str) -> None:
    assert asked(below=text) == ["alpha", "beta"]
    assert asked(above=f"£000 | {text}") == ["alpha", "beta"]


@pytest.mark.parametrize(
    "text",
    [
        "All figures in £000",
        "Target of £1.2m agreed in February",
        "A further £40k was agreed, as the table has it",
        "Delivered £20k more than planned",
        "£100k in all, of which £45k is not yet agreed",
        "Excludes VAT. The target of £1.2m was agreed.",
        "The budget of £1.083m before £0.584m of cuts",
        "£40k not delivered",
        "Additional costs of £20k are met by the service",
        "Contract let for £1.4m, pending legal advice",
        "Ref 45, plus 3 posts to be confirmed",
        "Figures exclude 2016/17",
    ],
)
def test_an_ordinary_note_is_not(text: str) -> None:
    assert asked(below=text) == asked(above=f"£000 | {text}") == []


def test_a_text_beside_a_line_asks_its_project_and_only_of_what_is_left_out() -> None:
    assert asked(beside="Excludes £30k of income") == ["alpha"]
    assert asked(beside="£30k of income is not in these figures") == ["alpha"]
    assert asked(beside="A further £30k was delivered in August") == []


def test_the_projects_that_it_names_go_first() -> None:
    assert asked(below="£45k for Beta is not included above") == ["beta"]


def test_a_cover_of_the_workbook_asks_everybody_and_a_register_nobody() -> None:
    cover = "example.xlsx!Notes\nThe savings exclude £45k from Legal"
    assert asked("£000", "", "", cover) == [""]
    assert asked("£000", "", "", cover.replace("example", "other")) == []


def test_it_stands_on_the_first_page() -> None:
    found = quarter(REGISTER, SAVINGS.format("£000", "", "Excludes £30k of income")).findings
    assert [each.project for each in not_read(found)] == ["alpha", "beta"]


def test_a_long_text_is_not_tried_in_every_way() -> None:
    assert sentences_of_money("not in the table £45k " * 100_000) == ()
