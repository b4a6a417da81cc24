"""The quarter's run: what it publishes, that it does so whole and the same each time, and what it does where something fails."""

import csv
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import nbformat
import openpyxl
import pytest
from nbformat import NotebookNode
from rendered import (
    BUDGET,
    PERIOD,
    PROJECT,
    PROJECT_NAME,
    REGISTER,
    ROOT,
    SCHEDULE,
    Run,
    add_projects,
    at_once,
    example_twice,
    ffanalysis,
    outside,
    programme_in,
    put,
    words,
)

import ffanalysis as ff
from ffanalysis.errors import NotebookFailed, OutsideAccess, PdfUnavailable
from ffanalysis.model import TABLE_NAMES, Figure, Finding
from ffanalysis.publish import run as publish
from ffanalysis.publish.files import findings_csv, write_reconciliation

FILES = {
    f"{PROJECT}.html",
    f"{PROJECT}.pdf",
    "index.html",
    "programme.pdf",
    f"notebooks/{PROJECT}.ipynb",
    "notebooks/programme.ipynb",
    "notebooks/reconciliation.ipynb",
    "findings.csv",
    "reconciliation.xlsx",
    "run.json",
}
PAGES = [f"{PROJECT}.html", "index.html"]
POLICY = "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'"
NO_AMOUNT = (
    "savings-schedule.xlsx, sheet Proposed savings, cell E10: 'tbx' is not an amount (write a number, nil, TBC, or leave blank)."
)


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def runs(example_quarter: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Run]:
    return example_twice(tmp_path_factory.getbasetemp(), example_quarter)


@pytest.fixture(scope="module")
def example(runs: tuple[Run, Run]) -> Run:
    return runs[0]


# The example quarter


def test_a_run_that_publishes_everything_says_so_and_nothing_else(example: Run) -> None:
    assert example.exit_code == 0
    assert example.err.splitlines() == ["[1/3] SEN Contract Efficiency", "[2/3] Programme", "[3/3] Reconciliation"]
    *table, last = example.out.splitlines()
    assert [line.split()[:2] for line in table] == [
        ["briefing", "status"],
        [PROJECT, "published"],
        ["programme", "published"],
        ["reconciliation", "published"],
    ]
    # The errors and queries of the paper's table of checks.
    assert re.fullmatch(rf"1 error, 9 queries; \d+ checks agree\. See {re.escape(str(example.folder))}/index\.html", last)


def test_a_run_publishes_these_files_and_leaves_nothing_else(example: Run) -> None:
    assert example.files == FILES
    assert names_in(example.root / "reports") == {PERIOD}
    assert names_in(example.root / "data" / "processed" / PERIOD) == {f"{name}.parquet" for name in TABLE_NAMES}
    assert names_in(example.root) == {"data", "notebooks", "reports"}


def test_the_manifest_vouches_for_every_input_and_output(example: Run) -> None:
    manifest = example.manifest
    raw = example.root / "data" / "raw" / PERIOD
    assert manifest["inputs"] == {name: sha256(raw / name) for name in (BUDGET, REGISTER, SCHEDULE)}
    assert manifest["outputs"] == {name: sha256(example.folder / name) for name in FILES - {"run.json"}}


def test_the_manifest_says_what_was_run_and_how_it_ended(example: Run) -> None:
    manifest = example.manifest
    assert (manifest["period"], manifest["as_of"]) == (PERIOD, "2015-09-30")
    assert [(item["name"], item["status"], item["parameters"], item["reason"]) for item in manifest["results"]] == [
        (PROJECT, "published", {"project": PROJECT, "period": PERIOD}, ""),
        ("programme", "published", {"period": PERIOD, "failed": ""}, ""),
        ("reconciliation", "published", {"period": PERIOD}, ""),
    ]
    assert all(0 < item["seconds"] < manifest["seconds"] for item in manifest["results"])
    assert datetime.fromisoformat(manifest["started"]).utcoffset() is not None
    versions = manifest["versions"]
    assert set(versions) >= {"python", "ffanalysis", "papermill", "nbconvert", "pandas", "matplotlib", "openpyxl", "weasyprint"}
    assert versions["ffanalysis"] == ff.__version__


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_small_enough_to_send(example: Run, name: str) -> None:
    assert (example.folder / name).stat().st_size < 400_000


