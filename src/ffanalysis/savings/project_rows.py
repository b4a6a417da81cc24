"""What one project's briefing is made from.

Its rows of the period's tables and its findings, no others, and their digest.

A briefing is a function of exactly these. So it costs the same however many projects the period
has, and where their digest is unchanged, so is the briefing.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import pandas as pd

from ffanalysis.figures import SEVERITIES, Finding
from ffanalysis.provenance import cell_of
from ffanalysis.savings.assemble import touched
from ffanalysis.savings.quarter import Ledger
from ffanalysis.tables import HISTORY, TABLE_NAMES, Row, Tables
from ffanalysis.vocabulary import scope_service

# Whose rows are a project's own; those of the first five are printed in its briefing, word by word.
_PRINTED = ("projects", "milestones", "risks", "signoff", "deadlines")
_OWN = (*_PRINTED, "recipients", "savings", "totals")
_MONEY = ("budget", "savings", "totals", "mtfp")

# Where rows stand in their table, by what they state; and by the service, then the programme, that
# they are about.
_Places = Mapping[Any, Sequence[int]]
_About = Mapping[str, Mapping[str, Sequence[int]]]


def tables_of(tables: Tables, project: str, findings: Sequence[Finding] = ()) -> Tables:
    """The rows of a period that the project's briefing may use, in their order, and no others.

    Its own rows; the lines and totals of the programmes that are its context; the budgets of its
    service, of what that is part of and of the parts of a base; what a bridge takes; the plan's
    lines about it; the tables found in which these stand; the refused cells that touch it or stand
    among them; the corrections of them, and of the cells of its `findings`; and of each quarter
    before its own rows and the refused cells that touch it. Narrowed again they stay the same.
    KeyError where the register has no such project.
    """
    return Narrower(tables, findings).tables_of(project)


def digest_of(tables: Tables, findings: Sequence[Finding]) -> str:
    """The sha256 of all that narrowed tables and findings hold, as-of date and provenance included.

    The tables' own digest is left out: it changes with any workbook. Two inputs with one digest are
    the same in every value, its type and its place; what is missing is no text and no nil.
    """
    ledger = Ledger.of(tables)
    rows = {name: [_row_digest(row) for row in ledger.rows(name)] for name in TABLE_NAMES}
    before = digest_of(tables.before, ()) if tables.before else ""
    return _digest(tables, rows, [_sha256(finding) for finding in findings], before)


class Narrower:
    """A period looked through once, to be narrowed to one project after the other at a cost of that project's rows alone.

    It is made for one purpose and then let go: it does not see a table that is changed after it has been made.
    """

    def __init__(self, tables: Tables, findings: Sequence[Finding] = ()) -> None:
        self._tables = tables
        self._ledger = Ledger.of(tables)
        self._findings = tuple(findings)

    def tables_of(self, project: str) -> Tables:
        """The rows of the period that the project's briefing may use.

        What the function of this name gives.
        """
        places = self._rows_for(project)
        narrow: dict[str, Any] = {
            name: _rows_at(getattr(self._tables, name), places.get(name, []))
            for name in TABLE_NAMES
        }
        before = self._before.history_of(project) if self._before else None
        return replace(self._tables, before=before, **narrow)

    def history_of(self, project: str) -> Tables:
        """The same of an earlier quarter, for what a later one is held against."""
        places = self._history_rows(project)
        narrow: dict[str, Any] = {
            name: _rows_at(getattr(self._tables, name), places.get(name, []))
            for name in TABLE_NAMES
        }
        return replace(
            self._tables,
            before=self._before.history_of(project) if self._before else None,
            **narrow,
        )

    def _history_rows(self, project: str) -> Mapping[str, Sequence[int]]:
        """Where its own rows of an earlier quarter stand, and the refused cells that touch it there."""
        found = {
            name: places.get(project, ()) for name, places in self._own.items() if name in HISTORY
        }
        # Where the register does not have the project, a refusal that names nobody may be what kept
        # it from view.
        known = project in self._ledger.register
        return {**found, "refusals": self._refusals.get(project, ()) if known else self._nobodys}

    def findings_of(self, project: str) -> tuple[Finding, ...]:
        """The findings that the project's briefing shows.

        Its own, then those of the programme and services it is part of.
        """
        return tuple(self._findings[place] for place in self._findings_for(project))

    def digest_of(self, project: str) -> str:
        """What `digest_of` gives for the project's tables and findings, without making the tables."""
        places = self._rows_for(project)
        findings = [self._finding_digests[place] for place in self._findings_for(project)]
        return _digest(
            self._tables, self._digests_at(places), findings, self._digest_before(project)
        )

    def history_digest_of(self, project: str) -> str:
        """What `digest_of` gives for the project's history, as `history_of` gives it."""
        return _digest(
            self._tables,
            self._digests_at(self._history_rows(project)),
            (),
            self._digest_before(project),
        )

    def _digest_before(self, project: str) -> str:
        return self._before.history_digest_of(project) if self._before else ""

    def _digests_at(self, places: Mapping[str, Iterable[int]]) -> dict[str, list[bytes]]:
        return {
            name: [self._row_digests[name][place] for place in places.get(name, ())]
            for name in TABLE_NAMES
        }

    def _findings_for(self, project: str) -> list[int]:
        own, others = self._placed_findings
        found = [*own.get(project, ()), *sorted(self._context(project, others))]
        return sorted(found, key=lambda place: SEVERITIES.index(self._findings[place].severity))

    def _rows_for(self, project: str) -> dict[str, list[int]]:
        """Where the rows stand that the briefing may use, table by table."""
        chain = self._ledger.chain(self._ledger.register[project].service)
        found: dict[str, set[int]] = {
            name: set(places.get(project, ())) for name, places in self._own.items()
        }
        found["savings"].update(
            self._context(project, self._context_lines), _at(self._bridge_lines, chain)
        )
        found["totals"].update(self._context(project, self._context_totals))
        found["mtfp"] = set(self._context(project, self._plan_lines))
        found["budget"] = {*_at(self._budgets, chain), *self._context(project, self._parts)}
        found["refusals"] = {
            *self._refusals.get(project, ()),
            *self._context(project, self._context_refusals),
        }
        blocks = dict.fromkeys(
            self._ledger.rows(name)[place].block for name in _MONEY for place in found[name]
        )
        found["blocks"] = set(_at(self._blocks, blocks))
        if self._ledger.rows("corrections"):
            found["corrections"] = set(self._corrections(project, found))
        found["weights"] = set(range(len(self._ledger.rows("weights"))))
        return {name: sorted(places) for name, places in found.items()}

    def _context(self, project: str, places: _About) -> Iterator[int]:
        """What is context of the project, of all that is about services and programmes.

        As `lines.is_context` has it.
        """
        row = self._ledger.register[project]
        for service in (*self._ledger.chain(row.service), ""):
            about = places.get(service, {})
            for programme in dict.fromkeys((row.programme, "")) if row.programme else about:
                if service or programme:
                    yield from about.get(programme, ())

    def _corrections(self, project: str, found: Mapping[str, Iterable[int]]) -> Iterator[int]:
        """The corrections of the cells that these rows and the project's findings stand for, and of rows that are printed."""
        by_cell, by_row = self._corrected
        rows = {
            name: [self._ledger.rows(name)[place] for place in places]
            for name, places in found.items()
        }
        yield from _at(by_cell, (cell_of(row) for some in rows.values() for row in some))
        yield from _at(by_row, (sheet_row(row) for name in _PRINTED for row in rows[name]))
        yield from _at(
            by_cell,
            (cell for place in self._findings_for(project) for cell in self._findings[place].cells),
        )

    @cached_property
    def _corrected(self) -> tuple[_Places, _Places]:
        """The corrections by their cell, and by the row of a sheet that it stands in."""
        rows = self._ledger.rows("corrections")
        return _placed(rows, cell_of), _placed(rows, sheet_row)

    @cached_property
    def _own(self) -> dict[str, _Places]:
        return {name: _placed(self._ledger.rows(name), lambda row: row.project) for name in _OWN}

    @cached_property
    def _placed_findings(self) -> tuple[_Places, _About]:
        """The findings of projects, and those of services and programmes."""
        others = (
            (item.service, item.programme, place)
            for place, item in enumerate(self._findings)
            if not item.project
        )
        return _placed(self._findings, lambda finding: finding.project), _about(others)

    @cached_property
    def _context_lines(self) -> _About:
        """The lines of the programmes' current analyses."""
        lines = (
            (place, row)
            for place, row in enumerate(self._ledger.rows("savings"))
            if not row.project
        )
        return _about(
            (scope_service(row.scope), row.programme or "", place)
            for place, row in lines
            if row.plan == "current"
        )

    @cached_property
    def _context_totals(self) -> _About:
        """The totals of the analyses that are about one programme and service throughout.

        Of others no total is shown.
        """
        printed = _placed(
            self._ledger.rows("totals"), lambda row: None if row.project else row.block
        )
        whole = (
            (group, block)
            for group in self._ledger.groups
            for block, lines in group.lines.items()
            if len(lines) == len(self._ledger.of_block("savings", block))
        )
        return _about(
            (group.service, group.programme, place)
            for group, block in whole
            for place in printed.get(block, ())
        )

    @cached_property
    def _context_refusals(self) -> _About:
        """The refused cells of the programmes' analyses: each may be an amount of them."""
        cells = _placed(self._ledger.rows("refusals"), lambda row: row.block)
        used = ((group, block) for group in self._ledger.groups for block in group.blocks)
        return _about(
            (group.service, group.programme, place)
            for group, block in used
            for place in cells.get(block, ())
        )

    @cached_property
    def _plan_lines(self) -> _About:
        """The lines of the plan itself."""
        return _about(
            (row.service or "", row.programme or "", place)
            for place, row in enumerate(self._ledger.rows("mtfp"))
        )

    @cached_property
    def _bridge_lines(self) -> _Places:
        """The programmes' lines by the service whose budgets of two years they may stand between."""
        lines = [
            (place, row)
            for place, row in enumerate(self._ledger.rows("savings"))
            if not row.project
        ]
        found: dict[str, list[int]] = {}
        for place, row in lines:
            service = scope_service(row.scope)
            is_prior = row.plan == "prior" and row.measure in (None, "delivered to date")
            if (row.plan == "current" or is_prior) and len(
                self._ledger.budgets.get(service, ())
            ) > 1:
                found.setdefault(service, []).append(place)
        return found

    @cached_property
    def _budgets(self) -> _Places:
        return _placed(self._ledger.rows("budget"), lambda row: row.service)

    @cached_property
    def _parts(self) -> _About:
        """The budgets of the parts of a service, by the service and programme of the analyses whose base they may lessen."""
        parts = _placed(self._ledger.rows("budget"), lambda row: row.part_of)
        return _about(
            (group.service, group.programme, place)
            for group in self._ledger.groups
            for place in parts.get(group.service, ())
        )

    @cached_property
    def _blocks(self) -> _Places:
        return _placed(self._ledger.rows("blocks"), lambda row: row.block)

    @cached_property
    def _refusals(self) -> _Places:
        """The refused cells that withhold each project."""
        found: dict[str, list[int]] = {}
        for place, (_, projects) in enumerate(touched(self._ledger)):
            for project in projects:
                found.setdefault(project, []).append(place)
        return found

    @cached_property
    def _nobodys(self) -> list[int]:
        """The refusals that name nobody."""
        rows = self._ledger.rows("refusals")
        return [
            place
            for place, row in enumerate(rows)
            if not (row.project or row.programme or row.service)
        ]

    @cached_property
    def _before(self) -> "Narrower | None":
        return Narrower(self._tables.before) if self._tables.before else None

    @cached_property
    def _row_digests(self) -> dict[str, list[bytes]]:
        return {name: [_row_digest(row) for row in self._ledger.rows(name)] for name in TABLE_NAMES}

    @cached_property
    def _finding_digests(self) -> list[bytes]:
        return [_sha256(finding) for finding in self._findings]


