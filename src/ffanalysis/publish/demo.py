"""An invented programme as a folder of its own, to try and to measure the software on: workbooks, notebooks and the answers.

The answers say which disagreements were planted, which amount belongs to which project alone, and what moved between quarters:
all from what was invented, nothing from what the rules make of it. The same arguments give the same bytes.
"""

import json
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from ffanalysis.errors import DemoFolderTaken, DemoNumberWrong, ReportsBlocked
from ffanalysis.model import slug
from ffanalysis.periods import Period, long_date, year_label
from ffanalysis.publish import invent
from ffanalysis.publish.inputs import NOTEBOOKS, notebooks_folder
from ffanalysis.publish.invent import Demo, Line, Plant, Project, Quarter

MOST = {"projects": 5_000, "quarters": 12, "seed": 2**32 - 1}
LABEL = "An invented programme of a fictional council: every figure, project and name is made up."
_NOTE = f"{invent.COUNCIL}: every figure on this sheet is invented."
_ANSWERS = "answers.json"
_CREATED = datetime(2026, 10, 1, tzinfo=UTC)


def write_demo(folder: Path, projects: int, quarters: int, seed: int) -> tuple[str, ...]:
    """Write an invented programme into a new or empty folder; the periods that it has.

    Raises DemoNumberWrong and DemoFolderTaken before anything is written, and ReportsBlocked where the folder cannot be made.
    """
    for name, value, least in (("projects", projects, 1), ("quarters", quarters, 1), ("seed", seed, 0)):
        if not least <= value <= MOST[name]:
            raise DemoNumberWrong(name, value, least, MOST[name])
    notebooks = notebooks_folder(folder)
    _make(folder)
    demo = invent.invent(projects, quarters, seed)
    answers: dict[str, Any] = {"label": LABEL, "council": invent.COUNCIL, "seed": seed, "periods": {}}
    for quarter in demo.quarters:
        place = folder / "data" / "raw" / str(quarter.period)
        place.mkdir(parents=True)
        answers["periods"][str(quarter.period)] = {
            "findings": _write_quarter(place, demo, quarter),
            "projects": [demo.slug_of(project) for project in quarter.projects],
        }
    answers["canaries"] = {name: pounds * 100 for name, pounds in demo.canaries.items()}
    answers["movements"] = [_movement(demo, quarter.period, item) for quarter in demo.quarters for item in quarter.movements]
    if demo.renamed:
        (folder / "data" / "raw" / "aliases.toml").write_text(_ALIAS.format(*demo.renamed), "utf-8", newline="\n")
    for name in NOTEBOOKS:
        shutil.copyfile(notebooks / name, folder / "notebooks" / name)
    last = demo.quarters[-1]
    first = demo.slug_of(last.projects[0])
    page = _README.format(LABEL, invent.COUNCIL, len(last.projects), quarters, seed, last.period, first)
    (folder / "README.md").write_text(page, "utf-8", newline="\n")
    (folder / _ANSWERS).write_text(json.dumps(answers, indent=1, ensure_ascii=False) + "\n", "utf-8", newline="\n")
    return tuple(answers["periods"])


_ALIAS = """\
# {0} was renamed; this invented programme calls it {1} throughout.
[[alias]]
kind = "project"
name = "{1}"
also = ["{0}"]
reviewed_by = "Head of Finance"
date = 2026-10-01
"""

_README = """\
# A demo programme

{0}
{1}: there is no such council.

{2} projects in each of {3} quarters, made from seed {4}. Run the last quarter in this folder:

    ffanalysis check {5}
    ffanalysis run {5} --project {6}
    ffanalysis run {5}

The briefings are then in `reports/{5}/`. To explore, set `period` and `project` in the first code cell of a notebook in
`notebooks/` to these.

Some figures disagree on purpose. `answers.json` lists these findings, as `findings.csv` should have them; what moved from
quarter to quarter; and for every project an amount in pence that stands in no other project's briefing.
"""


