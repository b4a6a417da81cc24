"""The command that takes concept papers in."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from ffanalysis.cli.completing import complete_period_or_path
from ffanalysis.cli.ending import ending
from ffanalysis.cli.period import folder_of_period
from ffanalysis.errors import UNREADABLE_INPUT

if TYPE_CHECKING:
    from ffanalysis.intake.door import Intake, Outcome

_MOST_REFUSALS = 3  # of a workbook that are printed


@click.command(
    epilog=ending(
        "0 all papers were taken in; 11 one of them could not be read, the others were taken in;"
        " 2 usage, or a workbook is there already.",
        "ffanalysis intake papers/ --to latest",
        "ffanalysis intake paper.docx --to data/raw/2015-16-Q2/day-centres.xlsx",
    )
)
@click.argument(
    "papers", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PAPER…"
)
@click.option(
    "--to",
    "target",
    required=True,
    type=click.Path(path_type=Path),
    metavar="WORKBOOK",
    shell_complete=complete_period_or_path,
    help="An .xlsx workbook for all papers; or a folder, or PERIOD, for one workbook each.",
)
@click.option("--project", default="", metavar="NAME", help="The project; by default its title.")
@click.option("--form", default="", metavar="FORM", help="By default the labels tell the form.")
@click.option("--force", is_flag=True, help="Take in again; your edits are kept.")
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people or for machines.",
)
def intake(
    papers: tuple[Path, ...], target: Path, project: str, form: str, *, force: bool, style: str
) -> NoReturn:
    """Make project workbooks of concept papers: Word, PDF or text.

    PAPER is one of these, or a folder of them. The workbook has the sheets that a quarter reads:
    projects, milestones, risks, sign-off, budgets, savings. Each cell has a note with the words
    that it comes from. The sheet To check has what could not be placed, or may be read in two ways;
    nothing of a paper is left out.

    Forms are told by their labels. A form of your own is a file in a folder intake beside the
    papers, such as intake/our-form.toml.
    """
    from ffanalysis.intake.door import as_json, forms_for, papers_in, take_in

    target = folder_of_period(str(target), "data", "raw") or target
    files = papers_in(papers)
    is_text = style == "text"
    show = _Progress(len(files)) if is_text and len(files) > 1 else None
    done = take_in(
        files,
        target,
        forms_for(files, _root()),
        form=form,
        project=project,
        force=force,
        tell=show or (lambda _: None),
    )
    if is_text:
        _print(done)
    else:
        click.echo(json.dumps(as_json(done), indent=1, ensure_ascii=False))
    has_failed = any(outcome.error for outcome in done.outcomes)
    sys.exit(UNREADABLE_INPUT if has_failed else 0)


def _root() -> Path | None:
    from ffanalysis.errors import RootMissing
    from ffanalysis.read import find_root

    try:
        return find_root()
    except RootMissing:
        return None


class _Progress:
    """Says of each paper that it was read, while the others are."""

    def __init__(self, papers: int) -> None:
        self._papers, self._done = papers, 0

    def __call__(self, outcome: "Outcome") -> None:
        self._done += 1
        click.echo(f"{self._done:,} of {self._papers:,}: {outcome.file.name}", err=True)


def _print(done: "Intake") -> None:
    from ffanalysis.cli.print_table import print_table
    from ffanalysis.errors import IntakeTaken
    from ffanalysis.intake.door import coverage_of

    rows = []
    for outcome in done.outcomes:
        if outcome.paper is None:
            how = "there already" if isinstance(outcome.error, IntakeTaken) else "not read"
            rows.append((outcome.file.name, how, "", "", ""))
            continue
        counts = coverage_of(outcome.paper)
        taken = outcome.paper.taken
        share = f"{counts['atoms'] - counts['lost']:,} of {counts['atoms']:,}"
        asked = f"{len(taken.questions):,}"
        rows.append((outcome.file.name, outcome.paper.project, taken.form.name, share, asked))
    print_table(
        ("Paper", "Project", "Form", "Parts covered", "To check"), "To check", rows, width=110
    )
    for outcome in done.outcomes:
        if outcome.error is not None:
            click.echo(f"ffanalysis: {outcome.error}", err=True)
    _print_questions(done)
    for written in done.written:
        for sentence in written.refusals[:_MOST_REFUSALS]:
            click.echo(f"\nA quarter's run will refuse this until it is put right: {sentence}")
        if (more := len(written.refusals) - _MOST_REFUSALS) > 0:
            click.echo(f"\nAnd {more:,} more in {written.path.name}; ffanalysis check lists them.")
    _print_next(done)


def _print_questions(done: "Intake") -> None:
    papers = [outcome.paper for outcome in done.outcomes if outcome.paper is not None]
    if len(papers) != 1:
        return
    for number, question in enumerate(papers[0].taken.questions, start=1):
        place = f" [{question.source.place}]" if question.source.place else ""
        click.echo(f"\n{number}. {question.asks}{place}")
        if question.read_as:
            click.echo(f"   Read as: {question.read_as}. {question.do}")
        else:
            click.echo(f"   {question.do}")


def _print_next(done: "Intake") -> None:
    from ffanalysis.periods import Period

    for written in done.written:
        click.echo(f"\nWritten: {written.path}.")
    asked = sum(len(each.paper.taken.questions) for each in done.outcomes if each.paper)
    if asked and done.written:
        what = "the question" if asked == 1 else f"all {asked:,} questions"
        click.echo(
            f"Its sheet To check has {what}. Answer under Your answer there; until then the"
            " briefing says that questions are open."
        )
    folders = {written.path.resolve().parent for written in done.written}
    for folder in sorted(folders):
        if Period.is_name(folder.name):
            click.echo(f"Now: ffanalysis run {folder.name}")


COMMANDS = (intake,)
