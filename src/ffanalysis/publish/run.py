"""The quarter's run: read once, render every briefing into a staging folder, and publish it in one step when it is whole."""

import hashlib
import importlib.metadata
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from time import monotonic
from typing import Literal

from ffanalysis import reconcile
from ffanalysis.errors import NotebookFailed, OutsideAccess, PdfUnavailable, ProjectUnknown, ReportsBlocked
from ffanalysis.measure import all_figures
from ffanalysis.model import Finding, Tables, records
from ffanalysis.publish.files import exception_note, findings_csv, write_reconciliation
from ffanalysis.publish.notebook import run_notebook
from ffanalysis.publish.page import Page, to_html, to_pdf
from ffanalysis.read import load
from ffanalysis.reconcile.lines import withheld

Status = Literal["published", "published, no PDF", "unchanged", "withheld", "failed"]
PUBLISHED: tuple[Status, ...] = ("published", "unchanged")
PROGRAMME, RECONCILIATION = "programme", "reconciliation"
_VERSIONED = ("ffanalysis", "papermill", "nbconvert", "pandas", "matplotlib", "openpyxl", "weasyprint")


@dataclass(frozen=True)
class Task:
    """One notebook to render: its parameters, and the names of the files that come of it."""

    name: str
    notebook: str
    parameters: dict[str, str]
    title: str
    html: str = ""
    pdf: str = ""


@dataclass(frozen=True)
class Result:
    """How one task ended."""

    name: str
    status: Status
    parameters: dict[str, str]
    seconds: float
    reason: str = ""


@dataclass(frozen=True)
class Summary:
    """How a run ended."""

    folder: Path
    results: tuple[Result, ...]
    findings: tuple[Finding, ...]
    warnings: tuple[str, ...] = field(default=())

    @property
    def complete(self) -> bool:
        return not self.warnings and all(result.status in PUBLISHED for result in self.results)


def run(period: str, root: Path, projects: Sequence[str] = (), tell: Callable[[str, int, int], None] = lambda *_: None) -> Summary:
    """Render the briefings of a period into `reports/<period>/`.

    With `projects`, only those and the programme page are rendered; the others are carried over where inputs and code are
    unchanged, and rendered where they are not. `tell` is called with the task at hand, the number done and the number of all.
    Raises what `read.load` raises, and ProjectUnknown.
    """
    started = datetime.now(UTC)
    tables = load(period, root)
    for project in projects:
        if project not in tables.slugs:
            raise ProjectUnknown(project, tables.slugs)
    findings = reconcile.check(tables)
    reasons = withheld(tables)
    target = root / "reports" / str(tables.period)
    staging = _staging(target)
    try:
        tasks = _tasks(tables)
        carried = _carried(target, tables, projects)
        results = []
        for done, task in enumerate(tasks):
            tell(task.title, done, len(tasks))
            if task.name in reasons:
                results.append(_withhold(task, tables, reasons[task.name], staging))
            elif task.name in carried:
                results.append(_carry(task, target, staging))
            else:
                results.append(render(_knowing(task, results), tables, root, staging))
        tell("reconciliation.xlsx", len(tasks), len(tasks))
        (staging / "findings.csv").write_text(findings_csv(findings), "utf-8")
        figures = all_figures(tables, [project for project in tables.slugs if project not in reasons])
        write_reconciliation(staging / "reconciliation.xlsx", tables, findings, figures)
        _write_manifest(staging, tables, root, results, started)
        _publish(staging, target)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    warnings = [result.reason for result in results if result.status == "published, no PDF"]
    # What was refused and withholds no project is said all the same: the programme page is incomplete without it.
    warnings += set_aside(tables, reasons)
    return Summary(target, tuple(results), findings, tuple(dict.fromkeys(warnings)))


def set_aside(tables: Tables, reasons: Mapping[str, Sequence[str]]) -> list[str]:
    """The sentences of refusals that withhold no project: of a service that none has, or where the register itself is missing."""
    spoken = {sentence for sentences in reasons.values() for sentence in sentences}
    return [sentence for sentence in tables.refusals["sentence"] if sentence not in spoken]


def _tasks(tables: Tables) -> list[Task]:
    period = str(tables.period)
    tasks = [
        Task(
            row.project,
            "project_briefing.ipynb",
            {"project": row.project, "period": period},
            row.name,
            f"{row.project}.html",
            f"{row.project}.pdf",
        )
        for row in records(tables.projects)
    ]
    tasks.append(Task(PROGRAMME, "programme_briefing.ipynb", {"period": period}, "Programme", "index.html", "programme.pdf"))
    tasks.append(Task(RECONCILIATION, "reconciliation.ipynb", {"period": period}, "Reconciliation"))
    return tasks


