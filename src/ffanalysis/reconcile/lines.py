"""Whose a line is: what a project owns, what is only its context, what meets at one total, whom a refusal withholds."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace

from ffanalysis import model
from ffanalysis.model import Tables, records

_EXCEPT = re.compile(r"\s*[,(–-]?\s*\b(?:excluding|excl\.?|except|other than|without)\b.*$", re.I)


def scope_service(scope: str | None) -> str:
    """The service that a scope is about: "Education & Skills excluding SEND" is about Education & Skills."""
    return _EXCEPT.sub("", scope or "").strip()


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

    @property
    def subject(self) -> str:
        return self.service or self.programme


def groups(tables: Tables, plan: str = "current") -> list[Group]:
    """The programme's analyses, gathered by what they are about; a project's own lines belong to none."""
    rows = tables.savings[tables.savings["project"].isna() & (tables.savings["plan"] == plan)]
    # A target and what was delivered of it are not two analyses of one total: each measure is a group of its own.
    found: dict[tuple[str, str, str], dict[str, None]] = {}
    for row in records(rows):
        found.setdefault((row.programme or "", scope_service(row.scope), row.measure or ""), {})[row.block] = None
    return [Group(programme, service, tuple(blocks)) for (programme, service, _), blocks in found.items()]


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


def block_totals(tables: Tables, block: str) -> list[SimpleNamespace]:
    """The totals printed in one analysis."""
    return list(records(tables.totals[tables.totals["block"] == block]))


def stated(rows: list[SimpleNamespace]) -> list[SimpleNamespace]:
    """The rows that state an amount."""
    return [row for row in rows if row.amount_pence is not None]


def marked(rows: list[SimpleNamespace]) -> list[SimpleNamespace]:
    """The rows whose amount the source itself marks as missing (TBC, .., #REF!); a blank cell is no such gap."""
    return [row for row in rows if row.amount_pence is None and row.missing != model.BLANK]


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


def lines_of_blocks(tables: Tables) -> Iterator[tuple[str, list[SimpleNamespace], list[SimpleNamespace]]]:
    """Each analysis of savings with its lines and its printed totals."""
    blocks = dict.fromkeys([*tables.savings["block"], *tables.totals[tables.totals["table"] == "savings"]["block"]])
    for block in blocks:
        yield block, block_lines(tables, block), block_totals(tables, block)
