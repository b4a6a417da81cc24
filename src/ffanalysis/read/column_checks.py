"""Refuse what a table's headings leave open: unknown columns, calendar years, running totals."""

from collections.abc import Iterator
from itertools import chain

from ffanalysis import periods
from ffanalysis.layout import Layout, plain
from ffanalysis.read.collector import Collected
from ffanalysis.read.found_table import FoundTable
from ffanalysis.read.headings import is_not_read
from ffanalysis.read.nearest import mistyped
from ffanalysis.sheets.cells import Cell


def refuse_unknown_columns(found: FoundTable, layout: Layout, collected: Collected) -> None:
    """Refuse each column of numbers whose heading is unknown, or within the table missing.

    It may be a year of the table, so it withholds all.
    """
    known = "write a financial year such as 2017/18, or Total"
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
            meant = meant_measure(head.tokens[-1].cell.text, layout)
            what = f"did you mean {meant}?" if meant else f"({known})."
            problem = (
                f"the heading '{head.name}' is not known, but numbers stand below it{{}} {what}"
            )
            collected.refuse(found, head.tokens[-1].cell, problem.format(":" if meant else ""), {})


def meant_measure(text: str, layout: Layout) -> str:
    """The measure, or what stands beside one, that a heading is but for a letter; else ""."""
    bare = layout.without_units(text)
    _, rest = periods.year_in(bare) or (None, bare)
    known = (*layout.values["measure"], *layout.compared, *layout.total_headings)
    meant = "" if plain(rest) in known else mistyped(rest, known)
    return meant[:1].upper() + meant[1:]


def _other_numbers(found: FoundTable) -> dict[int, Cell]:
    """Column → its first number among the table's rows, of columns that the table has not read."""
    own = found.all_columns
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
    )
    noted = (cell for cell in found.notes if layout.is_note_of_running(cell.text))
    named = Cell(found.header_rows[0], found.first_column, found.sheet.name)
    by_sheet = [named] if layout.is_running(found.sheet.name) else []
    cell = next(chain(said, noted, by_sheet), None)
    if cell is None:
        return False
    problem = (
        f"'{cell.text}' says that the amounts are cumulative (write what each year adds, one year"
        " after another)."
    )
    collected.refuse(found, cell, problem, {})
    return True


def _title_and_headings(found: FoundTable) -> Iterator[Cell]:
    if found.title:
        yield found.title.cell
    for head in found.heads.values():
        yield from (token.cell for token in head.tokens)
