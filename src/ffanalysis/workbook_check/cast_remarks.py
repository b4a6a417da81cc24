"""The totals of a table, held against what they add: rows against rows, columns against columns."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np

from ffanalysis.layout import plain
from ffanalysis.workbook_check.records import Remark, RemarkSeverity
from ffanalysis.workbook_check.table import Column, Table
from ffanalysis.workbook_check.totals_search import (
    Cast,
    Casts,
    Difference,
    Flags,
    Floats,
    Item,
    find_casts,
)
from ffanalysis.workbook_check.values import (
    decimals_of,
    float_in,
    is_figure,
    is_gap,
    is_total_label,
)

MOST_CELLS = 12  # a remark names so many cells, and says how many more there are
_FEW_UNITS = 10  # so many of its last digit, in a table that adds up otherwise, is looked at, but is no error
_OTHER_KIND = re.compile(
    r"(?:^|\s|\()(?:%|per cent|percentage|ftes?|headcount|no\.? of|number of)(?:\s|\)|$)"
)
_LESS = re.compile(r"^\(?(?:less|minus|deduct)\b", re.I)
_MEMO = re.compile(
    r"\bmemo(?:randum)?\b|^\(?(?:of which|includ(?:ing|es))\b|\bnot included in\b|\bdoes not"
    r" feed\b|\bfor information\b",
    re.I,
)


def casts_of(table: Table) -> tuple[Casts, Casts]:
    """The totals among the table's rows, and those among its columns."""
    amounts = [column.number for column in table.amounts]
    rows = _cast_rows(table)
    unit_names = [table.unit_of(column) for column in table.amounts]
    values = np.full((len(rows), len(amounts)), np.nan)
    marked = np.zeros((len(rows), len(amounts)), dtype=bool)
    for y, row in enumerate(rows):
        line = table.sheet.grid[row]
        for x, column in enumerate(amounts):
            cell = line.get(column)
            if cell is None:
                continue
            figure = float_in(cell, unit_names[x])
            if figure is not None:
                values[y, x] = figure
            elif is_gap(cell):
                marked[y, x] = True
    units = np.array([unit_of_column(table, column) for column in table.amounts])
    items = [_row_item(table, row, values[y], marked[y], y, rows) for y, row in enumerate(rows)]
    folded = _folded(values, marked)
    down = find_casts(items, units) if folded is None else _casts_folded(items, folded, units)
    across = find_casts(
        [
            Item(
                column.number,
                column.heading,
                values[:, x],
                marked[:, x],
                is_total=is_total_label(column.name),
                is_memo=bool(_MEMO.search(column.heading)),
            )
            for x, column in enumerate(table.amounts)
        ],
        np.array([float(units.min()) if len(units) else 1.0] * len(rows)),
        parents_first=False,
    )
    across.found += _years_of_quarters(table, values, marked, units)
    return down, across


def _years_of_quarters(
    table: Table, values: Floats, marked: Flags, units: Floats
) -> Iterator[Cast]:
    """Columns of whole years that are the sum of the quarters or months of that year beside them, in every row."""
    amounts = table.amounts
    for x, column in enumerate(amounts):
        parts = [
            y
            for y, other in enumerate(amounts)
            if other.year == column.year and other.texts != column.texts and len(other.texts) > 1
        ]
        if not column.year or len(column.texts) != 1 or len(parts) < 4:
            continue
        total = Item(column.number, column.heading, values[:, x], marked[:, x], is_total=True)
        items = [Item(amounts[y].number, "", values[:, y], marked[:, y]) for y in parts]
        found = find_casts(
            [*items, total], np.full(len(values), float(units.min())), parents_first=False
        ).found
        if (
            len(found) == 1
            and not found[0].differing
            and found[0].agreeing >= 3
            and len(found[0].parts) == len(parts)
        ):
            yield found[0]


def _is_of_other_kind(table: Table, row: int) -> bool:
    """Whether a row of a table of money holds something else: percentages, numbers of posts."""
    label = " ".join((*table.section(row), table.label(row))).casefold()
    cells = [cell for column in table.amounts if (cell := table.sheet.grid[row].get(column.number))]
    shares = sum(cell.is_percentage for cell in cells)
    return shares * 2 > len(cells) or bool(_OTHER_KIND.search(label))


