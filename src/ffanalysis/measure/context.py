"""A wider programme that a project is part of.

Never the project's own money, and told under its scope's name.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ffanalysis.figures import Figure
from ffanalysis.measure.project_savings import Proposal, share_of
from ffanalysis.periods import year_start
from ffanalysis.provenance import slug, slugs
from ffanalysis.savings.analyses import analysis_total
from ffanalysis.savings.assemble import stated
from ffanalysis.savings.quarter import Group, Ledger
from ffanalysis.savings.sums import amount, cells_of, combined
from ffanalysis.tables import Row
from ffanalysis.vocabulary import DELIVERED, RAG_STATUSES, ROUTES, scope_leaves_out


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
class Remaining:
    """What is still to be taken off a programme's base budget, in one reading of that budget."""

    position: str
    amount: Figure
    share: Figure


@dataclass(frozen=True)
class Context:
    """A wider programme that a project is part of: never the project's own money."""

    name: str  # of its figures
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
    base_without: tuple[str, ...] = ()
    if_approved: dict[str, Figure] = field(default_factory=dict)

    def figures(self) -> Iterator[Figure]:
        """Every figure of it."""
        yield from (self.total, *self.if_approved.values())
        if self.grid:
            yield from (
                *self.grid.cells.values(),
                *self.grid.row_totals.values(),
                *self.grid.year_totals.values(),
            )
        yield from (figure for figure in (self.delivered, self.not_delivered, self.base) if figure)
        yield from self.split.values()
        for reading in self.remaining:
            yield from (reading.amount, reading.share)


def contexts(ledger: Ledger, groups: Sequence[Group], project: str = "") -> tuple[Context, ...]:
    """Programmes as the context of one page, in their order.

    Those of one scope are told apart by programme and measure.
    """
    names = slugs({group.number: group.subject for group in groups})
    scopes = [_scope(group) for group in groups]
    found = []
    for group, scope in zip(groups, scopes, strict=True):
        which = (
            ", ".join(filter(None, (group.programme, group.measure)))
            if scopes.count(scope) > 1
            else ""
        )
        title = f"{scope} ({which})" if which else scope
        found.append(_context(ledger, group, f"context/{names[group.number]}", title, project))
    return tuple(found)


def _scope(group: Group) -> str:
    scope: str | None = group.lines[rag_block(group) or group.blocks[0]][0].scope
    return scope or group.subject


def rag_block(group: Group) -> str | None:
    """The analysis of a programme that has RAG and years."""
    return next(
        (
            block
            for block, lines in group.lines.items()
            if any(line.rag and line.year for line in lines)
        ),
        None,
    )


def _context(ledger: Ledger, group: Group, prefix: str, scope: str, project: str) -> Context:
    """A programme's analyses of one total as context.

    By RAG and year, by delivery route, and what is still to come.
    """
    by_block, rated = group.lines, rag_block(group)
    route_block = next(
        (block for block, lines in by_block.items() if any(line.route for line in lines)), None
    )
    grid = rag_grid(by_block[rated], prefix, project, scope) if rated else None
    total = (
        grid.total if grid else analysis_total(ledger, group, group.blocks[0], f"{prefix}/total")[0]
    )
    delivered = not_delivered = None
    if grid:
        delivered = combined(
            f"{prefix}/delivered",
            [grid.row_totals[rag] for rag in grid.rows if rag == DELIVERED],
            f"{scope}, delivered",
            project,
        )
        others = [grid.row_totals[rag] for rag in grid.rows if rag != DELIVERED]
        not_delivered = combined(
            f"{prefix}/not-delivered", others, f"{scope}, not yet marked delivered", project
        )
    split = {}
    if route_block:
        for route in ROUTES:
            rows = [line for line in by_block[route_block] if line.route == route]
            if rows:
                split[route] = amount(
                    f"{prefix}/{slug(route)}", rows, project, f"{scope}, {route.lower()}"
                )
    base, base_year, without, remaining = _remaining(ledger, group, scope, grid, prefix, project)
    by_year = route_block is not None and any(line.year for line in by_block[route_block])
    return Context(
        prefix,
        scope,
        group.service,
        total,
        grid,
        delivered,
        not_delivered,
        split,
        base,
        base_year,
        remaining,
        by_year,
        without,
    )


