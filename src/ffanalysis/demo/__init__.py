"""An invented programme as a folder of its own, to try and to measure the software on.

It holds workbooks, notebooks and the answers. The answers say which disagreements were planted,
which amount belongs to which project alone, and what moved between quarters. They come from what
was invented, not from what the rules make of it. The same arguments give the same bytes.
"""

import json
import re
import shutil
from pathlib import Path
from typing import Any

from ffanalysis.demo.answers import Expected, movement_row, of_programme, of_project, stated_of
from ffanalysis.demo.council import COUNCIL, DIRECTORATES
from ffanalysis.demo.invent import invent
from ffanalysis.demo.records import Demo, InventedQuarter
from ffanalysis.demo.schedules import DirectorateSchedules
from ffanalysis.demo.workbooks import WrittenCells, write_budgets, write_plan, write_register
from ffanalysis.errors import DemoFolderTaken, DemoNumberWrong, ReportsBlocked
from ffanalysis.provenance import slug
from ffanalysis.run.inputs import NOTEBOOKS, packaged
from ffanalysis.run.lab import EXPLORE

MOST = {"projects": 5_000, "quarters": 12, "seed": 2**32 - 1}
LEAST = {"projects": 1, "quarters": 1, "seed": 0}
LABEL = "An invented programme of a fictional council: every figure, project and name is made up."
_ANSWERS = "answers.json"


def write_demo(folder: Path, projects: int, quarters: int, seed: int) -> tuple[str, ...]:
    """Write an invented programme into a new or empty folder; the periods that it has.

    Raises DemoNumberWrong and DemoFolderTaken before anything is written, and ReportsBlocked where
    the folder cannot be made.
    """
    for name, value in {"projects": projects, "quarters": quarters, "seed": seed}.items():
        if not LEAST[name] <= value <= MOST[name]:
            raise DemoNumberWrong(name, value, LEAST[name], MOST[name])
    notebooks = packaged("notebooks")
    _make(folder)
    demo = invent(projects, quarters, seed)
    planted = {
        str(quarter.period): _write_quarter(folder / "data" / "raw", demo, quarter)
        for quarter in demo.quarters
    }
    if demo.renamed:
        alias = _ALIAS.format(*demo.renamed)
        _write_text(folder / "data" / "raw" / "aliases.toml", alias)
    for name in (*NOTEBOOKS, EXPLORE):
        shutil.copyfile(notebooks / name, folder / "notebooks" / name)
    _explore_the_latest(folder / "notebooks" / EXPLORE, demo)
    _write_text(folder / "README.md", _readme(demo))
    answers = json.dumps(_answers(demo, planted), indent=1, ensure_ascii=False)
    _write_text(folder / _ANSWERS, f"{answers}\n")
    return tuple(planted)


def _explore_the_latest(notebook: Path, demo: Demo) -> None:
    """Have the notebook to explore with begin with a project of the demo's latest quarter."""
    latest = demo.quarters[-1]
    text = notebook.read_text("utf-8")
    for name, value in {
        "period": str(latest.period),
        "project": slug(latest.projects[0].name),
    }.items():
        text = re.sub(rf'({name} = \\")[^"\\]*', rf"\g<1>{value}", text, count=1)
    _write_text(notebook, text)


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, "utf-8", newline="\n")


def _readme(demo: Demo) -> str:
    last = demo.quarters[-1]
    first = demo.slug_of(last.projects[0])
    count = len(demo.quarters)
    return _README.format(LABEL, COUNCIL, len(last.projects), count, demo.seed, last.period, first)


def _answers(demo: Demo, planted: dict[str, list[dict[str, str]]]) -> dict[str, Any]:
    """What answers.json says; `planted` are the rows of the planted findings by period."""
    return {
        "label": LABEL,
        "council": COUNCIL,
        "seed": demo.seed,
        "periods": {
            str(quarter.period): {
                "findings": planted[str(quarter.period)],
                "projects": [demo.slug_of(project) for project in quarter.projects],
                "stated": {
                    demo.slug_of(project): stated_of(project) for project in quarter.projects
                },
            }
            for quarter in demo.quarters
        },
        "canaries": {name: pounds * 100 for name, pounds in demo.canaries.items()},
        "movements": [
            movement_row(demo, quarter.period, item)
            for quarter in demo.quarters
            for item in quarter.movements
        ],
    }


_ALIAS = """\
# {0} was renamed; this invented programme calls it {1} throughout.
[[alias]]
kind = "project"
name = "{1}"
also = ["{0}"]
reviewed_by = "Head of Finance"
date = 2026-10-01
"""
_README = """\
# A demo programme

{0}
{1}: there is no such council.

{2} projects in each of {3} quarters, made from seed {4}. Run the last quarter in this folder:

    ffanalysis check {5}
    ffanalysis run {5} --project {6}
    ffanalysis run {5}

The briefings are then in `reports/{5}/`. To explore:

    ffanalysis lab {5} {6}

Some figures disagree on purpose. `answers.json` lists these findings, as `findings.csv` should \
have them; what moved from
quarter to quarter; and for every project an amount in pence that stands in no other project's \
briefing.
"""


def _make(folder: Path) -> None:
    """Make the folder. Raises DemoFolderTaken where it holds something, and ReportsBlocked."""
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise DemoFolderTaken(folder, is_demo=_is_demo(folder))
        (folder / "notebooks").mkdir(parents=True)
    except OSError as error:
        raise ReportsBlocked(folder, is_right=isinstance(error, PermissionError)) from error


def _is_demo(folder: Path) -> bool:
    answers = folder / _ANSWERS
    return answers.is_file() and LABEL in answers.read_text("utf-8", errors="replace")[:1_000]


def _write_quarter(raw: Path, demo: Demo, quarter: InventedQuarter) -> list[dict[str, str]]:
    """Write the workbooks of a quarter; the findings that were planted in them."""
    place = raw / str(quarter.period)
    place.mkdir(parents=True)
    written = WrittenCells()
    plants = {plant.where: plant for plant in quarter.plants}
    write_register(place / "register.xlsx", quarter, plants, written)
    write_budgets(place / "base-budget.xlsx", demo, quarter)
    write_plan(place / "mtfp.xlsx", demo, quarter, plants, written)
    for directorate in DIRECTORATES:
        schedules = DirectorateSchedules(demo, quarter, directorate, plants, written)
        schedules.write(place / f"savings-{slug(directorate)}.xlsx")
    expected: list[Expected] = []
    for plant in quarter.plants:
        if plant.where in DIRECTORATES:
            expected += of_programme(demo, quarter, plant, written)
        else:
            expected += of_project(quarter, plant, written)
    return [finding.row() for finding in expected]
