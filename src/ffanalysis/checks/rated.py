"""A RAG status and the amounts beside it agree: what is Green Delivered, and what is Red."""

from collections.abc import Iterator, Sequence

from ffanalysis.figures import Figure, counted, tolerance
from ffanalysis.findings import Amounts, Finding, Sentence
from ffanalysis.measure.stages import stage_now
from ffanalysis.periods import spoken_when
from ffanalysis.provenance import cell_of, cells_of, merged_cells
from ffanalysis.savings.every_line import OwnedLine, every_line
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import MilestoneRow, ProjectRow, SavingRow
from ffanalysis.vocabulary import DELIVERED, Plan, Rag, Stage

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
        if due.pence - came.pence > allowed.pence:
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
                Amounts(came, due, allowed),
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
        amounts=Amounts(expected, due),
        cells=merged_cells(due.cells, expected.cells),
        **line.owner.about,
    )


_GREEN_RULE = "rated-as-milestones"
_NO_MORE_TO_COME = frozenset({Stage.CLOSED, Stage.WITHDRAWN, Stage.REJECTED})


def rated_as_milestones(quarter: Quarter) -> Iterator[Finding]:
    """What is rated Green On Target throughout, in a plan, has no milestone that is overdue."""
    for project, row in quarter.register.items():
        overdue = [
            each
            for each in quarter.milestones.of_project(project)
            if not each.is_done and each.last_day and each.last_day < quarter.as_of
        ]
        if overdue and stage_now(quarter, row) not in _NO_MORE_TO_COME:
            to_come = {
                plan: own for plan in _NAMES_OF_PLANS if (own := _to_come(quarter, project, plan))
            }
            green = {
                plan: own
                for plan, own in to_come.items()
                if {each.rag for each in own} == {Rag.ON_TARGET}
            }
            if green:
                is_all = len(green) == len(to_come)
                named = "it" if is_all else _NAMES_OF_PLANS[next(iter(green))]
                rows = [each for own in green.values() for each in own]
                yield _overdue_though_green(row, named, overdue, rows)


_NAMES_OF_PLANS = {Plan.CURRENT: "its saving in the plan", Plan.PROPOSED: "its proposed saving"}


def _to_come(quarter: Quarter, project: str, plan: Plan) -> list[SavingRow]:
    """What a project's savings have in years that are not over, and is not delivered."""
    return [
        each
        for each in quarter.savings_of(project, plan).target.non_zero
        if each.year and not quarter.is_over(each.year) and each.rag != DELIVERED
    ]


def _overdue_though_green(
    row: ProjectRow,
    named: str,
    overdue: Sequence[MilestoneRow],
    to_come: Sequence[SavingRow],
) -> Finding:
    count = Figure(f"{_GREEN_RULE}/overdue", counted(map(cell_of, overdue)), "count")
    told: Sentence = (count.as_spelled(), " milestones are overdue")
    if len(overdue) == 1:
        due = spoken_when(overdue[0].completed_by or "")
        told = (f"'{overdue[0].milestone}' ({due}) is overdue",)
    return Finding(
        _GREEN_RULE,
        row.name,
        "disagrees",
        "query",
        (f"{row.name}: {named} is rated {Rag.ON_TARGET}, but ", *told, f". {_ASK}"),
        cells=cells_of([*to_come, *overdue]),
        project=row.project,
    )


_ASK = "Ask the service which is right."
