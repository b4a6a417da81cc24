"""What differs as a workbook with filters; texts from workbooks stay texts in it."""

import io
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

import xlsxwriter

from ffanalysis.deliver.diff.compare import Comparison
from ffanalysis.deliver.diff.rows import rows
from ffanalysis.deliver.diff.tables import title
from ffanalysis.periods import Period
from ffanalysis.run.figures_list import POUNDS

_LONGEST_TEXT = 32_767  # what a cell of Excel holds
_SHEETS: Mapping[str, tuple[str, Mapping[str, int]]] = {
    "Projects": ("project", {"what": 20, "project": 30, "was": 40, "now": 40}),
    "Figures": (
        "figure",
        {
            "what": 10,
            "project_name": 30,
            "label": 50,
            "unit": 10,
            "was": 16,
            "now": 16,
            "difference": 16,
            "was_missing": 14,
            "now_missing": 14,
            "why": 60,
            "name": 40,
            "project": 30,
        },
    ),
    "Findings": (
        "finding",
        {"what": 10, "project_name": 30, "label": 80, "was": 44, "now": 44, "name": 44},
    ),
}


def as_xlsx(found: Comparison) -> bytes:
    """The workbook; the same bytes each time."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    made = datetime.combine(Period.parse(found.after.period).last_day, time(), UTC)
    book.set_properties({"created": made, "title": "What differs"})
    text = {"text_wrap": True, "valign": "top"}
    looks = {
        "head": book.add_format({**text, "bold": True, "bottom": 2}),
        "text": book.add_format(text),
        "money": book.add_format({"num_format": "#,##0.00;(#,##0.00)", "valign": "top"}),
    }
    about = book.add_worksheet("About")
    about.set_column(0, 0, 18)
    about.set_column(1, 1, 100)
    lines = [
        ("Compared", title(found)),
        ("Result", found.verdict),
        *([("Marking", found.marking)] if found.marking else []),
        *(("Note", note) for note in found.notes),
        ("Amounts", "In pounds where the unit is £, negative ones in brackets."),
    ]
    for number, (head, said) in enumerate(lines):
        about.write_string(number, 0, head, looks["head"])
        about.write_string(number, 1, said, looks["text"])
    every = list(rows(found))
    for name, (kind, columns) in _SHEETS.items():
        _write(
            book.add_worksheet(name), columns, (row for row in every if row["kind"] == kind), looks
        )
    book.close()
    return out.getvalue()


def _write(
    page: Any, columns: Mapping[str, int], found: Iterable[Mapping[str, Any]], looks: Any
) -> None:
    """A sheet: its headings, then a row for each difference."""
    page.freeze_panes(1, 0)
    for place, (column, width) in enumerate(columns.items()):
        page.set_column(place, place, width)
        page.write_string(0, place, column.replace("_", " "), looks["head"])
    last = 0
    for last, row in enumerate(found, 1):
        for place, column in enumerate(columns):
            value = row.get(column)
            if isinstance(value, Decimal):
                look = looks["money"] if row["unit"] == POUNDS else looks["text"]
                page.write_number(last, place, float(value), look)
            elif value:
                page.write_string(last, place, str(value)[:_LONGEST_TEXT], looks["text"])
    page.autofilter(0, 0, max(1, last), len(columns) - 1)
