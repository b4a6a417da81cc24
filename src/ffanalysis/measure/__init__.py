"""Tables to figures: what a project owns, what is its context, what it comes to, and by when.

A project's key figures come only from lines that it owns. What a wider programme states is context, under its scope's name.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from ffanalysis import money, periods
from ffanalysis.measure.forecast import Weighted, delivered_rows, position, weighted
from ffanalysis.measure.movement import Movement, movement
from ffanalysis.model import DELIVERED, RAG_STATUSES, ROUTES, Figure, Row, Tables, cell_of, merged_cells, scope_leaves_out, slug
from ffanalysis.periods import year_start
from ffanalysis.reconcile.bridge import Bridge, bridges
from ffanalysis.reconcile.budgets import service_budget
from ffanalysis.reconcile.ledger import Group, Ledger
from ffanalysis.reconcile.lines import context_groups, first_analysis, marked, stated
from ffanalysis.reconcile.outcome import amount, cells_of, combined
from ffanalysis.reconcile.totals import analysis_total

_TARGETS = ("original target", "revised target")


@dataclass(frozen=True)
class Grid:
    """Amounts by row label and financial year, with the sums of each row, each year and overall.

    `cells` maps (row, year) to a figure; a pair that no cell of the source stands for is absent.
    """

    rows: tuple[str, ...]
    years: tuple[str, ...]
    cells: dict[tuple[str, str], Figure]
    row_totals: dict[str, Figure]
    year_totals: dict[str, Figure]
    total: Figure


@dataclass(frozen=True)
class Proposal:
    """The savings that a project owns under one plan: those that it proposes, or those in the plan already."""

    years: tuple[str, ...]
    total: Figure
    by_year: dict[str, Figure]
    lines: tuple["ProposalLine", ...]
    without_rag: Figure
    budget: Figure | None
    budget_row: Row | None
    share: Figure | None
    plan: str = "proposed"

    @property
    def saving_years(self) -> tuple[str, ...]:
        """The years that carry money."""
        return tuple(year for year in self.years if self.by_year[year].value)


@dataclass(frozen=True)
class ProposalLine:
    """A line of the proposal as printed: its amounts by year and the total printed beside them."""

    saving_type: str
    rag: str
    amounts: dict[str, Figure]
    printed: Figure
    is_total: bool


@dataclass(frozen=True)
class Remaining:
    """What is still to come of a programme, against the rest of the base budget, in one reading of that budget."""

    position: str
    amount: Figure
    share: Figure


@dataclass(frozen=True)
class Context:
    """A wider programme that a project is part of: never the project's own money."""

    scope: str
    service: str
    total: Figure
    grid: Grid | None
    delivered: Figure | None
    not_delivered: Figure | None
    split: dict[str, Figure]
    base: Figure | None
    base_year: str
    remaining: tuple[Remaining, ...]
    split_by_year: bool = False
    if_approved: dict[str, Figure] = field(default_factory=dict)


@dataclass(frozen=True)
class Deadline:
    """A counted statutory duty with a date, and the rate it needs from the as-of date on."""

    what: str
    quantity: Figure
    quantity_text: str
    approximate: bool
    done: Figure
    by_text: str
    by: date
    months: Figure
    rate: Figure
    cell: str
    achieved: Figure | None = None  # what was done a month since the quarter before, where both quarters say how much is done
    since: str = ""


@dataclass(frozen=True)
class ProjectMeasures:
    """All figures of one project's briefing."""

    row: Row
    savings: tuple[Proposal, ...]
    position: dict[str, Figure]
    contexts: tuple[Context, ...]
    bridges: tuple[Bridge, ...]
    deadlines: tuple[Deadline, ...]
    movement: Movement
    forecast: Weighted | None

    @property
    def proposal(self) -> Proposal:
        """What the briefing is about: the project's proposal, else its savings in the plan."""
        return self.savings[0]

    def figures(self) -> tuple[Figure, ...]:
        """Every figure, each name once."""
        found = [figure for own in self.savings for figure in _proposal_figures(own)]
        found += self.position.values()
        for context in self.contexts:
            found += context_figures(context)
        for bridge in self.bridges:
            found += bridge.figures()
        for deadline in self.deadlines:
            found += [deadline.quantity, deadline.done, deadline.months, deadline.rate]
            found += [deadline.achieved] if deadline.achieved else []
        found += self.movement.figures()
        found += self.forecast.figures() if self.forecast else ()
        return tuple({figure.name: figure for figure in found}.values())


def key(text: str) -> str:
    """A label as it stands in a figure's name."""
    return slug(text)


def share_of(name: str, part: Figure, whole: Figure, label: str, project: str = "") -> Figure | None:
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


