"""The paper, worked by hand.

What any run on its figures must report, and how each outcome follows from single cells.

All amounts here were added up by hand from the concept paper, in pounds.
"""

import csv
import shutil
from pathlib import Path

import openpyxl
import pytest

from ffanalysis import checks, measure, read
from ffanalysis.findings import Finding
from ffanalysis.present.words import say
from ffanalysis.run.files import findings_csv
from ffanalysis.savings.quarter import Quarter

PERIOD = "2015-16-Q2"
REPOSITORY = Path(__file__).parent.parent
SCHEDULE, BUDGET, REGISTER = "savings-schedule.xlsx", "base-budget.xlsx", "register.xlsx"
WIDER = "Education & Skills excluding SEND"
PROJECT = "SEN Contract Efficiency"
NEW = f"{PROJECT}: New Savings (Further and New)"
FASTER = f"{PROJECT}: Existing Savings (Faster)"


def report(
    root: Path, *changes: tuple[str, str, str, object]
) -> tuple[Quarter, tuple[Finding, ...]]:
    """What is found once these cells (workbook, sheet, cell, value) are changed."""
    for workbook, sheet, cell, value in changes:
        path = root / "data" / "raw" / PERIOD / workbook
        book = openpyxl.load_workbook(path)
        assert book[sheet][cell].value != value, "a change that changes nothing shows nothing"
        book[sheet][cell].value = value
        book.save(path)
    quarter = Quarter(read.load(PERIOD, root))
    assert [row.sentence for row in quarter.refusals] == []
    return quarter, checks.check(quarter)


def one(findings: tuple[Finding, ...], rule: str, subject: str = "", year: str = "") -> Finding:
    found = [
        item
        for item in findings
        if item.rule == rule and item.subject.startswith(subject) and item.year == year
    ]
    assert len(found) == 1, f"{rule} {subject} {year}: {[item.id for item in found]}"
    return found[0]


# rule, subject, year, outcome, severity, stated, calculated, tolerance: in pounds, None where there
# is none.
BY_HAND = [
    (
        "route-split",
        "Education & Skills",
        "",
        "agrees",
        "note",
        2_455_000,
        768_000 + 1_687_000,
        1_500,
    ),
    ("rag-columns", WIDER, "2015/16", "agrees", "note", 584_000, 584_000, 1_000),
    (
        "rag-columns",
        WIDER,
        "2016/17",
        "agrees",
        "note",
        1_495_000,
        318_000 + 1_025_000 + 152_000,
        2_000,
    ),
    ("rag-columns", WIDER, "2017/18", "agrees", "note", 376_000, 344_000 + 32_000, 1_500),
    ("rag-total", WIDER, "", "agrees", "note", 2_455_000, 584_000 + 1_495_000 + 376_000, 2_000),
    ("rag-rows", f"{WIDER}: Green Delivered", "", "not_stated", "note", None, 902_000, None),
    ("rag-rows", f"{WIDER}: Green On Target", "", "not_stated", "note", None, 1_369_000, None),
    ("rag-rows", f"{WIDER}: Amber", "", "not_stated", "note", None, 184_000, None),
    ("rag-rows", f"{WIDER}: Red", "", "not_stated", "note", None, None, None),
    ("analyses-agree", "Education & Skills", "", "agrees", "note", 2_455_000, 2_455_000, 1_000),
    ("scope-agrees", "Education & Skills", "", "not_comparable", "query", None, None, None),
    ("mtfp-tie", "Education & Skills", "", "not_stated", "query", None, 2_455_000, None),
    ("proposed-total", PROJECT, "2017/18", "agrees", "note", 100_000, 100_000, 1_000),
    ("proposed-total", PROJECT, "", "disagrees", "error", 100_000, 100_000 + 100_000, 1_500),
    ("orphan-total", FASTER, "", "disagrees", "error", 100_000, None, None),
    ("type-matches", PROJECT, "", "disagrees", "query", None, None, None),
    ("rag-stated", NEW, "2017/18", "not_stated", "query", None, 100_000, None),
    ("delivered-ahead", WIDER, "2016/17", "disagrees", "query", None, None, None),
    (
        "part-within-whole",
        "SEND Services",
        "2015/16",
        "within_limit",
        "note",
        5_900_000,
        1_083_000,
        50_500,
    ),
    ("saving-within-budget", PROJECT, "2017/18", "within_limit", "note", 1_083_000, 100_000, 1_000),
    ("budget-bridge", "Education & Skills", "", "not_comparable", "note", None, None, None),
    ("period-labels", "Education & Skills", "", "disagrees", "query", None, None, None),
    ("unit-labels", "base-budget.xlsx", "", "disagrees", "query", None, None, None),
    ("milestone-before-saving", PROJECT, "2017/18", "within_limit", "query", None, None, None),
    ("signed-off", PROJECT, "", "not_stated", "query", None, None, None),
    # 584 of 2015/16 and 318 of 2016/17; the project itself shows nothing as delivered.
    ("evidence", WIDER, "", "not_stated", "query", None, None, None),
]


