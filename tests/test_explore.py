"""The notebook to explore with: what an analyst finds with it, in JupyterLab too."""

import ast
import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from click.testing import CliRunner
from rendered import ROOT, page_of
from text_quarter import quarter

import ffanalysis as ff
from ffanalysis.api import Quarter
from ffanalysis.cli import main
from ffanalysis.demo import write_demo
from ffanalysis.errors import LabMissing, ProjectAmbiguous, ProjectUnknown
from ffanalysis.run import lab
from ffanalysis.savings.named import project_named

EXPLORE = ROOT / "notebooks" / "explore.ipynb"
PERIOD = "2026-27-Q2"
FALLS, LIBRARY, BUSES = (
    "Falls Response Management Delayering",
    "Library Opening Hours Renewal",
    "Rural Buses Automation",
)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An invented programme of three projects in three quarters; to be copied, or only read."""
    root = tmp_path_factory.mktemp("explore") / "demo"
    assert write_demo(root, 3, 3, seed=5)[-1] == PERIOD
    return root


@pytest.fixture(autouse=True)
def _numbers_as_pandas_has_them() -> Iterator[None]:
    yield
    pd.reset_option("display.float_format")


def parameters(path: Path) -> dict[str, str]:
    cells = nbformat.read(path, as_version=4).cells
    (cell,) = (each for each in cells if "parameters" in each.metadata.get("tags", []))
    return dict(re.findall(r'^(\w+) = "(.*)"$', cell.source, re.MULTILINE))


def answers(root: Path, period: str, project: str, patch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the cells of the notebook show: by the heading before them, the last value of each."""
    patch.setenv("FFANALYSIS_ROOT", str(root))
    patch.setitem(sys.modules, "itables", None)  # it would change pandas for the tests behind
    names: dict[str, Any] = {}
    found: dict[str, Any] = {}
    heading = ""
    for cell in nbformat.read(EXPLORE, as_version=4).cells:
        if cell.cell_type == "markdown":
            heading = next(
                (line[3:] for line in cell.source.splitlines() if line.startswith("## ")), heading
            )
            continue
        *body, last = ast.parse(cell.source).body
        if isinstance(last, ast.Expr):
            exec(compile(ast.Module(body, []), "cell", "exec"), names)  # noqa: S102 - our own
            value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)  # noqa: S307
            found.setdefault(heading, []).append(value)
        else:
            exec(compile(ast.Module([*body, last], []), "cell", "exec"), names)  # noqa: S102
        if "parameters" in cell.metadata.get("tags", []):
            names |= {"period": period, "project": project}
    return found


# --- ten questions of an analyst ------------------------------------------------------------------

# Worked by hand from the workbooks of the invented programme (seed 5), sheet and cells beside each.
TEN_QUESTIONS = {
    # register.xlsx, Projects, A6 to A8 and R6 to R8 (R6 is blank: the schedule's G7 has it)
    "Which projects are there, and who owns them?": [
        (FALLS, "Head of Older People"),
        (LIBRARY, "Head of Libraries"),
        (BUSES, "Head of Public Transport"),
    ],
    # savings-communities.xlsx, Proposed savings: G7 £326,066 + G8 £68,990
    "What does the library project propose to save?": 395.056,
    # the same sheet, 2026/27 by RAG: Red G7; Amber G8
    "How much of it is Red?": 326.066,
    # savings-place-and-transport.xlsx, Savings tracker: I7 £175,470 + M7 £225,954, owner G7
    "Who owns the largest Amber?": ("Head of Public Transport", 401.424),
    # the same row: L7 and P7 are nil, and no other project reports a forecast
    "Which savings are forecast to fall short?": [],
    # savings-adult-social-care.xlsx, N7: 69.17 in Quarter 1, 44.23 now; O7: blank, 24.94 now
    "Which savings slipped, how far, and why?": [
        (FALLS, "2027/28", "2028/29", 24.94, "two sites wait for their surveys")
    ],
    # savings-communities.xlsx, G8: £83,420 in Quarter 1, £68,990 now
    "Which saving is smaller than last quarter?": [(LIBRARY, "Further (C-0001b)", -14.43)],
    # savings-children-and-education.xlsx: B24 £3.83m + B25 £2.48m, B26 states £6.336m
    "Where does the split by route not add up, and by how much?": ("Children and Education", -26),
    # register.xlsx, Milestones, row 17: July 2025, Delayed
    "Which milestones are overdue?": [(BUSES, "New structure in place", "July 2025")],
    # the two cells of the second question
    "Where does the library's £395,056 come from?": (
        "savings-communities.xlsx!Proposed savings!G7; savings-communities.xlsx!Proposed savings!G8"
    ),
}


