"""Rules about what savings state: their scope, type, sign and RAG, and lines listed twice."""

from collections.abc import Iterator, Sequence
from typing import Any

from ffanalysis.checks.compare import MOST_NAMED, severity_of
from ffanalysis.figures import Figure, amount_of, counted, total_of
from ffanalysis.findings import Amounts, Finding, Outcome, Sentence, Severity
from ffanalysis.measure.stages import stage_now
from ffanalysis.provenance import CellRef, cell_of, cells_of, merged_cells
from ffanalysis.savings.analyses import kinds_of
from ffanalysis.savings.assemble import is_statement, role_of, targets_of_table
from ffanalysis.savings.left_out import years_ended
from ffanalysis.savings.matching import lines_then_and_now, readable_in_both
from ffanalysis.savings.model import Owner
from ffanalysis.savings.quarter import Quarter
from ffanalysis.savings.refusals import with_refused_lines
from ffanalysis.tables import ProjectRow, SavingRow, TotalRow, non_zero
from ffanalysis.vocabulary import (
    CARRIED_FORWARD,
    NOT_LEGIBLE,
    PROGRESS,
    Actor,
    Plan,
    Role,
    not_given,
)


def scope_agrees(quarter: Quarter) -> Iterator[Finding]:
    """Analyses of one programme are about the same scope, else their lines are not compared."""
    for savings in quarter.programme_savings:
        if len(savings.tables) < 2:
            continue
        kinds = kinds_of(quarter, savings)
        scopes = {table: rows[0] for table, rows in savings.analyses.items()}
        is_one = len({row.scope for row in scopes.values()}) == 1
        outcome: Outcome = "agrees" if is_one else "not_comparable"
        words = ", ".join(f"{kinds[table]} is for '{row.scope}'" for table, row in scopes.items())
        ending = ". The scopes differ, so their lines are not compared."
        if is_one:
            both = "both tables cover" if len(scopes) == 2 else "all tables cover"
            words, ending = f"{both} {next(iter(scopes.values())).scope}", "."
        if not savings.service:
            outcome, ending = "not_stated", " give no scope."
            words = " and ".join(kinds[table] for table in scopes)
        severity: Severity = "query" if outcome == "not_comparable" else "note"
        message = (f"{savings.label}: {words}{ending}",)
        cells = cells_of(scopes.values())
        yield Finding(
            "scope-agrees", savings.label, outcome, severity, message, cells=cells, **savings.about
        )


# --- what is missing ------------------------------------------------------------------------------


def savings_stated(quarter: Quarter) -> Iterator[Finding]:
    """Some table states a saving of every registered project; no sheet of savings is lost.

    One that is withdrawn or rejected is rightly in no table any more.
    """
    yield from _lost_sheets(quarter)
    refused = with_refused_lines(quarter)
    for project in quarter.projects:
        rows = quarter.savings.of_project(project.project)
        if project.project in refused:
            continue
        if any(map(is_statement, rows)):
            yield from _nothing_counted(quarter, project)
            continue
        if ended := years_ended(quarter, project.project):
            yield _ended(project, ended)
            continue
        if stage_now(quarter, project).is_given_up:
            continue
        what = "no table has a saving for it."
        if rows:
            what = "all its amounts are blank; its figures may not have been returned."
        message = _with_sheets(quarter, f"{project.name}: {what}")
        yield Finding(
            "savings-stated",
            project.name,
            "not_stated",
            "error",
            message,
            cells=cells_of([project, *rows]),
            project=project.project,
        )


_NOT_ADDED = {
    Role.ACCELERATED: "only brings forward a saving that is counted elsewhere",
    Role.CARRIED_FORWARD: "was planned in an earlier year and is counted there",
}

_WRITE_TYPE = {
    Role.ACCELERATED: (
        "write another type, such as New; or say what the word means, as"
        ' New = ["{}"] under [words.types] in layout.toml'
    ),
    Role.CARRIED_FORWARD: "write another type, such as New",
}


