"""Find the tables of a sheet by their headings.

Where each begins and ends, and what the lines above it say.

A table is never found by its position. A row that looks like a heading but lacks a column that its
table needs is a near miss, and is reported with what was found instead.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from openpyxl.utils import get_column_letter

from ffanalysis import periods
from ffanalysis.layout import Layout, TableLayout, plain, without_footnote
from ffanalysis.read.headings import Head, HeadingRow, heads_of
from ffanalysis.sheets.cells import Cell, Sheet

_MOST_LINES = 3
# How many lines below a table may still say in which unit it is.
_NOTES = 6


@dataclass
class FoundTable:
    """One table in a sheet: its columns by sheet column, and what the lines above it state."""

    table: str
    sheet: Sheet
    header_rows: tuple[int, int]
    last_row: int
    columns: dict[int, str]  # sheet column → canonical column
    amounts: dict[int, Head]  # sheet column → what heads it
    heads: dict[int, Head]
    context: dict[str, Cell] = field(
        default_factory=dict
    )  # canonical column → the cell that states it for all rows
    title: Cell | None = None
    title_units: tuple[int, ...] = ()
    unit_line: Cell | None = None
    unit_line_units: tuple[int, ...] = ()
    unit_note: Cell | None = None
    unit_note_units: tuple[int, ...] = ()
    above: list[Cell] = field(default_factory=list)

    @property
    def header_row(self) -> int:
        """The last line of the heading."""
        return self.header_rows[1]

    @property
    def name(self) -> str:
        """The table's key: workbook, sheet and the cell where its heading begins."""
        return f"{self.sheet.workbook}!{self.sheet.name}!{self.header_cell}"

    @property
    def header_cell(self) -> str:
        return f"{get_column_letter(min(self.all_columns))}{self.header_rows[0]}"

    @property
    def all_columns(self) -> set[int]:
        return {*self.columns, *self.amounts}

    @property
    def years_in_rows(self) -> bool:
        """Whether each row says its year, in a column of its own."""
        return "year" in self.columns.values()

    @property
    def years(self) -> dict[int, str]:
        return {column: head.year for column, head in self.amounts.items() if head.year}

    @property
    def has_words(self) -> bool:
        """Whether what an amount is of is said, for some of it, by its column.

        "Amber", "Retained".
        """
        return any(head.words for head in self.amounts.values())

    @property
    def range(self) -> str:
        return f"{self.header_cell}:{get_column_letter(max(self.all_columns))}{self.last_row}"

    def covers_column(self, column: int) -> bool:
        return min(self.all_columns) <= column <= max(self.all_columns)


@dataclass(frozen=True)
class NearMiss:
    """A row of headings to which a column is missing."""

    sheet: Sheet
    row: int
    table: str
    missing: tuple[str, ...]
    found: tuple[str, ...]
    cell: str
    repeated: tuple[str, ...] = ()
    first: int = 0

    @property
    def first_row(self) -> int:
        """The first line of the heading; `row` is its last."""
        return self.first or self.row

    @property
    def sentence(self) -> str:
        place, found = (
            f"{self.sheet.workbook}, sheet {self.sheet.name}, row {self.row}",
            f"Found: {', '.join(self.found)}.",
        )
        if self.repeated:
            return (
                f"{place}: {self.repeated[0]} heads more than one column, so its amounts would"
                f" count twice. {found}"
            )
        if not self.missing:
            return (
                f"{place}: beside its years the table of {self.table} has no heading that is known."
                f" {found}"
            )
        names = " and no ".join(repr(name) for name in self.missing)
        return (
            f"{place}: the table of {self.table} has no {names}, neither as a column nor on a line"
            f" above it. {found}"
        )


def find_tables(sheet: Sheet, layout: Layout) -> tuple[list[FoundTable], list[NearMiss]]:
    """All tables of a sheet from the top, and the rows of headings that nearly are one."""
    tables: list[FoundTable] = []
    misses: list[NearMiss] = []
    behind = missed = 0
    for row, cells in sheet.rows():
        if row <= behind:
            continue
        alone = _may_head(cells)
        for part in [cells] if alone else _beside_tables(cells, tables):
            for found in _tables_at(sheet, row, part, tables, behind, layout):
                if isinstance(found, FoundTable):
                    tables.append(found)
                    behind = max(behind, found.header_row)
                elif alone and found.first_row > missed:
                    misses.append(found)
                    missed = max(missed, found.row)
    for found in tables:
        found.last_row = _last_row(found, _limit(tables, found), layout)
        _read_above(
            found,
            _lines_above(sheet, found.header_rows[0], found.all_columns, tables, layout, found),
            layout,
        )
        _read_below(found, tables, layout)
    return tables, [miss for miss in misses if not any(_holds(found, miss) for found in tables)]


