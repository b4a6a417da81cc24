"""The invented programme.

The same bytes each time, labelled, read without a refusal, and found to be what its answers say.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import ffanalysis as ff
from ffanalysis.demo import write_demo
from ffanalysis.demo.council import OUTSIDE, names
from ffanalysis.errors import DemoFolderTaken, DemoNumberWrong, UserError
from ffanalysis.figures import Figure
from ffanalysis.findings import Finding
from ffanalysis.measure import project_measures
from ffanalysis.savings.quarter import Quarter

PROJECTS, QUARTERS, SEED = 12, 3, 1
PERIODS = ("2025-26-Q4", "2026-27-Q1", "2026-27-Q2")
# What a seed makes, in a process where texts hash otherwise.
_ELSEWHERE = (
    "import sys, pathlib; from ffanalysis.demo import write_demo;"
    " write_demo(pathlib.Path(sys.argv[1]), 6, 2, 9)"
)


@dataclass(frozen=True)
class Written:
    """A demo on disk, its answers, and what the package makes of each quarter."""

    folder: Path
    answers: dict[str, Any]
    quarters: dict[str, Quarter]
    findings: dict[str, tuple[Finding, ...]]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Written:
    folder = tmp_path_factory.mktemp("demo") / "programme"
    assert write_demo(folder, PROJECTS, QUARTERS, SEED) == PERIODS
    quarters = {period: ff.load(period, folder).records for period in PERIODS}
    answers = json.loads((folder / "answers.json").read_text("utf-8"))
    return Written(
        folder, answers, quarters, {period: ff.check(quarters[period]) for period in PERIODS}
    )


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def sheets(folder: Path) -> Iterator[Any]:
    for path in sorted(folder.rglob("*.xlsx")):
        yield from openpyxl.load_workbook(path).worksheets


@cache
def _book(path: Path) -> Any:
    return openpyxl.load_workbook(path, data_only=True)


def in_cells(demo: Written, period: str, cells: str) -> list[Any]:
    """What stands in cells as the answers write them, numbers as such."""
    found = []
    for cell in cells.split("; "):
        workbook, sheet, address = cell.split("!")
        value = _book(demo.folder / "data" / "raw" / period / workbook)[sheet][address].value
        found.append(
            float(value.replace(",", ""))
            if isinstance(value, str) and re.fullmatch(r"[\d,.]+", value)
            else value
        )
    return found


def test_same_arguments_give_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    write_demo(tmp_path / "one", 6, 2, 9)
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland"}
    subprocess.run(
        [sys.executable, "-c", _ELSEWHERE, str(tmp_path / "again")],
        env=environment,
        check=True,
        timeout=600,
    )
    write_demo(tmp_path / "other", 6, 2, 10)
    one, again, other = (files(tmp_path / name) for name in ("one", "again", "other"))
    assert one == again
    assert one.keys() == other.keys()
    changed = {name for name in one if one[name] != other[name]}
    assert changed >= {name for name in one if name.endswith("register.xlsx")} | {"answers.json"}


def test_what_it_writes(demo: Written) -> None:
    found = files(demo.folder)
    assert {name for name in found if name.startswith("notebooks/")} == {
        f"notebooks/{name}.ipynb"
        for name in ("explore", "programme_briefing", "project_briefing", "reconciliation")
    }
    workbooks = {
        name.rpartition("/")[2] for name in found if name.startswith("data/raw/2026-27-Q2/")
    }
    assert workbooks == {"register.xlsx", "base-budget.xlsx", "mtfp.xlsx"} | {
        f"savings-{name}.xlsx"
        for name in (
            "adult-social-care",
            "children-and-education",
            "communities",
            "place-and-transport",
            "resources",
        )
    }
    assert {"README.md", "answers.json", "data/raw/aliases.toml"} <= found.keys()


def test_everything_says_that_it_is_invented_and_names_nobody(demo: Written) -> None:
    assert "invented" in demo.answers["label"]
    assert "no such council" in (demo.folder / "README.md").read_text("utf-8")
    for sheet in sheets(demo.folder / "data"):
        assert (
            sheet["A2"].value
            == "Exampleshire County Council (invented): every figure on this sheet is invented."
        )
    quarter = demo.quarters["2026-27-Q2"]
    assert all(email.endswith("@example.org") for email in quarter.tables.recipients["email"])
    roles = [
        *quarter.tables.recipients["name"],
        *quarter.tables.signoff["role"],
        *quarter.tables.projects["cmr_lead"],
        *quarter.tables.projects["slt_lead"],
    ]
    assert all(role.startswith(("Head of ", "Director of ", "Cabinet")) for role in roles)
    assert quarter.tables.signoff["name"].isna().all()


@pytest.mark.parametrize("period", PERIODS)
def test_every_quarter_is_read_whole(demo: Written, period: str) -> None:
    quarter = demo.quarters[period]
    assert quarter.tables.refusals["sentence"].tolist() == []
    # Posts are counted, and are no money.
    unused = quarter.tables.unused
    assert {heading_of(demo, period, row) for row in unused.to_dict("records")} == {"FTE"}
    assert quarter.tables.savings["posts"].notna().any()
    assert quarter.tables.notices.empty
    names_used = quarter.tables.names
    assert set(names_used.loc[~names_used["matched"].astype(bool), "name"]) == {OUTSIDE}
    assert list(quarter.slugs) == demo.answers["periods"][period]["projects"]
    assert len(quarter.slugs) == PROJECTS
    assert (
        str(quarter.as_of)
        == {"2025-26-Q4": "2026-03-31", "2026-27-Q1": "2026-06-30", "2026-27-Q2": "2026-09-30"}[
            period
        ]
    )
    assert quarter.tables.as_of_cell == "register.xlsx!Projects!B3"


def heading_of(demo: Written, period: str, row: dict[str, str]) -> str:
    """What heads the column of a cell, or of the first of several: the words next above it."""
    book = _book(demo.folder / "data" / "raw" / period / row["workbook"])
    place = book[row["sheet"]][row["cell"].partition(":")[0]]
    above = (book[row["sheet"]].cell(at, place.column).value for at in range(place.row, 0, -1))
    return next(value for value in above if isinstance(value, str))


def pounds(pence: int | None) -> str:
    return "" if pence is None else f"{pence / 100:.2f}"


@pytest.mark.parametrize("period", PERIODS)
def test_what_was_planted_is_found_and_nothing_else_is_an_error(demo: Written, period: str) -> None:
    found = {finding.id: finding for finding in demo.findings[period]}
    planted = {row["id"]: row for row in demo.answers["periods"][period]["findings"]}
    for name, row in planted.items():
        finding = found[name]
        amounts = {
            key: pounds(getattr(finding, key))
            for key in ("stated", "calculated", "difference", "tolerance")
        }
        words = {
            key: getattr(finding, key)
            for key in ("id", "rule", "subject", "year", "outcome", "severity", "parent")
        }
        assert {**words, **amounts, "cells": "; ".join(map(str, finding.cells))} == {
            key: row[key] for key in row if key != "message"
        }
        assert row["message"].endswith(".")
    assert [
        finding.id
        for finding in demo.findings[period]
        if finding.severity == "error" and finding.id not in planted
    ] == []


def test_the_planted_faults_are_of_all_kinds(demo: Written) -> None:
    planted = {
        row["rule"] for period in PERIODS for row in demo.answers["periods"][period]["findings"]
    }
    assert planted >= {
        "route-split",
        "mtfp-tie",
        "unit-slip",
        "analyses-agree",
        "duplicate-line",
        "milestone-before-saving",
        "variance-agrees",
    }
    assert planted & {"proposed-total", "rag-rows", "stated-total"}
    for period in PERIODS:
        assert len({row["rule"] for row in demo.answers["periods"][period]["findings"]}) >= 3


def test_the_answers_agree_with_the_cells_they_name(demo: Written) -> None:
    """A printed total.

    The cells before it add to what is calculated, and it says what is stated.
    """
    checked = 0
    for period in PERIODS:
        for row in demo.answers["periods"][period]["findings"]:
            *parts, total = in_cells(demo, period, row["cells"])
            if row["rule"] not in ("proposed-total", "rag-rows", "stated-total", "route-split"):
                continue
            # A sheet in £000 or £m holds the same figures, a thousandth or a millionth of them.
            scale = float(row["stated"]) / total
            assert round(scale, 6) in (1, 1_000, 1_000_000)
            assert round(
                sum(filter(None, (part for part in parts if part != "nil"))) * scale, 2
            ) == float(row["calculated"])
            checked += 1
    assert checked >= 3


def printed(values: set[int]) -> set[str]:
    """Amounts in pence as they stand in a page, each cut where a shorter one could hide in it."""
    return {f"£{abs(pence) // 100:,}"[:8] for pence in values}


@pytest.mark.parametrize("period", PERIODS)
def test_a_canary_is_shown_by_its_own_project_alone(demo: Written, period: str) -> None:
    quarter = demo.quarters[period]
    canaries = {name: f"£{pence // 100:,}" for name, pence in demo.answers["canaries"].items()}
    assert len(set(canaries.values())) == len(canaries)
    assert all(re.fullmatch(r"£\d{3},\d{3}", text) for text in canaries.values())
    shown: dict[str, set[int]] = {name: set() for name in (*quarter.slugs, "")}
    for finding in demo.findings[period]:
        if finding.rule == "projects-to-programme" and not finding.project:
            # What projects carry together stands on the programme page, and in no briefing.
            assert {finding.project, finding.programme, finding.service} == {""}
            continue
        figures = [
            part.value
            for part in finding.message
            if isinstance(part, Figure) and part.unit == "pence"
        ]
        amounts = [
            *figures,
            finding.stated,
            finding.calculated,
            finding.difference,
            finding.tolerance,
        ]
        shown[finding.project] |= {int(amount) for amount in amounts if amount is not None}
    for name in quarter.slugs:
        figures = [
            figure for figure in project_measures(quarter, name).figures() if figure.unit == "pence"
        ]
        shown[name] |= {figure.pence for figure in figures if figure.value is not None}
    for name, values in shown.items():
        texts = printed(values)
        assert not name or canaries[name] in texts
        assert [
            other for other, canary in canaries.items() if other != name and canary in texts
        ] == []


def test_no_name_holds_another() -> None:
    every = {name.casefold() for name, _, _ in names(1)}
    assert len(every) >= 5_000 + 11 * 125
    shortest = min(map(len, every))
    within = {
        (name[start:end], name)
        for name in every
        for start in range(len(name) - shortest + 1)
        for end in range(start + shortest, len(name) + 1)
        if end - start < len(name) and name[start:end] in every
    }
    assert within == set()


def test_no_text_names_another_project(demo: Written) -> None:
    called = {
        row.name
        for quarter in demo.quarters.values()
        for row in quarter.tables.projects.itertuples(index=False)
    }
    for quarter in demo.quarters.values():
        for row in quarter.tables.projects.to_dict("records"):
            said = " ".join(str(value) for value in row.values())
            assert {name for name in called if name in said} == {row["name"]}


@pytest.mark.parametrize("period", PERIODS)
def test_every_project_has_something_for_each_part_of_its_briefing(
    demo: Written, period: str
) -> None:
    quarter = demo.quarters[period]
    for name in quarter.slugs:
        measures = project_measures(quarter, name)
        (bridge,) = measures.bridges
        assert bridge.readings
        # What is outside the plan is part of no wider programme.
        assert len(measures.contexts) == (measures.row.programme != OUTSIDE)
        for wider in measures.contexts:
            assert wider.grid is not None
            assert len(wider.grid.years) == 3
            assert set(wider.split) == {"Retained", "Commissioned"}
        assert measures.main.lines
        assert measures.main.share is not None
        assert (quarter.tables.milestones["project"] == name).sum() >= 3
        assert (quarter.tables.risks["project"] == name).sum() >= 2
        assert (quarter.tables.signoff["project"] == name).sum() >= 3
        assert measures.row.purpose.count("\n") >= 2
        assert measures.row.constraints.count("\n") >= 1
        queries = [
            finding
            for finding in demo.findings[period]
            if finding.project == name and finding.severity == "query"
        ]
        assert len(queries) <= 5


def test_the_projects_differ(demo: Written) -> None:
    every = list(demo.quarters.values())
    assert {rag for quarter in every for rag in quarter.tables.savings["rag"].dropna()} == {
        "Green Delivered",
        "Green On Target",
        "Amber",
        "Red",
    }
    assert {
        kind
        for quarter in every
        for kind in "; ".join(quarter.tables.projects["types"]).split("; ")
    } == {
        "Further",
        "Faster",
        "New",
        "Cross cutting",
    }
    own = [quarter.tables.savings[quarter.tables.savings["project"].notna()] for quarter in every]
    assert {plan for lines in own for plan in lines["plan"]} == {"proposed", "current"}
    assert {route for lines in own for route in lines["route"].dropna()} <= {
        "Retained",
        "Commissioned",
    }
    assert any((lines["missing"] == "TBC").any() for lines in own)
    assert any((lines["amount_pence"] == 0).any() for lines in own)
    assert {"delivered to date", "forecast"} <= set(own[-1]["measure"].dropna())
    last = demo.quarters["2026-27-Q2"]
    assert 0 < last.tables.deadlines["project"].nunique() < PROJECTS
    assert last.tables.milestones["tentative"].any()
    assert last.tables.milestones["first_day"].isna().any()
    assert {
        item.outcome for item in demo.findings["2026-27-Q2"] if item.rule == "budget-bridge"
    } >= {"agrees", "not_comparable"}


def by_year(quarter: Quarter, project: str) -> Counter[str]:
    """A project's targets by year in pence, of all its lines."""
    savings = quarter.tables.savings
    is_target = savings["measure"].isna() | (savings["measure"] == "original target")
    lines = savings[(savings["project"] == project) & is_target]
    found: Counter[str] = Counter()
    for line in lines.dropna(subset=["amount_pence"]).itertuples(index=False):
        found[line.year] += line.amount_pence
    return +found


