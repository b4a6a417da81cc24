"""The wider programme of a project, as context.

Its savings by RAG status and year, drawn and as a table.
"""

from markupsafe import Markup

from ffanalysis.figures import Sentence
from ffanalysis.measure.context import Context
from ffanalysis.present import charts
from ffanalysis.present.html import Cell, chart, in_table, rag_chip, table
from ffanalysis.present.words import UNIT


def context_chart(context: Context) -> Markup:
    """A programme's savings by RAG status and year, drawn under the message that they show."""
    if context.grid is None or not context.total.value:
        return Markup("")
    words: Sentence = ("nothing is marked delivered yet",)
    if context.delivered and context.delivered.value:
        words = (context.delivered, " of ", context.total, " is marked delivered")
    return chart(charts.rag_by_year(context.grid), (f"{context.scope}: ", *words, f" (in {UNIT})"))


def context_table(context: Context) -> Markup:
    """The same figures as a table, with the sums of its rows and columns."""
    grid = context.grid
    if grid is None:
        return Markup("")
    rows: list[list[Cell]] = [
        [
            rag_chip(rag),
            *(in_table(grid.cells.get((rag, year))) for year in grid.years),
            in_table(grid.row_totals[rag]),
        ]
        for rag in grid.rows
    ]
    rows.append(
        ["Total", *(in_table(grid.year_totals[year]) for year in grid.years), in_table(grid.total)]
    )
    return table(
        f"Current savings, {context.scope}",
        ["RAG", *grid.years, "Total"],
        rows,
        numbers_from=1,
        totals=[len(rows) - 1],
        note=f"{UNIT}; sums of rows and columns are ours",
    )
