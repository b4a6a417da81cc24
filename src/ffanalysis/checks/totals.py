"""Every printed total against what stands behind it.

By year, by row, overall, by type of saving, by route.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from ffanalysis.checks.compare import equality
from ffanalysis.figures import Figure, Finding, Sentence
from ffanalysis.savings.analyses import family_of, part_named
from ffanalysis.savings.assemble import (
    REFUSED,
    by_owner,
    marked,
    refused_in,
    stated,
    whose,
)
from ffanalysis.savings.quarter import Ledger, gathered
from ffanalysis.savings.sums import amount, cells_of
from ffanalysis.tables import SAVING_DIMENSIONS, Row
from ffanalysis.vocabulary import BLANK

_KEYS = tuple(name for name in SAVING_DIMENSIONS if name not in ("types", "in_mtfp"))

_Row = Row


def _covers(total: _Row, row: _Row) -> bool:
    """Whether a printed total of savings adds this line.

    All that the total says of itself, the line says too.
    """
    return all(getattr(row, key) == value for key, value in _said(total))


def _said(total: _Row) -> list[tuple[str, Any]]:
    """What a printed total of savings says of itself."""
    return [(key, value) for key in _KEYS if (value := getattr(total, key)) is not None]


def _until(total: _Row, row: _Row) -> bool:
    """Whether a cumulative total adds the line: its year, and all years before."""
    return total.over == "cumulative" and bool(total.year and row.year) and row.year <= total.year


def _is_blank(total: _Row) -> bool:
    return total.amount_pence is None and total.missing == BLANK


@dataclass(frozen=True)
class _Schedule:
    """A table of money as printed: its lines, its totals, and the cells of it that were refused."""

    ledger: Ledger
    table: str
    lines: list[_Row]
    totals: list[_Row]
    gaps: list[_Row]

    @cached_property
    def family(self) -> str:
        return family_of(self.lines, self.totals) if self.table == "savings" else "plain"

    @cached_property
    def _by_line(self) -> dict[int | None, list[_Row]]:
        """Amounts and refused cells by the line of the table that they belong to."""
        found: dict[int | None, list[_Row]] = {}
        for row in [*self.lines, *self.gaps]:
            found.setdefault(row.line_no, []).append(row)
        return found

    @cached_property
    def _lines_by(self) -> dict[str, dict[Any, list[_Row]]]:
        return {key: gathered(self.lines, key) for key in ("project", "scope")}

    def _candidates(self, total: _Row) -> list[_Row]:
        """The lines that a printed total may add.

        Of its own project or scope, where it names one.
        """
        key = (
            ""
            if self.table != "savings"
            else "project"
            if total.project
            else "scope"
            if total.scope
            else ""
        )
        return self._lines_by[key].get(getattr(total, key), []) if key else self.lines

    def behind(self, total: _Row) -> list[_Row]:
        """The lines that a printed total adds, and every refused cell that may be one of them."""
        if total.cell not in self._behind:
            self._behind[total.cell] = self._look_behind(total)
        return self._behind[total.cell]

    @cached_property
    def _behind(self) -> dict[str, list[_Row]]:
        """What each total adds, by its cell, as several rules ask for it."""
        return {}

    def _look_behind(self, total: _Row) -> list[_Row]:
        if total.over == "years":
            return self._by_line.get(total.line_no, [])
        lines = [
            row
            for row in self._candidates(total)
            if total.over == "both" or row.year == total.year or _until(total, row)
        ]
        if self.table == "savings":
            said = _said(total)
            lines = [row for row in lines if all(getattr(row, key) == value for key, value in said)]
        elif self.table == "budget":
            # What is part of another service of the table is in that service's amount already.
            services = {line.service for line in lines}
            lines = [row for row in lines if row.part_of not in services]
        if total.first_line is not None:
            lines = [row for row in lines if total.first_line <= row.line_no <= total.last_line]
        return [*lines, *(gap for gap in self.gaps if self._may_add(total, gap))]

    def _may_add(self, total: _Row, gap: _Row) -> bool:
        """Whether a total may add what a refused cell holds.

        Not another project's, nor another year's where that is known.
        """
        if gap.project and total.project and gap.project != total.project:
            return False
        if (
            gap.line_no is not None
            and total.first_line is not None
            and not total.first_line <= gap.line_no <= total.last_line
        ):
            return False
        return total.over == "both" or gap.year in (None, total.year) or _until(total, gap)

    def beside(self, total: _Row) -> list[_Row]:
        """The totals of the years that stand in one row with an overall total."""
        return self._totals_by_line.get(total.line_no, [])

    @cached_property
    def _totals_by_line(self) -> dict[int | None, list[_Row]]:
        return gathered([total for total in self.totals if total.over == "rows"], "line_no")

    def is_orphan(self, total: _Row) -> bool:
        """Whether a total other than nil has no figure behind it.

        No line that it adds, and no year's total beside it.
        """
        rows = self.behind(total) + (self.beside(total) if total.over == "both" else [])
        return bool(total.amount_pence) and not stated(rows) and not marked(rows)

    def has_orphan(self, rows: list[_Row]) -> bool:
        """Whether one of these totals, among lines, has no figure behind it."""
        return any(hasattr(row, "over") and self.is_orphan(row) for row in rows)

    def asserted(
        self, is_meant: Callable[[_Row], bool] = lambda _: True
    ) -> Iterator[tuple[_Row, list[_Row]]]:
        """The totals that assert something, with what each adds.

        There is a figure, and no orphan, whose business is its own.
        """
        for total in filter(is_meant, self.totals):
            parts = self.behind(total)
            if not self.is_orphan(total) and not (
                _is_blank(total) and not stated(parts) and not marked(parts)
            ):
                yield total, parts

    def called(self, total: _Row) -> tuple[str, dict[str, Any]]:
        """What a total is called in a sentence, and whom it concerns."""
        if self.table != "savings":
            line = next((row for row in self.behind(total) if total.over == "years"), None)
            name = total.label or getattr(line, "line", None) or total.service or "Total"
            return f"{name} ({total.sheet})", {"service": total.service or ""}
        return whose(self.ledger, total)

    def named(self, total: _Row, otherwise: str = "") -> tuple[tuple[str, ...], dict[str, Any]]:
        """The same, with the part of the table that the total is of, else with what it is called `otherwise`."""
        subject, about = self.called(total)
        part = (part_named(total) or otherwise) if self.table == "savings" else ""
        return (subject, part) if part else (subject,), about


def _schedules(ledger: Ledger, *families: str) -> Iterator[_Schedule]:
    """The tables of money of these families; those of a budget or of the plan are plain."""
    return (schedule for schedule in ledger.once(_all_schedules) if schedule.family in families)


def _all_schedules(ledger: Ledger) -> tuple[_Schedule, ...]:
    """Every table of money with its lines and its printed totals."""
    return tuple(
        schedule
        for table in ("savings", "budget", "mtfp")
        for schedule in _schedules_in(ledger, table)
    )


def _schedules_in(ledger: Ledger, table: str) -> Iterator[_Schedule]:
    lines, totals = (
        ledger.by(table, "block"),
        gathered([row for row in ledger.rows("totals") if row.table == table], "block"),
    )
    for block in filter(None, {**lines, **totals}):
        yield _Schedule(
            ledger, table, lines.get(block, []), totals.get(block, []), refused_in(ledger, block)
        )


def _listed(name: str, rows: Sequence[_Row], label: Callable[[_Row], str]) -> Sentence:
    """Amounts as a sum is written, lines of one label together.

    "retained £1 + commissioned £2 = ".
    """
    kinds: dict[str, list[_Row]] = {}
    for row in stated(list(rows)):
        kinds.setdefault(label(row), []).append(row)
    words: list[str | Figure] = []
    for kind, same in kinds.items():
        words += [" + " if words else "", f"{kind} ", amount(f"{name}/{kind}", same)]
    return (*words, " = ")


def route_split(ledger: Ledger) -> Iterator[Finding]:
    """Retained + commissioned = the printed total."""
    for schedule in _schedules(ledger, "route"):
        printed = list(schedule.asserted(lambda total: not total.route and total.over != "years"))
        for total, parts in printed:
            names, about = schedule.named(total)
            yield _split(names, total.year or "", parts, total, about)
        if printed:
            continue
        for subject, about, lines in by_owner(ledger, schedule.lines):
            for year in dict.fromkeys(row.year for row in stated(lines)):
                yield _split(
                    (subject,), year or "", [row for row in lines if row.year == year], None, about
                )


def _split(
    names: tuple[str, ...], year: str, parts: list[_Row], total: _Row | None, about: dict[str, Any]
) -> Finding:
    adds = _listed(
        f"route-split/{year or 'all'}", parts, lambda row: (row.route or "route not stated").lower()
    )
    return equality("route-split", names, year, parts, total, adds, **about)


def rag_columns(ledger: Ledger) -> Iterator[Finding]:
    """In each year the RAG rows add to the printed total of that year."""
    for schedule in _schedules(ledger, "rag"):
        for total, parts in schedule.asserted(lambda total: total.over == "rows"):
            names, about = schedule.named(total)
            year = total.year or ""
            yield equality(
                "rag-columns",
                names,
                year,
                parts,
                total,
                ("the RAG rows add to ",),
                "the schedule states ",
                **about,
            )


def rag_rows(ledger: Ledger) -> Iterator[Finding]:
    """In each RAG row the years add to the row's printed total."""
    for schedule in _schedules(ledger, "rag"):
        for total in schedule.totals:
            if total.over == "years" and not schedule.is_orphan(total):
                names, about = schedule.named(total, "RAG not stated")
                yield equality(
                    "rag-rows",
                    names,
                    "",
                    schedule.behind(total),
                    total,
                    ("the years add to ",),
                    "the row's total is ",
                    **about,
                )


