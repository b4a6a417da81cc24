"""Runs of the command that are stopped in many ways: for the long counts only (`make soak`)."""

import json
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from interrupted import (
    ENDLESS,
    FILLS,
    LIMIT,
    MARK,
    contents,
    ends_well_but_for,
    gone,
    run_with,
    small_disk,
    swapped,
)
from rendered import COMMAND, PERIOD, PROJECT, environment, ffanalysis, programme_in

from ffanalysis.demo import write_demo

STOPPED = (
    "ffanalysis: stopped; what was published before stays as it was. Run it again to go on from"
    " here.\n"
)


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
    surroundings = environment(published, **{MARK: str(published), "TMPDIR": str(published)})
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
    assert (run.returncode, out, re.sub(r"\[\d/5\] .*\n", "", err)) == (exit_code, "", STOPPED)
    assert gone(str(published))
    assert contents(published / "reports" / PERIOD) == before
    assert [
        path.name for path in published.iterdir() if path.name.startswith(("ff-", "pymp-"))
    ] == []


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


def test_notebooks_that_do_not_end_are_ended(example_quarter: Path, tmp_path: Path) -> None:
    root = programme_in(tmp_path / "programme", example_quarter)
    ended = run_with(root, ENDLESS, "--jobs", "4", "--notebook-timeout", str(LIMIT))
    ends_well_but_for(ended, ENDLESS)
    assert gone(str(root))


def test_a_notebook_that_fills_the_disk_takes_no_other_with_it(example_quarter: Path) -> None:
    with small_disk("48m") as folder:
        if folder is None:
            pytest.skip("no right to mount a small disk")
        root = programme_in(folder / "programme", example_quarter)
        ends_well_but_for(run_with(root, FILLS, "--jobs", "2"), FILLS)


def test_a_disk_that_is_full_is_said_in_a_sentence_and_costs_nothing_published(
    example_quarter: Path,
) -> None:
    with small_disk("48m") as folder:
        if folder is None:
            pytest.skip("no right to mount a small disk")
        root = programme_in(folder / "programme", example_quarter)
        assert ffanalysis(root, "run", PERIOD).exit_code == 0
        before = (root / "reports" / PERIOD / f"{PROJECT}.html").read_bytes()
        filler = folder / "filler"
        for left in (0, 64):  # KiB: some of what a run writes before its notebooks finds room
            room = shutil.disk_usage(folder).free
            filler.write_bytes(b"x" * max(0, room - left * 1024))
            ended = ffanalysis(root, "run", PERIOD, "--force")
            assert ended.exit_code == 13, left
            assert ended.err.splitlines()[-1].startswith(
                f"ffanalysis: No space is left on the disk of {root}"
            ), left
            assert "Traceback" not in ended.err
            assert (root / "reports" / PERIOD / f"{PROJECT}.html").read_bytes() == before
            filler.unlink()
        assert ffanalysis(root, "run", PERIOD, "--force").exit_code == 0
        assert (root / "reports" / PERIOD / f"{PROJECT}.html").read_bytes() == before


def test_many_notebooks_at_once_give_each_project_its_own_briefing(tmp_path: Path) -> None:
    root = tmp_path / "demo"
    (period,) = write_demo(root, 8, 1, 8)
    ended = ffanalysis(root, "run", period, "--jobs", "8")
    assert ended.exit_code == 0, ended.err
    assert swapped(root, period) == []
    assert len(json.loads((root / "answers.json").read_text("utf-8"))["canaries"]) == 8
