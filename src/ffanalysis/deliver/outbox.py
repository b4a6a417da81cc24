"""Drafts: one `.eml` file for each mail, which a mail program opens to be sent.

Nothing is there that is not released: the outbox of a quarter is emptied before it is filled, and
whenever the release does not hold.
"""

from dataclasses import dataclass
from pathlib import Path

from ffanalysis.chain import Chain
from ffanalysis.deliver.already import in_doubt, sort_letters
from ffanalysis.deliver.envelope import Envelope, envelopes_of
from ffanalysis.deliver.letters import letters_of
from ffanalysis.deliver.message import message_of, senders
from ffanalysis.deliver.release import empty_outbox, standing
from ffanalysis.deliver.states import OPEN, SENT, event_of, states_of
from ffanalysis.errors import MailRefused, NotReleased, SenderMissing
from ffanalysis.periods import Period
from ffanalysis.provenance import slug
from ffanalysis.read import council_of
from ffanalysis.settings import Mail

DRAFTED = "drafted"


@dataclass(frozen=True)
class Outbox:
    """The drafts of a quarter: their files, and why others were not made: a sentence each.

    Attributes:
        before: how many mails had been sent.
        doubtful: which may have been, for a person to settle.
        remarks: what is not drafted, and whom nobody tells, though nothing is amiss.
    """

    folder: Path
    drafts: tuple[Path, ...]
    left_out: tuple[str, ...]
    before: int = 0
    doubtful: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def draft(root: Path, period: str) -> Outbox:
    """Write the drafts of a quarter that is released.

    Raises NotReleased, with an empty outbox, SenderMissing and JournalBroken.
    """
    period = str(Period.parse(period))
    folder = empty_outbox(root, period)
    found = standing(root, period)
    if not found.holds or found.last is None:
        raise NotReleased(period, found.why_not)
    mail = council_of(root, period).mail
    if not mail.sender:
        raise SenderMissing
    letters = letters_of(root, period, found.last, mail)
    lines = Chain(root / "reports", period).lines()
    sorted_ = sort_letters(letters.found, lines, found.last)
    states = states_of(lines)
    before = 0
    doubtful, fresh = sorted_.doubtful, sorted_.fresh
    for own in sorted_.begun.values():
        event = event_of(states[own[0].key])
        if event == SENT:
            before += 1
        elif event in OPEN:
            doubtful.append(in_doubt(states[own[0].key], lines))
        else:  # it was refused
            fresh += own
    drafts: list[Path] = []
    left_out = [*letters.left_out]
    for envelope in envelopes_of(fresh, mail.form):
        try:
            drafts.append(_write(folder, envelope, mail))
        except MailRefused as error:
            left_out.append(str(error))
    if drafts:
        facts = {"release": found.last.number, "drafts": [path.name for path in drafts]}
        Chain(root / "reports", period).add(DRAFTED, {**facts, "left_out": left_out})
    return Outbox(
        folder, tuple(drafts), tuple(left_out), before, tuple(doubtful), tuple(sorted_.remarks)
    )


def _write(folder: Path, envelope: Envelope, mail: Mail) -> Path:
    content = message_of(envelope, *senders(mail)).as_bytes()
    about = "digest" if envelope.is_digest else envelope.projects
    path = folder / f"{about}--{_file_part(envelope.to.email)}--{envelope.key[:6]}.eml"
    folder.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(content)
    part.replace(path)
    return path


def _file_part(email: str) -> str:
    """An address as a part of a file's name: what no system takes amiss."""
    user, _, domain = email.partition("@")
    return f"{slug(user) or 'recipient'}-at-{slug(domain)}"
