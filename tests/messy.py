"""The example quarter in the layouts that councils use.

Other places for units, totals, labels and years, other file formats.

A layout is a function from the quarter's tables to pages of cells; no figure is typed here that the
example does not state.
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.utils.cell import coordinate_to_tuple
from rows import records

from ffanalysis.money import POUND, from_text
from ffanalysis.periods import Period
from ffanalysis.read import read_sheets
from ffanalysis.sheets.cells import Cell, Sheet
from ffanalysis.tables import Tables

PERIOD = "2015-16-Q2"
GENERAL = "General"
BASE, CONTROLLABLE = "Base budget 2015-16", "Controllable budget 2013-14"
CURRENT, SPLIT, DELIVERED, PROPOSED = (
    "Current programme",
    "Split by route",
    "Delivered 2014-15",
    "Proposed savings",
)
MONEY = (BASE, CONTROLLABLE, CURRENT, SPLIT, DELIVERED, PROPOSED)
SAVINGS = (CURRENT, SPLIT, DELIVERED, PROPOSED)
REGISTER_TABLES = ("projects", "milestones", "risks", "signoff", "deadlines")
REGISTER = ("Projects", "Milestones", "Risks", "Sign-off", "Deadlines")
YEARS = {f"{year}/{year % 100 + 1}": year for year in range(2013, 2020)}

Area = tuple[int, int, int, int]


@dataclass(frozen=True)
class Table:
    """One table of the example as it is printed.

    What stands above its heading, its heading, its rows, its number format.
    """

    book: str
    sheet: str
    title: str
    unit: str | None
    context: tuple[tuple[str, str], ...]
    heads: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    form: str

    def with_amounts(self, change: Callable[[Any], Any], form: str = GENERAL) -> "Table":
        """The table with its numbers changed."""
        rows = tuple(
            tuple(change(value) if is_number(value) else value for value in row)
            for row in self.rows
        )
        return replace(self, rows=rows, form=form)

    def with_heads(self, change: Callable[[str], str]) -> "Table":
        return replace(self, heads=tuple(map(change, self.heads)))

    def column(self, head: str) -> list[Any]:
        return [row[self.heads.index(head)] for row in self.rows]

    def without(self, head: str) -> "Table":
        """The table without one of its columns."""
        at = self.heads.index(head)
        rows = tuple((*row[:at], *row[at + 1 :]) for row in self.rows)
        return replace(self, heads=(*self.heads[:at], *self.heads[at + 1 :]), rows=rows)

    @property
    def labels(self) -> int:
        """How many columns stand before its amounts."""
        return next(at for at, head in enumerate(self.heads) if head in YEARS or head == "Total")


@dataclass
class Page:
    """A sheet to be written: values with their number formats, merged areas, and what is hidden."""

    book: str
    name: str
    cells: dict[tuple[int, int], tuple[Any, str]] = field(default_factory=dict)
    merges: list[Area] = field(default_factory=list)
    hidden: bool = False
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)

    def put(self, row: int, column: int, value: Any, form: str = GENERAL) -> None:
        if value is not None:
            self.cells[row, column] = (value, form if is_number(value) else GENERAL)

    def line(
        self, row: int, values: Iterable[Any], form: str = GENERAL, left: int = 1, step: int = 1
    ) -> None:
        for number, value in enumerate(values):
            self.put(row, left + number * step, value, form)

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        self.merges.append((top, left, bottom, right))


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


Quarter = Mapping[str, Table]
Layout = Callable[[Quarter], list[Page]]


def tables_in(folder: Path) -> dict[str, Table]:
    """The tables of the example's workbooks, taken apart by openpyxl.

    Each sheet has one, behind its last blank line.
    """
    found = {}
    for path in sorted(folder.glob("*.xlsx")):
        for page in openpyxl.load_workbook(path).worksheets:
            lines = [[cell.value for cell in line] for line in page.iter_rows()]
            forms = {
                cell.number_format
                for line in page.iter_rows()
                for cell in line
                if is_number(cell.value)
            }
            gap = max(
                number
                for number, line in enumerate(lines)
                if not any(value is not None for value in line)
            )
            (title, *_), *above = lines[:gap]
            unit = next((line[0] for line in above if line[1] is None), None)
            context = tuple((line[0], line[1]) for line in above if line[1] is not None)
            heads = tuple(lines[gap + 1])
            rows = tuple(tuple(line) for line in lines[gap + 2 :])
            assert len(forms) <= 1
            table = Table(
                path.name,
                page.title,
                title,
                unit,
                context,
                heads,
                rows,
                forms.pop() if forms else GENERAL,
            )
            found[page.title] = table
    return found


# --- drawing a table ------------------------------------------------------------------------------


def above(
    page: Page, table: Table, row: int = 1, left: int = 1, *, unit: bool = True, step: int = 1
) -> int:
    """Title, unit and what is stated for the whole table.

    The row behind the blank line that follows.
    """
    page.put(row, left, table.title)
    lines = [(table.unit,), *table.context] if table.unit and unit else [*table.context]
    for line in lines:
        row += 1
        page.line(row, line, left=left, step=step)
    return row + 2


def body(page: Page, table: Table, row: int, left: int = 1, *, down: int = 1, step: int = 1) -> int:
    """The heading and the rows; the row behind the last."""
    for line in (table.heads, *table.rows):
        page.line(row, line, table.form, left, step)
        row += down
    return row


def plain(table: Table) -> Page:
    """The table as the example prints it."""
    page = Page(table.book, table.sheet)
    body(page, table, above(page, table))
    return page


def pages(quarter: Quarter, changed: Iterable[Page] = (), but: Iterable[str] = ()) -> list[Page]:
    """All tables of the quarter.

    Those drawn anew, and the others as the example has them, without those named in `but`.
    """
    changed = list(changed)
    drawn = {page.name for page in changed} | set(but)
    return [*changed, *(plain(table) for name, table in quarter.items() if name not in drawn)]


# --- units in other places ------------------------------------------------------------------------


def without_unit(table: Table) -> Table:
    """The table with no unit in its title, above it or in a column."""
    title = table.title.replace(" (£000)", "")
    return replace(
        table.without("Unit") if "Unit" in table.heads else table, title=title, unit=None
    )


def units_around(quarter: Quarter) -> list[Page]:
    """(000'S) in the corner; the unit in the row above, in headings, below them, or in a note."""
    drawn = []
    table = without_unit(quarter[CURRENT])
    page = Page(table.book, table.sheet)
    row = above(page, table)
    page.line(row, ["(000'S)", *table.heads[1:]])
    page.line(row + 1, table.heads[:1])
    for number, line in enumerate(table.rows):
        page.line(row + 2 + number, line, table.form)
    drawn.append(page)

    table = without_unit(quarter[SPLIT])
    page = Page(table.book, table.sheet)
    row = above(page, table)
    page.put(row - 1, 2, "£ million")
    body(page, table, row)
    drawn.append(page)

    table = without_unit(quarter[DELIVERED]).with_heads(
        lambda head: f"{head} (£m)" if head in YEARS else head
    )
    drawn.append(plain(table))

    table = without_unit(quarter[PROPOSED])
    page = Page(table.book, table.sheet)
    row = above(page, table)
    page.line(row, table.heads)
    page.line(row + 1, ["£'000"] * 5, left=3)
    for number, line in enumerate(table.rows):
        page.line(row + 2 + number, line, table.form)
    drawn.append(page)

    table = without_unit(quarter[CONTROLLABLE])
    page = Page(table.book, table.sheet)
    row = body(page, table, above(page, table))
    page.put(row + 1, 1, "Note: all figures are in £ million.")
    drawn.append(page)
    return pages(quarter, drawn)


def units_at_the_top_right(quarter: Quarter) -> list[Page]:
    """The unit in row 1 at the right; £ thousand, £000s, £k and £mn in words."""
    words = {
        CURRENT: "£ thousand",
        SPLIT: "£mn",
        DELIVERED: "£ millions",
        PROPOSED: "£000s",
        CONTROLLABLE: "£M",
    }
    drawn = []
    for name, unit in words.items():
        table = without_unit(quarter[name])
        page = plain(table)
        page.put(1, len(table.heads) + 1, unit)
        drawn.append(page)
    return pages(quarter, drawn)


def units_of_another_size(quarter: Quarter) -> list[Page]:
    """Thousands as millions to three decimals; millions as pounds whose format hides digits."""
    in_millions = quarter[CURRENT].with_amounts(lambda value: value / 1000, "0.000")
    in_millions = replace(in_millions, title=in_millions.title.replace("£000", "£m"), unit="£m")
    proposed = without_unit(quarter[PROPOSED]).with_amounts(
        lambda value: value / 1000, '"£"0.000"m"'
    )
    in_pounds = replace(
        quarter[SPLIT].with_amounts(lambda value: round(value * 1_000_000), "#,##0,"), unit="£"
    )
    hidden = replace(
        quarter[DELIVERED].with_amounts(lambda value: round(value * 1_000_000), "0.0,,"), unit="£"
    )
    tables = (in_millions, replace(proposed, unit="£ million"), in_pounds, hidden)
    return pages(quarter, map(plain, tables))


# --- places, spacers, footnotes -------------------------------------------------------------------


def spread_out(quarter: Quarter) -> list[Page]:
    """Each table begins at E11, with a blank behind each column and row, and notes around it."""
    drawn = []
    for table in quarter.values():
        page = Page(table.book, table.sheet)
        page.put(2, 2, "Worcestershire County Council")
        page.put(4, 5, "Prepared by the finance office from the papers as they stand.")
        row = above(page, table, 6, 5, step=2)
        row = body(page, table, max(row, 11), 5, down=2, step=2)
        page.put(row + 2, 5, "Source: the concept paper. Figures may not add because of rounding.")
        page.put(row + 3, 5, "1. As the paper prints it.")
        drawn.append(page)
    return drawn


def footnotes(quarter: Quarter) -> list[Page]:
    """Marks of footnotes behind headings and labels."""
    marks = {
        "RAG": "RAG*",
        "2015/16": "2015/16 (1)",
        "2016/17": "2016/17*",
        "2017/18": "2017/18 [note 1]",
        "Total": "Total¹",
        "Delivery route": "Delivery route (2)",
        "Retained Service savings": "Retained Service savings†",
        "Commissioned Service savings": "Commissioned Service savings [1]",
        "Amber": "Amber (1)",
        "Green On Target": "Green On Target²",
        "Green Delivered": "Green Delivered [note 2]",
        "Service": "Service:",
        "SEND Services": "SEND Services (1)",
        "Scope": "Scope ",
        "Delivered": "Delivered*",
        "Milestone": "Milestone*",
    }
    drawn = []
    for name in (*MONEY, "Milestones"):
        table = quarter[name].with_heads(lambda head: marks.get(head, head))
        marked = tuple(tuple(marks.get(value, value) for value in row) for row in table.rows)
        drawn.append(plain(replace(table, rows=marked)))
    return pages(quarter, drawn)


# --- numbers as text ------------------------------------------------------------------------------

NBSP, NARROW = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"
TEXTS: tuple[Callable[[str], str], ...] = (
    lambda text: f"{text} ",
    lambda text: f"£{text}",
    lambda text: f" {text}",
    lambda text: text.replace(",", " "),
    lambda text: f"{text}{NBSP}",
    lambda text: f"{NBSP}{text.replace(',', NARROW)}",
    lambda text: f"£ {text}",
)


def text_numbers(quarter: Quarter) -> list[Page]:
    """Every number as a text, in all the ways in which one is typed."""
    drawn = []
    for name in MONEY:
        table, count = quarter[name], 0
        rows = []
        for row in table.rows:
            line = []
            for value in row:
                if is_number(value):
                    line.append(TEXTS[count % len(TEXTS)](shown(value, table.form)))
                    count += 1
                else:
                    line.append(value)
            rows.append(tuple(line))
        drawn.append(plain(replace(table, rows=tuple(rows))))
    return pages(quarter, drawn)


def shown(value: float, form: str) -> str:
    """A number as its format shows it."""
    return (
        f"{value:,}" if form in (GENERAL, "#,##0") else f"{value:,.{len(form.partition('.')[2])}f}"
    )


# --- headings over several lines ------------------------------------------------------------------


def years_over_rag(quarter: Quarter, *, merged: bool = True) -> list[Page]:
    """One row for the scope.

    Above its amounts the RAG status, above that the year, above that the unit.
    """
    table = quarter[CURRENT]
    page = Page(table.book, table.sheet)
    context = tuple(pair for pair in table.context if pair[0] != "Scope")
    row = above(page, replace(table, unit=None, context=context))
    statuses = table.column("RAG")
    width = len(statuses)
    page.put(row, 2, "Savings")
    page.put(row + 2, 1, "Scope")
    scope = dict(table.context)["Scope"]
    page.put(row + 3, 1, scope)
    for band, year in enumerate(table.heads[1:]):
        left = 2 + band * width
        page.put(row + 1, left, year)
        if merged:
            page.merge(row + 1, left, row + 1, left + width - 1)
        for number, (status, value) in enumerate(zip(statuses, table.column(year), strict=True)):
            page.put(row + 2, left + number, status)
            page.put(row + 3, left + number, value, table.form)
    if merged:
        page.merge(row, 2, row, 1 + width * (len(table.heads) - 1))

    table = quarter[SPLIT]
    split = Page(table.book, table.sheet)
    row = above(split, replace(table, context=context_without(table, "Scope")))
    split.line(row, ["Scope", *table.column("Delivery route")])
    split.line(row + 1, [dict(table.context)["Scope"], *table.column("Total")], table.form)

    table = quarter[PROPOSED]
    proposed = Page(table.book, table.sheet)
    row = above(proposed, table)
    proposed.put(row, 4, "Savings")
    if merged:
        proposed.merge(row, 4, row, 8)
    body(proposed, table, row + 1)
    return pages(quarter, [page, split, proposed])


def context_without(table: Table, *names: str) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in table.context if pair[0] not in names)


