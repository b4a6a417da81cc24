"""Rows of a table of savings that are none by their labels: counts, pressures, parts of lines.

None of them is placed as an amount. They are kept as background, and asked about by what they say.
What counts something may still be called after it ("Shorter opening hours"): where the total of the
table adds it as money, it stays.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from ffanalysis.errors import listed
from ffanalysis.intake.grid_parts import background_row
from ffanalysis.intake.row_kinds import come_to, kind_called, may_be_line
from ffanalysis.intake.taken import Grid, GridRow, Source, Taken, Value


class _Kind(NamedTuple):
    """What the labels of one kind of row say; `may_be_money` where a total may prove otherwise."""

    pattern: re.Pattern[str]
    one: str
    several: str
    may_be_money: bool = False


def _kind(pattern: str, one: str, several: str, *, may_be_money: bool = False) -> _Kind:
    return _Kind(re.compile(pattern, re.I), one, several, may_be_money)


_KINDS = (
    _kind(
        r"^\W*(?:of\s+which|includ(?:es|ing)|incl|included\s+in|within\s+the\s+above)\b",
        "a part of another line",
        "parts of another line",
    ),
    _kind(
        r"\b(?:withdrawn|rejected|declined|superseded|not\s+(?:approved|agreed|proceeding|pursued))\b",
        "said to be withdrawn or rejected",
        "said to be withdrawn or rejected",
    ),
    _kind(
        r"\balready\s+(?:in|included|delivered|achieved|made|taken|counted|agreed)\b",
        "said to be counted already",
        "said to be counted already",
    ),
    _kind(
        r"\b(?:pressures?|inflation(?:ary)?|growth|pay\s+awards?|demand\s+increases?"
        r"|(?:cost|price|budget)\s+increases?)\b",
        "a pressure on the budget, and no saving",
        "pressures on the budget, and no savings",
    ),
    _kind(
        r"^\W*(?:%|percent|per\s+cent|share\b)|(?:%|percentage|per\s+cent|share)\s+of\b"
        r"|\bas\s+(?:a\s+)?(?:%|percent)",
        "a share, and no amount",
        "shares, and no amounts",
        may_be_money=True,
    ),
    _kind(
        r"\b(?:unit\s+(?:cost|price|rate)s?|(?:cost|price|rate|saving|average)s?\s+per\s+\w+"
        r"|average\s+(?:cost|price|rate))\b",
        "an amount for one of something, and no saving",
        "amounts for one of something, and no savings",
        may_be_money=True,
    ),
    _kind(
        r"\b(?:numbers?|no\.?|count)\s+of\b|\bhours\b|\bheadcount\b|\b(?:volumes?|activity)$"
        r"|\b(?:clients|customers|(?:service\s+)?users|residents|pupils|cases|households)$"
        r"|\b(?:clients|customers|users|residents|people|staff|posts|jobs|employees|roles)"
        r"\s+(?:affected|at\s+risk|supported|served)\b",
        "a count of something, and no money",
        "counts of something, and no money",
        may_be_money=True,
    ),
)
# What a label says that is a saving, whatever else it says: "Inflation avoided".
_SAVED = re.compile(r"\b(?:sav(?:ed|ing|ings)|reduction|avoid\w*|efficienc\w+|withheld)\b", re.I)


def take_out_no_savings(grid: Grid, taken: Taken) -> None:
    """Keep rows that are no savings by their labels as words, and ask about each kind once."""
    totals = [row for row in grid.rows if row.is_total]
    before = list(filter(may_be_line, grid.rows))
    for kind in _KINDS:
        rows = [row for row in grid.rows if _is_of(kind, row)]
        if rows and not (kind.may_be_money and _are_added(rows, before, totals, grid)):
            _leave_out(rows, grid, taken)
            _ask([row.labels["line"] for row in rows], kind, grid, taken)
    _leave_out([total for total in totals if _is_of_all(total, before, grid)], grid, taken)


def _is_of_all(total: GridRow, before: Sequence[GridRow], grid: Grid) -> bool:
    """Whether a total is of rows that are no savings too, or of nothing else."""
    after = list(filter(may_be_line, grid.rows))
    if len(after) == len(before) or (after and come_to(after, total, grid)):
        return False
    return not after or come_to(before, total, grid)


def _is_of(kind: _Kind, row: GridRow) -> bool:
    label = row.labels.get("line")
    if label is None or not row.amounts or kind_called(row) or not may_be_line(row):
        return False
    is_saved = _SAVED.search(label.text) and not kind.may_be_money
    return bool(kind.pattern.search(label.text)) and not is_saved


def _are_added(
    rows: Sequence[GridRow], lines: Sequence[GridRow], totals: Sequence[GridRow], grid: Grid
) -> bool:
    """Whether the total of a table adds rows that may be counts: they are money then."""
    others = [line for line in lines if not any(line is row for row in rows)]
    adds_all = len(totals) == 1 and come_to(lines, totals[0], grid)
    return adds_all and not come_to(others, totals[0], grid)


def _leave_out(rows: Sequence[GridRow], grid: Grid, taken: Taken) -> None:
    for row in rows:
        taken.add_background(grid.title.text, background_row(row, grid))
    grid.rows[:] = [row for row in grid.rows if not any(row is each for each in rows)]


def _ask(labels: Sequence[Value], kind: _Kind, grid: Grid, taken: Taken) -> None:
    named = listed(f"'{label.text}'" for label in labels)
    is_one = len(labels) == 1
    taken.ask(
        f"{grid.title.text}: {named} {f'is {kind.one}' if is_one else f'are {kind.several}'}.",
        Source(named, labels[0].place, tuple(a for v in labels for a in v.sources[0].atoms)),
        read_as="kept as background; none of it is a saving",
        do=f"Write {'it' if is_one else 'them'} into the table, if savings after all.",
        also=grid.table.sheet,
    )
