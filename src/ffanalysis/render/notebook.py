"""Run one notebook with papermill in a fresh kernel.

It succeeds only if every code cell was executed, none failed and none wrote to the error stream.
"""

import hashlib
import logging
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
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

from ffanalysis.errors import (
    DISK_FULL_ERRNOS,
    FileTampered,
    KernelDied,
    NotebookDiskFull,
    NotebookFailed,
)
from ffanalysis.read import ROOT_VARIABLE
from ffanalysis.render.notebook_file import read_notebook
from ffanalysis.render.parameters import declared_in, refuse_unknown
from ffanalysis.render.task import KERNEL, NOTEBOOK_SECONDS
from ffanalysis.render.temporary_folders import socket_folder, temporary_files_in

_ENGINE = "ffanalysis"
# Characters that a notebook may show; a briefing has some hundred thousand.
_MOST_OUTPUT = 20_000_000
_OUTPUTS = frozenset({"stream", "display_data", "update_display_data", "execute_result", "error"})
_START_SECONDS = 60  # what a kernel may take until it answers, where its notebook may take longer
_PLACE = re.compile(r"^.*?:\d+: (?=\w*Warning: )")


class Client(AsyncKernelClient):
    """A client that takes a kernel as ready as soon as both of its channels answer."""

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - Jupyter's own signature
        until = monotonic() + (60 if timeout is None else timeout)
        while monotonic() < until:
            self.kernel_info()
            try:
                reply = await self.get_shell_msg(timeout=1)
                # Until this channel answers, the kernel may not know yet that it has a listener.
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
    """Ends a notebook that prints more than anybody could read, before it fills the memory."""

    output_size = 0

    async def _async_check_alive(self) -> None:
        if self.kc is None:  # what watches over a kernel may wake up once more after its end
            raise DeadKernelError("Kernel died")
        await super()._async_check_alive()

    def process_message(self, msg: Mapping[str, Any], *rest: Any, **more: Any) -> Any:
        if msg["msg_type"] in _OUTPUTS:
            self.output_size += _size(msg["content"])
            if self.is_over_limit:
                # As where the kernel has died: nothing more is waited for, and it is killed.
                self.task_poll_for_reply.cancel()
                return None
        return super().process_message(msg, *rest, **more)

    @property
    def is_over_limit(self) -> bool:
        return self.output_size > _MOST_OUTPUT


def _size(content: Mapping[str, Any]) -> int:
    """The characters of an output, in whichever of its fields they are."""
    parts = [
        content.get("text", ""),
        *content.get("data", {}).values(),
        *content.get("traceback", ()),
    ]
    return sum(len(part if isinstance(part, str) else str(part)) for part in parts)


class _Engine(NBClientEngine):  # type: ignore[misc]
    """papermill's own engine with the client above."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **more: Any) -> Any:
        wanted = ("config", "timeout_func", "shutdown_kernel", "resources")
        # papermill was given a notebook that is read already, and would save all of it once more.
        nb_man.nb.metadata.papermill["input_path"] = more["source"]
        client = _NotebookClient(
            nb_man,
            kernel_name=kernel_name,
            startup_timeout=more["startup_timeout"],
            iopub_timeout=60,
            **{name: more[name] for name in wanted},
        )
        try:
            return client.execute()
        except DeadKernelError as error:
            if client.is_over_limit:
                raise _OutputLimitExceeded from error
            raise


class _OutputLimitExceeded(Exception):
    pass


papermill_engines.register(_ENGINE, _Engine)


def connection(folder: str) -> Config:
    """How to connect to a kernel: over sockets in a folder where the system has them.

    No ports to collide on, nothing on the network, and nothing in the folder in which the command
    was called. Elsewhere Jupyter's own way.
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
    seconds: float = NOTEBOOK_SECONDS,
    digest: str = "",
    on_saved: Callable[[bytes], object] = lambda _: None,
) -> NotebookNode:
    """The executed notebook, stripped of what varies from run to run.

    It is saved at `kept`, also where it fails; `on_saved` is given the content of one that does
    not. It runs in the folder `scratch`, which also takes its temporary files, and for no longer
    than `seconds`. Raises before anything is run NotebookMissing, NotebookWrong, ParameterUnknown,
    and FileTampered for a file whose content has not the sha256 `digest`; then NotebookFailed, of
    which KernelDied and NotebookDiskFull may be the machine's fault.
    """
    source, content = read_notebook(path)
    if digest and hashlib.sha256(content).hexdigest() != digest:
        raise FileTampered(f"notebooks/{path.name}")
    refuse_unknown(parameters, declared_in(source))
    # The first lines of a kernel's log say only how it is connected; what goes wrong comes back as
    # an error.
    logging.getLogger("papermill").setLevel(logging.ERROR)
    kept.parent.mkdir(parents=True, exist_ok=True)
    os.environ[ROOT_VARIABLE] = str(root)
    with _failures_named(path, kept, seconds), temporary_files_in(scratch):
        executed = _execute(path, source, parameters, kept, scratch or Path.cwd(), seconds)
    if why := _unfinished(executed):
        raise _marked(NotebookFailed(path.name, why), kept, kept)
    _strip(executed)
    text = f"{nbformat.writes(executed)}\n".encode()
    kept.write_bytes(text)
    on_saved(text)
    return executed


