"""Tables over page breaks: joined where it is certain that they go on, queried where it is not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ffanalysis.intake.pdf.tables import (
    Draft,
    Slot,
    continued,
    heading_rows,
    mended,
    same_columns,
)
from ffanalysis.intake.pdf.tree import Tree
from ffanalysis.intake.pdf.witness import is_same_cell, is_same_table
from ffanalysis.intake.pdf.words import Token


@dataclass
class Joined:
    """The tables of all pages, headings that are repeated, and rows that may be broken."""

    drafts: list[Draft] = field(default_factory=list)
    repeated: list[tuple[Draft, list[Token]]] = field(default_factory=list)
    doubts: list[tuple[Slot, Slot]] = field(default_factory=list)


def joined(
    pages: Mapping[int, Sequence[Draft]], body: Mapping[int, Sequence[Token]], tree: Tree
) -> Joined:
    """The tables of each page, those that go on from the page before joined to it."""
    found = Joined()
    lowest = _lowest(pages, body)
    for page in sorted(pages):
        drafts = sorted(pages[page], key=lambda draft: draft.top)
        if drafts and found.drafts:
            last = max(found.drafts, key=lambda draft: (draft.parts[-1].page, _end(draft)))
            if _goes_on(last, drafts[0], body, lowest, tree):
                _join(found, last, drafts.pop(0), tree)
        found.drafts += drafts
    return found


def _end(draft: Draft) -> float:
    return draft.parts[-1].box.bottom


def _lowest(pages: Mapping[int, Sequence[Draft]], body: Mapping[int, Sequence[Token]]) -> float:
    """How far down the words and tables of any page reach."""
    words = [token.box.bottom for tokens in body.values() for token in tokens]
    return max([*words, *(_end(draft) for drafts in pages.values() for draft in drafts)], default=0)


def _goes_on(
    last: Draft, first: Draft, body: Mapping[int, Sequence[Token]], lowest: float, tree: Tree
) -> bool:
    """Whether a page's first table goes on with the last one of the page before."""
    page = last.parts[-1].page
    if first.page != page + 1:
        return False
    said = is_same_table(last, first, tree)
    if said is not None:
        return said
    below = any(token.box.top > _end(last) - 2 for token in body.get(page, ()))
    above = any(token.box.bottom < first.top + 2 for token in body.get(page + 1, ()))
    if below or above or not same_columns(last, first):
        return False
    return heading_rows(last, first) > 0 or _end(last) + first.parts[0].first_row > lowest - 1


def _join(found: Joined, last: Draft, first: Draft, tree: Tree) -> None:
    both = continued(last, first)
    found.drafts[found.drafts.index(last)] = both.draft
    if both.repeated:
        found.repeated.append((both.draft, both.repeated))
    filled = [(above, below) for above, below in both.broken if below.tokens]
    if not filled:
        return
    if all(is_same_cell(above, below, tree) for above, below in filled):
        mended(both.draft, both.broken)
    elif is_same_table(last, first, tree) is None:
        found.doubts += _doubted(both.broken)


def _doubted(broken: Sequence[tuple[Slot, Slot]]) -> list[tuple[Slot, Slot]]:
    """The cells behind a page break that may belong to those before it.

    Either they go on with a sentence, or each row has only what the other one lacks.
    """
    if not any(above.tokens and below.tokens for above, below in broken):
        return [pair for pair in broken if pair[0].tokens or pair[1].tokens]
    return [(above, below) for above, below in broken if _goes_on_with(above, below)]


def _goes_on_with(above: Slot, below: Slot) -> bool:
    """Whether words behind a page break look like the rest of a sentence before it."""
    return (
        bool(above.tokens)
        and below.text[:1].islower()
        and not above.text.endswith((".", ":", ";", "?", "!"))
    )
