"""The rules that hold a figure against the same figure elsewhere, and a quarter against the one before it."""

from collections.abc import Iterator
from typing import Any

from ffanalysis import money
from ffanalysis.checks.compare import compared
from ffanalysis.figures import Finding, Sentence, merged_cells
from ffanalysis.savings.analyses import analysis_total, kinds_of
from ffanalysis.savings.assemble import first_analysis, stated, whose
from ffanalysis.savings.matching import (
    by_key,
    called,
    followed,
    original_rags,
    readable_in_both,
    stated_original,
)
from ffanalysis.savings.quarter import Ledger
from ffanalysis.savings.sums import amount, cells_of
from ffanalysis.tables import Row


def unit_slip(ledger: Ledger) -> Iterator[Finding]:
    """No figure is a thousand times, or a thousandth of, the same line's figure elsewhere or in the quarter before.

    Nor does a project's line stand far from all others of its table.
    """
    found = [*_slips_within(ledger), *(_slips_since(ledger, ledger.last) if ledger.last else ())]
    yield from found
    said = {finding.subject for finding in found}
    yield from (finding for finding in _far_from_others(ledger) if finding.subject not in said)


def _slips_within(ledger: Ledger) -> Iterator[Finding]:
    for group in ledger.groups:
        kinds = kinds_of(ledger, group)
        first, *others = [
            (kind, analysis_total(ledger, group, block)[1]) for block, kind in kinds.items()
        ]
        for kind, rows in others:
            yield from _slipped(
                group.called,
                "",
                (f"{first[0]} comes to ", f", {kind} to "),
                (first[1], rows),
                group.about,
            )
    budgets: dict[tuple[str, str], Row] = {}
    for row in stated(ledger.rows("budget")):
        first_row = budgets.setdefault((row.service, row.year), row)
        if first_row is not row:
            words = ("its budget stands at ", " in one place and at ")
            yield from _slipped(
                row.service, row.year, words, ([first_row], [row]), {"service": row.service}
            )


def _slips_since(ledger: Ledger, last: Ledger) -> Iterator[Finding]:
    """The same of each analysis of a programme's total, and of each line of a project, as the quarter before had it."""
    words = (f"quarter {last.period} has ", ", this quarter ")
    earlier = {(group.programme, group.service, group.measure): group for group in last.groups}
    # What was in another unit in the quarter before, and is not now, has been mended.
    mended = {item.subject for item in _slips_within(last)} - {
        item.subject for item in _slips_within(ledger)
    }
    for group in ledger.groups:
        if group.called in mended:
            continue
        if before := earlier.get((group.programme, group.service, group.measure)):
            blocks = {kind: block for block, kind in kinds_of(last, before).items()}
            for block, kind in kinds_of(ledger, group).items():
                if kind in blocks:
                    rows = (
                        analysis_total(last, before, blocks[kind])[1],
                        analysis_total(ledger, group, block)[1],
                    )
                    yield from _slipped(f"{group.called}, {kind}", "", words, rows, group.about)
    for project in readable_in_both(ledger, last):
        was, now = followed(last, project), followed(ledger, project)
        for key, lines in now.items():
            if len(lines) == 1 and len(was.get(key, ())) == 1:
                subject = f"{ledger.register[project].name}, {called(lines[0][0])}"
                yield from _slipped(
                    subject, "", words, (was[key][0], lines[0]), {"project": project}
                )


_FAR, _FEWEST_OTHERS = 100, 4


