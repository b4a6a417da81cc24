"""Notebooks that are none, or none of ours: each is refused by name before anything is rendered."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from quick import Quick, contents, in_this_process
from rendered import PERIOD

from ffanalysis.cli import main
from ffanalysis.errors import NotebookWrong
from ffanalysis.render.notebook_file import read_notebook, refuse_without_parameters

PARAMETERS = {"tags": ["parameters"]}


def code(source: object = "", **more: object) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "metadata": {},
        "source": source,
        "outputs": [],
        "execution_count": None,
    } | more


def notebook(*cells: object, **more: object) -> dict[str, Any]:
    """A notebook of a cell of parameters and of more cells; `more` replaces parts of it."""
    first = code("project = 'a'\nperiod = '2015-16-Q2'", metadata=PARAMETERS)
    return {"cells": [first, *cells], "metadata": {}, "nbformat": 4, "nbformat_minor": 4} | more


def about(**metadata: object) -> dict[str, Any]:
    return notebook(metadata=metadata)


def kernel(name: str, **more: str) -> dict[str, Any]:
    return about(kernelspec={"name": name, "display_name": name, **more})


def refused(folder: Path, content: object) -> str:
    """Why a notebook of this content is refused; "" where it is not."""
    path = folder / "n.ipynb"
    given = content if isinstance(content, bytes) else json.dumps(content).encode()
    path.write_bytes(given)
    try:
        refuse_without_parameters(path.name, read_notebook(path)[0], ("project", "period"))
    except NotebookWrong as error:
        before, after = "The notebook n.ipynb cannot be run: ", ". Nothing was rendered; "
        return str(error).removeprefix(before).partition(after)[0]
    return ""


def text_of(found: dict[str, Any], **more: str) -> bytes:
    """A notebook with further entries, each as it is written in JSON."""
    entries = "".join(f', "{name}": {value}' for name, value in more.items())
    return (json.dumps(found)[:-1] + entries + "}").encode()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "it is empty"),
        (b" \n", "it is empty"),
        (b"<html>", "it is not JSON, line 1, as a notebook is"),
        (b'{"cells": [\n', "it is not JSON, line 2, as a notebook is"),
        ('{"a": "é"}'.encode("latin-1"), "it is not UTF-8 from byte 8 on"),
        (json.dumps(notebook()).encode("utf-16"), "it is not UTF-8 from byte 1 on"),
        (b"[" * 100_000 + b"]" * 100_000, "it is nested too deep"),
        (text_of(notebook(), x="[" * 90 + "]" * 90), "it is nested too deep"),
        (text_of(notebook(), x="9" * 5000), "it is not JSON, as a notebook is"),
        (text_of(notebook(), x="NaN"), "it holds NaN, which is no number"),
        (text_of(notebook(), cells="[]"), "it states 'cells' twice in one place"),
        (notebook(code("x = '\ud800'")), "it holds half of a sign, which no file can hold"),
        (b" " * 20_000_001, "it is larger than 20 MB: clear its outputs and save it"),
        ([], "it is JSON, but not a notebook"),
        (None, "it is JSON, but not a notebook"),
        ("cells", "it is JSON, but not a notebook"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_notebook_is_refused(tmp_path: Path, content: object, why: str) -> None:
    assert refused(tmp_path, content) == why


@pytest.mark.parametrize(
    ("content", "why"),
    [
        *(
            (
                notebook(nbformat=number),
                f"it is of notebook format {number}: open it in JupyterLab and save it as format 4",
            )
            for number in (2, 3, 5, 99)
        ),
        *(
            (notebook(**{name: value}), "it does not say which notebook format it is")
            for name in ("nbformat", "nbformat_minor")
            for value in (None, "4", True, 4.5, -1, [4])
        ),
        *((notebook(cells=cells), "it has no cells") for cells in ([], {}, None, "cell", 7)),
        *((notebook(cell), "cell 2 is not a cell") for cell in (1, "code", [], None)),
        *(
            (notebook(code(cell_type=kind)), "cell 2 is neither code nor text")
            for kind in ("heading", 1, [], None)
        ),
        *(
            (notebook(code(source)), "cell 2 has a source that is no text")
            for source in (5, None, {}, [1], ["a", None], True)
        ),
        *(
            (notebook(code(metadata={"tags": tags})), "cell 2 has tags that are no list")
            for tags in ("parameters", {"parameters": 1}, 7, None, [1], [["parameters"]])
        ),
        (notebook(code(metadata=[])), "cell 2 has no metadata"),
        (notebook(metadata=[]), "its metadata are missing, or not a list of names and values"),
        *(
            (notebook(code(**more)), "cell 2 is not as the notebook format has it")
            for more in ({"outputs": "x"}, {"outputs": [1]}, {"execution_count": "first"})
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_built_otherwise_is_refused_and_the_cell_named(
    tmp_path: Path, content: object, why: str
) -> None:
    assert refused(tmp_path, content) == why


@pytest.mark.parametrize(
    ("content", "language"),
    [
        (kernel("ir", language="R"), "R"),
        (kernel("ir"), "the kernel ir"),
        (kernel("julia-1.10"), "the kernel julia-1.10"),
        (kernel("bash"), "the kernel bash"),
        (kernel("python3", language="julia"), "julia"),
        (about(language_info={"name": "scala"}), "scala"),
        (about(kernelspec={"name": 3}), "the kernel 3"),
        (about(language_info={"name": 3}), "3"),
        (
            kernel("python3", language="python") | {"metadata": {"language_info": {"name": "R"}}},
            "R",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_notebook_for_another_language_is_refused(
    tmp_path: Path, content: object, language: str
) -> None:
    assert refused(tmp_path, content) == f"it is for {language}, and we run only Python"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda cells: cells[0].update(metadata={}), "no cell of it is tagged 'parameters'"),
        (
            lambda cells: cells.append(copy.deepcopy(cells[0])),
            "2 cells of it are tagged 'parameters'",
        ),
        (
            lambda cells: cells.insert(0, code(metadata={"tags": ["injected-parameters"]})),
            "a cell before its parameters sets them as an earlier run did",
        ),
        (
            lambda cells: cells[0].update(source="project = 'a'"),
            "its cell tagged 'parameters' does not set period",
        ),
        (
            lambda cells: cells[0].update(source="%matplotlib inline"),
            "its cell tagged 'parameters' does not set project, period",
        ),
        (
            lambda cells: cells.__setitem__(
                0, {"cell_type": "markdown", "metadata": PARAMETERS, "source": "project = 'a'"}
            ),
            "its cell tagged 'parameters' is not code",
        ),
    ],
)
def test_without_one_cell_that_sets_the_parameters_a_notebook_is_refused(
    tmp_path: Path, change: Callable[[list[dict[str, Any]]], object], why: str
) -> None:
    found = notebook(code("1"))
    change(found["cells"])
    assert refused(tmp_path, found) == why


@pytest.mark.parametrize(
    "content",
    [
        notebook(),
        notebook(nbformat_minor=0),
        notebook(nbformat_minor=7),
        notebook(code(["x = 1\n", "x"]), code(id="a"), code(id="a")),
        b"\xef\xbb\xbf" + json.dumps(notebook()).encode(),
        kernel("our-environment"),
        kernel("conda-env-finance-py", language="python"),
        about(language_info={"name": "python"}, kernelspec={"name": "python3"}),
        kernel("c", language="python"),
    ],
)
def test_a_notebook_in_any_form_that_tools_save_is_taken(tmp_path: Path, content: object) -> None:
    assert refused(tmp_path, content) == ""


@pytest.mark.parametrize("name", ["project_briefing", "programme_briefing", "reconciliation"])
def test_a_run_refuses_such_a_notebook_in_one_sentence_and_renders_nothing(
    published: Path, quick: Quick, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    before = contents(published)
    (published / "notebooks" / f"{name}.ipynb").write_bytes(b"[]")
    in_this_process(monkeypatch, published)
    monkeypatch.setenv("FFANALYSIS_ROOT", str(published))
    ended = CliRunner().invoke(main, ["run", PERIOD])
    assert (ended.exit_code, ended.stdout) == (11, "")
    assert ended.stderr == (
        f"ffanalysis: The notebook {name}.ipynb cannot be run: it is JSON, but not a notebook."
        " Nothing was rendered; correct it, or restore it from the project.\n"
    )
    assert quick.made == []
    assert contents(published) == before
