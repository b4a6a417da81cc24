"""The rows of canonical tables as records, and quarters with other rows."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from ffanalysis import tables
from ffanalysis.savings.quarter import Quarter

_KINDS = {tuple(contract): name for name, contract in tables.CONTRACTS.items()}


def records(data: pd.DataFrame) -> tables.Rows[Any]:
    """A table is known by its columns; of one that is cut down, the record cannot be made."""
    kind: Any = tables.ROWS[_KINDS[tuple(data.columns)]]
    return tables.records(kind, data)


def rows_of(quarter: Quarter, name: str) -> list[dict[str, Any]]:
    """The rows of a table, each by its columns."""
    return [row._asdict() for row in getattr(quarter, name)]


def row_of(table: str, /, **values: object) -> dict[str, Any]:
    """A row of a table that holds only these values, in a cell of its own."""
    place = {"workbook": "more.xlsx", "sheet": "More", "cell": "ZZ99"}
    return {**dict.fromkeys(tables.CONTRACTS[table]), **place, **values}


def with_tables(quarter: Quarter, **data: pd.DataFrame) -> Quarter:
    """The quarter with other tables in the place of its own."""
    return Quarter(replace(quarter.tables, **data))


def with_rows(quarter: Quarter, **rows: Sequence[dict[str, Any]]) -> Quarter:
    """The quarter with further rows behind its own."""
    return with_tables(
        quarter,
        **{
            name: tables.frame(name, [*rows_of(quarter, name), *more])
            for name, more in rows.items()
        },
    )
