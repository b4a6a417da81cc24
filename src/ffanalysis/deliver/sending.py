"""Each mail once: a line in the journal before it leaves, and one behind it, on the disk.

What was killed between the two is in doubt: the server may have it or not. It is never sent again
by itself: either the transport finds out what became of it, or a person looks, and settles it.

One command sends the mails of a quarter at a time. It holds the journal only while it decides on a
mail and while it writes what came of it, so that a withdrawal takes effect before the next mail.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from ffanalysis.chain import Chain, Line
from ffanalysis.deliver.letters import letters_of
from ffanalysis.deliver.message import Letter, message_of, senders
from ffanalysis.deliver.release import Release, empty_outbox, standing
from ffanalysis.deliver.states import (
    DOUBTFUL,
    OPEN,
    PLACED,
    REFUSED,
    SENDING,
    SENT,
    SETTLED,
    attempts_of,
    event_of,
    states_of,
)
from ffanalysis.deliver.transport import Delivery, Transport
from ffanalysis.errors import (
    MailRefused,
    MailServerRefused,
    NotReleased,
    SenderMissing,
    SendingUnderWay,
    SettledAlready,
    SettleUnknown,
)
from ffanalysis.periods import Period
from ffanalysis.settings import Mail

_ABOUT = ("key", "to", "project", "edition")  # what each line of a mail says of it
# What became of a mail must be recorded, even if a release of many pages holds the journal.
_PATIENCE = 900.0


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
    transport: Transport,
    on_mail: Callable[[Letter, Delivery], None] = lambda *_: None,
) -> Sent:
    """Send the mails of a released quarter that have not been sent.

    Raises NotReleased, SenderMissing, MailServerRefused, SendingUnderWay, JournalBroken and
    JournalInUse.
    """
    period = str(Period.parse(period))
    chain = Chain(root / "reports", period)
    with _alone(chain, period):
        found = standing(root, period)
        if not found.holds or found.last is None:
            empty_outbox(root, period)
            raise NotReleased(period, found.why_not)
        if not mail.sender:
            raise SenderMissing
        letters = letters_of(root, period, found.last, mail)
        run = _Run(root, mail, transport, chain, found.last)
        for letter in letters.found:
            if not run.one(letter, on_mail):
                break
    left_out = (*letters.left_out, *run.left_out)
    return Sent(run.sent, run.before, (*run.refused,), (*run.doubtful,), left_out)


@contextmanager
def _alone(chain: Chain, period: str) -> Iterator[None]:
    """Keep any other command from sending or settling mails of a quarter meanwhile.

    Raises SendingUnderWay at once.
    """
    chain.path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(chain.path.with_name(f".{period}.sending.lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise SendingUnderWay(period) from error
    try:
        yield
    finally:
        lock.release()


class _Run:
    """The mails of one command: what the journal says of each, and what came of it."""

    def __init__(
        self, root: Path, mail: Mail, transport: Transport, chain: Chain, release: Release
    ) -> None:
        self._root, self._mail, self._transport = root, mail, transport
        self._chain, self._release = chain, release
        # Nobody else adds lines about mails while this command sends them.
        lines = chain.lines()
        self._states, self._attempts = states_of(lines), attempts_of(lines)
        self.sent = self.before = 0
        self.refused: list[str] = []
        self.doubtful: list[str] = []
        self.left_out: list[str] = []

    def one(self, letter: Letter, on_mail: Callable[[Letter, Delivery], None]) -> bool:
        """Send one mail, unless it has been sent, may have been, or another edition was.

        Gives whether others can be sent.
        """
        state = self._states.get(letter.key)
        if event_of(state) == SENT:
            self.before += 1
            return True
        became = Delivery("refused")
        if state is not None:
            if self._can_look_up(letter) and not self._is_ready():
                return False
            became = self._became_of(letter, state)
        if became.outcome == "sent":
            self._add(SENT, letter, {"said": became.said})
            self.before += 1
        elif became.outcome == "in doubt":
            self.doubtful.append(_in_doubt(letter, became.said))
            if event_of(state) not in OPEN:  # for a person to settle from now on
                self._add(DOUBTFUL, letter, {"said": became.said})
        elif earlier := _other_edition(letter, self._states.values()):
            self.left_out.append(
                f"{letter.to.email} was sent edition {earlier.facts.get('edition', 1):,} of"
                f" {letter.project} on {earlier.at[:10]}, which said something else: reissue it, as"
                " a correction or a revision."
            )
        else:
            return self._hand_over(letter, became.draft, on_mail)
        return True

    def _can_look_up(self, letter: Letter) -> bool:
        """Whether the transport can say what became of a mail: it is the one that had it."""
        had_it = self._attempts[letter.key].transport == self._transport.name
        return had_it and self._transport.can_look_up

    def _became_of(self, letter: Letter, state: Line) -> Delivery:
        """What became of a mail that was begun: by the transport, else by the journal."""
        is_open = event_of(state) in OPEN
        by_journal = Delivery("in doubt" if is_open else "refused")
        if not self._can_look_up(letter):
            return by_journal
        attempt = self._attempts[letter.key]
        try:
            found = self._transport.look_up(attempt.begun)
        except MailServerRefused as error:
            why = f"it could not be looked up: {error}" if is_open else ""
            return replace(by_journal, said=why, draft=attempt.draft)
        # A person who has looked is believed where the transport finds nothing.
        is_settled = state.event == SETTLED and found.outcome == "in doubt"
        return by_journal if is_settled else found

    def _is_ready(self) -> bool:
        """Whether mails can leave. Raises MailServerRefused where nothing has been done yet."""
        try:
            self._transport.ready()
        except MailServerRefused as error:
            if not (self.sent or self.refused or self.doubtful):
                raise
            self.refused.append(str(error))
            return False
        return True

    def _hand_over(
        self, letter: Letter, draft: str, on_mail: Callable[[Letter, Delivery], None]
    ) -> bool:
        try:
            message = message_of(letter, *senders(self._mail))
        except MailRefused as error:
            self.left_out.append(str(error))
            return True
        if not self._is_ready():  # what cannot be reached leaves no mail in doubt
            return False
        facts = {
            "release": self._release.number,
            "message_id": message["Message-ID"],
            "transport": self._transport.name,
        }
        self._begin(letter, facts | ({"draft": draft} if draft else {}))
        del message["X-Unsent"]  # it is no draft any more
        came = self._transport.deliver(
            message,
            self._mail.sender,
            letter.to.email,
            draft,
            lambda placed: self._add(PLACED, letter, placed),
        )
        left = {"draft": came.draft} if came.draft else {}
        self._add(came.outcome, letter, {"said": came.said, **left})
        on_mail(letter, came)
        if came.outcome == "sent":
            self.sent += 1
        elif came.outcome == "refused":
            self.refused.append(f"{letter.to.email}, {letter.project}: {came.said.rstrip('.')}.")
        else:
            self.doubtful.append(_in_doubt(letter, came.said))
        return True

    def _begin(self, letter: Letter, facts: Mapping[str, Any]) -> None:
        """Write that a mail is about to leave, if its release still holds: both in one step."""
        period = str(letter.period)
        with self._chain.held(_PATIENCE) as append:
            now = standing(self._root, period)
            if not now.holds or now.last is None:
                raise NotReleased(period, now.why_not)
            if now.last.number != self._release.number:
                raise MailRefused(
                    f"{period} was released anew while its mails were leaving: the rest of the"
                    f" earlier release is not sent. Run 'ffanalysis mail {period} --send' again"
                )
            append(SENDING, {**_about(letter), **facts})

    def _add(self, event: str, letter: Letter, facts: Mapping[str, Any]) -> None:
        with self._chain.held(_PATIENCE) as append:
            append(event, {**_about(letter), **facts})


def settle(root: Path, period: str, key: str, by: str, *, was_sent: bool) -> None:
    """Record what a person found out of a mail in doubt.

    Raises SettleUnknown where none is, SettledAlready, and SendingUnderWay.
    """
    period = str(Period.parse(period))
    chain = Chain(root / "reports", period)
    with _alone(chain, period), chain.held() as append:
        states = states_of(chain.lines())
        found = [line for own, line in states.items() if key and own.startswith(key)]
        doubtful = [line for line in found if event_of(line) in OPEN]
        if len(found) == 1 and found[0].event == SETTLED:
            facts = found[0].facts
            at = datetime.fromisoformat(found[0].at)
            raise SettledAlready(facts["by"], at, was_sent=facts["outcome"] == SENT)
        if len(doubtful) != 1:
            raise SettleUnknown(key)
        about = {name: doubtful[0].facts[name] for name in _ABOUT if name in doubtful[0].facts}
        outcome = SENT if was_sent else REFUSED
        append(SETTLED, {**about, "outcome": outcome, "by": " ".join(by.split())})


def _other_edition(letter: Letter, lines: Iterable[Line]) -> Line | None:
    """The line by which the recipient was sent, or may have been, this edition in other words.

    Also one under a name that the project had before. What replaces an earlier edition, and says
    so, is another mail.
    """
    names = (letter.project, *letter.former)
    for line in lines:
        same = line.facts["to"] == letter.to.email.casefold() and line.facts["project"] in names
        is_earlier = letter.edition > line.facts.get("edition", 1)
        is_sent = line.facts["key"] != letter.key and event_of(line) != REFUSED
        if same and is_sent and not is_earlier:
            return line
    return None


def _about(letter: Letter) -> dict[str, Any]:
    return {
        "key": letter.key,
        "to": letter.to.email.casefold(),
        "project": letter.project,
        "edition": letter.edition,
    }


def _in_doubt(letter: Letter, said: str) -> str:
    known = f" What is known: {said.rstrip('.')}." if said else ""
    return (
        f"{letter.to.email}, {letter.project}: it may have been sent. Look for Message-ID"
        f" {letter.key[:40]}, then settle it: --settle {letter.key[:12]} --as sent, or not-sent."
        f"{known}"
    )
