"""The trend over quarters: what each reported, in a small line and its table."""

from collections.abc import Sequence

import pytest
from quarters import Quarters, pounds, quarter
from rendered import page_of, words

from ffanalysis.api import CheckedQuarter as Quarter
from ffanalysis.measure.programme import programme_measures
from ffanalysis.measure.trend import Trend, trends
from ffanalysis.present import charts
from ffanalysis.present.trend import section
from ffanalysis.vocabulary import Plan

HEAD = "Ref,Project,Type of saving,RAG,Measure,2015/16,2016/17"
NOW = "2015-16-Q3"


def lines(target: str, delivered: str = "", forecast: str = "") -> list[str]:
    """Alpha's one line under three measures, each as its amounts of two years: "60,40"."""
    stated = (("Original target", target), ("Delivered", delivered), ("Forecast", forecast))
    return [f"A-1,Alpha,Further,Amber,{name},{amounts}" for name, amounts in stated if amounts]


def trend_of(kept: Quarters, now: str = NOW) -> Trend:
    (found,) = trends(kept.load(now), "alpha", [Plan.CURRENT])
    return found


def amounts(found: Trend, name: str) -> list[float | None]:
    """What each quarter states under a measure in thousands."""
    known = [pounds(each.figures.get(name)) for each in found.quarters]
    return [None if each is None else each / 1000 for each in known]


def drawn(kept: Quarters, period: str, rows: Sequence[str]) -> None:
    quarter(kept, period, *rows, projects=("Alpha",), head=HEAD)


@pytest.fixture
def three() -> Quarters:
    """Three quarters: 100 in all; 10, 25 and 45 delivered; the forecast falls from 100 to 90."""
    kept = Quarters()
    drawn(kept, "2015-16-Q1", lines("60,40", "10,", "60,40"))
    drawn(kept, "2015-16-Q2", lines("60,40", "25,", "60,40"))
    drawn(kept, NOW, lines("60,40", "45,", "50,40"))
    return kept


def test_each_quarter_is_shown_as_it_was_reported(three: Quarters) -> None:
    found = trend_of(three)
    assert amounts(found, "Target") == [100, 100, 100]
    assert amounts(found, "Delivered") == [10, 25, 45]
    assert amounts(found, "Forecast") == [100, 100, 90]
    assert found.is_told
    rows = [
        [words(cell.text) for cell in row.all("th", "td")]
        for row in page_of(str(section(found))).all("tr")
    ]
    assert rows[1] == ["Q1 2015/16", "100", "10", "100"]
    assert rows[3] == ["Q3 2015/16", "100", "45", "90"]


def test_the_picture_says_the_same_in_words(three: Quarters) -> None:
    found = trend_of(three)
    alt = charts.trend_lines(found, ["Q1", "Q2", "Q3"]).alt
    assert "Delivered: £10,000 (Q1), £25,000 (Q2), £45,000 (Q3)." in alt
    assert "Forecast: £100,000 (Q1), £100,000 (Q2), £90,000 (Q3)." in alt


def test_a_quarter_that_was_not_read_is_a_gap_and_no_line_crosses_it(three: Quarters) -> None:
    del three.files["2015-16-Q2"]
    found = trend_of(three)
    assert [each.gap for each in found.quarters] == ["", "not read", ""]
    assert charts._runs(found, "Delivered") == [[(0, 1_000_000)], [(2, 4_500_000)]]
    assert "not read" in words(str(section(found)))


def test_no_more_than_eight_quarters_are_shown() -> None:
    kept = Quarters()
    for place, start in enumerate(range(2012, 2016)):
        for number in range(1, 5):
            name = f"{start}-{start % 100 + 1}-Q{number}"
            drawn(kept, name, lines("60,40", f"{place * 4 + number},"))
    found = trend_of(kept, "2015-16-Q4")
    assert amounts(found, "Delivered") == [9, 10, 11, 12, 13, 14, 15, 16]


def test_a_project_begins_where_it_first_states_an_amount(three: Quarters) -> None:
    quarter(three, "2015-16-Q1", projects=("Beta",), head=HEAD)
    assert [str(each.period) for each in trend_of(three).quarters] == ["2015-16-Q2", NOW]


def test_a_quarter_that_withheld_the_project_shows_no_amount(three: Quarters) -> None:
    drawn(three, "2015-16-Q2", lines("60,ask Finance", "25,"))
    assert [each.gap for each in trend_of(three).quarters] == ["", "withheld", ""]


