"""Where all projects stand together.

What is delivered and forecast, whose the errors are, and which duties are behind.
"""

import pytest
from quarters import A1, Q1, Q2, Quarters, flow, pounds, quarter
from rendered import page_of, words

import ffanalysis as ff
from ffanalysis.measure import project_measures
from ffanalysis.measure.programme import programme_measures
from ffanalysis.money import in_short
from ffanalysis.present.programme import Programme
from ffanalysis.present.words import say

MEASURES = "Ref,Project,Plan,Type of saving,RAG,Measure,2016/17,2017/18"


def line(project: str, measure: str, amounts: str, plan: str = "Current") -> str:
    return f"{project[0]}-1,{project},{plan},Further,Amber,{measure},{amounts}"


def page(root: Quarters, period: str = Q2) -> Programme:
    tables = root.load(period)
    return Programme.of(tables, ff.check(tables))


def shown(part: object) -> str:
    return words(page_of(str(part)).text)


def test_where_the_plan_stands_adds_up_the_projects_that_state_a_forecast(kept: Quarters) -> None:
    lines = (
        *(
            line("Alpha", *item)
            for item in (("Target", "100,50"), ("Delivered", "30,"), ("Forecast", "80,50"))
        ),
        *(
            line("Beta", *item)
            for item in (("Target", "40,"), ("Delivered", "10,"), ("Forecast", "45,"))
        ),
        line("Gamma", "Target", "7,"),
        line("Delta", "Target", "500,", "Proposed"),
    )
    quarter(kept, Q2, *lines, projects=("Alpha", "Beta", "Gamma", "Delta"), head=MEASURES)
    found = programme_measures(kept.load(Q2)).position
    # 100 + 50 + 40; 30 + 10; 80 + 50 + 45. Alpha lacks 20, Beta has 5 more: neither makes up for
    # the other. Gamma states none.
    assert found is not None
    assert found.due is not None, "nothing is stated of a year until then"
    amounts = (found.target, found.due, found.delivered, found.forecast)
    assert [*map(pounds, amounts)] == [190_000, None, 40_000, 175_000]
    assert (pounds(found.shortfall), pounds(found.above_target)) == (20_000, 5_000)
    assert (found.projects.value, found.without_forecast.value) == (2, 1)
    text = shown(page(kept).message().html)
    assert (
        "Services forecast £175,000 against the £190,000 in the plan for the 2 projects with a full"
        " forecast, including what is already delivered." in text
    )
    assert (
        "Alpha falls short by £20,000; elsewhere forecasts exceed targets"
        " by £5,000. The forecast is not known"
        " for 1 more project." in text
    )
    rows = page_of(str(page(kept).stands().html)).one("table").all("tr")
    assert [[words(cell.text) for cell in row.all("th", "td")] for row in rows] == [
        [
            *("Projects", "Target", "Due by 31 March 2016", "Delivered", "Forecast"),
            *("Shortfall", "Above target"),
        ],
        ["2 with a full forecast; not known for 1", "190", "– not stated", "40", "175", "20", "5"],
    ]


def test_what_is_due_by_the_end_of_the_year_stands_beside_what_is_delivered(kept: Quarters) -> None:
    head = MEASURES.replace("2016/17,2017/18", "2014/15,2015/16,2016/17")
    measures = (("Target", "100,50,7"), ("Delivered", "100,5,"), ("Forecast", "100,50,7"))
    lines = [line("Alpha", *item) for item in measures] + [
        line("Beta", *item) for item in (("Target", "2,,9"), ("Forecast", "2,,9"))
    ]
    quarter(kept, Q2, *lines, head=head)
    # Due by March 2016: 100 + 50 + 2.
    (head_row, row) = page_of(str(page(kept).stands().html)).one("table").all("tr")
    shown_here = {
        words(name.text): words(cell.text)
        for name, cell in zip(head_row.all("th"), row.all("th", "td"), strict=True)
    }
    assert shown_here == {
        "Projects": "2 with a full forecast",
        "Target": "168",
        "Due by 31 March 2016": "152",
        "Delivered": "105",
        "Forecast": "168",
        "Shortfall": "nil",
    }
    cuts = next(
        item for item in page_of(str(page(kept).own().html)).all("table") if "RAG," in item.text
    )
    rows = [[words(cell.text) for cell in row.all("th", "td")] for row in cuts.all("tr")]
    # What came in full of a year that is over is rated no more: 100 of Alpha; 50 + 7 of it, and
    # Beta's 11, are.
    assert [row[:2] for row in rows[1:]] == [
        ["Amber", "68"],
        ["Delivered, years over", "100"],
        ["All", "168"],
    ]