def bands_over_blanks(quarter: Quarter) -> list[Page]:
    """The same, without merged cells: a band stands over the blanks to its right."""
    return years_over_rag(quarter, merged=False)


def transposed(quarter: Quarter) -> list[Page]:
    """The years as rows, the RAG statuses as columns."""
    table = quarter[CURRENT]
    page = Page(table.book, table.sheet)
    row = above(page, table)
    page.line(row, ["Year", *table.column("RAG")])
    for number, year in enumerate(table.heads[1:], 1):
        page.line(row + number, [year, *table.column(year)], table.form)
    return pages(quarter, [page])


def years_under_a_blank_corner(quarter: Quarter) -> list[Page]:
    """The same, and nothing heads the column of the years."""
    (page,) = (page for page in transposed(quarter) if page.name == CURRENT)
    corner = next(at for at, (value, _) in page.cells.items() if value == "Year")
    del page.cells[corner]
    return pages(quarter, [page])


def proposed_by_rag(quarter: Quarter) -> list[Page]:
    """The proposal with a row for each type of saving.

    Its years over its RAG statuses, the illegible one among them.
    """
    table = quarter[PROPOSED].without("Unit")
    page = Page(table.book, table.sheet)
    row = above(page, replace(table, unit="£000"))
    page.put(row + 1, 1, "Type of saving")
    kinds = ("Green Delivered", "Green On Target", "Amber", "Red", "[not legible]", "Total")
    groups = group_rows(table)
    for band, year in enumerate(table.heads[2:]):
        left = 2 + band * len(kinds)
        page.put(row, left, year)
        # Of the totals of all years only that of all statuses is stated.
        for number, kind in enumerate(kinds) if year != "Total" else [(0, "Total")]:
            page.put(row + 1, left + number, kind if year != "Total" else None)
            for line, (label, rows) in enumerate(groups.items()):
                page.put(row + 2 + line, 1, label)
                page.put(
                    row + 2 + line,
                    left + number,
                    rows[kind][2 + band] if kind in rows else None,
                    table.form,
                )
    return pages(quarter, [page])


