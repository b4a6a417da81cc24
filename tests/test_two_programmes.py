"""Two programmes about one service, and names that differ in their spelling only.

Every figure keeps a name of its own.
"""

import pytest
from quarters import A1, Q2, Quarters, pounds, quarter
from rendered import PARTS, page_of, words

import ffanalysis as ff
from ffanalysis.figures import Figure
from ffanalysis.measure import project_measures
from ffanalysis.measure.programme import programme_measures
from ffanalysis.present.programme import Programme
from ffanalysis.present.words import say
from ffanalysis.provenance import slugs
from ffanalysis.vocabulary import Plan


def wave(root: Quarters, number: int, programme: str, service: str, red: int, amber: int) -> None:
    """A programme's savings by RAG status and year, as a file of its own."""
    lines = (
        "Savings programme (£000)",
        "Plan,Current",
        f"Programme,{programme}",
        f"Scope,{service}",
        "RAG,2015/16,2016/17",
    )
    text = "\n".join([*lines, f"Green Delivered,{red},", f"Amber,,{amber}", ""])
    root[Q2][f"programme-{number}.csv"] = text


def register(root: Quarters, service: str = "Libraries") -> None:
    text = (
        "Project,Title,Type of saving,Status,Service\nAlpha,Alpha in"
        f" all,Further,Approved,{service}\n"
    )
    root[Q2]["register.csv"] = text


def plan(root: Quarters, *lines: str) -> None:
    text = "\n".join(
        ["Medium term financial plan (£000)", "Line,Service,Programme,2015/16,2016/17", *lines, ""]
    )
    root[Q2]["mtfp.csv"] = text


@pytest.fixture
def two(kept: Quarters) -> Quarters:
    """First Wave has 20 and 80 of Libraries, Second Wave 5 and 7."""
    quarter(kept, Q2, A1, projects=("Alpha",))
    register(kept)
    wave(kept, 1, "First Wave", "Libraries", 20, 80)
    wave(kept, 2, "Second Wave", "Libraries", 5, 7)
    return kept


def values_by_name(*parts: str) -> dict[str, set[str]]:
    """Every value that pages show under each name."""
    found: dict[str, set[str]] = {}
    for item in page_of("".join(parts)).all("data"):
        found.setdefault(item.attributes["data-figure"], set()).add(item.attributes["value"])
    return found


def of_one_value(html: str, figures: tuple[Figure, ...]) -> dict[str, set[str]]:
    """The names of a page, each of which stands for one value, the one that was worked out."""
    shown = values_by_name(html)
    assert {name: found for name, found in shown.items() if len(found) > 1} == {}
    known = {figure.name: str(figure.value) for figure in figures}
    assert {name for name, (value,) in shown.items() if known.get(name, value) != value} == set()
    return shown


SHARED = "A line of the MTFP that several programmes share is in the total only"


def told(root: Quarters) -> str:
    tables = root.load(Q2)
    return words(page_of(str(Programme.of(tables, ff.check(tables)).savings().html)).text)


def ties(root: Quarters) -> list[tuple[str, str]]:
    return [
        (item.outcome, say(item.message))
        for item in ff.check(root.load(Q2))
        if item.rule == "mtfp-tie"
    ]


def test_two_programmes_of_one_service_are_told_apart_on_every_page(two: Quarters) -> None:
    tables = two.load(Q2)
    findings = ff.check(tables)
    briefing = ff.briefing(tables, findings, "alpha")
    html = "".join(str(getattr(briefing, part)().html) for part in PARTS)
    shown = of_one_value(html, briefing.measures.figures())
    assert {"context/libraries/total", "context/libraries-2/total"} <= shown.keys()
    totals = [
        (each.scope, pounds(each.total)) for each in project_measures(tables, "alpha").contexts
    ]
    assert totals == [("Libraries (First Wave)", 100_000), ("Libraries (Second Wave)", 12_000)]
    text = words(page_of(html).text)
    assert "Libraries (First Wave) as a whole plans to save £100,000" in text
    assert (
        "Libraries (Second Wave) as a whole plans to save £12,000, of which £5,000 is shown as"
        " delivered. A further £7,000 is still to be delivered." in text
    )

    page = Programme.of(tables, findings)
    html = "".join(
        str(part.html) for part in (page.message(), page.savings(), page.moved(), page.problems())
    )
    of_one_value(html, page.measures.figures())
    said = words(page_of(html).text)
    assert "Libraries (First Wave)" in said
    assert "Libraries (Second Wave)" in said


def test_programmes_of_one_service_of_which_one_has_no_name_are_not_added_up(two: Quarters) -> None:
    wave(two, 2, "", "Libraries", 5, 7)
    tables = two.load(Q2)
    page = Programme.of(tables, ff.check(tables))
    assert page.measures.totals is None
    assert "They are not added up" in str(page.savings().html)
    assert "Libraries (programme not stated): the schedule comes to £12,000" in words(
        page_of(str(page.problems().html)).text
    )


