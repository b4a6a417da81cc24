"""Read .csv in whichever encoding and with whichever delimiter it was saved.

Plain numbers become numbers, all else stays text.
"""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from ffanalysis.sheets.cells import GENERAL, Book, Cell, Sheet, clean
from ffanalysis.sheets.csv_numbers import SplitThousands, UnclearNumbers
from ffanalysis.sheets.limits import TALLEST, WIDEST, Limits, Refused, require_short

# The mark of UTF-32 begins with that of UTF-16, and is looked for first.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What councils type beside letters and digits; as text of another encoding these bytes give other,
# unlikely letters.
_LIKELY = frozenset("£€–—‘’“”…•†‡éèêëáàâíìîóòôúùûüïöäñçŵŷÉ®©™½¼¾°²×\xa0")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.(\d{1,15}))?", re.ASCII)
_DELIMITERS = ",;\t|"
_TOLD = re.compile(r"\ufeff?sep=([,;\t|])", re.I)  # what tells Excel which it is
_SAMPLE = 20_000
_ASCII = bytes(range(128))
_CONTROLS = bytes(sign for sign in range(32) if sign not in b"\t\n\r\f\v")
_CHUNK = 1 << 20
_LONGEST_LINE = 4_000_000
_DAMAGED = "its text is damaged. Save it from Excel as .csv or .xlsx."
_NOT_TEXT = "it is not text. Save it as .csv or .xlsx."


def read_delimited(name: str, content: bytes, limits: Limits) -> Book:
    """The one sheet of a delimited text, named as the file without its ending."""
    limits.unpack(len(content))
    encoding = encoding_of(content)
    sheet = Sheet(name, clean(name.rpartition(".")[0] or name))
    delimiter = delimiter_of(content, encoding)
    lines = csv.reader(_lines(content, encoding), delimiter=delimiter, strict=True)
    unclear, split = UnclearNumbers(delimiter), SplitThousands()
    try:
        for row, line in enumerate(lines, 1):
            limits.step(len(line) + 1)
            if delimiter == "," and (amount := split.found_in(line)):
                raise Refused(_split(lines.line_num, amount))
            filled = {
                column: _cell(row, column, field)
                for column, field in enumerate(line, 1)
                if field.strip()
            }
            if filled:
                if row > TALLEST or max(filled) > WIDEST:
                    raise Refused(
                        f"its line {lines.line_num:,} lies beyond the last row or column of a"
                        " sheet."
                    )
                limits.count(len(filled))
                sheet.grid[row] = filled
                unclear.add(row, line)
    except csv.Error as error:
        raise Refused(_why(str(error), lines.line_num)) from error
    except UnicodeDecodeError as error:
        raise Refused(_DAMAGED) from error
    unclear.mark(sheet)
    return Book(name, [sheet], "csv")


def _lines(content: bytes, encoding: str) -> Iterator[str]:
    """The lines of a text.

    Only line ends end them: other separators of Unicode occur in the middle of texts.
    """
    text = io.TextIOWrapper(io.BytesIO(content), encoding, newline="")
    while line := text.readline(_LONGEST_LINE):
        if len(line) == _LONGEST_LINE:
            raise Refused("a line in it is longer than any row of a sheet.")
        yield line


def _split(line: int, amount: str) -> str:
    return (
        f"its line {line:,} has more cells than its heading, as a comma parts the thousands of its"
        f" amounts too ('{amount}'). Save it with the amounts in quotation marks or without"
        " thousands separators, or as .xlsx."
    )


def _why(error: str, line: int) -> str:
    if "field limit" in error:
        return (
            "a cell holds a longer text than Excel allows. Look for a quotation mark that is never"
            " closed."
        )
    if "end of data" in error:
        return "a quotation mark in it is never closed. Save it from Excel anew."
    return (
        f"a quotation mark stands in the wrong place in its line {line:,}. Save it from Excel anew."
    )


