"""Where reports stand: one run at a time, one whole state at a time, whatever stops in between."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from quick import (
    Quick,
    contents,
    in_this_process,
    names_in,
    only_the_published_is_left,
    statuses,
)
from rendered import PERIOD, PROJECT

from ffanalysis.cli import main
from ffanalysis.errors import ReportsBlocked, RunUnderWay
from ffanalysis.run import reports_folder
from ffanalysis.run.reports_folder import ReportsFolder, discard

OTHER_PERIOD = "2015-16-Q3"


def state(reports: ReportsFolder, number: int) -> Path:
    """A new folder in which each file says the same."""
    folder = reports.create(f"2026-{number:04d}")
    for name in "abc":
        (folder / name).write_text(str(number), "utf-8")
    return folder


def shown(folder: Path) -> set[str]:
    return {(folder / name).read_text("utf-8") for name in "abc"}


@pytest.fixture
def reports(tmp_path: Path) -> ReportsFolder:
    """The reports of a period of which one state is published."""
    reports = ReportsFolder(tmp_path, PERIOD)
    with reports.lock():
        reports.publish(state(reports, 1))
    return reports


@pytest.fixture(autouse=True)
def _no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock that stays taken is not waited for."""
    monkeypatch.setattr(reports_folder, "_WAIT", 0.01)


def command(root: Path) -> Result:
    """The command in this process; no kernel is made ready for it."""
    with pytest.MonkeyPatch.context() as patch:
        in_this_process(patch, root)
        patch.setenv("FFANALYSIS_ROOT", str(root))
        return CliRunner().invoke(main, ["run", PERIOD])


def no_link(*_: object, **__: object) -> None:
    raise OSError(1, "Operation not permitted")


# One run at a time

HOLDS = """
import sys, time
from pathlib import Path
from ffanalysis.run.reports_folder import ReportsFolder
with ReportsFolder(Path(sys.argv[1]), sys.argv[2]).lock():
    print("held", flush=True)
    time.sleep(600)
"""


