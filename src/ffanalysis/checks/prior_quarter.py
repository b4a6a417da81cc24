"""Rules that compare a figure with the same figure elsewhere, and with the quarter before."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ffanalysis.checks.compare import check_equality
from ffanalysis.figures import Figure, Sum, constant, total_of
from ffanalysis.findings import Amounts, Finding, Sentence
from ffanalysis.money import tolerance as rounding
from ffanalysis.provenance import cells_of, merged_cells
from ffanalysis.savings.analyses import analysis_rows, kinds_of
from ffanalysis.savings.assemble import line_key, line_label, tables_best_first
from ffanalysis.savings.left_out import left_out
from ffanalysis.savings.matching import (
    lines_by_key,
    lines_then_and_now,
    original_rags,
    readable_in_both,
    stated_original_rag,
)
from ffanalysis.savings.model import LineKey, Saving
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import BudgetRow, SavingRow, with_amount
from ffanalysis.vocabulary import TARGETS, Measure

# --- a thousand times -----------------------------------------------------------------------------


def unit_slip(quarter: Quarter) -> Iterator[Finding]:
    """No figure is a thousand times, or a thousandth of, the same line's figure elsewhere.

    Or of the same line's in the quarter before. Nor is a project's line far from all others of its
    table.
    """
    found = [*_slips_within(quarter), *_slips_since(quarter)]
    yield from found
    subjects = {finding.subject for finding in found}
    yield from (each for each in _far_from_others(quarter) if each.subject not in subjects)


def _slips_within(quarter: Quarter) -> Iterator[Finding]:
    """Slips between two analyses of one total, and between two budgets of one service."""
    for savings in quarter.programme_savings:
        best, *others = (
            (kind, total_of(analysis_rows(quarter, savings, table)))
            for table, kind in kinds_of(quarter, savings).items()
        )
        for kind, amount in others:
            words = (f"{best[0]} comes to ", f", {kind} to ")
            yield from _slipped(savings.label, words, best[1], amount, savings.about)
    budgets: dict[tuple[str, str], BudgetRow] = {}
    for row in with_amount(quarter.budget):
        one = budgets.setdefault((row.service, row.year), row)
        if one is not row:
            words = ("its budget is ", " in one place and ")
            about = {"service": row.service}
            first, second = (total_of([each]) for each in (one, row))
            yield from _slipped(row.service, words, first, second, about, year=row.year)


def _slips_since(quarter: Quarter) -> Iterator[Finding]:
    """Slips between the two quarters: of programmes' analyses, and of projects' lines."""
    before = quarter.before
    if before is None:
        return
    words = (f"in {before.period.called_in(quarter.period)} it was ", ", and now it is ")
    yield from _programme_slips(quarter, before, words)
    for project in readable_in_both(quarter, before):
        both = lines_then_and_now(before, quarter, project)
        for key, lines in both.now.items():
            if len(lines) == 1 and len(both.then.get(key, ())) == 1:
                subject = f"{quarter.register[project].name}, {lines[0].label}"
                first, second = (each[0].target.total for each in (both.then[key], lines))
                yield from _slipped(subject, words, first, second, {"project": project})


def _programme_slips(
    quarter: Quarter, before: Quarter, words: tuple[str, str]
) -> Iterator[Finding]:
    earlier = {(each.programme, each.subject): each for each in before.programme_savings}
    # What was in another unit in the quarter before, and is not now, has been mended.
    mended = {each.subject for each in _slips_within(before)}
    mended -= {each.subject for each in _slips_within(quarter)}
    for savings in quarter.programme_savings:
        then = earlier.get((savings.programme, savings.subject))
        if savings.label in mended or then is None:
            continue
        tables = {kind: table for table, kind in kinds_of(before, then).items()}
        for table, kind in kinds_of(quarter, savings).items():
            if kind in tables:
                was = total_of(analysis_rows(before, then, tables[kind]))
                now = total_of(analysis_rows(quarter, savings, table))
                yield from _slipped(f"{savings.label}, {kind}", words, was, now, savings.about)


def _slipped(
    subject: str,
    words: tuple[str, str],
    first: Sum,
    second: Sum,
    about: Mapping[str, Any],
    *,
    year: str = "",
) -> Iterator[Finding]:
    if not first.known or not second.known:
        return
    one, other = Figure("unit-slip/one", first), Figure("unit-slip/other", second)
    small, large = sorted((one, other), key=lambda figure: abs(figure.pence))
    allowed = rounding([large.stated_to or 1, 1000 * (small.stated_to or 1)])
    if abs(large.pence - 1000 * small.pence) > allowed:
        return
    times = ", a thousandth of it" if large is one else ", a thousand times as much"
    opening = ", ".join(filter(None, (subject, year)))
    message = (
        f"{opening}: {words[0]}",
        one,
        words[1],
        other,
        f"{times}. One of them is in the wrong unit.",
    )
    yield Finding(
        "unit-slip",
        subject,
        "disagrees",
        "error",
        message,
        year,
        Amounts(one, other),
        cells=merged_cells(one.cells, other.cells),
        **about,
    )


_FAR, _FEWEST_OTHERS = 100, 4


def _far_from_others(quarter: Quarter) -> Iterator[Finding]:
    """The lines a hundred times as large as any other of their table, or as small.

    A first quarter has nothing that they could be compared with; whether they are right, only a
    person can say.
    """
    for rows in quarter.savings.by("block").values():
        lines: dict[int | None, list[SavingRow]] = {}
        for row in with_amount(rows):
            if row.project and row.measure in TARGETS:
                lines.setdefault(row.line_no, []).append(row)
        sizes = {
            number: abs(amount.pence)
            for number, own in lines.items()
            if (amount := total_of(own)).known
        }
        order = sorted(sizes, key=lambda number: sizes[number])
        if len(order) <= _FEWEST_OTHERS:
            continue
        for number, nearest, words in (
            (order[-1], order[-2], "more than a hundred times"),
            (order[0], order[1], "less than a hundredth of"),
        ):
            small, large = sorted((sizes[number], sizes[nearest]))
            if large > _FAR * small:
                yield _far(quarter, lines[number], words)


def _far(quarter: Quarter, own: Sequence[SavingRow], words: str) -> Finding:
    owner = quarter.owner_of(own[0])
    subject = f"{owner.label}, {line_label(own[0])}"
    amount = Figure("unit-slip/line", total_of(own))
    # The other lines are other projects': their amounts have no place in this one's briefing.
    ending = f", {words} any other line in its table. It may be in the wrong unit."
    message: Sentence = (f"{subject}: it comes to ", amount, ending)
    return Finding(
        "unit-slip",
        subject,
        "disagrees",
        "query",
        message,
        amounts=Amounts(stated=amount),
        cells=cells_of(own),
        **owner.about,
    )


# --- opening = last close -------------------------------------------------------------------------

_OPENING = "opening-equals-last-close"


def opening_equals_last_close(quarter: Quarter) -> Iterator[Finding]:
    """A saving opens as the quarter before closed.

    Its original target and RAG stay, and no less of it is delivered.
    """
    before = quarter.before
    if before is None:
        return
    for project in readable_in_both(quarter, before):
        for measure in (Measure.ORIGINAL, Measure.DELIVERED):
            yield from _amounts_since(quarter, before, project, measure)
        yield from _original_rags(quarter, before, project)
        yield from _perhaps_renumbered(quarter, before, project)
    yield from _perhaps_renamed(quarter, before)


def _amounts_since(
    quarter: Quarter, before: Quarter, project: str, measure: Measure
) -> Iterator[Finding]:
    """What each line states under a measure against what it stated the quarter before.

    Nothing where either is not known in full, nor over years that are over and listed no longer.
    """
    then, since = (_of_measure(each, project, measure) for each in (before, quarter))
    left = left_out(before, quarter, project)
    for key, rows in since.items():
        opening = [row for row in then.get(key, ()) if not left.has(row)]
        was = Figure(f"{_OPENING}/was", total_of(opening))
        now = Figure(f"{_OPENING}/now", total_of(rows))
        if was.is_whole and now.is_whole:
            line = f"{quarter.register[project].name}, {line_label(rows[0])}"
            then_words = before.period.called_in(quarter.period)
            yield _amount_since(then_words, project, line, measure, was, now)


def _of_measure(quarter: Quarter, project: str, measure: Measure) -> dict[LineKey, list[SavingRow]]:
    """A project's amounts under a measure by line, as the table states them that says most."""
    own = [row for row in quarter.savings.of_project(project) if row.measure == measure]
    found: dict[LineKey, list[SavingRow]] = {}
    for row in next(iter(tables_best_first(own).values()), []):
        found.setdefault(line_key(row), []).append(row)
    return found


