"""Find the tables of a sheet by their headings: where each begins and ends, and what the lines above it say.

A table is never found by its position. A row that looks like a heading but lacks a column that its table needs is a near
miss, and is reported with what was found instead.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from openpyxl.utils import get_column_letter

from ffanalysis import money, periods
from ffanalysis.read.layout import Layout, TableLayout, plain
from ffanalysis.read.workbook import Cell, Sheet


@dataclass
class Block:
    """One table in a sheet: its columns by sheet column, and what the lines above it state."""

    table: str
    sheet: Sheet
    header_row: int
    last_row: int
    columns: dict[int, str]  # sheet column → canonical column
    years: dict[int, str]  # sheet column → financial year
    total_column: int | None
    header_units: dict[int, tuple[int, ...]]  # sheet column → units its heading names
    context: dict[str, Cell] = field(default_factory=dict)  # canonical column → the cell that states it for all rows
    title: Cell | None = None
    title_units: tuple[int, ...] = ()
    unit_line: Cell | None = None
    unit_line_units: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """The table's key: workbook, sheet and the cell where its heading begins."""
        return f"{self.sheet.workbook}!{self.sheet.name}!{self.header_cell}"

    @property
    def header_cell(self) -> str:
        return f"{get_column_letter(min(self.all_columns))}{self.header_row}"

    @property
    def all_columns(self) -> set[int]:
        return {*self.columns, *self.years, *([self.total_column] if self.total_column else [])}

    @property
    def amount_columns(self) -> list[int]:
        return sorted({*self.years, *([self.total_column] if self.total_column else [])})

    @property
    def range(self) -> str:
        return f"{self.header_cell}:{get_column_letter(max(self.all_columns))}{self.last_row}"


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

    @property
    def sentence(self) -> str:
        place, found = f"{self.sheet.workbook}, sheet {self.sheet.name}, row {self.row}", f"Found: {', '.join(self.found)}."
        if self.repeated:
            return f"{place}: {self.repeated[0]} heads more than one column, so its amounts would count twice. {found}"
        if not self.missing:
            return f"{place}: beside its years the table of {self.table} has no heading that is known. {found}"
        names = " and no ".join(repr(name) for name in self.missing)
        return f"{place}: the table of {self.table} has no {names}, neither as a column nor on a line above it. {found}"


def find_tables(sheet: Sheet, layout: Layout) -> tuple[list[Block], list[NearMiss]]:
    """All tables of a sheet from the top, and the rows of headings that nearly are one."""
    rows = dict(sheet.rows())
    headers: list[Block] = []
    misses: list[NearMiss] = []
    above: list[list[Cell]] = []
    for row, cells in rows.items():
        block = _best(sheet, row, cells, above, layout)
        if isinstance(block, Block):
            headers.append(block)
            above = []
        else:
            if block:
                misses.append(block)
            above.append(cells)
    starts = [block.header_row for block in headers]
    for block, limit in zip(headers, [*starts[1:], sheet.last_row + 1], strict=False):
        block.last_row = max(_data_rows(block, limit), default=block.header_row)
        _read_above(block, [cells for row, cells in rows.items() if _previous_end(headers, block) < row < block.header_row], layout)
    return headers, misses


def _previous_end(blocks: list[Block], block: Block) -> int:
    return max((other.last_row for other in blocks if other.header_row < block.header_row), default=0)


@dataclass
class _Heads:
    """What the texts of a row would head, were it a row of headings."""

    years: dict[int, str] = field(default_factory=dict)
    repeated: tuple[str, ...] = ()
    again: str = ""  # the cell that heads a year a second time
    units: dict[int, tuple[int, ...]] = field(default_factory=dict)
    total: int | None = None
    texts: list[Cell] = field(default_factory=list)

    @classmethod
    def of(cls, cells: list[Cell], layout: Layout) -> "_Heads":
        heads = cls()
        for cell in cells:
            if not isinstance(cell.value, str):
                continue
            heads.units[cell.column] = money.units_named(cell.text)
            heading = money.without_units(cell.text)
            if year := periods.parse_year(heading):
                if year in heads.years.values():
                    heads.repeated, heads.again = (*heads.repeated, year), cell.address
                heads.years[cell.column] = year
            elif plain(heading) in layout.total_headings:
                heads.total = cell.column
            else:
                heads.texts.append(cell)
        return heads

    def columns_of(self, table: TableLayout) -> dict[int, str]:
        """The columns of a table that the texts head, each once."""
        columns: dict[int, str] = {}
        for cell in self.texts:
            column = table.columns.get(plain(money.without_units(cell.text) or cell.text))
            if column and column not in columns.values():
                columns[cell.column] = column
        return columns

    def has_amounts_for(self, table: TableLayout) -> bool:
        """Whether the row heads the amounts that a table of money must have."""
        return not table.holds_money or bool(self.years) or (self.total is not None and not table.needs_years)


