"""How a check ends: a stated total against what adds up to it, and an amount against a limit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ffanalysis.figures import (
    REFUSED,
    Figure,
    Sum,
    Term,
    amount_of,
    change,
    size_of,
    sum_of,
    tolerance,
    total_of,
)
from ffanalysis.findings import Amounts, Finding, Outcome, Sentence, Severity
from ffanalysis.provenance import cell_of, cells_of
from ffanalysis.savings.printed_tables import Part
from ffanalysis.tables import SavingRow, TotalRow, with_amount, with_marked_gap
from ffanalysis.vocabulary import BLANK, TARGETS

_TO_COME = ("TBC", "TBD", "TBA")
# How many of many a sentence names; the rest it counts.
MOST_NAMED = 3


def check_equality(calculated: int, stated: int, allowed: int) -> Outcome:
    """How an equality ends, in pence."""
    if calculated == stated:
        return "agrees"
    return "within_rounding" if abs(calculated - stated) <= allowed else "disagrees"


def check_limit(value: int, limit: int, allowed: int) -> Outcome:
    """How a limit ends, in pence: too close to tell where rounding alone could decide it."""
    if abs(limit - value) <= allowed and value != limit and allowed:
        return "too_close"
    return "within_limit" if value <= limit else "exceeds_limit"


def check_partial_limit(part: Term, limit: Term, allowed: int) -> Outcome:
    """How a limit ends for a sum that may be known in part.

    What is known can exceed the limit, but not stay within it.
    """
    own = sum_of(part)
    ends = check_limit(own.pence, sum_of(limit).pence, allowed)
    return "not_stated" if own.is_partial and ends != "exceeds_limit" else ends


def severity_of(outcome: Outcome) -> Severity:
    """What an outcome asks of people by itself: an error to mend, a query, or nothing."""
    if outcome in ("disagrees", "exceeds_limit"):
        return "error"
    return "query" if outcome in ("too_close", "not_stated") else "note"


_LONGEST = 80  # letters of a name or status that a sentence quotes


def in_short(text: str) -> str:
    """A name or a status as a sentence quotes it, cut short where it is long."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST].rstrip()}…"


def too_close_words(part: Term, limit: Term, exceeds: str) -> str:
    """Why a limit may be exceeded or not, as a sentence: amounts are known as they are rounded."""
    if sum_of(part).pence > sum_of(limit).pence:
        return " Rounding alone may explain that."
    return f" Before rounding, {exceeds}."


def difference_words(
    difference: Sum,
    allowed: Sum,
    name: str,
    than: str = "",
    of: str = " than the sum",
) -> Sentence:
    """The end of a sentence on an equality: the difference, its direction, what rounding allows.

    By how much what was calculated is more or less `than` another amount, else by how much the
    stated amount, which stands before it, is more or less `of` what was calculated.
    """
    if difference.pence == 0:
        return (", as stated.",)
    gap = Figure(f"{name}/difference", size_of(difference))
    is_more = difference.pence > 0 if than else difference.pence < 0
    direction = f"{'more' if is_more else 'less'}{f' {than}' if than else of}"
    limit = Figure(f"{name}/tolerance", allowed)
    if gap.pence <= allowed.pence:
        return (" (", gap, f" {direction}, within the ", limit, " that rounding allows).")
    return (" (", gap, f" {direction}; rounding allows ", limit, ").")


def known_words(figure: Figure) -> Sentence:
    """A sum in a sentence; one with gaps is called the known parts, instead of its mark."""
    return ("known parts ", figure.as_known_part()) if figure.partial else (figure,)


def gap_words(gap: str) -> str:
    """Why a part of a sum is not known."""
    return f"a part {REFUSED}" if gap == REFUSED else f"a part is marked {gap}"


def is_not_known(gap: str) -> str:
    """Why an amount is not known, as a director reads it."""
    if gap == REFUSED:
        return REFUSED
    return "is still to be confirmed" if gap.upper() in _TO_COME else f"is marked {gap}"


@dataclass(frozen=True)
class TotalCheck:
    """A stated total and the parts that should add to it, with the words of the finding.

    The sentence opens with the names of the subject and the year, or with `when` where there is
    none ("Education & Skills, 2016/17: "); `adds` says what adds up ("the RAG rows add to "), and
    `states` introduces the total where it differs.
    """

    rule: str
    names: tuple[str, ...]
    year: str
    parts: tuple[Part, ...]
    total: TotalRow | None
    adds: Sentence
    states: str = "the total printed is "
    when: str = ""

    @property
    def subject(self) -> str:
        return ": ".join(self.names)

    @property
    def is_saving(self) -> bool:
        """Whether its parts are savings, not budgets or lines of the plan."""
        return any(isinstance(part, SavingRow) for part in self.parts)

    @property
    def amounts(self) -> str:
        """What its parts are called together."""
        measure = next((part.measure for part in self.parts if isinstance(part, SavingRow)), None)
        is_target = self.is_saving and (measure is None or measure in TARGETS)
        return "targets" if is_target else "amounts"

    @property
    def opening(self) -> str:
        return ", ".join(filter(None, (*self.names, self.year or self.when))) + ": "

    @property
    def name(self) -> str:
        """The finding's id, which its figures are named after."""
        return Finding(self.rule, self.subject, "agrees", "note", (), self.year).id

    def figure(self, name: str, amount: Sum) -> Figure:
        return Figure(f"{self.name}/{name}", amount)


