"""How a line of a project's savings is followed from one quarter to the next.

By its reference; without one by its type and delivery route, where these stand once in both
quarters.
"""

from collections.abc import Iterable

from ffanalysis.periods import Period
from ffanalysis.savings.assemble import counted_lines, line_of, withheld
from ffanalysis.savings.quarter import Ledger, Rows
from ffanalysis.tables import Row
from ffanalysis.vocabulary import BLANK, RAG_STATUSES

NOT_STATED = "not stated"
Key = tuple[str, ...]
Lines = dict[
    Key, list[Rows]
]  # by what each is followed by, the lines that are followed by the same


def readable_in_both(ledger: Ledger, last: Ledger) -> list[str]:
    """The projects that the quarter before has too, and of which nothing is refused in either."""
    held = {*ledger.once(withheld), *last.once(withheld)}
    return [
        project for project in ledger.register if project in last.register and project not in held
    ]


def followed(ledger: Ledger, project: str) -> Lines:
    """The project's own lines that count, of all plans but those of years that are over."""
    return by_key(
        counted_lines([row for row in ledger.of_project("savings", project) if row.plan != "prior"])
    )


def by_key(rows: Iterable[Row]) -> Lines:
    """Lines by what each is followed by."""
    lines: dict[tuple[str, int], Rows] = {}
    for row in rows:
        lines.setdefault((row.block, row.line_no), []).append(row)
    found: Lines = {}
    for own in lines.values():
        first = own[0]
        key = line_of(first)
        found.setdefault(key, []).append(own)
    return found


def called(line: Row) -> str:
    """What a line is called: "New, retained (A-1)"."""
    words = (
        ", ".join(filter(None, (line.saving_type, line.route and line.route.lower()))) or "Saving"
    )
    return f"{words} ({line.ref})" if line.ref else words


def original_rags(last: Ledger, project: str) -> tuple[Period, dict[Key, str]]:
    """The RAG status of each line in the first quarter that has it, and the first quarter in which the project can be read."""
    found: dict[Key, str] = {}
    first = last.period
    quarter: Ledger | None = last
    while quarter is not None:
        if project in quarter.register and not quarter.once(withheld).get(project):
            first = quarter.period
            # Earlier quarters come later here, and take the place of the others.
            found |= {
                key: rag
                for key, lines in followed(quarter, project).items()
                if (rag := agreed_rag(lines))
            }
        quarter = quarter.last
    return first, found


def agreed_rag(lines: list[Rows] | None) -> str:
    """The RAG status of lines that are followed by the same, each one where they differ.

    "" where there is no line.
    """
    found = dict.fromkeys(rag for rows in lines or () for rag in _rags(rows))
    return " and ".join(
        sorted(
            found,
            key=lambda rag: RAG_STATUSES.index(rag) if rag in RAG_STATUSES else len(RAG_STATUSES),
        )
    )


def _rags(rows: Rows) -> list[str]:
    """The RAG status of each row of a line; as written where that is none."""
    return [
        row.rag or (NOT_STATED if row.rag_missing in (None, BLANK) else row.rag_missing)
        for row in rows
    ]


def stated_original(lines: list[Rows]) -> str:
    """The RAG status that the schedule itself says a line began with."""
    found = {row.original_rag for rows in lines for row in rows if row.original_rag}
    return found.pop() if len(found) == 1 else ""
