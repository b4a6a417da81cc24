"""What a project owns.

Its savings under each plan, and each as a share of the budget of its service.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ffanalysis import money, periods
from ffanalysis.figures import Figure, merged_cells
from ffanalysis.measure.forecast import Weighted, weighted
from ffanalysis.provenance import slug, slugs
from ffanalysis.savings.assemble import counted_lines, is_own, marked, measured, stated
from ffanalysis.savings.quarter import Ledger, service_budget
from ffanalysis.savings.sums import amount
from ffanalysis.tables import Row
from ffanalysis.vocabulary import RAG_STATUSES

_PLAN_WORDS = {
    "proposed": "Proposed saving",
    "current": "Saving in the plan",
    "prior": "Saving of earlier years",
}


@dataclass(frozen=True)
class Done:
    """The years that are over and delivered in full.

    What was planned for them, and how the rest is rated.
    """

    years: tuple[str, ...]
    amount: Figure
    by_rag: dict[str, Figure]
    without_rag: Figure


@dataclass(frozen=True)
class Proposal:
    """The savings that a project owns under one plan.

    Those that it proposes, or those in the plan already.
    """

    years: tuple[str, ...]
    total: Figure
    by_year: dict[str, Figure]
    lines: tuple["ProposalLine", ...]
    without_rag: Figure
    budget: Figure | None
    budget_row: Row | None
    share: Figure | None
    plan: str = "proposed"
    by_rag: dict[str, Figure] = field(default_factory=dict)
    done: Done | None = None

    @property
    def saving_years(self) -> tuple[str, ...]:
        """The years that carry money."""
        return tuple(year for year in self.years if self.by_year[year].value)

    @property
    def rags(self) -> list[str]:
        """The RAG statuses of its lines, as printed.

        Of those that are savings of their own, where there are any.
        """
        printed = [line for line in self.lines if not line.is_total]
        return list(
            dict.fromkeys(line.rag for line in [each for each in printed if each.counts] or printed)
        )

    def figures(self) -> Iterator[Figure]:
        """Every figure of it."""
        yield from (self.total, *self.by_year.values(), *self.by_rag.values(), self.without_rag)
        yield from (figure for figure in (self.budget, self.share) if figure)
        if self.done:
            yield from (self.done.amount, *self.done.by_rag.values(), self.done.without_rag)
        for line in self.lines:
            yield from (*line.amounts.values(), line.printed)


@dataclass(frozen=True)
class ProposalLine:
    """A line of the proposal as printed: its amounts by year and the total printed beside them.

    `mitigates` names the saving that it stands in for, and `counts` says whether it is a saving of
    its own: one that only brings others forward ("Faster") is none.
    """

    saving_type: str
    rag: str
    amounts: dict[str, Figure]
    printed: Figure
    is_total: bool
    mitigates: str = ""
    counts: bool = True


def own_savings(ledger: Ledger, project: str) -> tuple[Proposal, ...]:
    """What the project itself owns, plan by plan.

    What it proposes before what is in the plan already.
    """
    plans = {line.plan for line in ledger.of_project("savings", project)}
    return tuple(proposal(ledger, project, plan) for plan in _PLAN_WORDS if plan in plans) or (
        proposal(ledger, project, "proposed"),
    )


def _targets(ledger: Ledger, project: str, plan: str) -> list[Row]:
    """The lines of the project's savings under one plan that count, and those that are printed among them."""
    return counted_lines(
        [line for line in ledger.of_project("savings", project) if line.plan == plan]
    )


def own_lines(ledger: Ledger, project: str, plan: str) -> list[Row]:
    """Those of them that are savings of their own."""
    return list(filter(is_own, _targets(ledger, project, plan)))


def proposal(ledger: Ledger, project: str, plan: str) -> Proposal:
    """The project's own savings under one plan, by year, against the budget of its service.

    A revised target replaces the original one. Where several analyses state the same savings, one
    of them is counted.
    """
    row, words = ledger.register[project], _PLAN_WORDS[plan]
    printed_lines = _targets(ledger, project, plan)
    lines = own_lines(ledger, project, plan)
    years = tuple(sorted({line.year for line in printed_lines if line.year}))
    by_year = {
        year: amount(
            f"{plan}/{slug(year)}",
            [line for line in lines if line.year == year],
            project,
            f"{words}, {year}",
        )
        for year in years
    }
    total = amount(f"{plan}/total", lines, project, words)
    first = next(
        (year for year in years if by_year[year].value),
        years[0] if years else periods.year_of(ledger.as_of),
    )
    budget_row = service_budget(ledger, row.service, first)
    budget = share = None
    if budget_row is not None:
        budget = amount(
            "service/budget", [budget_row], project, f"Budget of {row.service}, {budget_row.year}"
        )
        share = share_of(
            f"{plan}/share", total, budget, f"{words} as a share of the service's budget", project
        )
    printed = tuple(_printed(ledger, project, printed_lines, plan))
    by_rag, without_rag = _rated(plan, lines, project, words)
    done = _done(ledger, project, plan, lines, by_year)
    return Proposal(
        years, total, by_year, printed, without_rag, budget, budget_row, share, plan, by_rag, done
    )


