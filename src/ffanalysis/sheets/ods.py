"""Read OpenDocument spreadsheets (.ods) by streaming: values, number formats, what is hidden.

Structure: OpenDocument 1.3, Part 3, chapters 9 (tables), 16 (styles) and 19 (attributes).
"""

import io
import re
import unicodedata
import zipfile
from bisect import bisect_left
from datetime import datetime, timedelta
from typing import Any

from openpyxl.utils import get_column_letter

from ffanalysis.sheets.cells import Book, Cell, NotCalculated, Sheet, clean, number_of
from ffanalysis.sheets.formulas import gives_number, rows_added
from ffanalysis.sheets.limits import TALLEST, WIDEST, Limits, Refused, require_short
from ffanalysis.sheets.ods_styles import Attributes, CommonReader, Reader, StyleReader, Styles
from ffanalysis.sheets.rich_text import HALF_STRUCK, Place, RichText, Struck
from ffanalysis.sheets.xml_stream import attribute, parse

_DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?", re.ASCII)
_ERROR = re.compile(r"#(?:N/A|REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!)|Err:\d+")
_ELSEWHERE = re.compile(r"'((?:file|https?|ftp|smb):[^']*)'#")
# A sheet's last row or cell is often repeated to the sheet's end; only what is filled is kept.
# A value repeated more often than this was not written by a person.
_MOST_REPEATED = 10_000
# How LibreOffice writes what a workbook of Excel states.
_TRUTHS = {"of:=TRUE()": True, "of:=FALSE()": False}
_MIDNIGHT = datetime(2000, 1, 1)  # noqa: DTZ001 - a cell's time has no zone
_HIDING = ("collapse", "filter")


