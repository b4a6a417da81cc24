"""What changed since the quarter before as a frame: a row a change."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from ffanalysis.figures import Figure
from ffanalysis.frames.columns import NO, YES, made, thousands, yes_no
from ffanalysis.measure.movement import LineMovement, Movement
from ffanalysis.measure.programme_movement import programme_movement
from ffanalysis.present.words import show
from ffanalysis.savings.changes import (
    Added,
    Change,
    MovedBetweenYears,
    Promoted,
    Reclassified,
    Removed,
    Rerated,
)
from ffanalysis.savings.quarter import Quarter

SAVING, PROJECT, MILESTONE = "saving", "project", "milestone"


def changes_frame(quarter: Quarter) -> pd.DataFrame:
    """A row a change since the quarter before; none where no quarter before was read."""
    return made("changes", _changes(quarter))


def _changes(quarter: Quarter) -> Iterator[dict[str, Any]]:
    found = programme_movement(quarter)
    for project, moved in found.projects.items():
        for change in _of_project(moved):
            yield {"project": quarter.register[project].name, **change}
    for gone in found.gone:
        for plan, total in gone.totals.items():
            yield {
                "project": gone.name,
                "what": PROJECT,
                "line": str(plan),
                "change": "no longer listed",
                "was": _amount(total),
                "amount": _less(total),
                "adverse": YES,
            }


def _less(total: Figure) -> float | None:
    known = thousands(total)
    return None if known is None else -known


def _of_project(moved: Movement) -> Iterator[dict[str, Any]]:
    if moved.problem:
        yield {"what": PROJECT, "change": "cannot be compared", "reason": moved.problem}
    if moved.is_new:
        for balance in moved.balances:
            yield {
                "what": PROJECT,
                "line": str(balance.plan),
                "change": "new",
                "now": _amount(balance.closing),
                "amount": thousands(balance.closing),
                "adverse": NO,
            }
    if moved.renamed_from:
        yield {"what": PROJECT, "change": "renamed", "was": moved.renamed_from}
    for line in moved.moved:
        for each in sorted(line.changes, key=lambda change: change.rank):
            yield _of_line(line, each)
    for then in moved.progress:
        if then.change.value or not then.is_known:
            yield {
                "what": then.label.lower(),
                "change": "reported",
                "was": _amount(then.before),
                "now": _amount(then.after),
                "amount": thousands(then.change),
                "adverse": yes_no((then.change.value or 0) < 0),
            }
    for milestone in moved.milestones:
        yield {
            "what": MILESTONE,
            "line": milestone.milestone,
            "change": milestone.kind,
            "was": milestone.before,
            "now": milestone.after,
            "adverse": yes_no(milestone.is_late or milestone.kind in _LATER),
        }


_LATER = frozenset({"put off", "no longer dated", "no longer listed", "no longer complete"})


def _of_line(line: LineMovement, change: Change) -> dict[str, Any]:
    was, now = _amount(line.before), _amount(line.after)
    if isinstance(change, Added):
        was = ""
    elif isinstance(change, Removed):
        now = ""
    elif isinstance(change, Promoted | Rerated | Reclassified):
        was, now = change.was, change.now
    elif isinstance(change, MovedBetweenYears):
        was, now = (", ".join(years) for years in (change.from_years, change.to_years))
    return {
        "what": SAVING,
        "line": line.label,
        "change": change.kind,
        "was": was,
        "now": now,
        "amount": thousands(change.moved),
        "adverse": yes_no(change.is_adverse),
        "reason": line.reason,
    }


def _amount(figure: Figure) -> str:
    """An amount in £000 as a table shows it, or why there is none."""
    return show(figure.pence) if figure.value is not None else figure.missing
