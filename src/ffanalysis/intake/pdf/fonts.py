"""Fonts whose codes a PDF maps itself, which pdfminer alone would pass over with all their words.

Encodings of this kind: ISO 32000-1, 9.7.5.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from pdfminer.cmapdb import CMap, CMapBase, IdentityCMap
from pdfminer.pdffont import PDFCIDFont, PDFFont
from pdfminer.pdfinterp import PDFResourceManager
from pdfminer.pdftypes import PDFStream, resolve1

from ffanalysis.sheets.limits import Refused

_MOST_CODES: Final = 200_000  # that all ranges of a font may map; a font has 65,536 at most
_TOO_MANY: Final = "it has a font of more letters than there are; save it as PDF once more."
_HEX: Final = rb"<\s*([0-9A-Fa-f\s]*)>"
_SPACES: Final = re.compile(rb"begincodespacerange(.*?)endcodespacerange", re.DOTALL)
_RANGES: Final = re.compile(rb"begincidrange(.*?)endcidrange", re.DOTALL)
_CODES: Final = re.compile(rb"begincidchar(.*?)endcidchar", re.DOTALL)
_ALL_RANGES: Final = re.compile(rb"begin(?:bf|cid)range(.*?)(?:end|\Z)", re.DOTALL)
_ENDS: Final = re.compile(_HEX + rb"\s*" + _HEX + rb"\s*(?:<[^>]*>|\[[^\]]*\]|\d+)")
_PAIR: Final = re.compile(_HEX + rb"\s*" + _HEX)
_RANGE: Final = re.compile(_HEX + rb"\s*" + _HEX + rb"\s*(\d+)")
_CODE: Final = re.compile(_HEX + rb"\s*(\d+)")


class Fonts(PDFResourceManager):
    """Fonts with the encodings that a file brings itself."""

    def get_font(self, objid: object, spec: Mapping[str, object]) -> PDFFont:
        """A font; none that maps more codes than there are. Raises Refused."""
        _require_bounded(resolve1(spec.get("ToUnicode")))
        for key in ("W", "W2"):
            _require_narrow(resolve1(spec.get(key)))
        font = super().get_font(objid, spec)
        if isinstance(font, PDFCIDFont) and not isinstance(font.cmap, _OwnCodes):
            encoding = resolve1(spec.get("Encoding"))
            if isinstance(encoding, PDFStream):
                _require_bounded(encoding)
                _give_codes(font, _OwnCodes(encoding.get_data()))
            elif type(font.cmap) is CMap and not font.cmap.code2cid:
                font.cmap = IdentityCMap()  # a name that nobody knows
        return font


class _OwnCodes(CMapBase):
    """The codes that an encoding in the file itself knows, and the glyphs that they stand for."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.lengths = sorted(
            {
                len(_bytes(start))
                for body in _SPACES.findall(data)
                for start, _ in _PAIR.findall(body)
                if 1 <= len(_bytes(start)) <= 4
            }
        ) or [2]
        self.glyphs = dict(_glyphs(data))

    def decode(self, code: bytes) -> Iterator[int]:
        """The codes in a string: a known one as long as one can be, else the longest."""
        place = 0
        while place < len(code):
            length = next(
                (each for each in self.lengths if code[place : place + each] in self.glyphs),
                self.lengths[-1],
            )
            yield int.from_bytes(code[place : place + length], "big")
            place += length


def _give_codes(font: PDFCIDFont, codes: _OwnCodes) -> None:
    """Let a font read codes, for which it has letters, and measure glyphs."""
    by_number = {int.from_bytes(code, "big"): glyph for code, glyph in codes.glyphs.items()}
    width: Callable[[int], float] = font.char_width
    font.cmap = codes
    font.char_width = lambda cid: width(by_number.get(cid, cid))  # type: ignore[method-assign]


def _glyphs(data: bytes) -> Iterator[tuple[bytes, int]]:
    """Each code with its glyph."""
    for body in _RANGES.findall(data):
        for start, end, glyph in _RANGE.findall(body):
            first = _bytes(start)
            size, number = len(first), int.from_bytes(first, "big")
            for step in range(int.from_bytes(_bytes(end), "big") - number + 1):
                yield (number + step).to_bytes(size, "big"), int(glyph) + step
    for body in _CODES.findall(data):
        for code, glyph in _CODE.findall(body):
            yield _bytes(code), int(glyph)


def _bytes(digits: bytes) -> bytes:
    written = b"".join(digits.split()).decode("ascii")
    return bytes.fromhex(written + "0" * (len(written) % 2))


def _require_narrow(widths: Any) -> None:
    """Raise Refused where one width is given to more codes than a font can have."""
    numbers = [resolve1(each) for each in widths] if isinstance(widths, list) else []
    if any(isinstance(each, int | float) and each > _MOST_CODES for each in numbers):
        raise Refused(_TOO_MANY)


def _require_bounded(stream: Any) -> None:
    """Raise Refused where the ranges of a map hold more codes than a font can have."""
    if not isinstance(stream, PDFStream):
        return
    codes = 0
    for body in _ALL_RANGES.findall(stream.get_data()):
        for start, end in _ENDS.findall(body):
            first, last = (int.from_bytes(_bytes(each), "big") for each in (start, end))
            codes += max(0, last - first) + 1
    if codes > _MOST_CODES:
        raise Refused(_TOO_MANY)
