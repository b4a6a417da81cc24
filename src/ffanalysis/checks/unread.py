"""Rules about what reading could not place: money in no table, headings that are not known."""

from collections.abc import Iterator

from ffanalysis.figures import Finding
from ffanalysis.provenance import cell_of
from ffanalysis.savings.quarter import Quarter


def money_read(quarter: Quarter) -> Iterator[Finding]:
    """Every amount of the workbooks is in a table that is read, or declared as no savings."""
    return _asked(quarter, "money-read")


def heading_known(quarter: Quarter) -> Iterator[Finding]:
    """No heading that is not understood is all but one that is, and no column holds its words."""
    return _asked(quarter, "heading-known")


def figures_returned(quarter: Quarter) -> Iterator[Finding]:
    """Beside no line of a schedule somebody wrote that its figures were not returned."""
    return _asked(quarter, "figures-returned")


# What a director is told; the message names the file, the sheet and the cell.
_BRIEF = {
    "money-read": "Some money in the quarter's workbooks could not be read; no figure includes it.",
    "heading-known": "A heading or a word of a table was not understood, so it was not used.",
    "figures-returned": "A note beside the figures says that they were not returned.",
}


def _asked(quarter: Quarter, rule: str) -> Iterator[Finding]:
    for row in quarter.questions.by("rule").get(rule, ()):
        yield Finding(
            rule,
            f"{row.workbook}, {row.sheet}",
            "not_stated",
            "query",
            (row.sentence,),
            cells=(cell_of(row),),
            project=row.project or "",
            everybody=row.project is None,
            brief=(_BRIEF[rule],),
        )