def _make(folder: Path) -> None:
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            answers = folder / _ANSWERS
            is_demo = answers.is_file() and LABEL in answers.read_text("utf-8", errors="replace")[:1_000]
            raise DemoFolderTaken(folder, is_demo=is_demo)
        (folder / "notebooks").mkdir(parents=True)
    except OSError as error:
        raise ReportsBlocked(folder) from error


def _movement(demo: Demo, period: Period, item: invent.Movement) -> dict[str, Any]:
    old, new = demo.renamed or ("", "")
    # A total before or after is money as well: pence, as everywhere.
    before, after = (value * 100 if isinstance(value, int) else value for value in (item.before, item.after))
    return {
        "period": str(period),
        "project": slug(new) if item.project == slug(old) and old else item.project,
        "kind": item.kind,
        "years": list(item.years),
        "from": before,
        "to": after,
        "amount_pence": None if item.pounds is None else item.pounds * 100,
    }


# --- workbooks --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Formula:
    """A formula with the value that it has."""

    text: str
    value: float


_LOOKS: Mapping[str, dict[str, Any]] = {
    "text": {},
    "wrapped": {"text_wrap": True},
    "title": {"bold": True, "font_size": 13},
    "note": {"italic": True, "font_color": "#A33B00"},
    "head": {"bold": True, "bottom": 1, "bg_color": "#DCE6F1", "text_wrap": True},
    "whole": {"num_format": "#,##0"},
    "exact": {"num_format": "#,##0.000"},
    "total": {"bold": True, "top": 1},
    "total whole": {"num_format": "#,##0", "bold": True, "top": 1},
    "total exact": {"num_format": "#,##0.000", "bold": True, "top": 1},
}


