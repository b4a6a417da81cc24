"""Tasks in, results out: how a run is spread over processes.

An engine is a function that renders tasks and yields each result as it comes. The one here uses
processes of this machine; one that uses other machines needs the same signature and nothing else of
the run.
"""

import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection, wait
from pathlib import Path
from time import monotonic
from typing import Any, Generic, Self, TypeVar

from ffanalysis.errors import (
    ReaderDied,
    ReaderStoodStill,
    TookTooLong,
    UserError,
    WorkerDied,
    WorkerStoodStill,
)
from ffanalysis.render import kernel_client
from ffanalysis.render.removal import discard
from ffanalysis.render.task import RenderEnvironment, Result, Task
from ffanalysis.render.temporary_folders import temporary_files_in
from ffanalysis.run import heartbeat
from ffanalysis.run.heartbeat import Heartbeat
from ffanalysis.run.left_behind import socket_folder_of_process

Argument = TypeVar("Argument")
Answer = TypeVar("Answer")
Engine = Callable[[Iterable[Task], RenderEnvironment, int], Iterator[Result]]

# What asks a run to stop: Ctrl-C, a service that ends, a terminal that closes.
_STOPS = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]

_PAGE_SECONDS = 120  # what the pages of one task may take once its notebook has run
_LEAST_SILENCE = 5.0  # seconds that even a worker whose notebook has less may be silent
# Then a fresh process replaces it: a document leaves most of a megabyte behind in WeasyPrint.
_TASKS_OF_A_WORKER = 50


