"""Rules about budgets: parts within the whole, a saving within its budget, the budget bridge."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from ffanalysis.checks.compare import (
    check_equality,
    check_partial_limit,
    gap_words,
    known_words,
    severity_of,
)
from ffanalysis.figures import (
    Figure,
    Sum,
    amount_of,
    change,
    known_part,
    share,
    size_of,
    tolerance,
    total_of,
)
from ffanalysis.findings import Amounts, Finding, Outcome, Sentence, Severity
from ffanalysis.measure.bridge import Bridge, Reading, bridges
from ffanalysis.money import POUND
from ffanalysis.provenance import cells_of, merged_cells
from ffanalysis.savings.model import Series
from ffanalysis.savings.quarter import Quarter, service_budget
from ffanalysis.tables import BudgetRow, ProjectRow, non_zero, with_amount, with_marked_gap
from ffanalysis.vocabulary import Plan


def part_within_whole(quarter: Quarter) -> Iterator[Finding]:
    """The budgets of the parts of a service stay within its own, year by year and on one basis."""
    stated = with_amount(quarter.budget)
    wholes = {(row.service, row.year, row.basis): row for row in stated}
    others: dict[tuple[str, str], BudgetRow] = {}
    parts: dict[tuple[str, str, str | None], list[BudgetRow]] = {}
    for row in (*stated, *with_marked_gap(quarter.budget)):
        others.setdefault((row.service, row.year), row)
        if row.part_of:
            parts.setdefault((row.part_of, row.year, row.basis), []).append(row)
    for (service, year, basis), inside in parts.items():
        whole = wholes.get((service, year, basis))
        if whole is None or not with_amount(inside):
            yield _without_whole(service, year, inside, others.get((service, year)))
        else:
            yield _parts_within(service, year, inside, whole)


def _parts_subject(service: str, inside: Sequence[BudgetRow]) -> str:
    names = " and ".join(row.service for row in inside[:2])
    return f"{names}{' and others' if len(inside) > 2 else ''} within {service}"


def _without_whole(
    service: str, year: str, inside: Sequence[BudgetRow], other: BudgetRow | None
) -> Finding:
    """The parts of a service of which the budget is not stated, or on another basis."""
    subject = _parts_subject(service, inside)
    total = Figure("part-within-whole/part", total_of(inside))
    gap = f"; {gap_words(total.missing)}" if with_marked_gap(inside) else ""
    facts: dict[str, Any] = {"year": year, "service": service}
    if total.value is None:
        message: Sentence = (f"{subject}, {year}: not stated{gap}.",)
        facts |= {"cells": total.cells}
        return Finding("part-within-whole", subject, "not_stated", "query", message, **facts)
    outcome: Outcome = "not_stated"
    why = "is not stated"
    if other and other.missing:
        why = f"is marked {other.missing}"
    elif other:
        outcome, why = "not_comparable", "is stated on another basis"
    message = (f"{subject}, {year}: ", total, f"; the budget of {service} {why}{gap}.")
    facts |= {
        "amounts": Amounts(total),
        "cells": cells_of([*inside, *([other] if other else [])]),
    }
    return Finding("part-within-whole", subject, outcome, "query", message, **facts)


def _parts_within(
    service: str, year: str, inside: Sequence[BudgetRow], whole: BudgetRow
) -> Finding:
    subject = _parts_subject(service, inside)
    parts = " and ".join(row.service for row in inside[:2])
    parts = parts if len(inside) <= 2 else "the services listed"
    verb = "comes" if len(inside) == 1 else "come"
    total = Figure("part-within-whole/part", total_of(inside))
    limit = Figure("part-within-whole/whole", amount_of(whole))
    allowed = tolerance(total, limit)
    ends = check_partial_limit(total, limit, allowed.pence)
    more = known_part(change(limit, total))
    rest = Figure("part-within-whole/rest", size_of(more))
    rounding = Figure("part-within-whole/tolerance", allowed)
    gap = f"; {gap_words(total.missing)}" if total.partial else ""
    doubt = ", too close to tell" if ends == "too_close" else gap
    over: Sentence = () if more.pence <= 0 else (", ", rest, " more than the whole")
    limits: Sentence = () if ends == "within_limit" else (" (± ", rounding, ")")
    return Finding(
        "part-within-whole",
        subject,
        ends,
        severity_of(ends),
        (
            f"{service}, {year}: {parts} {verb} to ",
            total.as_known_part(),
            " of the ",
            limit,
            " budget",
            *over,
            *limits,
            f"{doubt}.",
        ),
        year,
        Amounts(total, limit, allowed),
        merged_cells(total.cells, limit.cells),
        service=service,
    )


# --- a saving within its budget -------------------------------------------------------------------


def saving_within_budget(quarter: Quarter) -> Iterator[Finding]:
    """A project's saving in a year, under one plan, stays within the budget of its service."""
    for project in quarter.projects:
        for subject, target in savings_by_plan(quarter, project):
            for year in sorted({row.year or "" for row in target}):
                own = target.of_year(year or None)
                if own.stated or own.marked:
                    yield _saving_within(quarter, project, subject, year, own)


