"""Runs that are killed, and programmes whose notebooks misbehave.

What the tests try a few times and the long counts many.
"""

import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import nbformat
import psutil
from rendered import COMMAND, PERIOD, PROJECT, Run, add_projects, ffanalysis, programme_in

from ffanalysis.demo import write_demo

MARK = "FFANALYSIS_TRIAL"
LIMIT = 10  # seconds that a notebook may take where one does not end


def contents(folder: Path) -> dict[str, str]:
    """The published files and their digests, without run.json, which says when."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "run.json"
    }


def marked(mark: str) -> list[psutil.Process]:
    """The processes that were started under a mark, whoever their parent is by now."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


def within(seconds: float, what: Callable[[], bool]) -> bool:
    """Whether something is so, or becomes so within this time."""
    until = time.monotonic() + seconds
    while not (found := what()) and time.monotonic() < until:
        time.sleep(0.02)
    return found


def gone(mark: str, seconds: float = 30) -> bool:
    """Whether all processes under a mark have ended, or do within this time."""
    if within(seconds, lambda: not marked(mark)):
        return True
    print("  still there:", [" ".join(process.cmdline())[:100] for process in marked(mark)])
    return False


def started(
    root: Path, period: str, mark: str, *words: str, **more: str
) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "FFANALYSIS_ROOT": str(root), MARK: mark, **more}
    return subprocess.Popen(
        [COMMAND, "run", period, "--jobs", "2", *words],
        cwd=root,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


class Two:
    """A programme whose inputs change between two states, and what is published of each."""

    def __init__(self, folder: Path, projects: int) -> None:
        self.root = folder / "programme"
        (self.period,) = write_demo(self.root, projects, 1, 1)
        raw = self.root / "data" / "raw" / self.period
        self.states = [folder / "first", folder / "second"]
        for number, state in enumerate(self.states):
            other = folder / f"seed {number}"
            write_demo(other, projects, 1, number + 1)
            shutil.copytree(other / "data" / "raw" / self.period, state)
        self.raw = raw
        self.temporary = folder / "tmp"
        self.temporary.mkdir()
        self.published = []
        for number in (1, 0):
            self.take(number)
            self.run_to_its_end()
            self.published.insert(0, contents(self.folder))
        assert self.published[0] != self.published[1]
        self.now = 0

    @property
    def folder(self) -> Path:
        return self.root / "reports" / self.period

    def take(self, number: int) -> None:
        shutil.rmtree(self.raw)
        shutil.copytree(self.states[number], self.raw)
        self.now = number

    def run_to_its_end(self) -> float:
        begun = time.monotonic()
        ended = started(self.root, self.period, "", TMPDIR=str(self.temporary)).wait(300)
        assert ended == 0, f"the run ended with {ended}"
        return time.monotonic() - begun

    def only_the_published_is_left(self) -> bool:
        """Whether a run that is over has left nothing in the reports or among temporary files."""
        if any(self.temporary.iterdir()):
            return False
        names = {path.name for path in (self.root / "reports").iterdir()}
        return names == {".runs", self.period, self.folder.resolve().name}


def killed_runs(folder: Path, times: int, seed: int, projects: int = 2) -> Iterator[bool]:
    """Runs killed at any moment, by turns alone and with all their processes.

    For each, whether what is published was whole and the next run ended as if nothing had been.
    """
    two = Two(folder, projects)
    two.take(1)
    whole = two.run_to_its_end()
    chance = random.Random(seed)  # noqa: S311 - no secret
    for number in range(times):
        before = two.now
        two.take(1 - before)
        mark = uuid.uuid4().hex
        run = started(two.root, two.period, mark, TMPDIR=str(two.temporary))
        time.sleep(chance.uniform(0, whole * 1.05))
        if number % 2:
            os.kill(run.pid, signal.SIGKILL)
        else:
            os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        seen = contents(two.folder)
        is_whole = seen in (two.published[before], two.published[1 - before])
        is_alone = gone(mark)
        two.run_to_its_end()
        held = (
            is_whole
            and is_alone
            and contents(two.folder) == two.published[1 - before]
            and two.only_the_published_is_left()
        )
        if not held:
            print(f"  kill {number}: whole {is_whole}, no orphan {is_alone}")
        yield held


# What a notebook may do wrong, by the project that does it, and what its exception says.
FAULTS = {
    "raises": ("raise ValueError('the figures do not add')", "ValueError: the figures do not add"),
    "leaves": ("import sys; sys.exit(0)", "it stopped before the cell 'import ffanalysis as ff'."),
    "warns": (
        "import sys; print('mixed units', file=sys.stderr)",
        "it wrote to the error stream: mixed units",
    ),
    "dies": (
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "its kernel died; there may be too little memory.",
    ),
    "prints": (
        "for _ in range(100): print('x' * 1_000_000)",
        "it printed more than 20 million characters.",
    ),
}
# What is ended by a limit of time.
ENDLESS = {
    "hangs": ("import time; time.sleep(600)", f"it ran for more than {LIMIT} seconds."),
    "spins": ("while True: pass", f"it ran for more than {LIMIT} seconds."),
}
FILLS = {
    "fills": (
        "file = open('much', 'wb')\n    while True: file.write(b'x' * 1_000_000)",
        "no space was left on the disk.",
    )
}
Faults = Mapping[str, tuple[str, str]]


def reason(why: str) -> str:
    """The sentence of an exception."""
    return f"The notebook project_briefing.ipynb did not finish: {why}"


def source_of(faults: Faults) -> str:
    """The cell in which the notebook of each of these projects does what it does."""
    return "\n".join(
        f"if project == {project!r}:\n    {code}" for project, (code, _) in faults.items()
    )


def misbehave(root: Path, faults: Faults) -> None:
    """Make the notebook of these projects do what they do, before it does anything else."""
    path = root / "notebooks" / "project_briefing.ipynb"
    notebook = nbformat.read(path, as_version=4)
    (place,) = (
        number
        for number, cell in enumerate(notebook.cells)
        if "parameters" in cell.metadata.get("tags", [])
    )
    notebook.cells.insert(place + 1, nbformat.v4.new_code_cell(source_of(faults)))
    nbformat.write(notebook, path)


def run_with(root: Path, faults: Faults, *words: str) -> Run:
    """The example with a project for each fault, and one more that is well, rendered.

    It is the last in the register, so that it comes after them.
    """
    add_projects(root, [*(name.capitalize() for name in faults), "Well"])
    misbehave(root, faults)
    return ffanalysis(root, "run", PERIOD, *words, **{MARK: str(root)})


def faulty_run(folder: Path, workbooks: Path) -> Run:
    return run_with(programme_in(folder / "programme", workbooks), FAULTS, "--jobs", "4")


def ends_well_but_for(run: Run, faults: Faults) -> None:
    """Check that each fault is its project's exception, and that all others are published."""
    assert run.exit_code == 13, run.err
    assert "Traceback" not in run.err
    results = {result["name"]: result for result in run.manifest["results"]}
    assert {name: result["status"] for name, result in results.items()} == {
        PROJECT: "published",
        **dict.fromkeys(faults, "failed"),
        "well": "published",
        "programme": "published",
        "reconciliation": "published",
    }
    for name, (_, why) in faults.items():
        assert results[name]["reason"] == reason(why)
        note = run.page(f"exceptions/{name}.html")
        assert [item.text for item in note.all("li")] == [reason(why)]
    of_others = {f"{name}.{kind}" for name in (PROJECT, "well") for kind in ("html", "pdf")}
    kept = {f"notebooks/{name}.ipynb" for name in faults}
    assert of_others | kept | {"index.html", "programme.pdf"} <= run.files
    assert not {f"{name}.html" for name in faults} & run.files
    links = {
        item.attributes["href"]
        for item in run.page("index.html").all("a")
        if "figure" not in item.classes  # which lead to lines of the page itself
    }
    assert {f"exceptions/{name}.html" for name in faults} <= links <= run.files


@contextmanager
def small_disk(size: str) -> Iterator[Path | None]:
    """A disk of its own; None without the right to mount one."""
    with tempfile.TemporaryDirectory() as folder:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", folder]
        if subprocess.run(mount, capture_output=True, check=False).returncode:
            yield None
            return
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", folder], check=True)


def swapped(root: Path, period: str) -> list[str]:
    """The projects whose briefing is missing or lacks their own amount, or shows another's."""
    answers = json.loads((root / "answers.json").read_text("utf-8"))
    canaries = {slug: str(pence) for slug, pence in answers["canaries"].items()}
    found = []
    for slug, own in canaries.items():
        path = root / "reports" / period / f"{slug}.html"
        page = path.read_text("utf-8") if path.is_file() else ""
        marked = re.findall(r'<data [^>]*data-figure="([^"]*)"[^>]* value="(\d+)"', page)
        # What is weighed and rounded may come to another's amount by chance; what is stated may
        # not.
        shown = {value for name, value in marked if not name.startswith("weighted/")}
        if own not in shown or shown & (set(canaries.values()) - {own}):
            found.append(slug)
    return found


def many_at_once(folder: Path, projects: int, jobs: int) -> Iterator[bool]:
    """A programme rendered with many processes at once.

    For each project, whether its briefing is there and its own.
    """
    root = folder / "many"
    (period,) = write_demo(root, projects, 1, 8)
    run = started(root, period, uuid.uuid4().hex, "--jobs", str(jobs))
    if run.wait() != 0:
        print(f"  the run ended with {run.returncode}")
    wrong = set(swapped(root, period))
    slugs = json.loads((root / "answers.json").read_text("utf-8"))["canaries"]
    yield from (slug not in wrong for slug in slugs)