def test_a_programme_alone_is_called_by_its_scope(kept: Quarters) -> None:
    quarter(kept, Q2, A1, projects=("Alpha",))
    register(kept)
    wave(kept, 1, "First Wave", "Libraries", 20, 80)
    (alone,) = project_measures(kept.load(Q2), "alpha").contexts
    assert (alone.scope, alone.total.name) == ("Libraries", "context/libraries/total")


def test_services_that_differ_in_their_spelling_only_keep_their_own_figures(kept: Quarters) -> None:
    quarter(kept, Q2, A1, projects=("Alpha",))
    register(kept)
    wave(kept, 1, "First Wave", "Parks & Libraries", 20, 80)
    wave(kept, 2, "First Wave", "Parks and libraries", 5, 7)
    tables = kept.load(Q2)
    page = Programme.of(tables, ff.check(tables))
    shown = of_one_value(str(page.savings().html), page.measures.figures())
    assert shown["context/parks-and-libraries/total"] == {"10000000"}
    assert shown["context/parks-and-libraries-2/total"] == {"1200000"}


def test_plan_areas_that_differ_in_their_spelling_only_keep_their_own_figures(
    kept: Quarters,
) -> None:
    quarter(kept, Q2, A1, "B-1,Beta,Further,Amber,7,,7")
    lines = (
        "Project,Title,Status,Plan area",
        "Alpha,A,Approved,Health & Care",
        "Beta,B,Approved,Health and care",
        "",
    )
    kept[Q2]["register.csv"] = "\n".join(lines)
    breakdown = programme_measures(kept.load(Q2)).breakdowns["Plan area"]
    in_the_plan = {label: found[Plan.CURRENT] for label, found in breakdown.items()}
    amounts = {label: pounds(figure) for label, figure in in_the_plan.items()}
    assert amounts == {"Health & Care": 150_000, "Health and care": 7_000}
    assert {figure.name for figure in in_the_plan.values()} == {
        "own/plan-area/health-and-care/in-the-plan",
        "own/plan-area/health-and-care-2/in-the-plan",
    }


def test_lines_on_one_row_of_two_sheets_of_one_name_keep_their_own_figures(kept: Quarters) -> None:
    head = "Ref,Project,Plan,Type of saving,RAG,Measure,2016/17"
    lines = (
        "A-1,Alpha,Current,Further,Amber,Target,100",
        "A-2,Alpha,Current,New,Amber,Target,40",
        "Total,,,,,,140",
    )
    folder = quarter(kept, Q2, *lines, projects=("Alpha",), head=head)
    text = f"£000\nPlan,Current\n{head}\nA-2,Alpha,Current,New,Amber,Revised target,30\n"
    folder["Schedule .csv"] = text
    found = project_measures(kept.load(Q2), "alpha").main
    assert pounds(found.total) == 130_000, "the line that was not revised stays"
    assert not any(line.is_total for line in found.lines), "140 is not what the lines shown come to"
    named = {
        figure.name: pounds(figure) for line in found.lines for figure in line.amounts.values()
    }
    assert named == {
        "current/schedule-row-4/2016-17": 30_000,
        "current/schedule-row-4-2/2016-17": 100_000,
    }


def test_titles_alike_in_all_but_their_marks_move_each_for_itself(kept: Quarters) -> None:
    first, second = ",Alpha,Staff (day),Amber,{},,{}", ",Alpha,Staff - day,Amber,{},,{}"
    quarter(kept, "2015-16-Q1", first.format(10, 10), second.format(20, 20), projects=("Alpha",))
    quarter(kept, Q2, first.format(15, 15), second.format(18, 18), projects=("Alpha",))
    moved = project_measures(kept.load(Q2), "alpha").movement
    assert [(line.label, pounds(line.after)) for line in moved.lines] == [
        ("Staff (day)", 15_000),
        ("Staff - day", 18_000),
    ]
    names = [figure.name for figure in moved.figures() if figure.name.endswith("/after")]
    assert len(set(names)) == len(names) == 2


def test_a_line_of_the_plan_that_names_no_programme_is_for_all_of_the_service(
    two: Quarters,
) -> None:
    # 20 + 80 + 5 + 7 = 112 against 25 + 87.
    plan(two, "Library savings,Libraries,,25,87")
    assert ties(two) == [("agrees", "Libraries: the schedule and the MTFP both come to £112,000.")]
    found = programme_measures(two.load(Q2))
    assert [each.gap for each in found.programmes] == [
        None,
        None,
    ], "neither has a line alone"
    # Of the 80 and the 7 that are Amber 60% are expected: 20 + 48 and 5 + 4 (of 4.2, in whole
    # £000).
    all_of_them = found.totals
    assert all_of_them is not None
    assert (pounds(all_of_them.plan), pounds(all_of_them.total)) == (112_000, 112_000)
    assert (pounds(all_of_them.central), pounds(all_of_them.gap)) == (77_000, 35_000)
    assert SHARED in told(two)
    plan(two, "Library savings,Libraries,,25,97")
    assert [outcome for outcome, _ in ties(two)] == ["disagrees"]


