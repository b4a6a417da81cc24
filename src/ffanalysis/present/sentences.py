"""Sentences made from figures by rules: singular and plural, nil, not stated, nothing proposed.

Every number in them is a figure of the briefing; no sentence holds a number of its own.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ffanalysis.figures import Figure, Finding, Sentence
from ffanalysis.measure.context import Context
from ffanalysis.measure.duties import Deadline
from ffanalysis.measure.forecast import is_delivered
from ffanalysis.measure.project_savings import Proposal
from ffanalysis.measure.signoff import is_approved
from ffanalysis.vocabulary import DELIVERED, scope_service


def joined(words: Sequence[str]) -> str:
    """Words as a list in a sentence: "a, b and c"."""
    return (
        words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""
    )


def strung(clauses: Iterable[Sentence], between: str = ", ", last: str = " and ") -> Sentence:
    """Clauses as one, as `joined` does it with words."""
    parts = list(clauses)
    words: list[str | Figure] = []
    for place, clause in enumerate(parts):
        words += [last if place == len(parts) - 1 else between] if place else []
        words += clause
    return tuple(words)


def when(years: Sequence[str]) -> str:
    """The years of a saving in a sentence.

    "in 2017/18", "from 2016/17 to 2018/19", "in no stated year".
    """
    if not years:
        return "in no stated year"
    return f"in {years[0]}" if len(years) == 1 else f"from {years[0]} to {years[-1]}"


def governance(status: str | None) -> str | None:
    """The banner that a project's status asks for.

    None once the register says that it is approved.
    """
    text = (status or "").casefold()
    if not text:
        return "Governance status not stated"
    if is_approved(status):
        return None
    if "concept stage" in text:
        return "Concept stage, not approved"
    if re.search(r"not (yet )?approved", text):
        return "Not approved yet" if re.search(r"\byet\b", text) else "Not approved"
    if "not" in text and "approved" in text:
        return "Not approved"
    return (
        "Not approved yet"
        if re.search(r"await|pending|subject to|to be approved", text)
        else "Approval not stated"
    )


_VERBS = {
    "proposed": ("proposes to save", "proposes"),
    "current": ("is planned to save", "plans"),
    "prior": ("was planned to save", "planned"),
}


_OF_TOTALS = frozenset(
    {
        "proposed-total",
        "orphan-total",
        "rag-columns",
        "rag-rows",
        "rag-total",
        "stated-total",
        "route-split",
    }
)
# What a rule puts in doubt, as the headline says it beside the amount; of any other rule, that a
# check on it ends in an error.
_DOUBTS = {
    **dict.fromkeys(_OF_TOTALS, "its printed totals do not agree"),
    "duplicate-line": "a line of it stands more than once",
    "unit-slip": "an amount of it may be in another unit",
    "saving-within-budget": "it exceeds the budget of its service",
    "delivered-within-target": "more of it is stated as delivered than its target",
    "analyses-agree": "two analyses of it do not agree",
    "mtfp-tie": "the plan states another amount",
    "delivered-within-forecast": "more of it is stated as delivered than is forecast",
    "saving-overdue": "what was due in a year that is over is not all stated as delivered",
}
# Queries that a headline tells too: the amount may be a thousand times too much, or not come at
# all.
_TOLD = frozenset({"unit-slip", "saving-overdue"})
_MOST_DOUBTS = 2


def doubt(finding: Finding) -> str:
    """What a finding puts in doubt of an amount, as a clause."""
    return _DOUBTS.get(finding.rule, "a check on it ends in an error")


def _doubt_of(finding: Finding, own: Proposal) -> str:
    """The same of a proposal.

    A finding of which no cell is its own is about the savings in the plan beside it.
    """
    cells = (
        {cell for figure in own.figures() for cell in figure.cells}
        if own.plan == "proposed"
        else set()
    )
    return (
        f"in the plan, {doubt(finding)}"
        if cells and finding.cells and not cells & {*finding.cells}
        else doubt(finding)
    )


def message(
    name: str,
    own: Proposal,
    findings: Sequence[Finding],
    position: Mapping[str, Figure] | None = None,
) -> Sentence:
    """The briefing's one sentence, from what the project itself owns, and how its forecast stands to the target."""
    grave = [
        finding
        for finding in findings
        if finding.severity == "error"
        or (finding.rule in _TOLD and finding.outcome in ("disagrees", "not_stated"))
    ]
    # That no saving is stated is the message itself.
    own_faults = [
        finding
        for finding in grave
        if finding.project
        and finding.rule != "savings-stated"
        and (not finding.parent or finding.rule in _TOLD)
    ]
    doubts = list(dict.fromkeys(_doubt_of(item, own) for item in own_faults))
    if len(doubts) > _MOST_DOUBTS:
        doubts = [*doubts[:_MOST_DOUBTS], "more checks on it end in errors"]
    if (
        own.total.value is None
        and own.plan == "proposed"
        and own.total.missing not in ("", "blank", "not stated")
    ):
        ending = f", and {joined(doubts)}" if doubts else ""
        return (f"{name} proposes a saving that is not stated ({own.total.missing}){ending}.",)
    if own.total.value is None:
        gap = (
            f" ({own.total.missing})"
            if own.total.missing not in ("", "blank", "not stated")
            else ""
        )
        ending = f", and {joined(doubts)}" if doubts else ""
        return (f"{name} states no saving of its own{gap}{ending}.",)
    if own.without_rag.value and not own.by_rag:
        doubts.insert(
            0,
            (
                "no RAG status is stated for it"
                if own.without_rag.value == own.total.value
                else "part of it has no RAG status"
            ),
        )
    if own.total.value == 0:
        opening: Sentence = (f"{name} {_VERBS[own.plan][1]} a saving of ", own.total)
    elif own.total.pence < 0:
        size = replace(own.total, name=f"{own.total.name}/size", value=-own.total.pence)
        opening = (
            f"As its amounts are stated, {name} adds ",
            size,
            f" to spending {when(own.saving_years)}",
        )
    else:
        verbs = _VERBS[
            (
                "prior"
                if own.plan == "current" and is_delivered(own.total, position or {})
                else own.plan
            )
        ]
        opening = (f"{name} {verbs[0]} ", own.total, f" {when(own.saving_years)}")
    if own.total.partial:
        opening = (*opening, _unknown(own))
    share: Sentence = ()
    if own.share and own.budget_row and own.total.pence > 0:
        share = (", ", own.share, f" of the {own.budget_row.service} budget")
    tail: Sentence = (joined(doubts),) if doubts else ()
    if own.total.pence > 0 and is_delivered(own.total, position or {}):
        tail = strung([("all of it is delivered",), *((doubt,) for doubt in doubts)], last=", and ")
    elif by_rag := _by_rag(own) if own.total.pence > 0 else ():
        tail = strung([by_rag, *((doubt,) for doubt in doubts)], last=", and ")
    return (
        *opening,
        *share,
        *_against_target(position or {}),
        *(("; ", *tail) if tail else ()),
        ".",
    )


