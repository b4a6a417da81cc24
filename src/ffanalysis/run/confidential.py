"""Confidential projects of a run: the folder of their own, and no mention anywhere else.

Each has its own folder `reports/confidential/<period>/<project>`, which its owner alone may look
into; it is filled by a run of its own behind that of all the others.
"""

import html
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from ffanalysis.errors import ConfidentialNamed
from ffanalysis.render.removal import discard
from ffanalysis.run.reports_folder import ReportsFolder
from ffanalysis.savings.confidential import Secret

FOLDER = "confidential"
# What a page, a notebook or a manifest holds that is no text: pictures and fonts.
_DATA = re.compile(r"data:[a-z]+/[a-z0-9.+-]+;base64,[A-Za-z0-9+/=]+|\"image/png\": \"[^\"]*\"")
_ZIPPED = frozenset({".xlsx"})
_MADE_OF_ANOTHER = frozenset({".pdf"})  # of the page, which is looked into


def folder_of(root: Path, period: str) -> Path:
    """Where the confidential projects of a quarter have their folders."""
    return root / "reports" / FOLDER / period


def reports_of(root: Path, period: str, project: str) -> ReportsFolder:
    """The reports of one confidential project."""
    return ReportsFolder(root, project, folder_of(root, period))


def own_reports(root: Path, period: str, project: str) -> ReportsFolder:
    """The same, with its folder closed to others."""
    folder = folder_of(root, period)
    folder.mkdir(parents=True, exist_ok=True)
    for place in (folder.parent, folder):
        place.chmod(0o700)
    return reports_of(root, period, project)


def published(root: Path, period: str) -> dict[str, Path]:
    """The published folders of the confidential projects of a quarter, by their names in files."""
    folder = folder_of(root, period)
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    found = {
        name: reports_of(root, period, name).published for name in names if not name.startswith(".")
    }
    return {name: path for name, path in found.items() if path}


def delete_of_others(root: Path, period: str, projects: tuple[str, ...]) -> None:
    """Delete what is published apart of projects that are confidential no longer."""
    for name in published(root, period).keys() - {*projects}:
        reports = reports_of(root, period, name)
        with reports.lock():
            discard(reports.target)
            reports.delete_unpublished()


def refuse_mentions(folder: Path, secret: Secret) -> None:
    """Raise ConfidentialNamed where a file that all may see names a confidential project."""
    for path in sorted(folder.rglob("*")) if secret.hidden else ():
        name = path.relative_to(folder).as_posix()
        if secret.is_in(name):
            raise ConfidentialNamed("The name of a file", secret.found_in(name))
        for text in _texts(path) if path.is_file() else ():
            if secret.is_in(text):
                raise ConfidentialNamed(name, secret.found_in(text))


def _texts(path: Path) -> Iterator[str]:
    """What a file says: its text, or that of the files in it."""
    if path.suffix in _ZIPPED:
        with zipfile.ZipFile(path) as inside:
            for name in inside.namelist():
                yield _plain(inside.read(name))
    elif path.suffix not in _MADE_OF_ANOTHER:
        yield _plain(path.read_bytes())


def _plain(content: bytes) -> str:
    """A text without pictures, with and without its tags."""
    text = _DATA.sub("", content.decode("utf-8", "replace"))
    words = re.sub(r"<[^>]*>", "", text)
    return f"{html.unescape(text)}\n{html.unescape(words)}"
