"""One amount changed at a time.

Whatever takes part in a sum must be missed by no check, and be named by the one that notices.

The workbooks are the example quarter and an invented schedule of 200 rows, in which every stated
total is right. Each change is one, seven, ten or a thousand units of an amount's last stated digit,
up or down.
"""

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import messy
import pytest
import xlsxwriter

from ffanalysis.checks import check
from ffanalysis.findings import Finding
from ffanalysis.periods import Period
from ffanalysis.present.words import say
from ffanalysis.provenance import CellRef, cell_of
from ffanalysis.read import read_sheets, read_workbook
from ffanalysis.savings.quarter import Quarter
from ffanalysis.sheets.cells import Cell, Sheet
from ffanalysis.tables import with_amount

PERIOD = Period.parse("2015-16-Q2")
YEARS = ("2015/16", "2016/17", "2017/18", "2018/19")
# None is delivered, so that no budget should fall from year to year.
STATUSES = ("Green On Target", "Amber", "Red")
BUDGETS = (
    ["Libraries", 91_000, 91_000],
    ["Museums", 22_500, 22_500],
    ["Parks", 14_250, 14_250],
    ["Total", 127_750, 127_750],
)
# Rules that hold one amount against another without adding up: a change may leave them as they
# were.
LIMITS = ("part-within-whole", "saving-within-budget", "budget-bridge", "milestone-before-saving")
STEPS = (1, 7, 10, 1000)
PROGRAMME = "Invented Programme"
# Twenty projects of nine lines and a sub-total each: 200 rows.
PROJECTS, LINES = 20, 9


# --- the invented schedule ------------------------------------------------------------------------


def years_of(chance: random.Random) -> list[int | None]:
    """What a line saves in each year, one year of it blank."""
    amounts: list[int | None] = [chance.randrange(5, 900) for _ in YEARS]
    amounts[chance.randrange(len(YEARS))] = None
    return amounts


def added(rows: Iterable[Sequence[int | None]]) -> list[int]:
    return [sum(filter(None, column)) for column in zip(*rows, strict=True)]


@dataclass
class Invented:
    """The lines of the schedule by project, and all that is added up from them."""

    lines: dict[str, list[list[int | None]]]

    @classmethod
    def by_chance(cls, seed: int) -> "Invented":
        chance = random.Random(seed)  # noqa: S311 - the same figures each time
        return cls(
            {
                f"Example Project {number:02d}": [years_of(chance) for _ in range(LINES)]
                for number in range(1, PROJECTS + 1)
            }
        )

    @property
    def years(self) -> list[int]:
        return added(line for lines in self.lines.values() for line in lines)

    @property
    def total(self) -> int:
        return sum(self.years)


def write_invented(path: Path, invented: Invented) -> None:
    """A register and one sheet for each kind of table.

    The schedule, a plain list, the split, the plan, budgets with a total.
    """
    with xlsxwriter.Workbook(str(path), {"in_memory": True}) as book:
        _write(
            book, "Register", [["Project", "Title", "Service", "Programme"], *_registered(invented)]
        )
        above = [["Invented savings"], ["£000"], ["Programme", PROGRAMME], ["Plan", "Current"]]
        _write(
            book,
            "Schedule",
            [*above, [], ["Project", "Ref", "RAG", *YEARS, "Total"], *_schedule(invented)],
        )
        above[3] = ["Plan", "Prior"]
        _write(book, "List", [*above, [], ["Project", "Ref", *YEARS, "Total"], *_list(invented)])
        above[3] = ["Plan", "Current"]
        _write(
            book,
            "Split",
            [
                *above,
                ["Scope", "Libraries"],
                [],
                ["Delivery route", *YEARS, "Total"],
                *_split(invented),
            ],
        )
        _write(
            book,
            "Plan",
            [
                ["The plan"],
                ["£000"],
                ["Programme", PROGRAMME],
                [],
                ["Line", *YEARS, "Total"],
                *_plan(invented),
            ],
        )
        basis = ["Basis", "net, invented"]
        _write(
            book, "Budgets", [["Budgets"], ["£000"], basis, [], ["Service", *YEARS[:2]], *BUDGETS]
        )


def _write(book: Any, name: str, rows: list[list[object]]) -> None:
    page = book.add_worksheet(name)
    for row, line in enumerate(rows):
        page.write_row(row, 0, line)


def _registered(invented: Invented) -> list[list[object]]:
    return [[name, f"The {name}", "Libraries", PROGRAMME] for name in invented.lines]


def _schedule(invented: Invented) -> Iterator[list[object]]:
    for name, lines in invented.lines.items():
        for number, line in enumerate(lines, 1):
            label = name if number == 1 else None
            yield [
                label,
                f"{name[-2:]}/{number}",
                STATUSES[number % len(STATUSES)],
                *line,
                sum(filter(None, line)),
            ]
        part = added(lines)
        yield [f"{name} total", None, None, *part, sum(part)]
    yield ["Grand total", None, None, *invented.years, invented.total]