def rags(quarter: Quarter, project: str) -> set[str]:
    lines = quarter.tables.savings[
        (quarter.tables.savings["project"] == project)
        & quarter.tables.savings["amount_pence"].notna()
    ]
    return set(lines["rag"].dropna()) | set(lines["rag_missing"].dropna())


def test_the_movements_are_in_the_workbooks(demo: Written) -> None:
    """Each movement that the answers list, read back from the quarter of two quarters.

    And no project moves without one.
    """
    kinds = Counter(movement["kind"] for movement in demo.answers["movements"])
    assert {"rag", "slippage", "new", "removed", "renamed", "rebased"} == set(kinds)
    assert (kinds["renamed"], kinds["rebased"]) == (1, 1)
    for before, after in pairwise(PERIODS):
        old, new = demo.quarters[before], demo.quarters[after]
        moves = {
            (move["project"], move["kind"]): move
            for move in demo.answers["movements"]
            if move["period"] == after
        }
        assert set(new.slugs) - set(old.slugs) == {
            project for project, kind in moves if kind == "new"
        }
        assert set(old.slugs) - set(new.slugs) == {
            project for project, kind in moves if kind == "removed"
        }
        # A line that was copied by mistake is no movement.
        copied = {
            f.project
            for period in (before, after)
            for f in demo.findings[period]
            if f.rule == "duplicate-line"
        }
        for project in sorted({*old.slugs} & {*new.slugs} - copied):
            was, now = by_year(old, project), by_year(new, project)
            expected = was.copy()
            if move := moves.get((project, "slippage")):
                expected[move["from"]] -= move["amount_pence"]
                expected[move["to"]] += move["amount_pence"]
            if move := moves.get((project, "rebased")):
                expected[move["years"][0]] += move["amount_pence"]
                assert (was.total(), now.total()) == (move["from"], move["to"])
            assert now == +expected
            if move := moves.get((project, "rag")):
                assert move["from"] in rags(old, project)
                assert move["to"] in rags(new, project)
                outcomes = new.register[project].outcomes
                assert (
                    f"In quarter {after} the RAG status moved from {move['from']} to {move['to']}"
                    in outcomes
                )
            else:
                assert rags(old, project) == rags(new, project)
    (move,) = (move for move in demo.answers["movements"] if move["kind"] == "renamed")
    called = [
        demo.quarters[period].tables.projects.set_index("project")["name"][move["project"]]
        for period in PERIODS
    ]
    assert called == [move["from"], move["from"], move["to"]]


