"""Read OpenDocument spreadsheets (.ods) by streaming: values, number formats, what is hidden.

Structure: OpenDocument 1.3, Part 3, chapters 9 (tables), 16 (styles) and 19 (attributes).
"""

import io
import re
import zipfile
from bisect import bisect_left
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from ffanalysis.sheets.cells import GENERAL, Book, Cell, NotCalculated, Sheet, clean, number_of
from ffanalysis.sheets.limits import LONGEST_TEXT, TALLEST, WIDEST, Limits, Refused, require_short
from ffanalysis.sheets.xml_stream import attribute, parse

_DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?", re.ASCII)
_ERROR = re.compile(r"#(?:N/A|REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!)|Err:\d+")
_ELSEWHERE = re.compile(r"'((?:file|https?|ftp|smb):[^']*)'#")
_CONDITION = re.compile(r"value\(\)(<=|>=|!=|<|>|=)(-?\d+(?:\.\d+)?)")
# Conditions that a number format of so many sections need not write.
_UNWRITTEN = ((), (">=0",), (">0", "<0"))
_PLAIN = frozenset(" ()-+$£€")  # what a number format has without quotes
# A sheet's last row or cell is often repeated to the sheet's end; only what is filled is kept.
# A value repeated more often than this was not written by a person.
_MOST_REPEATED = 10_000
_MOST_DECIMALS = 30
_DEEPEST_STYLE = 20
# How LibreOffice writes what a workbook of Excel states.
_TRUTHS = {"of:=TRUE()": True, "of:=FALSE()": False}
_MIDNIGHT = datetime(2000, 1, 1)  # noqa: DTZ001 - a cell's time has no zone
_HIDING = ("collapse", "filter")

Attributes = dict[str, str]


def read_ods(name: str, content: bytes, limits: Limits) -> Book:
    """All sheets of the spreadsheet, hidden ones too. Whatever is wrong with the file raises."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = set(archive.namelist())
        manifest = "META-INF/manifest.xml"
        if manifest in parts:
            limits.unpack(archive.getinfo(manifest).file_size)
            if b"encryption-data" in archive.read(manifest):
                raise Refused("it is encrypted. Save it without a password.")
        styles = _Styles()
        if "styles.xml" in parts:
            _parse(archive, "styles.xml", limits, _CommonReader(styles))
        reader = _ContentReader(name, limits, styles)
        _parse(archive, "content.xml", limits, reader)
    if not reader.is_spreadsheet:
        raise Refused("it is not a spreadsheet. Save it from Excel as .xlsx.")
    return Book(name, reader.sheets, "streaming", links=tuple(dict.fromkeys(reader.links)))


def _parse(archive: zipfile.ZipFile, part: str, limits: Limits, reader: "_Reader") -> None:
    limits.unpack(archive.getinfo(part).file_size)
    with archive.open(part) as stream:
        parse(stream, limits, reader.start, reader.end, reader.text)


class _Reader:
    """Gives each element to the method that is named for it."""

    def __init__(self) -> None:
        self.depth = 0
        self.known: dict[str, Callable[..., None] | None] = {}

    def start(self, name: str, attributes: Attributes) -> None:
        self.depth += 1
        if handler := self._handler(f"_start_{name}"):
            handler(attributes)

    def end(self, name: str) -> None:
        if handler := self._handler(f"_end_{name}"):
            handler()
        self.depth -= 1

    def text(self, text: str) -> None:
        """Text between elements."""

    def _handler(self, name: str) -> Callable[..., None] | None:
        if name not in self.known:
            self.known[name] = getattr(self, name.replace("-", "_"), None)
        return self.known[name]


class _Styles:
    """Number formats by the name of their style, as Excel writes them.

    Attributes:
        codes: data style → number format.
        maps: data style → conditions, each with the data style of the numbers that fulfil it.
        cells: cell style → data style, parent style.
        found: cell style → number format, once looked up.

    """

    def __init__(self) -> None:
        self.codes: dict[str, str] = {}
        self.maps: dict[str, list[tuple[str, str]]] = {}
        self.cells: dict[str, tuple[str, str]] = {}
        self.found: dict[str, str] = {}

    def code_of(self, style: str) -> str:
        """The number format of a cell style: its own, or that of a style it inherits from."""
        if style not in self.found:
            self.found[style] = self._look_up(style)
        return self.found[style]

    def _look_up(self, style: str) -> str:
        for _ in range(_DEEPEST_STYLE):
            data, parent = self.cells.get(style, ("", ""))
            if data in self.codes:
                return self._with_maps(data) or GENERAL
            if not parent:
                break
            style = parent
        return GENERAL

    def _with_maps(self, data: str) -> str:
        """A data style's number format with those for the numbers that fulfil a condition."""
        sections = [
            (condition, self.codes[other])
            for condition, other in self.maps.get(data, ())
            if other in self.codes
        ]
        # What is left is for texts, or for all other numbers.
        if not (sections and "@" in self.codes[data]):
            sections.append(("", self.codes[data]))
        conditions = tuple(condition for condition, _ in sections[:-1])
        if conditions in _UNWRITTEN:
            return ";".join(code for _, code in sections)
        written = [f"[{condition}]{code}" for condition, code in sections[:-1]]
        return ";".join([*written, sections[-1][1]])


