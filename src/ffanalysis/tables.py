"""The canonical tables of a quarter: the record that each row is, and its contract.

Tables are pandas frames with one row per stated value. Money is whole pence (`amount_pence`)
beside the unit it was stated to (`stated_to_pence`), what its cell has (`written`) and the pence
per 1 of that (`factor`); an amount that is not there is missing, with its reason in `missing`.
Every row names the `workbook`, `sheet` and `cell` it was read from. A row of money also names the
table of a sheet that it is from (`block`) and the number of its line in that table (`line_no`).

The records below are the only definition: a table's columns, their types, which of them must be
filled and which values they may hold follow from the fields of its record.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import (
    Annotated,
    Any,
    Generic,
    Literal,
    NamedTuple,
    Protocol,
    TypeVar,
    get_args,
    get_type_hints,
    overload,
)

import pandas as pd

from ffanalysis.periods import Period
from ffanalysis.vocabulary import (
    BLANK,
    CAPACITIES,
    COMPARED,
    MEASURES,
    PLANS,
    RAG_STATUSES,
    RECURRENCES,
    ROUTES,
    SAVINGS_POSITIONS,
)

Kind = Literal["text", "pence", "date", "flag", "count"]
DTYPES: Mapping[Kind, str] = {
    "text": "string",
    "pence": "Int64",
    "date": "datetime64[ms]",
    "flag": "boolean",
    "count": "Int64",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its kind, whether it must be filled, and the values it may hold."""

    kind: Kind = "text"
    required: bool = False
    allowed: tuple[str, ...] = ()


_Pence = Annotated[int, "pence"]
_Plan = Annotated[str, PLANS]
_Route = Annotated[str, ROUTES]
_Rag = Annotated[str, RAG_STATUSES]
_Measure = Annotated[str, MEASURES]


class BudgetRow(NamedTuple):
    """A service's budget for one year on one basis."""

    block: str
    service: str
    part_of: str | None
    basis: str | None
    savings_position: Annotated[str, SAVINGS_POSITIONS] | None
    year: str
    line_no: int | None
    amount_pence: _Pence | None
    stated_to_pence: _Pence | None
    missing: str | None
    corrected: bool | None
    workbook: str
    sheet: str
    cell: str
    written: str | None = None
    factor: _Pence | None = None


class SavingRow(NamedTuple):
    """One amount of one line of a savings schedule, under one measure and for one year.

    `line_no` numbers the lines of a table in its order: the amounts of a line and measure in
    several years share it. `original_rag` is the status that the schedule says a line began with,
    `reason` why it moved, and `mitigates` the line whose shortfall it makes up for. `accumulation`
    is "incremental" where the schedule says that each year adds to the one before. `details` is
    what columns that are not read say of the line ("Location: North"): it tells copies from lines.

    From `owner` on it has the schedule's own words beside the amounts, which are never added up;
    `texts_at` says in which cells they stand: "owner F3; posts G3".

    Where the cell has a percentage of its row's total, `share_of` is the cell of that total,
    `share_of_written` what is written there and `share_of_pence` its amount; `factor` is the
    pence per 1 of the total, and `share_whole` what the whole would be in `written`: 1 or 100.
    """

    block: str
    project: str | None
    programme: str | None
    scope: str | None
    plan: _Plan | None
    saving_type: str | None
    types: str | None
    route: _Route | None
    rag: _Rag | None
    rag_missing: str | None
    measure: _Measure | None
    ref: str | None
    in_mtfp: bool | None
    original_rag: _Rag | None
    recurring: Annotated[str, RECURRENCES] | None
    mitigates: str | None
    reason: str | None
    year: str | None
    line_no: int | None
    amount_pence: _Pence | None
    stated_to_pence: _Pence | None
    missing: str | None
    corrected: bool | None
    workbook: str
    sheet: str
    cell: str
    written: str | None = None
    factor: _Pence | None = None
    accumulation: str | None = None
    details: str | None = None
    owner: str | None = None
    posts: str | None = None
    one_off_cost: str | None = None
    cost_funding: str | None = None
    confirmed_by: str | None = None
    evidence: str | None = None
    cover: str | None = None
    status: str | None = None
    what: str | None = None
    also: str | None = None
    texts_at: str | None = None
    share_of: str | None = None
    share_of_written: str | None = None
    share_of_pence: _Pence | None = None
    share_of_corrected: bool | None = None
    share_whole: int | None = None


