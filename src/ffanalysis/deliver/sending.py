"""Each mail once: a line in the journal before it leaves, and one behind it, on the disk.

What was killed between the two is in doubt: the server may have it or not. It is never sent again
by itself: either the transport finds out what became of it, or a person looks, and settles it.

One command sends the mails of a quarter at a time. It holds the journal only while it decides on a
mail and while it writes what came of it, so that a withdrawal takes effect before the next mail.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from ffanalysis.chain import Chain, Line
from ffanalysis.deliver.already import in_doubt, sort_letters
from ffanalysis.deliver.envelope import Envelope, envelopes_of
from ffanalysis.deliver.letter import Letter
from ffanalysis.deliver.letters import letters_of
from ffanalysis.deliver.message import message_of, senders
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
    ReleasedAnew,
    SenderMissing,
    SendingUnderWay,
    SettledAlready,
    SettleUnknown,
)
from ffanalysis.periods import Period
from ffanalysis.settings import Mail

OnMail = Callable[[Envelope, Delivery], None]
_ABOUT = ("key", "to", "letters")  # what each line of a mail says of it
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
        remarks: what is not sent, and whom nobody tells, though nothing is amiss.
        stopped: why the rest was not tried; "" where all were.
    """

    sent: int
    before: int
    refused: tuple[str, ...]
    doubtful: tuple[str, ...]
    left_out: tuple[str, ...]
    remarks: tuple[str, ...] = ()
    stopped: str = ""

    @property
    def is_complete(self) -> bool:
        return not (self.refused or self.doubtful or self.left_out or self.stopped)


def send(
    root: Path,
    period: str,
    mail: Mail,
    transport: Transport,
    on_mail: OnMail = lambda *_: None,
) -> Sent:
    """Send the mails of a released quarter that have not been sent.

    Its drafts are deleted: what is sent from here is not to be sent by hand too. Raises
    NotReleased, SenderMissing, MailServerRefused, SendingUnderWay, JournalBroken and JournalInUse.
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
        empty_outbox(root, period)
        letters = letters_of(root, period, found.last, mail)
        run = _Run(root, mail, transport, chain, found.last)
        stopped = ""
        try:
            for envelope in run.envelopes(letters.found):
                if not run.one(envelope, on_mail):
                    break
        except (NotReleased, ReleasedAnew) as error:
            if not run.sent:
                raise
            stopped = str(error)
    left_out = (*letters.left_out, *run.left_out)
    return Sent(
        run.sent,
        run.before,
        (*run.refused,),
        (*run.doubtful,),
        left_out,
        (*run.remarks,),
        stopped,
    )


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
        self._lines = chain.lines()
        self._states, self._attempts = states_of(self._lines), attempts_of(self._lines)
        self.sent = self.before = 0
        self.refused: list[str] = []
        self.doubtful: list[str] = []
        self.left_out: list[str] = []
        self.remarks: list[str] = []

    def envelopes(self, letters: Sequence[Letter]) -> list[Envelope]:
        """The mails that letters go in: what was begun as it was, then the others."""
        found = sort_letters(letters, self._lines, self._release)
        self.doubtful += found.doubtful
        self.remarks += found.remarks
        as_it_was = [Envelope(tuple(own)) for own in found.begun.values()]
        return [*as_it_was, *envelopes_of(found.fresh, self._mail.form)]

    def one(self, envelope: Envelope, on_mail: OnMail) -> bool:
        """Send one mail, unless it has been sent, or may have been.

        Gives whether others can be sent.
        """
        state = self._states.get(envelope.letters[0].key)
        if event_of(state) == SENT:
            self.before += 1
            return True
        became = Delivery("refused")
        if state is not None:
            if self._can_look_up(state) and not self._is_ready():
                return False
            became = self._became_of(state)
        if became.outcome == "sent":
            self._add(SENT, envelope, {"said": became.said})
            self.before += 1
        elif became.outcome == "in doubt":
            if state is not None:
                self.doubtful.append(in_doubt(state, self._lines, became.said))
            if event_of(state) not in OPEN:  # for a person to settle from now on
                self._add(DOUBTFUL, envelope, {"said": became.said})
        else:
            # A draft is of the mail that was begun: with fewer letters it is another.
            is_same = state is not None and state.facts["key"] == envelope.key
            return self._hand_over(envelope, became.draft if is_same else "", on_mail)
        return True

    def _can_look_up(self, state: Line) -> bool:
        """Whether the transport can say what became of a mail: it is the one that had it."""
        had_it = self._attempts[state.facts["key"]].transport == self._transport.name
        return had_it and self._transport.can_look_up

    def _became_of(self, state: Line) -> Delivery:
        """What became of a mail that was begun: by the transport, else by the journal."""
        is_open = event_of(state) in OPEN
        by_journal = Delivery("in doubt" if is_open else "refused")
        if not self._can_look_up(state):
            return by_journal
        attempt = self._attempts[state.facts["key"]]
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

    def _hand_over(self, envelope: Envelope, draft: str, on_mail: OnMail) -> bool:
        try:
            message = message_of(envelope, *senders(self._mail))
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
        self._begin(envelope, facts | ({"draft": draft} if draft else {}))
        del message["X-Unsent"]  # it is no draft any more
        came = self._transport.deliver(
            message,
            self._mail.sender,
            envelope.to.email,
            draft,
            lambda placed: self._add(PLACED, envelope, placed),
        )
        left = {"draft": came.draft} if came.draft else {}
        self._add(came.outcome, envelope, {"said": came.said, **left})
        on_mail(envelope, came)
        if came.outcome == "sent":
            self.sent += 1
        elif came.outcome == "refused":
            self.refused.append(f"{envelope.about}: {came.said.rstrip('.')}.")
        else:
            lines = self._chain.lines()
            line = states_of(lines)[envelope.letters[0].key]
            self.doubtful.append(in_doubt(line, lines, came.said))
        return True

    def _begin(self, envelope: Envelope, facts: Mapping[str, Any]) -> None:
        """Write that a mail is about to leave, if its release still holds: both in one step."""
        period = str(envelope.period)
        with self._chain.held(_PATIENCE) as append:
            now = standing(self._root, period)
            if not now.holds or now.last is None:
                raise NotReleased(period, now.why_not)
            if now.last.number != self._release.number:
                raise ReleasedAnew(period)
            append(SENDING, {**envelope.facts, **facts})

    def _add(self, event: str, envelope: Envelope, facts: Mapping[str, Any]) -> None:
        with self._chain.held(_PATIENCE) as append:
            append(event, {**envelope.facts, **facts})


def settle(root: Path, period: str, key: str, by: str, *, was_sent: bool) -> None:
    """Record what a person found out of a mail in doubt.

    Raises SettleUnknown where none is, SettledAlready, and SendingUnderWay.
    """
    period = str(Period.parse(period))
    chain = Chain(root / "reports", period)
    with _alone(chain, period), chain.held() as append:
        states = states_of(chain.lines())
        lines = {line.number: line for line in states.values()}.values()
        found = [line for line in lines if key and line.facts["key"].startswith(key)]
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
