"""Refused cells: which projects each withholds, and where they stand in a table of money."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ffanalysis.figures import REFUSED
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import ProjectRow, RefusalRow
from ffanalysis.vocabulary import scope_service


@dataclass(frozen=True, slots=True)
class RefusedCell:
    """A refused cell of a table of money, as a gap: it may hold an amount, or a whole line."""

    project: str | None
    line_no: int | None
    year: str | None
    workbook: str
    sheet: str
    cell: str
    amount_pence: None = None
    stated_to_pence: None = None
    missing: str = REFUSED
    corrected: bool = False
    written: None = None
    factor: None = None


def refused_in(quarter: Quarter, table: str) -> list[RefusedCell]:
    """The refused cells of a printed table, those of its printed totals left out."""
    return [
        RefusedCell(
            row.project, row.line_no, row.year, row.workbook, row.sheet or "", row.cell or ""
        )
        for row in quarter.refusals.of_block(table)
        if row.cell and not row.over
    ]


def withheld_projects(quarter: Quarter) -> dict[str, tuple[str, ...]]:
    """The projects that a refused cell withholds, with the sentences that say why.

    A refusal withholds the project it names, or every project of the programme or service it
    names; one that names nothing withholds all.
    """
    return quarter.once(_withheld)


def _withheld(quarter: Quarter) -> dict[str, tuple[str, ...]]:
    reasons: dict[str, list[str]] = {}
    for refusal, projects in projects_affected(quarter):
        for project in projects:
            reasons.setdefault(project, []).append(refusal.sentence)
    return {project: tuple(dict.fromkeys(sentences)) for project, sentences in reasons.items()}


def projects_affected(quarter: Quarter) -> Sequence[tuple[RefusalRow, list[str]]]:
    """Each refusal with the projects that it withholds."""
    return quarter.once(_affected)


def _affected(quarter: Quarter) -> list[tuple[RefusalRow, list[str]]]:
    known: dict[tuple[str | None, ...], list[str]] = {}
    found = []
    for refusal in quarter.refusals:
        about = (refusal.project, refusal.programme, refusal.service)
        if about not in known:
            own = quarter.register.get(refusal.project or "")
            rows = [own] if own else quarter.register.values()
            known[about] = [row.project for row in rows if _affects(quarter, refusal, row)]
        found.append((refusal, known[about]))
    return found


def _affects(quarter: Quarter, refusal: RefusalRow, row: ProjectRow) -> bool:
    """Whether a refusal withholds the project of this row of the register."""
    if refusal.project:
        return refusal.project == row.project
    if refusal.programme:
        return not row.programme or row.programme == refusal.programme
    if refusal.service:
        chain = quarter.chain(row.service)
        # A budget row that was refused may be the one that would have said what the service is
        # part of.
        return scope_service(refusal.service) in chain or len(chain) < 2
    return True


def of_nobody(quarter: Quarter) -> Iterator[RefusalRow]:
    """The refusals that name no project of the register, no programme and no service."""
    return (
        row
        for row in quarter.refusals
        if row.project not in quarter.register and not (row.programme or row.service)
    )


def with_refused_lines(quarter: Quarter) -> set[str | None]:
    """The projects of which an amount stands in a table of money and cannot be read."""
    return {row.project for row in quarter.refusals if row.block}