def group_rows(table: Table) -> dict[str, dict[str, tuple[Any, ...]]]:
    """The rows of a proposal by type of saving and by RAG status.

    A grand total has none but its own.
    """
    groups: dict[str, dict[str, tuple[Any, ...]]] = {}
    label = ""
    for row in table.rows:
        label = row[0] or label
        groups.setdefault(label, {})[row[1] or "Total"] = row
    return groups


def labels_on_another_line(quarter: Quarter) -> list[Page]:
    """The headings of the labels stand a line above, or below, those of the years."""
    drawn = []
    for name, labels_first in (
        (CURRENT, True),
        (PROPOSED, False),
        (BASE, True),
        (CONTROLLABLE, False),
        (DELIVERED, True),
    ):
        table = quarter[name]
        page = Page(table.book, table.sheet)
        row, wide = above(page, table), table.labels
        page.line(row if labels_first else row + 1, table.heads[:wide])
        page.line(row + 1 if labels_first else row, table.heads[wide:], left=1 + wide)
        for number, line in enumerate(table.rows, 2):
            page.line(row + number, line, table.form)
        drawn.append(page)
    return pages(quarter, drawn)


# --- long form ------------------------------------------------------------------------------------


def long(quarter: Quarter) -> list[Page]:
    """A column for the year and one for the amount.

    A total is a row labelled so, in the year or in all.
    """
    drawn = []
    for name in (BASE, CONTROLLABLE, CURRENT, DELIVERED, PROPOSED):
        table = quarter[name]
        wide = table.labels
        page = Page(table.book, table.sheet)
        row = above(page, table)
        page.line(row, [*table.heads[:wide], "Year", "Amount"])
        group = None
        for line in table.rows:
            # What is given once for rows below it must stand in each row where the rows are many.
            group = line[0] or group
            for head, value in zip(table.heads[wide:], line[wide:], strict=True):
                if value is not None or head == "Total":
                    row += 1
                    page.line(row, [group, *line[1:wide], head, value], table.form)
        drawn.append(page)
    table = quarter[SPLIT].with_heads(lambda head: "Amount" if head == "Total" else head)
    return pages(quarter, [*drawn, plain(table)])


