"""What a schedule says of a line beside its amounts is kept as text, shown, and never added."""

import re

import pytest
from text_quarter import PERIOD, quarter, read_quarters

from ffanalysis.api import CheckedQuarter as Quarter
from ffanalysis.checks import RULES
from ffanalysis.checks.consequences import who_acts
from ffanalysis.findings import Finding
from ffanalysis.present.briefing import Briefing
from ffanalysis.present.doubts import doubts_of
from ffanalysis.present.words import say
from ffanalysis.savings.line_texts import in_words, names_somebody, texts_of_lines
from ffanalysis.sheets.cells import Cell, Sheet
from ffanalysis.vocabulary import Actor, Plan

REGISTER = """example.xlsx!Projects
Project | Title | Type of saving | Service | Programme
Alpha | Alpha counters | New | Libraries | P"""
SCHEDULE = """example.xlsx!Savings
£000
Ref | Project | Plan | Type of saving | {0} | RAG | 2015/16 | 2016/17
C-1 | Alpha | Current | New | {1} | Amber | 40 | 60"""


def schedule(heading: str, value: str) -> Quarter:
    return quarter(REGISTER, SCHEDULE.format(heading, value))


def shown(made: Quarter, part: str) -> str:
    """The text of a part of Alpha's briefing."""
    briefing = Briefing.of(made, made.findings, "alpha")
    return " ".join(re.sub(r"<[^>]+>", " ", str(getattr(briefing, part)().html)).split())


def found(made: Quarter, rule: str) -> list[Finding]:
    return list(RULES[rule](made))


def said(made: Quarter, rule: str) -> list[str]:
    return [f"{finding.outcome}: {say(finding.message)}" for finding in found(made, rule)]


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("Owner", "owner"),
        ("Lead officer", "owner"),
        ("Responsible Officer", "owner"),
        ("SRO", "owner"),
        ("WTE", "posts"),
        ("FTE reduction", "posts"),
        ("Posts (FTE)", "posts"),
        ("One-off cost", "one_off_cost"),
        ("Implementation cost (£000)", "one_off_cost"),
        ("Cost to deliver", "one_off_cost"),
        ("Costs to achieve", "one_off_cost"),
        ("Funded from", "cost_funding"),
        ("Funding of it", "cost_funding"),
        ("Source of funding", "cost_funding"),
        ("Verified by", "confirmed_by"),
        ("Signed off by finance", "confirmed_by"),
        ("Validated", "confirmed_by"),
        ("Evidence of delivery", "evidence"),
        ("Supporting evidence*", "evidence"),
        ("Mitigating action", "cover"),
        ("Contingency", "cover"),
        ("Cover for shortfall", "cover"),
        ("Status of the line", "status"),
        ("Delivery status", "status"),
    ],
)
def test_a_heading_that_councils_use_is_known_and_its_words_are_kept(
    heading: str, column: str
) -> None:
    made = schedule(heading, "Ann Example")
    assert not made.refusals
    assert not made.questions
    assert not made.notices
    assert [getattr(row, column) for row in made.savings] == ["Ann Example"] * 2
    assert {row.texts_at for row in made.savings} == {f"{column} E3"}
    # A line with a mitigating action is still a saving of its own.
    assert made.savings_of("alpha", Plan.CURRENT).target.total.pence == 100_000_00


@pytest.mark.parametrize(
    "heading",
    ["Owner", "WTE", "One-off cost", "Funded from", "Verified by", "Evidence", "Contingency"],
)
def test_numbers_below_it_are_refused_by_nobody_and_added_to_nothing(heading: str) -> None:
    made = schedule(heading, "70")
    assert not made.refusals
    # Numbers below Owner and FTE are listed with those that no figure has, as they always were.
    assert [row.cell for row in made.unused] == (["E3"] if heading in ("Owner", "WTE") else [])
    assert [row.amount_pence for row in made.savings] == [40_000_00, 60_000_00]
    assert not [finding for finding in made.findings if finding.rule == "money-read"]


def test_what_is_confirmed_of_an_amount_is_still_refused() -> None:
    (refusal,) = schedule("Confirmed", "70").refusals
    assert "'Confirmed' is not known, but numbers stand below it" in refusal.sentence


