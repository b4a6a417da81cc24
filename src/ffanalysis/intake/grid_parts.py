"""What a table of money says in its cells and its title: amounts, shares, gaps, signs."""

import re
from collections.abc import Sequence
from decimal import Decimal

from ffanalysis import money
from ffanalysis.intake.taken import Grid, GridRow, Source, Taken, Value
from ffanalysis.intake.words import key
from ffanalysis.layout import plain, standard

# What a column of statuses is headed.
RAG_HEADS = frozenset({"rag", "rag status", "rag rating", "brag", "brag status"})
SHARE = re.compile(r"[-+]?\d[\d.,]*\s*%")
_LEAST_POUNDS = 1_000 * money.POUND  # a smaller one with a pound sign may be in thousands
# Savings outside of these are asked about, in a table in thousands or millions.
_LEAST, _MOST = 500 * money.POUND, 50_000_000 * money.POUND
# What a title may say beside its name without being the title of another table.
_HARMLESS = re.compile(
    r"cumulative|incremental|are|is|shown|by|years?|per|annum|in|the|of|a|for|over|and|from|to|all"
    r"|each|this|project|period|part|full|£k|£m|k|m|millions?|£million|thousands|pounds|mtfps?|mtfs"
    r"|net|total|figures|financial|table|profile|savings?|values?|amounts?|proposals?|proposed"
    r"|budget|reductions?|summary|revenue|cashable|ongoing|rag|status|impact"
)


def name_of(row: GridRow) -> str:
    """What a row is called, whatever kind of label says it."""
    return next((value.text for column, value in row.labels.items() if column != "unit"), "")


def background_row(row: GridRow, grid: Grid) -> Value:
    """A row of a table of money as words: "CDEL: 1.2 in 2019/20, 0.5 in 2020/21"."""
    label = next((v for c, v in row.labels.items() if c != "unit"), None)
    said = [
        f"{value.text} ({grid.heads[number].text})" for number, value in sorted(row.amounts.items())
    ]
    text = ": ".join(filter(None, (label.text if label else "", ", ".join(said)))) or "blank"
    values = (*row.labels.values(), *row.amounts.values())
    return Value(text, tuple(source for value in values for source in value.sources))


def amount_of(value: Value | None) -> Decimal | None:
    """The number of an amount in its own or its table's unit, or None."""
    if value is None:
        return None
    read = money.from_text(value.text, money.POUND)
    return Decimal(read.pence) / money.POUND if read else None


def marked(value: Value, doubt: str, *sources: Source) -> Value:
    """An amount with a doubt behind it, which the quarter's run refuses; it is asked about."""
    return Value(f"{value.text} ({doubt})", (*value.sources, *sources), doubt)


def is_gap(text: str) -> bool:
    """Whether a text says that an amount is missing, or nil: "n/a", "TBC"."""
    layout = standard()
    return plain(text) in layout.markers | layout.nil | layout.not_legible


def is_amount_or_gap(text: str) -> bool:
    """Whether a text is what a column of amounts may have: a number, a share, "n/a"."""
    return (
        money.from_text(text, money.POUND) is not None
        or bool(SHARE.fullmatch(text.strip()))
        or is_gap(text)
    )


def with_unit(text: str, scale: int | None) -> str:
    """An amount of a table as it is written by itself: 10 in £000 is "£10k"."""
    if (
        scale is None
        or money.unit_of_text(text) is not None
        or money.from_text(text, scale) is None
    ):
        return text
    ending = {money.POUND: "", money.THOUSAND: "k", money.MILLION: "m"}[scale]
    return f"£{text.strip().lstrip('£')}{ending}"


def with_hint(text: str, hint: str) -> str:
    """An amount by itself, in the unit that its label names in brackets."""
    units = standard().units_named(hint)
    return with_unit(text, units[0] if len(units) == 1 else None)


def are_pounds(texts: Sequence[str]) -> bool:
    """Whether amounts without a unit are pounds as they stand: "£100,000", not "£100"."""
    amounts = [(text.strip(), money.from_text(text, money.POUND)) for text in texts]
    known = [(text, amount) for text, amount in amounts if amount is not None and amount.pence]
    return bool(known) and all(
        "£" in text and abs(amount.pence) >= _LEAST_POUNDS for text, amount in known
    )


def years_of(grid: Grid) -> list[int]:
    """The columns that are of a year, by their numbers among the headings."""
    return [number for number, head in enumerate(grid.heads) if head.kind == "year"]


def ask_title(grid: Grid, taken: Taken) -> None:
    """Ask about a title that says more than that the table is one of savings."""
    known = max(
        (key(t) for t in grid.table.titles if key(t) in key(grid.title.text)), key=len, default=""
    )
    rest = key(standard().without_units(grid.title.text)).replace(known, " ", 1).split()
    others = [word for word in rest if not (_HARMLESS.fullmatch(word) or re.search(r"\d", word))]
    if others and grid.table.is_own and not grid.title.how:
        taken.ask(
            f"The table is headed '{grid.title.text}', which is more than"
            f" '{grid.table.titles[0]}'.",
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
                name = f", '{name_of(row)}'" if name_of(row) else ""
                where = f"{grid.title.text}{name}, {grid.heads[number].text}"
                _ask_amount(value, where, grid, taken)


def _ask_amount(value: Value, where: str, grid: Grid, taken: Taken) -> None:
    amount = amount_of(value)
    if any(question.source in value.sources for question in taken.questions):
        return
    if amount is None:
        if not is_gap(value.text):
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


def ask_size(grid: Grid, row: GridRow, scale: int | None, taken: Taken) -> None:
    """Ask about an amount that its table's unit makes too large or too small for a saving."""
    if scale is None or scale == money.POUND:
        return
    for number in sorted(set(years_of(grid)) & row.amounts.keys()):
        value = row.amounts[number]
        amount = money.from_text(value.text, scale)
        if amount is not None and amount.pence and _is_unlikely(value.text, amount.pence):
            comes_to = f"£{Decimal(amount.pence) / money.POUND:,.0f}"
            taken.ask(
                f"{grid.title.text}, {grid.heads[number].text}: '{value.text}' comes to {comes_to}"
                " in the unit of the table.",
                value.sources[0],
                read_as=comes_to,
                do="Look whether the amount is in that unit.",
                also=grid.table.sheet,
            )
            return


def _is_unlikely(text: str, pence: int) -> bool:
    has_sign = "£" in text and "," in text and money.unit_of_text(text) is None
    return has_sign or not _LEAST <= abs(pence) < _MOST


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
        do="Write savings without brackets or a minus; or say in the paper's form, intake/*.toml,"
        ' sign = "saving is negative", and take the paper in again.',
        also=grid.table.sheet,
    )
    return True
