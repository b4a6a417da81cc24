"""This financial year's line: what is delivered of it, and how much of the year is left."""

import pytest
from quarters import Quarters
from rendered import page_of, words

import ffanalysis as ff
from ffanalysis.measure import project_measures

HEAD = "Ref,Project,Plan,Type of saving,RAG,Measure,2015/16,2016/17"
REGISTER = "Project,Title,Type of saving,Status\nAlpha,Alpha,Further,{}\n\nAs of,{}\n"


def line_of(
    as_of: str,
    *rows: str,
    status: str = "Approved",
    period: str = "2015-16-Q4",
    signed: str = "",
) -> str:
    kept = Quarters()
    if signed:
        kept[period]["signoff.csv"] = f"Project,Role,Name,Date\nAlpha,Cabinet,,{signed}\n"
    kept[period]["register.csv"] = REGISTER.format(status, as_of)
    kept[period]["schedule.csv"] = "\n".join(["£000", HEAD, *rows, ""])
    quarter = kept.load(period)
    shown = ff.briefing(quarter, ff.check(quarter), "alpha").this_year()
    return words(page_of(str(shown.html)).text)


def reported(delivered: str, forecast: str) -> list[str]:
    """Alpha's line in the plan: 400 this year, and what is reported of it."""
    stated = (("Original target", "400,100"), ("Delivered", delivered), ("Forecast", forecast))
    return [f"A-1,Alpha,Current,Further,Amber,{name},{amounts}" for name, amounts in stated]


@pytest.mark.parametrize(
    ("as_of", "opening"),
    [
        ("1 January 2016", "With three months of the year left, "),
        ("1 March 2016", "With one month of the year left, "),
        ("29 March 2016", "The year is nearly over: "),
    ],
)
def test_how_much_of_the_year_is_left_is_said_to_its_last_day(as_of: str, opening: str) -> None:
    text = line_of(as_of, *reported("100,", "400,100"))
    expected = "25.0% of the target has been delivered; the forecast needs a further £300,000."
    assert f"{opening}{expected}" in text


def test_of_a_year_that_is_over_nothing_is_needed_any_more() -> None:
    text = line_of("31 March 2016", *reported("100,", "400,100"))
    said = (
        "The year is over: 25.0% of the target has been delivered, £300,000 less than is forecast."
    )
    assert said in text
    assert "left" not in text


@pytest.mark.parametrize(
    ("delivered", "words_of_it"),
    [
        ("0,", "nothing of the target has been delivered"),
        ("399.9,", "nearly all of the target has been delivered"),
    ],
)
def test_a_share_is_never_rounded_to_all_or_to_nothing(delivered: str, words_of_it: str) -> None:
    assert words_of_it in line_of("31 January 2016", *reported(delivered, "400,100"))


@pytest.mark.parametrize(
    ("status", "signed", "said"),
    [
        ("Gate 2", "", ", but no approval is recorded and only two months remain."),
        ("", "", ", but no approval is recorded and only two months remain."),
        ("Proposed", "", ", but it is not approved and only two months remain."),
        ("Concept", "", ", but it is not approved and only two months remain."),
        ("Concept", "10 January 2016", "."),
        ("Concept", "1 February 2016", ", but it is not approved and only two months remain."),
        ("Gate 2", "31 January 2016", "."),
        ("Rejected", "", "."),
        ("Approved", "", "."),
    ],
)
def test_what_is_due_is_said_with_what_is_left_where_no_approval_is_recorded(
    status: str, signed: str, said: str
) -> None:
    row = "A-1,Alpha,Proposed,Further,Amber,Original target,400,100"
    text = line_of("31 January 2016", row, status=status, signed=signed)
    assert f"£400,000 is due this year (2015/16){said}" in text


