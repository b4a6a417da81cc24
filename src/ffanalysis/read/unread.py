"""Money that no table takes: which projects it names, and what its sheet lacks to be read.

What stands in no table is found as the workbook check finds tables: by how it looks. It withholds
the projects that it names, until it is read or declared as no savings; where it names none, every
briefing asks about it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from ffanalysis.layout import Layout, plain
from ffanalysis.provenance import PROVENANCE
from ffanalysis.read.accounting import UnusedNumber
from ffanalysis.read.collector import Collected, Row, source_of
from ffanalysis.read.found_table import FoundTable
from ffanalysis.read.no_savings import FILE_NAME, NoSavings
from ffanalysis.read.project_names import ProjectNames
from ffanalysis.read.table_match import what_is_lacking
from ffanalysis.sheets.cells import Cell, Sheet
from ffanalysis.workbook_check.table import FigureTable
from ffanalysis.workbook_check.table_finder import find_figure_tables
from ffanalysis.workbook_check.values import carries_unit, is_figure, pounds_per

_MONEY_TABLES = frozenset({"budget", "savings", "mtfp"})
_MONEY_WORDS = re.compile(
    r"£|\b(?:sav(?:ings?|ed)|targets?|forecasts?|budgets?|deliver\w*|achiev\w*|costs?|spend\w*"
    r"|actuals?|outturn|variances?|income|grants?|efficienc\w+|reductions?|pressures?|amounts?"
    r"|values?|shortfalls?|mtf[ps]|proposals?)\b",
    re.I,
)
_LONGEST_HEADING = 120
_ABOVE = 3  # so many rows above a part of a sheet may say whose it is
_DO = (
    "Head it as 'ffanalysis docs layouts' shows so that it is read, or declare in no-savings.toml"
    " that it holds no savings"
)


@dataclass(frozen=True)
class UnreadMoney:
    """Figures of a sheet that no table takes."""

    sheet: Sheet
    cells: tuple[Cell, ...]  # the figures
    rows: frozenset[int]  # the rows that may say whose they are
    is_headed: bool  # whether a heading, or a label beside them, says what they are
    is_money: bool
    beside_register: bool
    lacks: str

    @property
    def place(self) -> str:
        """Where it is, as a sentence names it."""
        cells = f"cells {self.range}" if len(self.cells) > 1 else f"cell {self.range}"
        return f"{self.sheet.workbook}, sheet {self.sheet.name}, {cells}"

    @property
    def range(self) -> str:
        rows = [cell.row for cell in self.cells]
        columns = [cell.column for cell in self.cells]
        first = f"{get_column_letter(min(columns))}{min(rows)}"
        last = f"{get_column_letter(max(columns))}{max(rows)}"
        return first if first == last else f"{first}:{last}"

    def texts(self) -> Iterator[str]:
        """What may name its projects: its cells, or those of its rows, its sheet and its file."""
        yield self.sheet.name
        yield re.sub(r"\.\w+$", "", self.sheet.workbook)
        for row in sorted(self.rows):
            for cell in self.sheet.grid.get(row, {}).values():
                if isinstance(cell.value, str):
                    yield cell.text


def find_unread(
    sheet: Sheet,
    tables: Sequence[FoundTable],
    unused: Iterable[UnusedNumber],
    layout: Layout,
    collected: Collected,
) -> Iterator[UnreadMoney]:
    """The money of a sheet that is in no table of ours, nor declared as no savings."""
    open_cells = _open_cells(sheet, tables, unused, collected)
    if not open_cells:
        return
    for table in find_figure_tables(sheet, layout):
        columns = (each for each in table.amounts if plain(each.heading) not in layout.not_read)
        cells = (cell for column in columns for cell in table.cells(column))
        own = [cell for cell in cells if open_cells.pop((cell.row, cell.column), None)]
        if own:
            yield _unread_table(table, own, tables, layout)
    loose: Iterable[Cell] = open_cells.values()
    if tables:
        loose = (cell for cell in loose if _is_apart(sheet, cell, tables, layout))
    yield from _without_heading(sheet, loose, layout)


def _without_heading(sheet: Sheet, cells: Iterable[Cell], layout: Layout) -> Iterator[UnreadMoney]:
    """The figures under no heading, such as an amount beside a name."""
    loose = tuple(cell for cell in cells if not _is_year_or_share(cell))
    if loose:
        texts = (cell.text for cell in sheet.cells() if isinstance(cell.value, str))
        is_money = _says_money([sheet.name, *texts], layout)
        yield UnreadMoney(
            sheet,
            loose,
            frozenset(cell.row for cell in loose),
            is_headed=any(_label_says_money(sheet, cell, layout) for cell in loose),
            is_money=is_money,
            beside_register=False,
            lacks="",
        )


def _is_apart(sheet: Sheet, cell: Cell, tables: Sequence[FoundTable], layout: Layout) -> bool:
    """Whether an amount that its label says is money stands in the rows of no table."""
    is_in_rows = any(found.header_rows[0] <= cell.row <= found.last_row for found in tables)
    return not is_in_rows and _label_says_money(sheet, cell, layout)


def _label_says_money(sheet: Sheet, cell: Cell, layout: Layout) -> bool:
    """Whether an amount states its unit, or a label before or above it says it is money.

    "Savings target 2015/16 | 2,120,000", as a dashboard has it.
    """
    line = sheet.grid.get(cell.row, {})
    beside = [line[column] for column in sorted(line) if column < cell.column]
    labels = [each.text for each in beside if isinstance(each.value, str)]
    above = sheet.at(cell.row - 1, cell.column)
    labels += [above.text] if isinstance(above.value, str) else []
    return carries_unit(cell.text) or _says_money(labels, layout)


def _open_cells(
    sheet: Sheet,
    tables: Sequence[FoundTable],
    unused: Iterable[UnusedNumber],
    collected: Collected,
) -> dict[tuple[int, int], Cell]:
    """The figures of a sheet that nothing accounts for, by row and column."""
    cells: Iterable[Cell]
    if tables:
        money = [found for found in tables if found.table in _MONEY_TABLES]
        cells = (cell for _, cell in unused if not any(_heads_it(found, cell) for found in money))
    else:
        cells = filter(is_figure, sheet.cells())
    declared = _declared_for(sheet, collected)
    return {
        (cell.row, cell.column): cell
        for cell in cells
        if not any(each.covers(cell.row, cell.column) for each in declared)
    }


def _declared_for(sheet: Sheet, collected: Collected) -> list[NoSavings]:
    """The declarations for a sheet, each noted as used."""
    found = [each for each in collected.no_savings if each.is_for(sheet.workbook, sheet.name)]
    collected.used_declarations.update(found)
    return found


def _heads_it(found: FoundTable, cell: Cell) -> bool:
    """Whether a cell is in a table's rows, under a heading of it or within its columns.

    What heads such a column is refused, or the layout says that it is not read.
    """
    in_rows = found.header_row < cell.row <= found.last_row
    return in_rows and (cell.column in found.heads or found.covers_column(cell.column))


def _is_year_or_share(cell: Cell) -> bool:
    is_year = cell.is_number and 1950 <= cell.value <= 2100 and cell.value == int(cell.value)
    return is_year or cell.is_percentage


def _says_money(texts: Iterable[str], layout: Layout) -> bool:
    """Whether one of some texts speaks of money: names a unit, or says savings, target, cost."""
    return any(
        carries_unit(text) or layout.units_named(text) or _MONEY_WORDS.search(text)
        for text in texts
        if len(text) < _LONGEST_HEADING
    )


def _unread_table(
    table: FigureTable, own: Sequence[Cell], tables: Sequence[FoundTable], layout: Layout
) -> UnreadMoney:
    beside = _is_beside_register(own, tables)
    columns = {cell.column for cell in own}
    heads = [column for column in table.amounts if column.number in columns]
    words = [column.heading for column in heads]
    words += [] if beside else [table.title, table.sheet.name]
    has_unit = any(column.year or pounds_per(table.unit_of(column)) for column in heads)
    return UnreadMoney(
        table.sheet,
        tuple(own),
        _rows_naming(table, own, tables),
        is_headed=True,
        is_money=has_unit or _says_money(words, layout),
        beside_register=beside,
        lacks="" if tables else what_is_lacking(table.sheet, table.header_rows, layout),
    )


def _rows_naming(
    table: FigureTable, cells: Iterable[Cell], tables: Sequence[FoundTable]
) -> frozenset[int]:
    """The rows that may say whose figures these are: of a sheet without a known table all of it.

    Else their own, and those of their heading and just above it that are no other table's.
    """
    if not tables:
        return frozenset(table.sheet.grid)
    first, last = table.header_rows
    around = {
        row
        for row in range(first - _ABOVE, last + 1)
        if not any(found.header_row < row <= found.last_row for found in tables)
    }
    return frozenset(around | {cell.row for cell in cells})


def _is_beside_register(cells: Iterable[Cell], tables: Iterable[FoundTable]) -> bool:
    """Whether figures stand in the rows of a table that holds no money."""
    register = [found for found in tables if found.table not in _MONEY_TABLES]
    rows = {cell.row for cell in cells}
    return any(found.header_row < row <= found.last_row for found in register for row in rows)


# --- what follows from it ------------------------------------------------------------------------


def judge_unread(collected: Collected) -> None:
    """Withhold the projects that unread money names; ask about the rest. Tell of declarations."""
    names = ProjectNames(collected)
    for unread in collected.unread:
        _judge(unread, names.named_in(unread.texts()), names, collected)
    _tell_declarations(collected)


def _judge(
    unread: UnreadMoney, projects: Sequence[str], names: ProjectNames, collected: Collected
) -> None:
    about: Row = {
        "sentence": _sentence(unread, [names.name_of(project) for project in projects]),
        **source_of(unread.sheet, unread.cells[0]),
    }
    if projects and unread.is_money and not unread.beside_register:
        for project in projects:
            collected.add("refusals", value=unread.cells[0].text, project=project, **about)
    elif projects or (unread.is_money and unread.is_headed):
        asked: Sequence[str | None] = projects or (None,)
        for named in asked:
            collected.add("questions", rule="money-read", project=named, **about)


def _sentence(unread: UnreadMoney, names: Sequence[str]) -> str:
    what = "the money here is" if unread.is_money else "the figures here are"
    named = f"its words name {_listed(names)}" if names else "it names no project"
    lacks = f" {unread.lacks}" if unread.lacks else ""
    return f"{unread.place}: {what} in no table that is read, and {named}.{lacks} {_DO}."


def _listed(names: Sequence[str]) -> str:
    few = ", ".join(names[:6])
    return f"{few} and {len(names) - 6:,} more" if len(names) > 6 else few


def _tell_declarations(collected: Collected) -> None:
    """Note each declaration with who told it; ask where it is for a sheet of savings."""
    for each in dict.fromkeys(collected.no_savings):
        is_used = each in collected.used_declarations
        what = "declared to hold no savings: {}" if is_used else "no sheet is as declared: {}"
        collected.add(
            "notices", what=what.format(each.place), value=each.said_by, workbook=FILE_NAME
        )
        for block in collected.rows["blocks"]:
            if block["table"] == "savings" and each.is_of_all_of(block["workbook"], block["sheet"]):
                _ask_about_declaration(each, block, collected)


def _ask_about_declaration(declared: NoSavings, table: Row, collected: Collected) -> None:
    place = f"{table['workbook']}, sheet {table['sheet']}, cells {table['range']}"
    sentence = (
        f"{place}: a table of savings is read and counted here, but {FILE_NAME} declares that the"
        f" sheet holds none ({declared.said_by}). Delete the table or the declaration, or give"
        " the declaration the cells that it is for."
    )
    source = {key: table[key] for key in PROVENANCE}
    collected.add("questions", rule="money-read", sentence=sentence, **source)
