"""The commands that run a quarter and list its past runs."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from ffanalysis.cli.completing import complete_period, complete_project
from ffanalysis.cli.ending import ending
from ffanalysis.cli.period import period_named
from ffanalysis.cli.schedule import printed_into, told
from ffanalysis.errors import INCOMPLETE_RUN
from ffanalysis.run.options import RunOptions

if TYPE_CHECKING:
    from ffanalysis.run.history import PastRun

_MOST_RUNS = 20
# Options that were renamed, by the old names, which still work and are not in the help.
_OLD_OPTIONS = {"notebook-seconds": "notebook-timeout", "run-minutes": "run-timeout"}


@click.command(
    context_settings={"token_normalize_func": lambda name: _OLD_OPTIONS.get(name, name)},
    epilog=ending(
        "0 all published; 13 something was withheld, refused, failed or has no PDF, the run's"
        " time was over, the disk is full, or another run of PERIOD is going on; 11 the inputs"
        " cannot be used; 2 usage; 130 stopped with Ctrl-C, 143 by the system.",
        "ffanalysis run latest",
        'ffanalysis run 2015-16-Q2 --project day-centres --by "Finance analyst"',
    ),
)
@click.argument("period", shell_complete=complete_period)
@click.option(
    "--project",
    "projects",
    multiple=True,
    metavar="P",
    shell_complete=complete_project,
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
@click.option(
    "--verify",
    type=click.Choice(["pages", "full"]),
    default="pages",
    show_default=True,
    help="Recompute the figures of the pages; or have LibreOffice recalculate the pack too.",
)
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
    verify: str,
    note: bool,
    **limits: float,
) -> NoReturn:
    """Bring the briefings of PERIOD in reports/PERIOD up to date.

    PERIOD is a financial year and a quarter, such as 2015-16-Q2: the name of its folder in
    data/raw; or latest, which is the latest that has a workbook. Briefings whose inputs have not
    changed since they were published are kept; the others are rendered. reports/PERIOD is replaced
    in one step, when everything is there. A run that was stopped or killed has changed nothing that
    is published; run it again, and it continues from where it stopped.
    """
    from ffanalysis.cli.print_run import print_results, progress
    from ffanalysis.read import find_root
    from ffanalysis.run.run import run as render_all  # slow: it brings papermill and nbconvert

    root = find_root()
    options = RunOptions(
        projects,
        force,
        jobs or 0,
        limits["notebook_timeout"],
        limits["run_timeout"],
        " ".join(by.split()),
        verify_in_full=verify == "full",
    )
    with told(root, is_wanted=note) as tell:
        period = tell.period = period_named(root, period)
        with progress() as on_result:
            summary = tell.summary = render_all(period, root, options, on_result)
    print_results(summary)
    for warning in (*summary.warnings, *summary.notes):
        click.echo(f"ffanalysis: {warning}", err=True)
    index = summary.folder / "index.html"
    click.echo(f"{summary.verdict} See {index if index.exists() else summary.folder}")
    sys.exit(0 if summary.complete else INCOMPLETE_RUN)


@click.command(epilog=ending("0 listed; 2 usage.", "ffanalysis runs latest --all"))
@click.argument("period", required=False, default="", shell_complete=complete_period)
@click.option("--all", "every", is_flag=True, help="List all past runs, not only the last twenty.")
def runs(period: str, *, every: bool) -> None:
    """List the past runs of PERIOD, or of all periods.

    Shows when each began, how long it took, how it ended, and where its log is.
    """
    from ffanalysis.cli.print_table import print_table
    from ffanalysis.read import find_root
    from ffanalysis.run.history import past_runs

    root = find_root()
    found = past_runs(root, period_named(root, period) if period else "")
    if not found:
        click.echo("There has been no run yet.")
        return
    rows = map(_run_row, found if every else found[:_MOST_RUNS])
    headings = ("period", "began", "seconds", "ended", "results", "log")
    print_table(headings, "seconds", rows, width=240)
    if len(found) > _MOST_RUNS and not every:
        click.echo(f"… and {len(found) - _MOST_RUNS:,} earlier (--all lists them).")


def _run_row(past: "PastRun") -> tuple[str, ...]:
    counts = ", ".join(f"{count:,} {status}" for status, count in past.counts)
    began = past.started.replace("T", " ").removesuffix("+00:00")
    return past.period, f"{began} UTC", f"{past.seconds:.0f}", past.ended, counts, past.log


COMMANDS = (run, runs)
