"""reconciliation.xlsx, the analyst's pack.

Findings, every figure with its cells, what moved and who signed on what.

Every sheet can be filtered and leads to the cells in the source workbooks. Texts from workbooks are
hostile: they are written as texts, so no cell is a formula, and no link but ours is one.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext, suppress
from datetime import UTC, datetime, time
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.url import Url

from ffanalysis import money, periods
from ffanalysis.figures import Figure, Finding
from ffanalysis.measure import ProjectMeasures, signoff
from ffanalysis.measure.movement import LineMovement
from ffanalysis.measure.programme import ProgrammeMeasures
from ffanalysis.periods import Period
from ffanalysis.present import heads
from ffanalysis.present.sentences import checks_summary, joined
from ffanalysis.present.words import say
from ffanalysis.provenance import CellRef, cell_of, merged_cells
from ffanalysis.run.files import COLUMNS, figure_row, finding_row
from ffanalysis.savings.changes import MovedBetweenYears
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import SignOffRow

_LONGEST_TEXT = 32_767  # what a cell of Excel holds
_LONGEST_LINK = 2_000  # and a link of it
_MOST_LINKS = 65_000  # and a sheet, of links

# What a link writes in another way: a % too, or "%20" in a file's name is read as a space.
_IN_LINKS = str.maketrans({sign: f"%{ord(sign):02x}" for sign in '%?\\ "<>[]^`{}'})

_ABOUT = {
    "Findings": (
        "every check, with what is stated, what was calculated and by how much they differ;"
        " findings.csv has the same"
    ),
    "Figures": (
        "every figure of every briefing and of the programme page, with the cells that it comes"
        " from"
    ),
    "Movement": (
        "each saving in the quarter before and in this one, what moved and the reason that the"
        " schedule gives; milestones"
    ),
    "Sign-off": "who agreed to what, on which figures, and whether those are still the figures",
}
_FINDINGS = dict.fromkeys(COLUMNS, 14) | {
    "id": 34,
    "rule": 20,
    "subject": 34,
    "message": 70,
    "cells": 44,
    "parent": 34,
}
_FIGURES = {
    "project": 26,
    "name": 44,
    "label": 60,
    "amount": 16,
    "unit": 12,
    "value": 12,
    "missing": 14,
    "cells": 60,
}
_MOVEMENT = {
    "project": 26,
    "saving": 36,
    "original RAG": 18,
    "last RAG": 18,
    "RAG": 18,
    "what moved": 20,
    "before": 16,
    "now": 16,
    "change": 16,
    "moved between years": 16,
    "from": 14,
    "to": 14,
    "reason": 50,
    "cells": 44,
}
_SIGN_OFF = {
    "project": 26,
    "role": 30,
    "name": 26,
    "capacity": 16,
    "date": 16,
    "signed on": 30,
    "stands for": 26,
    "the figures' code": 30,
    "cells": 44,
}
_MONEY = {
    "stated",
    "calculated",
    "difference",
    "tolerance",
    "amount",
    "before",
    "now",
    "change",
    "moved between years",
}


class _Sheet(NamedTuple):
    page: Any
    columns: tuple[str, ...]


class Pack:
    """The workbook while it is written, project by project.

    Rows go to the disk as they come, so its size costs no memory.

    `work` is the folder for what is not yet in the workbook.
    """

    def __init__(
        self, path: Path, work: Path, quarter: Quarter, findings: Sequence[Finding]
    ) -> None:
        texts = {
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self._book = xlsxwriter.Workbook(
            str(path), {**texts, "constant_memory": True, "tmpdir": str(work)}
        )
        self._book.set_properties(
            {
                "created": datetime.combine(quarter.as_of, time(), UTC),
                "title": f"Reconciliation {quarter.period}",
            }
        )
        text = {"text_wrap": True, "valign": "top"}
        self._head = self._book.add_format({**text, "bold": True, "bottom": 2})
        self._text = self._book.add_format(text)
        self._money = self._book.add_format({"num_format": "#,##0.00;(#,##0.00)", "valign": "top"})
        self._link = self._book.add_format({**text, "font_color": "#12436D", "underline": 1})
        self._period = quarter.period
        self._used: dict[str, int] = {}
        self._links: dict[str, Url] = {}  # links are kept until the end; each target once
        self._about(quarter, findings)
        self._sheets = {
            name: self._new(name, columns)
            for name, columns in zip(
                _ABOUT, (_FINDINGS, _FIGURES, _MOVEMENT, _SIGN_OFF), strict=True
            )
        }
        for finding in findings:
            amounts = {name: getattr(finding, name) for name in _MONEY & set(COLUMNS)}
            self._write("Findings", {**finding_row(finding), **amounts}, finding.cells)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Write the file. Raises OSError, as where the disk is full."""
        for name, sheet in self._sheets.items():
            sheet.page.autofilter(0, 0, max(1, self._used[name]), len(sheet.columns) - 1)
        # After an error it is only closed: what is in it does not matter any more.
        with suppress(Exception) if error else nullcontext():
            try:
                self._book.close()
            except FileCreateError as failed:
                raise failed.args[0] from None

    def add(self, project: str, quarter: Quarter, measures: ProjectMeasures) -> None:
        """A project's figures, its movement and its sign-offs."""
        self.add_figures(measures.figures())
        moved = measures.movement
        since = moved.since
        told = (
            "no earlier quarter"
            if since is None
            else moved.problem or (f"new: not in quarter {since}" if moved.is_new else "")
        )
        if moved.renamed_from:
            told = f"renamed: it was {moved.renamed_from}"
        if told:
            total = measures.main.total
            now = {"now": total.value} if moved.is_new else {}
            self._write(
                "Movement",
                {"project": project, "what moved": told, **now},
                total.cells if moved.is_new else (),
            )
        for line in moved.lines:
            self._write(
                "Movement",
                {"project": project, **_line_row(line)},
                merged_cells(line.after.cells, line.before.cells),
            )
        for item in moved.milestones:
            what = {
                "saving": f"Milestone: {item.milestone}",
                "what moved": f"milestone {item.kind}",
            }
            self._write(
                "Movement",
                {"project": project, **what, "from": item.before, "to": item.after},
                item.cells,
            )
        stated = signoff.signed_figures(quarter, project)
        for row in quarter.signoff.of_project(project):
            self._write(
                "Sign-off", {"project": project, **_sign_off_row(row, stated)}, (cell_of(row),)
            )

    def add_programme(self, measures: ProgrammeMeasures) -> None:
        """The figures of all projects together, and the projects that the quarter before had."""
        self.add_figures(measures.figures())
        for gone in measures.movement.gone:
            row = {
                "project": gone.project,
                "saving": gone.name,
                "RAG": "not there",
                "what moved": "taken out",
            }
            for total in gone.totals.values():
                self._write("Movement", {**row, "before": total.value}, total.cells)

    def add_figures(self, figures: Iterable[Figure]) -> None:
        """Figures with their cells."""
        for figure in figures:
            row = figure_row(figure)
            unit = "£" if row["unit"] == "pence" else row["unit"]
            self._write(
                "Figures", {**row, "amount": row["amount_pence"], "unit": unit}, figure.cells
            )

    def _about(self, quarter: Quarter, findings: Sequence[Finding]) -> None:
        page = self._book.add_worksheet("About")
        page.set_column(0, 0, 18)
        page.set_column(1, 1, 100)
        left_out = heads.confidential_words(len(quarter.council.confidential))
        lines = [
            ("Quarter", str(quarter.period)),
            ("As of", periods.long_date(quarter.as_of)),
            ("Checks", say(checks_summary(findings))),
            *([("Left out", left_out)] if left_out else ()),
            *_ABOUT.items(),
            (
                "Amounts",
                (
                    "In pounds, negative ones in brackets; a blank cell is an amount that is"
                    " missing, 'missing' says why."
                ),
            ),
            (
                "Cells",
                (
                    "Where a row was read. The link opens the first of its cells in this"
                    " programme's data/raw folder."
                ),
            ),
        ]
        for number, (name, text) in enumerate(lines):
            page.write_string(number, 0, name, self._head)
            page.write_string(number, 1, text, self._text)

    def _new(self, name: str, columns: Mapping[str, int]) -> _Sheet:
        page = self._book.add_worksheet(name)
        page.freeze_panes(1, 0)
        for place, (column, width) in enumerate(columns.items()):
            page.set_column(place, place, width)
            page.write_string(0, place, f"{column} (£)" if column in _MONEY else column, self._head)
        self._used[name] = 0
        return _Sheet(page, tuple(columns))

    def _write(self, name: str, values: Mapping[str, Any], cells: Sequence[CellRef]) -> None:
        """The next row of a sheet; what a column has no value for stays blank."""
        self._used[name] += 1
        number = self._used[name]
        page, columns = self._sheets[name]
        for place, column in enumerate(columns):
            value: Any = "; ".join(map(str, cells)) if column == "cells" else values.get(column)
            if value is None or value == "":
                continue
            if column in _MONEY:
                page.write_number(number, place, value / money.POUND, self._money)
            elif isinstance(value, float):
                page.write_number(number, place, value, self._text)
            elif column == "cells":
                self._write_cells(page, number, place, value, cells[0])
            else:
                page.write_string(number, place, str(value)[:_LONGEST_TEXT], self._text)

    def _write_cells(self, page: Any, row: int, column: int, cells: str, source: CellRef) -> None:
        """The cells as text that leads to the first of them in its workbook."""
        text = cells if len(cells) <= _LONGEST_TEXT else f"{cells[: _LONGEST_TEXT - 2]} …"
        target = _target(source, self._period)
        if row > _MOST_LINKS or not target or len(target) > _LONGEST_LINK:
            page.write_string(row, column, text, self._text)
        else:
            link = self._links.setdefault(target, Url(target))
            link.text = text
            page.write_url(row, column, link, self._link)


