"""A project's own savings under each plan, and each as a share of the budget of its service."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ffanalysis import periods
from ffanalysis.figures import NOT_STATED, Figure, Sum, amount_of, share, total_of
from ffanalysis.measure.forecast import RiskWeightedForecast, risk_weighted
from ffanalysis.provenance import cell_of, slug, slugs
from ffanalysis.savings.assemble import full_year_effects, is_counted
from ffanalysis.savings.model import PlanSavings, Series
from ffanalysis.savings.printed_tables import printed_table
from ffanalysis.savings.quarter import Quarter, service_budget
from ffanalysis.tables import BudgetRow, SavingRow, TotalRow, with_amount, with_marked_gap
from ffanalysis.vocabulary import PROGRESS, RAG_STATUSES, Measure, Plan

PLAN_LABELS: Mapping[Plan, str] = {
    Plan.PROPOSED: "Proposed saving",
    Plan.CURRENT: "Saving in the plan",
    Plan.PRIOR: "Saving of earlier years",
}


@dataclass(frozen=True)
class DeliveredYears:
    """The years that are over and delivered in full: what was planned for them, and the rest.

    `by_rag` and `without_rag` say how the other years are rated.
    """

    years: tuple[str, ...]
    amount: Figure
    by_rag: dict[str, Figure]
    without_rag: Figure


@dataclass(frozen=True)
class ScheduleLine:
    """A line of the schedule as printed: its amounts by year and the total printed beside them.

    `name` is its type of saving and what is saved, as far as the schedule says them. `mitigates`
    names the saving whose shortfall it makes up for; `counts` says whether it is added
    to the savings of its plan.
    """

    name: str
    rags: tuple[str, ...]
    amounts: dict[str, Figure]
    printed: Figure
    is_total: bool
    mitigates: str = ""
    counts: bool = True

    @property
    def rag(self) -> str:
        """Its RAG statuses in words; there are several where they head columns."""
        return ", ".join(self.rags)


@dataclass(frozen=True)
class ProjectSavings:
    """The savings that a project owns under one plan.

    Attributes:
        years: the financial years that its schedule has columns for.
        total, by_year, by_rag, without_rag: its targets, which are added.
        lines: the schedule's lines and totals as printed.
        budget, share: the budget of its service, and its total as a percentage of that.
        done: the years that are over and delivered in full.
        full_year: what its savings come to in a whole year, where the schedule states it.
    """

    years: tuple[str, ...]
    total: Figure
    by_year: dict[str, Figure]
    lines: tuple[ScheduleLine, ...]
    without_rag: Figure
    budget: Figure | None
    budget_row: BudgetRow | None
    share: Figure | None
    plan: Plan = Plan.PROPOSED
    by_rag: dict[str, Figure] = field(default_factory=dict)
    done: DeliveredYears | None = None
    full_year: Figure | None = None

    @property
    def saving_years(self) -> tuple[str, ...]:
        """The years that carry money."""
        return tuple(year for year in self.years if self.by_year[year].value)

    @property
    def is_of_budget(self) -> bool:
        """Whether the budget still holds the saving: it is of no later year than all of it."""
        years = self.saving_years
        return not (self.budget_row and years) or years[-1] >= self.budget_row.year

    @property
    def rag_statuses(self) -> list[str]:
        """The RAG statuses of its lines as printed: of those that are added, if there are any."""
        printed = [line for line in self.lines if not line.is_total]
        shown = [line for line in printed if line.counts] or printed
        return list(dict.fromkeys(rag for line in shown for rag in line.rags))

    def figures(self) -> Iterator[Figure]:
        """Every figure of it."""
        yield from (self.total, *self.by_year.values(), *self.by_rag.values(), self.without_rag)
        yield from (figure for figure in (self.budget, self.share, self.full_year) if figure)
        if self.done:
            yield from (self.done.amount, *self.done.by_rag.values(), self.done.without_rag)
        for line in self.lines:
            yield from (*line.amounts.values(), line.printed)


def project_savings(quarter: Quarter, project: str) -> tuple[ProjectSavings, ...]:
    """What the project itself owns, plan by plan: what it proposes before what is in the plan.

    A plan without a saving of its own, such as one that only mitigates another's, comes last.
    """
    known = quarter.plans_of(project)
    plans = sorted(
        (plan for plan in PLAN_LABELS if plan in known),
        key=lambda plan: not quarter.savings_of(project, plan).own,
    )
    return tuple(plan_savings(quarter, project, plan) for plan in plans or [Plan.PROPOSED])


def plan_savings(quarter: Quarter, project: str, plan: Plan) -> ProjectSavings:
    """The project's own savings under one plan, by year, beside the budget of its service."""
    label = PLAN_LABELS[plan]
    savings = quarter.savings_of(project, plan)
    years = savings.printed.years

    def figure(name: str, amount: Sum, words: str = label) -> Figure:
        return Figure(f"{plan}/{name}", amount, project=project, label=words)

    by_year = {
        year: figure(slug(year), savings.target.of_year(year).total, f"{label}, {year}")
        for year in years
    }
    own = figure("total", savings.target.total)
    first = next((year for year in years if by_year[year].value), years[0] if years else "")
    row = quarter.register[project]
    budget_row = service_budget(quarter, row.service, first or periods.year_of(quarter.as_of))
    budget = part = None
    if budget_row is not None:
        words = f"Budget of {row.service}, {budget_row.year}"
        name = f"service/budget/{slug(budget_row.year or '')}"
        budget = Figure(name, amount_of(budget_row), project=project, label=words)
        part = share_of(
            f"{plan}/share", own, budget, f"{label} as a share of the service's budget", project
        )
    return ProjectSavings(
        years,
        own,
        by_year,
        tuple(_printed(quarter, project, savings)),
        _without_rag(plan, savings.target, project, label),
        budget,
        budget_row,
        part,
        plan,
        _by_rag(plan, savings.target, project, label),
        _delivered_years(quarter, project, savings, by_year),
        _full_year(quarter, project, savings),
    )