@pytest.mark.parametrize(
    ("unit", "heading", "value", "text"),
    [
        ("£000", "One-off cost", "40", "£40,000"),
        ("£000", "One-off cost", "1,250", "£1,250,000"),
        ("£000", "One-off cost", "12.5", "£12,500"),
        ("£m", "Implementation cost", "0.3", "£300,000"),
        ("£", "Cost to deliver", "40000", "£40,000"),
        ("£m", "One-off cost (£000)", "40", "£40,000"),
        ("£000", "One-off cost", "£40k", "£40k"),
        ("£000", "One-off cost", "£40,000", "£40,000"),
        ("£000", "One-off cost", "£40", "£40 (unit not clear)"),
        ("£000", "One-off cost", "40000", "40000 (unit not clear)"),
        (
            "£000",
            "One-off cost",
            "about £40,000, to be confirmed",
            "about £40,000, to be confirmed",
        ),
        ("£000", "One-off cost", "0", "nil"),
        ("£000", "One-off cost", "None", "None"),
        ("£000", "WTE", "2.5", "2.5"),
        ("£000", "Contingency", "30", "£30,000"),
    ],
)
def test_a_bare_number_of_money_has_the_unit_of_its_table(
    unit: str, heading: str, value: str, text: str
) -> None:
    drawn = SCHEDULE.format(heading, value).replace("£000\nRef", f"{unit}\nRef")
    (row, _) = quarter(REGISTER, drawn).savings
    assert text in (row.one_off_cost, row.posts, row.cover)


def test_of_a_number_without_a_unit_the_unit_is_asked() -> None:
    drawn = SCHEDULE.format("One-off cost", "40").replace("£000\n", "")
    made = quarter(REGISTER, drawn.replace("| 40 | 60", "| £40k | £60k"))
    assert {row.one_off_cost for row in made.savings} == {"40 (unit not clear)"}
    (question,) = made.questions
    assert (question.rule, question.project, question.cell) == ("heading-known", "alpha", "E2")
    assert "the unit of '40' under 'One-off cost' is not clear" in question.sentence


def test_a_number_format_may_show_the_unit_of_a_cost() -> None:
    cells = [Cell(3, 1, "Libraries"), Cell(3, 2, "Current"), Cell(3, 4, 40)]
    heads = [Cell(2, at, text) for at, text in enumerate(("Scope", "Plan", "One-off cost"), 1)]
    cost = Cell(3, 3, 40_000, number_format="£#,##0")
    cells += [Cell(1, 1, "£000"), *heads, Cell(2, 4, "2015/16"), cost]
    cells.sort(key=lambda cell: (cell.row, cell.column))
    made = read_quarters({PERIOD: [Sheet.of("example.xlsx", "Savings", cells)]})
    assert [row.one_off_cost for row in made.savings] == ["£40,000"]


def test_a_band_of_years_over_it_is_that_of_its_words() -> None:
    made = quarter(
        REGISTER,
        """example.xlsx!Savings
£000
Project | Plan | RAG | Target 2015/16 | Evidence 2015/16 | Target 2016/17 | Evidence 2016/17
Alpha | Current | Amber | 40 | Ledger | 60 | Rota""",
    )
    assert not made.refusals
    assert [(row.year, row.evidence) for row in made.savings] == [
        ("2015/16", "Ledger"),
        ("2016/17", "Rota"),
    ]


def test_a_cost_below_a_year_is_no_saving_of_that_year() -> None:
    made = quarter(
        REGISTER,
        """example.xlsx!Savings
£000
Project | Plan | RAG | Target 2015/16 | One-off cost 2015/16 | FTE 2015/16
Alpha | Current | Amber | 40 | 25 | 3""",
    )
    assert not made.refusals
    assert [row.amount_pence for row in made.savings] == [40_000_00]
    assert [(row.one_off_cost, row.posts) for row in made.savings] == [
        ("£25,000 in 2015/16", "3 in 2015/16")
    ]


