"""What a formula says of its cell: that it can give no text, and which rows it adds up.

One that can give no text, and holds one, was never calculated.
"""

import re
from functools import lru_cache

Rows = tuple[tuple[int, int], ...]  # first and last of each range

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


_RANGE = r"[A-Z]{1,3}\d{1,7}(?::[A-Z]{1,3}\d{1,7})?"
_RANGES = rf"{_RANGE}(?:[,;]{_RANGE})*"
_PART = rf"(?:(?:SUM\(|SUBTOTAL\((?:10)?9[,;]){_RANGES}\)|{_RANGE})"
_SUM = re.compile(rf"\+?{_PART}(?:\+{_PART})*")
_CORNERS = re.compile(r"([A-Z]+)(\d+)(?::([A-Z]+)(\d+))?")
_LONGEST_SUM = 500
_FUNCTIONS_OF_SUMS = ("SUM(", "SUBTOTAL(")


def rows_added(formula: str, column: str) -> Rows:
    """The rows that a formula adds up in its own column, "C7+C9" or "SUM(C5:C6)" in column C.

    Nothing for another formula, nor for a mere reference to one cell.
    """
    if len(formula) > _LONGEST_SUM or not ("+" in formula or "(" in formula):
        return ()
    return _rows_added(formula, column)


def _bare(formula: str) -> str:
    """A formula without its opening, its blanks, and the marks that each format has of its own."""
    opening = _OPENING.match(formula)
    bare = formula[opening.end() if opening else 0 :].upper()
    for mark, plain in (("$", ""), (" ", ""), ("[.", ""), (":.", ":"), ("]", "")):
        bare = bare.replace(mark, plain)
    return bare


@lru_cache(maxsize=1 << 10)
def _rows_added(formula: str, column: str) -> Rows:
    bare = _bare(formula)
    if not _SUM.fullmatch(bare):
        return ()
    ranges = _CORNERS.findall(bare)
    is_sum = any(name in bare for name in _FUNCTIONS_OF_SUMS) or len(ranges) > 1
    if not is_sum or any({left, right or left} != {column} for left, _, right, _ in ranges):
        return ()
    return tuple((int(first), int(last or first)) for _, first, _, last in ranges)
