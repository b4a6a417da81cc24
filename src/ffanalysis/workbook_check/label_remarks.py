"""Remarks on lines listed twice, on amounts that look copied and on years that do not fit."""

import re
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal

from ffanalysis import periods
from ffanalysis.layout import plain
from ffanalysis.sheets.cells import area_of
from ffanalysis.workbook_check.fit import digits_of
from ffanalysis.workbook_check.records import Remark
from ffanalysis.workbook_check.table import FigureTable, TableColumn
from ffanalysis.workbook_check.values import is_total_label
from ffanalysis.workbook_check.wording import counted, shown

# Labels that several lines of a table may well share.
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
_LEAST_KEYS = 3  # a table of so many columns of labels may be a ledger
_MOST_REPEATED = 12
_MOST_YEARS_LEFT_OUT = 2  # more are no slip
_COPIED_DIGITS = 7  # a shorter amount may well occur twice
_BALANCES = re.compile(
    r"\b(?:surplus|deficit|shortfall|net|balance|variance|revenue|income|expenditure|assets"
    r"|liabilities)\b",
    re.I,
)


def label_remarks(table: FigureTable, totals: Mapping[int, Collection[int]]) -> Iterator[Remark]:
    """Lines listed twice, amounts that look copied, and years that do not fit.

    `totals` are the rows that are totals, each with the rows that it adds.
    """
    repeated = list(_repeated_lines(table))
    most = 0 if _is_ledger(table, totals) else max(_MOST_REPEATED, len(table.rows) // 10)
    if len(repeated) > most:
        # A ledger's labels name accounts or projects, not lines.
        message = (
            f"{table.sheet.name}, {table.range}:"
            f" {counted(len(repeated), 'line has', 'lines have')} the same name as another, as"
            f" '{_name_of(table, repeated[0])}', so names do not identify lines here."
        )
        yield Remark("note", "line-twice", message, repeated[0].cells)
    else:
        yield from repeated
    for column in table.amounts:
        yield from _copied_amounts(table, column, totals)
    yield from _year_remarks(table)


def _is_ledger(table: FigureTable, totals: Mapping[int, Collection[int]]) -> bool:
    """Whether each row is an entry under several keys and no row a total: entries may repeat."""
    return len(table.labels) >= _LEAST_KEYS and not totals


# --- lines listed twice --------------------------------------------------------------------------


def _repeated_lines(table: FigureTable) -> Iterator[Remark]:
    """Lines listed twice within one group of the table, with different figures."""
    first_rows: dict[tuple[object, ...], int] = {}
    for group, row in _grouped_rows(table):
        name = table.label(row)
        if (
            plain(table.own_label(row)) in GENERIC
            or is_total_label(table.own_label(row))
            or _BALANCES.search(name)
        ):
            continue
        texts = tuple(plain(table.sheet.at(row, column.number).text) for column in table.labels)
        first = first_rows.setdefault((group, plain(name), texts), row)
        if first != row and (remark := _line_twice(table, first, row)):
            yield remark


def _grouped_rows(table: FigureTable) -> Iterator[tuple[int, int]]:
    """Each row with the number of its group. Lines of two groups may have the same names."""
    group, previous = 0, table.header_rows[1]
    for row in table.rows:
        # A total, a heading or a blank line begins a group.
        if row - previous > 1 or is_total_label(table.own_label(row)):
            group += 1
        previous = row
        yield group, row


def _line_twice(table: FigureTable, first: int, row: int) -> Remark | None:
    """The remark on two rows of one name, by the first column in which they differ."""
    for column in table.amounts:
        one, other = table.number(first, column.number), table.number(row, column.number)
        if one is not None and other is not None and one != other:
            message = (
                f"{table.sheet.name}, {column.letter}{first} and {column.letter}{row}:"
                f" '{table.label(row)}' is listed twice, with {shown(one)} and with {shown(other)}."
                " One may be wrong, or each needs a name of its own."
            )
            return _on_two_rows("line-twice", message, table, column, (first, row), (one, other))
    return None


def _name_of(table: FigureTable, remark: Remark) -> str:
    """The whole key that two lines share, of the first of their cells."""
    found = area_of(remark.cells[0].rpartition("!")[2])
    texts = (
        (table.sheet.at(found[0], column.number).text for column in table.labels) if found else ()
    )
    return " · ".join(filter(None, texts))


def _on_two_rows(
    code: str,
    message: str,
    table: FigureTable,
    column: TableColumn,
    rows: tuple[int, int],
    figures: tuple[Decimal, Decimal],
) -> Remark:
    cells = tuple(table.reference(row, column.number) for row in rows)
    return Remark("warning", code, message, cells, *figures, None, table.unit_of(column))


# --- amounts that look copied --------------------------------------------------------------------


def _copied_amounts(
    table: FigureTable, column: TableColumn, totals: Mapping[int, Collection[int]]
) -> Iterator[Remark]:
    """The same long amount on two neighbouring lines of a column: more often copied than earned."""
    before, value_before = 0, Decimal(0)
    for row in table.rows:
        value = table.number(row, column.number)
        if value is None:
            continue
        is_near = before in (row - 1, row - 2)
        is_same = is_near and value == value_before and digits_of(float(value)) >= _COPIED_DIGITS
        is_of_total = row in totals.get(before, ()) or before in totals.get(row, ())
        if is_same and not is_of_total and _may_be_copied(table, before, row):
            message = (
                f"{table.sheet.name}, {column.letter}{before} and {column.letter}{row}:"
                f" {shown(value)} is stated for both '{table.label(before)}' and"
                f" '{table.label(row)}'. One may have been copied from the other."
            )
            rows, figures = (before, row), (value, value)
            yield _on_two_rows("same-amount", message, table, column, rows, figures)
        before, value_before = row, value


def _may_be_copied(table: FigureTable, one: int, other: int) -> bool:
    """Whether two rows have no reason to state the same.

    A total of one line has, and income that meets its expenditure.
    """
    names = table.own_label(one), table.own_label(other)
    if not all(names) or names[0] == names[1]:
        return False
    if any(is_total_label(name) or _BALANCES.search(name) for name in names):
        return False
    return not _are_alike(table, one, other)


def _are_alike(table: FigureTable, one: int, other: int) -> bool:
    """Whether two rows agree in most columns: one may well be the total of the other alone."""
    equal = sum(
        table.number(one, column.number) == table.number(other, column.number)
        for column in table.amounts
    )
    return equal * 2 > len(table.amounts)


# --- years ---------------------------------------------------------------------------------------


def _year_remarks(table: FigureTable) -> Iterator[Remark]:
    """Years left out, out of order, or other than those of the title."""
    years = [year for year in table.years if "/" in year]
    if len(years) < 2:
        return
    where = f"{table.sheet.name}, row {table.header_rows[1]}"
    head = (table.reference(table.header_rows[1], table.amounts[0].number),)
    ordered = sorted(years)
    first, last = ordered[0], ordered[-1]
    if 1 <= len(missing := _years_left_out(ordered)) <= _MOST_YEARS_LEFT_OUT:
        words = f"the years run from {first} to {last} without {', '.join(missing)}."
        yield Remark("note", "year-left-out", f"{where}: {words}", head)
    if years not in (ordered, ordered[::-1]):
        words = f"the years are not in order: {', '.join(years)}."
        yield Remark("note", "year-order", f"{where}: {words}", head)
    in_title = _years_of_title(table.title)
    if in_title and not _are_years_of(in_title, ordered):
        span = f"{in_title[0]} to {in_title[-1]}" if len(in_title) > 1 else in_title[0]
        words = f"the title says {span}; the columns run from {first} to {last}."
        yield Remark("warning", "years-differ", f"{where}: {words}", head)


def _years_left_out(ordered: list[str]) -> list[str]:
    starts = [periods.year_start(year) for year in ordered]
    between = range(starts[0], starts[-1])
    return [periods.year_label(start) for start in between if start not in starts]


def _are_years_of(in_title: list[str], ordered: list[str]) -> bool:
    """Whether a title's span is that of the columns, or its only year one of theirs."""
    if len(in_title) == 1:
        return in_title[0] in ordered
    return (in_title[0], in_title[-1]) == (ordered[0], ordered[-1])


def _years_of_title(title: str) -> list[str]:
    """The years that a title names: a span's first and last, or each year that is written."""
    spans = periods.spans_in(title)
    return sorted(spans[0]) if len(spans) == 1 else sorted(periods.years_in(title))
