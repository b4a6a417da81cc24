"""The contract of every canonical table, and the tables of a period.

Tables are pandas frames with one row per stated value. Money is whole pence (`amount_pence`, Int64)
beside the unit it was stated to (`stated_to_pence`); an amount that is not there is missing, with
its reason in `missing`. Every row names the `workbook`, `sheet` and `cell` it was read from.
"""

from collections import namedtuple
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Literal, TypeAlias

import pandas as pd

from ffanalysis.periods import Period
from ffanalysis.provenance import PROVENANCE
from ffanalysis.vocabulary import (
    CAPACITIES,
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