_PLAN_WORDS = {"proposed": "Proposed saving", "current": "Saving in the plan", "prior": "Saving of earlier years"}


def own_savings(ledger: Ledger, project: str) -> tuple[Proposal, ...]:
    """What the project itself owns, plan by plan: what it proposes before what is in the plan already."""
    plans = {line.plan for line in ledger.of_project("savings", project)}
    return tuple(proposal(ledger, project, plan) for plan in _PLAN_WORDS if plan in plans) or (
        proposal(ledger, project, "proposed"),
    )


def _targets(ledger: Ledger, project: str, plan: str) -> list[Row]:
    """The lines of the project's savings under one plan, as one analysis states them; a revised target replaces the original."""
    targets = [line for line in ledger.of_project("savings", project) if line.plan == plan and line.measure in (None, *_TARGETS)]
    targets = [line for line in targets if line.measure == _TARGETS[1]] or targets
    return first_analysis(targets)


def own_lines(ledger: Ledger, project: str, plan: str) -> list[Row]:
    """Those of them that are savings of their own.

    "Faster" brings planned savings forward: it re-phases them, and is no saving to be added. Nor is what stands in for a saving
    that is not delivered.
    """
    return [line for line in _targets(ledger, project, plan) if line.types != "Faster" and not line.mitigates]


def proposal(ledger: Ledger, project: str, plan: str) -> Proposal:
    """The project's own savings under one plan, by year, against the budget of its service.

    A revised target replaces the original one. Where several analyses state the same savings, one of them is counted.
    """
    row, words = ledger.register[project], _PLAN_WORDS[plan]
    printed_lines = _targets(ledger, project, plan)
    lines = own_lines(ledger, project, plan)
    years = tuple(sorted({line.year for line in printed_lines if line.year}))
    by_year = {
        year: amount(f"{plan}/{key(year)}", [line for line in lines if line.year == year], project, f"{words}, {year}")
        for year in years
    }
    total = amount(f"{plan}/total", lines, project, words)
    without = [line for line in stated(lines) if not line.rag and line.amount_pence]
    first = next((year for year in years if by_year[year].value), years[0] if years else periods.year_of(ledger.as_of))
    budget_row = service_budget(ledger, row.service, first)
    budget = share = None
    if budget_row is not None:
        budget = amount("service/budget", [budget_row], project, f"Budget of {row.service}, {budget_row.year}")
        share = share_of(f"{plan}/share", total, budget, f"{words} as a share of the service's budget", project)
    printed = tuple(_printed(ledger, project, printed_lines, plan))
    without_rag = amount(f"{plan}/rag-not-stated", without, project, f"{words} without a RAG status")
    return Proposal(years, total, by_year, printed, without_rag, budget, budget_row, share, plan)


def _printed(ledger: Ledger, project: str, lines: list[Row], plan: str) -> Iterator[ProposalLine]:
    """The proposal's lines and totals as the schedule prints them, leaving out blank rows."""
    blocks = {line.block for line in lines}
    totals = [total for total in ledger.of_project("totals", project) if total.block in blocks and total.plan == plan]
    rows: dict[tuple[str, int], list[Row]] = {}
    # Cells of one printed row stand on one sheet row; that keeps the schedule's own order.
    for line in [*lines, *totals]:
        number = int("".join(filter(str.isdigit, line.cell)))
        rows.setdefault((line.block, number), []).append(line)
    for (_, number), entries in sorted(rows.items()):
        if not stated(entries) and not marked(entries):
            continue
        is_total = any(getattr(entry, "label", None) for entry in entries)
        first = entries[0]
        kind = first.saving_type or (getattr(first, "label", None) or "")
        base = f"{plan}/{key(first.sheet)}-row-{number}"
        printed_total = [entry for entry in entries if entry.year is None and hasattr(entry, "over")]
        words = f"{kind}, {'total' if is_total else first.rag or 'RAG ' + (first.rag_missing or 'not stated')}"
        amounts = {
            entry.year: amount(f"{base}/{key(entry.year)}", [entry], project, f"{words}, {entry.year}")
            for entry in entries
            if entry.year
        }
        rag = "Total" if is_total and first.saving_type else "" if is_total else first.rag or first.rag_missing or "not stated"
        yield ProposalLine(kind, rag, amounts, amount(f"{base}/total", printed_total, project, f"{words}, total printed"), is_total)


