"""What a run prints: how far it is, and how each of its tasks ended."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from ffanalysis.render.task import Result
    from ffanalysis.run.summary import Summary

_MOST_LINES = 40  # results that are listed one by one
_MOST_NAMES = 5  # projects that are named behind a reason that they share


def print_results(summary: "Summary") -> None:
    """Print what was rendered, a line each, what failed or was withheld and why, and the counts."""
    _print_rendered([result for result in summary.results if result.status != "unchanged"])
    for result in summary.results:
        if result.status == "failed":
            click.echo(f"{result.name} failed: {result.reason}", err=True)
    _print_withheld(summary)
    counts = Counter(result.status for result in summary.results)
    click.echo(f"{', '.join(f'{count:,} {status}' for status, count in counts.items())}.")


def _print_rendered(results: Sequence["Result"]) -> None:
    if not results:
        return
    table = Table("briefing", "status", box=None, pad_edge=False)
    table.add_column("seconds", justify="right")
    for result in results[:_MOST_LINES]:
        table.add_row(Text(result.name), Text(result.status), f"{result.seconds:.1f}")
    Console().print(table)
    if len(results) > _MOST_LINES:
        click.echo(f"… and {len(results) - _MOST_LINES:,} more (run.json lists all).")


def _print_withheld(summary: "Summary") -> None:
    """Print each reason once, with the projects that it withholds."""
    projects: dict[str, list[str]] = {}
    for project, reasons in summary.withheld.items():
        for reason in reasons:
            projects.setdefault(reason, []).append(project)
    for reason, names in list(projects.items())[:_MOST_LINES]:
        more = f" and {len(names) - _MOST_NAMES:,} more" if len(names) > _MOST_NAMES else ""
        click.echo(f"{reason} Withheld: {', '.join(names[:_MOST_NAMES])}{more}.", err=True)
    if len(projects) > _MOST_LINES:
        notes = summary.folder / "exceptions"
        click.echo(
            f"… and {len(projects) - _MOST_LINES:,} more that cannot be read: see the notes in"
            f" {notes}.",
            err=True,
        )


@contextmanager
def progress() -> Iterator[Callable[[Any, int, int], None]]:
    """Show a progress bar; where there is no terminal, print a line for each result."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda result, done, total: click.echo(
            f"[{done}/{total}] {result.name}: {result.status}", err=True
        )
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("Reading the workbooks", total=None)
        yield lambda result, done, total: bar.update(
            task, description=f"{result.name}: {result.status}", completed=done, total=total
        )
