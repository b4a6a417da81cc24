"""The rows of a canonical table as records, whichever table it is."""

from typing import Any

import pandas as pd

from ffanalysis import tables

_KINDS = {tuple(contract): name for name, contract in tables.CONTRACTS.items()}


def records(data: pd.DataFrame) -> tables.Rows[Any]:
    """A table is known by its columns; of one that is cut down, the record cannot be made."""
    kind: Any = tables.ROWS[_KINDS[tuple(data.columns)]]
    return tables.records(kind, data)
