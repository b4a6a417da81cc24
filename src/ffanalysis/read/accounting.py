"""Nothing is dropped in silence: what is not used, what is hidden, what is of another workbook."""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet

from openpyxl.utils.cell import coordinate_to_tuple

from ffanalysis import money
from ffanalysis.read.collector import Collected, source_of
from ffanalysis.read.found_table import FoundTable
from ffanalysis.sheets.cells import Book, Cell, Sheet

_IN_TABLE, _OUTSIDE = "number in a table, not used", "number outside every table"
_OLD_RESULTS = (
    "the result of a formula here or below may be old, as the workbook says itself that it was"
    " saved before all its formulas were calculated; calculate it in Excel (F9) and save it"
)
UnusedNumber = tuple[str, Cell]  # what it is, as a reader is told, and its cell
# So many numbers below one another are listed each; of more their count is.
_FEW = 5


def notice_book(book: Book, collected: Collected) -> None:
    """Note with which reader a workbook was read, and which of its values may be old."""
    collected.add(
        "workbooks", workbook=book.name, reader=book.engine, instead_of=book.instead_of or None
    )
    for sheet in () if book.is_calculated else book.sheets:
        if sheet.first_formula:
            source = {"workbook": book.name, "sheet": sheet.name, "cell": sheet.first_formula}
            collected.add("notices", what=_OLD_RESULTS, **source)
    links = ", ".join(book.links) or None
    what = "a value from another workbook, as it was when this one was last calculated"
    for sheet in book.sheets:
        for address in sheet.linked:
            source = {"workbook": book.name, "sheet": sheet.name, "cell": address}
            collected.add("notices", what=what, value=links, **source)


def notice_hidden(sheet: Sheet, tables: Sequence[FoundTable], collected: Collected) -> None:
    """Note what is read though it is hidden or struck through: sheets, rows, columns, texts."""
    if sheet.hidden and sheet.grid:
        what = "a hidden sheet, which is read like any other"
        collected.add("notices", what=what, **source_of(sheet))
    for found in tables:
        for where, value, cell in _hidden_in(sheet, found):
            what = f"a hidden {where} of the table of {found.table}, which is read like any other"
            collected.add("notices", what=what, value=value, **source_of(sheet, cell))
        what = f"a struck-through line of the table of {found.table}, which is read like any other"
        for cell, line in _struck_in(sheet, found):
            collected.add("notices", what=what, value=line, **source_of(sheet, cell))
        _ask_about_unseen(sheet, found, collected)


def _ask_about_unseen(sheet: Sheet, found: FoundTable, collected: Collected) -> None:
    """Ask about the savings that are counted though nobody sees them, or they are struck through.

    Once for each project and way of hiding, in its briefing; of programmes' savings, in every one.
    """
    if found.table != "savings":
        return
    struck = {row for row, column in sheet.struck if found.covers_column(column)}
    unseen: dict[tuple[str | None, str], list[Cell]] = {}
    for row in collected.rows[found.table]:
        if row["block"] == found.name and row["amount_pence"]:
            cell = sheet.at(*coordinate_to_tuple(row["cell"]))
            if how := _how_unseen(sheet, cell, struck):
                unseen.setdefault((row.get("project"), how), []).append(cell)
    for (project, how), cells in unseen.items():
        collected.add(
            "questions",
            rule="shown-in-workbook",
            sentence=f"{sheet.workbook}, sheet {sheet.name}, cell {cells[0].address}:"
            f" {_that_count(cells)} {how}. Show what counts; delete what does not.",
            project=project,
            **source_of(sheet, cells[0]),
        )


def _that_count(cells: Sequence[Cell]) -> str:
    """Amounts that are counted, as the opening of what is said of them."""
    if len(cells) == 1:
        return f"the amount {cells[0].text} is counted, but is"
    few = ", ".join(cell.text for cell in cells[:_FEW])
    more = f" and {len(cells) - _FEW} more" if len(cells) > _FEW else ""
    return f"the amounts {few}{more} are counted, but are"


def _how_unseen(sheet: Sheet, cell: Cell, struck: AbstractSet[int]) -> str:
    """Why nobody sees an amount as one that counts; blank where everybody does."""
    ways = (
        (sheet.hidden, "in a hidden sheet"),
        (cell.row in sheet.hidden_rows, "in a hidden row"),
        (cell.column in sheet.hidden_columns, "in a hidden column"),
        (not cell.is_shown, "hidden by a number format"),
        (cell.row in struck, "in a line that is struck through"),
    )
    return next((how for is_so, how in ways if is_so), "")