def cores() -> int:
    """How many processes of ours this machine runs at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _context() -> Any:
    if sys.platform == "win32" or "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["ffanalysis.run.preload"])
    return context


def get_ready(temporary: Path) -> Path:
    """Start importing what workers need, once for all of them, where the system can do that.

    The temporary files of it are in the folder `temporary`. Gives the folder in which are its
    sockets; it is deleted with this process, and by the next run where that is killed.
    """
    folder = socket_folder_of_process()
    if _context().get_start_method() == "forkserver":
        with temporary_files_in(temporary), stop_deferred(), _deaf_until_it_unblocks():
            forkserver.ensure_running()
    return folder


@contextmanager
def stop_deferred() -> Iterator[None]:
    """A request to stop that comes in here is heard at the end of it, in whichever thread it comes.

    A process whose start is cut short finds half of what it is sent and says so in a traceback.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # a program that starts a run in another thread handles signals itself
        return
    came: list[int] = []
    before = {
        number: signal.signal(number, lambda number, _frame: came.append(number))
        for number in _STOPS
        if callable(signal.getsignal(number))
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if came:
            signal.raise_signal(came[0])


@contextmanager
def _deaf_until_it_unblocks() -> Iterator[None]:
    """A process of the system's own started in here gets no Ctrl-C until it unblocks it."""
    resource_tracker.ensure_running()  # starting it would unblock Ctrl-C
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Call(Generic[Argument, Answer]):
    """A function called in a process of its own, whose memory ends with it.

    Its temporary files are in the folder `temporary`; its standard error is appended to the file
    `log`. The process ends with the block that this is the context of, done or not.
    """

    def __init__(
        self,
        function: Callable[[Argument], Answer],
        argument: Argument,
        temporary: Path,
        log: Path | None = None,
    ) -> None:
        self._what = (function, argument, temporary, log)
        self._begin()

    def _begin(self) -> None:
        context = _context()
        self._line, theirs = context.Pipe(duplex=False)
        with stop_deferred():
            self._process = Heartbeat(context, _call_once, (theirs, *self._what))
        theirs.close()

    def result(self) -> Answer:
        """What the function returns, or raises.

        It is called once more where its process stands still. Raises ReaderDied where its process
        is killed, ReaderStoodStill where it stands still again.
        """
        if not self._is_answered():
            self.__exit__()
            self._begin()
            if not self._is_answered():
                raise ReaderStoodStill
        try:
            answer, error = self._line.recv()
        except EOFError:
            raise ReaderDied from None
        if error:
            raise error
        given: Answer = answer
        return given

    def _is_answered(self) -> bool:
        """Wait for the answer, or the end of the process; False where it stands still."""
        while not self._line.poll(heartbeat.BEAT):
            if self._process.is_silent(heartbeat.SILENCE):
                return False
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.end()
        self._line.close()


def run_in_subprocess(
    function: Callable[[Argument], Answer],
    argument: Argument,
    temporary: Path,
    log: Path | None = None,
) -> Answer:
    """What a function returns or raises in a process of its own, as `Call` calls it."""
    with Call(function, argument, temporary, log) as call:
        return call.result()


class _Worker:
    """A process that renders one task after another, over a pipe of its own.

    Killing it disturbs no other worker.
    """

    def __init__(self, environment: RenderEnvironment) -> None:
        context = _context()
        self.line, theirs = context.Pipe()
        with stop_deferred():
            self._heart = Heartbeat(context, _render_tasks, (theirs, environment))
        theirs.close()
        self.process = self._heart.process
        self.silence = min(heartbeat.SILENCE, max(_LEAST_SILENCE, environment.seconds))
        self.environment = environment
        self.task: Task | None = None
        self.until = 0.0
        self.done = 0

    def begin(self, task: Task) -> None:
        self.task, self.until = task, monotonic() + self.environment.seconds + _PAGE_SECONDS
        with suppress(OSError):  # that the worker has died is noticed by `result`
            self.line.send(task)

    def result(self) -> Result | None:
        """The result of the task; None while there is none."""
        assert self.task is not None  # noqa: S101
        task = self.task
        if self.line.poll():
            try:
                result: Result = self.line.recv()
            except (EOFError, OSError):
                result = self._lost(task, WorkerDied(task.notebook))
        elif not self.process.is_alive():
            result = self._lost(task, WorkerDied(task.notebook))
        elif monotonic() > self.until:
            seconds = self.environment.seconds + _PAGE_SECONDS
            result = self._lost(task, TookTooLong(task.notebook, seconds))
        elif self._heart.is_silent(self.silence):
            result = self._lost(task, WorkerStoodStill(task.notebook))
        else:
            return None
        self.task = None
        self.done += 1
        return result

    def _lost(self, task: Task, error: Exception) -> Result:
        """The result of a task whose worker is gone, once what it has left is deleted."""
        self.stop()
        for file in task.files:
            (self.environment.folder / file).unlink(missing_ok=True)
        discard(self.environment.scratch / task.name)
        seconds = self.environment.seconds + _PAGE_SECONDS - (self.until - monotonic())
        return Result(
            task.name,
            "failed",
            task.parameters,
            round(seconds, 3),
            str(error),
            task.cache_key,
            retryable=not isinstance(error, TookTooLong),
        )

    @property
    def needs_replacing(self) -> bool:
        return self.done >= _TASKS_OF_A_WORKER or not self.process.is_alive()

    def stop(self) -> None:
        self._heart.end()
        self.line.close()


def render_in_workers(
    tasks: Iterable[Task], environment: RenderEnvironment, jobs: int
) -> Iterator[Result]:
    """Render tasks in so many processes at once, and yield each result as it comes.

    One task is taken ahead while the processes are busy, because making a task may take a while.
    """
    waiting = iter(tasks)
    workers: list[_Worker] = []
    following = next(waiting, None)
    try:
        while following or _busy(workers):
            _stop_worn(workers)
            while following and (idle := _idle(workers, environment, jobs)):
                idle.begin(following)
                following = next(waiting, None)
            busy = _busy(workers)
            _wait_for(busy)
            for worker in busy:
                if result := worker.result():
                    yield result
    finally:
        for worker in workers:
            worker.stop()


def _busy(workers: Iterable[_Worker]) -> list[_Worker]:
    return [worker for worker in workers if worker.task]


def _stop_worn(workers: list[_Worker]) -> None:
    """Stop idle workers that have done enough or have died, so that fresh ones replace them."""
    for worker in [each for each in workers if each.task is None and each.needs_replacing]:
        worker.stop()
        workers.remove(worker)


def _wait_for(busy: Iterable[_Worker]) -> None:
    """Wait until one of the workers answers, dies or is over its time, for a beat at most."""
    left = min((worker.until for worker in busy), default=0.0) - monotonic()
    ends = [end for worker in busy for end in (worker.line, worker.process.sentinel)]
    wait(ends, max(0.0, min(left, heartbeat.BEAT)))


def _idle(workers: list[_Worker], environment: RenderEnvironment, jobs: int) -> _Worker | None:
    """A worker with nothing to do: a new one while there may be more, None where all are busy."""
    idle = next((worker for worker in workers if worker.task is None), None)
    if idle is None and len(workers) < max(1, jobs):
        idle = _Worker(environment)
        workers.append(idle)
    return idle


# --- inside a process of ours ---------------------------------------------------------------------


def _call_once(
    line: Connection,
    function: Callable[[Any], object],
    argument: object,
    temporary: Path,
    log: Path | None,
) -> None:
    """Call a function and send what it returns or raises."""
    _init_worker(temporary, log)
    try:
        line.send((function(argument), None))
    except (UserError, OSError, MemoryError, RecursionError) as error:
        line.send((None, error))
    except Exception as error:  # noqa: BLE001 - raised again by the caller, which needs the traceback as text
        line.send((None, RuntimeError("".join(traceback.format_exception(error)))))


def _render_tasks(line: Connection, environment: RenderEnvironment) -> None:
    """Render the tasks that come over the pipe until it is closed."""
    _init_worker(environment.temporary, environment.log)
    from ffanalysis.render.render import render  # slow to import, and only workers need it

    if environment.fork_server:
        os.environ |= {
            kernel_client.ADDRESS_VARIABLE: environment.fork_server,
            "JUPYTER_DEFAULT_PROVISIONER_NAME": kernel_client.NAME,
        }
    with suppress(EOFError, OSError):
        while True:
            task = line.recv()
            line.send(render(task, environment))


def _init_worker(temporary: Path, log: Path | None) -> None:
    """Make this process one of the run's: its folder and its log."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the run, which stops its processes
    if log:
        _redirect_stderr(log)
    tempfile.tempdir = str(temporary)  # deleted with the run, also where this process is killed


def _redirect_stderr(log: Path) -> None:
    """Append what this process and its libraries write to the standard error to a file."""
    file = os.open(log, os.O_WRONLY | os.O_APPEND)
    os.dup2(file, 2)
    os.close(file)
