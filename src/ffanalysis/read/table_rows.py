"""The rows of a table of money, each with all that is stated for it.

In its own cells, in a merged one, in a group's label given once above it, or above the table.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from ffanalysis.layout import Layout
from ffanalysis.read.formula_sums import label_of_sum
from ffanalysis.read.found_table import FoundTable
from ffanalysis.sheets.cells import Cell

# A label given once is that of the rows below it, until the next label; in the plan only where its
# column is the outermost: a line of the plan that names a service and no programme beside it is for
# all its programmes.
_GIVEN_ONCE = frozenset({"project", "programme", "scope", "plan", "saving_type"})
# These too where their column is the outermost, or a merged cell says so.
_GIVEN_OUTERMOST = frozenset({"route", "rag", "year"})
_OWNERS = ("scope", "programme")
# What a line states of itself; a sum of lines that states it too is no sum of those lines alone.
_OF_A_LINE = frozenset({"project", "ref", "route", "rag", "saving_type", "recurring", "reason"})
_NO_LABEL = ("unit", "accumulation")
_TALLEST_MERGE = 10_000


@dataclass(frozen=True)
class TableRow:
    """One row of a table of money.

    Attributes:
        number: its row in the sheet.
        cells: canonical column → its own cell, or the merged one that reaches into it.
        amounts: the cells of the columns of amounts, in their order.
        label: the cell that says that it is a total, where one does.
        stated: canonical column → the cell that states it for the row, wherever that is.
        filled: canonical column → its own cell that says something.

    """

    number: int
    cells: Mapping[str, Cell]
    amounts: Sequence[Cell]
    label: Cell | None
    stated: Mapping[str, Cell]
    filled: Mapping[str, Cell]

    @property
    def has_amounts(self) -> bool:
        return any(cell.value is not None for cell in self.amounts)

    @property
    def first_amount(self) -> Cell:
        """Its first amount that is there; where none is, the cell of the first."""
        return next((cell for cell in self.amounts if cell.value is not None), self.amounts[0])

    @property
    def totals_years(self) -> bool:
        """Whether its year says that it is a total: of all years."""
        return self.label is not None and self.label is self.cells.get("year")

    @property
    def totals_rows(self) -> bool:
        """Whether its label says that it is a total: of other rows."""
        return self.label is not None and not self.totals_years


def rows_of(found: FoundTable, layout: Layout) -> Iterator[TableRow]:
    """The rows of a table from the top, blank ones too."""
    columns = sorted(found.columns.items())
    merged = merged_cells(found, found.columns)
    groups = _GroupLabels(found)
    # Where a row is a total by its label and in its year, it adds both.
    labels = [name for _, name in columns if name not in _NO_LABEL]
    labels.sort(key=lambda name: name == "year")
    is_total = cache(layout.is_total)  # a table may repeat a label in each row
    for number in range(found.header_row + 1, found.last_row + 1):
        line = found.sheet.grid.get(number, {})
        cells = {
            name: line.get(at) or merged.get((number, at)) or Cell(number, at, None)
            for at, name in columns
        }
        filled = {name: cell for name, cell in cells.items() if cell.text}
        totals = (filled[name] for name in labels if name in filled and is_total(filled[name].text))
        label = next(totals, None)
        own = {name: cell for name, cell in filled.items() if cell is not label}
        if label is None and (label := label_of_sum(number, filled, found)):
            own = {name: cell for name, cell in own.items() if name not in _OF_A_LINE}
        yield TableRow(
            number,
            cells,
            [line.get(at) or Cell(number, at, None) for at in found.amounts],
            label,
            {**found.context, **own, **groups.read(filled, label)},
            filled,
        )


def is_on_each_row(name: str, rows: Iterable[TableRow]) -> bool:
    """Whether a label is written on each row, and not once for a group of them.

    So it is where one row repeats what the row above it says.
    """
    lines = [row.cells[name] for row in rows if row.has_amounts and name in row.cells]
    return any(
        first.text and first.text == second.text and first is not second
        for first, second in pairwise(lines)
    )


def merged_cells(found: FoundTable, columns: Collection[int]) -> dict[tuple[int, int], Cell]:
    """Row and column of each cell that a merged one above it reaches into, with that one."""
    return {
        (row, left): found.sheet.at(top, left)
        for top, left, bottom, right in found.sheet.merges
        if left == right and left in columns and bottom - top < _TALLEST_MERGE
        for row in range(max(top, found.header_row) + 1, min(bottom, found.last_row) + 1)
    }


class _GroupLabels:
    """The labels of groups of rows, each given once above them."""

    def __init__(self, found: FoundTable) -> None:
        columns = sorted(found.columns.items())
        outermost = columns[0][0] if columns else 0
        in_plan = found.table == "mtfp"
        self.columns = [
            (at, name)
            for at, name in columns
            if (name in _GIVEN_ONCE and not (in_plan and at != outermost))
            or (name in _GIVEN_OUTERMOST and at == outermost and len(columns) > 1)
        ]
        self.given: dict[str, Cell] = {}
        self.project_row: Mapping[str, Cell] = {}  # what the row says that gave the project

    def read(self, filled: Mapping[str, Cell], label: Cell | None) -> Mapping[str, Cell]:
        """The labels of the groups that a row is in, its own among them."""
        for at, name in self.columns:
            if name in filled:
                self._begin(at, name, filled, label)
        for name in self._groups_to_clear(filled, label):
            self.given.pop(name, None)
        return self.given

    def _begin(self, at: int, name: str, filled: Mapping[str, Cell], label: Cell | None) -> None:
        """Begin a group, which ends those within the group before."""
        for inner, within in self.columns:
            if inner >= at:
                self.given.pop(within, None)
        # A total of groups belongs to none.
        if filled[name] is not label:
            self.given[name] = filled[name]
            if name == "project":
                self.project_row = filled

    def _groups_to_clear(self, filled: Mapping[str, Cell], label: Cell | None) -> list[str]:
        """The groups given above that a row is not of.

        A total whose label is before them, as that of a whole table is, is of none. Nor is a row of
        the project above that states an owner of its own, where the project's row stated none.
        """
        names = [name for at, name in self.columns if label and at > label.column]
        if "project" in self.given and "project" not in filled:
            states_owner = any(name in filled and name not in self.project_row for name in _OWNERS)
            names += ["project"] if states_owner else []
        return names
