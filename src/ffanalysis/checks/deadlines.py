"""A rule about counted statutory duties: what is left of them is done by their day."""

from collections.abc import Iterator

from ffanalysis.findings import Finding, Outcome, Sentence
from ffanalysis.measure.duties import Deadline, deadlines
from ffanalysis.provenance import merged_cells
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import ProjectRow


def deadline_pace(quarter: Quarter) -> Iterator[Finding]:
    """What is left of a statutory duty is done at the rate that its day needs.

    Nothing is left once that day has passed. Nothing is said where the register does not state how
    many there are, or how many are done; more done than there are is asked about.
    """
    for project in quarter.projects:
        for item in deadlines(quarter, project.project):
            if item.left.value is not None and item.done.value is not None:
                yield from _pace(project, item)


def _pace(project: ProjectRow, item: Deadline) -> Iterator[Finding]:
    outcome: Outcome = "within_limit"
    ending: Sentence = (" done.",)
    if item.left.value:
        if item.achieved is None and not (item.is_past or item.is_short):
            return
        outcome, ending = _outcome(item), (" still to do", *_when_needed(item))
    elif item.is_overdone:
        outcome, ending = "disagrees", (" recorded as done. Ask the service which is right.",)
    number = item.left if item.left.value else item.done
    opening: Sentence = (f"{project.name}: {item.what}, by {item.due_by}: ", number, " of ")
    yield Finding(
        "deadline-pace",
        f"{project.name}: {item.what}",
        outcome,
        "note" if outcome == "within_limit" else "query",
        (*opening, item.quantity, *ending),
        cells=merged_cells((item.cell,), item.achieved.cells if item.achieved else ()),
        project=project.project,
    )


def _outcome(item: Deadline) -> Outcome:
    """How a duty of which something is left stands to its day."""
    if item.is_due_now:
        return "too_close"
    if item.achieved is None and not item.is_past:
        return "not_stated"
    return "within_limit" if item.keeps_pace else "exceeds_limit"


def _when_needed(item: Deadline) -> Sentence:
    """By when what is left of a duty is needed, and at which rate where a month is left."""
    if item.is_past:
        return (". That date has passed.",)
    if item.is_short:
        return (*item.time_left(), *item.pace_words())
    return (", ", item.rate, " a month needed.", *item.pace_words())
