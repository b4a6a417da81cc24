"""A programme's workbook to be filled in: drop-downs, notes, colours, totals as formulas."""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name, xl_range, xl_range_abs, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from ffanalysis import money
from ffanalysis.start.columns import (
    PROJECT_NAMES,
    PROJECTS,
    TABLES,
    AmountColumns,
    Column,
    TableForm,
)
from ffanalysis.vocabulary import Rag

_MADE = datetime(2000, 1, 1)  # noqa: DTZ001 - the same quarter gives the same bytes
_LEAST_ROWS, _SPARE_ROWS = 60, 30  # to be filled in, and more than were carried over
_WIDTHS: Mapping[str, int] = {"text": 20, "long text": 44, "money": 13, "number": 8}
GUIDE = "How to fill in"
GUIDE_HEADINGS = ("On the sheet", "Under the heading", "What to write", "Needed", "For example")
_RAG_COLOURS = {
    Rag.DELIVERED: "#BFE3D0",
    Rag.ON_TARGET: "#DDF1E4",
    Rag.AMBER: "#FFE3B3",
    Rag.RED: "#F6C9CC",
}
_TO_CONFIRM, _NEEDED = "#FFF6D6", "#FFF0B0"
_EDITABLE = {
    "insert_rows": True,
    "delete_rows": True,
    "format_columns": True,
    "format_rows": True,
    "format_cells": True,
    "sort": True,
    "autofilter": True,
}


@dataclass(frozen=True)
class Amount:
    """An amount to be carried over: in pence, with the unit that it was stated to."""

    pence: int
    stated_to: int


Content = str | Amount


@dataclass(frozen=True)
class RowCarried:
    """A row of last quarter: its words by heading, its amounts by heading.

    `to_confirm` are the headings whose content is last quarter's until somebody changes it.
    """

    cells: Mapping[str, Content]
    to_confirm: frozenset[str] = frozenset()


@dataclass
class SheetToFill:
    """A sheet of the workbook: its table, its years and unit, and what is carried over."""

    form: TableForm
    name: str
    unit: int = money.THOUSAND
    years: Sequence[str] = ()
    begun: frozenset[str] = frozenset()  # the years that have begun
    rows: Sequence[RowCarried] = ()
    statements: Sequence[tuple[str, str]] = ()
    amounts: Sequence[AmountColumns] = ()
    left_out: frozenset[str] = frozenset()  # headings that this sheet does not have
    extra: Sequence[Column] = ()  # before the others
    more: Sequence[Column] = ()  # behind them

    @property
    def has_totals(self) -> bool:
        """Whether a row adds the others; a budget may be part of another."""
        return bool(self.amounts) and self.form.name != "budget"

    @property
    def title(self) -> str:
        unit = f" ({money.unit_label(self.unit)})" if self.amounts else ""
        return f"{self.form.sheet}{unit}"

    def columns(self) -> list[tuple[str, Column | AmountColumns]]:
        """The headings in order, each with what it is."""
        before = [c for c in (*self.extra, *self.form.columns) if c.heading not in self.left_out]
        behind = [column for column in self.form.behind if column.heading not in self.left_out]
        return [
            *((column.heading, column) for column in before),
            *(
                (amounts.heading(year), amounts)
                for year in self.years
                for amounts in self.amounts
                if year in self.begun or not amounts.only_begun
            ),
            *((column.heading, column) for column in (*behind, *self.more)),
        ]


