"""What tests of the scheduled job need: the system's own tools, and stand-ins that keep a file."""

import os
import shutil
import sys
from pathlib import Path

import pytest


def tool(name: str) -> str:
    """The path of a tool of the system; the test is skipped, or fails, where it is not there."""
    if found := shutil.which(name):
        return found
    message = f"there is no {name}: install it, or leave FFANALYSIS_REQUIRE_SCHEDULERS unset"
    if os.environ.get("FFANALYSIS_REQUIRE_SCHEDULERS") == "1":
        pytest.fail(message)
    pytest.skip(message)


CRONTAB = """#!{python}
import pathlib, sys
kept = pathlib.Path({kept!r})
if sys.argv[1:] == ["-l"]:
    if not kept.exists():
        sys.exit("no crontab for somebody")
    sys.stdout.buffer.write(kept.read_bytes())
elif sys.argv[1:] == ["-r"]:
    kept.unlink()
elif sys.argv[1:] == ["-"]:
    kept.write_bytes(sys.stdin.buffer.read())
else:
    sys.exit("usage error: " + " ".join(sys.argv[1:]))
"""
SYSTEMCTL = """#!{python}
import pathlib, sys
with pathlib.Path({kept!r}).open("a") as calls:
    calls.write(" ".join(sys.argv[1:]) + chr(10))
if {fails!r} and sys.argv[2] == {fails!r}:
    sys.exit("Failed to connect to bus: No medium found")
"""


def stand_in(
    patch: pytest.MonkeyPatch, folder: Path, name: str, source: str, fails: str = ""
) -> Path:
    """Put a program of this name first on the path; gives the file that it keeps."""
    kept, place = folder / f"{name}.kept", folder / "bin"
    place.mkdir(exist_ok=True)
    program = place / name
    program.write_text(source.format(python=sys.executable, kept=str(kept), fails=fails), "utf-8")
    program.chmod(0o755)
    patch.setenv("PATH", f"{place}{os.pathsep}{os.environ['PATH']}")
    return kept
