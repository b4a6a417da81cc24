"""What could make a briefing's figures wrong, in a director's words, the weightiest first.

Whatever could change an amount, a year, a RAG status or the approval on the first two pages is
named on the first, whoever must act; the annex has the same findings with their cells.
"""

from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup

from ffanalysis.checks.consequences import could_change, who_acts
from ffanalysis.figures import Figure, counted
from ffanalysis.findings import Effect, Finding, Sentence
from ffanalysis.present.findings import explained, worst_first
from ffanalysis.present.html import listing, rounded_sentence, sentence, tag
from ffanalysis.present.sentences import joined, not_read
from ffanalysis.present.words import say
from ffanalysis.vocabulary import Actor

_MOST = 3  # that are told in full
# A finding in a few words, where it is one of several that a line names.
_IN_FEW_WORDS: Mapping[str, str] = {
    "money-read": "money outside any table that is read",
    "heading-known": "a heading or word that is not understood",
    "shown-in-workbook": "an amount that is hidden or struck through",
    "paper-answered": "questions about the concept paper without an answer",
    "figures-returned": "figures that were not returned",
    "money-in-prose": "a note of money outside the figures",
    "summary-agrees": "a summary that differs from its sheets",
    "net-agrees": "a net budget that is not gross less income",
    "files-agree": "two files that disagree",
    "as-of-in-quarter": "a date outside the quarter",
    "inputs-unchanged": "no update since last quarter",
    "unit-slip": "an amount that may be in another unit",
    "duplicate-line": "a line that is listed twice",
    "route-split": "a split between retained and commissioned that does not add up",
    "rag-columns": "a RAG table that does not add up",
    "rag-rows": "a RAG table that does not add up",
    "rag-total": "a RAG table that does not add up",
    "stated-total": "a printed total that does not add up",
    "analyses-agree": "two analyses that do not agree",
    "opening-equals-last-close": "an opening amount that differs from last quarter's",
    "mtfp-tie": "a different amount in the medium-term financial plan",
    "projects-to-programme": "projects that do not add up to their programme",
    "proposed-total": "a printed total that does not add up",
    "orphan-total": "a total with no amounts behind it",
    "variance-agrees": "a printed variance that does not agree",
    "percentage-agrees": "a printed percentage that does not agree",
    "savings-stated": "an amount that is not stated",
    "revised-complete": "a revised target that leaves out a year",
    "same-every-year": "one amount repeated in each year",
    "signs-mixed": "amounts of both signs",
    "rag-stated": "an amount without a RAG status",
    "rag-agrees": "a RAG status that differs between rows",
    "delivered-ahead": "delivery recorded before the year has started",
    "rated-as-milestones": "a Green rating beside an overdue milestone",
    "forecast-as-rated": "a saving rated Red that is forecast in full",
    "delivered-within-target": "more delivered than the target",
    "delivered-within-forecast": "more delivered than forecast",
    "delivered-as-rated": "a saving rated delivered that is not delivered in full",
    "forecast-plausible": "a forecast far above its target",
    "line-moved-project": "a line that was another project's last quarter",
    "saving-overdue": "a saving that was due by now not recorded as delivered",
    "share-plausible": "an implausible share of the budget",
    "saving-within-budget": "a saving larger than its budget",
    "milestone-before-saving": "milestones without a firm date before the saving starts",
    "milestone-dated": "a milestone completed after the as-of date",
    "status-known": "a status that is not understood",
    "status-dated": "a status dated after the as-of date",
    "status-agrees": "a status that the savings contradict",
    "approved-before-done": "milestones complete before approval",
    "target-stated": "amounts reported without a target",
    "signed-off": "sign-off or approval not recorded",
    "sign-off-current": "a sign-off on earlier figures",
    "stated-twice": "a register and a schedule that disagree",
    "evidence": "delivery without a recorded confirmation",
    "funded": "a one-off cost without its funding",
}
# What puts the whole saving in doubt comes before what puts a part of it in doubt.
_WHOLE = frozenset({"status-agrees"})
# What may be right, and only lacks a name behind it, comes after whatever may be wrong.
_LIGHT = frozenset({"evidence"})
_OF: Mapping[Effect, str] = {
    "amount": "the amount",
    "year": "the year",
    "RAG status": "the RAG status",
    "approval": "the approval",
}
_ACTORS: Mapping[Actor, str] = {
    Actor.DIRECTOR: "For you to settle",
    Actor.SERVICE: "For the service to confirm",
    Actor.FINANCE: "For the finance office to correct",
}
_ASKED: Mapping[Actor, str] = {
    Actor.DIRECTOR: "For you to settle",
    Actor.SERVICE: "sk the service",
    Actor.FINANCE: "sk the finance office",
}


