"""The command that takes a council's own tracker into a quarter."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ffanalysis.cli.completing import complete_period
from ffanalysis.cli.ending import ending
from ffanalysis.provenance import shown_name

if TYPE_CHECKING:
    from ffanalysis.start.adopting import Adoption
    from ffanalysis.start.question import Question


@click.command(
    epilog=ending(
        "0 every table is read; 2 usage, an answer that is none, or a file that is there already;"
        " 11 a question is open, or something cannot be read.",
        "ffanalysis adopt tracker.xlsx --for 2026-27-Q1",
        "ffanalysis adopt tracker.xlsx --for 2026-27-Q1 --answer plan=current --keep",
    )
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--for",
    "period",
    required=True,
    shell_complete=complete_period,
    help="The quarter they are of.",
)
@click.option(
    "--answer",
    "answers",
    multiple=True,
    metavar="KEY=TEXT",
    help="The answer to a question, by its key; may be repeated.",
)
@click.option("--keep", is_flag=True, help="Keep what is read: copy the files, write the layout.")
def adopt(files: tuple[Path, ...], period: str, answers: tuple[str, ...], *, keep: bool) -> None:
    """See how a council's own tracker is read, and make it readable.

    For each sheet it shows the table that it is taken for, what each column is, and the first lines
    in money. What is open is asked, or answered by --answer. With --keep, or when asked, the files
    are copied to data/raw/PERIOD with the layout that makes them readable, and the projects that no
    register has; before that nothing is written, and no file is ever overwritten.
    """
    from ffanalysis.read import find_root
    from ffanalysis.start import adopting
    from ffanalysis.start.quarter import period_meant
    from ffanalysis.start.register import left_blank

    root = find_root()
    named = str(period_meant(root, period))
    is_asking = sys.stdin.isatty() and sys.stdout.isatty()
    made = adopting.adopt(root, named, files, _given(answers), _ask if is_asking else _ask_nobody)
    _print(made)
    wants = keep or (is_asking and made.is_readable and click.confirm("Keep it?", default=False))
    if wants and made.is_readable:
        for path in adopting.keep(made, root, named):
            click.echo(f"Written: {path.relative_to(root)}")
        for sentence in left_blank(made.trial):
            click.echo(f"Note: {sentence}")
        click.echo(f"Now: ffanalysis check {named}")
    elif wants:
        click.echo("ffanalysis: Nothing was written: not all of it can be read yet.", err=True)
    if not made.is_readable:
        raise click.exceptions.Exit(11)


def _given(answers: tuple[str, ...]) -> dict[str, str]:
    """The answers by their keys. Raises BadParameter for one without an equals sign."""
    given = {}
    for text in answers:
        key, sign, said = text.partition("=")
        if not sign or not key.strip() or not said.strip():
            raise click.BadParameter(f"'{text}': write it as KEY=TEXT.", param_hint="--answer")
        given[key.strip()] = said.strip()
    return given


def _ask_nobody(_: "Question") -> None:
    return None


def _ask(question: "Question") -> str | None:
    """Ask a person until the answer is one; a blank answer leaves it open."""
    click.echo(f"\n{question.sentence}")
    for number, choice in enumerate(question.choices, 1):
        likely = "  (likely)" if choice == question.likely else ""
        click.echo(f"  {number}  {choice}{likely}")
    asks = "Number or words" if question.likely else "Number or words (Enter leaves it open)"
    while True:
        said = click.prompt(asks, question.likely, show_default=bool(question.likely)).strip()
        if said.isdigit() and 1 <= int(said) <= len(question.choices):
            said = question.choices[int(said) - 1]
        if not said or question.takes(said):
            return said or None
        click.echo(f"'{shown_name(said)}' is none of them.")


def _print(made: "Adoption") -> None:
    from ffanalysis.start.shown import errors_in, newly_registered, shown_tables

    for shown in shown_tables(made.trial):
        click.echo(f"\n{shown.place}: a table of {shown.kind}")
        for heading, taken in shown.columns:
            click.echo(f"  {heading[:34]:<34}  {taken}")
        _print_lines("The first lines:", shown.lines)
        _print_lines("In all:", shown.sums)
    for sheet, tables, misses in made.trial.found:
        if not tables and not misses:
            name = f"{shown_name(sheet.workbook)}, sheet {sheet.name}"
            click.echo(f"\n{name}: no table that is known; its words are not read")
    _print_lines("New projects:", _few(list(newly_registered(made.trial))))
    if made.is_readable:
        _print_lines("Does not add up:", _few(list(errors_in(made.trial))))
    _print_lines("Answers:", [f"{key} = {said}" for key, said in made.answered.items()])
    for name, text in made.layouts.items():
        click.echo(f"\n{name}, which makes it readable:")
        for line in text.splitlines():
            click.echo(f"  {line}")
    _print_open(made)


_MOST_LINES = 12


def _few(lines: Sequence[str]) -> Sequence[str]:
    """The first of some lines, and how many more there are."""
    more = len(lines) - _MOST_LINES
    return [*lines[:_MOST_LINES], f"and {more:,} more"] if more > 0 else lines


def _print_lines(title: str, lines: Sequence[str]) -> None:
    for number, line in enumerate(lines):
        click.echo(f"  {title if not number else '':<17} {line}")


def _print_open(made: "Adoption") -> None:
    """What is open, with the words that answer it, and what cannot be answered here."""
    for question in made.open:
        click.echo(f"ffanalysis: {question.sentence}", err=True)
        if question.choices:
            choices = ", ".join(f"'{choice}'" for choice in question.choices)
            click.echo(f"  One of: {choices}", err=True)
        said = question.likely or "…"
        click.echo(f'  Answer it with --answer "{question.key}={said}"', err=True)
    for sentence in () if made.open else made.faults:
        click.echo(f"ffanalysis: {sentence}", err=True)


COMMANDS = (adopt,)
