"""Sentences made from figures by rules: singular and plural, nil, not stated, nothing proposed.

Every number in them is a figure of the briefing; no sentence holds a number of its own.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType

from ffanalysis.checks.compare import is_not_known
from ffanalysis.figures import Figure, Finding, Sentence, counted, negative
from ffanalysis.measure.context import Context, StillToCome
from ffanalysis.measure.duties import Deadline
from ffanalysis.measure.position import Position
from ffanalysis.measure.project_savings import ProjectSavings
from ffanalysis.measure.stages import DatedStage, stage_of
from ffanalysis.periods import long_date
from ffanalysis.vocabulary import (
    DELIVERED,
    RAG_STATUSES,
    Plan,
    Stage,
    not_given,
    scope_service,
)

_NO_WORDS: Mapping[str, str] = MappingProxyType({})
# What a banner says, where a stage by itself does not say what is missing.
_BANNERS: Mapping[Stage, str] = MappingProxyType(
    {
        Stage.CONCEPT: "Concept stage, not approved",
        Stage.PROPOSED: "Proposed, not approved",
        Stage.AWAITING: "Not approved yet",
    }
)


def joined(words: Sequence[str]) -> str:
    """Words as a list in a sentence: "a, b and c"."""
    return (
        words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""
    )


def due(when: str) -> str:
    """A day, a month or another time with its preposition: "in July 2026", "on 28 March 2026"."""
    if when.startswith("the end"):
        return f"at {when}"
    return f"{'on' if re.match(r'[0-9]{1,2} ', when) else 'in'} {when}"


def join_clauses(clauses: Iterable[Sentence], between: str = ", ", last: str = " and ") -> Sentence:
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


def governance(status: str | None, words: Mapping[str, str] = _NO_WORDS) -> str | None:
    """The banner that a project's status asks for; `words` are a council's own.

    None once the register says that it is approved.
    """
    return banner(stage_of(status, words))


def banner(stage: Stage) -> str | None:
    """What the banner of a stage says; None of an approved project."""
    return None if stage is Stage.APPROVED else _BANNERS.get(stage, stage)


def dated_later(found: DatedStage, as_of: date) -> str:
    """That what a status says has happened has a day after the as-of date."""
    what = "An approval" if found.stage is Stage.APPROVED else f"The status '{found.stage}'"
    return f"{what} dated {found.day} is after the as-of date ({long_date(as_of)})."


_VERBS = {
    Plan.PROPOSED: ("proposes to save", "proposes"),
    Plan.CURRENT: ("is planned to save", "plans"),
    Plan.PRIOR: ("was planned to save", "planned"),
}


OF_TOTALS = frozenset(
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
# What a rule puts in doubt, as the headline says it after the amount; of any other rule, that a
# check of its figures failed.
_DOUBTS = {
    **dict.fromkeys(OF_TOTALS, "its totals do not add up"),
    "duplicate-line": "one of its lines is duplicated",
    "unit-slip": "an amount may be in the wrong unit",
    "saving-within-budget": "it exceeds the budget of its service",
    "delivered-within-target": "delivered exceeds its target",
    "analyses-agree": "two analyses of it differ",
    "mtfp-tie": "the MTFP shows a different amount",
    "delivered-within-forecast": "delivered exceeds its forecast",
    "saving-overdue": "part of what was due by now is not recorded as delivered",
}
# What reading could not place. It may hold an amount, a RAG status or a plan: page 1 says it.
_NOT_READ = frozenset({"money-read", "heading-known", "money-in-prose"})
# Queries that a headline tells too: the amount may be a thousand times too much, or not come at
# all.
_TOLD = frozenset({"unit-slip", "saving-overdue"})
_MOST_DOUBTS = 2


def not_read(findings: Sequence[Finding]) -> list[Finding]:
    """The findings on what reading could not place, which may change what a page shows."""
    return [finding for finding in findings if finding.rule in _NOT_READ]


def what_is_in_doubt(finding: Finding) -> str:
    """What a finding puts in doubt of an amount, as a clause."""
    return _DOUBTS.get(finding.rule, "one check of its figures failed")


def _doubts(own: ProjectSavings, findings: Sequence[Finding]) -> list[str]:
    """What errors, and the gravest queries, put in doubt of a project's amount, each once."""
    grave = (
        finding
        for finding in findings
        if finding.severity == "error"
        or (finding.rule in _TOLD and finding.outcome in ("disagrees", "not_stated"))
    )
    # That no saving is stated is the message itself.
    own_faults = (
        finding
        for finding in grave
        if finding.project
        and finding.rule != "savings-stated"
        and (not finding.parent or finding.rule in _TOLD)
    )
    doubts = list(dict.fromkeys(_doubt_of(finding, own) for finding in own_faults))
    if len(doubts) > _MOST_DOUBTS:
        return [*doubts[:_MOST_DOUBTS], "more checks failed"]
    return doubts


