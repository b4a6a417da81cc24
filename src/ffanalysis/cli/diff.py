"""The command that says what differs between two quarters, or two editions of one."""

import json
import sys
from codecs import BOM_UTF8
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from ffanalysis.cli.completing import complete_period, complete_project
from ffanalysis.cli.ending import ending
from ffanalysis.cli.period import period_named
from ffanalysis.errors import SEVERE_FINDING

if TYPE_CHECKING:
    from ffanalysis.deliver.diff.compare import Comparison

_FORMATS = ("text", "html", "xlsx", "csv", "json")


@click.command(
    epilog=ending(
        "0 compared, whether or not anything differs; 12 with --exit-code if anything does; 12"
        " too if an edition is not as it was; 11 unreadable input; 2 usage.",
        "ffanalysis diff 2015-16-Q1 2015-16-Q2",
        "ffanalysis diff latest@released latest --output changes.xlsx",
    )
)
@click.argument("was", metavar="A", shell_complete=complete_period)
@click.argument("now", metavar="B", shell_complete=complete_period)
@click.option(
    "--project",
    default="",
    metavar="P",
    shell_complete=complete_project,
    help="This project alone.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMATS),
    help="By default text, or what the name of FILE ends in.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write it to FILE; needed for xlsx.",
)
@click.option(
    "--all", "every", is_flag=True, help="Print all that is new or gone, and what agrees."
)
@click.option("--exit-code", "is_told", is_flag=True, help="End with 12 if anything differs.")
def diff(
    was: str,
    now: str,
    project: str,
    form: str | None,
    output: Path | None,
    *,
    every: bool,
    is_told: bool,
) -> NoReturn:
    """Say what differs in figures and findings between A and B.

    Each of them is one of these:

    \b
      2015-16-Q2            what its workbooks say now; no run is needed
      2015-16-Q2@published  what reports/2015-16-Q2 has
      2015-16-Q2@released   its last release
      2015-16-Q2@1          its release 1

    "ffanalysis diff 2015-16-Q1@released 2015-16-Q1" proves that a quarter comes out as it was
    released: its answer is one sentence. Between two quarters figures of the same name are
    compared; one that a side does not have is new or gone. Where a schedule, or whoever reissued a
    briefing, says why, so does the answer. A confidential project is shown only to those who name
    it with --project and may read its folder.
    """  # noqa: D301 - the escape tells click to keep the lines of the list
    from ffanalysis.deliver.diff.between import compare
    from ffanalysis.read import find_root

    form = form or _form_of(output)
    if form == "xlsx" and output is None:
        raise click.UsageError("A workbook needs a file to go to: --output FILE.")
    root = find_root()
    found = compare(root, _side(root, was), _side(root, now), project)
    for note in found.notes:
        click.echo(f"ffanalysis: {note}", err=True)
    _put(found, form, output, every=every)
    sys.exit(SEVERE_FINDING if is_told and not found.is_empty else 0)


def _side(root: Path, text: str) -> str:
    """A side as it was named, with the period that is the latest where that is meant."""
    period, at, edition = text.partition("@")
    return f"{period_named(root, period)}{at}{edition}"


def _form_of(output: Path | None) -> str:
    """The format that the name of a file asks for."""
    suffix = output.suffix.lower().removeprefix(".") if output else ""
    return suffix if suffix in _FORMATS else "text"


def _put(found: "Comparison", form: str, output: Path | None, *, every: bool) -> None:
    """Print what differs, or write it to a file."""
    if output is None and form == "text":
        from ffanalysis.cli.print_diff import print_differences

        print_differences(found, every=every)
        return
    content = _content(found, form, every=every)
    if output is None:
        # The mark is for Excel, which opens files.
        click.echo(content.removeprefix(BOM_UTF8), nl=not content.endswith(b"\n"))
        return
    output.write_bytes(content)
    click.echo(f"{found.verdict} See {output}")


def _content(found: "Comparison", form: str, *, every: bool) -> bytes:
    """What differs in a format, as a file has it."""
    if form == "xlsx":
        from ffanalysis.deliver.diff.workbook import as_xlsx

        return as_xlsx(found)
    if form == "html":
        from ffanalysis.deliver.diff.page import as_html

        return as_html(found).encode()
    if form == "csv":
        from ffanalysis.deliver.diff.rows import as_csv

        return as_csv(found).encode("utf-8-sig")
    if form == "json":
        from ffanalysis.deliver.diff.rows import as_json

        return (json.dumps(as_json(found), indent=1, ensure_ascii=False) + "\n").encode()
    from ffanalysis.cli.print_diff import differences_text

    return differences_text(found, every=every).encode()


COMMANDS = (diff,)
