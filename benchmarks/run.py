"""How long a quarter takes, beside the least it could take and what an analyst would otherwise do.

An invented programme (`ffanalysis demo`), HTML and PDF for every project, with `--jobs` processes:

- `run`: the command `ffanalysis run`, from its start to its end, with everything it does;
- `floor`: the same tables, checks, charts, pages and documents made by direct calls in as many
  processes, without any notebook, journal or lock; its imports are not counted, and its pages must
  be the same bytes as the run's;
- `shell loop`: `papermill`, `jupyter nbconvert` and `weasyprint` called one after the other for a
  project;
- `library loop`: the same three called as libraries, one project after the other in one process;
- the witnesses: the seconds of the second reader and the second engine of the run, and those that
  LibreOffice takes for the pack, which no ordinary run waits for;
- `unchanged`: the run again, with nothing changed; `one row`: again, after one cell of one project
  has changed.

Bytecode is compiled first. Run and floor take turns, and the median counts; peers are measured on a
sample of projects, and scaled to all. A share is the floor's time divided by the run's: more is
better. A ratio is a peer's time divided by the run's. Memory is that of the run's whole tree of
processes at its peak: shared pages once (PSS), and summed (RSS).
"""

import argparse
import compileall
import hashlib
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

BIN = Path(sys.executable).parent
PACKAGE = Path(__file__).parents[1] / "src" / "ffanalysis"
TEMPLATES = PACKAGE / "render" / "templates"
STYLE = PACKAGE / "render" / "briefing.css"
SEED = 2015


# --- the run --------------------------------------------------------------------------------------


class Watch:
    """The memory of a process and all that come of it, looked at once a second."""

    def __init__(self, pid: int) -> None:
        self.pss = self.rss = self.most = 0
        self._root, self._over = psutil.Process(pid), threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._over.wait(1):
            pss = rss = count = 0
            try:
                tree = [self._root, *self._root.children(recursive=True)]
            except psutil.Error:
                continue
            for process in tree:
                try:
                    memory = process.memory_full_info()
                except psutil.Error:
                    continue
                pss, rss, count = (
                    pss + getattr(memory, "pss", memory.rss),
                    rss + memory.rss,
                    count + 1,
                )
            self.pss, self.rss, self.most = (
                max(self.pss, pss),
                max(self.rss, rss),
                max(self.most, count),
            )

    def end(self) -> None:
        self._over.set()
        self._thread.join()


def run(root: Path, period: str, jobs: int, *more: str) -> tuple[float, Watch]:
    begun = time.perf_counter()
    command = [BIN / "ffanalysis", "run", period, "--jobs", str(jobs), *more]
    process = subprocess.Popen(
        command,
        cwd=root,
        env=surroundings(root),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    watch = Watch(process.pid)
    _, said = process.communicate()
    seconds = time.perf_counter() - begun
    watch.end()
    if process.returncode:
        raise SystemExit(f"ffanalysis run ended with {process.returncode}:\n{said[-3000:]}")
    return seconds, watch


def surroundings(root: Path) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ("PYTHONDONTWRITEBYTECODE", "PYTHONWARNINGS")
    }
    return {**kept, "FFANALYSIS_ROOT": str(root)}


