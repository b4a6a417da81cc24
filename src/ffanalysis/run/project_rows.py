"""What one project's briefing is made of: its rows of the quarter and its findings, fingerprinted.

A briefing is a function of exactly these. So it costs the same however many projects the quarter
has, and where their fingerprint is unchanged, so is the briefing.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd

from ffanalysis.checks import FindingsByProject
from ffanalysis.findings import Finding
from ffanalysis.provenance import CellRef, cell_of, slug
from ffanalysis.savings.quarter import Quarter
from ffanalysis.savings.refusals import of_nobody, projects_affected
from ffanalysis.settings import OF_PROJECTS
from ffanalysis.tables import HISTORY, TABLE_NAMES, RefusalRow, Rows, Tables
from ffanalysis.vocabulary import Measure, Plan, scope_service

# Whose rows are a project's own; those of the first seven its briefing prints, word by word.
# Who gets a briefing is no part of it: a recipient more makes no page another.
_PRINTED = (
    *("projects", "milestones", "risks", "signoff", "deadlines", "background", "commentary"),
)
_OWN = (*_PRINTED, "savings", "totals", "full_year")
_MONEY = ("budget", "savings", "totals", "mtfp")

# Where rows stand in their table, by what they state; and by the service, then the programme, that
# they are about.
_Places = Mapping[Any, Sequence[int]]
_About = Mapping[str, Mapping[str, Sequence[int]]]


def quarter_fingerprint(quarter: Quarter, findings: Sequence[Finding]) -> str:
    """The sha256 of all that a quarter's tables and findings hold, as-of date and cells included.

    Their digest is left out: it changes with any workbook. Two inputs with one fingerprint are the
    same in every value, its type and its place; what is missing is no text and no nil.
    """
    rows = {name: [_sha256(tuple(row)) for row in _rows(quarter, name)] for name in TABLE_NAMES}
    before = quarter_fingerprint(quarter.before, ()) if quarter.before else ""
    return _digest(quarter, rows, [_sha256(finding) for finding in findings], before)


class ProjectRows:
    """A quarter from which the rows of one project after another are selected.

    Each costs no more than that project's rows.
    """

    def __init__(self, quarter: Quarter, findings: Sequence[Finding] = ()) -> None:
        self._quarter = quarter
        self._findings = tuple(findings)
        self._by_project = FindingsByProject(quarter, self._findings)

    def select(self, project: str) -> Tables:
        """The rows of the quarter that the project's briefing may use, in their order.

        Its own rows; the lines and totals of the programmes that are its context; the budgets of
        its service, of what that is part of and of the parts of a base; what a bridge takes; the
        plan's lines about it; the tables found in which these stand; the refused cells that affect
        it or stand among them; the corrections of them, and of the cells of its findings; and of
        each quarter before its own rows and the refused cells that affect it. KeyError where the
        register has no such project.
        """
        places = self._rows_for(project)
        before = self._before.select_history(project) if self._before else None
        return self._at(places, before)

    def select_history(self, project: str) -> Tables:
        """The same of an earlier quarter, for what a later one is compared with."""
        before = self._before.select_history(project) if self._before else None
        return self._at(self._history_rows(project), before)

    def _at(self, places: Mapping[str, Sequence[int]], before: Tables | None) -> Tables:
        tables = self._quarter.tables
        frames: dict[str, Any] = {
            name: _rows_at(getattr(tables, name), places.get(name, [])) for name in TABLE_NAMES
        }
        return replace(tables, before=before, **frames)

    def _history_rows(self, project: str) -> Mapping[str, Sequence[int]]:
        """Where its own rows of an earlier quarter stand, and the refused cells that affect it."""
        found = {
            name: places.get(project, ()) for name, places in self._own.items() if name in HISTORY
        }
        # Where the register does not have the project, a refusal that names nobody may be what
        # kept it from view.
        known = project in self._quarter.register
        refusals = self._refusals.get(project, ()) if known else self._of_nobody
        return {**found, "refusals": refusals}

    def findings_of(self, project: str) -> tuple[Finding, ...]:
        """The findings that the project's briefing shows."""
        return self._by_project.of(project)

    def fingerprint(self, project: str) -> str:
        """The fingerprint of the project's rows and findings, without selecting them."""
        places = self._rows_for(project)
        findings = [self._finding_digests[place] for place in self._by_project.places_of(project)]
        before = self._fingerprint_before(project)
        return _digest(self._quarter, self._digests_at(places), findings, before)

    def history_fingerprint(self, project: str) -> str:
        """The fingerprint of what a later quarter is compared with."""
        places = self._history_rows(project)
        before = self._fingerprint_before(project)
        return _digest(self._quarter, self._digests_at(places), (), before)

    def _fingerprint_before(self, project: str) -> str:
        return self._before.history_fingerprint(project) if self._before else ""

    def _digests_at(self, places: Mapping[str, Iterable[int]]) -> dict[str, list[bytes]]:
        return {
            name: [self._row_digests[name][place] for place in places.get(name, ())]
            for name in TABLE_NAMES
        }

    def _rows_for(self, project: str) -> dict[str, list[int]]:
        """Where the rows stand that the briefing may use, table by table."""
        chain = self._quarter.chain(self._quarter.register[project].service)
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
        tables = dict.fromkeys(
            _rows(self._quarter, name)[place].block for name in _MONEY for place in found[name]
        )
        found["blocks"] = set(_at(self._blocks, tables))
        if self._quarter.corrections:
            found["corrections"] = set(self._corrections(project, found))
        found["weights"] = set(range(len(_rows(self._quarter, "weights"))))
        found["settings"] = {
            place
            for place, row in enumerate(_rows(self._quarter, "settings"))
            if row.part not in OF_PROJECTS or slug(row.key) == project
        }
        return {name: sorted(places) for name, places in found.items()}

    def _context(self, project: str, places: _About) -> Iterator[int]:
        """What is context of the project, of all that is about services and programmes."""
        return self._quarter.context_of(self._quarter.register[project], places)

    def _corrections(self, project: str, found: Mapping[str, Iterable[int]]) -> Iterator[int]:
        """The corrections of cells that these rows and the findings use, and of rows printed."""
        by_cell, by_row = self._corrected
        cells = {
            name: [cell_of(_rows(self._quarter, name)[place]) for place in places]
            for name, places in found.items()
        }
        yield from _at(by_cell, (cell for own in cells.values() for cell in own))
        yield from _at(by_row, (cell.sheet_row for name in _PRINTED for cell in cells[name]))
        yield from _at(
            by_cell,
            (cell for finding in self._by_project.of(project) for cell in finding.cells),
        )

    @cached_property
    def _corrected(self) -> tuple[_Places, _Places]:
        """The corrections by their cell, and by the row of a sheet that it stands in."""
        rows = self._quarter.corrections
        return _placed(rows, cell_of), _placed(rows, lambda row: cell_of(row).sheet_row)

    @cached_property
    def _own(self) -> dict[str, _Places]:
        return {name: _placed(_rows(self._quarter, name), lambda row: row.project) for name in _OWN}

    @cached_property
    def _context_lines(self) -> _About:
        """The lines of the programmes' current analyses."""
        lines = ((place, row) for place, row in enumerate(self._quarter.savings))
        return _about(
            (scope_service(row.scope), row.programme or "", place)
            for place, row in lines
            if not row.project and row.plan == Plan.CURRENT
        )

    @cached_property
    def _context_totals(self) -> _About:
        """The totals of the analyses that are about one programme and service throughout.

        Of others no total is shown.
        """
        printed = _placed(self._quarter.totals, lambda row: None if row.project else row.block)
        whole = (
            (savings, table)
            for savings in self._quarter.programme_savings
            for table, rows in savings.analyses.items()
            if len(rows) == len(self._quarter.savings.of_block(table))
        )
        return _about(
            (savings.service, savings.programme, place)
            for savings, table in whole
            for place in printed.get(table, ())
        )

    @cached_property
    def _context_refusals(self) -> _About:
        """The refused cells of the programmes' analyses: each may be an amount of them."""
        cells = _placed(self._quarter.refusals, lambda row: row.block)
        return _about(
            (savings.service, savings.programme, place)
            for savings in self._quarter.programme_savings
            for table in savings.tables
            for place in cells.get(table, ())
        )

    @cached_property
    def _plan_lines(self) -> _About:
        """The lines of the plan itself."""
        return _about(
            (row.service or "", row.programme or "", place)
            for place, row in enumerate(self._quarter.mtfp)
        )

    @cached_property
    def _bridge_lines(self) -> _Places:
        """The programmes' lines by the service whose budgets of two years they may lie between."""
        found: dict[str, list[int]] = {}
        for place, row in enumerate(self._quarter.savings):
            service = scope_service(row.scope)
            is_prior = row.plan == Plan.PRIOR and row.measure in (None, Measure.DELIVERED)
            has_bridge = len(self._quarter.budgets.get(service, ())) > 1
            if not row.project and has_bridge and (row.plan == Plan.CURRENT or is_prior):
                found.setdefault(service, []).append(place)
        return found

    @cached_property
    def _budgets(self) -> _Places:
        return _placed(self._quarter.budget, lambda row: row.service)

    @cached_property
    def _parts(self) -> _About:
        """The budgets of the parts of a service, by the programmes whose base they may lessen."""
        parts = _placed(self._quarter.budget, lambda row: row.part_of)
        return _about(
            (savings.service, savings.programme, place)
            for savings in self._quarter.programme_savings
            for place in parts.get(savings.service, ())
        )

    @cached_property
    def _blocks(self) -> _Places:
        return _placed(self._quarter.blocks, lambda row: row.block)

    @cached_property
    def _refusals(self) -> _Places:
        """The refused cells that withhold each project."""
        found: dict[str, list[int]] = {}
        for place, (_, projects) in enumerate(projects_affected(self._quarter)):
            for project in projects:
                found.setdefault(project, []).append(place)
        return found

    @cached_property
    def _of_nobody(self) -> list[int]:
        """The refusals that name nobody."""
        named: list[RefusalRow] = list(of_nobody(self._quarter))
        return [place for place, row in enumerate(self._quarter.refusals) if row in named]

    @cached_property
    def _before(self) -> "ProjectRows | None":
        return ProjectRows(self._quarter.before) if self._quarter.before else None

    @cached_property
    def _row_digests(self) -> dict[str, list[bytes]]:
        return {
            name: [_sha256(tuple(row)) for row in _rows(self._quarter, name)]
            for name in TABLE_NAMES
        }

    @cached_property
    def _finding_digests(self) -> list[bytes]:
        return [_sha256(finding) for finding in self._findings]


