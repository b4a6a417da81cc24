"""The rules beside the totals: scopes, types, budgets, labels, RAG, dates and sign-off."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ffanalysis import money, periods
from ffanalysis.model import DELIVERED, Figure, Finding, Outcome, Row, Sentence, Severity, cell_of, merged_cells
from ffanalysis.reconcile import signing
from ffanalysis.reconcile.bridge import Bridge, bridges
from ffanalysis.reconcile.ledger import Ledger, Rows
from ffanalysis.reconcile.lines import by_owner, counted_lines, first_analysis, marked, stated
from ffanalysis.reconcile.outcome import amount, cells_of, compared, gap_words, held_as_known, known_words, severity_of
from ffanalysis.reconcile.totals import kinds_of


def percent(part: int, whole: int) -> Decimal:
    """A share in percent, rounded to one decimal, halves away from zero."""
    return (Decimal(100) * part / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


def scope_agrees(ledger: Ledger) -> Iterator[Finding]:
    """Analyses of one programme are about the same scope; where they are not, they cannot be compared line by line."""
    for group in ledger.groups:
        if len(group.blocks) < 2:
            continue
        kinds = kinds_of(ledger, group)
        scopes = {block: group.lines[block][0] for block in group.blocks}
        cells = cells_of(list(scopes.values()))
        outcome: Outcome = "agrees" if len({row.scope for row in scopes.values()}) == 1 else "not_comparable"
        said = ", ".join(f"{kinds[block]} is for '{row.scope}'" for block, row in scopes.items())
        ending = "." if outcome == "agrees" else ". The scopes differ, so their lines are not compared."
        if not group.service:
            outcome, said, ending = "not_stated", " and ".join(kinds[block] for block in scopes), " state no scope."
        severity: Severity = "query" if outcome == "not_comparable" else "note"
        yield Finding(
            "scope-agrees", group.subject, outcome, severity, (f"{group.subject}: {said}{ending}",), cells=cells, **group.about
        )


def savings_stated(ledger: Ledger) -> Iterator[Finding]:
    """Some table states a saving of every registered project, be it only to be confirmed; no sheet of savings is lost."""
    yield from _lost_sheets(ledger)
    refused = _with_refused_lines(ledger)
    for project in ledger.rows("projects"):
        about: dict[str, Any] = {"project": project.project}
        if project.project not in refused and not ledger.of_project("savings", project.project):
            message: Sentence = _with_sheets(ledger, f"{project.name}: no table states a saving of it.")
            yield Finding("savings-stated", project.name, "not_stated", "error", message, cells=(cell_of(project),), **about)


def _with_refused_lines(ledger: Ledger) -> set[str | None]:
    """The projects of which an amount stands in a table, and cannot be read."""
    return {row.project for row in ledger.rows("refusals") if row.block}


def _lost_sheets(ledger: Ledger) -> Iterator[Finding]:
    """The sheets that stated savings in the quarter before, and of which no table is read now."""
    unread = {(row.workbook, row.sheet) for row in ledger.rows("unused") if row.sheet and not row.cell}
    if not ledger.last or not unread:
        return
    place = f"{ledger.last.period}/"
    before = dict.fromkeys((row.workbook.removeprefix(place), row.sheet) for row in ledger.last.rows("savings"))
    for workbook, sheet in before:
        if (workbook, sheet) in unread:
            message = f"{workbook}, sheet {sheet}: it stated savings in quarter {ledger.last.period}; now no table of it is known."
            do = " Compare its headings with that quarter's."
            yield Finding(
                "savings-stated", f"{workbook}, {sheet}", "not_stated", "error", (message + do,), cells=(f"{workbook}!{sheet}!A1",)
            )


_MOST_SHEETS = 12


def _with_sheets(ledger: Ledger, opening: str) -> Sentence:
    """A sentence, and the sheets that state savings, so that a person sees which is missing; of many the first only."""
    sheets = list(dict.fromkeys(f"{row.workbook}, {row.sheet}" for row in ledger.rows("savings")))
    words = f"{opening} Sheets with savings: {'; '.join(sheets[:_MOST_SHEETS]) or 'none'}"
    if len(sheets) <= _MOST_SHEETS:
        return (f"{words}.",)
    return (f"{words}; and ", Figure("more-sheets", len(sheets) - _MOST_SHEETS, (), "count"), " more.")


_MOST_NAMED = 3


def signs_mixed(ledger: Ledger) -> Iterator[Finding]:
    """The savings of a table have one sign; where a few have the other, a person must say whether they reverse a one-off."""
    for lines in ledger.by("savings", "block").values():
        more = [row for row in _with_money(lines) if row.amount_pence > 0]
        less = [row for row in _with_money(lines) if row.amount_pence < 0]
        if not more or not less:
            continue
        kind, odd = ("add to spending", less) if len(less) <= len(more) else ("save", more)
        for name, about, rows in by_owner(ledger, odd):
            message: list[str | Figure] = [f"{name}: the other amounts of the table have another sign, but these {kind}: "]
            for number, row in enumerate(rows[:_MOST_NAMED]):
                said = ", ".join(filter(None, (row.saving_type, row.route, row.rag, row.ref, row.year)))
                message += [", " if number else "", amount(f"signs-mixed/{number}", [row])]
                message += [f" ({said})"] if said else []
            rest = len(rows) - _MOST_NAMED
            message.append(f" and {rest} more." if rest > 0 else ".")
            message.append(" A one-off that is reversed may be so; a minus mistyped is an error.")
            yield Finding("signs-mixed", name, "disagrees", "query", tuple(message), cells=cells_of(rows), **about)


def type_matches(ledger: Ledger) -> Iterator[Finding]:
    """The type of saving ticked for a project is the type of its lines."""
    for project in ledger.rows("projects"):
        ticked = set(filter(None, (project.types or "").split("; ")))
        lines = _with_money(counted_lines(ledger.of_project("savings", project.project)))
        totals = [row for row in _with_money(ledger.of_project("totals", project.project)) if row.saving_type]
        about: dict[str, Any] = {"project": project.project}
        cells: tuple[str, ...] = (cell_of(project),)
        if not ticked or not [*lines, *totals]:
            continue
        typed = [row for row in [*lines, *totals] if row.types]
        others = dict.fromkeys(row.saving_type for row in typed if not set(row.types.split("; ")) & ticked)
        if not others:
            outcome: Outcome = "agrees" if typed else "not_stated"
            said = "is the type of its lines" if typed else "cannot be held against its lines, as they state none"
            message: Sentence = (f"{project.name}: the type ticked ({project.saving_type}) {said}.",)
            cells = (*cells, *cells_of([*lines, *totals]))
            yield Finding("type-matches", project.name, outcome, severity_of(outcome), message, cells=cells, **about)
        for saving_type in others:
            # Where no line carries the type, its overall total does, else those of its years.
            candidates = (lines, [row for row in totals if row.over == "both"], totals)
            of_type = ([row for row in rows if row.saving_type == saving_type] for rows in candidates)
            carried = next(filter(None, of_type))
            figure = amount(f"type-matches/{saving_type}", carried)
            message = (f"{project.name}: {project.saving_type} is ticked, but {saving_type} carries ", figure, ".")
            yield Finding("type-matches", project.name, "disagrees", "query", message, cells=(*cells, *figure.cells), **about)


def _with_money(rows: list[Row]) -> list[Row]:
    """The rows that state an amount other than nil."""
    return [row for row in rows if row.amount_pence]


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
        subject = f"{' and '.join(row.service for row in inside[:2])}{' and others' if len(inside) > 2 else ''} within {service}"
        total = amount("part-within-whole/part", inside)
        gap = f"; {gap_words(total.missing)}" if marked(inside) else ""
        if total.value is None:
            message: Sentence = (f"{subject}, {year}: not stated{gap}.",)
            yield Finding("part-within-whole", subject, "not_stated", "query", message, year, cells=total.cells, service=service)
            continue
        whole = wholes.get((service, year, basis))
        if whole is None:
            other = others.get((service, year))
            why = "is not stated" if not other else f"is marked {other.missing}" if other.missing else "is stated on another basis"
            message = (f"{subject}, {year}: ", total, f"; the budget of {service} {why}{gap}.")
            outcome: Outcome = "not_comparable" if other and not other.missing else "not_stated"
            cells = cells_of([*inside, *([other] if other else [])])
            yield Finding(
                "part-within-whole", subject, outcome, "query", message, year, calculated=total.pence, cells=cells, service=service
            )
            continue
        limit = amount("part-within-whole/whole", [whole])
        allowed = money.tolerance(row.stated_to_pence for row in stated([*inside, whole]))
        ends = held_as_known(total, limit, allowed)
        left = limit.pence - total.pence
        rest = Figure("part-within-whole/rest", abs(left), cells_of([whole, *inside]))
        rounding = Figure("part-within-whole/tolerance", allowed, ())
        doubt = ", too close to tell" if ends == "too_close" else gap
        message = (f"{subject}, {year}: ", *known_words(total), " of ", limit, "; the rest is " if left >= 0 else "; ", rest)
        message = (*message, "" if left >= 0 else " more than the whole", " (± ", rounding, f"){doubt}.")
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


def service_budget(ledger: Ledger, service: str | None, year: str) -> Row | None:
    """The budget that a saving of `year` is held against: the service's latest up to that year, else its first."""
    rows = sorted(stated(ledger.by("budget", "service").get(service, [])), key=lambda row: str(row.year))
    until = [row for row in rows if row.year <= year]
    return until[-1] if until else rows[0] if rows else None


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
        return Finding(name, subject, "not_stated", "query", message, year, calculated=known, cells=saving.cells, **about)
    limit = amount(f"{name}/budget", [budget])
    allowed = money.tolerance(row.stated_to_pence for row in stated([*rows, budget]))
    ends = held_as_known(saving, limit, allowed)
    cells = merged_cells(saving.cells, limit.cells)
    share: Sentence = (" against",)
    if limit.pence > 0:
        share = (" is ", Figure(f"{name}/share", percent(saving.pence, limit.pence), cells, "percent"), " of")
    left = limit.pence - saving.pence
    rounding: Sentence = ()
    if ends in ("too_close", "exceeds_limit"):
        doubt = ", too close to tell; rounding allows " if ends == "too_close" else "; rounding allows "
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
    return Finding(name, subject, ends, severity_of(ends), message, year, limit.pence, saving.pence, allowed, cells, **about)


