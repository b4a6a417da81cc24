"""How the workbooks were read, in words.

Readers, corrections, hidden content, names that match nothing.
"""

from collections.abc import Iterator

from ffanalysis.periods import long_date
from ffanalysis.tables import Row, Tables, records


def correction_words(row: Row) -> str:
    """A declared correction as a page prints it."""
    before, after = (f"'{text}'" if text else "nothing" for text in (row.was, row.read_as))
    day = f" on {long_date(row.date)}" if row.date else ""
    return (
        f"{row.workbook}, {row.sheet} {row.cell}: {after} is read in place of {before}"
        f" ({row.reason}; told by {row.told_by}{day})."
    )


def reading_notes(tables: Tables) -> Iterator[str]:
    """What to know of how the workbooks were read, a sentence each."""
    for row in records(tables.workbooks):
        if row.instead_of:
            yield (
                f"Read with {row.reader}: {row.workbook}, as the first reader could not read it"
                f" ({row.instead_of})."
            )
    for row in records(tables.corrections):
        yield f"Corrected: {correction_words(row)}"
    for row in records(tables.notices):
        value = f" ({row.value})" if row.value else ""
        yield f"Note: {row.workbook}, {row.sheet} {row.cell or ''}: {row.what}{value}.".replace(
            " :", ":"
        )
    for row in records(tables.names):
        if row.used_for:
            yield (
                f"Name: the {row.kind} '{row.used_for}' is taken for '{row.name}', as aliases.toml"
                " says."
            )
        if not row.matched:
            where = f"{row.workbook}, {row.sheet} {row.cell}"
            hint = "if it has another name there, aliases.toml can say so"
            where = f"the {row.kind} '{row.name}' ({where})"
            yield f"Name: {where} {_UNMATCHED.get(row.kind, 'is known to no other table')}; {hint}."
    yield from history_notes(tables)


_UNMATCHED = {"service": "has no budget by that name"}


def history_notes(tables: Tables) -> Iterator[str]:
    """What to know of the quarter that movement is measured from.

    One that is left out, and what of it cannot be read.
    """
    before = tables.before
    if before is None:
        return
    if before.period != tables.period.before:
        yield (
            f"Note: quarter {tables.period.before} has not been read, so movement is measured from"
            f" quarter {before.period}."
        )
    for sentence in dict.fromkeys(before.refusals["sentence"]):
        yield f"Note: movement since quarter {before.period} cannot be shown in full. {sentence}"
