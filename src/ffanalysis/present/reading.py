"""How the workbooks were read, in words.

Readers, corrections, hidden content, names that match nothing.
"""

from collections.abc import Iterator

from ffanalysis.periods import long_date
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import ConfirmationRow, CorrectionRow, NoticeRow


def correction_words(row: CorrectionRow) -> str:
    """A declared correction as a page prints it."""
    before, after = (f"'{text}'" if text else "nothing" for text in (row.was, row.read_as))
    day = f" on {long_date(row.date)}" if row.date else ""
    return (
        f"{row.workbook}, {row.sheet} {row.cell}: {after} is read in place of {before}"
        f" ({row.reason}; told by {row.told_by}{day})."
    )


def confirmation_words(row: ConfirmationRow) -> str:
    """A declared confirmation as a page prints it."""
    day = f" on {long_date(row.date)}" if row.date else ""
    return f"Confirmed: no update of {row.what}, says {row.by}{day} ({row.why})."


def reading_notes(quarter: Quarter) -> Iterator[str]:
    """What to know of how the workbooks were read, a sentence each."""
    for book in quarter.workbooks:
        if book.instead_of:
            yield (
                f"Read with {book.reader}: {book.workbook}, as the first reader could not read it"
                f" ({book.instead_of})."
            )
    for row in quarter.corrections:
        yield f"Corrected: {correction_words(row)}"
    yield from map(confirmation_words, quarter.confirmations)
    for notice in quarter.notices:
        value = f" ({notice.value})" if notice.value else ""
        place = ", ".join(filter(None, (notice.workbook, _place(notice))))
        yield f"Note: {place}: {notice.what}{value}."
    for name in quarter.names:
        if name.used_for:
            yield (
                f"Name: the {name.kind} '{name.used_for}' is taken for '{name.name}', as"
                " aliases.toml says."
            )
        if not name.matched:
            place = f"{name.workbook}, {name.sheet} {name.cell}"
            what = f"the {name.kind} '{name.name}' ({place})"
            why = _UNMATCHED.get(name.kind, "is known to no other table")
            hint = "if it has another name there, aliases.toml can say so"
            yield f"Name: {what} {why}; {hint}."
    yield from history_notes(quarter)


def _place(notice: NoticeRow) -> str:
    """Where in its workbook a notice is of; "" where it is of the whole."""
    return " ".join(filter(None, (notice.sheet, notice.cell)))


_UNMATCHED = {"service": "has no budget by that name"}


def history_notes(quarter: Quarter) -> Iterator[str]:
    """What to know of the quarter that movement is measured from.

    One that is left out, and what of it cannot be read.
    """
    before = quarter.before
    if before is None:
        return
    if before.period != quarter.period.before:
        yield (
            f"Note: quarter {quarter.period.before} has not been read, so movement is measured from"
            f" quarter {before.period}."
        )
    for sentence in dict.fromkeys(row.sentence for row in before.refusals):
        yield f"Note: movement since quarter {before.period} cannot be shown in full. {sentence}"
