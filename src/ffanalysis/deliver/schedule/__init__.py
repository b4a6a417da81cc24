"""The scheduled job: `run latest --note` in the weeks behind each quarter's end.

The job publishes in the programme's folder and tells who must look. It sends no mail to directors.
Each scheduler has a room of its own here: what it is given, and how that is installed and removed.
"""

import hashlib
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from ffanalysis.errors import ScheduleRefused, SchedulerFailed
from ffanalysis.periods import Period
from ffanalysis.settings import Schedule

LOG = "reports/.runs/schedule.log"  # in the programme's folder, which the job runs in
_COMMON_YEAR = 2014  # the last of its quarters ends in March 2015, and no February has 29 days
# Which day cannot be behind which: what the job has not made yet cannot be due.
_ORDER = (
    ("from_day", "to_day"),
    ("from_day", "run_due"),
    ("run_due", "release_due"),
    ("release_due", "mail_due"),
)
_SECONDS = 60  # for a scheduler's own command


@dataclass(frozen=True)
class Span:
    """Days of a month, from the first to the last, in each of these months."""

    first: int
    last: int
    months: tuple[int, ...]


@dataclass(frozen=True)
class Job:
    """What is scheduled: in which folder, by which interpreter, and when."""

    root: str
    python: str
    schedule: Schedule

    @property
    def arguments(self) -> tuple[str, ...]:
        """What the interpreter is told; nothing in it needs quotes anywhere."""
        return ("-m", "ffanalysis", "run", "latest", "--note", "--log", LOG)

    @property
    def name(self) -> str:
        """The job's name, which is another for each folder."""
        return f"ffanalysis-{hashlib.sha256(self.root.encode()).hexdigest()[:8]}"

    @property
    def clock(self) -> tuple[int, int]:
        """The hour and minute at which it runs."""
        hour, _, minute = self.schedule.time.partition(":")
        return int(hour), int(minute)

    @property
    def spans(self) -> tuple[Span, ...]:
        """The days of the year on which it runs, the same in every year."""
        months: dict[tuple[int, int], list[int]] = {}
        for quarter in (4, 1, 2, 3):
            end = Period(_COMMON_YEAR, quarter).last_day
            days: dict[int, list[int]] = {}
            for number in range(self.schedule.from_day, self.schedule.to_day + 1):
                day = end + timedelta(days=number)
                days.setdefault(day.month, []).append(day.day)
            for month, own in days.items():
                months.setdefault((own[0], own[-1]), []).append(month)
        return tuple(Span(*days, tuple(sorted(own))) for days, own in months.items())

    @property
    def words(self) -> str:
        """When the job runs, as a sentence."""
        schedule = self.schedule
        return (
            f"at {schedule.time} by this machine's clock, from day {schedule.from_day} to day"
            f" {schedule.to_day} after each quarter's end"
        )


def job_of(root: str, python: str, schedule: Schedule) -> Job:
    """The job of a programme. Raises ScheduleRefused for what no scheduler could be told."""
    for what, path in (("folder of the programme", root), ("interpreter", python)):
        if any(not sign.isprintable() for sign in path) or path != path.strip():
            shown = "".join(sign if sign.isprintable() else "?" for sign in path)
            raise ScheduleRefused(
                f"the path of the {what}, '{shown}', begins or ends with a blank, or holds a sign"
                " that cannot be seen. Rename it"
            )
    for earlier, later in _ORDER:
        first, then = getattr(schedule, earlier), getattr(schedule, later)
        if first > then:
            raise ScheduleRefused(
                f"[schedule] in settings.toml has {earlier} = {first} behind {later} = {then}."
                " Write the earlier day first"
            )
    return Job(root, python, schedule)


def make_log_folder(job: Job) -> None:
    """Have the folder that the job's log stands in."""
    Path(job.root, LOG).parent.mkdir(parents=True, exist_ok=True)


def call(command: Sequence[str], content: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Call a scheduler's own command. Raises SchedulerFailed where it is not there, or stands."""
    try:
        return subprocess.run(  # noqa: S603 - the words are our own
            command, input=content, capture_output=True, timeout=_SECONDS, check=False
        )
    except FileNotFoundError as error:
        raise SchedulerFailed(
            command[0], "is not on this machine: install it, or use another --system"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise SchedulerFailed(command[0], f"did not answer within {_SECONDS} seconds") from error


def refused(command: Sequence[str], done: subprocess.CompletedProcess[bytes]) -> SchedulerFailed:
    """The error of a scheduler's command that did not do what it was asked to."""
    said = " ".join((done.stderr or done.stdout).decode("utf-8", "replace").split())
    return SchedulerFailed(command[0], f"refuses ({said or f'exit code {done.returncode}'})")
