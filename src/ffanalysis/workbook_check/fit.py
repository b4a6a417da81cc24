"""How well lines of a table add to another line: column by column, within rounding."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

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
    leaves_out: bool = False  # its label says that it leaves something out
    is_outer: bool = False  # a result in the outer of two columns, whose parts are in the inner
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


class Fits:
    """How well the last one, two, three ... of some candidates add to an item.

    All are compared at once, and a Fit is made only of the one that is looked at.
    """

    def __init__(
        self, item: Item, candidates: tuple[int, ...], sums: Floats, flags: tuple[Flags, Flags],
        counts: NDArray[np.int64], units: Floats, own: Floats
    ) -> None:  # fmt: skip
        """`sums` and both `flags`, stated and gaps, have shape (fits, positions)."""
        stated, gaps = flags
        self.item, self.candidates, self.counts, self.sums, self.own = (
            item,
            candidates,
            counts,
            sums,
            own,
        )
        known = item.known & ~gaps
        # A blank part adds nothing. Where no part states anything, only nil can be compared.
        self.compared = known & (stated | (item.values == 0))
        self.gap = np.abs(sums - item.filled)
        self.tolerance = _tolerance(counts[:, None], units, own)
        noise = _NOISE * np.maximum(np.abs(sums), 1.0)
        within = self.gap <= self.tolerance + noise
        self.exact = self.gap <= noise
        self.agrees = self.compared & within & (item.values != 0)
        self.differs = known & stated & ~within
        self.rounds = self.compared & within & ~self.exact
        self.agreeing = self.agrees.sum(axis=1)
        self.differing = self.differs.sum(axis=1)

    def __len__(self) -> int:
        return len(self.sums)

    def at(self, place: int) -> Fit:
        """The one at a place: the first is of the last candidate alone."""
        agreeing = self.agrees[place]
        return Fit(
            self.candidates,
            int(self.counts[place]),
            self.sums[place],
            self.tolerance[place],
            compared=int(self.compared[place].sum()),
            agreeing=int(self.agreeing[place]),
            distinct=len(set(np.round(self.item.values[agreeing], 6).tolist())),
            differing=np.flatnonzero(self.differs[place]).tolist(),
            rounded=np.flatnonzero(self.rounds[place]).tolist(),
        )

    def fitting(self) -> Iterator[Fit]:
        """Those that differ nowhere: the exact ones first, each from the shortest."""
        fits = (self.differing == 0) & self.compared.any(axis=1)
        is_exact = ~self.rounds.any(axis=1)
        for wanted in (fits & is_exact, fits & ~is_exact):
            yield from (self.at(int(place)) for place in np.flatnonzero(wanted))

    def nearly(self, many: int) -> Iterator[Fit]:
        """Those that agree but for one position in so many."""
        is_near = (self.agreeing >= 3) & (self.differing * many <= self.agreeing)
        for place in np.flatnonzero(is_near):
            fit = self.at(int(place))
            if fit.agrees_but_for_one_in(many):
                yield fit

    def mostly_exact(self) -> Iterator[Fit]:
        """Those that agree exactly at as many positions as they differ at, or at more."""
        exact = (self.agrees & self.exact).sum(axis=1)
        places = np.flatnonzero((exact > 0) & (exact >= self.differing))
        return (self.at(int(place)) for place in places)

    def a_few_units_off(self) -> Fit | None:
        """The first whose long numbers differ by a few units only, as sums of rounded sums do."""
        few = (self.gap <= 10 * self.own) & (self.gap * 100_000 <= np.abs(self.item.filled))
        is_close = (few | ~self.differs).all(axis=1) & (self.counts >= 2) & (self.differing > 0)
        return next((self.at(int(place)) for place in np.flatnonzero(is_close)), None)

    def best(self) -> Fit | None:
        """The one that agrees at most positions, of several the longest."""
        if not len(self):
            return None
        most = np.flatnonzero(self.agreeing == self.agreeing.max())
        return self.at(int(most[-1]))


class Fitting:
    """Compares the sums of a table's items with other items.

    `units` has shape (positions,): the unit to which the numbers at each position are stated, in
    the table's own unit.
    """

    def __init__(self, items: Sequence[Item], units: Floats) -> None:
        self.items, self.units = items, units
        shape = len(items), len(units)
        self.filled: Floats = np.zeros(shape)
        self.known: Flags = np.zeros(shape, dtype=bool)
        self.marked: Flags = np.zeros(shape, dtype=bool)
        for number, item in enumerate(items):
            self.filled[number], self.known[number] = item.filled, item.known
            self.marked[number] = item.marked

    def units_of(self, item: Item) -> Floats:
        """The units to which an item's numbers are stated, position by position."""
        return np.maximum(self.units, item.unit)

    def of(self, item: Item, parts: Sequence[int]) -> Fit:
        """How well all of these parts add to an item."""
        own = list(parts)
        sums = self.filled[own].sum(axis=0)
        flags: tuple[Flags, Flags] = (
            np.asarray(self.known[own].any(axis=0)),
            np.asarray(self.marked[own].any(axis=0)),
        )
        return self._one(item, tuple(parts), sums, flags, (len(own), len(own)))

    def of_last(self, item: Item, candidates: Sequence[int], longest: int | None = None) -> Fits:
        """How well the last one, two, three ... of the candidates add to an item."""
        candidates = tuple(candidates[-(longest or len(candidates)) :]) if candidates else ()
        back = list(candidates[::-1])
        flags = (
            np.logical_or.accumulate(self.known[back], axis=0),
            np.logical_or.accumulate(self.marked[back], axis=0),
        )
        sums = np.cumsum(self.filled[back], axis=0)
        counts = np.arange(1, len(back) + 1)
        return Fits(item, candidates, sums, flags, counts, self.units, self.units_of(item))

    def of_running_total(self, item: Item, part: int) -> Fit:
        """How well an item adds up another from left to right."""
        running = np.cumsum(self.items[part].filled)
        return self._one(item, (part,), running, (item.known, item.marked), (1, 2))

    def may_agree(self, item: Item, sums: Floats, counts: Floats) -> Flags:
        """Which of some sums, of shape (sums, positions), agree with an item at three positions."""
        tolerance = _tolerance(counts[:, None], self.units, self.units_of(item))
        within = np.abs(sums - item.filled) <= tolerance + _NOISE * np.maximum(np.abs(sums), 1.0)
        return np.asarray((within & (item.filled != 0)).sum(axis=1) >= 3)

    def _one(
        self,
        item: Item,
        candidates: tuple[int, ...],
        sums: Floats,
        flags: tuple[Flags, Flags],
        parts_and_amounts: tuple[int, int],
    ) -> Fit:
        parts, amounts = parts_and_amounts
        stated, gaps = flags
        fits = Fits(
            item,
            candidates,
            sums[None, :],
            (stated[None, :], gaps[None, :]),
            np.array([amounts]),
            self.units,
            self.units_of(item),
        )
        fit = fits.at(0)
        fit.count = parts
        return fit


def _tolerance(counts: NDArray[Any], units: Floats, own: Floats) -> Floats:
    """What rounding allows between a total and so many parts, as `money.tolerance` has it.

    The lesser of half the units of all amounts and three standard deviations of their rounding.
    """
    worst = (counts * units + own) / 2
    likely = np.ceil(3 * np.sqrt((counts * units**2 + own**2) / 12) / own - _NOISE) * own
    return np.asarray(np.minimum(worst, likely), dtype=np.float64)


def digits_of(value: float) -> int:
    """How many significant digits a number has: three in 33.7 and in 33,700,000."""
    return len(f"{value:.12g}".partition("e")[0].replace("-", "").replace(".", "").strip("0"))
