"""Every printed total against its parts: by year, by row, overall, by type of saving, by route."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from ffanalysis.checks.compare import TotalCheck, total_finding
from ffanalysis.figures import REFUSED, Figure, total_of
from ffanalysis.findings import Amounts, Finding, Sentence
from ffanalysis.provenance import cells_of
from ffanalysis.savings.assemble import is_counted
from ffanalysis.savings.printed_tables import (
    Part,
    PrintedTable,
    PrintedTotal,
    is_blank,
    part_named,
    printed_tables,
    says_the_same,
)
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import SavingRow, TotalRow, with_amount
from ffanalysis.vocabulary import BLANK


def _sum_words(name: str, rows: Sequence[Part], label: Callable[[Part], str]) -> Sentence:
    """Amounts written as a sum, by label: "retained £1 + commissioned £2 = "."""
    kinds: dict[str, list[Part]] = {}
    for row in with_amount(rows):
        kinds.setdefault(label(row), []).append(row)
    words: list[str | Figure] = []
    for kind, same in kinds.items():
        words += [" + " if words else "", f"{kind} ", Figure(f"{name}/{kind}", total_of(same))]
    return (*words, " = ")


def route_split(quarter: Quarter) -> Iterator[Finding]:
    """Retained + commissioned = the printed total."""
    for table in printed_tables(quarter, "route"):
        printed = [
            each for each in table.asserted() if not each.row.route and each.row.over != "years"
        ]
        for covered in printed:
            names, about = table.named(covered.row)
            yield _split(names, covered.row.year or "", covered.parts, covered.row, about)
        if not printed:
            yield from _split_without_total(quarter, table)


def _split_without_total(quarter: Quarter, table: PrintedTable) -> Iterator[Finding]:
    """A split of which no total is printed: the savings of one plan and measure, year by year."""
    kinds = {(row.plan, row.measure): None for row in table.savings}
    for owner, rows in quarter.by_owner(filter(is_counted, table.savings)):
        for plan, measure in kinds:
            lines = [row for row in rows if (row.plan, row.measure) == (plan, measure)]
            is_one_plan = len({plan for plan, _ in kinds}) == 1
            is_one_measure = len({measure for _, measure in kinds}) == 1
            words = ("" if is_one_plan else plan, "" if is_one_measure else measure or "target")
            names = (owner.label, *filter(None, words))
            for year in dict.fromkeys(row.year for row in with_amount(lines)):
                own = [row for row in lines if row.year == year]
                yield _split(names, year or "", own, None, owner.about)


def _split(
    names: tuple[str, ...],
    year: str,
    parts: Sequence[Part],
    total: TotalRow | None,
    about: dict[str, Any],
) -> Finding:
    adds = _sum_words(f"route-split/{year or 'all'}", parts, _route_label)
    return total_finding(TotalCheck("route-split", names, year, tuple(parts), total, adds), about)


def _route_label(row: Part) -> str:
    route = row.route if isinstance(row, SavingRow | TotalRow) else None
    return (route or "route not stated").lower()


def rag_columns(quarter: Quarter) -> Iterator[Finding]:
    """In each year the RAG rows add to the printed total of that year."""
    for table in printed_tables(quarter, "rag"):
        for covered in table.asserted():
            if covered.row.over == "rows":
                parts = table.added_by(covered)
                yield _rag_finding("rag-columns", table, covered, parts, "the RAG rows add to ")


def rag_rows(quarter: Quarter) -> Iterator[Finding]:
    """In each RAG row the years add to the row's printed total."""
    for table in printed_tables(quarter, "rag"):
        for row in table.totals:
            if row.over == "years" and not table.is_orphan(row):
                names, about = table.named(row, "RAG not stated")
                check = TotalCheck(
                    "rag-rows",
                    names,
                    "",
                    table.covers(row).parts,
                    row,
                    ("the years add to ",),
                    "the row's total is ",
                )
                yield total_finding(check, about)


def rag_total(quarter: Quarter) -> Iterator[Finding]:
    """The printed totals of the years add to the printed overall total.

    Where a year has none, all RAG rows do.
    """
    for table in printed_tables(quarter, "rag"):
        for covered in table.asserted():
            if covered.row.over == "both":
                years: list[Part] = [
                    each for each in table.beside(covered.row) if not is_blank(each)
                ]
                adds = "the years' totals add to "
                printed = {each.year for each in years if isinstance(each, TotalRow)}
                if _years_stated(covered) - printed:
                    years, adds = list(covered.parts), "the RAG rows add to "
                yield _rag_finding("rag-total", table, covered, years, adds, "all years")


def _years_stated(covered: PrintedTotal) -> set[str | None]:
    """The years that the parts of a total state something for."""
    return {row.year for row in covered.parts if _gap(row) not in (BLANK, REFUSED)}


def _rag_finding(
    rule: str,
    table: PrintedTable,
    covered: PrintedTotal,
    parts: Sequence[Part],
    adds: str,
    when: str = "",
) -> Finding:
    names, about = table.named(covered.row)
    check = TotalCheck(
        rule,
        names,
        "" if when else covered.row.year or "",
        tuple(parts),
        covered.row,
        (adds,),
        "the schedule states ",
        when,
    )
    return total_finding(check, about)


