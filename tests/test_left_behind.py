"""Temporary folders of runs that were killed: the next run deletes these and no other."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from quick import names_in

from ffanalysis.run import left_behind
from ffanalysis.run.left_behind import TemporaryFolder, discard_orphans

KILLED = """
import os, signal, sys
from ffanalysis.run.left_behind import TemporaryFolder, socket_folder_of_process
folder = TemporaryFolder()
(folder.path / "in").symlink_to(sys.argv[1])
print(socket_folder_of_process(), flush=True)
if sys.argv[2:]:
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The system's folder for temporary files, which is empty, and not too deep for sockets."""
    with tempfile.TemporaryDirectory(prefix="t-") as folder:
        monkeypatch.setattr(left_behind, "temporary_folder", lambda: folder)
        yield Path(folder)


def run_that_ends(temporary: Path, *words: str) -> None:
    subprocess.run(
        [sys.executable, "-c", KILLED, *words],
        env={**os.environ, "TMPDIR": str(temporary)},
        check=False,
        stdout=subprocess.DEVNULL,
    )


def test_what_a_killed_run_has_left_goes_and_links_in_it_are_not_followed(
    temporary: Path, tmp_path: Path
) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "a.txt").touch()
    run_that_ends(temporary, str(notes), "killed")
    assert len(names_in(temporary)) == 2
    living = TemporaryFolder()
    discard_orphans()
    assert names_in(temporary) == {living.path.name}
    assert names_in(notes) == {"a.txt"}
    run_that_ends(temporary, str(notes))
    assert living.path.is_dir(), "another process leaves alone what lives"
    living.close()
    assert len(names_in(temporary)) == 1, "the other has ended, and not closed its own"


def test_what_is_not_a_runs_stays(temporary: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "owner.lock").touch()
    for name in (
        "ff-run-x",
        "ff-run-UPPERCAS",
        "ff-run-abcdefghi",
        "ff-new-abcdefgh",
        "tmpabcdefgh",
    ):
        (temporary / name).mkdir()
        (temporary / name / "owner.lock").touch()
    (temporary / "ff-run-nothingx").mkdir()
    (temporary / "ff-run-a_link_x").symlink_to(elsewhere)
    (temporary / "ff-run-linkedxx").mkdir()
    (temporary / "ff-run-linkedxx" / "owner.lock").symlink_to(elsewhere / "owner.lock")
    (temporary / "ff-run-a_file_x").touch()
    before = names_in(temporary)
    discard_orphans()
    assert names_in(temporary) == before
    assert names_in(elsewhere) == {"owner.lock"}
    (temporary / "ff-run-orphanxx").mkdir()
    (temporary / "ff-run-orphanxx" / "owner.lock").touch()
    discard_orphans()
    assert names_in(temporary) == before
