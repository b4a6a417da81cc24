"""Tasks spread over processes.

Each has one result whatever becomes of the process that makes it, and no process is left.
"""

import errno
import json
import multiprocessing
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from multiprocessing import forkserver
from pathlib import Path

import nbformat
import psutil
import pytest
from interrupted import within

from ffanalysis.errors import (
    KernelDied,
    PeriodUnknown,
    ReaderDied,
    ReaderStoodStill,
    TookTooLong,
    WorkbookUnreadable,
    WorkerDied,
    WorkerStoodStill,
)
from ffanalysis.render import kernel_client
from ffanalysis.render.task import RenderEnvironment, Result, Task
from ffanalysis.render.temporary_folders import socket_folder
from ffanalysis.run import heartbeat, workers
from ffanalysis.run.workers import render_in_workers

SECONDS = 60  # what takes a moment may take so long on a busy machine
PERIOD = "2015-16-Q2"
BEGUN = "begun.json"

# A briefing that says it has begun, and does not end.
STUCK = f"""
import json, os, pathlib, time
root = pathlib.Path(os.environ["FFANALYSIS_ROOT"])
(root / "writing").write_text(json.dumps(os.getpid()))
(root / "writing").rename(root / {BEGUN!r})
time.sleep(600)
"""
# The parent of a forked kernel is the fork server.
KILLS = "import os, time; os.kill(os.getppid(), 9); time.sleep(600)"
STOPS = "import os, signal, time; os.kill(os.getppid(), signal.SIGSTOP); time.sleep(600)"


@pytest.fixture(scope="module")
def fork_server() -> Iterator[str]:
    """What forks the kernels, so that they start quickly; "" where the system cannot."""
    if not kernel_client.can_fork():
        yield ""
        return
    with kernel_client.KernelForkServer() as server:
        server.open()
        yield server.address


@pytest.fixture
def environment(tmp_path: Path, fork_server: str) -> Iterator[RenderEnvironment]:
    (tmp_path / "root" / "notebooks").mkdir(parents=True)
    for name, source in {
        "quick": "print(6 * 7)",
        "stuck": STUCK,
        "fails": "1 / 0",
        "kills its parent": KILLS,
        "stops its parent": STOPS,
    }.items():
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
        nbformat.write(notebook, tmp_path / "root" / "notebooks" / f"{name}.ipynb")
    with socket_folder() as temporary:
        yield RenderEnvironment(
            tmp_path / "root",
            tmp_path / "folder",
            tmp_path / "scratch",
            Path(temporary),
            fork_server=fork_server,
        )
    assert no_worker()


def task(name: str, notebook: str = "quick") -> Task:
    return Task(name, name, PERIOD, f"{notebook}.ipynb", {})


def quick(number: int) -> list[Task]:
    return [task(f"quick-{place}") for place in range(number)]


def worker_ids() -> set[int]:
    return {process.pid for process in multiprocessing.active_children() if process.pid}


def server_id() -> int:
    """The number of the process that multiprocessing forks the others from."""
    number: int = vars(forkserver)["_forkserver"]._forkserver_pid
    return number


def no_worker() -> bool:
    return within(SECONDS, lambda: not worker_ids())


def are_gone(*pids: int) -> bool:
    return within(SECONDS, lambda: not any(psutil.pid_exists(pid) for pid in pids))


def when_stuck(
    environment: RenderEnvironment,
    what: Callable[[psutil.Process], object],
    seen: list[int],
    then: list[Task],
) -> Iterator[Task]:
    """A stuck task and others.

    Something is done to the worker that is at it, as soon as its notebook runs.

    `seen` is given the numbers of that worker and of its kernel.
    """
    yield task("stuck", "stuck")
    begun = environment.root / BEGUN
    assert within(SECONDS, begun.exists)
    (worker,) = worker_ids()
    seen += [worker, json.loads(begun.read_text("utf-8"))]
    what(psutil.Process(worker))
    yield from then


def by_name(results: Iterator[Result]) -> dict[str, Result]:
    """Results by their names, of which each must come once."""
    found: dict[str, Result] = {}
    for result in results:
        assert result.name not in found
        found[result.name] = result
    return found


