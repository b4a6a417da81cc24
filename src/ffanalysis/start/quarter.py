"""The folder of a new quarter, with a workbook to be filled in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ffanalysis import read
from ffanalysis.checks import check
from ffanalysis.errors import QuarterTaken
from ffanalysis.periods import Period, has_begun, long_date, year_label
from ffanalysis.savings.quarter import Quarter
from ffanalysis.start.blank import SheetToFill, blank_sheets, workbook_to_fill
from ffanalysis.start.columns import PROJECTS
from ffanalysis.start.rolled import rolled_sheets
from ffanalysis.start.writing import write_new

FILE = "programme.xlsx"
NEXT = "next"
_GOES_ON = ("aliases.toml",)  # what is declared beside a quarter's workbooks and holds for the next


@dataclass
class NewQuarter:
    """What was written for a quarter, and what of the one before could not be carried over."""

    period: Period
    written: list[Path] = field(default_factory=list)
    before: str = ""
    carried: dict[str, int] = field(default_factory=dict)  # sheet → rows
    not_carried: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)  # with which the one before ended


def period_meant(root: Path, text: str) -> Period:
    """The period of a command's words; "next" is the one behind the latest that has a workbook."""
    if text.casefold() == NEXT:
        return Period.parse(read.latest_period(root)).after
    return Period.parse(read.named_period(root, text))


def new_quarter(root: Path, period: Period, *, before: str, unit: int, years: int) -> NewQuarter:
    """Write a quarter's workbook: with what `before` holds, or blank where that is "".

    Raises QuarterTaken where the quarter has workbooks, and what reading the one before raises.
    """
    folder = root / "data" / "raw" / str(period)
    if folder.is_dir() and read.has_workbook(folder):
        raise QuarterTaken(str(period))
    made = NewQuarter(period, before=before)
    sheets = _rolled(root, made) if before else _blank(period, unit, years)
    made.carried = {sheet.name: len(sheet.rows) for sheet in sheets if sheet.rows}
    content = workbook_to_fill(sheets, f"Savings, {period.words}")
    folder.mkdir(parents=True, exist_ok=True)
    made.written.append(write_new(folder / FILE, content))
    if before:
        made.written += _declared(folder.parent / before, folder)
    return made


def _rolled(root: Path, made: NewQuarter) -> list[SheetToFill]:
    """The sheets with what the quarter before holds, and what of it must be looked at."""
    quarter = Quarter(read.load(made.before, root))
    made.not_carried = [row.sentence for row in quarter.refusals]
    made.errors = [str(each) for each in check(quarter) if each.severity == "error"]
    return rolled_sheets(quarter, made.period)


def _declared(before: Path, folder: Path) -> Iterator[Path]:
    """Copy what was declared beside the workbooks of the quarter before and goes on to hold."""
    for name in _GOES_ON:
        if (before / name).is_file() and not (folder / name).exists():
            yield write_new(folder / name, (before / name).read_bytes())


def _blank(period: Period, unit: int, years: int) -> list[SheetToFill]:
    labels: Sequence[str] = [year_label(period.start + number) for number in range(years)]
    begun = frozenset(label for label in labels if has_begun(label, period.last_day))
    as_of = (("As of", long_date(period.last_day)),)
    return [
        replace(sheet, statements=as_of) if sheet.form is PROJECTS else sheet
        for sheet in blank_sheets(labels, begun, unit)
    ]