def workbook_to_fill(sheets: Sequence[SheetToFill], title: str) -> bytes:
    """The workbook as .xlsx, with a sheet in front that says how to fill it in."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"created": _MADE, "title": title})
        writer = _Writer(book, sheets)
        writer.write_guide(title)
        for sheet in sheets:
            writer.write(sheet)
    return buffer.getvalue()


class _Writer:
    def __init__(self, book: xlsxwriter.Workbook, sheets: Sequence[SheetToFill]) -> None:
        self._book, self._sheets = book, sheets
        self._formats: dict[tuple[tuple[str, object], ...], Format] = {}

    def _look(self, **properties: object) -> Format:
        known = tuple(sorted(properties.items()))
        if known not in self._formats:
            base = {"valign": "top", "font_size": 10}
            self._formats[known] = self._book.add_format({**base, **properties})
        return self._formats[known]

    # The sheet in front.

    def write_guide(self, title: str) -> None:
        page = self._book.add_worksheet(GUIDE)
        page.set_tab_color("#52606D")
        page.write_string(0, 0, title, self._look(bold=True, font_size=14))
        head = self._look(bold=True, bottom=1, bg_color="#DCE6F1", text_wrap=True)
        for column, (heading, width) in enumerate(
            zip(GUIDE_HEADINGS, (16, 24, 60, 9, 34), strict=True)
        ):
            page.write_string(2, column, heading, head)
            page.set_column(column, column, width)
        for number, line in enumerate(self._guide_lines(), start=3):
            is_table = line[1] == _EACH_ROW
            look = self._look(text_wrap=True, bold=is_table, top=int(is_table))
            for column, words in enumerate(line):
                page.write_string(number, column, words, look)
            lines = max(1, -(-len(line[2]) // _LETTERS_IN_A_LINE))
            page.set_row(number, _HEIGHT_OF_A_LINE * lines + 2)
        page.freeze_panes(3, 2)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.repeat_rows(2)
        page.protect("", _EDITABLE)

    def _guide_lines(self) -> Iterator[tuple[str, ...]]:
        for sheet in self._sheets:
            yield (sheet.name, _EACH_ROW, sheet.form.about, "", "")
            years = set()
            for heading, column in sheet.columns():
                if isinstance(column, Column):
                    says = f"{column.says}{self._choices_in_words(column)}"
                    needed = "yes" if column.is_needed else ""
                    yield (sheet.name, heading, says, needed, column.example)
                elif column.measure not in years:
                    years.add(column.measure)
                    named = f"{column.measure}, year by year" if column.measure else "each year"
                    yield (sheet.name, named, column.says, "", column.examples[0])

    @staticmethod
    def _choices_in_words(column: Column | AmountColumns) -> str:
        if isinstance(column, AmountColumns) or not column.choices:
            return ""
        if isinstance(column.choices, str):
            return " Choose from the list."
        more = ", or words of your own" if column.is_open else ""
        return f" One of: {', '.join(column.choices)}{more}."

    # A sheet to fill in.

    def write(self, sheet: SheetToFill) -> None:
        page = self._book.add_worksheet(sheet.name)
        page.write_string(0, 0, sheet.title, self._look(bold=True, font_size=12))
        row = 1
        for label, words in sheet.statements:
            page.write_string(row, 0, label, self._look(bold=True))
            page.write_string(row, 1, words, self._look(locked=False))
            row += 1
        head = row + 1
        columns = sheet.columns()
        first = head + (2 if sheet.has_totals else 1)
        last = first + max(_LEAST_ROWS, len(sheet.rows) + _SPARE_ROWS) - 1
        # Of two colours of one cell the one that is written first holds.
        for number, carried in enumerate(sheet.rows, start=first):
            self._mark_row(page, number, carried, sheet)
        for number, (heading, column) in enumerate(columns):
            self._head(page, head, number, heading, column)
            self._open(page, (first, last, number), column)
        for number, carried in enumerate(sheet.rows, start=first):
            self._row(page, number, carried, sheet)
        if sheet.has_totals:
            self._totals(page, head + 1, (first, last), sheet)
        self._mark_needed(page, (first, last), columns)
        page.freeze_panes(first, self._frozen(columns))
        page.set_landscape()
        page.set_paper(9)
        if len(columns) <= _MOST_ON_A_PAGE:
            page.fit_to_pages(1, 0)
        page.repeat_rows(head)
        page.protect("", _EDITABLE)

    @staticmethod
    def _frozen(columns: Sequence[tuple[str, Column | AmountColumns]]) -> int:
        names = [heading for heading, _ in columns]
        return names.index("Project") + 1 if "Project" in names else 1

    def _head(
        self, page: Worksheet, row: int, number: int, heading: str, column: Column | AmountColumns
    ) -> None:
        is_needed = isinstance(column, Column) and column.is_needed
        look = self._look(bold=True, bottom=1, bg_color="#DCE6F1", text_wrap=True)
        page.write_string(row, number, heading, look)
        note = column.says + self._choices_in_words(column)
        note += " Needed." if is_needed else ""
        example = column.example if isinstance(column, Column) else column.examples[0]
        note += f"\nFor example: {example}" if example else ""
        size = {"author": "ffanalysis", "x_scale": 2, "y_scale": 1.4}
        page.write_comment(row, number, note, size)

    def _open(
        self, page: Worksheet, place: tuple[int, int, int], column: Column | AmountColumns
    ) -> None:
        """Unlock the cells of a column, with its drop-down, its colours and its width."""
        first, last, number = place
        kind = column.kind if isinstance(column, Column) else "money"
        page.set_column(number, number, _WIDTHS[kind], self._cell(kind))
        for row in range(first, last + 1):
            page.write_blank(row, number, None, self._cell(kind))
        if isinstance(column, AmountColumns):
            page.data_validation(first, number, last, number, _A_NUMBER)
            return
        if choices := self._offered(column):
            page.data_validation(first, number, last, number, choices)
        if column.choices == tuple(_RAG_COLOURS):
            for rag, colour in _RAG_COLOURS.items():
                page.conditional_format(
                    first,
                    number,
                    last,
                    number,
                    {
                        "type": "cell",
                        "criteria": "==",
                        "value": f'"{rag}"',
                        "format": self._book.add_format({"bg_color": colour}),
                    },
                )

    def _cell(self, kind: str, **more: object) -> Format:
        if kind == "money":
            return self._look(locked=False, **more)  # General: as precise as it is typed
        return self._look(locked=False, text_wrap=True, num_format="@", **more)

    def _offered(self, column: Column) -> dict[str, object]:
        """The drop-down of a column; {} for one without."""
        if not column.choices:
            return {}
        words: object = list(column.choices) if not isinstance(column.choices, str) else ""
        if column.choices == PROJECT_NAMES:
            words = self._project_names()
        return {
            "validate": "list",
            "source": words,
            "error_type": "information" if column.is_open else "stop",
            "error_title": column.heading,
            "error_message": "Choose one of the list."
            if not column.is_open
            else "This is none of the list. It is kept as you wrote it.",
        }

    def _project_names(self) -> str:
        """The cells of the register that hold the projects' names."""
        sheet = next(each for each in self._sheets if each.form is PROJECTS)
        first = 1 + len(sheet.statements) + 2
        last = first + max(_LEAST_ROWS, len(sheet.rows) + _SPARE_ROWS) - 1
        return f"={PROJECTS.sheet}!{xl_range_abs(first, 0, last, 0)}"

    def _row(self, page: Worksheet, row: int, carried: RowCarried, sheet: SheetToFill) -> None:
        for number, (heading, _) in enumerate(sheet.columns()):
            content = carried.cells.get(heading)
            if content is None or content == "":
                continue
            if isinstance(content, str):
                page.write_string(row, number, content, self._cell("text"))
            else:
                self._amount(page, (row, number), content, sheet.unit)

        page.set_row(row, _HEIGHT_OF_A_LINE * _lines_of(carried, sheet) + 2)

    def _mark_row(self, page: Worksheet, row: int, carried: RowCarried, sheet: SheetToFill) -> None:
        """Colour what the quarter must confirm, for as long as it is last quarter's."""
        for number, (heading, _) in enumerate(sheet.columns()):
            content = carried.cells.get(heading)
            if content and heading in carried.to_confirm:
                self._until_changed(page, row, number, content, sheet.unit)

    def _amount(self, page: Worksheet, place: tuple[int, int], amount: Amount, unit: int) -> None:
        """A number as precise as it was stated; as text where it is coarser than the unit."""
        number = Decimal(amount.pence) / unit
        decimals = max(0, -(Decimal(amount.stated_to) / unit).normalize().as_tuple().exponent)  # type: ignore[operator]
        if amount.stated_to > unit:
            page.write_string(*place, money.in_short(amount.pence), self._cell("text"))
            return
        form = "#,##0" + (f".{'0' * decimals}" if decimals else "")
        look = self._look(locked=False, num_format=form)
        page.write_number(*place, float(number), look)

    def _until_changed(
        self, page: Worksheet, row: int, number: int, content: Content, unit: int
    ) -> None:
        """Colour a cell for as long as it has last quarter's content."""
        cell = xl_rowcol_to_cell(row, number)
        if isinstance(content, str):
            same = '"' + content.replace('"', '""') + '"'
        else:
            same = f"{Decimal(content.pence) / unit:f}"
        if len(same) > _LONGEST_IN_FORMULA:
            return
        look = self._book.add_format({"bg_color": _TO_CONFIRM, "italic": True})
        rule = {"type": "formula", "criteria": f"={cell}={same}", "format": look}
        page.conditional_format(row, number, row, number, rule)

    def _totals(
        self, page: Worksheet, row: int, lines: tuple[int, int], sheet: SheetToFill
    ) -> None:
        """The totals of all rows, as formulas with the values that they have."""
        look = self._look(bold=True, bottom=4)
        for number, (heading, column) in enumerate(sheet.columns()):
            own = [carried.cells.get(heading) for carried in sheet.rows]
            cells = xl_range(lines[0], number, lines[1], number)
            # A formula does not add what is written as text.
            is_added = isinstance(column, AmountColumns)
            if is_added and not any(_is_text(each, sheet.unit) for each in own):
                formula = f'=IF(COUNT({cells})=0,"",SUM({cells}))'
                page.write_formula(row, number, formula, look, _sum_of(own, sheet.unit))
            else:
                page.write_blank(row, number, None, look)
        page.write_string(row, 0, "Total", look)

    def _mark_needed(
        self,
        page: Worksheet,
        lines: tuple[int, int],
        columns: Sequence[tuple[str, Column | AmountColumns]],
    ) -> None:
        """Colour what a row still needs, once something is written in it."""
        first, last = lines
        width = xl_col_to_name(len(columns) - 1)
        look = self._book.add_format({"bg_color": _NEEDED})
        for number, (_, column) in enumerate(columns):
            if isinstance(column, Column) and column.is_needed:
                cell = xl_col_to_name(number)
                rule = (
                    f"=AND(COUNTA($A{first + 1}:${width}{first + 1})>0,ISBLANK(${cell}{first + 1}))"
                )
                coloured = {"type": "formula", "criteria": rule, "format": look}
                page.conditional_format(first, number, last, number, coloured)