def _list(invented: Invented) -> Iterator[list[object]]:
    """One row for each project, with its sums; no status, no sub-total."""
    for name, lines in invented.lines.items():
        yield [name, f"L{name[-2:]}", *added(lines), sum(added(lines))]
    yield ["Total", None, *invented.years, invented.total]


def _split(invented: Invented) -> Iterator[list[object]]:
    """What is retained is a third, rounded down; the rest is commissioned."""
    retained = [year // 3 for year in invented.years]
    commissioned = [year - part for year, part in zip(invented.years, retained, strict=True)]
    for label, part in (
        ("Retained", retained),
        ("Commissioned", commissioned),
        ("Total", invented.years),
    ):
        yield [label, *part, sum(part)]


def _plan(invented: Invented) -> Iterator[list[object]]:
    """The programme's line in two halves, and their total."""
    halves = [year // 2 for year in invented.years]
    rest = [year - half for year, half in zip(invented.years, halves, strict=True)]
    for label, part in (
        ("Savings of libraries", halves),
        ("Savings of others", rest),
        ("Total savings", invented.years),
    ):
        yield [label, *part, sum(part)]


# --- changing one amount --------------------------------------------------------------------------


@dataclass
class Trial:
    """Sheets in memory, what was found in them unchanged, and the amounts that may be changed."""

    sheets: list[Sheet]
    before: dict[str, Finding] = field(default_factory=dict)
    amounts: list[tuple[Sheet, Cell]] = field(default_factory=list)
    summed: set[CellRef] = field(default_factory=set)  # the cells that take part in a sum

    def __post_init__(self) -> None:
        quarter = self.read()
        assert [row.sentence for row in quarter.refusals] == []
        self.before = {told(finding): finding for finding in check(quarter)}
        sums = [
            finding
            for finding in self.before.values()
            if finding.difference is not None and finding.rule not in LIMITS
        ]
        orphans = [finding for finding in self.before.values() if finding.rule == "orphan-total"]
        self.summed = {cell for finding in [*sums, *orphans] for cell in finding.cells}
        tables = (quarter.budget, quarter.savings, quarter.mtfp, quarter.totals)
        stated = {cell_of(row) for rows in tables for row in with_amount(rows)}
        self.amounts = [
            (sheet, cell)
            for sheet in self.sheets
            for cell in sheet.cells()
            if place(sheet, cell) in stated
        ]

    def read(self) -> Quarter:
        return Quarter(read_sheets(PERIOD, self.sheets))

    def changed(self, sheet: Sheet, cell: Cell, value: object) -> list[Finding]:
        """The findings that are new or say something else once this cell holds this value."""
        sheet.grid[cell.row][cell.column] = cell._replace(value=value)
        try:
            found = check(self.read())
        finally:
            sheet.grid[cell.row][cell.column] = cell
        return [finding for finding in found if told(finding) not in self.before]


def told(finding: Finding) -> str:
    return (
        f"{finding.id} {finding.outcome} {finding.stated} {finding.calculated}"
        f" {say(finding.message)}"
    )


def place(sheet: Sheet, cell: Cell) -> CellRef:
    return CellRef(sheet.workbook, sheet.name, cell.address)


def moved(cell: Cell, units: int) -> object:
    """A cell's value moved by so many units of its last stated digit."""
    written = str(cell.value) if isinstance(cell.value, str) else None
    digits = re.search(r"[\d,]+(?:\.(\d+))?", written or "")
    if written and digits:
        decimals = len(digits[1] or "")
        result = Decimal(digits[0].replace(",", "")) + units * Decimal(1).scaleb(-decimals)
        return written.replace(digits[0], f"{result:.{decimals}f}")
    shape = re.sub(r'"[^"]*"', "", cell.number_format)
    decimals = len(shape.partition(".")[2].rstrip(",")) - 3 * (len(shape) - len(shape.rstrip(",")))
    result = Decimal(repr(cell.value)) + units * Decimal(1).scaleb(-decimals)
    return float(result) if decimals > 0 else int(result)


def names(finding: Finding, sheet: Sheet, cell: Cell) -> bool:
    """Whether a finding leads to the cell.

    It lists it, or says its row's label or its column's year.
    """
    if place(sheet, cell) in finding.cells:
        return True
    labels = [other.text for other in sheet.grid[cell.row].values() if isinstance(other.value, str)]
    heads = [sheet.at(row, cell.column).text for row in range(1, cell.row)]
    return any(
        text and text in f"{finding.subject} {say(finding.message)}"
        for text in [*labels, *(set(heads) & set(YEARS))]
    )


def is_noticed(found: list[Finding], sheet: Sheet, cell: Cell) -> bool:
    """Whether an equality no longer holds, or only within rounding, and leads to the cell.

    Within rounding it says by how much.
    """
    for finding in found:
        # A remark that states no total is no sum that fails to add up.
        wrong = finding.outcome == "disagrees" and finding.stated is not None
        rounded = finding.outcome == "within_rounding" and 0 < abs(finding.difference or 0) <= (
            finding.tolerance or 0
        )
        if (wrong or rounded) and names(finding, sheet, cell):
            return True
    return False


def mutations(trial: Trial, count: int, seed: int) -> Iterator[tuple[Sheet, Cell, int]]:
    """So many changes.

    Every amount in turn, in an order by chance; the next time round each is changed by its next
    step.
    """
    steps = [sign * step for step in STEPS for sign in (1, -1)]
    order = random.Random(seed).sample(trial.amounts, len(trial.amounts))  # noqa: S311 - the same changes each time
    for number in range(count):
        turn, position = divmod(number, len(order))
        yield (*order[position], steps[(position + turn) % len(steps)])


# What takes part in no sum that the example prints, and why.
NO_IDENTITY = {
    "base-budget.xlsx!Base budget 2015-16!D4": (
        "a whole of which one part is stated: a limit, not a sum"
    ),
    "base-budget.xlsx!Base budget 2015-16!D5": "the one stated part of a whole: a limit, not a sum",
    "base-budget.xlsx!Controllable budget 2013-14!C5": (
        "its bridge ends in a budget on another basis"
    ),
    "savings-schedule.xlsx!Delivered 2014-15!C6": (
        "the one saving of its table, without a total; its bridge changes its basis"
    ),
}


def trials(folder: Path, example: Path) -> dict[str, Trial]:
    """The example quarter and the invented schedule."""
    path = folder / "invented.xlsx"
    write_invented(path, Invented.by_chance(2015))
    read = {"example": sorted(example.glob("*.xlsx")), "invented": [path]}
    return {
        name: Trial([sheet for book in paths for sheet in read_workbook(book).sheets])
        for name, paths in read.items()
    }


def missed(trial: Trial, count: int, seed: int) -> Iterator[tuple[str, bool]]:
    """Each change, and whether it was noticed as it must be."""
    for sheet, cell, units in mutations(trial, count, seed):
        value = moved(cell, units)
        found, where = trial.changed(sheet, cell, value), place(sheet, cell)
        # What takes part in no sum must still change what is said, by a finding that has the cell.
        held = (
            is_noticed(found, sheet, cell)
            if where in trial.summed
            else any(where in finding.cells for finding in found)
        )
        yield f"{where}: {cell.value} to {value}", held


def many_mutations(folder: Path, example: Path) -> Iterator[tuple[str, bool]]:
    """The long count.

    Each step up and down at each amount of the example, most of the invented schedule, each layout
    once.
    """
    both = trials(folder, example)
    yield from missed(both["example"], 8 * len(both["example"].amounts), seed=1)
    yield from missed(both["invented"], 600, seed=2)
    quarter = messy.tables_in(example)
    for layout in messy.LAYOUTS.values():
        trial = Trial([messy.sheet_of(page) for page in layout(quarter)])
        yield from missed(trial, len(trial.amounts), seed=3)


@pytest.fixture(scope="module")
def made(example_quarter: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Trial]:
    return trials(tmp_path_factory.mktemp("mutation"), example_quarter)


def test_nothing_of_the_invented_schedule_disagrees_before_it_is_changed(
    made: dict[str, Trial],
) -> None:
    found = made["invented"].before.values()
    assert [
        told(finding) for finding in found if finding.outcome in ("disagrees", "within_rounding")
    ] == []
    agreed = [
        finding for finding in found if finding.outcome == "agrees" and finding.stated is not None
    ]
    print(f"{len(agreed)} sums agree over {len(made['invented'].amounts)} amounts")
    assert len(agreed) > 300


def test_only_the_cells_that_are_listed_take_part_in_no_sum(made: dict[str, Trial]) -> None:
    without = {
        name: {str(place(*amount)) for amount in trial.amounts}
        - {str(cell) for cell in trial.summed}
        for name, trial in made.items()
    }
    for cell in sorted(without["example"]):
        print(f"{cell}: {NO_IDENTITY.get(cell)}")
    assert without == {"example": NO_IDENTITY.keys(), "invented": set()}


@pytest.mark.parametrize(("name", "count"), [("example", 46), ("invented", 14)])
def test_every_changed_amount_is_noticed_and_named(
    made: dict[str, Trial], name: str, count: int
) -> None:
    tried = list(missed(made[name], count, 7))
    print(f"{name}: {sum(held for _, held in tried)} of {len(tried)} noticed")
    assert [what for what, held in tried if not held] == []
