"""Trackers of several sheets, or with headings of their own: what is asked, what comes of it."""

from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from test_adopt import PERIOD, given, run, workbook

from ffanalysis.money import THOUSAND
from ffanalysis.start.adopting import Adoption, adopt
from ffanalysis.start.register import left_blank, register_rows

Rows = Sequence[Sequence[object]]
HEAD = ["Workstream", "Approved saving", "Achieved", "Projected outturn", "BRAG"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "programme"
    (folder / "data" / "raw").mkdir(parents=True)
    return folder


def read(root: Path, sheets: dict[str, Rows], **answers: str) -> Adoption:
    """Some sheets adopted with answers, of which a key's blanks are written as _."""
    said = {key.replace("_", " "): text for key, text in answers.items()}
    return with_answers(root, sheets, said)


def with_answers(root: Path, sheets: dict[str, Rows], answers: dict[str, str]) -> Adoption:
    book = workbook(root / "tracker.xlsx", *sheets.items())
    return adopt(root, PERIOD, [book], answers, lambda _: None)


def likely(made: Adoption) -> dict[str, str]:
    """What is open, with the answer that is suggested."""
    return {question.key: question.likely for question in made.open}


def amounts(made: Adoption) -> set[tuple[str | None, str | None, str | None, int | None]]:
    return {
        (row.project, row.measure, row.year, row.amount_pence)
        for row in made.trial.quarter.savings
        if row.amount_pence is not None
    }


DIRECTORATES: dict[str, Rows] = {
    "Summary": [["£000"], ["Directorate", "Approved saving"], ["Adults", 40], ["Place", 9]],
    "Adults": [["Adults, £000"], HEAD, ["Day care", 40, 10, 35, "Amber"]],
    "Place": [["Place, £000"], HEAD, ["Street lights", 9, 9, 9, "Complete"]],
}


def test_sheets_headed_alike_are_asked_about_once(root: Path) -> None:
    first = read(root, DIRECTORATES)
    assert likely(first) == {"table Summary": "no table", "table Adults": "savings"}
    assert first.open[1].sentence.endswith("The same holds for Place.")
    answers = {"table": "savings", "table Summary": "no table"}
    second = with_answers(root, DIRECTORATES, answers)
    assert likely(second) == {
        "plan": "",
        "savings.project": "Workstream",
        "heading Approved saving": "original target",
    }
    assert second.open[2].choices[0] == "original target"
    answers |= {"plan": "all: current", "savings.project": "Workstream"}
    third = with_answers(
        root, DIRECTORATES, answers | {"heading Approved saving": "original target"}
    )
    assert likely(third) == {"heading BRAG": "RAG", "year": "2025/26"}


def test_amounts_without_a_year_are_read_with_one_layout_for_their_sheets(root: Path) -> None:
    answers = {
        "table": "savings",
        "table Summary": "no table",
        "plan": "current",
        "savings.project": "Workstream",
        "heading Approved saving": "original target",
        "heading BRAG": "RAG",
        "year": "2025/26",
        "rag Complete": "Green Delivered",
    }
    made = with_answers(root, DIRECTORATES, answers)
    assert made.is_readable
    assert amounts(made) == {
        ("day-care", "original target", "2025/26", 40 * THOUSAND),
        ("day-care", "delivered to date", "2025/26", 10 * THOUSAND),
        ("day-care", "forecast", "2025/26", 35 * THOUSAND),
        ("street-lights", "original target", "2025/26", 9 * THOUSAND),
        ("street-lights", "delivered to date", "2025/26", 9 * THOUSAND),
        ("street-lights", "forecast", "2025/26", 9 * THOUSAND),
    }
    ((name, layout),) = made.layouts.items()
    assert name == "layout-tracker.toml"
    assert 'workbooks = ["tracker.xlsx!Adults", "tracker.xlsx!Place"]' in layout
    assert len(layout.splitlines()) < 24  # a screenful
    # The summary lists the directorates, each with a sheet of its own.
    services = [row.cells.get("Service") for row in register_rows(made.trial)]
    assert services == ["Adults", "Place"]


LIST: Rows = [
    ["Scheme", "Department", "Lead officer", "Financial year", "Target", "Recurrent?"],
    ["Fleet", "Place", "Ann Example", "2025/26", 185_000, "Y"],
    ["Fleet", "Place", "Ann Example", "2026/27", 60_000, "Y"],
    ["Lease", "Place", "Ben Example", "2025/26", 95_500, "N"],
    ["Lease", "Children", "Ben Example", "2026/27", 95_000, "N"],
]


def test_a_long_list_is_read_and_fills_in_the_register(root: Path) -> None:
    first = read(root, {"Data": LIST}, table="savings")
    assert likely(first) == {"plan": "", "savings.project": "Scheme"}
    answers = {"table": "savings", "plan": "current", "savings.project": "Scheme"}
    answers |= {"heading Recurrent?": "Recurring or one-off", "unit": "£"}
    open_words = with_answers(root, {"Data": LIST}, answers)
    assert likely(open_words) == {"recurring Y": "recurring", "recurring N": "one-off"}
    made = with_answers(root, {"Data": LIST}, answers | likely(open_words))
    assert made.is_readable
    assert [(dict(row.cells)) for row in register_rows(made.trial)] == [
        {"Project": "Fleet", "Title": "Fleet", "Service": "Place", "Owner": "Ann Example"},
        {"Project": "Lease", "Title": "Lease", "Owner": "Ben Example"},
    ]
    assert list(left_blank(made.trial)) == [
        "Service of Lease is left blank: its lines say Place, Children."
    ]


def test_the_register_that_is_written_has_the_service_of_each_project(root: Path) -> None:
    rows = [["£000"], ["Project", "Plan", "Division", "2025/26"], ["Fleet", "Current", "Place", 5]]
    book = workbook(root / "s.xlsx", ("S", rows))
    made = run(root, str(book), "--for", PERIOD, *given({}), "--keep")
    assert made.exit_code == 0, made.output
    assert (
        "Division                            Service, for the register of projects" in made.output
    )
    register = openpyxl.load_workbook(root / "data" / "raw" / PERIOD / "projects.xlsx")["Projects"]
    head, line = [[cell.value for cell in row] for row in register.iter_rows(min_row=3, max_row=4)]
    assert dict(zip(head, line, strict=True))["Service"] == "Place"


PROFILE: Rows = [
    ["Savings profile 2025/26"],
    ["Quarterly profile is cumulative, % of full-year target"],
    ["Scheme", "Full-year target 2025/26 (£k)", "Q1", "Q2", "Q3", "Q4", "Status"],
    ["Leisure", 240, 0.1, 0.4, 0.7, 1, "Amber"],
    ["Parking", 130, 0.25, 0.5, 0.75, 1, "Green"],
]


def test_a_profile_within_the_year_is_not_read_and_the_full_year_is(root: Path) -> None:
    answers = {"table": "savings", "plan": "current", "savings.project": "Scheme"}
    first = with_answers(root, {"Profile": PROFILE}, answers)
    assert likely(first) == {"profile": "Full-year target 2025/26 (£k)"}
    assert "Q1, Q2, Q3, Q4 spread a year's amount over parts of it" in first.open[0].sentence
    answers["profile"] = "Full-year target 2025/26 (£k)"
    second = with_answers(root, {"Profile": PROFILE}, answers)
    assert likely(second) == {"heading Status": "RAG"}
    made = with_answers(root, {"Profile": PROFILE}, answers | likely(second))
    assert made.is_readable
    assert amounts(made) == {
        ("leisure", "original target", "2025/26", 240 * THOUSAND),
        ("parking", "original target", "2025/26", 130 * THOUSAND),
    }


def test_what_no_answer_makes_readable_is_said_exactly(root: Path) -> None:
    answers = {"table": "savings", "plan": "current", "savings.project": "Scheme"}
    answers |= {"profile": "not read", "heading Full-year target (£k)": "not read"}
    made = with_answers(root, {"Profile": PROFILE}, answers)
    assert not made.open
    assert not made.is_readable
    assert "it lacks a heading over its amounts that is known" in made.faults[-1]


GROWING: Rows = [
    ["Savings, £000"],
    ["Project", "Plan", "2025/26", "2026/27"],
    ["Fleet", "Current", 320, 480],
    ["Lease", "Current", 50, 50],
]


def test_years_that_never_fall_are_asked_about(root: Path) -> None:
    first = read(root, {"S": GROWING})
    assert likely(first) == {"accumulation": ""}
    assert "such as £320,000, then £480,000" in first.open[0].sentence
    added = read(root, {"S": GROWING}, accumulation="each year adds to the one before")
    assert added.is_readable
    assert {row.accumulation for row in added.trial.quarter.savings} == {"incremental"}
    running = read(root, {"S": GROWING}, accumulation="each year has those before in it")
    assert not running.open
    assert not running.is_readable
    assert "its amounts are cumulative" in running.faults[0]


@pytest.mark.parametrize(
    "more",
    [
        ["Depot", "Current", 30, 10],  # falls
        ["Total", None, 370, 530],  # of each year: says nothing of the years
    ],
)
def test_a_line_that_falls_answers_and_a_total_of_each_year_does_not(
    root: Path, more: Sequence[object]
) -> None:
    made = read(root, {"S": [*GROWING, more]})
    assert bool(made.open) == (more[0] == "Total")


def test_a_printed_total_of_the_years_answers_whether_they_add_up(root: Path) -> None:
    rows = [["Savings, £000"], ["Project", "Plan", "2025/26", "2026/27", "Total"]]
    assert read(root, {"S": [*rows, ["Fleet", "Current", 320, 480, 800]]}).is_readable


def test_a_summary_is_no_table_of_savings_unless_it_is_said_of_it(root: Path) -> None:
    assert "table Summary" in likely(read(root, DIRECTORATES, table="savings"))
    said = with_answers(root, DIRECTORATES, {"table": "savings", "table Summary": "savings"})
    assert "Summary: plan" in likely(said)


def test_a_plan_is_asked_of_a_sheet_of_proposals_for_itself(root: Path) -> None:
    head = ["Project", "RAG", "2025/26"]
    sheets: dict[str, Rows] = {
        "Adults": [["£000"], head, ["Day care", "Amber", 40]],
        "Place": [["£000"], head, ["Fleet", "Red", 7]],
        "Pipeline": [["£000"], head, ["Tolls", "Red", 500]],
        "Withdrawn": [["£000"], head, ["Theatre", "Red", 80]],
    }
    made = read(root, sheets, plan="current")
    assert likely(made) == {"Pipeline: plan": "proposed", "Withdrawn: plan": ""}
    pipeline, withdrawn = made.open
    assert "(in all 500 below '2025/26')" in pipeline.sentence
    assert "no plan fits: leave the sheet out of the copy" in withdrawn.sentence


def test_a_sheet_of_what_was_given_up_is_likely_to_be_no_table(root: Path) -> None:
    sheets = {name: [["£000"], HEAD, ["A", 4, 1, 3, "Red"]] for name in ("Adults", "Archive")}
    assert likely(read(root, sheets)) == {"table Adults": "savings", "table Archive": "no table"}
    # What holds for the others does not hold for it.
    assert "table Archive" in likely(read(root, sheets, table="savings"))


def test_answers_to_a_column_of_words_are_never_far_fetched(root: Path) -> None:
    rows = [["£000"], ["Project", "Plan", "Notes", "Agreed?", "2025/26"]]
    made = read(root, {"S": [*rows, ["Fleet", "Current", "vans", "Y", 4]]})
    assert not made.open


def test_numbers_that_are_not_asked_about_yet_may_be_answered_as_such(root: Path) -> None:
    rows = [["£000"], ["Project", "Plan", "Pct likely", "2025/26"], ["Fleet", "Current", 0.5, 4]]
    answers = {"heading Pct likely": "percentage"}
    made = with_answers(root, {"S": rows}, answers)
    assert made.is_readable
    assert amounts(made) == {("fleet", None, "2025/26", 4 * THOUSAND)}
