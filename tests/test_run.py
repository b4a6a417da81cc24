"""The quarter's run.

What it publishes, that it does so whole and the same each time, and what it does where something
fails.
"""

import csv
import errno
import io
import itertools
import json
import os
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
import openpyxl
import pytest
from click.testing import CliRunner
from interrupted import FAULTS, reason, source_of
from quick import (
    Quick,
    contents,
    in_this_process,
    names_in,
    only_the_published_is_left,
    statuses,
)
from rendered import (
    BUDGET,
    PERIOD,
    PROGRAMME_PARTS,
    PROJECT,
    PROJECT_NAME,
    REGISTER,
    ROOT,
    SCHEDULE,
    Run,
    add_projects,
    ffanalysis,
    outside,
    page_of,
    programme_in,
    put,
    words,
)

import ffanalysis as ff
from ffanalysis.cli import main
from ffanalysis.errors import (
    FigureMismatch,
    InputsChanging,
    KernelDied,
    NotebookDiskFull,
    NotebookFailed,
    NotebookMissing,
    NothingRegistered,
    OutsideAccess,
    PdfUnavailable,
)
from ffanalysis.figures import constant
from ffanalysis.findings import Amounts, Finding
from ffanalysis.provenance import CellRef
from ffanalysis.read import inputs_of
from ffanalysis.render import render as rendering
from ffanalysis.render.task import RenderEnvironment, Task, sha256
from ffanalysis.run import inputs, one_run, run
from ffanalysis.run.files import findings_csv
from ffanalysis.run.lab import EXPLORE
from ffanalysis.tables import TABLE_NAMES

FILES = {
    f"{PROJECT}.html",
    f"{PROJECT}.pdf",
    "index.html",
    "programme.pdf",
    f"notebooks/{PROJECT}.ipynb",
    "notebooks/programme.ipynb",
    "notebooks/reconciliation.ipynb",
    "findings.csv",
    "figures.csv",
    "reconciliation.xlsx",
    "corrections.csv",
    "run.json",
}
PAGES = [f"{PROJECT}.html", "index.html"]
POLICY = "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'"
NO_AMOUNT = (
    "savings-schedule.xlsx, sheet Proposed savings, cell E10: 'tbx' is not an amount (write a"
    " number, nil, TBC, or leave blank)."
)


# The example quarter


def test_a_run_that_publishes_everything_says_so_and_nothing_else(example: Run) -> None:
    assert example.exit_code == 0
    said = [re.fullmatch(r"\[(\d)/3\] (.*): published", line) for line in example.err.splitlines()]
    assert [found and found[1] for found in said] == ["1", "2", "3"]
    assert {found[2] for found in said if found} == {PROJECT, "programme", "reconciliation"}
    *table, counts, last = example.out.splitlines()
    assert counts == "3 published."
    assert [line.split()[:2] for line in table] == [
        ["briefing", "status"],
        [PROJECT, "published"],
        ["programme", "published"],
        ["reconciliation", "published"],
    ]
    # The errors and queries of the paper's table of checks.
    assert re.fullmatch(
        r"One total does not add up and 10 points need an answer; \d+ checks passed\. See "
        rf"{re.escape(str(example.folder))}/index\.html",
        last,
    )


def test_a_run_publishes_these_files_and_leaves_nothing_else(example: Run) -> None:
    assert example.files == FILES
    assert names_in(example.root / "reports") == {PERIOD, ".runs", example.folder.resolve().name}
    assert names_in(example.root / "data" / "processed" / PERIOD) == {
        f"{name}.parquet" for name in TABLE_NAMES
    }
    assert names_in(example.root) == {"data", "notebooks", "reports"}


def test_the_manifest_vouches_for_every_input_and_output(example: Run) -> None:
    manifest = example.manifest
    raw = example.root / "data" / "raw" / PERIOD
    notebooks = {
        f"notebooks/{path.name}": sha256(path)
        for path in (example.root / "notebooks").glob("*.ipynb")
        if path.name != EXPLORE  # the analyst's own, which no run renders
    }
    workbooks = {
        f"data/raw/{PERIOD}/{name}": sha256(raw / name) for name in (BUDGET, REGISTER, SCHEDULE)
    }
    assert manifest["inputs"] == workbooks | notebooks
    assert manifest["outputs"] == {
        name: sha256(example.folder / name) for name in FILES - {"run.json"}
    }


