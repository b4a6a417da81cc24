"""An invented programme as a folder of its own, to try and to measure the software on.

Workbooks, notebooks and the answers.

The answers say which disagreements were planted, which amount belongs to which project alone, and
what moved between quarters: all from what was invented, nothing from what the rules make of it. The
same arguments give the same bytes.
"""

import json
import shutil
from pathlib import Path
from typing import Any

from ffanalysis.demo.answers import Expected, movement_row, of_programme, of_project
from ffanalysis.demo.council import COUNCIL, DIRECTORATES
from ffanalysis.demo.invent import invent
from ffanalysis.demo.records import Demo, Quarter
from ffanalysis.demo.sheets import Book
from ffanalysis.demo.workbooks import (
    Places,
    write_budgets,
    write_plan,
    write_programme,
    write_register,
    write_schedules,
)
from ffanalysis.errors import DemoFolderTaken, DemoNumberWrong, ReportsBlocked
from ffanalysis.provenance import slug
from ffanalysis.run.inputs import NOTEBOOKS, notebooks_folder

MOST = {"projects": 5_000, "quarters": 12, "seed": 2**32 - 1}
LABEL = "An invented programme of a fictional council: every figure, project and name is made up."
_ANSWERS = "answers.json"


def write_demo(folder: Path, projects: int, quarters: int, seed: int) -> tuple[str, ...]:
    """Write an invented programme into a new or empty folder; the periods that it has.

    Raises DemoNumberWrong and DemoFolderTaken before anything is written, and ReportsBlocked where
    the folder cannot be made.
    """
    for name, value, least in (
        ("projects", projects, 1),
        ("quarters", quarters, 1),
        ("seed", seed, 0),
    ):
        if not least <= value <= MOST[name]:
            raise DemoNumberWrong(name, value, least, MOST[name])
    notebooks = notebooks_folder(folder)
    _make(folder)
    demo = invent(projects, quarters, seed)
    answers: dict[str, Any] = {"label": LABEL, "council": COUNCIL, "seed": seed, "periods": {}}
    for quarter in demo.quarters:
        place = folder / "data" / "raw" / str(quarter.period)
        place.mkdir(parents=True)
        answers["periods"][str(quarter.period)] = {
            "findings": _write_quarter(place, demo, quarter),
            "projects": [demo.slug_of(project) for project in quarter.projects],
        }
    answers["canaries"] = {name: pounds * 100 for name, pounds in demo.canaries.items()}
    answers["movements"] = [
        movement_row(demo, quarter.period, item)
        for quarter in demo.quarters
        for item in quarter.movements
    ]
    if demo.renamed:
        (folder / "data" / "raw" / "aliases.toml").write_text(
            _ALIAS.format(*demo.renamed), "utf-8", newline="\n"
        )
    for name in NOTEBOOKS:
        shutil.copyfile(notebooks / name, folder / "notebooks" / name)
    last = demo.quarters[-1]
    first = demo.slug_of(last.projects[0])
    page = _README.format(LABEL, COUNCIL, len(last.projects), quarters, seed, last.period, first)
    (folder / "README.md").write_text(page, "utf-8", newline="\n")
    (folder / _ANSWERS).write_text(
        json.dumps(answers, indent=1, ensure_ascii=False) + "\n", "utf-8", newline="\n"
    )
    return tuple(answers["periods"])


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

The briefings are then in `reports/{5}/`. To explore, set `period` and `project` in the first code cell of a notebook in
`notebooks/` to these.

Some figures disagree on purpose. `answers.json` lists these findings, as `findings.csv` should have them; what moved from
quarter to quarter; and for every project an amount in pence that stands in no other project's briefing.
"""


def _make(folder: Path) -> None:
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            answers = folder / _ANSWERS
            is_demo = (
                answers.is_file() and LABEL in answers.read_text("utf-8", errors="replace")[:1_000]
            )
            raise DemoFolderTaken(folder, is_demo=is_demo)
        (folder / "notebooks").mkdir(parents=True)
    except OSError as error:
        raise ReportsBlocked(folder) from error


def _write_quarter(place: Path, demo: Demo, quarter: Quarter) -> list[dict[str, str]]:
    """Write the workbooks of a quarter; the findings that were planted in them."""
    places = Places()
    plants = {plant.where: plant for plant in quarter.plants}
    write_register(place / "register.xlsx", quarter, plants, places)
    write_budgets(place / "base-budget.xlsx", demo, quarter)
    write_plan(place / "mtfp.xlsx", demo, quarter, plants, places)
    for directorate in DIRECTORATES:
        path = place / f"savings-{slug(directorate)}.xlsx"
        with Book(path) as book:
            write_programme(book, demo, quarter, directorate, plants.get(directorate), places)
            write_schedules(book, demo, quarter, directorate, plants, places)
    expected: list[Expected] = []
    for plant in quarter.plants:
        is_programmes = plant.where in DIRECTORATES
        expected += (
            of_programme(demo, quarter, plant, places)
            if is_programmes
            else of_project(quarter, plant, places)
        )
    return [finding.row() for finding in expected]
