"""What an analyst's frames say is what the briefings say, and each column has a meaning."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from text_quarter import quarter

import ffanalysis as ff
from ffanalysis.api import CheckedQuarter, Quarter
from ffanalysis.demo import write_demo
from ffanalysis.frames.columns import ALWAYS, COLUMNS, PLAN_WORDS
from ffanalysis.measure.position import position
from ffanalysis.measure.project_savings import project_savings
from ffanalysis.vocabulary import Plan

TABLES = tuple(name for name in COLUMNS if name not in ("findings", "figures"))


@pytest.fixture(scope="module")
def quarters(example_quarter: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Quarter]:
    """The example, and three quarters of an invented programme of six projects."""
    root = tmp_path_factory.mktemp("frames")
    (root / "example" / "data" / "raw").mkdir(parents=True)
    (root / "example" / "data" / "raw" / "2015-16-Q2").symlink_to(example_quarter)
    periods = write_demo(root / "demo", 6, 3, 5)
    return [
        ff.load("2015-16-Q2", root / "example"),
        *(ff.load(period, root / "demo") for period in periods),
    ]


def in_pence(values: Any) -> int | None:
    """A column's sum in pence; None where nothing is stated."""
    total = values.sum(min_count=1)
    return None if pd.isna(total) else round(total * 100_000)


def test_the_savings_that_count_come_to_the_headline_of_each_briefing(
    quarters: list[Quarter],
) -> None:
    compared = 0
    for found in quarters:
        records = found.records
        counted = found.savings.query("counts == 'yes'")
        by_year = found.savings_by_year.query("counts == 'yes'")
        for project, row in records.register.items():
            headline = ff.briefing(found, found.findings, project).measures.main.total
            assert found.project(row.name).headline == headline
            for own in project_savings(records, project):
                if own.plan == Plan.PRIOR:
                    continue
                words = PLAN_WORDS[own.plan]
                where = position(records, project, own.total, own.plan)
                for frame in (counted, by_year):
                    mine = frame[(frame["project"] == row.name) & (frame["plan"] == words)]
                    assert in_pence(mine["target"]) == own.total.value
                    assert in_pence(mine["delivered"]) == where.delivered.value
                    assert in_pence(mine["forecast"]) == where.forecast.value
                compared += own.total == headline and headline.value is not None
            (target,) = found.projects.query("page == @project")["target"]
            assert in_pence(pd.Series([target])) == headline.value
    assert compared == 19, "each project of each quarter has a headline"


def test_every_column_has_a_meaning_and_none_is_blank_that_need_not_be(
    quarters: list[Quarter],
) -> None:
    words = ff.dictionary()
    assert list(words) == ["table", "column", "meaning", "unit"]
    assert set(words["unit"]) >= {"£000", "£", "yes or no"}
    seen: dict[str, set[str]] = {name: set() for name in COLUMNS}
    for found in quarters:
        frames = {name: getattr(found, name) for name in TABLES}
        frames["findings"] = found.findings.frame()
        frames["figures"] = found.project(found.records.slugs[0]).figures
        for name, frame in frames.items():
            assert list(frame) == [each for each in COLUMNS[name] if each in frame]
            assert set(frame) >= ALWAYS.get(name, set())
            for column in set(frame) - ALWAYS.get(name, set()):
                values = frame[column]
                assert frame.empty or not (values.isna() | (values.astype(str) == "")).all()
            seen[name] |= set(frame)
    # What none of these quarters has: withheld and confidential projects, and what is not added.
    assert {name: set(COLUMNS[name]) - seen[name] for name in ("projects", "milestones")} == {
        "projects": {"withheld", "confidential"},
        "milestones": set(),
    }
    assert quarters[0].dictionary.equals(words)


def test_a_frame_is_a_copy(quarters: list[Quarter]) -> None:
    first = quarters[0].savings
    first["target"] = 0
    assert quarters[0].savings["target"].sum() == 100


REGISTER = """register.xlsx!Projects
Project | Title | Type of saving | Status | Owner
Alpha | The first | New | Approved | Head of A
Beta | The second | New | Approved | Head of B"""


def shown(*sheets: str) -> Quarter:
    return Quarter(quarter(REGISTER, *sheets))


