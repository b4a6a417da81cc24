"""A tracker of approved projects: over each year a band of target, delivered, forecast, variance.

Beside the amounts it has what trackers have: who leads, how many posts, notes, and totals of one
measure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ffanalysis.demo.columns import ListedLine, label_columns
from ffanalysis.demo.council import head_of
from ffanalysis.demo.house_style import ScheduleStyle, StyledBook, StyledSheet
from ffanalysis.demo.records import InventedProject, LineProgress, PlantedFault, by_year
from ffanalysis.demo.words import posts_of
from ffanalysis.demo.workbooks import WrittenCells
from ffanalysis.periods import Period, long_date, year_label

_MEASURES = ("Target", "Delivered", "Forecast", "Variance")
_TARGET, _, _FORECAST, _VARIANCE = range(len(_MEASURES))
_TOTALS = ("Total target", "Total forecast")


@dataclass(frozen=True)
class _Amounts:
    """The amounts of a row of the tracker: each measure's pounds by year."""

    target: Mapping[str, int]
    delivered: Mapping[str, int]
    forecast: Mapping[str, int]
    variance: Mapping[str, int]

    @property
    def measures(self) -> Sequence[Mapping[str, int]]:
        return (self.target, self.delivered, self.forecast, self.variance)

    @classmethod
    def of_line(cls, each: LineProgress, off: int = 0) -> "_Amounts":
        """Those of a line; its last variance is by so many pounds too low."""
        variance = {**each.variance}
        if off:
            variance[max(variance)] -= off
        return cls(each.line.known, each.delivered, each.forecast, variance)

    @classmethod
    def of_project(cls, project: InventedProject) -> "_Amounts":
        """Those of all its lines, which none is brought forward of."""
        target = by_year(project.lines)
        variance = {year: each - target[year] for year, each in project.forecast.items()}
        return cls(target, project.delivered, project.forecast, variance)


@dataclass(frozen=True)
class Tracker:
    """How a directorate keeps its tracker."""

    style: ScheduleStyle
    years: Sequence[str]
    period: Period

    def write(
        self,
        book: StyledBook,
        projects: Iterable[InventedProject],
        plants: Mapping[str, PlantedFault],
        written: WrittenCells,
    ) -> None:
        """The sheet of the tracker, with the rows of these projects."""
        style, as_of = self.style, long_date(self.period.last_day)
        widths = [14, 36, 24, 20, 18, 22, 8, *[12] * (len(_MEASURES) * len(self.years) + 2), 40]
        units = [style.unit] if style.unit and not style.as_text else []
        title = f"Savings tracker: position as at {as_of}"
        sheet = book.sheet("Savings tracker", widths, title, *units)
        if not style.plan_in_rows:
            sheet.line(["Plan", "Current"])
        sheet.gap()
        table = _TrackerTable(sheet, self)
        table.write_heading()
        for project in projects:
            table.write_project(project, plants.get(project.name), written)


@dataclass(frozen=True)
class _TrackerTable:
    """The table of a tracker, written line by line."""

    sheet: StyledSheet
    tracker: Tracker

    @property
    def style(self) -> ScheduleStyle:
        return self.tracker.style

    @property
    def years(self) -> Sequence[str]:
        return self.tracker.years

    @cached_property
    def labels(self) -> list[str]:
        """The headings before the amounts."""
        return [column.heading for column in label_columns(self.style)]

    @property
    def first(self) -> int:
        """The column of the first amount, behind the labels, who leads, and how many posts."""
        return len(self.labels) + 2

    def column(self, year: str, measure: int) -> int:
        return self.first + self.years.index(year) * len(_MEASURES) + measure

    def write_heading(self) -> None:
        """A band over each year, in one style below another over all; the measures below."""
        sheet, style = self.sheet, self.style
        if style.band:
            last = self.column(self.years[-1], _VARIANCE)
            sheet.bands([(self.first, last, style.band)])
        sheet.bands(
            (
                self.column(year, _TARGET),
                self.column(year, _VARIANCE),
                f"{style.year(year)}{style.in_heads}",
            )
            for year in self.years
        )
        totals = [f"{total}{style.in_heads}" for total in _TOTALS]
        measures = [*_MEASURES] * len(self.years)
        sheet.line([*self.labels, "Lead officer", "FTE", *measures, *totals, "Notes"], "head")

    def write_project(
        self, project: InventedProject, plant: PlantedFault | None, written: WrittenCells
    ) -> None:
        """Write a project's lines, and its own total where it has several."""
        for number, each in enumerate(project.in_tracker):
            entry = ListedLine(project, each.line, is_first=not number)
            texts = [column.of_line(entry) for column in label_columns(self.style)]
            fault = plant if plant and not number else None
            off = fault.amount if fault and fault.kind == "variance" else 0
            wrong = fault.amount if fault and fault.kind == "printed-total" else 0
            people = [head_of(project.service), posts_of(each.line)]
            amounts = _Amounts.of_line(each, off)
            cells = self._write([*texts, *people], amounts, _note(self.tracker, each), wrong)
            self._note_cells(project, number, each, cells, written)
        if project.prints_total:
            texts = [column.of_total for column in label_columns(self.style)]
            self._write([*texts, None, None], _Amounts.of_project(project), "", look="total")

    def _note_cells(
        self,
        project: InventedProject,
        number: int,
        each: LineProgress,
        cells: Sequence[str],
        written: WrittenCells,
    ) -> None:
        targets = {year: cells[self.column(year, _TARGET)] for year in sorted(each.line.known)}
        total = cells[self.column(self.years[-1], _VARIANCE) + 1]
        written.lines[project.name, number] = targets, total
        if each.forecast and not number:
            year = max(each.forecast)
            written.variances[project.name] = [
                cells[self.column(year, measure)] for measure in (_VARIANCE, _FORECAST, _TARGET)
            ]

    def _write(
        self,
        labels: Sequence[object],
        amounts: _Amounts,
        note: str,
        wrong: int = 0,
        look: str = "text",
    ) -> list[str]:
        """Write a row, its total target wrong by so many pounds; the names of its cells."""
        values = [
            self._value(amounts, year, measure)
            for year in self.years
            for measure in range(len(_MEASURES))
        ]
        totals = [
            self._total(amounts, _TARGET, wrong),
            self._total(amounts, _FORECAST) if amounts.forecast else None,
        ]
        numbers = self.style.numbers
        numbers = f"total {numbers}" if look == "total" else numbers
        return self.sheet.line([*labels, *values, *totals, note], look, numbers)

    def _value(self, amounts: _Amounts, year: str, measure: int) -> object:
        pounds = amounts.measures[measure].get(year)
        if measure == _VARIANCE and self.style.formulas and pounds is not None:
            is_right = pounds == amounts.forecast[year] - amounts.target[year]
            forecast, target = (self.column(year, each) for each in (_FORECAST, _TARGET))
            if is_right:
                return self.sheet.difference(forecast, target, pounds)
        return self.style.amount(pounds)

    def _total(self, amounts: _Amounts, measure: int, wrong: int = 0) -> object:
        pounds = sum(amounts.measures[measure].values())
        if self.style.formulas and not wrong:
            columns = [self.column(year, measure) for year in self.years]
            return self.sheet.sum_of(columns, pounds)
        return self.style.amount(pounds + wrong)


def _note(tracker: Tracker, each: LineProgress) -> str:
    """What is noted beside a line."""
    if any(each.variance.values()):
        return "Forecast reviewed with the head of service; recovery plan in hand"
    done = each.delivered.get(year_label(tracker.period.start))
    return "Delivery on plan to date" if done else ""
