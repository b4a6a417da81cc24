"""The savings schedules of an invented quarter: the programme's own savings and the projects'.

Each directorate keeps its workbook in its own way.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ffanalysis.demo.columns import ListedLine, label_columns
from ffanalysis.demo.council import DIRECTORATES, PROGRAMME, RAGS, TBC, YEARS_AHEAD
from ffanalysis.demo.house_style import STYLES, ScheduleStyle, StyledBook, StyledSheet
from ffanalysis.demo.records import (
    Demo,
    InventedProject,
    InventedQuarter,
    PlantedFault,
    by_year,
)
from ffanalysis.demo.tracker import Tracker
from ffanalysis.demo.workbooks import WrittenCells
from ffanalysis.periods import year_label

_RAG_TABLE_WIDTHS = [32, 14, 14, 14, 14]


@dataclass(frozen=True)
class DirectorateSchedules:
    """What one directorate's workbook of savings is written from, and where it notes its cells."""

    demo: Demo
    quarter: InventedQuarter
    directorate: str
    plants: Mapping[str, PlantedFault]  # by project or directorate
    written: WrittenCells

    @property
    def style(self) -> ScheduleStyle:
        return STYLES[self.directorate]

    @property
    def position(self) -> int:
        """Which of the directorates it is, counted from 0: their workbooks differ by it."""
        return DIRECTORATES.index(self.directorate)

    @property
    def programme_years(self) -> list[str]:
        start = self.quarter.period.start
        return [year_label(start + ahead) for ahead in range(YEARS_AHEAD)]

    @property
    def project_years(self) -> list[str]:
        last = self.quarter.period.start + YEARS_AHEAD
        return [year_label(start) for start in range(self.demo.first_start, last + 1)]

    def projects(self, plan: str, *, tracked: bool = False) -> list[InventedProject]:
        """The directorate's projects of a plan: those in a tracker, or those that are not."""
        return [
            project
            for project in self.quarter.projects
            if project.directorate == self.directorate
            and project.plan == plan
            and project.is_tracked == tracked
        ]

    def is_planted(self, kind: str) -> PlantedFault | None:
        """The fault of this kind in the directorate's own lines, where there is one."""
        plant = self.plants.get(self.directorate)
        return plant if plant and plant.kind == kind else None

    def write(self, path: Path) -> None:
        with StyledBook(path) as book:
            _write_programme(book, self)
            _write_projects(book, self)


# --- the programme's own savings -----------------------------------------------------------------


def _write_programme(book: StyledBook, schedules: DirectorateSchedules) -> None:
    """The programme's own savings, by RAG and year and by delivery route: the same total twice."""
    sheet = _write_grid(book, schedules)
    title = "The same savings by delivery route"
    if schedules.position == 0:
        sheet.gap()
        sheet.gap()
        sheet.line([title], "title")
    else:
        sheet = book.sheet("Split by route", _RAG_TABLE_WIDTHS, title)
    # Every other directorate splits its savings by route and year, the rest by route alone.
    if schedules.position % 2:
        _write_split_by_year(sheet, schedules)
    else:
        _write_split(sheet, schedules)


def _write_above(sheet: StyledSheet, directorate: str, unit: str, *, in_plan: bool) -> None:
    """The lines above a table of the programme's own savings."""
    sheet.line([unit])
    sheet.line(["Programme", PROGRAMME])
    sheet.line(["Scope", directorate])
    sheet.line(["Plan", "Current"])
    if in_plan:
        sheet.line(["In MTFP", "Yes"])
    sheet.gap()


def _write_grid(book: StyledBook, schedules: DirectorateSchedules) -> StyledSheet:
    """The savings by RAG and year."""
    directorate, period, style = schedules.directorate, schedules.quarter.period, schedules.style
    years = schedules.programme_years
    title = f"Current savings programme {period.start}-{(period.start + len(years)) % 100:02d}"
    if schedules.position == 0:
        title = f"{title} (£000)"
    sheet = book.sheet("Current programme", _RAG_TABLE_WIDTHS, title)
    _write_above(sheet, directorate, "£000", in_plan=True)
    sheet.line(["RAG", *map(style.year, years), "Total"], "head")
    grid, first = schedules.demo.council.grid(directorate, period), sheet.row
    for rag in RAGS:
        amounts = [grid[rag].get(year) for year in years]
        total = sum(filter(None, amounts))
        printed = sheet.sum_across(1, len(years), total) if style.formulas else total
        sheet.line([style.rag_label(rag), *amounts, printed])
    sums = [sum(grid[rag].get(year, 0) for rag in RAGS) for year in years]
    totals: list[object] = [*sums, sum(sums)]
    if style.formulas:
        totals = sheet.sums_down(first, 1, [*sums, sum(sums)])
    cells = sheet.line(["Total", *totals], "total", "total whole")
    schedules.written.grids[directorate] = cells[-1]
    return sheet


def _write_split_by_year(sheet: StyledSheet, schedules: DirectorateSchedules) -> None:
    """The savings by delivery route and year."""
    directorate, years = schedules.directorate, schedules.programme_years
    split = schedules.demo.council.split(directorate, schedules.quarter.period)
    _write_above(sheet, directorate, "£000", in_plan=False)
    sheet.line(["Delivery route", *map(schedules.style.year, years), "Total"], "head")
    for route, amounts in split.items():
        sheet.line([route, *amounts.values(), sum(amounts.values())])
    sums = [sum(amounts[year] for amounts in split.values()) for year in years]
    sheet.line(["Total", *sums, sum(sums)], "total", "total whole")