def test_no_printed_total_adds_several_projects(demo: Written) -> None:
    for quarter in demo.quarters.values():
        totals = quarter.tables.totals[quarter.tables.totals["table"] == "savings"]
        assert (totals["project"].notna() | totals["programme"].notna()).all()
        assert not (totals["project"].notna() & totals["programme"].notna()).any()


def test_the_council_does_not_grow_with_its_projects(demo: Written, tmp_path: Path) -> None:
    write_demo(tmp_path / "larger", 40, QUARTERS, SEED)
    larger, smaller = (
        ff.load("2026-27-Q2", tmp_path / "larger").records,
        demo.quarters["2026-27-Q2"],
    )
    assert len(larger.slugs) == 40
    for table in ("budget", "mtfp"):
        assert len(getattr(larger, table)) == len(getattr(smaller, table))
    of_programme = [
        len(quarter.tables.savings[quarter.tables.savings["project"].isna()])
        for quarter in (larger, smaller)
    ]
    assert of_programme[0] == of_programme[1]
    general = [
        {
            finding.id
            for finding in ff.check(quarter)
            if not finding.project
            and not finding.everybody  # what is asked of all projects together depends on them
            and finding.rule != "projects-to-programme"
        }
        for quarter in (larger, smaller)
    ]
    assert general[0] == general[1]


