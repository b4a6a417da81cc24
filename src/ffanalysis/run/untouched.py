"""Whether what a run has read and made is still what it was when it comes to be published.

The code of a notebook runs with the rights of whoever started the run: nothing keeps it from other
files. So each file has its sha256 taken where it is made, and is compared with it before it is used
again and before anything is published.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from stat import S_ISREG

from ffanalysis.errors import FileTampered
from ffanalysis.read import inputs_of, quarters_before
from ffanalysis.render.task import sha256
from ffanalysis.run.inputs import notebooks_folder

PROCESSED = "data/processed"
Marks = Mapping[str, tuple[int, int, int]]


class Untouched:
    """What a run reads, and what was published before it, as they were when the run took them.

    `copy` is the run's own copy of the programme in `root`, with the digests of its files in
    `inputs`; `published` the folder that the period has now.
    """

    def __init__(
        self,
        root: Path,
        copy: Path,
        period: str,
        inputs: Mapping[str, str],
        published: Path | None,
    ) -> None:
        self.root, self.copy, self.period, self.inputs = root, copy, period, inputs
        self._published, self._marks = published, marks_of(published)
        self._tables: dict[str, str] = {}
        self._stored: dict[str, str] = {}

    def take_tables(self) -> None:
        """Take the tables as they are, now that the period was read."""
        self._tables = digests_of(self.copy / PROCESSED)
        self._stored = digests_of(self.root / PROCESSED / self.period)

    def verify_copy(self) -> None:
        """Raise FileTampered where something else has changed what the run reads."""
        verify(self.copy, self.inputs, leaving_out=PROCESSED)
        verify_files(self.copy / PROCESSED, self._tables)

    def changes(self) -> list[str]:
        """What was changed beside the run's own files while it went on, in sentences.

        Raises FileTampered for a table that the next run would rely on, unless somebody has changed
        what it was read from, too.
        """
        inputs = changed_inputs(self.root, self.period, self.inputs)
        if not inputs:
            _verify_store(self.root / PROCESSED / self.period, self._stored)
        now = marks_of(self._published)
        replaced = sorted(name for name, mark in self._marks.items() if now.get(name) != mark)
        return [*map(_changed_words, inputs), *(self._replaced_words(name) for name in replaced)]

    def _replaced_words(self, name: str) -> str:
        return (
            f"reports/{self.period}/{name} was changed by something else while the run went on,"
            " perhaps by the code of a notebook; what this run has made is in its place now."
        )


def _changed_words(name: str) -> str:
    return (
        f"{name} was changed while the run went on: these reports are of it as it was before. Run"
        " the quarter again."
    )


def _files_in(folder: Path, leaving_out: str = "") -> Iterator[tuple[str, bool]]:
    """What is in a folder but in one folder of it: the path of each, and whether it is a file.

    What is neither a file nor a folder, such as a link to elsewhere, no run has written.
    """
    for place, folders, files in os.walk(folder):
        links = [name for name in folders if Path(place, name).is_symlink()]
        folders[:] = [name for name in folders if Path(place, name) != folder / leaving_out]
        for name in (*files, *links):
            path = Path(place, name)
            yield path.relative_to(folder).as_posix(), S_ISREG(path.lstat().st_mode)


def digests_of(folder: Path) -> dict[str, str]:
    """The sha256 of each file in a folder, by its path there."""
    return {name: sha256(folder / name) for name, is_file in _files_in(folder) if is_file}


def verify(folder: Path, known: Mapping[str, str], leaving_out: str = ".") -> None:
    """Raise FileTampered for a file in a folder that is not as it was, is new, or has gone.

    A file whose sha256 is "" is not looked into: it could not be read, or is written to.
    """
    there = dict(_files_in(folder, leaving_out))
    files = {name for name, is_file in there.items() if is_file}
    wanted = {name for name, digest in known.items() if digest}
    for name in sorted((there.keys() - known.keys()) | (wanted - files)):
        raise FileTampered(name)
    verify_files(folder, known)


def verify_files(folder: Path, known: Mapping[str, str]) -> None:
    """Raise FileTampered for one of these files that is not as it was, or has gone."""
    for name, digest in known.items():
        if digest and _differs(folder / name, digest):
            raise FileTampered(name)


def _verify_store(folder: Path, known: Mapping[str, str]) -> None:
    """Raise FileTampered for a table in data/processed that is not as this run has read it.

    It is deleted first, so that the next run reads the workbooks again.
    """
    for name, digest in known.items():
        path = folder / name
        if path.is_file() and sha256(path) != digest:
            path.unlink()
            raise FileTampered(f"data/processed/{folder.name}/{name}")


def changed_inputs(root: Path, period: str, known: Mapping[str, str]) -> list[str]:
    """The inputs in the user's own folders that were changed, added or taken away meanwhile.

    Somebody may have saved a workbook: what the run has made is of its copy, as it was before.
    """
    quarters = (period, *quarters_before(root, period))
    there = {
        path.relative_to(root).as_posix(): path
        for quarter in quarters
        for path in inputs_of(root, quarter)
    }
    notebooks = notebooks_folder(root)
    there |= {
        name: notebooks / Path(name).name
        for name in known
        if name.startswith("notebooks/") and (notebooks / Path(name).name).is_file()
    }
    return sorted(
        name for name in there.keys() | known.keys() if _differs(there.get(name), known.get(name))
    )


def _differs(path: Path | None, digest: str | None) -> bool:
    if path is None or digest is None:
        return True
    try:
        return digest != "" and sha256(path) != digest
    except OSError:
        return True


def marks_of(folder: Path | None) -> Marks:
    """By what it is seen that a file in a folder was written to: its size, time and number."""
    found = {}
    for place, _, files in os.walk(folder) if folder else ():
        for name in files:
            path = Path(place, name)
            state = path.lstat()
            mark = (state.st_size, state.st_mtime_ns, state.st_ino)
            found[path.relative_to(folder or path).as_posix()] = mark
    return found
