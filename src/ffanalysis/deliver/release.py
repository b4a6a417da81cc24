"""Release: a named person other than its preparer lets a quarter go to directors.

Names are declarations, compared with those of the settings; the account of the system is recorded
beside them. That is no authentication: who may write these files may write any name.
"""

import getpass
import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ffanalysis.chain import Chain, Line, head_of
from ffanalysis.checks import check
from ffanalysis.deliver import kept
from ffanalysis.deliver.intranet import DELETED, write_intranet
from ffanalysis.deliver.may_release import (
    all_preparers,
    editions_of,
    refuse_changed_inputs,
    refuse_changed_reports,
    refuse_unexplained,
    releaser_named,
)
from ffanalysis.deliver.releases_page import WITHDRAWN
from ffanalysis.deliver.superseded import keep_superseded
from ffanalysis.deliver.unnamed import refuse_naming
from ffanalysis.editions import RELEASED, Editions, Reissue
from ffanalysis.errors import (
    InputsChangedSince,
    NothingPublished,
    NotReleased,
    ReleaseRefused,
    SpreadsheetDiffers,
)
from ffanalysis.findings import Finding
from ffanalysis.periods import Period, long_date
from ffanalysis.read import council_of, load
from ffanalysis.render.removal import discard
from ffanalysis.run import confidential, spreadsheet
from ffanalysis.run.inputs import copy_inputs
from ffanalysis.run.journal import manifest_of
from ffanalysis.run.prepare import PACK
from ffanalysis.run.reports_folder import ReportsFolder
from ffanalysis.run.witnesses import LONGEST, spreadsheet_facts
from ffanalysis.savings.quarter import Quarter

OUTBOX = "outbox"


@dataclass(frozen=True)
class Release:
    """A release in the journal: its number, who released it and when, and what it is of.

    Attributes:
        digest: of the pages that were released.
        pages: the sha256 of each page by its name.
        withheld: the projects of which nothing was released, by their names in files.
        editions: the number of each project's edition.
        reissues: what was declared of each edition that replaces another.
        new_reissues: those of editions that no release had before.
    """

    number: int
    by: str
    at: str
    digest: str
    pages: Mapping[str, str]
    withheld: tuple[str, ...]
    editions: Mapping[str, int]
    reissues: Mapping[str, Reissue]
    new_reissues: tuple[Reissue, ...]
    line: Line


@dataclass(frozen=True)
class Standing:
    """Whether a quarter is released: the last release, and why it does not hold; "" if it does.

    `state` says it in a word: "holds", "withdrawn", "deleted" or "lapsed".
    """

    last: Release | None = None
    why_not: str = ""
    state: str = ""

    @property
    def holds(self) -> bool:
        return self.last is not None and not self.why_not


def standing(root: Path, period: str) -> Standing:
    """Whether what is published of a quarter is what was last released.

    Raises JournalBroken.
    """
    reports = ReportsFolder(root, period)
    lines = Chain(reports.parent, period).lines()
    last = last_release(lines)
    if last is None:
        return Standing(None, f"{period} has not been released.")
    if withdrawn := _withdrawn(lines, last):
        return Standing(last, _withdrawal_words(withdrawn, period), "withdrawn")
    if deleted := _deleted(lines, last):
        day = long_date(datetime.fromisoformat(deleted.at).date())
        why = f"{deleted.facts['by']} deleted it on {day}: {deleted.facts['why']}"
        return Standing(last, f"The release of {period} is not kept any more. {why}.", "deleted")
    published = reports.published
    if published is None or _pages_digest(root, published, period) != last.digest:
        why = "its pages have changed since. Release it again"
        return Standing(last, f"The release of {period} by {last.by} has lapsed: {why}.", "lapsed")
    over = _explanation_over(last)
    return Standing(last, over, "lapsed" if over else "holds")


def _withdrawal_words(line: Line, period: str) -> str:
    """Who withdrew a release, when and why."""
    day = long_date(datetime.fromisoformat(line.at).date())
    why = " ".join(str(line.facts["why"]).split()).rstrip(".")
    return f"{line.facts['by']} withdrew the release of {period} on {day}: {why}."