def _far_from_others(ledger: Ledger) -> Iterator[Finding]:
    """The lines that come to more than a hundred times the largest other of their table, or to less than a hundredth of the least.

    A first quarter has nothing that they could be held against; whether they are right, only a person can say.
    """
    for rows in ledger.by("savings", "block").values():
        lines: dict[int, list[Row]] = {}
        for row in stated(rows):
            if row.project and row.measure in (None, "original target", "revised target"):
                lines.setdefault(row.line_no, []).append(row)
        totals = {number: amount("unit-slip/line", own) for number, own in lines.items()}
        sizes = {number: abs(figure.pence) for number, figure in totals.items() if figure.value}
        order = sorted(sizes, key=lambda number: sizes[number])
        if len(order) <= _FEWEST_OTHERS:
            continue
        for number, next_to, words in (
            (order[-1], order[-2], "more than a hundred times"),
            (order[0], order[1], "less than a hundredth of"),
        ):
            small, large = sorted((sizes[number], sizes[next_to]))
            if large > _FAR * small:
                own = lines[number]
                subject = f"{whose(ledger, own[0])[0]}, {called(own[0])}"
                # The other lines are other projects': their amounts have no place in this one's
                # briefing.
                ending = f", {words} any other line of its table: it may be in another unit."
                message: Sentence = (f"{subject}: it comes to ", totals[number], ending)
                whole, about = (
                    totals[number].pence,
                    {"cells": cells_of(own), "project": own[0].project},
                )
                yield Finding(
                    "unit-slip", subject, "disagrees", "query", message, stated=whole, **about
                )


def _slipped(
    subject: str,
    year: str,
    words: tuple[str, str],
    rows: tuple[list[Row], list[Row]],
    about: dict[str, Any],
) -> Iterator[Finding]:
    one, other = amount("unit-slip/one", rows[0]), amount("unit-slip/other", rows[1])
    if not one.value or not other.value:
        return
    small, large = sorted((one, other), key=lambda figure: abs(figure.pence))
    if abs(large.pence - 1000 * small.pence) <= money.tolerance(
        [large.stated_to or 1, 1000 * (small.stated_to or 1)]
    ):
        cells = cells_of([*rows[0], *rows[1]])
        opening = ", ".join(filter(None, (subject, year)))
        message = (
            f"{opening}: {words[0]}",
            one,
            words[1],
            other,
            ", a thousand times as much: one of them is in another unit.",
        )
        if large is one:
            message = (
                f"{opening}: {words[0]}",
                one,
                words[1],
                other,
                ", a thousandth of it: one of them is in another unit.",
            )
        yield Finding(
            "unit-slip",
            subject,
            "disagrees",
            "error",
            message,
            year,
            other.pence,
            one.pence,
            cells=cells,
            **about,
        )


_OPENING = "opening-equals-last-close"


def opening_equals_last_close(ledger: Ledger) -> Iterator[Finding]:
    """A saving opens as the quarter before closed.

    Its original target and RAG stay, and no less of it is delivered.
    """
    last = ledger.last
    if last is None:
        return
    for project in readable_in_both(ledger, last):
        name = ledger.register[project].name
        yield from _amounts_since(ledger, last, project, name, "original target")
        yield from _amounts_since(ledger, last, project, name, "delivered to date")
        yield from _original_rags(ledger, last, project, name)
        yield from _perhaps_renumbered(ledger, last, project, name)
    yield from _perhaps_renamed(ledger, last)


def _amounts_since(
    ledger: Ledger, last: Ledger, project: str, name: str, measure: str
) -> Iterator[Finding]:
    """What each line states as a measure against what it stated the quarter before.

    Nothing where either is not known in full.
    """
    before, after = (
        by_key(
            first_analysis(
                [row for row in quarter.of_project("savings", project) if row.measure == measure]
            )
        )
        for quarter in (last, ledger)
    )
    for key, lines in after.items():
        rows = [row for line in lines for row in line]
        rows_before = [row for line in before.get(key, ()) for row in line]
        was, now = amount(f"{_OPENING}/was", rows_before), amount(f"{_OPENING}/now", rows)
        if was.value is None or now.value is None or was.partial or now.partial:
            continue
        line = f"{name}, {called(rows[0])}"
        allowed = money.tolerance([was.stated_to or 1, now.stated_to or 1])
        outcome = compared(now.pence, was.pence, allowed)
        if measure == "delivered to date" and now.pence > was.pence:
            outcome = "agrees"
        said: Sentence = (f"{line}: {measure} ", now)
        said += (
            (f", as in quarter {last.period}",)
            if now.value == was.value
            else (f"; in quarter {last.period} it was ", was)
        )
        why = (
            " An original target does not move."
            if measure == "original target"
            else " What is delivered does not become less."
        )
        said += (f".{why if outcome == 'disagrees' else ''}",)
        yield Finding(
            _OPENING,
            f"{line}, {measure}",
            outcome,
            "query" if outcome == "disagrees" else "note",
            said,
            stated=was.pence,
            calculated=now.pence,
            tolerance=allowed,
            cells=merged_cells(now.cells, was.cells),
            project=project,
        )


