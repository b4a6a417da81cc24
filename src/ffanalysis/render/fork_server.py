"""The fork server: a process that has imported what notebooks need and forks a kernel per request.

It has one thread and runs no library code while it forks, so that forking is safe. `kernel_client`
starts it and asks it for kernels.
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

from ffanalysis.render.kernel_client import start_time_variables

_LONGEST_PIECE = 1_000_000  # characters
_PDEATHSIG = 1

run_data: Any = None  # what the run has read once, for every kernel forked here


class _Kernel:
    """A kernel as the fork server sees it: its connection, and its process once it is forked."""

    def __init__(self, line: socket.socket) -> None:
        self.line = line
        self.read = b""
        self.pid = 0

    def signal(self, number: int) -> None:
        """Send a signal to the kernel and to all that it has started."""
        # The group exists as soon as the kernel has made it; until then the kernel is alone.
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            os.kill(self.pid, number)
        except PermissionError:
            pass  # what the kernel has started runs as another user


def serve() -> None:
    """Run the fork server: preload, fork a kernel per request, exit with the parent.

    Returns in the process of a kernel, once that has ended, and never in the fork server.
    """
    global run_data  # noqa: PLW0603
    about = json.loads(sys.stdin.buffer.readline())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.set_inheritable(about["listener"], False)
    for name in about["modules"]:
        with suppress(ImportError):
            importlib.import_module(name)
    opened = sys.stdin.buffer.readline()
    if opened:
        run_data = pickle.loads(base64.b64decode(json.loads(opened)["run_data"]))  # noqa: S301 - the parent's
    gc.collect()
    gc.freeze()
    listener = socket.socket(fileno=about["listener"])
    request = _ForkServer(listener, about["variables"]).run() if opened else None
    if request is not None:
        _be_kernel(request["arguments"], request["environment"], request["folder"])
    else:
        shutil.rmtree(about["folder"], ignore_errors=True)  # the parent may have been killed
        os._exit(0)


class _ForkServer:
    """The fork server's loop: one thread, so that forking is safe."""

    def __init__(self, listener: socket.socket, variables: Mapping[str, str]) -> None:
        self.listener, self.variables = listener, variables
        self.wake, self.alarm = os.pipe()
        os.set_blocking(self.alarm, False)
        os.set_blocking(self.wake, False)
        signal.set_wakeup_fd(self.alarm, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self.kernels: dict[int, _Kernel] = {}
        listener.setblocking(False)  # a client that has connected may be gone again
        self.events = selectors.DefaultSelector()
        self.events.register(listener, selectors.EVENT_READ, self.accept)
        self.events.register(self.wake, selectors.EVENT_READ, self.reap)
        self.events.register(sys.stdin.buffer, selectors.EVENT_READ, self.parent_closed)
        self.ending = False

    def run(self) -> dict[str, Any] | None:
        """The request that a forked process is to serve, in that process; None in the server."""
        while not self.ending:
            for key, _ in self.events.select():
                request: dict[str, Any] | None = key.data(key.fileobj)
                if request is not None:
                    return request
        for kernel in self.kernels.values():
            kernel.signal(signal.SIGKILL)
        return None

    def parent_closed(self, _: object) -> None:
        """End: the process that started the server has closed its pipe, or has died."""
        self.ending = True

    def accept(self, _: object) -> None:
        """Take a new connection, over which one kernel may be asked for."""
        try:
            line, _ = self.listener.accept()
        except OSError:
            return
        line.setblocking(True)
        kernel = _Kernel(line)
        self.events.register(line, selectors.EVENT_READ, lambda _: self.handle(kernel))

    def handle(self, kernel: _Kernel) -> dict[str, Any] | None:
        """Do what a connection asks for: fork its kernel, or send it a signal.

        In a forked process, gives the request that it was forked for.
        """
        try:
            more = kernel.line.recv(1 << 16)
        except OSError:
            more = b""
        if not more:
            self.disconnect(kernel)
            return None
        *requests, kernel.read = (kernel.read + more).split(b"\n")
        for request in map(json.loads, requests):
            if "ping" in request:
                self.reply(kernel, {"pong": 1})
            elif "signal" in request:
                if kernel.pid in self.kernels:
                    kernel.signal(request["signal"])
            elif start_time_variables(request["environment"]) != self.variables:
                self.reply(kernel, {"mismatch": 1})
            elif not self.fork(kernel):
                found: dict[str, Any] = request
                return found
        return None

    def disconnect(self, kernel: _Kernel) -> None:
        """The client is gone, so its kernel is killed; `reap` sees it end."""
        self.events.unregister(kernel.line)
        kernel.line.close()
        if kernel.pid in self.kernels:
            kernel.signal(signal.SIGKILL)

    def fork(self, kernel: _Kernel) -> int:
        """The number of the new process in the server, and 0 in that process."""
        with warnings.catch_warnings():
            # The threads that libraries start see to themselves when a process is forked; Python
            # has none here.
            warnings.simplefilter("ignore", DeprecationWarning)
            try:
                pid = os.fork()
            except OSError:
                self.reply(kernel, {})
                return -1
        if not pid:
            self.close_inherited()
            return 0
        kernel.pid = pid
        self.kernels[pid] = kernel
        self.reply(kernel, {"pid": pid})
        return pid

    def close_inherited(self) -> None:
        """In the new process: close all that belongs to the server."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for key in list(self.events.get_map().values()):
            if isinstance(key.fileobj, socket.socket):
                key.fileobj.close()
        self.events.close()
        os.close(self.wake)
        os.close(self.alarm)

    def reap(self, _: object) -> None:
        """Report how each kernel that has ended did, and kill what it has left running."""
        with suppress(BlockingIOError):
            while os.read(self.wake, 4096):
                pass
        for pid, kernel in list(self.kernels.items()):
            if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                continue
            kernel.signal(signal.SIGKILL)
            _, status = os.waitpid(pid, 0)
            del self.kernels[pid]
            self.reply(kernel, {"ended": os.waitstatus_to_exitcode(status)})

    @staticmethod
    def reply(kernel: _Kernel, what: Mapping[str, int]) -> None:
        """Send one message to a kernel's client, which may be gone."""
        with suppress(OSError):
            kernel.line.sendall(json.dumps(what).encode() + b"\n")


def _die_with_parent(parent: int) -> None:
    """Have Linux end this process when the fork server ends.

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
    # What was drawn or looked up in the fork server would be the same in each of its kernels;
    # random itself is seeded again.
    tempfile.tempdir = None
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()
    launcher = importlib.util.find_spec("ipykernel_launcher")
    sys.argv = [str(launcher.origin if launcher else ""), *arguments]
    from ipykernel.iostream import OutStream
    from ipykernel.kernelapp import IPKernelApp

    OutStream.write = _sent_in_pieces(OutStream.write)  # type: ignore[method-assign,assignment]
    # ipykernel takes its parent from the environment when it is imported, which was in the server.
    IPKernelApp.launch_instance([*arguments, f"--IPKernelApp.parent_handle={parent}"])


def _sent_in_pieces(write: Callable[[Any, str], int | None]) -> Callable[[Any, str], int | None]:
    """A stream's `write` that waits after each million characters until they are sent.

    Otherwise all that a notebook prints in a fifth of a second, which may be gigabytes, would be
    one message.
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
