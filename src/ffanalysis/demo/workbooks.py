"""The register, the budgets and the plan of a quarter of an invented programme, as workbooks."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

from ffanalysis.demo.council import (
    COUNCIL_SERVICES,
    DIRECTORATES,
    PROGRAMME,
    YEARS_AHEAD,
    Council,
    director_of,
    head_of,
)
from ffanalysis.demo.house_style import StyledBook
from ffanalysis.demo.records import (
    Demo,
    InventedMilestone,
    InventedProject,
    InventedQuarter,
    PlantedFault,
)
from ffanalysis.demo.words import comments_of, people_of
from ffanalysis.periods import long_date, year_label
from ffanalysis.provenance import slug


@dataclass
class WrittenCells:
    """The cells of a quarter's workbooks that a planted finding must name."""

    # By project and the line's number: its cells by year, and the cell of its total.
    lines: dict[tuple[str, int], tuple[dict[str, str], str]] = field(default_factory=dict)
    copies: dict[str, dict[str, str]] = field(default_factory=dict)
    # Of a tracker's first line in its last year: variance, forecast, target.
    variances: dict[str, list[str]] = field(default_factory=dict)
    milestones: dict[str, list[str]] = field(default_factory=dict)
    splits: dict[str, list[str]] = field(default_factory=dict)
    grids: dict[str, str] = field(default_factory=dict)
    plan: dict[str, list[str]] = field(default_factory=dict)


class _RegisterTable(NamedTuple):
    """A sheet of the register with so many rows for each project."""

    name: str
    headings: list[str]
    widths: list[int]
    rows_of: Callable[[InventedProject], Iterable[Sequence[str]]]


def write_register(
    path: Path,
    quarter: InventedQuarter,
    plants: Mapping[str, PlantedFault],
    written: WrittenCells,
) -> None:
    """The register: what each project says of itself, its milestones, risks and signatures."""
    with StyledBook(path) as book:
        _write_projects(book, quarter)
        _write_milestones(book, quarter, plants, written)
        for table in _REGISTER_TABLES:
            sheet = book.sheet(table.name, table.widths, table.name)
            sheet.gap()
            sheet.line(table.headings, "head")
            for project in quarter.projects:
                for cells in table.rows_of(project):
                    sheet.line([project.name, *cells], "wrapped")
        _write_commentary(book, quarter)


def _write_commentary(book: StyledBook, quarter: InventedQuarter) -> None:
    """What is said of three or four projects this quarter, by officers who are named by role."""
    sheet = book.sheet("Commentary", [34, 80, 36, 20], "Commentary of the quarter")
    sheet.gap()
    sheet.line(["Project", "Commentary", "By", "Date"], "head")
    for name, said in comments_of(quarter).items():
        sheet.line([name, *said], "wrapped")


def _write_projects(book: StyledBook, quarter: InventedQuarter) -> None:
    widths = [34, 40, 16, 20, 30, 30, 30, 20, 16, 34, 60, 80, 60, 60, 60, 60, 60, 30, 40, 10]
    sheet = book.sheet("Projects", widths, "Projects")
    sheet.line(["As of", long_date(quarter.period.last_day)])
    sheet.gap()
    rows = [_register_row(project) for project in quarter.projects]
    sheet.line(rows[0], "head")
    for row in rows:
        sheet.line(row.values(), "wrapped")


def _write_milestones(
    book: StyledBook,
    quarter: InventedQuarter,
    plants: Mapping[str, PlantedFault],
    written: WrittenCells,
) -> None:
    sheet = book.sheet("Milestones", [34, 60, 22, 16, 18], "Timescales")
    sheet.gap()
    headings = ["Project", "Milestone", "Completed by date", "Status", "Completed on"]
    sheet.line(headings, "head")
    as_of = quarter.period.last_day
    for project in quarter.projects:
        plant = plants.get(project.name)
        is_late = plant is not None and plant.kind == "late-milestone"
        milestones = [*project.milestones]
        if is_late:
            last = max(number for number, each in enumerate(milestones) if each.last_day)
            milestones[last] = _put_off(milestones[last], int(project.first_year[:4]))
        written.milestones[project.name] = [
            sheet.line([project.name, each.text, each.written, *each.status(number, as_of)])[0]
            for number, each in enumerate(milestones)
        ]


def _put_off(milestone: InventedMilestone, start: int) -> InventedMilestone:
    """A milestone put off to the July of the year that needs it, and not reached then either."""
    return InventedMilestone(milestone.text, f"July {start}", date(start, 7, 31), is_kept=False)


def _register_row(project: InventedProject) -> dict[str, str]:
    words, people = project.words, people_of(project)
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
        "Programme": project.programme,
        "Status": project.status,
        "Brief project description": words["Description"],
        "Purpose": words["Purpose"],
        "Outcomes of the project": words["Outcomes"],
        "Constraints": words["Constraints"],
        "Assumptions": words["Assumptions"],
        "Decision sought": words["Decision sought"],
        "Owner": people.owner,
        "Contact": people.contact,
        "FTE": people.posts,
    }


