"""Which parts of a table of savings are savings: its rows, its columns, its title.

What is none (posts, one-off costs, budgets, shares) goes where it belongs. What may be one is asked
about, unless the table's own total says that it is.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from ffanalysis import money
from ffanalysis.intake.forms import Form, kind_of_row
from ffanalysis.intake.taken import Grid, GridRow, Source, Taken, Value
from ffanalysis.intake.words import key
from ffanalysis.layout import plain, standard

# Columns behind the years that say what the saving is once it runs: no further money.
_RUNNING = frozenset({"ongoing", "recurring", "on going", "ongoing saving", "recurring saving"})
_LATER = frozenset(
    {"thereafter", "future years", "later years", "beyond", "subsequent years", "following years"}
)
_SHARE = re.compile(r"[-+]?\d[\d.,]*\s*%")
# What a title may say beside its name without being the title of another table.
_HARMLESS = frozenset(
    "cumulative incremental by year years per annum in the of a £ £000 £000s £k £m k m 000 000s net"
    " total all figures financial for over mtfp mtfs period part full table profile saving savings"
    " value amount amounts and from to thousands millions £million proposal proposals proposed each"
    " this project budget reduction reductions summary pounds revenue cashable ongoing rag status"
    " impact".split()
)


def amount_of(value: Value | None) -> Decimal | None:
    """The number of an amount in its own or its table's unit, or None."""
    if value is None:
        return None
    read = money.from_text(value.text, money.POUND)
    return Decimal(read.pence) / money.POUND if read else None


def _is_gap(text: str) -> bool:
    """Whether a text says that an amount is missing, or nil: "n/a", "TBC"."""
    layout = standard()
    return plain(text) in layout.markers | layout.nil | layout.not_legible


def years_of(grid: Grid) -> list[int]:
    return [number for number, head in enumerate(grid.heads) if head.kind == "year"]


def background_row(row: GridRow, grid: Grid) -> Value:
    """A row of a table of money as words: "CDEL: 1.2 in 2019/20, 0.5 in 2020/21"."""
    label = next((v for c, v in row.labels.items() if c != "unit"), None)
    said = [
        f"{value.text} ({grid.heads[number].text})" for number, value in sorted(row.amounts.items())
    ]
    text = f"{label.text + ': ' if label else ''}{', '.join(said) or 'blank'}"
    values = (*row.labels.values(), *row.amounts.values())
    return Value(text, tuple(source for value in values for source in value.sources))


def keep_as_background(grid: Grid, taken: Taken) -> None:
    """Keep a table of costs as words; ask about a row of it that may be a saving."""
    for row in grid.rows:
        taken.add_background(grid.title.text, background_row(row, grid))
        label = row.labels.get("line")
        if label is not None and "saving" in key(label.text) and row.amounts:
            taken.ask(
                f"{grid.title.text}: '{label.text}' is a row of a table that is not read for savings.",
                label.sources[0],
                read_as="kept as background",
                do="Write it into a table of savings, if it is one.",
            )


def take_out_rows(grid: Grid, taken: Taken) -> Iterator[tuple[str, GridRow]]:
    """Take rows out that are no savings; those of posts and one-off costs are given to the caller.

    A row of words alone ("Costs") says what the rows below it are.
    """
    is_proved = _is_proved(grid)
    group = ""
    for row in list(grid.rows):
        label = row.labels.get("line")
        if label is None or row.is_total or row.labels.keys() & {"rag", "route", "saving_type"}:
            continue
        own = kind_of_row(label.text)
        if not row.amounts:
            group = own if own != "line" else ""
        kind = own or group
        if _is_share(row):
            kind = "share"
        if kind == "line":
            continue
        if kind:
            _remove(row, grid)
        if kind in ("posts", "one_off_cost"):
            yield kind, row
        elif kind:
            taken.add_background(grid.title.text, background_row(row, grid))
            if kind == "other" and row.amounts:
                _ask_row(label, grid, taken, "is a row of the table, and no saving")
        elif not row.amounts:
            _remove(row, grid)
            taken.add_background(grid.title.text, background_row(row, grid))
        elif not is_proved:
            _ask_row(label, grid, taken, "is a row that the form does not know")


def _remove(row: GridRow, grid: Grid) -> None:
    grid.rows[:] = [each for each in grid.rows if each is not row]


def _ask_row(label: Value, grid: Grid, taken: Taken, what: str) -> None:
    is_known = what.endswith("no saving")
    taken.ask(
        f"{grid.title.text}: '{label.text}' {what}.",
        label.sources[0],
        read_as="kept as background" if is_known else "a line of savings",
        do=f"Confirm that it is {'no' if is_known else 'a'} saving.",
        also=grid.table.sheet,
    )


def _is_share(row: GridRow) -> bool:
    """Whether all that a row says is in per cent."""
    texts = [value.text.strip() for value in row.amounts.values()]
    return bool(texts) and all(_SHARE.fullmatch(text) for text in texts)


def _is_proved(grid: Grid) -> bool:
    """Whether the rows of a table of savings are what its total of savings adds up."""
    totals = [row for row in grid.rows if row.is_total]
    named = [
        grid.title.text,
        *(row.labels["total"].text for row in totals if "total" in row.labels),
    ]
    if len(totals) != 1 or not any(re.search(r"saving|reduction", text, re.I) for text in named):
        return False
    lines = [row for row in grid.rows if not row.is_total and not _is_share(row) and row.amounts]
    if any(
        kind_of_row(row.labels["line"].text) in _NO_LINES for row in lines if "line" in row.labels
    ):
        return False
    compared = 0
    for column in years_of(grid):
        parts = [row.amounts[column] for row in lines if column in row.amounts]
        if any(amount_of(value) is None for value in parts):
            return False
        total = amount_of(totals[0].amounts.get(column)) or Decimal(0)
        if sum((amount_of(value) or Decimal(0) for value in parts), Decimal(0)) != total:
            return False
        compared += bool(parts)
    return compared > 0


