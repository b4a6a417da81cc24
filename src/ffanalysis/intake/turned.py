"""Tables with a year in each row, as tables with a year in each column."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from ffanalysis.intake.document import Block, Cell, Paragraph, Piece, Table

KindOf = Callable[[str], str | None]  # of a heading: "year", "total", or neither
IsAmount = Callable[[str], bool]


def turned(blocks: Sequence[Block], kind_of: KindOf, is_amount: IsAmount) -> tuple[Block, ...]:
    """The blocks, with each run of rows that begin with a year turned into columns."""
    made: list[Block] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            made.append(block)
        else:
            made += _parts(block, kind_of, is_amount)
    return tuple(made)


def _parts(table: Table, kind_of: KindOf, is_amount: IsAmount) -> Iterator[Table]:
    """A table, or what is above, in and below a run of years in it."""
    run = _run(table, kind_of, is_amount)
    if run is None or _has_two_headings(table, run[0]):
        yield table
        return
    first, last = run
    heading = first - 1 if first and _may_head(table, first - 1, table.row(first)) else None
    begin = first if heading is None else heading
    if begin:
        yield _rows(table, 0, begin)
    yield _turn(table, heading, first, last)
    if last + 1 < table.height:
        yield from _parts(_rows(table, last + 1, table.height), kind_of, is_amount)


def _run(table: Table, kind_of: KindOf, is_amount: IsAmount) -> tuple[int, int] | None:
    """The first and last of the rows that each begin with a year, the total below them included."""
    kinds = [_kind_of_row(table, row, kind_of, is_amount) for row in range(table.height)]
    first = next((row for row, kind in enumerate(kinds) if kind in ("year", "blank")), None)
    if first is None:
        return None
    end = next((row for row in range(first, table.height) if kinds[row] is None), table.height)
    is_run = end - first > 1 and "year" in kinds[first:end]
    return (first, end - 1) if is_run else None


def _kind_of_row(table: Table, row: int, kind_of: KindOf, is_amount: IsAmount) -> str | None:
    cells = _filled(table, row)
    if not cells or any(cell.rows > 1 for cell in cells):
        return None
    if len(cells) == 1:  # a year in which nothing is saved
        is_year = cells[0].columns < table.width and kind_of(" ".join(cells[0].lines)) == "year"
        return "blank" if is_year else None
    if not is_amount(" ".join(cells[1].lines)):
        return None
    return kind_of(" ".join(cells[0].lines))


def _has_two_headings(table: Table, first: int) -> bool:
    """Whether two rows above the years have words over columns of amounts: a type over statuses."""
    place = _filled(table, first)[0].column
    rows = [_filled(table, row) for row in range(max(0, first - 2), first)]
    right = [[cell for cell in cells if cell.column > place] for cells in rows]
    return len(right) == 2 and all(len(cells) > 1 for cells in right)


def _may_head(table: Table, row: int, years: Sequence[Cell]) -> bool:
    """Whether a row heads the columns of amounts: it has words over one of them."""
    cells = _filled(table, row)
    return bool(cells) and (len(cells) > 1 or cells[0].columns > 1 or len(years) < 2)


def _rows(table: Table, first: int, end: int) -> Table:
    cells = [replace(cell, row=cell.row - first) for cell in table.cells if first <= cell.row < end]
    return Table(tuple(cells), table.place)


def _turn(table: Table, heading: int | None, first: int, last: int) -> Table:
    """The rows as columns: the years beside each other, below them a row for each old column."""
    rows = range(first, last + 1)
    years = [_filled(table, row)[0] for row in rows]
    heads = [] if heading is None else _filled(table, heading)
    columns = {cell.column for row in rows for cell in _filled(table, row)[1:]}
    place = years[0].column
    over = [cell for cell in heads if len(columns) == 1 or cell.column <= place]
    # A column without an amount in any year is a row without one: its heading is kept.
    columns |= {cell.column for cell in heads if cell not in over and cell.columns == 1}
    made = _heading(over, years)
    for number, column in enumerate(sorted(columns), start=1):
        labels = [cell for cell in heads if cell not in over and _covers(cell, column)]
        made += [_at(cell, number, 0) for cell in labels[:1]]
        made += _column(table, column, rows, number)
    return Table(tuple(made), table.place)


def _column(table: Table, column: int, rows: range, number: int) -> list[Cell]:
    """The cells of a column as those of a row."""
    found = ((place, table.grid.get((row, column))) for place, row in enumerate(rows, start=1))
    return [_at(cell, number, place) for place, cell in found if cell is not None and cell.text]


def _heading(over: Sequence[Cell], years: Sequence[Cell]) -> list[Cell]:
    """The first row: the words over the years, then each year; "Year" itself says nothing."""
    said = [cell for cell in over if not _says_year(cell)]
    silent = [cell for cell in over if _says_year(cell)]
    made = [_at(_joined(said), 0, 0)] if said else []
    made.append(_at(_joined(years[:1], silent), 0, 1))
    return [*made, *(_at(year, 0, place) for place, year in enumerate(years[1:], start=2))]


def _filled(table: Table, row: int) -> list[Cell]:
    """The cells that begin in a row and say something: a title beside several begins in one."""
    return [cell for cell in table.row(row) if cell.text and cell.row == row]


def _covers(cell: Cell, column: int) -> bool:
    return cell.column <= column < cell.column + cell.columns


def _says_year(cell: Cell) -> bool:
    return cell.text.strip().casefold().rstrip(":") in {"year", "years", "financial year", "period"}


def _joined(cells: Sequence[Cell], silent: Sequence[Cell] = ()) -> Cell:
    """Cells as one, with the atoms of those that say nothing of their own."""
    content = [each for cell in cells for each in cell.content]
    unsaid = [Paragraph((Piece("", cell.atoms),), cell.place) for cell in silent]
    return replace(cells[0], content=(*content, *unsaid))


def _at(cell: Cell, row: int, column: int) -> Cell:
    return replace(cell, row=row, column=column, rows=1, columns=1)