def doubts_of(findings: Iterable[Finding], project: str) -> list[Finding]:
    """The findings that could change what the first two pages show, the worst first.

    Those of a wider programme come after those of the project and those that concern everybody.
    """
    found = worst_first([finding for finding in findings if _is_a_doubt(finding)])

    def comes_later(finding: Finding) -> tuple[bool, bool, bool]:
        is_own = finding.project == project or finding.everybody
        return not is_own, finding.rule not in _WHOLE, finding.rule in _LIGHT

    return sorted(found, key=comes_later)


def _is_a_doubt(finding: Finding) -> bool:
    """Whether a finding could change these pages; a question to all projects is of none alone."""
    asks_all = finding.everybody and finding.rule in _LIGHT
    return bool(could_change(finding)) and not finding.parent and not asks_all


def doubts_list(findings: Sequence[Finding], project: str, beside: Sentence = ()) -> Markup:
    """The weightiest in full, each with what it could change and who acts; the others in a line.

    Amounts are rounded together with those of `beside`, which the page shows above them.
    """
    found = doubts_of(findings, project)
    if not found:
        words = "No open point affects the amounts, the years or the RAG status on these pages."
        return tag("p", words)
    told, others = found[:_MOST], found[_MOST:]
    items = [_in_full(finding, project, beside) for finding in told]
    parts = [listing(items, class_="doubts")]
    if others:
        parts.append(tag("p", _in_a_line(others, project), class_="doubts-more"))
    return Markup("").join(parts)


def not_read_list(findings: Sequence[Finding]) -> Markup:
    """What reading could not place, for the programme's first page; nothing where all is read."""
    found = not_read(findings)
    if not found:
        return Markup("")
    texts = dict.fromkeys(sentence(finding.brief or finding.message) for finding in found)
    heading = tag("h2", "What could make this wrong")
    return tag("div", heading, listing(texts, class_="doubts"), class_="not-read")


def _in_full(finding: Finding, project: str, beside: Sentence) -> Markup:
    """A finding in a director's words, with what it could change and who acts."""
    effects = joined([_OF[effect] for effect in could_change(finding)])
    actor = who_acts(finding)
    is_own = finding.everybody or finding.project == project
    behind = f"May change {effects}." if is_own else "Not in this project's own figures."
    told = say(finding.brief or finding.message)
    # Whoever is asked in the sentence itself is not named again.
    behind += f" {_ACTORS[actor]}." if actor and _ASKED[actor] not in told else ""
    return Markup("{}{} {}").format(
        rounded_sentence(finding.brief or finding.message, beside),
        explained(finding),
        tag("span", behind, class_="effect"),
    )


def _in_a_line(findings: Sequence[Finding], project: str) -> Markup:
    """The other findings in a few words each, by what they could change."""
    clauses: dict[str, list[str]] = {}
    own = [each for each in findings if each.everybody or each.project == project]
    wider = [each for each in findings if each not in own]
    beside = _of_the_programme(wider) if wider else Markup("")
    if not own:
        return beside
    for finding in own:
        effect = joined([_OF[each] for each in could_change(finding)])
        words = clauses.setdefault(effect, [])
        if _IN_FEW_WORDS[finding.rule] not in words:
            words.append(_IN_FEW_WORDS[finding.rule])
    count = Figure("doubts/more", counted(each.id for each in own), "count")
    listed = "; ".join(f"{effect} ({', '.join(words)})" for effect, words in clauses.items())
    one = len(own) == 1
    return (
        sentence(
            (count, f" more {'point' if one else 'points'} may change {listed}: see the annex.")
        )
        + (Markup(" ") if beside else Markup(""))
        + beside
    )


def _of_the_programme(wider: Sequence[Finding]) -> Markup:
    """How many points are about the programme that a project is part of, and not about it."""
    count = Figure("doubts/wider", counted(each.id for each in wider), "count", spelled=True)
    noun = " point is" if len(wider) == 1 else " points are"
    return sentence((count, f"{noun} about the wider programme's figures, not this project's."))