def rows(frame: pd.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    """The rows of a frame in these columns; None for what is not stated."""
    return [
        tuple(None if pd.isna(value) else value for value in row)
        for row in frame[list(columns)].itertuples(index=False)
    ]


def test_a_saving_is_counted_once_and_its_revised_target_replaces_the_first() -> None:
    found = shown(
        """tracker.xlsx!Lines
£000
Plan | Current
Ref | Project | Type of saving | RAG | Owner | Mitigates | Original target | Revised target | Delivered to date | Forecast
A-1 | Alpha | New | Amber | Ann | | 100 | 80 | 20 | 70
A-2 | Alpha | Faster | Green On Target | | | 30 | 30 | | 30
A-3 | Alpha | New | Red | | A-1 | 5 | 5 | | 5
B-1 | Beta | New | Red | | | 40 | 40 | |"""  # noqa: E501 - a row of a sheet
    )
    assert rows(found.savings, "ref", "owner", "target", "delivered", "forecast", "counts") == [
        ("A-1", "Ann", 80, 20, 70, "yes"),
        ("A-2", "Head of A", 30, None, 30, "no"),
        ("A-3", "Head of A", 5, None, 5, "no"),
        ("B-1", "Head of B", 40, None, None, "yes"),
    ]
    assert rows(found.savings, "original_target", "variance", "why_not") == [
        (100, -10, ""),
        (30, 0, "it only brings savings forward"),
        (5, 0, "it mitigates A-1"),
        (40, None, ""),
    ]
    assert rows(found.projects, "project", "target", "forecast", "shortfall") == [
        ("Alpha", 80, 70, 10),
        ("Beta", 40, None, None),
    ]


def test_what_is_reported_of_two_lines_together_is_shown_once() -> None:
    found = shown(
        """targets.xlsx!Lines
£000
Plan | Current
Project | Type of saving | RAG | 2015/16 | 2016/17
Alpha | New | Amber | 40 | 60
Alpha | Further | Red | 10 |
Beta | New | Red | 5 |""",
        """delivered.xlsx!Progress
£000
Plan | Current
Measure | Delivered to date
Project | 2015/16
Alpha | 25
Beta | 5""",
    )
    assert rows(found.savings, "project", "line", "target", "delivered", "counts") == [
        ("Alpha", "New", 100, None, "yes"),
        ("Alpha", "Further", 10, None, "yes"),
        ("Alpha", "All lines together", None, 25, "yes"),
        ("Beta", "New", 5, None, "yes"),
        ("Beta", "All lines together", None, 5, "yes"),
    ]
    assert rows(found.savings, "target_this_year", "delivered_this_year") == [
        (40, None),
        (10, None),
        (None, 25),
        (5, None),
        (None, 5),
    ]
    assert rows(found.savings_by_year, "line", "year", "rag", "target", "delivered")[:4] == [
        ("New", "2015/16", "Amber", 40, None),
        ("New", "2016/17", "Amber", 60, None),
        ("Further", "2015/16", "Red", 10, None),
        ("All lines together", "2015/16", "not stated", None, 25),
    ]


def test_a_line_that_is_listed_twice_has_what_its_own_row_reports() -> None:
    found = shown(
        """tracker.xlsx!Lines
£000
Plan | Current
Ref | Project | Type of saving | RAG | Target | Delivered to date
A-1 | Alpha | New | Amber | 40 | 10
A-1 | Alpha | New | Amber | 60 | 25"""
    )
    assert rows(found.savings, "target", "delivered") == [(40, 10), (60, 25)]
    assert found.project("alpha").headline.pence == 10_000_000


def test_a_gap_is_no_nil_and_says_what_stands_there() -> None:
    found = shown(
        """schedule.xlsx!Lines
£000
Plan | Proposed
Project | Type of saving | RAG | 2016/17 | 2017/18
Alpha | New | Amber | 40 | TBC
Beta | New | Amber | .. | TBC"""
    )
    assert rows(found.savings, "project", "target", "missing") == [
        ("Alpha", 40, "part of the target: TBC"),
        ("Beta", None, "the target: .."),
    ]


def test_nothing_of_a_project_that_is_withheld_counts() -> None:
    found = shown(
        """schedule.xlsx!Lines
£000
Plan | Proposed
Project | Type of saving | RAG | 2016/17 | 2017/18
Alpha | New | Amber | 40 | about 7
Beta | New | Amber | 5 | 6"""
    )
    assert rows(found.savings, "project", "counts", "why_not") == [
        ("Alpha", "no", "the project is withheld: a cell cannot be read"),
        ("Beta", "yes", ""),
    ]
    (alpha, beta) = rows(found.projects, "target", "withheld")
    assert alpha[0] is None
    assert "'about 7' is not an amount" in alpha[1]
    assert beta == (11, "")
    assert "withheld" in repr(found.project("Alpha"))


def test_a_change_is_a_row_with_what_was_and_what_is() -> None:
    then = """2015-16-Q1/schedule.xlsx!Lines
£000
Plan | Current
Ref | Project | Type of saving | RAG | 2015/16 | 2016/17
A-1 | Alpha | New | Green On Target | 40 |
B-1 | Beta | New | Red | 30 | 10"""
    now = """schedule.xlsx!Lines
£000
Plan | Current
Ref | Project | Type of saving | RAG | Reason for movement | 2015/16 | 2016/17
A-1 | Alpha | New | Amber | surveys are late | 15 | 25
B-2 | Beta | New | Red | | 5 | 5"""
    found = Quarter(quarter(f"2015-16-Q1/{REGISTER}", then, REGISTER, now))
    columns = ("project", "line", "change", "was", "now", "amount", "adverse", "reason")
    assert rows(found.changes, *columns) == [
        ("Alpha", "New (A-1)", "RAG", "Green On Target", "Amber", None, "yes", "surveys are late"),
        ("Alpha", "New (A-1)", "slipped", "2015/16", "2016/17", 25, "yes", "surveys are late"),
        ("Beta", "New (B-2)", "new", "", "10", 10, "no", ""),
        ("Beta", "New (B-1)", "taken out", "40", "", -40, "yes", ""),
    ]


def test_displays_are_short_and_read_like_a_sentence(quarters: list[Quarter]) -> None:
    found = quarters[0]
    assert repr(found) == (
        "<Quarter 2015-16-Q2: as at 30 September 2015, 1 project, 2 errors, 10 queries, 19 notes>"
    )
    first = found.findings[0]
    assert repr(first).startswith("<Finding error: SEN Contract Efficiency, overall: New Savings")
    assert repr(first).endswith("Difference £100,000.>")
    assert max(len(repr(each)) for each in found.findings) < 700
    assert repr(found.project("sen contract efficiency")) == (
        "<Project SEN Contract Efficiency: proposed saving £100,000, 2 errors, 10 queries,"
        " 18 notes>"
    )
    headline = found.project("sen-contract-efficiency").headline
    assert repr(headline) == (
        "<Figure proposed/total: Proposed saving, £100,000,"
        " savings-schedule.xlsx!Proposed savings!E10>"
    )
    for shown_thing in (found, first, found.findings, headline):
        html = shown_thing._repr_html_()
        assert html.count("<") == html.count(">")
        assert len(html) < 9_000
    assert "<b>error</b>" in first._repr_html_()
    assert "… and 21 more" in found.findings._repr_html_()


def test_a_name_with_signs_of_html_is_shown_as_it_is() -> None:
    found = Quarter(
        quarter(
            "register.xlsx!Projects\nProject | Title | Type of saving | Status\n"
            "Tea <b> & Co | All | New | Approved",
            "schedule.xlsx!Lines\n£000\nPlan | Proposed\nProject | Type of saving | 2016/17\n"
            "Tea <b> & Co | New | 40",
        )
    )
    shown_name = found.project("tea <B> and co")._repr_html_()
    assert "Tea &lt;b&gt; &amp; Co" in shown_name


def test_the_quarter_of_a_notebook_holds_what_checks_and_briefings_take() -> None:
    found = shown()
    assert isinstance(found.records, CheckedQuarter)
    assert ff.check(found) is found.findings
    assert ff.programme(found, found.findings).failed == ()


def test_the_run_says_which_briefings_could_not_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    found = shown()
    monkeypatch.setenv("FFANALYSIS_FAILED", "alpha beta")
    page = ff.programme(found, found.findings)
    assert page.failed == ("alpha", "beta")
    assert "Could not be made: Alpha, Beta." in str(page.withheld_projects().html)
    # As a notebook of an earlier version names them.
    monkeypatch.delenv("FFANALYSIS_FAILED")
    assert ff.programme(found, found.findings, "beta").failed == ("beta",)