def _against_target(position: Mapping[str, Figure]) -> Sentence:
    """By how much the forecast misses the target, or is above it.

    Nothing where it meets it or is not known in full.
    """
    for words, verb, ending in (
        ("Shortfall", "fall", " short"),
        ("Above target", "exceed that by", ""),
    ):
        figure = position.get(words)
        if figure and figure.value:
            return (f", and is forecast to {verb} ", figure, ending)
    return ()


def _unknown(own: Proposal) -> str:
    """What a total lacks that is known in part.

    The years of which the amount is only marked, else that there is some.
    """
    mark = own.total.missing
    years = [
        year
        for year in own.years
        if own.by_year[year].value is None and own.by_year[year].missing == mark
    ]
    return (
        f", and an amount marked {mark} in {joined(years)}"
        if years
        else f", besides a part marked {mark}"
    )


def ratings(own: Proposal) -> Sentence:
    """The amounts by RAG status, the worst first, after what is delivered.

    Nothing where one status says it all.
    """
    by_rag, without = (
        (own.done.by_rag, own.done.without_rag) if own.done else (own.by_rag, own.without_rag)
    )
    parts: list[Sentence] = (
        [(own.done.amount, f" of {joined(own.done.years)} delivered")] if own.done else []
    )
    parts += [(figure, f" {rag}") for rag, figure in reversed(by_rag.items())]
    if without.value:
        parts.append((without, " has no RAG status"))
    return strung(parts) if len(parts) > 1 or without.value or own.done else ()


def _by_rag(own: Proposal) -> Sentence:
    """How the saving is rated, the worst first.

    "all of it is rated Red", "£50k is rated Red and £10k Amber".

    What was planned for years that are over, and is delivered, is told before: its rating says
    nothing any more.
    """
    by_rag, without = (
        (own.done.by_rag, own.done.without_rag) if own.done else (own.by_rag, own.without_rag)
    )
    done: Sentence = (
        (own.done.amount, f" of {joined(own.done.years)} is delivered") if own.done else ()
    )
    rated = [*reversed(by_rag.items())]
    if not rated:
        return (*done, "; the rest has no RAG status") if done and without.value else done
    opening: Sentence = (*done, "; of the rest, ") if done else ()
    if len(rated) == 1 and not without.value and not own.total.partial:
        return (
            (*done, f"; the rest is rated {rated[0][0]}")
            if done
            else (f"all of it is rated {rated[0][0]}",)
        )
    if own.total.partial or any(figure.value is None or figure.pence < 0 for _, figure in rated):
        what = "what is known of it" if own.total.partial else "it"
        what = "what is known" if done and own.total.partial else what
        gap: Sentence = (" and ", without, " has no RAG status") if without.value else ()
        return (*opening, f"{what} is rated {joined([rag for rag, _ in rated])}", *gap)
    said: list[Sentence] = [
        (figure, f" {'' if place else 'is rated '}{rag}")
        for place, (rag, figure) in enumerate(rated)
    ]
    if without.value:
        said.append((without, " has no RAG status"))
    return (*opening, *strung(said))


