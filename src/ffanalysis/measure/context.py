"""A wider programme that a project is part of: shown under its scope's name, never as its own."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from ffanalysis.figures import Figure, Sum, amount_of, difference, total, total_of
from ffanalysis.findings import Sentence
from ffanalysis.measure.project_savings import ProjectSavings, share_of
from ffanalysis.periods import first_day, year_start
from ffanalysis.provenance import slug, slugs
from ffanalysis.savings.analyses import analysis_rows
from ffanalysis.savings.model import ProgrammeSavings, Series
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import BudgetRow, ProjectRow, with_amount
from ffanalysis.vocabulary import (
    DELIVERED,
    RAG_STATUSES,
    ROUTES,
    Plan,
    scope_leaves_out,
)

RAG_NOT_STATED = "RAG not stated"


@dataclass(frozen=True)
class RagByYear:
    """Amounts by RAG status and financial year, with the sums of each status, each year and all.

    `cells` maps (status, year) to a figure; a pair that no cell of the source states is absent.
    """

    rows: tuple[str, ...]
    years: tuple[str, ...]
    cells: dict[tuple[str, str], Figure]
    row_totals: dict[str, Figure]
    year_totals: dict[str, Figure]
    total: Figure

    def figures(self) -> Iterator[Figure]:
        """Every figure of it but the total."""
        yield from (*self.cells.values(), *self.row_totals.values(), *self.year_totals.values())


@dataclass(frozen=True)
class StillToCome:
    """What is still to be taken off a programme's base budget, in one reading of that budget."""

    position: str
    amount: Figure
    share: Figure


@dataclass(frozen=True)
class BaseBudget:
    """The base budget that a programme draws on, and what is still to come off it.

    `without` are the parts of the service that the programme's scope leaves out.
    """

    amount: Figure
    year: str
    without: tuple[str, ...]
    still_to_come: tuple[StillToCome, ...]


@dataclass(frozen=True)
class Context:
    """A wider programme that a project is part of: never the project's own money.

    Attributes:
        name: the prefix of its figures' names.
        total: what it comes to.
        grid: its savings by RAG and year, where a table states both.
        delivered, not_delivered: what is marked Green Delivered, and the rest.
        ahead: what of the delivered is for years that have not begun, and which years these are.
        split: its savings by delivery route; `split_by_year` says whether those have years.
        base: the budget it draws on, where it is known.
        if_approved: the programme with the project's proposal added, "all" and by year.
    """

    name: str
    scope: str
    service: str
    total: Figure
    grid: RagByYear | None
    delivered: Figure | None
    not_delivered: Figure | None
    split: dict[str, Figure]
    split_by_year: bool
    base: BaseBudget | None
    if_approved: dict[str, Figure] = field(default_factory=dict)
    ahead: tuple[Figure, tuple[str, ...]] | None = None

    def ahead_words(self) -> Sentence:
        """How much of what is marked delivered is for years that have not begun."""
        if not self.ahead or not self.delivered:
            return ()
        amount, years = self.ahead
        is_all = amount.value == self.delivered.value
        opening: Sentence = (" All of that",) if is_all else (" Of that, ", amount)
        named = " and ".join(filter(None, (", ".join(years[:-1]), years[-1])))
        return (
            *opening,
            f" is for {named}, which {'has' if len(years) == 1 else 'have'} not begun.",
        )

    def figures(self) -> Iterator[Figure]:
        """Every figure of it."""
        yield from (self.total, *self.if_approved.values())
        yield from self.grid.figures() if self.grid else ()
        yield from (figure for figure in (self.delivered, self.not_delivered) if figure)
        yield from self.ahead[:1] if self.ahead else ()
        yield from (self.base.amount,) if self.base else ()
        yield from self.split.values()
        for reading in self.base.still_to_come if self.base else ():
            yield from (reading.amount, reading.share)


def is_context(quarter: Quarter, row: ProjectRow, savings: ProgrammeSavings) -> bool:
    """Whether a programme is context of a project: about a service the project is part of."""
    if savings.programme and row.programme and savings.programme != row.programme:
        return False
    if savings.service:
        return savings.service in quarter.chain(row.service)
    return bool(savings.programme)