@pytest.mark.parametrize("name", PAGES)
def test_a_page_holds_everything_it_shows_and_runs_nothing(example: Run, name: str) -> None:
    page = example.page(name)
    assert outside(page) == []
    assert page.one("meta", **{"http-equiv": "Content-Security-Policy"}).attributes["content"] == POLICY
    assert page.one("html").attributes["lang"] == "en-GB"


def test_two_programmes_with_the_same_inputs_have_the_same_bytes(runs: tuple[Run, Run]) -> None:
    here, there = runs
    assert there.exit_code == 0
    assert there.files == FILES
    assert [name for name in sorted(FILES - {"run.json"}) if sha256(here.folder / name) != sha256(there.folder / name)] == []
    vary = {"started", "seconds", "results"}
    assert {name: value for name, value in here.manifest.items() if name not in vary} == {
        name: value for name, value in there.manifest.items() if name not in vary
    }


@pytest.mark.parametrize("name", sorted(FILES))
def test_no_file_tells_where_it_was_made(example: Run, name: str) -> None:
    content = (example.folder / name).read_bytes()
    assert str(example.root).encode() not in content
    assert str(Path.home()).encode() + b"/" not in content


def test_the_findings_are_a_table_with_pounds_and_cells(example: Run) -> None:
    lines = list(csv.DictReader(example.text("findings.csv").splitlines()))
    heading = "id,rule,subject,year,outcome,severity,stated,calculated,difference,tolerance,message,cells,parent"
    assert example.text("findings.csv").splitlines()[0] == heading
    first = lines[0]
    assert (first["rule"], first["outcome"], first["severity"]) == ("proposed-total", "disagrees", "error")
    assert (first["stated"], first["calculated"], first["difference"]) == ("100000.00", "200000.00", "100000.00")
    assert first["cells"].split("; ")[-1] == "savings-schedule.xlsx!Proposed savings!H17"
    assert len({line["id"] for line in lines}) == len(lines)
    assert {line["parent"] for line in lines} - {""} <= {line["id"] for line in lines}


def test_the_reconciliation_has_filters_and_links_that_lead_to_the_cells(example: Run) -> None:
    book = openpyxl.load_workbook(example.folder / "reconciliation.xlsx")
    assert book.sheetnames == ["Findings", "Figures"]
    findings = book["Findings"]
    assert findings.auto_filter.ref == f"A1:M{findings.max_row}"
    assert [cell.value for cell in findings[2]][6:9] == [100000, 200000, 100000]
    for page in book.worksheets:
        linked = [cell for row in page.iter_rows() for cell in row if cell.hyperlink]
        assert linked
        for cell in linked:
            sheet, address = cell.hyperlink.location.rsplit("!", 1)
            workbook = (example.folder / cell.hyperlink.target.replace("\\", "/")).resolve()
            sheet = sheet.strip("'")
            assert f"{workbook.name}!{sheet}!{address}" == cell.value.split("; ")[0]
            assert sheet in openpyxl.load_workbook(workbook, read_only=True).sheetnames


# Runs in which something is wrong


def programme_with_a_bad_cell(root: Path, workbooks: Path) -> Path:
    programme_in(root, workbooks)
    add_projects(root, ["Library Hours"])
    put(root, {"savings-schedule.xlsx!Proposed savings!E10": "tbx"})
    # A briefing of an earlier run, which must not stay.
    stale = root / "reports" / PERIOD
    stale.mkdir(parents=True)
    for name in (f"{PROJECT}.html", f"{PROJECT}.pdf", "left-the-programme.html"):
        (stale / name).write_text("stale", "utf-8")
    return root


FAULTS = """\
import sys
if project == "raises":
    raise ValueError("the figures do not add")
if project == "leaves":
    sys.exit(0)
if project == "warns":
    print("mixed units", file=sys.stderr)
"""
REASONS = {
    "raises": "The notebook project_briefing.ipynb did not finish: ValueError: the figures do not add",
    "leaves": "The notebook project_briefing.ipynb did not finish: it stopped before the cell 'import ffanalysis as ff'.",
    "warns": "The notebook project_briefing.ipynb did not finish: it wrote to the error stream: mixed units",
}


