"""Tables to findings: one small pure function per rule.

A rule raises nothing; what is wrong with the data is a row of its findings.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from ffanalysis.model import SEVERITIES, Finding, Tables
from ffanalysis.reconcile import rules, totals
from ffanalysis.reconcile.lines import is_context

Rule = Callable[[Tables], Iterator[Finding]]

# In the order in which one fault explains another: what stands further up is the parent.
RULES: Mapping[str, Rule] = {
    "unit-slip": rules.unit_slip,
    "route-split": totals.route_split,
    "rag-columns": totals.rag_columns,
    "rag-rows": totals.rag_rows,
    "rag-total": totals.rag_total,
    "stated-total": totals.stated_total,
    "analyses-agree": totals.analyses_agree,
    "scope-agrees": rules.scope_agrees,
    "mtfp-tie": totals.mtfp_tie,
    "proposed-total": totals.proposed_total,
    "orphan-total": totals.orphan_total,
    "type-matches": rules.type_matches,
    "rag-stated": rules.rag_stated,
    "delivered-ahead": rules.delivered_ahead,
    "part-within-whole": rules.part_within_whole,
    "saving-within-budget": rules.saving_within_budget,
    "budget-bridge": rules.budget_bridge,
    "period-labels": rules.period_labels,
    "unit-labels": rules.unit_labels,
    "milestone-before-saving": rules.milestone_before_saving,
    "signed-off": rules.signed_off,
    "duplicate-line": rules.duplicate_line,
}


def check(tables: Tables) -> tuple[Finding, ...]:
    """All findings of a period: errors first, then queries, then notes; within each in the order of the rules.

    Ids are unique; one fault makes one headline, and whatever it explains names it as `parent`.
    """
    found = _distinct([finding for rule in RULES.values() for finding in rule(tables)])
    known = {finding.id for finding in found}
    linked = [_linked(finding, found[:position], known) for position, finding in enumerate(found)]
    return tuple(sorted(linked, key=lambda finding: SEVERITIES.index(finding.severity)))


def _distinct(findings: list[Finding]) -> list[Finding]:
    """Findings whose subjects would make the same id get a number behind the subject."""
    seen: dict[str, int] = {}
    result = []
    for finding in findings:
        seen[finding.id] = seen.get(finding.id, 0) + 1
        count = seen[finding.id]
        result.append(finding if count == 1 else replace(finding, subject=f"{finding.subject} ({count})"))
    return result


def _linked(finding: Finding, earlier: list[Finding], known: set[str]) -> Finding:
    """The finding with its parent: an earlier one that disagrees by the same amount over a cell that both use."""
    if finding.parent:
        return finding if finding.parent in known else replace(finding, parent="")
    if finding.outcome != "disagrees" or not finding.difference:
        return finding
    for other in earlier:
        same = other.outcome == "disagrees" and other.difference and abs(other.difference) == abs(finding.difference)
        if same and not other.parent and set(other.cells) & set(finding.cells):
            return replace(finding, parent=other.id)
    return finding


def concerning(tables: Tables, findings: tuple[Finding, ...], project: str) -> tuple[Finding, ...]:
    """The findings that a project's briefing shows: its own, then those of the programme and services it is part of."""
    own = [finding for finding in findings if finding.project == project]
    others = [
        finding for finding in findings if not finding.project and is_context(tables, project, finding.programme, finding.service)
    ]
    return tuple(sorted([*own, *others], key=lambda finding: SEVERITIES.index(finding.severity)))
