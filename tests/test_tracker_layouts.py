"""Trackers as councils lay them out: measures and years in headings, and what is printed beside."""

import pytest
from text_quarter import quarter

from ffanalysis.api import CheckedQuarter as Quarter
from ffanalysis.api import check
from ffanalysis.layout import Layouts
from ffanalysis.periods import Period
from ffanalysis.present.words import say
from ffanalysis.read import read_sheets
from ffanalysis.sheets.cells import Cell, Sheet
from ffanalysis.tables import SavingRow

REGISTER = """register.xlsx!Projects
Project | Title | Type of saving | Service | Programme
Alpha | The contract | New | Care | Change
Beta | The framework | New | Care | Change
"""


def schedule(*lines: str) -> Quarter:
    return quarter(REGISTER, "\n".join(("s.xlsx!S", "£000", *lines)) + "\n")


def stated(found: Quarter) -> dict[tuple[str | None, str | None], int]:
    """Measure and year → the amount in £000 of the only line."""
    assert [row.sentence for row in found.refusals] == []
    assert len({row.line_no for row in found.savings}) == len({r.measure for r in found.savings})
    return {(row.measure, row.year): pounds(row) for row in found.savings}


def pounds(row: SavingRow) -> int:
    assert row.amount_pence is not None
    return row.amount_pence // 100_000


TARGET, DELIVERED, FORECAST = "original target", "delivered to date", "forecast"
ONE_YEAR = {(TARGET, "2015/16"): 275, (DELIVERED, "2015/16"): 60, (FORECAST, "2015/16"): 200}


@pytest.mark.parametrize(
    "headings",
    [
        "Target 2015/16 | Achieved to date 2015/16 | Forecast 2015/16",
        "2015/16 Target £000 | 2015/16 Actual £000 | 2015/16 Forecast £000",
        "Savings target 2015/16 | Savings reported achieved month 6 | Forecast outturn 2015/16",
        "Target 2015-16 | Delivered to date | Forecast",
        "2015/16 savings target | Savings delivered 2015/16 | 2015/16 forecast outturn",
        "FY16 Target | Actual to date FY16 | Projected outturn FY16",
        "Target 2015/16 | Delivered 2015/16 | Forecast 2015/16",
        "2015/16 Target | Actual savings Q2 | Year-end forecast",
        "2015/16 Target | Achieved as at 30 September 2015 | Forecast savings at month 6",
    ],
)
def test_a_measure_is_read_from_its_heading_with_its_year(headings: str) -> None:
    found = schedule(
        f"Project | Plan | RAG | {headings}", "Alpha | Current | Amber | 275 | 60 | 200"
    )
    assert stated(found) == ONE_YEAR


@pytest.mark.parametrize(
    "below",
    [
        "Target | Delivered | Forecast",
        "Target | Achieved | Forecast",
        "Savings target | Actual | Forecast outturn",
        "Original target | Delivered to date | Projected",
    ],
)
def test_a_measure_is_read_below_the_year_that_is_over_it(below: str) -> None:
    found = schedule(
        "Project | Plan | RAG | 2015/16 | 2015/16 | 2015/16",
        f" | | | {below}",
        "Alpha | Current | Amber | 275 | 60 | 200",
    )
    assert stated(found) == ONE_YEAR


def test_delivered_beside_other_measures_is_one_without_a_rag_column_too() -> None:
    found = schedule(
        "Project | Plan | 2015/16 | 2015/16 | 2015/16",
        " | | Target | Delivered | Forecast",
        "Alpha | Current | 275 | 60 | 200",
    )
    assert stated(found) == ONE_YEAR


@pytest.mark.parametrize("words", ["Delivered | Amber", "Delivered | Other"])
def test_delivered_that_may_be_a_measure_or_a_status_is_refused_with_both_readings(
    words: str,
) -> None:
    found = schedule(
        "Project | Plan | 2015/16 | 2015/16", f" | | {words}", "Alpha | Current | 60 | 200"
    )
    (refusal,) = found.refusals
    assert (
        "cell C3: 'Delivered' heads amounts and may be the RAG status 'Green Delivered' or the"
        " measure 'delivered to date' (write Green Delivered or Delivered to date, or give the"
        " schedule a RAG column of its own)."
    ) in refusal.sentence
    assert not found.savings


def test_a_column_delivered_that_says_yes_or_no_is_no_measure() -> None:
    found = schedule(
        "Project | Plan | RAG | Delivered | 2015/16", "Alpha | Current | Amber | Yes | 275"
    )
    assert stated(found) == {(None, "2015/16"): 275}
    assert [row.value for row in found.notices] == ["'Delivered': did you mean Delivery route?"]


def test_a_year_of_several_is_not_lent_to_a_measure_without_one() -> None:
    found = schedule(
        "Project | Plan | RAG | Target 2015/16 | Target 2016/17 | Achieved to date",
        "Alpha | Current | Amber | 100 | 50 | 20",
    )
    assert stated(found) == {
        (TARGET, "2015/16"): 100,
        (TARGET, "2016/17"): 50,
        (DELIVERED, None): 20,
    }


