"""A new quarter's workbook with what last quarter's workbooks hold.

Delivered, forecast and RAG stay as they were until somebody changes them: cells that a quarter must
confirm have a colour until then, and a quarter in which nothing was changed is withheld.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

from ffanalysis import money
from ffanalysis.layout import plain, standard
from ffanalysis.periods import Period, has_begun, long_date, year_label, year_start
from ffanalysis.provenance import cell_of
from ffanalysis.savings.quarter import Quarter
from ffanalysis.start.blank import Amount, Content, RowCarried, SheetToFill
from ffanalysis.start.columns import (
    BACKGROUND,
    BUDGETS,
    COMMENTARY,
    DEADLINES,
    MILESTONES,
    NO_YEAR,
    PLAN,
    PROJECTS,
    PROPOSALS,
    RECIPIENTS,
    RISKS,
    SAVINGS,
    SIGN_OFF,
    TABLES,
    AmountColumns,
    Column,
    TableForm,
)
from ffanalysis.tables import FullYearRow, SavingRow
from ffanalysis.vocabulary import BLANK, NOT_LEGIBLE, Measure, Plan

# What every quarter must look at anew, by heading.
_TO_CONFIRM = frozenset({"RAG", "Status", "Done so far", "Owner"})
_MEASURES: Mapping[Measure | None, str] = {
    None: "",
    Measure.ORIGINAL: "Target",
    Measure.REVISED: "Revised target",
    Measure.DELIVERED: "Delivered to date",
    Measure.FORECAST: "Forecast",
}
_PLANS = {Plan.CURRENT: SAVINGS, Plan.PROPOSED: PROPOSALS, Plan.PRIOR: SAVINGS}
_NAMES = {Plan.CURRENT: "Savings", Plan.PROPOSED: "Proposals", Plan.PRIOR: "Prior years"}


def rolled_sheets(quarter: Quarter, period: Period) -> list[SheetToFill]:
    """The sheets of a period with what the quarter before states."""
    rolling = _Rolling(quarter, period)
    return [
        rolling.register(PROJECTS, quarter.projects, (("As of", long_date(period.last_day)),)),
        *rolling.savings(),
        *rolling.budgets(),
        *rolling.plan(),
        rolling.register(MILESTONES, quarter.milestones),
        rolling.register(RISKS, quarter.risks),
        rolling.register(SIGN_OFF, quarter.signoff),
        rolling.register(DEADLINES, quarter.deadlines),
        SheetToFill(COMMENTARY, COMMENTARY.sheet),  # what was said of last quarter is said
        rolling.register(RECIPIENTS, quarter.recipients),
        *([rolling.register(BACKGROUND, quarter.background)] if quarter.background else []),
    ]


@dataclass
class _Rolling:
    quarter: Quarter
    period: Period

    def register(
        self, form: TableForm, rows: Iterable[Any], statements: Sequence[tuple[str, str]] = ()
    ) -> SheetToFill:
        """A table of words, row by row."""
        every = list(rows)
        columns = (*form.all_columns(), *_others(form))
        said = [self._words(columns, row, form) for row in every]
        carried = [RowCarried(each, _TO_CONFIRM) for each in said]
        more = [c for c in _others(form) if any(c.heading in words for words in said)]
        return SheetToFill(form, form.sheet, rows=carried, statements=statements, more=more)

    def _words(self, columns: Iterable[Column], row: Any, form: TableForm) -> dict[str, Content]:
        """What a row says under each heading, by the column that the layout has for it."""
        table = standard().tables[form.name]
        known = {**table.columns, **table.texts}
        found: dict[str, Content] = {}
        for column in columns:
            name = known.get(plain(column.heading))
            said = self._said(row, name) if name else None
            if said not in (None, ""):
                found[column.heading] = said
        return found

    def _said(self, row: Any, name: str) -> str | None:
        if name == "project":
            registered = self.quarter.register.get(row.project) if row.project else None
            return registered.name if registered else row.project
        said = getattr(row, _FIELDS.get(name, name), None)
        return None if said is None else str(said)

    # Money.

    def savings(self) -> Iterator[SheetToFill]:
        """The lines of savings: those of projects by plan, those of programmes table by table."""
        tables = self._tables()
        taken = {*_NAMES.values(), *(form.sheet for form in TABLES)}
        for plan, name in _NAMES.items():
            own = next((key for key in tables if key[0] and key[1] is plan), None)
            rows = tables.pop(own) if own is not None else []
            if rows or plan is not Plan.PRIOR:
                yield self._savings_of(name, plan, rows)
        for rows in tables.values():
            name = _free_name(rows[0].sheet, taken)
            taken.add(name)
            yield self._savings_of(name, Plan(rows[0].plan or Plan.CURRENT), rows, is_first=False)

    def _tables(self) -> dict[tuple[object, ...], list[SavingRow]]:
        """The rows by whether they are a project's, their plan, and which table they are of."""
        states = _states_of(self.quarter.savings)
        tables: dict[tuple[object, ...], list[SavingRow]] = {}
        for row in self.quarter.savings:
            plan = Plan(row.plan or Plan.CURRENT)
            apart = states[row.block] if row.project else row.block
            tables.setdefault((bool(row.project), plan, apart), []).append(row)
        return tables

    def _savings_of(
        self, name: str, plan: Plan, rows: Sequence[SavingRow], *, is_first: bool = True
    ) -> SheetToFill:
        """A table of savings; a further one of a plan has the columns that it had, and no more."""
        form = _PLANS[plan]
        is_programme = bool(rows) and not rows[0].project
        extra = (_PROGRAMME, _SCOPE) if is_programme else ()
        columns = (*extra, *form.all_columns(), *_MORE)
        carried = [self._line(line, columns, form) for line in _lines_of(rows)]
        years = self._years(rows)
        used = {heading for row in carried for heading in row.cells}
        return SheetToFill(
            form,
            name,
            _unit_of(rows),
            years,
            frozenset(y for y in years if not y or has_begun(y, self.period.last_day)),
            carried,
            (("Plan", plan.value.capitalize()),),
            _amounts(form, rows),
            _left_out(form, used, is_first=is_first) if rows else frozenset(),
            extra,
            [column for column in _MORE if column.heading in used],
        )

    def _line(
        self, line: Sequence[SavingRow], columns: Iterable[Column], form: TableForm
    ) -> RowCarried:
        """A line of savings: its words, and its amounts by measure and year."""
        words = self._words(columns, line[0], form)
        if said := _details_of(line[0]):
            words.setdefault("What is saved", said)
        if line[0].rag_missing not in (None, "", BLANK):
            words["RAG"] = _mark_of(line[0].rag_missing)
        words.pop("Reason for movement", None)  # it explains what moved in the quarter before
        for row in line:
            words[_heading(row)] = _content(row)
        if (effect := self._full_year.get(_place_of(line[0]))) is not None:
            words[_FULL_YEAR] = _content(effect)
        return RowCarried(words, _TO_CONFIRM | _progress(line))

    @cached_property
    def _full_year(self) -> Mapping[tuple[str, int], FullYearRow]:
        """The full-year effects by the row of the sheet that they stand in."""
        return {_place_of(row): row for row in self.quarter.full_year}

    def _years(self, rows: Sequence[Any]) -> list[str]:
        """The years of a table: all that it had, and those from the new quarter's on."""
        stated = {row.year for row in rows if row.year}
        if rows and not stated:
            return [""]
        ahead = {year_label(self.period.start + number) for number in range(_YEARS_AHEAD)}
        without = [""] if any(not row.year for row in rows) else []
        return [*sorted(stated | ahead, key=year_start), *without]

    def budgets(self) -> Iterator[SheetToFill]:
        yield self._money(BUDGETS, self.quarter.budget, lambda row: (row.service, row.basis))

    def plan(self) -> Iterator[SheetToFill]:
        yield self._money(PLAN, self.quarter.mtfp, lambda row: (row.line, row.service))

    def _money(self, form: TableForm, rows: Sequence[Any], key: Any) -> SheetToFill:
        heading = form.amounts[0].heading
        carried = []
        for line in _grouped(rows, key, lambda row: heading(row.year or "")):
            words = self._words(form.all_columns(), line[0], form)
            for row in line:
                words[heading(row.year or "")] = _content(row)
            carried.append(RowCarried(words))
        years = self._years(rows)
        return SheetToFill(
            form, form.sheet, _unit_of(rows), years, frozenset(years), carried, (), form.amounts
        )


