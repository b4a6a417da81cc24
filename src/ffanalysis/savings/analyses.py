"""Analyses of one total.

What each is called, what it comes to, and which lines of the plan it belongs to.
"""

from ffanalysis.figures import Figure
from ffanalysis.savings.assemble import refused_in, stated
from ffanalysis.savings.quarter import Group, Ledger
from ffanalysis.savings.sums import amount
from ffanalysis.tables import Row


def is_part(total: Row) -> bool:
    """Whether a total adds only some lines of its table."""
    return total.first_line is not None


def part_named(total: Row) -> str:
    """Which part of its table a total is of; blank where it is of the whole."""
    unknown = f"RAG {total.rag_missing}" if total.rag_missing and total.over != "years" else None
    said = ", ".join(filter(None, (total.saving_type, total.route, total.rag or unknown)))
    return said or (total.label or "" if is_part(total) else "")


def family_of(lines: list[Row], totals: list[Row]) -> str:
    """Which kind of table states these: by delivery route, a proposal, by RAG, or plain."""
    rows = lines or totals
    if any(row.route for row in rows):
        return "route"
    if rows and all(row.plan == "proposed" for row in rows):
        return "proposed"
    return "rag" if any(row.rag for row in lines) else "plain"


def grand_total(ledger: Ledger, block: str) -> Row | None:
    """The printed overall total of an analysis, where it states one.

    A project's own total is none of the programme's.
    """
    lines = ledger.of_block("savings", block)
    found = [
        total
        for total in stated(ledger.of_block("totals", block))
        if not part_named(total) and not total.project
        if total.over == "both"
        or (total.over == "rows" and total.year is None and not any(row.year for row in lines))
    ]
    return found[0] if len(found) == 1 else None


def analysis_total(
    ledger: Ledger, group: Group, block: str, name: str = "total"
) -> tuple[Figure, list[Row]]:
    """What an analysis comes to.

    Its printed overall total, else the sum of its lines; and the rows that say so.

    Of a block that states other services too, only the group's own lines are summed.
    """
    own = group.lines[block]
    total = (
        grand_total(ledger, block) if len(own) == len(ledger.of_block("savings", block)) else None
    )
    rows = [total] if total else [*own, *refused_in(ledger, block)]
    return amount(name, rows), rows


def kind_of(ledger: Ledger, block: str) -> str:
    """What an analysis is called in a sentence."""
    family = family_of(ledger.of_block("savings", block), ledger.of_block("totals", block))
    return {"route": "the split by delivery route", "rag": "the RAG table"}.get(
        family, "the schedule"
    )


def kinds_of(ledger: Ledger, group: Group) -> dict[str, str]:
    """The analyses of a group and what each is called, the RAG table before the split it is held against."""
    kinds = {block: kind_of(ledger, block) for block in group.blocks}
    if len(set(kinds.values())) < len(kinds):
        kinds = {
            block: f"{kind} in sheet {block.rsplit('!', 2)[1]}" for block, kind in kinds.items()
        }
    return dict(
        sorted(kinds.items(), key=lambda item: item[1].startswith("the split by delivery route"))
    )


def plan_lines(ledger: Ledger, group: Group) -> tuple[list[Row], list[Group]]:
    """The plan's lines for a programme's savings of a service, and whose savings they are for, in the order of the schedule.

    A line that names the service and no programme is for all programmes of the service that have no line of their own; one that
    names the programme and no service is for all its services that have none.
    """
    lines, members = _of_service(ledger, group)
    whole = [
        row for row in ledger.by("mtfp", "programme").get(group.programme, []) if not row.service
    ]
    if lines or not whole:
        return lines, members
    own = [other for other in ledger.counting if other.programme == group.programme]
    return whole, [other for other in own if not _of_service(ledger, other)[0]] or [group]


def _of_service(ledger: Ledger, group: Group) -> tuple[list[Row], list[Group]]:
    lines = ledger.by("mtfp", "service").get(group.service, []) if group.service else []
    if not group.shares:
        return [row for row in lines if row.programme in (None, group.programme)], [group]
    named = {row.programme for row in lines if row.programme}
    whole = {
        row.programme for row in ledger.rows("mtfp") if row.programme and not row.service
    } - named
    rest = [row for row in lines if not row.programme]
    if group.programme in named:
        return [row for row in lines if row.programme == group.programme], [group]
    if group.programme in whole:
        return [], [group]
    others = [
        other for other in ledger.groups_of[group.service] if other.programme not in named | whole
    ]
    return rest, others if rest else [group]
