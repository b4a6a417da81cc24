"""From workbooks to tables.

Exact money with its cells, refusals in one sentence, and what is kept between two readings.
"""

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
import xlsxwriter
from rendered import PERIOD, PROJECT_NAME, SCHEDULE, with_sheet
from rows import records

from ffanalysis import read
from ffanalysis.errors import PeriodMalformed, PeriodUnknown, RootMissing, WorkbookUnreadable
from ffanalysis.periods import Period
from ffanalysis.provenance import cell_of
from ffanalysis.read import store
from ffanalysis.sheets.limits import Limits
from ffanalysis.tables import TABLE_NAMES, RefusalRow, Tables

BASE = "base-budget.xlsx!Base budget 2015-16!"
CONTROLLABLE = "base-budget.xlsx!Controllable budget 2013-14!"
CURRENT = "savings-schedule.xlsx!Current programme!"
SPLIT = "savings-schedule.xlsx!Split by route!"
DELIVERED = "savings-schedule.xlsx!Delivered 2014-15!"
PROPOSED = "savings-schedule.xlsx!Proposed savings!"
PROJECTS = "register.xlsx!Projects!"
MILESTONES = "register.xlsx!Milestones!"
SEN = "sen-contract-efficiency"

OPEN_FILES = Path("/proc/self/fd")

# In pence.
K = 100_000
HUNDRED_K = 10_000_000
M = 100_000_000

Cells = Mapping[str, object]
Change = Callable[[bytes], bytes]


def folder_of(programme: Path) -> Path:
    return programme / "data" / "raw" / PERIOD


def put(programme: Path, cells: Cells) -> None:
    """Write values into cells named as "book.xlsx!Sheet!C9"."""
    for book in {cell.split("!")[0] for cell in cells}:
        workbook = openpyxl.load_workbook(folder_of(programme) / book)
        for name, value in cells.items():
            where, sheet, address = name.split("!")
            if where == book:
                assert workbook[sheet][address].value != value, (
                    "a change that changes nothing shows nothing"
                )
                workbook[sheet][address].value = value
        workbook.save(folder_of(programme) / book)


def read_afresh(programme: Path) -> Tables:
    return read.read_period(Period.parse(PERIOD), read.inputs_of(programme, PERIOD))


def tables_of(programme: Path, cells: Cells | None = None) -> Tables:
    """The tables as read afresh, with these cells changed."""
    put(programme, cells or {})
    return read_afresh(programme)


def place_of(row: Any) -> str:
    """Where a row was read, as "book.xlsx!Sheet!C9"."""
    return str(cell_of(row))


def stated(data: pd.DataFrame) -> dict[str, tuple[int, int]]:
    """Cell → pence and the unit they are stated to, of every amount that is there."""
    rows = records(data)
    return {
        place_of(row): (row.amount_pence, row.stated_to_pence)
        for row in rows
        if row.amount_pence is not None
    }


def row_at(data: pd.DataFrame, cell: str) -> Any:
    (row,) = (row for row in records(data) if place_of(row) == cell)
    return row


def refusals(tables: Tables) -> list[RefusalRow]:
    return list(records(tables.refusals))


def refused_cells(tables: Tables) -> list[str]:
    return [place_of(row) for row in refusals(tables)]


@pytest.fixture(scope="module")
def example(example_quarter: Path) -> Tables:
    """The example quarter as read, unchanged."""
    return read.read_period(Period.parse(PERIOD), sorted(example_quarter.iterdir()))


# --- what the paper states ------------------------------------------------------------------------


def test_the_budgets_of_the_paper_are_read_with_their_cells_and_precision(example: Tables) -> None:
    assert stated(example.budget) == {
        f"{BASE}D4": (590_000_000, HUNDRED_K),
        f"{BASE}D5": (108_300_000, K),
        f"{CONTROLLABLE}C5": (890_000_000, HUNDRED_K),
    }


def test_the_savings_of_the_paper_are_read_with_their_cells_and_precision(example: Tables) -> None:
    # No stated total is among them: 376, 1,495 and 2,455 stand in the paper only as totals.
    assert stated(example.savings) == {
        f"{CURRENT}B8": (58_400_000, K),
        f"{CURRENT}C8": (31_800_000, K),
        f"{CURRENT}C9": (102_500_000, K),
        f"{CURRENT}D9": (34_400_000, K),
        f"{CURRENT}C10": (15_200_000, K),
        f"{CURRENT}D10": (3_200_000, K),
        f"{SPLIT}B9": (76_800_000, K),
        f"{SPLIT}B10": (168_700_000, K),
        f"{DELIVERED}C6": (180_000_000, HUNDRED_K),
        f"{PROPOSED}E10": (10_000_000, K),
    }


def test_the_totals_of_the_paper_are_kept_apart_with_what_they_add(example: Tables) -> None:
    assert {
        cell: (pence, row_at(example.totals, cell).over)
        for cell, (pence, _) in stated(example.totals).items()
    } == {
        f"{CURRENT}B12": (58_400_000, "rows"),
        f"{CURRENT}C12": (149_500_000, "rows"),
        f"{CURRENT}D12": (37_600_000, "rows"),
        f"{CURRENT}E12": (245_500_000, "both"),
        f"{SPLIT}B11": (245_500_000, "rows"),
        f"{PROPOSED}E11": (10_000_000, "rows"),
        f"{PROPOSED}H11": (10_000_000, "both"),
        f"{PROPOSED}H16": (10_000_000, "both"),
        f"{PROPOSED}E17": (10_000_000, "rows"),
        f"{PROPOSED}H17": (10_000_000, "both"),
    }