class _Book:
    """A workbook in the house style of the invented council."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self.book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
        self.book.set_properties({"created": _CREATED, "title": _NOTE})
        plain = {"font_name": "Arial", "font_size": 10, "valign": "top"}
        self.looks = {name: self.book.add_format({**plain, **look}) for name, look in _LOOKS.items()}

    def sheet(self, name: str, widths: Sequence[int], *titles: str) -> "_Sheet":
        """A new sheet that says at its top what it is, and that all of it is invented."""
        sheet = _Sheet(self, name, widths)
        sheet.line(titles[:1], "title")
        sheet.line([_NOTE], "note")
        for title in titles[1:]:
            sheet.line([title])
        return sheet

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.book.close()


class _Sheet:
    def __init__(self, book: _Book, name: str, widths: Sequence[int]) -> None:
        self.book, self.name, self.row = book, name, 0
        self.page = book.book.add_worksheet(name)
        for column, width in enumerate(widths):
            self.page.set_column(column, column, width)

    def line(self, cells: Iterable[object], look: str = "text", numbers: str = "whole") -> list[str]:
        """Write a row and go on to the next; the names of its cells."""
        looks, names = self.book.looks, []
        for column, value in enumerate(cells):
            names.append(f"{self.book.name}!{self.name}!{xl_rowcol_to_cell(self.row, column)}")
            if isinstance(value, _Formula):
                self.page.write_formula(self.row, column, value.text, looks[numbers], value.value)
            elif isinstance(value, int | float):
                self.page.write_number(self.row, column, value, looks[numbers])
            elif value is not None and value != "":
                self.page.write_string(self.row, column, str(value), looks[look])
        self.row += 1
        return names

    def gap(self) -> None:
        self.row += 1

    def sum_of(self, first: tuple[int, int], last: tuple[int, int], value: float) -> _Formula:
        return _Formula(f"=SUM({xl_rowcol_to_cell(*first)}:{xl_rowcol_to_cell(*last)})", value)


@dataclass(frozen=True)
class _Style:
    """How a directorate keeps its schedules: its headings, its unit, how it writes years and amounts."""

    year: Callable[[str], str]
    ref: str = "Ref"
    project: str = "Project"
    kind: str = "Type of saving"
    rag: str = "RAG"
    total: str = "Total"
    unit: str = "£"
    route: str = ""
    reason: str = "Reason for movement"
    thousands: bool = False
    as_text: bool = False
    formulas: bool = False
    band: str = ""
    in_heads: str = ""  # a unit behind each year and the total
    plan_in_rows: bool = False
    short_rags: bool = False

    def amount(self, pounds: int | str | None) -> object:
        if isinstance(pounds, str) or pounds is None:
            return pounds
        if pounds == 0:
            return "nil"
        if self.thousands:
            return pounds / 1_000
        return f"{pounds:,}" if self.as_text else pounds

    @property
    def numbers(self) -> str:
        return "exact" if self.thousands else "whole"


_STYLES: Mapping[str, _Style] = {
    "Children and Education": _Style(str, formulas=True),
    "Adult Social Care": _Style(
        lambda year: year.replace("/", "-"),
        ref="Reference",
        project="Savings project",
        kind="Saving type",
        rag="RAG status",
        total="Overall total",
        unit="£000",
        route="Delivery route",
        thousands=True,
    ),
    "Place and Transport": _Style(
        lambda year: f"FY{year[-2:]}", ref="Saving ref", project="Project name", rag="RAG rating", as_text=True
    ),
    "Communities": _Style(
        lambda year: f"{year[:5]}{int(year[:4]) + 1}", unit="", band="Savings (£)", formulas=True, short_rags=True
    ),
    "Resources": _Style(lambda year: year[2:], ref="", reason="", unit="", in_heads=" (£)", plan_in_rows=True),
}
_SHORT_RAGS = {invent.DELIVERED: "Delivered", invent.ON_TARGET: "On target"}


@dataclass
class _Places:
    """Where the workbooks of a quarter state what: the cells that a planted finding must name."""

    lines: dict[tuple[str, int], tuple[dict[str, str], str]] = field(default_factory=dict)  # cells by year, cell of the total
    copies: dict[str, dict[str, str]] = field(default_factory=dict)
    milestones: dict[str, list[str]] = field(default_factory=dict)
    splits: dict[str, list[str]] = field(default_factory=dict)
    grids: dict[str, str] = field(default_factory=dict)
    plan: dict[str, list[str]] = field(default_factory=dict)


def _write_quarter(place: Path, demo: Demo, quarter: Quarter) -> list[dict[str, str]]:
    """Write the workbooks of a quarter; the findings that were planted in them."""
    places = _Places()
    plants = {plant.where: plant for plant in quarter.plants}
    _write_register(place / "register.xlsx", quarter, plants, places)
    _write_budgets(place / "base-budget.xlsx", demo, quarter)
    _write_plan(place / "mtfp.xlsx", demo, quarter, plants, places)
    for directorate in invent.DIRECTORATES:
        path = place / f"savings-{slug(directorate)}.xlsx"
        with _Book(path) as book:
            _write_programme(book, demo, quarter, directorate, plants.get(directorate), places)
            _write_schedules(book, demo, quarter, directorate, plants, places)
    expected: list[_Expected] = []
    for plant in quarter.plants:
        of_programme = plant.where in invent.DIRECTORATES
        expected += _of_programme(demo, quarter, plant, places) if of_programme else _of_project(quarter, plant, places)
    return [finding.row() for finding in expected]


def _write_register(path: Path, quarter: Quarter, plants: Mapping[str, Plant], places: _Places) -> None:
    with _Book(path) as book:
        sheet = book.sheet("Projects", [34, 40, 16, 20, 30, 30, 30, 20, 16, 34, 60, 80, 60, 60, 60, 60], "Projects")
        sheet.line(["As of", long_date(quarter.period.last_day)])
        sheet.gap()
        for position, project in enumerate(quarter.projects):
            row = _register_row(project)
            if not position:
                sheet.line(row, "head")
            sheet.line(row.values(), "wrapped")
        sheet = book.sheet("Milestones", [34, 60, 22], "Timescales")
        sheet.gap()
        sheet.line(["Project", "Milestone", "Completed by date"], "head")
        for project in quarter.projects:
            is_late = project.name in plants and plants[project.name].kind == "late-milestone"
            last = max(number for number, (_, day) in enumerate(project.milestones) if day)
            for number, (text, day) in enumerate(project.milestones):
                by = f"July {project.first_year[:4]}" if is_late and number == last else day
                places.milestones.setdefault(project.name, []).append(sheet.line([project.name, text, by])[0])
        tables = (
            ("Risks", ["Project", "Risk", "Mitigation", "Likelihood", "Impact"], [34, 60, 60, 12, 12], _risks),
            ("Sign-off", ["Project", "Job title", "Date", "Minute"], [34, 36, 20, 14], _signatures),
            ("Deadlines", ["Project", "What", "Quantity", "Done", "By"], [34, 40, 14, 10, 18], _deadlines),
            ("Recipients", ["Project", "Recipient", "E-mail"], [34, 36, 50], _recipients),
        )
        for name, headings, widths, rows_of in tables:
            sheet = book.sheet(name, widths, name)
            sheet.gap()
            sheet.line(headings, "head")
            for project in quarter.projects:
                for cells in rows_of(project):
                    sheet.line([project.name, *cells], "wrapped")


def _register_row(project: Project) -> dict[str, str]:
    words = project.words
    return {
        "Project": project.name,
        "Title": f"{project.name} in {project.service}",
        "Type of saving": project.ticked,
        "Corporate plan area": words["Corporate plan area"],
        "CMR lead": f"Cabinet Member for {project.directorate}",
        "SLT lead": invent.director_of(project.directorate),
        "Head of service lead": invent.head_of(project.service),
        "CMR challenge": "Cabinet Member for Finance",
        "Service": project.service,
        "Programme": invent.PROGRAMME,
        "Status": project.status,
        "Brief project description": words["Description"],
        "Purpose": words["Purpose"],
        "Outcomes of the project": words["Outcomes"],
        "Constraints": words["Constraints"],
        "Assumptions": words["Assumptions"],
        "Decision sought": words["Decision sought"],
    }


def _risks(project: Project) -> Sequence[Sequence[str]]:
    return project.risks


def _signatures(project: Project) -> Sequence[Sequence[str]]:
    return project.signatures


def _deadlines(project: Project) -> Sequence[Sequence[str]]:
    return [project.deadline] if project.deadline else []


def _recipients(project: Project) -> Sequence[Sequence[str]]:
    roles = (invent.head_of(project.service), invent.director_of(project.directorate))
    return [(role, f"{slug(role)}@example.org") for role in roles]


def _write_budgets(path: Path, demo: Demo, quarter: Quarter) -> None:
    """The base budget of the year, that of two years before, and what was saved between: a bridge for each directorate."""
    council, start = demo.council, quarter.period.start
    now, before, between = (year_label(start - back) for back in (0, 2, 1))
    rounded, regrouped, open_ended = invent.DIRECTORATES[2:5]
    basis = "net controllable budget, excluding recharges and schools' own budgets"

    def stated(directorate: str, year: int) -> object:
        thousands = council.budget(directorate, year)
        return f"£{thousands / 1_000:.1f}m" if directorate == rounded else thousands

    with _Book(path) as book:
        sheet = book.sheet(f"Base budget {now.replace('/', '-')}", [32, 28, 60, 18, 14], "Base budget of the year", "£000")
        sheet.gap()
        sheet.line(["Service", "Part of", "Basis", "Savings position", now], "head")
        for directorate, services in invent.COUNCIL_SERVICES.items():
            position = None if directorate == open_ended else "before"
            sheet.line([directorate, None, basis, position, stated(directorate, start)])
            for service in services:
                sheet.line([service, directorate, basis, position, council.service_budget(service, start)])
        sheet = book.sheet(f"Base budget {before.replace('/', '-')}", [32, 60, 18, 14], "Base budget two years before", "£000")
        sheet.gap()
        sheet.line(["Service", "Basis", "Savings position", before], "head")
        for directorate in invent.DIRECTORATES:
            if directorate == regrouped:
                # On another basis there is something left over that is no error.
                old = "net budget before the regrouping of services"
                sheet.line([directorate, old, "after", council.budget(directorate, start - 1) + 840])
            else:
                sheet.line([directorate, basis, "after", stated(directorate, start - 1)])
        sheet = book.sheet(f"Delivered {between.replace('/', '-')}", [32, 22, 14], "Savings delivered last year", "£000")
        sheet.line(["Plan", "Prior"])
        sheet.gap()
        sheet.line(["Scope", "Measure", between], "head")
        for directorate in invent.DIRECTORATES:
            sheet.line([directorate, "Delivered", council.saved(directorate, start - 1)])


def _write_plan(path: Path, demo: Demo, quarter: Quarter, plants: Mapping[str, Plant], places: _Places) -> None:
    """The medium term financial plan's own lines, a directorate each."""
    years = [quarter.period.start + ahead for ahead in range(invent.YEARS_AHEAD)]
    with _Book(path) as book:
        sheet = book.sheet("Savings in the plan", [44, 28, 22, 12, 12, 12, 12], "Medium term financial plan: savings", "£000")
        sheet.gap()
        sheet.line(["MTFP line", "Service", "Programme", *map(year_label, years), "Total"], "head")
        first = sheet.row
        sums = [0] * len(years)
        for directorate in invent.DIRECTORATES:
            amounts = [demo.council.saved(directorate, year) for year in years]
            if (plant := plants.get(directorate)) and plant.kind == "mtfp-tie":
                amounts[0] += plant.amount // 1_000
            sums = [total + amount for total, amount in zip(sums, amounts, strict=True)]
            total = sheet.sum_of((sheet.row, 3), (sheet.row, 2 + len(years)), sum(amounts))
            cells = sheet.line([f"{directorate}, savings programme", directorate, invent.PROGRAMME, *amounts, total])
            places.plan[directorate] = cells[3:-1]
        totals = [
            sheet.sum_of((first, column), (sheet.row - 1, column), total) for column, total in enumerate([*sums, sum(sums)], 3)
        ]
        sheet.line(["Total", None, None, *totals], "total", "total whole")


