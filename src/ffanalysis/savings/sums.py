"""Sums of what rows and figures state.

Nothing stated stays missing, a marked gap makes a sum partial.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from ffanalysis.figures import Figure, merged_cells
from ffanalysis.provenance import cell_of
from ffanalysis.savings.assemble import marked, stated
from ffanalysis.tables import Row
from ffanalysis.vocabulary import BLANK


def cells_of(rows: Sequence[Any]) -> tuple[str, ...]:
    """The cells of rows, each once."""
    return merged_cells([cell_of(row) for row in rows])


def amount(name: str, rows: Sequence[Row], project: str = "", label: str = "") -> Figure:
    """The sum of what the rows state.

    Nothing stated stays missing; a gap that the source marks makes it partial.
    """
    known = stated(list(rows))
    gaps = marked(list(rows))
    if not known:
        missing = gaps[0].missing if gaps else "blank" if rows else "not stated"
        return Figure(
            name, None, cells_of(gaps or rows), missing=missing, project=project, label=label
        )
    return Figure(
        name,
        sum(row.amount_pence for row in known),
        cells_of([*known, *gaps]),
        stated_to=max(row.stated_to_pence for row in known),
        partial=bool(gaps),
        missing=gaps[0].missing if gaps else "",
        project=project,
        label=label,
    )


def has_gap(figure: Figure) -> bool:
    """Whether the source itself marks some of an amount as missing; a blank cell is no such gap."""
    return figure.partial or (figure.value is None and figure.missing not in (BLANK, "not stated"))


def combined(name: str, figures: Iterable[Figure], label: str, project: str = "") -> Figure:
    """The sum of figures, with all their cells; missing where none of them is stated."""
    parts = list(figures)
    known = [figure for figure in parts if figure.value is not None]
    cells = merged_cells(*(figure.cells for figure in known or parts))
    if not known:
        return Figure(
            name,
            None,
            cells,
            missing=parts[0].missing if parts else "not stated",
            label=label,
            project=project,
        )
    gap = next(filter(has_gap, parts), None)
    return Figure(
        name,
        sum(figure.pence for figure in known),
        cells,
        stated_to=max(figure.stated_to or 1 for figure in known),
        partial=gap is not None,
        missing=gap.missing if gap else "",
        label=label,
        project=project,
    )
