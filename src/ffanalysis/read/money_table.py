"""The rows of a found table of money as canonical rows.

Exact amounts, known words, and the cell of each.

A cell that cannot be read, or can be read two ways, is refused by name; a blank stays blank and
never becomes nil. A printed total is kept apart, with what it adds.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from ffanalysis import money, periods
from ffanalysis.layout import Layout, TableLayout, plain, without_footnote
from ffanalysis.read.amounts import Amounts
from ffanalysis.read.collector import NOT_CALCULATED, Collected, Row
from ffanalysis.read.find import FoundTable
from ffanalysis.read.headings import Head
from ffanalysis.read.total_ranges import assign_total_ranges
from ffanalysis.sheets.cells import Cell, NotCalculated
from ffanalysis.vocabulary import BLANK

# A label given once stands for the rows below it, until the next label; in the plan only where its
# column is the outermost: a line of the plan that names a service and no programme beside it is for
# all its programmes.
_GIVEN_ONCE = frozenset({"project", "programme", "scope", "plan", "saving_type"})
# These too where their column is the outermost, or a merged cell says so.
_GIVEN_OUTERMOST = frozenset({"route", "rag", "year"})
_WHOSE = ("scope", "programme")
_NO_DIMENSION = frozenset({"unit", "year", "accumulation"})


@dataclass(frozen=True)
class _Line:
    """One row of a table of money.

    Its cells by canonical column, the label that makes it a total, and what it states.
    """

    row: int
    cells: Mapping[str, Cell]
    amounts: list[Cell]
    label: Cell | None
    stated: Mapping[
        str, Cell
    ]  # with what the lines above the table and the groups above the row state for it

    @property
    def has_amounts(self) -> bool:
        return any(cell.value is not None for cell in self.amounts)


def read_money(found: FoundTable, layout: Layout, collected: Collected) -> None:
    """Add the table's rows, its stated totals and its refusals to `collected`."""
    _refuse_unknown_columns(found, layout, collected)
    _refuse_calendar_years(found, collected)
    unknown = [cell for cell in found.context.values() if isinstance(cell.value, NotCalculated)]
    for cell in unknown:
        collected.refuse(found, cell, NOT_CALCULATED, {})
    if unknown or not found.amounts or _refuse_cumulative(found, layout, collected):
        return
    reader = MoneyTableReader(found, layout, collected)
    for line in _lines(found, layout):
        reader.read(line)
    reader.finish()
    collected.rows["blocks"].append(_table_summary(found, reader.amounts))


def _table_summary(found: FoundTable, amounts: Amounts) -> Row:
    """The row that says how the table is headed, in which unit, over which years."""
    years = sorted({*found.years.values(), *amounts_years(amounts)})
    return {
        "block": found.name,
        "table": found.table,
        "range": found.range,
        "title": found.title.text if found.title else None,
        "title_cell": found.title.address if found.title else None,
        "title_unit": found.title_units[0] if len(found.title_units) == 1 else None,
        "unit": min(amounts.units) if amounts.units else None,
        "unit_cell": found.unit_line.address if found.unit_line else None,
        "own_unit": min(amounts.own_units) if amounts.own_units else None,
        "first_year": years[0] if years else None,
        "last_year": years[-1] if years else None,
        "header_cell": found.header_cell,
        "workbook": found.sheet.workbook,
        "sheet": found.sheet.name,
        "cell": found.header_cell,
    }


def amounts_years(amounts: Amounts) -> set[str]:
    """The years that the rows of a table state themselves."""
    return (
        {row["year"] for row in amounts.rows if row.get("year")}
        if amounts.found.years_in_rows
        else set()
    )


