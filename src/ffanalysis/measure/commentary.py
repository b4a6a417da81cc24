"""What is said of a project, and whether it was written this quarter."""

from dataclasses import dataclass
from enum import Enum, auto

from ffanalysis import periods
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import CommentaryRow


class Written(Enum):
    """When a comment was written, as against the quarter that it is printed in."""

    NOW = auto()
    BEFORE = auto()
    AFTER = auto()
    UNDATED = auto()


@dataclass(frozen=True)
class Commentary:
    """A comment, when it was written, and that day as a sentence writes it."""

    row: CommentaryRow
    written: Written

    @property
    def day(self) -> str:
        return periods.spoken_when(self.row.written or "")


def commentary_of(quarter: Quarter, project: str) -> list[Commentary]:
    """What is said of a project: what was written this quarter first."""
    rows = quarter.commentary.of_project(project)
    found = [Commentary(row, _written(quarter, row)) for row in rows]
    return sorted(found, key=lambda each: each.written is not Written.NOW)


def _written(quarter: Quarter, row: CommentaryRow) -> Written:
    """When a comment was written; one that may have been written about this quarter was.

    It follows what the quarter before said on its own as-of date, and is often written in the weeks
    after the quarter has ended, before the next one does.
    """
    when = periods.parse_when(row.written)
    if when is None:
        return Written.UNDATED
    begins = quarter.before.as_of if quarter.before else quarter.period.first_day
    if when.last < begins:
        return Written.BEFORE
    latest = quarter.as_of + periods.FOLLOWS
    return Written.AFTER if when.first > latest else Written.NOW