@pytest.mark.parametrize(
    ("cell", "facts"),
    [
        (
            f"{CURRENT}C9",
            {
                "rag": "Green On Target",
                "year": "2016/17",
                "plan": "current",
                "programme": "Future Fit",
            },
        ),
        (
            f"{CURRENT}C9",
            {"scope": "Education & Skills excluding SEND", "project": None, "route": None},
        ),
        (
            f"{SPLIT}B9",
            {
                "route": "Retained",
                "year": None,
                "rag": None,
                "scope": "Education & Skills",
                "in_mtfp": True,
            },
        ),
        (
            f"{DELIVERED}C6",
            {"measure": "delivered to date", "year": "2014/15", "plan": "prior", "programme": None},
        ),
        (
            f"{PROPOSED}E10",
            {"project": SEN, "year": "2017/18", "plan": "proposed", "programme": None},
        ),
        # The label of the group is given once, four rows above; the status is illegible in the
        # paper.
        (
            f"{PROPOSED}E10",
            {"types": "Further; New", "rag": None, "rag_missing": "not legible in the source"},
        ),
        (f"{PROPOSED}E13", {"types": "Faster", "rag": "Green On Target", "amount_pence": None}),
    ],
)
def test_a_saving_has_the_dimensions_that_its_headings_and_labels_give(
    example: Tables, cell: str, facts: dict[str, object]
) -> None:
    row = row_at(example.savings, cell)
    assert {name: getattr(row, name) for name in facts} == facts


def test_the_example_quarter_leaves_nothing_refused_or_unused(example: Tables) -> None:
    assert refusals(example) == []
    assert list(records(example.unused)) == []


def test_blank_is_not_nil(example: Tables) -> None:
    blank = row_at(example.savings, f"{CURRENT}B9")
    assert (blank.amount_pence, blank.stated_to_pence, blank.missing) == (None, None, "blank")
    assert 0 not in {pence for pence, _ in stated(example.savings).values()}


# --- what a cell may hold: one workbook with a sheet per case, read once --------------------------

# A value, or a value with its number format; under the heading £000 all of them.
READ: list[tuple[object, tuple[int | str | None, ...]]] = [
    ("nil", (0, K, None)),
    (0, (0, K, None)),
    ("TBC", (None, None, "TBC")),
    ("..", (None, None, "..")),
    ("#REF!", (None, None, "#REF!")),
    ("  ", (None, None, "blank")),
    ("1,025 ", (102_500_000, K, None)),
    ("(1,025)", (-102_500_000, K, None)),
    ("£1.025m", (102_500_000, K, None)),
]
REFUSED: list[object] = [
    *["5%", "$5m", True],
    *[
        (datetime(2015, 11, 1), "dd/mm/yyyy"),  # noqa: DTZ001 - a cell has no zone
        (time(12), "h:mm"),
        (timedelta(hours=30), "[h]:mm"),
    ],
]
READ_TWO_WAYS: list[tuple[object, str]] = [
    ((0.05, "0%"), "5% is read as 0.05 of the table's unit"),
    # It shows 1,025 under a heading in £000: £1.025m to whoever looks at the sheet, £1,025m by what
    # the cell holds.
    ((1_025_000, "#,##0,"), "a format that hides thousands is multiplied by £000 again"),
]
PRECISION: list[tuple[str, list[object], list[tuple[int, int]]]] = [
    # Under General an amount is stated to the finest decimals of its table: Excel keeps 2.000 as 2.
    ("£m", [0.768, 2], [(76_800_000, K), (2 * M, K)]),
    ("£m", [2], [(2 * M, M)]),
    # A number format outranks the rest of the table.
    ("£m", [0.768, (2, "0.0")], [(76_800_000, K), (2 * M, HUNDRED_K)]),
    ("£m", [(2, '"£"0.000"m"')], [(2 * M, K)]),
    ("£", [(1_800_000, "#,##0")], [(180_000_000, 100)]),
    ("£", [(1_800_000, "#,##0,")], [(180_000_000, K)]),
    ("£m", ["0.768", 2], [(76_800_000, K), (2 * M, K)]),
]


def write_prior(book: Any, name: str, unit: str, values: list[Any]) -> None:
    """A sheet with a table of delivered savings, whose amounts begin at C4."""
    page = book.add_worksheet(name)
    for row, texts in enumerate(([unit], ["Plan", "Prior"], ["Scope", "Measure", "2014/15"])):
        page.write_row(row, 0, texts)
    for row, value in enumerate(values, 3):
        page.write_row(row, 0, ["Libraries", "Delivered"])
        shown = isinstance(value, tuple)
        page.write(
            row,
            2,
            value[0] if shown else value,
            book.add_format({"num_format": value[1]}) if shown else None,
        )