def _by_rag(name: str, target: Series, project: str, label: str) -> dict[str, Figure]:
    """What targets come to by RAG status, those that carry money."""
    by_rag = {rag: target.of_rag(rag) for rag in RAG_STATUSES}
    return {
        rag: Figure(f"{name}/{slug(rag)}", own.total, project=project, label=f"{label}, {rag}")
        for rag, own in by_rag.items()
        if own.non_zero
    }


def _without_rag(name: str, target: Series, project: str, label: str) -> Figure:
    """What has no RAG status."""
    own = target.non_zero.where(lambda row: not row.rag).total
    words = f"{label}, without a RAG status"
    return Figure(f"{name}/rag-not-stated", own, project=project, label=words)


def _delivered_years(
    quarter: Quarter, project: str, savings: PlanSavings, by_year: Mapping[str, Figure]
) -> DeliveredYears | None:
    """The years that are over and of which no less is delivered than was planned, if any."""
    years = tuple(
        year
        for year, due in by_year.items()
        if quarter.is_over(year)
        and _is_delivered_in_full(due, savings.delivered.of_year(year).total)
    )
    if not years:
        return None
    plan, label = savings.plan, PLAN_LABELS[savings.plan]
    done = savings.target.where(lambda row: row.year in years).total
    rest = savings.target.where(lambda row: row.year not in years)
    words = f"{label}, of the other years"
    return DeliveredYears(
        years,
        Figure(
            f"{plan}/done",
            done,
            project=project,
            label=f"{label}, delivered in years that are over",
        ),
        _by_rag(f"{plan}/rest", rest, project, words),
        _without_rag(f"{plan}/rest", rest, project, words),
    )


def _full_year(quarter: Quarter, project: str, savings: PlanSavings) -> Figure | None:
    """What the savings that are added come to in a whole year; None where it is not stated."""
    stated = list(full_year_effects(savings.own, quarter.full_year.of_project(project)))
    if not stated:
        return None
    label = f"{PLAN_LABELS[savings.plan]}, full-year effect"
    name = f"{savings.plan}/full-year-effect"
    return Figure(name, total_of(stated), project=project, label=label)


def _is_delivered_in_full(due: Figure, delivered: Sum) -> bool:
    if not due.is_whole or not delivered.is_whole:
        return False
    return due.pence > 0 and delivered.pence >= due.pence


def _printed(quarter: Quarter, project: str, savings: PlanSavings) -> Iterator[ScheduleLine]:
    """The schedule's lines and totals as printed, leaving out blank rows."""
    tables = {row.block for row in savings.printed}
    rows: dict[tuple[str, int], list[SavingRow | TotalRow]] = {}
    # Cells of one printed row stand on one sheet row; that keeps the schedule's own order.
    for row in (*savings.printed, *_printed_totals(quarter, project, savings.plan, tables)):
        rows.setdefault((row.block, cell_of(row).row), []).append(row)
    names = slugs({place: f"{own[0].sheet} row {place[1]}" for place, own in sorted(rows.items())})
    for place, name in names.items():
        if with_amount(rows[place]) or with_marked_gap(rows[place]):
            base = f"{savings.plan}/{name}"
            line_or_none = _printed_line(base, rows[place], project, is_alone=len(tables) == 1)
            if line_or_none:
                yield line_or_none


