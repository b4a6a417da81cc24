"""What two readers make of the same workbooks, compared cell by cell.

Every filled cell of a sheet that any table was read from must have the same number, text, date or
emptiness by both, and every amount must be what the second reader finds in its cell. Where they
differ, the projects that use the cell are withheld, with both readings.
docs/witnesses.md has the rules.
"""

import pickle
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from time import monotonic
from typing import Any

import pandas as pd
from openpyxl.utils.cell import coordinate_to_tuple, get_column_letter

from ffanalysis.errors import UserError
from ffanalysis.money import share_written, to_the_penny
from ffanalysis.provenance import CellRef
from ffanalysis.read import inputs_of, load
from ffanalysis.run.cache import write_read_only
from ffanalysis.sheets.cells import NotCalculated, Sheet
from ffanalysis.sheets.open_workbook import plain_name, read_workbook
from ffanalysis.tables import ROWS, Tables, frame, records
from ffanalysis.verify import READER_NAMES, Cells, Workbooks, Wrong, plain_text, without_raised

# The tables whose amounts are compared with the cells that they name, and those beside them.
_MONEY = ("savings", "totals", "full_year", "budget", "mtfp")
_OTHERS = (
    *("projects", "milestones", "risks", "signoff", "deadlines", "background", "commentary"),
    "recipients",
)
# Whom a refusal may name: the first of these that a row states.
_KEYS = {"project": "project", "programme": "programme", "service": "service", "scope": "service"}
# £, £000 and £m in pence.
_UNITS = (100, 100_000, 100_000_000)
_DIGITS = re.compile(r"[0-9]+")
_PLAIN = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_FOOTNOTE = re.compile(r"(?<=[0-9])\s*[(\[][0-9]{1,2}[)\]]\s*$")


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A cell, or a whole workbook, of which the readers say different things.

    `about` has whom it may concern, as the keys of a refusal: nothing where it is everyone.
    """

    cell: CellRef
    sentence: str
    about: Mapping[str, str | None]


@dataclass(frozen=True)
class SecondReading:
    """The outcome: how many cells were compared in which time, and where the readers differ.

    `digest` is the sha256 of what the second reader found, where it was kept.
    """

    cells: int
    seconds: float
    disagreements: tuple[Disagreement, ...]
    digest: str = ""


@dataclass(frozen=True)
class ReadingRequest:
    """The programme's folder, the quarter, and where the tables that were read are kept.

    What the second reader finds is kept in the file `found`, where one is named.
    """

    root: Path
    period: str
    store: Path
    found: Path | None = None


def read_second(request: ReadingRequest) -> SecondReading:
    """Read a quarter's workbooks a second time, and compare."""
    begun = monotonic()
    tables = load(request.period, request.root, request.store)
    users, workbooks = _Users(tables), Workbooks(request.root / "data" / "raw" / request.period)
    compared, found = 0, []
    for path in inputs_of(request.root, request.period):
        sheets = users.sheets_of(plain_name(path.name))
        if sheets and path.suffix.lower() in READER_NAMES:
            one = _Workbook(path, workbooks, users, sheets)
            found += list(one.disagreements())
            compared += one.compared
    digest = write_read_only(request.found, pickle.dumps(workbooks)) if request.found else ""
    return SecondReading(compared, monotonic() - begun, tuple(found), digest)


def with_refusals(tables: Tables, disagreements: Iterable[Disagreement]) -> Tables:
    """The tables of a quarter with a refusal for each cell on which its readers disagree."""
    rows = [
        {
            "sentence": each.sentence,
            **each.about,
            "workbook": each.cell.workbook,
            "sheet": each.cell.sheet,
            "cell": each.cell.address,
        }
        for each in disagreements
    ]
    return replace(tables, refusals=pd.concat([tables.refusals, frame("refusals", rows)]))


class _Users:
    """Whom the cells of each sheet are used for: by row of the sheet, and altogether."""

    def __init__(self, tables: Tables) -> None:
        self.rows: dict[tuple[str, str], dict[int, dict[tuple[Any, ...], None]]] = {}
        self.amounts: dict[tuple[str, str], list[Any]] = {}
        for name in (*_MONEY, *_OTHERS):
            for row in records(ROWS[name], getattr(tables, name)):
                self._note(name, row)

    def _note(self, table: str, row: Any) -> None:
        place = (row.workbook, row.sheet)
        number = CellRef(*place, row.cell).row
        key = tuple(getattr(row, name, None) for name in _KEYS)
        self.rows.setdefault(place, {}).setdefault(number, {})[key] = None
        if table in _MONEY and row.amount_pence is not None and not row.corrected:
            self.amounts.setdefault(place, []).append(row)

    def sheets_of(self, workbook: str) -> list[str]:
        return [sheet for book, sheet in self.rows if book == workbook]

    def of(self, cell: CellRef) -> list[dict[str, str | None]]:
        """Whom a cell may concern: those of its row, else all of its sheet; all where nobody."""
        rows = self.rows.get((cell.workbook, cell.sheet), {})
        keys = rows.get(cell.row) or {key: None for own in rows.values() for key in own}
        named = [key for key in keys if any(key)]
        if not named:
            return [{}]
        return [
            next({name: value} for name, value in zip(_KEYS.values(), key, strict=True) if value)
            for key in named
        ]


