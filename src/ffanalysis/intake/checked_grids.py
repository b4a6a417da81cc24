"""Tables of money once they are read: years that add up, signs, and amounts a thousand times off."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from ffanalysis import money
from ffanalysis.intake.forms import Form, kind_of_row
from ffanalysis.intake.sentences import AMOUNT
from ffanalysis.intake.taken import Grid, GridRow, Source, Taken, Value
from ffanalysis.layout import standard

_SCALES = (1_000, 1_000_000)


def settle(grid: Grid, form: Form, taken: Taken) -> None:
    """Make each year's amount its own, and a saving positive, where form or table says otherwise."""
    title = grid.title.text
    unit = grid.unit.text if grid.unit else ""
    if grid.table.into == "background":
        for row in grid.rows:
            add_as_background(row, grid, taken)
        return
    if grid.table.into == "posts":
        for row in grid.rows:
            _add_of_years("posts", row, grid, taken)
        return
    grid.is_cumulative = standard().is_cumulative(title) or form.years == "cumulative"
    _take_out(grid, taken)
    if form.sign == "saving is negative":
        for row in grid.rows:
            row.amounts = {head: _turned(value) for head, value in row.amounts.items()}
    if grid.is_cumulative:
        for row in grid.rows:
            _by_year(row, grid, taken)
        _retitle(grid)
    elif form.years == "not stated":
        _ask_equal(grid, taken)
    if not _has_unit(grid, unit) and not form.unit:
        taken.ask(
            f"{title}: no unit is written (£, £000 or £m).",
            grid.title.sources[0],
            read_as="the quarter's run refuses the table",
            do="Write the unit above the table.",
            also=grid.table.sheet,
        )
    _ask_total_without_year(grid, taken)


def _take_out(grid: Grid, taken: Taken) -> None:
    """Take rows out that are no savings: posts, one-off costs, budgets. Ask about unknown ones."""
    for row in list(grid.rows):
        label = row.labels.get("line")
        if label is None or row.is_total or row.labels.keys() & {"rag", "route", "saving_type"}:
            continue
        kind = kind_of_row(label.text)
        if kind in ("posts", "one_off_cost"):
            grid.rows.remove(row)
            _add_of_years(kind, row, grid, taken)
        elif kind == "other":
            grid.rows.remove(row)
            add_as_background(row, grid, taken)
            taken.ask(
                f"{grid.title.text}: '{label.text}' is a row of the table, and no saving.",
                label.sources[0],
                read_as="kept as background",
                do="Confirm that it is no saving.",
                also=grid.table.sheet,
            )
        elif not kind:
            taken.ask(
                f"{grid.title.text}: '{label.text}' is a row that the form does not know.",
                label.sources[0],
                read_as="a line of savings",
                do="Confirm that it is a saving.",
                also=grid.table.sheet,
            )


def _add_of_years(kind: str, row: GridRow, grid: Grid, taken: Taken) -> None:
    for number, head in enumerate(grid.heads):
        value = row.amounts.get(number)
        if value is None or head.kind != "year":
            continue
        if kind == "one_off_cost":
            value = Value(with_unit(value.text, _scale_of(grid, row, taken)), value.sources)
        if grid.is_cumulative:
            value = Value(f"{value.text} (cumulative)", value.sources)
        taken.add_of_year(kind, {"year": head.text}, value)


def with_unit(text: str, scale: int | None) -> str:
    """An amount of a table as it is written by itself: 10 in £000 is "£10k"."""
    if (
        scale is None
        or money.unit_of_text(text) is not None
        or money.from_text(text, scale) is None
    ):
        return text
    ending = {money.POUND: "", money.THOUSAND: "k", money.MILLION: "m"}[scale]
    return f"£{text.strip()}{ending}"


