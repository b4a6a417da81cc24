"""Retention: what goes when its time is over, what never goes, and what the journal then says."""

import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from ffanalysis.chain import Chain, head_of
from ffanalysis.cli import main
from ffanalysis.deliver import kept
from ffanalysis.deliver.release import standing
from ffanalysis.deliver.retention import Expired, delete, expired
from ffanalysis.errors import DeletionUnsigned, SettingsWrong
from ffanalysis.run import confidential
from ffanalysis.run.reports_folder import ReportsFolder

PERIODS = ("2015-16-Q1", "2015-16-Q2", "2015-16-Q3", "2015-16-Q4", "2016-17-Q1")
OLD, RELEASED = "2015-16-Q1", "2015-16-Q2"
NOW = datetime.now(UTC).date()
YEARS_ON = date(NOW.year + 8, 1, 1)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Five quarters with reports, a log and drafts each; the second is released."""
    for period in PERIODS:
        (tmp_path / "data" / "raw" / period).mkdir(parents=True)
        (tmp_path / "data" / "raw" / period / "book.csv").write_text("a", "utf-8")
        reports = ReportsFolder(tmp_path, period)
        with reports.lock():
            folder = reports.create("20160101T000000Z-1")
            (folder / "index.html").write_text(period * 100, "utf-8")
            reports.publish(folder)
        (reports.runs / "20160101T000000Z-1.log").write_text("log", "utf-8")
        outbox = tmp_path / "reports" / "outbox" / period
        outbox.mkdir(parents=True)
        (outbox / "a.eml").write_text("mail", "utf-8")
    keep_release(tmp_path)
    return tmp_path


def keep_release(root: Path) -> Path:
    reports, chain = root / "reports", Chain(root / "reports", RELEASED)
    part = reports / "released" / RELEASED / ".1"
    (part / "pages" / "notebooks").mkdir(parents=True)
    (part / "pages" / "notebooks" / "a.ipynb").write_text("released", "utf-8")
    facts = {"by": "Head", "digest": "d", "pages": {}, "withheld": []}
    folder = kept.folder_of(reports, RELEASED, 1)
    head = head_of(chain.lines())
    recorded = kept.keep(part, folder, {"period": RELEASED, "number": 1, **facts}, head)
    chain.add("released", {"number": 1, "manifest": recorded, **facts})
    return folder


def listed(found: Expired) -> list[tuple[str, str]]:
    return [(item.period, item.what) for item in found.items]


UNRELEASED = [
    (OLD, "reports"),
    (OLD, "run logs of its reports"),
    (OLD, "drafts"),
    (RELEASED, "drafts"),
]


def test_what_nobody_released_goes_after_two_quarters(root: Path) -> None:
    found = expired(root, NOW)
    assert listed(found) == UNRELEASED
    # The newest is Quarter 1, 2016/17; the two before it are kept.
    assert found.items[0].why == "not released, and before Quarter 3, 2015/16"
    assert found.items[0].size >= 1000
    assert found.left == ()
    assert (root / "reports" / OLD / "index.html").is_file(), "nothing is deleted by a list"
    assert not (root / "reports" / "journal" / f"{OLD}.jsonl").exists()


def test_a_release_goes_seven_years_after_its_release_and_its_line_stays(root: Path) -> None:
    folder = kept.folder_of(root / "reports", RELEASED, 1)
    manifest = Chain(root / "reports", RELEASED).lines()[0].facts["manifest"]
    gone = delete(root, "Ann  Analyst", YEARS_ON)
    assert (RELEASED, "release 1") in listed(gone)
    assert (RELEASED, "reports") in listed(gone)
    assert not folder.exists()
    assert not os.path.lexists(root / "reports" / RELEASED)
    lines = Chain(root / "reports", RELEASED).lines()
    assert [line.event for line in lines][:2] == ["released", "deleted"]
    facts = lines[1].facts
    assert (facts["release"], facts["manifest"], facts["by"]) == (1, manifest, "Ann Analyst")
    assert "is not kept any more. Ann Analyst deleted it on" in standing(root, RELEASED).why_not
    # The workbooks, and what is not old, are there as they were.
    for period in PERIODS:
        assert (root / "data" / "raw" / period / "book.csv").is_file()
    assert (root / "reports" / PERIODS[-1] / "index.html").is_file()
    assert listed(delete(root, "Ann", YEARS_ON)) == []
    assert len(Chain(root / "reports", RELEASED).lines()) == len(lines)


def test_the_day_before_seven_years_a_release_is_kept(root: Path) -> None:
    (line,) = Chain(root / "reports", RELEASED).lines()
    day = datetime.fromisoformat(line.at).date()
    years_on = date(day.year + 7, day.month, min(day.day, 28))
    before = date.fromordinal(years_on.toordinal() - 1)
    assert (RELEASED, "release 1") not in listed(expired(root, before))
    after = date.fromordinal(years_on.toordinal() + 3)
    assert (RELEASED, "release 1") in listed(expired(root, after))


def test_a_folder_for_a_quarter_to_come_makes_no_other_older(root: Path) -> None:
    (root / "data" / "raw" / "2090-91-Q1").mkdir()
    (root / "data" / "raw" / "2090-91-Q1" / "book.csv").write_text("a", "utf-8")
    (root / "data" / "raw" / "2091-92-Q1").mkdir()
    assert listed(expired(root, NOW)) == UNRELEASED


def test_the_settings_say_how_long(root: Path) -> None:
    settings = root / "data" / "raw" / "settings.toml"
    settings.write_text("[retention]\nunreleased_quarters = 1\nreleased_years = 1\n", "utf-8")
    found = listed(expired(root, date(NOW.year + 2, 1, 1)))
    assert (RELEASED, "release 1") in found
    assert ("2015-16-Q3", "reports") in found
    assert ("2015-16-Q4", "reports") not in found
    for wrong in ("0", '"7"', "true", "101", "1.5"):
        settings.write_text(f"[retention]\nreleased_years = {wrong}\n", "utf-8")
        with pytest.raises(SettingsWrong, match="a whole number from 1 to 100"):
            expired(root, NOW)


# --- what never goes ------------------------------------------------------------------------------


def test_what_is_under_a_running_lock_stays(root: Path) -> None:
    with ReportsFolder(root, OLD).lock():
        assert expired(root, NOW).left == (f"{OLD} is left: a run of it is going on.",)
        gone = delete(root, "Ann", NOW)
    assert listed(gone) == [(RELEASED, "drafts")]
    assert gone.left == (f"{OLD} is left: a run of it is going on.",)
    assert (root / "reports" / OLD / "index.html").is_file()


def test_what_confidential_projects_have_goes_with_the_rest(root: Path) -> None:
    reports = confidential.own_reports(root, OLD, "day-centres")
    with reports.lock():
        folder = reports.create("20160101T000000Z-1")
        (folder / "day-centres.html").write_text("secret", "utf-8")
        reports.publish(folder)
    gone = delete(root, "Ann", NOW)
    assert (OLD, "reports of day-centres") in listed(gone)
    assert confidential.published(root, OLD) == {}
    assert not list(confidential.folder_of(root, OLD).rglob("*.html"))


def test_no_link_is_followed(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    (outside / "1").mkdir(parents=True)
    (outside / "1" / "precious").write_text("mine", "utf-8")
    # The drafts and a run's folder hold links; the reports of one quarter are a link to elsewhere.
    (root / "reports" / "outbox" / OLD / "link").symlink_to(outside)
    (root / "reports" / OLD).resolve().joinpath("link").symlink_to(outside / "1" / "precious")
    (root / "reports" / "2014-15-Q1").symlink_to(outside / "1", target_is_directory=True)
    (root / "reports" / "released" / "2014-15-Q1").symlink_to(outside, target_is_directory=True)
    (root / "reports" / "outbox" / "2014-15-Q1").symlink_to(outside, target_is_directory=True)
    delete(root, "Ann", YEARS_ON)
    assert (outside / "1" / "precious").read_text("utf-8") == "mine"
    assert not (root / "reports" / OLD).exists()


def test_what_the_journal_does_not_know_stays_and_is_named(root: Path) -> None:
    (root / "reports" / "released" / RELEASED / "7").mkdir()
    said = f"reports/released/{RELEASED}/7 is left: the journal knows no such release."
    assert said in expired(root, YEARS_ON).left
    assert said in delete(root, "Ann", YEARS_ON).left
    assert (root / "reports" / "released" / RELEASED / "7").is_dir()


def test_a_broken_journal_keeps_its_quarter(root: Path) -> None:
    journal = root / "reports" / "journal" / f"{RELEASED}.jsonl"
    journal.write_text(journal.read_text("utf-8").replace("Head", "Nobody") * 2, "utf-8")
    gone = delete(root, "Ann", YEARS_ON)
    assert not any(period == RELEASED for period, _ in listed(gone))
    assert any(why.startswith(f"{RELEASED} is left: The journal") for why in gone.left)
    assert kept.folder_of(root / "reports", RELEASED, 1).is_dir()


def test_what_no_run_has_written_stays(root: Path) -> None:
    for path in (root / "reports" / "kept" / OLD, root / "reports" / f".{OLD}-my backup"):
        path.mkdir(parents=True)
        (path / "mine").write_text("mine", "utf-8")
    delete(root, "Ann", YEARS_ON)
    assert (root / "reports" / "kept" / OLD / "mine").is_file()
    assert (root / "reports" / f".{OLD}-my backup" / "mine").is_file()


# --- the command ----------------------------------------------------------------------------------


def test_the_command_lists_and_deletes_only_when_told(root: Path) -> None:
    def ffanalysis(*words: str) -> tuple[int, str]:
        told = CliRunner(env={"FFANALYSIS_ROOT": str(root)}).invoke(main, ["retention", *words])
        return told.exit_code, told.output

    code, said = ffanalysis()
    assert code == 0
    assert f"{OLD}, reports: not released, and before Quarter 3, 2015/16 (0.0 MB)." in said
    assert "Nothing was deleted; --delete --by NAME does" in said
    code, said = ffanalysis("--delete")
    assert (code, "--delete needs the name of who deletes" in said) == (2, True)
    with pytest.raises(DeletionUnsigned):
        delete(root, "  ")
    assert (root / "reports" / OLD / "index.html").is_file()
    code, said = ffanalysis("--delete", "--by", "Ann")
    assert (code, "deleted" in said) == (0, True)
    assert not os.path.lexists(root / "reports" / OLD)
    (line, *_) = Chain(root / "reports", OLD).lines()
    assert (line.event, line.facts["what"], line.facts["by"]) == ("deleted", "reports", "Ann")