@pytest.mark.parametrize(
    ("headings", "cells", "said"),
    [
        ("One-off cost | One-off cost 2016/17", "25 | 30", "£25,000; £30,000 in 2016/17"),
        ("One-off cost 2015/16 | One-off cost 2016/17", "25 | 30", "£25,000 in 2015/16; £30,000"),
        ("One-off cost 2018/19", "30", "£30,000 in 2018/19"),
        ("Set-up cost (2016/17) £000", "30", "£30,000 in 2016/17"),
    ],
)
def test_a_cost_of_a_year_is_shown_once_with_its_year(headings: str, cells: str, said: str) -> None:
    made = quarter(
        REGISTER,
        f"""example.xlsx!Savings
£000
Project | Plan | RAG | {headings} | Target 2015/16 | Target 2016/17
Alpha | Current | Amber | {cells} | 40 | 60""",
    )
    page = shown(made, "this_year")
    assert page.count(said) == 1
    assert page.count("£30,000") == 1
    assert page.count("£25,000") == (1 if "£25,000" in said else 0)


def test_an_owner_above_the_table_is_that_of_its_lines() -> None:
    drawn = SCHEDULE.format("Owner", "").replace(
        "£000\nRef", "Lead officer | Ann Example\n£000\nRef"
    )
    assert {row.owner for row in quarter(REGISTER, drawn).savings} == {"Ann Example"}


def test_what_a_total_adds_of_it_is_listed_and_withholds_nobody() -> None:
    total = "\nTotal | | | | 90 | | 40 | 60"
    made = quarter(REGISTER, SCHEDULE.format("One-off cost", "90") + total)
    assert not made.refusals
    assert [(row.cell, row.value) for row in made.unused] == [("E4", "90")]
    assert "kept as text" in made.unused[0].what


def test_lines_that_only_confirmation_tells_apart_are_copies() -> None:
    drawn = (
        SCHEDULE.format("Validated", "Yes") + "\nC-1 | Alpha | Current | New | | Amber | 40 | 60"
    )
    assert {finding.outcome for finding in found(quarter(REGISTER, drawn), "duplicate-line")} == {
        "disagrees"
    }


TWO_LINES = """example.xlsx!Savings
£000
Ref | Project | Plan | Type of saving | Owner | FTE | One-off cost | Funded from | RAG | 2016/17
C-1 | Alpha | Current | New | Ann Example | 2 | 40 | Reserves | Amber | 60
C-2 | Alpha | Current | New | Bob Sample | 3 | 15 | | Amber | 40
C-3 | Alpha | Current | Faster | Cy Else | 9 | | | Amber | 20"""


def test_the_first_page_has_the_words_of_the_lines_that_count() -> None:
    made = quarter(REGISTER, TWO_LINES)
    assert "Owner: New (C-1): Ann Example; New (C-2): Bob Sample" in shown(made, "title")
    page = shown(made, "this_year")
    assert "Posts (FTE) New (C-1): 2; New (C-2): 3" in page
    assert (
        "One-off cost New (C-1): £40,000, Reserves; New (C-2): £15,000, funding not recorded"
        in page
    )
    annex = shown(made, "background")
    assert "Lines: owner, posts, cost, confirmed by, evidence" in annex
    assert "£40,000 example.xlsx, Savings: G3" in annex
    assert "Cy Else" not in page + annex


def test_one_text_of_several_lines_is_said_once() -> None:
    made = quarter(REGISTER, TWO_LINES.replace("Bob Sample", "Ann Example"))
    lines = made.savings_of("alpha", Plan.CURRENT).own
    assert in_words(texts_of_lines(lines, "owner")) == "Ann Example"


def test_the_register_comes_first_and_a_schedule_that_differs_is_asked_about() -> None:
    register = REGISTER.replace("| Programme", "| Programme | FTE | One-off cost").replace(
        "| Libraries | P", "| Libraries | P | 12 FTE | £40k"
    )
    made = quarter(register, TWO_LINES)
    page = shown(made, "this_year")
    assert "Posts 12 FTE, or 2 and 3 by the schedule" in page
    assert "One-off cost £40k, or £40,000 and £15,000 by the schedule; funded from Reserves" in page
    posts, cost = found(made, "stated-twice")
    assert (posts.outcome, posts.severity, who_acts(posts)) == (
        "disagrees",
        "query",
        Actor.SERVICE,
    )
    assert [str(cell) for cell in posts.cells] == [
        "example.xlsx!Projects!F2",
        "example.xlsx!Savings!F3",
        "example.xlsx!Savings!F4",
    ]
    # 40 and 15 are £55,000, and no line alone has £40,000 only.
    assert cost.outcome == "disagrees"


