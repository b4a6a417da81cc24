"""A table of money as canonical rows: exact amounts, known words, and the cell of each.

The table is taken apart into statements, one for each amount with its coordinates, so that years
may head columns or be in rows. A cell that cannot be read, or can be read two ways, is refused
by name; a blank stays blank and never becomes nil. A printed total is kept apart, with what it
adds.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ffanalysis import periods
from ffanalysis.layout import Layout, TableLayout, plain, without_footnote
from ffanalysis.read.amounts import Amounts
from ffanalysis.read.collector import NOT_CALCULATED, Collected, Row, source_of
from ffanalysis.read.column_checks import (
    either_year,
    may_be_measure,
    refuse_calendar_years,
    refuse_cumulative,
    refuse_unknown_columns,
)
from ffanalysis.read.comparisons import read_comparisons
from ffanalysis.read.coverage import (
    FULL_YEAR,
    ColumnCoverage,
    adds_up,
    assign_total_ranges,
    coverage_of,
    total_of_last_year,
)
from ffanalysis.read.details import Details
from ffanalysis.read.dimensions import DimensionReader, Dimensions, owner_of
from ffanalysis.read.doubtful_sheets import doubt_of_plan, is_declared, refuse_plan
from ffanalysis.read.found_table import FoundTable
from ffanalysis.read.headings import is_not_read
from ffanalysis.read.line_numbers import Column, LineNumbers, Statement, Words
from ffanalysis.read.line_texts import LineTexts
from ffanalysis.read.not_returned import ask_about_returns
from ffanalysis.read.shares import Shares
from ffanalysis.read.subtotals import LinesAbove, Subtotals
from ffanalysis.read.table_rows import TableRow, is_on_each_row, rows_of
from ffanalysis.read.whole_table import (
    are_all_negative,
    refuse_running,
    refuse_sign,
    refuse_targets_of_no_measure,
    table_summary,
)
from ffanalysis.sheets.cells import Cell, NotCalculated

_OWNERS = ("project", "programme", "scope")
_OF_WHICH = re.compile(r"\W{0,9}of\s+which\b", re.I)
_MAY_SAY_OF_WHICH = (*_OWNERS, "ref", "saving_type", "route")


class _YearUnknown(Exception):
    def __init__(self, cell: Cell) -> None:
        self.cell = cell


def read_money(found: FoundTable, layout: Layout, collected: Collected) -> None:
    """Add the table's rows, its stated totals and its refusals to `collected`."""
    refuse_unknown_columns(found, layout, collected)
    refuse_calendar_years(found, collected)
    unknown = [cell for cell in found.context.values() if isinstance(cell.value, NotCalculated)]
    for cell in unknown:
        collected.refuse(found, cell, NOT_CALCULATED, {})
    if found.table == "savings" and (doubt := doubt_of_plan(found, layout)):
        if not is_declared(found, collected):
            refuse_plan(doubt, found, layout, collected)
        return
    if unknown or not found.amounts or refuse_cumulative(found, layout, collected):
        return
    reader = MoneyTableReader(found, layout, collected)
    rows = list(rows_of(found, layout))
    reader.each_row_names_its_project = is_on_each_row("project", rows)
    reader.rows = rows
    reader.texts.account_for(rows)
    for row in rows:
        reader.read(row)
    reader.finish()
    if found.table == "savings":
        ask_about_returns(found, rows, collected)


