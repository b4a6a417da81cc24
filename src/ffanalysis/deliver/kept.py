"""What was released, kept whole: every page with its workbooks, unchangeable, and its manifest.

A release is a folder `reports/released/<period>/<n>/`. Its `manifest.json` has the sha256 of every
file in it and the head of the journal at that time; the journal's line has that of the manifest.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ffanalysis.chain import Chain, Head, Line
from ffanalysis.errors import JournalBroken, ReleaseUnknown
from ffanalysis.render.task import sha256

RELEASED, MANIFEST = "released", "manifest.json"
PAGES, INPUTS, SUPERSEDED = "pages", "inputs", "superseded"
_MOST_NAMED = 12


def folder_of(reports: Path, period: str, number: int) -> Path:
    """Where a release is kept."""
    return reports / RELEASED / period / str(number)


def next_number(reports: Path, period: str, last: int) -> int:
    """The number of a new release: behind the last in the journal, and behind all that are kept.

    A folder that the journal does not know was left by a command that was killed, or the journal
    was lost: either way it stays.
    """
    folder = reports / RELEASED / period
    names = (path.name for path in folder.iterdir()) if folder.is_dir() else ()
    return 1 + max([last, *(int(name) for name in names if name.isdecimal())])


def digest_of(files: Mapping[str, str]) -> str:
    """One digest of files, by their sha256: of the figures, where they are the pages."""
    return hashlib.sha256(json.dumps(dict(sorted(files.items()))).encode()).hexdigest()


def file_digests(folder: Path) -> dict[str, str]:
    """The sha256 of each file below a folder by its path in it, its own manifest left out."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    names = ((path.relative_to(folder).as_posix(), path) for path in found)
    return {name: sha256(path) for name, path in names if name != MANIFEST}


def keep(part: Path, target: Path, about: Mapping[str, Any], head: Head) -> str:
    """Write the manifest of a filled folder, and put it unchangeable in its place, in one step.

    Gives the sha256 of the manifest.
    """
    facts = {
        **about,
        "journal": {"number": head.number, "digest": head.digest},
        "files": file_digests(part),
    }
    text = json.dumps(facts, indent=1, ensure_ascii=False) + "\n"
    (part / MANIFEST).write_text(text, "utf-8")
    part.rename(target)
    _make_unchangeable(target)
    return hashlib.sha256(text.encode()).hexdigest()


def _make_unchangeable(folder: Path) -> None:
    """Take away the right to write, from the files first and the folders after them."""
    for place, _, names in os.walk(folder, topdown=False):
        for name in names:
            Path(place, name).chmod(0o444)
        Path(place).chmod(0o555)


@dataclass(frozen=True)
class Verdict:
    """Whether a release holds: what is wrong, a sentence each; none where it does."""

    folder: Path
    files: int
    faults: tuple[str, ...]


def verify(folder: Path) -> Verdict:
    """Compare what is kept of a release with its manifest, and this with the journal.

    Raises ReleaseUnknown where the folder is no release.
    """
    manifest = manifest_in(folder)
    files: dict[str, str] = manifest["files"]
    faults = [*_files_changed(folder, files), *_journal_faults(folder, manifest)]
    return Verdict(folder, len(files), tuple(faults))


def manifest_in(folder: Path) -> dict[str, Any]:
    """The manifest of a release. Raises ReleaseUnknown."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
        head = manifest["journal"]
        kinds = (
            (manifest["files"], dict),
            (manifest["period"], str),
            (manifest["number"], int),
            (head["number"], int),
            (head["digest"], str),
        )
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise ReleaseUnknown(folder) from error
    if not all(isinstance(value, kind) for value, kind in kinds):
        raise ReleaseUnknown(folder)
    return manifest


def _files_changed(folder: Path, files: Mapping[str, str]) -> Iterator[str]:
    there = file_digests(folder)
    named = {
        "was changed": [name for name in files if name in there and there[name] != files[name]],
        "is missing": [name for name in files if name not in there],
        "was added": [name for name in there if name not in files],
    }
    for what, names in named.items():
        for name in names[:_MOST_NAMED]:
            yield f"{name} {what}."
        if len(names) > _MOST_NAMED:
            yield f"The same of {len(names) - _MOST_NAMED:,} more files."


def _journal_faults(folder: Path, manifest: Mapping[str, Any]) -> Iterator[str]:
    """What of the manifest the journal does not bear out."""
    period, number = manifest["period"], manifest["number"]
    reports = folder.resolve().parents[2]
    try:
        lines = Chain(reports, period).lines()
    except JournalBroken as error:
        yield str(error)
        return
    head = manifest["journal"]
    if not _has_line(lines, head["number"], head["digest"]):
        yield (
            f"The journal of {period} does not have the line {head['number']:,} that it had when"
            " this was released: lines were changed or cut off."
        )
    released = (
        line for line in lines if line.event == "released" and line.facts.get("number") == number
    )
    line = next(released, None)
    if line is None:
        yield f"The journal of {period} knows no release {number:,}."
    elif other := [name for name in _SAME if line.facts.get(name) != manifest.get(name)]:
        yield f"The journal and {MANIFEST} differ in: {', '.join(other)}."
    elif line.facts.get("manifest") != sha256(folder / MANIFEST):
        yield f"{MANIFEST} is not the one that the journal recorded for release {number:,}."


# What the line of a release and its manifest say alike.
_SAME = (
    "by",
    "account",
    "note",
    "prepared_by",
    "digest",
    "pages",
    "withheld",
    "explained",
    "editions",
    "at",
)


def _has_line(lines: list[Line], number: int, digest: str) -> bool:
    return number == 0 or (len(lines) >= number and lines[number - 1].digest == digest)