def are_published(results: dict[str, Result], tasks: list[Task]) -> bool:
    return all(results[task.name].status == "published" for task in tasks)


def test_each_task_has_one_result(environment: RenderEnvironment) -> None:
    tasks = [*quick(5), task("fails", "fails")]
    results = by_name(render_in_workers(tasks, environment, 2))
    assert set(results) == {task.name for task in tasks}
    assert are_published(results, tasks[:5])
    assert "ZeroDivisionError" in results["fails"].reason
    assert not results["fails"].retryable
    assert {path.stem for path in (environment.folder / "notebooks").iterdir()} == set(results)
    assert list(environment.scratch.iterdir()) == []


@pytest.mark.parametrize("jobs", [0, 1])
def test_one_process_takes_the_tasks_in_their_order(
    environment: RenderEnvironment, jobs: int
) -> None:
    seen = set()
    names = []
    for result in render_in_workers(quick(3), environment, jobs):
        names.append(result.name)
        seen |= worker_ids()
    assert names == ["quick-0", "quick-1", "quick-2"]
    assert len(seen) == 1


def test_no_more_processes_are_started_than_there_are_tasks(environment: RenderEnvironment) -> None:
    seen = set()
    names = set()
    for result in render_in_workers(quick(2), environment, 8):
        names.add(result.name)
        seen |= worker_ids()
    assert names == {"quick-0", "quick-1"}
    assert len(seen) <= 2


@pytest.mark.parametrize("jobs", [0, 1, 4])
def test_without_tasks_nothing_is_started(environment: RenderEnvironment, jobs: int) -> None:
    assert list(render_in_workers([], environment, jobs)) == []
    assert not worker_ids()


