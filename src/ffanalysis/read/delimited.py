"""Read .csv: whichever encoding and delimiter it was saved with; plain numbers become numbers, all else stays text."""

import csv
import re
from collections import Counter
from typing import Any

from ffanalysis.read.limits import Limits, Refused
from ffanalysis.read.workbook import GENERAL, Book, Cell, Sheet, clean

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# What councils type beside letters and digits; as text of another encoding these bytes give other, unlikely letters.
_LIKELY = frozenset("£€–—‘’“”…•éèêëáàâíìîóòôúùûüïöäñçŵŷÉ®©™½¼¾°²×\xa0")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.(\d{1,15}))?")
_DELIMITERS = ",;\t|"


def read_delimited(name: str, content: bytes, limits: Limits) -> Book:
    """The one sheet of a delimited text, named as the file without its ending."""
    limits.unpack(len(content))
    text = decoded(content)
    sheet = Sheet(name, clean(name.rpartition(".")[0] or name))
    lines = csv.reader(text.splitlines(keepends=True), delimiter=_delimiter(text), strict=True)
    for row, line in enumerate(lines, 1):
        filled = {}
        for column, field in enumerate(line, 1):
            if field.strip():
                limits.count(1)
                filled[column] = _cell(row, column, field)
        if filled:
            sheet.grid[row] = filled
    return Book(name, [sheet], "csv")


def decoded(content: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 with its mark, Windows-1252 or Mac Roman: the encoding in which it reads like text."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding)
    if b"\0" in content:
        raise Refused("it is not text. Save it as .csv or .xlsx.")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        # Each byte above 127 is one sign in either: the encoding that turns more of them into signs one types wins.
        candidates = [content.decode(encoding, errors="replace") for encoding in ("cp1252", "mac_roman")]
        return max(candidates, key=_plausible)


def _plausible(text: str) -> int:
    return sum(number if sign in _LIKELY else -number for sign, number in Counter(text).items() if not sign.isascii())


def _delimiter(text: str) -> str:
    """The delimiter that stands most often outside of quotes in the first lines."""
    bare = re.sub(r'"[^"]*"', "", text[:20_000])
    counts = {sign: bare.count(sign) for sign in _DELIMITERS}
    # A comma may also stand in prose or as a decimal sign; another delimiter is there only on purpose.
    rarer = max(_DELIMITERS[1:], key=lambda sign: counts[sign])
    lines = max(1, bare.count("\n"))
    return rarer if counts[rarer] >= lines and counts[rarer] >= counts[","] / 2 else ","


def _cell(row: int, column: int, field: str) -> Cell:
    """A plain number as a number, stated to the decimals that are written; "007", "1,025" and all else as text."""
    bare = field.strip()
    found = _NUMBER.fullmatch(bare)
    if not found or bare.startswith("-0") and float(bare) == 0:
        return Cell(row, column, clean(field))
    value: Any = float(bare) if found[1] else int(bare)
    return Cell(row, column, value, f"0.{'0' * len(found[1])}" if found[1] else GENERAL)
