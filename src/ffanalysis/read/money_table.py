"""A table of money as canonical rows: exact amounts, known words, and the cell of each.

The table is taken apart into statements, one for each amount with its coordinates, so that years
may head columns or be in rows. A cell that cannot be read, or can be read two ways, is refused
by name; a blank stays blank and never becomes nil. A printed total is kept apart, with what it
adds.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

from ffanalysis import periods
from ffanalysis.layout import Layout, TableLayout, plain, without_footnote
from ffanalysis.read.amounts import Amounts
from ffanalysis.read.collector import NOT_CALCULATED, Collected, Row
from ffanalysis.read.column_checks import (
    either_year,
    meant_measure,
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
from ffanalysis.read.found_table import FoundTable
from ffanalysis.read.headings import Head
from ffanalysis.read.nearest import mistyped
from ffanalysis.read.not_returned import ask_about_returns
from ffanalysis.read.subtotals import Subtotals
from ffanalysis.read.table_rows import TableRow, is_on_each_row, rows_of
from ffanalysis.sheets.cells import Cell, NotCalculated, area_of
from ffanalysis.vocabulary import BLANK, NOT_LEGIBLE, Measure

_NO_DIMENSION = frozenset({"unit", "year", "accumulation"})
# Names whose footnote marks are no part of them.
_WITH_FOOTNOTES = frozenset({"service", "scope", "part_of", "line", "programme"})
_STATUSES = frozenset({"rag", "original_rag"})

_OWNERS = ("project", "programme", "scope")
_OF_WHICH = re.compile(r"\W{0,9}of\s+which\b", re.I)
_MAY_SAY_OF_WHICH = (*_OWNERS, "ref", "saving_type", "route")

Words = tuple[tuple[str, str], ...]  # canonical column and the word that heads a column of amounts


class _Column(NamedTuple):
    """A column of amounts: what heads it, and what it adds."""

    number: int
    head: Head
    year: str | None
    words: Words
    coverage: ColumnCoverage


class _Statement(NamedTuple):
    """One amount of a table with its coordinates."""

    cell: Cell
    row: TableRow
    column: _Column
    year: str | None
    over: str | None  # what it adds, where it is a printed total


@dataclass
class _Dimensions:
    """What a row states beside an amount; `row` is None where that was refused.

    `keys` say whom a refusal of the amount would withhold.
    """

    keys: Row
    row: Row | None = None


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
    if unknown or not found.amounts or refuse_cumulative(found, layout, collected):
        return
    reader = MoneyTableReader(found, layout, collected)
    rows = list(rows_of(found, layout))
    reader.each_row_names_its_project = is_on_each_row("project", rows)
    reader.rows = rows
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
        self.columns = [
            _Column(
                number,
                head,
                head.year,
                tuple(sorted((name, cell.text) for name, cell in head.words.items())),
                ColumnCoverage.of(head, found),
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
        self.types_in = cache(layout.types_in)  # a schedule repeats its types in each row
        self.numbers = _LineNumbers(self.kind, found, layout)
        self.rows: Sequence[TableRow] = ()
        self.rows_read: list[int] = []
        self._subtotals = Subtotals(found, [column.head for column in self.columns])
        self._above = _LinesAbove(found, [column.head for column in self.columns])
        self.services: set[str] = set()  # named as they are called
        self.renamed: dict[str, Cell] = {}  # a name that an alias gave → the cell that it is for
        self.values: dict[tuple[str, str], str | None] = {}  # column and word → canonical value
        # What is asked of every amount of a table that may have a million.
        self.source = {"workbook": found.sheet.workbook, "sheet": found.sheet.name}
        self.name = found.name
        self.years_in_rows, self.has_years = found.years_in_rows, bool(found.years)
        self.states_rag_in_columns = any("rag" in column.head.words for column in self.columns)
        self.states_rag = "rag" in found.columns.values() or self.states_rag_in_columns

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
            self.rows_read.append(row.number)
            self._above.add(row)
        elif row.label is not None:
            self._above.begin_again()

    def _read_comparisons(self, row: TableRow, year: str | None) -> None:
        """Read what the row prints beside its amounts, to be compared with them."""
        if self.is_compared:
            keys = _owner_of({key: row.stated[key].text for key in _OWNERS if key in row.stated})
            if keys.get("project"):
                keys["project"] = self.collected.name_project(self.found, row.stated["project"])
            self.comparisons += read_comparisons(
                row, year, self.amounts, self.found, self.layout, self.collected, keys
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
        keys = _owner_of(self._names(row.stated))
        self.collected.refuse(self.found, row.first_amount, problem, keys)

    def _refuse_heading_total(self, row: TableRow, below: Sequence[TableRow]) -> None:
        """Refuse a row that heads a group with what its lines add up to; it withholds theirs."""
        first, last = below[0].number, below[-1].number
        problem = (
            f"this row comes to what rows {first} to {last} below it add up to, and leaves blank"
            " what they state (write Total in it where it adds them up)."
        )
        owners = {tuple(_owner_of(self._names(each.stated)).items()) for each in below}
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
        known: dict[Words, _Dimensions] = {}
        accounted = []
        for statement in self._statements(row, year):
            words = statement.column.words
            if words not in known:
                known[words] = self._dimensions_of(row, statement.column.head)
            if known[words].row is not None:
                self._read_statement(statement, known[words].keys, known[words].row or {})
                accounted.append(statement.cell)
        if len(accounted) == len(row.amounts):
            self.collected.accounted_rows.setdefault(self.name, set()).add(row.number)
        else:
            self.collected.accounted_cells.update((cell.row, cell.column) for cell in accounted)

    def _statements(self, row: TableRow, row_year: str | None) -> Iterator[_Statement]:
        for column, cell in zip(self.columns, row.amounts, strict=True):
            year = column.year or row_year
            over = coverage_of(row, column.coverage, year, self.found, self.layout)
            yield _Statement(cell, row, column, year, over)

    def _read_statement(self, statement: _Statement, keys: Row, dimensions: Row) -> None:
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
        elif self.found.table == "budget" and year is None:
            problem = (
                "its line states no Year (write it as 2016/17 in the line or above the table)."
            )
            self.collected.refuse(self.found, cell, problem, keys)
            return
        if self.amounts.read(cell, row.stated.get("unit"), keys, entry):
            if over == FULL_YEAR:
                self.full_year.append(entry)
            else:
                (self.totals if over else self.lines).append(entry)

    # --- dimensions -------------------------------------------------------------------------------

    def _dimensions_of(self, row: TableRow, head: Head) -> _Dimensions:
        """What a row states beside the amounts under this heading."""
        stated = {**row.stated, **head.words}
        names = self._names(stated)
        found = _Dimensions(_owner_of(names))
        words = self._words(stated, found.keys)
        unknown = [cell for cell in row.cells.values() if isinstance(cell.value, NotCalculated)]
        for cell in unknown:
            self.collected.refuse(self.found, cell, NOT_CALCULATED, found.keys)
        if words is None or unknown:
            return found
        dimensions = names | words
        if row.label is not None:
            if "rag" not in head.words:
                dimensions["rag_missing"] = None
            if "measure" not in dimensions and self.found.table == "savings":
                dimensions["measure"] = self._measure_named(row.label)
        elif missing := self._missing_dimension(dimensions):
            problem = f"its line states no {missing} (write it in the line or above the table)."
            self.collected.refuse(self.found, row.first_amount, problem, found.keys)
            return found
        found.row = dimensions
        return found

    def _measure_named(self, label: Cell) -> str | None:
        """The measure that the label of a total names: "Total forecast"; None where it names none.

        A schedule of RAG columns may mean a status by "delivered".
        """
        word = self.layout.without_total(without_footnote(label.text))
        if self.states_rag_in_columns and word in self.layout.values["rag"]:
            return None
        return self.layout.values["measure"].get(word)

    def _names(self, stated: Mapping[str, Cell]) -> Row:
        """The names and texts that are stated, in the words of the tables."""
        names: Row = {}
        for name, cell in stated.items():
            if name in _NO_DIMENSION or name in self.layout.values:
                continue
            if name == "mitigates" and self._is_none(cell):
                continue
            if name == "project":
                names[name] = self.collected.name_project(self.found, cell)
                continue
            text = without_footnote(cell.text) if name in _WITH_FOOTNOTES else cell.text
            names[name] = self.collected.resolve_alias(name, text)
            if name == "service" and names[name] != text:
                self.renamed.setdefault(names[name], cell)
            elif name == "service":
                self.services.add(text)
        return names

    def _is_none(self, cell: Cell) -> bool:
        """Whether a cell says that there is nothing to name: "n/a", "-", "none"."""
        return plain(cell.text) in self.layout.markers | {"none", "no", "nil", ""}

    def _words(self, stated: Mapping[str, Cell], keys: Row) -> Row | None:
        """The words of the vocabulary that are stated; None where one was refused."""
        words: Row = {}
        for name in self.layout.values:
            if name in stated and not self._read_word(name, stated[name], words):
                choices = ", ".join(self.layout.choices[name])
                known = self.layout.values[name] if name == "measure" else ()
                meant = mistyped(stated[name].text, known)
                ask = f": did you mean {meant[:1].upper()}{meant[1:]}?" if meant else ""
                written = f"'{stated[name].text}' is not known here{ask}"
                problem = f"{written} (write one of: {choices})."
                self.collected.refuse(self.found, stated[name], problem, keys)
                return None
        if words.get("accumulation") == "cumulative":
            problem = (
                "its amounts are cumulative (write what each year adds, one year after another)."
            )
            self.collected.refuse(self.found, stated["accumulation"], problem, keys)
            return None
        if self.found.table == "savings":
            kind = stated.get("saving_type")
            words["types"] = self.types_in(kind.text if kind else "")
            if self.states_rag and not words.get("rag") and not words.get("rag_missing"):
                words["rag_missing"] = BLANK
        return words

    def _read_word(self, name: str, cell: Cell, words: Row) -> bool:
        """Read a word of the vocabulary; False where the layout doesn't know it."""
        if name in _STATUSES and (gap := self._gap_of(cell)):
            if name == "rag":
                words["rag_missing"] = gap
            return True
        # A table repeats its words in each row.
        if (name, cell.text) not in self.values:
            self.values[name, cell.text] = self._value_of(name, cell)
        value = self.values[name, cell.text]
        if value is None:
            return False
        words[name] = value == "yes" if name == "in_mtfp" else value
        return True

    def _gap_of(self, cell: Cell) -> str:
        """Why a status is missing, where a mark says that it is."""
        word = plain(cell.text)
        if word in self.layout.not_legible:
            return NOT_LEGIBLE
        return cell.text if word in self.layout.markers else ""

    def _value_of(self, name: str, cell: Cell) -> str | None:
        """The canonical value that a cell's words are known for."""
        known = self.layout.values[name]
        # A heading may say more than the word: "Forecast (£000)", "Total forecast", "2016/17
        # Forecast", "Savings reported achieved month 6".
        bare = without_footnote(self.layout.without_units(cell.text))
        texts = [cell.text, without_footnote(cell.text), bare, self.layout.without_total(bare)]
        for text in (cell.text, bare):
            year_and_rest = periods.year_in(text)
            texts.append(year_and_rest[1] if year_and_rest else text)
        found = next((known[word] for text in texts if (word := plain(text)) in known), None)
        return found or (self.layout.measure_in(texts[-1]) if name == "measure" else None)

    def _missing_dimension(self, dimensions: Row) -> str | None:
        """What a line must state and doesn't, as its heading is written; None where it does."""
        for name in self.kind.needs:
            if name != "basis" and not dimensions.get(name):
                return self.kind.headings[name]
        if self.kind.any_of and not any(dimensions.get(name) for name in self.kind.any_of):
            return " or ".join(self.kind.headings[name] for name in self.kind.any_of)
        return None

    # --- the whole table --------------------------------------------------------------------------

    def finish(self) -> None:
        """Settle precision, signs and what each total adds, and hand the rows over."""
        self.amounts.settle()
        self._refuse_targets_of_no_measure()
        assign_total_ranges(self.lines, self.totals)
        for service, cell in self.renamed.items():
            if service in self.services:
                problem = (
                    f"aliases.toml takes '{cell.text}' for '{service}', but this table states both"
                    " (take the alias away)."
                )
                self.collected.refuse(self.found, cell, problem, {})
        if self._all_negative():
            self._refuse_sign()
        elif total := total_of_last_year(self.lines, self.totals):
            self._refuse_running(total)
        else:
            self.collected.rows[self.found.table] += self.lines
            self.collected.rows["totals"] += self.totals
            self.collected.rows["full_year"] += self.full_year
            self.collected.rows["comparisons"] += self.comparisons
        self.collected.rows["blocks"].append(self._table_summary())

    def _refuse_targets_of_no_measure(self) -> None:
        """Refuse a target that names no measure beside the original target of the same line.

        It may be the original again, or the target that replaces it.
        """
        originals = {
            _line_and_year(row): row
            for row in self.lines
            if row.get("measure") == Measure.ORIGINAL and _states_amount(row)
        }
        for row in self.lines if originals else ():
            original = originals.get(_line_and_year(row))
            if original is None or row.get("measure") or not _states_amount(row):
                continue
            problem = (
                "nothing says which measure this is, and cell"
                f" {original['cell']} states the original target of the same line and year (write"
                " Revised target where it replaces that one)."
            )
            top, left, *_ = area_of(row["cell"]) or (0, 0)
            self.collected.refuse(
                self.found, self.found.sheet.at(top, left), problem, _owner_of(row)
            )

    def _all_negative(self) -> bool:
        """Whether all savings of the table would cost money, so that the sign is unclear."""
        amounts = [row["amount_pence"] for row in self.lines if row["amount_pence"]]
        return (
            self.found.table == "savings"
            and len(amounts) >= 2
            and all(pence < 0 for pence in amounts)
        )

    def _refuse_sign(self) -> None:
        sign = self.kind.sign
        other = "saving is negative" if sign == "saving is positive" else "saving is positive"
        problem = (
            f"all amounts of this table would raise spending, by the layout's sign ({sign}). "
            f'Where they are savings, write sign = "{other}" under [tables.savings] in layout.toml.'
        )
        owners = {(row.get("project"), row.get("programme")) for row in self.lines}
        keys = dict(zip(("project", "programme"), owners.pop(), strict=True))
        self.collected.accounted_rows.pop(self.name, None)
        first = next(cell for cell in self._amount_cells() if cell.value is not None)
        self.collected.refuse(self.found, first, problem, {} if owners else keys)

    def _refuse_running(self, total: Row) -> None:
        """Refuse a table whose totals are its last year's amounts: each year has the last in it."""
        last = max(row["year"] for row in self.lines if row["year"])
        problem = (
            f"this total of the years is what {last} alone comes to, and not what the years add up"
            " to: they look cumulative (write what each year adds, one year after another; where"
            " they do, the total is wrong)."
        )
        self.collected.accounted_rows.pop(self.name, None)
        top, left, *_ = area_of(total["cell"]) or (0, 0)
        cell = self.found.sheet.at(top, left)
        owners = {tuple(_owner_of(row).items()) for row in self.lines}
        for owner in sorted(owners, key=str):
            self.collected.refuse(self.found, cell, problem, dict(owner))

    def _amount_cells(self) -> Iterator[Cell]:
        for row in range(self.found.header_row + 1, self.found.last_row + 1):
            yield from (self.found.sheet.at(row, column) for column in self.found.amounts)

    def _table_summary(self) -> Row:
        """The row that says how the table is headed, in which unit, over which years."""
        found, amounts = self.found, self.amounts
        stated = {row["year"] for row in amounts.rows if row["year"]} if self.years_in_rows else ()
        years = {*found.years, *stated}
        title, line = found.title, found.unit_line
        return {
            "block": self.name,
            "table": found.table,
            "range": found.range,
            "title": title.cell.text if title else None,
            "title_cell": title.cell.address if title else None,
            "title_unit": title.units[0] if title and len(title.units) == 1 else None,
            "unit": min(amounts.units, default=None),
            "unit_cell": line.cell.address if line else None,
            "own_unit": min(amounts.own_units, default=None),
            "first_year": min(years, default=None),
            "last_year": max(years, default=None),
            "header_cell": found.header_cell,
            **self.source,
            "cell": found.header_cell,
        }