def _doubt_of(finding: Finding, own: ProjectSavings) -> str:
    """What a finding puts in doubt of a proposal.

    A finding of which no cell is its own is about the savings in the plan beside it.
    """
    words = what_is_in_doubt(finding)
    if own.plan != Plan.PROPOSED:
        return words
    cells = {cell for figure in own.figures() for cell in figure.cells}
    is_beside = cells and finding.cells and not cells & {*finding.cells}
    return f"for its saving in the plan, {words}" if is_beside else words


def headline(
    name: str,
    own: ProjectSavings,
    findings: Sequence[Finding],
    position: Position | None = None,
    stage: Stage | None = None,
) -> Sentence:
    """The briefing's one sentence, from what the project owns, with its forecast and its doubts.

    `stage` is how far the register says it has come: what is withdrawn saves nothing more.
    """
    doubts = _doubts(own, findings)
    if own.total.value is None:
        return _nothing_stated(name, own, doubts)
    if own.without_rag.value and not own.by_rag:
        doubts.insert(0, _without_rag(own))
    share = _share(own)
    tail = _tail(own, doubts, position)
    opening = _opening(name, own, position, stage)
    if share and own.total.partial:
        return (*opening, *_against_target(position), ".", *_known_part(share, tail))
    return (
        *opening,
        *((", ", *share) if share else ()),
        *_against_target(position),
        ".",
        *((" ", *as_sentence(tail)) if tail else ()),
    )


def _share(own: ProjectSavings) -> Sentence:
    """What a saving is of the budget that it comes from; nothing where that is not known."""
    if not own.share or not own.budget_row or own.total.pence <= 0 or not own.is_of_budget:
        return ()
    return (own.share.as_known_part(), f" of the {own.budget_row.service} budget")


def _known_part(share: Sentence, tail: Sentence) -> Sentence:
    """What the known part of a saving is of its budget, and how it is rated, in a sentence."""
    known = "the known part"
    first, *rest = tail or ("",)
    if isinstance(first, str) and first.startswith(known):
        words: Sentence = (f" and{first.removeprefix(known)}", *rest)
        return (" ", *as_sentence((f"{known} is ", *share, *words)))
    said: Sentence = (" ", *as_sentence((f"{known} is ", *share)))
    return (*said, " ", *as_sentence(tail)) if tail else said


def rag_gap(own: ProjectSavings) -> str:
    """Why a saving has no RAG status: "not recorded", "marked TBC"; blank where reasons differ."""
    marks = {rag for rag in own.rag_statuses if rag not in RAG_STATUSES}
    return not_given(marks.pop()) if len(marks) == 1 else ""


def _without_rag(own: ProjectSavings) -> str:
    """That a saving, or a part of it, has no RAG status, and why."""
    is_all, why = own.without_rag.value == own.total.value, rag_gap(own)
    if not why:
        return f"{'it' if is_all else 'part of it'} has no RAG status"
    return f"{'its RAG status' if is_all else 'the RAG status of part of it'} is {why}"


def as_sentence(words: Sentence) -> Sentence:
    """A clause as a sentence of its own."""
    first, *rest = words
    return (first[:1].upper() + first[1:] if isinstance(first, str) else first, *rest, ".")


