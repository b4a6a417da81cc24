"""A notebook run by plain papermill, by "Run all" and by our runner.

The same parts, the same sentence where it cannot run.
"""

import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import nbclient
import nbformat
import papermill
import psutil
import pytest
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError
from rendered import PERIOD, PROJECT, Run, environment, few, programme_in

from ffanalysis.errors import (
    KernelDied,
    NotebookDiskFull,
    NotebookFailed,
    NotebookMissing,
    ParameterUnknown,
    PeriodMalformed,
    PeriodUnknown,
    ProjectUnknown,
)
from ffanalysis.render import kernel_client
from ffanalysis.render import notebook as runner
from ffanalysis.render.notebook import run_notebook
from ffanalysis.render.parameters import names_assigned, parameters_of
from ffanalysis.run.run import RunOptions, run

PAPERMILL = Path(sys.executable).parent / "papermill"
BRIEFING = "project_briefing.ipynb"

NO_PARAMETER = "This notebook has no parameter 'projct'. It has: project, period."
NO_PROJECT = "There is no project 'sen-contract' in this period. There is: sen-contract-efficiency."
NO_PERIOD = "There is no period '2015-16-Q3' in data/raw. There is: 2015-16-Q2."
NOT_A_PERIOD = (
    "'2015-Q2' is not a period: write a financial year and a quarter, such as 2015-16-Q2."
)
WRONG_CALLS = [
    pytest.param({"projct": PROJECT, "period": PERIOD}, NO_PARAMETER, id="a misspelt name"),
    pytest.param(
        {"project": "sen-contract", "period": PERIOD}, NO_PROJECT, id="an unknown project"
    ),
    pytest.param({"project": PROJECT, "period": "2015-16-Q3"}, NO_PERIOD, id="an unknown period"),
    pytest.param({"project": PROJECT, "period": "2015-Q2"}, NOT_A_PERIOD, id="a malformed period"),
]


