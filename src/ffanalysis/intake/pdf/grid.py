"""Tables as ruled lines draw them: a grid of all edges, in which a missing edge merges cells."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from ffanalysis.intake.pdf.ink import THICKEST_LINE, Box, Shape

_NEAR: Final = 2.5  # lines so near to each other are one, in points
_DASH: Final = 4.5  # a gap in a line that is drawn in dashes
_COVERED: Final = 0.6  # the share of a cell's side that a line must cover
_MOST_LINES: Final = 1_500
_LEAST_AREA: Final = 8.0  # the side of a coloured area that may be a cell's
_LEAST_ROW: Final = 4.0
_SPACING: Final = 7.0  # between cells that each have a border of their own


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line: where it lies, and from where to where it goes.

    `weak` is one that is only the edge of a coloured area.
    """

    at: float
    start: float
    end: float
    weak: bool = False


@dataclass(frozen=True, slots=True)
class RuledCell:
    """A cell between lines, and which columns and rows of edges it covers."""

    box: Box
    row: int
    column: int
    rows: int
    columns: int


@dataclass
class RuledTable:
    """Cells between lines. `xs` and `ys` are the edges of its columns and rows."""

    page: int
    xs: list[float]
    ys: list[float]
    cells: list[RuledCell]
    inner: "dict[RuledCell, list[RuledTable]]" = field(default_factory=dict)

    @property
    def box(self) -> Box:
        return Box(self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])


def ruled_tables(shapes: Iterable[Shape], page: int, page_box: Box) -> list[RuledTable]:
    """The tables that the lines of a page draw, from top to bottom, those within a cell in it."""
    across, down = _rules(shapes, page_box)
    across, down = _joined(across), _joined(down)
    if len(across) > _MOST_LINES or len(down) > _MOST_LINES:
        return []
    found, boxes, framed = [], list[Box](), list[Box]()
    for h, v in _together(across, down):
        cells = _cells(h, v)
        if len(cells) > 1 and not _is_striped(cells, h, v):
            found.append(table_of(cells, page))
        elif len(cells) == 1:
            boxes += cells
            framed += [] if all(rule.weak for rule in (*h, *v)) else cells
    spaced = _spaced(boxes)
    found += [table_of(cells, page) for cells in spaced]
    together = {cell for cells in spaced for cell in cells}
    found += [
        table_of([box], page)
        for box in framed
        if box not in together and _may_be_table(box, page_box)
    ]
    return _nested(sorted(found, key=lambda table: (table.ys[0], table.xs[0])))


# Lines


def _rules(shapes: Iterable[Shape], page_box: Box) -> tuple[list[Rule], list[Rule]]:
    """Lines across and lines down, edges of areas included."""
    across: list[Rule] = []
    down: list[Rule] = []
    for shape in shapes:
        box = shape.box
        if not (shape.stroke or (shape.fill and not shape.white)):
            continue
        if min(box.width, box.height) <= THICKEST_LINE:
            _add_line(box, across, down)
        elif shape.points == 4 and _may_be_cell(shape, page_box):
            weak = not shape.stroke
            across += [Rule(y, box.x0, box.x1, weak) for y in (box.top, box.bottom)]
            down += [Rule(x, box.top, box.bottom, weak) for x in (box.x0, box.x1)]
    return across, down


def _add_line(box: Box, across: list[Rule], down: list[Rule]) -> None:
    """A line, or a dash, or a dot that may be of one or the other."""
    if box.width >= box.height:
        across.append(Rule((box.top + box.bottom) / 2, box.x0, box.x1))
    if box.height >= box.width:
        down.append(Rule((box.x0 + box.x1) / 2, box.top, box.bottom))


def _may_be_cell(shape: Shape, page_box: Box) -> bool:
    box = shape.box
    is_page = box.width * box.height > 0.8 * page_box.width * page_box.height
    return min(box.width, box.height) >= _LEAST_AREA and not is_page


def _may_be_table(box: Box, page_box: Box) -> bool:
    """Whether a frame is large enough for a cell of words, and not that of the page."""
    is_page = box.width * box.height > 0.6 * page_box.width * page_box.height
    return box.width >= 60 and box.height >= 12 and not is_page


