"""Release: who may let a quarter go, when that lapses, and whether what was kept is as it was."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from quick import Quick, names_in, statuses
from rendered import PERIOD, SCHEDULE, put

from ffanalysis.chain import Chain
from ffanalysis.cli import main
from ffanalysis.deliver import kept
from ffanalysis.deliver.may_release import same_person
from ffanalysis.deliver.release import release, standing, withdraw
from ffanalysis.errors import (
    InputsChangedSince,
    JournalBroken,
    NothingPublished,
    NotReleased,
    ReleaseRefused,
    ReportsChanged,
    SpreadsheetDiffers,
    SpreadsheetMissing,
)
from ffanalysis.periods import long_date
from ffanalysis.read.corrections import read_explanations
from ffanalysis.run import run, spreadsheet
from ffanalysis.run.spreadsheet import Difference, Recalculation

ANALYST, HEAD = "Ann Analyst", "Böhm, Head"
SETTINGS = f"""[releasers]
"{HEAD}" = "head@example.gov.uk"
"{ANALYST}" = "ann@example.gov.uk"
"""
# The paper's error, which each of the three projects has: 100 + 100 = 200, and 100 is printed.
EXPLAINED = "".join(
    f"""[[explanation]]
finding = "proposed-total:{project}"
stated = 100000
calculated = 200000
why = "a displaced total"
by = "Ann Analyst"
date = 2015-10-05
until = 2999-12-31
"""
    for project in ("sen-contract-efficiency", "library-hours", "road-repairs")
)


def declare(root: Path, name: str, text: str) -> None:
    (root / "data" / "raw" / PERIOD / name).write_text(text, "utf-8")


def rerun(quick: Quick, root: Path, by: str = ANALYST) -> run.Summary:
    return run.run(PERIOD, root, run.RunOptions(jobs=1, by=by), engine=quick)


@pytest.fixture
def ready(published: Path, quick: Quick) -> Path:
    """A quarter that may be released: errors explained, preparer and releasers known."""
    declare(published, "settings.toml", SETTINGS)
    declare(published, "explanations.toml", EXPLAINED)
    rerun(quick, published)
    return published


def test_a_releaser_who_did_not_prepare_it_releases_a_quarter(ready: Path) -> None:
    made, is_new = release(ready, PERIOD, "head böhm")
    assert (made.number, made.by, is_new) == (1, HEAD, True)
    assert standing(ready, PERIOD).holds
    (line,) = Chain(ready / "reports", PERIOD).lines()
    assert line.facts["prepared_by"] == [ANALYST]
    assert line.facts["explained"] == [
        "proposed-total:sen-contract-efficiency",
        "proposed-total:library-hours",
        "proposed-total:road-repairs",
    ]
    folder = kept.folder_of(ready / "reports", PERIOD, 1)
    assert names_in(folder) == {"pages", "inputs", "manifest.json"}
    released = ready / "reports" / PERIOD / "index.html"
    assert (folder / "pages" / "index.html").read_bytes() == released.read_bytes()
    assert (folder / "inputs" / "data" / "raw" / PERIOD / SCHEDULE).is_file()
    assert not kept.verify(folder).faults


def test_what_is_released_already_is_not_released_twice(ready: Path) -> None:
    release(ready, PERIOD, HEAD)
    made, is_new = release(ready, PERIOD, HEAD)
    assert (made.number, is_new) == (1, False)
    assert len(Chain(ready / "reports", PERIOD).lines()) == 1


def refused(root: Path, by: str = HEAD) -> str:
    with pytest.raises(ReleaseRefused) as error:
        release(root, PERIOD, by)
    assert not (root / "reports" / "journal" / f"{PERIOD}.jsonl").exists()
    assert not (root / "reports" / "released").exists()
    return str(error.value)


@pytest.mark.parametrize("by", [ANALYST, "ann analyst", "Analyst, Ann", "  Ánn   ANALYST "])
def test_a_preparer_cannot_release(ready: Path, by: str) -> None:
    assert "took part in preparing these figures" in refused(ready, by)


def test_who_explained_an_error_prepared_it_too(ready: Path, quick: Quick) -> None:
    declare(ready, "explanations.toml", EXPLAINED.replace("Ann Analyst", "Head Bohm", 1))
    rerun(quick, ready)
    assert f"{HEAD} took part in preparing" in refused(ready)


def test_who_runs_what_is_unchanged_prepares_nothing(ready: Path, quick: Quick) -> None:
    rerun(quick, ready, HEAD)
    assert release(ready, PERIOD, HEAD)[1]


def test_a_preparer_stays_one_whoever_makes_the_same_pages_again(ready: Path, quick: Quick) -> None:
    declare(ready, "explanations.toml", EXPLAINED.replace("Ann Analyst", "Zoe"))
    rerun(quick, ready)
    again = run.RunOptions(jobs=1, by="Zed", force=True)
    run.run(PERIOD, ready, again, engine=quick)
    assert "took part in preparing" in refused(ready, ANALYST)


def test_a_stranger_cannot_release(ready: Path) -> None:
    said = refused(ready, "Cy Stranger")
    assert said == (
        f"Cy Stranger may not release: [releasers] in settings.toml names {HEAD}, {ANALYST}."
    )
    assert "needs the name" in refused(ready, " ")


def test_without_releasers_nobody_can(ready: Path, quick: Quick) -> None:
    declare(ready, "settings.toml", "")
    rerun(quick, ready)
    assert "names nobody who may release" in refused(ready)


def test_four_eyes_can_be_switched_off_by_the_settings_alone(ready: Path, quick: Quick) -> None:
    declare(ready, "settings.toml", f"{SETTINGS}[release]\nfour_eyes = false\n")
    rerun(quick, ready)
    assert release(ready, PERIOD, ANALYST)[0].by == ANALYST


def test_an_unknown_preparer_is_nobody_that_a_releaser_can_be_told_from(
    ready: Path, quick: Quick
) -> None:
    declare(ready, "explanations.toml", "")
    manifest = ready / "reports" / PERIOD / "run.json"
    facts = json.loads(manifest.read_text("utf-8"))
    manifest.write_text(json.dumps({**facts, "prepared_by": []}), "utf-8")
    rerun(quick, ready, "")
    assert "It is not known who prepared the briefings" in refused(ready)
    declare(
        ready,
        "settings.toml",
        SETTINGS + f'[release]\nprepared_by = "{HEAD}"\n',
    )
    rerun(quick, ready, "")
    assert json.loads(manifest.read_text("utf-8"))["prepared_by"] == [HEAD]


@pytest.mark.parametrize(
    "text",
    [
        EXPLAINED.replace("hours", "other"),
        EXPLAINED.replace("200000", "150000", 1),
        EXPLAINED.replace("2999-12-31", "2026-01-01", 1),
    ],
    ids=["none", "of other amounts", "until a day that is over"],
)
def test_a_failed_check_without_an_explanation_that_holds_is_no_release(
    ready: Path, quick: Quick, text: str
) -> None:
    declare(ready, "explanations.toml", text)
    rerun(quick, ready)
    project = "library-hours" if "other" in text else "sen-contract-efficiency"
    assert refused(ready) == (
        f"One failed check has no explanation that holds: proposed-total:{project}."
        " Correct the figures, or say in explanations.toml why it is right to go on."
    )


def test_what_is_refused_for_an_error_comes_with_the_entry_to_fill_in(
    ready: Path, quick: Quick
) -> None:
    declare(ready, "explanations.toml", "")
    rerun(quick, ready)
    words = ["release", PERIOD, "--by", HEAD]
    told = CliRunner(env={"FFANALYSIS_ROOT": str(ready)}).invoke(main, words)
    assert told.exit_code == 12
    entry = told.output.partition("\n\n")[0]
    assert entry.startswith('[[explanation]]\nfinding = "proposed-total:sen-contract-efficiency"')
    filled = entry.replace('why = ""', 'why = "a displaced total"').replace('by = ""', 'by = "Z"')
    (row,) = read_explanations(filled.replace("until = ", "until = 2999-12-31").encode())
    assert (row["stated_pence"], row["calculated_pence"]) == (10_000_000, 20_000_000)


def test_an_explanation_of_nothing_is_told_by_the_check(ready: Path) -> None:
    declare(ready, "explanations.toml", EXPLAINED.replace("library-hours", "nothing"))
    told = CliRunner(env={"FFANALYSIS_ROOT": str(ready)}).invoke(main, ["check", PERIOD])
    said = "explanations.toml: 'proposed-total:nothing' is no finding of this quarter; delete it."
    assert said in told.output


def test_a_workbook_that_changed_since_the_run_is_no_release(ready: Path) -> None:
    put(ready, {f"{SCHEDULE}!Current programme!C9": 1026})
    with pytest.raises(InputsChangedSince, match=rf"{SCHEDULE} has changed since"):
        release(ready, PERIOD, HEAD)


def test_a_page_that_changed_since_the_run_is_no_release(ready: Path) -> None:
    page = ready / "reports" / PERIOD / "index.html"
    page.write_text(page.read_text("utf-8") + " ", "utf-8")
    with pytest.raises(ReportsChanged, match=r"index\.html is not as the run wrote it"):
        release(ready, PERIOD, HEAD)


def test_nothing_published_is_no_release(ready: Path) -> None:
    shutil.rmtree((ready / "reports" / PERIOD).resolve())
    (ready / "reports" / PERIOD).unlink()
    with pytest.raises(NothingPublished):
        release(ready, PERIOD, HEAD)


# --- how it ends ----------------------------------------------------------------------------------


def test_a_release_lapses_on_a_change_of_one_cell(ready: Path, quick: Quick) -> None:
    release(ready, PERIOD, HEAD)
    put(ready, {f"{SCHEDULE}!Current programme!C9": 1026})
    rerun(quick, ready)
    found = standing(ready, PERIOD)
    assert not found.holds
    assert found.why_not == (
        f"The release of {PERIOD} by {HEAD} has lapsed: its pages have changed since. Release it"
        " again."
    )
    # What was released is still there as it was.
    assert not kept.verify(kept.folder_of(ready / "reports", PERIOD, 1)).faults


def test_a_new_release_is_a_folder_and_a_line_of_its_own(ready: Path, quick: Quick) -> None:
    release(ready, PERIOD, HEAD)
    withdraw(ready, PERIOD, HEAD, "a wrong page")
    today = long_date(datetime.now(UTC).date())
    why = f"{HEAD} withdrew the release of {PERIOD} on {today}: a wrong page."
    assert standing(ready, PERIOD).why_not == why
    with pytest.raises(NotReleased):
        withdraw(ready, PERIOD, HEAD, "again")
    made, is_new = release(ready, PERIOD, HEAD)
    assert (made.number, is_new) == (2, True)
    assert standing(ready, PERIOD).holds
    assert [line.event for line in Chain(ready / "reports", PERIOD).lines()] == [
        "released",
        "withdrawn",
        "released",
    ]
    for number in (1, 2):
        assert not kept.verify(kept.folder_of(ready / "reports", PERIOD, number)).faults


def test_a_quarter_that_was_never_released_says_so(ready: Path) -> None:
    assert standing(ready, PERIOD).why_not == f"{PERIOD} has not been released."


# --- what was kept --------------------------------------------------------------------------------


def make_changeable(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755)


def change(folder: Path) -> None:
    page = folder / "pages" / "index.html"
    page.write_bytes(page.read_bytes() + b" ")


def take_away(folder: Path) -> None:
    (folder / "pages" / "programme.pdf").unlink()


def put_beside(folder: Path) -> None:
    (folder / "pages" / "other.html").write_text("", "utf-8")


def change_manifest(folder: Path) -> None:
    """One page and its digest in the manifest, both changed alike."""
    change(folder)
    manifest = folder / "manifest.json"
    facts = json.loads(manifest.read_text("utf-8"))
    facts["files"] = kept.file_digests(folder)
    manifest.write_text(json.dumps(facts), "utf-8")


def change_journal(folder: Path) -> None:
    journal = folder.parents[2] / "journal" / f"{PERIOD}.jsonl"
    journal.write_text(journal.read_text("utf-8").replace("a wrong page", "a right page"), "utf-8")


def change_last_line(folder: Path) -> None:
    journal = folder.parents[2] / "journal" / f"{PERIOD}.jsonl"
    *lines, last = journal.read_text("utf-8").splitlines(keepends=True)
    journal.write_text("".join([*lines, last.replace(HEAD, "Mr Nobody")]), "utf-8")


def cut_journal(folder: Path) -> None:
    journal = folder.parents[2] / "journal" / f"{PERIOD}.jsonl"
    journal.write_bytes(journal.read_bytes().splitlines(keepends=True)[0])


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (change, "pages/index.html was changed."),
        (take_away, "pages/programme.pdf is missing."),
        (put_beside, "pages/other.html was added."),
        (
            change_manifest,
            "manifest.json is not the one that the journal recorded for release 2.",
        ),
        (change_journal, f"The journal {PERIOD}.jsonl is broken at line 3: "),
        (change_last_line, "The journal and manifest.json differ in: by."),
        (cut_journal, f"The journal of {PERIOD} knows no release 2."),
    ],
)
def test_whatever_is_done_to_a_release_is_found_and_named(
    ready: Path, spoil: Callable[[Path], None], said: str
) -> None:
    release(ready, PERIOD, HEAD)
    withdraw(ready, PERIOD, HEAD, "a wrong page")
    release(ready, PERIOD, HEAD)
    folder = kept.folder_of(ready / "reports", PERIOD, 2)
    make_changeable(folder)
    spoil(folder)
    assert any(fault.startswith(said) for fault in kept.verify(folder).faults)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FFANALYSIS_ROOT", str(ready))
        told = CliRunner().invoke(main, ["verify", str(folder)])
    assert told.exit_code == 12
    assert "does not hold" in told.output


def test_a_broken_journal_stops_every_release(ready: Path) -> None:
    release(ready, PERIOD, HEAD)
    withdraw(ready, PERIOD, HEAD, "a wrong page")
    change_journal_line = ready / "reports" / "journal" / f"{PERIOD}.jsonl"
    text = change_journal_line.read_text("utf-8")
    change_journal_line.write_text(text.replace(HEAD, "Cy", 1), "utf-8")
    with pytest.raises(JournalBroken, match="broken at line 2"):
        release(ready, PERIOD, HEAD)


def test_what_a_killed_release_left_is_none(ready: Path) -> None:
    left = kept.folder_of(ready / "reports", PERIOD, 1)
    (left / "pages").mkdir(parents=True)
    (left / "pages" / "index.html").write_text("old", "utf-8")
    made, _ = release(ready, PERIOD, HEAD)
    assert made.number == 2
    assert not kept.verify(kept.folder_of(ready / "reports", PERIOD, 2)).faults
    assert (left / "pages" / "index.html").read_text("utf-8") == "old", "nothing kept is deleted"


def test_a_lost_journal_costs_no_release_that_is_kept(ready: Path) -> None:
    release(ready, PERIOD, HEAD)
    (ready / "reports" / "journal" / f"{PERIOD}.jsonl").unlink()
    first = kept.folder_of(ready / "reports", PERIOD, 1)
    (fault,) = kept.verify(first).faults
    assert fault.startswith(f"The journal of {PERIOD} knows no release 1: ")
    assert f"{PERIOD}.jsonl is missing" in fault
    made, _ = release(ready, PERIOD, HEAD)
    assert made.number == 2
    assert (first / "manifest.json").is_file()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ann Analyst", "analyst ann", True),
        ("O'Neil, Zoë", "Zoe O’Neil", True),
        ("Ann Analyst", "Ann Other", False),
        ("", "", False),
        ("李明", "李明", True),
        ("Ann", "Ann Analyst", False),
    ],
)
def test_a_name_is_the_same_however_it_is_written(one: str, other: str, *, same: bool) -> None:
    assert same_person(one, other) is same


# --- LibreOffice ----------------------------------------------------------------------------------


def recalculated(*differences: Difference) -> Callable[..., Recalculation]:
    """A LibreOffice that comes to all figures but these."""
    return lambda *_: Recalculation("7.4.7", 2.0, 313, differences)


ONE_PENNY = Difference("Figures", "K7", "library-hours, proposed/total", "pence", 1, 2)


def test_a_release_records_that_libreoffice_recalculated_it(
    ready: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreadsheet, "is_installed", lambda: True)
    monkeypatch.setattr(spreadsheet, "recalculate", recalculated())
    made, is_new = release(ready, PERIOD, HEAD)
    assert is_new
    facts = {"program": "LibreOffice 7.4.7", "formulas": 313, "seconds": 2.0}
    assert made.line.facts["spreadsheet"] == facts
    folder = kept.folder_of(ready / "reports", PERIOD, made.number)
    assert kept.manifest_in(folder)["spreadsheet"] == facts
    assert kept.verify(folder).faults == ()


def test_what_libreoffice_works_out_otherwise_is_not_released(
    ready: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreadsheet, "is_installed", lambda: True)
    monkeypatch.setattr(spreadsheet, "recalculate", recalculated(ONE_PENNY))
    with pytest.raises(SpreadsheetDiffers, match="library-hours, proposed/total, pence") as refused:
        release(ready, PERIOD, HEAD)
    assert refused.value.exit_code == 12
    assert not standing(ready, PERIOD).holds


def test_a_run_in_full_withholds_the_project_that_is_recalculated_otherwise(
    ready: Path, quick: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = replace(ONE_PENNY, project="library-hours")
    answers = [recalculated(own)(), recalculated()()]
    monkeypatch.setattr(spreadsheet, "is_installed", lambda: True)
    monkeypatch.setattr(spreadsheet, "recalculate", lambda *_: answers.pop(0))
    options = run.RunOptions(jobs=1, by=ANALYST, force=True, verify_in_full=True)
    summary = run.run(PERIOD, ready, options, engine=quick)
    assert statuses(summary)["library-hours"] == "withheld"
    assert statuses(summary)["road-repairs"] == "published"
    assert "LibreOffice comes to 2, we to 1." in summary.withheld["library-hours"][0]
    manifest = json.loads((summary.folder / "run.json").read_text("utf-8"))
    assert manifest["spreadsheet"]["formulas"] == 313


def test_a_run_in_full_publishes_nothing_where_a_figure_of_all_is_another(
    ready: Path, quick: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreadsheet, "is_installed", lambda: True)
    monkeypatch.setattr(spreadsheet, "recalculate", recalculated(ONE_PENNY))
    options = run.RunOptions(jobs=1, by=ANALYST, verify_in_full=True)
    before = (ready / "reports" / PERIOD / "run.json").read_bytes()
    with pytest.raises(SpreadsheetDiffers):
        run.run(PERIOD, ready, options, engine=quick)
    with pytest.raises(SpreadsheetDiffers):
        run.run(PERIOD, ready, replace(options, force=True), engine=quick)
    assert (ready / "reports" / PERIOD / "run.json").read_bytes() == before


def test_a_run_in_full_asks_for_libreoffice_first(ready: Path, quick: Quick) -> None:
    options = run.RunOptions(jobs=1, by=ANALYST, force=True, verify_in_full=True)
    quick.made.clear()
    with pytest.raises(SpreadsheetMissing):
        run.run(PERIOD, ready, options, engine=quick)
    assert quick.made == []
