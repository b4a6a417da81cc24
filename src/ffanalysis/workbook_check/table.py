"""A table of figures as a person sees it.

What heads its columns, what names its rows, in which unit.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Literal

from openpyxl.utils import get_column_letter

from ffanalysis.sheets.cells import Sheet
from ffanalysis.workbook_check.values import figure_in

ColumnKind = Literal["amount", "percentage", "code", "year", "count", "label"]


@dataclass
class Column:
    """One column of a table: what heads it, and what it holds."""

    number: int
    heading: str
    kind: ColumnKind
    unit: str = ""
    year: str = ""
    texts: tuple[str, ...] = ()

    @property
    def letter(self) -> str:
        return get_column_letter(self.number)

    @property
    def name(self) -> str:
        """The last line of the heading, as a sentence names the column."""
        return self.texts[-1] if self.texts else self.heading


@dataclass
class Table:
    """A table of figures as a person sees it."""

    sheet: Sheet
    header_rows: tuple[int, int]
    columns: dict[int, Column]
    rows: list[int]  # sheet rows that hold figures
    title: str = ""
    unit: str = ""
    unit_cell: str = ""
    heading_rows: dict[int, str] = field(
        default_factory=dict
    )  # rows of text alone within the table

    @property
    def amounts(self) -> list[Column]:
        return [column for column in self.columns.values() if column.kind == "amount"]

    @property
    def labels(self) -> list[Column]:
        return [
            column for column in self.columns.values() if column.kind in ("label", "code", "year")
        ]

    @cached_property
    def range(self) -> str:
        first, last = min(self.columns), max(self.columns)
        return f"{get_column_letter(first)}{self.header_rows[0]}:{get_column_letter(last)}{self.rows[-1]}"

    @property
    def years(self) -> list[str]:
        return list(dict.fromkeys(column.year for column in self.amounts if column.year))

    def number(self, row: int, column: int) -> Decimal | None:
        """The figure in a cell, in the unit that is printed; None where there is none."""
        head = self.columns.get(column)
        return figure_in(self.sheet.at(row, column), self.unit_of(head) if head else self.unit)

    def label(self, row: int) -> str:
        """What names a row: the texts of its label columns, from the left."""
        return self._labels.get(row, "")

    @cached_property
    def label_columns(self) -> list[int]:
        """The columns of labels before the first amount.

        A remark behind the amounts names no row.
        """
        first = min((column.number for column in self.amounts), default=0)
        return [
            column.number
            for column in self.columns.values()
            if column.kind == "label" and column.number < first
        ]

    @cached_property
    def _labels(self) -> dict[int, str]:
        names = self.label_columns
        names = names or [
            column.number for column in self.columns.values() if column.kind in ("code", "year")
        ]
        return {
            row: " · ".join(
                filter(None, (self.sheet.at(row, name).text[:80] for name in sorted(names)))
            )
            for row in self.rows
        }

    @cached_property
    def _sections(self) -> dict[int, tuple[str, ...]]:
        found: dict[int, tuple[str, ...]] = {}
        headings: tuple[str, ...] = ()
        figures, open_group = set(self.rows), False
        for row in range(self.header_rows[1] + 1, self.rows[-1] + 1):
            if row in self.heading_rows:
                # A heading directly under another is part of what that one heads.
                headings = (
                    (*headings, self.heading_rows[row]) if open_group else (self.heading_rows[row],)
                )
            if row in figures or row in self.heading_rows:
                open_group = row in self.heading_rows
            found[row] = headings
        return found

    def section(self, row: int) -> tuple[str, ...]:
        """The headings within the table under which a row stands, the outer one first."""
        return self._sections.get(row, ())

    def unit_of(self, column: Column) -> str:
        return column.unit or self.unit

    def where(self, row: int, column: int) -> str:
        return f"{self.sheet.workbook}!{self.sheet.name}!{get_column_letter(column)}{row}"
