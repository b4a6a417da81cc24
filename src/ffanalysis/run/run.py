"""The quarter's run.

Read once, render what has changed, and publish it in one step when it is whole.
"""

import hashlib
import importlib.metadata
import json
import os
import platform
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from types import MappingProxyType
from typing import Any

from ffanalysis.errors import NO_ROOM, NoRoomLeft, RunTimeOver, UserError
from ffanalysis.periods import Period
from ffanalysis.read import inputs_of, is_kept
from ffanalysis.render import kernel_client
from ffanalysis.render.task import (
    SECONDS,
    Result,
    Setting,
    Status,
    Task,
    sha256,
)
from ffanalysis.render.temporary_folders import temporary_files_in
from ffanalysis.run.cache import Held
from ffanalysis.run.files import exception_note
from ffanalysis.run.history import PastRun, log, logged, named, remember
from ffanalysis.run.inputs import code_digest, copy_inputs
from ffanalysis.run.journal import (
    JOURNAL,
    MANIFEST,
    Journal,
    carry,
    has_lines,
    holds,
    made_in,
    untouched,
    write_manifest,
)
from ffanalysis.run.prepare import OF_THE_PERIOD, PROGRAMME, RECONCILIATION, Order, prepare
from ffanalysis.run.reports_folder import Place, discard
from ffanalysis.run.workers import Engine, apart, cores, get_ready, in_processes

MINUTES = 240.0
_WORK = ".work"
_VERSIONED = (
    "ffanalysis",
    "papermill",
    "nbconvert",
    "pandas",
    "matplotlib",
    "openpyxl",
    "weasyprint",
)

Tell = Callable[[Result, int, int], None]


@dataclass(frozen=True)
class Summary:
    """How a run ended.

    Where its reports are, how each task ended, what the checks say, and what else must be said.

    `withheld` has each project that was refused, with the sentences that say why; `notes` what is
    to be known and costs nothing but the movement since an earlier quarter.
    """

    folder: Path
    results: tuple[Result, ...]
    verdict: str
    warnings: tuple[str, ...] = ()
    withheld: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        return not self.warnings and all(
            result.status in ("published", "unchanged") for result in self.results
        )


@dataclass(frozen=True)
class Wish:
    """What is asked of a run.

    Which projects must be rendered anew, or all; in how many processes; within which time.

    `seconds` is what one notebook may take, `minutes` the whole run.
    """

    projects: tuple[str, ...] = ()
    force: bool = False
    jobs: int = 0
    seconds: float = SECONDS
    minutes: float = MINUTES


def run(
    period: str,
    root: Path,
    wish: Wish = Wish(),
    tell: Tell = lambda *_: None,
    engine: Engine = in_processes,
) -> Summary:
    """Bring `reports/<period>/` up to date.

    Render what has changed since it was published, and take over the rest.

    What an earlier run has left that did not come to its end is taken over too, where it still
    holds. `tell` is called with each result, the number of results so far and the number there will
    be. Raises what `read.load` raises, NothingRegistered, ProjectUnknown, RunUnderWay, RunTimeOver,
    InputsChanging, NotebookMissing, ReportsBlocked and NoRoomLeft; what was published then stays.
    """
    quarter = str(Period.parse(period))
    inputs_of(root, quarter)
    started = datetime.now(UTC)
    place = Place(root, quarter)
    with _room(place.reports), place.alone(), ExitStack() as ends:
        name = named(started, os.getpid())
        folder = place.new(name)
        ends.callback(_leave, folder)
        written = ends.enter_context(logged(place.runs, name))
        log.info("%s, process %d", quarter, os.getpid())
        past = PastRun(quarter, name, started.isoformat(timespec="seconds"))
        results: tuple[Result, ...] = ()
        try:
            one = _Run(place, folder, root, wish, tell, started, written)
            summary = one.as_published() or one.render(engine, ends)
            results = summary.results
            place.publish(folder)
            past = replace(past, ended="complete" if summary.complete else "incomplete")
        except BaseException as error:
            past = replace(
                past,
                ended=(
                    str(error)
                    if isinstance(error, UserError)
                    else f"stopped: {type(error).__name__}"
                ),
            )
            raise
        finally:
            past = replace(past, seconds=round((datetime.now(UTC) - started).total_seconds(), 3))
            log.info("%s, after %.1f s", past.ended, past.seconds)
            remember(place.runs, past, results)
        place.clear()
        return summary


