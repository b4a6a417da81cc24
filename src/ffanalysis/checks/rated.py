"""A RAG status and the amounts beside it agree: what is Green Delivered, and what is Red."""

from collections.abc import Iterator

from ffanalysis.figures import Figure, Finding, tolerance
from ffanalysis.provenance import merged_cells
from ffanalysis.savings.every_line import OwnedLine, every_line
from ffanalysis.savings.quarter import Quarter
from ffanalysis.vocabulary import DELIVERED, Rag

_RULE = "delivered-as-rated"


def delivered_as_rated(quarter: Quarter) -> Iterator[Finding]:
    """Of a line that is rated Green Delivered, no less is delivered or forecast than its target.

    In years that have begun. Of a project's years that are over, another rule says it.
    """
    for line in every_line(quarter):
        rated = line.saving.target.non_zero.of_rag(DELIVERED)
        for year in rated.years:
            is_said = quarter.is_over(year) and line.reporter[0]
            if quarter.has_begun(year) and not is_said:
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


_RED_RULE = "forecast-as-rated"


def forecast_as_rated(quarter: Quarter) -> Iterator[Finding]:
    """Of a line that is rated Red, less is forecast than its target, in years that are not over."""
    for line in every_line(quarter):
        red = line.saving.target.non_zero.of_rag(Rag.RED)
        years = [year for year in red.years if not quarter.is_over(year)]
        still_red = [year for year in years if not _is_delivered(line, year)]
        if still_red:
            yield from _in_full_though_red(line, still_red)


def _is_delivered(line: OwnedLine, year: str) -> bool:
    came, due = (each.of_year(year).total for each in (line.saving.delivered, line.saving.target))
    return came.is_whole and due.is_whole and (came.known or 0) >= (due.known or 0)


def _in_full_though_red(line: OwnedLine, years: list[str]) -> Iterator[Finding]:
    """A query where the whole target of these years is forecast although it is rated Red."""
    saving = line.saving
    red = saving.target.of_rag(Rag.RED)
    target, forecast = (
        each.where(lambda row: row.year in years) for each in (red, saving.forecast)
    )
    if not {*forecast.stated.years} >= {*years} or forecast.marked or target.marked:
        return
    due, expected = (
        Figure(f"{_RED_RULE}/{name}", each.total)
        for name, each in (("due", target), ("forecast", forecast))
    )
    if due.pence <= 0 or expected.pence < due.pence:
        return
    yield Finding(
        _RED_RULE,
        line.subject,
        "disagrees",
        "query",
        (
            f"{line.subject}: ",
            due,
            " is rated Red, but it is forecast in full. Ask the service which is right.",
        ),
        years[0] if len(years) == 1 else "",
        stated=due.pence,
        calculated=expected.pence,
        cells=merged_cells(due.cells, expected.cells),
        **line.owner.about,
    )
