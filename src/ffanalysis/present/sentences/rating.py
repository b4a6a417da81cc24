"""How a saving is rated by RAG status, and what of it has none."""

from collections.abc import Mapping, Sequence

from ffanalysis.figures import Figure
from ffanalysis.findings import Sentence
from ffanalysis.measure.project_savings import ProjectSavings
from ffanalysis.present.sentences.clauses import join_clauses, joined
from ffanalysis.vocabulary import RAG_STATUSES, not_given


def rag_gap(own: ProjectSavings) -> str:
    """Why a saving has no RAG status: "not recorded", "marked TBC"; blank where reasons differ."""
    marks = {rag for rag in own.rag_statuses if rag not in RAG_STATUSES}
    return not_given(marks.pop()) if len(marks) == 1 else ""


def without_rag(own: ProjectSavings) -> str:
    """That a saving, or a part of it, has no RAG status, and why."""
    is_all, why = own.without_rag.value == own.total.value, rag_gap(own)
    if not why:
        return f"{'it' if is_all else 'part of it'} has no RAG status"
    return f"{'its RAG status' if is_all else 'the RAG status of part of it'} is {why}"


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


def how_rated(own: ProjectSavings) -> Sentence:
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
