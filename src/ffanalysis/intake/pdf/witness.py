"""Two witnesses for each table: its ruled lines and the tags. Where they differ, both are named."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from ffanalysis.intake.pdf.columns import columns
from ffanalysis.intake.pdf.drawn import drawn
from ffanalysis.intake.pdf.tables import Draft, Slot, rows_apart, text_of
from ffanalysis.intake.pdf.tree import Tree, TreeCell, TreeTable
from ffanalysis.intake.pdf.words import Token

_NOTHING: Final = "nothing"


@dataclass(frozen=True)
class Doubt:
    """A cell that the two witnesses read otherwise, ruled lines first."""

    slot: Slot
    readings: tuple[str, ...]


@dataclass
class Heard:
    """What both witnesses came to: tables, doubts, and the words in no table."""

    drafts: list[Draft]
    doubts: list[Doubt] = field(default_factory=list)
    rest: list[Token] = field(default_factory=list)


def heard(drafts: Sequence[Draft], rest: Sequence[Token], tree: Tree) -> Heard:
    """Tables by ruled lines with what the tags say of them, and tables that only tags know."""
    found = Heard([part for draft in drafts for part in _split(draft, tree)], [], list(rest))
    for table in tree.tables:
        if not table.is_inner:
            _hear(table, found, tree)
    for draft in [each for each in found.drafts if _is_frame(each, tree)]:
        found.drafts.remove(draft)
        found.rest += draft.tokens
    found.doubts = list({id(doubt.slot): doubt for doubt in found.doubts}.values())
    return found


def _is_frame(draft: Draft, tree: Tree) -> bool:
    """Whether a single cell is only a frame: around columns, or words that are tagged as prose."""
    if len(draft.slots) > 1 or _tables(draft, tree):
        return False
    if any((token.page, token.mcid) in tree.blocks for token in draft.tokens):
        return True
    return bool(columns(draft.tokens, tree).drafts)


def _split(draft: Draft, tree: Tree) -> list[Draft]:
    """A ruled table in parts, where the tags begin another table between two of its rows."""
    owners: dict[int, set[tuple[int, int]]] = {}  # the tables of each row, each with its page
    for slot in draft.slots:
        tables = {id(t) for token in slot.tokens if (t := _outermost(token, tree)) is not None}
        for row in range(slot.row, slot.row + slot.rows):
            owners.setdefault(row, set()).update((slot.page, table) for table in tables)
    named = [(row, min(owners[row])) for row in sorted(owners) if len(owners[row]) == 1]
    cuts = [
        row
        for (_, before), (row, here) in pairwise(named)
        if before[0] == here[0] and before[1] != here[1]
    ]
    if any(len(each) > 1 for each in owners.values()) or not cuts:
        return [draft]
    return rows_apart(draft, cuts)


def _hear(table: TreeTable, found: Heard, tree: Tree) -> None:
    """Take in what the tags say of one table."""
    owned = [draft for draft in found.drafts if _of(draft.tokens, table, tree)]
    outside = _of(found.rest, table, tree)
    if len(owned) == 1 and not outside:
        _compare(owned[0], table, found, tree)
    elif (owned or outside) and all(len(_tables(draft, tree)) == 1 for draft in owned):
        words = [token for draft in owned for token in draft.tokens] + outside
        draft = _take(table, words, found, tree)
        taken = set(map(id, outside))
        found.rest = [token for token in found.rest if id(token) not in taken]
        found.drafts = [each for each in found.drafts if each not in owned] + [draft]


def _of(tokens: Iterable[Token], table: TreeTable, tree: Tree) -> list[Token]:
    """Those words that the tags put into a table, or into one within it."""
    return [token for token in tokens if _outermost(token, tree) is table]


def _cell(token: Token, tree: Tree) -> tuple[TreeTable, TreeCell] | None:
    return None if token.mcid is None else tree.cells.get((token.page, token.mcid))


def _outermost(token: Token, tree: Tree) -> TreeTable | None:
    """The table that the tags put a word into; of one within another it has no say."""
    cell = _cell(token, tree)
    return cell[0] if cell is not None and not cell[0].is_inner else None


def _tables(draft: Draft, tree: Tree) -> set[int]:
    return {id(table) for token in draft.tokens if (table := _outermost(token, tree)) is not None}


# One table by lines and one by tags


def _compare(draft: Draft, table: TreeTable, found: Heard, tree: Tree) -> None:
    """Hold a ruled table against the tags; where lines do not part what tags part, take those."""
    if len(_tables(draft, tree)) > 1:
        found.doubts += _by_words(draft, tree)
        return
    if _is_coarse(draft, tree):
        found.drafts[found.drafts.index(draft)] = _take(table, draft.tokens, found, tree)
        return
    _take_headings(draft, tree)
    is_same = draft.height == len(table.rows) and len(draft.xs) - 1 == table.width
    if table.is_whole and is_same:
        found.doubts += _by_places(draft, table, tree)
    else:
        found.doubts += _by_words(draft, tree)


def _is_coarse(draft: Draft, tree: Tree) -> bool:
    """Whether a cell of lines holds several cells of the tags, each as a whole."""
    homes = _homes(draft, tree)
    for slot in draft.slots:
        cells = {id(cell) for cell in _cells(slot, tree)}
        if len(cells) > 1 and all(len(homes[cell]) == 1 for cell in cells):
            return True
    return False


def _homes(draft: Draft, tree: Tree) -> dict[int, set[int]]:
    """The cells of lines that each cell of the tags has words in."""
    homes: dict[int, set[int]] = {}
    for slot in draft.slots:
        for cell in _cells(slot, tree):
            homes.setdefault(id(cell), set()).add(id(slot))
    return homes


def _cells(slot: Slot, tree: Tree) -> list[TreeCell]:
    """The cells that the tags put the words of a cell of lines into."""
    found = (_cell(token, tree) for token in slot.tokens)
    return list({id(cell[1]): cell[1] for cell in found if cell and not cell[0].is_inner}.values())


def _take_headings(draft: Draft, tree: Tree) -> None:
    for slot in draft.slots:
        cells = _cells(slot, tree)
        slot.is_heading = bool(cells) and all(cell.is_heading for cell in cells)


def _by_places(draft: Draft, table: TreeTable, tree: Tree) -> list[Doubt]:
    """Cells of one grid that hold other words by the tags than by the lines."""
    said = _said(draft, tree)
    at = {
        (cell.row + down, cell.column + right): cell
        for cell in table.cells
        for down in range(cell.rows)
        for right in range(cell.columns)
    }
    doubts = []
    for slot in draft.slots:
        cells = {
            id(cell): cell
            for row in range(slot.row, slot.row + slot.rows)
            for column in range(slot.column, slot.column + slot.columns)
            if (cell := at.get((row, column))) is not None
        }
        tagged = [token for cell in cells.values() for token in said.get(id(cell), ())]
        if _atoms(tagged) != _atoms(slot.tokens, tree):
            doubts.append(Doubt(slot, (slot.text or _NOTHING, text_of(tagged) or _NOTHING)))
    return doubts


def _by_words(draft: Draft, tree: Tree) -> list[Doubt]:
    """Cells whose words the tags put into a cell with others."""
    said = _said(draft, tree)
    doubts = []
    for slot in draft.slots:
        tagged = [token for cell in _cells(slot, tree) for token in said[id(cell)]]
        if _atoms(tagged) != _atoms(slot.tokens, tree):
            doubts.append(Doubt(slot, (slot.text or _NOTHING, text_of(tagged))))
    return doubts


def _said(draft: Draft, tree: Tree) -> dict[int, list[Token]]:
    """The words of each cell by the tags."""
    said: dict[int, list[Token]] = {}
    for slot in draft.slots:
        for token in slot.tokens:
            cell = _cell(token, tree)
            if cell is not None and not cell[0].is_inner:
                said.setdefault(id(cell[1]), []).append(token)
    return said


def _atoms(tokens: Iterable[Token], tree: Tree | None = None) -> set[tuple[int, str]]:
    """Which words these are; with a tree only those of which it has a say."""
    return {
        (token.atom, token.text)
        for token in tokens
        if token.text and (tree is None or _outermost(token, tree) is not None)
    }


def is_same_table(first: Draft, second: Draft, tree: Tree) -> bool | None:
    """Whether the tags put two drafts into one table; None where they have no say.

    They have none where they begin everything anew on each page.
    """
    one, two = _tables(first, tree), _tables(second, tree)
    if not one or not two:
        return None
    return bool(one & two) or (False if tree.carries_over else None)


def is_same_cell(first: Slot, second: Slot, tree: Tree) -> bool:
    """Whether the tags put the words of two cells into one."""
    one, two = _cells(first, tree), _cells(second, tree)
    return bool(one) and {id(cell) for cell in one} == {id(cell) for cell in two}


def _take(table: TreeTable, tokens: Sequence[Token], found: Heard, tree: Tree) -> Draft:
    """A table as the tags have it, with what they leave open."""
    draft, open_slots = drawn(table, tokens, tree)
    found.doubts += [
        Doubt(slot, (slot.text, "it may stand in another column")) for slot in open_slots
    ]
    return draft