def _write_split(sheet: StyledSheet, schedules: DirectorateSchedules) -> None:
    """The savings by delivery route alone: two parts and their total."""
    directorate = schedules.directorate
    slipped = schedules.is_planted("unit-slip") is not None
    in_millions = schedules.position != 2 and not slipped
    unit = "£m" if in_millions or slipped else "£000"
    _write_above(sheet, directorate, unit, in_plan=False)
    sheet.line(["Delivery route", "Total"], "head")
    split = schedules.demo.council.split(directorate, schedules.quarter.period)
    retained, commissioned = (sum(amounts.values()) for amounts in split.values())
    total = retained + commissioned
    if plant := schedules.is_planted("route-split"):
        retained += plant.amount // 1_000
    numbers = "exact" if in_millions else "whole"

    def shown(thousands: int) -> float:
        return thousands / 1_000 if in_millions else thousands

    schedules.written.splits[directorate] = [
        sheet.line(["Retained services", shown(retained)], "text", numbers)[1],
        sheet.line(["Commissioned services", shown(commissioned)], "text", numbers)[1],
        sheet.line(["Total", shown(total)], "total", f"total {numbers}")[1],
    ]


# --- the projects' savings -----------------------------------------------------------------------


def _write_projects(book: StyledBook, schedules: DirectorateSchedules) -> None:
    """The projects' savings: what is proposed, what is approved, and how the approved ones do."""
    for name, plan in (("Proposed savings", "Proposed"), ("Approved savings", "Current")):
        if projects := schedules.projects(plan):
            _write_schedule(book, schedules, name, plan, projects)
    if approved := schedules.projects("Current"):
        _write_monitoring(book, approved)
    if tracked := schedules.projects("Current", tracked=True):
        tracker = Tracker(schedules.style, schedules.project_years, schedules.quarter.period)
        tracker.write(book, tracked, schedules.plants, schedules.written)


def _write_schedule(
    book: StyledBook,
    schedules: DirectorateSchedules,
    name: str,
    plan: str,
    projects: Sequence[InventedProject],
) -> None:
    style, years = schedules.style, schedules.project_years
    widths = [14, 36, 24, 20, 18, *[13] * (len(years) + 1)]
    units = [style.unit] if style.unit and not style.as_text else []
    sheet = book.sheet(name, widths, f"{name} of projects", *units)
    if not style.plan_in_rows:
        sheet.line(["Plan", plan])
    sheet.gap()
    table = _ScheduleTable(sheet, style, years)
    table.write_heading()
    for project in projects:
        table.write_project(project, schedules.plants.get(project.name), schedules.written)


def _write_monitoring(book: StyledBook, projects: Iterable[InventedProject]) -> None:
    """What is delivered and forecast, a year a row, each project's name given once."""
    title = "Approved projects: delivered and forecast"
    sheet = book.sheet("Monitoring", [36, 16, 16, 14], title, "£")
    sheet.line(["Plan", "Current"])
    sheet.gap()
    sheet.line(["Project", "Measure", "Financial year", "Amount"], "head")
    for project in projects:
        rows = [
            (measure, year, amount)
            for measure, amounts in (
                ("Delivered", project.delivered),
                ("Forecast", project.forecast),
            )
            for year, amount in amounts.items()
        ]
        for number, row in enumerate(rows):
            sheet.line([None if number else project.name, *row])


class _ScheduleTable:
    """The table of a schedule, written line by line."""

    def __init__(self, sheet: StyledSheet, style: ScheduleStyle, years: Sequence[str]) -> None:
        self.sheet, self.style, self.years = sheet, style, years
        self.columns = label_columns(style)
        self.first = len(self.columns)  # the column of the first year

    def write_heading(self) -> None:
        style = self.style
        if style.band:
            self.sheet.bands([(self.first, self.first + len(self.years) - 1, style.band)])
        labels = [*map(style.year, self.years), style.total]
        headings = [column.heading for column in self.columns]
        self.sheet.line([*headings, *(f"{label}{style.in_heads}" for label in labels)], "head")

    def write_project(
        self, project: InventedProject, plant: PlantedFault | None, written: WrittenCells
    ) -> None:
        """Write a project's lines, and its own total where it has several."""
        kind = plant.kind if plant else ""
        for number, line in enumerate(project.lines):
            off = plant.amount if plant and kind == "printed-total" and not number else 0
            cells = self._write_line(ListedLine(project, line, is_first=not number), off)
            of_years = self._cells_by_year(cells, sorted(line.known))
            written.lines[project.name, number] = of_years, cells[-1]
            if kind == "duplicate-line":
                copy = self._write_line(ListedLine(project, line, is_first=False))
                written.copies[project.name] = self._cells_by_year(copy, of_years)
        if project.prints_total:
            self._write_total(project)

    def _cells_by_year(self, cells: Sequence[str], years: Iterable[str]) -> dict[str, str]:
        return {year: cells[self.first + self.years.index(year)] for year in years}

    def _write_line(self, entry: ListedLine, off: int = 0) -> list[str]:
        """Write a line, its total wrong by so many pounds; the names of its cells."""
        line, style = entry.line, self.style
        texts = [column.of_line(entry) for column in self.columns]
        amounts = [style.amount(line.amounts.get(year)) for year in self.years]
        total = style.amount(TBC if line.has_gap else line.total + off)
        if style.formulas and not line.has_gap and not off:
            last = self.first + len(self.years) - 1
            total = self.sheet.sum_across(self.first, last, line.total)
        return self.sheet.line([*texts, *amounts, total], numbers=style.numbers)

    def _write_total(self, project: InventedProject) -> None:
        sums = by_year(project.lines)
        texts = [column.of_total for column in self.columns]
        amounts = map(self.style.amount, [*map(sums.get, self.years), project.total])
        self.sheet.line([*texts, *amounts], "total", f"total {self.style.numbers}")
