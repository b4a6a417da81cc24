"""A summary of savings by service that no layout explains: what it is nearest to, what to write."""

import pytest
from text_quarter import quarter

REGISTER = """example.xlsx!Projects
Project | Title | Type of saving | Service | Programme
Alpha | Alpha counters | New | Libraries | P"""


def refused(title: str, heading: str) -> str:
    cells = " | ".join(["Libraries", "Current", *["40"] * (heading.count("|") - 1)])
    if "Plan" not in heading:
        cells = " | ".join(["Libraries", *["40"] * heading.count("|")])
    (row,) = quarter(REGISTER, f"a.xlsx!Sheet1\n{title}\n{heading}\n{cells}").refusals
    return row.sentence


@pytest.mark.parametrize(
    "heading",
    [
        "Service | Plan | Target 2015/16 | Delivered 2015/16",
        "Directorate | Plan | Target 2015/16 | Forecast 2015/16",
        "Service area | Target 2015/16 | Delivered 2015/16",
        "Service | 2015/16 | 2016/17",
    ],
)
def test_it_is_called_a_summary_of_savings_and_told_how_to_be_read(heading: str) -> None:
    said = refused("Savings summary £000", heading)
    service = heading.partition(" |")[0]
    assert "the table of savings has no " in said
    assert f"head '{service}' as Scope, or write scope = [\"{service.lower()}\"]" in said
    assert said.endswith("above it." if "Plan" not in heading else "in layout.toml.")


def test_what_it_says_to_write_is_read() -> None:
    sheet = """a.xlsx!Sheet1
Savings summary £000
Plan | Current
Scope | Target 2015/16
Libraries | 40"""
    found = quarter(REGISTER, sheet)
    assert not found.refusals
    assert [row.amount_pence for row in found.savings] == [40_000_00]


def test_a_budget_is_still_a_budget() -> None:
    said = refused("Budgets before savings £000", "Service | 2015/16 | 2016/17")
    assert "the table of budget has no 'Basis'" in said
    assert "Scope" not in said