def budget_bridge(ledger: Ledger) -> Iterator[Finding]:
    """One year's budget less the savings between is the next year's budget, where both stand on one basis."""
    for bridge in bridges(ledger):
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
            yield Finding("budget-bridge", subject, outcome, severity, tuple(message), cells=bridge.cells, service=bridge.service)
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


def period_labels(ledger: Ledger) -> Iterator[Finding]:
    """The span of years in a heading, in the columns and in the project's own prose is one and the same."""
    blocks = {row.block: row for row in ledger.rows("blocks")}
    purposes = _purposes(ledger)
    for group in ledger.groups:
        labels: list[_Label] = []
        kinds = kinds_of(ledger, group)
        for block in (blocks[name] for name in group.blocks if name in blocks):
            place = f"{block.workbook}!{block.sheet}"
            kind, title_cell = kinds[block.block], f"{place}!{block.title_cell}"
            labels += [(f"the heading of {kind}", span, title_cell) for span in periods.spans_in(block.title or "")]
            if block.first_year:
                labels.append((f"the columns of {kind}", (block.first_year, block.last_year), cell_of(block)))
        named, more = _labels_of(group.service, purposes.get(group.programme, []) if group.service else [])
        labels += named
        if len(labels) < 2:
            continue
        cells = tuple(dict.fromkeys(cell for _, _, cell in labels))
        said_spans = [_span_words(span) for _, span, _ in labels]
        said = "; ".join(f"{what}, {span}" for (what, _, _), span in zip(labels, said_spans, strict=True))
        if len(set(said_spans)) == 1:
            message: Sentence = (f"{group.subject}: all labels say {said_spans[0]}.",)
            yield Finding("period-labels", group.subject, "agrees", "note", message, cells=cells, **group.about)
        else:
            opening = f"{group.subject}: the labels differ ({said}"
            ending = "). The figures are read by their columns, so no money is affected."
            message = (opening, *more, ending) if more else (f"{opening}{ending}",)
            yield Finding("period-labels", group.subject, "disagrees", "query", message, cells=cells, **group.about)


