"""Columns of words without lines: a table only where no other reading is possible.

Gutters are upright stripes of white that no word of several lines reaches into.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeAlias

from ffanalysis.intake.pdf.ink import Box
from ffanalysis.intake.pdf.lines import Line, around, lines_of
from ffanalysis.intake.pdf.tables import Draft, Part, Slot
from ffanalysis.intake.pdf.tree import Tree
from ffanalysis.intake.pdf.words import Token

Span: TypeAlias = tuple[float, float]

_NARROWEST: Final = 6.0  # a gutter, in points
_ALIGNED: Final = 1.5
_FAR: Final = 3.5  # of a letter's size: lines further apart are not one table
_CLOSER: Final = 0.88  # of the usual distance of rows: lines so near belong to one row
_PROSE: Final = 0.3  # the share of lines that go on in small letters in a column of prose
_WIDE, _NARROW = 1.5, 0.7  # gaps of columns of figures and of prose, in sizes of letters
_LEAST_PROSE: Final = 5  # lines that columns of prose have at least


@dataclass(frozen=True)
class Region:
    """Lines with gutters in common; `spans` is what its columns cover from left to right."""

    lines: tuple[Line, ...]
    spans: tuple[Span, ...]

    @property
    def edges(self) -> list[float]:
        """Where columns begin and end: in the middle of the gutters."""
        middles = [(left[1] + right[0]) / 2 for left, right in pairwise(self.spans)]
        return [self.spans[0][0], *middles, self.spans[-1][1]]

    def cells(self, line: Line) -> list[list[Token]]:
        """The words of a line, column by column."""
        edges = self.edges
        found: list[list[Token]] = [[] for _ in range(len(edges) - 1)]
        for token in line.tokens:
            column = sum(edge < token.middle[0] for edge in edges[1:-1])
            found[column].append(token)
        return found


@dataclass
class Columns:
    """What columns on a page came to: tables, and columns of prose in the order of reading."""

    drafts: list[Draft]
    prose: list[list[Token]]
    rest: list[Token]


def columns(tokens: Sequence[Token], tree: Tree) -> Columns:
    """Tables without lines among the words of a page that no tags speak of."""
    found = Columns([], [], [])
    lines = lines_of(tokens)
    while lines:
        region = _region(lines, tree)
        if region is None:
            found.rest += lines.pop(0).tokens
            continue
        rows = _rows(region)
        if _is_prose(region):
            found.prose += [
                [token for line in region.lines for token in region.cells(line)[column]]
                for column in range(len(region.edges) - 1)
            ]
        elif rows is not None:
            found.drafts.append(_draft(region, rows))
        else:
            found.rest += [token for line in region.lines for token in line.tokens]
        lines = lines[len(region.lines) :]
    return found


# Regions


def _region(lines: Sequence[Line], tree: Tree) -> Region | None:
    """The lines from the first on that have gutters in common, where they may be columns."""
    if lines[0].has_gap:
        region = _trimmed(_alike(lines, tree, _WIDE))
        if region is not None:
            return region
    flow = _region_of(_alike(lines, tree, _NARROW), _NARROW)
    return flow if len(flow.spans) > 1 and _is_prose(flow) else None


def _alike(lines: Sequence[Line], tree: Tree, gap: float) -> list[Line]:
    """The first line and those behind it that leave its gutters white."""
    taken = [lines[0]]
    spans = _spans(lines[0], gap)
    if len(spans) < 2 or lines[0].block(tree) is not None:
        return taken
    for line in lines[1:]:
        if line.block(tree) is not None or line.base - taken[-1].base > _FAR * line.size:
            break
        wider = _covered([*spans, *_spans(line, gap)])
        if len(wider) < len(spans):
            break
        spans = wider
        taken.append(line)
    return taken


def _trimmed(taken: list[Line]) -> Region | None:
    """A region without what only stands below it; None where it is too small to be sure."""
    whole = _region_of(taken)
    if _is_prose(whole):
        return whole
    steps = [after.base - before.base for before, after in pairwise(taken)]
    while len(taken) > 1 and not taken[-1].has_gap:
        if steps[-1] <= _CLOSER * max(steps):
            break  # the rest of a cell
        taken.pop()
        steps.pop()
    region = _region_of(taken)
    full = [line for line in taken if line.has_gap]
    is_table = (
        _is_lined_up(region) if len(region.spans) > 2 else (len(full) >= 3 and _is_even(region))
    )
    return region if is_table else None


def _region_of(lines: Sequence[Line], gap: float = _WIDE) -> Region:
    spans = [span for line in lines for span in _spans(line, gap)]
    return Region(tuple(lines), tuple(_covered(spans)))


def _spans(line: Line, gap: float) -> list[Span]:
    """What a line covers from left to right."""
    return [(stretch.box.x0, stretch.box.x1) for stretch in line.stretches(gap)]


def _covered(spans: Sequence[Span]) -> list[Span]:
    """What spans cover together: those as one that leave no gutter between them."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start < found[-1][1] + _NARROWEST:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _is_even(region: Region) -> bool:
    """Whether two columns are aligned in each line, and the first is no list of labels."""
    pairs = [region.cells(line) for line in region.lines if line.has_gap]
    if len(region.spans) != 2 or not all(first and second for first, second in pairs):
        return False
    labels = sum(first[-1].text.endswith(":") for first, _ in pairs)
    return labels < len(pairs) / 2 and all(
        _is_aligned([around(pair[column]) for pair in pairs]) for column in (0, 1)
    )


