"""What a printed total adds: years, rows, both, or only some of the rows. Decided here alone.

A total is a total by the words of its row or column; where nothing names a row, by its arithmetic.
Which rows a total of rows adds follows from the words and the arithmetic of the whole table.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from ffanalysis import money
from ffanalysis.layout import Layout, plain
from ffanalysis.read.found_table import FoundTable
from ffanalysis.read.headings import Head
from ffanalysis.read.table_rows import TableRow
from ffanalysis.sheets.cells import Cell

Row = dict[str, Any]
FULL_YEAR = "full-year effect"
_PART = re.compile(r"sub[- ]?total", re.I)
_WHOLE = re.compile(r"(?:(?:grand|overall)\s+)?totals?", re.I)
_KEYS = (
    "project",
    "programme",
    "scope",
    "saving_type",
    "route",
    "rag",
    "rag_missing",
    "service",
    "measure",
)


# --- years, rows or both --------------------------------------------------------------------------


@dataclass(frozen=True)
class ColumnCoverage:
    """Whether a column of amounts is a total: of its row's years, or of its table's rows.

    A full-year effect adds neither.
    """

    adds_years: bool = False
    adds_rows: bool = False
    is_full_year: bool = False

    @property
    def is_total(self) -> bool:
        return self.adds_years or self.adds_rows

    @classmethod
    def of(cls, head: Head, found: FoundTable, *, has_shares: bool) -> "ColumnCoverage":
        """What a column adds by its heading.

        "Total" beside "Retained" and "Commissioned" adds rows. What years state shares of is their
        total, also where it is headed "Saving" alone.
        """
        is_shared = has_shares and not head.year and not head.is_full_year and bool(found.years)
        if not head.is_total and not is_shared:
            return cls(is_full_year=head.is_full_year)
        if found.years_in_rows:
            return cls(adds_rows=found.has_words or len(found.amounts) > 1)
        return cls(
            adds_years=head.year is None and bool(found.years),
            adds_rows=found.has_words and not head.words,
        )


def coverage_of(
    row: TableRow, column: ColumnCoverage, year: str | None, found: FoundTable, layout: Layout
) -> str | None:
    """What a printed total adds: "rows" of a year, "years" of a row, "both", or "cumulative".

    FULL_YEAR for what a line saves in a whole year; None for an amount that is no total. `year` is
    the amount's own.
    """
    if column.is_full_year or _says_full_year(row, layout):
        return FULL_YEAR
    if row.label is None and not column.is_total:
        return None
    adds_rows = column.adds_rows or row.totals_rows
    has_no_year = found.years_in_rows and year is None
    adds_years = column.adds_years or (has_no_year and (adds_rows or row.totals_years))
    if not adds_rows:
        return "years" if adds_years else None
    if row.label is not None and layout.is_cumulative(row.label.text):
        return "cumulative"
    return "both" if adds_years else "rows"


def _says_full_year(row: TableRow, layout: Layout) -> bool:
    """Whether a row says "Full-year effect" where others state their year."""
    cell = row.cells.get("year")
    return cell is not None and plain(cell.text) in layout.full_year_headings


# --- by arithmetic alone --------------------------------------------------------------------------


def adds_up(row: TableRow, heads: Sequence[Head], rows: Iterable[int], found: FoundTable) -> bool:
    """Whether the amounts of a row are, column by column, the sums of those in other rows.

    A column that totals years, and of which no other row has an amount, adds the row's own years.
    """
    numbers = list(rows)
    amounts = list(zip(row.amounts, heads, strict=True))
    own = sum(_as_written(cell) or 0 for cell, head in amounts if head.year)
    return all(
        _as_written(cell) == _sum_beside(cell, head, own, numbers, found)
        for cell, head in amounts
        if cell.value is not None
    )


def _sum_beside(
    cell: Cell, head: Head, own: Decimal | int, numbers: Iterable[int], found: FoundTable
) -> Decimal | int | str:
    """What the other rows of a column come to; where they have no amounts, the row's own years.

    "nothing" where the column does not total years either.
    """
    others = (_as_written(found.sheet.at(number, cell.column)) for number in numbers)
    parts = [part for part in others if part is not None]
    if parts:
        return sum(parts)
    return own if head.is_total and not head.year else "nothing"


def _as_written(cell: Cell) -> Decimal | None:
    """The number that a cell states, whatever its unit; None where it states none."""
    if cell.is_number:
        # What a sum of floats leaves behind the fifteenth digit is noise.
        return Decimal(f"{cell.value:.15g}")
    amount = money.from_text(cell.value, money.MILLION) if isinstance(cell.value, str) else None
    return Decimal(amount.pence) / money.MILLION if amount else None


# --- which rows -----------------------------------------------------------------------------------


class _Range(NamedTuple):
    """Lines of a table, from the first to the last."""

    first: int
    last: int


_ALL = _Range(1, 10**9)


def assign_total_ranges(lines: Sequence[Row], totals: Sequence[Row]) -> None:
    """Give each total of rows the first and last line that it adds, where it adds only some.

    None where it adds all. A sub-total adds the lines since the total above it. Where a table
    prints several totals that say the same of themselves, the range that adds up in most columns
    holds: the lines since the total above, all lines above, or those below until the next total; by
    default what the label says. The check itself is for the rules: they find what does not add up.
    """
    for total in totals:
        total["first_line"] = total["last_line"] = None
    if not lines:
        return
    by_row = _totals_of_rows(totals)
    for number in sorted(by_row):
        row = by_row[number]
        best = _best_range(lines, row, list(_candidates(number, by_row)))
        if best != _ALL:
            for total in row:
                total["first_line"], total["last_line"] = best


def _totals_of_rows(totals: Iterable[Row]) -> dict[int, list[Row]]:
    """The totals of each row of totals, by its number.

    A column of totals adds what its own row states; only a row of totals adds some of the lines.
    """
    by_row: dict[int, list[Row]] = {}
    for total in totals:
        if total["over"] in ("rows", "both") and total["label"] is not None:
            by_row.setdefault(total["line_no"], []).append(total)
    return by_row


def _candidates(number: int, by_row: Mapping[int, Sequence[Row]]) -> Iterator[_Range]:
    """The lines that a row of totals may add, the likeliest first."""
    total = by_row[number][0]
    label = total.get("label") or ""
    alike = [other for other in sorted(by_row) if _says(by_row[other][0]) == _says(total)]
    is_part = bool(_PART.match(label))
    # A plain "Total" is of the whole table, unless it is what another part of it comes to.
    if not is_part and (len(alike) < 2 or _WHOLE.fullmatch(label.strip(" :"))):
        yield _ALL
    if is_part or len(alike) > 1:
        before = max((other for other in alike if other < number), default=0)
        after = min((other for other in alike if other > number), default=_ALL.last)
        yield _Range(before + 1, number - 1)
        yield _Range(1, number - 1)
        yield _Range(number + 1, after - 1)


def _best_range(
    lines: Sequence[Row], totals: Sequence[Row], candidates: Sequence[_Range]
) -> _Range:
    """The range that adds up in most columns; of those that do alike, the likeliest."""
    if len(candidates) == 1:
        return candidates[0]
    return max(candidates, key=lambda span: _agreeing(lines, totals, span))


def _says(total: Row) -> tuple[object, ...]:
    return tuple(total.get(key) for key in _KEYS)


def _agreeing(lines: Sequence[Row], totals: Sequence[Row], span: _Range) -> int:
    """In how many columns the lines of a range add to the totals of one row, other than nil."""
    return sum(
        _adds_to(total, lines, span)
        for total in totals
        if total["amount_pence"] and total["over"] == "rows"
    )


def _adds_to(total: Row, lines: Iterable[Row], span: _Range) -> bool:
    """Whether the lines of a range that are of what a total is add to it, to the penny."""
    parts = [
        line["amount_pence"]
        for line in lines
        if span.first <= line["line_no"] <= span.last
        and line["year"] == total["year"]
        and line["amount_pence"] is not None
        and all(total.get(key) is None or total.get(key) == line.get(key) for key in _KEYS)
    ]
    return bool(parts) and sum(parts) == total["amount_pence"]


# --- years that have those before them in them ----------------------------------------------------


def total_of_last_year(lines: Sequence[Row], totals: Sequence[Row]) -> Row | None:
    """The first total of years that is its last year's amount alone, where all of them are.

    None where one adds its years up, or where a line says that its amounts are incremental.
    """
    running = [
        found
        for total in totals
        if total["over"] in ("years", "both")
        if (found := _is_running(total, lines)) is not None
    ]
    if not running or not all(running) or any(line.get("accumulation") for line in lines):
        return None
    return next(total for total in totals if _is_running(total, lines))


def _is_running(total: Row, lines: Iterable[Row]) -> bool | None:
    """Whether a total of years is its last year's amount, and not what its years come to.

    None where it does not tell: where one year alone states an amount, or the years do not grow.
    One that names no measure is of any that its lines state.
    """
    measures: dict[str | None, dict[str, int]] = {}
    for line in lines:
        if line["year"] and line["amount_pence"] and _is_of_total(line, total):
            years = measures.setdefault(line.get("measure"), {})
            years[line["year"]] = years.get(line["year"], 0) + line["amount_pence"]
    stated = total["amount_pence"]
    every = [[years[year] for year in sorted(years)] for years in measures.values()]
    if any(len(amounts) > 1 and sum(amounts) == stated for amounts in every):
        return False
    told = [amounts[-1] == stated for amounts in every if _grow(amounts)]
    return any(told) if told and stated is not None else None


def _grow(amounts: Sequence[int]) -> bool:
    return len(amounts) > 1 and list(amounts) == sorted(amounts) and amounts[0] > 0


def _is_of_total(line: Row, total: Row) -> bool:
    """Whether a total of years adds an amount of this line."""
    is_own = total["over"] == "both" or line["line_no"] == total["line_no"]
    return is_own and all(total.get(key) in (None, line.get(key)) for key in _KEYS)
