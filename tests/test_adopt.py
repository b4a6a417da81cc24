"""A council's own tracker taken into a quarter: what is asked, what is shown, what is kept."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from ffanalysis import read
from ffanalysis.cli import main
from ffanalysis.errors import AdoptRefused
from ffanalysis.money import THOUSAND
from ffanalysis.savings.quarter import Quarter
from ffanalysis.start.adopting import adopt, merged
from ffanalysis.start.layout_file import layout_file
from ffanalysis.start.question import Question
from ffanalysis.start.shown import shown_tables

PERIOD = "2025-26-Q2"
# A tracker as a directorate keeps it: bands over the years, one-letter statuses, words of its own.
TRACKER: Sequence[Sequence[object]] = [
    ["Savings tracker, £000"],
    [],
    [None, None, None, None, "2025/26", None, None, None, "2026/27"],
    [
        *("Ref", "Saving proposal", "Delivered by", "RAG"),
        *("Target", "Delivered", "Forecast", "Variance", "Target", "Comments"),
    ],
    ["A1", "Leisure centres", "In-house", "G", 150, 60, 140, -10, 300, "on course"],
    ["A2", "School transport", "Contract", "A", 80, 10, 50, -30, 0, "routes open"],
    ["Total", None, None, None, 230, 70, 190, -40, 300, None],
]
ANSWERS = {
    "plan": "current",
    "savings.project": "Saving proposal",
    "heading Delivered by": "Delivery route",
    "rag G": "Green On Target",
    "route In-house": "Retained",
    "route Contract": "Commissioned",
}


def workbook(path: Path, *sheets: tuple[str, Sequence[Sequence[object]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "programme"
    (folder / "data" / "raw").mkdir(parents=True)
    return folder


@pytest.fixture
def tracker(tmp_path: Path) -> Path:
    return workbook(tmp_path / "Our tracker.xlsx", ("Tracker", TRACKER))


def run(root: Path, *words: str) -> Result:
    return CliRunner().invoke(
        main, ["adopt", *words], env={"FFANALYSIS_ROOT": str(root)}, prog_name="ffanalysis"
    )


def given(answers: Mapping[str, str]) -> list[str]:
    return [word for key, said in answers.items() for word in ("--answer", f"{key}={said}")]


def test_what_is_open_is_asked_and_nothing_is_written(root: Path, tracker: Path) -> None:
    made = run(root, str(tracker), "--for", PERIOD, "--keep")
    assert made.exit_code == 11
    assert "does not say its plan. Which is it: prior (delivered in earlier years), " in made.stderr
    assert '--answer "plan=…"' in made.stderr
    assert "which column of the table of savings is the Project?" in made.stderr
    assert "'Saving proposal'" in made.stderr
    assert not (root / "data" / "raw" / PERIOD).exists()


def test_a_person_answers_until_it_is_readable(root: Path, tracker: Path) -> None:
    asked: list[str] = []

    def ask(question: Question) -> str | None:
        asked.append(question.key)
        return ANSWERS[question.key]

    extra = {"heading Delivered by": "Delivery route"}  # known better than asked
    made = adopt(root, PERIOD, [tracker], extra, ask)
    assert made.is_readable
    assert asked == ["plan", "savings.project", "rag G", "route In-house", "route Contract"]
    ((_, layout),) = made.layouts.items()
    assert len(layout.splitlines()) < 24  # a screenful


def test_it_is_shown_in_money_and_kept(root: Path, tracker: Path) -> None:
    made = run(root, str(tracker), "--for", PERIOD, *given(ANSWERS), "--keep")
    assert made.exit_code == 0, made.output
    assert (
        "Leisure centres, A1, current, Retained, Green On Target: £150,000 original target 2025/26,"
        " £60,000 delivered to date 2025/26, £140,000 forecast 2025/26,"
        " £300,000 original target 2026/27"
    ) in made.output
    assert "current original target 2025/26: £230,000" in made.output
    folder = root / "data" / "raw" / PERIOD
    assert sorted(path.name for path in folder.iterdir()) == [
        "Our tracker.xlsx",
        "layout-our-tracker.toml",
        "projects.xlsx",
    ]
    quarter = Quarter(read.load(PERIOD, root))
    assert not list(quarter.refusals)
    assert not list(quarter.questions)
    assert [row.name for row in quarter.projects] == ["Leisure centres", "School transport"]
    amounts = [
        (row.ref, row.measure, row.year, row.amount_pence)
        for row in quarter.savings
        if row.amount_pence is not None
    ]
    assert sorted(amounts) == sorted(
        [
            ("A1", "original target", "2025/26", 150 * THOUSAND),
            ("A1", "delivered to date", "2025/26", 60 * THOUSAND),
            ("A1", "forecast", "2025/26", 140 * THOUSAND),
            ("A1", "original target", "2026/27", 300 * THOUSAND),
            ("A2", "original target", "2025/26", 80 * THOUSAND),
            ("A2", "delivered to date", "2025/26", 10 * THOUSAND),
            ("A2", "forecast", "2025/26", 50 * THOUSAND),
            ("A2", "original target", "2026/27", 0),
        ]
    )
    assert {(row.ref, row.route, row.rag) for row in quarter.savings} == {
        ("A1", "Retained", "Green On Target"),
        ("A2", "Commissioned", "Amber"),
    }


def test_it_is_never_written_over(root: Path, tracker: Path) -> None:
    words = [str(tracker), "--for", PERIOD, *given(ANSWERS), "--keep"]
    assert run(root, *words).exit_code == 0
    folder = root / "data" / "raw" / PERIOD
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    again = run(root, *words)
    assert again.exit_code == 2
    assert "already. Nothing was written" in again.stderr
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize(
    ("key", "said", "why"),
    [
        ("plan", "curent", "'curent' is no answer to plan; write 'prior' or 'current'"),
        ("plann", "current", "nothing asks for 'plann'; did you mean 'plan'?"),
        ("rag G", "Blue", "'Blue' is no answer to rag G"),
        ("savings.project", "Nothing", "'Nothing' is no answer to savings.project"),
    ],
)
def test_an_answer_that_is_none_is_refused(
    root: Path, tracker: Path, key: str, said: str, why: str
) -> None:
    answers = {**ANSWERS, key: said}
    with pytest.raises(AdoptRefused, match="Nothing was written") as refused:
        adopt(root, PERIOD, [tracker], answers, lambda _: None)
    assert why in str(refused.value)


def test_a_question_says_which_answers_it_takes(root: Path, tracker: Path) -> None:
    plan, project = adopt(root, PERIOD, [tracker], {}, lambda _: None).open
    assert plan.takes("Current")
    assert not plan.takes("curent")
    assert project.takes("all: Leisure centres")
    assert not project.takes("all: ")
    assert not project.takes("2025/26")


def test_an_answer_holds_for_its_own_files_alone(root: Path, tracker: Path) -> None:
    assert run(root, str(tracker), "--for", PERIOD, *given(ANSWERS), "--keep").exit_code == 0
    (layout,) = (root / "data" / "raw" / PERIOD).glob("layout-*.toml")
    assert tomllib.loads(layout.read_text("utf-8"))["workbooks"] == ["Our tracker.xlsx"]


BUDGET: Sequence[Sequence[object]] = [
    ["Budget book (£000)"],
    ["Service area", "Directorate", "Gross expenditure", "Income", "Net budget 2025/26"],
    ["Leisure", "Place", 4000, 273, 3727],
    ["Waste", "Place", 13000, 894, 12106],
]
REGISTER: Sequence[Sequence[object]] = [
    ["Project name", "Full title", "Sponsor", "Stage"],
    ["Leisure centres", "Leisure centres re-tender", "Director of Place", "In delivery"],
    ["School transport", "School transport routes", "Director of Children", "Proposed"],
]


def test_sheets_that_no_table_is_found_in_are_asked_about(root: Path, tmp_path: Path) -> None:
    book = workbook(
        tmp_path / "office.xlsx",
        ("Budget book", BUDGET),
        ("Project list", REGISTER),
        ("Read me", [["Contact the finance office"], ["Updated monthly"]]),
    )
    made = adopt(root, PERIOD, [book], {}, lambda _: None)
    assert {(each.key, each.likely) for each in made.open} == {
        ("table Budget book", "budget"),
        ("table Project list", "projects"),
    }
    answers = {
        "table Budget book": "budget",
        "Budget book: budget.basis": "all: net budget",
        "Budget book: heading Net budget": "amounts of its year",
        "heading Gross expenditure": "not read",
        "heading Income": "not read",
        "table Project list": "projects",
        "Project list: projects.title": "Full title",
        "heading Stage": "Status",
    }
    made = adopt(root, PERIOD, [book], answers, lambda _: None)
    assert made.is_readable
    quarter = made.trial.quarter
    budgets = [(row.service, row.basis, row.year, row.amount_pence) for row in quarter.budget]
    assert budgets == [
        ("Leisure", "net budget", "2025/26", 3727 * THOUSAND),
        ("Waste", "net budget", "2025/26", 12106 * THOUSAND),
    ]
    assert [(row.title, row.status) for row in quarter.projects] == [
        ("Leisure centres re-tender", "In delivery"),
        ("School transport routes", "Proposed"),
    ]


def test_a_unit_and_a_sign_that_no_sheet_says_are_asked(root: Path, tmp_path: Path) -> None:
    lines = [["Alpha", "Current", "Amber", -40], ["Beta", "Current", "Red", -7]]
    rows = [["Project", "Plan", "RAG", "2025/26"], *lines]
    book = workbook(tmp_path / "s.xlsx", ("S", rows))
    asked: list[str] = []

    def ask(question: Question) -> str:
        asked.append(question.key)
        return {"unit": "£000", "sign": "saving is negative"}[question.key]

    made = adopt(root, PERIOD, [book], {}, ask)
    assert asked == ["unit", "sign"]
    assert [row.amount_pence for row in made.trial.quarter.savings] == [40 * THOUSAND, 7 * THOUSAND]


def test_a_mistyped_heading_is_asked_with_what_it_may_be(root: Path, tmp_path: Path) -> None:
    rows = [["£000"], ["Project", "Plan", "RAGG", "2025/26"], ["Alpha", "Current", "Amber", 40]]
    book = workbook(tmp_path / "s.xlsx", ("S", rows))
    (question,) = adopt(root, PERIOD, [book], {}, lambda _: None).open
    assert (question.key, question.likely) == ("heading RAGG", "RAG")
    made = adopt(root, PERIOD, [book], {"heading RAGG": "RAG"}, lambda _: None)
    assert [row.rag for row in made.trial.quarter.savings] == ["Amber"]


def test_a_layout_is_read_as_it_is_written() -> None:
    data = {
        "tables": {"savings": {"given": {"plan": 'a "quoted" plan \\ £'}, "headings": 3}},
        "values": {"rag": {"Green On Target": ["g", "grün", "tab\there"]}},
    }
    text = layout_file(["a [1].xlsx", "b.xlsx"], data)
    assert tomllib.loads(text) == {"workbooks": ["a [1].xlsx", "b.xlsx"], **data}
    assert merged(data, data) == data


def test_each_sheet_is_asked_for_itself(root: Path, tmp_path: Path) -> None:
    head = ["Project", "RAG", "2025/26"]
    book = workbook(
        tmp_path / "Savings [final] (1).xlsx",
        ("Agreed", [head, ["Alpha", "Amber", 40], ["Beta", "Red", 7]]),
        ("Ideas", [head, ["Gamma", "Amber", 5000]]),
    )
    asked = {each.key for each in adopt(root, PERIOD, [book], {}, lambda _: None).open}
    assert asked == {"Agreed: plan", "Ideas: plan"}
    answers = {
        "Agreed: plan": "current",
        "Ideas: plan": "proposed",
        "Agreed: unit": "£000",
        "Ideas: unit": "£",
    }
    made = run(root, str(book), "--for", PERIOD, *given(answers), "--keep")
    assert made.exit_code == 0, made.output
    quarter = Quarter(read.load(PERIOD, root))
    assert not list(quarter.refusals)
    assert {(row.project, row.plan, row.amount_pence) for row in quarter.savings} == {
        ("alpha", "current", 40 * THOUSAND),
        ("beta", "current", 7 * THOUSAND),
        ("gamma", "proposed", 5 * THOUSAND),
    }


def test_percentages_of_a_total_are_asked_about(root: Path, tmp_path: Path) -> None:
    rows = [
        ["Savings, £000"],
        ["Project", "Plan", "Total saving", "2025/26 %", "2026/27 %"],
        ["Alpha", "Current", 40, 25, 75],
        ["Beta", "Current", 8, 100, None],
    ]
    book = workbook(tmp_path / "s.xlsx", ("S", rows))
    asked: list[tuple[str, str]] = []

    def ask(question: Question) -> str:
        asked.append((question.key, question.likely))
        return question.likely

    made = adopt(root, PERIOD, [book], {}, ask)
    assert asked == [("heading %", "percentage of the total")]  # once for both years
    assert made.is_readable
    amounts = [(row.year, row.amount_pence) for row in made.trial.quarter.savings]
    assert ("2025/26", 10 * THOUSAND) in amounts
    assert ("2026/27", 30 * THOUSAND) in amounts
    assert sum(pence or 0 for _, pence in amounts) == 48 * THOUSAND


def test_the_statuses_of_milestones_are_asked_about(root: Path, tmp_path: Path) -> None:
    rows = [
        ["Project", "Milestone", "Due", "Status"],
        ["Alpha", "Board agrees", "30/09/2025", "Ticked off"],
        ["Alpha", "Doors close", "31/12/2025", "Resting"],
        ["Alpha", "All done", "31/12/2025", "Complete in parts"],
        ["Alpha", "Report", "31/12/2025", "The board meets again in May to hear"],
    ]
    book = workbook(tmp_path / "m.xlsx", ("Milestones", rows))
    answers = {
        "status Ticked off": "completed",
        "status Resting": "shown as it is written",
        "status Complete in parts": "not completed",
        "status The board meets again in May to hear": "not completed",
    }
    first = adopt(root, PERIOD, [book], {}, lambda _: None)
    assert [each.key for each in first.open] == [
        "status Ticked off",
        "status Resting",
        "status Complete in parts",
    ]
    made = adopt(root, PERIOD, [book], answers, lambda _: None)
    assert made.is_readable
    assert [row.done for row in made.trial.quarter.milestones] == [True, None, False, False]


def test_any_column_may_be_kept_as_words(root: Path, tmp_path: Path) -> None:
    rows = [
        ["Savings, £000"],
        ["Project", "Plan", "Lead officer", "Ward", "Theme", "Code", "2025/26"],
        ["Alpha", "Current", "Ann Example", "North", "Growth; place", 4711, 40],
        ["Beta", "Current", "Ben Example", "South", None, 4712, 8],
    ]
    book = workbook(tmp_path / "s.xlsx", ("S", rows))
    keys = ("heading Ward", "heading Theme", "heading Code")
    made = adopt(root, PERIOD, [book], dict.fromkeys(keys, "kept as words"), lambda _: None)
    assert made.is_readable
    said = [(row.owner, row.also) for row in made.trial.quarter.savings]
    assert said == [
        ("Ann Example", "Ward: North; Theme: Growth, place; Code: 4711"),
        ("Ben Example", "Ward: South; Code: 4712"),
    ]
    (shown,) = shown_tables(made.trial)
    assert ("Lead officer", "kept as words: Owner") in shown.columns
    assert ("Ward", "kept as words: Also stated") in shown.columns


def test_what_does_not_add_up_and_who_is_new_is_said_before_anything_is_kept(
    root: Path, tmp_path: Path
) -> None:
    rows = [
        ["Savings, £000"],
        ["Project", "Plan", "2025/26"],
        ["Reablment", "Current", 40],
        ["Buses", "Current", 8],
        ["Total", None, 48],
        ["Net position", "Current", 7],
    ]
    folder = root / "data" / "raw" / PERIOD
    folder.mkdir()
    (folder / "r.csv").write_text(
        "Project,Title,Service,Status\nReablement,R,,\nBuses,B,,\n", "utf-8"
    )
    book = workbook(tmp_path / "s.xlsx", ("S", rows))
    made = run(root, str(book), "--for", PERIOD)
    assert made.exit_code == 0
    assert "New projects:     Reablment (did you mean Reablement?)" in made.stdout
    assert "Does not add up:  Sheet S, Total, 2025/26: the lines add to £55,000" in made.stdout


def test_a_column_without_a_heading_is_named_by_its_letter(root: Path, tmp_path: Path) -> None:
    rows = [
        ["Savings, £000"],
        [None, "2025/26", "2026/27"],
        ["Management restructure", 40, 8],
        ["Car parks", 5, None],
    ]
    book = workbook(tmp_path / "s.xlsx", ("Savings", rows))
    answers = {"table": "savings", "plan": "current", "savings.project": "column A"}
    made = adopt(root, PERIOD, [book], answers, lambda _: None)
    amounts = [(row.year, row.amount_pence) for row in made.trial.quarter.savings]
    assert made.is_readable
    assert [pence for year, pence in amounts if year == "2025/26"] == [40 * THOUSAND, 5 * THOUSAND]
    assert made.trial.unregistered == ["Management restructure", "Car parks"]
