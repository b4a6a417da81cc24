"""Each mail once: a line in the journal before it leaves, and one behind it, on the disk.

What was killed between the two is in doubt: the server may have it or not. It is never sent again
by itself; a person looks, and settles it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ffanalysis.chain import Chain, Line
from ffanalysis.deliver.letters import letters_of
from ffanalysis.deliver.message import Letter, message_of, senders
from ffanalysis.deliver.release import empty_outbox, standing
from ffanalysis.deliver.smtp import Delivery, Server
from ffanalysis.deliver.states import (
    DOUBTFUL,
    REFUSED,
    SENDING,
    SENT,
    SETTLED,
    event_of,
    states_of,
)
from ffanalysis.errors import MailRefused, NotReleased, SenderMissing, SettleUnknown
from ffanalysis.periods import Period
from ffanalysis.settings import Mail


@dataclass(frozen=True)
class Sent:
    """What came of the mails of a quarter, by their sentences.

    Attributes:
        sent: how many were accepted now; `before` how many had been already.
        refused: why others were not, which the next `--send` tries again.
        doubtful: which a person must look up and settle.
        left_out: why others may not be sent at all.
    """

    sent: int
    before: int
    refused: tuple[str, ...]
    doubtful: tuple[str, ...]
    left_out: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        return not (self.refused or self.doubtful or self.left_out)


def send(
    root: Path,
    period: str,
    mail: Mail,
    server: Server,
    on_mail: Callable[[Letter, Delivery], None] = lambda *_: None,
) -> Sent:
    """Send the mails of a released quarter that have not been sent.

    Raises NotReleased, SenderMissing, MailServerRefused, JournalBroken and JournalInUse.
    """
    period = str(Period.parse(period))
    chain = Chain(root / "reports", period)
    with chain.held() as append:
        found = standing(root, period)
        if not found.holds or found.last is None:
            empty_outbox(root, period)
            raise NotReleased(period, found.why_not)
        if not mail.sender:
            raise SenderMissing
        letters = letters_of(root, period, found.last, mail)
        run = _Run(mail, server, append, states_of(chain.lines()))
        for letter in letters.found:
            # A run may have published other pages meanwhile.
            if not (now := standing(root, period)).holds:
                raise NotReleased(period, now.why_not)
            run.one(letter, found.last.number, on_mail)
    doubtful = (*run.doubtful,)
    left_out = (*letters.left_out, *run.left_out)
    return Sent(run.sent, run.before, (*run.refused,), doubtful, left_out)


class _Run:
    """The mails of one command: what the journal says of each, and what came of it."""

    def __init__(
        self,
        mail: Mail,
        server: Server,
        append: Callable[[str, Mapping[str, Any]], Line],
        states: Mapping[str, Line],
    ) -> None:
        self._mail, self._server, self._append, self._states = mail, server, append, states
        self.sent = self.before = 0
        self.refused: list[str] = []
        self.doubtful: list[str] = []
        self.left_out: list[str] = []

    def one(
        self, letter: Letter, release: int, on_mail: Callable[[Letter, Delivery], None]
    ) -> None:
        """Send one mail, unless it has been sent, may have been, or another edition was."""
        state = self._states.get(letter.key)
        event = event_of(state)
        if event == SENT:
            self.before += 1
            return
        if event in (SENDING, DOUBTFUL):
            self.doubtful.append(_in_doubt(letter))
            return
        if earlier := _other_edition(letter, self._states.values()):
            self.left_out.append(
                f"{letter.to.email} was sent another edition of {letter.project} on"
                f" {earlier.at[:10]}: a change of what was sent is a correction."
            )
            return
        try:
            message = message_of(letter, *senders(self._mail))
        except MailRefused as error:
            self.left_out.append(str(error))
            return
        facts = {**_about(letter), "release": release, "message_id": message["Message-ID"]}
        self._server.ready()  # what cannot be reached leaves no mail in doubt
        self._append(SENDING, facts)
        del message["X-Unsent"]  # it is no draft any more
        came = self._server.deliver(message, self._mail.sender, letter.to.email)
        self._append(came.outcome, {**_about(letter), "said": came.said})
        on_mail(letter, came)
        if came.outcome == "sent":
            self.sent += 1
        elif came.outcome == "refused":
            self.refused.append(f"{letter.to.email}, {letter.project}: {came.said}.")
        else:
            self.doubtful.append(_in_doubt(letter))


def settle(root: Path, period: str, key: str, by: str, *, was_sent: bool) -> None:
    """Record what a person found out of a mail in doubt. Raises SettleUnknown where none is."""
    period = str(Period.parse(period))
    chain = Chain(root / "reports", period)
    with chain.held() as append:
        states = states_of(chain.lines())
        found = [
            line
            for own, line in states.items()
            if own.startswith(key) and event_of(line) in (SENDING, DOUBTFUL)
        ]
        if len(found) != 1 or not key:
            raise SettleUnknown(key)
        about = {name: found[0].facts[name] for name in ("key", "to", "project")}
        outcome = SENT if was_sent else REFUSED
        append(SETTLED, {**about, "outcome": outcome, "by": " ".join(by.split())})


def _other_edition(letter: Letter, lines: Iterable[Line]) -> Line | None:
    """The line by which the recipient was sent, or may have been, another edition.

    Also one under a name that the project had before.
    """
    names = (letter.project, *letter.former)
    for line in lines:
        same = line.facts["to"] == letter.to.email.casefold() and line.facts["project"] in names
        if same and line.facts["key"] != letter.key and event_of(line) != REFUSED:
            return line
    return None


def _about(letter: Letter) -> dict[str, str]:
    return {"key": letter.key, "to": letter.to.email.casefold(), "project": letter.project}


def _in_doubt(letter: Letter) -> str:
    return (
        f"{letter.to.email}, {letter.project}: it may have been sent. Look for Message-ID"
        f" {letter.key[:40]}, then settle it: --settle {letter.key[:12]} --as sent, or not-sent."
    )