class _StyleReader(_Reader):
    """Reads styles. A number format is built as Excel would write it."""

    def __init__(self, styles: _Styles) -> None:
        super().__init__()
        self.styles = styles
        self.data_style = ""
        self.code: list[str] = []
        self.literal: str | None = None
        self.is_share = False

    def text(self, text: str) -> None:
        if self.literal is not None:
            self.literal += text[:LONGEST_TEXT]

    def _start_number_style(self, attributes: Attributes) -> None:
        self.data_style, self.code, self.is_share = attribute(attributes, "name"), [], False

    _start_currency_style = _start_text_style = _start_number_style

    def _start_percentage_style(self, attributes: Attributes) -> None:
        self._start_number_style(attributes)
        self.is_share = True

    def _start_number(self, attributes: Attributes) -> None:
        places = attribute(attributes, "decimal-places")
        if not self.data_style:
            return
        if not places:
            self.code.append(GENERAL)
            return
        most = min(int(places), _MOST_DECIMALS)
        least = min(int(attribute(attributes, "min-decimal-places") or most), most)
        decimals = "0" * least + "#" * (most - least)
        factor = attribute(attributes, "display-factor").partition(".")[0]
        thousands = (len(factor) - 1) // 3 if factor.startswith("1") else 0
        whole = "#,##0" if attribute(attributes, "grouping") == "true" else "0"
        self.code.append(whole + (f".{decimals}" if decimals else "") + "," * thousands)

    def _start_scientific_number(self, attributes: Attributes) -> None:
        if self.data_style:
            places = min(int(attribute(attributes, "decimal-places") or 2), _MOST_DECIMALS)
            self.code.append(f"0.{'0' * places}E+00")

    def _start_text(self, _: Attributes) -> None:
        if self.data_style:
            self.literal = ""

    def _start_text_content(self, _: Attributes) -> None:
        if self.data_style:
            self.code.append("@")

    def _end_text(self) -> None:
        if self.literal:
            is_plain = set(self.literal) <= _PLAIN or (
                self.is_share and self.literal.strip() == "%"
            )
            self.code.append(
                self.literal if is_plain else '"' + self.literal.replace('"', "") + '"'
            )
        self.literal = None

    _start_currency_symbol, _end_currency_symbol = _start_text, _end_text

    def _start_map(self, attributes: Attributes) -> None:
        found = _CONDITION.fullmatch(attribute(attributes, "condition"))
        if self.data_style and found:
            condition = found[1].replace("!=", "<>") + found[2]
            style = attribute(attributes, "apply-style-name")
            self.styles.maps.setdefault(self.data_style, []).append((condition, style))

    def _end_number_style(self) -> None:
        if self.data_style:
            self.styles.codes[self.data_style] = "".join(self.code)
        self.data_style = ""

    _end_currency_style = _end_text_style = _end_percentage_style = _end_number_style

    def _start_style(self, attributes: Attributes) -> None:
        if attribute(attributes, "family") == "table-cell":
            names = (
                attribute(attributes, name)
                for name in ("name", "data-style-name", "parent-style-name")
            )
            style, data, parent = names
            self.styles.cells[style] = (data, parent)


