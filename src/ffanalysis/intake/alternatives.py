"""Lines of a table of savings of which one may stand instead of another: "Option 2"."""

from collections.abc import Sequence

from ffanalysis.errors import listed
from ffanalysis.intake.grid_parts import background_row
from ffanalysis.intake.grid_rows import adds_up, alternative
from ffanalysis.intake.taken import Grid, GridRow, Source, Taken


def take_out_alternatives(grid: Grid, taken: Taken) -> None:
    """Ask about lines that are called options.

    Several are no savings until one is chosen, unless the table's total adds them up.
    """
    lines = (row for row in grid.rows if row.amounts and not row.is_total)
    found = [(row, label) for row in lines if (label := alternative(row)) is not None]
    names = list(dict.fromkeys(f"'{label.text}'" for _, label in found))
    if not names:
        return
    source = found[0][1].sources[0]
    if len(names) == 1:
        _ask(grid, taken, f"{names[0]} may be an option that is not chosen.", source)
    elif adds_up(grid):
        _ask(grid, taken, f"{listed(names)} are called options, and the total adds them.", source)
    else:
        _leave_out([row for row, _ in found], grid, taken)
        taken.ask(
            f"{grid.title.text}: {listed(names)} are options, of which one is chosen.",
            source,
            read_as="kept as background, none of them as a saving",
            do="Write the one that is proposed.",
            also=grid.table.sheet,
        )


def _ask(grid: Grid, taken: Taken, asks: str, source: Source) -> None:
    taken.ask(
        f"{grid.title.text}: {asks}",
        source,
        read_as="savings",
        do="Delete the lines of what is not proposed.",
        also=grid.table.sheet,
    )


def _leave_out(rows: Sequence[GridRow], grid: Grid, taken: Taken) -> None:
    """Keep lines as words, and with them the totals of a table that has no other line."""
    kept = [row for row in grid.rows if not any(row is each for each in rows)]
    is_all = not any(row.amounts and not row.is_total for row in kept)
    for row in grid.rows if is_all else rows:
        taken.add_background(grid.title.text, background_row(row, grid))
    grid.rows[:] = [] if is_all else kept
