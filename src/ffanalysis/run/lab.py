"""JupyterLab at the notebook to explore with: its place, its first cell, and what it may trust."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from ffanalysis.errors import LabMissing
from ffanalysis.read import ROOT_VARIABLE, known_periods, latest_period, load
from ffanalysis.render.notebook_file import read_notebook
from ffanalysis.render.parameters import PARAMETERS
from ffanalysis.run.inputs import packaged
from ffanalysis.run.journal import MANIFEST
from ffanalysis.savings.confidential import confidential_in
from ffanalysis.savings.named import project_named
from ffanalysis.savings.quarter import Quarter
from ffanalysis.savings.stale import refuse_stale

EXPLORE = "explore.ipynb"
# Kernels of this installation come before those that a user has elsewhere under the same name.
OWN_KERNEL_FIRST = {"JUPYTER_PREFER_ENV_PATH": "1"}


def explore_notebook(root: Path, period: str = "", project: str = "") -> Path:
    """The programme's notebook to explore with, whose first cell names a project that is there.

    It is copied from the package where the programme has none. Without a period or a project it
    keeps its own, where they are there. Raises NotebookMissing and NotebookWrong, what `read.load`
    raises, ProjectUnknown and ProjectAmbiguous.
    """
    own = root / "notebooks"
    place = (own if own.is_dir() else root) / EXPLORE
    source = place if place.is_file() else packaged("notebooks") / EXPLORE
    notebook, _ = read_notebook(source)
    cell = next(each for each in notebook.cells if PARAMETERS in each.metadata.get("tags", []))
    stated = dict(re.findall(r'^(period|project) = "([^"\\]*)"$', cell.source, re.MULTILINE))
    chosen = _chosen(root, period, project, stated)
    if place != source:
        shutil.copyfile(source, place)
    if chosen != stated:
        _set_parameters(place, cell.source, chosen)
    return place


def _chosen(root: Path, period: str, project: str, stated: dict[str, str]) -> dict[str, str]:
    """The project and the period that the notebook is to begin with."""
    kept = stated.get("period", "")
    period = period or (kept if kept in known_periods(root) else latest_period(root))
    quarter = Quarter(refuse_stale(load(period, root)))
    secret = confidential_in(quarter.tables)
    if project:
        project = project_named(quarter, project)
    elif (project := stated.get("project", "")) not in quarter.slugs:
        project = next((name for name in quarter.slugs if name not in secret), "")
    return {"project": project, "period": period}


def _set_parameters(place: Path, source: str, chosen: dict[str, str]) -> None:
    """Write the values into the notebook's first cell, and change nothing else of its file."""
    lines = source
    for name, value in chosen.items():
        lines = re.sub(rf'^{name} = ".*"$', f'{name} = "{value}"', lines, flags=re.MULTILINE)
    content = json.loads(place.read_text("utf-8"))
    for cell in content["cells"]:
        if PARAMETERS in cell["metadata"].get("tags", []):
            cell["source"] = lines.splitlines(keepends=True)
    text = json.dumps(content, indent=1, ensure_ascii=False)
    place.write_text(f"{text}\n", "utf-8", newline="\n")


def trust(root: Path, periods: Iterable[str]) -> tuple[list[str], list[str]]:
    """Trust the executed notebooks that the reports of these periods have.

    Gives those that are trusted, and those that are not as the run has made them, which are not.
    """
    from nbformat import reads
    from nbformat.sign import NotebookNotary

    notary = NotebookNotary()
    trusted: list[str] = []
    others: list[str] = []
    for period in periods:
        folder = root / "reports" / period
        made = _made_by_the_run(folder)
        for path in sorted((folder / "notebooks").glob("*.ipynb")):
            content = path.read_bytes()
            name = f"reports/{period}/notebooks/{path.name}"
            if made.get(f"notebooks/{path.name}") != hashlib.sha256(content).hexdigest():
                others.append(name)
                continue
            notary.sign(reads(content.decode("utf-8"), as_version=4))
            trusted.append(name)
    return trusted, others


def _made_by_the_run(folder: Path) -> dict[str, str]:
    """The sha256 of each file that the run of a period has made, by its path."""
    try:
        results = json.loads((folder / MANIFEST).read_text("utf-8"))["results"]
        return {file: digest for each in results for file, digest in each["outputs"].items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}


def open_lab(root: Path, notebook: Path, options: Sequence[str] = ()) -> int:
    """Open JupyterLab in the programme's folder at a notebook, with this installation's kernel.

    It goes on until it is stopped, and gives its exit code; where the system can, this process
    becomes JupyterLab, so that every signal reaches it. Raises LabMissing.
    """
    if find_spec("jupyterlab") is None:
        raise LabMissing
    where = f"/lab/tree/{quote(notebook.relative_to(root).as_posix())}"
    command = [
        *(sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={root}"),
        *(f"--LabApp.default_url={where}", *options),
    ]
    environment = {**os.environ, **OWN_KERNEL_FIRST, ROOT_VARIABLE: str(root)}
    os.chdir(root)
    if os.name == "posix":
        sys.stdout.flush()
        os.execve(sys.executable, command, environment)  # noqa: S606 - our own Python
    return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 - the same
