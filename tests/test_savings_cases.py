"""What a saving comes to where its schedule states more than its target.

Savings brought forward, lines that stand in for others, several plans, several measures, printed
totals. Each case is worked out by hand, in £000, and holds for a project's lines and for a
programme's, in whatever layout the schedule is.
"""

import re

import pytest
from outcomes import Outcome, calculated, in_pounds, money_in, sentences
from schedules import (
    ALPHA,
    DELIVERED,
    FORECAST,
    LAYOUTS,
    PROGRAMME,
    REVISED,
    TARGET,
    Layout,
    Line,
    Owner,
    drawn,
    with_total,
)
from text_quarter import quarter

from ffanalysis.checks import check
from ffanalysis.measure.movement import movement
from ffanalysis.present.words import say
from ffanalysis.vocabulary import Plan

REGISTER = """example.xlsx!Projects
Project | Title | Type of saving | Service | Programme
Alpha | Alpha in all | New | Libraries | Change"""
BUDGET = """example.xlsx!Budget
Base budget (£000)
Service | Basis | 2015/16
Libraries | net | 2,000"""
PLAN = """example.xlsx!MTFP
Medium term financial plan (£000)
Line | Service | 2016/17
Library savings | Libraries | {}"""
MILESTONE = """example.xlsx!Milestones
Project | Milestone | Completed by
Alpha | Contract let | {}"""
TOTALS = ("rag-columns", "rag-rows", "rag-total", "stated-total", "proposed-total", "orphan-total")

in_each_layout = pytest.mark.parametrize("layout", LAYOUTS, ids=str)


def outcome(*sheets: str) -> Outcome:
    """What comes of sheets beside the register and the budget; nothing of them may be refused."""
    found = Outcome(quarter(REGISTER, BUDGET, *sheets))
    assert found.refused == []
    return found


def of_project(lines: list[Line], layout: Layout, *more: str) -> Outcome:
    return outcome(drawn(lines, layout), *more)


def of_programme(lines: list[Line], layout: Layout, *more: str) -> Outcome:
    """The same lines as a programme's own, which are context to the project."""
    return outcome(drawn(lines, layout, PROGRAMME), *more)


def within_budget(found: Outcome) -> dict[str, list[float | None]]:
    """What is compared with the budget of the service, by year."""
    findings = found.of_rule("saving-within-budget")
    return {
        year: sorted(calculated(item for item in findings if item.year == year))
        for year in sorted({item.year for item in findings})
    }


def due(found: Outcome) -> set[tuple[str, float | None]]:
    """What is said to be due from which year, beside the milestones."""
    return {
        (item.year, in_pounds(figure))
        for item in found.of_rule("milestone-before-saving")
        for figure in money_in(item)
    }


def both(pounds: float) -> dict[str, float | None]:
    return {"alpha": pounds, "": pounds}


def of_libraries(found: Outcome, name: str = "total") -> dict[str, float | None]:
    """A figure of the programme for Libraries: in the project's briefing and on the page of all."""
    amounts = {}
    for project in ("alpha", ""):
        (figure,) = (
            figure
            for figure in found.figures(project).values()
            if re.fullmatch(f"context/libraries[^/]*/{name}", figure.name)
        )
        amounts[project] = in_pounds(figure)
    return amounts


def total_of(found: Outcome, owner: Owner) -> float | None:
    return found.pounds("current/total") if owner.is_project else of_libraries(found)[""]


# Savings that are only brought forward: New 100 and Existing (Faster) 40 come to 100.


def with_faster(plan: str = "Proposed") -> list[Line]:
    return [
        Line({TARGET: {"2016/17": 100}}, plan=plan),
        Line({TARGET: {"2016/17": 40}}, ref="A-2", plan=plan, kind="Existing (Faster)"),
    ]


@in_each_layout
@pytest.mark.parametrize("plan", ["Proposed", "Current"])
def test_what_is_brought_forward_is_not_added_to_a_projects_saving(
    layout: Layout, plan: str
) -> None:
    found = of_project(with_faster(plan), layout)
    name = plan.lower()
    assert found.pounds(f"{name}/total") == found.pounds(f"{name}/2016-17") == 100_000
    assert found.figures()[f"{name}/share"].value == 5, "100 of 2,000"
    assert within_budget(found) == {"2016/17": [100_000]}
    assert due(found) == {("2016/17", 100_000)}
    assert 140_000 not in found.every_amount()