def _row_item(
    table: Table, row: int, values: Floats, marked: Flags, place: int, rows: list[int]
) -> Item:
    label = table.label(row)
    names = table.label_columns
    texts = [table.sheet.at(row, number).text for number in names]
    innermost = next((text for text in reversed(texts) if text), "")
    before = rows[place - 1] if place else table.header_rows[1]
    numbers = values[~np.isnan(values)]
    if _LESS.match(innermost) and (numbers >= 0).all():
        # "Less: vacancy factor 40" takes 40 away.
        values = -values
    stated = [abs(value) for value in numbers.tolist() if value]
    return Item(
        row,
        label,
        values,
        marked,
        is_total=is_total_label(innermost),
        is_result=bool(re.match(r"net\b", innermost, re.I))
        or (bool(innermost) and plain(innermost) in map(plain, table.section(row)[-1:])),
        is_memo=bool(_MEMO.search(innermost)),
        is_cumulative=bool(re.search(r"\bcumulative\b|\brunning total\b", label, re.I)),
        begins_group=row - before > 1,
        categories=tuple(
            table.sheet.at(row, column.number).text
            for column in table.labels
            if column.number not in names[:1]
        ),
        unit=_granularity(stated),
    )


def _granularity(stated: Sequence[float]) -> float:
    """The finest decimal that any of these numbers is written to; nil where there is none."""
    if not stated:
        return 0.0
    places = max(_decimals(value) for value in stated)
    return float(10.0**-places)


def _decimals(value: float) -> int:
    if value == int(value):
        return 0
    exponent = Decimal(f"{value:.12g}").normalize().as_tuple().exponent
    return min(6, max(0, -int(exponent)))


