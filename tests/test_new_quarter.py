"""A quarter's workbook to be filled in: blank, or with what the quarter before holds."""

import io
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result
from libreoffice import saved_as
from rendered import PERIOD

from ffanalysis import read
from ffanalysis.checks import check
from ffanalysis.cli import main
from ffanalysis.layout import plain, standard
from ffanalysis.money import THOUSAND
from ffanalysis.savings.quarter import Quarter
from ffanalysis.sheets.open_workbook import read_workbook
from ffanalysis.start.blank import GUIDE
from ffanalysis.start.columns import TABLES, TableForm

NEXT = "2015-16-Q3"
BLANK = "2026-27-Q1"
YEARS = ("2026/27", "2027/28", "2028/29")


def run(root: Path, *words: str) -> Result:
    return CliRunner().invoke(
        main, list(words), env={"FFANALYSIS_ROOT": str(root)}, prog_name="ffanalysis"
    )


def book_of(root: Path, period: str) -> Path:
    return root / "data" / "raw" / period / "programme.xlsx"


@pytest.fixture
def blank(tmp_path: Path) -> Path:
    root = tmp_path / "programme"
    (root / "data" / "raw").mkdir(parents=True)
    made = run(root, "new", BLANK)
    assert made.exit_code == 0, made.output
    return root


# --- the columns ----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", TABLES, ids=lambda form: form.sheet)
def test_each_heading_is_known_and_each_that_is_needed_is_there(form: TableForm) -> None:
    table = standard().tables[form.name]
    known = {**table.columns, **table.texts}
    headed = [known.get(plain(column.heading)) for column in form.all_columns()]
    full_year = [c.heading for c in form.all_columns() if plain(c.heading) not in known]
    assert set(full_year) <= {"Full-year effect"}  # an amount, and no column of words
    given = {plain(name) for name, _ in form.statements}
    assert {*table.needs} <= {*headed} | {table.columns[name] for name in given}
    for column in form.all_columns():
        name = table.columns.get(plain(column.heading), "")
        words = standard().values.get(name, {})
        if not isinstance(column.choices, str) and words and not column.is_open:
            assert all(plain(choice) in words for choice in column.choices), column.heading


# --- a blank one ----------------------------------------------------------------------------------


def test_a_blank_one_says_only_that_no_project_is_there_yet(blank: Path) -> None:
    made = run(blank, "check", "latest", "--all")
    assert made.exit_code == 11
    said = [line for line in made.stderr.splitlines() if "latest period" not in line]
    assert len(said) == 1
    assert "sheet Projects: no project is written there yet. Write one in each row" in said[0]
    assert made.stdout.split() == f"{BLANK}: Nothing needs an answer.".split()


def test_a_blank_one_offers_explains_and_locks(blank: Path) -> None:
    book = openpyxl.load_workbook(book_of(blank, BLANK))
    assert book.sheetnames == [GUIDE, *(form.sheet for form in TABLES)]
    for form in TABLES:
        sheet = book[form.sheet]
        assert sheet.protection.sheet
        row = head_row(sheet)
        for cell in sheet[row]:
            assert cell.comment is not None
            assert cell.protection.locked
            assert not sheet.cell(row + 3, cell.column).protection.locked
    savings = book["Savings"]
    offered = {str(rule.formula1) for rule in savings.data_validations.dataValidation}
    assert '"Green Delivered,Green On Target,Amber,Red"' in offered
    assert '"Retained,Commissioned"' in offered
    assert "Projects!$A$5:$A$64" in offered
    assert savings["G5"].value == '=IF(COUNT(G6:G65)=0,"",SUM(G6:G65))'


def head_row(sheet: Any) -> int:
    return next(cell.row for row in sheet.iter_rows(max_row=8) for cell in row if cell.comment)


def fill(path: Path, sheets: Mapping[str, Sequence[Mapping[str, object]]]) -> None:
    """Write rows below the headings, as a person would, and save without calculating."""
    book = openpyxl.load_workbook(path)
    for name, rows in sheets.items():
        sheet = book[name]
        head = head_row(sheet)
        columns = {cell.value: cell.column for cell in sheet[head]}
        first = head + (2 if sheet.cell(head + 1, 1).value == "Total" else 1)
        for number, row in enumerate(rows, start=first):
            for heading, value in row.items():
                sheet.cell(number, columns[heading], value)
    book.save(path)


