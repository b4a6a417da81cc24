"""What notebooks call: the package's top level hands it on from here."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import overload

import pandas as pd

from ffanalysis import checks, frames, money, periods, read
from ffanalysis.errors import InputsRefused
from ffanalysis.explain import ExplainedFigure, explain
from ffanalysis.figures import Figure
from ffanalysis.findings import Finding
from ffanalysis.frames import dictionary
from ffanalysis.measure import ProjectMeasures, project_measures
from ffanalysis.periods import Period
from ffanalysis.present import displays
from ffanalysis.present.briefing import Briefing
from ffanalysis.present.drawing import rag_colours
from ffanalysis.present.programme import Programme
from ffanalysis.present.reconciliation import Reconciliation
from ffanalysis.present.workbook import WorkbookReport
from ffanalysis.render.interactive import interactive_tables
from ffanalysis.render.picker import Picker
from ffanalysis.render.style import setup_notebook
from ffanalysis.run import cache
from ffanalysis.savings import quarter as savings
from ffanalysis.savings.confidential import confidential_in, findings_for_all, visible
from ffanalysis.savings.named import project_named
from ffanalysis.savings.refusals import withheld_projects
from ffanalysis.savings.stale import refuse_stale
from ffanalysis.tables import Tables

__all__ = [
    "briefing",
    "check",
    "check_workbook",
    "dictionary",
    "figures_of",
    "interactive_tables",
    "load",
    "picker",
    "programme",
    "rag_colours",
    "reconciliation",
    "setup_notebook",
]


class Findings(Sequence[Finding]):
    """The findings of a quarter, made or fetched when somebody looks at them.

    `names` are the names of the projects, which the frame has.
    """

    def __init__(
        self, fetch: Callable[[], tuple[Finding, ...]], names: Callable[[], dict[str, str]] = dict
    ) -> None:
        self._fetch, self._names = fetch, names

    @cached_property
    def _all(self) -> tuple[Finding, ...]:
        return self._fetch()

    @overload
    def __getitem__(self, place: int) -> Finding: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Finding, ...]: ...
    def __getitem__(self, place: int | slice) -> Finding | tuple[Finding, ...]:
        return self._all[place]

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._all)

    def __repr__(self) -> str:
        return f"<Findings: {displays.counts(self._all)}>"

    def _repr_html_(self) -> str:
        return displays.findings_html(self._all)

    def frame(self) -> pd.DataFrame:
        """The findings as a frame, a row each, with amounts in pounds."""
        return frames.findings_frame(self, self._names())


class CheckedQuarter(savings.Quarter):
    """A quarter's rows as checks, measures and briefings take them, with what the rules say."""

    def __init__(
        self, tables: Tables | Callable[[], Tables], run: cache.RunCache | None = None
    ) -> None:
        super().__init__(tables)
        self.run = run

    @cached_property
    def findings(self) -> Findings:
        """What the rules say of it: errors first, then queries, then notes."""
        if self.run:
            whole = self.run.whole
            return Findings(lambda: whole()[1], self._project_names)
        return Findings(lambda: checks.check(self), self._project_names)

    def _project_names(self) -> dict[str, str]:
        return {row.project: row.name for row in self.projects}


