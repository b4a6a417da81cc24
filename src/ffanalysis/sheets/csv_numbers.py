"""Numbers in a .csv whose dots and commas can be read two ways: as thousands, or as decimals.

Where semicolons part the cells, it was often saved where a comma is the decimal sign: "1.495" may
be one thousand four hundred and ninety-five there. So may it beside "2.345.678", whatever parts the
cells.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ffanalysis.sheets.cells import Cell, Sheet, clean

_LONGEST = 200
_NUMBER = re.compile(r"[\s£€$(+-]*(\d[\d.,]*)\s*(?:%|k|m|mn|thousand|million)?[\s)-]*", re.I)
_EITHER = re.compile(r"[1-9]\d{0,2}([.,])\d{3}")
_BY_DOTS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3}){2,}(?:,\d+)?")
# What settles that a dot, or a comma, is the decimal sign: decimals that are not three digits,
# three behind more than three or behind nil, and any behind thousands; or thousands by the other.
_DECIMAL = {
    sign: re.compile(
        rf"\d+{sign}(?:\d{{1,2}}|\d{{4,}})|(?:0|\d{{4,}}){sign}\d{{3}}"
        rf"|\d{{1,3}}(?:{other}\d{{3}})+{sign}\d+|\d{{1,3}}(?:{other}\d{{3}}){{2,}}"
    )
    for sign, other in ((r"\.", ","), (",", r"\."))
}

_GROUP, _FIRST_GROUP = re.compile(r"\d{3}(?:\.\d+)?"), re.compile(r"-?£?[1-9]\d{0,2}")
_FEWEST = 3  # cells of a heading


@dataclass
class SplitThousands:
    """Finds a line whose thousands are parted by the sign that parts its cells, without quotes."""

    heading: int = 0  # the cells of the widest line without a number so far

    def found_in(self, fields: Sequence[str]) -> str:
        """The first amount so parted in a line that has more cells than its heading; else ""."""
        cells = [field.strip() for field in fields]
        if not any(_NUMBER.fullmatch(cell) for cell in cells):
            # Blank ones too: a program writes as many in each line.
            self.heading = max(self.heading, len(cells))
            return ""
        width = max((at for at, cell in enumerate(cells, 1) if cell), default=0)
        if self.heading < _FEWEST or width <= self.heading:
            return ""
        for at, cell in enumerate(cells[:-1]):
            if _FIRST_GROUP.fullmatch(cell) and _GROUP.fullmatch(cells[at + 1]):
                return f"{cell},{cells[at + 1]}"
        return ""


@dataclass
class UnclearNumbers:
    """Gathers the numbers of a sheet that can be read two ways, and what settles how.

    Attributes:
        delimiter: what parts its cells. Where that is no semicolon, a number is unclear only beside
            one whose dots part thousands for certain.

    """

    delimiter: str
    by_dots: str = ""  # a number whose dots part thousands for certain
    candidates: dict[tuple[int, int], str] = field(default_factory=dict)
    decimal_signs: set[str] = field(default_factory=set)

    def add(self, row: int, fields: Sequence[str]) -> None:
        """Note the numbers among the fields of a line."""
        for column, written in enumerate(fields, 1):
            if len(written) <= _LONGEST and (found := _NUMBER.fullmatch(written)):
                digits = found[1]
                if _BY_DOTS.fullmatch(digits):
                    self.by_dots = self.by_dots or written.strip()
                if _EITHER.fullmatch(digits):
                    self.candidates[row, column] = written
                self.decimal_signs |= {
                    sign for sign, pattern in _DECIMAL.items() if pattern.fullmatch(digits)
                }

    def mark(self, sheet: Sheet) -> None:
        """Mark the cells that can be read two ways, and keep them as they are written."""
        if self.decimal_signs == {r"\."} or not (why := self._why_unclear()):
            return
        for (row, column), written in self.candidates.items():
            if self.delimiter != ";" and "." not in written:
                continue
            sheet.grid[row][column] = Cell(row, column, clean(written))
            sign = "dot" if "." in written else "comma"
            sheet.unclear[row, column] = f"its {sign} may part thousands or decimals, as {why}"

    def _why_unclear(self) -> str:
        """Why numbers of this sheet can be read two ways; "" where they cannot."""
        if self.delimiter == ";":
            return "semicolons part the cells"
        return f"those of '{self.by_dots}' part thousands" if self.by_dots else ""
