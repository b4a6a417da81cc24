"""One briefing to one recipient: what a mail is made of."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address

from ffanalysis.errors import MailRefused
from ffanalysis.periods import Period
from ffanalysis.settings import address_fault

_SILENT = re.compile(r'(?s)<style\b.*?</style>|<span class="version">[^<]*</span>')
_CODE = "=?"


@dataclass(frozen=True)
class Recipient:
    """Who gets a mail: a name, which may be blank, and an address."""

    name: str
    email: str

    def address(self, place: str) -> Address:
        """The address as a header holds it.

        Raises MailRefused, with the `place` that it comes from, where it is none, or where the name
        holds a line break or another sign that cannot be seen: it could begin a header of its own.
        So could a name that has the code in which headers write other letters.
        """
        if fault := address_fault(self.email):
            raise MailRefused(f"{place}: '{in_one_line(self.email)}' {fault}")
        shown = in_one_line(self.name)
        if shown != self.name:
            unseen = "holds a line break or another sign that cannot be seen"
            raise MailRefused(f"{place}: the name '{shown}' {unseen}; write it anew")
        if _CODE in self.name:
            why = f"has '{_CODE}', which mail programs take for a code; write it without"
            raise MailRefused(f"{place}: the name '{shown}' {why}")
        user, _, domain = self.email.rpartition("@")
        return Address(self.name, user, domain)


@dataclass(frozen=True)
class Letter:
    """What a mail is made of.

    Attributes:
        to: its recipient; `place` is where in the workbooks that stands.
        project: the project's name in files, and `name` as people write it.
        status: the governance status, "" for an approved project.
        marking: the protective marking, "" for none.
        at: when it was released.
        page, pdf: the released page and document.
        edition: the number of its edition.
        address: where the released page can be read; "" where nobody has said.
        prefix: what its subject begins with behind the marking, such as "CORRECTED: ".
        is_confidential: whether no mail of another project may hold it.
        former: other names of the project in files, which the council has declared.
    """

    to: Recipient
    place: str
    project: str
    name: str
    period: Period
    status: str
    marking: str
    at: datetime
    page: str
    pdf: bytes
    edition: int = 1
    address: str = ""
    prefix: str = ""
    is_confidential: bool = False
    former: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What makes a mail this one: recipient, project, period, edition, and what it says.

        The same words under another version of the page, whose document then differs too, are the
        same mail.
        """
        content = hashlib.sha256(_words_of(self.page).encode()).hexdigest()
        about = (self.to.email.casefold(), self.project, str(self.period), str(self.edition))
        parts = (*about, self.prefix, content)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _words_of(page: str) -> str:
    """What a page says, without its version."""
    words = _SILENT.sub(" ", page)
    return " ".join(re.sub(r"<[^>]*>", " ", words).split())


def file_name(letter: Letter) -> str:
    """The name of the attached PDF: the project, the quarter and a later edition's number."""
    plain = letter.project.encode("ascii", "ignore").decode().strip("-") or "briefing"
    edition = f"-edition-{letter.edition}" if letter.edition > 1 else ""
    return f"{plain}-{letter.period}{edition}.pdf"


def in_one_line(text: str) -> str:
    """A text without line breaks and other signs that cannot be seen."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
