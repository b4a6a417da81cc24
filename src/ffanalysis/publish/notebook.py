"""Run one notebook with papermill in a fresh kernel, and hold it to account.

A run counts only if every code cell was executed, none failed and none wrote to the error stream.
"""

import logging
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from ffanalysis.errors import NotebookFailed
from ffanalysis.publish.parameters import parameters_of, refuse_unknown
from ffanalysis.read import ROOT_VARIABLE

KERNEL = "python3"
_CELL_SECONDS = 300
_PLACE = re.compile(r"^.*?:\d+: (?=\w*Warning: )")


def connection(folder: str) -> Config:
    """How to talk to a kernel: over sockets in a folder of its own where the system has them, else as Jupyter does.

    No ports to collide on, nothing on the network, and nothing in the folder in which the command was called.
    """
    return Config({"KernelManager": {"transport": "ipc", "ip": f"{folder}/kernel"}} if os.name == "posix" else {})


def run_notebook(path: Path, parameters: Mapping[str, str], root: Path, kept: Path) -> NotebookNode:
    """The executed notebook, stripped of what varies from run to run.

    It is kept at `kept`, also where it failed. Raises ParameterUnknown before anything is run, and NotebookFailed.
    """
    refuse_unknown(parameters, parameters_of(path))
    os.environ[ROOT_VARIABLE] = str(root)
    # The first lines of a kernel's log say only how it is connected; what goes wrong comes back as an error.
    logging.getLogger("papermill").setLevel(logging.ERROR)
    kept.parent.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix="ffanalysis-", ignore_cleanup_errors=True) as sockets:
            papermill.execute_notebook(
                _as_it_stands(path),
                _as_it_stands(kept),
                parameters=dict(parameters),
                kernel_name=KERNEL,
                language="python",  # a notebook that was stripped of its metadata doesn't say it
                progress_bar=False,
                request_save_on_cell_execute=False,
                execution_timeout=_CELL_SECONDS,
                config=connection(sockets),
                shutdown_kernel="immediate",  # every cell has run by then; a slow farewell only logs that it was interrupted
            )
    except PapermillExecutionError as error:
        raise NotebookFailed(path.name, f"{error.ename}: {error.evalue}") from error
    except DeadKernelError as error:
        raise _marked(path, path, kept, "its kernel died; there may be too little memory.") from error
    except CellTimeoutError as error:
        raise _marked(path, path, kept, f"a cell ran for more than {_CELL_SECONDS} seconds.") from error
    notebook: NotebookNode = nbformat.read(kept, as_version=4)
    if why := _unfinished(notebook):
        raise _marked(path, kept, kept, why)
    _strip(notebook)
    nbformat.write(notebook, kept)
    return notebook


def _as_it_stands(path: Path) -> str:
    """A path for papermill, which fills parameters into the braces of one."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _unfinished(notebook: NotebookNode) -> str:
    """Why a notebook that raised nothing does not count all the same; "" where it does."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if left := [cell.source.strip() for cell in cells if cell.source.strip() and cell.execution_count is None]:
        return f"it stopped before the cell '{left[0].splitlines()[0]}'."
    outputs = (output for cell in cells for output in cell.outputs)
    if said := [output.text for output in outputs if output.output_type == "stream" and output.name == "stderr"]:
        # A warning's message stands behind the place it comes from, and above the indented line that gave it.
        lines = [line for line in "".join(said).splitlines() if line.strip() and not line[0].isspace()]
        return f"it wrote to the error stream: {_PLACE.sub('', lines[-1]) if lines else 'blank lines'}"
    return ""


def _marked(path: Path, source: Path, kept: Path, why: str) -> NotebookFailed:
    """Keep what there is of a failed notebook, under a line that says so; papermill does this only where a cell raised."""
    error = NotebookFailed(path.name, why)
    notebook: NotebookNode = nbformat.read(source, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_raw_cell(f"FAILED. {error}"))
    nbformat.write(notebook, kept)
    return error


def _strip(notebook: NotebookNode) -> None:
    """Take away times, paths and random ids, so that two runs on the same inputs give the same bytes."""
    notebook.metadata.pop("papermill", None)
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number:02d}"
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
