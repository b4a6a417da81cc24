"""The command `ffanalysis`: wiring only.

Each subcommand imports what it needs: help appears at once, and Ctrl-C works while libraries are
imported.
"""

import click

from ffanalysis.cli import (
    check,
    completion,
    deliver,
    demo,
    diff,
    explain,
    intake,
    lab,
    quarters,
    run,
    schedule,
    start,
)
from ffanalysis.cli.streams import OneSentence


@click.group(cls=OneSentence, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ffanalysis")
def main() -> None:
    """Savings briefings from budget workbooks: read, reconcile, brief.

    Run it in the programme's folder (the one that has data/raw in it) or below; or set
    FFANALYSIS_ROOT. In place of a PERIOD, latest is the latest that has a workbook.
    """


for _room in (
    start,
    quarters,
    run,
    check,
    intake,
    explain,
    diff,
    demo,
    lab,
    deliver,
    schedule,
    completion,
):
    for _command in _room.COMMANDS:
        main.add_command(_command)
