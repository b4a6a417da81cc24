"""Release: a named person other than its preparer lets a quarter go to directors.

Names are declarations, compared with those of the settings; the account of the system is recorded
beside them. That is no authentication: who may write these files may write any name.
"""

import getpass
import re
import shutil
import unicodedata
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
from ffanalysis.deliver.releases_page import WITHDRAWN, write_releases_page
from ffanalysis.deliver.superseded import keep_superseded
from ffanalysis.editions import RELEASED, Editions, Reissue, notice_of
from ffanalysis.errors import (
    InputsChangedSince,
    NothingPublished,
    NotReleased,
    ReleaseRefused,
    ReportsChanged,
)
from ffanalysis.figures import Finding
from ffanalysis.money import in_pounds
from ffanalysis.periods import Period, long_date
from ffanalysis.read import council_of, load
from ffanalysis.render.removal import discard
from ffanalysis.render.task import sha256
from ffanalysis.run import confidential
from ffanalysis.run.inputs import copy_inputs
from ffanalysis.run.journal import manifest_of
from ffanalysis.run.reports_folder import ReportsFolder
from ffanalysis.savings.quarter import Quarter
from ffanalysis.settings import Settings

OUTBOX = "outbox"
_MOST_ERRORS = 5


@dataclass(frozen=True)
class Release:
    """A release in the journal: its number, who released it and when, and what it is of.

    Attributes:
        digest: of the pages that were released.
        pages: the sha256 of each page by its name.
        withheld: the projects of which nothing was released, by their names in files.
        editions: the number of each project's edition.
        reissues: what was declared of each edition that replaces another.
    """

    number: int
    by: str
    at: str
    digest: str
    pages: Mapping[str, str]
    withheld: tuple[str, ...]
    editions: Mapping[str, int]
    reissues: Mapping[str, Reissue]
    line: Line


@dataclass(frozen=True)
class Standing:
    """Whether a quarter is released: the last release, and why it does not hold; "" if it does."""

    last: Release | None = None
    why_not: str = ""

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
        return Standing(last, _withdrawal_words(withdrawn, period))
    if deleted := _deleted(lines, last):
        day = long_date(datetime.fromisoformat(deleted.at).date())
        why = f"{deleted.facts['by']} deleted it on {day}: {deleted.facts['why']}"
        return Standing(last, f"The release of {period} is not kept any more. {why}.")
    published = reports.published
    if published is None or _pages_digest(root, published, period) != last.digest:
        why = "its pages have changed since. Release it again"
        return Standing(last, f"The release of {period} by {last.by} has lapsed: {why}.")
    return Standing(last, _explanation_over(last))


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
        line,
    )


def _withdrawn(lines: Sequence[Line], last: Release) -> Line | None:
    later = lines[last.line.number :]
    return next((line for line in later if line.event == WITHDRAWN), None)


def _deleted(lines: Sequence[Line], last: Release) -> Line | None:
    """The line by which what was kept of a release was deleted, when its time was over."""
    gone = (line for line in lines if line.event == "deleted")
    return next((line for line in gone if line.facts.get("release") == last.number), None)


def _has_ended(lines: Sequence[Line], last: Release) -> bool:
    """Whether a release was withdrawn, or an explanation that it rests on has run out."""
    ended = _withdrawn(lines, last) or _deleted(lines, last)
    return ended is not None or _explanation_over(last) != ""


def release(root: Path, period: str, by: str, note: str = "") -> tuple[Release, bool]:
    """Release what is published of a quarter; gives the release, and whether it is new.

    Raises NothingPublished, InputsChangedSince, ReportsChanged, ReleaseRefused, JournalBroken, and
    what reading the workbooks raises.
    """
    period = str(Period.parse(period))
    by = " ".join(by.split())
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
            _refuse_changed_reports(folder, own["outputs"], period)
            _refuse_changed_inputs(now, own, period)
        manifest = whole_manifest(published, apart, period)
        quarter = Quarter(load(period, root))
        by = _releaser(by, settings, _preparers(manifest, quarter))
        findings = check(quarter)
        _refuse_unexplained(findings)
        lines = chain.lines()
        digest = kept.digest_of(manifest["outputs"])
        last = last_release(lines)
        read = kept.digest_of(manifest["inputs"])
        is_same = last and (last.digest, last.line.facts.get("inputs")) == (digest, read)
        if last and is_same and not _has_ended(lines, last):
            return last, False
        editions = _editions(manifest, Editions(lines), period)
        number = kept.next_number(reports.parent, period, last.number if last else 0)
        facts = {**_facts(manifest, findings, by, note), "editions": editions}
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
        write_releases_page(reports.parent, period)
        return _release([*lines, line]), True