@in_each_layout
def test_what_is_brought_forward_is_not_added_to_a_programme(layout: Layout) -> None:
    found = of_programme(with_faster("Current"), layout, PLAN.format(100))
    assert of_libraries(found) == both(100_000)
    assert of_libraries(found, "2016-17") == both(100_000)
    assert [(item.outcome, item.calculated) for item in found.of_rule("mtfp-tie")] == [
        ("agrees", 100_000_00)
    ]
    assert 140_000 not in found.every_amount()


@in_each_layout
def test_a_saving_brought_forward_does_not_bring_forward_the_start_of_another(
    layout: Layout,
) -> None:
    # New 100 from 2017/18; Faster 40 in 2016/17. The milestone of June 2016 is before April 2017.
    lines = [
        Line({TARGET: {"2017/18": 100}}, plan="Proposed"),
        Line({TARGET: {"2016/17": 40}}, ref="A-2", plan="Proposed", kind="Existing (Faster)"),
    ]
    found = of_project(lines, layout, MILESTONE.format("June 2016"))
    (milestone,) = found.of_rule("milestone-before-saving")
    assert (milestone.id, milestone.outcome) == (
        "milestone-before-saving:alpha:2017-18",
        "within_limit",
    )
    assert due(found) == {("2017/18", 100_000)}
    assert within_budget(found) == {"2017/18": [100_000]}
    assert found.pounds("proposed/total") == found.pounds("proposed/2017-18") == 100_000
    assert 140_000 not in found.every_amount()


@in_each_layout
def test_a_milestone_after_the_start_is_told_as_the_timeline_tells_it(layout: Layout) -> None:
    # The other way round: New 100 from 2016/17, and the milestone falls after 1 April 2016.
    lines = [
        Line({TARGET: {"2016/17": 100}}, plan="Proposed"),
        Line({TARGET: {"2015/16": 40}}, ref="A-2", plan="Proposed", kind="Existing (Faster)"),
    ]
    found = of_project(lines, layout, MILESTONE.format("June 2016"))
    (milestone,) = found.of_rule("milestone-before-saving")
    assert (milestone.id, milestone.outcome) == (
        "milestone-before-saving:alpha:2016-17",
        "exceeds_limit",
    )
    assert due(found) == {("2016/17", 100_000)}


# A line that stands in for another: A-2 of 60 mitigates A-1 of 100.


def with_mitigation() -> list[Line]:
    return [
        Line({TARGET: {"2016/17": 100}, FORECAST: {"2016/17": 70}}),
        Line({TARGET: {"2016/17": 60}}, ref="A-2", mitigates="A-1", recurring="One-off"),
    ]


@in_each_layout
def test_what_mitigates_a_projects_saving_is_no_second_saving(layout: Layout) -> None:
    found = of_project(with_mitigation(), layout)
    assert found.pounds("current/total") == found.pounds("current/2016-17") == 100_000
    assert within_budget(found) == {"2016/17": [100_000]}
    assert due(found) == {("2016/17", 100_000)}
    # 100 − 70 = 30 short; 60 stand in for it, so that nothing is unmitigated.
    assert found.pounds("position/shortfall") == 30_000
    assert found.pounds("position/mitigated-one-off") == 60_000
    assert found.pounds("position/unmitigated") == 0
    assert 160_000 not in found.every_amount()


@in_each_layout
def test_what_mitigates_a_programmes_saving_is_no_second_saving(layout: Layout) -> None:
    found = of_programme(with_mitigation(), layout, PLAN.format(100))
    assert of_libraries(found) == both(100_000)
    assert [(item.outcome, item.calculated) for item in found.of_rule("mtfp-tie")] == [
        ("agrees", 100_000_00)
    ]
    assert 160_000 not in found.every_amount()


# Several plans: what is proposed, what is in the plan, and what earlier years decided.


def with_plans(*amounts: tuple[str, int]) -> list[Line]:
    return [
        Line({TARGET: {"2016/17": amount}}, ref=f"A-{number}", plan=plan)
        for number, (plan, amount) in enumerate(amounts, 1)
    ]


