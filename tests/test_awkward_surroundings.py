"""Rights that are missing, names nobody can show, limits of the system: each is one sentence."""

import ctypes
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from quick import Quick, contents
from rendered import PERIOD

from ffanalysis.cli import main
from ffanalysis.read import load
from ffanalysis.render.page import _with_long_words_broken
from ffanalysis.render.removal import discard

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="rights and limits of Linux")
QUARTER = f"data/raw/{PERIOD}"
REGISTER = (
    "Project,Title,Type of saving,Service,Programme,Status\nAlpha,Alpha,New,Libraries,,Approved\n"
)
# CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH: with them, no right is ever missing.
_OVER_ALL_RIGHTS = 0b110


@contextmanager
def rights_bite() -> Iterator[None]:
    """This thread has only the rights that files give it, also where it is root's."""
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    before = (ctypes.c_uint32 * 6)()
    system = ctypes.CDLL(None)
    system.capget(header, before)
    fewer = (ctypes.c_uint32 * 6)(*before)
    fewer[0] &= ~_OVER_ALL_RIGHTS
    system.capset(header, fewer)
    try:
        yield
    finally:
        system.capset(header, before)


@contextmanager
def closed(path: Path, mode: int = 0) -> Iterator[None]:
    """A folder or file with these rights, and nobody who is above them."""
    before = path.stat().st_mode
    path.chmod(mode)
    try:
        with rights_bite():
            if os.access(path, os.W_OK, effective_ids=True):
                pytest.skip("no right is ever missing here")
            yield
    finally:
        path.chmod(before)


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A programme of two quarters with one project."""
    for period in ("2015-16-Q1", PERIOD):
        folder = tmp_path / "data" / "raw" / period
        folder.mkdir(parents=True)
        (folder / "register.csv").write_text(REGISTER, "utf-8")
    monkeypatch.setenv("FFANALYSIS_ROOT", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(*words: str) -> Result:
    return CliRunner().invoke(main, words)


@pytest.mark.parametrize(
    ("place", "words", "named"),
    [
        (QUARTER, ["check", PERIOD], QUARTER),
        (QUARTER, ["run", PERIOD], QUARTER),
        (QUARTER, ["check", QUARTER], QUARTER),
        ("data/raw", ["check", PERIOD], "data/raw"),
        ("data/raw", ["run", PERIOD], "data/raw"),
    ],
)
@pytest.mark.parametrize("mode", [0, 0o444, 0o111])
def test_a_closed_folder_of_inputs_is_named(
    small: Path, place: str, words: list[str], named: str, mode: int
) -> None:
    with closed(small / place, mode):
        done = call(*words)
    assert (done.exit_code, done.stdout) == (11, "")
    assert done.stderr == (
        f"ffanalysis: The folder {named} cannot be read: the right to list and open its files is"
        " missing. Ask whoever owns it for the right to read.\n"
    )


def test_an_earlier_quarter_that_is_closed_costs_the_movement_alone(small: Path) -> None:
    free = call("check", PERIOD)
    with closed(small / "data/raw/2015-16-Q1"):
        done = call("check", PERIOD)
    assert done.exit_code == free.exit_code
    assert "movement since quarter 2015-16-Q1 cannot be shown in full. The folder" in done.stdout


@pytest.mark.parametrize("kind", ["closed", "file", "loop", "somebody else's"])
def test_a_check_needs_no_right_to_write(small: Path, kind: str) -> None:
    free = call("check", PERIOD)
    (small / QUARTER / "register.csv").write_text(REGISTER + "\n", "utf-8")
    processed = small / "data" / "processed"
    if kind in ("closed", "somebody else's"):
        place = processed if kind == "closed" else processed / PERIOD
        with closed(place, 0 if kind == "closed" else 0o555):
            done = call("check", PERIOD)
    else:
        processed.rename(small / "away")
        processed.symlink_to(processed) if kind == "loop" else processed.write_text("", "utf-8")
        done = call("check", PERIOD)
    assert (done.exit_code, done.stdout, done.stderr) == (free.exit_code, free.stdout, "")


def test_a_run_names_the_folder_of_reports_that_is_closed(published: Path, quick: Quick) -> None:
    before = contents(published)
    reports = published / "reports"
    with closed(reports, 0o555), pytest.raises(Exception, match=f"{reports} cannot be written to"):
        quick.run(published, force=True)
    assert contents(published) == before


NAMES = {
    b"\xff.xlsx": "\\xff.xlsx",
    b"x\ny.csv": "x\\ny.csv",
    "r\u200f.csv".encode(): "r\\u200f.csv",
    b"s.csv ": "'s.csv '",
    b"t.csv.": "'t.csv.'",
    b"register.CSV": "register.csv",
    "e\u0301.csv".encode(): "\u00e9.csv",
}


def test_a_name_that_cannot_be_shown_or_stands_for_two_is_refused_by_name(small: Path) -> None:
    folder = os.fsencode(small / QUARTER)
    for number, name in enumerate(
        [*NAMES, "\u00e9.csv".encode(), b"\xfe.txt", b"n" * 251 + b".csv"]
    ):
        with open(folder + b"/" + name, "w", encoding="utf-8") as file:  # noqa: PTH123 - a name in bytes
            file.write(f"note {number}\n")
    tables = load(PERIOD, small)
    refused = [sentence.split(" cannot be read: ")[0] for sentence in tables.refusals["sentence"]]
    assert sorted(refused) == sorted(NAMES.values())
    assert "\\xfe.txt" in list(tables.unused["workbook"])
    done = call("check", PERIOD, "--format", "json")
    assert done.exit_code == 11
    assert "Traceback" not in done.output


@pytest.mark.parametrize("kind", ["loop", "broken", "folder", "pipe"])
def test_what_is_no_file_under_the_name_of_a_workbook_is_refused(small: Path, kind: str) -> None:
    place = small / QUARTER / "schedule.xlsx"
    makes = {
        "loop": lambda: place.symlink_to(place),
        "broken": lambda: place.symlink_to("nowhere"),
        "folder": place.mkdir,
        "pipe": lambda: os.mkfifo(place),
    }
    makes[kind]()
    (sentence,) = load(PERIOD, small).refusals["sentence"]
    assert sentence.startswith("schedule.xlsx cannot be read: ")


def test_a_folder_goes_whatever_it_holds(tmp_path: Path) -> None:
    kept = tmp_path / "published"
    kept.mkdir()
    (kept / "index.html").write_text("kept", "utf-8")
    top = tmp_path / "scratch"
    (top / "closed" / "inside").mkdir(parents=True)
    (top / "closed" / "link").symlink_to(kept)
    (top / "closed" / "inside").chmod(0)
    (top / "closed").chmod(0)
    here = os.open(top, os.O_RDONLY)
    for _ in range(1500):  # beyond the depth of Python and the length of a path
        os.mkdir("deeper", dir_fd=here)
        below = os.open("deeper", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    with rights_bite():
        assert discard(top)
    assert not top.exists()
    assert (kept / "index.html").read_text("utf-8") == "kept"


def command(words: str, before: object = None) -> subprocess.CompletedProcess[str]:
    script = f'exec "$0" -m ffanalysis {words}'
    return subprocess.run(
        ["sh", "-c", f"{before or ':'}; {script}", sys.executable],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("words", "before", "code", "said"),
    [
        ("runs <&- >&- 2>&-", "", 0, ""),
        ("runs nothing 2>/dev/full", "", 2, ""),
        ("runs", "ulimit -v 60000", 13, "memory"),
    ],
)
def test_streams_and_memory(small: Path, words: str, before: str, code: int, said: str) -> None:
    assert small.is_dir()
    done = command(words, before)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_too_few_open_files_are_one_sentence(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert small.is_dir()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)

    def opens(*_: object) -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
        try:
            os.open(os.devnull, os.O_RDONLY)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    monkeypatch.setattr("ffanalysis.read.load", opens)
    done = call("check", PERIOD)
    assert done.exit_code == 13
    assert "too few open files" in done.stderr


def test_long_words_may_be_broken_and_other_text_stays_as_it_is() -> None:
    page = f'<style>a{"b" * 400}</style><p title="{"c" * 400}">{"d" * 200} &amp; {"e" * 199}</p>'
    broken = _with_long_words_broken(page)
    assert broken.replace("\u200b", "") == page
    assert [len(part) for part in broken.split("\u200b")][1:] == [
        len(broken) - broken.index("\u200b") - 1
    ]
