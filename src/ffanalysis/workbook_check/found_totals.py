"""The totals of a table as the search reports them."""

from dataclasses import dataclass, field
from typing import Literal

from ffanalysis.workbook_check.fit import Fit, Fitting

# How a total is known: by its label, as the head of a group, by arithmetic alone, by a word that
# its parts share, or as a running total.
KnownBy = Literal["label", "group", "arithmetic", "category", "cumulative"]


@dataclass
class Difference:
    """One number of a total and the sum of its parts."""

    position: int
    stated: float
    calculated: float
    tolerance: float
    unit: float  # the unit to which the total is stated

    @property
    def amount(self) -> float:
        return self.calculated - self.stated


@dataclass
class FoundTotal:
    """A total and the lines that it adds, by their rows or columns in the sheet."""

    index: int
    parts: tuple[int, ...]
    known_by: KnownBy
    agreeing: int
    differing: list[Difference] = field(default_factory=list)  # do not add up
    rounded: list[Difference] = field(default_factory=list)  # add up within rounding only
    apart: tuple[int, ...] = ()  # lines elsewhere that are parts of it as well

    @property
    def is_sure(self) -> bool:
        """Whether what differs is a fault, because the total adds these parts everywhere else."""
        if self.known_by in ("label", "group"):
            return True
        return self.agreeing >= 3 and len(self.differing) <= self.agreeing / 3


@dataclass
class Totals:
    """The totals of a table, and lines labelled as totals that nothing shown adds up to."""

    found: list[FoundTotal] = field(default_factory=list)
    unexplained: list[FoundTotal] = field(default_factory=list)


def found_total(fitting: Fitting, number: int, fit: Fit, known_by: KnownBy) -> FoundTotal:
    """An item as the total of the parts that fit it."""
    item = fitting.items[number]
    units = fitting.units_of(item)

    def differences(positions: list[int]) -> list[Difference]:
        return [
            Difference(
                place,
                float(item.values[place]),
                float(fit.sums[place]),
                float(fit.tolerance[place]),
                float(units[place]),
            )
            for place in positions
        ]

    return FoundTotal(
        item.index,
        tuple(fitting.items[part].index for part in fit.parts),
        known_by,
        fit.agreeing,
        differences(fit.differing),
        differences(fit.rounded),
    )