@pytest.fixture(scope="module")
def root(example_quarter: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return programme_in(tmp_path_factory.mktemp("notebooks") / "programme", example_quarter)


@pytest.fixture(autouse=True)
def _programme(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The runner sets it for its kernels; monkeypatch puts back what was there.
    monkeypatch.setenv("FFANALYSIS_ROOT", str(root))


@pytest.fixture(scope="module")
def published(example: Run) -> list[str]:
    """The parts of the example's briefing as the command publishes them."""
    return parts(nbformat.read(example.folder / "notebooks" / f"{PROJECT}.ipynb", as_version=4))


@pytest.fixture(scope="module")
def _fork_server() -> Iterator[str]:
    """The address of what forks kernels; "" where this system cannot."""
    if not kernel_client.can_fork():
        yield ""
        return
    with kernel_client.KernelForkServer() as server:
        server.open()
        yield server.address


@pytest.fixture
def _forked(_fork_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kernels are forked where they can be: they start in a tenth of the time."""
    if _fork_server:
        monkeypatch.setenv(kernel_client.ADDRESS_VARIABLE, _fork_server)
        monkeypatch.setattr(
            KernelProvisionerFactory.instance(), "default_provisioner_name", kernel_client.NAME
        )


def parts(notebook: NotebookNode) -> list[str]:
    """What the cells of a notebook show, as HTML."""
    return [
        output.data["text/html"]
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if "text/html" in output.get("data", {})
    ]


# Plain papermill, and JupyterLab


def test_the_documented_papermill_command_shows_the_published_briefing(
    root: Path, tmp_path: Path, published: list[str]
) -> None:
    words = [
        PAPERMILL,
        f"notebooks/{BRIEFING}",
        tmp_path / "out.ipynb",
        "-p",
        "project",
        PROJECT,
        "-p",
        "period",
        PERIOD,
    ]
    surroundings = environment(root)
    # At the top of the programme, the notebook finds its way without being told.
    del surroundings["FFANALYSIS_ROOT"]
    done = subprocess.run(
        words, cwd=root, env=surroundings, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    shown = parts(nbformat.read(tmp_path / "out.ipynb", as_version=4))
    assert len(shown) == 21
    assert shown == published


def test_run_all_in_the_folder_of_notebooks_shows_the_published_briefing(
    root: Path, published: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FFANALYSIS_ROOT")
    notebook = nbformat.read(root / "notebooks" / BRIEFING, as_version=4)
    with tempfile.TemporaryDirectory() as sockets:
        config = runner.connection(sockets)
        nbclient.execute(
            notebook,
            root / "notebooks",
            kernel_name="python3",
            config=config,
            shutdown_kernel="immediate",
        )
    assert parts(notebook) == published


def of_our_package(traceback: str) -> list[str]:
    """Whatever a traceback would show of where in the package an error came from."""
    return [
        line
        for line in traceback.splitlines()
        if re.search(r"Traceback|\bFile |ffanalysis[/.]|\.py\b|-+>|Error", line)
    ]


@pytest.mark.parametrize(
    "line",
    [
        "Traceback (most recent call last)",
        "File ~/ffanalysis/read/__init__.py:58, in load(period)",
        "---> 58 raise",
        "KeyError: 1",
    ],
)
def test_a_line_of_a_traceback_is_found(line: str) -> None:
    assert of_our_package(line)


@pytest.mark.usefixtures("_forked")
@pytest.mark.parametrize(("parameters", "sentence"), WRONG_CALLS)
def test_a_wrong_call_ends_plain_papermill_with_its_sentence_and_no_traceback(
    root: Path, tmp_path: Path, parameters: dict[str, str], sentence: str
) -> None:
    with tempfile.TemporaryDirectory() as sockets, pytest.raises(PapermillExecutionError) as caught:
        papermill.execute_notebook(
            root / "notebooks" / BRIEFING,
            tmp_path / "out.ipynb",
            parameters,
            kernel_name="python3",
            progress_bar=False,
            config=runner.connection(sockets),
            shutdown_kernel="immediate",
        )
    assert caught.value.evalue == sentence
    executed = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    (error,) = (
        output
        for cell in executed.cells
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    )
    shown = "\n".join(error.traceback)
    assert sentence in shown
    assert of_our_package(shown) == []
    assert not any("<h1>" in part for part in parts(executed)), "a briefing was shown all the same"


# Our runner


def test_our_runner_refuses_a_misspelt_name_before_it_starts_a_kernel(
    root: Path, tmp_path: Path
) -> None:
    with pytest.raises(ParameterUnknown, match=f"^{re.escape(NO_PARAMETER)}$"):
        run_notebook(
            root / "notebooks" / BRIEFING, {"projct": PROJECT}, root, tmp_path / "kept.ipynb"
        )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("_forked")
@pytest.mark.parametrize(("parameters", "sentence"), few(WRONG_CALLS[1:], 1))
def test_our_runner_ends_a_wrong_call_with_its_sentence_and_keeps_the_notebook(
    root: Path, tmp_path: Path, parameters: dict[str, str], sentence: str
) -> None:
    with pytest.raises(NotebookFailed) as caught:
        run_notebook(root / "notebooks" / BRIEFING, parameters, root, tmp_path / "kept.ipynb")
    assert str(caught.value).startswith("The notebook project_briefing.ipynb did not finish: ")
    assert str(caught.value).endswith(f": {sentence}")
    assert "\n" not in str(caught.value)
    kept = nbformat.read(tmp_path / "kept.ipynb", as_version=4)
    assert [
        output.evalue
        for cell in kept.cells
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    ] == [sentence]


def test_a_notebook_that_is_missing_is_named(root: Path, tmp_path: Path) -> None:
    with pytest.raises(NotebookMissing, match=r"The notebook .*absent\.ipynb is missing"):
        run_notebook(root / "notebooks" / "absent.ipynb", {}, root, tmp_path / "kept.ipynb")


@pytest.mark.usefixtures("quick")  # so that nothing is made ready for kernels
@pytest.mark.parametrize(
    ("period", "projects", "error", "sentence"),
    [
        (PERIOD, ["sen-contract"], ProjectUnknown, NO_PROJECT),
        (
            PERIOD,
            [PROJECT, "../../escape"],
            ProjectUnknown,
            NO_PROJECT.replace("sen-contract'", "../../escape'"),
        ),
        ("2015-16-Q3", [], PeriodUnknown, NO_PERIOD),
        ("2015-Q2", [], PeriodMalformed, NOT_A_PERIOD),
        ("../2015-16-Q2", [], PeriodMalformed, NOT_A_PERIOD.replace("2015-Q2", "../2015-16-Q2", 1)),
        ("2015-17-Q2", [], PeriodMalformed, NOT_A_PERIOD.replace("2015-Q2", "2015-17-Q2", 1)),
    ],
)
def test_a_quarters_run_refuses_a_wrong_call_before_it_touches_anything(
    root: Path, period: str, projects: list[str], error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error, match=f"^{re.escape(sentence)}$"):
        run(period, root, RunOptions(tuple(projects)))
    reports = root / "reports"
    assert not reports.exists() or {path.name for path in reports.iterdir()} == {".runs"}


# What does not count as a run


def notebook_of(path: Path, *sources: str) -> Path:
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


LIMIT = 1  # second, for a notebook that does not end
UNFINISHED = [
    ("raise ValueError('the figures do not add')", "ValueError: the figures do not add"),
    ("import sys; sys.exit(0)", "it stopped before the cell 'after = 1'."),
    (
        "import warnings; warnings.warn('mixed units')",
        "it wrote to the error stream: UserWarning: mixed units",
    ),
    ("import sys; print(file=sys.stderr)", "it wrote to the error stream: blank lines"),
    ("import os; os.write(2, b'from a library')", "it wrote to the error stream: from a library"),
    ("import os; os._exit(0)", "its kernel died; there may be too little memory."),
    ("import time; time.sleep(60)", f"it ran for more than {LIMIT} seconds."),
    ("raise OSError(28, 'No space left on device')", "no space was left on the disk."),
    ("this is no Python", "SyntaxError: "),
    # In the long counts only.
    ("import sys; sys.exit()", "it stopped before the cell 'after = 1'."),
    (
        "import sys; print('mixed units', file=sys.stderr)",
        "it wrote to the error stream: mixed units",
    ),
    ("import os; os.kill(os.getpid(), 9)", "its kernel died; there may be too little memory."),
    ("while True: pass", f"it ran for more than {LIMIT} seconds."),
]


@pytest.mark.usefixtures("_forked")
@pytest.mark.parametrize(("source", "why"), few(UNFINISHED, 9))
def test_a_notebook_that_does_not_run_to_its_end_fails_and_is_kept_marked(
    tmp_path: Path, source: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Where it sees this, a kernel leaves what libraries write to the error stream alone.
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    path = notebook_of(tmp_path / "odd.ipynb", source, "after = 1")
    with pytest.raises(NotebookFailed) as caught:
        # What ends by itself has time enough on a busy machine.
        run_notebook(
            path,
            {},
            tmp_path,
            tmp_path / "kept.ipynb",
            seconds=LIMIT if why.startswith("it ran for") else 60,
        )
    assert str(caught.value).startswith(f"The notebook odd.ipynb did not finish: {why}")
    kept = nbformat.read(tmp_path / "kept.ipynb", as_version=4)
    assert re.search(r"FAILED|An Exception was encountered", kept.cells[0].source), (
        "the kept notebook is not marked"
    )
    assert source in [cell.source for cell in kept.cells]


@pytest.mark.usefixtures("_forked")
@pytest.mark.parametrize(
    ("source", "error"),
    [("raise OSError(28, 'full')", NotebookDiskFull), ("import os; os._exit(3)", KernelDied)],
)
def test_what_may_be_no_fault_of_the_notebooks_has_a_name_of_its_own(
    tmp_path: Path, source: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        run_notebook(
            notebook_of(tmp_path / "odd.ipynb", source), {}, tmp_path, tmp_path / "kept.ipynb"
        )


@pytest.mark.usefixtures("_forked")
def test_the_time_is_that_of_all_cells_together(tmp_path: Path) -> None:
    # Each cell alone is within the limit, and they would come to nine times that.
    path = notebook_of(tmp_path / "slow.ipynb", *[f"import time; time.sleep({LIMIT} * 0.9)"] * 10)
    with pytest.raises(NotebookFailed, match=rf"it ran for more than {LIMIT} seconds\.$"):
        run_notebook(path, {}, tmp_path, tmp_path / "kept.ipynb", seconds=LIMIT)
    assert nbformat.read(tmp_path / "kept.ipynb", as_version=4).cells[0].source.startswith("FAILED")


SHOW = "from IPython.display import HTML, display\n"
ENDLESS_OUTPUT = [
    "while True: print('x' * 10**6)",
    f"{SHOW}while True: display(HTML('x' * 10**6))",
    "raise ValueError('x' * 21_000_000)",
    # In the long counts only.
    "import sys\nwhile True: sys.stderr.write('x' * 10**5)",
    "import os\nwhile True: os.write(1, b'x' * 10**5)",
    (
        f"{SHOW}shown = display(HTML(''), display_id=True)\nwhile True: shown.update(HTML('x' *"
        " 10**6))"
    ),
    f"{SHOW}for _ in range(30): print('x' * 10**6)",
]


@pytest.mark.usefixtures("_forked")
@pytest.mark.skipif(not kernel_client.can_fork(), reason="kernels cannot be forked here")
@pytest.mark.parametrize("source", few(ENDLESS_OUTPUT, 3))
def test_a_notebook_that_says_too_much_is_ended_before_it_fills_the_memory(
    tmp_path: Path, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    path = notebook_of(tmp_path / "loud.ipynb", source, "after = 1")
    most = [0]
    ended = threading.Event()
    before = psutil.Process().memory_info().rss

    def watch() -> None:
        while not ended.wait(0.05):
            most[0] = max(most[0], psutil.Process().memory_info().rss - before)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        with pytest.raises(NotebookFailed, match=r"it printed more than 20 million characters\.$"):
            run_notebook(path, {}, tmp_path, tmp_path / "kept.ipynb", seconds=60)
    finally:
        ended.set()
        watcher.join()
    assert most[0] < 500_000_000
    assert (tmp_path / "kept.ipynb").stat().st_size < 10_000


@pytest.mark.usefixtures("_forked")
def test_a_notebook_runs_in_the_folder_it_is_given_and_puts_its_temporary_files_there(
    tmp_path: Path,
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    before = os.environ.get("TMPDIR")
    path = notebook_of(
        tmp_path / "look.ipynb",
        "import os, tempfile; print(os.getcwd(), tempfile.gettempdir(), os.listdir('.'))",
    )
    shown = run_notebook(path, {}, tmp_path, tmp_path / "kept.ipynb", scratch=scratch)
    assert shown.cells[0].outputs[0].text == f"{scratch} {scratch} []\n"
    assert os.environ.get("TMPDIR") == before


@pytest.mark.usefixtures("_forked")
def test_a_notebook_that_runs_to_its_end_keeps_nothing_that_varies(tmp_path: Path) -> None:
    path = notebook_of(
        tmp_path / "fine.ipynb", "number = '6'", "print('a'); int(number) * 7", "", "after = 1"
    )
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].metadata["tags"] = ["parameters"]
    nbformat.write(notebook, path)
    first = run_notebook(path, {"number": "7"}, tmp_path, tmp_path / "first.ipynb")
    run_notebook(path, {"number": "7"}, tmp_path, tmp_path / "second.ipynb")
    assert first.cells[2].outputs[1].data["text/plain"] == "49"
    assert (tmp_path / "first.ipynb").read_bytes() == (tmp_path / "second.ipynb").read_bytes()
    assert str(tmp_path) not in (tmp_path / "first.ipynb").read_text("utf-8")


@pytest.mark.usefixtures("_forked")
def test_a_folder_with_braces_in_its_name_is_a_folder_like_any_other(tmp_path: Path) -> None:
    folder = tmp_path / "savings {draft} {0}"
    folder.mkdir()
    run_notebook(
        notebook_of(folder / "fine.ipynb", "1"), {}, folder, folder / "kept" / "fine.ipynb"
    )
    assert (folder / "kept" / "fine.ipynb").is_file()


@pytest.mark.usefixtures("_forked")
def test_a_kernel_leaves_nothing_in_the_folder_where_the_command_was_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    path = notebook_of(tmp_path / "look.ipynb", "import os; print(os.getcwd(), os.listdir('.'))")
    shown = run_notebook(path, {}, tmp_path, tmp_path / "kept.ipynb")
    assert shown.cells[0].outputs[0].text == f"{tmp_path}/here []\n"


@pytest.mark.usefixtures("_forked")
def test_the_kernel_finds_the_programme_of_the_run_and_not_another(tmp_path: Path) -> None:
    path = notebook_of(tmp_path / "where.ipynb", "import os; os.environ['FFANALYSIS_ROOT']")
    shown = run_notebook(path, {}, tmp_path / "mine", tmp_path / "kept.ipynb")
    assert shown.cells[0].outputs[0].data["text/plain"] == repr(str(tmp_path / "mine"))
    assert os.environ["FFANALYSIS_ROOT"] == str(tmp_path / "mine")


# The names of parameters


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ('project = "a"\nperiod = "b"', ("project", "period")),
        ('project: str = "a"', ("project",)),
        ("a = b = 1", ("a", "b")),
        ("# only a remark", ()),
        ("import os\nos.environ['x'] = '1'", ()),
        ("this is no Python", ()),
    ],
)
def test_the_parameters_of_a_cell_are_the_names_it_gives_values_to(
    source: str, names: tuple[str, ...]
) -> None:
    assert names_assigned(source) == names


@pytest.mark.parametrize(
    ("name", "names"),
    [
        (BRIEFING, ("project", "period")),
        ("programme_briefing.ipynb", ("period",)),
        ("reconciliation.ipynb", ("period",)),
    ],
)
def test_each_notebook_declares_its_parameters(
    root: Path, name: str, names: tuple[str, ...]
) -> None:
    assert parameters_of(root / "notebooks" / name) == names