def test_the_manifest_says_what_was_run_and_how_it_ended(example: Run) -> None:
    manifest = example.manifest
    assert (manifest["period"], manifest["as_of"]) == (PERIOD, "2015-09-30")
    assert [
        (item["name"], item["status"], item["parameters"], item["reason"])
        for item in manifest["results"]
    ] == [
        (PROJECT, "published", {"project": PROJECT, "period": PERIOD}, ""),
        ("programme", "published", {"period": PERIOD}, ""),
        ("reconciliation", "published", {"period": PERIOD}, ""),
    ]
    assert all(0 < item["seconds"] < manifest["seconds"] for item in manifest["results"])
    assert datetime.fromisoformat(manifest["started"]).utcoffset() is not None
    versions = manifest["versions"]
    assert set(versions) >= {
        "python",
        "ffanalysis",
        "papermill",
        "nbconvert",
        "pandas",
        "matplotlib",
        "openpyxl",
        "weasyprint",
    }
    assert versions["ffanalysis"] == ff.__version__


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_small_enough_to_send(example: Run, name: str) -> None:
    assert (example.folder / name).stat().st_size < 400_000


@pytest.mark.parametrize("name", PAGES)
def test_a_page_holds_everything_it_shows_and_runs_nothing(example: Run, name: str) -> None:
    page = example.page(name)
    assert outside(page) == []
    assert (
        page.one("meta", **{"http-equiv": "Content-Security-Policy"}).attributes["content"]
        == POLICY
    )
    assert page.one("html").attributes["lang"] == "en-GB"


def test_two_programmes_with_the_same_inputs_have_the_same_bytes(
    example_runs: tuple[Run, Run],
) -> None:
    here, there = example_runs
    assert there.exit_code == 0
    assert there.files == FILES
    assert [
        name
        for name in sorted(FILES - {"run.json"})
        if sha256(here.folder / name) != sha256(there.folder / name)
    ] == []
    vary = {"started", "seconds", "results", "second_reader", "second_engine"}
    assert {name: value for name, value in here.manifest.items() if name not in vary} == {
        name: value for name, value in there.manifest.items() if name not in vary
    }


@pytest.mark.parametrize("name", sorted(FILES))
def test_no_file_tells_where_it_was_made(example: Run, name: str) -> None:
    content = (example.folder / name).read_bytes()
    assert str(example.root).encode() not in content
    assert str(Path.home()).encode() + b"/" not in content


def test_the_findings_are_a_table_with_pounds_and_cells(example: Run) -> None:
    text = example.text("findings.csv").removeprefix("\ufeff")  # by which Excel knows its £
    lines = list(csv.DictReader(text.splitlines()))
    heading = (
        "id,rule,subject,year,outcome,severity,stated,calculated,difference,tolerance,message,cells"
    )
    assert text.splitlines()[0] == f"{heading},parent,who_acts,project,expressions,cells_read"
    first = lines[0]
    assert (first["rule"], first["outcome"], first["severity"]) == (
        "proposed-total",
        "disagrees",
        "error",
    )
    assert (first["stated"], first["calculated"], first["difference"]) == (
        "100000.00",
        "200000.00",
        "100000.00",
    )
    assert first["cells"].split("; ")[-1] == "savings-schedule.xlsx!Proposed savings!H17"
    assert len({line["id"] for line in lines}) == len(lines)
    assert {line["parent"] for line in lines} - {""} <= {line["id"] for line in lines}


def test_the_reconciliation_has_filters_and_links_that_lead_to_the_cells(example: Run) -> None:
    book = openpyxl.load_workbook(example.folder / "reconciliation.xlsx", data_only=True)
    assert book.sheetnames == [
        *("About", "Findings", "Figures", "Movement", "Sign-off", "Parts", "Cells")
    ]
    findings = book["Findings"]
    assert findings.auto_filter.ref == f"A1:U{findings.max_row}"
    assert [cell.value for cell in findings[2]][6:9] == [100000, 200000, 100000]
    for name in ("Findings", "Figures", "Sign-off"):
        linked = [cell for row in book[name].iter_rows() for cell in row if cell.hyperlink]
        assert linked
        for cell in linked:
            sheet, address = cell.hyperlink.location.rsplit("!", 1)
            workbook = (example.folder / cell.hyperlink.target.replace("\\", "/")).resolve()
            sheet = sheet.strip("'")
            assert f"{workbook.name}!{sheet}!{address}" == cell.value.split("; ")[0]
            assert sheet in openpyxl.load_workbook(workbook, read_only=True).sheetnames