@pytest.fixture(scope="module")
def found(
    example_quarter: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Quarter, tuple[Finding, ...]]:
    root = tmp_path_factory.mktemp("paper")
    shutil.copytree(example_quarter, root / "data" / "raw" / PERIOD)
    return report(root)


def test_the_workbooks_in_the_repository_are_those_that_the_tool_writes(
    example_quarter: Path,
) -> None:
    kept = REPOSITORY / "data" / "raw" / PERIOD
    assert {path.name: path.read_bytes() for path in kept.iterdir()} == {
        path.name: path.read_bytes() for path in example_quarter.iterdir()
    }


@pytest.mark.parametrize("expected", BY_HAND, ids=lambda row: f"{row[0]} {row[2]} {row[1]}".strip())
def test_each_check_of_the_paper_ends_as_worked_by_hand(
    found: tuple[Quarter, tuple[Finding, ...]], expected: tuple
) -> None:
    rule, subject, year, outcome, severity, stated, calculated, tolerance = expected
    exact = [
        item
        for item in found[1]
        if (item.rule, item.year) == (rule, year) and item.subject == subject
    ]
    finding = exact[0] if exact else one(found[1], rule, subject, year)
    pounds = [
        None if amount is None else amount // 100
        for amount in (finding.stated, finding.calculated, finding.tolerance)
    ]
    assert (finding.outcome, finding.severity) == (outcome, severity)
    assert pounds == [stated, calculated, tolerance]
    assert finding.cells


def test_the_errors_come_first_and_one_fault_makes_one_headline(
    found: tuple[Quarter, tuple[Finding, ...]],
) -> None:
    errors = [item for item in found[1] if item.severity == "error"]
    assert list(found[1][: len(errors)]) == errors
    total, orphan = errors
    assert (total.rule, orphan.rule) == ("proposed-total", "orphan-total")
    assert (total.parent, orphan.parent) == ("", total.id)
    assert total.difference == 100_000 * 100


