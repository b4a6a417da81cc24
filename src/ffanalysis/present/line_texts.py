"""What the schedule says of each line of a project beside its amounts, as a table of the annex."""

from collections.abc import Iterator

from markupsafe import Markup

from ffanalysis.present.findings import short_cells
from ffanalysis.present.html import Cell, table
from ffanalysis.provenance import CellRef
from ffanalysis.savings.line_texts import LINE_TEXTS, lines_that_count, texts_of
from ffanalysis.savings.model import Saving
from ffanalysis.savings.quarter import Quarter

_TITLE = "Lines: owner, posts, cost, confirmed by, evidence"


def section(quarter: Quarter, project: str) -> Markup:
    """The texts of the lines that count, and where they stand; nothing where none is stated."""
    rows = [row for line in lines_that_count(quarter, project) for row in _rows(line)]
    headings = ["Line", "Says", "As written", "Cells"]
    return table(_TITLE, headings, rows, class_="wide", texts=True) if rows else Markup("")


def _rows(line: Saving) -> Iterator[list[Cell]]:
    """What one line says, a row for each column that says something."""
    label = line.label
    for name, what in LINE_TEXTS.items():
        if texts := texts_of(line, name):
            words = "; ".join(each.text for each in texts)
            yield [label, what, words, short_cells(each.cell for each in texts)]
            label = ""


def cells(quarter: Quarter, project: str) -> tuple[CellRef, ...]:
    """The cells of all these texts."""
    lines = lines_that_count(quarter, project)
    found = (each.cell for line in lines for name in LINE_TEXTS for each in texts_of(line, name))
    return tuple(dict.fromkeys(found))
