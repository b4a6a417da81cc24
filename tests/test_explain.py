"""Where a figure comes from: its cells as written, the checks on them, and where it is shown."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pypdf import PdfReader
from rendered import PERIOD, PROJECT, PROJECT_NAME, ROOT, Run, programme_in
from text_quarter import quarter

import ffanalysis as ff
from ffanalysis.api import Quarter
from ffanalysis.checks import check
from ffanalysis.cli import main
from ffanalysis.errors import FigureUnknown, InputsRefused
from ffanalysis.explain import explain
from ffanalysis.verify import parse

REGISTER = """register.xlsx!Projects
Project | Title | Type of saving | Service | Programme | Status
Alpha | Alpha in all | New | Libraries | Change | Approved by Cabinet
"""
SCHEDULE = """schedule.xlsx!Savings
£000
Ref | Project | Plan | Type of saving | RAG | 2015/16 | 2016/17
A-1 | Alpha | Current | New | Amber | 100 | 50.5
A-2 | Alpha | Current | New | Red |  | TBC
"""


@pytest.fixture(scope="module")
def loaded(example_quarter: Path, tmp_path_factory: pytest.TempPathFactory) -> Quarter:
    root = programme_in(tmp_path_factory.mktemp("explain") / "programme", example_quarter)
    return ff.load(PERIOD, root)


def test_a_figure_is_told_with_each_cell_as_it_is_written(loaded: Quarter) -> None:
    told = repr(loaded.explain(PROJECT, "proposed/total"))
    assert told.splitlines()[:8] == [
        "SEN Contract Efficiency, Quarter 2, 2015/16",
        "Proposed saving: £100,000 [proposed/total]",
        "",
        "How it was made",
        "  E10 ‘100’",
        "",
        "Cells",
        "  savings-schedule.xlsx, Proposed savings, E10: '100' in £000 is £100,000",
    ]
    assert "  within limit: SEN Contract Efficiency, 2017/18: £100,000 is 9.2% of the " in told
    assert "  first page, the message and the key figures" in told.splitlines()


def test_a_sum_of_cells_is_spelt_out() -> None:
    found = quarter(REGISTER, SCHEDULE)
    told = explain(found, check(found), "alpha", "current/total")
    # 100 + 50.5 = 150.5, in £000; what is marked TBC is said, and adds nothing.
    assert told.made == "F3 ‘100’ + G3 ‘50.5’ + (not stated: G4 ‘TBC’)"
    assert told.title == "Saving in the plan: £150,500 (partial)"
    assert told.expression == "sum(c1, c2, none(c3))"
    assert [(line.cell.address, line.written, line.factor) for line in told.cells] == [
        ("F3", "100", 100_000),
        ("G3", "50.5", 100_000),
        ("G4", "TBC", None),
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("proposed/total", "proposed/total"),
        ("Proposed saving as a share of the service's budget", "proposed/share"),
        ("proposed saving as a share of the service’s budget", "proposed/share"),
        ("9.2%", "proposed/share"),
        ("£1.08m", "service/budget/2015-16"),
    ],
)
def test_a_figure_is_found_by_its_name_its_label_or_its_text(
    text: str, name: str, loaded: Quarter
) -> None:
    assert loaded.explain(PROJECT_NAME, text).figure.name == name


def test_an_unknown_figure_is_told_with_the_nearest(loaded: Quarter) -> None:
    with pytest.raises(FigureUnknown, match=r"'proposed/totl'.* proposed/total"):
        loaded.explain(PROJECT, "proposed/totl")


def test_of_several_figures_the_first_in_reading_order_is_told(loaded: Quarter) -> None:
    found = loaded.explain(PROJECT, "£100,000")
    assert found.figure.name == "proposed/total"
    others = {each.name for each in found.others}
    assert "proposed-total:sen-contract-efficiency/difference" in others
    assert "Shown by the same text" in repr(found)


def test_a_withheld_project_has_no_figure() -> None:
    found = quarter(REGISTER, SCHEDULE.replace("50.5", "about 50"))
    with pytest.raises(InputsRefused):
        explain(found, check(found), "alpha", "current/total")


def test_an_analyst_sees_it_in_a_notebook_without_the_markup_of_a_workbook() -> None:
    found = quarter(REGISTER, SCHEDULE.replace("schedule.xlsx!Savings", "schedule.xlsx!<b>S</b>"))
    shown = explain(found, check(found), "alpha", "current/total")._repr_html_()
    assert "<b>S" not in shown
    assert "schedule.xlsx, &lt;b&gt;S&lt;/b&gt;" in shown


@pytest.fixture
def call(
    example_quarter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    root = programme_in(tmp_path / "programme", example_quarter)
    monkeypatch.setenv("FFANALYSIS_ROOT", str(root))
    return lambda *words: CliRunner().invoke(main, ["explain", PERIOD, *words])


def test_the_command_explains_and_lists(call: Callable[..., Result]) -> None:
    listed = call(PROJECT)
    assert listed.exit_code == 0
    assert re.search(r"^proposed/total +£100,000 +Proposed saving", listed.stdout, re.M)
    told = call(PROJECT_NAME, "9.2%", "--format", "json")
    content = json.loads(told.stdout)
    assert (content["name"], content["value"]) == ("proposed/share", "9.2")
    assert [(cell["written"], cell["factor"]) for cell in content["cells"]] == [
        ("100", 100_000),
        ("£1.083m", 100_000_000),
    ]
    parse(content["expression"])
    unknown = call(PROJECT, "nonsense")
    assert unknown.exit_code == 2


# --- what a page leads to -------------------------------------------------------------------------


def test_each_figure_of_the_two_pages_leads_to_its_line(example: Run) -> None:
    page = example.page(f"{PROJECT}.html")
    ids = {item.attributes["id"] for item in page.all() if "id" in item.attributes}
    html = example.text(f"{PROJECT}.html")
    first = html.partition('<details class="annex"')[0]
    marks = re.findall(r"<data [^>]*>(.*?)</data>", first)
    links = [re.match(r'<a class="figure" href="#([^"]*)">', mark) for mark in marks]
    assert len(marks) > 15
    assert [mark for mark, link in zip(marks, links, strict=True) if not link] == []
    assert {link[1] for link in links if link} <= ids


def test_the_pdf_has_the_same_links(example: Run) -> None:
    pdf = PdfReader(example.folder / f"{PROJECT}.pdf")
    targets = {str(name).lstrip("/") for name in pdf.named_destinations}
    annots = [note.get_object() for page in pdf.pages[:2] for note in page.get("/Annots", ())]
    assert len(annots) > 15
    assert all(note["/Subtype"] == "/Link" for note in annots)
    assert {str(note["/Dest"]) for note in annots if "/Dest" in note} <= targets


def test_the_grammar_of_the_documentation_is_that_of_the_reader() -> None:
    text = (ROOT / "docs" / "expressions.md").read_text("utf-8")
    examples = re.findall(r"^\| `([^`]+)` \| [^|]+ \|$", text.partition("## Examples")[2], re.M)
    assert len(examples) > 4
    for example in examples:
        parse(example)
