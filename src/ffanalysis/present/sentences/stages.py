"""How far a project has come, as its banner says it."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from ffanalysis.measure.stages import DatedStage, stage_of
from ffanalysis.periods import long_date
from ffanalysis.vocabulary import Stage

_NO_WORDS: Mapping[str, str] = MappingProxyType({})
# What a banner says, where a stage by itself does not say what is missing.
_BANNERS: Mapping[Stage, str] = MappingProxyType(
    {
        Stage.CONCEPT: "Concept stage, not approved",
        Stage.PROPOSED: "Proposed, not approved",
        Stage.AWAITING: "Not approved yet",
    }
)


def governance(status: str | None, words: Mapping[str, str] = _NO_WORDS) -> str | None:
    """The banner that a project's status asks for; `words` are a council's own.

    None once the register says that it is approved.
    """
    return banner(stage_of(status, words))


def banner(stage: Stage) -> str | None:
    """What the banner of a stage says; None of an approved project."""
    return None if stage is Stage.APPROVED else _BANNERS.get(stage, stage)


def dated_later(found: DatedStage, as_of: date) -> str:
    """That what a status says has happened has a day after the as-of date."""
    what = "An approval" if found.stage is Stage.APPROVED else f"The status '{found.stage}'"
    return f"{what} dated {found.day} is after the as-of date ({long_date(as_of)})."
