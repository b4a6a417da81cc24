"""Tables of money once they are read: years, signs, units, amounts a thousand times off."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from ffanalysis import money
from ffanalysis.errors import listed
from ffanalysis.intake.forms import OF_YEARS, Form
from ffanalysis.intake.grid_columns import take_out_budgets, take_out_columns
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
from ffanalysis.intake.sentences import AMOUNT, sentences_of
from ffanalysis.intake.taken import Grid, GridRow, Source, Taken, Value
from ffanalysis.layout import standard
from ffanalysis.periods import parse_year

_SCALES = (1_000, 1_000_000)


def settle(grid: Grid, form: Form, taken: Taken) -> None:
    """Make each year's amount its own and a saving positive, as the form or the table says."""
    if grid.table.into == "background":
        keep_as_background(grid, taken)
        return
    if grid.table.into in OF_YEARS:
        for row in grid.rows:
            if not row.is_total or len(grid.rows) == 1:
                _add_of_years(grid.table.into, row, grid, taken)
        return
    says_so = standard().is_cumulative(grid.title.text) or form.years == "cumulative"
    grid.is_cumulative = has_running_rows(grid) or says_so
    name_units(grid)
    had_rows = bool(grid.rows)
    ask_title(grid, taken)
    take_out_budgets(grid, taken)
    for kind, row in take_out_rows(grid, taken):
        _add_of_years(kind, row, grid, taken)
    take_out_columns(grid, taken)
    if had_rows and not any(row.amounts for row in grid.rows):
        _ask_nothing_left(grid, taken)
    _settle_amounts(grid, form, taken)
    _ask_no_unit(grid, form, taken)
    _ask_total_without_year(grid, taken)
    for row in grid.rows:
        if not row.is_total:
            ask_size(grid, row, _scale_of(grid, row, taken), taken)


def _ask_nothing_left(grid: Grid, taken: Taken) -> None:
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
            _by_year(row, grid, taken)
        _retitle(grid)
    elif form.years == "not stated":
        _ask_equal(grid, taken)


