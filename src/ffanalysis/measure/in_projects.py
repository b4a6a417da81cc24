"""How much of a programme its projects carry, and what of it is in no project.

Year by year and overall: what the projects have in the plan, what the programme states, and what
the plan itself says.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ffanalysis.figures import Figure, Sum, difference, tolerance, total, total_of
from ffanalysis.provenance import slugs
from ffanalysis.savings.analyses import analysis_rows, plan_lines
from ffanalysis.savings.model import ProgrammeSavings, Series, joined
from ffanalysis.savings.printed_tables import Part
from ffanalysis.savings.quarter import Quarter
from ffanalysis.savings.refusals import with_refused_lines
from ffanalysis.tables import PlanRow, ProjectRow, SavingRow
from ffanalysis.vocabulary import Plan, scope_leaves_out


@dataclass(frozen=True)
class CarriedByProjects:
    """One year of a programme, or all of it where `year` is blank.

    `rest` is what the programme states, or the plan where it states nothing, less what its projects
    carry; None where one of the two is not known in full.
    """

    year: str
    projects: Figure
    programme: Figure
    plan: Figure
    rest: Figure | None

    @property
    def whole(self) -> Figure:
        """What the projects are compared with."""
        return self.programme if self.programme.is_whole else self.plan

    @property
    def allowed(self) -> Sum:
        """How far rounding alone may put the two apart."""
        return tolerance(self.projects, self.whole)

    def figures(self) -> Iterator[Figure]:
        """Every figure of it."""
        found = (self.projects, self.programme, self.plan, self.rest)
        yield from (figure for figure in found if figure and figure.value is not None)


@dataclass(frozen=True)
class ProgrammeInProjects:
    """A programme and the projects that carry it.

    Attributes:
        overall, years: all of it, and the years that it states, where its projects state them too.
        carrying: the projects that have savings of it in the plan.
        proposing: those that propose savings, which are not in the plan yet.
        outside: those of the programme whose service its scope leaves out.
        other_years: what its projects carry in years that it does not state; None where nothing.
        is_refused: whether a line of a project cannot be read.
    """

    label: str
    overall: CarriedByProjects
    years: tuple[CarriedByProjects, ...] = ()
    carrying: tuple[str, ...] = ()
    proposing: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    is_refused: bool = False
    other_years: Figure | None = None

    def figures(self) -> Iterator[Figure]:
        """Every figure of it."""
        for each in (self.overall, *self.years):
            yield from each.figures()
        if self.other_years:
            yield self.other_years


@dataclass(frozen=True)
class OutsideThePlan:
    """The savings that count as in the plan, of projects of which no line of the plan is.

    `carried` is what each of them has, by its key; `total` is all of it.
    """

    total: Figure
    carried: Mapping[str, Figure]

    def figures(self) -> Iterator[Figure]:
        """Every figure of it."""
        yield from (self.total, *self.carried.values())


def in_projects(quarter: Quarter) -> tuple[ProgrammeInProjects, ...]:
    """Each programme that the schedules or the plan state, and what its projects carry of it."""
    return quarter.once(_in_projects)


def _in_projects(quarter: Quarter) -> tuple[ProgrammeInProjects, ...]:
    stated = _all_stated(quarter)
    names = slugs({number: each.label for number, each in enumerate(stated)})
    return tuple(
        _tie(quarter, each, f"{names[number] or 'programme'}/in-projects")
        for number, each in enumerate(stated)
    )


def outside_the_plan(quarter: Quarter) -> OutsideThePlan | None:
    """The projects whose programme neither the plan nor a schedule states.

    None where there is no plan to be in, or where each project that has savings is in it.
    """
    if not quarter.mtfp:
        return None
    members = {row.project for stated in _all_stated(quarter) for row in _members(quarter, stated)}
    inside = members | with_refused_lines(quarter)
    targets = {
        row.project: quarter.savings_of(row.project, Plan.CURRENT).target
        for row in quarter.projects
        if row.project not in inside and not any(_may_be_of(quarter, row, quarter.mtfp))
    }
    carrying = {project: target for project, target in targets.items() if target.non_zero}
    if not carrying:
        return None
    carried = {
        project: Figure(
            f"outside-the-plan/{project}",
            target.total,
            label=f"{quarter.register[project].name}, in no line of the plan",
        )
        for project, target in carrying.items()
    }
    whole = joined(carrying.values()).total
    label = "Projects' savings that are in no line of the plan"
    return OutsideThePlan(Figure("outside-the-plan/total", whole, label=label), carried)


def _may_be_of(
    quarter: Quarter, project: ProjectRow, lines: Iterable[PlanRow]
) -> Iterator[PlanRow]:
    """The lines of the plan that a project may be part of: none names another programme."""
    chain = quarter.chain(project.service)
    for line in lines:
        is_other = line.programme and project.programme and line.programme != project.programme
        if not is_other and (not line.service or line.service in chain):
            yield line


def _all_stated(quarter: Quarter) -> "list[_Stated]":
    return [*_stated_programmes(quarter), *_programmes_of_the_plan(quarter)]


@dataclass(frozen=True)
class _Stated:
    """A programme as schedules or the plan state it: in all, by year, and in the plan's lines."""

    label: str
    programme: str
    savings: ProgrammeSavings | None
    rows: Sequence[Part]
    by_year: Sequence[SavingRow]
    lines: Sequence[PlanRow]

    @property
    def years(self) -> list[str]:
        every: list[SavingRow | PlanRow] = [*self.by_year, *self.lines]
        return sorted({row.year for row in every if row.year})

    @property
    def covered(self) -> set[str]:
        """The years of what its projects are compared with; none where it states no years."""
        whole = self.by_year if self.rows and total_of(self.rows).is_whole else self.lines
        return {row.year for row in whole if row.year}


