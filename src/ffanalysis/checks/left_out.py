"""What a year did not deliver that is over, and that a schedule lists no longer."""

from collections.abc import Iterator

from ffanalysis.figures import Figure, Sum, tolerance
from ffanalysis.findings import Amounts, Finding, Sentence
from ffanalysis.provenance import merged_cells
from ffanalysis.savings.left_out import delivered_of, left_out
from ffanalysis.savings.matching import readable_in_both
from ffanalysis.savings.quarter import Quarter
from ffanalysis.vocabulary import Plan

_ASK = "Ask the service what became of the rest."


def left_out_undelivered(quarter: Quarter, rule: str) -> Iterator[Finding]:
    """The years over that a schedule no longer lists, and that did not bring what was due.

    In the first quarter that leaves them out; as `rule` says it of years that are listed.
    """
    before = quarter.before
    if before is None:
        return
    for project in readable_in_both(quarter, before):
        then, left = before.savings_of(project, Plan.CURRENT), left_out(before, quarter, project)
        for year in left.years:
            due = then.target.where(left.has).of_year(year)
            came = delivered_of(then, left).of_year(year).total
            if due.total.known_pence > came.known_pence + tolerance(due.total, came).pence:
                yield _finding(quarter, before, project, rule, year, due.total, came)


def _finding(
    quarter: Quarter, before: Quarter, project: str, rule: str, year: str, due: Sum, came: Sum
) -> Finding:
    name = quarter.register[project].name
    planned, done = (
        Figure(f"{rule}/{what}", amount) for what, amount in (("due", due), ("delivered", came))
    )
    by = f"by {before.period.called_in(quarter.period)}"
    told: Sentence = (f"no delivery was recorded {by}",)
    if came.known:
        told = (done, f" of it had been delivered {by}")
    elif came.known == 0:
        told = (f"none of it had been delivered {by}",)
    opening: Sentence = (f"{name}: ", planned, f" was due in {year}; ", *told)
    return Finding(
        rule,
        name,
        "not_stated" if came.known is None else "disagrees",
        "query",
        (*opening, f", and the schedule no longer lists that year. {_ASK}"),
        year,
        Amounts(came, due, tolerance(due, came)),
        cells=merged_cells(due.cells, came.cells),
        project=project,
    )
