"""What a run takes over: from the published state, and from runs that stopped early."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ffanalysis.editions import Editions, notice_of
from ffanalysis.render.task import Result, Status, Task
from ffanalysis.run.files import corrections_csv
from ffanalysis.run.journal import (
    inputs_read,
    is_up_to_date,
    link_or_copy,
    load_results,
    preparers_of,
    verify_unchanged,
)
from ffanalysis.run.prepare import CORRECTIONS
from ffanalysis.run.reports_folder import ReportsFolder


class Earlier:
    """The published folder, and those of runs that stopped early, with the results in each."""

    def __init__(self, reports: ReportsFolder) -> None:
        self._reports = reports
        self._sources = {
            source: load_results(source)
            for source in [*filter(None, [reports.published]), *reports.leftovers()]
        }

    @property
    def keys(self) -> frozenset[str]:
        """What all that is there was made of."""
        results = (result for found in self._sources.values() for result in found.values())
        return frozenset(result.key for result in results)

    def unchanged(
        self, whole: str, editions: Editions, period_files: Iterable[str]
    ) -> dict[str, Any] | None:
        """The manifest of the published state, where it would come out the same.

        That is where its inputs have the fingerprint `whole`, every file is as it was, and its
        pages are of the editions that the journal now tells of.
        """
        published = self._reports.published
        if published is None:
            return None
        results = self._sources[published]
        manifest = verify_unchanged(published, whole, results, period_files)
        if manifest and _has_editions(manifest["outputs"], results, editions, period_files):
            return manifest
        return None

    def take_published(self, files: Iterable[str], folder: Path) -> dict[str, Result]:
        """Take the published files over, all of them; gives their results."""
        published = self._reports.published
        if published is None:
            return {}
        link_or_copy(files, published, folder)
        return {
            name: replace(result, status="unchanged", seconds=0.0)
            for name, result in self._sources[published].items()
        }

    def take_over(self, task: Task, folder: Path) -> Result | None:
        """The result of a task whose files are there already, once they are in this folder."""
        for source, results in self._sources.items():
            if is_up_to_date(results.get(task.name), task, source):
                link_or_copy(task.files, source, folder)
                status: Status = "unchanged" if source == self._reports.published else "published"
                return replace(results[task.name], status=status, seconds=0.0)
        return None

    def preparers(self, inputs: Mapping[str, str], *, is_page_kept: bool) -> list[str]:
        """Who prepared what is published: where a page of it is kept, or it read these inputs."""
        published = self._reports.published
        is_same = inputs_read(published) == inputs
        return preparers_of(published) if is_page_kept or is_same else []


def _has_editions(
    outputs: Mapping[str, str],
    results: Mapping[str, Result],
    editions: Editions,
    period_files: Iterable[str],
) -> bool:
    """Whether the published pages are of the editions that the journal now tells of."""
    digests = {name: result.figures_digest for name, result in results.items()}
    corrections = corrections_csv(editions.in_force(digests)).encode("utf-8-sig")
    is_same = outputs.get(CORRECTIONS) == hashlib.sha256(corrections).hexdigest()
    return (is_same or CORRECTIONS not in period_files) and all(
        (edition.number, notice_of(edition)) == (result.edition, result.notice)
        for name, result in results.items()
        if result.figures_digest
        for edition in (editions.of(name, result.figures_digest),)
    )
