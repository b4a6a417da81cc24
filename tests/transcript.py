"""The transcripts of the documentation, tried: each command is run, and prints what stands there.

A line of a transcript is a line, or the beginning of one, that the command prints; `DATE` stands
for any day.
"""

import re
import shlex
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from mail_server import Inbox, serving
from rendered import COMMAND, ROOT, SCHEDULE, programme_in, put
from test_mail import recipients
from test_release import declare

EXAMPLE = ROOT / "docs" / "release-example.md"
_BLOCK = re.compile(r"<!-- step: (\w+) -->|```console\n(.*?)```", re.S)
_EXPLAINED = """[[explanation]]
finding = "proposed-total:sen-contract-efficiency"
stated = {stated}
calculated = {calculated}
why = "a displaced total"
by = "Finance analyst"
date = 2015-10-05
until = 2999-12-31
"""


def tried(folder: Path, workbooks: Path) -> Iterator[bool]:
    """Whether each command of the release's transcript prints what the documentation says."""
    root = programme_in(folder, workbooks)
    recipients(root, ("SEN Contract Efficiency", "Zoë O'Neil", "director@example.gov.uk"))
    text = EXAMPLE.read_text("utf-8")
    settings = text.partition("```toml\n")[2].partition("```")[0]
    inbox = Inbox()
    with serving(inbox) as port:
        (root / "data" / "raw" / "settings.toml").write_text(settings.replace("2525", str(port)))
        for step, block in _BLOCK.findall(text):
            if step:
                _STEPS[step](root)
            for command in filter(None, block.split("$ ")):
                yield _prints(root, command)
    subjects = [content.partition(b"Subject: ")[2][:10] for _, content in inbox.mails]
    yield subjects == [b"Savings br", b"CORRECTED:"]


def _prints(root: Path, block: str) -> bool:
    line, *wanted = block.rstrip("\n").split("\n")
    name, *arguments = shlex.split(line)
    assert name == "ffanalysis"
    came = subprocess.run(
        [COMMAND, *arguments], cwd=root, capture_output=True, text=True, check=False
    )
    there = _plain(root, f"{came.stdout}\n{came.stderr}").splitlines()
    missing = [
        each for each in wanted if not any(found.startswith(_plain(root, each)) for found in there)
    ]
    for each in missing:
        print(f"  {line}\n    does not print: {each}\n{came.stdout}{came.stderr}")
    return not missing


def _plain(root: Path, text: str) -> str:
    return re.sub(r"\b\d{4}-\d\d-\d\d\b", "DATE", text.replace(f"{root.resolve()}/", ""))


def _explain(root: Path) -> None:
    declare(root, "explanations.toml", _EXPLAINED.format(stated=100000, calculated=200000))


def _correct(root: Path) -> None:
    cells = ("E10", "E11", "E17", "H11", "H17")
    put(root, {f"{SCHEDULE}!Proposed savings!{cell}": 110 for cell in cells})
    declare(root, "explanations.toml", _EXPLAINED.format(stated=110000, calculated=210000))


_STEPS: Mapping[str, Callable[[Path], None]] = {"explain": _explain, "correct": _correct}
