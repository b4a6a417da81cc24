"""Rules about what savings state: their scope, type, sign and RAG, and lines that stand twice."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ffanalysis.checks.compare import MOST_NAMED, severity_of
from ffanalysis.figures import Figure, Finding, Outcome, Sentence, Severity, merged_cells
from ffanalysis.provenance import cell_of
from ffanalysis.savings.analyses import kinds_of
from ffanalysis.savings.assemble import SAME_LINE, by_owner, counted_lines, with_money
from ffanalysis.savings.matching import called, followed, readable_in_both
from ffanalysis.savings.quarter import Ledger
from ffanalysis.savings.sums import amount, cells_of
from ffanalysis.tables import Row


def scope_agrees(ledger: Ledger) -> Iterator[Finding]:
    """Analyses of one programme are about the same scope.

    Where they are not, they cannot be compared line by line.
    """
    for group in ledger.groups:
        if len(group.blocks) < 2:
            continue
        kinds = kinds_of(ledger, group)
        scopes = {block: group.lines[block][0] for block in group.blocks}
        cells = cells_of(list(scopes.values()))
        outcome: Outcome = (
            "agrees" if len({row.scope for row in scopes.values()}) == 1 else "not_comparable"
        )
        said = ", ".join(f"{kinds[block]} is for '{row.scope}'" for block, row in scopes.items())
        ending = (
            "." if outcome == "agrees" else ". The scopes differ, so their lines are not compared."
        )
        if not group.service:
            outcome, said, ending = (
                "not_stated",
                " and ".join(kinds[block] for block in scopes),
                " state no scope.",
            )
        severity: Severity = "query" if outcome == "not_comparable" else "note"
        yield Finding(
            "scope-agrees",
            group.called,
            outcome,
            severity,
            (f"{group.called}: {said}{ending}",),
            cells=cells,
            **group.about,
        )


def savings_stated(ledger: Ledger) -> Iterator[Finding]:
    """Some table states a saving of every registered project, be it only to be confirmed.

    No sheet of savings is lost.
    """
    yield from _lost_sheets(ledger)
    refused = with_refused_lines(ledger)
    for project in ledger.rows("projects"):
        about: dict[str, Any] = {"project": project.project}
        if project.project not in refused and not ledger.of_project("savings", project.project):
            message: Sentence = _with_sheets(
                ledger, f"{project.name}: no table states a saving of it."
            )
            yield Finding(
                "savings-stated",
                project.name,
                "not_stated",
                "error",
                message,
                cells=(cell_of(project),),
                **about,
            )


def with_refused_lines(ledger: Ledger) -> set[str | None]:
    """The projects of which an amount stands in a table, and cannot be read."""
    return {row.project for row in ledger.rows("refusals") if row.block}


def _lost_sheets(ledger: Ledger) -> Iterator[Finding]:
    """The sheets that stated savings in the quarter before, and of which no table is read now."""
    unread = {
        (row.workbook, row.sheet) for row in ledger.rows("unused") if row.sheet and not row.cell
    }
    if not ledger.last or not unread:
        return
    place = f"{ledger.last.period}/"
    before = dict.fromkeys(
        (row.workbook.removeprefix(place), row.sheet) for row in ledger.last.rows("savings")
    )
    for workbook, sheet in before:
        if (workbook, sheet) in unread:
            message = (
                f"{workbook}, sheet {sheet}: it stated savings in quarter {ledger.last.period}; now"
                " no table of it is known."
            )
            do = " Compare its headings with that quarter's."
            yield Finding(
                "savings-stated",
                f"{workbook}, {sheet}",
                "not_stated",
                "error",
                (message + do,),
                cells=(f"{workbook}!{sheet}!A1",),
            )


_MOST_SHEETS = 12


def _with_sheets(ledger: Ledger, opening: str) -> Sentence:
    """A sentence, and the sheets that state savings, so that a person sees which is missing.

    Of many the first only.
    """
    sheets = list(dict.fromkeys(f"{row.workbook}, {row.sheet}" for row in ledger.rows("savings")))
    words = f"{opening} Sheets with savings: {'; '.join(sheets[:_MOST_SHEETS]) or 'none'}"
    if len(sheets) <= _MOST_SHEETS:
        return (f"{words}.",)
    return (
        f"{words}; and ",
        Figure("more-sheets", len(sheets) - _MOST_SHEETS, (), "count"),
        " more.",
    )


def signs_mixed(ledger: Ledger) -> Iterator[Finding]:
    """The savings of a table have one sign.

    Where a few have the other, a person must say whether they reverse a one-off.
    """
    for lines in ledger.by("savings", "block").values():
        more = [row for row in with_money(lines) if row.amount_pence > 0]
        less = [row for row in with_money(lines) if row.amount_pence < 0]
        if not more or not less:
            continue
        kind, odd = ("add to spending", less) if len(less) <= len(more) else ("save", more)
        for name, about, rows in by_owner(ledger, odd):
            message: list[str | Figure] = [
                f"{name}: the other amounts of the table have another sign, but these {kind}: "
            ]
            for number, row in enumerate(rows[:MOST_NAMED]):
                said = ", ".join(
                    filter(None, (row.saving_type, row.route, row.rag, row.ref, row.year))
                )
                message += [", " if number else "", amount(f"signs-mixed/{number}", [row])]
                message += [f" ({said})"] if said else []
            rest = len(rows) - MOST_NAMED
            message.append(f" and {rest} more." if rest > 0 else ".")
            message.append(" A one-off that is reversed may be so; a minus mistyped is an error.")
            yield Finding(
                "signs-mixed",
                name,
                "disagrees",
                "query",
                tuple(message),
                cells=cells_of(rows),
                **about,
            )
    if ledger.last:
        yield from _signs_turned(ledger, ledger.last)


def _signs_turned(ledger: Ledger, last: Ledger) -> Iterator[Finding]:
    """The lines that come to what the quarter before had, with the other sign."""
    for project in readable_in_both(ledger, last):
        was, now = followed(last, project), followed(ledger, project)
        for key, lines in now.items():
            if len(lines) != 1 or len(was.get(key, ())) != 1:
                continue
            before, after = (
                amount(f"signs-mixed/{when}", rows)
                for when, rows in (("was", was[key][0]), ("now", lines[0]))
            )
            if after.value and before.value is not None and after.pence == -before.pence:
                subject = f"{ledger.register[project].name}, {called(lines[0][0])}"
                ending = ": the same amount with the other sign. A minus mistyped is an error."
                message = (
                    f"{subject}: it comes to ",
                    after,
                    f"; quarter {last.period} has ",
                    before,
                    ending,
                )
                cells = merged_cells(after.cells, before.cells)
                yield Finding(
                    "signs-mixed",
                    subject,
                    "disagrees",
                    "query",
                    message,
                    cells=cells,
                    project=project,
                )


def type_matches(ledger: Ledger) -> Iterator[Finding]:
    """The type of saving ticked for a project is the type of its lines."""
    for project in ledger.rows("projects"):
        ticked = set(filter(None, (project.types or "").split("; ")))
        lines = with_money(counted_lines(ledger.of_project("savings", project.project)))
        totals = [
            row
            for row in with_money(ledger.of_project("totals", project.project))
            if row.saving_type
        ]
        about: dict[str, Any] = {"project": project.project}
        cells: tuple[str, ...] = (cell_of(project),)
        if not ticked or not [*lines, *totals]:
            continue
        typed = [row for row in [*lines, *totals] if row.types]
        others = dict.fromkeys(
            row.saving_type for row in typed if not set(row.types.split("; ")) & ticked
        )
        if not others:
            outcome: Outcome = "agrees" if typed else "not_stated"
            said = (
                "is the type of its lines"
                if typed
                else "cannot be held against its lines, as they state none"
            )
            message: Sentence = (
                f"{project.name}: the type ticked ({project.saving_type}) {said}.",
            )
            cells = (*cells, *cells_of([*lines, *totals]))
            yield Finding(
                "type-matches",
                project.name,
                outcome,
                severity_of(outcome),
                message,
                cells=cells,
                **about,
            )
        for saving_type in others:
            # Where no line carries the type, its overall total does, else those of its years.
            candidates = (lines, [row for row in totals if row.over == "both"], totals)
            of_type = (
                [row for row in rows if row.saving_type == saving_type] for rows in candidates
            )
            carried = next(filter(None, of_type))
            figure = amount(f"type-matches/{saving_type}", carried)
            message = (
                f"{project.name}: {project.saving_type} is ticked, but {saving_type} carries ",
                figure,
                ".",
            )
            yield Finding(
                "type-matches",
                project.name,
                "disagrees",
                "query",
                message,
                cells=(*cells, *figure.cells),
                **about,
            )


def rag_stated(ledger: Ledger) -> Iterator[Finding]:
    """Every amount of a table with RAG rows has its RAG status, and some table states a programme's savings by RAG."""
    for group in ledger.groups:
        lines = [row for block in group.blocks for row in group.lines[block]]
        # A split by route alone says nothing of what is delivered: the sheet that does may be
        # missing.
        if any(row.route for row in lines) and not any(row.rag or row.rag_missing for row in lines):
            said = _with_sheets(ledger, f"{group.called}: no table states its savings by RAG.")
            yield Finding(
                "rag-stated",
                group.called,
                "not_stated",
                "query",
                said,
                cells=cells_of(lines),
                **group.about,
            )
    for lines in ledger.by("savings", "block").values():
        if not any(row.rag or row.rag_missing for row in lines):
            continue
        for name, about, rows in by_owner(ledger, with_money(lines)):
            without = [row for row in rows if not row.rag]
            if not without:
                message: Sentence = (f"{name}: every amount carries a RAG status.",)
                yield Finding(
                    "rag-stated", name, "agrees", "note", message, cells=cells_of(rows), **about
                )
            for row in without:
                figure = amount("rag-stated/amount", [row])
                why = (
                    "RAG is blank"
                    if row.rag_missing in (None, "blank")
                    else f"RAG is {row.rag_missing}"
                )
                type_words = f"{row.saving_type}, " if row.saving_type else ""
                message = (
                    f"{name}, {type_words}{row.year or 'no year'}: ",
                    figure,
                    f"; its {why}.",
                )
                subject, year, cells = (
                    f"{name}: {row.saving_type or 'saving'}",
                    row.year or "",
                    cells_of([row]),
                )
                yield Finding(
                    "rag-stated",
                    subject,
                    "not_stated",
                    "query",
                    message,
                    year,
                    calculated=figure.pence,
                    cells=cells,
                    **about,
                )


