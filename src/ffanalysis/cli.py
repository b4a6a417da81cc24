"""The command `ffanalysis`: wiring only.

Each subcommand imports what it needs: help appears at once, and Ctrl-C works while libraries are
imported.
"""

import io
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

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

from ffanalysis import cli_deliver, cli_schedule
from ffanalysis.cli_period import period_named
from ffanalysis.cli_schedule import printed_into
from ffanalysis.errors import (
    INCOMPLETE_RUN,
    INTERRUPTED,
    SEVERE_FINDING,
    UNREADABLE_INPUT,
    FileUnknown,
    FolderWithoutWorkbook,
    OutputLost,
    WorkbookUnreadable,
)
from ffanalysis.provenance import shown_name
from ffanalysis.run.options import RunOptions
from ffanalysis.system import as_user_error

if TYPE_CHECKING:
    from ffanalysis.figures import Finding
    from ffanalysis.render.task import Result as TaskResult
    from ffanalysis.run.history import PastRun
    from ffanalysis.run.summary import Summary
    from ffanalysis.savings.quarter import Quarter
    from ffanalysis.workbook_check.records import WorkbookCheck

_COLOURS = {"error": "bold red", "query": "yellow", "warning": "yellow", "note": "dim"}
_MOST_LINES = 40  # results that are listed one by one
_MOST_RUNS = 20
_MOST_NAMES = 5  # projects that are named behind a reason that they share
_MOST_ALIKE = 12  # remarks of one kind that are shown for a workbook
# Options that were renamed, by the old names, which still work and are not in the help.
_OLD_OPTIONS = {"notebook-seconds": "notebook-timeout", "run-minutes": "run-timeout"}


class _OneSentence(click.Group):
    """Shows a UserError as its sentence, with its exit code; any other error as a traceback."""

    def main(self, *args: Any, **more: Any) -> Any:
        """The command, also where it prints its help and nothing else."""
        if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout is sys.__stdout__:
            sys.stdout = _Output(sys.stdout)
        if isinstance(sys.stderr, io.TextIOWrapper) and sys.stderr is sys.__stderr__:
            sys.stderr = _Aside(sys.stderr)
        try:
            return super().main(*args, **more)
        except OutputLost as error:
            with suppress(OSError):
                click.echo(f"ffanalysis: {error}", err=True)
            sys.exit(error.exit_code)

    def invoke(self, ctx: click.Context) -> Any:
        # A console that lacks a sign (£ in ASCII, the minus in cp1252) shows a question mark.
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")
        _stop_on_signals()
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except KeyboardInterrupt as stop:
            click.echo(
                "ffanalysis: stopped; what was published before stays as it was. Run it again to go"
                " on from here.",
                err=True,
            )
            ctx.exit(stop.exit_code if isinstance(stop, _Stopped) else INTERRUPTED)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            known = as_user_error(error)
            if known is None:
                raise
            with suppress(OSError):
                click.echo(f"ffanalysis: {known}", err=True)
            ctx.exit(known.exit_code)


