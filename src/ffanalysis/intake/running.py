"""Years that are cumulative: each year's amount has those of the years before in it.

Where the form, the title or a label says so, they are made each year's own. Where nothing says so
and they look like it, a question is asked, or the quarter refuses the table.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from ffanalysis import money
from ffanalysis.intake.checked_money import scale_of
from ffanalysis.intake.grid_parts import amount_of, years_of
from ffanalysis.intake.sentences import sentences_of
from ffanalysis.intake.taken import Grid, GridRow, Source, Taken, Value
from ffanalysis.layout import standard
from ffanalysis.periods import parse_year

_FIGURES = re.compile(r"\b(?:figures?|savings?|amounts?|years?|table|values?|totals?)\b", re.I)
_SHORT_NOTE = 14  # words of a note on the figures; a longer sentence may be about something else
_Said = list[tuple[Mapping[str, str], Value]]


def own_years_of(row: GridRow, grid: Grid, taken: Taken) -> None:
    """Make the amounts of a row what each year adds to the one before."""
    columns = list(years_of(grid))
    while columns and columns[0] not in row.amounts:
        del columns[0]
    values = [row.amounts.get(column) for column in columns]
    if not any(amount_of(value) is not None for value in values):
        return
    own = _own_years(values)
    if own is None:
        row.labels["accumulation"] = Value("cumulative", grid.title.sources)
        taken.ask(
            f"{grid.title.text}: the years are cumulative, and one of them is blank or no amount.",
            next(value for value in values if value is not None).sources[0],
            read_as="kept as it is, and marked as cumulative; the quarter's run refuses the table",
            do="Write what each year adds to the one before.",
            also=grid.table.sheet,
        )
        return
    row.amounts.update(zip(columns, own, strict=True))
    row.labels["accumulation"] = Value("incremental", grid.title.sources, "computed by the intake")


def _own_years(values: Sequence[Value | None]) -> list[Value] | None:
    """What each year adds to the one before; None where one is no amount, or of another unit."""
    if len({money.unit_of_text(value.text) for value in values if value is not None}) > 1:
        return None
    own: list[Value] = []
    before = Decimal(0)
    for value in values:
        number = amount_of(value)
        if value is None or number is None:
            return None
        how = f"{value.text} less {before:f} of the year before: the years are cumulative"
        own.append(Value(_written(number - before, value.text), value.sources, how))
        before = number
    return own


def retitle(grid: Grid) -> None:
    """Say in the title whose years are now each year's own; the reader refuses a cumulative one."""
    if any(
        "accumulation" in row.labels and row.labels["accumulation"].text == "cumulative"
        for row in grid.rows
    ):
        return
    how = "the paper's amounts are cumulative"
    grid.title = Value(_without_word(grid.title.text), grid.title.sources, how)
    for row in grid.rows:
        if label := row.labels.get("line"):
            text = _without_word(label.text)
            row.labels["line"] = Value(text, label.sources, how if text != label.text else "")


def _without_word(text: str) -> str:
    return re.sub(r"\bcumulative\b", "each year's own", text, flags=re.I)


def _written(number: Decimal, as_written: str) -> str:
    """A number in the unit and with the decimals of the text it comes from, or more of them."""
    pound = "£" if "£" in as_written else ""
    suffix = as_written.strip().lstrip("(£-−").lstrip("0123456789,. ").rstrip(")").strip()
    scale = (money.unit_of_text(as_written) if suffix else None) or money.POUND
    shown = abs(number) * money.POUND / scale
    decimals = as_written.partition(".")[2]
    places = len(decimals) - len(decimals.lstrip("0123456789"))
    places = max(places, -int(shown.normalize().as_tuple().exponent), 0)
    return f"{'-' if number < 0 else ''}{pound}{shown:,.{places}f}{suffix}"


_LEAST_RISING = 3  # years that rise, from which on they may be cumulative


def ask_lasting(grid: Grid, taken: Taken) -> None:
    """Ask where one amount stands in each of several years: one saving that lasts, or as many.

    Where the paper's words call the figures cumulative, that is asked about instead.
    """
    if next(_said_cumulative(taken), None):
        return
    total = next((n for n, head in enumerate(grid.heads) if head.kind == "total"), -1)
    for row in grid.rows:
        values = [row.amounts[c] for c in years_of(grid) if amount_of(row.amounts.get(c))]
        totals = [amount_of(row.amounts.get(total))]
        _ask_if_equal(values, totals, f"{grid.title.text}: ", grid.table.sheet, taken)
        if total < 0:
            _ask_if_rising(values, grid, taken)


