"""Rows called posts in a table of savings: how many there are, or the money that is paid for them.

"Posts: 160" in a table in £000 may be 160 posts, or £160k of staffing. The total of the table says
which, where it has one; else what a post would then cost does. What neither settles is asked about.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import chain, combinations

from ffanalysis import money
from ffanalysis.intake.checked_money import scale_of
from ffanalysis.intake.grid_parts import amount_of, marked, years_of
from ffanalysis.intake.row_kinds import come_to, kind_called, may_be_line, sum_of
from ffanalysis.intake.taken import Grid, GridRow, Source, Taken, Value
from ffanalysis.layout import standard

_COUNTED = re.compile(r"\b(?:fte|ftes|wte|headcount|number|no)\b", re.I)
_LEAST_FOR_A_POST = Decimal(15_000)  # pounds that one post saves, part of a year at least
_MOST_POSTS = 10  # of a row that does not say that it counts them, beyond which it may be money
_MOST_ROWS = 5  # called posts, in one table, that are tried against its total


def settle_posts(grid: Grid, taken: Taken) -> None:
    """Say of each row called posts what it is; one that may be either is refused and asked about.

    A row that is money becomes a line of savings; one that counts posts stays as it is.
    """
    rows = [row for row in grid.rows if kind_called(row) == "posts" and not row.is_total]
    for row in rows:
        if standard().units_named(row.labels["line"].text):
            row.kind = "line"  # "Posts (£000)"
        elif any(map(_has_money, row.amounts.values())):
            _take_as_saving(row, "its amounts are money", grid, taken)
    _settle_open([row for row in rows if row.amounts and not row.kind], grid, taken)


def _settle_open(rows: Sequence[GridRow], grid: Grid, taken: Taken) -> None:
    """Settle rows by the total of their table; where there is none, by their size."""
    added = _in_total(rows, grid)
    for row in added or ():
        _take_as_saving(row, "the total adds it as money", grid, taken)
    for row in rows if added is None else ():
        if _may_be_money(row, grid, taken):
            _refuse(row, grid, taken)


def _take_as_saving(row: GridRow, why: str, grid: Grid, taken: Taken) -> None:
    row.kind = "line"
    _ask(row, why, "savings", grid, taken)


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


def _in_total(rows: Sequence[GridRow], grid: Grid) -> Sequence[GridRow] | None:
    """The rows that the total of a table adds; None where no total says."""
    total = next(filter(_may_be_total, reversed(grid.rows)), None)
    if total is None or len(rows) > _MOST_ROWS:
        return None
    lines = [row for row in grid.rows if row is not total and may_be_line(row)]
    every = chain.from_iterable(combinations(rows, count) for count in range(len(rows) + 1))
    return next((chosen for chosen in every if come_to([*lines, *chosen], total, grid)), None)


def _may_be_total(row: GridRow) -> bool:
    is_called_so = row.is_total or not row.labels.keys() - {"unit"}
    return is_called_so and any(map(amount_of, row.amounts.values()))


def _may_be_money(row: GridRow, grid: Grid, taken: Taken) -> bool:
    """Whether a post would save too little for a count, or the row does not say that it counts."""
    columns = years_of(grid)
    posts = [abs(sum_of([row], column)) for column in columns]
    if max(posts, default=0) > _MOST_POSTS and not _COUNTED.search(row.labels["line"].text):
        return True
    lines = list(filter(may_be_line, grid.rows)) or [each for each in grid.rows if each.is_total]
    saved = sum((abs(sum_of(lines, column)) for column in columns), Decimal(0))
    pounds = saved * (scale_of(grid, row, taken) or money.POUND) / money.POUND
    return pounds < _LEAST_FOR_A_POST * sum(posts, Decimal(0))


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
