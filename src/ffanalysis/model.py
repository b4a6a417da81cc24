"""The vocabulary, the contract of every canonical table, and the records that figures and findings are made of.

Tables are pandas frames with one row per stated value. Money is whole pence (`amount_pence`, Int64) beside the unit it was
stated to (`stated_to_pence`); an amount that is not there is missing, with its reason in `missing`. Every row names the
`workbook`, `sheet` and `cell` it was read from.
"""

import re
import unicodedata
from collections import namedtuple
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal, TypeAlias, TypeVar

import pandas as pd

from ffanalysis.periods import Period

RAG_STATUSES = ("Green Delivered", "Green On Target", "Amber", "Red")
DELIVERED = RAG_STATUSES[0]
ROUTES = ("Retained", "Commissioned")
SAVING_TYPES = ("Further", "Faster", "New", "Cross cutting")
PLANS = ("prior", "current", "proposed")
MEASURES = ("original target", "revised target", "delivered to date", "forecast")
RECURRENCES = ("recurring", "one-off")
SAVINGS_POSITIONS = ("before", "after")
CAPACITIES = ("officer", "member", "governance body")

BLANK = "blank"
PROVENANCE = ("workbook", "sheet", "cell")

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
    """One column of a canonical table.

    Its kind, whether it must be filled, and the values it may hold.
    """

    kind: Kind = "text"
    required: bool = False
    allowed: tuple[str, ...] = ()


_MONEY = {"amount_pence": Column("pence"), "stated_to_pence": Column("pence"), "missing": Column()}
_SOURCE = {name: Column(required=True) for name in PROVENANCE}
# Which line of its table an amount belongs to, numbered as the table states them: rows of a wide
# table, or what a long one repeats year by year. An amount and its neighbours in other years share
# it.
_LINE = {"line_no": Column("count")}
# What tells one saving from another: the dimensions that a line of a savings schedule may have.
SAVING_DIMENSIONS = {
    "project": Column(),
    "programme": Column(),
    "scope": Column(),
    "plan": Column(allowed=PLANS),
    "saving_type": Column(),
    "types": Column(),
    "route": Column(allowed=ROUTES),
    "rag": Column(allowed=RAG_STATUSES),
    "rag_missing": Column(),
    "measure": Column(allowed=MEASURES),
    "ref": Column(),
    "in_mtfp": Column("flag"),
}

