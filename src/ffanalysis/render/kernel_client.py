"""Kernels that start warm.

A process that has imported what notebooks need, and forks a fresh kernel for whoever asks.

Each kernel is a process of its own, forked from one that has run no notebook: nothing of one
reaches another. The process (the forge) belongs to the one that started it and ends with it, and
every kernel ends with the forge, with the connection it was asked for over, or by itself. POSIX
only; `forge` is what runs in that process, `provisioner` what Jupyter's own tools ask.
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
import tempfile
import time
from collections.abc import Mapping
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any, Self

NAME = "ffanalysis-warm"
ADDRESS_VARIABLE = "FFANALYSIS_FORGE"
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
_TAKEN_AT_START = (
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
# A kernel sets the first before matplotlib is imported; in a forge that happens first. The other
# keeps the debugger from a warning.
_SET_FOR_KERNELS = {
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
# Like a kernel, a forge imports nothing from the folder in which it is started.
_SERVE = (
    "import sys; sys.path[:] = filter(None, sys.path); from ffanalysis.render.fork_server import serve;"
    " serve()"
)
_SECONDS_TO_ANSWER = 30
_LONGEST_FOLDER = 70  # of the hundred characters or so that the path of a socket may hold


def can_fork() -> bool:
    """Whether this system can start kernels warm.

    The libraries of macOS do not work in a process that was only forked.
    """
    return hasattr(os, "fork") and platform.system() != "Darwin"


def taken_at_start(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that a process reads once, when it starts.

    A kernel that wants others cannot be forked.
    """
    return {name: value for name, value in environment.items() if name.startswith(_TAKEN_AT_START)}


def short(folder: str, longest: int = _LONGEST_FOLDER) -> str:
    """The folder itself, for temporary files, or /tmp where its path is too long for the sockets in it."""
    is_long = os.name == "posix" and len(os.fsencode(folder)) > longest
    return "/tmp" if is_long else folder  # noqa: S108 - what is made there has a name of its own


def temporary_folder() -> str:
    """Where temporary files go.

    Short enough for a folder of our own in it, and one for sockets in that.
    """
    return short(tempfile.gettempdir(), _LONGEST_FOLDER - len("/ff-run-xxxxxxxx"))


def socket_folder(within: Path | None = None) -> tempfile.TemporaryDirectory[str]:
    """A folder of its own for sockets, in this one or where temporary files go."""
    place = short(str(within or tempfile.gettempdir()))
    return tempfile.TemporaryDirectory(prefix="ff-", dir=place, ignore_cleanup_errors=True)


class Forge:
    """A running forge, as the process that started it holds it.

    Closing it ends it and all its kernels.

    It begins at once to import what it imports, and lets itself be asked for kernels once it is
    opened. What it and its kernels write to the standard error goes to the end of the file `log`.
    """

    def __init__(self, *modules: str, within: Path | None = None, log: Path | None = None) -> None:
        self._folder = socket_folder(within)
        self.address = str(Path(self._folder.name) / "forge")
        self._is_open = False
        # Whoever connects before the forge is ready waits; once it has died, nobody can connect any
        # more.
        with (
            socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door,
            log.open("ab") if log else nullcontext() as complaints,
        ):
            door.bind(self.address)
            door.listen(128)
            self._process = subprocess.Popen(  # noqa: S603 - nothing in it comes from anywhere else
                [sys.executable, "-c", _SERVE],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=complaints,
                env={**_SET_FOR_KERNELS, **os.environ},
                pass_fds=[door.fileno()],
                start_new_session=True,  # Ctrl-C is for the one that started it
            )
            started = taken_at_start(os.environ)
            about = {
                "door": door.fileno(),
                "folder": self._folder.name,
                "started": started,
                "modules": [*PRELOADED, *modules],
            }
            self._tell(about)

    def _tell(self, what: Mapping[str, Any]) -> None:
        pipe = self._process.stdin
        with suppress(
            BrokenPipeError
        ):  # a forge that has died forks no kernel; kernels start as usual then
            if pipe:
                pipe.write(json.dumps(what).encode() + b"\n")
                pipe.flush()

    def open(self, held: object = None) -> None:
        """Let kernels be asked for; each of them has this, which is handed on by pickling."""
        self._is_open = True
        self._tell({"held": base64.b64encode(pickle.dumps(held)).decode()})

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def close(self) -> None:
        """End the forge and its kernels."""
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
    """A connection to a forge, which may still be importing.

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


class OtherStart(Exception):
    """A kernel that would have started with other variables than the forge has.

    It cannot be forked.
    """


class WarmKernel:
    """A kernel forked by a forge, with the methods of a `subprocess.Popen` that Jupyter calls.

    Raises OtherStart; TimeoutError where the forge does not answer, and any other OSError where it
    has died or cannot fork.
    """

    stdin = stdout = stderr = None

    def __init__(
        self, line: socket.socket, command: list[str], environment: Mapping[str, str], folder: str
    ) -> None:
        self._line = line
        self._read = b""
        self.returncode: int | None = None
        try:
            self.pid = self._asked_for(command, environment, folder)
        except BaseException:
            line.close()
            raise
        line.setblocking(False)

    def _asked_for(self, command: list[str], environment: Mapping[str, str], folder: str) -> int:
        self._tell({"arguments": command, "environment": dict(environment), "folder": folder})
        answer = self._next_answer() or {}
        if "other" in answer:
            raise OtherStart
        if "pid" not in answer:
            raise OSError("the forge forked no kernel")
        return int(answer["pid"])

    def _tell(self, what: Mapping[str, Any]) -> None:
        self._line.sendall(json.dumps(what).encode() + b"\n")

    def _next_answer(self) -> dict[str, Any] | None:
        """The forge's next message; None where the connection is at its end.

        Raises BlockingIOError where there is none yet.
        """
        while b"\n" not in self._read:
            more = self._line.recv(4096)
            if not more:
                return None
            self._read += more
        answer, _, self._read = self._read.partition(b"\n")
        found: dict[str, Any] = json.loads(answer)
        return found

    def poll(self) -> int | None:
        """How the kernel ended, or None while it runs."""
        if self.returncode is None:
            try:
                answer = self._next_answer()
            except BlockingIOError:
                return None
            except OSError:
                answer = None
            if answer is None:
                # A forge that is gone has taken its kernels with it, but not what they have left
                # running.
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(self.pid, signal.SIGKILL)
            self.returncode = -signal.SIGKILL if answer is None else int(answer["ended"])
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
        """Have the forge send a signal to the kernel and its children.

        Nothing where it has ended.
        """
        if self.poll() is None:
            with suppress(OSError):
                self._tell({"signal": int(number)})

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)
