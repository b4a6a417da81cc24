"""Which lines of a table are totals of others, by label and by arithmetic, and if they add up.

An auditor calls this casting. It works on numbers only: on rows and, turned round, on columns.

A total takes in the lines directly before it, or after it where totals stand first. A sub-total
represents the lines that it took in from then on, so that nothing is added twice.
"""

from collections.abc import Sequence

import numpy as np

from ffanalysis.workbook_check.fit import Fit, Fits, Fitting, Floats, Item, digits_of
from ffanalysis.workbook_check.found_totals import FoundTotal, KnownBy, Totals, found_total
from ffanalysis.workbook_check.group_heads import (
    group_after,
    groups_after,
    heads_of_groups,
    holds,
    proven_heads,
    repeats_one_line,
)
from ffanalysis.workbook_check.open_lines import Categories, OpenLines
from ffanalysis.workbook_check.total_labels import (
    is_grand,
    is_meant,
    is_near_or_slip,
    is_of_all,
)

# In a longer table only labels are looked at: among so many lines there are sums by chance.
_MOST_FOR_ARITHMETIC = 100_000
_MOST_FOR_ARITHMETIC_IN_ONE = 150  # one column of numbers has sums by chance
_LONGEST_UNLABELLED = 64
_LEAST_DIGITS = 6  # of a number that lines add to exactly, so that it is no chance
_LEAST_RESULTS = 3  # so many results show that an outer column adds an inner one
_MOST_LINES = 5_000  # of a labelled total, tried one by one
_MOST_IN_GROUPS = 400
_FURTHEST_RUNNING_TOTAL = 8  # lines below the one that it adds up


