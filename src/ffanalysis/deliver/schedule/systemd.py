"""The job for systemd: a service and its timer among the units of the account."""

import os
import shlex
from datetime import date
from pathlib import Path

from ffanalysis.deliver.schedule import Job, call, make_log_folder, refused
from ffanalysis.errors import ScheduleRefused, SchedulerFailed

_HOURS = 5  # a run ends by itself after four
_NOT_IN_A_NAME = "\"'\\"


def units_of(job: Job) -> dict[str, str]:
    """The units by their file names."""
    for path, signs in ((job.python, _NOT_IN_A_NAME), (job.root, "\\")):
        if any(sign in path for sign in signs):
            raise ScheduleRefused(
                f"systemd cannot be told of {path}: it has quotes or a backslash in it. Rename it"
            )
    root = job.root.replace("%", "%%")
    python = job.python.replace("%", "%%")
    service = f"""[Unit]
Description=Savings briefings of {root}

[Service]
Type=oneshot
WorkingDirectory={root}
# The colon: nothing in the path stands for a variable.
ExecStart=:"{python}" {" ".join(job.arguments)}
TimeoutStartSec={_HOURS}h
"""
    hour, minute = job.clock
    days = "\n".join(
        f"OnCalendar=*-{','.join(f'{month:02d}' for month in span.months)}"
        f"-{span.first:02d}..{span.last:02d} {hour:02d}:{minute:02d}:00"
        for span in job.spans
    )
    timer = f"""[Unit]
Description=When the savings briefings of {root} are brought up to date

[Timer]
{days}
# A machine that was off at that time runs the job once it is on again.
Persistent=true

[Install]
WantedBy=timers.target
"""
    return {f"{job.name}.service": service, f"{job.name}.timer": timer}


def folder() -> Path:
    """Where the units of an account are."""
    named = os.environ.get("XDG_CONFIG_HOME", "")
    base = Path(named) if named else Path.home() / ".config"
    return base / "systemd" / "user"


def shown(job: Job, _: date) -> str:
    """What would be installed, and where."""
    texts = [f"{folder() / name}:\n\n{text}" for name, text in units_of(job).items()]
    commands = "\n".join(map(shlex.join, _to_install(job)))
    return "\n".join([*texts, f"Then these are called:\n\n{commands}"])


def _to_install(job: Job) -> list[list[str]]:
    own = ["systemctl", "--user"]
    return [[*own, "daemon-reload"], [*own, "enable", "--now", f"{job.name}.timer"]]


def install(job: Job, _: date) -> str:
    """Write the units and start the timer; where that is refused, they are deleted again."""
    units = units_of(job)
    make_log_folder(job)
    folder().mkdir(parents=True, exist_ok=True)
    for name, text in units.items():
        (folder() / name).write_text(text, "utf-8")
    try:
        for command in _to_install(job):
            done = call(command)
            if done.returncode:
                raise refused(command, done)
    except SchedulerFailed:
        for name in units:
            (folder() / name).unlink()
        raise
    return (
        f"The timer {job.name}.timer is on ('systemctl --user list-timers' shows it). It runs while"
        " nobody is logged in only after 'loginctl enable-linger', once for this account."
    )


def remove(job: Job) -> str:
    """Stop the timer and delete the units."""
    paths = [folder() / f"{job.name}.{kind}" for kind in ("timer", "service")]
    if not any(path.exists() for path in paths):
        return "This account has no timer of this programme."
    own = ["systemctl", "--user"]
    stopped = call([*own, "disable", "--now", paths[0].name])
    for path in paths:
        path.unlink(missing_ok=True)
    call([*own, "daemon-reload"])
    if stopped.returncode:
        raise SchedulerFailed(
            "systemctl",
            f"could not stop {paths[0].name}; its files are deleted, and it is gone with the next"
            " start of the machine",
        )
    return f"The timer {job.name}.timer is off, and its files are deleted."