def _is_lined_up(region: Region) -> bool:
    """Whether two lines have words in three columns, and those of each column are aligned."""
    rows = [region.cells(line) for line in region.lines]
    if sum(sum(map(bool, row)) >= 3 for row in rows) < 2:
        return False
    for column in range(len(region.edges) - 1):
        boxes = [around(row[column]) for row in rows if row[column]]
        if len(boxes) > 1 and not (_is_aligned(boxes) or _is_aligned(boxes[1:])):
            return False
    return True


def _is_aligned(boxes: Sequence[Box]) -> bool:
    """Whether words begin, or end, or have their middles, at one place."""
    places = (
        [box.x0 for box in boxes],
        [box.x1 for box in boxes],
        [(box.x0 + box.x1) / 2 for box in boxes],
    )
    return any(max(each) - min(each) <= _ALIGNED for each in places)


def _is_prose(region: Region) -> bool:
    """Whether most columns go on from line to line in small letters, as prose does."""
    if len(region.lines) < _LEAST_PROSE:
        return False
    cells = [region.cells(line) for line in region.lines]
    going_on = 0
    for column in range(len(region.edges) - 1):
        pairs = [(a[column], b[column]) for a, b in pairwise(cells) if a[column] and b[column]]
        small = sum(below[0].text[:1].islower() for _, below in pairs)
        going_on += bool(pairs) and small > _PROSE * len(pairs)
    return going_on >= 2


# Rows


def _rows(region: Region) -> list[list[Line]] | None:
    """The lines of each row; None where it is not certain which line belongs to which."""
    steps = [after.base - before.base for before, after in pairwise(region.lines)]
    usual = max(steps, default=0.0)
    rows = [[region.lines[0]]]
    for step, line in zip(steps, region.lines[1:], strict=True):
        cells = region.cells(line)
        is_rest = not cells[0] or sum(map(bool, cells)) == 1
        if is_rest and step <= _CLOSER * usual:
            rows[-1].append(line)
        elif is_rest and _may_go_on(region.cells(rows[-1][-1]), cells):
            return None
        else:
            rows.append([line])
    return rows if len(rows) > 1 else None


def _may_go_on(above: Sequence[Sequence[Token]], cells: Sequence[Sequence[Token]]) -> bool:
    """Whether a line may be the rest of the cells above it."""
    return any(
        here and there and not re.match(r"[A-Z£(\d−-]", here[0].text or "A")
        for there, here in zip(above, cells, strict=True)
    )


def _draft(region: Region, rows: Sequence[Sequence[Line]]) -> Draft:
    edges = region.edges
    page = region.lines[0].page
    slots = []
    for number, lines in enumerate(rows):
        box = around(token for line in lines for token in line.tokens)
        for column, (left, right) in enumerate(pairwise(edges)):
            words = [token for line in lines for token in region.cells(line)[column]]
            cell = Box(left, box.top, right, box.bottom)
            slots.append(Slot(cell, number, column, tokens=words, page=page))
    whole = around(token for line in region.lines for token in line.tokens)
    part = Part(page, whole, around(rows[0][0].tokens).height)
    return Draft(slots, edges, [part], has_rules=False)
