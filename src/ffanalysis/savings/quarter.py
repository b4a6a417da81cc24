"""The rows of a period gathered once by whom and what they are of, so that nothing looks through all rows for each project."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, Self, TypeVar

from ffanalysis.provenance import slugs
from ffanalysis.tables import Row, Tables, records
from ffanalysis.vocabulary import scope_service

Rows = list[Row]
_Made = TypeVar("_Made")


PROGRESS = (
    "delivered to date",
    "forecast",
)  # measures reported quarter after quarter against a target


@dataclass(frozen=True)
class Group:
    """Analyses of one total.

    The lines that state the same programme's savings for the same service, by their block.

    A block may state other services beside it; those lines belong to groups of their own.
    """

    programme: str
    service: str
    measure: str
    lines: Mapping[str, Rows]
    number: int  # its place among the groups of the period
    shares: bool = False  # whether another programme states savings for the same service

    @property
    def blocks(self) -> tuple[str, ...]:
        return tuple(self.lines)

    @property
    def subject(self) -> str:
        return ", ".join(filter(None, (self.service or self.programme, self.measure)))

    @property
    def called(self) -> str:
        """The same in a sentence, with the programme where another one is about the same service."""
        return (
            f"{self.subject} ({self.programme or 'programme not stated'})"
            if self.shares
            else self.subject
        )

    @property
    def about(self) -> dict[str, Any]:
        """Whom a finding on the group concerns."""
        return {"programme": self.programme, "service": self.service}


class Ledger(Tables):
    """The tables of a period with their rows as records, gathered as they are asked for.

    Made anew by whatever is called with plain tables and gone when that returns: a frame that an
    analyst changes between two calls is read again, so no figure is stale.
    """

    @classmethod
    def of(cls, tables: Tables) -> Self:
        """The ledger of tables; one that is a ledger already stays the same."""
        return (
            tables
            if isinstance(tables, cls)
            else cls(**{item.name: getattr(tables, item.name) for item in fields(Tables)})
        )

    @cached_property
    def last(self) -> "Ledger | None":
        """The quarter before, where one was read."""
        return Ledger.of(self.before) if self.before else None

    @cached_property
    def _rows(self) -> dict[str, Rows]:
        return {}

    def rows(self, table: str) -> Rows:
        """The rows of a table, in its order."""
        if table not in self._rows:
            self._rows[table] = list(records(getattr(self, table)))
        return self._rows[table]

    @cached_property
    def _made(self) -> dict[Callable[["Ledger"], Any], Any]:
        return {}

    def once(self, make: Callable[["Ledger"], _Made]) -> _Made:
        """What `make` gives for this ledger, made at the first call: what several rules look at."""
        if make not in self._made:
            self._made[make] = make(self)
        made: _Made = self._made[make]
        return made

    @cached_property
    def _gathered(self) -> dict[tuple[str, str], dict[Any, Rows]]:
        return {}

    def by(self, table: str, key: str) -> Mapping[Any, Rows]:
        """The rows of a table by what they state as `key`.

        Their block, their project, their service.
        """
        if (table, key) not in self._gathered:
            self._gathered[table, key] = gathered(self.rows(table), key)
        return self._gathered[table, key]

    def of_project(self, table: str, project: str) -> Rows:
        """The rows of a table that are the project's own."""
        return self.by(table, "project").get(project, [])

    def of_block(self, table: str, block: str) -> Rows:
        """The rows of a table that one analysis states: its lines, or the totals printed in it."""
        return self.by(table, "block").get(block, [])

    @cached_property
    def register(self) -> dict[str, Row]:
        """Each project's row of the register."""
        return {
            project: rows[0] for project, rows in self.by("projects", "project").items() if project
        }

    @cached_property
    def _wholes(self) -> dict[str, str]:
        """What each service is part of."""
        return {row.service: row.part_of for row in self.rows("budget") if row.part_of}

    @cached_property
    def _chains(self) -> dict[str | None, tuple[str, ...]]:
        return {}

    def chain(self, service: str | None) -> tuple[str, ...]:
        """A service and all that it is part of, from the nearest outwards."""
        if service not in self._chains:
            found: list[str] = []
            whole = service
            while whole and whole not in found:
                found.append(whole)
                whole = self._wholes.get(whole)
            self._chains[service] = tuple(found)
        return self._chains[service]

    @cached_property
    def budgets(self) -> dict[str, dict[str, Row]]:
        """The budget of each service and year that states an amount, the first where there are several."""
        found: dict[str, dict[str, Row]] = {}
        for row in self.rows("budget"):
            if row.amount_pence is not None:
                found.setdefault(row.service, {}).setdefault(row.year, row)
        return found

    @cached_property
    def budget_order(self) -> dict[str, int]:
        """The place of each service among those with a budget."""
        return {service: number for number, service in enumerate(self.budgets)}

    @cached_property
    def budget_names(self) -> dict[str, str]:
        """What figures call each service with a budget."""
        return slugs({service: service for service in self.budgets})

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The programme's current analyses, gathered by what they are about.

        A project's own lines belong to none.
        """
        # A target and what was delivered of it are not two analyses of one total: each measure is a
        # group of its own.
        found: dict[tuple[str, str, str], dict[str, Rows]] = {}
        for row in self.rows("savings"):
            if not row.project and row.plan == "current":
                about = (row.programme or "", scope_service(row.scope), row.measure or "")
                found.setdefault(about, {}).setdefault(row.block, []).append(row)
        return tuple(
            Group(*about, lines, number, about[1] in self.shared)
            for number, (about, lines) in enumerate(found.items())
        )

    @cached_property
    def counting(self) -> tuple[Group, ...]:
        """Those that are savings.

        A target gives way to the revised one, and what was delivered or is forecast is none.

        A row of a table that was not revised stays.
        """
        found: dict[tuple[str, str], dict[str, Group]] = {}
        for group in self.groups:
            if group.measure not in PROGRESS:
                found.setdefault((group.programme, group.service), {})[group.measure] = group
        return tuple(group for targets in found.values() for group in _revised(targets))

    @cached_property
    def shared(self) -> frozenset[str]:
        """The services that several programmes state savings for."""
        found: dict[str, set[str]] = {}
        for row in self.rows("savings"):
            if not row.project and row.plan == "current" and (service := scope_service(row.scope)):
                found.setdefault(service, set()).add(row.programme or "")
        return frozenset(service for service, programmes in found.items() if len(programmes) > 1)

    @cached_property
    def groups_of(self) -> dict[str, list[Group]]:
        """Those that count, by the service that they are about."""
        found: dict[str, list[Group]] = {}
        for group in self.counting:
            found.setdefault(group.service, []).append(group)
        return found

    @cached_property
    def prior_of(self) -> dict[str, Rows]:
        """The programme's savings of earlier years, by the service that they are about."""
        found: dict[str, Rows] = {}
        for row in self.rows("savings"):
            if row.plan == "prior" and not row.project:
                found.setdefault(scope_service(row.scope), []).append(row)
        return found