def write_lines(programme: Path, *lines: list[object]) -> None:
    """A workbook with a table in £000 whose lines begin at A4, named by their scope alone."""
    with xlsxwriter.Workbook(str(folder_of(programme) / "more.xlsx")) as book:
        page = book.add_worksheet("Prior")
        for row, texts in enumerate((["£000"], ["Plan", "Prior"], ["Scope", "2014/15"], *lines)):
            page.write_row(row, 0, texts)


@pytest.fixture(scope="module")
def cases(example_quarter: Path, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    path = tmp_path_factory.mktemp("cases") / "cases.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        write_prior(book, "Read", "£000", [value for value, _ in READ])
        write_prior(book, "Refused", "£000", REFUSED)
        write_prior(book, "Two ways", "£000", [value for value, _ in READ_TWO_WAYS])
        for number, (unit, values, _) in enumerate(PRECISION):
            write_prior(book, f"Precision {number}", unit, values)
    return read.read_period(Period.parse(PERIOD), [example_quarter / "register.xlsx", path])


@pytest.mark.parametrize(
    ("row", "read_as"), [(row, read_as) for row, (_, read_as) in enumerate(READ, 4)]
)
def test_what_may_stand_where_an_amount_belongs(
    cases: Tables, row: int, read_as: tuple[int | str | None, ...]
) -> None:
    saving = row_at(cases.savings, f"cases.xlsx!Read!C{row}")
    assert (saving.amount_pence, saving.stated_to_pence, saving.missing) == read_as


def test_what_is_no_amount_is_refused_and_nothing_else_is(cases: Tables) -> None:
    refused = [cell for cell in refused_cells(cases) if "!Two ways!" not in cell]
    assert refused == [f"cases.xlsx!Refused!C{row}" for row in range(4, 4 + len(REFUSED))]


@pytest.mark.parametrize("row", range(4, 4 + len(READ_TWO_WAYS)))
def test_a_number_that_can_be_read_two_ways_is_refused(cases: Tables, row: int) -> None:
    assert f"cases.xlsx!Two ways!C{row}" in refused_cells(cases)


@pytest.mark.parametrize(
    ("number", "amounts"), [(number, amounts) for number, (_, _, amounts) in enumerate(PRECISION)]
)
def test_a_number_is_stated_as_far_as_its_format_or_its_table_says(
    cases: Tables, number: int, amounts: list[tuple[int, int]]
) -> None:
    found = stated(cases.savings)
    assert [
        found[f"cases.xlsx!Precision {number}!C{row}"] for row in range(4, 4 + len(amounts))
    ] == amounts


# --- what is refused, and in which words ----------------------------------------------------------

NOT_AN_AMOUNT = "'tbx' is not an amount (write a number, nil, TBC, or leave blank)."
FORMULA = (
    "it holds a formula that was never calculated (open the workbook in Excel, save it, and run"
    " again)."
)
NOT_A_STATUS = (
    "'Ambr' is not known here (write one of: Green Delivered, Green On Target, Amber, Red)."
)
NOT_A_DAY = "'Aug 2015' is not a day (write 27.08.2015 or 27 August 2015, or leave blank)."
NOT_A_COUNT = "'many' is not a count (write 3,000 or about 3,000, or leave blank)."


@pytest.mark.parametrize(
    ("cell", "value", "problem", "withheld"),
    [
        (f"{CURRENT}C9", "tbx", NOT_AN_AMOUNT, (None, "Future Fit", None)),
        (f"{PROPOSED}E10", "tbx", NOT_AN_AMOUNT, (SEN, None, None)),
        (f"{BASE}D5", "tbx", NOT_AN_AMOUNT, (None, None, "SEND Services")),
        (f"{CURRENT}C9", "=1000+25", FORMULA, (None, "Future Fit", None)),
        (f"{CURRENT}A10", "Ambr", NOT_A_STATUS, (None, "Future Fit", None)),
        (f"{MILESTONES}B6", None, "it is blank (write the milestone).", (SEN, None, None)),
        ("register.xlsx!Sign-off!D5", "Aug 2015", NOT_A_DAY, (SEN, None, None)),
        ("register.xlsx!Deadlines!C4", "many", NOT_A_COUNT, (SEN, None, None)),
        (
            "register.xlsx!Deadlines!E4",
            "soon",
            "'soon' is not a date (write April 2018 or 1 April 2018).",
            (SEN, None, None),
        ),
    ],
)
def test_a_fault_is_refused_in_one_sentence_and_withholds_those_that_depend_on_it(
    programme: Path, cell: str, value: object, problem: str, withheld: tuple[str | None, ...]
) -> None:
    tables = tables_of(programme, {cell: value})
    (refused,) = refusals(tables)
    workbook, sheet, address = cell.split("!")
    assert refused.sentence == f"{workbook}, sheet {sheet}, cell {address}: {problem}"
    assert (place_of(refused), refused.value) == (
        cell,
        "" if value is None or value == "=1000+25" else value,
    )
    # Whose briefings it withholds: a project's, a programme's, a service's.
    assert (refused.project, refused.programme, refused.service) == withheld
    assert cell not in {*stated(tables.savings), *stated(tables.budget)}


ALL_OF_SPLIT = [f"{SPLIT}B9", f"{SPLIT}B10", f"{SPLIT}B11"]
# The headings of 2017/18 and of the total name no unit, and those beside them name two.
MIXED_HEADINGS = {
    f"{CURRENT}A1": "T",
    f"{CURRENT}A2": None,
    f"{CURRENT}B7": "2015/16 (£000)",
    f"{CURRENT}C7": "2016/17 (£m)",
}
WITHOUT_UNIT = [f"{CURRENT}D9", f"{CURRENT}D10", f"{CURRENT}D12", f"{CURRENT}E12"]
FTE = {f"{PROPOSED}A1": "PROPOSED SAVINGS (£000)", f"{PROPOSED}B10": "FTE"}
TWICE = {f"{PROJECTS}A5": "SEN: contract efficiency", f"{PROJECTS}B5": "Again"}
NO_DAY = {f"{PROJECTS}A2": "As of", f"{PROJECTS}B2": "31 Sept 2015"}
TWO_DAYS = {
    f"{PROJECTS}A2": "As of",
    f"{PROJECTS}B2": "1.9.2015",
    f"{MILESTONES}A2": "As of",
    f"{MILESTONES}B2": "2.9.2015",
}
# What is changed, and which cells are refused for it.
FAULTS: dict[str, tuple[Any, ...]] = {
    "two units on one line": ({f"{SPLIT}A2": "£000 / £m"}, ALL_OF_SPLIT),
    "two units in the headings": (MIXED_HEADINGS, WITHOUT_UNIT),
    "a unit that is no money": (FTE, [f"{PROPOSED}E10"]),
    "more than there is": (
        {f"{CURRENT}C9": 10**15},
        [f"{CURRENT}C9"],
    ),
    "no service": ({f"{BASE}A5": None}, [f"{BASE}D5"]),
    "a year twice": ({f"{CURRENT}D7": "2016/17"}, [f"{CURRENT}D7"]),
    "a word above a table": ({f"{CURRENT}B5": "Curent"}, [f"{CURRENT}B5"]),
    "a formula above a table": ({f"{CURRENT}B3": "=A1"}, [f"{CURRENT}B3"]),
    "an unknown project": ({f"{MILESTONES}A5": "Libraries"}, [f"{MILESTONES}A5"]),
    "an unknown project above a table": ({f"{PROPOSED}B2": "X"}, [f"{PROPOSED}B2"]),
    "a project twice": (TWICE, [f"{PROJECTS}A5"]),
    "an as-of date that is no day": (NO_DAY, [f"{PROJECTS}B2"]),
    "two as-of dates": (TWO_DAYS, [f"{MILESTONES}B2"]),
}


@pytest.mark.parametrize(
    ("cells", "refused"),
    [pytest.param(cells, refused, id=name) for name, (cells, refused) in FAULTS.items()],
)
def test_what_cannot_be_read_or_can_be_read_two_ways_is_refused_once_and_where_it_stands(
    programme: Path, cells: Cells, refused: list[str]
) -> None:
    assert refused_cells(tables_of(programme, cells)) == refused


def test_a_milestone_without_a_day_stays_undated_and_keeps_its_words(programme: Path) -> None:
    row = row_at(
        tables_of(programme, {f"{MILESTONES}C5": "Spring 2016"}).milestones, f"{MILESTONES}A5"
    )
    assert (row.completed_by, row.first_day, row.last_day) == ("Spring 2016", None, None)


def test_a_table_without_a_unit_says_where_to_write_one(programme: Path) -> None:
    tables = tables_of(programme, {f"{SPLIT}A2": None})
    assert refused_cells(tables) == ALL_OF_SPLIT
    assert (
        refusals(tables)[0].sentence
        == "savings-schedule.xlsx, sheet Split by route, cell B9: no unit is written for 0.768 "
        "(write £, £000 or £m in the title, on a line above the table or in the heading; or "
        'unit = "£" under [tables.savings.given] in layout.toml).'
    )


def test_a_refused_label_takes_its_own_row_and_no_other(programme: Path) -> None:
    read_all_the_same = stated(tables_of(programme, {f"{CURRENT}A10": "Ambr"}).savings)
    assert not {f"{CURRENT}C10", f"{CURRENT}D10"} & set(read_all_the_same)
    assert {f"{CURRENT}C8", f"{CURRENT}C9", f"{CURRENT}D9"} <= set(read_all_the_same)


def test_an_unregistered_project_is_quoted_as_it_is_written_and_withholds_itself(
    programme: Path,
) -> None:
    (refused,) = refusals(tables_of(programme, {f"{MILESTONES}A5": "Town Libraries"}))
    assert (refused.project, refused.programme, refused.service) == ("town-libraries", None, None)
    assert (
        refused.sentence
        == "register.xlsx, sheet Milestones, cell A5: the project 'Town Libraries' is not in the"
        " register (write one of: SEN Contract Efficiency; or add it to the register, or its"
        " other name to aliases.toml)."
    )


def test_a_fault_in_a_project_of_the_register_leaves_the_other_projects_alone(
    programme: Path,
) -> None:
    second = {f"{PROJECTS}A5": "Town Libraries", f"{PROJECTS}B5": "Libraries"}
    tables = tables_of(programme, {f"{PROJECTS}C4": "FURTHR", **second})
    assert [(place_of(refused), refused.project) for refused in refusals(tables)] == [
        (f"{PROJECTS}C4", SEN)
    ]
    # It stays registered, so that its lines are known as its own.
    assert [row.project for row in records(tables.projects)] == [SEN, "town-libraries"]


def test_a_renamed_heading_is_missed_by_name_with_what_was_found(programme: Path) -> None:
    (refused,) = refusals(tables_of(programme, {f"{BASE}C3": "Base"}))
    assert (
        refused.sentence
        == "base-budget.xlsx, sheet Base budget 2015-16, row 3: the table of budget has no 'Basis',"
        " neither as a column nor on a line above it. Found: Service, Part of, Base, 2015/16."
    )
    assert (refused.project, refused.programme, refused.service) == (None, None, None)


def test_a_table_known_only_from_the_lines_above_it_is_not_passed_over(programme: Path) -> None:
    sentences = [
        refused.sentence
        for refused in refusals(tables_of(programme, {f"{CURRENT}A7": "Traffic light"}))
    ]
    assert any(
        "Current programme" in sentence and "Traffic light" in sentence for sentence in sentences
    )


@pytest.mark.parametrize("mark", ["TBC", "n/k"])
def test_a_line_of_words_alone_is_no_heading_where_its_year_stands_below_that_of_others(
    programme: Path, mark: str
) -> None:
    rows = [["£000"], ["Plan", "Proposed"], ["Project", "Measure", "Financial year", "Amount"]]
    rows += [
        [PROJECT_NAME, "Delivered", "2016/17", 10],
        ["", "Forecast", "2016/17", 20],
        ["", "Forecast", "2017/18", mark],
    ]
    with_sheet(programme, SCHEDULE, "Monitoring", rows)
    tables = read.load(PERIOD, programme)
    own = tables.savings[tables.savings["sheet"] == "Monitoring"]
    found = list(own[["measure", "year"]].itertuples(index=False, name=None))
    assert found[:2] == [("delivered to date", "2016/17"), ("forecast", "2016/17")]
    if mark == "TBC":
        assert found[2:] == [("forecast", "2017/18")]
        assert (list(own["missing"])[2], list(tables.refusals["sentence"])) == ("TBC", [])
    else:
        (sentence,) = tables.refusals["sentence"]
        assert f"sheet Monitoring, cell D6: '{mark}' is not an amount" in sentence


def test_a_spacer_does_not_end_a_table_and_a_note_below_is_no_line_of_it(programme: Path) -> None:
    write_lines(programme, ["Libraries", 1], [], ["Parks", 2], [], ["Source: finance office"])
    tables = tables_of(programme)
    amounts = {
        cell: pence
        for cell, (pence, _) in stated(tables.savings).items()
        if cell.startswith("more.xlsx")
    }
    assert amounts == {"more.xlsx!Prior!B4": 100_000, "more.xlsx!Prior!B6": 200_000}
    assert refusals(tables) == []


def test_a_line_without_any_amount_is_listed_as_not_used_and_never_made_nil(
    programme: Path,
) -> None:
    # Nobody can tell it from a heading within the table: it states no figure, and it is not dropped
    # in silence.
    write_lines(programme, ["Libraries", 1], ["Museums"], ["Parks", 2])
    tables = tables_of(programme)
    assert [(row.what, row.value, place_of(row)) for row in records(tables.unused)] == [
        ("line without an amount", "Museums", "more.xlsx!Prior!A5")
    ]
    assert "more.xlsx!Prior!B5" not in [place_of(row) for row in records(tables.savings)]


def mark_as_text(path: Path, cell: str) -> None:
    """Write a formula's result as Excel writes a text: t="str", also where the text is empty."""
    content = {
        item.filename: zipfile.ZipFile(path).read(item) for item in zipfile.ZipFile(path).infolist()
    }
    sheet = "xl/worksheets/sheet1.xml"
    content[sheet] = re.sub(
        rf'<c r="{cell}"([^>]*)>'.encode(), rf'<c r="{cell}"\1 t="str">'.encode(), content[sheet]
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)


@pytest.mark.parametrize(
    ("result", "read_as"),
    [(584, (58_400_000, None)), pytest.param("", (None, "blank"))],
)
def test_the_result_of_a_formula_is_read(
    programme: Path, result: object, read_as: tuple[int | None, str | None]
) -> None:
    # =IF(D1="","",D1) is how a spreadsheet keeps a cell blank.
    with xlsxwriter.Workbook(str(folder_of(programme) / "more.xlsx")) as book:
        write_prior(book, "Prior", "£000", [0])
        book.get_worksheet_by_name("Prior").write_formula("C4", '=IF(D1="","",D1)', None, result)
    if result == "":
        mark_as_text(folder_of(programme) / "more.xlsx", "C4")
    row = row_at(tables_of(programme).savings, "more.xlsx!Prior!C4")
    assert (row.amount_pence, row.missing) == read_as


def test_a_sheet_without_a_known_table_is_listed_as_unused(programme: Path) -> None:
    with xlsxwriter.Workbook(str(folder_of(programme) / "more.xlsx")) as book:
        book.add_worksheet("Notes").write_row(0, 0, ["Ask the budget holder", 42])
        book.add_worksheet("Empty")
    (unused,) = records(tables_of(programme).unused)
    assert (unused.what, unused.workbook, unused.sheet) == (
        "sheet without a known table",
        "more.xlsx",
        "Notes",
    )


def test_a_number_that_no_table_uses_is_listed(programme: Path) -> None:
    unused = list(records(tables_of(programme, {f"{CURRENT}H9": 3, f"{CURRENT}A20": 7}).unused))
    assert [(place_of(row), row.value) for row in unused] == [
        (f"{CURRENT}H9", "3"),
        (f"{CURRENT}A20", "7"),
    ]


# --- files that are no workbooks ------------------------------------------------------------------


def without_part(part: str) -> Change:
    """A workbook from whose archive a part is missing."""

    def change(data: bytes) -> bytes:
        changed = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(changed, "w") as new:
            for name in set(old.namelist()) - {part}:
                new.writestr(name, old.read(name))
        return changed.getvalue()

    return change


def garbled(data: bytes) -> bytes:
    """A workbook whose first sheet no longer unpacks."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        part = archive.getinfo("xl/worksheets/sheet1.xml")
    start = part.header_offset + 30 + len(part.filename)
    return data[:start] + b"\xff" * 16 + data[start + 16 :]


def locked(data: bytes) -> bytes:
    """A workbook whose parts are marked as locked, in both of the archive's headers."""
    changed = bytearray(data)
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = changed.find(header)
        while at >= 0:
            changed[at + flags] |= 1
            at = changed.find(header, at + 1)
    return bytes(changed)


NOT_EXCEL = "it is not an Excel workbook. Save it from Excel as .xlsx."
DAMAGED = "the file is damaged. Open it in Excel, save it as .xlsx and try again."
ENCRYPTED = "it is encrypted. Save it without a password."
EMPTY = "it is empty. Delete it, or save the workbook again."
OLD = "it is a .xls file under the name of a .xlsx. Give it the ending .xls."


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda _: b"", EMPTY),
        (lambda _: b"Service,2015/16\nSEND,1083\n", NOT_EXCEL),
        (lambda data: data[: len(data) // 2], DAMAGED),
        # Old workbooks and encrypted ones begin alike.
        (
            lambda _: (
                bytes.fromhex("d0cf11e0a1b11ae1")
                + bytes(504)
                + "EncryptedPackage".encode("utf-16-le")
            ),
            ENCRYPTED,
        ),
        (lambda _: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504), OLD),
        (without_part("xl/workbook.xml"), DAMAGED),
        (without_part("xl/sharedStrings.xml"), DAMAGED),
        pytest.param(without_part("xl/styles.xml"), DAMAGED),
        pytest.param(without_part("xl/worksheets/sheet1.xml"), DAMAGED),
        pytest.param(garbled, DAMAGED),
        pytest.param(locked, ENCRYPTED),
    ],
)
def test_a_file_that_is_no_workbook_is_refused_in_one_sentence(
    example_quarter: Path, tmp_path: Path, change: Change, why: str
) -> None:
    path = tmp_path / "budget.xlsx"
    path.write_bytes(change((example_quarter / "base-budget.xlsx").read_bytes()))
    with pytest.raises(WorkbookUnreadable) as refused:
        read.read_workbook(path)
    assert str(refused.value).startswith(f"budget.xlsx cannot be read: {why}")


