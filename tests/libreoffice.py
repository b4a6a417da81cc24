"""Workbooks as LibreOffice saves them, recalculated."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

_SECONDS = 120  # a first start makes a profile


def program() -> str:
    """LibreOffice; a test without it is skipped, or fails where it must be there."""
    found = shutil.which("soffice")
    if found is None:
        message = (
            "there is no LibreOffice: install it, or leave FFANALYSIS_REQUIRE_LIBREOFFICE unset"
        )
        if os.environ.get("FFANALYSIS_REQUIRE_LIBREOFFICE") == "1":
            pytest.fail(message)
        pytest.skip(message)
    return found


def saved_as(ending: str, workbooks: Sequence[Path], folder: Path, soffice: str) -> list[Path]:
    """The workbooks as LibreOffice saves them under another ending."""
    names = list(map(str, workbooks))
    profile = f"-env:UserInstallation={(folder.parent / 'profile').as_uri()}"
    words = ["--headless", "--convert-to", ending, "--outdir", str(folder)]
    subprocess.run(
        [soffice, profile, *words, *names],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=_SECONDS,
    )
    return [folder / f"{Path(name).stem}.{ending}" for name in names]