def _ask_no_unit(grid: Grid, form: Form, taken: Taken) -> None:
    unit = grid.unit.text if grid.unit else ""
    if _has_unit(grid, unit) or form.unit or _take_pounds(grid):
        return
    taken.ask(
        f"{grid.title.text}: no unit is written (£, £000 or £m).",
        grid.title.sources[0],
        read_as="the quarter's run refuses the table",
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
            value = Value(with_unit(cost, _scale_of(grid, row, taken)), value.sources)
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


def _by_year(row: GridRow, grid: Grid, taken: Taken) -> None:
    """The amounts of a row as what each year adds to the one before."""
    columns = years_of(grid)
    values = [row.amounts.get(column) for column in columns]
    numbers = [amount_of(value) for value in values]
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
    how = "the paper's amounts are cumulative"
    grid.title = Value(_own_years(grid.title.text), grid.title.sources, how)
    for row in grid.rows:
        if label := row.labels.get("line"):
            text = _own_years(label.text)
            row.labels["line"] = Value(text, label.sources, how if text != label.text else "")


def _own_years(text: str) -> str:
    return re.sub(r"\bcumulative\b", "each year's own", text, flags=re.I)


def _units_differ(values: Sequence[Value | None]) -> bool:
    return len({money.unit_of_text(value.text) for value in values if value is not None}) > 1


def _written(number: Decimal, as_written: str) -> str:
    """A number with the decimals and the unit of the text it comes from."""
    decimals = as_written.partition(".")[2]
    places = len(decimals) - len(decimals.lstrip("0123456789"))
    pound = "£" if "£" in as_written else ""
    suffix = as_written.strip().lstrip("(£-−").lstrip("0123456789,. ").rstrip(")").strip()
    places = max(places, -int(number.normalize().as_tuple().exponent), 0) if not suffix else places
    shown = f"{abs(number):,.{places}f}" if not suffix else _in_suffix(number, as_written)
    return f"{'-' if number < 0 else ''}{pound}{shown}{suffix}"


def _in_suffix(number: Decimal, as_written: str) -> str:
    scale = money.unit_of_text(as_written) or money.POUND
    decimals = as_written.partition(".")[2]
    places = len(decimals) - len(decimals.lstrip("0123456789"))
    return f"{abs(number) * money.POUND / scale:,.{places}f}"


def _ask_equal(grid: Grid, taken: Taken) -> None:
    """One amount in each of several years may be one saving or as many."""
    for row in grid.rows:
        numbers = [amount_of(row.amounts.get(column)) for column in years_of(grid)]
        known = [number for number in numbers if number]
        total = next(
            (amount_of(row.amounts.get(n)) for n, h in enumerate(grid.heads) if h.kind == "total"),
            None,
        )
        if len(known) > 1 and len(set(known)) == 1 and total != sum(known, Decimal(0)):
            value = next(value for value in row.amounts.values() if amount_of(value))
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


def settle_labels(taken: Taken) -> None:
    """Make the savings that labels ask for each year's own, where they are cumulative."""
    said = taken.of_years.get("saving", [])
    _join_repeated(said, taken)
    running = [standard().is_cumulative(blanks.get("label", "")) for blanks, _ in said]
    if said and (any(running) or taken.form.years == "cumulative"):
        said.sort(key=lambda each: parse_year(each[0].get("year", "")) or "")
        _by_label(said)
    elif taken.form.years == "not stated":
        amounts = [amount_of(value) for _, value in said]
        if len(amounts) > 1 and len(set(amounts)) == 1 and amounts[0]:
            _ask_lasting(said[0][1], f"'{said[0][1].text}' stands in {len(said)} years", taken)


def _join_repeated(said: list[tuple[Mapping[str, str], Value]], taken: Taken) -> None:
    """Ask about a year that two labels give differently; neither is chosen, and it is refused."""
    by_year: dict[str, tuple[Mapping[str, str], Value]] = {}
    for blanks, value in said:
        year = parse_year(blanks.get("year", "")) or blanks.get("year", "")
        before = by_year.get(year)
        if before is None or before[1].text == value.text:
            by_year.setdefault(year, (blanks, value))
            continue
        text = f"{before[1].text} | {value.text}"
        by_year[year] = (before[0], Value(text, (*before[1].sources, *value.sources)))
        taken.ask(
            f"The saving of {year} is written more than once: {text}.",
            value.sources[0],
            read_as="kept as it is; the quarter's run refuses the cell",
            do="Write the one that holds.",
            also="Proposed savings",
        )
    said[:] = by_year.values()


def _by_label(said: list[tuple[Mapping[str, str], Value]]) -> None:
    numbers = [amount_of(value) for _, value in said]
    if any(number is None for number in numbers) or _units_differ([value for _, value in said]):
        for place, (blanks, value) in enumerate(said):
            said[place] = (blanks, Value(f"{value.text} (cumulative)", value.sources))
        return  # the reader refuses such a cell, and the question is that it is no amount
    before = Decimal(0)
    for place, (blanks, value) in enumerate(said):
        number = numbers[place] or Decimal(0)
        how = f"{value.text} less {before:f} of the year before: the years are cumulative"
        said[place] = (blanks, Value(_written(number - before, value.text), value.sources, how))
        before = number


def _ask_lasting(value: Value, stands: str, taken: Taken) -> None:
    taken.ask(
        f"{stands}; it may be one saving that lasts, or as many.",
        value.sources[0],
        read_as="each year adds to the one before",
        do="Ask whether the years are cumulative.",
        also="Proposed savings",
    )


_FIGURES = re.compile(r"\b(?:figures?|savings?|amounts?|years?|table|values?|totals?)\b", re.I)
_SHORT_NOTE = 14  # words of a note on the figures; a longer sentence may be about something else


def ask_cumulative(taken: Taken) -> None:
    """Ask where the words of a paper say that the years are cumulative, and its tables do not.

    A short note ("All figures are cumulative") holds for the tables: the quarter refuses them then.
    """
    own = [grid for grid in taken.grids if grid.table.into == "savings" and grid.table.is_own]
    if any(grid.is_cumulative for grid in own) or not own:
        return
    values = [value for found in taken.fields.values() for value in found]
    for value in [*values, *(each.value for each in taken.background)]:
        for sentence in sentences_of(value.text):
            if standard().is_cumulative(sentence) and _FIGURES.search(sentence):
                is_note = len(sentence.split()) <= _SHORT_NOTE
                if is_note:
                    _mark_cumulative(own, value)
                taken.ask(
                    f"'{sentence}' is said in the text, and no table is headed so.",
                    value.sources[0],
                    read_as="the tables marked as cumulative, which the quarter's run refuses"
                    if is_note
                    else "what each year adds to the one before",
                    do="Write what each year adds to the one before.",
                    also=own[0].table.sheet,
                )
                return


def _mark_cumulative(grids: Sequence[Grid], value: Value) -> None:
    for grid in grids:
        for row in grid.rows:
            row.labels["accumulation"] = Value("cumulative", value.sources)


def ask_several(taken: Taken) -> None:
    """Ask where a paper has more than one table of its own savings: they may be the same money."""
    own = [g for g in taken.grids if g.table.into == "savings" and g.table.is_own and g.rows]
    titles = [f"'{grid.title.text}'" for grid in own]
    if own and taken.of_years.get("saving"):
        titles.append("the savings that labels ask for by year")
    if len(titles) < 2:
        return
    taken.ask(
        f"The paper has savings in {listed(titles)}, which may be the same money.",
        own[-1].title.sources[0],
        read_as="all of them added",
        do="Delete the sheet that repeats the other, if one does.",
        also=own[-1].table.sheet,
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


def amounts_in_pence(taken: Taken) -> list[int]:
    """The amounts of the project's own tables, and of the labels that name a year."""
    found = [
        amount.pence
        for grid in taken.grids
        if grid.table.is_own
        for row in grid.rows
        for value in row.amounts.values()
        if (amount := money.from_text(value.text, _scale_of(grid, row, taken)))
    ]
    for pairs in taken.of_years.values():
        for blanks, value in pairs:
            units = standard().units_named(blanks.get("hint", ""))
            scale = units[0] if len(units) == 1 else money.POUND
            if amount := money.from_text(value.text, scale):
                found.append(amount.pence)
    return found


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
    texts += [grid.title.text, *(head.text for head in grid.heads), taken.form.unit]
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
