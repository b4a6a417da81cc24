"""The rules beside the totals: scopes, types, budgets, labels, RAG, dates and sign-off."""

import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from types import SimpleNamespace
from typing import Any

from ffanalysis import money, periods
from ffanalysis.model import DELIVERED, Figure, Finding, Outcome, Sentence, Severity, Tables, cell_of, records
from ffanalysis.reconcile.bridge import Bridge, bridges
from ffanalysis.reconcile.lines import block_lines, groups, own_lines, own_totals, project_row, scope_service, stated
from ffanalysis.reconcile.outcome import amount, cells_of, compared, held, severity_of
from ffanalysis.reconcile.totals import analysis_total, kind_of


def percent(part: int, whole: int) -> Decimal:
    """A share in percent, rounded to one decimal, halves away from zero."""
    return (Decimal(100) * part / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


def scope_agrees(tables: Tables) -> Iterator[Finding]:
    """Analyses of one programme are about the same scope; where they are not, they cannot be compared line by line."""
    for group in groups(tables):
        if len(group.blocks) < 2:
            continue
        scopes = {block: block_lines(tables, block)[0] for block in group.blocks}
        about: dict[str, Any] = {"programme": group.programme, "service": group.service}
        cells = cells_of(list(scopes.values()))
        named = [f"{kind_of(tables, block)} is for '{row.scope or 'no stated scope'}'" for block, row in scopes.items()]
        if len({row.scope for row in scopes.values()}) == 1:
            yield Finding(
                "scope-agrees", group.subject, "agrees", "note", (f"{group.subject}: {', '.join(named)}.",), cells=cells, **about
            )
        else:
            message = (f"{group.subject}: {', '.join(named)}. The scopes differ, so their lines are not compared.",)
            yield Finding("scope-agrees", group.subject, "not_comparable", "query", message, cells=cells, **about)


def type_matches(tables: Tables) -> Iterator[Finding]:
    """The type of saving ticked for a project is the type of its lines."""
    for project in records(tables.projects):
        ticked = set(filter(None, (project.types or "").split("; ")))
        rows = stated(
            [*own_lines(tables, project.project), *(row for row in own_totals(tables, project.project) if row.saving_type)]
        )
        about: dict[str, Any] = {"project": project.project}
        cells = (cell_of(project),)
        if not ticked or not rows:
            continue
        others: dict[str, SimpleNamespace] = {}
        for row in rows:
            types = set(filter(None, (row.types or "").split("; ")))
            if types and not types & ticked:
                others.setdefault(row.saving_type, row)
        if not others:
            message: Sentence = (f"{project.name}: the type ticked ({project.saving_type}) is the type of its lines.",)
            yield Finding("type-matches", project.name, "agrees", "note", message, cells=(*cells, *cells_of(rows)), **about)
        for saving_type, row in others.items():
            figure = amount(f"type-matches/{saving_type}", [row])
            message = (f"{project.name}: {project.saving_type} is ticked, but {saving_type} carries ", figure, ".")
            yield Finding("type-matches", project.name, "disagrees", "query", message, cells=(*cells, cell_of(row)), **about)


def part_within_whole(tables: Tables) -> Iterator[Finding]:
    """The budgets of the parts of a service stay within the service's own, year by year and on one basis."""
    rows = list(records(tables.budget))
    wholes = {(row.service, row.year, row.basis): row for row in stated(rows)}
    parts: dict[tuple[str, str, str | None], list[SimpleNamespace]] = defaultdict(list)
    for row in stated(rows):
        if row.part_of:
            parts[row.part_of, row.year, row.basis].append(row)
    for (service, year, basis), inside in parts.items():
        subject = f"{' and '.join(row.service for row in inside[:2])}{' and others' if len(inside) > 2 else ''} within {service}"
        total = amount("part-within-whole/part", inside)
        whole = wholes.get((service, year, basis))
        if whole is None:
            other = next((row for row in stated(rows) if row.service == service and row.year == year), None)
            why = "is stated on another basis" if other else "is not stated"
            message: Sentence = (f"{subject}, {year}: ", total, f"; the budget of {service} {why}.")
            outcome: Outcome = "not_comparable" if other else "not_stated"
            cells = cells_of([*inside, *([other] if other else [])])
            yield Finding(
                "part-within-whole", subject, outcome, "query", message, year, calculated=total.pence, cells=cells, service=service
            )
            continue
        limit = amount("part-within-whole/whole", [whole])
        allowed = money.tolerance(row.stated_to_pence for row in [*inside, whole])
        ends = held(total.pence, limit.pence, allowed)
        rest = Figure("part-within-whole/rest", limit.pence - total.pence, cells_of([whole, *inside]))
        message = (
            f"{subject}, {year}: ",
            total,
            " of ",
            limit,
            "; the rest is ",
            rest,
            " (± ",
            Figure("part-within-whole/tolerance", allowed, ()),
            ").",
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


def service_budget(tables: Tables, service: str | None, year: str) -> SimpleNamespace | None:
    """The budget that a saving of `year` is held against: the service's latest up to that year, else its first."""
    rows = sorted((row for row in stated(list(records(tables.budget))) if row.service == service), key=lambda row: str(row.year))
    until = [row for row in rows if row.year <= year]
    return until[-1] if until else rows[0] if rows else None


def saving_within_budget(tables: Tables) -> Iterator[Finding]:
    """A project's saving in a year stays within the budget of its service."""
    for project in records(tables.projects):
        by_year: dict[str, list[SimpleNamespace]] = defaultdict(list)
        for row in stated(own_lines(tables, project.project)):
            by_year[row.year or ""].append(row)
        for year, rows in sorted(by_year.items()):
            budget = service_budget(tables, project.service, year)
            saving = amount("saving-within-budget/saving", rows)
            about: dict[str, Any] = {"project": project.project}
            when = year or "in all"
            if budget is None:
                message: Sentence = (
                    f"{project.name}, {when}: ",
                    saving,
                    f"; no budget of {project.service or 'its service'} is stated.",
                )
                cells = cells_of(rows)
                yield Finding(
                    "saving-within-budget",
                    project.name,
                    "not_stated",
                    "query",
                    message,
                    year,
                    calculated=saving.pence,
                    cells=cells,
                    **about,
                )
                continue
            limit = amount("saving-within-budget/budget", [budget])
            allowed = money.tolerance(row.stated_to_pence for row in [*rows, budget])
            ends = held(saving.pence, limit.pence, allowed)
            cells = cells_of([*rows, budget])
            share: Sentence = ()
            if limit.pence > 0:
                share = (" is ", Figure("saving-within-budget/share", percent(saving.pence, limit.pence), cells, "percent"), " of")
            left = limit.pence - saving.pence
            words = "the headroom is " if left >= 0 else "it exceeds it by "
            message = (
                f"{project.name}, {when}: ",
                saving,
                *(share or (" against",)),
                f" the {budget.year} budget of {budget.service}, ",
                limit,
                f"; {words}",
                Figure("saving-within-budget/headroom", abs(left), cells),
                ".",
            )
            yield Finding(
                "saving-within-budget",
                project.name,
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


def budget_bridge(tables: Tables) -> Iterator[Finding]:
    """One year's budget less the savings between is the next year's budget, where both stand on one basis."""
    for bridge in bridges(tables):
        subject = f"{bridge.service}, {bridge.opening_year} to {bridge.closing_year}"
        message: list[str | Figure] = [f"{subject}: "]
        for position, reading in enumerate(bridge.readings):
            start = "if" if position == 0 else "; if"
            stands = (
                f"{start} the {bridge.closing_year} budget is {reading.position} that year's savings, " if _both(bridge) else ""
            )
            message += [stands, bridge.opening]
            for _, saving in reading.savings:
                message += [" − ", saving]
            allowed = Figure(f"{reading.unreconciled.name}/tolerance", reading.tolerance, ())
            ending: Sentence = ("not reconciled ", reading.unreconciled, " (± ", allowed, ")")
            message += [" = ", reading.expected, " against ", bridge.closing, ", ", *ending]
        if not bridge.same_basis:
            message.append(". The bases differ, so this is no error.")
            yield Finding(
                "budget-bridge", subject, "not_comparable", "note", tuple(message), cells=bridge.cells, service=bridge.service
            )
            continue
        # Where the budget leaves two readings open, the one that fits decides.
        kinds: tuple[Outcome, ...] = ("agrees", "within_rounding", "disagrees")
        ends = {reading: compared(reading.expected.pence, bridge.closing.pence, reading.tolerance) for reading in bridge.readings}
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


def period_labels(tables: Tables) -> Iterator[Finding]:
    """The span of years in a heading, in the columns and in the project's own prose is one and the same."""
    blocks = {row.block: row for row in records(tables.blocks)}
    for group in groups(tables):
        labels: list[tuple[str, tuple[str, str], str]] = []
        for block in (blocks[name] for name in group.blocks if name in blocks):
            place = f"{block.workbook}!{block.sheet}"
            kind, title_cell = kind_of(tables, block.block), f"{place}!{block.title_cell}"
            labels += [(f"the heading of {kind}", span, title_cell) for span in periods.spans_in(block.title or "")]
            if block.first_year:
                labels.append((f"the columns of {kind}", (block.first_year, block.last_year), cell_of(block)))
        for project in records(tables.projects):
            # Only a sentence that names the service speaks of the service's savings.
            sentences = re.split(r"(?<=[.!?])\s+|\n", project.purpose or "")
            if group.service and project.programme == group.programme:
                spans = dict.fromkeys(span for text in sentences if group.service in text for span in periods.spans_in(text))
                labels += [(f"the purpose of {project.name}", span, cell_of(project)) for span in spans]
        if len(labels) < 2:
            continue
        about: dict[str, Any] = {"programme": group.programme, "service": group.service}
        cells = tuple(dict.fromkeys(cell for _, _, cell in labels))
        said = "; ".join(f"{what}, {first} to {last}" for what, (first, last), _ in labels)
        if len({span for _, span, _ in labels}) == 1:
            message = (f"{group.subject}: all labels say {labels[0][1][0]} to {labels[0][1][1]}.",)
            yield Finding("period-labels", group.subject, "agrees", "note", message, cells=cells, **about)
        else:
            message = (
                f"{group.subject}: the labels differ ({said}). The figures are read by their columns, so no money is affected.",
            )
            yield Finding("period-labels", group.subject, "disagrees", "query", message, cells=cells, **about)


def unit_labels(tables: Tables) -> Iterator[Finding]:
    """The unit that a table's title names is the unit of its figures."""
    for block in records(tables.blocks):
        used = block.own_unit or block.unit
        if block.title_unit is None or used is None:
            continue
        subject = f"{block.workbook}, {block.sheet}"
        cells = (f"{block.workbook}!{block.sheet}!{block.title_cell}", cell_of(block))
        about = _whose_block(tables, block.block)
        names = (money.unit_label(block.title_unit), money.unit_label(used))
        if block.title_unit == used:
            message = (f"{subject}: the title and the figures are both in {names[0]}.",)
            yield Finding("unit-labels", subject, "agrees", "note", message, cells=cells, **about)
        else:
            message = (f"{subject}: the title says {names[0]}, but the figures carry {names[1]}; they are read as {names[1]}.",)
            yield Finding("unit-labels", subject, "disagrees", "query", message, cells=cells, **about)


def _whose_block(tables: Tables, block: str) -> dict[str, Any]:
    """Whom a remark on a whole table concerns: the project, programme or service of its first line."""
    lines = block_lines(tables, block)
    if lines and lines[0].project:
        return {"project": lines[0].project}
    if lines:
        return {"programme": lines[0].programme or "", "service": scope_service(lines[0].scope)}
    budget = block_lines(tables, block, "budget")
    return {"service": budget[0].service} if budget else {}


def rag_stated(tables: Tables) -> Iterator[Finding]:
    """Every amount of a table with RAG rows has its RAG status."""
    for block in dict.fromkeys(tables.savings["block"]):
        lines = block_lines(tables, block)
        if not any(row.rag or row.rag_missing for row in lines):
            continue
        about = _whose_block(tables, block)
        name = project_row(tables, about["project"]).name if "project" in about else lines[0].scope or lines[0].programme or block
        without = [row for row in stated(lines) if not row.rag]
        if not without:
            message: Sentence = (f"{name}: every amount carries a RAG status.",)
            yield Finding("rag-stated", name, "agrees", "note", message, cells=cells_of(stated(lines)), **about)
        for row in without:
            figure = amount("rag-stated/amount", [row])
            why = "RAG is blank" if row.rag_missing in (None, "blank") else f"RAG is {row.rag_missing}"
            type_words = f"{row.saving_type}, " if row.saving_type else ""
            message = (f"{name}, {type_words}{row.year or 'no year'}: ", figure, f"; its {why}.")
            subject = f"{name}: {row.saving_type or 'saving'}"
            yield Finding(
                "rag-stated",
                subject,
                "not_stated",
                "query",
                message,
                row.year or "",
                calculated=figure.pence,
                cells=cells_of([row]),
                **about,
            )


def delivered_ahead(tables: Tables) -> Iterator[Finding]:
    """No saving is marked delivered in a year that has not begun: it may be secured, but it is not yet cashable."""
    for block in dict.fromkeys(tables.savings["block"]):
        delivered = [row for row in stated(block_lines(tables, block)) if row.rag == DELIVERED and row.year and row.amount_pence]
        if not delivered:
            continue
        about = _whose_block(tables, block)
        name = (
            project_row(tables, about["project"]).name
            if "project" in about
            else delivered[0].scope or delivered[0].programme or block
        )
        begun = [row for row in delivered if periods.first_day(row.year) <= tables.as_of]
        ahead = [row for row in delivered if row not in begun]
        day = periods.long_date(tables.as_of)
        if not ahead:
            message: Sentence = (f"{name}: what is marked delivered falls in years that had begun by {day}.",)
            yield Finding("delivered-ahead", name, "agrees", "note", message, cells=cells_of(delivered), **about)
        for year in sorted({row.year for row in ahead}):
            rows = [row for row in ahead if row.year == year]
            figure = amount("delivered-ahead/ahead", rows)
            most = amount("delivered-ahead/begun", begun)
            limit = ("at most ", most, " can be") if begun else ("nothing can be yet",)
            message = (
                f"{name}, {year}: ",
                figure,
                f" is marked delivered as of {day}, before the year began: secured, not yet cashable; ",
                *limit,
                ".",
            )
            yield Finding("delivered-ahead", name, "disagrees", "query", message, year, cells=cells_of([*rows, *begun]), **about)


def milestone_before_saving(tables: Tables) -> Iterator[Finding]:
    """A saving does not start before the milestones it needs, nor while one of them is tentative or undated."""
    for project in records(tables.projects):
        lines = [row for row in stated(own_lines(tables, project.project)) if row.year and row.amount_pence]
        milestones = list(records(tables.milestones[tables.milestones["project"] == project.project]))
        if not lines:
            continue
        first = min(row.year for row in lines)
        starts = periods.first_day(first)
        saving = amount("milestone-before-saving/saving", [row for row in lines if row.year == first])
        about: dict[str, Any] = {"project": project.project}
        opening: Sentence = (f"{project.name}: ", saving, f" is due from {first}; ")
        if not milestones:
            message = (*opening, "no milestone is stated.")
            yield Finding(
                "milestone-before-saving", project.name, "not_stated", "query", message, first, cells=saving.cells, **about
            )
            continue
        dated = sorted((row for row in milestones if row.last_day), key=lambda row: row.last_day)
        undated = [row for row in milestones if not row.last_day]
        tentative = [row for row in dated if row.tentative]
        cells = (*saving.cells, *cells_of(milestones))
        words = []
        outcome: Outcome = "within_limit"
        if dated:
            last = dated[-1]
            outcome = "exceeds_limit" if last.first_day >= starts else "too_close" if last.last_day >= starts else "within_limit"
            relation = {"within_limit": "before then", "too_close": "about then", "exceeds_limit": "only after that"}[outcome]
            doubt = ", tentative" if last.tentative else ""
            words.append(f"its last dated milestone, '{last.milestone}' ({last.completed_by}{doubt}), falls {relation}")
        words += [f"'{row.milestone}' is tentative ({row.completed_by})" for row in tentative if row is not dated[-1]]
        words += [f"'{row.milestone}' is undated" + (f" ({row.completed_by})" if row.completed_by else "") for row in undated]
        if not dated:
            outcome = "not_stated"
        severity: Severity = "query" if tentative or undated or outcome != "within_limit" else "note"
        message = (*opening, "; ".join(words) + ".")
        yield Finding("milestone-before-saving", project.name, outcome, severity, message, first, cells=cells, **about)


def signed_off(tables: Tables) -> Iterator[Finding]:
    """Officers have agreed, and members or a governance body have approved: agreement is not approval."""
    for project in records(tables.projects):
        rows = list(records(tables.signoff[tables.signoff["project"] == project.project]))
        officers = [row for row in rows if row.capacity not in ("member", "governance body")]
        signed = [row for row in officers if row.signed_day]
        approved = [row for row in rows if row.capacity in ("member", "governance body") and row.signed_day]
        days = sorted({row.signed_day for row in signed})
        when = "" if not days else f" on {periods.long_date(days[0])}" if len(days) == 1 else f" by {periods.long_date(days[-1])}"
        agreed = f"{len(signed)} of {len(officers)} officers agreed{when}" if officers else "no officer is named"
        about: dict[str, Any] = {"project": project.project}
        cells = cells_of(rows) or (cell_of(project),)
        if approved and len(signed) == len(officers):
            message = (f"{project.name}: {agreed}; approved by {approved[0].role} on {periods.long_date(approved[0].signed_day)}.",)
            yield Finding("signed-off", project.name, "agrees", "note", message, cells=cells, **about)
        else:
            who = f"approved by {approved[0].role}" if approved else "approval by a member or a governance body: none stated"
            yield Finding(
                "signed-off", project.name, "not_stated", "query", (f"{project.name}: {agreed}; {who}.",), cells=cells, **about
            )


_SAME = ("project", "programme", "scope", "plan", "saving_type", "route", "rag", "rag_missing", "measure", "ref", "year")


def duplicate_line(tables: Tables) -> Iterator[Finding]:
    """No table states the same line twice; equal amounts on different lines are no matter."""
    for block in dict.fromkeys(tables.savings["block"]):
        lines: dict[tuple[object, ...], list[SimpleNamespace]] = defaultdict(list)
        for row in stated(block_lines(tables, block)):
            lines[tuple(getattr(row, name) for name in _SAME)].append(row)
        for key, rows in lines.items():
            if len(rows) > 1:
                about = _whose_block(tables, block)
                words = ", ".join(
                    str(part) for part in dict(zip(_SAME, key, strict=True)).values() if part and part not in about.values()
                )
                message: list[str | Figure] = [f"{words}: the same line stands {len(rows)} times: "]
                for position, row in enumerate(rows):
                    message += [" and " if position else "", amount(f"duplicate-line/{position}", [row])]
                yield Finding(
                    "duplicate-line",
                    words,
                    "disagrees",
                    "error",
                    (*message, "."),
                    rows[0].year or "",
                    cells=cells_of(rows),
                    **about,
                )


def unit_slip(tables: Tables) -> Iterator[Finding]:
    """No figure is a thousand times, or a thousandth of, the same line's figure elsewhere."""
    pairs: list[tuple[str, str, list[SimpleNamespace], list[SimpleNamespace], dict[str, Any]]] = []
    for group in groups(tables):
        totals = [analysis_total(tables, block)[1] for block in group.blocks]
        about: dict[str, Any] = {"programme": group.programme, "service": group.service}
        pairs += [(group.subject, "", totals[0], other, about) for other in totals[1:]]
    budgets: dict[tuple[str, str], SimpleNamespace] = {}
    for row in stated(list(records(tables.budget))):
        first = budgets.setdefault((row.service, row.year), row)
        if first is not row:
            pairs.append((row.service, row.year, [first], [row], {"service": row.service}))
    for subject, year, left, right, about in pairs:
        one, other = amount("unit-slip/one", left), amount("unit-slip/other", right)
        if one.value and other.value and (one.pence == 1000 * other.pence or other.pence == 1000 * one.pence):
            message = (f"{subject}{f', {year}' if year else ''}: ", one, " here and ", other, " there: a unit slipped by 1,000.")
            yield Finding("unit-slip", subject, "disagrees", "error", message, year, cells=cells_of([*left, *right]), **about)
