"""What a run takes over and what it renders again.

Exactly what could have come out differently, and nothing else. Which records of earlier runs it
believes is in test_journal.
"""

import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import openpyxl
import pytest
from quick import Quick, contents, names_in, only_the_published_is_left, statuses
from rendered import BUDGET, PERIOD, PROJECT, REGISTER, ROOT, SCHEDULE, add_projects, few, put

from ffanalysis.errors import RunTimeOver
from ffanalysis.render.looks_beyond import looks_beyond_its_project
from ffanalysis.render.task import RenderEnvironment, Result, Task
from ffanalysis.run import inputs, one_run, run

ALWAYS = {"programme", "reconciliation"}
ALL = {PROJECT, "library-hours", "road-repairs"} | ALWAYS


def manifest(root: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(
        (root / "reports" / PERIOD / "run.json").read_text("utf-8")
    )
    return content


def change_manifest(root: Path, change: Callable[[dict[str, Any]], object]) -> None:
    content = manifest(root)
    change(content)
    (root / "reports" / PERIOD / "run.json").write_text(json.dumps(content), "utf-8")


def save_again(path: Path) -> None:
    """Save a workbook as it is; its bytes differ from before."""
    before = path.read_bytes()
    book = openpyxl.load_workbook(path)
    book.properties.title = "Saved again"
    book.save(path)
    assert path.read_bytes() != before


def change_in(root: Path, notebook: str) -> None:
    path = root / "notebooks" / notebook
    path.write_text(
        path.read_text("utf-8").replace(
            "import ffanalysis as ff", "import ffanalysis as ff  # changed"
        ),
        "utf-8",
    )


# Nothing has changed


def test_an_unchanged_programme_renders_nothing_and_has_the_same_bytes_again(
    published: Path, quick: Quick
) -> None:
    before, folder = contents(published), (published / "reports" / PERIOD).resolve()
    told: list[tuple[str, str, int, int]] = []
    summary = run.run(
        PERIOD,
        published,
        on_result=lambda result, done, of: told.append((result.name, result.status, done, of)),
        engine=quick,
    )
    assert quick.made == []
    assert statuses(summary) == dict.fromkeys(
        [PROJECT, "library-hours", "road-repairs", "programme", "reconciliation"], "unchanged"
    )
    assert summary.complete
    assert [(name, status) for name, status, _, _ in told] == list(statuses(summary).items())
    assert [(done, of) for *_, done, of in told] == [(number, 5) for number in range(1, 6)]
    assert contents(published) == before
    assert (published / "reports" / PERIOD).resolve() != folder
    assert only_the_published_is_left(published)


def test_the_manifest_of_an_unchanged_programme_differs_in_what_happened_alone(
    published: Path, quick: Quick
) -> None:
    before = manifest(published)
    quick.run(published)
    after = manifest(published)
    assert {name for name in before if before[name] != after.get(name)} <= {
        "started",
        "seconds",
        "results",
    }
    assert list(after) == list(before)
    assert {(item["status"], item["seconds"]) for item in after["results"]} == {("unchanged", 0)}
    same = {"status": "", "seconds": 0}
    assert [item | same for item in after["results"]] == [item | same for item in before["results"]]


def test_tables_that_were_taken_away_are_read_again_though_nothing_has_changed(
    published: Path, quick: Quick
) -> None:
    processed = published / "data" / "processed"
    kept = {path.name: path.read_bytes() for path in (processed / PERIOD).iterdir()}
    for taken in (processed, processed / PERIOD / "savings.parquet"):
        shutil.rmtree(taken) if taken.is_dir() else taken.unlink()
        summary = quick.run(published)
        assert (quick.made, summary.complete) == ([], True)
        assert {path.name: path.read_bytes() for path in (processed / PERIOD).iterdir()} == kept


def test_what_was_taken_over_once_is_taken_over_again(published: Path, quick: Quick) -> None:
    for _ in range(2):
        summary = quick.run(published)
        assert (quick.made, summary.complete) == ([], True)


def test_a_workbook_saved_again_without_a_changed_cell_renders_nothing(
    published: Path, quick: Quick
) -> None:
    before = contents(published)
    for workbook in (REGISTER, SCHEDULE, BUDGET):
        save_again(published / "data" / "raw" / PERIOD / workbook)
    summary = quick.run(published)
    assert quick.made == []
    assert set(statuses(summary).values()) == {"unchanged"}
    assert summary.complete
    assert contents(published) == before


# Something has


def a_project_of_its_own(root: Path) -> None:
    put(root, {f"{REGISTER}!Projects!L5": "It opens an hour later."})


def a_budget_that_two_projects_share(root: Path) -> None:
    put(root, {f"{BUDGET}!Base budget 2015-16!D5": "£1.084m"})


def a_budget_of_one_project(root: Path) -> None:
    put(root, {f"{BUDGET}!Base budget 2015-16!D6": "£2.6m"})


def the_as_of_date(root: Path) -> None:
    put(root, {f"{REGISTER}!Projects!A2": "As of", f"{REGISTER}!Projects!B2": "29 September 2015"})


def the_notebook_of_projects(root: Path) -> None:
    change_in(root, "project_briefing.ipynb")


def the_notebook_of_the_programme(root: Path) -> None:
    change_in(root, "programme_briefing.ipynb")


def the_notebook_of_the_reconciliation(root: Path) -> None:
    change_in(root, "reconciliation.ipynb")


def a_published_page(root: Path) -> None:
    path = root / "reports" / PERIOD / "library-hours.html"
    path.unlink()
    path.write_text("£1", "utf-8")


def a_published_pdf_that_is_gone(root: Path) -> None:
    (root / "reports" / PERIOD / "library-hours.pdf").unlink()


def a_kept_notebook_that_is_gone(root: Path) -> None:
    (root / "reports" / PERIOD / "notebooks" / "programme.ipynb").unlink()


def a_page_that_is_a_folder(root: Path) -> None:
    path = root / "reports" / PERIOD / "road-repairs.html"
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("change", "made"),
    [
        (a_project_of_its_own, {"library-hours"} | ALWAYS),
        (a_budget_that_two_projects_share, {PROJECT, "library-hours"} | ALWAYS),
        (a_budget_of_one_project, {"road-repairs"} | ALWAYS),
        (the_as_of_date, ALL),
        (the_notebook_of_projects, ALL - ALWAYS),
        (the_notebook_of_the_programme, {"programme"}),
        (the_notebook_of_the_reconciliation, {"reconciliation"}),
        (a_published_page, {"library-hours"}),
        (a_published_pdf_that_is_gone, {"library-hours"}),
        (a_kept_notebook_that_is_gone, {"programme"}),
        (a_page_that_is_a_folder, {"road-repairs"}),
    ],
    ids=lambda value: value.__name__.replace("_", " ") if callable(value) else "",
)
def test_what_could_have_come_out_differently_is_rendered_and_nothing_else(
    published: Path, quick: Quick, change: Callable[[Path], None], made: set[str]
) -> None:
    change(published)
    summary = quick.run(published)
    assert set(quick.made) == made
    assert len(quick.made) == len(made)
    assert statuses(summary) == {
        name: "published" if name in made else "unchanged" for name in statuses(summary)
    }
    assert summary.complete
    # What was taken over is what a run from nothing makes.
    after = contents(published)
    quick.run(published, force=True)
    assert contents(published) == after


