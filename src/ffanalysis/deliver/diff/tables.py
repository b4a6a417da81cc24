"""What differs as a person reads it: a table for each project, findings, and why."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ffanalysis.deliver.diff.compare import Comparison, FigureDifference, ProjectDifference, What

ALL_PROJECTS = "All projects together"
_PROJECT_WORDS: Mapping[str, str] = {
    "new": "New: {now}",
    "gone": "Gone: {was}",
    "renamed": "Renamed: {was}, now {now}",
    "withheld": "Withheld, so without figures: {now}",
    "no longer withheld": "No longer withheld: {now}",
}


@dataclass(frozen=True)
class ProjectTable:
    """The figures of one project that differ, or of all together.

    Attributes:
        rows: label, was, now and difference of those on both sides, each text once.
        new, gone: label and amount of those on one side alone.
        whys: why, each reason once.
    """

    title: str
    rows: tuple[tuple[str, str, str, str], ...]
    new: tuple[tuple[str, str], ...]
    gone: tuple[tuple[str, str], ...]
    whys: tuple[str, ...]


def title(found: Comparison) -> str:
    """What is compared with what."""
    before, after = found.before, found.after
    return f"{before.name} ({before.words}) and {after.name} ({after.words})"


def project_sentence(each: ProjectDifference) -> str:
    """What became of a project."""
    return f"{_PROJECT_WORDS[each.what].format(was=each.was, now=each.now)}."


def project_tables(found: Comparison) -> Iterator[ProjectTable]:
    """A table for each project that has a figure that differs; that of all together last.

    What a project's page says of a wider programme is told once, in the last.
    """
    of_all = {_shown(each) for each in found.figures if not each.figure.project}
    by_project: dict[str, list[FigureDifference]] = {name: [] for name in found.names}
    for each in found.figures:
        if each.figure.project and _shown(each) not in of_all:
            by_project.setdefault(each.figure.project, []).append(each)
    for project, figures in by_project.items():
        if figures:
            yield _table(found.names.get(project, project), figures)
    if of_all:
        own = [each for each in found.figures if not each.figure.project]
        yield _table(ALL_PROJECTS, own)


def _shown(each: FigureDifference) -> tuple[str, str, str, str]:
    """A row of the table: label, was, now and difference."""
    return (each.label, *each.texts)


def _table(name: str, figures: Sequence[FigureDifference]) -> ProjectTable:
    changed = [each for each in figures if each.what == "changed"]
    called = Counter(label for label, *_ in dict.fromkeys(map(_shown, changed)))
    return ProjectTable(
        name,
        tuple(dict.fromkeys(_named_row(each, called[each.label]) for each in changed)),
        _alone(figures, "new"),
        _alone(figures, "gone"),
        tuple(dict.fromkeys(each.why for each in figures if each.why)),
    )


def _named_row(each: FigureDifference, called_so: int) -> tuple[str, str, str, str]:
    """A row; where other figures are called alike, with the figure's name behind its label."""
    label, *texts = _shown(each)
    was, now, came = texts
    return (label if called_so == 1 else f"{label} [{each.figure.name}]", was, now, came)


def _alone(figures: Sequence[FigureDifference], what: What) -> tuple[tuple[str, str], ...]:
    """The figures on one side alone, with their amounts."""
    found = ((each.label, each.figure.text) for each in figures if each.what == what)
    return tuple(dict.fromkeys(found))
