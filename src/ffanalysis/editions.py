"""Editions: which edition of a project's briefing this is, and what it corrects.

The first edition has the number 1. Each time that other figures than those last released come in,
or somebody reissues the briefing, the next one begins. All of it is read from the journal of the
period, so that the same inputs and the same journal give the same page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from ffanalysis.chain import Line
from ffanalysis.periods import long_date

RELEASED, REISSUED, UNDONE = "released", "reissued", "reissue undone"
Kind = Literal["correction", "revision"]
_DONE: Mapping[Kind, str] = {"correction": "Corrected", "revision": "Revised"}
_MOST_CHANGES = 4  # that a banner lists


@dataclass(frozen=True)
class Change:
    """A figure that is another than in the edition before: its name, label, and both texts.

    One without a label, such as a count of checks, is in corrections.csv alone.
    """

    figure: str
    label: str
    was: str
    now: str

    @property
    def words(self) -> str:
        return f"{self.label}: was {self.was}, is {self.now}."


@dataclass(frozen=True)
class Reissue:
    """What a person declared of a new edition.

    Attributes:
        edition: its number; `figures` is the digest of the figures that it has.
        kind: a correction mends an error, a revision has better or later data.
        on: the day, as ISO writes it.
        changes: what is other than in the edition before, the first page's figures first.
        material: why it is material, a clause each; none where it is not.
    """

    project: str
    edition: int
    figures: str
    kind: Kind
    reason: str
    by: str
    on: str
    changes: tuple[Change, ...]
    material: tuple[str, ...]

    @property
    def prefix(self) -> str:
        """What the subject of its mail begins with."""
        return f"{_DONE[self.kind].upper()}: "

    @property
    def notice(self) -> tuple[str, ...]:
        """What its banner says: a heading, why, and each figure as it was and as it is."""
        named = [change for change in self.changes if change.label]
        shown = [change.words for change in named[:_MOST_CHANGES]]
        if more := len(named) - len(shown):
            noun = "figure has" if more == 1 else "figures have"
            shown.append(f"{more:,} more {noun} changed.")
        if not named:
            only = "Only figures of its checks have changed."
            shown.append(only if self.changes else "No figure shown here has changed.")
        heading = f"{_DONE[self.kind]} on {self._day}"
        replaces = f"This is edition {self.edition:,}. It replaces edition {self.edition - 1:,}."
        return (heading, replaces, f"Reason: {_as_sentence(self.reason)}", *shown)

    @property
    def _day(self) -> str:
        return long_date(date.fromisoformat(self.on))

    def line(self, name: str) -> str:
        """What the programme page says of it."""
        return (
            f"{name}: edition {self.edition:,}, {_DONE[self.kind].lower()} on {self._day}."
            f" {_as_sentence(self.reason)}"
        )

    def facts(self) -> dict[str, Any]:
        """What the journal holds of it."""
        return asdict(self)

    @classmethod
    def of(cls, line: Line) -> "Reissue":
        """What a line of the journal declares."""
        facts = dict(line.facts)
        changes = tuple(Change(**each) for each in facts.pop("changes"))
        return cls(**{**facts, "changes": changes, "material": tuple(facts["material"])})


@dataclass(frozen=True)
class Edition:
    """The edition of a project's briefing: its number, and what was declared of it.

    `is_declared` is false where its figures are other than those last released and nobody has said
    why.
    """

    number: int = 1
    reissue: Reissue | None = None
    is_declared: bool = True


def notice_of(edition: Edition) -> tuple[str, ...]:
    """What a briefing says of its edition: a heading, then lines; nothing of a first one."""
    return edition.reissue.notice if edition.reissue else ()


def programme_notice(reissues: Mapping[str, Reissue]) -> tuple[str, ...]:
    """What the programme page says of briefings that were reissued, by their projects' names."""
    if not reissues:
        return ()
    lines = (reissue.line(name) for name, reissue in reissues.items())
    return ("Reissued since they were first released", *lines)


def _as_sentence(text: str) -> str:
    """A reason as a sentence: with a capital and a full stop."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


@dataclass(frozen=True)
class _Released:
    """What a release has of a project: the number of its edition, and the digest of its figures.

    `first` is the number of the release that had this edition first, and `last` of the last one.
    """

    edition: int
    figures: str
    first: int
    last: int


class Editions:
    """The editions of a period's projects, as its journal tells of them."""

    def __init__(self, lines: Sequence[Line] = ()) -> None:
        self._released: dict[str, _Released] = {}
        self._reissues: dict[tuple[str, int], Reissue] = {}
        for line in lines:
            self._take(line)

    def _take(self, line: Line) -> None:
        if line.event == REISSUED:
            found = Reissue.of(line)
            self._reissues[found.project, found.edition] = found
        elif line.event == UNDONE:
            self._reissues.pop((line.facts["project"], line.facts["edition"]), None)
        elif line.event == RELEASED:
            for project, about in line.facts.get("editions", {}).items():
                number, before = line.facts["number"], self._released.get(project)
                is_same = before is not None and before.edition == about["number"]
                first = before.first if before and is_same else number
                self._released[project] = _Released(
                    about["number"], about["figures"], first, number
                )

    def of(self, project: str, figures: str) -> Edition:
        """The edition that a project's briefing with these figures is, by their digest."""
        last = self._released.get(project)
        if last is None:
            return Edition()
        for number in (last.edition + 1, last.edition):
            reissue = self._reissues.get((project, number))
            if reissue and reissue.figures == figures:
                return Edition(number, reissue)
        if figures == last.figures:
            return Edition(last.edition)
        return Edition(last.edition + 1, is_declared=False)

    def released(self, project: str) -> tuple[int, int] | None:
        """The edition of a project that was last released, and the last release that has it."""
        last = self._released.get(project)
        return (last.edition, last.last) if last else None

    def first_release(self, project: str) -> int:
        """The release that first had the edition of a project that was last released, or 0."""
        last = self._released.get(project)
        return last.first if last else 0

    @property
    def projects(self) -> tuple[str, ...]:
        """The projects that were released."""
        return tuple(self._released)

    def pending(self, project: str) -> Reissue | None:
        """What was declared of a project's next edition, which is not released yet."""
        last = self._released.get(project)
        return self._reissues.get((project, last.edition + 1)) if last else None

    def declared(self, project: str) -> tuple[Reissue, ...]:
        """What was declared of a project's editions and not taken back, in their order."""
        own = (one for (name, _), one in self._reissues.items() if name == project)
        return tuple(sorted(own, key=lambda one: one.edition))

    def in_force(self, figures: Mapping[str, str]) -> tuple[Reissue, ...]:
        """Every reissue of these projects that was released, and those of what is published now.

        `figures` has the digest of each project's figures.
        """
        return tuple(
            reissue
            for (project, _), reissue in self._reissues.items()
            if project in figures
            if reissue != self.pending(project)
            or self.of(project, figures[project]).reissue == reissue
        )
