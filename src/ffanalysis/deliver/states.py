"""What the journal says of each mail: whether it was sent, refused, or may have been sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ffanalysis.chain import Line
from ffanalysis.deliver.transport import Begun

SENDING, SENT, REFUSED, DOUBTFUL, SETTLED = "sending", "sent", "refused", "in doubt", "settled"
PLACED = "draft in mailbox"  # a draft of it was made where it is sent from, and is not sent yet
OPEN = (SENDING, PLACED, DOUBTFUL)  # what may have been sent, and may not
_EVENTS = (*OPEN, SENT, REFUSED, SETTLED)
_SMTP = "smtp"  # what a line means that names no transport


def states_of(lines: Iterable[Line]) -> dict[str, Line]:
    """The last line of each letter, by its key."""
    own = (line for line in lines if line.event in _EVENTS)
    return {letter["key"]: line for line in own for letter in line.facts["letters"]}


def event_of(line: Line | None) -> str:
    """What a line says of its mail; what a person has settled counts as if it had happened."""
    if line is None:
        return ""
    return str(line.facts["outcome"]) if line.event == SETTLED else line.event


@dataclass(frozen=True)
class Attempt:
    """How a mail was last handed over: by which transport, and what to look it up by."""

    transport: str
    message_id: str
    draft: str = ""
    named: str = ""  # the Message-ID that the service gave its draft
    at: str = ""  # of the last line about it
    is_open: bool = True

    @property
    def begun(self) -> Begun:
        """What a transport needs to look it up."""
        names = tuple(dict.fromkeys(filter(None, (self.message_id, self.named))))
        return Begun(names, self.draft, datetime.fromisoformat(self.at) if self.is_open else None)


def attempts_of(lines: Iterable[Line]) -> dict[str, Attempt]:
    """The last attempt to send each mail, by its key; none of those that were never begun."""
    found: dict[str, Attempt] = {}
    for line in lines:
        if line.event in _EVENTS:
            key = line.facts["key"]
            found[key] = _with(found.get(key), line)
    return found


def _with(before: Attempt | None, line: Line) -> Attempt:
    """An attempt as it stands behind one line more."""
    facts = line.facts
    at, is_open = line.at, event_of(line) in OPEN
    before = before or Attempt(_SMTP, "")
    draft, named = str(facts.get("draft", "")), before.named
    if line.event == SENDING:
        name, transport = facts.get("message_id", ""), facts.get("transport", _SMTP)
        named = named if draft else ""
        return Attempt(transport, name, draft, named, at, is_open)
    if line.event == PLACED:
        named = str(facts.get("named", ""))
    elif line.event != REFUSED:  # a refusal says itself whether a draft is left
        draft = draft or before.draft
    return Attempt(before.transport, before.message_id, draft, named, at, is_open)
