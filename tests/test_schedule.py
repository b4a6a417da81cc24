"""The scheduled job: on which days, at which time, and as cron, systemd and Windows take it."""

import os
import shlex
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from quick import Quick
from rendered import COMMAND, PERIOD
from schedulers import CRONTAB, SYSTEMCTL, stand_in, tool

from ffanalysis.cli import main
from ffanalysis.deliver.schedule import LOG, Job, Span, cron, job_of, systemd, windows
from ffanalysis.errors import (
    NoQuarterYet,
    PeriodMalformed,
    ScheduleRefused,
    SchedulerFailed,
    SettingsWrong,
)
from ffanalysis.read import latest_period, named_period
from ffanalysis.read.settings import settings_in
from ffanalysis.settings import Schedule

TODAY = date(2026, 10, 1)
HOSTILE = """sav ings 50% & "q" <x> 'y' $HOME é"""
ARGUMENTS = "-m ffanalysis run latest --note --log reports/.runs/schedule.log"
# Whatever a folder may be called that can be seen.
NAMES = st.text(st.characters(exclude_characters="/\\\x00"), min_size=1, max_size=20).filter(
    lambda name: name.isprintable() and name == name.strip()
)


def job(root: str = "/srv/savings", python: str = "/opt/py/bin/python", **when: object) -> Job:
    return job_of(root, python, Schedule(**when))  # type: ignore[arg-type]


def command(root: Path, *words: str) -> Result:
    return CliRunner(env={"FFANALYSIS_ROOT": str(root)}).invoke(main, [*words])


# --- latest ---------------------------------------------------------------------------------------


def test_latest_is_the_latest_period_that_has_a_workbook(programme: Path) -> None:
    raw = programme / "data" / "raw"
    (raw / "2015-16-Q3").mkdir()
    (raw / "2015-16-Q3" / "notes.txt").write_text("none yet")
    (raw / "2031-32-Q9").mkdir()
    assert latest_period(programme) == named_period(programme, "LATEST") == PERIOD
    (raw / "2015-16-Q3" / "register.xlsx").write_bytes(b"")
    assert latest_period(programme) == "2015-16-Q3"


def test_without_a_workbook_there_is_no_latest(tmp_path: Path) -> None:
    (tmp_path / "data" / "raw" / PERIOD).mkdir(parents=True)
    with pytest.raises(NoQuarterYet, match="No period in data/raw has a workbook yet"):
        latest_period(tmp_path)
    told = command(tmp_path, "run", "latest")
    assert (told.exit_code, told.stdout) == (2, "")


@pytest.mark.parametrize(
    ("written", "nearest"),
    [
        ("2016-Q1", "2016-17-Q1."),
        ("2016/17 Q1", "2016-17-Q1."),
        ("2016-17-q4", "2016-17-Q1."),
        ("lates", "2015-16-Q2, or latest."),
        ("Q2 2015-16", "2015-16-Q2."),
    ],
)
def test_what_is_no_period_is_told_the_nearest_there_is(
    programme: Path, written: str, nearest: str
) -> None:
    (programme / "data" / "raw" / "2016-17-Q1").mkdir()
    with pytest.raises(PeriodMalformed) as refused:
        named_period(programme, written)
    assert str(refused.value).endswith(f"such as {nearest}")


@pytest.mark.parametrize("words", [["check"], ["runs"], ["release", "--by", "Ann"], ["mail"]])
def test_each_command_says_which_period_the_latest_is(programme: Path, words: list[str]) -> None:
    told = command(programme, words[0], "latest", *words[1:])
    assert told.stderr.startswith(f"The latest period is {PERIOD}.\n")
    assert told.exception is None or isinstance(told.exception, SystemExit)


# --- when -----------------------------------------------------------------------------------------


def days_of(made: Job, year: int) -> list[date]:
    return sorted(
        date(year, month, day)
        for span in made.spans
        for month in span.months
        for day in range(span.first, span.last + 1)
    )


ALL_DUE = {"run_due": 59, "release_due": 60, "mail_due": 61}


@pytest.mark.parametrize(("first", "last"), [(1, 1), (5, 45), (28, 33), (31, 59), (1, 59)])
@pytest.mark.parametrize("year", [2026, 2028])
def test_the_days_are_those_behind_each_quarters_end(first: int, last: int, year: int) -> None:
    ends = [(12, 31, -1), (3, 31, 0), (6, 30, 0), (9, 30, 0)]
    by_hand = sorted(
        date(year + back, month, day) + timedelta(days=number)
        for month, day, back in ends
        for number in range(first, last + 1)
    )
    assert days_of(job(from_day=first, to_day=last, **ALL_DUE), year) == by_hand


