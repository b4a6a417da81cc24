"""What an invented programme was made of is what is read of it, whatever the layout.

Beside the plain schedules there are trackers with a band over each year. The figures are those that
`ffanalysis check PERIOD --format json` prints.
"""

import json
import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ffanalysis.checks import check
from ffanalysis.demo import write_demo
from ffanalysis.demo.council import DIRECTORATES, PROGRAMME, YEARS_AHEAD
from ffanalysis.demo.invent import invent
from ffanalysis.demo.records import Demo, InventedProject, InventedQuarter
from ffanalysis.figures import Figure
from ffanalysis.measure.programme import all_figures
from ffanalysis.money import in_full
from ffanalysis.periods import year_label
from ffanalysis.provenance import slug
from ffanalysis.read import load
from ffanalysis.savings.quarter import Quarter

IS_SOAK = "FFANALYSIS_SOAK" in os.environ
SEEDS = range(1, 61) if IS_SOAK else (8,)
PROJECTS, QUARTERS = 24, 2


class Made:
    """A demo as it was invented, and as it is read and measured."""

    def __init__(self, root: Path, seed: int) -> None:
        self.demo: Demo = invent(PROJECTS, QUARTERS, seed)
        write_demo(root, PROJECTS, QUARTERS, seed)
        self.answers: dict[str, Any] = json.loads((root / "answers.json").read_text("utf-8"))
        self.read = {
            quarter.period: Quarter(load(str(quarter.period), root))
            for quarter in self.demo.quarters
        }

    def figures(self, quarter: InventedQuarter) -> dict[tuple[str, str], Figure]:
        """Every figure by its project and name."""
        read = self.read[quarter.period]
        return {(each.project, each.name): each for each in all_figures(read, read.slugs)}

    def copied(self, quarter: InventedQuarter) -> set[str]:
        """The projects of which a line was listed twice on purpose: they come to more."""
        return {plant.where for plant in quarter.plants if plant.kind == "duplicate-line"}


@pytest.fixture(scope="module", params=SEEDS)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return Made(tmp_path_factory.mktemp("demo") / "programme", request.param)


def by_year(figures: Mapping[tuple[str, str], Figure], project: str, before: str) -> dict[str, int]:
    """The pence of the figures that are called so and by a year, nil and what is missing left out.

    "current/2026-27" by 2026/27, and not "current/2026-27/more".
    """
    return {
        name.removeprefix(before).replace("-", "/"): figure.pence
        for (owner, name), figure in figures.items()
        if owner == project
        and name.startswith(f"{before}2")
        and "/" not in name.removeprefix(before)
        and figure.value
    }


def pence(amounts: Mapping[str, int]) -> dict[str, int]:
    return {year: pounds * 100 for year, pounds in amounts.items() if pounds}


def test_every_figure_of_a_project_is_what_was_invented(made: Made) -> None:
    layouts: Counter[bool] = Counter()
    for quarter in made.demo.quarters:
        figures, copied = made.figures(quarter), made.copied(quarter)
        for project in quarter.projects:
            name = made.demo.slug_of(project)
            plan = {"Current": "current", "Proposed": "proposed"}[project.plan]
            other = {"current": "proposed", "proposed": "current"}[plan]
            if project.name not in copied:
                assert by_year(figures, name, f"{plan}/") == pence(project.due)
                assert figures[name, f"{plan}/total"].pence == project.total * 100
            assert by_year(figures, name, f"{other}/") == {}
            assert by_year(figures, name, "position/delivered/") == pence(project.delivered)
            assert by_year(figures, name, "position/forecast/") == pence(project.forecast)
            layouts[project.is_tracked] += 1
    assert min(layouts.values()) >= 4 * len(made.demo.quarters)


def test_the_answers_say_what_was_invented(made: Made) -> None:
    for quarter in made.demo.quarters:
        stated = made.answers["periods"][str(quarter.period)]["stated"]
        for project in quarter.projects:
            row = stated[made.demo.slug_of(project)]
            assert row["target"] == pence(project.due)
            assert row["delivered"] == {year: 100 * n for year, n in project.delivered.items()}
            assert row["forecast"] == {year: 100 * n for year, n in project.forecast.items()}
            assert row["layout"] == ("tracker" if project.is_tracked else "schedule")


_WORDS = ("owner", "cost_funding", "confirmed_by", "evidence")


def test_what_lines_and_register_say_in_words_is_what_was_invented(made: Made) -> None:
    seen: Counter[str] = Counter()
    for quarter in made.demo.quarters:
        read, stated = (
            made.read[quarter.period],
            made.answers["periods"][str(quarter.period)]["stated"],
        )
        assert 3 <= len({row.project for row in read.commentary}) <= 4
        for project in quarter.projects:
            name = made.demo.slug_of(project)
            row, wanted = read.register[name], stated[name]
            people = {
                column: getattr(row, column) or "" for column in ("owner", "contact", "posts")
            }
            assert people == {column: wanted[column] for column in people}
            seen.update(column for column, text in people.items() if text)
            rows = {each.ref: each for each in read.savings.of_project(name)}
            for line in wanted["lines"]:
                if "one_off_cost" in line:
                    found = rows[line["ref"]]
                    assert {key: getattr(found, key) or "" for key in _WORDS} == {
                        key: line[key] for key in _WORDS
                    }
                    cost = in_full(line["one_off_cost"]) if line["one_off_cost"] else None
                    assert found.one_off_cost == cost
                    seen.update(f"line {key}" for key in line if line[key])
    assert set(seen) >= {"owner", "contact", "posts", "line owner", "line one_off_cost"}
    assert set(seen) >= {"line cost_funding", "line confirmed_by", "line evidence"}


