"""Years of which each has those before it in it: they would be added up twice."""

import pytest
from text_quarter import quarter

from ffanalysis.layout import Layout, standard

REGISTER = """example.xlsx!Projects
Project | Title | Type of saving | Service | Programme
Alpha | Alpha counters | New | Libraries | P
Beta | Beta counters | New | Libraries | P"""
YEARS = "2015/16 | 2016/17 | 2017/18"
SHEET = """example.xlsx!{sheet}
{title}
Project | Plan | RAG | {heads}
Alpha | Current | Amber | {alpha}
Beta | Current | Red | {beta}
{below}"""
STANDARD = {
    "sheet": "Savings",
    "title": "£000",
    "heads": YEARS,
    "alpha": "10 | 25 | 45",
    "beta": "5 | 9 | 30",
    "below": "",
}


def refused(**change: str) -> list[str]:
    found = quarter(REGISTER, SHEET.format(**{**STANDARD, **change}))
    return [row.sentence for row in found.refusals]


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Savings in total by the end of each year (£000)"},
        {"title": "Running totals (£000)"},
        {"title": "Savings, cum. (£000)"},
        {"title": "Accumulated savings (£000)"},
        {"title": "Cumulatively, £000"},
        {"sheet": "Cumulative"},
        {"sheet": "Savings (running total)"},
        {"heads": "2015/16 | 2016/17 | 2017/18 cumulative"},
        {"heads": f"{YEARS} | Cumulative", "alpha": "10 | 25 | 45 | 45"},
        {"below": "\nEach year includes the savings of the year before"},
        {"below": "\nNote: amounts build up year on year"},
        {"below": "\nAmounts accumulate over the years"},
    ],
)
def test_words_that_say_so_refuse_the_table(change: dict[str, str]) -> None:
    assert any("cumulative (write what each year adds" in said for said in refused(**change))


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"title": "Total savings by year (£000)"},
        {"sheet": "Savings to date"},
        {"sheet": "Library-cum-museum"},
        {"below": "\nThe figures are not cumulative"},
        {"below": "\nEach year excludes what was saved in the year before"},
    ],
)
def test_others_do_not(change: dict[str, str]) -> None:
    assert refused(**change) == []


def test_totals_that_are_the_last_year_alone_refuse_it() -> None:
    # 10 + 25 + 45 = 80 and 5 + 9 + 30 = 44; the totals printed are 45 and 30.
    heads = f"{YEARS} | Total"
    said = refused(heads=heads, alpha="10 | 25 | 45 | 45", beta="5 | 9 | 30 | 30")
    assert len(said) == 2  # one of each project
    assert "cell G3: this total of the years is what 2017/18 alone comes to" in said[0]


def test_a_line_of_one_year_tells_nothing_and_a_measure_is_held_to_itself() -> None:
    heads = f"{YEARS} | Total"
    assert refused(heads=heads, alpha="10 | 25 | 45 | 45", beta=" | | 30 | 30")
    # 20 + 25 = 45 of the target; 10 and 35 of the forecast come to 45 too, and 35 is none of it.
    band = "Target 2015/16 | Forecast 2015/16 | Target 2016/17 | Forecast 2016/17 | Total"
    found = refused(heads=band, alpha="20 | 10 | 25 | 35 | 45", beta="5 | 5 | 5 | 9 | 10")
    assert found == []


def test_also_the_total_of_all_lines_alone_and_with_years_in_rows() -> None:
    # 45 + 30 = 75 in 2017/18, where all years come to 124.
    heads = f"{YEARS} | Total"
    (cell,) = {
        said.partition("cell ")[2][:2]
        for said in refused(heads=heads, below="Total | | | 15 | 34 | 75 | 75")
    }
    assert cell == "G5"
    rows = """example.xlsx!Savings
£000
Project | Plan | RAG | Year | Amount
Alpha | Current | Amber | 2015/16 | 10
Alpha | Current | Amber | 2016/17 | 25
Alpha | Current | Amber | Total | {0}"""
    for total, is_refused in ((25, True), (35, False), (26, False)):
        assert bool(quarter(REGISTER, rows.format(total)).refusals) is is_refused


@pytest.mark.parametrize(
    ("alpha", "beta"),
    [
        ("10 | 25 | 45 | 80", "5 | 9 | 30 | 44"),
        ("10 | 25 | 45 | 45", "5 | 9 | 30 | 44"),  # one total alone is overtyped
        (" | | 45 | 45", "| | 30 | 30"),
        ("45 | 25 | 10 | 10", "30 | 9 | 5 | 5"),  # less each year: not those before in it
    ],
)
def test_a_total_that_adds_the_years_or_is_merely_wrong_does_not(alpha: str, beta: str) -> None:
    assert refused(heads=f"{YEARS} | Total", alpha=alpha, beta=beta) == []


def test_a_measure_to_date_is_no_running_total() -> None:
    layout = standard()
    assert not layout.is_cumulative("Delivered to date 2015/16")
    assert layout.is_cumulative("To date")
    assert not layout.is_running("To date")


WITHIN_A_YEAR = (
    "Delivered is the cumulative position from 1 April.",
    "Delivered to date is cumulative",
    "Year to date, cumulative",
    "Amounts achieved are cumulative since the start of the year",
    "Figures are cumulative YTD",
    "Quarterly profile is cumulative, % of full-year target",
    "Forecast and delivered are cumulative from April",
)
OVER_THE_YEARS = (
    "The profile over the years is cumulative",
    "Savings are cumulative",
    "Delivered is cumulative over the years",
    "Targets and amounts delivered are cumulative",
    "Delivered includes amounts made in previous years",
    "Cumulative: each year includes the year before",
    "Achieved is cumulative from 1 April 2012",
)


@pytest.mark.parametrize("note", WITHIN_A_YEAR)
def test_a_note_that_what_is_delivered_runs_within_its_year_is_no_fault(note: str) -> None:
    assert not Layout.is_note_of_running(note)


@pytest.mark.parametrize("note", OVER_THE_YEARS)
def test_a_note_that_amounts_run_over_the_years_is_one(note: str) -> None:
    assert Layout.is_note_of_running(note)


def test_a_table_with_a_note_or_a_title_of_the_year_so_far_is_read() -> None:
    assert not refused(below="\nDelivered is the cumulative position from 1 April.")
    assert not refused(title="Savings 2015/16 year to date (cumulative), £000")
    assert refused(below="\nAmounts are the cumulative position from 2015/16.")