def savings_by_plan(quarter: Quarter, project: ProjectRow) -> Iterator[tuple[str, Series]]:
    """A project's savings that count, plan by plan, and what a sentence calls them.

    What its briefing is about has the project's name: a proposal, else its savings in the plan.
    """
    name = project.name
    for plan in (Plan.PROPOSED, Plan.CURRENT):
        savings = quarter.savings_of(project.project, plan)
        if savings.own:
            yield name, savings.target
            name = f"{project.name}, in the plan"


def _saving_within(
    quarter: Quarter, project: ProjectRow, subject: str, year: str, own: Series
) -> Finding:
    name = "saving-within-budget"
    budget = service_budget(quarter, project.service, year)
    saving = Figure(f"{name}/saving", own.total)
    gap = f"; {gap_words(saving.missing)}" if own.marked else ""
    opening: Sentence = (f"{subject}, {year or 'in all'}: ", *known_words(saving))
    facts: dict[str, Any] = {"year": year, "project": project.project}
    if budget is None or saving.value is None:
        service = project.service or "its service"
        why = "" if budget else f"; no budget for {service} is recorded"
        facts |= {"amounts": Amounts(saving), "cells": saving.cells}
        return Finding(name, subject, "not_stated", "query", (*opening, f"{why}{gap}."), **facts)
    limit = Figure(f"{name}/budget", amount_of(budget))
    allowed = tolerance(saving, limit)
    ends = check_partial_limit(saving, limit, allowed.pence)
    part = share(saving, limit)
    share_words: Sentence = (" against",)
    if part:
        figure = Figure(f"{name}/share", part, "percent").as_known_part()
        share_words = (" is ", figure, " of")
    beyond = known_part(change(limit, saving))
    over = ("; it exceeds that budget by ",)
    more = Figure(f"{name}/more", size_of(beyond))
    message = (
        *opening,
        *share_words,
        f" the {budget.year} budget of {budget.service}, ",
        limit,
        *((*over, more) if beyond.pence > 0 else ()),
        *_rounding_words(name, ends, allowed, is_over=beyond.pence > 0),
        f"{gap}.",
    )
    facts |= {
        "amounts": Amounts(saving, limit, allowed),
        "cells": merged_cells(saving.cells, limit.cells),
    }
    return Finding(name, subject, ends, severity_of(ends), message, **facts)


def _rounding_words(name: str, ends: Outcome, allowed: Sum, *, is_over: bool) -> Sentence:
    """What rounding allows, where that matters."""
    if ends not in ("too_close", "exceeds_limit"):
        return ()
    doubt = ""
    if ends == "too_close":
        may = "it may be within that budget" if is_over else "it may exceed that budget"
        doubt = f". Before rounding, {may}"
    return (f"{doubt}; rounding allows ", Figure(f"{name}/tolerance", allowed))


# --- plausible ------------------------------------------------------------------------------------

_PLAUSIBLE = "share-plausible"
_TINY = Decimal("0.05")  # percent; a smaller share prints as 0.0%
# No service of a council has a budget of five billion pounds.
_MOST = 5_000_000_000 * POUND
_LEAST_SAVING, _MOST_SAVING = 1_000 * POUND, 100_000_000 * POUND
_FAR, _FEWEST_OTHERS = 100, 2


def share_plausible(quarter: Quarter) -> Iterator[Finding]:
    """A budget is one that a service may have, and a saving is no vanishing share of it."""
    for row, why in _strange_budgets(quarter):
        amount = Figure(f"{_PLAUSIBLE}/budget", amount_of(row))
        yield Finding(
            _PLAUSIBLE,
            f"{row.service}, budget",
            "disagrees",
            "query",
            (
                f"{row.service}, {row.year}: its budget is given as ",
                amount,
                f", {why}. It may be in the wrong unit.",
            ),
            row.year,
            Amounts(stated=amount),
            amount.cells,
            service=row.service,
        )
    for project in quarter.projects:
        for subject, target in savings_by_plan(quarter, project):
            yield from _strange_saving(project, subject, target)
            for year in target.years:
                yield from _tiny_share(quarter, project, subject, target.of_year(year), year)


def _strange_budgets(quarter: Quarter) -> Iterator[tuple[BudgetRow, str]]:
    """The budgets that no service has, or that are far from all others of their table and year."""
    groups: dict[tuple[str, str], list[BudgetRow]] = {}
    for row in non_zero(quarter.budget):
        groups.setdefault((row.block, row.year), []).append(row)
    for rows in groups.values():
        for row in rows:
            if _size(row) >= _MOST:
                yield row, "more than any council service has"
        if len(rows) > _FEWEST_OTHERS:
            yield from _far_from_others(sorted(rows, key=_size))


def _size(row: BudgetRow) -> int:
    return abs(row.amount_pence or 0)


def _far_from_others(by_size: Sequence[BudgetRow]) -> Iterator[tuple[BudgetRow, str]]:
    smallest, second, *_, last, largest = by_size[0], by_size[1], *by_size[-2:]
    if _size(last) * _FAR < _size(largest) < _MOST:
        yield largest, "more than a hundred times any other in its table"
    if _size(smallest) * _FAR * 10 < _size(second):
        yield smallest, "less than a thousandth of any other in its table"