class _Stream(io.TextIOWrapper):
    """A standard stream; what it was opened as is replaced by it."""

    def __init__(self, stream: io.TextIOWrapper) -> None:
        super().__init__(
            stream.buffer,
            stream.encoding,
            "replace",
            line_buffering=stream.line_buffering,
        )

    def write(self, text: str) -> int:
        try:
            return super().write(text)
        except OSError as error:
            self._lose(error)
            return len(text)

    def flush(self) -> None:
        try:
            super().flush()
        except OSError as error:
            self._lose(error)

    def _lose(self, _error: OSError) -> None:
        """What is still held back would fail again when Python ends; it goes nowhere."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)


class _Output(_Stream):
    """The standard output; where it cannot be written, that is an error with a sentence."""

    def _lose(self, error: OSError) -> None:
        super()._lose(error)
        raise OutputLost(error) from error


class _Aside(_Stream):
    """The standard error; where it cannot be written, the work goes on without it."""


class _Stopped(KeyboardInterrupt):
    """The system or the terminal asks the command to end, which it does as on Ctrl-C."""

    def __init__(self, number: int) -> None:
        self.exit_code = 128 + number
        super().__init__(signal.Signals(number).name)


def _stop_on_signals() -> None:
    """End as on Ctrl-C when a service is stopped or a terminal closed.

    A signal that is ignored, as under nohup, stays ignored.
    """

    def stop(number: int, _frame: FrameType | None) -> NoReturn:
        raise _Stopped(number)

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, stop)


@click.group(cls=_OneSentence, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ffanalysis")
def main() -> None:
    """Savings briefings from budget workbooks: read, reconcile, brief.

    Run it in the programme's folder (the one that has data/raw in it) or below; or set
    FFANALYSIS_ROOT. In place of a PERIOD, latest is the latest that has a workbook.
    """


@main.command(
    context_settings={"token_normalize_func": lambda name: _OLD_OPTIONS.get(name, name)},
    epilog=(
        "Exit codes: 0 all published; 13 something was withheld, refused, failed or has no PDF, the"
        " run's time was over, the disk is full, or another run of PERIOD is going on; 11 the"
        " inputs cannot be used; 2 usage; 130 stopped with Ctrl-C, 143 by the system."
    ),
)
@click.argument("period")
@click.option(
    "--project",
    "projects",
    multiple=True,
    metavar="P",
    help="Render this project and the programme page even if unchanged (may be repeated).",
)
@click.option(
    "--jobs",
    type=click.IntRange(1),
    metavar="N",
    help="How many to render at once; by default one for each of the machine's cores.",
)
@click.option("--force", is_flag=True, help="Render everything again, even if unchanged.")
@click.option("--by", default="", metavar="NAME", help="Who prepares these briefings.")
@click.option("--note", is_flag=True, help="Tell the analyst and the releasers how it ended.")
@click.option(
    "--log",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=printed_into,
    expose_value=False,
    is_eager=True,
    metavar="FILE",
    help="Print to the end of FILE, and nothing elsewhere: for a scheduled job.",
)
@click.option(
    "--notebook-timeout",
    type=click.FloatRange(0.1),
    default=RunOptions.notebook_seconds,
    show_default=True,
    metavar="SECONDS",
    help="Stop a notebook that runs longer; its project gets an exception note.",
)
@click.option(
    "--run-timeout",
    type=click.FloatRange(0.01),
    default=RunOptions.run_minutes,
    show_default=True,
    metavar="MINUTES",
    help="Stop the whole run after this time; the next run continues from there.",
)
def run(
    period: str,
    projects: tuple[str, ...],
    jobs: int | None,
    *,
    force: bool,
    by: str,
    note: bool,
    notebook_timeout: float,
    run_timeout: float,
) -> NoReturn:
    """Bring the briefings of PERIOD in reports/PERIOD up to date.

    PERIOD is a financial year and a quarter, such as 2015-16-Q2: the name of its folder in
    data/raw; or latest, which is the latest that has a workbook. Briefings whose inputs have not
    changed since they were published are kept; the others are rendered. reports/PERIOD is replaced
    in one step, when everything is there. A run that was stopped or killed has changed nothing that
    is published; run it again, and it continues from where it stopped.
    """
    from ffanalysis.read import find_root
    from ffanalysis.run.run import run as render_all  # slow: it brings papermill and nbconvert

    root = find_root()
    options = RunOptions(
        projects, force, jobs or 0, notebook_timeout, run_timeout, " ".join(by.split())
    )
    with cli_schedule.told(root, is_wanted=note) as tell:
        period = tell.period = period_named(root, period)
        with _progress(Console(stderr=True)) as on_result:
            summary = tell.summary = render_all(period, root, options, on_result)
    _print_results(summary)
    for warning in (*summary.warnings, *summary.notes):
        click.echo(f"ffanalysis: {warning}", err=True)
    index = summary.folder / "index.html"
    click.echo(f"{summary.verdict} See {index if index.exists() else summary.folder}")
    sys.exit(0 if summary.complete else INCOMPLETE_RUN)


def _print_results(summary: "Summary") -> None:
    """Print what was rendered, a line each, what failed or was withheld and why, and the counts."""
    _print_rendered([result for result in summary.results if result.status != "unchanged"])
    for result in summary.results:
        if result.status == "failed":
            click.echo(f"{result.name} failed: {result.reason}", err=True)
    _print_withheld(summary)
    counts = Counter(result.status for result in summary.results)
    click.echo(f"{', '.join(f'{count:,} {status}' for status, count in counts.items())}.")


def _print_rendered(results: Sequence["TaskResult"]) -> None:
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
def _progress(console: Console) -> Iterator[Callable[[Any, int, int], None]]:
    """Show a progress bar; where there is no terminal, print a line for each result."""
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


@main.command()
@click.argument("period", required=False, default="")
@click.option("--all", "every", is_flag=True, help="List all past runs, not only the last twenty.")
def runs(period: str, *, every: bool) -> None:
    """List the past runs of PERIOD (or of the latest), or of all periods.

    Shows when each began, how long it took, how it ended, and where its log is.
    """
    from ffanalysis.read import find_root
    from ffanalysis.run.history import past_runs

    root = find_root()
    found = past_runs(root, period_named(root, period) if period else "")
    if not found:
        click.echo("There has been no run yet.")
        return
    rows = map(_run_row, found if every else found[:_MOST_RUNS])
    headings = ("period", "began", "seconds", "ended", "results", "log")
    _print_table(headings, "seconds", rows, width=240)
    if len(found) > _MOST_RUNS and not every:
        click.echo(f"… and {len(found) - _MOST_RUNS:,} earlier (--all lists them).")


def _run_row(past: "PastRun") -> tuple[str, ...]:
    counts = ", ".join(f"{count:,} {status}" for status, count in past.counts)
    began = past.started.replace("T", " ").removesuffix("+00:00")
    return past.period, f"{began} UTC", f"{past.seconds:.0f}", past.ended, counts, past.log


def _print_table(
    headings: Iterable[str], number: str, rows: Iterable[Iterable[str]], *, width: int
) -> None:
    """Print a table with one column of numbers; where there is no terminal, of this width."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in headings:
        table.add_column(heading, justify="right" if heading == number else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    console = Console(highlight=False)
    (console if console.is_terminal else Console(highlight=False, width=width)).print(table)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--projects", type=int, default=24, show_default=True, metavar="N", help="How many projects."
)
@click.option(
    "--quarters",
    type=int,
    default=3,
    show_default=True,
    metavar="K",
    help="How many quarters, one after the other.",
)
@click.option(
    "--seed",
    type=int,
    default=1,
    show_default=True,
    metavar="S",
    help="The same seed gives the same bytes.",
)
def demo(folder: Path, projects: int, quarters: int, seed: int) -> None:
    """Write an invented programme of a fictional council into FOLDER, to try the software on.

    It is a programme like any other: workbooks in data/raw, notebooks and a README; answers.json
    lists the errors that were planted in it.
    """
    from ffanalysis.demo import write_demo

    periods = write_demo(folder, projects, quarters, seed)
    click.echo(
        f"An invented programme: {projects:,} projects, {', '.join(periods)}. Now: cd {folder} &&"
        f" ffanalysis run {periods[-1]}"
    )