def _struck_in(sheet: Sheet, found: FoundTable) -> Iterator[tuple[Cell, str]]:
    """Of each row with struck-through text, its first amount or other cell so, and its label."""
    rows: dict[int, list[int]] = {}
    for row, column in sheet.struck:
        is_inside = found.header_rows[0] <= row <= found.last_row and found.covers_column(column)
        if is_inside and sheet.at(row, column).text:
            rows.setdefault(row, []).append(column)
    for row, columns in sorted(rows.items()):
        column = min(columns, key=lambda column: (column not in found.amounts, column))
        first = next(cell for _, cell in sorted(sheet.grid[row].items()) if cell.text)
        yield sheet.at(row, column), first.text


def _hidden_in(sheet: Sheet, found: FoundTable) -> Iterator[tuple[str, str | None, Cell]]:
    """The hidden rows and columns of a table, each with what it begins with and its first cell."""
    first = min(found.all_columns)
    for row in range(found.header_rows[0], found.last_row + 1):
        if row in sheet.hidden_rows and row in sheet.grid:
            cell = sheet.at(row, first)
            yield "row", cell.text or None, cell
    for column in sorted(found.all_columns & sheet.hidden_columns):
        name = found.heads[column].name if column in found.heads else None
        yield "column", name, Cell(found.header_row, column, None)


def list_unused(
    sheet: Sheet,
    tables: Sequence[FoundTable],
    unused: Iterable[UnusedNumber],
    collected: Collected,
    *,
    refused: bool,
    lacks: str = "",
) -> None:
    """List every number of a sheet that is neither used nor refused by name.

    Of a sheet without a known table only the sheet, with what it `lacks`, and nothing where a table
    of it was `refused`.
    """
    if not tables and not refused:
        if sheet.grid:
            what = "sheet without a known table"
            collected.add("unused", what=what, value=lacks or None, **source_of(sheet))
        return
    for what, run in _runs(unused):
        value = ", ".join(cell.text for cell in run) if len(run) <= _FEW else f"{len(run)} numbers"
        source = source_of(sheet, run[0])
        if len(run) > 1:
            source["cell"] = f"{run[0].address}:{run[-1].address}"
        collected.add("unused", what=what, value=value, **source)


def unused_numbers(
    sheet: Sheet, tables: Sequence[FoundTable], collected: Collected
) -> Iterator[UnusedNumber]:
    """The cells that hold a number or, in a table, an amount, and are not accounted for."""
    accounted = collected.accounted_cells | {
        (cell.row, cell.column) for found in tables for cell in found.context.values()
    }
    whole_rows: list[tuple[AbstractSet[int], set[int]]] = [
        (collected.accounted_rows.get(found.name, frozenset()), found.all_columns)
        for found in tables
    ]
    for row in sorted(sheet.grid):
        line = sheet.grid[row]
        whole = [columns for rows, columns in whole_rows if row in rows]
        if any(line.keys() <= columns for columns in whole):
            continue  # what nearly all rows of a schedule are
        columns = set().union(*whole)
        around = [found for found in tables if found.header_row < row <= found.last_row]
        for _, cell in sorted(line.items()):
            if cell.column in columns or (row, cell.column) in accounted:
                continue
            if cell.is_number or _is_amount_in(cell, around):
                is_inside = any(found.covers_column(cell.column) for found in around)
                yield _IN_TABLE if is_inside else _OUTSIDE, cell


def _is_amount_in(cell: Cell, around: Sequence[FoundTable]) -> bool:
    """Whether a text is an amount and is in a column of amounts of one of these tables."""
    return (
        isinstance(cell.value, str)
        and any(cell.column in found.amounts for found in around)
        and money.from_text(cell.value, money.POUND) is not None
    )


def _runs(numbers: Iterable[UnusedNumber]) -> Iterator[tuple[str, list[Cell]]]:
    """The numbers by column, those below one another together."""
    columns: dict[tuple[str, int], list[list[Cell]]] = {}
    for what, cell in numbers:
        runs = columns.setdefault((what, cell.column), [])
        if runs and runs[-1][-1].row == cell.row - 1:
            runs[-1].append(cell)
        else:
            runs.append([cell])
    for (what, _), runs in columns.items():
        for run in runs:
            yield what, run
