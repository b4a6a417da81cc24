"""The folder for the intranet: what was released and all may see, and nothing else.

`reports/intranet/<period>/index.html` lists the releases of a quarter; beside it each of them has a
folder with copies of its pages. A server that may be asked by all is given this folder alone. It is
made whole with each release, withdrawal and deletion, whatever a killed command has left of it.
"""

import shutil
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path, PurePosixPath

from ffanalysis.chain import Chain, Line
from ffanalysis.deliver import kept
from ffanalysis.deliver.releases_page import WITHDRAWN, releases_page
from ffanalysis.deliver.unnamed import secret_now, settings_now, settings_released
from ffanalysis.editions import RELEASED
from ffanalysis.errors import UserError
from ffanalysis.render.removal import discard
from ffanalysis.settings import Settings

FOLDER, INDEX = "intranet", "index.html"
DELETED = "deleted"
EXCEPTIONS = "exceptions"
_FOR_ALL = frozenset({".html", ".pdf", ".csv", ".xlsx"})


def folder_of(reports: Path, period: str) -> Path:
    """What a quarter has in the folder for the intranet."""
    return reports / FOLDER / period


def write_intranet(root: Path, period: str) -> Path:
    """Make the folder of a quarter what it should be; gives its list. Raises JournalBroken.

    What is to go goes first, and the list is written last: it leads to nothing that is not there.
    """
    reports = root / "reports"
    lines = Chain(reports, period).lines()
    folder = folder_of(reports, period)
    place = folder / INDEX
    deleted = {line.facts.get("release") for line in lines if line.event == DELETED}
    releases = [line for line in lines if line.event == RELEASED]
    if all(line.facts["number"] in deleted for line in releases):
        discard(folder)
        return place
    apart = frozenset(settings_now(root, period).confidential_projects)
    absent = _absent(lines, releases, apart)
    folder.mkdir(parents=True, exist_ok=True)
    shown = [line.facts["number"] for line in releases if line.facts["number"] not in absent]
    _take_away(folder, {INDEX, *map(str, shown)})
    for number in shown:
        if not _put(kept.folder_of(reports, period, number), folder / str(number)):
            absent[number] = "Not shown here: what is kept of it is not as it was released."
    html = releases_page(period, lines, absent, secret_now(root, period), _shown_with(root, period))
    part = folder / f".{INDEX}"
    part.write_bytes(html.encode())
    part.replace(place)
    # Where the list was before there was this folder.
    (reports / kept.RELEASED / period / INDEX).unlink(missing_ok=True)
    return place


def _take_away(folder: Path, stays: Collection[str]) -> None:
    """Delete what else is in a folder: what was withdrawn, and what a killed command left."""
    for path in folder.iterdir():
        if path.name not in stays:
            discard(path)


def _shown_with(root: Path, period: str) -> Settings:
    """The settings of what was released, with their markings; those of today without any."""
    try:
        return settings_released(root, period)
    except UserError:
        return settings_now(root, period)


def _absent(
    lines: Sequence[Line], releases: Sequence[Line], apart: frozenset[str]
) -> dict[int, str]:
    """The releases that are not shown, by their numbers, and what the list says of each."""
    absent: dict[int, str] = {}
    for line in releases:
        if any(_has_page(line.facts["pages"], project) for project in apart):
            absent[line.facts["number"]] = (
                "Not shown here: it has a project in it that is confidential now."
            )
    for line in lines:
        if line.event == WITHDRAWN:
            absent[line.facts["number"]] = ""  # the list says by whom it was, and why
        elif line.event == DELETED and line.facts.get("release"):
            absent[line.facts["release"]] = "It is kept no longer."
    return absent


def _has_page(pages: Mapping[str, str], project: str) -> bool:
    """Whether a release has a page of a project among those of all."""
    return f"{project}.html" in pages or f"{EXCEPTIONS}/{project}.html" in pages


def _put(release: Path, target: Path) -> bool:
    """Copy what all may see of a release to its place, read-only; whether it is there now.

    They are copies: who may write to what is served cannot change what is kept.
    """
    if not release.is_dir() or kept.verify(release).faults:
        discard(target)
        return False
    wanted = _for_all(kept.manifest_in(release)["files"])
    if target.is_dir() and kept.file_digests(target) == wanted:
        return True
    discard(target)
    part = target.with_name(f".{target.name}")
    discard(part)
    for name in wanted:
        (part / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(release / kept.PAGES / name, part / name)
    part.rename(target)
    kept.make_unchangeable(target)
    return True


def _for_all(files: Mapping[str, str]) -> dict[str, str]:
    """The pages and lists of a release that all may see, by their paths below its pages."""
    found = {}
    for name, digest in files.items():
        first, *rest = PurePosixPath(name).parts
        is_for_all = len(rest) == 1 or rest[:-1] == [EXCEPTIONS]
        if first == kept.PAGES and is_for_all and PurePosixPath(name).suffix in _FOR_ALL:
            found["/".join(rest)] = digest
    return found
