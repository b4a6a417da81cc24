"""Every printed total against what stands behind it: by year, by row, overall, by type of saving, by route."""

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from ffanalysis import money
from ffanalysis.model import SAVING_DIMENSIONS, Figure, Finding, Sentence, Tables, records
from ffanalysis.reconcile.lines import (
    Group,
    block_lines,
    block_totals,
    by_analysis,
    groups,
    lines_of_blocks,
    marked,
    own_lines,
    project_row,
    scope_service,
    stated,
)
from ffanalysis.reconcile.outcome import amount, cells_of, compare_words, compared, equality, severity_of

_KEYS = tuple(name for name in SAVING_DIMENSIONS if name not in ("types", "rag_missing", "in_mtfp"))


def _covers(total: Any, row: Any, *, ignoring: str = "") -> bool:
    """Whether a printed total adds this line: all that the total says of itself, the line says too."""
    return all(getattr(total, key) is None or getattr(total, key) == getattr(row, key) for key in _KEYS if key != ignoring)


def _about(tables: Tables, row: SimpleNamespace) -> tuple[str, dict[str, Any]]:
    """What a line is called in a sentence, and whose it is."""
    if row.project:
        return project_row(tables, row.project).name, {"project": row.project}
    service = scope_service(row.scope)
    return row.scope or row.programme or row.block, {"programme": row.programme or "", "service": service}


def _family(lines: list[SimpleNamespace], totals: list[SimpleNamespace]) -> str:
    rows = lines or totals
    if any(row.route for row in rows):
        return "route"
    if rows and all(row.plan == "proposed" for row in rows):
        return "proposed"
    return "rag" if any(row.rag for row in lines) else "plain"


def route_split(tables: Tables) -> Iterator[Finding]:
    """Retained + commissioned = the printed total."""
    for _, lines, totals in lines_of_blocks(tables):
        if _family(lines, totals) != "route":
            continue
        printed = [total for total in totals if total.route is None and total.over != "years"]
        checked: list[SimpleNamespace | None] = [*printed] or [None]
        for total in checked:
            year = None if total is None else total.year
            parts = [row for row in lines if row.year == year and (total is None or _covers(total, row))]
            subject, about = _about(tables, lines[0] if total is None else total)
            words: list[str | Figure] = [f"{subject}{f', {year}' if year else ''}: "]
            for position, row in enumerate(stated(parts)):
                figure = amount(f"route-split/{row.route}/{year or 'all'}", [row])
                words += [" + " if position else "", (row.route or "route not stated").lower() + " ", figure]
            yield equality("route-split", subject, year or "", parts, total, (*words, " = "), **about)


def rag_columns(tables: Tables) -> Iterator[Finding]:
    """In each year the RAG rows add to the printed total of that year."""
    for _, lines, totals in lines_of_blocks(tables):
        if _family(lines, totals) != "rag":
            continue
        for total in totals:
            if total.over == "rows" and not (total.amount_pence is None and not stated(_of(lines, total))):
                subject, about = _about(tables, total)
                yield equality(
                    "rag-columns",
                    subject,
                    total.year or "",
                    _of(lines, total),
                    total,
                    (f"{subject}{f', {total.year}' if total.year else ''}: the RAG rows add to ",),
                    "the schedule states ",
                    **about,
                )


def _of(lines: list[SimpleNamespace], total: SimpleNamespace) -> list[SimpleNamespace]:
    return [row for row in lines if row.year == total.year and _covers(total, row)]


def rag_rows(tables: Tables) -> Iterator[Finding]:
    """In each RAG row the years add to the row's printed total."""
    for _, lines, totals in lines_of_blocks(tables):
        if _family(lines, totals) != "rag":
            continue
        for total in totals:
            if total.over == "years":
                subject, about = _about(tables, total)
                row_name = f"{subject}: {total.rag or 'RAG not stated'}"
                parts = [row for row in lines if _covers(total, row)]
                yield equality(
                    "rag-rows", row_name, "", parts, total, (f"{row_name}: the years add to ",), "the row's total is ", **about
                )


def rag_total(tables: Tables) -> Iterator[Finding]:
    """The printed totals of the years add to the printed overall total."""
    for _, lines, totals in lines_of_blocks(tables):
        if _family(lines, totals) != "rag":
            continue
        for total in totals:
            if total.over == "both":
                years = [other for other in totals if other.over == "rows" and _covers(total, other)]
                subject, about = _about(tables, total)
                words = (f"{subject}, all years: the years' totals add to ",)
                yield equality("rag-total", subject, "", years, total, words, "the schedule states ", **about)