def _nothing_counted(quarter: Quarter, project: ProjectRow) -> Iterator[Finding]:
    """The plans of a project in which nothing is added, as all its lines are of such a type.

    Faster lines that are proposed bring forward what the plan has, where that counts.
    """
    for plan in quarter.plans_of(project.project):
        if plan == Plan.PRIOR:
            continue
        beside = (quarter.savings_of(project.project, each) for each in (Plan.CURRENT, plan))
        if any(savings.target.non_zero for savings in beside):
            continue
        lines: dict[tuple[str, Role], list[SavingRow]] = {}
        for line in quarter.savings_of(project.project, plan).lines:
            if line.role in _NOT_ADDED:
                own = lines.setdefault((line.saving_type, line.role), [])
                own += line.target.non_zero
        for (saving_type, role), rows in lines.items():
            if rows:
                yield _not_added(project, saving_type, role, rows)


def _not_added(
    project: ProjectRow, saving_type: str, role: Role, rows: Sequence[SavingRow]
) -> Finding:
    amount = Figure("savings-stated/not-added", total_of(rows))
    why = f"its type '{saving_type}' is taken for a saving that {_NOT_ADDED[role]}"
    told: Sentence = (amount, f" is not added, as {why}; nothing else of it counts.")
    return Finding(
        "savings-stated",
        f"{project.name}, {saving_type}",
        "not_stated",
        "query",
        (
            f"{project.name}: ",
            *told,
            f" If it is a saving of its own, {_WRITE_TYPE[role].format(saving_type)}.",
        ),
        cells=cells_of(rows),
        project=project.project,
        brief=(f"{project.name}: ", *told, " Ask the service whether it is a saving of its own."),
    )


def _ended(project: ProjectRow, years: Sequence[str]) -> Finding:
    """That nothing is stated of a project any more, as its years are over."""
    listed = f"{years[0]} to {years[-1]}" if len(years) > 1 else years[0]
    verb = "are" if len(years) > 1 else "is"
    return Finding(
        "savings-stated",
        project.name,
        "not_stated",
        "note",
        (f"{project.name}: its savings were in {listed}, which {verb} over and listed no longer.",),
        cells=cells_of([project]),
        project=project.project,
    )


def _lost_sheets(quarter: Quarter) -> Iterator[Finding]:
    """The sheets that stated savings in the quarter before, and of which no table is read now."""
    unread = {(row.workbook, row.sheet) for row in quarter.unused if row.sheet and not row.cell}
    last = quarter.before
    if not last or not unread:
        return
    place = f"{last.period}/"
    before = dict.fromkeys((row.workbook.removeprefix(place), row.sheet) for row in last.savings)
    for workbook, sheet in before:
        if (workbook, sheet) in unread:
            then = last.period.called_in(quarter.period)
            message = (
                f"{workbook}, sheet {sheet}: it had savings in {then}, but"
                " no table in it is recognised now. Compare its headings with that quarter's."
            )
            yield Finding(
                "savings-stated",
                f"{workbook}, {sheet}",
                "not_stated",
                "error",
                (message,),
                cells=(CellRef(workbook, sheet, "A1"),),
            )


_MOST_SHEETS = 12


def _with_sheets(quarter: Quarter, opening: str) -> Sentence:
    """A sentence, and the sheets that state savings, so that it shows which is missing."""
    sheets = list(dict.fromkeys(f"{row.workbook}, {row.sheet}" for row in quarter.savings))
    words = f"{opening} Sheets with savings: {'; '.join(sheets[:_MOST_SHEETS]) or 'none'}"
    if len(sheets) <= _MOST_SHEETS:
        return (f"{words}.",)
    more = Figure("more-sheets", counted(sheets[_MOST_SHEETS:]), "count")
    return (f"{words}; and ", more, " more.")


# --- signs ----------------------------------------------------------------------------------------


def signs_mixed(quarter: Quarter) -> Iterator[Finding]:
    """The savings of a table have one sign; the few with the other may reverse a one-off."""
    for lines in quarter.savings.by("block").values():
        more = [row for row in non_zero(lines) if (row.amount_pence or 0) > 0]
        less = [row for row in non_zero(lines) if (row.amount_pence or 0) < 0]
        if not more or not less:
            continue
        kind, odd = ("add to spending", less) if len(less) <= len(more) else ("save", more)
        for owner, rows in quarter.by_owner(odd):
            yield _mixed(owner, kind, rows)
    yield from _signs_turned(quarter)