def _rated(
    name: str, lines: list[Row], project: str, words: str
) -> tuple[dict[str, Figure], Figure]:
    """What the lines come to by RAG status, those that carry money; and what has none."""
    by_rag = {
        rag: amount(
            f"{name}/{slug(rag)}",
            [line for line in lines if line.rag == rag],
            project,
            f"{words}, {rag}",
        )
        for rag in RAG_STATUSES
        if any(line.rag == rag and line.amount_pence for line in lines)
    }
    without = [line for line in stated(lines) if not line.rag and line.amount_pence]
    return by_rag, amount(
        f"{name}/rag-not-stated", without, project, f"{words} without a RAG status"
    )


def _done(
    ledger: Ledger, project: str, plan: str, lines: list[Row], by_year: dict[str, Figure]
) -> Done | None:
    """The years that are over and of which no less is delivered than was planned.

    None where there is none.
    """
    delivered = measured(ledger, project, "delivered to date", plan)
    years = []
    for year, due in by_year.items():
        came = amount("", [row for row in delivered if row.year == year])
        is_over, is_open = (
            year < periods.year_of(ledger.as_of),
            due.partial or came.partial or came.value is None,
        )
        if is_over and not is_open and (due.value or 0) > 0 and came.pence >= due.pence:
            years.append(year)
    if not years:
        return None
    words = _PLAN_WORDS[plan]
    planned = amount(
        f"{plan}/done",
        [line for line in lines if line.year in years],
        project,
        f"{words}, of years that are done",
    )
    rest = [line for line in lines if line.year not in years]
    return Done(
        tuple(years),
        planned,
        *_rated(f"{plan}/rest", rest, project, f"{words}, of the other years"),
    )


def _printed(ledger: Ledger, project: str, lines: list[Row], plan: str) -> Iterator[ProposalLine]:
    """The proposal's lines and totals as the schedule prints them, leaving out blank rows."""
    blocks = {line.block for line in lines}
    totals = [
        total
        for total in ledger.of_project("totals", project)
        if total.block in blocks and total.plan == plan
    ]
    rows: dict[tuple[str, int], list[Row]] = {}
    # Cells of one printed row stand on one sheet row; that keeps the schedule's own order.
    for line in [*lines, *totals]:
        number = int("".join(filter(str.isdigit, line.cell)))
        rows.setdefault((line.block, number), []).append(line)
    names = slugs(
        {place: f"{entries[0].sheet} row {place[1]}" for place, entries in sorted(rows.items())}
    )
    for place, name in names.items():
        entries = rows[place]
        if not stated(entries) and not marked(entries):
            continue
        is_total = any(getattr(entry, "label", None) for entry in entries)
        first = entries[0]
        if is_total and len(blocks) > 1:
            continue  # the total of a table that was revised in part by another one
        if not is_total and hasattr(first, "over"):
            continue  # the total of a line that does not count here, such as what is delivered of another one
        kind = first.saving_type or (getattr(first, "label", None) or "")
        base = f"{plan}/{name}"
        # A line that states no years states its total alone.
        has_years = any(entry.year for entry in entries)
        printed_total = [
            entry
            for entry in entries
            if entry.year is None and (hasattr(entry, "over") or not has_years)
        ]
        words = (
            f"{kind},"
            f" {'total' if is_total else first.rag or 'RAG ' + (first.rag_missing or 'not stated')}"
        )
        amounts = {
            entry.year: amount(
                f"{base}/{slug(entry.year)}", [entry], project, f"{words}, {entry.year}"
            )
            for entry in entries
            if entry.year
        }
        mitigates = "" if is_total else first.mitigates or ""
        rag = (
            "Total"
            if is_total and first.saving_type
            else ""
            if is_total
            else first.rag or first.rag_missing or "not stated"
        )
        printed = amount(f"{base}/total", printed_total, project, f"{words}, total printed")
        yield ProposalLine(
            kind, rag, amounts, printed, is_total, mitigates, is_total or is_own(first)
        )


def own_forecast(ledger: Ledger, project: str, plan: str, label: str) -> Weighted | None:
    """What may be delivered of the project's own savings under one plan: the same on every page."""
    lines, delivered = (
        own_lines(ledger, project, plan),
        measured(ledger, project, "delivered to date", plan),
    )
    return weighted(ledger, lines, "weighted", label, project, delivered)


def share_of(
    name: str, part: Figure, whole: Figure, label: str, project: str = ""
) -> Figure | None:
    """A figure as a percentage of another, or None where either is missing or the whole is not above nil."""
    if part.value is None or whole.value is None or whole.pence <= 0:
        return None
    gap = part if part.partial else whole
    return Figure(
        name,
        money.percent(part.pence, whole.pence),
        merged_cells(part.cells, whole.cells),
        "percent",
        label=label,
        project=project,
        partial=gap.partial,
        missing=gap.missing if gap.partial else "",
    )