def add_as_background(row: GridRow, grid: Grid, taken: Taken) -> None:
    """Keep a row of a table of money as words: "CDEL: 1.2 in 2019/20, 0.5 in 2020/21"."""
    label = next((v for c, v in row.labels.items() if c != "unit"), None)
    said = [
        f"{value.text} ({grid.heads[number].text})" for number, value in sorted(row.amounts.items())
    ]
    text = f"{label.text + ': ' if label else ''}{', '.join(said) or 'blank'}"
    sources = tuple(
        source
        for value in (*row.labels.values(), *row.amounts.values())
        for source in value.sources
    )
    taken.add_background(grid.title.text, Value(text, sources))


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


def _amount(value: Value | None) -> Decimal | None:
    """The number of an amount in its own or its table's unit, or None."""
    if value is None:
        return None
    read = money.from_text(value.text, money.POUND)
    return Decimal(read.pence) / money.POUND if read else None


def _turned(value: Value) -> Value:
    """An amount with the other sign."""
    number = _amount(value)
    if number is None:
        return value
    bare = value.text.strip().strip("()").lstrip("-−").rstrip("-−").strip()
    text = bare if number <= 0 else f"-{bare}"
    return Value(text, value.sources, f"the form writes a saving as negative: '{value.words}'")


def _years(grid: Grid) -> list[int]:
    return [number for number, head in enumerate(grid.heads) if head.kind == "year"]


def _by_year(row: GridRow, grid: Grid, taken: Taken) -> None:
    """The amounts of a row as what each year adds to the one before."""
    columns = _years(grid)
    values = [row.amounts.get(column) for column in columns]
    numbers = [_amount(value) for value in values]
    if all(number is None for number in numbers):
        return
    begun = next(place for place, number in enumerate(numbers) if number is not None)
    if any(number is None for number in numbers[begun:]) or _units_differ(values):
        source = next(value for value in values if value is not None).sources[0]
        taken.ask(
            f"{grid.title.text}: the years are cumulative, and one of them is blank or no amount.",
            source,
            read_as="kept as it is, and marked as cumulative; the quarter's run refuses the table",
            do="Write what each year adds to the one before.",
            also=grid.table.sheet,
        )
        row.labels["accumulation"] = Value("cumulative", grid.title.sources)
        return
    before = Decimal(0)
    for column, value, number in zip(columns, values, numbers, strict=True):
        if value is None or number is None:
            continue
        own = number - before
        how = f"{value.text} less {before:f} of the year before: the years are cumulative"
        row.amounts[column] = Value(_written(own, value.text), value.sources, how)
        before = number
    row.labels["accumulation"] = Value("incremental", grid.title.sources, "computed by the intake")


def _retitle(grid: Grid) -> None:
    """Say in the title whose years are now each year's own; the reader refuses a cumulative one."""
    if any(
        "accumulation" in row.labels and row.labels["accumulation"].text == "cumulative"
        for row in grid.rows
    ):
        return
    now = re.sub(r"\bcumulative\b", "each year's own", grid.title.text, flags=re.I)
    grid.title = Value(now, grid.title.sources, "the paper's amounts are cumulative")


def _units_differ(values: Sequence[Value | None]) -> bool:
    return len({money.unit_of_text(value.text) for value in values if value is not None}) > 1


def _written(number: Decimal, as_written: str) -> str:
    """A number with the decimals and the unit of the text it comes from."""
    decimals = as_written.partition(".")[2]
    places = len(decimals) - len(decimals.lstrip("0123456789"))
    pound = "£" if "£" in as_written else ""
    suffix = as_written.strip().lstrip("(£-−").lstrip("0123456789,. ").rstrip(")").strip()
    places = max(places, -int(number.normalize().as_tuple().exponent), 0) if not suffix else places
    shown = f"{abs(number):,.{places}f}" if not suffix else _in_suffix(number, as_written, suffix)
    return f"{'-' if number < 0 else ''}{pound}{shown}{suffix}"


