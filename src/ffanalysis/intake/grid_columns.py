"""Columns of a table of savings that are no year's savings: budgets, what is saved in the end."""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal

from ffanalysis.intake.grid_parts import RAG_HEADS, amount_of, is_gap, name_of, years_of
from ffanalysis.intake.row_kinds import come_to
from ffanalysis.intake.taken import Grid, GridRow, Head, Taken, Value
from ffanalysis.intake.words import key
from ffanalysis.layout import plain, standard
from ffanalysis.periods import year_in

# Columns behind the years that say what the saving is once it runs: no further money.
_RUNNING = frozenset({"ongoing", "recurring", "on going", "ongoing saving", "recurring saving"})
_LATER = frozenset(
    {"thereafter", "future years", "later years", "beyond", "subsequent years", "following years"}
)
# What a year's heading says where its amounts are a budget, or money that is spent.
_BUDGET = re.compile(r"\b(?:base|budgets?|controllable)\b", re.I)
_SPENT = re.compile(
    r"\b(?:outturn|actuals?|spend|spent|expenditure|costs?|income|variance|pressures?|growth"
    r"|investment|fte|ftes|wte|posts)\b",
    re.I,
)
_IS_BUDGET = re.compile(r"\bbudgets?\b", re.I)
_NET = re.compile(r"\W*(?:total|net)\b", re.I)
_SAVED = re.compile(r"\b(?:savings?|reductions?|efficienc\w+|proposals?|proposed)\b", re.I)


def take_out_columns(grid: Grid, taken: Taken) -> None:
    """Take columns out that say what the saving is once it runs, or after the years."""
    for number, head in enumerate(grid.heads):
        if _is_after(head):
            for row in grid.rows:
                _check_running(row, number, grid, taken)
    _keep(grid, lambda head: not (_is_after(head) or key(head.text) in RAG_HEADS))


def _is_after(head: Head) -> bool:
    return head.kind != "year" and _said(head) in _RUNNING | _LATER


def take_out_budgets(grid: Grid, taken: Taken) -> None:
    """Take columns out that are a year's budget or spending: "2024/25 base budget"."""
    for number, head in enumerate(grid.heads):
        own = [row for row in grid.rows if number in row.amounts]
        if not own or not _is_money_spent(head):
            continue
        for row in own:
            name = next((v.text for c, v in row.labels.items() if c != "unit"), "")
            value = row.amounts[number]
            text = f"{name + ', ' if name else ''}{head.text}: {value.text}"
            taken.add_background(grid.title.text, Value(text, value.sources))
        _take_budget(own, number, grid, taken)
    _keep(grid, lambda head: not _is_money_spent(head))


def _take_budget(own: Sequence[GridRow], number: int, grid: Grid, taken: Taken) -> None:
    """The budget of a column, where it is one; else ask."""
    head = grid.heads[number]
    totals = [row for row in own if row.is_total]
    chosen = totals if len(totals) == 1 else own
    if len(chosen) == 1 and _BUDGET.search(head.text) and not _SPENT.search(head.text):
        _add_budget(chosen[0].amounts[number], head, grid, taken)
        return
    taken.ask(
        f"{grid.title.text}: the column '{head.text}' has no savings.",
        own[0].amounts[number].sources[0],
        read_as="kept as background",
        do="Confirm it; write a budget with its service.",
        also=grid.table.sheet,
    )


def take_budget_table(grid: Grid, taken: Taken) -> None:
    """The budget of a table "Current budget": its net or total, where it has one year and adds up.

    Any other is asked about; its rows are kept as background.
    """
    if not _IS_BUDGET.search(grid.title.text) or not grid.rows:
        return
    years, net = years_of(grid), _net_of(grid)
    if len(years) == 1 and net is not None and years[0] in net.amounts:
        _add_budget(net.amounts[years[0]], grid.heads[years[0]], grid, taken, grid.title.text)
        return
    taken.ask(
        f"'{grid.title.text}': which of its amounts is the budget of which year cannot be told.",
        grid.title.sources[0],
        read_as="kept as background",
        do="Write the net budget with its year and its service.",
        also="Base budget",
    )


def _net_of(grid: Grid) -> GridRow | None:
    """The only row of a table, or the net or total that the others come to."""
    if len(grid.rows) == 1:
        return grid.rows[0]
    nets = [row for row in grid.rows if row.is_total or _NET.match(name_of(row))]
    others = [row for row in grid.rows if row not in nets]
    return nets[0] if len(nets) == 1 and come_to(others, nets[0], grid) else None


def _is_money_spent(head: Head) -> bool:
    is_spent = _BUDGET.search(head.text) or _SPENT.search(head.text)
    return head.kind == "year" and bool(is_spent) and not _SAVED.search(head.text)


def _add_budget(value: Value, head: Head, grid: Grid, taken: Taken, title: str = "") -> None:
    year = year_in(head.text)
    if year is None:
        return
    texts = [head.text, grid.title.text, *([grid.unit.text] if grid.unit else [])]
    hint = next((text for text in texts if len(standard().units_named(text)) == 1), "")
    basis = key(standard().without_units(year[1])) or "base budget"
    blanks = {"year": year[0], "basis": basis, "label": title or head.text}
    taken.add_of_year("budget", {**blanks, **({"hint": hint} if hint else {})}, value)


def _said(head: Head) -> str:
    return plain(standard().without_units(head.text))


def _keep(grid: Grid, is_kept: Callable[[Head], bool]) -> None:
    """Leave the columns out that are not kept."""
    kept = [number for number, head in enumerate(grid.heads) if is_kept(head)]
    for row in grid.rows:
        row.amounts = {new: row.amounts[old] for new, old in enumerate(kept) if old in row.amounts}
    grid.heads = tuple(grid.heads[number] for number in kept)


def _check_running(row: GridRow, number: int, grid: Grid, taken: Taken) -> None:
    """Keep what a row saves once it runs, and ask where that is not what its years come to."""
    value = row.amounts.get(number)
    if value is None:
        return
    head = grid.heads[number]
    taken.add_background(grid.title.text, Value(f"{head.text}: {value.text}", value.sources))
    amounts = [amount_of(row.amounts.get(column)) or Decimal(0) for column in years_of(grid)]
    said, total = amount_of(value), sum(amounts, Decimal(0))
    agrees = said == (amounts[-1] if grid.is_cumulative else total)
    if _said(head) in _LATER:
        if said and not is_gap(value.text):
            _ask_running(value, head, total, grid, taken, looks_cumulative=False)
    elif agrees and not row.is_total:
        row.labels["recurring"] = Value("Recurring", value.sources, f"the column '{head.text}'")
    elif said and not agrees:
        looks_cumulative = said == amounts[-1]
        if looks_cumulative:
            row.labels["accumulation"] = Value("cumulative", value.sources)
        _ask_running(value, head, total, grid, taken, looks_cumulative=looks_cumulative)


def _ask_running(
    value: Value, head: Head, total: Decimal, grid: Grid, taken: Taken, *, looks_cumulative: bool
) -> None:
    maybe = "; they may be cumulative" if looks_cumulative else ""
    taken.ask(
        f"{grid.title.text}: '{head.text}' says {value.text}, and the years come to"
        f" {total:,f}{maybe}.",
        value.sources[0],
        read_as="kept as it is, and marked as cumulative; the quarter's run refuses the table"
        if looks_cumulative
        else "the years as they are written; the rest as background",
        do="Ask what is saved in each year, and write it.",
        also=grid.table.sheet,
    )