def total_finding(check: TotalCheck, about: dict[str, Any]) -> Finding:
    """How a stated total compares with its parts, as a finding about whom `about` names."""
    calculated = check.figure("calculated", total_of(check.parts))
    marked = with_marked_gap(check.parts)
    gap = calculated.missing if marked else ""
    places: list[Part] = [*with_amount(check.parts), *marked]
    cells = cells_of([*places, *([check.total] if check.total else [])])
    facts: dict[str, Any] = {"year": check.year, "cells": cells, **about}
    is_known = calculated.value is not None
    stated = check.total
    if stated is None or stated.amount_pence is None:
        severity, message = _without_total(check, calculated, gap)
        facts |= {"amounts": Amounts(calculated), "brief": _to_come(check, gap)}
        return Finding(check.rule, check.subject, "not_stated", severity, message, **facts)
    end = check.figure("stated", amount_of(stated))
    facts |= {"amounts": Amounts(calculated, end)}
    if gap:
        parts: Sentence = known_words(calculated) if is_known else ("no part is known",)
        message = (check.opening, *parts, " of ", end, f"; {gap_words(gap)}.")
        facts |= {"brief": _to_come(check, gap, end)}
        return Finding(check.rule, check.subject, "not_stated", "query", message, **facts)
    if not is_known:
        # Blank is not nil, but nothing adds to nil; a total of more without a figure behind it is
        # an orphan.
        outcome = check_equality(0, end.pence, 0)
        message = (check.opening, "no figure is stated; ", check.states, end, ".")
        return Finding(check.rule, check.subject, outcome, severity_of(outcome), message, **facts)
    allowed = tolerance(calculated, end)
    outcome = check_equality(calculated.pence, end.pence, allowed.pence)
    gone = change(end, calculated)
    middle: Sentence = ("; ", check.states, end) if gone.pence else ()
    ending = difference_words(gone, allowed, check.name)
    twice = _counted_twice(check.parts, gone.pence) if outcome == "disagrees" else ""
    message = (check.opening, *check.adds, calculated, *middle, *ending, *filter(None, (twice,)))
    facts |= {"amounts": Amounts(calculated, end, allowed)}
    if outcome == "disagrees":
        facts["brief"] = _in_brief(check, calculated, end)
    return Finding(check.rule, check.subject, outcome, severity_of(outcome), message, **facts)


def _in_brief(check: TotalCheck, calculated: Figure, end: Figure) -> Sentence:
    """That a total is not what its parts add up to, as a director reads it."""
    opening = f"{check.names[0]}: "
    if check.total and check.total.over == "years":
        adds = f"{opening}the yearly {check.amounts} add to "
        return (adds, calculated, ", not the ", end, " printed as the total.")
    when = f" for {check.year}" if check.year else ""
    return (f"{opening}the lines{when} add to ", calculated, " but the total printed is ", end, ".")


def _to_come(check: TotalCheck, gap: str, end: Figure | None = None) -> Sentence:
    """That a part of a saving, or its total, is not known, as a director reads it."""
    mark = _mark_of(check.total)
    if not gap and not mark:
        return ()
    what = (
        f"this {'saving' if check.is_saving else 'total'}{f' in {check.year}' * bool(check.year)}"
    )
    opening = f"{check.names[0]}: "
    if not gap:
        return (f"{opening}the total of {what} {is_not_known(mark)}.",)
    if end is not None:
        words = f"{opening}part of {what} {is_not_known(gap)}; the total printed is "
        return (words, end, ".")
    total = ", and so its total," if mark else ""
    return (f"{opening}part of {what}{total} {is_not_known(gap)}.",)


def _mark_of(total: TotalRow | None) -> str:
    """What stands in a total's cell in place of an amount; blank where nothing does."""
    return "" if total is None or total.missing in (None, BLANK) else total.missing or ""


def _counted_twice(parts: Sequence[Part], difference: int) -> str:
    """A part that is as much as the total is out, and comes to what those beside it add up to.

    It may be a sub-total that no word says it is.
    """
    by_column: dict[str, list[Part]] = {}
    for part in sorted(with_amount(parts), key=lambda part: cell_of(part).row):
        by_column.setdefault(part.cell.rstrip("0123456789"), []).append(part)
    for column in by_column.values():
        for place, part in enumerate(column):
            if part.amount_pence == difference and (added := _beside(column, place)):
                first, last = sorted((added[0], added[-1]), key=lambda each: cell_of(each).row)
                return (
                    f" Cell {part.cell} comes to what {first.cell} to {last.cell} add up to: it may"
                    " be a sub-total that is counted twice (write Total in its row)."
                )
    return ""


def _beside(column: Sequence[Part], place: int) -> Sequence[Part]:
    """The two parts or more just above one, or just below it, that add up to it."""
    wanted = column[place].amount_pence
    for others in (column[:place][::-1], column[place + 1 :]):
        known = 0
        for count, other in enumerate(others, 1):
            known += other.amount_pence or 0
            if count > 1 and known == wanted:
                return others[:count]
    return ()


def _without_total(check: TotalCheck, calculated: Figure, gap: str) -> tuple[Severity, Sentence]:
    """What is said where no total is stated, and whether somebody must look at that."""
    mark = _mark_of(check.total)
    if calculated.value is None and not gap and not mark:
        return "note", (check.opening, "neither a figure nor a total is stated.")
    parts: Sentence = (*check.adds, calculated)
    if calculated.value is None:
        parts = ("no figure is stated",)
    elif gap:
        parts = known_words(calculated)
    why = f"; {gap_words(gap)}" if gap else ""
    ending = f"the total is marked {mark}" if mark else "no total is stated"
    return "query" if gap or mark else "note", (check.opening, *parts, f"{why}; {ending}.")