_Span = tuple[str, str]
_Label = tuple[str, _Span, str]  # what names a span of years, the span, and the cell


def _span_words(span: _Span) -> str:
    return span[0] if span[0] == span[1] else f"{span[0]} to {span[1]}"


def _purposes(ledger: Ledger) -> dict[str, list[tuple[Row, dict[str, tuple[_Span, ...]]]]]:
    """By programme, the projects whose purpose names a span of years, with the sentences that do and what they name."""
    found: dict[str, list[tuple[Row, dict[str, tuple[_Span, ...]]]]] = {}
    for project in ledger.rows("projects"):
        sentences = {text: periods.spans_in(text) for text in re.split(r"(?<=[.!?])\s+|\n", project.purpose or "")}
        if any(sentences.values()):
            found.setdefault(project.programme, []).append((project, sentences))
    return found


def _labels_of(service: str, purposes: list[tuple[Row, dict[str, tuple[_Span, ...]]]]) -> tuple[list[_Label], Sentence]:
    """The spans of years that projects' purposes name; and where many name the same span, how many more than are listed."""
    labels: list[_Label] = []
    count: dict[_Span, int] = defaultdict(int)
    for project, sentences in purposes:
        # Only a sentence that names the service speaks of the service's savings.
        for span in dict.fromkeys(span for text, spans in sentences.items() if service in text for span in spans):
            count[span] += 1
            if count[span] <= _MOST_NAMED:
                labels.append((f"the purpose of {project.name}", span, cell_of(project)))
    more: list[str | Figure] = []
    for number, (span, projects) in enumerate(count.items()):
        if projects > _MOST_NAMED:
            rest = Figure(f"more-purposes-{number}", projects - _MOST_NAMED, (), "count")
            more += ["; that of ", rest, f" more {'project' if rest.value == 1 else 'projects'}, {_span_words(span)}"]
    return labels, tuple(more)