def _nothing_stated(name: str, own: ProjectSavings, doubts: Sequence[str]) -> Sentence:
    """The headline of a project whose saving is not stated."""
    ending = f" {joined(doubts)[:1].upper()}{joined(doubts)[1:]}." if doubts else ""
    if own.plan == Plan.PROPOSED and own.total.has_gap:
        gap = f"its amount is marked {own.total.missing}"
        return (f"{name} proposes a saving, but {gap}.{ending}",)
    mark = f" ({own.total.missing})" if own.total.has_gap else ""
    return (f"No saving of its own is recorded for {name}{mark}.{ending}",)


def _opening(
    name: str, own: ProjectSavings, position: Position | None, stage: Stage | None
) -> Sentence:
    """What the project saves, and when; what of it is not known."""
    years = when(own.saving_years)
    total = own.total.as_known_part()
    words: Sentence
    if stage is Stage.WITHDRAWN and own.total.value:
        where = "proposed" if own.plan == Plan.PROPOSED else "in the plan"
        words = (f"{name} is withdrawn, but ", total, f" {years} is still {where}")
    elif own.total.value == 0:
        words = (f"{name} {_VERBS[own.plan][1]} a saving of ", total)
    elif own.total.pence < 0:
        size = Figure(f"{own.total.name}/size", negative(own.total), project=own.total.project)
        words = (f"As recorded, {name} would add ", size, f" to spending {years}")
    else:
        is_past = own.plan == Plan.CURRENT and position is not None and position.is_delivered
        verb = _VERBS[Plan.PRIOR if is_past else own.plan][0]
        words = (f"{name} {verb} ", total, f" {years}")
    return (*words, _unknown(own)) if own.total.partial else words


def _tail(own: ProjectSavings, doubts: Sequence[str], position: Position | None) -> Sentence:
    """How the saving is rated, or that it is delivered, and what is in doubt."""
    if own.total.pence > 0:
        status: Sentence = _by_rag(own)
        if position is not None and position.is_delivered:
            status = ("the whole saving is reported as delivered",)
        if status:
            parted = ". " if position is not None and position.is_delivered else ", and "
            told = [doubt if parted == ", and " else _capital(doubt) for doubt in doubts]
            return join_clauses([status, *((doubt,) for doubt in told)], last=parted)
    return (joined(doubts),) if doubts else ()


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _against_target(position: Position | None) -> Sentence:
    """By how much the forecast misses the target, or is above it.

    Nothing where it meets it or is not known in full.
    """
    if position is None:
        return ()
    if position.shortfall.value:
        return (", with a forecast shortfall of ", position.shortfall)
    if position.above_target and position.above_target.value:
        return (", and is forecast to exceed that by ", position.above_target)
    return ()


def _unknown(own: ProjectSavings) -> str:
    """What a total lacks that is known in part.

    The years of which the amount is only marked, else that there is some.
    """
    mark = own.total.missing
    years = [
        year
        for year in own.years
        if own.by_year[year].value is None and own.by_year[year].missing == mark
    ]
    what = f"the amount for {joined(years)}" if years else "a further part"
    return f"; {what} {is_not_known(mark)}"


def _rest_by_rag(own: ProjectSavings) -> tuple[Mapping[str, Figure], Figure]:
    """How the saving is rated, the years that are delivered in full left out."""
    if own.done:
        return own.done.by_rag, own.done.without_rag
    return own.by_rag, own.without_rag


def ratings(own: ProjectSavings) -> Sentence:
    """The amounts by RAG status, the worst first, after what is delivered.

    Nothing where one status says it all.
    """
    by_rag, without = _rest_by_rag(own)
    parts: list[Sentence] = []
    if own.done:
        parts.append((own.done.amount, f" delivered for {joined(own.done.years)}"))
    parts += [(figure, f" {rag}") for rag, figure in list(by_rag.items())[::-1]]
    if without.value:
        parts.append((without, " has no RAG status"))
    return join_clauses(parts) if len(parts) > 1 or without.value or own.done else ()