def _rows(quarter: Quarter, name: str) -> Rows[Any]:
    """The rows of a table by its name."""
    rows: Rows[Any] = getattr(quarter, name)
    return rows


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


def _sha256(value: object) -> bytes:
    # In the way Python writes them, a text has its quotes, and a date, a number and None can be no
    # text.
    return hashlib.sha256(repr(_facts(value)).encode()).digest()


def _facts(value: Any) -> object:
    """A finding or figure as all of its fields: what it shows of itself leaves most of them out."""
    if is_dataclass(value):
        return (
            type(value).__name__,
            *(_facts(getattr(value, each.name)) for each in fields(value)),
        )
    if isinstance(value, tuple) and not isinstance(value, CellRef):
        return (*map(_facts, value),)
    return value


def _digest(
    quarter: Quarter, rows: Mapping[str, Sequence[bytes]], findings: Sequence[bytes], before: str
) -> str:
    """A digest over digests of one length, with the number of each table's rows.

    So no border can move unseen.
    """
    tables = quarter.tables
    state = hashlib.sha256(repr((tables.period, tables.as_of, tables.as_of_cell)).encode())
    for name in TABLE_NAMES:
        state.update(repr((name, tuple(getattr(tables, name).columns), len(rows[name]))).encode())
        state.update(b"".join(rows[name]))
    state.update(repr(len(findings)).encode())
    state.update(b"".join(findings))
    state.update(before.encode())
    return state.hexdigest()
