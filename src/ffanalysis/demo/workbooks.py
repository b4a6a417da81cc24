"""A quarter of an invented programme as workbooks.

Register, budgets, plan and a schedule for each directorate.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ffanalysis.demo.council import (
    COUNCIL_SERVICES,
    DIRECTORATES,
    PROGRAMME,
    RAGS,
    TBC,
    YEARS_AHEAD,
    director_of,
    head_of,
)
from ffanalysis.demo.records import Demo, Line, Plant, Project, Quarter
from ffanalysis.demo.sheets import SHORT_RAGS, STYLES, Book, Sheet, Style
from ffanalysis.periods import long_date, year_label
from ffanalysis.provenance import slug


@dataclass
class Places:
    """Where the workbooks of a quarter state what: the cells that a planted finding must name."""

    lines: dict[tuple[str, int], tuple[dict[str, str], str]] = field(
        default_factory=dict
    )  # cells by year, cell of the total
    copies: dict[str, dict[str, str]] = field(default_factory=dict)
    milestones: dict[str, list[str]] = field(default_factory=dict)
    splits: dict[str, list[str]] = field(default_factory=dict)
    grids: dict[str, str] = field(default_factory=dict)
    plan: dict[str, list[str]] = field(default_factory=dict)


def write_register(
    path: Path, quarter: Quarter, plants: Mapping[str, Plant], places: Places
) -> None:
    """The register.

    What each project says of itself, its milestones, risks, signatures and deadlines.
    """
    with Book(path) as book:
        sheet = book.sheet(
            "Projects", [34, 40, 16, 20, 30, 30, 30, 20, 16, 34, 60, 80, 60, 60, 60, 60], "Projects"
        )
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
                places.milestones.setdefault(project.name, []).append(
                    sheet.line([project.name, text, by])[0]
                )
        tables = (
            (
                "Risks",
                ["Project", "Risk", "Mitigation", "Likelihood", "Impact"],
                [34, 60, 60, 12, 12],
                _risks,
            ),
            ("Sign-off", ["Project", "Job title", "Date", "Minute"], [34, 36, 20, 14], _signatures),
            (
                "Deadlines",
                ["Project", "What", "Quantity", "Done", "By"],
                [34, 40, 14, 10, 18],
                _deadlines,
            ),
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
        "SLT lead": director_of(project.directorate),
        "Head of service lead": head_of(project.service),
        "CMR challenge": "Cabinet Member for Finance",
        "Service": project.service,
        "Programme": PROGRAMME,
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
    roles = (head_of(project.service), director_of(project.directorate))
    return [(role, f"{slug(role)}@example.org") for role in roles]


def write_budgets(path: Path, demo: Demo, quarter: Quarter) -> None:
    """The base budget of the year, that of two years before, and what was saved between.

    A bridge for each directorate.
    """
    council, start = demo.council, quarter.period.start
    now, before, between = (year_label(start - back) for back in (0, 2, 1))
    rounded, regrouped, open_ended = DIRECTORATES[2:5]
    basis = "net controllable budget, excluding recharges and schools' own budgets"

    def stated(directorate: str, year: int) -> object:
        thousands = council.budget(directorate, year)
        return f"£{thousands / 1_000:.1f}m" if directorate == rounded else thousands

    with Book(path) as book:
        sheet = book.sheet(
            f"Base budget {now.replace('/', '-')}",
            [32, 28, 60, 18, 14],
            "Base budget of the year",
            "£000",
        )
        sheet.gap()
        sheet.line(["Service", "Part of", "Basis", "Savings position", now], "head")
        for directorate, services in COUNCIL_SERVICES.items():
            position = None if directorate == open_ended else "before"
            sheet.line([directorate, None, basis, position, stated(directorate, start)])
            for service in services:
                sheet.line(
                    [service, directorate, basis, position, council.service_budget(service, start)]
                )
        sheet = book.sheet(
            f"Base budget {before.replace('/', '-')}",
            [32, 60, 18, 14],
            "Base budget two years before",
            "£000",
        )
        sheet.gap()
        sheet.line(["Service", "Basis", "Savings position", before], "head")
        for directorate in DIRECTORATES:
            if directorate == regrouped:
                # On another basis there is something left over that is no error.
                old = "net budget before the regrouping of services"
                sheet.line(
                    [directorate, old, "after", council.budget(directorate, start - 1) + 840]
                )
            else:
                sheet.line([directorate, basis, "after", stated(directorate, start - 1)])
        sheet = book.sheet(
            f"Delivered {between.replace('/', '-')}",
            [32, 22, 14],
            "Savings delivered last year",
            "£000",
        )
        sheet.line(["Plan", "Prior"])
        sheet.gap()
        sheet.line(["Scope", "Measure", between], "head")
        for directorate in DIRECTORATES:
            sheet.line([directorate, "Delivered", council.saved(directorate, start - 1)])


def write_plan(
    path: Path, demo: Demo, quarter: Quarter, plants: Mapping[str, Plant], places: Places
) -> None:
    """The medium term financial plan's own lines, a directorate each."""
    years = [quarter.period.start + ahead for ahead in range(YEARS_AHEAD)]
    with Book(path) as book:
        sheet = book.sheet(
            "Savings in the plan",
            [44, 28, 22, 12, 12, 12, 12],
            "Medium term financial plan: savings",
            "£000",
        )
        sheet.gap()
        sheet.line(["MTFP line", "Service", "Programme", *map(year_label, years), "Total"], "head")
        first = sheet.row
        sums = [0] * len(years)
        for directorate in DIRECTORATES:
            amounts = [demo.council.saved(directorate, year) for year in years]
            if (plant := plants.get(directorate)) and plant.kind == "mtfp-tie":
                amounts[0] += plant.amount // 1_000
            sums = [total + amount for total, amount in zip(sums, amounts, strict=True)]
            total = sheet.sum_of((sheet.row, 3), (sheet.row, 2 + len(years)), sum(amounts))
            cells = sheet.line(
                [f"{directorate}, savings programme", directorate, PROGRAMME, *amounts, total]
            )
            places.plan[directorate] = cells[3:-1]
        totals = [
            sheet.sum_of((first, column), (sheet.row - 1, column), total)
            for column, total in enumerate([*sums, sum(sums)], 3)
        ]
        sheet.line(["Total", None, None, *totals], "total", "total whole")