def _state(sheet: _Sheet, directorate: str, unit: str, *, in_plan: bool) -> None:
    """The lines above a table of the programme's own savings."""
    if unit:
        sheet.line([unit])
    sheet.line(["Programme", invent.PROGRAMME])
    sheet.line(["Scope", directorate])
    sheet.line(["Plan", "Current"])
    if in_plan:
        sheet.line(["In MTFP", "Yes"])
    sheet.gap()


def _write_programme(book: _Book, demo: Demo, quarter: Quarter, directorate: str, plant: Plant | None, places: _Places) -> None:
    """The programme's own savings, by RAG and year and by delivery route: the same total twice."""
    start = quarter.period.start
    years = [year_label(start + ahead) for ahead in range(invent.YEARS_AHEAD)]
    style, grid = _STYLES[directorate], demo.council.grid(directorate, quarter.period)
    number = invent.DIRECTORATES.index(directorate)
    title = f"Current savings programme {start}-{(start + len(years)) % 100:02d}"
    sheet = book.sheet("Current programme", [32, 14, 14, 14, 14], f"{title} (£000)" if number == 0 else title)
    _state(sheet, directorate, "£000", in_plan=True)
    sheet.line(["RAG", *map(style.year, years), "Total"], "head")
    first = sheet.row
    for rag in invent.RAGS:
        amounts = [grid[rag].get(year) for year in years]
        total: object = sum(filter(None, amounts))
        if style.formulas:
            total = sheet.sum_of((sheet.row, 1), (sheet.row, len(years)), sum(filter(None, amounts)))
        sheet.line([_SHORT_RAGS.get(rag, rag) if style.short_rags else rag, *amounts, total])
    sums = [sum(grid[rag].get(year, 0) for rag in invent.RAGS) for year in years]
    totals: list[object] = [*sums, sum(sums)]
    if style.formulas:
        totals = [sheet.sum_of((first, at), (sheet.row - 1, at), value) for at, value in enumerate([*sums, sum(sums)], 1)]
    places.grids[directorate] = sheet.line(["Total", *totals], "total", "total whole")[-1]
    if number == 0:
        sheet.gap()
        sheet.gap()
        sheet.line(["The same savings by delivery route"], "title")
    else:
        sheet = book.sheet("Split by route", [32, 14, 14, 14, 14], "The same savings by delivery route")
    split = demo.council.split(directorate, quarter.period)
    if number % 2:
        _state(sheet, directorate, "£000", in_plan=False)
        sheet.line(["Delivery route", *map(style.year, years), "Total"], "head")
        for route, by_year in split.items():
            sheet.line([route, *by_year.values(), sum(by_year.values())])
        sheet.line(["Total", *totals_of(split, years)], "total", "total whole")
        return
    slipped = plant is not None and plant.kind == "unit-slip"
    in_millions = number != 2 and not slipped
    _state(sheet, directorate, "£m" if in_millions or slipped else "£000", in_plan=False)
    sheet.line(["Delivery route", "Total"], "head")
    values = [sum(by_year.values()) for by_year in split.values()]
    values.append(sum(values))
    if plant is not None and plant.kind == "route-split":
        values[0] += plant.amount // 1_000
    look = "exact" if in_millions else "whole"
    for label, value in zip(("Retained services", "Commissioned services", "Total"), values, strict=True):
        is_total = label == "Total"
        cells = sheet.line(
            [label, value / 1_000 if in_millions else value],
            "total" if is_total else "text",
            f"total {look}" if is_total else look,
        )
        places.splits.setdefault(directorate, []).append(cells[1])


