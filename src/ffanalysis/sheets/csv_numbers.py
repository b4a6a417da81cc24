"""Numbers in a .csv whose dots and commas can be read two ways: as thousands, or as decimals.

Where semicolons part the cells, it was often saved where a comma is the decimal sign: "1.495" may
be one thousand four hundred and ninety-five there.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ffanalysis.sheets.cells import Cell, Sheet, clean

_LONGEST = 200
_NUMBER = re.compile(r"[\s£€$(+-]*(\d[\d.,]*)\s*(?:%|k|m|mn|thousand|million)?[\s)-]*", re.I)
_EITHER = re.compile(r"[1-9]\d{0,2}([.,])\d{3}")
# What settles that a dot, or a comma, is the decimal sign: decimals that are not three digits,
# three behind more than three or behind nil, and any behind thousands; or thousands by the other.
_DECIMAL = {
    sign: re.compile(
        rf"\d+{sign}(?:\d{{1,2}}|\d{{4,}})|(?:0|\d{{4,}}){sign}\d{{3}}"
        rf"|\d{{1,3}}(?:{other}\d{{3}})+{sign}\d+|\d{{1,3}}(?:{other}\d{{3}}){{2,}}"
    )
    for sign, other in ((r"\.", ","), (",", r"\."))
}


@dataclass
class UnclearNumbers:
    """Gathers the numbers of a sheet that can be read two ways, and what settles how.

    Attributes:
        is_meant: whether semicolons part its cells; else no number is taken to be unclear.

    """

    is_meant: bool
    candidates: dict[tuple[int, int], str] = field(default_factory=dict)
    decimal_signs: set[str] = field(default_factory=set)

    def add(self, row: int, fields: Sequence[str]) -> None:
        """Note the numbers among the fields of a line."""
        for column, written in enumerate(fields if self.is_meant else (), 1):
            if len(written) <= _LONGEST and (found := _NUMBER.fullmatch(written)):
                digits = found[1]
                if _EITHER.fullmatch(digits):
                    self.candidates[row, column] = written
                self.decimal_signs |= {
                    sign for sign, pattern in _DECIMAL.items() if pattern.fullmatch(digits)
                }

    def mark(self, sheet: Sheet) -> None:
        """Mark the cells that can be read two ways, and keep them as they are written."""
        if self.decimal_signs == {r"\."}:
            return
        for (row, column), written in self.candidates.items():
            sheet.grid[row][column] = Cell(row, column, clean(written))
            sign = "dot" if "." in written else "comma"
            sheet.unclear[row, column] = (
                f"its {sign} may part thousands or decimals, as semicolons part the cells"
            )