def unit_labels(ledger: Ledger) -> Iterator[Finding]:
    """The unit that a table's title names is the unit of its figures."""
    for block in ledger.rows("blocks"):
        used = block.own_unit or block.unit
        if block.title_unit is None or used is None:
            continue
        subject = f"{block.workbook}, {block.sheet}"
        cells = (f"{block.workbook}!{block.sheet}!{block.title_cell}", cell_of(block))
        about = _whose_block(ledger, block.block)
        names = (money.unit_label(block.title_unit), money.unit_label(used))
        if block.title_unit == used:
            message = (f"{subject}: the title and the figures are both in {names[0]}.",)
            yield Finding("unit-labels", subject, "agrees", "note", message, cells=cells, **about)
        else:
            message = (f"{subject}: the title says {names[0]}, but the figures carry {names[1]}; they are read as {names[1]}.",)
            yield Finding("unit-labels", subject, "disagrees", "query", message, cells=cells, **about)


def _whose_block(ledger: Ledger, block: str) -> dict[str, Any]:
    """Whom a remark on a whole table concerns: its one owner, else the one programme of all its lines, else everybody."""
    lines = ledger.of_block("savings", block)
    if lines:
        owners = [about for _, about, _ in by_owner(ledger, lines)]
        registered = [ledger.register.get(about.get("project", "")) for about in owners]
        programmes = {
            about.get("programme") or (row.programme or "" if row else "") for about, row in zip(owners, registered, strict=True)
        }
        return owners[0] if len(owners) == 1 else {"programme": programmes.pop() if len(programmes) == 1 else ""}
    budget = ledger.of_block("budget", block)
    return {"service": budget[0].service} if budget else {}