def _in_suffix(number: Decimal, as_written: str, suffix: str) -> str:
    scale = money.unit_of_text(as_written) or money.POUND
    decimals = as_written.partition(".")[2]
    places = len(decimals) - len(decimals.lstrip("0123456789"))
    return f"{abs(number) * money.POUND / scale:,.{places}f}"


def _ask_equal(grid: Grid, taken: Taken) -> None:
    """One amount in each of several years may be one saving or as many."""
    for row in grid.rows:
        numbers = [_amount(row.amounts.get(column)) for column in _years(grid)]
        known = [number for number in numbers if number]
        total = next(
            (_amount(row.amounts.get(n)) for n, h in enumerate(grid.heads) if h.kind == "total"),
            None,
        )
        if len(known) > 1 and len(set(known)) == 1 and total != sum(known, Decimal(0)):
            value = next(value for value in row.amounts.values() if _amount(value))
            taken.ask(
                f"{grid.title.text}: '{value.text}' stands in {len(known)} years; it may be one"
                " saving that lasts, or as many.",
                value.sources[0],
                read_as="each year adds to the one before",
                do="Ask whether the years are cumulative.",
                also=grid.table.sheet,
            )


def _ask_total_without_year(grid: Grid, taken: Taken) -> None:
    """A printed total with no amount in any year says nothing of when the money is saved."""
    for row in grid.rows:
        years = [row.amounts.get(column) for column in _years(grid)]
        totals = [
            row.amounts[number]
            for number, head in enumerate(grid.heads)
            if head.kind == "total" and number in row.amounts
        ]
        if totals and not any(years) and _years(grid) and _amount(totals[0]):
            label = next((v.text for c, v in row.labels.items() if c not in ("unit", "total")), "")
            taken.ask(
                f"'{label or grid.title.text}' has a total of {totals[0].text} and no amount in any"
                " year.",
                totals[0].sources[0],
                read_as="a total that no year explains",
                do="Ask which year it is of.",
                also=grid.table.sheet,
            )


def ask_scales(taken: Taken) -> None:
    """Ask where one amount of a paper is another's a thousand or a million times."""
    for low, high in _pairs(list(_all_amounts(taken))):
        taken.ask(
            f"'{low[1].words}' and '{high[1].words}' are the same figures, {high[0] // low[0]:,}"
            " times apart.",
            high[1],
            read_as="both as written",
            do="Look whether thousands and millions were mixed up.",
        )


def _all_amounts(taken: Taken) -> Iterator[tuple[int, Source]]:
    """The amounts of tables and sentences, in pence, each with its source."""
    for grid in taken.grids:
        for row in grid.rows:
            for value in row.amounts.values():
                if amount := money.from_text(value.text, _scale_of(grid, row, taken)):
                    yield amount.pence, value.sources[0]
    values = [value for values in taken.fields.values() for value in values]
    values += [value for pairs in taken.of_years.values() for _, value in pairs]
    for value in values:
        for found in re.finditer(AMOUNT, value.text, re.I):
            if amount := money.from_text(found[0], money.POUND):
                yield amount.pence, Source(found[0], value.sources[0].place)


def _scale_of(grid: Grid, row: GridRow, taken: Taken) -> int | None:
    texts = [row.labels["unit"].text] if "unit" in row.labels else []
    texts += [grid.unit.text] if grid.unit else []
    texts += [grid.title.text, taken.form.unit]
    named = (standard().units_named(text) for text in texts if text)
    return next((units[0] for units in named if len(units) == 1), None)


def _pairs(
    amounts: Sequence[tuple[int, Source]],
) -> Iterator[tuple[tuple[int, Source], tuple[int, Source]]]:
    by_pence = {abs(pence): (abs(pence), source) for pence, source in amounts if pence}
    for pence, low in by_pence.items():
        figures = str(pence).rstrip("0")
        for scale in _SCALES:
            high = by_pence.get(pence * scale)
            # A single figure ("100" and "£100,000") comes up by chance.
            if high is not None and len(figures) > 1:
                yield low, high