_UNCHANGED = (
    "An original target does not change: put it back, and write the corrected amount in a column"
    " headed Revised target and its year."
)


def _amount_since(
    then: str, project: str, line: str, measure: Measure, was: Figure, now: Figure
) -> Finding:
    allowed = rounding([was.stated_to or 1, now.stated_to or 1])
    outcome = check_equality(now.pence, was.pence, allowed)
    if measure == Measure.DELIVERED and now.pence > was.pence:
        outcome = "agrees"
    message: Sentence = (f"{line.removesuffix(', Saving')}: {measure} ", now)
    if now.value == was.value:
        message += (f", as in {then}",)
    else:
        message += (f"; in {then} it was ", was)
    why = {
        Measure.ORIGINAL: f" {_UNCHANGED}",
        Measure.DELIVERED: " The amount delivered cannot fall.",
    }[measure]
    return Finding(
        _OPENING,
        f"{line}, {measure}",
        outcome,
        "query" if outcome == "disagrees" else "note",
        (*message, f".{why if outcome == 'disagrees' else ''}"),
        amounts=Amounts(now, was, constant(allowed, "what both are rounded to")),
        cells=merged_cells(now.cells, was.cells),
        project=project,
    )


def _perhaps_renamed(quarter: Quarter, before: Quarter) -> Iterator[Finding]:
    """The projects that look new and whose lines have the references of one that looks removed."""
    gone = {
        _references(before, project): row
        for project, row in before.register.items()
        if project not in quarter.register
    }
    for project, row in quarter.register.items():
        references = _references(quarter, project)
        if project not in before.register and references and references in gone:
            refs = ", ".join(sorted(references))
            name = gone[references].name
            then = before.period.called_in(quarter.period)
            was = f"{name}, which was listed in {then} and is not now"
            hint = "If only the name has changed, say so in aliases.toml."
            brief = f"{row.name} is new, but its lines are those of {was}. It may be a new name."
            yield Finding(
                _OPENING,
                row.name,
                "not_stated",
                "query",
                (f"{row.name} is new, and its lines ({refs}) are those of {was}. {hint}",),
                cells=cells_of([row, gone[references]]),
                project=project,
                brief=(brief,),
            )


