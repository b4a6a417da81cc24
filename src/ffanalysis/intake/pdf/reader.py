"""Papers as PDF: words, cells and marks, each table by two witnesses."""

import logging
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ffanalysis.errors import PaperUnreadable
from ffanalysis.intake.document import Block, Document, Remark, RemarkKind
from ffanalysis.intake.pdf.asides import parted
from ffanalysis.intake.pdf.beside import beside, missed, require_seen
from ffanalysis.intake.pdf.blocks import Places, Sheets, by_page, sheets, table_block
from ffanalysis.intake.pdf.columns import Columns, columns
from ffanalysis.intake.pdf.ink import TURNED
from ffanalysis.intake.pdf.join import Joined, joined
from ffanalysis.intake.pdf.open import DAMAGED, MOST_SECONDS, TOO_SLOW, Opened, open_pdf
from ffanalysis.intake.pdf.pages import Page, drafts_of, pages_of, scans
from ffanalysis.intake.pdf.prose import prose
from ffanalysis.intake.pdf.tables import Draft, text_of
from ffanalysis.intake.pdf.time import TimeOver, at_most
from ffanalysis.intake.pdf.tree import Tree, tree_of
from ffanalysis.intake.pdf.witness import Heard, heard
from ffanalysis.intake.pdf.words import UNKNOWN_SIGN, Atoms, Token
from ffanalysis.sheets.limits import Refused

_LOGS = ("pdfminer", "pdfplumber", "pypdf")


def read_pdf(name: str, content: bytes) -> Document:
    """What a PDF says. Raises PaperUnreadable, and nothing else, whatever the bytes are."""
    with _silent():
        try:
            with at_most(MOST_SECONDS + 1):
                return _document(name, open_pdf(content))
        except TimeOver:
            raise PaperUnreadable(name, TOO_SLOW) from None
        except Refused as error:
            raise PaperUnreadable(name, str(error)) from error
        except RecursionError as error:
            raise PaperUnreadable(name, DAMAGED) from error
        except MemoryError:
            raise
        except Exception as error:  # the libraries raise whatever a damaged file leads to
            raise PaperUnreadable(name, DAMAGED) from error


@contextmanager
def _silent() -> Iterator[None]:
    """Without what the libraries print of a file that is not as they like it."""
    loggers = [logging.getLogger(name) for name in _LOGS]
    before = [logger.disabled for logger in loggers]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, was, level in zip(loggers, before, levels, strict=True):
            logger.disabled = was
            logger.setLevel(level)


@dataclass
class _Paper:
    """A paper on the way to a document."""

    atoms: Atoms
    remarks: list[Remark] = field(default_factory=list)

    def remark(
        self, kind: RemarkKind, place: str, readings: Iterable[str], tokens: Iterable[Token] = ()
    ) -> None:
        atoms = tuple(dict.fromkeys(atom for token in tokens for atom in token.atoms))
        self.remarks.append(Remark(kind, place, tuple(readings), atoms))


def _document(name: str, opened: Opened) -> Document:
    paper = _Paper(Atoms())
    pages = pages_of(opened, paper.atoms)
    require_seen(opened, pages)
    tree = tree_of(opened.pdf, opened.budget)
    drafts, body, common = _tables_and_words(paper, pages, tree)
    places = Places(drafts)
    found: list[tuple[int, float, Block]] = [
        (draft.page, draft.top, table_block(draft, places, common)) for draft in drafts
    ]
    found += prose(body, drafts, common)
    found.sort(key=lambda each: each[:2])
    _remark_unseen(paper, pages, tree)
    paper.remarks += beside(opened, pages, paper.atoms)
    paper.remarks += missed(opened, pages)
    blocks = tuple(block for _, _, block in found)
    return Document(name, "PDF", blocks, tuple(paper.atoms.found), tuple(paper.remarks))


def _tables_and_words(
    paper: _Paper, pages: list[Page], tree: Tree
) -> tuple[list[Draft], dict[int, Columns], Sheets]:
    """The tables of all pages, the words in none, and what the pages have in common."""
    ruled, rest = {}, {}
    for page in pages:
        ruled[page.number], rest[page.number] = drafts_of(page)
    body, asides = parted(rest, {page.number: page.height for page in pages})
    every = joined(ruled, body, tree)
    told = heard(every.drafts, [token for tokens in body.values() for token in tokens], tree)
    apart = {page.number: columns(_on(page, told.rest), tree) for page in pages}
    told.drafts += [draft for each in apart.values() for draft in each.drafts]
    common = sheets(pages, told, tree)
    for number, zone, line in asides:
        paper.remark(RemarkKind.ASIDE, f"page {number}, {zone}", (line.text,), line.tokens)
    _remark_tables(paper, every, told)
    return told.drafts, apart, common


def _on(page: Page, tokens: Iterable[Token]) -> list[Token]:
    return [token for token in tokens if token.page == page.number]


def _remark_tables(paper: _Paper, every: Joined, told: Heard) -> None:
    """Name headings that are repeated, and cells that are read in two ways."""
    places = Places(told.drafts)
    for draft, tokens in every.repeated:
        place = f"page {tokens[0].page}, heading repeated of {places.table(draft)}"
        paper.remark(RemarkKind.ASIDE, place, (text_of(tokens),), tokens)
    for above, below in every.doubts:
        readings = (below.text or "nothing", f"{above.text} {below.text}".strip())
        paper.remark(RemarkKind.DIFFERS, places.cell(below), readings)
    for doubt in told.doubts:
        paper.remark(RemarkKind.DIFFERS, places.cell(doubt.slot), doubt.readings)


def _remark_unseen(paper: _Paper, pages: list[Page], tree: Tree) -> None:
    """Name what nobody sees, and pictures that may say something."""
    for page in pages:
        paper.remarks += page.remarks
        for why, tokens in page.unseen:
            for line in by_page(tokens):
                place = f"page {page.number}, {why}"
                kind = RemarkKind.ASIDE if why == TURNED else RemarkKind.HIDDEN
                paper.remark(kind, place, (line.text,), line.tokens)
    for page, is_read in scans(pages):
        said = "its words come from text recognition" if is_read else "it has no words"
        paper.remark(RemarkKind.PICTURE, f"page {page.number}", (f"a picture of a page: {said}",))
    for number, words in tree.described:
        place = f"page {number}, picture" if number else "picture"
        paper.remark(RemarkKind.PICTURE, place, (words,))
    _remark_unknown(paper, pages)


def _remark_unknown(paper: _Paper, pages: Iterable[Page]) -> None:
    """Name signs that stand for no letter."""
    unknown = [token for page in pages for token in page.tokens if UNKNOWN_SIGN in token.text]
    for line in by_page(unknown):
        place = f"page {line.page}, signs that the file names no letter for"
        paper.remark(RemarkKind.PICTURE, place, (line.text,))
