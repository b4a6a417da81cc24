"""What stands in the cells and labels of a table and a person should look at."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from ffanalysis import periods
from ffanalysis.layout import Layout, plain
from ffanalysis.sheets.cells import Cell, NotCalculated
from ffanalysis.workbook_check.cast_remarks import MOST_CELLS, shown
from ffanalysis.workbook_check.records import Remark, RemarkSeverity
from ffanalysis.workbook_check.table import Table
from ffanalysis.workbook_check.totals_search import digits_of
from ffanalysis.workbook_check.values import (
    decimals_of,
    is_error,
    is_total_label,
    looks_like_figure,
    number_in,
)

GENERIC = frozenset(
    {
        "other",
        "others",
        "miscellaneous",
        "total",
        "subtotal",
        "sub-total",
        "of which",
        "net",
        "balance",
        "",
    }
)
_MOST_REPEATED = 12
_BALANCES = re.compile(
    r"\b(?:surplus|deficit|shortfall|net|balance|variance|revenue|income|expenditure|assets|liabilities)\b",
    re.I,
)


def cell_remarks(table: Table, layout: Layout) -> Iterator[Remark]:
    """What stands in the table's columns of amounts and is no plain number."""
    texts: dict[int, list[Cell]] = defaultdict(list)
    found: dict[str, list[Cell]] = defaultdict(list)
    kinds = {
        column.number: column.kind
        for column in table.columns.values()
        if column.kind in ("amount", "percentage", "count")
    }
    figures = set(table.rows)
    for row in range(table.header_rows[1] + 1, table.rows[-1] + 1):
        for number, cell in table.sheet.grid.get(row, {}).items():
            kind = kinds.get(number)
            if (
                kind == "amount"
                and isinstance(cell.value, str)
                and number_in(cell.value) is not None
            ):
                texts[number].append(cell)
            elif kind and (
                code := _fault_of(cell, layout, is_amount=kind == "amount", in_row=row in figures)
            ):
                found[code].append(cell)
    yield from _text_number_lines(table, texts)
    for code, cells in found.items():
        severity, words = _CELL_WORDS[code]
        first, more = cells[0], f" and {len(cells) - 1} more" if len(cells) > 1 else ""
        value = f"'{first.text[:40]}'" if first.text else "a formula"
        yield Remark(
            severity,
            code,
            f"{table.sheet.name}, {first.address}{more}: {value} {words}",
            _named(table, cells),
        )
    for column in table.columns.values():
        if column.kind == "percentage" and table.unit:
            message = (
                f"{table.sheet.name}, column {column.letter} ({column.name}): percentages under a"
                f" table in {table.unit}."
            )
            yield Remark(
                "note", "percentages", message, (table.where(table.header_rows[1], column.number),)
            )


def _fault_of(cell: Cell, layout: Layout, *, is_amount: bool, in_row: bool) -> str:
    """What is wrong with a cell among figures, by its code; "" where nothing is."""
    if isinstance(cell.value, NotCalculated):
        return "formula-not-calculated"
    if is_error(cell):
        return "error-value"
    if not is_amount:
        return ""
    if isinstance(cell.value, datetime):
        return "date-in-amounts"
    if isinstance(cell.value, str):
        # A text that looks like a figure is listed with all such texts of its sheet.
        is_word = (
            in_row
            and plain(cell.text) not in layout.markers | layout.nil
            and not looks_like_figure(cell.text)
        )
        return "text-in-amounts" if is_word else ""
    if cell.is_number and (decimals_of(cell) or 0) < 0:
        return "thousands-hidden"
    return (
        "looks-negative"
        if cell.looks_negative
        else "not-shown"
        if cell.is_number and not cell.is_shown
        else ""
    )


