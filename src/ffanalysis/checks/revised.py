"""A rule about revised targets: what they replace without saying so."""

from collections.abc import Iterator, Sequence

from ffanalysis.figures import Figure, total_of
from ffanalysis.findings import Finding
from ffanalysis.provenance import cells_of
from ffanalysis.savings.assemble import is_counted, is_statement, line_key, line_label
from ffanalysis.savings.model import LineKey, Owner
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import SavingRow, non_zero
from ffanalysis.vocabulary import TARGETS, Measure

_ADVICE = "so nothing is counted. Enter nil in the revised target if that is meant, or the amount"


def revised_complete(quarter: Quarter) -> Iterator[Finding]:
    """A line's revised target states each year in which its original target has money."""
    rows = (row for row in quarter.savings if row.measure in TARGETS and is_counted(row))
    for owner, own in quarter.by_owner(rows):
        lines: dict[tuple[str | None, LineKey], list[SavingRow]] = {}
        for row in own:
            lines.setdefault((row.plan, line_key(row)), []).append(row)
        for line in lines.values():
            yield from _left_blank(owner, line)


def _left_blank(owner: Owner, line: Sequence[SavingRow]) -> Iterator[Finding]:
    """The years of one line that its revised target leaves blank."""
    revised = [row for row in line if row.measure == Measure.REVISED]
    if not any(map(is_statement, revised)):
        return  # a line without a revised target keeps its own
    years = {row.year for row in revised} - {row.year for row in revised if is_statement(row)}
    for year in sorted(filter(None, years)):
        lost = [
            row for row in non_zero(line) if row.year == year and row.measure != Measure.REVISED
        ]
        # Another table may state the same target: that of the revised one's table is told.
        blocks = {row.block for row in revised}
        nearest = next((row.block for row in lost if row.block in blocks), None)
        lost = [row for row in lost if row.block == (nearest or lost[0].block)]
        if lost:
            subject = f"{owner.label}, {line_label(lost[0])}"
            blank = [row for row in revised if row.year == year]
            message = (
                f"{subject}: the original target for {year} is ",
                Figure("revised-complete/original", total_of(lost)),
                f", but the revised target is blank for that year, {_ADVICE}.",
            )
            yield Finding(
                "revised-complete",
                subject,
                "not_stated",
                "query",
                message,
                cells=cells_of([*lost, *blank]),
                year=year,
                **owner.about,
            )