def test_days_by_hand() -> None:
    assert job(from_day=5, to_day=45).spans == (
        Span(5, 30, (4,)),
        Span(1, 15, (5,)),
        Span(5, 31, (1, 7, 10)),
        Span(1, 14, (2, 8, 11)),
    )


@pytest.mark.parametrize("said", ["01:00", "01:30", "02:00", "02:59"])
def test_a_time_at_which_clocks_change_is_refused_with_the_reason(said: str) -> None:
    with pytest.raises(SettingsWrong, match="twice or not at all on the two days on which"):
        settings_in([f'[schedule]\ntime = "{said}"\n'.encode()])


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('time = "6:30"', "is no time of day"),
        ('time = "24:00"', "is no time of day"),
        ("time = 6", "is no text"),
        ("from_day = 0", "is no whole number from 1 to 59"),
        ("to_day = 60", "is no whole number from 1 to 59"),
        ("to_day = true", "is no whole number"),
        ('run_due = "21"', "is no whole number from 1 to 89"),
        ('analyst = "nobody"', "is no e-mail address"),
        ("days = 5", "'days' is not known"),
    ],
)
def test_what_the_schedule_cannot_be_is_refused(line: str, why: str) -> None:
    with pytest.raises(SettingsWrong, match=why):
        settings_in([f"[schedule]\n{line}\n".encode()])


def test_days_in_the_wrong_order_and_hostile_paths_are_refused() -> None:
    for when in (
        {"from_day": 20, "to_day": 10},
        {"from_day": 22},
        {"run_due": 36},
        {"release_due": 43},
    ):
        with pytest.raises(ScheduleRefused, match="Write the earlier day first"):
            job(**when)
    for path in ("/srv/a\nb", "/srv/a\x00", "/srv/a ", "\t/srv", "/srv/\u2028"):
        with pytest.raises(ScheduleRefused, match="sign that cannot be seen"):
            job(path)
        with pytest.raises(ScheduleRefused, match="sign that cannot be seen"):
            job(python=path)


# --- the clock of summer --------------------------------------------------------------------------


def minutes_of(day: date, zone: str) -> Counter[str]:
    """How often the clock of a place shows each minute of a day."""
    begins = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=2)
    moments = (begins + timedelta(minutes=each) for each in range(60 * 28))
    here = (moment.astimezone(ZoneInfo(zone)) for moment in moments)
    return Counter(f"{each:%H:%M}" for each in here if each.date() == day)


@pytest.mark.parametrize("day", [date(2027, 3, 28), date(2027, 10, 31)])
@pytest.mark.parametrize("zone", ["Europe/London", "Europe/Paris"])
def test_each_time_that_is_allowed_is_there_once_on_the_days_of_change(
    day: date, zone: str
) -> None:
    seen = minutes_of(day, zone)
    every = [f"{hour:02d}:{minute:02d}" for hour in range(24) for minute in range(60)]
    unfit = [each for each in every if seen[each] != 1]
    assert len(unfit) == 60
    for each in every:
        is_refused = False
        try:
            settings_in([f'[schedule]\ntime = "{each}"\n'.encode()])
        except SettingsWrong:
            is_refused = True
        assert is_refused == ("01:00" <= each < "03:00")
        assert is_refused or each not in unfit


