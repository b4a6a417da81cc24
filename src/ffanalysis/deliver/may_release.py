"""Why a quarter may not be released: who releases it, and what has changed or is not explained."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ffanalysis.editions import Editions, notice_of
from ffanalysis.errors import InputsChangedSince, ReleaseRefused, ReportsChanged
from ffanalysis.findings import Finding
from ffanalysis.money import in_pounds
from ffanalysis.render.task import sha256
from ffanalysis.savings.quarter import Quarter
from ffanalysis.settings import Settings

_MOST_ERRORS = 5  # that a sentence names


def refuse_changed_reports(folder: Path, outputs: Mapping[str, str], period: str) -> None:
    """Refuse where a published file is not as the run wrote it."""
    for name, digest in outputs.items():
        path = folder / name
        if not path.is_file() or sha256(path) != digest:
            raise ReportsChanged(period, name)


def refuse_changed_inputs(now: Mapping[str, str], manifest: Mapping[str, Any], period: str) -> None:
    """Refuse where a workbook, notebook or declaration is not the one that the run read."""
    then = manifest["inputs"]
    changed = [name for name in {**then, **now} if then.get(name) != now.get(name)]
    if changed:
        raise InputsChangedSince(period, sorted(changed))


def refuse_unexplained(findings: Iterable[Finding]) -> None:
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


def editions_of(
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


def all_preparers(manifest: Mapping[str, Any], quarter: Quarter) -> list[str]:
    """Who prepared the quarter: who ran it, and who declared corrections and explanations."""
    declared = [row.told_by for row in quarter.corrections]
    declared += [row.by for row in quarter.explanations]
    return list(dict.fromkeys([*manifest.get("prepared_by", ()), *declared]))


def releaser_named(by: str, settings: Settings, preparers: Sequence[str]) -> str:
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
    if settings.release.four_eyes and _took_part(by, preparers):
        free = [name for name in settings.releasers if not _took_part(name, preparers)]
        raise ReleaseRefused.of_preparer(known, free)
    return known


def _took_part(name: str, preparers: Sequence[str]) -> bool:
    return any(same_person(name, preparer) for preparer in preparers)


def same_person(one: str, other: str) -> bool:
    """Whether two names have the same words, whatever their order, capitals and accents."""
    return _words(one) == _words(other) != []


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return sorted(re.findall(r"\w+", plain))