def test_a_small_proposal_does_not_hide_what_is_in_the_plan() -> None:
    row = "A-2,Alpha,Proposed,Further,Amber,Original target,50,"
    text = line_of("31 January 2016", *reported("100,", "400,100"), row)
    assert "Target Delivered so far Forecast Variance £400,000 £100,000 £400,000 nil" in " ".join(
        text.replace("Target", " Target ")
        .replace("Delivered so far", " Delivered so far ")
        .replace("Forecast", " Forecast ")
        .replace("Variance", " Variance ")
        .replace("£", " £")
        .replace("nil", " nil")
        .split()
    )
    assert "Not recorded for the proposal: delivered and forecast." in text


def test_a_year_that_its_own_report_lists_no_longer_is_not_called_a_year_without_a_saving() -> None:
    kept = Quarters()
    head = "Ref,Project,Plan,Measure,2015/16,2016/17"
    then = ("A-1,Alpha,Current,Target,100,50", "A-1,Alpha,Current,Delivered,40,")
    now = ("A-1,Alpha,Current,Target,50",)
    for period, as_of, heading, rows in (
        ("2015-16-Q3", "31 December 2015", head, then),
        ("2015-16-Q4", "31 March 2016", head.replace("2015/16,", ""), now),
    ):
        kept[period]["register.csv"] = REGISTER.format("Approved", as_of)
        kept[period]["schedule.csv"] = "\n".join(["£000", heading, *rows, ""])
    found = kept.load("2015-16-Q4")
    page = ff.briefing(found, found.findings, "alpha")
    said = words(page_of(str(page.this_year().html)).text)
    assert "The schedule no longer lists this year (2015/16), which is over." in said
    assert "No saving is planned" not in said
    asked = words(page_of(str(page.doubts().html)).text)
    assert "£100,000 was due in 2015/16; £40,000 of it had been delivered by Quarter 3" in asked


PLAN_AND_PROPOSAL = (
    "£000",
    "Ref,Project,Plan,RAG,2016/17,2017/18,2018/19",
    "A-1,Alpha,Current,Green On Target,40,240,",
    "A-2,Alpha,Proposed,Amber,,,90",
)
BUDGETS = "£000\nService,Basis,2016/17,2017/18,2018/19\nICT,net,4100,4050,4000\n"


def test_a_proposal_that_saves_nothing_this_year_is_told_from_what_the_plan_saves() -> None:
    kept = Quarters()
    register = REGISTER.format("In delivery", "30 June 2016")
    kept["2016-17-Q1"]["register.csv"] = register
    kept["2016-17-Q1"]["schedule.csv"] = "\n".join([*PLAN_AND_PROPOSAL, ""])
    found = kept.load("2016-17-Q1")
    page = ff.briefing(found, found.findings, "alpha")
    said = words(page_of(str(page.this_year().html)).text)
    assert (
        "The proposal saves nothing this year (2016/17). The first saving, £90,000, is due in"
        " 2018/19." in said
    )
    assert "£40,000 in the plan is due this year (2016/17)." in said
    assert "No saving is planned" not in said
    cards = words(page_of(str(page.message().html)).text)
    assert "Already in the plan £280,000" in cards
    assert "RAG of the proposal" in cards


def test_each_plan_is_compared_with_the_budget_of_its_own_first_year() -> None:
    kept = Quarters()
    register = "Project,Title,Service,Status\nAlpha,Alpha,ICT,In delivery\n"
    kept["2016-17-Q1"]["register.csv"] = register
    kept["2016-17-Q1"]["schedule.csv"] = "\n".join([*PLAN_AND_PROPOSAL, ""])
    kept["2016-17-Q1"]["budgets.csv"] = BUDGETS
    found = kept.load("2016-17-Q1")
    measures = project_measures(found, "alpha")
    every = list(measures._figures())
    by_name: dict[str, set[object]] = {}
    for figure in every:
        by_name.setdefault(figure.name, set()).add(figure.value)
    assert {name: values for name, values in by_name.items() if len(values) > 1} == {}
    assert by_name["service/budget/2018-19"] == {4000 * 100_000}
    assert by_name["service/budget/2016-17"] == {4100 * 100_000}
