"""Processes that say every second that they go on, so that one which stands still can be ended.

A process that is stopped has not ended: its pipes stay open, and whoever waits for it waits for
good. That holds for the server that multiprocessing forks processes from, too.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import forkserver, parent_process, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from time import monotonic
from typing import Any, NoReturn

from ffanalysis.errors import ReaderStoodStill
from ffanalysis.render.kernel_client import is_stopped

BEAT = 1.0  # seconds between two beats
SILENCE = 20.0  # seconds without a beat after which a process stands still
_SECONDS_TO_START = 120  # of the server, which imports all that its processes need
_SECONDS_TO_END = 5  # of a process that was killed


class Heartbeat:
    """A process of this run, started at once, as the run hears it."""

    def __init__(self, context: Any, target: Any, arguments: tuple[Any, ...]) -> None:
        self._beats, theirs = context.Pipe(duplex=False)
        self.process: BaseProcess = context.Process(
            target=_beating, args=(theirs, BEAT, target, arguments), daemon=True
        )
        _start(self.process)
        theirs.close()
        self._handle = _handle_of(self.process)
        self._looked, self._silent = monotonic(), 0.0

    def is_silent(self, silence: float) -> bool:
        """Whether it has not been heard for so long, while this process has listened.

        A run that is stopped itself, or a machine that sleeps, has not listened.
        """
        now = monotonic()
        self._silent += min(now - self._looked, 2 * BEAT)
        self._looked = now
        with suppress(EOFError, OSError):
            while self._beats.poll():
                self._beats.recv_bytes()
                self._silent = 0.0
        return self._silent > silence

    def end(self) -> None:
        """End the process, also one that stands still, or whose server does."""
        if self._handle is None:
            self.process.kill()
        else:
            with suppress(OSError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
            os.close(self._handle)
            self._handle = None
        self.process.join(_SECONDS_TO_END)
        if self.process.exitcode is None:  # its server has not noticed
            _kill_server()
            self.process.join(_SECONDS_TO_END)
        self._beats.close()


def _handle_of(process: BaseProcess) -> int | None:
    """What names a process until it is closed, also where its number is another's by then."""
    if sys.platform != "linux" or process.pid is None:
        return None
    try:
        return os.pidfd_open(process.pid)
    except OSError:
        return None


def _start(process: BaseProcess) -> None:
    """Start a process; where the server that forks it stands still, from a new one."""
    for _ in range(2):
        with _server_watched() as was_killed:
            try:
                process.start()
            except (EOFError, OSError):
                if not was_killed.is_set():
                    raise
            else:
                return
    raise ReaderStoodStill


@contextmanager
def _server_watched() -> Iterator[threading.Event]:
    """Kill the server of processes where it stands still meanwhile; says whether it was."""
    done, was_killed = threading.Event(), threading.Event()
    watch = threading.Thread(target=_kill_when_still, args=(done, was_killed), daemon=True)
    watch.start()
    try:
        yield was_killed
    finally:
        done.set()
        watch.join()


def _kill_when_still(done: threading.Event, was_killed: threading.Event) -> None:
    until, seen = monotonic() + _SECONDS_TO_START, 0
    while not done.wait(BEAT):
        seen = seen + 1 if is_stopped(_server()) else 0
        if seen > 1 or monotonic() > until:
            was_killed.set()
            _kill_server()
            return


def end_stopped_server() -> None:
    """End the server of processes, and what tidies up after it, where they were stopped.

    They would not end by themselves.
    """
    if is_stopped(_server()):
        _kill_server()
    tracker: int | None = vars(resource_tracker)["_resource_tracker"]._pid  # noqa: SLF001 - as below
    if tracker is not None and is_stopped(tracker):
        with suppress(ProcessLookupError):
            os.kill(tracker, signal.SIGKILL)


def _server() -> int | None:
    """The number of multiprocessing's fork server of this process; None while it has none."""
    server: Any = vars(forkserver)["_forkserver"]
    number: int | None = server._forkserver_pid  # noqa: SLF001 - it says so nowhere else
    return number


def _kill_server() -> None:
    """Kill the fork server: its processes are seen to end, and the next one starts another."""
    number = _server()
    if number is not None:
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(number, signal.SIGKILL)
            # Until it has ended it would be taken for one that works.
            os.waitid(os.P_PID, number, os.WEXITED | os.WNOWAIT)


# --- inside a process of ours ---------------------------------------------------------------------


def _beating(line: Connection, beat: float, target: Any, arguments: tuple[Any, ...]) -> None:
    threading.Thread(target=_beat, args=(line, beat), daemon=True).start()
    target(*arguments)


def _beat(line: Connection, beat: float) -> NoReturn:
    """Say all the while that this process goes on; end it with the run, however that ends."""
    parent = parent_process()
    with suppress(OSError):
        while parent is None or not wait([parent.sentinel], beat):
            line.send_bytes(b".")
    os._exit(1)
