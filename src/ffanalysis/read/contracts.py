"""Check canonical tables against their contracts, at the door."""

import pandera.pandas as pa

from ffanalysis import model

# Several rows may come from one cell only where a cell states something for a whole table.
_KEYS = {
    name: ["workbook", "sheet", "cell"]
    for name in ("budget", "savings", "totals", "mtfp", "blocks")
}


def check(tables: model.Tables) -> None:
    """Raise pandera's SchemaErrors where a table breaks its contract.

    That is a fault of the reader, not of the user.
    """
    for name in model.TABLE_NAMES:
        _schema(name).validate(getattr(tables, name), lazy=True)


def _schema(name: str) -> pa.DataFrameSchema:
    columns = {}
    for column, rule in model.CONTRACTS[name].items():
        checks = [pa.Check.isin(rule.allowed)] if rule.allowed else []
        if column == "stated_to_pence":
            checks.append(pa.Check.gt(0))
        columns[column] = pa.Column(model.DTYPES[rule.kind], checks, nullable=not rule.required)
    wide = []
    if "amount_pence" in columns:
        # An amount is there with its precision, or it is missing with its reason; never neither,
        # never both.
        wide = [
            pa.Check(
                lambda rows: rows["amount_pence"].isna() == rows["missing"].notna(),
                name="missing has a reason",
            ),
            pa.Check(
                lambda rows: rows["amount_pence"].isna() == rows["stated_to_pence"].isna(),
                name="money has a precision",
            ),
        ]
    return pa.DataFrameSchema(
        columns, checks=wide, strict=True, ordered=True, unique=_KEYS.get(name)
    )