def _target(cell: CellRef, period: Period) -> str:
    """Where a link to a cell leads; a workbook of an earlier quarter is named with it.

    "2015-16-Q1/register.xlsx". "" where Excel cannot follow one: what is behind a # in the name of
    a file it takes for a place in that file, however the # is written.
    """
    quarter, _, file = cell.workbook.rpartition("/")
    if "#" in file:
        return ""
    quoted = cell.sheet.replace("'", "''")
    path = f"{quarter or period}/{file.translate(_IN_LINKS)}"
    return f"external:../../data/raw/{path}#'{quoted}'!{cell.address}"


def _line_row(line: LineMovement) -> dict[str, Any]:
    between = next((each for each in line.changes if isinstance(each, MovedBetweenYears)), None)
    return {
        "saving": line.label,
        "original RAG": line.original,
        "last RAG": line.last or "not there",
        "RAG": line.rag or "not there",
        "what moved": joined(line.kinds) or "nothing",
        "before": line.before.value,
        "now": line.after.value,
        "change": line.change.value,
        "moved between years": between.amount.value if between else None,
        "from": joined(between.from_years) if between else "",
        "to": joined(between.to_years) if between else "",
        "reason": line.reason,
    }


def _sign_off_row(row: SignOffRow, stated: Mapping[str, signoff.SignedFigure]) -> dict[str, Any]:
    given = row.signed_on or ""
    moved = signoff.changed(given, stated) if given else ()
    return {
        "role": row.role,
        "name": row.name,
        "capacity": row.capacity,
        "date": periods.long_date(row.signed_day) if row.signed_day else row.signed,
        "signed on": given,
        "stands for": f"lapsed: {joined(moved)}" if moved else signoff.standing(given, stated),
        "the figures' code": signoff.figures_code(stated) if stated else "",
    }