def encoding_of(content: bytes) -> str:
    """How a text was saved.

    UTF-8, UTF-16 with its mark, Windows-1252 or Mac Roman, whichever makes it read like text.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding
    if (
        len(content) - len(content.translate(None, _CONTROLS)) > len(content) / 100
        or b"\0" in content
    ):
        raise Refused(_NOT_TEXT)
    broken, whole = _read_as_utf8(content)
    if not broken:
        return "utf-8"
    # Bytes above 127 that make whole signs of UTF-8 are that by intent; a few that do not are
    # damage.
    if whole > broken:
        raise Refused(_DAMAGED)
    # Each byte above 127 is one sign in either: the encoding that turns more of them into signs one
    # types wins.
    bytes_above = Counter(content.translate(None, _ASCII))
    return max(("cp1252", "mac_roman"), key=lambda encoding: _plausible(bytes_above, encoding))


def _read_as_utf8(content: bytes) -> tuple[int, int]:
    """How many signs beyond ASCII are broken, and how many whole, when read as UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    broken = whole = 0
    for start in range(0, len(content), _CHUNK):
        text = decoder.decode(content[start : start + _CHUNK], final=start + _CHUNK >= len(content))
        if not text.isascii():
            bad = text.count("\ufffd")
            broken, whole = broken + bad, whole + sum(not sign.isascii() for sign in text) - bad
    return broken, whole


def _plausible(bytes_above: Counter[int], encoding: str) -> int:
    return sum(
        number if bytes([byte]).decode(encoding, errors="replace") in _LIKELY else -number
        for byte, number in bytes_above.items()
    )


def delimiter_of(content: bytes, encoding: str) -> str:
    """What separates the fields of a text, by its first lines."""
    return _delimiter(content[:_SAMPLE].decode(encoding, errors="ignore"))


def _delimiter(text: str) -> str:
    """The delimiter that parts the most lines into the same number of fields.

    Prose holds commas and semicolons too, but not equally many in each line and the heading.
    """
    lines = text.splitlines(keepends=True)
    if told := _TOLD.fullmatch(lines[0].strip() if lines else ""):
        return told[1]
    if len(text) >= _SAMPLE // 4 and len(lines) > 1:
        del lines[-1]  # it may be cut off
    consistent = {sign: _consistent(lines, sign) for sign in _DELIMITERS}
    most = max(count for count, _ in consistent.values())
    best = [sign for sign, (count, _) in consistent.items() if count == most]
    if len(best) > 1:
        return _most_frequent(text, best)
    return best[0]


def _consistent(lines: Sequence[str], delimiter: str) -> tuple[int, int]:
    """How many lines have the commonest number of fields, of two or more; and that number."""
    try:
        widths = Counter(len(fields) for fields in csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return 0, 0
    del widths[0], widths[1]
    return max(((count, width) for width, count in widths.items()), default=(0, 0))


def _most_frequent(text: str, delimiters: Sequence[str]) -> str:
    """The most frequent of some delimiters outside of quotes; a comma may be a decimal sign."""
    bare = re.sub(r'"[^"]*"', "", text)
    counts = {sign: bare.count(sign) for sign in delimiters}
    lines = max(1, bare.count("\n"), bare.count("\r"))
    others = [sign for sign in delimiters if sign != ","]
    rarer = max(others, key=lambda sign: counts[sign])
    is_meant = counts[rarer] >= lines and counts[rarer] >= counts.get(",", 0) / 2
    return rarer if is_meant or "," not in delimiters else ","


def _cell(row: int, column: int, field: str) -> Cell:
    """A plain number as a number, stated to the decimals that are written.

    "007", "1,025" and all else as text.
    """
    bare = field.strip()
    found = _NUMBER.fullmatch(bare)
    if not found or (bare.startswith("-0") and float(bare) == 0):
        return Cell(row, column, clean(require_short(field)))
    value: Any = float(bare) if found[1] else int(bare)
    return Cell(row, column, value, f"0.{'0' * len(found[1])}" if found[1] else GENERAL)
