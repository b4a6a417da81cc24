"""One mail: a released briefing to one recipient, the same bytes each time.

The tree is fixed: mixed (related (alternative (plain, HTML), pictures), PDF). In any other order
one or another mail program hides the text, or shows the pictures as files.
"""

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.headerregistry import Address
from email.message import MIMEPart
from email.policy import SMTP
from email.utils import format_datetime

from ffanalysis.deliver.first_page import Block, FirstPage, first_page
from ffanalysis.deliver.mail_html import html_of, text_of
from ffanalysis.deliver.read_back import Plan, read_back
from ffanalysis.errors import MailRefused
from ffanalysis.periods import Period
from ffanalysis.settings import Mail, address_fault

LARGEST = 2_500_000  # bytes of a whole message
_LONGEST_SUBJECT = 200
_CODE = "=?"
_WHITE = (255, 255, 255)


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
    former: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What makes a mail this one: recipient, project, period and content."""
        content = hashlib.sha256(self.page.encode() + self.pdf).hexdigest()
        parts = (self.to.email.casefold(), self.project, str(self.period), self.prefix, content)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    @property
    def subject(self) -> str:
        """Marking first, then project, quarter and governance status, in one line."""
        edition = f", edition {self.edition:,}" if self.edition > 1 else ""
        about = f"{self.prefix}Savings briefing: {self.name}, {self.period.words}{edition}"
        whole = " – ".join(filter(None, (self.marking, about, self.status)))
        return in_one_line(whole)[:_LONGEST_SUBJECT]


def senders(mail: Mail) -> tuple[Recipient, Recipient | None]:
    """Whom mails come from, and where answers go, by the settings."""
    reply_to = Recipient("", mail.reply_to) if mail.reply_to else None
    return Recipient(mail.sender_name, mail.sender), reply_to


def message_of(letter: Letter, sender: Recipient, reply_to: Recipient | None) -> MIMEPart:
    """The mail of a letter, read back.

    Raises MailRefused where an address is none, where it is too large, or where what is read back
    is not what was released.
    """
    page = first_page(letter.page)
    if page.project != letter.project:
        raise MailRefused(
            f"{letter.project}.html is the page of {page.project or 'no project'}: nothing is sent"
        )
    if letter.address:
        page = replace(page, blocks=(*page.blocks, Block("link", letter.address)))
    message = MIMEPart(policy=SMTP)
    message["From"] = sender.address("settings.toml, [mail] sender")
    message["To"] = letter.to.address(letter.place)
    if reply_to:
        message["Reply-To"] = reply_to.address("settings.toml, [mail] reply_to")
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(letter.at)
    message["Message-ID"] = f"<{letter.key[:40]}@{sender.email.rpartition('@')[2]}>"
    message["X-Unsent"] = "1"
    message["MIME-Version"] = "1.0"
    message["Content-Type"] = f'multipart/mixed; boundary="{_boundary(letter, "mixed")}"'
    message.attach(_related(letter, page))
    message.attach(_pdf(letter))
    content = message.as_bytes()
    size = len(content)
    if size > LARGEST:
        raise MailRefused(
            f"the mail of {letter.project} has {size / 1e6:,.1f} MB, and gateways refuse more than"
            f" {LARGEST / 1e6:,.1f} MB"
        )
    read_back(content, plan_of(letter, page))
    return message


def plan_of(letter: Letter, page: FirstPage) -> Plan:
    """What the mail of a letter must turn out to be."""
    pictures = [_picture_file(number) for number, _ in enumerate(page.pictures, 1)]
    return Plan(letter.project, letter.period, letter.page, pictures, file_name(letter), letter.pdf)


def _picture_file(number: int) -> str:
    return f"picture-{number}.png"


def _related(letter: Letter, page: FirstPage) -> MIMEPart:
    """The text in both forms, with the pictures that its HTML shows."""
    names = [f"picture-{number}.{letter.key[:16]}" for number, _ in enumerate(page.pictures, 1)]
    shown = dict(zip(names, page.pictures, strict=True))
    text = _part(text_of(page, letter.marking), "plain")
    html = _part(html_of(page, letter.marking, shown), "html")
    found = _multipart(letter, "alternative", [text, html])
    pictures = [
        _picture(name, on_white(picture.png), number)
        for number, (name, picture) in enumerate(zip(names, page.pictures, strict=True), 1)
    ]
    return _multipart(letter, "related", [found, *pictures])


def _multipart(letter: Letter, kind: str, parts: Sequence[MIMEPart]) -> MIMEPart:
    made = MIMEPart(policy=SMTP)
    made["Content-Type"] = f'multipart/{kind}; boundary="{_boundary(letter, kind)}"'
    for part in parts:
        made.attach(part)
    return made


def _boundary(letter: Letter, kind: str) -> str:
    """A boundary that is the same each time, and occurs in no part: it holds a digest of them."""
    return f"={kind}={letter.key[:32]}"


def _part(text: str, kind: str) -> MIMEPart:
    made = MIMEPart(policy=SMTP)
    made.set_content(text, subtype=kind, charset="utf-8", cte="quoted-printable")
    return made


def _picture(name: str, png: bytes, number: int) -> MIMEPart:
    made = MIMEPart(policy=SMTP)
    made.set_content(
        png,
        maintype="image",
        subtype="png",
        disposition="inline",
        filename=_picture_file(number),
        cid=f"<{name}>",
    )
    return made


def _pdf(letter: Letter) -> MIMEPart:
    made = MIMEPart(policy=SMTP)
    made.set_content(
        letter.pdf,
        maintype="application",
        subtype="pdf",
        disposition="attachment",
        filename=file_name(letter),
    )
    return made


def file_name(letter: Letter) -> str:
    """The name of the attached PDF: the project, the quarter and a later edition's number."""
    plain = letter.project.encode("ascii", "ignore").decode().strip("-") or "briefing"
    edition = f"-edition-{letter.edition}" if letter.edition > 1 else ""
    return f"{plain}-{letter.period}{edition}.pdf"


def on_white(png: bytes) -> bytes:
    """A picture on white paper: a clear ground turns black in a mail program's dark mode."""
    from PIL import Image  # slow to import

    with Image.open(io.BytesIO(png)) as image:
        clear = image.convert("RGBA")
        ground = Image.new("RGB", clear.size, _WHITE)
        ground.paste(clear, mask=clear.getchannel("A"))
    out = io.BytesIO()
    ground.save(out, format="PNG", optimize=True)
    return out.getvalue()


def in_one_line(text: str) -> str:
    """A text without line breaks and other signs that cannot be seen."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def tree_of(message: MIMEPart) -> Mapping[str, object] | str:
    """The MIME tree of a mail by its types, to be compared with what it must be."""
    if not message.is_multipart():
        return message.get_content_type()
    inside = [tree_of(part) for part in message.iter_parts()]
    return {message.get_content_type(): inside}
