"""One task of a run: its notebook, and the pages made from it."""

import hashlib
import json
import os
from contextlib import suppress
from html.parser import HTMLParser
from pathlib import Path
from time import monotonic

from ffanalysis.errors import (
    DISK_FULL_ERRNOS,
    FigureMismatch,
    KernelDied,
    NotebookDiskFull,
    PdfUnavailable,
    UserError,
)
from ffanalysis.present.heads import RECOMPUTED
from ffanalysis.render.notebook import keep_marked, run_notebook
from ffanalysis.render.page import Page, to_html, to_pdf
from ffanalysis.render.removal import discard
from ffanalysis.render.task import (
    FAILED_VARIABLE,
    SHARES_VARIABLE,
    RenderEnvironment,
    Result,
    Status,
    Task,
    sha256,
)


def render(task: Task, environment: RenderEnvironment) -> Result:
    """Run a task's notebook and make its pages in the environment's folder.

    A notebook or page that fails is a result; what is a fault of ours is raised.
    """
    begun = monotonic()
    scratch = environment.scratch / task.name
    kept = environment.folder / "notebooks" / f"{task.name}.ipynb"
    source = environment.root / "notebooks" / task.notebook
    # Of what is made, not of what lies on the disk later: another notebook may have changed that.
    made: dict[str, str] = {}
    remarks: list[str] = []
    status: Status
    os.environ[SHARES_VARIABLE] = json.dumps(_shares(task, environment))
    os.environ[FAILED_VARIABLE] = " ".join(task.failed)
    try:
        scratch.mkdir(parents=True, exist_ok=True)
        _make_pages(task, environment, source, kept, scratch, made, remarks)
    except PdfUnavailable as error:
        status, reason, retryable = "published, no PDF", str(error), False
    except (UserError, OSError) as error:
        # What the notebook has written is deleted first: it may be what has filled the disk.
        discard(scratch)
        why = _as_user_error(error, task)
        for file in filter(None, (task.html, task.pdf)):
            (environment.folder / file).unlink(missing_ok=True)
        if isinstance(why, NotebookDiskFull):
            with suppress(OSError):
                keep_marked(why, source, kept)
        status, reason = "failed", str(why)
        retryable = isinstance(why, NotebookDiskFull | KernelDied)
    else:
        status, reason, retryable = "published", "", False
    finally:
        discard(scratch)
    files = {file: environment.folder / file for file in task.files}
    return Result(
        task.name,
        status,
        task.parameters,
        round(monotonic() - begun, 3),
        reason,
        task.cache_key,
        outputs={
            file: made.get(file) or sha256(path) for file, path in files.items() if path.is_file()
        },
        retryable=retryable,
        version=task.version,
        remarks=tuple(remarks),
        edition=task.edition,
        notice=task.notice,
        figures_digest=task.figures_digest,
    )


def _shares(task: Task, environment: RenderEnvironment) -> dict[str, str]:
    """The digests of what the task's kernel may read: its own project's share, and the quarter."""
    own = {task.name: task.share} if task.share else {}
    return {**own, "": environment.quarter} if environment.quarter else own


def _as_user_error(error: UserError | OSError, task: Task) -> UserError:
    """The error as a sentence; raises what is neither a UserError nor a full disk."""
    if isinstance(error, UserError):
        return error
    if error.errno in DISK_FULL_ERRNOS:
        return NotebookDiskFull(task.notebook)
    raise error


def _make_pages(
    task: Task,
    environment: RenderEnvironment,
    source: Path,
    kept: Path,
    scratch: Path,
    made: dict[str, str],
    remarks: list[str],
) -> None:
    """Make a task's files; note the sha256 of each, and what its page does not show."""

    def note(file: str, content: bytes) -> bytes:
        made[file] = hashlib.sha256(content).hexdigest()
        return content

    notebook = run_notebook(
        source,
        task.parameters,
        environment.root,
        kept,
        scratch=scratch,
        seconds=environment.seconds,
        digest=environment.digests.get(f"notebooks/{task.notebook}", ""),
        on_saved=lambda content: note(f"notebooks/{task.name}.ipynb", content),
    )
    if not task.html:
        return
    page = Page(
        f"{task.title}: briefing {task.period}",
        f"Savings briefing for the quarter {task.period}",
        task.look,
        task.version,
        task.notebook,
        task.edition,
        task.notice,
        task.releases,
        RECOMPUTED,
    )
    html = to_html(notebook, page)
    remarks += page.remarks
    verify_figures(task, html)
    (environment.folder / task.html).write_bytes(note(task.html, html.encode()))
    (environment.folder / task.pdf).write_bytes(note(task.pdf, to_pdf(html)))


class _Shown(HTMLParser):
    """What a page states for machines: its projects, and its figures in their order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.projects: set[str] = set()
        self.figures: list[tuple[str, str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = dict(attrs)
        if "data-project" in about:
            self.projects.add(about["data-project"] or "")
        if tag == "data":
            self.figures.append((about.get("data-figure") or "", about.get("value") or ""))


def verify_figures(task: Task, html: str) -> None:
    """Check that a page is its own project's and shows the figures that the run worked out.

    Raises FigureMismatch.
    """
    shown = _Shown(html)
    if shown.projects - {task.name}:
        raise FigureMismatch(
            task.name, f"it is headed as that of {', '.join(sorted(shown.projects))}"
        )
    for figure, value in shown.figures:
        known = task.figures.get(figure, value)
        if value != known:
            raise FigureMismatch(
                task.name,
                f"its figure {figure} is {value}, but {known} was worked out from the workbooks",
            )
    if missing := set(task.required_figures) - {figure for figure, _ in shown.figures}:
        raise FigureMismatch(task.name, f"it does not show the figure {min(missing)}")