def statuses(root: Path, period: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for result in json.loads((root / "reports" / period / "run.json").read_text("utf-8"))[
        "results"
    ]:
        found.setdefault(result["status"], []).append(result["name"])
    return found


def change_a_row(root: Path, period: str) -> None:
    """Change one word of the first project's row in the register."""
    import openpyxl

    path = root / "data" / "raw" / period / "register.xlsx"
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and "description" in cell.value.lower():
                    below = sheet.cell(cell.row + 1, cell.column)
                    below.value = f"{below.value} One sentence more."
                    book.save(path)
                    return
    raise SystemExit("the register has no description to change")


# --- the floor ------------------------------------------------------------------------------------


def floor(root: Path, period: str, jobs: int) -> tuple[float, dict[str, str]]:
    """The time of the direct calls, and the sha256 of each page that came of them."""
    context = multiprocessing.get_context("fork")
    ready, done = context.Barrier(jobs + 1), context.SimpleQueue()
    orders, period_read = context.SimpleQueue(), context.SimpleQueue()
    workers = [
        context.Process(target=_floor_worker, args=(root, ready, period_read, orders, done))
        for _ in range(jobs)
    ]
    for worker in workers:
        worker.start()
    from ffanalysis import checks, read
    from ffanalysis.measure import project_measures
    from ffanalysis.measure.programme import programme_measures
    from ffanalysis.run.files import findings_csv
    from ffanalysis.run.reconciliation_workbook import Pack
    from ffanalysis.savings.quarter import Quarter

    ready.wait()
    begun = time.perf_counter()
    quarter = Quarter(read.load(period, root))
    findings = checks.check(quarter)
    for _ in workers:
        period_read.put((quarter.tables, findings))
    for row in quarter.projects:
        orders.put((row.project, row.name))
    orders.put(("", ""))
    for _ in workers:
        orders.put(None)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "findings.csv").write_text(findings_csv(findings), "utf-8")
        with Pack(Path(folder) / "reconciliation.xlsx", Path(folder), quarter, findings) as pack:
            for project in quarter.slugs:
                pack.add(project, quarter, project_measures(quarter, project))
            pack.add_programme(programme_measures(quarter))
    pages = dict(done.get() for _ in range(len(quarter.slugs) + 1))
    seconds = time.perf_counter() - begun
    for worker in workers:
        worker.join()
    return seconds, pages


def _floor_worker(root: Path, ready: Any, period_read: Any, orders: Any, done: Any) -> None:
    import nbformat

    from ffanalysis.present.briefing import Briefing
    from ffanalysis.present.heads import RECOMPUTED
    from ffanalysis.present.programme import Programme
    from ffanalysis.render.page import Page, to_html, to_pdf
    from ffanalysis.run.inputs import NOTEBOOKS
    from ffanalysis.run.project_rows import ProjectRows
    from ffanalysis.savings.quarter import Quarter

    notebooks = [nbformat.read(root / "notebooks" / name, as_version=4) for name in NOTEBOOKS[:2]]
    ready.wait()
    tables, findings = period_read.get()
    # What a page prints of its own edition is the run's to say.
    manifest = json.loads((root / "reports" / str(tables.period) / "run.json").read_text("utf-8"))
    published = {each["name"]: each for each in manifest["results"]}
    quarter = Quarter(tables)
    rows = ProjectRows(quarter, findings)
    while (order := orders.get()) is not None:
        project, name = order
        if project:
            own = Quarter(rows.select(project))
            shown = Briefing.of(own, rows.findings_of(project), project)
        else:
            shown = Programme.of(quarter, findings)
        notebook = nbformat.from_dict(notebooks[0 if project else 1])
        subject = "briefing." if project else "programme."
        for cell in notebook.cells:
            if cell.cell_type == "code" and cell.source.startswith(subject):
                part = getattr(shown, cell.source.removeprefix(subject).removesuffix("()"))()
                cell.outputs = [
                    nbformat.v4.new_output("display_data", {"text/html": part._repr_html_()})
                ]
        title = name or "Programme"
        result = published[project or "programme"]
        html = to_html(
            notebook,
            Page(
                f"{title}: briefing {tables.period}",
                f"Savings briefing for the quarter {tables.period}",
                version=result["version"],
                edition=result["edition"],
                witnesses=RECOMPUTED,
            ),
        )
        to_pdf(html)
        done.put((f"{project or 'index'}.html", hashlib.sha256(html.encode()).hexdigest()))


# --- what an analyst would otherwise do -----------------------------------------------------------


