"""Workbooks that look like copies of one another, and lines that two workbooks state.

A sync program, a mail or a careful colleague leaves "schedule (1).xlsx" or "schedule old.xlsx"
beside schedule.xlsx. Which of the two holds is no matter of their names: both are refused.
"""

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from ffanalysis import money
from ffanalysis.provenance import CellRef, cell_of
from ffanalysis.savings.assemble import line_key, line_label
from ffanalysis.savings.model import Owner
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import BudgetRow, MilestoneRow, PlanRow, RiskRow, SavingRow
from ffanalysis.vocabulary import Measure, scope_service

_Row = SavingRow | BudgetRow | PlanRow | MilestoneRow | RiskRow

# What sync programs, mail programs and people put before or behind the name of a copy.
_BEFORE = re.compile(
    r"^(?:copy\s*(?:\(\d+\)|\d+)?\s+of|old|draft|backup\s+of|conflict\w*)\s+", re.I
)
_BEHIND = re.compile(
    r"(?:\s*\((?:\d+|[^()]*(?:conflict|copy|version|old|draft|recover)[^()]*)\)"
    r"|[\s._-]*\b(?:sync-conflict\S*|conflict(?:ed)?(?:\s+copy)?|copy|kopie)(?:[\s._-]*\d+)*"
    r"|[\s._-]+(?:old|new|final|latest|draft|backup|bak|original|superseded|revised|updated?"
    r"|amended|current|previous|prev|live|wip|clean|checked|master|recovered|autosaved"
    r"|do\s+not\s+use|use\s+this(?:\s+one)?)"
    r"|[\s._-]+(?:v|ver\.?|version|rev\.?|revision)[\s._-]*\d+(?:\.\d+)*[a-z]?"
    r"|[\s._-]+(?:20\d\d[-_.]?\d\d[-_.]?\d\d|\d\d[-_.]\d\d[-_.]20\d\d))\s*$",
    re.I,
)


def name_of_original(workbook: str) -> str:
    """The name that a workbook has when everything that marks a copy is taken off.

    "Copy of Savings v2 FINAL (1).xlsx" is "savings".
    """
    stem = " ".join(workbook.rpartition(".")[0].replace("_", " ").split())
    before = ""
    while stem != before:
        before = stem
        stem = _BEHIND.sub("", _BEFORE.sub("", stem)).strip(" ._-") or before
    return stem.casefold()


@dataclass(frozen=True)
class Copies:
    """Two workbooks of one name, something that both state, and all that either speaks of."""

    first: str
    second: str
    example: tuple[_Row, _Row]
    owners: tuple[Owner, ...]
    concerns_all: bool


def copies(quarter: Quarter) -> Iterator[Copies]:
    """The pairs of workbooks that look like copies and state the same thing.

    By their names, or because what both state stands in the same place of the same sheet.
    """
    for (first, second), shared in _shared(quarter).items():
        alike = name_of_original(first) == name_of_original(second)
        if alike or any(_place(one) == _place(other) for one, other in shared):
            # The one with the shorter name is called the original.
            is_in_order = len(first) <= len(second)
            pairs = shared if is_in_order else [(other, one) for one, other in shared]
            yield _copies(quarter, pairs)


def _copies(quarter: Quarter, pairs: Sequence[tuple[_Row, _Row]]) -> Copies:
    first, second = (row.workbook for row in pairs[0])
    rows = [row for row in _rows(quarter) if row.workbook in (first, second)]
    example = next((pair for pair in pairs if _differ(*pair)), pairs[0])
    concerns_all = any(isinstance(row, PlanRow) for row in rows)
    return Copies(first, second, example, _owners(quarter, rows), concerns_all)


def _shared(quarter: Quarter) -> dict[tuple[str, str], list[tuple[_Row, _Row]]]:
    """What two workbooks both state, by their names."""
    things: dict[Hashable, dict[str, _Row]] = {}
    for row in _rows(quarter):
        things.setdefault(_thing(row), {}).setdefault(row.workbook, row)
    pairs: dict[tuple[str, str], list[tuple[_Row, _Row]]] = {}
    for stated in things.values():
        first, *others = stated.values()
        for other in others:
            pairs.setdefault((first.workbook, other.workbook), []).append((first, other))
    return pairs


def _place(row: _Row) -> tuple[str, str]:
    """Where a row stands in whatever workbook it is; the sheet of a text file is called as that."""
    is_text = row.sheet == row.workbook.rpartition(".")[0]
    return "" if is_text else row.sheet, row.cell


def _rows(quarter: Quarter) -> Iterator[_Row]:
    yield from quarter.savings
    yield from quarter.budget
    yield from quarter.mtfp
    yield from quarter.milestones
    yield from quarter.risks


def _thing(row: _Row) -> tuple[Hashable, ...]:
    """What a row is about: two workbooks that have it state the same thing twice."""
    if isinstance(row, SavingRow):
        owner = (row.project, None if row.project else (row.programme, row.scope))
        return ("saving", owner, row.plan, line_key(row), row.rag, row.measure, row.year)
    if isinstance(row, BudgetRow):
        return ("budget", row.service, row.basis, row.year)
    if isinstance(row, PlanRow):
        return ("plan", row.line, row.service, row.programme, row.year)
    return (type(row).__name__, row.project, row[1])


