"""Where a saving stands and what may come of it.

By hand, case by case, with the weights that a council declares.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from quarters import ALL, Quarters
from rendered import page_of, words

import ffanalysis as ff
from ffanalysis.errors import SettingsWrong
from ffanalysis.figures import Figure, constant, missing
from ffanalysis.measure import ProjectMeasures, project_measures
from ffanalysis.measure.forecast import CASES, RiskWeightedForecast
from ffanalysis.measure.position import Position
from ffanalysis.measure.programme import programme_measures
from ffanalysis.money import in_short
from ffanalysis.present import forecast as present
from ffanalysis.present.words import say
from ffanalysis.read import load
from ffanalysis.vocabulary import Plan

PERIOD = "2015-16-Q2"
HEAD = (
    "Ref,Project,Plan,Type of saving,RAG,Measure,Recurring or"
    " one-off,Mitigates,2015/16,2016/17,2017/18"
)
REGISTER = "Project,Title,Type of saving,Status\nAlpha,Alpha in all,Further,Approved\n"


def alpha(
    root: Quarters, *lines: str, unit: str = "£000", settings: str = "", head: str = HEAD
) -> Any:
    """The measures of the only project of a quarter, whose schedule has these lines."""
    folder = root[PERIOD]
    folder["register.csv"] = REGISTER
    folder["schedule.csv"] = "\n".join([unit, head, *lines, ""])
    if settings:
        folder["settings.toml"] = settings
    tables = root.load(PERIOD)
    assert [row.sentence for row in tables.refusals] == []
    return project_measures(tables, "alpha")


def stated(position: Position | None) -> dict[str, float | None]:
    """What a position comes to in pounds, by what its table calls each figure."""
    assert position is not None
    named = {figure.label: figure for figure in position.figures() if figure is not position.target}
    return pounds({"Target": position.target, **named})


def pounds(figures: Mapping[str, Figure]) -> dict[str, float | None]:
    return {
        name: None if figure.value is None else figure.pence / 100
        for name, figure in figures.items()
    }


# Position


def test_what_stands_in_for_a_saving_is_told_apart_from_it(kept: Quarters) -> None:
    alpha(
        kept,
        "A-1,Alpha,Current,Further,Amber,Target,,,100,,",
        "A-1,Alpha,Current,Further,Amber,Forecast,,,80,,",
        "A-2,Alpha,Current,New,Green On Target,,One-off,A-1,50,,",
    )
    tables = kept.load(PERIOD)
    briefing = ff.briefing(tables, ff.check(tables), "alpha")
    # 20 are missing and 50 stand in for them: nothing is unmitigated.
    assert stated(briefing.measures.position)["Unmitigated"] == 0
    own = next(
        item
        for item in page_of(str(briefing.savings().html)).all("table")
        if "Saving in the plan" in item.text
    )
    assert [next(row.all("th", "td")).text for row in own.all("tr")][-2:] == [
        "Further",
        "New, in place of A-1",
    ]
    assert "Mitigations are not added" in own.text
    keys = page_of(str(briefing.message().html)).one("ul", **{"class": "keys"}).text
    assert "Amber" in keys
    assert "Green On Target" not in keys, "the status of the saving itself"


def test_a_cost_is_counted_in_full_in_every_case(kept: Quarters) -> None:
    found = alpha(
        kept,
        "A-1,Alpha,Proposed,Further,Amber,,,,100,,",
        "A-2,Alpha,Proposed,Further,Amber,,,,-20,,",
    )
    (amber,) = (row for row in found.forecast.weights if row.rag == "Amber")
    assert (amber.low, amber.central, amber.high) == (40, 60, 85)
    cases = {case: figures["total"].pence / 100 for case, figures in found.forecast.cases.items()}
    assert cases == {"low": 20_000, "central": 40_000, "high": 65_000}
    said = "Costs are included in full."
    assert said in present.assumptions([found.forecast])
    without = alpha(Quarters(), "A-1,Alpha,Proposed,Further,Red,,,,100,,").forecast
    assert said not in present.assumptions([without])
    both = present.assumptions([without, found.forecast])
    assert "40%, 60% or 85% of Amber and 0%, 20% or 50% of Red" in both, (
        "each status once, in order"
    )


def test_a_headline_names_what_the_forecast_lacks(kept: Quarters) -> None:
    target, forecast = (
        "A-1,Alpha,Current,Further,Amber,Target,,,100,50,",
        "A-1,Alpha,Current,Further,Amber,Forecast,,,{},50,",
    )

    def headline(root: Quarters, amount: int) -> str:
        alpha(root, target, forecast.format(amount))
        tables = root.load(PERIOD)
        return words(
            page_of(str(ff.briefing(tables, ff.check(tables), "alpha").message().html)).text
        )

    assert headline(Quarters(), 70).startswith(
        "Alpha is planned to save £150,000 from 2015/16 to 2016/17, with a forecast shortfall of"
        " £30,000. It is rated Amber."
    )
    assert headline(Quarters(), 100).startswith(
        "Alpha is planned to save £150,000 from 2015/16 to 2016/17. It is rated Amber."
    )


@pytest.mark.parametrize(
    # More in one year is none of a later year's saving.
    ("delivered", "is_weighed"),
    [("100,50", False), ("120,50", False), ("120,40", True), ("100,40", True)],
)
def test_of_a_saving_that_is_delivered_nothing_is_weighed(
    kept: Quarters, delivered: str, *, is_weighed: bool
) -> None:
    alpha(
        kept,
        "A-1,Alpha,Current,Further,Amber,Target,,,100,50,",
        f"A-1,Alpha,Current,Further,Amber,Delivered,,,{delivered},",
    )
    tables = kept.load(PERIOD)
    text = words(page_of(str(ff.briefing(tables, ff.check(tables), "alpha").outlook().html)).text)
    assert ("Risk-weighted delivery" in text) == is_weighed
    assert ("so no risk allowance is made" in text) != is_weighed
    tiles = words(
        page_of(str(ff.briefing(tables, ff.check(tables), "alpha").message().html))
        .one("ul", **{"class": "keys"})
        .text
    )
    assert ("RAG Delivered rated Amber in the schedule" in tiles) != is_weighed


def test_a_year_that_is_over_and_delivered_is_told_apart_from_how_the_rest_is_rated(
    kept: Quarters,
) -> None:
    head = HEAD.replace("2015/16,2016/17,2017/18", "2014/15,2015/16,2016/17")
    lines = (
        "A-1,Alpha,Current,Further,Red,Target,,,100,30,",
        "A-2,Alpha,Current,New,Amber,Target,,,20,50,",
        "A-1,Alpha,Current,Further,Red,Delivered,,,100,5,",
    )
    found = alpha(kept, *lines, "A-2,Alpha,Current,New,Amber,Delivered,,,19,,", head=head)
    assert found.main.done is None, "119 of 120"
    found = alpha(kept, *lines, "A-2,Alpha,Current,New,Amber,Delivered,,,25,,", head=head)
    done = found.main.done
    assert (done.years, done.amount.pence, pounds(done.by_rag)) == (
        ("2014/15",),
        12_000_000,
        {"Amber": 50_000, "Red": 30_000},
    )
    tables = kept.load(PERIOD)
    text = words(page_of(str(ff.briefing(tables, ff.check(tables), "alpha").message().html)).text)
    assert (
        ". £120,000 for 2014/15 has been delivered; of the rest,"
        " £30,000 is rated Red and £50,000 Amber" in text
    )
    assert "£120,000 delivered for 2014/15, £30,000 Red and £50,000 Amber" in text, (
        "the tile says the same"
    )


# Weighted


def section(found: ProjectMeasures) -> str:
    """What a briefing shows of what may be delivered."""
    return str(present.section(found.forecast, "Alpha", found.reported, found.position))


def cases(found: ProjectMeasures) -> dict[str, list[float]]:
    """The low, central and high case by year, in pounds."""
    assert found.forecast is not None
    years = found.forecast.years
    return {
        year: [found.forecast.cases[case][year].pence / 100 for case in CASES] for year in years
    }


def test_what_was_delivered_in_another_year_does_not_come_twice(kept: Quarters) -> None:
    # 40 of the 100 planned for 2015/16 came in 2016/17: the other 60 are weighed, 40, 60 and 85% of
    # them.
    found = alpha(
        kept,
        "A-1,Alpha,Current,Further,Amber,Target,,,100,,",
        "A-1,Alpha,Current,Further,Amber,Delivered,,,,40,",
    )
    assert cases(found) == {
        "2015/16": [24_000, 36_000, 51_000],
        "2016/17": [40_000, 40_000, 40_000],
        "total": [64_000, 76_000, 91_000],
    }


def test_more_delivered_than_is_planned_is_said_and_nothing_is_to_come(kept: Quarters) -> None:
    found = alpha(
        kept,
        "A-1,Alpha,Current,Further,Amber,Target,,,100,50,",
        "A-1,Alpha,Current,Further,Amber,Delivered,,,180,,",
    )
    assert cases(found) == {"2015/16": [180_000] * 3, "2016/17": [0] * 3, "total": [180_000] * 3}
    assert found.forecast is not None
    said = say(present.lead(found.forecast, "Alpha"), in_short)
    assert (
        said
        == "Alpha is recorded as having delivered more than is planned: £180,000 against £150,000."
    )


@pytest.mark.parametrize(
    ("delivered", "of_the_year"),
    [
        ("0", [0, 0, 0]),
        ("25", [25_000] * 3),
        ("100", [100_000] * 3),
        ("", [40_000, 60_000, 85_000]),
        ("TBC", [40_000, 60_000, 85_000]),
    ],
    ids=["nil", "part", "all", "blank", "TBC"],
)
def test_of_a_year_that_is_over_comes_what_is_delivered_where_that_is_stated(
    kept: Quarters, delivered: str, of_the_year: list[float]
) -> None:
    head = HEAD.replace("2015/16", "2014/15").replace("2016/17", "2015/16")
    lines = (
        "A-1,Alpha,Current,Further,Amber,Target,,,100,60,",
        f"A-1,Alpha,Current,Further,Amber,Delivered,,,{delivered},10,",
    )
    found = alpha(kept, *lines, head=head)
    assert cases(found)["2014/15"] == of_the_year


def test_a_forecast_that_is_known_in_part_is_not_held_against_the_cases(kept: Quarters) -> None:
    found = alpha(
        kept,
        "A-1,Alpha,Current,Further,Amber,Target,,,100,50,",
        "A-1,Alpha,Current,Further,Amber,Forecast,,,90,TBC,",
    )
    assert found.forecast is not None
    said = say(present.own_forecast(found.forecast, found.position.forecast), in_short)
    assert (
        said == "The service's own forecast is known only in part (£90,000), so it is not compared."
    )


@pytest.mark.parametrize("amount", ["0", "-20"])
def test_of_nil_and_of_a_cost_nothing_is_weighed(kept: Quarters, amount: str) -> None:
    found = alpha(kept, f"A-1,Alpha,Proposed,Further,Amber,,,,{amount},,")
    assert section(found) == ""


def test_each_year_is_weighted_by_the_status_of_its_lines(kept: Quarters) -> None:
    found = alpha(
        kept,
        "A-1,Alpha,Proposed,Further,Amber,,,,,100,50",
        "A-2,Alpha,Proposed,New,Green On Target,,,,,40,",
    ).forecast
    # Amber 40, 60, 85%; Green On Target 80, 95, 100%: 100 × 0.4 + 40 × 0.8 = 72; 60 + 38 = 98; 85 +
    # 40 = 125. 50: 20, 30, 42.5.
    assert {case: pounds(by_year) for case, by_year in found.cases.items()} == {
        "low": {"2016/17": 72_000, "2017/18": 20_000, "total": 92_000},
        "central": {"2016/17": 98_000, "2017/18": 30_000, "total": 128_000},
        "high": {"2016/17": 125_000, "2017/18": 43_000, "total": 168_000},
    }
    assert pounds(found.planned) == {"2016/17": 140_000, "2017/18": 50_000, "total": 190_000}
    assert pounds(found.gap) == {"low": 98_000, "central": 62_000, "high": 22_000}
    assert found.not_assessed.value is None
    assert say(present.lead(found, "Alpha"), in_short) == (
        "At illustrative rates, Alpha would deliver about £128,000 of £190,000"
        " (£92,000 to £168,000)."
    )


def test_what_has_no_status_is_not_assessed_and_nothing_is_made_up_for_it(kept: Quarters) -> None:
    found = alpha(kept, "A-1,Alpha,Proposed,Further,TBC,,,,,100,").forecast
    assert (found.cases, found.gap, found.not_assessed.pence) == ({}, {}, 10_000_000)
    assert say(present.lead(found, "Alpha"), in_short) == (
        "No illustrative forecast: the £100,000 has no RAG status."
    )
    assert str(present.weighted_table(found)) == ""


def test_a_part_without_a_status_stands_outside_every_case(kept: Quarters) -> None:
    found = alpha(
        kept, "A-1,Alpha,Proposed,Further,TBC,,,,,100,", "A-2,Alpha,Proposed,New,Red,,,,,50,"
    ).forecast
    assert pounds({case: by_year["total"] for case, by_year in found.cases.items()}) == {
        "low": 0,
        "central": 10_000,
        "high": 25_000,
    }
    assert found.gap["central"].pence == 4_000_000, "short of what was assessed, 50 less 10"
    assert say(present.lead(found, "Alpha"), in_short).endswith(
        "It leaves out £100,000, which has no RAG status."
    )


def test_what_is_delivered_throughout_is_one_case(kept: Quarters) -> None:
    found = alpha(kept, "A-1,Alpha,Current,Further,Green Delivered,,,,100,,").forecast
    assert (
        say(present.lead(found, "Alpha"), in_short)
        == "At illustrative rates, Alpha would deliver about £100,000 of £100,000 in every case."
    )


def test_no_case_is_less_than_what_is_delivered(kept: Quarters) -> None:
    found = alpha(
        kept,
        "A-1,Alpha,Current,Further,Red,Target,,,100,50,",
        "A-1,Alpha,Current,Further,Red,Delivered,,,45,,",
    ).forecast
    assert {case: pounds(by_year) for case, by_year in found.cases.items()} == {
        "low": {"2015/16": 45_000, "2016/17": 0, "total": 45_000},
        "central": {"2015/16": 45_000, "2016/17": 10_000, "total": 55_000},
        "high": {"2015/16": 50_000, "2016/17": 25_000, "total": 75_000},
    }


def test_what_is_delivered_in_a_year_without_a_target_counts(kept: Quarters) -> None:
    found = alpha(
        kept,
        "A-1,Alpha,Current,Further,Red,Target,,,,50,",
        "A-1,Alpha,Current,Further,Red,Delivered,,,20,,",
    ).forecast
    assert pounds(found.planned) == {"2015/16": None, "2016/17": 50_000, "total": 50_000}
    assert pounds(found.cases["low"]) == {"2015/16": 20_000, "2016/17": 0, "total": 20_000}


def test_faster_savings_are_not_forecast(kept: Quarters) -> None:
    found = alpha(
        kept,
        "A-1,Alpha,Proposed,Existing (Faster),Amber,,,,,100,",
        "A-2,Alpha,Proposed,New,Red,,,,,50,",
    ).forecast
    assert found.planned["total"].pence == 5_000_000


@pytest.mark.parametrize(
    ("unit", "amount", "central"),
    [
        ("£", "254407", 153_000),
        ("£", "9990", 5_994),
        ("£m", "0.3", 180_000),
        ("£m", "0.254", 152_000),
    ],
    ids=["to a thousand", "small", "stated to a hundred thousand", "stated to a thousand"],
)
def test_a_forecast_is_rounded_to_thousands_a_small_one_to_pounds(
    kept: Quarters, unit: str, amount: str, central: float
) -> None:
    # 60% of 254,407 is 152,644; of 9,990 5,994; of 300,000 180,000; of 254,000 152,400.
    found = alpha(kept, f"A-1,Alpha,Proposed,Further,Amber,,,,,{amount},", unit=unit).forecast
    assert found.cases["central"]["total"].pence == central * 100


def test_a_project_without_an_amount_has_no_forecast(kept: Quarters) -> None:
    found = alpha(kept, "A-1,Alpha,Proposed,Further,Amber,,,,,TBC,")
    assert found.forecast is None
    assert section(found) == ""


@pytest.mark.parametrize(
    ("own", "where"),
    [
        (50_000, "lower than the illustrative low case (£60,000). Ask the service why."),
        (60_000, "within that range, £30,000 less than the central case."),
        (90_000, "the central case."),
        (127_000, "within that range, £37,000 more than the central case."),
        (128_000, "within that range, £38,000 more than the central case."),
        (150_000, "higher than the illustrative high case (£130,000). Ask the service why."),
        (None, ""),
    ],
)
def test_the_schedules_own_forecast_is_told_apart_from_the_cases(
    kept: Quarters, own: int | None, where: str
) -> None:
    # 40% of 150,000 is 60,000; 85% of 100,000 is 85,000 and of 50,000 42,500, which is rounded to
    # 43,000.
    found = alpha(kept, "A-1,Alpha,Proposed,Further,Amber,,,,,100,50")
    forecast = Figure(
        "position/forecast", missing("") if own is None else constant(own * 100, "given")
    )
    found = replace(found, position=replace(found.position, forecast=forecast))
    shown = words(page_of(section(found)).text)
    assert ("The service's own forecast" in shown) == (own is not None)
    assert f" is {where}" in shown or not where


def test_a_case_of_all_is_no_more_than_all(kept: Quarters) -> None:
    found = alpha(kept, "A-1,Alpha,Current,Further,Green On Target,Target,,,150.439,,").forecast
    # 100% of £150,439 would be rounded to £151,000; 80% is 120,351, rounded 120,000.
    assert [found.cases[case]["total"].pence for case in ("low", "high")] == [
        12_000_000,
        15_043_900,
    ]
    assert found.gap["high"].pence == 0


def test_the_programme_page_has_the_case_that_the_briefing_has(kept: Quarters) -> None:
    found = alpha(
        kept,
        "A-1,Alpha,Current,Further,Red,Target,,,100,50,",
        "A-1,Alpha,Current,Further,Red,Delivered,,,45,,",
    )
    whole = programme_measures(kept.load(PERIOD))
    assert whole.forecasts == {"alpha": found.forecast}
    assert found.forecast.cases["central"]["total"].pence == 5_500_000


def test_a_project_with_savings_in_the_plan_and_proposed_ones_counts_under_both(
    kept: Quarters,
) -> None:
    alpha(kept, "A-1,Alpha,Current,Further,Amber,,,,100,,", "A-2,Alpha,Proposed,New,Red,,,,,50,")
    whole = programme_measures(kept.load(PERIOD))
    assert pounds(whole.own) == {Plan.CURRENT: 100_000, Plan.PROPOSED: 50_000}
    for breakdown in whole.breakdowns.values():
        for plan, figure in whole.own.items():
            parts = [label[plan].value or 0 for label in breakdown.values() if plan in label]
            assert sum(parts) == figure.pence


# What a council declares


def test_a_council_sets_its_own_weights_and_the_page_says_whose_they_are(kept: Quarters) -> None:
    settings = '[risk_weights]\n"Amber" = [10, 50, 90]\n'
    found = alpha(kept, "A-1,Alpha,Proposed,Further,Amber,,,,,100,", settings=settings).forecast
    assert pounds({case: by_year["total"] for case, by_year in found.cases.items()}) == {
        "low": 10_000,
        "central": 50_000,
        "high": 90_000,
    }
    caption = words(page_of(str(present.weighted_table(found))).one("caption").text)
    assert (
        "Assumes 10%, 50% or 90% of Amber savings are delivered."
        " These are the council's own (settings.toml)." in caption
    )


def test_a_quarters_own_settings_come_before_those_of_all_quarters(
    kept: Quarters, tmp_path: Path
) -> None:
    for place, percent in ((ALL, 70), (PERIOD, 20)):
        share = f"[{percent}, {percent}, {percent}]"
        kept[place]["settings.toml"] = f'[risk_weights]\n"Amber" = {share}\n'
    found = alpha(kept, "A-1,Alpha,Proposed,Further,Amber,,,,,100,").forecast
    assert found.cases["central"]["total"].pence == 2_000_000
    load(PERIOD, kept.write(tmp_path))
    assert (tmp_path / "data" / "processed" / PERIOD / "weights.parquet").is_file()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[risk_weights", "it is not TOML: "),
        ("[other]\n", "[other] is not known; it may have: [programme], [logo], [colours], "),
        (
            "risk_weights = 7\n",
            "risk_weights is no table; write [risk_weights] on a line of its own.",
        ),
        (
            "[risk_weights]\nPurple = [1, 2, 3]\n",
            "[risk_weights] 'Purple' is no RAG status; write one of: Green Delivered, ",
        ),
        (
            "[risk_weights]\nAmber = [40, 60]\n",
            "[risk_weights] 'Amber' must be three whole percentages from 0 to 100",
        ),
        (
            "[risk_weights]\nAmber = [60, 40, 80]\n",
            "[risk_weights] 'Amber' must be three whole percentages from 0 to 100",
        ),
        (
            "[risk_weights]\nAmber = [0.4, 0.6, 0.8]\n",
            "[risk_weights] 'Amber' must be three whole percentages from 0 to 100",
        ),
        (
            "[risk_weights]\nAmber = [40, 60, 101]\n",
            "[risk_weights] 'Amber' must be three whole percentages from 0 to 100",
        ),
        (
            "[risk_weights]\nAmber = [true, true, true]\n",
            "[risk_weights] 'Amber' must be three whole percentages from 0 to 100",
        ),
    ],
)
def test_settings_that_cannot_hold_stop_the_run_in_one_sentence(
    kept: Quarters, text: str, said: str
) -> None:
    with pytest.raises(SettingsWrong) as caught:
        alpha(kept, "A-1,Alpha,Proposed,Further,Amber,,,,,100,", settings=text)
    assert str(caught.value).startswith(f"settings.toml: {said}")
    assert caught.value.exit_code == 11


# The example


def test_the_papers_saving_has_no_status_and_no_forecast(programme: Path) -> None:
    tables = ff.load(PERIOD, programme).records
    page = page_of(
        str(ff.briefing(tables, ff.check(tables), "sen-contract-efficiency").outlook().html)
    )
    said = words(page.text)
    assert "No illustrative forecast: the £100,000 has no RAG status." in said
    assert "Risk-weighted" not in said


def test_every_figure_of_a_forecast_is_among_the_briefings(kept: Quarters) -> None:
    found = alpha(kept, "A-1,Alpha,Proposed,Further,Amber,,,,,100,50")
    weighted: RiskWeightedForecast = found.forecast
    names = {figure.name for figure in found.figures()}
    assert {figure.name for figure in weighted.figures()} <= names
    shown = {item.attributes["data-figure"] for item in page_of(section(found)).all("data")}
    assert shown <= names


def said_first(root: Quarters) -> str:
    tables = root.load(PERIOD)
    return words(page_of(str(ff.briefing(tables, ff.check(tables), "alpha").message().html)).text)


def test_amounts_that_add_to_spending_are_not_called_a_saving(kept: Quarters) -> None:
    alpha(kept, "A-1,Alpha,Proposed,Further,Amber,,,,100,-150,")
    assert said_first(kept).startswith(
        "As recorded, Alpha would add £50,000 to spending from 2015/16 to 2016/17."
    )


def test_what_is_delivered_is_not_held_against_a_target_that_cannot_be_read(kept: Quarters) -> None:
    delivered = "A-1,Alpha,Current,Further,Amber,Delivered,,,60,,"

    def outcomes(root: Quarters, target: str) -> list[str]:
        folder = root[PERIOD]
        folder["register.csv"] = REGISTER
        lines = [f"A-1,Alpha,Current,Further,Amber,Target,,,50,{target},", delivered]
        folder["schedule.csv"] = "\n".join(["£000", HEAD, *lines, ""])
        return [
            item.outcome
            for item in ff.check(root.load(PERIOD))
            if item.rule == "delivered-within-target" and not item.year
        ]

    assert outcomes(Quarters(), "soon") == []
    assert outcomes(Quarters(), "5") == ["exceeds_limit"]
    assert outcomes(Quarters(), "50") == ["within_limit"]


def test_a_total_beside_what_is_delivered_is_no_line_of_the_saving(kept: Quarters) -> None:
    head = "Ref,Project,Plan,Type of saving,RAG,Measure,2015/16,2016/17,Total"
    found = alpha(
        kept,
        "A-1,Alpha,Current,Further,Amber,Target,100,50,150",
        "A-1,Alpha,Current,Further,Amber,Delivered,30,,30",
        head=head,
    )
    assert [line.printed.pence for line in found.main.lines] == [15_000_000]
    assert found.position.delivered.pence == 3_000_000
