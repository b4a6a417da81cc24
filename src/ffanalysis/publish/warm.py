"""Kernels that start warm: a process that has imported what notebooks need, and forks a fresh kernel for whoever asks.

Each kernel is a process of its own, forked from one that has run no notebook: nothing of one reaches another. The process
(the forge) belongs to the one that started it and ends with it, and every kernel ends with the forge, with the connection it
was asked for over, or by itself. POSIX only; `provisioner` is what Jupyter's own tools ask.
"""

import ctypes
import gc
import importlib
import json
import os
import pickle
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn, Self

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
    "matplotlib_inline.config",
    "PIL.PngImagePlugin",
    "fontTools.ttLib",
)
# A forked process keeps what Python and its libraries took from these when they started.
_TAKEN_AT_START = ("PYTHON", "MPL", "LD_", "DYLD_", "LC_", "LANG", "OMP_", "OPENBLAS_", "TZ")
_PDEATHSIG = 1
_INLINE = "module://matplotlib_inline.backend_inline"


def can_fork() -> bool:
    """Whether this system can start kernels warm."""
    return os.name == "posix" and hasattr(os, "fork")


def taken_at_start(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that a process reads once, when it starts: a kernel that wants others cannot be forked."""
    return {name: value for name, value in environment.items() if name.startswith(_TAKEN_AT_START)}


def same_start(environment: Mapping[str, str]) -> bool:
    """Whether a kernel with this environment would have started as a process forked from here does."""
    return taken_at_start(environment) == taken_at_start(os.environ)


class Forge:
    """A running forge, as the process that started it holds it; closing it ends it and all its kernels.

    It begins at once to import what it imports, and lets itself be asked for kernels once it is opened.
    """

    def __init__(self, *modules: str, within: Path | None = None) -> None:
        # Short, and nobody else's: the path of a socket may hold about a hundred characters.
        self._folder = tempfile.TemporaryDirectory(prefix="ff-", dir=within, ignore_cleanup_errors=True)
        self.address = str(Path(self._folder.name) / "forge")
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from ffanalysis.publish.warm import serve; serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the one that started it
        )
        self._tell({"address": self.address, "modules": [*PRELOADED, *modules]})

    def _tell(self, what: Mapping[str, Any]) -> None:
        pipe = self._process.stdin
        with suppress(BrokenPipeError):  # a forge that has died forks no kernel; kernels start as usual then
            if pipe:
                pipe.write(json.dumps(what).encode() + b"\n")
                pipe.flush()

    def open(self, held: Path | None = None) -> None:
        """Let kernels be asked for; each of them has what is pickled in the file `held`."""
        self._tell({"held": str(held) if held else ""})

    def close(self) -> None:
        """End the forge and its kernels."""
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


def connect(address: str, seconds: float = 60) -> socket.socket:
    """A connection to the forge that listens there, as soon as it has imported what it imports.

    Raises OSError where none begins to within this time.
    """
    until = time.monotonic() + seconds
    while True:
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            line.connect(address)
        except OSError:
            line.close()
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return line


class WarmKernel:
    """A kernel forked by a forge, with the methods of a `subprocess.Popen` that Jupyter calls."""

    stdin = stdout = stderr = None

    def __init__(self, line: socket.socket, command: list[str], environment: Mapping[str, str], folder: str) -> None:
        self._line = line
        self._read = b""
        self.returncode: int | None = None
        self._tell({"arguments": command, "environment": dict(environment), "folder": folder})
        line.settimeout(60)
        answer = self._next_answer()
        if answer is None or "pid" not in answer:
            raise OSError("the forge forked no kernel")
        self.pid = int(answer["pid"])
        line.setblocking(False)

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
            # A forge that is gone has taken its kernels with it.
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
        with suppress(ProcessLookupError, PermissionError):
            if os.getpgid(self.pid) == self.pid:
                os.killpg(self.pid, number)
            else:
                os.kill(self.pid, number)


def serve() -> NoReturn:
    """Be a forge: import, listen, fork, and end when the one that started it has."""
    global held  # noqa: PLW0603
    about = json.loads(sys.stdin.buffer.readline())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.path[:] = [entry for entry in sys.path if entry]  # a kernel puts its own folder there
    # A kernel sets it before matplotlib is imported; here that happens first. The other keeps the debugger from a warning.
    os.environ.setdefault("MPLBACKEND", _INLINE)
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    for name in about["modules"]:
        with suppress(ImportError):
            importlib.import_module(name)
    opened = sys.stdin.buffer.readline()
    if not opened:
        os._exit(0)
    if place := json.loads(opened)["held"]:
        held = pickle.loads(Path(place).read_bytes())  # noqa: S301
        held.prepare()
    gc.collect()
    gc.freeze()
    _Forging(about["address"]).run()
    os._exit(0)


class _Forging:
    """The forge's loop: one thread, so that forking is safe."""

    def __init__(self, address: str) -> None:
        self.wake, alarm = os.pipe()
        os.set_blocking(alarm, False)
        os.set_blocking(self.wake, False)
        signal.set_wakeup_fd(alarm, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self.alarm = alarm
        self.kernels: dict[int, _Kernel] = {}
        draft = f"{address}.new"
        self.door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.door.bind(draft)
        self.door.listen(128)
        Path(draft).rename(address)  # whoever sees it can connect
        self.events = selectors.DefaultSelector()
        self.events.register(self.door, selectors.EVENT_READ, self.welcome)
        self.events.register(self.wake, selectors.EVENT_READ, self.bury)
        self.events.register(sys.stdin.buffer, selectors.EVENT_READ, self.farewell)
        self.ending = False

    def run(self) -> None:
        while not self.ending:
            for key, _ in self.events.select():
                key.data(key.fileobj)
        for kernel in self.kernels.values():
            kernel.signal(signal.SIGKILL)

    def farewell(self, _: object) -> None:
        """Whoever started the forge has closed its pipe, or has died."""
        self.ending = True

    def welcome(self, _: object) -> None:
        line, _ = self.door.accept()
        kernel = _Kernel(line)
        self.events.register(line, selectors.EVENT_READ, lambda _: self.listen(kernel))

    def listen(self, kernel: _Kernel) -> None:
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
            return
        *orders, kernel.read = (kernel.read + more).split(b"\n")
        for order in map(json.loads, orders):
            if "signal" in order:
                if kernel.pid in self.kernels:
                    kernel.signal(order["signal"])
            elif not kernel.pid:
                self.fork(kernel, order)

    def fork(self, kernel: _Kernel, order: Mapping[str, Any]) -> None:
        pid = os.fork()
        if not pid:
            self.leave()
            _be_kernel(order["arguments"], order["environment"], order["folder"])
        kernel.pid = pid
        self.kernels[pid] = kernel
        self.say(kernel, {"pid": pid})

    def leave(self) -> None:
        """In the new process: let go of all that is the forge's."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for key in list(self.events.get_map().values()):
            if key.fileobj is not sys.stdin.buffer:
                os.close(key.fd)
        self.events.close()
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


def _be_kernel(arguments: list[str], environment: dict[str, str], folder: str) -> NoReturn:
    """Become a kernel, as `python -m ipykernel_launcher` does; never return into the forge."""
    status = 1
    try:
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
        time.tzset()
        # ipykernel takes its parent from the environment when it is imported, which was in the forge.
        sys.argv = ["ipykernel_launcher", *arguments, f"--IPKernelApp.parent_handle={parent}"]
        from ipykernel.kernelapp import IPKernelApp

        IPKernelApp.launch_instance()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 - nothing of a kernel may go on in the forge's name
        sys.excepthook(*sys.exc_info())
    finally:
        for stream in (sys.stdout, sys.stderr):
            with suppress(Exception):
                stream.flush()
        os._exit(status)
