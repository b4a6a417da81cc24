"""The analyses of one total: what each is called and comes to, and the plan's lines for it."""

from ffanalysis.savings.model import ProgrammeSavings
from ffanalysis.savings.printed_tables import Part, family_of, part_named
from ffanalysis.savings.quarter import Quarter
from ffanalysis.savings.refusals import refused_in
from ffanalysis.tables import PlanRow, TotalRow, with_amount


def grand_total(quarter: Quarter, table: str) -> TotalRow | None:
    """The printed overall total of an analysis, where it states one.

    A project's own total is none of the programme's.
    """
    has_years = any(row.year for row in quarter.savings.of_block(table))
    found = [
        total
        for total in with_amount(quarter.totals.of_block(table))
        if not part_named(total) and not total.project
        if total.over == "both" or (total.over == "rows" and total.year is None and not has_years)
    ]
    return found[0] if len(found) == 1 else None


def analysis_rows(quarter: Quarter, savings: ProgrammeSavings, table: str) -> list[Part]:
    """The rows that say what an analysis comes to: its printed overall total, else its lines.

    Of a table that states other services, measures or roles too, only its own lines are summed.
    """
    own = savings.analyses[table]
    is_all = len(own) == len(quarter.savings.of_block(table))
    total = grand_total(quarter, table) if is_all else None
    return [total] if total else [*own, *refused_in(quarter, table)]


def kind_of(quarter: Quarter, table: str) -> str:
    """What an analysis is called in a sentence."""
    family = family_of(quarter.savings.of_block(table), quarter.totals.of_block(table))
    if family == "route":
        return "the split by delivery route"
    return "the RAG table" if family == "rag" else "the schedule"


def kinds_of(quarter: Quarter, savings: ProgrammeSavings) -> dict[str, str]:
    """The analyses of a programme and what each is called, the RAG table before the split."""
    kinds = {table: kind_of(quarter, table) for table in savings.tables}
    if len(set(kinds.values())) < len(kinds):
        kinds = {
            table: f"{kind} in sheet {savings.analyses[table][0].sheet}"
            for table, kind in kinds.items()
        }
    return dict(
        sorted(kinds.items(), key=lambda item: item[1].startswith("the split by delivery route"))
    )


def plan_lines(
    quarter: Quarter, savings: ProgrammeSavings
) -> tuple[list[PlanRow], list[ProgrammeSavings]]:
    """The plan's lines for a programme's savings of a service, and whose savings they are for.

    A line that names the service and no programme is for all programmes of the service that have
    no line of their own; one that names the programme and no service is for all its services that
    have none. The programmes come in the order of the schedule.
    """
    lines, members = _of_service(quarter, savings)
    named = quarter.mtfp.by("programme").get(savings.programme, [])
    whole = [row for row in named if not row.service]
    if lines or not whole:
        return lines, members
    own = [each for each in quarter.programmes if each.programme == savings.programme]
    return whole, [each for each in own if not _of_service(quarter, each)[0]] or [savings]


def _of_service(
    quarter: Quarter, savings: ProgrammeSavings
) -> tuple[list[PlanRow], list[ProgrammeSavings]]:
    by_service = quarter.mtfp.by("service")
    lines = by_service.get(savings.service, []) if savings.service else []
    if not savings.shares:
        own = [row for row in lines if row.programme in (None, savings.programme)]
        return own, [savings]
    named = {row.programme for row in lines if row.programme}
    whole = {row.programme for row in quarter.mtfp if row.programme and not row.service} - named
    if savings.programme in named:
        return [row for row in lines if row.programme == savings.programme], [savings]
    if savings.programme in whole:
        return [], [savings]
    rest = [row for row in lines if not row.programme]
    members = quarter.programmes_of[savings.service]
    others = [each for each in members if each.programme not in named | whole]
    return rest, others if rest else [savings]
