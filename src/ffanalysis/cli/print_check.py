"""What a check prints: findings, what was noticed in workbooks, and what was not used."""

from collections import Counter
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.text import Text

from ffanalysis.cli.print_table import print_table

if TYPE_CHECKING:
    from ffanalysis.findings import Finding
    from ffanalysis.savings.quarter import Quarter
    from ffanalysis.workbook_check.records import WorkbookCheck

_COLOURS = {"error": "bold red", "query": "yellow", "warning": "yellow", "note": "dim"}
_MOST_ALIKE = 12  # remarks of one kind that are shown for a workbook


def print_period(quarter: "Quarter", findings: "tuple[Finding, ...]", *, every: bool) -> None:
    """Print a period's findings, what was noticed in its workbooks, and what was not used."""
    from ffanalysis.checks.explained import without_finding
    from ffanalysis.present.reading import reading_notes
    from ffanalysis.present.sentences import checks_summary
    from ffanalysis.present.words import say

    _print_findings(findings, every=every)
    for unused in without_finding(quarter, findings):
        click.echo(
            f"{unused.workbook}: '{unused.finding}' is no finding of this quarter; delete it."
        )
    for note in reading_notes(quarter):
        click.echo(note)
    for row in quarter.unused:
        said = f". {row.value}" if row.value and not row.cell else ""
        click.echo(f"Not used: {row.workbook}, {row.sheet} {row.cell or ''}: {row.what}{said}")
    click.echo(f"\n{quarter.period}: {say(checks_summary(findings))}")


def print_workbook(one: "WorkbookCheck") -> None:
    """Print a workbook's tables, then its remarks, the worst first and a few of each kind."""
    from ffanalysis.present.workbook import headings, table_row
    from ffanalysis.present.workbook import verdict as ending

    console = Console(highlight=False, soft_wrap=True)
    console.print(Text(one.workbook, style="bold"))
    if one.tables:
        print_table(headings(), "Rows", map(table_row, one.tables), width=160)
    shown: Counter[tuple[str, str]] = Counter()
    for remark in one.remarks:
        shown[remark.severity, remark.code] += 1
        if shown[remark.severity, remark.code] <= _MOST_ALIKE:
            line = Text(f"{remark.severity:8}", style=_COLOURS[remark.severity])
            line.append(f"{remark.code:22} ", style="bold")
            line.append(remark.message, style="default")
            console.print(line)
    for (severity, code), count in shown.items():
        if count > _MOST_ALIKE:
            click.echo(
                f"{severity:8}{code:22} … and {count - _MOST_ALIKE:,} more like it (--format json"
                " lists all)."
            )
    click.echo(f"{ending(one)}\n")


def _print_findings(findings: "tuple[Finding, ...]", *, every: bool) -> None:
    """Print findings with their cells, the worst first; notes only where all are wanted."""
    from ffanalysis.present.findings import cells_in_line, worst_first
    from ffanalysis.present.words import say

    console = Console(highlight=False, soft_wrap=True)
    notes = 0
    for finding in worst_first(findings):
        if finding.severity == "note" and not every:
            notes += 1
            continue
        line = Text(
            f"{'   ' if finding.parent else ''}{finding.severity:5}  ",
            style=_COLOURS[finding.severity],
        )
        line.append(f"{finding.outcome.replace('_', ' '):15} ", style="default")
        line.append(f"{finding.rule:24} ", style="bold")
        line.append(say(finding.message), style="default")
        line.append(cells_in_line(finding.cells), style="dim")
        console.print(line)
    if notes:
        console.print(Text(f"note   {notes:,} not shown; --all prints what agrees too.", "dim"))
