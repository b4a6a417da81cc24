"""All projects of a period.

Each programme counted once and against the plan, and the projects' own savings, cut by cut.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ffanalysis.figures import Figure, merged_cells
from ffanalysis.measure import project_measures
from ffanalysis.measure.context import Context, contexts, rag_block
from ffanalysis.measure.forecast import Weighted, due, is_delivered, position, weighted
from ffanalysis.measure.programme_movement import ProgrammeMovement, programme_movement
from ffanalysis.measure.project_savings import Proposal, own_forecast, own_lines, own_savings
from ffanalysis.provenance import cell_of, slug, slugs
from ffanalysis.savings.analyses import plan_lines
from ffanalysis.savings.assemble import withheld
from ffanalysis.savings.quarter import Group, Ledger
from ffanalysis.savings.sums import amount, combined, has_gap
from ffanalysis.tables import Row, Tables
from ffanalysis.vocabulary import BLANK, RAG_STATUSES

NOT_STATED = "not stated"
# How the projects' own savings are cut: what each cut is called, and what a line or its project
# states for it.
_CUTS: Mapping[str, Callable[[Row, Row], str | None]] = {
    "RAG": lambda line, _: line.rag,
    "Year": lambda line, _: line.year,
    "Type of saving": lambda line, _: line.types,
    "Plan area": lambda _, project: project.plan_area,
    "Delivery route": lambda line, _: line.route,
}
DONE = (  # whatever its rating says: what was planned for years that are over, and came in full
    "Delivered, years over"
)
PLANS = {"current": "In the plan", "proposed": "Proposed"}


@dataclass(frozen=True)
class Standing:
    """A programme against the plan.

    `plan` is the MTFP's own line for it, `gap` what the central case is short of that.
    """

    context: Context
    plan: Figure | None
    forecast: Weighted | None
    gap: Figure | None

    def figures(self) -> Iterator[Figure]:
        """Every figure of it."""
        yield from self.context.figures()
        yield from (figure for figure in (self.plan, self.gap) if figure)
        yield from self.forecast.figures() if self.forecast else ()


@dataclass(frozen=True)
class ProgrammeMeasures:
    """All projects of a period, and each programme counted once.

    `cuts` has the projects' own savings by cut ("RAG"), by label ("Amber") and by plan
    ("Proposed"); every cut comes to `own`. `overall` has what all programmes come to together,
    where none of them is about a part of another. `position` says where the savings in the plan
    stand, of the projects that state a forecast in full: "Target", "Due" by the end of the year,
    "Delivered", "Forecast", "Shortfall", "Above target"; and counts those, "Projects", and those
    that state none, "Without forecast". `shortfalls` has what the savings in the plan of each
    project are forecast to fall short of their target; `delivered` are the projects of whose
    savings all is delivered. `marked` has what all programmes together mark as delivered, in the
    quarter before and now; `other_years` the years that their tables were of then, and are of now,
    where those are others.
    """

    standings: tuple[Standing, ...]
    projects: dict[str, Proposal]
    movement: ProgrammeMovement
    forecasts: Mapping[str, Weighted | None] = field(default_factory=dict)
    own: Mapping[str, Figure] = field(default_factory=dict)
    cuts: Mapping[str, Mapping[str, Mapping[str, Figure]]] = field(default_factory=dict)
    overall: Mapping[str, Figure] = field(default_factory=dict)
    position: Mapping[str, Figure] = field(default_factory=dict)
    marked: tuple[Figure, Figure] | None = None
    other_years: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    shortfalls: Mapping[str, Figure] = field(default_factory=dict)
    delivered: frozenset[str] = frozenset()

    @property
    def contexts(self) -> tuple[Context, ...]:
        return tuple(standing.context for standing in self.standings)

    @property
    def short(self) -> tuple[str, ...]:
        """The projects that are forecast to fall short, in the order of the register."""
        return tuple(project for project, figure in self.shortfalls.items() if figure.value)

    def figures(self) -> tuple[Figure, ...]:
        """Every figure, each name once.

        A project's own have its name before theirs where the page shows them.
        """
        found = [
            *self.own.values(),
            *self.overall.values(),
            *self.position.values(),
            *self.movement.figures(),
            *self.shortfalls.values(),
            *(self.marked or ()),
        ]
        for standing in self.standings:
            found += standing.figures()
        found += (
            figure
            for cut in self.cuts.values()
            for label in cut.values()
            for figure in label.values()
        )
        return tuple({figure.name: figure for figure in found}.values())


def programme_measures(tables: Tables) -> ProgrammeMeasures:
    """What the programme page counts.

    Every programme's analyses once, and each project's own savings.
    """
    ledger = Ledger.of(tables)
    by_plan = {project: own_savings(ledger, project) for project in ledger.register}
    own = {project: savings[0] for project, savings in by_plan.items()}
    wider = contexts(ledger, ledger.counting)
    before = contexts(ledger.last, ledger.last.counting) if ledger.last else ()
    standings = tuple(
        _standing(ledger, group, each) for group, each in zip(ledger.counting, wider, strict=True)
    )
    stands = {
        project: _standing_of(ledger, project)
        for project in ledger.register
        if project not in withheld(ledger)
    }
    readable = [project for project in ledger.register if project not in withheld(ledger)]
    every = [(project, each) for project, savings in by_plan.items() for each in savings]
    done = {
        (project, each.plan, year)
        for project, each in every
        if each.done
        for year in each.done.years
    }

    def rated(line: Row, _: Row) -> str | None:
        return DONE if (line.project, line.plan, line.year) in done else line.rag

    cuts = {**_CUTS, "RAG": rated}
    lines = {
        project: [row for plan in PLANS for row in own_lines(ledger, project, plan)]
        for project in readable
    }
    return ProgrammeMeasures(
        standings,
        own,
        programme_movement(ledger),
        {
            project: own_forecast(ledger, project, own[project].plan, own[project].total.label)
            for project in readable
        },
        {
            words: amount(
                f"own/{slug(words)}",
                _of_plan(lines.values(), plan),
                label=f"Projects' own savings, {words.lower()}",
            )
            for plan, words in PLANS.items()
        },
        {name: _cut(ledger, lines, name, stated) for name, stated in cuts.items()},
        _overall(ledger, standings),
        _position(stands),
        _marked(ledger, before, wider),
        _other_years(before, wider),
        {
            project: replace(each["Shortfall"], name=f"{project}/position/shortfall")
            for project, each in stands.items()
        },
        frozenset(
            project
            for project, each in stands.items()
            if own[project].plan == "current" and is_delivered(own[project].total, each)
        ),
    )


def _position(stands: Mapping[str, Mapping[str, Figure]]) -> dict[str, Figure]:
    """Where the savings in the plan stand together.

    Nothing where none of their projects states a forecast in full.

    What one project forecasts above its target makes up for no other's shortfall: the two are told
    apart.
    """
    in_plan = [each for each in stands.values() if each["Target"].value]
    told = [each for each in in_plan if each["Shortfall"].value is not None]
    if not told:
        return {}
    counts = {
        "Projects": len(told),
        "Without forecast": len(in_plan) - len(told),
    }
    found = {
        words: combined(
            f"plan-position/{slug(words)}", figures, f"Savings in the plan, {words.lower()}"
        )
        for words in ("Target", "Due", "Delivered", "Forecast", "Shortfall", "Above target")
        if (figures := [each[words] for each in told if words in each])
        and (words != "Due" or len(figures) == len(told))
    }
    return found | {
        words: Figure(f"plan-position/{slug(words)}", count, (), "count")
        for words, count in counts.items()
    }


def _standing_of(ledger: Ledger, project: str) -> dict[str, Figure]:
    """Where what a project has in the plan stands."""
    lines = own_lines(ledger, project, "current")
    found = position(ledger, project, amount("", lines), "current")
    by_now = due(ledger, lines)
    return found | {"Due": by_now} if by_now else found


def _marked(
    ledger: Ledger, before: tuple[Context, ...], wider: tuple[Context, ...]
) -> tuple[Figure, Figure] | None:
    """What the programmes mark as delivered, in the quarter before and now.

    None where one of the two is not known.

    Nor where they are not the same programmes over the same years: another year's savings are no
    movement.
    """
    last = ledger.last
    if last is None or _overlap(ledger, ledger.counting):
        return None
    both = (before, wider)
    then, now = (
        {
            (group.programme, group.subject, _years(each))
            for group, each in zip(*quarter, strict=True)
        }
        for quarter in zip((last.counting, ledger.counting), both, strict=True)
    )
    if not now or then != now:
        return None
    found = []
    for when, quarter in zip(("before", "after"), both, strict=True):
        figures = [
            each.delivered
            for each in quarter
            if each.delivered is not None and not has_gap(each.delivered)
        ]
        if len(figures) < len(quarter):
            return None
        found.append(
            combined(
                f"movement/marked-delivered/{when}",
                figures,
                f"Programmes, marked delivered, {when}",
            )
        )
    return (found[0], found[1]) if found[1].value is not None else None


def _years(each: Context) -> tuple[str, ...]:
    """The years that a programme states an amount for."""
    return (
        tuple(year for year, figure in each.grid.year_totals.items() if figure.value is not None)
        if each.grid
        else ()
    )


def _other_years(
    before: tuple[Context, ...], wider: tuple[Context, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The years that the programmes' tables were of in the quarter before, and are of now, where those are others."""
    then, now = (
        tuple(sorted({year for each in quarter for year in _years(each)}))
        for quarter in (before, wider)
    )
    return (then, now) if then and now and then != now else None


