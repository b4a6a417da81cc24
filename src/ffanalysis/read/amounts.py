"""The amount cells of one table as exact money.

Each in its unit, stated as far as its source states it, with one sign.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ffanalysis import money
from ffanalysis.layout import Layout, plain
from ffanalysis.read.collector import NOT_CALCULATED, Collected, Row, source_of
from ffanalysis.read.found_table import FoundTable
from ffanalysis.read.merged_amounts import MergedAmounts
from ffanalysis.read.shown_amounts import WRITE_AMOUNT, problem_shown, unit_shown
from ffanalysis.sheets.cells import Cell, NotCalculated, reference_of
from ffanalysis.vocabulary import BLANK

_LARGEST = 10**14  # a trillion pounds, in pence: more than any council has
_TOO_LARGE = "'{}' is larger than a trillion pounds (check the number and its unit)."
_DECIMAL_COMMA = re.compile(
    r"\s*[-(+]?\s*£?\s*(?:\d{1,3}(?:[. ]\d{3})+|\d+),\d{1,2}\s*[km]?\s*\)?\s*", re.I
)

NO_UNIT = "no unit is written"


class _NotAnAmount(Exception):
    """What is wrong with a cell of amounts, as the end of a sentence."""


@dataclass
class _Pending:
    """An amount whose precision is known only when the whole table has been read."""

    row: Row
    value: float | int
    scale: int
    decimals: int | None


@dataclass
class Amounts:
    """Reads the amount cells of one table, and settles their precision once all are known.

    Attributes:
        rows: the rows of the amounts that are there.
        pending: those of them whose precision is still to be settled.
        own_units: the units, in pence, of amounts written as text with a unit of their own.
        taken_units: those that other amounts written as text take from the table.
        stated: unit and precision of the amounts written as text.

    """

    found: FoundTable
    layout: Layout
    collected: Collected
    rows: list[Row] = field(default_factory=list)
    pending: list[_Pending] = field(default_factory=list)
    own_units: set[int] = field(default_factory=set)
    taken_units: set[int] = field(default_factory=set)
    stated: list[tuple[int, int]] = field(default_factory=list)
    _scales: dict[tuple[int, str], tuple[int | None, str]] = field(default_factory=dict)

    def read(self, cell: Cell, unit_cell: Cell | None, keys: Mapping[str, Any], entry: Row) -> bool:
        """Read a cell into `entry`; False where it was refused, which withholds those in `keys`.

        `unit_cell` is what its line states as its unit.
        """
        for name in ("amount_pence", "stated_to_pence", "missing", "factor"):
            entry[name] = None
        entry["written"] = cell.text or None
        try:
            cell = self._in_force(cell)
            self._require_clear(cell)
            if cell.value is None:
                entry["missing"] = BLANK
            elif cell.is_number:
                self._read_number(cell, unit_cell, entry)
            else:
                self._read_text(cell, unit_cell, entry)
        except _NotAnAmount as problem:
            self.collected.refuse(self.found, cell, str(problem), keys, entry)
            return False
        return True

    def _in_force(self, cell: Cell) -> Cell:
        """The cell itself, or the merged one over it where that says why its amount is missing.

        Raises _NotAnAmount for an amount that is merged over several, or that nobody sees.
        """
        place = (cell.row, cell.column)
        under, several = self.merged.under.get(place), self.merged.over_several.get(place)
        origin = self.found.sheet.at(*under[:2]) if under else cell
        if cell.value is None:
            return origin if self._is_word(origin) else cell
        if place in self.found.sheet.corrected:
            return cell
        if under:
            raise _NotAnAmount(
                f"'{cell.text}' is under the merged cell {reference_of(under)}, where nobody sees"
                " it (take the cells apart, or clear it)."
            )
        if several and not self._is_word(cell):
            raise _NotAnAmount(
                f"'{cell.text}' is merged over {reference_of(several)}, and nothing says what of it"
                " is of which year or line (write an amount into each cell)."
            )
        return cell

    def _is_word(self, cell: Cell) -> bool:
        """Whether a cell holds a word for an amount: "TBC", "nil"."""
        return isinstance(cell.value, str) and plain(cell.text) in (
            self.layout.markers | self.layout.nil
        )

    @cached_property
    def merged(self) -> MergedAmounts:
        """Which of the table's amounts are merged with others."""
        return MergedAmounts(self.found)

    def _require_clear(self, cell: Cell) -> None:
        if how := self.found.sheet.unclear.get((cell.row, cell.column)):
            raise _NotAnAmount(f"'{cell.text}' can be read two ways: {how} ({WRITE_AMOUNT}).")

    def _read_number(self, cell: Cell, unit_cell: Cell | None, entry: Row) -> None:
        scale, no_unit = self._scale(cell, unit_cell)
        scale = scale or unit_shown(cell) or None
        if scale is None:
            raise _NotAnAmount(no_unit)
        if problem := problem_shown(cell, scale, self.layout):
            raise _NotAnAmount(problem)
        if abs(cell.value) * scale > _LARGEST:
            raise _NotAnAmount(_TOO_LARGE.format(cell.text))
        if not cell.is_shown:
            what = "an amount that its number format hides, which is read like any other"
            source = source_of(self.found.sheet, cell)
            self.collected.add("notices", what=what, value=cell.text, **source)
        entry["written"], entry["factor"] = money.written_number(cell.value), scale
        self.pending.append(_Pending(entry, cell.value, scale, cell.decimals))
        self.rows.append(entry)

    def _read_text(self, cell: Cell, unit_cell: Cell | None, entry: Row) -> None:
        word = plain(cell.text)
        is_nil = word in self.layout.nil or (
            isinstance(cell.value, str) and money.is_nought(cell.value)
        )
        if word in self.layout.markers and not is_nil:
            entry["missing"] = cell.text
            return
        scale, no_unit = self._scale(cell, unit_cell)
        entry["written"] = cell.text
        if is_nil:
            entry["amount_pence"], entry["stated_to_pence"] = 0, scale or money.THOUSAND
            entry["factor"] = scale or money.THOUSAND
            return
        amount = _amount_of(cell, scale, no_unit)
        own = money.unit_of_text(cell.value)
        (self.own_units if own else self.taken_units).add(own or scale or amount.unit)
        self.stated.append((own or scale or amount.unit, amount.unit))
        entry["amount_pence"], entry["stated_to_pence"] = amount.pence, amount.unit
        entry["factor"] = own or scale
        self.rows.append(entry)

    def settle(self) -> None:
        """State each amount to its format's decimals, and turn the sign where the layout says so.

        Under General to the finest decimals found in its table and unit.
        """
        finest: dict[int, int] = {}
        for scale, unit in self.stated:
            finest[scale] = max(finest.get(scale, 0), len(str(scale // unit)) - 1)
        for item in self.pending:
            decimals = money.own_decimals(item.value) if item.decimals is None else item.decimals
            finest[item.scale] = max(finest.get(item.scale, 0), decimals)
        for item in self.pending:
            decimals = finest[item.scale] if item.decimals is None else item.decimals
            amount = money.from_number(item.value, item.scale, decimals)
            item.row["amount_pence"], item.row["stated_to_pence"] = amount.pence, amount.unit
        if self.layout.tables[self.found.table].sign == "saving is negative":
            for row in self.rows:
                row["amount_pence"], row["factor"] = -row["amount_pence"], -row["factor"]

    def unit_of(self, cell: Cell, unit_cell: Cell | None) -> int | None:
        """The unit, in pence, of a bare number beside the amounts; None where it is not known."""
        scale, _ = self._scale(cell, unit_cell)
        scale = scale or unit_shown(cell)
        return None if scale is None or problem_shown(cell, scale, self.layout) else scale

    @property
    def units(self) -> set[int]:
        """The units of the amounts that take theirs from the table.

        Where none does, those that the amounts carry.
        """
        return {item.scale for item in self.pending} | self.taken_units or self.own_units

    def _scale(self, cell: Cell, unit_cell: Cell | None) -> tuple[int | None, str]:
        """The unit of an amount that does not carry its own, in pence: the nearest that is written.

        Or None and why there is none.
        """
        key = (cell.column, unit_cell.text if unit_cell else "")
        if key not in self._scales:
            self._scales[key] = self._nearest_unit(cell.column, unit_cell)
        scale, problem = self._scales[key]
        return scale, problem.format(cell.text) if problem else ""

    def _nearest_unit(self, column: int, unit_cell: Cell | None) -> tuple[int | None, str]:
        """The unit of a column's amounts, or None and why there is none, with {} for the amount."""
        written = list(self._units_around(column))
        if unit_cell:
            units = self.layout.units_named(unit_cell.text)
            if not units:
                text = _braced(unit_cell.text)
                return None, f"its unit '{text}' is not a unit of money (write £, £000 or £m)."
            written.insert(0, (unit_cell.text, units))
        for text, units in written:
            if currency := money.other_currency(text):
                return None, _in_other_currency(currency, text)
            if len(units) == 1:
                return self._in_pounds(text, units[0])
            if units:
                problem = f"the unit of {{}} can be read two ways ('{_braced(text)}')."
                return None, f"{problem} Write one of £, £000 or £m."
        if other := self._other_currency():
            return None, _in_other_currency(*other)
        return None, (
            f"{NO_UNIT} for {{}} (write £, £000 or £m in the title, on a line above the"
            f' table or in the heading; or unit = "£" under [tables.{self.found.table}.given] in'
            " layout.toml)."
        )

    def _in_pounds(self, text: str, unit: int) -> tuple[int | None, str]:
        """A unit that is written; where no currency is written with it, it is taken for pounds.

        Not where another currency is written around the table.
        """
        if money.names_sterling(text) or not money.units_named(text):
            return unit, ""
        if other := self._other_currency():
            return None, _in_other_currency(*other)
        what = "a unit without a currency, taken for pounds"
        value = f"'{text}' is read as {money.unit_label(unit)}"
        notice = {"what": what, "value": value, **source_of(self.found.sheet), "cell": None}
        if notice not in self.collected.rows["notices"]:
            self.collected.add("notices", **notice)
        return unit, ""

    def _other_currency(self) -> tuple[str, str] | None:
        """The currency other than sterling that a text around the table names, and that text."""
        texts = [cell.text for cell in self.found.notes]
        texts += [self.found.title.cell.text] if self.found.title else []
        return next(((name, text) for text in texts if (name := money.other_currency(text))), None)

    def _units_around(self, column: int) -> Iterator[tuple[str, tuple[int, ...]]]:
        """The texts that may name the unit of a column, the nearest first, and which they name."""
        found = self.found
        if head := found.heads.get(column):
            yield head.name, head.units
        if found.unit_line:
            yield found.unit_line.cell.text, found.unit_line.units
        # A unit in the corner, or in another heading, is that of all columns without their own.
        units = {unit for other in found.heads.values() for unit in other.units}
        yield found.heads[min(found.heads)].name, tuple(sorted(units))
        for note in (found.title, found.unit_note):
            if note:
                yield note.cell.text, note.units


def _amount_of(cell: Cell, scale: int | None, no_unit: str) -> money.Amount:
    """A text as money. Raises _NotAnAmount where it is none, has no unit, or is far too large."""
    text = cell.value if isinstance(cell.value, str) else ""
    amount = money.from_text(text, scale)
    if amount is None:
        if isinstance(cell.value, NotCalculated):
            raise _NotAnAmount(NOT_CALCULATED)
        if money.from_text(text, money.POUND):
            raise _NotAnAmount(no_unit)
        if _DECIMAL_COMMA.fullmatch(text):
            point = text.strip().replace(".", "").replace(",", ".")
            raise _NotAnAmount(
                f"'{cell.text}' is written with a decimal comma (write {point}, or save the file"
                " where a point is the decimal sign)."
            )
        raise _NotAnAmount(f"'{cell.text}' is not an amount ({WRITE_AMOUNT}).")
    if abs(amount.pence) > _LARGEST:
        raise _NotAnAmount(_TOO_LARGE.format(cell.text))
    return amount


def _in_other_currency(currency: str, text: str) -> str:
    """That amounts are not in pounds, as the end of a sentence."""
    return (
        f"the sheet is in {currency} ('{_braced(text)}'), and {{}} is no amount in pounds (write"
        " the amounts in £, £000 or £m)."
    )


def _braced(text: str) -> str:
    """A text that is kept as it is in a template."""
    return text.replace("{", "{{").replace("}", "}}")
