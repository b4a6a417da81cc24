"""The help of every command: 80 columns, each option explained, examples at its end that parse."""

import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from ffanalysis.cli import main
from ffanalysis.start.folder import begin

COMMANDS = ["", *main.commands]
WIDTHS = (80, 200)  # of the terminal; help is no wider on a wide one


def help_of(name: str, width: int = 80) -> str:
    said = CliRunner().invoke(
        main, [*name.split(), "--help"], prog_name="ffanalysis", env={"COLUMNS": str(width)}
    )
    assert said.exit_code == 0
    return said.stdout


def parsed(line: str) -> str:
    """The command that a line calls, once its words are understood. Raises click's UsageError."""
    first, name, *words = shlex.split(line)
    assert first == "ffanalysis"
    if name in main.commands and "--help" not in words:
        main.commands[name].make_context(name, words)
    else:
        assert main.get_command(click.Context(main), name), name
    return name


def examples_in(text: str) -> list[str]:
    return re.findall(r"^ {4}(ffanalysis .+)$", text, re.M)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_fits_80_columns_and_ends_with_examples_that_parse(name: str) -> None:
    for width in WIDTHS:
        assert max(map(len, help_of(name, width).splitlines())) <= 80
    ending = help_of(name).partition("\n  Exit codes: ")[2]
    codes, title, examples = re.split(r"\n\n  (Examples?:)\n", ending)
    assert re.search(r"\b2\s+usage", codes)
    lines = examples.splitlines()
    assert lines == [f"    {example}" for example in examples_in(examples)]
    assert title == ("Example:" if len(lines) == 1 else "Examples:")
    assert {parsed(line) for line in lines} == ({name} if name else {"init", "run"})


def test_each_command_is_listed_by_a_whole_sentence() -> None:
    listed = help_of("").partition("Commands:\n")[2].partition("\n\n")[0].splitlines()
    assert [line.split()[0] for line in listed] == list(main.commands)
    assert all(line.endswith(".") and not line.endswith("..") for line in listed)
    assert list(main.commands)[:6] == ["init", "new", "adopt", "periods", "intake", "check"]


@pytest.mark.parametrize("name", main.commands)
def test_each_option_is_explained(name: str) -> None:
    for parameter in main.commands[name].params:
        assert not isinstance(parameter, click.Option) or parameter.help, parameter.name


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("chek latest", "No such command 'chek'. Did you mean 'check'?"),
        ("period", "No such command 'period'. Did you mean 'periods'?"),
        ("run latest --projct a", "No such option '--projct'. Did you mean '--project'?"),
        ("run latest --verify ful", "'ful' is not one of 'pages', 'full'."),
    ],
)
def test_a_slip_is_answered_with_the_nearest(line: str, said: str) -> None:
    told = CliRunner().invoke(main, line.split(), prog_name="ffanalysis")
    assert told.exit_code == 2
    assert said in " ".join(told.stderr.split())


def test_the_commands_in_a_new_folders_readme_parse(tmp_path: Path) -> None:
    begin(tmp_path, with_example=False)
    text = (tmp_path / "README.md").read_text("utf-8")
    assert [parsed(line) for line in examples_in(text)] == ["check", "run", "lab"]
    assert {parsed(line) for line in re.findall(r"`(ffanalysis init \.)`", text)} == {"init"}
