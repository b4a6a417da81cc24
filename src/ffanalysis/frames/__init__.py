"""A quarter as frames for a finance analyst: a row a thing, in £000, with names that read well.

Their figures are those of the measures and savings that briefings are made of; nothing is worked
out anew.
"""

from ffanalysis.frames.changes import changes_frame
from ffanalysis.frames.columns import dictionary
from ffanalysis.frames.figures import figures_frame, findings_frame
from ffanalysis.frames.savings import not_added_frame, savings_by_year_frame, savings_frame
from ffanalysis.frames.tables import (
    budget_frame,
    milestones_frame,
    programmes_frame,
    projects_frame,
    risks_frame,
)

__all__ = [
    "budget_frame",
    "changes_frame",
    "dictionary",
    "figures_frame",
    "findings_frame",
    "milestones_frame",
    "not_added_frame",
    "programmes_frame",
    "projects_frame",
    "risks_frame",
    "savings_by_year_frame",
    "savings_frame",
]
