"""What the journal says of each mail: whether it was sent, refused, or may have been sent."""

from collections.abc import Iterable

from ffanalysis.chain import Line

SENDING, SENT, REFUSED, DOUBTFUL, SETTLED = "sending", "sent", "refused", "in doubt", "settled"


def states_of(lines: Iterable[Line]) -> dict[str, Line]:
    """The last line of each mail, by its key."""
    events = (SENDING, SENT, REFUSED, DOUBTFUL, SETTLED)
    return {line.facts["key"]: line for line in lines if line.event in events}


def event_of(line: Line | None) -> str:
    """What a line says of its mail; what a person has settled counts as if it had happened."""
    if line is None:
        return ""
    return str(line.facts["outcome"]) if line.event == SETTLED else line.event
