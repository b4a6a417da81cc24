"""Words that a narrow column or the end of a line has broken: "New Saving s (Furthe r and New)".

Mended is only what can be meant in one way: two pieces of which one is no word, and which together
are a word that the form, the workbook's vocabulary or the paper itself has; a year or a number of a
heading; a label that goes on in the next line.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from ffanalysis.intake.document import Block, Cell, Document, Paragraph, Piece, Table, paragraphs_of
from ffanalysis.intake.forms import Form
from ffanalysis.intake.taken import Mend, Source
from ffanalysis.layout import standard
from ffanalysis.periods import parse_year

_LONGEST = 160  # letters of a label or title; prose is not mended
_WORD = re.compile(r"[^\W\d_]+")
_LEAST = 4  # letters of a word of the paper that others are mended by
_ALONE = frozenset({"a", "i"})
# A small letter by itself is no word; "a", "i" and what may be a unit or a mark aside.
_ENDINGS = frozenset("cdeghlnorstuwyz")
_AT_DASH = re.compile(r"(?<=\d)(?:([-–/])\s+|\s+([-–/]))(?=\d)")


def mended(document: Document, form: Form) -> tuple[Document, list[Mend]]:
    """A document with its broken labels and titles mended, and what was mended."""
    known = _of_form(form) | _of_paper(document)
    mends: list[Mend] = []
    blocks = _joined(document.blocks, form, mends)
    blocks = [
        _table(block, known, mends) if isinstance(block, Table) else block for block in blocks
    ]
    return replace(document, blocks=tuple(blocks)), mends


def _of_form(form: Form) -> frozenset[str]:
    texts = [label.words for label in form.labels]
    texts += [title for grid in form.grids for title in grid.titles]
    texts += [option for options in form.options.values() for option in options]
    return _of_layout() | _words_of(texts)


@lru_cache(maxsize=1)
def _of_layout() -> frozenset[str]:
    layout = standard()
    texts = [word for values in layout.values.values() for word in values]
    texts += [word for words in layout.words["types"].values() for word in words]
    return _words_of([*texts, *layout.total_labels])


def _of_paper(document: Document) -> frozenset[str]:
    """The longer words of the paper's prose, where no column breaks them."""
    prose = [each.text for each in document.blocks if isinstance(each, Paragraph)]
    prose += [each.text for each in paragraphs_of(document.blocks) if len(each.text) > _LONGEST]
    return frozenset(word for word in _words_of(prose) if len(word) >= _LEAST)


def _words_of(texts: Iterable[str]) -> frozenset[str]:
    every = {word.casefold() for text in texts for word in _WORD.findall(text)}
    return frozenset(word for word in every if len(word) > 1 or word in _ALONE)


def rejoined(text: str, known: frozenset[str]) -> str:
    """A text with its broken words whole again."""
    parts = text.split(" ")
    whole: list[str] = []
    for part in parts:
        if whole and _belongs(whole[-1], part, known):
            whole[-1] += part
        else:
            whole.append(part)
    return _AT_DASH.sub(lambda found: found[1] or found[2], " ".join(whole))


def _belongs(left: str, right: str, known: frozenset[str]) -> bool:
    """Whether a word goes on in the next: together they are one, and one of them is none."""
    before, after = re.search(r"[^\W\d_]+$", left), re.match(r"[^\W\d_]+", right)
    if before is None or after is None:
        # The bracket behind "(Faster )" belongs to its word.
        return before is not None and right[:1] in (")", "]") and not re.search(r"\w", right)
    if len(before[0]) >= _LEAST and after[0] in _ENDINGS and after[0] == right.strip(")].,;:"):
        return True
    parts = {before[0].casefold(), after[0].casefold()}
    is_word = before[0].casefold() + after[0].casefold() in known
    return is_word and not parts <= known - _ALONE


def _table(table: Table, known: frozenset[str], mends: list[Mend]) -> Table:
    return Table(tuple(_cell(cell, known, mends) for cell in table.cells), table.place)


def _cell(cell: Cell, known: frozenset[str], mends: list[Mend]) -> Cell:
    if any(isinstance(each, Table) for each in cell.content):
        inner = [_table(e, known, mends) if isinstance(e, Table) else e for e in cell.content]
        return replace(cell, content=tuple(inner))
    words = " ".join(cell.lines)
    now = _whole(words, known)
    if cell.marks or now == words:
        return cell
    if len(cell.lines) > 1 and [rejoined(line, known) for line in cell.lines] != [*cell.lines]:
        return replace(cell, content=_line_by_line(cell, known, mends))
    mends.append(Mend(Source(words, cell.place, cell.atoms), now))
    return replace(cell, content=(Paragraph((Piece(now, cell.atoms),), cell.place),))


def _whole(words: str, known: frozenset[str]) -> str:
    """A label, title or year of a heading without its breaks; prose as it is."""
    if len(words) > _LONGEST:
        return words
    year = "".join(words.split())
    if parse_year(words) is None and parse_year(year) is not None:
        return year
    return rejoined(words, known)


def _line_by_line(cell: Cell, known: frozenset[str], mends: list[Mend]) -> tuple[Block, ...]:
    """Each line of a cell mended by itself: its lines are lines of the table."""
    content: list[Block] = []
    for paragraph in paragraphs_of(cell.content):
        now = rejoined(paragraph.text, known)
        if now == paragraph.text:
            content.append(paragraph)
            continue
        mends.append(Mend(Source(paragraph.text, paragraph.place, paragraph.atoms), now))
        content.append(replace(paragraph, pieces=(Piece(now, paragraph.atoms),)))
    return tuple(content)


def _joined(blocks: Sequence[Block], form: Form, mends: list[Mend]) -> list[Block]:
    """Paragraphs of which a label begins at the end of one and ends in the next, as one."""
    found: list[Block] = []
    for block in blocks:
        before = found[-1] if found else None
        if not isinstance(before, Paragraph) or not isinstance(block, Paragraph):
            found.append(block)
        elif _breaks_label(before.text, block.text, form):
            found[-1] = _one(before, block, mends)
        else:
            found.append(block)
    return found


def _one(before: Paragraph, after: Paragraph, mends: list[Mend]) -> Paragraph:
    joined = replace(before, pieces=(*before.pieces, Piece(" "), *after.pieces))
    source = Source(f"{before.text} | {after.text}", after.place, joined.atoms)
    mends.append(Mend(source, joined.text))
    return joined


def _breaks_label(left: str, right: str, form: Form) -> bool:
    """Whether a label is broken between two lines: "… Head of Service", "Lead: A"."""
    for label in form.labels:
        words = label.words.split()
        if not label.is_short:
            continue
        for cut in range(1, len(words)):
            tail, head = " ".join(words[:cut]), " ".join(words[cut:])
            ends = re.search(rf"\s{re.escape(tail)}$", left, re.I)
            if ends and re.match(rf"{re.escape(head)}\s*:", right, re.I):
                return form.label_at(left) is not None
    return False