def test_an_amount_of_one_project_concerns_no_other(demo: Written, tmp_path: Path) -> None:
    shutil.copytree(demo.folder / "data" / "raw", tmp_path / "data" / "raw")
    quarter = demo.quarters["2026-27-Q2"]
    # Where totals are typed, a workbook can be saved again without losing what its formulas came
    # to.
    lines = quarter.tables.savings[
        quarter.tables.savings["project"].notna()
        & (quarter.tables.savings["amount_pence"] > 0)
        & quarter.tables.savings["measure"].isna()
        & quarter.tables.savings["workbook"].isin(
            ["savings-resources.xlsx", "savings-adult-social-care.xlsx"]
        )
    ]
    line = next(lines.itertuples(index=False))
    path = tmp_path / "data" / "raw" / "2026-27-Q2" / line.workbook
    book = openpyxl.load_workbook(path)
    cell = book[line.sheet][line.cell]
    cell.value += 1
    book.save(path)
    before, after = demo.findings["2026-27-Q2"], ff.check(ff.load("2026-27-Q2", tmp_path).records)
    changed = {finding.project for finding in {*before} ^ {*after}}
    assert changed == {line.project}


def test_a_folder_that_holds_something_is_refused_and_left_alone(
    demo: Written, tmp_path: Path
) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "notes.txt").write_text("mine", "utf-8")
    (tmp_path / "file").write_text("mine", "utf-8")
    for name in ("taken", "file"):
        with pytest.raises(DemoFolderTaken, match="not an empty folder"):
            write_demo(tmp_path / name, 2, 1, 1)
    before = files(demo.folder)
    with pytest.raises(DemoFolderTaken, match="earlier demo: take it away first"):
        write_demo(demo.folder, PROJECTS, QUARTERS, SEED)
    assert files(demo.folder) == before
    assert files(tmp_path) == {"taken/notes.txt": b"mine", "file": b"mine"}
    with pytest.raises(UserError, match="a file stands where a folder is needed"):
        write_demo(tmp_path / "file" / "below", 2, 1, 1)


@pytest.mark.parametrize(
    ("numbers", "name"),
    [
        ((0, 1, 1), "projects"),
        ((-3, 1, 1), "projects"),
        ((5_001, 1, 1), "projects"),
        ((1, 0, 1), "quarters"),
        ((1, 13, 1), "quarters"),
        ((1, 1, -1), "seed"),
    ],
)
def test_numbers_that_cannot_be_are_refused(
    tmp_path: Path, numbers: tuple[int, int, int], name: str
) -> None:
    with pytest.raises(DemoNumberWrong, match=f"--{name}") as caught:
        write_demo(tmp_path / "demo", *numbers)
    assert caught.value.exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_will_do_and_so_will_one_project(tmp_path: Path) -> None:
    assert write_demo(tmp_path, 1, 1, 0) == ("2026-27-Q2",)
    quarter = ff.load("2026-27-Q2", tmp_path).records
    assert len(quarter.slugs) == 1
    assert quarter.tables.refusals.empty