def unit_of_column(table: Table, column: Column) -> float:
    """The unit to which a column's amounts are stated.

    Its number formats', or the round number that they all keep to.
    """
    cells = [
        cell
        for row in table.rows
        if (cell := table.sheet.grid[row].get(column.number)) and is_figure(cell)
    ]
    values = [abs(figure) for cell in cells if (figure := float_in(cell, table.unit_of(column)))]
    if not values:
        return 1.0
    fixed = [
        places for cell in cells if cell.is_number and (places := decimals_of(cell)) is not None
    ]
    written = max((_decimals(value) for value in values), default=0)
    places = (
        min(written, max(set(fixed), key=fixed.count)) if len(fixed) * 2 > len(cells) else written
    )
    unit = 10.0 ** -max(places, -6)
    # Forecasts rounded to hundreds of thousands are typed in full: 173,100,000. Only long numbers,
    # and many, show that.
    for power in range(6, 2, -1):
        coarse = 10.0**power
        if coarse > unit and len(values) >= 6 and sorted(values)[len(values) // 2] >= 50 * coarse:
            kept = sum(abs(value / coarse - round(value / coarse)) < 1e-9 for value in values)
            if kept >= 0.9 * len(values):
                return coarse
    return unit


def _folded(values: Floats, marked: Flags) -> Floats | None:
    """One column of numbers, where parts stand in an inner column and their results in an outer one; else None."""
    known = ~np.isnan(values)
    if values.shape[1] != 2 or len(values) < 4 or marked.any() or (known.sum(axis=1) > 1).any():
        return None
    return np.where(known[:, 0], values[:, 0], values[:, 1])


def _casts_folded(items: list[Item], folded: Floats, units: Floats) -> Casts:
    none = np.zeros(1, dtype=bool)
    single = [
        replace(item, values=folded[y : y + 1], marked=none, categories=())
        for y, item in enumerate(items)
    ]
    return find_casts(single, np.array([float(units.min())]))


def sum_remarks(table: Table, down: Casts, across: Casts) -> Iterator[Remark]:
    """Totals that do not add up, that do so within rounding only, and that add nothing that is shown."""
    for cast in down.found:
        for difference in cast.differing:
            yield _total_line(
                table,
                cast,
                difference,
                _column_at(table, cast.total, difference),
                cast.total,
                rows=True,
            )
    rows = _cast_rows(table)
    for cast in across.found:
        for difference in cast.differing:
            yield _total_line(
                table,
                cast,
                difference,
                table.columns[cast.total],
                rows[difference.position],
                rows=False,
            )
    yield from _rounding_line(
        table, [*((cast, True) for cast in down.found), *((cast, False) for cast in across.found)]
    )
    for cast in down.unexplained:
        difference = cast.differing[0]
        column = _column_at(table, cast.total, difference)
        message = (
            f"{_place(table, cast.total, column)}: '{table.label(cast.total)}' is headed as a"
            " total, but nothing above or below it adds up to it. Look at what it is meant to add."
        )
        cell = table.where(cast.total, column.number)
        yield Remark(
            "note",
            "total-not-checked",
            message,
            (cell,),
            _decimal(difference.stated),
            None,
            None,
            table.unit_of(column),
        )


def _column_at(table: Table, row: int, difference: Difference) -> Column:
    """The column of a total's number.

    Where parts and results stand in two columns, the one that is filled.
    """
    column = table.amounts[min(difference.position, len(table.amounts) - 1)]
    if table.number(row, column.number) is None:
        return next(other for other in table.amounts if table.number(row, other.number) is not None)
    return column


def _decimal(value: float) -> Decimal:
    """A number as it is written: without what a sum of binary fractions leaves behind."""
    return Decimal(f"{value:.12g}")


def shown(value: Decimal) -> str:
    """A number with thousands separated, and a minus before a negative one."""
    exact = value.quantize(Decimal("0.000001"), ROUND_HALF_EVEN).normalize()
    return f"{exact:,f}"


def _place(table: Table, row: int, column: Column) -> str:
    return f"{table.sheet.name}, {column.letter}{row}"


def _total_line(
    table: Table, cast: Cast, difference: Difference, column: Column, row: int, *, rows: bool
) -> Remark:
    stated, calculated = _decimal(difference.stated), _decimal(difference.calculated)
    tolerance = _decimal(difference.tolerance)
    gap = calculated - stated
    name = table.label(row) or column.name
    if rows:
        parts = [
            table.where(part, number)
            for part in cast.parts
            if (number := _filled(table, part, column))
        ]
        what = listed_lines([f"{part}" for part in cast.parts], "row", "rows")
    else:
        parts = [table.where(row, part) for part in cast.parts]
        what = listed_lines(
            [table.columns[part].letter for part in cast.parts], "column", "columns"
        )
    more = "more" if gap > 0 else "less"
    unit = table.unit_of(column)
    message = (
        f"{_place(table, row, column)}, {name}: {what} {'add' if len(cast.parts) > 1 else 'adds'}"
        f" to {shown(calculated)}; the total states {shown(stated)} ({shown(abs(gap))} {more} than"
        f" stated; rounding allows {shown(tolerance)}{f'; in {unit}' if unit else ''})."
    )
    if not rows:
        message = message.replace("the total states", f"'{column.name}' states")
    # A few units of the last digit in a long number: parts that were rounded from sums themselves
    # leave that behind.
    few = abs(gap) <= _FEW_UNITS * _decimal(difference.unit)
    tiny = few and abs(gap) * (10_000 if cast.agreeing >= 5 else 100_000) <= abs(stated)
    severity: RemarkSeverity = "error" if cast.is_sure and not tiny else "warning"
    cells = (table.where(row, column.number), *parts)
    return Remark(severity, "total-differs", message, cells, stated, calculated, tolerance, unit)


def _filled(table: Table, row: int, column: Column) -> int:
    """The column in which a part stands.

    The total's own, or the inner one of two; nil where it is blank.
    """
    places = [column, *table.amounts] if len(table.amounts) == 2 else [column]
    return next(
        (place.number for place in places if table.number(row, place.number) is not None), 0
    )


def listed_lines(names: list[str], one: str, many: str) -> str:
    """Rows or columns as a sentence names them: "rows 5 to 9", "rows 7, 12 and 19"."""
    if len(names) == 1:
        return f"{one} {names[0]}"
    if names and all(name.isdecimal() for name in names):
        numbers = [int(name) for name in names]
        if numbers[-1] - numbers[0] == len(numbers) - 1:
            return f"{many} {numbers[0]} to {numbers[-1]}"
    if len(names) > MOST_CELLS:
        return f"{many} {', '.join(names[:3])} … {names[-1]} ({len(names)} of them)"
    return f"{many} {', '.join(names[:-1])} and {names[-1]}"


def _rounding_line(table: Table, casts: list[tuple[Cast, bool]]) -> Iterator[Remark]:
    """One remark for all totals that add up only within rounding, with the largest difference."""
    found = [
        (abs(difference.amount), cast, difference, rows)
        for cast, rows in casts
        for difference in cast.rounded
    ]
    if not found:
        return
    _, cast, difference, rows = max(found, key=lambda item: item[0])
    if rows:
        row, column = cast.total, _column_at(table, cast.total, difference)
    else:
        row, column = _cast_rows(table)[difference.position], table.columns[cast.total]
    count = len(found)
    message = (
        f"{table.sheet.name}, {table.range}: {count:,}"
        f" {'total adds' if count == 1 else 'totals add'} up within rounding only; the furthest is"
        f" {column.letter}{row}, {shown(_decimal(abs(difference.amount)))} apart (rounding allows"
        f" {shown(_decimal(difference.tolerance))})."
    )
    stated, calculated = _decimal(difference.stated), _decimal(difference.calculated)
    cells = (table.where(row, column.number),)
    yield Remark(
        "note",
        "within-rounding",
        message,
        cells,
        stated,
        calculated,
        _decimal(difference.tolerance),
        table.unit_of(column),
    )


def _cast_rows(table: Table) -> list[int]:
    """The rows that take part in sums, in the order in which casts number them."""
    return [row for row in table.rows if not _is_of_other_kind(table, row)]