def all_figures(tables: Tables, projects: Iterable[str]) -> tuple[Figure, ...]:
    """The figures of these projects' briefings and of the programme page."""
    ledger = Ledger.of(tables)
    found = [
        figure for project in projects for figure in project_measures(ledger, project).figures()
    ]
    return (*found, *programme_measures(ledger).figures())


def _of_plan(lines: Iterable[list[Row]], plan: str) -> list[Row]:
    return [row for rows in lines for row in rows if row.plan == plan]


def _cut(
    ledger: Ledger,
    lines: Mapping[str, list[Row]],
    name: str,
    stated: Callable[[Row, Row], str | None],
) -> dict[str, dict[str, Figure]]:
    """The projects' own savings by what they state for one cut, the labels in their order, those without one last."""
    found: dict[str, dict[str, list[Row]]] = {}
    for project, rows in lines.items():
        for row in rows:
            label = stated(row, ledger.register[project]) or NOT_STATED
            is_gap = row.amount_pence is None and row.missing != BLANK
            if row.plan in PLANS and (row.amount_pence or is_gap):
                found.setdefault(label, {}).setdefault(row.plan, []).append(row)
    order = [
        *(rag for rag in RAG_STATUSES if rag in found),
        *sorted(found.keys() - {*RAG_STATUSES, NOT_STATED}),
        NOT_STATED,
    ]
    names = slugs({label: label for label in order if label in found})
    return {
        label: {
            PLANS[plan]: amount(
                f"own/{slug(name)}/{called}/{slug(PLANS[plan])}",
                rows,
                label=f"{name} {label}, {PLANS[plan]}",
            )
            for plan, rows in found[label].items()
        }
        for label, called in names.items()
    }