@contextmanager
def _room(folder: Path) -> Iterator[None]:
    """Raise NoRoomLeft where anything in it comes to its end because the disk is full."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise NoRoomLeft(folder) from error
        raise


def _leave(folder: Path) -> None:
    """Take away what a run needs only while it goes on.

    A folder in which nothing was made goes too.
    """
    discard(folder / _WORK)
    if not (folder / MANIFEST).exists() and not has_lines(folder):
        discard(folder)


class _Run:
    """One run.

    Its own copy of the inputs, the folder that it fills, and how each task has ended so far.
    """

    def __init__(
        self,
        place: Place,
        folder: Path,
        root: Path,
        wish: Wish,
        tell: Tell,
        started: datetime,
        written: Path,
    ) -> None:
        self.place, self.folder, self.root, self.wish, self.tell = place, folder, root, wish, tell
        self.log = written
        self.started, self.until = started, monotonic() + wish.minutes * 60
        self.work = folder / _WORK
        self.copy = self.work / "programme"
        self.inputs = copy_inputs(root, place.period, self.copy)
        self.code = code_digest()
        self.whole = _digest(self.inputs, self.code)
        self.sources = {
            source: made_in(source)
            for source in [*filter(None, [place.published]), *place.leftovers()]
        }
        self.results: dict[str, Result] = {}
        self.given: dict[str, Task] = {}
        self.total = 0

    # --- nothing has changed ---

    def as_published(self) -> Summary | None:
        """Where nothing at all has changed, and all that was published is there as it was.

        The same again.
        """
        published = self.place.published
        if published is None or self.wish.force or self.wish.projects:
            return None
        made = self.sources[published]
        manifest = untouched(published, self.whole, made, OF_THE_PERIOD)
        if manifest is None or not is_kept(self.place.period, self.root):
            return None
        self.results = {
            name: replace(result, status="unchanged", seconds=0.0) for name, result in made.items()
        }
        carry(manifest["outputs"], published, self.folder)
        self.total = len(self.results)
        for number, result in enumerate(self.results.values(), 1):
            self.tell(result, number, self.total)
        return self._summary(manifest)

    # --- something has ---

    def render(self, engine: Engine, ends: ExitStack) -> Summary:
        """Read, check, render what has changed, and write the files of the period."""
        # Both import while the workbooks are read.
        self.place.own(get_ready(self.place.temporary))
        with temporary_files_in(self.place.temporary):
            fork_server = (
                kernel_client.KernelForkServer(
                    "ffanalysis.api", within=self.place.temporary, log=self.log
                )
                if kernel_client.can_fork()
                else None
            )
        if fork_server:
            ends.enter_context(fork_server)
        self.journal = Journal(self.folder)
        ends.callback(self.journal.close)
        self._prepare()
        if fork_server:
            fork_server.open(Held(self.copy, self.work, self.place.period))
        address = fork_server.address if fork_server else ""
        scratch = self.work / "scratch"
        setting = Setting(
            self.copy,
            self.folder,
            scratch,
            self.place.temporary,
            self.wish.seconds,
            address,
            self.log,
        )
        again = []
        for result in self._in_time(engine(self._tasks(), setting, self.wish.jobs or cores())):
            task = self.given.pop(result.name)
            if result.again:
                log.info("%s will be tried again: %s", result.name, result.reason)
                again.append(task)
            else:
                self._end(result)
        # What another notebook may have taken the memory or the disk from is tried again with
        # nothing beside it.
        for result in self._in_time(engine(iter(again), setting, 1)):
            self._end(result)
        if failed := [
            name for name in self.prepared.names if self.results[name].status == "failed"
        ]:
            # The page was made beside the others, as if none of them would fail; or it is still the
            # published one by a second name.
            task = self.prepared.programme_task(failed)
            for file in task.files:
                (self.folder / file).unlink(missing_ok=True)
            for result in engine(iter([task]), setting, 1):
                self._end(result)
        self._write_notes()
        order = [*self.prepared.names, PROGRAMME, RECONCILIATION]
        self.results = {name: self.results[name] for name in order}
        no_pdf = [
            result.reason
            for result in self.results.values()
            if result.status == "published, no PDF"
        ]
        # What was refused and withholds no project is said all the same: the programme page is
        # incomplete without it.
        warnings = tuple(dict.fromkeys([*no_pdf, *self.prepared.aside]))
        about = {
            "as_of": self.prepared.as_of.isoformat(),
            "verdict": self.prepared.verdict,
            "tables_digest": self.prepared.digest,
        }
        return self._summary(about, warnings, self.prepared.withheld, self.prepared.notes)

    def _in_time(self, results: Iterator[Result]) -> Iterator[Result]:
        """Results as they come.

        Raises RunTimeOver after one that comes too late, while there are others to wait for.
        """
        for result in results:
            yield result
            if monotonic() > self.until and len(self.results) < self.total:
                raise RunTimeOver(
                    self.place.period, self.wish.minutes, len(self.results), self.total
                )

    def _prepare(self) -> None:
        """Have the period read and checked, by a process that takes what it holds with it."""
        wanted = self.wish.force or self.wish.projects
        made = (
            frozenset()
            if wanted
            else frozenset(
                result.key for results in self.sources.values() for result in results.values()
            )
        )
        order = Order(
            period=self.place.period,
            root=self.copy,
            store=self.root / "data" / "processed",
            folder=self.folder,
            work=self.work,
            code=self.code,
            inputs=self.inputs,
            projects=self.wish.projects,
            made=made,
        )
        self.prepared = apart(prepare, order, self.place.temporary, self.log)
        self.total = len(self.prepared.names) + 2

    def _tasks(self) -> Iterator[Task]:
        """What must be rendered, one task after the other.

        What is as it was is taken over on the way.

        The longest come first, so that no process works alone at the end: the programme page as if
        no project would fail. Of many projects the reconciliation is nearly as long, and has its
        turn when that has left the memory.
        """
        yield from self._unless_held(self.prepared.task(PROGRAMME))
        for number, project in enumerate(self.prepared.names):
            if number == len(self.prepared.names) // 10:
                yield from self._unless_held(self.prepared.task(RECONCILIATION))
            if reasons := self.prepared.withheld.get(project):
                parameters = {"project": project, "period": self.place.period}
                self._end(Result(project, "withheld", parameters, reason=" ".join(reasons)))
            else:
                yield from self._unless_held(self.prepared.task(project))

    def _unless_held(self, task: Task) -> Iterator[Task]:
        """The task, unless a folder still holds exactly what would come of it."""
        wanted = self.wish.force or task.name in self.wish.projects
        # With projects named, what is about all of them is made with them.
        wanted = wanted or (bool(self.wish.projects) and task.name in (PROGRAMME, RECONCILIATION))
        for source, made in self.sources.items() if not wanted else ():
            if holds(made.get(task.name), task, source):
                carry(task.files, source, self.folder)
                status: Status = "unchanged" if source == self.place.published else "published"
                self._end(replace(made[task.name], status=status, seconds=0.0))
                return
        self.given[task.name] = task
        yield task

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
        self.tell(result, done, self.total)

    def _write_notes(self) -> None:
        """A page in the place of each that could not be made, and of each whose inputs were refused."""
        for name, result in self.results.items():
            if result.status in ("withheld", "failed"):
                (self.folder / "exceptions").mkdir(exist_ok=True)
                refused = result.status == "withheld"
                why = self.prepared.withheld[name] if refused else [result.reason]
                title = self.prepared.names.get(name, name.capitalize())
                note = exception_note(
                    self.place.period, self.prepared.as_of, title, why, refused=refused
                )
                (self.folder / "exceptions" / f"{name}.html").write_text(note, "utf-8")

    def _summary(
        self,
        about: Mapping[str, str],
        warnings: tuple[str, ...] = (),
        withheld: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
        notes: tuple[str, ...] = (),
    ) -> Summary:
        """How the run ended.

        run.json holds whatever varies from run to run, so that nothing else does.
        """
        discard(self.work)
        known = {
            file: digest
            for result in self.results.values()
            for file, digest in result.outputs.items()
        }
        there = (
            path
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and path.name != JOURNAL
        )
        files = {path.relative_to(self.folder).as_posix(): path for path in there}
        finished = datetime.now(UTC)
        manifest = {
            "period": self.place.period,
            "as_of": about["as_of"],
            "started": self.started.isoformat(timespec="seconds"),
            "seconds": round((finished - self.started).total_seconds(), 3),
            "verdict": about["verdict"],
            "warnings": list(warnings),
            "results": [_entry(result) for result in self.results.values()],
            "whole": self.whole,
            "tables_digest": about["tables_digest"],
            "code_digest": self.code,
            "inputs": self.inputs,
            "outputs": {file: known.get(file) or sha256(path) for file, path in files.items()},
            "versions": {
                "python": platform.python_version(),
                **{name: importlib.metadata.version(name) for name in _VERSIONED},
            },
        }
        write_manifest(self.folder, manifest)
        return Summary(
            self.place.target,
            tuple(self.results.values()),
            about["verdict"],
            warnings,
            withheld,
            notes,
        )


def _entry(result: Result) -> dict[str, Any]:
    entry = asdict(result)
    del entry["again"]
    return entry


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
