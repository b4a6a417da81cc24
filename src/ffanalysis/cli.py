"""The command `ffanalysis`: wiring only."""

import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from ffanalysis.errors import INCOMPLETE_RUN, SEVERE_FINDING, UNREADABLE_INPUT, UserError
from ffanalysis.model import Finding, records
from ffanalysis.present.sentences import verdict
from ffanalysis.present.words import say

INTERRUPTED = 130
_COLOURS = {"error": "bold red", "query": "yellow", "note": "dim"}


class _OneSentence(click.Group):
    """Shows a user's error as its sentence, with its exit code; whatever else goes wrong shows its traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        # A console that lacks a sign (£ in ASCII, the minus in cp1252) shows a question mark in its place.
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")
        try:
            return super().invoke(ctx)
        except UserError as error:
            click.echo(f"ffanalysis: {error}", err=True)
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            click.echo("ffanalysis: stopped; what was published before stays as it was.", err=True)
            ctx.exit(INTERRUPTED)


@click.group(cls=_OneSentence, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ffanalysis")
def main() -> None:
    """Savings briefings from budget workbooks: read, reconcile, brief.

    Run it in the programme's folder (the one that has data/raw in it) or below; or set FFANALYSIS_ROOT.
    """


@main.command(epilog="Exit codes: 0 all published; 13 something was withheld, refused, failed or has no PDF; 2 usage.")
@click.argument("period")
@click.option(
    "--project", "projects", multiple=True, metavar="P", help="Render only this project (may be repeated) and the programme page."
)
def run(period: str, projects: tuple[str, ...]) -> NoReturn:
    """Render the briefings of PERIOD into reports/PERIOD.

    PERIOD is a financial year and a quarter, such as 2015-16-Q2: the name of its folder in data/raw. The folder in reports is
    replaced in one step, when the new one is whole.
    """
    from ffanalysis.publish.run import run as render_all  # brings papermill and nbconvert, which nothing else here needs
    from ffanalysis.read import find_root

    console = Console(stderr=True)
    with _progress(console) as tell:
        summary = render_all(period, find_root(), projects, tell)
    table = Table(box=None, pad_edge=False)
    for heading in ("briefing", "status", "seconds"):
        table.add_column(heading, justify="right" if heading == "seconds" else "left")
    for result in summary.results:
        table.add_row(Text(result.name), Text(result.status), f"{result.seconds:.1f}")
    Console().print(table)
    for result in summary.results:
        if result.status in ("withheld", "failed"):
            click.echo(f"{result.name} {result.status}: {result.reason}", err=True)
    for warning in summary.warnings:
        click.echo(f"ffanalysis: {warning}", err=True)
    index = summary.folder / "index.html"
    click.echo(f"{say(verdict(summary.findings))} See {index if index.exists() else summary.folder}")
    sys.exit(0 if summary.complete else INCOMPLETE_RUN)


@contextmanager
def _progress(console: Console) -> Iterator[Callable[[str, int, int], None]]:
    """A bar for people; a plain line for each step where there is no terminal."""
    if not console.is_terminal:
        yield lambda name, done, total: click.echo(f"[{done + 1}/{total}] {name}", err=True) if done < total else None
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("Reading the workbooks", total=None)
        yield lambda name, done, total: bar.update(task, description=name, completed=done, total=total)


@main.command(epilog="Exit codes: 0 no error; 11 unreadable input; 12 a finding of severity error; 2 usage.")
@click.argument("period")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="For people or for machines."
)
def check(period: str, form: str) -> NoReturn:
    """Read and reconcile PERIOD, and render nothing.

    PERIOD is a financial year and a quarter, such as 2015-16-Q2: the name of its folder in data/raw.
    """
    from ffanalysis.measure import all_figures
    from ffanalysis.publish.files import figure_row, finding_row
    from ffanalysis.read import find_root, load
    from ffanalysis.reconcile import check as reconcile
    from ffanalysis.reconcile.lines import withheld

    tables = load(period, find_root())
    findings = reconcile(tables)
    refused = list(dict.fromkeys(tables.refusals["sentence"]))
    if form == "json":
        readable = [project for project in tables.slugs if project not in withheld(tables)]
        figures = [figure_row(figure) for figure in all_figures(tables, readable)]
        content = {"findings": [finding_row(finding) for finding in findings], "figures": figures, "refusals": refused}
        click.echo(json.dumps(content, indent=1, ensure_ascii=False))
    else:
        _print_findings(findings)
        for row in records(tables.unused):
            click.echo(f"Not used: {row.workbook}, {row.sheet} {row.cell or ''}: {row.what}")
        click.echo(f"\n{period}: {say(verdict(findings))}")
    for sentence in refused:
        click.echo(f"ffanalysis: {sentence}", err=True)
    sys.exit(UNREADABLE_INPUT if refused else SEVERE_FINDING if any(item.severity == "error" for item in findings) else 0)


def _print_findings(findings: tuple[Finding, ...]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for finding in findings:
        line = Text(f"{'   ' if finding.parent else ''}{finding.severity:5}  ", style=_COLOURS[finding.severity])
        line.append(f"{finding.outcome.replace('_', ' '):15} ", style="default")
        line.append(f"{finding.rule:24} ", style="bold")
        line.append(say(finding.message), style="default")
        console.print(line)


if __name__ == "__main__":
    main()
