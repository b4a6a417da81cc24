"""How a check ends: a stated total against what adds up to it, and a limit against what is held to it."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from ffanalysis import money
from ffanalysis.model import Figure, Finding, Outcome, Sentence, Severity, cell_of, merged_cells
from ffanalysis.reconcile.lines import marked, stated


def cells_of(rows: Sequence[Any]) -> tuple[str, ...]:
    """The cells of rows, each once."""
    return merged_cells([cell_of(row) for row in rows])


def amount(name: str, rows: Sequence[SimpleNamespace], project: str = "", label: str = "") -> Figure:
    """The sum of what the rows state. Nothing stated stays missing; a gap that the source marks makes it partial."""
    known = stated(list(rows))
    gaps = marked(list(rows))
    if not known:
        missing = gaps[0].missing if gaps else "blank" if rows else "not stated"
        return Figure(name, None, cells_of(gaps or rows), missing=missing, project=project, label=label)
    return Figure(
        name,
        sum(row.amount_pence for row in known),
        cells_of([*known, *gaps]),
        stated_to=max(row.stated_to_pence for row in known),
        partial=bool(gaps),
        missing=gaps[0].missing if gaps else "",
        project=project,
        label=label,
    )


def compared(calculated: int, total: int, allowed: int) -> Outcome:
    """How an equality ends, in pence."""
    if calculated == total:
        return "agrees"
    return "within_rounding" if abs(calculated - total) <= allowed else "disagrees"


def held(value: int, limit: int, allowed: int) -> Outcome:
    """How a limit ends, in pence: too close to tell where rounding alone could decide it."""
    if abs(limit - value) <= allowed and value != limit and allowed:
        return "too_close"
    return "within_limit" if value <= limit else "exceeds_limit"


def severity_of(outcome: Outcome) -> Severity:
    """What an outcome asks of people by itself: an error to mend, a query to look at, or nothing."""
    if outcome in ("disagrees", "exceeds_limit"):
        return "error"
    return "query" if outcome == "too_close" else "note"


def compare_words(difference: int, allowed: int, name: str) -> Sentence:
    """The end of a sentence on an equality: the difference, its direction and what rounding allows."""
    if difference == 0:
        return (", as stated.",)
    gap = Figure(f"{name}/difference", abs(difference), ())
    direction = "more" if difference > 0 else "less"
    limit = Figure(f"{name}/tolerance", allowed, ())
    if abs(difference) <= allowed:
        return (" (", gap, f" {direction} than stated, within the ", limit, " that rounding allows).")
    return (" (", gap, f" {direction} than stated; rounding allows ", limit, ").")


def equality(
    rule: str,
    subject: str,
    year: str,
    parts: Sequence[SimpleNamespace],
    total: SimpleNamespace | None,
    words: Sentence,
    states: str = "the total printed is ",
    **about: Any,
) -> Finding:
    """A stated total against the parts that should add to it.

    `words` open the sentence ("Education & Skills, 2016/17: the RAG rows add to "); the figures and the ending follow.
    """
    name = Finding(rule, subject, "agrees", "note", (), year).id
    sum_of = amount(f"{name}/calculated", parts)
    cells = cells_of([*stated(list(parts)), *marked(list(parts)), *([total] if total else [])])
    if sum_of.value is None and (total is None or total.amount_pence is None):
        message: Sentence = (*words, "nothing, as no figure is stated; no total is stated either.")
        return Finding(rule, subject, "not_stated", "note", message, year, cells=cells, **about)
    if total is None or total.amount_pence is None:
        why = "no total is stated." if total is None or total.missing == "blank" else f"the total is marked {total.missing}."
        return Finding(
            rule, subject, "not_stated", "note", (*words, sum_of, f"; {why}"), year, calculated=sum_of.pence, cells=cells, **about
        )
    end = Figure(f"{name}/stated", total.amount_pence, cells_of([total]), stated_to=total.stated_to_pence)
    if sum_of.value is None or sum_of.partial:
        known = ("known parts ", sum_of) if sum_of.value is not None else ("no part known",)
        message = (*words, *known, " of ", end, f"; a part is marked {sum_of.missing}.")
        known_part = None if sum_of.value is None else sum_of.pence
        return Finding(rule, subject, "not_stated", "query", message, year, end.pence, known_part, cells=cells, **about)
    allowed = money.tolerance([*(row.stated_to_pence for row in stated(list(parts))), total.stated_to_pence])
    outcome = compared(sum_of.pence, end.pence, allowed)
    difference = sum_of.pence - end.pence
    middle: Sentence = () if difference == 0 else ("; ", states, end)
    message = (*words, sum_of, *middle, *compare_words(difference, allowed, name))
    return Finding(rule, subject, outcome, severity_of(outcome), message, year, end.pence, sum_of.pence, allowed, cells, **about)
