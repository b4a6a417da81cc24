"""Kernels that start warm: a process that has imported what notebooks need, and forks a fresh kernel for whoever asks.

Each kernel is a process of its own, forked from one that has run no notebook: nothing of one reaches another. The process
(the forge) belongs to the one that started it and ends with it, and every kernel ends with the forge, with the connection it
was asked for over, or by itself. POSIX only; `provisioner` is what Jupyter's own tools ask.
"""

import ctypes
import gc
import importlib
import importlib.util
import json
import os
import pickle
import platform
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any, Self

NAME = "ffanalysis-warm"
ADDRESS_VARIABLE = "FFANALYSIS_FORGE"
# What a notebook and its kernel import; none of it starts a thread or opens a socket by being imported.
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
# A kernel sets the first before matplotlib is imported; in a forge that happens first. The other keeps the debugger from a warning.
_SET_FOR_KERNELS = {"MPLBACKEND": "module://matplotlib_inline.backend_inline", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
# Like a kernel, a forge imports nothing from the folder in which it is started.
_SERVE = "import sys; sys.path[:] = filter(None, sys.path); from ffanalysis.publish.warm import serve; serve()"
_SECONDS_TO_ANSWER = 30
_LONGEST_PIECE = 1_000_000  # characters
_LONGEST_FOLDER = 70  # of the hundred characters or so that the path of a socket may hold
_PDEATHSIG = 1


def can_fork() -> bool:
    """Whether this system can start kernels warm; the libraries of macOS do not work in a process that was only forked."""
    return hasattr(os, "fork") and platform.system() != "Darwin"


def taken_at_start(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that a process reads once, when it starts: a kernel that wants others cannot be forked."""
    return {name: value for name, value in environment.items() if name.startswith(_TAKEN_AT_START)}


def socket_folder(within: Path | None = None) -> tempfile.TemporaryDirectory[str]:
    """A folder of its own for sockets, in this one or where temporary files go; in /tmp where that is too deep for sockets."""
    place = str(within or tempfile.gettempdir())
    if os.name == "posix" and len(os.fsencode(place)) > _LONGEST_FOLDER:
        place = "/tmp"  # noqa: S108 - the folder made there is nobody else's
    return tempfile.TemporaryDirectory(prefix="ff-", dir=place, ignore_cleanup_errors=True)


class Forge:
    """A running forge, as the process that started it holds it; closing it ends it and all its kernels.

    It begins at once to import what it imports, and lets itself be asked for kernels once it is opened. What it and its kernels
    write to the standard error goes to the end of the file `log`.
    """

    def __init__(self, *modules: str, within: Path | None = None, log: Path | None = None) -> None:
        self._folder = socket_folder(within)
        self.address = str(Path(self._folder.name) / "forge")
        self._is_open = False
        # Whoever connects before the forge is ready waits; once it has died, nobody can connect any more.
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door, log.open("ab") if log else nullcontext() as complaints:
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
            about = {"door": door.fileno(), "folder": self._folder.name, "started": started, "modules": [*PRELOADED, *modules]}
            self._tell(about)

    def _tell(self, what: Mapping[str, Any]) -> None:
        pipe = self._process.stdin
        with suppress(BrokenPipeError):  # a forge that has died forks no kernel; kernels start as usual then
            if pipe:
                pipe.write(json.dumps(what).encode() + b"\n")
                pipe.flush()

    def open(self, held: Path | None = None) -> None:
        """Let kernels be asked for; each of them has what is pickled in the file `held`."""
        self._is_open = True
        self._tell({"held": str(held) if held else ""})

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
    """A connection to a forge, which may still be importing. Raises OSError where there is none, or it has died."""
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(_SECONDS_TO_ANSWER)
    try:
        line.connect(address)
    except OSError:
        line.close()
        raise
    return line


class OtherStart(Exception):
    """A kernel that would have started with other variables than the forge has: it cannot be forked."""


class WarmKernel:
    """A kernel forked by a forge, with the methods of a `subprocess.Popen` that Jupyter calls.

    Raises OtherStart; TimeoutError where the forge does not answer, and any other OSError where it has died or cannot fork.
    """

    stdin = stdout = stderr = None

    def __init__(self, line: socket.socket, command: list[str], environment: Mapping[str, str], folder: str) -> None:
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
        """The forge's next message; None where the connection is at its end. Raises BlockingIOError where there is none yet."""
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
                # A forge that is gone has taken its kernels with it, but not what they have left running.
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
        """Have the forge send a signal to the kernel and its children; nothing where it has ended."""
        if self.poll() is None:
            with suppress(OSError):
                self._tell({"signal": int(number)})

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


# --- inside the forge -------------------------------------------------------------------------------------------------

held: Any = None  # what the run has read once, for every kernel forked here


class _Kernel:
    """A kernel as the forge sees it: its connection, and the process once it is forked."""

    def __init__(self, line: socket.socket) -> None:
        self.line = line
        self.read = b""
        self.pid = 0

    def signal(self, number: int) -> None:
        # The group is there as soon as the kernel has made it; until then the kernel is alone.
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            os.kill(self.pid, number)
        except PermissionError:
            pass  # what it has left behind runs as another user


def serve() -> None:
    """Be a forge: import, let kernels be asked for, fork, and end when the one that started it has.

    Returns in the process of a kernel, once that has ended, and never in the forge.
    """
    global held  # noqa: PLW0603
    about = json.loads(sys.stdin.buffer.readline())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.set_inheritable(about["door"], False)
    for name in about["modules"]:
        with suppress(ImportError):
            importlib.import_module(name)
    opened = sys.stdin.buffer.readline()
    if opened and (place := json.loads(opened)["held"]):
        held = pickle.loads(Path(place).read_bytes())  # noqa: S301
        held.prepare()
    gc.collect()
    gc.freeze()
    order = _Forging(socket.socket(fileno=about["door"]), about["started"]).run() if opened else None
    if order is not None:
        _be_kernel(order["arguments"], order["environment"], order["folder"])
    else:
        shutil.rmtree(about["folder"], ignore_errors=True)  # whoever started it may have been killed
        os._exit(0)


class _Forging:
    """The forge's loop: one thread, so that forking is safe."""

    def __init__(self, door: socket.socket, started: Mapping[str, str]) -> None:
        self.door, self.started = door, started
        self.wake, self.alarm = os.pipe()
        os.set_blocking(self.alarm, False)
        os.set_blocking(self.wake, False)
        signal.set_wakeup_fd(self.alarm, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self.kernels: dict[int, _Kernel] = {}
        door.setblocking(False)  # whoever has knocked may be gone again
        self.events = selectors.DefaultSelector()
        self.events.register(door, selectors.EVENT_READ, self.welcome)
        self.events.register(self.wake, selectors.EVENT_READ, self.bury)
        self.events.register(sys.stdin.buffer, selectors.EVENT_READ, self.farewell)
        self.ending = False

    def run(self) -> dict[str, Any] | None:
        """What a process that was forked is to be, in that process; None in the forge, at its end."""
        while not self.ending:
            for key, _ in self.events.select():
                order: dict[str, Any] | None = key.data(key.fileobj)
                if order is not None:
                    return order
        for kernel in self.kernels.values():
            kernel.signal(signal.SIGKILL)
        return None

    def farewell(self, _: object) -> None:
        """Whoever started the forge has closed its pipe, or has died."""
        self.ending = True

    def welcome(self, _: object) -> None:
        try:
            line, _ = self.door.accept()
        except OSError:
            return
        line.setblocking(True)
        kernel = _Kernel(line)
        self.events.register(line, selectors.EVENT_READ, lambda _: self.listen(kernel))

    def listen(self, kernel: _Kernel) -> dict[str, Any] | None:
        try:
            more = kernel.line.recv(1 << 16)
        except OSError:
            more = b""
        if not more:
            # Whoever asked for it is gone; the kernel goes too, and is buried when it has.
            self.events.unregister(kernel.line)
            kernel.line.close()
            if kernel.pid in self.kernels:
                kernel.signal(signal.SIGKILL)
            return None
        *orders, kernel.read = (kernel.read + more).split(b"\n")
        for order in map(json.loads, orders):
            if "signal" in order:
                if kernel.pid in self.kernels:
                    kernel.signal(order["signal"])
            elif taken_at_start(order["environment"]) != self.started:
                self.say(kernel, {"other": 1})
            elif not self.fork(kernel):
                found: dict[str, Any] = order
                return found
        return None

    def fork(self, kernel: _Kernel) -> int:
        """The number of the new process in the forge, and 0 in that process."""
        with warnings.catch_warnings():
            # The threads that libraries start see to themselves when a process is forked; Python has none here.
            warnings.simplefilter("ignore", DeprecationWarning)
            try:
                pid = os.fork()
            except OSError:
                self.say(kernel, {})
                return -1
        if not pid:
            self.leave()
            return 0
        kernel.pid = pid
        self.kernels[pid] = kernel
        self.say(kernel, {"pid": pid})
        return pid

    def leave(self) -> None:
        """In the new process: let go of all that is the forge's."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for key in list(self.events.get_map().values()):
            if isinstance(key.fileobj, socket.socket):
                key.fileobj.close()
        self.events.close()
        os.close(self.wake)
        os.close(self.alarm)

    def bury(self, _: object) -> None:
        """Say of each kernel that has ended how it did; what it has left running goes with it."""
        with suppress(BlockingIOError):
            while os.read(self.wake, 4096):
                pass
        for pid, kernel in list(self.kernels.items()):
            if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                continue
            kernel.signal(signal.SIGKILL)
            _, status = os.waitpid(pid, 0)
            del self.kernels[pid]
            self.say(kernel, {"ended": os.waitstatus_to_exitcode(status)})

    @staticmethod
    def say(kernel: _Kernel, what: Mapping[str, int]) -> None:
        with suppress(OSError):
            kernel.line.sendall(json.dumps(what).encode() + b"\n")


def _die_with_parent(parent: int) -> None:
    """Have Linux end this process when the forge ends; elsewhere the kernel looks for its parent every second."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _be_kernel(arguments: list[str], environment: dict[str, str], folder: str) -> None:
    """Become a kernel, as `python -m ipykernel_launcher` does."""
    parent = os.getppid()
    os.setsid()
    _die_with_parent(parent)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.environ.clear()
    os.environ.update(environment)
    os.environ["JPY_PARENT_PID"] = str(parent)
    os.chdir(folder)
    # What was drawn or looked up in the forge would be the same in each of its kernels; random itself begins anew.
    tempfile.tempdir = None
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()
    launcher = importlib.util.find_spec("ipykernel_launcher")
    sys.argv = [str(launcher.origin if launcher else ""), *arguments]
    from ipykernel.iostream import OutStream
    from ipykernel.kernelapp import IPKernelApp

    OutStream.write = _sent_in_pieces(OutStream.write)  # type: ignore[method-assign,assignment]
    # ipykernel takes its parent from the environment when it is imported, which was in the forge.
    IPKernelApp.launch_instance([*arguments, f"--IPKernelApp.parent_handle={parent}"])


def _sent_in_pieces(write: Callable[[Any, str], int | None]) -> Callable[[Any, str], int | None]:
    """A stream's way to write that waits now and then until what was written is sent.

    Else whatever a notebook prints in a fifth of a second, which may be gigabytes, would be one message.
    """
    waiting = 0

    def written(stream: Any, text: str) -> int | None:
        nonlocal waiting
        count = write(stream, text)
        waiting += len(text)
        if waiting > _LONGEST_PIECE:
            waiting = 0
            stream.flush()
        return count

    return written