def rag_total(ledger: Ledger) -> Iterator[Finding]:
    """The printed totals of the years add to the printed overall total.

    Where a year has none, all RAG rows do.
    """
    for schedule in _schedules(ledger, "rag"):
        for total, lines in schedule.asserted(lambda total: total.over == "both"):
            years = [other for other in schedule.beside(total) if not _is_blank(other)]
            adds = ("the years' totals add to ",)
            if {row.year for row in lines if row.missing not in (BLANK, REFUSED)} - {
                other.year for other in years
            }:
                years, adds = lines, ("the RAG rows add to ",)
            names, about = schedule.named(total)
            yield equality(
                "rag-total",
                names,
                "",
                years,
                total,
                adds,
                "the schedule states ",
                "all years",
                **about,
            )


def stated_total(ledger: Ledger) -> Iterator[Finding]:
    """Any other printed total, of savings, of a budget, or of the plan, against its lines."""
    for schedule in _schedules(ledger, "plain", "route", "rag", "proposed"):
        for total, parts in schedule.asserted():
            is_whole = not total.route and total.over != "years"
            if total.over != "cumulative" and (
                schedule.family in ("rag", "proposed") or (schedule.family == "route" and is_whole)
            ):
                continue
            names, about = schedule.named(total, total.label or "Total")
            adds = {"years": "the years add to ", "cumulative": "the lines add up to "}.get(
                total.over, "the lines add to "
            )
            yield equality("stated-total", names, total.year or "", parts, total, (adds,), **about)


