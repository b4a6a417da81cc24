"""The workbook that intake writes: each cell with a note of the words that it comes from."""

import io
from collections.abc import Sequence
from datetime import datetime

import xlsxwriter

from ffanalysis.intake.book import FROM_PAPER, TO_CHECK, Entry, Sheet

_MADE = datetime(2000, 1, 1)  # noqa: DTZ001 - the same papers give the same bytes
_LONGEST_NOTE = 900
_WIDE_COLUMN, _NARROW_COLUMN = 44, 18
_LINE, _TALLEST = 15.0, 400.0  # in points
_MOST_ON_A_PAGE = 9  # columns that are still read on a page's width
LONGEST_CELL = 32_767
_WIDE = frozenset(
    {"Milestone", "Risk description", "Mitigation", "What", "Answer", "To check", "What to do"}
    | {"Words of the paper", "Read as", "As taken in", "Title", "Status", "Basis"}
    | {"Brief project description", "Purpose", "Outcomes of the project", "Constraints"}
)


def workbook_of(sheets: Sequence[Sheet]) -> bytes:
    """The sheets as .xlsx."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"created": _MADE})
        writer = _Writer(book)
        for sheet in sheets:
            writer.write(sheet)
    return buffer.getvalue()


class _Writer:
    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._title = book.add_format({"bold": True, "font_size": 12})
        self._heading = book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#EEF2F5"}
        )
        self._text = book.add_format({"text_wrap": True, "valign": "top"})
        self._asked = book.add_format(
            {"text_wrap": True, "valign": "top", "bg_color": "#FFF6D6", "border": 1}
        )
        self._numbers: dict[str, xlsxwriter.format.Format] = {}

    def write(self, sheet: Sheet) -> None:
        page = self._book.add_worksheet(sheet.name)
        if sheet.raw:
            self._write_rows(page, sheet.raw, 0, notes=False)
            return
        if sheet.name == TO_CHECK:
            page.set_tab_color("#C8A200")
        page.set_landscape()
        page.set_paper(9)  # A4
        if len(sheet.headings) <= _MOST_ON_A_PAGE:
            page.fit_to_pages(1, 0)
        notes = sheet.name not in (TO_CHECK, FROM_PAPER)
        self._write_above(page, sheet, notes=notes)
        head = sheet.header_row
        for column, heading in enumerate(sheet.headings):
            page.write_string(head, column, heading, self._heading)
            page.set_column(column, column, _width(heading))
        self._write_rows(page, sheet.rows, head + 1, notes=notes)
        for number, cells in enumerate(sheet.rows, start=head + 1):
            page.set_row(number, _height(cells, sheet.headings))
        self._open_answers(page, sheet)
        page.freeze_panes(head + 1, 0)

    def _write_above(
        self, page: xlsxwriter.worksheet.Worksheet, sheet: Sheet, *, notes: bool
    ) -> None:
        """The title, the unit and the lines that hold for the whole table."""
        self._put(page, 0, 0, sheet.title, self._title, notes=notes)
        row = 1
        if sheet.unit is not None:
            self._put(page, row, 0, sheet.unit, self._text, notes=notes)
            row += 1
        for label, entry in sheet.statements:
            page.write_string(row, 0, label)
            self._put(page, row, 1, entry, None, notes=notes)
            row += 1

    def _open_answers(self, page: xlsxwriter.worksheet.Worksheet, sheet: Sheet) -> None:
        """Mark the cells that wait for an answer."""
        if "Your answer" not in sheet.headings:
            return
        column = sheet.headings.index("Your answer")
        for number, cells in enumerate(sheet.rows, start=sheet.header_row + 1):
            if cells[column] is None:
                page.write_blank(number, column, None, self._asked)

    def _write_rows(
        self,
        page: xlsxwriter.worksheet.Worksheet,
        rows: Sequence[Sequence[Entry | None]],
        start: int,
        *,
        notes: bool,
    ) -> None:
        for number, cells in enumerate(rows, start=start):
            for column, entry in enumerate(cells):
                if entry is not None:
                    self._put(page, number, column, entry, self._text, notes=notes)

    def _put(
        self,
        page: xlsxwriter.worksheet.Worksheet,
        row: int,
        column: int,
        entry: Entry,
        style: xlsxwriter.format.Format | None,
        *,
        notes: bool,
    ) -> None:
        if entry.number is not None:
            page.write_number(row, column, float(entry.number), self._number(entry.format))
        elif not entry.text:
            page.write_blank(row, column, None, style or self._text)
        else:
            page.write_string(row, column, entry.text[:LONGEST_CELL], style)
        if notes and (note := note_of(entry)):
            page.write_comment(row, column, note, {"author": "ffanalysis intake", "x_scale": 2.5})

    def _number(self, form: str) -> xlsxwriter.format.Format:
        if form not in self._numbers:
            self._numbers[form] = self._book.add_format({"num_format": form, "valign": "top"})
        return self._numbers[form]


def _width(heading: str) -> int:
    """The width of a column in letters."""
    return _WIDE_COLUMN if heading in _WIDE else _NARROW_COLUMN


def _height(cells: Sequence[Entry | None], headings: Sequence[str]) -> float:
    """The height of a row that shows all of its words, as far as a sheet allows."""
    lines = [
        sum(1 + len(line) // _width(heading) for line in entry.text.split("\n"))
        for entry, heading in zip(cells, headings, strict=True)
        if entry is not None
    ]
    return min(_LINE * max(lines, default=1), _TALLEST)


def note_of(entry: Entry) -> str:
    """Where a cell comes from, in words: "the paper, line 62: '…'"."""
    parts = []
    if entry.is_from_paper:
        parts.append(f"{entry.paper}, {entry.place}: “{entry.words}”")
    if entry.how:
        parts.append(entry.how[:1].upper() + entry.how[1:] + ".")
    note = "\n".join(parts)
    return note if len(note) <= _LONGEST_NOTE else f"{note[:_LONGEST_NOTE]} …"
