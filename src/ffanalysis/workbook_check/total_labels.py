"""What the label of a total says of the lines that it should add."""

import numpy as np

from ffanalysis.workbook_check.fit import Fit, Flags, Floats, Item

_PLAIN = ("total", "totals")
_GRAND = ("grand total", "overall total")
_SUB = ("sub-total", "subtotal", "sub total")
# What a slip makes of an amount: so many times of it is what it should be.
_SLIPS = (1000.0, 0.001, 10.0, 0.1, -1.0)
_LEAST_DIGITS = 3  # a shorter amount may differ by so much by chance
_UNITS_OFF = 10  # what a lost digit may have held


def is_of_all(item: Item) -> bool:
    """Whether a label is that of all lines, not of a group: "Total", "Grand total"."""
    return is_grand(item) or _plain(item) in _PLAIN


def is_grand(item: Item) -> bool:
    """Whether a label is that of the last total of all."""
    return _plain(item).startswith(_GRAND)


def is_meant(item: Item, fit: Fit, parts: Floats) -> bool:
    """Whether a total that differs is meant to add these parts.

    By a plain label, because it is near enough, or because a slip in one part, whose numbers are
    of shape (parts, positions), is all that it differs by.
    """
    if is_of_all(item) or _plain(item) in _SUB:
        return True
    return is_near_or_slip(item, fit, parts, 0.2)


def is_near_or_slip(item: Item, fit: Fit, parts: Floats, share: float) -> bool:
    """Whether most differences are at most a share of what is stated, or a slip in one part."""
    stated, sums = item.values[fit.differing], fit.sums[fit.differing]
    near = np.abs(sums - stated) <= share * np.maximum(np.abs(stated), np.abs(sums))
    slips = _are_slips(stated - sums, parts[:, fit.differing])
    # What is stated may be the slip: what should be is then as many times of it as the sum.
    return bool((near | slips | _are_slips(sums - stated, stated[None, :])).mean() >= 0.5)


def _are_slips(gaps: Floats, parts: Floats) -> Flags:
    """Where a part that is a thousandfold, or lacks its sign or a digit, is the whole gap."""
    least = 10.0 ** (_LEAST_DIGITS - 1)
    found = [
        (
            (np.minimum(np.abs(parts), np.abs(parts * times)) >= least)
            & (np.abs(parts * (times - 1) - gaps) <= _UNITS_OFF)
        ).any(axis=0)
        for times in _SLIPS
    ]
    return np.asarray(np.any(found, axis=0))


def _plain(item: Item) -> str:
    return " ".join(item.label.casefold().split()).strip(" :-")
