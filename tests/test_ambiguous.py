"""What can be read two ways is refused in a whole sentence, and never guessed."""

from dataclasses import replace
from pathlib import Path

import messy
import pytest
import text_quarter
from messy import CURRENT, PROPOSED, SPLIT, Page, Table, plain
from outcomes import Outcome
from rows import records

from ffanalysis.checks import check
from ffanalysis.layout import Layouts
from ffanalysis.present.words import say
from ffanalysis.provenance import CellRef
from ffanalysis.savings.quarter import Quarter
from ffanalysis.savings.refusals import withheld_projects
from ffanalysis.tables import Tables

HERE = f"savings-schedule.xlsx, sheet {CURRENT}"
K = 100_000


@pytest.fixture(scope="module")
def quarter(example_quarter: Path) -> dict[str, Table]:
    return messy.tables_in(example_quarter)


@pytest.fixture
def current(quarter: dict[str, Table]) -> Table:
    return quarter[CURRENT]


def read(quarter: dict[str, Table], *changed: Page, layout: str = "") -> Tables:
    layouts = Layouts([("layout.toml", layout.encode())]) if layout else None
    return messy.tables_of(messy.pages(quarter, changed), layouts=layouts)


def sentences(tables: Tables) -> list[str]:
    return list(tables.refusals["sentence"])