def _by_rag(own: ProjectSavings) -> Sentence:
    """How the saving is rated, the worst first.

    "it is rated Red", "£50,000 is rated Red and £10,000 Amber". What was planned for years that
    are over, and is delivered, is told before: its rating says nothing any more.
    """
    by_rag, without = _rest_by_rag(own)
    rated = list(by_rag.items())[::-1]
    done: Sentence = ()
    if own.done:
        done = (own.done.amount, f" for {joined(own.done.years)} has been delivered")
    if not rated:
        return (*done, "; the rest has no RAG status") if done and without.value else done
    if len(rated) == 1 and not without.value and not own.total.partial:
        status = rated[0][0]
        return (*done, f"; the rest is rated {status}") if done else (f"it is rated {status}",)
    opening: Sentence = (*done, "; of the rest, ") if done else ()
    if own.total.partial or any(figure.value is None or figure.pence < 0 for _, figure in rated):
        return (*opening, *_statuses(own, [rag for rag, _ in rated], without))
    parts: list[Sentence] = [
        (figure, f" {'' if place else 'is rated '}{rag}")
        for place, (rag, figure) in enumerate(rated)
    ]
    if without.value:
        parts.append((without, " has no RAG status"))
    return (*opening, *join_clauses(parts))


def _statuses(own: ProjectSavings, rags: Sequence[str], without: Figure) -> Sentence:
    """The RAG statuses alone, of a saving that is known in part or has negative amounts."""
    what = "it"
    if own.total.partial:
        what = "the known part"
    gap: Sentence = (" and ", without, " has no RAG status") if without.value else ()
    return (f"{what} is rated {joined(rags)}", *gap)


def also_in_plan(found: Position | None) -> Sentence:
    """What a project that proposes a saving has in the plan beside it, and its position."""
    if found is None or not found.target.value:
        return ()
    words: Sentence = ("A further ", found.target, " is already in the plan")
    parts: list[Sentence] = [
        (figure, f" {verb}")
        for figure, verb in (
            (found.delivered, "has been delivered"),
            (found.forecast, "is forecast"),
            (found.shortfall, "is forecast to fall short"),
        )
        if figure.value
    ]
    return (*words, *((": ", *join_clauses(parts)) if parts else ()), ". ")


def position_words(found: Position, central: Figure | None = None) -> Sentence:
    """What is delivered, what is forecast, and the central case; nothing where none is known.

    What the forecast lacks is in the headline above it.
    """
    parts: list[Sentence] = [
        (words, figure)
        for words, figure in (
            ("delivered so far, all years listed: ", found.delivered),
            ("forecast, all years listed: ", found.forecast),
        )
        if figure.value is not None
    ]
    if central:
        parts.append(("central case by RAG status: ", central))
    if not parts:
        return ()
    first, *rest = join_clauses(parts, "; ", "; ")
    return (f"{str(first)[:1].upper()}{str(first)[1:]}", *rest, ". ")


def context_lead(context: Context) -> Sentence:
    """What the wider programme comes to, and how much of it is not yet marked delivered."""
    if context.total.value is None:
        return (f"No saving is recorded for {context.scope} as a whole.",)
    opening: Sentence = (f"{context.scope} as a whole plans to save ", context.total)
    if context.delivered is None or context.not_delivered is None:
        return (*opening, ".")
    for known, other, words in (
        (context.delivered, context.not_delivered, "is shown as delivered"),
        (context.not_delivered, context.delivered, "is not yet shown as delivered"),
    ):
        if other.value is None and other.has_gap:
            return (
                *opening,
                ", of which ",
                known,
                f" {words}; the rest is marked {other.missing}.",
            )
    if not context.not_delivered.value:
        return (*opening, ", all of it shown as delivered.", *context.ahead_words())
    if not context.delivered.value:
        return (*opening, ", none of it shown as delivered yet.")
    return (
        *opening,
        ", of which ",
        context.delivered,
        " is shown as delivered.",
        *context.ahead_words(),
        " A further ",
        context.not_delivered,
        " is still to be delivered.",
    )


