"""How the checks ended, and what a failed one puts in doubt."""

from collections.abc import Sequence

from ffanalysis.figures import Figure, counted
from ffanalysis.findings import Finding, Sentence
from ffanalysis.present.sentences.clauses import join_clauses

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
_NOT_READ = frozenset({"money-read", "heading-known", "paper-answered", "money-in-prose"})


def not_read(findings: Sequence[Finding]) -> list[Finding]:
    """The findings on what reading could not place, which may change what a page shows."""
    return [finding for finding in findings if finding.rule in _NOT_READ]


def what_is_in_doubt(finding: Finding) -> str:
    """What a finding puts in doubt of an amount, as a clause."""
    return _DOUBTS.get(finding.rule, "one check of its figures failed")


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
        count = (
            Figure("findings/own-errors", counted(each.id for each in own), "count", spelled=True),
        )
    return (" (", *count, " in its own figures", ")")


def _counted(name: str, findings: Sequence[Finding], one: str, many: str) -> Sentence:
    count = Figure(f"findings/{name}", counted(each.id for each in findings), "count", spelled=True)
    return (count, f" {one if len(findings) == 1 else many}")