def stated_total(quarter: Quarter) -> Iterator[Finding]:
    """Any other printed total, of savings, of a budget, or of the plan, against its lines."""
    adds = {"years": "the years add to ", "cumulative": "the lines add up to "}
    for table in printed_tables(quarter, "plain", "route", "rag", "proposed"):
        for covered in table.asserted():
            row = covered.row
            if not _has_own_rule(table, row):
                names, about = table.named(row, row.label or "Total")
                words = adds.get(row.over, "the lines add to ")
                parts = table.added_by(covered)
                if len(parts) > len(covered.parts):
                    words = "the lines, and the totals printed without lines, add to "
                check = TotalCheck("stated-total", names, row.year or "", parts, row, (words,))
                yield total_finding(check, about)


def _has_own_rule(table: PrintedTable, total: TotalRow) -> bool:
    """Whether a rule of its own checks the total."""
    if total.over == "cumulative":
        return False
    is_whole = not total.route and total.over != "years"
    return table.family in ("rag", "proposed") or (table.family == "route" and is_whole)


def proposed_total(quarter: Quarter) -> Iterator[Finding]:
    """The totals of a proposal: of each row and type, and the grand total, by year and overall."""
    for table in printed_tables(quarter, "proposed"):
        for covered in table.asserted():
            row = covered.row
            if row.over == "cumulative":
                continue
            if not part_named(row) and row.over != "years":
                yield _grand_total(table, covered)
            elif not is_blank(row):
                # A row, type or status without a total asserts nothing.
                names, about = table.named(row)
                adds = "the years add to " if row.over == "years" else "the lines add to "
                check = TotalCheck(
                    "proposed-total",
                    names,
                    row.year or "",
                    covered.parts,
                    row,
                    (adds,),
                    when=row.year or "overall",
                )
                yield total_finding(check, about)


def _grand_total(table: PrintedTable, covered: PrintedTotal) -> Finding:
    """A proposal's grand total against its types; an orphan among them has two readings."""
    row = covered.row
    when = row.year or "overall"
    names, about = table.named(row)
    types = _types(table, covered)
    adds = _sum_words(f"proposed-total/{when}", types, _type_label)
    finding = total_finding(
        TotalCheck("proposed-total", names, row.year or "", tuple(types), row, adds, when=when),
        about,
    )
    orphans = [each for each in types if isinstance(each, TotalRow) and table.is_orphan(each)]
    if finding.outcome != "disagrees" or row.over != "both" or not orphans:
        return finding
    readings: Sentence = (
        " Either the total was typed in the wrong row, or there is a second ",
        Figure("proposed-total/second", total_of(orphans)),
        " saving with no year against it.",
    )
    return replace(
        finding, message=(*finding.message, *readings), brief=(*finding.brief, *readings)
    )


def _type_label(row: Part) -> str:
    saving_type = row.saving_type if isinstance(row, SavingRow | TotalRow) else None
    return saving_type or "other lines"


def _types(table: PrintedTable, covered: PrintedTotal) -> list[Part]:
    """What a proposal's grand total adds: the total of each project and type, else its lines."""
    total = covered.row
    printed = {
        (each.project, each.saving_type): each
        for each in table.totals
        if each.saving_type and (each.over, each.year) == (total.over, total.year)
        if not is_blank(each) and says_the_same(total, each)
        if table.covers(each).measure in ("", covered.measure)
    }
    rest: list[Part] = [
        row
        for row in covered.parts
        if _gap(row) == REFUSED
        or not isinstance(row, SavingRow)
        or (row.project, row.saving_type) not in printed
    ]
    return [*printed.values(), *rest]


def _gap(row: Part) -> str:
    return row.missing or ""


def orphan_total(quarter: Quarter) -> Iterator[Finding]:
    """A printed total with no figures behind it."""
    for table in printed_tables(quarter, "route", "proposed", "rag", "plain"):
        for row in table.totals:
            if table.is_orphan(row):
                yield _orphan(table, row)


def _orphan(table: PrintedTable, row: TotalRow) -> Finding:
    names, about = table.named(row, row.label or "Total")
    opening = ", ".join(filter(None, (*names, row.year)))
    where = "line" if row.over == "rows" else "year"
    amount = Figure("orphan-total", total_of([row]))
    message = (
        f"{opening}: a total of ",
        amount,
        f" is printed, with no amount in any {where}.",
    )
    year = row.year or ""
    # A proposal's grand total that disagrees for want of the figures behind this one is what to
    # look at.
    grand = Finding("proposed-total", names[0], "disagrees", "error", (), year).id
    return Finding(
        "orphan-total",
        ": ".join(names),
        "disagrees",
        "query" if table.is_added(row) else "error",
        message,
        year,
        Amounts(stated=amount),
        cells=cells_of([row]),
        parent=grand if table.family == "proposed" else "",
        **about,
    )
