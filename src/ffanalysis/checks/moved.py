"""A line keeps its project from quarter to quarter."""

from collections.abc import Iterator

from ffanalysis.figures import Figure
from ffanalysis.findings import Finding
from ffanalysis.provenance import merged_cells
from ffanalysis.savings.every_line import OwnedLine, every_line
from ffanalysis.savings.model import LineKey
from ffanalysis.savings.quarter import Quarter
from ffanalysis.vocabulary import Plan

_RULE = "line-moved-project"
_Lines = dict[tuple[Plan, LineKey], OwnedLine]


def line_moved_project(quarter: Quarter) -> Iterator[Finding]:
    """No line that was one project's in the quarter before is another's now.

    Both projects are asked: one of them has an amount too many, and the other lacks it.
    """
    for line, then in moved_lines(quarter):
        amount = Figure(f"{_RULE}/amount", line.saving.target.total)
        was, now = then.owner, line.owner
        places = ((now, f"was {was.label}'s last quarter"), (was, f"is {now.label}'s this quarter"))
        for one, whose in places:
            ending = f") {whose}: check which project it belongs to."
            yield Finding(
                _RULE,
                f"{one.label}, {line.saving.ref}",
                "disagrees",
                "query",
                (f"{one.label}: the line {line.saving.ref} (", amount, ending),
                cells=merged_cells(line.saving.target.cells, then.saving.target.cells),
                **one.about,
            )


def moved_lines(quarter: Quarter) -> list[tuple[OwnedLine, OwnedLine]]:
    """The lines with another project than in the quarter before, as they are now and were then.

    Where the former project is no longer in the register it may have a new name: another rule asks
    about that.
    """
    return quarter.once(_moved_lines)


def _moved_lines(quarter: Quarter) -> list[tuple[OwnedLine, OwnedLine]]:
    if quarter.before is None:
        return []
    then = _by_reference(quarter.before)
    return [
        (line, then[key])
        for key, line in _by_reference(quarter).items()
        if key in then and _has_moved(quarter, line, then[key])
    ]


def _has_moved(quarter: Quarter, line: OwnedLine, then: OwnedLine) -> bool:
    registered = {line.reporter[0], then.reporter[0]} <= quarter.register.keys()
    if line.reporter == then.reporter or not registered:
        return False
    # A bare number may be no reference but the row's: it counts where the amounts are the same.
    return not line.saving.ref.isdigit() or _amounts(line) == _amounts(then)


def _amounts(line: OwnedLine) -> list[tuple[str, int]]:
    return [(row.year or "", row.amount_pence or 0) for row in line.saving.target.non_zero]


def _by_reference(quarter: Quarter) -> _Lines:
    """The projects' lines by plan and reference, of references that only one project has."""
    found: dict[tuple[Plan, LineKey], list[OwnedLine]] = {}
    for line in every_line(quarter):
        if line.saving.ref and line.reporter[0] and line.saving.target:
            found.setdefault((line.saving.plan, line.saving.key), []).append(line)
    return {
        key: lines[0] for key, lines in found.items() if len({line.reporter for line in lines}) == 1
    }