class TotalRow(NamedTuple):
    """A printed total: an assertion that is checked and never added into a figure.

    `over` says what it adds: the rows of one year, the years of one row, both, or the rows of all
    years up to its own. Where it adds only some lines of its table, `first_line` and `last_line`
    say which.
    """

    table: Annotated[str, ("budget", "savings", "mtfp")]
    block: str
    label: str | None
    over: Annotated[str, ("rows", "years", "both", "cumulative")]
    first_line: int | None
    last_line: int | None
    service: str | None
    project: str | None
    programme: str | None
    scope: str | None
    plan: _Plan | None
    saving_type: str | None
    types: str | None
    route: _Route | None
    rag: _Rag | None
    rag_missing: str | None
    measure: _Measure | None
    ref: str | None
    in_mtfp: bool | None
    year: str | None
    line_no: int | None
    amount_pence: _Pence | None
    stated_to_pence: _Pence | None
    missing: str | None
    corrected: bool | None
    workbook: str
    sheet: str
    cell: str
    written: str | None = None
    factor: _Pence | None = None


class FullYearRow(NamedTuple):
    """What a line saves once it runs for a whole year, as stated; it is added to nothing.

    `line_no` is the number of its line, where the columns of amounts name no measure.
    """

    block: str
    project: str | None
    programme: str | None
    scope: str | None
    plan: _Plan | None
    saving_type: str | None
    route: _Route | None
    rag: _Rag | None
    rag_missing: str | None
    measure: _Measure | None
    ref: str | None
    line_no: int | None
    amount_pence: _Pence | None
    stated_to_pence: _Pence | None
    missing: str | None
    corrected: bool | None
    workbook: str
    sheet: str
    cell: str
    written: str | None = None
    factor: _Pence | None = None


class ComparisonRow(NamedTuple):
    """What a row prints beside its amounts: a variance, a shortfall, a share.

    It is compared with the row's own target and forecast, and added to nothing. A share is in
    hundredths of a percent (`share`), stated to `share_unit` of them.
    """

    block: str
    what: Annotated[str, COMPARED]
    heading: str
    year: str | None
    share: int | None
    share_unit: int | None
    amount_pence: _Pence | None
    stated_to_pence: _Pence | None
    missing: str | None
    corrected: bool | None
    workbook: str
    sheet: str
    cell: str
    written: str | None = None
    factor: _Pence | None = None


class PlanRow(NamedTuple):
    """A line of the medium term financial plan itself."""

    block: str
    line: str
    service: str | None
    programme: str | None
    year: str | None
    line_no: int | None
    amount_pence: _Pence | None
    stated_to_pence: _Pence | None
    missing: str | None
    corrected: bool | None
    workbook: str
    sheet: str
    cell: str
    written: str | None = None
    factor: _Pence | None = None


class ProjectRow(NamedTuple):
    """A project as the register states it, in the words of its concept paper.

    `texts_at` says in which cells its owner, posts, one-off cost and cover stand: "owner F3".
    """

    project: str
    name: str
    title: str | None
    saving_type: str | None
    types: str | None
    plan_area: str | None
    cmr_lead: str | None
    slt_lead: str | None
    head_of_service: str | None
    cmr_challenge: str | None
    service: str | None
    programme: str | None
    status: str | None
    description: str | None
    purpose: str | None
    outcomes: str | None
    constraints: str | None
    assumptions: str | None
    decision: str | None
    workbook: str
    sheet: str
    cell: str
    decision_due: str | None = None
    decision_route: str | None = None
    owner: str | None = None
    contact: str | None = None
    reference: str | None = None
    posts: str | None = None
    one_off_cost: str | None = None
    cost_funding: str | None = None
    cover: str | None = None
    equality: str | None = None
    texts_at: str | None = None