def test_without_a_forecast_nothing_is_said_of_where_the_plan_stands(kept: Quarters) -> None:
    quarter(kept, Q2, A1)
    assert programme_measures(kept.load(Q2)).position is None
    assert "Services forecast" not in shown(page(kept).message().html)
    assert not page(kept).stands().html


def test_what_is_delivered_and_forecast_of_all_moves_as_both_quarters_state_it(
    kept: Quarters,
) -> None:
    for period, alpha, beta in (
        (Q1, ("30,", "90,50"), ("", "40,")),
        (Q2, ("45,", "80,50"), ("10,", "40,")),
    ):
        lines = [line("Alpha", "Target", "100,50"), line("Beta", "Target", "40,")]
        lines += [
            line("Alpha", "Delivered", alpha[0]),
            line("Alpha", "Forecast", alpha[1]),
            line("Beta", "Forecast", beta[1]),
        ]
        lines += [line("Beta", "Delivered", beta[0])] if beta[0] else []
        quarter(kept, period, *lines, head=MEASURES)
    moved = programme_measures(kept.load(Q2)).movement
    # What Beta delivered is not stated in the first quarter, so it is no movement.
    assert {each.label: tuple(map(pounds, each)) for each in moved.progress} == {
        "Delivered": (30_000, 45_000, 15_000),
        "Forecast": (180_000, 170_000, -10_000),
    }
    text = shown(page(kept).moved().html)
    assert "£10,000 has been delivered, where no amount was recorded before" in text
    assert "Since Quarter 1, 2 projects changed." in text
    assert "Alpha: £15,000 more has been delivered; the forecast is £10,000 lower." in text
    assert (
        "For the projects that report both quarters, £15,000 more has been delivered; the forecast"
        " is £10,000 lower; £10,000 has been delivered, where no amount was recorded before" in text
    )


SPLIT = (
    "Savings programme (£000)\nPlan,Current\nScope,Libraries\nRAG,2015/16,2016/17\nGreen"
    " Delivered,{},\nAmber,{},60\n"
)
MARKED = "as delivered, against"


def with_programme(root: Quarters, period: str, *splits: tuple[str, str]) -> None:
    folder = quarter(root, period, A1)
    for number, (service, amounts) in enumerate(splits):
        text = SPLIT.format(*amounts.split(",")).replace("Libraries", service)
        folder[f"programme-{number}.csv"] = text


def test_what_the_programmes_mark_as_delivered_is_told_beside_what_it_was(kept: Quarters) -> None:
    with_programme(kept, Q1, ("Libraries", "20,80"), ("Parks", "5,5"))
    with_programme(kept, Q2, ("Libraries", "70,30"), ("Parks", "8,2"))
    assert f"The programmes' RAG tables mark £78,000 {MARKED} £25,000 in Quarter 1." in shown(
        page(kept).moved().html
    )
    with_programme(kept, Q1, ("Libraries", "20,80"), ("Parks", ",5"))
    assert f"The programmes' RAG tables mark £78,000 {MARKED} £20,000 in Quarter 1." in shown(
        page(kept).moved().html
    ), "Parks had none"
    with_programme(kept, Q1, ("Libraries", "20,80"), ("Parks", "TBC,5"))
    assert MARKED not in shown(page(kept).moved().html), "what was delivered is not known"
    with_programme(kept, Q1, ("Libraries", "20,80"), ("Parks", "5,5"))
    other = str(kept[Q1]["programme-1.csv"])
    kept[Q1]["programme-1.csv"] = other.replace("2015/16,2016/17", "2014/15,2016/17")
    text = shown(page(kept).moved().html)
    assert MARKED not in text, "another year's savings are no movement"
    assert (
        "tables now cover 2015/16 to 2016/17; they covered"
        " 2014/15 to 2016/17 before. The two cannot"
        " be compared." in text
    )
    del kept[Q1]["programme-1.csv"]
    text = shown(page(kept).moved().html)
    assert MARKED not in text, "another programme is no movement"
    assert "tables are of" not in text