def rag_grid(lines: list[Row], prefix: str, project: str = "", scope: str = "") -> Grid:
    """An analysis with RAG rows and year columns, as a grid in the order of the RAG statuses."""
    years = tuple(sorted({line.year for line in lines if line.year}))
    present = {line.rag for line in lines}
    rows = tuple(rag for rag in RAG_STATUSES if rag in present) + (("RAG not stated",) if None in present else ())

    def of(rag: str | None, year: str | None) -> list[Row]:
        wanted = None if rag == "RAG not stated" else rag
        return [line for line in lines if (rag is None or line.rag == wanted) and (year is None or line.year == year)]

    def figure(rag: str | None, year: str | None) -> Figure:
        name = "/".join(filter(None, (prefix, key(rag) if rag else "", key(year) if year else "total")))
        return amount(name, of(rag, year), project, ", ".join(filter(None, (scope, rag or "total", year))))

    return Grid(
        rows,
        years,
        {(rag, year): figure(rag, year) for rag in rows for year in years if of(rag, year)},
        {rag: figure(rag, None) for rag in rows},
        {year: figure(None, year) for year in years},
        figure(None, None),
    )


def context(ledger: Ledger, group: Group, project: str = "") -> Context:
    """A programme's analyses of one total as context: by RAG and year, by delivery route, and what is still to come."""
    prefix = f"context/{key(group.subject)}"
    by_block = group.lines
    rag_block = next((block for block, lines in by_block.items() if any(line.rag and line.year for line in lines)), None)
    route_block = next((block for block, lines in by_block.items() if any(line.route for line in lines)), None)
    scope = by_block[rag_block or group.blocks[0]][0].scope or group.subject
    grid = rag_grid(by_block[rag_block], prefix, project, scope) if rag_block else None
    total = grid.total if grid else analysis_total(ledger, group, group.blocks[0], f"{prefix}/total")[0]
    delivered = not_delivered = None
    if grid:
        delivered = combined(
            f"{prefix}/delivered", [grid.row_totals[rag] for rag in grid.rows if rag == DELIVERED], f"{scope}, delivered", project
        )
        others = [grid.row_totals[rag] for rag in grid.rows if rag != DELIVERED]
        not_delivered = combined(f"{prefix}/not-delivered", others, f"{scope}, not yet marked delivered", project)
    split = {}
    if route_block:
        for route in ROUTES:
            rows = [line for line in by_block[route_block] if line.route == route]
            if rows:
                split[route] = amount(f"{prefix}/{key(route)}", rows, project, f"{group.subject}, {route.lower()}")
    base, base_year, remaining = _remaining(ledger, group, scope, grid, prefix, project)
    by_year = route_block is not None and any(line.year for line in by_block[route_block])
    return Context(scope, group.service, total, grid, delivered, not_delivered, split, base, base_year, remaining, by_year)


def _remaining(
    ledger: Ledger, group: Group, scope: str, grid: Grid | None, prefix: str, project: str
) -> tuple[Figure | None, str, tuple[Remaining, ...]]:
    """The base budget that the programme draws on, and what of the programme is still to come out of it."""
    budgets = stated(ledger.by("budget", "service").get(group.service, []))
    if not grid or not grid.years or not budgets:
        return None, "", ()
    whole = max(budgets, key=lambda row: str(row.year))
    parts = [
        row
        for row in stated(ledger.by("budget", "part_of").get(group.service, []))
        if row.year == whole.year and row.basis == whole.basis
    ]
    # "Education & Skills excluding SEND" draws on what is left of the service's budget without that part.
    named = [row for row in parts if scope_leaves_out(scope, row.service)]
    if scope == group.service:
        parts = []
    elif named:
        parts = named
    elif len(parts) > 1:
        return None, "", ()  # it is without something, and nothing says which of them
    label = f"{group.service}, {whole.year} base budget" + (" without " + ", ".join(row.service for row in parts) if parts else "")
    base = Figure(
        f"{prefix}/base",
        whole.amount_pence - sum(row.amount_pence for row in parts),
        cells_of([whole, *parts]),
        stated_to=max(row.stated_to_pence for row in [whole, *parts]),
        label=label,
        project=project,
    )
    readings = []
    for stand in (whole.savings_position,) if whole.savings_position else ("after", "before"):
        years = [
            year
            for year in grid.years
            if year_start(year) > year_start(whole.year) or (stand == "before" and year_start(year) == year_start(whole.year))
        ]
        name = f"{prefix}/to-come-if-{stand}"
        words = f"{scope}, still to come if the {whole.year} base is {stand} that year's savings"
        to_come = combined(name, [grid.year_totals[year] for year in years], words, project)
        share = share_of(f"{name}/share", to_come, base, f"{words}, as a share of that base", project)
        if share:
            readings.append(Remaining(stand, to_come, share))
    return base, whole.year, tuple(readings)