def in_rows(frame: pd.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    """A frame's rows in these columns, amounts to the pound."""
    values = frame[list(columns)].itertuples(index=False)
    return [
        tuple(round(each, 3) if isinstance(each, float) else each for each in row) for row in values
    ]


def test_ten_questions_are_answered_by_the_notebook_alone(
    demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = answers(demo, PERIOD, LIBRARY, monkeypatch)
    (projects,) = found["Which projects are there?"]
    own, sums, headline = found["What does this project save, and what counts?"]
    (by_rag,) = found["How much is planned for each year, by RAG?"]
    (amber,) = found["Who owns the largest Amber?"]
    (short,) = found["Which savings are forecast to fall short?"]
    (changes,) = found["What changed since last quarter?"]
    (slipped,) = found["Which savings slipped, and why?"]
    failed, _, apart = found["Does it add up?"]
    (milestones,) = found["Which milestones are overdue?"]
    figures, explained, cells = found["Where does a figure come from?"]

    rebased = changes[(changes["what"] == "saving") & (changes["amount"] < 0)]
    split = apart[apart["subject"] == "Children and Education"]
    largest = amber.iloc[0]
    answered = [
        in_rows(projects, "project", "owner"),
        round(float(sums.loc["proposed", "target"]), 3),
        float(own.set_index("rag").loc["Red", "target"]),
        (largest["owner"], round(float(largest["target"]), 3)),
        in_rows(short, "project", "line"),
        in_rows(slipped, "project", "was", "now", "amount", "reason"),
        in_rows(rebased, "project", "line", "amount"),
        (split["subject"].iloc[0], round(float(split["difference"].iloc[0]) / 1_000)),
        in_rows(milestones, "project", "milestone", "due"),
        figures.set_index("name").loc["proposed/total", "cells"],
    ]
    assert dict(zip(TEN_QUESTIONS, answered, strict=True)) == TEN_QUESTIONS
    assert str(headline) == "£395,056"
    assert round(by_rag.loc[("proposed", "Amber"), "2026/27"], 3) == 152.887 + 68.99
    assert any("£26,000 more than the sum" in message for message in failed["message"])
    assert cells["amount"].dropna().tolist() == [326_066, 68_990]
    written = [Fraction(line.written) * line.factor for line in explained.cells]
    assert sum(written) == explained.figure.value == 39_505_600


def test_it_runs_on_the_example_without_a_quarter_before(
    example_quarter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(example_quarter, tmp_path / "data" / "raw" / "2015-16-Q2")
    stated = parameters(EXPLORE)
    assert stated == {"project": "sen-contract-efficiency", "period": "2015-16-Q2"}
    found = answers(tmp_path, stated["period"], stated["project"], monkeypatch)
    assert str(found["What does this project save, and what counts?"][-1]) == "£100,000"
    assert found["What changed since last quarter?"][0].empty
    assert found["Do the programmes tie to the plan?"][0]["total"].tolist() == [2455]


def test_papermill_runs_it_with_another_project(demo: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.ipynb"
    command = [sys.executable, "-m", "papermill", "--log-level", "ERROR", str(EXPLORE), str(out)]
    command += ["-p", "period", PERIOD, "-p", "project", LIBRARY]
    environment = {**os.environ, "FFANALYSIS_ROOT": str(demo)}
    environment.pop("PYTHONWARNINGS", None)
    ended = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert ended.returncode == 0, ended.stderr
    shown = out.read_text("utf-8")
    assert "<Figure proposed/total: Proposed saving, £395,056" in shown
    assert "image/png" in shown
    assert "application/vnd.jupyter.widget-view+json" in shown


# --- the picker, with and without widgets ---------------------------------------------------------


def test_another_quarter_keeps_the_project_where_it_is_there(demo: Path) -> None:
    picked = ff.picker(PERIOD, "rural buses AUTOMATION", demo)
    assert (picked.period, picked.project.slug) == (PERIOD, "rural-buses-automation")
    picked.pick(project="library-opening-hours-renewal")
    picked.pick(period="2026-27-Q1")
    assert (picked.period, picked.project.name) == ("2026-27-Q1", LIBRARY)
    with pytest.raises(ProjectUnknown):
        picked.pick(project="nobody")
    assert picked.project.name == LIBRARY


def test_the_lists_pick_and_say_what_is_wrong(demo: Path, tmp_path: Path) -> None:
    root = shutil.copytree(demo, tmp_path / "programme")
    (root / "data" / "raw" / "2026-27-Q3").mkdir()
    picked = ff.picker(PERIOD, LIBRARY, root)
    period, project, shown = picked._lists().children
    assert project.label == LIBRARY
    assert "£395,056" in shown.value
    project.value = "falls-response-management-delayering"
    assert "£222,057" in shown.value
    assert picked.project.name == FALLS
    period.value = "2026-27-Q1"
    assert (picked.period, picked.project.name) == ("2026-27-Q1", FALLS)
    period.value = "2026-27-Q3"
    assert "There is no" in shown.value or "no workbook" in shown.value.casefold()
    assert picked.period == "2026-27-Q1"


def test_without_widgets_and_itables_plain_words_are_shown(
    demo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("ipywidgets", "itables"):
        monkeypatch.setitem(sys.modules, name, None)
    ff.interactive_tables()
    assert capsys.readouterr().out == (
        "Tables to search and sort need itables: pip install itables.\n"
    )
    assert str(pd.DataFrame({"difference": [-7_760_232_000.0, 395.056, 0.0, None]})).split() == [
        *("difference", "0", "-7,760,232,000", "1", "395.056", "2", "0", "3", "NaN")
    ]
    picked = ff.picker(PERIOD, LIBRARY, demo)
    assert repr(picked) == f"<picked: {PERIOD}, {LIBRARY}>"
    picked._ipython_display_()
    assert "£395,056" in picked._repr_html_()


# --- projects by their names ----------------------------------------------------------------------

NAMED = """register.xlsx!Projects
Project | Title | Type of saving | Service | Status
Reablement First | Reablement for all | New | Care | Approved
Parks & Lakes | Green spaces | New | Parks | Approved
Lidos | Green spaces | New | Parks | Approved
Care – Nights | The nights | New | Care | Approved"""


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("reablement-first", "reablement-first"),
        ("Reablement First", "reablement-first"),
        ("REABLEMENT  first", "reablement-first"),
        ("Reablement\N{EN DASH}First", "reablement-first"),
        ("reablement for all", "reablement-first"),
        ("care nights", "care-nights"),
        ("Care - Nights", "care-nights"),
        ("PARKS and lakes", "parks-and-lakes"),
    ],
)
def test_a_project_is_named_in_any_spelling(text: str, meant: str) -> None:
    found = Quarter(quarter(NAMED))
    assert project_named(found.records, text) == meant
    assert ff.briefing(found, found.findings, text).slug == meant
    assert found.project(text).slug == meant


def test_a_name_that_several_have_names_none() -> None:
    found = Quarter(quarter(NAMED))
    with pytest.raises(ProjectAmbiguous) as told:
        ff.briefing(found, found.findings, "green SPACES")
    assert str(told.value) == (
        "'green SPACES' may be any of parks-and-lakes, lidos: write the one you mean as it is here."
    )


def test_a_name_that_none_has_is_told_the_nearest(demo: Path, tmp_path: Path) -> None:
    found = ff.load(PERIOD, demo)
    with pytest.raises(ProjectUnknown) as told:
        found.project("Rural Bus Automation")
    assert str(told.value).startswith("There is no project 'Rural Bus Automation' in this period.")
    assert "rural-buses-automation" in str(told.value)
    assert told.value._render_traceback_() == [str(told.value)], "a notebook shows no traceback"


def test_of_many_projects_the_nearest_are_named_first() -> None:
    known = [f"project-{number}" for number in range(40)]
    told = str(ProjectUnknown("Reablement Frist", [*known, "reablement-first"]))
    assert told.endswith("There is: reablement-first … and 40 others.")


# --- the command ----------------------------------------------------------------------------------


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """What the command would have become: its arguments and its environment."""
    found: list[Any] = []

    def becomes(path: str, command: list[str], environment: dict[str, str]) -> None:
        found.append((command, environment))
        raise SystemExit(0)

    monkeypatch.setattr(os, "execve", becomes)
    monkeypatch.setattr(os, "name", "posix")
    yield found
    os.chdir(ROOT)


def ask(root: Path, *arguments: str) -> Any:
    return CliRunner(env={"FFANALYSIS_ROOT": str(root)}).invoke(main, ["lab", *arguments])


def test_lab_opens_the_notebook_in_its_place_with_this_kernel(
    demo: Path, tmp_path: Path, opened: list[Any]
) -> None:
    root = shutil.copytree(demo, tmp_path / "a programme")
    ended = ask(root, PERIOD, "rural buses automation", "--no-browser", "--port", "8899")
    assert (ended.exit_code, ended.output) == (
        0,
        "Opening notebooks/explore.ipynb in JupyterLab; stop it with Ctrl-C.\n",
    )
    ((command, environment),) = opened
    assert command == [
        *(sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={root}"),
        "--LabApp.default_url=/lab/tree/notebooks/explore.ipynb",
        *("--no-browser", "--ServerApp.port=8899", "--ServerApp.port_retries=0"),
    ]
    assert environment["FFANALYSIS_ROOT"] == str(root)
    assert environment["JUPYTER_PREFER_ENV_PATH"] == "1"
    assert parameters(root / "notebooks" / "explore.ipynb") == {
        "project": "rural-buses-automation",
        "period": PERIOD,
    }


def test_lab_begins_with_what_is_there_and_keeps_what_an_analyst_has_written(
    demo: Path, tmp_path: Path, opened: list[Any]
) -> None:
    root = shutil.copytree(demo, tmp_path / "programme")
    place = root / "notebooks" / "explore.ipynb"
    assert ask(root).exit_code == 0
    first = {"project": "falls-response-management-delayering", "period": PERIOD}
    assert parameters(place) == first, "the example's own project is in no quarter of this one"
    notebook = nbformat.read(place, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell("mine = 1"))
    nbformat.write(notebook, place)
    before = place.read_bytes()
    assert ask(root).exit_code == 0
    assert place.read_bytes() == before
    assert ask(root, "2026-27-Q1", LIBRARY).exit_code == 0
    assert parameters(place)["period"] == "2026-27-Q1"
    assert nbformat.read(place, as_version=4).cells[-1].source == "mine = 1"
    # A programme that has no notebooks of its own gets this one beside data, and no others.
    shutil.rmtree(root / "notebooks")
    assert ask(root).output.startswith("Opening explore.ipynb")
    assert parameters(root / "explore.ipynb") == first
    assert not (root / "notebooks").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["2026-27-Q9"], "'2026-27-Q9' is not a period"),
        (["2020-21-Q1"], "There is no period '2020-21-Q1' in data/raw."),
        ([PERIOD, "library"], "There is no project 'library' in this period."),
    ],
)
def test_lab_refuses_in_one_sentence(
    demo: Path, opened: list[Any], arguments: list[str], told: str
) -> None:
    before = (demo / "notebooks" / "explore.ipynb").read_bytes()
    ended = ask(demo, *arguments)
    assert ended.exit_code == 2
    assert told in ended.output
    assert len(ended.output.splitlines()) == 1
    assert opened == []
    assert (demo / "notebooks" / "explore.ipynb").read_bytes() == before


def test_the_kernel_is_this_installations_own_whatever_else_has_its_name(tmp_path: Path) -> None:
    other = tmp_path / "kernels" / "python3"
    other.mkdir(parents=True)
    spec = {"argv": ["/elsewhere/python"], "display_name": "Another", "language": "python"}
    (other / "kernel.json").write_text(json.dumps(spec), "utf-8")
    ask_which = (
        "from jupyter_client.kernelspec import KernelSpecManager as m;"
        "print(m().get_kernel_spec('python3').argv[0])"
    )
    environment = {**os.environ, "JUPYTER_DATA_DIR": str(tmp_path), **lab.OWN_KERNEL_FIRST}
    command = [sys.executable, "-c", ask_which]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() != "/elsewhere/python"


def test_lab_without_jupyterlab_says_how_to_get_it(
    demo: Path, opened: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lab, "find_spec", lambda name: None)
    with pytest.raises(LabMissing, match="JupyterLab is not installed: run 'pip install"):
        lab.open_lab(demo, demo / "notebooks" / "explore.ipynb")


def test_only_what_a_run_has_made_is_trusted(
    demo: Path, tmp_path: Path, opened: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from nbformat.sign import NotebookNotary

    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))
    root = shutil.copytree(demo, tmp_path / "programme")
    folder = root / "reports" / PERIOD / "notebooks"
    folder.mkdir(parents=True)
    made = {}
    for name in ("a", "b"):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(name)])
        nbformat.write(notebook, folder / f"{name}.ipynb")
        digest = hashlib.sha256((folder / f"{name}.ipynb").read_bytes()).hexdigest()
        made[f"notebooks/{name}.ipynb"] = digest
    made["notebooks/b.ipynb"] = "0" * 64
    manifest = {"results": [{"outputs": made}]}
    (folder.parent / "run.json").write_text(json.dumps(manifest), "utf-8")
    ended = ask(root, "--trust")
    assert ended.exit_code == 0
    said = ended.output
    assert "Trusted 1 executed notebook in reports. JupyterLab shows what is in them" in said
    assert f"reports/{PERIOD}/notebooks/b.ipynb is not as its run has made it" in said
    notary = NotebookNotary()
    signed = [
        notary.check_signature(nbformat.read(folder / f"{name}.ipynb", as_version=4))
        for name in ("a", "b")
    ]
    notary.store.close()
    assert signed == [True, False]