def elapses(calendar: str, base: str, number: int) -> list[datetime]:
    """When systemd would start a timer of London, from a day on."""
    words = ["calendar", f"--iterations={number}", f"--base-time={base}", calendar]
    done = subprocess.run(
        [tool("systemd-analyze"), *words],
        env={**os.environ, "TZ": "Europe/London", "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=True,
    )
    found = [line.split("(in UTC): ")[1] for line in done.stdout.splitlines() if "in UTC" in line]
    return [
        datetime.strptime(each, "%a %Y-%m-%d %H:%M:%S UTC").replace(tzinfo=UTC) for each in found
    ]


def test_systemd_starts_the_job_once_on_each_day_and_on_no_other() -> None:
    """Over two years of London's clock, by systemd's own reckoning."""
    made = job(from_day=5, to_day=45)
    calendars = [
        line.removeprefix("OnCalendar=")
        for line in systemd.units_of(made)[f"{made.name}.timer"].splitlines()
        if line.startswith("OnCalendar=")
    ]
    found = [
        moment.astimezone(ZoneInfo("Europe/London"))
        for calendar in calendars
        for moment in elapses(calendar, "2027-01-01", 200)
    ]
    for year in (2027, 2028):
        own = sorted(moment for moment in found if moment.year == year)
        assert [moment.date() for moment in own] == days_of(made, year)
        assert {f"{moment:%H:%M}" for moment in own} == {"06:30"}
    assert date(2027, 10, 31) in days_of(made, 2027), "the clocks go back within the days"


@pytest.mark.parametrize("base", ["2027-03-26", "2027-10-29"])
def test_systemd_starts_it_once_a_day_over_both_changes(base: str) -> None:
    found = [
        moment.astimezone(ZoneInfo("Europe/London"))
        for moment in elapses("*-*-* 06:30:00", base, 5)
    ]
    first = date.fromisoformat(base)
    assert [moment.date() for moment in found] == [
        first + timedelta(days=each) for each in range(5)
    ]
    assert {f"{moment:%H:%M}" for moment in found} == {"06:30"}
    assert len({moment.utcoffset() for moment in found}) == 2, "the clocks change in between"


# --- cron -----------------------------------------------------------------------------------------


def test_the_block_of_cron_by_hand() -> None:
    line = f"cd /srv/savings && /opt/py/bin/python {ARGUMENTS}"
    assert cron.text_of(job()) == (
        "# BEGIN ffanalysis /srv/savings\n"
        f"30 6 5-30 4 * {line}\n"
        f"30 6 1-15 5 * {line}\n"
        f"30 6 5-31 1,7,10 * {line}\n"
        f"30 6 1-14 2,8,11 * {line}\n"
        "# END ffanalysis /srv/savings\n"
    )


def as_cron_starts(line: str) -> str:
    """The command of a line as cron hands it to the shell: what is behind a plain % is input."""
    text = line.split(" ", 5)[5]
    assert "%" not in text.replace("\\%", "")
    return text.replace("\\%", "%")


def test_the_line_of_cron_works_from_anywhere_whatever_the_path(tmp_path: Path) -> None:
    """The shell starts what the line says in the programme's folder, with its arguments."""
    root = tmp_path / HOSTILE
    root.mkdir()
    python = root / "py thon"
    python.write_text('#!/bin/sh\npwd\nprintf "%s\\n" "$@"\n')
    python.chmod(0o755)
    for line in cron.text_of(job(str(root), str(python))).splitlines()[1:-1]:
        done = subprocess.run(
            ["/bin/sh", "-c", as_cron_starts(line)],
            cwd="/",
            env={},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.splitlines() == [str(root), *ARGUMENTS.split()]


@given(root=NAMES, python=NAMES)
def test_cron_and_the_shell_give_back_any_path(root: str, python: str) -> None:
    made = job(f"/srv/{root}", f"/opt/{python}")
    for line in cron.text_of(made).splitlines()[1:-1]:
        words = shlex.split(as_cron_starts(line))
        assert words == ["cd", made.root, "&&", made.python, *ARGUMENTS.split()]


def test_a_real_crontab_accepts_the_block(tmp_path: Path) -> None:
    file = tmp_path / "crontab"
    file.write_text(cron.text_of(job(f"/srv/{HOSTILE}")), "utf-8")
    usage = subprocess.run([tool("crontab"), "-?"], capture_output=True, text=True, check=False)
    options = (each for each in ("-n", "-T") if f"\n {each} " in usage.stderr.replace("\t", " "))
    option = next(options, "")
    if not option:
        pytest.skip("this crontab cannot check a file")
    dry = ["crontab", option, str(file)]
    done = subprocess.run(dry, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    file.write_text(cron.text_of(job()).replace("30 6 5-30 4", "30 6 5-45 4"), "utf-8")
    assert subprocess.run(dry, capture_output=True, check=False).returncode


def test_what_cron_may_read_otherwise_is_refused() -> None:
    with pytest.raises(ScheduleRefused, match="backslash"):
        cron.text_of(job("/srv/a\\b"))
    with pytest.raises(ScheduleRefused, match="too long for cron"):
        cron.text_of(job(f"/srv/{'a' * 950}"))


def test_cron_is_installed_once_and_removed_without_touching_another_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = stand_in(monkeypatch, tmp_path, "crontab", CRONTAB)
    own, other = job(str(tmp_path / "a")), job(str(tmp_path / "b"))
    mine = b"MAILTO=x\n0 1 * * * one%two\n# BEGIN backup\n\n# \xff no utf-8\n5 5 * * * last"
    kept.write_bytes(mine)
    cron.install(own, TODAY)
    cron.install(other, TODAY)
    cron.install(own, TODAY)
    content = kept.read_bytes()
    assert content.startswith(mine + b"\n")
    assert content.count(b"# BEGIN ffanalysis") == content.count(b"# END ffanalysis") == 2
    assert (tmp_path / "a" / "reports" / ".runs").is_dir(), "the log has a place"
    assert cron.remove(own) == "The job is no longer in the crontab of this account."
    cron.remove(other)
    assert kept.read_bytes() == mine + b"\n"
    assert cron.remove(own) == "The crontab of this account has no job of this programme."


def test_a_crontab_of_our_block_alone_is_gone_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = stand_in(monkeypatch, tmp_path, "crontab", CRONTAB)
    made = job(str(tmp_path))
    cron.install(made, TODAY)
    assert kept.read_bytes() == cron.text_of(made).encode()
    cron.remove(made)
    assert not kept.exists()


@pytest.mark.parametrize("lost", ["# BEGIN", "# END"])
def test_half_a_block_is_left_to_a_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    kept = stand_in(monkeypatch, tmp_path, "crontab", CRONTAB)
    made = job(str(tmp_path))
    lines = cron.text_of(made).splitlines(keepends=True)
    half = "".join(line for line in lines if not line.startswith(lost))
    kept.write_text(half)
    for change in (lambda: cron.install(made, TODAY), lambda: cron.remove(made)):
        with pytest.raises(SchedulerFailed, match="only half of the lines"):
            change()
    assert kept.read_text() == half


# --- systemd --------------------------------------------------------------------------------------


def test_the_units_by_hand() -> None:
    made = job()
    units = systemd.units_of(made)
    assert [*units] == [f"{made.name}.service", f"{made.name}.timer"]
    service, timer = units.values()
    assert "WorkingDirectory=/srv/savings\n" in service
    assert f'ExecStart=:"/opt/py/bin/python" {ARGUMENTS}\n' in service
    assert [line for line in timer.splitlines() if "=" in line][1:] == [
        "OnCalendar=*-04-05..30 06:30:00",
        "OnCalendar=*-05-01..15 06:30:00",
        "OnCalendar=*-01,07,10-05..31 06:30:00",
        "OnCalendar=*-02,08,11-01..14 06:30:00",
        "Persistent=true",
        "WantedBy=timers.target",
    ]


@pytest.mark.parametrize("name", ["plain", HOSTILE])
def test_systemd_verifies_the_units(tmp_path: Path, name: str) -> None:
    root = tmp_path / name
    python = tmp_path / "an 100% $HOME é & <x>" / "python"
    for folder in (root, python.parent, tmp_path / "run"):
        folder.mkdir()
    python.symlink_to(sys.executable)
    units = systemd.units_of(job(str(root), str(python)))
    paths = [tmp_path / each for each in units]
    for path, text in zip(paths, units.values(), strict=True):
        path.write_text(text, "utf-8")
    done = subprocess.run(
        [tool("systemd-analyze"), "verify", "--user", *map(str, paths)],
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path / "run"), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_what_systemd_cannot_start_is_refused() -> None:
    for made in (job(python='/opt/a"b'), job(python="/opt/it's"), job("/srv/a\\")):
        with pytest.raises(ScheduleRefused, match="quotes or a backslash"):
            systemd.units_of(made)


def test_the_units_are_installed_and_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = stand_in(monkeypatch, tmp_path, "systemctl", SYSTEMCTL)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    folder = tmp_path / "config" / "systemd" / "user"
    made = job(str(tmp_path))
    assert "no timer of this programme" in systemd.remove(made)
    systemd.install(made, TODAY)
    assert {path.name for path in folder.iterdir()} == {*systemd.units_of(made)}
    systemd.remove(made)
    assert [*folder.iterdir()] == []
    assert calls.read_text().splitlines() == [
        "--user daemon-reload",
        f"--user enable --now {made.name}.timer",
        f"--user disable --now {made.name}.timer",
        "--user daemon-reload",
    ]


def test_a_scheduler_that_refuses_or_is_not_there_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch, tmp_path, "systemctl", SYSTEMCTL, fails="enable")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    with pytest.raises(SchedulerFailed, match=r"refuses \(Failed to connect to bus"):
        systemd.install(job(str(tmp_path)), TODAY)
    assert [*(tmp_path / "config" / "systemd" / "user").iterdir()] == [], "nothing is left half"
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    with pytest.raises(SchedulerFailed, match="crontab is not on this machine"):
        cron.install(job(str(tmp_path)), TODAY)


# --- Windows --------------------------------------------------------------------------------------

SHARE = r"\\files\finance\sav ings 50% & <é> 'x'"
PYTHON = r"C:\Program Files\Python 3.11 & more\python.exe"


def task(root: str = SHARE, python: str = PYTHON, mapped: str = "") -> bytes:
    return windows.xml_of(job(root, python), TODAY, lambda drive: drive == mapped)


def texts(content: bytes, name: str) -> list[str]:
    found = ET.fromstring(content.decode("utf-16")).iter(f"{{{windows.NAMESPACE}}}{name}")  # noqa: S314 - our own
    return [element.text or "" for element in found]


def test_the_task_is_utf_16_and_holds_what_the_job_is() -> None:
    content = task()
    assert content.startswith((b"\xff\xfe", b"\xfe\xff"))
    assert texts(content, "Command") == [PYTHON]
    assert texts(content, "Arguments") == [ARGUMENTS]
    assert texts(content, "WorkingDirectory") == [SHARE]
    assert set(texts(content, "StartBoundary")) == {"2026-10-01T06:30:00"}
    assert texts(content, "MultipleInstancesPolicy") == ["IgnoreNew"]
    assert texts(content, "StartWhenAvailable") == ["true"]
    assert texts(content, "ExecutionTimeLimit") == ["PT5H"]
    assert texts(content, "LogonType") == ["Password"]
    assert 'Principal id="Own"' in content.decode("utf-16")
    assert 'Actions Context="Own"' in content.decode("utf-16")
    days = [
        (month.tag.partition("}")[2], int(day.text or ""))
        for trigger in ET.fromstring(content.decode("utf-16")).iter(  # noqa: S314 - our own
            f"{{{windows.NAMESPACE}}}ScheduleByMonth"
        )
        for month in trigger[1]
        for day in trigger[0]
    ]
    assert sorted(days) == sorted((f"{day:%B}", day.day) for day in days_of(job(), 2027))


def test_the_task_is_as_the_documented_schema_has_it(tmp_path: Path) -> None:
    """By a schema in our words; one that is not so fails, so the schema can tell."""
    schema = Path(__file__).parent / "task_scheduler.xsd"

    def is_valid(content: bytes) -> bool:
        (tmp_path / "task.xml").write_bytes(content)
        order = [tool("xmllint"), "--noout", "--nonet", "--schema", str(schema)]
        done = subprocess.run(
            [*order, str(tmp_path / "task.xml")], capture_output=True, check=False
        )
        return done.returncode == 0

    assert is_valid(task())
    assert is_valid(task(r"D:\savings", r"C:\py\python.exe"))
    for right, wrong in (
        ("<Day>5<", "<Day>32<"),
        ("PT5H", "5 hours"),
        ("IgnoreNew", "Ignore"),
        ("T06:30:00", "T06:30:00Z"),
        ("<Enabled>true</Enabled>\n      <StartBoundary>", "<StartBoundary>"),
        ("Password", "Guess"),
    ):
        text = task().decode("utf-16")
        assert right in text
        changed = text.replace(right, wrong)
        if wrong == "<StartBoundary>":  # in the wrong order
            changed = changed.replace("</StartBoundary>", "</StartBoundary><Enabled>true</Enabled>")
        assert not is_valid(changed.encode("utf-16")), wrong


@given(name=NAMES.filter(lambda name: not windows._VARIABLE.search(name)))
def test_the_task_gives_back_any_path(name: str) -> None:
    content = task(f"D:\\{name}", f"C:\\{name}\\python.exe")
    assert texts(content, "WorkingDirectory") == [f"D:\\{name}"]
    assert texts(content, "Command") == [f"C:\\{name}\\python.exe"]


def test_a_mapped_drive_is_refused_with_the_reason_and_a_share_is_kept() -> None:
    with pytest.raises(ScheduleRefused, match="only while you are logged on"):
        task(r"H:\savings", mapped="H:")
    with pytest.raises(ScheduleRefused, match="only while you are logged on"):
        task(python=r"H:\py\python.exe", mapped="H:")
    assert texts(task(r"D:\savings", mapped="H:"), "WorkingDirectory") == [r"D:\savings"]


@pytest.mark.parametrize("path", ["/srv/savings", "savings", r"\savings", r"C:savings"])
def test_what_is_no_whole_path_of_windows_is_refused(path: str) -> None:
    with pytest.raises(ScheduleRefused, match="no path of Windows"):
        task(path)


def test_what_windows_takes_for_a_variable_is_refused() -> None:
    with pytest.raises(ScheduleRefused, match="for a variable"):
        task(r"C:\a %TEMP% b")


def test_the_line_that_registers_the_task(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USERDOMAIN", "COUNCIL")
    monkeypatch.setenv("USERNAME", "ann")
    made = job(SHARE, PYTHON)
    assert windows.shown(made, TODAY).endswith(
        f"schtasks /Create /TN {made.name} /XML"
        f' "{SHARE}\\reports\\.runs\\schedule.xml" /RU COUNCIL\\ann /RP *\n'
    )


# --- the command ----------------------------------------------------------------------------------


def test_the_command_shows_and_installs_only_when_told(
    programme: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = stand_in(monkeypatch, tmp_path, "crontab", CRONTAB)
    (programme / "data" / "raw" / "settings.toml").write_text(
        '[schedule]\nfrom_day = 10\nto_day = 20\ntime = "05:45"\n'
    )
    told = command(programme, "schedule", "--system", "cron")
    assert told.exit_code == 0
    assert f"45 5 10-20 1,4,7,10 * cd {shlex.quote(str(programme))} && " in told.stdout
    assert "Nothing has been installed" in told.stdout
    assert "mail" not in told.stdout
    assert not kept.exists()
    assert not (programme / "reports").exists()
    assert command(programme, "schedule", "--system", "cron", "--install").exit_code == 0
    assert cron.text_of(
        job(str(programme), sys.executable, from_day=10, to_day=20, time="05:45")
    ) == kept.read_text("utf-8")
    assert command(programme, "schedule", "--system", "cron", "--remove").exit_code == 0
    assert not kept.exists()
    both = command(programme, "schedule", "--system", "cron", "--install", "--remove")
    assert both.exit_code == 2
    here = command(programme, "schedule", "--system", "windows", "--install")
    assert (here.exit_code, here.stdout) == (2, "")
    assert "no path of Windows" in here.stderr


# --- the job --------------------------------------------------------------------------------------


@pytest.fixture
def started(published: Path, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """The job of a programme without a usable workbook, as cron starts it: from / and bare."""
    raw = published / "data" / "raw" / PERIOD
    (raw / "settings.toml").write_text("[schedule]\nwhen = 5\n")
    (published / LOG).write_text("old\n" * 300_000)
    line = cron.text_of(job(str(published), sys.executable)).splitlines()[1]
    return subprocess.run(
        ["/bin/sh", "-c", as_cron_starts(line)],
        cwd="/",
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_the_job_says_is_in_its_log_alone(
    published: Path, started: subprocess.CompletedProcess[str]
) -> None:
    assert (started.returncode, started.stdout, started.stderr) == (11, "", "")
    assert (published / f"{LOG}.old").read_text().startswith("old\n"), "it had become too large"
    log = (published / LOG).read_text("utf-8").splitlines()
    assert log[1].endswith(f"ffanalysis {ARGUMENTS.partition('ffanalysis ')[2]}")
    assert log[2] == f"The latest period is {PERIOD}."
    assert log[3].startswith("ffanalysis: settings.toml names nobody whom a note could reach")
    assert log[4].startswith(f"The draft of a note is {published}/reports/notes/{PERIOD}/run-")
    assert log[5].startswith("ffanalysis: settings.toml: [schedule] 'when' is not known")
    assert len(log) == 6


def test_a_second_run_publishes_nothing_new(published: Path, quick: Quick) -> None:
    def state() -> dict[str, tuple[int, bytes]]:
        folder = published / "reports" / PERIOD
        return {
            path.relative_to(folder).as_posix(): (path.stat().st_ino, path.read_bytes())
            for path in folder.rglob("*")
            if path.is_file() and path.name != "run.json"
        }

    quick.run(published)
    before = state()
    quick.run(published)
    assert state() == before, "the same files, not copies of them"
    assert quick.made == []


def test_the_command_is_there_under_its_name() -> None:
    done = subprocess.run([COMMAND, "schedule", "-h"], capture_output=True, text=True, check=True)
    assert "--system [cron|systemd|windows]" in done.stdout
