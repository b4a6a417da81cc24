"""How figures read in tables and sentences.

Nil is not "not stated", one is not many, and no sentence holds a number of its own.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rendered import PERIOD, PROJECT, PROJECT_NAME, put, with_sheet

import ffanalysis as ff
from ffanalysis import money, periods, read
from ffanalysis.api import CheckedQuarter as Quarter
from ffanalysis.figures import Figure, FigureUnit, Sum, constant, missing, part_known
from ffanalysis.findings import Finding, Outcome, Sentence, Severity
from ffanalysis.measure.bridge import Bridge, Reading
from ffanalysis.measure.context import BaseBudget, Context, RagByYear, StillToCome
from ffanalysis.measure.duties import Deadline
from ffanalysis.measure.position import Position
from ffanalysis.measure.project_savings import DeliveredYears, ProjectSavings, ScheduleLine
from ffanalysis.present import sentences
from ffanalysis.present.bridge import bridge_title
from ffanalysis.present.briefing import Briefing
from ffanalysis.present.findings import short_cells
from ffanalysis.present.milestones import milestone_status, timeline_title
from ffanalysis.present.words import figure_text, pounds_together, say, show
from ffanalysis.provenance import CellRef
from ffanalysis.tables import BudgetRow, MilestoneRow
from ffanalysis.vocabulary import Plan, Stage

K, M = money.THOUSAND, money.MILLION
PAPER = (
    "This paper is at concept stage and is work in progress. It should be noted it has not been"
    " approved"
)


def saving(pence: int | None, gap: str = "") -> Figure:
    """An amount; with a gap, what is known of one, or why nothing is."""
    return Figure("saving", _amount(pence, gap or ("not stated" if pence is None else "")))


def _amount(pence: int | None, gap: str = "") -> Sum:
    """An amount, or a part of one, or why there is none."""
    return missing(gap) if pence is None else part_known(constant(pence, "given"), gap)


def number(name: str, value: int | Decimal | str | None, unit: FigureUnit) -> Figure:
    known = Decimal(value) if isinstance(value, str) else value
    return Figure(name, missing("not stated") if known is None else constant(known, "given"), unit)


# Tables


@pytest.mark.parametrize(
    ("pence", "text"),
    [
        (None, "not stated"),
        (0, "nil"),
        (149_500_000, "1,495"),
        (-31_800_000, "(318)"),
        (100_000, "1"),
        (-100_000, "(1)"),
        (123_456_700_000, "1,234,567"),
        (31_850_000, "318.5"),
        (1, "0.00001"),
        (100_000_000, "1,000"),
    ],
)
def test_an_amount_in_a_table_reads_in_thousands(pence: int | None, text: str) -> None:
    assert show(pence) == text


@pytest.mark.parametrize(
    ("unit", "text"),
    [(money.POUND, "2,455,000"), (money.THOUSAND, "2,455"), (money.MILLION, "2.455")],
    ids=["£", "£000", "£m"],
)
def test_a_table_may_be_in_another_unit(unit: int, text: str) -> None:
    assert show(245_500_000, unit) == text


@given(st.integers(-(10**13), 10**13).filter(bool))
def test_what_a_table_shows_reads_back_to_the_penny(pence: int) -> None:
    text = show(pence)
    number = Decimal(text.strip("()").replace(",", "")) * money.THOUSAND
    assert (-number if text.startswith("(") else number) == pence


# Sentences


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        (saving(245_500_000), "£2,455,000"),
        (saving(-31_800_000), "−£318,000"),
        (saving(0), "nil"),
        (saving(None), "not stated"),
        (number("share", "9.2", "percent"), "9.2%"),
        (number("share", "51.0", "percent"), "51.0%"),
        (number("share", None, "percent"), "not stated"),
        (number("statements", 3000, "count"), "3,000"),
        (number("statements", 0, "count"), "0"),
        (number("rate", 1250, "per month"), "1,250"),
        (number("months", 30, "months"), "30"),
    ],
)
def test_a_figure_in_a_sentence_reads_in_its_own_unit(figure: Figure, text: str) -> None:
    assert figure_text(figure) == text


def test_a_sentence_is_its_words_and_figures_in_their_order() -> None:
    sentence: Sentence = (
        "A total of ",
        saving(245_500_000),
        " over ",
        number("years", 3, "count"),
        " years.",
    )
    assert say(sentence) == "A total of £2,455,000 over 3 years."
    assert say(sentence, money.in_short) == "A total of £2.455m over 3 years."
    assert say(()) == ""


def test_a_sum_with_marked_gaps_is_called_partial_in_plain_text_too() -> None:
    assert "partial" in say(("the years add to ", saving(90_200_000, "TBC"), "."))


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ((), ""),
        (("Amber",), "Amber"),
        (("Amber", "Red"), "Amber and Red"),
        (("Green On Target", "Amber", "Red"), "Green On Target, Amber and Red"),
    ],
)
def test_words_are_joined_as_a_sentence_lists_them(words: Sequence[str], text: str) -> None:
    assert sentences.joined(words) == text


@pytest.mark.parametrize(
    ("years", "text"),
    [
        ((), "in no stated year"),
        (("2017/18",), "in 2017/18"),
        (("2016/17", "2017/18"), "from 2016/17 to 2017/18"),
        (("2016/17", "2017/18", "2018/19"), "from 2016/17 to 2018/19"),
    ],
)
def test_the_years_of_a_saving_are_spoken(years: Sequence[str], text: str) -> None:
    assert sentences.when(years) == text


@pytest.mark.parametrize(
    ("status", "banner"),
    [
        (None, "Governance status not stated"),
        ("", "Governance status not stated"),
        (PAPER, "Concept stage, not approved"),
        ("CONCEPT STAGE", "Concept stage, not approved"),
        ("Not approved", "Not approved"),
        ("It has not been approved by any committee", "Not approved"),
        ("Draft for the directors", "Approval not stated"),
        ("Awaiting the Cabinet's decision.", "Not approved yet"),
        ("Approved in principle, subject to Cabinet", "Not approved yet"),
        ("Approved by Cabinet on 5 November 2015", None),
        ("approved", None),
    ],
)
def test_the_banner_says_how_far_governance_has_come(
    status: str | None, banner: str | None
) -> None:
    assert sentences.governance(status) == banner


@pytest.mark.parametrize(
    "status",
    [
        "Approved: no",
        "Approved? Not yet",
        "Approved by officers; Cabinet has not been asked",
        "Approved in principle, subject to Cabinet",
    ],
)
def test_a_status_that_only_begins_with_approved_keeps_its_banner(status: str) -> None:
    assert sentences.governance(status) is not None


def finding(
    severity: Severity,
    outcome: Outcome = "disagrees",
    rule: str = "proposed-total",
    *,
    parent: str = "",
    project: str = PROJECT,
) -> Finding:
    return Finding(
        rule, PROJECT_NAME, outcome, severity, ("It does.",), parent=parent, project=project
    )


# The headline says the service of this row, and no more of it.
BUDGET_ROW = BudgetRow(
    block="",
    service="SEND Services",
    part_of=None,
    basis=None,
    savings_position=None,
    year="2015/16",
    line_no=None,
    amount_pence=None,
    stated_to_pence=None,
    missing=None,
    corrected=None,
    workbook="",
    sheet="",
    cell="",
)


def own(
    total: Figure,
    years: Sequence[str] = ("2017/18",),
    without_rag: int | None = None,
    share: str | None = None,
    plan: Plan = Plan.PROPOSED,
    by_rag: dict[str, Figure] | None = None,
    tbc: Sequence[str] = (),
    done: DeliveredYears | None = None,
    rags: Sequence[str] = (),
) -> ProjectSavings:
    """A project's own savings, the total in each of its years.

    `share` is that of the SEND Services budget.

    The years `tbc` state no amount; `done` are those that are over and delivered. `rags` are the
    statuses of its lines as printed.
    """
    known = saving(total.value) if tbc else total
    return ProjectSavings(
        (*years, *tbc),
        total,
        dict.fromkeys(years, known) | dict.fromkeys(tbc, saving(None, "TBC")),
        tuple(ScheduleLine("New", (rag,), {}, total, is_total=False) for rag in rags),
        saving(without_rag),
        None,
        BUDGET_ROW,
        number("share", share, "percent") if share else None,
        plan,
        by_rag or {},
        done,
    )


def known_in(parts: Sequence[str], whole: Sequence[str]) -> ProjectSavings:
    """A saving of two years, of which those in `parts` are known in part, and none of `whole`."""
    found = own(saving(10_000_000, "TBC"), ["2017/18", "2018/19"], tbc=whole)
    by_year = {year: saving(5_000_000, "TBC" if year in parts else "") for year in found.years[:2]}
    return replace(found, by_year={**found.by_year, **by_year})


ERROR = finding("error")
MESSAGES: list[tuple[str, ProjectSavings, Sequence[Finding], str]] = [
    (
        "the paper's own",
        own(
            saving(10_000_000),
            without_rag=10_000_000,
            share="9.2",
            rags=["not legible in the source"],
        ),
        [ERROR],
        (
            "SEN Contract Efficiency proposes to save £100,000 in"
            " 2017/18, 9.2% of the SEND Services"
            " budget. Its RAG status is not legible in the source and its totals do not add up."
        ),
    ),
    (
        "several years, no doubt",
        own(saving(125_000_000), ["2016/17", "2017/18", "2018/19"]),
        [],
        "SEN Contract Efficiency proposes to save £1.25m from 2016/17 to 2018/19.",
    ),
    (
        "no year",
        own(saving(5_000_000), []),
        [],
        "SEN Contract Efficiency proposes to save £50,000 in no stated year.",
    ),
    ("nil", own(saving(0), share="0.0"), [], "SEN Contract Efficiency proposes a saving of nil."),
    (
        "a part of it TBC",
        own(saving(10_000_000, "TBC")),
        [],
        (
            "SEN Contract Efficiency proposes to save £100,000 in 2017/18;"
            " a further part is still to be confirmed."
        ),
    ),
    (
        "a year of it TBC",
        own(
            saving(10_000_000, "TBC"),
            tbc=["2018/19", "2019/20"],
            by_rag={"Amber": saving(10_000_000)},
        ),
        [],
        (
            "SEN Contract Efficiency proposes to save £100,000 in 2017/18; the amount for"
            " 2018/19 and 2019/20 is still to be confirmed. The known part is rated Amber."
        ),
    ),
    *(
        (
            f"not known of {name}",
            known_in(parts, whole),
            [],
            f"SEN Contract Efficiency proposes to save £100,000 from 2017/18 to 2018/19; {said}.",
        )
        for name, parts, whole, said in (
            ("one year in part", ("2018/19",), (), "part of 2018/19 is still to be confirmed"),
            (
                "several years in part",
                ("2017/18", "2018/19"),
                (),
                "part of 2017/18 and of 2018/19 is still to be confirmed",
            ),
            (
                "a year in part and one as a whole",
                ("2018/19",),
                ("2019/20",),
                "part of 2018/19 and the amount for 2019/20 are still to be confirmed",
            ),
            (
                "years in part and years as a whole",
                ("2017/18", "2018/19"),
                ("2019/20", "2020/21"),
                (
                    "part of 2017/18 and of 2018/19 and the amount for 2019/20 and 2020/21 are"
                    " still to be confirmed"
                ),
            ),
        )
    ),
    *(
        (
            f"a year that is over and delivered, the rest {name}",
            own(
                saving(10_000_000),
                ["2014/15", "2015/16", "2016/17"],
                plan=Plan.CURRENT,
                by_rag={"Red": saving(10_000_000)},
                done=DeliveredYears(("2014/15",), saving(4_000_000), by_rag, saving(without)),
            ),
            [],
            (
                "SEN Contract Efficiency is planned to save £100,000"
                " from 2014/15 to 2016/17. £40,000 for"
                f" 2014/15 has been delivered{said}."
            ),
        )
        for name, by_rag, without, said in (
            ("of one status", {"Red": saving(6_000_000)}, None, "; the rest is rated Red"),
            (
                "of two",
                {"Amber": saving(5_000_000), "Red": saving(1_000_000)},
                None,
                "; of the rest, £10,000 is rated Red and £50,000 Amber",
            ),
            (
                "of one and of none",
                {"Red": saving(1_000_000)},
                5_000_000,
                "; of the rest, £10,000 is rated Red and £50,000 has no RAG status",
            ),
            ("of none", {}, 6_000_000, "; the rest has no RAG status"),
            ("nil", {}, None, ""),
        )
    ),
    (
        "no saving, which is an error of its own",
        own(saving(None, "not stated")),
        [finding("error", "not_stated", "savings-stated")],
        "No saving of its own is recorded for SEN Contract Efficiency.",
    ),
    (
        "blank",
        own(saving(None, "blank")),
        [],
        "No saving of its own is recorded for SEN Contract Efficiency.",
    ),
    (
        "nothing there",
        own(saving(None, "not stated")),
        [],
        "No saving of its own is recorded for SEN Contract Efficiency.",
    ),
    (
        "TBC",
        own(saving(None, "TBC")),
        [],
        "SEN Contract Efficiency proposes a saving, but its amount is marked TBC.",
    ),
    (
        "TBC and an error",
        own(saving(None, "TBC")),
        [ERROR],
        (
            "SEN Contract Efficiency proposes a saving, but its amount is marked TBC."
            " Its totals do not add up."
        ),
    ),
    (
        "an error only",
        own(saving(10_000_000)),
        [ERROR],
        ("SEN Contract Efficiency proposes to save £100,000 in 2017/18. Its totals do not add up."),
    ),
    (
        "part without RAG",
        own(saving(10_000_000), without_rag=4_000_000),
        [],
        (
            "SEN Contract Efficiency proposes to save £100,000 in 2017/18. Part of it has no RAG"
            " status."
        ),
    ),
    *(
        (
            f"without RAG, {mark}",
            own(saving(10_000_000), without_rag=without, rags=rags),
            [],
            f"SEN Contract Efficiency proposes to save £100,000 in 2017/18. {said}",
        )
        for mark, without, rags, said in (
            ("TBC", 10_000_000, ["TBC"], "Its RAG status is marked TBC."),
            ("blank", 10_000_000, ["blank"], "Its RAG status is not recorded."),
            ("several reasons", 10_000_000, ["TBC", "blank"], "It has no RAG status."),
            ("a part", 4_000_000, ["TBC"], "The RAG status of part of it is marked TBC."),
        )
    ),
    (
        "nil without RAG",
        own(saving(10_000_000), without_rag=0),
        [],
        "SEN Contract Efficiency proposes to save £100,000 in 2017/18.",
    ),
    (
        "a query, a note, and an error that another explains",
        own(saving(10_000_000)),
        [finding("query"), finding("note", "agrees"), finding("error", parent="proposed-total:x")],
        "SEN Contract Efficiency proposes to save £100,000 in 2017/18.",
    ),
    (
        "a line that stands twice",
        own(saving(10_000_000)),
        [finding("error", rule="duplicate-line")],
        (
            "SEN Contract Efficiency proposes to save £100,000 in 2017/18. One of its"
            " lines is duplicated."
        ),
    ),
    (
        "perhaps in another unit",
        own(saving(10_000_000)),
        [finding("query", rule="unit-slip")],
        (
            "SEN Contract Efficiency proposes to save £100,000 in 2017/18. An amount"
            " may be in the wrong unit."
        ),
    ),
    (
        "a rule that has no words of its own",
        own(saving(10_000_000)),
        [finding("error", rule="budget-bridge")],
        (
            "SEN Contract Efficiency proposes to save £100,000 in 2017/18. One check of"
            " its figures failed."
        ),
    ),
    (
        "more errors than a headline holds, one of them twice",
        own(saving(10_000_000)),
        [
            finding("error", rule=rule)
            for rule in ("proposed-total", "rag-rows", "duplicate-line", "saving-within-budget")
        ],
        (
            "SEN Contract Efficiency proposes to save £100,000 in 2017/18. Its totals"
            " do not add up, one of its lines is duplicated and more checks failed."
        ),
    ),
    (
        "in the plan already",
        own(saving(10_000_000), plan=Plan.CURRENT),
        [],
        "SEN Contract Efficiency is planned to save £100,000 in 2017/18.",
    ),
    (
        "an earlier year's",
        own(saving(10_000_000), ["2014/15"], plan=Plan.PRIOR),
        [],
        "SEN Contract Efficiency was planned to save £100,000 in 2014/15.",
    ),
    (
        "nil in the plan",
        own(saving(0), plan=Plan.CURRENT),
        [],
        "SEN Contract Efficiency plans a saving of nil.",
    ),
    (
        "all of one status",
        own(saving(10_000_000), share="9.2", by_rag={"Red": saving(10_000_000)}),
        [],
        (
            "SEN Contract Efficiency proposes to save £100,000 in"
            " 2017/18, 9.2% of the SEND Services"
            " budget. It is rated Red."
        ),
    ),
    (
        "of three statuses, the worst first, and an error",
        own(
            saving(10_000_000),
            by_rag={
                "Green On Target": saving(6_000_000),
                "Amber": saving(3_000_000),
                "Red": saving(1_000_000),
            },
        ),
        [ERROR],
        (
            "SEN Contract Efficiency proposes to save £100,000 in 2017/18. £10,000 is"
            " rated Red, £30,000 Amber and £60,000 Green On Target, and its totals do"
            " not add up."
        ),
    ),
    (
        "of one status, and a part that is not known",
        own(saving(10_000_000, "TBC"), by_rag={"Red": saving(10_000_000)}),
        [],
        (
            "SEN Contract Efficiency proposes to save £100,000 in 2017/18; a further part is"
            " still to be confirmed. The known part is rated Red."
        ),
    ),
    (
        "of one status, and two doubts",
        own(saving(10_000_000), by_rag={"Red": saving(10_000_000)}),
        [ERROR, finding("error", rule="duplicate-line")],
        (
            "SEN Contract Efficiency proposes to save £100,000 in 2017/18. It is"
            " rated Red, its totals do not add up, and one of its lines is"
            " duplicated."
        ),
    ),
    (
        "a year that is over, which another query explains",
        own(saving(10_000_000)),
        [finding("query", rule="saving-overdue", parent="opening-equals-last-close:x")],
        (
            "SEN Contract Efficiency proposes to save £100,000 in 2017/18. Part of"
            " what was due by now is not recorded as delivered."
        ),
    ),
    (
        "of one status, the rest of none",
        own(saving(10_000_000), without_rag=4_000_000, by_rag={"Amber": saving(6_000_000)}),
        [],
        (
            "SEN Contract Efficiency proposes to save £100,000 in 2017/18. £60,000 is"
            " rated Amber and £40,000 has no RAG status."
        ),
    ),
    (
        "of two statuses, one of them a cost",
        own(saving(10_000_000), by_rag={"Amber": saving(12_000_000), "Red": saving(-2_000_000)}),
        [],
        (
            "SEN Contract Efficiency proposes to save £100,000 in 2017/18. It is rated"
            " Red and Amber."
        ),
    ),
    (
        "a cost",
        own(saving(-10_000_000), by_rag={"Red": saving(-10_000_000)}),
        [],
        "As recorded, SEN Contract Efficiency would add £100,000 to spending in 2017/18.",
    ),
    (
        "a year that is over",
        own(saving(10_000_000)),
        [
            finding("query", rule="saving-overdue"),
            finding("query", "not_stated", "saving-overdue"),
            finding("note", "within_limit", "saving-overdue"),
        ],
        (
            "SEN Contract Efficiency proposes to save £100,000 in 2017/18. Part of"
            " what was due by now is not recorded as delivered."
        ),
    ),
    (
        "less forecast than delivered",
        own(saving(10_000_000), plan=Plan.CURRENT),
        [finding("error", "exceeds_limit", "delivered-within-forecast")],
        (
            "SEN Contract Efficiency is planned to save £100,000 in 2017/18."
            " Delivered exceeds its forecast."
        ),
    ),
]


@pytest.mark.parametrize(
    ("proposal", "findings", "text"),
    [case[1:] for case in MESSAGES],
    ids=[case[0] for case in MESSAGES],
)
def test_the_message_says_what_the_project_itself_saves(
    proposal: ProjectSavings, findings: Sequence[Finding], text: str
) -> None:
    assert say(sentences.headline(PROJECT_NAME, proposal, findings), money.in_short) == text


TARGET, UNKNOWN = saving(10_000_000), saving(None)


def position_of(
    target: Figure = TARGET,
    delivered: Figure = UNKNOWN,
    forecast: Figure = UNKNOWN,
    shortfall: Figure = UNKNOWN,
    above_target: Figure | None = None,
) -> Position:
    """The position of a saving of which no mitigation is stated."""
    return Position(
        target,
        delivered,
        forecast,
        shortfall,
        above_target,
        one_off=UNKNOWN,
        recurring=UNKNOWN,
        unclear=None,
        unmitigated=shortfall,
        is_mitigated=False,
    )


@pytest.mark.parametrize(
    ("position", "said"),
    [
        (position_of(shortfall=saving(4_000_000)), ", with a forecast shortfall of £40,000."),
        (position_of(shortfall=saving(0)), "."),
        (position_of(shortfall=UNKNOWN), "."),
        (
            position_of(shortfall=saving(0), above_target=saving(2_500_000)),
            ", and is forecast to exceed that by £25,000.",
        ),
    ],
    ids=["short", "as planned", "not stated", "above"],
)
def test_the_message_says_how_the_forecast_stands_to_the_target(
    position: Position, said: str
) -> None:
    message = sentences.headline(
        PROJECT_NAME, own(saving(10_000_000), plan=Plan.CURRENT), [], position
    )
    assert say(message, money.in_short) == (
        f"SEN Contract Efficiency is planned to save £100,000 in 2017/18{said}"
    )


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (
            Plan.CURRENT,
            " is withdrawn, but £100,000 in 2017/18 is still in the plan. It is rated Red.",
        ),
        (
            Plan.PROPOSED,
            " is withdrawn, but £100,000 in 2017/18 is still proposed. It is rated Red.",
        ),
    ],
)
@pytest.mark.parametrize("stage", [Stage.WITHDRAWN, Stage.REJECTED])
def test_a_project_given_up_does_not_plan_to_save(plan: Plan, said: str, stage: Stage) -> None:
    saved = own(saving(10_000_000), plan=plan, by_rag={"Red": saving(10_000_000)})
    message = sentences.headline(PROJECT_NAME, saved, [], None, stage)
    given_up = said.replace("withdrawn", stage.lower())
    assert say(message, money.in_short) == f"{PROJECT_NAME}{given_up}"


@pytest.mark.parametrize(
    ("came", "plan", "said"),
    [
        (
            saving(10_000_000),
            Plan.CURRENT,
            "was planned to save £100,000 in 2017/18. The whole saving is reported as delivered",
        ),
        (
            saving(12_000_000),
            Plan.CURRENT,
            "was planned to save £100,000 in 2017/18. The whole saving is reported as delivered",
        ),
        (
            saving(9_000_000),
            Plan.CURRENT,
            "is planned to save £100,000 in 2017/18. It is rated Red",
        ),
        (
            saving(12_000_000, "TBC"),
            Plan.CURRENT,
            "is planned to save £100,000 in 2017/18. It is rated Red",
        ),
        (
            saving(None, "blank"),
            Plan.CURRENT,
            "is planned to save £100,000 in 2017/18. It is rated Red",
        ),
        (
            saving(10_000_000),
            Plan.PROPOSED,
            "proposes to save £100,000 in 2017/18. The whole saving is reported as delivered",
        ),
    ],
    ids=["all", "more", "not all", "perhaps more", "not stated", "a proposal"],
)
def test_a_saving_that_is_delivered_is_called_so(came: Figure, plan: Plan, said: str) -> None:
    saved = own(saving(10_000_000), plan=plan, by_rag={"Red": saving(10_000_000)})
    position = position_of(saved.total, delivered=came, shortfall=saving(0))
    message = sentences.headline(PROJECT_NAME, saved, [], position)
    assert say(message, money.in_short) == f"SEN Contract Efficiency {said}."


@pytest.mark.parametrize(
    ("position", "said"),
    [
        (position_of(), ""),
        (position_of(delivered=saving(None, "blank"), forecast=saving(None, "blank")), ""),
        (
            position_of(delivered=saving(0), forecast=saving(4_000_000)),
            "Delivered so far, all years listed: nil; forecast, all years listed: £40,000. ",
        ),
        (position_of(forecast=saving(4_000_000)), "Forecast, all years listed: £40,000. "),
    ],
    ids=["nothing", "neither", "nil delivered", "forecast only"],
)
def test_where_the_saving_stands_is_one_sentence(position: Position, said: str) -> None:
    assert say(sentences.position_words(position), money.in_short) == said
    with_case = say(sentences.position_words(position, saving(3_000_000)), money.in_short)
    assert with_case == (
        f"{said[:-2]}; central case by RAG status: £30,000. "
        if said
        else "Central case by RAG status: £30,000. "
    )


@pytest.mark.parametrize(
    "error",
    [
        finding("error", "exceeds_limit", "saving-within-budget"),
        finding("error", "disagrees", "duplicate-line"),
        finding("error", "disagrees", "route-split", project=""),
    ],
    ids=lambda error: error.rule,
)
def test_only_an_error_in_the_projects_own_totals_is_spoken_as_one(error: Finding) -> None:
    said = say(sentences.headline(PROJECT_NAME, own(saving(10_000_000)), [error]))
    assert "its totals do not add up" not in said


def wider(
    total: Figure,
    delivered: Figure | None = None,
    not_delivered: Figure | None = None,
    *,
    split: dict[str, Figure] | None = None,
    base: Figure | None = None,
    remaining: Sequence[StillToCome] = (),
    grid: bool = True,
    without: Sequence[str] = ("SEND Services",),
    cells: dict[tuple[str, str], Figure] | None = None,
) -> Context:
    shape = RagByYear((), (), cells or {}, {}, {}, total)
    return Context(
        "context/education-and-skills",
        "Education & Skills excluding SEND",
        "Education & Skills",
        total,
        shape if grid else None,
        delivered,
        not_delivered,
        split or {},
        split_by_year=False,
        base=BaseBudget(base, "2015/16", tuple(without), tuple(remaining)) if base else None,
    )


WHOLE = saving(245_500_000)
LEADS = [
    (
        "part delivered",
        wider(WHOLE, saving(90_200_000), saving(155_300_000)),
        (
            "Education & Skills excluding SEND as a whole plans to save £2.455m, of which £902,000"
            " is shown as delivered. A further £1.553m is still to be delivered."
        ),
    ),
    (
        "part delivered, some of it ahead of its year",
        replace(
            wider(WHOLE, saving(90_200_000), saving(155_300_000)),
            ahead=(saving(31_800_000), ("2016/17",)),
        ),
        (
            "Education & Skills excluding SEND as a whole plans to save £2.455m, of which £902,000"
            " is shown as delivered. Of that, £318,000 is for 2016/17, which has not begun. A"
            " further £1.553m is still to be delivered."
        ),
    ),
    (
        "all delivered, and all of it ahead of its years",
        replace(wider(WHOLE, WHOLE, saving(0)), ahead=(WHOLE, ("2016/17", "2017/18"))),
        (
            "Education & Skills excluding SEND as a whole plans to save £2.455m, all of it shown"
            " as delivered. All of that is for 2016/17 and 2017/18, which have not begun."
        ),
    ),
    (
        "all delivered, nothing else printed",
        wider(WHOLE, WHOLE, saving(None, "blank")),
        (
            "Education & Skills excluding SEND as a whole plans to save £2.455m, all"
            " of it shown as delivered."
        ),
    ),
    (
        "all delivered, the rest nil",
        wider(WHOLE, WHOLE, saving(0)),
        (
            "Education & Skills excluding SEND as a whole plans to save £2.455m, all"
            " of it shown as delivered."
        ),
    ),
    (
        "none delivered",
        wider(WHOLE, saving(None, "blank"), WHOLE),
        (
            "Education & Skills excluding SEND as a whole plans to save £2.455m, none"
            " of it shown as delivered yet."
        ),
    ),
    (
        "nil delivered",
        wider(WHOLE, saving(0), WHOLE),
        (
            "Education & Skills excluding SEND as a whole plans to save £2.455m, none"
            " of it shown as delivered yet."
        ),
    ),
    (
        "no RAG",
        wider(WHOLE, grid=False),
        "Education & Skills excluding SEND as a whole plans to save £2.455m.",
    ),
    (
        "not stated",
        wider(saving(None, "TBC")),
        "No saving is recorded for Education & Skills excluding SEND as a whole.",
    ),
]


@pytest.mark.parametrize(
    ("context", "text"), [case[1:] for case in LEADS], ids=[case[0] for case in LEADS]
)
def test_the_context_says_how_much_is_delivered(context: Context, text: str) -> None:
    assert say(sentences.context_lead(context), money.in_short) == text


@pytest.mark.parametrize(
    ("context", "untrue"),
    [
        (
            wider(saving(90_200_000, "TBC"), saving(90_200_000), saving(None, "TBC")),
            "all of it marked delivered",
        ),
        (
            wider(saving(90_200_000, "TBC"), saving(None, "TBC"), saving(90_200_000)),
            "none of it marked delivered",
        ),
    ],
    ids=["what is not delivered is TBC", "what is delivered is TBC"],
)
def test_what_is_marked_tbc_is_neither_delivered_nor_undelivered(
    context: Context, untrue: str
) -> None:
    assert untrue not in say(sentences.context_lead(context))


def still(position: str, pence: int, share: str) -> StillToCome:
    return StillToCome(position, saving(pence), number("share", share, "percent"))


BASE = saving(481_700_000)
REMAINDERS = [
    (
        "both readings",
        wider(
            WHOLE,
            base=BASE,
            remaining=[still("after", 187_100_000, "38.8"), still("before", 245_500_000, "51.0")],
        ),
        (
            "The 2015/16 budget without SEND Services of £4.817m may be stated before or after"
            " that year's savings. If it is stated after that year's savings, £1.871m (38.8%) has"
            " yet to come off it. If it is stated before that year's savings, £2.455m (51.0%) has"
            " yet to come off it."
        ),
    ),
    (
        "one reading",
        wider(WHOLE, base=BASE, remaining=[still("after", 187_100_000, "38.8")], without=()),
        (
            "The 2015/16 budget of £4.817m is stated after that year's savings, so £1.871m (38.8%)"
            " has yet to come off it."
        ),
    ),
    (
        "one reading, with all savings still to come",
        wider(WHOLE, base=BASE, remaining=[still("before", 245_500_000, "51.0")], without=()),
        (
            "The 2015/16 budget of £4.817m is stated before any of these savings, so the whole"
            " £2.455m (51.0%) has yet to come off it."
        ),
    ),
    (
        "one reading, with savings of a year before",
        wider(WHOLE, base=BASE, remaining=[still("before", 187_100_000, "38.8")], without=()),
        (
            "The 2015/16 budget of £4.817m is stated before that year's savings, so £1.871m"
            " (38.8%) has yet to come off it."
        ),
    ),
    *(
        (
            f"of the base's year {name}",
            wider(
                WHOLE,
                base=BASE,
                remaining=[still("after", 187_100_000, "38.8")],
                without=(),
                cells=cells,
            ),
            (
                f"The 2015/16 budget of £4.817m is stated after {savings}, so £1.871m (38.8%) has"
                " yet to come off it."
            ),
        )
        for name, cells, savings in (
            (
                "some is planned",
                {("Amber", "2015/16"): saving(1)},
                "that year's savings, delivered or not",
            ),
            (
                "all is delivered",
                {("Green Delivered", "2015/16"): saving(1), ("Amber", "2016/17"): saving(1)},
                "that year's savings",
            ),
        )
    ),
    ("no share", wider(WHOLE, base=BASE), ""),
    ("no base", wider(WHOLE), ""),
]


@pytest.mark.parametrize(
    ("context", "text"), [case[1:] for case in REMAINDERS], ids=[case[0] for case in REMAINDERS]
)
def test_what_is_still_to_come_is_held_against_the_base_in_every_reading(
    context: Context, text: str
) -> None:
    assert say(sentences.remaining(context), money.in_short) == text


RETAINED, COMMISSIONED = saving(76_800_000), saving(168_700_000)
SPLITS = [
    (
        "beside a RAG table",
        wider(WHOLE, split={"Retained": RETAINED, "Commissioned": COMMISSIONED}),
        (
            "Of the Education & Skills savings, £768,000 comes from retained and"
            " £1.687m from commissioned services."
        ),
    ),
    (
        "alone",
        wider(WHOLE, split={"Retained": RETAINED, "Commissioned": COMMISSIONED}, grid=False),
        (
            "Of the Education & Skills savings, £768,000 comes from retained and £1.687m"
            " from commissioned services."
        ),
    ),
    (
        "one route",
        wider(WHOLE, split={"Commissioned": WHOLE}, grid=False),
        "Of the Education & Skills savings, £2.455m comes from commissioned services.",
    ),
    (
        "nil retained",
        wider(WHOLE, split={"Retained": saving(0), "Commissioned": WHOLE}, grid=False),
        (
            "Of the Education & Skills savings, nil comes from retained and £2.455m from"
            " commissioned services."
        ),
    ),
    ("none", wider(WHOLE), "No split between retained and commissioned services is recorded."),
]


@pytest.mark.parametrize(
    ("context", "text"), [case[1:] for case in SPLITS], ids=[case[0] for case in SPLITS]
)
def test_the_split_by_route_is_spoken_in_one_line(context: Context, text: str) -> None:
    assert say(sentences.split(context), money.in_short) == text


APPROVED = [
    (
        "with a year",
        {"all": saving(255_500_000), "2017/18": saving(47_600_000)},
        (
            "If SEN Contract Efficiency is approved, it and Education & Skills excluding SEND would"
            " together come to £2.555m, including £476,000 in 2017/18."
        ),
    ),
    (
        "with two years",
        {"all": saving(3 * M), "2016/17": saving(2 * M), "2017/18": saving(M)},
        (
            "If SEN Contract Efficiency is approved, it and Education & Skills excluding SEND would"
            " together come to £3m, including £2m in 2016/17 and £1m in 2017/18."
        ),
    ),
    (
        "without a year",
        {"all": saving(0)},
        (
            "If SEN Contract Efficiency is approved, it and Education & Skills excluding SEND would"
            " together come to nil."
        ),
    ),
    ("nothing to add", {}, ""),
]


@pytest.mark.parametrize(
    ("figures", "text"), [case[1:] for case in APPROVED], ids=[case[0] for case in APPROVED]
)
def test_what_approval_would_come_to_names_both_scopes(
    figures: dict[str, Figure], text: str
) -> None:
    said = sentences.approved(figures, "Education & Skills excluding SEND", PROJECT_NAME)
    assert say(said, money.in_short) == text


def duty(
    quantity: int | None,
    rate: int | None,
    months: int = 30,
    done: int | None = None,
    achieved: int | None = None,
    *,
    approximate: bool = False,
    days: int | None = None,
    of_a_month: bool = False,
) -> Deadline:
    return Deadline(
        "statements to convert",
        number("quantity", quantity, "count"),
        "as written",
        approximate,
        number("done", done, "count"),
        number("left", None if quantity is None else quantity - (done or 0), "count"),
        "April 2018",
        date(2018, 4, 1),
        number("days", 30 * months if days is None else days, "count"),
        number("months", months, "months"),
        number("rate", rate, "per month"),
        CellRef("register.csv", "Deadlines", "C3"),
        None if achieved is None else number("achieved", achieved, "per month"),
        "Quarter 1",
        of_a_month,
    )


DUTIES = [
    pytest.param(
        duty(3000, 100, approximate=True),
        (
            "By April 2018: about 3,000 statements to convert. If none is done (progress not"
            " recorded), about 100 a month are needed over the 30 months left."
        ),
        id="about so many",
    ),
    pytest.param(
        duty(3000, 84, done=500),
        (
            "By April 2018: 3,000 statements to convert. So far 500 have been done; the rest needs"
            " 84 a month over the 30 months left."
        ),
        id="exactly so many, some done",
    ),
    *(
        pytest.param(
            duty(3000, 84, done=500, achieved=achieved),
            "By April 2018: 3,000 statements to convert. So far 500 have been done; the rest needs"
            f" 84 a month over the 30 months left. {said}.",
            id=f"{achieved} a month achieved",
        )
        for achieved, said in (
            (84, "Since Quarter 1, 84 a month have been done: on schedule"),
            (83, "Since Quarter 1, 83 a month have been done: behind schedule"),
            (1, "Since Quarter 1, 1 a month has been done: behind schedule"),
            (0, "None recorded since Quarter 1: behind schedule"),
            (-3, "Fewer are recorded as done than in Quarter 1: behind schedule"),
        )
    ),
    pytest.param(
        duty(None, None),
        (
            "By April 2018: statements to convert; the number is not recorded, so no rate"
            " can be given."
        ),
        id="the number not stated",
    ),
    pytest.param(
        duty(3000, None, months=0, days=-1),
        (
            "By April 2018: 3,000 statements to convert. That date has passed. Progress is"
            " not recorded."
        ),
        id="the day has passed",
    ),
    pytest.param(
        duty(3000, None, months=0, days=-1, done=2900),
        (
            "By April 2018: 3,000 statements to convert. That date has passed. So far 2,900 have"
            " been done."
        ),
        id="the day has passed, some done",
    ),
    pytest.param(
        duty(3000, 0, done=3000, achieved=12),
        "By April 2018: 3,000 statements to convert. All done.",
        id="all done",
    ),
    pytest.param(
        duty(100, 100, months=1),
        (
            "By April 2018: 100 statements to convert. If none is done (progress not recorded),"
            " 100 a month are needed over the 1 month left."
        ),
        id="one month left",
    ),
    pytest.param(
        duty(100, None, months=0, done=40, days=1),
        (
            "By April 2018: 100 statements to convert. So far 40 have been done; 60 are still to"
            " do, with one day left."
        ),
        id="one day left",
    ),
    pytest.param(
        duty(100, None, months=0, done=99, achieved=33, days=15),
        (
            "By April 2018: 100 statements to convert. So far 99 have been done; 1 is still to do,"
            " with 15 days left. Since Quarter 1, 33 a month have been done: on schedule."
        ),
        id="one of them left in 15 days",
    ),
    pytest.param(
        duty(100, None, months=0, days=30, approximate=True),
        (
            "By April 2018: about 100 statements to convert. Progress is not recorded, with 30 days"
            " left."
        ),
        id="about so many in 30 days",
    ),
    pytest.param(
        duty(100, None, months=0, done=40, achieved=10, days=0),
        (
            "By April 2018: 100 statements to convert. So far 40 have been done; 60 are still to"
            " do. It is due on the as-of date. Since Quarter 1, 10 a month have been done."
        ),
        id="due on the as-of date",
    ),
    pytest.param(
        duty(100, None, months=0, done=40, achieved=10, days=0, of_a_month=True),
        (
            "By April 2018: 100 statements to convert. So far 40 have been done; 60 are still to"
            " do. It is due this month. Since Quarter 1, 10 a month have been done."
        ),
        id="due in the month that is under way",
    ),
    pytest.param(
        duty(100, None, months=0, done=40, days=12, of_a_month=True),
        (
            "By April 2018: 100 statements to convert. So far 40 have been done; 60 are still to"
            " do. It is due next month."
        ),
        id="due in the month that comes",
    ),
    pytest.param(
        duty(3000, None, months=0, days=-1, approximate=True),
        (
            "By April 2018: about 3,000 statements to convert. That date has passed."
            " Progress is not recorded."
        ),
        id="about so many, the day has passed",
    ),
]


@pytest.mark.parametrize(("item", "text"), DUTIES)
def test_a_statutory_duty_says_what_is_left_and_the_rate_it_needs(
    item: Deadline, text: str
) -> None:
    assert say(sentences.deadline(item)) == text


@pytest.mark.parametrize(
    ("item", "text"),
    [
        (
            duty(3000, 100, approximate=True),
            "About 3,000 statements to convert: about 100 a month. Progress not recorded.",
        ),
        (
            duty(3000, 84, done=500),
            "2,500 of 3,000 statements still to do: 84 a month.",
        ),
        (
            duty(3000, 84, done=500, approximate=True),
            "2,500 of about 3,000 statements still to do: about 84 a month.",
        ),
        (
            duty(3000, 84, done=500, achieved=83),
            (
                "2,500 of 3,000 statements still to do: 84 a month. Since Quarter 1, 83 a"
                " month have been done: behind schedule."
            ),
        ),
        (
            duty(3000, 84, done=500, achieved=0),
            (
                "2,500 of 3,000 statements still to do: 84 a month. None recorded since Quarter 1:"
                " behind schedule."
            ),
        ),
    ],
    ids=["not known what is done", "some done", "of about so many", "too slow", "none more"],
)
def test_the_first_screen_says_what_the_rate_is_for_and_whether_it_is_kept(
    item: Deadline, text: str
) -> None:
    assert say(sentences.duty_in_short(item)) == text


AS_OF, STARTS = date(2015, 9, 30), date(2016, 4, 1)


def milestone(
    first: date | None, last: date | None = None, *, tentative: bool = False
) -> MilestoneRow:
    place = {"workbook": "register.csv", "sheet": "Milestones", "cell": "C3"}
    return MilestoneRow(PROJECT, "Transfer", None, first, last or first, tentative, **place)


DUE, TO_COME = milestone(date(2015, 9, 29)), milestone(date(2016, 4, 1))
TODAY = milestone(AS_OF)
LATE, PERHAPS = (
    milestone(date(2016, 4, 2)),
    milestone(date(2016, 1, 1), date(2016, 12, 31), tentative=True),
)
UNDATED = milestone(None)
DONE = milestone(date(2015, 9, 30))._replace(done=True)


@pytest.mark.parametrize(
    ("item", "starts", "text"),
    [
        (DUE, STARTS, "Due date passed; no completion recorded"),
        (TODAY, STARTS, "Due on the as-of date"),
        (TO_COME, STARTS, "To come"),
        (LATE, STARTS, "Falls after the saving starts"),
        (LATE, None, "To come"),
        (PERHAPS, STARTS, "May fall after the saving starts, date tentative"),
        (UNDATED, STARTS, "No date"),
    ],
)
def test_a_milestone_says_how_it_stands_to_the_day_and_to_its_saving(
    item: MilestoneRow, starts: date | None, text: str
) -> None:
    assert milestone_status(item, AS_OF, starts) == text


@pytest.mark.parametrize(
    ("items", "starts", "text"),
    [
        ([TO_COME], STARTS, "The only milestone is due on 1 April 2016"),
        ([PERHAPS], STARTS, "The only milestone has a tentative date"),
        ([LATE], STARTS, "The only milestone falls after the saving starts"),
        (
            [TO_COME, TO_COME],
            STARTS,
            "Neither milestone is complete; the next, 'Transfer', is due on 1 April 2016",
        ),
        ([DUE, DUE], STARTS, "Both milestones are past their due date"),
        ([TODAY], STARTS, "The only milestone is due on the as-of date"),
        ([TODAY, TODAY], STARTS, "Both milestones are due on the as-of date"),
        (
            [DUE, DUE, LATE, UNDATED],
            STARTS,
            (
                "None of the four milestones is complete; two are past their due date, one falls"
                " after the saving starts and one has no date; the next, 'Transfer', is due on"
                " 2 April 2016"
            ),
        ),
        (
            [DUE, LATE, PERHAPS],
            None,
            (
                "None of the three milestones is complete; one is past its due date and one has a"
                " tentative date; the next, 'Transfer', is due on 2 April 2016"
            ),
        ),
        ([DONE], STARTS, "The only milestone is complete"),
        ([DONE, DONE], STARTS, "Both milestones are complete"),
        ([DONE, DONE, DONE], STARTS, "All three milestones are complete"),
        (
            [DONE, TO_COME, DUE],
            None,
            (
                "One of three milestones is complete; one is past its due date; the next,"
                " 'Transfer', is due on 1 April 2016"
            ),
        ),
        ([UNDATED, UNDATED, UNDATED], None, "All three milestones have no date"),
    ],
)
def test_a_timeline_says_what_is_to_be_said_of_its_milestones(
    items: Sequence[MilestoneRow], starts: date | None, text: str
) -> None:
    assert say(timeline_title(items, AS_OF, starts)) == text


ENDINGS: list[tuple[str, Sequence[Finding], str]] = [
    ("nothing checked", [], "Nothing needs an answer."),
    (
        "one of each",
        [ERROR, finding("query", "not_stated"), finding("note", "agrees")],
        "One total does not add up and one point needs an answer; one check passed.",
    ),
    (
        "several of each",
        [
            ERROR,
            ERROR,
            *[finding("query")] * 3,
            finding("note", "agrees"),
            finding("note", "within_rounding"),
        ],
        "Two totals do not add up and three points need an answer; two checks passed.",
    ),
    (
        "a limit that holds",
        [finding("note", "within_limit")],
        "Nothing needs an answer; one check passed.",
    ),
    (
        "what is not stated agrees with nothing",
        [finding("note", "not_stated")],
        "Nothing needs an answer.",
    ),
    (
        "a limit that holds but raises a query",
        [finding("query", "within_limit")],
        "One point needs an answer.",
    ),
    (
        "what another finding explains is not counted",
        [ERROR, finding("error", parent=ERROR.id), finding("query", parent=ERROR.id)],
        "One total does not add up.",
    ),
    (
        "many that pass",
        [finding("note", "agrees")] * 13,
        "Nothing needs an answer; 13 checks passed.",
    ),
    ("many that ask", [finding("query")] * 21, "Twenty-one points need an answer."),
]


@pytest.mark.parametrize(
    ("findings", "text"), [case[1:] for case in ENDINGS], ids=[case[0] for case in ENDINGS]
)
def test_the_verdict_counts_errors_queries_and_what_agrees(
    findings: Sequence[Finding], text: str
) -> None:
    assert say(sentences.checks_summary(findings)) == text


SERVICES = finding("error", project="")


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        ([ERROR], "One total does not add up"),
        ([ERROR, ERROR], "Two totals do not add up"),
        ([SERVICES], "One total does not add up (not in its own figures)"),
        ([SERVICES, SERVICES], "Two totals do not add up (none in its own figures)"),
        ([SERVICES, ERROR], "Two totals do not add up (one in its own figures)"),
        ([], "Nothing needs an answer"),
    ],
)
def test_the_verdict_of_a_briefing_says_whose_the_errors_are(
    errors: Sequence[Finding], said: str
) -> None:
    assert say(sentences.checks_summary(errors, PROJECT)) == f"{said}."


# No number of a sentence's own

_MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December|Nov"
)
_NO_AMOUNT = re.compile(
    rf"£000\b|\bQuarter \d\b"
    rf"|\b\d{{4}}[/-]\d\d(?:-Q\d)?\b|\b\d{{4}} TBC\b|\b(?:\d{{1,2}} )?(?:{_MONTHS}) \d{{4}}\b"
)


def bare_numbers(sentence: Sentence) -> list[str]:
    """The numbers that stand in the words of a sentence.

    Only years, dates, the unit £000 and what is quoted may.
    """
    words = "|".join(part for part in sentence if isinstance(part, str))
    words = re.sub(r"'[^']*'", "", _NO_AMOUNT.sub("", words))
    return re.findall(r"[^\s|]*\d[^\s|]*", words)


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        (("It saves 5 posts.",), ["5"]),
        (("It saves £1,495.",), ["£1,495."]),
        (("In 2017/18, on 30 September 2015, by April 2018: ", saving(K), " of 'phase 2'."), []),
    ],
)
def test_a_number_in_the_words_of_a_sentence_is_found(sentence: Sentence, found: list[str]) -> None:
    assert bare_numbers(sentence) == found


def all_sentences() -> Iterator[Sentence]:
    """Every sentence that the tables above make."""
    yield from (
        sentences.headline(PROJECT_NAME, proposal, findings)
        for _, proposal, findings, _ in MESSAGES
    )
    yield from (sentences.context_lead(context) for _, context, _ in LEADS)
    yield from (sentences.remaining(context) for _, context, _ in REMAINDERS)
    yield from (sentences.split(context) for _, context, _ in SPLITS)
    yield from (
        sentences.approved(figures, "Education & Skills", PROJECT_NAME)
        for _, figures, _ in APPROVED
    )
    yield from (sentences.deadline(case.values[0]) for case in DUTIES)  # type: ignore[arg-type]
    yield from (
        sentences.checks_summary(findings, whose)
        for _, findings, _ in ENDINGS
        for whose in ("", "other")
    )


def test_every_number_of_a_sentence_is_a_figure() -> None:
    assert [number for sentence in all_sentences() for number in bare_numbers(sentence)] == []


# What only workbooks can show


def briefing_of(root: Path) -> Briefing:
    quarter = ff.load(PERIOD, root).records
    return ff.briefing(quarter, ff.check(quarter), PROJECT)


@pytest.fixture(scope="module")
def example(example_quarter: Path) -> Quarter:
    tables = read.read_period(periods.Period.parse(PERIOD), sorted(example_quarter.iterdir()))
    return Quarter(tables)


def test_every_number_of_the_examples_findings_is_a_figure(example: Quarter) -> None:
    findings = [item for item in ff.check(example) if item.rule != "signed-off"]
    assert [
        (item.id, bare_numbers(item.message)) for item in findings if bare_numbers(item.message)
    ] == []


def test_the_number_of_officers_who_agreed_is_a_figure(example: Quarter) -> None:
    (signed,) = (item for item in ff.check(example) if item.rule == "signed-off")
    assert bare_numbers(signed.message) == []


def test_the_papers_briefing_speaks_the_papers_figures(example: Quarter) -> None:
    briefing = ff.briefing(example, ff.check(example), PROJECT)
    (context,) = briefing.measures.contexts
    said = [
        sentences.headline(briefing.name, briefing.measures.main, briefing.findings),
        sentences.context_lead(context),
        sentences.remaining(context),
        sentences.split(context),
        sentences.approved(context.if_approved, context.scope, briefing.name),
    ]
    assert [say(sentence, money.in_short) for sentence in said] == [
        MESSAGES[0][3],
        LEADS[1][2],
        REMAINDERS[0][2],
        SPLITS[0][2],
        APPROVED[0][2],
    ]


def test_a_day_still_to_come_is_never_said_to_have_passed(programme: Path) -> None:
    # As of 30 September 2015.
    put(programme, {"register.xlsx!Deadlines!E4": "15 October 2015"})
    (item,) = briefing_of(programme).measures.deadlines
    assert "has passed" not in say(sentences.deadline(item))


def test_a_split_that_states_years_is_not_said_to_state_none(programme: Path) -> None:
    put(programme, {"savings-schedule.xlsx!Split by route!B8": "2015/16"})
    (context,) = briefing_of(programme).measures.contexts
    assert "Retained" in context.split
    assert "states no years" not in say(sentences.split(context))


def test_what_approval_would_come_to_is_the_sum_of_the_scopes_it_names(programme: Path) -> None:
    # A second programme, for the project's own service, of 100 + 200 (£000) beside the 2,455 of the
    # first.
    rows = [
        ["£000"],
        ["Programme", "Future Fit"],
        ["Scope", "SEND Services"],
        ["Plan", "Current"],
        [],
    ]
    rows += [["RAG", "2016/17"], ["Amber", 100], ["Red", 200]]
    with_sheet(programme, "savings-schedule.xlsx", "SEND programme", rows)
    briefing = briefing_of(programme)
    scopes = {context.scope: context.total.pence for context in briefing.measures.contexts}
    assert scopes == {"Education & Skills excluding SEND": 2_455 * K, "SEND Services": 300 * K}
    html = str(briefing.context().html)
    together = re.findall(
        r"If SEN Contract Efficiency is approved, it and ([^<]*?) would together come to"
        r" <data[^>]*value=\"(\d+)\"",
        html,
    )
    assert together
    named = {"Education &amp; Skills excluding SEND": 2_555 * K, "SEND Services": 400 * K}
    assert {scope: int(value) for scope, value in together} == named


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        ([], ""),
        (["book.xlsx!Sheet!C14"], "book.xlsx, Sheet: C14"),
        (["book.xlsx!Sheet!C14", "book.xlsx!Sheet!C15"], "book.xlsx, Sheet: C14, C15"),
        (
            ["a.xlsx!One!A1", "b.xlsx!Two!B2", "a.xlsx!One!A3"],
            "a.xlsx, One: A1, A3; b.xlsx, Two: B2",
        ),
        pytest.param(
            ["book.xlsx!Do not use!!C14"],
            "book.xlsx, Do not use!: C14",
        ),
    ],
)
def test_cells_are_gathered_by_workbook_and_sheet(cells: list[str], text: str) -> None:
    assert short_cells(map(CellRef.parse, cells)) == text


ABOUT = "the change in the Libraries budget from 2015/16 to 2016/17"


def reading(position: str, left: int) -> Reading:
    return Reading(
        position,
        (),
        saving(0),
        Figure("left", constant(left, "given", stated_to=100_000)),
        tolerance=constant(150_000, "given"),
    )


@pytest.mark.parametrize(
    ("bases", "left", "text"),
    [
        (("net", "net"), (0,), "Savings explain ABOUT"),
        (("net", "net"), (150_000, -100_000), "Savings explain ABOUT"),
        (
            ("net", "net"),
            (100_000, 5_000_000),
            ("Savings explain ABOUT, if the 2016/17 budget is stated before that year's savings"),
        ),
        (
            ("net", "net"),
            (5_000_000, 100_000),
            ("Savings explain ABOUT, if the 2016/17 budget is stated after that year's savings"),
        ),
        (
            ("net", "net"),
            (5_000_000, 7_040_000),
            "About £50,000 or £70,000 of ABOUT is unexplained",
        ),
        (
            ("net", "gross"),
            (0, 5_000_000),
            "About nil or £50,000 of ABOUT is unexplained; the two budgets are on different bases",
        ),
        (
            ("", ""),
            (5_000_000,),
            "About £50,000 of ABOUT is unexplained; the two budgets are on different bases",
        ),
    ],
)
def test_a_bridge_says_what_it_leaves_over_in_each_reading(
    bases: tuple[str, str], left: tuple[int, ...], text: str
) -> None:
    amounts = saving(10_000_000), saving(9_000_000)
    readings = tuple(
        reading(position, pence) for position, pence in zip(("before", "after"), left, strict=False)
    )
    item = Bridge("Libraries", "2015/16", "2016/17", *amounts, *bases, readings)
    assert say(bridge_title(item)) == text.replace("ABOUT", ABOUT)


@pytest.mark.parametrize(
    ("pounds", "text"),
    [
        # Three figures each, and the difference comes out.
        ([915_000, 1_590_000], "£915,000 £1.59m"),
        # Four are enough for the two to differ.
        ([1_499_400, 1_495_400], "£1,499,000 £1,495,000"),
        # So are they for 253,505 less 12,480 to be 241,025.
        ([253_505, 241_025, 12_480], "£253,500 £241,000 £12,500"),
        # A sum that needs five figures is shown to the pound: £357,320 would look exact.
        ([357_319, 183_860, 118_599, 54_860], "£357,319 £183,860 £118,599 £54,860"),
    ],
)
def test_an_amount_that_needs_more_than_four_figures_is_exact(pounds: list[int], text: str) -> None:
    figures = [saving(100 * amount) for amount in pounds]
    shown = pounds_together(figures)
    assert " ".join(shown(figure.pence) for figure in figures) == text
