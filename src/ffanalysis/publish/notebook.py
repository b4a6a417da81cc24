"""Run one notebook with papermill in a fresh kernel, and hold it to account.

A run counts only if every code cell was executed, none failed and none wrote to the error stream.
"""

import logging
import os
from collections.abc import Mapping
from pathlib import Path

import nbformat
import papermill
from jupyter_client.manager import AsyncKernelManager
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError
from traitlets import default

from ffanalysis.errors import NotebookFailed
from ffanalysis.publish.parameters import parameters_of, refuse_unknown
from ffanalysis.read import ROOT_VARIABLE

KERNEL = "python3"
_CELL_SECONDS = 300


class LocalKernelManager(AsyncKernelManager):
    """Talks to its kernel over local sockets where the system has them: no ports to collide on, nothing on the network."""

    @default("transport")
    def _local(self) -> str:
        return "ipc" if os.name == "posix" else "tcp"


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
        papermill.execute_notebook(
            str(path),
            str(kept),
            parameters=dict(parameters),
            kernel_name=KERNEL,
            progress_bar=False,
            request_save_on_cell_execute=False,
            execution_timeout=_CELL_SECONDS,
            kernel_manager_class=LocalKernelManager,
            shutdown_kernel="immediate",
        )
    except PapermillExecutionError as error:
        raise NotebookFailed(path.name, f"{error.ename}: {error.evalue}") from error
    notebook: NotebookNode = nbformat.read(kept, as_version=4)
    _refuse_unfinished(path.name, notebook)
    _strip(notebook)
    nbformat.write(notebook, kept)
    return notebook


def _refuse_unfinished(name: str, notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        if cell.source.strip() and cell.execution_count is None:
            raise NotebookFailed(name, f"it stopped before the cell '{cell.source.splitlines()[0]}'.")
        for output in cell.outputs:
            if output.output_type == "stream" and output.name == "stderr":
                raise NotebookFailed(name, f"it wrote a warning: {output.text.strip().splitlines()[-1]}")


def _strip(notebook: NotebookNode) -> None:
    """Take away times, paths and random ids, so that two runs on the same inputs give the same bytes."""
    notebook.metadata.pop("papermill", None)
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number:02d}"
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
