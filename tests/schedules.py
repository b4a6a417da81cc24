"""Savings schedules invented line by line, and drawn as sheets in the layouts that councils use."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

TARGET, REVISED = "Original target", "Revised target"
DELIVERED, FORECAST = "Delivered to date", "Forecast"
Amounts = Mapping[str, int | str]  # by year, as the sheet writes them


@dataclass(frozen=True)
class Line:
    """One line of a schedule: what it says of itself, and its amounts by measure and year."""

    amounts: Mapping[str, Amounts]
    ref: str = "A-1"
    plan: str = "Current"
    kind: str = "New"
    rag: str = "Amber"
    route: str = ""
    mitigates: str = ""
    recurring: str = ""

    @property
    def years(self) -> set[str]:
        return {year for amounts in self.amounts.values() for year in amounts}


@dataclass(frozen=True)
class Layout:
    """How a schedule is laid out: its years in columns or in rows, and its measures likewise."""

    years: str = "columns"
    measures: str = "rows"

    def __str__(self) -> str:
        return f"years in {self.years}, measures in {self.measures}"


WIDE, LONG = Layout(), Layout("rows")
WIDE_BANDS, LONG_BANDS = Layout("columns", "columns"), Layout("rows", "columns")
LAYOUTS = (WIDE, WIDE_BANDS, LONG, LONG_BANDS)


@dataclass(frozen=True)
class Owner:
    """Whose lines a schedule states: a project's, or a programme's for a service."""

    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_project(self) -> bool:
        return "Project" in self.words


ALPHA = Owner({"Project": "Alpha"})
PROGRAMME = Owner({"Programme": "Change", "Scope": "Libraries"})
_ABOUT = {
    "Ref": "ref",
    "Plan": "plan",
    "Type of saving": "kind",
    "RAG": "rag",
    "Delivery route": "route",
    "Mitigates": "mitigates",
    "Recurring or one-off": "recurring",
}
_ALWAYS = ("Ref", "Plan", "Type of saving", "RAG")


def drawn(
    lines: Sequence[Line],
    layout: Layout = WIDE,
    owner: Owner = ALPHA,
    name: str = "example.xlsx!Savings",
    unit: str = "£000",
) -> str:
    """A schedule as a sheet of text."""
    years = sorted({year for line in lines for year in line.years})
    measures = list(dict.fromkeys(measure for line in lines for measure in line.amounts))
    rows = [list(row) for row in _rows(lines, layout, owner, years, measures)]
    return "\n".join([name, unit, *(" | ".join(row) for row in rows)])


def with_total(sheet: str, amounts: Mapping[str, int | str], label: str = "Total") -> str:
    """A schedule with a row of totals below its lines, whose amounts stand below these headings."""
    headings = [cell.strip() for cell in sheet.splitlines()[2].split("|")]
    row = ["" for _ in headings]
    row[0] = label
    for heading, amount in amounts.items():
        row[headings.index(heading)] = str(amount)
    return "\n".join([sheet, " | ".join(row)])


def _rows(
    lines: Sequence[Line],
    layout: Layout,
    owner: Owner,
    years: Sequence[str],
    measures: Sequence[str],
) -> Iterable[Sequence[str]]:
    # A column that no line fills is not drawn, but for those that every schedule has.
    stated = [
        head
        for head, name in _ABOUT.items()
        if head in _ALWAYS or any(getattr(line, name) for line in lines)
    ]
    about = [*owner.words, *stated]
    per_row = ["Measure"] if layout.measures == "rows" else []
    per_row += ["Year"] if layout.years == "rows" else []
    columns = [
        (year, measure)
        for year in (years if layout.years == "columns" else [""])
        for measure in (measures if layout.measures == "columns" else [""])
    ]
    if layout.years == "columns" and layout.measures == "columns":
        yield [*about, *(year for year, _ in columns)]
        yield [*("" for _ in about), *(measure for _, measure in columns)]
    else:
        yield [*about, *per_row, *(year or measure or "Amount" for year, measure in columns)]
    for line in lines:
        words = [*owner.words.values(), *(getattr(line, _ABOUT[head]) for head in stated)]
        for measure in line.amounts if layout.measures == "rows" else [""]:
            for year in sorted(line.years) if layout.years == "rows" else [""]:
                amounts = [
                    str(line.amounts.get(measure or of, {}).get(year or when, ""))
                    for when, of in columns
                ]
                says = [*([measure] if measure else []), *([year] if year else [])]
                yield [*words, *says, *amounts]
