"""A row whose formulas add up other rows of its table is a total, whatever it is called."""

from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from libreoffice import saved_as

from ffanalysis import read
from ffanalysis.api import CheckedQuarter as Quarter
from ffanalysis.sheets.formulas import rows_added

PERIOD = "2026-27-Q2"
LAYOUT = """[tables.savings.given]
plan = "current"
[tables.savings.columns]
project = ["savings proposal"]
"""
NAMES = ("Reablement", "Day centres", "Fostering", "Waste", "Lighting")
REGISTER = "Project,Title,Service,Status\n" + "".join(f"{name},{name},,\n" for name in NAMES)
HEAD = (
    "Savings proposal",
    "RAG",
    "Target 2026/27",
    "Delivered to date 2026/27",
    "Forecast 2026/27",
)
# Two directorates, one of a single line, and what the council comes to.
TRACKER: Sequence[Sequence[object]] = [
    ("Savings tracker, £000",),
    HEAD,
    ("Reablement", "Amber", 640, 210, 600),
    ("Day centres", "Green", 150, 150, 150),
    ("Adults", "Amber", "=SUM(C3:C4)", "=SUM(D3:D4)", "=SUM(E3:E4)"),
    ("Fostering", "Red", 320, 110, 230),
    ("Children", "Red", "=SUM(C6:C6)", "=SUM(D6:D6)", "=SUM(E6:E6)"),
    ("Council", "Amber", "=C5+C7", "=D5+D7", "=E5+E7"),
]


@pytest.mark.parametrize(
    ("formula", "column", "rows"),
    [
        ("SUM(C5:C6)", "C", ((5, 6),)),
        ("=SUM($C$5:C6)", "C", ((5, 6),)),
        ("C7+C9 + C12", "C", ((7, 7), (9, 9), (12, 12))),
        ("+C7+SUM(C9:C10,C12)", "C", ((7, 7), (9, 10), (12, 12))),
        ("SUBTOTAL(109,C5:C6)", "C", ((5, 6),)),
        ("of:=SUM([.C5:.C6])", "C", ((5, 6),)),
        ("of:=[.C7]+[.C9]", "C", ((7, 7), (9, 9))),
        ("SUM(D5:D6)", "C", ()),  # of another column
        ("C7", "C", ()),  # a mere reference
        ("C7-C9", "C", ()),
        ("SUM(C5:C6)*2", "C", ()),
        ("SUM(Other!C5:C6)", "C", ()),
        ("AVERAGE(C5:C6)", "C", ()),
        ("SUBTOTAL(1,C5:C6)", "C", ()),  # an average
    ],
)
def test_which_rows_a_formula_adds(
    formula: str, column: str, rows: tuple[tuple[int, int], ...]
) -> None:
    assert rows_added(formula, column) == rows


def quarter(root: Path, kind: str, soffice: str, rows: Sequence[Sequence[object]]) -> Quarter:
    """A quarter of this tracker, as LibreOffice saves it, with the results of its formulas."""
    folder = root / "data" / "raw" / PERIOD
    folder.mkdir(parents=True)
    book = openpyxl.Workbook()
    book.active.title = "Tracker"
    for row in rows:
        book.active.append(list(row))
    book.save(root / "tracker.xlsx")
    (saved,) = saved_as(kind, [root / "tracker.xlsx"], root / "saved", soffice)
    (folder / f"tracker.{kind}").write_bytes(saved.read_bytes())
    (folder / "register.csv").write_text(REGISTER, "utf-8")
    (folder / "layout.toml").write_text(LAYOUT, "utf-8")
    return Quarter(read.load(PERIOD, root))


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_it_is_compared_and_added_to_nothing(kind: str, tmp_path: Path, soffice: str) -> None:
    made = quarter(tmp_path, kind, soffice, TRACKER)
    assert not made.refusals
    targets = {row.project: row.amount_pence for row in made.savings if row.measure == MEASURE}
    assert targets == {
        "reablement": 640 * 100_000,
        "day-centres": 150 * 100_000,
        "fostering": 320 * 100_000,
    }
    totals = [row.amount_pence for row in made.totals if row.measure == MEASURE]
    assert totals == [790 * 100_000, 320 * 100_000, 1110 * 100_000]
    checked = [each.outcome for each in made.findings if each.rule == "rag-columns"]
    assert checked == ["agrees"] * 9  # three totals of three measures
    assert not [each for each in made.findings if each.rule == "orphan-total"]


MEASURE = "original target"


def test_a_head_above_its_lines_is_a_total_too(tmp_path: Path, soffice: str) -> None:
    rows = [
        *TRACKER[:2],
        ("Adults", "Amber", "=SUM(C4:C5)", "=SUM(D4:D5)", "=SUM(E4:E5)"),
        *TRACKER[2:4],
    ]
    made = quarter(tmp_path, "xlsx", soffice, rows)
    assert {row.project for row in made.savings} == {"reablement", "day-centres"}
    assert not made.refusals


def test_a_line_of_a_formula_of_its_own_stays_a_line(tmp_path: Path, soffice: str) -> None:
    rows = [*TRACKER[:4], ("Fostering", "Red", "=300+20", "=C3-530", "=2*115")]
    made = quarter(tmp_path, "xlsx", soffice, rows)
    amounts = [row.amount_pence for row in made.savings if row.project == "fostering"]
    assert amounts == [320 * 100_000, 110 * 100_000, 230 * 100_000]


def test_a_budget_that_others_add_up_to_is_a_budget(tmp_path: Path, soffice: str) -> None:
    rows = [
        ("Budgets, £000",),
        ("Service", "Part of", "Basis", "2026/27"),
        ("Adults", None, "net", "=SUM(D4:D5)"),
        ("Reablement", "Adults", "net", 1200),
        ("Day centres", "Adults", "net", 300),
    ]
    made = quarter(tmp_path, "xlsx", soffice, rows)
    budgets = {row.service: row.amount_pence for row in made.budget}
    assert budgets["Adults"] == 1500 * 100_000
