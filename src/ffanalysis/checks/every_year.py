"""A rule about one amount in every year: one saving that goes on, or a further one each year?"""

from collections.abc import Iterator, Sequence

from ffanalysis.figures import Figure, Finding, Sentence, amount_of, total_of
from ffanalysis.provenance import cells_of
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import SavingRow
from ffanalysis.vocabulary import TARGETS


def same_every_year(quarter: Quarter) -> Iterator[Finding]:
    """No line states one amount in every year without saying that each year adds it anew."""
    lines: dict[tuple[str, int | None], list[SavingRow]] = {}
    for row in quarter.savings:
        if row.measure in TARGETS and row.year:
            lines.setdefault((row.block, row.line_no), []).append(row)
    for rows in lines.values():
        if _is_asked(rows):
            yield _question(quarter, rows)


def _is_asked(rows: Sequence[SavingRow]) -> bool:
    amounts = {row.amount_pence for row in rows}
    said = any(row.accumulation or row.recurring == "one-off" for row in rows)
    is_same = len(amounts) == 1 and bool(*amounts)
    return len({row.year for row in rows}) > 1 and is_same and not said


def _question(quarter: Quarter, rows: Sequence[SavingRow]) -> Finding:
    first, owner = rows[0], quarter.owner_of(rows[0])
    line = first.ref or first.saving_type or ""
    subject = f"{owner.label}, {line}" if line else owner.label
    years = sorted(str(row.year) for row in rows)
    name = "same-every-year"
    message: Sentence = (
        f"{subject}: ",
        Figure(f"{name}/each", amount_of(first)),
        f" stands in each year from {years[0]} to {years[-1]}, and is read as additional, ",
        Figure(f"{name}/in-all", total_of(rows)),
        " in all. If it is one saving that goes on (cumulative), ",
        "state it in its first year alone; a column Accumulation can say 'incremental'.",
    )
    return Finding(
        name, subject, "not_stated", "query", message, cells=cells_of(rows), **owner.about
    )
