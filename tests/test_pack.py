"""reconciliation.xlsx: every row with its amounts, and a link to the cell that it was read from."""

import errno
import gc
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from quarters import A1, A2, Q1, Q2
from quarters import written as quarter
from quick import Quick, contents
from rendered import PERIOD

import ffanalysis as ff
from ffanalysis.errors import DiskFull
from ffanalysis.figures import Figure, constant
from ffanalysis.findings import Finding
from ffanalysis.measure import project_measures
from ffanalysis.measure.signoff import figures_code, signed_figures
from ffanalysis.provenance import CellRef
from ffanalysis.run import one_run, pack_sheets, run
from ffanalysis.run.reconciliation_workbook import Pack
from ffanalysis.savings.quarter import Quarter

Book = Any


def packed(root: Path, period: str, *projects: str) -> Book:
    read = ff.load(period, root).records
    path = root / "reconciliation.xlsx"
    with Pack(path, root, read, ff.check(read)) as made:
        for project in projects:
            made.add(project, read, project_measures(read, project))
    return openpyxl.load_workbook(path, data_only=True)


def rows(book: Book, name: str) -> list[dict[str, Any]]:
    """The rows of a sheet by its headings, and what the link of each leads to."""
    head, *body = book[name].iter_rows()
    return [
        {str(top.value): cell.value for top, cell in zip(head, row, strict=True)}
        | {"link": _link(row)}
        for row in body
    ]


def _link(row: Any) -> str:
    return next(
        (f"{cell.hyperlink.target}#{cell.hyperlink.location}" for cell in row if cell.hyperlink), ""
    )


def only(found: list[dict[str, Any]], **wanted: str) -> Mapping[str, Any]:
    (row,) = (row for row in found if all(row[name] == value for name, value in wanted.items()))
    return row


@pytest.fixture
def two_quarters(tmp_path: Path) -> Path:
    head = "Ref,Project,Type of saving,RAG,2016/17,2017/18,Total,Reason for movement"
    quarter(tmp_path, Q1, A1, A2)
    quarter(
        tmp_path,
        Q2,
        "A-1,Alpha,Further,Red,60,90,150,=A late start",
        f"{A2},",
        "B-1,Beta,New,Amber,5,,5,",
        head=head,
    )
    return tmp_path


def test_what_moved_stands_beside_what_was(two_quarters: Path) -> None:
    found = rows(packed(two_quarters, Q2, "alpha", "beta"), "Movement")
    moved = only(found, saving="Further (A-1)")
    assert (moved["original RAG"], moved["last RAG"], moved["RAG"]) == ("Amber", "Amber", "Red")
    assert (moved["before (£)"], moved["now (£)"], moved["change (£)"]) == (150_000, 150_000, 0)
    assert (moved["moved between years (£)"], moved["from"], moved["to"]) == (
        40_000,
        "2016/17",
        "2017/18",
    )
    assert moved["what moved"] == "RAG and slipped"
    assert moved["reason"] == "=A late start"
    still = only(found, saving="New (A-2)")
    assert (still["what moved"], still["moved between years (£)"]) == ("nothing", None)
    new = only(found, project="beta")
    assert (new["what moved"], new["last RAG"], new["before (£)"], new["now (£)"]) == (
        "new",
        "not there",
        None,
        5_000,
    )


def test_links_of_an_earlier_quarter_lead_to_its_own_workbook(two_quarters: Path) -> None:
    quarter(two_quarters, Q2, A1)
    gone = only(rows(packed(two_quarters, Q2, "alpha"), "Movement"), saving="New (A-2)")
    assert gone["cells"] == f"{Q1}/schedule.csv!schedule!E5"
    assert gone["link"] == rf"..\..\data\raw\{Q1}\schedule.csv#'schedule'!E5"
    stays = only(rows(packed(two_quarters, Q2, "alpha"), "Movement"), saving="Further (A-1)")
    assert stays["link"] == rf"..\..\data\raw\{Q2}\schedule.csv#'schedule'!E4"