# What a finding's sentence must say, figure by figure.
SAID = [
    (
        "proposed-total",
        PROJECT,
        "",
        [
            "£100,000 + ",
            "= £200,000",
            "£100,000 less than the sum",
            "typed in the wrong row",
            "second £100,000 saving",
        ],
    ),
    ("orphan-total", FASTER, "", ["a total of £100,000", "no amount in any year"]),
    (
        "type-matches",
        PROJECT,
        "",
        ["FURTHER is ticked", "£100,000 is under Existing Savings (Faster)"],
    ),
    ("rag-stated", NEW, "2017/18", ["the RAG status of £100,000 is not legible in the source"]),
    (
        "delivered-ahead",
        WIDER,
        "2016/17",
        ["£318,000", "30 September 2015", "secured, not delivered", "at most £584,000"],
    ),
    (
        "part-within-whole",
        "SEND Services",
        "2015/16",
        ["SEND Services comes to £1,083,000 of the £5,900,000 budget"],
    ),
    (
        "saving-within-budget",
        PROJECT,
        "2017/18",
        ["£100,000 is 9.2%", "the 2015/16 budget", "£1,083,000"],
    ),
    (
        "budget-bridge",
        "Education & Skills",
        "",
        [
            "£8,900,000 less £1,800,000 and £584,000 is £6,516,000; the budget is £5,900,000",
            "£616,000 is unexplained (± £150,500)",
            "£8,900,000 less £1,800,000 is £7,100,000; the budget is £5,900,000",
            "£1,200,000 is unexplained (± £150,000)",
            "on different bases",
        ],
    ),
    (
        "scope-agrees",
        "Education & Skills",
        "",
        ["'Education & Skills excluding SEND'", "'Education & Skills'"],
    ),
    ("mtfp-tie", "Education & Skills", "", ["£2,455,000", "MTFP was not supplied"]),
    (
        "analyses-agree",
        "Education & Skills",
        "",
        ["both come to £2,455,000", "Years were not compared"],
    ),
    (
        "period-labels",
        "Education & Skills",
        "",
        ["2015/16 to 2016/17", "2015/16 to 2017/18", "no money is affected"],
    ),
    (
        "unit-labels",
        "base-budget.xlsx",
        "",
        ["the title says £000", "the figures are in £m", "read as £m"],
    ),
    (
        "milestone-before-saving",
        PROJECT,
        "2017/18",
        ["2016 TBC", "falls before then, but that date is tentative", "has no date"],
    ),
    ("evidence", WIDER, "", ["£902,000 is rated Green Delivered", "No confirmation"]),
    (
        "signed-off",
        PROJECT,
        "",
        [
            "all three officers signed (27 August 2015)",
            "No approval by a member or committee is recorded",
        ],
    ),
]