def _lines(found: FoundTable, layout: Layout) -> Iterator[_Line]:
    """The rows of a table of money; a group's label, given once, stands for the rows below it."""
    columns = sorted(found.columns.items())
    outermost = columns[0][0] if columns else 0
    merged = {
        (row, left): (top, left)
        for top, left, bottom, right in found.sheet.merges
        if left == right and left in found.columns and bottom - top < 10_000
        for row in range(top + 1, bottom + 1)
    }
    groups = [
        (position, name)
        for position, name in columns
        if (name in _GIVEN_ONCE and not (found.table == "mtfp" and position != outermost))
        or (name in _GIVEN_OUTERMOST and position == outermost and len(columns) > 1)
    ]
    # Where a row is a total by its label and in its year, it adds both.
    labels = sorted(
        (name for _, name in columns if name not in ("unit", "accumulation")),
        key=lambda name: name == "year",
    )
    is_total = cache(layout.is_total)
    given: dict[str, Cell] = {}
    project_row: Mapping[str, Cell] = {}  # the row that the project was given in
    for row in range(found.header_row + 1, found.last_row + 1):
        line = found.sheet.grid.get(row, {})
        cells = {
            name: line.get(position) or Cell(row, position, None) for position, name in columns
        }
        for position, name in columns:
            if cells[name].value is None and (row, position) in merged:
                cells[name] = found.sheet.at(*merged[row, position])
        label = next((cells[name] for name in labels if is_total(cells[name].text)), None)
        for position, name in groups:
            if cells[name].text:
                # A new group ends what the groups within it were called; a total of groups belongs
                # to none.
                for inner, within in groups:
                    if inner >= position:
                        given.pop(within, None)
                if cells[name] is not label:
                    given[name] = cells[name]
                    project_row = cells if name == "project" else project_row
        for name in _groups_to_clear(groups, given, cells, label, project_row):
            given.pop(name, None)
        stated = {
            **found.context,
            **{
                name: cell
                for name, cell in {**cells, **given}.items()
                if cell.text and cell is not label
            },
        }
        yield _Line(
            row,
            cells,
            [line.get(column) or Cell(row, column, None) for column in found.amounts],
            label,
            stated,
        )


def _groups_to_clear(
    groups: Sequence[tuple[int, str]],
    given: Mapping[str, Cell],
    cells: Mapping[str, Cell],
    label: Cell | None,
    project_row: Mapping[str, Cell],
) -> list[str]:
    """The groups given above that a row is not of.

    A total whose label stands before them, as that of a whole table does, is of none; nor is a row
    of the project given above that says otherwise whose it is, where the row that gave the project,
    `project_row`, did not.
    """
    found = [name for position, name in groups if label and position > label.column]
    if "project" in given and not _text(cells, "project"):
        found += (
            ["project"]
            if any(_text(cells, name) and not _text(project_row, name) for name in _WHOSE)
            else []
        )
    return found


def _text(cells: Mapping[str, Cell], name: str) -> str:
    return cells[name].text if name in cells else ""


def _refuse_unknown_columns(found: FoundTable, layout: Layout, collected: Collected) -> None:
    """A column of numbers whose heading nobody knows, or that has none, may be a year of the table.

    It withholds all.
    """
    first, last = min(found.all_columns), max(found.all_columns)
    numbers: dict[int, Cell] = {}
    for row in range(found.header_row + 1, found.last_row + 1):
        line = found.sheet.grid.get(row)
        for column in line or ():
            if (
                column not in found.all_columns
                and column not in numbers
                and line
                and line[column].is_number
            ):
                numbers[column] = line[column]
    for column, cell in sorted(numbers.items()):
        head = found.heads.get(column)
        known = "write a financial year such as 2017/18, or Total"
        if head and not any(
            plain(token.text) in layout.not_read or plain(token.cell.text) in layout.not_read
            for token in head.tokens
        ):
            problem = (
                f"the heading '{head.name}' is not known, but numbers stand below it ({known})."
            )
            collected.refuse(found, head.tokens[-1].cell, problem, {})
        elif not head and first < column < last:
            collected.refuse(
                found,
                cell,
                f"numbers stand in this column within the table, but nothing heads it ({known}).",
                {},
            )


def _refuse_calendar_years(found: FoundTable, collected: Collected) -> None:
    """A column under a calendar year holds the amounts of one of two financial years, and nobody can tell of which."""
    for column, head in list(found.amounts.items()):
        if token := head.calendar:
            collected.refuse(found, token.cell, f"{_either_year(token.text)}.", {})
            del found.amounts[column]


def _either_year(calendar_year: str) -> str:
    first, second = periods.readings_of(calendar_year)
    return f"'{calendar_year}' may mean {first} or {second} (write one of them)"


