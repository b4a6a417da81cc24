"""Rules about what reading could not place: money in no table, headings that are not known."""

import re
from collections.abc import Iterator
from dataclasses import replace

from ffanalysis.findings import Finding
from ffanalysis.provenance import cell_of
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import QuestionRow


def money_read(quarter: Quarter) -> Iterator[Finding]:
    """Every amount of the workbooks is in a table that is read, or declared as no savings."""
    return _asked(quarter, "money-read")


def heading_known(quarter: Quarter) -> Iterator[Finding]:
    """No heading that is not understood is all but one that is, and no column holds its words."""
    return _asked(quarter, "heading-known")


def shown_in_workbook(quarter: Quarter) -> Iterator[Finding]:
    """No saving that is counted is hidden in its workbook, or struck through."""
    return _asked(quarter, "shown-in-workbook")


def paper_answered(quarter: Quarter) -> Iterator[Finding]:
    """Nothing that the intake of a concept paper asked is without an answer.

    A director is told how many questions are open; the analyst, the first of them.
    """
    for finding in _asked(quarter, "paper-answered"):
        said, _, _ = str(finding.brief[0]).partition(" no answer")
        yield replace(finding, brief=(f"{said} no answer.",))


def figures_returned(quarter: Quarter) -> Iterator[Finding]:
    """Beside no line of a schedule somebody wrote that its figures were not returned."""
    return _asked(quarter, "figures-returned")


def money_in_prose(quarter: Quarter) -> Iterator[Finding]:
    """No text beside the savings speaks of money that is not in them."""
    return _asked(quarter, "money-in-prose")


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
            brief=(_without_file(row),),
        )


# What only the finance office can do about a question, which names files.
_TO_DO = re.compile(
    r" (?:It has [^']*)?"
    r"(?:Head it as|Correct it, or add|Leave it blank,|Give it a line of|Delete the table"
    r"|Write the answer beside|Write Total in it|Show what counts;) .*"
)


def _without_file(row: QuestionRow) -> str:
    """The question as a director reads it: the sheet is named, the file and the cell are not."""
    place = f"{row.workbook}, sheet {row.sheet}"
    _, _, question = row.sentence.removeprefix(place).partition(": ")
    question = _TO_DO.sub("", question)
    return f"Sheet {row.sheet}: {question}" if question else row.sentence
