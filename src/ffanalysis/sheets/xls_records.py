"""What xlrd does not tell of an old workbook: which results its formulas hold.

Structure: [MS-XLS], 2.4.127 (Formula), 2.4.332 (Uncalced) and 2.5.198 (the tokens of a formula).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

_FORMULA, _UNCALCED, _EOF, _BOF = 0x0006, 0x005E, 0x000A, 0x0809
_LEAST_FORMULA = 22
_NO_TEXT = 3  # the kind of a result that is an empty text
_BIFF8 = 80
# Functions that give a number or an error, by their number: SUM, COUNT, AVERAGE, MIN, MAX, ABS,
# INT, ROUND, COUNTA, PRODUCT, ROUNDUP, ROUNDDOWN, SUMPRODUCT, SUBTOTAL, SUMIF, COUNTIF.
_NUMBERS_ONLY = frozenset((4, 0, 5, 6, 7, 24, 25, 27, 169, 183, 212, 213, 228, 344, 345, 346))
_CONCATENATES, _ATTRIBUTE, _SUMS, _SPACES = 0x08, 0x19, 0x10, 0x40
_OPERATORS = frozenset((*range(0x03, 0x08), *range(0x09, 0x0F), 0x13, 0x14))
# Token → its length in bytes, of those that take or give no text; a class is left out of its code.
_LENGTHS = {
    **dict.fromkeys((*_OPERATORS, 0x12, 0x15, 0x16), 1),
    0x1C: 2,
    0x1D: 2,
    0x1E: 3,
    0x1F: 9,
    0x21: 3,
    0x22: 4,
    0x24: 5,
    0x25: 9,
    0x3A: 7,
    0x3B: 11,
}
_FUNCTION, _FUNCTION_OF_SOME = 0x21, 0x22


@dataclass
class Results:
    """What the formulas of a workbook hold.

    Attributes:
        blank: sheet's place → row and column of formulas whose result is an empty text, and whether
            the formula can give none.
        has_any: whether some formula holds another result.
        first: sheet's place → row and column of its first formula.
        is_calculated: whether the workbook does not say that its results are old.

    """

    blank: dict[int, dict[tuple[int, int], bool]] = field(default_factory=dict)
    has_any: bool = False
    first: dict[int, tuple[int, int]] = field(default_factory=dict)
    is_calculated: bool = True

    def is_missing(self, sheet: int, row: int, column: int) -> bool:
        """Whether a formula was never calculated.

        It holds an empty text, and can give none, or no formula of the workbook holds anything.
        """
        gives_number = self.blank.get(sheet, {}).get((row, column))
        return gives_number is not None and (gives_number or not self.has_any)


def results_of(stream: bytes, starts: list[int], version: int) -> Results:
    """The results in a workbook's stream, by where each sheet starts."""
    results = Results()
    for sheet, start in enumerate(starts):
        for kind, data in _records(stream, start):
            if kind == _UNCALCED:
                results.is_calculated = False
            elif kind == _FORMULA and len(data) >= _LEAST_FORMULA:
                _add(results, sheet, data, version)
    return results


def _records(stream: bytes, position: int) -> Iterator[tuple[int, bytes]]:
    """The records of one sheet, without those of charts in it."""
    depth = 0
    while position + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, position)
        depth += (kind == _BOF) - (kind == _EOF)
        if depth <= 0:
            return
        if depth == 1:
            yield kind, stream[position + 4 : position + 4 + length]
        position += 4 + length


def _add(results: Results, sheet: int, data: bytes, version: int) -> None:
    row, column = struct.unpack_from("<HH", data)
    results.first.setdefault(sheet, (row, column))
    if data[12:14] != b"\xff\xff" or data[6] != _NO_TEXT:
        results.has_any = True
        return
    (length,) = struct.unpack_from("<H", data, 20)
    gives_number = version == _BIFF8 and _gives_number(data[22 : 22 + length])
    results.blank.setdefault(sheet, {})[row, column] = gives_number


def _gives_number(tokens: bytes) -> bool:
    """Whether a formula gives a number or an error, and never a text."""
    position, counts = 0, False
    while position < len(tokens):
        token = tokens[position]
        if token == _ATTRIBUTE and tokens[position + 1 : position + 2] in (
            b"\x10",
            b"\x40",
            b"\x01",
        ):
            counts = counts or tokens[position + 1] == _SUMS
            position += 4
            continue
        # The class of an operand is in the bits above its code.
        code = token if token < 0x20 else (token & 0x1F) | 0x20
        if code not in _LENGTHS:
            return False
        if code in (_FUNCTION, _FUNCTION_OF_SOME):
            (function,) = struct.unpack_from("<H", tokens, position + code - 0x20)
            if function not in _NUMBERS_ONLY:
                return False
            counts = True
        counts = counts or code in _OPERATORS
        position += _LENGTHS[code]
    return counts