@pytest.mark.parametrize(
    ("was", "now", "title"),
    [
        (
            ("Red", "Amber"),
            ("Amber", "Red"),
            "£100,000 of savings are rated better and £70,000 worse",
        ),
        (("Amber", "Amber"), ("Amber", "Red"), "£70,000 of savings are rated worse"),
        (("TBC", "Amber"), ("Amber", "Amber"), "£100,000 of savings are rated otherwise"),
        (
            ("Red", "Red"),
            ("Amber", "TBC"),
            "£100,000 of savings are rated better and £70,000 otherwise",
        ),
        (("Red", "Red"), ("Red", "Red"), "No saving changed RAG status"),
    ],
)
def test_the_flow_says_how_much_is_rated_better_and_how_much_worse(
    kept: Quarters, was: tuple[str, str], now: tuple[str, str], title: str
) -> None:
    for period, rags in ((Q1, was), (Q2, now)):
        quarter(
            kept,
            period,
            f"A-1,Alpha,Further,{rags[0]},100,,100",
            f"B-1,Beta,New,{rags[1]},70,,70",
        )
    assert words(page_of(str(page(kept).moved().html)).one("figcaption").text) == title


def test_an_error_of_the_service_is_not_counted_as_the_projects_own(kept: Quarters) -> None:
    folder = quarter(kept, Q2, A1.replace("150", "160"), "B-1,Beta,New,Red,7,,7")
    register = "".join(f"{name},{name} in all,Further,Libraries\n" for name in ("Alpha", "Beta"))
    folder["register.csv"] = f"Project,Title,Type of saving,Service\n{register}"
    folder["split.csv"] = (
        "Split by route (£000)\nPlan,Current\nScope,Libraries\nDelivery route,Total\n"
        "Retained,5\nCommissioned,6\nTotal,50\n"
    )
    rows = page_of(str(page(kept).projects().html)).one("tbody").all("tr")
    assert [[words(cell.text) for cell in row.all("th", "td")][4] for row in rows] == [
        "1 + wider",
        "wider",
    ]
    tables = kept.load(Q2)
    found = ff.check(tables)
    assert "Two totals do not add up (one in its own figures)" in shown(
        ff.briefing(tables, found, "alpha").findings_by_actor().html
    )
    assert "One total does not add up (not in its own figures)" in shown(
        ff.briefing(tables, found, "beta").findings_by_actor().html
    )


@pytest.mark.parametrize(
    ("done", "said"),
    [
        ("30", "Projects whose statutory duties are behind schedule: Beta."),
        ("200", ""),
        ("", "Projects that report no progress on a statutory duty: Beta."),
    ],
)
def test_projects_whose_duties_are_behind_are_named(kept: Quarters, done: str, said: str) -> None:
    for period, count in ((Q1, "20"), (Q2, done)):
        folder = quarter(kept, period, A1)
        folder["deadlines.csv"] = (
            f"Project,What,Quantity,Done,By\nBeta,reviews,600,{count},April 2018\n"
        )
    text = shown(page(kept).problems().html)
    assert said in text if said else "statutory dut" not in text


BUDGETS = (
    "Base budget (£000)\nService,Basis,Savings"
    " position,2014/15,2015/16\nLibraries,net,after,2400,\nLibraries,net,{},,2190\n"
)