@in_each_layout
def test_a_proposal_is_not_added_to_what_is_in_the_plan(layout: Layout) -> None:
    found = of_project(with_plans(("Proposed", 100), ("Current", 300)), layout)
    assert (found.pounds("proposed/total"), found.pounds("current/total")) == (100_000, 300_000)
    assert within_budget(found) == {"2016/17": [100_000, 300_000]}
    assert due(found) <= {("2016/17", 100_000), ("2016/17", 300_000)}
    assert due(found)
    assert 400_000 not in found.every_amount()


@in_each_layout
def test_what_earlier_years_decided_is_not_added_to_what_is_in_the_plan(layout: Layout) -> None:
    found = of_project(with_plans(("Prior", 500), ("Current", 100)), layout)
    assert found.pounds("current/total") == 100_000
    assert within_budget(found) == {"2016/17": [100_000]}
    assert due(found) == {("2016/17", 100_000)}
    assert 600_000 not in found.every_amount()


@in_each_layout
@pytest.mark.parametrize("other", ["Proposed", "Prior"])
def test_the_plans_of_a_programme_are_not_added(layout: Layout, other: str) -> None:
    found = of_programme(with_plans((other, 100), ("Current", 300)), layout, PLAN.format(300))
    assert of_libraries(found) == both(300_000)
    assert [(item.outcome, item.calculated) for item in found.of_rule("mtfp-tie")] == [
        ("agrees", 300_000_00)
    ]
    assert 400_000 not in found.every_amount()


@pytest.mark.parametrize("owner", [ALPHA, PROGRAMME], ids=["project", "programme"])
def test_plans_as_the_columns_of_a_table_with_a_row_for_each_year(owner: Owner) -> None:
    stated = "\n".join(f"{name} | {value}" for name, value in owner.words.items())
    found = outcome(f"""example.xlsx!Savings
Savings (£000)
{stated}
Type of saving | New
Year | Proposed | Current
2016/17 | 100 | 300
2017/18 | 50 | 30""")
    amounts = found.every_amount()
    if owner.is_project:
        assert within_budget(found) == {"2016/17": [100_000, 300_000], "2017/18": [30_000, 50_000]}
        assert (found.pounds("proposed/total"), found.pounds("current/total")) == (150_000, 330_000)
    else:
        assert of_libraries(found) == both(330_000)
    assert not amounts & {400_000, 80_000, 480_000}


# Several measures of one line: 100 was the target, 80 is the target now, 75 is forecast.


def with_measures(rag: str) -> list[Line]:
    year = "2016/17"
    return [Line({TARGET: {year: 100}, REVISED: {year: 80}, FORECAST: {year: 75}}, rag=rag)]


def assert_delivered_once(found: Outcome, subject: str) -> None:
    (ahead,) = found.of_rule("delivered-ahead")
    assert ahead.id == f"delivered-ahead:{subject}:2016-17"
    assert {in_pounds(figure) for figure in money_in(ahead)} == {80_000}
    # 100 + 80 + 75, and any two of them.
    assert not found.every_amount() & {255_000, 180_000, 175_000, 155_000}


@in_each_layout
def test_what_a_projects_line_marks_as_delivered_is_its_target_alone(layout: Layout) -> None:
    found = of_project(with_measures("Green Delivered"), layout)
    assert found.pounds("current/total") == 80_000
    assert within_budget(found) == {"2016/17": [80_000]}
    assert_delivered_once(found, "alpha")


@in_each_layout
def test_what_a_programmes_line_marks_as_delivered_is_its_target_alone(layout: Layout) -> None:
    found = of_programme(with_measures("Green Delivered"), layout)
    assert of_libraries(found) == both(80_000)
    assert of_libraries(found, "delivered") == both(80_000)
    assert_delivered_once(found, "libraries")


@in_each_layout
@pytest.mark.parametrize("owner", [ALPHA, PROGRAMME], ids=["project", "programme"])
def test_a_line_that_was_not_revised_keeps_its_target(layout: Layout, owner: Owner) -> None:
    # 120 was revised to 100, and 50 was not: 100 + 50 = 150.
    lines = [
        Line({TARGET: {"2016/17": 120}, REVISED: {"2016/17": 100}}),
        Line({TARGET: {"2016/17": 50}}, ref="A-2"),
    ]
    found = outcome(drawn(lines, layout, owner))
    assert total_of(found, owner) == 150_000


