"""The command that begins a programme."""

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ffanalysis.cli.ending import ending
from ffanalysis.provenance import shown_name

if TYPE_CHECKING:
    from ffanalysis.start.folder import Begun


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
            "Now: put a quarter's workbooks into a folder in data/raw named by its financial year"
            f" and quarter, such as data/raw/2026-27-Q1. Then: {change}ffanalysis check {LATEST}"
        )
    return f"Now: {change}ffanalysis run {EXAMPLE if with_example else LATEST}"


def _quoted(name: str) -> str:
    """A name as every shell takes it."""
    return name if re.fullmatch(r"[\w./\\:~-]+", name) else f'"{name}"'


COMMANDS = (init,)