def _perhaps_renumbered(quarter: Quarter, before: Quarter, project: str) -> Iterator[Finding]:
    """The lines that look new and state, year by year, what one states that looks removed."""
    both = lines_then_and_now(before, quarter, project)
    gone = {
        _years_of(lines[0]): lines[0]
        for key, lines in both.then.items()
        if key not in both.now and len(lines) == 1
    }
    name = quarter.register[project].name
    for key, lines in both.now.items():
        years = _years_of(lines[0])
        if key in both.then or len(lines) != 1 or not years or years not in gone:
            continue
        line, old = lines[0], gone[years]
        message = (
            f"{name}: {line.label} is new, with the same amounts as {old.label}, which was listed"
            f" in {before.period.called_in(quarter.period)} and is not now. If it is the same line,"
            " give it the same reference in both quarters."
        )
        yield Finding(
            _OPENING,
            f"{name}, {line.label}",
            "not_stated",
            "query",
            (message,),
            cells=cells_of([*line.target, *old.target]),
            project=project,
        )


def _years_of(line: Saving) -> tuple[tuple[str, int], ...]:
    """The amounts of a line, year by year; nothing where it states none."""
    return tuple(sorted((row.year or "", row.amount_pence or 0) for row in line.target.non_zero))


def _references(quarter: Quarter, project: str) -> frozenset[str]:
    return frozenset(row.ref for row in quarter.savings.of_project(project) if row.ref)


def _original_rags(quarter: Quarter, before: Quarter, project: str) -> Iterator[Finding]:
    """The RAG status that a schedule says a line began with.

    Against what the quarter before said, else against the first one.
    """
    first, found = original_rags(before, project)
    then = lines_by_key(before, project)
    for key, lines in lines_by_key(quarter, project).items():
        stated, stated_then = stated_original_rag(lines), stated_original_rag(then.get(key, []))
        was = stated_then or found.get(key, "")
        if not stated or not was:
            continue
        line = f"{quarter.register[project].name}, {lines[0].label}"
        where = f"in {first.called_in(quarter.period)} it was {was}"
        if stated_then:
            where = f"{before.period.called_in(quarter.period)} gives {was}"
        same = stated == was
        yield Finding(
            _OPENING,
            f"{line}, original RAG",
            "agrees" if same else "disagrees",
            "note" if same else "query",
            (f"{line}: the original RAG status is given as {stated}; {where}.",),
            cells=cells_of([row for each in lines for row in each.target]),
            project=project,
        )
