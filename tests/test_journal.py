"""What a run has recorded is believed only where it holds: entries, manifests, journals, files.

Runs over records like these are in test_carry_over.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from ffanalysis.render.task import Result, Task, sha256
from ffanalysis.run.journal import (
    Journal,
    has_lines,
    is_up_to_date,
    link_or_copy,
    load_results,
    verify_unchanged,
    write_manifest,
)

WHOLE = "the inputs"
PERIOD_FILES = ["findings.csv"]
TASKS = {
    name: Task(name, name, "2015-16-Q2", "n.ipynb", {}, f"{name}.html", f"{name}.pdf", name * 8)
    for name in ("one", "two")
}


@pytest.fixture
def results(tmp_path: Path) -> list[Result]:
    """The results of both tasks, whose files are in the folder."""
    found = []
    for name, task in TASKS.items():
        for file in task.files:
            (tmp_path / file).parent.mkdir(exist_ok=True)
            (tmp_path / file).write_text(f"{file} of {name}", "utf-8")
        outputs = {file: sha256(tmp_path / file) for file in task.files}
        found.append(Result(name, "published", {}, 0.5, "", task.cache_key, outputs))
    (tmp_path / "findings.csv").write_text("id", "utf-8")
    return found


@pytest.fixture
def folder(tmp_path: Path, results: list[Result]) -> Path:
    """A folder with a manifest that vouches for all that is in it."""
    entries = [asdict(result) for result in results]
    for entry in entries:
        del entry["retryable"]
    outputs = {file: digest for entry in entries for file, digest in entry["outputs"].items()}
    manifest = {
        "as_of": "2015-09-30",
        "verdict": "No error.",
        "warnings": [],
        "results": entries,
        "whole": WHOLE,
        "tables_digest": "t",
        "outputs": {**outputs, "findings.csv": sha256(tmp_path / "findings.csv")},
    }
    write_manifest(tmp_path, manifest)
    return tmp_path


@pytest.fixture
def stopped(tmp_path: Path, results: list[Result]) -> Path:
    """The same folder, of a run that stopped before it wrote its manifest."""
    journal = Journal(tmp_path)
    for result in results:
        journal.write(result)
    journal.close()
    return tmp_path


def believed(folder: Path) -> list[str]:
    """The tasks whose recorded files are used again."""
    results = load_results(folder)
    return [name for name, task in TASKS.items() if is_up_to_date(results.get(name), task, folder)]


def unchanged(folder: Path, whole: str = WHOLE) -> bool:
    """Whether all that is in the folder is used again."""
    return verify_unchanged(folder, whole, load_results(folder), PERIOD_FILES) is not None


def changed(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = folder / "run.json"
    content = json.loads(path.read_text("utf-8"))
    change(content)
    path.write_text(json.dumps(content), "utf-8")


def of_two(**changes: object) -> Callable[[dict[str, Any]], None]:
    """Change the entry of the second task."""
    return lambda content: content["results"][1].update(changes)


def test_what_was_recorded_and_is_there_is_believed(folder: Path) -> None:
    assert believed(folder) == ["one", "two"]
    assert unchanged(folder)
    assert not has_lines(folder)


def test_what_was_made_from_other_inputs_is_not(folder: Path) -> None:
    results = load_results(folder)
    other = replace(TASKS["one"], cache_key="other")
    assert not is_up_to_date(results["one"], other, folder)
    assert not unchanged(folder, "other inputs")


@pytest.mark.parametrize(
    "change",
    [
        of_two(key=""),
        of_two(key="0" * 64),
        of_two(key=7),
        of_two(name=["two"]),
        of_two(outputs={}),
        of_two(outputs=None),
        of_two(outputs=["two.html"]),
        of_two(outputs={"two.html": "0" * 64}),
        of_two(status="certainly"),
        of_two(more="than there is"),
        lambda content: content["results"][1]["outputs"].update({"../../more.html": "0" * 64}),
        lambda content: content["results"].pop(1),
        lambda content: content["results"].__setitem__(1, None),
    ],
)
def test_an_entry_that_does_not_hold_is_not_believed_and_others_are(
    folder: Path, change: Callable[[dict[str, Any]], object]
) -> None:
    changed(folder, change)
    assert believed(folder) == ["one"]


@pytest.mark.parametrize(
    "change",
    [
        of_two(key=""),
        of_two(name=["two"]),
        of_two(status="certainly"),
        lambda content: content["results"].pop(1),
        lambda content: content.update(outputs={}),
        lambda content: content.update(outputs=None),
        lambda content: content.update(results=None),
        lambda content: content.update(results=[None]),
        lambda content: content.update(warnings=["one project is withheld"]),
        lambda content: content.update(verdict=7),
        lambda content: content.pop("verdict"),
        lambda content: content.pop("as_of"),
        lambda content: content.pop("tables_digest"),
        lambda content: content.pop("warnings"),
        lambda content: content.pop("whole"),
        lambda content: content["outputs"].update({"findings.csv": "0" * 64}),
        lambda content: content["outputs"].update({"more.html": "0" * 64}),
    ],
)
def test_a_manifest_that_does_not_hold_does_not_say_that_nothing_has_changed(
    folder: Path, change: Callable[[dict[str, Any]], object]
) -> None:
    changed(folder, change)
    assert not unchanged(folder)


@pytest.mark.parametrize(
    "path", ["../../stolen", "/etc/hostname", "../.runs/x", "notebooks/../../../stolen"]
)
def test_a_path_that_leads_outside_is_not_believed(folder: Path, path: str) -> None:
    changed(folder, lambda content: content["outputs"].update({path: "0" * 64}))
    assert not unchanged(folder)
    changed(folder, of_two(outputs={path: "0" * 64}))
    assert believed(folder) == ["one"]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "7", '"results"', '{"results": 7}', "\x00", '{"results": [']
)
def test_a_broken_manifest_vouches_for_nothing(folder: Path, text: str) -> None:
    (folder / "run.json").write_text(text, "utf-8")
    assert believed(folder) == []
    assert not unchanged(folder)


def test_nor_does_one_that_is_gone(folder: Path) -> None:
    (folder / "run.json").unlink()
    assert believed(folder) == []
    assert not unchanged(folder)


@pytest.mark.parametrize("file", ["two.html", "two.pdf", "notebooks/two.ipynb"])
def test_a_file_that_was_changed_or_is_gone_is_made_again(folder: Path, file: str) -> None:
    (folder / file).write_text("£1", "utf-8")
    assert (believed(folder), unchanged(folder)) == (["one"], False)
    (folder / file).unlink()
    assert (believed(folder), unchanged(folder)) == (["one"], False)
    (folder / file).mkdir()
    assert (believed(folder), unchanged(folder)) == (["one"], False)


@pytest.mark.parametrize("file", ["more.html", "notebooks/more.ipynb", ".hidden"])
def test_a_file_that_no_run_has_made_is_a_change(folder: Path, file: str) -> None:
    (folder / file).write_text("more", "utf-8")
    assert (believed(folder), unchanged(folder)) == (["one", "two"], False)


# Journals


def of_the_last(**changes: object) -> Callable[[Path], None]:
    def change(journal: Path) -> None:
        *lines, last = journal.read_text("utf-8").splitlines()
        journal.write_text("\n".join([*lines, json.dumps(json.loads(last) | changes)]), "utf-8")

    return change


def cut_the_last_line(journal: Path) -> None:
    journal.write_bytes(journal.read_bytes()[:-30])


def write_rubbish(journal: Path) -> None:
    lines = journal.read_text("utf-8").splitlines()[:-1]
    rubbish = [
        "[1, 2",
        '"text"',
        "{}",
        "null",
        "7",
        '{"name": [], "key": 1, "status": "published", "outputs": {}}',
    ]
    journal.write_text("\n".join([*rubbish, *lines, *rubbish]), "utf-8")


def test_what_a_run_made_before_it_stopped_is_believed(stopped: Path) -> None:
    assert has_lines(stopped)
    assert believed(stopped) == ["one", "two"]
    assert not unchanged(stopped)


@pytest.mark.parametrize(
    "spoil",
    [
        cut_the_last_line,
        write_rubbish,
        lambda journal: (journal.parent / "two.html").write_text("£1", "utf-8"),
        lambda journal: (journal.parent / "notebooks" / "two.ipynb").unlink(),
        of_the_last(key="0" * 64),
        of_the_last(outputs={"../../data/secret": "0" * 64}),
        of_the_last(status="failed"),
    ],
)
def test_of_a_journal_only_what_still_holds_is_believed(
    stopped: Path, spoil: Callable[[Path], object]
) -> None:
    spoil(stopped / "progress.jsonl")
    assert believed(stopped) == ["one"]


def test_a_journal_that_is_no_text_vouches_for_nothing(stopped: Path) -> None:
    (stopped / "progress.jsonl").write_bytes(b"\xff\xfe")
    assert believed(stopped) == []


def test_the_manifest_takes_the_place_of_the_journal(stopped: Path) -> None:
    write_manifest(stopped, {"results": []})
    assert believed(stopped) == []
    assert not has_lines(stopped)


def test_files_are_taken_over_under_a_second_name_or_as_copies(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    linked, copied = tmp_path_factory.mktemp("linked"), tmp_path_factory.mktemp("copied")
    files = TASKS["one"].files
    link_or_copy(files, folder, linked)
    assert all((linked / file).samefile(folder / file) for file in files)

    def refuses(*_: object) -> None:
        raise OSError("no second names here")

    monkeypatch.setattr("os.link", refuses)
    link_or_copy(files, folder, copied)
    assert not any((copied / file).samefile(folder / file) for file in files)
    assert [(copied / file).read_bytes() for file in files] == [
        (folder / file).read_bytes() for file in files
    ]
