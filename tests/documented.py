"""The commands that the documentation shows: where they are shown, and what came when they run.

docs/transcripts has a folder for each story, and in it the parts that pages include, in their
order. A part has commands behind "$ " and below each what it prints: "..." stands for what varies
in a line, or, alone in a line, for any lines.
"""

import os
import re
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import openpyxl
from libreoffice import program, saved_as
from rendered import COMMAND, ROOT
from test_new_quarter import fill, head_row

DOCS = ROOT / "docs"
STORIES = sorted(path.name for path in (DOCS / "transcripts").iterdir() if path.is_dir())
_FILLED_IN = DOCS / "transcripts" / "first-quarter" / "rows.toml"


class Told(NamedTuple):
    """A command of a transcript, with what it is to print."""

    part: str
    line: str
    wanted: str


def told(story: str) -> Iterator[Told]:
    """The commands of a story in their order."""
    for path in sorted((DOCS / "transcripts" / story).glob("[0-9]-*.txt")):
        for block in filter(None, re.split(r"^\$ ", path.read_text("utf-8"), flags=re.M)):
            line, _, wanted = block.partition("\n")
            yield Told(f"{story}/{path.stem}", line, wanted)


def played(story: str, folder: Path) -> Iterator[tuple[Told, str]]:
    """Each command of a story, run, with what it printed; before each part, what a person does."""
    place, before = folder, ""
    environment = {k: v for k, v in os.environ.items() if k != "FFANALYSIS_ROOT"}
    environment["COLUMNS"] = "80"
    for each in told(story):
        if each.part != before:
            before = each.part
            _DONE_BY_HAND.get(each.part, _nothing)(folder)
        name, *words = shlex.split(each.line)
        if name == "cd":
            place /= words[0]
            continue
        assert name == "ffanalysis", each.line
        came = subprocess.run(
            [COMMAND, *words],
            cwd=place,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        printed = came.stdout.decode().replace(str(folder.resolve()), "/home/you")
        yield each, "".join(f"{line.rstrip()}\n" for line in printed.splitlines())


def pattern(wanted: str) -> str:
    """What a transcript shows, as an expression for what a command prints."""
    lines = [
        r"(?:.*\n)*?" if line == "..." else re.escape(line).replace(r"\.\.\.", ".*") + r"\n"
        for line in wanted.splitlines()
    ]
    return "".join(lines)


# --- what a person does between two commands ------------------------------------------------------


def _nothing(_folder: Path) -> None:
    pass


def _saved(path: Path) -> None:
    """Save it as a spreadsheet does, with its totals worked out."""
    (saved,) = saved_as("xlsx", [path], path.parents[4] / "saved", program())
    shutil.copy(saved, path)


def _fill_in(folder: Path) -> None:
    path = folder / "savings" / "data" / "raw" / "2026-27-Q1" / "programme.xlsx"
    fill(path, tomllib.loads(_FILLED_IN.read_text("utf-8"))["sheets"])
    _saved(path)


def _change(folder: Path) -> None:
    path = folder / "savings" / "data" / "raw" / "2026-27-Q2" / "programme.xlsx"
    book = openpyxl.load_workbook(path)
    for change in tomllib.loads(_FILLED_IN.read_text("utf-8"))["changes"]:
        sheet = book[change.pop("sheet")]
        columns = {cell.value: cell.column for cell in sheet[head_row(sheet)]}
        project = change.pop("project")
        names = {sheet.cell(row, columns["Project"]).value: row for row in range(1, sheet.max_row)}
        row = names[project]
        for heading, value in change.items():
            sheet.cell(row, columns[heading], value)
    book.save(path)
    _saved(path)


def _put(*names: str) -> Callable[[Path], None]:
    """Put files that the page shows into the quarter's folder."""

    def put(folder: Path) -> None:
        to = folder / "savings" / "data" / "raw" / "2026-27-Q1"
        to.mkdir(parents=True, exist_ok=True)
        for name in names:
            shutil.copy(DOCS / "transcripts" / "own-tracker" / name, to)

    return put


def _give_tracker(folder: Path) -> None:
    shutil.copy(DOCS / "transcripts" / "own-tracker" / "tracker.csv", folder / "savings")


def _give_paper(folder: Path) -> None:
    papers = folder / "savings" / "papers"
    papers.mkdir()
    shutil.copy(DOCS / "transcripts" / "paper" / "day-centres.txt", papers)


_DONE_BY_HAND: Mapping[str, Callable[[Path], None]] = {
    "first-quarter/3-check": _fill_in,
    "first-quarter/6-check": _change,
    "adopt/2-look": _give_tracker,
    "own-tracker/2-check": _put("register.csv", "tracker.csv"),
    "paper/2-intake": _give_paper,
    "own-tracker/3-layout": _put("layout.toml"),
}
