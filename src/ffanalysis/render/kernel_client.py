"""Kernels that start in a tenth of a second, forked by a process that has imported what they need.

Each kernel is a process of its own, forked from one that has run no notebook: nothing of one
reaches another. The fork server belongs to the process that started it and ends with it, and every
kernel ends with the fork server, with the connection it was asked for over, or by itself. POSIX
only; `fork_server` is what runs in that process, `provisioner` what Jupyter's own tools ask.
"""

import base64
import json
import os
import pickle
import platform
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any, Self

from ffanalysis.render.temporary_folders import socket_folder

NAME = "ffanalysis-warm"
ADDRESS_VARIABLE = "FFANALYSIS_FORK_SERVER"
# What a notebook and its kernel import; none of it starts a thread or opens a socket by being
# imported.
PRELOADED = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "debugpy",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.extensions.storemagic",
    "sqlite3",
    "tornado.platform.asyncio",
    "pandas",
    "pyarrow.parquet",
    "matplotlib.figure",
    "matplotlib.backends.backend_agg",
    "PIL.PngImagePlugin",
    "fontTools.ttLib",
)
# A forked process keeps what Python and its libraries took from these when they started.
_START_TIME_VARIABLES = (
    "PYTHON",
    "MPL",
    "LD_",
    "DYLD_",
    "LC_",
    "LANG",
    "OMP_",
    "OPENBLAS_",
    "MKL_",
    "ARROW_",
    "PANDAS_",
    "TZ",
    "HOME",
    "XDG_",
)
# A kernel sets the first before matplotlib is imported; in a fork server that happens first. The
# other keeps the debugger from a warning.
_SET_FOR_KERNELS = {
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
# Like a kernel, a fork server imports nothing from the folder in which it is started.
_SERVE = (
    "import sys; sys.path[:] = filter(None, sys.path);"
    " from ffanalysis.render.fork_server import serve; serve()"
)
_SECONDS_TO_ANSWER = 30
_SECONDS_TO_IMPORT = 120.0  # what a fork server may take until it answers for the first time
_BEAT = 2.0  # seconds between two questions whether it still answers
_SILENCE = 10.0  # seconds without an answer after which it stands still
_STOPPED = "T"  # how Linux lists the state of a process that was stopped


def can_fork() -> bool:
    """Whether this system can fork kernels.

    The libraries of macOS do not work in a process that was only forked.
    """
    return hasattr(os, "fork") and platform.system() != "Darwin"


def is_stopped(number: int | None) -> bool:
    """Whether a process was stopped and has not ended, where the system shows it."""
    try:
        # The name in brackets may hold anything, brackets and spaces too.
        state = Path(f"/proc/{number}/stat").read_text("utf-8", "replace").rpartition(") ")[2]
    except OSError:
        return False
    return state.startswith(_STOPPED)


def start_time_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that a process reads once, when it starts.

    A kernel that needs other values than the fork server started with cannot be forked.
    """
    return {
        name: value for name, value in environment.items() if name.startswith(_START_TIME_VARIABLES)
    }


class KernelForkServer:
    """A running fork server, as the process that started it sees it.

    It imports at once, and accepts requests for kernels once it is opened; closing it ends it and
    all its kernels. What they write to the standard error is appended to the file `log`.
    """

    def __init__(self, *modules: str, within: Path | None = None, log: Path | None = None) -> None:
        self._folder = socket_folder(within)
        self.address = str(Path(self._folder.name) / "kernels")
        self._is_open = False
        self._closed = threading.Event()
        # A client that connects before the server is ready waits; once the server has died, nobody
        # can connect.
        with (
            socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener,
            log.open("ab") if log else nullcontext() as errors,
        ):
            listener.bind(self.address)
            listener.listen(128)
            self._process = subprocess.Popen(  # noqa: S603 - nothing in it comes from anywhere else
                [sys.executable, "-c", _SERVE],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env={**_SET_FOR_KERNELS, **os.environ},
                pass_fds=[listener.fileno()],
                start_new_session=True,  # Ctrl-C is for the process that started it
            )
            about = {
                "listener": listener.fileno(),
                "folder": self._folder.name,
                "variables": start_time_variables(os.environ),
                "modules": [*PRELOADED, *modules],
            }
            self._send(about)

    def _send(self, what: Mapping[str, Any]) -> None:
        pipe = self._process.stdin
        # A server that has died forks no kernel; kernels then start as usual.
        with suppress(BrokenPipeError):
            if pipe:
                pipe.write(json.dumps(what).encode() + b"\n")
                pipe.flush()

    def open(self, run_data: object = None) -> None:
        """Accept requests for kernels; each kernel has `run_data`, handed on by pickling."""
        self._is_open = True
        self._send({"run_data": base64.b64encode(pickle.dumps(run_data)).decode()})
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        """Kill the fork server once it stands still: its kernels end with it, and that is seen."""
        patience = _SECONDS_TO_IMPORT
        with suppress(OSError), connect(self.address) as line:
            while not self._closed.wait(_BEAT):
                line.sendall(b'{"ping": 1}\n')
                if not self._answers(line, patience):
                    self._process.kill()
                    return
                patience = _SILENCE

    def _answers(self, line: socket.socket, patience: float) -> bool:
        """Whether the server answers over a connection; one that was stopped is not waited for."""
        line.settimeout(_BEAT)
        until = time.monotonic() + patience
        while time.monotonic() < until:
            try:
                return bool(line.recv(1 << 10))
            except TimeoutError:
                if is_stopped(self._process.pid):
                    return False
        return False

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def close(self) -> None:
        """End the fork server and its kernels."""
        self._closed.set()
        if not self._is_open:
            self._process.kill()  # it has no kernels, and need not import the rest
        if self._process.stdin:
            with suppress(BrokenPipeError):
                self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def connect(address: str) -> socket.socket:
    """A connection to a fork server, which may still be importing.

    Raises OSError where there is none, or it has died.
    """
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(_SECONDS_TO_ANSWER)
    try:
        line.connect(address)
    except OSError:
        line.close()
        raise
    return line


class EnvironmentMismatch(Exception):
    """The kernel needs other start-time variables than the fork server has: it is not forked."""


class ForkedKernel:
    """A kernel forked by a fork server, with the methods of `subprocess.Popen` that Jupyter calls.

    Raises EnvironmentMismatch; TimeoutError where the fork server does not answer, and any other
    OSError where it has died or cannot fork.
    """

    stdin = stdout = stderr = None

    def __init__(
        self, line: socket.socket, command: list[str], environment: Mapping[str, str], folder: str
    ) -> None:
        self._line = line
        self._read = b""
        self.returncode: int | None = None
        try:
            self.pid = self._request(command, environment, folder)
        except BaseException:
            line.close()
            raise
        line.setblocking(False)

    def _request(self, command: list[str], environment: Mapping[str, str], folder: str) -> int:
        self._send({"arguments": command, "environment": dict(environment), "folder": folder})
        reply = self._next_reply() or {}
        if "mismatch" in reply:
            raise EnvironmentMismatch
        if "pid" not in reply:
            raise OSError("the fork server forked no kernel")
        return int(reply["pid"])

    def _send(self, what: Mapping[str, Any]) -> None:
        self._line.sendall(json.dumps(what).encode() + b"\n")

    def _next_reply(self) -> dict[str, Any] | None:
        """The fork server's next message; None where the connection is at its end.

        Raises BlockingIOError where there is none yet.
        """
        while b"\n" not in self._read:
            more = self._line.recv(4096)
            if not more:
                return None
            self._read += more
        reply, _, self._read = self._read.partition(b"\n")
        found: dict[str, Any] = json.loads(reply)
        return found

    def poll(self) -> int | None:
        """How the kernel ended, or None while it runs."""
        if self.returncode is None:
            try:
                reply = self._next_reply()
            except BlockingIOError:
                return None
            except OSError:
                reply = None
            if reply is None:
                # A fork server that is gone has taken its kernels with it, but not what they have
                # left running.
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(self.pid, signal.SIGKILL)
            self.returncode = -signal.SIGKILL if reply is None else int(reply["ended"])
            self._line.close()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """How the kernel ended, when it has. Raises TimeoutExpired."""
        until = None if timeout is None else time.monotonic() + timeout
        while self.poll() is None:
            if until is not None and time.monotonic() > until:
                raise subprocess.TimeoutExpired("kernel", timeout or 0)
            time.sleep(0.005)
        assert self.returncode is not None  # noqa: S101
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Have the fork server send a signal to the kernel and what it has started.

        Does nothing where the kernel has ended.
        """
        if self.poll() is None:
            with suppress(OSError):
                self._send({"signal": int(number)})

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)