def test_a_killed_worker_costs_one_task_and_that_may_be_tried_again(
    environment: RenderEnvironment,
) -> None:
    seen: list[int] = []
    others = quick(3)
    results = by_name(
        render_in_workers(
            when_stuck(environment, psutil.Process.kill, seen, others), environment, 2
        )
    )
    lost = results.pop("stuck")
    assert (lost.status, lost.retryable, lost.outputs) == ("failed", True, {})
    assert lost.reason == str(WorkerDied("stuck.ipynb"))
    assert "the process rendering its pages was killed" in lost.reason
    assert set(results) == {task.name for task in others}
    assert are_published(results, others)
    assert are_gone(*seen)
    assert not (environment.folder / "notebooks" / "stuck.ipynb").exists()
    assert list(environment.scratch.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows what a process writes to")
def test_what_a_worker_complains_of_goes_into_the_log(
    environment: RenderEnvironment, tmp_path: Path
) -> None:
    log = tmp_path / "run.log"
    log.touch()
    written: list[Path] = []

    def looked_at(worker: psutil.Process) -> None:
        written.append(Path(f"/proc/{worker.pid}/fd/2").readlink())
        worker.kill()

    assert "stuck" in by_name(
        render_in_workers(
            when_stuck(environment, looked_at, [], []), replace(environment, log=log), 1
        )
    )
    assert written == [log]


def test_the_only_worker_is_replaced_when_it_is_killed(environment: RenderEnvironment) -> None:
    others = quick(2)
    results = by_name(
        render_in_workers(when_stuck(environment, psutil.Process.kill, [], others), environment, 1)
    )
    assert results.pop("stuck").retryable
    assert are_published(results, others)


@pytest.mark.skipif(not kernel_client.can_fork(), reason="this system cannot fork")
def test_without_its_fork_server_a_run_goes_on_with_ordinary_kernels(
    environment: RenderEnvironment,
) -> None:
    with kernel_client.KernelForkServer() as one:
        one.open()
        tasks = [task("lost", "kills its parent"), *quick(2)]
        results = by_name(
            render_in_workers(iter(tasks), replace(environment, fork_server=one.address), 1)
        )
        assert one.has_ended
    lost = results.pop("lost")
    assert (lost.status, lost.retryable) == ("failed", True)
    assert lost.reason == str(KernelDied("kills its parent.ipynb"))
    assert are_published(results, quick(2))


def test_a_worker_that_dies_between_tasks_costs_none(environment: RenderEnvironment) -> None:
    results = render_in_workers(quick(2), environment, 1)
    assert next(results).status == "published"
    (worker,) = multiprocessing.active_children()
    worker.kill()
    worker.join(SECONDS)
    assert [(result.name, result.status) for result in results] == [("quick-1", "published")]


def test_a_worker_that_is_over_its_time_is_ended_and_others_go_on(
    environment: RenderEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = environment.seconds + workers._PAGE_SECONDS
    passed = [0.0]
    monkeypatch.setattr(workers, "monotonic", lambda: time.monotonic() + passed[0])

    def stops(worker: psutil.Process) -> None:
        worker.suspend()
        passed[0] += limit  # by the clock of the workers, its time is over now

    seen: list[int] = []
    others = quick(3)
    results = by_name(
        render_in_workers(when_stuck(environment, stops, seen, others), environment, 2)
    )
    lost = results.pop("stuck")
    assert (lost.status, lost.retryable, lost.outputs) == ("failed", False, {})
    assert lost.reason == str(TookTooLong("stuck.ipynb", limit))
    assert lost.seconds >= limit
    assert are_published(results, others)
    assert are_gone(*seen)


@pytest.fixture
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands still is taken for that after a moment."""
    monkeypatch.setattr(heartbeat, "BEAT", 0.1)
    monkeypatch.setattr(heartbeat, "SILENCE", 1.0)
    monkeypatch.setattr(heartbeat, "_SECONDS_TO_END", 0.3)


@pytest.mark.usefixtures("_soon")
def test_a_worker_that_stands_still_is_ended_and_others_go_on(
    environment: RenderEnvironment,
) -> None:
    seen: list[int] = []
    tasks = when_stuck(environment, psutil.Process.suspend, seen, quick(1))
    results = by_name(render_in_workers(tasks, environment, 1))
    lost = results.pop("stuck")
    assert (lost.status, lost.retryable, lost.outputs) == ("failed", True, {})
    assert lost.reason == str(WorkerStoodStill("stuck.ipynb"))
    assert are_published(results, quick(1))
    assert are_gone(*seen)


@pytest.mark.usefixtures("_soon")
def test_a_reader_that_stands_still_is_asked_once_more_and_then_said(tmp_path: Path) -> None:
    assert workers.run_in_subprocess(stop_once, tmp_path / "mark", tmp_path) == "read"
    with pytest.raises(ReaderStoodStill, match="stood still twice") as caught:
        workers.run_in_subprocess(stop_itself, None, tmp_path)
    assert caught.value.exit_code == 13
    assert no_worker()


def test_what_has_not_listened_takes_no_process_for_silent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A run that was stopped itself, or a machine that slept, has heard nothing for long."""
    heart = heartbeat.Heartbeat(multiprocessing.get_context("forkserver"), time.sleep, (600,))
    try:
        monkeypatch.setattr(heartbeat, "monotonic", lambda: time.monotonic() + 3600)
        assert not heart.is_silent(heartbeat.SILENCE)
    finally:
        heart.end()


@pytest.mark.skipif(not kernel_client.can_fork(), reason="this system cannot fork")
def test_a_notebook_that_stops_its_own_server_costs_no_other(
    environment: RenderEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernel_client, "_BEAT", 0.2)
    monkeypatch.setattr(kernel_client, "_SILENCE", 1.0)
    with kernel_client.KernelForkServer() as one:
        one.open()
        tasks = [task("lost", "stops its parent"), *quick(1)]
        results = by_name(
            render_in_workers(iter(tasks), replace(environment, fork_server=one.address), 1)
        )
        assert one.has_ended
    lost = results.pop("lost")
    assert (lost.status, lost.retryable) == ("failed", True)
    assert are_published(results, quick(1))


def test_what_goes_wrong_in_making_tasks_leaves_no_process(environment: RenderEnvironment) -> None:
    seen: list[int] = []

    def tasks() -> Iterator[Task]:
        yield from when_stuck(environment, psutil.Process.is_running, seen, quick(1))
        raise LookupError("no more tasks")

    with pytest.raises(LookupError, match="no more tasks"):
        list(render_in_workers(tasks(), environment, 2))
    assert not worker_ids()
    assert are_gone(*seen)


def test_who_wants_no_more_results_leaves_no_process(environment: RenderEnvironment) -> None:
    seen: list[int] = []
    results = render_in_workers(
        when_stuck(environment, psutil.Process.is_running, seen, quick(2)), environment, 2
    )
    assert next(results).name == "quick-0"
    seen += worker_ids()
    assert len(set(seen)) == 3
    results.close()
    assert not worker_ids()
    assert are_gone(*seen)


def test_a_worker_is_replaced_after_some_tasks(
    environment: RenderEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "_TASKS_OF_A_WORKER", 2)
    seen = set()
    results = {}
    for result in render_in_workers(quick(5), environment, 1):
        results[result.name] = result
        seen |= worker_ids()
    assert len(results) == 5
    assert are_published(results, quick(5))
    assert len(seen) == 3


# What is done in a process of its own


def test_what_workers_need_is_imported_before_they_are_started(tmp_path: Path) -> None:
    there = workers.run_in_subprocess(eval, "[*__import__('sys').modules]", tmp_path)
    needed = {"ffanalysis.run.prepare", "ffanalysis.render.render", "nbconvert.exporters.html"}
    assert needed <= set(there)


def test_what_is_done_in_a_process_of_its_own_is_gone_with_it(tmp_path: Path) -> None:
    other = workers.run_in_subprocess(own_number, None, tmp_path)
    assert other != os.getpid()
    assert not psutil.pid_exists(other)


@pytest.mark.parametrize(
    "error",
    [
        PeriodUnknown("2015-16-Q9", ["2015-16-Q2"]),
        WorkbookUnreadable("b.xlsx", "it is no workbook."),
        OSError(errno.ENOSPC, "No space left on device"),
    ],
)
def test_what_the_user_can_mend_is_raised_as_it_was(tmp_path: Path, error: Exception) -> None:
    with pytest.raises(type(error)) as raised:
        workers.run_in_subprocess(raise_it, error, tmp_path)
    assert str(raised.value) == str(error)
    assert vars(raised.value) == vars(error)
    assert getattr(raised.value, "errno", None) == getattr(error, "errno", None)


def test_a_fault_of_ours_is_raised_with_where_it_happened(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"(?s)in raise_it.*KeyError: 'ours'"):
        workers.run_in_subprocess(raise_it, KeyError("ours"), tmp_path)


def test_a_process_that_is_killed_while_it_reads_is_said(tmp_path: Path) -> None:
    with pytest.raises(ReaderDied, match="What was published stays"):
        workers.run_in_subprocess(kill_itself, None, tmp_path)


def test_what_it_leaves_lying_about_is_in_the_folder_of_the_run(tmp_path: Path) -> None:
    assert workers.run_in_subprocess(make_a_file, None, tmp_path).parent == tmp_path


@pytest.mark.usefixtures("_soon")
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows that a process was stopped")
def test_a_server_of_processes_that_was_stopped_is_replaced_and_its_processes_end() -> None:
    context = multiprocessing.get_context("forkserver")
    before = heartbeat.Heartbeat(context, time.sleep, (600,))
    preloaded = vars(forkserver)["_forkserver"]._preload_modules
    forkserver.set_forkserver_preload([])  # so that the next one starts in a moment
    try:
        stopped = server_id()
        psutil.Process(stopped).suspend()
        after = heartbeat.Heartbeat(context, time.sleep, (600,))
        assert server_id() != stopped
        psutil.Process(server_id()).suspend()
        pids = [heart.process.pid or 0 for heart in (before, after)]
        for heart in (before, after):
            heart.end()
        assert are_gone(*pids)
    finally:
        forkserver.set_forkserver_preload(preloaded)
        heartbeat._kill_server()


def own_number(_: None) -> int:
    return os.getpid()


def raise_it(error: Exception) -> None:
    raise error


def kill_itself(_: None) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def stop_itself(_: None) -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def stop_once(mark: Path) -> str:
    if not mark.exists():
        mark.touch()
        stop_itself(None)
    return "read"


def make_a_file(_: None) -> Path:
    with tempfile.NamedTemporaryFile(delete=False) as file:
        return Path(file.name)
