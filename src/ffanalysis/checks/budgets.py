"""Rules about budgets.

The parts within the whole, a saving within its budget, and the bridge between two years.
"""

from collections import defaultdict
from collections.abc import Iterator

from ffanalysis import money
from ffanalysis.checks.compare import compared, gap_words, held_as_known, known_words, severity_of
from ffanalysis.figures import Figure, Finding, Outcome, Sentence, Severity, merged_cells
from ffanalysis.measure.bridge import Bridge, bridges
from ffanalysis.savings.assemble import counted_lines, marked, stated
from ffanalysis.savings.quarter import Ledger, Rows, service_budget
from ffanalysis.savings.sums import amount, cells_of
from ffanalysis.tables import Row


def part_within_whole(ledger: Ledger) -> Iterator[Finding]:
    """The budgets of the parts of a service stay within the service's own, year by year and on one basis."""
    rows = ledger.rows("budget")
    wholes = {(row.service, row.year, row.basis): row for row in stated(rows)}
    parts: dict[tuple[str, str, str | None], Rows] = defaultdict(list)
    others: dict[tuple[str, str], Row] = {}
    for row in [*stated(rows), *marked(rows)]:
        others.setdefault((row.service, row.year), row)
        if row.part_of:
            parts[row.part_of, row.year, row.basis].append(row)
    for (service, year, basis), inside in parts.items():
        subject = (
            f"{' and '.join(row.service for row in inside[:2])}{' and others' if len(inside) > 2 else ''}"
            f" within {service}"
        )
        total = amount("part-within-whole/part", inside)
        gap = f"; {gap_words(total.missing)}" if marked(inside) else ""
        if total.value is None:
            message: Sentence = (f"{subject}, {year}: not stated{gap}.",)
            yield Finding(
                "part-within-whole",
                subject,
                "not_stated",
                "query",
                message,
                year,
                cells=total.cells,
                service=service,
            )
            continue
        whole = wholes.get((service, year, basis))
        if whole is None:
            other = others.get((service, year))
            why = (
                "is not stated"
                if not other
                else f"is marked {other.missing}"
                if other.missing
                else "is stated on another basis"
            )
            message = (f"{subject}, {year}: ", total, f"; the budget of {service} {why}{gap}.")
            outcome: Outcome = "not_comparable" if other and not other.missing else "not_stated"
            cells = cells_of([*inside, *([other] if other else [])])
            yield Finding(
                "part-within-whole",
                subject,
                outcome,
                "query",
                message,
                year,
                calculated=total.pence,
                cells=cells,
                service=service,
            )
            continue
        limit = amount("part-within-whole/whole", [whole])
        allowed = money.tolerance(row.stated_to_pence for row in stated([*inside, whole]))
        ends = held_as_known(total, limit, allowed)
        left = limit.pence - total.pence
        rest = Figure("part-within-whole/rest", abs(left), cells_of([whole, *inside]))
        rounding = Figure("part-within-whole/tolerance", allowed, ())
        doubt = ", too close to tell" if ends == "too_close" else gap
        message = (
            f"{subject}, {year}: ",
            *known_words(total),
            " of ",
            limit,
            "; the rest is " if left >= 0 else "; ",
            rest,
        )
        message = (
            *message,
            "" if left >= 0 else " more than the whole",
            " (± ",
            rounding,
            f"){doubt}.",
        )
        yield Finding(
            "part-within-whole",
            subject,
            ends,
            severity_of(ends),
            message,
            year,
            limit.pence,
            total.pence,
            allowed,
            cells_of([*inside, whole]),
            service=service,
        )


def saving_within_budget(ledger: Ledger) -> Iterator[Finding]:
    """A project's saving in a year stays within the budget of its service."""
    for project in ledger.rows("projects"):
        by_year: dict[str, list[Row]] = defaultdict(list)
        for row in counted_lines(ledger.of_project("savings", project.project)):
            by_year[row.year or ""].append(row)
        for year, rows in sorted(by_year.items()):
            if stated(rows) or marked(rows):
                yield _saving_within(ledger, project, year, rows)