# --- totals first, above, nested ------------------------------------------------------------------


def totals_first(quarter: Quarter) -> list[Page]:
    """The column of totals before the years, the row of totals before the rows that it adds."""
    drawn = []
    for name in (CURRENT, SPLIT):
        table = quarter[name]
        order = [0, len(table.heads) - 1, *range(1, len(table.heads) - 1)]
        rows = [table.rows[-1], *table.rows[:-1]]
        page = Page(table.book, table.sheet)
        at = above(page, table)
        for line in (table.heads, *rows):
            page.line(at, [line[column] for column in order], table.form)
            at += 1
        drawn.append(page)
    return pages(quarter, [*drawn, plain(grouped_totals_first(quarter[PROPOSED]))])


def grouped_totals_first(table: Table) -> Table:
    """The grand total first, then of each group its total before its rows."""
    groups: list[list[tuple[Any, ...]]] = []
    for row in table.rows[:-1]:
        if row[0] is not None:
            groups.append([])
        groups[-1].append(row)
    rows = [table.rows[-1]]
    for first, *others, total in groups:
        rows += [(first[0], *total[1:]), (None, *first[1:]), *others]
    return replace(table, rows=tuple(rows))


def nested(quarter: Quarter) -> list[Page]:
    """A sub-total of the first two RAG rows and one of the last two, within the total.

    What could be added twice.
    """
    table = quarter[CURRENT]
    delivered, target, amber, red, total = table.rows
    rows = (
        delivered,
        target,
        subtotal(delivered, target),
        amber,
        red,
        subtotal(amber, red),
        ("Grand total", *total[1:]),
    )
    return pages(quarter, [plain(replace(table, rows=rows))])


