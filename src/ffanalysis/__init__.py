"""ffanalysis: quarterly savings briefings from council budget workbooks.

A notebook takes three steps in the open and imports this one thing:

    import ffanalysis as ff
    ff.begin()
    tables = ff.load("2015-16-Q2")
    findings = ff.check(tables)
    briefing = ff.briefing(tables, findings, "sen-contract-efficiency")
"""

from os import PathLike
from pathlib import Path

import pandas as pd

from ffanalysis.model import Finding, Tables
from ffanalysis.present.briefing import Briefing
from ffanalysis.present.programme import Programme, Reconciliation
from ffanalysis.present.workbook import WorkbookReport
from ffanalysis.publish.begin import begin
from ffanalysis.read import load
from ffanalysis.reconcile import check

__version__ = "0.1.0"
__all__ = ["begin", "briefing", "check", "check_workbook", "figures_of", "load", "programme", "reconciliation"]


def briefing(tables: Tables, findings: tuple[Finding, ...], project: str) -> Briefing:
    """One project's briefing, with a method for each part.

    Raises ProjectUnknown, which lists the projects there are, and InputsRefused where a cell that the project depends on
    could not be read.
    """
    return Briefing.of(tables, findings, project)


def programme(tables: Tables, findings: tuple[Finding, ...], failed: str = "") -> Programme:
    """The programme page of a period, with a method for each part.

    `failed` names the projects whose briefing could not be made, with spaces between, so that the page does not link to them.
    """
    return Programme.of(tables, findings, failed)


def reconciliation(tables: Tables, findings: tuple[Finding, ...]) -> Reconciliation:
    """The reconciliation of a period, with a method for each part."""
    return Reconciliation(tables, findings)


def check_workbook(path: str | PathLike[str]) -> WorkbookReport:
    """Check any workbook with money in it, whatever its layout: its tables, and what to look at before its figures are used.

    Raises WorkbookUnreadable, in one sentence that says what to do.
    """
    from ffanalysis.read.doctor import check_workbook as checked

    return WorkbookReport(checked(Path(path)))


def figures_of(path: str | PathLike[str]) -> pd.DataFrame:
    """Every figure of every table in a workbook, whatever its layout, a row each with its label, heading, unit and cell.

    Raises WorkbookUnreadable.
    """
    from ffanalysis.read.doctor import figures_of as figures

    return figures(Path(path))
