"""How mails leave: what every transport can do, and what came of a mail that it was given.

Sending knows this alone. A transport hands over one mail at a time and says what came of it: sent,
refused, or in doubt, where the answer was lost. Some can look a doubtful mail up; others cannot.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import MIMEPart
from typing import Literal, Protocol

from ffanalysis.deliver.letter import in_one_line
from ffanalysis.errors import MailRefused
from ffanalysis.settings import Mail

SECRET_VARIABLE = "FFANALYSIS_MAIL_SECRET"  # noqa: S105 - the name of a variable
SERVICE = "ffanalysis"  # what the keyring calls it
_LONGEST = 600  # letters of a server's words
Outcome = Literal["sent", "refused", "in doubt"]
Keep = Callable[[Mapping[str, str]], object]


@dataclass(frozen=True)
class Delivery:
    """What came of one mail, and the server's words.

    `draft` is the id of what is left of it in the sender's mailbox, "" where nothing is.
    """

    outcome: Outcome
    said: str = ""
    draft: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "said", one_line(self.said))


@dataclass(frozen=True)
class Begun:
    """What the journal knows of a mail that was handed over before.

    Attributes:
        message_ids: its Message-ID, and the one that the service gave it, if it gave another.
        draft: its id in the sender's mailbox; "" where none was recorded.
        open_since: when it may last have been handed over; None where it was certainly refused.
    """

    message_ids: tuple[str, ...]
    draft: str = ""
    open_since: datetime | None = None


def keep_nothing(_: Mapping[str, str]) -> None:
    """For who has no journal to keep anything in."""


class Transport(Protocol):
    """A way for mails to leave."""

    @property
    def name(self) -> str:
        """What settings.toml and the journal call it."""

    def ready(self) -> None:
        """Be connected and logged in. Raises MailServerRefused: then no mail is in doubt."""

    def deliver(
        self,
        message: MIMEPart,
        sender: str,
        to: str,
        draft: str = "",
        keep: Keep = keep_nothing,
    ) -> Delivery:
        """Hand over one mail to one recipient, or the draft that is there of it.

        `keep` puts facts into the journal, on the disk before the mail can leave. Raises
        MailServerRefused where none can be sent.
        """

    @property
    def can_look_up(self) -> bool:
        """Whether it can find out what became of a mail."""

    def look_up(self, begun: Begun) -> Delivery:
        """What became of a mail: sent, in doubt, or refused, which means that it was not sent.

        Raises MailServerRefused where that cannot be asked now.
        """

    def check(self) -> str:
        """Connect and log in, and send nothing. Raises MailServerRefused, in words."""

    def close(self) -> None:
        """End the connection, if there is one."""


@contextmanager
def transport_of(mail: Mail) -> Iterator[Transport]:
    """The transport of the settings, closed behind whatever is done with it.

    Raises MailRefused where mails leave as drafts alone.
    """
    transport = _chosen(mail)
    try:
        yield transport
    finally:
        transport.close()


def _chosen(mail: Mail) -> Transport:
    if mail.transport == "smtp":
        from ffanalysis.deliver.smtp import Server

        return Server(mail, secret_for(mail))
    if mail.transport == "graph":
        from ffanalysis.deliver.graph import Graph

        return Graph(mail, secret_for(mail))
    raise MailRefused(
        "settings.toml sends by drafts alone: write, below a line [mail], transport ="
        ' "smtp" or transport = "graph"'
    )


def secret_for(mail: Mail) -> str:
    """What proves who logs in: from the environment, else from the system's keyring."""
    if found := os.environ.get(SECRET_VARIABLE, ""):
        return found
    with suppress(Exception):  # no keyring is installed, or none can be opened
        import keyring  # type: ignore[import-not-found,unused-ignore]

        account = mail.client_id if mail.transport == "graph" else mail.user
        return keyring.get_password(SERVICE, account) or ""
    return ""


def one_line(text: str) -> str:
    """A server's words as one line, without signs that cannot be seen, and not endless."""
    line = in_one_line(text)
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
