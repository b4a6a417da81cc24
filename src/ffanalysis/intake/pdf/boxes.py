"""Tick boxes that are drawn: a small square beside words, and what is drawn or written in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ffanalysis.intake.document import AtomKind, Mark
from ffanalysis.intake.pdf.ink import THICKEST_LINE, Box, Ink, Shape
from ffanalysis.intake.pdf.words import Atoms, Token

_SMALLEST, _LARGEST = 5.0, 22.0  # the side of a tick box, in points
_SQUARE: Final = 1.3  # how much longer one side may be
_NEAR: Final = 1.5
_MOST: Final = 1_000  # squares on a page; more are a drawing
_RING: Final = 0.75  # how much of a square its own inner outline takes
_SIGNS: Final = {"x", "X", "×", "v", "V", "/", "Y", "y"}


@dataclass(frozen=True, slots=True)
class _Square:
    box: Box
    shapes: frozenset[int]  # what it is drawn with


def with_boxes(ink: Ink, tokens: Sequence[Token], atoms: Atoms) -> tuple[list[Token], list[Shape]]:
    """The words of a page and its tick boxes, and the lines that are no part of one."""
    kept = list(tokens)
    used: set[int] = set()
    for square in _squares(ink):
        inside = [token for token in kept if square.box.holds(*token.middle)]
        drawn = [number for number, shape in enumerate(ink.shapes) if _is_in(shape, number, square)]
        mark = _mark_of(square, ink.shapes, drawn, inside, kept)
        if mark is None:
            continue
        atom = atoms.add(AtomKind.BOX, "")
        mcid = inside[0].mcid if inside else None
        more = tuple(token.atom for token in inside)
        kept = [each for each in kept if each not in inside]
        kept.append(Token("", square.box, ink.number, atom, mcid=mcid, mark=mark, more=more))
        used |= square.shapes.union(drawn)
    return kept, [shape for number, shape in enumerate(ink.shapes) if number not in used]


def _is_in(shape: Shape, number: int, square: _Square) -> bool:
    return number not in square.shapes and square.box.around(shape.box, _NEAR)


def _mark_of(
    square: _Square,
    shapes: Sequence[Shape],
    drawn: Sequence[int],
    inside: Sequence[Token],
    tokens: Sequence[Token],
) -> Mark | None:
    """The state of a square beside words; None where it is no tick box."""
    if any(map(_is_word, inside)) or not _is_beside(square.box, tokens, inside):
        return None
    outline = [shapes[number] for number in square.shapes]
    return _state(square.box, outline, [shapes[number] for number in drawn], inside)


def _is_word(token: Token) -> bool:
    return token.mark is None and token.text not in _SIGNS


def _squares(ink: Ink) -> Iterator[_Square]:
    """Small squares that no line reaches and that no other square stands close to."""
    found = _outlines(ink.shapes)
    inner = [each for each in found if any(_is_within(each, other) for other in found)]
    outer = [each for each in found if each not in inner]
    for square in outer:
        alone = not any(_touches(square.box, other.box) for other in outer if other is not square)
        if alone and not any(_reaches(shape, square.box) for shape in ink.shapes):
            yield square


def _outlines(shapes: Sequence[Shape]) -> list[_Square]:
    """Squares with all that is drawn along their outline; white ones only as a part of others."""
    groups: list[tuple[Box, set[int]]] = []
    small = [number for number, shape in enumerate(shapes) if _is_square(shape)][:_MOST]
    for number in sorted(small, key=lambda each: not _is_drawn(shapes[each])):
        box = shapes[number].box
        same = next((group for group in groups if _is_same(group[0], box)), None)
        if same is not None and _is_rim(shapes[number]):
            same[1].add(number)
        elif same is None and _is_drawn(shapes[number]):
            groups.append((box, {number}))
    return [_Square(box, frozenset(numbers)) for box, numbers in groups]


def _is_rim(shape: Shape) -> bool:
    """Whether a shape can be part of an outline: a rectangle, a white area or a mere line."""
    return shape.points == 4 or (shape.points > 4 and (not shape.fill or shape.white))


def _is_same(box: Box, other: Box) -> bool:
    """Whether two outlines are one, drawn twice."""
    return box.around(other, _NEAR) and other.around(box, _NEAR)


def _is_within(square: _Square, other: _Square) -> bool:
    return square is not other and other.box.around(square.box, 0)


def _is_square(shape: Shape) -> bool:
    box = shape.box
    if shape.points < 4:
        return False
    short, long = sorted((box.width, box.height))
    return short >= _SMALLEST and long <= _LARGEST and long <= _SQUARE * short


def _touches(box: Box, other: Box) -> bool:
    """Whether two squares stand in a row without a gap, as boxes for single letters do."""
    return (
        other.x0 <= box.x1 + _NEAR
        and box.x0 <= other.x1 + _NEAR
        and other.top <= box.bottom + _NEAR
        and box.top <= other.bottom + _NEAR
        and not box.around(other, _NEAR)
    )


def _reaches(shape: Shape, box: Box) -> bool:
    """Whether a line runs along a square's side and beyond it, as that of a cell does."""
    other = shape.box
    if other.height <= THICKEST_LINE < other.width:
        runs = min(abs(other.top - box.top), abs(other.bottom - box.bottom)) <= _NEAR
        return runs and other.x0 <= box.x1 and box.x0 <= other.x1 and not box.around(other, 3)
    if other.width <= THICKEST_LINE < other.height:
        runs = min(abs(other.x0 - box.x0), abs(other.x1 - box.x1)) <= _NEAR
        return (
            runs
            and other.top <= box.bottom
            and box.top <= other.bottom
            and not (box.around(other, 3))
        )
    return False


def _is_beside(box: Box, tokens: Sequence[Token], inside: Sequence[Token]) -> bool:
    """Whether words stand on the line of a box."""
    return any(
        token not in inside and token.text and box.top - 4 <= token.middle[1] <= box.bottom + 4
        for token in tokens
    )


def _state(
    box: Box, outline: Sequence[Shape], drawn: Sequence[Shape], inside: Sequence[Token]
) -> Mark | None:
    """Ticked where something as large as a tick is in a box; in doubt where it is small.

    An area of a colour is one only with something in it; without, it is a dot before a line.
    """
    ring = [shape for shape in drawn if _is_rim(shape) and _share(shape.box, box) >= _RING]
    is_open = _is_open([*outline, *ring])
    seen = [each for each in drawn if each not in ring and (_is_drawn(each) or not is_open)]
    largest = max((_share(shape.box, box) for shape in seen), default=0.0)
    if not is_open and not inside and largest < 0.3:
        return None
    return _shown(largest, {token.mark or Mark.TICKED for token in inside})


def _is_open(outline: Sequence[Shape]) -> bool:
    """Whether a square is an outline: a line, or the rim between two areas."""
    coloured = {shape.box for shape in outline if _is_drawn(shape)}
    return len(coloured) > 1 or any(shape.stroke for shape in outline)


def _shown(largest: float, marks: set[Mark]) -> Mark:
    if marks == {Mark.TICKED} or largest >= 0.4:
        return Mark.TICKED
    return Mark.DOUBTFUL if largest >= 0.15 or marks else Mark.EMPTY


def _is_drawn(shape: Shape) -> bool:
    return shape.stroke or (shape.fill and not shape.white)


def _share(inner: Box, outer: Box) -> float:
    """How much of a box something takes in the direction in which it takes less."""
    return min(inner.width / outer.width, inner.height / outer.height)