@contextmanager
def held(root: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the period of a programme."""
    words = [sys.executable, "-c", HOLDS, str(root), PERIOD]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as owner:
        try:
            assert owner.stdout is not None
            assert owner.stdout.readline() == "held\n"
            yield owner
        finally:
            owner.kill()


def test_a_second_run_of_a_period_ends_with_13_and_one_sentence_that_names_the_first(
    published: Path,
) -> None:
    before = contents(published)
    with held(published) as owner:
        second = command(published)
    said = (
        f"Another run of {PERIOD} is still going on (process {owner.pid}): wait for it to end, or"
        " stop it."
    )
    assert (second.exit_code, second.stdout, second.stderr) == (13, "", f"ffanalysis: {said}\n")
    assert contents(published) == before


def test_a_period_is_held_against_runs_of_the_same_process_too(
    reports: ReportsFolder, tmp_path: Path
) -> None:
    with reports.lock():
        with (
            pytest.raises(RunUnderWay, match=rf"\(process {os.getpid()}\)"),
            ReportsFolder(tmp_path, PERIOD).lock(),
        ):
            pass
        with ReportsFolder(tmp_path, OTHER_PERIOD).lock():
            pass
    with ReportsFolder(tmp_path, PERIOD).lock():
        pass


def test_who_is_refused_takes_nothing_away_from_who_holds_the_period(
    reports: ReportsFolder, tmp_path: Path
) -> None:
    with reports.lock():
        for _ in range(2):
            with (
                pytest.raises(RunUnderWay, match=rf"\(process {os.getpid()}\)"),
                ReportsFolder(tmp_path, PERIOD).lock(),
            ):
                pass
        assert reports.temporary.is_dir()
    # Another process that clears up may be deleting it at the same moment, and ends soon.
    until = time.monotonic() + 5
    while reports.temporary.exists() and time.monotonic() < until:
        time.sleep(0.01)
    assert not reports.temporary.exists()


def test_a_killed_owner_holds_nothing_and_its_temporary_files_go_with_the_next(
    published: Path, quick: Quick
) -> None:
    with held(published) as owner:
        about = json.loads((published / "reports" / ".runs" / PERIOD / "owner").read_text("utf-8"))
        owner.kill()
        owner.wait()
    (left,) = map(Path, about["folders"])
    assert about["process"] == owner.pid
    assert left.is_dir()
    assert quick.run(published).complete
    assert not left.exists()
    assert only_the_published_is_left(published)


@pytest.mark.parametrize(
    "owner",
    [
        "",
        "7",
        "null",
        "{}",
        "[]",
        '{"process": "x"}',
        '{"process": 1, "folders": 7}',
        '{"process": 1, "folders": [7]}',
    ],
)
def test_who_held_a_period_may_be_unknown(
    reports: ReportsFolder, tmp_path: Path, owner: str
) -> None:
    with reports.lock():
        (reports.runs / "owner").write_text(owner, "utf-8")
        with (
            pytest.raises(RunUnderWay, match=r"still going on: wait"),
            ReportsFolder(tmp_path, PERIOD).lock(),
        ):
            pass
    (reports.runs / "owner").write_text(owner, "utf-8")
    with reports.lock():
        pass


def test_a_record_of_an_owner_takes_away_no_folder_but_a_runs_temporary_one(
    reports: ReportsFolder, tmp_path: Path
) -> None:
    others = [tmp_path / "ff-run-mine", tmp_path / "data"]
    for other in others:
        other.mkdir()
    (reports.runs / "owner").write_text(
        json.dumps({"process": 1, "folders": [*map(str, others), "/", ".", "ff-run-x/.."]}), "utf-8"
    )
    with reports.lock():
        pass
    assert [other.is_dir() for other in others] == [True, True]


def test_what_goes_wrong_while_a_period_is_taken_leaves_it_free_and_the_past_runs_there(
    reports: ReportsFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    (reports.runs / "20260101T000000Z-1.log").write_text("begun", "utf-8")
    with pytest.raises(OSError, match="no space"), reports.lock():
        raise OSError("no space")
    with monkeypatch.context() as patch:
        patch.setattr("tempfile.mkdtemp", no_link)
        with pytest.raises(OSError, match="not permitted"), reports.lock():
            pass
    assert names_in(reports.runs) == {"20260101T000000Z-1.log"}
    with reports.lock():
        pass


# One whole state at a time


def test_the_period_is_a_link_to_the_folder_of_the_latest_run(reports: ReportsFolder) -> None:
    assert reports.target.is_symlink()
    assert not reports.target.readlink().is_absolute(), "the programme may be moved"
    assert reports.published == (reports.parent / f".{PERIOD}-2026-0001").resolve()
    assert ReportsFolder(reports.parent.parent, OTHER_PERIOD).published is None


def test_whoever_looks_sees_one_whole_state_and_never_none(reports: ReportsFolder) -> None:
    seen: list[set[str]] = []
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            seen.append(shown(reports.target.resolve(strict=True)))

    watcher = threading.Thread(target=look)
    with reports.lock():
        watcher.start()
        for number in range(2, 52):
            reports.publish(state(reports, number))
            looked = len(seen)
            while number % 5 == 0 and len(seen) < looked + 2 and watcher.is_alive():
                time.sleep(0.001)
        over.set()
        watcher.join()
        reports.delete_unpublished()
    assert {len(each) for each in seen} == {1}
    assert len({min(each) for each in seen}) > 5, "somebody looked while it changed"
    assert shown(reports.target) == {"51"}
    assert names_in(reports.parent) == {".runs", PERIOD, f".{PERIOD}-2026-0051"}


def test_a_folder_of_an_older_version_is_replaced_by_a_link_once(reports: ReportsFolder) -> None:
    folder = reports.target.resolve()
    reports.target.unlink()
    folder.rename(reports.target)
    for number in (2, 3):
        with reports.lock():
            reports.publish(state(reports, number))
            reports.delete_unpublished()
        assert reports.target.is_symlink()
        assert shown(reports.target) == {str(number)}
        assert len(names_in(reports.parent)) == 3


def test_without_links_the_folder_itself_is_renamed_also_to_and_fro(
    reports: ReportsFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, links in enumerate((True, False, False, True, True, False), 2):
        with monkeypatch.context() as patch, reports.lock():
            if not links:
                patch.setattr(Path, "symlink_to", no_link)
            reports.publish(state(reports, number))
            assert reports.published == reports.target.resolve()
            reports.delete_unpublished()
        assert reports.target.is_symlink() is links
        assert shown(reports.target) == {str(number)}
        assert names_in(reports.parent) == {
            ".runs",
            PERIOD,
            *([f".{PERIOD}-2026-{number:04d}"] if links else []),
        }


def test_a_quarter_is_run_where_there_are_no_links(
    published: Path, quick: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(published)
    monkeypatch.setattr(Path, "symlink_to", no_link)
    for _ in range(3):
        assert set(statuses(quick.run(published)).values()) == {"unchanged"}
        assert contents(published) == before
        assert names_in(published / "reports") == {".runs", PERIOD}
    monkeypatch.undo()


def test_a_link_that_leads_nowhere_is_replaced(reports: ReportsFolder) -> None:
    discard(reports.target.resolve())
    assert reports.published is None
    with reports.lock():
        reports.publish(state(reports, 2))
    assert shown(reports.target) == {"2"}


@pytest.mark.parametrize("links", [True, False])
@pytest.mark.parametrize("error", [PermissionError(13, "in use"), KeyboardInterrupt()], ids=repr)
def test_what_cannot_be_put_in_place_leaves_what_was_published(
    reports: ReportsFolder, monkeypatch: pytest.MonkeyPatch, links: bool, error: BaseException
) -> None:
    def refuses(*_: object) -> None:
        raise error

    with monkeypatch.context() as patch, reports.lock():
        if not links:
            patch.setattr(Path, "symlink_to", no_link)
        patch.setattr(Path, "replace", refuses)
        with pytest.raises(type(error)):
            reports.publish(state(reports, 2))
    assert shown(reports.target) == {"1"}
    assert names_in(reports.parent) == {
        ".runs",
        PERIOD,
        f".{PERIOD}-2026-0001",
        f".{PERIOD}-2026-0002",
    }


DIES = """
import os, signal, sys
from pathlib import Path
from ffanalysis.run.reports_folder import ReportsFolder
def refuses(*_, **__):
    raise OSError("no links here")
if "no links" in sys.argv:
    Path.symlink_to = refuses
Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
reports = ReportsFolder(Path(sys.argv[1]), sys.argv[2])
with reports.lock():
    reports.publish(next(reports.parent.glob(f".{sys.argv[2]}-2026-0002")))
"""


@pytest.mark.parametrize("how", ["links", "no links"])
def test_a_run_killed_while_it_publishes_is_put_right_by_the_next(
    reports: ReportsFolder, how: str
) -> None:
    state(reports, 2)
    words = [sys.executable, "-c", DIES, str(reports.parent.parent), PERIOD, how]
    assert subprocess.run(words, check=False).returncode == -signal.SIGKILL
    assert reports.target.exists() is (how == "links"), (
        "without links there is a moment without a state"
    )
    with reports.lock():
        assert shown(reports.target) == {"1"}
        reports.publish(state(reports, 3))
        reports.delete_unpublished()
    assert shown(reports.target) == {"3"}
    assert names_in(reports.parent) == {".runs", PERIOD, f".{PERIOD}-2026-0003"}


def test_a_whole_folder_that_was_not_published_any_more_is_taken_over(
    published: Path, quick: Quick
) -> None:
    before, reports = contents(published), ReportsFolder(published, PERIOD)
    folder = reports.target.resolve()
    reports.target.rename(folder.with_name(f"{folder.name}.link"))
    summary = quick.run(published)
    assert quick.made == []
    assert set(statuses(summary).values()) == {"published"}
    assert contents(published) == before
    assert only_the_published_is_left(published)


def test_a_link_that_is_left_over_goes_though_it_leads_to_what_is_published(
    reports: ReportsFolder,
) -> None:
    left = reports.parent / f".{PERIOD}-2026-0001.link"
    left.symlink_to(reports.target.resolve().name)
    assert reports.leftovers() == [left]
    reports.delete_unpublished()
    assert names_in(reports.parent) == {".runs", PERIOD, f".{PERIOD}-2026-0001"}
    assert shown(reports.target) == {"1"}


def test_what_other_periods_have_is_left_alone(reports: ReportsFolder, tmp_path: Path) -> None:
    other = ReportsFolder(tmp_path, OTHER_PERIOD)
    with other.lock():
        other.publish(state(other, 7))
        other.create("unfinished")
    with reports.lock():
        reports.publish(state(reports, 2))
        reports.delete_unpublished()
    assert shown(other.target) == {"7"}
    assert (tmp_path / "reports" / f".{OTHER_PERIOD}-unfinished").is_dir()


# Why there is no briefing


def test_a_file_in_the_place_of_the_reports_is_one_sentence(published: Path) -> None:
    target = published / "reports" / PERIOD
    target.unlink()
    target.write_text("not a folder", "utf-8")
    done = command(published)
    said = (
        f"{target} cannot be written to: a file stands where a folder is needed, or the right is"
        " missing."
    )
    assert (done.exit_code, done.stderr) == (11, f"ffanalysis: {said}\n")
    assert target.read_text("utf-8") == "not a folder"


@pytest.mark.parametrize("where", ["reports", "reports/.runs"])
def test_a_file_where_the_reports_folder_should_be_is_one_sentence(
    programme: Path, quick: Quick, where: str
) -> None:
    (programme / where).parent.mkdir(exist_ok=True)
    (programme / where).write_text("not a folder", "utf-8")
    with pytest.raises(
        ReportsBlocked,
        match=r"reports cannot be written to: a file stands where a folder is needed",
    ):
        quick.run(programme)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="who may do anything is refused nothing"
)
def test_reports_that_may_not_be_written_are_one_sentence(published: Path, quick: Quick) -> None:
    before = contents(published)
    (published / "reports").chmod(0o555)
    try:
        with pytest.raises(ReportsBlocked, match="the right is missing"):
            quick.run(published, force=True)
        assert contents(published) == before
    finally:
        (published / "reports").chmod(0o755)


def test_a_new_folder_that_cannot_be_made_is_one_sentence(
    published: Path, quick: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    makes = Path.mkdir

    def refuses(self: Path, *words: object, **more: object) -> None:
        if self.name.startswith(f".{PERIOD}-"):
            raise PermissionError(13, "the right is missing")
        makes(self, *words, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "mkdir", refuses)
    with pytest.raises(ReportsBlocked):
        quick.run(published)
    monkeypatch.undo()
    assert quick.run(published).complete, "the period is free again"


# What somebody else has put there


def test_what_no_run_has_written_is_kept_and_named(published: Path, quick: Quick) -> None:
    reports = published / "reports"
    before = contents(published)
    (reports / PERIOD / "notes").mkdir()
    (reports / PERIOD / "notes" / "director.txt").write_text("ask about Roads", "utf-8")
    (reports / PERIOD / "last-year.html").write_text("an old page", "utf-8")
    (reports / f".{PERIOD}-backup").mkdir()
    (reports / f".{PERIOD}-keep.zip").write_bytes(b"PK")
    summary = quick.run(published)
    assert quick.made == []
    assert contents(published) == before, "nobody takes an old page for a briefing"
    kept = reports / "kept" / PERIOD
    assert (kept / "notes" / "director.txt").read_text("utf-8") == "ask about Roads"
    assert (kept / "last-year.html").read_text("utf-8") == "an old page"
    assert summary.notes[-1] == (
        f"No run has written these files in reports/{PERIOD}; they are in reports/ now:"
        f" kept/{PERIOD}/last-year.html, kept/{PERIOD}/notes/director.txt."
    )
    assert (reports / f".{PERIOD}-backup").is_dir()
    assert (reports / f".{PERIOD}-keep.zip").is_file()
    assert quick.run(published).notes == ()


def test_another_file_of_that_name_is_kept_beside_the_first(published: Path, quick: Quick) -> None:
    reports = published / "reports"
    for text in ("first", "second", "second"):
        (reports / PERIOD / "notes.txt").write_text(text, "utf-8")
        quick.run(published)
    kept = reports / "kept" / PERIOD
    assert {path.name: path.read_text("utf-8") for path in kept.iterdir()} == {
        "notes.txt": "first",
        "notes (2).txt": "second",
    }


def test_a_real_folder_of_that_name_is_kept_as_a_whole(published: Path, quick: Quick) -> None:
    link = published / "reports" / PERIOD
    link.unlink()
    link.mkdir()
    (link / f"{PROJECT}.html").write_text("from before", "utf-8")
    assert quick.run(published, force=True).complete
    kept = published / "reports" / "kept" / PERIOD / f"{PROJECT}.html"
    assert kept.read_text("utf-8") == "from before"