def totals_of(split: Mapping[str, Mapping[str, int]], years: Sequence[str]) -> list[int]:
    """The sums of a split by year, and overall."""
    sums = [sum(by_year[year] for by_year in split.values()) for year in years]
    return [*sums, sum(sums)]


def _write_schedules(
    book: _Book, demo: Demo, quarter: Quarter, directorate: str, plants: Mapping[str, Plant], places: _Places
) -> None:
    """The projects' own savings: what is proposed, what is approved, and how the approved ones stand."""
    style = _STYLES[directorate]
    own = [project for project in quarter.projects if project.directorate == directorate]
    proposed = [project for project in own if project.plan == "Proposed"]
    approved = [project for project in own if project.plan == "Current"]
    years = [year_label(start) for start in range(demo.first_start, quarter.period.start + invent.YEARS_AHEAD + 1)]
    sheets = (("Proposed savings", "Proposed", proposed), ("Approved savings", "Current", approved))
    for name, plan, projects in sheets:
        if not projects:
            continue
        units = [style.unit] if style.unit and not style.as_text else []
        sheet = book.sheet(name, [14, 36, 24, 20, 18, *[13] * (len(years) + 1)], f"{name} of projects", *units)
        if not style.plan_in_rows:
            sheet.line(["Plan", plan])
        sheet.gap()
        _write_lines(sheet, style, years, projects, plants, places)
    if approved:
        sheet = book.sheet("Monitoring", [36, 16, 16, 14], "Approved projects: delivered and forecast", "£")
        sheet.line(["Plan", "Current"])
        sheet.gap()
        sheet.line(["Project", "Measure", "Financial year", "Amount"], "head")
        for project in approved:
            label: str | None = project.name
            for measure, amounts in (("Delivered", project.delivered), ("Forecast", project.forecast)):
                for year, amount in amounts.items():
                    sheet.line([label, measure, year, amount])
                    label = None


