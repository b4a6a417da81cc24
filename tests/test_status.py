"""Status: what is missing or late of a quarter, on which day, and in which words."""

import json
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from mail_server import Inbox, serving
from quick import Quick, in_this_process
from rendered import PERIOD, PROJECT, SCHEDULE, put
from test_mail import page, recipients
from test_release import EXPLAINED, HEAD, SETTINGS, declare, rerun
from test_sending import settings as server_settings

from ffanalysis.chain import Chain
from ffanalysis.cli import main, schedule
from ffanalysis.deliver.outbox import draft
from ffanalysis.deliver.release import release, withdraw
from ffanalysis.deliver.sending import send
from ffanalysis.deliver.status import status
from ffanalysis.deliver.transport import transport_of
from ffanalysis.periods import Period
from ffanalysis.run.history import PastRun, remember, run_name

# The quarter ends on 30 September: by the defaults, the run is due on 21 October, the release on
# 4 November and the mails on 11 November.
BEFORE, RUN_LATE = date(2015, 10, 21), date(2015, 10, 22)
RELEASE_DUE, MAIL_DUE = date(2015, 11, 4), date(2015, 11, 11)
ALL_LATE = date(2015, 11, 12)
MAIL = f'{SETTINGS}[mail]\nsender = "savings@example.gov.uk"\n'
STEPS = ("workbooks", "run", "unchanged", "release", "mails")


def states(root: Path, today: date) -> dict[str, str]:
    return {step.step: step.state for step in status(root, today).steps}


def look(root: Path, step: str, today: date = BEFORE) -> tuple[str, str]:
    """The state of one step, and its words."""
    (found,) = (each for each in status(root, today).steps if each.step == step)
    return found.state, found.words


def all_are(state: str) -> dict[str, str]:
    return dict.fromkeys(STEPS, state)