def amounts(tables: Tables, name: str = CURRENT) -> set[int]:
    """The savings of a sheet in £000."""
    rows = (
        row for row in records(tables.savings) if row.sheet == name and row.amount_pence is not None
    )
    return {row.amount_pence // K for row in rows}


@pytest.mark.parametrize("form", ["(#,##0)", "-#,##0", "(0)", '"£"(#,##0)', "[Red](#,##0)"])
def test_a_positive_number_that_its_format_shows_as_negative_is_refused(
    form: str, quarter: dict, current: Table
) -> None:
    page = plain(current)
    page.cells[9, 3] = (1025, form)
    tables = read(quarter, page)
    assert sentences(tables) == [
        (
            f"{HERE}, cell C9: '1025' can be read two ways: its number format shows it as a"
            " negative, but it holds a positive number (write the minus into the cell, or use an"
            " ordinary format)."
        )
    ]
    assert 1025 not in amounts(tables)


@pytest.mark.parametrize(
    "form", ["#,##0_);(#,##0)", "#,##0;[Red]-#,##0", '#,##0;"("#,##0")"', "_-* #,##0_-;-* #,##0_-"]
)
def test_a_format_that_shows_only_negatives_in_brackets_is_ordinary(
    form: str, quarter: dict, current: Table
) -> None:
    page = plain(current)
    page.cells[9, 3] = (1025, form)
    tables = read(quarter, page)
    assert sentences(tables) == []
    assert 1025 in amounts(tables)


# 2016 may end on 31 March or begin on 1 April of that year.
EITHER = {
    "2016": "'2016' may mean 2015/16 or 2016/17 (write one of them).",
    "2017": "'2017' may mean 2016/17 or 2017/18 (write one of them).",
    "2018": "'2018' may mean 2017/18 or 2018/19 (write one of them).",
}


@pytest.mark.parametrize("as_numbers", [False, True])
def test_calendar_years_as_headings_are_refused_each(
    as_numbers: bool, quarter: dict, current: Table
) -> None:
    heads = [int(year) if as_numbers else year for year in EITHER]
    tables = read(quarter, plain(replace(current, heads=("RAG", *heads, "Total"))))
    assert sentences(tables) == [
        f"{HERE}, cell {cell}: {EITHER[year]}"
        for cell, year in zip(("B7", "C7", "D7"), EITHER, strict=True)
    ]
    assert amounts(tables) == set()


@pytest.mark.parametrize("head", ["2018", 2018])
def test_a_calendar_year_beside_financial_years_is_refused_and_the_others_are_read(
    head: object, quarter: dict, current: Table
) -> None:
    tables = read(
        quarter, plain(replace(current, heads=("RAG", "2015/16", "2016/17", head, "Total")))
    )
    assert sentences(tables) == [f"{HERE}, cell D7: {EITHER['2018']}"]
    assert amounts(tables) == {584, 318, 1025, 152}


@pytest.mark.parametrize("year", ["2016", 2016])
def test_a_calendar_year_in_a_column_of_years_is_refused_by_row(
    year: object, quarter: dict
) -> None:
    (page,) = (page for page in messy.long(quarter) if page.name == CURRENT)
    for at, (value, form) in page.cells.items():
        if value == "2016/17":
            page.cells[at] = (year, form)
    tables = read(quarter, page)
    assert sentences(tables) == [
        f"{HERE}, cell {cell}: {EITHER['2016']}" for cell in ("B9", "B11", "B14", "B19")
    ]
    assert amounts(tables) == {584, 344, 32}


BUDGETS = [
    ["Budgets (£000)"],
    ["Financial year", "2015/16"],
    ["Basis", "net"],
    [],
    ["Service", "Amount"],
    ["Libraries", 10],
]


@pytest.mark.parametrize(
    ("year", "problem", "read_as"),
    [
        (["Financial year", "2015/16"], "", ["2015/16"]),
        (["Year", "2016"], f"cell B2: {EITHER['2016']}", []),
        (["Year", 2016], f"cell B2: {EITHER['2016']}", []),
        (
            [],
            (
                "row 5: the table of budget has no 'Year', neither as a column nor on a line above"
                " it. Found: Service, Amount."
            ),
            [],
        ),
    ],
)
def test_a_year_may_stand_above_a_table_of_one_year_and_must_be_told(
    year: list[object], problem: str, read_as: list[str], quarter: dict
) -> None:
    page = Page("budgets.xlsx", "Budgets")
    for row, line in enumerate([BUDGETS[0], year, *BUDGETS[2:]], 1):
        page.line(row, line)
    tables = messy.tables_of([*(plain(quarter[name]) for name in messy.REGISTER), page])
    assert sentences(tables) == [f"budgets.xlsx, sheet Budgets, {problem}"] * bool(problem)
    assert list(tables.budget["year"]) == read_as


def test_an_amount_that_reads_like_a_calendar_year_is_an_amount(
    quarter: dict, current: Table
) -> None:
    # 2016; 2018 + 2017 + 2000 = 6035; 2019; and 2016 + 6035 + 2019 = 10070.
    statuses = [
        ("Green Delivered", 2016, 2018, None),
        ("Green On Target", None, 2017, 2019),
        ("Amber", None, 2000, None),
    ]
    rows = (*((*row, None) for row in statuses), ("Total", 2016, 6035, 2019, 10070))
    split = replace(
        quarter[SPLIT],
        unit="£000",
        rows=(("Retained", 2016), ("Commissioned", 2018), ("Total", 4034)),
    )
    tables = read(quarter, plain(replace(current, rows=rows)), plain(split))
    assert sentences(tables) == []
    assert (amounts(tables), amounts(tables, SPLIT)) == (
        {2016, 2018, 2017, 2019, 2000},
        {2016, 2018},
    )
    assert {
        item.outcome
        for item in check(Quarter(tables))
        if item.rule in ("rag-columns", "rag-total", "route-split")
    } == {"agrees"}


@pytest.mark.parametrize(
    ("unit", "said"), [("£000 / £m", "£000 / £m"), ("£ million (£000)", "£ million (£000)")]
)
def test_a_unit_in_two_ways_is_refused_for_every_amount(
    unit: str, said: str, quarter: dict
) -> None:
    tables = read(quarter, plain(replace(quarter[SPLIT], unit=unit)))
    place = f"savings-schedule.xlsx, sheet {SPLIT}, cell"
    assert sentences(tables) == [
        f"{place} {cell}: the unit of {number} can be read two ways ('{said}'). Write one of £,"
        " £000 or £m."
        for cell, number in (("B9", "0.768"), ("B10", "1.687"), ("B11", "2.455"))
    ]


def negative(table: Table) -> Table:
    return table.with_amounts(lambda value: -value, "#,##0")


def test_a_table_whose_savings_are_all_negative_is_refused_as_a_whole(
    quarter: dict, current: Table
) -> None:
    tables = read(quarter, plain(negative(current)))
    assert sentences(tables) == [
        (
            f"{HERE}, cell B8: all amounts of this table would raise spending, by the layout's sign"
            " (saving is positive). Where they are savings, write them without brackets or a minus;"
            ' where all tables of savings are written so, write sign = "saving is negative" under'
            " [tables.savings] in layout.toml, or in the form of a concept paper."
        )
    ]
    assert amounts(tables) == set()
    (refused,) = records(tables.refusals)
    assert (refused.project, refused.programme) == (None, "Future Fit")


def test_with_the_layout_s_sign_they_are_turned_totals_too(quarter: dict, current: Table) -> None:
    layout = 'workbooks = ["savings-schedule*"]\n[tables.savings]\nsign = "saving is negative"\n'
    turned = [plain(negative(quarter[name])) for name in messy.SAVINGS if name != SPLIT]
    tables = read(
        quarter,
        *turned,
        plain(quarter[SPLIT].with_amounts(lambda value: -value, "0.000")),
        layout=layout,
    )
    assert sentences(tables) == []
    assert amounts(tables) == {584, 318, 1025, 344, 152, 32}
    assert amounts(tables, PROPOSED) == {100}
    totals = {
        row.amount_pence // K
        for row in records(tables.totals)
        if row.sheet == CURRENT and row.amount_pence is not None
    }
    assert totals == {584, 1495, 376, 2455}


def test_one_negative_amount_leaves_open_whether_the_sign_is_meant(
    quarter: dict, current: Table
) -> None:
    # A one-off that reverses is legitimate: the table is read, and a rule asks.
    rows = (
        *current.rows[:2],
        ("Amber", None, 152, -32, None),
        current.rows[3],
        ("Total", 584, 1495, 312, 2391),
    )
    tables = read(quarter, plain(replace(current, rows=rows)))
    assert sentences(tables) == []
    assert -32 in amounts(tables)
    (finding,) = (item for item in check(Quarter(tables)) if item.rule == "signs-mixed")
    assert (finding.outcome, finding.severity) == ("disagrees", "query")
    assert finding.cells == (CellRef("savings-schedule.xlsx", CURRENT, "D10"),)
    assert (
        say(finding.message)
        == "Education & Skills excluding SEND: the other amounts in the table have the opposite"
        " sign, but these add to spending: −£32,000 (Amber, 2017/18). A reversed one-off may look"
        " like this; a mistyped minus is an error."
    )


# A total in words that the reader does not know: 100 + 40 = 140, 50 + 10 = 60.

TRACKER = """example.xlsx!Savings
£000
Ref | Project | Plan | Type of saving | RAG | 2016/17 | 2017/18
A-1 | Alpha | Current | Further | Amber | 100 | 50
A-2 | Alpha | Current | New | Green On Target | 40 | 10
"""
REGISTER = """example.xlsx!Projects
Project | Title | Type of saving | Status
Alpha | Alpha in all | New | Approved"""
MAY_BE_A_TOTAL = (
    "comes to what the lines above it add up to, and has no Type of saving as they do (write Total"
    " where it adds them up, or its Type of saving where it is a line)."
)


def of_tracker(*rows: str) -> Outcome:
    return Outcome(text_quarter.quarter(REGISTER, TRACKER + "\n".join(rows)))


@pytest.mark.parametrize("word", ["Overall", "Sum", "All savings", "Σ", "Programme in all"])
def test_a_row_that_comes_to_the_lines_above_and_lacks_what_they_say_is_refused(word: str) -> None:
    found = of_tracker(f"{word} | Alpha | Current | | | 140 | 60")
    assert list(withheld_projects(found.quarter)) == ["alpha"]
    assert found.refused == [f"example.xlsx, sheet Savings, cell F5: '{word}' {MAY_BE_A_TOTAL}"]


def test_so_is_a_part_total_below_a_total() -> None:
    found = of_tracker(
        "Total | Alpha | | | | 140 | 60",
        "B-1 | Alpha | Current | New | Red | 7 | 1",
        "B-2 | Alpha | Current | New | Red | 5 | 2",
        "Both | Alpha | Current | | | 12 | 3",
    )
    assert [text.split(": ", 1)[1] for text in found.refused] == [f"'Both' {MAY_BE_A_TOTAL}"]


@pytest.mark.parametrize(
    "row",
    [
        "A-3 | Alpha | Current | New | Amber | 140 | 60",  # a line as the others are
        "A-3 | Alpha | Current | New | | 140 | 61",  # not what they come to
    ],
)
def test_a_line_that_says_what_the_others_say_is_a_line(row: str) -> None:
    found = of_tracker(row)
    assert found.refused == []
    assert found.pounds("current/2016-17") == 280_000


# One line's target under the name of a measure, and again under none.


def test_a_target_of_no_measure_beside_the_original_of_its_line_is_refused() -> None:
    found = Outcome(
        text_quarter.quarter(
            REGISTER,
            """example.xlsx!Savings
£000
Ref | Project | Plan | Type of saving | RAG | Measure | 2016/17 | 2017/18
A-1 | Alpha | Current | New | Amber | Original target | 100 | 50
A-1 | Alpha | Current | New | Amber | | 180 |
A-2 | Alpha | Current | New | Amber | | 40 | 10""",
        )
    )
    assert list(withheld_projects(found.quarter)) == ["alpha"]
    (refused,) = found.refused
    assert refused == (
        "example.xlsx, sheet Savings, cell G4: nothing says which measure this is, and cell G3"
        " states the original target of the same line and year (write Revised target where it"
        " replaces that one)."
    )


# A line without a project where each line repeats it.


def test_a_line_without_a_project_is_not_taken_for_the_one_aboves_where_lines_repeat_it() -> None:
    found = of_tracker(
        "B-1 | Beta | Current | New | Red | 7 | 1",
        "B-2 | | Current | New | Red | 5 | 2",
    )
    assert found.refused[-1] == (
        "example.xlsx, sheet Savings, cell F6: its line states no Project, which the other lines of"
        " this table repeat (write whose it is)."
    )
    assert found.pounds("current/2016-17") == 140_000


def test_a_label_given_once_for_a_group_holds_for_its_rows() -> None:
    sheet = """example.xlsx!Savings
£000
Ref | Project | Plan | Type of saving | RAG | 2016/17 | 2017/18
A-1 | Alpha | Current | Further | Amber | 100 | 50
A-2 | | Current | New | Green On Target | 40 | 10"""
    found = Outcome(text_quarter.quarter(REGISTER, sheet))
    assert found.refused == []
    assert found.pounds("current/2016-17") == 140_000


# A long list: one amount as text makes its row no heading.


@pytest.mark.parametrize(
    ("amount", "pounds"), [("£210,000", 210_000), ("210,000", 210_000), ("tbc", None), ("", None)]
)
def test_a_row_of_words_with_an_amount_as_text_is_a_line(amount: str, pounds: float | None) -> None:
    sheet = f"""example.xlsx!Savings
All figures in £
Ref | Project | Savings line | Plan | RAG | Measure | Year | Amount
A-1 | Alpha | Vans | Current | Amber | Target | 2015/16 | {amount}
A-1 | Alpha | Vans | Current | Amber | Forecast | 2015/16 | 90"""
    found = Outcome(text_quarter.quarter(REGISTER, sheet))
    assert found.refused == []
    assert found.pounds("current/total") == pounds


# Parts of another row.


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("Of which one-off | | | | | 30 | 10", "Of which one-off"),
        ("A-2 | Alpha | | of which: commissioned | | 30 | 10", "of which: commissioned"),
    ],
)
@pytest.mark.parametrize("total", [["Total | Alpha | | | | 140 | 60"], []])
def test_a_row_of_which_is_counted_in_another_is_added_to_nothing(
    row: str, said: str, total: list[str]
) -> None:
    found = of_tracker(*total, row)
    assert found.refused == []
    assert found.pounds("current/2016-17") == 140_000
    assert [(row.what, row.value) for row in found.quarter.unused if row.cell] == [
        (f"part of another row ('{said}'), added to nothing", "30"),
        (f"part of another row ('{said}'), added to nothing", "10"),
    ]


def test_a_note_that_begins_so_takes_no_line_away() -> None:
    sheet = """example.xlsx!Savings
£000
Ref | Project | Plan | Type of saving | RAG | 2016/17 | Notes
A-1 | Alpha | Current | Further | Amber | 100 | Of which 20 is one-off
A-2 | Alpha | Current | New | Amber | 40 |"""
    assert Outcome(text_quarter.quarter(REGISTER, sheet)).pounds("current/total") == 140_000