def remaining(context: Context) -> Sentence:
    """What has yet to come off the base budget, in every reading that the base leaves open."""
    base, grid = context.base, context.grid
    if base is None or not base.still_to_come:
        return ()
    without = f" without {joined(base.without)}" if base.without else ""
    # A year's savings that are not all delivered can be off the base all the same: it was set after
    # them.
    is_planned = grid and any(
        figure.value and rag != DELIVERED
        for (rag, year), figure in grid.cells.items()
        if year == base.year
    )
    after = f"after that year's savings{', delivered or not' if is_planned else ''}"
    stated = {"before": "before that year's savings", "after": after}
    the_budget = f"The {base.year} budget{without} of "
    first, *others = base.still_to_come
    if not others:
        is_all = first.amount.value == context.total.value
        when = "before any of these savings" if is_all else stated[first.position]
        return (
            the_budget,
            base.amount,
            f" is stated {when}, so {'the whole ' if is_all else ''}",
            *_amount_and_share(first),
            " has yet to come off it.",
        )
    readings: list[str | Figure] = []
    for reading in base.still_to_come:
        readings += [f" If it is stated {stated[reading.position]}, ", *_amount_and_share(reading)]
        readings += [" has yet to come off it."]
    unclear = " may be stated before or after that year's savings."
    return (the_budget, base.amount, unclear, *readings)


def _amount_and_share(reading: StillToCome) -> Sentence:
    return (reading.amount, " (", reading.share, ")")


def split(context: Context) -> Sentence:
    """The split by delivery route, spoken in one line."""
    if not context.split:
        return ("No split between retained and commissioned services is recorded.",)
    words: list[str | Figure] = [
        f"Of the {context.service or scope_service(context.scope)} savings, "
    ]
    for position, (route, figure) in enumerate(context.split.items()):
        words += [" and " if position else "", figure]
        words += [f" {'' if position else 'comes '}from {route.lower()}"]
    return (*words, " services.")


def approved(figures: dict[str, Figure], scope: str, name: str) -> Sentence:
    """What programme and proposal come to together, with both scopes named."""
    if not figures:
        return ()
    years: list[Sentence] = [
        (figure, f" in {year}") for year, figure in figures.items() if year != "all"
    ]
    by_year: Sentence = (", including ", *join_clauses(years)) if years else ()
    opening = f"If {name} is approved, it and {scope} would together come to "
    return (opening, figures["all"], *by_year, ".")


def deadline(item: Deadline) -> Sentence:
    """A statutory duty, what is left of it, and the rate it needs."""
    about = "about " if item.approximate else ""
    if item.quantity.value is None:
        words = "the number is not recorded, so no rate can be given."
        return (f"By {item.due_by}: {item.what}; {words}",)
    opening: Sentence = (f"By {item.due_by}: {about}", item.quantity, f" {item.what}")
    if item.is_overdone:
        return (*opening, ". Recorded as done: ", item.done, ", more than there are.")
    if item.left.value == 0:
        return (*opening, ". All done.")
    done = _done_so_far(item)
    if item.is_past:
        return (*opening, ". That date has passed.", *done, ".", *item.pace_words())
    if item.is_short:
        return (*opening, ".", *done, *_still_to_do(item), *item.pace_words())
    months = " month left." if item.months.value == 1 else " months left."
    if item.done.value is None:
        needed = "is needed" if item.rate.value == 1 else "are needed"
        if_none = f". If none is done (progress not recorded), {about}"
        rate: Sentence = (item.rate, f" a month {needed} over the ", item.months, months)
        return (*opening, if_none, *rate)
    rest: Sentence = (f"; the rest needs {about}", item.rate, " a month over the ", item.months)
    return (*opening, ".", *done, *rest, months, *item.pace_words())


def _still_to_do(item: Deadline) -> Sentence:
    """What is left of a duty that is due within a month, and how long that is."""
    left: Sentence = ()
    if item.done.value is not None:
        are = "is" if item.left.value == 1 else "are"
        left = ("; ", "about " if item.approximate else "", item.left, f" {are} still to do")
    return (*left, *item.time_left())


def _done_so_far(item: Deadline) -> Sentence:
    """How much of a duty is done."""
    if item.done.value is None:
        return (" Progress is not recorded",)
    if item.done.value == 0:
        return (" So far none has been done",)
    return (" So far ", item.done, f" {'has' if item.done.value == 1 else 'have'} been done")


_LONGEST_DUTY = 90  # letters of a duty's name on its card
_WHAT_IS_DONE = re.compile(r"\s+(?:must|should|shall|need|have|has|are|is|to)\b")


