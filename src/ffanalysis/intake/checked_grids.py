"""Tables of money once they are read: years, signs, units, amounts a thousand times off."""

from ffanalysis import money
from ffanalysis.intake.alternatives import take_out_alternatives
from ffanalysis.intake.checked_money import scale_of
from ffanalysis.intake.forms import OF_YEARS, Form
from ffanalysis.intake.grid_columns import (
    take_budget_table,
    take_out_budgets,
    take_out_columns,
)
from ffanalysis.intake.grid_parts import (
    amount_of,
    are_pounds,
    ask_amounts,
    ask_one_sign,
    ask_size,
    ask_title,
    with_unit,
    years_of,
)
from ffanalysis.intake.grid_rows import (
    has_running_rows,
    keep_as_background,
    name_units,
    take_out_rows,
)
from ffanalysis.intake.no_savings import take_out_no_savings
from ffanalysis.intake.points import mark_points
from ffanalysis.intake.posts import are_money, settle_posts
from ffanalysis.intake.running import ask_lasting, own_years_of, retitle
from ffanalysis.intake.taken import Grid, GridRow, Taken, Value
from ffanalysis.layout import standard


def settle(grid: Grid, form: Form, taken: Taken) -> None:
    """Make each year's amount its own and a saving positive, as the form or the table says."""
    is_money = grid.table.into == "posts" and are_money(grid, taken)
    if grid.table.into == "background" or is_money:
        keep_as_background(grid, taken)
        if not is_money:
            take_budget_table(grid, taken)
        return
    name_units(grid)
    mark_points(grid, taken)
    if grid.table.into in OF_YEARS:
        _settle_of_years(grid, form, taken)
    else:
        _settle_savings(grid, form, taken)


def _settle_of_years(grid: Grid, form: Form, taken: Taken) -> None:
    """Add the lines of a table of posts or costs; its totals, where it has nothing else."""
    lines = [row for row in grid.rows if not row.is_total]
    for row in lines or grid.rows:
        _add_of_years(grid.table.into, row, grid, taken)
    if grid.table.into == "one_off_cost":
        _ask_no_unit(grid, form, taken, "the costs as they are written")


def _settle_savings(grid: Grid, form: Form, taken: Taken) -> None:
    says_so = standard().is_cumulative(grid.title.text) or form.years == "cumulative"
    grid.is_cumulative = has_running_rows(grid) or says_so
    ask_title(grid, taken)
    take_out_budgets(grid, taken)
    take_out_alternatives(grid, taken)
    take_out_no_savings(grid, taken)
    if not grid.rows:
        return
    settle_posts(grid, taken)
    for kind, row in take_out_rows(grid, taken):
        _add_of_years(kind, row, grid, taken)
    take_out_columns(grid, taken)
    _ask_nothing_left(grid, taken)
    _settle_amounts(grid, form, taken)
    _ask_no_unit(grid, form, taken)
    _ask_total_without_year(grid, taken)
    for row in (each for each in grid.rows if not each.is_total):
        ask_size(grid, row, scale_of(grid, row, taken), taken)


def _ask_nothing_left(grid: Grid, taken: Taken) -> None:
    if any(row.amounts for row in grid.rows):
        return
    taken.ask(
        f"{grid.title.text}: no row of the table has savings.",
        grid.title.sources[0],
        read_as="no savings",
        do="Ask for the savings of each year.",
        also=grid.table.sheet,
    )


def _settle_amounts(grid: Grid, form: Form, taken: Taken) -> None:
    """Turn signs and running years as the form or the table says, and ask where neither does."""
    if form.sign == "saving is negative":
        for row in grid.rows:
            row.amounts = {head: _turned(value) for head, value in row.amounts.items()}
    if not ask_one_sign(grid, taken):
        ask_amounts(grid, taken)
    if grid.is_cumulative:
        for row in grid.rows:
            own_years_of(row, grid, taken)
        retitle(grid)
    elif form.years == "not stated":
        ask_lasting(grid, taken)


def _ask_no_unit(
    grid: Grid, form: Form, taken: Taken, read_as: str = "the quarter's run refuses the table"
) -> None:
    unit = grid.unit.text if grid.unit else ""
    if _has_unit(grid, unit) or form.unit or _take_pounds(grid):
        return
    taken.ask(
        f"{grid.title.text}: no unit is written (£, £000 or £m).",
        grid.title.sources[0],
        read_as=read_as,
        do="Write the unit above the table.",
        also=grid.table.sheet,
    )


def _take_pounds(grid: Grid) -> bool:
    """Take amounts with a pound sign for pounds, where no unit is written anywhere."""
    values = [value for row in grid.rows for value in row.amounts.values()]
    if not are_pounds([value.text for value in values]):
        return False
    grid.unit = Value("£", values[0].sources, "the amounts have a pound sign, and no other unit")
    return True


def _add_of_years(kind: str, row: GridRow, grid: Grid, taken: Taken) -> None:
    for number, head in enumerate(grid.heads):
        value = row.amounts.get(number)
        if value is None or head.kind != "year":
            continue
        if kind == "one_off_cost":
            cost = value.text.strip().strip("()").lstrip("-−")  # a cost in brackets is a cost
            value = Value(with_unit(cost, scale_of(grid, row, taken)), value.sources)
        if grid.is_cumulative:
            value = Value(f"{value.text} (cumulative)", value.sources)
        taken.add_of_year(kind, {"year": head.text}, value)


def _has_unit(grid: Grid, unit: str) -> bool:
    layout = standard()
    texts = [grid.title.text, unit, *(head.text for head in grid.heads)]
    return (
        any(layout.units_named(text) for text in texts)
        or all("unit" in row.labels for row in grid.rows)
        or all(
            money.unit_of_text(value.text) is not None
            for row in grid.rows
            for value in row.amounts.values()
        )
    )


def _turned(value: Value) -> Value:
    """An amount with the other sign."""
    number = amount_of(value)
    if number is None:
        return value
    bare = value.text.strip().strip("()").lstrip("-−").rstrip("-−").strip()
    text = bare if number <= 0 else f"-{bare}"
    return Value(text, value.sources, f"the form writes a saving as negative: '{value.words}'")


def _ask_total_without_year(grid: Grid, taken: Taken) -> None:
    """A printed total with no amount in any year says nothing of when the money is saved."""
    for row in grid.rows:
        years = [row.amounts.get(column) for column in years_of(grid)]
        totals = [
            row.amounts[number]
            for number, head in enumerate(grid.heads)
            if head.kind == "total" and number in row.amounts
        ]
        if totals and not any(years) and years_of(grid) and amount_of(totals[0]):
            label = next((v.text for c, v in row.labels.items() if c not in ("unit", "total")), "")
            taken.ask(
                f"'{label or grid.title.text}' has a total of {totals[0].text} and no amount in any"
                " year.",
                totals[0].sources[0],
                read_as="a total that no year explains",
                do="Ask which year it is of.",
                also=grid.table.sheet,
            )