@in_each_layout
@pytest.mark.parametrize("owner", [ALPHA, PROGRAMME], ids=["project", "programme"])
def test_a_line_without_a_rag_status_is_asked_about_once(layout: Layout, owner: Owner) -> None:
    found = outcome(drawn(with_measures("TBC"), layout, owner))
    asked = [item for item in found.of_rule("rag-stated") if item.outcome == "not_stated"]
    assert calculated(asked) == [80_000]


@pytest.mark.parametrize("owner", [ALPHA, PROGRAMME], ids=["project", "programme"])
def test_measures_as_the_columns_of_a_table_with_a_row_for_each_year(owner: Owner) -> None:
    stated = "\n".join(f"{name} | {value}" for name, value in owner.words.items())
    found = outcome(f"""example.xlsx!Savings
Savings (£000)
{stated}
Plan | Current
Type of saving | New
RAG | Green Delivered
Year | Original target | Revised target | Forecast
2016/17 | 100 | 80 | 75""")
    assert_delivered_once(found, "alpha" if owner.is_project else "libraries")
    assert total_of(found, owner) == 80_000


def stated_delivered() -> list[Line]:
    """A saving of 275 a year, of which this year's is delivered."""
    both, first = {"2015/16": 275, "2016/17": 275}, {"2015/16": 275}
    return [Line({TARGET: both, DELIVERED: first, FORECAST: both}, rag="Green Delivered")]


@in_each_layout
@pytest.mark.parametrize("owner", [ALPHA, PROGRAMME], ids=["project", "programme"])
def test_what_is_delivered_ahead_of_its_year_and_at_most_are_targets(
    layout: Layout, owner: Owner
) -> None:
    # As of 30 September 2015: 275 of 2016/17 is marked delivered before that year; 275 at most, the
    # target of 2015/16, can have been. Not 275 + 275 as target and forecast, nor 3 × 275.
    found = outcome(drawn(stated_delivered(), layout, owner))
    (ahead,) = found.of_rule("delivered-ahead")
    assert ahead.year == "2016/17"
    assert {in_pounds(figure) for figure in money_in(ahead)} == {275_000}
    assert 825_000 not in found.every_amount()
    assert total_of(found, owner) == 550_000


# A printed total belongs to one measure: targets of 275 + 275 = 550, forecasts of 200 + 275 = 475.

BANDS = """example.xlsx!Savings
£000
{owner} | Plan | RAG | 2015/16 | 2015/16 | 2016/17 | 2016/17 | {heading}
{blank} | | | Target | Forecast | Target | Forecast | {below}
{words} | Current | Amber | 275 | 200 | 275 | 275 | {total}"""


def banded(owner: Owner, heading: str, total: int, below: str = "") -> Outcome:
    return outcome(
        BANDS.format(
            owner=" | ".join(owner.words),
            blank=" | " * (len(owner.words) - 1),
            words=" | ".join(owner.words.values()),
            heading=heading,
            below=below,
            total=total,
        )
    )


def of_totals(found: Outcome) -> list[tuple[str, float | None, float | None]]:
    """How each printed total ends: what it states, and what its lines come to."""
    return sorted(
        (item.outcome, item.stated and item.stated / 100, item.calculated and item.calculated / 100)
        for item in found.findings
        if item.rule in TOTALS
    )


both_owners = pytest.mark.parametrize("owner", [ALPHA, PROGRAMME], ids=["project", "programme"])


@both_owners
@pytest.mark.parametrize(
    ("heading", "below", "total", "measure"),
    [
        ("Total", "", 550, "target"),
        ("Total", "", 475, "forecast"),
        ("Total target", "", 550, "target"),
        ("Total", "Target", 550, "target"),
        ("Total forecast", "", 475, "forecast"),
        ("Total", "Forecast", 475, "forecast"),
    ],
)
def test_a_total_is_compared_with_the_measure_that_it_names_or_comes_to(
    owner: Owner, heading: str, below: str, total: int, measure: str
) -> None:
    found = banded(owner, heading, total, below)
    assert of_totals(found) == [("agrees", total * 1000, total * 1000)]
    (said,) = sentences(item for item in found.findings if item.rule in TOTALS)
    assert measure in said.lower(), "what agrees says of which measure"
    assert total_of(found, owner) == 550_000


