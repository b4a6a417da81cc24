"""Whether readers of others can take a workbook that the streaming reader could not, and lose nothing of it."""

import io
import zipfile
from dataclasses import dataclass
from xml.parsers import expat

from ffanalysis.sheets.cells import GENERAL, Sheet, area_of
from ffanalysis.sheets.limits import TALLEST, Limits, Refused
from ffanalysis.sheets.xlsx import DAMAGED, Package, SheetReader, index_of, refuse, styles_of
from ffanalysis.sheets.xml_stream import parse

# What other readers can bear: they hold a workbook whole, and fill the area between a sheet's first
# and last cell.
_MOST_BYTES, _MOST_CELLS, _MOST_AREA = 40_000_000, 200_000, 5_000_000
_MOST_STYLES = 65_536
_NEEDED = frozenset({"worksheet", "styles", "sharedStrings"})


@dataclass
class _Extent:
    """How much of a workbook other readers would have to bear, and what they would miss in it."""

    cells: int = 0  # and rows
    area: int = 0  # of the largest sheet, between its first and its last cell
    merged: int = 0
    lost: int = (
        0  # cells that calamine would give as blank ones: errors, and formulas without a result
    )
    row: int = 0
    column: int = 0
    last_row: int = 0
    last_column: int = 0
    has_formula: bool = False
    has_value: bool = False
    is_value: bool = False
    is_sheet: bool = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "worksheet":
            self.row = self.column = self.last_row = self.last_column = 0
            self.is_sheet = True
        elif self.is_sheet:
            self.start_in_sheet(name, attributes)

    def start_in_sheet(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self.step(index_of(attributes.get("r") or str(self.row + 1), TALLEST + 1), 0)
            self.cells += 1
        elif name == "c":
            place = (
                area_of(attributes["r"]) if "r" in attributes else (self.row, self.column + 1, 0, 0)
            )
            self.step(*(place or refuse())[:2])
            self.last_row, self.last_column = (
                max(self.last_row, self.row),
                max(self.last_column, self.column),
            )
            self.area = max(self.area, self.last_row * self.last_column)
            self.cells += 1
            self.has_formula, self.has_value = False, attributes.get("t") == "str"
            self.lost += attributes.get("t") == "e"
        elif name == "f":
            self.has_formula = True
        elif name == "v":
            self.is_value = True
        elif name == "mergeCell":
            top, left, bottom, right = area_of(attributes.get("ref", "")) or refuse()
            self.merged += (bottom - top + 1) * (right - left + 1)

    def step(self, row: int, column: int) -> None:
        if (row, column) <= (self.row, self.column):
            raise Refused(DAMAGED)  # a reader that goes forward only would miss it
        self.row, self.column = row, column

    def end(self, name: str) -> None:
        if name == "c" and self.has_formula and not self.has_value:
            self.lost += 1
        self.is_value = False

    @property
    def is_bearable(self) -> bool:
        return self.cells <= _MOST_CELLS and self.area <= _MOST_AREA and self.merged <= _MOST_CELLS

    def text(self, text: str) -> None:
        self.has_value = self.has_value or (self.is_value and bool(text.strip()))


def other_readers_can(content: bytes) -> tuple[bool, bool]:
    """Whether other readers can bear the workbook, and whether one that knows values only would lose none.

    What is wrong with a part that cells need raises, and what no cell can hold too: another reader might make something of it.
    Other parts, and the styles, may be as they are.
    """
    extent = _Extent()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        package = Package(archive, Limits())
        needed = {
            target.casefold() for kind, target, _ in package.relations.values() if kind in _NEEDED
        } | {package.book.casefold()}
        if not needed <= package.names.keys():
            raise Refused(DAMAGED)
        if sum(item.file_size for item in archive.infolist()) > _MOST_BYTES:
            return False, False
        for part in package.names:
            extent.is_sheet = False
            try:
                with package.open(part) as stream:
                    parse(stream, package.limits, extent.start, extent.end, extent.text)
            except expat.ExpatError:
                if part in needed:
                    raise
        if not extent.is_bearable:
            return False, False
        pages, epoch = package.pages()
        texts, any_style = package.texts(), styles_of([GENERAL] * _MOST_STYLES)
        for _, _, part in pages:
            with package.open(part) as stream:
                SheetReader(Sheet("", ""), texts, any_style, epoch, package.limits).read(stream)
    return package.limits.cells <= _MOST_CELLS, not extent.lost
