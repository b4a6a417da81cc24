"""docs/commands.md: each command with its options, exit codes and examples, as its help has."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import click

from ffanalysis.cli import main

PAGE = Path(__file__).parents[1] / "docs" / "commands.md"
_OPENING = """# Commands

`ffanalysis COMMAND --help` says the same in the terminal. Call a command in the programme's folder
(the one that has `data/raw` in it) or below, or set `FFANALYSIS_ROOT` to it. A PERIOD is a
financial year and a quarter, such as `2026-27-Q1`; `latest` is the latest that has a workbook.
Where `ffanalysis` is not found, `python -m ffanalysis` does the same (on
Windows `py -m ffanalysis`). [What each exit code means](errors.md).
"""


def page() -> str:
    """The page."""
    parts = [_OPENING, "\n| command | does |\n| --- | --- |\n"]
    context = click.Context(main, info_name="ffanalysis")
    for name, command in main.commands.items():
        first = (command.help or "").partition("\n")[0]
        parts.append(f"| [{name}](#{name}) | {first} |\n")
    for name, command in main.commands.items():
        parts += _section(name, command, click.Context(command, info_name=name, parent=context))
    return "".join(parts)


def _section(name: str, command: click.Command, context: click.Context) -> Iterator[str]:
    usage = command.get_usage(context).removeprefix("Usage: ")
    yield f"\n## {name}\n\n```\n{' '.join(usage.split())}\n```\n\n"
    yield from (_paragraph(text) for text in inspect.cleandoc(command.help or "").split("\n\n"))
    records = [each.get_help_record(context) for each in command.params]
    rows = [
        f"| `{_in_table(words)}` | {_in_table(says)} |\n" for words, says in filter(None, records)
    ]
    yield from ("| option | does |\n| --- | --- |\n", *rows) if rows else ()
    codes, _, examples = (command.epilog or "").partition("\n\n\b\n")
    _, _, lines = examples.partition("\n")
    yield f"\n{codes}\n\n```\n{inspect.cleandoc(lines)}\n```\n"


def _paragraph(text: str) -> str:
    """A paragraph of help; lines that the help keeps apart are kept so."""
    if text.startswith("\b"):
        return f"```\n{inspect.cleandoc(text[1:])}\n```\n\n"
    return re.sub(r"(?<![\w`'\"/])(\w+/[\w/.]+\w|\w+\.(?:toml|json))", r"`\1`", text) + "\n\n"


def _in_table(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