def read_ods(name: str, content: bytes, limits: Limits) -> Book:
    """All sheets of the spreadsheet, hidden ones too. Whatever is wrong with the file raises."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = set(archive.namelist())
        manifest = "META-INF/manifest.xml"
        if manifest in parts:
            limits.unpack(archive.getinfo(manifest).file_size)
            if b"encryption-data" in archive.read(manifest):
                raise Refused("it is encrypted. Save it without a password.")
        styles = Styles()
        if "styles.xml" in parts:
            _parse(archive, "styles.xml", limits, CommonReader(styles))
        reader = _ContentReader(name, limits, styles)
        _parse(archive, "content.xml", limits, reader)
    if not reader.is_spreadsheet:
        raise Refused("it is not a spreadsheet. Save it from Excel as .xlsx.")
    return Book(name, reader.sheets, "streaming", links=tuple(dict.fromkeys(reader.links)))


def _parse(archive: zipfile.ZipFile, part: str, limits: Limits, reader: "Reader") -> None:
    limits.unpack(archive.getinfo(part).file_size)
    with archive.open(part) as stream:
        parse(stream, limits, reader.start, reader.end, reader.text)


class _ContentReader(StyleReader):
    """Turns content.xml into sheets."""

    def __init__(self, name: str, limits: Limits, styles: Styles) -> None:
        super().__init__(styles)
        self.name, self.limits = name, limits
        self.sheets: list[Sheet] = []
        self.links: list[str] = []  # the other workbooks that values are taken from
        self.is_spreadsheet = False
        self.unseen: set[str] = set()  # table styles that hide their sheet
        self.tables: list[str] = []  # the open tables: one may be in a cell of another
        # The last column of each run of columns, and the run's default style.
        self.column_ends: list[int] = []
        self.column_styles: list[str] = []
        self.row = self.column = self.repeat_row = 1
        self.row_style = ""
        self.line: list[tuple[int, Any, str]] = []
        self.cell: Attributes | None = None
        self.cell_depth = 0
        self.shown = RichText()
        self.spans: list[str] = []  # styles of the open spans of text
        self.groups: list[bool] = []  # whether each open group of rows or columns is hidden
        self.paragraphs = 0
        self.in_paragraph = self.in_aid = False

    def text(self, text: str) -> None:
        if self.in_paragraph and not self.in_aid:
            fonts = [self.styles.fonts.get(("text", span), ("", False)) for span in self.spans]
            place: Place = next((place for place, _ in reversed(fonts) if place), "")
            self.shown.add(text, place, is_struck=any(is_struck for _, is_struck in fonts))
        else:
            super().text(text)

    # --- sheets -----------------------------------------------------------------------------------

    def _start_table_properties(self, attributes: Attributes) -> None:
        family, style = self.style
        if family == "table" and attribute(attributes, "display") == "false":
            self.unseen.add(style)

    def _start_spreadsheet(self, _: Attributes) -> None:
        self.is_spreadsheet = True

    def _start_table(self, attributes: Attributes) -> None:
        title = attribute(attributes, "name")
        self.tables.append(title)
        if len(self.tables) > 1:
            raise Refused(f"its sheet '{clean(self.tables[0])[:50]}' holds a table within a cell.")
        hidden = attribute(attributes, "style-name") in self.unseen
        self.sheets.append(Sheet(self.name, clean(title), hidden))
        self.row, self.column, self.column_ends, self.column_styles = 1, 1, [], []

    def _end_table(self) -> None:
        # What is remembered of other workbooks is kept as sheets named after them.
        if found := _ELSEWHERE.match(self.tables.pop()):
            self.links.append(clean(found[1]))
            del self.sheets[-1]

    def _start_table_column(self, attributes: Attributes) -> None:
        first = self.column_ends[-1] + 1 if self.column_ends else 1
        last = min(first + _repeated(attributes, "number-columns-repeated") - 1, WIDEST)
        if first <= last:
            self.column_ends.append(last)
            self.column_styles.append(attribute(attributes, "default-cell-style-name"))
        if self._is_hidden("table-column", attributes) and first <= last:
            self.limits.step(last - first + 1)
            self.sheets[-1].hidden_columns.update(range(first, last + 1))

    def _is_hidden(self, family: str, attributes: Attributes) -> bool:
        """Whether nobody sees a row or columns: marked so, in a closed group, or of no size."""
        return (
            attribute(attributes, "visibility") in _HIDING
            or any(self.groups)
            or not self.styles.has_size(family, attribute(attributes, "style-name"))
        )

    def _start_table_row_group(self, attributes: Attributes) -> None:
        self.groups.append(attribute(attributes, "display") == "false")

    _start_table_column_group = _start_table_row_group

    def _end_table_row_group(self) -> None:
        self.groups.pop()

    _end_table_column_group = _end_table_row_group

    def _start_table_row(self, attributes: Attributes) -> None:
        self.column, self.line = 1, []
        self.repeat_row = _repeated(attributes, "number-rows-repeated")
        self.row_style = attribute(attributes, "default-cell-style-name")
        if self._is_hidden("table-row", attributes) and self.repeat_row <= _MOST_REPEATED:
            hidden = range(self.row, min(self.row + self.repeat_row, TALLEST + 1))
            self.limits.step(len(hidden))
            self.sheets[-1].hidden_rows.update(hidden)

    def _end_table_row(self) -> None:
        if self.line:
            if self.repeat_row > _MOST_REPEATED:
                raise Refused(
                    f"its row {self.row:,} is repeated more than {_MOST_REPEATED:,} times."
                )
            if self.row + self.repeat_row > TALLEST + 1:
                raise Refused(f"it has a filled row below {TALLEST:,}, the last that a sheet has.")
            grid = self.sheets[-1].grid
            for row in range(self.row, self.row + self.repeat_row):
                self.limits.count(len(self.line))
                grid[row] = {
                    column: Cell(row, column, value, code) for column, value, code in self.line
                }
        self.row = min(self.row + self.repeat_row, TALLEST + 1)

    # --- cells ------------------------------------------------------------------------------------

    def _start_table_cell(self, attributes: Attributes) -> None:
        self.cell, self.cell_depth, self.paragraphs = attributes, self.depth, 0
        self.shown, self.spans = RichText(), []

    _start_covered_table_cell = _start_table_cell

    def _start_p(self, _: Attributes) -> None:
        # Paragraphs further inside are those of a note or a drawing.
        if self.cell is not None and self.depth == self.cell_depth + 1:
            self.in_paragraph = True
            if self.paragraphs:
                self.text("\n")
            self.paragraphs += 1

    def _end_p(self) -> None:
        if self.depth == self.cell_depth + 1:
            self.in_paragraph = False

    def _start_span(self, attributes: Attributes) -> None:
        self.spans.append(attribute(attributes, "style-name"))

    def _end_span(self) -> None:
        self.spans.pop()

    def _start_s(self, attributes: Attributes) -> None:
        self.text(" " * min(_repeated(attributes, "c"), 100))

    def _start_tab(self, _: Attributes) -> None:
        self.text("\t")

    def _start_line_break(self, _: Attributes) -> None:
        self.text("\n")

    def _start_ruby_text(self, _: Attributes) -> None:
        self.in_aid = True

    def _end_ruby_text(self) -> None:
        self.in_aid = False

    def _end_table_cell(self) -> None:
        attributes, self.cell = self.cell or {}, None
        times = _repeated(attributes, "number-columns-repeated")
        text, struck = self.shown.take()
        value = self._value(attributes, clean(text))
        rows, columns = (
            _repeated(attributes, "number-rows-spanned"),
            _repeated(attributes, "number-columns-spanned"),
        )
        if rows > 1 or columns > 1:
            self.limits.count(1)
            last_row, last_column = (
                min(self.row + rows - 1, TALLEST),
                min(self.column + columns - 1, WIDEST),
            )
            self.sheets[-1].merges.append((self.row, self.column, last_row, last_column))
        if value is not None and not (isinstance(value, str) and not value.strip()):
            self._put(value, times, attributes, struck)
        self.column = min(self.column + times, WIDEST + 1)

    _end_covered_table_cell = _end_table_cell

    def _put(self, value: Any, times: int, attributes: Attributes, struck: Struck) -> None:
        if times > _MOST_REPEATED:
            raise Refused(
                f"a value in its row {self.row:,} is repeated more than {_MOST_REPEATED:,} times."
            )
        if self.column + times > WIDEST + 1:
            raise Refused(f"its row {self.row:,} has more than {WIDEST:,} filled columns.")
        style = attribute(attributes, "style-name") or self.row_style
        linked = _ELSEWHERE.findall(attribute(attributes, "formula"))
        self.links += map(clean, linked)
        for column in range(self.column, self.column + times):
            own = style or self._column_style(column)
            self.line.append((column, value, self.styles.code_of(own)))
            if struck or self.styles.is_struck(own):
                self._note_struck(column, struck)
            if rows := rows_added(attribute(attributes, "formula"), get_column_letter(column)):
                self.sheets[-1].sums[self.row, column] = rows
            if linked:
                self.sheets[-1].linked.append(Cell(self.row, column, None).address)

    def _note_struck(self, column: int, struck: Struck) -> None:
        for row in range(self.row, self.row + min(self.repeat_row, _MOST_REPEATED)):
            self.sheets[-1].struck.add((row, column))
            if struck == "in part":
                self.sheets[-1].unclear[row, column] = HALF_STRUCK

    def _column_style(self, column: int) -> str:
        place = bisect_left(self.column_ends, column)
        return self.column_styles[place] if place < len(self.column_styles) else ""

    def _value(self, attributes: Attributes, shown: str) -> Any:
        kind = attribute(attributes, "value-type")
        # A formula that ends in an error keeps a number or a text beside the error that it shows.
        if _ERROR.fullmatch(shown):
            return shown
        if attribute(attributes, "formula") in _TRUTHS:
            return _TRUTHS[attribute(attributes, "formula")]
        if kind in ("float", "percentage", "currency"):
            return number_of(attribute(attributes, "value"))
        if kind == "date":
            return _date(attribute(attributes, "date-value"), shown)
        if kind == "time":
            return _duration(attribute(attributes, "time-value"), shown)
        if kind == "boolean":
            return attribute(attributes, "boolean-value") == "true"
        stated = clean(require_short(attribute(attributes, "string-value")))
        formula = attribute(attributes, "formula")
        if formula and not stated and not shown:
            # A result that is an empty text has a blank paragraph, or says that it is a text.
            is_blank = (kind or self.paragraphs) and not gives_number(formula)
            return "" if is_blank else NotCalculated(formula[:200])
        # What is shown tells a raised mark from a digit.
        return shown if unicodedata.normalize("NFKC", shown) == stated else stated or shown


def _repeated(attributes: Attributes, name: str) -> int:
    return max(1, int(attribute(attributes, name) or 1))


def _date(text: str, shown: str) -> Any:
    """A date, or what the cell shows where it lies outside of the years that Python counts."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        if not shown:
            raise
        return shown


def _duration(text: str, shown: str) -> Any:
    """A time of day, or hours beyond it; what the cell shows where it is none."""
    found = _DURATION.fullmatch(text)
    if not found:
        if not shown:
            raise ValueError(text)
        return shown
    hours, minutes, seconds = (float(part or 0) for part in found.groups())
    whole = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return whole if whole >= timedelta(days=1) else (_MIDNIGHT + whole).time()
