"""Headings and titles as councils write them: years of a plan, labels headed "Saving", services."""

import pytest
from text_quarter import quarter

from ffanalysis.periods import Period, parse_year, year_in
from ffanalysis.read.statements import intervals_in

REGISTER = """register.xlsx!Projects
Project | Title | Type of saving | Service | Programme
Alpha | The Alpha contract | New | Care | Change
"""
Q2 = Period.parse("2025-26-Q2")


@pytest.mark.parametrize(
    "text",
    [
        *("Year 1 - 2025/26", "2025/26 (Year 1)", "Yr 2 2025/26", "Year 3: 2025-26"),
        *("Y1 2025/26", "2025/26 - Year 1", "Year 1 (2025/26)", "year 1, FY2025/26"),
    ],
)
def test_a_year_is_one_with_its_number_in_the_plan_beside_it(text: str) -> None:
    assert parse_year(text) == "2025/26"


def test_a_number_in_the_plan_is_no_part_of_what_else_a_heading_says() -> None:
    assert year_in("Year 1 - 2025/26 Forecast") == ("2025/26", "Forecast")
    assert parse_year("Year 1") is None
    assert parse_year("Year 1 - 2025/27") is None


@pytest.mark.parametrize("heading", ["Saving", "Amount", "Value", "Savings"])
def test_a_column_of_words_is_no_column_of_amounts(heading: str) -> None:
    found = quarter(
        REGISTER,
        f"""s.xlsx!S
£000
Ref | Project | {heading} | Plan | 2015/16
A-1 | Alpha | Telecare charging, phase 2 | Current | 100
A-2 | Alpha | TBC | Current | 20
""",
    )
    assert [row.amount_pence for row in found.tables.savings.itertuples()] == [
        10_000_000,
        2_000_000,
    ]
    assert not found.refusals


@pytest.mark.parametrize("words", ["about 40", "£40k or so", "40 (net)", "~40"])
def test_a_column_in_which_an_amount_is_written_stays_one_of_amounts(words: str) -> None:
    found = quarter(
        REGISTER,
        "s.xlsx!S\n£000\nProject | Saving | Plan\n"
        f"Alpha | {words} | Current\nAlpha | 3 | Current\n",
    )
    assert found.refusals


def test_a_summary_by_service_is_told_what_to_write_where_all_else_is_given() -> None:
    found = quarter(
        REGISTER,
        """s.xlsx!Savings by service
£000
Programme | Change

Plan | Current

Service | 2015/16 | 2016/17
Care | 100 | 20
""",
    )
    assert any("head 'Service' as Scope" in row.sentence for row in found.refusals)


OLD = (
    *("Savings tracker, end of June", "Savings tracker June 25", "Tracker: position, end June"),
    *("Savings monitoring Mar 25", "Savings report, March 25"),
)
OWN = ("Savings tracker, end of September", "Savings tracker Sept 25", "Tracker September 25")


@pytest.mark.parametrize("title", OLD)
def test_a_title_of_an_earlier_month_is_of_an_earlier_quarter(title: str) -> None:
    ((_, last),) = intervals_in(Q2, title)
    assert last < Q2.first_day


@pytest.mark.parametrize("title", OWN)
def test_a_title_of_the_quarters_last_month_is_of_the_quarter(title: str) -> None:
    ((_, last),) = intervals_in(Q2, title)
    assert last == Q2.last_day


@pytest.mark.parametrize(
    "title",
    ["Tracker for Cabinet July 25", "Savings tracker May 12", "Savings to the end of the year"],
)
def test_what_is_no_month_of_the_position_is_none(title: str) -> None:
    assert not list(intervals_in(Q2, title))


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("", "Status"),  # in the second row alone
        ("Status", ""),  # in the first row alone
    ],
)
def test_a_heading_of_two_rows_has_each_of_its_texts_in_either(above: str, below: str) -> None:
    found = quarter(
        REGISTER,
        f"""s.xlsx!S
£000
Project | Plan | 2015/16 | | RAG | {above}
 | | Target | Forecast | | {below}
Alpha | Current | 40 | 30 | Amber | Delayed
""",
    )
    assert not found.refusals
    rows = [(row.project, row.measure, row.amount_pence) for row in found.savings]
    assert rows == [("alpha", "original target", 4_000_000), ("alpha", "forecast", 3_000_000)]
    assert {row.status for row in found.savings} == {"Delayed"}