def rag_stated(ledger: Ledger) -> Iterator[Finding]:
    """Every amount of a table with RAG rows has its RAG status, and some table states a programme's savings by RAG."""
    for group in ledger.groups:
        lines = [row for block in group.blocks for row in group.lines[block]]
        # A split by route alone says nothing of what is delivered: the sheet that does may be missing.
        if any(row.route for row in lines) and not any(row.rag or row.rag_missing for row in lines):
            said = _with_sheets(ledger, f"{group.subject}: no table states its savings by RAG.")
            yield Finding("rag-stated", group.subject, "not_stated", "query", said, cells=cells_of(lines), **group.about)
    for lines in ledger.by("savings", "block").values():
        if not any(row.rag or row.rag_missing for row in lines):
            continue
        for name, about, rows in by_owner(ledger, _with_money(lines)):
            without = [row for row in rows if not row.rag]
            if not without:
                message: Sentence = (f"{name}: every amount carries a RAG status.",)
                yield Finding("rag-stated", name, "agrees", "note", message, cells=cells_of(rows), **about)
            for row in without:
                figure = amount("rag-stated/amount", [row])
                why = "RAG is blank" if row.rag_missing in (None, "blank") else f"RAG is {row.rag_missing}"
                type_words = f"{row.saving_type}, " if row.saving_type else ""
                message = (f"{name}, {type_words}{row.year or 'no year'}: ", figure, f"; its {why}.")
                subject, year, cells = f"{name}: {row.saving_type or 'saving'}", row.year or "", cells_of([row])
                yield Finding(
                    "rag-stated", subject, "not_stated", "query", message, year, calculated=figure.pence, cells=cells, **about
                )


def delivered_ahead(ledger: Ledger) -> Iterator[Finding]:
    """No saving is marked delivered in a year that has not begun: it may be secured, but it is not yet cashable."""
    day = periods.long_date(ledger.as_of)
    for block in ledger.by("savings", "block").values():
        marked_so = [row for row in _with_money(block) if row.rag == DELIVERED and row.year]
        for name, about, delivered in by_owner(ledger, marked_so):
            begun = [row for row in delivered if periods.first_day(row.year) <= ledger.as_of]
            ahead = [row for row in delivered if periods.first_day(row.year) > ledger.as_of]
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
                cells = cells_of([*rows, *begun])
                yield Finding("delivered-ahead", name, "disagrees", "query", message, year, cells=cells, **about)


def delivered_within_target(ledger: Ledger) -> Iterator[Finding]:
    """No more of a project's saving is delivered than its target: else one of the two is wrong, or in another unit."""
    refused = _with_refused_lines(ledger)
    for project, row in ledger.register.items():
        if project in refused:
            continue
        own = [line for line in ledger.of_project("savings", project) if not line.mitigates]
        for plan in dict.fromkeys(line.plan for line in own if line.plan != "prior"):
            lines = [line for line in own if line.plan == plan]
            done = first_analysis([line for line in lines if line.measure == "delivered to date"])
            targets = [line for line in counted_lines(lines) if line.types != "Faster"]
            delivered, target = amount("delivered-within-target/delivered", done), amount("delivered-within-target/target", targets)
            if delivered.value is None or target.value is None or target.partial:
                continue
            allowed = money.tolerance(line.stated_to_pence for line in stated([*done, *targets]))
            ends = held_as_known(delivered, target, allowed)
            message: Sentence = (f"{row.name}: ", *known_words(delivered), " is delivered of a target of ", target)
            if delivered.pence > target.pence:
                more = Figure("delivered-within-target/more", delivered.pence - target.pence, ())
                message = (*message, "; ", more, " more than the target")
            doubt = (
                f"; {gap_words(delivered.missing)}" if delivered.partial else ", too close to tell" if ends == "too_close" else ""
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
                project=project,
            )


