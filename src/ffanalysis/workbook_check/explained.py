"""Differences that the table itself explains, so that they are no faults of its totals.

A grand total inherits the gaps of its lines, and a part of a total may stand apart from the others.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ffanalysis.workbook_check.fit import Flags, Floats, Item
from ffanalysis.workbook_check.found_totals import Difference, FoundTotal, Totals

_LEAST_AGREEING = 3  # so many positions show what a total adds


@dataclass(frozen=True)
class Direction:
    """The lines of a table in one direction, the totals among them, and those across them."""

    items: Sequence[Item]
    totals: Totals
    across: Totals
    positions: Sequence[int]  # the sheet's column or row of each number of a line


def take_out_explained(direction: Direction) -> None:
    """Take from each total the differences that the table explains."""
    lines = {item.index: item for item in direction.items}
    for total in direction.totals.found:
        if total.differing and total.index in lines and total.known_by != "cumulative":
            _Explanation(direction, lines, total).take_out()


class _Explanation:
    """One total that differs, and what else the table states at the same positions."""

    def __init__(self, direction: Direction, lines: Mapping[int, Item], total: FoundTotal) -> None:
        self.direction, self.total = direction, total
        self.line = lines[total.index]
        parts = [lines[part] for part in total.parts]
        self.sums: Floats = np.sum([part.filled for part in parts], axis=0)
        gaps: Flags = np.any([part.marked for part in parts], axis=0)
        stated: Flags = np.any([part.known for part in parts], axis=0)
        # Where a part is not known, what the total states beyond the others may be that part.
        self.unchecked = self.line.known & (gaps | ~stated)
        self.rest: Floats = np.where(self.unchecked, self.line.filled - self.sums, 0.0)
        whole = {found.index for found in direction.totals.found}
        self.others = [
            item
            for item in direction.items
            if item.index not in whole and item.index not in total.parts and not item.is_nil
        ]

    def take_out(self) -> None:
        total = self.total
        total.differing = [one for one in total.differing if not self._inherits_gap(one)]
        if not total.differing:
            return
        for other in self.others:
            if self._is_part(other):
                total.apart = (*total.apart, other.index)
                total.differing = [one for one in total.differing if not _equals(one, other)]

    def _inherits_gap(self, difference: Difference) -> bool:
        """Whether it is exactly what the lines of a grand total state beyond their known parts."""
        within = self._lines_of(difference.position)
        rest = float(self.rest[within].sum())
        is_gap = abs(rest) > difference.tolerance
        return is_gap and abs(difference.amount + rest) <= difference.tolerance

    def _lines_of(self, position: int) -> list[int]:
        """The positions that a position is the total of; all others where it is none."""
        places = {index: place for place, index in enumerate(self.direction.positions)}
        parts = {found.index: found.parts for found in self.direction.across.found}
        own = list(_leaves(self.direction.positions[position], parts, frozenset()))
        if own == [self.direction.positions[position]]:
            own = [index for index in self.direction.positions if index not in parts]
        return [places[index] for index in own if places[index] != position]

    def _is_part(self, other: Item) -> bool:
        """Whether a line outside a total is its part: nil wherever the total adds without it.

        Or it is the difference at each of several positions, in long numbers.
        """
        explained = [one for one in self.total.differing if _equals(one, other)]
        if not explained:
            return False
        differing = {one.position for one in self.total.differing}
        agreeing = self.line.known & ~self.unchecked
        agreeing[list(differing)] = False
        if int(agreeing.sum()) >= _LEAST_AGREEING and not other.filled[agreeing].any():
            return True
        is_each = len(explained) == len(differing) >= 2
        return is_each and all(abs(one.amount) >= 100 * one.unit for one in explained)


def _equals(difference: Difference, other: Item) -> bool:
    """Whether a line states exactly what a total differs by, added or taken away."""
    value = abs(float(other.filled[difference.position]))
    noise = 1e-9 * max(1.0, abs(difference.calculated))
    return bool(value) and abs(value - abs(difference.amount)) <= noise


def _leaves(
    index: int, parts: Mapping[int, tuple[int, ...]], above: frozenset[int]
) -> Iterator[int]:
    """The lines at the bottom of a total of totals."""
    if index not in parts or index in above:
        yield index
        return
    for part in parts[index]:
        yield from _leaves(part, parts, above | {index})
