"""The workbook check as a person reads it: in a notebook, and line by line in a terminal."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from ffanalysis.present.html import Cell, Part, listing, table, tag
from ffanalysis.workbook_check.records import (
    REMARK_SEVERITIES,
    Remark,
    RemarkSeverity,
    TableSummary,
    WorkbookCheck,
)

_WORDS: dict[RemarkSeverity, tuple[str, str]] = {
    "error": ("error", "errors"),
    "warning": ("warning", "warnings"),
    "note": ("note", "notes"),
}


def verdict(check: WorkbookCheck) -> str:
    """How the check ended, in one line: "budget.xlsx: 3 tables; 1 error, 2 warnings, 4 notes."."""
    counts = Counter(remark.severity for remark in check.remarks)
    remarks = [
        f"{counts[severity]} {_WORDS[severity][counts[severity] != 1]}"
        for severity in REMARK_SEVERITIES
        if counts[severity]
    ]
    count = len(check.tables)
    tables = f"{count} {'table' if count == 1 else 'tables'}" if count else "no table of figures"
    return f"{check.workbook}: {tables}; {', '.join(remarks) or 'no remarks'}."


def headings() -> tuple[str, ...]:
    """What the columns of the list of tables are called."""
    return ("Sheet", "Cells", "Unit", "Years", "Rows", "Totals", "Read as")


def table_row(found: TableSummary) -> tuple[str, ...]:
    """A table in the list of tables."""
    years = (
        f"{found.years[0]} to {found.years[-1]}" if len(found.years) > 1 else "".join(found.years)
    )
    totals = [f"{len(found.total_rows)} in rows"] if found.total_rows else []
    totals += [f"{len(found.total_columns)} in columns"] if found.total_columns else []
    unit = found.unit or "not written"
    return (
        found.sheet,
        found.range,
        unit,
        years or "none",
        f"{found.rows:,}",
        ", ".join(totals) or "none",
        found.kind,
    )


def number(value: Decimal | None) -> int | float | None:
    """A decimal as JSON writes it: whole where it is whole."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def remark_row(remark: Remark) -> dict[str, object]:
    """A remark as a machine reads it; the numbers are in `unit`, as the table prints them."""
    return {
        "severity": remark.severity,
        "code": remark.code,
        "message": remark.message,
        "cells": "; ".join(remark.cells),
        "stated": number(remark.stated),
        "calculated": number(remark.calculated),
        "difference": number(remark.difference),
        "tolerance": number(remark.tolerance),
        "unit": remark.unit,
    }


def found_row(found: TableSummary) -> dict[str, object]:
    """A table as a machine reads it."""
    return {
        "workbook": found.workbook,
        "sheet": found.sheet,
        "range": found.range,
        "unit": found.unit,
        "years": list(found.years),
        "kind": found.kind,
        "title": found.title,
        "header": list(found.header),
        "rows": found.rows,
        "columns": found.columns,
        "total_rows": list(found.total_rows),
        "total_columns": list(found.total_columns),
    }


@dataclass(frozen=True)
class WorkbookReport:
    """A checked workbook, for the analyst in a notebook: shown whole, or part by part."""

    check: WorkbookCheck

    def __repr__(self) -> str:
        return f"<{verdict(self.check)}>"

    def _repr_html_(self) -> str:
        return Markup("").join(Markup(part._repr_html_()) for part in self._parts())  # noqa: S704 - parts are escaped

    def _parts(self) -> Iterator[Part]:
        yield self.verdict()
        yield self.remarks()
        yield self.tables()

    def verdict(self) -> Part:
        """How the check ended."""
        return Part("verdict", tag("p", verdict(self.check), class_="message"))

    def remarks(self) -> Part:
        """What to look at, the worst first, each with its cells. Notes come last, a line each."""
        by_severity = {
            severity: [remark for remark in self.check.remarks if remark.severity == severity]
            for severity in REMARK_SEVERITIES
        }
        notes = by_severity.pop("note")
        lists = [
            listing([_item(remark) for remark in remarks], f"findings {severity}")
            for severity, remarks in by_severity.items()
            if remarks
        ]
        if notes:
            lists.append(listing([remark.message for remark in notes], "agreed"))
        return Part("remarks", Markup("").join(lists) or tag("p", "No remarks."))

    def tables(self) -> Part:
        """The tables of figures that were found."""
        rows: list[list[Cell]] = [list(table_row(found)) for found in self.check.tables]
        shown = table("Tables of figures", list(headings()), rows, texts=True)
        return Part("tables", shown if rows else tag("p", "No table of figures was found."))


def _item(remark: Remark) -> Markup:
    head = tag(
        "strong", _WORDS[remark.severity][0].capitalize(), class_=f"severity {remark.severity}"
    )
    place = tag(
        "span", " · ".join(filter(None, (remark.code, _short(remark.cells)))), class_="cells"
    )
    return Markup("{} {} {}").format(head, remark.message, place)


def _short(cells: tuple[str, ...]) -> str:
    """The addresses of cells, without the workbook that they are all in."""
    places = [cell.split("!", 1)[-1] for cell in cells[:4]]
    return ", ".join(places) + (" …" if len(cells) > 4 else "")