_NO_LINES = frozenset({"posts", "one_off_cost", "other"})


def take_out_columns(grid: Grid, taken: Taken, *, is_cumulative: bool) -> None:
    """Take columns out that say what the saving is once it runs, or what comes after the years."""
    for number, head in enumerate(grid.heads):
        said = plain(standard().without_units(head.text))
        if said in _RUNNING | _LATER and head.kind != "year":
            for row in grid.rows:
                _check_running(row, number, grid, taken, is_cumulative, said in _LATER)
    kept = [
        number
        for number, head in enumerate(grid.heads)
        if head.kind == "year"
        or plain(standard().without_units(head.text)) not in _RUNNING | _LATER
    ]
    for row in grid.rows:
        row.amounts = {new: row.amounts[old] for new, old in enumerate(kept) if old in row.amounts}
    grid.heads = tuple(grid.heads[number] for number in kept)


def _check_running(
    row: GridRow, number: int, grid: Grid, taken: Taken, is_cumulative: bool, is_later: bool
) -> None:
    """Keep what a row saves once it runs, and ask where that is not what its years come to."""
    value = row.amounts.get(number)
    if value is None:
        return
    head = grid.heads[number].text
    taken.add_background(grid.title.text, Value(f"{head}: {value.text}", value.sources))
    amounts = [amount_of(row.amounts.get(column)) or Decimal(0) for column in years_of(grid)]
    last, total = amounts[-1] if amounts else Decimal(0), sum(amounts, Decimal(0))
    said = amount_of(value)
    if said is not None and said == (last if is_cumulative else total) and not is_later:
        if not row.is_total:
            row.labels["recurring"] = Value("Recurring", value.sources, f"the column '{head}'")
        return
    if said == 0 or _is_gap(value.text):
        return
    looks_cumulative = said == last != total
    if looks_cumulative and not is_later:
        row.labels["accumulation"] = Value("cumulative", value.sources)
    taken.ask(
        f"{grid.title.text}: '{head}' says {value.text}, and the years come to {total:,f}"
        f"{'; they may be cumulative' if looks_cumulative else ''}.",
        value.sources[0],
        read_as="kept as it is, and marked as cumulative; the quarter's run refuses the table"
        if looks_cumulative and not is_later
        else "the years as they are written; the rest as background",
        do="Ask what is saved in each year, and write it.",
        also=grid.table.sheet,
    )


def ask_title(grid: Grid, taken: Taken) -> None:
    """Ask about a title that says more than that the table is one of savings."""
    known = max(
        (key(t) for t in grid.table.titles if key(t) in key(grid.title.text)), key=len, default=""
    )
    rest = key(standard().without_units(grid.title.text)).replace(known, " ", 1).split()
    others = [word for word in rest if word not in _HARMLESS and not re.search(r"\d", word)]
    if others and grid.table.is_own and not grid.title.how:
        taken.ask(
            f"The table is headed '{grid.title.text}', which is more than '{grid.table.titles[0]}'.",
            grid.title.sources[0],
            read_as=f"{grid.table.plan.lower()} savings".strip(),
            do="Confirm that these are the savings of this project.",
            also=grid.table.sheet,
        )


def ask_amounts(grid: Grid, taken: Taken) -> None:
    """Ask about what stands in place of an amount, and about a saving below nil."""
    for row in grid.rows:
        if row.is_total:
            continue
        for number in years_of(grid):
            value = row.amounts.get(number)
            if value is not None:
                _ask_amount(value, f"{grid.title.text}, {grid.heads[number].text}", grid, taken)


def _ask_amount(value: Value, where: str, grid: Grid, taken: Taken) -> None:
    amount = amount_of(value)
    if any(value.sources[0] == question.source for question in taken.questions):
        return
    if amount is None:
        if not _is_gap(value.text):
            taken.ask(
                f"{where}: '{value.text}' is no amount.",
                value.sources[0],
                read_as="kept as it is; the quarter's run refuses the cell",
                do="Write the amount.",
                also=grid.table.sheet,
            )
    elif amount < 0 and not value.how:
        taken.ask(
            f"{where}: {value.text} is below nil; it may be a saving in brackets, or a cost.",
            value.sources[0],
            read_as="a cost, as the form writes a saving as positive",
            do="Write a saving without a sign, or say in the form how it writes savings.",
            also=grid.table.sheet,
        )


def ask_one_sign(grid: Grid, taken: Taken) -> bool:
    """Ask once where all amounts of a table are below nil; whether they are."""
    values = [
        value
        for row in grid.rows
        for value in row.amounts.values()
        if amount_of(value) not in (None, Decimal(0))
    ]
    if len(values) < 2 or any((amount_of(value) or 0) > 0 for value in values):
        return False
    source = Source(" | ".join(value.words for value in values), values[0].place)
    taken.ask(
        f"{grid.title.text}: all amounts are below nil, as savings or as costs.",
        source,
        read_as="kept as they are; the quarter's run refuses the table",
        do='Write savings without a sign, or say in the form: sign = "saving is negative".',
        also=grid.table.sheet,
    )
    return True