class _CommonReader(_StyleReader):
    """Reads styles.xml.

    Only what is in office:styles; its other styles are those of headers and footers.
    """

    def __init__(self, styles: _Styles) -> None:
        super().__init__(styles)
        self.inside = False

    def start(self, name: str, attributes: Attributes) -> None:
        self.inside = name == "styles" if self.depth == 1 else self.inside
        if self.inside:
            super().start(name, attributes)
        else:
            self.depth += 1

    def end(self, name: str) -> None:
        if self.inside:
            super().end(name)
        else:
            self.depth -= 1


class _ContentReader(_StyleReader):
    """Turns content.xml into sheets."""

    def __init__(self, name: str, limits: Limits, styles: _Styles) -> None:
        super().__init__(styles)
        self.name, self.limits = name, limits
        self.sheets: list[Sheet] = []
        self.links: list[str] = []  # the other workbooks that values are taken from
        self.is_spreadsheet = False
        self.unseen: set[str] = set()  # table styles that hide their sheet
        self.table_style = ""
        self.tables: list[str] = []  # the open tables: one may be in a cell of another
        # The last column of each run of columns, and the run's default style.
        self.column_ends: list[int] = []
        self.column_styles: list[str] = []
        self.row = self.column = self.repeat_row = 1
        self.row_style = ""
        self.line: list[tuple[int, Any, str]] = []
        self.cell: Attributes | None = None
        self.cell_depth = 0
        self.pieces: list[str] = []
        self.length = self.paragraphs = 0
        self.in_paragraph = self.in_aid = False

    def text(self, text: str) -> None:
        if self.in_paragraph and not self.in_aid:
            self.length += len(text)
            if self.length > LONGEST_TEXT:
                raise Refused("a cell holds a longer text than Excel allows.")
            self.pieces.append(text)
        else:
            super().text(text)

    # --- sheets -----------------------------------------------------------------------------------

    def _start_style(self, attributes: Attributes) -> None:
        super()._start_style(attributes)
        self.table_style = (
            attribute(attributes, "name") if attribute(attributes, "family") == "table" else ""
        )

    def _start_table_properties(self, attributes: Attributes) -> None:
        if self.table_style and attribute(attributes, "display") == "false":
            self.unseen.add(self.table_style)

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
        if attribute(attributes, "visibility") in _HIDING and first <= last:
            self.limits.step(last - first + 1)
            self.sheets[-1].hidden_columns.update(range(first, last + 1))

    def _start_table_row(self, attributes: Attributes) -> None:
        self.column, self.line = 1, []
        self.repeat_row = _repeated(attributes, "number-rows-repeated")
        self.row_style = attribute(attributes, "default-cell-style-name")
        if attribute(attributes, "visibility") in _HIDING and self.repeat_row <= _MOST_REPEATED:
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
        self.cell, self.pieces, self.length, self.cell_depth = attributes, [], 0, self.depth
        self.paragraphs = 0

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
        value = self._value(attributes)
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
            self._put(value, times, attributes)
        self.column = min(self.column + times, WIDEST + 1)

    _end_covered_table_cell = _end_table_cell

    def _put(self, value: Any, times: int, attributes: Attributes) -> None:
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
            self.line.append(
                (column, value, self.styles.code_of(style or self._column_style(column)))
            )
            if linked:
                self.sheets[-1].linked.append(Cell(self.row, column, None).address)

    def _column_style(self, column: int) -> str:
        place = bisect_left(self.column_ends, column)
        return self.column_styles[place] if place < len(self.column_styles) else ""

    def _value(self, attributes: Attributes) -> Any:
        kind = attribute(attributes, "value-type")
        shown = clean("".join(self.pieces))
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
        if not kind and not shown and attribute(attributes, "formula"):
            return NotCalculated(attribute(attributes, "formula")[:200])
        return clean(require_short(attribute(attributes, "string-value"))) or shown


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