def _saving_within(ledger: Ledger, project: Row, year: str, rows: list[Row]) -> Finding:
    name, about, subject = "saving-within-budget", {"project": project.project}, project.name
    budget = service_budget(ledger, project.service, year)
    saving = amount(f"{name}/saving", rows)
    gap = f"; {gap_words(saving.missing)}" if marked(rows) else ""
    opening: Sentence = (f"{subject}, {year or 'in all'}: ", *known_words(saving))
    if budget is None or saving.value is None:
        known = None if saving.value is None else saving.pence
        why = "" if budget else f"; no budget of {project.service or 'its service'} is stated"
        message = (*opening, f"{why}{gap}.")
        return Finding(
            name,
            subject,
            "not_stated",
            "query",
            message,
            year,
            calculated=known,
            cells=saving.cells,
            **about,
        )
    limit = amount(f"{name}/budget", [budget])
    allowed = money.tolerance(row.stated_to_pence for row in stated([*rows, budget]))
    ends = held_as_known(saving, limit, allowed)
    cells = merged_cells(saving.cells, limit.cells)
    share: Sentence = (" against",)
    if limit.pence > 0:
        share = (
            " is ",
            Figure(f"{name}/share", money.percent(saving.pence, limit.pence), cells, "percent"),
            " of",
        )
    left = limit.pence - saving.pence
    rounding: Sentence = ()
    if ends in ("too_close", "exceeds_limit"):
        doubt = (
            ", too close to tell; rounding allows " if ends == "too_close" else "; rounding allows "
        )
        rounding = (doubt, Figure(f"{name}/tolerance", allowed, ()))
    message = (
        *opening,
        *share,
        f" the {budget.year} budget of {budget.service}, ",
        limit,
        "; the headroom is " if left >= 0 else "; it exceeds it by ",
        Figure(f"{name}/headroom", abs(left), cells),
        *rounding,
        f"{gap}.",
    )
    return Finding(
        name,
        subject,
        ends,
        severity_of(ends),
        message,
        year,
        limit.pence,
        saving.pence,
        allowed,
        cells,
        **about,
    )


def budget_bridge(ledger: Ledger) -> Iterator[Finding]:
    """One year's budget less the savings between is the next year's budget, where both stand on one basis."""
    for bridge in bridges(ledger):
        subject = f"{bridge.service}, {bridge.opening_year} to {bridge.closing_year}"
        message: list[str | Figure] = [f"{subject}: "]
        for position, reading in enumerate(bridge.readings):
            start = "if" if position == 0 else "; if"
            stands = (
                f"{start} the {bridge.closing_year} budget is {reading.position} that year's"
                " savings, "
                if _both(bridge)
                else ""
            )
            message += [stands, bridge.opening]
            for _, saving in reading.savings:
                message += [" − ", saving]
            allowed = Figure(f"{reading.unreconciled.name}/tolerance", reading.tolerance, ())
            ending: Sentence = ("not reconciled ", reading.unreconciled, " (± ", allowed, ")")
            message += [" = ", reading.expected, " against ", bridge.closing, ", ", *ending]
        open_end: tuple[Outcome, Severity, str] | None = None
        if not (bridge.opening_basis and bridge.closing_basis):
            open_end = "not_comparable", "query", ". A basis is not stated, so this is no error."
        elif not bridge.same_basis:
            open_end = "not_comparable", "note", ". The bases differ, so this is no error."
        elif bridge.gaps:
            open_end = "not_stated", "query", f"; {gap_words(bridge.gaps.missing)}."
        if open_end:
            outcome, severity, why = open_end
            message.append(why)
            yield Finding(
                "budget-bridge",
                subject,
                outcome,
                severity,
                tuple(message),
                cells=bridge.cells,
                service=bridge.service,
            )
            continue
        # Where the budget leaves two readings open, the one that fits decides.
        kinds: tuple[Outcome, ...] = ("agrees", "within_rounding", "disagrees")
        ends = {
            reading: compared(reading.expected.pence, bridge.closing.pence, reading.tolerance)
            for reading in bridge.readings
        }
        fits = min(ends, key=lambda reading: kinds.index(ends[reading]))
        message.append(".")
        yield Finding(
            "budget-bridge",
            subject,
            ends[fits],
            severity_of(ends[fits]),
            tuple(message),
            "",
            bridge.closing.pence,
            fits.expected.pence,
            fits.tolerance,
            bridge.cells,
            service=bridge.service,
        )


def _both(bridge: Bridge) -> bool:
    return len(bridge.readings) > 1
