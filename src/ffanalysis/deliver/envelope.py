"""What one mail holds: a briefing, or a digest of all those of a recipient."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ffanalysis.deliver.first_page import first_page
from ffanalysis.deliver.letter import Letter, Recipient, in_one_line
from ffanalysis.deliver.mail_html import LARGEST as LARGEST_HTML
from ffanalysis.deliver.mail_html import html_of
from ffanalysis.periods import Period

LARGEST = 2_500_000  # bytes of a whole message
_LONGEST_SUBJECT = 200
_MOST_NAMED = 3  # projects that the subject of a digest names
_ROOM = 0.9  # of what a mail may hold, which is left for all that is no briefing
_IN_MAIL = 4 / 3 * 78 / 76  # what a file grows by: four signs for three bytes, and line ends


@dataclass(frozen=True)
class Envelope:
    """One mail to one recipient: its letters, and which of several mails it is, if it is one."""

    letters: tuple[Letter, ...]
    number: int = 1
    of: int = 1

    @property
    def to(self) -> Recipient:
        return self.letters[0].to

    @property
    def period(self) -> Period:
        return self.letters[0].period

    @property
    def is_digest(self) -> bool:
        return len(self.letters) > 1

    @property
    def key(self) -> str:
        """What makes a mail this one: the letters in it."""
        if not self.is_digest:
            return self.letters[0].key
        return hashlib.sha256("\0".join(letter.key for letter in self.letters).encode()).hexdigest()

    @property
    def projects(self) -> str:
        return ", ".join(letter.project for letter in self.letters)

    @property
    def about(self) -> str:
        """Whom it goes to and what it is of, as the beginning of a sentence."""
        return f"{self.to.email}, {self.projects}"

    @property
    def facts(self) -> dict[str, Any]:
        """What each line of the journal says of it."""
        return {
            "key": self.key,
            "to": self.to.email.casefold(),
            "letters": [
                {"key": each.key, "project": each.project, "edition": each.edition}
                for each in self.letters
            ],
        }

    @property
    def marking(self) -> str:
        """The markings of what is in it."""
        return " / ".join(_each(letter.marking for letter in self.letters))

    @property
    def subject(self) -> str:
        """Marking first, then project, quarter and governance status, in one line."""
        status = _each(letter.status for letter in self.letters)
        # A status that is not that of all would be taken for that of all.
        shown = status if len({letter.status for letter in self.letters}) == 1 else ()
        # Of the two that there are the first by its letters: a correction is the graver.
        prefix = min((letter.prefix for letter in self.letters if letter.prefix), default="")
        parts = (self.marking, f"{prefix}{self._title}", *shown)
        return in_one_line(" – ".join(filter(None, parts)))[:_LONGEST_SUBJECT]

    @property
    def _title(self) -> str:
        words, part = self.period.words, f" ({self.number} of {self.of})" if self.of > 1 else ""
        if not self.is_digest:
            (letter,) = self.letters
            edition = f", edition {letter.edition:,}" if letter.edition > 1 else ""
            return f"Savings briefing: {letter.name}, {words}{edition}{part}"
        names = ", ".join(letter.name for letter in self.letters)
        if len(self.letters) > _MOST_NAMED:
            names = f"{len(self.letters):,} projects"
        return f"Savings briefings: {names}, {words}{part}"


def _each(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, texts)))


def envelopes_of(letters: Sequence[Letter], form: str) -> list[Envelope]:
    """The mails that letters go in: one each, or a digest for each recipient.

    A confidential project is in no mail with others. Where a digest would be larger than a mail may
    be, there are several.
    """
    if form == "each":
        return [Envelope((letter,)) for letter in letters]
    own: dict[tuple[str, str], list[Letter]] = {}
    for letter in letters:
        alone = letter.project if letter.is_confidential else ""
        own.setdefault((letter.to.email.casefold(), alone), []).append(letter)
    return [envelope for each in own.values() for envelope in _fitting(each)]


def _fitting(letters: Sequence[Letter]) -> list[Envelope]:
    """One recipient's letters in as few mails as may hold them, in their order."""
    parts: list[list[Letter]] = [[]]
    html = whole = 0.0
    for letter in letters:
        text = len(html_of(first_page(letter.page), "", {}).encode()) if len(letters) > 1 else 0
        size = text + len(letter.pdf) * _IN_MAIL
        is_full = html + text > LARGEST_HTML * _ROOM or whole + size > LARGEST * _ROOM
        if parts[-1] and is_full:
            parts.append([])
            html = whole = 0.0
        parts[-1].append(letter)
        html, whole = html + text, whole + size
    made = [tuple(part) for part in parts if part]
    return [Envelope(part, number, len(made)) for number, part in enumerate(made, 1)]
