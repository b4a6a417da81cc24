"""Which measure a heading over amounts names, and what is said where its word is not known."""

import pytest
from text_quarter import quarter

from ffanalysis.api import CheckedQuarter as Quarter

REGISTER = """register.xlsx!Projects
Project | Title | Type of saving | Service | Programme
Alpha | The Alpha contract | New | Care | Change
"""


def two_rows(delivered: str, forecast: str, last: str = "Forecast") -> Quarter:
    return quarter(
        REGISTER,
        f"""savings.xlsx!Savings
£000
Ref | Project | Plan | RAG | 2015/16 | | | 2016/17 |
 | | | | Target | {delivered} | {forecast} | Target | {last}
A-1 | Alpha | Current | Amber | 100 | 20 | 90 | 40 | 30
""",
    )


def one_row(delivered: str, forecast: str) -> Quarter:
    return quarter(
        REGISTER,
        f"""savings.xlsx!Savings
£000
Ref | Project | Plan | RAG | Target 2015/16 | {delivered} 2015/16 | {forecast} 2015/16
A-1 | Alpha | Current | Amber | 100 | 20 | 90
""",
    )


def amounts(found: Quarter) -> dict[str, int]:
    rows = found.tables.savings.itertuples()
    of_year = [row for row in rows if row.year == "2015/16"]
    return {str(row.measure): row.amount_pence // 100_000 for row in of_year}


FORECASTS = (
    *("Forecast", "Latest forecast", "Full Year Forecast", "Full-year forecast", "FY forecast"),
    *("Current forecast", "Revised forecast", "Forecast outturn", "Updated forecast"),
    *("Latest projected outturn", "Forecast (latest)", "Year-end forecast"),
)
DELIVERED = (
    *("Delivered YTD", "Delivered to date (cumulative)", "Delivered (cumulative)", "YTD actual"),
    *("Cumulative delivered", "Savings achieved year to date", "Achieved (YTD)", "Realised YTD"),
)


@pytest.mark.parametrize("heading", FORECASTS)
def test_a_forecast_by_another_name_is_one(heading: str) -> None:
    for found in (two_rows("Delivered to date", heading), one_row("Delivered to date", heading)):
        assert amounts(found) == {"original target": 100, "delivered to date": 20, "forecast": 90}
        assert not found.refusals


@pytest.mark.parametrize("heading", DELIVERED)
def test_what_is_delivered_so_far_by_another_name_is_delivered_to_date(heading: str) -> None:
    for found in (two_rows(heading, "Forecast"), one_row(heading, "Forecast")):
        assert amounts(found) == {"original target": 100, "delivered to date": 20, "forecast": 90}
        assert not found.refusals


def test_a_cumulative_heading_over_several_years_may_be_of_all_before_and_is_refused() -> None:
    found = quarter(
        REGISTER,
        """savings.xlsx!Savings
£000
Ref | Project | Plan | Delivered (cumulative) 2014/15 | Delivered (cumulative) 2015/16
A-1 | Alpha | Current | 100 | 120
""",
    )
    assert ["cumulative" in row.sentence for row in found.refusals] == [True]


@pytest.mark.parametrize(
    ("heading", "taught"),
    [
        ("Zebra", '"forecast" = ["zebra"]'),
        ("Expected", '"forecast" = ["expected"]'),
        ("Best estimate", '"forecast" = ["best estimate"]'),
    ],
)
def test_an_unknown_word_over_amounts_is_refused_once_with_how_to_teach_it(
    heading: str, taught: str
) -> None:
    (refusal,) = two_rows(heading, "Forecast", heading).refusals
    assert refusal.sentence == (
        f"savings.xlsx, sheet Savings, cell F3: the heading '2015/16, {heading}' is not known, but"
        " numbers stand below it (write original target, revised target, delivered to date,"
        f" forecast, or teach it to layout.toml: under [values.measure], such as {taught})."
    )


@pytest.mark.parametrize(
    "heading",
    ["Delivered in quarter", "Achieved this quarter", "Savings delivered in the month", "Q2 only"],
)
def test_what_one_quarter_adds_is_not_delivered_to_date(heading: str) -> None:
    found = two_rows(heading, "Forecast")
    (refusal,) = found.refusals
    assert f"{heading}'" in refusal.sentence
    assert "cell F3" in refusal.sentence
    assert "delivered to date" not in amounts(found)