def test_what_is_not_known_under_a_year_is_refused_and_never_taken_for_a_target() -> None:
    found = schedule(
        "Project | Plan | RAG | 2015/16 | 2015/16",
        " | | | Target | Banana",
        "Alpha | Current | Amber | 275 | 60",
    )
    (refusal,) = found.refusals
    assert refusal.sentence == (
        "s.xlsx, sheet S, cell E3: the heading '2015/16, Banana' is not known, but numbers stand"
        " below it (write original target, revised target, delivered to date, forecast, or teach it"
        ' to layout.toml: under [values.measure], such as "forecast" = ["banana"]).'
    )


@pytest.mark.parametrize("heading", ["FTE", "WTE", "%"])
def test_a_column_that_is_no_money_under_a_year_is_not_read(heading: str) -> None:
    found = schedule(
        "Project | Plan | RAG | 2015/16 | 2015/16",
        f" | | | Target | {heading}",
        "Alpha | Current | Amber | 275 | 6",
    )
    assert stated(found) == {(TARGET, "2015/16"): 275}


@pytest.mark.parametrize("unknown", ["Amber – “quoted”", "Banana", "Amber or so"])
def test_a_heading_that_is_not_known_before_the_last_bands_total_is_no_crash(unknown: str) -> None:
    found = schedule(
        " | | 2015/16 | | 2016/17 | | Total | | ",
        f"Project | Plan | Red | Total | Red | Total | Red | {unknown} | Total",
        "Alpha | Current | 40 | 40 | 60 | 60 | | | 100",
    )
    assert [(row.rag, row.year, pounds(row)) for row in found.savings if row.amount_pence] == [
        ("Red", "2015/16", 40),
        ("Red", "2016/17", 60),
    ]


def test_a_budget_has_no_column_of_what_was_spent_or_is_forecast() -> None:
    budget = "b.xlsx!B\n£000\nService | Basis | 2014/15 Actual | 2015/16\nCare | Net | 90 | 100\n"
    found = quarter(REGISTER, budget)
    assert [(row.year, row.amount_pence) for row in found.budget] == [("2015/16", 10_000_000)]
    assert "'2014/15 Actual' is not known" in found.refusals[0].sentence


def test_a_unit_row_may_hold_a_percent_sign() -> None:
    found = quarter(
        REGISTER,
        "s.xlsx!S\nSavings\nProject | Plan | 2015/16 | 2016/17 | Percentage progress\n"
        " | | £'000 | £'000 | %\nAlpha | Current | 100 | 200 | 50\n",
    )
    assert stated(found) == {(None, "2015/16"): 100, (None, "2016/17"): 200}


# --- what is printed beside -----------------------------------------------------------------------


def variances(found: Quarter) -> list[tuple[str, str, str]]:
    return [
        (item.outcome, item.severity, say(item.message))
        for item in check(found)
        if item.rule == "variance-agrees"
    ]


@pytest.mark.parametrize(
    ("heading", "printed", "outcome"),
    [
        ("Variance", "-75", "agrees"),
        ("Variance", "75", "agrees"),
        ("Difference 2015/16", "(75)", "agrees"),
        ("Variance to target", "-76", "within_rounding"),
        ("Forecast variance", "-90", "disagrees"),
        ("Shortfall", "75", "agrees"),
        ("Savings shortfall", "80", "disagrees"),
        ("Net savings at risk", "75", "agrees"),
    ],
)
def test_what_follows_from_target_and_forecast_is_compared_and_never_added(
    heading: str, printed: str, outcome: str
) -> None:
    found = schedule(
        f"Project | Plan | RAG | Target 2015/16 | Forecast 2015/16 | {heading}",
        f"Alpha | Current | Amber | 275 | 200 | {printed}",
    )
    assert stated(found) == {(TARGET, "2015/16"): 275, (FORECAST, "2015/16"): 200}
    (end,) = variances(found)
    assert end[0] == outcome


def test_a_variance_of_the_other_sign_than_its_column_has_disagrees() -> None:
    head = "Project | Plan | RAG | Ref | Target 2015/16 | Forecast 2015/16 | Variance"
    lines = ["A-1 | 100 | 90 | -10", "A-2 | 100 | 80 | -20", "A-3 | 100 | 70 | 30"]
    found = schedule(head, *(f"Alpha | Current | Amber | {line}" for line in lines))
    assert [end for end, _, _ in variances(found)] == ["disagrees", "agrees", "agrees"]


def test_a_shortfall_with_pressures_in_it_says_both() -> None:
    found = schedule(
        "Project | Plan | RAG | Target 2015/16 | Forecast 2015/16 | In year pressures | At risk",
        "Alpha | Current | Amber | 6754 | 5714 | -328 | 1368",
    )
    assert variances(found) == [
        (
            "agrees",
            "query",
            (
                "Alpha, 2015/16: the row prints 'At risk' as £1,368,000, of which £1,040,000 is"
                " target less forecast and the rest pressures, which are added to nothing here."
            ),
        )
    ]


