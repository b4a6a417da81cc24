"""Notes: how a run or a release ended, told to the analyst and the releasers.

A note is no briefing. It needs no release, so it holds no amount: no reason is repeated that could
quote a cell. The same note is not sent twice: what was said last, and to whom, stands beside the
notes. It is not in the journal, which proves what directors were sent; and a run that finds the
journal broken or in use must be able to say so.
"""

import csv
import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.message import MIMEPart
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from ffanalysis.deliver.kept import digest_of
from ffanalysis.deliver.letter import Recipient
from ffanalysis.deliver.release import standing
from ffanalysis.deliver.transport import transport_of
from ffanalysis.errors import (
    DiskFull,
    FileTampered,
    FolderClosed,
    InputsChanging,
    NoQuarterYet,
    NotebookMissing,
    NotebookWrong,
    PeriodMalformed,
    PeriodUnknown,
    ReaderDied,
    ReaderStoodStill,
    ReportsBlocked,
    RunTimeOver,
    RunUnderWay,
    UserError,
)
from ffanalysis.periods import Period
from ffanalysis.read import council_now, council_of, council_of_all
from ffanalysis.render.task import Result
from ffanalysis.run.journal import manifest_of
from ffanalysis.settings import Mail, Settings
from ffanalysis.system import SystemRefused, as_user_error

NOTES, TOLD = "notes", "told.json"
RUN, WITHHELD = "run", "withheld"
# What says why nothing could be run in words that quote no cell.
_WITHOUT_CELLS = (
    DiskFull,
    FileTampered,
    FolderClosed,
    InputsChanging,
    NoQuarterYet,
    NotebookMissing,
    NotebookWrong,
    PeriodMalformed,
    PeriodUnknown,
    ReaderDied,
    ReaderStoodStill,
    ReportsBlocked,
    RunTimeOver,
    RunUnderWay,
    SystemRefused,
)
_OF_THE_PERIOD = ("programme", "reconciliation")
_MOST_NAMES = 30


@dataclass(frozen=True)
class Ended:
    """How a run ended: what came of each page, and whether more kept it from being complete."""

    results: Sequence[Result]
    is_complete: bool
    failed_checks: int
    digest: str = ""  # of the pages, as a release of them records it


@dataclass(frozen=True)
class Note:
    """A note to be told, once: what it is of, and what it says."""

    kind: str
    period: str
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Told:
    """What came of a note: where its draft is, who was sent it, and what went wrong."""

    draft: Path | None = None
    sent: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()
    is_new: bool = True