def proposed_total(tables: Tables) -> Iterator[Finding]:
    """Of a proposal: each type's total against its lines, and the grand total against the types, by year and overall."""
    for _, lines, totals in lines_of_blocks(tables):
        if _family(lines, totals) != "proposed":
            continue
        types = [total for total in totals if total.saving_type and total.over in ("rows", "both")]
        for total in totals:
            if total.over == "years":
                continue
            subject, about = _about(tables, total)
            when = total.year or "overall"
            if total.saving_type:
                parts = [row for row in lines if _covers(total, row) and (total.over == "both" or row.year == total.year)]
                # A type without any line is the business of orphan-total; one without a total asserts nothing.
                if stated(parts) and not (total.amount_pence is None and total.missing == "blank"):
                    name = f"{subject}: {total.saving_type}"
                    yield equality(
                        "proposed-total", name, total.year or "", parts, total, (f"{name}, {when}: the lines add to ",), **about
                    )
                continue
            parts = [other for other in types if other.over == total.over and other.year == total.year]
            parts = parts or [row for row in lines if total.over == "both" or row.year == total.year]
            if total.amount_pence is None and not stated(parts):
                continue
            name = f"proposed-total/{total.year or 'overall'}"
            words: list[str | Figure] = [f"{subject}, {when}: "]
            for position, row in enumerate(stated(parts)):
                words += [" + " if position else "", f"{row.saving_type or 'line'} ", amount(f"{name}/{position}", [row])]
            finding = equality("proposed-total", subject, total.year or "", parts, total, (*words, " = "), **about)
            if finding.outcome == "disagrees" and total.over == "both" and any(_is_orphan(row, lines, totals) for row in parts):
                readings = (
                    " Two readings: the total was displaced into the wrong row, or there is a second saving that no year carries."
                )
                finding = replace(finding, message=(*finding.message, readings))
            yield finding


def _is_orphan(total: Any, lines: list[SimpleNamespace], totals: list[SimpleNamespace]) -> bool:
    """Whether a printed total has no figure behind it: no line that it covers, and no year's total beside it."""
    if total.amount_pence is None or total.over == "years":
        return False
    behind = [row for row in lines if _covers(total, row) and (total.over == "both" or row.year == total.year)]
    beside = [other for other in totals if total.over == "both" and other.over == "rows" and _covers(total, other)]
    beside = [other for other in beside if other.saving_type == total.saving_type]
    return not stated([*behind, *beside]) and not marked([*behind, *beside])


def orphan_total(tables: Tables) -> Iterator[Finding]:
    """A printed total with no figures behind it."""
    for _, lines, totals in lines_of_blocks(tables):
        for total in totals:
            if not _is_orphan(total, lines, totals):
                continue
            subject, about = _about(tables, total)
            name = f"{subject}: {total.saving_type or total.label or 'Total'}"
            figure = amount(f"orphan-total/{total.saving_type or 'total'}", [total])
            message = (f"{name}: a total of ", figure, " is printed, but no year carries it.")
            parent = Finding("proposed-total", subject, "disagrees", "error", ()).id if total.plan == "proposed" else ""
            yield Finding(
                "orphan-total",
                name,
                "disagrees",
                "error",
                message,
                total.year or "",
                total.amount_pence,
                cells=cells_of([total]),
                parent=parent,
                **about,
            )


def stated_total(tables: Tables) -> Iterator[Finding]:
    """Any other printed total, of savings without RAG or route, of a budget, or of the plan, against its lines."""
    for _, lines, totals in lines_of_blocks(tables):
        if _family(lines, totals) == "plain":
            for total in totals:
                parts = [row for row in lines if _covers(total, row) and (total.over != "rows" or row.year == total.year)]
                if stated(parts) or (total.amount_pence is not None and lines):
                    subject, about = _about(tables, total)
                    yield _plain(f"{subject}: {total.label or 'Total'}", total, parts, about)
    for table, key in (("budget", "service"), ("mtfp", "line")):
        for total in records(tables.totals[tables.totals["table"] == table]):
            rows = [row for row in block_lines(tables, total.block, table) if total.over != "rows" or row.year == total.year]
            if total.over == "years":
                rows = [row for row in rows if getattr(row, key) == total.service]
            if stated(rows) or total.amount_pence is not None:
                yield _plain(
                    f"{total.label or total.service or 'Total'} ({total.sheet})", total, rows, {"service": total.service or ""}
                )


def _plain(subject: str, total: SimpleNamespace, parts: list[SimpleNamespace], about: dict[str, Any]) -> Finding:
    words = (f"{subject}{f', {total.year}' if total.year else ''}: the lines add to ",)
    return equality("stated-total", subject, total.year or "", parts, total, words, **about)


def grand_total(tables: Tables, block: str) -> SimpleNamespace | None:
    """The printed overall total of an analysis, where it states one."""
    lines = block_lines(tables, block)
    found = [
        total
        for total in stated(block_totals(tables, block))
        if total.saving_type is None and total.rag is None and total.route is None
        if total.over == "both" or (total.over == "rows" and total.year is None and not any(row.year for row in lines))
    ]
    return found[0] if len(found) == 1 else None