@main.command(
    epilog="Exit codes: 0 no error; 11 unreadable input; 12 a finding of severity error; 2 usage."
)
@click.argument("what", nargs=-1, required=True, metavar="PERIOD|FILE...")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people or for machines.",
)
@click.option("--all", "every", is_flag=True, help="Print the notes of PERIOD too: what agrees.")
def check(what: tuple[str, ...], form: str, *, every: bool) -> NoReturn:
    """Read and reconcile PERIOD, or check any workbook FILE; render nothing.

    PERIOD is a financial year and a quarter, such as 2015-16-Q2: the name of its folder in
    data/raw; or latest, which is the latest that has a workbook.

    FILE is any workbook with money in it (.xlsx, .xlsm, .xls, .ods, .csv), whatever its layout, or
    a folder of them. The check lists the tables it found, and what to look at: totals that do not
    add up, numbers written as text, formulas that were never calculated, hidden content, mixed
    units, slips of a thousand and more.
    """
    from ffanalysis.periods import Period
    from ffanalysis.read import LATEST

    is_period = Period.is_name(what[0]) or what[0].casefold() == LATEST
    if len(what) == 1 and is_period and not Path(what[0]).exists():
        _check_period(what[0], form, every=every)
    _check_files(what, form)


def _check_period(period: str, form: str, *, every: bool) -> NoReturn:
    """Read and reconcile a period; print what cannot be read, then its findings."""
    from ffanalysis import checks
    from ffanalysis.read import find_root, load
    from ffanalysis.savings.quarter import Quarter
    from ffanalysis.savings.stale import refuse_stale

    root = find_root()
    quarter = Quarter(refuse_stale(load(period_named(root, period), root)))
    findings = checks.check(quarter)
    refused = list(dict.fromkeys(row.sentence for row in quarter.refusals))
    _print_refusals(refused)
    if form == "json":
        _print_json(_period_as_json(quarter, findings, refused))
    else:
        _print_period(quarter, findings, every=every)
    has_errors = any(item.severity == "error" for item in findings)
    sys.exit(_exit_code(is_unreadable=bool(refused), has_errors=has_errors))