RIGHT: dict[str, list[dict[str, object]]] = {
    "Projects": [
        {"Project": "Libraries", "Title": "Opening hours", "Service": "Libraries"}
        | {"Status": "In delivery"},
        {"Project": "Parks", "Title": "Mowing", "Service": "Parks", "Status": "Proposed"},
    ],
    "Savings": [
        {"Ref": "L1", "Project": "Libraries", "What is saved": "Sundays", "Type of saving": "New"}
        | {"Delivery route": "Retained", "RAG": "Amber", "Target 2026/27": 40}
        | {"Delivered to date 2026/27": 10, "Forecast 2026/27": 35, "Target 2027/28": 20.5}
        | {"Forecast 2027/28": 20, "FTE": "1.5", "Confirmed by": "Finance manager"},
        {"Ref": "L2", "Project": "Libraries", "What is saved": "Books", "Type of saving": "New"}
        | {"Delivery route": "Commissioned", "RAG": "Green On Target", "Target 2026/27": 5},
    ],
    "Proposals": [
        {"Ref": "P1", "Project": "Parks", "RAG": "Red", "Target 2027/28": 12, "FTE": "2"}
    ],
    "Budgets": [
        {"Service": "Libraries", "Basis": "controllable", "Savings position": "before"}
        | {"2026/27": 1200}
    ],
    "Milestones": [
        {"Project": "Libraries", "Milestone": "Start", "Completed by": "April 2026"}
        | {"Status": "Completed", "Completed on": "7 April 2026"}
    ],
    "Deadlines": [
        {"Project": "Parks", "What": "Leases reviewed", "Quantity": "12", "By": "1 April 2027"}
    ],
}


def test_what_is_filled_in_is_read_to_the_last_word(
    blank: Path, tmp_path: Path, soffice: str
) -> None:
    path = book_of(blank, BLANK)
    fill(path, RIGHT)
    (saved,) = saved_as("xlsx", [path], tmp_path / "saved", soffice)  # with its totals worked out
    shutil.copy(saved, path)
    quarter = Quarter(read.load(BLANK, blank))
    assert not list(quarter.refusals)
    assert [(row.name, row.status) for row in quarter.projects] == [
        ("Libraries", "In delivery"),
        ("Parks", "Proposed"),
    ]
    amounts = {
        (row.ref, row.plan, row.measure, row.year): row.amount_pence
        for row in quarter.savings
        if row.amount_pence is not None
    }
    assert amounts == {
        ("L1", "current", "original target", "2026/27"): 40 * THOUSAND,
        ("L1", "current", "delivered to date", "2026/27"): 10 * THOUSAND,
        ("L1", "current", "forecast", "2026/27"): 35 * THOUSAND,
        ("L1", "current", "original target", "2027/28"): 20 * THOUSAND + THOUSAND // 2,
        ("L1", "current", "forecast", "2027/28"): 20 * THOUSAND,
        ("L2", "current", "original target", "2026/27"): 5 * THOUSAND,
        ("P1", "proposed", "original target", "2027/28"): 12 * THOUSAND,
    }
    assert {row.amount_pence for row in quarter.totals if row.year == "2026/27"} >= {45 * THOUSAND}
    assert next(row.what for row in quarter.savings if row.ref == "L1") == "Sundays"
    assert all(row.done for row in quarter.milestones)
    bad = [each for each in check(quarter) if each.severity == "error"]
    assert not bad
    assert not list(quarter.questions)