@both_owners
@pytest.mark.parametrize(
    ("heading", "total", "comes_to"),
    [
        # A total that no measure comes to is compared with the target: 550 − 500 = 50.
        ("Total", 500, 550),
        # One that names its measure is compared with that, whatever else it would fit.
        ("Total target", 475, 550),
        ("Total forecast", 550, 475),
    ],
)
def test_a_total_that_does_not_agree_is_compared_with_its_own_measure(
    owner: Owner, heading: str, total: int, comes_to: int
) -> None:
    found = banded(owner, heading, total)
    assert of_totals(found) == [("disagrees", total * 1000, comes_to * 1000)]


def rows_with_total(owner: Owner, label: str, *amounts: int) -> Outcome:
    lines = [
        Line(
            {TARGET: {"2015/16": 275, "2016/17": 275}, FORECAST: {"2015/16": 200, "2016/17": 275}}
        ),
        Line(
            {TARGET: {"2015/16": 100, "2016/17": 100}, FORECAST: {"2015/16": 90, "2016/17": 100}},
            "A-2",
        ),
    ]
    totals = dict(zip(("2015/16", "2016/17"), amounts, strict=True))
    return outcome(with_total(drawn(lines, owner=owner), totals, label))


@both_owners
@pytest.mark.parametrize(
    ("label", "amounts"),
    [
        # 275 + 100 = 375 in both years; 200 + 90 = 290 and 275 + 100 = 375.
        ("Total", (375, 375)),
        ("Total target", (375, 375)),
        ("Total", (290, 375)),
        ("Total forecast", (290, 375)),
    ],
)
def test_a_row_of_totals_below_rows_of_several_measures_adds_those_of_one(
    owner: Owner, label: str, amounts: tuple[int, int]
) -> None:
    found = rows_with_total(owner, label, *amounts)
    assert of_totals(found) == sorted(("agrees", each * 1000, each * 1000) for each in amounts)


@both_owners
def test_a_row_of_totals_that_no_measure_comes_to_is_compared_with_the_target(owner: Owner) -> None:
    found = rows_with_total(owner, "Total", 375, 380)
    assert of_totals(found) == [
        ("agrees", 375_000, 375_000),
        ("disagrees", 380_000, 375_000),
    ]


@pytest.mark.parametrize("owner", [ALPHA, PROGRAMME], ids=["project", "programme"])
def test_each_column_of_measures_has_a_total_of_its_own(owner: Owner) -> None:
    stated = "\n".join(f"{name} | {value}" for name, value in owner.words.items())
    found = outcome(f"""example.xlsx!Savings
Savings (£000)
{stated}
Plan | Current
RAG | Amber
Year | Target | Forecast
2015/16 | 275 | 200
2016/17 | 275 | 275
Total | 550 | 475""")
    assert of_totals(found) == [("agrees", 475_000, 475_000), ("agrees", 550_000, 550_000)]


@in_each_layout
def test_a_check_adds_the_rows_that_a_printed_table_adds(layout: Layout) -> None:
    # New 100 + Existing (Faster) 40 = 140, as the form prints it; the saving is 100 all the same.
    where = {"columns": {"2016/17": 140}, "rows": {"Year": "2016/17"}}[layout.years]
    if layout.years == "rows":
        where |= {"Amount" if layout.measures == "rows" else TARGET: 140}
    found = outcome(with_total(drawn(with_faster(), layout), where))
    assert of_totals(found) == [("agrees", 140_000, 140_000)]
    assert found.pounds("proposed/total") == 100_000
    assert within_budget(found) == {"2016/17": [100_000]}
    assert due(found) == {("2016/17", 100_000)}


# A tracker with a saving carried forward, one brought forward and one that stands in for another.


