"""reconciliation.xlsx, the analyst's pack.

Findings, every figure with its cells, what moved and who signed on what.

Every sheet can be filtered and leads to the cells in the source workbooks. What a figure or a
finding comes to is a formula over the sheet Cells, which lists every cell once.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ffanalysis import periods
from ffanalysis.figures import Figure, sum_of
from ffanalysis.findings import Finding
from ffanalysis.measure import ProjectMeasures, signoff
from ffanalysis.measure.movement import LineMovement
from ffanalysis.measure.programme import ProgrammeMeasures
from ffanalysis.money import POUND
from ffanalysis.present import heads
from ffanalysis.present.sentences import checks_summary, joined
from ffanalysis.present.words import say
from ffanalysis.provenance import cell_of, merged_cells
from ffanalysis.run.files import COLUMNS, figure_row, finding_row
from ffanalysis.run.formula_parts import EXACT
from ffanalysis.run.pack_sheets import Columns, Formula, PackSheets
from ffanalysis.run.workings import WORKING_SHEETS, Workings, plain_value
from ffanalysis.savings.changes import MovedBetweenYears
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import SignOffRow

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
    "Parts": "formulas that are too long to stand in one cell, part by part",
    "Cells": (
        "every cell that a figure or finding comes from, once: what is written there, pence per 1,"
        " the amount, and a link to it"
    ),
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
_COMPARED = ("stated", "calculated", "difference", "tolerance")
_SHEETS = {
    "Findings": Columns(
        _FINDINGS
        | {f"{name} in pence": 18 for name in _COMPARED}
        | {f"{name} from": 60 for name in _COMPARED if name != "difference"},
        frozenset(_COMPARED),
        frozenset(f"{name} in pence" for name in _COMPARED),
    ),
    "Figures": Columns(
        _FIGURES | {"pence": 18, "how it was made": 60}, frozenset({"amount"}), frozenset({"pence"})
    ),
    "Movement": Columns(_MOVEMENT, frozenset({"before", "now", "change", "moved between years"})),
    "Sign-off": Columns(_SIGN_OFF),
    **WORKING_SHEETS,
}


class Pack:
    """The workbook while it is written, project by project.

    Rows go to the disk as they come, so its size costs no memory but that of its cells.

    `work` is the folder for what is not yet in the workbook.
    """

    def __init__(
        self, path: Path, work: Path, quarter: Quarter, findings: Sequence[Finding]
    ) -> None:
        self._sheets = PackSheets(path, work, quarter.period, quarter.as_of)
        self._workings = Workings(self._sheets)
        self._about(quarter, findings)
        for name, columns in _SHEETS.items():
            self._sheets.add(name, columns)
        for finding in findings:
            self._add_finding(finding)
        self._workings.forget()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Write the file. Raises OSError, as where the disk is full."""
        # After an error it is only closed: what is in it does not matter any more.
        with suppress(Exception) if error else nullcontext():
            self._workings.list_cells()
            for name, number in self._sheets.without_room().items():
                self._sheets.note(
                    "About", "Left out", f"{number:,} rows of {name}: a sheet has no room for them"
                )
            self._sheets.close()

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
            self._sheets.write(
                "Movement",
                {"project": project, "what moved": told, **now},
                total.cells if moved.is_new else (),
            )
        for line in moved.lines:
            self._sheets.write(
                "Movement",
                {"project": project, **_line_row(line)},
                merged_cells(line.after.cells, line.before.cells),
            )
        for item in moved.milestones:
            what = {
                "saving": f"Milestone: {item.milestone}",
                "what moved": f"milestone {item.kind}",
            }
            self._sheets.write(
                "Movement",
                {"project": project, **what, "from": item.before, "to": item.after},
                item.cells,
            )
        stated = signoff.signed_figures(quarter, project)
        for row in quarter.signoff.of_project(project):
            self._sheets.write(
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
                self._sheets.write("Movement", {**row, "before": total.value}, total.cells)

    def add_figures(self, figures: Iterable[Figure]) -> None:
        """Figures with their formulas and cells."""
        for figure in figures:
            row = figure_row(figure)
            made, how = self._workings.made(figure.sum)
            if row["unit"] == "pence":
                row |= {
                    "unit": "£",
                    "pence": made,
                    "amount": self._in_pounds("Figures", "pence", made),
                }
            else:
                row["value"] = row["value"] if made is None else made
            row["how it was made"] = how
            self._sheets.write("Figures", row, figure.cells)
        self._workings.forget()

    def _add_finding(self, finding: Finding) -> None:
        """A finding, with what it compares as formulas."""
        row: dict[str, Any] = dict(finding_row(finding))
        for name, term in finding.amounts._asdict().items():
            if term is not None and getattr(finding, name) is not None:
                row[f"{name} in pence"], row[f"{name} from"] = self._workings.made(sum_of(term))
        self._compare(row, finding.difference)
        for name in _COMPARED:
            pence = f"{name} in pence"
            row[name] = self._in_pounds("Findings", pence, row.get(pence))
        self._sheets.write("Findings", row, finding.cells)

    def _compare(self, row: dict[str, Any], difference: int | None) -> None:
        """The difference of a finding's row, as a formula over the row."""
        if difference is None:
            return
        letter, number = _SHEETS["Findings"].letter, self._sheets.next_row("Findings")
        places = [f"{letter(f'{name} in pence')}{number}" for name in ("calculated", "stated")]
        amounts = [row["calculated in pence"], row["stated in pence"], difference]
        is_exact = all(abs(plain_value(each)) <= EXACT for each in amounts)
        made = Formula(f"={'-'.join(places)}", difference) if is_exact else difference
        row["difference in pence"] = made

    def _in_pounds(self, sheet: str, column: str, pence: Any) -> Any:
        """The amount in pounds of a number of pence beside it."""
        if pence is None or abs(plain_value(pence)) > EXACT:
            return pence
        place = f"{_SHEETS[sheet].letter(column)}{self._sheets.next_row(sheet)}"
        return Formula(f"={place}/{POUND}", plain_value(pence) / POUND)

    def _about(self, quarter: Quarter, findings: Sequence[Finding]) -> None:
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
                "Formulas",
                (
                    "Each amount of Figures and Findings is a formula in whole pence over the sheet"
                    " Cells: trace its precedents to the cells that it comes from. Filter Cells and"
                    " Parts as you like, but do not sort them: formulas name their rows."
                ),
            ),
            (
                "Links",
                (
                    "The link of a row opens the first of its cells in this programme's data/raw"
                    " folder."
                ),
            ),
        ]
        self._sheets.add_notes("About")
        for name, text in lines:
            self._sheets.note("About", name, text)


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
