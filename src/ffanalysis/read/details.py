"""What the columns that a table does not know say of a line: its location, its phase.

Nothing is added up by it; but lines that differ in it are no copies of each other.
"""

import re

from ffanalysis.layout import Layout, plain
from ffanalysis.read.found_table import FoundTable
from ffanalysis.read.headings import is_not_read

# Columns that say something about a line, whoever copied it may have changed; not which it is.
_ABOUT = re.compile(
    r"\b(?:notes?|comment\w*|narrative|updates?|progress|explanation|reasons?|risks?|actions?"
    r"|owners?|leads?|officers?|managers?|contacts?|responsible|submitted|completed|entered"
    r"|status|confidence|rating|date|dates|by|evidence)\b",
    re.I,
)
# These the layout does not read, and yet they say which line it is.
_WHICH = frozenset({"directorate", "cost centre", "line", "phase", "stage", "lot", "tranche"})
# Of the words that are kept with a line, those that may say which line it is.
_TELLING = frozenset({"one_off_cost", "cost_funding", "what", "also"})
_LONGEST = 120


class Details:
    """The unknown columns of one table that may tell its lines apart."""

    def __init__(self, found: FoundTable, layout: Layout) -> None:
        self._found = found
        self._names = {
            column: head.tokens[-1].cell.text
            for column, head in sorted(found.heads.items())
            if column not in found.all_columns
            and (column not in found.texts or found.texts[column].name in _TELLING)
            and (not is_not_read(head, layout) or plain(head.tokens[-1].cell.text) in _WHICH)
            and not _ABOUT.search(head.name)
        }

    def of_row(self, number: int) -> str | None:
        """What they say in a row: "Location: North; Phase: 1"; None where they say nothing."""
        line = self._found.sheet.grid.get(number, {}) if self._names else {}
        said = [
            f"{name}: {' '.join(line[column].text.split())[:_LONGEST]}"
            for column, name in self._names.items()
            if column in line and line[column].text
        ]
        return "; ".join(said) or None