def _standing(ledger: Ledger, group: Group, wider: Context) -> Standing:
    """One programme, weighted by the RAG status of its lines and held against the plan's own line for it alone."""
    lines, members = plan_lines(ledger, group)
    plan = None
    if lines and len(members) == 1:
        plan = amount(
            f"{wider.name}/mtfp", lines, label=f"{wider.scope}, in the medium term financial plan"
        )
    rated = rag_block(group)
    forecast = (
        weighted(ledger, group.lines[rated], f"{wider.name}/weighted", wider.scope)
        if rated
        else None
    )
    central = forecast.cases["central"]["total"] if forecast and forecast.cases else None
    return Standing(
        wider, plan, forecast, _gap(f"{wider.name}/gap-to-mtfp", plan, central, wider.scope)
    )


def _gap(name: str, plan: Figure | None, central: Figure | None, whose: str) -> Figure | None:
    """What the central case is short of the plan.

    None where one of the two is not stated in full.
    """
    if not plan or not central or plan.value is None or plan.partial:
        return None
    return Figure(
        name,
        plan.pence - central.pence,
        merged_cells(plan.cells, central.cells),
        stated_to=max(plan.stated_to or 1, central.stated_to or 1),
        label=f"{whose}, central case short of the plan",
    )


def _overlap(ledger: Ledger, groups: Sequence[Group]) -> bool:
    """Whether one programme may be about a part of another: then they are not added up."""
    services = {group.service for group in groups}
    parts = any(other in ledger.chain(one)[1:] for one in services for other in services)
    again = len({(group.programme, group.service) for group in groups}) < len(groups)
    return (
        parts
        or again
        or not all(services)
        or any(group.shares and not group.programme for group in groups)
    )


def _overall(ledger: Ledger, standings: tuple[Standing, ...]) -> dict[str, Figure]:
    """What all programmes come to together.

    Nothing where one is about a part of another, or where there is but one.
    """
    if len(standings) < 2 or _overlap(ledger, ledger.counting):
        return {}
    lines = [plan_lines(ledger, group)[0] for group in ledger.counting]
    # A line that several programmes share counts once.
    rows = list({cell_of(row): row for some in lines for row in some}.values())
    columns: dict[str, list[Figure | None]] = {
        "total": [standing.context.total for standing in standings],
        "central": [
            (
                standing.forecast.cases["central"]["total"]
                if standing.forecast and standing.forecast.cases
                else None
            )
            for standing in standings
        ],
    }
    for rag in RAG_STATUSES:
        columns[rag] = [
            standing.context.grid.row_totals.get(rag) if standing.context.grid else None
            for standing in standings
        ]
    found = {}
    for name, figures in columns.items():
        stated = [figure for figure in figures if figure is not None]
        # A column that some programme does not state has no total; a RAG status that none of its
        # lines has is no gap.
        if stated and (len(stated) == len(figures) or name in RAG_STATUSES):
            found[name] = combined(f"overall/{slug(name)}", stated, f"All programmes, {name}")
    if all(lines):
        found["plan"] = amount(
            "overall/plan", rows, label="All programmes, in the medium term financial plan"
        )
    known = {cell_of(row) for row in rows}
    # A line for a service that one of these is a part of, or that is a part of one, may be about
    # them.
    near = {service for group in ledger.counting for service in ledger.chain(group.service)}
    about = {group.service for group in ledger.counting}
    others = (row for row in ledger.rows("mtfp") if cell_of(row) not in known and row.amount_pence)
    if apart := [
        row
        for row in others
        if row.service not in near and not about & {*ledger.chain(row.service)}
    ]:
        rest = amount(
            "overall/plan-apart",
            apart,
            label="In the medium term financial plan, of none of these programmes",
        )
        found |= {"apart": rest} if rest.pence > 0 else {}
    gap = _gap("overall/gap", found.get("plan"), found.get("central"), "All programmes")
    return found | ({"gap": gap} if gap else {})