@pytest.mark.parametrize(
    ("position", "amounts", "said"),
    [
        (
            "after",
            "210,80",
            (
                "Only savings shown as delivered are taken off; a further £80,000 is planned for"
                " 2015/16."
            ),
        ),
        (
            "",
            "210,80",
            (
                "Only savings shown as delivered are taken off; a further £80,000 is planned for"
                " 2015/16."
            ),
        ),
        ("before", "210,80", None),
        ("after", "210,0", None),
    ],
)
def test_a_bridge_says_what_of_its_year_is_planned_and_not_taken_off(
    kept: Quarters, position: str, amounts: str, said: str | None
) -> None:
    folder = quarter(kept, Q2, A1)
    folder["register.csv"] = (
        "Project,Title,Type of saving,Service\nAlpha,Alpha in all,Further,Libraries\n"
    )
    folder["budget.csv"] = BUDGETS.format(position)
    folder["programme.csv"] = SPLIT.format(*amounts.split(","))
    tables = kept.load(Q2)
    assert [row.sentence for row in tables.refusals] == []
    text = shown(ff.briefing(tables, ff.check(tables), "alpha").bridge().html)
    assert "Budget bridge, Libraries" in text
    assert (said in text) if said else ("Only savings shown as delivered" not in text)
    planned = [item.planned for item in project_measures(tables, "alpha").bridges]
    assert [pounds(figure) for figure in planned] == [80_000 if said else None]
    assert say((planned[0],), in_short) == "£80,000" if planned[0] else said is None


def test_a_line_that_stands_twice_was_not_taken_out(kept: Quarters) -> None:
    quarter(kept, Q1, "A-1,Alpha,Further,Amber,70,,70")
    quarter(kept, Q2, "A-1,Alpha,Further,Amber,70,,70", "A-1,Alpha,Further,Red,30,,30")
    tables = kept.load(Q2)
    text = shown(ff.briefing(tables, ff.check(tables), "alpha").savings().html)
    assert "taken out" not in text
    assert "not listed" not in text
    assert flow(programme_measures(tables).movement) == {
        ("Amber", "Amber and Red"): 70_000,
        ("more", "Amber and Red"): 30_000,
    }


def test_what_is_delivered_in_full_is_called_so_on_the_programme_page_as_in_its_briefing(
    kept: Quarters,
) -> None:
    lines = [
        *(line("Alpha", *item) for item in (("Target", "10,20"), ("Delivered", "10,20"))),
        *(line("Beta", *item) for item in (("Target", "20,TBC"), ("Delivered", "20,"))),
    ]
    quarter(kept, Q2, *lines, head=MEASURES)
    tables = kept.load(Q2)
    rows = page_of(str(page(kept).projects().html)).one("tbody").all("tr")
    # What is delivered in full comes last.
    assert [[words(cell.text) for cell in row.all("th", "td")][::2][:2] for row in rows] == [
        ["Beta", "Amber"],
        ["Alpha", "Delivered"],
    ]
    said = [
        shown(ff.briefing(tables, ff.check(tables), project).message().html)
        for project in ("alpha", "beta")
    ]
    assert ["The whole saving is reported as delivered" in text for text in said] == [True, False]


def test_the_table_of_projects_says_who_falls_short(kept: Quarters) -> None:
    lines = (
        *(line("Alpha", *item) for item in (("Target", "100,50"), ("Forecast", "80,50"))),
        *(line("Beta", *item) for item in (("Target", "40,"), ("Forecast", "45,"))),
        line("Gamma", "Target", "7,"),
    )
    quarter(kept, Q2, *lines, projects=("Alpha", "Beta", "Gamma"), head=MEASURES)
    rows = [
        [words(cell.text) for cell in row.all("th", "td")]
        for row in page_of(str(page(kept).projects().html)).all("tr")
    ]
    assert [row[-1] for row in rows] == ["Forecast shortfall", "20", "nil", "– not stated"]


def test_a_case_is_shown_for_the_projects_that_have_one_in_their_briefing(kept: Quarters) -> None:
    quarter(
        kept,
        Q2,
        line("Alpha", "Target", "-30,30"),
        line("Beta", "Target", "-30,60"),
        head=MEASURES,
    )
    rows = [
        [words(cell.text) for cell in row.all("th", "td")]
        for row in page_of(str(page(kept).projects().html)).all("tr")
    ]
    # 60% of 60 less the whole of 30; of two that are rated alike, the larger amount first.
    assert [row[5:7] for row in rows[1:]] == [["30", "6"], ["nil", "– not stated"]]