def _write_lines(
    sheet: _Sheet, style: _Style, years: Sequence[str], projects: Sequence[Project], plants: Mapping[str, Plant], places: _Places
) -> None:
    """A schedule: the heading, then each project's lines, its name given once, and its own total where it has several."""
    heads = [
        *([style.ref] if style.ref else []),
        style.project,
        *(["Plan"] if style.plan_in_rows else []),
        style.kind,
        *([style.route] if style.route else []),
        style.rag,
        *([style.reason] if style.reason else []),
        *(["Unit"] if style.as_text else []),
    ]
    first, last = len(heads), len(heads) + len(years) - 1
    if style.band:
        sheet.page.merge_range(sheet.row, first, sheet.row, last, style.band, sheet.book.looks["head"])
        sheet.row += 1
    sheet.line([*heads, *(f"{text}{style.in_heads}" for text in [*map(style.year, years), style.total])], "head")
    for project in projects:
        plant = plants.get(project.name)
        top = sheet.row
        for number, line in enumerate(project.lines):
            off = plant.amount if plant and plant.kind == "printed-total" and number == 0 else 0
            names = _write_line(sheet, style, years, project, line, top=sheet.row == top, off=off)
            by_year = {year: names[first + years.index(year)] for year in sorted(line.known)}
            places.lines[project.name, number] = by_year, names[-1]
            if plant and plant.kind == "duplicate-line":
                names = _write_line(sheet, style, years, project, line, top=False)
                places.copies[project.name] = {year: names[first + years.index(year)] for year in by_year}
        if project.prints_total:
            known = {year for line in project.lines for year in line.known}
            sums = [sum(line.known.get(year, 0) for line in project.lines) if year in known else None for year in years]
            labels = [None] * (heads.index(style.kind)) + ["Total"]
            units = ["£"] if style.as_text else []
            blanks = [None] * (len(heads) - len(labels) - len(units))
            sheet.line([*labels, *blanks, *units, *map(style.amount, [*sums, project.total])], "total", f"total {style.numbers}")


