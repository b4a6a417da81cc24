"""Tasks in, results out: how a run is spread over processes.

An engine is a function that renders tasks and yields each result as it comes. This one uses
processes of this machine; one that uses other machines needs the same signature and nothing else of
the run.
"""

import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.util import get_temp_dir
from pathlib import Path
from time import monotonic
from typing import Any, NoReturn, TypeVar

from ffanalysis.errors import ReaderDied, TookTooLong, UserError, WorkerDied
from ffanalysis.render import kernel_client
from ffanalysis.render.task import Result, Setting, Task
from ffanalysis.render.temporary_folders import temporary_files_in, temporary_folder

Argument = TypeVar("Argument")
Answer = TypeVar("Answer")
Engine = Callable[[Iterable[Task], Setting, int], Iterator[Result]]

_PAGE_SECONDS = 120  # what the pages of one task may take once its notebook has run
_TASKS_OF_A_WORKER = 50  # then a fresh process takes its place: a document leaves most of a megabyte behind in WeasyPrint


def cores() -> int:
    """How many processes this machine runs at once for us."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _context() -> Any:
    if sys.platform == "win32" or "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["ffanalysis.run.preload"])
    return context


def get_ready(temporary: Path) -> Path:
    """Have what workers import be imported while the run still reads, where that can be done once for all of them.

    What is left lying about in doing so is in the folder `temporary`. Gives the folder in which multiprocessing keeps its
    sockets; it takes it away at the end, unless it is killed.
    """
    if _context().get_start_method() == "forkserver":
        before = tempfile.gettempdir()
        tempfile.tempdir = (
            temporary_folder()
        )  # where multiprocessing makes the folder of its sockets, once and for all
        get_temp_dir()
        tempfile.tempdir = before
        with temporary_files_in(temporary), _deaf_to_ctrl_c():
            forkserver.ensure_running()
    return Path(get_temp_dir())


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """What starts in here does not hear Ctrl-C, which is for the run, until it ignores it.

    The run hears it a moment later.
    """
    if (
        threading.current_thread() is not threading.main_thread()
    ):  # who starts a run in another thread minds signals alone
        yield
        return
    resource_tracker.ensure_running()  # starting it lets through what is held back
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def apart(
    function: Callable[[Argument], Answer],
    argument: Argument,
    temporary: Path,
    log: Path | None = None,
) -> Answer:
    """What a function gives, or raises, in a process of its own, which ends with it.

    Nothing of it stays in this one's memory.

    It puts temporary files into the folder `temporary` and complains at the end of the file `log`.
    Raises WorkerDied.
    """
    context = _context()
    line, theirs = context.Pipe(duplex=False)
    process = context.Process(
        target=_once, args=(theirs, function, argument, temporary, log), daemon=True
    )
    process.start()
    theirs.close()
    try:
        answer, error = line.recv()
    except EOFError:
        raise ReaderDied from None
    finally:
        process.kill()
        process.join()
        line.close()
    if error:
        raise error
    given: Answer = answer
    return given


class _Worker:
    """A process that renders one task after another, on a line of its own.

    Killing it disturbs no other.
    """

    def __init__(self, setting: Setting) -> None:
        context = _context()
        self.line, theirs = context.Pipe()
        self.process = context.Process(target=_work, args=(theirs, setting), daemon=True)
        self.process.start()
        theirs.close()
        self.setting = setting
        self.task: Task | None = None
        self.until = 0.0
        self.done = 0

    def begin(self, task: Task) -> None:
        self.task, self.until = task, monotonic() + self.setting.seconds + _PAGE_SECONDS
        with suppress(OSError):  # a worker that has died is noticed by whoever waits for its answer
            self.line.send(task)

    def result(self) -> Result | None:
        """What came of the task; None while nothing has."""
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
            result = self._lost(
                task, TookTooLong(task.notebook, self.setting.seconds + _PAGE_SECONDS)
            )
        else:
            return None
        self.task = None
        self.done += 1
        return result

    def _lost(self, task: Task, error: Exception) -> Result:
        self.stop()
        for file in task.files:
            (self.setting.folder / file).unlink(missing_ok=True)
        shutil.rmtree(self.setting.scratch / task.name, ignore_errors=True)
        seconds = self.setting.seconds + _PAGE_SECONDS - (self.until - monotonic())
        again = isinstance(error, WorkerDied)
        return Result(
            task.name,
            "failed",
            task.parameters,
            round(seconds, 3),
            str(error),
            task.key,
            again=again,
        )

    @property
    def worn(self) -> bool:
        return self.done >= _TASKS_OF_A_WORKER or not self.process.is_alive()

    def stop(self) -> None:
        self.process.kill()
        self.process.join()
        self.line.close()


def in_processes(tasks: Iterable[Task], setting: Setting, jobs: int) -> Iterator[Result]:
    """Render tasks in so many processes at once, and yield each result as it comes, in the order in which they end.

    Tasks are taken one ahead, while the processes are busy: a task may take a while to be made too.
    """
    waiting = iter(tasks)
    workers: list[_Worker] = []
    following = next(waiting, None)
    try:
        while following or any(worker.task for worker in workers):
            for worker in [worker for worker in workers if worker.task is None and worker.worn]:
                worker.stop()
                workers.remove(worker)
            while following and (idle := _idle(workers, setting, jobs)):
                idle.begin(following)
                following = next(waiting, None)
            busy = [worker for worker in workers if worker.task]
            if not busy:
                continue
            soonest = min(worker.until for worker in busy) - monotonic()
            wait(
                [item for worker in busy for item in (worker.line, worker.process.sentinel)],
                max(0.0, soonest),
            )
            for worker in busy:
                result = worker.result()
                if result is not None:
                    yield result
    finally:
        for worker in workers:
            worker.stop()


def _idle(workers: list[_Worker], setting: Setting, jobs: int) -> _Worker | None:
    """A worker with nothing to do, a new one where there may be one more.

    None where all are busy.
    """
    idle = next((worker for worker in workers if worker.task is None), None)
    if idle is None and len(workers) < max(1, jobs):
        idle = _Worker(setting)
        workers.append(idle)
    return idle


# --- inside a process of ours -----------------------------------------------------------------------------------------


def _once(
    line: Connection,
    function: Callable[[Any], object],
    argument: object,
    temporary: Path,
    log: Path | None,
) -> None:
    """Answer one question."""
    _settle(temporary, log)
    try:
        line.send((function(argument), None))
    except (UserError, OSError) as error:
        line.send((None, error))
    except Exception as error:  # noqa: BLE001 - whoever asked raises it; not every one can be sent, and no traceback
        line.send((None, RuntimeError("".join(traceback.format_exception(error)))))


def _work(line: Connection, setting: Setting) -> None:
    """Render what comes down the line until it is closed."""
    _settle(setting.temporary, setting.log)
    from ffanalysis.render.render import (
        render,  # what it brings takes long to import, and only workers need it
    )

    if setting.fork_server:
        os.environ |= {
            kernel_client.ADDRESS_VARIABLE: setting.fork_server,
            "JUPYTER_DEFAULT_PROVISIONER_NAME": kernel_client.NAME,
        }
    with suppress(EOFError, OSError):
        while True:
            task = line.recv()
            line.send(render(task, setting))


def _settle(temporary: Path, log: Path | None) -> None:
    """Belong to the run that started this process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the run, which stops its processes
    if log:
        _complain_into(log)
    tempfile.tempdir = str(
        temporary
    )  # so that whatever a killed process leaves there goes with the run
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _complain_into(log: Path) -> None:
    """Add what this process and its libraries write to the standard error to a file.

    People read what the run says.
    """
    file = os.open(log, os.O_WRONLY | os.O_APPEND)
    os.dup2(file, 2)
    os.close(file)


def _end_with_parent() -> NoReturn:
    """End this process when the run that started it has, however it has."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)
