"""Words to lines, and lines to paragraphs, by what nobody doubts: gaps, type and where they end."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Final

from ffanalysis.intake.document import Paragraph, Piece
from ffanalysis.intake.pdf.ink import Box
from ffanalysis.intake.pdf.tree import Tree, TreeBlock
from ffanalysis.intake.pdf.words import Token

_FIELD_SIZE: Final = 9.0  # of what is typed in a field, whatever it is shown in
_NO_SPACE: Final = 0.1  # of a letter's size: what is nearer belongs to the same word
_WIDE_GAP: Final = 1.5  # of a letter's size: a gap that no space between words has
_DOUBLE: Final = 2.8  # of a letter's size: how far apart lines are that are set wide
_LOOSE: Final = 1.25  # how much more than the usual distance parts paragraphs
_DOTS: Final = {*"•●▪■◦‣\u2043\uf0b7\uf0a7"}
_NUMBER: Final = re.compile(r"[(+\-−]?£?[\d,.]*\d[km%)]*")
_BULLET: Final = re.compile(r"[•●▪■◦‣\u2043–—*·o\uf0b7\uf0a7]|\(?(\d{1,2}|[a-z]|[ivx]{1,4})[.)]")
_HYPHENS: Final = "-\u2010"
_SOFT: Final = "\u00ad"
_ENDED: Final = (".", ":", ";", "?", "!")


@dataclass(frozen=True)
class Line:
    """Words that stand on one line, from left to right."""

    tokens: tuple[Token, ...]

    @cached_property
    def box(self) -> Box:
        return around(self.tokens)

    @cached_property
    def size(self) -> float:
        return max(token.size for token in self.tokens) or _FIELD_SIZE

    @cached_property
    def base(self) -> float:
        """Where its letters stand: of the largest, since others may be raised."""
        return max(self.tokens, key=lambda token: (token.size, -token.box.x0)).box.bottom

    @cached_property
    def is_bold(self) -> bool:
        return all(token.bold for token in self.tokens if token.text)

    @cached_property
    def text(self) -> str:
        return " ".join("".join(piece.text for piece in pieces_of((self,))).split())

    @property
    def page(self) -> int:
        return self.tokens[0].page

    def block(self, tree: Tree) -> TreeBlock | None:
        """The element of the tree that its first word belongs to."""
        for token in self.tokens:
            if token.mcid is not None and (token.page, token.mcid) in tree.blocks:
                return tree.blocks[token.page, token.mcid]
        return None

    @cached_property
    def has_gap(self) -> bool:
        """Whether it is made of words that stand apart, as in columns."""
        return len(self.stretches()) > 1

    def stretches(self, gap: float = _WIDE_GAP) -> list["Line"]:
        """The line in parts, where a gap is wider than between words, in sizes of its letters."""
        parts = [[self.tokens[0]]]
        for before, after in pairwise(self.tokens):
            if after.box.x0 - before.box.x1 > gap * max(before.size, after.size, 6):
                parts.append([])
            parts[-1].append(after)
        return [Line(tuple(part)) for part in parts]


def around(tokens: Iterable[Token]) -> Box:
    """The place that words take together."""
    boxes = [token.box for token in tokens]
    return Box(
        min(box.x0 for box in boxes),
        min(box.top for box in boxes),
        max(box.x1 for box in boxes),
        max(box.bottom for box in boxes),
    )


def lines_of(tokens: Iterable[Token]) -> list[Line]:
    """Words of one page in lines, from top to bottom: those whose heights overlap by half."""
    rows: list[list[Token]] = []
    bounds: list[tuple[float, float]] = []
    for token in sorted(tokens, key=lambda each: (sum(each.middle[1:]), each.box.x0)):
        top, bottom = token.box.top, token.box.bottom
        if rows:
            over = min(bounds[-1][1], bottom) - max(bounds[-1][0], top)
            least = min(bottom - top, bounds[-1][1] - bounds[-1][0])
            if over >= 0.5 * least:
                rows[-1].append(token)
                if bottom - top > bounds[-1][1] - bounds[-1][0]:
                    bounds[-1] = (top, bottom)
                continue
        rows.append([token])
        bounds.append((top, bottom))
    return [Line(tuple(sorted(row, key=lambda each: each.box.x0))) for row in rows]


# Paragraphs


@dataclass(frozen=True)
class Setting:
    """What lines are seen in: from where to where they may go, how far they usually are apart.

    In a cell short lines are always lines of their own.
    """

    left: float
    right: float
    pitch: Mapping[int, float]
    tree: Tree
    is_cell: bool = False


def pitches(lines: Sequence[Line]) -> dict[int, float]:
    """The usual distance of lines for each size of letters: the commonest, else the least."""
    found: dict[int, list[float]] = {}
    for before, after in pairwise(lines):
        step = after.base - before.base
        if before.page == after.page and 0 < step < 3 * after.size:
            found.setdefault(round(after.size), []).append(round(step, 1))
    usual = {}
    for size, steps in found.items():
        counted = Counter(steps)
        most = max(counted.values())
        usual[size] = min(step for step, count in counted.items() if count == most)
    return usual


def paragraphs(lines: Sequence[Line], setting: Setting) -> list[list[Line]]:
    """Lines that belong together, group by group."""
    groups: list[list[Line]] = []
    for line in lines:
        if groups and not begins(groups[-1], line, setting):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def begins(group: Sequence[Line], line: Line, setting: Setting) -> bool:
    """Whether a line begins a paragraph of its own behind those of a group."""
    last = group[-1]
    said = _said(last, line, setting.tree)
    if said is not None:
        return said or (setting.is_cell and _is_stacked(last, line, setting))
    return (
        last.has_gap
        or line.has_gap
        or _is_typed_otherwise(last, line)
        or _is_apart(last, line, setting)
        or _is_stacked(last, line, setting)
        or _is_set(group, line)
    )


def _said(last: Line, line: Line, tree: Tree) -> bool | None:
    """Whether the tags begin a paragraph with a line; None where they have no say."""
    here, there = line.block(tree), last.block(tree)
    if here is None or there is None:
        return None
    if here.number != there.number and last.page != line.page and not tree.carries_over:
        return None if here.label == there.label else True
    return here.number != there.number


def _is_typed_otherwise(last: Line, line: Line) -> bool:
    """Whether a line is of another size, or one of the two is bold as a whole."""
    if line.tokens[0].is_field or last.tokens[0].is_field:
        return True
    if abs(line.size - last.size) > 0.6:
        return True
    if last.is_bold:
        return not line.tokens[0].bold
    return line.is_bold and not last.tokens[-1].bold


def _is_apart(last: Line, line: Line, setting: Setting) -> bool:
    """Whether more space than usual, or the end of a page behind a sentence, is between lines."""
    if last.page != line.page:
        return last.text.endswith(_ENDED)
    usual = min(setting.pitch.get(round(line.size), 1.5 * line.size), 2.2 * line.size)
    step = line.base - last.base
    if line.text[:1].islower() and not last.text.endswith(_ENDED) and step < _DOUBLE * line.size:
        return False  # lines that are set wide apart
    return step > _LOOSE * usual


def _is_stacked(last: Line, line: Line, setting: Setting) -> bool:
    """Whether a line is broken off on purpose: the next one's words, or digits, had room."""
    if setting.is_cell and _NUMBER.fullmatch(last.text) and _NUMBER.fullmatch(line.text):
        return _room(last, line, setting) > 0.7 * line.size
    return _ends_early(last, line, setting)


