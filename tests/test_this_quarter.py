"""Inputs that are not this quarter's, or that stand there twice, withhold until somebody acts."""

from datetime import date

import pytest
from quarters import Q1, Q2, Q3, Quarters
from text_quarter import quarter as drawn

from ffanalysis.api import CheckedQuarter as Quarter
from ffanalysis.errors import CorrectionWrong
from ffanalysis.findings import Finding
from ffanalysis.periods import Period
from ffanalysis.present.words import say
from ffanalysis.read.statements import intervals_in
from ffanalysis.savings.copies import name_of_original
from ffanalysis.savings.refusals import withheld_projects
from ffanalysis.savings.stale import refuse_stale

REGISTER = """Project,Title,Type of saving,Service,Programme
Alpha,A,New,Libraries,P
Beta,B,New,Libraries,P
"""
TRACKER = """£000
Ref,Project,Plan,RAG,Measure,2015/16
A-1,Alpha,Current,Amber,Target,40
A-1,Alpha,Current,Amber,Forecast,35
B-1,Beta,Current,Red,Target,25
B-1,Beta,Current,Red,Forecast,10
"""
CONFIRMED = """[[confirmed]]
what = "tracker.csv"
by = "A. Person"
date = 2015-10-05
why = "the board did not meet"
"""


@pytest.fixture
def kept() -> Quarters:
    """Two quarters with one and the same tracker."""
    found = Quarters()
    for period in (Q1, Q2):
        found[period].update({"register.csv": REGISTER, "tracker.csv": TRACKER})
    return found


def of(kept: Quarters, period: str = Q2) -> Quarter:
    return Quarter(refuse_stale(kept.load(period).tables))


def findings(quarter: Quarter, rule: str) -> list[Finding]:
    return [finding for finding in quarter.findings if finding.rule == rule]


def sentences(quarter: Quarter, rule: str) -> list[str]:
    return [say(finding.message) for finding in findings(quarter, rule)]


# --- the last quarter's tracker -------------------------------------------------------------------


def test_a_tracker_that_is_the_last_quarters_withholds_its_projects(kept: Quarters) -> None:
    found = of(kept)
    assert set(withheld_projects(found)) == {"alpha", "beta"}
    (sentence,) = {row.sentence for row in found.refusals}
    assert sentence.startswith("tracker.csv: what is delivered, forecast and rated in it is that")
    assert "Quarter 1, cell for cell" in sentence
    assert "confirmed.toml" in sentence


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Amber,Forecast,35", "Amber,Forecast,30"),
        ("B-1,Beta,Current,Red", "B-1,Beta,Current,Amber"),
        ("B-1,Beta,Current,Red,Forecast,10", "B-1,Beta,Current,Red,Forecast,TBC"),
        ("B-1,Beta,Current,Red,Forecast,10\n", "B-1,Beta,Current,Red,Delivered to date,10\n"),
    ],
)
def test_a_tracker_of_which_one_report_moved_withholds_nothing(
    kept: Quarters, old: str, new: str
) -> None:
    kept[Q2]["tracker.csv"] = TRACKER.replace(old, new)
    assert kept[Q2]["tracker.csv"] != TRACKER
    assert not withheld_projects(of(kept))


@pytest.mark.parametrize("name", ["Tracker Q2.csv", "savings.csv"])
def test_neither_another_name_nor_another_order_makes_it_new(kept: Quarters, name: str) -> None:
    head, *lines = TRACKER.splitlines()[1:]
    del kept[Q2]["tracker.csv"]
    kept[Q2][name] = "\n".join(["Savings", "", "£000", head, *reversed(lines)])
    found = of(kept)
    assert set(withheld_projects(found)) == {"alpha", "beta"}
    assert all(row.sentence.startswith(name) for row in found.refusals)


def test_an_unchanged_plan_and_a_tracker_without_reports_are_silent(kept: Quarters) -> None:
    plan = "£000\nRef,Project,Plan,2015/16\nA-1,Alpha,Current,40\nB-1,Beta,Current,25\n"
    for period in (Q1, Q2):
        kept[period]["tracker.csv"] = plan
    found = of(kept)
    assert not withheld_projects(found)
    assert not findings(found, "inputs-unchanged")


def test_a_rag_table_is_compared_with_its_amounts(kept: Quarters) -> None:
    table = "£000\nRef,Project,Plan,RAG,2015/16\nA-1,Alpha,Current,Amber,{}\n"
    kept[Q1]["tracker.csv"], kept[Q2]["tracker.csv"] = table.format(40), table.format(45)
    assert "alpha" not in withheld_projects(of(kept))
    kept[Q2]["tracker.csv"] = table.format(40)
    assert "alpha" in withheld_projects(of(kept))