def _mixed(owner: Owner, kind: str, rows: Sequence[SavingRow]) -> Finding:
    message: list[str | Figure] = [
        f"{owner.label}: the other amounts in the table have the opposite sign, but these {kind}: "
    ]
    for number, row in enumerate(rows[:MOST_NAMED]):
        words = (row.saving_type, row.route, row.rag, row.ref, row.measure, row.year)
        named = ", ".join(filter(None, words))
        message += [", " if number else "", Figure(f"signs-mixed/{number}", amount_of(row))]
        message += [f" ({named})"] if named else []
    rest = len(rows) - MOST_NAMED
    message.append(f" and {rest} more." if rest > 0 else ".")
    message.append(" A reversed one-off may look like this; a mistyped minus is an error.")
    return Finding(
        "signs-mixed",
        owner.label,
        "disagrees",
        "query",
        tuple(message),
        cells=cells_of(rows),
        **owner.about,
    )


def _signs_turned(quarter: Quarter) -> Iterator[Finding]:
    """The lines that come to what the quarter before had, with the other sign."""
    before = quarter.before
    if before is None:
        return
    for project in readable_in_both(quarter, before):
        both = lines_then_and_now(before, quarter, project)
        for key, lines in both.now.items():
            if len(lines) != 1 or len(both.then.get(key, ())) != 1:
                continue
            then, since = (
                Figure(f"signs-mixed/{when}", own[0].target.total)
                for when, own in (("was", both.then[key]), ("now", lines))
            )
            if since.value and then.value is not None and since.pence == -then.pence:
                subject = f"{quarter.register[project].name}, {lines[0].label}"
                yield Finding(
                    "signs-mixed",
                    subject,
                    "disagrees",
                    "query",
                    (
                        f"{subject}: it comes to ",
                        since,
                        f"; in {before.period.called_in(quarter.period)} it was ",
                        then,
                        ", the same amount with the opposite sign. A mistyped minus is an error.",
                    ),
                    cells=merged_cells(since.cells, then.cells),
                    project=project,
                )


# --- types ----------------------------------------------------------------------------------------


def type_matches(quarter: Quarter) -> Iterator[Finding]:
    """The type of saving ticked for a project is the type of its lines."""
    for project in quarter.projects:
        ticked = set(filter(None, (project.types or "").split("; ")))
        lines, totals = _with_types(quarter, project.project)
        if ticked and (lines or totals):
            yield from _types_of(project, ticked, lines, totals)


def _with_types(quarter: Quarter, project: str) -> tuple[list[SavingRow], list[TotalRow]]:
    """A project's lines that carry money, plan by plan, and the totals of a type of saving."""
    lines = [
        row
        for plan in quarter.plans_of(project)
        for row in quarter.savings_of(project, plan).printed.non_zero
    ]
    totals = [
        row
        for row in non_zero(quarter.totals.of_project(project))
        if row.saving_type and row.measure not in PROGRESS
    ]
    return lines, totals


def _types_of(
    project: ProjectRow,
    ticked: set[str],
    lines: Sequence[SavingRow],
    totals: Sequence[TotalRow],
) -> Iterator[Finding]:
    rule = "type-matches"
    about: dict[str, Any] = {"project": project.project}
    every: list[SavingRow | TotalRow] = [*lines, *totals]
    typed = [row for row in every if row.types and row.types != CARRIED_FORWARD]
    others = dict.fromkeys(
        row.saving_type for row in typed if not set((row.types or "").split("; ")) & ticked
    )
    cells = (cell_of(project),)
    if not others:
        outcome: Outcome = "agrees" if typed else "not_stated"
        words = "matches its lines"
        if not typed:
            words = "cannot be compared with its lines, as they give none"
        yield Finding(
            rule,
            project.name,
            outcome,
            severity_of(outcome),
            (f"{project.name}: the type of saving ({project.saving_type}) {words}.",),
            cells=(*cells, *cells_of([*lines, *totals])),
            **about,
        )
    for saving_type in others:
        for carried in _carrying(saving_type, lines, totals):
            figure = Figure(f"{rule}/{saving_type}", total_of(carried))
            words = f"{project.name}: {project.saving_type} is ticked, but "
            message = (words, figure, f" is under {saving_type}.")
            both = (*cells, *figure.cells)
            yield Finding(rule, project.name, "disagrees", "query", message, cells=both, **about)


