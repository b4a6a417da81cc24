"""Where what the command prints cannot be written, it ends with a sentence."""

import os
import subprocess
import sys

import pytest


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has a full device")  # noqa: PTH110
@pytest.mark.parametrize("arguments", [["--help"], ["check", "--help"]])
def test_a_full_disk_ends_with_a_sentence(arguments: list[str]) -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:  # noqa: PTH123
        done = subprocess.run(
            [sys.executable, "-m", "ffanalysis", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 13
    assert done.stderr == (
        "ffanalysis: The output was not written to its end: No space left on device.\n"
    )


def test_a_reader_that_has_gone_ends_with_a_sentence() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "ffanalysis", "--help"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        said = process.stderr.read()
    assert process.returncode == 13
    assert said == ("ffanalysis: The output was not written to its end: what reads it has ended.\n")