def subtotal(*rows: tuple[Any, ...]) -> tuple[Any, ...]:
    """A row labelled Sub-total that adds others.

    Not their blanks, nor the column of totals that they leave blank.
    """
    sums = (
        sum(filter(None, column)) if any(column) else None
        for column in list(zip(*rows, strict=True))[1:-1]
    )
    return ("Sub-total", *sums, None)


# --- year labels ----------------------------------------------------------------------------------

YEAR_LABELS: Mapping[str, Callable[[int], str]] = {
    "2015/16": lambda year: f"{year}/{year % 100 + 1}",
    "2015-16": lambda year: f"{year}-{year % 100 + 1}",
    "15/16": lambda year: f"{year % 100}/{year % 100 + 1}",
    "2015/2016": lambda year: f"{year}/{year + 1}",
    "FY16": lambda year: f"FY{year % 100 + 1}",
    "2015-16 (1)": lambda year: f"{year}-{year % 100 + 1} (1)",
    "2015/16 Budget": lambda year: f"{year}/{year % 100 + 1} Budget",
    "Budget 2015–16": lambda year: f"Budget {year}–{year % 100 + 1}",
}


def year_labels(quarter: Quarter, label: Callable[[int], str]) -> list[Page]:
    """All years written in this way."""
    relabelled = (
        quarter[name].with_heads(lambda head: label(YEARS[head]) if head in YEARS else head)
        for name in MONEY
        if name != SPLIT
    )
    return pages(quarter, map(plain, relabelled))


