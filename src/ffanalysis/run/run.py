"""The quarter's run: read once, render what has changed, publish in one step when all is there."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from ffanalysis.errors import DISK_FULL_ERRNOS, ConfidentialNamed, DiskFull, FileTampered, UserError
from ffanalysis.periods import Period
from ffanalysis.provenance import slug
from ffanalysis.read import council_of
from ffanalysis.render.removal import discard
from ffanalysis.render.task import Result
from ffanalysis.run import confidential
from ffanalysis.run.heartbeat import end_stopped_server
from ffanalysis.run.history import STOPPED, PastRun, log, logged, remember, run_name
from ffanalysis.run.isolation import isolated
from ffanalysis.run.journal import MANIFEST, has_lines
from ffanalysis.run.one_run import WORK, OneRun, OnResult
from ffanalysis.run.options import DEFAULTS, RunOptions
from ffanalysis.run.reports_folder import ReportsFolder
from ffanalysis.run.summary import Summary, joined, kept_words, left_words
from ffanalysis.run.workers import Engine, render_in_workers


def run(
    period: str,
    root: Path,
    options: RunOptions = DEFAULTS,
    on_result: OnResult = lambda *_: None,
    engine: Engine = render_in_workers,
) -> Summary:
    """Bring `reports/<period>/` up to date: render what has changed, and keep the rest.

    Confidential projects are rendered behind it, each into a folder of its own. What an earlier
    run made before it stopped is kept too, where it is up to date. `on_result` is called with each
    result, the number of results so far and the number there will be. Raises what `read.load`
    raises, NothingRegistered, ProjectUnknown, RunUnderWay, RunTimeOver, InputsChanging,
    NotebookMissing, ReportsBlocked and DiskFull; what was published before then stays.
    """
    quarter = str(Period.parse(period))
    apart = council_of(root, quarter).confidential_projects
    of_all = tuple(name for name in options.projects if slug(name) not in apart)
    alone_wanted = {*map(slug, options.projects)}
    summary = _run(quarter, root, replace(options, projects=of_all), on_result, engine)
    confidential.delete_of_others(root, quarter, apart)
    for project in apart:
        own = replace(options, projects=(project,) * (project in alone_wanted))
        alone = replace(own, confidential=project)
        summary = joined(summary, _run(quarter, root, alone, on_result, engine), project)
    return summary


def _run(
    quarter: str, root: Path, options: RunOptions, on_result: OnResult, engine: Engine
) -> Summary:
    """One run: of all projects that are not confidential, or of one that is."""
    started = datetime.now(UTC)
    only = options.confidential
    reports = (
        confidential.own_reports(root, quarter, only) if only else ReportsFolder(root, quarter)
    )
    with _disk_full_as_error(reports.parent), reports.lock(), ExitStack() as ends:
        name = run_name(started, os.getpid())
        folder = reports.create(name)
        ends.callback(_clean_up, folder)
        ends.callback(end_stopped_server)
        ends.enter_context(isolated(folder / WORK / "own"))
        log_file = ends.enter_context(logged(reports.runs, name))
        log.info("%s, process %d", quarter, os.getpid())
        ended = ""
        results: tuple[Result, ...] = ()
        try:
            one = OneRun(quarter, reports, folder, root, options, on_result, started, log_file)
            summary = one.reuse_published() or one.render(engine, ends)
            results = summary.results
            if kept := reports.keep_what_is_not_ours():
                summary = replace(summary, notes=(*summary.notes, kept_words(quarter, kept)))
            reports.publish(folder)
            ended = "complete" if summary.complete else "incomplete"
        except BaseException as error:
            if isinstance(error, FileTampered | ConfidentialNamed):
                discard(folder)  # nothing in it may be used by the next run
            stopped = f"{STOPPED}{type(error).__name__}"
            ended = str(error) if isinstance(error, UserError) else stopped
            raise
        finally:
            seconds = round((datetime.now(UTC) - started).total_seconds(), 3)
            log.info("%s, after %.1f s", ended, seconds)
            past = PastRun(quarter, name, started.isoformat(timespec="seconds"), seconds, ended)
            remember(reports.runs, past, results)
        if left := reports.delete_unpublished():
            summary = replace(summary, notes=(*summary.notes, left_words(left)))
        return summary


@contextmanager
def _disk_full_as_error(folder: Path) -> Iterator[None]:
    """Raise DiskFull where anything in here fails because the disk is full."""
    try:
        yield
    except OSError as error:
        if error.errno in DISK_FULL_ERRNOS:
            raise DiskFull(folder) from error
        raise


def _clean_up(folder: Path) -> None:
    """Delete what a run needs only while it goes on, and its folder where it made nothing."""
    discard(folder / WORK)
    if not (folder / MANIFEST).exists() and not has_lines(folder):
        discard(folder)