def test_each_line_of_a_tracker_is_read_under_its_year_and_measure(made: Made) -> None:
    for quarter in made.demo.quarters:
        rows = made.read[quarter.period].savings
        found = {
            (row.project, row.rag, row.measure, row.year, row.amount_pence)
            for row in rows
            if row.sheet == "Savings tracker" and row.amount_pence is not None
        }
        wanted = {
            (made.demo.slug_of(project), each.line.rag, measure, year, pounds * 100)
            for project in quarter.projects
            if project.is_tracked
            for each in project.in_tracker
            for measure, amounts in (
                ("original target", each.line.known),
                ("delivered to date", each.delivered),
                ("forecast", each.forecast),
            )
            for year, pounds in amounts.items()
        }
        assert found == wanted


def tracked(quarter: InventedQuarter) -> list[InventedProject]:
    return [project for project in quarter.projects if project.is_tracked]


def test_every_variance_of_a_tracker_is_checked_and_those_printed_wrong_are_found(
    made: Made,
) -> None:
    for quarter in made.demo.quarters:
        ends = Counter(
            finding.outcome
            for finding in check(made.read[quarter.period])
            if finding.rule == "variance-agrees"
        )
        of_lines = sum(
            len(each.variance) for project in tracked(quarter) for each in project.in_tracker
        )
        of_totals = sum(
            len(project.forecast) for project in tracked(quarter) if project.prints_total
        )
        wrong = sum(plant.kind == "variance" for plant in quarter.plants)
        assert ends == +Counter(agrees=of_lines + of_totals - wrong, disagrees=wrong)
        assert of_lines >= 4


def test_what_is_wrong_is_what_was_planted(made: Made) -> None:
    for quarter in made.demo.quarters:
        planted = made.answers["periods"][str(quarter.period)]["findings"]
        found = {finding.id: finding for finding in check(made.read[quarter.period])}
        errors = {name for name, finding in found.items() if finding.severity == "error"}
        assert errors == {row["id"] for row in planted if row["severity"] == "error"}
        for row in planted:
            finding = found[row["id"]]
            assert "; ".join(map(str, finding.cells)) == row["cells"]
            assert finding.parent == row["parent"]


def test_milestones_are_completed_where_they_were(made: Made) -> None:
    statuses: set[str | None] = set()
    for quarter in made.demo.quarters:
        read = made.read[quarter.period]
        put_off = {plant.where for plant in quarter.plants if plant.kind == "late-milestone"}
        for project in quarter.projects:
            rows = read.milestones.of_project(made.demo.slug_of(project))
            statuses |= {row.status for row in rows}
            wanted = [
                each.is_kept and each.last_day is not None and each.last_day <= read.as_of
                for each in project.milestones
            ]
            days = [each.last_day for each in project.milestones]
            if project.name not in put_off:
                assert [row.is_done for row in rows] == wanted
                assert [row.last_day for row in rows] == days
    assert statuses >= {"Complete", "Completed", "Done", "On track", "Delayed", None}


def amount(figures: Mapping[tuple[str, str], Figure], name: str) -> int:
    """The pence of a figure of the programme page; nil where it is not there, or nothing is."""
    figure = figures.get(("", name))
    return figure.pence if figure and figure.value is not None else 0


def test_what_projects_carry_is_what_the_programmes_own_projects_save_in_its_years(
    made: Made,
) -> None:
    checked = 0
    for quarter in made.demo.quarters:
        figures, start = made.figures(quarter), quarter.period.start
        stated = {year_label(start + ahead) for ahead in range(YEARS_AHEAD)}
        for directorate in DIRECTORATES:
            own = [
                each
                for each in quarter.projects
                if (each.directorate, each.plan) == (directorate, "Current")
                and each.programme == PROGRAMME
            ]
            if not made.copied(quarter).isdisjoint(each.name for each in own):
                continue
            name = f"{slug(directorate)}/in-projects"
            due = Counter[str]()
            for each in own:
                due.update(each.due)
            for year in stated if own else ():
                found = amount(figures, f"{name}/{year.replace('/', '-')}/carried")
                assert found == due[year] * 100
            within = sum(due[year] for year in stated)
            assert amount(figures, f"{name}/carried") == within * 100
            assert amount(figures, f"{name}/other-years") == (due.total() - within) * 100
            whole = made.demo.council.total(directorate, quarter.period) * 1_000
            assert amount(figures, f"{name}/rest") == (whole - within) * 100
            checked += bool(own)
    assert checked >= 4


def test_a_project_outside_the_plan_is_said_to_be(made: Made) -> None:
    for quarter in made.demo.quarters:
        outside = [each for each in quarter.projects if each.programme != PROGRAMME]
        assert all(each.plan == "Current" for each in outside)
        whole = sum(each.total for each in outside if each.name not in made.copied(quarter))
        assert amount(made.figures(quarter), "outside-the-plan/total") == whole * 100
        said = [
            finding.project
            for finding in check(made.read[quarter.period])
            if finding.rule == "projects-to-programme" and finding.project
        ]
        assert said == [made.demo.slug_of(each) for each in outside]
    assert any(each.programme != PROGRAMME for each in made.demo.quarters[0].projects)
