"""Whose a line is: what a project owns, what is only its context, what meets at one total, whom a refusal withholds."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pandas as pd

from ffanalysis import model
from ffanalysis.model import Tables, records, scope_service


def project_row(tables: Tables, project: str) -> SimpleNamespace:
    """The register's row of a project; KeyError where there is none."""
    found = tables.projects[tables.projects["project"] == project]
    if found.empty:
        raise KeyError(project)
    return next(records(found))


def service_chain(tables: Tables, service: str | None) -> tuple[str, ...]:
    """A service and all that it is part of, from the nearest outwards."""
    parents = {row.service: row.part_of for row in records(tables.budget) if row.part_of}
    chain: list[str] = []
    while service and service not in chain:
        chain.append(service)
        service = parents.get(service)
    return tuple(chain)


def own_lines(tables: Tables, project: str) -> list[SimpleNamespace]:
    """The savings that the project itself owns, as stated line by line."""
    return list(records(tables.savings[tables.savings["project"] == project]))


def counted_lines(own: list[SimpleNamespace]) -> list[SimpleNamespace]:
    """Of a project's own lines those that count: of each plan its targets, revised where they are, as one analysis states them."""
    own = [row for row in own if row.measure in (None, "original target", "revised target")]
    found: list[SimpleNamespace] = []
    for plan in dict.fromkeys(row.plan for row in own):
        targets = [row for row in own if row.plan == plan]
        targets = [row for row in targets if row.measure == "revised target"] or targets
        found += next(iter(by_analysis(targets).values()))
    return found


def own_totals(tables: Tables, project: str) -> list[SimpleNamespace]:
    """The totals printed for the project's own savings."""
    return list(records(tables.totals[tables.totals["project"] == project]))


def by_analysis(rows: list[SimpleNamespace]) -> dict[str, list[SimpleNamespace]]:
    """Rows by the analysis that states them, the one that says most first: years and RAG, then years, then the rest.

    Analyses of the same savings are never summed; the first is counted, and the others are held against it.
    """
    blocks: dict[str, list[SimpleNamespace]] = {}
    for row in rows:
        blocks.setdefault(row.block, []).append(row)

    def says(block: str) -> tuple[bool, bool]:
        return not any(row.year for row in blocks[block]), not any(row.rag for row in blocks[block])

    return {block: blocks[block] for block in sorted(blocks, key=says)}


@dataclass(frozen=True)
class Group:
    """Analyses of one total: the blocks that state the same programme's savings for the same service."""

    programme: str
    service: str
    blocks: tuple[str, ...]
    measure: str = ""
    plan: str = "current"

    @property
    def subject(self) -> str:
        return ", ".join(filter(None, (self.service or self.programme, self.measure)))

    @property
    def about(self) -> dict[str, Any]:
        """Whom a finding on the group concerns."""
        return {"programme": self.programme, "service": self.service}

    def lines(self, tables: Tables, block: str) -> list[SimpleNamespace]:
        """The lines of one of its blocks that are about the group; a block may state other services beside it."""
        return [row for row in block_lines(tables, block) if not row.project and row.plan == self.plan and self._holds(row)]

    def _holds(self, row: SimpleNamespace) -> bool:
        return (row.programme or "", scope_service(row.scope), row.measure or "") == (self.programme, self.service, self.measure)


def groups(tables: Tables, plan: str = "current") -> list[Group]:
    """The programme's analyses, gathered by what they are about; a project's own lines belong to none."""
    rows = tables.savings[tables.savings["project"].isna() & (tables.savings["plan"] == plan)]
    # A target and what was delivered of it are not two analyses of one total: each measure is a group of its own.
    found: dict[tuple[str, str, str], dict[str, None]] = {}
    for row in records(rows):
        found.setdefault((row.programme or "", scope_service(row.scope), row.measure or ""), {})[row.block] = None
    return [Group(programme, service, tuple(blocks), measure, plan) for (programme, service, measure), blocks in found.items()]


