"""Rules about what is delivered.

Against the day, the target, the forecast, and the year that it was due in.
"""

from collections.abc import Iterator
from dataclasses import replace

from ffanalysis import money, periods
from ffanalysis.checks.compare import gap_words, held_as_known, known_words, severity_of
from ffanalysis.checks.schedule_lines import with_refused_lines
from ffanalysis.figures import Figure, Finding, Outcome, Sentence, merged_cells
from ffanalysis.savings.assemble import (
    by_owner,
    counted_lines,
    is_own,
    marked,
    measured,
    stated,
    with_money,
)
from ffanalysis.savings.quarter import Ledger
from ffanalysis.savings.sums import amount, cells_of
from ffanalysis.tables import Row
from ffanalysis.vocabulary import DELIVERED


def delivered_ahead(ledger: Ledger) -> Iterator[Finding]:
    """No saving is marked delivered in a year that has not begun.

    It may be secured, but it is not yet cashable.
    """
    day = periods.long_date(ledger.as_of)
    for block in ledger.by("savings", "block").values():
        marked_so = [row for row in with_money(block) if row.rag == DELIVERED and row.year]
        for name, about, delivered in by_owner(ledger, marked_so):
            begun = [row for row in delivered if periods.first_day(row.year) <= ledger.as_of]
            ahead = [row for row in delivered if periods.first_day(row.year) > ledger.as_of]
            if not ahead:
                message: Sentence = (
                    f"{name}: what is marked delivered falls in years that had begun by {day}.",
                )
                yield Finding(
                    "delivered-ahead",
                    name,
                    "agrees",
                    "note",
                    message,
                    cells=cells_of(delivered),
                    **about,
                )
            for year in sorted({row.year for row in ahead}):
                rows = [row for row in ahead if row.year == year]
                figure = amount("delivered-ahead/ahead", rows)
                most = amount("delivered-ahead/begun", begun)
                limit = ("at most ", most, " can be") if begun else ("nothing can be yet",)
                message = (
                    f"{name}, {year}: ",
                    figure,
                    (
                        f" is marked delivered as of {day}, before the year began: secured, not yet"
                        " cashable; "
                    ),
                    *limit,
                    ".",
                )
                cells = cells_of([*rows, *begun])
                yield Finding(
                    "delivered-ahead",
                    name,
                    "disagrees",
                    "query",
                    message,
                    year,
                    cells=cells,
                    **about,
                )


def _by_plan(ledger: Ledger) -> Iterator[tuple[Row, str, list[Row]]]:
    """Each project of which all lines can be read, with each of its plans but that of earlier years, and its lines in it.

    What stands in for another saving is left out.
    """
    refused = with_refused_lines(ledger)
    for project, row in ledger.register.items():
        own = [
            line
            for line in ledger.of_project("savings", project)
            if not line.mitigates and line.plan != "prior"
        ]
        for plan in dict.fromkeys(line.plan for line in own if project not in refused):
            yield row, plan, [line for line in own if line.plan == plan]


def delivered_within_target(ledger: Ledger) -> Iterator[Finding]:
    """No more of a project's saving is delivered than its target.

    Else one of the two is wrong, or in another unit.
    """
    for row, plan, lines in _by_plan(ledger):
        done = measured(ledger, row.project, "delivered to date", plan)
        targets = [line for line in counted_lines(lines) if is_own(line)]
        delivered, target = (
            amount("delivered-within-target/delivered", done),
            amount("delivered-within-target/target", targets),
        )
        if delivered.value is None or target.value is None or target.partial:
            continue
        allowed = money.tolerance(line.stated_to_pence for line in stated([*done, *targets]))
        ends = held_as_known(delivered, target, allowed)
        message: Sentence = (
            f"{row.name}: ",
            *known_words(delivered),
            " is delivered of a target of ",
            target,
        )
        if delivered.pence > target.pence:
            more = Figure("delivered-within-target/more", delivered.pence - target.pence, ())
            message = (*message, "; ", more, " more than the target")
        doubt = (
            f"; {gap_words(delivered.missing)}"
            if delivered.partial
            else ", too close to tell"
            if ends == "too_close"
            else ""
        )
        yield Finding(
            "delivered-within-target",
            row.name if plan == "current" else f"{row.name}, {plan}",
            ends,
            severity_of(ends),
            (*message, f"{doubt}."),
            stated=target.pence,
            calculated=delivered.pence,
            tolerance=allowed,
            cells=merged_cells(delivered.cells, target.cells),
            project=row.project,
        )
        if ends == "within_limit":
            yield from _ahead_of_its_year(row.name, done, targets, row.project)


def _ahead_of_its_year(
    name: str, done: list[Row], targets: list[Row], project: str
) -> Iterator[Finding]:
    """The years of which more is delivered than they were to bring, though all years together are not exceeded."""
    if not all(line.year for line in targets):
        return
    for year in sorted({line.year for line in stated(done) if line.year}):
        of_year, due = ([line for line in lines if line.year == year] for lines in (done, targets))
        delivered, target = (
            amount("delivered-within-target/delivered", of_year),
            amount("delivered-within-target/target", due),
        )
        planned = target.pence if target.value is not None else 0
        allowed = money.tolerance(line.stated_to_pence for line in stated([*of_year, *due]))
        if marked(due) or delivered.pence - planned <= allowed:
            continue
        more = Figure("delivered-within-target/more", delivered.pence - planned, ())
        limit: Sentence = (", and nothing is due then",)
        if target.value:
            limit = (" of a target of ", target, " for that year; ", more, " more")
        why = ": it came before its time, or a target was put off that is delivered already."
        message = (f"{name}, {year}: ", *known_words(delivered), " is delivered", *limit, why)
        cells = merged_cells(delivered.cells, target.cells)
        yield Finding(
            "delivered-within-target",
            name,
            "exceeds_limit",
            "query",
            message,
            year,
            stated=planned,
            calculated=delivered.pence,
            tolerance=allowed,
            cells=cells,
            project=project,
        )


