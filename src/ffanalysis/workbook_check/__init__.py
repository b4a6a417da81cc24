"""The workbook check.

What a person should know of any workbook with money in it, before its figures are used.

No layout is needed. Every remark names its cells; an `error` is a figure that is wrong or not
there, a `warning` something that a person must look at, a `note` something to know.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import pandas as pd

from ffanalysis.layout import Layout, standard
from ffanalysis.sheets.cells import Book, Sheet
from ffanalysis.sheets.open_workbook import read_workbook
from ffanalysis.workbook_check.cast_remarks import casts_of, sum_remarks
from ffanalysis.workbook_check.cell_remarks import cell_remarks, label_remarks
from ffanalysis.workbook_check.differences import difference_remarks
from ffanalysis.workbook_check.records import REMARK_SEVERITIES, Remark, TableFound, WorkbookCheck
from ffanalysis.workbook_check.table import Table
from ffanalysis.workbook_check.table_finder import find_tables
from ffanalysis.workbook_check.totals_search import Casts
from ffanalysis.workbook_check.values import pounds_per
from ffanalysis.workbook_check.workbook_remarks import (
    between_tables,
    link_remarks,
    sheet_remarks,
    unit_remarks,
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
    tables: list[TableFound] = []
    remarks: list[Remark] = []
    found: list[Table] = []
    if book.instead_of:
        message = (
            f"{book.name} was read with {book.engine}, as the first reader could not read it"
            f" ({book.instead_of})."
        )
        remarks.append(Remark("note", "other-reader", message))
    for sheet in book.sheets:
        own = find_tables(sheet, layout)
        found += own
        remarks += sheet_remarks(sheet, own)
        known: Sequence[KnownTable] = ()
        if own and find_known_tables:
            known, _ = find_known_tables(sheet, layout)
        for table in own:
            down, across = casts_of(table)
            tables.append(_reported(table, down, across, known))
            remarks += sum_remarks(table, down, across)
            remarks += difference_remarks(table, frozenset(cast.total for cast in across.found))
            remarks += cell_remarks(table, layout)
            remarks += label_remarks(table)
    remarks += link_remarks(book)
    remarks += unit_remarks(book, found)
    remarks += between_tables(found)
    remarks.sort(key=lambda remark: REMARK_SEVERITIES.index(remark.severity))
    return WorkbookCheck(book.name, book.engine, tuple(tables), tuple(remarks))


def figures_of(path: Path) -> pd.DataFrame:
    """Every figure of every table found in a workbook, a row each, with its cell.

    Columns: sheet, table (its range), label, heading, year, unit (as printed, "" where none is),
    figure (exact decimal, in that unit), pence (where the unit is sterling), cell. Raises
    WorkbookUnreadable.
    """
    rows = []
    for sheet in read_workbook(path).sheets:
        for table in find_tables(sheet):
            for row in table.rows:
                for column in table.amounts:
                    figure = table.number(row, column.number)
                    if figure is None:
                        continue
                    unit = table.unit_of(column)
                    ones = pounds_per(unit)
                    rows.append(
                        {
                            "sheet": sheet.name,
                            "table": table.range,
                            "label": table.label(row),
                            "heading": column.name,
                            "year": column.year,
                            "unit": unit,
                            "figure": figure,
                            "pence": (
                                int((figure * ones * 100).to_integral_value()) if ones else None
                            ),
                            "cell": table.where(row, column.number),
                        }
                    )
    names = ["sheet", "table", "label", "heading", "year", "unit", "figure", "pence", "cell"]
    return pd.DataFrame(rows, columns=names).astype({"pence": "Int64"})


def _reported(table: Table, down: Casts, across: Casts, known: Sequence[KnownTable]) -> TableFound:
    heading = table.header_rows[1]
    kind = next(
        (one.table for one in known if one.header_rows[0] <= heading <= one.last_row), "figures"
    )
    letters = {column.number: column.letter for column in table.columns.values()}
    return TableFound(
        table.sheet.workbook,
        table.sheet.name,
        table.range,
        table.title,
        tuple(column.heading for column in table.columns.values()),
        table.unit,
        tuple(table.years),
        kind,
        len(table.rows),
        len(table.amounts),
        tuple(sorted(cast.total for cast in down.found)),
        tuple(letters[number] for number in sorted(cast.total for cast in across.found)),
    )
