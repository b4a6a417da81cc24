"""The amounts of a table as numbers, for comparing its columns row by row."""

from dataclasses import dataclass

import numpy as np

from ffanalysis.workbook_check.fit import Floats
from ffanalysis.workbook_check.table import FigureTable
from ffanalysis.workbook_check.table_totals import TableTotals, stated_unit
from ffanalysis.workbook_check.values import float_in

_LEAST_AGREEING = 3


@dataclass(frozen=True)
class AmountGrid:
    """The amounts in the rows of a table that take part in sums, by the table's columns."""

    table: FigureTable
    totals: TableTotals
    values: Floats  # of shape (rows, amounts), NaN where there is none
    units: Floats  # the unit to which each column is stated

    @classmethod
    def of(cls, table: FigureTable, totals: TableTotals) -> "AmountGrid":
        units = [table.unit_of(column) for column in table.amounts]
        values: Floats = np.full((len(totals.rows), len(units)), np.nan)
        for y, row in enumerate(totals.rows):
            line = table.sheet.grid[row]
            for x, column in enumerate(table.amounts):
                figure = float_in(line[column.number], units[x]) if column.number in line else None
                if figure is not None:
                    values[y, x] = figure
        stated = np.array([stated_unit(table, column) for column in table.amounts])
        return cls(table, totals, values, stated)

    @property
    def rows(self) -> list[int]:
        """The sheet's rows."""
        return self.totals.rows


def hold_together(agreeing: int, differing: int) -> bool:
    """Whether columns agree in so many rows that one in which they do not is a fault."""
    return agreeing >= _LEAST_AGREEING and differing * 3 <= agreeing
