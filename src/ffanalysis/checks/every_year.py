"""A rule about amounts that stand, or grow, in every year: does each year have the last in it?"""

from collections.abc import Iterator, Sequence

from ffanalysis.figures import Figure, amount_of, total_of
from ffanalysis.findings import Finding, Sentence
from ffanalysis.provenance import cells_of
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import SavingRow
from ffanalysis.vocabulary import TARGETS

_RULE = "same-every-year"
_MANY = 5  # lines of several years; of fewer, all may grow by chance


def same_every_year(quarter: Quarter) -> Iterator[Finding]:
    """No line states one amount in every year without saying that each year adds it anew."""
    lines: dict[tuple[str, int | None], list[SavingRow]] = {}
    for row in quarter.savings:
        if row.measure in TARGETS and row.year:
            lines.setdefault((row.block, row.line_no), []).append(row)
    tables: dict[str, list[list[SavingRow]]] = {}
    for (table, _), rows in lines.items():
        tables.setdefault(table, []).append(rows)
    for own in tables.values():
        if _all_grow(own):
            yield _question_of_table(quarter, own)
    for rows in lines.values():
        if _is_asked(rows):
            yield _question(quarter, rows)


def _all_grow(lines: Sequence[Sequence[SavingRow]]) -> bool:
    """Whether no line of a table states less than the year before, and most of them state more.

    Lines that are further savings each year grow too, but hardly all of many.
    """
    several = [rows for rows in lines if len(_amounts(rows)) > 1 and not _says_itself(rows)]
    growing = [rows for rows in several if _amounts(rows)[-1] > _amounts(rows)[0]]
    return (
        len(several) >= _MANY
        and len(growing) > len(several) / 2
        and all(_amounts(rows) == sorted(_amounts(rows)) for rows in several)
    )


def _amounts(rows: Sequence[SavingRow]) -> list[int]:
    """What a line states from its first year with an amount on, year by year."""
    stated = [row for row in sorted(rows, key=lambda row: str(row.year)) if row.amount_pence]
    return [row.amount_pence or 0 for row in stated]


def _says_itself(rows: Sequence[SavingRow]) -> bool:
    return any(row.accumulation or row.recurring == "one-off" for row in rows)


def _question_of_table(quarter: Quarter, lines: Sequence[Sequence[SavingRow]]) -> Finding:
    rows = [row for own in lines for row in own]
    place = f"{rows[0].workbook}, sheet {rows[0].sheet}"
    owners = {quarter.owner_of(row) for row in rows}
    message: Sentence = (
        f"{place}: every line has at least as much in each year as in the year before. The years",
        " are read as additional. If each includes the one before (cumulative), enter what each",
        " adds. If not, add a column Accumulation that says 'incremental'.",
    )
    about = next(iter(owners)).about if len(owners) == 1 else {}
    everybody = len(owners) > 1
    return Finding(
        _RULE,
        place,
        "not_stated",
        "query",
        message,
        cells=cells_of(rows),
        everybody=everybody,
        **about,
    )


def _is_asked(rows: Sequence[SavingRow]) -> bool:
    amounts = {row.amount_pence for row in rows}
    is_same = len(amounts) == 1 and bool(*amounts)
    return len({row.year for row in rows}) > 1 and is_same and not _says_itself(rows)


def _question(quarter: Quarter, rows: Sequence[SavingRow]) -> Finding:
    first, owner = rows[0], quarter.owner_of(rows[0])
    line = first.ref or first.saving_type or ""
    subject = f"{owner.label}, {line}" if line else owner.label
    years = sorted(str(row.year) for row in rows)
    name = _RULE
    message: Sentence = (
        f"{subject}: ",
        Figure(f"{name}/each", amount_of(first)),
        f" is entered in each year from {years[0]} to {years[-1]}, and is read as additional: ",
        Figure(f"{name}/in-all", total_of(rows)),
        " in all. If it is one continuing saving (cumulative), enter it in its first year only.",
        " If not, add a column Accumulation that says 'incremental'.",
    )
    return Finding(
        name, subject, "not_stated", "query", message, cells=cells_of(rows), **owner.about
    )