def ended(folder: Path, period: str, results: Sequence[Result], *, is_complete: bool) -> Ended:
    """How a run ended that has published `folder`."""
    failed, digest = 0, ""
    with suppress(UserError, OSError, UnicodeDecodeError):
        digest = digest_of(manifest_of(folder, period)["outputs"])
        with (folder / "findings.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        errors = {row["id"]: row["parent"] for row in rows if row["severity"] == "error"}
        failed = sum(parent not in errors for parent in errors.values())
    return Ended(results, is_complete, failed, digest)


# --- what a note says -----------------------------------------------------------------------------


def of_run(root: Path, period: str, ended: Ended) -> Note:
    """The note of a run that came to its end."""
    projects = [each for each in ended.results if each.name not in _OF_THE_PERIOD]
    done = [each for each in projects if each.status in ("published", "unchanged")]
    others = {
        word: [each.name for each in ended.results if each.status == word]
        for word in ("withheld", "failed", "published, no PDF")
    }
    digest = f" (digest {ended.digest[:8]})" if ended.digest else ""
    counts = [f"{len(done)} of {len(projects)} briefings are up to date{digest}."]
    counts += [
        f"{word[0].upper()}{word[1:]}: {_names(names)}." for word, names in others.items() if names
    ]
    if not ended.is_complete and not any(others.values()):
        counts.append("The run is incomplete all the same; its log says why.")
    counts.append(f"Checks that failed: {ended.failed_checks}.")
    counts.append(f"What was made is in reports/{period}/index.html.")
    title = ", ".join(
        [
            f"{len(done)} of {len(projects)} up to date",
            *(f"{len(names)} {word}" for word, names in others.items() if names),
        ]
    )
    return Note(RUN, period, title, (*counts, "", *_next_steps(root, period, ended, others)))


def _next_steps(
    root: Path, period: str, ended: Ended, others: Mapping[str, Sequence[str]]
) -> list[str]:
    """What to do next, each in a line."""
    steps = []
    if others["withheld"]:
        steps.append(
            f"reports/{period}/exceptions says which cells to correct; the next run publishes them."
        )
    if others["failed"] or not ended.is_complete:
        steps.append(f"The log of the run is in reports/.runs/{period} ('ffanalysis runs').")
    if _is_released(root, period):
        steps.append(f"It is released. 'ffanalysis status {period}' says what is left.")
        return ["What to do next:", *steps]
    if ended.failed_checks:
        steps.append(
            "Each check that failed needs a correction, or an explanation in explanations.toml:"
            " the release prints what to fill in."
        )
    steps.append(f"A releaser lets it go: ffanalysis release {period} --by NAME")
    return ["What to do next:", *steps]


def _is_released(root: Path, period: str) -> bool:
    """Whether the quarter is released; not, where the journal does not let that be seen."""
    with suppress(UserError, OSError):
        return standing(root, period).holds
    return False


def of_error(period: str, error: BaseException) -> Note:
    """The note of a run that could not be made at all."""
    known = as_user_error(error)
    if known is None:
        why = "The software itself failed. Its log has the traceback: pass it on to who keeps it."
    elif isinstance(known, _WITHOUT_CELLS):
        why = str(known)
    else:
        why = (
            "The workbooks, or what is declared beside them, cannot be used. The log names the cell"
            " or line, and so does 'ffanalysis run latest'."
        )
    lines = (
        why,
        "",
        "What was published before stays as it was.",
        "The log of the job is reports/.runs/schedule.log.",
    )
    return Note(RUN, period, "nothing could be run", lines)


def of_withheld(root: Path, period: str) -> Note | None:
    """The note that a release goes out without some projects; None where it lacks none."""
    found = standing(root, period)
    if not found.holds or found.last is None or not found.last.withheld:
        return None
    lines = (
        f"Release {found.last.number} has no briefing of: {_names(found.last.withheld)}.",
        "Their recipients get no mail.",
        "",
        "What to do next:",
        f"Correct what reports/{period}/exceptions names, run the quarter, and have it released.",
    )
    return Note(WITHHELD, period, f"released without {len(found.last.withheld)}", lines)


def _names(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMES:,} more" if len(names) > _MOST_NAMES else ""
    return f"{len(names)} ({', '.join(names[:_MOST_NAMES])}{more})"


# --- telling it -----------------------------------------------------------------------------------


def tell_run(root: Path, period: str, outcome: Ended | BaseException, today: date) -> Told:
    """Tell how a run ended. Raises nothing but what is a fault of ours.

    A run of which not even the period is known is told of the quarter that is due.
    """
    period = period or str(Period.last_over(today))
    if isinstance(outcome, BaseException):
        note = of_error(period, outcome)
    else:
        note = of_run(root, period, outcome)
    settings = _settings(root, period)
    to = (settings.schedule.analyst, *settings.releasers.values())
    return _tell(root, note, settings, to)


def tell_withheld(root: Path, period: str) -> Told:
    """Tell the analyst alone what a release that holds goes out without."""
    note = None
    with suppress(UserError, OSError):
        note = of_withheld(root, period)
    settings = _settings(root, period)
    if note is None or not settings.schedule.analyst:
        return Told(is_new=False)
    return _tell(root, note, settings, [settings.schedule.analyst])


def _settings(root: Path, period: str) -> Settings:
    """The settings of a period, else of the latest, else of all; none where none can be read."""
    with suppress(UserError, OSError):
        return council_of(root, period)
    with suppress(UserError, OSError):
        return council_now(root)
    with suppress(UserError, OSError):
        return council_of_all(root)
    return Settings()


def _tell(root: Path, note: Note, settings: Settings, to: Sequence[str]) -> Told:
    """Send a note, or write its draft, unless it says what was told last."""
    folder = root / "reports" / NOTES / note.period
    addresses = list({each.casefold(): each for each in to if each}.values())
    says = _digest(note, settings)
    before = _told_before(folder).get(note.kind, {})
    known = set(before.get("to", ())) if before.get("says") == says else set()
    new = [each for each in addresses if each not in known]
    if before.get("says") == says and not new:
        return Told(is_new=False)
    nobody = "settings.toml names nobody whom a note could reach: set analyst below [schedule]"
    troubles = [] if addresses else [f"{nobody}."]
    sent: list[str] = []
    draft = None
    try:
        if settings.mail.transport != "eml" and new:
            sent, refused = _send(note, settings, new)
            troubles += refused
        left = [each for each in new if each not in sent]
        if left or not new:
            draft = _write_draft(folder, note, settings, left)
        reached = known.union(sent if settings.mail.transport != "eml" else new)
        _remember(folder, note.kind, says, reached)
    except (OSError, UserError) as error:
        said = as_user_error(error)
        troubles.append(f"The note could not be written. {said or error}")
    return Told(draft, tuple(sent), tuple(troubles))


def _send(note: Note, settings: Settings, to: Sequence[str]) -> tuple[list[str], list[str]]:
    """Send a note to each by the council's own way; who got it, and why others did not."""
    sent, troubles = [], []
    try:
        for address in to:
            if why := _deliver(settings.mail, message_of(note, settings, [address]), address):
                troubles.append(f"The note to {address} was not sent: {why}.")
            else:
                sent.append(address)
    except UserError as error:
        troubles.append(f"No note was sent. {error}")
    return sent, troubles


def _deliver(mail: Mail, message: MIMEPart, to: str) -> str:
    """Hand one note over; why it did not leave, "" where it did."""
    with transport_of(mail) as transport:
        came = transport.deliver(message, mail.sender, to)
    return "" if came.outcome == "sent" else came.said


def message_of(note: Note, settings: Settings, to: Sequence[str]) -> MIMEPart:
    """The mail of a note. Raises MailRefused where an address is none."""
    sender = settings.mail.sender
    marking = settings.all_markings
    about = f"Savings briefings, {Period.parse(note.period).words}: {note.title}"
    message = MIMEPart(policy=SMTP)
    if sender:
        own = Recipient(settings.mail.sender_name, sender)
        message["From"] = own.address("settings.toml, [mail] sender")
    if to:
        message["To"] = [Recipient("", each).address("settings.toml") for each in to]
    message["Subject"] = " – ".join(filter(None, (marking, about)))
    message["Date"] = format_datetime(datetime.now(UTC))
    if sender:
        named = hashlib.sha256("\0".join([_digest(note, settings), *to]).encode()).hexdigest()
        message["Message-ID"] = f"<note-{named[:40]}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["MIME-Version"] = "1.0"
    message.set_content(text_of(note, marking), charset="utf-8", cte="quoted-printable")
    return message


def text_of(note: Note, marking: str) -> str:
    """What a note says, as text."""
    head = [marking, ""] if marking else []
    about = f"{Period.parse(note.period).words} ({note.period})"
    foot = "This note holds no amounts; it goes to the analyst and to who may release."
    return "\n".join([*head, about, "", *note.lines, "", foot, ""])


def _write_draft(folder: Path, note: Note, settings: Settings, to: Sequence[str]) -> Path:
    message = message_of(note, settings, to)
    message["X-Unsent"] = "1"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{note.kind}-{_digest(note, settings)[:8]}.eml"
    part = path.with_suffix(".part")
    part.write_bytes(message.as_bytes())
    part.replace(path)
    return path


def _digest(note: Note, settings: Settings) -> str:
    text = text_of(note, settings.all_markings)
    return hashlib.sha256(f"{note.title}\0{text}".encode()).hexdigest()


def _told_before(folder: Path) -> dict[str, Any]:
    with suppress(OSError, ValueError):
        found = json.loads((folder / TOLD).read_text("utf-8"))
        if isinstance(found, dict) and all(isinstance(each, dict) for each in found.values()):
            return found
    return {}


def _remember(folder: Path, kind: str, says: str, to: set[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    facts = {**_told_before(folder), kind: {"says": says, "to": sorted(to)}}
    part = folder / f".{TOLD}"
    part.write_text(json.dumps(facts, indent=1) + "\n", "utf-8")
    part.replace(folder / TOLD)
