"""Check the canonical tables against their contracts before anything relies on them."""

from collections.abc import Iterator

import pandas as pd

from ffanalysis.provenance import PROVENANCE
from ffanalysis.tables import CONTRACTS, DTYPES, TABLE_NAMES, Column, Tables

# Several rows may come from one cell only where a cell states something for a whole table.
_UNIQUE = frozenset({"budget", "savings", "totals", "mtfp", "blocks"})


class ContractBroken(ValueError):
    """A canonical table that breaks its contract: a fault of the reader, never of the user."""


def check(tables: Tables) -> None:
    """Raise ContractBroken, with every fault of every table at once."""
    faults = [fault for name in TABLE_NAMES for fault in faults_of(name, getattr(tables, name))]
    if faults:
        raise ContractBroken("; ".join(faults))


def faults_of(name: str, data: pd.DataFrame) -> Iterator[str]:
    """What breaks the contract of the table of that name: columns, types, values, and keys."""
    contract = CONTRACTS[name]
    if list(data.columns) != list(contract):
        yield f"{name}: its columns are {', '.join(map(str, data.columns))}"
        return
    for column, rule in contract.items():
        yield from _column_faults(f"{name}.{column}", data[column], rule)
    if not len(data):
        return
    if "amount_pence" in contract:
        unknown = data["amount_pence"].isna()
        # An amount is there with its precision, or it is missing with its reason.
        if (unknown == data["missing"].isna()).any():
            yield f"{name}: an amount and a reason for its absence exclude each other"
        if (unknown != data["stated_to_pence"].isna()).any():
            yield f"{name}: an amount is there without its precision"
        if (data["stated_to_pence"].dropna() <= 0).any():
            yield f"{name}.stated_to_pence: a precision is not above nil"
    if name in _UNIQUE and data.duplicated(subset=list(PROVENANCE)).any():
        yield f"{name}: several rows come from one cell"


def _column_faults(name: str, values: pd.Series, rule: Column) -> Iterator[str]:
    if str(values.dtype) != DTYPES[rule.kind]:
        yield f"{name}: its type is {values.dtype}"
    if not len(values):
        return
    if rule.required and values.isna().any():
        yield f"{name}: a value is missing"
    if rule.allowed:
        others = set(values.dropna().unique()) - {*rule.allowed}
        if others:
            yield f"{name}: it holds {', '.join(sorted(map(str, others)))}"