# --- several tables in a sheet --------------------------------------------------------------------


def stacked(quarter: Quarter) -> list[Page]:
    """All tables of the register below one another in one sheet, all of the savings in another."""
    sheets = []
    for book, name, tables in (
        ("register.xlsx", "Register", REGISTER),
        ("savings-schedule.xlsx", "Schedule", SAVINGS),
        ("base-budget.xlsx", "Budgets", (BASE, CONTROLLABLE)),
    ):
        page, row = Page(book, name), 1
        for table in tables:
            row = body(page, quarter[table], above(page, quarter[table], row)) + 2
        sheets.append(page)
    return sheets


def side_by_side(quarter: Quarter) -> list[Page]:
    """The programme and its split beside one another in one sheet, a blank column between.

    Their headings in one row.
    """
    page, left = Page("savings-schedule.xlsx", "Schedule"), 1
    for name in (CURRENT, SPLIT):
        table = quarter[name]
        height = len(table.context) + 2
        row = above(page, table, 1 + 6 - height, left)
        body(page, table, row, left)
        left += len(table.heads) + 1
    return pages(quarter, [page], but=(CURRENT, SPLIT))


# --- groups and hidden content --------------------------------------------------------------------


def merged_groups(quarter: Quarter) -> list[Page]:
    """The type of saving in a cell merged over the rows of its group.

    Service and basis merged over both budgets.
    """
    table = quarter[PROPOSED]
    page = Page(table.book, table.sheet)
    top = above(page, table)
    body(page, table, top)
    starts = [top + 1 + number for number, row in enumerate(table.rows) if row[0] is not None]
    for first, following in pairwise(starts):
        page.merge(first, 1, following - 1, 1)
    table = quarter[BASE]
    base = Page(table.book, table.sheet)
    top = above(base, table)
    body(base, table, top)
    del base.cells[top + 2, 3]
    base.merge(top + 1, 3, top + 2, 3)
    return pages(quarter, [page, base])


def hidden(quarter: Quarter) -> list[Page]:
    """A hidden row, a hidden column and a hidden sheet: read like any other, and told."""
    current, split, delivered = (
        plain(quarter[CURRENT]),
        plain(quarter[SPLIT]),
        plain(quarter[DELIVERED]),
    )
    current.hidden_rows.add(10)
    current.hidden_columns.add(3)
    split.hidden = True
    return pages(quarter, [current, split, delivered])


# --- all at once ----------------------------------------------------------------------------------


def mixture(quarter: Quarter) -> list[Page]:
    """Each table in another of these layouts.

    Stacked, transposed, long, spread out, as text, with footnotes, with totals first.
    """
    chosen = {page.name: page for page in stacked(quarter) if page.name == "Register"}
    for layout, name in (
        (transposed, CURRENT),
        (footnotes, SPLIT),
        (text_numbers, DELIVERED),
        (spread_out, BASE),
        (units_at_the_top_right, CONTROLLABLE),
    ):
        chosen |= {page.name: page for page in layout(quarter) if page.name == name}
    proposed = grouped_totals_first(quarter[PROPOSED]).with_heads(
        lambda head: YEAR_LABELS["15/16"](YEARS[head]) if head in YEARS else head
    )
    chosen[PROPOSED] = plain(proposed)
    # Mac Roman has no raised figures, and its dagger is the non-breaking space of Windows.
    split = chosen[SPLIT].cells
    split |= {
        at: (value.replace("¹", "*").replace("†", "*"), form)
        for at, (value, form) in split.items()
        if isinstance(value, str)
    }
    return list(chosen.values())


LAYOUTS: Mapping[str, Layout] = {
    "units around": units_around,
    "units at the top right": units_at_the_top_right,
    "units of another size": units_of_another_size,
    "spread out": spread_out,
    "footnotes": footnotes,
    "numbers as text": text_numbers,
    "years over RAG, merged": years_over_rag,
    "years over RAG, over blanks": bands_over_blanks,
    "transposed": transposed,
    "years under a blank corner": years_under_a_blank_corner,
    "proposed by RAG": proposed_by_rag,
    "labels on another line": labels_on_another_line,
    "long": long,
    "totals first": totals_first,
    "nested sub-totals": nested,
    **{
        f"years as {name}": partial(year_labels, label=label) for name, label in YEAR_LABELS.items()
    },
    "stacked": stacked,
    "side by side": side_by_side,
    "merged groups": merged_groups,
    "hidden": hidden,
    "mixture": mixture,
}