def duplicate_line(ledger: Ledger) -> Iterator[Finding]:
    """No table states the same line twice; equal amounts on different lines are no matter."""
    for block in ledger.by("savings", "block").values():
        for name, about, own in by_owner(ledger, with_money(block)):
            lines: dict[tuple[object, ...], dict[int, list[Row]]] = defaultdict(
                lambda: defaultdict(list)
            )
            for row in own:
                lines[tuple(getattr(row, key) for key in SAME_LINE)][row.line_no].append(row)
            for key, printed in lines.items():
                # Rows of the sheet that carry the same words and share a year; one saving may have
                # a row for each year.
                years = [row.year for rows in printed.values() for row in rows]
                shared = {year for year in years if years.count(year) > 1}
                same = [[row for row in rows if row.year in shared] for rows in printed.values()]
                if same := [rows for rows in same if rows]:
                    words = ", ".join([name, *(str(part) for part in key[1:] if part)])
                    yield _repeated(words, sorted(year for year in shared if year), same, about)


def _repeated(
    words: str, years: list[str], same: list[list[Row]], about: dict[str, Any]
) -> Finding:
    """A line that stands more than once.

    With other amounts it may be a second saving, so a person must look.
    """
    figures = [amount(f"duplicate-line/{position}", rows) for position, rows in enumerate(same)]
    once = {
        tuple((row.year, row.amount_pence) for row in rows): figure.pence
        for rows, figure in zip(same, figures, strict=True)
    }
    is_copy = len(once) < len(same)
    listed = [part for figure in figures for part in (" and ", figure)][1:]
    count = "twice" if len(same) == 2 else f"{len(same)} times"
    opening = ", ".join([words, *([" and ".join(years)] if years else [])])
    message: Sentence = (f"{opening}: the same line stands {count}: ", *listed, ".")
    cells = cells_of([row for rows in same for row in rows])
    year = years[0] if len(years) == 1 else ""
    finding = Finding(
        "duplicate-line", words, "disagrees", "query", message, year, cells=cells, **about
    )
    if not is_copy:
        return finding
    return replace(
        finding,
        severity="error",
        stated=sum(once.values()),
        calculated=sum(figure.pence for figure in figures),
    )