def milestone_before_saving(ledger: Ledger) -> Iterator[Finding]:
    """A saving does not start before the milestones it needs, nor while one of them is tentative or undated."""
    for project in ledger.rows("projects"):
        counted = _with_money(counted_lines(ledger.of_project("savings", project.project)))
        lines = [row for row in counted if row.year and row.plan != "prior"]
        milestones = ledger.of_project("milestones", project.project)
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
        last = None
        outcome: Outcome = "not_stated"
        if dated:
            # One that surely falls too late outranks one whose last day may; what is done on 1 April is in time.
            last = next((row for row in dated[::-1] if row.first_day > starts), dated[-1])
            outcome = "exceeds_limit" if last.first_day > starts else "too_close" if last.last_day > starts else "within_limit"
            falls = {
                "within_limit": "falls before then" if last.last_day < starts else "falls on its first day",
                "too_close": "may fall only after that year has begun",
                "exceeds_limit": "falls only after that year has begun",
            }[outcome]
            doubt = ", tentative" if last.tentative else ""
            words.append(f"its last dated milestone, '{last.milestone}' ({last.completed_by}{doubt}), {falls}")
        words += [f"'{row.milestone}' is tentative ({row.completed_by})" for row in tentative if row is not last]
        words += [f"'{row.milestone}' is undated" + (f" ({row.completed_by})" if row.completed_by else "") for row in undated]
        severity: Severity = "query" if tentative or undated or outcome != "within_limit" else "note"
        message = (*opening, "; ".join(words) + ".")
        yield Finding("milestone-before-saving", project.name, outcome, severity, message, first, cells=cells, **about)


def signed_off(ledger: Ledger) -> Iterator[Finding]:
    """Officers have agreed, and members or a governance body have approved: agreement is not approval."""
    for project in ledger.rows("projects"):
        rows = ledger.of_project("signoff", project.project)
        officers = [row for row in rows if row.capacity not in ("member", "governance body")]
        stands = [row for row in rows if row.signed_day and not _has_lapsed(ledger, row)]
        signed = [row for row in stands if row in officers]
        approved = [row for row in stands if row.capacity in ("member", "governance body")]
        days = sorted({row.signed_day for row in signed})
        when = "" if not days else f" on {periods.long_date(days[0])}" if len(days) == 1 else f" by {periods.long_date(days[-1])}"
        agreed: Sentence = ("no officer is named",)
        if officers:
            count, of = (
                Figure(f"signed-off/{name}", len(some), cells_of(some), "count")
                for name, some in (("agreed", signed), ("officers", officers))
            )
            agreed = (count, " of ", of, f" {'officer' if len(officers) == 1 else 'officers'} agreed{when}")
        about: dict[str, Any] = {"project": project.project}
        cells = cells_of(rows) or (cell_of(project),)
        waiting = [row.role for row in rows if row not in officers and row not in stands]
        outcome: Outcome = "agrees" if approved and signed and len(signed) == len(officers) and not waiting else "not_stated"
        who = ["approval by a member or a governance body: none stated"]
        if approved:
            who = [f"approved by {approved[0].role} on {periods.long_date(approved[0].signed_day)}"]
            who += [f"not yet by {' and '.join(waiting)}"] if waiting else []
        message = (f"{project.name}: ", *agreed, f"; {'; '.join(who)}.")
        yield Finding("signed-off", project.name, outcome, severity_of(outcome), message, cells=cells, **about)


