"""What notebooks call: the package's top level hands it on from here."""

from collections.abc import Sequence
from os import PathLike
from pathlib import Path

import pandas as pd

from ffanalysis import checks, read
from ffanalysis.figures import Finding
from ffanalysis.present.briefing import Briefing
from ffanalysis.present.programme import Programme, Reconciliation
from ffanalysis.present.workbook import WorkbookReport
from ffanalysis.render.style import setup_notebook
from ffanalysis.run.cache import held
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


def load(period: str, root: Path | None = None) -> Tables:
    """All canonical tables of a period such as "2015-16-Q2", of the programme in `root`, else of that which the notebook is in.

    Raises what the user can mend as one sentence: PeriodUnknown, RootMissing, LayoutWrong, CorrectionWrong. What cannot be read
    raises nothing: it stands in the table `refusals`.
    """
    run = held(period) if root is None else None
    return run.tables if run else read.load(period, root)


def check(tables: Tables) -> Sequence[Finding]:
    """All findings of a period: errors first, then queries, then notes."""
    run = held()
    return run.findings if run and run.are(tables) else checks.check(tables)


def briefing(tables: Tables, findings: Sequence[Finding], project: str) -> Briefing:
    """One project's briefing, with a method for each part.

    Raises ProjectUnknown, which lists the projects there are, and InputsRefused where a cell that
    the project depends on could not be read.
    """
    run = held()
    if run and run.are(tables) and findings is run.findings and (share := run.share_of(project)):
        tables, findings = share
    return Briefing.of(tables, tuple(findings), project)


def programme(tables: Tables, findings: Sequence[Finding], failed: str = "") -> Programme:
    """The programme page of a period, with a method for each part.

    `failed` names the projects whose briefing could not be made, with spaces between, so that the
    page does not link to them.
    """
    return Programme.of(tables, tuple(findings), failed)


def reconciliation(tables: Tables, findings: Sequence[Finding]) -> Reconciliation:
    """The reconciliation of a period, with a method for each part."""
    return Reconciliation(tables, tuple(findings))


def check_workbook(path: str | PathLike[str]) -> WorkbookReport:
    """Check any workbook with money in it, whatever its layout.

    Its tables, and what to look at before its figures are used.

    Raises WorkbookUnreadable, in one sentence that says what to do.
    """
    from ffanalysis.workbook_check import check_workbook as checked

    return WorkbookReport(checked(Path(path)))


def figures_of(path: str | PathLike[str]) -> pd.DataFrame:
    """Every figure of every table in a workbook, whatever its layout, a row each with its label, heading, unit and cell.

    Raises WorkbookUnreadable.
    """
    from ffanalysis.workbook_check import figures_of as figures

    return figures(Path(path))
