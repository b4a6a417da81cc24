"""What moved of an invented programme, and what of its history a briefing depends on.

All that was made to move is told.
"""

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from quarters import A1, Q1, Q2, Quarters, pounds, quarter
from quick import Quick

from ffanalysis.demo import write_demo
from ffanalysis.measure import project_measures
from ffanalysis.measure.movement import Movement, movement
from ffanalysis.measure.programme_movement import (
    DECREASE,
    INCREASE,
    ProgrammeMovement,
    programme_movement,
)
from ffanalysis.read import load
from ffanalysis.run import run as publish
from ffanalysis.run.project_rows import ProjectRows
from ffanalysis.savings.changes import Ambiguous, Rebased, Rerated, Slipped
from ffanalysis.savings.quarter import Quarter
from ffanalysis.vocabulary import Plan

# The demo: what was made to move is what is told


KINDS = {Rerated: "rag", Slipped: "slippage", Rebased: "rebased"}


def told(found: Movement, period: str) -> list[dict[str, Any]]:
    """A project's movement in the form of the demo's answers.

    The form has no word for what cannot be followed.
    """
    rows = []
    for line in found.moved:
        for change in line.changes:
            if isinstance(change, Ambiguous):
                continue
            row: dict[str, Any] = {"period": period, "kind": KINDS[type(change)]}
            if isinstance(change, Rerated):
                row |= {
                    "years": sorted(
                        year
                        for year, (_, now) in line.years.items()
                        if now.value is not None or now.missing == "TBC"
                    ),
                    "from": change.was,
                    "to": change.now,
                    "amount_pence": line.after.value,
                }
            elif isinstance(change, Slipped):
                row |= {
                    "years": [*change.from_years, *change.to_years],
                    "from": change.from_years[0],
                    "to": change.to_years[0],
                    "amount_pence": change.amount.value,
                }
            else:
                row |= {
                    "years": [
                        year for year, (was, now) in line.years.items() if was.value != now.value
                    ],
                    "from": found.balances[0].opening.value,
                    "to": found.balances[0].closing.value,
                    "amount_pence": line.change.value,
                }
            rows.append(row)
    return rows


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    root = tmp_path_factory.mktemp("demo") / "programme"
    write_demo(root, 24, 3, 1)
    return root, json.loads((root / "answers.json").read_text("utf-8"))


def all_told(root: Path, answers: dict[str, Any]) -> list[dict[str, Any]]:
    """Every movement of a demo's quarters, in the form of its answers."""
    found: list[dict[str, Any]] = []
    for period in answers["periods"]:
        read = Quarter(load(period, root))
        whole = programme_movement(read)
        for project, one in whole.projects.items():
            rows = told(one, period)
            if one.is_new:
                total = project_measures(read, project).main.total.value
                rows.append(
                    {
                        "period": period,
                        "kind": "new",
                        "years": [],
                        "from": None,
                        "to": total,
                        "amount_pence": total,
                    }
                )
            if one.renamed_from:
                name = read.register[project].name
                row = {
                    "period": period,
                    "kind": "renamed",
                    "years": [],
                    "from": one.renamed_from,
                    "to": name,
                }
                rows.append({**row, "amount_pence": None})
            found += [{**row, "project": project} for row in rows]
        for item in whole.gone:
            total = next(iter(item.totals.values())).value
            row = {"period": period, "kind": "removed", "years": [], "from": total, "to": None}
            found.append({**row, "amount_pence": total, "project": item.project})
    return found