def _holds(found: FoundTable, miss: NearMiss) -> bool:
    """Whether what looked like a heading is part of this table's.

    What one line lacks, the next may hold; or a line of amounts.

    An amount such as 2016 reads like a calendar year.
    """
    if found.header_rows[0] <= miss.row <= found.header_row:
        return True
    cells = miss.sheet.grid[miss.row]
    return found.header_row < miss.row <= found.last_row and (
        any(cell.is_number for cell in cells.values()) or _is_line_without_number(found, cells)
    )


def _is_line_without_number(found: FoundTable, cells: Mapping[int, Cell]) -> bool:
    """Whether a row says a year where the table's lines do, and where they have amounts no number, but no year either: "TBC"."""
    where = next((column for column, name in found.columns.items() if name == "year"), None)
    return (
        where in cells
        and set(cells) <= found.all_columns
        and all(
            bool(periods.parse_year(cell.text)) == (column == where)
            for column, cell in cells.items()
        )
    )


def _beside_tables(cells: list[Cell], tables: list[FoundTable]) -> list[list[Cell]]:
    """The parts of a row, blank columns between them, that may head a table beside those whose lines stand in the same row."""
    if not tables or sum(isinstance(cell.value, str) for cell in cells) < 2:
        return []
    parts: list[list[Cell]] = []
    for cell in cells:
        if parts and cell.column == parts[-1][-1].column + 1:
            parts[-1].append(cell)
        else:
            parts.append([cell])
    return [
        part
        for part in parts
        if len(part) > 1
        and _may_head(part)
        and not any(found.covers_column(cell.column) for found in tables for cell in part)
    ]


def _may_head(cells: list[Cell]) -> bool:
    """Whether a row can be a heading at all: a cheap look before the thorough one."""
    return any(isinstance(cell.value, str) for cell in cells) and not any(
        cell.is_number and not periods.is_calendar_year(cell.text) for cell in cells
    )


def _limit(tables: list[FoundTable], found: FoundTable) -> int:
    """The row where the next table below begins, that shares a column with this one."""
    below = [
        other.header_rows[0]
        for other in tables
        if other.header_rows[0] > found.header_row
        and any(
            found.covers_column(column) or other.covers_column(column)
            for column in other.all_columns
        )
    ]
    return min(below, default=found.sheet.last_row + 1)


def _lines_above(
    sheet: Sheet,
    row: int,
    columns: Iterable[int],
    tables: list[FoundTable],
    layout: Layout,
    found: FoundTable | None = None,
) -> list[list[Cell]]:
    """The lines between the table before and this heading.

    Beside another table only those above its own columns.
    """
    left, right = min(columns), max(columns)
    others = [other for other in tables if other is not found]
    beside = [
        other for other in others if max(other.all_columns) < left or min(other.all_columns) > right
    ]
    above = [other for other in others if other not in beside and other.header_row < row]
    first = max((_last_row(other, row, layout) for other in above), default=0)
    lines = [sheet.grid[number] for number in range(first + 1, row) if number in sheet.grid]
    # A table beside this one has lines above it of its own.
    beside = [
        other for other in beside if other.header_rows[0] == row or first < other.header_row < row
    ]
    kept = [
        [line[column] for column in sorted(line) if not beside or left <= column <= right]
        for line in lines
    ]
    return [cells for cells in kept if cells]


