"""The command that writes an invented programme."""

from pathlib import Path

import click

from ffanalysis.cli.ending import ending


@click.command(
    epilog=ending(
        "0 written; 2 usage, or the folder is not empty.",
        "ffanalysis demo ../demo --projects 24 --quarters 3",
    )
)
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
    """Write an invented programme into FOLDER, to try things on.

    The council is fictional, and every figure, project and name is made up.

    It is a programme like any other: workbooks in data/raw, notebooks and a README; answers.json
    lists the errors that were planted in it.
    """
    from ffanalysis.demo import write_demo

    periods = write_demo(folder, projects, quarters, seed)
    click.echo(
        f"An invented programme: {projects:,} projects, {', '.join(periods)}. Now: cd {folder} &&"
        f" ffanalysis run {periods[-1]}"
    )


COMMANDS = (demo,)
