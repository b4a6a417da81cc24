"""The wider programme of a project, as context.

Its savings by RAG status and year, drawn and as a table.
"""

from markupsafe import Markup

from ffanalysis import money
from ffanalysis.figures import Figure
from ffanalysis.findings import Sentence
from ffanalysis.measure.context import Context
from ffanalysis.present import charts
from ffanalysis.present.html import Cell, chart, in_table, rag_chip, table, unit_of


def context_title(context: Context) -> Sentence:
    """What the chart of a programme shows."""
    words: Sentence = ("nothing is shown as delivered yet",)
    if context.delivered and context.delivered.value:
        words = (context.delivered, " of ", context.total, " is shown as delivered")
    return (f"{context.scope}: ", *words)


def context_chart(context: Context, beside: Sentence = ()) -> Markup:
    """A programme's savings by RAG status and year, drawn under the message that they show.

    Its amounts are rounded as those of the sentence `beside` it are.
    """
    if context.grid is None or not context.total.value:
        return Markup("")
    return chart(charts.rag_by_year(context.grid), context_title(context), beside=beside)


def context_table(context: Context) -> Markup:
    """The same figures as a table, with the sums of its rows and columns."""
    grid = context.grid
    if grid is None:
        return Markup("")
    body: dict[str, list[Figure | None]] = {
        rag: [*(grid.cells.get((rag, year)) for year in grid.years), grid.row_totals[rag]]
        for rag in grid.rows
    }
    sums: list[Figure | None] = [*(grid.year_totals[year] for year in grid.years), grid.total]
    unit = unit_of(figure for row in [*body.values(), sums] for figure in row)
    rows: list[list[Cell]] = [
        [rag_chip(rag), *(in_table(figure, unit) for figure in row)] for rag, row in body.items()
    ]
    rows.append(["Total", *(in_table(figure, unit) for figure in sums)])
    return table(
        f"Current savings, {context.scope}",
        ["RAG", *grid.years, "Total"],
        rows,
        numbers_from=1,
        totals=[len(rows) - 1],
        note=f"{money.unit_label(unit)}; totals are calculated",
    )