def duty_in_short(item: Deadline) -> Sentence:
    """What is left of a duty, the rate that it needs, and whether it is on schedule.

    The words beneath its date.
    """
    about = "about " if item.approximate else ""
    rate: Sentence = (f": {about}", item.rate, " a month.") if item.rate.value else (".",)
    rate = item.time_left() if item.is_short else rate
    what = f" {item.what}" if len(item.what) <= _LONGEST_DUTY else ""
    if item.done.value is None:
        return (about.capitalize(), item.quantity, what, *rate, " Progress not recorded.")
    # Of "records must be transferred", what is counted: the records.
    things = _WHAT_IS_DONE.split(what.strip(), maxsplit=1)[0]
    things = f" {things}" if things else ""
    left: Sentence = (item.left, f" of {about}", item.quantity, f"{things} still to do")
    return (*left, *rate, *item.pace_words())


def checks_summary(findings: Sequence[Finding], project: str = "") -> Sentence:
    """How the checks ended, in one line: what failed, what needs an answer, and what passed.

    A fault that another explains is not counted. Of a project's briefing, it says how many of the
    errors are in the project's own figures where not all are.
    """
    heads = [finding for finding in findings if not finding.parent]
    agreed = [
        finding
        for finding in heads
        if finding.outcome in ("agrees", "within_rounding", "within_limit")
        and finding.severity == "note"
    ]
    wrong = [finding for finding in heads if finding.severity == "error"]
    queries = [finding for finding in heads if finding.severity == "query"]
    one, many = "check failed", "checks failed"
    if wrong and all(finding.rule in OF_TOTALS for finding in wrong):
        one, many = "total does not add up", "totals do not add up"
    parts: list[Sentence] = []
    if wrong:
        parts.append((*_counted("errors", wrong, one, many), *_own_errors(wrong, project)))
    if queries:
        words = ("point needs an answer", "points need an answer")
        parts.append(_counted("queries", queries, *words))
    passed: Sentence = ()
    if agreed:
        passed = ("; ", *_counted("agreed", agreed, "check passed", "checks passed"))
    opening = join_clauses(parts) or ("Nothing needs an answer",)
    return (*opening, *passed, *_unread(queries), ".")


def _unread(queries: Sequence[Finding]) -> Sentence:
    """In how many places money stands that is in no table, where there is any."""
    unread = [finding for finding in queries if finding.rule == "money-read"]
    if not unread:
        return ()
    return (
        "; ",
        *_counted("unread", unread, "place holds", "places hold"),
        " money that was not read",
    )


def _own_errors(wrong: Sequence[Finding], project: str) -> Sentence:
    """How many of the errors are in the project's own figures, where not all are."""
    own = [finding for finding in wrong if finding.project == project]
    if not project or len(own) == len(wrong):
        return ()
    if len(wrong) == 1:
        return (" (", "not in its own figures", ")")
    count: Sentence = ("none",)
    if own:
        count = (Figure("findings/own-errors", counted((), len(own)), "count", spelled=True),)
    return (" (", *count, " in its own figures", ")")


def omitted_note(counts: Mapping[str, tuple[int, str, str]], where: str) -> Sentence:
    """How much of a list is left out, and what has all of it; blank where nothing is left out.

    `counts` gives by name the number that is left out, and the words for one and for many.
    """
    left = {name: entry for name, entry in counts.items() if entry[0]}
    words = join_clauses(
        more_of(Figure(f"unlisted/{name}", counted((), count), "count"), one, many, opens=not place)
        for place, (name, (count, one, many)) in enumerate(left.items())
    )
    verb = "is" if sum(count for count, _, _ in left.values()) == 1 else "are"
    return (*words, f" {verb} not listed here: {where}.") if words else ()


def more_of(count: Figure, one: str, many: str, *, opens: bool = True) -> Sentence:
    """How many more of something there are; no sentence begins with a digit."""
    noun = one if count.value == 1 else many
    if (count.value or 0) < _SPELLED:
        return (count.as_spelled(), f" more {noun}")
    return ("A further " if opens else "a further ", count, f" {noun}")


_SPELLED = 100  # counts that open a sentence are in words below


def _counted(name: str, findings: Sequence[Finding], one: str, many: str) -> Sentence:
    count = Figure(f"findings/{name}", counted((), len(findings)), "count", spelled=True)
    return (count, f" {one if len(findings) == 1 else many}")