def tracker(carried_forward: str = "Prior") -> list[Line]:
    """The plan is to save 20 from October 2015 and 60 in 2016/17: 80 in the two years."""
    return [
        Line(
            {
                TARGET: {"2015/16": 20, "2016/17": 60},
                DELIVERED: {"2015/16": 15},
                FORECAST: {"2015/16": 15, "2016/17": 50},
            },
            recurring="Recurring",
        ),
        Line(
            {TARGET: {"2015/16": 38}, DELIVERED: {"2015/16": 29}},
            ref="A-2",
            plan=carried_forward,
            kind="Further",
            recurring="Recurring",
        ),
        Line({TARGET: {"2015/16": 10}}, ref="A-3", kind="Existing (Faster)"),
        Line({TARGET: {"2015/16": 13}}, ref="A-4", mitigates="A-1", recurring="One-off"),
    ]


# In 2015/16: 20 + 38, 20 + 13 and all of 20 + 38 + 10 + 13; each, and 20 + 10, with 60 more; of
# what is delivered, 15 + 29.
NEVER = {58_000, 33_000, 81_000, 118_000, 93_000, 141_000, 90_000, 44_000}


def assert_counted_once(found: Outcome) -> None:
    assert found.pounds("current/2015-16") == 20_000
    assert found.pounds("current/2016-17") == 60_000
    assert found.pounds("current/total") == 80_000, "20 + 60"
    assert found.pounds("position/delivered") == 15_000
    assert found.pounds("position/forecast") == 65_000, "15 + 50"
    assert found.pounds("position/shortfall") == 15_000, "80 − 65"
    assert found.pounds("position/mitigated-one-off") == 13_000
    assert found.pounds("position/unmitigated") == 2_000, "15 − 13"
    assert found.pounds("prior/total") == 38_000, "carried forward, by itself"
    assert within_budget(found) == {"2015/16": [20_000], "2016/17": [60_000]}
    assert due(found) == {("2015/16", 20_000)}
    assert found.pounds("own/in-the-plan", "") == 80_000
    assert found.pounds("own/proposed", "") is None


@in_each_layout
@pytest.mark.parametrize("plan", ["Prior", "Carried forward"])
def test_each_line_of_a_tracker_is_counted_once(layout: Layout, plan: str) -> None:
    found = of_project(tracker(plan), layout)
    assert_counted_once(found)
    assert found.every_amount() & NEVER == set()


@in_each_layout
def test_each_line_of_a_programmes_tracker_is_counted_once(layout: Layout) -> None:
    found = of_programme(tracker(), layout)
    assert of_libraries(found, "2015-16") == both(20_000)
    assert of_libraries(found, "2016-17") == both(60_000)
    assert of_libraries(found) == both(80_000)
    assert found.every_amount() & NEVER == set()


def test_the_total_of_a_tracker_adds_its_rows_and_no_figure_does() -> None:
    # The targets of 2015/16 come to 20 + 38 + 10 + 13 = 81, as the row of totals prints them.
    found = outcome(with_total(drawn(tracker()), {"2015/16": 81, "2016/17": 60}))
    assert of_totals(found) == [("agrees", 60_000, 60_000), ("agrees", 81_000, 81_000)]
    assert_counted_once(found)


FULL_YEAR = """example.xlsx!Tracker
£000
Ref | Project | Plan | Type of saving | RAG | Measure | 2015/16 | 2016/17 | {}
A-1 | Alpha | Current | New | Amber | Target | 20 | 60 | 80
A-1 | Alpha | Current | New | Amber | Forecast | 15 | 50 | 65
A-2 | Alpha | Current | Existing (Faster) | Amber | Target | 10 | | 10"""


@pytest.mark.parametrize("heading", ["Full-year effect", "Full year effect", "FYE"])
def test_the_full_year_effect_is_known_and_added_to_nothing(heading: str) -> None:
    found = outcome(FULL_YEAR.format(heading))
    assert found.pounds("current/total") == 80_000, "20 + 60, and not 80 more"
    assert found.pounds("position/forecast") == 65_000, "15 + 50, and not 65 more"
    assert found.pounds("current/full-year-effect") == 80_000
    # 80 + 80; 65 + 65; 80 + 10 and 80 + 65 as full-year effects.
    assert not found.every_amount() & {160_000, 130_000, 90_000, 145_000}


# What only one measure of a line states, its other measures mean too.