CONTRACTS: Mapping[str, Mapping[str, Column]] = {
    "budget": {
        "block": Column(required=True),
        "service": Column(required=True),
        "part_of": Column(),
        "basis": Column(),
        "savings_position": Column(allowed=SAVINGS_POSITIONS),
        "year": Column(required=True),
        **_LINE,
        **_MONEY,
        **_SOURCE,
    },
    # `original_rag` is the status that the schedule says a line began with, `reason` why it moved,
    # and `mitigates` what a line stands in for that is not delivered.
    "savings": {
        "block": Column(required=True),
        **SAVING_DIMENSIONS,
        "original_rag": Column(allowed=RAG_STATUSES),
        "recurring": Column(allowed=RECURRENCES),
        "mitigates": Column(),
        "reason": Column(),
        "year": Column(),
        **_LINE,
        **_MONEY,
        **_SOURCE,
    },
    # A printed total is an assertion: kept apart, checked, never added into a figure. `over` says
    # what it adds: the rows of one year, the years of one row, both, or the rows of all years until
    # its own. Where it adds only some lines of its table, `first_line` and `last_line` say which.
    "totals": {
        "table": Column(required=True, allowed=("budget", "savings", "mtfp")),
        "block": Column(required=True),
        "label": Column(),
        "over": Column(required=True, allowed=("rows", "years", "both", "cumulative")),
        "first_line": Column("count"),
        "last_line": Column("count"),
        "service": Column(),
        **SAVING_DIMENSIONS,
        "year": Column(),
        **_LINE,
        **_MONEY,
        **_SOURCE,
    },
    "mtfp": {
        "block": Column(required=True),
        "line": Column(required=True),
        "service": Column(),
        "programme": Column(),
        "year": Column(),
        **_LINE,
        **_MONEY,
        **_SOURCE,
    },
    "projects": {
        "project": Column(required=True),
        "name": Column(required=True),
        **{
            name: Column()
            for name in (
                "title",
                "saving_type",
                "types",
                "plan_area",
                "cmr_lead",
                "slt_lead",
                "head_of_service",
                "cmr_challenge",
                "service",
                "programme",
                "status",
                "description",
                "purpose",
                "outcomes",
                "constraints",
                "assumptions",
                "decision",
            )
        },
        **_SOURCE,
    },
    "milestones": {
        "project": Column(required=True),
        "milestone": Column(required=True),
        "completed_by": Column(),
        "first_day": Column("date"),
        "last_day": Column("date"),
        "tentative": Column("flag"),
        **_SOURCE,
    },
    "risks": {
        "project": Column(required=True),
        "risk": Column(required=True),
        "mitigation": Column(),
        "likelihood": Column(),
        "impact": Column(),
        **_SOURCE,
    },
    "signoff": {
        "project": Column(required=True),
        "role": Column(required=True),
        "name": Column(),
        "signed": Column(),
        "signed_day": Column("date"),
        "signed_on": Column(),
        "capacity": Column(allowed=CAPACITIES),
        "minute": Column(),
        **_SOURCE,
    },
    "deadlines": {
        "project": Column(required=True),
        "what": Column(required=True),
        "quantity": Column("count"),
        "quantity_text": Column(),
        "approximate": Column("flag"),
        "done": Column("count"),
        "done_cell": Column(),
        "by": Column(required=True),
        "by_day": Column("date"),
        "by_cell": Column(),
        **_SOURCE,
    },
    "recipients": {
        "project": Column(required=True),
        "name": Column(),
        "email": Column(required=True),
        **_SOURCE,
    },
    # One row per table found in a sheet: how it is headed, in which unit, over which years.
    "blocks": {
        "block": Column(required=True),
        "table": Column(required=True),
        "range": Column(required=True),
        "title": Column(),
        "title_cell": Column(),
        "unit": Column("pence"),
        "unit_cell": Column(),
        "title_unit": Column("pence"),
        "own_unit": Column("pence"),
        "first_year": Column(),
        "last_year": Column(),
        "header_cell": Column(required=True),
        **_SOURCE,
    },
    # How much of a saving is counted on by its RAG status, in percent, and where that is declared.
    "weights": {
        "rag": Column(required=True, allowed=RAG_STATUSES),
        "low": Column("count", required=True),
        "central": Column("count", required=True),
        "high": Column("count", required=True),
        "declared_in": Column(required=True),
    },
    # What could not be read, and whom it withholds: blank keys withhold every project. In a table
    # of money: in which line and year, and what it would have added where it is a printed total.
    "refusals": {
        "sentence": Column(required=True),
        "value": Column(),
        "project": Column(),
        "programme": Column(),
        "service": Column(),
        "workbook": Column(required=True),
        "sheet": Column(),
        "cell": Column(),
        "block": Column(),
        "line_no": Column("count"),
        "year": Column(),
        "over": Column(),
    },
    # The workbooks: with which reader each was read, and why not with the first.
    "workbooks": {
        "workbook": Column(required=True),
        "reader": Column(required=True),
        "instead_of": Column(),
    },
    # What a reader of the figures should know and no rule judges: hidden content, values from other
    # workbooks.
    "notices": {
        "what": Column(required=True),
        "value": Column(),
        "workbook": Column(required=True),
        "sheet": Column(),
        "cell": Column(),
    },
    # Faults that somebody declared and mended in reading, not in the workbook.
    "corrections": {
        "was": Column(required=True),
        "read_as": Column(required=True),
        "reason": Column(required=True),
        "told_by": Column(required=True),
        "date": Column("date"),
        **_SOURCE,
    },
    # The names of services and programmes, and whether the figures and the register know each by
    # the same name.
    "names": {
        "kind": Column(required=True),
        "name": Column(required=True),
        "used_for": Column(),  # the name that a reviewed alias puts in its place
        "matched": Column("flag"),
        **_SOURCE,
    },
    # Sheets without a known table, and numbers in a recognised sheet that no table uses.
    "unused": {
        "what": Column(required=True),
        "value": Column(),
        "workbook": Column(required=True),
        "sheet": Column(),
        "cell": Column(),
    },
}


def frame(table: str, rows: Iterable[Mapping[str, object]]) -> pd.DataFrame:
    """Rows as the canonical table of that name: its columns in order, its types, nothing else."""
    contract = CONTRACTS[table]
    data = pd.DataFrame(list(rows), columns=list(contract), dtype="object")
    return data.astype({name: DTYPES[column.kind] for name, column in contract.items()})