def test_a_line_of_the_plan_that_names_its_programme_is_for_that_alone(two: Quarters) -> None:
    plan(two, "Library savings,Libraries,First Wave,20,80", "More,Libraries,Second Wave,5,19")
    assert pounds(programme_measures(two.load(Q2)).totals.plan) == 124_000
    first, second = sorted(ties(two))
    assert first == (
        "agrees",
        "Libraries (First Wave): the schedule and the MTFP both come to £100,000.",
    )
    said = (
        "the schedule comes to £12,000; the MTFP has £24,000 (£12,000 less than the MTFP;"
        " rounding allows £2,000)."
    )
    assert second == ("disagrees", f"Libraries (Second Wave): {said}")
    plan(two, "More,Libraries,,5,7", "Library savings,Libraries,First Wave,20,80")
    assert [outcome for outcome, _ in ties(two)] == [
        "agrees",
        "agrees",
    ], "the other line is what the second has"
    lines = [pounds(each.plan) for each in programme_measures(two.load(Q2)).programmes]
    assert lines == [100_000, 12_000]
    assert SHARED not in told(two)


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (("A b", "A-b", "A c"), ["a-b", "a-b-2", "a-c"]),
        (("A b", "A-b", "A b 2"), ["a-b", "a-b-2", "a-b-2-2"]),
        (("Ω", "Ψ"), ["", "-2"]),
        (("x" * 90, "x" * 91), ["x" * 80, f"{'x' * 80}-2"]),
    ],
)
def test_names_of_one_slug_are_numbered(names: tuple[str, ...], found: list[str]) -> None:
    assert list(slugs({name: name for name in names}).values()) == found


@pytest.mark.parametrize(
    "lines",
    [
        ("F,Libraries,First Wave,20,80", "Rest,Libraries,,5,7"),
        ("Rest,Libraries,,5,7", "F,Libraries,First Wave,20,80"),
    ],
)
def test_a_line_of_the_plan_without_a_programme_has_none_wherever_it_stands(
    two: Quarters, lines: tuple[str, str]
) -> None:
    plan(two, *lines)
    assert [outcome for outcome, _ in ties(two)] == ["agrees", "agrees"]
    assert [pounds(each.plan) for each in programme_measures(two.load(Q2)).programmes] == [
        100_000,
        12_000,
    ]


def test_a_programme_given_once_for_the_lines_of_the_plan_below_it_is_that_of_all(
    two: Quarters,
) -> None:
    text = (
        "Medium term financial plan (£000)\nProgramme,Line,Service,2015/16,2016/17\nFirst"
        " Wave,L,Libraries,20,80\n,P,Parks,1,1\n"
    )
    two[Q2]["mtfp.csv"] = text
    assert [row.programme for row in two.load(Q2).mtfp] == ["First Wave"] * 4


def test_a_line_of_the_plan_for_a_whole_programme_stands_in_the_total(kept: Quarters) -> None:
    quarter(kept, Q2, A1, projects=("Alpha",))
    wave(kept, 1, "First Wave", "Libraries", 20, 80)
    wave(kept, 2, "First Wave", "Parks", 5, 7)
    plan(kept, "Savings,,First Wave,25,87")
    assert ties(kept) == [
        ("agrees", "First Wave: the schedule and the MTFP both come to £112,000.")
    ]
    found = programme_measures(kept.load(Q2))
    assert [pounds(each.plan) for each in found.programmes] == [None, None]
    assert (pounds(found.totals.plan), pounds(found.totals.gap)) == (112_000, 35_000)


def test_what_the_plan_has_beside_these_programmes_is_told(two: Quarters) -> None:
    plan(two, "Library savings,Libraries,,25,87", "Road savings,Roads,,50,")
    assert (
        "The MTFP has a further £50,000 for none of these programmes; no gap above includes it."
        in told(two)
    )
    plan(two, "Library savings,Libraries,,25,87")
    assert "none of these programmes" not in told(two)


def test_a_programme_with_a_line_of_its_own_has_no_part_in_what_is_left_of_its_service(
    two: Quarters,
) -> None:
    plan(two, "Rest,Libraries,,5,7", "Savings,,First Wave,20,80")
    assert [outcome for outcome, _ in ties(two)] == ["agrees", "agrees"]
    assert pounds(programme_measures(two.load(Q2)).totals.plan) == 112_000


def test_the_headline_says_whose_line_of_the_plan_it_means_where_there_are_more(
    two: Quarters,
) -> None:
    def headline() -> str:
        tables = two.load(Q2)
        return words(page_of(str(Programme.of(tables, ff.check(tables)).message().html)).text)

    plan(two, "Library savings,Libraries,,25,87", "Road savings,Roads,,50,")
    assert (
        "of the £112,000 for them in the medium-term financial"
        " plan, which would leave about £35,000 to find" in headline()
    )
    plan(two, "Library savings,Libraries,,25,87", "Road savings,Roads,,-50,")
    assert (
        "of the £112,000 in the medium-term financial plan, which would leave about £35,000 to find"
        in headline()
    )
    assert "none of these programmes" not in told(two)
