"""figures.csv and findings.csv read back, as a run wrote them."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ffanalysis import money
from ffanalysis.figures import NOT_STATED
from ffanalysis.run.figures_list import POUNDS
from ffanalysis.run.files import as_written

_LONGEST_FIELD = 2**31 - 1  # the cells of a total over a thousand projects


@dataclass(frozen=True, slots=True)
class ListedFigure:
    """A figure of figures.csv.

    Attributes:
        project: its project as files call it, and `project_name` as people do; "" of all projects.
        value: pounds where the unit is £, else the plain number; None where nothing is stated.
        missing: why it, or a part of it, is missing.
        reason: why it moved since the quarter before, as the schedule says.
    """

    project: str
    name: str
    label: str
    unit: str
    value: Decimal | None
    missing: str = ""
    cells: str = ""
    project_name: str = ""
    reason: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.project, self.name

    @property
    def text(self) -> str:
        """The figure as a table shows it: "£100,000", "9.2%", "not stated"."""
        if self.value is None:
            return NOT_STATED
        return f"{number_text(self.value, self.unit)}{' (partial)' if self.missing else ''}"

    @property
    def text_with_gap(self) -> str:
        """The same with why it, or a part of it, is missing: "not stated (TBC)"."""
        if self.missing in ("", NOT_STATED):
            return self.text
        return f"{self.text.removesuffix(' (partial)')} ({self.missing})"


@dataclass(frozen=True, slots=True)
class ListedFinding:
    """A finding of findings.csv; its amounts in pounds, None where there is none."""

    id: str
    rule: str
    project: str
    outcome: str
    severity: str
    stated: Decimal | None
    calculated: Decimal | None
    message: str

    @property
    def text(self) -> str:
        """How the check ended: "disagrees, error: stated £100,000, calculated £200,000"."""
        amounts = {"stated": self.stated, "calculated": self.calculated}
        said = ", ".join(
            f"{name} {number_text(amount, POUNDS)}"
            for name, amount in amounts.items()
            if amount is not None
        )
        ended = f"{self.outcome.replace('_', ' ')}, {self.severity}"
        return f"{ended}: {said}" if said else ended


def number_text(value: Decimal, unit: str) -> str:
    """A number in its unit as a table shows it."""
    if unit == POUNDS:
        return money.in_full(int(value * money.POUND)) if value else "nil"
    text = f"{value:,f}".replace("-", money.MINUS)
    return f"{text}%" if unit == "percent" else text


def figures_in(text: str) -> Iterator[ListedFigure]:
    """The figures of a list."""
    for row in _rows(text):
        is_money = row["unit"] == POUNDS
        yield ListedFigure(
            row["project"],
            row["name"],
            row["label"],
            row["unit"],
            _number(row["amount" if is_money else "value"]),
            row["missing"],
            row["cells"],
            row["project_name"],
            row["reason"],
        )


def findings_in(text: str, projects: Iterable[str] = ()) -> Iterator[ListedFinding]:
    """The findings of a list; a list without a column for it has their project in their id."""
    known = sorted(projects, key=len, reverse=True)
    for row in _rows(text):
        own = row.get("project")
        yield ListedFinding(
            row["id"],
            row["rule"],
            _project_in(row["id"], known) if own is None else own,
            row["outcome"],
            row["severity"],
            _number(row["stated"]),
            _number(row["calculated"]),
            row["message"],
        )


def _project_in(finding: str, known: Iterable[str]) -> str:
    """The project that the id of a finding names; the longest name, where several would fit."""
    subject = finding.partition(":")[2].partition(":")[0]
    return next((each for each in known if f"{subject}-".startswith(f"{each}-")), "")


def _rows(text: str) -> list[Mapping[str, str]]:
    before = csv.field_size_limit(_LONGEST_FIELD)
    try:
        found = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    finally:
        csv.field_size_limit(before)
    return [{name: as_written(value) for name, value in row.items()} for row in found]


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None
