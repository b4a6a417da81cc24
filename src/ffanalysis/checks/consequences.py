"""What follows from a finding: who must act on it, and what of a briefing it could change."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ffanalysis.findings import Effect, Finding
from ffanalysis.vocabulary import Actor


class _Consequence(NamedTuple):
    """Who acts on what a rule finds, and what it could change on a briefing's first two pages."""

    acts: Actor
    changes: tuple[Effect, ...] = ()


def _for(acts: Actor, *changes: Effect) -> _Consequence:
    return _Consequence(acts, changes)


# A director decides, and must know where an amount is in doubt. The service owns what it reports.
# The finance office owns the workbooks: labels, units, and cells that nobody can read.
CONSEQUENCES: Mapping[str, _Consequence] = {
    "money-read": _for(Actor.FINANCE, "amount"),
    "heading-known": _for(Actor.FINANCE, "amount", "RAG status"),
    "shown-in-workbook": _for(Actor.FINANCE, "amount"),
    "paper-answered": _for(Actor.FINANCE, "amount", "approval"),
    "figures-returned": _for(Actor.SERVICE, "amount"),
    "money-in-prose": _for(Actor.SERVICE, "amount"),
    "files-agree": _for(Actor.FINANCE, "amount"),
    "as-of-in-quarter": _for(Actor.FINANCE, "amount"),
    "inputs-unchanged": _for(Actor.SERVICE, "amount", "RAG status"),
    "unit-slip": _for(Actor.FINANCE, "amount"),
    "duplicate-line": _for(Actor.DIRECTOR, "amount"),
    "route-split": _for(Actor.FINANCE, "amount"),
    "rag-columns": _for(Actor.FINANCE, "amount", "RAG status"),
    "rag-rows": _for(Actor.FINANCE, "amount", "RAG status"),
    "rag-total": _for(Actor.FINANCE, "amount"),
    "stated-total": _for(Actor.DIRECTOR, "amount"),
    "analyses-agree": _for(Actor.FINANCE, "amount"),
    "summary-agrees": _for(Actor.FINANCE, "amount"),
    "opening-equals-last-close": _for(Actor.SERVICE, "amount"),
    "scope-agrees": _for(Actor.FINANCE),
    "mtfp-tie": _for(Actor.FINANCE, "amount"),
    "projects-to-programme": _for(Actor.FINANCE, "amount"),
    "proposed-total": _for(Actor.DIRECTOR, "amount"),
    "orphan-total": _for(Actor.DIRECTOR, "amount"),
    "variance-agrees": _for(Actor.FINANCE, "amount"),
    "percentage-agrees": _for(Actor.FINANCE, "amount"),
    "savings-stated": _for(Actor.SERVICE, "amount"),
    "revised-complete": _for(Actor.SERVICE, "amount", "year"),
    "same-every-year": _for(Actor.SERVICE, "amount"),
    "signs-mixed": _for(Actor.FINANCE, "amount"),
    "type-matches": _for(Actor.SERVICE),
    "rag-stated": _for(Actor.SERVICE, "RAG status"),
    "rag-agrees": _for(Actor.SERVICE, "RAG status"),
    "delivered-ahead": _for(Actor.SERVICE, "amount"),
    "delivered-within-target": _for(Actor.SERVICE, "amount"),
    "delivered-within-forecast": _for(Actor.SERVICE, "amount"),
    "delivered-as-rated": _for(Actor.SERVICE, "amount", "RAG status"),
    "forecast-as-rated": _for(Actor.SERVICE, "amount", "RAG status"),
    "rated-as-milestones": _for(Actor.SERVICE, "RAG status"),
    "forecast-plausible": _for(Actor.SERVICE, "amount"),
    "line-moved-project": _for(Actor.SERVICE, "amount"),
    "saving-overdue": _for(Actor.DIRECTOR, "amount"),
    "part-within-whole": _for(Actor.FINANCE),
    "share-plausible": _for(Actor.FINANCE, "amount"),
    "saving-within-budget": _for(Actor.DIRECTOR, "amount"),
    "budget-bridge": _for(Actor.FINANCE),
    "net-agrees": _for(Actor.FINANCE, "amount"),
    "period-labels": _for(Actor.FINANCE),
    "unit-labels": _for(Actor.FINANCE),
    "milestone-before-saving": _for(Actor.SERVICE, "year"),
    "milestone-dated": _for(Actor.SERVICE, "year"),
    "deadline-pace": _for(Actor.SERVICE),
    "status-known": _for(Actor.FINANCE, "approval"),
    "status-dated": _for(Actor.SERVICE, "approval"),
    "status-agrees": _for(Actor.SERVICE, "amount", "approval"),
    "approved-before-done": _for(Actor.SERVICE, "approval"),
    "target-stated": _for(Actor.SERVICE, "amount"),
    "risk-score": _for(Actor.SERVICE),
    "signed-off": _for(Actor.DIRECTOR, "approval"),
    "sign-off-current": _for(Actor.DIRECTOR, "approval"),
    "stated-twice": _for(Actor.SERVICE),
    "commentary-dated": _for(Actor.SERVICE),
    "evidence": _for(Actor.SERVICE, "amount"),
    "funded": _for(Actor.SERVICE),
}


# A director settles the totals of a project; those of a programme's tables are for the workbooks'
# owner.
_OF_TOTALS = frozenset({"stated-total", "proposed-total", "orphan-total"})


def who_acts(finding: Finding) -> Actor | None:
    """Who must act on a finding; None where nobody must, as it agrees or only informs."""
    if finding.severity == "note":
        return None
    if finding.acts:
        return finding.acts
    if finding.rule in _OF_TOTALS and not finding.project:
        return Actor.FINANCE
    return CONSEQUENCES[finding.rule].acts


def could_change(finding: Finding) -> tuple[Effect, ...]:
    """What of an amount, a year, a RAG status or an approval a finding could change."""
    if finding.severity == "note":
        return ()
    return finding.changes or CONSEQUENCES[finding.rule].changes


def for_actor(findings: Iterable[Finding], actor: Actor) -> list[Finding]:
    """The findings that one of the three must act on, in their order."""
    return [finding for finding in findings if who_acts(finding) == actor]
