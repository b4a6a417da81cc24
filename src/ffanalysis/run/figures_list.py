"""figures.csv: every figure of every briefing and of the programme page, with its cells.

It holds all that two states of a quarter are compared by, also in years to come: what each project
is called, and why the schedule says that its lines moved.
"""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, TextIO

from ffanalysis import money
from ffanalysis.expressions import made_of
from ffanalysis.figures import Figure
from ffanalysis.measure import ProjectMeasures
from ffanalysis.measure.movement import LineMovement, Movement
from ffanalysis.measure.programme import ProgrammeMeasures
from ffanalysis.provenance import merged_cells
from ffanalysis.run.files import harmless, made_as_text

COLUMNS = (
    "project",
    "name",
    "label",
    "amount",
    "unit",
    "value",
    "missing",
    "cells",
    "project_name",
    "reason",
    "expression",
    "cells_read",
)
_NUMBERS = frozenset({"amount", "value"})
POUNDS = "£"  # the unit of money, as in the pack
_Reasons = Callable[[Figure], str]


class FiguresList:
    """The list while it is written, project by project: no figure twice, however many pages it has.

    A figure of a wider programme stands on the pages of all its projects.
    """

    def __init__(self, file: TextIO) -> None:
        self._rows = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        self._rows.writeheader()
        self._written: set[tuple[str, str]] = set()
        self._names: dict[str, str] = {}

    def add(self, project: str, name: str, measures: ProjectMeasures) -> None:
        """A project's figures; `name` is what the register calls it."""
        self._names[project] = name
        self._add(measures.figures(), _reasons_of(measures.movement))

    def add_programme(self, measures: ProgrammeMeasures) -> None:
        """The figures of all projects together."""
        self._add(measures.figures(), lambda _: "")

    def _add(self, figures: Iterable[Figure], reason: _Reasons) -> None:
        for figure in figures:
            key = (figure.project, figure.name)
            if key not in self._written:
                self._written.add(key)
                row = {
                    **_row(figure),
                    "project_name": self._names.get(figure.project, ""),
                    "reason": reason(figure),
                }
                self._rows.writerow(
                    {
                        column: text if column in _NUMBERS else harmless(text).replace("\r", " ")
                        for column, text in row.items()
                    }
                )


def _row(figure: Figure) -> dict[str, str]:
    """A figure in the columns of figures.csv, but for what is known of its project alone."""
    is_money = figure.unit == "pence"
    number: Any = figure.value
    made = made_as_text(made_of({"": figure.sum}))
    return {
        "project": figure.project,
        "name": figure.name,
        "label": figure.label,
        "amount": money.in_pounds(int(number)) if is_money and number is not None else "",
        "unit": POUNDS if is_money else figure.unit,
        "value": "" if is_money or number is None else f"{Decimal(number):f}",
        "missing": figure.missing,
        "cells": "; ".join(map(str, figure.cells)),
        "expression": made["expressions"].removeprefix(": "),
        "cells_read": made["cells_read"],
    }


def _reasons_of(moved: Movement) -> _Reasons:
    """Why a project's figures moved, as the schedule says in the rows that they come from.

    Of lines that moved, where there are any: a total says nothing of the others.
    """
    of_moved = _by_row(moved.moved)
    of_any = _by_row(moved.lines)

    def reason(figure: Figure) -> str:
        rows = dict.fromkeys(cell.sheet_row for cell in figure.cells)
        for known in (of_moved, of_any):
            if found := dict.fromkeys(each for row in rows for each in known.get(row, ())):
                return " ".join(found)
        return ""

    return reason


def _by_row(lines: Iterable[LineMovement]) -> dict[tuple[str, str, int], list[str]]:
    """The reasons of lines by the rows of sheets that the lines stand in, now and then."""
    found: dict[tuple[str, str, int], list[str]] = defaultdict(list)
    for line in lines:
        cells = merged_cells(line.after.cells, line.before.cells) if line.reason else ()
        for row in dict.fromkeys(cell.sheet_row for cell in cells):
            found[row].append(line.reason)
    return found
