"""The command `ffanalysis intake`: what it prints, writes and exits with."""

import json
from pathlib import Path

import openpyxl
import pytest
import the_paper
from click.testing import CliRunner, Result

from ffanalysis.cli import main


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "sen.txt"
    path.write_text(the_paper.TEXT, encoding="utf-8")
    return path


def run(*words: object) -> Result:
    return CliRunner().invoke(main, ["intake", *map(str, words)])


def test_it_says_what_to_check_and_what_to_do_next(paper: Path, tmp_path: Path) -> None:
    book = tmp_path / "data" / "raw" / "2015-16-Q2" / "sen.xlsx"
    done = run(paper, "--to", book)
    assert done.exit_code == 0
    assert "104 of 104" in done.stdout  # counted on the text: its fields that say something
    questions = [line for line in done.stdout.splitlines() if line[:2].rstrip(".").isdigit()]
    assert len(questions) == len(the_paper.QUESTIONS)
    assert done.stdout.endswith("Now: ffanalysis run 2015-16-Q2\n")
    assert openpyxl.load_workbook(book).sheetnames == [
        "To check",
        "Projects",
        "Milestones",
        "Risks",
        "Sign-off",
        "Deadlines",
        "Background",
        "Base budget 2015-16",
        "Controllable budget 2013-14",
        "Current programme",
        "Proposed savings",
        "Split by route",
        "Delivered 2014-15",
        "From the paper",
    ]


def test_each_cell_has_a_note_with_the_words_it_comes_from(paper: Path, tmp_path: Path) -> None:
    run(paper, "--to", tmp_path / "x.xlsx")
    page = openpyxl.load_workbook(tmp_path / "x.xlsx")["Current programme"]
    assert page["B7"].comment.text == "sen.txt, line 64, column 4: “584”"
    assert page["A7"].comment.text.endswith("Mended from 'Green Deli | vered'.")


def test_the_same_papers_give_the_same_bytes(paper: Path, tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        assert run(paper, "--to", tmp_path / name).exit_code == 0
    # The second is in a folder that has the wider programme's tables already.
    assert "Current programme" not in openpyxl.load_workbook(tmp_path / "b.xlsx").sheetnames
    (tmp_path / "other").mkdir()
    run(paper, "--to", tmp_path / "other" / "a.xlsx")
    assert (tmp_path / "other" / "a.xlsx").read_bytes() == (tmp_path / "a.xlsx").read_bytes()


def test_as_data(paper: Path, tmp_path: Path) -> None:
    done = run(paper, "--to", tmp_path / "x.xlsx", "--format", "json")
    said = json.loads(done.stdout)
    assert {"placed", "to_check", "coverage"} <= said.keys()
    assert said["coverage"] == {
        "sen.txt": {
            "atoms": 104,
            "placed": said["coverage"]["sen.txt"]["placed"],
            "form": 104 - said["coverage"]["sen.txt"]["placed"],
            "background": 0,
            "to_check": 0,
            "lost": 0,
        }
    }
    assert len(said["to_check"]) == len(the_paper.QUESTIONS)
    total = [item for item in said["placed"] if item["value"] == "2,455"]
    assert [(item["sheet"], item["cell"], item["place"]) for item in total] == [
        ("Current programme", "E11", "line 68, column 7")
    ]
    assert said["refusals"] == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["gone.docx", "--to", "x.xlsx"], "there is no paper gone.docx"),
        (["sen.txt", "--to", "x.xls"], "--to names an .xlsx workbook, or a folder"),
        (["sen.txt", "other.txt", "--to", "x.xlsx", "--project", "A"], "names one project"),
        (["sen.txt", "--to", "x.xlsx", "--form", "futur-fit"], "There is no form 'futur-fit'"),
        (["empty", "--to", "x.xlsx"], "the folder empty holds no paper (.docx,"),
        (["sen.txt"], "Missing option '--to'"),
    ],
)
def test_a_call_that_is_wrong(
    words: list[str], says: str, paper: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other.txt").write_text(the_paper.TEXT, encoding="utf-8")
    (tmp_path / "empty").mkdir()
    done = run(*words)
    assert done.exit_code == 2
    assert says in done.stderr
    assert not list(tmp_path.glob("*.xls*"))


def test_two_papers_on_one_project(paper: Path, tmp_path: Path) -> None:
    (tmp_path / "again.txt").write_text(the_paper.TEXT, encoding="utf-8")
    done = run(tmp_path / "again.txt", paper, "--to", tmp_path / "x.xlsx")
    assert done.exit_code == 11
    assert "sen.txt cannot be read: it names the same project as again.txt" in done.stderr
    assert len(list(openpyxl.load_workbook(tmp_path / "x.xlsx")["Projects"].values)) == 4


def test_a_folder_makes_one_register_or_a_workbook_each(paper: Path, tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    title = "Special Education Needs and Disabilities Contract Efficiency"
    for name in ("Alpha", "Beta"):
        text = the_paper.TEXT.replace(title, name)
        (papers / f"{name}.txt").write_text(text, encoding="utf-8")
    assert run(papers, "--to", tmp_path / "register.xlsx").exit_code == 0
    book = openpyxl.load_workbook(tmp_path / "register.xlsx")
    assert [row[0] for row in book["Projects"].values][3:] == ["Alpha", "Beta"]
    assert [name for name in book.sheetnames if name.startswith("Current")] == ["Current programme"]
    assert {"Proposed savings", "Proposed savings 2"} <= set(book.sheetnames)
    assert run(papers, "--to", tmp_path / "each").exit_code == 0
    assert sorted(path.name for path in (tmp_path / "each").iterdir()) == [
        "alpha.xlsx",
        "beta.xlsx",
    ]
