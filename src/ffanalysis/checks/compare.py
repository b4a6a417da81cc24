"""How a check ends.

A stated total against what adds up to it, and a limit against what is held to it.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ffanalysis import money
from ffanalysis.figures import Figure, Finding, Outcome, Sentence, Severity
from ffanalysis.savings.assemble import REFUSED, marked, stated
from ffanalysis.savings.sums import amount, cells_of
from ffanalysis.tables import Row
from ffanalysis.vocabulary import BLANK

# How many of many a sentence names; the rest it counts.
MOST_NAMED = 3


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
    """What an outcome asks of people by itself.

    An error to mend, a query to look at, or nothing.
    """
    if outcome in ("disagrees", "exceeds_limit"):
        return "error"
    return "query" if outcome in ("too_close", "not_stated") else "note"


def held_as_known(part: Figure, limit: Figure, allowed: int) -> Outcome:
    """How a limit ends for a sum that may have a marked gap.

    What is known can exceed the limit, but not keep within it.
    """
    ends = held(part.pence, limit.pence, allowed)
    return "not_stated" if part.partial and ends != "exceeds_limit" else ends


def compare_words(difference: int, allowed: int, name: str, than: str = "than stated") -> Sentence:
    """The end of a sentence on an equality.

    The difference, its direction and what rounding allows.
    """
    if difference == 0:
        return (", as stated.",)
    gap = Figure(f"{name}/difference", abs(difference), ())
    direction = "more" if difference > 0 else "less"
    limit = Figure(f"{name}/tolerance", allowed, ())
    if abs(difference) <= allowed:
        return (" (", gap, f" {direction} {than}, within the ", limit, " that rounding allows).")
    return (" (", gap, f" {direction} {than}; rounding allows ", limit, ").")


def known_words(figure: Figure) -> Sentence:
    """A sum in a sentence.

    One with gaps is called the known parts, which says as much as its mark.
    """
    return ("known parts ", replace(figure, partial=False)) if figure.partial else (figure,)


def gap_words(missing: str) -> str:
    """Why a part of a sum is not known."""
    return f"a part {REFUSED}" if missing == REFUSED else f"a part is marked {missing}"


def equality(
    rule: str,
    names: tuple[str, ...],
    year: str,
    parts: Sequence[Row],
    total: Row | None,
    adds: Sentence,
    states: str = "the total printed is ",
    when: str = "",
    **about: Any,
) -> Finding:
    """A stated total against the parts that should add to it.

    The sentence opens with the names of the subject and the year, or with `when` where there is
    none ("Education & Skills, 2016/17: "); `adds` says what adds up ("the RAG rows add to "); the
    figures and the ending follow.
    """
    subject = ": ".join(names)
    name = Finding(rule, subject, "agrees", "note", (), year).id
    opening = ", ".join(filter(None, (*names, year or when))) + ": "
    sum_of = amount(f"{name}/calculated", parts)
    known = None if sum_of.value is None else sum_of.pence
    gap = sum_of.missing if marked(list(parts)) else ""
    cells = cells_of([*stated(list(parts)), *marked(list(parts)), *([total] if total else [])])
    if total is None or total.amount_pence is None:
        mark = "" if total is None or total.missing == BLANK else total.missing
        said: Sentence = (
            ("no figure is stated",)
            if known is None
            else known_words(sum_of)
            if gap
            else (*adds, sum_of)
        )
        why = f"; {gap_words(gap)}" if gap else ""
        message = (
            opening,
            *said,
            f"{why}; {f'the total is marked {mark}' if mark else 'no total is stated'}.",
        )
        if known is None and not gap and not mark:
            message = (opening, "neither a figure nor a total is stated.")
        severity: Severity = "query" if gap or mark else "note"
        return Finding(
            rule,
            subject,
            "not_stated",
            severity,
            message,
            year,
            calculated=known,
            cells=cells,
            **about,
        )
    end = Figure(
        f"{name}/stated", total.amount_pence, cells_of([total]), stated_to=total.stated_to_pence
    )
    if gap:
        said = ("no part is known",) if known is None else known_words(sum_of)
        message = (opening, *said, " of ", end, f"; {gap_words(gap)}.")
        return Finding(
            rule,
            subject,
            "not_stated",
            "query",
            message,
            year,
            end.pence,
            known,
            cells=cells,
            **about,
        )
    if known is None:
        # Blank is not nil, but nothing adds to nil; a total of more without a figure behind it is
        # an orphan.
        outcome = compared(0, end.pence, 0)
        message = (opening, "no figure is stated; ", states, end, ".")
        return Finding(
            rule,
            subject,
            outcome,
            severity_of(outcome),
            message,
            year,
            end.pence,
            cells=cells,
            **about,
        )
    allowed = money.tolerance(
        [*(row.stated_to_pence for row in stated(list(parts))), total.stated_to_pence]
    )
    outcome = compared(known, end.pence, allowed)
    middle: Sentence = () if known == end.pence else ("; ", states, end)
    message = (opening, *adds, sum_of, *middle, *compare_words(known - end.pence, allowed, name))
    return Finding(
        rule,
        subject,
        outcome,
        severity_of(outcome),
        message,
        year,
        end.pence,
        known,
        allowed,
        cells,
        **about,
    )
