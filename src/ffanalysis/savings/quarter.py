"""A quarter: its tables as records, indexed, read-only, and what follows from them, made once."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

import pandas as pd

from ffanalysis import periods
from ffanalysis.periods import Period
from ffanalysis.provenance import cell_of, slugs
from ffanalysis.savings.assemble import (
    assemble,
    counted_programmes,
    not_added,
    programme_savings,
    with_facts_of_their_lines,
)
from ffanalysis.savings.model import NotAdded, Owner, PlanSavings, ProgrammeSavings
from ffanalysis.settings import Settings, from_rows
from ffanalysis.tables import (
    BackgroundRow,
    BlockRow,
    BudgetRow,
    CommentaryRow,
    ComparisonRow,
    ConfirmationRow,
    CorrectionRow,
    DeadlineRow,
    ExplanationRow,
    FullYearRow,
    MilestoneRow,
    NameRow,
    NoticeRow,
    PlanRow,
    ProjectRow,
    QuestionRow,
    RecipientRow,
    RefusalRow,
    RiskRow,
    Rows,
    SavingRow,
    SettingRow,
    SignOffRow,
    StatementRow,
    Tables,
    TotalRow,
    UnusedRow,
    WeightRow,
    WorkbookRow,
    records,
)
from ffanalysis.vocabulary import Plan, scope_service

_Made = TypeVar("_Made")


class Quarter:
    """One quarter's tables as records, indexed by what they state.

    It is read-only: a frame that is asked for is a copy, and nothing that is derived can grow
    stale. Where it is made with a function, the tables are fetched when somebody looks at them.
    """

    def __init__(self, tables: Tables | Callable[[], Tables]) -> None:
        self._fetch = tables if callable(tables) else lambda: tables
        self._made: dict[Callable[..., Any], Any] = {}
        self._chains: dict[str | None, tuple[str, ...]] = {}
        self._savings: dict[tuple[str, Plan], PlanSavings] = {}

    @cached_property
    def tables(self) -> Tables:
        """The canonical tables themselves. Nothing may change them."""
        return self._fetch()

    def frame(self, name: str) -> pd.DataFrame:
        """A canonical table as a frame of its own."""
        data: pd.DataFrame = getattr(self.tables, name)
        return data.copy()

    @property
    def period(self) -> Period:
        return self.tables.period

    @property
    def as_of(self) -> date:
        return self.tables.as_of

    def has_begun(self, year: str) -> bool:
        """Whether a financial year has begun by the as-of date."""
        return periods.has_begun(year, self.as_of)

    def is_over(self, year: str) -> bool:
        """Whether a financial year is over by the as-of date, which may be its last day."""
        return periods.is_over(year, self.as_of)

    @cached_property
    def before(self) -> "Quarter | None":
        """The quarter before, where one was read."""
        return Quarter(self.tables.before) if self.tables.before else None

    def once(self, make: Callable[[Any], _Made]) -> _Made:
        """What `make` gives for this quarter, made at the first call."""
        if make not in self._made:
            self._made[make] = make(self)
        made: _Made = self._made[make]
        return made

    @cached_property
    def budget(self) -> Rows[BudgetRow]:
        return records(BudgetRow, self.tables.budget)

    @cached_property
    def savings(self) -> Rows[SavingRow]:
        return Rows(with_facts_of_their_lines(records(SavingRow, self.tables.savings)))

    @cached_property
    def totals(self) -> Rows[TotalRow]:
        return records(TotalRow, self.tables.totals)

    @cached_property
    def full_year(self) -> Rows[FullYearRow]:
        return records(FullYearRow, self.tables.full_year)

    @cached_property
    def comparisons(self) -> Rows[ComparisonRow]:
        return records(ComparisonRow, self.tables.comparisons)

    @cached_property
    def mtfp(self) -> Rows[PlanRow]:
        return records(PlanRow, self.tables.mtfp)

    @cached_property
    def projects(self) -> Rows[ProjectRow]:
        return records(ProjectRow, self.tables.projects)

    @cached_property
    def milestones(self) -> Rows[MilestoneRow]:
        rows = records(MilestoneRow, self.tables.milestones)
        return Rows(row.as_at(self.as_of) for row in rows)

    @cached_property
    def risks(self) -> Rows[RiskRow]:
        return records(RiskRow, self.tables.risks)

    @cached_property
    def signoff(self) -> Rows[SignOffRow]:
        rows = records(SignOffRow, self.tables.signoff)
        if not self.council.role_words:
            return rows
        return Rows(row._replace(role=self.council.role(row.role)) for row in rows)

    @cached_property
    def deadlines(self) -> Rows[DeadlineRow]:
        return records(DeadlineRow, self.tables.deadlines)

    @cached_property
    def background(self) -> Rows[BackgroundRow]:
        return records(BackgroundRow, self.tables.background)

    @cached_property
    def commentary(self) -> Rows[CommentaryRow]:
        return records(CommentaryRow, self.tables.commentary)

    @cached_property
    def recipients(self) -> Rows[RecipientRow]:
        return records(RecipientRow, self.tables.recipients)

    @cached_property
    def blocks(self) -> Rows[BlockRow]:
        return records(BlockRow, self.tables.blocks)

    @cached_property
    def refusals(self) -> Rows[RefusalRow]:
        return records(RefusalRow, self.tables.refusals)

    @cached_property
    def unused(self) -> Rows[UnusedRow]:
        return records(UnusedRow, self.tables.unused)

    @cached_property
    def workbooks(self) -> Rows[WorkbookRow]:
        return records(WorkbookRow, self.tables.workbooks)

    @cached_property
    def notices(self) -> Rows[NoticeRow]:
        return records(NoticeRow, self.tables.notices)

    @cached_property
    def questions(self) -> Rows[QuestionRow]:
        return records(QuestionRow, self.tables.questions)

    @cached_property
    def corrections(self) -> Rows[CorrectionRow]:
        return records(CorrectionRow, self.tables.corrections)

    @cached_property
    def confirmations(self) -> Rows[ConfirmationRow]:
        return records(ConfirmationRow, self.tables.confirmations)

    @cached_property
    def explanations(self) -> Rows[ExplanationRow]:
        return records(ExplanationRow, self.tables.explanations)

    @cached_property
    def statements(self) -> Rows[StatementRow]:
        return records(StatementRow, self.tables.statements)

    @cached_property
    def names(self) -> Rows[NameRow]:
        return records(NameRow, self.tables.names)

    @cached_property
    def weights(self) -> Rows[WeightRow]:
        return records(WeightRow, self.tables.weights)

    @cached_property
    def settings(self) -> Rows[SettingRow]:
        return records(SettingRow, self.tables.settings)

    @cached_property
    def council(self) -> Settings:
        """What the council has set for its briefings, and the defaults of what it has not."""
        return from_rows(self.settings)

    @cached_property
    def register(self) -> dict[str, ProjectRow]:
        """Each project's row of the register, in its order."""
        return {
            project: rows[0] for project, rows in self.projects.by("project").items() if project
        }

    @property
    def slugs(self) -> tuple[str, ...]:
        """The projects of the register, in its order."""
        return tuple(row.project for row in self.projects)

    @cached_property
    def _wholes(self) -> dict[str, str]:
        """What each service is part of."""
        return {row.service: row.part_of for row in self.budget if row.part_of}

    def chain(self, service: str | None) -> tuple[str, ...]:
        """A service and all that it is part of, from the nearest outwards."""
        if service not in self._chains:
            found: list[str] = []
            whole = service
            while whole and whole not in found:
                found.append(whole)
                whole = self._wholes.get(whole)
            self._chains[service] = tuple(found)
        return self._chains[service]

    @cached_property
    def budgets(self) -> dict[str, dict[str, BudgetRow]]:
        """The first budget that states an amount, by service and year."""
        found: dict[str, dict[str, BudgetRow]] = {}
        for row in self.budget:
            if row.amount_pence is not None:
                found.setdefault(row.service, {}).setdefault(row.year, row)
        return found

    @cached_property
    def budget_order(self) -> dict[str, int]:
        """The place of each service among those with a budget."""
        return {service: number for number, service in enumerate(self.budgets)}

    @cached_property
    def budget_names(self) -> dict[str, str]:
        """What figures call each service with a budget."""
        return slugs({service: service for service in self.budgets})

    @cached_property
    def shared_services(self) -> frozenset[str]:
        """The services that several programmes state savings for."""
        found: dict[str, set[str]] = {}
        for row in self.savings:
            service = scope_service(row.scope)
            if not row.project and row.plan == Plan.CURRENT and service:
                found.setdefault(service, set()).add(row.programme or "")
        return frozenset(service for service, names in found.items() if len(names) > 1)

    @cached_property
    def programme_savings(self) -> tuple[ProgrammeSavings, ...]:
        """What programmes state in the current plan, measure by measure, counted or not."""
        return programme_savings(self.savings, self.shared_services)

    @cached_property
    def programmes(self) -> tuple[ProgrammeSavings, ...]:
        """The savings of programmes that count: their targets, by programme and service."""
        return counted_programmes(self.programme_savings)

    @cached_property
    def programmes_of(self) -> dict[str, list[ProgrammeSavings]]:
        """Those by the service that they are about."""
        found: dict[str, list[ProgrammeSavings]] = {}
        for each in self.programmes:
            found.setdefault(each.service, []).append(each)
        return found

    @cached_property
    def not_added(self) -> tuple[NotAdded, ...]:
        """What the schedules state and no figure adds, with the reason, in their order."""
        found: list[NotAdded] = []
        for project in self.slugs:
            for plan in self.plans_of(project):
                found += self.savings_of(project, plan).not_added
        counted = [
            row for each in self.programmes for rows in each.analyses.values() for row in rows
        ]
        found += not_added((row for row in self.savings if not row.project), counted)
        order = {cell_of(row): number for number, row in enumerate(self.savings)}
        return tuple(sorted(found, key=lambda each: order[each.cells[0]]))

    @cached_property
    def prior_of(self) -> dict[str, list[SavingRow]]:
        """The programmes' savings of prior years, by the service that they are about."""
        found: dict[str, list[SavingRow]] = {}
        for row in self.savings:
            if row.plan == Plan.PRIOR and not row.project:
                found.setdefault(scope_service(row.scope), []).append(row)
        return found

    def plans_of(self, project: str) -> tuple[Plan, ...]:
        """The plans that a project has savings under, in the order of its schedule."""
        rows = self.savings.of_project(project)
        return tuple(Plan(plan) for plan in dict.fromkeys(row.plan for row in rows) if plan)

    def savings_of(self, project: str, plan: Plan) -> PlanSavings:
        """The project's savings under one plan."""
        if (project, plan) not in self._savings:
            rows = self.savings.of_project(project)
            self._savings[project, plan] = assemble(plan, rows)
        return self._savings[project, plan]

    def context_of(
        self, row: ProjectRow, places: Mapping[str, Mapping[str, Iterable[_Made]]]
    ) -> Iterator[_Made]:
        """What is context of a project, of all that is kept by service and programme.

        Of the services it is part of and of its programme, or of a service's every programme where
        the register names none.
        """
        for service in (*self.chain(row.service), ""):
            of_service = places.get(service, {})
            programmes = dict.fromkeys((row.programme, "")) if row.programme else of_service
            for programme in programmes:
                if service or programme:
                    yield from of_service.get(programme, ())

    def owner_of(self, row: SavingRow | TotalRow) -> Owner:
        """Whom a line of savings belongs to, and what a sentence calls it."""
        if row.project:
            known = self.register.get(row.project)
            return Owner(known.name if known else row.project, row.project)
        service = scope_service(row.scope)
        behind = f" ({row.programme})" if row.programme and service in self.shared_services else ""
        label = f"{row.scope}{behind}" if row.scope else row.programme or f"Sheet {row.sheet}"
        return Owner(label, programme=row.programme or "", service=service)

    def by_owner(self, rows: Iterable[SavingRow]) -> list[tuple[Owner, list[SavingRow]]]:
        """Lines by the project or scope they belong to."""
        found: dict[tuple[str | None, ...], list[SavingRow]] = {}
        for row in rows:
            key = (row.project,) if row.project else (row.scope, row.programme, row.sheet)
            found.setdefault(key, []).append(row)
        return [(self.owner_of(own[0]), own) for own in found.values()]


def service_budget(quarter: Quarter, service: str | None, year: str) -> BudgetRow | None:
    """The budget that a saving of `year` is compared with.

    The service's latest up to that year, else its first.
    """
    rows = sorted(
        (
            row
            for row in quarter.budget.by("service").get(service, [])
            if row.amount_pence is not None
        ),
        key=lambda row: str(row.year),
    )
    until = [row for row in rows if row.year <= year]
    return until[-1] if until else rows[0] if rows else None
