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
def test_a_bad_file_is_read_or_refused_in_plain_words_within_its_work_and_memory(
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


def test_what_is_counted_is_the_same_each_time_and_within_the_limits_of_its_scale(
    tmp_path: Path,
) -> None:
    wanted = ("many tags", "nearly too many cells", "csv: many blank fields", "corners of too many")
    files = [file for file in made_on_purpose() if file.what in wanted]
    first, second = (
        {file.what: outcome[2:5] for file, outcome in outcomes(iter(files), folder)}
        for folder in (tmp_path, tmp_path)
    )
    assert first == second
    limits = hostile_files.limits_of(hostile_files.TENTH)
    assert {
        what: (steps > limits.most_steps, cells > limits.most_cells)
        for what, (_, steps, cells) in first.items()
    } == {
        "many tags": (True, False),
        "nearly too many cells": (False, False),
        "csv: many blank fields": (True, False),
        "corners of too many": (True, False),
    }


def test_a_file_received_badly_is_noticed() -> None:
    file = Hostile("cut off", "budget.xlsx", b"", "it is empty")
    good = "budget.xlsx cannot be read: it is empty. Delete it, or save the workbook again."
    usual = (10**6, 10**6, 10**5, 10**8)
    received = {
        ("refused", good, *usual): False,
        ("refused", good, 10**9, 10**6, 10**5, 10**8): False,  # so much it only says to unpack to
        ("refused", good, 10**6, 10**7, 10**5, 10**8): True,
        ("refused", good, 10**6, 10**6, 10**6, 10**8): True,
        ("refused", good, 10**6, 10**6, 10**5, 2 * 10**9): True,
        ("read", "", *usual): True,
        ("refused", "budget.xlsx cannot be read: it is encrypted.", *usual): True,
        ("refused", "budget.xlsx cannot be read: it is empty.\nDelete it.", *usual): True,
        ("refused", "budget.xlsx cannot be read: it is empty, KeyError('x').", *usual): True,
        ("refused", "it is empty.", *usual): True,
        ("traceback", "KeyError: 'x'", *usual): True,
        ("ended", "-9: ", 0, 0, 0, 0): True,
    }
    assert {
        outcome: bool(faults(file, hostile_files.Outcome(*outcome))) for outcome in received
    } == received
