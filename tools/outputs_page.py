"""docs/outputs.md: the files that come out, and the columns and keys of those for machines."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ffanalysis.frames.columns import COLUMNS as FRAMES
from ffanalysis.run.figures_list import COLUMNS as FIGURES
from ffanalysis.run.files import CORRECTIONS_COLUMNS, FINDINGS_COLUMNS

PAGE = Path(__file__).parents[1] / "docs" / "outputs.md"
_OPENING = """# What comes out

The same inputs give the same bytes; whatever varies is in `run.json`. Text files are UTF-8. Those
in CSV begin with a byte order mark, so that Excel reads them rightly; a text that Excel would take
for a formula begins with an apostrophe.

`reports/<period>` is a link to a hidden folder beside it, replaced in one step when a run is whole;
to move or send the reports, copy what it leads to (`cp -rL`). Change nothing in it: what somebody
else puts there is moved to `reports/kept/<period>`, and the run says so.
"""
FILES = {
    "reports/<period>/index.html": "the programme page, with a link to each briefing",
    "reports/<period>/programme.pdf": "the same as a PDF",
    "reports/<period>/<project>.html": "a project's briefing",
    "reports/<period>/<project>.pdf": "the same as a PDF",
    "reports/<period>/exceptions/<project>.html": "in place of a withheld briefing, and why",
    "reports/<period>/findings.csv": "every check, [below](#findings-csv)",
    "reports/<period>/figures.csv": "every figure of every page, [below](#figures-csv)",
    "reports/<period>/corrections.csv": "every figure that a released briefing had otherwise,"
    " [below](#corrections-csv)",
    "reports/<period>/reconciliation.xlsx": "findings and formulas: [the pack](pack.md)",
    "reports/<period>/notebooks/": "the notebooks as they were run",
    "reports/<period>/run.json": "what was run, [below](#run-json)",
    "reports/confidential/<period>/<project>/": "a confidential project's briefing, for its"
    " recipients alone",
    "reports/released/<period>/<n>/": "[release](release.md) n: pages, workbooks and manifest",
    "reports/intranet/<period>/": "the list of releases and the pages that all may see: serve this",
    "reports/journal/<period>.jsonl": "releases, withdrawals, reissues and mails; lines are only"
    " added",
    "reports/outbox/<period>/": "drafts of mails",
    "reports/notes/<period>/": "what was told of scheduled runs",
    "reports/kept/<period>/": "what somebody else had put into the reports",
    "reports/.runs/<period>/": "a log of each run",
    "data/processed/<period>/": "the tables that were read, in Parquet; it may be deleted",
}
_EXPRESSION = "how it was made, as an [expression](expressions.md)"
_CELLS = "the cells that it comes from, as workbook!sheet!cell"
OF_FINDINGS = {
    "id": "its name: rule, subject and year",
    "rule": "the [rule](rules.md) that found it",
    "subject": "what it is about",
    "year": "the financial year",
    "outcome": "agrees, within_rounding, disagrees, not_stated, not_comparable, within_limit,"
    " exceeds_limit or too_close",
    "severity": "error, query or note",
    "stated": "what the workbook states, in pounds",
    "calculated": "what was calculated, in pounds",
    "difference": "calculated less stated",
    "tolerance": "what rounding alone allows",
    "message": "the finding in a sentence",
    "cells": _CELLS,
    "parent": "the finding that explains it",
    "who_acts": "who is asked",
    "project": "its project; none where it is of all",
    "expressions": _EXPRESSION,
    "cells_read": "what was read in each cell",
}
OF_FIGURES = {
    "project": "its project; none for all projects together",
    "name": "its name, the same from quarter to quarter",
    "label": "what a page calls it",
    "amount": "pounds with two decimals, where it is money",
    "unit": "£, percent, count, months or per month",
    "value": "the number, where it is no money",
    "missing": "why it, or a part of it, is missing",
    "cells": _CELLS,
    "project_name": "the project as the register has it",
    "reason": "why its lines moved, as the schedule says",
    "expression": _EXPRESSION,
    "cells_read": "what was read in each cell",
}
OF_CORRECTIONS = {
    "project": "the project",
    "edition": "the number of the new edition",
    "kind": "correction or revision",
    "date": "when it was declared",
    "by": "who declared it",
    "reason": "why",
    "material": "what makes it material",
    "figure": "the figure's name; none where only words changed",
    "label": "what a page calls it",
    "was": "what it was",
    "is": "what it is",
}
OF_RUN = {
    "period": "the quarter",
    "as_of": "its as-of date",
    "started": "when the run began (UTC)",
    "seconds": "how long it took",
    "verdict": "what the checks came to, in a sentence",
    "prepared_by": "who prepared the briefings (`--by`, or the settings)",
    "warnings": "what the run said beside",
    "results": "each briefing: published, withheld or failed, with its time",
    "whole": "how the run ended",
    "tables_digest": "sha256 of the tables that were read",
    "code_digest": "sha256 of the software",
    "second_reader": "what the second reader has read again",
    "second_engine": "what the second engine has recomputed",
    "spreadsheet": "what LibreOffice has recalculated, where it was asked to",
    "inputs": "sha256 of each workbook, declaration and notebook",
    "outputs": "sha256 of each file that was published",
    "versions": "of Python and of what renders",
}
JSON = {
    "check PERIOD": {
        "findings": "each as in findings.csv; money in pence",
        "figures": "each as in figures.csv; money in pence",
        "refusals": "what cannot be read, in sentences",
        "notices": "how the workbooks were read, and what was not used",
    },
    "periods": {
        "period": "the quarter",
        "latest": "whether `latest` means it",
        "workbooks": "how many it has",
        "last_run": "when it began, and how it ended",
        "published": "how many briefings",
        "withheld": "how many briefings",
        "release": "its last release, and whether that holds",
        "mails": "how many are sent, drafted, in doubt",
        "journal_broken": "why its journal does not hold; blank where it does",
    },
    "status": {
        "period": "the quarter",
        "today": "the day that it was asked",
        "ok": "whether nothing is late or missing",
        "steps": "each step: its state, when it is due, and in words",
    },
    "diff": {
        "was": "the one side",
        "now": "the other side",
        "differs": "whether anything does",
        "compared": "how many figures, projects and findings were compared",
        "projects": "projects that are new, gone, renamed or withheld",
        "figures": "figures that differ",
        "findings": "findings that differ",
        "notes": "what else is to be known",
    },
}


def page() -> str:
    """The page. Raises ValueError where a column has no meaning, or a meaning no column."""
    for described, columns in (
        (OF_FINDINGS, FINDINGS_COLUMNS),
        (OF_FIGURES, FIGURES),
        (OF_CORRECTIONS, CORRECTIONS_COLUMNS),
    ):
        if (*described,) != (*columns,):
            raise ValueError(f"described: {list(described)}, written: {list(columns)}")
    parts = [_OPENING, *_table("Files", "file", FILES)]
    parts += _table("findings.csv", "column", OF_FINDINGS)
    parts += _table("figures.csv", "column", OF_FIGURES)
    parts += _table("corrections.csv", "column", OF_CORRECTIONS)
    parts += _table("run.json", "key", OF_RUN)
    for command, keys in JSON.items():
        parts += _table(f"ffanalysis {command} --format json", "key", keys)
    parts.append(
        "## An analyst's frames\n\nWhat `quarter.NAME` gives in a [notebook](notebooks.md).\n"
    )
    for name, columns in FRAMES.items():
        parts += _frame(name, columns)
    return "\n".join(parts)


def _table(title: str, head: str, rows: Mapping[str, str]) -> Sequence[str]:
    lines = [f"| `{name}` | {meaning} |" for name, meaning in rows.items()]
    return [f"## {title}\n", f"| {head} | is |\n| --- | --- |", *lines, ""]


def _frame(name: str, columns: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    yield f"### {name}\n\n| column | is | unit |\n| --- | --- | --- |"
    yield from (f"| `{column}` | {says} | {unit} |" for column, (says, unit) in columns.items())
    yield ""