def if_approved(own: Proposal, wider: Context, project: str) -> dict[str, Figure]:
    """A programme with the project's proposal added, in all and by each year that the proposal carries.

    Savings that only bring planned ones forward ("Faster") carry no year of their own here and are never added.
    """
    if wider.grid is None or own.total.value is None or own.plan != "proposed":
        return {}
    prefix, words = f"if-approved/{key(wider.scope)}", f"{wider.scope} and the proposal together"
    found = {"all": combined(f"{prefix}/total", [own.total, wider.total], words, project)}
    for year in own.saving_years:
        parts = [own.by_year[year], *([wider.grid.year_totals[year]] if year in wider.grid.year_totals else [])]
        found[year] = combined(f"{prefix}/{key(year)}", parts, f"{words}, {year}", project)
    return found


def deadlines(ledger: Ledger, project: str) -> tuple[Deadline, ...]:
    """The project's statutory duties, with the rate that each needs from the as-of date to the day it is due."""
    found = []
    last = ledger.last
    known = project in last.register if last else False
    before = {row.what: row for row in last.of_project("deadlines", project)} if last and known else {}
    for number, row in enumerate(ledger.of_project("deadlines", project), 1):
        name, cells = f"deadline-{number}", (cell_of(row),)
        # A day that is still to come leaves at least the month it falls in.
        months = max(1, periods.months_until(ledger.as_of, row.by_day)) if row.by_day > ledger.as_of else 0
        left = None if row.quantity is None else max(0, row.quantity - (row.done or 0))
        rate = None if left is None or not months else (Decimal(left) / months).quantize(Decimal(1), ROUND_HALF_UP)
        found.append(
            Deadline(
                row.what,
                Figure(f"{name}/quantity", row.quantity, cells, "count", project=project, label=f"{row.what}: quantity"),
                row.quantity_text or "not stated",
                row.approximate is True,
                Figure(
                    f"{name}/done", row.done, cells, "count", missing="blank", project=project, label=f"{row.what}: done so far"
                ),
                row.by,
                row.by_day,
                Figure(f"{name}/months", months, cells, "months", project=project, label=f"{row.what}: months left"),
                Figure(f"{name}/rate", rate, cells, "per month", project=project, label=f"{row.what}: needed a month"),
                cell_of(row),
                _achieved(f"{name}/achieved", before.get(row.what), row, last, ledger, project),
                str(last.period) if last else "",
            )
        )
    return tuple(found)


def _achieved(name: str, before: Row | None, now: Row, last: Ledger | None, ledger: Ledger, project: str) -> Figure | None:
    """What was done a month between the as-of dates of two quarters; None where one of them does not say how much is done."""
    if before is None or last is None or before.done is None or now.done is None or last.as_of >= ledger.as_of:
        return None
    months = max(1, periods.months_until(last.as_of, ledger.as_of + timedelta(days=1)))
    rate = (Decimal(now.done - before.done) / months).quantize(Decimal(1), ROUND_HALF_UP)
    label = f"{now.what}: done a month since quarter {last.period}"
    return Figure(name, rate, (cell_of(before), cell_of(now)), "per month", project=project, label=label)


def project_measures(tables: Tables, project: str) -> ProjectMeasures:
    """Everything that a project's briefing counts."""
    ledger = Ledger.of(tables)
    row = ledger.register[project]
    savings = own_savings(ledger, project)
    own = savings[0]
    wider = [context(ledger, group, project) for group in context_groups(ledger, project)]
    contexts = tuple(replace(item, if_approved=if_approved(own, item, project)) for item in wider)
    return ProjectMeasures(
        row,
        savings,
        position(ledger, project, own.total, own.plan),
        contexts,
        tuple(bridges(ledger, ledger.chain(row.service))),
        deadlines(ledger, project),
        movement(ledger, project),
        own_forecast(ledger, project, own.plan, own.total.label),
    )


def own_forecast(ledger: Ledger, project: str, plan: str, label: str) -> Weighted | None:
    """What may be delivered of the project's own savings under one plan: the same on every page."""
    lines, delivered = own_lines(ledger, project, plan), delivered_rows(ledger, project, plan)
    return weighted(ledger, lines, "weighted", label, project, delivered)


def _proposal_figures(own: Proposal) -> list[Figure]:
    found = [own.total, *own.by_year.values(), own.without_rag]
    found += [figure for figure in (own.budget, own.share) if figure]
    for line in own.lines:
        found += [*line.amounts.values(), line.printed]
    return found


def context_figures(wider: Context) -> list[Figure]:
    """Every figure of a programme."""
    found = [wider.total, *wider.if_approved.values()]
    if wider.grid:
        found += [*wider.grid.cells.values(), *wider.grid.row_totals.values(), *wider.grid.year_totals.values()]
    found += [figure for figure in (wider.delivered, wider.not_delivered, wider.base) if figure]
    found += wider.split.values()
    for reading in wider.remaining:
        found += [reading.amount, reading.share]
    return found