@dataclass(frozen=True)
class Tables:
    """All canonical tables of one period, as read; nothing changes them afterwards.

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
    mtfp: pd.DataFrame
    projects: pd.DataFrame
    milestones: pd.DataFrame
    risks: pd.DataFrame
    signoff: pd.DataFrame
    deadlines: pd.DataFrame
    recipients: pd.DataFrame
    blocks: pd.DataFrame
    refusals: pd.DataFrame
    unused: pd.DataFrame
    workbooks: pd.DataFrame
    notices: pd.DataFrame
    corrections: pd.DataFrame
    names: pd.DataFrame
    weights: pd.DataFrame
    before: "Tables | None" = None

    @property
    def slugs(self) -> tuple[str, ...]:
        """The projects of the register, in its order."""
        return tuple(self.projects["project"])


TABLE_NAMES = tuple(item.name for item in fields(Tables) if item.name in CONTRACTS)
# What is kept of earlier quarters: what a movement is measured from.
HISTORY = frozenset({"projects", "savings", "totals", "milestones", "deadlines", "refusals"})


# A row of a table: a named tuple with the table's columns as its fields.
Row: TypeAlias = Any


@lru_cache
def _row_of(columns: tuple[str, ...]) -> Any:
    return namedtuple("Row", columns, rename=True)  # noqa: PYI024 - the columns are known only here


def records(data: pd.DataFrame) -> Iterator[Row]:
    """The rows of a table as records, with None for what is missing and plain dates and integers for the rest."""
    columns = {}
    for name, column in data.items() if len(data) else ():
        values = column.array.to_numpy(dtype=object, na_value=None).tolist()
        if column.dtype.kind in "MO":
            values = [value.date() if isinstance(value, datetime) else value for value in values]
        if column.dtype == "string":
            # A period names the same services, years and sheets in thousands of rows; each is kept
            # once.
            once: dict[str | None, str | None] = {}
            values = [once.setdefault(value, value) for value in values]
        columns[name] = values
    return map(_row_of(tuple(columns))._make, zip(*columns.values(), strict=True))


def cell_of(record: Any) -> str:
    """Where a row was read: "book.xlsx!Sheet!C14"."""
    return f"{record.workbook}!{record.sheet}!{record.cell}"


_PLACE = re.compile(r"(.+?\.(?:xls[xm]?|ods|csv))!(.+)!([A-Z]+\d+)", re.I | re.S)


def place_of(cell: str) -> tuple[str, str, str]:
    """Workbook, sheet and address of "book.xlsx!Sheet!C14".

    A sheet's name may itself hold an exclamation mark.
    """
    found = _PLACE.fullmatch(cell)
    if found is None:
        raise ValueError(cell)
    return found[1], found[2], found[3]


_TAKEN = frozenset(
    {"index", "programme", "findings", "reconciliation", "run", "notebooks", "exceptions", "outbox"}
)
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
)


@lru_cache(maxsize=1 << 14)
def slug(name: str) -> str:
    """A name as it stands in file names and parameters.

    Lower case a-z, 0-9 and single hyphens, at most 80 characters.

    A name that no file of ours or of Windows may have gets "-project" behind it; one without a
    letter or digit gives "".
    """
    plain = (
        unicodedata.normalize("NFKD", name.replace("&", " and ")).encode("ascii", "ignore").decode()
    )
    text = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:80].strip("-")
    return f"{text}-project" if text in _TAKEN or text in _DEVICES else text


_Key = TypeVar("_Key")


def slugs(names: Mapping[_Key, str]) -> dict[_Key, str]:
    """The slug of the name of each of these.

    Where several come to one slug, the later ones have a number behind it.
    """
    found: dict[_Key, str] = {}
    taken: set[str] = set()
    for key, name in names.items():
        one, number = slug(name), 1
        while one in taken:
            number += 1
            one = f"{slug(name)}-{number}"
        found[key] = one
        taken.add(one)
    return found


_EXCEPT = re.compile(
    r"\s*[,(–-]?\s*\b(?:excluding|excl\.?|except|other than|without)\b(.*)$", re.I | re.S
)


def scope_service(scope: str | None) -> str:
    """The service that a scope is about.

    "Education & Skills excluding SEND" is about Education & Skills.
    """
    return _EXCEPT.sub("", scope or "").strip()


def scope_leaves_out(scope: str | None, part: str) -> bool:
    """Whether a scope says that it is without this part of its service, by the part's name or by words it begins with.

    "Education & Skills excluding SEND" leaves out SEND Services, and nothing else.
    """
    found = _EXCEPT.search(scope or "")
    said = [piece.split() for piece in re.split(r"[,;]|\band\b", found[1].lower())] if found else []
    # A part's own name may have an "and" in it.
    whole = f" {' '.join(found[1].lower().split())} " if found else ""
    words = part.lower().split()
    return f" {' '.join(words)} " in whole or any(
        piece and words[: len(piece)] == piece for piece in said
    )


FigureUnit = Literal["pence", "percent", "count", "per month", "months"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that a briefing shows, with its name and every cell it was made from.

    `value` is in `unit`: whole pence, or a percentage, count or rate as an exact decimal; None
    where the source does not state it, and then `missing` says why. `stated_to` is the unit in
    pence to which money is stated. `partial` marks a sum with gaps that the source itself marks.
    `label` says in words what it is.
    """

    name: str
    value: int | Decimal | None
    cells: tuple[str, ...]
    unit: FigureUnit = "pence"
    stated_to: int | None = None
    missing: str = ""
    partial: bool = False
    project: str = ""
    label: str = ""

    @property
    def pence(self) -> int:
        """The amount in pence of a figure that is known to be there."""
        if self.unit != "pence" or self.value is None:
            raise ValueError(f"{self.name} is not a stated amount")
        return int(self.value)


