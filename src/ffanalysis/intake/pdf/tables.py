"""Tables on the way: words put into the cells of ruled lines, and tables joined over pages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from ffanalysis.intake.pdf.grid import RuledCell, RuledTable
from ffanalysis.intake.pdf.ink import Box
from ffanalysis.intake.pdf.lines import around, lines_of
from ffanalysis.intake.pdf.words import Token, cut

_NEAR: Final = 3.0
_MOST_HEADING_ROWS: Final = 3


@dataclass(eq=False)
class Slot:
    """A cell on the way: where it is, and the words in it."""

    box: Box
    row: int
    column: int
    rows: int = 1
    columns: int = 1
    tokens: list[Token] = field(default_factory=list)
    inner: "list[Draft]" = field(default_factory=list)
    is_heading: bool = False
    page: int = 0

    @property
    def text(self) -> str:
        return text_of(self.tokens)


@dataclass(eq=False)
class Part:
    """What of a table stands on one page: where, how high its first row is.

    `dropped` are the rows on its page that repeat the heading.
    """

    page: int
    box: Box
    first_row: float
    dropped: int = 0


@dataclass(eq=False)
class Draft:
    """A table on the way."""

    slots: list[Slot]
    xs: list[float]
    parts: list[Part]
    has_rules: bool = True

    @property
    def page(self) -> int:
        return self.parts[0].page

    @property
    def top(self) -> float:
        return self.parts[0].box.top

    @property
    def height(self) -> int:
        return max(slot.row + slot.rows for slot in self.slots)

    @property
    def tokens(self) -> list[Token]:
        """All words in it, those of tables within its cells included."""
        found = []
        for slot in self.slots:
            found += slot.tokens
            for draft in slot.inner:
                found += draft.tokens
        return found


def text_of(tokens: Iterable[Token]) -> str:
    """Words in their reading order, on one line."""
    found = list(tokens)
    pages = sorted({token.page for token in found})
    return " ".join(
        line.text for page in pages for line in lines_of(t for t in found if t.page == page)
    )


def filled(ruled: RuledTable, tokens: list[Token]) -> tuple[Draft, list[Token]]:
    """A ruled table with the words that stand in it, and the words that do not."""
    slots = {
        cell: Slot(cell.box, cell.row, cell.column, cell.rows, cell.columns, page=ruled.page)
        for cell in ruled.cells
    }
    rest: list[Token] = []
    for token in tokens:
        for part in _parts(token, ruled) if _meets(ruled.box, token) else (token,):
            cell = _cell_at(ruled.cells, *part.middle)
            into = rest if cell is None else slots[cell].tokens
            into.append(part)
    for cell, inner in ruled.inner.items():
        for table in inner:
            draft, slots[cell].tokens = filled(table, slots[cell].tokens)
            if draft.tokens:
                slots[cell].inner.append(draft)
    first_row = min(cell.box.height for cell in ruled.cells if cell.row == 0)
    whole = Part(ruled.page, ruled.box, first_row)
    return Draft(list(slots.values()), ruled.xs, [whole]), rest


def _meets(box: Box, token: Token) -> bool:
    y = token.middle[1]
    return box.top <= y <= box.bottom and token.box.x1 > box.x0 and token.box.x0 < box.x1


def _parts(token: Token, ruled: RuledTable) -> list[Token]:
    """A word, cut where it reaches over the side of a cell."""
    y = token.middle[1]
    first = _cell_at(ruled.cells, token.box.x0 + 0.5, y)
    last = _cell_at(ruled.cells, token.box.x1 - 0.5, y)
    return [token] if first is last else cut(token, ruled.xs)


def _cell_at(cells: Iterable[RuledCell], x: float, y: float) -> RuledCell | None:
    return next((cell for cell in cells if cell.box.holds(x, y)), None)


# Tables over pages


@dataclass(frozen=True)
class Continued:
    """A table that goes on: both parts as one, and the heading's words that are repeated.

    `broken` are the cells of the row before the break with those behind it.
    """

    draft: Draft
    repeated: list[Token]
    broken: list[tuple[Slot, Slot]]


def same_columns(first: Draft, second: Draft) -> bool:
    """Whether two tables have the same edges of columns."""
    return len(first.xs) == len(second.xs) and all(
        abs(a - b) <= _NEAR for a, b in zip(first.xs, second.xs, strict=True)
    )


def heading_rows(first: Draft, second: Draft) -> int:
    """How many of a table's first rows the other one's first rows repeat."""
    for count in range(min(_MOST_HEADING_ROWS, first.height, second.height - 1), 0, -1):
        one, two = _rows(first, count), _rows(second, count)
        if (
            one
            and [each[2] for each in one] == [each[2] for each in two]
            and any(each[2] for each in one)
        ):
            return count
    return 0


def _rows(draft: Draft, count: int) -> list[tuple[int, float, str]]:
    """The words of a table's first rows; none where a cell reaches further down."""
    found = [slot for slot in draft.slots if slot.row < count]
    if any(slot.row + slot.rows > count for slot in found):
        return []
    return [(slot.row, slot.box.x0, slot.text) for slot in found]