def _carrying(
    saving_type: str | None, lines: Sequence[SavingRow], totals: Sequence[TotalRow]
) -> list[Sequence[SavingRow | TotalRow]]:
    """The amounts of a type, plan by plan: its lines, else its overall total, else its years'."""
    found: list[Sequence[SavingRow | TotalRow]] = []
    every: list[SavingRow | TotalRow] = [*lines, *totals]
    for plan in dict.fromkeys(row.plan for row in every):
        overall = [row for row in totals if row.over == "both"]
        for candidates in (lines, overall, totals):
            own = [row for row in candidates if row.saving_type == saving_type and row.plan == plan]
            if own:
                found.append(_of_one_role(own))
                break
    return found


def _of_one_role(rows: list[SavingRow | TotalRow]) -> list[SavingRow | TotalRow]:
    """Of lines of one type those of one role: savings of their own, where there are any."""
    roles = [role_of(row) if isinstance(row, SavingRow) else Role.OWN for row in rows]
    role = Role.OWN if Role.OWN in roles else roles[0]
    return [row for row, own in zip(rows, roles, strict=True) if own == role]


# --- RAG ------------------------------------------------------------------------------------------


def rag_stated(quarter: Quarter) -> Iterator[Finding]:
    """Every target of a table with RAG rows has its RAG status.

    And some table states a programme's savings by RAG.
    """
    yield from _without_rag_table(quarter)
    for lines in quarter.savings.by("block").values():
        if any(row.rag or row.rag_missing for row in lines):
            for owner, rows in quarter.by_owner(targets_of_table(lines)):
                if targets := non_zero(rows):
                    yield from _unrated(owner, targets)


def _without_rag_table(quarter: Quarter) -> Iterator[Finding]:
    """Programmes split by route alone: the sheet that says what is delivered may be missing."""
    for savings in quarter.programme_savings:
        lines = [row for rows in savings.analyses.values() for row in rows]
        is_rated = any(row.rag or row.rag_missing for row in lines)
        if savings.measure not in PROGRESS and any(row.route for row in lines) and not is_rated:
            words = f"{savings.label}: no table gives its savings by RAG."
            yield Finding(
                "rag-stated",
                savings.label,
                "not_stated",
                "query",
                _with_sheets(quarter, words),
                cells=cells_of(lines),
                **savings.about,
            )


def _unrated(owner: Owner, rows: Sequence[SavingRow]) -> Iterator[Finding]:
    """The targets that carry no RAG status."""
    without = [row for row in rows if not row.rag]
    if not without:
        message: Sentence = (f"{owner.label}: every amount has a RAG status.",)
        cells = cells_of(rows)
        yield Finding(
            "rag-stated", owner.label, "agrees", "note", message, cells=cells, **owner.about
        )
    yield from (_without_status(owner, row) for row in without)


def _without_status(owner: Owner, row: SavingRow) -> Finding:
    """A target that has no RAG status, and why."""
    figure = Figure("rag-stated/amount", amount_of(row))
    words = f"{row.saving_type}, " if row.saving_type else ""
    opening = f"{owner.label}, {words}{row.year or 'no year'}: "
    return Finding(
        "rag-stated",
        f"{owner.label}: {row.saving_type or 'saving'}",
        "not_stated",
        "query",
        (f"{opening}the RAG status of ", figure, f" is {not_given(row.rag_missing)}."),
        row.year or "",
        Amounts(figure),
        cells=cells_of([row]),
        acts=Actor.FINANCE if row.rag_missing == NOT_LEGIBLE else None,
        **owner.about,
    )
