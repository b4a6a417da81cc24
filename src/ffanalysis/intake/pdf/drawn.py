"""Tables that have no lines and that only the tags of a PDF know."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from ffanalysis.intake.pdf.ink import Box
from ffanalysis.intake.pdf.lines import around
from ffanalysis.intake.pdf.tables import Draft, Part, Slot, draft_box
from ffanalysis.intake.pdf.tree import Tree, TreeCell, TreeTable
from ffanalysis.intake.pdf.words import Token


def drawn(table: TreeTable, tokens: Sequence[Token], tree: Tree) -> tuple[Draft, list[Slot]]:
    """A table as the tags have it, and its cells whose column they leave open.

    Where the tags lack empty cells, words go under their headings, and empty cells are added.
    """
    said, stray = _by_cell(tokens, tree)
    unsure = _under_headings(table, said)
    by_page = groupby(sorted(tokens, key=_page), key=_page)
    parts = [draft_box(list(group)) for _, group in by_page]
    slots, open_slots = [], []
    for cell in table.cells:
        words = said.get(id(cell), [])
        page = min(map(_page, words), default=_page_of(cell, table, said, parts))
        box = _box(cell, table, said, page, parts)
        slot = Slot(box, cell.row, cell.column, cell.rows, cell.columns, words, page=page)
        slot.is_heading = cell.is_heading
        slots.append(slot)
        if cell in unsure and words:
            open_slots.append(slot)
    if stray and slots:
        slots[0].tokens.extend(stray)
    edges = [float(number) for number in range(table.width + 1)]
    return Draft(slots + _empty(slots, table), edges, parts, has_rules=False), open_slots


def _by_cell(tokens: Sequence[Token], tree: Tree) -> tuple[dict[int, list[Token]], list[Token]]:
    """The words of each cell of the tags, and those that no cell has."""
    said: dict[int, list[Token]] = {}
    stray = []
    for token in tokens:
        home = None if token.mcid is None else tree.cells.get((token.page, token.mcid))
        if home is None:
            stray.append(token)
        else:
            said.setdefault(id(home[1]), []).append(token)
    return said, stray


def _page(token: Token) -> int:
    return token.page


def _empty(slots: Sequence[Slot], table: TreeTable) -> list[Slot]:
    """Cells for the places of the grid that the tags say nothing of."""
    taken = {
        (row, column)
        for slot in slots
        for row in range(slot.row, slot.row + slot.rows)
        for column in range(slot.column, slot.column + slot.columns)
    }
    pages = {slot.row: slot.page for slot in slots}
    first = slots[0]
    return [
        Slot(first.box, row, column, page=pages.get(row, first.page))
        for row in range(len(table.rows))
        for column in range(table.width)
        if (row, column) not in taken
    ]


def _page_of(
    cell: TreeCell, table: TreeTable, said: Mapping[int, list[Token]], parts: Sequence[Part]
) -> int:
    """The page of an empty cell: that of the words in its row."""
    row = [token.page for each in table.rows[cell.row] for token in said.get(id(each), ())]
    return min(row, default=parts[0].page)


def _under_headings(table: TreeTable, said: Mapping[int, list[Token]]) -> list[TreeCell]:
    """Move the cells of rows that are too short under the headings they name or stand under.

    Gives the cells of which neither is certain.
    """
    unsure = []
    width = table.width
    for row in table.rows:
        if sum(cell.columns for cell in row) >= width or not row:
            continue
        if max(cell.column + cell.columns for cell in row) >= width:
            continue
        places = [_named(cell, table) for cell in row]
        if None in places:
            places = [_aligned(cell, row, table, said) for cell in row]
        sure = [place for place in places if place is not None]
        if len(sure) == len(row) and sorted(set(sure)) == sure:
            for cell, place in zip(row, sure, strict=True):
                cell.column = place
        else:
            unsure += row
    return unsure


def _named(cell: TreeCell, table: TreeTable) -> int | None:
    """The column of the heading that a cell names."""
    for other in table.cells:
        if other.name and other.name in cell.headers and other.row < cell.row:
            return other.column
    return None


def _aligned(
    cell: TreeCell, row: Sequence[TreeCell], table: TreeTable, said: Mapping[int, list[Token]]
) -> int | None:
    """The only column of full rows whose words a cell's words stand above or below."""
    words = said.get(id(cell))
    if not words:
        return None
    here = around(words)
    columns = set()
    for other in table.cells:
        if other in row or other.columns > 1 or not said.get(id(other)):
            continue
        there = around(said[id(other)])
        if here.x0 < there.x1 and there.x0 < here.x1:
            columns.add(other.column)
    return columns.pop() if len(columns) == 1 else None


def _box(
    cell: TreeCell,
    table: TreeTable,
    said: Mapping[int, list[Token]],
    page: int,
    parts: Sequence[Part],
) -> Box:
    """Where a cell may reach: to the words of the columns to its right."""
    words = said.get(id(cell), [])
    whole = next((part.box for part in parts if part.page == page), parts[0].box)
    left = min((token.box.x0 for token in words), default=whole.x0)
    right = [
        token.box.x0
        for other in table.cells
        if other.column >= cell.column + cell.columns
        for token in said.get(id(other), ())
        if token.page == page and token.box.x0 > left
    ]
    top = min((token.box.top for token in words), default=whole.top)
    bottom = max((token.box.bottom for token in words), default=whole.top)
    return Box(left, top, min(right, default=0.0) - 4 if right else 0.0, bottom)