def besides(found: Mapping[str, Figure]) -> Sentence:
    """What a project that proposes a saving has in the plan beside it, and where that stands."""
    if not found or not found["Target"].value:
        return ()
    words: Sentence = ("Besides, ", found["Target"], " is in the plan")
    for name, verb in (
        ("Delivered", "is delivered"),
        ("Forecast", "is forecast"),
        ("Shortfall", "is lacking"),
    ):
        if found[name].value:
            words = (*words, "; ", found[name], f" {verb}")
    return (*words, ". ")


def position(found: Mapping[str, Figure], central: Figure | None = None) -> Sentence:
    """Where the saving stands.

    What is delivered, what is forecast, and the central case; nothing where none of them is known.

    What the forecast lacks is in the message above it.
    """
    words = {"Delivered": "delivered to date: ", "Forecast": "forecast: "}
    said: list[Sentence] = [
        (words[name], found[name])
        for name in words
        if name in found and found[name].value is not None
    ]
    if central:
        said.append(("central case by RAG status: ", central))
    if not said:
        return ()
    first, *rest = strung(said, "; ", "; ")
    return (f"{str(first)[:1].upper()}{str(first)[1:]}", *rest, ". ")


def context_lead(context: Context) -> Sentence:
    """What the wider programme comes to, and how much of it is not yet marked delivered."""
    if context.total.value is None:
        return (f"{context.scope}: no saving is stated.",)
    opening: Sentence = ("The wider programme, ", f"{context.scope}, counts ", context.total)
    if context.delivered is None or context.not_delivered is None:
        return (*opening, ".")
    for known, gap, words in (
        (context.delivered, context.not_delivered, "is marked delivered"),
        (context.not_delivered, context.delivered, "is not marked delivered yet"),
    ):
        if gap.value is None and gap.missing not in ("blank", "not stated"):
            return (*opening, ": ", known, f" {words}; the rest is marked {gap.missing}.")
    if context.not_delivered.value in (None, 0):
        return (*opening, ", all of it marked delivered.")
    if context.delivered.value in (None, 0):
        return (*opening, ", none of it marked delivered yet.")
    return (
        *opening,
        ": ",
        context.delivered,
        " is marked delivered and ",
        context.not_delivered,
        " is not yet.",
    )


def remaining(context: Context) -> Sentence:
    """What is still to come off the base budget, in every reading that the base leaves open."""
    if context.base is None or not context.remaining:
        return ()
    without = f" without {joined(context.base_without)}" if context.base_without else ""
    words: list[str | Figure] = [
        f"Of the {context.base_year} base budget{without} (",
        context.base,
        "), ",
    ]
    several = len(context.remaining) > 1
    year, grid = context.base_year, context.grid
    # A year's savings that are not all delivered can be off the base all the same: it was set after
    # them.
    planned = grid and any(
        figure.value and rag != DELIVERED for (rag, of), figure in grid.cells.items() if of == year
    )
    all_of_it = {"after": f"all {year} savings, delivered or not"} if planned else {}
    for position, reading in enumerate(context.remaining):
        words += [
            "; " if position else "",
            reading.share,
            " is still to be taken off (",
            reading.amount,
            ")",
        ]
        savings = all_of_it.get(reading.position, f"{year} savings")
        words.append(
            f"{' if that base' if several else '; that base'} is {reading.position} {savings}"
        )
    return (*words, ".")


def split(context: Context) -> Sentence:
    """The split by delivery route, spoken in one line."""
    if not context.split:
        return ("No split between retained and commissioned services is stated.",)
    words: list[str | Figure] = [f"For {context.service or scope_service(context.scope)}, "]
    for position, (route, figure) in enumerate(context.split.items()):
        words += [" and " if position else "", figure, f" is {route.lower()}"]
    ending = (
        "; the split states no years, so it meets the RAG table at the total only."
        if context.grid and not context.split_by_year
        else "."
    )
    return (*words, ending)


