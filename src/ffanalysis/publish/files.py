"""The files for the analyst: findings.csv for machines, reconciliation.xlsx for people, and the note in a briefing's place.

Text from workbooks is hostile: nothing that could be read as a formula leaves here as one.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import xlsxwriter

from ffanalysis import money, periods
from ffanalysis.model import Figure, Finding, Tables, place_of
from ffanalysis.present.html import listing, tag
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
)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_LONGEST_TEXT = 32_767  # what a cell of Excel holds


def finding_row(finding: Finding) -> dict[str, str]:
    """A finding in the columns of findings.csv; money in pounds with two decimals, blank where there is none."""
    amounts = {name: getattr(finding, name) for name in ("stated", "calculated", "difference", "tolerance")}
    return {
        "id": finding.id,
        "rule": finding.rule,
        "subject": finding.subject,
        "year": finding.year,
        "outcome": finding.outcome,
        "severity": finding.severity,
        **{name: "" if pence is None else money.in_pounds(pence) for name, pence in amounts.items()},
        "message": say(finding.message),
        "cells": "; ".join(finding.cells),
        "parent": finding.parent,
    }


def figure_row(figure: Figure) -> dict[str, Any]:
    """A figure as `check --format json` prints it; what is not money has its plain number in `value`."""
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
        "cells": "; ".join(figure.cells),
    }


def harmless(text: str) -> str:
    """A text that no spreadsheet program takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def findings_csv(findings: Iterable[Finding]) -> str:
    """All findings as CSV."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    amounts = {"stated", "calculated", "difference", "tolerance"}
    for finding in findings:
        row = finding_row(finding)
        # A bare carriage return would end the row for some readers, and is not quoted for them.
        writer.writerow({name: value if name in amounts else harmless(value).replace("\r", " ") for name, value in row.items()})
    return out.getvalue()


def write_reconciliation(path: Path, tables: Tables, findings: Sequence[Finding], figures: Sequence[Figure]) -> None:
    """Write reconciliation.xlsx: findings and figures with filters and links to the source cells; texts only, no formula."""
    # A thousand projects have some fifty thousand figures: rows go to the disk as they come.
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "constant_memory": True}
    book = xlsxwriter.Workbook(str(path), {**options, "tmpdir": str(path.parent)})
    book.set_properties({"created": datetime.combine(tables.as_of, time(), UTC), "title": f"Reconciliation {tables.period}"})
    look = {
        "head": book.add_format({"bold": True, "bottom": 2, "text_wrap": True, "valign": "top"}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        "money": book.add_format({"num_format": "#,##0.00;(#,##0.00)", "valign": "top"}),
        "link": book.add_format({"font_color": "#12436D", "underline": 1, "text_wrap": True, "valign": "top"}),
    }
    amounts = {"stated", "calculated", "difference", "tolerance", "amount"}
    rows = (
        {**finding_row(finding), **{name: getattr(finding, name) for name in amounts - {"amount"}}, "source": finding.cells[:1]}
        for finding in findings
    )
    widths = {"id": 34, "rule": 20, "subject": 34, "message": 70, "cells": 44, "parent": 34}
    _sheet(book.add_worksheet("Findings"), look, COLUMNS, widths, rows, len(findings), amounts, tables)
    names = ("project", "name", "label", "amount", "unit", "value", "missing", "cells")
    widths = {"project": 26, "name": 44, "label": 60, "cells": 60}
    rows = (
        {**row, "amount": row["amount_pence"], "source": figure.cells[:1]} for figure in figures for row in [figure_row(figure)]
    )
    _sheet(book.add_worksheet("Figures"), look, names, widths, rows, len(figures), amounts, tables)
    book.close()


def _sheet(
    page: Any,
    look: dict[str, Any],
    names: Sequence[str],
    widths: dict[str, int],
    rows: Iterable[dict[str, Any]],
    count: int,
    amounts: set[str],
    tables: Tables,
) -> None:
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, max(1, count), len(names) - 1)
    for column, name in enumerate(names):
        page.set_column(column, column, widths.get(name, 14))
        page.write_string(0, column, f"{name} (£)" if name in amounts else name, look["head"])
    for number, row in enumerate(rows, 1):
        for column, name in enumerate(names):
            value = row[name]
            if value is None or value == "":
                continue
            if name in amounts:
                page.write_number(number, column, value / money.POUND, look["money"])
            elif isinstance(value, float):
                page.write_number(number, column, value, look["text"])
            elif name == "cells":
                _link(page, number, column, str(value), row["source"][0], look, tables)
            else:
                page.write_string(number, column, str(value), look["text"])


def _link(page: Any, row: int, column: int, cells: str, source: str, look: dict[str, Any], tables: Tables) -> None:
    """The cells as text that leads to the source, the first of them, in its workbook."""
    workbook, sheet, address = place_of(source)
    quoted = sheet.replace("'", "''")
    target = f"external:../../data/raw/{tables.period}/{workbook}#'{quoted}'!{address}"
    text = cells if len(cells) <= _LONGEST_TEXT else f"{cells[: _LONGEST_TEXT - 2]} …"
    # Excel takes no link beyond this length; the text is there all the same.
    longest = 2000
    if len(target) > longest or page.write_url(row, column, target, look["link"], text) != 0:
        page.write_string(row, column, text, look["text"])


def exception_note(tables: Tables, name: str, sentences: Sequence[str], *, refused: bool) -> str:
    """The page that stands in a briefing's place: what could not be read, or what failed, and what to do."""
    import nbformat  # slow to import, as is what makes pages, and most runs need no note

    from ffanalysis.publish.page import Page, to_html

    why = (
        "An input of this project could not be read, so no figure of it is shown." if refused else "The briefing could not be made."
    )
    do = (
        "Mend the cells named above in the workbook and run the quarter again."
        if refused
        else "The executed notebook is kept in notebooks/."
    )
    body = tag(
        "div",
        tag("div", tag("strong", "No briefing this quarter"), tag("p", why), class_="banner", role="note"),
        tag("p", f"Quarter {tables.period} · As of {periods.long_date(tables.as_of)}", class_="eyebrow"),
        tag("h1", name),
        tag("h2", "What stands in the way"),
        listing(sentences),
        tag("h2", "What to do"),
        tag("p", do),
    )
    cell = nbformat.v4.new_code_cell("", id="note")
    cell.outputs = [nbformat.v4.new_output("display_data", {"text/html": str(body)})]
    return to_html(
        nbformat.v4.new_notebook(cells=[cell]), Page(f"{name}: no briefing, {tables.period}", "Why this project has no briefing")
    )
