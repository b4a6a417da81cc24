"""What differs, on the terminal: a table for each project, then the checks."""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from ffanalysis.deliver.diff.compare import Comparison, FindingDifference
    from ffanalysis.deliver.diff.tables import ProjectTable

_WIDTH = 80  # where there is no terminal
_MOST_ALONE = 6  # figures on one side alone that are shown of a project
_COLOURS = {"new": "green", "gone": "red", "changed": "yellow"}


def print_differences(found: "Comparison", *, every: bool) -> None:
    """Print what differs."""
    console = Console(highlight=False)
    is_wide = console.is_terminal
    _print(found, console if is_wide else Console(highlight=False, width=_WIDTH), every=every)


def differences_text(found: "Comparison", *, every: bool) -> str:
    """The same as a text for a file."""
    out = io.StringIO()
    _print(found, Console(file=out, highlight=False, width=_WIDTH), every=every)
    return out.getvalue()


def _print(found: "Comparison", console: Console, *, every: bool) -> None:
    from ffanalysis.deliver.diff.tables import project_sentence, project_tables, title

    if found.is_empty:
        console.print(Text(found.verdict))
        return
    console.print(Text(title(found), style="bold"))
    for each in found.projects:
        console.print(Text(project_sentence(each)))
    for table in project_tables(found):
        _print_project(table, console, every=every)
    if found.findings:
        _print_checks(found.findings, console, every=every)
    console.print(Text(f"\n{found.verdict}"))


def _print_project(table: "ProjectTable", console: Console, *, every: bool) -> None:
    console.print(Text(f"\n{table.title}", style="bold"))
    if table.rows:
        lines = Table(box=None, pad_edge=False, header_style="dim")
        for heading in ("Figure", "Was", "Now", "Difference"):
            is_number = heading != "Figure"
            lines.add_column(heading, justify="right" if is_number else "left", overflow="fold")
        for row in table.rows:
            lines.add_row(*map(Text, row))
        console.print(lines)
    for why in table.whys:
        console.print(Text(f"Why: {why}", style="italic"))
    _print_alone("New", table.new, console, every=every)
    _print_alone("Gone", table.gone, console, every=every)


def _print_alone(
    what: str, rows: Sequence[tuple[str, str]], console: Console, *, every: bool
) -> None:
    """Print figures that one side does not have: a few, or all."""
    shown = rows if every or len(rows) <= _MOST_ALONE else rows[: _MOST_ALONE - 1]
    for label, amount in shown:
        console.print(Text(f"{what}: {label}, {amount}", style=_COLOURS[what.lower()]))
    if more := len(rows) - len(shown):
        console.print(Text(f"{what}: {more:,} more (--all lists them).", style="dim"))


def _print_checks(
    findings: "Sequence[FindingDifference]", console: Console, *, every: bool
) -> None:
    """Print the checks that differ; those that nobody need look at only where all are wanted."""
    console.print(Text("\nChecks", style="bold"))
    notes = 0
    for each in findings:
        if each.is_note and not every:
            notes += 1
            continue
        line = Text(f"{each.what:8} ", style=_COLOURS[each.what])
        line.append(each.finding.message, style="default")
        console.print(line)
        if each.what == "changed":
            was, now = each.texts
            console.print(Text(f"         was {was}; now {now}", style="dim"))
    if notes:
        console.print(Text(f"{notes:,} notes not shown (--all prints them too).", style="dim"))
