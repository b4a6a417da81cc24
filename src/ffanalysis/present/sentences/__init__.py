"""Sentences made from figures by rules: singular and plural, nil, not stated, nothing proposed.

Every number in them is a figure of the briefing; no sentence holds a number of its own.
"""

from ffanalysis.present.sentences.checks import (
    OF_TOTALS,
    checks_summary,
    not_read,
    what_is_in_doubt,
)
from ffanalysis.present.sentences.clauses import (
    as_sentence,
    due,
    join_clauses,
    joined,
    more_of,
    omitted_note,
    when,
)
from ffanalysis.present.sentences.context import approved, context_lead, remaining, split
from ffanalysis.present.sentences.duties import deadline, duty_in_short
from ffanalysis.present.sentences.rating import rag_gap, ratings
from ffanalysis.present.sentences.saving import also_in_plan, headline, position_words
from ffanalysis.present.sentences.stages import banner, dated_later, governance

__all__ = [
    "OF_TOTALS",
    "also_in_plan",
    "approved",
    "as_sentence",
    "banner",
    "checks_summary",
    "context_lead",
    "dated_later",
    "deadline",
    "due",
    "duty_in_short",
    "governance",
    "headline",
    "join_clauses",
    "joined",
    "more_of",
    "not_read",
    "omitted_note",
    "position_words",
    "rag_gap",
    "ratings",
    "remaining",
    "split",
    "what_is_in_doubt",
    "when",
]