def _period_as_json(
    quarter: "Quarter", findings: "Sequence[Finding]", refused: Sequence[str]
) -> dict[str, Any]:
    from ffanalysis.measure.programme import all_figures
    from ffanalysis.present.reading import reading_notes
    from ffanalysis.run.files import figure_row, finding_row
    from ffanalysis.savings.refusals import withheld_projects

    withheld = withheld_projects(quarter)
    readable = [project for project in quarter.slugs if project not in withheld]
    return {
        "findings": [finding_row(finding) for finding in findings],
        "figures": [figure_row(figure) for figure in all_figures(quarter, readable)],
        "refusals": refused,
        "notices": list(reading_notes(quarter)),
    }


def _print_period(quarter: "Quarter", findings: "tuple[Finding, ...]", *, every: bool) -> None:
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


def _check_files(what: tuple[str, ...], form: str) -> NoReturn:
    """Check each file by itself; one that cannot be read keeps no other from being checked."""
    from ffanalysis.read.find import find_tables
    from ffanalysis.workbook_check import check_workbook

    checks: list[WorkbookCheck] = []
    unreadable: list[str] = []
    for path in _files(what):
        try:
            checks.append(check_workbook(path, find_tables))
        except WorkbookUnreadable as error:
            unreadable.append(str(error))
            continue
        if form == "text":
            _print_workbook(checks[-1])
    if form == "json":
        _print_json({**_workbooks_as_json(checks), "unreadable": unreadable})
    _print_refusals(unreadable)
    has_errors = any(one.has_errors for one in checks)
    sys.exit(_exit_code(is_unreadable=bool(unreadable), has_errors=has_errors))


def _workbooks_as_json(checks: "Sequence[WorkbookCheck]") -> dict[str, Any]:
    from ffanalysis.present.workbook import found_row, remark_row

    return {
        "tables": [found_row(table) for one in checks for table in one.tables],
        "lines": [remark_row(remark) for one in checks for remark in one.remarks],
        "workbooks": [{"workbook": one.workbook, "reader": one.reader} for one in checks],
    }


def _print_json(content: Mapping[str, Any]) -> None:
    click.echo(json.dumps(content, indent=1, ensure_ascii=False))


def _print_refusals(sentences: Iterable[str]) -> None:
    """Print what could not be read."""
    for sentence in sentences:
        click.echo(f"ffanalysis: {sentence}", err=True)


def _exit_code(*, is_unreadable: bool, has_errors: bool) -> int:
    """The exit code of the worst that was found."""
    if is_unreadable:
        return UNREADABLE_INPUT
    return SEVERE_FINDING if has_errors else 0


def _files(what: tuple[str, ...]) -> list[Path]:
    """The files named, and the workbooks in the folders named.

    Raises FileUnknown and FolderWithoutWorkbook.
    """
    return [file for name in what for file in _files_at(Path(name))]


def _files_at(path: Path) -> list[Path]:
    from ffanalysis.sheets.open_workbook import SUFFIXES, files_in

    try:
        if not path.exists():
            raise FileUnknown(shown_name(str(path)))
        if not path.is_dir():
            return [path]
    except OSError:
        return [path]  # a folder above it is closed, which opening it will say
    found = [file for file in files_in(path) if file.suffix.lower() in SUFFIXES]
    if not found:
        raise FolderWithoutWorkbook(str(path), SUFFIXES)
    return found


def _print_workbook(one: "WorkbookCheck") -> None:
    """Print a workbook's tables, then its remarks, the worst first and a few of each kind."""
    from ffanalysis.present.workbook import headings, table_row
    from ffanalysis.present.workbook import verdict as ending

    console = Console(highlight=False, soft_wrap=True)
    console.print(Text(one.workbook, style="bold"))
    if one.tables:
        _print_table(headings(), "Rows", map(table_row, one.tables), width=160)
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


for _command in (*cli_deliver.COMMANDS, *cli_schedule.COMMANDS):
    main.add_command(_command)

if __name__ == "__main__":
    main()
