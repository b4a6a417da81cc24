"""Runs that are killed at any moment, and notebooks that do all that a notebook may do wrong.

What is published stays whole.
"""

import builtins
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from interrupted import (
    COMMAND,
    FAULTS,
    FILLS,
    LIMIT,
    contents,
    gone,
    killed_runs,
    marked,
    misbehave,
    swapped,
)
from rendered import PERIOD, PROJECT, add_projects, environment, ffanalysis, page_of, programme_in

from ffanalysis.__main__ import main
from ffanalysis.demo import write_demo
from ffanalysis.run import workers


def test_a_run_killed_at_any_moment_leaves_a_whole_state_and_the_next_one_ends_as_if_nothing_had_been(
    tmp_path: Path,
) -> None:
    assert list(killed_runs(tmp_path, times=1, seed=2015)) == [True]


@pytest.mark.parametrize(
    ("number", "exit_code", "after"),
    [
        (signal.SIGINT, 130, 0),
        (signal.SIGINT, 130, 1.5),
        (signal.SIGTERM, 143, 0.4),
        (signal.SIGHUP, 129, 0.4),
    ],
    ids=["ctrl-c at once", "ctrl-c", "stopped", "hung up"],
)
def test_a_run_that_is_asked_to_stop_says_so_in_a_sentence_and_leaves_nothing_behind(
    published: Path, number: signal.Signals, exit_code: int, after: float
) -> None:
    before = contents(published / "reports" / PERIOD)
    surroundings = environment(published, FFANALYSIS_TRIAL=str(published), TMPDIR=str(published))
    words = [COMMAND, "run", PERIOD, "--force", "--jobs", "2"]
    owner = published / "reports" / ".runs" / PERIOD / "owner"
    # Who runs the tests may have them ignore a terminal, and what is ignored here is ignored there.
    before_it = signal.signal(number, signal.SIG_DFL)
    run = subprocess.Popen(
        words,
        cwd=published,
        env=surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    signal.signal(number, before_it)
    with run:
        while not owner.exists():
            assert run.poll() is None
        time.sleep(after)
        os.killpg(run.pid, number)
        out, err = run.communicate(timeout=60)
    said = (
        "ffanalysis: stopped; what was published before stays as it was. Run it again to go on from"
        " here.\n"
    )
    assert (run.returncode, out, re.sub(r"\[\d/5\] .*\n", "", err)) == (exit_code, "", said)
    assert gone(str(published))
    assert contents(published / "reports" / PERIOD) == before
    assert [
        path.name for path in published.iterdir() if path.name.startswith(("ff-", "pymp-"))
    ] == []


def test_ctrl_c_while_the_workers_are_made_ready_is_heard() -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt), workers.ctrl_c_blocked():
            os.kill(os.getpid(), signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_run_that_was_started_to_outlive_its_terminal_does(published: Path) -> None:
    words = ["nohup", COMMAND, "run", PERIOD, "--force", "--jobs", "2"]
    owner = published / "reports" / ".runs" / PERIOD / "owner"
    with subprocess.Popen(
        words, cwd=published, env=environment(published), stdout=subprocess.PIPE, text=True
    ) as run:
        while not owner.exists():
            assert run.poll() is None
        run.send_signal(signal.SIGHUP)
        assert run.wait(timeout=200) == 0


def test_ctrl_c_while_the_command_is_imported_ends_in_silence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(name: str, *rest: object) -> object:
        raise KeyboardInterrupt if name == "ffanalysis.cli" else AssertionError(name)

    monkeypatch.setattr(builtins, "__import__", interrupted)
    with pytest.raises(SystemExit) as ended:
        main()
    monkeypatch.undo()
    assert (ended.value.code, capsys.readouterr()) == (130, ("", ""))


def test_a_process_left_over_is_seen() -> None:
    with subprocess.Popen(
        ["sleep", "60"], env={**os.environ, "FFANALYSIS_TRIAL": "left over"}
    ) as process:
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


# Notebooks that misbehave, swapped


@dataclass(frozen=True)
class Ended:
    """A run with misbehaving notebooks.

    Its programme, its exit code, what it said, and what its manifest says of each task.
    """

    root: Path
    exit_code: int
    err: str

    @property
    def folder(self) -> Path:
        return self.root / "reports" / PERIOD

    @property
    def results(self) -> dict[str, dict[str, str]]:
        manifest = json.loads((self.folder / "run.json").read_text("utf-8"))
        return {result["name"]: result for result in manifest["results"]}


def run_with(root: Path, faults: dict[str, tuple[str, str]], jobs: int) -> Ended:
    """The example with a project for each fault, and one more that is well.

    The last in the register, so that it comes after.
    """
    add_projects(root, [*(name.capitalize() for name in faults), "Well"])
    misbehave(root, faults)
    words = [COMMAND, "run", PERIOD, "--jobs", str(jobs), "--notebook-timeout", str(LIMIT)]
    surroundings = environment(root, FFANALYSIS_TRIAL=str(root))
    done = subprocess.run(
        words, cwd=root, env=surroundings, capture_output=True, text=True, timeout=280, check=False
    )
    return Ended(root, done.returncode, done.stderr)


def run_alone(root: Path, *more: str) -> Ended:
    words = [COMMAND, "run", PERIOD, *more]
    done = subprocess.run(
        words,
        cwd=root,
        env=environment(root),
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    return Ended(root, done.returncode, done.stderr)


@pytest.fixture(scope="module")
def faulty(example_quarter: Path, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    return run_with(
        programme_in(tmp_path_factory.mktemp("faulty") / "programme", example_quarter),
        FAULTS,
        jobs=4,
    )


@contextmanager
def small_disk(size: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", folder],
            capture_output=True,
            check=False,
        )
        if mounted.returncode:
            pytest.skip("no right to mount a small disk")
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", folder], check=True)


@pytest.fixture(scope="module")
def filled(example_quarter: Path) -> Iterator[Ended]:
    """A run on a small disk of its own, which one of its notebooks fills."""
    with small_disk("48m") as folder:
        yield run_with(programme_in(folder / "programme", example_quarter), FILLS, jobs=2)


def holds(ended: Ended, faults: dict[str, tuple[str, str]]) -> None:
    assert ended.exit_code == 13, ended.err
    assert "Traceback" not in ended.err
    results = ended.results
    assert {name: result["status"] for name, result in results.items()} == {
        PROJECT: "published",
        **dict.fromkeys(faults, "failed"),
        "well": "published",
        "programme": "published",
        "reconciliation": "published",
    }
    for name, (_, why) in faults.items():
        assert (
            results[name]["reason"] == f"The notebook project_briefing.ipynb did not finish: {why}"
        )
        note = page_of((ended.folder / "exceptions" / f"{name}.html").read_text("utf-8"))
        assert [item.text for item in note.all("li")] == [results[name]["reason"]]
        assert (ended.folder / "notebooks" / f"{name}.ipynb").is_file(), (
            "the failed notebook is kept"
        )
        assert not (ended.folder / f"{name}.html").exists()
    for name in (PROJECT, "well", "index"):
        assert (ended.folder / f"{name}.html").is_file()
    links = {
        item.attributes["href"]
        for item in page_of((ended.folder / "index.html").read_text("utf-8")).all("a")
    }
    assert {f"exceptions/{name}.html" for name in faults} <= links


def test_each_misbehaving_notebook_ends_as_its_projects_exception_and_all_others_are_published(
    faulty: Ended,
) -> None:
    holds(faulty, FAULTS)


def test_a_notebook_that_dies_is_tried_once_more_and_no_more_often(faulty: Ended) -> None:
    (log,) = (faulty.root / "reports" / ".runs" / PERIOD).glob("*.log")
    text = log.read_text("utf-8")
    assert len(re.findall(r" dies will be tried again", text)) == 1
    assert not re.search(r" (raises|hangs|leaves|prints) will be tried again", text)


def test_a_folder_for_temporary_files_may_be_too_deep_for_sockets(
    example_quarter: Path, tmp_path: Path
) -> None:
    root = programme_in(tmp_path / "programme", example_quarter)
    deep = tmp_path / ("a folder, " * 12) / "temporary files"
    deep.mkdir(parents=True)
    run = ffanalysis(root, "run", PERIOD, TMPDIR=str(deep))
    assert (run.exit_code, list(deep.iterdir())) == (0, []), run.err


def test_misbehaving_notebooks_leave_no_process_and_no_folder(faulty: Ended) -> None:
    assert gone(str(faulty.root))
    names = {path.name for path in (faulty.root / "reports").iterdir()}
    assert names == {".runs", PERIOD, faulty.folder.resolve().name}
    assert not [path for path in faulty.folder.resolve().iterdir() if path.name.startswith(".")]


def test_a_notebook_that_fills_the_disk_takes_no_other_with_it(filled: Ended) -> None:
    holds(filled, FILLS)


def test_a_disk_that_is_full_is_said_in_a_sentence_and_costs_nothing_published(
    example_quarter: Path,
) -> None:
    with small_disk("48m") as folder:
        root = programme_in(folder / "programme", example_quarter)
        assert run_alone(root).exit_code == 0
        before = (root / "reports" / PERIOD / f"{PROJECT}.html").read_bytes()
        filler = folder / "filler"
        for left in (0, 64):  # KiB: some of what a run writes before its notebooks finds room
            room = shutil.disk_usage(folder).free
            filler.write_bytes(b"x" * max(0, room - left * 1024))
            ended = run_alone(root, "--force")
            assert ended.exit_code == 13, left
            assert ended.err.splitlines()[-1].startswith(
                f"ffanalysis: No space is left on the disk of {root}"
            ), left
            assert "Traceback" not in ended.err
            assert (root / "reports" / PERIOD / f"{PROJECT}.html").read_bytes() == before
            filler.unlink()
        assert run_alone(root, "--force").exit_code == 0
        assert (root / "reports" / PERIOD / f"{PROJECT}.html").read_bytes() == before


# Many at once


def test_many_notebooks_at_once_give_each_project_its_own_briefing(tmp_path: Path) -> None:
    root = tmp_path / "demo"
    (period,) = write_demo(root, 8, 1, 8)
    words = [COMMAND, "run", period, "--jobs", "8"]
    done = subprocess.run(
        words,
        cwd=root,
        env=environment(root),
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert swapped(root, period) == []


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
