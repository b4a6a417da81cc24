"""Tables as they are printed: of which kind each is, what its totals are called and add up.

A printed total is an assertion: what it adds, its coverage, is decided here and nowhere else.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from ffanalysis.figures import Sum, tolerance, total_of
from ffanalysis.provenance import CellRef, cell_of
from ffanalysis.savings.model import Owner
from ffanalysis.savings.quarter import Quarter
from ffanalysis.savings.refusals import RefusedCell, refused_in
from ffanalysis.tables import (
    BudgetRow,
    PlanRow,
    SavingRow,
    TotalRow,
    with_amount,
    with_marked_gap,
)
from ffanalysis.vocabulary import BLANK, TARGETS, Measure

Line = SavingRow | BudgetRow | PlanRow
Part = Line | TotalRow | RefusedCell
Family = Literal["route", "proposed", "rag", "plain"]

# What a printed total of savings says of itself, the lines that it adds say too.
_KEYS = (
    *("project", "programme", "scope", "plan", "saving_type", "route", "rag", "rag_missing"),
    "ref",
)


def is_part_of_table(total: TotalRow) -> bool:
    """Whether a total adds only some lines of its table."""
    return total.first_line is not None


def is_blank(total: TotalRow) -> bool:
    """Whether a cell for a total is left blank."""
    return total.amount_pence is None and total.missing == BLANK


def part_named(total: TotalRow) -> str:
    """Which part of its table a total is of; blank where it is of the whole."""
    unknown = f"RAG {total.rag_missing}" if total.rag_missing and total.over != "years" else None
    named = ", ".join(filter(None, (total.saving_type, total.route, total.rag or unknown)))
    return named or (total.label or "" if is_part_of_table(total) else "")


def family_of(lines: Iterable[SavingRow], totals: Iterable[TotalRow]) -> Family:
    """Which kind of table states these: by delivery route, a proposal, by RAG, or plain."""
    own = list(lines)
    rows: Sequence[SavingRow | TotalRow] = own or list(totals)
    if any(row.route for row in rows):
        return "route"
    if rows and all(row.plan == "proposed" for row in rows):
        return "proposed"
    return "rag" if any(row.rag for row in own) else "plain"


@dataclass(frozen=True)
class PrintedTotal:
    """A printed total with its coverage: the lines it adds, and any refused cell among them.

    `measure` is the measure that it belongs to: the one that its heading or band names; else the
    one whose amounts come to it; else the target.
    """

    row: TotalRow
    parts: tuple[Line | RefusedCell, ...]
    measure: str = ""
    measure_label: str = ""  # what a sentence says of it, where its table states several measures

    @cached_property
    def calculated(self) -> Sum:
        """What its parts come to."""
        return total_of(self.parts)

    @property
    def has_parts(self) -> bool:
        """Whether something behind it is stated, or marked as missing."""
        return bool(with_amount(self.parts) or with_marked_gap(self.parts))


@dataclass(frozen=True)
class PrintedTable:
    """A table of money as printed: its lines, its totals, and the cells of it that were refused."""

    quarter: Quarter
    table: str
    id: str
    lines: Sequence[Line]
    totals: Sequence[TotalRow]
    gaps: Sequence[RefusedCell]
    _covered: dict[CellRef, PrintedTotal] = field(default_factory=dict, compare=False)

    @cached_property
    def savings(self) -> list[SavingRow]:
        """Its lines where it is a table of savings."""
        return [row for row in self.lines if isinstance(row, SavingRow)]

    @cached_property
    def family(self) -> Family:
        return family_of(self.savings, self.totals) if self.table == "savings" else "plain"

    @cached_property
    def _by_line(self) -> dict[int | None, list[Line | RefusedCell]]:
        """Amounts and refused cells by the line of the table that they belong to."""
        found: dict[int | None, list[Line | RefusedCell]] = {}
        for row in (*self.lines, *self.gaps):
            found.setdefault(row.line_no, []).append(row)
        return found

    @cached_property
    def _by_sheet_row(self) -> dict[int, list[Line]]:
        found: dict[int, list[Line]] = {}
        for row in self.lines:
            found.setdefault(cell_of(row).row, []).append(row)
        return found

    @cached_property
    def _by_owner(self) -> dict[tuple[str, str], list[SavingRow]]:
        found: dict[tuple[str, str], list[SavingRow]] = {}
        for row in self.savings:
            found.setdefault(("project", row.project or ""), []).append(row)
            found.setdefault(("scope", row.scope or ""), []).append(row)
        return found

    def covers(self, total: TotalRow) -> PrintedTotal:
        """A total of this table with what it adds."""
        place = cell_of(total)
        if place not in self._covered:
            self._covered[place] = self._cover(total)
        return self._covered[place]

    def _cover(self, total: TotalRow) -> PrintedTotal:
        if total.over == "years":
            lines, gaps = self._of_its_line(total)
        else:
            lines = [row for row in self._candidates(total) if _in_its_years(total, row.year)]
            if self.table == "savings":
                lines = [row for row in lines if says_the_same(total, row)]
            elif self.table == "budget":
                # What is part of another service of the table is in that service's amount already.
                services = {row.service for row in lines if isinstance(row, BudgetRow)}
                lines = [
                    row
                    for row in lines
                    if not isinstance(row, BudgetRow) or row.part_of not in services
                ]
            lines = [row for row in lines if _in_its_range(total, row.line_no)]
            gaps = [gap for gap in self.gaps if _may_add(total, gap)]
        measure, own = _of_its_measure(total, lines)
        label = measure or "target" if len({row.measure for row in self.savings}) > 1 else ""
        return PrintedTotal(total, (*own, *gaps), measure, label)

    def _of_its_line(self, total: TotalRow) -> tuple[list[Line], list[RefusedCell]]:
        """The amounts of the years that the total of a line adds.

        The line has the total's number; where measures have columns of their own and the total
        names none, it is the sheet's row.
        """
        own = self._by_line.get(total.line_no, [])
        lines = [row for row in own if not isinstance(row, RefusedCell)]
        gaps = [row for row in own if isinstance(row, RefusedCell)]
        if not lines and not total.measure:
            beside = self._by_sheet_row.get(cell_of(total).row, [])
            lines = [row for row in beside if says_the_same(total, row)]
        return lines, gaps

    def _candidates(self, total: TotalRow) -> Sequence[Line]:
        """The lines that a printed total may add: of its own project or scope, if it names one."""
        if self.table == "savings" and total.project:
            return self._by_owner.get(("project", total.project), [])
        if self.table == "savings" and total.scope:
            return self._by_owner.get(("scope", total.scope), [])
        return self.lines

    def beside(self, total: TotalRow) -> list[TotalRow]:
        """The totals of the years that are printed in one row with an overall total."""
        own = self._totals_by_line.get(total.line_no, [])
        return own or [
            each
            for each in self._totals_by_sheet_row.get(cell_of(total).row, [])
            if not total.measure or each.measure == total.measure
        ]

    @cached_property
    def _totals_by_line(self) -> dict[int | None, list[TotalRow]]:
        found: dict[int | None, list[TotalRow]] = {}
        for row in self.totals:
            if row.over == "rows":
                found.setdefault(row.line_no, []).append(row)
        return found

    @cached_property
    def _totals_by_sheet_row(self) -> dict[int, list[TotalRow]]:
        found: dict[int, list[TotalRow]] = {}
        for row in self.totals:
            if row.over == "rows" and row.year:
                found.setdefault(cell_of(row).row, []).append(row)
        return found

    def is_orphan(self, total: TotalRow) -> bool:
        """Whether a total other than nil has no figure behind it.

        No line that it adds states one, and no year's total is printed beside it.
        """
        rows: list[Part] = list(self.covers(total).parts)
        rows += self.beside(total) if total.over == "both" else []
        return bool(total.amount_pence) and not with_amount(rows) and not with_marked_gap(rows)

    def added_by(self, covered: PrintedTotal) -> tuple[Part, ...]:
        """What a total adds: its lines, and totals of parts without lines where it comes to both.

        A directorate may print its total alone; the grand total then adds it too.
        """
        total = covered.row
        orphans = [
            each
            for each in self._orphans
            if each is not total and (each.over, each.year) == (total.over, total.year)
            if not is_part_of_table(total)
        ]
        both = total_of([*covered.parts, *orphans])
        own = total_of([total])
        if not orphans or not both.is_whole or not own.is_whole or both.pence != own.pence:
            return covered.parts
        return (*covered.parts, *orphans)

    @cached_property
    def _orphans(self) -> list[TotalRow]:
        """The totals of a part of the table that have no line behind them."""
        return [each for each in self.totals if is_part_of_table(each) and self.is_orphan(each)]

    def is_added(self, orphan: TotalRow) -> bool:
        """Whether a grand total of the table adds a total that has no line behind it."""
        return any(orphan in self.added_by(covered) for covered in self.asserted())

    def asserted(self) -> Iterator[PrintedTotal]:
        """The printed totals to check, each with its parts; blanks and orphans are left out."""
        for total in self.totals:
            covered = self.covers(total)
            if not self.is_orphan(total) and (covered.has_parts or not is_blank(total)):
                yield covered

    def owner_of(self, total: TotalRow) -> Owner:
        """Whom a total belongs to, and what it is called in a sentence."""
        if self.table == "savings":
            return self.quarter.owner_of(total)
        line = next(iter(self.covers(total).parts if total.over == "years" else ()), None)
        name = total.label or (line.line if isinstance(line, PlanRow) else None)
        label = f"{name or total.service or 'Total'} ({total.sheet})"
        return Owner(label, service=total.service or "")

    def named(self, total: TotalRow, otherwise: str = "") -> tuple[tuple[str, ...], dict[str, Any]]:
        """What a total is called and whom it concerns, with the part of the table it is of.

        Where it is of the whole table, `otherwise` is used for the part.
        """
        owner = self.owner_of(total)
        part = ""
        if self.table == "savings":
            words = (part_named(total) or otherwise, self.covers(total).measure_label)
            part = ", ".join(filter(None, words))
        about = owner.about if self.table == "savings" else {"service": owner.service}
        return ((owner.label, part) if part else (owner.label,)), about


def says_the_same(total: TotalRow, row: Line | TotalRow) -> bool:
    """Whether all that a printed total of savings says of itself, the line says too."""
    return all(
        value is None or getattr(row, key, None) == value
        for key in _KEYS
        for value in (getattr(total, key),)
    )


def _in_its_years(total: TotalRow, year: str | None) -> bool:
    """Whether a total adds amounts of this year: a cumulative one those of all years up to it."""
    if total.over == "both" or year == total.year:
        return True
    return total.over == "cumulative" and bool(total.year and year) and str(year) <= str(total.year)


def _in_its_range(total: TotalRow, line: int | None) -> bool:
    """Whether a line stands in the range of lines that a total adds."""
    if total.first_line is None or total.last_line is None or line is None:
        return True
    return total.first_line <= line <= total.last_line


def _may_add(total: TotalRow, gap: RefusedCell) -> bool:
    """Whether a total may add what a refused cell holds.

    Not another project's, nor another year's where that is known.
    """
    if gap.project and total.project and gap.project != total.project:
        return False
    return _in_its_range(total, gap.line_no) and (
        gap.year is None or _in_its_years(total, gap.year)
    )


def _of_its_measure(total: TotalRow, lines: Sequence[Line]) -> tuple[str, list[Line]]:
    """The measure that a total belongs to, and the lines of that measure.

    A sum never crosses measures: an unnamed total belongs to the measure whose amounts come to it,
    else to the target.
    """
    by: dict[str | None, list[Line]] = {}
    for row in lines:
        by.setdefault(row.measure if isinstance(row, SavingRow) else None, []).append(row)
    if total.measure:
        named = by.get(total.measure, [])
        return total.measure, named or ([] if set(by) - {None} else list(lines))
    if len(by) < 2:
        return next(iter(by), None) or "", list(lines)
    stated = total.amount_pence
    for measure, own in sorted(by.items(), key=lambda item: item[0] not in TARGETS):
        calculated = total_of(own)
        if stated is not None and calculated.known is not None:
            allowed = tolerance(calculated, total_of([total]))
            if abs(calculated.pence - stated) <= allowed.pence:
                return measure or "", own
    order = (Measure.REVISED, Measure.ORIGINAL, None, *by)
    measure = next(name for name in order if name in by)
    return measure or "", by[measure]


def printed_tables(quarter: Quarter, *families: Family) -> Iterator[PrintedTable]:
    """The tables of money of these families; those of a budget or of the plan are plain."""
    return (table for table in quarter.once(_all_tables) if table.family in families)


def printed_table(quarter: Quarter, table: str) -> PrintedTable:
    """The printed table of that id."""
    return quarter.once(_tables_by_id)[table]


def _tables_by_id(quarter: Quarter) -> dict[str, PrintedTable]:
    return {table.id: table for table in quarter.once(_all_tables)}


def _all_tables(quarter: Quarter) -> tuple[PrintedTable, ...]:
    """Every table of money with its lines and its printed totals."""
    lines: dict[str, Mapping[str, Sequence[Line]]] = {
        "savings": quarter.savings.by("block"),
        "budget": quarter.budget.by("block"),
        "mtfp": quarter.mtfp.by("block"),
    }
    return tuple(
        table for name, by_table in lines.items() for table in _tables_of(quarter, name, by_table)
    )


def _tables_of(
    quarter: Quarter, name: str, lines: Mapping[str, Sequence[Line]]
) -> Iterator[PrintedTable]:
    totals: dict[str, list[TotalRow]] = {}
    for row in quarter.totals:
        if row.table == name:
            totals.setdefault(row.block, []).append(row)
    for table in filter(None, dict.fromkeys([*lines, *totals])):
        yield PrintedTable(
            quarter,
            name,
            table,
            lines.get(table, []),
            totals.get(table, []),
            refused_in(quarter, table),
        )
