"""Tables to findings: one small pure function per rule.

A rule raises nothing; what is wrong with the data is a row of its findings.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from ffanalysis.checks import (
    analyses,
    budgets,
    delivery,
    governance,
    labels,
    prior_quarter,
    schedule_lines,
    totals,
)
from ffanalysis.figures import SEVERITIES, Figure, Finding
from ffanalysis.provenance import slug
from ffanalysis.savings.project_rows import Narrower
from ffanalysis.savings.quarter import Ledger
from ffanalysis.tables import Tables

Rule = Callable[[Ledger], Iterator[Finding]]

# An id holds at most 80 characters of its subject; this leaves room for a number.
_LONGEST = 72

# In the order in which one fault explains another: what stands further up is the parent.
RULES: Mapping[str, Rule] = {
    "unit-slip": prior_quarter.unit_slip,
    "duplicate-line": schedule_lines.duplicate_line,
    "route-split": totals.route_split,
    "rag-columns": totals.rag_columns,
    "rag-rows": totals.rag_rows,
    "rag-total": totals.rag_total,
    "stated-total": totals.stated_total,
    "analyses-agree": analyses.analyses_agree,
    "opening-equals-last-close": prior_quarter.opening_equals_last_close,
    "scope-agrees": schedule_lines.scope_agrees,
    "mtfp-tie": analyses.mtfp_tie,
    "proposed-total": totals.proposed_total,
    "orphan-total": totals.orphan_total,
    "savings-stated": schedule_lines.savings_stated,
    "signs-mixed": schedule_lines.signs_mixed,
    "type-matches": schedule_lines.type_matches,
    "rag-stated": schedule_lines.rag_stated,
    "delivered-ahead": delivery.delivered_ahead,
    "delivered-within-target": delivery.delivered_within_target,
    "delivered-within-forecast": delivery.delivered_within_forecast,
    "saving-overdue": delivery.saving_overdue,
    "part-within-whole": budgets.part_within_whole,
    "saving-within-budget": budgets.saving_within_budget,
    "budget-bridge": budgets.budget_bridge,
    "period-labels": labels.period_labels,
    "unit-labels": labels.unit_labels,
    "milestone-before-saving": governance.milestone_before_saving,
    "deadline-pace": governance.deadline_pace,
    "signed-off": governance.signed_off,
    "sign-off-current": governance.sign_off_current,
}


def check(tables: Tables) -> tuple[Finding, ...]:
    """All findings of a period.

    Errors first, then queries, then notes; within each in the order of the rules.

    Ids are unique; one fault makes one headline, and whatever it explains names it as `parent`.
    """
    ledger = Ledger.of(tables)
    found = [
        _named(finding)
        for finding in _distinct([finding for rule in RULES.values() for finding in rule(ledger)])
    ]
    return tuple(sorted(_linked(found), key=lambda finding: SEVERITIES.index(finding.severity)))


def _distinct(findings: list[Finding]) -> list[Finding]:
    """Findings whose subjects would make the same id get a number behind the subject, which is cut short where it must be."""
    seen: set[str] = set()
    counts: dict[str, int] = {}
    result = []
    for finding in findings:
        one, count = finding, counts.get(finding.id, 1)
        while one.id in seen:
            count += 1
            behind = f" ({count})"
            short = (
                finding.subject
                if len(slug(finding.subject)) < _LONGEST
                else slug(finding.subject)[:_LONGEST]
            )
            one = replace(finding, subject=f"{short}{behind}")
        counts[finding.id] = count
        seen.add(one.id)
        result.append(one)
    return result


def _named(finding: Finding) -> Finding:
    """The finding with its own name on every figure that its sentence makes, so that a name stands for one value.

    The figures of a bridge keep theirs: they stand in its chart and table too.
    """
    message = tuple(
        (
            replace(part, name=f"{finding.id}/{part.name.partition('/')[2] or part.name}")
            if isinstance(part, Figure) and not part.name.startswith("bridge/")
            else part
        )
        for part in finding.message
    )
    return replace(finding, message=message)


def _linked(findings: list[Finding]) -> Iterator[Finding]:
    """The findings with their parents.

    An earlier one that disagrees by the same amount over a cell that both use.

    An orphaned total counts as the amount by which it can put other sums wrong. What itself agrees
    explains nothing.
    """
    wrong = {finding.id for finding in findings if finding.outcome == "disagrees"}
    ids = [finding.id for finding in findings]
    earlier: dict[tuple[int, str], int] = {}
    for place, finding in enumerate(findings):
        amiss = _amiss(finding)
        if finding.parent in wrong:
            yield finding
        else:
            parents = (
                [earlier[amiss, cell] for cell in finding.cells if (amiss, cell) in earlier]
                if amiss
                else []
            )
            yield replace(finding, parent=ids[min(parents)] if parents else "")
        if amiss and not finding.parent:
            for cell in finding.cells:
                earlier.setdefault((amiss, cell), place)


def _amiss(finding: Finding) -> int:
    """By how much a finding disagrees; nil where it does not, or where no amount is at stake."""
    if finding.outcome != "disagrees":
        return 0
    return abs(finding.stated or 0 if finding.difference is None else finding.difference)


def concerning(tables: Tables, findings: tuple[Finding, ...], project: str) -> tuple[Finding, ...]:
    """The findings that a project's briefing shows.

    Its own, then those of the programme and services it is part of.
    """
    return Narrower(tables, findings).findings_of(project)
