"""The job for the Task Scheduler of Windows: one task, as the XML that schtasks takes."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path, PureWindowsPath
from xml.etree import ElementTree as ET

from ffanalysis.deliver.schedule import Job, Span, call, make_log_folder, refused
from ffanalysis.errors import ScheduleRefused, SchedulerFailed

NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
FILE = "reports/.runs/schedule.xml"
_LONGEST_RUN = "PT5H"  # a run ends by itself after four hours
_REMOTE = 4  # what Windows calls a drive that is mapped to a share
_VARIABLE = re.compile(r"%[^%]+%")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def is_mapped(drive: str) -> bool:
    """Whether a drive, such as "H:", is a share that has been given a letter."""
    if sys.platform == "win32":
        import ctypes

        return bool(ctypes.windll.kernel32.GetDriveTypeW(f"{drive}\\") == _REMOTE)
    return False


def xml_of(job: Job, today: date, is_mapped: Callable[[str], bool] = is_mapped) -> bytes:
    """The task in UTF-16, as schtasks reads it. Raises ScheduleRefused for a path it cannot use."""
    for path in (job.root, job.python):
        _refuse(path, is_mapped)
    task = ET.Element("Task", {"version": "1.2", "xmlns": NAMESPACE})
    _add(task, "RegistrationInfo", Description=f"Savings briefings of {job.root}")
    triggers = ET.SubElement(task, "Triggers")
    for span in job.spans:
        _add_trigger(triggers, job, span, today)
    principals = ET.SubElement(task, "Principals")
    # Of all ways to log on, only this one has the network's shares while nobody is logged on.
    _add(principals, "Principal", LogonType="Password", RunLevel="LeastPrivilege").set("id", "Own")
    _add(
        task,
        "Settings",
        MultipleInstancesPolicy="IgnoreNew",
        DisallowStartIfOnBatteries="false",
        StopIfGoingOnBatteries="false",
        StartWhenAvailable="true",
        Enabled="true",
        ExecutionTimeLimit=_LONGEST_RUN,
    )
    actions = ET.SubElement(task, "Actions", Context="Own")
    _add(
        actions,
        "Exec",
        Command=job.python,
        Arguments=" ".join(job.arguments),
        WorkingDirectory=job.root,
    )
    ET.indent(task)
    text = ET.tostring(task, "unicode")
    return f'<?xml version="1.0" encoding="UTF-16"?>\r\n{text}\r\n'.encode("utf-16")


def _add(parent: ET.Element, name: str, **texts: str) -> ET.Element:
    made = ET.SubElement(parent, name)
    for each, text in texts.items():
        ET.SubElement(made, each).text = text
    return made


def _add_trigger(triggers: ET.Element, job: Job, span: Span, today: date) -> None:
    """One trigger: a time without a zone is that of the machine's clock."""
    hour, minute = job.clock
    start = f"{today.isoformat()}T{hour:02d}:{minute:02d}:00"
    trigger = _add(triggers, "CalendarTrigger", Enabled="true", StartBoundary=start)
    month = ET.SubElement(trigger, "ScheduleByMonth")
    days = ET.SubElement(month, "DaysOfMonth")
    for day in range(span.first, span.last + 1):
        ET.SubElement(days, "Day").text = str(day)
    months = ET.SubElement(month, "Months")
    for number in span.months:
        ET.SubElement(months, _MONTHS[number - 1])


def _refuse(path: str, is_mapped: Callable[[str], bool]) -> None:
    drive = PureWindowsPath(path).drive
    if not PureWindowsPath(path).is_absolute():
        raise ScheduleRefused(
            f"{path} is no path of Windows. Call this command on the machine that runs the job"
        )
    if drive.endswith(":") and is_mapped(drive):
        raise ScheduleRefused(
            f"{drive} is a share that has a letter only while you are logged on, and {path} would"
            " not be found. Change to the share's own path, such as \\\\server\\share\\programme"
        )
    if _VARIABLE.search(path):
        raise ScheduleRefused(
            f"Windows takes what stands between two percent signs in {path} for a variable. Rename"
            " it"
        )


def command_of(job: Job) -> list[str]:
    """What registers the task; it asks for the password of the account."""
    account = "\\".join(filter(None, (os.environ.get("USERDOMAIN"), os.environ.get("USERNAME"))))
    file = str(PureWindowsPath(job.root, FILE))
    own = ["schtasks", "/Create", "/TN", job.name, "/XML", file]
    return [*own, "/RU", account or "DOMAIN\\account", "/RP", "*"]


def shown(job: Job, today: date) -> str:
    """What would be installed, and where."""
    text = xml_of(job, today).decode("utf-16").replace("\r\n", "\n")
    line = subprocess.list2cmdline(command_of(job))
    return (
        f"{PureWindowsPath(job.root, FILE)}, in UTF-16:\n\n{text}\nThen this is called:\n\n{line}\n"
    )


def install(job: Job, today: date) -> str:
    """Write the task and register it; Windows asks for the account's password."""
    content = xml_of(job, today)
    _require_windows()
    make_log_folder(job)
    Path(job.root, FILE).write_bytes(content)
    command = [*command_of(job), "/F"]
    # It asks for a password, so it has the terminal.
    if code := subprocess.run(command, check=False).returncode:  # noqa: S603 - our own words
        raise SchedulerFailed("schtasks", f"has not registered the task (exit code {code})")
    return f"The task {job.name} is registered ('schtasks /Query /TN {job.name}' shows it)."


def remove(job: Job) -> str:
    """Take the task away."""
    _require_windows()
    command = ["schtasks", "/Delete", "/TN", job.name, "/F"]
    done = call(command)
    if done.returncode:
        raise refused(command, done)
    Path(job.root, FILE).unlink(missing_ok=True)
    return f"The task {job.name} is gone."


def _require_windows() -> None:
    if sys.platform != "win32":
        raise SchedulerFailed("schtasks", "is on Windows alone: use another --system here")