def test_one_project_without_an_update_says_since_when(kept: Quarters) -> None:
    moved = TRACKER.replace("Red,Forecast,10", "Red,Forecast,{}")
    for number, period in enumerate((Q1, Q2, Q3)):
        kept[period].update({"register.csv": REGISTER, "tracker.csv": moved.format(10 + number)})
    found = of(kept, Q3)
    assert not withheld_projects(found)
    (finding,) = findings(found, "inputs-unchanged")
    assert (finding.project, finding.severity) == ("alpha", "query")
    assert say(finding.message).startswith("Alpha: the forecast and the RAG status have not been")


def test_a_workbook_for_each_project_withholds_only_where_none_has_moved(kept: Quarters) -> None:
    head, *lines = TRACKER.splitlines(keepends=True)[1:]
    for period in (Q1, Q2):
        del kept[period]["tracker.csv"]
        for name, own in (("a.csv", lines[:2]), ("b.csv", lines[2:])):
            kept[period][name] = "".join(["£000\n", head, *own])
    assert set(withheld_projects(of(kept))) == {"alpha", "beta"}
    kept[Q2]["b.csv"] = str(kept[Q2]["b.csv"]).replace(",10\n", ",12\n")
    found = of(kept)
    assert not withheld_projects(found)
    assert [finding.project for finding in findings(found, "inputs-unchanged")] == ["alpha"]


# --- confirmed ------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["tracker.csv", "Tracker"])
def test_a_confirmation_by_name_lifts_it_and_is_said(kept: Quarters, what: str) -> None:
    kept[Q2]["confirmed.toml"] = CONFIRMED.replace("tracker.csv", what)
    found = of(kept)
    assert not withheld_projects(found)
    assert sentences(found, "inputs-unchanged") == [
        f"{name}: the forecast and the RAG status have not been updated since Quarter 1, as A."
        " Person confirmed on 5 October 2015 (the board did not meet)."
        for name in ("Alpha", "Beta")
    ]


def test_a_confirmation_of_one_project_lifts_no_other(kept: Quarters) -> None:
    kept[Q2]["confirmed.toml"] = CONFIRMED.replace("tracker.csv", "Alpha")
    assert set(withheld_projects(of(kept))) == {"beta"}


def test_a_confirmation_that_no_longer_applies_is_said(kept: Quarters) -> None:
    kept[Q2]["confirmed.toml"] = CONFIRMED
    kept[Q2]["tracker.csv"] = TRACKER.replace("35", "30").replace("10", "12")
    (said,) = sentences(of(kept), "inputs-unchanged")
    assert said.startswith("confirmed.toml: that there was no update of tracker.csv, as A. Person")
    assert said.endswith("Delete it.")


def test_a_confirmation_copied_from_the_last_quarter_confirms_nothing(kept: Quarters) -> None:
    kept[Q3].update({"register.csv": REGISTER, "tracker.csv": TRACKER})
    kept[Q2]["confirmed.toml"] = kept[Q3]["confirmed.toml"] = CONFIRMED
    found = of(kept, Q3)
    assert set(withheld_projects(found)) == {"alpha", "beta"}
    assert any("a quarter other than" in said for said in sentences(found, "inputs-unchanged"))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (CONFIRMED.replace('by = "A. Person"\n', ""), "it states no by"),
        (CONFIRMED.replace("A. Person", " "), "its by is blank"),
        (CONFIRMED.replace("2015-10-05", '"5 October"'), "is not a date"),
        (CONFIRMED + CONFIRMED, "is confirmed already by confirmation 1"),
        (CONFIRMED.replace("why =", "because ="), "it states no why"),
        ("[[confirmation]]\n", "may hold [[confirmed]] entries only"),
    ],
)
def test_a_confirmation_says_all_of_it(kept: Quarters, text: str, problem: str) -> None:
    kept[Q2]["confirmed.toml"] = text
    with pytest.raises(CorrectionWrong, match=r"^confirmed\.toml, confirmation \d") as wrong:
        of(kept)
    assert problem in str(wrong.value)


# --- titles ---------------------------------------------------------------------------------------

Q3_2025 = Period.parse("2025-26-Q3")


@pytest.mark.parametrize(
    "title",
    [
        "Savings monitoring – position at 30 September 2025 (Q2 25/26)",
        "Position as at 30/09/25",
        "as at 30th Sept 2025",
        "Position as of Sep-25",
        "Position as at September",
        "Quarter 2 2025/26",
        "Savings tracker 2025-26 Qtr 2",
        "Second quarter 2025/26",
        "Month 6",
        "Savings dashboard P6",
        "Half-year position 2025/26",
        "Monitoring to 30 Sep 2025",
        "Savings position: September 2025",
        "Position as at 31 December 2024",
        "Q3 2024/25",
        "Position as at 31 March 2026",
    ],
)
def test_a_title_of_another_quarter_is_known_in_any_words(title: str) -> None:
    found = list(intervals_in(Q3_2025, title))
    assert found
    assert all(last < date(2025, 10, 1) or first > date(2025, 12, 31) for first, last in found)