def delivered_within_forecast(ledger: Ledger) -> Iterator[Finding]:
    """No less is forecast of a project's saving, in any year, than is delivered of it.

    Else one of the two is wrong or old.
    """
    for row, plan, _ in _by_plan(ledger):
        done, forecast = (
            stated(measured(ledger, row.project, measure, plan))
            for measure in ("delivered to date", "forecast")
        )
        years = sorted({line.year for line in done} & {line.year for line in forecast}, key=str)
        of_years = {
            year: [[line for line in some if line.year == year] for some in (done, forecast)]
            for year in years
        }
        found = [
            _within_forecast(row.name, row.project, year, *some) for year, some in of_years.items()
        ]
        doubted = [finding for finding in found if finding.outcome != "within_limit"]
        if len(found) > 1 and not doubted:
            whole = _within_forecast(row.name, row.project, None, done, forecast)
            found = [whole] if whole.outcome == "within_limit" else found
        yield from doubted or found


def _within_forecast(
    name: str, project: str, year: str | None, done: list[Row], forecast: list[Row]
) -> Finding:
    rule = "delivered-within-forecast"
    delivered, expected = amount(f"{rule}/delivered", done), amount(f"{rule}/forecast", forecast)
    allowed = money.tolerance(line.stated_to_pence for line in (*done, *forecast))
    ends = held_as_known(delivered, expected, allowed)
    subject = ", ".join(filter(None, (name, year)))
    message: Sentence = (f"{subject}: ", delivered, " is delivered, and the forecast is ", expected)
    if delivered.pence > expected.pence:
        less = Figure(f"{rule}/less", delivered.pence - expected.pence, ())
        doubt = (
            ", too close to tell"
            if ends == "too_close"
            else ": what is delivered is at least to be forecast"
        )
        message = (*message, "; ", less, f" less than what is delivered{doubt}")
    return Finding(
        rule,
        name,
        ends,
        severity_of(ends),
        (*message, "."),
        year or "",
        stated=expected.pence,
        calculated=delivered.pence,
        tolerance=allowed,
        cells=merged_cells(delivered.cells, expected.cells),
        project=project,
    )


def saving_overdue(ledger: Ledger) -> Iterator[Finding]:
    """Of a year that is over all is delivered that was due in it.

    As the schedule states it, else by its RAG status.

    What is delivered beyond what another year was to bring makes up for it, the earliest year
    first: it came at another time.
    """
    this_year = periods.year_of(ledger.as_of)
    for row, plan, lines in _by_plan(ledger):
        done = measured(ledger, row.project, "delivered to date", plan)
        targets = [line for line in with_money(counted_lines(lines)) if is_own(line)]
        years = sorted({line.year for line in targets if line.year})
        due = {year: amount("saving-overdue/due", _of_year(targets, year)) for year in years}
        beyond = sum(line.amount_pence for line in stated(done) if line.year not in years)
        beyond += sum(max(0, _pence(_of_year(done, year)) - due[year].pence) for year in years)
        for year in years:
            if year < this_year and due[year].pence > 0:
                came = _of_year(done, year)
                made_up = min(beyond, max(0, due[year].pence - _pence(came)))
                beyond -= made_up
                # Where the schedule does not say how much is delivered, what is marked so is.
                by_status = [line for line in _of_year(targets, year) if line.rag == DELIVERED]
                delivered = amount("saving-overdue/delivered", came if stated(done) else by_status)
                if made_up:
                    cells = merged_cells(delivered.cells, cells_of(stated(done)))
                    unsaid = delivered.partial or not stated(came)
                    delivered = replace(
                        delivered, value=_pence(came) + made_up, cells=cells, partial=unsaid
                    )
                yield _overdue(
                    row.name,
                    row.project,
                    year,
                    due[year],
                    delivered,
                    [*_of_year(targets, year), *came],
                )


def _of_year(lines: list[Row], year: str) -> list[Row]:
    return [line for line in lines if line.year == year]


def _pence(lines: list[Row]) -> int:
    return sum(line.amount_pence for line in stated(lines))


def _overdue(
    name: str, project: str, year: str, due: Figure, delivered: Figure, lines: list[Row]
) -> Finding:
    allowed = money.tolerance(line.stated_to_pence for line in stated(lines))
    outcome: Outcome = "not_stated"
    ending: Sentence = ("that year is over, and whether it is delivered is not stated.",)
    if delivered.value is not None and (delivered.pence >= due.pence or not delivered.partial):
        outcome = "disagrees" if delivered.pence < due.pence - allowed else "within_limit"
        ending = (
            "that year is over, and ",
            replace(delivered, partial=False),
            " of it is delivered.",
        )
    return Finding(
        "saving-overdue",
        name,
        outcome,
        "note" if outcome == "within_limit" else "query",
        (f"{name}, {year}: ", due, " was due; ", *ending),
        year,
        stated=due.pence,
        calculated=delivered.pence if delivered.value is not None else None,
        tolerance=allowed,
        cells=merged_cells(due.cells, cells_of(lines), delivered.cells),
        project=project,
    )
