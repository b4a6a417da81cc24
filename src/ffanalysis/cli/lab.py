"""The command that opens JupyterLab at the notebook to explore a quarter with."""

import sys
from pathlib import Path
from typing import NoReturn

import click

from ffanalysis.cli.completing import complete_period, complete_project
from ffanalysis.cli.ending import ending
from ffanalysis.cli.period import period_named


@click.command(
    epilog=ending(
        "those of JupyterLab; 2 usage, or JupyterLab is not installed; 11 an input cannot be read.",
        "ffanalysis lab latest day-centres",
    )
)
@click.argument("period", required=False, default="", shell_complete=complete_period)
@click.argument("project", required=False, default="", shell_complete=complete_project)
@click.option("--no-browser", is_flag=True, help="Print the address, open no browser.")
@click.option("--port", type=click.IntRange(1, 65535), metavar="N", help="The port to listen on.")
@click.option(
    "--trust",
    "is_trusting",
    is_flag=True,
    help="First trust the executed notebooks in reports: JupyterLab then shows all they have.",
)
def lab(
    period: str, project: str, *, no_browser: bool, port: int | None, is_trusting: bool
) -> NoReturn:
    """Open JupyterLab at the notebook to explore a quarter with.

    That is explore.ipynb. With PERIOD and PROJECT its first cell is set to these; a project is
    named as its page is, or as the register has it. Without them it keeps its own, or begins with
    the latest quarter.
    """
    from ffanalysis.read import find_root
    from ffanalysis.run.lab import explore_notebook, open_lab

    root = find_root()
    named = period_named(root, period) if period else ""
    notebook = explore_notebook(root, named, project)
    if is_trusting:
        _trust(root, named)
    options = ["--no-browser"] if no_browser else []
    options += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"] if port else []
    click.echo(
        f"Opening {notebook.relative_to(root).as_posix()} in JupyterLab; stop it with Ctrl-C."
    )
    sys.exit(open_lab(root, notebook, options))


def _trust(root: Path, period: str) -> None:
    """Trust what runs have made, and say what that means and what was left out."""
    from ffanalysis.read import known_periods
    from ffanalysis.run.lab import trust

    trusted, others = trust(root, [period] if period else known_periods(root))
    number = f"{len(trusted):,} executed notebook{'' if len(trusted) == 1 else 's'}"
    click.echo(
        f"Trusted {number} in reports. JupyterLab shows what is in them, HTML and scripts included,"
        " without running them first: trust only what runs of your own have made."
    )
    for name in others:
        click.echo(
            f"ffanalysis: {name} is not as its run has made it, so it is not trusted.", err=True
        )


COMMANDS = (lab,)
