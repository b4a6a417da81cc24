"""A table of figures as a person sees it: its columns, the labels of its rows, its unit."""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Literal

from openpyxl.utils import get_column_letter

from ffanalysis.sheets.cells import Cell, Sheet
from ffanalysis.workbook_check.values import figure_in, is_total_label

ColumnKind = Literal["amount", "percentage", "code", "year", "count", "label"]
_LONGEST_LABEL = 80
_SERIAL = re.compile(
    r"[\d/–-]+|\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\b"
)


@dataclass
class TableColumn:
    """One column of a table: what heads it, and what it holds."""

    number: int
    heading: str
    kind: ColumnKind
    unit: str = ""  # its own, where its heading or number format names one
    year: str = ""
    heading_lines: tuple[str, ...] = ()
    own_lines: tuple[str, ...] = ()  # the lines that are this column's alone, units left out
    band: str = ""  # what it shares with its neighbours, where its own lines name another as well

    @property
    def letter(self) -> str:
        return get_column_letter(self.number)

    @property
    def name(self) -> str:
        """What heads this column alone, as a sentence names it."""
        own = " ".join(self.own_lines) or "".join(self.heading_lines[-1:]) or self.heading
        return f"{self.band} {own}" if self.band else own

    @property
    def series(self) -> str:
        """Its name without year, month or number: the same for all columns of one series."""
        return _SERIAL.sub("", self.name.casefold()).strip()

    @property
    def last_line(self) -> str:
        """The last line of the heading that is no unit."""
        return self.own_lines[-1] if self.own_lines else self.name


class _Groups:
    """The groups that rows are in, where each is named on its first row only."""

    def __init__(self, levels: int) -> None:
        self.named = [""] * levels

    def label(self, texts: list[str]) -> str:
        """What names a row, with the groups named above it. A total is of more than its group."""
        filled = [place for place, text in enumerate(texts) if text]
        if not filled:
            return ""
        first, innermost = filled[0], filled[-1]
        groups = [] if is_total_label(texts[first]) else self.named[:first]
        # The innermost text names the line itself, and no group.
        self.named[first:] = [*texts[first:innermost], *[""] * (len(texts) - innermost)]
        return " · ".join(filter(None, [*groups, *texts[first:]]))


@dataclass
class FigureTable:
    """A table of figures in a sheet."""

    sheet: Sheet
    header_rows: tuple[int, int]  # the first and the last row of its heading
    columns: dict[int, TableColumn]  # by the sheet's column, from the left
    rows: list[int]  # the sheet's rows that hold figures
    title: str = ""
    unit: str = ""  # as printed; "" where none is written
    unit_cell: str = ""  # the cell that states the unit
    heading_rows: dict[int, str] = field(default_factory=dict)  # rows of text alone, within it

    @property
    def amounts(self) -> list[TableColumn]:
        return self.columns_of_kind("amount")

    @property
    def labels(self) -> list[TableColumn]:
        return self.columns_of_kind("label", "code", "year")

    @property
    def numeric_columns(self) -> list[TableColumn]:
        return self.columns_of_kind("amount", "percentage", "count")

    def columns_of_kind(self, *kinds: ColumnKind) -> list[TableColumn]:
        return [column for column in self.columns.values() if column.kind in kinds]

    @cached_property
    def range(self) -> str:
        """The cells from its first heading to its last figure, such as "A3:E7"."""
        first, last = (get_column_letter(end(self.columns)) for end in (min, max))
        return f"{first}{self.header_rows[0]}:{last}{self.rows[-1]}"

    @property
    def years(self) -> list[str]:
        return list(dict.fromkeys(column.year for column in self.amounts if column.year))

    def number(self, row: int, column: int) -> Decimal | None:
        """The figure in a cell, in the unit that is printed; None where there is none."""
        head = self.columns.get(column)
        return figure_in(self.sheet.at(row, column), self.unit_of(head) if head else self.unit)

    def cells(self, column: TableColumn) -> list[Cell]:
        """The filled cells of a column in the rows that hold figures."""
        lines = (self.sheet.grid[row] for row in self.rows)
        return [line[column.number] for line in lines if column.number in line]

    def unit_of(self, column: TableColumn) -> str:
        return column.unit or self.unit

    def label(self, row: int) -> str:
        """What names a row: the texts of its label columns, from the left."""
        return self._labels.get(row, "")

    @cached_property
    def label_columns(self) -> list[int]:
        """The columns of labels before the first amount: a remark behind it names no row.

        Where an amount stands before all labels, the first label names the row.
        """
        first = min((column.number for column in self.amounts), default=0)
        labels = [column.number for column in self.columns_of_kind("label")]
        last = max((column.number for column in self.amounts), default=0)
        before = [number for number in labels if number < first]
        return before or [number for number in labels if number < last][:1]

    @cached_property
    def _labels(self) -> dict[int, str]:
        columns = self.label_columns or [
            column.number for column in self.columns_of_kind("code", "year")
        ]
        groups = _Groups(len(columns))
        return {row: groups.label(self._texts(row, sorted(columns))) for row in self.rows}

    def _texts(self, row: int, columns: list[int]) -> list[str]:
        return [self.sheet.at(row, column).text[:_LONGEST_LABEL] for column in columns]

    def own_label(self, row: int) -> str:
        """The innermost text that names a row, without the group that it is in."""
        texts = (self.sheet.at(row, column).text for column in reversed(self.label_columns))
        return next(filter(None, texts), "")

    def section(self, row: int) -> tuple[str, ...]:
        """The headings within the table that a row is under, the outer one first."""
        return self._sections.get(row, ())

    @cached_property
    def _sections(self) -> dict[int, tuple[str, ...]]:
        found: dict[int, tuple[str, ...]] = {}
        headings: tuple[str, ...] = ()
        figures, after_heading = set(self.rows), False
        for row in range(self.header_rows[1] + 1, self.rows[-1] + 1):
            if row in self.heading_rows:
                heading = self.heading_rows[row]
                # A heading directly below another is part of what that one heads.
                headings = (*headings, heading) if after_heading else (heading,)
                after_heading = True
            elif row in figures:
                after_heading = False
            found[row] = headings
        return found

    def reference(self, row: int, column: int) -> str:
        """A cell with its workbook and sheet: "schedule.xlsx!Savings!E7"."""
        return f"{self.sheet.workbook}!{self.sheet.name}!{get_column_letter(column)}{row}"