def test_a_remark_beside_the_amounts_is_listed_and_refuses_nothing() -> None:
    found = schedule(
        "Project | Plan | RAG | Target 2015/16 | Forecast 2015/16 | Variance",
        "Alpha | Current | Amber | 275 | 200 | see note",
    )
    assert not found.refusals
    assert [(row.cell, row.value) for row in found.unused] == [("F3", "see note")]


@pytest.mark.parametrize(
    ("printed", "outcome"),
    [("25%", "agrees"), ("0.25", "agrees"), ("25", "agrees"), ("30%", "disagrees")],
)
def test_a_printed_share_is_recomputed(printed: str, outcome: str) -> None:
    found = schedule(
        "Project | Plan | RAG | Target 2015/16 | Achieved 2015/16 | % achieved",
        f"Alpha | Current | Amber | 200 | 50 | {printed}",
    )
    (end,) = (item for item in check(found) if item.rule == "percentage-agrees")
    assert end.outcome == outcome


# --- notes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "note",
    [
        "Note: figures are cumulative and ongoing",
        "Savings are shown cumulatively.",
        "Each year's figure includes savings made in previous years",
        "Amounts are not additional year on year",
    ],
)
@pytest.mark.parametrize("where", ["below", "above"])
def test_a_note_that_says_the_amounts_are_cumulative_refuses_the_table(
    note: str, where: str
) -> None:
    lines = ["Project | Plan | RAG | 2015/16 | 2016/17", "Alpha | Current | Amber | 275 | 275"]
    lines = [*lines, "", note] if where == "below" else ["Savings", note, *lines]
    found = schedule(*lines)
    (refusal,) = found.refusals
    assert f"'{note}' says that the amounts are cumulative" in refusal.sentence
    assert not found.savings


@pytest.mark.parametrize(
    "note",
    ["Figures are not cumulative", "Incremental, rather than cumulative", "Net of inflation"],
)
def test_a_note_that_denies_it_refuses_nothing(note: str) -> None:
    found = schedule(
        "Project | Plan | RAG | 2015/16 | 2016/17", "Alpha | Current | Amber | 275 | 30", "", note
    )
    assert not found.refusals
    assert len(found.savings) == 2


# --- layouts --------------------------------------------------------------------------------------


def read(layouts: dict[str, str], *sheets: str) -> Quarter:
    drawn = []
    for text in (REGISTER, *sheets):
        head, *rows = text.splitlines()
        cells = (
            Cell(row, column, int(cell) if cell.strip().isdigit() else cell.strip())
            for row, line in enumerate(rows, 1)
            for column, cell in enumerate(line.split("|"), 1)
            if cell.strip()
        )
        drawn.append(Sheet.of(*head.split("!"), cells))
    own = Layouts((name, text.encode()) for name, text in layouts.items())
    return Quarter(read_sheets(Period.parse("2015-16-Q2"), drawn, layouts=own))


BLANK = "s.xlsx!S\n£000\n | Plan | 2015/16\nAlpha | Current | 5\n"


@pytest.mark.parametrize("name", ["column A", "Column a", ""])
def test_a_layout_names_a_column_without_a_heading(name: str) -> None:
    found = read({"layout.toml": f'[tables.savings.columns]\nproject = ["{name}"]'}, BLANK)
    assert [(row.project, row.amount_pence) for row in found.savings] == [("alpha", 500_000)]


def test_a_heading_of_a_council_outranks_the_same_word_of_the_standard() -> None:
    text = '[tables.savings.columns]\nprogramme = ["unit"]'
    sheet = "s.xlsx!S\n£000\nUnit | Plan | 2015/16\nChange | Current | 5\n"
    found = read({"layout.toml": text}, sheet)
    assert [(row.programme, row.amount_pence) for row in found.savings] == [("Change", 500_000)]
    # Without it a unit column is a unit, and the table lacks whose it is.
    assert not read({}, sheet).savings


def test_a_layout_may_be_for_some_workbooks_or_one_sheet() -> None:
    sheets = [
        "a.xlsx!One\nProject | Plan | 2015/16\nAlpha | Current | 5\n",
        "a.xlsx!Two\nProject | Plan | 2015/16\nBeta | Current | 7\n",
    ]
    one = 'workbooks = ["a.xlsx!One"]\n[tables.savings.given]\nunit = "£000"'
    two = 'workbooks = ["a.xlsx!T*"]\n[tables.savings.given]\nunit = "£m"'
    found = read({"layout.toml": one, "layout-two.toml": two}, *sheets)
    assert [row.amount_pence for row in found.savings] == [500_000, 700_000_000]


def test_a_layout_gives_a_measure_its_year() -> None:
    text = '[words.years]\n"2016/17" = ["achieved so far"]\n[values.measure]\n'
    text += '"delivered to date" = ["achieved so far"]'
    sheet = (
        "s.xlsx!S\n£000\nProject | Plan | RAG | Target 2015/16 | Target 2016/17 | Achieved so far\n"
        "Alpha | Current | Amber | 5 | 6 | 3\n"
    )
    found = read({"layout.toml": text}, sheet)
    assert (DELIVERED, "2016/17", 3) in [
        (row.measure, row.year, pounds(row)) for row in found.savings
    ]