def _is_compared(found: FoundTable, layout: Layout) -> bool:
    """Whether what rows print beside their amounts is compared with them.

    What a variance compares is not known where the column of a measure is not.
    """
    unknown = (head for column, head in found.heads.items() if column not in found.all_columns)
    is_lost = any(meant_measure(head.tokens[-1].cell.text, layout) for head in unknown)
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


def _line_and_year(row: Row) -> tuple[object, ...]:
    """The line and the year that an amount is of, whatever its measure."""
    line = row.get("ref") or (row.get("saving_type"), row.get("route"))
    return (*(row.get(key) for key in (*_OWNERS, "plan", "year")), line)


def _states_amount(row: Row) -> bool:
    return row["amount_pence"] is not None


def _owner_of(names: Row) -> Row:
    """Whom a refused line withholds: its project, else its programme, else its service."""
    for name in ("project", "programme"):
        if names.get(name):
            return {name: names[name]}
    return {"service": names.get("service") or names.get("scope")}


class _LinesAbove:
    """The lines of a schedule above a row, and those since the last total."""

    # What says which line it is, or what is known of it; not whose it is.
    _DESCRIBES = ("ref", "saving_type", "route", "rag", "recurring")

    def __init__(self, found: FoundTable, heads: Sequence[Head]) -> None:
        self.found, self.heads = found, heads
        self.every: list[int] = []
        self.since_total: list[int] = []
        self.said_by_all: set[str] = set()
        self.said_by_any: set[str] = set()

    def add(self, row: TableRow) -> None:
        said = set(row.filled)
        self.said_by_all = self.said_by_all & said if self.every else said
        self.said_by_any |= said
        self.every.append(row.number)
        self.since_total.append(row.number)

    def begin_again(self) -> None:
        """Note a total: the next may add only what comes after it."""
        self.since_total = []

    def left_blank_by_total(self, row: TableRow) -> str:
        """What a row leaves out that all lines above it state, where it comes to what they add.

        Blank where it is a line as they are, a total by its label, or says something of its own.
        """
        said = set(row.filled)
        if row.label is not None or not said <= self.said_by_any:
            return ""
        left = [name for name in self._DESCRIBES if name in self.said_by_all - said]
        is_total = left and any(self._adds(row, rows) for rows in (self.every, self.since_total))
        return left[0] if is_total else ""

    def _adds(self, row: TableRow, rows: Sequence[int]) -> bool:
        is_money = any(cell.text not in ("", "0") for cell in row.amounts)
        return len(rows) > 1 and is_money and adds_up(row, self.heads, rows, self.found)