@pytest.mark.parametrize(
    ("registered", "stated", "outcome"),
    [
        ("5", "5.0 FTE", "agrees"),
        ("5 posts", "five", None),
        ("TBC", "5", None),
        ("None", "5", "disagrees"),
        ("5.5", "5", "disagrees"),
    ],
)
def test_posts_are_compared_as_numbers(registered: str, stated: str, outcome: str | None) -> None:
    register = REGISTER.replace("| Programme", "| Programme | FTE").replace(
        "| Libraries | P", f"| Libraries | P | {registered}"
    )
    made = quarter(register, SCHEDULE.format("WTE", stated))
    assert [finding.outcome for finding in found(made, "stated-twice")] == [outcome] * bool(outcome)


@pytest.mark.parametrize(
    ("registered", "stated", "outcome"),
    [
        ("Ann Example", "A Example", "agrees"),
        ("Ann Example, Libraries", "Ann Example", "agrees"),
        ("Head of Libraries", "Ann Example", None),
        ("Head of Libraries", "Head of Museums", "disagrees"),
        ("Ann Example", "Bob Sample", "disagrees"),
    ],
)
def test_owners_are_compared_as_names(registered: str, stated: str, outcome: str | None) -> None:
    register = REGISTER.replace("| Programme", "| Programme | Owner").replace(
        "| Libraries | P", f"| Libraries | P | {registered}"
    )
    made = quarter(register, SCHEDULE.format("Lead officer", stated))
    assert [finding.outcome for finding in found(made, "stated-twice")] == [outcome] * bool(outcome)


@pytest.mark.parametrize(
    ("heading", "value", "ending"),
    [
        ("Confirmed by", "Ann Example", "who confirmed it is recorded: Ann Example."),
        ("Confirmed by", "N. Patel", "who confirmed it is recorded: N. Patel."),
        ("Signed off by finance", "Yes", "recorded: Signed off by finance (Yes)."),
        ("Validated", "Yes", "marked as confirmed, but not by whom."),
        ("Confirmed by", "Awaiting finance", "No confirmation is recorded."),
        ("Confirmed by", "n/a", "No confirmation is recorded."),
        ("Evidence", "Ledger", "No confirmation is recorded."),
        ("Notes", "Ledger", "No confirmation is recorded."),
    ],
)
def test_who_confirmed_what_is_delivered(heading: str, value: str, ending: str) -> None:
    made = quarter(REGISTER, SCHEDULE.format(heading, value).replace("Amber", "Green Delivered"))
    (finding,) = found(made, "evidence")
    assert say(finding.message).startswith("Alpha: £100,000 is rated Green Delivered")
    assert say(finding.message).endswith(ending)


def test_what_is_reported_as_delivered_counts_before_what_is_rated_so() -> None:
    drawn = """example.xlsx!Savings
£000
Ref | Project | Plan | RAG | Target 2015/16 | Delivered 2015/16 | Verified by
C-1 | Alpha | Current | Green Delivered | 40 | 35 |
C-2 | Alpha | Current | Amber | 60 | 0 | Ann Example
C-3 | Alpha | Current | Green Delivered | 20 | | Ann Example"""
    # What is reported and what is rated are two measures, and are never added up.
    assert said(quarter(REGISTER, drawn), "evidence") == [
        ("not_stated: Alpha: £35,000 is shown as delivered. No confirmation is recorded."),
        (
            "agrees: Alpha: £20,000 is rated Green Delivered, and who confirmed it is recorded:"
            " Ann Example."
        ),
    ]


def test_what_is_confirmed_of_two_plans_is_never_added_up() -> None:
    drawn = """example.xlsx!Savings
£000
Ref | Project | Plan | RAG | Target 2015/16 | Delivered 2015/16 | Verified by
C-1 | Alpha | Current | Amber | 40 | 35 |
C-2 | Alpha | Proposed | Amber | 60 | 10 | Ann Example"""
    assert said(quarter(REGISTER, drawn), "evidence") == [
        ("not_stated: Alpha: £35,000 is shown as delivered. No confirmation is recorded."),
        (
            "agrees: Alpha: £10,000 is shown as delivered, and who confirmed it is recorded:"
            " Ann Example."
        ),
    ]