def _execute(
    path: Path,
    source: NotebookNode,
    parameters: Mapping[str, str],
    kept: Path,
    folder: Path,
    seconds: float,
) -> NotebookNode:
    """The notebook as papermill has run it in `folder`, all its cells within the time.

    It is taken from papermill itself: what lies at `kept` another process may have changed.
    """
    until = monotonic() + seconds
    with socket_folder() as sockets:
        executed = papermill.execute_notebook(
            source,
            _without_braces(kept),
            parameters=dict(parameters),
            engine_name=_ENGINE,
            kernel_name=KERNEL,
            language="python",  # a notebook that was stripped of its metadata doesn't say it
            progress_bar=False,
            request_save_on_cell_execute=False,
            autosave_cell_every=0,
            timeout_func=lambda _: max(until - monotonic(), 0.01),
            config=connection(sockets),
            # Every cell has run by then; an orderly end only logs that it was interrupted.
            shutdown_kernel="immediate",
            resources={"metadata": {"path": str(folder)}},
            source=str(path),
            startup_timeout=max(1, min(_START_SECONDS, int(seconds))),
        )
    read: NotebookNode = nbformat.reads(nbformat.writes(executed), as_version=4)
    return read


@contextmanager
def _failures_named(path: Path, kept: Path, seconds: float) -> Iterator[None]:
    """Raise NotebookFailed for whatever ends a notebook, once it is saved with the reason."""
    try:
        yield
    except PapermillExecutionError as error:  # papermill has saved it with the reason
        if error.ename == "OSError" and any(
            f"[Errno {no}]" in error.evalue for no in DISK_FULL_ERRNOS
        ):
            raise NotebookDiskFull(path.name) from error
        raise NotebookFailed(path.name, f"{error.ename}: {error.evalue}") from error
    except _OutputLimitExceeded as error:
        why = f"it printed more than {_MOST_OUTPUT / 1e6:.0f} million characters."
        raise _marked(NotebookFailed(path.name, why), path, kept) from error
    except CellTimeoutError as error:
        why = f"it ran for more than {seconds:g} seconds."
        raise _marked(NotebookFailed(path.name, why), path, kept) from error
    except (DeadKernelError, RuntimeError) as error:
        raise _marked(KernelDied(path.name), path, kept) from error
    except OSError as error:
        if error.errno in DISK_FULL_ERRNOS:
            raise NotebookDiskFull(path.name) from error
        raise


def _without_braces(path: Path) -> str:
    """A path for papermill, which would fill parameters into its braces."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _unfinished(notebook: NotebookNode) -> str:
    """Why a notebook has failed although it raised nothing; "" where it has not."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    left = (cell.source.strip() for cell in cells if cell.execution_count is None)
    if source := next(filter(None, left), ""):
        return f"it stopped before the cell '{source.splitlines()[0]}'."
    errors = _error_stream(output for cell in cells for output in cell.outputs)
    return f"it wrote to the error stream: {_last_message(errors)}" if errors else ""


def _error_stream(outputs: Iterable[NotebookNode]) -> str:
    return "".join(output.text for output in outputs if output.get("name") == "stderr")


def _last_message(errors: str) -> str:
    """The last message on the error stream, without the place that a warning comes from."""
    # A warning's message is followed by the line that gave it, indented.
    lines = [line for line in errors.splitlines() if line.strip() and not line[0].isspace()]
    return _PLACE.sub("", lines[-1]) if lines else "blank lines"


def _marked(error: NotebookFailed, source: Path, kept: Path) -> NotebookFailed:
    """The error, once the notebook is saved with it, as papermill does where a cell raises."""
    keep_marked(error, source, kept)
    return error


def keep_marked(error: object, source: Path, kept: Path) -> None:
    """Save a failed notebook under a first cell that says why it failed."""
    try:
        notebook: NotebookNode = nbformat.read(source, as_version=4)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        notebook = nbformat.v4.new_notebook()  # something has changed it meanwhile
    notebook.cells.insert(0, nbformat.v4.new_raw_cell(f"FAILED. {error}"))
    nbformat.write(notebook, kept)


def _strip(notebook: NotebookNode) -> None:
    """Remove times, paths and random ids, so that the same inputs give the same bytes."""
    notebook.metadata.pop("papermill", None)
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number:02d}"
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if isinstance(data.get("text/plain"), str):  # where in the memory an object was
                data["text/plain"] = re.sub(r" at 0x[0-9a-f]+", "", data["text/plain"])
