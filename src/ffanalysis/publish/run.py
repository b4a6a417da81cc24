"""The quarter's run: read once, render what has changed, and publish it in one step when it is whole."""

import hashlib
import importlib.metadata
import json
import os
import pickle
import platform
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

from ffanalysis import reconcile
from ffanalysis.errors import NO_ROOM, NoRoomLeft, NothingRegistered, ProjectUnknown, RunTimeOver, UserError
from ffanalysis.measure import ProjectMeasures, project_measures
from ffanalysis.measure.programme import programme_measures
from ffanalysis.model import Figure, Tables, records
from ffanalysis.periods import Period
from ffanalysis.present.reading import history_notes
from ffanalysis.present.sentences import verdict
from ffanalysis.present.words import say
from ffanalysis.publish import warm
from ffanalysis.publish.engine import Engine, cores, get_ready, in_processes
from ffanalysis.publish.files import exception_note, findings_csv
from ffanalysis.publish.held import Held
from ffanalysis.publish.history import PastRun, log, logged, named, remember
from ffanalysis.publish.inputs import NOTEBOOKS, code_digest, copy_inputs, copy_tables
from ffanalysis.publish.journal import JOURNAL, MANIFEST, Journal, carry, has_lines, holds, made_in, untouched, write_manifest
from ffanalysis.publish.pack import Pack
from ffanalysis.publish.place import Place, discard
from ffanalysis.publish.task import SECONDS, Result, Setting, Status, Task, sha256, temporary_files_in
from ffanalysis.read import inputs_of, is_kept, load
from ffanalysis.reconcile.lines import withheld
from ffanalysis.reconcile.narrow import Narrower, digest_of

PROGRAMME, RECONCILIATION = "programme", "reconciliation"
MINUTES = 240.0
_PROJECT_NOTEBOOK, _PROGRAMME_NOTEBOOK, _RECONCILIATION_NOTEBOOK = NOTEBOOKS
_OF_THE_PERIOD = ("findings.csv", "reconciliation.xlsx")
_WORK = ".work"
_VERSIONED = ("ffanalysis", "papermill", "nbconvert", "pandas", "matplotlib", "openpyxl", "weasyprint")

Tell = Callable[[Result, int, int], None]


@dataclass(frozen=True)
class Summary:
    """How a run ended: where its reports are, how each task ended, what the checks say, and what else must be said.

    `withheld` has each project that was refused, with the sentences that say why; `notes` what is to be known and costs nothing
    but the movement since an earlier quarter.
    """

    folder: Path
    results: tuple[Result, ...]
    verdict: str
    warnings: tuple[str, ...] = ()
    withheld: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        return not self.warnings and all(result.status in ("published", "unchanged") for result in self.results)


@dataclass(frozen=True)
class Wish:
    """What is asked of a run: which projects must be rendered anew, or all; in how many processes; within which time.

    `seconds` is what one notebook may take, `minutes` the whole run.
    """

    projects: tuple[str, ...] = ()
    force: bool = False
    jobs: int = 0
    seconds: float = SECONDS
    minutes: float = MINUTES


