"""The lines of a table that its totals may still add, and what they add to."""

from collections.abc import Collection, Iterable, Iterator, Sequence

import numpy as np

from ffanalysis.workbook_check.fit import Fitting, Floats, Item


class OpenLines(list[int]):
    """The items so far that no total has taken in, and what all of them add to."""

    def __init__(self, fitting: Fitting, numbers: Iterable[int] = ()) -> None:
        super().__init__()
        self.fitting = fitting
        self.sums: list[Floats] = []  # what the items up to each add to
        for number in numbers:
            self.append(number)

    def append(self, number: int) -> None:
        before = self.sums[-1] if self.sums else 0.0
        super().append(number)
        self.sums.append(before + self.fitting.filled[number])

    def drop(self, count: int) -> None:
        """Take out the last so many."""
        del self[-count:], self.sums[-count:]

    def without(self, numbers: Collection[int]) -> "OpenLines":
        return OpenLines(self.fitting, (number for number in self if number not in numbers))

    def may_all_add_to(self, item: Item) -> bool:
        """Whether the sum of all may be what an item states, before it is added up exactly."""
        near = self.fitting.may_agree(item, self.sums[-1][None, :], np.array([float(len(self))]))
        return bool(near[0])


class Categories:
    """What the lines so far add to by the words in each of their columns: a class, a region."""

    def __init__(self, items: Sequence[Item], fitting: Fitting) -> None:
        self.items, self.fitting = items, fitting
        ids: dict[tuple[int, str], int] = {}
        self.ids = [
            [ids.setdefault(key, len(ids)) for key in enumerate(item.categories) if key[1]]
            for item in items
        ]
        self.lines: list[list[int]] = [[] for _ in ids]
        self.sums: Floats = np.zeros((len(ids), fitting.filled.shape[1]))
        self.is_used = len(fitting.units) >= 3  # fewer numbers agree by chance

    def add(self, number: int) -> None:
        """Count a line among those of its words. A total is none."""
        if self.is_used and not self.items[number].is_total:
            self.sums[self.ids[number]] += self.fitting.filled[number]
            for each in self.ids[number]:
                self.lines[each].append(number)

    def added_by(self, number: int) -> Iterator[list[int]]:
        """The lines of each word of an item that may add to it."""
        own = self.ids[number]
        if not self.is_used or not own:
            return
        counts = np.array([float(len(self.lines[each])) for each in own])
        near = self.fitting.may_agree(self.items[number], self.sums[own], counts)
        for each, is_near in zip(own, near, strict=True):
            if is_near and len(self.lines[each]) >= 2:
                yield self.lines[each]