def _has_lapsed(ledger: Ledger, row: Row) -> bool:
    """Whether a sign-off names figures that have changed since."""
    return bool(row.signed_on and signing.changed(row.signed_on, signing.figures(ledger, row.project)))


def sign_off_current(ledger: Ledger) -> Iterator[Finding]:
    """A sign-off that names the figures it was given on lapses when one of them changes."""
    for row in ledger.rows("signoff"):
        if not row.signed_on:
            continue
        name = ledger.register[row.project].name
        stated_now = signing.figures(ledger, row.project)
        moved = signing.changed(row.signed_on, stated_now)
        changed = (stated_now[figure].cells for figure in moved or () if figure in stated_now)
        about: dict[str, Any] = {"project": row.project, "cells": merged_cells(cells_of([row]), *changed)}
        subject = f"{name}, {row.role}"
        when = f" on {periods.long_date(row.signed_day)}" if row.signed_day else ""
        if moved is None:
            said = f"{subject}: '{row.signed_on}' is no code of a briefing's figures (copy it from the sign-off of the briefing)."
            yield Finding("sign-off-current", subject, "not_stated", "query", (said,), **about)
        elif moved:
            said = f"{subject}: agreed{when} on other figures. Changed since: {'; '.join(moved)}. The sign-off has lapsed."
            yield Finding("sign-off-current", subject, "disagrees", "query", (said,), **about)
        else:
            yield Finding("sign-off-current", subject, "agrees", "note", (f"{subject}: agreed{when} on these figures.",), **about)


_SAME = ("plan", "saving_type", "route", "rag", "rag_missing", "measure", "ref")


def duplicate_line(ledger: Ledger) -> Iterator[Finding]:
    """No table states the same line twice; equal amounts on different lines are no matter."""
    for block in ledger.by("savings", "block").values():
        for name, about, own in by_owner(ledger, _with_money(block)):
            lines: dict[tuple[object, ...], dict[int, list[Row]]] = defaultdict(lambda: defaultdict(list))
            for row in own:
                lines[tuple(getattr(row, key) for key in _SAME)][row.line_no].append(row)
            for key, printed in lines.items():
                # Rows of the sheet that carry the same words and share a year; one saving may have a row for each year.
                years = [row.year for rows in printed.values() for row in rows]
                shared = {year for year in years if years.count(year) > 1}
                same = [[row for row in rows if row.year in shared] for rows in printed.values()]
                if same := [rows for rows in same if rows]:
                    words = ", ".join([name, *(str(part) for part in key[1:] if part)])
                    yield _repeated(words, sorted(year for year in shared if year), same, about)


def _repeated(words: str, years: list[str], same: list[list[Row]], about: dict[str, Any]) -> Finding:
    """A line that stands more than once; with other amounts it may be a second saving, so a person must look."""
    figures = [amount(f"duplicate-line/{position}", rows) for position, rows in enumerate(same)]
    once = {tuple((row.year, row.amount_pence) for row in rows): figure.pence for rows, figure in zip(same, figures, strict=True)}
    is_copy = len(once) < len(same)
    listed = [part for figure in figures for part in (" and ", figure)][1:]
    count = "twice" if len(same) == 2 else f"{len(same)} times"
    opening = ", ".join([words, *([" and ".join(years)] if years else [])])
    message: Sentence = (f"{opening}: the same line stands {count}: ", *listed, ".")
    cells = cells_of([row for rows in same for row in rows])
    year = years[0] if len(years) == 1 else ""
    finding = Finding("duplicate-line", words, "disagrees", "query", message, year, cells=cells, **about)
    if not is_copy:
        return finding
    return replace(finding, severity="error", stated=sum(once.values()), calculated=sum(figure.pence for figure in figures))
