"""Runs that are killed or asked to stop, full disks, and notebooks that misbehave.

What is published stays whole. More ways and moments are tried in the long counts.
"""

import builtins
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import nbformat
import pytest
from click.testing import CliRunner
from interrupted import (
    FAULTS,
    FILLS,
    MARK,
    contents,
    ends_well_but_for,
    gone,
    marked,
    small_disk,
    swapped,
    within,
)
from quick import Quick, names_in, only_the_published_is_left, statuses
from rendered import COMMAND, PERIOD, PROJECT, Run, deep_folder, environment

from ffanalysis.__main__ import main
from ffanalysis.cli import main as command
from ffanalysis.cli.streams import stop_on_signals
from ffanalysis.errors import DiskFull
from ffanalysis.render.render import render
from ffanalysis.render.task import RenderEnvironment, Task
from ffanalysis.run import run, workers

STOPPED = (
    "ffanalysis: stopped; what was published before stays as it was. Run it again to go on from"
    " here.\n"
)


# The command itself, stopped


@contextmanager
def rendering(root: Path) -> Iterator[subprocess.Popen[str]]:
    """The command in a group of its own, as soon as its first notebook is begun."""
    process = subprocess.Popen(
        [COMMAND, "run", PERIOD, "--force", "--jobs", "2"],
        cwd=root,
        env=environment(root, **{MARK: str(root), "TMPDIR": str(root)}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    begun = f".{PERIOD}-*/.work/scratch/*"
    try:
        assert within(120, lambda: process.poll() is not None or any(_reports(root).glob(begun)))
        assert process.poll() is None, process.communicate()
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def _reports(root: Path) -> Path:
    return root / "reports"


def left_in(root: Path) -> list[str]:
    """What a run has left in the folder for its temporary files."""
    return [path.name for path in root.iterdir() if path.name.startswith(("ff-", "pymp-"))]


def test_a_run_that_is_asked_to_stop_says_so_in_a_sentence_and_leaves_nothing_behind(
    published: Path,
) -> None:
    before = contents(_reports(published) / PERIOD)
    with rendering(published) as process:
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=120)
    said = re.sub(r"\[\d/5\] .*\n", "", err)
    assert (process.returncode, out, said) == (130, "", STOPPED)
    assert gone(str(published))
    assert contents(_reports(published) / PERIOD) == before
    assert left_in(published) == []


def test_a_killed_run_takes_its_processes_along_and_the_next_ends_as_if_it_had_not_been(
    published: Path, quick: Quick
) -> None:
    before = contents(_reports(published) / PERIOD)
    with rendering(published) as process:
        process.kill()
        process.wait()
        assert gone(str(published))
    assert contents(_reports(published) / PERIOD) == before
    summary = quick.run(published)
    assert summary.complete
    assert statuses(summary)[PROJECT] == "unchanged"
    assert contents(_reports(published) / PERIOD) == before
    assert only_the_published_is_left(published)


# How it is asked, in this process


@pytest.fixture
def signals() -> Iterator[None]:
    """The signals that end the command are as a shell leaves them, and are put back afterwards."""
    before = {
        number: signal.getsignal(number)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("signals")
@pytest.mark.parametrize(
    ("number", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_each_signal_that_asks_for_an_end_is_said_and_has_its_exit_code(
    published: Path,
    quick: Quick,
    monkeypatch: pytest.MonkeyPatch,
    number: signal.Signals,
    exit_code: int,
) -> None:
    before = contents(_reports(published) / PERIOD)
    monkeypatch.setenv("FFANALYSIS_ROOT", str(published))
    render_all = run.run
    monkeypatch.setattr(run, "run", lambda *words: render_all(*words, engine=quick))
    quick.before = lambda task, _: task.name == PROJECT and os.kill(os.getpid(), number)
    ended = CliRunner().invoke(command, ["run", PERIOD, "--force"])
    assert ended.exit_code == exit_code
    assert re.sub(r"\[\d/5\] .*\n", "", ended.stderr) == STOPPED
    assert contents(_reports(published) / PERIOD) == before


@pytest.mark.usefixtures("signals")
def test_a_signal_that_is_ignored_as_under_nohup_stays_ignored() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    stop_on_signals()
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    assert signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL


@pytest.mark.usefixtures("signals")
def test_ctrl_c_while_the_workers_are_made_ready_is_heard() -> None:
    with pytest.raises(KeyboardInterrupt), workers.stop_deferred():
        os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.usefixtures("signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_process_that_is_being_started_as_the_run_is_stopped_is_told_all_it_needs(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect, told = forkserver.connect_to_new_process, []

    def stopped(descriptors: object) -> tuple[int, int]:
        sentinel, theirs = connect(descriptors)
        os.kill(os.getpid(), number)  # the process is there and has not been told what to do
        told.append(theirs)
        return sentinel, theirs

    stop_on_signals()
    monkeypatch.setattr(forkserver, "connect_to_new_process", stopped)
    started = workers._context().Process(target=str)
    with pytest.raises(KeyboardInterrupt), workers.stop_deferred():
        started.start()
    started.join(120)
    assert (len(told), started.exitcode) == (1, 0)


def test_ctrl_c_while_the_command_is_imported_ends_in_silence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    imports: Any = builtins.__import__

    def interrupted(name: str, *rest: object) -> object:
        if name == "ffanalysis.cli":
            raise KeyboardInterrupt
        return imports(name, *rest)

    monkeypatch.setattr(builtins, "__import__", interrupted)
    with pytest.raises(SystemExit) as ended:
        main()
    monkeypatch.undo()
    assert (ended.value.code, capsys.readouterr()) == (130, ("", ""))


# What these tests look with


def test_a_process_left_over_is_seen() -> None:
    with subprocess.Popen(["sleep", "60"], env={**os.environ, MARK: "left over"}) as process:
        assert [found.pid for found in marked("left over")] == [process.pid]
        assert not gone("left over", seconds=0.1)
        process.kill()
    assert gone("left over")


def test_a_changed_byte_of_what_is_published_is_seen(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("a", "utf-8")
    before = contents(tmp_path)
    (tmp_path / "run.json").write_text("{}", "utf-8")
    assert contents(tmp_path) == before
    (tmp_path / "index.html").write_text("b", "utf-8")
    assert contents(tmp_path) != before


def test_a_swapped_and_a_missing_briefing_are_seen(tmp_path: Path) -> None:
    (tmp_path / "answers.json").write_text('{"canaries": {"a": 11, "b": 22, "c": 33}}', "utf-8")
    folder = tmp_path / "reports" / PERIOD
    folder.mkdir(parents=True)
    by_chance = '<data data-cells="k" data-figure="weighted/gap/low" value="22">'
    (folder / "a.html").write_text(
        f'<data data-cells="k" data-figure="x" value="11">{by_chance}', "utf-8"
    )
    (folder / "b.html").write_text(
        '<data data-figure="x" value="22"><data data-figure="y" value="11">', "utf-8"
    )
    assert swapped(tmp_path, PERIOD) == ["b", "c"]


# Notebooks that misbehave


def test_each_misbehaving_notebook_ends_as_its_projects_exception_and_all_others_are_published(
    faulty: Run,
) -> None:
    ends_well_but_for(faulty, FAULTS)


def test_each_of_several_notebooks_at_once_gives_its_own_project_its_briefing(faulty: Run) -> None:
    for name in (PROJECT, "well"):
        headed = [
            item.attributes["data-project"]
            for item in faulty.page(f"{name}.html").all()
            if "data-project" in item.attributes
        ]
        assert set(headed) == {name}


def test_a_notebook_that_dies_is_tried_once_more_and_no_more_often(faulty: Run) -> None:
    (log,) = (faulty.root / "reports" / ".runs" / PERIOD).glob("*.log")
    text = log.read_text("utf-8")
    assert len(re.findall(r" dies will be tried again", text)) == 1
    assert not re.search(r" (raises|leaves|warns|prints) will be tried again", text)


def test_misbehaving_notebooks_leave_no_process_and_no_folder(faulty: Run) -> None:
    assert gone(str(faulty.root))
    names = names_in(faulty.root / "reports")
    assert names == {".runs", PERIOD, faulty.folder.resolve().name}
    assert not [path for path in faulty.folder.resolve().iterdir() if path.name.startswith(".")]


def test_a_folder_for_temporary_files_may_be_too_deep_for_sockets(
    example_runs: tuple[Run, Run],
) -> None:
    _, run_there = example_runs
    assert (run_there.exit_code, list(deep_folder(run_there.root.parent).iterdir())) == (0, [])


# Full disks


@pytest.fixture
def disk() -> Iterator[Callable[[str], Path]]:
    """A small disk of a size, of its own."""
    with ExitStack() as mounted:

        def mount(size: str) -> Path:
            folder = mounted.enter_context(small_disk(size))
            if folder is None:
                pytest.skip("no right to mount a small disk")
            return folder

        yield mount


def test_a_notebook_that_fills_the_disk_ends_without_a_page_and_is_kept_marked(
    disk: Callable[[str], Path],
) -> None:
    folder = disk("8m")
    (folder / "notebooks").mkdir()
    ((code, why),) = FILLS.values()
    cell = nbformat.v4.new_code_cell(f"if True:\n    {code}")
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), folder / "notebooks" / "fills.ipynb")
    environment = RenderEnvironment(folder, folder / "published", folder / "scratch", folder)
    result = render(Task("fills", "Fills", PERIOD, "fills.ipynb", {}, "fills.html"), environment)
    assert (result.status, result.retryable) == ("failed", True)
    assert result.reason == f"The notebook fills.ipynb did not finish: {why}"
    kept = nbformat.read(folder / "published" / "notebooks" / "fills.ipynb", as_version=4)
    assert kept.cells[0].source == f"FAILED. {result.reason}"
    assert names_in(folder / "published") == {"notebooks"}
    assert list((folder / "scratch").iterdir()) == []


def test_a_disk_that_is_full_is_said_in_a_sentence_and_costs_nothing_published(
    published: Path, quick: Quick, disk: Callable[[str], Path]
) -> None:
    folder = disk("16m")
    root = shutil.copytree(published, folder / "programme", symlinks=True)
    before = contents(_reports(root) / PERIOD)
    filler = folder / "filler"
    for left in (0, 64):  # KiB: some of what a run writes before its notebooks finds room
        room = shutil.disk_usage(folder).free
        filler.write_bytes(b"x" * max(0, room - left * 1024))
        with pytest.raises(
            DiskFull, match=f"^No space is left on the disk of {re.escape(str(root))}"
        ):
            quick.run(root, force=True)
        assert quick.made == []
        assert contents(_reports(root) / PERIOD) == before
        filler.unlink()
    assert quick.run(root, force=True).complete
    assert contents(_reports(root) / PERIOD) == before
