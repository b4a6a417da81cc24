"""findings.csv, corrections.csv, the rows that `check` prints, and the note in a briefing's place.

Text from workbooks is hostile: nothing that could be read as a formula leaves here as one.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from ffanalysis import money, periods
from ffanalysis.checks.consequences import who_acts
from ffanalysis.editions import Reissue
from ffanalysis.expressions import Made, made_of
from ffanalysis.figures import Figure
from ffanalysis.findings import Finding
from ffanalysis.present.heads import banner
from ffanalysis.present.html import Part, listing, tag
from ffanalysis.present.words import say

COLUMNS = (
    "id",
    "rule",
    "subject",
    "year",
    "outcome",
    "severity",
    "stated",
    "calculated",
    "difference",
    "tolerance",
    "message",
    "cells",
    "parent",
    "who_acts",
)
# In the file alone; the pack has formulas.
FINDINGS_COLUMNS = (*COLUMNS, "project", "expressions", "cells_read")
CORRECTIONS_COLUMNS = (
    "project",
    "edition",
    "kind",
    "date",
    "by",
    "reason",
    "material",
    "figure",
    "label",
    "was",
    "is",
)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def finding_row(finding: Finding) -> dict[str, str]:
    """A finding in the columns of findings.csv.

    Money in pounds with two decimals, blank where there is none.
    """
    amounts = {
        name: getattr(finding, name) for name in ("stated", "calculated", "difference", "tolerance")
    }
    return {
        "id": finding.id,
        "rule": finding.rule,
        "subject": finding.subject,
        "year": finding.year,
        "outcome": finding.outcome,
        "severity": finding.severity,
        **{
            name: "" if pence is None else money.in_pounds(pence) for name, pence in amounts.items()
        },
        "message": say(finding.message),
        "cells": "; ".join(map(str, finding.cells)),
        "parent": finding.parent,
        "who_acts": who_acts(finding) or "",
        "project": finding.project,
    }


def figure_row(figure: Figure) -> dict[str, Any]:
    """A figure as `check --format json` prints it.

    What is not money has its plain number in `value`.
    """
    is_money = figure.unit == "pence"
    return {
        "name": figure.name,
        "project": figure.project,
        "label": figure.label,
        "amount_pence": figure.value if is_money else None,
        "stated_to_pence": figure.stated_to,
        "unit": figure.unit,
        "value": None if is_money or figure.value is None else float(figure.value),
        "missing": figure.missing,
        "cells": "; ".join(map(str, figure.cells)),
    }


def made_as_json(made: Made) -> dict[str, Any]:
    """How something was made as `check --format json` prints it: c1 is the first cell."""
    return {
        "expressions": made.expressions,
        "cells_read": [
            {
                "cell": str(line.cell),
                "written": line.written,
                "factor": line.factor,
                "stated_to_pence": line.stated_to,
                "corrected": line.is_corrected,
            }
            for line in made.cells
        ],
    }


def made_as_text(made: Made) -> dict[str, str]:
    """The same as two columns of a list."""
    lines = (
        f"c{number} {line.cell} '{line.written}' x {line.factor or 0} to {line.stated_to or 0}"
        + (" corrected" if line.is_corrected else "")
        for number, line in enumerate(made.cells, 1)
    )
    named = (f"{name}: {text}" for name, text in made.expressions.items())
    return {"expressions": "; ".join(named), "cells_read": "; ".join(lines)}


def made_of_finding(finding: Finding) -> Made:
    """How the amounts that a finding compares were made."""
    return made_of(finding.amounts._asdict())


def harmless(text: str) -> str:
    """A text that no spreadsheet program takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def as_written(text: str) -> str:
    """The text that `harmless` was given."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(_FORMULA_STARTS) else text


def findings_csv(findings: Iterable[Finding]) -> str:
    """All findings as CSV."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, FINDINGS_COLUMNS, lineterminator="\n")
    writer.writeheader()
    amounts = {"stated", "calculated", "difference", "tolerance"}
    for finding in findings:
        row = finding_row(finding) | made_as_text(made_of_finding(finding))
        # A bare carriage return would end the row for some readers, and is not quoted for them.
        writer.writerow(
            {
                name: value if name in amounts else harmless(value).replace("\r", " ")
                for name, value in row.items()
            }
        )
    return out.getvalue()


def corrections_csv(reissues: Iterable[Reissue]) -> str:
    """Every correction and revision of a period, a row for each figure that changed."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CORRECTIONS_COLUMNS)
    for row in (row for reissue in reissues for row in _correction_rows(reissue)):
        writer.writerow([harmless(value).replace("\r", " ") for value in row])
    return out.getvalue()


def _correction_rows(reissue: Reissue) -> Iterator[list[str]]:
    """The rows of one; a single row without a figure where only words have changed."""
    about = [
        reissue.project,
        str(reissue.edition),
        reissue.kind,
        reissue.on,
        reissue.by,
        reissue.reason,
        "; ".join(reissue.material),
    ]
    changes = [[each.figure, each.label, each.was, each.now] for each in reissue.changes]
    for change in changes or [["", "", "", ""]]:
        yield [*about, *change]


def exception_note(
    period: str,
    as_of: date,
    name: str,
    sentences: Sequence[str],
    *,
    refused: bool,
    marking: str = "",
    look: str = "",
) -> str:
    """The page that stands in a briefing's place, with its protective marking.

    What could not be read, or what failed, and what to do.
    """
    import nbformat  # slow to import, as is what makes pages, and most runs need no note

    from ffanalysis.render.page import Page, to_html

    quarter = periods.Period.parse(period).words
    why = (
        "An input for this project could not be read, so none of its figures is shown."
        if refused
        else "The briefing could not be made."
    )
    do = (
        "Correct these cells in the workbook, then run the quarter again."
        if refused
        else "The executed notebook is kept in notebooks/."
    )
    body = tag(
        "div",
        tag("p", marking, class_="marking") if marking else "",
        banner("No briefing this quarter", [why]),
        tag("p", f"{quarter} · As at {periods.long_date(as_of)}", class_="eyebrow"),
        tag("h1", name),
        tag("h2", "Why there is no briefing"),
        listing(sentences),
        tag("h2", "What to do"),
        tag("p", do),
    )
    cell = nbformat.v4.new_code_cell("", id="note")
    cell.outputs = [
        nbformat.v4.new_output("display_data", {"text/html": Part("note", body)._repr_html_()})
    ]
    return to_html(
        nbformat.v4.new_notebook(cells=[cell]),
        Page(f"{name}: no briefing, {quarter}", "Why this project has no briefing", look),
    )