def proposed_total(ledger: Ledger) -> Iterator[Finding]:
    """Of a proposal.

    Each row's and type's total against its lines, and the grand total against the types, by year
    and overall.
    """
    for schedule in _schedules(ledger, "proposed"):
        for total, parts in schedule.asserted():
            if total.over == "cumulative":
                continue
            when = total.year or "overall"
            names, about = schedule.named(total)
            if part_named(total) or total.over == "years":
                # A row, type or status without a total asserts nothing.
                if not _is_blank(total):
                    adds = "the years add to " if total.over == "years" else "the lines add to "
                    yield equality(
                        "proposed-total",
                        names,
                        total.year or "",
                        parts,
                        total,
                        (adds,),
                        when=when,
                        **about,
                    )
                continue
            types = _types(schedule, total, parts)
            adds_up = _listed(
                f"proposed-total/{when}", types, lambda row: row.saving_type or "other lines"
            )
            finding = equality(
                "proposed-total", names, total.year or "", types, total, adds_up, when=when, **about
            )
            if (
                finding.outcome == "disagrees"
                and total.over == "both"
                and schedule.has_orphan(types)
            ):
                readings = (
                    " Two readings: the total was displaced into the wrong row, or there is a"
                    " second saving that no year carries."
                )
                finding = replace(finding, message=(*finding.message, readings))
            yield finding


def _types(schedule: _Schedule, total: _Row, lines: list[_Row]) -> list[_Row]:
    """What a proposal's grand total adds.

    Of each project and type the total that is printed, else the lines.
    """
    printed = [
        other
        for other in schedule.totals
        if other.saving_type and (other.over, other.year) == (total.over, total.year)
    ]
    printed = [other for other in printed if not _is_blank(other) and _covers(total, other)]
    found = {(other.project, other.saving_type): other for other in printed}
    rest = [
        row
        for row in lines
        if row.missing == REFUSED or (row.project, row.saving_type) not in found
    ]
    return [*found.values(), *rest]


def orphan_total(ledger: Ledger) -> Iterator[Finding]:
    """A printed total with no figures behind it."""
    for schedule in _schedules(ledger, "route", "proposed", "rag", "plain"):
        for total in filter(schedule.is_orphan, schedule.totals):
            names, about = schedule.named(total, total.label or "Total")
            opening = ", ".join(filter(None, (*names, total.year)))
            carries = "line" if total.over == "rows" else "year"
            message = (
                f"{opening}: a total of ",
                amount("orphan-total", [total]),
                f" is printed, but no {carries} carries it.",
            )
            year, cells = total.year or "", cells_of([total])
            # A proposal's grand total that disagrees for want of the figures behind this one is
            # what to look at.
            grand = Finding("proposed-total", names[0], "disagrees", "error", (), year).id
            yield Finding(
                "orphan-total",
                ": ".join(names),
                "disagrees",
                "error",
                message,
                year,
                total.amount_pence,
                cells=cells,
                parent=grand if schedule.family == "proposed" else "",
                **about,
            )
