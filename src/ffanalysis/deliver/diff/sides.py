"""The two sides of a comparison, each named by a period, or by an edition of one.

2015-16-Q2            what its workbooks say now, read and measured afresh
2015-16-Q2@1          release 1, as it is kept
2015-16-Q2@released   the last release
2015-16-Q2@published  what reports/2015-16-Q2 has
"""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from ffanalysis.chain import Chain
from ffanalysis.deliver import kept
from ffanalysis.deliver.diff.lists import ListedFigure, ListedFinding, figures_in, findings_in
from ffanalysis.deliver.may_release import refuse_changed_reports
from ffanalysis.deliver.release import last_release
from ffanalysis.errors import (
    EditionUnknown,
    NothingPublished,
    NothingRegistered,
    ReleaseDamaged,
)
from ffanalysis.measure import project_measures
from ffanalysis.measure.programme import programme_measures
from ffanalysis.periods import Period, long_date
from ffanalysis.read import load, named_period
from ffanalysis.run import confidential
from ffanalysis.run.figures_list import FiguresList
from ffanalysis.run.files import findings_csv
from ffanalysis.run.journal import MANIFEST, PROGRAMME, RECONCILIATION, manifest_of
from ffanalysis.run.prepare import FIGURES, FINDINGS, seen_by_all
from ffanalysis.run.reports_folder import ReportsFolder
from ffanalysis.savings.quarter import Quarter
from ffanalysis.savings.refusals import withheld_projects
from ffanalysis.savings.stale import refuse_stale

RELEASED, PUBLISHED = "released", "published"
_OF_ALL = frozenset({PROGRAMME, RECONCILIATION})


@dataclass(frozen=True)
class Side:
    """One side of a comparison, as it was listed or would be.

    Attributes:
        name: as a command names it, such as 2015-16-Q2@1; `words` say what that is.
        names: what each project is called, by its name in files, those that are withheld too.
        withheld: the projects of which it has no figures.
        editions: the number of each project's edition; empty where it has none.
        notes: what could not be read of it.
        pages: where its pages are that have no list of figures; None where it has one.
    """

    name: str
    period: str
    words: str
    figures: tuple[ListedFigure, ...]
    findings: tuple[ListedFinding, ...]
    names: Mapping[str, str]
    withheld: frozenset[str] = frozenset()
    editions: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    pages: Path | None = None

    @cached_property
    def by_key(self) -> dict[tuple[str, str], ListedFigure]:
        """Its figures by project and name."""
        return {figure.key: figure for figure in self.figures}


def period_of(root: Path, text: str) -> str:
    """The period that a side is of. Raises PeriodMalformed and NoQuarterYet."""
    return str(Period.parse(named_period(root, text.partition("@")[0])))


def side_named(root: Path, text: str, project: str = "") -> Side:
    """The side that a command's word names; with the confidential project that is asked for.

    Raises EditionUnknown, NothingPublished, ReportsChanged, ReleaseDamaged, and what reading the
    workbooks raises.
    """
    period = period_of(root, text)
    _, at, edition = text.partition("@")
    if not at:
        return _now(root, period, project)
    edition = edition.strip().casefold()
    if edition == PUBLISHED:
        return _published(root, period, project)
    return _released(root, period, edition, project)


# --- what the workbooks say now -------------------------------------------------------------------


def _now(root: Path, period: str, project: str) -> Side:
    quarter = Quarter(refuse_stale(load(period, root)))
    if not quarter.slugs:
        raise NothingRegistered(period, [row.sentence for row in quarter.refusals])
    return measured(quarter, project)


def measured(quarter: Quarter, project: str = "") -> Side:
    """A quarter as a run of it would list it; with the confidential project that is asked for."""
    seen, findings, _ = seen_by_all(quarter, project)
    withheld = withheld_projects(seen)
    names = {row.project: row.name for row in seen.projects}
    out = io.StringIO(newline="")
    listed = FiguresList(out)
    for each, name in names.items():
        if each not in withheld:
            listed.add(each, name, project_measures(seen, each))
    if not project:
        listed.add_programme(programme_measures(seen))
    return Side(
        str(quarter.period),
        str(quarter.period),
        "what its workbooks say now",
        tuple(figures_in(out.getvalue())),
        tuple(findings_in(findings_csv(findings))),
        names,
        frozenset(withheld),
        notes=tuple(dict.fromkeys(row.sentence for row in seen.refusals)),
    )


# --- what is published ----------------------------------------------------------------------------


def _published(root: Path, period: str, project: str) -> Side:
    published = ReportsFolder(root, period).published
    if published is None:
        raise NothingPublished(period)
    # Who may not look into the folder of confidential projects can compare all others.
    apart = confidential.published(root, period) if project else {}
    folder = apart.get(project, published)
    refuse_changed_reports(folder, manifest_of(folder, period)["outputs"], period)
    return _listed(f"{period}@{PUBLISHED}", period, f"what reports/{period} has", folder)


# --- what was released ----------------------------------------------------------------------------


def _released(root: Path, period: str, edition: str, project: str) -> Side:
    reports = root / "reports"
    number = _number(reports, period, edition)
    folder = kept.folder_of(reports, period, number)
    if faults := kept.verify(folder).faults:
        raise ReleaseDamaged(folder, faults[0], "it is compared with nothing")
    manifest = kept.manifest_in(folder)
    pages = folder / kept.PAGES
    own = pages / kept.confidential_folder(project)
    named: Mapping[str, Mapping[str, Any]] = manifest.get("editions", {})
    day = long_date(date.fromisoformat(manifest["at"][:10]))
    return _listed(
        f"{period}@{number}",
        period,
        f"release {number:,}, by {manifest['by']} on {day}",
        own if project and own.is_dir() else pages,
        {name: about["name"] for name, about in named.items() if "name" in about},
    )


def _number(reports: Path, period: str, edition: str) -> int:
    """The number of the release that is meant. Raises EditionUnknown."""
    folder = reports / kept.RELEASED / period
    found = folder.iterdir() if folder.is_dir() else ()
    there = sorted(int(path.name) for path in found if path.name.isdecimal())
    if edition == RELEASED:
        last = last_release(Chain(reports, period).lines())
        number = last.number if last else 0
    else:
        number = int(edition) if edition.isdecimal() else 0
    if number not in there:
        raise EditionUnknown(period, edition, there)
    return number


# --- lists of a folder ----------------------------------------------------------------------------


def _listed(
    name: str,
    period: str,
    words: str,
    folder: Path,
    names: Mapping[str, str] | None = None,
) -> Side:
    """A folder of pages and lists as a side; one without a list of figures has those of pages."""
    results = [
        each
        for each in json.loads((folder / MANIFEST).read_text("utf-8"))["results"]
        if each["name"] not in _OF_ALL
    ]
    place = folder / FIGURES
    figures = tuple(figures_in(place.read_text("utf-8"))) if place.is_file() else ()
    called = {figure.project: figure.project_name for figure in figures if figure.project_name}
    called = {each["name"]: each["name"] for each in results} | dict(names or {}) | called
    findings = folder / FINDINGS
    return Side(
        name,
        period,
        words,
        figures,
        tuple(findings_in(findings.read_text("utf-8"), called)) if findings.is_file() else (),
        {each["name"]: called[each["name"]] for each in results},
        frozenset(each["name"] for each in results if each["status"] == "withheld"),
        {each["name"]: each.get("edition", 0) for each in results},
        pages=None if place.is_file() else folder,
    )