@pytest.mark.parametrize(
    "title",
    [
        "Position as at 31 December 2025",
        "Position as at 30 November 2025",
        "Quarter 3",
        "Month 9 2025/26",
        "MTFS savings summary 2025/26 – 2027/28",
        "Baseline as at 1 April 2025",
        "Changes since Quarter 2",
        "Approved by Council 26 February 2025",
        "Forecast position as at 31 March 2026",
        "For the year ended 31 March 2026",
        "Savings plan 2025-28, version 2",
        "£m",
    ],
)
def test_a_title_that_names_no_other_quarter_is_none(title: str) -> None:
    begins, ends = Q3_2025.first_day, Q3_2025.last_day
    assert all(first <= ends and begins <= last for first, last in intervals_in(Q3_2025, title))


def test_a_cover_and_a_label_beside_its_date_are_read_too() -> None:
    cover = "tracker.xlsx!Cover\nSavings tracker\nPosition as at: | 30 June 2015"
    sheet = (
        "tracker.xlsx!Savings\n£000\nRef | Project | Plan | RAG | 2015/16\n"
        "A-1 | Alpha | Current | Amber | 40"
    )
    register = f"register.xlsx!Projects\n{REGISTER}".replace(",", " | ")
    found = drawn(cover, sheet, register)
    (row,) = found.statements
    assert (row.sheet, row.cell, row.first_day) == ("Cover", "B2", date(2015, 6, 30))
    (finding,) = findings(found, "as-of-in-quarter")
    assert (finding.severity, finding.project) == ("error", "alpha")


def test_an_as_of_date_outside_the_quarter_withholds(kept: Quarters) -> None:
    kept.files[Q1] = {}
    kept[Q2]["register.csv"] = f"As of,30 June 2015\n\n{REGISTER}"
    found = of(kept)
    assert set(withheld_projects(found)) == {"alpha", "beta"}
    (said,) = sentences(found, "as-of-in-quarter")
    assert said == "register.csv, sheet register: 30 June 2015 is not a day of Quarter 2, 2015/16."


# --- copies ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "schedule (1).xlsx",
        "schedule - Copy (2).xlsx",
        "Copy of schedule.xlsx",
        "schedule_OLD.xlsx",
        "schedule v2 FINAL.xlsx",
        "schedule_v2.1_final_FINAL.ods",
        "schedule (Jo Smith's conflicted copy 2015-09-30).xlsx",
        "schedule.sync-conflict-20150930-101010-ABCDEF.xlsx",
        "schedule 2015-10-02.csv",
    ],
)
def test_the_name_of_a_copy_leads_to_its_original(name: str) -> None:
    assert name_of_original(name) == "schedule"


@pytest.mark.parametrize("name", ["Savings 2015-16.xlsx", "old.xlsx", "Adults schedule.xlsx"])
def test_another_name_is_no_copy(name: str) -> None:
    assert name_of_original(name) == name.removesuffix(".xlsx").lower()


@pytest.mark.parametrize("name", ["tracker (1).csv", "another name.csv"])
def test_a_copy_that_is_one_figure_older_withholds_whatever_its_name(
    kept: Quarters, name: str
) -> None:
    del kept[Q1]["tracker.csv"]
    kept[Q2][name] = TRACKER.replace("Target,40", "Target,39")
    found = of(kept)
    assert set(withheld_projects(found)) == {"alpha", "beta"}
    (finding,) = findings(found, "files-agree")
    said = say(finding.message)
    assert finding.severity == "error"
    assert "£40,000" in said
    assert "£39,000" in said
    assert name in said
    assert "tracker.csv" in said


def test_a_copy_of_the_budget_is_not_chosen_by_its_name(kept: Quarters) -> None:
    del kept[Q1]["tracker.csv"]
    budget = "£000\nService,Basis,2015/16\nLibraries,Net,{}\n"
    kept[Q2].update({"budget.csv": budget.format(500), "budget old.csv": budget.format(480)})
    found = of(kept)
    assert set(withheld_projects(found)) == {"alpha", "beta"}
    (said,) = sentences(found, "files-agree")
    assert said == (
        "budget old.csv looks like a copy of budget.csv: both state Libraries, 2015/16, as £500,000"
        " in the one and £480,000 in the other. Delete the one that is out of date."
    )
