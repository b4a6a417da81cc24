"""What people have declared of findings: why it is right to go on although a check failed."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ffanalysis.findings import Explanation, Finding
from ffanalysis.periods import long_date
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import ExplanationRow


def with_explanations(quarter: Quarter, findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings, each with what a person has declared of it, and whether that still holds."""
    declared = {row.finding: row for row in quarter.explanations}
    for finding in findings:
        row = declared.get(finding.id)
        if row is None or row.date is None or row.until is None:
            yield finding
        else:
            lapsed = _why_lapsed(quarter, finding, row)
            told = Explanation(row.why, row.by, row.until, row.date, lapsed)
            yield replace(finding, explanation=told)


def _why_lapsed(quarter: Quarter, finding: Finding, row: ExplanationRow) -> str:
    """Why an explanation no longer holds of its finding; "" while it does."""
    if (row.stated_pence, row.calculated_pence) != (finding.stated, finding.calculated):
        return "the amounts have changed since"
    if row.until and row.until < quarter.as_of:
        return f"it held until {long_date(row.until)}"
    return ""


def without_finding(quarter: Quarter, findings: Iterable[Finding]) -> list[ExplanationRow]:
    """The explanations of what is no finding of this quarter."""
    known = {finding.id for finding in findings}
    return [row for row in quarter.explanations if row.finding not in known]
