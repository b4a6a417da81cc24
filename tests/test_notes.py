"""Notes: what the analyst and the releasers are told behind a run, once, and without an amount."""

import email
import email.policy
import re
import shutil
import sys
from datetime import date
from email.message import EmailMessage
from pathlib import Path
from typing import cast

import pytest
from click.testing import CliRunner, Result
from mail_server import Inbox, serving
from quick import Quick, in_this_process
from rendered import PERIOD, PROJECT, SCHEDULE, put
from test_mail import page, recipients
from test_release import EXPLAINED, HEAD, declare, rerun

from ffanalysis.cli import main, schedule
from ffanalysis.deliver import notes
from ffanalysis.deliver.notes import Told
from ffanalysis.deliver.release import release
from ffanalysis.errors import DiskFull, NothingRegistered, RunUnderWay
from ffanalysis.run import run
from ffanalysis.run.reports_folder import ReportsFolder

TODAY = date(2015, 10, 20)
SETTINGS = f"""[marking]
text = "OFFICIAL"
[releasers]
"{HEAD}" = "head@example.gov.uk"
[release]
prepared_by = "Ann Analyst"
[schedule]
analyst = "ann@example.gov.uk"
[mail]
sender = "savings@example.gov.uk"
"""
SMTP = 'transport = "smtp"\nserver = "127.0.0.1"\nsecurity = "none"\nport = "{}"\n'