def _ends_early(last: Line, line: Line, setting: Setting) -> bool:
    """Whether the next line's first word would still have had room."""
    first = line.tokens[0].box
    for token in line.tokens[1:]:  # a word may be made of parts
        if token.box.x0 - first.x1 > _NO_SPACE * line.size:
            break
        first = Box(first.x0, first.top, token.box.x1, first.bottom)
    return _room(last, line, setting) > 0.35 * line.size + first.width


def _room(last: Line, line: Line, setting: Setting) -> float:
    """What is left of a line behind its words, or beside them where they are centred."""
    is_set_in = abs(line.box.x0 - setting.left) <= 1.5 and last.box.x0 > line.box.x0
    if _is_centred(last, line) and not is_set_in:
        return setting.right - setting.left - last.box.width
    return setting.right - last.box.x1


def _is_centred(last: Line, line: Line) -> bool:
    """Whether two lines have their middles or their ends, but not their beginnings, in common."""
    here, there = last.box, line.box
    return abs(here.x0 - there.x0) > 1.5 and (
        abs(here.x1 - there.x1) < 1.5 or abs(here.x0 + here.x1 - there.x0 - there.x1) < 3
    )


def _is_set(group: Sequence[Line], line: Line) -> bool:
    """Whether a line is set in as a first line is, or begins as an item of a list."""
    is_in = line.box.x0 - group[-1].box.x0 > 0.8 * line.size
    if len(group) > 1 and is_in and not _is_centred(group[-1], line):
        return True
    words = line.text.split()
    return bool(words and _BULLET.fullmatch(words[0]))


# Words


def pieces_of(lines: Sequence[Line]) -> tuple[Piece, ...]:
    """The words of lines, parted by spaces where they are parted; tick boxes as they come."""
    pieces: list[Piece] = []
    text, atoms = "", list[int]()
    before: Token | None = None
    for line in lines:
        for number, token in enumerate(line.tokens):
            text = _with_space(text, before, token, is_first=number == 0)
            before = token
            if token.mark is not None or token.is_field:
                pieces += _words(text, atoms)
                pieces.append(Piece(token.text, token.atoms, token.mark, token.tag))
                text, atoms = "", []
            else:
                text += token.text
                if token.atom not in atoms:
                    atoms.append(token.atom)
    return tuple(pieces + _words(text.rstrip(_SOFT), atoms))


def _words(text: str, atoms: Iterable[int]) -> list[Piece]:
    kept = tuple(atoms)
    return [Piece(text.replace(_SOFT, ""), kept)] if kept or text else []


def _with_space(text: str, before: Token | None, token: Token, *, is_first: bool) -> str:
    """The words so far, with a space before the next word where there is one."""
    if before is None:
        return text
    if not is_first:
        near = token.box.x0 - before.box.x1 < _NO_SPACE * max(token.size, before.size)
        return text if near and not (before.is_field or token.is_field) else f"{text} "
    if text.endswith(_SOFT):
        return text.rstrip(_SOFT)
    hyphened = text[-1:] in _HYPHENS and text[-2:-1].isalnum() and token.text[:1].isalnum()
    return text if text and hyphened else f"{text} "


def paragraph(lines: Sequence[Line], place: str, level: int = 0) -> Paragraph:
    """Lines as a paragraph, without the dot before an item of a list."""
    pieces = pieces_of(lines)
    if pieces and pieces[0].mark is None:
        words = pieces[0].text.lstrip()
        if words[:1] in _DOTS and not words[1:2].strip():
            pieces = (replace(pieces[0], text=words[1:]), *pieces[1:])
    return Paragraph(pieces, place, level)
