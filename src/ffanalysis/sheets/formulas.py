"""Whether a formula can give a text at all: one that can't, and holds one, was never calculated."""

import re

_QUOTED = re.compile(r"'(?:[^']|'')*'|\[[^\[\]]*\]")
_OPENING = re.compile(r"(?:\w+:)?=")
_FUNCTION = re.compile(r"(?<![A-Z0-9_.])([A-Z_][A-Z0-9_.]*)\s*\(", re.I)
_ARITHMETIC = re.compile(r"[+\-*/^%]")
# Functions that give a number or an error, whatever they are given.
NUMBERS_ONLY = frozenset(
    {
        *("SUM", "SUMIF", "SUMIFS", "SUMPRODUCT", "SUBTOTAL", "PRODUCT", "AVERAGE", "AVERAGEIF"),
        *("COUNT", "COUNTA", "COUNTIF", "COUNTIFS", "MIN", "MAX"),
        *("ROUND", "ROUNDUP", "ROUNDDOWN", "ABS", "INT"),
    }
)


def gives_number(formula: str) -> bool:
    """Whether a formula gives a number or an error, and never a text.

    So do arithmetic and sums; a mere reference, a choice or a look-up may give a text.
    """
    opening = _OPENING.match(formula)
    bare = _QUOTED.sub("", formula[opening.end() if opening else 0 :])
    if '"' in bare or "&" in bare:
        return False
    functions = {name.upper() for name in _FUNCTION.findall(bare)}
    if not functions <= NUMBERS_ONLY:
        return False
    return bool(functions or _ARITHMETIC.search(bare))