def approved(figures: dict[str, Figure], scope: str, name: str) -> Sentence:
    """What programme and proposal come to together, with both scopes named."""
    if not figures:
        return ()
    words: list[str | Figure] = [
        f"If approved, {scope} and {name} together come to ",
        figures["all"],
        " in all",
    ]
    for year, figure in figures.items():
        if year != "all":
            words += [", ", figure, f" in {year}"]
    return (*words, ".")


def deadline(item: Deadline) -> Sentence:
    """A statutory duty, what is left of it, and the rate it needs."""
    about = "about " if item.approximate else ""
    if item.quantity.value is None:
        return (
            f"{item.what}, by {item.by_text}: the number is not stated, so no rate can be given.",
        )
    is_known = item.done.value is not None
    done: Sentence = (
        ("done so far: ", item.done) if is_known else ("the number done is not stated",)
    )
    if item.left.value == 0:
        return (about.capitalize(), item.quantity, f" {item.what} by {item.by_text}: all done.")
    done = (*done, *_achieved(item))
    if item.rate.value is None:
        return (
            about.capitalize(),
            item.quantity,
            f" {item.what} by {item.by_text}; that day has passed; ",
            *done,
            ".",
        )
    return (
        about.capitalize(),
        item.quantity,
        f" {item.what} by {item.by_text}: {about}",
        item.rate,
        f" a month{'' if is_known else ', if none is done yet,'} over the ",
        item.months,
        " month that is left; " if item.months.value == 1 else " months that are left; ",
        *done,
        ".",
    )


def duty_in_short(item: Deadline) -> Sentence:
    """What the rate of a duty is for, and what has been done at what rate.

    The words beneath the rate.
    """
    about = "about " if item.approximate else ""
    if item.done.value is None:
        return (
            f"to do {about}",
            item.quantity,
            f" by {item.by_text}, if none is done yet; the number done is not stated",
        )
    return (
        "to do the ",
        item.left,
        f" left of {about}",
        item.quantity,
        f" by {item.by_text}",
        *_achieved(item),
    )


def _achieved(item: Deadline) -> Sentence:
    """The rate of the quarter, and whether it is the rate that is needed."""
    if item.achieved is None or item.achieved.value is None:
        return ()
    if item.achieved.value < 0:
        return (f"; fewer are stated as done than in quarter {item.since}",)
    if item.achieved.value == 0:
        return (f"; none done since quarter {item.since}",)
    ending = (
        ""
        if item.rate.value is None
        else ", which is enough"
        if item.keeps_pace
        else ", which is not enough"
    )
    return (f"; since quarter {item.since} ", item.achieved, f" a month{ending}")


def verdict(findings: Sequence[Finding], project: str = "") -> Sentence:
    """How the checks ended, in one line.

    Errors, queries and what agrees; a fault that another explains is not counted.

    Of a project's briefing, it says how many of the errors are in the project's own figures where
    not all are.
    """
    heads = [finding for finding in findings if not finding.parent]
    agreed = [
        finding
        for finding in heads
        if finding.outcome in ("agrees", "within_rounding", "within_limit")
        and finding.severity == "note"
    ]
    wrong = [finding for finding in heads if finding.severity == "error"]
    errors = _counted("errors", wrong, "error", "errors", "No")
    own = [finding for finding in wrong if finding.project == project]
    if project and len(own) < len(wrong):
        count: Sentence = (
            (Figure("findings/own-errors", len(own), (), "count"),) if own else ("none",)
        )
        whose: Sentence = (
            (*count, " in its own figures") if len(wrong) > 1 else ("not in its own figures",)
        )
        errors = (*errors, " (", *whose, ")")
    queries = _counted(
        "queries",
        [finding for finding in heads if finding.severity == "query"],
        "query",
        "queries",
        "no",
    )
    return (
        *errors,
        ", ",
        *queries,
        "; ",
        *_counted("agreed", agreed, "check agrees", "checks agree", "no"),
        ".",
    )


def unlisted(counts: Mapping[str, tuple[int, str, str]], where: str) -> Sentence:
    """How much of a list is left out, and what has all of it; blank where nothing is left out.

    `counts` gives by name the number that is left out, and the words for one and for many.
    """
    left = {name: entry for name, entry in counts.items() if entry[0]}
    words = strung(
        (Figure(f"unlisted/{name}", count, (), "count"), f" more {one if count == 1 else many}")
        for name, (count, one, many) in left.items()
    )
    verb = "is" if sum(count for count, _, _ in left.values()) == 1 else "are"
    return (*words, f" {verb} not listed here; {where}.") if words else ()


def _counted(name: str, findings: Sequence[Finding], one: str, many: str, none: str) -> Sentence:
    if not findings:
        return (f"{none} {one}",)
    return (
        Figure(f"findings/{name}", len(findings), (), "count"),
        f" {one if len(findings) == 1 else many}",
    )