def _differ(one: _Row, other: _Row) -> bool:
    if isinstance(one, MilestoneRow | RiskRow) or isinstance(other, MilestoneRow | RiskRow):
        return one[:-3] != other[:-3]
    return one.amount_pence != other.amount_pence


def _owners(quarter: Quarter, rows: Iterable[_Row]) -> tuple[Owner, ...]:
    found: dict[Owner, None] = {}
    for row in rows:
        if isinstance(row, SavingRow):
            found[quarter.owner_of(row)] = None
        elif isinstance(row, BudgetRow):
            found[Owner(row.service, service=row.service)] = None
        elif isinstance(row, MilestoneRow | RiskRow):
            found[Owner(row.project, row.project)] = None
    return tuple(found)


def what_both_state(quarter: Quarter, pair: tuple[_Row, _Row]) -> str:
    """What two workbooks state, and how, as the end of a sentence."""
    one, other = pair
    if isinstance(one, MilestoneRow | RiskRow):
        known = quarter.register.get(one.project)
        return f"{known.name if known else one.project}, '{one[1]}'"
    label = (
        one.line if isinstance(one, PlanRow) else one.service if isinstance(one, BudgetRow) else ""
    )
    if isinstance(one, SavingRow):
        label = f"{quarter.owner_of(one).label}, {line_label(one)}"
    words = ", ".join(filter(None, (label, one.year)))
    amounts = [_amount(row) for row in (one, other)]
    if amounts[0] == amounts[1]:
        return f"{words}, as {amounts[0]}"
    return f"{words}, as {amounts[0]} in the one and {amounts[1]} in the other"


def _amount(row: _Row) -> str:
    if isinstance(row, MilestoneRow | RiskRow):
        return ""
    return row.missing or "" if row.amount_pence is None else money.in_full(row.amount_pence)


# --- the same line in two workbooks ---------------------------------------------------------------


@dataclass(frozen=True)
class TwiceStated:
    """One line and year that two workbooks state with different amounts."""

    label: str
    year: str
    first: SavingRow | BudgetRow
    second: SavingRow | BudgetRow
    owner: Owner

    @property
    def cells(self) -> tuple[CellRef, CellRef]:
        return cell_of(self.first), cell_of(self.second)


def twice_stated(quarter: Quarter) -> Iterator[TwiceStated]:
    """What two workbooks state by one reference, or budget, and do not state alike.

    An amount in the coarser unit may be the other one rounded; nothing else may differ.
    """
    lines: dict[Hashable, dict[str, SavingRow | BudgetRow]] = {}
    for key, row in chain(_referenced(quarter), _budgeted(quarter)):
        lines.setdefault(key, {}).setdefault(row.workbook, row)
    for books in lines.values():
        first, *others = books.values()
        for other in others:
            if not _is_the_same(first, other):
                yield _twice(quarter, first, other)


def _referenced(quarter: Quarter) -> Iterator[tuple[Hashable, SavingRow | BudgetRow]]:
    """The lines with a reference; a target of no measure is an original one until it is revised."""
    revised = {row.project for row in quarter.savings if row.measure == Measure.REVISED}
    alike = Counter(_in_its_table(row) for row in quarter.savings)
    for row in quarter.savings:
        if row.ref:
            owner = row.project or (row.programme, scope_service(row.scope))
            is_plain = row.measure is None and row.project not in revised
            measure = Measure.ORIGINAL if is_plain else row.measure
            # What else distinguishes the rows of one reference in the row's own table.
            analysed = (row.saving_type, row.route, row.rag, row.line_no)
            part = analysed if alike[_in_its_table(row)] > 1 else None
            yield (owner, row.plan, line_key(row), measure, row.year, part), row


def _budgeted(quarter: Quarter) -> Iterator[tuple[Hashable, SavingRow | BudgetRow]]:
    for row in quarter.budget:
        yield ("budget", row.service, row.basis, row.savings_position, row.year), row


def _in_its_table(row: SavingRow) -> Hashable:
    return row.block, row.project, row.ref, row.plan, row.measure, row.year


def _is_the_same(one: SavingRow | BudgetRow, other: SavingRow | BudgetRow) -> bool:
    if one.amount_pence is None or other.amount_pence is None:
        return True
    apart = abs(one.amount_pence - other.amount_pence)
    finer, unit = sorted((one.stated_to_pence or 1, other.stated_to_pence or 1))
    return not apart or (finer < unit and 2 * apart <= unit)


def _twice(
    quarter: Quarter, first: SavingRow | BudgetRow, other: SavingRow | BudgetRow
) -> TwiceStated:
    if isinstance(first, SavingRow):
        owner = quarter.owner_of(first)
        label = f"{owner.label}, {line_label(first)}"
        label += f", {first.measure}" if first.measure else ""
    else:
        owner = Owner(first.service, service=first.service)
        label = f"{first.service}, budget"
    return TwiceStated(label, first.year or "", first, other, owner)
