"""Reissue: a briefing that was released is replaced by a marked new edition.

A correction mends an error; a revision has better or later data. Either way the new edition says
what was, what is and why, and somebody other than who prepared it releases it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ffanalysis.chain import Chain
from ffanalysis.checks import check, concerning
from ffanalysis.deliver import kept
from ffanalysis.deliver.compare_pages import Pages, changes, material
from ffanalysis.deliver.release import whole_manifest
from ffanalysis.deliver.unnamed import refuse_naming
from ffanalysis.editions import REISSUED, UNDONE, Editions, Kind, Reissue
from ffanalysis.errors import ReissueRefused, ReleaseDamaged
from ffanalysis.figures import Figure
from ffanalysis.measure import project_measures
from ffanalysis.periods import Period
from ffanalysis.provenance import slug
from ffanalysis.read import load
from ffanalysis.run import confidential
from ffanalysis.run.options import RunOptions
from ffanalysis.run.reports_folder import ReportsFolder
from ffanalysis.run.run import run
from ffanalysis.run.summary import Summary
from ffanalysis.savings.quarter import Quarter

Render = Callable[[str, Path, RunOptions], Summary]


def reissue(
    root: Path,
    period: str,
    projects: Sequence[str],
    kind: Kind,
    reason: str,
    by: str,
    render: Render = run,
) -> list[Reissue]:
    """Declare what projects' briefings correct, and render them with what they say of that.

    Without projects it is every one whose figures have changed since they were released and of
    which nobody has said why. The quarter is run before, so that what is compared is of today's
    workbooks, and again after. Declaring it anew replaces what was declared, until the edition is
    released. Raises ReissueRefused, ConfidentialInReason, ReleaseDamaged, JournalBroken, and what
    `run` raises; then nothing is declared.
    """
    period = str(Period.parse(period))
    by, reason = " ".join(by.split()), " ".join(reason.split())
    if not by or not reason:
        raise ReissueRefused.without_words()
    reports = ReportsFolder(root, period)
    chain = Chain(reports.parent, period)
    editions = Editions(chain.lines())
    projects = list(dict.fromkeys(map(slug, projects)))
    for project in projects or [""]:
        if projects or not editions.projects:
            _refuse_unreleased(editions, period, project)
        # A project's own page may name it; that of no other project may.
        refuse_naming(root, period, "reason", reason, shown=project)
    render(period, root, RunOptions(by=by))
    with reports.lock(), chain.held() as append:
        editions = Editions(chain.lines())
        projects = projects or _undeclared(root, reports, editions)
        if not projects:
            raise ReissueRefused.of_nothing(period)
        found = [_compared(root, reports, project, editions) for project in projects]
        made = [Reissue(**one, kind=kind, reason=reason, by=by, on=_today()) for one in found]
        for one in made:
            append(REISSUED, one.facts())
    render(period, root, RunOptions(by=by))
    return made


def _undeclared(root: Path, reports: ReportsFolder, editions: Editions) -> list[str]:
    """The projects whose figures have changed since they were released, unexplained."""
    return [
        each["name"]
        for each in _results(root, reports).values()
        if each["figures_digest"] and each["outputs"]
        if not editions.of(each["name"], each["figures_digest"]).is_declared
    ]


def undo(root: Path, period: str, project: str, by: str, render: Render = run) -> Reissue:
    """Take back what was declared of an edition that is not released. Raises ReissueRefused."""
    period = str(Period.parse(period))
    if not by.strip():
        raise ReissueRefused.without_words()
    chain = Chain(root / "reports", period)
    with chain.held() as append:
        project = slug(project)
        pending = Editions(chain.lines()).pending(project)
        if pending is None:
            raise ReissueRefused.of_nothing_to_undo(project)
        facts = {"project": project, "edition": pending.edition, "by": " ".join(by.split())}
        append(UNDONE, facts)
    render(period, root, RunOptions(by=by))
    return pending


def _refuse_unreleased(editions: Editions, period: str, project: str) -> tuple[int, int]:
    """The edition of a project that was last released, and its release. Raises ReissueRefused."""
    released = editions.released(project)
    if released is None:
        raise ReissueRefused.of_unreleased(period, project, editions.projects)
    return released


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _compared(
    root: Path, reports: ReportsFolder, project: str, editions: Editions
) -> dict[str, Any]:
    """What of the published briefing is other than in the edition that was last released."""
    edition, release = _refuse_unreleased(editions, reports.period, project)
    # What was sent may be of the first release that had this edition, in other words.
    first = editions.first_release(project)
    folder = kept.folder_of(reports.parent, reports.period, first)
    if not folder.is_dir():
        folder = kept.folder_of(reports.parent, reports.period, release)
    if faults := kept.verify(folder).faults:
        raise ReleaseDamaged(folder, faults[0])
    result = _published(root, reports, project)
    place = folder / kept.PAGES / kept.confidential_folder(project)
    before = Pages(folder / kept.PAGES, {project: place} if place.is_dir() else {})
    after = Pages(reports.target, confidential.published(root, reports.period))
    quarter = Quarter(load(reports.period, root))
    then, now = before.briefing(project), after.briefing(project)
    changed = changes(then, now, _labels(quarter, project))
    # Figures may differ that no page shows; that makes it another edition all the same.
    is_same = editions.of(project, result["figures_digest"]).number == edition
    if is_same and not changed and then.words == now.words:
        raise ReissueRefused.of_unchanged(project, edition)
    return {
        "project": project,
        "edition": edition + 1,
        "figures": result["figures_digest"],
        "changes": changed,
        "material": material(before, after, project, _own_findings(quarter, before, project)),
    }


def _results(root: Path, reports: ReportsFolder) -> dict[str, Mapping[str, Any]]:
    """How each briefing ended, by its project."""
    apart = confidential.published(root, reports.period)
    manifest = whole_manifest(reports.target, apart, reports.period)
    return {each["name"]: each for each in manifest["results"]}


def _published(root: Path, reports: ReportsFolder, project: str) -> Mapping[str, Any]:
    """How the run published a project's briefing. Raises ReissueRefused where it did not."""
    result = _results(root, reports).get(project)
    if result is None:
        raise ReissueRefused.of_unpublished(project, "The register no longer has it.")
    if result["status"] in ("withheld", "failed"):
        raise ReissueRefused.of_unpublished(project, result["reason"])
    return dict(result)


def _labels(quarter: Quarter, project: str) -> dict[str, str]:
    """What each figure of a project is called, by its name."""
    told = (
        part
        for finding in concerning(quarter, check(quarter), project)
        for part in finding.message
        if isinstance(part, Figure)
    )
    figures = (*project_measures(quarter, project).figures(), *told)
    return {figure.name: figure.label for figure in figures if figure.label}


def _own_findings(quarter: Quarter, before: Pages, project: str) -> frozenset[str]:
    """The ids of the findings that concern a project, or concerned it when it was released."""
    own = {finding.id for finding in concerning(quarter, check(quarter), project)}
    gone = {name for name in before.findings if project in name.split(":")}
    return frozenset(own | gone)