def _write_line(
    sheet: _Sheet, style: _Style, years: Sequence[str], project: Project, line: Line, *, top: bool, off: int = 0
) -> list[str]:
    amounts = [style.amount(line.amounts.get(year)) for year in years]
    total = style.amount(invent.TBC if line.has_gap else line.total + off)
    heads = [
        *([line.ref] if style.ref else []),
        project.name if top else None,
        *((["Approved" if project.plan == "Current" else "Proposal"] if top else [None]) if style.plan_in_rows else []),
        line.kind,
        *([line.route] if style.route else []),
        _SHORT_RAGS.get(line.rag, line.rag) if style.short_rags else line.rag,
        *([line.reason] if style.reason else []),
        *(["£"] if style.as_text else []),
    ]
    if style.formulas and not line.has_gap and not off:
        first = len(heads)
        total = sheet.sum_of((sheet.row, first), (sheet.row, first + len(years) - 1), line.total)
    return sheet.line([*heads, *amounts, total], numbers=style.numbers)


# --- the findings that were planted -----------------------------------------------------------------------------------

_POUND, _THOUSAND, _MILLION = 100, 100_000, 100_000_000


@dataclass(frozen=True)
class _Expected:
    """What a planted fault must be reported as; money in pence."""

    rule: str
    subject: str
    message: str
    cells: Sequence[str]
    year: str = ""
    outcome: str = "disagrees"
    severity: str = "error"
    stated: int | None = None
    calculated: int | None = None
    tolerance: int | None = None
    parent: str = ""

    @property
    def id(self) -> str:
        return ":".join(filter(None, (self.rule, slug(self.subject), self.year.replace("/", "-"))))

    def row(self) -> dict[str, str]:
        """The finding in the columns of findings.csv."""
        difference = None if self.stated is None or self.calculated is None else self.calculated - self.stated
        return {
            "id": self.id,
            "rule": self.rule,
            "subject": self.subject,
            "year": self.year,
            "outcome": self.outcome,
            "severity": self.severity,
            "stated": _pounds(self.stated),
            "calculated": _pounds(self.calculated),
            "difference": _pounds(difference),
            "tolerance": _pounds(self.tolerance),
            "message": self.message,
            "cells": "; ".join(self.cells),
            "parent": self.parent,
        }


def _pounds(pence: int | None) -> str:
    return "" if pence is None else f"{'-' if pence < 0 else ''}{abs(pence) // 100}.{abs(pence) % 100:02d}"