def run(period: str, root: Path, wish: Wish = Wish(), tell: Tell = lambda *_: None, engine: Engine = in_processes) -> Summary:
    """Bring `reports/<period>/` up to date: render what has changed since it was published, and take over the rest.

    What an earlier run has left that did not come to its end is taken over too, where it still holds. `tell` is called with
    each result, the number of results so far and the number there will be. Raises what `read.load` raises, NothingRegistered,
    ProjectUnknown, RunUnderWay, RunTimeOver, InputsChanging, NotebookMissing, ReportsBlocked and NoRoomLeft; what was published
    then stays.
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
            past = replace(past, ended=str(error) if isinstance(error, UserError) else f"stopped: {type(error).__name__}")
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
    """Take away what a run needs only while it goes on; a folder in which nothing was made goes too."""
    discard(folder / _WORK)
    if not (folder / MANIFEST).exists() and not has_lines(folder):
        discard(folder)


class _Run:
    """One run: its own copy of the inputs, the folder that it fills, and how each task has ended so far."""

    def __init__(self, place: Place, folder: Path, root: Path, wish: Wish, tell: Tell, started: datetime, written: Path) -> None:
        self.place, self.folder, self.root, self.wish, self.tell = place, folder, root, wish, tell
        self.log = written
        self.started, self.until = started, monotonic() + wish.minutes * 60
        self.work = folder / _WORK
        self.copy = self.work / "programme"
        self.inputs = copy_inputs(root, place.period, self.copy)
        self.code = code_digest()
        self.whole = _digest(self.inputs, self.code)
        self.sources = {source: made_in(source) for source in [*filter(None, [place.published]), *place.leftovers()]}
        self.reasons: dict[str, tuple[str, ...]] = {}
        self.notes: tuple[str, ...] = ()
        self.results: dict[str, Result] = {}
        self.given: dict[str, Task] = {}
        self.total = 0

    # --- nothing has changed ---

    def as_published(self) -> Summary | None:
        """Where nothing at all has changed, and all that was published is there as it was: the same again."""
        published = self.place.published
        if published is None or self.wish.force or self.wish.projects:
            return None
        made = self.sources[published]
        manifest = untouched(published, self.whole, made, _OF_THE_PERIOD)
        if manifest is None or not is_kept(self.place.period, self.root):
            return None
        self.results = {name: replace(result, status="unchanged", seconds=0.0) for name, result in made.items()}
        carry(manifest["outputs"], published, self.folder)
        self.total = len(self.results)
        for number, result in enumerate(self.results.values(), 1):
            self.tell(result, number, self.total)
        return self._summary(manifest, ())

    # --- something has ---

    def render(self, engine: Engine, ends: ExitStack) -> Summary:
        """Read, check, render what has changed, and write the files of the period."""
        # Both import while the workbooks are read.
        self.place.own(get_ready(self.place.temporary))
        with temporary_files_in(self.place.temporary):
            forge = warm.Forge("ffanalysis.api", within=self.place.temporary, log=self.log) if warm.can_fork() else None
        if forge:
            ends.enter_context(forge)
        self.journal = Journal(self.folder)
        ends.callback(self.journal.close)
        self._read()
        if forge:
            handed_on = self.work / "held.pickle"
            handed_on.write_bytes(pickle.dumps(Held(str(self.copy), self.tables, self.findings)))
            forge.open(handed_on)
        address = forge.address if forge else ""
        scratch = self.work / "scratch"
        setting = Setting(self.copy, self.folder, scratch, self.place.temporary, self.wish.seconds, address, self.log)
        again = []
        tasks = self._tasks()
        ends.callback(tasks.close)  # what it writes on the way is closed, however the run ends
        for result in self._in_time(engine(tasks, setting, self.wish.jobs or cores())):
            task = self.given.pop(result.name)
            if result.again:
                log.info("%s will be tried again: %s", result.name, result.reason)
                again.append(task)
            else:
                self._end(result)
        # What another notebook may have taken the memory or the disk from is tried again with nothing beside it.
        for result in self._in_time(engine(iter(again), setting, 1)):
            self._end(result)
        if failed := [name for name in self.tables.slugs if self.results[name].status == "failed"]:
            # The page was made beside the others, as if none of them would fail; or it is still the published one by a second name.
            task = self._programme_task(failed)
            for file in task.files:
                (self.folder / file).unlink(missing_ok=True)
            for result in engine(iter([task]), setting, 1):
                self._end(result)
        self._write_notes()
        order = [*self.tables.slugs, PROGRAMME, RECONCILIATION]
        self.results = {name: self.results[name] for name in order}
        warnings = [result.reason for result in self.results.values() if result.status == "published, no PDF"]
        # What was refused and withholds no project is said all the same: the programme page is incomplete without it.
        warnings = list(dict.fromkeys([*warnings, *set_aside(self.tables, self.reasons)]))
        said = say(verdict(self.findings))
        about = {"as_of": self.tables.as_of.isoformat(), "verdict": said, "tables_digest": self.tables.digest}
        return self._summary(about, tuple(warnings))

    def _in_time(self, results: Iterator[Result]) -> Iterator[Result]:
        """Results as they come. Raises RunTimeOver after one that comes too late, while there are others to wait for."""
        for result in results:
            yield result
            if monotonic() > self.until and len(self.results) < self.total:
                raise RunTimeOver(self.place.period, self.wish.minutes, len(self.results), self.total)

    def _read(self) -> None:
        store = self.root / "data" / "processed"
        self.tables = load(self.place.period, self.copy, store)
        copy_tables(store / self.place.period, self.copy / "data" / "processed" / self.place.period)
        if not self.tables.slugs:
            raise NothingRegistered(self.place.period, list(self.tables.refusals["sentence"]))
        for project in self.wish.projects:
            if project not in self.tables.slugs:
                raise ProjectUnknown(project, self.tables.slugs)
        self.findings = reconcile.check(self.tables)
        self.reasons = withheld(self.tables)
        self.notes = tuple(history_notes(self.tables))
        self.programme = programme_measures(self.tables)
        self.narrower = Narrower(self.tables, self.findings)
        self.total = len(self.tables.slugs) + 2

    def _tasks(self) -> Generator[Task]:
        """What must be rendered, one task after the other; what is as it was is taken over on the way.

        The longest come first, so that no process works alone at the end: the programme page as if no project would fail. The
        reconciliation is written on the way, and closed while the last tasks are being rendered.
        """
        yield from self._unless_held(self._programme_task(()))
        yield from self._unless_held(self._task(RECONCILIATION, "Reconciliation", _RECONCILIATION_NOTEBOOK, {}, ("", "")))
        findings, reconciliation = (self.folder / file for file in _OF_THE_PERIOD)
        findings.write_text(findings_csv(self.findings), "utf-8")
        with Pack(reconciliation, self.work, self.tables, self.findings) as pack:
            for row in records(self.tables.projects):
                if row.project in self.reasons:
                    reason = " ".join(self.reasons[row.project])
                    self._end(Result(row.project, "withheld", {"project": row.project, "period": self.place.period}, reason=reason))
                    continue
                own = self.narrower.tables_of(row.project)
                measures = project_measures(own, row.project)
                pack.add(row.project, own, measures)
                yield from self._unless_held(self._project_task(row.project, row.name, measures))
            pack.add_programme(self.programme)

    def _project_task(self, project: str, name: str, measures: ProjectMeasures) -> Task:
        parameters = {"project": project}
        told = (part for finding in self.narrower.findings_of(project) for part in finding.message if isinstance(part, Figure))
        figures = {figure.name: str(figure.value) for figure in (*measures.figures(), *told) if figure.value is not None}
        total = measures.proposal.total
        task = self._task(project, name, _PROJECT_NOTEBOOK, parameters, (f"{project}.html", f"{project}.pdf"))
        return replace(task, figures=figures, must_show=(total.name,) if total.value is not None else ())

    def _programme_task(self, failed: Sequence[str]) -> Task:
        parameters = {"failed": " ".join(failed)}
        task = self._task(PROGRAMME, "Programme", _PROGRAMME_NOTEBOOK, parameters, ("index.html", "programme.pdf"))
        own = {f"{project}/{saving.total.name}": saving.total for project, saving in self.programme.projects.items()}
        figures = {**{figure.name: figure for figure in self.programme.figures()}, **own}
        return replace(task, figures={name: str(figure.value) for name, figure in figures.items() if figure.value is not None})

    def _task(self, name: str, title: str, notebook: str, parameters: dict[str, str], pages: tuple[str, str]) -> Task:
        parameters = {**parameters, "period": self.place.period}
        content = self.narrower.digest_of(name) if name in self.tables.slugs else digest_of(self.tables, self.findings)
        key = _digest(self.code, self.inputs[f"notebooks/{notebook}"], name, title, parameters, content)
        return Task(name, title, self.place.period, notebook, parameters, *pages, key)

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
        log.info("%d/%d %s: %s (%.1f s) %s", done, self.total, result.name, result.status, result.seconds, result.reason)
        self.tell(result, done, self.total)

    def _write_notes(self) -> None:
        """A page in the place of each that could not be made, and of each whose inputs were refused."""
        names = {row.project: row.name for row in records(self.tables.projects)}
        for name, result in self.results.items():
            if result.status in ("withheld", "failed"):
                (self.folder / "exceptions").mkdir(exist_ok=True)
                refused = result.status == "withheld"
                why = self.reasons[name] if refused else [result.reason]
                note = exception_note(self.tables, names.get(name, name.capitalize()), why, refused=refused)
                (self.folder / "exceptions" / f"{name}.html").write_text(note, "utf-8")

    def _summary(self, about: Mapping[str, str], warnings: tuple[str, ...]) -> Summary:
        """How the run ended. run.json holds whatever varies from run to run, so that nothing else does."""
        discard(self.work)
        known = {file: digest for result in self.results.values() for file, digest in result.outputs.items()}
        there = (path for path in sorted(self.folder.rglob("*")) if path.is_file() and path.name != JOURNAL)
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
            "versions": {"python": platform.python_version(), **{name: importlib.metadata.version(name) for name in _VERSIONED}},
        }
        write_manifest(self.folder, manifest)
        return Summary(self.place.target, tuple(self.results.values()), about["verdict"], warnings, self.reasons, self.notes)


def _entry(result: Result) -> dict[str, Any]:
    entry = asdict(result)
    del entry["again"]
    return entry


def set_aside(tables: Tables, reasons: Mapping[str, Sequence[str]]) -> list[str]:
    """The sentences of refusals that withhold no project: of a service that none has, or where the register itself is missing."""
    spoken = {sentence for sentences in reasons.values() for sentence in sentences}
    return [sentence for sentence in tables.refusals["sentence"] if sentence not in spoken]


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
