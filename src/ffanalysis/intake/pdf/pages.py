"""The pages of a PDF one by one: their words, tables by ruled lines, and what is not read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final
from unicodedata import normalize

from ffanalysis.intake.document import Remark
from ffanalysis.intake.pdf.boxes import with_boxes
from ffanalysis.intake.pdf.fields import beside_labels, filled_in
from ffanalysis.intake.pdf.fonts import Fonts
from ffanalysis.intake.pdf.grid import RuledTable, ruled_tables
from ffanalysis.intake.pdf.ink import Box, Ink, ink_of
from ffanalysis.intake.pdf.open import DAMAGED, Opened
from ffanalysis.intake.pdf.struck import struck
from ffanalysis.intake.pdf.tables import Draft, filled
from ffanalysis.intake.pdf.words import UNKNOWN_SIGN, Atoms, Token, tokens_of, unseen_of
from ffanalysis.sheets.limits import Refused

SCANNED: Final = (
    "it is a picture of a paper and has no words; scan it with text recognition, or ask for the"
    " original."
)
_UNREADABLE: Final = "it has fonts that do not say what their letters are; ask for the original."
_INVISIBLE: Final = "invisible words"
_WHOLE: Final = 0.5  # the share of a page that the picture of a scan covers


@dataclass
class Page:
    """What was read on a page; `tokens` are its words, `unseen` those that nobody sees."""

    number: int
    width: float
    height: float
    tokens: list[Token]
    ruled: list[RuledTable]
    unseen: list[tuple[str, list[Token]]] = field(default_factory=list)
    pictures: list[Box] = field(default_factory=list)
    is_scan: bool = False
    letters: int = 0  # that are drawn on it
    remarks: list[Remark] = field(default_factory=list)
    fields: set[str] = field(default_factory=set)  # the names of those that stand on it


def pages_of(opened: Opened, atoms: Atoms) -> list[Page]:
    """All pages. Raises Refused, and whatever a damaged page leads to."""
    manager = Fonts()
    pages = []
    for page in opened.pdf.pages:
        opened.budget.look()
        found = _page(ink_of(page, manager, opened.budget), atoms)
        filled = filled_in(page, atoms, opened.budget)
        found.tokens += beside_labels(filled.tokens, found.tokens)
        found.remarks += filled.remarks
        found.fields = filled.names
        pages.append(found)
    if not pages:
        raise Refused(DAMAGED)
    _require_words(pages, opened)
    return pages


def _page(ink: Ink, atoms: Atoms) -> Page:
    sheet = Box(0, 0, ink.width, ink.height)
    drawn = [*ink.signs, *(sign for signs in ink.unseen.values() for sign in signs)]
    is_scan = any(box.width * box.height >= _WHOLE * ink.width * ink.height for box in ink.pictures)
    if is_scan and not ink.signs and _INVISIBLE in ink.unseen:
        ink.signs = ink.unseen.pop(_INVISIBLE)  # what text recognition has read
    tokens, shapes = with_boxes(ink, tokens_of(ink, atoms), atoms)
    tokens, gone = struck(tokens, shapes)
    ruled = ruled_tables(shapes, ink.number, sheet)
    unseen = list(unseen_of(ink, atoms))
    page = Page(ink.number, ink.width, ink.height, tokens, ruled, unseen, ink.pictures, is_scan)
    page.remarks += gone
    page.letters = letters_in("".join(sign["text"] for sign in drawn))
    return page


def _require_words(pages: Sequence[Page], opened: Opened) -> None:
    """Raise Refused where no page has a word, or most of them cannot be told."""
    words = [token.text for page in pages for token in page.tokens]
    if not words and not any(page.unseen for page in pages) and not has_fields(opened):
        is_scan = any(page.pictures for page in pages)
        raise Refused(SCANNED if is_scan else "it has no words.")
    unknown = sum(UNKNOWN_SIGN in word for word in words)
    if words and unknown > len(words) / 2:
        raise Refused(_UNREADABLE)


def letters_in(text: str) -> int:
    """How many letters and digits a text has, ligatures taken apart."""
    return sum(map(str.isalnum, normalize("NFKD", text)))


def has_fields(opened: Opened) -> bool:
    """Whether it has a form that can be filled in."""
    return "AcroForm" in opened.pdf.doc.catalog


def drafts_of(page: Page) -> tuple[list[Draft], list[Token]]:
    """The tables by ruled lines that hold words, and the words in none."""
    rest: list[Token] = page.tokens
    drafts = []
    for ruled in page.ruled:
        draft, others = filled(ruled, rest)
        if draft.tokens:
            drafts.append(draft)
            rest = others
    return drafts, rest


def scans(pages: Sequence[Page]) -> Iterator[tuple[Page, bool]]:
    """Pages that are a picture, and whether text recognition has given their words."""
    for page in pages:
        if page.is_scan or (page.pictures and not page.tokens):
            yield page, bool(page.tokens)