def _perhaps_renamed(ledger: Ledger, last: Ledger) -> Iterator[Finding]:
    """The projects that look new and whose lines have the references of one that looks taken out."""
    gone = {
        _references(last, project): row
        for project, row in last.register.items()
        if project not in ledger.register
    }
    for project, row in ledger.register.items():
        references = _references(ledger, project)
        if project not in last.register and references and references in gone:
            refs = ", ".join(sorted(references))
            before = (
                f"{gone[references].name}, which quarter {last.period} had and this one has not"
            )
            hint = "if it only has a new name, aliases.toml can say so"
            message = (f"{row.name} is new, and its lines ({refs}) are those of {before}: {hint}.",)
            cells = cells_of([row, gone[references]])
            yield Finding(
                _OPENING, row.name, "not_stated", "query", message, cells=cells, project=project
            )


def _perhaps_renumbered(ledger: Ledger, last: Ledger, project: str, name: str) -> Iterator[Finding]:
    """The lines that look new and state, year by year, what one states that looks taken out."""
    was, now = followed(last, project), followed(ledger, project)
    gone = {
        _years_of(lines[0]): lines[0]
        for key, lines in was.items()
        if key not in now and len(lines) == 1
    }
    for key, lines in now.items():
        years = _years_of(lines[0])
        if key not in was and len(lines) == 1 and years and years in gone:
            line, old = lines[0], gone[years]
            said = (
                f"{name}: {called(line[0])} is new, and has the amounts of {called(old[0])}, which"
                f" quarter {last.period} had"
            )
            do = (
                " and this one has not: if it is the same line, a reference that both quarters"
                " write alike would say so."
            )
            cells = cells_of([*line, *old])
            yield Finding(
                _OPENING,
                f"{name}, {called(line[0])}",
                "not_stated",
                "query",
                (said + do,),
                cells=cells,
                project=project,
            )


def _years_of(rows: list[Row]) -> tuple[tuple[str, int], ...]:
    """The amounts of a line, year by year; nothing where it states none."""
    return tuple(sorted((row.year or "", row.amount_pence) for row in rows if row.amount_pence))


def _references(ledger: Ledger, project: str) -> frozenset[str]:
    return frozenset(row.ref for row in ledger.of_project("savings", project) if row.ref)


def _original_rags(ledger: Ledger, last: Ledger, project: str, name: str) -> Iterator[Finding]:
    """The RAG status that a schedule says a line began with against what the quarter before said, else against the first one."""
    first, found = original_rags(last, project)
    before = followed(last, project)
    for key, lines in followed(ledger, project).items():
        said, said_before = stated_original(lines), stated_original(before.get(key, []))
        was = said_before or found.get(key, "")
        if said and was:
            line = f"{name}, {called(lines[0][0])}"
            where = (
                f"quarter {last.period} gives {was}"
                if said_before
                else f"in quarter {first} it was {was}"
            )
            same = said == was
            yield Finding(
                _OPENING,
                f"{line}, original RAG",
                "agrees" if same else "disagrees",
                "note" if same else "query",
                (f"{line}: the original RAG status is given as {said}; {where}.",),
                cells=cells_of([row for rows in lines for row in rows]),
                project=project,
            )