def _joined(rules: Sequence[Rule]) -> list[Rule]:
    """Lines that lie on one line and touch, as one."""
    levels = _levels([rule.at for rule in rules])
    by_level: dict[float, list[Rule]] = {}
    for rule in rules:
        by_level.setdefault(levels[rule.at], []).append(rule)
    joined: list[Rule] = []
    for level, group in sorted(by_level.items()):
        group.sort(key=lambda rule: rule.start)
        start, end, weak = group[0].start, group[0].end, group[0].weak
        for rule in group[1:]:
            if rule.start <= end + _DASH:
                end, weak = max(end, rule.end), weak and rule.weak
            else:
                joined.append(Rule(level, start, end, weak))
                start, end, weak = rule.start, rule.end, rule.weak
        joined.append(Rule(level, start, end, weak))
    return [rule for rule in joined if rule.end - rule.start > THICKEST_LINE]


def _levels(values: Iterable[float]) -> dict[float, float]:
    """Each value with the middle of those that are near to each other."""
    groups: list[list[float]] = []
    for value in sorted(set(values)):
        if groups and value - groups[-1][-1] <= _NEAR and value - groups[-1][0] <= 2 * _NEAR:
            groups[-1].append(value)
        else:
            groups.append([value])
    return {value: sum(group) / len(group) for group in groups for value in group}


