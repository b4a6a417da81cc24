from pathlib import Path

import hostile_files
import pytest
from hostile_files import Hostile, faults, made_on_purpose, outcomes


def complaints(files: list[Hostile], folder: Path) -> dict[str, list[str]]:
    """What is wrong with how each file was received; a file that nothing came of is one of them."""
    received = {file.what: faults(file, outcome) for file, outcome in outcomes(iter(files), folder)}
    assert len(received) == len(files)
    return {what: found for what, found in received.items() if found}


@pytest.mark.slow
def test_a_bad_file_is_read_or_refused_in_plain_words_within_its_time_and_memory(
    tmp_path: Path,
) -> None:
    assert complaints(list(hostile_files.hostile_files(60, 20150930)), tmp_path) == {}


@pytest.mark.slow
def test_each_refusal_gives_the_reason(tmp_path: Path) -> None:
    wanted = (
        "encrypted package",
        "password in an old xls",
        "empty .xlsx",
        "pdf as .xlsx",
        "letter as .xlsx",
        ".xls as .xlsx",
        "large sheet",
        "one part for many sheets",
        "laughs in utf-16 xl/sharedStrings.xml",
        "deep c in xl/worksheets/sheet1.xml",
        "without xl/styles.xml",
        "same cell twice",
        "number 1e400",
        "filled cells 1e9 times",
        "csv: unclosed quote",
        "folder .xlsx",
        "loop .xlsx",
        "pipe .csv",
    )
    files = [file for file in made_on_purpose() if file.what in wanted]
    assert [file.what for file in files if not file.why] == []
    assert len(files) == len(wanted)
    assert complaints(files, tmp_path) == {}


def test_the_same_seed_makes_the_same_files_and_each_of_them_once() -> None:
    files = list(hostile_files.hostile_files(400, 7))
    assert files == list(hostile_files.hostile_files(400, 7))
    assert files != list(hostile_files.hostile_files(400, 8))
    assert len({(file.name, file.content, file.sort) for file in files}) >= 300
    assert len({file.what for file in made_on_purpose()}) == len(made_on_purpose()) >= 300


def test_a_file_received_badly_is_noticed() -> None:
    file = Hostile("cut off", "budget.xlsx", b"", "it is empty")
    good = "budget.xlsx cannot be read: it is empty. Take it away, or save the workbook again."
    received = {
        ("refused", good, 1.0, 10**8): False,
        ("refused", good, 11.0, 10**8): True,
        ("refused", good, 1.0, 2 * 10**9): True,
        ("read", "", 1.0, 10**8): True,
        ("refused", "budget.xlsx cannot be read: it is encrypted.", 1.0, 10**8): True,
        ("refused", "budget.xlsx cannot be read: it is empty.\nTake it away.", 1.0, 10**8): True,
        ("refused", "budget.xlsx cannot be read: it is empty, KeyError('x').", 1.0, 10**8): True,
        ("refused", "it is empty.", 1.0, 10**8): True,
        ("traceback", "KeyError: 'x'", 1.0, 10**8): True,
        ("ended", "-9: ", 0, 0): True,
    }
    assert {
        outcome: bool(faults(file, hostile_files.Outcome(*outcome))) for outcome in received
    } == received
