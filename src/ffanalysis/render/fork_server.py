"""Inside the forge.

The process that has imported what notebooks need, forks a kernel for whoever asks, and buries it.

One thread and no library at work, so that forking is safe. `warm` is what starts it and asks it.
"""

import base64
import ctypes
import gc
import importlib
import importlib.util
import json
import os
import pickle
import selectors
import shutil
import signal
import socket
import sys
import tempfile
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from ffanalysis.render.kernel_client import taken_at_start

_LONGEST_PIECE = 1_000_000  # characters
_PDEATHSIG = 1

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
    if opened:
        held = pickle.loads(base64.b64decode(json.loads(opened)["held"]))  # noqa: S301 - of the one that started it
    gc.collect()
    gc.freeze()
    order = (
        _Forging(socket.socket(fileno=about["door"]), about["started"]).run() if opened else None
    )
    if order is not None:
        _be_kernel(order["arguments"], order["environment"], order["folder"])
    else:
        shutil.rmtree(
            about["folder"], ignore_errors=True
        )  # whoever started it may have been killed
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
        """What a process that was forked is to be, in that process.

        None in the forge, at its end.
        """
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
            # The threads that libraries start see to themselves when a process is forked; Python
            # has none here.
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
    """Have Linux end this process when the forge ends.

    Elsewhere the kernel looks for its parent every second.
    """
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
    # What was drawn or looked up in the forge would be the same in each of its kernels; random
    # itself begins anew.
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

    Else whatever a notebook prints in a fifth of a second, which may be gigabytes, would be one
    message.
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
