"""The commands by which a quarter leaves the house: release, verify and mail. Wiring only."""

import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from ffanalysis.cli.completing import complete_period, complete_period_or_path, complete_project
from ffanalysis.cli.ending import ending
from ffanalysis.cli.period import folder_of_period, period_named
from ffanalysis.cli.schedule import print_told
from ffanalysis.errors import INCOMPLETE_RUN, MAIL_REFUSED, SEVERE_FINDING, ReleaseRefused

if TYPE_CHECKING:
    from ffanalysis.editions import Kind, Reissue

_MOST_CHANGES = 12  # of a reissue that are printed


@click.command(
    epilog=ending(
        "0 released; 12 refused, or the journal is broken; 14 nothing to withdraw; 2 usage.",
        'ffanalysis release 2015-16-Q2 --by "Chief Finance Officer"',
        'ffanalysis release latest --by NAME --withdraw "A wrong target"',
    )
)
@click.argument("period", shell_complete=complete_period)
@click.option("--by", required=True, metavar="NAME", help="Who releases it, or withdraws it.")
@click.option("--note", default="", metavar="TEXT", help="What to record beside the release.")
@click.option("--withdraw", metavar="WHY", help="Withdraw the last release, for this reason.")
def release(period: str, by: str, note: str, withdraw: str | None) -> None:
    """Let the published briefings of PERIOD go to directors.

    Who releases must be named in settings.toml, below [releasers], and must not have prepared the
    figures. Every failed check needs an explanation that holds, in explanations.toml beside the
    workbooks. What is released is kept in reports/released/PERIOD, with its workbooks, and recorded
    in reports/journal. When a page changes, the release lapses.

    Names are declared, not proved: who may write these files may write any name.
    """
    from ffanalysis.deliver import release as deliver
    from ffanalysis.read import find_root

    root = find_root()
    period = period_named(root, period)
    by, note = _readable(by), _readable(note)
    if withdraw is not None:
        withdraw = _readable(withdraw)
        gone = deliver.withdraw(root, period, by, withdraw)
        click.echo(f"Release {gone.number} of {period} by {gone.by} is withdrawn.")
        return
    try:
        made, is_new = deliver.release(root, period, by, note)
    except ReleaseRefused as refused:
        for entry in refused.to_write:
            click.echo(f"{entry}\n")
        raise
    place = f"reports/released/{period}/{made.number}"
    done = "is released" if is_new else f"was released already, by {made.by}, and holds"
    click.echo(f"{period} {done}: release {made.number}, kept in {place}.")
    if is_new:
        click.echo(f"ffanalysis: {_recalculated(made.line.facts['spreadsheet'])}", err=True)
    if note and not is_new:
        click.echo("ffanalysis: the note is not recorded, as nothing was released anew.", err=True)
    for reissue in made.new_reissues if is_new else ():
        _echo_reissue(reissue)
    if made.withheld:
        click.echo(f"Not released, as they have no briefing: {', '.join(made.withheld)}.")


def _recalculated(facts: Mapping[str, str | float]) -> str:
    """Whether a spreadsheet program recalculated what is released."""
    if not facts:
        return "no spreadsheet program recalculated the pack, as LibreOffice is not installed."
    number = f"{facts['formulas']:,} formulas of reconciliation.xlsx"
    return f"{facts['program']} recalculated {number}: all as printed."


def _echo_reissue(reissue: "Reissue") -> None:
    """Print what an edition corrects, figure by figure, and whether that is material."""
    click.echo(
        f"{reissue.project}, edition {reissue.edition:,}: {reissue.kind} by {reissue.by},"
        f" {reissue.on}: {reissue.reason}"
    )
    named = [change for change in reissue.changes if change.label]
    for change in named[:_MOST_CHANGES]:
        click.echo(f"  {change.words}")
    if more := len(named[_MOST_CHANGES:]):
        click.echo(f"  … and {more:,} more (corrections.csv lists all).")
    if not reissue.changes:
        click.echo("  No figure changes, only words.")
    why = f"Material: {'; '.join(reissue.material)}." if reissue.material else "Not material."
    click.echo(f"  {why}")