@pytest.fixture(scope="module")
def ready_once(published_quarter: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A quarter that may be released, with an analyst and a releaser to be told; run once."""
    folder = tmp_path_factory.mktemp("ready")
    root = shutil.copytree(published_quarter, folder / "programme", symlinks=True)
    declare(root, "settings.toml", SETTINGS)
    declare(root, "explanations.toml", EXPLAINED)
    with pytest.MonkeyPatch.context() as patch:
        in_this_process(patch, folder)
        rerun(Quick(), root)
    return root


@pytest.fixture
def ready(ready_once: Path, quick: Quick, tmp_path: Path) -> Path:
    """The same, to be changed."""
    return shutil.copytree(ready_once, tmp_path / "programme", symlinks=True)


def tell(root: Path, quick: Quick, *, force: bool = False) -> Told:
    """Run the quarter, and tell how that ended."""
    summary = run.run(PERIOD, root, run.RunOptions(jobs=1, force=force), engine=quick)
    ended = notes.ended(summary.folder, PERIOD, summary.results, is_complete=summary.complete)
    return notes.tell_run(root, PERIOD, ended, TODAY)


def read(path: Path | None) -> EmailMessage:
    assert path is not None
    found = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    return cast(EmailMessage, found)


def text(made: EmailMessage) -> str:
    return cast(str, made.get_content()).replace("\r\n", "\n")


def has_amount(said: str) -> bool:
    """Whether a text has what could be money: a pound, or a number of more than three digits.

    Years, periods, digests and days are none.
    """
    rest = re.sub(r"\(digest [0-9a-f]{8}\)|20\d\d[-/]\d\d|20\d\d-\d\d-Q\d", "", said)
    return bool(re.search(r"£|\d[\d,.]{3,}|\d+ ?(?:k|m)\b", rest))


def test_a_note_says_what_is_done_and_what_to_do_next(ready: Path, quick: Quick) -> None:
    told = tell(ready, quick)
    made = read(told.draft)
    assert made["To"] == "ann@example.gov.uk, head@example.gov.uk"
    assert made["From"] == "savings@example.gov.uk"
    assert made["Subject"] == (
        "OFFICIAL – Savings briefings, Quarter 2, 2015/16: 3 of 3 up to date"
    )
    assert made["X-Unsent"] == "1"
    assert made["Auto-Submitted"] == "auto-generated"
    said = re.sub(r"digest [0-9a-f]{8}", "digest D", text(made))
    assert said == (
        f"OFFICIAL\n\nQuarter 2, 2015/16 ({PERIOD})\n\n"
        "3 of 3 briefings are up to date (digest D).\n"
        f"Checks that failed: 3.\nWhat was made is in reports/{PERIOD}/index.html.\n\n"
        "What to do next:\n"
        "Each check that failed needs a correction, or an explanation in explanations.toml: the"
        " release prints what to fill in.\n"
        f"A releaser lets it go: ffanalysis release {PERIOD} --by NAME\n\n"
        "This note holds no amounts; it goes to the analyst and to who may release.\n"
    )
    assert not has_amount(text(made))
    assert told.draft is not None
    assert told.draft.parent == ready / "reports" / "notes" / PERIOD


def test_a_withheld_and_a_failed_project_are_named_without_their_cells(
    ready: Path, quick: Quick
) -> None:
    put(ready, {f"{SCHEDULE}!Proposed savings!E10": "about £1,234,567"})
    quick.ends["road-repairs"] = [("failed", "division of 9,876,543 by nil", False)]
    quick.ends["library-hours"] = [("published, no PDF", "Pango £1,111", False)]
    made = read(tell(ready, quick, force=True).draft)
    said = text(made)
    assert f"Withheld: 1 ({PROJECT})." in said
    assert "Failed: 1 (road-repairs)." in said
    assert "Published, no PDF: 1 (library-hours)." in said
    assert "0 of 3 briefings are up to date" in said
    assert f"reports/{PERIOD}/exceptions says which cells to correct" in said
    assert "0 of 3 up to date, 1 withheld, 1 failed, 1 published, no PDF" in made["Subject"]
    assert not has_amount(said + made["Subject"])
    assert has_amount("£5"), "the test can tell"
    assert has_amount("1,234")


def test_the_same_note_is_not_told_again_and_another_is(ready: Path, quick: Quick) -> None:
    first = tell(ready, quick)
    again = tell(ready, quick)
    assert (first.is_new, again.is_new, again.draft) == (True, False, None)
    release(ready, PERIOD, HEAD)
    released = tell(ready, quick)
    assert "It is released. 'ffanalysis status 2015-16-Q2' says what is left." in text(
        read(released.draft)
    )
    assert not tell(ready, quick).is_new
    put(ready, {f"{SCHEDULE}!Current programme!C9": 1026})
    changed = tell(ready, quick)
    assert changed.is_new, "other pages have another digest"
    assert "A releaser lets it go" in text(read(changed.draft))


def test_a_new_person_to_tell_is_told_what_others_know(ready: Path, quick: Quick) -> None:
    tell(ready, quick)
    declare(ready, "settings.toml", SETTINGS.replace("head@", "other@"))
    told = tell(ready, quick)
    assert read(told.draft)["To"] == "other@example.gov.uk"


def test_nobody_to_tell_leaves_a_draft_and_says_so(ready: Path, quick: Quick) -> None:
    declare(ready, "settings.toml", "")
    told = tell(ready, quick)
    assert read(told.draft)["To"] is None
    assert read(told.draft)["From"] is None
    assert told.troubles == (
        "settings.toml names nobody whom a note could reach: set analyst below [schedule].",
    )
    assert not tell(ready, quick).is_new


# --- what could not be run ------------------------------------------------------------------------


def told_of(root: Path, error: Exception) -> str:
    return text(read(notes.tell_run(root, PERIOD, error, TODAY).draft))


def test_why_nothing_could_be_run_is_told_where_it_quotes_no_cell(ready: Path) -> None:
    assert "No space is left on the disk of /srv" in told_of(ready, DiskFull("/srv"))
    assert "Another run of 2015-16-Q2 is still" in told_of(ready, RunUnderWay(PERIOD, ""))
    assert "The software itself failed" in told_of(ready, ZeroDivisionError("£9,999,999"))
    why = NothingRegistered(PERIOD, ["schedule.xlsx, B3: '£1,234,567' is not an amount."])
    said = told_of(ready, why)
    assert "The workbooks, or what is declared beside them, cannot be used." in said
    assert not has_amount(said)
    assert "reports/.runs/schedule.log" in said


def test_without_a_period_it_is_told_of_the_quarter_that_is_due(ready: Path) -> None:
    told = notes.tell_run(ready, "", DiskFull("/srv"), TODAY)
    assert told.draft is not None
    assert told.draft.parent.name == "2015-16-Q2"
    assert read(told.draft)["To"] == "ann@example.gov.uk, head@example.gov.uk"


def test_a_note_that_cannot_be_written_costs_the_run_nothing(ready: Path) -> None:
    (ready / "reports" / "notes").write_text("a file in its place")
    told = notes.tell_run(ready, PERIOD, DiskFull("/srv"), TODAY)
    assert told.draft is None
    assert "The note could not be written" in told.troubles[0]


# --- sending --------------------------------------------------------------------------------------


def test_a_note_is_sent_to_each_once(ready: Path, quick: Quick) -> None:
    inbox = Inbox()
    with serving(inbox) as port:
        declare(ready, "settings.toml", SETTINGS + SMTP.format(port))
        told = tell(ready, quick)
        assert told == Told(None, ("ann@example.gov.uk", "head@example.gov.uk"))
        assert not tell(ready, quick).is_new
    assert [to for to, _ in inbox.mails] == ["ann@example.gov.uk", "head@example.gov.uk"]
    found = [
        email.message_from_bytes(content, policy=email.policy.default) for _, content in inbox.mails
    ]
    assert [made["To"] for made in found] == ["ann@example.gov.uk", "head@example.gov.uk"]
    assert all(made["X-Unsent"] is None for made in found)
    assert found[0]["Message-ID"] != found[1]["Message-ID"]


def test_who_could_not_be_reached_is_tried_again(ready: Path, quick: Quick) -> None:
    inbox = Inbox(answers=["", "451 4.3.0 Try later"])
    with serving(inbox) as port:
        declare(ready, "settings.toml", SETTINGS + SMTP.format(port))
        told = tell(ready, quick)
        assert told.sent == ("ann@example.gov.uk",)
        assert told.troubles == (
            "The note to head@example.gov.uk was not sent: 451 4.3.0 Try later.",
        )
        assert read(told.draft)["To"] == "head@example.gov.uk"
        assert tell(ready, quick).sent == ("head@example.gov.uk",)
        assert not tell(ready, quick).is_new
    unreachable = tell_elsewhere(ready, quick, port)
    assert unreachable.sent == ()
    assert "No note was sent. The mail server 127.0.0.1: no connection" in unreachable.troubles[0]
    assert unreachable.draft is not None


def tell_elsewhere(root: Path, quick: Quick, port: int) -> Told:
    """Tell something new, with nothing at the port any more."""
    put(root, {f"{SCHEDULE}!Current programme!C9": 1027})
    return tell(root, quick)


# --- the commands ---------------------------------------------------------------------------------


def command(root: Path, *words: str) -> Result:
    return CliRunner(env={"FFANALYSIS_ROOT": str(root)}).invoke(main, [*words])


def test_two_runs_at_once_end_in_one_sentence_13_and_a_note(ready: Path) -> None:
    folder = ready / "reports" / "notes" / PERIOD
    with ReportsFolder(ready, PERIOD).lock():
        assert command(ready, "run", "latest").exit_code == 13
        assert not folder.exists(), "a run without --note tells nobody"
        told = command(ready, "run", "latest", "--note")
    assert (told.exit_code, told.stdout) == (13, "")
    lines = told.stderr.splitlines()
    assert lines[0] == f"The latest period is {PERIOD}."
    assert lines[1].startswith("The draft of a note is ")
    assert lines[2].startswith(f"ffanalysis: Another run of {PERIOD} is still going on")
    assert len(lines) == 3
    assert "Another run" in text(read(next(folder.glob("run-*.eml"))))


def test_a_run_with_note_tells_how_it_ended(
    ready: Path, quick: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run.run
    monkeypatch.setattr(
        sys.modules["ffanalysis.run.run"],
        "run",
        lambda period, root, options, on_result: whole(period, root, options, on_result, quick),
    )
    monkeypatch.setattr(schedule, "_today", lambda: TODAY)
    told = command(ready, "run", "latest", "--note")
    assert told.exit_code == 0
    assert "The draft of a note is " in told.stderr
    again = command(ready, "run", "latest", "--note")
    assert "note" not in again.stderr


def test_the_analyst_is_told_what_a_release_goes_out_without(ready: Path, quick: Quick) -> None:
    quick.content = lambda task, _: page(task.name)
    put(ready, {f"{SCHEDULE}!Proposed savings!E10": "tbx"})
    recipients(ready, ("Library Hours", "Zoe", "zoe@example.gov.uk"))
    rerun(quick, ready)
    assert command(ready, "mail", "latest").exit_code == 14, "not released"
    assert not (ready / "reports" / "notes").exists()
    release(ready, PERIOD, HEAD)
    told = command(ready, "mail", "latest")
    assert "The draft of a note is " in told.stderr
    (draft,) = (ready / "reports" / "notes" / PERIOD).glob("withheld-*.eml")
    made = read(draft)
    assert made["To"] == "ann@example.gov.uk"
    assert f"Release 1 has no briefing of: 1 ({PROJECT})." in text(made)
    assert "released without 1" in made["Subject"]
    assert "note" not in command(ready, "mail", "latest").stderr