def continued(first: Draft, second: Draft) -> Continued:
    """Two parts of one table as one: rows follow each other, columns are those of both."""
    repeats = heading_rows(first, second)
    repeated = [token for slot in second.slots if slot.row < repeats for token in slot.tokens]
    kept = [slot for slot in second.slots if slot.row >= repeats]
    below = first.height - repeats
    second.parts[0].dropped = repeats
    broken = _broken(first, kept, repeats)
    for slot in kept:
        slot.row += below
    draft = Draft([*first.slots, *kept], _union(first.xs, second.xs), [*first.parts, *second.parts])
    for slot in draft.slots:
        slot.column = nearest(draft.xs, slot.box.x0)
        slot.columns = max(1, nearest(draft.xs, slot.box.x1) - slot.column)
    return Continued(draft, repeated, broken)


def _broken(first: Draft, kept: Sequence[Slot], at: int) -> list[tuple[Slot, Slot]]:
    """The cells of the last row with those of the next, where each has one above it."""
    last_row = [slot for slot in first.slots if slot.row + slot.rows == first.height]
    pairs = []
    for slot in kept:
        if slot.row == at:
            above = next((s for s in last_row if abs(s.box.x0 - slot.box.x0) <= _NEAR), None)
            if above is None:
                return []
            pairs.append((above, slot))
    return sorted(pairs, key=lambda pair: pair[1].box.x0)


def mended(draft: Draft, broken: Sequence[tuple[Slot, Slot]]) -> None:
    """Put a row that is broken over pages together."""
    gone = {id(below) for _, below in broken}
    at = broken[0][1].row
    for above, below in broken:
        above.tokens += below.tokens
        above.inner += below.inner
    draft.slots = [slot for slot in draft.slots if id(slot) not in gone]
    for slot in draft.slots:
        if slot.row > at:
            slot.row -= 1


def _union(first: Sequence[float], second: Sequence[float]) -> list[float]:
    new = [x for x in second if all(abs(x - other) > _NEAR for other in first)]
    return sorted([*first, *new])


def nearest(edges: Sequence[float], x: float) -> int:
    """Which edge is nearest to a place."""
    return min(range(len(edges)), key=lambda number: abs(edges[number] - x))


def draft_box(tokens: Sequence[Token]) -> Part:
    """Where words on one page are, as the part of a table without lines."""
    box = around(tokens)
    return Part(tokens[0].page, box, box.height)


def rows_apart(draft: Draft, cuts: Sequence[int]) -> list[Draft]:
    """A table cut before these rows, each part on its own columns."""
    parts = []
    for start, end in pairwise([0, *cuts, draft.height]):
        slots = [slot for slot in draft.slots if start <= slot.row < end]
        edges = sorted({x for slot in slots for x in (slot.box.x0, slot.box.x1)})
        xs = [x for x in draft.xs if any(abs(x - edge) <= _NEAR for edge in edges)]
        for slot in slots:
            slot.row -= start
            slot.column = nearest(xs, slot.box.x0)
            slot.columns = max(1, nearest(xs, slot.box.x1) - slot.column)
        pages = sorted({slot.page for slot in slots})
        places = [_place(slots, page) for page in pages]
        parts.append(Draft(slots, xs, places))
    return parts


def _place(slots: Sequence[Slot], page: int) -> Part:
    boxes = [slot.box for slot in slots if slot.page == page]
    top, bottom = min(box.top for box in boxes), max(box.bottom for box in boxes)
    box = Box(min(box.x0 for box in boxes), top, max(box.x1 for box in boxes), bottom)
    return Part(page, box, min(box.height for box in boxes if box.top == top))
