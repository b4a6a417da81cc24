"""Savings and figures to findings: one small pure function for each rule.

A rule raises nothing; what is wrong with the data is a row of its findings.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from ffanalysis.checks import (
    analyses,
    budgets,
    comparisons,
    confirmed,
    dated,
    deadlines,
    delivered,
    duplicates,
    every_year,
    governance,
    in_projects,
    labels,
    moved,
    net,
    not_reported,
    plausible,
    prior_quarter,
    rag,
    rated,
    revised,
    risks,
    schedule_lines,
    stated_twice,
    statuses,
    summaries,
    this_quarter,
    totals,
    unread,
)
from ffanalysis.checks.explained import with_explanations
from ffanalysis.figures import Figure
from ffanalysis.findings import SEVERITIES, Finding
from ffanalysis.provenance import CellRef, slug
from ffanalysis.savings.quarter import Quarter

Rule = Callable[[Quarter], Iterator[Finding]]

# An id holds at most 80 characters of its subject; this leaves room for a number.
_LONGEST = 72

# In the order in which one fault explains another: what stands further up is the parent.
RULES: Mapping[str, Rule] = {
    "money-read": unread.money_read,
    "heading-known": unread.heading_known,
    "shown-in-workbook": unread.shown_in_workbook,
    "paper-answered": unread.paper_answered,
    "figures-returned": not_reported.figures_returned,
    "money-in-prose": unread.money_in_prose,
    "files-agree": this_quarter.files_agree,
    "as-of-in-quarter": this_quarter.as_of_in_quarter,
    "inputs-unchanged": this_quarter.inputs_unchanged,
    "unit-slip": prior_quarter.unit_slip,
    "duplicate-line": duplicates.duplicate_line,
    "route-split": totals.route_split,
    "rag-columns": totals.rag_columns,
    "rag-rows": totals.rag_rows,
    "rag-total": totals.rag_total,
    "stated-total": totals.stated_total,
    "analyses-agree": analyses.analyses_agree,
    "summary-agrees": summaries.summary_agrees,
    "opening-equals-last-close": prior_quarter.opening_equals_last_close,
    "line-moved-project": moved.line_moved_project,
    "scope-agrees": schedule_lines.scope_agrees,
    "mtfp-tie": analyses.mtfp_tie,
    "projects-to-programme": in_projects.projects_to_programme,
    "proposed-total": totals.proposed_total,
    "orphan-total": totals.orphan_total,
    "variance-agrees": comparisons.variance_agrees,
    "percentage-agrees": comparisons.percentage_agrees,
    "savings-stated": schedule_lines.savings_stated,
    "revised-complete": revised.revised_complete,
    "same-every-year": every_year.same_every_year,
    "signs-mixed": schedule_lines.signs_mixed,
    "type-matches": schedule_lines.type_matches,
    "rag-stated": schedule_lines.rag_stated,
    "rag-agrees": rag.rag_agrees,
    "delivered-ahead": delivered.delivered_ahead,
    "delivered-as-rated": rated.delivered_as_rated,
    "forecast-as-rated": rated.forecast_as_rated,
    "rated-as-milestones": rated.rated_as_milestones,
    "delivered-within-target": delivered.delivered_within_target,
    "delivered-within-forecast": delivered.delivered_within_forecast,
    "forecast-plausible": plausible.forecast_plausible,
    "saving-overdue": delivered.saving_overdue,
    "part-within-whole": budgets.part_within_whole,
    "share-plausible": budgets.share_plausible,
    "saving-within-budget": budgets.saving_within_budget,
    "budget-bridge": budgets.budget_bridge,
    "net-agrees": net.net_agrees,
    "period-labels": labels.period_labels,
    "unit-labels": labels.unit_labels,
    "milestone-before-saving": governance.milestone_before_saving,
    "milestone-dated": dated.milestone_dated,
    "deadline-pace": deadlines.deadline_pace,
    "status-known": statuses.status_known,
    "status-dated": dated.status_dated,
    "status-agrees": statuses.status_agrees,
    "approved-before-done": statuses.approved_before_done,
    "target-stated": statuses.target_stated,
    "risk-score": risks.risk_score,
    "signed-off": governance.signed_off,
    "sign-off-current": governance.sign_off_current,
    "stated-twice": stated_twice.stated_twice,
    "commentary-dated": dated.commentary_dated,
    "evidence": confirmed.evidence,
    "funded": confirmed.funded,
}


def check(quarter: Quarter) -> tuple[Finding, ...]:
    """All findings of a period.

    Errors first, then queries, then notes; within each in the order of the rules.

    Ids are unique; one fault makes one headline, and whatever it explains names it as `parent`.
    """
    found = [
        _named(finding)
        for finding in _distinct([finding for rule in RULES.values() for finding in rule(quarter)])
    ]
    linked = with_explanations(quarter, _linked(found))
    return tuple(sorted(linked, key=lambda finding: SEVERITIES.index(finding.severity)))


def _distinct(findings: list[Finding]) -> list[Finding]:
    """Findings that would share an id get a number behind their subject, cut short if need be."""
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
    """The finding with its id on every figure of its sentence, so that a name has one value.

    The figures of a bridge keep theirs: they stand in its chart and table too.
    """
    message, brief = (
        tuple(_of_finding(finding, part) for part in sentence)
        for sentence in (finding.message, finding.brief)
    )
    return replace(finding, message=message, brief=brief)


def _of_finding(finding: Finding, part: str | Figure) -> str | Figure:
    if not isinstance(part, Figure) or part.name.startswith("bridge/"):
        return part
    return part.renamed(f"{finding.id}/{part.name.partition('/')[2] or part.name}")


def _linked(findings: list[Finding]) -> Iterator[Finding]:
    """The findings with their parents.

    An earlier one that disagrees by the same amount over a cell that both use.

    An orphaned total counts as the amount by which it can put other sums wrong. What itself agrees
    explains nothing.
    """
    wrong = {finding.id for finding in findings if finding.outcome == "disagrees"}
    ids = [finding.id for finding in findings]
    earlier: dict[tuple[int, CellRef], int] = {}
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


def concerning(quarter: Quarter, findings: Sequence[Finding], project: str) -> tuple[Finding, ...]:
    """The findings that a project's briefing shows, the worst first.

    Its own, and those of the programme and services it is part of.
    """
    return FindingsByProject(quarter, findings).of(project)


class FindingsByProject:
    """Findings by the project, or the service and programme, that they concern."""

    def __init__(self, quarter: Quarter, findings: Sequence[Finding]) -> None:
        self._quarter, self._findings = quarter, findings
        self._own: dict[str, list[int]] = {}
        self._wider: dict[str, dict[str, list[int]]] = {}
        self._everybody: list[int] = []
        for place, finding in enumerate(findings):
            if finding.everybody:
                self._everybody.append(place)
            elif finding.project:
                self._own.setdefault(finding.project, []).append(place)
            else:
                of_service = self._wider.setdefault(finding.service, {})
                of_service.setdefault(finding.programme, []).append(place)

    def of(self, project: str) -> tuple[Finding, ...]:
        """The findings that concern a project."""
        return tuple(self._findings[place] for place in self.places_of(project))

    def places_of(self, project: str) -> list[int]:
        """Where the findings that concern a project stand among all."""
        row = self._quarter.register[project]
        wider = self._quarter.context_of(row, self._wider)
        found = [*self._own.get(project, ()), *sorted([*wider, *self._everybody])]
        return sorted(found, key=lambda place: SEVERITIES.index(self._findings[place].severity))
