"""Rows called posts in a table of savings: how many there are, or the money that is paid for them.

"Posts: 160" in a table in £000 may be 160 posts, or £160k of staffing. The total of the table says
which, where it has one; else what a post would then cost does. What neither settles is asked about.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations

from ffanalysis import money
from ffanalysis.intake.checked_money import scale_of
from ffanalysis.intake.grid_parts import amount_of, marked, years_of
from ffanalysis.intake.grid_rows import is_share, kind_called
from ffanalysis.intake.taken import Grid, GridRow, Source, Taken, Value
from ffanalysis.layout import standard

_COUNTED = re.compile(r"\b(?:fte|ftes|wte|headcount|number|no)\b", re.I)
_LEAST_FOR_A_POST = Decimal(15_000)  # pounds that one post saves, part of a year at least
_MOST_POSTS = 10  # of a row that does not say that it counts them, beyond which it may be money
_MOST_ROWS = 5  # called posts, in one table, that are tried against its total
_IN_POSTS = frozenset({"posts", "fte", "ftes", "wte"})


def settle_posts(grid: Grid, taken: Taken) -> None:
    """Say of each row called posts what it is; one that may be either is refused and asked about.

    A row that is money becomes a line of savings; one that counts posts stays as it is.
    """
    rows = [row for row in grid.rows if kind_called(row) == "posts" and row.amounts]
    rows = [row for row in rows if not row.is_total]
    for row in rows:
        if standard().units_named(row.labels["line"].text):
            row.kind = "line"  # "Posts (£000)"
        elif any(_has_money(value) for value in row.amounts.values()):
            row.kind = "line"
            _ask(row, "its amounts are money", "savings", grid, taken)
    open_rows = [row for row in rows if not row.kind]
    added = _in_total(open_rows, grid)
    if added is None:
        for row in (each for each in open_rows if _may_be_money(each, grid, taken)):
            _refuse(row, grid, taken)
        return
    for row in added:
        row.kind = "line"
        _ask(row, "the total adds it as money", "savings", grid, taken)


def ask_money_for_posts(taken: Taken) -> None:
    """Ask about money where posts are asked for, and keep it as background."""
    for blanks, value in list(taken.of_years.get("posts", ())):
        if _has_money(value) or standard().units_named(blanks.get("hint", "")):
            taken.of_years["posts"].remove((blanks, value))
            _keep_money(blanks.get("label", "Posts"), value, taken)
    for value in [each for each in taken.fields.get("posts", ()) if _has_money(each)]:
        taken.fields["posts"].remove(value)
        _keep_money("Posts", value, taken)


def are_money(grid: Grid, taken: Taken) -> bool:
    """Whether a table of posts has amounts of money: "Staffing reduction (£000)". It is asked."""
    texts = [grid.title.text, *([grid.unit.text] if grid.unit else [])]
    texts += [head.text for head in grid.heads]
    if not any(standard().units_named(text) for text in texts):
        return False
    taken.ask(
        f"'{grid.title.text}' is a table of posts, and its amounts are money.",
        grid.title.sources[0],
        read_as="kept as background",
        do="Write them into a table of savings, if they are savings.",
        also=grid.table.sheet,
    )
    return True


def _keep_money(heading: str, value: Value, taken: Taken) -> None:
    taken.add_background(heading, value)
    taken.ask(
        f"'{value.text}' is money, and stands where posts are asked for.",
        value.sources[0],
        read_as="kept as background",
        do="Write how many posts there are; write a saving into a table of savings.",
    )


def _has_money(value: Value) -> bool:
    return "£" in value.text or money.unit_of_text(value.text) is not None


def _in_total(rows: Sequence[GridRow], grid: Grid) -> list[GridRow] | None:
    """The rows that the total of a table adds; None where no total says."""
    total = next((row for row in reversed(grid.rows) if _may_be_total(row)), None)
    if total is None or not rows or len(rows) > _MOST_ROWS:
        return None
    others = [row for row in grid.rows if row is not total and not row.is_total]
    lines = [r for r in others if kind_called(r) not in ("posts", "one_off_cost", "other")]
    lines = [row for row in lines if not is_share(row)]
    for count in range(len(rows) + 1):
        for chosen in combinations(rows, count):
            if _comes_to([*lines, *chosen], total, grid):
                return list(chosen)
    return None


def _may_be_total(row: GridRow) -> bool:
    return bool(row.amounts) and (row.is_total or not row.labels.keys() - {"unit"})


def _comes_to(lines: Sequence[GridRow], total: GridRow, grid: Grid) -> bool:
    columns = years_of(grid)
    said = [_sum([total], column) for column in columns]
    return any(said) and said == [_sum(lines, column) for column in columns]


def _sum(rows: Sequence[GridRow], column: int) -> Decimal:
    return sum((amount_of(row.amounts.get(column)) or Decimal(0) for row in rows), Decimal(0))


def _may_be_money(row: GridRow, grid: Grid, taken: Taken) -> bool:
    """Whether a post would save too little for a count, or the row does not say that it counts."""
    posts = [abs(_sum([row], column)) for column in years_of(grid)]
    is_counted = bool(_COUNTED.search(row.labels["line"].text))
    if not is_counted and max(posts, default=0) > _MOST_POSTS:
        return True
    scale = scale_of(grid, row, taken) or money.POUND
    lines = [each for each in grid.rows if _is_line(each) and not each.is_total]
    lines = lines or [each for each in grid.rows if each.is_total]
    saved = sum((abs(_sum(lines, column)) for column in years_of(grid)), Decimal(0))
    return saved * scale / money.POUND < _LEAST_FOR_A_POST * sum(posts, Decimal(0))


def _is_line(row: GridRow) -> bool:
    is_none = kind_called(row) in ("posts", "one_off_cost", "other")
    return not is_none and not is_share(row)


def _refuse(row: GridRow, grid: Grid, taken: Taken) -> None:
    """Write the amounts of a row so that the quarter's run refuses them until it is said."""
    row.kind = "line"
    source = _ask(
        row,
        "which may be posts or money",
        "as written; the quarter's run refuses the cells",
        grid,
        taken,
    )
    row.amounts = {n: marked(value, "posts or money?", source) for n, value in row.amounts.items()}


def _ask(row: GridRow, why: str, read_as: str, grid: Grid, taken: Taken) -> Source:
    label = row.labels["line"]
    said = ", ".join(value.text for _, value in sorted(row.amounts.items()))
    taken.ask(
        f"{grid.title.text}: '{label.text}' has {said}; {why}.",
        label.sources[0],
        read_as=read_as,
        do="Say whether it is money or how many posts there are, and write it where it belongs.",
        also=grid.table.sheet,
    )
    return label.sources[0]
