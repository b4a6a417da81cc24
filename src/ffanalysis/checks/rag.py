"""One saving has one RAG status, in whatever row or workbook it stands."""

from collections.abc import Iterator, Sequence

from ffanalysis.findings import Finding
from ffanalysis.provenance import cells_of
from ffanalysis.savings.assemble import line_key, line_label
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import SavingRow

_Key = tuple[object, ...]


def rag_agrees(quarter: Quarter) -> Iterator[Finding]:
    """The rows of one saving, under its measures and in all tables, have one RAG status a year."""
    lines: dict[_Key, list[SavingRow]] = {}
    for row in quarter.savings:
        if row.rag and row.project:
            lines.setdefault((row.project, row.plan, line_key(row)), []).append(row)
    for rows in lines.values():
        different = _rated_differently(rows)
        if different:
            yield _different(quarter, different)


def _rated_differently(rows: Sequence[SavingRow]) -> list[SavingRow]:
    """The rows of a line of which one year has several statuses; none where they are several lines.

    A table that states a line by RAG has several rows of one measure and year.
    """
    seen: set[_Key] = set()
    years: dict[str | None, list[SavingRow]] = {}
    for row in rows:
        place = (row.block, row.measure, row.year)
        if place in seen:
            return []
        seen.add(place)
        years.setdefault(row.year, []).append(row)
    for own in years.values():
        if len({row.rag for row in own}) > 1:
            return own
    return []


def _different(quarter: Quarter, rows: Sequence[SavingRow]) -> Finding:
    owner = quarter.owner_of(rows[0])
    label = f"{owner.label}, {line_label(rows[0])}"
    has_several = len({row.workbook for row in rows}) > 1
    found: dict[str, None] = {}
    for row in rows:
        where = f", {row.workbook}" if has_several else ""
        found[f"{row.rag} ({row.measure or 'target'}{where})"] = None
    return Finding(
        "rag-agrees",
        label,
        "disagrees",
        "query",
        (f"{label}: it is rated {', '.join(found)}. One saving can have only one status.",),
        rows[0].year or "",
        cells=cells_of(rows),
        project=rows[0].project or "",
    )
