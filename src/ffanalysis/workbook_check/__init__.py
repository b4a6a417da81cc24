"""What a person should know of any workbook with money in it, before its figures are used.

No layout of the workbook is needed. Every remark names its cells. An `error` is a figure that is
wrong or missing, a `warning` something that a person must look at, a `note` something to know.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import pandas as pd

from ffanalysis.layout import Layout, standard
from ffanalysis.sheets.cells import Book, Sheet
from ffanalysis.sheets.open_workbook import read_workbook
from ffanalysis.workbook_check.amount_grid import AmountGrid
from ffanalysis.workbook_check.cell_remarks import cell_remarks
from ffanalysis.workbook_check.difference_remarks import difference_remarks
from ffanalysis.workbook_check.identity_remarks import identity_remarks
from ffanalysis.workbook_check.label_remarks import label_remarks
from ffanalysis.workbook_check.net_remarks import net_remarks
from ffanalysis.workbook_check.percentage_remarks import percentage_remarks
from ffanalysis.workbook_check.records import (
    REMARK_SEVERITIES,
    Remark,
    TableSummary,
    WorkbookCheck,
)
from ffanalysis.workbook_check.shared_line_remarks import shared_line_remarks
from ffanalysis.workbook_check.sheet_remarks import sheet_remarks
from ffanalysis.workbook_check.table import FigureTable
from ffanalysis.workbook_check.table_finder import find_figure_tables
from ffanalysis.workbook_check.table_totals import TableTotals, totals_of
from ffanalysis.workbook_check.total_remarks import total_remarks
from ffanalysis.workbook_check.values import pounds_per
from ffanalysis.workbook_check.workbook_remarks import link_remarks, reader_remarks, unit_remarks

_FIGURE_COLUMNS = (
    "sheet",
    "table",
    "label",
    "heading",
    "year",
    "unit",
    "figure",
    "pence",
    "cell",
)


class KnownTable(Protocol):
    """A table that a layout knows, with its name and the rows that it takes up in its sheet."""

    @property
    def table(self) -> str:
        """Its name: "budget", "savings" and so on."""

    @property
    def header_rows(self) -> tuple[int, int]:
        """The first and the last row of its heading."""

    @property
    def last_row(self) -> int: ...


# What finds the tables of a sheet by a layout. What it returns beside them is not used here.
FindKnownTables = Callable[[Sheet, Layout], tuple[Sequence[KnownTable], object]]


def check_workbook(path: Path, find_known_tables: FindKnownTables | None = None) -> WorkbookCheck:
    """Check one workbook.

    `find_known_tables` is how a quarter's reader finds its tables. With it, each table found says
    as which of them a quarter would read it; without it, each is a table of figures.

    Raises WorkbookUnreadable in one plain sentence.
    """
    return check_book(read_workbook(path), find_known_tables)


def check_book(book: Book, find_known_tables: FindKnownTables | None = None) -> WorkbookCheck:
    """Check a workbook that was read already."""
    layout = standard()
    summaries: list[TableSummary] = []
    remarks = [*reader_remarks(book)]
    tables: list[FigureTable] = []
    for sheet in book.sheets:
        own = find_figure_tables(sheet, layout)
        known: Sequence[KnownTable] = ()
        if own and find_known_tables:
            known, _ = find_known_tables(sheet, layout)
        remarks += sheet_remarks(sheet, own)
        for table in own:
            totals = totals_of(table)
            summaries.append(_summary(table, totals, known))
            remarks += _table_remarks(table, totals, layout)
        tables += own
    remarks += link_remarks(book)
    remarks += unit_remarks(book, tables)
    remarks += shared_line_remarks(tables)
    remarks.sort(key=lambda remark: REMARK_SEVERITIES.index(remark.severity))
    return WorkbookCheck(book.name, book.engine, tuple(summaries), tuple(remarks))


def _table_remarks(table: FigureTable, totals: TableTotals, layout: Layout) -> Iterator[Remark]:
    of_totals = list(total_remarks(table, totals))
    yield from of_totals
    sums = frozenset(total.index for total in totals.across.found)
    differences = list(difference_remarks(table, sums))
    yield from differences
    if len(totals.rows) > 1 and table.amounts:
        grid = AmountGrid.of(table, totals)
        yield from percentage_remarks(grid)
        reported = {frozenset(remark.cells) for remark in differences}
        identities = list(identity_remarks(grid, reported))
        yield from identities
        errors = [*of_totals, *differences, *identities]
        known = {cell for one in errors if one.severity == "error" for cell in one.cells}
        yield from net_remarks(table, known)
    yield from cell_remarks(table, layout)
    parts = {total.index: total.parts for total in totals.down.found}
    yield from label_remarks(table, parts)


def _summary(table: FigureTable, totals: TableTotals, known: Sequence[KnownTable]) -> TableSummary:
    heading = table.header_rows[1]
    kinds = (one.table for one in known if one.header_rows[0] <= heading <= one.last_row)
    return TableSummary(
        table.sheet.workbook,
        table.sheet.name,
        table.range,
        table.title,
        tuple(column.name for column in table.columns.values()),
        table.unit,
        tuple(table.years),
        next(kinds, "figures"),
        len(table.rows),
        len(table.amounts),
        tuple(sorted(total.index for total in totals.down.found)),
        tuple(
            table.columns[number].letter
            for number in sorted(total.index for total in totals.across.found)
        ),
    )


def figures_of(path: Path) -> pd.DataFrame:
    """Every figure of every table found in a workbook, a row each, with its cell.

    Columns: sheet, table (its range), label, heading, year, unit (as printed, "" where none is),
    figure (exact decimal, in that unit), pence (where the unit is sterling), cell. Raises
    WorkbookUnreadable.
    """
    rows = [
        row
        for sheet in read_workbook(path).sheets
        for table in find_figure_tables(sheet)
        for row in _figure_rows(table)
    ]
    return pd.DataFrame(rows, columns=list(_FIGURE_COLUMNS)).astype({"pence": "Int64"})


def _figure_rows(table: FigureTable) -> Iterator[tuple[object, ...]]:
    """The figures of a table in the order of the columns above."""
    for row in table.rows:
        for column in table.amounts:
            figure = table.number(row, column.number)
            if figure is None:
                continue
            unit = table.unit_of(column)
            pounds = pounds_per(unit)
            pence = int((figure * pounds * 100).to_integral_value()) if pounds else None
            yield (
                table.sheet.name,
                table.range,
                table.label(row),
                column.name,
                column.year,
                unit,
                figure,
                pence,
                table.reference(row, column.number),
            )
