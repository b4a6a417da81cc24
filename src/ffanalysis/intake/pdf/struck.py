"""Words that a line is drawn through: they are left out, and named."""

from collections.abc import Iterable, Sequence
from typing import Final

from ffanalysis.intake.document import Remark, RemarkKind
from ffanalysis.intake.pdf.ink import Shape
from ffanalysis.intake.pdf.lines import Line, lines_of
from ffanalysis.intake.pdf.words import Token

_THICKEST: Final = 2.0
_HIGHEST, _LOWEST = 0.35, 0.7  # where such a line goes, in shares of a letter's height
_COVERED: Final = 0.8


def struck(tokens: Iterable[Token], shapes: Sequence[Shape]) -> tuple[list[Token], list[Remark]]:
    """The words that are not struck out, and those that are, line by line."""
    lines = [
        shape
        for shape in shapes
        if shape.box.height <= _THICKEST < shape.box.width
        and (shape.stroke or (shape.fill and not shape.white))
    ]
    kept: list[Token] = []
    found: list[Token] = []
    for token in tokens:
        is_struck = any(_is_through(line, token) for line in lines)
        (found if is_struck else kept).append(token)
    return kept, [_remark(line) for line in lines_of(found)]


def _remark(line: Line) -> Remark:
    atoms = tuple(dict.fromkeys(token.atom for token in line.tokens))
    return Remark(RemarkKind.STRUCK, f"page {line.page}, words struck out", (line.text,), atoms)


def _is_through(line: Shape, token: Token) -> bool:
    box = token.box
    height = (line.box.top + line.box.bottom) / 2 - box.top
    over = min(line.box.x1, box.x1) - max(line.box.x0, box.x0)
    return (
        _HIGHEST * box.height <= height <= _LOWEST * box.height
        and over >= _COVERED * box.width
        and bool(token.text)
    )