def _refuse_cumulative(found: FoundTable, layout: Layout, collected: Collected) -> bool:
    """Amounts that a title or heading calls cumulative would be added up twice.

    Nothing of the table is read.
    """
    heads = [token.cell for head in found.heads.values() for token in head.tokens]
    for cell in [*([found.title] if found.title else []), *heads]:
        if layout.is_cumulative(cell.text) and not layout.column_words.get(plain(cell.text)):
            problem = (
                f"'{cell.text}' says that the amounts are cumulative (write what each year adds,"
                " one year after another)."
            )
            collected.refuse(found, cell, problem, {})
            return True
    return False


def _as_written(cell: Cell) -> Decimal | None:
    """The number that a cell states, whatever its unit; None where it states none."""
    if cell.is_number:
        return Decimal(
            f"{cell.value:.15g}"
        )  # what a sum of floats leaves behind the fifteenth digit is noise
    amount = money.from_text(cell.value, money.MILLION) if isinstance(cell.value, str) else None
    return Decimal(amount.pence) / money.MILLION if amount else None


def _missing_dimension(dimensions: Row, table: TableLayout) -> str | None:
    """What a line must state and doesn't, as its heading is written; None where all is there."""
    required = [name for name in table.needs if name != "basis"]
    if missing := next((name for name in required if not dimensions.get(name)), None):
        return table.headings[missing]
    if table.any_of and not any(dimensions.get(name) for name in table.any_of):
        return " or ".join(table.headings[name] for name in table.any_of)
    return None


class _YearUnknown(Exception):
    def __init__(self, cell: Cell) -> None:
        self.cell = cell


