"""The run's own copy of what it reads, so that no file saved meanwhile can affect it."""

import hashlib
import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from time import sleep

from ffanalysis.errors import FolderClosed, InputsChanging, NotebookMissing, NotebookWrong
from ffanalysis.provenance import shown_name
from ffanalysis.read import inputs_of, quarters_before
from ffanalysis.render.parameters import MOST_BYTES, TOO_LARGE

EXAMPLE = "2015-16-Q2"  # the quarter that comes with the package
NOTEBOOKS = ("project_briefing.ipynb", "programme_briefing.ipynb", "reconciliation.ipynb")
_VERSIONED = (
    "ffanalysis",
    "papermill",
    "nbconvert",
    "pandas",
    "matplotlib",
    "openpyxl",
    "weasyprint",
)
_TRIES, _PAUSE = 20, 0.25  # seconds
_PACKAGE = Path(__file__).parent.parent


def packaged(name: str) -> Path:
    """A folder that comes with the package: inside it, or in a checkout at the same place above."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parents[1] / name


def notebooks_folder(root: Path) -> Path:
    """Where a programme's notebooks are: its own, else those that come with the package."""
    for folder in (root / "notebooks", packaged("notebooks")):
        if folder.is_dir():
            return folder
    raise NotebookMissing(root / "notebooks" / NOTEBOOKS[0])


def copy_inputs(root: Path, period: str, to: Path) -> dict[str, str]:
    """Copy the inputs of a period and of those before it, and the notebooks.

    Gives the sha256 of each file by its path in the copy. Raises NotebookMissing, and
    InputsChanging for a file that is being written to all the time.
    """
    found, closed = _found(root, period)
    for quarter in closed:
        _link_closed(root, quarter, to)
    (to / "data" / "raw" / period).mkdir(parents=True, exist_ok=True)
    return {shown_name(name.as_posix()): _copy(path, to / name) for path, name in found.items()}


def digests(root: Path, period: str) -> dict[str, str]:
    """The sha256 of each input as `copy_inputs` gives them, where nothing is being written to."""
    found, _ = _found(root, period)
    return {shown_name(name.as_posix()): _digest(path) for path, name in found.items()}


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _found(root: Path, period: str) -> tuple[dict[Path, Path], list[str]]:
    """Each input and notebook with its path in a copy; and the earlier quarters not to be read."""
    found: dict[Path, Path] = {}
    closed = []
    for quarter in (period, *quarters_before(root, period)):
        try:
            found |= {path: path.relative_to(root) for path in inputs_of(root, quarter)}
        except FolderClosed:
            if quarter == period:
                raise
            closed.append(quarter)
    notebooks = notebooks_folder(root)
    for name in NOTEBOOKS:
        if not (notebooks / name).is_file():
            raise NotebookMissing(notebooks / name)
        found[notebooks / name] = Path("notebooks") / name
    return found, closed


def _link_closed(root: Path, quarter: str, to: Path) -> None:
    """An earlier quarter that may not be read: reading the copy fails alike, and says so."""
    place = to / "data" / "raw" / quarter
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(root / "data" / "raw" / quarter)


def _copy(path: Path, to: Path) -> str:
    """Copy one file once it is not being written to; gives its sha256.

    "" for a file that cannot be opened, such as one that Excel has locked.
    """
    to.parent.mkdir(parents=True, exist_ok=True)
    for _ in range(_TRIES):
        try:
            if os.path.lexists(path) and not path.is_file():
                return _link(path, to)  # a folder, a pipe or a broken link
            before = path.stat()
            if path.suffix == ".ipynb" and before.st_size > MOST_BYTES:
                raise NotebookWrong(path.name, TOO_LARGE)
            content = path.read_bytes()
            after = path.stat()
        except FileNotFoundError:
            pass  # it is being replaced
        except OSError:
            return _link(path, to)
        else:
            is_same = before.st_mtime_ns == after.st_mtime_ns
            if is_same and before.st_size == len(content) == after.st_size:
                to.write_bytes(content)
                if os.name == "posix":  # elsewhere it could not be deleted either
                    to.chmod(0o444)
                return hashlib.sha256(content).hexdigest()
        sleep(_PAUSE)
    raise InputsChanging(path.name)


def _link(path: Path, to: Path) -> str:
    """A link for what cannot be copied: reading it fails in the same way, and says so."""
    to.symlink_to(path)
    return ""


def code_digest() -> str:
    """The sha256 of what briefings are made with: the package, and the versions of libraries."""
    state = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            state.update(f"\0{path.relative_to(_PACKAGE).as_posix()}\0".encode())
            state.update(path.read_bytes())
    for name in installed():
        state.update(f"\0{name}".encode())
    return state.hexdigest()


def installed() -> list[str]:
    """The names and versions of Python and of all distributions installed beside the package."""
    import platform

    import click

    folder = Path(click.__file__).parent.parent
    found: Iterable[str] = (
        path.name.removesuffix(".dist-info") for path in folder.glob("*.dist-info")
    )
    return [
        f"python-{platform.python_version()}",
        *sorted(name for name in found if not name.startswith("ffanalysis-")),
    ]


def versions() -> dict[str, str]:
    """The versions that a manifest names: of Python, and of what makes the pages."""
    import importlib.metadata
    import platform

    return {
        "python": platform.python_version(),
        **{name: importlib.metadata.version(name) for name in _VERSIONED},
    }


def copy_tables(source: Path, to: Path) -> None:
    """Copy the tables that were read before, so that nothing is read twice; none is needed."""
    with suppress(OSError):
        files = [path for path in source.iterdir() if not path.name.startswith(".")]
        to.mkdir(parents=True, exist_ok=True)
        for path in files:  # without their rights: this copy is the run's, to change and delete
            shutil.copyfile(path, to / path.name)
