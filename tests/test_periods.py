"""Financial years, quarters, and dates as people write them."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ffanalysis import periods
from ffanalysis.errors import PeriodMalformed
from ffanalysis.periods import Period, When

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
STARTS = st.integers(2000, 2098)


@pytest.mark.parametrize(
    ("label", "year"),
    [
        ("2015/16", "2015/16"),
        ("2015-16", "2015/16"),
        ("2015–16", "2015/16"),
        ("15/16", "2015/16"),
        ("2015/2016", "2015/16"),
        ("2015 / 16", "2015/16"),
        (" 2015/16\n", "2015/16"),
        # "FY16" is the year that ends in 2016.
        ("FY16", "2015/16"),
        ("FY2016", "2015/16"),
        ("FY 2015/16", "2015/16"),
        # A footnote mark is no part of the year.
        ("2009-10 (1)", "2009/10"),
        ("2015/16*", "2015/16"),
        ("1999/00", "1999/00"),
        ("1999-2000", "1999/00"),
    ],
)
def test_a_heading_names_a_financial_year(label: str, year: str) -> None:
    assert periods.parse_year(label) == year


@pytest.mark.parametrize(
    "label",
    [
        # A calendar year, a span, a month, years that run backwards, a quarter, and no year at all.
        *["2015", "2015/17", "2015-18", "2015-12", "16/15", "2016/15", "2015-16-Q2", "Total", ""],
        *[pytest.param(label) for label in ("2015/1916", "1915/2016")],
    ],
)
def test_a_heading_that_names_no_financial_year_is_not_made_one(label: str) -> None:
    assert periods.parse_year(label) is None


@given(STARTS)
def test_a_year_is_read_back_from_its_label(start: int) -> None:
    label = periods.year_label(start)
    assert periods.parse_year(label) == label
    assert periods.year_start(label) == start


@pytest.mark.parametrize(
    ("day", "year"),
    [(date(2016, 3, 31), "2015/16"), (date(2016, 4, 1), "2016/17"), (date(2000, 1, 1), "1999/00")],
)
def test_a_financial_year_begins_on_the_first_of_april(day: date, year: str) -> None:
    assert periods.year_of(day) == year


@given(DAYS)
def test_a_day_lies_in_its_financial_year_and_in_no_other(day: date) -> None:
    year = periods.year_of(day)
    following = periods.year_label(periods.year_start(year) + 1)
    assert periods.first_day(year) <= day < periods.first_day(following)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("already included in the MTFP over the period 2015 – 2018", (("2015/16", "2017/18"),)),
        (
            "applicable to Education & Skills excluding SEND (£000) & RAG 2015-17",
            (("2015/16", "2016/17"),),
        ),
        ("1998-2002", (("1998/99", "2001/02"),)),
        ("2015-18, then 2018-20", (("2015/16", "2017/18"), ("2018/19", "2019/20"))),
        # One financial year, a period, two dates, years that run backwards, and a span that no plan
        # has.
        *[
            (text, ())
            for text in (
                "2015-16",
                "2015/16",
                "2015-16-Q2",
                "2015-08-27",
                "27-08-2015",
                "2018-2015",
                "2015-40",
                "",
            )
        ],
    ],
)
def test_a_span_of_years_is_told_from_a_single_year(
    text: str, spans: tuple[tuple[str, str], ...]
) -> None:
    assert periods.spans_in(text) == spans


def test_a_period_is_named_as_its_folder() -> None:
    assert Period.parse("2015-16-Q2") == Period(2015, 2)
    assert str(Period(2015, 2)) == "2015-16-Q2"


@given(STARTS, st.integers(1, 4))
def test_a_period_is_read_back_from_its_name(start: int, quarter: int) -> None:
    assert Period.parse(str(Period(start, quarter))) == Period(start, quarter)


@pytest.mark.parametrize(
    ("period", "day"),
    [
        ("2015-16-Q1", date(2015, 6, 30)),
        ("2015-16-Q2", date(2015, 9, 30)),
        ("2015-16-Q3", date(2015, 12, 31)),
        # The last quarter ends in the calendar year after.
        ("2015-16-Q4", date(2016, 3, 31)),
    ],
)
def test_the_last_day_of_a_quarter(period: str, day: date) -> None:
    assert Period.parse(period).last_day == day


@pytest.mark.parametrize(
    "text",
    [
        *[
            "2015-17-Q2",
            "2015-16-Q5",
            "2015-16-Q0",
            "2015-16-q2",
            "2015/16-Q2",
            "2015-16",
            "",
            " 2015-16-Q2",
            "2015-16-Q2\n",
        ],
        # What would lead out of the folder of periods.
        *["../x", "../2015-16-Q2", "2015-16-Q2/..", "/etc"],
    ],
)
def test_what_is_not_a_period_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(PeriodMalformed) as refused:
        Period.parse(text)
    assert (
        str(refused.value)
        == f"'{text}' is not a period: write a financial year and a quarter, such as 2015-16-Q2."
    )
    assert refused.value.exit_code == 2


@pytest.mark.parametrize(
    ("written", "first", "last", "tentative"),
    [
        ("Nov 2015", date(2015, 11, 1), date(2015, 11, 30), False),
        ("November 2015", date(2015, 11, 1), date(2015, 11, 30), False),
        ("Sept. 2015", date(2015, 9, 1), date(2015, 9, 30), False),
        ("Feb 2016", date(2016, 2, 1), date(2016, 2, 29), False),
        ("2016 TBC", date(2016, 1, 1), date(2016, 12, 31), True),
        ("2016", date(2016, 1, 1), date(2016, 12, 31), False),
        (2016, date(2016, 1, 1), date(2016, 12, 31), False),
        ("circa 2016", date(2016, 1, 1), date(2016, 12, 31), True),
        ("Nov 2015 (provisional)", date(2015, 11, 1), date(2015, 11, 30), True),
        ("Nov 2015?", date(2015, 11, 1), date(2015, 11, 30), True),
        ("27.08.2015", date(2015, 8, 27), date(2015, 8, 27), False),
        ("27/08/2015", date(2015, 8, 27), date(2015, 8, 27), False),
        # The day comes before the month.
        ("05/04/2016", date(2016, 4, 5), date(2016, 4, 5), False),
        ("2015-08-27", date(2015, 8, 27), date(2015, 8, 27), False),
        ("1 October 2015", date(2015, 10, 1), date(2015, 10, 1), False),
        ("1st  Oct 2015", date(2015, 10, 1), date(2015, 10, 1), False),
        ("29 Feb 2016", date(2016, 2, 29), date(2016, 2, 29), False),
        (datetime(2015, 8, 27, 9, 30), date(2015, 8, 27), date(2015, 8, 27), False),  # noqa: DTZ001 - as a workbook gives it
        (date(2015, 8, 27), date(2015, 8, 27), date(2015, 8, 27), False),
        # A quarter of a financial year.
        ("Q1 2015/16", date(2015, 4, 1), date(2015, 6, 30), False),
        ("Q3 2015/16", date(2015, 10, 1), date(2015, 12, 31), False),
        ("q4 2015-16 (TBC)", date(2016, 1, 1), date(2016, 3, 31), True),
        ("Quarter 2 of 2015/16", date(2015, 7, 1), date(2015, 9, 30), False),
        ("2025/26 Q3", date(2025, 10, 1), date(2025, 12, 31), False),
        ("25/26 Q4", date(2026, 1, 1), date(2026, 3, 31), False),
        ("2025-26-Q1", date(2025, 4, 1), date(2025, 6, 30), False),
        ("Q2 FY26", date(2025, 7, 1), date(2025, 9, 30), False),
        # As a spreadsheet writes a month, also in a file of text.
        ("Dec-25", date(2025, 12, 1), date(2025, 12, 31), False),
        ("Sept-25", date(2025, 9, 1), date(2025, 9, 30), False),
        ("Dec '25", date(2025, 12, 1), date(2025, 12, 31), False),
        ("Dec-2025", date(2025, 12, 1), date(2025, 12, 31), False),
        # Two digits of a year, where the day is written too.
        ("31-Mar-26", date(2026, 3, 31), date(2026, 3, 31), False),
        ("31 Mar 26", date(2026, 3, 31), date(2026, 3, 31), False),
        ("31/Mar/2026", date(2026, 3, 31), date(2026, 3, 31), False),
        ("31/03/26", date(2026, 3, 31), date(2026, 3, 31), False),
        ("1.4.26", date(2026, 4, 1), date(2026, 4, 1), False),
        ("31-03-2026", date(2026, 3, 31), date(2026, 3, 31), False),
        ("2026/03/31", date(2026, 3, 31), date(2026, 3, 31), False),
        ("31st of March 2026", date(2026, 3, 31), date(2026, 3, 31), False),
        ("March 31, 2026", date(2026, 3, 31), date(2026, 3, 31), False),
        ("Tuesday 31 March 2026", date(2026, 3, 31), date(2026, 3, 31), False),
        # With words before it.
        ("By 31 March 2026", date(2026, 3, 31), date(2026, 3, 31), False),
        ("by March 2026 (TBC)", date(2026, 3, 1), date(2026, 3, 31), True),
        ("Due on 1 April 2026", date(2026, 4, 1), date(2026, 4, 1), False),
        ("End March 2026", date(2026, 3, 31), date(2026, 3, 31), False),
        ("by the end of Feb 2028", date(2028, 2, 29), date(2028, 2, 29), False),
        ("End of Q3 2025/26", date(2025, 12, 31), date(2025, 12, 31), False),
        ("w/c 3 Nov 2025", date(2025, 11, 3), date(2025, 11, 9), False),
        ("Week commencing Monday 3 November 2025", date(2025, 11, 3), date(2025, 11, 9), False),
        ("w/e 9 Nov 2025", date(2025, 11, 3), date(2025, 11, 9), False),
        ("week ending 09/11/2025", date(2025, 11, 3), date(2025, 11, 9), False),
        # With a time behind it.
        ("2026-03-31T00:00:00", date(2026, 3, 31), date(2026, 3, 31), False),
        ("2026-03-31 09:30", date(2026, 3, 31), date(2026, 3, 31), False),
        ("2026-03-31T00:00:00.000Z", date(2026, 3, 31), date(2026, 3, 31), False),
        ("31/03/2026 00:00:00", date(2026, 3, 31), date(2026, 3, 31), False),
    ],
)
def test_a_date_as_written_is_an_interval(
    written: object, first: date, last: date, tentative: bool
) -> None:
    assert periods.parse_when(written) == When(first, last, tentative)


@pytest.mark.parametrize(
    "written",
    [
        *[
            None,
            "",
            "TBC",
            "nonsense",
            "Spring 2016",
            "2015-16",
            "Q3",
            "Q5 2015/16",
            "Q3 2015",
            # The 25th of December or December 2025; a day without a year; words alone.
            "Dec 25",
            "25-Dec",
            "By",
            "End of",
            "w/c",
            "March",
            "31/02/26",
            "By 31 Feb 2026",
            42_000,
            2016.5,
            True,
        ],
        # Days that no calendar has, and a month that comes before its day.
        *["31 Feb 2015", "31.02.2015", "29 Feb 2015", "32 Nov 2015", "08.27.2015"],
        *[pytest.param(text) for text in ("00.08.2015", "31.00.2015", "2015-00-00")],
        *[pytest.param(text) for text in ("Maybe 2016", "Decision 2016", "Marketing 2016")],
    ],
)
def test_what_names_no_date_is_not_made_one(written: object) -> None:
    assert periods.parse_when(written) is None


@given(DAYS)
def test_a_day_is_read_back_from_each_way_of_writing_it(day: date) -> None:
    for text in (day.isoformat(), f"{day:%d.%m.%Y}", f"{day:%d/%m/%Y}", periods.long_date(day)):
        assert periods.parse_when(text) == When(day, day, tentative=False)


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        # The statutory deadline of the concept paper: April 2018, seen from the end of September
        # 2015.
        (date(2015, 9, 30), date(2018, 4, 1), 30),
        (date(2015, 9, 30), date(2018, 3, 31), 29),
        (date(2015, 9, 30), date(2016, 4, 1), 6),
        (date(2015, 9, 30), date(2015, 10, 1), 0),
        (date(2016, 1, 15), date(2016, 2, 15), 0),
        (date(2016, 1, 15), date(2016, 2, 16), 1),
        (date(2018, 6, 30), date(2018, 4, 1), -3),
    ],
)
def test_whole_months_run_from_the_end_of_one_day_to_the_beginning_of_another(
    start: date, end: date, months: int
) -> None:
    assert periods.months_until(start, end) == months


@given(DAYS, st.integers(0, 400))
def test_a_later_end_is_never_fewer_months_away(start: date, days: int) -> None:
    end = start + timedelta(days=days)
    assert periods.months_until(start, end) <= periods.months_until(start, end + timedelta(days=1))


def test_a_day_in_a_sentence() -> None:
    assert periods.long_date(date(2015, 9, 30)) == "30 September 2015"
    assert periods.long_date(date(2018, 4, 1)) == "1 April 2018"


def test_the_quarter_before_the_first_is_the_last_of_the_year_before() -> None:
    assert str(Period.parse("2015-16-Q3").before) == "2015-16-Q2"
    assert str(Period.parse("2000-01-Q1").before) == "1999-00-Q4"