@click.command(
    epilog=ending(
        "0 reissued; 12 nothing to reissue, or the journal is broken; 13 another run of PERIOD is"
        " going on; 2 usage.",
        "ffanalysis reissue latest libraries --as revision --reason Recount --by NAME",
    )
)
@click.argument("period", shell_complete=complete_period)
@click.argument("projects", nargs=-1, metavar="PROJECT...", shell_complete=complete_project)
@click.option(
    "--as",
    "kind",
    type=click.Choice(["correction", "revision"]),
    help="A correction mends an error; a revision has better or later data.",
)
@click.option("--reason", default="", metavar="TEXT", help="Why, in words for directors.")
@click.option("--by", required=True, metavar="NAME", help="Who says so.")
@click.option("--all", "every", is_flag=True, help="Every project whose figures have changed.")
@click.option("--undo", is_flag=True, help="Take it back, while the new edition is not released.")
def reissue(
    period: str,
    projects: tuple[str, ...],
    kind: "Kind | None",
    reason: str,
    by: str,
    *,
    every: bool,
    undo: bool,
) -> None:
    """Replace a released briefing by one that says what it corrects.

    Correct the workbook of PROJECT first. The new edition has a banner with each figure as it was
    and as it is, and the reason; so has the subject of its mail (CORRECTED: or REVISED:). Whether
    the change is material is printed here and at the release: whether a headline, a RAG status, the
    outcome of a check, or the project's place on the programme page changes. Nothing is sent until
    somebody else has released it.
    """
    from ffanalysis.cli.print_run import progress
    from ffanalysis.deliver import reissue as deliver
    from ffanalysis.read import find_root
    from ffanalysis.run.run import run

    root, by, reason = find_root(), _readable(by), _readable(reason)
    period = period_named(root, period)
    if every == bool(projects):
        raise click.UsageError("Name the projects, or say --all.")
    if undo and every:
        raise click.UsageError("Name the projects whose reissue is to be taken back.")
    if kind is None and not undo:
        raise click.UsageError("Say which it is: --as correction or --as revision.")
    with progress() as on_result:
        render = partial(run, on_result=on_result)
        if undo or kind is None:
            gone = [deliver.undo(root, period, project, by, render) for project in projects]
            made = []
        else:
            gone, made = [], deliver.reissue(root, period, projects, kind, reason, by, render)
    for one in gone:
        click.echo(f"Taken back: {one.kind} of {one.project}, edition {one.edition:,}.")
    if undo:
        return
    for one in made:
        _echo_reissue(one)
    click.echo(f"Now somebody else releases it: ffanalysis release {period} --by NAME")


def _readable(text: str) -> str:
    """What was written on the command line, without signs that are none or cannot be seen."""
    from ffanalysis.sheets.cells import clean

    return clean(text.encode("utf-8", "replace").decode())


@click.command(
    epilog=ending(
        "0 all drafted or sent; 14 not released, or some were left out; 12 the journal is broken;"
        " 2 usage.",
        "ffanalysis mail latest",
        "ffanalysis mail 2015-16-Q2 --send",
    )
)
@click.argument("period", shell_complete=complete_period)
@click.option("--send", is_flag=True, help="Send what has not been sent, once.")
@click.option("--check", "only_check", is_flag=True, help="Log in where mails leave; send nothing.")
@click.option("--settle", metavar="KEY", help="Record what became of a mail in doubt.")
@click.option("--as", "outcome", type=click.Choice(["sent", "not-sent"]), help="What it was.")
@click.option("--by", default="", metavar="NAME", help="Who found that out.")
def mail(
    period: str, *, send: bool, only_check: bool, settle: str | None, outcome: str | None, by: str
) -> NoReturn:
    """Write, or send, the mails that bring briefings to directors.

    There is one for each recipient and project of PERIOD; drafts go into reports/outbox/PERIOD.
    Recipients are those of the register that was released. Each draft is an .eml file, which a mail
    program opens to be looked at and sent; it has the briefing's first page as text, and the PDF.
    Nothing is written of a quarter that is not released, or whose release has lapsed.

    With --send each mail that has not been sent yet is handed to the mail server or the mailbox of
    settings.toml, once: the journal has a line before and one behind it. Where a connection was
    lost, or the command killed, in between, a mail server cannot say what became of the mail; the
    mailbox is asked. What stays in doubt is never sent again by itself. Look it up by its
    Message-ID and settle it.
    """
    from ffanalysis.deliver.notes import tell_withheld
    from ffanalysis.read import find_root

    root = find_root()
    period = period_named(root, period)
    if settle is not None:
        if outcome is None or not by.strip():
            raise click.UsageError("--settle needs --as sent or --as not-sent, and --by NAME.")
        _settle(root, period, settle, by, was_sent=outcome == "sent")
    try:
        if send or only_check:
            _send(root, period, only_check=only_check)
        _draft(root, period)
    finally:
        if not only_check:
            print_told(tell_withheld(root, period))


def _settle(root: Path, period: str, key: str, by: str, *, was_sent: bool) -> NoReturn:
    """Record what a person found out of a mail in doubt."""
    from ffanalysis.deliver.sending import settle

    settle(root, period, key, by, was_sent=was_sent)
    then = "It will not be sent again." if was_sent else "The next --send sends it."
    click.echo(f"Recorded. {then}")
    sys.exit(0)


def _send(root: Path, period: str, *, only_check: bool) -> NoReturn:
    """Send what has not been sent, or only log in."""
    from ffanalysis.deliver.sending import send
    from ffanalysis.deliver.transport import transport_of
    from ffanalysis.read import council_of

    settings = council_of(root, period).mail
    with transport_of(settings) as transport:
        if only_check:
            click.echo(transport.check())
            sys.exit(0)
        came = send(
            root,
            period,
            settings,
            transport,
            lambda envelope, each: click.echo(f"{envelope.about}: {each.outcome}", err=True),
        )
    for why in filter(
        None, (*came.refused, *came.doubtful, *came.left_out, *came.remarks, came.stopped)
    ):
        click.echo(f"ffanalysis: {why}", err=True)
    before = f" {came.before:,} had been sent before." if came.before else ""
    click.echo(f"{came.sent:,} sent.{before}")
    sys.exit(0 if came.is_complete else MAIL_REFUSED)


