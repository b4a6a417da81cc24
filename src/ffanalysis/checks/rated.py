"""What is rated Green Delivered is delivered, as the schedule itself states it."""

from collections.abc import Iterator

from ffanalysis import periods
from ffanalysis.figures import Figure, Finding, tolerance
from ffanalysis.provenance import merged_cells
from ffanalysis.savings.every_line import OwnedLine, every_line
from ffanalysis.savings.quarter import Quarter
from ffanalysis.vocabulary import DELIVERED

_RULE = "delivered-as-rated"


def delivered_as_rated(quarter: Quarter) -> Iterator[Finding]:
    """Of a line that is rated Green Delivered, no less is delivered or forecast than its target.

    In years that have begun. Of a project's years that are over, another rule says it.
    """
    this_year = periods.year_of(quarter.as_of)
    for line in every_line(quarter):
        rated = line.saving.target.non_zero.of_rag(DELIVERED)
        for year in rated.years:
            is_over = year < this_year and line.reporter[0]
            if year <= this_year and not is_over:
                yield from _as_rated(line, year)


def _as_rated(line: OwnedLine, year: str) -> Iterator[Finding]:
    """A year whose delivered amount, else its forecast, is less than the target rated so."""
    target = line.saving.target.of_year(year).of_rag(DELIVERED)
    reports = (("is delivered", line.saving.delivered), ("is forecast", line.saving.forecast))
    for words, series in reports:
        own = series.of_year(year)
        if not own.stated or own.marked:
            continue
        came, due = Figure(f"{_RULE}/came", own.total), Figure(f"{_RULE}/due", target.total)
        allowed = tolerance(came, due)
        if due.pence - came.pence > allowed:
            yield Finding(
                _RULE,
                line.subject,
                "disagrees",
                "query",
                (
                    f"{line.subject}, {year}: it is rated {DELIVERED}, and ",
                    came,
                    f" {words} of its target of ",
                    due,
                    ": either the status or the amount is wrong, or the rest is yet to come.",
                ),
                year,
                stated=due.pence,
                calculated=came.pence,
                tolerance=allowed,
                cells=merged_cells(came.cells, due.cells),
                **line.owner.about,
            )
            return