def project_contexts(quarter: Quarter, project: str, own: ProjectSavings) -> tuple[Context, ...]:
    """The programmes that a project's briefing shows beside its own money, with it if approved."""
    row = quarter.register[project]
    wider = [each for each in quarter.programmes if is_context(quarter, row, each)]
    return tuple(
        # Where nothing says which of a service's programmes a proposal is for, it is added to none.
        context
        if savings.shares and not row.programme
        else replace(context, if_approved=if_approved(own, context, project))
        for savings, context in zip(wider, contexts(quarter, wider, project), strict=True)
    )


def contexts(
    quarter: Quarter, programmes: Sequence[ProgrammeSavings], project: str = ""
) -> tuple[Context, ...]:
    """Programmes as the context of one page, in their order.

    Those of one scope are distinguished by programme and measure.
    """
    names = slugs({each.number: each.subject for each in programmes})
    scopes = [_scope(each) for each in programmes]
    found = []
    for each, scope in zip(programmes, scopes, strict=True):
        which = ", ".join(filter(None, (each.programme, each.measure)))
        title = f"{scope} ({which})" if which and scopes.count(scope) > 1 else scope
        found.append(_context(quarter, each, f"context/{names[each.number]}", title, project))
    return tuple(found)


def _scope(savings: ProgrammeSavings) -> str:
    table = rag_table(savings) or savings.tables[0]
    return savings.analyses[table][0].scope or savings.subject


def rag_table(savings: ProgrammeSavings) -> str | None:
    """The table of a programme that has RAG and years."""
    return next(
        (
            table
            for table, rows in savings.analyses.items()
            if any(row.rag and row.year for row in rows)
        ),
        None,
    )


def rag_series(savings: ProgrammeSavings) -> Series:
    """A programme's savings by RAG and year."""
    table = rag_table(savings)
    return Series(savings.analyses[table]) if table else Series()


def _context(
    quarter: Quarter, savings: ProgrammeSavings, prefix: str, scope: str, project: str
) -> Context:
    """A programme's analyses of one total as context of a page."""

    def figure(name: str, amount: Sum, words: str = "") -> Figure:
        label = f"{scope}, {words}" if words else ""
        return Figure(f"{prefix}/{name}", amount, project=project, label=label)

    rated = rag_series(savings)
    grid = rag_by_year(rated, prefix, project, scope) if rated else None
    whole = analysis_rows(quarter, savings, savings.tables[0])
    delivered = not_delivered = None
    if grid:
        of = {
            is_done: total(
                grid.row_totals[rag] for rag in grid.rows if (rag == DELIVERED) == is_done
            )
            for is_done in (True, False)
        }
        delivered = figure("delivered", of[True], "delivered")
        not_delivered = figure("not-delivered", of[False], "not yet marked delivered")
    routed = next(
        (Series(rows) for rows in savings.analyses.values() if any(row.route for row in rows)),
        Series(),
    )
    by_route = {route: routed.of_route(route) for route in ROUTES}
    return Context(
        prefix,
        scope,
        savings.service,
        grid.total if grid else Figure(f"{prefix}/total", total_of(whole)),
        grid,
        delivered,
        not_delivered,
        {
            route: figure(slug(route), own.total, route.lower())
            for route, own in by_route.items()
            if own
        },
        bool(routed.years),
        _base_budget(quarter, savings, scope, grid, prefix, project),
        ahead=_ahead(quarter, grid, figure),
    )


def _ahead(
    quarter: Quarter, grid: RagByYear | None, figure: Callable[[str, Sum, str], Figure]
) -> tuple[Figure, tuple[str, ...]] | None:
    """What is marked delivered of years that have not begun; None where nothing is."""
    if grid is None:
        return None
    years = [
        year
        for year in grid.years
        if first_day(year) > quarter.as_of
        and (cell := grid.cells.get((DELIVERED, year)))
        and cell.value
    ]
    if not years:
        return None
    amount = total(grid.cells[DELIVERED, year] for year in years)
    return figure("delivered-ahead", amount, "marked delivered ahead of its year"), tuple(years)