# --- file formats ---------------------------------------------------------------------------------


def books(drawn: Sequence[Page]) -> dict[str, list[Page]]:
    """The pages by workbook."""
    found: dict[str, list[Page]] = {}
    for page in drawn:
        found.setdefault(page.book, []).append(page)
    return found


def write_xlsx(folder: Path, drawn: Sequence[Page], ending: str = ".xlsx") -> None:
    for name, sheets in books(drawn).items():
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        content = io.BytesIO()
        with xlsxwriter.Workbook(content, options) as book:
            forms = {
                form: book.add_format({"num_format": form})
                for page in sheets
                for _, form in page.cells.values()
            }
            for page in sheets:
                sheet = book.add_worksheet(page.name)
                for top, left, bottom, right in page.merges:
                    sheet.merge_range(top - 1, left - 1, bottom - 1, right - 1, "")
                for (row, column), (value, form) in page.cells.items():
                    write = sheet.write_number if is_number(value) else sheet.write_string
                    write(row - 1, column - 1, value, forms[form])
                for row in page.hidden_rows:
                    sheet.set_row(row - 1, None, None, {"hidden": True})
                for column in page.hidden_columns:
                    sheet.set_column(column - 1, column - 1, None, None, {"hidden": True})
                if page.hidden:
                    sheet.hide()
            # A workbook must open at a sheet that shows.
            next(
                sheet
                for sheet, page in zip(book.worksheets(), sheets, strict=True)
                if not page.hidden
            ).activate()
        (folder / name.replace(".xlsx", ending)).write_bytes(content.getvalue())


def write_xls(folder: Path, drawn: Sequence[Page]) -> None:
    import xlwt

    for name, sheets in books(drawn).items():
        book = xlwt.Workbook()
        styles = {}
        for page in sheets:
            sheet = book.add_sheet(page.name)
            for top, left, bottom, right in page.merges:
                sheet.merge(top - 1, bottom - 1, left - 1, right - 1)
            for (row, column), (value, form) in page.cells.items():
                if form not in styles:
                    styles[form] = xlwt.easyxf(num_format_str=form)
                sheet.write(row - 1, column - 1, value, styles[form])
            for row in page.hidden_rows:
                sheet.row(row - 1).hidden = True
            for column in page.hidden_columns:
                sheet.col(column - 1).hidden = True
            sheet.visibility = int(page.hidden)
        book.save(str(folder / name.replace(".xlsx", ".xls")))


def write_ods(folder: Path, drawn: Sequence[Page]) -> None:
    from odf import number, opendocument, style, table

    for name, sheets in books(drawn).items():
        book = opendocument.OpenDocumentSpreadsheet()
        styles = {}
        for form in sorted(
            {form for page in sheets for _, form in page.cells.values()} - {GENERAL}
        ):
            shape = number.NumberStyle(name=f"N{len(styles)}")
            decimals = len(form.partition(".")[2])
            shape.addElement(
                number.Number(decimalplaces=decimals, minintegerdigits=1, grouping="," in form)
            )
            book.automaticstyles.addElement(shape)
            styles[form] = style.Style(
                name=f"ce{len(styles)}", family="table-cell", datastylename=shape
            )
            book.automaticstyles.addElement(styles[form])
        unseen = style.Style(name="hidden", family="table")
        unseen.addElement(style.TableProperties(display="false"))
        book.automaticstyles.addElement(unseen)
        for page in sheets:
            sheet = table.Table(name=page.name, **({"stylename": unseen} if page.hidden else {}))
            width = max(column for _, column in page.cells)
            for column in range(1, width + 1):
                sheet.addElement(
                    table.TableColumn(
                        visibility="collapse" if column in page.hidden_columns else "visible"
                    )
                )
            for row in range(1, max(row for row, _ in page.cells) + 1):
                line = table.TableRow(
                    visibility="collapse" if row in page.hidden_rows else "visible"
                )
                for column in range(1, width + 1):
                    line.addElement(
                        _ods_cell(*page.cells.get((row, column), (None, GENERAL)), styles)
                    )
                sheet.addElement(line)
            book.spreadsheet.addElement(sheet)
        book.save(str(folder / name.replace(".xlsx", ".ods")))


