"""A programme's folder, made from what comes with the package; nothing is ever written over."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ffanalysis.errors import FolderTaken
from ffanalysis.run.inputs import EXAMPLE, packaged
from ffanalysis.settings import FILE_NAME
from ffanalysis.start.settings_file import settings_file
from ffanalysis.start.writing import write_new

FOLDERS = ("data/raw", "data/processed", "reports", "notebooks")
_RAW = "data/raw"
IGNORED = ".gitignore"
_ALL = b"/*"  # the line by which git passes over what is not named behind it


@dataclass
class Begun:
    """What was written into a programme's folder, and what was there and is left as it was."""

    written: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    is_kept_from_git: bool = False


def begin(folder: Path, *, with_example: bool) -> Begun:
    """Make a programme's folder, or give one what it lacks. Raises FolderTaken, and OSError."""
    for place in map(folder.joinpath, ("", *_all_folders(with_example=with_example))):
        if os.path.lexists(place) and not place.is_dir():
            raise FolderTaken(place)
    begun = Begun()
    for name in ("", *FOLDERS):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for name, content in _files():
        _put(folder, name, content, begun)
    if with_example:
        _put_example(folder, begun)
    begun.is_kept_from_git = _ALL in _content(folder / IGNORED).splitlines()
    return begun


def _all_folders(*, with_example: bool) -> Iterator[str]:
    """The folders that a programme has, those above each before it."""
    for name in (*FOLDERS, *([f"{_RAW}/{EXAMPLE}"] if with_example else [])):
        top, _, below = name.partition("/")
        yield top
        if below:
            yield name


def _files() -> Iterator[tuple[str, bytes]]:
    """The files that every programme begins with, by their places in it."""
    yield "README.md", _README.encode()
    yield IGNORED, _IGNORED.encode()
    yield f"{_RAW}/{FILE_NAME}", settings_file().encode()
    for path in sorted(packaged("notebooks").glob("*.ipynb")):
        yield f"notebooks/{path.name}", path.read_bytes()


def _put_example(folder: Path, begun: Begun) -> None:
    """Write the example quarter, but never among workbooks that are not its own."""
    name = f"{_RAW}/{EXAMPLE}"
    example = {path.name: path.read_bytes() for path in sorted(packaged(name).glob("*.xlsx"))}
    place = folder / name
    place.mkdir(exist_ok=True)
    if any(example.get(path.name) != _content(path) for path in place.iterdir()):
        begun.kept.append(name)
        return
    for workbook, content in example.items():
        _put(folder, f"{name}/{workbook}", content, begun)


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _put(folder: Path, name: str, content: bytes, begun: Begun) -> None:
    """Write a file that is not there yet."""
    try:
        write_new(folder / name, content)
    except FileExistsError:
        begun.kept.append(name)
    else:
        begun.written.append(name)


_README = """\
# A savings programme

`ffanalysis` makes a briefing for each savings project of a quarter, from the budget workbooks and
savings schedules in `data/raw/`. Make a folder for the quarter there, named by financial year and
quarter, such as `data/raw/2026-27-Q1` for April to June 2026, and put its workbooks in it. Then, in
this folder:

    ffanalysis check latest
    ffanalysis run latest
    ffanalysis lab latest

The first reads the quarter and says what does not agree. The second makes the briefings: open
`index.html` in the quarter's folder in `reports/`. The third opens JupyterLab to explore the
figures behind them. `ffanalysis --help` lists the other commands.

| folder | holds |
| --- | --- |
| `data/raw/` | the workbooks, a folder for each quarter; `settings.toml` |
| `data/processed/` | what was read from them; it may be deleted at any time |
| `reports/` | the briefings, a folder for each quarter; change nothing there |
| `notebooks/` | what the briefings are made with, and `explore.ipynb`, the analyst's own |

`data/raw/settings.toml` explains each name, colour, marking and rule that the programme may set.

Where `data/raw/2015-16-Q2` came with this folder (`ffanalysis init --example`), it is an example:
the figures and words of a published concept paper as printed, its faults included. Delete it when
you begin.

After an update of ffanalysis the notebooks here stay as they are. To have those of the new version,
delete the ones that you have not changed and write `ffanalysis init .` in this folder.
"""
_IGNORED = """\
# What a council plans to save, and what it says of its people, stays out of version control: the
# workbooks, the reports, and the notebooks, which keep what they have shown. A file that you do
# want in it takes a line of its own below, such as !/notes.md.
/*
!/.gitignore
!/README.md
"""
