"""The job for cron: a block of lines of our own in the account's crontab."""

import shlex
from datetime import date

from ffanalysis.deliver.schedule import Job, call, make_log_folder, refused
from ffanalysis.errors import ScheduleRefused, SchedulerFailed

_LONGEST = 998  # signs of a command; cron cuts off more than that
_NO_CRONTAB = b"no crontab"


def text_of(job: Job) -> str:
    """The block of a job, between two lines that name the programme's folder."""
    hour, minute = job.clock
    command = _command(job)
    lines = [
        f"{minute} {hour} {span.first}-{span.last} {','.join(map(str, span.months))} * {command}"
        for span in job.spans
    ]
    begin, end = _marks(job)
    return "\n".join([begin, *lines, end, ""])


def _marks(job: Job) -> tuple[str, str]:
    return f"# BEGIN ffanalysis {job.root}", f"# END ffanalysis {job.root}"


def _command(job: Job) -> str:
    """The command for the shell; a percent sign would end it, were there no backslash before it."""
    for path in (job.root, job.python):
        if "\\" in path:
            raise ScheduleRefused(
                f"the path {path} has a backslash, which not every cron reads alike. Rename it"
            )
    shown = f"cd {shlex.quote(job.root)} && {shlex.join([job.python, *job.arguments])}"
    found = shown.replace("%", "\\%")
    if len(found.encode()) > _LONGEST:
        raise ScheduleRefused(
            f"the paths are too long for cron, which takes a command of {_LONGEST} signs. Move the"
            " programme to a shorter path"
        )
    return found


def shown(job: Job, _: date) -> str:
    """What would be installed, and where."""
    return f"Into the crontab of this account (crontab -e) go these lines:\n\n{text_of(job)}"


def install(job: Job, _: date) -> str:
    """Put the block into the crontab, in place of an older one; other lines stay as they are."""
    text = text_of(job)
    before = _crontab()
    rest = without(before, job)
    make_log_folder(job)
    gap = b"\n" if rest and not rest.endswith(b"\n") else b""
    _write(rest + gap + text.encode())
    return "The job is in the crontab of this account ('crontab -l' shows it)."


def remove(job: Job) -> str:
    """Take the block out of the crontab."""
    before = _crontab()
    rest = without(before, job)
    if rest == before:
        return "The crontab of this account has no job of this programme."
    _write(rest)
    return "The job is no longer in the crontab of this account."


def without(crontab: bytes, job: Job) -> bytes:
    """A crontab without the job's block. Raises SchedulerFailed for half a block."""
    begin, end = (mark.encode() for mark in _marks(job))
    kept: list[bytes] = []
    inside = False
    for line in crontab.splitlines(keepends=True):
        mark = line.rstrip(b"\r\n")
        if mark in (begin, end):
            if inside == (mark == begin):
                break
            inside = mark == begin
        elif not inside:
            kept.append(line)
    else:
        if not inside:
            return b"".join(kept)
    raise SchedulerFailed(
        "The crontab",
        f"has only half of the lines from '{begin.decode()}' to '{end.decode()}': take them out"
        " with 'crontab -e'",
    )


def _crontab() -> bytes:
    command = ["crontab", "-l"]
    done = call(command)
    if done.returncode == 0:
        return done.stdout
    if _NO_CRONTAB in done.stderr.lower():
        return b""
    raise refused(command, done)


def _write(content: bytes) -> None:
    """Replace the crontab; one that is left empty is taken away."""
    command = ["crontab", "-"] if content.strip() else ["crontab", "-r"]
    done = call(command, content)
    if done.returncode:
        raise refused(command, done)