def programme_with_a_failing_notebook(root: Path, workbooks: Path) -> Path:
    programme_in(root, workbooks)
    add_projects(root, ["Raises", "Leaves", "Warns"])
    path = root / "notebooks" / "project_briefing.ipynb"
    notebook = nbformat.read(path, as_version=4)
    (place,) = (number for number, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", []))
    notebook.cells.insert(place + 1, nbformat.v4.new_code_cell(FAULTS))
    nbformat.write(notebook, path)
    return root


def stub_of_weasyprint(folder: Path) -> str:
    """A search path on which WeasyPrint fails as it does where Pango is missing."""
    stub = folder / "weasyprint" / "__init__.py"
    stub.parent.mkdir(parents=True)
    stub.write_text("raise OSError(\"cannot load library 'libpango-1.0-0'\")\n", "utf-8")
    return os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH"))))


@pytest.fixture(scope="module")
def troubled(example_quarter: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    folder = tmp_path_factory.mktemp("troubled")
    with_bad_cell = programme_with_a_bad_cell(folder / "refused", example_quarter)
    with_faults = programme_with_a_failing_notebook(folder / "failed", example_quarter)
    without_pango = programme_in(folder / "no pango", example_quarter)
    path = stub_of_weasyprint(folder / "stub")
    runs = at_once(
        lambda: ffanalysis(with_faults, "run", PERIOD),
        lambda: ffanalysis(with_bad_cell, "run", PERIOD),
        lambda: ffanalysis(without_pango, "run", PERIOD, PYTHONPATH=path),
    )
    return dict(zip(("failed", "refused", "no pango"), runs, strict=True))


@pytest.fixture(scope="module")
def refused(troubled: dict[str, Run]) -> Run:
    return troubled["refused"]


@pytest.fixture(scope="module")
def failed(troubled: dict[str, Run]) -> Run:
    return troubled["failed"]


@pytest.fixture(scope="module")
def no_pango(troubled: dict[str, Run]) -> Run:
    return troubled["no pango"]


# Two projects, one with a cell that cannot be read


def test_a_bad_cell_withholds_its_project_and_no_other(refused: Run) -> None:
    assert refused.exit_code == 13
    assert refused.statuses == {
        PROJECT: "withheld",
        "library-hours": "published",
        "programme": "published",
        "reconciliation": "published",
    }
    others = {"library-hours.html", "library-hours.pdf", "notebooks/library-hours.ipynb"}
    of_the_project = {f"{PROJECT}.html", f"{PROJECT}.pdf", f"notebooks/{PROJECT}.ipynb"}
    assert refused.files == (FILES - of_the_project) | others | {f"exceptions/{PROJECT}.html"}
    assert f"{PROJECT} withheld: {NO_AMOUNT}" in refused.err.splitlines()
    assert "Traceback" not in refused.err


def test_the_exception_note_names_the_cell_and_what_to_write(refused: Run) -> None:
    page = refused.page(f"exceptions/{PROJECT}.html")
    assert outside(page) == []
    assert page.one("h1").text == PROJECT_NAME
    assert [item.text for item in page.all("li")] == [NO_AMOUNT]
    assert "No briefing this quarter" in page.one("div", role="note").text
    assert "run the quarter again" in page.text
    assert "£" not in page.one("main").text, "a withheld project shows no amount"


def test_the_programme_page_says_that_it_is_incomplete_and_shows_no_grand_total(refused: Run) -> None:
    page = refused.page("index.html")
    banner = page.one("div", role="note")
    assert banner.text.startswith("Incomplete: 1 project withheld")
    (projects,) = (table for table in page.all("table") if words(table.one("caption").text).startswith("Projects"))
    assert [row.one("a").attributes["href"] for row in projects.one("tbody").all("tr")] == [
        f"exceptions/{PROJECT}.html",
        "library-hours.html",
    ]
    assert "All projects" not in page.text
    assert NO_AMOUNT in page.text
    figures = {item.attributes["data-figure"] for item in page.all() if "data-figure" in item.attributes}
    assert not {name for name in figures if name.startswith("context/")}
    assert "programme/proposed" not in figures


def test_a_total_over_a_refused_cell_is_not_called_an_error(refused: Run) -> None:
    lines = csv.DictReader(refused.text("findings.csv").splitlines())
    over = [line["id"] for line in lines if "Proposed savings!E11" in line["cells"] and line["severity"] == "error"]
    assert over == []


def test_a_refusal_that_withholds_no_project_is_said_and_the_run_is_not_complete(programme: Path, quick: "Quick") -> None:
    put(
        programme,
        {f"{BUDGET}!Base budget 2015-16!{cell}": text for cell, text in {"A6": "Highways", "C6": "net", "D6": "tbx"}.items()},
    )
    summary = quick.run(programme)
    assert [result.status for result in summary.results] == ["published"] * 3
    (sentence,) = summary.warnings
    assert sentence.startswith("base-budget.xlsx, sheet Base budget 2015-16, cell D6: 'tbx' is not an amount")
    assert not summary.complete


# A notebook that fails


def test_a_notebook_that_fails_takes_no_other_with_it(failed: Run) -> None:
    assert failed.exit_code == 13
    expected = dict.fromkeys(REASONS, "failed")
    assert failed.statuses == {PROJECT: "published", **expected, "programme": "published", "reconciliation": "published"}
    of_the_failed = {name for slug in REASONS for name in (f"exceptions/{slug}.html", f"notebooks/{slug}.ipynb")}
    assert failed.files == FILES | of_the_failed
    assert "Traceback" not in failed.err


@pytest.mark.parametrize("slug", REASONS)
def test_a_failed_notebook_is_kept_and_a_note_says_why(failed: Run, slug: str) -> None:
    page = failed.page(f"exceptions/{slug}.html")
    assert outside(page) == []
    assert page.one("h1").text == slug.capitalize()
    assert [item.text for item in page.all("li")] == [REASONS[slug]]
    assert "The executed notebook is kept in notebooks/." in page.text
    kept = nbformat.read(failed.folder / "notebooks" / f"{slug}.ipynb", as_version=4)
    assert FAULTS.strip() in [cell.source.strip() for cell in kept.cells]
    assert f"{slug} failed: {REASONS[slug]}" in failed.err.splitlines()


def test_the_programme_page_links_only_to_pages_that_are_there(failed: Run) -> None:
    links = {item.attributes["href"] for item in failed.page("index.html").all("a")}
    assert links - failed.files == set()


def test_the_programme_page_does_not_say_that_every_project_has_its_briefing(failed: Run) -> None:
    assert "every project of the register has its briefing" not in failed.page("index.html").text


def test_on_a_page_of_several_projects_a_name_of_a_figure_stands_for_one_value(failed: Run) -> None:
    cells = defaultdict(set)
    for item in failed.page("index.html").all("data"):
        cells[item.attributes["data-figure"]].add((item.attributes["value"], item.attributes.get("data-cells")))
    assert {name: found for name, found in cells.items() if len(found) > 1} == {}


# What is carried over, with stand-ins for the kernel and for the PDF


class Quick:
    """Runs in which no kernel starts: `made` holds the pages that were made, `without` what their notebook or PDF fails with."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.without: dict[str, Exception] = {}

    def notebook(self, path: Path, parameters: Mapping[str, str], root: Path, kept: Path) -> NotebookNode:
        notebook = nbformat.v4.new_notebook(metadata={"name": kept.stem})
        kept.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, kept)
        self.made.append(kept.stem)
        if error := self.without.get(kept.stem):
            raise error
        return notebook

    def html(self, notebook: NotebookNode, page: object) -> str:
        return f"page {len(self.made)} of {notebook.metadata.name}"

    def pdf(self, html: str) -> bytes:
        if error := self.without.get("pdf"):
            raise error
        return html.encode()

    def run(self, root: Path, *projects: str) -> publish.Summary:
        self.made.clear()
        publish._code_digest.cache_clear()
        return publish.run(PERIOD, root, projects)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Quick:
    stand_in = Quick()
    monkeypatch.setattr(publish, "run_notebook", stand_in.notebook)
    monkeypatch.setattr(publish, "to_html", stand_in.html)
    monkeypatch.setattr(publish, "to_pdf", stand_in.pdf)
    # What the checks find plays no part in what is published.
    monkeypatch.setattr(publish.reconcile, "check", lambda _: ())
    monkeypatch.setattr(publish, "all_figures", lambda *_: ())
    return stand_in


@pytest.fixture
def two(programme: Path, quick: Quick) -> Path:
    """A programme of two projects whose quarter has been published."""
    shutil.copytree(ROOT / "notebooks", programme / "notebooks", ignore=shutil.ignore_patterns(".*"))
    add_projects(programme, ["Library Hours"])
    assert quick.run(programme).complete
    assert quick.made == [PROJECT, "library-hours", "programme", "reconciliation"]
    return programme


def contents(root: Path) -> dict[str, bytes]:
    folder = root / "reports" / PERIOD
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_with_a_project_named_the_others_are_carried_over_unchanged(two: Path, quick: Quick) -> None:
    before = contents(two)
    summary = quick.run(two, "library-hours")
    assert quick.made == ["library-hours", "programme", "reconciliation"]
    assert {result.name: result.status for result in summary.results} == {
        PROJECT: "unchanged",
        "library-hours": "published",
        "programme": "published",
        "reconciliation": "published",
    }
    assert summary.complete
    after = contents(two)
    assert after.keys() == before.keys()
    assert {name for name in after if PROJECT in name and after[name] != before[name]} == set()
    outputs = json.loads(after["run.json"])["outputs"]
    assert outputs[f"{PROJECT}.html"] == hashlib.sha256(before[f"{PROJECT}.html"]).hexdigest()


def test_what_was_carried_over_once_is_carried_over_again(two: Path, quick: Quick) -> None:
    quick.run(two, "library-hours")
    quick.run(two, "library-hours", "library-hours")
    assert quick.made == ["library-hours", "programme", "reconciliation"]


def test_without_a_project_named_everything_is_made_anew(two: Path, quick: Quick) -> None:
    quick.run(two)
    assert quick.made == [PROJECT, "library-hours", "programme", "reconciliation"]


def change_a_workbook(root: Path) -> None:
    put(root, {f"{SCHEDULE}!Current programme!D9": 345})


def change_a_notebook(root: Path) -> None:
    path = root / "notebooks" / "project_briefing.ipynb"
    path.write_text(path.read_text("utf-8").replace("Project briefing", "Briefing"), "utf-8")


def change_the_page(root: Path) -> None:
    (root / "reports" / PERIOD / f"{PROJECT}.html").write_text("£1", "utf-8")


def remove_the_pdf(root: Path) -> None:
    (root / "reports" / PERIOD / f"{PROJECT}.pdf").unlink()


def remove_the_manifest(root: Path) -> None:
    (root / "reports" / PERIOD / "run.json").unlink()


def break_the_manifest(root: Path) -> None:
    (root / "reports" / PERIOD / "run.json").write_text('{"results": [', "utf-8")


def empty_the_manifest(root: Path) -> None:
    (root / "reports" / PERIOD / "run.json").write_text("[]", "utf-8")


@pytest.mark.parametrize(
    "change",
    [
        change_a_workbook,
        change_a_notebook,
        change_the_page,
        remove_the_pdf,
        remove_the_manifest,
        break_the_manifest,
        empty_the_manifest,
    ],
    ids=lambda change: change.__name__.replace("_", " "),
)
def test_what_is_not_exactly_as_it_was_published_is_made_anew(two: Path, quick: Quick, change: object) -> None:
    assert callable(change)
    change(two)
    quick.run(two, "library-hours")
    assert quick.made == [PROJECT, "library-hours", "programme", "reconciliation"]


def test_a_briefing_without_its_pdf_is_made_anew(two: Path, quick: Quick) -> None:
    quick.without["pdf"] = PdfUnavailable()
    summary = quick.run(two)
    assert {result.name: result.status for result in summary.results} == {
        PROJECT: "published, no PDF",
        "library-hours": "published, no PDF",
        "programme": "published, no PDF",
        "reconciliation": "published",
    }
    assert not [name for name in contents(two) if name.endswith(".pdf")], "the PDF of an earlier run stayed"
    assert summary.warnings == (str(PdfUnavailable()),)
    assert not summary.complete
    quick.without.clear()
    quick.run(two, "library-hours")
    assert PROJECT in quick.made


def test_a_page_that_asks_for_anything_outside_is_not_published(two: Path, quick: Quick) -> None:
    quick.without["pdf"] = OutsideAccess("file:///etc/passwd")
    summary = quick.run(two)
    assert [result.status for result in summary.results] == ["failed", "failed", "failed", "published"]
    assert not [name for name in contents(two) if name.endswith(".pdf") or re.fullmatch(r"[^/]*\.html", name)]
    # What is left in its place are the notes and the notebooks.
    assert {f"exceptions/{name}.html" for name in (PROJECT, "library-hours", "programme")} <= set(contents(two))


def test_a_briefing_that_failed_is_tried_again(two: Path, quick: Quick) -> None:
    quick.without[PROJECT] = NotebookFailed("project_briefing.ipynb", "it did.")
    assert not quick.run(two).complete
    quick.without.clear()
    assert quick.run(two, "library-hours").complete
    assert PROJECT in quick.made
    assert not [name for name in contents(two) if name.startswith("exceptions/")]


def test_a_project_that_left_the_register_leaves_the_reports(two: Path, quick: Quick, example_quarter: Path) -> None:
    for workbook in (REGISTER, SCHEDULE):
        shutil.copy(example_quarter / workbook, two / "data" / "raw" / PERIOD / workbook)
    quick.run(two, PROJECT)
    assert set(contents(two)) == FILES


def test_a_project_that_is_withheld_keeps_no_page_though_another_was_asked_for(two: Path, quick: Quick) -> None:
    put(two, {f"{SCHEDULE}!Proposed savings!E10": "tbx"})
    quick.run(two, "library-hours")
    assert {name for name in contents(two) if PROJECT in name} == {f"exceptions/{PROJECT}.html"}


def test_a_register_that_cannot_be_read_leaves_no_briefing_and_is_said(two: Path, quick: Quick) -> None:
    (two / "data" / "raw" / PERIOD / REGISTER).write_bytes(b"PK no workbook")
    summary = quick.run(two)
    assert not summary.complete
    assert summary.warnings == ("register.xlsx cannot be read: it is not an Excel workbook. Save it from Excel as .xlsx.",)
    assert set(contents(two)) == {name for name in FILES if PROJECT not in name}


def test_the_programme_page_does_not_count_projects_of_a_register_that_cannot_be_read(programme: Path) -> None:
    (programme / "data" / "raw" / PERIOD / REGISTER).write_bytes(b"PK no workbook")
    tables = ff.load(PERIOD, programme)
    page = ff.programme(tables, ff.check(tables))
    said = str(page.title().html) + str(page.message().html)
    assert "Incomplete" in said
    assert "0 projects" not in words(re.sub("<[^>]*>", "", said))


def test_a_failed_programme_page_is_not_pointed_to(two: Path, quick: Quick) -> None:
    quick.without["programme"] = NotebookFailed("programme_briefing.ipynb", "it did.")
    summary = quick.run(two)
    assert not summary.complete
    assert {"exceptions/programme.html", "notebooks/programme.ipynb"} <= set(contents(two))
    assert not {"index.html", "programme.pdf"} & set(contents(two))


def test_a_run_that_breaks_off_leaves_what_was_published(two: Path, quick: Quick, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(two)

    def breaks(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(publish, "write_reconciliation", breaks)
    with pytest.raises(MemoryError):
        quick.run(two)
    assert contents(two) == before
    assert names_in(two / "reports") == {PERIOD}


def test_a_folder_that_cannot_be_put_in_place_leaves_what_was_published(
    two: Path, quick: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(two)
    rename = Path.rename

    def refuses(self: Path, target: Path) -> Path:
        if target.name == PERIOD and "-old-" not in self.name:
            raise PermissionError(13, "in use")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuses)
    with pytest.raises(PermissionError):
        quick.run(two)
    monkeypatch.undo()
    assert contents(two) == before
    assert names_in(two / "reports") == {PERIOD}


# The analyst's files, whatever the names


def test_cells_in_odd_sheets_and_thousands_of_cells_fit_into_the_reconciliation(programme: Path) -> None:
    tables = ff.load(PERIOD, programme)
    odd = "savings-schedule.xlsx!Cuts; 'by' route!!B9"
    many = tuple(f"savings-schedule.xlsx!Current programme!B{row}" for row in range(1, 1500))
    findings = [
        Finding("route-split", "Odd", "agrees", "note", ("It agrees.",), cells=(odd,)),
        Finding("rag-rows", "Many", "agrees", "note", ("It agrees.",), cells=many),
    ]
    path = programme / "reconciliation.xlsx"
    write_reconciliation(path, tables, findings, [Figure("odd", 100, (odd,)), Figure("none", 100, ())])
    page = openpyxl.load_workbook(path)["Findings"]
    first, second = page["L2"], page["L3"]
    assert first.value == odd
    assert first.hyperlink.target == r"..\..\data\raw\2015-16-Q2\savings-schedule.xlsx"
    assert first.hyperlink.location == "'Cuts; ''by'' route!'!B9"
    assert second.hyperlink.location == "'Current programme'!B1"
    assert len(second.value) == 32_767
    assert second.value.endswith(" …")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_of_the_findings_begins_as_a_formula_does(start: str) -> None:
    text = f"{start}1+1"
    finding = Finding("route-split", text, "agrees", "note", (text,), year="2015/16", stated=-100, calculated=-100, cells=(text,))
    (line,) = csv.DictReader(io.StringIO(findings_csv([finding]), newline=""))
    assert [line[name] for name in ("subject", "message", "cells")] == [f"'{text}".replace("\r", " ")] * 3
    assert line["stated"] == "-1.00", "an amount below nil is a number, no formula"


# Without Pango


def test_without_pango_the_pages_are_published_and_one_sentence_says_what_to_install(no_pango: Run, example: Run) -> None:
    assert no_pango.exit_code == 13
    assert no_pango.statuses == {PROJECT: "published, no PDF", "programme": "published, no PDF", "reconciliation": "published"}
    assert no_pango.files == {name for name in FILES if not name.endswith(".pdf")}
    assert no_pango.text(f"{PROJECT}.html") == example.text(f"{PROJECT}.html")
    said = [line for line in no_pango.err.splitlines() if not line.startswith("[")]
    (sentence,) = said
    assert sentence == (
        "ffanalysis: No PDF was made, because WeasyPrint cannot find Pango. On Debian and Ubuntu run 'sudo apt-get install "
        "libpango-1.0-0 libpangoft2-1.0-0'; elsewhere use the conda environment, which brings it."
    )


# The recipe


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    """A copy of the Makefile whose environment is made already, with a command that only says how it was called."""
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    shutil.copy(ROOT / "Makefile", tmp_path / "Makefile")
    for name in ("pyproject.toml", "locks/run.txt", ".venv/.run"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    command = tmp_path / ".venv" / "bin" / "ffanalysis"
    command.parent.mkdir()
    command.write_text('#!/bin/sh\necho "called with $*"\nexit "$ENDS"\n', "utf-8")
    command.chmod(0o755)
    return tmp_path


@pytest.mark.parametrize(("ends", "passes"), [(0, True), (13, True), (1, False), (2, False), (11, False), (12, False), (14, False)])
def test_make_briefings_passes_where_all_that_could_be_published_was(recipe: Path, ends: int, passes: bool) -> None:
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(
        ["make", "briefings", "PERIOD=2016-17-Q1"],
        cwd=recipe,
        env={**surroundings, "ENDS": str(ends)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert "called with run 2016-17-Q1" in done.stdout, done.stderr
    assert (done.returncode == 0) is passes