def _state(sheet: Sheet, directorate: str, unit: str, *, in_plan: bool) -> None:
    """The lines above a table of the programme's own savings."""
    if unit:
        sheet.line([unit])
    sheet.line(["Programme", PROGRAMME])
    sheet.line(["Scope", directorate])
    sheet.line(["Plan", "Current"])
    if in_plan:
        sheet.line(["In MTFP", "Yes"])
    sheet.gap()


def write_programme(
    book: Book, demo: Demo, quarter: Quarter, directorate: str, plant: Plant | None, places: Places
) -> None:
    """The programme's own savings, by RAG and year and by delivery route: the same total twice."""
    start = quarter.period.start
    years = [year_label(start + ahead) for ahead in range(YEARS_AHEAD)]
    style, grid = STYLES[directorate], demo.council.grid(directorate, quarter.period)
    number = DIRECTORATES.index(directorate)
    title = f"Current savings programme {start}-{(start + len(years)) % 100:02d}"
    sheet = book.sheet(
        "Current programme", [32, 14, 14, 14, 14], f"{title} (£000)" if number == 0 else title
    )
    _state(sheet, directorate, "£000", in_plan=True)
    sheet.line(["RAG", *map(style.year, years), "Total"], "head")
    first = sheet.row
    for rag in RAGS:
        amounts = [grid[rag].get(year) for year in years]
        total: object = sum(filter(None, amounts))
        if style.formulas:
            total = sheet.sum_of(
                (sheet.row, 1), (sheet.row, len(years)), sum(filter(None, amounts))
            )
        sheet.line([SHORT_RAGS.get(rag, rag) if style.short_rags else rag, *amounts, total])
    sums = [sum(grid[rag].get(year, 0) for rag in RAGS) for year in years]
    totals: list[object] = [*sums, sum(sums)]
    if style.formulas:
        totals = [
            sheet.sum_of((first, at), (sheet.row - 1, at), value)
            for at, value in enumerate([*sums, sum(sums)], 1)
        ]
    places.grids[directorate] = sheet.line(["Total", *totals], "total", "total whole")[-1]
    if number == 0:
        sheet.gap()
        sheet.gap()
        sheet.line(["The same savings by delivery route"], "title")
    else:
        sheet = book.sheet(
            "Split by route", [32, 14, 14, 14, 14], "The same savings by delivery route"
        )
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
    for label, value in zip(
        ("Retained services", "Commissioned services", "Total"), values, strict=True
    ):
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