def rag_grid(lines: list[Row], prefix: str, project: str = "", scope: str = "") -> Grid:
    """An analysis with RAG rows and year columns, as a grid in the order of the RAG statuses."""
    years = tuple(sorted({line.year for line in lines if line.year}))
    present = {line.rag for line in lines}
    rows = tuple(rag for rag in RAG_STATUSES if rag in present) + (
        ("RAG not stated",) if None in present else ()
    )

    def of(rag: str | None, year: str | None) -> list[Row]:
        wanted = None if rag == "RAG not stated" else rag
        return [
            line
            for line in lines
            if (rag is None or line.rag == wanted) and (year is None or line.year == year)
        ]

    def figure(rag: str | None, year: str | None) -> Figure:
        name = "/".join(
            filter(None, (prefix, slug(rag) if rag else "", slug(year) if year else "total"))
        )
        return amount(
            name, of(rag, year), project, ", ".join(filter(None, (scope, rag or "total", year)))
        )

    return Grid(
        rows,
        years,
        {(rag, year): figure(rag, year) for rag in rows for year in years if of(rag, year)},
        {rag: figure(rag, None) for rag in rows},
        {year: figure(None, year) for year in years},
        figure(None, None),
    )


def _remaining(
    ledger: Ledger, group: Group, scope: str, grid: Grid | None, prefix: str, project: str
) -> tuple[Figure | None, str, tuple[str, ...], tuple[Remaining, ...]]:
    """The base budget that the programme draws on, its year, what it is without, and what is still to be taken off it."""
    budgets = stated(ledger.by("budget", "service").get(group.service, []))
    if not grid or not grid.years or not budgets:
        return None, "", (), ()
    whole = max(budgets, key=lambda row: str(row.year))
    parts = [
        row
        for row in stated(ledger.by("budget", "part_of").get(group.service, []))
        if row.year == whole.year and row.basis == whole.basis
    ]
    # "Education & Skills excluding SEND" draws on what is left of the service's budget without that
    # part.
    named = [row for row in parts if scope_leaves_out(_scope(group), row.service)]
    if _scope(group) == group.service:
        parts = []
    elif named:
        parts = named
    elif len(parts) > 1:
        return None, "", (), ()  # it is without something, and nothing says which of them
    label = f"{group.service}, {whole.year} base budget" + (
        " without " + ", ".join(row.service for row in parts) if parts else ""
    )
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
            if year_start(year) > year_start(whole.year)
            or (stand == "before" and year_start(year) == year_start(whole.year))
        ]
        name = f"{prefix}/to-come-if-{stand}"
        words = (
            f"{scope}, still to be taken off if the {whole.year} base is {stand} that year's"
            " savings"
        )
        to_come = combined(name, [grid.year_totals[year] for year in years], words, project)
        share = share_of(
            f"{name}/share", to_come, base, f"{words}, as a share of that base", project
        )
        if share:
            readings.append(Remaining(stand, to_come, share))
    return base, whole.year, tuple(row.service for row in parts), tuple(readings)


def if_approved(own: Proposal, wider: Context, project: str) -> dict[str, Figure]:
    """A programme with the project's proposal added, in all and by each year that the proposal carries.

    Savings that only bring planned ones forward ("Faster") carry no year of their own here and are never added.
    """
    if wider.grid is None or own.total.value is None or own.plan != "proposed":
        return {}
    prefix, words = (
        wider.name.replace("context/", "if-approved/", 1),
        f"{wider.scope} and the proposal together",
    )
    found = {"all": combined(f"{prefix}/total", [own.total, wider.total], words, project)}
    for year in own.saving_years:
        parts = [
            own.by_year[year],
            *([wider.grid.year_totals[year]] if year in wider.grid.year_totals else []),
        ]
        found[year] = combined(f"{prefix}/{slug(year)}", parts, f"{words}, {year}", project)
    return found
