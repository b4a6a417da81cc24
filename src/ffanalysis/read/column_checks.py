"""Refuse what a table's headings leave open: unknown columns, calendar years, running totals."""

import re
from collections.abc import Iterator
from itertools import chain

from ffanalysis import periods
from ffanalysis.layout import Layout, plain
from ffanalysis.read.collector import Collected
from ffanalysis.read.found_table import FoundTable
from ffanalysis.read.headings import Head, is_not_read
from ffanalysis.read.nearest import mistyped
from ffanalysis.sheets.cells import Cell

# What in an unknown heading points to a measure.
_LIKE = {
    "delivered to date": re.compile(r"\b(?:deliver|achiev|actual|realis|secur|bank)", re.I),
    "forecast": re.compile(r"\b(?:forecast|project|outturn|expect|estimat)", re.I),
    "revised target": re.compile(r"\b(?:revis\w+|current|new) target", re.I),
    "original target": re.compile(r"\btarget", re.I),
}
# What one quarter or month adds is neither delivered to date nor what the year is to bring.
_OF_A_PART = re.compile(
    r"\b(?:in|this|for|during|the)[\s-]+(?:the[\s-]+)?(?:quarter|qtr|month|period)\b"
    r"|\b(?:quarterly|monthly|in-(?:quarter|month))\b|\bin q[1-4]\b"
    r"|\b(?:quarter|month|q[1-4]) (?:only|alone)\b",
    re.I,
)


def refuse_unknown_columns(found: FoundTable, layout: Layout, collected: Collected) -> None:
    """Refuse each column of numbers whose heading is unknown, or within the table missing.

    It may be a year of the table, so it withholds all.
    """
    known = "write a financial year such as 2017/18, or Total"
    said: set[str] = set()
    for column, cell in sorted(_other_numbers(found).items()):
        head = found.heads.get(column)
        if head is None:
            if found.covers_column(column):
                problem = (
                    "numbers stand in this column within the table, but nothing heads it"
                    f" ({known})."
                )
                collected.refuse(found, cell, problem, {})
        elif not is_not_read(head, layout):
            heading = head.tokens[-1].cell
            # One word over several years is one thing to mend.
            if plain(heading.text) not in said:
                said.add(plain(heading.text))
                collected.refuse(found, heading, _unknown_heading(head, known, found, layout), {})


def _unknown_heading(head: Head, known: str, found: FoundTable, layout: Layout) -> str:
    """That a heading over numbers is not known, and what to write in its place."""
    text = head.tokens[-1].cell.text
    if meant := meant_measure(text, layout):
        return (
            f"the heading '{head.name}' is not known, but numbers stand below it: did you mean"
            f" {meant}?"
        )
    if _OF_A_PART.search(text) and _measure_like(text):
        return (
            f"the heading '{text}' is of a part of the year alone, and no measure that is read"
            " (write what is delivered to date, or what the forecast of the year is)."
        )
    measure = _measure_like(text) or ("forecast" if head.is_unknown_under_year else "")
    if not measure or found.table != "savings":
        return f"the heading '{head.name}' is not known, but numbers stand below it ({known})."
    _, rest = periods.year_in(text) or (None, text)
    word = plain(layout.without_units(rest))
    return (
        f"the heading '{head.name}' is not known, but numbers stand below it (write"
        f" {', '.join(layout.choices['measure'])}, or teach it to layout.toml: under"
        f' [values.measure], such as "{measure}" = ["{word}"]).'
    )


def may_be_measure(head: Head, layout: Layout) -> bool:
    """Whether an unknown heading may be a measure, beside which nothing can be compared."""
    text = head.tokens[-1].cell.text
    return bool(meant_measure(text, layout) or head.is_unknown_under_year) or (
        head.tokens[-1].kind == "other" and bool(_measure_like(text))
    )


def _measure_like(text: str) -> str:
    """The measure that an unknown heading is likeliest to be; "" where its words say nothing."""
    found = (measure for measure, words in _LIKE.items() if words.search(text))
    return next(found, "")


def meant_measure(text: str, layout: Layout) -> str:
    """The measure, or what stands beside one, that a heading is but for a letter; else ""."""
    bare = layout.without_units(text)
    _, rest = periods.year_in(bare) or (None, bare)
    known = (*layout.values["measure"], *layout.compared, *layout.total_headings)
    meant = "" if plain(rest) in known else mistyped(rest, known)
    return meant[:1].upper() + meant[1:]


def _other_numbers(found: FoundTable) -> dict[int, Cell]:
    """Column → its first number among the table's rows, of columns that the table has not read."""
    own = found.all_columns | found.texts.keys()
    numbers: dict[int, Cell] = {}
    for row in range(found.header_row + 1, found.last_row + 1):
        line = found.sheet.grid.get(row, {})
        for column in line.keys() - own:
            if line[column].is_number:
                numbers.setdefault(column, line[column])
    return numbers


def refuse_calendar_years(found: FoundTable, collected: Collected) -> None:
    """Refuse each column under a calendar year, and take it out of the table.

    Its amounts are of one of two financial years, and it is not stated of which.
    """
    for column, head in list(found.amounts.items()):
        if token := head.calendar:
            collected.refuse(found, token.cell, f"{either_year(token.text)}.", {})
            del found.amounts[column]


def either_year(calendar_year: str) -> str:
    """That a calendar year may mean two financial years, as the beginning of a sentence."""
    first, second = periods.readings_of(calendar_year)
    return f"'{calendar_year}' may mean {first} or {second} (write one of them)"


def refuse_cumulative(found: FoundTable, layout: Layout, collected: Collected) -> bool:
    """Refuse a table whose title, headings, notes or sheet say that it is cumulative; if it was.

    Its amounts would be added up twice.
    """
    said = (
        cell
        for cell in _title_and_headings(found)
        if layout.is_cumulative(cell.text)
        and not layout.column_words.get(plain(cell.text))
        and not meant_measure(cell.text, layout)
        and not layout.is_of_year_so_far(cell.text)
        and not _is_within_year(cell, found, layout)
    )
    noted = (cell for cell in found.notes if layout.is_note_of_running(cell.text))
    named = Cell(found.header_rows[0], found.first_column, found.sheet.name)
    is_running = layout.is_running(named.text) and not layout.is_of_year_so_far(named.text)
    by_sheet = [named] if is_running else []
    cell = next(chain(said, noted, by_sheet), None)
    if cell is None:
        return False
    problem = (
        f"'{cell.text}' says that the amounts are cumulative (write what each year adds, one year"
        " after another)."
    )
    collected.refuse(found, cell, problem, {})
    return True


def _is_within_year(cell: Cell, found: FoundTable, layout: Layout) -> bool:
    """Whether a heading is of what is delivered in one year up to now: "Delivered (cumulative)".

    Over the amounts of several years it may be that of all years before.
    """
    _, rest = periods.year_in(cell.text) or (None, cell.text)
    if layout.measure_in(layout.without_units(rest)) != "delivered to date":
        return False
    heads = [
        head
        for head in found.heads.values()
        if any(token.word == ("measure", "delivered to date") for token in head.tokens)
    ]
    return len({year for head in heads for year in head.years}) <= 1


def _title_and_headings(found: FoundTable) -> Iterator[Cell]:
    if found.title:
        yield found.title.cell
    for head in found.heads.values():
        yield from (token.cell for token in head.tokens)
