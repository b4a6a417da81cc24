"""How a box is ticked or left empty, as characters; whatever else stands in a box is a question."""

import re
from collections.abc import Iterator, Mapping

from ffanalysis.intake.document import Mark, Paragraph, Piece

TICKS = "\u2611\u2612\u2713\u2714\u221a\u2705\u25a0\u25fc\u2b1b"
EMPTY = "\u2610\u25a1\u25fb\u2b1c\u25a2"
# A ballot cross may mean yes or no.
CROSSES = "\u2717\u2718\u274c\u2715\u2716"
_IN_BRACKETS = r"\[\s*[xX\u2713\u2714\u221a]?\s*\]|\(\s*[xX\u2713\u2714\u221a]\s*\)"
# As typesetters write a tick where the font has none.
_IN_WORDS = r"\\check(?:mark)?(?![a-z])"
_GLYPHS = re.compile(rf"[{TICKS}{EMPTY}{CROSSES}]\ufe0f?|{_IN_WORDS}|{_IN_BRACKETS}")

_SHOWN: Mapping[Mark, str] = {
    Mark.TICKED: "\u2612",
    Mark.EMPTY: "\u2610",
    Mark.DOUBTFUL: "[doubtful]",
}

# What a person types into a cell to tick it, or to answer the question beside it.
_YES = frozenset({"x", "xx", "y", "yes", "ticked", "tick", "true", "v", "\u00d7"})
_NO = frozenset({"", "n", "no", "false", "not applicable"})


def pieces_of(text: str) -> Iterator[Piece]:
    """The words and the tick boxes of a text, in its order."""
    end = 0
    for found in _GLYPHS.finditer(text):
        if found.start() > end:
            yield Piece(text[end : found.start()])
        yield Piece(found[0], mark=mark_of_glyph(found[0]))
        end = found.end()
    if end < len(text) or not text:
        yield Piece(text[end:])


def shown(paragraph: Paragraph) -> str:
    """A paragraph's words with its boxes among them: "☐ Yes ☒ No"."""
    if not paragraph.marks:
        return paragraph.text
    parts = [
        (piece.text.strip() or _SHOWN[piece.mark]) if piece.mark is not None else piece.text.strip()
        for piece in paragraph.pieces
    ]
    return " ".join(" ".join(filter(None, parts)).split())


def mark_of_glyph(glyph: str) -> Mark:
    """The state that a glyph, or a bracket with or without a cross, shows."""
    inner = glyph.strip("[]() \ufe0f")
    if not inner or inner[0] in EMPTY:
        return Mark.EMPTY
    return Mark.DOUBTFUL if inner[0] in CROSSES else Mark.TICKED


def mark_typed(text: str) -> Mark | None:
    """The state that words in a box mean; None where they are no mark at all.

    A dash, or anything else of a letter or two, may be one and is doubtful.
    """
    bare = " ".join(text.split()).casefold().strip(" .")
    if bare in _YES:
        return Mark.TICKED
    if bare in _NO:
        return Mark.EMPTY
    return Mark.DOUBTFUL if len(bare) == 1 and not bare.isalnum() else None
