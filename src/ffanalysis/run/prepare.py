"""What a run does once for its period before anything is rendered.

Read, check, measure, and write a task for each page.

It is done in a process of its own and ends with it. What the period holds is then on the disk, each
project's share by itself: no process that lasts has it in its memory, however many projects there
are.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from ffanalysis import checks
from ffanalysis.editions import Editions, Reissue, notice_of, programme_notice
from ffanalysis.errors import FileTampered, NothingRegistered
from ffanalysis.figures import Figure
from ffanalysis.findings import Finding
from ffanalysis.measure import ProjectMeasures, project_measures
from ffanalysis.measure.programme import ProgrammeMeasures, programme_measures
from ffanalysis.measure.signoff import figures_code, signed_figures
from ffanalysis.measure.stages import stage_now
from ffanalysis.present.look import stylesheet
from ffanalysis.present.reading import history_notes
from ffanalysis.present.sentences import checks_summary
from ffanalysis.present.words import say
from ffanalysis.read import council_of, load, quarters_before
from ffanalysis.read.store import keep
from ffanalysis.render.looks_beyond import looks_beyond_its_project
from ffanalysis.render.notebook_file import read_notebook, refuse_without_parameters
from ffanalysis.render.task import Task, fingerprint
from ffanalysis.run.cache import (
    read_unchanged,
    store_project,
    store_quarter,
    write_read_only,
)
from ffanalysis.run.figures_list import FiguresList
from ffanalysis.run.files import corrections_csv, findings_csv
from ffanalysis.run.inputs import NOTEBOOKS, copy_tables
from ffanalysis.run.journal import PROGRAMME, RECONCILIATION
from ffanalysis.run.project_rows import ProjectRows, quarter_fingerprint
from ffanalysis.run.reconciliation_workbook import Pack
from ffanalysis.run.second_reading import Disagreement, with_refusals
from ffanalysis.savings.confidential import (
    Secret,
    confidential_in,
    findings_for_all,
    secret_of,
    visible,
)
from ffanalysis.savings.named import project_named
from ffanalysis.savings.quarter import Quarter
from ffanalysis.savings.refusals import withheld_projects
from ffanalysis.savings.stale import refuse_stale

VERSION_LETTERS = 8  # of the digest that a page prints
FINDINGS, FIGURES, CORRECTIONS = "findings.csv", "figures.csv", "corrections.csv"
PACK = "reconciliation.xlsx"
OF_THE_PERIOD = (FINDINGS, FIGURES, CORRECTIONS, PACK)
OF_A_CONFIDENTIAL_PROJECT = (FINDINGS, FIGURES, CORRECTIONS)
_PROJECT_NOTEBOOK, _PROGRAMME_NOTEBOOK, _RECONCILIATION_NOTEBOOK = NOTEBOOKS
_PARAMETERS = {
    _PROJECT_NOTEBOOK: ("project", "period"),
    _PROGRAMME_NOTEBOOK: ("period",),
    _RECONCILIATION_NOTEBOOK: ("period",),
}


@dataclass(frozen=True)
class PrepareRequest:
    """What is to be prepared, and of what.

    `root` is the run's own copy of the programme with the digests of its files in `inputs`, `store`
    where tables that were read are kept, `folder` what is to be published, `work` where the run
    puts what it needs only while it goes on, `code` a digest of what briefings are made with.
    `projects` name registered ones, in any spelling. Of a task whose cache key is in `made` there
    is a page already.
    `disagreements` are cells of which a second reader said something else; `editions` are those of
    the period's journal. `confidential` is the one project that is prepared, where it has a folder
    of its own.
    """

    period: str
    root: Path
    store: Path
    folder: Path
    work: Path
    code: str
    inputs: Mapping[str, str]
    projects: tuple[str, ...] = ()
    made: frozenset[str] = frozenset()
    disagreements: tuple[Disagreement, ...] = ()
    editions: Editions = field(default_factory=Editions)
    confidential: str = ""


@dataclass(frozen=True)
class Prepared:
    """What a run has to know of its period.

    `names` has each project of the register in its order, `withheld` those that were refused with
    the sentences that say why; `refusals_without_project` are the sentences of refusals that
    withhold no project, `notes` what costs nothing but the movement since an earlier quarter.
    `tasks` has the sha256 of the file of each task by its name, `share` that of all that was read.
    `look` are the rules of the council's colours, `markings` the protective marking by project,
    `secret` the names of projects that nothing of this may have, `wanted` the projects that are
    rendered even if unchanged.
    """

    as_of: date
    digest: str
    verdict: str
    names: Mapping[str, str]
    withheld: Mapping[str, tuple[str, ...]]
    refusals_without_project: tuple[str, ...]
    notes: tuple[str, ...]
    work: Path
    tasks: Mapping[str, str]
    share: str
    look: str = ""
    markings: Mapping[str, str] = field(default_factory=dict)
    secret: Secret = field(default_factory=Secret)
    wanted: tuple[str, ...] = ()

    def task(self, name: str) -> Task:
        """The task of one project, of the programme page or of the reconciliation.

        Raises FileTampered where something else has changed what was written for it.
        """
        place = _place(self.work, name)
        try:
            about = json.loads(read_unchanged(place, self.tasks[name]))
        except FileNotFoundError:
            raise FileTampered(f"{place.parent.name}/{place.name}") from None
        lists = {name: tuple(about[name]) for name in ("required_figures", "notice", "failed")}
        return Task(**{**about, **lists})

    def programme_task(self, failed: Sequence[str]) -> Task:
        """The task of a programme page that knows which briefings could not be made."""
        task = self.task(PROGRAMME)
        cache_key = fingerprint(task.cache_key, [*failed])
        version = fingerprint(task.version, [*failed])[:VERSION_LETTERS]
        return replace(task, failed=tuple(failed), cache_key=cache_key, version=version)


def prepare(order: PrepareRequest) -> Prepared:
    """Read and check a period; write its lists, a task for each page, and what kernels ask for.

    Raises what `read.load` raises, NothingRegistered, ProjectUnknown, and OSError, as where the
    disk is full; NotebookMissing and NotebookWrong before anything is read.
    """
    refuse_notebooks(order.root / "notebooks")
    tables = load(order.period, order.root, order.store)
    processed = order.root / "data" / "processed"
    for name in (order.period, *quarters_before(order.root, order.period)):
        copy_tables(order.store / name, processed / name)
    if order.disagreements:
        tables = with_refusals(tables, order.disagreements)
        keep(
            processed / order.period, tables
        )  # the run's own copy: the cells may be mended when they are reread
    quarter = Quarter(refuse_stale(tables))
    if not quarter.slugs:
        raise NothingRegistered(order.period, [row.sentence for row in quarter.refusals])
    wanted = tuple(project_named(quarter, project) for project in order.projects)
    seen, findings, secret = seen_by_all(quarter, order.confidential)
    return replace(_Period(order, seen, findings).write(), secret=secret, wanted=wanted)


def seen_by_all(quarter: Quarter, shown: str = "") -> tuple[Quarter, tuple[Finding, ...], Secret]:
    """A quarter and its findings without what is confidential, and the names that were left out.

    `shown` is the one confidential project that is left in: who sees it sees no other.
    """
    findings = checks.check(quarter)
    hidden = confidential_in(quarter.tables, shown)
    if not hidden:
        return quarter, findings, Secret()
    seen = Quarter(visible(quarter.tables, shown))
    known = findings_for_all(checks.check(seen), findings)
    return seen, known, secret_of(quarter.tables, hidden)


class _Period:
    """A period while its tasks are written."""

    def __init__(
        self, order: PrepareRequest, quarter: Quarter, findings: tuple[Finding, ...]
    ) -> None:
        self.order, self.quarter, self.findings = order, quarter, findings
        self.rows = ProjectRows(quarter, self.findings)
        only = order.confidential
        self.names = {
            row.project: row.name for row in quarter.projects if only in ("", row.project)
        }
        withheld = withheld_projects(quarter)
        self.withheld = {name: withheld[name] for name in withheld if name in self.names}
        self.tasks: dict[str, str] = {}
        self.figures_digests: dict[str, str] = {}
        self.reissues: dict[str, Reissue] = {}  # by the project's name as people write it

    def write(self) -> Prepared:
        if self.order.confidential:
            share = store_quarter(self.order.work, self.quarter.tables, self.findings)
            self._write_findings(self.rows.findings_of(self.order.confidential))
            with self._figures_list() as figures:
                for project, name in self.names.items():
                    if project not in self.withheld:
                        self._write_project(project, name, figures, None)
            self._write_corrections()
        else:
            share = self._write_for_all()
        return self._prepared(share)

    def _write_for_all(self) -> str:
        """The lists, the pages of all and those of each project; gives the sha256 of its share."""
        self._write_findings(self.findings)
        share = store_quarter(self.order.work, self.quarter.tables, self.findings)
        content = quarter_fingerprint(self.quarter, self.findings)
        self._keep(
            self._task(
                RECONCILIATION, "Reconciliation", _RECONCILIATION_NOTEBOOK, {}, ("", ""), content
            )
        )
        programme = programme_measures(self.quarter)
        place = self.order.folder / PACK
        with (
            Pack(place, self.order.work, self.quarter, self.findings) as pack,
            self._figures_list() as figures,
        ):
            for project, name in self.names.items():
                if project not in self.withheld:
                    self._write_project(project, name, figures, pack)
            figures.add_programme(programme)
            pack.add_programme(programme)
        self._write_corrections()
        self._keep(self._programme_task(programme, content))
        return share

    # Lists begin with a byte order mark, without which Excel takes £ for two signs of another
    # alphabet.

    def _write_findings(self, findings: Sequence[Finding]) -> None:
        (self.order.folder / FINDINGS).write_text(findings_csv(findings), "utf-8-sig")

    @contextmanager
    def _figures_list(self) -> Iterator[FiguresList]:
        place = self.order.folder / FIGURES
        with place.open("w", encoding="utf-8-sig", newline="") as file:
            yield FiguresList(file)

    def _write_corrections(self) -> None:
        """What was reissued of these projects, of which pages have been prepared."""
        digests = dict.fromkeys(self.withheld, "") | self.figures_digests
        in_force = self.order.editions.in_force(digests)
        place = self.order.folder / CORRECTIONS
        place.write_text(corrections_csv(in_force), "utf-8-sig")

    def _prepared(self, share: str) -> Prepared:
        names = self.names
        return Prepared(
            as_of=self.quarter.as_of,
            digest=self.quarter.tables.digest,
            verdict=say(checks_summary(self.findings)),
            names=names,
            withheld=self.withheld,
            refusals_without_project=tuple(refusals_without_project(self.quarter, self.withheld)),
            notes=tuple(history_notes(self.quarter)),
            work=self.order.work,
            tasks=self.tasks,
            share=share,
            look=stylesheet(self.quarter.council.colours),
            markings={
                project: self.quarter.council.marking_of(name) for project, name in names.items()
            },
        )

    def _write_project(
        self, project: str, name: str, figures: FiguresList, pack: Pack | None
    ) -> None:
        measures = project_measures(self.quarter, project)
        figures.add(project, name, measures)
        if pack:
            pack.add(project, self.quarter, measures)
        task = self._project_task(project, name, measures)
        if task.cache_key not in self.order.made:
            rows, findings = self.rows.select(project), self.rows.findings_of(project)
            task = replace(task, share=store_project(self.order.work, project, rows, findings))
        self._keep(task)

    def _project_task(self, project: str, name: str, measures: ProjectMeasures) -> Task:
        parameters = {"project": project}
        pages = (f"{project}.html", f"{project}.pdf")
        told = (
            part
            for finding in self.rows.findings_of(project)
            for part in finding.message
            if isinstance(part, Figure)
        )
        figures = {
            figure.name: str(figure.value)
            for figure in (*measures.figures(), *told)
            if figure.value is not None
        }
        total = measures.main.total
        content = self._content_of(project)
        task = self._task(project, name, _PROJECT_NOTEBOOK, parameters, pages, content)
        self.figures_digests[project] = digest = self._figures_digest(project, figures)
        edition = self.order.editions.of(project, digest)
        if edition.reissue:
            self.reissues[name] = edition.reissue
        return replace(
            self._published_as(task, notice_of(edition), edition.number),
            figures=figures,
            required_figures=(total.name,) if total.value is not None else (),
            figures_digest=digest,
        )

    def _content_of(self, project: str) -> str:
        """The digest of what a project's page shows: its own rows, or all where a cell may."""
        own = self.rows.fingerprint(project)
        return fingerprint(own, self._of_all_projects) if self._of_all_projects else own

    @cached_property
    def _of_all_projects(self) -> str:
        """The digest of the quarter, where the notebook of projects looks at others; else ""."""
        notebook, _ = read_notebook(self.order.root / "notebooks" / _PROJECT_NOTEBOOK)
        if not looks_beyond_its_project(notebook):
            return ""
        return quarter_fingerprint(self.quarter, self.findings)

    def _figures_digest(self, project: str, figures: Mapping[str, str]) -> str:
        """The digest of what makes an edition another: figures, RAG, approval and findings."""
        code = figures_code(signed_figures(self.quarter, project))
        stage = stage_now(self.quarter, self.quarter.register[project])
        outcomes = sorted(
            (each.id, each.outcome, each.severity) for each in self.rows.findings_of(project)
        )
        return fingerprint(figures, code, stage, outcomes)

    @staticmethod
    def _published_as(
        task: Task, notice: tuple[str, ...], edition: int = 0, releases: str = ""
    ) -> Task:
        """The task with the number that its page prints, what it corrects, and where it links."""
        key = fingerprint(task.cache_key, edition, notice, releases)
        return replace(task, edition=edition, notice=notice, releases=releases, cache_key=key)

    def _programme_task(self, measures: ProgrammeMeasures, content: str) -> Task:
        """The programme page's task as if every briefing that is not withheld will be made."""
        pages = ("index.html", "programme.pdf")
        task = self._task(PROGRAMME, "Programme", _PROGRAMME_NOTEBOOK, {}, pages, content)
        address = council_of(self.order.root, self.order.period).release.address.rstrip("/")
        where = f"{address}/{self.order.period}/index.html" if address else ""
        task = self._published_as(task, programme_notice(self.reissues), releases=where)
        own = {
            f"{project}/{saving.total.name}": saving.total
            for project, saving in measures.projects.items()
        }
        figures = {**{figure.name: figure for figure in measures.figures()}, **own}
        return replace(
            task,
            figures={
                name: str(figure.value)
                for name, figure in figures.items()
                if figure.value is not None
            },
        )

    def _task(
        self,
        name: str,
        title: str,
        notebook: str,
        parameters: Mapping[str, str],
        pages: tuple[str, str],
        content: str,
    ) -> Task:
        parameters = {**parameters, "period": self.order.period}
        source = self.order.inputs[f"notebooks/{notebook}"]
        made_of = (source, name, title, parameters, content)
        return Task(
            name,
            title,
            self.order.period,
            notebook,
            parameters,
            *pages,
            cache_key=fingerprint(self.order.code, *made_of),
            look=stylesheet(self.quarter.council.colours),
            # Of the inputs alone: another release of a library makes no other version of a page.
            version=fingerprint(*made_of)[:VERSION_LETTERS],
        )

    def _keep(self, task: Task) -> None:
        path = _place(self.order.work, task.name)
        path.parent.mkdir(exist_ok=True)
        self.tasks[task.name] = write_read_only(path, json.dumps(asdict(task)).encode())


def refuse_notebooks(folder: Path) -> None:
    """Raise NotebookMissing or NotebookWrong for the first notebook that a run cannot use."""
    for name, wanted in _PARAMETERS.items():
        refuse_without_parameters(name, read_notebook(folder / name)[0], wanted)


def refusals_without_project(quarter: Quarter, reasons: Mapping[str, Sequence[str]]) -> list[str]:
    """The sentences of refusals that withhold no project.

    Of a service that none has, or where the register itself is missing.
    """
    spoken = {sentence for sentences in reasons.values() for sentence in sentences}
    sentences = dict.fromkeys(row.sentence for row in quarter.refusals)
    return [sentence for sentence in sentences if sentence not in spoken]


def _place(work: Path, name: str) -> Path:
    return work / "tasks" / f"{name}.json"
