"""Rules about what is delivered: against the day, the target, the forecast, and the year due."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

from ffanalysis import periods
from ffanalysis.checks.compare import (
    check_partial_limit,
    gap_words,
    known_words,
    severity_of,
    too_close_words,
)
from ffanalysis.checks.left_out import left_out_undelivered
from ffanalysis.figures import (
    NOT_STATED,
    Figure,
    Sum,
    allot,
    at_least,
    change,
    difference,
    known_part,
    or_nil,
    tolerance,
    total,
)
from ffanalysis.findings import Amounts, Finding, Outcome, Sentence
from ffanalysis.provenance import cells_of, merged_cells
from ffanalysis.savings.assemble import is_statement, tables_best_first
from ffanalysis.savings.model import Owner, PlanSavings, Series
from ffanalysis.savings.quarter import Quarter
from ffanalysis.savings.refusals import with_refused_lines
from ffanalysis.tables import ProjectRow, non_zero
from ffanalysis.vocabulary import DELIVERED, Measure, Plan


def delivered_ahead(quarter: Quarter) -> Iterator[Finding]:
    """No saving is marked delivered in a year that has not begun.

    By its status or by its amount. It may be secured, but it is not yet cashable.
    """
    yield from (found := list(_rated_ahead(quarter)))
    said = {(finding.subject, finding.year) for finding in found}
    yield from (each for each in _stated_ahead(quarter) if (each.subject, each.year) not in said)


def _stated_ahead(quarter: Quarter) -> Iterator[Finding]:
    """The amounts that are stated as delivered in years that have not begun."""
    day = periods.long_date(quarter.as_of)
    ahead = [
        row
        for row in non_zero(quarter.savings.by("measure").get(Measure.DELIVERED, ()))
        if row.year and not quarter.has_begun(row.year) and row.plan != Plan.PRIOR
    ]
    for owner, rows in quarter.by_owner(ahead):
        one = Series(tuple(next(iter(tables_best_first(rows).values()))))
        for year in one.years:
            amount = Figure("delivered-ahead/stated", one.of_year(year).total)
            words = f" is stated as delivered as of {day}, before the year began: check its year."
            yield Finding(
                "delivered-ahead",
                owner.label,
                "disagrees",
                "query",
                (f"{owner.label}, {year}: ", amount, words),
                year,
                cells=amount.cells,
                **owner.about,
            )


def _rated_ahead(quarter: Quarter) -> Iterator[Finding]:
    for owner, target in _marked_delivered(quarter):
        begun = target.where(lambda row: quarter.has_begun(row.year or ""))
        ahead = target.where(lambda row: not quarter.has_begun(row.year or ""))
        if not ahead:
            day = periods.long_date(quarter.as_of)
            words = "no saving is shown as delivered for a year that had not started by"
            message = (f"{owner.label}: {words} {day}.",)
            yield Finding(
                "delivered-ahead",
                owner.label,
                "agrees",
                "note",
                message,
                cells=target.cells,
                **owner.about,
            )
        for year in ahead.years:
            yield _ahead(quarter, owner, year, ahead.of_year(year), begun)


def _marked_delivered(quarter: Quarter) -> Iterator[tuple[Owner, Series]]:
    """The savings rated Green Delivered, by owner, of one plan and as one table states them."""
    for project in quarter.register:
        for plan in quarter.plans_of(project):
            own = quarter.savings_of(project, plan).target
            done = own.non_zero.where(lambda row: row.rag == DELIVERED and row.year)
            if done:
                yield quarter.owner_of(done.rows[0]), done
    for savings in quarter.programmes:
        for rows in savings.analyses.values():
            done = Series(rows).non_zero.where(lambda row: row.rag == DELIVERED and row.year)
            for owner, own_rows in quarter.by_owner(done):
                yield owner, Series(tuple(own_rows))


def _ahead(quarter: Quarter, owner: Owner, year: str, ahead: Series, begun: Series) -> Finding:
    day = periods.long_date(quarter.as_of)
    most = Figure("delivered-ahead/begun", begun.total)
    limit: Sentence = ("secured but not yet cashable. None of it can be cashed yet.",)
    if begun:
        limit = ("secured, not delivered; at most ", most)
        ask = "Ask the service how much has been delivered."
        limit = (*limit, f" can have been delivered by {day}. {ask}")
    message = (
        f"{owner.label}, {year}: ",
        Figure("delivered-ahead/ahead", ahead.total),
        " is shown as delivered, but that year has not started. It can be ",
        *limit,
    )
    cells = cells_of([*ahead, *begun])
    return Finding(
        "delivered-ahead",
        owner.label,
        "disagrees",
        "query",
        message,
        year,
        cells=cells,
        **owner.about,
    )


def _by_plan(quarter: Quarter) -> Iterator[tuple[ProjectRow, PlanSavings]]:
    """Each project of which all lines can be read, plan by plan, prior years left out."""
    refused = with_refused_lines(quarter)
    for project, row in quarter.register.items():
        if project not in refused:
            for plan in quarter.plans_of(project):
                if plan != Plan.PRIOR:
                    yield row, quarter.savings_of(project, plan)


# --- within the target --------------------------------------------------------------------------


def delivered_within_target(quarter: Quarter) -> Iterator[Finding]:
    """No more of a project's saving is delivered than its target.

    Else one of the two is wrong, or in another unit.
    """
    for row, savings in _by_plan(quarter):
        delivered = Figure("delivered-within-target/delivered", savings.delivered.total)
        target = Figure("delivered-within-target/target", savings.target.total)
        if delivered.value is None or not target.is_whole:
            continue
        finding = _within_target(row, savings.plan, delivered, target)
        yield finding
        if finding.outcome == "within_limit" and all(line.year for line in savings.target):
            yield from _ahead_of_its_year(row, savings)


def _within_target(row: ProjectRow, plan: Plan, delivered: Figure, target: Figure) -> Finding:
    allowed = tolerance(delivered, target)
    ends = check_partial_limit(delivered, target, allowed.pence)
    words = known_words(delivered)
    message: Sentence = (
        f"{row.name}: ",
        *words,
        " has been delivered against a target of ",
        target,
    )
    if delivered.pence > target.pence:
        more = Figure("delivered-within-target/more", change(target, delivered))
        message = (*message, "; ", more.as_known_part(), " more than the target")
    doubt = f"; {gap_words(delivered.missing)}" if delivered.partial else ""
    close = ends == "too_close"
    why = too_close_words(delivered, target, "more may have been delivered than its target")
    return Finding(
        "delivered-within-target",
        row.name if plan == Plan.CURRENT else f"{row.name}, {plan}",
        ends,
        severity_of(ends),
        (*message, f"{doubt}.{why if close else ''}"),
        amounts=Amounts(delivered, target, allowed),
        cells=merged_cells(delivered.cells, target.cells),
        project=row.project,
    )


def _ahead_of_its_year(row: ProjectRow, savings: PlanSavings) -> Iterator[Finding]:
    """The years of which more is delivered than they were to bring, though all are not exceeded."""
    for year in savings.delivered.stated.years:
        due = savings.target.of_year(year)
        delivered = Figure(
            "delivered-within-target/delivered", savings.delivered.of_year(year).total
        )
        target = Figure("delivered-within-target/target", due.total)
        planned = target.sum.known_pence
        allowed = tolerance(delivered, target)
        if due.marked or delivered.pence - planned <= allowed.pence:
            continue
        more = Figure("delivered-within-target/more", change(target, delivered)).as_known_part()
        limit: Sentence = (", but nothing is due that year",)
        if target.value:
            limit = (" against a target of ", target, " for that year, ", more, " more")
        why = ". It came early, or a target was put back after it was delivered."
        words = known_words(delivered)
        yield Finding(
            "delivered-within-target",
            row.name,
            "exceeds_limit",
            "query",
            (f"{row.name}, {year}: ", *words, " has been delivered", *limit, why),
            year,
            Amounts(delivered, or_nil(target), allowed),
            cells=merged_cells(delivered.cells, target.cells),
            project=row.project,
        )


# --- within the forecast --------------------------------------------------------------------------


def delivered_within_forecast(quarter: Quarter) -> Iterator[Finding]:
    """No less is forecast of a project's saving, in any year, than is delivered of it.

    Else one of the two is wrong or old.
    """
    for row, savings in _by_plan(quarter):
        done, forecast = savings.delivered.stated, savings.forecast.stated
        years = {line.year for line in done} & {line.year for line in forecast}
        years -= {year for year in years if _lacks_a_forecast(savings, year)}
        done, forecast = (_of_years(each, years) for each in (done, forecast))
        found = [
            _within_forecast(row, year, done.of_year(year).total, forecast.of_year(year).total)
            for year in sorted(years, key=str)
        ]
        doubted = [finding for finding in found if finding.outcome != "within_limit"]
        if len(found) > 1 and not doubted:
            whole = _within_forecast(row, None, done.total, forecast.total)
            found = [whole] if whole.outcome == "within_limit" else found
        yield from doubted or found


def _of_years(series: Series, years: Collection[str | None]) -> Series:
    return series.where(lambda row: row.year in years)


def _lacks_a_forecast(savings: PlanSavings, year: str | None) -> bool:
    """Whether a line of which something is delivered has a blank for its forecast of the year."""
    lines = ((line.delivered.of_year(year), line.forecast.of_year(year)) for line in savings.own)
    return any(done.non_zero and own and not any(map(is_statement, own)) for done, own in lines)


def _within_forecast(row: ProjectRow, year: str | None, done: Sum, forecast: Sum) -> Finding:
    rule = "delivered-within-forecast"
    delivered, expected = Figure(f"{rule}/delivered", done), Figure(f"{rule}/forecast", forecast)
    allowed = tolerance(delivered, expected)
    ends = check_partial_limit(delivered, expected, allowed.pence)
    subject = ", ".join(filter(None, (row.name, year)))
    message: Sentence = (
        f"{subject}: ",
        delivered,
        " has been delivered, and the forecast is ",
        expected,
    )
    if ends == "within_limit":
        message = (f"{subject}: delivered does not exceed forecast (", delivered, " of ", expected)
        message = (*message, ")")
    if delivered.pence > expected.pence:
        less = Figure(f"{rule}/less", difference(delivered, expected))
        doubt = "" if ends == "too_close" else ". The forecast must include what has been delivered"
        message = (*message, "; ", less, f" less than delivered{doubt}")
    close = ends == "too_close"
    why = too_close_words(delivered, expected, "more may have been delivered than is forecast")
    return Finding(
        rule,
        row.name,
        ends,
        severity_of(ends),
        (*message, f".{why if close else ''}"),
        year or "",
        amounts=Amounts(delivered, expected, allowed),
        cells=merged_cells(delivered.cells, expected.cells),
        project=row.project,
    )


# --- overdue --------------------------------------------------------------------------------------


def saving_overdue(quarter: Quarter) -> Iterator[Finding]:
    """Of a year that is over all is delivered that was due in it.

    As the schedule states it, else by its RAG status. What is delivered beyond what another year
    was to bring makes up for it, the earliest year first: it came at another time.
    """
    for row, savings in _by_plan(quarter):
        target, done = savings.target.non_zero, savings.delivered
        due = {year: target.of_year(year).total for year in target.years}
        past = [year for year in due if quarter.is_over(year) and due[year].pence > 0]
        lacking = {
            year: at_least(change(done.of_year(year).total, known_part(due[year]))) for year in past
        }
        made_up_of = allot(_beyond(due, done), lacking)
        for year in past:
            planned, came, made_up = due[year], done.of_year(year), made_up_of[year]
            # Where the schedule does not say how much is delivered, what is rated so is.
            rated = target.of_year(year).of_rag(DELIVERED)
            delivered = (came if done.stated else rated).total
            if made_up.known:
                delivered = _with_made_up(came, done, made_up)
            lines = cells_of([*target.of_year(year), *came])
            yield _overdue(row, year, planned, delivered, came.total, lines)
    yield from left_out_undelivered(quarter, "saving-overdue")


def _beyond(due: dict[str, Sum], done: Series) -> Sum:
    """What is delivered beyond the years' plans."""
    other = done.stated.where(lambda row: row.year not in due).total
    more = (change(known_part(due[year]), done.of_year(year).total) for year in due)
    return known_part(or_nil(total([other, *map(at_least, more)])))


