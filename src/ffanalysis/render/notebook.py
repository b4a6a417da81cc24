"""Run one notebook with papermill in a fresh kernel, and hold it to account.

A run counts only if every code cell was executed, none failed and none wrote to the error stream.
"""

import logging
import os
import re
from collections.abc import Mapping
from pathlib import Path
from queue import Empty
from time import monotonic
from typing import Any

import nbformat
import papermill
from jupyter_client.asynchronous.client import AsyncKernelClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from ffanalysis.errors import NO_ROOM, DiskFull, KernelDied, NotebookFailed
from ffanalysis.read import ROOT_VARIABLE
from ffanalysis.render.parameters import parameters_of, refuse_unknown
from ffanalysis.render.task import SECONDS
from ffanalysis.render.temporary_folders import socket_folder, temporary_files_in

KERNEL = "python3"
_ENGINE = "ffanalysis"
_MOST_OUTPUT = (
    20_000_000  # characters that a notebook may show; a briefing has some hundred thousand
)
_PLACE = re.compile(r"^.*?:\d+: (?=\w*Warning: )")


class Client(AsyncKernelClient):
    """A client that takes a kernel for ready as soon as it is heard on both channels, and waits no longer than that."""

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - Jupyter's own signature
        until = monotonic() + (60 if timeout is None else timeout)
        while monotonic() < until:
            self.kernel_info()
            try:
                reply = await self.get_shell_msg(timeout=1)
                # Without a word on this channel the kernel may not know yet that it is listened to.
                await self.get_iopub_msg(timeout=0.2)
            except Empty:
                if not await self._async_is_alive():
                    break
                continue
            if reply["msg_type"] == "kernel_info_reply":
                self._handle_kernel_info_reply(reply)
                return
        raise DeadKernelError("the kernel did not start")

    wait_for_ready = _async_wait_for_ready


class _NotebookClient(PapermillNotebookClient):  # type: ignore[misc]
    """Ends a notebook that says too much: what nobody can read only fills memory."""

    said = 0

    async def _async_check_alive(self) -> None:
        if self.kc is None:  # what watches over a kernel may wake up once more after its end
            raise DeadKernelError("Kernel died")
        await super()._async_check_alive()

    def process_message(self, msg: Mapping[str, Any], *rest: Any, **more: Any) -> Any:
        content = msg["content"]
        if msg["msg_type"] in (
            "stream",
            "display_data",
            "update_display_data",
            "execute_result",
            "error",
        ):
            shown = [
                content.get("text", ""),
                *content.get("data", {}).values(),
                *content.get("traceback", ()),
            ]
            self.said += sum(len(item if isinstance(item, str) else str(item)) for item in shown)
            if self.said > _MOST_OUTPUT:
                # As where the kernel has died: nothing more is waited for, and it is killed.
                self.task_poll_for_reply.cancel()
                return None
        return super().process_message(msg, *rest, **more)


