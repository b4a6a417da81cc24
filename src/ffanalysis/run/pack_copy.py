"""A copy of a pack in which the value of every formula is wrong, for an engine to put right."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple
from xml.etree import ElementTree as ET

Place = tuple[int, int]  # row and column


class _At(NamedTuple):
    sheet: str
    place: Place

    @property
    def address(self) -> str:
        return f"A{self.place[0]}"


WRONG = -987_654_321.25  # no amount of ours: it is no whole number of pence
SENTINEL = _At("About", (1001, 1))  # below all that stands in the first sheet
_PIECE = 1 << 20
_FORMULA = re.compile(rb'(<c r="([A-Z]+)([0-9]+)"[^>]*><f>[^<]*</f><v>)([^<]*)(</v></c>)')
_LINKS = re.compile(rb"<hyperlinks>.*</hyperlinks>", re.S)
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class PackNotOurs(ValueError):
    """A workbook that is not as a run writes its pack."""


def copy_with_wrong_values(pack: Path, copy: Path, formula: str) -> dict[str, dict[Place, float]]:
    """Copy a pack with wrong values, and with one formula more; gives what its formulas come to.

    By the sheet's name and the place. The formula that is added stands at SENTINEL. Sheets are
    copied piece by piece, without their links, which cost LibreOffice more than all formulas.
    Raises PackNotOurs.
    """
    expected: dict[str, dict[Place, float]] = {}
    with zipfile.ZipFile(pack) as given, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as made:
        sheets = _sheets(given)
        if SENTINEL.sheet not in sheets.values():
            raise PackNotOurs(f"no sheet {SENTINEL.sheet}")
        for part in given.namelist():
            with given.open(part) as source, made.open(part, "w", force_zip64=True) as target:
                if part in sheets:
                    values = expected.setdefault(sheets[part], {})
                    more = formula if sheets[part] == SENTINEL.sheet else ""
                    for piece in _with_wrong_values(source, values, more):
                        target.write(piece)
                else:
                    target.write(source.read())
    return {name: values for name, values in expected.items() if values}


def _sheets(package: zipfile.ZipFile) -> dict[str, str]:
    """The names of the sheets by their parts of the package."""
    links = ET.fromstring(package.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - a file of our own
    parts = {link.get("Id"): f"xl/{link.get('Target')}" for link in links}
    book = ET.fromstring(package.read("xl/workbook.xml"))  # noqa: S314 - a file of our own
    return {parts[sheet.get(_LINK)]: str(sheet.get("name")) for sheet in book.iter(f"{_MAIN}sheet")}


def _with_wrong_values(
    source: IO[bytes], values: dict[Place, float], formula: str
) -> Iterator[bytes]:
    """The pieces of a sheet, its right values put into `values`."""
    rest = b""
    while more := source.read(_PIECE):
        rest += more
        whole, mark, rest = rest.rpartition(b"</row>")
        yield _wrong(whole + mark, values)
    rest = _LINKS.sub(b"", rest)
    if formula:
        cell = f'<c r="{SENTINEL.address}"><f>{formula}</f><v>{WRONG}</v></c>'
        row = f'<row r="{SENTINEL.place[0]}">{cell}</row></sheetData>'
        rest = rest.replace(b"</sheetData>", row.encode(), 1)
        if row.encode() not in rest:
            raise PackNotOurs("a sheet without rows")
    yield rest


def _wrong(piece: bytes, values: dict[Place, float]) -> bytes:
    wrong = str(WRONG).encode()
    found = 0

    def one(formula: re.Match[bytes]) -> bytes:
        nonlocal found
        found += 1
        column = 0
        for letter in formula[2]:
            column = column * 26 + letter - 64
        values[int(formula[3]), column] = float(formula[4])
        return formula[1] + wrong + formula[5]

    made = _FORMULA.sub(one, piece)
    if found != piece.count(b"<f>") + piece.count(b"<f "):
        raise PackNotOurs("a formula without a value")
    return made
