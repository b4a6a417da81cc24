"""The commands of a scheduled quarter: schedule and status; and the note behind a run."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from ffanalysis.cli.completing import complete_period
from ffanalysis.cli.ending import ending
from ffanalysis.cli.period import period_named
from ffanalysis.errors import LATE

if TYPE_CHECKING:
    from ffanalysis.deliver.notes import Told
    from ffanalysis.run.summary import Summary

_LARGEST_LOG = 1_000_000  # bytes; one that is larger makes way for a new one


def printed_into(context: click.Context, _: click.Parameter, path: Path | None) -> None:
    """Have all that the command prints, and what it starts, go to the end of a file."""
    if path is None or context.resilient_parsing:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(OSError):  # there is none yet, or it may not be moved
        if path.stat().st_size > _LARGEST_LOG:
            path.replace(path.with_name(f"{path.name}.old"))
    with path.open("ab") as log:
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        log.write(f"\n{now} ffanalysis {' '.join(sys.argv[1:])}\n".encode("utf-8", "replace"))
        log.flush()
        sys.stdout.flush()
        sys.stderr.flush()
        for stream in (1, 2):
            os.dup2(log.fileno(), stream)


@dataclass
class Telling:
    """What a run has come to so far, for the note behind it."""

    period: str = ""
    summary: "Summary | None" = None


@contextmanager
def told(root: Path, *, is_wanted: bool) -> Iterator[Telling]:
    """Tell how the run in here ended, also where it could not be made; only where that is wanted.

    Who stops a run knows of it, and gets no note.
    """
    telling = Telling()
    try:
        yield telling
    except Exception as error:
        if is_wanted:
            _tell(root, telling.period, error)
        raise
    if is_wanted and telling.summary is not None:
        _tell(root, telling.period, telling.summary)


def _tell(root: Path, period: str, outcome: "Summary | Exception") -> None:
    from ffanalysis.deliver import notes

    found: notes.Ended | Exception
    if isinstance(outcome, Exception):
        found = outcome
    else:
        found = notes.ended(outcome.folder, period, outcome.results, is_complete=outcome.complete)
    print_told(notes.tell_run(root, period, found, _today()))


def _today() -> date:
    return date.today()  # noqa: DTZ011 - a deadline is by the clock of this machine


def print_told(note: "Told") -> None:
    """Print what came of a note."""
    for trouble in note.troubles:
        click.echo(f"ffanalysis: {trouble}", err=True)
    if note.sent:
        click.echo(f"A note was sent to {', '.join(note.sent)}.", err=True)
    if note.draft:
        click.echo(f"The draft of a note is {note.draft}.", err=True)


@click.command(
    epilog=ending(
        "0 done; 2 usage, or a path or time that no job can have; 13 the scheduler is not there,"
        " or refuses.",
        "ffanalysis schedule --system windows",
        "ffanalysis schedule --system cron --install",
    )
)
@click.option(
    "--system",
    type=click.Choice(["cron", "systemd", "windows"]),
    required=True,
    help="Which scheduler runs the job.",
)
@click.option("--install", is_flag=True, help="Install the job; without it, it is only shown.")
@click.option("--remove", is_flag=True, help="Take the job away.")
def schedule(system: str, *, install: bool, remove: bool) -> None:
    """Show, install or remove the job that runs the latest quarter.

    It runs in the weeks behind a quarter's end. The job calls 'ffanalysis run latest --note' each
    day from from_day to to_day of [schedule] in settings.toml. Where nothing has changed it
    publishes nothing new and tells nobody anything twice. It sends no mail to directors: a person
    does, behind a release.
    """
    from importlib import import_module

    from ffanalysis.deliver.schedule import job_of
    from ffanalysis.read import council_now, find_root

    if install and remove:
        raise click.UsageError("Either --install or --remove.")
    root = find_root()
    job = job_of(str(root), os.path.abspath(sys.executable), council_now(root).schedule)  # noqa: PTH100
    room = import_module(f"ffanalysis.deliver.schedule.{system}")
    if install or remove:
        click.echo(room.install(job, _today()) if install else room.remove(job))
        return
    click.echo(f"The job of {job.root} runs {job.words}.\n")
    click.echo(room.shown(job, _today()))
    click.echo("Nothing has been installed: --install does that.")


@click.command(
    epilog=ending(
        "0 all is well, or not yet due; 15 late, missing, or in need of a person; 2 usage.",
        "ffanalysis status",
        "ffanalysis status 2015-16-Q2 --format json",
    )
)
@click.argument("period", required=False, default="", shell_complete=complete_period)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people or for machines.",
)
def status(period: str, form: str) -> NoReturn:
    """Say what is missing or late of PERIOD.

    Without PERIOD, of the latest quarter that is over. Looks at the workbooks, the run, the release
    and the mails, each with the day by which it is due. A job that has not run is seen here: have a
    monitor call this each day.
    """
    from ffanalysis.deliver.status import status as status_of
    from ffanalysis.read import find_root

    root = find_root()
    found = status_of(
        root, _today(), period_named(root, period, is_expected=True) if period else ""
    )
    if form == "json":
        steps = [{**asdict(step), "due": step.due.isoformat()} for step in found.steps]
        about = {"period": found.period, "today": found.today.isoformat(), "ok": found.is_well}
        click.echo(json.dumps({**about, "steps": steps}, indent=1, ensure_ascii=False))
    else:
        verdict = "all is well, or not yet due" if found.is_well else "something is late or missing"
        click.echo(f"{found.period} on {found.today}: {verdict}.")
        for step in found.steps:
            is_open = step.state == "due"
            state = f"due by {step.due}" if is_open else _STATES[step.state]
            late = f" Due by {step.due}." if step.state == "late" else ""
            click.echo(f"{step.step:16} {state:18} {step.words}{late}")
    sys.exit(0 if found.is_well else LATE)


_STATES = {"ok": "ok", "late": "LATE", "wrong": "WRONG"}
COMMANDS = (schedule, status)
