"""The command that lists the quarters of a programme."""

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from ffanalysis.cli.ending import ending
from ffanalysis.errors import SEVERE_FINDING, NoQuarterYet

if TYPE_CHECKING:
    from ffanalysis.deliver.quarters import QuarterState


@click.command(
    epilog=ending(
        "0 listed; 12 listed, and a journal is broken; 2 usage.", "ffanalysis periods --format json"
    )
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people or for machines.",
)
def periods(form: str) -> None:
    """List the quarters, each with how far it is.

    The one that latest means is marked. Shows how many workbooks a quarter has, its last run, how
    many briefings are published and how many withheld, its last release and whether that holds, and
    what became of the mails. What is due, and by when, is told by 'ffanalysis status'.
    """
    from ffanalysis.cli.print_table import print_table
    from ffanalysis.deliver.quarters import quarters
    from ffanalysis.read import find_root

    found = quarters(find_root())
    if form == "json":
        click.echo(json.dumps([_as_json(each) for each in found], indent=1, ensure_ascii=False))
    elif not found:
        click.echo(str(NoQuarterYet()))
    else:
        headings = ("period", "workbooks", "last run", "briefings", "release", "mails")
        print_table(headings, "workbooks", map(_row, found), width=80)
        if latest := next((each.period for each in found if each.is_latest), ""):
            click.echo(f"* latest means {latest}.")
    for each in found:
        if each.broken:
            click.echo(f"ffanalysis: {each.broken}", err=True)
    sys.exit(SEVERE_FINDING if any(each.broken for each in found) else 0)


def _row(each: "QuarterState") -> tuple[str, ...]:
    last, run = each.release.last, each.last_run
    release = f"{last.number} {each.release.state}" if last else "-"
    withheld = f", {each.withheld:,} withheld" if each.withheld else ""
    return (
        f"{each.period}{'*' if each.is_latest else ''}",
        "closed" if each.workbooks is None else f"{each.workbooks:,}",
        f"{run.started[:10]} {_ended(run.ended)}" if run else "-",
        f"{each.published:,}{withheld}" if each.published or each.withheld else "-",
        "journal broken" if each.broken else release,
        _mails(each),
    )


def _ended(words: str) -> str:
    """How a run ended, in a word; 'ffanalysis runs' has the whole."""
    return words if words in ("complete", "incomplete", "killed", "going on") else "stopped"


def _mails(each: "QuarterState") -> str:
    mails = each.mails
    counts = {"in doubt": mails.in_doubt, "sent": mails.sent}
    if not (mails.sent or mails.in_doubt):
        counts["drafted"] = mails.drafted
    return ", ".join(f"{count:,} {word}" for word, count in counts.items() if count) or "-"


def _as_json(each: "QuarterState") -> dict[str, Any]:
    last, run = each.release.last, each.last_run
    return {
        "period": each.period,
        "latest": each.is_latest,
        "workbooks": each.workbooks,
        "last_run": None if run is None else {"began": run.started, "ended": run.ended},
        "published": each.published,
        "withheld": each.withheld,
        "release": None
        if last is None
        else {
            "number": last.number,
            "by": last.by,
            "at": last.at,
            "state": each.release.state,
            "why_not": each.release.why_not,
        },
        "mails": asdict(each.mails),
        "journal_broken": each.broken,
    }


COMMANDS = (periods,)
