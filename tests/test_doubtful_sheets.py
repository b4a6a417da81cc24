"""A plan that a layout gives does not hold for a sheet that says its savings are in no plan."""

import io

import openpyxl
import pytest
from quarters import Q2, Quarters

from ffanalysis.api import CheckedQuarter as Quarter

REGISTER = "Project,Title,Service,Status\nAlpha,Alpha,,\nBeta,Beta,,\n"
LAYOUT = '[tables.savings.given]\nplan = "{}"\n'
OF_THE_SHEET = 'workbooks = ["tracker.xlsx!{}"]\n' + LAYOUT
DECLARED = """[[sheet]]
workbook = "tracker.xlsx"
sheet = "{}"
reason = "Cabinet dropped these"
told_by = "Head of Finance"
date = 2015-10-02
"""


def quarter(name: str, title: str, plan: str = "current", **files: str) -> Quarter:
    """Alpha in a tracker's first sheet, and Alpha and Beta in one of this name and title."""
    book = openpyxl.Workbook()
    first, second = book.active, book.create_sheet(name)
    first.title = "Tracker"
    heading = ["Project", "RAG", "2016/17"]
    for row in (["Savings, £000"], heading, ["Alpha", "Amber", 128]):
        first.append(row)
    for row in ([title], ["£000"], heading, ["Alpha", "Amber", 75], ["Beta", "Red", 9]):
        second.append(row)
    content = io.BytesIO()
    book.save(content)
    kept = Quarters()
    kept[Q2]["register.csv"] = REGISTER
    kept[Q2]["tracker.xlsx"] = content.getvalue()
    kept[Q2]["layout.toml"] = LAYOUT.format(plan)
    kept[Q2].update({f"{key.replace('_', '-')}.toml": text for key, text in files.items()})
    return kept.load(Q2)


def pounds(made: Quarter) -> list[int]:
    return sorted((row.amount_pence or 0) // 100_000 for row in made.savings)


@pytest.mark.parametrize(
    ("name", "title", "plan", "why"),
    [
        ("Withdrawn", "Savings", "current", "its sheet is named 'Withdrawn'"),
        ("Pipeline 2016", "Savings", "current", "its sheet is named 'Pipeline 2016'"),
        ("Old savings", "Savings", "current", "its sheet is named 'Old savings'"),
        ("2016-17", "Proposals – not approved", "current", "cell A1 says 'not approved'"),
        ("2016-17", "Dropped by Cabinet on 4 June", "proposed", "cell A1 says 'Dropped'"),
    ],
)
def test_its_table_is_refused(name: str, title: str, plan: str, why: str) -> None:
    made = quarter(name, title, plan)
    said = [row for row in made.refusals if row.sheet == name]
    assert {row.project for row in said} == {"alpha", "beta"}
    assert all(f"{why}, and the layout gives its plan as {plan}" in row.sentence for row in said)
    assert pounds(made) == [128]


@pytest.mark.parametrize(
    ("name", "title", "plan"),
    [
        ("Adults", "Savings tracker", "current"),
        ("Households", "Gold standard: coldest homes first", "current"),
        ("2016-17", "Proposals – not approved", "proposed"),
    ],
)
def test_a_sheet_without_such_words_is_read(name: str, title: str, plan: str) -> None:
    made = quarter(name, title, plan)
    assert not made.refusals
    assert pounds(made) == [9, 75, 128]


def test_a_layout_for_the_very_sheet_says_its_plan() -> None:
    made = quarter(
        "Pipeline", "Savings", layout_pipeline=OF_THE_SHEET.format("Pipeline", "proposed")
    )
    assert not made.refusals
    assert {(row.plan, row.amount_pence) for row in made.savings if row.project == "beta"} == {
        ("proposed", 9 * 100_000)
    }


def test_declared_to_hold_no_savings_it_is_passed_over() -> None:
    made = quarter("Withdrawn", "Savings", no_savings=DECLARED.format("Withdrawn"))
    assert not made.refusals
    assert pounds(made) == [128]
    assert not [each for each in made.findings if each.rule == "money-read"]
    notes = [row.what for row in made.notices]
    assert any(note.startswith("declared to hold no savings: tracker.xlsx") for note in notes)
