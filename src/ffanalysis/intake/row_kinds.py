"""What a row of a table of savings is by its label, and what rows come to."""

from collections.abc import Sequence
from decimal import Decimal

from ffanalysis.intake.forms import kind_of_row
from ffanalysis.intake.grid_parts import SHARE, amount_of, years_of
from ffanalysis.intake.taken import Grid, GridRow
from ffanalysis.layout import standard

NO_LINES = frozenset({"posts", "one_off_cost", "other"})


def kind_called(row: GridRow) -> str:
    """What a row is by its label, or was found to be: "line", "posts", …; "" for other words."""
    label = row.labels.get("line")
    called = kind_of_row(standard().without_units(label.text)) if label is not None else ""
    return row.kind or called


def is_share(row: GridRow) -> bool:
    """Whether all that a row says is in per cent."""
    texts = [value.text.strip() for value in row.amounts.values()]
    return bool(texts) and all(SHARE.fullmatch(text) for text in texts)


def may_be_line(row: GridRow) -> bool:
    """Whether a row may be a line of savings: no total, no share, nothing else by its label."""
    return not (row.is_total or is_share(row) or kind_called(row) in NO_LINES)


def sum_of(rows: Sequence[GridRow], column: int) -> Decimal:
    """What rows come to in a year; what is no amount counts as nil."""
    return sum((amount_of(row.amounts.get(column)) or Decimal(0) for row in rows), Decimal(0))


def come_to(rows: Sequence[GridRow], total: GridRow, grid: Grid) -> bool:
    """Whether rows come to a total in each year."""
    return all(sum_of(rows, column) == sum_of([total], column) for column in years_of(grid))