def _explanation_over(release: Release) -> str:
    """That an explanation held only until a day that is over now; "" while all hold."""
    today = datetime.now(UTC).date()
    for finding, until in release.line.facts.get("explained_until", {}).items():
        if (last_day := date.fromisoformat(until)) < today:
            return (
                f"The explanation of {finding} held until {long_date(last_day)}. Correct the"
                " figures, or write a later day in explanations.toml, and run the quarter again."
            )
    return ""


def _pages_digest(root: Path, published: Path, period: str) -> str:
    """The digest of all that is published of a quarter, confidential projects too."""
    apart = confidential.published(root, period)
    return kept.digest_of(whole_manifest(published, apart, period)["outputs"])


def whole_manifest(published: Path, apart: Mapping[str, Path], period: str) -> dict[str, Any]:
    """The manifest of what is published, with what confidential projects add to it."""
    manifest = manifest_of(published, period)
    for project, folder in apart.items():
        own = manifest_of(folder, period)
        before = kept.confidential_folder(project)
        manifest["outputs"] |= {f"{before}/{name}": own["outputs"][name] for name in own["outputs"]}
        manifest["results"] += own["results"]
        manifest["prepared_by"] = list(
            dict.fromkeys([*manifest.get("prepared_by", ()), *own.get("prepared_by", ())])
        )
    return manifest


def page_of(release: Release, project: str, kind: str) -> str:
    """The path of a project's page or document below the pages of a release; "" for none."""
    return kept.page_in(release.pages, project, kind)


def last_release(lines: Sequence[Line]) -> Release | None:
    """The last release that a journal has; None where it has none."""
    found = [line for line in lines if line.event == RELEASED]
    return _release(lines[: found[-1].number]) if found else None


def _release(lines: Sequence[Line]) -> Release:
    """The release that the last of these lines records."""
    line = lines[-1]
    facts, editions = line.facts, Editions(lines)
    of = {
        name: editions.of(name, about["figures"])
        for name, about in facts.get("editions", {}).items()
    }
    return Release(
        facts["number"],
        facts["by"],
        line.at,
        facts["digest"],
        facts["pages"],
        tuple(facts["withheld"]),
        {name: edition.number for name, edition in of.items()},
        {name: edition.reissue for name, edition in of.items() if edition.reissue},
        tuple(
            edition.reissue
            for name, edition in of.items()
            if edition.reissue and editions.first_release(name) == facts["number"]
        ),
        line,
    )


def _withdrawn(lines: Sequence[Line], last: Release) -> Line | None:
    later = lines[last.line.number :]
    return next((line for line in later if line.event == WITHDRAWN), None)


def _deleted(lines: Sequence[Line], last: Release) -> Line | None:
    """The line by which what was kept of a release was deleted, when its time was over."""
    gone = (line for line in lines if line.event == DELETED)
    return next((line for line in gone if line.facts.get("release") == last.number), None)


def _has_ended(lines: Sequence[Line], last: Release) -> bool:
    """Whether a release was withdrawn, or an explanation that it rests on has run out."""
    ended = _withdrawn(lines, last) or _deleted(lines, last)
    return ended is not None or _explanation_over(last) != ""


