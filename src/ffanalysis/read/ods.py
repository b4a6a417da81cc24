"""Read OpenDocument spreadsheets (.ods) by streaming their content, with number formats and what is hidden.

Structure: OpenDocument 1.3, Part 3, chapters 9 (tables), 16 (styles) and 19 (attributes).
"""

import io
import re
import zipfile
from datetime import datetime, time, timedelta
from typing import Any

from ffanalysis.read.limits import Limits, Refused
from ffanalysis.read.workbook import GENERAL, Book, Cell, NotCalculated, Sheet, clean
from ffanalysis.read.xlsx import attribute, parse

_DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?")
# A sheet's last row or cell is often repeated to the sheet's end; only what is filled is kept.
_WIDEST, _TALLEST = 16_384, 1_048_576
# A value repeated more often than this was not written by a person.
_MOST_REPEATED = 10_000


def read_ods(name: str, content: bytes, limits: Limits) -> Book:
    """All sheets of the spreadsheet, hidden ones too. Whatever is wrong with the file raises."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if "META-INF/manifest.xml" in archive.namelist():
            limits.unpack(archive.getinfo("META-INF/manifest.xml").file_size)
            if b"encryption-data" in archive.read("META-INF/manifest.xml"):
                raise Refused("it is encrypted. Save it without a password.")
        reader = _ContentReader(name, limits)
        limits.unpack(archive.getinfo("content.xml").file_size)
        with archive.open("content.xml") as stream:
            parse(stream, reader.start, reader.end, reader.text)
    return Book(name, reader.sheets, "streaming")


class _ContentReader:
    """Turns content.xml into sheets."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.name, self.limits = name, limits
        self.sheets: list[Sheet] = []
        self.codes: dict[str, str] = {}  # data style → number format
        self.styles: dict[str, str] = {}  # cell style → number format
        self.unseen: set[str] = set()  # table styles that hide their sheet
        self.data_style = self.table_style = ""
        self.hides: list[bool] = []  # per table style element
        self.column_styles: list[tuple[int, str]] = []  # up to which column, its default style
        self.row = self.column = self.repeat_row = 1
        self.line: list[tuple[int, int, Any, str]] = []
        self.cell: dict[str, str] | None = None
        self.paragraphs: list[str] = []
        self.in_text = self.in_note = False

    # --- elements -------------------------------------------------------------------------------------------------

    def start(self, name: str, attributes: dict[str, str]) -> None:
        handler = getattr(self, f"_start_{name.replace('-', '_')}", None)
        if handler:
            handler(attributes)

    def end(self, name: str) -> None:
        handler = getattr(self, f"_end_{name.replace('-', '_')}", None)
        if handler:
            handler()

    def text(self, text: str) -> None:
        if self.in_text and not self.in_note and self.paragraphs:
            self.paragraphs[-1] += text

    # --- styles ---------------------------------------------------------------------------------------------------

    def _start_number_style(self, attributes: dict[str, str]) -> None:
        self.data_style = attribute(attributes, "name")

    _start_percentage_style = _start_currency_style = _start_number_style

    def _start_number(self, attributes: dict[str, str]) -> None:
        places = attribute(attributes, "decimal-places")
        if self.data_style and places.isdecimal() and int(places) <= 30:
            grouped = attribute(attributes, "grouping") == "true"
            thousands = len(attribute(attributes, "display-factor").rstrip(".0").lstrip("1")) // 3
            code = ("#,##0" if grouped else "0") + ("." + "0" * int(places) if int(places) else "") + "," * thousands
            self.codes.setdefault(self.data_style, code)

    def _end_number_style(self) -> None:
        self.data_style = ""

    _end_currency_style = _end_number_style

    def _end_percentage_style(self) -> None:
        if self.data_style:
            self.codes[self.data_style] = f"{self.codes.get(self.data_style, '0')}%"
        self.data_style = ""

    def _start_style(self, attributes: dict[str, str]) -> None:
        name, family = attribute(attributes, "name"), attribute(attributes, "family")
        self.table_style = name if family == "table" else ""
        if family == "table-cell":
            self.styles[name] = self.codes.get(attribute(attributes, "data-style-name"), GENERAL)

    def _start_table_properties(self, attributes: dict[str, str]) -> None:
        if self.table_style and attribute(attributes, "display") == "false":
            self.unseen.add(self.table_style)

    # --- sheets ---------------------------------------------------------------------------------------------------

    def _start_table(self, attributes: dict[str, str]) -> None:
        hidden = attribute(attributes, "style-name") in self.unseen
        self.sheets.append(Sheet(self.name, clean(attribute(attributes, "name")), hidden))
        self.row, self.column, self.column_styles = 1, 1, []

    def _start_table_column(self, attributes: dict[str, str]) -> None:
        first = self.column_styles[-1][0] + 1 if self.column_styles else 1
        last = min(first + _repeated(attributes, "number-columns-repeated") - 1, _WIDEST)
        self.column_styles.append((last, attribute(attributes, "default-cell-style-name")))
        if attribute(attributes, "visibility") in ("collapse", "filter") and self.sheets:
            self.sheets[-1].hidden_columns.update(range(first, last + 1))

    def _start_table_row(self, attributes: dict[str, str]) -> None:
        self.column, self.line = 1, []
        self.repeat_row = _repeated(attributes, "number-rows-repeated")
        if attribute(attributes, "visibility") in ("collapse", "filter") and self.repeat_row <= _MOST_REPEATED:
            self.sheets[-1].hidden_rows.update(range(self.row, self.row + self.repeat_row))

    def _end_table_row(self) -> None:
        if self.line:
            if self.repeat_row > _MOST_REPEATED:
                raise Refused(f"its row {self.row} is repeated {self.repeat_row:,} times.")
            grid = self.sheets[-1].grid
            for row in range(self.row, self.row + self.repeat_row):
                self.limits.count(len(self.line))
                grid[row] = {column: Cell(row, column, value, code) for column, _, value, code in self.line}
        self.row = min(self.row + self.repeat_row, _TALLEST + 1)

    # --- cells ----------------------------------------------------------------------------------------------------

    def _start_table_cell(self, attributes: dict[str, str]) -> None:
        self.cell, self.paragraphs, self.in_note = attributes, [], False

    _start_covered_table_cell = _start_table_cell

    def _start_p(self, _: dict[str, str]) -> None:
        if self.cell is not None and not self.in_note:
            self.in_text = True
            self.paragraphs.append("")

    def _end_p(self) -> None:
        if not self.in_note:
            self.in_text = False

    def _start_s(self, attributes: dict[str, str]) -> None:
        self.text(" " * min(_repeated(attributes, "c"), 100))

    def _start_annotation(self, _: dict[str, str]) -> None:
        self.in_note = True

    def _end_annotation(self) -> None:
        self.in_note = False

    def _end_table_cell(self) -> None:
        attributes, self.cell = self.cell or {}, None
        times = _repeated(attributes, "number-columns-repeated")
        value = self._value(attributes)
        rows, columns = _repeated(attributes, "number-rows-spanned"), _repeated(attributes, "number-columns-spanned")
        if rows > 1 or columns > 1:
            self.limits.count(1)
            self.sheets[-1].merges.append((self.row, self.column, self.row + rows - 1, self.column + columns - 1))
        if value is not None and not (isinstance(value, str) and not value.strip()):
            if times > _MOST_REPEATED:
                raise Refused(f"a value in its row {self.row} is repeated {times:,} times.")
            for column in range(self.column, min(self.column + times, _WIDEST + 1)):
                self.line.append((column, self.row, value, self._code(attributes, column)))
        self.column = min(self.column + times, _WIDEST + 1)

    _end_covered_table_cell = _end_table_cell

    def _code(self, attributes: dict[str, str], column: int) -> str:
        style = attribute(attributes, "style-name")
        style = style or next((default for last, default in self.column_styles if column <= last), "")
        return self.styles.get(style, GENERAL)

    def _value(self, attributes: dict[str, str]) -> Any:
        kind = attribute(attributes, "value-type")
        shown = clean("\n".join(self.paragraphs))
        if kind in ("float", "percentage", "currency"):
            held = attribute(attributes, "value")
            # A formula that ends in an error keeps a number beside the error that it shows.
            if shown.startswith("#"):
                return shown
            number = float(held)
            if number != number or abs(number) == float("inf"):  # noqa: PLR0124 - only NaN differs from itself
                raise ValueError(held)
            return int(held) if re.fullmatch(r"-?\d{1,15}", held) else number
        if kind == "date":
            return datetime.fromisoformat(attribute(attributes, "date-value"))
        if kind == "time":
            return _duration(attribute(attributes, "time-value"))
        if kind == "boolean":
            return attribute(attributes, "boolean-value") == "true"
        if not kind and not shown and attribute(attributes, "formula"):
            return NotCalculated(attribute(attributes, "formula")[:200])
        return clean(attribute(attributes, "string-value")) or shown


def _repeated(attributes: dict[str, str], name: str) -> int:
    return max(1, int(attribute(attributes, name) or 1))


def _duration(text: str) -> Any:
    found = _DURATION.fullmatch(text)
    if not found:
        raise ValueError(text)
    hours, minutes, seconds = (float(part or 0) for part in found.groups())
    whole = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return whole if hours >= 24 else time(int(hours), int(minutes), int(seconds))
