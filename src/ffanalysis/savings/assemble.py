"""Whose a line is.

What a project owns, what is only its context, what meets at one total, whom a refusal withholds.
"""

from collections.abc import Callable, Iterator, Sequence
from types import SimpleNamespace
from typing import Any

from ffanalysis.savings.quarter import Group, Ledger
from ffanalysis.tables import Row, Tables
from ffanalysis.vocabulary import BLANK, scope_service

_TARGETS = (None, "original target", "revised target")


def counted_lines(own: list[Row]) -> list[Row]:
    """Of a project's own lines those that count.

    Of each plan its targets, revised where they are, as one analysis states them.
    """
    own = [row for row in own if row.measure in _TARGETS]
    found: list[Row] = []
    for plan in dict.fromkeys(row.plan for row in own):
        found += _revised([row for row in own if row.plan == plan])
    return found


def _revised(targets: list[Row]) -> list[Row]:
    """The targets of one analysis, with those that were revised in the place of the original ones, and those that are new.

    A line that no revised target is stated of keeps its own, where it can be told which lines were revised.
    """
    before = [row for row in targets if row.measure != "revised target"]
    revised = next(
        iter(
            in_parts([row for row in targets if row.measure == "revised target"], before).values()
        ),
        [],
    )
    if not revised:
        return first_analysis(before)
    # The table that holds both says best which line is which.
    for rows in sorted(
        by_analysis(before).values(), key=lambda rows: rows[0].block != revised[0].block
    ):
        called = _called_in(rows, revised)
        said = {
            called(row) for row in revised if row.amount_pence is not None or row.missing != BLANK
        }
        of_these = said & {called(row) for row in rows}
        types = {line_of_type(row) for row in rows}
        is_new = all(
            row.ref or line_of_type(row) not in types
            for row in revised
            if called(row) not in of_these
        )
        if said <= of_these or (of_these and is_new):
            kept = [row for row in revised if called(row) in said] + [
                row for row in rows if called(row) not in said
            ]
            return [row for row in targets if row in kept]
    return revised


def _called_in(rows: list[Row], revised: list[Row]) -> Callable[[Row], tuple[str, ...]]:
    """What tells the lines of a table and their revised targets from each other.

    References, else types where these suffice.
    """
    if not any(row.ref for row in revised) and is_told_by_type(rows):
        return line_of_type
    by_ref: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
    for row in rows:
        by_ref.setdefault(line_of(row), set()).add(line_of_type(row))
    shared = {ref for ref, types in by_ref.items() if len(types) > 1}
    # One reference over several types or routes: where the revised targets tell these apart, each
    # is a line.
    if shared and all(
        line_of_type(row) in by_ref[line_of(row)] for row in revised if line_of(row) in shared
    ):
        return lambda row: (*line_of(row), *(line_of_type(row) if line_of(row) in shared else ()))
    return line_of


def in_parts(rows: list[Row], targets: list[Row]) -> dict[str, list[Row]]:
    """The analyses of one measure of a project's savings.

    Tables of different lines of its targets are parts of one.

    Which lines those are, only their references say; without them two tables are two analyses of
    the same.
    """
    known = {line_of(row) for row in targets if row.ref}
    found: dict[str, list[Row]] = {}
    for block, own in by_analysis(rows).items():
        lines = {line_of(row) for row in own}
        is_part = bool(lines & known) and all(row.ref for row in own)
        whole = next(
            (some for some in found.values() if is_part and _has_others(some, lines, known)), None
        )
        if whole is None:
            found[block] = own
        else:
            whole += own
    return found


def _has_others(rows: list[Row], lines: set[tuple[str, ...]], known: set[tuple[str, ...]]) -> bool:
    """Whether rows are of other lines than these, some of them known, and all by their references."""
    own = {line_of(row) for row in rows}
    return bool(own & known) and not own & lines and all(row.ref for row in rows)


# What the rows of one line have in common.
SAME_LINE = ("plan", "saving_type", "route", "rag", "rag_missing", "measure", "ref", "mitigates")


def line_of(row: Row) -> tuple[str, ...]:
    """What a line is told from others by.

    Its reference, in any letters, else its type and delivery route.
    """
    return ("ref", "".join(row.ref.casefold().split())) if row.ref else line_of_type(row)


def line_of_type(row: Row) -> tuple[str, ...]:
    """The same without its reference, where that of a table has none."""
    return ("type", row.saving_type or "", row.route or "")


def is_told_by_type(rows: Sequence[Row]) -> bool:
    """Whether no two lines are of one type and delivery route."""
    return len({line_of_type(row) for row in rows}) == len({line_of(row) for row in rows})


def by_analysis(rows: list[Row]) -> dict[str, list[Row]]:
    """Rows by the analysis that states them, the one that says most first.

    Years and RAG, then years, then the rest.

    Analyses of the same savings are never summed; the first is counted, and the others are held
    against it.
    """
    blocks: dict[str, list[Row]] = {}
    for row in rows:
        blocks.setdefault(row.block, []).append(row)

    def says(block: str) -> tuple[bool, bool]:
        return not any(row.year for row in blocks[block]), not any(row.rag for row in blocks[block])

    return {block: blocks[block] for block in sorted(blocks, key=says)}


