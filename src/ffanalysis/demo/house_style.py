"""The house style of the invented council: each directorate keeps its schedules in its own way."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from ffanalysis.demo.council import COUNCIL, DELIVERED, ON_TARGET

_NOTE = f"{COUNCIL}: every figure on this sheet is invented."
_CREATED = datetime(2026, 10, 1, tzinfo=UTC)

_SHORT_RAGS = {DELIVERED: "Delivered", ON_TARGET: "On target"}


@dataclass(frozen=True)
class _Formula:
    """A formula with the value that it has."""

    text: str
    value: float


_LOOKS: Mapping[str, dict[str, Any]] = {
    "text": {},
    "wrapped": {"text_wrap": True},
    "title": {"bold": True, "font_size": 13},
    "note": {"italic": True, "font_color": "#A33B00"},
    "head": {"bold": True, "bottom": 1, "bg_color": "#DCE6F1", "text_wrap": True},
    "whole": {"num_format": "#,##0"},
    "exact": {"num_format": "#,##0.000"},
    "total": {"bold": True, "top": 1},
    "total whole": {"num_format": "#,##0", "bold": True, "top": 1},
    "total exact": {"num_format": "#,##0.000", "bold": True, "top": 1},
}


class StyledBook:
    """A workbook in the house style of the invented council."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self.book = xlsxwriter.Workbook(
            str(path), {"strings_to_formulas": False, "strings_to_urls": False}
        )
        self.book.set_properties({"created": _CREATED, "title": _NOTE})
        plain = {"font_name": "Arial", "font_size": 10, "valign": "top"}
        self.looks = {
            name: self.book.add_format({**plain, **look}) for name, look in _LOOKS.items()
        }

    def sheet(self, name: str, widths: Sequence[int], *titles: str) -> "StyledSheet":
        """A new sheet that says at its top what it is, and that all of it is invented."""
        sheet = StyledSheet(self, name, widths)
        sheet.line(titles[:1], "title")
        sheet.line([_NOTE], "note")
        for title in titles[1:]:
            sheet.line([title])
        return sheet

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.book.close()


class StyledSheet:
    """A sheet written row by row, from the top."""

    def __init__(self, book: StyledBook, name: str, widths: Sequence[int]) -> None:
        self.book, self.name, self.row = book, name, 0
        self.page = book.book.add_worksheet(name)
        for column, width in enumerate(widths):
            self.page.set_column(column, column, width)

    def line(
        self, cells: Iterable[object], look: str = "text", numbers: str = "whole"
    ) -> list[str]:
        """Write a row and go on to the next; the names of its cells."""
        looks, names = self.book.looks, []
        for column, value in enumerate(cells):
            names.append(f"{self.book.name}!{self.name}!{xl_rowcol_to_cell(self.row, column)}")
            if isinstance(value, _Formula):
                self.page.write_formula(self.row, column, value.text, looks[numbers], value.value)
            elif isinstance(value, int | float):
                self.page.write_number(self.row, column, value, looks[numbers])
            elif value is not None and value != "":
                self.page.write_string(self.row, column, str(value), looks[look])
        self.row += 1
        return names

    def gap(self) -> None:
        self.row += 1

    def bands(self, bands: Iterable[tuple[int, int, str]]) -> None:
        """Write a row of headings, each over its columns, and go on to the next."""
        for first, last, text in bands:
            self.page.merge_range(self.row, first, self.row, last, text, self.book.looks["head"])
        self.row += 1

    def sum_across(self, first: int, last: int, value: float) -> object:
        """A formula that adds the columns of the present row, with the value that it has."""
        return _sum((self.row, first), (self.row, last), value)

    def sum_of(self, columns: Iterable[int], value: float) -> object:
        """A formula that adds these cells of the present row, with the value that it has."""
        cells = "+".join(xl_rowcol_to_cell(self.row, column) for column in columns)
        return _Formula(f"={cells}", value)

    def difference(self, larger: int, smaller: int, value: float) -> object:
        """A formula that takes one cell of the present row from another, with its value."""
        cells = (xl_rowcol_to_cell(self.row, column) for column in (larger, smaller))
        return _Formula(f"={'-'.join(cells)}", value)

    def sums_down(self, first: int, column: int, values: Iterable[float]) -> list[object]:
        """Formulas that add the rows from the first to the one above, column by column."""
        return [
            _sum((first, at), (self.row - 1, at), value) for at, value in enumerate(values, column)
        ]


def _sum(first: tuple[int, int], last: tuple[int, int], value: float) -> _Formula:
    return _Formula(f"=SUM({xl_rowcol_to_cell(*first)}:{xl_rowcol_to_cell(*last)})", value)


@dataclass(frozen=True)
class ScheduleStyle:
    """How a directorate keeps its schedules: headings, unit, how it writes years and amounts."""

    year: Callable[[str], str]
    ref: str = "Ref"
    project: str = "Project"
    kind: str = "Type of saving"
    rag: str = "RAG"
    total: str = "Total"
    unit: str = "£"
    route: str = ""
    reason: str = "Reason for movement"
    thousands: bool = False
    as_text: bool = False
    formulas: bool = False
    band: str = ""
    in_heads: str = ""  # a unit behind each year and the total
    plan_in_rows: bool = False
    short_rags: bool = False
    has_words: bool = False  # columns of owner, one-off cost, confirmation and evidence

    def amount(self, pounds: int | str | None) -> object:
        if isinstance(pounds, str) or pounds is None:
            return pounds
        if pounds == 0:
            return "nil"
        if self.thousands:
            return pounds / 1_000
        if not self.as_text:
            return pounds
        return f"({-pounds:,})" if pounds < 0 else f"{pounds:,}"

    def rag_label(self, rag: str) -> str:
        return _SHORT_RAGS.get(rag, rag) if self.short_rags else rag

    @property
    def numbers(self) -> str:
        """The look of its numbers."""
        return "exact" if self.thousands else "whole"


STYLES: Mapping[str, ScheduleStyle] = {
    "Children and Education": ScheduleStyle(str, formulas=True),
    "Adult Social Care": ScheduleStyle(
        lambda year: year.replace("/", "-"),
        ref="Reference",
        project="Savings project",
        kind="Saving type",
        rag="RAG status",
        total="Overall total",
        unit="£000",
        route="Delivery route",
        thousands=True,
        has_words=True,
    ),
    "Place and Transport": ScheduleStyle(
        lambda year: f"FY{year[-2:]}",
        ref="Saving ref",
        project="Project name",
        rag="RAG rating",
        as_text=True,
    ),
    "Communities": ScheduleStyle(
        lambda year: f"{year[:5]}{int(year[:4]) + 1}",
        unit="",
        band="Savings (£)",
        formulas=True,
        short_rags=True,
    ),
    "Resources": ScheduleStyle(
        lambda year: year[2:], ref="", reason="", unit="", in_heads=" (£)", plan_in_rows=True
    ),
}