def test_a_saving_that_was_a_proposal_says_so(three: Quarters) -> None:
    drawn(three, "2015-16-Q1", lines("60,40"))
    files = three["2015-16-Q1"]
    files["schedule.csv"] = str(files["schedule.csv"]).replace("Plan,Current", "Plan,Proposed")
    found = trend_of(three)
    assert [each.plan for each in found.quarters] == [Plan.PROPOSED, None, None]
    assert "Q1 2015/16, as a proposal" in words(page_of(str(section(found))).text)


def test_another_span_of_years_breaks_the_line_and_is_said(three: Quarters) -> None:
    other = HEAD.replace("2015/16,2016/17", "2016/17,2017/18")
    quarter(three, NOW, *lines("40,60", "5,"), projects=("Alpha",), head=other)
    found = trend_of(three)
    assert found.breaks == (2,)
    assert [len(run) for run in charts._runs(found, "Delivered")] == [2, 1]
    said = words(page_of(str(section(found))).text)
    assert (
        "From Quarter 3, 2015/16 the schedule covers 2016/17 to 2017/18, before that"
        " 2015/16 to 2016/17."
    ) in said


def test_another_column_without_money_breaks_nothing(three: Quarters) -> None:
    wider = f"{HEAD},2017/18"
    quarter(three, NOW, *lines("60,40,", "45,,", "50,40,"), projects=("Alpha",), head=wider)
    assert trend_of(three).breaks == ()


def test_a_part_is_marked_in_the_table_and_is_no_point_of_the_line(three: Quarters) -> None:
    drawn(three, NOW, lines("60,40", "45,", "50,"))
    found = trend_of(three)
    assert "50 (partial)" in words(page_of(str(section(found))).text)
    assert [len(run) for run in charts._runs(found, "Forecast")] == [2]


def test_a_target_that_never_moved_and_nothing_else_is_no_trend() -> None:
    kept = Quarters()
    drawn(kept, "2015-16-Q2", lines("60,40"))
    drawn(kept, NOW, lines("60,40"))
    assert str(section(trend_of(kept))) == ""
    drawn(kept, NOW, lines("60,50"))
    assert trend_of(kept).is_told


def programme_of(found: Quarter) -> Trend:
    measures = programme_measures(found)
    assert measures.trend is not None
    return measures.trend


def test_the_programme_shows_the_position_of_each_quarter(three: Quarters) -> None:
    found = three.load(NOW)
    trend, place = programme_of(found), programme_measures(found).position
    assert place is not None
    assert amounts(trend, "Delivered") == [10, 25, 45]
    last = trend.quarters[-1]
    shown = [last.figures[name].value for name in ("Target", "Delivered", "Forecast")]
    assert shown == [place.target.value, place.delivered.value, place.forecast.value]
    assert [each.projects.value for each in trend.quarters if each.projects] == [1, 1, 1]


def test_a_quarter_with_a_refusal_has_no_total_of_all_projects(three: Quarters) -> None:
    drawn(three, "2015-16-Q2", lines("60,ask Finance", "25,"))
    assert [each.gap for each in programme_of(three.load(NOW)).quarters] == ["", "incomplete", ""]


def test_the_programme_says_from_when_a_year_that_is_over_is_not_in_its_sums() -> None:
    kept = Quarters()
    with_over = HEAD.replace("2015/16,2016/17", "2014/15,2015/16,2016/17")
    then = lines("30,60,40", "20,10,", "20,60,40")
    quarter(kept, "2015-16-Q2", *then, projects=("Alpha",), head=with_over)
    drawn(kept, NOW, lines("60,40", "25,", "60,40"))
    found = programme_of(kept.load(NOW))
    assert amounts(found, "Target") == [130, 100]
    assert found.breaks == (1,)
    said = words(page_of(str(section(found))).text)
    assert "From Quarter 3, 2015/16 schedules no longer list 2014/15." in said
    # A year that is not over is no year that a schedule drops.
    quarter(kept, "2015-16-Q2", *lines("60,40", "10,", "60,40"), projects=("Alpha",), head=HEAD)
    quarter(
        kept, NOW, *lines("40", "", "40"), projects=("Alpha",), head=HEAD.replace("2015/16,", "")
    )
    assert programme_of(kept.load(NOW)).breaks == ()
