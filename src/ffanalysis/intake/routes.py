"""The way to a decision: meetings with their days, whatever else a form calls by those names."""

import re
from collections.abc import Sequence

from ffanalysis.intake.sentences import DATE
from ffanalysis.intake.words import key
from ffanalysis.layout import plain, standard

_HEADINGS = frozenset(
    {"meeting", "date", "body", "committee", "decision maker", "decision route", "stage", "when"}
    | {"date of meeting", "meeting date", "decision", "forum", "step", "approval route"}
)
_MEETING = re.compile(
    r"\b(?:cabinet|scrutiny|committees?|ctte|cttee|council|boards?|panel|members?|executive|mayor"
    r"|leader|forum|meeting|commissioners?|delegated|decision|call-?in|forward\s+plan)\b",
    re.I,
)
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_DAY = re.compile(rf"(?:{DATE}|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH})\W*$", re.I)


def are_headings(texts: Sequence[str]) -> bool:
    """Whether cells are the headings of a list of meetings, which say nothing themselves."""
    known = sum(key(text) in _HEADINGS for text in texts)
    return key(texts[0]) in _HEADINGS and known * 2 > len(texts)


def is_meeting(texts: Sequence[str]) -> bool:
    """Whether cells, or a line, are a meeting with its day, or without one so far."""
    is_open = len(texts) > 1 and plain(texts[-1]) in standard().markers
    return bool(_MEETING.search(texts[0])) and (is_open or any(map(ends_with_day, texts)))


def ends_with_day(text: str) -> bool:
    """Whether the last that a text says is a day or a month, with its year or without."""
    return bool(_DAY.search(text))


def is_day(text: str) -> bool:
    """Whether a text says a day and nothing else."""
    return bool(_DAY.match(text.strip()))
