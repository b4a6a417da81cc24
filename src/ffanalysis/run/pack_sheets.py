"""The sheets of the analyst's pack: rows of texts, amounts, formulas, and links to source cells.

Texts from workbooks are hostile: they are written as texts, so no cell is a formula but our own,
and no link but ours is one. What Excel has no room for is counted, never lost without a word.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, NamedTuple

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.url import Url
from xlsxwriter.utility import xl_col_to_name

from ffanalysis import money
from ffanalysis.periods import Period
from ffanalysis.provenance import CellRef
from ffanalysis.run.formula_parts import EXACT, MOST_ROWS

LONGEST_TEXT = 32_767  # what a cell of Excel holds
LONGEST_LINK = 2_000  # and a link of it
_A3 = 8  # as Excel numbers paper
_NOTE = 100  # the width of a line of the first sheet
_LETTERS_OF_PAGE = 400
_LINE, _MOST_LINES = 15.5, 5  # the height of a line of a row, and how many lines are seen of it
MOST_LINKS = 65_000  # and a sheet, of links

# What a link writes in another way: a % too, or "%20" in a file's name is read as a space.
_IN_LINKS = str.maketrans({sign: f"%{ord(sign):02x}" for sign in '%?\\ "<>[]^`{}'})


class Formula(NamedTuple):
    """A formula, and what it comes to by our own sum."""

    text: str
    value: float


class Columns(NamedTuple):
    """The columns of a sheet with their widths.

    Those of `money` are written in pounds from pence and have that in their heading; `whole` ones
    are whole numbers; the text of `link` leads to the row's first cell.
    """

    widths: Mapping[str, int]
    money: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()
    link: str = "cells"

    def letter(self, name: str) -> str:
        """The letter of a column: "A"."""
        return str(xl_col_to_name(list(self.widths).index(name)))


class PackSheets:
    """A workbook while it is written, row by row; rows go to the disk as they come."""

    def __init__(self, path: Path, work: Path, period: Period, day: date) -> None:
        texts = {
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self._book = xlsxwriter.Workbook(
            str(path), {**texts, "constant_memory": True, "tmpdir": str(work)}
        )
        created = datetime.combine(day, time())
        self._book.set_properties({"created": created, "title": f"Reconciliation {period}"})
        text = {"text_wrap": True, "valign": "top"}
        number = {"valign": "top", "num_format": "#,##0.00_);(#,##0.00)"}
        self._head = self._book.add_format({**text, "bold": True, "bottom": 2})
        self._text = self._book.add_format(text)
        self._money = self._book.add_format(number)
        self._whole = self._book.add_format({**number, "num_format": "#,##0_);(#,##0)"})
        self._link = self._book.add_format({**text, "font_color": "#12436D", "underline": 1})
        self._period = period
        self._pages: dict[str, Any] = {}
        self._columns: dict[str, Columns] = {}
        self._used: Counter[str] = Counter()
        self._links: dict[str, Url] = {}  # links are kept until the end; each target once

    def add_notes(self, name: str) -> None:
        """A sheet of lines, each with what it is called."""
        page = self._pages[name] = self._book.add_worksheet(name)
        page.set_column(0, 0, 18)
        page.set_column(1, 1, _NOTE)
        self._print_wide(page, _NOTE)

    @staticmethod
    def _print_wide(page: Any, letters: int) -> None:
        """Have all columns printed beside each other, on as many pages as they can be read on."""
        page.set_landscape()
        page.set_paper(_A3)
        page.fit_to_pages(letters // _LETTERS_OF_PAGE + 1, 0)

    def note(self, sheet: str, name: str, text: str) -> None:
        """The next line of a sheet of lines."""
        row, page = self._used[sheet], self._pages[sheet]
        page.set_row(row, _LINE * _lines_of(text, _NOTE))
        page.write_string(row, 0, name, self._head)
        page.write_string(row, 1, text, self._text)
        self._used[sheet] += 1

    def add(self, name: str, columns: Columns) -> None:
        """A sheet with a row of headings, which stays in sight."""
        page = self._pages[name] = self._book.add_worksheet(name)
        self._columns[name] = columns
        page.freeze_panes(1, 0)
        page.set_default_row(_LINE)
        self._print_wide(page, sum(columns.widths.values()))
        for place, (column, width) in enumerate(columns.widths.items()):
            heading = f"{column} (£)" if column in columns.money else column
            page.set_column(place, place, width)
            page.write_string(0, place, heading, self._head)

    def next_row(self, name: str) -> int:
        """The number, as Excel counts, of the row that is written next."""
        return self._used[name] + 2

    def write(self, name: str, values: Mapping[str, Any], cells: Sequence[CellRef] = ()) -> None:
        """The next row of a sheet; what a column has no value for stays blank."""
        self._used[name] += 1
        number, columns = self._used[name], self._columns[name]
        if number >= MOST_ROWS:
            return
        lines = _lines(values, columns)
        if lines > 1:
            self._pages[name].set_row(number, _LINE * lines)
        for place, column in enumerate(columns.widths):
            value: Any = values.get(column)
            if column == "cells":
                value = "; ".join(map(str, cells))
            if value is None or value == "":
                continue
            if column == columns.link and cells:
                self._write_link(name, number, place, value, cells[0])
            else:
                self._write(name, number, place, value, column)

    def _write(self, name: str, row: int, place: int, value: Any, column: str) -> None:
        page, columns = self._pages[name], self._columns[name]
        is_money, is_whole = column in columns.money, column in columns.whole
        look = self._money if is_money else self._whole if is_whole else self._text
        if isinstance(value, Formula):
            page.write_formula(row, place, value.text, look, value.value)
        elif is_money:
            page.write_number(row, place, value / money.POUND, look)
        elif isinstance(value, float) or (is_whole and abs(value) <= EXACT):
            page.write_number(row, place, value, look)
        else:
            page.write_string(row, place, _plain(str(value)), self._text)

    def _write_link(self, name: str, row: int, place: int, text: str, source: CellRef) -> None:
        """The cells as text that leads to the first of them in its workbook."""
        page = self._pages[name]
        text = text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 2]} …"
        target = _target(source, self._period)
        if row > MOST_LINKS or not target or len(target) > LONGEST_LINK:
            page.write_string(row, place, _plain(text), self._text)
        else:
            link = self._links.setdefault(target, Url(target))
            link.text = _plain(text)
            page.write_url(row, place, link, self._link)

    def without_room(self) -> dict[str, int]:
        """How many rows each sheet should have had and Excel has no room for."""
        return {
            name: used - MOST_ROWS + 1
            for name, used in self._used.items()
            if name in self._columns and used >= MOST_ROWS
        }

    def close(self) -> None:
        """Write the file. Raises OSError, as where the disk is full."""
        for name, columns in self._columns.items():
            last = min(max(1, self._used[name]), MOST_ROWS - 1)
            self._pages[name].autofilter(0, 0, last, len(columns.widths) - 1)
        try:
            self._book.close()
        except FileCreateError as failed:
            raise failed.args[0] from None


def _lines(values: Mapping[str, Any], columns: Columns) -> int:
    """How many lines a row has: as many as its longest text takes, up to a few.

    What it is linked to may be a long list, of which the first is seen.
    """
    texts = {column: values.get(column) for column in columns.widths if column != columns.link}
    taken = [
        _lines_of(text, columns.widths[column])
        for column, text in texts.items()
        if isinstance(text, str)
    ]
    return min(max(taken, default=1), _MOST_LINES)


def _lines_of(text: str, width: int) -> int:
    """How many lines a text takes in a column of a width; letters are narrower than digits."""
    return int(len(text) / (1.1 * width)) + 1


def _plain(text: str) -> str:
    """A text as a cell holds it; not one that XlsxWriter would take for the XML of rich text."""
    is_markup = text.startswith("<r>") and text.endswith("</r>")
    return f"{text[: LONGEST_TEXT - 1]} " if is_markup else text[:LONGEST_TEXT]


def _target(cell: CellRef, period: Period) -> str:
    """Where a link to a cell leads; a workbook of an earlier quarter is named with it.

    "2015-16-Q1/register.xlsx". "" where Excel cannot follow one: what is behind a # in the name of
    a file it takes for a place in that file, however the # is written.
    """
    quarter, _, file = cell.workbook.rpartition("/")
    if "#" in file:
        return ""
    quoted = cell.sheet.replace("'", "''")
    path = f"{quarter or period}/{file.translate(_IN_LINKS)}"
    return f"external:../../data/raw/{path}#'{quoted}'!{cell.address}"
