"""The period that a command's words name."""

from pathlib import Path

import click


def period_named(root: Path, text: str) -> str:
    """The period of a command; which one "latest" is, is printed."""
    from ffanalysis.read import LATEST, named_period

    period = named_period(root, text)
    if text.casefold() == LATEST:
        click.echo(f"The latest period is {period}.", err=True)
    return period