def is_context(ledger: Ledger, row: Row, programme: str, service: str) -> bool:
    """Whether a programme's line, for `service`, is context of the register's row.

    About a service the project is part of.
    """
    if programme and row.programme and programme != row.programme:
        return False
    return service in ledger.chain(row.service) if service else bool(programme)


def context_groups(ledger: Ledger, project: str) -> list[Group]:
    """The programme's analyses that the project's briefing shows beside its own money, in the order of the schedule."""
    row = ledger.register[project]
    return [
        group
        for group in ledger.counting
        if is_context(ledger, row, group.programme, group.service)
    ]


def first_analysis(rows: list[Row]) -> list[Row]:
    """Rows as one analysis states them, the one that says most."""
    return next(iter(by_analysis(rows).values()), [])


_ANY = "any"


def measured(ledger: Ledger, project: str, measure: str, plan: str | None = _ANY) -> list[Row]:
    """What one analysis states of a project's savings as a measure, such as what is delivered to date.

    Of one plan, or of all but that of earlier years; of savings of their own alone, as their targets are counted.
    """
    rows = [
        row
        for row in ledger.of_project("savings", project)
        if (row.plan != "prior" if plan == _ANY else row.plan == plan)
    ]
    own = [row for row in rows if row.measure == measure and is_own(row)]
    return next(iter(in_parts(own, [row for row in rows if row.measure in _TARGETS]).values()), [])


def is_own(row: Row) -> bool:
    """Whether a line is a saving of its own.

    "Faster" only brings planned savings forward, and some stand in for another.
    """
    return row.types != "Faster" and not row.mitigates


def stands_twice(rows: list[Row]) -> bool:
    """Whether one table states a line with the same amount of the same year more than once."""
    once = {
        (row.block, row.year, row.amount_pence, *(getattr(row, key) for key in SAME_LINE))
        for row in with_money(rows)
    }
    return len(once) < len(with_money(rows))


def stated(rows: list[Row]) -> list[Row]:
    """The rows that state an amount."""
    return [row for row in rows if row.amount_pence is not None]


def with_money(rows: list[Row]) -> list[Row]:
    """The rows that state an amount other than nil."""
    return [row for row in rows if row.amount_pence]


def marked(rows: list[Row]) -> list[Row]:
    """The rows whose amount the source itself marks as missing (TBC, .., #REF!).

    A blank cell is no such gap.
    """
    return [row for row in rows if row.amount_pence is None and row.missing != BLANK]


# Why an amount is missing that stands in a refused cell.
REFUSED = "cannot be read"


def refused_in(ledger: Ledger, block: str) -> list[Row]:
    """The refused cells of a printed table, as gaps.

    Each may hold an amount, or the words of a whole line.
    """
    return [
        SimpleNamespace(**row._asdict() | {"amount_pence": None, "missing": REFUSED})
        for row in ledger.of_block("refusals", block)
        if row.cell and not row.over
    ]


def whose(ledger: Ledger, row: Row) -> tuple[str, dict[str, Any]]:
    """What a line of savings is called in a sentence, and whom it concerns."""
    if row.project:
        known = ledger.register.get(row.project)
        return str(known.name if known else row.project), {"project": row.project}
    about = {"programme": row.programme or "", "service": scope_service(row.scope)}
    behind = f" ({row.programme})" if row.programme and about["service"] in ledger.shared else ""
    return f"{row.scope}{behind}" if row.scope else row.programme or f"Sheet {row.sheet}", about


def by_owner(ledger: Ledger, rows: list[Row]) -> list[tuple[str, dict[str, Any], list[Row]]]:
    """Lines by the project or scope they belong to.

    Its name in a sentence, whom it concerns, and its lines.
    """
    found: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(
            (row.project,) if row.project else (row.scope, row.programme, row.sheet), []
        ).append(row)
    return [(*whose(ledger, own[0]), own) for own in found.values()]


def withheld(tables: Tables) -> dict[str, tuple[str, ...]]:
    """The projects that a refused cell withholds, with the sentences that say why.

    A refusal withholds the project it names, or every project of the programme or service it names;
    one that names nothing withholds all.
    """
    reasons: dict[str, list[str]] = {}
    for refusal, projects in touched(Ledger.of(tables)):
        for project in projects:
            reasons.setdefault(project, []).append(refusal.sentence)
    return {project: tuple(sentences) for project, sentences in reasons.items()}


def touched(ledger: Ledger) -> Iterator[tuple[Row, list[str]]]:
    """Each refusal with the projects that it withholds."""
    known: dict[tuple[str, str, str], list[str]] = {}
    for refusal in ledger.rows("refusals"):
        about = (refusal.project, refusal.programme, refusal.service)
        if about not in known:
            own = ledger.register.get(refusal.project)
            rows = [own] if own else ledger.register.values()
            known[about] = [row.project for row in rows if _touches(ledger, refusal, row)]
        yield refusal, known[about]


def _touches(ledger: Ledger, refusal: Row, row: Row) -> bool:
    """Whether a refusal withholds the project of this row of the register."""
    if refusal.project:
        return bool(refusal.project == row.project)
    if refusal.programme:
        return not row.programme or bool(row.programme == refusal.programme)
    if refusal.service:
        chain = ledger.chain(row.service)
        # A budget row that was refused may be the one that would have said what the service is part
        # of.
        return scope_service(refusal.service) in chain or len(chain) < 2
    return True