@pytest.mark.skipif(
    not OPEN_FILES.is_dir(), reason="this system does not list a process's open files"
)
def test_a_refused_workbook_is_closed_so_that_it_can_be_mended(
    example_quarter: Path, tmp_path: Path
) -> None:
    path = tmp_path / "budget.xlsx"
    path.write_bytes(
        without_part("xl/workbook.xml")((example_quarter / "base-budget.xlsx").read_bytes())
    )
    with pytest.raises(WorkbookUnreadable) as refused:
        read.read_workbook(path)
    still_open = [file.resolve() for file in OPEN_FILES.iterdir()]
    assert refused.value.workbook == "budget.xlsx"
    assert path.resolve() not in still_open


def test_a_workbook_that_unpacks_to_too_much_is_refused(example_quarter: Path) -> None:
    with pytest.raises(WorkbookUnreadable, match="more than a budget workbook can hold"):
        read.read_workbook(example_quarter / "base-budget.xlsx", Limits(most_bytes=1_000))


def test_an_unreadable_workbook_withholds_every_project_and_the_others_are_read(
    programme: Path,
) -> None:
    (folder_of(programme) / "base-budget.xlsx").write_bytes(b"")
    tables = tables_of(programme)
    (refused,) = refusals(tables)
    assert refused.sentence == f"base-budget.xlsx cannot be read: {EMPTY}"
    assert (refused.project, refused.programme, refused.service) == (None, None, None)
    assert len(stated(tables.savings)) == 10


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda path: path.write_bytes(b""), "register.xlsx cannot be read"),
        (
            lambda path: path.unlink(),
            "no sheet holds the table of projects (a row with the headings Project, Title)",
        ),
    ],
)
def test_a_register_that_is_not_there_is_one_refusal(
    programme: Path, spoil: Callable[[Path], object], sentence: str
) -> None:
    spoil(folder_of(programme) / "register.xlsx")
    (refused,) = refusals(tables_of(programme))
    assert sentence in refused.sentence