class Quarter:
    """One quarter as an analyst works with it, read-only: frames, findings, what changed.

    `quarter.savings`, `.projects`, `.milestones` and the others are frames in £000, a new copy each
    time; `quarter.dictionary` says what their columns mean. `quarter.frame("savings")` is a table
    as it was read, cell by cell. `quarter.records` is what checks and briefings are made of.
    """

    def __init__(self, records: CheckedQuarter) -> None:
        self.records = records
        self._made: dict[str, pd.DataFrame] = {}

    @property
    def period(self) -> Period:
        return self.records.period

    @property
    def as_of(self) -> date:
        """The day that its figures are of."""
        return self.records.as_of

    @property
    def findings(self) -> Findings:
        """What the rules say of it: errors first, then queries, then notes."""
        return self.records.findings

    @property
    def savings(self) -> pd.DataFrame:
        """A row a saving, in £000; those that count add up to the headlines of the briefings."""
        return self._once("savings", frames.savings_frame)

    @property
    def savings_by_year(self) -> pd.DataFrame:
        """A row a saving, year and RAG status, in £000: for tables by year and charts."""
        return self._once("savings_by_year", frames.savings_by_year_frame)

    @property
    def not_added(self) -> pd.DataFrame:
        """What the schedules state and no figure adds, a row each, with the reason."""
        return self._once("not_added", frames.not_added_frame)

    @property
    def projects(self) -> pd.DataFrame:
        """A row a project: whose it is, and the headline of its briefing in £000."""
        return self._once("projects", lambda records: frames.projects_frame(records, self.findings))

    @property
    def programmes(self) -> pd.DataFrame:
        """A row a programme: its total, the plan's line for it, and what projects carry."""
        return self._once("programmes", frames.programmes_frame)

    @property
    def milestones(self) -> pd.DataFrame:
        """A row a milestone, with the days that its date may mean."""
        return self._once("milestones", frames.milestones_frame)

    @property
    def risks(self) -> pd.DataFrame:
        """A row a risk, in the register's words."""
        return self._once("risks", frames.risks_frame)

    @property
    def budget(self) -> pd.DataFrame:
        """A row a service, year and basis, in £000."""
        return self._once("budget", frames.budget_frame)

    @property
    def changes(self) -> pd.DataFrame:
        """A row for each change since the quarter before."""
        return self._once("changes", frames.changes_frame)

    @property
    def dictionary(self) -> pd.DataFrame:
        """What each column of these frames means, and its unit."""
        return dictionary()

    def project(self, name: str) -> "Project":
        """One project, by its name in any spelling. Raises ProjectUnknown and ProjectAmbiguous."""
        return Project(self, project_named(self.records, name))

    def explain(self, project: str, figure: str) -> ExplainedFigure:
        """Where a figure of a project's briefing comes from.

        `figure` is its name ("proposed/total"), its label, or its text on the page ("£1.59m").
        Raises FigureUnknown with the names that are most like it, ProjectUnknown, and InputsRefused
        where the project is withheld.
        """
        name = project_named(self.records, project)
        seen, known = _visible(self.records, self.findings, name)
        return explain(seen, known, name, figure)

    def frame(self, name: str) -> pd.DataFrame:
        """A table as it was read, a row a cell, as a frame of its own.

        Columns that hold nothing are left out; amounts are in pounds (`amount`), and `cell` names
        workbook, sheet and cell. Changing it changes nothing else.
        """
        data = self.records.frame(name)
        if {"workbook", "sheet", "cell"} <= set(data.columns):
            data["cell"] = data["workbook"] + "!" + data["sheet"] + "!" + data["cell"]
            data = data.drop(columns=["workbook", "sheet"])
        if "amount_pence" in data.columns:
            place = list(data.columns).index("amount_pence")
            data.insert(place, "amount", data["amount_pence"].astype("Float64") / money.POUND)
            data = data.drop(columns=["amount_pence", "stated_to_pence"])
        return data.dropna(axis="columns", how="all")

    def _once(self, name: str, make: Callable[[CheckedQuarter], pd.DataFrame]) -> pd.DataFrame:
        """A copy of a frame that is made at the first call."""
        if name not in self._made:
            self._made[name] = make(self.records)
        return self._made[name].copy()

    def __repr__(self) -> str:
        if self.records.run:  # whose tables stay on the disk until somebody looks at them
            return f"<Quarter {self.records.run.period}>"
        return f"<Quarter {self._in_words}>"

    def _repr_html_(self) -> str:
        return displays.paragraph(str(self.period), self._in_words)

    @property
    def _in_words(self) -> str:
        number = len(self.records.register)
        return (
            f"{self.period}: as at {periods.long_date(self.as_of)}, {number:,}"
            f" {'project' if number == 1 else 'projects'}, {displays.counts(self.findings)}"
        )


@dataclass(frozen=True)
class Project:
    """One project of a quarter as an analyst works with it; `slug` is its name in files."""

    quarter: Quarter
    slug: str

    @property
    def name(self) -> str:
        return self.quarter.records.register[self.slug].name

    @property
    def headline(self) -> Figure:
        """What its savings come to, as its briefing says. Raises InputsRefused where withheld."""
        return self._measures.main.total

    @property
    def savings(self) -> pd.DataFrame:
        """Its rows of `quarter.savings`."""
        return self._of(self.quarter.savings)

    @property
    def milestones(self) -> pd.DataFrame:
        """Its rows of `quarter.milestones`."""
        return self._of(self.quarter.milestones)

    @property
    def changes(self) -> pd.DataFrame:
        """Its rows of `quarter.changes`."""
        return self._of(self.quarter.changes)

    @property
    def findings(self) -> Findings:
        """The findings that its briefing tells of."""
        records = self.quarter.records
        found = checks.concerning(records, self.quarter.findings, self.slug)
        return Findings(lambda: found, records._project_names)  # noqa: SLF001 - the same room

    @property
    def figures(self) -> pd.DataFrame:
        """Every figure of its briefing with the cells that it comes from."""
        return frames.figures_frame(self._measures.figures())

    def explain(self, figure: str) -> ExplainedFigure:
        """Where a figure of its briefing comes from: see `Quarter.explain`."""
        return self.quarter.explain(self.slug, figure)

    @property
    def _measures(self) -> ProjectMeasures:
        records = self.quarter.records
        if reasons := withheld_projects(records).get(self.slug):
            raise InputsRefused(reasons)
        return project_measures(records, self.slug)

    def _of(self, data: pd.DataFrame) -> pd.DataFrame:
        return data[data["project"] == self.name].reset_index(drop=True)

    def __repr__(self) -> str:
        return f"<Project {self._in_words}>"

    def _repr_html_(self) -> str:
        return displays.paragraph(self.name, self._in_words)

    @property
    def _in_words(self) -> str:
        if self.slug in withheld_projects(self.quarter.records):
            return f"{self.name}: withheld, a cell cannot be read"
        label = self.headline.label.lower()
        return f"{self.name}: {label} {self.headline}, {displays.counts(self.findings)}"