class _LineNumbers:
    """Numbers the lines of a table, and its totals, in the order in which it states them.

    Amounts with the same dimensions, one a year, are one line; a second one of a year is another.
    """

    def __init__(self, kind: TableLayout, found: FoundTable, layout: Layout) -> None:
        self.layout = layout
        words = (name for head in found.amounts.values() for name in head.words)
        stated = {*found.columns.values(), *found.context, *words, "measure", "rag_missing"}
        self.names = tuple(name for name in (*kind.headings, "rag_missing") if name in stated)
        self.times: Counter[tuple[object, ...]] = Counter()
        self.numbers: dict[tuple[object, ...], int] = {}
        self.dimensions: Row = {}
        self.stated: tuple[object, ...] = ()

    def of(self, statement: _Statement, dimensions: Row) -> int:
        """The number of the line, or of the total, that states an amount."""
        over = statement.over
        if dimensions is not self.dimensions:  # the amounts of a row share them
            self.dimensions = dimensions
            self.stated = tuple([dimensions.get(name) or None for name in self.names])
        stated = self.stated
        # A total of a line's years, or its full-year effect, has the line's own number.
        label = None if over in (None, "years", FULL_YEAR) else self._label_of(statement.row)
        year = {"years": "all", "both": "all", FULL_YEAR: FULL_YEAR}.get(over or "", statement.year)
        self.times[stated, label, year] += 1
        key = (stated, label, self.times[stated, label, year])
        return self.numbers.setdefault(key, len(self.numbers) + 1)

    def _label_of(self, row: TableRow) -> str:
        """The words by which a row is a total, its year apart; "" where only its column is one."""
        if row.label is None:
            return ""
        texts = (cell.text for name, cell in row.filled.items() if name not in _NO_DIMENSION)
        return next((plain(text) for text in texts if self.layout.is_total(text)), "")