def test_a_file_that_nobody_published_leaves_the_reports(published: Path, quick: Quick) -> None:
    before = contents(published)
    (published / "reports" / PERIOD / "old-project.html").write_text("£1", "utf-8")
    quick.run(published)
    assert quick.made == []
    assert contents(published) == before


@pytest.mark.parametrize(
    "file", ["findings.csv", "figures.csv", "corrections.csv", "reconciliation.xlsx"]
)
def test_a_file_of_the_period_that_somebody_changed_is_made_again(
    published: Path, quick: Quick, file: str
) -> None:
    before = contents(published)
    (published / "reports" / PERIOD / file).write_text("changed", "utf-8")
    assert quick.run(published).complete
    assert quick.made == []
    assert contents(published) == before


def test_another_state_of_the_package_renders_everything(
    published: Path, quick: Quick, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    package = shutil.copytree(
        inputs._PACKAGE, tmp_path / "ffanalysis", ignore=shutil.ignore_patterns("__pycache__")
    )
    monkeypatch.setattr(inputs, "_PACKAGE", package)
    quick.run(published)
    assert quick.made == [], "where the package lies does not matter"
    words = package / "present" / "words.py"
    words.write_text(words.read_text("utf-8") + "# changed\n", "utf-8")
    quick.run(published)
    assert set(quick.made) == ALL
    words.rename(words.with_name("speech.py"))
    quick.run(published)
    assert set(quick.made) == ALL


def test_another_version_of_a_library_renders_everything(
    published: Path, quick: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = inputs.installed()
    assert [name for name in there if re.fullmatch(r"matplotlib-\d[\d.]*", name)]
    assert not [name for name in there if name.startswith("ffanalysis")]
    monkeypatch.setattr(inputs, "installed", lambda: [*there[:-1], "zz-1.0"])
    quick.run(published)
    assert set(quick.made) == ALL


def test_a_notebook_that_looks_at_other_projects_is_rendered_when_one_of_them_changes(
    published: Path, quick: Quick
) -> None:
    path = published / "notebooks" / "project_briefing.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell("quarter.savings"))
    nbformat.write(notebook, path)
    assert quick.run(published).complete
    assert set(quick.made) == ALL - ALWAYS
    assert quick.run(published).complete
    assert quick.made == []
    a_project_of_its_own(published)
    assert quick.run(published).complete
    assert set(quick.made) == ALL


@pytest.mark.parametrize(
    ("cell", "looks"),
    [
        ("quarter.savings", True),
        ("ff.load(period).projects", True),
        ("other = quarter", True),
        ("findings.frame()", True),
        ("other = ff.programme(quarter, findings)", True),
        ("from ffanalysis import load", True),
        ("import ffanalysis.api as api", True),
        ("help(ff)", True),
        ("%matplotlib inline", True),
        ("briefing.name", False),
        ("ff.dictionary()", False),
        ("import pandas as pd\npd.DataFrame({'Hours': [12]})", False),
        ("other = ff.briefing(quarter, findings, project)", False),
    ],
)
def test_what_a_cell_looks_at_is_seen_in_what_it_says(cell: str, looks: bool) -> None:
    notebook = nbformat.read(ROOT / "notebooks" / "project_briefing.ipynb", as_version=4)
    assert not looks_beyond_its_project(notebook)
    notebook.cells.append(nbformat.v4.new_code_cell(cell))
    assert looks_beyond_its_project(notebook) == looks


def test_force_renders_everything(published: Path, quick: Quick) -> None:
    before = contents(published)
    summary = quick.run(published, force=True)
    assert set(quick.made) == ALL
    assert set(statuses(summary).values()) == {"published"}
    assert contents(published) == before


@pytest.mark.parametrize("name", ["library-hours", "LIBRARY Hours"])
def test_with_a_project_named_it_is_rendered_with_what_is_about_all_of_them(
    published: Path, quick: Quick, name: str
) -> None:
    before = contents(published)
    summary = quick.run(published, name)
    assert set(quick.made) == {"library-hours"} | ALWAYS
    assert statuses(summary)[PROJECT] == "unchanged"
    assert contents(published) == before


def test_the_longest_are_rendered_first(published: Path, quick: Quick) -> None:
    quick.run(published, force=True)
    assert quick.made == ["programme", "reconciliation", PROJECT, "library-hours", "road-repairs"]


# Manifests that cannot be trusted


def of(entry_name: str, /, **changes: object) -> Callable[[dict[str, Any]], None]:
    """Change one entry of a manifest."""

    def change(content: dict[str, Any]) -> None:
        (entry,) = (entry for entry in content["results"] if entry["name"] == entry_name)
        entry |= changes

    return change


def without(name: str) -> Callable[[dict[str, Any]], None]:
    def change(content: dict[str, Any]) -> None:
        content["results"] = [entry for entry in content["results"] if entry["name"] != name]

    return change


@pytest.mark.parametrize(
    "change",
    few(
        [
            of("library-hours", key="0" * 64),
            of("library-hours", outputs={"library-hours.html": "0" * 64}),
            of("library-hours", key=""),
            of("library-hours", key=7),
            of("library-hours", name=["library-hours"]),
            of("library-hours", outputs={}),
            of("library-hours", outputs=None),
            of("library-hours", outputs=["library-hours.html"]),
            of("library-hours", status="certainly"),
            of("library-hours", more="than there is"),
            lambda content: content["results"][1]["outputs"].update({"../../more.html": "0" * 64}),
            without("library-hours"),
        ],
        2,
    ),
)
def test_an_entry_of_the_manifest_that_does_not_hold_is_not_believed(
    published: Path, quick: Quick, change: Callable[[dict[str, Any]], object]
) -> None:
    before = contents(published)
    change_manifest(published, change)
    change_manifest(published, lambda content: content.update(whole=""))
    assert quick.run(published).complete
    assert quick.made == ["library-hours"]
    assert contents(published) == before
    assert manifest(published)["results"][1]["name"] == "library-hours"


@pytest.mark.parametrize(
    "change",
    few(
        [
            without("library-hours"),
            lambda content: content.pop("verdict"),
            of("library-hours", key=""),
            of("library-hours", name=["library-hours"]),
            of("library-hours", status="certainly"),
            lambda content: content.update(outputs={}),
            lambda content: content.update(outputs=None),
            lambda content: content.update(results=None),
            lambda content: content.update(results=[None]),
            lambda content: content.pop("warnings"),
            lambda content: content["outputs"].update({"findings.csv": "0" * 64}),
            lambda content: content["outputs"].update({"more.html": "0" * 64}),
        ],
        2,
    ),
)
def test_a_manifest_that_says_that_nothing_has_changed_is_not_believed_where_it_does_not_hold(
    published: Path, quick: Quick, change: Callable[[dict[str, Any]], object]
) -> None:
    before = contents(published)
    change_manifest(published, change)
    summary = quick.run(published)
    assert summary.complete
    assert summary.verdict.endswith(" checks passed.")
    assert list(statuses(summary)) == [
        PROJECT,
        "library-hours",
        "road-repairs",
        "programme",
        "reconciliation",
    ]
    assert contents(published) == before
    assert quick.run(published).complete
    assert quick.made == [], "it has been put right"


@pytest.mark.parametrize(
    "text",
    few(["{", "", "[]", "null", "7", '"results"', '{"results": 7}', "\x00", '{"results": ['], 1),
)
def test_a_broken_manifest_vouches_for_nothing(published: Path, quick: Quick, text: str) -> None:
    before = contents(published)
    (published / "reports" / PERIOD / "run.json").write_text(text, "utf-8")
    assert quick.run(published).complete
    assert set(quick.made) == ALL
    assert contents(published) == before


def test_a_manifest_that_is_gone_vouches_for_nothing(published: Path, quick: Quick) -> None:
    (published / "reports" / PERIOD / "run.json").unlink()
    quick.run(published)
    assert set(quick.made) == ALL


@pytest.mark.parametrize(
    "path", few(["../../stolen", "/etc/hostname", "../.runs/x", "notebooks/../../../stolen"], 1)
)
def test_a_changed_manifest_brings_no_file_from_outside_and_puts_none_there(
    published: Path, quick: Quick, path: str
) -> None:
    (published / "stolen").write_text("a secret", "utf-8")
    before = contents(published)
    around = {found for found in published.parent.rglob("*") if "reports" not in found.parts}
    secret = one_run.sha256(published / "stolen")
    change_manifest(published, lambda content: content["outputs"].update({path: secret}))
    change_manifest(published, of("library-hours", outputs={path: secret}))
    assert quick.run(published).complete
    assert quick.made == ["library-hours"]
    assert contents(published) == before
    assert only_the_published_is_left(published)
    assert {
        found for found in published.parent.rglob("*") if "reports" not in found.parts
    } == around


# What was not published is always tried again


NOT_WELL = [
    ("library-hours", "failed", "It did not finish."),
    ("programme", "published, no PDF", "No PDF was made, because it was not."),
    ("programme", "failed", "It did not finish."),
    ("library-hours", "published, no PDF", "No PDF was made, because it was not."),
]


@pytest.mark.parametrize(("name", "status", "reason"), few(NOT_WELL, 2))
def test_what_did_not_end_well_is_tried_again(
    published: Path, quick: Quick, name: str, status: Any, reason: str
) -> None:
    before = contents(published)
    quick.ends[name] = [(status, reason, False)]
    for _ in range(2):
        summary = quick.run(published, force=True)
        assert statuses(summary)[name] == status
        assert not summary.complete
        quick.run(published)
        assert name in quick.made
        assert set(quick.made) <= {name, "programme"}
    quick.ends.clear()
    assert quick.run(published).complete
    assert name in quick.made
    assert contents(published) == before, "no note and no old page has stayed"


def test_what_is_withheld_is_made_once_its_inputs_can_be_read(
    published: Path, quick: Quick
) -> None:
    before = contents(published)
    put(published, {f"{SCHEDULE}!Proposed savings!E10": "tbx"})
    assert statuses(quick.run(published))[PROJECT] == "withheld"
    summary = quick.run(published)
    assert (quick.made, statuses(summary)[PROJECT], summary.complete) == ([], "withheld", False)
    put(published, {f"{SCHEDULE}!Proposed savings!E10": 100})
    assert quick.run(published).complete
    assert PROJECT in quick.made
    assert contents(published).keys() == before.keys()


def test_a_project_that_is_withheld_keeps_no_page_though_another_was_asked_for(
    published: Path, quick: Quick
) -> None:
    put(published, {f"{SCHEDULE}!Proposed savings!E10": "tbx"})
    quick.run(published, "library-hours")
    assert {name for name in contents(published) if PROJECT in name} == {
        f"exceptions/{PROJECT}.html"
    }


def test_what_was_not_whole_is_said_again_though_nothing_has_changed(
    programme: Path, quick: Quick
) -> None:
    budget = f"{BUDGET}!Base budget 2015-16"
    put(programme, {f"{budget}!A6": "Lighting", f"{budget}!C6": "net", f"{budget}!D6": "tbx"})
    first = quick.run(programme)
    assert len(first.warnings) == 1
    assert set(statuses(first).values()) == {"published"}
    second = quick.run(programme)
    assert quick.made == []
    assert set(statuses(second).values()) == {"unchanged"}
    assert (second.warnings, second.verdict, second.complete) == (
        first.warnings,
        first.verdict,
        False,
    )


# The register changes


def test_a_project_that_left_the_register_leaves_the_reports(
    published: Path, quick: Quick, example_quarter: Path
) -> None:
    for workbook in (REGISTER, SCHEDULE):
        shutil.copy(example_quarter / workbook, published / "data" / "raw" / PERIOD / workbook)
    summary = quick.run(published)
    assert set(statuses(summary)) == {PROJECT} | ALWAYS
    assert not [name for name in contents(published) if "library" in name or "road" in name]


def test_a_project_under_another_name_leaves_nothing_under_its_old_one(
    published: Path, quick: Quick
) -> None:
    put(
        published,
        {f"{REGISTER}!Projects!A5": "Library Days", f"{SCHEDULE}!Proposed 5!B2": "Library Days"},
    )
    before = contents(published)
    assert quick.run(published).complete
    # What is found about their service names the projects.
    assert set(quick.made) == {"library-days", PROJECT} | ALWAYS
    renamed = {name.replace("library-hours", "library-days") for name in before}
    assert contents(published).keys() == renamed


def test_a_project_that_is_new_renders_none_of_another_service(
    published: Path, quick: Quick
) -> None:
    add_projects(published, ["Street Lights"])
    put(
        published,
        {
            f"{REGISTER}!Projects!I7": "Lighting",
            **{f"{REGISTER}!Projects!{column}7": "Lamps." for column in "LMNO"},
        },
    )
    quick.run(published)
    assert set(quick.made) == {"street-lights"} | ALWAYS


# Runs that stop, and the next one


@pytest.mark.parametrize(
    "error", few([KeyboardInterrupt(), MemoryError(), RuntimeError("a fault of ours")], 1), ids=repr
)
def test_a_run_that_stops_leaves_what_was_published_and_the_next_goes_on_from_there(
    published: Path, quick: Quick, error: BaseException
) -> None:
    before = contents(published)
    put(published, {f"{SCHEDULE}!Current programme!D9": 345})
    quick.stop_before("library-hours", error)
    with pytest.raises(type(error)):
        quick.run(published)
    assert quick.made == ["programme", "reconciliation", PROJECT]
    assert contents(published) == before
    (left,) = (published / "reports").glob(f".{PERIOD}-*/progress.jsonl")
    assert [json.loads(line)["name"] for line in left.read_text("utf-8").splitlines()] == quick.made
    assert not (left.parent / ".work").exists()
    quick.go_on()
    summary = quick.run(published)
    assert quick.made == ["library-hours"], (
        "what was made is not made again, and what has not changed is not made at all"
    )
    assert statuses(summary) == {
        **dict.fromkeys(statuses(summary), "published"),
        "road-repairs": "unchanged",
    }
    assert summary.complete
    assert only_the_published_is_left(published)
    assert "progress.jsonl" not in contents(published)
    after = contents(published)
    quick.run(published, force=True)
    assert contents(published) == after


def test_a_run_may_stop_again_and_again(published: Path, quick: Quick) -> None:
    put(
        published,
        {f"{REGISTER}!Projects!A2": "As of", f"{REGISTER}!Projects!B2": "29 September 2015"},
    )
    made = []
    for name in ("reconciliation", "library-hours", "road-repairs"):
        quick.stop_before(name, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            quick.run(published)
        made += quick.made
    quick.go_on()
    assert quick.run(published).complete
    assert [*made, *quick.made] == [
        "programme",
        "reconciliation",
        PROJECT,
        "library-hours",
        "road-repairs",
    ]
    assert only_the_published_is_left(published)


def test_a_first_run_that_stops_publishes_nothing(programme: Path, quick: Quick) -> None:
    quick.stop_before(PROJECT, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        quick.run(programme)
    assert not (programme / "reports" / PERIOD).exists()
    quick.go_on()
    summary = quick.run(programme)
    assert quick.made == [PROJECT]
    assert summary.complete


def test_a_run_that_stops_before_it_has_made_anything_leaves_nothing(
    published: Path, quick: Quick
) -> None:
    quick.stop_before("programme", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        quick.run(published, force=True)
    assert only_the_published_is_left(published)


def test_what_a_stopped_run_made_of_other_inputs_is_not_taken_over(
    published: Path, quick: Quick
) -> None:
    before = contents(published)
    put(published, {f"{BUDGET}!Base budget 2015-16!D5": "£1.084m"})
    quick.stop_before("library-hours", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        quick.run(published)
    quick.go_on()
    put(published, {f"{BUDGET}!Base budget 2015-16!D5": "£1.083m"})
    assert set(statuses(quick.run(published)).values()) == {"unchanged"}
    assert quick.made == []
    assert contents(published) == before
    assert only_the_published_is_left(published)


def test_what_was_asked_for_by_name_is_made_though_a_stopped_run_has_it(
    published: Path, quick: Quick
) -> None:
    quick.stop_before("road-repairs", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        quick.run(published, force=True)
    quick.go_on()
    quick.run(published, "library-hours")
    assert set(quick.made) == {"library-hours"} | ALWAYS


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_a_run_that_stops_while_it_writes_its_manifest_has_made_all(
    published: Path, quick: Quick, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    replaces = Path.replace

    def stops(self: Path, target: Path) -> Path:
        if target.name == "run.json":
            raise error
        return replaces(self, target)

    put(published, {f"{SCHEDULE}!Current programme!D9": 345})
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", stops)
        with pytest.raises(error):
            quick.run(published)
    assert quick.run(published).complete
    assert quick.made == []
    assert only_the_published_is_left(published)
    assert not [name for name in contents(published) if name.startswith(".")]


class Clock:
    """A clock that stands still until a task or two have taken their time."""

    def __init__(self) -> None:
        self.now = 1000.0

    def takes(self, minutes: float) -> None:
        self.now += 60 * minutes


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(one_run, "monotonic", lambda: clock.now)
    return clock


def test_a_run_whose_time_is_over_says_so_and_the_next_goes_on_from_there(
    published: Path, quick: Quick, clock: Clock
) -> None:
    before = contents(published)
    quick.before = lambda *_: clock.takes(3)
    said = (
        r"^The run of 2015-16-Q2 was stopped after 5 minutes, with 2 of 5 made\. .* run it again to"
        r" go on from here\.$"
    )
    put(published, {f"{SCHEDULE}!Current programme!D9": 345})
    with pytest.raises(RunTimeOver, match=said) as caught:
        quick.run(published, minutes=5)
    assert caught.value.exit_code == 13
    assert quick.made == ["programme", "reconciliation"]
    assert contents(published) == before
    quick.go_on()
    assert quick.run(published).complete
    assert quick.made == [PROJECT, "library-hours"]


def test_a_run_is_stopped_too_once_all_tasks_are_handed_out(
    published: Path, quick: Quick, clock: Clock
) -> None:
    def all_at_once(
        tasks: Iterable[Task], environment: RenderEnvironment, jobs: int
    ) -> Iterator[Result]:
        handed_out = list(tasks)
        clock.takes(6)
        yield from quick(handed_out, environment, jobs)

    with pytest.raises(RunTimeOver, match="with 1 of 5 made"):
        run.run(PERIOD, published, run.RunOptions(force=True, run_minutes=5), engine=all_at_once)


def test_a_run_is_stopped_too_while_it_tries_again(
    published: Path, quick: Quick, clock: Clock
) -> None:
    died = ("failed", "its kernel died.", True)
    quick.ends = {name: [died, ("published", "", False)] for name in (PROJECT, "library-hours")}
    quick.before = lambda task, _: clock.takes(
        6 if task.name == PROJECT and PROJECT in quick.made else 0
    )
    with pytest.raises(RunTimeOver, match="with 4 of 5 made"):
        quick.run(published, force=True, minutes=5)


def test_a_run_that_has_made_all_is_not_stopped_though_its_time_is_over(
    published: Path, quick: Quick, clock: Clock
) -> None:
    quick.before = lambda task, _: clock.takes(6 if task.name == "road-repairs" else 0)
    assert quick.run(published, force=True, minutes=5).complete


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


def change_what_was_made(journal: Path) -> None:
    (journal.parent / f"{PROJECT}.html").write_text("£1", "utf-8")


def remove_what_was_made(journal: Path) -> None:
    (journal.parent / "notebooks" / f"{PROJECT}.ipynb").unlink()


def name_another_key(journal: Path) -> None:
    *lines, last = journal.read_text("utf-8").splitlines()
    journal.write_text(
        "\n".join([*lines, json.dumps(json.loads(last) | {"key": "0" * 64})]), "utf-8"
    )


def name_other_files(journal: Path) -> None:
    *lines, last = journal.read_text("utf-8").splitlines()
    outputs = {"../../data/secret": one_run.sha256(journal)}
    journal.write_text(
        "\n".join([*lines, json.dumps(json.loads(last) | {"outputs": outputs})]), "utf-8"
    )


def say_that_it_failed(journal: Path) -> None:
    *lines, last = journal.read_text("utf-8").splitlines()
    journal.write_text(
        "\n".join([*lines, json.dumps(json.loads(last) | {"status": "failed"})]), "utf-8"
    )


@pytest.mark.parametrize(
    "spoil",
    few(
        [
            cut_the_last_line,
            write_rubbish,
            change_what_was_made,
            remove_what_was_made,
            name_another_key,
            name_other_files,
            say_that_it_failed,
        ],
        2,
    ),
    ids=lambda spoil: spoil.__name__.replace("_", " "),
)
def test_of_a_journal_only_what_still_holds_is_believed(
    published: Path, quick: Quick, spoil: Callable[[Path], None]
) -> None:
    put(published, {f"{SCHEDULE}!Current programme!D9": 345})
    quick.stop_before("library-hours", KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        quick.run(published)
    (journal,) = (published / "reports").glob(f".{PERIOD}-*/progress.jsonl")
    spoil(journal)
    quick.go_on()
    assert quick.run(published).complete
    assert quick.made == [PROJECT, "library-hours"]
    assert only_the_published_is_left(published)
    after = contents(published)
    quick.run(published, force=True)
    assert contents(published) == after


@pytest.mark.parametrize("rubbish", [b"", b"\xff\xfe\x00", b"\n\n\n"])
def test_a_journal_that_cannot_be_read_vouches_for_nothing(
    published: Path, quick: Quick, rubbish: bytes
) -> None:
    left = published / "reports" / f".{PERIOD}-2026-0001"
    left.mkdir()
    (left / "progress.jsonl").write_bytes(rubbish)
    assert set(statuses(quick.run(published)).values()) == {"unchanged"}
    assert only_the_published_is_left(published)


# Files under a second name


def test_a_page_that_is_made_again_in_mid_run_does_not_change_the_published_one(
    published: Path, quick: Quick
) -> None:
    """The programme page is taken over, under a second name of the same file.

    Then a project fails, and it must say so.
    """
    change_in(published, "project_briefing.ipynb")
    quick.ends["library-hours"] = [("failed", "It did not finish.", False)]
    before = contents(published)
    seen: list[dict[str, bytes]] = []
    end = one_run.exception_note

    def note(*facts: Any, **more: Any) -> str:
        seen.append(contents(published))
        return end(*facts, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(one_run, "exception_note", note)
        quick.run(published)
    assert quick.made[-1] == "programme"
    assert seen == [before]
    assert contents(published)["index.html"] != before["index.html"]


def test_where_files_have_one_name_each_they_are_copied(
    published: Path, quick: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object, **__: object) -> None:
        raise OSError("no second names here")

    monkeypatch.setattr(os, "link", refuses)
    before = contents(published)
    summary = quick.run(published)
    assert set(statuses(summary).values()) == {"unchanged"}
    assert contents(published) == before
    assert names_in(published / "reports" / PERIOD / "notebooks") == {
        f"{name}.ipynb" for name in ALL
    }
