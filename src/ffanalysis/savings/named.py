"""Which project of a quarter a person means: by its name in files, its name, or its title."""

from collections.abc import Iterable

from ffanalysis.errors import ProjectAmbiguous, ProjectUnknown
from ffanalysis.provenance import as_typed, name_key, slug
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import ProjectRow


def project_named(quarter: Quarter, text: str) -> str:
    """The project that a text names, by its name in files ("reablement-first").

    It may be written as there, as the register has its name or its title, or alike: in other
    letters, with other dashes and quotes, with "and" for "&". Raises ProjectUnknown with the names
    most like it, and ProjectAmbiguous where several projects are written alike.
    """
    found = projects_named(quarter.projects, text)
    if not found:
        # A slip of the keyboard is no reason to hear of what is confidential.
        apart = quarter.council.confidential_projects
        raise ProjectUnknown(text, [each for each in quarter.slugs if each not in apart])
    if len(found) > 1:
        raise ProjectAmbiguous(text, found)
    return found[0]


def projects_named(rows: Iterable[ProjectRow], text: str) -> list[str]:
    """The projects that a text may name: those of the closest likeness that there is."""
    every = list(rows)
    likenesses = (
        lambda row: text == row.project,
        lambda row: as_typed(text) == as_typed(row.name),
        lambda row: _is_alike(text, row.name) or slug(text) == row.project,
        lambda row: bool(row.title) and _is_alike(text, row.title or ""),
    )
    for is_like in likenesses:
        if found := [row.project for row in every if is_like(row)]:
            return found
    return []


def _is_alike(text: str, name: str) -> bool:
    return _key(text) == _key(name) != ""


def _key(name: str) -> str:
    """What two spellings of a name have in common."""
    return slug(name) or name_key(name).casefold()
