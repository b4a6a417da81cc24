"""Which known word a mistyped one is nearest to."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

from ffanalysis.layout import plain

_ALIKE = 0.6  # from this share of letters on, a known heading is worth naming


def nearest(text: str, known: Iterable[str]) -> str:
    """The known heading that is most like a text; "" where none is like it."""
    return next(iter(get_close_matches(plain(text), list(known), 1, _ALIKE)), "")


def mistyped(text: str, known: Iterable[str]) -> str:
    """The known heading that a text is but for a letter, or two in a long one; "" for none."""
    letters = _letters(text)
    allowed = 1 if len(letters) <= 7 else 2
    for word in known:
        other = _letters(word)
        # A word of two letters is as near to many.
        is_long = min(len(letters), len(other)) > 2
        is_near = is_long and abs(len(letters) - len(other)) <= allowed
        if is_near and _edits(letters, other) <= allowed:
            return word
    return ""


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", plain(text))


def _edits(first: str, second: str) -> int:
    """How many letters are put in, left out, changed, or changed round between two words."""
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, letter in enumerate(first, 1):
        last, before, row = before, row, [i]
        for j, other in enumerate(second, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            is_turned = i > 1 and j > 1 and letter == second[j - 2] and first[i - 2] == other
            row.append(min(cost, last[j - 2] + 1) if is_turned else cost)
    return row[-1]