def _printed_totals(
    quarter: Quarter, project: str, plan: Plan, tables: Collection[str]
) -> Iterator[TotalRow]:
    """The totals of targets that these tables print of a project's plan."""
    for row in quarter.totals.of_project(project):
        is_own = row.block in tables and row.plan == plan
        if is_own and printed_table(quarter, row.block).covers(row).measure not in PROGRESS:
            yield row


def _printed_line(
    name: str, cells: list[SavingRow | TotalRow], project: str, *, is_alone: bool
) -> ScheduleLine | None:
    """One printed row; None for the total of a line that is not counted here.

    Nor is the total of a table shown that another one revised in part.
    """
    first, lines = cells[0], [cell for cell in cells if isinstance(cell, SavingRow)]
    label = next((cell.label for cell in cells if isinstance(cell, TotalRow) and cell.label), "")
    if label:
        return _printed_total(name, cells, project, label) if is_alone else None
    if not isinstance(first, SavingRow):
        return None
    rags = _rags(lines)
    statuses = [rag if rag in RAG_STATUSES else f"RAG {rag}" for rag in rags]
    named = ": ".join(filter(None, (first.saving_type, first.what)))
    words = ", ".join(filter(None, (named, " and ".join(statuses))))
    amounts = _by_year(name, cells, project, words)
    return ScheduleLine(
        named,
        rags,
        amounts,
        _printed_beside(name, cells, project, words, with_lines=not amounts),
        is_total=False,
        mitigates=first.mitigates or "",
        counts=is_counted(first),
    )


def _rags(lines: Sequence[SavingRow]) -> tuple[str, ...]:
    """The RAG statuses of a printed row, or why it has none: of the cells that state an amount."""
    stated = [*with_amount(lines), *with_marked_gap(lines)] or lines
    return tuple(dict.fromkeys(row.rag or row.rag_missing or NOT_STATED for row in stated))


def _is_total(words: str) -> bool:
    return words.casefold() == "total"


def _printed_total(
    name: str, cells: list[SavingRow | TotalRow], project: str, label: str
) -> ScheduleLine:
    saving_type = cells[0].saving_type
    named = saving_type or label
    words = named if _is_total(named) else f"{named}, total"
    amounts = _by_year(name, cells, project, words)
    return ScheduleLine(
        saving_type or label,
        ("Total",) if saving_type else (),
        amounts,
        _printed_beside(name, cells, project, words, with_lines=not amounts),
        is_total=True,
    )


def _by_year(
    name: str, cells: list[SavingRow | TotalRow], project: str, words: str
) -> dict[str, Figure]:
    """The amounts of a printed row by year; where RAG or route head columns, all of a year."""
    years: dict[str, list[SavingRow | TotalRow]] = {}
    for cell in cells:
        if cell.year:
            years.setdefault(cell.year, []).append(cell)
    return {
        year: Figure(
            f"{name}/{slug(year)}",
            total_of([cell for cell in own if isinstance(cell, SavingRow)] or _whole_total(own)),
            project=project,
            label=f"{words}, {year}",
        )
        for year, own in years.items()
    }


def _printed_beside(
    name: str,
    cells: list[SavingRow | TotalRow],
    project: str,
    words: str,
    *,
    with_lines: bool,
) -> Figure:
    """The total that is printed beside a row; a line that states no years states it alone."""
    own = [cell for cell in cells if not cell.year]
    lines = [cell for cell in own if isinstance(cell, SavingRow)] if with_lines else []
    own_words = words.removesuffix(", total")
    label = "Total printed" if _is_total(own_words) else f"{own_words}, total printed"
    amount = total_of(_whole_total(own) or lines)
    return Figure(f"{name}/total", amount, project=project, label=label)


def _whole_total(cells: Iterable[SavingRow | TotalRow]) -> list[TotalRow]:
    """Of the totals in one printed row, those that add up to the whole of it.

    A revised one takes the place of the original; one of all RAG statuses and routes takes the
    place of those of each.
    """
    totals = [cell for cell in cells if isinstance(cell, TotalRow)]
    revised = [cell for cell in with_amount(totals) if cell.measure == Measure.REVISED]
    current = revised or totals
    whole = [cell for cell in current if not (cell.rag or cell.rag_missing or cell.route)]
    return whole or current


def own_forecast(
    quarter: Quarter, project: str, plan: Plan, label: str
) -> RiskWeightedForecast | None:
    """What may be delivered of the project's own savings under one plan: the same on every page."""
    savings = quarter.savings_of(project, plan)
    return risk_weighted(
        quarter, savings.target, "weighted", label, project, delivered=savings.delivered
    )


def share_of(
    name: str, part: Figure, whole: Figure, label: str, project: str = ""
) -> Figure | None:
    """A figure as a percentage of another; None where there is no such share."""
    found = share(part, whole)
    return Figure(name, found, "percent", project, label) if found else None
