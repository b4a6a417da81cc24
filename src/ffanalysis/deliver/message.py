"""One mail: released briefings to one recipient, the same bytes each time.

The tree is fixed: mixed (related (alternative (plain, HTML), pictures), PDF), with a PDF for each
briefing. In any other order one or another mail program hides the text, or shows the pictures as
files.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from email.message import MIMEPart
from email.policy import SMTP
from email.utils import format_datetime

from ffanalysis.deliver.envelope import LARGEST, Envelope
from ffanalysis.deliver.first_page import Block, FirstPage, first_page
from ffanalysis.deliver.letter import Letter, Recipient, file_name
from ffanalysis.deliver.mail_html import html_of, text_of
from ffanalysis.deliver.read_back import Plan, read_back
from ffanalysis.errors import MailRefused
from ffanalysis.settings import Mail

_WHITE = (255, 255, 255)


def senders(mail: Mail) -> tuple[Recipient, Recipient | None]:
    """Whom mails come from, and where answers go, by the settings."""
    reply_to = Recipient("", mail.reply_to) if mail.reply_to else None
    return Recipient(mail.sender_name, mail.sender), reply_to


def message_of(envelope: Envelope, sender: Recipient, reply_to: Recipient | None) -> MIMEPart:
    """The mail of what an envelope holds, read back.

    Raises MailRefused where an address is none, where it is too large, or where what is read back
    is not what was released.
    """
    pages = [_page_of(letter) for letter in envelope.letters]
    page = pages[0] if len(pages) == 1 else _digest(envelope, pages)
    message = MIMEPart(policy=SMTP)
    message["From"] = sender.address("settings.toml, [mail] sender")
    message["To"] = envelope.to.address(envelope.letters[0].place)
    if reply_to:
        message["Reply-To"] = reply_to.address("settings.toml, [mail] reply_to")
    message["Subject"] = envelope.subject
    message["Date"] = format_datetime(envelope.letters[0].at)
    message["Message-ID"] = f"<{envelope.key[:40]}@{sender.email.rpartition('@')[2]}>"
    message["X-Unsent"] = "1"
    message["MIME-Version"] = "1.0"
    message["Content-Type"] = f'multipart/mixed; boundary="{_boundary(envelope, "mixed")}"'
    message.attach(_related(envelope, page))
    for letter in envelope.letters:
        message.attach(_pdf(letter))
    content = message.as_bytes()
    size = len(content)
    if size > LARGEST:
        raise MailRefused(
            f"the mail of {envelope.projects} has {size / 1e6:,.1f} MB, and gateways refuse more"
            f" than {LARGEST / 1e6:,.1f} MB"
        )
    read_back(content, [plan_of(letter) for letter in envelope.letters], pictures_of(page))
    return message


def _page_of(letter: Letter) -> FirstPage:
    """The first page of a letter's briefing. Raises MailRefused where it is another project's."""
    page = first_page(letter.page)
    if page.project != letter.project:
        raise MailRefused(
            f"{letter.project}.html is the page of {page.project or 'no project'}: nothing is sent"
        )
    if letter.address:
        return replace(page, blocks=(*page.blocks, Block("link", letter.address)))
    return page


def _digest(envelope: Envelope, pages: Sequence[FirstPage]) -> FirstPage:
    """The first pages of several briefings, one below the other; their charts are in the PDFs."""
    names = tuple(letter.name for letter in envelope.letters)
    begin = Block("text", f"{len(pages):,} briefings, each attached as a PDF:")
    blocks = (block for page in pages for block in (Block("rule"), *page.blocks))
    return FirstPage("", envelope.subject, (begin, Block("list", items=names), *blocks))


def plan_of(letter: Letter) -> Plan:
    """What a mail must turn out to say of a letter."""
    return Plan(letter.project, letter.period, letter.page, file_name(letter), letter.pdf)


def pictures_of(page: FirstPage) -> list[str]:
    """The names of the pictures in a mail's text, in their order."""
    return [_picture_file(number) for number, _ in enumerate(page.pictures, 1)]


def _picture_file(number: int) -> str:
    return f"picture-{number}.png"


def _related(envelope: Envelope, page: FirstPage) -> MIMEPart:
    """The text in both forms, with the pictures that its HTML shows."""
    names = [f"picture-{number}.{envelope.key[:16]}" for number, _ in enumerate(page.pictures, 1)]
    shown = dict(zip(names, page.pictures, strict=True))
    text = _part(text_of(page, envelope.marking), "plain")
    html = _part(html_of(page, envelope.marking, shown), "html")
    found = _multipart(envelope, "alternative", [text, html])
    pictures = [
        _picture(name, on_white(picture.png), number)
        for number, (name, picture) in enumerate(zip(names, page.pictures, strict=True), 1)
    ]
    return _multipart(envelope, "related", [found, *pictures])


def _multipart(envelope: Envelope, kind: str, parts: Sequence[MIMEPart]) -> MIMEPart:
    made = MIMEPart(policy=SMTP)
    made["Content-Type"] = f'multipart/{kind}; boundary="{_boundary(envelope, kind)}"'
    for part in parts:
        made.attach(part)
    return made


def _boundary(envelope: Envelope, kind: str) -> str:
    """A boundary that is the same each time, and occurs in no part: it holds a digest of them."""
    return f"={kind}={envelope.key[:32]}"


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


def tree_of(message: MIMEPart) -> Mapping[str, object] | str:
    """The MIME tree of a mail by its types, to be compared with what it must be."""
    if not message.is_multipart():
        return message.get_content_type()
    inside = [tree_of(part) for part in message.iter_parts()]
    return {message.get_content_type(): inside}