def sheet_row(row: Row) -> tuple[str, str, str]:
    """The row of a sheet that a row was read from."""
    return row.workbook, row.sheet, (row.cell or "").lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def _placed(rows: Iterable[Any], key: Callable[[Any], Any]) -> _Places:
    """Where rows stand, by a key of theirs."""
    found: dict[Any, list[int]] = {}
    for place, row in enumerate(rows):
        found.setdefault(key(row), []).append(place)
    return found


def _about(rows: Iterable[tuple[str, str, int]]) -> _About:
    """Where rows stand, by the service and the programme that they are about."""
    found: dict[str, dict[str, list[int]]] = {}
    for service, programme, place in rows:
        found.setdefault(service, {}).setdefault(programme, []).append(place)
    return found


def _rows_at(data: pd.DataFrame, places: Sequence[int]) -> pd.DataFrame:
    """Rows of a table as a table of their own, numbered from nil."""
    rows = data.take(places) if places else data.iloc[:0].copy()
    rows.index = pd.RangeIndex(len(places))
    return rows


def _at(places: _Places, keys: Iterable[Any]) -> Iterator[int]:
    return (place for key in keys for place in places.get(key, ()))


def _row_digest(row: Row) -> bytes:
    return _sha256(tuple(row))


def _sha256(value: object) -> bytes:
    # In the way Python writes them, a text has its quotes, and a date, a number and None can be no
    # text.
    return hashlib.sha256(repr(value).encode()).digest()


def _digest(
    tables: Tables, rows: Mapping[str, Sequence[bytes]], findings: Sequence[bytes], before: str
) -> str:
    """A digest over digests of one length, with the number of each table's rows, so that no border can move unseen."""
    state = hashlib.sha256(repr((tables.period, tables.as_of, tables.as_of_cell)).encode())
    for name in TABLE_NAMES:
        state.update(repr((name, tuple(getattr(tables, name).columns), len(rows[name]))).encode())
        state.update(b"".join(rows[name]))
    state.update(repr(len(findings)).encode())
    state.update(b"".join(findings))
    state.update(before.encode())
    return state.hexdigest()