def _tables_at(
    sheet: Sheet, row: int, cells: list[Cell], tables: list[FoundTable], used: int, layout: Layout
) -> list[FoundTable | NearMiss]:
    """The tables that a row heads: one, or several side by side; else that which it nearly heads.

    No heading reaches to `used`.
    """
    anchor = HeadingRow(row, cells, layout)
    if (
        anchor.numbers
        or anchor.states_something
        or not anchor.kinds("year", "total", "amount", "heading")
    ):
        return []
    within = (
        range(cells[0].column, cells[-1].column + 1) if len(cells) < len(sheet.grid[row]) else None
    )
    lines = _with_lines_around(sheet, anchor, used, layout, within)
    heads = heads_of(sheet, lines)
    above = _lines_above(sheet, lines[0].row, heads, tables, layout)
    beside = _side_by_side(sheet, lines, heads, above, layout)
    if beside:
        return list(beside)
    best = _best(sheet, lines, heads, above, layout)
    return [best] if best else []


def _with_lines_around(
    sheet: Sheet, anchor: HeadingRow, used: int, layout: Layout, within: range | None = None
) -> list[HeadingRow]:
    """The lines of a heading around the one that was met first.

    Bands above it, but below row `used`; units or words below it.
    """
    lines = [anchor]
    amounts = anchor.kinds("year", "total", "amount", "word")
    labels = anchor.kinds("heading")
    row = anchor.row - 1
    while len(lines) < _MOST_LINES and row in sheet.grid and row > used:
        line = HeadingRow(row, _cells_of(sheet, row, within), layout)
        bands = line.kinds("year", "word", "unit", "total", "amount")
        stands_over = {
            column for column in bands if column >= min(amounts | labels, default=0)
        } - labels
        heads_blank = line.kinds("heading") - set(anchor.tokens)
        if (
            line.numbers
            or line.states_something
            or not (stands_over or heads_blank)
            or line.kinds("other") & amounts
        ):
            break
        lines.insert(0, line)
        amounts |= stands_over
        labels |= line.kinds("heading")
        row -= 1
    row = anchor.row + 1
    while len(lines) < _MOST_LINES + 1 and row in sheet.grid:
        cells = _cells_of(sheet, row, within)
        line = HeadingRow(row, cells, layout)
        said = line.kinds("year", "word", "unit", "total", "amount")
        is_units = said and line.kinds("unit") == set(line.tokens)
        if (
            line.numbers
            or not said
            or said != set(line.tokens)
            or (not is_units and said & labels)
            or len(line.tokens) != len(cells)
        ):
            break
        if not is_units and not amounts:
            break
        lines.append(line)
        row += 1
    return lines


def _cells_of(sheet: Sheet, row: int, within: range | None) -> list[Cell]:
    line = sheet.grid[row]
    return [line[column] for column in sorted(line) if within is None or column in within]


def _side_by_side(
    sheet: Sheet,
    lines: list[HeadingRow],
    heads: dict[int, Head],
    above: list[list[Cell]],
    layout: Layout,
) -> list[FoundTable] | None:
    """The tables of one heading that blank columns part, where each of two or more is one by itself."""
    columns = sorted(heads)
    parts: list[list[int]] = []
    for column in columns:
        if parts and column == parts[-1][-1] + 1:
            parts[-1].append(column)
        else:
            parts.append([column])
    if len(parts) < 2:
        return None
    groups: list[list[int]] = []
    complete = 0
    for part in parts:
        within = [[cell for cell in cells if part[0] <= cell.column <= part[-1]] for cells in above]
        is_table = isinstance(
            _best(sheet, lines, {column: heads[column] for column in part}, within, layout),
            FoundTable,
        )
        if is_table or not groups:
            groups.append(part)
        else:
            groups[-1] = groups[-1] + part
        complete += is_table
    if complete < 2:
        return None
    beside = []
    for group in groups:
        within = [
            [cell for cell in cells if group[0] <= cell.column <= group[-1]] for cells in above
        ]
        found = _best(sheet, lines, {column: heads[column] for column in group}, within, layout)
        if not isinstance(found, FoundTable):
            return None
        beside.append(found)
    return beside