def _best(sheet: Sheet, row: int, cells: list[Cell], above: list[list[Cell]], layout: Layout) -> Block | NearMiss | None:
    """The table that a row of headings fits best, else the one that it nearly fits."""
    heads = _Heads.of(cells, layout)
    found: list[tuple[int, Block]] = []
    near: list[tuple[int, NearMiss]] = []
    for table in filter(heads.has_amounts_for, layout.tables.values()):
        columns = heads.columns_of(table)
        stated = {*columns.values(), *_stated_above(table, above)}
        named = len([column for column in columns.values() if column != "unit"])
        missing = [column for column in table.needs if column not in stated]
        if table.any_of and not stated.intersection(table.any_of):
            missing.append(table.any_of[0])
        if not missing and named >= table.least:
            # "Total" heads a column of amounts; in a table without money the same word is an ordinary heading.
            years, total = (heads.years, heads.total) if table.holds_money else ({}, None)
            if table.holds_money and heads.repeated:
                near.append(
                    (named, NearMiss(sheet, row, table.name, (), tuple(cell.text for cell in cells), heads.again, heads.repeated))
                )
                continue
            found.append((named, Block(table.name, sheet, row, row, columns, years, total, heads.units)))
        elif _is_near(table, named, len(heads.texts), heads.years, len(stated) - named):
            names = tuple(table.headings[column] for column in missing)
            near.append((named, NearMiss(sheet, row, table.name, names, tuple(cell.text for cell in cells), cells[0].address)))
    if found:
        return max(found, key=lambda pair: pair[0])[1]
    return max(near, key=lambda pair: pair[0])[1] if near else None


def _is_near(table: TableLayout, named: int, texts: int, years: dict[int, str], above: int) -> bool:
    if table.holds_money:
        # Years beside a heading that the table knows, or under lines that state something for it.
        return bool(years) and (named >= 1 or (above >= 1 and texts >= 1))
    return named >= 2 and named >= texts / 2


def _stated_above(table: TableLayout, above: list[list[Cell]]) -> set[str]:
    """The canonical columns that a line above states for the whole table: "Programme | Future Fit"."""
    return {column for cells in above if (column := _context_column(table, cells))}


def _context_column(table: TableLayout, cells: list[Cell]) -> str | None:
    if len(cells) != 2 or not isinstance(cells[0].value, str):
        return None
    return table.columns.get(plain(cells[0].text))


def _read_above(block: Block, above: list[list[Cell]], layout: Layout) -> None:
    table = layout.tables[block.table]
    for cells in above:
        if column := _context_column(table, cells):
            block.context[column] = cells[1]
            continue
        for cell in cells:
            if not isinstance(cell.value, str) or plain(cell.text) in layout.as_of_headings:
                continue
            named = money.units_named(cell.text)
            if named and not money.without_units(cell.text).strip(" ()-–:"):
                block.unit_line, block.unit_line_units = cell, named
            elif block.title is None:
                block.title, block.title_units = cell, named
            elif named:
                block.unit_line, block.unit_line_units = cell, named


def _data_rows(block: Block, limit: int) -> Iterator[int]:
    """The rows below the heading that belong to the table; a gap ends it, unless rows like the ones before follow."""
    gap = False
    for row in range(block.header_row + 1, limit):
        filled = [column for column in block.all_columns if block.sheet.at(row, column).value is not None]
        if not filled:
            gap = True
            continue
        if gap:
            has_amount = any(block.sheet.at(row, column).is_number for column in block.amount_columns)
            has_label = any(column in block.columns for column in filled)
            if not (has_label and (has_amount if block.amount_columns else len(filled) > 1)):
                return
            gap = False
        yield row