def _draft(root: Path, period: str) -> NoReturn:
    """Write the drafts of a released quarter."""
    from ffanalysis.deliver.outbox import draft

    outbox = draft(root, period)
    told = (*outbox.left_out, *outbox.doubtful, *outbox.remarks)
    for why in told:
        click.echo(f"ffanalysis: {why}", err=True)
    if not (outbox.drafts or outbox.before or told):
        click.echo("The register names nobody who gets a briefing (sheet Recipients).")
    noun = "draft" if len(outbox.drafts) == 1 else "drafts"
    where = f" in {outbox.folder}" if outbox.drafts else ""
    nothing = "Nothing has been sent."
    if outbox.before:
        nothing = f"Nothing more has been sent; {outbox.before:,} had been before."
    click.echo(f"{len(outbox.drafts):,} {noun}{where}. {nothing}")
    sys.exit(MAIL_REFUSED if outbox.left_out or outbox.doubtful else 0)


@click.command(
    epilog=ending(
        "0 all of it holds; 12 something does not; 11 the workbooks cannot be read; 2 usage.",
        "ffanalysis verify latest",
        "ffanalysis verify reports/2015-16-Q2/day-centres.html",
        "ffanalysis verify reports/released/2015-16-Q2/1",
    )
)
@click.argument(
    "place",
    metavar="PERIOD|FOLDER|FILE",
    shell_complete=complete_period_or_path,
    type=click.Path(path_type=Path),
)
@click.option(
    "--workbooks",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="FOLDER",
    help="The quarter's workbooks; by default those of the programme, or of the release.",
)
@click.option(
    "--journal",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The journal to compare a release with that stands in no programme.",
)
def verify(place: Path, workbooks: Path | None, journal: Path | None) -> NoReturn:
    """Recompute every figure of the pages from the workbooks.

    FILE is a page; of a FOLDER or a PERIOD all pages are recomputed. The workbooks are read again
    by another reader, and every sum is done again by a program that shares no code with the one
    that made the pages. What differs is named.

    Of a release, in reports/released/PERIOD, it also verifies that it is as it was released:
    every file against the manifest, the manifest against the journal, and each line of the journal
    against the one before it. Links and empty folders are faults, as is a release in the place of
    another. Lines cut off the journal after the last release cannot be found.
    """
    from ffanalysis import verify as recomputing
    from ffanalysis.deliver.kept import INPUTS, MANIFEST
    from ffanalysis.deliver.kept import verify as verify_release

    place = folder_of_period(str(place), "reports") or place
    if (place / MANIFEST).exists():
        verdict = verify_release(place, journal)
        for said in (*verdict.faults, *verdict.remarks):
            click.echo(f"ffanalysis: {said}", err=True)
        holds = "does not hold" if verdict.faults else "holds"
        click.echo(f"{place} {holds}: {verdict.files:,} files compared.")
        if not (workbooks or (place / INPUTS).is_dir()):
            click.echo(f"ffanalysis: {_NOT_RECOMPUTED}", err=True)
            sys.exit(SEVERE_FINDING if verdict.faults else 0)
        if verdict.faults:
            sys.exit(SEVERE_FINDING)  # what does not hold proves no figure
    sys.exit(
        recomputing.main([str(place), *(["--workbooks", str(workbooks)] if workbooks else [])])
    )


_NOT_RECOMPUTED = (
    "Its figures were not recomputed: the release keeps no workbooks. Name them with --workbooks."
)


@click.command(
    epilog=ending(
        "0 listed or deleted; 13 something could not be deleted; 2 usage.",
        "ffanalysis retention --delete --by NAME",
    )
)
@click.option("--delete", "is_told", is_flag=True, help="Delete what is listed.")
@click.option("--by", default="", metavar="NAME", help="Who deletes it.")
def retention(*, is_told: bool, by: str) -> NoReturn:
    """List, or delete, the reports that are kept no longer.

    Each is listed with the reason and its size. Releases are kept for seven years from their
    release, reports that nobody has released for two quarters; settings.toml may say otherwise,
    below [retention]. Nothing is deleted without --delete. The journal stays, and gets a line for
    what has gone.
    """
    from ffanalysis.deliver.retention import delete, expired
    from ffanalysis.read import find_root

    root = find_root()
    found = delete(root, _readable(by)) if is_told else expired(root)
    for item in found.items:
        click.echo(f"{item.period}, {item.what}: {item.why} ({item.size / 1e6:,.1f} MB).")
    for why in found.left:
        click.echo(f"ffanalysis: {why}", err=True)
    done = "deleted" if is_told else "to delete. Nothing was deleted; --delete --by NAME does"
    click.echo(f"{found.size / 1e6:,.1f} MB {done}.")
    sys.exit(INCOMPLETE_RUN if is_told and found.left else 0)


COMMANDS = (release, reissue, verify, mail, retention)
