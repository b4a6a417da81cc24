"""What a run has made so far, a line for each task.

From it a run that was killed goes on, and run.json is made at the end.
"""

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ffanalysis.render.task import Result, Task, sha256

JOURNAL, MANIFEST = "progress.jsonl", "run.json"


class Journal:
    """The journal of a run, in the folder that it fills.

    Each line is on its way to the disk before the run goes on.
    """

    def __init__(self, folder: Path) -> None:
        self._file = (folder / JOURNAL).open("a", encoding="utf-8")

    def write(self, result: Result) -> None:
        self._file.write(json.dumps(asdict(result), ensure_ascii=False) + "\n")
        self._file.flush()

    def close(self) -> None:
        self._file.close()


def has_lines(folder: Path) -> bool:
    """Whether a run has written down anything in the folder."""
    journal = folder / JOURNAL
    return journal.is_file() and journal.stat().st_size > 0


def made_in(folder: Path) -> dict[str, Result]:
    """What a folder's manifest, or the journal of a run that did not end, says was made there, by name; nothing is trusted."""
    found: dict[str, Result] = {}
    for entry in _entries(folder):
        try:
            if entry["key"] and entry["status"] in ("published", "unchanged"):
                found[entry["name"]] = Result(**{**entry, "outputs": dict(entry["outputs"])})
        except (LookupError, TypeError, ValueError):
            continue
    return found


def _entries(folder: Path) -> Iterator[dict[str, Any]]:
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        entries = manifest["results"]
    except FileNotFoundError:
        entries = []
        with suppress(OSError, UnicodeDecodeError):
            for line in (folder / JOURNAL).read_text("utf-8").splitlines():
                with suppress(ValueError):  # the last line of a killed run may be cut short
                    entries.append(json.loads(line))
    except (OSError, ValueError, LookupError, TypeError):
        # A manifest that somebody has changed vouches for nothing.
        entries = []
    yield from (
        (entry for entry in entries if isinstance(entry, dict)) if isinstance(entries, list) else ()
    )


def untouched(
    folder: Path, whole: str, made: Mapping[str, Result], more: Iterable[str]
) -> dict[str, Any] | None:
    """The manifest of a folder that still holds exactly what it says, all of it made from what `whole` stands for.

    `made` is what was made there, as `made_in` gives it, `more` the files beside those.
    """
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
        there = {
            path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
        } - {MANIFEST}
        if (
            manifest["whole"] == whole
            and manifest["warnings"] == []
            and there == {*more, *(file for result in made.values() for file in result.outputs)}
            and manifest["outputs"] == {file: sha256(folder / file) for file in there}
            and all(
                isinstance(manifest[name], str) for name in ("as_of", "verdict", "tables_digest")
            )
        ):
            return manifest
    except (OSError, ValueError, LookupError, TypeError):
        pass  # nor does a manifest that somebody has changed vouch for anything
    return None


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write the manifest in one step, so that a run that is killed leaves it or its journal.

    Then the journal has done its work.
    """
    part = folder / f".{MANIFEST}"
    part.write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", "utf-8")
    part.replace(folder / MANIFEST)
    (folder / JOURNAL).unlink(missing_ok=True)


def holds(result: Result | None, task: Task, folder: Path) -> bool:
    """Whether a folder still has exactly what was made there of this task, from exactly what it would be made from now."""
    return (
        result is not None
        and result.key == task.key
        and set(result.outputs) == set(task.files)
        and all(
            (folder / file).is_file() and sha256(folder / file) == result.outputs[file]
            for file in task.files
        )
    )


def carry(files: Iterable[str], source: Path, folder: Path) -> None:
    """Take files over from another folder.

    The same file under a second name where the system can, else a copy.
    """
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(source / file, folder / file)
        except OSError:
            shutil.copy2(source / file, folder / file)