def _ask_if_rising(values: Sequence[Value], grid: Grid, taken: Taken) -> None:
    """Ask where a line rises from year to year and has no total: its years may run on."""
    numbers = [number for value in values if (number := amount_of(value))]
    is_rising = numbers == sorted(numbers) and len(set(numbers)) > 1
    if len(numbers) < _LEAST_RISING or not is_rising or numbers[0] < 0:
        return
    said = ", ".join(value.text for value in values)
    taken.ask(
        f"{grid.title.text}: '{said}' rise from year to year, and no total is written.",
        values[0].sources[0],
        read_as="each year adds to the one before",
        do="Ask whether the years are cumulative.",
        also=grid.table.sheet,
    )


def _ask_if_equal(
    values: Sequence[Value],
    totals: Sequence[Decimal | None],
    where: str,
    sheet: str,
    taken: Taken,
) -> None:
    numbers = [number for value in values if (number := amount_of(value))]
    if len(numbers) < 2 or len(set(numbers)) > 1 or totals == [sum(numbers, Decimal(0))]:
        return
    taken.ask(
        f"{where}'{values[0].text}' stands in {len(values)} years; it may be one saving that"
        " lasts, or as many.",
        values[0].sources[0],
        read_as="each year adds to the one before",
        do="Ask whether the years are cumulative.",
        also=sheet,
    )


def settle_labels(taken: Taken) -> None:
    """Make the savings that labels ask for each year's own, where they are cumulative."""
    said = taken.of_years.get("saving", [])
    _join_repeated(said, taken)
    named = any(standard().is_cumulative(blanks.get("label", "")) for blanks, _ in said)
    if named or taken.form.years == "cumulative":
        said.sort(key=lambda each: parse_year(each[0].get("year", "")) or "")
        own = _own_years([value for _, value in said])
        for place, (blanks, value) in enumerate(said):
            # An amount with more words behind it is refused, and asked about.
            kept = Value(f"{value.text} (cumulative)", value.sources)
            said[place] = (blanks, own[place] if own else kept)
    elif taken.form.years == "not stated":
        _ask_if_equal([value for _, value in said], (), "", "Proposed savings", taken)


def _join_repeated(said: _Said, taken: Taken) -> None:
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


def ask_cumulative(taken: Taken) -> None:
    """Ask where the words of a paper say that the years are cumulative, and its tables do not.

    A short note ("All figures are cumulative") holds for the tables: the quarter refuses them then.
    """
    own = taken.own_grids
    said = next(_said_cumulative(taken), None)
    if any(grid.is_cumulative for grid in own) or not own or said is None:
        return
    sentence, source = said
    read_as = "what each year adds to the one before"
    if len(sentence.split()) <= _SHORT_NOTE:
        read_as = "the tables marked as cumulative, which the quarter's run refuses"
        for row in (row for grid in own for row in grid.rows):
            row.labels["accumulation"] = Value("cumulative", (source,))
    taken.ask(
        f"'{sentence}' is said in the text, and no table is headed so.",
        source,
        read_as=read_as,
        do="Write what each year adds to the one before.",
        also=own[0].table.sheet,
    )


def _said_cumulative(taken: Taken) -> Iterator[tuple[str, Source]]:
    """The sentences that call figures cumulative, each with its source."""
    for sentence, source in _said_of_figures(taken):
        if standard().is_note_of_running(sentence):
            yield sentence, source


def _said_of_figures(taken: Taken) -> Iterator[tuple[str, Source]]:
    """The sentences of a paper that speak of its figures, each with its source."""
    values = [value for found in taken.fields.values() for value in found]
    for value in [*values, *(each.value for each in taken.background)]:
        for sentence in sentences_of(value.text):
            if _FIGURES.search(sentence):
                yield sentence, value.sources[0]


def ask_units(taken: Taken) -> None:
    """Ask where a short note gives the figures another unit than their table: it is refused."""
    for sentence, source in _said_of_figures(taken):
        units = standard().units_named(sentence)
        is_note = len(units) == 1 and len(sentence.split()) <= _SHORT_NOTE
        if not is_note or any(money.from_text(word, money.POUND) for word in sentence.split()):
            continue
        for grid in taken.own_grids:
            own = {scale_of(grid, row, taken) for row in grid.rows} - {None, *units}
            if own and sentence not in grid.title.text:
                said = money.unit_label(next(iter(filter(None, own))))
                taken.ask(
                    f"'{sentence}' is said in the text, and the table is in {said}.",
                    source,
                    read_as="as written; the quarter's run refuses the table",
                    do="Write the unit that holds above the table, and delete the other.",
                    also=grid.table.sheet,
                )
                text = f"{grid.title.text} ({money.unit_label(units[0])}?)"
                grid.title = Value(text, (*grid.title.sources, source), "two units are written")