def test_a_milestone_that_moved_stands_among_what_moved(two_quarters: Path) -> None:
    for period, when in ((Q1, "March 2016"), (Q2, "=June 2016")):
        text = f"Project,Milestone,Completed by date\nAlpha,=Let,{when}\n"
        (two_quarters / "data" / "raw" / period / "milestones.csv").write_text(text, "utf-8")
    moved = only(rows(packed(two_quarters, Q2, "alpha"), "Movement"), saving="Milestone: =Let")
    assert (moved["what moved"], moved["from"], moved["to"]) == (
        "milestone no longer dated",
        "March 2016",
        "=June 2016",
    )
    assert moved["cells"] == f"milestones.csv!milestones!A2; {Q1}/milestones.csv!milestones!A2"


def test_the_first_quarter_and_a_new_project_are_told_and_not_shown_as_nil(
    two_quarters: Path,
) -> None:
    (first,) = rows(packed(two_quarters, Q1, "alpha"), "Movement")
    assert (first["project"], first["what moved"], first["before (£)"]) == (
        "alpha",
        "no earlier quarter",
        None,
    )
    quarter(two_quarters, Q2, A1, "C-1,Gamma,New,Amber,5,,5", projects=("Alpha", "Gamma"))
    (new,) = rows(packed(two_quarters, Q2, "gamma"), "Movement")
    assert (new["what moved"], new["now (£)"]) == (f"new: not in quarter {Q1}", 5_000)


def test_a_quarter_that_cannot_be_read_says_why_in_the_place_of_its_movement(
    two_quarters: Path,
) -> None:
    quarter(two_quarters, Q1, "A-1,Alpha,Further,Amber,1e9999999,50,150")
    (row,) = rows(packed(two_quarters, Q2, "alpha"), "Movement")
    assert row["what moved"].startswith(f"{Q1}/schedule.csv, sheet schedule, cell E4")


def test_every_figure_has_its_amount_in_pounds_and_its_cell(two_quarters: Path) -> None:
    found = rows(packed(two_quarters, Q2, "beta"), "Figures")
    total = only(found, name="current/total")
    assert (total["amount (£)"], total["unit"], total["link"]) == (
        5_000,
        "£",
        rf"..\..\data\raw\{Q2}\schedule.csv#'schedule'!E6",
    )
    blank = only(found, name="current/2017-18")
    assert (blank["amount (£)"], blank["missing"]) == (None, "blank")


def test_the_first_sheet_says_what_the_quarter_is_and_every_other_can_be_filtered(
    two_quarters: Path,
) -> None:
    book = packed(two_quarters, Q2, "alpha", "beta")
    about = dict(book["About"].iter_rows(values_only=True))
    assert about["Quarter"] == Q2
    assert set(book.sheetnames) - set(about) == {"About"}
    for page in book.worksheets[1:]:
        assert page.freeze_panes == "A2"
        assert (
            page.auto_filter.ref
            == f"A1:{page.cell(max(2, page.max_row), page.max_column).coordinate}"
        )


# Who signed on what


@pytest.fixture
def signed_on(programme: Path) -> Any:
    path = programme / "data" / "raw" / PERIOD / "register.xlsx"

    def written(text: str) -> Mapping[str, Any]:
        book = openpyxl.load_workbook(path)
        page = book["Sign-off"]
        row = next(cell.row for cell in page["A"] if cell.value == "Project")
        columns = [cell.value for cell in page[row]]
        column = columns.index("Signed on") + 1 if "Signed on" in columns else page.max_column + 1
        page.cell(row, column, "Signed on")
        page.cell(row + 1, column, text)
        book.save(path)
        first, *_ = rows(
            packed(programme, PERIOD, ff.load(PERIOD, programme).records.slugs[0]), "Sign-off"
        )
        return first

    return written


def test_a_sign_off_says_whether_it_still_stands(programme: Path, signed_on: Any) -> None:
    read = ff.load(PERIOD, programme).records
    stated = signed_figures(read, read.slugs[0])
    code = figures_code(stated)
    first = signed_on(code)
    assert (first["stands for"], first["signed on"], first["the figures' code"]) == (
        "these figures",
        code,
        code,
    )
    name = next(name for name in stated if name.startswith("the proposed saving"))
    other = {**stated, name: stated[name]._replace(text="£1")}
    assert signed_on(figures_code(other))["stands for"] == f"lapsed: {name}"
    assert signed_on("agreed")["stands for"] == "not a valid code"
    assert signed_on("")["stands for"] is None


# Odd names, and what a workbook holds


CURRENT = "Current programme"