APART = """example.xlsx!Plan
£000
Ref | {owner} | Plan | Type of saving | RAG | Mitigates | 2015/16 | 2016/17
A-1 | {words} | Current | Further | Amber | n/a | 100 | 50
A-2 | {words} | Current | Existing (Faster) | Amber | - | 20 |
A-3 | {words} | Current | Carried forward | Amber | None | 9 |
A-4 | {words} | Current | New | Amber | A-1 | 15 |"""
REPORTED = """example.xlsx!Delivery
£000
Ref | {owner} | Plan | Measure | 2015/16 | 2016/17
A-1 | {words} | Current | {measure} | 30 | 40
A-2 | {words} | Current | {measure} | 10 | 4
A-3 | {words} | Current | {measure} | 4 | 2
A-4 | {words} | Current | {measure} | 5 | 12"""


def apart(sheet: str, owner: Owner, measure: str) -> str:
    headings, words = " | ".join(owner.words), " | ".join(owner.words.values())
    return sheet.format(owner=headings, words=words, measure=measure)


@pytest.mark.parametrize("name", ["Delivered to date", "Forecast"])
def test_what_is_reported_in_a_sheet_of_its_own_is_of_the_lines_of_the_plan(name: str) -> None:
    found = outcome(apart(APART, ALPHA, name), apart(REPORTED, ALPHA, name))
    assert found.pounds("current/total") == 150_000, "A-1 alone: 100 + 50"
    figure = {"Delivered to date": "position/delivered", "Forecast": "position/forecast"}[name]
    assert found.pounds(figure) == 70_000, "30 + 40 of A-1"


@both_owners
def test_what_is_revised_in_a_sheet_of_its_own_is_of_the_lines_of_the_plan(owner: Owner) -> None:
    found = outcome(apart(APART, owner, ""), apart(REPORTED, owner, "Revised target"))
    assert total_of(found, owner) == 70_000, "30 + 40 of A-1"


# What a row of the schedule shows, where several columns state one year of it.


def printed(found: Outcome, words: str) -> list[float | None]:
    """The amounts of the schedule's rows as printed, by what ends their names."""
    return [
        in_pounds(figure)
        for name, figure in found.figures().items()
        if re.fullmatch(rf"current/.*-row-\d+/{words}", name)
    ]


def test_a_row_of_rag_columns_shows_all_of_its_year() -> None:
    found = outcome("""example.xlsx!Savings
£000
Project | Alpha
Plan | Current
Type of saving | New
Year | Green Delivered | Green On Target | Amber | Red
2015/16 | 40 | 30 | 20 | 10
2016/17 | | 5 | 5 |""")
    assert found.pounds("current/total") == 110_000
    assert printed(found, "2015-16") == [100_000], "40 + 30 + 20 + 10"
    assert printed(found, "2016-17") == [10_000], "5 + 5"


def test_the_total_beside_a_row_is_that_of_its_revised_target() -> None:
    found = outcome("""example.xlsx!Savings
£000
Ref | Project | Plan | Type of saving | RAG | 2015/16 | 2015/16 | Total original target | \
Total revised target
 | | | | | Original target | Revised target | |
A-1 | Alpha | Current | Further | Amber | 150 | 130 | 150 | 130""")
    assert found.pounds("current/total") == 130_000
    assert printed(found, "total") == [130_000], "and not 150 + 130"


# A row of totals, too, may name its measure; targets 100 + 40, delivered 30 + 10, forecast 90 + 35.

NAMED_ROWS = """example.xlsx!Savings
£000
Ref | {owner} | Plan | Type of saving | RAG | Measure | 2016/17
A-1 | {words} | Current | New | Amber | Target | 100
A-1 | {words} | Current | New | Amber | Delivered to date | 30
A-1 | {words} | Current | New | Amber | Forecast | 90
A-2 | {words} | Current | New | Amber | Target | 40
A-2 | {words} | Current | New | Amber | Delivered to date | 10
A-2 | {words} | Current | New | Amber | Forecast | 35
Total target | {blank} | | | | | {target}
Total delivered | {blank} | | | | | 40
Forecast total | {blank} | | | | | 125"""


