"""One task of a run: its notebook, and the pages that come of it."""

import shutil
from contextlib import suppress
from html.parser import HTMLParser
from pathlib import Path
from time import monotonic

from ffanalysis.errors import (
    NO_ROOM,
    DiskFull,
    ForeignFigure,
    KernelDied,
    PdfUnavailable,
    UserError,
)
from ffanalysis.render.notebook import keep_marked, run_notebook
from ffanalysis.render.page import Page, to_html, to_pdf
from ffanalysis.render.task import Result, Setting, Status, Task, sha256


def render(task: Task, setting: Setting) -> Result:
    """Run a task's notebook and make its pages in the setting's folder.

    What goes wrong is a result, not an exception.
    """
    begun = monotonic()
    scratch = setting.scratch / task.name
    kept = setting.folder / "notebooks" / f"{task.name}.ipynb"
    source = setting.root / "notebooks" / task.notebook

    def result(status: Status, reason: str = "", *, again: bool = False) -> Result:
        outputs = {
            file: sha256(setting.folder / file)
            for file in task.files
            if (setting.folder / file).is_file()
        }
        return Result(
            task.name,
            status,
            task.parameters,
            round(monotonic() - begun, 3),
            reason,
            task.key,
            outputs,
            again,
        )

    try:
        scratch.mkdir(parents=True, exist_ok=True)
        _run(task, setting, source, kept, scratch)
    except PdfUnavailable as error:
        return result("published, no PDF", str(error))
    except (UserError, OSError) as error:
        # What the notebook has written is taken away first: it may be what has filled the disk.
        shutil.rmtree(scratch, ignore_errors=True)
        why = error
        if isinstance(error, OSError):
            if error.errno not in NO_ROOM:
                raise
            why = DiskFull(task.notebook)
        for file in task.files:
            if file.endswith((".html", ".pdf")):
                (setting.folder / file).unlink(missing_ok=True)
        with suppress(OSError):
            if isinstance(why, DiskFull):
                keep_marked(why, source, kept)
        return result("failed", str(why), again=isinstance(why, DiskFull | KernelDied))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return result("published")


def _run(task: Task, setting: Setting, source: Path, kept: Path, scratch: Path) -> None:
    notebook = run_notebook(
        source, task.parameters, setting.root, kept, scratch=scratch, seconds=setting.seconds
    )
    if not task.html:
        return
    page = Page(
        f"{task.title}: briefing {task.period}", f"Savings briefing for the quarter {task.period}"
    )
    html = to_html(notebook, page)
    refuse_foreign(task, html)
    (setting.folder / task.html).write_text(html, "utf-8")
    (setting.folder / task.pdf).write_bytes(to_pdf(html))


class _Shown(HTMLParser):
    """What a page says of itself for machines.

    Whose it is, and its figures in the order in which they stand there.
    """

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


def refuse_foreign(task: Task, html: str) -> None:
    """Raise ForeignFigure for a page that is another project's, or contradicts the figures that the run itself has worked out."""
    shown = _Shown(html)
    if shown.projects - {task.name}:
        raise ForeignFigure(
            task.name, f"it is headed as that of {', '.join(sorted(shown.projects))}"
        )
    for figure, value in shown.figures:
        known = task.figures.get(figure, value)
        if value != known:
            raise ForeignFigure(
                task.name,
                f"its figure {figure} is {value}, but {known} was worked out from the workbooks",
            )
    if missing := set(task.must_show) - {figure for figure, _ in shown.figures}:
        raise ForeignFigure(task.name, f"it does not show the figure {min(missing)}")