class MilestoneRow(NamedTuple):
    """A milestone: its date as written, and the first and last day that this may mean.

    `done` says whether it is completed, where its status or a date of completion does; `done_first`
    and `done_last` are the days on which that may have been. One that is dated after the as-of date
    is not completed yet, and keeps its days.
    """

    project: str
    milestone: str
    completed_by: str | None
    first_day: date | None
    last_day: date | None
    tentative: bool | None
    workbook: str
    sheet: str
    cell: str
    status: str | None = None
    completed_on: str | None = None
    done: bool | None = None
    done_first: date | None = None
    done_last: date | None = None

    @property
    def is_done(self) -> bool:
        return bool(self.done)

    def is_overdue(self, day: date) -> bool:
        """Whether it was due before a day and is not done: what is due on it may still be."""
        return not self.is_done and self.last_day is not None and self.last_day < day

    @property
    def is_dated_later(self) -> bool:
        """Whether the day of its completion is still to come."""
        return self.done_last is not None and not self.is_done

    def as_at(self, day: date) -> "MilestoneRow":
        """The milestone by the end of a day: what is dated after it is not completed yet."""
        is_later = self.done_first is not None and self.done_first > day
        return self._replace(done=False) if is_later else self

    @property
    def reached(self) -> tuple[date | None, date | None]:
        """The first and last day of its completion, where that is stated, else when it is due."""
        if self.done_last:
            return self.done_first, self.done_last
        return self.first_day, self.last_day


class RiskRow(NamedTuple):
    """A risk and its mitigation, in the paper's words."""

    project: str
    risk: str
    mitigation: str | None
    likelihood: str | None
    impact: str | None
    workbook: str
    sheet: str
    cell: str
    score: str | None = None
    owner: str | None = None


class SignOffRow(NamedTuple):
    """Who agreed or approved, when, and the code of the figures it was given on (`signed_on`)."""

    project: str
    role: str
    name: str | None
    signed: str | None
    signed_day: date | None
    signed_on: str | None
    capacity: Annotated[str, CAPACITIES] | None
    minute: str | None
    workbook: str
    sheet: str
    cell: str


class DeadlineRow(NamedTuple):
    """A counted statutory duty with the day it is due."""

    project: str
    what: str
    quantity: int | None
    quantity_text: str | None
    approximate: bool | None
    done: int | None
    done_cell: str | None
    by: str
    by_day: date | None
    by_cell: str | None
    workbook: str
    sheet: str
    cell: str


class BackgroundRow(NamedTuple):
    """What a concept paper says that no column of the register asks for, under its own heading."""

    project: str
    asked: str
    answer: str
    workbook: str
    sheet: str
    cell: str


class CommentaryRow(NamedTuple):
    """What the service or the finance office says of a project this quarter, to be quoted."""

    project: str
    text: str
    by: str
    written: str | None
    section: str | None
    workbook: str
    sheet: str
    cell: str


class RecipientRow(NamedTuple):
    """Who gets which briefing."""

    project: str
    name: str | None
    email: str
    workbook: str
    sheet: str
    cell: str
    fault: str | None = None


class BlockRow(NamedTuple):
    """A table found in a sheet: how it is headed, in which unit, over which years.

    `block` is its name: workbook, sheet and the cell where its heading begins.
    """

    block: str
    table: str
    range: str
    title: str | None
    title_cell: str | None
    unit: _Pence | None
    unit_cell: str | None
    title_unit: _Pence | None
    own_unit: _Pence | None
    first_year: str | None
    last_year: str | None
    header_cell: str
    workbook: str
    sheet: str
    cell: str


class WeightRow(NamedTuple):
    """How much of a saving is counted on by its RAG status, in percent, and where that is set."""

    rag: _Rag
    low: int
    central: int
    high: int
    declared_in: str


class SettingRow(NamedTuple):
    """What a council sets in its settings: a key of a table of theirs, and its value as text."""

    part: str
    key: str
    value: str


class RefusalRow(NamedTuple):
    """What could not be read, and whom it withholds: blank keys withhold every project.

    In a table of money also the line and year it stands in, and what it would have added where it
    is a printed total.
    """

    sentence: str
    value: str | None
    project: str | None
    programme: str | None
    service: str | None
    workbook: str
    sheet: str | None
    cell: str | None
    block: str | None
    line_no: int | None
    year: str | None
    over: str | None


class WorkbookRow(NamedTuple):
    """A workbook: with which reader it was read, and why not with the first."""

    workbook: str
    reader: str
    instead_of: str | None


class NoticeRow(NamedTuple):
    """What a reader of the figures should know and no rule judges, such as hidden content."""

    what: str
    value: str | None
    workbook: str
    sheet: str | None
    cell: str | None