def shell_loop(root: Path, period: str, projects: list[str], to: Path) -> float:
    begun = time.perf_counter()
    for project in projects:
        notebook, page = to / f"{project}.ipynb", to / f"{project}.html"
        source = root / "notebooks" / "project_briefing.ipynb"
        parameters = ["-p", "project", project, "-p", "period", period]
        template = [
            "--template",
            "briefing",
            f"--TemplateExporter.extra_template_basedirs={TEMPLATES}",
        ]
        for command in (
            [BIN / "papermill", source, notebook, *parameters],
            [BIN / "jupyter", "nbconvert", "--to", "html", "--no-input", *template, notebook],
            [
                BIN / "weasyprint",
                "-s",
                STYLE,
                "--pdf-variant",
                "pdf/ua-1",
                page,
                page.with_suffix(".pdf"),
            ],
        ):
            subprocess.run(
                command, cwd=root, env=surroundings(root), check=True, capture_output=True
            )
    return time.perf_counter() - begun


_LIBRARY_LOOP = """
import sys, time
import papermill, nbformat, weasyprint
from nbconvert import HTMLExporter
from pathlib import Path
root, period, to, templates, css, *projects = sys.argv[1:]
begun = time.perf_counter()
for project in projects:
    out = f"{to}/{project}.ipynb"
    papermill.execute_notebook(f"{root}/notebooks/project_briefing.ipynb", out,
                               {"project": project, "period": period},
                               kernel_name="python3", progress_bar=False)
    exporter = HTMLExporter(template_name="briefing", extra_template_basedirs=[templates],
                            exclude_input=True)
    about = {"title": project, "description": "", "css": Path(css).read_text(), "fonts": ""}
    html, _ = exporter.from_notebook_node(nbformat.read(out, 4), resources={"page": about})
    Path(f"{to}/{project}.html").write_text(html)
    weasyprint.HTML(string=html).write_pdf(f"{to}/{project}.pdf", pdf_variant="pdf/ua-1")
print(time.perf_counter() - begun)
"""


def library_loop(root: Path, period: str, projects: list[str], to: Path) -> float:
    words = [root, period, to, TEMPLATES, STYLE, *projects]
    done = subprocess.run(
        [sys.executable, "-c", _LIBRARY_LOOP, *words],
        cwd=root,
        env=surroundings(root),
        check=True,
        capture_output=True,
        text=True,
    )
    return float(done.stdout.split()[-1])


# --- the table ------------------------------------------------------------------------------------


@contextmanager
def programme(projects: int) -> Iterator[tuple[Path, str]]:
    from ffanalysis.demo import write_demo

    with tempfile.TemporaryDirectory(prefix="ffanalysis-benchmark-") as folder:
        root = Path(folder) / "demo"
        (period,) = write_demo(root, projects, 1, SEED)
        yield root, period


def sampled(
    loop: Callable[[Path, str, list[str], Path], float],
    root: Path,
    period: str,
    projects: list[str],
) -> float:
    """What a peer takes for one project, the median of several one by one."""
    times = []
    for project in projects:
        with tempfile.TemporaryDirectory() as to:
            times.append(loop(root, period, [project], Path(to)))
    return statistics.median(times)


def turns_of(
    root: Path, period: str, jobs: int, turns: int
) -> tuple[list[float], list[float], list[Watch], list[str]]:
    """Run and floor by turns: their seconds, the run's memory, and the projects.

    Fails where the floor has made other pages than the run.
    """
    runs, floors, watches, slugs = [], [], [], []
    for turn in range(turns):
        print(f"turn {turn + 1} of {turns}: run ...", file=sys.stderr, flush=True)
        seconds, watch = run(root, period, jobs, "--force")
        runs.append(seconds)
        watches.append(watch)
        print(f"  {seconds:.1f} s; floor ...", file=sys.stderr, flush=True)
        seconds, pages = floor(root, period, jobs)
        floors.append(seconds)
        print(f"  {seconds:.1f} s", file=sys.stderr, flush=True)
        published = {
            name: hashlib.sha256((root / "reports" / period / name).read_bytes()).hexdigest()
            for name in pages
        }
        if differing := [name for name, digest in pages.items() if published[name] != digest]:
            names = ", ".join(differing[:5])
            raise SystemExit(f"the floor made other pages than the run: {names}")
        slugs = [name.removesuffix(".html") for name in pages if name != "index.html"]
    return runs, floors, watches, slugs