MISTAKES = {
    "a project that is not registered": (
        {"Savings": [{"Project": "Museums", "RAG": "Red", "Target 2026/27": 3}]},
        "Museums",
    ),
    "a status that is none": (
        {"Savings": [{"Project": "Libraries", "RAG": "Blue", "Target 2026/27": 3}]},
        "'Blue' is not known here",
    ),
    "words for an amount": (
        {"Savings": [{"Project": "Libraries", "RAG": "Red", "Target 2026/27": "some"}]},
        "'some'",
    ),
    "another unit in a cell": (
        {"Savings": [{"Project": "Libraries", "RAG": "Red", "Target 2026/27": "€3k"}]},
        "€3k",
    ),
    "a line twice": (
        {
            "Savings": [
                {"Ref": "L1", "Project": "Libraries", "RAG": "Red", "Target 2026/27": 3},
                {"Ref": "L1", "Project": "Libraries", "RAG": "Red", "Target 2026/27": 3},
            ]
        },
        "the same line is listed twice",
    ),
    "more delivered than is to be saved": (
        {
            "Savings": [
                {"Ref": "L1", "Project": "Libraries", "RAG": "Green Delivered"}
                | {"Target 2026/27": 3, "Delivered to date 2026/27": 30}
            ]
        },
        "£30,000",
    ),
    "a saving larger than its budget": (
        {
            "Savings": [{"Project": "Libraries", "RAG": "Red", "Target 2026/27": 3000}],
            "Budgets": [{"Service": "Libraries", "Basis": "net", "2026/27": 1200}],
        },
        "£3,000,000",
    ),
    "a milestone that cannot be dated": (
        {
            "Savings": [{"Project": "Libraries", "RAG": "Red", "Target 2026/27": 3}],
            "Milestones": [
                {"Project": "Libraries", "Milestone": "Start", "Completed by": "soonish"}
            ],
        },
        "'Start' has no date",
    ),
    "a day of another quarter": ({}, "31 March 2027"),
    "a total that is typed over": (
        {"Savings": [{"Project": "Libraries", "RAG": "Red", "Target 2026/27": 3}]},
        "the schedule states £9,000",
    ),
}


@pytest.fixture(scope="module")
def mistaken(tmp_path_factory: pytest.TempPathFactory, soffice: str) -> Mapping[str, Path]:
    """A workbook with each mistake, its totals worked out by LibreOffice, all at once."""
    folder = tmp_path_factory.mktemp("mistakes")
    (folder / "data" / "raw").mkdir(parents=True)
    assert run(folder, "new", BLANK).exit_code == 0
    paths = {name: folder / f"{number}.xlsx" for number, name in enumerate(MISTAKES)}
    for name, path in paths.items():
        shutil.copy(book_of(folder, BLANK), path)
        fill(path, {"Projects": RIGHT["Projects"][:1], **MISTAKES[name][0]})
        book = openpyxl.load_workbook(path)
        if name == "a day of another quarter":
            book["Projects"]["B2"] = "31 March 2027"
        if name == "a total that is typed over":
            book["Savings"]["G5"] = 9
        book.save(path)
    saved = saved_as("xlsx", list(paths.values()), folder / "saved", soffice)
    return dict(zip(paths, saved, strict=True))


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_found_and_named(
    name: str, mistaken: Mapping[str, Path], tmp_path: Path
) -> None:
    path = book_of(tmp_path, BLANK)
    path.parent.mkdir(parents=True)
    shutil.copy(mistaken[name], path)
    made = run(tmp_path, "check", BLANK, "--all")
    said = MISTAKES[name][1]
    assert said in made.output + made.stderr, made.output + made.stderr


def test_libreoffice_gives_every_cell_formula_and_list_back(
    blank: Path, tmp_path: Path, soffice: str
) -> None:
    path = book_of(blank, BLANK)
    fill(path, RIGHT)
    (ods,) = saved_as("ods", [path], tmp_path / "ods", soffice)
    (again,) = saved_as("xlsx", [ods], tmp_path / "xlsx", soffice)
    before, after = openpyxl.load_workbook(path), openpyxl.load_workbook(again)
    assert after.sheetnames == before.sheetnames
    for name in before.sheetnames:
        assert cells(after[name]) == cells(before[name])
        assert lists(after[name]) == lists(before[name])
    assert read_workbook(again).sheets  # and our reader takes it