_LONGEST_IN_FORMULA = 200
_MOST_ON_A_PAGE = 9  # columns that are still read on a page's width
_MOST_LINES = 12
_EACH_ROW = "each row"
_LETTERS_IN_A_LINE, _HEIGHT_OF_A_LINE = 62, 13
_NO_RESULT = " "  # an empty text would be written as that of a formula never calculated
_A_NUMBER = {
    "validate": "decimal",
    "criteria": "between",
    "minimum": -1e12,
    "maximum": 1e12,
    "error_type": "warning",
    "error_title": "An amount",
    "error_message": "Write a number in the unit of the sheet, or TBC where it is not known yet.",
}


def _lines_of(carried: RowCarried, sheet: SheetToFill) -> int:
    """The lines of a row that shows all of its words, as far as a screen allows."""
    widths = {
        heading: _WIDTHS[column.kind] if isinstance(column, Column) else _WIDTHS["money"]
        for heading, column in sheet.columns()
    }
    texts = [(h, text) for h, text in carried.cells.items() if isinstance(text, str)]
    lines = [-(-len(text) // widths[heading]) for heading, text in texts if heading in widths]
    return min(max(lines, default=1), _MOST_LINES)


def _sum_of(contents: Sequence[Content | None], unit: int) -> float | str:
    """What a formula over amounts comes to."""
    amounts = [each.pence for each in contents if isinstance(each, Amount)]
    return float(Decimal(sum(amounts)) / unit) if amounts else _NO_RESULT


def _is_text(content: Content | None, unit: int) -> bool:
    """Whether an amount is written as text, as it was stated more coarsely than its sheet."""
    if isinstance(content, Amount):
        return content.stated_to > unit
    return content is not None and money.from_text(content, unit) is not None


def blank_sheets(years: Sequence[str], begun: frozenset[str], unit: int) -> list[SheetToFill]:
    """The sheets of a quarter with nothing in them."""
    return [
        SheetToFill(
            form,
            form.sheet,
            unit,
            years if form.amounts else (),
            begun,
            statements=form.statements,
            amounts=form.amounts,
        )
        for form in TABLES
    ]
