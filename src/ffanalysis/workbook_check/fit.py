"""How well lines of a table add to another line: column by column, within rounding."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_NOISE = 1e-9  # what a sum of binary fractions may be off by


@dataclass
class Item:
    """A row or column of a table that takes part in sums, with what its label says of it."""

    index: int  # the sheet's row or column
    label: str
    values: Floats  # its numbers across, NaN where there is none
    marked: Flags  # where a gap is marked: no sum over it can be checked
    is_total: bool = False
    is_cumulative: bool = False
    is_result: bool = False  # its label may name one: "Net ...", or the group that it ends
    is_memo: bool = False  # it repeats part of another line, and feeds no sum
    begins_group: bool = False  # a blank line or a heading stands before it
    categories: tuple[str, ...] = ()
    unit: float = 0.0  # the unit it is stated to, where coarser than its column's

    @cached_property
    def known(self) -> Flags:
        """Where it states a number."""
        return ~np.isnan(self.values)

    @cached_property
    def filled(self) -> Floats:
        """Its numbers across, nil where there is none."""
        return np.where(self.known, self.values, 0.0)

    @cached_property
    def is_nil(self) -> bool:
        """Whether it states no number other than nil."""
        return not self.filled.any()


@dataclass
class Fit:
    """How well the last lines of some candidates add to a total. Positions count from 0."""

    candidates: tuple[int, ...]
    count: int  # so many of the candidates, from the last
    sums: Floats
    tolerance: Floats
    compared: int  # at so many positions
    agreeing: int  # at so many positions, nil left out
    distinct: int  # so many different numbers agree
    differing: list[int]  # the positions
    rounded: list[int]  # the positions that agree within rounding only

    @property
    def parts(self) -> list[int]:
        return list(self.candidates[-self.count :])

    @property
    def fits(self) -> bool:
        return not self.differing and self.compared > 0

    @property
    def is_shown(self) -> bool:
        """Whether the lines add to the total at every position, and not to nil alone."""
        return self.fits and self.agreeing > 0

    @property
    def mostly_agrees(self) -> bool:
        return self.agreeing > 0 and self.agreeing >= len(self.differing)

    def agrees_but_for_one_in(self, many: int) -> bool:
        """Whether three different numbers or more agree, and few differ: one for so many."""
        return self.distinct >= 3 and len(self.differing) * many <= self.agreeing


class Fitting:
    """Compares the sums of a table's items with other items.

    `units` has shape (positions,): the unit to which the numbers at each position are stated, in
    the table's own unit.
    """

    def __init__(self, items: Sequence[Item], units: Floats) -> None:
        self.items, self.units = items, units

    def units_of(self, item: Item) -> Floats:
        """The units to which an item's numbers are stated, position by position."""
        return np.maximum(self.units, item.unit)

    def of(self, item: Item, parts: Sequence[int]) -> Fit:
        """How well all of these parts add to an item."""
        values, marked = self._stacked(parts)
        known = ~np.isnan(values)
        sums = np.where(known, values, 0).sum(axis=0)
        stated = np.asarray(known.any(axis=0)), np.asarray(marked.any(axis=0))
        return self._fit(item, tuple(parts), len(parts), sums, stated, len(parts))

    def of_last(
        self, item: Item, candidates: Sequence[int], longest: int | None = None
    ) -> list[Fit]:
        """How well the last one, two, three ... of the candidates add to an item."""
        candidates = tuple(candidates[-(longest or len(candidates)) :])
        if not candidates:
            return []
        values, marked = self._stacked(candidates[::-1])
        known = ~np.isnan(values)
        sums = np.cumsum(np.where(known, values, 0), axis=0)
        stated = np.logical_or.accumulate(known, axis=0)
        gaps = np.logical_or.accumulate(marked, axis=0)
        return [
            self._fit(item, candidates, k + 1, sums[k], (stated[k], gaps[k]), k + 1)
            for k in range(len(candidates))
        ]

    def of_running_total(self, item: Item, part: int) -> Fit:
        """How well an item adds up another from left to right."""
        running = np.cumsum(self.items[part].filled)
        return self._fit(item, (part,), 1, running, (item.known, item.marked), 2)

    def _stacked(self, parts: Sequence[int]) -> tuple[Floats, Flags]:
        """The numbers and marked gaps of some items, of shape (items, positions)."""
        values = np.array([self.items[part].values for part in parts])
        return values, np.array([self.items[part].marked for part in parts])

    def _fit(
        self,
        item: Item,
        candidates: tuple[int, ...],
        count: int,
        sums: Floats,
        stated_and_gaps: tuple[Flags, Flags],
        amounts: int,
    ) -> Fit:
        stated, gaps = stated_and_gaps
        known = item.known & ~gaps
        # A blank part adds nothing. Where no part states anything, only nil can be compared.
        compared = known & (stated | (item.values == 0))
        gap = np.abs(sums - item.filled)
        tolerance = self._tolerance(item, amounts)
        noise = _NOISE * np.maximum(np.abs(sums), 1.0)
        exact, within = gap <= noise, gap <= tolerance + noise
        agreeing = compared & within & (item.values != 0)
        return Fit(
            candidates,
            count,
            sums,
            tolerance,
            compared=int(compared.sum()),
            agreeing=int(agreeing.sum()),
            distinct=len(set(np.round(item.values[agreeing], 6).tolist())),
            differing=np.flatnonzero(known & stated & ~within).tolist(),
            rounded=np.flatnonzero(compared & within & ~exact).tolist(),
        )

    def _tolerance(self, item: Item, count: int) -> Floats:
        """What rounding allows between a total and so many parts, as `money.tolerance` has it.

        The lesser of half the units of all amounts and three standard deviations of their rounding.
        """
        own = self.units_of(item)
        worst = (count * self.units + own) / 2
        likely = np.ceil(3 * np.sqrt((count * self.units**2 + own**2) / 12) / own - _NOISE) * own
        return np.asarray(np.minimum(worst, likely), dtype=np.float64)


def digits_of(value: float) -> int:
    """How many significant digits a number has: three in 33.7 and in 33,700,000."""
    return len(f"{value:.12g}".partition("e")[0].replace("-", "").replace(".", "").strip("0"))
