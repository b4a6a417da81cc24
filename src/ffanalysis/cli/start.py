"""The command that begins a programme."""

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ffanalysis.cli.completing import complete_period
from ffanalysis.cli.ending import ending
from ffanalysis.errors import listed
from ffanalysis.provenance import shown_name

if TYPE_CHECKING:
    from ffanalysis.start.folder import Begun
    from ffanalysis.start.quarter import NewQuarter


@click.command(
    epilog=ending(
        "0 made, or all of it was there; 2 usage, or a file is in the place of a folder; 13 the"
        " folder cannot be written to.",
        "ffanalysis init savings --example",
    )
)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--example", "with_example", is_flag=True, help="With a quarter to try it on.")
def init(folder: Path, *, with_example: bool) -> None:
    """Make FOLDER a programme's folder, or give it what it lacks.

    It gets data/raw for the workbooks, data/processed, reports, the notebooks, a README,
    settings.toml with each setting explained, and a .gitignore that keeps workbooks, reports and
    notebooks out of version control. Nothing is overwritten: what is there already is left as it
    is, and named.
    """
    from ffanalysis.start.folder import begin

    begun = begin(folder, with_example=with_example)
    _print(folder, begun, with_example=with_example)


def _print(folder: Path, begun: "Begun", *, with_example: bool) -> None:
    from ffanalysis.read import ROOT_VARIABLE
    from ffanalysis.start.folder import IGNORED

    name = shown_name(str(folder))
    click.echo(f"{name} is a programme's folder.")
    for title, files in {"Written": begun.written, "Left as it was": begun.kept}.items():
        for file in files:
            click.echo(f"  {title:16}{file}")
    if not begun.is_kept_from_git:
        click.echo(
            f"ffanalysis: {IGNORED} is one of your own: see to it that data, reports and notebooks"
            " stay out of version control.",
            err=True,
        )
    elsewhere = os.environ.get(ROOT_VARIABLE)
    if elsewhere and Path(elsewhere).resolve() != folder.resolve():
        click.echo(
            f"ffanalysis: {ROOT_VARIABLE} is set to {shown_name(elsewhere)}: commands go there"
            " until it is set to this folder, or taken away.",
            err=True,
        )
    change = "" if folder.resolve() == Path.cwd() else f"cd {_quoted(name)} && "
    click.echo(_next(folder, change, with_example=with_example))


def _next(folder: Path, change: str, *, with_example: bool) -> str:
    """What to do now, from where the command was called."""
    from ffanalysis.errors import NoQuarterYet
    from ffanalysis.read import LATEST, latest_period
    from ffanalysis.run.inputs import EXAMPLE

    try:
        latest_period(folder)
    except NoQuarterYet:
        return (
            f"Now: {change}ffanalysis new 2026-27-Q1, a workbook to fill in; or, with a tracker of"
            f" your own: {change}ffanalysis adopt TRACKER.xlsx --for 2026-27-Q1"
        )
    return f"Now: {change}ffanalysis run {EXAMPLE if with_example else LATEST}"


def _quoted(name: str) -> str:
    """A name as every shell takes it."""
    return name if re.fullmatch(r"[\w./\\:~-]+", name) else f'"{name}"'


@click.command(
    epilog=ending(
        "0 written; 2 usage, or the quarter has workbooks already; 11 the quarter before cannot be"
        " read.",
        "ffanalysis new next",
        "ffanalysis new 2026-27-Q1 --blank --unit £m",
    )
)
@click.argument("period", shell_complete=complete_period)
@click.option("--blank", is_flag=True, help="With nothing of the quarter before in it.")
@click.option(
    "--unit",
    type=click.Choice(["£", "£000", "£m"]),
    default="£000",
    show_default=True,
    help="The unit of a blank workbook.",
)
@click.option(
    "--years",
    type=click.IntRange(1, 10),
    default=3,
    show_default=True,
    help="The financial years of a blank workbook.",
)
def new(period: str, *, blank: bool, unit: str, years: int) -> None:
    """Make the workbook of a new quarter, to be filled in.

    PERIOD is a financial year and quarter such as 2026-27-Q1, or next: the one behind the latest
    that has a workbook. What the quarter before holds is carried over. Targets, delivered,
    forecast, RAG and milestones stay as they were, with a colour on what the new quarter must
    confirm until it is changed; commentary starts anew. The first quarter of a programme is
    blank, with drop-downs, a note on each heading and a sheet that says how to fill it in.
    """
    from ffanalysis.money import MILLION, POUND, THOUSAND
    from ffanalysis.read import find_root, quarters_before
    from ffanalysis.start.quarter import new_quarter, period_meant

    root = find_root()
    meant = period_meant(root, period)
    earlier = [] if blank else quarters_before(root, str(meant))
    scale = {"£": POUND, "£000": THOUSAND, "£m": MILLION}[unit]
    made = new_quarter(root, meant, before=earlier[0] if earlier else "", unit=scale, years=years)
    _print_new(root, made)


def _print_new(root: Path, made: "NewQuarter") -> None:
    for path in made.written:
        click.echo(f"Written: {path.relative_to(root)}")
    if made.before:
        rows = listed(f"{count} on {name}" for name, count in made.carried.items())
        click.echo(f"Carried over from {made.before}: rows: {rows or 'none'}.")
        click.echo("Coloured cells are last quarter's until you change them.")
    if made.not_carried:
        click.echo(f"ffanalysis: not carried over, as {made.before} could not read it:", err=True)
        for sentence in made.not_carried:
            click.echo(f"  {sentence}", err=True)
    if made.errors:
        click.echo(
            f"ffanalysis: {made.before} ended with what follows. Totals and variances are formulas"
            " now and agree; see that the lines under them are right:",
            err=True,
        )
        for sentence in made.errors:
            click.echo(f"  {sentence}", err=True)
    click.echo(f"Now: fill it in and save it. Then: ffanalysis check {made.period}")


COMMANDS = (init, new)