def _staging(target: Path) -> Path:
    """A new folder beside the one that it will replace. Raises ReportsBlocked where that cannot be."""
    if target.exists() and not target.is_dir():
        raise ReportsBlocked(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise ReportsBlocked(target.parent) from error


def _knowing(task: Task, results: Sequence[Result]) -> Task:
    """The task with what it must know of the others: the programme page links to no briefing that could not be made."""
    if task.name != PROGRAMME:
        return task
    return replace(
        task, parameters={**task.parameters, "failed": " ".join(item.name for item in results if item.status == "failed")}
    )


def render(task: Task, tables: Tables, root: Path, folder: Path) -> Result:
    """Run a task's notebook and make its pages in `folder`; what goes wrong is a result, not an exception.

    This is the seam behind which runs can be spread: it needs only what it is given, and returns plain data.
    """
    begun = monotonic()

    def result(status: Status, reason: str = "") -> Result:
        return Result(task.name, status, task.parameters, round(monotonic() - begun, 3), reason)

    try:
        notebook = run_notebook(
            root / "notebooks" / task.notebook, task.parameters, root, folder / "notebooks" / f"{task.name}.ipynb"
        )
        if not task.html:
            return result("published")
        page = Page(f"{task.title}: briefing {tables.period}", f"Savings briefing for the quarter {tables.period}")
        html = to_html(notebook, page)
        (folder / task.html).write_text(html, "utf-8")
        try:
            (folder / task.pdf).write_bytes(to_pdf(html))
        except PdfUnavailable as error:
            return result("published, no PDF", str(error))
        return result("published")
    except (NotebookFailed, OutsideAccess) as error:
        (folder / task.html).unlink(missing_ok=True) if task.html else None
        _note(folder, tables, task, [str(error)], refused=False)
        return result("failed", str(error))


def _withhold(task: Task, tables: Tables, sentences: Sequence[str], folder: Path) -> Result:
    _note(folder, tables, task, sentences, refused=True)
    return Result(task.name, "withheld", task.parameters, 0.0, " ".join(sentences))


def _note(folder: Path, tables: Tables, task: Task, sentences: Sequence[str], *, refused: bool) -> None:
    exceptions = folder / "exceptions"
    exceptions.mkdir(exist_ok=True)
    (exceptions / f"{task.name}.html").write_text(exception_note(tables, task.title, sentences, refused=refused), "utf-8")


@cache
def _code_digest(root: Path) -> str:
    """What briefings are made with: the package and the notebooks."""
    package = Path(__file__).parent.parent
    files = [path for path in sorted(package.rglob("*")) if path.is_file() and "__pycache__" not in path.parts]
    files += sorted((root / "notebooks").glob("*.ipynb"))
    state = hashlib.sha256()
    for path in files:
        state.update(f"\0{path.name}\0".encode())
        state.update(path.read_bytes())
    return state.hexdigest()


def _carried(target: Path, tables: Tables, projects: Sequence[str]) -> set[str]:
    """The projects whose published briefings still hold: not asked for, and made from the same inputs by the same code."""
    if not projects:
        return set()
    try:
        before = json.loads((target / "run.json").read_text("utf-8"))
        if before["tables_digest"] != tables.digest or before["code_digest"] != _code_digest(target.parent.parent):
            return set()
        held = {entry["name"] for entry in before["results"] if entry["status"] in PUBLISHED}
        held -= {*projects, PROGRAMME, RECONCILIATION}
        # A briefing that somebody has changed or removed since is made anew.
        return {name for name in held if all(_is_as_published(target, file, before["outputs"]) for file in _files_of(name))}
    except (OSError, ValueError, LookupError, TypeError):
        # A manifest that is missing, or that somebody has changed, vouches for nothing.
        return set()


def _files_of(project: str) -> tuple[str, str, str]:
    return f"{project}.html", f"{project}.pdf", f"notebooks/{project}.ipynb"


def _is_as_published(target: Path, file: str, outputs: Mapping[str, str]) -> bool:
    return (target / file).is_file() and _sha256(target / file) == outputs.get(file)


def _carry(task: Task, target: Path, staging: Path) -> Result:
    (staging / "notebooks").mkdir(exist_ok=True)
    for name in _files_of(task.name):
        shutil.copy2(target / name, staging / name)
    return Result(task.name, "unchanged", task.parameters, 0.0)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _write_manifest(staging: Path, tables: Tables, root: Path, results: Sequence[Result], started: datetime) -> None:
    """run.json holds whatever varies from run to run, so that nothing else does."""
    raw = root / "data" / "raw" / str(tables.period)
    finished = datetime.now(UTC)
    manifest = {
        "period": str(tables.period),
        "as_of": tables.as_of.isoformat(),
        "started": started.isoformat(timespec="seconds"),
        "seconds": round((finished - started).total_seconds(), 3),
        "results": [asdict(result) for result in results],
        "tables_digest": tables.digest,
        "code_digest": _code_digest(root),
        "inputs": {path.name: _sha256(path) for path in sorted(raw.iterdir()) if path.is_file() and not path.name.startswith("~$")},
        "outputs": {path.relative_to(staging).as_posix(): _sha256(path) for path in sorted(staging.rglob("*")) if path.is_file()},
        "versions": {"python": platform.python_version(), **{name: importlib.metadata.version(name) for name in _VERSIONED}},
    }
    (staging / "run.json").write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", "utf-8")


def _publish(staging: Path, target: Path) -> None:
    """Put the staged folder in the place of the published one; if that fails, the old one stays."""
    staging.chmod(0o755)
    old = target.parent / f".{target.name}-old-{os.getpid()}"
    if target.exists():
        target.rename(old)
    try:
        staging.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)
