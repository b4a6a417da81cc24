"""How remarks write numbers, rows, columns and cells."""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal

from ffanalysis.sheets.cells import Cell, Sheet

MOST_CELLS = 12  # a remark names so many cells, and says how many more there are


def decimal_of(value: float) -> Decimal:
    """A number as it is written: without what a sum of binary fractions leaves behind."""
    return Decimal(f"{value:.12g}")


def shown(value: Decimal) -> str:
    """A number with thousands separated, and a minus before a negative one."""
    exact = value.quantize(Decimal("0.000001"), ROUND_HALF_EVEN).normalize()
    return f"{exact:,f}"


def counted(count: int, one: str, many: str) -> str:
    """A number of things: "1 number", "1,200 numbers"."""
    return f"{count:,} {one if count == 1 else many}"


def and_more(items: Sequence[object]) -> str:
    """What follows the first of several: " and 3 more"; "" where there is only one."""
    return f" and {len(items) - 1:,} more" if len(items) > 1 else ""


def listed_rows(rows: Sequence[int]) -> str:
    """Rows as a sentence names them: "row 5", "rows 5 to 9", "rows 7, 12 and 19"."""
    is_run = len(rows) > 1 and rows[-1] - rows[0] == len(rows) - 1
    return f"rows {rows[0]} to {rows[-1]}" if is_run else _listed("row", [str(row) for row in rows])


def listed_columns(letters: Sequence[str]) -> str:
    """Columns as a sentence names them: "column C", "columns C, D and G"."""
    return _listed("column", letters)


def _listed(noun: str, names: Sequence[str]) -> str:
    if len(names) == 1:
        return f"{noun} {names[0]}"
    if len(names) > MOST_CELLS:
        return f"{noun}s {', '.join(names[:3])} … {names[-1]} ({len(names)} of them)"
    return f"{noun}s {', '.join(names[:-1])} and {names[-1]}"


def references(sheet: Sheet, cells: Sequence[Cell]) -> tuple[str, ...]:
    """The first of these cells, each with its workbook and sheet."""
    return tuple(f"{sheet.workbook}!{sheet.name}!{cell.address}" for cell in cells[:MOST_CELLS])
