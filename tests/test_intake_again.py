"""A workbook that intake wrote, edited by an analyst, and a newer paper: what is kept and told."""

from pathlib import Path

import openpyxl
import pytest
import the_paper

from ffanalysis.errors import IntakeRefused, IntakeTaken, WorkbookUnreadable
from ffanalysis.intake.door import Intake, forms_for, take_in

NEWER = (
    ("Nov 2015", "Dec 2015"),  # a date that nobody edited
    ("100 100", "110 110"),  # an amount that the analyst has edited
    (
        "Contracted provider does not agree to take a reduced service\t",
        "The provider declines a smaller contract\t",
    ),
)


def newer(*pairs: tuple[str, str]) -> str:
    text = the_paper.TEXT
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return text


class Folder:
    def __init__(self, folder: Path) -> None:
        self.paper, self.book = folder / "paper.txt", folder / "project.xlsx"

    def take(self, text: str, *, force: bool = False) -> Intake:
        self.paper.write_text(text, encoding="utf-8")
        forms = forms_for([self.paper])
        return take_in([self.paper], self.book, forms, project=the_paper.PROJECT, force=force)

    def cells(self, sheet: str) -> dict[str, object]:
        page = openpyxl.load_workbook(self.book)[sheet]
        return {cell.coordinate: cell.value for row in page for cell in row if cell.value}

    def rows(self, sheet: str) -> list[tuple[object, ...]]:
        return list(openpyxl.load_workbook(self.book)[sheet].values)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    here = Folder(tmp_path)
    here.take(the_paper.TEXT)
    return here


def edited(folder: Folder) -> None:
    book = openpyxl.load_workbook(folder.book)
    amounts = book["Proposed savings"]
    assert (amounts["C10"].value, amounts["E10"].value) == ("[not legible]", 100)
    amounts["E10"], amounts["C10"] = 120, "Amber"  # the service has said so
    book["Milestones"]["C7"] = "June 2016"  # what the paper left blank
    risks = book["Risks"]
    risks.append(["SEN Contract Efficiency", "A new risk", "Watch it"])
    projects = book["Projects"]
    column = projects.max_column + 1
    projects.cell(3, column, "Decision sought")
    projects.cell(4, column, "Agree the saving")
    notes = book.create_sheet("Notes")
    notes["A1"], notes["A2"], notes["A3"] = "Ours", 3, "=A2*2"
    check = book["To check"]
    check.cell(4, check.max_column, "Amber, says the head of service")
    book.save(folder.book)


def test_a_workbook_that_is_there_is_left_alone(folder: Folder) -> None:
    before = folder.book.read_bytes()
    with pytest.raises(IntakeTaken, match=r"project\.xlsx is there already. --force takes"):
        folder.take(newer(*NEWER))
    assert folder.book.read_bytes() == before


def test_the_same_paper_again_changes_nothing(folder: Folder) -> None:
    before = folder.book.read_bytes()
    folder.take(the_paper.TEXT, force=True)
    assert folder.book.read_bytes() == before


def test_edits_are_kept_and_differences_told(folder: Folder) -> None:
    edited(folder)
    written = folder.take(newer(*NEWER), force=True).written[0]
    amounts = folder.cells("Proposed savings")
    assert (amounts["C10"], amounts["E10"]) == ("Amber", 120)
    assert amounts["E11"] == 110  # the total beside it was not edited: it is the newer paper's
    assert folder.cells("Milestones")["C5"] == "Dec 2015"
    assert folder.cells("Milestones")["C7"] == "June 2016"
    risks = folder.rows("Risks")
    assert risks[3][1] == "The provider declines a smaller contract"
    assert ("SEN Contract Efficiency", "A new risk", "Watch it") in risks
    assert len(risks) == 3 + len(the_paper.RISKS) + 1
    projects = folder.rows("Projects")
    assert dict(zip(projects[2], projects[3], strict=True))["Decision sought"] == "Agree the saving"
    assert folder.rows("Notes")[0][0] == "Ours"
    asked = [row[2] for row in folder.rows("To check") if row[2]]
    assert "Notes: formulas are kept as their values." in asked
    told = [each.sentence for each in written.differences]
    assert any("edited to '120', which is kept; the paper says '110'" in text for text in told)
    assert any("the paper said 'Nov 2015', and now says 'Dec 2015'" in text for text in told)
    assert not any("A new risk" in text for text in told)
    checks = [row[2] for row in folder.rows("To check") if row[2]]
    assert set(told) <= set(checks)
    answers = [row[-1] for row in folder.rows("To check") if row[-1]]
    assert "Amber, says the head of service" in answers


def test_an_edit_is_still_kept_the_third_time(folder: Folder) -> None:
    edited(folder)
    folder.take(newer(*NEWER), force=True)
    folder.take(newer(*NEWER), force=True)
    amounts = folder.cells("Proposed savings")
    assert (amounts["C10"], amounts["E10"], amounts["E11"]) == ("Amber", 120, 110)
    assert [row[1] for row in folder.rows("Risks")].count("A new risk") == 1


def test_rows_that_an_analyst_moved_are_found(folder: Folder) -> None:
    book = openpyxl.load_workbook(folder.book)
    book["Milestones"].insert_rows(4)
    book["Milestones"]["A4"], book["Milestones"]["B4"] = "SEN Contract Efficiency", "Our own"
    book["Milestones"]["C6"] = "30 November 2015"
    book.save(folder.book)
    folder.take(newer(("2016 TBC", "2017 TBC")), force=True)
    dates = {row[1]: row[2] for row in folder.rows("Milestones")[3:]}
    assert dates["Review of future SEND contract with provider"] == "30 November 2015"
    assert dates["SEND services transfer to Babcock (pending agreement)"] == "2017 TBC"
    assert "Our own" in dates