def load(period: str, root: Path | None = None) -> Quarter:
    """A quarter such as "2015-16-Q2", of the programme in `root`, else that the notebook is in.

    "latest" is the latest that has a workbook. Raises what the user can mend as one sentence:
    PeriodUnknown, RootMissing, LayoutWrong, CorrectionWrong. What cannot be read raises nothing: it
    is in the table `refusals`.
    """
    run = cache.current(period) if root is None else None
    if run:
        return Quarter(CheckedQuarter(lambda: run.whole()[0], run))
    place = read.find_root() if root is None else root
    tables = read.load(read.named_period(place, period), place)
    return Quarter(CheckedQuarter(refuse_stale(tables)))


def picker(period: str, project: str, root: Path | None = None) -> Picker:
    """A period and a project to pick: two lists where ipywidgets is installed.

    It begins with these two. Raises what `load` raises, and ProjectUnknown.
    """
    place = read.find_root() if root is None else root
    return Picker(
        read.known_periods(place),
        lambda name: load(name, root),
        lambda quarter: {row.name: row.project for row in quarter.records.register.values()},
        read.named_period(place, period),
        project,
    )


def _records(quarter: Quarter | CheckedQuarter) -> CheckedQuarter:
    return quarter.records if isinstance(quarter, Quarter) else quarter


def check(quarter: Quarter | CheckedQuarter) -> Findings:
    """All findings of a quarter: errors first, then queries, then notes."""
    return quarter.findings


def briefing(
    quarter: Quarter | CheckedQuarter, findings: Sequence[Finding], project: str | float
) -> Briefing:
    """One project's briefing, with a method for each part.

    The project is named as its page is, or as the register has it, in any spelling. papermill's
    command line makes a number of a name such as 2020: it is taken for that project.
    Raises ProjectUnknown, which lists the projects there are, ProjectAmbiguous, and InputsRefused
    where a cell that the project depends on could not be read.
    """
    records = _records(quarter)
    if not isinstance(project, str):
        project = _named_by_number(project, records)
    if own := _of_run(records, findings, project):
        return own
    if project not in records.slugs and records.slugs:
        project = project_named(records, project)
        if own := _of_run(records, findings, project):
            return own
    seen, known = _visible(records, findings, project)
    return Briefing.of(seen, known, project)


def _of_run(records: CheckedQuarter, findings: Sequence[Finding], project: str) -> Briefing | None:
    """The briefing of what a run keeps of its project; None elsewhere."""
    if not records.run or findings is not records.findings:
        return None
    own = records.run.project_slice(project)
    return Briefing.of(savings.Quarter(own[0]), own[1], project) if own else None


def _visible(
    quarter: CheckedQuarter, findings: Sequence[Finding], project: str = ""
) -> tuple[savings.Quarter, tuple[Finding, ...]]:
    """The quarter and its findings without what is confidential, but for the project itself.

    A run has taken it out already.
    """
    if quarter.run or not confidential_in(quarter.tables, project):
        return quarter, tuple(findings)
    seen = savings.Quarter(visible(quarter.tables, project))
    return seen, findings_for_all(checks.check(seen), findings)


def _named_by_number(number: float, quarter: CheckedQuarter) -> str:
    """The one project whose name is written as this number, as 007 is for 7; else the number."""
    written = [name for name in quarter.slugs if _reads_as(name, number)]
    return written[0] if len(written) == 1 else str(number)


def _reads_as(name: str, number: float) -> bool:
    try:
        return str(float(name)) == str(float(number))
    except ValueError:
        return False


def programme(
    quarter: Quarter | CheckedQuarter, findings: Sequence[Finding], failed: str = ""
) -> Programme:
    """The programme page of a quarter, with a method for each part.

    It links to no briefing that its run could not make. A notebook of an earlier version may name
    those in `failed`, with spaces between.
    """
    lost: Iterable[str] = (*cache.failed_projects(), *failed.split())
    return Programme.of(*_visible(_records(quarter), findings), tuple(dict.fromkeys(lost)))


def reconciliation(
    quarter: Quarter | CheckedQuarter, findings: Sequence[Finding]
) -> Reconciliation:
    """The reconciliation of a quarter, with a method for each part."""
    return Reconciliation(*_visible(_records(quarter), findings))


def check_workbook(path: str | PathLike[str]) -> WorkbookReport:
    """Check any workbook with money in it, whatever its layout.

    Its tables, and what to look at before its figures are used. Raises WorkbookUnreadable, in one
    sentence that says what to do.
    """
    from ffanalysis import workbook_check
    from ffanalysis.read.find import find_tables

    return WorkbookReport(workbook_check.check_workbook(Path(path), find_tables))


def figures_of(path: str | PathLike[str]) -> pd.DataFrame:
    """Every figure of every table in a workbook, a row each with its label, heading, unit and cell.

    Raises WorkbookUnreadable.
    """
    from ffanalysis import workbook_check

    return workbook_check.figures_of(Path(path))