def _best(
    sheet: Sheet,
    lines: list[HeadingRow],
    heads: dict[int, Head],
    above: list[list[Cell]],
    layout: Layout,
) -> FoundTable | NearMiss | None:
    """The table that a heading fits best, else the one that it nearly fits."""
    found: list[tuple[int, FoundTable]] = []
    near: list[tuple[int, NearMiss]] = []
    shown = tuple(head.name for _, head in sorted(heads.items()))
    first = sheet.at(lines[-1].row, min(heads))
    for table in layout.tables.values():
        columns = _columns_of(table, heads)
        if table.holds_money and (beside := _years_beside(sheet, lines[-1].row, heads, columns)):
            columns[beside] = "year"
        amounts = {
            column: head
            for column, head in heads.items()
            if column not in columns and head.holds_amounts
        }
        # "Total" heads a column of amounts; in a table without money the same word is an ordinary
        # heading.
        amounts = amounts if table.holds_money else {}
        # A word that heads amounts ("Amber", "Retained") states a column of the table as well as a
        # heading does.
        in_words = {name for head in amounts.values() for name in head.words} & set(table.headings)
        stated = {*columns.values(), *in_words, *_stated_above(table, above), *table.given}
        has_years = any(head.year or head.calendar for head in amounts.values())
        if table.holds_money and not amounts:
            continue
        named = len({*columns.values(), *in_words} - {"unit", "year"})
        missing = [column for column in table.needs if column not in stated]
        if table.any_of and not stated.intersection(table.any_of):
            missing.append(table.any_of[0])
        if not missing and named >= table.least:
            again = _headed_again(amounts, years_in_rows="year" in columns.values())
            if table.needs_years and not has_years and "year" not in stated:
                near.append(
                    (
                        named,
                        NearMiss(
                            sheet,
                            lines[-1].row,
                            table.name,
                            ("Year",),
                            shown,
                            first.address,
                            first=lines[0].row,
                        ),
                    )
                )
                continue
            if again:
                year = again.year or again.name
                near.append(
                    (
                        named,
                        NearMiss(
                            sheet,
                            lines[-1].row,
                            table.name,
                            (),
                            shown,
                            again.tokens[-1].cell.address,
                            (year,),
                            lines[0].row,
                        ),
                    )
                )
                continue
            found.append(
                (
                    named,
                    FoundTable(
                        table.name,
                        sheet,
                        (lines[0].row, lines[-1].row),
                        lines[-1].row,
                        columns,
                        amounts,
                        heads,
                    ),
                )
            )
        elif _is_near(
            table,
            named,
            heads,
            columns,
            has_years=has_years,
            above=len(stated) - named - len(table.given),
        ):
            names = tuple(table.headings[column] for column in missing)
            near.append(
                (
                    named,
                    NearMiss(
                        sheet,
                        lines[-1].row,
                        table.name,
                        names,
                        shown,
                        first.address,
                        first=lines[0].row,
                    ),
                )
            )
    if found:
        return max(found, key=lambda pair: pair[0])[1]
    return max(near, key=lambda pair: pair[0])[1] if near else None


def _columns_of(table: TableLayout, heads: dict[int, Head]) -> dict[int, str]:
    """The columns of a table that the headings name, each once: by the last line that names one."""
    columns: dict[int, str] = {}
    for column, head in sorted(heads.items()):
        names = [
            name
            for token in reversed(head.tokens)
            if (name := table.columns.get(plain(token.text) or plain(token.cell.text)))
        ]
        if names and names[0] not in columns.values() and not head.years:
            columns[column] = names[0]
    return columns


def _years_beside(
    sheet: Sheet, row: int, heads: dict[int, Head], columns: dict[int, str]
) -> int | None:
    """The column before the amounts where years stand in the rows although its heading is blank or names the unit."""
    amounts = [column for column, head in heads.items() if head.holds_amounts]
    if not amounts or "year" in columns.values() or any(head.years for head in heads.values()):
        return None
    column = max(
        (
            other
            for line in (row + 1, row + 2)
            for other in sheet.grid.get(line, ())
            if other < min(amounts)
        ),
        default=0,
    )
    head = heads.get(column)
    if (
        not column
        or column in columns
        or (head and any(token.kind != "unit" for token in head.tokens))
    ):
        return None
    first = next(
        (
            sheet.at(line, column)
            for line in (row + 1, row + 2)
            if sheet.at(line, column).value is not None
        ),
        None,
    )
    return (
        column if first and (periods.parse_year(without_footnote(first.text)) is not None) else None
    )


def _headed_again(amounts: dict[int, Head], *, years_in_rows: bool) -> Head | None:
    """A column whose amounts would count twice.

    Headed like another, by two years, or by a year where each row has its own.
    """
    seen = set()
    for head in amounts.values():
        if head.key in seen or len(head.years) > 1 or (years_in_rows and head.years):
            return head
        seen.add(head.key)
    return None