class CorrectionRow(NamedTuple):
    """A known fault that was declared and corrected in reading, not in the workbook."""

    was: str
    read_as: str
    reason: str
    told_by: str
    date: date | None
    workbook: str
    sheet: str
    cell: str


class ConfirmationRow(NamedTuple):
    """That there was no update of a workbook or project (`what`): who says so, when and why."""

    what: str
    by: str
    date: date | None
    why: str
    workbook: str
    sheet: str | None
    cell: str | None


class ExplanationRow(NamedTuple):
    """Why it is right to go on although a check failed, as a person has declared it.

    `finding` is the id of what it explains; `stated` and `calculated` are its amounts, None where
    it has none. It holds until the day `until`, that day included.
    """

    finding: str
    stated_pence: _Pence | None
    calculated_pence: _Pence | None
    why: str
    by: str
    until: date | None
    date: date | None
    workbook: str
    sheet: str | None
    cell: str | None


class StatementRow(NamedTuple):
    """A line outside the tables that says of which day or quarter a sheet of savings is."""

    text: str
    first_day: date
    last_day: date
    workbook: str
    sheet: str
    cell: str


class NameRow(NamedTuple):
    """A service or programme, and whether figures and register know it by the same name.

    `used_for` is the name that a reviewed alias replaces.
    """

    kind: str
    name: str
    used_for: str | None
    matched: bool | None
    workbook: str
    sheet: str
    cell: str


class UnusedRow(NamedTuple):
    """A sheet without a known table, or a number of a recognised sheet that no table uses."""

    what: str
    value: str | None
    workbook: str
    sheet: str | None
    cell: str | None


class QuestionRow(NamedTuple):
    """What reading found that somebody must look into, and that withholds nobody.

    `rule` is the rule whose finding asks it; without a `project` every briefing asks it.
    """

    rule: str
    sentence: str
    project: str | None
    workbook: str
    sheet: str
    cell: str


ROWS: Mapping[str, type[tuple[Any, ...]]] = {
    "budget": BudgetRow,
    "savings": SavingRow,
    "totals": TotalRow,
    "full_year": FullYearRow,
    "comparisons": ComparisonRow,
    "mtfp": PlanRow,
    "projects": ProjectRow,
    "milestones": MilestoneRow,
    "risks": RiskRow,
    "signoff": SignOffRow,
    "deadlines": DeadlineRow,
    "background": BackgroundRow,
    "commentary": CommentaryRow,
    "recipients": RecipientRow,
    "blocks": BlockRow,
    "refusals": RefusalRow,
    "unused": UnusedRow,
    "workbooks": WorkbookRow,
    "notices": NoticeRow,
    "questions": QuestionRow,
    "corrections": CorrectionRow,
    "confirmations": ConfirmationRow,
    "explanations": ExplanationRow,
    "statements": StatementRow,
    "names": NameRow,
    "weights": WeightRow,
    "settings": SettingRow,
}
_KINDS: Mapping[object, Kind] = {str: "text", int: "count", date: "date", bool: "flag"}


def _column(hint: Any) -> Column:
    """The column of a field, from its type."""
    options = get_args(hint) if type(None) in get_args(hint) else (hint,)
    (part,) = (option for option in options if option is not type(None))
    details = getattr(part, "__metadata__", ())
    base = part.__origin__ if details else part
    allowed = next((detail for detail in details if isinstance(detail, tuple)), ())
    kind: Kind = "pence" if "pence" in details else _KINDS[base]
    return Column(kind, required=part is hint, allowed=allowed)


CONTRACTS: Mapping[str, Mapping[str, Column]] = {
    table: {name: _column(hint) for name, hint in get_type_hints(row, include_extras=True).items()}
    for table, row in ROWS.items()
}


def frame(table: str, rows: Iterable[Mapping[str, object]]) -> pd.DataFrame:
    """Rows as the canonical table of that name: its columns in order, its types, nothing else."""
    contract = CONTRACTS[table]
    every = list(rows)
    return pd.DataFrame(
        {
            name: _values([row.get(name) for row in every], column.kind)
            for name, column in contract.items()
        }
    )


def _values(values: list[object], kind: Kind) -> Any:
    """The values of one column; pandas makes no array of its kind of dates by itself."""
    dtype: Any = DTYPES[kind]
    if kind == "date":
        return pd.Series(values, dtype="object").astype(dtype)
    return pd.array(values, dtype=dtype)


