"""Which lines of a table are totals of others, by label and by arithmetic, and whether they add up.

Numbers only, no files.

A total takes in the lines directly before it (or after it, where totals stand first); lines that a
sub-total took in are represented by it from then on, so that nothing is added twice. Works on rows
and, turned round, on columns.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Kind = Literal["label", "group", "arithmetic", "category", "cumulative"]

# Beyond so many lines only labels are looked at: looking for sums everywhere would take too long.
_MOST_FOR_ARITHMETIC = 5_000
_MOST_FOR_ARITHMETIC_IN_ONE = 150  # one column of numbers has sums by chance
_LONGEST_UNLABELLED = 64
_MOST_IN_GROUPS = 400
_NOISE = 1e-9


@dataclass
class Item:
    """A row or column of a table.

    Its numbers across (NaN where there is none), and what its label says of it.
    """

    index: int
    label: str
    values: Floats
    marked: Flags  # where a gap is marked: no sum over it can be checked
    is_total: bool = False
    is_cumulative: bool = False
    is_result: bool = (
        False  # its label says that it may be one: "Net ...", or the name of the group it ends
    )
    is_memo: bool = False  # it repeats part of another line, and feeds no sum
    begins_group: bool = False  # a blank line or a heading stands before it
    categories: tuple[str, ...] = ()
    unit: float = 0.0  # the unit it is stated to, where coarser than its column's


@dataclass
class Difference:
    """One number of a total against the sum of its parts."""

    position: int
    stated: float
    calculated: float
    tolerance: float
    unit: float  # the unit to which the total is stated

    @property
    def amount(self) -> float:
        return self.calculated - self.stated


@dataclass
class Cast:
    """A total and the items that it adds.

    `differing` do not add up, `rounded` only within rounding.
    """

    total: int
    parts: tuple[int, ...]
    kind: Kind
    agreeing: int
    differing: list[Difference] = field(default_factory=list)
    rounded: list[Difference] = field(default_factory=list)

    @property
    def is_sure(self) -> bool:
        """Whether what differs is a fault: the total adds these parts everywhere else."""
        if self.kind in ("label", "group"):
            return True
        return self.agreeing >= 3 and len(self.differing) <= self.agreeing / 3


@dataclass
class Casts:
    """All totals of a table, and those that by their label should be one but add up nothing that is shown."""

    found: list[Cast] = field(default_factory=list)
    unexplained: list[Cast] = field(default_factory=list)


@dataclass
class _Fit:
    """How well a group of parts fits a total."""

    count: int
    sums: Floats
    agreeing: int
    distinct: int
    differing: list[int]
    rounded: list[int]
    tolerance: Floats
    compared: int

    @property
    def fits(self) -> bool:
        return not self.differing and self.compared > 0


def digits_of(value: float) -> int:
    """How many digits of a number say something: three of 33.7 and of 33,700,000."""
    return len(f"{value:.12g}".partition("e")[0].replace("-", "").replace(".", "").strip("0"))


class _Search:
    def __init__(self, items: Sequence[Item], units: Floats, *, parents_first: bool) -> None:
        self.items, self.units, self.parents_first = items, units, parents_first
        self.stack: list[int] = []
        self.casts = Casts()
        self.taken: set[int] = set()

    # --- how parts fit --------------------------------------------------------------------------------------------

    def _tolerance(self, item: Item, count: int) -> Floats:
        """The lesser of half the units of all amounts and three standard deviations of their rounding (see money.tolerance)."""
        own = np.maximum(self.units, item.unit)
        worst = (count * self.units + own) / 2
        likely = np.ceil(3 * np.sqrt((count * self.units**2 + own**2) / 12) / own - _NOISE) * own
        return np.asarray(np.minimum(worst, likely), dtype=np.float64)

    def _fit(self, item: Item, sums: Floats, stated: Flags, marked: Flags, count: int) -> _Fit:
        known = ~np.isnan(item.values)
        # A part that is blank adds nothing; where no part states anything there is nothing to hold
        # the total against.
        compared = known & ~marked & (stated | (item.values == 0))
        gap = np.abs(sums - np.nan_to_num(item.values))
        tolerance = self._tolerance(item, count)
        noise = _NOISE * np.maximum(np.abs(sums), 1.0)
        exact, within = gap <= noise, gap <= tolerance + noise
        agreeing = compared & within & (item.values != 0)
        return _Fit(
            count,
            sums,
            int(agreeing.sum()),
            len(set(np.round(item.values[agreeing], 6).tolist())),
            np.flatnonzero(known & ~marked & stated & ~within).tolist(),
            np.flatnonzero(compared & within & ~exact).tolist(),
            tolerance,
            int(compared.sum()),
        )

    def _fit_parts(self, item: Item, parts: Sequence[int]) -> _Fit:
        values = np.array([self.items[part].values for part in parts])
        marked = np.array([self.items[part].marked for part in parts])
        known = ~np.isnan(values)
        stated, gaps = np.asarray(known.any(axis=0)), np.asarray(marked.any(axis=0))
        return self._fit(item, np.where(known, values, 0).sum(axis=0), stated, gaps, len(parts))

    def _suffixes(self, item: Item, candidates: Sequence[int], longest: int) -> list[_Fit]:
        """The fit of the last one, two, three ... of the candidates."""
        parts = candidates[-longest:][::-1]
        if not parts:
            return []
        values = np.array([self.items[part].values for part in parts])
        known = ~np.isnan(values)
        sums = np.cumsum(np.where(known, values, 0), axis=0)
        stated = np.logical_or.accumulate(known, axis=0)
        marked = np.logical_or.accumulate(
            np.array([self.items[part].marked for part in parts]), axis=0
        )
        return [self._fit(item, sums[k], stated[k], marked[k], k + 1) for k in range(len(parts))]

    # --- the search ------------------------------------------------------------------------------------------------

    def run(self) -> Casts:
        single = len(self.units) == 1
        unlabelled = len(self.items) <= (
            _MOST_FOR_ARITHMETIC_IN_ONE if single else _MOST_FOR_ARITHMETIC
        )
        for number, item in enumerate(self.items):
            if number in self.taken or item.is_memo:
                if unlabelled and not item.is_memo:
                    self._category(number, item)
                continue
            if item.is_cumulative and self._cumulative(number, item):
                continue
            if item.is_total and self._labelled(number, item):
                self.stack.append(number)
                continue
            by_arithmetic = unlabelled and not item.is_total and not np.isnan(item.values).all()
            if by_arithmetic and not self._unlabelled(number, item) and self.parents_first:
                self._parent(number, item)
            self.stack.append(number)
        return self.casts

    def _note(self, number: int, parts: Sequence[int], fit: _Fit, kind: Kind) -> None:
        item = self.items[number]

        def differences(positions: list[int]) -> list[Difference]:
            return [
                Difference(
                    place,
                    float(item.values[place]),
                    float(fit.sums[place]),
                    float(fit.tolerance[place]),
                    float(max(self.units[place], item.unit)),
                )
                for place in positions
            ]

        indexes = tuple(self.items[part].index for part in parts)
        self.casts.found.append(
            Cast(
                item.index,
                indexes,
                kind,
                fit.agreeing,
                differences(fit.differing),
                differences(fit.rounded),
            )
        )

    def _consume(self, number: int, count: int, fit: _Fit, kind: Kind) -> None:
        parts = self.stack[len(self.stack) - count :]
        self._note(number, parts, fit, kind)
        del self.stack[len(self.stack) - count :]

    def _labelled(self, number: int, item: Item) -> bool:
        """A total by its label: of the lines before it, else of those after it, else unexplained.

        False where it is a line.
        """
        fits = self._suffixes(item, self.stack, len(self.stack))
        whole = [
            fit
            for fit in fits
            if fit.fits and (fit.agreeing or not np.nan_to_num(item.values).any())
        ]
        if whole:
            self._consume(number, *self._widened(fits, whole[0]), "label")
            return True
        forward = self._following(number, item)
        if forward and forward[1].fits and forward[1].agreeing:
            self._note(number, forward[0], forward[1], "label")
            self.taken.update(forward[0])
            return True
        if self._totals_only(number, item) or self._category(number, item):
            return True
        if self._by_groups(number, item):
            return True
        if close := next(
            (fit for fit in fits if fit.count >= 2 and self._is_close(item, fit)), None
        ):
            self._consume(number, close.count, close, "label")
            return True
        best = max(fits, key=lambda fit: (fit.agreeing, fit.count), default=None)
        if best and best.agreeing and best.agreeing >= len(best.differing):
            self._consume(number, best.count, best, "label")
            return True
        if forward and forward[1].agreeing and forward[1].agreeing >= len(forward[1].differing):
            self._note(number, forward[0], forward[1], "label")
            self.taken.update(forward[0])
            return True
        return self._unexplained(number, item, forward)

    def _by_groups(self, number: int, item: Item) -> bool:
        """A total of groups whose heads stand directly above their parts, as pivot tables print them, before it or after it."""
        later = next(
            (other for other in range(number + 1, len(self.items)) if self.items[other].is_total),
            len(self.items),
        )
        for reach in (self.stack, range(number + 1, later)):
            candidates = [
                other
                for other in reach
                if other not in self.taken and not self.items[other].is_memo
            ]
            if len(candidates) > _MOST_IN_GROUPS:
                continue
            for lenient in (False, True):
                heads, tops = self._heads_of_groups(candidates, lenient=lenient)
                for first in range(len(tops)) if candidates and candidates[0] < number else (0,):
                    parts = tops[first:]
                    fit = self._fit_parts(item, parts) if len(parts) > 1 and heads else None
                    if (
                        fit
                        and fit.agreeing
                        and (fit.fits or (lenient and fit.agreeing >= len(fit.differing)))
                    ):
                        for head, own in heads.items():
                            if head >= parts[0]:
                                self._note(
                                    head, own, self._fit_parts(self.items[head], own), "group"
                                )
                        self._note(number, parts, fit, "label")
                        within = {part for part in candidates if part >= parts[0]}
                        self.stack = [other for other in self.stack if other not in within]
                        self.taken.update(within - set(self.stack))
                        return True
        return False

    def _heads_of_groups(
        self, candidates: list[int], *, lenient: bool
    ) -> tuple[dict[int, list[int]], list[int]]:
        """Lines that are the sum of those directly after them, with their parts.

        And what is left at the top, in order.
        """
        heads: dict[int, list[int]] = {}
        tops: list[int] = []
        for number in reversed(candidates):
            item = self.items[number]
            for count in range(2, min(len(tops), _LONGEST_UNLABELLED) + 1):
                fit = self._fit_parts(item, tops[:count])
                if fit.agreeing and (fit.fits or (lenient and fit.agreeing >= len(fit.differing))):
                    heads[number], tops = tops[:count], tops[count:]
                    break
            tops.insert(0, number)
        return heads, tops

    def _is_close(self, item: Item, fit: _Fit) -> bool:
        """Whether long numbers are apart by a few units only.

        Parts that were rounded from sums themselves leave that behind.
        """
        if not fit.differing:
            return False
        stated = np.abs(item.values[fit.differing])
        gap = np.abs(fit.sums[fit.differing] - item.values[fit.differing])
        own = np.maximum(self.units, item.unit)[fit.differing]
        return bool(np.all((gap <= 10 * own) & (gap * 100_000 <= stated)))

    def _totals_only(self, number: int, item: Item) -> bool:
        """A total of the totals before it, past lines that none of them took in."""
        known = {cast.total for cast in self.casts.found}
        parts = [
            other
            for other in self.stack
            if self.items[other].is_total or self.items[other].index in known
        ]
        for first in range(len(parts) - 1):
            fit = self._fit_parts(item, parts[first:])
            if fit.fits and fit.agreeing:
                self._note(number, parts[first:], fit, "label")
                del self.stack[self.stack.index(parts[first]) :]
                return True
        return False

    def _widened(self, fits: list[_Fit], fit: _Fit) -> tuple[int, _Fit]:
        """The fit with the lines of nil before it that still belong to the same group."""
        count = fit.count
        while (
            count < len(fits)
            and fits[count].fits
            and not self.items[self.stack[-count]].begins_group
        ):
            if self.items[self.stack[-count - 1]].is_total:
                break
            count += 1
        return count, fits[count - 1]

    def _group_before(self) -> list[int]:
        """The lines since the last total or the last blank line."""
        group: list[int] = []
        totals = {cast.total for cast in self.casts.found}
        for number in reversed(self.stack):
            if self.items[number].is_total or self.items[number].index in totals:
                break
            group.insert(0, number)
            if self.items[number].begins_group:
                break
        return group

    def _unexplained(self, number: int, item: Item, forward: tuple[list[int], _Fit] | None) -> bool:
        """A labelled total that nothing adds up to.

        Held against what by its place it should add, where that is plain.
        """
        label = " ".join(item.label.casefold().split()).strip(" :-")
        is_grand = label.startswith(("grand total", "overall total"))
        group = list(self.stack) if is_grand else self._group_before()
        if len(group) < 2 and label in ("total", "totals") and len(self.stack) >= 2:
            group = list(self.stack)
        if len(group) < 2 and forward:
            group = forward[0]
        if len(group) < 2:
            return False
        fit = self._fit_parts(item, group)
        if not fit.differing:
            return False
        stated, sums = item.values[fit.differing], fit.sums[fit.differing]
        near = np.abs(sums - stated) <= 0.2 * np.maximum(np.abs(stated), np.abs(sums))
        plain = is_grand or label in ("total", "totals", "sub-total", "subtotal", "sub total")
        self._note(number, group, fit, "label")
        cast = self.casts.found.pop()
        if plain or near.mean() >= 0.5:
            self.casts.found.append(cast)
            if set(group) <= set(self.stack):
                self.stack = [other for other in self.stack if other not in set(group)]
            return True
        self.casts.unexplained.append(cast)
        return False

    def _following(self, number: int, item: Item) -> tuple[list[int], _Fit] | None:
        """The lines after a total that stands first.

        Until the next one of its kind, a blank line, or where they add up.
        """
        best: tuple[list[int], _Fit] | None = None
        parts: list[int] = []
        for other in range(number + 1, min(len(self.items), number + 2 + len(self.items))):
            ends = self.items[other].begins_group and parts
            if self.items[other].is_total and not parts:
                break
            if len(parts) >= 2 and (ends or self.items[other].is_total):
                fit = self._fit_parts(item, parts)
                if best is None or (fit.agreeing, -len(fit.differing)) > (
                    best[1].agreeing,
                    -len(best[1].differing),
                ):
                    best = (list(parts), fit)
                if fit.fits or self.items[other].is_total:
                    break
            parts.append(other)
        if len(parts) >= 2 and (best is None or not best[1].fits):
            fit = self._fit_parts(item, parts)
            if best is None or (fit.agreeing, -len(fit.differing)) > (
                best[1].agreeing,
                -len(best[1].differing),
            ):
                best = (list(parts), fit)
        return best

    def _unlabelled(self, number: int, item: Item) -> bool:
        """A total by arithmetic alone, of the lines before it.

        Only on evidence that chance cannot give.
        """
        fits = self._suffixes(item, self.stack, _LONGEST_UNLABELLED)
        for fit in fits[1:]:
            if fit.fits and fit.count <= len(self.stack) and self._is_evident(number, fit):
                count, wide = self._widened(fits, fit)
                self._consume(number, count, wide, "arithmetic")
                return True
        if len(self.stack) > _LONGEST_UNLABELLED and len(item.values) >= 3:
            whole = self._fit_parts(item, self.stack)
            if whole.fits and whole.distinct >= 3:
                self._consume(number, len(self.stack), whole, "arithmetic")
                return True
        near = [
            fit for fit in fits[1:] if fit.distinct >= 3 and len(fit.differing) <= fit.agreeing / 3
        ]
        if near:
            fit = max(near, key=lambda fit: fit.agreeing)
            self._consume(number, fit.count, fit, "arithmetic")
            return True
        return self._category(number, item)

    def _is_evident(self, number: int, fit: _Fit) -> bool:
        """Whether a sum is more than chance.

        In several columns, or of all lines between two blank ones.
        """
        item = self.items[number]
        # Of a single line that is not nil it would be a repetition, and no sum.
        if (
            not item.is_result
            and sum(
                bool(np.nan_to_num(self.items[part].values).any())
                for part in self.stack[-fit.count :]
            )
            < 2
        ):
            return False
        if fit.distinct >= 2 or (item.is_result and fit.agreeing):
            return True
        digits = max(
            (digits_of(value) for value in item.values[~np.isnan(item.values)].tolist()), default=0
        )
        if len(item.values) == 1:
            return fit.count >= 3 and digits >= 5 and not fit.rounded
        if fit.agreeing >= 2 and digits >= 5 and not fit.rounded:
            return True
        first = self.items[self.stack[-fit.count]] if fit.count <= len(self.stack) else item
        last = number + 1 == len(self.items) or self.items[number + 1].begins_group
        return (
            fit.agreeing >= 2
            and digits >= 3
            and first.begins_group
            and last
            and not item.begins_group
        )

    def _parent(self, number: int, item: Item) -> bool:
        """A total by arithmetic alone, of the lines after it until the next blank line."""
        parts: list[int] = []
        for other in range(number + 1, len(self.items)):
            if (self.items[other].begins_group and parts) or self.items[other].is_total:
                break
            parts.append(other)
            if len(parts) > _LONGEST_UNLABELLED and not item.begins_group:
                return False
        if len(parts) < 2:
            return False
        fit = self._fit_parts(item, parts)
        # A balance that a later one repeats with what lies between adds up too; a parent stands at
        # the head of its group.
        begins = item.begins_group or number == 0
        if not (begins and fit.distinct >= 2 and len(fit.differing) <= fit.agreeing / 2):
            return False
        self._note(number, parts, fit, "arithmetic")
        self.taken.update(parts)
        return True

    def _category(self, number: int, item: Item) -> bool:
        """A total of the earlier lines that carry the same word in one of their columns.

        A class, a region, a RAG.
        """
        for place, word in enumerate(item.categories):
            if not word:
                continue
            parts = [
                other
                for other in range(number)
                if len(self.items[other].categories) > place
                and self.items[other].categories[place] == word
                if not self.items[other].is_total
            ]
            if len(parts) < 2:
                continue
            fit = self._fit_parts(item, parts)
            if fit.distinct >= 3 and len(fit.differing) <= fit.agreeing / 20:
                self._note(number, parts, fit, "category")
                return True
        return False

    def _cumulative(self, number: int, item: Item) -> bool:
        """A line that adds up another from left to right.

        Of the last total, or of one of the last lines.
        """
        for other in reversed(self.stack[-8:]):
            base = np.nan_to_num(self.items[other].values)
            running = np.cumsum(base)
            sums = Item(item.index, item.label, item.values, item.marked, unit=item.unit)
            fit = self._fit(sums, running, ~np.isnan(item.values), item.marked, 2)
            if fit.agreeing >= 2 and fit.agreeing >= len(fit.differing):
                self._note(number, [other], fit, "cumulative")
                return True
        # By its label it is no amount to be added, whatever it adds up.
        return True


def find_casts(items: Sequence[Item], units: Floats, *, parents_first: bool = True) -> Casts:
    """The totals among items, in their order.

    `units` has shape (positions,): the unit to which the numbers at each position are stated, in
    the table's own unit. With `parents_first` an item may, by arithmetic alone, be the total of
    those after it.
    """
    return _Search(items, units, parents_first=parents_first).run()