def is_context(tables: Tables, project: str, programme: str, service: str) -> bool:
    """Whether a programme's line, for `service`, is context of the project: it is about a service the project is part of."""
    row = project_row(tables, project)
    if programme and row.programme and programme != row.programme:
        return False
    return service in service_chain(tables, row.service) if service else bool(programme)


def context_groups(tables: Tables, project: str) -> list[Group]:
    """The programme's analyses that the project's briefing shows beside its own money."""
    return [group for group in groups(tables) if is_context(tables, project, group.programme, group.service)]


def block_lines(tables: Tables, block: str, table: str = "savings") -> list[SimpleNamespace]:
    """The lines of one analysis."""
    data = getattr(tables, table)
    return list(records(data[data["block"] == block]))


def grouped(data: pd.DataFrame, key: str) -> dict[str | None, list[SimpleNamespace]]:
    """The rows of a table by what they state as `key`: their analysis (`block`) or their project."""
    found: dict[str | None, list[SimpleNamespace]] = {}
    for row in records(data):
        found.setdefault(getattr(row, key), []).append(row)
    return found


def block_totals(tables: Tables, block: str) -> list[SimpleNamespace]:
    """The totals printed in one analysis."""
    return list(records(tables.totals[tables.totals["block"] == block]))


def stated(rows: list[SimpleNamespace]) -> list[SimpleNamespace]:
    """The rows that state an amount."""
    return [row for row in rows if row.amount_pence is not None]


def marked(rows: list[SimpleNamespace]) -> list[SimpleNamespace]:
    """The rows whose amount the source itself marks as missing (TBC, .., #REF!); a blank cell is no such gap."""
    return [row for row in rows if row.amount_pence is None and row.missing != model.BLANK]


# Why an amount is missing that stands in a refused cell.
REFUSED = "cannot be read"


def refused_in(tables: Tables, block: str) -> list[SimpleNamespace]:
    """The refused cells of a printed table, as gaps: each may hold an amount, or the words of a whole line."""
    if tables.refusals.empty:
        return []
    return [
        SimpleNamespace(**vars(row) | {"amount_pence": None, "missing": REFUSED})
        for row in records(tables.refusals[tables.refusals["block"] == block])
        if row.cell and not row.over
    ]


def whose(tables: Tables, row: SimpleNamespace) -> tuple[str, dict[str, Any]]:
    """What a line of savings is called in a sentence, and whom it concerns."""
    if row.project:
        names = dict(zip(tables.projects["project"], tables.projects["name"], strict=True))
        return str(names.get(row.project, row.project)), {"project": row.project}
    about = {"programme": row.programme or "", "service": scope_service(row.scope)}
    return row.scope or row.programme or f"Sheet {row.sheet}", about


def by_owner(tables: Tables, rows: list[SimpleNamespace]) -> list[tuple[str, dict[str, Any], list[SimpleNamespace]]]:
    """Lines by the project or scope they belong to: its name in a sentence, whom it concerns, and its lines."""
    found: dict[tuple[object, ...], list[SimpleNamespace]] = {}
    for row in rows:
        found.setdefault((row.project,) if row.project else (row.scope, row.programme, row.sheet), []).append(row)
    return [(*whose(tables, own[0]), own) for own in found.values()]


def withheld(tables: Tables) -> dict[str, tuple[str, ...]]:
    """The projects that a refused cell withholds, with the sentences that say why.

    A refusal withholds the project it names, or every project of the programme or service it names; one that names nothing
    withholds all.
    """
    reasons: dict[str, list[str]] = {}
    for refusal in records(tables.refusals):
        for project in tables.slugs:
            if _touches(tables, refusal, project):
                reasons.setdefault(project, []).append(refusal.sentence)
    return {project: tuple(sentences) for project, sentences in reasons.items()}


def _touches(tables: Tables, refusal: SimpleNamespace, project: str) -> bool:
    if refusal.project:
        return bool(refusal.project == project)
    row = project_row(tables, project)
    if refusal.programme:
        return not row.programme or bool(row.programme == refusal.programme)
    if refusal.service:
        chain = service_chain(tables, row.service)
        # A budget row that was refused may be the one that would have said what the service is part of.
        return scope_service(refusal.service) in chain or len(chain) < 2
    return True