@dataclass(frozen=True)
class Tables:
    """All canonical tables of one quarter as read.

    `before` are those of the last quarter before it that was read, where there is one: of these
    only the tables named in `HISTORY` have rows, and their workbooks are named with their period
    ("2015-16-Q1/register.xlsx").
    """

    period: Period
    as_of: date
    as_of_cell: str
    digest: str
    budget: pd.DataFrame
    savings: pd.DataFrame
    totals: pd.DataFrame
    full_year: pd.DataFrame
    comparisons: pd.DataFrame
    mtfp: pd.DataFrame
    projects: pd.DataFrame
    milestones: pd.DataFrame
    risks: pd.DataFrame
    signoff: pd.DataFrame
    deadlines: pd.DataFrame
    background: pd.DataFrame
    commentary: pd.DataFrame
    recipients: pd.DataFrame
    blocks: pd.DataFrame
    refusals: pd.DataFrame
    unused: pd.DataFrame
    workbooks: pd.DataFrame
    notices: pd.DataFrame
    questions: pd.DataFrame
    corrections: pd.DataFrame
    confirmations: pd.DataFrame
    explanations: pd.DataFrame
    statements: pd.DataFrame
    names: pd.DataFrame
    weights: pd.DataFrame
    settings: pd.DataFrame
    before: "Tables | None" = None


TABLE_NAMES = tuple(item.name for item in fields(Tables) if item.name in CONTRACTS)
# What is kept of earlier quarters: what a movement is measured from.
HISTORY = frozenset(
    {"projects", "savings", "totals", "milestones", "deadlines", "refusals", "confirmations"}
)

R = TypeVar("R", bound=tuple[Any, ...])


class Rows(Sequence[R], Generic[R]):
    """The rows of one table as records, in its order, and by what they state."""

    def __init__(self, rows: Iterable[R] = ()) -> None:
        self._rows = tuple(rows)
        self._by: dict[str, dict[Any, list[R]]] = {}

    @overload
    def __getitem__(self, place: int) -> R: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[R, ...]: ...
    def __getitem__(self, place: int | slice) -> R | tuple[R, ...]:
        return self._rows[place]

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[R]:
        return iter(self._rows)

    def by(self, column: str) -> Mapping[Any, list[R]]:
        """The rows by what they state in a column; each index is made once."""
        if column not in self._by:
            found: dict[Any, list[R]] = {}
            for row in self._rows:
                found.setdefault(getattr(row, column), []).append(row)
            self._by[column] = found
        return self._by[column]

    def of_project(self, project: str) -> list[R]:
        """The rows that are the project's own."""
        return self.by("project").get(project, [])

    def of_block(self, block: str) -> list[R]:
        """The rows that one table of a sheet states."""
        return self.by("block").get(block, [])


def records(kind: type[R], data: pd.DataFrame) -> Rows[R]:
    """The rows of a table as records.

    None stands for what is missing; dates and integers are Python's own.
    """
    columns = []
    for column in data.items() if len(data) else ():
        values = column[1].array.to_numpy(dtype=object, na_value=None).tolist()
        if column[1].dtype.kind in "MO":
            values = [value.date() if isinstance(value, datetime) else value for value in values]
        if column[1].dtype == "string":
            # A quarter names the same services, years and sheets in thousands of rows; each text
            # is kept once.
            once: dict[str | None, str | None] = {}
            values = [once.setdefault(value, value) for value in values]
        columns.append(values)
    make: Any = kind
    return Rows(map(make._make, zip(*columns, strict=True)))


class _Stating(Protocol):
    @property
    def amount_pence(self) -> int | None: ...
    @property
    def missing(self) -> str | None: ...


S = TypeVar("S", bound=_Stating)


def with_amount(rows: Iterable[S]) -> list[S]:
    """The rows that state an amount."""
    return [row for row in rows if row.amount_pence is not None]


def non_zero(rows: Iterable[S]) -> list[S]:
    """The rows that state an amount other than nil."""
    return [row for row in rows if row.amount_pence]


def with_marked_gap(rows: Iterable[S]) -> list[S]:
    """The rows whose amount the source itself marks as missing (TBC, .., #REF!); no blank."""
    return [row for row in rows if row.amount_pence is None and row.missing != BLANK]