class MoneyTableReader:
    """Reads the rows of one table, and hands them over when all are known."""

    def __init__(self, found: FoundTable, layout: Layout, collected: Collected) -> None:
        self.found, self.layout, self.collected = found, layout, collected
        self.kind: TableLayout = layout.tables[found.table]
        self.amounts = Amounts(found, layout, collected)
        self.shares = Shares(found, self.kind, collected)
        self.columns = [
            Column(
                number,
                head,
                head.year,
                tuple(sorted((name, cell.text) for name, cell in head.words.items())),
                ColumnCoverage.of(head, found, has_shares=self.kind.has_shares),
            )
            for number, head in found.amounts.items()
        ]
        self.lines: list[Row] = []
        self.totals: list[Row] = []
        self.full_year: list[Row] = []
        self.each_row_names_its_project = False
        self.comparisons: list[Row] = []
        self.is_compared = _is_compared(found, layout)
        self.details = Details(found, layout)
        self.texts = LineTexts(found, layout, collected, self.amounts)
        self.dimensions = DimensionReader(found, layout, collected)
        self.numbers = LineNumbers(self.kind, found, layout)
        self.rows: Sequence[TableRow] = ()
        self.rows_read: list[int] = []
        self._subtotals = Subtotals(found, [column.head for column in self.columns])
        self._above = LinesAbove(found, [column.head for column in self.columns])
        # What is asked of every amount of a table that may have a million.
        self.source = {"workbook": found.sheet.workbook, "sheet": found.sheet.name}
        self.name = found.name
        self.years_in_rows, self.has_years = found.years_in_rows, bool(found.years)

    # --- rows -------------------------------------------------------------------------------------

    def read(self, row: TableRow) -> None:
        """Read a row: a line, a printed total, or a note."""
        if not row.has_amounts and not self._is_known(row):
            # A note, a heading within the table, or a line that states nothing: no figure, but not
            # dropped in silence.
            if row.filled:
                first = next(iter(row.filled.values()))
                self.collected.list_unused("line without an amount", first.text, self.found, first)
        elif self.found.table == "savings" and (said := _part_of_another(row, self.found)):
            for cell in row.amounts:
                if cell.value is not None:
                    what = f"part of another row ('{said}'), added to nothing"
                    self.collected.list_unused(what, cell.text, self.found, cell)
        elif self._has_no_label(row):
            self._read_without_label(row)
        elif self._lacks_its_project(row):
            self._refuse_without_project(row)
        elif self.found.table == "savings" and self._refuse_unsaid_total(row):
            return
        else:
            self._read_labelled(row)

    def _refuse_unsaid_total(self, row: TableRow) -> bool:
        """Refuse a row that adds up those above or below it and does not say so; if it was."""
        if left_blank := self._above.left_blank_by_total(row):
            self._refuse_total(row, left_blank)
        elif below := self._subtotals.of_those_below(row, self.rows):
            self._refuse_heading_total(row, below)
        else:
            return False
        return True

    def _lacks_its_project(self, row: TableRow) -> bool:
        """Whether a line has no project of its own in a table that writes it on each row."""
        return (
            self.each_row_names_its_project
            and row.label is None
            and row.has_amounts
            and not row.cells["project"].text
            and "project" in row.stated
        )

    def _refuse_without_project(self, row: TableRow) -> None:
        """Refuse it: it may be the line of any project, and not of the one above."""
        problem = (
            "its line states no Project, which the other lines of this table repeat (write whose it"
            " is)."
        )
        self.collected.refuse(self.found, row.first_amount, problem, {})

    def _is_known(self, row: TableRow) -> bool:
        """Whether a row without amounts is a line of the table, or only a note below it.

        It is a line where its label is a known word, or outside of savings where it has several.
        """
        own = [(name, cell) for name, cell in row.filled.items() if name not in ("unit", "year")]
        known = any(self.layout.is_known(name, cell.text) for name, cell in own)
        return known or (self.found.table != "savings" and len(own) > 1)

    def _has_no_label(self, row: TableRow) -> bool:
        """Whether nothing in a row says what its amounts are of.

        It may be a line, or a total of others. With nothing above it and no rows below that it adds
        up, it is what the lines above the table say it is.
        """
        if row.label is not None or not row.has_amounts:
            return False
        if row.filled.keys() - {"unit"}:
            return False
        below = range(row.number + 1, self.found.last_row + 1)
        return bool(self.rows_read) or self._adds_up(row, below)

    def _read_without_label(self, row: TableRow) -> None:
        """A printed total where it adds up all rows above it, else it is refused."""
        if self.rows_read and self._adds_up(row, self.rows_read):
            label = Cell(row.number, self.found.first_column, "")
            self._read_amounts(replace(row, label=label, stated=self.found.context), None)
            return
        problem = (
            "nothing names this row of amounts (write what it is of, or Total where it adds up"
            f" other rows).{self._subtotals.among(row, self.rows_read, self.rows)}"
        )
        self.collected.refuse(self.found, row.first_amount, problem, {})

    def _adds_up(self, row: TableRow, rows: Sequence[int]) -> bool:
        return adds_up(row, [column.head for column in self.columns], rows, self.found)

    def _read_labelled(self, row: TableRow) -> None:
        """A line, or a total by its label."""
        try:
            year = self._year_of(row)
        except _YearUnknown as unknown:
            text = unknown.cell.text
            problem = (
                f"{either_year(text)}."
                if periods.is_calendar_year(text)
                else f"'{text}' is not a financial year (write it as 2016/17)."
            )
            self.collected.refuse(self.found, unknown.cell, problem, {})
            return
        self._read_amounts(row, year)
        self._read_comparisons(row, year)
        if row.label is None and row.has_amounts:
            if self.found.table == "savings" and (added := self._above.added_up_by(row)):
                self._ask_whether_total(row, added)
            self.rows_read.append(row.number)
            self._above.add(row)
        elif row.label is not None:
            self._above.begin_again()

    def _read_comparisons(self, row: TableRow, year: str | None) -> None:
        """Read what the row prints beside its amounts, to be compared with them."""
        if self.is_compared:
            keys = owner_of({key: row.stated[key].text for key in _OWNERS if key in row.stated})
            if keys.get("project"):
                keys["project"] = self.collected.name_project(self.found, row.stated["project"])
            self.comparisons += read_comparisons(
                row, year, self.amounts, self.found, self.layout, self.collected, keys
            )

    def _ask_whether_total(self, row: TableRow, added: Sequence[int]) -> None:
        """Ask about a line that comes to those above it: as their total it is counted twice."""
        sheet, cell = self.found.sheet, row.first_amount
        said = next(iter(row.filled.values())).text if row.filled else "it"
        sentence = (
            f"{sheet.workbook}, sheet {sheet.name}, cell {cell.address}: '{said}' comes to what"
            f" rows {added[0]} to {added[-1]} above it add up to, and is counted beside them."
            " Write Total in it where it adds them up."
        )
        project = row.stated.get("project")
        named = self.collected.name_project(self.found, project) if project else None
        source = source_of(sheet, cell)
        self.collected.add(
            "questions", rule="money-read", sentence=sentence, project=named, **source
        )

    def _refuse_total(self, row: TableRow, left_blank: str) -> None:
        """Refuse a row that looks like a total of those above it and does not say that it is."""
        name, said = next(iter(row.filled.items()))
        called = f"'{said.text}'" if name not in ("project", "programme", "plan") else "this row"
        heading = self.kind.headings[left_blank]
        problem = (
            f"{called} comes to what the lines above it add up to, and has no {heading} as they do"
            f" (write Total where it adds them up, or its {heading} where it is a line)."
        )
        keys = owner_of(self.dimensions.names(row.stated))
        self.collected.refuse(self.found, row.first_amount, problem, keys)

    def _refuse_heading_total(self, row: TableRow, below: Sequence[TableRow]) -> None:
        """Refuse a row that heads a group with what its lines add up to; it withholds theirs."""
        first, last = below[0].number, below[-1].number
        problem = (
            f"this row comes to what rows {first} to {last} below it add up to, and leaves blank"
            " what they state (write Total in it where it adds them up)."
        )
        owners = {tuple(owner_of(self.dimensions.names(each.stated)).items()) for each in below}
        for owner in sorted(owners, key=str):
            self.collected.refuse(self.found, row.first_amount, problem, dict(owner))

    def _year_of(self, row: TableRow) -> str | None:
        """The year that the row itself states, or a line above a table without years.

        None where none is stated. Raises _YearUnknown.
        """
        cell = row.stated.get("year")
        if cell is None or not cell.text or (self.has_years and not self.years_in_rows):
            return None
        word = plain(cell.text)
        if self.layout.is_total(cell.text) or word in self.layout.total_headings:
            return None
        if word in self.layout.full_year_headings:
            return None
        year = periods.parse_year(without_footnote(cell.text))
        if year is None:
            raise _YearUnknown(cell)
        return year

    # --- amounts ----------------------------------------------------------------------------------

    def _read_amounts(self, row: TableRow, year: str | None) -> None:
        """Read the amounts of a row, and account for their cells."""
        known: dict[Words, Dimensions] = {}
        accounted = []
        for statement in self._statements(row, year):
            words = statement.column.words
            if words not in known:
                known[words] = self.dimensions.of(row, statement.column.head)
            if known[words].row is not None:
                self._read_statement(statement, known[words].keys, known[words].row or {})
                accounted.append(statement.cell)
        if len(accounted) == len(row.amounts):
            self.collected.accounted_rows.setdefault(self.name, set()).add(row.number)
        else:
            self.collected.accounted_cells.update((cell.row, cell.column) for cell in accounted)

    def _statements(self, row: TableRow, row_year: str | None) -> Iterator[Statement]:
        for column, cell in zip(self.columns, row.amounts, strict=True):
            year = column.year or row_year
            over = coverage_of(row, column.coverage, year, self.found, self.layout)
            yield Statement(cell, row, column, year, over)

    def _read_statement(self, statement: Statement, keys: Row, dimensions: Row) -> None:
        """Make a canonical row of a statement; refuse it where its amount cannot be read."""
        cell, row, column, year, over = statement
        if over == FULL_YEAR and self.found.table != "savings":
            self.collected.list_unused(FULL_YEAR, cell.text, self.found, cell)
            return
        if over not in (None, "years") and "rag" not in column.head.words:
            dimensions = {**dimensions, "rag_missing": None}
        entry: Row = {
            "block": self.name,
            **dimensions,
            "year": year,
            "line_no": self.numbers.of(statement, dimensions),
            "corrected": (cell.row, cell.column) in self.found.sheet.corrected,
            **self.source,
            "cell": cell.address,
        }
        if over:
            label = row.label.text if row.label else None
            entry |= {"table": self.found.table, "over": over, "label": label}
        elif self.found.table == "savings":
            entry["details"] = self.details.of_row(row.number)
            entry |= self.texts.of(row, year)
        elif self.found.table == "budget" and year is None:
            problem = (
                "its line states no Year (write it as 2016/17 in the line or above the table)."
            )
            self.collected.refuse(self.found, cell, problem, keys)
            return
        if self.shares.takes(statement):
            self.shares.read(statement, keys, entry)
        elif self.amounts.read(cell, row.stated.get("unit"), keys, entry):
            if over == FULL_YEAR:
                self.full_year.append(entry)
            else:
                (self.totals if over else self.lines).append(entry)

    # --- dimensions -------------------------------------------------------------------------------

    # --- the whole table --------------------------------------------------------------------------

    def finish(self) -> None:
        """Settle precision, signs and what each total adds, and hand the rows over."""
        self.amounts.settle()
        self.lines = self.shares.settle(self.lines, self.totals)
        refuse_targets_of_no_measure(self.lines, self.found, self.collected)
        assign_total_ranges(self.lines, self.totals)
        self.dimensions.refuse_ambiguous_aliases()
        if are_all_negative(self.lines, self.found):
            refuse_sign(self.lines, self.found, self.kind.sign, self.collected)
        elif total := total_of_last_year(self.lines, self.totals):
            refuse_running(total, self.lines, self.found, self.collected)
        else:
            self.collected.rows[self.found.table] += self.lines
            self.collected.rows["totals"] += self.totals
            self.collected.rows["full_year"] += self.full_year
            self.collected.rows["comparisons"] += self.comparisons
        self.collected.rows["blocks"].append(table_summary(self.found, self.amounts))


def _is_compared(found: FoundTable, layout: Layout) -> bool:
    """Whether what rows print beside their amounts is compared with them.

    What a variance compares is not known where the column of a measure is not.
    """
    unknown = (
        head
        for column, head in found.heads.items()
        if column not in found.all_columns | found.texts.keys() and not is_not_read(head, layout)
    )
    is_lost = any(may_be_measure(head, layout) for head in unknown)
    return bool(found.compared) and found.table == "savings" and not is_lost


def _part_of_another(row: TableRow, found: FoundTable) -> str:
    """What says that a row's amounts are in another row already: "Of which one-off".

    It is the row's label, or names the line; a note beside a line may begin so too.
    """
    line = found.sheet.grid.get(row.number)
    cells = [line[min(line)]] if line else []
    cells += [row.cells[name] for name in _MAY_SAY_OF_WHICH if name in row.cells]
    return next(
        (cell.text for cell in cells if type(cell.value) is str and _OF_WHICH.match(cell.value)), ""
    )