_Row = TypeVar("_Row")
_YEARS_AHEAD = 3
_FULL_YEAR = "Full-year effect"
# Columns of the canonical tables under another name than the layout's.
_FIELDS = {"quantity": "quantity_text"}
_PROGRAMME = Column("Programme", "The programme that the line is of.")
_SCOPE = Column("Scope", "Which services the line is of.")
_MORE = (
    Column("Original RAG", "The status that the line began with."),
    Column("Mitigates", "The line whose shortfall this one makes up for."),
    Column("In MTFP", "Whether it is in the medium term financial plan."),
    Column("Accumulation", "Whether each year adds to the one before."),
    Column("Status", "How far the line is."),
    Column("Also stated", "Whatever else the schedule states of the line."),
)


def _others(form: TableForm) -> Iterator[Column]:
    """The columns that a table may have beside those of a blank workbook."""
    table = standard().tables[form.name]
    known = {**table.columns, **table.texts}
    own = {known[plain(column.heading)] for column in form.all_columns()}
    for name, heading in table.headings.items():
        if name not in own:
            yield Column(heading, "Carried over from the quarter before.")


def _lines_of(rows: Sequence[SavingRow]) -> list[list[SavingRow]]:
    """The rows of each line: what says which it is is the same, and no measure's year twice."""
    return _grouped(rows, lambda row: tuple(getattr(row, name) for name in _LINE), _heading)