def ordered(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


def test_the_demos_movements_are_all_found_and_none_is_invented(
    demo: tuple[Path, dict[str, Any]],
) -> None:
    found = all_told(*demo)
    assert ordered(found) == ordered(demo[1]["movements"])
    kinds = {row["kind"] for row in found}
    assert kinds == {"rag", "slippage", "rebased", "new", "removed", "renamed"}


@pytest.mark.parametrize("seed", range(1, 101) if "FFANALYSIS_SOAK" in os.environ else (7,))
def test_the_movements_of_other_demos_are_found_too(tmp_path: Path, seed: int) -> None:
    root = tmp_path / "programme"
    write_demo(root, 12, 3, seed)
    answers = json.loads((root / "answers.json").read_text("utf-8"))
    assert ordered(all_told(root, answers)) == ordered(answers["movements"])


def test_what_opens_and_what_moved_come_to_what_closes(demo: tuple[Path, dict[str, Any]]) -> None:
    root, answers = demo
    for period in list(answers["periods"])[1:]:
        whole = programme_movement(Quarter(load(period, root)))
        parts: list[Movement | ProgrammeMovement] = [whole, *whole.projects.values()]
        checked = 0
        for balance in (balance for one in parts for balance in one.balances):
            steps = [step.value for step in balance.steps.values()]
            if balance.opening is None or balance.opening.partial:
                continue
            if None not in (*steps, balance.opening.value, balance.closing.value):
                assert balance.opening.pence + sum(steps) == balance.closing.pence
                checked += 1
        assert checked > 15


def test_the_flow_between_statuses_comes_to_what_closes(demo: tuple[Path, dict[str, Any]]) -> None:
    root, answers = demo
    whole = programme_movement(Quarter(load(list(answers["periods"])[-1], root)))
    assert len(whole.flows) == len(whole.balances) == 2
    for balance in whole.balances:
        flow = whole.flows[balance.plan]
        closing = [each.pence for (_, now), each in flow.items() if now not in ("", DECREASE)]
        opening = [each.pence for (was, _), each in flow.items() if was not in ("", INCREASE)]
        assert sum(closing) == balance.closing.pence
        assert sum(opening) == balance.opening.pence


def test_a_gap_of_a_line_is_no_gap_of_what_another_gained(kept: Quarters) -> None:
    quarter(kept, Q1, "A-1,Alpha,Further,Amber,100,TBC,", "B-1,Beta,New,Amber,70,,70")
    quarter(kept, Q2, "A-1,Alpha,Further,Amber,100,TBC,", "B-1,Beta,New,Amber,90,,90")
    whole = programme_movement(kept.load(Q2))
    assert {
        way: (pounds(figure), figure.partial) for way, figure in whole.flows[Plan.CURRENT].items()
    } == {
        ("Amber", "Amber"): (170_000, True),
        (INCREASE, "Amber"): (20_000, False),
    }


# A briefing depends on its own history, and on no other


def test_an_earlier_quarters_row_changes_its_own_project_alone(
    demo: tuple[Path, dict[str, Any]],
) -> None:
    root, answers = demo
    read = Quarter(load(list(answers["periods"])[-1], root))
    assert read.before is not None
    own = read.slugs[3]
    savings = read.before.frame("savings")
    place = savings.index[(savings["project"] == own) & savings["amount_pence"].notna()][0]
    savings.loc[place, "amount_pence"] += 100
    other = replace(read.tables, before=replace(read.before.tables, savings=savings))
    then, now = ProjectRows(read), ProjectRows(Quarter(other))
    changed = [
        project for project in read.slugs if then.fingerprint(project) != now.fingerprint(project)
    ]
    assert changed == [own]


def test_a_projects_own_rows_give_the_movement_that_the_whole_quarter_gives(
    demo: tuple[Path, dict[str, Any]],
) -> None:
    root, answers = demo
    read = Quarter(load(list(answers["periods"])[-1], root))
    rows = ProjectRows(read)
    for project in read.slugs:
        assert movement(Quarter(rows.select(project)), project) == movement(read, project)


@pytest.mark.parametrize("where", ["cell", "service", "workbook"])
def test_what_cannot_be_read_of_an_earlier_quarter_costs_its_own_rows_what_it_costs_the_whole(
    kept: Quarters, where: str
) -> None:
    folder = quarter(kept, Q1, A1, "B-1,Beta,New,Red,7,,7", projects=("Alpha", "Beta"))
    quarter(
        kept,
        Q2,
        A1,
        "B-1,Beta,New,Red,7,,7",
        "G-1,Gamma,New,Red,30,,30",
        projects=("Alpha", "Beta", "Gamma"),
    )
    if where == "cell":
        quarter(kept, Q1, A1.replace("100", "tbx"), "B-1,Beta,New,Red,7,,7")
    elif where == "service":
        folder["budget.csv"] = "£m\nService,Basis,2015/16\nRoads,net,tbx\n"
    else:
        folder["more.xlsx"] = b"PK no workbook"
    read = kept.load(Q2)
    rows = ProjectRows(read)
    problems = {}
    for project in read.slugs:
        whole = movement(read, project)
        assert movement(Quarter(rows.select(project)), project) == whole
        problems[project] = bool(whole.problem)
    assert (
        problems
        == {
            "cell": {"alpha": True, "beta": False, "gamma": False},
            "service": {"alpha": True, "beta": True, "gamma": False},
            "workbook": {"alpha": True, "beta": True, "gamma": True},
        }[where]
    )


def test_a_run_renders_what_an_earlier_quarters_row_concerns_and_no_more(
    kept: Quarters, tmp_path: Path, quick: Quick
) -> None:
    quarter(kept, Q1, A1, "B-1,Beta,New,Red,7,,7")
    quarter(kept, Q2, A1, "B-1,Beta,New,Green On Target,7,,7")
    kept.write(tmp_path)

    def run() -> list[str]:
        quick.made.clear()
        assert publish.run(Q2, tmp_path, engine=quick).complete
        return quick.made

    assert run() == ["programme", "reconciliation", "alpha", "beta"]
    assert run() == []
    quarter(kept, Q1, A1, "B-1,Beta,New,Amber,7,,7")
    kept.write(tmp_path)
    assert sorted(run()) == ["beta", "programme", "reconciliation"]