def _is_near(
    table: TableLayout,
    named: int,
    heads: dict[int, Head],
    columns: dict[int, str],
    *,
    has_years: bool,
    above: int,
) -> bool:
    texts = len(
        [head for column, head in heads.items() if column in columns or not head.holds_amounts]
    )
    if table.holds_money:
        # Years beside a heading that the table knows, or under lines that state something for it.
        return has_years and (named >= 1 or (above >= 1 and texts >= 1))
    return named >= 2 and named >= len(heads) / 2


def _stated_above(table: TableLayout, above: list[list[Cell]]) -> set[str]:
    """The canonical columns that a line above states for the whole table.

    "Programme | Future Fit".
    """
    return {column for cells in above if (column := _context_column(table, cells))}


def _context_column(table: TableLayout, cells: list[Cell]) -> str | None:
    if len(cells) != 2 or not isinstance(cells[0].value, str):
        return None
    return table.columns.get(plain(cells[0].text))


def _read_above(found: FoundTable, above: list[list[Cell]], layout: Layout) -> None:
    table = layout.tables[found.table]
    for column, text in table.given.items():
        found.context[column] = Cell(found.header_rows[0], min(found.all_columns), text)
    for cells in above:
        if stated := _context_column(table, cells):
            found.context[stated] = cells[1]
            continue
        texts = [
            cell
            for cell in cells
            if isinstance(cell.value, str) and plain(cell.text) not in layout.as_of_headings
        ]
        found.above += texts
    titles = [cell for cell in found.above if not layout.is_unit(cell.text)]
    # The council's name or a remark may stand first: what says of which years the table is, is its
    # title before them.
    found.title = next(
        (cell for cell in titles if periods.spans_in(cell.text) or periods.year_in(cell.text)),
        next(iter(titles), None),
    )
    for cell in found.above:
        named = layout.units_named(cell.text)
        if cell is found.title:
            found.title_units = named
        elif named:
            found.unit_line, found.unit_line_units = cell, named


def _read_below(found: FoundTable, tables: list[FoundTable], layout: Layout) -> None:
    """The unit that a note below the table names, or the sheet's own name, for want of a nearer one."""
    limit = min(_limit(tables, found), found.last_row + _NOTES + 1)
    alone = len(tables) == 1
    for row in range(found.last_row + 1, limit):
        for column, cell in sorted(found.sheet.grid.get(row, {}).items()):
            if not alone and not found.covers_column(column):
                continue
            named = layout.units_named(cell.text) if isinstance(cell.value, str) else ()
            if named and found.unit_note is None:
                found.unit_note, found.unit_note_units = cell, named
    if found.unit_note is None and (named := layout.units_named(found.sheet.name)):
        found.unit_note, found.unit_note_units = (
            Cell(found.header_rows[0], 1, found.sheet.name),
            named,
        )


def _last_row(found: FoundTable, limit: int, layout: Layout) -> int:
    return max(_data_rows(found, limit, layout), default=found.header_row)


def _data_rows(found: FoundTable, limit: int, layout: Layout) -> Iterator[int]:
    """The rows below the heading that belong to the table.

    A gap ends it, unless rows like the ones before follow.

    Where every row stands as far from the one before as the first from the heading, that distance
    is no gap.
    """
    before, spacing = found.header_row, 0
    for row in range(found.header_row + 1, min(limit, found.sheet.last_row + 1)):
        line = found.sheet.grid.get(row)
        filled = [line[column] for column in found.all_columns if column in line] if line else []
        if not filled:
            continue
        gap = row - before - 1
        spacing = gap if before == found.header_row else min(gap, spacing)
        if gap > spacing and not _continues(found, filled, layout):
            return
        before = row
        yield row


def _continues(found: FoundTable, filled: list[Cell], layout: Layout) -> bool:
    """Whether a row behind a gap is like those before it, and no note.

    It has a label and an amount, or a label that is known.
    """
    labels = {found.columns[cell.column]: cell for cell in filled if cell.column in found.columns}
    if not found.amounts:
        return bool(labels) and len(filled) > 1
    if any(layout.is_known(name, cell.text) for name, cell in labels.items()):
        return True
    amounts = [cell for cell in filled if cell.column not in found.columns]
    return bool(labels) and any(cell.is_number or layout.is_amount(cell.text) for cell in amounts)