_CELL_WORDS: dict[str, tuple[RemarkSeverity, str]] = {
    "formula-not-calculated": (
        "error",
        "was never calculated, so its figure is missing. Open the workbook in Excel and save it.",
    ),
    "error-value": ("error", "stands where a figure belongs. Mend the formula."),
    "date-in-amounts": (
        "warning",
        "is a date among amounts. Write the amount, or give the cell a number format.",
    ),
    "text-in-amounts": (
        "warning",
        "is no amount, but stands among amounts. Write a number, nil, TBC, or leave it blank.",
    ),
    "looks-negative": (
        "warning",
        (
            "is shown as a negative by its number format, but is positive. Write the minus into the"
            " cell."
        ),
    ),
    "thousands-hidden": (
        "warning",
        "is shown without its thousands, so that its unit can be read two ways. Show it in full.",
    ),
    "not-shown": ("warning", "is hidden by its number format, but counts in every sum."),
}


def _named(table: Table, cells: Sequence[Cell]) -> tuple[str, ...]:
    return tuple(table.where(cell.row, cell.column) for cell in cells[:MOST_CELLS])


def _text_number_lines(table: Table, texts: dict[int, list[Cell]]) -> Iterator[Remark]:
    count = sum(map(len, texts.values()))
    if not count:
        return
    first = next(iter(texts.values()))[0]
    numbers = sum(
        1
        for row in table.rows
        for column in table.amounts
        if table.sheet.at(row, column.number).is_number
    )
    # Where formulas sum a column, a number written as text is left out of the sum: nobody sees
    # that.
    is_csv = table.sheet.workbook.lower().endswith(".csv")
    severity: RemarkSeverity = "note" if is_csv or not numbers else "warning"
    where = f"{table.sheet.name}, {first.address}{f' and {count - 1:,} more' if count > 1 else ''}"
    columns = ", ".join(table.columns[number].letter for number in sorted(texts)[:6])
    more = f" (columns {columns}{' …' if len(texts) > 6 else ''})" if len(texts) > 1 else ""
    ending = (
        "Excel's own sums pass over them."
        if severity == "warning"
        else "They are read as numbers here."
    )
    message = (
        f"{where}{more}: {count:,} {'number is' if count == 1 else 'numbers are'} written as text"
        f" ('{first.text}'). {ending}"
    )
    cells = [cell for column in sorted(texts) for cell in texts[column]]
    yield Remark(severity, "text-numbers", message, _named(table, cells))