class _Workbook:
    """One workbook by both readers."""

    def __init__(
        self, path: Path, workbooks: Workbooks, users: _Users, sheets: Sequence[str]
    ) -> None:
        self.path, self.workbooks, self.users, self.sheets = path, workbooks, users, sheets
        self.name = plain_name(path.name)
        self.reader = READER_NAMES[path.suffix.lower()]
        self.compared = 0

    def disagreements(self) -> Iterator[Disagreement]:
        """Where the readers differ, cell by cell."""
        try:
            ours = {sheet.name: sheet for sheet in read_workbook(self.path).sheets}
        except UserError:
            return  # refused already, by name
        try:
            theirs = self.workbooks.sheets(self.name)
        except Wrong as error:
            what = f"a second reader ({self.reader}) cannot read it ({error.kind})"
            for sheet in self.sheets:
                yield from self._differ(CellRef(self.name, sheet, "A1"), what)
            return
        for name in self.sheets:
            if name in ours:
                yield from self._compare(ours[name], theirs.get(plain_text(name), {}))

    def _compare(self, ours: Sheet, theirs: Cells) -> Iterator[Disagreement]:
        own = {(cell.row, cell.column): cell.value for cell in ours.cells()}
        self.compared += len(own)
        for place in sorted({*own, *theirs}):
            if place in ours.corrected:
                continue
            first, second = own.get(place), theirs.get(place)
            if not agree(first, second):
                yield from self._differ_in(ours.name, place, _said(first), _said(second))
        for row in self.users.amounts.get((self.name, ours.name), ()):
            place = coordinate_to_tuple(row.cell)
            first, second = own.get(place), theirs.get(place)
            if isinstance(first, str) and without_raised(first) != first:
                second = without_raised(first)  # calamine does not tell the mark of a footnote
            if agree(first, second) and not _is_amount_of_row(row, second, theirs):
                pounds = f"£{Decimal(row.amount_pence) / 100:,}"
                yield from self._differ_in(ours.name, place, pounds, _said(theirs.get(place)))

    def _differ_in(
        self, sheet: str, place: tuple[int, int], first: str, second: str
    ) -> Iterator[Disagreement]:
        cell = CellRef(self.name, sheet, f"{get_column_letter(place[1])}{place[0]}")
        yield from self._differ(
            cell, f"it was read as {first}, and a second reader ({self.reader}) finds {second}"
        )

    def _differ(self, cell: CellRef, what: str) -> Iterator[Disagreement]:
        sentence = (
            f"{cell.workbook}, sheet {cell.sheet}, cell {cell.address}: {what} (open the workbook"
            " in Excel, look at the cell, save it, and run again)."
        )
        for about in self.users.of(cell):
            yield Disagreement(cell, sentence, about)


def agree(first: Any, second: Any) -> bool:
    """Whether two readers say the same of a cell: a number, a text, a date, or nothing."""
    if isinstance(first, NotCalculated):
        return True  # a figure that would use it is refused already
    if _is_blank(first) or _is_blank(second):
        return (_is_blank(first) and _is_blank(second)) or _is_error(first)
    if isinstance(first, bool) or isinstance(second, bool):
        return str(first).casefold() == str(second).casefold()
    if (moment := as_moment(first)) or as_moment(second):
        return moment == as_moment(second)
    if _is_number(first):
        return _number(second) == float(first)
    return not _is_number(second) and _same_text(str(first), str(second))


def _same_text(first: str, second: str) -> bool:
    """Whether two texts are the same, whatever became of the mark of a footnote behind them.

    Ours has it as a raised sign (318²), openpyxl's is taken off, calamine's is a sign like others.
    """
    text = plain_text(second)
    return text in (
        plain_text(first),
        plain_text(without_raised(first)),
        plain_text(unicodedata.normalize("NFKC", first)),
    )


def _is_amount_of_row(row: Any, value: Any, cells: Cells) -> bool:
    """Whether the amount of a row is what its cell says, or its share of what its total says."""
    if not getattr(row, "share_of", None):
        return is_amount_of(row.amount_pence, value)
    share = share_written(str(value), row.share_whole)
    whole = cells.get(coordinate_to_tuple(row.share_of))
    is_whole = row.share_of_corrected or is_amount_of(row.share_of_pence, whole)
    return is_whole and to_the_penny(row.share_of_pence * share) == row.amount_pence


def is_amount_of(pence: int, value: Any) -> bool:
    """Whether an amount is what a cell says, in £, £000 or £m and whatever the sign means.

    Of a text that is no plain number, as all of a .csv's are, the digits are compared, nought
    before and behind them left out.
    """
    plain = _PLAIN.fullmatch(value.strip()) if isinstance(value, str) else None
    if plain or _is_number(value):
        number = Decimal(plain[0] if plain else repr(value))
        return any(abs(round(number * unit)) == abs(pence) for unit in _UNITS)
    digits = "".join(_DIGITS.findall(_FOOTNOTE.sub("", str(value or ""))))
    return digits.strip("0") == str(abs(pence)).strip("0")


def _is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not plain_text(value))


def _is_error(value: Any) -> bool:
    """Whether a cell shows an error, which calamine leaves out: it is a gap, and never a number."""
    return isinstance(value, str) and value.startswith("#")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _number(value: Any) -> float | None:
    """A number, also one that a .csv writes as text."""
    with suppress(TypeError, ValueError):
        return float(value)
    return None


def _said(value: Any) -> str:
    """A value as a sentence shows it."""
    if _is_blank(value):
        return "nothing"
    if isinstance(value, time | timedelta):
        return str(value)
    if (moment := as_moment(value)) is not None:
        return f"{moment:%Y-%m-%d}" if moment.time() == time.min else f"{moment:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return f"'{value}'" if isinstance(value, str) else str(value)


def as_moment(value: Any) -> datetime | None:
    """A date as its first moment, a moment to the second; None for anything else."""
    if isinstance(value, datetime):
        return (value + timedelta(microseconds=500_000)).replace(microsecond=0, tzinfo=None)
    return datetime(value.year, value.month, value.day) if isinstance(value, date) else None  # noqa: DTZ001 - a cell's date has no zone
