"""What the lines above and below a table say of it: labels, units, its title, its notes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ffanalysis import periods
from ffanalysis.layout import Layout, TableLayout, plain
from ffanalysis.read.extent import limit_of
from ffanalysis.read.found_table import FoundTable, UnitNote
from ffanalysis.sheets.cells import Cell

# How many rows below a table may still say in which unit it is.
_NOTES = 6


def stated_above(kind: TableLayout, above: Iterable[Sequence[Cell]]) -> set[str]:
    """The canonical columns that a line above states for the whole table.

    "Programme | Future Fit".
    """
    return {column for cells in above if (column := _context_column(kind.columns, cells))}


def _context_column(columns: Mapping[str, str], cells: Sequence[Cell]) -> str | None:
    if len(cells) != 2 or not isinstance(cells[0].value, str):
        return None
    return columns.get(plain(cells[0].text))


def read_above(found: FoundTable, above: Iterable[Sequence[Cell]], layout: Layout) -> None:
    """What holds for the whole table, its title, and the unit that another line names."""
    kind = layout.tables[found.table]
    for column, text in kind.given.items():
        found.context[column] = Cell(found.header_rows[0], found.first_column, text)
    others: list[Cell] = []
    for cells in above:
        if stated := _context_column(kind.columns, cells):
            found.context[stated] = cells[1]
        elif kept := _context_column(kind.texts, cells):
            found.text_context[kept] = cells[1]
        else:
            others += cells
    texts = [
        cell
        for cell in others
        if isinstance(cell.value, str) and plain(cell.text) not in layout.as_of_headings
    ]
    title = _title_of([cell for cell in texts if not layout.is_unit(cell.text)])
    for cell in texts:
        note = UnitNote(cell, layout.units_named(cell.text))
        if cell is not title:
            found.notes.append(cell)
        if cell is title:
            found.title = note
        elif note.units:
            found.unit_line = note


def _title_of(texts: Sequence[Cell]) -> Cell | None:
    """The title among the lines above: the first that says of which years, else the first.

    The council's name or a remark may come before it.
    """
    of_years = (cell for cell in texts if periods.spans_in(cell.text) or periods.year_in(cell.text))
    return next(of_years, next(iter(texts), None))


def read_below(found: FoundTable, others: Sequence[FoundTable], layout: Layout) -> None:
    """The unit that a note below the table names; for want of one, the sheet's own name."""
    limit = min(limit_of(found, others), found.last_row + _NOTES + 1)
    below = list(_texts_below(found, limit, everywhere=not others))
    found.notes += below
    for cell in below:
        if units := layout.units_named(cell.text):
            found.unit_note = UnitNote(cell, units)
            return
    if units := layout.units_named(found.sheet.name):
        found.unit_note = UnitNote(Cell(found.header_rows[0], 1, found.sheet.name), units)


def _texts_below(found: FoundTable, limit: int, *, everywhere: bool) -> Iterator[Cell]:
    """The texts below a table in its own columns, or `everywhere` in the sheet."""
    for row in range(found.last_row + 1, limit):
        for column, cell in sorted(found.sheet.grid.get(row, {}).items()):
            if isinstance(cell.value, str) and (everywhere or found.covers_column(column)):
                yield cell


def share_unit(tables: Sequence[FoundTable], layout: Layout) -> None:
    """Give the unit in a form's head to its later blocks, which are headed as the first is.

    Only where nothing nearer states one, and no table of the sheet states another.
    """
    stated = [(found, units) for found in tables if (units := _units_of(found, layout))]
    if not stated or len({units for _, units in stated}) > 1 or len(stated[0][1]) != 1:
        return
    first = stated[0][0]
    note = _unit_in_head(first, layout)
    without = [found for found in tables if not _units_of(found, layout)]
    for found in without if note else ():
        if _is_later_block(found, first):
            found.unit_line = note


def _is_later_block(found: FoundTable, first: FoundTable) -> bool:
    """Whether a table stands below a form's first block, is headed as it is, and has no Unit."""
    is_below = found.header_rows[0] > first.last_row
    return (
        is_below and _headings(found) == _headings(first) and "unit" not in found.columns.values()
    )


def _unit_in_head(found: FoundTable, layout: Layout) -> UnitNote | None:
    """The unit that the lines above a table state, not those of its own headings or below it."""
    if cell := found.context.get("unit"):
        return UnitNote(cell, layout.units_named(cell.text))
    return found.unit_line or (found.title if found.title and found.title.units else None)


def _units_of(found: FoundTable, layout: Layout) -> tuple[int, ...]:
    """All units that are written for a table, wherever that is."""
    cell = found.context.get("unit")
    notes = (found.unit_line, found.title, found.unit_note)
    units = {unit for note in notes if note for unit in note.units}
    units |= {unit for head in found.heads.values() for unit in head.units}
    units |= set(layout.units_named(cell.text)) if cell else set()
    return tuple(sorted(units))


def _headings(found: FoundTable) -> list[str]:
    return [plain(head.name) for _, head in sorted(found.heads.items())]