@pytest.mark.parametrize(
    ("rule", "subject", "year", "words"),
    SAID,
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_finding_says_its_figures(
    found: tuple[Quarter, tuple[Finding, ...]], rule: str, subject: str, year: str, words: list[str]
) -> None:
    exact = [
        item
        for item in found[1]
        if (item.rule, item.year) == (rule, year) and item.subject == subject
    ]
    sentence = say((exact[0] if exact else one(found[1], rule, subject, year)).message)
    assert [word for word in words if word not in sentence] == [], sentence


def test_every_finding_stands_in_findings_csv_with_pounds_and_two_decimals(
    found: tuple[Quarter, tuple[Finding, ...]],
) -> None:
    rows = list(csv.DictReader(findings_csv(found[1]).splitlines()))
    assert [row["id"] for row in rows] == [item.id for item in found[1]]
    split = next(row for row in rows if row["rule"] == "route-split")
    assert (split["stated"], split["calculated"], split["difference"], split["tolerance"]) == (
        "2455000.00",
        "2455000.00",
        "0.00",
        "1500.00",
    )
    assert split["cells"].split("; ") == [
        f"savings-schedule.xlsx!Split by route!{cell}" for cell in ("B9", "B10", "B11")
    ]
    red = next(row for row in rows if row["subject"].endswith(": Red"))
    assert (red["stated"], red["calculated"], red["difference"]) == ("", "", "")


FIGURES = [
    ("proposed/total", 100_000),
    ("proposed/2017-18", 100_000),
    ("proposed/rag-not-stated", 100_000),
    ("service/budget/2015-16", 1_083_000),
    ("context/education-and-skills/total", 2_455_000),
    ("context/education-and-skills/delivered", 902_000),
    ("context/education-and-skills/not-delivered", 1_553_000),
    ("context/education-and-skills/base", 4_817_000),
    ("context/education-and-skills/to-come-if-after", 1_871_000),
    ("context/education-and-skills/to-come-if-before", 2_455_000),
    ("context/education-and-skills/retained", 768_000),
    ("context/education-and-skills/commissioned", 1_687_000),
    ("if-approved/education-and-skills/total", 2_555_000),
    ("if-approved/education-and-skills/2017-18", 476_000),
    ("bridge/education-and-skills/2013-14-to-2015-16/after/unreconciled", 616_000),
    ("bridge/education-and-skills/2013-14-to-2015-16/before/unreconciled", 1_200_000),
]
OTHER_FIGURES = [
    ("proposed/share", "9.2"),
    ("context/education-and-skills/to-come-if-after/share", "38.8"),
    ("context/education-and-skills/to-come-if-before/share", "51.0"),
    ("deadline-1/quantity", "3000"),
    ("deadline-1/months", "30"),
    ("deadline-1/rate", "100"),
]


def test_the_figures_that_go_with_it_are_those_worked_by_hand(
    found: tuple[Quarter, tuple[Finding, ...]],
) -> None:
    figures = {
        figure.name: figure
        for figure in measure.project_measures(found[0], "sen-contract-efficiency").figures()
    }
    assert {name: figures[name].pence for name, _ in FIGURES} == {
        name: pounds * 100 for name, pounds in FIGURES
    }
    assert {name: str(figures[name].value) for name, _ in OTHER_FIGURES} == dict(OTHER_FIGURES)
    assert figures["deadline-1/done"].value is None


@pytest.mark.parametrize(
    ("without", "part", "base"),
    [
        ("SEND", "Tutors", 4_817_000),
        ("SEND and Tutors", "Tutors", 4_417_000),
        ("tutors & mentors", "Tutors & Mentors", 5_500_000),
        ("Recharges", "Tutors", None),
    ],
)
def test_a_scope_draws_on_its_services_budget_without_the_parts_that_it_leaves_out(
    programme: Path, without: str, part: str, base: int | None
) -> None:
    sheet = "Base budget 2015-16"
    row = {
        "A6": part,
        "B6": "Education & Skills",
        "C6": "excluding Recharges & Management Restructure",
        "D6": "£0.4m",
    }
    added = [(BUDGET, sheet, cell, value) for cell, value in row.items()]
    found = report(
        programme,
        *added,
        (SCHEDULE, "Current programme", "B4", f"Education & Skills  excluding {without} "),
    )
    figures = {
        figure.name: figure
        for figure in measure.project_measures(found[0], "sen-contract-efficiency").figures()
    }
    assert "context/education-and-skills/total" in figures
    drawn_on = figures.get("context/education-and-skills/base")
    assert (drawn_on.pence if drawn_on else None) == (base * 100 if base else None)


# One cell changed, and the outcome that follows.
CHANGES = [
    (
        "a retained saving of 0.769",
        (SCHEDULE, "Split by route", "B9", 0.769),
        "route-split",
        "Education & Skills",
        "",
        "within_rounding",
    ),
    (
        "a retained saving of 0.778",
        (SCHEDULE, "Split by route", "B9", 0.778),
        "route-split",
        "Education & Skills",
        "",
        "disagrees",
    ),
    (
        "a split's total of 2.465",
        (SCHEDULE, "Split by route", "B11", 2.465),
        "analyses-agree",
        "Education & Skills",
        "",
        "disagrees",
    ),
    (
        "Amber 156 in 2016/17",
        (SCHEDULE, "Current programme", "C10", 156),
        "rag-columns",
        WIDER,
        "2016/17",
        "disagrees",
    ),
    (
        "Amber 154 in 2016/17",
        (SCHEDULE, "Current programme", "C10", 154),
        "rag-columns",
        WIDER,
        "2016/17",
        "within_rounding",
    ),
    (
        "Amber TBC in 2016/17",
        (SCHEDULE, "Current programme", "C10", "TBC"),
        "rag-columns",
        WIDER,
        "2016/17",
        "not_stated",
    ),
    (
        "a total of 586 in 2015/16",
        (SCHEDULE, "Current programme", "B12", 586),
        "rag-columns",
        WIDER,
        "2015/16",
        "disagrees",
    ),
    (
        "an overall total of 2,465",
        (SCHEDULE, "Current programme", "E12", 2465),
        "rag-total",
        WIDER,
        "",
        "disagrees",
    ),
    (
        "a row total of 902",
        (SCHEDULE, "Current programme", "E8", 902),
        "rag-rows",
        f"{WIDER}: Green Delivered",
        "",
        "agrees",
    ),
    (
        "a row total of 912",
        (SCHEDULE, "Current programme", "E8", 912),
        "rag-rows",
        f"{WIDER}: Green Delivered",
        "",
        "disagrees",
    ),
    (
        "one scope for both",
        (SCHEDULE, "Split by route", "B4", WIDER),
        "scope-agrees",
        "Education & Skills",
        "",
        "agrees",
    ),
    (
        "TOTAL 110 in 2017/18",
        (SCHEDULE, "Proposed savings", "E17", 110),
        "proposed-total",
        PROJECT,
        "2017/18",
        "disagrees",
    ),
    (
        "TOTAL 200 overall",
        (SCHEDULE, "Proposed savings", "H17", 200),
        "proposed-total",
        PROJECT,
        "",
        "agrees",
    ),
    (
        "FASTER ticked",
        (REGISTER, "Projects", "C4", "FASTER"),
        "type-matches",
        PROJECT,
        "",
        "disagrees",
    ),
    (
        "Amber for the 100",
        (SCHEDULE, "Proposed savings", "C10", "Amber"),
        "rag-stated",
        PROJECT,
        "",
        "agrees",
    ),
    (
        "318 only on target",
        (SCHEDULE, "Current programme", "C8", None),
        "delivered-ahead",
        WIDER,
        "",
        "agrees",
    ),
    (
        "SEND 6.1 of 5.9",
        (BUDGET, "Base budget 2015-16", "D5", "£6.100m"),
        "part-within-whole",
        "SEND Services",
        "2015/16",
        "exceeds_limit",
    ),
    (
        "SEND 5.88 of 5.9",
        (BUDGET, "Base budget 2015-16", "D5", "£5.880m"),
        "part-within-whole",
        "SEND Services",
        "2015/16",
        "too_close",
    ),
    (
        "a saving of 1,200",
        (SCHEDULE, "Proposed savings", "E10", 1200),
        "saving-within-budget",
        PROJECT,
        "2017/18",
        "exceeds_limit",
    ),
    (
        "2015-18 in the heading",
        (SCHEDULE, "Current programme", "A1", "Current Savings Programme (£000) & RAG 2015-18"),
        "period-labels",
        "Edu",
        "",
        "agrees",
    ),
    (
        "(£m) in the heading",
        (BUDGET, "Base budget 2015-16", "A1", "2015-16 Base Budget (£m)"),
        "unit-labels",
        "base",
        "",
        "agrees",
    ),
    (
        "a transfer in 2018",
        (REGISTER, "Milestones", "C6", "June 2018"),
        "milestone-before-saving",
        PROJECT,
        "2017/18",
        "exceeds_limit",
    ),
    (
        "a transfer in 2017",
        (REGISTER, "Milestones", "C6", "2017 TBC"),
        "milestone-before-saving",
        PROJECT,
        "2017/18",
        "too_close",
    ),
    (
        "a cabinet's approval",
        (REGISTER, "Sign-off", "B6", "Cabinet"),
        "signed-off",
        PROJECT,
        "",
        "agrees",
    ),
]


@pytest.mark.parametrize(
    ("what", "change", "rule", "subject", "year", "outcome"),
    CHANGES,
    ids=[row[0] for row in CHANGES],
)
def test_one_changed_cell_changes_the_outcome(
    programme: Path, what: str, change: tuple, rule: str, subject: str, year: str, outcome: str
) -> None:
    _, findings = report(programme, change)
    outcomes = {
        item.outcome
        for item in findings
        if item.rule == rule and item.subject.startswith(subject) and item.year == year
    }
    assert outcome in outcomes
    changed = [item for item in findings if item.rule == rule and item.outcome == outcome]
    place = f"{change[0]}!{change[1]}!{change[2]}"
    # A blanked, retitled or relabelled cell is no longer an amount's cell; every other change is
    # named among the finding's cells.
    if change[3] is not None and isinstance(change[3], int | float):
        assert any(place in map(str, item.cells) for item in changed)


def test_the_orphan_and_its_parent_go_once_the_second_saving_has_a_year_and_the_total_holds_it(
    programme: Path,
) -> None:
    # The second saving as Amber in 2017/18: its line, its type's total, and the grand totals.
    changes = [
        (SCHEDULE, "Proposed savings", "E14", 100),
        (SCHEDULE, "Proposed savings", "E16", 100),
        (SCHEDULE, "Proposed savings", "E17", 200),
        (SCHEDULE, "Proposed savings", "H17", 200),
    ]
    _, findings = report(programme, *changes)
    assert not [item for item in findings if item.rule == "orphan-total"]
    assert not [item for item in findings if item.severity == "error"]


def test_the_bridge_is_an_equality_once_both_budgets_stand_on_one_basis(programme: Path) -> None:
    basis = "excluding Recharges & Management Restructure"
    _, findings = report(programme, (BUDGET, "Controllable budget 2013-14", "B5", basis))
    assert one(findings, "budget-bridge").outcome == "disagrees"


def test_the_bridge_agrees_where_the_budgets_leave_nothing_over(programme: Path) -> None:
    basis = "excluding Recharges & Management Restructure"
    # 8.9 less 1.8 is 7.1: the reading in which 7.1 stands before its own year's savings.
    changes = [
        (BUDGET, "Controllable budget 2013-14", "B5", basis),
        (BUDGET, "Base budget 2015-16", "D4", "£7.1m"),
    ]
    assert one(report(programme, *changes)[1], "budget-bridge").outcome == "agrees"


def test_one_wrong_total_is_one_headline_and_explains_the_rest(programme: Path) -> None:
    # 1,505 instead of 1,495: the column disagrees by 10, and so does the sum of the totals.
    _, findings = report(programme, (SCHEDULE, "Current programme", "C12", 1505))
    column = one(findings, "rag-columns", WIDER, "2016/17")
    assert (column.outcome, column.difference) == ("disagrees", -10_000 * 100)
    overall = one(findings, "rag-total", WIDER)
    assert (overall.difference, overall.parent) == (10_000 * 100, column.id)


def test_a_thousandfold_slip_is_named_as_such(programme: Path) -> None:
    # The split's total typed in £000 under a heading in £m.
    _, findings = report(programme, (SCHEDULE, "Split by route", "B11", 2455))
    assert one(findings, "unit-slip", "Education & Skills").severity == "error"


def test_a_marked_gap_makes_a_partial_sum_that_says_so(programme: Path) -> None:
    quarter, findings = report(programme, (SCHEDULE, "Current programme", "C9", "TBC"))
    finding = one(findings, "rag-columns", WIDER, "2016/17")
    assert "known parts £470,000 of £1,495,000" in say(finding.message)
    figures = {
        figure.name: figure
        for figure in measure.project_measures(quarter, "sen-contract-efficiency").figures()
    }
    assert figures["context/education-and-skills/2016-17"].partial
    assert figures["context/education-and-skills/total"].partial


def test_the_last_period_day_moves_with_an_as_of_cell(programme: Path) -> None:
    # As of 1 May 2016 the year 2016/17 has begun, so its 318 may be delivered; 23 months are left
    # to 1 April 2018.
    quarter, findings = report(
        programme,
        (REGISTER, "Projects", "A2", "As of"),
        (REGISTER, "Projects", "B2", "30 April 2016"),
    )
    assert one(findings, "delivered-ahead", WIDER).outcome == "agrees"
    figures = {
        figure.name: figure
        for figure in measure.project_measures(quarter, "sen-contract-efficiency").figures()
    }
    # 3,000 over 23 months is 130.4 a month: who does 130 is late.
    assert (figures["deadline-1/months"].value, str(figures["deadline-1/rate"].value)) == (
        23,
        "131",
    )