def analysis_total(tables: Tables, block: str, name: str = "total") -> tuple[Figure, list[SimpleNamespace]]:
    """What an analysis comes to: its printed overall total, else the sum of its lines; and the rows that say so."""
    total = grand_total(tables, block)
    rows = [total] if total else block_lines(tables, block)
    return amount(name, rows), rows


def kind_of(tables: Tables, block: str) -> str:
    """What an analysis is called in a sentence."""
    family = _family(block_lines(tables, block), block_totals(tables, block))
    return {"route": "the split by delivery route", "rag": "the RAG table"}.get(family, "the schedule")


def _analyses(tables: Tables, group: Group) -> list[str]:
    """The blocks of a group, the RAG table before the split it is held against."""
    return sorted(group.blocks, key=lambda block: kind_of(tables, block) == "the split by delivery route")


def analyses_agree(tables: Tables) -> Iterator[Finding]:
    """Two analyses of one total meet at the total, and only there."""
    for group in groups(tables):
        first, *others = [(kind_of(tables, block), *analysis_total(tables, block)) for block in _analyses(tables, group)]
        for other in others:
            yield _meet(group.subject, first, other, {"programme": group.programme, "service": group.service})
    for project in records(tables.projects):
        kinds: dict[tuple[str, str], list[SimpleNamespace]] = {}
        for row in own_lines(tables, project.project):
            kinds.setdefault((row.plan, row.measure or ""), []).append(row)
        for rows in kinds.values():
            first, *others = [
                (f"the sheet {lines[0].sheet}", amount("total", lines), lines) for lines in by_analysis(rows).values()
            ]
            for other in others:
                yield _meet(project.name, first, other, {"project": project.project})


_Analysis = tuple[str, Figure, list[SimpleNamespace]]


def _meet(subject: str, first: _Analysis, other: _Analysis, about: dict[str, Any]) -> Finding:
    """Whether two analyses come to the same total."""
    (kind, left, left_rows), (other_kind, right, right_rows) = first, other
    left, right = replace(left, name="analyses-agree/calculated"), replace(right, name="analyses-agree/stated")
    cells = cells_of([*left_rows, *right_rows])
    if left.value is None or right.value is None or left.partial or right.partial:
        message: Sentence = (
            f"{subject}: {kind} and {other_kind} cannot be held against each other, as one of them is not stated in full.",
        )
        return Finding("analyses-agree", subject, "not_stated", "query", message, cells=cells, **about)
    allowed = money.tolerance(row.stated_to_pence for row in stated([*left_rows, *right_rows]))
    outcome = compared(left.pence, right.pence, allowed)
    if left.pence == right.pence:
        message = (f"{subject}: {kind} and {other_kind} both come to ", left, "; they agree at the total only.")
    else:
        ending = compare_words(left.pence - right.pence, allowed, "analyses-agree")
        message = (f"{subject}: {kind} comes to ", left, f", {other_kind} to ", right, *ending)
    return Finding(
        "analyses-agree", subject, outcome, severity_of(outcome), message, "", right.pence, left.pence, allowed, cells, **about
    )


def mtfp_tie(tables: Tables) -> Iterator[Finding]:
    """The programme's total is the plan's own line."""
    plan = list(records(tables.mtfp))
    for group in groups(tables):
        about: dict[str, Any] = {"programme": group.programme, "service": group.service}
        blocks = _analyses(tables, group)
        in_mtfp = [block for block in blocks if any(row.in_mtfp for row in block_lines(tables, block))]
        quoted, rows = analysis_total(tables, (in_mtfp or blocks)[-1], "mtfp-tie/calculated")
        lines = [row for row in plan if row.programme == group.programme or (row.service and row.service == group.service)]
        if not lines:
            held = ("quotes ", quoted, " as already in the MTFP") if in_mtfp and quoted.value is not None else ("comes to ", quoted)
            message = (f"{group.subject}: the schedule ", *held, "; the plan itself is not supplied, so nothing ties it out.")
            calculated = None if quoted.value is None else quoted.pence
            yield Finding(
                "mtfp-tie", group.subject, "not_stated", "query", message, calculated=calculated, cells=cells_of(rows), **about
            )
            continue
        line = amount("mtfp-tie/stated", lines)
        cells = cells_of([*rows, *lines])
        if line.value is None or quoted.value is None or line.partial:
            message = (f"{group.subject}: the plan's line or the schedule's total is not stated in full.",)
            yield Finding("mtfp-tie", group.subject, "not_stated", "query", message, cells=cells, **about)
            continue
        allowed = money.tolerance(row.stated_to_pence for row in stated([*rows, *lines]))
        outcome = compared(quoted.pence, line.pence, allowed)
        difference = quoted.pence - line.pence
        middle = () if difference == 0 else ("; the plan's own line is ", line)
        message = (f"{group.subject}: the schedule comes to ", quoted, *middle, *compare_words(difference, allowed, "mtfp-tie"))
        yield Finding(
            "mtfp-tie", group.subject, outcome, severity_of(outcome), message, "", line.pence, quoted.pence, allowed, cells, **about
        )