def write_schedules(
    book: Book,
    demo: Demo,
    quarter: Quarter,
    directorate: str,
    plants: Mapping[str, Plant],
    places: Places,
) -> None:
    """The projects' own savings.

    What is proposed, what is approved, and how the approved ones stand.
    """
    style = STYLES[directorate]
    own = [project for project in quarter.projects if project.directorate == directorate]
    proposed = [project for project in own if project.plan == "Proposed"]
    approved = [project for project in own if project.plan == "Current"]
    years = [
        year_label(start)
        for start in range(demo.first_start, quarter.period.start + YEARS_AHEAD + 1)
    ]
    sheets = (("Proposed savings", "Proposed", proposed), ("Approved savings", "Current", approved))
    for name, plan, projects in sheets:
        if not projects:
            continue
        units = [style.unit] if style.unit and not style.as_text else []
        sheet = book.sheet(
            name, [14, 36, 24, 20, 18, *[13] * (len(years) + 1)], f"{name} of projects", *units
        )
        if not style.plan_in_rows:
            sheet.line(["Plan", plan])
        sheet.gap()
        _write_lines(sheet, style, years, projects, plants, places)
    if approved:
        sheet = book.sheet(
            "Monitoring", [36, 16, 16, 14], "Approved projects: delivered and forecast", "£"
        )
        sheet.line(["Plan", "Current"])
        sheet.gap()
        sheet.line(["Project", "Measure", "Financial year", "Amount"], "head")
        for project in approved:
            label: str | None = project.name
            for measure, amounts in (
                ("Delivered", project.delivered),
                ("Forecast", project.forecast),
            ):
                for year, amount in amounts.items():
                    sheet.line([label, measure, year, amount])
                    label = None


def _write_lines(
    sheet: Sheet,
    style: Style,
    years: Sequence[str],
    projects: Sequence[Project],
    plants: Mapping[str, Plant],
    places: Places,
) -> None:
    """A schedule.

    The heading, then each project's lines, its name given once, and its own total where it has
    several.
    """
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
        sheet.page.merge_range(
            sheet.row, first, sheet.row, last, style.band, sheet.book.looks["head"]
        )
        sheet.row += 1
    sheet.line(
        [*heads, *(f"{text}{style.in_heads}" for text in [*map(style.year, years), style.total])],
        "head",
    )
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
                places.copies[project.name] = {
                    year: names[first + years.index(year)] for year in by_year
                }
        if project.prints_total:
            known = {year for line in project.lines for year in line.known}
            sums = [
                sum(line.known.get(year, 0) for line in project.lines) if year in known else None
                for year in years
            ]
            labels = [None] * (heads.index(style.kind)) + ["Total"]
            units = ["£"] if style.as_text else []
            blanks = [None] * (len(heads) - len(labels) - len(units))
            sheet.line(
                [*labels, *blanks, *units, *map(style.amount, [*sums, project.total])],
                "total",
                f"total {style.numbers}",
            )


def _write_line(
    sheet: Sheet,
    style: Style,
    years: Sequence[str],
    project: Project,
    line: Line,
    *,
    top: bool,
    off: int = 0,
) -> list[str]:
    amounts = [style.amount(line.amounts.get(year)) for year in years]
    total = style.amount(TBC if line.has_gap else line.total + off)
    heads = [
        *([line.ref] if style.ref else []),
        project.name if top else None,
        *(
            (["Approved" if project.plan == "Current" else "Proposal"] if top else [None])
            if style.plan_in_rows
            else []
        ),
        line.kind,
        *([line.route] if style.route else []),
        SHORT_RAGS.get(line.rag, line.rag) if style.short_rags else line.rag,
        *([line.reason] if style.reason else []),
        *(["£"] if style.as_text else []),
    ]
    if style.formulas and not line.has_gap and not off:
        first = len(heads)
        total = sheet.sum_of((sheet.row, first), (sheet.row, first + len(years) - 1), line.total)
    return sheet.line([*heads, *amounts, total], numbers=style.numbers)