def release(root: Path, period: str, by: str, note: str = "") -> tuple[Release, bool]:
    """Release what is published of a quarter; gives the release, and whether it is new.

    Raises NothingPublished, InputsChangedSince, ReportsChanged, ReleaseRefused,
    ConfidentialInReason, JournalBroken, and what reading the workbooks raises.
    """
    period = str(Period.parse(period))
    by = " ".join(by.split())
    refuse_naming(root, period, "note", note)
    reports = ReportsFolder(root, period)
    chain = Chain(reports.parent, period)
    with reports.lock(), chain.held() as append, TemporaryDirectory() as scratch:
        published = reports.published
        if published is None:
            raise NothingPublished(period)
        settings = council_of(root, period)
        apart = confidential.published(root, period)
        if {*apart} != {*settings.confidential_projects}:
            raise InputsChangedSince(period, ["settings.toml"])
        inputs = Path(scratch) / kept.INPUTS
        now = copy_inputs(root, period, inputs)
        for folder in (published, *apart.values()):
            own = manifest_of(folder, period)
            refuse_changed_reports(folder, own["outputs"], period)
            refuse_changed_inputs(now, own, period)
        manifest = whole_manifest(published, apart, period)
        quarter = Quarter(load(period, root))
        by = releaser_named(by, settings, all_preparers(manifest, quarter))
        findings = check(quarter)
        refuse_unexplained(findings)
        lines = chain.lines()
        digest = kept.digest_of(manifest["outputs"])
        last = last_release(lines)
        read = kept.digest_of(manifest["inputs"])
        is_same = last and (last.digest, last.line.facts.get("inputs")) == (digest, read)
        if last and is_same and not _has_ended(lines, last):
            write_intranet(root, period)  # what a killed command has not
            return last, False
        editions = editions_of(manifest, Editions(lines), period)
        for project, edition in editions.items():
            edition["name"] = quarter.register[project].name
        number = kept.next_number(reports.parent, period, last.number if last else 0)
        facts = {
            **_facts(manifest, findings, by, note),
            "editions": editions,
            "spreadsheet": _recalculated(published, Path(scratch)),
        }
        part = reports.parent / kept.RELEASED / period / f".{number}-{scratch[-8:]}"
        try:
            shutil.copytree(published, part / kept.PAGES)
            for project, folder in apart.items():
                shutil.copytree(folder, part / kept.PAGES / kept.confidential_folder(project))
            shutil.copytree(inputs, part / kept.INPUTS, symlinks=True)
            keep_superseded(reports, editions, Editions(lines), part)
            about = {"period": period, "number": number, **facts}
            target = kept.folder_of(reports.parent, period, number)
            recorded = kept.keep(part, target, about, head_of(lines))
        finally:
            discard(part)
        line = append(RELEASED, {"number": number, "manifest": recorded, **facts})
        write_intranet(root, period)
        return _release([*lines, line]), True


def _recalculated(published: Path, scratch: Path) -> dict[str, str | float]:
    """What LibreOffice made of the pack; nothing where it is not installed.

    Raises SpreadsheetDiffers where it comes to another figure, and SpreadsheetFailed.
    """
    pack = published / PACK
    if not (spreadsheet.is_installed() and pack.is_file()):
        return {}
    found = spreadsheet.recalculate(pack, scratch, LONGEST)
    if not found.agrees:
        raise SpreadsheetDiffers.of(pack.name, found.differences)
    return spreadsheet_facts(found)


def withdraw(root: Path, period: str, by: str, why: str) -> Release:
    """Withdraw the last release of a quarter: nothing of it is sent from now on.

    What was released stays where it is kept. Raises NotReleased,
    ConfidentialInReason and JournalBroken.
    """
    period = str(Period.parse(period))
    if not by.strip() or not why.strip():
        raise ReleaseRefused.without_reason()
    refuse_naming(root, period, "reason", why)
    empty_outbox(root, period)
    chain = Chain(root / "reports", period)
    with chain.held() as append:
        lines = chain.lines()
        last = last_release(lines)
        if last is None or _withdrawn(lines, last):
            write_intranet(root, period)
            raise NotReleased(period, standing(root, period).why_not)
        facts = {"number": last.number, "by": " ".join(by.split()), "why": why}
        append(WITHDRAWN, {**facts, "account": account()})
        write_intranet(root, period)
        return last


def empty_outbox(root: Path, period: str) -> Path:
    """Delete the drafts of a quarter; gives the folder that they are in."""
    folder = root / "reports" / OUTBOX / period
    discard(folder)
    return folder


def _facts(
    manifest: Mapping[str, Any], findings: Iterable[Finding], by: str, note: str
) -> dict[str, Any]:
    outputs: Mapping[str, str] = manifest["outputs"]
    results = manifest["results"]
    return {
        "by": by,
        "account": account(),
        "note": note,
        "prepared_by": list(manifest.get("prepared_by", ())),
        "digest": kept.digest_of(outputs),
        "inputs": kept.digest_of(manifest["inputs"]),
        "pages": {name: outputs[name] for name in outputs if name.endswith((".html", ".pdf"))},
        "withheld": [each["name"] for each in results if each["status"] in ("withheld", "failed")],
        "explained": [finding.id for finding in findings if finding.is_explained],
        "explained_until": {
            finding.id: finding.explanation.until.isoformat()
            for finding in findings
            if finding.severity == "error" and finding.is_explained and finding.explanation
        },
        "errors": sum(finding.severity == "error" for finding in findings),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def account() -> str:
    """The account that the command runs in, as the system has it; "" where it says nothing."""
    with suppress(OSError, KeyError, ImportError):
        return getpass.getuser()
    return ""