def _ods_cell(value: Any, form: str, styles: Mapping[str, Any]) -> Any:
    from odf import table, text

    look = {"stylename": styles[form]} if form in styles else {}
    if is_number(value):
        cell = table.TableCell(valuetype="float", value=value, **look)
    else:
        cell = (
            table.TableCell(valuetype="string", **look) if value is not None else table.TableCell()
        )
    for paragraph in str(value).split("\n") if value is not None else ():
        cell.addElement(text.P(text=paragraph))
    return cell


def write_csv(folder: Path, drawn: Sequence[Page], encoding: str = "utf-8") -> None:
    """One file per sheet; a number as its format shows it, as a spreadsheet saves it."""
    for page in drawn:
        content = io.StringIO()
        writer = csv.writer(content)
        width = max(column for _, column in page.cells)
        for row in range(1, max(row for row, _ in page.cells) + 1):
            line = [page.cells.get((row, column), ("", GENERAL)) for column in range(1, width + 1)]
            writer.writerow(
                [shown(value, form) if is_number(value) else value for value, form in line]
            )
        (folder / f"{page.book.removesuffix('.xlsx')} {page.name}.csv").write_bytes(
            content.getvalue().encode(encoding)
        )


FORMATS: Mapping[str, Callable[[Path, Sequence[Page]], None]] = {
    "xlsx": write_xlsx,
    "xlsm": lambda folder, drawn: write_xlsx(folder, drawn, ".xlsm"),
    "xls": write_xls,
    "ods": write_ods,
    "csv in UTF-8": write_csv,
    "csv in UTF-8 with its mark": lambda folder, drawn: write_csv(folder, drawn, "utf-8-sig"),
    "csv in Windows-1252": lambda folder, drawn: write_csv(folder, drawn, "cp1252"),
    "csv in Mac Roman": lambda folder, drawn: write_csv(folder, drawn, "mac_roman"),
}


# --- pages as the reader takes them ---------------------------------------------------------------


def sheet_of(page: Page) -> Sheet:
    """A page as the reader takes it from a file, without the file."""
    sheet = Sheet.of(
        page.book, page.name, (Cell(*at, *held) for at, held in sorted(page.cells.items()))
    )
    sheet.merges, sheet.hidden = list(page.merges), page.hidden
    sheet.hidden_rows, sheet.hidden_columns = set(page.hidden_rows), set(page.hidden_columns)
    return sheet


def tables_of(drawn: Iterable[Page], **more: Any) -> Tables:
    """The pages as read, in memory; the register and the other workbooks must be among them."""
    return read_sheets(Period.parse(PERIOD), map(sheet_of, drawn), **more)


def amounts_in(page: Page) -> set[str]:
    """The cells of a page that hold a number, or in a table of money an amount written as text."""
    is_money = page.book != "register.xlsx"
    return {
        Cell(*at, None).address
        for at, (value, _) in page.cells.items()
        if is_number(value) or (is_money and isinstance(value, str) and from_text(value, POUND))
    }


def expanded(area: str) -> set[str]:
    """The cells of "C9" or "C9:C12"."""
    first, _, last = area.partition(":")
    (top, left), (bottom, right) = coordinate_to_tuple(first), coordinate_to_tuple(last or first)
    return {
        Cell(row, column, None).address
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    }


def fate_of(tables: Tables, page: Page) -> dict[str, list[str]]:
    """Each amount of a page and what became of it.

    Used, stated total, refused, or listed as not used; all that holds of it.
    """
    found: dict[str, list[str]] = {cell: [] for cell in amounts_in(page)}

    def settle(fate: str, data: Any) -> None:
        for row in records(data):
            if (row.workbook, row.sheet) == (page.book, page.name) and row.cell:
                for cell in expanded(row.cell) & found.keys():
                    found[cell].append(fate)

    for name in ("budget", "savings", "mtfp", *REGISTER_TABLES):
        settle("used", getattr(tables, name))
    settle("stated total", tables.totals)
    settle("refused", tables.refusals)
    settle("not used", tables.unused)
    return found
