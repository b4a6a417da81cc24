"""What a shell completes: commands, options, the periods and projects that are there; and fast."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from rendered import COMMAND, PERIOD, PROJECT

from ffanalysis.cli import main

EARLIER = "2015-16-Q1"
THREE = ["library-hours", "road-repairs", PROJECT]


def answer(shell: str, line: str, begun: str = "") -> list[str]:
    """What the command says to a shell that asks what may follow a line."""
    is_bash = shell == "bash"
    asked = {
        "_FFANALYSIS_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": f"{line} {begun}",
        "COMP_CWORD": str(len(line.split())) if is_bash else begun,
    }
    said = CliRunner().invoke(main, [], prog_name="ffanalysis", env=asked)
    assert said.exit_code == 0, said.output
    return [entry for entry in said.stdout.splitlines() if entry]


@pytest.fixture
def here(published: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (published / "data" / "raw" / EARLIER).mkdir()
    (published / "data" / "raw" / "drafts").mkdir()
    monkeypatch.setenv("FFANALYSIS_ROOT", str(published))
    return published


@pytest.mark.parametrize(
    ("line", "begun", "offered"),
    [
        ("run", "", ["latest", PERIOD, EARLIER]),
        ("run", "2015-16-Q2", [PERIOD]),
        ("run", "l", ["latest"]),
        ("run", "2016", []),
        ("run latest --project", "", THREE),
        ("run latest --project library-hours --project", "", THREE[1:]),
        ("explain latest", "ro", ["road-repairs"]),
        (f"reissue {EARLIER} road-repairs", "", ["library-hours", PROJECT]),  # no run of its own
        ("lab", "", ["latest", PERIOD, EARLIER]),
        ("diff latest", "", ["latest", PERIOD, EARLIER]),
        ("", "peri", ["periods"]),
        ("run latest", "--not", ["--note", "--notebook-timeout"]),
        ("completion", "po", ["powershell"]),
    ],
)
def test_what_is_there_is_offered(here: Path, line: str, begun: str, offered: list[str]) -> None:
    said = answer("bash", f"ffanalysis {line}".strip(), begun)
    assert [entry.partition(",")[2] for entry in said] == offered
    # PowerShell gets each with what it is, and never an empty word.
    said = answer("powershell", f"ffanalysis {line}".strip(), begun)
    assert [entry.partition("\t")[0] for entry in said] == offered
    assert all(entry.partition("\t")[2] for entry in said)


@pytest.mark.parametrize("line", ["check", "verify", "intake a.docx --to"])
def test_where_a_path_may_stand_the_shell_offers_files_too(here: Path, line: str) -> None:
    *periods, files = answer("bash", f"ffanalysis {line}", "2015")
    assert (periods, files) == ([f"plain,{PERIOD}", f"plain,{EARLIER}"], "file,2015")


def test_every_period_and_project_is_completed(here: Path) -> None:
    names = {
        "period": PERIOD,
        "was": PERIOD,
        "now": PERIOD,
        "project": PROJECT,
        "projects": PROJECT,
    }
    asked = 0
    for name, command in main.commands.items():
        context = click.Context(command, info_name=name)
        for parameter in command.params:
            of_paper = name == "intake" or parameter.type.name == "integer"  # how many, or a title
            if parameter.name in names and not of_paper:
                asked += 1
                offered = [each.value for each in parameter.shell_complete(context, "")]
                assert names[parameter.name] in offered, (name, parameter.name)
    assert asked >= 14


def test_a_confidential_project_is_offered_to_nobody(here: Path) -> None:
    manifest = here / "reports" / PERIOD / "run.json"
    about = json.loads(manifest.read_text("utf-8"))
    (entry,) = (each for each in about["results"] if each["name"] == "road-repairs")
    about["results"].remove(entry)
    manifest.write_text(json.dumps(about), "utf-8")
    apart = here / "reports" / "confidential" / PERIOD / "road-repairs"
    apart.mkdir(parents=True)
    (apart / "run.json").write_text(json.dumps({**about, "results": [entry]}), "utf-8")
    said = answer("bash", "ffanalysis run latest --project")
    assert said == [f"plain,{name}" for name in THREE if name != "road-repairs"]


@pytest.mark.parametrize("broken", ["", "[]", "{", '{"results": [{"name": 1}, 2]}'])
def test_what_cannot_be_read_offers_nothing_and_says_nothing(here: Path, broken: str) -> None:
    (here / "reports" / PERIOD / "run.json").write_text(broken, "utf-8")
    assert answer("bash", "ffanalysis run latest --project") == []


def test_away_from_a_programme_nothing_is_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FFANALYSIS_ROOT", str(tmp_path))
    assert answer("bash", "ffanalysis run") == []


@pytest.mark.parametrize(
    ("shell", "phrase"),
    [
        ("bash", "complete -o nosort -F _ffanalysis_completion ffanalysis"),
        ("zsh", "compdef _ffanalysis_completion ffanalysis"),
        ("fish", "complete --no-files --command ffanalysis"),
        ("powershell", "Register-ArgumentCompleter -Native -CommandName ffanalysis"),
    ],
)
def test_the_script_of_a_shell_is_printed(shell: str, phrase: str) -> None:
    said = CliRunner().invoke(main, ["completion", shell], prog_name="ffanalysis")
    assert said.exit_code == 0
    assert phrase in said.stdout
    assert "%(" not in said.stdout


def run(*words: str) -> Callable[..., str]:
    environment = {**os.environ, "PATH": f"{COMMAND.parent}{os.pathsep}{os.environ['PATH']}"}

    def call(**more: str) -> str:
        done = subprocess.run(
            words,
            env={**environment, **more},
            capture_output=True,
            check=True,
            text=True,
            timeout=60,
        )
        return done.stdout + done.stderr

    return call


def test_bash_completes_with_the_script(here: Path) -> None:
    line = "COMP_WORDS=(ffanalysis run latest --project ro); COMP_CWORD=4"
    ask = "_ffanalysis_completion ffanalysis; echo $COMPREPLY"
    script = f'eval "$(ffanalysis completion bash)"; {line}; {ask}'
    assert run("bash", "--norc", "-c", script)() == "road-repairs\n"


def test_a_word_is_completed_without_what_is_slow_to_import(here: Path) -> None:
    ask = run(sys.executable, "-X", "importtime", str(COMMAND))
    said = ask(
        _FFANALYSIS_COMPLETE="bash_complete",
        COMP_WORDS="ffanalysis run latest --project ",
        COMP_CWORD="4",
    )
    assert "plain,road-repairs" in said
    imported = {line.rpartition("|")[2].strip() for line in said.splitlines()}
    assert "ffanalysis.cli.completing" in imported
    assert not imported & {"pandas", "numpy", "openpyxl", "matplotlib", "rich", "filelock"}