def test_what_a_second_table_reports_of_the_whole_is_confirmed_by_all_lines() -> None:
    monitoring = """example.xlsx!Monitoring
£000
Project | Plan | Measure | 2015/16
Alpha | Current | Delivered | 30"""
    lines = SCHEDULE.format("Confirmed by", "Ann Example")
    assert said(quarter(REGISTER, lines, monitoring), "evidence") == [
        (
            "agrees: Alpha: £30,000 is shown as delivered, and who confirmed it is recorded: Ann"
            " Example."
        )
    ]
    other = lines + "\nC-2 | Alpha | Current | Further | | Amber | 5 | 5"
    (finding,) = found(quarter(REGISTER, other, monitoring), "evidence")
    assert finding.outcome == "not_stated"


def test_where_no_schedule_says_who_confirms_all_projects_are_asked_once() -> None:
    register = f"{REGISTER}\nBeta | Beta counters | New | Libraries | P"
    drawn = SCHEDULE.format("Notes", "x").replace("Amber", "Green Delivered")
    drawn += "\nC-2 | Beta | Current | New | | Green Delivered | 5 |"
    made = quarter(register, drawn)
    (finding,) = found(made, "evidence")
    assert say(finding.message) == (
        "Two projects show savings as delivered; no schedule says who confirmed them."
    )
    assert finding.everybody
    assert doubts_of([finding], "alpha") == []


def test_a_missing_confirmation_comes_after_other_doubts() -> None:
    made = schedule("Notes", "x")
    open_ = Finding("evidence", "Alpha", "not_stated", "query", ("Nobody.",), project="alpha")
    other = Finding("rag-stated", "Alpha", "not_stated", "query", ("No RAG.",), project="alpha")
    assert [finding.rule for finding in doubts_of([open_, other], "alpha")] == [
        "rag-stated",
        "evidence",
    ]
    assert not found(made, "evidence")


@pytest.mark.parametrize(
    ("cost", "funding", "outcome"),
    [
        ("40", "Reserves", "agrees"),
        ("40", "", "not_stated"),
        ("40", "TBC", "not_stated"),
        ("£40k", "to be identified", "not_stated"),
        ("40", "£40k", "not_stated"),
        ("40", "about 12% of it", "not_stated"),
        ("40", "2016/17", "not_stated"),
        ("40", "Yes", "not_stated"),
        ("40", "£30k, TBC", "not_stated"),
        ("40", "£30k capital receipts, rest TBC", "agrees"),
        ("40", "50% DfE grant", "agrees"),
        ("40", "S106", "agrees"),
        ("None", "", None),
        ("nil", "", None),
        ("0", "", None),
        ("-", "", None),
        ("not required", "", None),
    ],
)
def test_a_one_off_cost_is_funded(cost: str, funding: str, outcome: str | None) -> None:
    made = schedule("One-off cost | Funded from", f"{cost} | {funding}")
    assert [finding.outcome for finding in found(made, "funded")] == [outcome] * bool(outcome)
    register = REGISTER.replace("| Programme", "| Programme | One-off cost | Cost funded from")
    of_register = quarter(
        register.replace("| Libraries | P", f"| Libraries | P | {cost} | {funding}"),
        SCHEDULE.format("Notes", "x"),
    )
    ends = [finding.outcome for finding in found(of_register, "funded")]
    assert ends == [outcome] * bool(outcome)


@pytest.mark.parametrize("funding", ["TBC", "nil", "n/a", "12%", "£40k", "100", "Agreed", "-", ""])
def test_what_is_no_source_is_not_shown_as_one(funding: str) -> None:
    register = REGISTER.replace("| Programme", "| Programme | One-off cost | Funding source")
    made = quarter(
        register.replace("| Libraries | P", f"| Libraries | P | £1.2m | {funding}"),
        SCHEDULE.format("Notes", "x"),
    )
    assert "One-off cost £1.2m, funding not recorded" in shown(made, "this_year")
    (asked,) = found(made, "funded")
    assert asked.outcome == "not_stated"


@pytest.mark.parametrize(
    "heading", ["Funded from", "Funded by", "Funding source", "Source of funding", "Funding"]
)
def test_the_register_says_what_funds_a_cost(heading: str) -> None:
    register = REGISTER.replace("| Programme", f"| Programme | One-off cost | {heading}")
    made = quarter(
        register.replace("| Libraries | P", "| Libraries | P | £1.2m | Reserves"),
        SCHEDULE.format("Notes", "x"),
    )
    assert "One-off cost £1.2m, Reserves" in shown(made, "this_year")


