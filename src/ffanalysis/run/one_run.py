"""One run of a quarter: read the copy of its inputs, render what has changed, say how it ended."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from types import MappingProxyType
from typing import Any

from ffanalysis.chain import Chain
from ffanalysis.editions import Editions
from ffanalysis.errors import RunTimeOver, SpreadsheetDiffers, SpreadsheetMissing
from ffanalysis.provenance import CellRef
from ffanalysis.read import council_of, is_kept
from ffanalysis.render import kernel_client
from ffanalysis.render.removal import discard
from ffanalysis.render.task import RenderEnvironment, Result, Task, fingerprint, sha256
from ffanalysis.render.temporary_folders import temporary_files_in
from ffanalysis.run import confidential, spreadsheet
from ffanalysis.run.cache import RunCache
from ffanalysis.run.earlier import Earlier
from ffanalysis.run.files import exception_note
from ffanalysis.run.history import log
from ffanalysis.run.inputs import code_digest, copy_inputs, versions
from ffanalysis.run.journal import JOURNAL, PROGRAMME, RECONCILIATION, Journal, write_manifest
from ffanalysis.run.options import RunOptions
from ffanalysis.run.prepare import (
    OF_A_CONFIDENTIAL_PROJECT,
    OF_THE_PERIOD,
    PACK,
    PrepareRequest,
    prepare,
)
from ffanalysis.run.recompute import disagreement, in_words
from ffanalysis.run.reports_folder import ReportsFolder
from ffanalysis.run.second_reading import Disagreement
from ffanalysis.run.spreadsheet import Difference
from ffanalysis.run.summary import Summary
from ffanalysis.run.untouched import Untouched, verify
from ffanalysis.run.witnesses import Witnesses
from ffanalysis.run.workers import Engine, cores, get_ready, run_in_subprocess

WORK = ".work"  # in the folder that a run fills, while it goes on
OnResult = Callable[[Result, int, int], None]


class OneRun:
    """One run: its copy of the inputs, the folder that it fills, and the results so far."""

    def __init__(
        self,
        period: str,
        reports: ReportsFolder,
        folder: Path,
        root: Path,
        options: RunOptions,
        on_result: OnResult,
        started: datetime,
        log_file: Path,
    ) -> None:
        self.period, self.reports, self.folder, self.root = period, reports, folder, root
        self.options, self.on_result, self.log_file = options, on_result, log_file
        self.started, self.until = started, monotonic() + options.run_minutes * 60
        self.editions = Editions(Chain(root / "reports", period).lines())
        self.work = folder / WORK
        self.copy = self.work / "programme"
        self.inputs = copy_inputs(root, period, self.copy)
        self.code = code_digest()
        self.whole = fingerprint(self.inputs, self.code)
        self.earlier = Earlier(reports)
        self.results: dict[str, Result] = {}
        self.given: dict[str, Task] = {}
        self.witnesses = Witnesses(self.work, reports.temporary, log_file)
        self.disagreements: tuple[Disagreement, ...] = ()
        self.made: dict[str, str] = {}  # the files that belong to no task, with their sha256
        self.untouched = Untouched(root, self.copy, period, self.inputs, reports.published)
        self.prepared_by: list[str] = []
        self.total = 0
        # What belongs to no task: the lists, in a run of a confidential project of this one alone.
        self.of_period = OF_A_CONFIDENTIAL_PROJECT if options.confidential else OF_THE_PERIOD
        self.of_all = () if options.confidential else (PROGRAMME, RECONCILIATION)

    # --- nothing has changed ---

    def reuse_published(self) -> Summary | None:
        """The published state again, where nothing has changed and every file is as it was."""
        if self.options.force or self.options.projects:
            return None
        manifest = self.earlier.unchanged(self.whole, self.editions, self.of_period)
        if manifest is None or not is_kept(self.period, self.root):
            return None
        self.results = self.earlier.take_published(manifest["outputs"], self.folder)
        self.witnesses.take_from(manifest)
        if self.options.verify_in_full and self.of_all and not self.witnesses.spreadsheet:
            found = self.witnesses.recalculate(self.reports.target / PACK)
            if not found.agrees:
                raise SpreadsheetDiffers.of(PACK, found.differences)
        self.made = {file: manifest["outputs"][file] for file in self.of_period}
        # Who runs what has not changed has prepared nothing.
        self.prepared_by = list(manifest.get("prepared_by") or self._preparer())
        self.total = len(self.results)
        for number, result in enumerate(self.results.values(), 1):
            self.on_result(result, number, self.total)
        return self._summary(manifest)

    # --- something has ---

    def render(self, engine: Engine, ends: ExitStack) -> Summary:
        """Read, check, render what has changed, and write the files of the period."""
        if self.options.verify_in_full and not spreadsheet.is_installed():
            raise SpreadsheetMissing(PACK)
        # Both import while the workbooks are read.
        self.reports.record_owner(get_ready(self.reports.temporary))
        fork_server = self._start_fork_server(ends)
        self.journal = Journal(self.folder)
        ends.callback(self.journal.close)
        self._prepare()
        if fork_server:
            fork_server.open(RunCache(self.copy, self.work, self.period))
        environment = RenderEnvironment(
            self.copy,
            self.folder,
            scratch=self.work / "scratch",
            temporary=self.reports.temporary,
            seconds=self.options.notebook_seconds,
            fork_server=fork_server.address if fork_server else "",
            log=self.log_file,
            digests=self.inputs,
            quarter=self.prepared.share,
        )
        self.witnesses.begin(self.copy, self.period, self.root / "data" / "processed", ends)
        self._render_tasks(engine, environment)
        if disagreements := self.witnesses.reading().disagreements:
            self._withhold(disagreements, engine, environment)
        self._render_programme_without_failed(engine, environment)
        self._withhold_what_differs(engine, environment)
        if self.options.verify_in_full and self.of_all:
            self._withhold_what_is_recalculated_otherwise(engine, environment)
        self._write_notes()
        self.untouched.verify_copy()
        verify(self.folder, {**self._outputs(), JOURNAL: ""}, leaving_out=WORK)
        self.prepared_by = self._preparers()
        order = [*self.prepared.names, *self.of_all]
        self.results = {name: self.results[name] for name in order}
        about = {
            "as_of": self.prepared.as_of.isoformat(),
            "verdict": self.prepared.verdict,
            "tables_digest": self.prepared.digest,
        }
        found = self._summary(about, self._warnings(), self.prepared.withheld, self.prepared.notes)
        confidential.refuse_mentions(self.folder, self.prepared.secret)
        return found

    def _preparer(self) -> list[str]:
        """Who prepares this run: whom it names, else whom the settings do."""
        settings = council_of(self.copy, self.period)
        return list(filter(None, [self.options.by or settings.release.prepared_by]))

    def _preparers(self) -> list[str]:
        """Who prepared what is published now.

        Those of the run before too, where a page of it is kept, or where it read the same inputs.
        """
        is_kept_page = any(result.status == "unchanged" for result in self.results.values())
        earlier = self.earlier.preparers(self.inputs, is_page_kept=is_kept_page)
        return list(dict.fromkeys([*earlier, *self._preparer()]))

    def _start_fork_server(self, ends: ExitStack) -> kernel_client.KernelForkServer | None:
        """What forks the run's kernels, where the system can; it ends with the run."""
        if not kernel_client.can_fork():
            return None
        temporary = self.reports.temporary
        with temporary_files_in(temporary):
            server = kernel_client.KernelForkServer(
                "ffanalysis.api", within=temporary, log=self.log_file
            )
        return ends.enter_context(server)

    def _withhold(
        self,
        disagreements: tuple[Disagreement, ...],
        engine: Engine,
        environment: RenderEnvironment,
    ) -> None:
        """Prepare the period anew without what these concern, and render what is another then."""
        self.untouched.verify_copy()
        self.disagreements += disagreements
        self._prepare()
        self._render_tasks(engine, replace(environment, quarter=self.prepared.share))

    def _withhold_what_differs(self, engine: Engine, environment: RenderEnvironment) -> None:
        """Withhold the projects of which a figure comes out otherwise, recomputed by another.

        A page of all of them on which one still does is not published.
        """
        found = self.witnesses.recompute(self._pages())
        own = [
            (name, fault) for name in self.prepared.names for fault in found.faults.get(name, ())
        ]
        if own:
            self._withhold(tuple(disagreement(*each) for each in own), engine, environment)
            self._render_programme_without_failed(engine, environment)
            found = self.witnesses.recompute(self._pages())
        for name, faults in found.faults.items():
            result = self.results[name]
            self._delete_pages(result)
            why = in_words(faults[0])
            self._end(replace(result, status="failed", reason=why, outputs={}))

    def _withhold_what_is_recalculated_otherwise(
        self, engine: Engine, environment: RenderEnvironment
    ) -> None:
        """Withhold the projects of which LibreOffice comes to another figure in the pack.

        Raises SpreadsheetDiffers where it does for a figure of all of them.
        """
        found = self.witnesses.recalculate(self.folder / PACK)
        own = [each for each in found.differences if each.project in self.prepared.names]
        if own:
            self._withhold(tuple(map(_differs_in_pack, own)), engine, environment)
            self._render_programme_without_failed(engine, environment)
            found = self.witnesses.recalculate(self.folder / PACK)
        if not found.agrees:
            raise SpreadsheetDiffers.of(PACK, found.differences)

    def _pages(self) -> dict[str, Path]:
        """The page of each task that is to be published, by its name."""
        return {
            name: self.folder / file
            for name, result in self.results.items()
            for file in result.outputs
            if file.endswith(".html")
        }

    def _prepare(self) -> None:
        """Have the period read and checked, in a process whose memory ends with it."""
        wanted = self.options.force or self.options.projects
        request = PrepareRequest(
            period=self.period,
            root=self.copy,
            store=self.root / "data" / "processed",
            folder=self.folder,
            work=self.work,
            code=self.code,
            inputs=self.inputs,
            projects=self.options.projects,
            made=frozenset() if wanted else self.earlier.keys,
            disagreements=self.disagreements,
            editions=self.editions,
            confidential=self.options.confidential,
        )
        self.prepared = run_in_subprocess(prepare, request, self.reports.temporary, self.log_file)
        self.made = {file: sha256(self.folder / file) for file in self.of_period}
        self.untouched.take_tables()
        self.total = len(self.prepared.names) + len(self.of_all)

    def _render_tasks(self, engine: Engine, environment: RenderEnvironment) -> None:
        """Render what has changed, then again what failed for want of memory or disk, alone."""
        again = []
        jobs = self.options.jobs or cores()
        for result in self._enforce_deadline(engine(self._tasks(), environment, jobs)):
            task = self.given.pop(result.name)
            if result.retryable:
                log.info("%s will be tried again: %s", result.name, result.reason)
                again.append(task)
            else:
                self._end(result)
        for result in self._enforce_deadline(engine(iter(again), environment, 1)):
            self._end(result)

    def _render_programme_without_failed(
        self, engine: Engine, environment: RenderEnvironment
    ) -> None:
        """Render the programme page again where projects failed, which it links to otherwise."""
        names = self.prepared.names
        failed = [name for name in names if self.results[name].status == "failed"]
        if not (failed and self.of_all):
            return
        task = self.prepared.programme_task(failed)
        for file in task.files:  # they may be the published ones, by a second name
            (self.folder / file).unlink(missing_ok=True)
        for result in engine(iter([task]), environment, 1):
            self._end(result)

    def _enforce_deadline(self, results: Iterator[Result]) -> Iterator[Result]:
        """The results as they come; RunTimeOver after a late one, while others are missing."""
        for result in results:
            yield result
            if monotonic() > self.until and len(self.results) < self.total:
                raise RunTimeOver(
                    self.period, self.options.run_minutes, len(self.results), self.total
                )

    def _tasks(self) -> Iterator[Task]:
        """The tasks to be rendered; what is up to date is taken over on the way.

        The longest come first, so that no process works alone at the end: the programme page, made
        as if no project would fail. Of many projects the reconciliation takes nearly as long, and
        has its turn when the programme page has left the memory.
        """
        if self.of_all:
            yield from self._skip_if_up_to_date(self.prepared.task(PROGRAMME))
        if self.of_all and not self.prepared.names:  # where each project is confidential
            yield from self._skip_if_up_to_date(self.prepared.task(RECONCILIATION))
        for number, project in enumerate(self.prepared.names):
            if self.of_all and number == len(self.prepared.names) // 10:
                yield from self._skip_if_up_to_date(self.prepared.task(RECONCILIATION))
            if reasons := self.prepared.withheld.get(project):
                if project in self.results:
                    self._delete_pages(self.results[project])
                parameters = {"project": project, "period": self.period}
                self._end(Result(project, "withheld", parameters, reason=" ".join(reasons)))
            else:
                yield from self._skip_if_up_to_date(self.prepared.task(project))

    def _skip_if_up_to_date(self, task: Task) -> Iterator[Task]:
        """The task, unless a folder has exactly the files that would come of it."""
        if rendered := self.results.get(task.name):
            if rendered.key == task.cache_key:
                return
            self._delete_pages(rendered)
        taken = None if self._is_wanted(task) else self.earlier.take_over(task, self.folder)
        if taken:
            self._end(taken)
            return
        self.given[task.name] = task
        yield task

    def _delete_pages(self, rendered: Result) -> None:
        """Delete what this run has made of a task; it may be the published, by a second name."""
        for file in rendered.outputs:
            (self.folder / file).unlink(missing_ok=True)

    def _is_wanted(self, task: Task) -> bool:
        """Whether a task is rendered even if unchanged: pages of all projects with each of them."""
        of_all = task.name in self.of_all
        wanted = self.prepared.wanted
        return self.options.force or task.name in wanted or (of_all and bool(wanted))

    def _end(self, result: Result) -> None:
        self.results[result.name] = result
        self.journal.write(result)
        done = min(len(self.results), self.total)
        log.info(
            "%d/%d %s: %s (%.1f s) %s",
            done,
            self.total,
            result.name,
            result.status,
            result.seconds,
            result.reason,
        )
        self.on_result(result, done, self.total)

    def _write_notes(self) -> None:
        """Write a page that says why in the place of each that was withheld or failed."""
        for name, result in self.results.items():
            if result.status in ("withheld", "failed"):
                (self.folder / "exceptions").mkdir(exist_ok=True)
                refused = result.status == "withheld"
                why = self.prepared.withheld[name] if refused else [result.reason]
                title = self.prepared.names.get(name, name.capitalize())
                note = exception_note(
                    self.period,
                    self.prepared.as_of,
                    title,
                    why,
                    refused=refused,
                    marking=self.prepared.markings.get(name, ""),
                    look=self.prepared.look,
                )
                file = f"exceptions/{name}.html"
                (self.folder / file).write_bytes(note.encode())
                self.made[file] = hashlib.sha256(note.encode()).hexdigest()

    def _warnings(self) -> tuple[str, ...]:
        """Why the run is incomplete although no page is missing: each sentence once."""
        no_pdf = [
            result.reason
            for result in self.results.values()
            if result.status == "published, no PDF"
        ]
        # A refusal that withholds no project leaves the programme page incomplete all the same.
        refused = self.prepared.refusals_without_project
        return tuple(dict.fromkeys([*no_pdf, *refused, *self.untouched.changes()]))

    def _summary(
        self,
        about: Mapping[str, str],
        warnings: tuple[str, ...] = (),
        withheld: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
        notes: tuple[str, ...] = (),
    ) -> Summary:
        """How the run ended, once its manifest is written.

        run.json holds whatever varies from run to run, so that nothing else does.
        """
        discard(self.work)
        finished = datetime.now(UTC)
        manifest = {
            "period": self.period,
            "as_of": about["as_of"],
            "started": self.started.isoformat(timespec="seconds"),
            "seconds": round((finished - self.started).total_seconds(), 3),
            "verdict": about["verdict"],
            "prepared_by": self.prepared_by,
            "warnings": list(warnings),
            "results": [_entry(result) for result in self.results.values()],
            "whole": self.whole,
            "tables_digest": about["tables_digest"],
            "code_digest": self.code,
            "second_reader": self.witnesses.second_reader,
            "second_engine": self.witnesses.second_engine,
            "spreadsheet": self.witnesses.spreadsheet,
            "inputs": self.inputs,
            "outputs": self._outputs(),
            "versions": versions(),
        }
        write_manifest(self.folder, manifest)
        results = tuple(self.results.values())
        # Of a cell that all briefings have, each would say the same.
        told = dict.fromkeys(remark for result in results for remark in result.remarks)
        notes = (*notes, *told)
        return Summary(self.reports.target, results, about["verdict"], warnings, withheld, notes)

    def _outputs(self) -> dict[str, str]:
        """The files of the new state with their sha256, by their paths in its folder."""
        of_tasks = (result.outputs for result in self.results.values())
        known = dict(pair for files in (self.made, *of_tasks) for pair in files.items())
        return {file: known[file] for file in sorted(known, key=lambda file: file.split("/"))}


def _differs_in_pack(difference: Difference) -> Disagreement:
    """A formula that LibreOffice works out otherwise, as what withholds its project."""
    cell = CellRef(PACK, difference.sheet, difference.cell)
    return Disagreement(cell, f"{difference}.", {"project": difference.project})


def _entry(result: Result) -> dict[str, Any]:
    entry = asdict(result)
    del entry["retryable"]
    return entry