def _together(across: list[Rule], down: list[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Lines that meet each other, group by group."""
    lines = [*across, *down]
    leader = list(range(len(lines)))

    def lead(number: int) -> int:
        while leader[number] != number:
            leader[number] = leader[leader[number]]
            number = leader[number]
        return number

    for h, level in enumerate(across):
        for v, upright in enumerate(down, len(across)):
            if (
                level.start - _NEAR <= upright.at <= level.end + _NEAR
                and upright.start - _NEAR <= level.at <= upright.end + _NEAR
            ):
                leader[lead(h)] = lead(v)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for number, line in enumerate(lines):
        groups.setdefault(lead(number), ([], []))[number >= len(across)].append(line)
    return [group for group in groups.values() if group[0] and group[1]]


# Cells


def _edges(on: Sequence[Rule], ends_of: Sequence[Rule]) -> list[float]:
    """Where columns or rows begin and end: at lines, and where lines across them end."""
    edges = sorted({rule.at for rule in on})
    for rule in ends_of:
        for end in (rule.start, rule.end):
            if all(abs(end - edge) > 2 * _NEAR for edge in edges):
                edges.append(end)
    return sorted(edges)


def _covers(rules: Sequence[Rule], at: float, start: float, end: float) -> bool:
    """Whether lines run along most of a side."""
    covered = sum(
        max(0.0, min(rule.end, end) - max(rule.start, start))
        for rule in rules
        if abs(rule.at - at) < 0.01
    )
    return covered >= _COVERED * (end - start)


class _Grid:
    """The smallest cells between all edges, and which sides of them have a line."""

    def __init__(self, across: list[Rule], down: list[Rule]) -> None:
        self.xs, self.ys = _edges(down, across), _edges(across, down)
        self.wide, self.high = len(self.xs) - 1, len(self.ys) - 1
        self.left = [
            [_covers(down, x, *self.ys[j : j + 2]) for j in range(self.high)] for x in self.xs
        ]
        self.above = [
            [_covers(across, y, *self.xs[i : i + 2]) for i in range(self.wide)] for y in self.ys
        ]

    def areas(self) -> list[tuple[int, int, int, int]]:
        """Merged cells as column, row, and the column and row behind them."""
        seen: set[tuple[int, int]] = set()
        found = []
        for j in range(self.high):
            for i in range(self.wide):
                if (i, j) in seen:
                    continue
                area = self._area(i, j)
                members = {(a, b) for a in range(area[0], area[2]) for b in range(area[1], area[3])}
                if members & seen:
                    area, members = (i, j, i + 1, j + 1), {(i, j)}
                seen |= members
                found.append(area)
        return found

    def _area(self, i: int, j: int) -> tuple[int, int, int, int]:
        """The rectangle of cells that no line parts from one; one cell if it is none."""
        reached, waiting = {(i, j)}, [(i, j)]
        while waiting:
            a, b = waiting.pop()
            for near in self._open(a, b):
                if near not in reached:
                    reached.add(near)
                    waiting.append(near)
        right, low = max(a for a, _ in reached) + 1, max(b for _, b in reached) + 1
        west, north = min(a for a, _ in reached), min(b for _, b in reached)
        if len(reached) == (right - west) * (low - north):
            return west, north, right, low
        return i, j, i + 1, j + 1

    def _open(self, a: int, b: int) -> list[tuple[int, int]]:
        """The cells beside one that no line parts from it."""
        near = []
        if a + 1 < self.wide and not self.left[a + 1][b]:
            near.append((a + 1, b))
        if a > 0 and not self.left[a][b]:
            near.append((a - 1, b))
        if b + 1 < self.high and not self.above[b + 1][a]:
            near.append((a, b + 1))
        if b > 0 and not self.above[b][a]:
            near.append((a, b - 1))
        return near

    def is_enclosed(self, area: tuple[int, int, int, int]) -> bool:
        """Whether lines bound it at least above or below, and on the left or the right."""
        west, north, east, south = area
        beside = any(all(self.left[x][j] for j in range(north, south)) for x in (west, east))
        over = any(all(self.above[y][i] for i in range(west, east)) for y in (north, south))
        return beside and over


def _cells(across: list[Rule], down: list[Rule]) -> list[Box]:
    """The cells between lines that meet each other."""
    if len(across) + len(down) < 3:
        return []
    grid = _Grid(across, down)
    found = (
        Box(grid.xs[west], grid.ys[north], grid.xs[east], grid.ys[south])
        for west, north, east, south in filter(grid.is_enclosed, grid.areas())
    )
    return [cell for cell in found if min(cell.height, cell.width) >= _LEAST_ROW]


def _is_striped(cells: Sequence[Box], across: Sequence[Rule], down: Sequence[Rule]) -> bool:
    """Whether these are only stripes of colour behind lines of words."""
    tops, lefts = {cell.top for cell in cells}, {cell.x0 for cell in cells}
    if min(len(tops), len(lefts)) > 1:
        return False
    return all(rule.weak for rule in (*across, *down) if len(tops) == 1) and all(
        rule.weak for rule in down
    )


def _spaced(boxes: Sequence[Box]) -> list[list[Box]]:
    """Boxes that stand beside and below each other as the cells of one table."""
    groups: list[list[Box]] = []
    for box in boxes:
        near = [group for group in groups if any(_is_next(box, other) for other in group)]
        groups = [group for group in groups if group not in near]
        groups.append([box, *(other for group in near for other in group)])
    return [group for group in groups if len(group) > 1]


def _is_next(box: Box, other: Box) -> bool:
    """Whether one box is the next cell to another, in its row or in its column."""
    beside = max(other.x0 - box.x1, box.x0 - other.x1)
    over = max(other.top - box.bottom, box.top - other.bottom)
    if 0 <= beside <= _SPACING:
        return _ends_together((box.top, box.bottom), (other.top, other.bottom))
    return 0 <= over <= _SPACING and _ends_together((box.x0, box.x1), (other.x0, other.x1))


def _ends_together(one: tuple[float, float], two: tuple[float, float]) -> bool:
    return abs(one[0] - two[0]) <= _NEAR or abs(one[1] - two[1]) <= _NEAR


def table_of(cells: Sequence[Box], page: int) -> RuledTable:
    """Cells with their rows and columns on the edges that they have, narrow gaps left out."""
    xs = _merged([(cell.x0, cell.x1) for cell in cells])
    ys = _merged([(cell.top, cell.bottom) for cell in cells])
    placed = []
    for cell in cells:
        row, column = _at(ys, cell.top), _at(xs, cell.x0)
        below, behind = _at(ys, cell.bottom), _at(xs, cell.x1)
        placed.append(RuledCell(cell, row, column, max(1, below - row), max(1, behind - column)))
    placed.sort(key=lambda cell: (cell.row, cell.column))
    return RuledTable(page, xs, ys, placed)


def _merged(sides: Sequence[tuple[float, float]]) -> list[float]:
    """Edges, those as one between which there is only the gap from cell to cell."""
    edges = sorted({edge for side in sides for edge in side})
    kept = [edges[0]]
    for edge in edges[1:]:
        is_gap = edge - kept[-1] <= _SPACING and not any(
            start >= kept[-1] - 0.01 and end <= edge + 0.01 for start, end in sides
        )
        if not is_gap:
            kept.append(edge)
    return kept


def _at(edges: Sequence[float], value: float) -> int:
    return min(range(len(edges)), key=lambda number: abs(edges[number] - value))


def _nested(tables: list[RuledTable]) -> list[RuledTable]:
    """Tables that stand in a cell of another, put there."""
    outer: list[RuledTable] = []
    for table in sorted(tables, key=lambda table: -table.box.width * table.box.height):
        home = _home(table, outer)
        if home is None:
            outer.append(table)
        else:
            owner, cell = home
            owner.inner.setdefault(cell, []).append(table)
    return sorted(outer, key=lambda table: (table.ys[0], table.xs[0]))


def _home(table: RuledTable, outer: Iterable[RuledTable]) -> tuple[RuledTable, RuledCell] | None:
    """The cell that a table stands in, the innermost."""
    for other in outer:
        for cell in other.cells:
            if cell.box.around(table.box) and other is not table:
                return _home(table, other.inner.get(cell, ())) or (other, cell)
    return None
