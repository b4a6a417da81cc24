"""A council's workbooks read on trial: the tables found in them, and what is not understood."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from glob import escape
from typing import Any

from ffanalysis.layout import Layout, Layouts
from ffanalysis.periods import Period
from ffanalysis.provenance import slug
from ffanalysis.read.all_workbooks import read_sheets
from ffanalysis.read.find import find_tables
from ffanalysis.read.found_table import FoundTable, NearMiss
from ffanalysis.read.table_rows import rows_of
from ffanalysis.savings.quarter import Quarter
from ffanalysis.sheets.cells import Cell, Sheet
from ffanalysis.start.layout_file import joined, layout_file
from ffanalysis.tables import RefusalRow

TRIAL = "layout-adopted.toml"
_REGISTER = "(the projects that these workbooks name)"


@dataclass(frozen=True)
class Trial:
    """The sheets of some workbooks as a layout reads them.

    `others` are the sheets of the quarter's other workbooks, which may have its register.
    """

    period: Period
    sheets: Sequence[Sheet]
    others: Sequence[Sheet]
    own: Sequence[tuple[str, bytes]]  # the layouts that the quarter has already
    data: Mapping[str, Mapping[str, Any]]  # what is to be added, by the sheet it is for, or ""
    services: frozenset[str] = frozenset()  # headings of the services that projects are of

    @cached_property
    def added(self) -> Mapping[str, str]:
        """The layouts that are to be added, by the first sheet of each; "" for all sheets.

        What is said of several sheets is in one layout, where it does not contradict itself.
        """
        books = sorted({escape(sheet.workbook) for sheet in self.sheets})
        joint = joined({where: data for where, data in self.data.items() if data})
        every = {f"{escape(sheet.workbook)}!{escape(sheet.name)}" for sheet in self.sheets}
        return {
            wheres[0]: layout_file(books if {*wheres} in ({""}, every) else wheres, data)
            for wheres, data in joint
        }

    @cached_property
    def layouts(self) -> Layouts:
        added = ((TRIAL, text.encode()) for text in self.added.values())
        return Layouts([*self.own, *added])

    def layout_of(self, sheet: Sheet) -> Layout:
        return self.layouts.for_sheet(sheet.workbook, sheet.name)

    @cached_property
    def found(self) -> list[tuple[Sheet, list[FoundTable], list[NearMiss]]]:
        """The tables of each sheet, and what is nearly one."""
        return [(sheet, *find_tables(sheet, self.layout_of(sheet))) for sheet in self.sheets]

    @property
    def tables(self) -> Iterator[FoundTable]:
        for _, tables, _ in self.found:
            yield from tables

    @cached_property
    def unregistered(self) -> list[str]:
        """The projects that the workbooks name and no register of the quarter has."""
        alone = read_sheets(self.period, [*self.others, *self.sheets], layouts=self.layouts)
        known = set(alone.projects["project"])
        names: dict[str, str] = {}
        for cell in self._project_cells():
            names.setdefault(slug(cell.text), " ".join(cell.text.split()))
        return [name for key, name in names.items() if key and key not in known]

    def _project_cells(self) -> Iterator[Cell]:
        """The cells that name a project, of all tables but a register."""
        for found in self.tables:
            if found.table != "projects":
                yield from _naming(found, self.layout_of(found.sheet))

    @cached_property
    def quarter(self) -> Quarter:
        """The quarter that the workbooks make, with a register of the projects that they name."""
        sheets = [*self.others, *self.sheets]
        if self.unregistered:
            sheets.append(_register_of(self.unregistered))
        return Quarter(read_sheets(self.period, sheets, layouts=self.layouts))

    @property
    def refusals(self) -> list[RefusalRow]:
        """What of these workbooks cannot be read yet."""
        names = {sheet.workbook for sheet in self.sheets}
        return [row for row in self.quarter.refusals if row.workbook in names]


def _naming(found: FoundTable, layout: Layout) -> Iterator[Cell]:
    """The cells of a table that name a project."""
    if "project" in found.context:
        yield found.context["project"]
    for row in rows_of(found, layout):
        cell = row.filled.get("project")
        if cell is not None and row.label is not cell:
            yield cell


def _register_of(names: Iterable[str]) -> Sheet:
    """A register with no more than the names of its projects."""
    rows = [("Project", "Title", "Service", "Status"), *((name, name) for name in names)]
    return Sheet.of(
        _REGISTER,
        "Projects",
        (
            Cell(row, column, text)
            for row, texts in enumerate(rows, 1)
            for column, text in enumerate(texts, 1)
        ),
    )
