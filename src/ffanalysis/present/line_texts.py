"""What the schedule says of each line of a project beside its amounts, as a table of the annex."""

from collections.abc import Sequence

from markupsafe import Markup

from ffanalysis.present.findings import short_cells
from ffanalysis.present.html import Cell, blank, table
from ffanalysis.provenance import CellRef
from ffanalysis.savings.line_texts import LINE_TEXTS, lines_that_count, texts_of
from ffanalysis.savings.model import Saving
from ffanalysis.savings.quarter import Quarter

_TITLE = "Lines: owner, posts, cost, confirmed by, evidence"


def section(quarter: Quarter, project: str) -> Markup:
    """The texts of the lines that count, and where they stand; nothing where none is stated."""
    lines = lines_that_count(quarter, project)
    shown = [name for name in LINE_TEXTS if any(texts_of(line, name) for line in lines)]
    rows = [row for line in lines if (row := _row(line, shown))]
    headings = ["Line", *(LINE_TEXTS[name] for name in shown), "Cells"]
    return table(_TITLE, headings, rows, class_="wide", texts=True) if rows else Markup("")


def _row(line: Saving, shown: Sequence[str]) -> list[Cell]:
    """What one line says in the columns that are shown; empty where it says nothing."""
    own = [texts_of(line, name) for name in shown]
    places = dict.fromkeys(each.cell for texts in own for each in texts)
    if not places:
        return []
    words = ("; ".join(each.text for each in texts) for texts in own)
    return [line.label, *(text or blank() for text in words), short_cells(places)]


def cells(quarter: Quarter, project: str) -> tuple[CellRef, ...]:
    """The cells of all these texts."""
    lines = lines_that_count(quarter, project)
    found = (each.cell for line in lines for name in LINE_TEXTS for each in texts_of(line, name))
    return tuple(dict.fromkeys(found))