def _allowance(*units: int) -> int:
    """What rounding allows in pence: half the sum of the units, or three standard deviations, up to the coarsest unit."""
    coarsest, square = max(units), sum(unit * unit for unit in units)
    steps = 1
    while 4 * (steps * coarsest) ** 2 < 3 * square:
        steps += 1
    return min(sum(units) // 2, steps * coarsest)


def _of_project(quarter: Quarter, plant: Plant, places: _Places) -> list[_Expected]:
    """What a fault in a project must be reported as, from what was written and where."""
    project = next(project for project in quarter.projects if project.name == plant.where)
    line = project.lines[0]
    by_year, total = places.lines[project.name, 0]
    pence = line.total * 100
    if plant.kind == "printed-total":
        said = f"The row's years add to £{line.total:,}, but £{line.total + plant.amount:,} is printed as its total."
        allowed = _allowance(*[_POUND] * (len(by_year) + 1))
        cells = [*by_year.values(), total]
        stated = pence + plant.amount * 100
        subject = f"{project.name}: {line.what}"
        return [_Expected(_rule_of_row(project), subject, said, cells, stated=stated, calculated=pence, tolerance=allowed)]
    if plant.kind == "duplicate-line":
        ref = [line.ref] if _STYLES[project.directorate].ref else []
        # Of what is nil there is nothing to count twice.
        years = [year for year in by_year if line.known[year]]
        cells = [*(by_year[year] for year in years), *(places.copies[project.name][year] for year in years)]
        said = f"The line of £{line.total:,} was copied into the next row."
        subject, year = ", ".join([project.name, line.what, *ref]), years[0] if len(years) == 1 else ""
        return [_Expected("duplicate-line", subject, said, cells, year, stated=pence, calculated=2 * pence)]
    first = project.first_year
    cells = [places.lines[project.name, number][0][first] for number, each in enumerate(project.lines) if each.known.get(first)]
    cells += places.milestones[project.name]
    said = f"A milestone that the saving of {first} needs was put off to July of that year."
    return [_Expected("milestone-before-saving", project.name, said, cells, first, "exceeds_limit", "query")]


def _rule_of_row(project: Project) -> str:
    """Which rule holds a row's total against its years: it goes by what the sheet says of its lines."""
    if project.directorate == invent.ROUTED:
        return "stated-total"
    return "proposed-total" if project.plan == "Proposed" else "rag-rows"


def _of_programme(demo: Demo, quarter: Quarter, plant: Plant, places: _Places) -> list[_Expected]:
    """What a fault in the programme's own lines must be reported as."""
    directorate, off = plant.where, plant.amount * 100
    total = demo.council.total(directorate, quarter.period) * _THOUSAND
    grid, split = places.grids[directorate], places.splits.get(directorate, [])
    by_how_much = f"{abs(plant.amount):,} {'more' if plant.amount > 0 else 'less'}"
    if plant.kind == "mtfp-tie":
        said = f"The plan's own line for {directorate} says £{by_how_much} than the schedule."
        cells, allowed = [grid, *places.plan[directorate]], _allowance(*[_THOUSAND] * 4)
        return [_Expected("mtfp-tie", directorate, said, cells, stated=total + off, calculated=total, tolerance=allowed)]
    if plant.kind == "route-split":
        said = f"The retained part of {directorate} says £{by_how_much} than it should; the total stands."
        allowed = _allowance(*[_THOUSAND] * 3)
        return [_Expected("route-split", directorate, said, split, stated=total, calculated=total + off, tolerance=allowed)]
    cells, stated = [grid, split[-1]], 1_000 * total
    said = f"The split of {directorate} is in thousands, but its sheet says millions."
    slip = _Expected("unit-slip", directorate, said, cells, stated=stated, calculated=total)
    said, allowed = "So the two analyses do not come to the same total.", _allowance(_THOUSAND, _MILLION)
    meet = _Expected("analyses-agree", directorate, said, cells, stated=stated, calculated=total, tolerance=allowed, parent=slip.id)
    return [slip, meet]
