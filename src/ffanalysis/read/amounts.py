"""The amount cells of one table as exact money.

Each in its unit, stated as far as its source states it, with one sign.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ffanalysis import money
from ffanalysis.layout import Layout, plain
from ffanalysis.read.collector import NOT_CALCULATED, Reading, Row
from ffanalysis.read.find import Block
from ffanalysis.sheets.cells import GENERAL, Cell, NotCalculated, format_decimals
from ffanalysis.vocabulary import BLANK

_LARGEST = 10**14  # a trillion pounds, in pence: more than any council has
_TOO_LARGE = "'{}' is larger than a trillion pounds (check the number and its unit)."
_WRITE_AMOUNT = "write a number, nil, TBC, or leave blank"


@dataclass
class _Pending:
    """An amount whose precision is known only when the whole table has been read."""

    row: Row
    value: float | int
    scale: int
    decimals: int | None


@dataclass
class Amounts:
    """Reads the amount cells of one table, and settles their precision once all are known."""

    block: Block
    layout: Layout
    reading: Reading
    pending: list[_Pending] = field(default_factory=list)
    own_units: set[int] = field(default_factory=set)
    taken_units: set[int] = field(
        default_factory=set
    )  # of amounts written as text that take theirs from the table
    stated: list[tuple[int, int]] = field(
        default_factory=list
    )  # unit and precision of the amounts written as text
    rows: list[Row] = field(default_factory=list)
    _decimals: dict[str, int | None] = field(default_factory=dict)
    _scales: dict[tuple[int, str], tuple[int | None, str]] = field(default_factory=dict)

    def read(self, cell: Cell, unit_cell: Cell | None, keys: Mapping[str, Any], entry: Row) -> bool:
        """Read a cell into `entry`; False where it was refused."""
        entry["amount_pence"] = entry["stated_to_pence"] = entry["missing"] = None
        if cell.value is None:
            entry["missing"] = BLANK
            return True
        scale, no_unit = self.scale(cell, unit_cell)
        if cell.is_number:
            decimals = self.decimals(cell.number_format)
            problem = no_unit or against_number(cell, scale or money.POUND, decimals)
            if not problem:
                self.pending.append(_Pending(entry, cell.value, scale or money.POUND, decimals))
                self.rows.append(entry)
                return True
        else:
            read, problem = self._read_text(cell, scale, no_unit, entry)
            if read:
                return True
        self.reading.refuse(
            self.block,
            cell,
            problem,
            keys,
            line_no=entry.get("line_no"),
            year=entry.get("year"),
            over=entry.get("over"),
        )
        return False

    def _read_text(
        self, cell: Cell, scale: int | None, no_unit: str, entry: Row
    ) -> tuple[bool, str]:
        word = plain(cell.text)
        if word in self.layout.markers:
            entry["missing"] = cell.text
            return True, ""
        if word in self.layout.nil:
            entry["amount_pence"], entry["stated_to_pence"] = 0, scale or money.THOUSAND
            return True, ""
        if isinstance(cell.value, NotCalculated):
            return False, NOT_CALCULATED
        problem = f"'{cell.text}' is not an amount ({_WRITE_AMOUNT})."
        if isinstance(cell.value, str):
            amount = money.from_text(cell.value, scale)
            if amount and abs(amount.pence) <= _LARGEST:
                own = money.unit_of_text(cell.value)
                (self.own_units if own else self.taken_units).add(own or scale or amount.unit)
                self.stated.append((own or scale or amount.unit, amount.unit))
                entry["amount_pence"], entry["stated_to_pence"] = amount.pence, amount.unit
                self.rows.append(entry)
                return True, ""
            problem = (
                _TOO_LARGE.format(cell.text)
                if amount
                else no_unit
                if money.from_text(cell.value, money.POUND)
                else problem
            )
        return False, problem

    def decimals(self, number_format: str) -> int | None:
        """How many decimals a number format fixes.

        None under General; fewer than none where it hides thousands.
        """
        if number_format not in self._decimals:
            self._decimals[number_format] = format_decimals(number_format)
        return self._decimals[number_format]

    def settle(self) -> None:
        """State each amount to its format's decimals, or under General to the finest found in its table and unit; turn the sign."""
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
        if self.layout.tables[self.block.table].sign == "saving is negative":
            for row in self.rows:
                row["amount_pence"] = -row["amount_pence"]

    @property
    def units(self) -> set[int]:
        """The units of the amounts that take theirs from the table.

        Where none does, those that the amounts carry.
        """
        return {item.scale for item in self.pending} | self.taken_units or self.own_units

    def scale(self, cell: Cell, unit_cell: Cell | None) -> tuple[int | None, str]:
        """The unit of an amount that does not carry its own.

        The nearest that is written, or None and why there is none.
        """
        key = (cell.column, unit_cell.text if unit_cell else "")
        if key not in self._scales:
            self._scales[key] = self._scale(cell.column, unit_cell)
        scale, problem = self._scales[key]
        return scale, problem.format(cell.text) if problem else ""

    def _scale(self, column: int, unit_cell: Cell | None) -> tuple[int | None, str]:
        """The unit of a column's amounts, or None and why there is none, with {} for the amount."""
        block = self.block
        head = block.heads.get(column)
        others = {unit for other in block.heads.values() for unit in other.units}
        corner = block.heads[min(block.heads)]
        places: list[tuple[str, tuple[int, ...]]] = [
            (
                unit_cell.text if unit_cell else "",
                self.layout.units_named(unit_cell.text) if unit_cell else (),
            ),
            (head.name if head else "", head.units if head else ()),
            (block.unit_line.text if block.unit_line else "", block.unit_line_units),
            (corner.name, tuple(sorted(others))),
            (block.title.text if block.title else "", block.title_units),
            (block.unit_note.text if block.unit_note else "", block.unit_note_units),
        ]
        if unit_cell and not places[0][1]:
            return (
                None,
                f"its unit '{_braced(unit_cell.text)}' is no unit of money (write £, £000 or £m).",
            )
        for written, units in places:
            if len(units) > 1:
                return (
                    None,
                    (
                        f"the unit of {{}} can be read two ways ('{_braced(written)}'). Write one"
                        " of £, £000 or £m."
                    ),
                )
            if units:
                return units[0], ""
        return (
            None,
            (
                "no unit is written for {} (write £, £000 or £m in the title, on a line above the"
                " table or in the heading)."
            ),
        )


def _braced(text: str) -> str:
    """A text that stands in a template as it is."""
    return text.replace("{", "{{").replace("}", "}}")


def against_number(cell: Cell, scale: int, decimals: int | None) -> str:
    """What stands against reading a numeric cell as money in this unit; "" where nothing does."""
    if cell.number_format != GENERAL:
        if cell.is_percentage:
            return (
                f"'{cell.text}' is formatted as a percentage, not as an amount ({_WRITE_AMOUNT})."
            )
        if decimals is not None and decimals < 0 and scale != money.POUND:
            shown = (
                f"'{cell.text}' can be read two ways: its number format hides thousands, and its"
                f" unit is {money.unit_label(scale)}"
            )
            return f"{shown} (show the number in full)."
        if cell.looks_negative:
            return (
                f"'{cell.text}' can be read two ways: its number format shows it as a negative, but"
                " it holds a positive number (write the minus into the cell, or use an ordinary"
                " format)."
            )
    return _TOO_LARGE.format(cell.text) if abs(cell.value) * scale > _LARGEST else ""
