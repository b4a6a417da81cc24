"""What notebooks call: the package's top level hands it on from here."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import overload

import pandas as pd

from ffanalysis import checks, money, read
from ffanalysis.figures import Finding
from ffanalysis.present.briefing import Briefing
from ffanalysis.present.programme import Programme
from ffanalysis.present.reconciliation import Reconciliation
from ffanalysis.present.words import say
from ffanalysis.present.workbook import WorkbookReport
from ffanalysis.render.style import setup_notebook
from ffanalysis.run import cache
from ffanalysis.savings import quarter as savings
from ffanalysis.savings.confidential import confidential_in, findings_for_all, visible
from ffanalysis.savings.stale import refuse_stale
from ffanalysis.tables import Tables

__all__ = [
    "briefing",
    "check",
    "check_workbook",
    "figures_of",
    "load",
    "programme",
    "reconciliation",
    "setup_notebook",
]


class Quarter(savings.Quarter):
    """One quarter as a notebook works with it: its tables, read-only, and its findings.

    `quarter.savings`, `quarter.budget` and the others hold the rows as records;
    `quarter.frame("savings")` gives a table as a frame to explore.
    """

    def __init__(
        self, tables: Tables | Callable[[], Tables], run: cache.RunCache | None = None
    ) -> None:
        super().__init__(tables)
        self.run = run

    def __repr__(self) -> str:
        return f"<Quarter {self.run.period if self.run else self.period}>"

    @cached_property
    def findings(self) -> "Findings":
        """What the rules say of it: errors first, then queries, then notes."""
        if self.run:
            whole = self.run.whole
            return Findings(lambda: whole()[1])
        return Findings(lambda: checks.check(self))

    def frame(self, name: str) -> pd.DataFrame:
        """A canonical table as a frame of its own, for an analyst.

        Columns that hold nothing are left out; amounts are in pounds (`amount`), and `cell` names
        workbook, sheet and cell. Changing it changes nothing else.
        """
        data = super().frame(name)
        if {"workbook", "sheet", "cell"} <= set(data.columns):
            data["cell"] = data["workbook"] + "!" + data["sheet"] + "!" + data["cell"]
            data = data.drop(columns=["workbook", "sheet"])
        if "amount_pence" in data.columns:
            place = list(data.columns).index("amount_pence")
            data.insert(place, "amount", data["amount_pence"].astype("Float64") / money.POUND)
            data = data.drop(columns=["amount_pence", "stated_to_pence"])
        return data.dropna(axis="columns", how="all")


class Findings(Sequence[Finding]):
    """The findings of a quarter, made or fetched when somebody looks at them."""

    def __init__(self, fetch: Callable[[], tuple[Finding, ...]]) -> None:
        self._fetch = fetch

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

    def frame(self) -> pd.DataFrame:
        """The findings as a frame, a row each, with amounts in pounds."""
        names = ("stated", "calculated", "difference", "tolerance")
        return pd.DataFrame(
            [
                {
                    "id": finding.id,
                    "rule": finding.rule,
                    "subject": finding.subject,
                    "year": finding.year,
                    "outcome": finding.outcome,
                    "severity": finding.severity,
                    **{
                        name: None if pence is None else pence / money.POUND
                        for name in names
                        for pence in (getattr(finding, name),)
                    },
                    "message": say(finding.message),
                }
                for finding in self
            ]
        )


def load(period: str, root: Path | None = None) -> Quarter:
    """A quarter such as "2015-16-Q2", of the programme in `root`, else that the notebook is in.

    Raises what the user can mend as one sentence: PeriodUnknown, RootMissing, LayoutWrong,
    CorrectionWrong. What cannot be read raises nothing: it is in the table `refusals`.
    """
    run = cache.current(period) if root is None else None
    if run:
        return Quarter(lambda: run.whole()[0], run)
    return Quarter(refuse_stale(read.load(period, root)))


def check(quarter: Quarter) -> Findings:
    """All findings of a quarter: errors first, then queries, then notes."""
    return quarter.findings


def briefing(quarter: Quarter, findings: Sequence[Finding], project: str | float) -> Briefing:
    """One project's briefing, with a method for each part.

    papermill's command line makes a number of a name such as 2020: it is taken for that project.
    Raises ProjectUnknown, which lists the projects there are, and InputsRefused where a cell that
    the project depends on could not be read.
    """
    if not isinstance(project, str):
        project = _named_by_number(project, quarter)
    if quarter.run and findings is quarter.findings:
        own = quarter.run.project_slice(project)
        if own:
            return Briefing.of(savings.Quarter(own[0]), own[1], project)
    seen, known = _visible(quarter, findings, project)
    return Briefing.of(seen, known, project)


def _visible(
    quarter: Quarter, findings: Sequence[Finding], project: str = ""
) -> tuple[savings.Quarter, tuple[Finding, ...]]:
    """The quarter and its findings without what is confidential, but for the project itself.

    A run has taken it out already.
    """
    if quarter.run or not confidential_in(quarter.tables, project):
        return quarter, tuple(findings)
    seen = savings.Quarter(visible(quarter.tables, project))
    return seen, findings_for_all(checks.check(seen), findings)


def _named_by_number(number: float, quarter: Quarter) -> str:
    """The one project whose name is written as this number, as 007 is for 7; else the number."""
    written = [name for name in quarter.slugs if _reads_as(name, number)]
    return written[0] if len(written) == 1 else str(number)


def _reads_as(name: str, number: float) -> bool:
    try:
        return str(float(name)) == str(float(number))
    except ValueError:
        return False


def programme(quarter: Quarter, findings: Sequence[Finding], failed: str = "") -> Programme:
    """The programme page of a quarter, with a method for each part.

    `failed` names the projects whose briefing could not be made, with spaces between, so that the
    page does not link to them.
    """
    return Programme.of(*_visible(quarter, findings), failed)


def reconciliation(quarter: Quarter, findings: Sequence[Finding]) -> Reconciliation:
    """The reconciliation of a quarter, with a method for each part."""
    return Reconciliation(*_visible(quarter, findings))


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