def _recipients(project: InventedProject) -> Iterable[Sequence[str]]:
    roles = (head_of(project.service), director_of(project.directorate))
    return [(role, f"{slug(role)}@example.org") for role in roles]


_REGISTER_TABLES = (
    _RegisterTable(
        "Risks",
        ["Project", "Risk", "Mitigation", "Likelihood", "Impact"],
        [34, 60, 60, 12, 12],
        lambda project: project.risks,
    ),
    _RegisterTable(
        "Sign-off",
        ["Project", "Job title", "Date", "Minute"],
        [34, 36, 20, 14],
        lambda project: project.signatures,
    ),
    _RegisterTable(
        "Deadlines",
        ["Project", "What", "Quantity", "Done", "By"],
        [34, 40, 14, 10, 18],
        lambda project: [project.deadline] if project.deadline else [],
    ),
    _RegisterTable("Recipients", ["Project", "Recipient", "E-mail"], [34, 36, 50], _recipients),
)


# These directorates state their budgets in ways of their own.
_ROUNDED, _REGROUPED, _OPEN_ENDED = DIRECTORATES[2:5]
_BASIS = "net controllable budget, excluding recharges and schools' own budgets"
_OLD_BASIS = "net budget before the regrouping of services"


def write_budgets(path: Path, demo: Demo, quarter: InventedQuarter) -> None:
    """The budgets of the year and of two years before, and what was saved between.

    They make a bridge for each directorate.
    """
    start = quarter.period.start
    with StyledBook(path) as book:
        _write_budget(book, demo.council, start)
        _write_earlier_budget(book, demo.council, start - 2)
        _write_delivered(book, demo.council, start - 1)


def _stated_budget(council: Council, directorate: str, start: int) -> object:
    """A directorate's budget in £000, or as one of them writes it: "£71.3m"."""
    thousands = council.budget(directorate, start)
    return f"£{thousands / 1_000:.1f}m" if directorate == _ROUNDED else thousands


def _write_budget(book: StyledBook, council: Council, start: int) -> None:
    year = year_label(start)
    name, widths = f"Base budget {year.replace('/', '-')}", [32, 28, 60, 18, 14]
    sheet = book.sheet(name, widths, "Base budget of the year", "£000")
    sheet.gap()
    sheet.line(["Service", "Part of", "Basis", "Savings position", year], "head")
    for directorate, services in COUNCIL_SERVICES.items():
        position = None if directorate == _OPEN_ENDED else "before"
        stated = _stated_budget(council, directorate, start)
        sheet.line([directorate, None, _BASIS, position, stated])
        for service in services:
            budget = council.service_budget(service, start)
            sheet.line([service, directorate, _BASIS, position, budget])


def _write_earlier_budget(book: StyledBook, council: Council, start: int) -> None:
    """An earlier budget after its year's savings: what the next year began with."""
    year = year_label(start)
    name, widths = f"Base budget {year.replace('/', '-')}", [32, 60, 18, 14]
    sheet = book.sheet(name, widths, "Base budget two years before", "£000")
    sheet.gap()
    sheet.line(["Service", "Basis", "Savings position", year], "head")
    for directorate in DIRECTORATES:
        if directorate == _REGROUPED:
            # On another basis there is something left over that is no error.
            budget = council.budget(directorate, start + 1) + 840
            sheet.line([directorate, _OLD_BASIS, "after", budget])
        else:
            stated = _stated_budget(council, directorate, start + 1)
            sheet.line([directorate, _BASIS, "after", stated])


def _write_delivered(book: StyledBook, council: Council, start: int) -> None:
    year = year_label(start)
    name = f"Delivered {year.replace('/', '-')}"
    sheet = book.sheet(name, [32, 22, 14], "Savings delivered last year", "£000")
    sheet.line(["Plan", "Prior"])
    sheet.gap()
    sheet.line(["Scope", "Measure", year], "head")
    for directorate in DIRECTORATES:
        sheet.line([directorate, "Delivered", council.saved(directorate, start)])


def write_plan(
    path: Path,
    demo: Demo,
    quarter: InventedQuarter,
    plants: Mapping[str, PlantedFault],
    written: WrittenCells,
) -> None:
    """The medium term financial plan's own lines, a directorate each."""
    years = [quarter.period.start + ahead for ahead in range(YEARS_AHEAD)]
    with StyledBook(path) as book:
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
            total = sheet.sum_across(3, 2 + len(years), sum(amounts))
            cells = sheet.line(
                [f"{directorate}, savings programme", directorate, PROGRAMME, *amounts, total]
            )
            written.plan[directorate] = cells[3:-1]
        totals = sheet.sums_down(first, 3, [*sums, sum(sums)])
        sheet.line(["Total", None, None, *totals], "total", "total whole")