def label_remarks(table: Table) -> Iterator[Remark]:
    """Lines stated twice, amounts that look copied, and years that do not fit."""
    repeated = list(_repeated_lines(table))
    if len(repeated) > max(_MOST_REPEATED, len(table.rows) // 10):
        # A ledger's labels name accounts or projects, not lines.
        cells = repeated[0].cells
        words = f"{len(repeated):,} lines bear the names of others, so a name tells no line here."
        message = f"{table.sheet.name}, {table.range}: {words}"
        yield Remark("note", "line-twice", message, cells)
    else:
        yield from repeated
    yield from _copied_amounts(table)
    yield from _year_lines(table)


def _repeated_lines(table: Table) -> Iterator[Remark]:
    """The same line given twice within one group of the table, with different figures."""
    seen: dict[tuple[object, ...], int] = {}
    keys = [
        column.number
        for column in table.columns.values()
        if column.kind in ("label", "code", "year")
    ]
    group = 0
    previous = table.header_rows[1]
    for row in table.rows:
        texts = tuple(plain(table.sheet.at(row, number).text) for number in keys)
        name = table.label(row)
        # A new group may well have lines of the same names: totals, headings and blank lines begin
        # one.
        if row - previous > 1 or is_total_label(name):
            group += 1
        previous = row
        if not name or plain(name) in GENERIC or is_total_label(name) or _BALANCES.search(name):
            continue
        first = seen.setdefault((group, texts), row)
        if first == row:
            continue
        for column in table.amounts:
            one, other = table.number(first, column.number), table.number(row, column.number)
            if one is not None and other is not None and one != other:
                message = (
                    f"{table.sheet.name}, {column.letter}{first} and {column.letter}{row}: '{name}'"
                    f" stands twice, with {shown(one)} and with {shown(other)}. One of them may be"
                    " wrong, or they need names of their own."
                )
                cells = (table.where(first, column.number), table.where(row, column.number))
                yield Remark(
                    "warning", "line-twice", message, cells, one, other, None, table.unit_of(column)
                )
                break


def _copied_amounts(table: Table) -> Iterator[Remark]:
    """The same long amount on two neighbouring lines of one column.

    More often copied than earned.
    """
    for column in table.amounts:
        before: tuple[int, Decimal] | None = None
        for row in table.rows:
            value = table.number(row, column.number)
            if value is None:
                continue
            same = before is not None and before[1] == value and before[0] in (row - 1, row - 2)
            names = (table.label(before[0]), table.label(row)) if before else ("", "")
            if (
                same
                and before
                and digits_of(float(value)) >= 7
                and _may_be_copied(names)
                and not _rows_alike(table, before[0], row)
            ):
                message = (
                    f"{table.sheet.name}, {column.letter}{before[0]} and {column.letter}{row}:"
                    f" {shown(value)} stands both for '{names[0]}' and for '{names[1]}'. One may"
                    " have been copied over the other."
                )
                cells = (table.where(before[0], column.number), table.where(row, column.number))
                yield Remark(
                    "warning",
                    "same-amount",
                    message,
                    cells,
                    value,
                    value,
                    None,
                    table.unit_of(column),
                )
            before = (row, value)


def _may_be_copied(names: tuple[str, str]) -> bool:
    """Whether two lines have no reason to state the same.

    They are no totals, and no income that meets its expenditure.
    """
    return (
        all(names)
        and names[0] != names[1]
        and not any(is_total_label(name) or _BALANCES.search(name) for name in names)
    )


def _rows_alike(table: Table, one: int, other: int) -> bool:
    """Whether two rows state the same throughout.

    Then the one may well be the total of the other alone.
    """
    pairs = [
        (table.number(one, column.number), table.number(other, column.number))
        for column in table.amounts
    ]
    return sum(left == right for left, right in pairs) * 2 > len(pairs)


def _year_lines(table: Table) -> Iterator[Remark]:
    """Years that the title and the columns name differently, that repeat, or that leave one out."""
    financial = [year for year in table.years if "/" in year]
    if len(financial) < 2:
        return
    ordered = sorted(financial)
    starts = [periods.year_start(year) for year in ordered]
    gaps = [periods.year_label(year) for year in range(starts[0], starts[-1]) if year not in starts]
    where = f"{table.sheet.name}, row {table.header_rows[1]}"
    head = table.where(table.header_rows[1], table.amounts[0].number)
    if gaps and len(gaps) <= 2:
        yield Remark(
            "note",
            "year-left-out",
            f"{where}: the years run from {ordered[0]} to {ordered[-1]} without {', '.join(gaps)}.",
            (head,),
        )
    if financial != ordered and financial != ordered[::-1]:
        yield Remark(
            "note",
            "year-order",
            f"{where}: the years are not in order: {', '.join(financial)}.",
            (head,),
        )
    said = _years_of_title(table.title)
    differs = (
        (said[0], said[-1]) != (ordered[0], ordered[-1])
        if len(said) > 1
        else bool(said) and said[0] not in ordered
    )
    if differs:
        words = f"{said[0]} to {said[-1]}" if len(said) > 1 else said[0]
        message = (
            f"{where}: the title speaks of {words}, the columns run from {ordered[0]} to"
            f" {ordered[-1]}."
        )
        yield Remark("warning", "years-differ", message, (head,))


def _years_of_title(title: str) -> list[str]:
    """The years that a title names.

    A span's first and last, or each financial year that is written.
    """
    spans = periods.spans_in(title)
    return sorted(spans[0]) if len(spans) == 1 else sorted(periods.years_in(title))
