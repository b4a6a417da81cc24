"""The results of a run so far, a line for each task.

The next run continues from it where this one is killed; at the end run.json takes its place.
"""

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ffanalysis.errors import ReportsChanged
from ffanalysis.render.task import Result, Task, sha256

PROGRAMME, RECONCILIATION = "programme", "reconciliation"  # the tasks that are no project's
JOURNAL, MANIFEST = "progress.jsonl", "run.json"
_TEXTS = ("as_of", "verdict", "tables_digest")  # entries of a manifest that the next run repeats


class Journal:
    """The journal of a run, in the folder that it fills.

    Each line is handed to the system before the run goes on.
    """

    def __init__(self, folder: Path) -> None:
        self._file = (folder / JOURNAL).open("a", encoding="utf-8")

    def write(self, result: Result) -> None:
        self._file.write(json.dumps(asdict(result), ensure_ascii=False) + "\n")
        self._file.flush()

    def close(self) -> None:
        self._file.close()


def has_lines(folder: Path) -> bool:
    """Whether a run has recorded any result in the folder."""
    journal = folder / JOURNAL
    return journal.is_file() and journal.stat().st_size > 0


def load_results(folder: Path) -> dict[str, Result]:
    """The published results in a folder's manifest, or in the journal of a run that stopped early.

    By name. Entries may have been edited by hand: one that is not in order is left out, and what
    its files hold must be checked before it is used.
    """
    found: dict[str, Result] = {}
    for entry in _entries(folder):
        try:
            if entry["key"] and entry["status"] in ("published", "unchanged"):
                found[entry["name"]] = Result(**{**entry, **_restored(entry)})
        except (LookupError, TypeError, ValueError):
            continue
    return found


def _restored(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What JSON gives back otherwise than it was written."""
    lists = {name: tuple(entry.get(name, ())) for name in ("remarks", "notice")}
    return {"outputs": dict(entry["outputs"]), **lists}


def _entries(folder: Path) -> Iterator[dict[str, Any]]:
    try:
        entries = json.loads((folder / MANIFEST).read_text("utf-8"))["results"]
    except FileNotFoundError:
        entries = list(_journal_entries(folder))
    except (OSError, ValueError, LookupError, TypeError):
        entries = []  # a manifest that was edited by hand
    if isinstance(entries, list):
        yield from (entry for entry in entries if isinstance(entry, dict))


def _journal_entries(folder: Path) -> Iterator[Any]:
    with suppress(OSError, UnicodeDecodeError):
        for line in (folder / JOURNAL).read_text("utf-8").splitlines():
            with suppress(ValueError):  # the last line of a killed run may be cut short
                yield json.loads(line)


def manifest_of(folder: Path, period: str) -> dict[str, Any]:
    """The manifest of a published folder as the run wrote it. Raises ReportsChanged."""
    manifest = _manifest_in(folder)
    if not all(manifest.get(name) for name in ("outputs", "inputs", "results")):
        raise ReportsChanged(period, MANIFEST)
    return manifest


def _manifest_in(folder: Path | None) -> dict[str, Any]:
    """The manifest of a folder; an empty one where it has none that can be read."""
    try:
        found = json.loads(((folder or Path()) / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def verify_unchanged(
    folder: Path, whole: str, results: Mapping[str, Result], period_files: Iterable[str]
) -> dict[str, Any] | None:
    """The manifest of a folder that holds exactly what it lists, all made from the same inputs.

    `whole` is the fingerprint of those inputs, `results` what `load_results` gives for the folder,
    `period_files` the files that belong to no result. None where anything differs.
    """
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
        if (
            manifest["whole"] == whole
            and manifest["warnings"] == []
            and _has_exactly(folder, manifest["outputs"], results, period_files)
            and all(isinstance(manifest[name], str) for name in _TEXTS)
        ):
            return manifest
    except (OSError, ValueError, LookupError, TypeError):
        pass  # a manifest that was edited by hand
    return None


def _has_exactly(
    folder: Path, outputs: Any, results: Mapping[str, Result], period_files: Iterable[str]
) -> bool:
    """Whether the files in a folder are those of its results and period, with these digests."""
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    there -= {MANIFEST}
    expected = {*period_files, *(file for result in results.values() for file in result.outputs)}
    return there == expected and outputs == {file: sha256(folder / file) for file in there}


def written(folder: Path) -> set[str]:
    """The files that the run of a folder's manifest wrote; none where it has none to be read."""
    try:
        return set(json.loads((folder / MANIFEST).read_text("utf-8"))["outputs"])
    except (OSError, ValueError, LookupError, TypeError):
        return set()


def endings_of(folder: Path | None) -> list[tuple[str, str]]:
    """Each task of a folder's manifest with how it ended; none where it has none to be read."""
    try:
        return [
            (str(each["name"]), str(each["status"])) for each in _manifest_in(folder)["results"]
        ]
    except (LookupError, TypeError):
        return []


def preparers_of(folder: Path | None) -> list[str]:
    """Who prepared what a folder's manifest is of; nobody where it does not say."""
    found = _manifest_in(folder).get("prepared_by")
    return [*map(str, found)] if isinstance(found, list) else []


def inputs_read(folder: Path | None) -> dict[str, str]:
    """The inputs that the run of a folder's manifest read, with their sha256; none without one."""
    found = _manifest_in(folder).get("inputs")
    return found if isinstance(found, dict) else {}


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write the manifest in one step and delete the journal.

    A run that is killed leaves one of the two.
    """
    part = folder / f".{MANIFEST}"
    part.write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", "utf-8")
    part.replace(folder / MANIFEST)
    (folder / JOURNAL).unlink(missing_ok=True)


def is_up_to_date(result: Result | None, task: Task, folder: Path) -> bool:
    """Whether a folder has a task's files unchanged, made from what it would be made from now."""
    return (
        result is not None
        and result.key == task.cache_key
        and set(result.outputs) == set(task.files)
        and all(
            (folder / file).is_file() and sha256(folder / file) == result.outputs[file]
            for file in task.files
        )
    )


def link_or_copy(files: Iterable[str], source: Path, folder: Path) -> None:
    """Take files over from another folder: as hard links where the system can, else as copies."""
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(source / file, folder / file)
        except OSError:
            shutil.copy2(source / file, folder / file)
