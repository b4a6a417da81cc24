"""What a row prints beside its amounts: a variance, a shortfall, a share of its target."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation

from ffanalysis.layout import Layout
from ffanalysis.read.amounts import Amounts
from ffanalysis.read.collector import Collected, Row
from ffanalysis.read.found_table import FoundTable
from ffanalysis.read.table_rows import TableRow
from ffanalysis.sheets.cells import Cell

_SHARE = re.compile(r"\(?[-−]?\s*\d+(?:\.\d+)?\)?\s*%?")


def read_comparisons(
    row: TableRow,
    row_year: str | None,
    amounts: Amounts,
    found: FoundTable,
    layout: Layout,
    collected: Collected,
    keys: Mapping[str, str | None],
) -> Iterator[Row]:
    """The rows of the table `comparisons` that a row of a schedule states."""
    for column, head in found.compared.items():
        cell = found.sheet.grid.get(row.number, {}).get(column)
        if cell is None or cell.value is None:
            continue
        entry: Row = {
            "block": found.name,
            "what": head.compared,
            "heading": head.name,
            "year": head.year or row_year or _only_year(found),
            "corrected": (cell.row, cell.column) in found.sheet.corrected,
            "workbook": found.sheet.workbook,
            "sheet": found.sheet.name,
            "cell": cell.address,
        }
        collected.accounted_cells.add((cell.row, cell.column))
        if head.compared == "percentage":
            is_read = _read_share(cell, entry)
        elif isinstance(cell.value, str) and not layout.is_amount(cell.text):
            is_read = False  # a remark, such as "on track"
        else:
            is_read = amounts.read(cell, row.stated.get("unit"), keys, entry)
        if is_read:
            yield entry
        else:
            collected.list_unused(f"beside '{head.name}'", cell.text, found, cell)


def _only_year(found: FoundTable) -> str | None:
    """The year of a table that has but one: what its row says besides is of that year."""
    return next(iter(found.years)) if len(found.years) == 1 else None


def _read_share(cell: Cell, entry: Row) -> bool:
    """Read a share, in hundredths of a percent: "52.1%", 0.521 shown as a percentage, 52.1.

    A number that no format shows as a percentage may be of one or of a hundred; where it is at most
    two, it is of one.
    """
    text = cell.text.replace("−", "-")
    if not cell.is_number and not _SHARE.fullmatch(text):
        return False
    try:
        number = Decimal(re.sub(r"[()%\s]", "", text))
    except InvalidOperation:
        return False
    if text.startswith("("):
        number = -number
    is_of_one = cell.is_percentage or (cell.is_number and abs(number) <= 2)
    decimals = -int(number.as_tuple().exponent)
    hundredths = number * (10_000 if is_of_one else 100)
    step = 10 ** max(0, (4 if is_of_one else 2) - max(0, decimals))
    # A share that was calculated has more digits than are shown: it is held to one percent.
    entry["share"] = int(hundredths.to_integral_value())
    entry["share_unit"] = 100 if cell.is_percentage else max(1, step)
    entry["amount_pence"] = entry["stated_to_pence"] = None
    entry["missing"] = "share"
    return True
