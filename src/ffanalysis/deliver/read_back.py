"""A finished mail, read back before it is sent: what it is of must be what was released.

Its bytes are parsed anew, by code that has not made them: the tree, the list of its parts, the
document and the text are compared with the released page. Any difference is a reason not to send.
"""

import email
import io
import logging
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default
from functools import lru_cache
from typing import Any

from bs4 import BeautifulSoup, Tag

from ffanalysis.errors import MailRefused
from ffanalysis.periods import Period
from ffanalysis.present.signs import with_signs_named

_PAGES = 2  # of a document on which its first page's figures may stand
_END = b"%%EOF"  # how a whole document ends
_KEPT = 4  # documents whose text is kept: one goes to several recipients


@dataclass(frozen=True)
class Plan:
    """What a mail must turn out to hold of one briefing.

    Attributes:
        project: its name in files, and `page` the released page.
        period: the quarter.
        document: the name of the file that is attached.
        pdf: the released document.
    """

    project: str
    period: Period
    page: str
    document: str
    pdf: bytes


@dataclass(frozen=True)
class _Said:
    """What a page says that it is of: its title, quarter, version and key figures."""

    project: str
    title: str
    eyebrow: str
    figures: tuple[str, ...]


def read_back(content: bytes, plans: Sequence[Plan], pictures: Sequence[str]) -> None:
    """Raise MailRefused where a finished mail is not, in each of its parts, what it must be.

    `pictures` has the names of the pictures in its text, in their order.
    """
    message = email.message_from_bytes(content, _class=EmailMessage, policy=default)
    for why in _faults(message, plans, pictures):
        projects = ", ".join(plan.project for plan in plans)
        raise MailRefused(f"the mail of {projects} was not sent: {why}")


def _faults(message: EmailMessage, plans: Sequence[Plan], pictures: Sequence[str]) -> Iterator[str]:
    """What is wrong with a mail, the first thing first; what comes behind it relies on it."""
    if any(part.defects for part in message.walk()):
        yield "it cannot be read back"
    if _tree(message) != _wanted_tree(len(plans), len(pictures)):
        yield "its parts are not those that it must have"
    names = [(each.get_filename(), each.get_content_disposition()) for each in _files(message)]
    wanted = [(name, "inline") for name in pictures]
    wanted += [(plan.document, "attachment") for plan in plans]
    if names != wanted:
        yield f"its files are {_listed(name for name, _ in names)}"
    documents = _files(message)[len(pictures) :]
    for plan, document in zip(plans, documents, strict=True):
        yield from _faults_of_briefing(message, document, plan)


def _faults_of_briefing(message: EmailMessage, document: Any, plan: Plan) -> Iterator[str]:
    """What is wrong with one of the briefings in a mail."""
    said = _said_by(plan.page)
    if said.project != plan.project:
        yield f"the released page is of {said.project or 'no project'}"
    if plan.period.words not in said.eyebrow:
        yield f"the released page is not of {plan.period.words}"
    yield from _faults_of_document(document.get_content(), plan, said)
    plain, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    shown = BeautifulSoup(_content(html), "html.parser").get_text()
    yield from _differences("its text", shown, plan.period, said)
    yield from _differences("its plain text", _content(plain), plan.period, said)


def _faults_of_document(content: bytes, plan: Plan, said: _Said) -> Iterator[str]:
    """What is wrong with the attached document."""
    if content != plan.pdf:
        yield "its PDF is not the one that was released"
    if not content.rstrip().endswith(_END):
        yield "its PDF is cut off"
    try:
        first, more = _text_of(content)
    except Exception:  # noqa: BLE001 - pypdf raises many kinds for what is no PDF
        yield "its PDF cannot be opened"
        return
    found = [*_differences("its PDF", first, plan.period, said)]
    # A long head may have pushed the key figures to the next page.
    yield from _differences("its PDF", first + more(), plan.period, said) if found else ()


def _differences(what: str, text: str, period: Period, said: _Said) -> Iterator[str]:
    """What the text of a part lacks of what the released page says of itself."""
    there = _bare(text)
    wanted = {
        f"the title '{said.title}'": said.title,
        period.words: period.words,
        f"'{said.eyebrow}'": said.eyebrow,
        **{f"the key figure {figure}": figure for figure in said.figures},
    }
    for name, words in wanted.items():
        if not _bare(words) or _bare(words) not in there:
            yield f"{what} does not have {name}"


def _bare(text: str) -> str:
    """A text without what a line end, a font or a mail program may change: spaces and marks."""
    plain = unicodedata.normalize("NFKC", with_signs_named(text))
    return "".join(sign for sign in plain if sign.isalnum() or sign in "£%.,-−()")


@lru_cache(maxsize=_KEPT)
def _said_by(page: str) -> _Said:
    """What the released page says of itself, by its own marks."""
    soup = BeautifulSoup(page, "html.parser")
    head, title = soup.find(class_="head"), soup.find("h1")
    eyebrow = soup.find(class_="eyebrow")
    keys = soup.find(class_="keys")
    figures = keys.select(".big data") if isinstance(keys, Tag) else []
    return _Said(
        str(head.get("data-project", "")) if isinstance(head, Tag) else "",
        title.get_text(" ", strip=True) if isinstance(title, Tag) else "",
        " ".join(eyebrow.get_text().split()) if isinstance(eyebrow, Tag) else "",
        tuple(dict.fromkeys(figure.get_text(strip=True) for figure in figures)),
    )


# --- parts ----------------------------------------------------------------------------------------


def _tree(part: Any) -> Any:
    """The MIME tree of a mail by its types."""
    if not part.is_multipart():
        return part.get_content_type()
    return part.get_content_type(), [_tree(each) for each in part.iter_parts()]


def _wanted_tree(documents: int, pictures: int) -> Any:
    text = ("multipart/alternative", ["text/plain", "text/html"])
    related = ("multipart/related", [text, *["image/png"] * pictures])
    return "multipart/mixed", [related, *["application/pdf"] * documents]


def _files(message: EmailMessage) -> list[EmailMessage]:
    """The parts of a mail that are files, in their order."""
    parts = (part for part in message.walk() if not part.is_multipart())
    return [part for part in parts if part.get_content_maintype() != "text"]


def _content(part: Any) -> str:
    return part.get_content() if part else ""


def _listed(names: Iterator[str | None]) -> str:
    return ", ".join(str(name) for name in names) or "none"


# --- the document ---------------------------------------------------------------------------------


@lru_cache(maxsize=_KEPT)
def _text_of(content: bytes) -> tuple[str, Callable[[], str]]:
    """The text of the first page of a document, and what gives that of the next."""
    import pypdf  # slow to import

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it cannot read is said here
    reader = pypdf.PdfReader(io.BytesIO(content))
    first = reader.pages[0].extract_text()
    last = min(_PAGES, len(reader.pages))
    return first, lambda: "".join(reader.pages[at].extract_text() for at in range(1, last))