def at(sheet: str, address: str) -> CellRef:
    return CellRef("savings-schedule.xlsx", sheet, address)


def odd(read: Quarter, path: Path, cells: tuple[CellRef, ...], message: str = "It agrees.") -> Book:
    findings = [Finding("route-split", "Odd", "agrees", "note", (message,), cells=cells)]
    with Pack(path, path.parent, read, findings) as made:
        made.add_figures(
            [Figure("odd", constant(100, "given", cells)), Figure("none", constant(100, "given"))]
        )
    return openpyxl.load_workbook(path)


def test_a_sheet_with_an_odd_name_is_led_to(programme: Path) -> None:
    cell = at("Cuts; 'by' route!", "B9")
    page = odd(ff.load(PERIOD, programme).records, programme / "odd.xlsx", (cell,))["Findings"]
    assert page["L2"].value == "savings-schedule.xlsx!Cuts; 'by' route!!B9"
    assert page["L2"].hyperlink.target == r"..\..\data\raw\2015-16-Q2\savings-schedule.xlsx"
    assert page["L2"].hyperlink.location == "'Cuts; ''by'' route!'!B9"


@pytest.mark.parametrize("file", ["Savings #2 (50%).xlsx", "a#b.csv"])
def test_a_file_that_no_link_can_name_stays_a_text(programme: Path, file: str) -> None:
    cell = CellRef(file, "Lines", "F5")
    page = odd(ff.load(PERIOD, programme).records, programme / "odd.xlsx", (cell,))["Findings"]
    assert (page["L2"].value, page["L2"].hyperlink) == (f"{file}!Lines!F5", None)


def test_thousands_of_cells_and_the_longest_message_fit(programme: Path) -> None:
    many = tuple(at(CURRENT, f"B{row}") for row in range(1, 1500))
    page = odd(ff.load(PERIOD, programme).records, programme / "odd.xlsx", many, "m" * 40_000)[
        "Findings"
    ]
    assert page["L2"].hyperlink.location == "'Current programme'!B1"
    assert (len(page["L2"].value), page["L2"].value[-2:]) == (32_767, " …")
    assert page["K2"].value == "m" * 32_767


def test_links_beyond_what_a_sheet_holds_stay_texts(
    programme: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pack_sheets, "MOST_LINKS", 2)
    cell = at(CURRENT, "B1")
    path = programme / "many.xlsx"
    with Pack(path, programme, ff.load(PERIOD, programme).records, ()) as made:
        made.add_figures(
            [Figure(f"figure/{number}", constant(100, "given", (cell,))) for number in range(3)]
        )
    page = openpyxl.load_workbook(path)["Figures"]
    assert [bool(page.cell(row, 8).hyperlink) for row in (2, 3, 4)] == [True, True, False]
    assert page.cell(4, 8).value == "savings-schedule.xlsx!Current programme!B1"


def test_two_texts_with_one_target_keep_their_own_words(programme: Path) -> None:
    cells = tuple(at(CURRENT, f"B{row}") for row in (1, 2))
    path = programme / "two.xlsx"
    with Pack(path, programme, ff.load(PERIOD, programme).records, ()) as made:
        made.add_figures(
            [
                Figure("one", constant(100, "given", cells)),
                Figure("two", constant(100, "given", cells[:1])),
            ]
        )
    page = openpyxl.load_workbook(path)["Figures"]
    first, second = (f"savings-schedule.xlsx!Current programme!B{row}" for row in (1, 2))
    assert [page.cell(row, 8).value for row in (2, 3)] == [f"{first}; {second}", first]
    assert page.cell(2, 8).hyperlink.target == page.cell(3, 8).hyperlink.target


# A disk that is full


# What xlsxwriter cannot close it leaves open.
@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"
)
def test_a_disk_that_is_full_when_the_pack_is_written_ends_the_run_and_leaves_what_was_published(
    published: Path, quick: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(published)
    monkeypatch.setattr(
        one_run, "run_in_subprocess", lambda function, argument, *_: function(argument)
    )  # what is patched is patched here

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("xlsxwriter.workbook.Workbook._store_workbook", full)
    with pytest.raises(DiskFull):
        run.run(PERIOD, published, run.RunOptions(force=True), engine=quick)
    assert contents(published) == before
    gc.collect()