def _grouped(
    rows: Iterable[_Row], key: Callable[[_Row], object], heading: Callable[[_Row], str]
) -> list[list[_Row]]:
    """Rows by their key; a heading that comes again under a key begins another line."""
    lines: list[tuple[object, dict[str, _Row]]] = []
    for row in rows:
        free = (own for said, own in lines if said == key(row) and heading(row) not in own)
        if (into := next(free, None)) is None:
            into = {}
            lines.append((key(row), into))
        into[heading(row)] = row
    return [list(own.values()) for _, own in lines]


def _left_out(form: TableForm, used: Container[str], *, is_first: bool) -> frozenset[str]:
    """The columns that a table goes without: of a first one, the RAG where it states none."""
    unused = {column.heading for column in form.all_columns() if column.heading not in used}
    return frozenset(unused & {"RAG"} if is_first else unused)


def _place_of(row: SavingRow | FullYearRow) -> tuple[str, int]:
    return row.block, cell_of(row).row


def _amounts(form: TableForm, rows: Sequence[SavingRow]) -> tuple[AmountColumns, ...]:
    """The measures of a table: those that it had, and those of a project's savings."""
    if not rows:
        return form.amounts
    known = {each.measure: each for each in form.amounts}
    had = [_measure(row) for row in rows]
    asked = [name for name in known if name != "Target"] if rows[0].project else []
    first = form.amounts[0]
    return tuple(
        known.get(name, replace(first, measure=name)) for name in dict.fromkeys([*had, *asked])
    )


def _free_name(name: str, taken: set[str]) -> str:
    """A sheet's name that no other has."""
    names = (name[:_LONGEST_NAME], *(f"{name[: _LONGEST_NAME - 3]} {n}" for n in range(2, 100)))
    return next(each for each in names if each not in taken)


_LONGEST_NAME = 31
_LINE = ("project", "programme", "scope", "plan", "saving_type", "route", "rag", "ref", "details")


def _heading(row: SavingRow) -> str:
    return f"{_measure(row)} {row.year or ''}".strip() or NO_YEAR


def _measure(row: SavingRow) -> str:
    """What an amount is of, as the headings call it."""
    return _MEASURES[Measure(row.measure) if row.measure else None]


def _progress(line: Sequence[SavingRow]) -> frozenset[str]:
    """The headings of a line that are last quarter's until somebody changes them."""
    reported = (Measure.DELIVERED, Measure.FORECAST)
    return frozenset(_heading(row) for row in line if row.measure in reported)


def _content(row: Any) -> Content:
    if row.amount_pence is None:
        return "" if row.missing in (None, "blank") else str(row.missing)
    return Amount(row.amount_pence, row.stated_to_pence or money.POUND)


def _states_of(rows: Iterable[SavingRow]) -> dict[str, tuple[object, ...]]:
    """What each table states: those that state the same become one, however many there were."""
    by_table: dict[str, list[SavingRow]] = {}
    for row in rows:
        by_table.setdefault(row.block, []).append(row)
    return {
        block: (
            frozenset(row.measure for row in own),
            any(row.rag or row.rag_missing for row in own),
            any(row.ref for row in own),
        )
        for block, own in by_table.items()
    }


def _details_of(row: SavingRow) -> str:
    """What columns that are not read say of a line, but for those that are carried anyway."""
    texts = standard().tables["savings"].texts
    said = (row.details or "").split("; ")
    return "; ".join(part for part in said if plain(part.partition(":")[0]) not in texts)


def _mark_of(missing: str) -> str:
    """A mark in place of a status, as a cell has it."""
    return "[not legible]" if missing == NOT_LEGIBLE else missing


def _unit_of(rows: Sequence[Any]) -> int:
    """The unit in which the amounts of a table are written: the one most of them came in."""
    known = (money.POUND, money.THOUSAND, money.MILLION)
    factors = [row.factor for row in rows if row.factor in known]
    return max(set(factors), key=factors.count) if factors else money.THOUSAND