# --- in JupyterLab itself -------------------------------------------------------------------------


@pytest.fixture
def server(demo: Path, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """JupyterLab as the command opens it, at an address of its own; it ends with the test."""
    root = shutil.copytree(demo, tmp_path / "programme")
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = tmp_path / "config"
    config.mkdir()
    settings = {"ServerApp": {"allow_root": True}}
    (config / "jupyter_server_config.json").write_text(json.dumps(settings), "utf-8")
    places = {
        f"JUPYTER_{name}_DIR": str(tmp_path / name.lower())
        for name in ("CONFIG", "DATA", "RUNTIME")
    }
    environment = {
        **{key: value for key, value in os.environ.items() if key != "PYTHONWARNINGS"},
        **places,
        "JUPYTER_TOKEN": "of-this-test",
        "IPYTHONDIR": str(tmp_path / "ipython"),
        "FFANALYSIS_ROOT": str(root),
    }
    command = [sys.executable, "-m", "ffanalysis", "lab", PERIOD, LIBRARY]
    command += ["--no-browser", "--port", str(port)]
    with (tmp_path / "log").open("wb") as log:
        started = subprocess.Popen(
            command, cwd=root, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        until = time.monotonic() + 40
        while not _answers(port):
            assert started.poll() is None, (tmp_path / "log").read_text("utf-8")
            assert time.monotonic() < until
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}", root
    finally:
        started.terminate()
        try:
            started.wait(10)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


@pytest.mark.browser
@pytest.mark.slow
def test_in_jupyterlab_all_cells_run_and_another_project_is_picked(
    browser: Any, server: tuple[str, Path]
) -> None:
    address, root = server
    found = ff.load(PERIOD, root)
    page_says = {}
    for name in (LIBRARY, FALLS):
        html = str(ff.briefing(found, found.findings, name).message().html)
        (total,) = {
            item.attributes["value"]
            for item in page_of(html).all("data")
            if item.attributes["data-figure"] == "proposed/total"
        }
        page_says[name] = f"£{int(total) // 100:,}"
    page = browser.new_page(viewport={"width": 1300, "height": 1000})
    page.goto(f"{address}/lab/tree/notebooks/explore.ipynb?token=of-this-test")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=40_000)
    page.get_by_text("| Idle").wait_for(timeout=40_000)  # else it asks for a kernel
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    page.wait_for_selector(".jp-Notebook .jp-RenderedImage img", timeout=40_000)
    errors = page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.error']")
    assert errors.count() == 0, errors.first.inner_text()
    lists = page.locator(".widget-dropdown select")
    shown = page.locator(".widget-html-content").first
    assert page_says[LIBRARY] in (shown.text_content() or "")
    lists.nth(1).select_option(label=FALLS)
    page.wait_for_function(
        "text => document.querySelector('.widget-html-content').textContent.includes(text)",
        arg=page_says[FALLS],
        timeout=20_000,
    )
    assert page_says[FALLS] != page_says[LIBRARY]
    page.close()
