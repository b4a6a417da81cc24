"""What was released, kept whole: every page with its workbooks, unchangeable, and its manifest.

A release is a folder `reports/released/<period>/<n>/`. Its `manifest.json` has the sha256 of every
file in it and the head of the journal at that time; the journal's line has that of the manifest.
"""

import hashlib
import json
import os
import stat
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ffanalysis.chain import Chain, Head, Line
from ffanalysis.errors import JournalBroken, ReleaseUnknown
from ffanalysis.render.task import sha256
from ffanalysis.run import confidential

RELEASED, MANIFEST = "released", "manifest.json"
PAGES, INPUTS, SUPERSEDED = "pages", "inputs", "superseded"
_MOST_NAMED = 12


def folder_of(reports: Path, period: str, number: int) -> Path:
    """Where a release is kept."""
    return reports / RELEASED / period / str(number)


def confidential_folder(project: str) -> str:
    """Where a release has the pages of a confidential project, beside those of all others."""
    return f"{confidential.FOLDER}/{project}"


def page_in(pages: Collection[str], project: str, kind: str) -> str:
    """The one of these paths that is a project's page or document; "" for none."""
    places = (f"{project}.{kind}", f"{confidential_folder(project)}/{project}.{kind}")
    return next((place for place in places if place in pages), "")


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
    """The sha256 of each file below a folder by its path in it, its own manifest left out.

    One that cannot be read has "". No link is followed.
    """
    found = sorted(name for name, mode in _inside(folder) if stat.S_ISREG(mode))
    return {name: _digest_if_read(folder / name) for name in found if name != MANIFEST}


def _inside(folder: Path) -> Iterator[tuple[str, int]]:
    """What is below a folder, itself as ".": each path in it, and what the system says it is."""
    yield ".", folder.lstat().st_mode
    for place, folders, files in os.walk(folder):
        for name in sorted([*folders, *files]):
            path = Path(place, name)
            yield path.relative_to(folder).as_posix(), path.lstat().st_mode


def _digest_if_read(path: Path) -> str:
    with suppress(OSError):
        return sha256(path)
    return ""


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
    make_unchangeable(target)
    return hashlib.sha256(text.encode()).hexdigest()


def make_unchangeable(folder: Path) -> None:
    """Take away the right to write, from the files first and the folders after them."""
    for place, _, names in os.walk(folder, topdown=False):
        for name in names:
            Path(place, name).chmod(0o444)
        Path(place).chmod(0o555)


@dataclass(frozen=True)
class Verdict:
    """Whether a release holds: what is wrong, a sentence each; none where it does.

    `remarks` say what was not checked, or costs nothing.
    """

    folder: Path
    files: int
    faults: tuple[str, ...]
    remarks: tuple[str, ...] = ()


def verify(folder: Path, journal: Path | None = None) -> Verdict:
    """Compare what is kept of a release with its manifest, and this with the journal.

    The journal is that of the programme in which the folder stands, or the file that is given. Of a
    copy that stands anywhere else, without a journal, the files alone are compared. Raises
    ReleaseUnknown where the folder is no release.
    """
    manifest = manifest_in(folder)
    files: dict[str, str] = manifest["files"]
    faults = [*_misplaced(folder, manifest), *_strange(folder), *_files_changed(folder, files)]
    place = journal or _own_journal(folder, manifest["period"])
    if place:
        faults += _journal_faults(folder, manifest, place)
    unchecked = () if place else (_WITHOUT_JOURNAL,)
    return Verdict(folder, len(files), tuple(faults), (*unchecked, *_writable(folder)))


_WITHOUT_JOURNAL = (
    "This folder is not in the reports/released of a programme, so it was compared with its own"
    " manifest alone. Whether this manifest is the one that was released was not checked: name the"
    " journal with --journal FILE."
)


def _is_in_place(folder: Path) -> bool:
    """Whether a folder stands where a programme keeps its releases."""
    return folder.resolve().parents[1].name == RELEASED


def _own_journal(folder: Path, period: str) -> Path | None:
    """The journal of the programme in which the folder stands; None for a copy elsewhere."""
    return Chain(folder.resolve().parents[2], period).path if _is_in_place(folder) else None


def _misplaced(folder: Path, manifest: Mapping[str, Any]) -> Iterator[str]:
    """That a release stands in the place of another."""
    stands, said = folder.resolve().parts[-2:], (manifest["period"], str(manifest["number"]))
    if _is_in_place(folder) and stands != said:
        yield (
            f"This is release {said[1]} of {said[0]}, in the place of release {stands[1]} of"
            f" {stands[0]}: it is a copy, and proves nothing here."
        )


def _strange(folder: Path) -> Iterator[str]:
    """What is in the folder and is no file with a content of its own."""
    found = dict(_inside(folder))
    full = {str(Path(name).parent.as_posix()) for name in found if name != "."}
    for name, mode in found.items():
        if stat.S_ISLNK(mode):
            yield f"{name} is a link: a release has files of its own alone."
        elif stat.S_ISDIR(mode) and name not in full:
            yield f"{name} is an empty folder, which no release has."
        elif not (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):
            yield f"{name} is no file."


def _writable(folder: Path) -> Iterator[str]:
    """That something may be written to, which was read-only when it was released."""
    may = [name for name, mode in _inside(folder) if mode & _WRITE and not stat.S_ISLNK(mode)]
    if may and os.name == "posix":
        first = folder.name if may[0] == "." else may[0]
        more = f" and {len(may) - 1:,} more" if len(may) > 1 else ""
        yield f"{first}{more} may be written to: take the right away (chmod -R a-w {folder})."


_WRITE = 0o222


def manifest_in(folder: Path) -> dict[str, Any]:
    """The manifest of a release. Raises ReleaseUnknown, and PermissionError where it is closed."""
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
    except PermissionError:
        raise
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise ReleaseUnknown(folder) from error
    if not all(isinstance(value, kind) for value, kind in kinds):
        raise ReleaseUnknown(folder)
    return manifest


def _files_changed(folder: Path, files: Mapping[str, str]) -> Iterator[str]:
    there = file_digests(folder)
    # A link in the place of a file is told as a link.
    links = {name for name, mode in _inside(folder) if not stat.S_ISREG(mode)}
    named = {
        "cannot be read": [name for name, digest in there.items() if not digest],
        "was changed": [name for name in files if there.get(name) and there[name] != files[name]],
        "is missing": [name for name in files if name not in there and name not in links],
        "was added": [name for name in there if name not in files],
    }
    for what, names in named.items():
        for name in names[:_MOST_NAMED]:
            yield f"{name} {what}."
        if len(names) > _MOST_NAMED:
            yield f"The same of {len(names) - _MOST_NAMED:,} more files."


def _journal_faults(folder: Path, manifest: Mapping[str, Any], journal: Path) -> Iterator[str]:
    """What of the manifest the journal does not bear out."""
    period, number = manifest["period"], manifest["number"]
    try:
        lines = Chain.in_file(journal).lines() if journal.exists() else None
    except JournalBroken as error:
        yield str(error)
        return
    except OSError as error:
        yield f"The journal {journal} cannot be read: {error.strerror}."
        return
    if lines is None:
        yield (
            f"The journal of {period} knows no release {number:,}: {journal} is missing. Restore it"
            " from a backup."
        )
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
    *("by", "account", "note", "prepared_by", "digest", "inputs", "pages", "withheld", "explained"),
    *("explained_until", "editions", "spreadsheet", "at"),
)


def _has_line(lines: list[Line], number: int, digest: str) -> bool:
    return number == 0 or (len(lines) >= number and lines[number - 1].digest == digest)
