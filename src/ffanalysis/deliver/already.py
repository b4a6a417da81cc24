"""What recipients have been sent already, by the journal: what is left, and what must be told."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ffanalysis.chain import Line
from ffanalysis.deliver.letter import Letter
from ffanalysis.deliver.release import Release
from ffanalysis.deliver.states import OPEN, REFUSED, attempts_of, event_of, states_of
from ffanalysis.periods import long_date


@dataclass
class Sorted:
    """The letters of a release by what the journal says of them.

    Attributes:
        begun: letters that were handed over before, by the key of their mail.
        fresh: letters that were not.
        doubtful: a sentence for each mail of an earlier release that may have been sent.
        remarks: what is not sent, and whom nobody tells; nothing that is amiss.
    """

    begun: dict[str, list[Letter]] = field(default_factory=dict)
    fresh: list[Letter] = field(default_factory=list)
    doubtful: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def sort_letters(letters: Sequence[Letter], lines: Sequence[Line], release: Release) -> Sorted:
    """The letters of a release, sorted by what was sent before."""
    states = states_of(lines)
    found = Sorted()
    for letter in letters:
        state, earlier = states.get(letter.key), _same_edition(letter, states.values())
        # What was refused may have been sent in other words since.
        if state is not None and (event_of(state) != REFUSED or earlier is None):
            found.begun.setdefault(state.facts["key"], []).append(letter)
        elif earlier is None:
            found.fresh.append(letter)
        elif event_of(earlier) not in OPEN:  # what is in doubt is told as such
            found.remarks.append(
                f"{letter.to.email} was sent edition {letter.edition:,} of {letter.project} on"
                f" {_day(earlier)}, which had other words. Nothing more is sent; if they matter,"
                " reissue it as a correction or a revision."
            )
    found.doubtful += _doubts_of_others(lines, {letter.key for letter in letters})
    found.remarks += _not_told(letters, states.values(), release)
    return found


def _same_edition(letter: Letter, lines: Iterable[Line]) -> Line | None:
    """The line by which the recipient was sent, or may have been, this edition in other words.

    Also one under a name that the project had before. What replaces an earlier edition, and says
    so, is another mail.
    """
    names = (letter.project, *letter.former)
    to = letter.to.email.casefold()
    for line in lines:
        if line.facts["to"] != to or event_of(line) == REFUSED:
            continue
        for each in line.facts["letters"]:
            is_another = each["key"] != letter.key and each["project"] in names
            if is_another and letter.edition <= each["edition"]:
                return line
    return None


def _doubts_of_others(lines: Sequence[Line], current: set[str]) -> Iterator[str]:
    """The mails in doubt that hold no letter of this release."""
    for line in {line.number: line for line in states_of(lines).values()}.values():
        keys = {each["key"] for each in line.facts["letters"]}
        if event_of(line) in OPEN and not keys & current:
            yield in_doubt(line, lines)


def _not_told(letters: Sequence[Letter], lines: Iterable[Line], release: Release) -> Iterator[str]:
    """Who was sent an edition that has been replaced, and is sent nothing of the later one."""
    reached = {(letter.to.email.casefold(), letter.project) for letter in letters}
    last: dict[tuple[str, str], tuple[int, Line]] = {}
    for line in sorted(lines, key=lambda line: line.number):
        if event_of(line) != REFUSED:
            for each in line.facts["letters"]:
                last[line.facts["to"], each["project"]] = (each["edition"], line)
    for (to, project), (edition, line) in last.items():
        now = release.editions.get(project, 0)
        if edition < now and (to, project) not in reached:
            yield (
                f"{to} was sent edition {edition:,} of {project} on {_day(line)}, and is not in"
                f" the register for it any more: nobody tells them of edition {now:,}."
            )


def in_doubt(line: Line, lines: Sequence[Line], said: str = "") -> str:
    """That a mail may have been sent, and how to look it up and settle it."""
    key = str(line.facts["key"])
    named = attempts_of(lines)[key].message_id or f"<{key[:40]}@…>"
    about = ", ".join([line.facts["to"], *(each["project"] for each in line.facts["letters"])])
    said = said or str(line.facts.get("said", ""))
    known = f" What is known: {said.rstrip('.')}." if said else ""
    return (
        f"{about}: it may have been sent. Look for Message-ID {named}, then settle it: --settle"
        f" {key[:12]} --as sent, or not-sent.{known}"
    )


def _day(line: Line) -> str:
    return long_date(datetime.fromisoformat(line.at).date())
