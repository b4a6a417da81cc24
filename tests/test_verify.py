"""Verify: whatever a release has that it must not have, and copies of it in other places."""

import json
import os
import shutil
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

from ffanalysis.chain import Chain, head_of
from ffanalysis.cli import main
from ffanalysis.deliver import kept
from ffanalysis.errors import ReleaseUnknown
from ffanalysis.figures import Figure, counted
from ffanalysis.present.words import opening_text
from ffanalysis.verify import is_shown

PERIOD = "2015-16-Q2"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A release of two files, with a line in the journal."""
    reports = tmp_path / "reports"
    chain = Chain(reports, PERIOD)
    part = reports / "released" / PERIOD / ".1"
    (part / "pages").mkdir(parents=True)
    (part / "pages" / "index.html").write_text("index", "utf-8")
    (part / "pages" / "alpha.html").write_text("alpha", "utf-8")
    facts = {"by": "Head", "digest": "d", "pages": {}, "withheld": []}
    about = {"period": PERIOD, "number": 1, **facts}
    made = kept.folder_of(reports, PERIOD, 1)
    recorded = kept.keep(part, made, about, head_of(chain.lines()))
    chain.add("released", {"number": 1, "manifest": recorded, **facts})
    return made


def writable(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755)


def test_it_holds_and_nothing_is_said(folder: Path) -> None:
    assert kept.verify(folder) == kept.Verdict(folder, 2, ())


def link_beside(folder: Path) -> None:
    (folder / "pages" / "more.html").symlink_to("index.html")


def link_in_place(folder: Path) -> None:
    (folder / "pages" / "index.html").rename(folder.parent / "index.html")
    (folder / "pages" / "index.html").symlink_to(folder.parent / "index.html")


def link_to_folder(folder: Path) -> None:
    (folder / "elsewhere").symlink_to(folder / "pages", target_is_directory=True)


def empty_folder(folder: Path) -> None:
    (folder / "pages" / "notes").mkdir()


def pipe(folder: Path) -> None:
    os.mkfifo(folder / "pages" / "pipe")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (link_beside, "pages/more.html is a link: a release has files of its own alone."),
        (link_in_place, "pages/index.html is a link: a release has files of its own alone."),
        (link_to_folder, "elsewhere is a link: a release has files of its own alone."),
        (empty_folder, "pages/notes is an empty folder, which no release has."),
        (pipe, "pages/pipe is no file."),
    ],
)
def test_what_no_release_has_is_named(
    folder: Path, spoil: Callable[[Path], None], said: str
) -> None:
    writable(folder)
    spoil(folder)
    assert kept.verify(folder).faults == (said,)


def test_a_right_to_write_is_a_remark(folder: Path) -> None:
    (folder / "pages" / "index.html").chmod(0o644)
    verdict = kept.verify(folder)
    assert verdict.faults == ()
    assert verdict.remarks == (
        f"pages/index.html may be written to: take the right away (chmod -R a-w {folder}).",
    )


def test_a_file_that_cannot_be_read_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def sha256(path: Path) -> str:
        if path.name == "alpha.html":
            raise PermissionError(13, "Permission denied", str(path))
        return digest(path)

    digest = kept.sha256
    monkeypatch.setattr(kept, "sha256", sha256)
    assert kept.verify(folder).faults == ("pages/alpha.html cannot be read.",)


@pytest.mark.parametrize("place", [f"{PERIOD}/2", "2015-16-Q3/1", "other/1"])
def test_a_copy_in_the_place_of_another_release_does_not_hold(folder: Path, place: str) -> None:
    copy = shutil.copytree(folder, folder.parents[1] / place)
    period, number = place.split("/")
    assert kept.verify(copy).faults[0] == (
        f"This is release 1 of {PERIOD}, in the place of release {number} of {period}: it is a"
        " copy, and proves nothing here."
    )


def test_of_a_copy_elsewhere_it_is_said_what_was_not_checked(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "for the auditor" / "copy")
    verdict = kept.verify(copy)
    assert verdict.faults == ()
    assert "was not checked: name the journal with --journal FILE." in verdict.remarks[0]
    journal = folder.parents[2] / "journal" / f"{PERIOD}.jsonl"
    assert kept.verify(copy, journal).faults == ()
    told = CliRunner().invoke(main, ["verify", str(copy)])
    assert (told.exit_code, "was not checked" in told.output) == (0, True)
    # A copy whose page and manifest were both changed holds by itself, and not by the journal.
    writable(copy)
    (copy / "pages" / "index.html").write_text("other", "utf-8")
    facts = json.loads((copy / "manifest.json").read_text("utf-8"))
    facts["files"] = kept.file_digests(copy)
    (copy / "manifest.json").write_text(json.dumps(facts), "utf-8")
    assert kept.verify(copy).faults == ()
    assert kept.verify(copy, journal).faults == (
        "manifest.json is not the one that the journal recorded for release 1.",
    )
    words = ["verify", str(copy), "--journal", str(journal)]
    assert CliRunner().invoke(main, words).exit_code == 12


def test_a_journal_that_is_missing_or_no_file_is_named(folder: Path, tmp_path: Path) -> None:
    journal = folder.parents[2] / "journal" / f"{PERIOD}.jsonl"
    journal.rename(tmp_path / "away.jsonl")
    (fault,) = kept.verify(folder).faults
    assert fault == (
        f"The journal of {PERIOD} knows no release 1: {journal} is missing. Restore it from a"
        " backup."
    )
    (fault,) = kept.verify(folder, tmp_path).faults
    assert fault == f"The journal {tmp_path} cannot be read: Is a directory."


def test_a_folder_without_a_manifest_is_no_release(tmp_path: Path) -> None:
    for text in ("", "{}", "[" * 100_000, '{"files": [], "period": 1, "number": 1, "journal": {}}'):
        (tmp_path / "manifest.json").write_text(text, "utf-8")
        with pytest.raises(ReleaseUnknown):
            kept.verify(tmp_path)


def test_a_manifest_that_may_not_be_read_is_said_to_be_closed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(path: Path, *_: object) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_text", closed)
    told = CliRunner().invoke(main, ["verify", str(folder)])
    assert (told.exit_code, "manifest.json cannot be used: the right" in told.output) == (13, True)


def test_every_count_in_words_is_read_back() -> None:
    for number in range(1, 120):
        text = opening_text(Figure("n", counted(map(str, range(number))), "count"))
        assert is_shown(text, Fraction(number), "count"), text
