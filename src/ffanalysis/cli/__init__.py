"""The command `ffanalysis`: wiring only.

Each subcommand imports what it needs: help appears at once, and Ctrl-C works while libraries are
imported.
"""

import click

from ffanalysis.cli import (
    adopt,
    check,
    completion,
    deliver,
    demo,
    diff,
    docs,
    explain,
    intake,
    lab,
    quarters,
    run,
    schedule,
    start,
)
from ffanalysis.cli.ending import ending
from ffanalysis.cli.streams import OneSentence


@click.group(
    cls=OneSentence,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=ending(
        "0 all is well; 2 usage; 11 an input cannot be read, or the folder of the reports not be"
        " used; 12 a check ended in an error, a release is refused or does not hold, or something"
        " differs; 13 something was withheld, failed or could not be written; 14 nothing may be"
        " sent, or not all was; 15 something is late or missing; 130 stopped with Ctrl-C, 143 by"
        " the system; 1 is a fault of ours.",
        "ffanalysis init savings --example",
        "ffanalysis run latest",
        "ffanalysis run --help",
    ),
)
@click.version_option(package_name="ffanalysis")
def main() -> None:
    """Savings briefings from budget workbooks: read, reconcile, brief.

    Run it in the programme's folder (the one that has data/raw in it) or below; or set
    FFANALYSIS_ROOT. In place of a PERIOD, latest is the latest that has a workbook.
    """


# In the order in which a quarter meets them; so they are listed.
_ROOMS = (
    start,
    adopt,
    quarters,
    intake,
    check,
    run,
    explain,
    diff,
    lab,
    deliver,
    schedule,
    demo,
    docs,
    completion,
)
for _room in _ROOMS:
    for _command in _room.COMMANDS:
        main.add_command(_command)
