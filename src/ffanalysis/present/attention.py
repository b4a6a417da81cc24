"""What the programme page says of the checks, in a director's words: what failed, what is asked.

Rules, files and cells are left to the reconciliation and to findings.csv.
"""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from ffanalysis.checks.consequences import for_actor, who_acts
from ffanalysis.figures import Figure, counted
from ffanalysis.findings import Finding, Sentence, Severity
from ffanalysis.present.findings import SEVERITY_WORDS, at_stake, headlines
from ffanalysis.present.html import listing, rounded_sentence, sentence, tag
from ffanalysis.present.sentences import join_clauses, more_of
from ffanalysis.provenance import slug
from ffanalysis.vocabulary import Actor

MOST_HEADLINES = 5
_FOR: dict[Actor, str] = {
    Actor.DIRECTOR: "directors to settle",
    Actor.SERVICE: "services to confirm",
    Actor.FINANCE: "the finance office to correct",
}
_ALL_OF_THEM = " Each, with its cells, is in findings.csv and reconciliation.xlsx."
# The table of programmes shows what is in no project, programme by programme.
_IN_THE_TABLE = "projects-to-programme"


def listed(findings: Sequence[Finding]) -> Markup:
    """Errors, then what needs an answer, a director's first; of many the largest amounts."""
    errors = headlines(findings, ["error"])
    queries = headlines(findings, ["query"])
    if len(errors) + len(queries) > MOST_HEADLINES:
        errors = sorted(errors, key=at_stake, reverse=True)
        queries = sorted(queries, key=_weight, reverse=True)
    shown = (errors[:MOST_HEADLINES], queries[: max(0, MOST_HEADLINES - len(errors))])
    left = [each for found in (errors, queries) for each in found if not _is_among(each, shown)]
    return Markup("").join((_items("error", shown[0]), _items("query", shown[1]), _rest(left)))


def _is_among(finding: Finding, shown: Sequence[Sequence[Finding]]) -> bool:
    return any(finding is each for found in shown for each in found)


def _weight(finding: Finding) -> tuple[bool, bool, int]:
    is_directors = who_acts(finding) == Actor.DIRECTOR
    return (finding.rule != _IN_THE_TABLE, is_directors, at_stake(finding))


def _items(severity: Severity, found: Sequence[Finding]) -> Markup:
    if not found:
        return Markup("")
    word = tag("strong", SEVERITY_WORDS[severity], class_=f"severity {severity}")
    said = (rounded_sentence(each.brief or each.message) for each in found)
    items = (Markup("{} {}").format(word, words) for words in said)
    return listing(items, class_=f"findings {severity}")


def _rest(left: Sequence[Finding]) -> Markup:
    """How many more there are, who must act on them, and where they are."""
    if not left:
        return Markup("")
    errors = [each for each in left if each.severity == "error"]
    queries = [each for each in left if each.severity == "query"]
    counts = [
        (Figure(f"unlisted/{name}", counted(each.id for each in found), "count"), one, many)
        for name, found, one, many in (
            ("errors", errors, "check failed", "checks failed"),
            ("queries", queries, "point needs an answer", "points need an answer"),
        )
        if found
    ]
    more = join_clauses(
        more_of(count, one, many, opens=not place)
        for place, (count, one, many) in enumerate(counts)
    )
    whose = join_clauses(_by_actor(left))
    return tag("p", sentence((*more, ": ", *whose, ".", _ALL_OF_THEM)))


def _by_actor(left: Sequence[Finding]) -> Iterator[Sentence]:
    for actor, words in _FOR.items():
        if found := for_actor(left, actor):
            count = Figure(
                f"unlisted/for-{slug(actor)}", counted(each.id for each in found), "count"
            )
            yield (count.as_spelled(), f" for {words}")