class _Engine(NBClientEngine):  # type: ignore[misc]
    """papermill's own engine with the client above."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **more: Any) -> Any:
        wanted = ("config", "timeout_func", "shutdown_kernel", "resources")
        client = _NotebookClient(
            nb_man,
            kernel_name=kernel_name,
            startup_timeout=60,
            iopub_timeout=60,
            **{name: more[name] for name in wanted},
        )
        try:
            return client.execute()
        except DeadKernelError as error:
            if client.said > _MOST_OUTPUT:
                raise _SaidTooMuch from error
            raise


class _SaidTooMuch(Exception):
    pass


papermill_engines.register(_ENGINE, _Engine)


def connection(folder: str) -> Config:
    """How to talk to a kernel.

    Over sockets in a folder of its own where the system has them, else as Jupyter does.

    No ports to collide on, nothing on the network, and nothing in the folder in which the command
    was called.
    """
    manager = {"client_class": f"{Client.__module__}.{Client.__name__}"}
    if os.name == "posix":
        manager |= {"transport": "ipc", "ip": f"{folder}/kernel"}
    return Config({"KernelManager": manager, "AsyncKernelManager": manager})


def run_notebook(
    path: Path,
    parameters: Mapping[str, str],
    root: Path,
    kept: Path,
    *,
    scratch: Path | None = None,
    seconds: float = SECONDS,
) -> NotebookNode:
    """The executed notebook, stripped of what varies from run to run.

    It is kept at `kept`, also where it failed. It runs in the folder `scratch`, which is also where
    it puts temporary files, and for no longer than `seconds`. Raises ParameterUnknown before
    anything is run; NotebookFailed, of which KernelDied and DiskFull may be no fault of its own.
    """
    refuse_unknown(parameters, parameters_of(path))
    # The first lines of a kernel's log say only how it is connected; what goes wrong comes back as
    # an error.
    logging.getLogger("papermill").setLevel(logging.ERROR)
    kept.parent.mkdir(parents=True, exist_ok=True)
    until = monotonic() + seconds
    with socket_folder() as sockets:
        os.environ[ROOT_VARIABLE] = str(root)
        try:
            with temporary_files_in(scratch):
                papermill.execute_notebook(
                    _as_it_stands(path),
                    _as_it_stands(kept),
                    parameters=dict(parameters),
                    engine_name=_ENGINE,
                    kernel_name=KERNEL,
                    language="python",  # a notebook that was stripped of its metadata doesn't say it
                    progress_bar=False,
                    request_save_on_cell_execute=False,
                    autosave_cell_every=0,
                    timeout_func=lambda _: max(until - monotonic(), 0.01),
                    config=connection(sockets),
                    shutdown_kernel="immediate",  # every cell has run by then; a slow farewell only logs that it was interrupted
                    resources={"metadata": {"path": str(scratch or Path.cwd())}},
                )
        except PapermillExecutionError as error:
            if error.ename == "OSError" and any(
                f"[Errno {number}]" in error.evalue for number in NO_ROOM
            ):
                raise DiskFull(path.name) from error
            raise NotebookFailed(path.name, f"{error.ename}: {error.evalue}") from error
        except _SaidTooMuch as error:
            why = f"it printed more than {_MOST_OUTPUT / 1e6:.0f} million characters."
            raise _marked(NotebookFailed(path.name, why), path, kept) from error
        except CellTimeoutError as error:
            raise _marked(
                NotebookFailed(path.name, f"it ran for more than {seconds:g} seconds."), path, kept
            ) from error
        except (DeadKernelError, RuntimeError) as error:
            raise _marked(KernelDied(path.name), path, kept) from error
        except OSError as error:
            if error.errno in NO_ROOM:
                raise DiskFull(path.name) from error
            raise
    notebook: NotebookNode = nbformat.read(kept, as_version=4)
    if why := _unfinished(notebook):
        raise _marked(NotebookFailed(path.name, why), kept, kept)
    _strip(notebook)
    nbformat.write(notebook, kept)
    return notebook


def _as_it_stands(path: Path) -> str:
    """A path for papermill, which fills parameters into the braces of one."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _unfinished(notebook: NotebookNode) -> str:
    """Why a notebook that raised nothing does not count all the same; "" where it does."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if left := [
        cell.source.strip()
        for cell in cells
        if cell.source.strip() and cell.execution_count is None
    ]:
        return f"it stopped before the cell '{left[0].splitlines()[0]}'."
    outputs = (output for cell in cells for output in cell.outputs)
    if said := [
        output.text
        for output in outputs
        if output.output_type == "stream" and output.name == "stderr"
    ]:
        # A warning's message stands behind the place it comes from, and above the indented line
        # that gave it.
        lines = [
            line for line in "".join(said).splitlines() if line.strip() and not line[0].isspace()
        ]
        return (
            f"it wrote to the error stream: {_PLACE.sub('', lines[-1]) if lines else 'blank lines'}"
        )
    return ""


def _marked(error: NotebookFailed, source: Path, kept: Path) -> NotebookFailed:
    """The error, once what there is of its notebook is kept under a line that says it.

    Papermill does so where a cell raised.
    """
    keep_marked(error, source, kept)
    return error


def keep_marked(error: object, source: Path, kept: Path) -> None:
    """Keep a failed notebook under a line that says why it failed."""
    notebook: NotebookNode = nbformat.read(source, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_raw_cell(f"FAILED. {error}"))
    nbformat.write(notebook, kept)


def _strip(notebook: NotebookNode) -> None:
    """Take away times, paths and random ids, so that two runs on the same inputs give the same bytes."""
    notebook.metadata.pop("papermill", None)
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number:02d}"
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