def test_the_lock_file_of_an_open_workbook_is_ignored(programme: Path) -> None:
    (folder_of(programme) / "~$base-budget.xlsx").write_bytes(b"Simon White")
    assert refusals(read_afresh(programme)) == []


def test_a_workbook_that_may_not_be_opened_is_refused(
    programme: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_file = Path.open

    def refuse_one(path: Path, *rest: Any, **more: Any) -> Any:
        if path.name == "base-budget.xlsx":
            raise PermissionError(13, "Permission denied", str(path))
        return open_file(path, *rest, **more)

    monkeypatch.setattr(Path, "open", refuse_one)
    assert [refused.workbook for refused in refusals(read.load(PERIOD, programme))] == [
        "base-budget.xlsx"
    ]


def test_a_file_that_is_no_workbook_of_ours_is_not_passed_over(programme: Path) -> None:
    refused, listed = ["more.ods", "more.xls", "more.xlsb"], ["minutes.pdf"]
    for name in [*refused, *listed]:
        (folder_of(programme) / name).write_bytes(b"Service,Basis,2015/16\nLibraries,net,1\n")
    tables = read_afresh(programme)
    assert list(tables.refusals["workbook"]) == refused
    assert list(tables.unused["workbook"]) == listed


# --- the as-of date -------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [date(2015, 7, 31), "31.07.2015"])
def test_the_as_of_date_is_a_cell_of_the_register(programme: Path, value: object) -> None:
    tables = tables_of(programme, {f"{PROJECTS}A2": "As of:", f"{PROJECTS}B2": value})
    assert (tables.as_of, tables.as_of_cell) == (date(2015, 7, 31), f"{PROJECTS}B2")


def test_without_such_a_cell_the_as_of_date_is_the_last_day_of_the_quarter(example: Tables) -> None:
    assert (example.as_of, example.as_of_cell) == (date(2015, 9, 30), "")


# --- what is kept between two readings ------------------------------------------------------------


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One entry for each time that workbooks were read."""
    done: list[str] = []
    read_period = read.read_period

    def counted(quarter: Period, *rest: Any) -> Tables:
        done.append(str(quarter))
        return read_period(quarter, *rest)

    monkeypatch.setattr(read, "read_period", counted)
    return done


def assert_same(first: Tables, second: Tables) -> None:
    for name in TABLE_NAMES:
        pd.testing.assert_frame_equal(getattr(first, name), getattr(second, name))
    assert (first.as_of, first.as_of_cell, first.digest) == (
        second.as_of,
        second.as_of_cell,
        second.digest,
    )


def test_unchanged_workbooks_are_read_once_and_served_as_they_were_read(
    programme: Path, reads: list[str]
) -> None:
    put(
        programme,
        {f"{CURRENT}C9": "tbx", f"{PROJECTS}A2": "As of", f"{PROJECTS}B2": "31 July 2015"},
    )
    first, second = read.load(PERIOD, programme), read.load(PERIOD, programme)
    assert reads == [PERIOD]
    assert_same(first, second)


def test_a_changed_workbook_and_a_workbook_that_is_gone_are_no_longer_served(
    programme: Path, reads: list[str]
) -> None:
    assert stated(read.load(PERIOD, programme).savings)[f"{CURRENT}C9"] == (102_500_000, K)
    put(programme, {f"{CURRENT}C9": 1026})
    assert stated(read.load(PERIOD, programme).savings)[f"{CURRENT}C9"] == (102_600_000, K)
    (folder_of(programme) / "base-budget.xlsx").unlink()
    assert stated(read.load(PERIOD, programme).budget) == {}
    assert len(reads) == 3


def test_what_another_reader_has_kept_is_not_served(
    programme: Path, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    read.load(PERIOD, programme)
    monkeypatch.setattr(store, "reader_digest", lambda: "another reader")
    read.load(PERIOD, programme)
    assert len(reads) == 2


def test_a_kept_table_that_is_damaged_or_gone_is_made_again(
    programme: Path, reads: list[str]
) -> None:
    first = read.load(PERIOD, programme)
    kept = programme / "data" / "processed" / PERIOD / "savings.parquet"
    whole = kept.read_bytes()
    for times, damaged in enumerate(
        (b"", whole[:-20], whole[:99] + bytes(99) + whole[198:], None), 2
    ):
        kept.unlink()
        if damaged is not None:
            kept.write_bytes(damaged)
        assert_same(first, read.load(PERIOD, programme))
        assert len(reads) == times
    # It was mended: the next time nothing is read.
    assert_same(first, read.load(PERIOD, programme))
    assert len(reads) == 5


# --- which programme, and which period ------------------------------------------------------------


def test_an_unknown_period_lists_those_that_there_are(programme: Path) -> None:
    (programme / "data" / "raw" / "2015-16-Q1").mkdir()
    with pytest.raises(PeriodUnknown) as unknown:
        read.load("2016-17-Q1", programme)
    assert (
        str(unknown.value)
        == "There is no period '2016-17-Q1' in data/raw. There is: 2015-16-Q1, 2015-16-Q2."
    )


def test_a_folder_that_is_no_period_is_not_offered_as_one(programme: Path) -> None:
    (programme / "data" / "raw" / "drafts").mkdir()
    with pytest.raises(PeriodUnknown, match=r"There is: 2015-16-Q2\."):
        read.load("2016-17-Q1", programme)


def test_a_period_never_leads_out_of_its_folder(programme: Path) -> None:
    with pytest.raises(PeriodMalformed):
        read.load(f"../raw/{PERIOD}", programme)


def test_the_root_is_the_nearest_folder_upwards_that_has_raw_data(
    programme: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FFANALYSIS_ROOT", raising=False)
    (programme / "notebooks" / "drafts").mkdir(parents=True)
    monkeypatch.chdir(programme / "notebooks" / "drafts")
    assert read.find_root() == programme.resolve()


def test_the_root_that_is_set_outranks_where_one_stands(
    programme: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = programme / "elsewhere"
    (elsewhere / "data" / "raw").mkdir(parents=True)
    monkeypatch.setenv("FFANALYSIS_ROOT", str(elsewhere))
    monkeypatch.chdir(programme)
    assert read.find_root() == elsewhere.resolve()


@pytest.mark.parametrize("is_set", [True, False])
def test_where_there_is_no_programme_the_sentence_says_what_one_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_set: bool
) -> None:
    monkeypatch.delenv("FFANALYSIS_ROOT", raising=False)
    monkeypatch.chdir(tmp_path)
    if is_set:
        # A root that is set wrongly is never made good by searching upwards from it.
        (tmp_path / "data" / "raw").mkdir(parents=True)
        monkeypatch.setenv("FFANALYSIS_ROOT", str(tmp_path / "data"))
    with pytest.raises(RootMissing) as missing:
        read.find_root()
    assert "a programme is a folder that has data/raw in it" in str(missing.value)
    assert "set FFANALYSIS_ROOT" in str(missing.value)


FLAT = (
    "£000\nRef,Project,Plan,Type of"
    " saving,RAG,2016/17\nA-1,Alpha,Current,Further,Amber,100\nB-2,Beta,Current,New,Red,50\n"
)


def schedule(root: Path, text: str) -> Tables:
    folder = root / "data" / "raw" / PERIOD
    folder.mkdir(parents=True)
    (folder / "register.csv").write_text(
        "Project,Title,Type of saving,Status\nAlpha,A,New,Approved\nBeta,B,New,Approved\n", "utf-8"
    )
    (folder / "schedule.csv").write_text(text, "utf-8")
    return read_afresh(root)


def test_a_total_whose_label_stands_before_the_projects_is_of_all_of_them(tmp_path: Path) -> None:
    tables = schedule(tmp_path / "all", f"{FLAT}Total,,,,,150\n")
    (total,) = records(tables.totals)
    assert (total.project, total.saving_type, total.amount_pence) == (None, None, 15_000_000)
    tables = schedule(tmp_path / "last", f"{FLAT},,,,Total,50\n")
    assert [(row.project, row.saving_type) for row in records(tables.totals)] == [
        ("beta", "New")
    ], "the last project's own"


def test_a_line_that_states_its_own_scope_is_not_of_the_project_above_it(tmp_path: Path) -> None:
    head = "£000\nRef,Project,Scope,Plan,Type of saving,RAG,2016/17\n"
    head += "A-1,Alpha,{},Current,Further,Amber,30\nP-1,,{},Current,Further,Amber,80\n"
    lines = [
        records(schedule(tmp_path / str(number), head.format(*scopes)).savings)
        for number, scopes in enumerate((("", "Libraries"), ("", "")))
    ]
    assert [[row.project for row in rows] for rows in lines] == [
        ["alpha", None],
        ["alpha", "alpha"],
    ]


@pytest.mark.parametrize(
    ("totals", "spans"),
    [
        (("Total,,,,,100", "Total,,,,,50", "Grand total,,,,,150"), [(1, 1), (3, 3), (None, None)]),
        (("", "", "Total,,,,,150"), [(None, None)]),
        # What adds up to nothing that stands above is compared with the whole table.
        (
            ("Total,,,,,99", "Total,,,,,50", "Grand total,,,,,150"),
            [(None, None), (3, 3), (None, None)],
        ),
    ],
    ids=["below each project", "one", "a wrong one"],
)
def test_a_plain_total_below_each_project_adds_its_lines(
    tmp_path: Path, totals: tuple[str, ...], spans: list[tuple[int, int]]
) -> None:
    head, first, second = FLAT.removeprefix("£000\n").splitlines()
    lines = [line for line in ("£000", head, first, totals[0], second, *totals[1:]) if line]
    tables = schedule(tmp_path, "\n".join([*lines, ""]))
    assert [(row.first_line, row.last_line) for row in records(tables.totals)] == spans


def test_a_project_on_a_line_above_a_table_of_the_register_is_that_of_its_rows(
    tmp_path: Path,
) -> None:
    schedule(tmp_path, FLAT)
    text = "Project,Alpha\n\nMilestone,Completed by,Status\nContract let,April 2016,On track\n"
    (folder_of(tmp_path) / "milestones.csv").write_text(text, "utf-8")
    (milestone,) = records(read_afresh(tmp_path).milestones)
    assert (milestone.project, milestone.milestone) == ("alpha", "Contract let")
