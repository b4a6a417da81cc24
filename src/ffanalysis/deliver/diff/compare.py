"""What is other on one side of a comparison than on the other: figures, findings and projects."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from ffanalysis.deliver.diff.lists import ListedFigure, ListedFinding, number_text
from ffanalysis.deliver.diff.sides import Side

What = Literal["changed", "new", "gone"]
NOTHING = "–"  # what the side that lacks something shows


@dataclass(frozen=True, slots=True)
class FigureDifference:
    """A figure that has another amount, or is missing for another reason, or is on one side alone.

    `figure` is that of the later side, where it has it. `why` is what the schedule, or whoever
    reissued it, says of that; "" where nobody does.
    """

    figure: ListedFigure
    was: ListedFigure | None
    now: ListedFigure | None
    why: str = ""

    @property
    def what(self) -> What:
        return _what(self.was, self.now)

    @property
    def label(self) -> str:
        return self.figure.label or self.figure.name

    @property
    def difference(self) -> Decimal | None:
        """What came to it; None unless both sides state it in the same unit."""
        was, now = self.was, self.now
        if not (was and now) or was.value is None or now.value is None or was.unit != now.unit:
            return None
        return now.value - was.value

    @property
    def texts(self) -> tuple[str, str, str]:
        """Was, now and the difference, as a table shows them."""
        sides = (self.was, self.now)
        was, now = (each.text if each else NOTHING for each in sides)
        if was == now:  # another part of it is missing, or for another reason
            was, now = (each.text_with_gap if each else NOTHING for each in sides)
        came = self.difference
        if came is None:
            return was, now, NOTHING
        sign = "+" if came > 0 else ""
        return was, now, f"{sign}{_points(number_text(came, self.figure.unit))}"


@dataclass(frozen=True, slots=True)
class FindingDifference:
    """A finding that ended otherwise, has other amounts, or is on one side alone.

    `finding` is that of the later side, where it has it.
    """

    finding: ListedFinding
    was: ListedFinding | None
    now: ListedFinding | None

    @property
    def what(self) -> What:
        return _what(self.was, self.now)

    @property
    def is_note(self) -> bool:
        """Whether nobody need look at it, then or now: it agreed, or said what it could not."""
        return all(each.severity == "note" for each in (self.was, self.now) if each)

    @property
    def texts(self) -> tuple[str, str]:
        """How it ended then and now."""
        was, now = (each.text if each else NOTHING for each in (self.was, self.now))
        return was, now


@dataclass(frozen=True, slots=True)
class ProjectDifference:
    """A project that came, is gone, has another name, or is withheld on one side alone."""

    project: str
    what: Literal["new", "gone", "renamed", "withheld", "no longer withheld"]
    was: str
    now: str


@dataclass(frozen=True)
class Comparison:
    """What differs between two sides, and how much was compared.

    Attributes:
        names: what each project is called, by its name in files.
        numbers: how many figures, projects and findings the later side has.
        notes: what was not compared, and what could not be read, a sentence each.
        marking: the protective marking of what is shown.
    """

    before: Side
    after: Side
    projects: tuple[ProjectDifference, ...]
    figures: tuple[FigureDifference, ...]
    findings: tuple[FindingDifference, ...]
    names: Mapping[str, str]
    numbers: tuple[int, int, int]
    notes: tuple[str, ...] = ()
    marking: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return not (self.projects or self.figures or self.findings)

    @property
    def verdict(self) -> str:
        """What came of it, in one sentence."""
        figures, projects, findings = self.numbers
        compared = (
            f"{_count(figures, 'figure')} of {_count(projects, 'project')},"
            f" {_count(findings, 'finding')}"
        )
        if self.is_empty:
            return f"Nothing differs: {compared}."
        differ = [
            _count(len(items), noun)
            for items, noun in (
                (self.projects, "project"),
                (self.figures, "figure"),
                (self.findings, "finding"),
            )
            if items
        ]
        return f"{_joined(differ)} differ{'s' * self._is_one}; compared: {compared}."

    @property
    def _is_one(self) -> bool:
        return len(self.projects) + len(self.figures) + len(self.findings) == 1


def _what(was: object, now: object) -> What:
    if was and now:
        return "changed"
    return "new" if now else "gone"


def _points(text: str) -> str:
    """A difference of two percentages is one of points."""
    return f"{text.removesuffix('%')} points" if text.endswith("%") else text


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _joined(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


# --- comparing ------------------------------------------------------------------------------------


def figures_compared(
    was: Iterable[ListedFigure], now: Iterable[ListedFigure], *, only_common: bool = False
) -> Iterator[FigureDifference]:
    """The figures that differ, in the order of the later side, then those that are gone.

    With `only_common` those on both sides, by their numbers: a page does not say that one is whole.
    """
    then = {figure.key: figure for figure in was}
    after = {figure.key: figure for figure in now}
    for key, figure in after.items():
        earlier = then.get(key)
        if earlier is None:
            if not only_common:
                yield FigureDifference(figure, None, figure)
        elif _differs(earlier, figure, is_number_alone=only_common):
            yield FigureDifference(figure, earlier, figure)
    for key, figure in then.items():
        if key not in after and not only_common:
            yield FigureDifference(figure, figure, None)


def _differs(was: ListedFigure, now: ListedFigure, *, is_number_alone: bool) -> bool:
    if was.value != now.value or was.unit != now.unit:
        return True
    return was.missing != now.missing and not is_number_alone


def findings_compared(
    was: Iterable[ListedFinding], now: Iterable[ListedFinding]
) -> Iterator[FindingDifference]:
    """The findings that differ, in the order of the later side, then those that are gone."""
    then = {finding.id: finding for finding in was}
    after = {finding.id: finding for finding in now}
    for name, finding in after.items():
        earlier = then.get(name)
        if earlier is None or _ended(earlier) != _ended(finding):
            yield FindingDifference(finding, earlier, finding)
    for name, finding in then.items():
        if name not in after:
            yield FindingDifference(finding, finding, None)


def _ended(finding: ListedFinding) -> tuple[object, ...]:
    return finding.outcome, finding.severity, finding.stated, finding.calculated


def projects_compared(before: Side, after: Side) -> Iterator[ProjectDifference]:
    """The projects that came, went, were renamed or are withheld on one side, as it lists them."""
    for project, name in after.names.items():
        was = before.names.get(project)
        if was is None:
            yield ProjectDifference(project, "new", "", name)
            continue
        if name != was != project:  # a side that knows no name has that of files
            yield ProjectDifference(project, "renamed", was, name)
        then, now = project in before.withheld, project in after.withheld
        if then != now:
            what: Literal["withheld", "no longer withheld"] = (
                "withheld" if now else "no longer withheld"
            )
            yield ProjectDifference(project, what, was, name)
    for project, name in before.names.items():
        if project not in after.names:
            yield ProjectDifference(project, "gone", name, "")
