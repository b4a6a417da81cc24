"""Lines whose details differ, in a column that is added up nowhere, are no copies."""

import pytest
from text_quarter import quarter

REGISTER = """example.xlsx!Projects
Project | Title | Type of saving | Service | Programme
Alpha | Alpha counters | New | Libraries | P"""
SAVINGS = """example.xlsx!Savings
£000
Project | Plan | RAG | {0} | Target 2015/16 | Forecast 2015/16
Alpha | Current | Amber | {1} | 40 | 35
Alpha | Current | Amber | {2} | 40 | 35"""


def severities(heading: str, first: str, second: str) -> list[str]:
    found = quarter(REGISTER, SAVINGS.format(heading, first, second)).findings
    return [each.severity for each in found if each.rule == "duplicate-line"]


@pytest.mark.parametrize(
    "heading",
    [
        "What is saved",
        "Location",
        "Sub-scheme",
        "Description",
        "Savings line",
        "Directorate",
        "Phase",
    ],
)
def test_where_such_a_column_differs_the_lines_do(heading: str) -> None:
    assert severities(heading, "North", "South") == ["note"]
    assert severities(heading, "North", "") == ["note"]
    assert severities(heading, "North", "North") == ["error", "error"]


def test_numbers_in_a_column_that_is_not_read_tell_them_apart_too() -> None:
    assert severities("Phase", "1", "2") == ["note"]
    assert severities("Cost centre", "4711", "4712") == ["note"]
    assert severities("Cost centre", "4711", "4711") == ["error", "error"]


@pytest.mark.parametrize("heading", ["Notes", "Comments", "Lead officer", "Owner", "Status"])
def test_what_is_said_about_a_line_does_not(heading: str) -> None:
    assert severities(heading, "On track", "As agreed") == ["error", "error"]


def test_a_figure_that_a_copy_puts_in_doubt_is_not_where_the_lines_differ() -> None:
    for second, is_copied in (("South", False), ("North", True)):
        found = quarter(REGISTER, SAVINGS.format("Location", "North", second))
        (plan,) = (found.savings_of("alpha", plan) for plan in found.plans_of("alpha"))
        assert plan.has_duplicates is is_copied