def withdraw(root: Path, period: str, by: str, why: str) -> Release:
    """Withdraw the last release of a quarter: nothing of it is sent from now on.

    What was released stays where it is kept. Raises NotReleased and JournalBroken.
    """
    period = str(Period.parse(period))
    if not by.strip() or not why.strip():
        raise ReleaseRefused.without_reason()
    empty_outbox(root, period)
    chain = Chain(root / "reports", period)
    with chain.held() as append:
        lines = chain.lines()
        last = last_release(lines)
        if last is None or _withdrawn(lines, last):
            raise NotReleased(period, standing(root, period).why_not)
        facts = {"number": last.number, "by": " ".join(by.split()), "why": why}
        append(WITHDRAWN, {**facts, "account": account()})
        write_releases_page(root / "reports", period)
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


# --- why not --------------------------------------------------------------------------------------


def _refuse_changed_reports(folder: Path, outputs: Mapping[str, str], period: str) -> None:
    """Refuse where a published file is not as the run wrote it."""
    for name, digest in outputs.items():
        path = folder / name
        if not path.is_file() or sha256(path) != digest:
            raise ReportsChanged(period, name)


def _refuse_changed_inputs(
    now: Mapping[str, str], manifest: Mapping[str, Any], period: str
) -> None:
    """Refuse where a workbook, notebook or declaration is not the one that the run read."""
    then = manifest["inputs"]
    changed = [name for name in {**then, **now} if then.get(name) != now.get(name)]
    if changed:
        raise InputsChangedSince(period, sorted(changed))


def _refuse_unexplained(findings: Iterable[Finding]) -> None:
    """Refuse while a failed check has no explanation that holds; what it explains needs none."""
    if open_ones := unexplained(findings):
        names = [finding.id for finding in open_ones]
        refused = ReleaseRefused.of_findings(names[:_MOST_ERRORS], len(names) - _MOST_ERRORS)
        refused.to_write = tuple(map(explanation_to_write, open_ones))
        raise refused


def unexplained(findings: Iterable[Finding]) -> list[Finding]:
    """The failed checks that have no explanation, or one that has lapsed."""
    errors = {finding.id: finding for finding in findings if finding.severity == "error"}
    heads = [each for each in errors.values() if each.parent not in errors]
    return [each for each in heads if not each.is_explained or _is_over(each)]


def explanation_to_write(finding: Finding) -> str:
    """An entry of explanations.toml for a finding, of which a person has yet to write the why."""
    amounts = (("stated", finding.stated), ("calculated", finding.calculated))
    lines = [
        "[[explanation]]",
        f'finding = "{finding.id}"',
        *(f"{key} = {in_pounds(pence)}" for key, pence in amounts if pence is not None),
        'why = ""',
        'by = ""',
        f"date = {datetime.now(UTC).date()}",
        "until = ",
    ]
    return "\n".join(lines)


def _is_over(finding: Finding) -> bool:
    """Whether the day until which an explanation holds is over today."""
    told = finding.explanation
    return told is not None and told.until < datetime.now(UTC).date()


def _editions(
    manifest: Mapping[str, Any], known: Editions, period: str
) -> dict[str, dict[str, Any]]:
    """The number of each project's edition, and the digest of its figures.

    Refuses figures that have changed since they were released while nobody has said why.
    """
    published = [
        each for each in manifest["results"] if each.get("figures_digest") and each["outputs"]
    ]
    found = {each["name"]: known.of(each["name"], each["figures_digest"]) for each in published}
    if undeclared := [name for name, edition in found.items() if not edition.is_declared]:
        raise ReleaseRefused.of_changes(period, undeclared)
    for each in published:
        edition = found[each["name"]]
        if (each["edition"], tuple(each["notice"])) != (edition.number, notice_of(edition)):
            raise ReleaseRefused.of_old_pages(period)
    return {
        each["name"]: {"number": each["edition"], "figures": each["figures_digest"]}
        for each in published
    }


def _preparers(manifest: Mapping[str, Any], quarter: Quarter) -> list[str]:
    """Who prepared the quarter: who ran it, and who declared corrections and explanations."""
    declared = [row.told_by for row in quarter.corrections]
    declared += [row.by for row in quarter.explanations]
    return list(dict.fromkeys([*manifest.get("prepared_by", ()), *declared]))


def _releaser(by: str, settings: Settings, preparers: Sequence[str]) -> str:
    """Who releases, as the settings write the name.

    Refuses who is no releaser, or prepared what is to be released.
    """
    if not by:
        raise ReleaseRefused.without_name()
    known = next((name for name in settings.releasers if same_person(by, name)), "")
    if not known:
        raise ReleaseRefused.of_stranger(by, settings.releasers)
    if settings.release.four_eyes and not preparers:
        raise ReleaseRefused.without_preparer()
    if settings.release.four_eyes and any(same_person(by, name) for name in preparers):
        raise ReleaseRefused.of_preparer(known)
    return known


def same_person(one: str, other: str) -> bool:
    """Whether two names have the same words, whatever their order, capitals and accents."""
    return _words(one) == _words(other) != []


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return sorted(re.findall(r"\w+", plain))
