"""The order in which a director reads projects: the worst first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ffanalysis.vocabulary import Rag

IN_WORDS = (
    "Worst first: no briefing, then a failed check of its own figures, then forecast shortfall, RAG"
    " status and amount."
)
# What is not rated may be anything, so it comes before what is known to be on target.
_NOT_RATED = ""
_RAGS = (Rag.RED, Rag.AMBER, _NOT_RATED, Rag.ON_TARGET, Rag.DELIVERED)


@dataclass(frozen=True)
class Standing:
    """What decides the place of a project.

    Attributes:
        has_briefing: whether it has one: not where it is withheld or could not be made.
        has_error: whether an error is in its own figures.
        shortfall: what its savings in the plan are forecast to fall short by, in pence; nil where
            that is not known.
        rags: the RAG statuses of its lines, of which the worst counts.
        amount: what its saving comes to, in pence.
    """

    has_briefing: bool = True
    has_error: bool = False
    shortfall: int = 0
    rags: Sequence[str] = ()
    amount: int = 0

    @property
    def worst(self) -> int:
        """The place of its worst RAG status among all, Red first."""
        places = [_RAGS.index(rag if rag in _RAGS else _NOT_RATED) for rag in self.rags]
        return min(places, default=_RAGS.index(_NOT_RATED))


def worst_first(standings: Mapping[str, Standing]) -> list[str]:
    """The projects with the worst first; those that are alike stay in their order."""
    return sorted(standings, key=lambda project: _place(standings[project]))


def _place(own: Standing) -> tuple[bool, bool, int, int, int]:
    return (own.has_briefing, not own.has_error, -own.shortfall, own.worst, -own.amount)


def rags_worst_first(rags: Sequence[str]) -> list[str]:
    """RAG statuses with the worst first."""
    return sorted(rags, key=lambda rag: Standing(rags=(rag,)).worst)
