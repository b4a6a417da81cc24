"""Past runs: each can be seen afterwards, however it ended, and the command lists them."""

import json
import os
import re
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from unittest.mock import Mock

import filelock
import pytest
from click.testing import CliRunner, Result
from quick import Quick, names_in
from rendered import PERIOD, PROJECT, SCHEDULE, put

from ffanalysis.cli import main
from ffanalysis.errors import ProjectUnknown, RunTimeOver
from ffanalysis.run import run
from ffanalysis.run.history import PastRun, logged, past_runs, remember
from ffanalysis.run.reports_folder import ReportsFolder


def runs_of(root: Path, period: str = PERIOD) -> Path:
    return root / "reports" / ".runs" / period


def remembered(folder: Path, run: str, **about: str | float) -> None:
    """A run as it is remembered, with its log."""
    folder.mkdir(parents=True, exist_ok=True)
    past = PastRun(folder.name, run, "2026-11-24T15:00:00+00:00")
    with logged(folder, run):
        pass
    remember(folder, replace(past, **about), ())  # type: ignore[arg-type]


@pytest.fixture
def call(published: Path, quick: Quick, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The command in this process, for a programme whose quarter has been published.

    No kernel starts.
    """
    monkeypatch.setenv("FFANALYSIS_ROOT", str(published))
    monkeypatch.setattr(run, "run", partial(run.run, engine=quick))
    return lambda *words: CliRunner().invoke(main, words, prog_name="ffanalysis")


# What is remembered


def test_a_run_that_was_complete_is_remembered_with_its_counts(
    published: Path, quick: Quick
) -> None:
    quick.run(published, "library-hours")
    latest, first = past_runs(published)
    assert (latest.period, latest.ended, first.ended) == (PERIOD, "complete", "complete")
    assert latest.counts == (("published", 3), ("unchanged", 2))
    assert first.counts == (("published", 5),)
    assert 0 < latest.seconds < 60
    assert latest.started > first.started or latest.run > first.run
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", latest.started)
    assert latest.log == str(runs_of(published) / f"{latest.run}.log")


def test_the_log_of_a_run_has_a_line_for_each_task_with_its_time(
    published: Path, quick: Quick
) -> None:
    quick.ends["library-hours"] = [("failed", "its kernel died.", True)]
    quick.run(published, "library-hours")
    lines = Path(past_runs(published)[0].log).read_text("utf-8").splitlines()
    assert [
        line for line in lines if not re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ", line)
    ] == []
    said = [line.split(" ", 2)[2] for line in lines]
    assert said[0].startswith(f"{PERIOD}, process ")
    assert "library-hours will be tried again: its kernel died." in said
    assert "5/5 library-hours: failed (0.5 s) its kernel died." in said
    assert "3/5 sen-contract-efficiency: unchanged (0.0 s) " in said
    assert re.fullmatch(r"incomplete, after \d+\.\d s", said[-1])


def test_a_run_with_anything_missing_is_incomplete_and_says_what(
    published: Path, quick: Quick
) -> None:
    put(published, {f"{SCHEDULE}!Proposed savings!E10": "tbx"})
    quick.ends["library-hours"] = [("failed", "It did not finish.", False)]
    quick.run(published, force=True)
    past = past_runs(published)[0]
    assert past.ended == "incomplete"
    assert past.counts == (("failed", 1), ("published", 3), ("withheld", 1))
    troubles = json.loads(Path(past.log).with_suffix(".json").read_text("utf-8"))["troubles"]
    assert troubles.keys() == {PROJECT, "library-hours"}
    assert troubles["library-hours"] == "It did not finish."
    assert "cell E10: 'tbx' is not an amount" in troubles[PROJECT]


@pytest.mark.parametrize(
    ("error", "ended"),
    [
        (KeyboardInterrupt(), "stopped: KeyboardInterrupt"),
        (RuntimeError("a fault of ours"), "stopped: RuntimeError"),
        (RunTimeOver(PERIOD, 5, 2, 4), str(RunTimeOver(PERIOD, 5, 2, 4))),
    ],
    ids=repr,
)
def test_a_run_that_stopped_says_why(
    published: Path, quick: Quick, error: BaseException, ended: str
) -> None:
    quick.stop_before("road-repairs", error)
    with pytest.raises(type(error)):
        quick.run(published, force=True)
    past = past_runs(published)[0]
    assert (past.ended, past.counts) == (ended, ())
    assert f"{ended}, after" in Path(past.log).read_text("utf-8")


def test_a_run_with_an_unknown_project_leaves_nothing_but_what_is_remembered_of_it(
    programme: Path, quick: Quick
) -> None:
    with pytest.raises(ProjectUnknown):
        quick.run(programme, "sen")
    assert quick.made == []
    assert names_in(programme / "reports") == {".runs"}
    (past,) = past_runs(programme)
    assert (
        past.ended == "There is no project 'sen' in this period. There is: sen-contract-efficiency."
    )


def test_a_run_that_has_not_said_how_it_ended_was_killed_or_goes_on(
    published: Path, quick: Quick
) -> None:
    seen: list[list[str]] = []
    quick.before = lambda *_: seen.append([past.ended for past in past_runs(published)])
    quick.run(published, "library-hours")
    assert seen == [["going on", "complete"]] * 3
    (runs_of(published) / f"{past_runs(published)[0].run}.json").unlink()
    assert [past.ended for past in past_runs(published)] == ["killed", "complete"]


def test_a_killed_run_is_told_from_one_that_goes_on_and_lasted_until_it_last_wrote(
    published: Path,
) -> None:
    killed = runs_of(published) / "20260101T000000000000Z-77.log"
    killed.touch()
    os.utime(killed, times=(0, datetime(2026, 1, 1, 0, 1, 30, tzinfo=UTC).timestamp()))
    (runs_of(published) / "owner").write_text('{"process": 77, "folders": []}', "utf-8")
    assert [(past.ended, past.seconds) for past in past_runs(published)][1:] == [("killed", 90)]
    with ReportsFolder(published, PERIOD).lock():
        (runs_of(published) / "owner").write_text('{"process": 77, "folders": []}', "utf-8")
        assert past_runs(published)[1].ended == "going on"
    assert past_runs(published)[1].ended == "killed"


def test_whoever_may_not_open_the_lock_is_told_no_more_than_can_be_seen(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (runs_of(published) / "20260101T000000000000Z-77.log").touch()
    (runs_of(published) / "owner").write_text('{"process": 77, "folders": []}', "utf-8")
    monkeypatch.setattr(filelock.FileLock, "acquire", Mock(side_effect=PermissionError))
    assert past_runs(published)[1].ended == "going on, or killed"


def test_whoever_lists_runs_keeps_none_from_starting(published: Path, quick: Quick) -> None:
    lock = filelock.FileLock(published / "reports" / ".runs" / f"{PERIOD}.lock", thread_local=False)
    lock.acquire()
    timer = threading.Timer(0.2, lock.release)
    timer.start()
    assert quick.run(published).complete
    timer.join()


def test_a_file_that_is_no_run_is_not_listed(published: Path) -> None:
    (runs_of(published) / "notes.log").touch()
    assert len(past_runs(published)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"counts": 7}',
        '{"started": "x", "seconds": "soon", "ended": "", "counts": []}',
    ],
)
def test_a_record_that_cannot_be_read_counts_as_none(published: Path, text: str) -> None:
    (past,) = past_runs(published)
    Path(past.log).with_suffix(".json").write_text(text, "utf-8")
    (again,) = past_runs(published)
    assert (again.run, again.ended, again.counts, again.log) == (past.run, "killed", (), past.log)
    assert again.started == past.started, "the name of the log says when"


def test_runs_are_listed_the_latest_first_of_all_periods_or_of_one(tmp_path: Path) -> None:
    remembered(runs_of(tmp_path, "2015-16-Q1"), "20260103T000000000000Z-1", ended="complete")
    remembered(runs_of(tmp_path, "2015-16-Q2"), "20260101T000000000000Z-2", ended="incomplete")
    remembered(runs_of(tmp_path, "2015-16-Q2"), "20260104T000000000000Z-3", ended="complete")
    assert [past.run[6:8] for past in past_runs(tmp_path)] == ["04", "03", "01"]
    assert [past.run[6:8] for past in past_runs(tmp_path, "2015-16-Q2")] == ["04", "01"]
    assert past_runs(tmp_path, "2015-16-Q3") == []
    assert past_runs(tmp_path / "nowhere") == []


def test_a_hundred_runs_of_a_period_are_remembered(published: Path, quick: Quick) -> None:
    for number in range(150):
        for kind in ("log", "json"):
            (runs_of(published) / f"20200101T{number:06d}000000Z-1.{kind}").touch()
    quick.run(published)
    assert len(list(runs_of(published).glob("*.log"))) == 100
    assert len(list(runs_of(published).glob("*.json"))) == 100
    assert past_runs(published)[0].ended == "complete"


def test_runs_that_follow_at_once_have_names_of_their_own(published: Path, quick: Quick) -> None:
    for _ in range(5):
        quick.run(published)
    assert len(past_runs(published)) == 6


def test_a_run_writes_into_no_log_but_its_own(published: Path, quick: Quick) -> None:
    quick.run(published)
    log = Path(past_runs(published)[0].log)
    before = log.read_text("utf-8")
    quick.run(published, force=True)
    assert log.read_text("utf-8") == before


def test_a_run_that_is_refused_leaves_no_log(published: Path, quick: Quick) -> None:
    with ReportsFolder(published, PERIOD).lock(), pytest.raises(run.UserError):
        quick.run(published)
    assert len(past_runs(published)) == 1


# The command


def test_runs_lists_when_how_long_and_how_each_ended(
    call: Callable[..., Result], published: Path, quick: Quick
) -> None:
    quick.ends["library-hours"] = [("failed", "It did not finish.", False)]
    assert call("run", PERIOD, "--force").exit_code == 13
    result = call("runs", PERIOD)
    assert (result.exit_code, result.stderr) == (0, "")
    heading, latest, first = result.stdout.splitlines()
    assert heading.split() == ["period", "began", "seconds", "ended", "results", "log"]
    past = past_runs(published)
    assert re.fullmatch(
        rf"{PERIOD} +\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d UTC +\d+ +incomplete +1 failed, 4 published"
        r" .*\.log *",
        latest,
    )
    assert re.fullmatch(
        rf"{PERIOD} +\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d UTC +\d+ +complete +5 published .*", first
    )
    assert all(Path(each.log).is_file() for each in past)
    assert "".join(result.stdout.split()).count(past[0].log) == 1


def test_runs_of_a_programme_without_any_says_so(
    programme: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FFANALYSIS_ROOT", str(programme))
    result = CliRunner().invoke(main, ["runs"])
    assert (result.exit_code, result.stdout) == (0, "There has been no run yet.\n")


def test_runs_lists_the_last_twenty_and_all_when_asked(
    call: Callable[..., Result], published: Path
) -> None:
    for number in range(29):
        remembered(
            runs_of(published, "2014-15-Q4"),
            f"20260101T0000{number:02d}000000Z-1",
            ended="complete",
        )
    last = call("runs")
    assert last.stdout.splitlines()[-1] == "… and 10 earlier (--all lists them)."
    assert last.stdout.count(" UTC ") == 20
    every = call("runs", "--all")
    assert every.stdout.count(" UTC ") == 30
    assert "earlier" not in every.stdout
    assert call("runs", PERIOD).stdout.count(" UTC ") == 1


def test_runs_of_what_is_no_period_is_one_sentence_and_2(call: Callable[..., Result]) -> None:
    result = call("runs", "../../etc")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("ffanalysis: '../../etc' is not a period: ")