def _with_made_up(came: Series, done: Series, made_up: Sum) -> Sum:
    """What came in a year with what came for it at another time."""
    own = came.total
    both = total([or_nil(own), made_up])
    gap = "" if own.is_whole else own.gap or NOT_STATED
    cells = merged_cells(own.cells, done.stated.cells)
    return replace(both, gap=gap, stated_to=own.stated_to, cells=cells)


def _overdue(
    row: ProjectRow, year: str, due: Sum, delivered: Sum, came: Sum, lines: tuple[Any, ...]
) -> Finding:
    allowed = tolerance(due, came)
    done = Figure("saving-overdue/delivered", delivered)
    outcome: Outcome = "not_stated"
    planned = Figure("saving-overdue/due", due)
    opening = f"{row.name}: "
    message: Sentence = (opening, planned, f" was due in {year}; delivery is not recorded.")
    if delivered.known is not None and (delivered.pence >= due.pence or not delivered.is_partial):
        outcome = "disagrees" if delivered.pence < due.pence - allowed.pence else "within_limit"
        came_of: Sentence = (f" due in {year}, ", done.as_known_part(), " has been delivered.")
        message = (f"{opening}of the ", planned, *came_of)
        if delivered.pence == due.pence:
            message = (f"{opening}the ", planned, f" due in {year} has been delivered in full.")
    return Finding(
        "saving-overdue",
        row.name,
        outcome,
        "note" if outcome == "within_limit" else "query",
        message,
        year,
        Amounts(delivered, due, allowed),
        cells=merged_cells(due.cells, lines, delivered.cells),
        project=row.project,
    )