# A sentence keeps its figures apart from its words, so that the page can mark each and a test can
# find each.
Sentence = tuple["str | Figure", ...]

Outcome = Literal[
    "agrees",
    "within_rounding",
    "disagrees",
    "not_comparable",
    "not_stated",
    "within_limit",
    "exceeds_limit",
    "too_close",
]
Severity = Literal["error", "query", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "query", "note")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says of one subject in one year.

    Money is in pence; difference = calculated - stated.

    For a limit, `stated` is the limit, `calculated` what is held against it, and the headroom is
    -difference. `parent` is the id of the finding that explains this one. What concerns a whole
    programme has no `project` but a `service`.
    """

    rule: str
    subject: str
    outcome: Outcome
    severity: Severity
    message: Sentence
    year: str = ""
    stated: int | None = None
    calculated: int | None = None
    tolerance: int | None = None
    cells: tuple[str, ...] = ()
    parent: str = ""
    project: str = ""
    programme: str = ""
    service: str = ""

    @property
    def id(self) -> str:
        return ":".join(
            part for part in (self.rule, slug(self.subject), self.year.replace("/", "-")) if part
        )

    @property
    def difference(self) -> int | None:
        return (
            None
            if self.stated is None or self.calculated is None
            else self.calculated - self.stated
        )


def merged_cells(*groups: Iterable[str]) -> tuple[str, ...]:
    """Cells of several figures as one list, each once, in the order of their first mention."""
    return tuple(dict.fromkeys(cell for group in groups for cell in group))


# --- what the workbook check says of any workbook ---------------------------------------------------------------------

RemarkSeverity = Literal["error", "warning", "note"]
REMARK_SEVERITIES: tuple[RemarkSeverity, ...] = ("error", "warning", "note")


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that a person should know of a workbook, with its cells.

    `stated`, `calculated`, their difference and `tolerance` are in `unit`, the unit that the table
    prints ("£000", "$", "" where none is written): exact decimals, not pence.
    """

    severity: RemarkSeverity
    code: str
    message: str
    cells: tuple[str, ...] = ()
    stated: Decimal | None = None
    calculated: Decimal | None = None
    tolerance: Decimal | None = None
    unit: str = ""

    @property
    def difference(self) -> Decimal | None:
        return (
            None
            if self.stated is None or self.calculated is None
            else self.calculated - self.stated
        )


@dataclass(frozen=True, slots=True)
class TableFound:
    """A table of figures in a workbook.

    Where it stands, how it is headed, and which of its rows and columns are totals.

    `kind` is the table that a period would read it as ("budget", "savings", ...), or "figures".
    """

    workbook: str
    sheet: str
    range: str
    title: str
    header: tuple[str, ...]
    unit: str
    years: tuple[str, ...]
    kind: str
    rows: int
    columns: int
    total_rows: tuple[int, ...]
    total_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WorkbookCheck:
    """All that the workbook check found in one workbook.

    Its tables from the top, its remarks with the worst first.
    """

    workbook: str
    reader: str
    tables: tuple[TableFound, ...]
    remarks: tuple[Remark, ...]

    @property
    def has_errors(self) -> bool:
        return any(remark.severity == "error" for remark in self.remarks)