class _TotalsSearch:
    """One walk over the items, from the first to the last."""

    def __init__(self, items: Sequence[Item], units: Floats, *, parents_first: bool) -> None:
        self.items, self.parents_first = items, parents_first
        self.fitting = Fitting(items, units)
        most = _MOST_FOR_ARITHMETIC_IN_ONE if len(units) == 1 else _MOST_FOR_ARITHMETIC
        self.uses_arithmetic = len(items) <= most
        self.totals = Totals()
        self.found_indexes: set[int] = set()
        self.open = OpenLines(self.fitting)
        self.categories = Categories(items, self.fitting)
        self.taken: set[int] = set()  # the items taken in by a total before them
        self.trusts_places = False  # whether a result in an outer column adds the inner ones

    def run(self) -> Totals:
        for number, item in enumerate(self.items):
            if not item.is_memo:
                self._look_at(number, item)
            self.categories.add(number)
        if self.parents_first and self.uses_arithmetic:
            self._look_for_heads()
        return self.totals

    def _look_at(self, number: int, item: Item) -> None:
        if number in self.taken:
            if self.uses_arithmetic:
                self._adds_category(number, item)
        elif item.is_cumulative:
            self._adds_up_across(number, item)
        else:
            is_explained = self._explain(number, item)
            # A total that leaves lines out stands beside the sums, where nothing adds to it.
            if is_explained or not (item.is_total and item.leaves_out):
                self.open.append(number)

    def _explain(self, number: int, item: Item) -> bool:
        """Find what an item adds, where it is a total. An exact sum comes before a near one."""
        if item.is_total:
            return self._explain_labelled(number, item)
        if not self.uses_arithmetic or not item.known.any():
            return False
        return (
            self._explain_by_arithmetic(number, item)
            or self._adds_category(number, item, exactly=True)
            or self._heads_a_group(number, item, exactly=True)
            or self._adds_nearly(number)
            or self._adds_category(number, item)
            or self._heads_a_group(number, item)
            or (self.trusts_places and item.is_outer and self._differs_from_inner(number, item))
        )

    # --- what was found --------------------------------------------------------------------------

    def _total(self, number: int, fit: Fit, known_by: KnownBy) -> FoundTotal:
        return found_total(self.fitting, number, fit, known_by)

    def _note(self, number: int, fit: Fit, known_by: KnownBy) -> bool:
        """Note a total that takes in none of its parts, or parts that are dealt with elsewhere."""
        self.totals.found.append(self._total(number, fit, known_by))
        self.found_indexes.add(self.items[number].index)
        return True

    def _take_before(self, number: int, fit: Fit, known_by: KnownBy) -> bool:
        """Note a total that takes in the last of the open items."""
        self.open.drop(fit.count)
        return self._note(number, fit, known_by)

    def _take_after(self, number: int, fit: Fit, known_by: KnownBy) -> bool:
        """Note a total that takes in items after it."""
        self.taken.update(fit.parts)
        return self._note(number, fit, known_by)

    def _is_total(self, number: int) -> bool:
        """Whether an item is a total by its label, or was found to be one."""
        item = self.items[number]
        return item.is_total or item.index in self.found_indexes

    # --- totals by their label -------------------------------------------------------------------

    def _explain_labelled(self, number: int, item: Item) -> bool:
        """Find what a total by its label adds: the surest explanation first."""
        before = self.fitting.of_last(item, self.open, _MOST_LINES)
        if whole := next((fit for fit in before.fitting() if _adds_up(item, fit)), None):
            return self._take_before(number, self._widened(before, whole), "label")
        after = self._best_after(number, item)
        if after and after.is_shown:
            return self._take_after(number, after, "label")
        others = (
            self._adds_all_of_many,
            self._adds_totals,
            self._adds_all_but_some,
            self._adds_category,
            self._adds_groups,
            self._adds_every_line,
        )
        if any(adds(number, item) for adds in others):
            return True
        return self._explain_nearly(number, item, before, after)

    def _explain_nearly(self, number: int, item: Item, before: Fits, after: Fit | None) -> bool:
        """Find what a total by its label adds at most positions, or by its place should add."""
        if item.leaves_out:
            self.totals.unexplained.append(self._unexplained(number, item))
            return False
        if close := before.a_few_units_off():
            return self._take_before(number, close, "label")
        best = before.best()
        if best and best.mostly_agrees:
            return self._take_before(number, best, "label")
        if after and after.mostly_agrees:
            return self._take_after(number, after, "label")
        return self._differs_from_its_place(number, item, after)

    def _unexplained(self, number: int, item: Item) -> FoundTotal:
        """A labelled total that nothing adds up to, with what it states first."""
        fit = self.fitting.of(item, [number])
        fit.differing = np.flatnonzero(item.known).tolist()
        return self._total(number, fit, "label")

    def _adds_all_but_some(self, number: int, item: Item) -> bool:
        """Whether it adds the lines before it, past those that leave something out or are left out.

        "Schools excl. academies" may repeat part of another line; "Total excl. schools" leaves a
        line out, and takes in none.
        """
        others = [other for other in self.open if not self.items[other].leaves_out]
        if 2 <= len(others) < len(self.open):
            fits = self.fitting.of_last(item, others)
            if fit := next((fit for fit in fits.fitting() if fit.is_shown), None):
                self.open.drop(len(self.open) - self.open.index(fit.parts[0]))
                return self._note(number, fit, "label")
        return item.leaves_out and self._adds_all_but_one(number, item)

    def _adds_all_but_one(self, number: int, item: Item) -> bool:
        group = self._group_before()
        for left_out in group if 3 <= len(group) <= _LONGEST_UNLABELLED else ():
            fit = self.fitting.of(item, [other for other in group if other != left_out])
            if fit.is_shown and not fit.rounded:
                self._note(number, fit, "label")
                break
        return False

    def _adds_every_line(self, number: int, item: Item) -> bool:
        """Whether it adds every line before it, also those that arithmetic takes for totals."""
        lines = [
            other
            for other in range(number)
            if not (self.items[other].is_total or self.items[other].is_memo)
        ]
        if not 2 <= len(lines) <= _MOST_LINES or len(lines) == len(self.open):
            return False
        fit = self.fitting.of(item, lines)
        if not fit.is_shown or fit.rounded:
            return False
        self.open = self.open.without(set(lines))
        return self._note(number, fit, "label")

    def _widened(self, fits: Fits, fit: Fit) -> Fit:
        """The fit together with the nil lines before it that belong to the same group."""
        for place in range(fit.count, len(fits)):
            wider = fits.at(place)
            first, next_before = self.items[self.open[-fit.count]], self.open[-wider.count]
            if not wider.fits or first.begins_group or self.items[next_before].is_total:
                break
            fit = wider
        return fit

    def _best_after(self, number: int, item: Item) -> Fit | None:
        """What fits best of the lines after a total that stands first."""
        best: Fit | None = None
        for parts in groups_after(self.items, number):
            fit = self.fitting.of(item, parts)
            if best is None or _rank(fit) > _rank(best):
                best = fit
            if fit.fits:
                break
        return best

    def _adds_all_of_many(self, number: int, item: Item) -> bool:
        """Whether it adds all open lines, where they are too many to be tried one by one."""
        if len(self.open) <= _MOST_LINES:
            return False
        fit = self.fitting.of(item, self.open)
        return fit.is_shown and self._take_before(number, fit, "label")

    def _adds_totals(self, number: int, item: Item) -> bool:
        """Whether it adds the totals before it, past lines that none of them took in."""
        totals = [other for other in self.open if self._is_total(other)][-_MOST_IN_GROUPS:]
        for first in range(len(totals) - 1):
            fit = self.fitting.of(item, totals[first:])
            if fit.is_shown:
                self.open.drop(len(self.open) - self.open.index(totals[first]))
                return self._note(number, fit, "label")
        return False

    def _differs_from_its_place(self, number: int, item: Item, after: Fit | None) -> bool:
        """Whether a total differs from what by its place it should add, where that is plain."""
        parts = self._parts_by_place(item, after)
        fit = self.fitting.of(item, parts) if len(parts) >= 2 else None
        if not fit or not fit.differing:
            return False
        if not is_meant(item, fit, self.fitting.filled[parts]):
            self.totals.unexplained.append(self._total(number, fit, "label"))
            return False
        if set(parts) <= set(self.open):
            self.open = self.open.without(set(parts))
        return self._note(number, fit, "label")

    def _parts_by_place(self, item: Item, after: Fit | None) -> list[int]:
        """What a total should add by where it stands: its group, all so far, or what follows."""
        group = [] if is_grand(item) else self._group_before()
        if len(group) < 2 and is_of_all(item):
            group = list(self.open)
        if len(group) < 2 and after:
            group = after.parts
        return group

    def _group_before(self) -> list[int]:
        """The lines since the last total or the last blank line."""
        group: list[int] = []
        for number in reversed(self.open):
            if self._is_total(number):
                break
            group.insert(0, number)
            if self.items[number].begins_group:
                break
        return group

    def shows_places(self) -> bool:
        """Whether several results in an outer column add the inner ones above them."""
        outer = {item.index for item in self.items if item.is_outer}
        return len(outer & self.found_indexes) >= _LEAST_RESULTS

    def _differs_from_inner(self, number: int, item: Item) -> bool:
        """Whether a result differs from the inner lines above it, with the result before or not."""
        first = next(
            (place for place in range(number - 1, -1, -1) if self.items[place].is_outer), -1
        )
        inner = list(range(first + 1, number))
        if len(inner) < 2 or not set(inner) <= set(self.open):
            return False
        choices = [inner, [first, *inner]] if first in self.open else [inner]
        fits = [self.fitting.of(item, parts) for parts in choices]
        nearest = min(fits, key=lambda fit: abs(float(fit.sums[0] - item.filled[0])))
        parts = self.fitting.filled[nearest.parts]
        if not nearest.differing or not is_near_or_slip(item, nearest, parts, 0.5):
            return False
        return self._take_before(number, nearest, "arithmetic")

    # --- groups whose heads stand above their parts ----------------------------------------------

    def _adds_groups(self, number: int, item: Item) -> bool:
        """Whether it adds groups headed as pivot tables print them, before it or after it."""
        return any(
            self._adds_groups_among(number, item, candidates, lenient=lenient)
            for candidates in (
                self._candidates(self.open),
                self._candidates(range(number + 1, self._next_total(number))),
            )
            if len(candidates) <= _MOST_IN_GROUPS
            for lenient in (False, True)
        )

    def _candidates(self, numbers: Sequence[int]) -> list[int]:
        return [
            other for other in numbers if other not in self.taken and not self.items[other].is_memo
        ]

    def _next_total(self, number: int) -> int:
        later = range(number + 1, len(self.items))
        return next((other for other in later if self.items[other].is_total), len(self.items))

    def _adds_groups_among(
        self, number: int, item: Item, candidates: list[int], *, lenient: bool
    ) -> bool:
        heads, tops = heads_of_groups(self.fitting, candidates, lenient=lenient)
        if not heads:
            return False
        # Groups before a total may begin anywhere; groups after it begin at once.
        firsts = range(len(tops) - 1) if candidates[0] < number else range(min(1, len(tops) - 1))
        for first in firsts:
            fit = self.fitting.of(item, tops[first:])
            if holds(fit, lenient=lenient):
                self._take_groups(tops[first], candidates, heads)
                return self._note(number, fit, "label")
        return False

    def _take_groups(self, first: int, candidates: list[int], heads: dict[int, Fit]) -> None:
        """Note the heads of groups from the first on, and take in all their lines."""
        for head, fit in heads.items():
            if head >= first:
                self._note(head, fit, "group")
        within = {part for part in candidates if part >= first}
        self.open = self.open.without(within)
        self.taken.update(within)

    def _look_for_heads(self) -> None:
        """Note heads of groups among the lines that are in no total, and a total of those heads."""
        lines = [number for number in self.open if not self._is_total(number)]
        for number, fit in proven_heads(self.fitting, lines):
            self._note(number, fit, "group")

    # --- totals by arithmetic alone --------------------------------------------------------------

    def _explain_by_arithmetic(self, number: int, item: Item) -> bool:
        """Find the lines before an item that it adds, on evidence that chance cannot give."""
        fits = self.fitting.of_last(item, self.open, _LONGEST_UNLABELLED)
        several = (fit for fit in fits.fitting() if fit.count > 1)
        if evident := next((fit for fit in several if self._is_evident(number, fit)), None):
            return self._take_before(number, self._widened(fits, evident), "arithmetic")
        return self._adds_all_so_far(number, item)

    def _adds_nearly(self, number: int) -> bool:
        """Whether it adds lines before it at nearly all of many positions."""
        fits = self.fitting.of_last(self.items[number], self.open, _LONGEST_UNLABELLED)
        near = [fit for fit in fits.nearly(3) if fit.count > 1]
        if not near and 1 < len(fits.item.values) < 4 and len(self.items) <= _MOST_IN_GROUPS:
            near = [fit for fit in fits.mostly_exact() if self._agrees_in_long_numbers(number, fit)]
        if not near:
            return False
        nearest = max(near, key=lambda fit: fit.agreeing)
        return self._take_before(number, nearest, "arithmetic")

    def _agrees_in_long_numbers(self, number: int, fit: Fit) -> bool:
        """Whether so many digits agree exactly as chance cannot give, of three lines or more."""
        item, apart = self.items[number], {*fit.differing, *fit.rounded}
        digits = [
            digits_of(value)
            for place, value in enumerate(item.filled.tolist())
            if value and place not in apart
        ]
        is_sum = fit.count >= 3 and not repeats_one_line(self.fitting, fit)
        return is_sum and sum(digits) >= _LEAST_DIGITS

    def _adds_all_so_far(self, number: int, item: Item) -> bool:
        """Whether it adds more open lines than are tried one by one: all of them."""
        if len(self.open) <= _LONGEST_UNLABELLED or len(item.values) < 3:
            return False
        if not self.open.may_all_add_to(item):
            return False
        whole = self.fitting.of(item, self.open)
        is_sum = whole.fits and whole.distinct >= 3
        return is_sum and self._take_before(number, whole, "arithmetic")

    def _is_evident(self, number: int, fit: Fit) -> bool:
        """Whether a sum is more than chance: in several columns, or of a whole group."""
        item = self.items[number]
        if not fit.fits or (not item.is_result and repeats_one_line(self.fitting, fit)):
            return False
        if fit.distinct >= 2 or (item.is_result and fit.agreeing):
            return True
        digits = max(map(digits_of, item.values[item.known].tolist()), default=0)
        is_long = digits >= 5 and not fit.rounded
        if len(item.values) == 1:
            return fit.count >= 3 and is_long
        is_of_group = digits >= 3 and self._ends_its_group(number, fit)
        return fit.agreeing >= 2 and (is_long or is_of_group)

    def _ends_its_group(self, number: int, fit: Fit) -> bool:
        """Whether the parts and their sum are all there is between two blank lines."""
        is_last = number + 1 == len(self.items) or self.items[number + 1].begins_group
        begins = self.items[fit.parts[0]].begins_group
        return begins and is_last and not self.items[number].begins_group

    def _heads_a_group(self, number: int, item: Item, *, exactly: bool = False) -> bool:
        """Whether it adds the lines after it until the next blank line."""
        if not self.parents_first:
            return False
        # A balance that a later one repeats with what lies between adds up too. A head begins its
        # group.
        if not item.begins_group and number > 0:
            return False
        parts = group_after(self.items, number)
        if len(parts) < 2 or (len(parts) > _LONGEST_UNLABELLED and not item.begins_group):
            return False
        fit = self.fitting.of(item, parts)
        if fit.distinct < 2 or len(fit.differing) > (0 if exactly else fit.agreeing / 2):
            return False
        return self._take_after(number, fit, "arithmetic")

    def _adds_category(self, number: int, item: Item, *, exactly: bool = False) -> bool:
        """Whether it adds the earlier lines with the same word in one of their columns.

        The word may be a class, a region, a RAG.
        """
        for parts in self.categories.added_by(number):
            fit = self.fitting.of(item, parts)
            if fit.agrees_but_for_one_in(20) and not (exactly and fit.differing):
                return self._note(number, fit, "category")
        return False

    # --- running totals --------------------------------------------------------------------------

    def _adds_up_across(self, number: int, item: Item) -> bool:
        """Whether it adds up one of the last lines from left to right."""
        for other in reversed(self.open[-_FURTHEST_RUNNING_TOTAL:]):
            fit = self.fitting.of_running_total(item, other)
            if fit.agreeing >= 2 and fit.mostly_agrees:
                return self._note(number, fit, "cumulative")
        return False


def _adds_up(item: Item, fit: Fit) -> bool:
    return fit.is_shown or (fit.fits and item.is_nil)


def _rank(fit: Fit) -> tuple[int, int]:
    return fit.agreeing, -len(fit.differing)


def find_totals(items: Sequence[Item], units: Floats, *, parents_first: bool = True) -> Totals:
    """The totals among items, in their order.

    `units` has shape (positions,): the unit to which the numbers at each position are stated, in
    the table's own unit. With `parents_first` an item may, by arithmetic alone, be the total of
    those after it.
    """
    search = _TotalsSearch(items, units, parents_first=parents_first)
    totals = search.run()
    if not search.shows_places():
        return totals
    search = _TotalsSearch(items, units, parents_first=parents_first)
    search.trusts_places = True
    return search.run()