def measured(
    root: Path, period: str, projects: int, jobs: int, turns: int, sample: int
) -> dict[str, float]:
    """The figures of the table."""
    runs, floors, watches, slugs = turns_of(root, period, jobs, turns)
    said = json.loads((root / "reports" / period / "run.json").read_text("utf-8"))
    full = statistics.median(runs)
    shares = [one / other for one, other in zip(floors, runs, strict=True)]
    unchanged = statistics.median(run(root, period, jobs)[0] for _ in range(3))
    change_a_row(root, period)
    one_row, _ = run(root, period, jobs)
    rendered = [name for name in statuses(root, period)["published"] if name != "reconciliation"]
    found = {
        "projects": projects,
        "jobs": jobs,
        "run_seconds": full,
        "floor_seconds": statistics.median(floors),
        "share_of_floor": statistics.median(shares),
        "seconds_per_briefing": full / projects,
        **witnesses(said, full, statistics.median(floors)),
        "spreadsheet_seconds": spreadsheet_seconds(root, period),
        "unchanged_seconds": unchanged,
        "unchanged_share": unchanged / full,
        "one_row_seconds": one_row,
        "one_row_pages": len(rendered),
        "peak_mb": statistics.median(watch.pss for watch in watches) / 1e6,
        "peak_rss_mb": statistics.median(watch.rss for watch in watches) / 1e6,
        "most_processes": max(watch.most for watch in watches),
    }
    if sample:
        print("peers ...", file=sys.stderr, flush=True)
        some = sorted(slugs)[:: max(1, len(slugs) // sample)][:sample]
        found["shell_loop_seconds"] = sampled(shell_loop, root, period, some) * projects
        found["library_loop_seconds"] = sampled(library_loop, root, period, some) * projects
        found["ratio_shell_loop"] = found["shell_loop_seconds"] / full
        found["ratio_library_loop"] = found["library_loop_seconds"] / full
    return found


def witnesses(said: dict[str, Any], full: float, floor_seconds: float) -> dict[str, float]:
    """What the second reader and the second engine cost: both in all, and the run without them.

    The reader works beside the rendering: its seconds are counted in full all the same.
    """
    reader, engine = (said[name]["seconds"] for name in ("second_reader", "second_engine"))
    return {
        "second_reader_seconds": reader,
        "second_engine_seconds": engine,
        "witness_share": (reader + engine) / full,
        "share_of_floor_without": floor_seconds / (full - reader - engine),
    }


def spreadsheet_seconds(root: Path, period: str) -> float:
    """What LibreOffice takes to recalculate the pack; 0 where it is not installed."""
    from ffanalysis.run.spreadsheet import is_installed, recalculate

    if not is_installed():
        return 0.0
    with tempfile.TemporaryDirectory() as work:
        pack = root / "reports" / period / "reconciliation.xlsx"
        found = recalculate(pack, Path(work), 1_800)
    if not found.agrees:
        raise SystemExit(f"LibreOffice comes to other figures: {found.differences[0]}")
    return found.seconds


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--projects", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--turns", type=int, default=3, help="how often run and floor take turns")
    parser.add_argument(
        "--sample",
        type=int,
        default=5,
        help="on how many projects the peers are measured; 0 leaves them out",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    given = parser.parse_args()
    for folder in (PACKAGE, BIN.parent / "lib"):
        compileall.compile_dir(folder, quiet=2)
    with programme(given.projects) as (root, period):
        found = measured(root, period, given.projects, given.jobs, given.turns, given.sample)
    for name, value in found.items():
        print(f"{name:24} {value:12,.3f}" if isinstance(value, float) else f"{name:24} {value:12,}")
    if given.json:
        given.json.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    main()
