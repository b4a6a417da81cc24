"""Where the cells of a Word table stand, from how its rows are written.

A row says over how many columns of the table's grid each cell reaches. Where a row does not fit
the grid that the others fit, its cells are laid by their widths, and the row is doubtful.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import NamedTuple

from ffanalysis.sheets.limits import Refused

_MOST_COLUMNS = 500  # Word allows 63
_MOST_PLACES = 400_000
_NEAR = 120  # twips, two millimetres: edges that lie nearer are the same


class Written(NamedTuple):
    """A cell as its row writes it; `down` and `across` are "", "begins" or "continues"."""

    span: int = 1
    width: int = 0
    down: str = ""
    across: str = ""


class Row(NamedTuple):
    """A row as it is written, with the columns that it leaves out before and after its cells."""

    cells: Sequence[Written]
    before: int = 0
    after: int = 0

    @property
    def total(self) -> int:
        """Over how many columns it reaches."""
        return self.before + sum(cell.span for cell in self.cells) + self.after

    def is_plain(self, columns: int) -> bool:
        """Whether it fills so many columns and joins nothing in an old way."""
        filled = self.total == columns and not self.before
        return filled and not any(cell.across for cell in self.cells)


@dataclass
class Placed:
    """A cell on the grid. `number` is its place in its row; `covered` are cells merged into it."""

    row: int
    column: int
    columns: int
    number: int
    rows: int = 1
    covered: list[tuple[int, int]] = field(default_factory=list)


class Doubt(NamedTuple):
    """A row whose cells may stand elsewhere, and both readings."""

    row: int
    readings: tuple[str, str]


class Grid(NamedTuple):
    """`is_plain` where every row fills the same grid and nothing was joined or left out."""

    cells: list[Placed]
    doubts: list[Doubt]
    is_plain: bool


Spans = list[tuple[int, int]]  # from which edge to which edge each cell reaches


def lay(rows: Sequence[Row], widths: Sequence[int]) -> Grid:
    """Lay the cells of a table on the smallest grid that holds them; `widths` are its columns'."""
    columns = max((row.total for row in rows), default=0)
    if columns > _MOST_COLUMNS or columns * len(rows) > _MOST_PLACES:
        raise Refused("a table has more rows and columns than Word allows.")
    doubts: list[Doubt] = []
    spans = [_spans(row) for row in rows]
    edges = _edges(rows, widths, columns)
    for number, row in enumerate(rows):
        if row.total != columns:
            by_widths = _by_widths(row, edges)
            if by_widths != spans[number]:
                doubts.append(Doubt(number, _readings(spans[number], by_widths)))
            spans[number] = by_widths or spans[number]
    laid = _joined_down(rows, _compact(spans), doubts)
    return Grid(laid, doubts, not doubts and all(row.is_plain(columns) for row in rows))


def _spans(row: Row) -> Spans:
    edges = list(accumulate((cell.span for cell in row.cells), initial=row.before))
    return list(pairwise(edges))


def _edges(rows: Sequence[Row], widths: Sequence[int], columns: int) -> list[int]:
    """The right edges of the columns in twips, the left one of the first included; or none."""
    told = [widths, *([cell.width for cell in row.cells] for row in rows if row.total == columns)]
    for each in told:
        if len(each) == columns and all(width > 0 for width in each):
            return list(accumulate(each, initial=0))
    return []


def _by_widths(row: Row, edges: Sequence[int]) -> Spans | None:
    """Where the edges of a row's cells meet edges of the grid; None where one meets none."""
    if not edges or row.before >= len(edges) or not all(cell.width > 0 for cell in row.cells):
        return None
    met: list[int] = []
    for edge in accumulate((cell.width for cell in row.cells), initial=edges[row.before]):
        right = min(bisect_left(edges, edge), len(edges) - 1)
        nearest = min(max(right - 1, 0), right, key=lambda place: abs(edges[place] - edge))
        is_far = abs(edges[nearest] - edge) > max(_NEAR, edges[-1] // 50)
        if is_far or (met and nearest <= met[-1]):
            return None
        met.append(nearest)
    return list(pairwise(met))


def _readings(by_spans: Spans, by_widths: Spans | None) -> tuple[str, str]:
    other = "not told by their widths" if by_widths is None else f"{_said(by_widths)} by widths"
    return f"{_said(by_spans)} as merged", other


def _said(spans: Spans) -> str:
    """Columns as they are counted, from 1: "columns 1, 2–4"."""
    each = (str(a + 1) if b - a == 1 else f"{a + 1}–{b}" for a, b in spans)
    return f"columns {', '.join(each)}"


def _compact(spans: Iterable[Spans]) -> list[Spans]:
    """The same without the edges that no cell of the table has."""
    spans = list(spans)
    used = sorted({edge for row in spans for pair in row for edge in pair})
    place = {edge: number for number, edge in enumerate(used)}
    return [[(place[a], place[b]) for a, b in row] for row in spans]


def _joined_down(rows: Sequence[Row], spans: Sequence[Spans], doubts: list[Doubt]) -> list[Placed]:
    """The cells, each that continues another above or to the left joined to it."""
    laid: list[Placed] = []
    open_above: dict[int, Placed] = {}
    for number, row in enumerate(rows):
        open_here: dict[int, Placed] = {}
        for place, cell in enumerate(_joined_across(row, spans[number], number)):
            written = row.cells[cell.number]
            above = open_above.get(cell.column) if written.down == "continues" else None
            if above is not None and above.columns == cell.columns:
                above.rows += 1
                above.covered += [(number, cell.number), *cell.covered]
                open_here[cell.column] = above
                continue
            if above is not None:
                doubts.append(Doubt(number, _apart(place)))
            laid.append(cell)
            if written.down:
                open_here[cell.column] = cell
        open_above = open_here
    return laid


def _apart(place: int) -> tuple[str, str]:
    return (
        f"cell {place + 1} merged with a cell above",
        f"cell {place + 1} of its own, as its width is another",
    )


def _joined_across(row: Row, spans: Spans, number: int) -> list[Placed]:
    found: list[Placed] = []
    for place, (written, (left, right)) in enumerate(zip(row.cells, spans, strict=True)):
        if written.across == "continues" and found:
            found[-1].columns = right - found[-1].column
            found[-1].covered.append((number, place))
        else:
            found.append(Placed(number, left, right - left, place))
    return found