@both_owners
@pytest.mark.parametrize(("target", "outcome_of"), [(140, "agrees"), (125, "disagrees")])
def test_rows_of_totals_are_of_the_measures_that_they_name(
    owner: Owner, target: int, outcome_of: str
) -> None:
    found = outcome(
        NAMED_ROWS.format(
            owner=" | ".join(owner.words),
            words=" | ".join(owner.words.values()),
            blank=" | " * (len(owner.words) - 1),
            target=target,
        )
    )
    assert of_totals(found) == sorted(
        [
            ("agrees", 40_000, 40_000),
            ("agrees", 125_000, 125_000),
            (outcome_of, target * 1000, 140_000),
        ]
    )
    assert total_of(found, owner) == 140_000


@both_owners
def test_a_total_over_measures_does_not_add_the_full_year_effect(owner: Owner) -> None:
    found = outcome(
        """example.xlsx!Savings
£000
{owner} | Plan | Type of saving | RAG | 2016/17 | 2016/17 | Total | |
{blank} | | | | Target | Forecast | Target | Forecast | Full-year effect
{words} | Current | New | Amber | 150 | 90 | 150 | 90 | 200""".format(
            owner=" | ".join(owner.words),
            words=" | ".join(owner.words.values()),
            blank=" | " * (len(owner.words) - 1),
        )
    )
    assert of_totals(found) == [("agrees", 90_000, 90_000), ("agrees", 150_000, 150_000)]
    assert total_of(found, owner) == 150_000
    assert not found.every_amount() & {350_000, 290_000}


def test_a_line_with_a_revised_target_for_one_of_its_years_is_one_line() -> None:
    """500 of 2015/16 replaces 600 there; 400 of 2016/17 is the original still: 900 in all."""
    sheet = (
        "{}tracker.xlsx!Tracker\n£000\nRef | Project | Plan | RAG | Original target 2015/16 |"
        " Original target 2016/17 | Revised target 2015/16 | Delivered to date 2015/16\n"
        "A-1 | Alpha | Current | Amber | 600 | 400 | {} | {}\n"
    )
    found = quarter(
        REGISTER,
        BUDGET,
        sheet.format("2015-16-Q1/", 550, 100),
        "2015-16-Q1/" + REGISTER,
        sheet.format("", 500, 250),
    )
    (line,) = found.savings_of("alpha", Plan.CURRENT).lines
    assert (line.target.total.known, line.delivered.total.known) == (900_00_000, 250_00_000)
    (moved,) = movement(found, "alpha").lines
    assert [(change.kind, in_pounds(change.amount)) for change in moved.changes] == [
        ("re-based", -50_000)
    ]


def test_a_summary_of_one_year_is_compared_with_that_year_of_the_plan() -> None:
    """The plan has 100 in 2015/16, as the summary, and 60 in 2016/17: asked about, no error."""
    plan = (
        "example.xlsx!MTFP\nMedium term financial plan (£000)\n"
        "Line | Service | 2015/16 | 2016/17\nLibrary savings | Libraries | {} | 60\n"
    )
    summary = (
        "summary.xlsx!Summary\n£000\nProgramme | Change\nScope | Plan | RAG | 2015/16\n"
        "Libraries | Current | Amber | 100\n"
    )
    for planned, severity, difference in ((100, "query", 0), (90, "error", 10_000)):
        found = quarter(REGISTER, BUDGET, summary, plan.format(planned))
        (tie,) = (item for item in check(found) if item.rule == "mtfp-tie")
        assert (tie.severity, (tie.difference or 0) / 100) == (severity, difference)
        assert say(tie.message).endswith(
            "The schedule is of 2015/16 only; the plan has £60,000 more for 2016/17."
        )


def test_an_original_target_that_two_tables_state_is_told_once() -> None:
    """70 of 2016/17 is in the tracker and in the ledger; its revised target leaves it blank."""
    heading = "Ref | Project | Plan | RAG | Measure | 2015/16 | 2016/17\n"
    line = "A-1 | Alpha | Current | Amber | {} | {} | {}\n"
    ledger = f"ledger.xlsx!Ledger\n£000\n{heading}{line.format('Original target', 50, 70)}"
    tracker = (
        f"tracker.xlsx!Tracker\n£000\n{heading}{line.format('Original target', 50, 70)}"
        f"{line.format('Revised target', 40, '')}"
    )
    found = check(quarter(REGISTER, BUDGET, ledger, tracker))
    (asked,) = (item for item in found if item.rule == "revised-complete")
    assert "the original target for 2016/17 is £70,000," in say(asked.message)