# Runs in which something is wrong


def stub_of_weasyprint(folder: Path) -> str:
    """A search path on which WeasyPrint fails as it does where Pango is missing."""
    stub = folder / "weasyprint" / "__init__.py"
    stub.parent.mkdir(parents=True)
    stub.write_text("raise OSError(\"cannot load library 'libpango-1.0-0'\")\n", "utf-8")
    return os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH"))))


@pytest.fixture(scope="module")
def refused(example_quarter: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Two projects, one with a cell that cannot be read; no page but the note is rendered."""
    folder = tmp_path_factory.mktemp("refused")
    root = programme_in(folder / "programme", example_quarter)
    add_projects(root, ["Library Hours"])
    put(root, {"savings-schedule.xlsx!Proposed savings!E10": "tbx"})
    # A briefing of an earlier run, which must not stay.
    stale = root / "reports" / PERIOD
    stale.mkdir(parents=True)
    for name in (f"{PROJECT}.html", f"{PROJECT}.pdf", "left-the-programme.html"):
        (stale / name).write_text("stale", "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        in_this_process(patch, folder)
        patch.setattr(run, "run", partial(run.run, engine=Quick()))
        patch.setenv("FFANALYSIS_ROOT", str(root))
        ended = CliRunner().invoke(main, ["run", PERIOD])
    return Run(root, ended.exit_code, ended.stdout, ended.stderr)


@pytest.fixture(scope="module")
def no_pango(example_quarter: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("no-pango")
    path = stub_of_weasyprint(folder / "stub")
    root = programme_in(folder / "no pango", example_quarter)
    return ffanalysis(root, "run", PERIOD, PYTHONPATH=path)


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
    assert f"{NO_AMOUNT} Withheld: {PROJECT}." in refused.err.splitlines()
    assert "Traceback" not in refused.err


def test_the_exception_note_names_the_cell_and_what_to_write(refused: Run) -> None:
    page = refused.page(f"exceptions/{PROJECT}.html")
    assert outside(page) == []
    assert page.one("h1").text == PROJECT_NAME
    assert [item.text for item in page.all("li")] == [NO_AMOUNT]
    assert "No briefing this quarter" in page.one("div", role="note").text
    assert "run the quarter again" in page.text
    assert "£" not in page.one("main").text, "a withheld project shows no amount"


def test_the_programme_page_says_that_it_is_incomplete_and_shows_no_grand_total(
    refused: Run,
) -> None:
    quarter = ff.load(PERIOD, refused.root).records
    programme = ff.programme(quarter, ff.check(quarter))
    page = page_of("".join(getattr(programme, name)()._repr_html_() for name in PROGRAMME_PARTS))
    banner = page.one("div", role="note")
    assert banner.text.startswith("Incomplete: 1 project withheld")
    (projects,) = (
        table
        for table in page.all("table")
        if words(table.one("caption").text).startswith("Projects")
    )
    assert [row.one("a").attributes["href"] for row in projects.one("tbody").all("tr")] == [
        f"exceptions/{PROJECT}.html",
        "library-hours.html",
    ]
    assert "All projects" not in page.text
    assert NO_AMOUNT in page.text
    figures = {
        item.attributes["data-figure"] for item in page.all() if "data-figure" in item.attributes
    }
    assert not {name for name in figures if name.startswith("context/")}
    assert not {name for name in figures if name.startswith("own/")}


def test_a_total_over_a_refused_cell_is_not_called_an_error(refused: Run) -> None:
    lines = csv.DictReader(refused.text("findings.csv").splitlines())
    over = [
        line["id"]
        for line in lines
        if "Proposed savings!E11" in line["cells"] and line["severity"] == "error"
    ]
    assert over == []


def test_a_refusal_that_withholds_no_project_is_said_and_the_run_is_not_complete(
    programme: Path, quick: Quick
) -> None:
    put(
        programme,
        {
            f"{BUDGET}!Base budget 2015-16!{cell}": text
            for cell, text in {"A6": "Highways", "C6": "net", "D6": "tbx"}.items()
        },
    )
    summary = quick.run(programme)
    assert [result.status for result in summary.results] == ["published"] * 3
    (sentence,) = summary.warnings
    assert sentence.startswith(
        "base-budget.xlsx, sheet Base budget 2015-16, cell D6: 'tbx' is not an amount"
    )
    assert not summary.complete


# A notebook that fails


def test_a_notebook_that_fails_takes_no_other_with_it(faulty: Run) -> None:
    of_the_failed = {
        name for slug in FAULTS for name in (f"exceptions/{slug}.html", f"notebooks/{slug}.ipynb")
    }
    assert faulty.files == FILES | of_the_failed | {"well.html", "well.pdf", "notebooks/well.ipynb"}
    assert "Traceback" not in faulty.err


@pytest.mark.parametrize("slug", FAULTS)
def test_a_failed_notebook_is_kept_and_a_note_says_why(faulty: Run, slug: str) -> None:
    page = faulty.page(f"exceptions/{slug}.html")
    why = reason(FAULTS[slug][1])
    assert outside(page) == []
    assert page.one("h1").text == slug.capitalize()
    assert [item.text for item in page.all("li")] == [why]
    assert "The executed notebook is kept in notebooks/." in page.text
    kept = nbformat.read(faulty.folder / "notebooks" / f"{slug}.ipynb", as_version=4)
    assert source_of(FAULTS) in [cell.source for cell in kept.cells]
    assert f"{slug} failed: {why}" in faulty.err.splitlines()


def test_the_programme_page_links_only_to_pages_that_are_there(faulty: Run) -> None:
    page = faulty.page("index.html")
    links = {item.attributes["href"] for item in page.all("a")}
    ids = {f"#{item.attributes['id']}" for item in page.all() if "id" in item.attributes}
    assert links - faulty.files - ids == set()


def test_the_programme_page_does_not_say_that_every_project_has_its_briefing(faulty: Run) -> None:
    assert "every project of the register has its briefing" not in faulty.page("index.html").text


def test_on_a_page_of_several_projects_a_name_of_a_figure_stands_for_one_value(faulty: Run) -> None:
    cells = defaultdict(set)
    values = defaultdict(set)
    for item in faulty.page("index.html").all("data"):
        name = item.attributes["data-figure"]
        values[name].add(item.attributes["value"])
        if found := item.attributes.get("data-cells"):  # a line of the annex has them in words
            cells[name].add(found)
    assert {name: found for name, found in values.items() if len(found) > 1} == {}
    assert {name: found for name, found in cells.items() if len(found) > 1} == {}


# How tasks end: runs whose engine starts no kernel


def test_a_project_that_failed_gets_a_note_and_the_programme_page_is_told(
    published: Path, quick: Quick
) -> None:
    before = contents(published)
    seen: dict[str, tuple[str, ...]] = {}
    quick.before = lambda task, _: seen.update({task.name: task.failed})
    quick.ends["library-hours"] = [("failed", "It did not finish.", False)]
    summary = quick.run(published, "library-hours")
    assert statuses(summary) == {
        PROJECT: "unchanged",
        "library-hours": "failed",
        "road-repairs": "unchanged",
        "programme": "published",
        "reconciliation": "published",
    }
    assert quick.made == ["programme", "reconciliation", "library-hours", "programme"]
    assert seen["programme"] == ("library-hours",)
    after = contents(published)
    assert b"It did not finish." in after["exceptions/library-hours.html"]
    assert "notebooks/library-hours.ipynb" in after, "the notebook is kept"
    assert before.keys() - after.keys() == {"library-hours.html", "library-hours.pdf"}
    assert not summary.complete


def test_the_programme_page_is_told_of_all_that_failed(published: Path, quick: Quick) -> None:
    quick.ends |= {
        name: [("failed", "It did not finish.", False)] for name in (PROJECT, "road-repairs")
    }
    seen: list[tuple[str, ...]] = []
    quick.before = lambda task, _: seen.append(task.failed)
    quick.run(published, force=True)
    assert seen == [*[()] * 5, (PROJECT, "road-repairs")]


def test_what_may_be_no_fault_of_its_own_is_tried_once_more_alone(
    published: Path, quick: Quick
) -> None:
    quick.ends["library-hours"] = [("failed", "its kernel died.", True), ("published", "", False)]
    before = contents(published)
    summary = quick.run(published, "library-hours", jobs=7)
    assert quick.made == ["programme", "reconciliation", "library-hours", "library-hours"]
    assert quick.jobs == [7, 7, 7, 1]
    assert summary.complete
    assert contents(published) == before


def test_what_fails_again_has_failed(published: Path, quick: Quick) -> None:
    quick.ends["library-hours"] = [("failed", "its kernel died.", True)]
    summary = quick.run(published, "library-hours", jobs=7)
    assert quick.made == [
        "programme",
        "reconciliation",
        "library-hours",
        "library-hours",
        "programme",
    ]
    assert quick.jobs == [7, 7, 7, 1, 1]
    assert statuses(summary)["library-hours"] == "failed"
    assert "exceptions/library-hours.html" in contents(published)


def test_all_that_may_be_tried_again_is_tried_once_more_after_the_others(
    published: Path, quick: Quick
) -> None:
    quick.ends |= {name: [("failed", "its kernel died.", True)] for name in ("programme", PROJECT)}
    told: list[tuple[str, str, int]] = []
    options = run.RunOptions(force=True)
    run.run(
        PERIOD,
        published,
        options,
        lambda result, done, _: told.append((result.name, result.status, done)),
        quick,
    )
    assert quick.made[5:] == ["programme", PROJECT, "programme"]
    assert told == [
        ("reconciliation", "published", 1),
        ("library-hours", "published", 2),
        ("road-repairs", "published", 3),
        ("programme", "failed", 4),
        (PROJECT, "failed", 5),
        ("programme", "failed", 5),
    ]


def test_a_briefing_without_its_pdf_is_said_once_and_the_run_is_not_complete(
    published: Path, quick: Quick
) -> None:
    quick.ends |= {
        name: [("published, no PDF", "No PDF was made.", False)] for name in (PROJECT, "programme")
    }
    summary = quick.run(published, force=True)
    assert summary.warnings == ("No PDF was made.",)
    assert not summary.complete
    assert not {f"{PROJECT}.pdf", "programme.pdf"} & contents(published).keys()
    assert {f"{PROJECT}.html", "index.html"} <= contents(published).keys()


def test_a_failed_programme_page_is_not_pointed_to(published: Path, quick: Quick) -> None:
    quick.ends["programme"] = [("failed", "It did not finish.", False)]
    assert not quick.run(published, force=True).complete
    assert "exceptions/programme.html" in contents(published)
    assert not {"index.html", "programme.pdf"} & contents(published).keys()


def test_a_register_that_cannot_be_read_leaves_what_was_published(
    published: Path, quick: Quick
) -> None:
    before = contents(published)
    (published / "data" / "raw" / PERIOD / REGISTER).write_bytes(b"PK no workbook")
    with pytest.raises(NothingRegistered) as said:
        quick.run(published)
    assert said.value.exit_code == 11
    assert (
        str(said.value)
        == f"No project of {PERIOD} can be read, so nothing was rendered; what was published before"
        " stays as it was. register.xlsx cannot be read: it is not an Excel workbook. Save it"
        " from Excel as .xlsx."
    )
    assert quick.made == []
    assert contents(published) == before
    assert only_the_published_is_left(published)


def test_the_programme_page_does_not_count_projects_of_a_register_that_cannot_be_read(
    programme: Path,
) -> None:
    (programme / "data" / "raw" / PERIOD / REGISTER).write_bytes(b"PK no workbook")
    quarter = ff.load(PERIOD, programme).records
    page = ff.programme(quarter, ff.check(quarter))
    said = str(page.title().html) + str(page.message().html)
    assert "Incomplete" in said
    assert "0 projects" not in words(re.sub("<[^>]*>", "", said))


def test_a_period_without_a_workbook_is_a_sentence(tmp_path: Path, quick: Quick) -> None:
    (tmp_path / "data" / "raw" / PERIOD).mkdir(parents=True)
    with pytest.raises(NothingRegistered) as said:
        quick.run(tmp_path)
    assert str(said.value).endswith(
        f" {PERIOD}: no sheet holds the table of projects (a row with the headings Project, Title)."
        " Sheets found: nothing."
    )


def test_of_very_many_faults_without_a_project_the_first_are_said() -> None:
    said = str(NothingRegistered(PERIOD, [f"C{row} is wrong." for row in range(1, 1013)]))
    assert said.endswith(" C11 is wrong. C12 is wrong. … and 1,000 more.")


# How a briefing ends, with stand-ins for its notebook and its PDF


TASK = Task(
    PROJECT,
    PROJECT_NAME,
    PERIOD,
    "project_briefing.ipynb",
    {"project": PROJECT},
    f"{PROJECT}.html",
    f"{PROJECT}.pdf",
    "key",
)


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RenderEnvironment:
    """Where briefings are made of a notebook that is done, with a page and a PDF that are there."""

    def notebook(path: Path, parameters: object, root: Path, kept: Path, **_: object) -> str:
        kept.parent.mkdir(exist_ok=True)
        kept.write_text("{}", "utf-8")
        return "notebook"

    monkeypatch.setattr(rendering, "run_notebook", notebook)
    monkeypatch.setattr(rendering, "to_html", lambda *_: "<p>page</p>")
    monkeypatch.setattr(rendering, "to_pdf", lambda _: b"PDF")
    for name in ("root", "folder", "scratch", "temporary"):
        (tmp_path / name).mkdir()
    return RenderEnvironment(
        tmp_path / "root", tmp_path / "folder", tmp_path / "scratch", tmp_path / "temporary"
    )


def raises(error: BaseException) -> Callable[..., Any]:
    def stand_in(*_: object, **__: object) -> None:
        raise error

    return stand_in


def test_a_published_briefing_names_its_files_and_their_digests(
    environment: RenderEnvironment,
) -> None:
    result = rendering.render(TASK, environment)
    assert (result.status, result.reason, result.key, result.retryable) == (
        "published",
        "",
        "key",
        False,
    )
    assert result.outputs == {file: sha256(environment.folder / file) for file in TASK.files}
    assert names_in(environment.scratch) == set()


def test_without_its_pdf_a_briefing_keeps_its_page(
    environment: RenderEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "to_pdf", raises(PdfUnavailable()))
    result = rendering.render(TASK, environment)
    assert (result.status, result.reason, result.retryable) == (
        "published, no PDF",
        str(PdfUnavailable()),
        False,
    )
    assert result.outputs.keys() == {f"{PROJECT}.html", f"notebooks/{PROJECT}.ipynb"}


@pytest.mark.parametrize(
    ("step", "error", "reason", "again"),
    [
        (
            "to_pdf",
            OutsideAccess("file:///etc/passwd"),
            str(OutsideAccess("file:///etc/passwd")),
            False,
        ),
        (
            "verify_figures",
            FigureMismatch(PROJECT, "it is"),
            str(FigureMismatch(PROJECT, "it is")),
            False,
        ),
        (
            "run_notebook",
            NotebookFailed(TASK.notebook, "it did."),
            str(NotebookFailed(TASK.notebook, "it did.")),
            False,
        ),
        ("run_notebook", KernelDied(TASK.notebook), str(KernelDied(TASK.notebook)), True),
        (
            "to_pdf",
            OSError(errno.ENOSPC, "No space left on device"),
            str(NotebookDiskFull(TASK.notebook)),
            True,
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_a_briefing_that_fails_leaves_no_page(
    environment: RenderEnvironment,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    error: Exception,
    reason: str,
    again: bool,
) -> None:
    monkeypatch.setattr(rendering, step, raises(error))
    monkeypatch.setattr(rendering, "keep_marked", lambda *_: None)
    result = rendering.render(TASK, environment)
    assert (result.status, result.reason, result.retryable) == ("failed", reason, again)
    assert names_in(environment.folder) <= {"notebooks"}
    assert result.outputs.keys() <= {f"notebooks/{PROJECT}.ipynb"}
    assert names_in(environment.scratch) == set()


def test_a_fault_of_ours_in_a_briefing_is_not_taken_for_its_own(
    environment: RenderEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "to_pdf", raises(OSError(errno.EIO, "Input/output error")))
    with pytest.raises(OSError, match="Input/output error"):
        rendering.render(TASK, environment)


# The run's own copy of its inputs


def test_a_workbook_that_is_saved_while_the_run_goes_on_does_not_reach_it(
    published: Path, quick: Quick
) -> None:
    path = published / "data" / "raw" / PERIOD / SCHEDULE
    digest, before = sha256(path), contents(published)
    copied: set[str] = set()

    def save(_: Task, environment: RenderEnvironment) -> None:
        put(published, {f"{SCHEDULE}!Current programme!D9": 345})
        copied.add(sha256(environment.root / "data" / "raw" / PERIOD / SCHEDULE))

    quick.before = save
    quick.run(published, force=True)
    assert sha256(path) != digest
    assert copied == {digest}
    assert contents(published) == before
    manifest = json.loads((published / "reports" / PERIOD / "run.json").read_text("utf-8"))
    assert manifest["inputs"][f"data/raw/{PERIOD}/{SCHEDULE}"] == digest
    quick.go_on()
    quick.run(published)
    assert {PROJECT, "programme", "reconciliation"} <= set(quick.made)


@pytest.mark.parametrize("times", [1, 5])
def test_a_file_that_is_being_saved_is_waited_for(
    published: Path, quick: Quick, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    left = iter(range(times))
    monkeypatch.setattr(Path, "read_bytes", grows_in(published, left))
    monkeypatch.setattr(inputs, "_PAUSE", 0)
    assert quick.run(published).verdict
    manifest = json.loads((published / "reports" / PERIOD / "run.json").read_text("utf-8"))
    digest = sha256(published / "data" / "raw" / PERIOD / SCHEDULE)
    assert manifest["inputs"][f"data/raw/{PERIOD}/{SCHEDULE}"] == digest
    assert next(left, None) is None


def test_a_file_that_does_not_keep_still_stops_the_run_in_one_sentence_and_with_11(
    published: Path, quick: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(published)
    monkeypatch.setattr(Path, "read_bytes", grows_in(published, itertools.count()))
    monkeypatch.setattr(inputs, "_PAUSE", 0)
    said = (
        "savings-schedule.xlsx is being saved at this moment: wait until that is done, then run the"
        " quarter again."
    )
    with pytest.raises(InputsChanging, match=f"^{re.escape(said)}$") as caught:
        quick.run(published)
    assert caught.value.exit_code == 11
    monkeypatch.undo()
    assert contents(published) == before
    assert only_the_published_is_left(published)


def test_a_file_that_is_gone_for_a_moment_is_waited_for(
    published: Path, quick: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = published / "data" / "raw" / PERIOD / SCHEDULE
    away = path.rename(published / "saving")
    found = one_run.copy_inputs

    def copies(*words: Any) -> dict[str, str]:
        monkeypatch.setattr(inputs, "inputs_of", lambda *words: sorted([*inputs_of(*words), path]))
        return found(*words)

    monkeypatch.setattr(one_run, "copy_inputs", copies)
    monkeypatch.setattr(inputs, "sleep", lambda _: away.rename(path))
    quick.run(published)
    manifest = json.loads((published / "reports" / PERIOD / "run.json").read_text("utf-8"))
    assert manifest["inputs"][f"data/raw/{PERIOD}/{SCHEDULE}"] == sha256(path)


def grows_in(root: Path, times: Iterator[int]) -> Callable[[Path], bytes]:
    """What reads files of which one grows whenever it is read, so many times."""
    read = Path.read_bytes

    def grows(path: Path) -> bytes:
        content = read(path)
        if (
            path.name == SCHEDULE
            and path.is_relative_to(root / "data")
            and next(times, None) is not None
        ):
            with path.open("ab") as file:
                file.write(b" ")
        return content

    return grows


def test_what_holds_for_all_periods_is_an_input_too(published: Path, quick: Quick) -> None:
    raw = published / "data" / "raw"
    for name in ("layout.toml", "aliases.toml", "notes.txt"):
        (raw / name).write_text("# nothing of ours\n", "utf-8")
    quick.run(published)
    manifest = json.loads((published / "reports" / PERIOD / "run.json").read_text("utf-8"))
    assert manifest["inputs"].keys() == {
        "data/raw/layout.toml",
        "data/raw/aliases.toml",
        *(f"data/raw/{PERIOD}/{name}" for name in (BUDGET, REGISTER, SCHEDULE)),
        *(f"notebooks/{name}" for name in inputs.NOTEBOOKS),
    }
    assert manifest["inputs"]["data/raw/layout.toml"] == sha256(raw / "layout.toml")


def test_a_programme_without_notebooks_uses_those_that_come_with_the_package(
    published: Path, quick: Quick, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own = published / "notebooks"
    own.rename(tmp_path / "own")
    quick.run(published)
    assert quick.made == [], "they are the same"
    installed = tmp_path / "site-packages" / "ffanalysis"
    shutil.copytree(tmp_path / "own", installed / "notebooks")
    monkeypatch.setattr(inputs, "_PACKAGE", installed)
    assert inputs.notebooks_folder(published) == installed / "notebooks"
    (tmp_path / "own").rename(own)
    assert inputs.notebooks_folder(published) == own


@pytest.mark.parametrize("missing", ["project_briefing.ipynb", "reconciliation.ipynb"])
def test_a_notebook_that_is_missing_is_named_and_nothing_else_is_used_instead(
    published: Path, quick: Quick, missing: str
) -> None:
    path = published / "notebooks" / missing
    path.unlink()
    with pytest.raises(
        NotebookMissing, match=rf"^The notebook {re.escape(str(path))} is missing: restore it"
    ) as caught:
        quick.run(published)
    assert caught.value.exit_code == 2
    assert only_the_published_is_left(published)


def test_where_no_notebooks_are_at_all_the_programmes_own_are_asked_for(
    published: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shutil.rmtree(published / "notebooks")
    monkeypatch.setattr(inputs, "_PACKAGE", tmp_path / "a" / "b" / "ffanalysis")
    with pytest.raises(
        NotebookMissing, match=re.escape(str(published / "notebooks" / "project_briefing.ipynb"))
    ):
        inputs.notebooks_folder(published)


# The analyst's files


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_of_the_findings_begins_as_a_formula_does(start: str) -> None:
    text = f"{start}1+1"
    finding = Finding(
        "route-split",
        text,
        "agrees",
        "note",
        (text,),
        year="2015/16",
        amounts=Amounts(constant(-100, "given"), constant(-100, "given")),
        cells=(CellRef(text, "Savings", "A1"),),
    )
    (line,) = csv.DictReader(io.StringIO(findings_csv([finding]), newline=""))
    harmless = f"'{text}".replace("\r", " ")
    assert (line["subject"], line["message"]) == (harmless, harmless)
    assert line["cells"] == f"{harmless}!Savings!A1"
    assert line["stated"] == "-1.00", "an amount below nil is a number, no formula"


# Without Pango


def test_without_pango_the_pages_are_published_and_one_sentence_says_what_to_install(
    no_pango: Run, example: Run
) -> None:
    assert no_pango.exit_code == 13
    assert no_pango.statuses == {
        PROJECT: "published, no PDF",
        "programme": "published, no PDF",
        "reconciliation": "published",
    }
    assert no_pango.files == {name for name in FILES if not name.endswith(".pdf")}
    assert no_pango.text(f"{PROJECT}.html") == example.text(f"{PROJECT}.html")
    said = [line for line in no_pango.err.splitlines() if not line.startswith("[")]
    (sentence,) = said
    assert (
        sentence
        == "ffanalysis: No PDF was made, because WeasyPrint cannot find Pango. On Debian and Ubuntu"
        " run 'sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0'; elsewhere use the conda"
        " environment, which brings it."
    )


# The recipe


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    """The Makefile with its environment made, and a command that says how it was called."""
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


@pytest.mark.parametrize(
    ("ends", "passes"),
    [(0, True), (13, True), (1, False), (2, False), (11, False), (12, False), (14, False)],
)
def test_make_briefings_passes_where_all_that_could_be_published_was(
    recipe: Path, ends: int, passes: bool
) -> None:
    surroundings = {
        name: value for name, value in os.environ.items() if not name.startswith("MAKE")
    }
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
