"""Tasks rendered in processes of this machine, with real notebooks: what is left when a process, the run or the forge dies."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import psutil
import pytest

from ffanalysis.publish import engine, warm
from ffanalysis.publish.engine import in_processes
from ffanalysis.publish.task import Result, Setting, Task

NOTEBOOKS = {
    "quick": "print(own)",
    "slow": "import os, pathlib, time; pathlib.Path(root, own).write_text(str(os.getpid())); time.sleep(60)",
    # An ordinary kernel's parent is the worker, a forked one's the forge.
    "kills-its-parent": "import os, time; os.kill(os.getppid(), 9); time.sleep(60)",
    "litters": "import os; print(os.listdir('.')); open('litter', 'w').close()",
    "fails": "1 / 0",
}


@pytest.fixture(scope="module")
def forge() -> Iterator[str]:
    if not warm.can_fork():
        yield ""
        return
    with warm.Forge() as one:
        one.open()
        yield one.address


@pytest.fixture
def setting(tmp_path: Path, forge: str) -> Iterator[Setting]:
    (tmp_path / "notebooks").mkdir()
    for name, source in NOTEBOOKS.items():
        first = nbformat.v4.new_code_cell("own = ''\nroot = ''", metadata={"tags": ["parameters"]})
        notebook = nbformat.v4.new_notebook(cells=[first, nbformat.v4.new_code_cell(source)])
        nbformat.write(notebook, tmp_path / "notebooks" / f"{name}.ipynb")
    with warm.socket_folder() as temporary:
        yield Setting(tmp_path, tmp_path / "out", tmp_path / "scratch", Path(temporary), forge=forge)
        assert soon(lambda: not workers()), "a worker is left"


def ordinary(setting: Setting) -> Setting:
    """The same, with kernels that start as usual: their parent is the worker."""
    return Setting(setting.root, setting.folder, setting.scratch, setting.temporary)


def task(setting: Setting, name: str, notebook: str = "quick") -> Task:
    return Task(name, name, "2015-16-Q2", f"{notebook}.ipynb", {"own": name, "root": str(setting.root)})


def several(setting: Setting, count: int) -> list[Task]:
    return [task(setting, f"task-{number}") for number in range(count)]


def said(setting: Setting, name: str) -> str:
    notebook = nbformat.read(setting.folder / "notebooks" / f"{name}.ipynb", as_version=4)
    return "".join(output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", [])).strip()


def workers() -> set[int]:
    return {process.pid for process in multiprocessing.active_children() if process.pid}


def soon(holds: Callable[[], bool], seconds: float = 10) -> bool:
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def by_name(results: Iterator[Result]) -> dict[str, Result]:
    found: dict[str, Result] = {}
    for result in results:
        assert result.name not in found, "a task has two results"
        found[result.name] = result
    return found


@pytest.mark.parametrize(("count", "jobs"), [(7, 2), (2, 4), (3, 1), (2, 0), (0, 2)])
def test_each_task_has_its_own_result_once(setting: Setting, count: int, jobs: int) -> None:
    results = by_name(in_processes(several(setting, count), setting, jobs))
    assert set(results) == {f"task-{number}" for number in range(count)}
    for name, result in results.items():
        assert (result.status, result.again, said(setting, name)) == ("published", False, name)


def test_a_notebook_that_fails_is_a_result_like_another(setting: Setting) -> None:
    results = by_name(in_processes([task(setting, "wrong", "fails"), *several(setting, 2)], setting, 2))
    assert results["wrong"].reason == "The notebook fails.ipynb did not finish: ZeroDivisionError: division by zero"
    assert [results[f"task-{number}"].status for number in range(2)] == ["published", "published"]


def test_a_worker_that_is_killed_loses_its_task_alone(setting: Setting) -> None:
    tasks = [task(setting, "lost", "kills-its-parent"), *several(setting, 3)]
    results = by_name(in_processes(tasks, ordinary(setting), 2))
    lost = results.pop("lost")
    assert (lost.status, lost.again) == ("failed", True)
    assert lost.reason.endswith("the process that made its pages died; there may be too little memory.")
    assert {result.status for result in results.values()} == {"published"}
    assert not (setting.scratch / "lost").exists(), "another try would find what this one has left"


def test_a_worker_over_its_time_is_killed_with_its_kernel_and_the_others_go_on(
    setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_PAGE_SECONDS", 4 - setting.seconds)
    begun = time.monotonic()
    results = by_name(in_processes([task(setting, "stuck", "slow"), *several(setting, 3)], setting, 2))
    assert time.monotonic() - begun < 15
    stuck = results.pop("stuck")
    assert (stuck.status, stuck.again) == ("failed", False)
    assert stuck.reason.endswith("its pages were not made within 4 seconds.")
    assert {result.status for result in results.values()} == {"published"}
    assert soon(lambda: is_gone(int((setting.root / "stuck").read_text("utf-8")))), "its kernel is left"


@pytest.mark.skipif(not warm.can_fork(), reason="kernels cannot be forked here")
def test_without_its_forge_a_run_goes_on_with_ordinary_kernels(setting: Setting) -> None:
    with warm.Forge() as one:
        one.open()
        its = Setting(setting.root, setting.folder, setting.scratch, setting.temporary, forge=one.address)
        results = by_name(in_processes([task(setting, "lost", "kills-its-parent"), *several(setting, 3)], its, 1))
        assert one.has_ended
    lost = results.pop("lost")
    assert (lost.status, lost.again) == ("failed", True)
    assert lost.reason.endswith("its kernel died; there may be too little memory.")
    assert {result.status for result in results.values()} == {"published"}


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_whatever_stops_the_run_stops_its_workers_and_kernels(setting: Setting, error: type[BaseException]) -> None:
    def interrupted() -> None:
        for _ in in_processes([task(setting, "stuck", "slow"), *several(setting, 9)], setting, 2):
            assert soon((setting.root / "stuck").exists)
            raise error

    with pytest.raises(error):
        interrupted()
    assert soon(lambda: not workers(), 2)
    assert soon(lambda: is_gone(int((setting.root / "stuck").read_text("utf-8"))))


def test_tasks_that_cannot_be_made_stop_the_workers(setting: Setting) -> None:
    def tasks() -> Iterator[Task]:
        yield task(setting, "stuck", "slow")
        assert soon((setting.root / "stuck").exists)
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        list(in_processes(tasks(), setting, 2))
    assert soon(lambda: not workers(), 2)


def test_tasks_are_taken_one_ahead_of_the_processes_and_no_more(setting: Setting) -> None:
    taken = []

    def tasks() -> Iterator[Task]:
        for each in several(setting, 6):
            taken.append(each.name)
            yield each

    results = in_processes(tasks(), setting, 1)
    next(results)
    assert len(taken) == 2
    next(results)
    assert len(taken) == 3
    assert len(list(results)) == 4


def test_a_worker_is_replaced_after_so_many_tasks(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_TASKS_OF_A_WORKER", 1)
    seen = set()
    for _ in in_processes(several(setting, 3), setting, 1):
        seen |= workers()
    assert len(seen) >= 2


def test_each_notebook_begins_in_an_empty_folder_and_leaves_none(setting: Setting) -> None:
    tasks = [task(setting, "first", "litters"), task(setting, "second", "litters")]
    assert len(list(in_processes(tasks, setting, 1))) == 2
    assert (said(setting, "first"), said(setting, "second")) == ("[]", "[]")
    assert list(setting.scratch.iterdir()) == []


RUN = """
import sys
from pathlib import Path
from ffanalysis.publish.engine import get_ready, in_processes
from ffanalysis.publish.task import Setting, Task
if __name__ == "__main__":
    root, temporary, forge = sys.argv[1:]
    setting = Setting(Path(root), Path(root, "out"), Path(root, "scratch"), Path(temporary), forge=forge)
    get_ready(Path(temporary))
    tasks = [Task(name, name, "2015-16-Q2", "slow.ipynb", {"own": name, "root": root}) for name in ("one", "two")]
    list(in_processes(tasks, setting, 2))
"""


@pytest.mark.parametrize("kernels", ["forked", "ordinary"])
def test_workers_and_kernels_end_with_a_run_that_is_killed(setting: Setting, kernels: str) -> None:
    words = [str(setting.root), str(setting.temporary), setting.forge if kernels == "forked" else ""]
    run = subprocess.Popen([sys.executable, "-c", RUN, *words], start_new_session=True)
    try:
        names = [setting.root / name for name in ("one", "two")]
        assert soon(lambda: all(name.exists() and name.read_text("utf-8") for name in names), 30)
        below = psutil.Process(run.pid).children(recursive=True)
        pids = {int(name.read_text("utf-8")) for name in names} | {process.pid for process in below}
        assert len(pids) >= 5
        os.kill(run.pid, signal.SIGKILL)
        assert soon(lambda: all(map(is_gone, pids))), [pid for pid in pids if not is_gone(pid)]
    finally:
        run.kill()
        run.wait()