def rag_by_year(savings: Series, prefix: str, project: str = "", scope: str = "") -> RagByYear:
    """Savings with RAG and years as a grid, in the order of the RAG statuses."""
    years = savings.years
    present = {row.rag for row in savings}
    rows = tuple(str(rag) for rag in RAG_STATUSES if rag in present)
    rows += (RAG_NOT_STATED,) if None in present else ()

    def of(rag: str | None, year: str | None) -> Series:
        wanted = None if rag == RAG_NOT_STATED else rag
        return savings.where(
            lambda row: (rag is None or row.rag == wanted) and (year is None or row.year == year)
        )

    def figure(rag: str | None, year: str | None) -> Figure:
        parts = (prefix, slug(rag) if rag else "", slug(year) if year else "total")
        label = ", ".join(filter(None, (scope, rag or "total", year)))
        name = "/".join(filter(None, parts))
        return Figure(name, of(rag, year).total, project=project, label=label)

    return RagByYear(
        rows,
        years,
        {(rag, year): figure(rag, year) for rag in rows for year in years if of(rag, year)},
        {rag: figure(rag, None) for rag in rows},
        {year: figure(None, year) for year in years},
        figure(None, None),
    )


def _base_budget(
    quarter: Quarter,
    savings: ProgrammeSavings,
    scope: str,
    grid: RagByYear | None,
    prefix: str,
    project: str,
) -> BaseBudget | None:
    """The base budget that the programme draws on; None where it is not known which that is."""
    budgets = with_amount(quarter.budget.by("service").get(savings.service, []))
    if not grid or not grid.years or not budgets:
        return None
    whole = max(budgets, key=lambda row: row.year)
    without = _left_out(quarter, savings, whole)
    if without is None:
        return None
    names = tuple(row.service for row in without)
    label = f"{savings.service}, {whole.year} base budget"
    label += f" without {', '.join(names)}" if names else ""
    amount = total_of([whole]) if not without else difference(*map(amount_of, (whole, *without)))
    base = Figure(f"{prefix}/base", amount, project=project, label=label)
    positions = (whole.savings_position,) if whole.savings_position else ("after", "before")
    readings = (
        _still_to_come(grid, base, whole, position, prefix, scope, project)
        for position in positions
    )
    return BaseBudget(base, whole.year, names, tuple(each for each in readings if each))


def _left_out(
    quarter: Quarter, savings: ProgrammeSavings, whole: BudgetRow
) -> list[BudgetRow] | None:
    """The parts of a service's budget that a programme's scope leaves out; None where unclear.

    "Education & Skills excluding SEND" draws on what is left of the service's budget without SEND.
    """
    scope = _scope(savings)
    if scope == savings.service:
        return []
    parts = [
        row
        for row in with_amount(quarter.budget.by("part_of").get(savings.service, []))
        if row.year == whole.year and row.basis == whole.basis
    ]
    named = [row for row in parts if scope_leaves_out(scope, row.service)]
    if named:
        return named
    return parts if len(parts) < 2 else None


def _still_to_come(
    grid: RagByYear,
    base: Figure,
    whole: BudgetRow,
    position: str,
    prefix: str,
    scope: str,
    project: str,
) -> StillToCome | None:
    """What is still to come off a budget read as before, or after, its own year's savings."""
    start = year_start(whole.year)
    years = [
        year
        for year in grid.years
        if year_start(year) > start or (position == "before" and year_start(year) == start)
    ]
    name = f"{prefix}/to-come-if-{position}"
    label = (
        f"{scope}, still to be taken off if the {whole.year} base is {position} that year's savings"
    )
    amount = Figure(
        name, total(grid.year_totals[year] for year in years), project=project, label=label
    )
    words = f"{label}, as a share of that base"
    share = share_of(f"{name}/share", amount, base, words, project)
    return StillToCome(position, amount, share) if share else None


def if_approved(own: ProjectSavings, wider: Context, project: str) -> dict[str, Figure]:
    """A programme with the project's proposal added: in all, and by each year it has money in.

    Savings that only bring planned ones forward ("Faster") are never added.
    """
    if wider.grid is None or own.total.value is None or own.plan != Plan.PROPOSED:
        return {}
    prefix = wider.name.replace("context/", "if-approved/", 1)
    words = f"{wider.scope} and the proposal together"
    by_year = wider.grid.year_totals
    found = {
        "all": Figure(
            f"{prefix}/total", total((own.total, wider.total)), project=project, label=words
        )
    }
    for year in own.saving_years:
        parts = (own.by_year[year], *((by_year[year],) if year in by_year else ()))
        label = f"{words}, {year}"
        found[year] = Figure(f"{prefix}/{slug(year)}", total(parts), project=project, label=label)
    return found
