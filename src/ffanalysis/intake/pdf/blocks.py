"""Tables and paragraphs on the way to blocks, each with its place as a person counts it."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from ffanalysis.intake.document import Block, Cell, Table
from ffanalysis.intake.pdf.lines import Line, Setting, lines_of, paragraph, paragraphs, pitches
from ffanalysis.intake.pdf.pages import Page
from ffanalysis.intake.pdf.tables import Draft, Slot
from ffanalysis.intake.pdf.tree import Tree
from ffanalysis.intake.pdf.witness import Heard
from ffanalysis.intake.pdf.words import Token

_WIDEST_PADDING = 12.0
_SHORT = 0.6  # of a page's width


@dataclass(frozen=True)
class Sheets:
    """What the pages of a paper have in common."""

    bases: Mapping[int, Sequence[float]]  # where each page's lines stand
    tree: Tree
    left: float
    right: float
    pitch: Mapping[int, float]
    size: float  # of most letters

    def line(self, line: Line) -> str:
        """The place of a line: its page, and which line it is on it."""
        number = bisect_left(self.bases[line.page], line.base - 2) + 1
        return f"page {line.page}, line {number}"

    @property
    def setting(self) -> Setting:
        return Setting(self.left, self.right, self.pitch, self.tree)


def sheets(pages: Sequence[Page], told: Heard, tree: Tree) -> Sheets:
    """What all pages have in common: their margins and their usual distance of lines."""
    body_lines = by_page(told.rest)
    boxes = [line.box for line in body_lines]
    boxes += [part.box for draft in told.drafts for part in draft.parts]
    left = min((box.x0 for box in boxes), default=0.0)
    right = max((box.x1 for box in boxes), default=0.0)
    width = max(page.width for page in pages)
    if right < _SHORT * width:
        right = width - left  # no line is long enough to show where lines end
    return Sheets(
        {page.number: [line.base for line in lines_of(page.tokens)] for page in pages},
        tree,
        left,
        right,
        pitches(body_lines),
        _usual_size(token for page in pages for token in page.tokens),
    )


def _usual_size(tokens: Iterable[Token]) -> float:
    """The size of most letters."""
    sizes: dict[float, int] = {}
    for token in tokens:
        if not token.is_field and token.mark is None:
            size = round(token.size, 1)
            sizes[size] = sizes.get(size, 0) + len(token.text)
    return max(sizes, key=lambda size: sizes[size], default=0.0)


# Tables


def numbers_of(drafts: Sequence[Draft]) -> dict[tuple[int, int], int]:
    """Which table each part of one is on its page, counted from above."""
    parts = [(part.page, part.box.top, id(draft)) for draft in drafts for part in draft.parts]
    numbers: dict[tuple[int, int], int] = {}
    for page, group in groupby(sorted(parts), key=lambda part: part[0]):
        for number, (_, _, draft) in enumerate(group, 1):
            numbers.setdefault((draft, page), number)
    return numbers


class Places:
    """The places of cells."""

    def __init__(self, drafts: Sequence[Draft]) -> None:
        self.numbers = numbers_of(drafts)
        self.names: dict[int, str] = {}
        for draft in drafts:
            self._name(draft)

    def _name(self, draft: Draft) -> None:
        for part in draft.parts:
            slots = [slot for slot in draft.slots if slot.page == part.page]
            first = min((slot.row for slot in slots), default=0)
            table = f"page {part.page}, table {self.numbers.get((id(draft), part.page), 1)}"
            for slot in slots:
                self._name_cell(slot, table, slot.row - first + part.dropped)

    def _name_cell(self, slot: Slot, table: str, row: int) -> None:
        name = f"{table}, row {row + 1}, column {slot.column + 1}"
        self.names[id(slot)] = name
        for number, inner in enumerate(slot.inner, 1):
            self.names[id(inner)] = f"{name}, inner table {number}"
            for cell in inner.slots:
                self._name_cell(cell, self.names[id(inner)], cell.row)

    def cell(self, slot: Slot) -> str:
        return self.names.get(id(slot), f"page {slot.page}")

    def table(self, draft: Draft) -> str:
        number = self.numbers.get((id(draft), draft.page), 1)
        return self.names.get(id(draft), f"page {draft.page}, table {number}")


def table_block(draft: Draft, places: Places, common: Sheets) -> Table:
    """A table with its cells in the order of rows and then columns."""
    padding = min(
        (
            min(token.box.x0 for token in slot.tokens) - slot.box.x0
            for slot in draft.slots
            if slot.tokens and draft.has_rules
        ),
        default=0.0,
    )
    padding = min(max(padding, 0.0), _WIDEST_PADDING)
    cells = [
        Cell(
            slot.row,
            slot.column,
            _content(slot, padding, places, common),
            places.cell(slot),
            slot.rows,
            slot.columns,
            slot.is_heading,
        )
        for slot in sorted(draft.slots, key=lambda slot: (slot.row, slot.column))
    ]
    return Table(tuple(cells), places.table(draft))


def _content(slot: Slot, padding: float, places: Places, common: Sheets) -> tuple[Block, ...]:
    """The paragraphs and tables in a cell, from top to bottom."""
    lines = by_page(slot.tokens)
    right = slot.box.x1 or common.right
    pitch = pitches(lines) or common.pitch
    setting = Setting(slot.box.x0 + padding, right - padding, pitch, common.tree, is_cell=True)
    found: list[tuple[int, float, Block]] = [
        (group[0].page, group[0].box.top, paragraph(group, places.cell(slot)))
        for group in paragraphs(lines, setting)
    ]
    found += [(inner.page, inner.top, table_block(inner, places, common)) for inner in slot.inner]
    return tuple(block for _, _, block in sorted(found, key=lambda each: each[:2]))


def by_page(tokens: Iterable[Token]) -> list[Line]:
    """The lines of words, page by page."""
    ordered = sorted(tokens, key=lambda token: token.page)
    return [
        line
        for _, group in groupby(ordered, key=lambda token: token.page)
        for line in lines_of(group)
    ]