def _revised(targets: Mapping[str, Group]) -> Iterator[Group]:
    """The targets of a programme for a service, by their measure, with the revised ones in the place of the others."""
    revised = targets.get("revised target")
    if revised is None:
        yield from targets.values()
        return
    lines = {}
    for block, rows in revised.lines.items():
        said = {(row.rag, row.route, row.year) for row in rows}
        originals = [
            row
            for other in targets.values()
            if other is not revised
            for row in other.lines.get(block, [])
        ]
        lines[block] = [
            *(row for row in originals if (row.rag, row.route, row.year) not in said),
            *rows,
        ]
    yield replace(revised, lines=lines)


def gathered(rows: Rows, key: str) -> dict[Any, Rows]:
    """Rows by what they state as `key`, in their order."""
    found: dict[Any, Rows] = {}
    for row in rows:
        found.setdefault(getattr(row, key), []).append(row)
    return found


def service_budget(ledger: Ledger, service: str | None, year: str) -> Row | None:
    """The budget that a saving of `year` is held against.

    The service's latest up to that year, else its first.
    """
    rows = sorted(
        (
            row
            for row in ledger.by("budget", "service").get(service, [])
            if row.amount_pence is not None
        ),
        key=lambda row: str(row.year),
    )
    until = [row for row in rows if row.year <= year]
    return until[-1] if until else rows[0] if rows else None