class MoneyTableReader:
    """Reads the lines of one table, and numbers them as the table's own order has them."""

    def __init__(self, found: FoundTable, layout: Layout, collected: Collected) -> None:
        self.found, self.layout, self.collected = found, layout, collected
        self.table = layout.tables[found.table]
        self.amounts = Amounts(found, layout, collected)
        self.lines: list[Row] = []
        self.totals: list[Row] = []
        self.numbers: dict[tuple[object, ...], int] = {}
        self.taken: set[tuple[object, ...]] = set()
        self.cached: dict[tuple[int, tuple[tuple[str, str], ...]], tuple[Row | None, Row]] = {}
        self.heads = [found.amounts[column] for column in found.amounts]
        # What is asked of every amount of a table that may have a million.
        self.words = {
            head.column: tuple(sorted((name, cell.text) for name, cell in head.words.items()))
            for head in self.heads
        }
        self.says_rag = "rag" in found.columns.values() or any(
            "rag" in head.words for head in self.heads
        )
        self.years_in_rows, self.name = found.years_in_rows, found.name
        self.rows_read: list[int] = []
        self.services: set[str] = set()  # named as they are called
        self.renamed: dict[
            str, Cell
        ] = {}  # a name that an alias gave → the cell that it stands for
        self.has_years, self.has_words = bool(found.years), found.has_words

    def read(self, line: _Line) -> None:
        if not line.has_amounts and not self._is_known(line):
            # A note, a heading within the table, or a line that states nothing: no figure, but not
            # dropped in silence.
            said = next((cell for cell in line.cells.values() if cell.text), None)
            if said:
                self.collected.list_unused("line without an amount", said.text, self.found, said)
            return
        if self._has_no_label(line):
            self._read_without_label(line)
            return
        try:
            year = self._year_of(line)
        except _YearUnknown as unknown:
            text = unknown.cell.text
            is_calendar = periods.is_calendar_year(text)
            problem = (
                f"{_either_year(text)}."
                if is_calendar
                else f"'{text}' is not a financial year (write it as 2016/17)."
            )
            self.collected.refuse(self.found, unknown.cell, problem, {})
            return
        self._read_row(line, year)
        if line.label is None and line.has_amounts:
            self.rows_read.append(line.row)

    def _read_row(self, line: _Line, year: str | None) -> None:
        settled = [
            cell
            for column, cell, head in zip(self.found.amounts, line.amounts, self.heads, strict=True)
            if self._read_amount(line, column, cell, head, year)
        ]
        if len(settled) == len(line.amounts):
            self.collected.accounted_rows.setdefault(self.found.name, set()).add(line.row)
        else:
            self.collected.accounted_cells.update((cell.row, cell.column) for cell in settled)

    def _read_amount(
        self, line: _Line, column: int, cell: Cell, head: Head, row_year: str | None
    ) -> bool:
        """Read one amount; False where nothing becomes of it, because its line was refused."""
        keys, dimensions = self._dimensions_of(line, head)
        if dimensions is None:
            return False
        year = head.year or row_year
        over = self._adds_over(line, head, row_year)
        if over not in (None, "years") and "rag" not in head.words:
            dimensions = {**dimensions, "rag_missing": None}
        number = self._number(line, column, head, dimensions, year, over)
        entry: Row = {
            "block": self.name,
            **dimensions,
            "year": year,
            "line_no": number,
            "workbook": self.found.sheet.workbook,
            "sheet": self.found.sheet.name,
            "cell": cell.address,
        }
        if over:
            entry["table"], entry["over"], entry["label"] = (
                self.found.table,
                over,
                line.label.text if line.label else None,
            )
        if self.found.table == "budget" and year is None and not over:
            problem = (
                "its line states no Year (write it as 2016/17 in the line or above the table)."
            )
            self.collected.refuse(self.found, cell, problem, keys)
        elif self.amounts.read(cell, line.stated.get("unit"), keys, entry):
            (self.totals if over else self.lines).append(entry)
        return True

    def _has_no_label(self, line: _Line) -> bool:
        """Whether nothing in a row says what its amounts are of, so that it may be a line, or a total of others."""
        if (
            line.label is not None
            or not line.has_amounts
            or any(cell.text for name, cell in line.cells.items() if name != "unit")
        ):
            return False
        # With nothing above it and no rows below that it adds up, it is what the lines above the
        # table say it is.
        return bool(self.rows_read) or self._adds_up(
            line, range(line.row + 1, self.found.last_row + 1)
        )

    def _read_without_label(self, line: _Line) -> None:
        """A row of amounts that nothing names.

        A printed total where it adds up all rows above it, else it is refused.
        """
        if self.rows_read and self._adds_up(line, self.rows_read):
            label = Cell(line.row, min(self.found.all_columns), "")
            self._read_row(
                _Line(line.row, line.cells, line.amounts, label, self.found.context), None
            )
            return
        first = next(cell for cell in line.amounts if cell.value is not None)
        problem = (
            "nothing names this row of amounts (write what it is of, or Total where it adds up"
            " other rows)."
        )
        self.collected.refuse(self.found, first, problem, {})

    def _adds_up(self, line: _Line, rows: Iterable[int]) -> bool:
        """Whether the amounts of a row are, column by column, the sums of those in other rows.

        A total of years that of its own.
        """
        rows = list(rows)
        own = sum(
            filter(
                None,
                (
                    _as_written(cell)
                    for cell, head in zip(line.amounts, self.heads, strict=True)
                    if head.year
                ),
            )
        )
        for cell, head in zip(line.amounts, self.heads, strict=True):
            if cell.value is None:
                continue
            above = [_as_written(self.found.sheet.at(row, cell.column)) for row in rows]
            parts, written = [part for part in above if part is not None], _as_written(cell)
            sums = {sum(parts)} if parts else {own} if head.is_total and not head.year else set()
            if written not in sums:
                return False
        return True

    def _is_known(self, line: _Line) -> bool:
        """Whether a row without amounts is a line of the table (its label is a known word), or only a note below it."""
        own = [
            (name, cell)
            for name, cell in line.cells.items()
            if cell.text and name not in ("unit", "year")
        ]
        known = any(self.layout.is_known(name, cell.text) for name, cell in own)
        return known or (self.found.table != "savings" and len(own) > 1)

    def _year_of(self, line: _Line) -> str | None:
        """The year that the row itself states, or a line above a table without years.

        None where none is stated.
        """
        cell = line.stated.get("year")
        if cell is None or not cell.text or (self.has_years and not self.found.years_in_rows):
            return None
        if self.layout.is_total(cell.text) or plain(cell.text) in self.layout.total_headings:
            return None
        year = periods.parse_year(without_footnote(cell.text))
        if year is None:
            raise _YearUnknown(cell)
        return year

    def _adds_over(self, line: _Line, head: Head, row_year: str | None) -> str | None:
        """What a printed total adds.

        The rows of a year, the years of a row, or both; None for an amount that is no total.
        """
        year_cell = line.cells.get("year")
        by_label = line.label is not None and line.label is not year_cell
        if self.found.years_in_rows:
            rows = by_label or (head.is_total and (self.has_words or len(self.heads) > 1))
            years = row_year is None and (
                rows or (line.label is not None and line.label is year_cell)
            )
        else:
            years = head.is_total and head.year is None and self.has_years
            # A total over columns that say what they are of ("Retained", "Commissioned") adds those
            # lines.
            rows = by_label or (head.is_total and self.has_words and not head.words)
        if rows and line.label is not None and self.layout.is_cumulative(line.label.text):
            return "cumulative"
        return "both" if rows and years else "rows" if rows else "years" if years else None

    def _number(
        self,
        line: _Line,
        column: int,
        head: Head,
        dimensions: Row,
        year: str | None,
        over: str | None,
    ) -> int:
        """The number of the line that an amount belongs to, in the order in which the table states them."""
        is_line = over in (None, "years")
        if not self.years_in_rows:
            key: tuple[object, ...] = (
                "line" if is_line else "total",
                line.row,
                self.words[head.column],
            )
            return self.numbers.setdefault(key, len(self.numbers) + 1)
        said = tuple(sorted((name, str(value)) for name, value in dimensions.items() if value))
        # What repeats year by year is one line, and so is a total; what says the same again of one
        # year is another.
        beside = (
            [
                cell.text
                for name, cell in line.cells.items()
                if name not in ("year", "unit", "accumulation")
            ]
            if line.label
            else []
        )
        label = next((plain(text) for text in beside if self.layout.is_total(text)), "")
        key = (
            ("line", said)
            if is_line
            else ("total", said, label, column if len(self.heads) > 1 else 0)
        )
        when, again = ("all", 1) if over in ("years", "both") else (year, 1)
        while (key, again, when) in self.taken:
            again += 1
        self.taken.add((key, again, when))
        return self.numbers.setdefault((*key, again), len(self.numbers) + 1)

    def _dimensions_of(self, line: _Line, head: Head) -> tuple[Row, Row | None]:
        """Whom a refusal of the amount would withhold, and what it states beside its amount.

        None where that was refused.
        """
        key = (line.row, self.words[head.column])
        if key not in self.cached:
            # Only the row that is being read is asked for again.
            if any(row != line.row for row, _ in self.cached):
                self.cached.clear()
            keys: Row = {}
            self.cached[key] = (self._read_dimensions(line, head, keys), keys)
        dimensions, keys = self.cached[key]
        return keys, dimensions

    def _read_dimensions(self, line: _Line, head: Head, keys: Row) -> Row | None:
        """What a row states beside its amounts; None where it was refused."""
        dimensions = self._dimensions({**line.stated, **head.words}, keys)
        unknown = [cell for cell in line.cells.values() if isinstance(cell.value, NotCalculated)]
        for cell in unknown:
            self.collected.refuse(self.found, cell, NOT_CALCULATED, keys)
        if dimensions is None or unknown:
            return None
        if line.label is not None:
            return {
                **dimensions,
                "rag_missing": dimensions.get("rag_missing") if "rag" in head.words else None,
            }
        if absent := _missing_dimension(dimensions, self.table):
            first = next((cell for cell in line.amounts if cell.value is not None), line.amounts[0])
            problem = f"its line states no {absent} (write it in the line or above the table)."
            self.collected.refuse(self.found, first, problem, keys)
            return None
        return dimensions

    def _dimensions(self, stated: Mapping[str, Cell], keys: Row) -> Row | None:
        """The canonical dimensions of a row; None where one was refused.

        Fills `keys` with whom a refusal would withhold.
        """
        row: Row = {}
        for name, cell in stated.items():
            if name not in _NO_DIMENSION and name not in self.layout.values:
                text = (
                    without_footnote(cell.text)
                    if name in ("service", "scope", "part_of", "line", "programme")
                    else cell.text
                )
                row[name] = (
                    self.collected.name_project(self.found, cell)
                    if name == "project"
                    else self.collected.resolve_alias(name, text)
                )
                if name == "service" and row[name] != text:
                    self.renamed.setdefault(row[name], cell)
                elif name == "service":
                    self.services.add(text)
        if row.get("project"):
            keys["project"] = row["project"]
        elif row.get("programme"):
            keys["programme"] = row["programme"]
        else:
            keys["service"] = row.get("service") or row.get("scope")
        for name in self.layout.values:
            if name in stated and not self._read_word(name, stated[name], row):
                choices = ", ".join(self.layout.choices[name])
                problem = f"'{stated[name].text}' is not known here (write one of: {choices})."
                self.collected.refuse(self.found, stated[name], problem, keys)
                return None
        if row.pop("accumulation", None) == "cumulative":
            problem = (
                "its amounts are cumulative (write what each year adds, one year after another)."
            )
            self.collected.refuse(self.found, stated["accumulation"], problem, keys)
            return None
        if self.found.table == "savings":
            row["types"] = self.layout.types_in(row.get("saving_type") or "")
            if self.says_rag and not row.get("rag") and not row.get("rag_missing"):
                row["rag_missing"] = BLANK
        return row

    def _read_word(self, name: str, cell: Cell, row: Row) -> bool:
        """Read a word of the vocabulary into `row`; False where the layout doesn't know it."""
        word = (
            plain(cell.text)
            if name in ("rag", "original_rag")
            else plain(without_footnote(cell.text))
        )
        if name == "original_rag" and word in self.layout.not_legible | self.layout.markers:
            pass
        elif name == "rag" and word in self.layout.not_legible:
            row["rag_missing"] = "not legible in the source"
        elif name == "rag" and word in self.layout.markers:
            row["rag_missing"] = cell.text
        else:
            known = self.layout.values[name]
            # A heading may say more than the word: "2016/17 Forecast".
            value = known.get(word) or known.get(
                plain(without_footnote(self.layout.without_units(cell.text)))
            )
            if value is None and (found := periods.year_in(cell.text)):
                value = known.get(plain(found[1]))
            if value is None:
                return False
            row[name] = value == "yes" if name == "in_mtfp" else value
        return True

    def finish(self) -> None:
        """Settle precision, signs and what each total adds, and hand the rows over."""
        self.amounts.settle()
        assign_total_ranges(self.lines, self.totals)
        for service, cell in self.renamed.items():
            if service in self.services:
                problem = (
                    f"aliases.toml takes '{cell.text}' for '{service}', but this table states both"
                    " (take the alias away)."
                )
                self.collected.refuse(self.found, cell, problem, {})
        if self._is_of_unclear_sign():
            return
        self.collected.rows[self.found.table] += self.lines
        self.collected.rows["totals"] += self.totals

    def _is_of_unclear_sign(self) -> bool:
        """Whether all savings of the table are negative.

        By its sign they would cost money, so nobody can tell what is meant.
        """
        amounts = [row["amount_pence"] for row in self.lines if row["amount_pence"]]
        if (
            self.found.table != "savings"
            or len(amounts) < 2
            or not all(pence < 0 for pence in amounts)
        ):
            return False
        sign = self.table.sign
        other = "saving is negative" if sign == "saving is positive" else "saving is positive"
        cell = next(cell for cell in self._amount_cells() if cell.value is not None)
        problem = (
            f"all amounts of this table would raise spending, by the layout's sign ({sign}). "
            f'Where they are savings, write sign = "{other}" under [tables.savings] in layout.toml.'
        )
        owners = {
            tuple((key, row.get(key)) for key in ("project", "programme")) for row in self.lines
        }
        keys = dict(owners.pop()) if len(owners) == 1 else {}
        self.collected.accounted_rows.pop(self.found.name, None)
        self.collected.refuse(self.found, cell, problem, keys)
        return True

    def _amount_cells(self) -> Iterator[Cell]:
        for row in range(self.found.header_row + 1, self.found.last_row + 1):
            yield from (self.found.sheet.at(row, column) for column in self.found.amounts)
