"""What a project saves: the headline of its briefing, and its position beneath it."""

from collections.abc import Sequence

from ffanalysis.checks.compare import is_not_known
from ffanalysis.figures import Figure, negative
from ffanalysis.findings import Finding, Sentence
from ffanalysis.measure.position import Position
from ffanalysis.measure.project_savings import ProjectSavings
from ffanalysis.present.sentences.checks import what_is_in_doubt
from ffanalysis.present.sentences.clauses import as_sentence, join_clauses, joined, when
from ffanalysis.present.sentences.rating import how_rated, without_rag
from ffanalysis.vocabulary import Plan, Stage

_VERBS = {
    Plan.PROPOSED: ("proposes to save", "proposes"),
    Plan.CURRENT: ("is planned to save", "plans"),
    Plan.PRIOR: ("was planned to save", "planned"),
}
# Queries that a headline tells too: the amount may be a thousand times too much, or not come at
# all.
_TOLD = frozenset({"unit-slip", "saving-overdue"})
_MOST_DOUBTS = 2


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

    `stage` is how far the register says it has come: what is withdrawn or rejected saves nothing.
    """
    doubts = _doubts(own, findings)
    if own.total.value is None:
        return _nothing_stated(name, own, doubts)
    if own.without_rag.value and not own.by_rag:
        doubts.insert(0, without_rag(own))
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


def _nothing_stated(name: str, own: ProjectSavings, doubts: Sequence[str]) -> Sentence:
    """The headline of a project whose saving is not stated."""
    ending = f" {joined(doubts)[:1].upper()}{joined(doubts)[1:]}." if doubts else ""
    if own.plan == Plan.PROPOSED and own.total.has_gap:
        gap = f"its amount is marked {own.total.missing}"
        return (f"{name} proposes a saving, but {gap}.{ending}",)
    mark = f" ({own.total.missing})" if own.total.has_gap else ""
    return (f"No saving of its own is recorded for {name}{mark}.{ending}",)


_STILL = {Plan.PROPOSED: "proposed", Plan.CURRENT: "in the plan", Plan.PRIOR: "in the plan"}


def _opening(
    name: str, own: ProjectSavings, position: Position | None, stage: Stage | None
) -> Sentence:
    """What the project saves, and when; what of it is not known."""
    years = when(own.saving_years)
    total = own.total.as_known_part()
    words: Sentence
    if stage and stage.is_given_up and own.total.value:
        words = (f"{name} is {stage.lower()}, but ", total, f" {years} is still {_STILL[own.plan]}")
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
        status: Sentence = how_rated(own)
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

    The years that are known in part, and those of which the amount is only marked; that there is
    some where neither is known.
    """
    why: dict[str, list[str]] = {is_not_known(own.total.missing): []}
    for year, figure in own.by_year.items():
        if year in own.years and figure.has_gap:
            why.setdefault(is_not_known(figure.missing), []).append(year)
    return f"; {joined([_unknown_years(own, words, years) for words, years in why.items()])}"


def _unknown_years(own: ProjectSavings, words: str, years: Sequence[str]) -> str:
    """What is not known for one reason: "part of 2016/17 and the amount for 2017/18 are ..."."""
    if not years or (len(years) == 1 and years == [*own.saving_years]):
        return f"a further part {words}"
    parts = [year for year in years if own.by_year[year].partial]
    whole = joined([year for year in years if year not in parts])
    if not parts:
        return f"the amount for {whole} {words}"
    part = f"part {joined([f'of {year}' for year in parts])}"
    if not whole:
        return f"{part} {words}"
    return f"{part} and the amount for {whole} {words.replace('is ', 'are ', 1)}"


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