@pytest.fixture(scope="module")
def ready_once(published_quarter: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A quarter that may be released, with one recipient; to be copied, never changed."""
    folder = tmp_path_factory.mktemp("ready")
    root = shutil.copytree(published_quarter, folder / "programme", symlinks=True)
    declare(root, "settings.toml", MAIL)
    declare(root, "explanations.toml", EXPLAINED)
    recipients(root, ("SEN Contract Efficiency", "Zoe", "zoe@example.gov.uk"))
    with pytest.MonkeyPatch.context() as patch:
        in_this_process(patch, folder)
        quick = Quick()
        quick.content = lambda task, _: page(task.name)
        rerun(quick, root)
    return root


@pytest.fixture
def ready(ready_once: Path, quick: Quick, tmp_path: Path) -> Path:
    """The same, to be changed."""
    quick.content = lambda task, _: page(task.name)
    return shutil.copytree(ready_once, tmp_path / "programme", symlinks=True)


@pytest.mark.parametrize(
    ("day", "quarter"),
    [
        (date(2015, 9, 30), "2015-16-Q1"),
        (date(2015, 10, 1), "2015-16-Q2"),
        (date(2015, 12, 31), "2015-16-Q2"),
        (date(2016, 1, 1), "2015-16-Q3"),
        (date(2016, 3, 31), "2015-16-Q3"),
        (date(2016, 4, 1), "2015-16-Q4"),
        (date(2016, 6, 30), "2015-16-Q4"),
        (date(2016, 7, 1), "2016-17-Q1"),
    ],
)
def test_the_quarter_that_is_due_is_the_latest_that_is_over(
    tmp_path: Path, day: date, quarter: str
) -> None:
    (tmp_path / "data" / "raw").mkdir(parents=True)
    assert status(tmp_path, day).period == quarter == str(Period.last_over(day))


def test_a_job_that_did_not_run_is_seen(programme: Path) -> None:
    assert states(programme, BEFORE) == {**all_are("due"), "workbooks": "ok"}
    assert status(programme, BEFORE).is_well
    late = states(programme, RUN_LATE)
    assert (late["run"], late["release"], late["mails"]) == ("late", "due", "due")
    assert not status(programme, RUN_LATE).is_well
    assert look(programme, "run") == ("due", f"{PERIOD} has not been run.")


def test_workbooks_that_are_not_there_are_seen(programme: Path) -> None:
    assert states(programme, date(2016, 1, 21)) == all_are("due")
    assert states(programme, date(2016, 1, 22))["workbooks"] == "late"
    folder = programme / "data" / "raw" / "2015-16-Q3"
    folder.mkdir()
    found = status(programme, date(2016, 1, 22)).steps[0]
    assert (found.state, found.words) == ("late", "data/raw/2015-16-Q3 has no workbook.")


def test_each_step_is_ok_once_it_is_done(ready: Path) -> None:
    assert states(ready, ALL_LATE) == {
        "workbooks": "ok",
        "run": "ok",
        "unchanged": "ok",
        "release": "late",
        "mails": "late",
    }
    assert states(ready, RELEASE_DUE)["release"] == "due"
    release(ready, PERIOD, HEAD)
    assert states(ready, MAIL_DUE) == {**all_are("ok"), "mails": "due"}
    assert states(ready, ALL_LATE) == {**all_are("ok"), "mails": "late"}
    draft(ready, PERIOD)
    found = status(ready, ALL_LATE)
    assert {step.step: step.state for step in found.steps} == all_are("ok")
    assert found.is_well


def test_due_days_are_those_of_the_settings(ready: Path) -> None:
    own = "[schedule]\nrun_due = 1\nrelease_due = 2\nmail_due = 3\n"
    declare(ready, "settings.toml", MAIL + own)
    due = [step.due.day for step in status(ready, BEFORE).steps]
    assert due == [1, 1, 1, 2, 3]
    assert states(ready, date(2015, 10, 3))["release"] == "late"
    assert states(ready, date(2015, 10, 2))["release"] == "due"


def test_a_workbook_that_changed_since_the_run_is_seen(ready: Path) -> None:
    put(ready, {f"{SCHEDULE}!Current programme!C9": 1026})
    state, words = look(ready, "unchanged")
    assert state == "due"
    assert f"data/raw/{PERIOD}/{SCHEDULE}" in words
    assert states(ready, RUN_LATE)["unchanged"] == "late"


def past(root: Path, ended: str) -> None:
    """A run that ended so, after all others; "" for one that was killed."""
    runs = root / "reports" / ".runs" / PERIOD
    began = datetime.fromisoformat("2099-01-01T00:00:00+00:00")
    name = run_name(began, 1)
    (runs / f"{name}.log").write_text("")
    if ended:
        remember(runs, PastRun(PERIOD, name, began.isoformat(), 1.0, ended), [])


@pytest.mark.parametrize(
    ("ended", "words"),
    [
        ("", "was killed before its end: run it again"),
        ("No space is left on the disk.", "ended so: No space is left on the disk."),
        ("stopped: _Stopped", "was stopped; its log ('ffanalysis runs') says how."),
        ("incomplete", "is incomplete"),
    ],
)
def test_a_run_that_did_not_end_well_is_seen(ready: Path, ended: str, words: str) -> None:
    past(ready, ended)
    for today, state in ((BEFORE, "due"), (RUN_LATE, "late")):
        found = look(ready, "run", today)
        assert found[0] == state
        assert words in found[1]


def test_what_was_released_incomplete_is_accepted(ready: Path, quick: Quick) -> None:
    put(ready, {f"{SCHEDULE}!Proposed savings!E10": "tbx"})
    rerun(quick, ready)
    assert states(ready, RUN_LATE)["run"] == "late"
    release(ready, PERIOD, HEAD)
    _, run, *_, mails = status(ready, ALL_LATE).steps
    assert (run.state, mails.state) == ("ok", "late")
    assert "it was released so" in run.words
    assert (
        f"No mail can be made. 1 left out: register.xlsx, Recipients A2: {PROJECT} has no"
        in mails.words
    )


def test_a_release_that_lapsed_was_withdrawn_or_was_changed_is_seen(
    ready: Path, quick: Quick
) -> None:
    release(ready, PERIOD, HEAD)
    quick.content = lambda task, _: page(task.name) + task.cache_key
    put(ready, {f"{SCHEDULE}!Current programme!C9": 1026})
    rerun(quick, ready)
    state, words = look(ready, "release", ALL_LATE)
    assert state == "late"
    assert "has lapsed" in words
    put(ready, {f"{SCHEDULE}!Current programme!C9": 1025})
    rerun(quick, ready)
    release(ready, PERIOD, HEAD)
    withdraw(ready, PERIOD, HEAD, "a wrong page")
    assert "withdrew" in look(ready, "release")[1]
    release(ready, PERIOD, HEAD)
    kept = ready / "reports" / "released" / PERIOD / "3" / "pages" / "index.html"
    kept.chmod(0o644)
    kept.write_text("other")
    *_, released, mails = status(ready, BEFORE).steps
    assert (released.state, mails.state) == ("wrong", "wrong")
    assert "pages/index.html was changed" in released.words


def test_a_journal_that_is_broken_is_wrong_on_any_day(ready: Path) -> None:
    release(ready, PERIOD, HEAD)
    journal = Chain(ready / "reports", PERIOD).path
    journal.write_text(journal.read_text("utf-8").replace(HEAD, "Somebody"), "utf-8")
    assert look(ready, "release") == (
        "wrong",
        "Release 1 is not as it was released: The journal and manifest.json differ in: by.",
    )
    journal.write_text("no line of ours\n")
    state, words = look(ready, "release")
    assert state == "wrong"
    assert "is broken at line 1" in words


@pytest.mark.parametrize(
    ("answer", "state", "words"),
    [
        ("", "ok", "1 of 1 sent."),
        ("451 4.7.1 Try later", "due", "0 of 1 sent."),
        ("drop", "wrong", f"1 in doubt: 'ffanalysis mail {PERIOD}' says how to settle them."),
    ],
)
def test_mails_that_were_sent_refused_or_are_in_doubt(
    ready: Path, answer: str, state: str, words: str
) -> None:
    release(ready, PERIOD, HEAD)
    with serving(Inbox(answers=[answer])) as port:
        declare(ready, "settings.toml", f'{MAIL}transport = "smtp"\nserver = "127.0.0.1"\n')
        mail = server_settings(port)
        with transport_of(mail) as server:
            send(ready, PERIOD, mail, server)
    assert look(ready, "mails") == (state, words)


def test_a_quarter_without_recipients_asks_for_no_mail(ready: Path, quick: Quick) -> None:
    recipients(ready)
    rerun(quick, ready)
    release(ready, PERIOD, HEAD)
    assert states(ready, ALL_LATE) == all_are("ok")


# --- the command ----------------------------------------------------------------------------------


def command(root: Path, patch: pytest.MonkeyPatch, today: date, *words: str) -> Result:
    patch.setattr(schedule, "_today", lambda: today)
    return CliRunner(env={"FFANALYSIS_ROOT": str(root)}).invoke(main, ["status", *words])


def test_the_command_prints_a_line_for_each_step(
    programme: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = command(programme, monkeypatch, RUN_LATE)
    assert told.exit_code == 15
    assert told.stdout == (
        f"{PERIOD} on 2015-10-22: something is late or missing.\n"
        f"workbooks        ok                 data/raw/{PERIOD} has workbooks.\n"
        f"run              LATE               {PERIOD} has not been run. Due by 2015-10-21.\n"
        "unchanged        LATE               Nothing is published yet. Due by 2015-10-21.\n"
        f"release          due by 2015-11-04  {PERIOD} has not been released.\n"
        "mails            due by 2015-11-11  Nothing is sent before a release that holds.\n"
    )
    assert command(programme, monkeypatch, BEFORE).exit_code == 0
    assert command(programme, monkeypatch, BEFORE, "2015-Q2").exit_code == 2


def test_the_command_is_json_for_machines(programme: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = command(programme, monkeypatch, date(2031, 1, 1), "latest", "--format", "json")
    assert told.exit_code == 15
    found = json.loads(told.stdout)
    assert (found["period"], found["today"], found["ok"]) == (PERIOD, "2031-01-01", False)
    assert found["steps"][1] == {
        "step": "run",
        "state": "late",
        "due": (date(2015, 9, 30) + timedelta(days=21)).isoformat(),
        "words": f"{PERIOD} has not been run.",
    }