@pytest.mark.parametrize(
    ("headings", "cells", "said"),
    [
        ("One-off cost 2016/17", "£40k", "One-off cost £40k in 2016/17, funding"),
        ("One-off cost | One-off cost 2016/17", "£40k | £50k", "£40k; £50k in 2016/17, funding"),
        ("FTE (2016/17)", "3", "Posts (FTE) 3 in 2016/17"),
    ],
)
def test_the_register_may_head_a_fact_of_one_year(headings: str, cells: str, said: str) -> None:
    register = REGISTER.replace("| Programme", f"| Programme | {headings}")
    made = quarter(
        register.replace("| Libraries | P", f"| Libraries | P | {cells}"),
        SCHEDULE.format("Notes", "x"),
    )
    assert said in shown(made, "this_year")


def test_what_the_register_has_yet_to_learn_the_schedule_says() -> None:
    register = REGISTER.replace("| Programme", "| Programme | FTE").replace(
        "| Libraries | P", "| Libraries | P | TBC"
    )
    assert "Posts (FTE) 9" in shown(quarter(register, SCHEDULE.format("FTE", "9")), "this_year")


@pytest.mark.parametrize(
    ("own", "lines", "outcome"),
    [
        ("£500k", "£400k", "disagrees"),
        ("£500k", "£0.5m", "agrees"),
        ("Reserve", "A freeze on vacancies", "disagrees"),
        ("Reserve", "The reserve", "agrees"),
        ("Reserve", "£400k", None),
        ("Reserve", "No reserve available", "disagrees"),
        ("No reserve available", "Reserve", "disagrees"),
        ("Reserve", "Reserve not available", "disagrees"),
        ("No reserve", "No reserve available", "agrees"),
        ("Reserve", "Unallocated reserve", "agrees"),
        ("Reserve", "None", None),
        ("Reserve", "Not yet agreed", None),
    ],
)
def test_cover_for_a_shortfall_is_compared(own: str, lines: str, outcome: str | None) -> None:
    register = REGISTER.replace("| Programme", "| Programme | Cover for shortfall")
    made = quarter(
        register.replace("| Libraries | P", f"| Libraries | P | {own}"),
        SCHEDULE.format("Contingency", lines),
    )
    assert [each.outcome for each in found(made, "stated-twice")] == [outcome] * bool(outcome)
    is_apart = outcome == "disagrees"
    assert (f"{own}, or {lines} by the schedule" in shown(made, "this_year")) is is_apart


@pytest.mark.parametrize(
    ("own", "lines", "outcome"),
    [
        ("Reserve", "Transformation reserve", "agrees"),
        ("Reserve", "No reserve available", "disagrees"),
        ("Reserve", "Not from reserve", "disagrees"),
        ("Transformation reserve", "Without a reserve", "disagrees"),
        ("Reserve", "Reserve unfunded", "disagrees"),
        ("Reserve", "Reserve no. 4", "agrees"),
        ("Grant", "Grant from a not-for-profit body", "agrees"),
        ("Reserve", "No funding identified", None),
        ("Reserve", "n/a", None),
    ],
)
def test_a_funding_that_is_denied_is_not_one_that_is_named(
    own: str, lines: str, outcome: str | None
) -> None:
    register = REGISTER.replace("| Programme", "| Programme | Funding of one-off cost")
    made = quarter(
        register.replace("| Libraries | P", f"| Libraries | P | {own}"),
        SCHEDULE.format("Funded from", lines),
    )
    assert [each.outcome for each in found(made, "stated-twice")] == [outcome] * bool(outcome)


def test_a_register_that_denies_a_funding_is_shown_beside_the_schedule() -> None:
    register = REGISTER.replace(
        "| Programme", "| Programme | One-off cost | Funding of one-off cost"
    )
    made = quarter(
        register.replace("| Libraries | P", "| Libraries | P | £40,000 | No reserve available"),
        SCHEDULE.format("Funded from", "Reserve"),
    )
    said = "£40,000; funded from No reserve available, or Reserve by the schedule"
    assert said in shown(made, "this_year")


def test_who_names_somebody() -> None:
    named = ("Ann Example", "Finance business partner", "FBP (Adults)", "No 10 Ltd; J Smith")
    assert all(map(names_somebody, named))
    unnamed = ("", "-", "Yes", "30 September 2015", "TBC", "Not yet", "pending review", "none")
    assert not any(map(names_somebody, unnamed))
