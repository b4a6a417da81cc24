"""Savings that a schedule spreads over the years by percentages of a total.

Where the layout says so, 25 % below 2026/27 is a quarter of what its row states as its total. The
percentages of a row come to 100 %, or all of them are refused.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

from ffanalysis import money
from ffanalysis.layout import TableLayout
from ffanalysis.read.collector import Collected, Row
from ffanalysis.read.found_table import FoundTable
from ffanalysis.read.line_numbers import Statement
from ffanalysis.sheets.cells import Cell, area_of
from ffanalysis.vocabulary import BLANK

_PER_CENT = re.compile(r"%|\bper ?cent", re.I)
_PERCENTAGE = re.compile(r"\d+(?:\.\d+)?\s*%")
_NEARLY = Fraction(1, 2000)  # a third to the hundredth of a percent, three times


class _Share(NamedTuple):
    """A percentage below a year, and the row that its amount goes into."""

    cell: Cell
    row: int
    entry: Row
    keys: Mapping[str, Any]


@dataclass
class Shares:
    """The percentages of one table; their amounts are known once its totals are."""

    found: FoundTable
    kind: TableLayout
    collected: Collected
    shares: list[_Share] = field(default_factory=list)

    def takes(self, statement: Statement) -> bool:
        """Whether a statement is a percentage of its row's total."""
        if not self.kind.has_shares or statement.over:
            return False
        cell, head = statement.cell, statement.column.head
        return is_percentage(cell) or (cell.is_number and bool(_PER_CENT.search(head.name)))

    def read(self, statement: Statement, keys: Mapping[str, Any], entry: Row) -> None:
        """Keep a percentage until the total of its row is known."""
        cell = statement.cell
        written = money.written_number(cell.value) if cell.is_number else cell.text
        is_of_one = cell.is_number and cell.is_percentage
        entry |= {"missing": None, "written": written, "share_whole": 1 if is_of_one else 100}
        self.shares.append(_Share(cell, statement.row.number, entry, keys))

    def settle(self, lines: list[Row], totals: Iterable[Row]) -> list[Row]:
        """The lines with those of all percentages that have a total; others are refused by name."""
        if not self.shares:
            return lines
        by_row: dict[int, list[Row]] = {}
        for total in totals:
            if total["over"] == "years":
                top, *_ = area_of(total["cell"]) or (0,)
                by_row.setdefault(top, []).append(total)
        rows: dict[int, list[_Share]] = {}
        for share in self.shares:
            rows.setdefault(share.row, []).append(share)
        shared = (each for row, own in rows.items() for each in self._of_row(own, by_row.get(row)))
        return sorted([*lines, *shared], key=lambda entry: area_of(entry["cell"]) or ())

    def _of_row(self, own: list[_Share], totals: Iterable[Row] | None) -> Iterator[Row]:
        """The rows of one line. A total without an amount leaves them all without."""
        first = own[0]
        total = next(iter(totals or ()), None)
        if total is None or total["missing"] == BLANK:
            into = total["cell"] if total else "a column headed Total"
            problem = f"'{first.cell.text}' is a percentage of no total (write the total into"
            self._refuse(first, f"{problem} {into}).")
            return
        whole = sum((_part_in(share.entry) for share in own), start=Fraction(0))
        if abs(whole - 1) > _NEARLY:
            said = f"{float(100 * whole):.4g}%"
            problem = f"the percentages of this row come to {said} of its total, and not to 100%."
            self._refuse(first, problem)
            return
        for share in own:
            yield self._with_amount(share, total)

    def _with_amount(self, share: _Share, total: Row) -> Row:
        entry = share.entry
        for name in ("factor", "stated_to_pence", "missing"):
            entry[name] = total[name]
        pence = entry["amount_pence"] = total["amount_pence"]
        if pence is not None:
            entry["share_of"], entry["share_of_pence"] = total["cell"], pence
            entry["share_of_written"] = total["written"]
            entry["share_of_corrected"] = total["corrected"]
            entry["amount_pence"] = money.to_the_penny(pence * _part_in(entry))
        return entry

    def _refuse(self, share: _Share, problem: str) -> None:
        self.collected.refuse(self.found, share.cell, problem, share.keys, share.entry)


def _part_in(entry: Row) -> Fraction:
    return money.share_written(entry["written"], entry["share_whole"])


def is_percentage(cell: Cell) -> bool:
    """Whether a cell holds a percentage, typed or only shown as one."""
    if cell.is_number:
        return cell.is_percentage
    return isinstance(cell.value, str) and bool(_PERCENTAGE.fullmatch(cell.text.strip()))