def cells(sheet: Any) -> dict[str, object]:
    return {
        cell.coordinate: cell.value
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def lists(sheet: Any) -> set[tuple[str, str]]:
    """What is offered, and from which cell on."""
    return {
        (str(rule.sqref).split(":", 1)[0], str(rule.formula1).replace("$Projects.", "Projects!"))
        for rule in sheet.data_validations.dataValidation
        if rule.type == "list"
    }


# --- with what the quarter before holds -----------------------------------------------------------


@pytest.fixture
def example(example_quarter: Path, tmp_path: Path) -> Path:
    root = tmp_path / "programme"
    shutil.copytree(example_quarter, root / "data" / "raw" / PERIOD)
    return root


_SAME = (
    *("project", "scope", "plan", "saving_type", "route", "rag", "rag_missing", "measure", "year"),
    *("amount_pence", "stated_to_pence"),
)


def money(quarter: Quarter) -> set[tuple[object, ...]]:
    return {
        tuple(getattr(row, name) for name in _SAME)
        for row in quarter.savings
        if row.amount_pence is not None
    }


def test_all_that_the_quarter_before_holds_is_there(example: Path) -> None:
    made = run(example, "new", "next")
    assert made.exit_code == 0, made.output
    assert f"Carried over from {PERIOD}" in made.output
    old, new = (Quarter(read.load(period, example)) for period in (PERIOD, NEXT))
    assert not list(new.refusals)
    assert money(new) == money(old)
    for name in ("projects", "milestones", "risks", "signoff", "deadlines", "background"):
        said = [
            [
                tuple(value for key, value in row._asdict().items() if key not in _PLACES)
                for row in getattr(quarter, name)
            ]
            for quarter in (old, new)
        ]
        assert said[1] == said[0], name
    budgets = [
        {(row.service, row.part_of, row.basis, row.year, row.amount_pence) for row in own.budget}
        for own in (old, new)
    ]
    assert budgets[1] >= {row for row in budgets[0] if row[-1] is not None}
    assert new.as_of.isoformat() == "2015-12-31"


_PLACES = {"workbook", "sheet", "cell", "texts_at", "by_cell", "done_cell"}


def test_an_invented_programme_is_carried_over_with_its_faults(tmp_path: Path) -> None:
    root = tmp_path / "demo"
    assert run(root, "demo", str(root), "--projects", "12", "--quarters", "1").exit_code == 0
    made = run(root, "new", "next")
    assert made.exit_code == 0
    old, new = (Quarter(read.load(name, root)) for name in read.known_periods(root))
    assert old.period.after == new.period
    assert money(new) == money(old)
    errors = [finding for finding in check(old) if finding.severity == "error"]
    assert len(errors) > 3
    assert all(str(finding) in made.stderr for finding in errors)


def test_what_nobody_changed_is_asked_about(example: Path) -> None:
    run(example, "new", "next")
    made = run(example, "check", NEXT)
    assert made.exit_code == 11
    assert "what is delivered, forecast and rated in it is that of Quarter 2" in made.stderr
    book = openpyxl.load_workbook(book_of(example, NEXT))
    rules = book["Current programme"].conditional_formatting
    marked = {str(each.sqref) for each in rules for rule in each.rules if rule.type == "expression"}
    assert {"C6", "C7", "C8", "C9"} <= marked  # RAG, until it is changed


def test_a_quarter_with_workbooks_is_left_as_it_is(example: Path) -> None:
    before = {path.name: path.read_bytes() for path in (example / "data/raw" / PERIOD).iterdir()}
    made = run(example, "new", PERIOD)
    assert made.exit_code == 2
    assert "has workbooks already. Nothing was written" in made.stderr
    after = {path.name: path.read_bytes() for path in (example / "data/raw" / PERIOD).iterdir()}
    assert after == before


def test_what_could_not_be_read_is_named_and_not_carried(example: Path) -> None:
    path = example / "data" / "raw" / PERIOD / "savings-schedule.xlsx"
    book = openpyxl.load_workbook(path)
    book["Proposed savings"]["E10"] = "about a hundred"
    buffer = io.BytesIO()
    book.save(buffer)
    path.write_bytes(buffer.getvalue())
    made = run(example, "new", "next")
    assert made.exit_code == 0
    assert "not carried over" in made.stderr
    assert "about a hundred" in made.stderr


def test_the_same_quarter_gives_the_same_bytes(example: Path) -> None:
    run(example, "new", "next")
    first = book_of(example, NEXT).read_bytes()
    book_of(example, NEXT).unlink()
    run(example, "new", "next")
    assert book_of(example, NEXT).read_bytes() == first