def _strange_saving(project: ProjectRow, subject: str, target: Series) -> Iterator[Finding]:
    """A saving that is too small to be planned, or larger than any project's."""
    saving = Figure(f"{_PLAUSIBLE}/total", target.total)
    size = abs(target.total.known_pence)
    if 0 < size < _LEAST_SAVING or size >= _MOST_SAVING:
        limit = "less than £1,000" if size < _LEAST_SAVING else "£100 million or more"
        yield Finding(
            _PLAUSIBLE,
            f"{subject}, in all",
            "disagrees",
            "query",
            (f"{subject}: it comes to ", saving, f", {limit}. Its table may be in the wrong unit."),
            amounts=Amounts(saving),
            cells=saving.cells,
            project=project.project,
        )


def _tiny_share(
    quarter: Quarter, project: ProjectRow, subject: str, own: Series, year: str
) -> Iterator[Finding]:
    budget = service_budget(quarter, project.service, year)
    if budget is None or not own.total.known:
        return
    saving, whole = Figure(f"{_PLAUSIBLE}/saving", own.total), amount_of(budget)
    if 0 < 100 * abs(saving.pence) < _TINY * whole.pence:
        limit = Figure(f"{_PLAUSIBLE}/budget", whole)
        yield Finding(
            _PLAUSIBLE,
            subject,
            "disagrees",
            "query",
            (
                f"{subject}, {year}: ",
                saving,
                f" is less than 0.05% of the {budget.year} budget of {budget.service}, ",
                limit,
                ". One of the two may be in the wrong unit.",
            ),
            year,
            Amounts(saving, limit),
            cells=merged_cells(saving.cells, limit.cells),
            project=project.project,
        )


# --- bridges --------------------------------------------------------------------------------------


def budget_bridge(quarter: Quarter) -> Iterator[Finding]:
    """One year's budget less the savings between is the next year's, if both are on one basis."""
    for bridge in bridges(quarter):
        subject = f"{bridge.service}, {bridge.opening_year} to {bridge.closing_year}"
        message = (f"{subject}: ", *_readings_words(bridge))
        facts: dict[str, Any] = {"cells": bridge.cells, "service": bridge.service}
        if open_end := _open_end(bridge):
            outcome, severity, why = open_end
            yield Finding("budget-bridge", subject, outcome, severity, (*message, why), **facts)
            continue
        fits, outcome = _best_reading(bridge)
        facts |= {"amounts": Amounts(fits.expected, bridge.closing, fits.tolerance)}
        severity = "query" if outcome == "disagrees" else severity_of(outcome)
        ending = f". {_GROWTH}" if outcome == "disagrees" else "."
        yield Finding("budget-bridge", subject, outcome, severity, (*message, ending), **facts)


_GROWTH = (
    "Growth, inflation or a transfer between services may explain it; they are not recorded here."
)
_NONE_TAKEN = " has no savings taken off"


def _readings_words(bridge: Bridge) -> Sentence:
    """Each reading as a sum: the budget before, less the savings, against the budget after."""
    message: list[str | Figure] = []
    for position, reading in enumerate(bridge.readings):
        start = "if" if position == 0 else ". If"
        condition = (
            f"{start} the {bridge.closing_year} budget is {reading.position} that year's savings, "
        )
        message += [condition if len(bridge.readings) > 1 else "", bridge.opening]
        for number, (_, saving) in enumerate(reading.savings):
            message += [" and " if number else " less ", saving]
        allowed = Figure(f"{reading.unreconciled.name}/tolerance", reading.tolerance)
        taken: Sentence = (" is ", reading.expected) if reading.savings else (_NONE_TAKEN,)
        message += [*taken, "; the budget is ", bridge.closing]
        if abs(reading.unreconciled.pence) > reading.tolerance.pence:
            message += [", so ", reading.unreconciled, " is unexplained (± ", allowed, ")"]
    return tuple(message)


def _open_end(bridge: Bridge) -> tuple[Outcome, Severity, str] | None:
    """Why a bridge cannot be checked, where it cannot."""
    if not (bridge.opening_basis and bridge.closing_basis):
        return (
            "not_comparable",
            "query",
            ". A basis is not recorded, so this is not necessarily an error.",
        )
    if not bridge.same_basis:
        return (
            "not_comparable",
            "note",
            (". The two budgets are on different bases, so this is not necessarily an error."),
        )
    if bridge.gaps:
        return "not_stated", "query", f"; {gap_words(bridge.gaps.missing)}."
    return None


def _best_reading(bridge: Bridge) -> tuple[Reading, Outcome]:
    """Where the budget leaves two readings open, the one that fits decides."""
    kinds: tuple[Outcome, ...] = ("agrees", "within_rounding", "disagrees")
    ends = [
        (each, check_equality(each.expected.pence, bridge.closing.pence, each.tolerance.pence))
        for each in bridge.readings
    ]
    return min(ends, key=lambda end: kinds.index(end[1]))