def test_what_was_there_before_stays_beside_it(folder: Folder) -> None:
    before = folder.book.read_bytes()
    folder.take(newer(*NEWER), force=True)
    assert folder.book.with_name("project.xlsx.previous").read_bytes() == before


def test_a_workbook_that_no_intake_wrote_is_refused(folder: Folder) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "Budget"
    book.save(folder.book)
    before = folder.book.read_bytes()
    with pytest.raises(WorkbookUnreadable, match="has no sheet 'From the paper'"):
        folder.take(the_paper.TEXT, force=True)
    assert folder.book.read_bytes() == before


def test_of_a_folder_only_what_is_new_is_taken_in(tmp_path: Path) -> None:
    papers, target = tmp_path / "papers", tmp_path / "books"
    papers.mkdir()
    (papers / "a.txt").write_text(the_paper.TEXT, encoding="utf-8")
    take_in([papers / "a.txt"], target, forms_for([]))
    before = (target / "a.xlsx").read_bytes()
    other = newer(("Special Education Needs and Disabilities Contract Efficiency", "Another"))
    (papers / "b.txt").write_text(other, encoding="utf-8")
    done = take_in([papers / "a.txt", papers / "b.txt"], target, forms_for([]))
    assert isinstance(done.outcomes[0].error, IntakeTaken)
    assert [each.path.name for each in done.written] == ["b.xlsx"]
    assert (target / "a.xlsx").read_bytes() == before
    # What both papers quote of the wider programme is in the first workbook alone.
    sheets = [openpyxl.load_workbook(target / name).sheetnames for name in ("a.xlsx", "b.xlsx")]
    assert ["Current programme" in names for names in sheets] == [True, False]
    assert "Proposed savings" in sheets[1]


def test_what_was_deleted_stays_deleted(folder: Folder) -> None:
    book = openpyxl.load_workbook(folder.book)
    book["Risks"].delete_rows(5)  # the second risk
    del book["Split by route"]
    book.save(folder.book)
    written = folder.take(the_paper.TEXT, force=True).written[0]
    risks = [row[1] for row in folder.rows("Risks")[3:]]
    assert risks == [risk for risk, _ in the_paper.RISKS if risk != the_paper.RISKS[1][0]]
    assert "Split by route" not in openpyxl.load_workbook(folder.book).sheetnames
    told = [each.sentence for each in written.differences]
    assert any("deleted in the workbook, and stays so" in text for text in told)
    assert any(text.startswith("Split by route: the workbook has no such sheet") for text in told)
    folder.take(the_paper.TEXT, force=True)  # and the time after that
    assert [row[1] for row in folder.rows("Risks")[3:]] == risks
    assert "Split by route" not in openpyxl.load_workbook(folder.book).sheetnames


def test_a_cell_that_was_cleared_stays_clear(folder: Folder) -> None:
    book = openpyxl.load_workbook(folder.book)
    book["Milestones"]["C5"] = None
    book.save(folder.book)
    for _ in range(2):
        written = folder.take(the_paper.TEXT, force=True).written[0]
        assert folder.rows("Milestones")[4][2] is None
        told = [each.sentence for each in written.differences]
        assert any("deleted, which is kept; the paper says 'Nov 2015'" in text for text in told)


def test_what_the_newer_paper_adds_or_drops_is_told(folder: Folder) -> None:
    book = openpyxl.load_workbook(folder.book)
    book["Milestones"]["C6"] = "July 2016"  # edited, and then dropped by the paper
    book.save(folder.book)
    gone = "SEND services transfer to Babcock (pending agreement)\t2016 TBC\n"
    added = "Handover of records\tMay 2016\n"
    written = folder.take(newer((gone, added)), force=True).written[0]
    dates = {row[1]: row[2] for row in folder.rows("Milestones")[3:]}
    assert dates["Handover of records"] == "May 2016"
    assert dates["SEND services transfer to Babcock (pending agreement)"] == "July 2016"
    told = [each.sentence for each in written.differences]
    assert any("Handover of records: the newer paper has it" in text for text in told)
    assert any("it was edited in the workbook, and stays" in text for text in told)


def test_a_row_of_ones_own_stays_where_it_was_put(folder: Folder) -> None:
    book = openpyxl.load_workbook(folder.book)
    page = book["Proposed savings"]
    page.insert_rows(11)  # above the total of new savings
    for cell, value in zip("ABCE", (the_paper_type(), "£000's", "Amber", 25), strict=True):
        page[f"{cell}11"] = value
    book.save(folder.book)
    folder.take(the_paper.TEXT, force=True)
    rows = folder.rows("Proposed savings")
    assert rows[10][:5] == (the_paper_type(), "£000's", "Amber", None, 25)
    assert rows[11][2] == "Total"


def the_paper_type() -> str:
    return "New Savings (Further and New)"


def test_the_paper_of_another_project_is_refused(folder: Folder) -> None:
    before = folder.book.read_bytes()
    folder.paper.write_text(the_paper.TEXT, encoding="utf-8")
    with pytest.raises(
        IntakeRefused, match="is of SEN Contract Efficiency, and the paper of Other"
    ):
        take_in([folder.paper], folder.book, forms_for([]), project="Other", force=True)
    assert folder.book.read_bytes() == before