def _stated_programmes(quarter: Quarter) -> Iterator[_Stated]:
    """The programmes of the schedules, by the analysis that states years, else the last."""
    for savings in quarter.programmes:
        lines, members = plan_lines(quarter, savings)
        own = lines if len(members) == 1 else []
        with_years = [
            table for table, rows in savings.analyses.items() if all(row.year for row in rows)
        ]
        rows = analysis_rows(quarter, savings, (with_years or savings.tables)[-1])
        by_year = savings.analyses[with_years[-1]] if with_years else ()
        yield _Stated(savings.label, savings.programme, savings, rows, by_year, own)


def _programmes_of_the_plan(quarter: Quarter) -> Iterator[_Stated]:
    """The programmes of the register that the plan states, and no schedule does."""
    stated = {savings.programme for savings in quarter.programmes}
    for programme in dict.fromkeys(row.programme for row in quarter.projects if row.programme):
        lines = quarter.mtfp.by("programme").get(programme, [])
        if lines and programme not in stated:
            yield _Stated(programme, programme, None, [], (), lines)


def _members(quarter: Quarter, stated: _Stated) -> list[ProjectRow]:
    """The projects of a programme, of the service that it states savings for."""
    savings = stated.savings
    # Where several programmes state savings of a service, a project that names none is of neither.
    unnamed = "" if savings and savings.shares else stated.programme
    # What names a service and no programme is of all that is of the service.
    is_of_any = bool(savings and not savings.programme and not savings.shares)
    rows = [
        row
        for row in quarter.projects
        if is_of_any or (row.programme or unnamed) == stated.programme
    ]
    if savings and savings.service:
        rows = [row for row in rows if savings.service in quarter.chain(row.service)]
    return rows


def _tie(quarter: Quarter, stated: _Stated, name: str) -> ProgrammeInProjects:
    members = _members(quarter, stated)
    inside = [row.project for row in members if not _is_left_out(quarter, row, stated.savings)]
    targets = {project: quarter.savings_of(project, Plan.CURRENT).target for project in inside}
    carried = joined(targets.values())
    figures = _Figures(name, stated.label)
    within, beyond = _by_stated_years(carried, stated.covered)
    years = stated.years if all(row.year for row in carried) else ()
    return ProgrammeInProjects(
        stated.label,
        figures.of("", within, stated.rows, stated.lines),
        tuple(
            figures.of(
                year,
                carried.of_year(year),
                [row for row in stated.by_year if row.year == year],
                [row for row in stated.lines if row.year == year],
            )
            for year in years
        ),
        tuple(project for project in inside if targets[project].non_zero),
        tuple(row.project for row in members if _proposes(quarter, row.project)),
        tuple(row.project for row in members if row.project not in inside),
        bool({*inside} & with_refused_lines(quarter)),
        figures.beyond(beyond) if beyond else None,
    )


def _by_stated_years(carried: Series, covered: Collection[str]) -> tuple[Series, Series]:
    """What projects carry in the years that a programme states, and what they carry beyond."""
    if not covered or not all(row.year for row in carried):
        return carried, Series()
    within = carried.where(lambda row: row.year in covered)
    return within, carried.where(lambda row: row.year not in covered).non_zero


def _proposes(quarter: Quarter, project: str) -> bool:
    return bool(quarter.savings_of(project, Plan.PROPOSED).target.non_zero)


def _is_left_out(quarter: Quarter, row: ProjectRow, savings: ProgrammeSavings | None) -> bool:
    """Whether the scope of what a programme states leaves out a project's service."""
    if savings is None:
        return False
    chain = quarter.chain(row.service)
    parts = chain[: chain.index(savings.service)] if savings.service in chain else ()
    scopes = {line.scope for rows in savings.analyses.values() for line in rows}
    return any(scope_leaves_out(scope, part) for scope in scopes for part in parts)


@dataclass(frozen=True)
class _Figures:
    """The figures of one programme, by the prefix of their names."""

    name: str
    label: str

    def of(
        self, year: str, carried: Series, rows: Sequence[Part], lines: Sequence[PlanRow]
    ) -> CarriedByProjects:
        """What its projects carry of a year, or of all, and what is in none."""
        projects = self._figure(year, "carried", carried.total, "carried by its projects")
        programme = self._figure(year, "programme", total_of(rows), "as the programme states it")
        plan = self._figure(year, "plan", total_of(lines), "as the plan states it")
        whole = programme if programme.is_whole else plan
        rest = None
        if whole.is_whole and not projects.has_gap:
            is_none = projects.value is None
            left = total([whole]) if is_none else difference(whole, projects)
            rest = self._figure(year, "rest", left, "in no project")
        return CarriedByProjects(year, projects, programme, plan, rest)

    def beyond(self, carried: Series) -> Figure:
        """What its projects carry in years that it does not state."""
        return self._figure("", "other-years", carried.total, "carried in years it does not state")

    def _figure(self, year: str, what: str, amount: Sum, words: str) -> Figure:
        place = "/".join(filter(None, (self.name, year.replace("/", "-"), what)))
        about = ", ".join(filter(None, (self.label, year, words)))
        return Figure(place, amount, label=about)
