"""Savings spread over the years by percentages of a total, as a layout says that they are."""

from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from quarters import Q2
from witnessed import page

from ffanalysis import read
from ffanalysis.api import CheckedQuarter as Quarter
from ffanalysis.figures import Figure
from ffanalysis.measure import project_measures
from ffanalysis.run.second_reading import ReadingRequest, read_second
from ffanalysis.verify import Workbooks, check_page

LAYOUT = '[tables.savings]\npercentages = "of the total"\n'
REGISTER = "Project,Title,Service,Status\nAlpha,Alpha,,\nBeta,Beta,,\n"
HEAD = ("Project", "Plan", "Ref", "Total", "2016/17", "2017/18", "2018/19")
ALPHA = ("Alpha", "Current", "A-1", 400)
YEARS = ("2016/17", "2017/18", "2018/19")
Row = Sequence[object]


def folder_of(root: Path, *rows: Row, head: Row = HEAD, shown_as: str = "0%") -> Path:
    """A quarter of a register and a schedule in £000, shown so from the fifth column on."""
    folder = root / "data" / "raw" / Q2
    folder.mkdir(parents=True)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Savings"
    for row in (("Savings, £000",), head, *rows):
        sheet.append(list(row))
    for cells in sheet.iter_rows(min_row=3, min_col=5):
        for cell in cells:
            cell.number_format = shown_as
    book.save(folder / "schedule.xlsx")
    (folder / "register.csv").write_text(REGISTER, "utf-8")
    (folder / "layout.toml").write_text(LAYOUT, "utf-8")
    return folder


def load(root: Path) -> Quarter:
    return Quarter(read.load(Q2, root))


def figures(quarter: Quarter) -> dict[str, Figure]:
    return {each.name: each for each in project_measures(quarter, "alpha").figures()}


def pounds(quarter: Quarter) -> dict[tuple[str | None, str | None], float | None]:
    return {
        (row.project, row.year): row.amount_pence and row.amount_pence / 100
        for row in quarter.savings
    }


def test_each_year_has_its_share_of_the_total(tmp_path: Path) -> None:
    folder_of(tmp_path, (*ALPHA, 0.25, 0.5, 0.25), ("Beta", "Current", "B-1", 33, 0.4, 0.6, None))
    quarter = load(tmp_path)
    assert pounds(quarter) == {
        ("alpha", "2016/17"): 100_000,
        ("alpha", "2017/18"): 200_000,
        ("alpha", "2018/19"): 100_000,
        ("beta", "2016/17"): 13_200,
        ("beta", "2017/18"): 19_800,
        ("beta", "2018/19"): None,
    }
    assert not quarter.refusals
    # The total is compared with its shares, and added to nothing.
    assert figures(quarter)["current/total"].pence == 400_000_00
    assert not [each for each in quarter.findings if each.severity == "error"]


@pytest.mark.parametrize(
    ("shares", "shown_as", "head"),
    [
        (("25%", "50%", "25%"), "General", HEAD),
        ((25, 50, 25), "General", (*HEAD[:4], *(f"{year} %" for year in YEARS))),
        ((0.25, 0.5, 0.25), "0.0%", (*HEAD[:3], "Total saving", *YEARS)),
        ((0.25, 0.5, 0.25), "0%", (*HEAD[:3], "Saving", *YEARS)),
    ],
)
def test_a_percentage_may_be_typed_shown_or_headed(
    shares: Row, shown_as: str, head: Row, tmp_path: Path
) -> None:
    folder = folder_of(tmp_path, (*ALPHA, *shares), head=head, shown_as=shown_as)
    (folder / "layout.toml").write_text(f'{LAYOUT}[headings]\nbeside_years = ["%"]\n', "utf-8")
    quarter = load(tmp_path)
    assert list(pounds(quarter).values()) == [100_000, 200_000, 100_000]
    assert not quarter.refusals


def test_a_page_recomputes_it_from_both_cells(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, (*ALPHA, 1 / 3, 1 / 3, 1 / 3))
    quarter = load(tmp_path)
    figure = figures(quarter)["current/2016-17"]
    assert figure.pence == 133_333_33  # a third of £400,000 to the penny
    assert {cell.address for cell in figure.cells} == {"E3", "D3"}
    shown = page(quarter, "alpha")
    outcome = check_page(shown, Workbooks(folder))
    assert outcome.faults == []
    assert outcome.cells >= 4
    # The total is another one now: the page is stale, and says so.
    book = openpyxl.load_workbook(folder / "schedule.xlsx")
    book["Savings"]["D3"] = 500
    book.save(folder / "schedule.xlsx")
    assert check_page(shown, Workbooks(folder)).faults
    read.load(Q2, tmp_path, tmp_path / "store")
    second = read_second(ReadingRequest(tmp_path, Q2, tmp_path / "store"))
    assert second.disagreements == ()


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ((*ALPHA, 0.25, 0.5, 0.2), "E3: the percentages of this row come to 95% of its total"),
        ((*ALPHA, 0.25, 0.75, 1), "E3: the percentages of this row come to 200% of its total"),
        (
            ("Alpha", "Current", "A-1", None, 0.5, 0.5, None),
            "E3: '0.5' is a percentage of no total (write the total into D3)",
        ),
    ],
)
def test_what_is_no_whole_is_refused(row: Row, says: str, tmp_path: Path) -> None:
    folder_of(tmp_path, row, ("Beta", "Current", "B-1", 33, 0.4, 0.6, None))
    quarter = load(tmp_path)
    (refusal,) = quarter.refusals
    assert says in refusal.sentence
    assert refusal.project == "alpha"
    assert {project for (project, _), own in pounds(quarter).items() if own} == {"beta"}


def test_a_total_that_is_to_come_leaves_its_years_without_an_amount(tmp_path: Path) -> None:
    folder_of(tmp_path, ("Alpha", "Current", "A-1", "TBC", 0.5, 0.5, None))
    (first, second, _) = load(tmp_path).savings
    assert (first.amount_pence, first.missing, second.missing) == (None, "TBC", "TBC")


def test_without_a_layout_that_says_so_a_percentage_is_no_amount(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, (*ALPHA, 0.25, 0.5, 0.25))
    (folder / "layout.toml").unlink()
    assert {row.cell for row in load(tmp_path).refusals} == {"E3", "F3", "G3"}


def test_a_corrected_total_is_shared_out(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, (*ALPHA, 0.25, 0.75, None))
    (folder / "corrections.toml").write_text(
        '[[correction]]\ncell = "schedule.xlsx!Savings!D3"\nwas = 400\nnow = 800\n'
        'reason = "a line was left out"\ntold_by = "Finance"\ndate = 2015-10-02\n',
        "utf-8",
    )
    quarter = load(tmp_path)
    assert pounds(quarter)["alpha", "2016/17"] == 200_000
    assert check_page(page(quarter, "alpha"), Workbooks(folder)).faults == []
