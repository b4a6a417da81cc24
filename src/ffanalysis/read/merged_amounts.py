"""The merged cells of a table's amounts: what each is over."""

from collections.abc import Iterator, Mapping
from functools import cached_property

from ffanalysis.read.found_table import FoundTable
from ffanalysis.sheets.cells import Area

Place = tuple[int, int]  # row and column


class MergedAmounts:
    """Which cells of a table's amounts are merged with others."""

    def __init__(self, found: FoundTable) -> None:
        self.found = found

    @cached_property
    def over_several(self) -> Mapping[Place, Area]:
        """The first cell of each merged one that is over the amounts of several years or lines."""
        return {area[:2]: area for area in self._areas() if self._is_over_several(area)}

    @cached_property
    def under(self) -> Mapping[Place, Area]:
        """Each cell of an amount that nobody sees, with the merged one over it."""
        return {
            (row, column): area
            for area in self._areas()
            for row in range(area[0], min(area[2], self.found.last_row) + 1)
            for column in self.found.amounts
            if area[1] <= column <= area[3] and (row, column) != area[:2]
        }

    def _areas(self) -> Iterator[Area]:
        """The merged areas that begin within the table's rows."""
        for area in self.found.sheet.merges:
            if self.found.header_row < area[0] <= self.found.last_row:
                yield area

    def _is_over_several(self, area: Area) -> bool:
        top, left, bottom, right = area
        found = self.found
        if left not in found.amounts:
            return False
        if sum(left <= column <= right for column in found.amounts) > 1:
            return True
        below = range(top + 1, min(bottom, found.last_row) + 1)
        # A line that is merged as a whole over several rows is one.
        return any(
            found.sheet.at(row, column).value is not None
            for row in below
            for column in found.columns
        )
