"""The workbook check on small invented workbooks.

Each thing it looks for, found where it is and silent where it is not.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from click.testing import CliRunner, Result

import ffanalysis as ff
from ffanalysis.cli import main
from ffanalysis.errors import WorkbookUnreadable
from ffanalysis.present.workbook import verdict
from ffanalysis.read.find import find_tables
from ffanalysis.sheets.cells import Book, Cell, NotCalculated, Sheet
from ffanalysis.workbook_check import check_book, check_workbook, figures_of
from ffanalysis.workbook_check.records import Remark, WorkbookCheck

# A schedule as departments send them, right throughout: 584 + 318 = 902, 1,025 + 344 = 1,369, 902 +
# 1,369 = 2,271.
GOOD: list[list[Any]] = [
    ["Library savings 2015/16 to 2017/18 (£000)"],
    [],
    ["Service", "2015/16", "2016/17", "2017/18", "Total"],
    ["Branches", 584, 318, 120, 1022],
    ["Mobile vans", 102, 344, 75, 521],
    ["Stock fund", 61, 87, 203, 351],
    ["Total", 747, 749, 398, 1894],
]


def sheet(rows: list[list[Any]], name: str = "Savings", book: str = "schedule.xlsx") -> Sheet:
    cells = [
        Cell(row, column, *(value if isinstance(value, tuple) else (value,)))
        for row, line in enumerate(rows, 1)
        for column, value in enumerate(line, 1)
        if value is not None
    ]
    return Sheet.of(book, name, cells)


def check(*sheets: Sheet | list[list[Any]], **about: Any) -> WorkbookCheck:
    pages = [page if isinstance(page, Sheet) else sheet(page) for page in sheets]
    return check_book(Book("schedule.xlsx", pages, "streaming", **about))


def changed(changes: dict[tuple[int, int], Any], rows: list[list[Any]] = GOOD) -> list[list[Any]]:
    """The rows with cells changed, counted from 1; a cell beyond a row's end is added."""
    copy = [list(line) for line in rows]
    for (row, column), value in changes.items():
        while len(copy) < row:
            copy.append([])
        copy[row - 1] += [None] * (column - len(copy[row - 1]))
        copy[row - 1][column - 1] = value
    return copy


def of(found: WorkbookCheck, code: str) -> list[Remark]:
    return [remark for remark in found.remarks if remark.code == code]


def test_a_right_table_gives_no_remark_and_is_found_as_a_person_sees_it() -> None:
    found = check(GOOD)
    (table,) = found.tables
    assert found.remarks == ()
    assert (table.sheet, table.range, table.unit, table.years) == (
        "Savings",
        "A3:E7",
        "£000",
        ("2015/16", "2016/17", "2017/18"),
    )
    assert (table.total_rows, table.total_columns, table.rows, table.columns) == (
        (7,),
        ("E",),
        4,
        4,
    )
    assert verdict(found) == "schedule.xlsx: 1 table; no remarks."


@pytest.mark.parametrize(
    ("cell", "value", "places", "severity"),
    [
        # 594 + 102 + 61 = 757 against 747; 594 + 318 + 120 = 1,032 against 1,022.
        ((4, 2), 594, {("B7", 747, 757), ("E4", 1022, 1032)}, "error"),
        # 584 + 102 + 61 = 747 against 847; the total's own row then adds to 847 + 749 + 398 = 1,994
        # against 1,894.
        ((7, 2), 847, {("B7", 847, 747), ("E7", 1894, 1994)}, "error"),
        # 1,022 + 521 + 351 = 1,894 against 1,904, and 747 + 749 + 398 = 1,894.
        ((7, 5), 1904, {("E7", 1904, 1894)}, "error"),
    ],
)
def test_a_total_that_does_not_add_up_is_an_error_with_both_figures(
    cell: tuple[int, int], value: int, places: set[tuple[str, int, int]], severity: str
) -> None:
    lines = of(check(changed({cell: value})), "total-differs")
    assert {
        (line.cells[0].rpartition("!")[2], line.stated, line.calculated) for line in lines
    } == places
    assert {line.severity for line in lines} == {severity}
    assert {line.unit for line in lines} == {"£000"}


def test_the_sentence_names_the_cell_the_line_both_figures_and_what_rounding_allows() -> None:
    (line,) = of(check(changed({(7, 5): 1904})), "total-differs")[:1]
    # Three amounts and their total in whole thousands: half of four units is 2.
    assert (
        line.message
        == "Savings, E7, Total: rows 4 to 6 add to 1,894; the total states 1,904 (10 less than"
        " stated; rounding allows 2; in £000)."
    )
    assert (line.difference, line.tolerance) == (Decimal(-10), Decimal(2))


def test_a_total_within_rounding_is_a_note_with_its_size() -> None:
    found = check(changed({(7, 5): 1895}))
    (note,) = of(found, "within-rounding")
    assert of(found, "total-differs") == []
    assert (note.severity, note.stated, note.calculated) == ("note", 1895, 1894)


@pytest.mark.parametrize(
    ("code", "severity", "changes", "cell"),
    [
        ("text-numbers", "warning", {(5, 3): "344 "}, "C5"),
        ("formula-not-calculated", "error", {(5, 3): NotCalculated("=A1")}, "C5"),
        ("error-value", "error", {(5, 3): "#REF!"}, "C5"),
        (
            "date-in-amounts",
            "warning",
            {(5, 3): datetime(2015, 11, 1)},  # noqa: DTZ001 - a cell has no zone
            "C5",
        ),
        ("text-in-amounts", "warning", {(5, 3): "see note"}, "C5"),
        ("looks-negative", "warning", {(5, 3): (344, "(#,##0)")}, "C5"),
        ("not-shown", "warning", {(5, 3): (344, ";;;")}, "C5"),
    ],
)
def test_what_is_no_plain_number_among_amounts_is_reported(
    code: str, severity: str, changes: dict[tuple[int, int], Any], cell: str
) -> None:
    (line,) = of(check(changed(changes)), code)
    assert (line.severity, line.cells) == (severity, (f"schedule.xlsx!Savings!{cell}",))
    assert of(check(GOOD), code) == []


@pytest.mark.parametrize("mark", ["TBC", "..", "[x]", "n/a", "-", "nil", "…"])
def test_a_mark_for_what_is_missing_is_no_fault_and_its_sums_are_not_judged(mark: str) -> None:
    # Nil and a dash are nothing; of the others nobody knows what they would add.
    rows = (
        changed({(5, 3): mark, (5, 5): 177, (7, 3): 405, (7, 5): 1550})
        if mark in ("nil", "-")
        else changed({(5, 3): mark})
    )
    assert not [line for line in check(rows).remarks if line.severity != "note"]


def test_a_format_that_shows_brackets_for_negatives_only_is_no_fault() -> None:
    rows = changed(
        {
            (4, 2): (584, "#,##0;(#,##0)"),
            (5, 3): (344, "#,##0_);(#,##0)"),
            (6, 3): (87, "_(* #,##0_);_(* (#,##0)"),
        }
    )
    assert check(rows).remarks == ()


def test_hidden_figures_are_reported() -> None:
    page = sheet(GOOD)
    page.hidden_rows, page.hidden_columns = {5, 40}, {3, 200}
    found = check(page)
    assert [
        (line.code, line.severity, line.message.partition(":")[0]) for line in found.remarks
    ] == [
        ("hidden-rows", "warning", "Savings, row 5"),
        ("hidden-columns", "warning", "Savings, column C"),
    ]
    page = sheet(GOOD)
    page.hidden = True
    assert [line.code for line in check(page).remarks] == ["hidden-sheet"]


def test_units_that_differ_are_reported() -> None:
    millions = changed({(1, 1): "Library savings (£m)"})
    assert [
        line.code
        for line in check(GOOD, sheet(millions, "In millions")).remarks
        if "unit" in line.code
    ] == ["units-mixed"]
    differ = changed(
        {(3, 2): "2015/16 £m", (3, 3): "2016/17 £m", (3, 4): "2017/18 £m", (3, 5): "Total £m"}
    )
    assert [line.code for line in check(differ).remarks] == ["units-differ"]
    unwritten = changed({(1, 1): "Library savings"})
    assert [line.code for line in check(unwritten).remarks] == ["no-unit"]


@pytest.mark.parametrize(
    ("place", "text", "unit"),
    [
        ((1, 1), "Savings £'000", "£000"),
        ((2, 5), "£ thousand", "£000"),
        ((2, 1), "(000's)", "£000"),
        ((3, 1), "Service (£m)", "£m"),
        ((9, 1), "All figures are in £ million", "£m"),
        ((1, 1), "Savings in £", "£"),
        ((1, 1), "Spending, $ million", "$m"),
        ((1, 1), "£ billion", "£bn"),
    ],
)
def test_a_unit_is_found_wherever_it_is_written(
    place: tuple[int, int], text: str, unit: str
) -> None:
    rows = changed({(1, 1): "Savings", place: text})
    (table,) = check(rows).tables
    assert table.unit == unit


def test_of_units_in_as_many_headings_the_first_is_the_tables() -> None:
    rows = changed(
        {
            (1, 1): "Library savings",
            (3, 2): "2015/16 £m",
            (3, 3): "2016/17 $000",
            (3, 4): "2017/18 $000",
            (3, 5): "Total £m",
        }
    )
    assert [table.unit for table in check(rows).tables] == ["£m"]


def test_years_that_the_title_and_the_columns_name_differently_are_reported() -> None:
    assert [line.code for line in check(changed({(1, 1): "Savings 2015-17 (£000)"})).remarks] == [
        "years-differ"
    ]
    assert [
        line.code for line in check(changed({(3, 4): "2018/19", (1, 1): "Savings (£000)"})).remarks
    ] == ["year-left-out"]


def test_the_same_line_twice_with_different_figures_is_reported() -> None:
    (line,) = of(check(changed({(5, 1): "Branches"})), "line-twice")
    assert (line.severity, line.stated, line.calculated) == ("warning", 584, 102)
    assert "'Branches' is listed twice, with 584 and with 102" in line.message


def test_a_line_that_another_table_states_differently_is_reported_where_the_rest_agrees() -> None:
    other = sheet(changed({(5, 3): 345, (5, 5): 522, (7, 3): 750, (7, 5): 1895}), "Return")
    lines = of(check(GOOD, other), "lines-differ")
    # Of the line itself 344 and 345, and its total 521 and 522; the totals are named like no single
    # line.
    assert {(line.stated, line.calculated) for line in lines} == {
        (344_000, 345_000),
        (521_000, 522_000),
    }
    unrelated = sheet(
        [
            GOOD[0],
            [],
            GOOD[2],
            ["Branches", 1, 2, 3, 6],
            ["Mobile vans", 4, 5, 6, 15],
            ["Stock fund", 7, 8, 9, 24],
            ["Total", 12, 15, 18, 45],
        ],
        "Other",
    )
    assert of(check(GOOD, unrelated), "lines-differ") == []


def test_a_slip_of_a_thousand_against_the_same_lines_other_statement_is_an_error() -> None:
    pounds = [
        [value * 1000 if isinstance(value, int) else value for value in line] for line in GOOD
    ]
    pounds[0] = ["Library savings (£)"]
    pounds[3][1] = 584  # left in thousands
    lines = of(check(GOOD, sheet(pounds, "In pounds")), "thousandfold")
    assert [(line.severity, line.stated, line.calculated) for line in lines] == [
        ("error", 584_000, 584)
    ]
    right = [
        line if number != 3 else ["Branches", 584_000, *line[2:]]
        for number, line in enumerate(pounds)
    ]
    assert of(check(GOOD, sheet(right, "In pounds")), "thousandfold") == []


def test_the_same_long_amount_on_two_neighbouring_lines_is_reported() -> None:
    rows = [
        ["Revenue ($)"],
        ["Type", "2011/12", "2012/13"],
        ["Property tax", 28_490_000, 1],
        ["Hotel tax", 30_546_397.96, 2],
    ]
    copied = [*rows, ["Parking tax", 30_546_397.96, 3]]
    (line,) = of(check(copied), "same-amount")
    assert "both 'Hotel tax' and 'Parking tax'" in line.message
    assert of(check([*rows, ["Parking tax", 8_616_474.36, 3]]), "same-amount") == []


def test_values_from_another_workbook_are_reported() -> None:
    page = sheet(GOOD)
    page.linked.append("C5")
    (line,) = check(page, links=("file:///h:/finance/last%20year.xlsx",)).remarks
    assert (line.code, line.severity, "last year.xlsx" in line.message) == (
        "external-link",
        "warning",
        True,
    )


def test_a_sheet_without_a_table_and_numbers_outside_every_table_are_reported() -> None:
    found = check(GOOD, sheet([["Ask the budget holder"], ["before Friday", 42]], "Notes"))
    assert [(line.code, line.severity) for line in found.remarks] == [("sheet-not-used", "note")]
    stray = check(changed({(5, 9): 7}))
    assert [line.code for line in stray.remarks] == ["numbers-outside"]


def test_percentages_under_a_unit_of_money_are_reported_and_are_no_part_of_any_sum() -> None:
    rows = changed({(3, 6): "% of budget", (4, 6): 0.54, (5, 6): 0.27, (6, 6): 0.19, (7, 6): 1.0})
    found = check(rows)
    assert [(line.code, line.severity) for line in found.remarks] == [("percentages", "note")]
    assert found.tables[0].columns == 4


def test_two_tables_in_a_sheet_below_and_beside_each_other_are_two() -> None:
    below = [*GOOD, [], [], *GOOD]
    assert [table.range for table in check(below).tables] == ["A3:E7", "A12:E16"]
    beside = [
        line + [None] * (6 - len(line)) + [None, *other]
        for line, other in zip(GOOD, [*GOOD[:6], []], strict=True)
    ]
    beside[0][7] = "Museum savings (£m)"
    assert [(table.range, table.unit) for table in check(beside).tables] == [
        ("A3:E7", "£000"),
        ("H3:L6", "£m"),
    ]


def test_a_workbook_that_the_usual_reader_could_not_read_says_so() -> None:
    found = check_book(
        Book("schedule.xlsx", [sheet(GOOD)], "calamine", instead_of="KeyError: drawing1.xml")
    )
    assert [(line.code, "calamine" in line.message) for line in found.remarks] == [
        ("other-reader", True)
    ]


# --- what looks like a fault and is none, and the other way round ---

HEAD: list[list[Any]] = [["£000"], ["Service", "2023/24", "2024/25"]]


def faults(rows: list[list[Any]]) -> list[str]:
    return [remark.code for remark in check(rows).remarks if remark.severity != "note"]


def test_figures_that_lie_in_the_range_of_years_are_figures() -> None:
    # 640 + 2,015 + 210 = 2,865; 655 + 2,016 + 214 = 2,885.
    for place in (2, 3):
        rows = [*HEAD, ["Roads", 640, 655], ["Lighting", 210, 214], ["Total", 2865, 2885]]
        rows.insert(place, ["Parks", 2015, 2016])
        found = check(rows)
        assert [(table.range, table.years) for table in found.tables] == [
            ("A2:C6", ("2023/24", "2024/25"))
        ]
        assert faults(rows) == []
        rows[place] = ["Parks", 2015, 1998]
        assert faults(rows) == ["total-differs"]


def test_years_written_as_numbers_head_their_columns() -> None:
    rows = [
        ["£000"],
        ["Service", 2023, 2024],
        ["Roads", 640, 655],
        ["Parks", 100, 110],
        ["Total", 740, 765],
    ]
    assert [table.years for table in check(rows).tables] == [("2023", "2024")]
    assert faults(rows) == []


@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize("columns", [1, 3])
@pytest.mark.parametrize("lines", [2, 5])
def test_heads_of_groups_directly_above_their_parts_are_their_totals(
    lines: int, columns: int, last: bool
) -> None:
    # Group g holds lines of 100·g + 17·place + 3·column, and so on: the sums are made here, not
    # read back.
    body: list[list[Any]] = []
    total = [0] * columns
    for group in range(1, 4):
        parts = [
            [100 * group + 17 * place + 3 * column for column in range(columns)]
            for place in range(lines)
        ]
        head = [sum(values) for values in zip(*parts, strict=True)]
        total = [one + other for one, other in zip(total, head, strict=True)]
        body += [
            [f"Group {group}", *head],
            *([f"Line {group}.{place}", *part] for place, part in enumerate(parts)),
        ]
    heading = ["Service", *(f"20{20 + column}/{21 + column}" for column in range(columns))]
    rows = (
        [["£000"], heading, *body, ["Total", *total]]
        if last
        else [["£000"], heading, ["Total", *total], *body]
    )
    assert faults(rows) == []
    rows[4][1] += 10
    assert "total-differs" in faults(rows)


@pytest.mark.parametrize(
    "line",
    [
        ["Less: vacancy factor", 40],
        ["Minus income", 40],
        ["of which agency", 33],
        ["including: academies", 33],
        ["Number of posts", 412],
    ],
)
def test_lines_that_take_away_or_repeat_or_count_are_known_as_such(line: list[Any]) -> None:
    taken = line[1] if line[0].startswith(("Less", "Minus")) else 0
    rows = [
        ["£000"],
        ["Item", "2023/24"],
        ["Salaries", 900],
        ["Agency", 210],
        line,
        ["Total", 1110 - taken],
    ]
    assert faults(rows) == []
    assert faults([*rows[:-1], ["Total", 1110 - taken + 30]]) == ["total-differs"]


def test_an_amount_that_names_its_own_unit_is_read_in_the_units_of_its_table(
    tmp_path: Path,
) -> None:
    rows = [
        ["Budget (£000)"],
        ["Item", "2023/24"],
        ["Schools", 5900],
        ["Roads", "£1.1m"],
        ["Parks", 800],
        ["Total", 7800],
    ]
    # 5,900 + 1,100 + 800 = 7,800.
    assert faults(rows) == ["text-numbers"]
    figures = figures_of(write(tmp_path / "mixed.xlsx", rows)).set_index("label")
    assert (figures.loc["Roads", "figure"], figures.loc["Roads", "pence"]) == (
        Decimal(1100),
        110_000_000,
    )


def test_an_amount_that_names_its_own_unit_is_exact_in_the_example(example_quarter: Path) -> None:
    figures = figures_of(example_quarter / "base-budget.xlsx").set_index("cell")["pence"]
    assert figures["base-budget.xlsx!Base budget 2015-16!D4"] == 590_000_000
    assert figures["base-budget.xlsx!Base budget 2015-16!D5"] == 108_300_000


def test_texts_that_look_like_figures_are_reported_and_head_nothing() -> None:
    rows = [
        *HEAD,
        ["Roads", "640 r", "655 p"],
        ["Parks", 100, 110],
        ["Lighting", 210, 214],
        ["Total", 950, 979],
    ]
    (line,) = of(check(rows), "unread-figures")
    assert line.cells == ("schedule.xlsx!Savings!B3", "schedule.xlsx!Savings!C3")
    # What they are nobody knows, so that the sums over them are not judged.
    assert faults(rows) == ["unread-figures"]
    continental = [["Item", "2023/24"], ["Cafes", "1.200,50"], ["Roads", "1.300,00"]]
    assert "unread-figures" in faults(continental)


def test_amounts_that_end_in_nil_are_not_taken_to_be_rounded() -> None:
    amounts = (1200, 830, 640, 210, 450, 370, 990, 1100)
    rows = [
        ["£000"],
        ["Item", "2023/24"],
        *([f"Line {amount}", amount] for amount in amounts),
        ["Total", 5790],
    ]
    assert faults(rows) == []
    assert faults([*rows[:-1], ["Total", 5820]]) == ["total-differs"]


def test_a_format_that_hides_thousands_is_reported() -> None:
    assert faults(changed({(4, 2): (584, "#,##0,")})) == ["thousands-hidden"]


@pytest.mark.parametrize(
    "title", ["Budget 2022/23 to 2024/25 (£000)", "Budget 2021/22 (£000)", "Budget 2022-25 (£000)"]
)
def test_years_of_a_title_in_any_form_are_compared_with_the_columns(title: str) -> None:
    rows = [
        [title],
        ["Item", "2023/24", "2024/25", "2025/26"],
        ["A", 1, 2, 3],
        ["B", 4, 5, 6],
        ["Total", 5, 7, 9],
    ]
    assert faults(rows) == ["years-differ"]
    rows[0] = ["Budget 2023/24 to 2025/26 (£000)"]
    assert faults(rows) == []


VARIANCE: list[list[Any]] = [
    ["£000"],
    ["Service", "Budget", "Actual", "Variance"],
    ["Roads", 640, 655, 15],
    ["Parks", 210, 200, -10],
    ["Lighting", 120, 131, 11],
    ["Libraries", 300, 290, -10],
    ["Museums", 80, 84, 4],
    ["Total", 1350, 1360, 10],
]


def test_a_difference_that_is_another_than_in_the_other_rows_is_reported() -> None:
    # 131 - 120 = 11, not 21; the column's own total follows the slip, so that it adds up.
    assert faults(VARIANCE) == []
    (line,) = of(check(changed({(5, 4): 21}, VARIANCE)), "difference-differs")
    assert (line.stated, line.calculated, line.cells[0]) == (21, 11, "schedule.xlsx!Savings!D5")
    # A column of that name that holds something else is no difference.
    other = [
        line if number < 2 else [*line[:3], 100 * number]
        for number, line in enumerate(VARIANCE[:-1])
    ]
    assert of(check(other), "difference-differs") == []


def test_an_error_value_beside_the_figures_is_reported() -> None:
    assert faults(changed({(5, 1): "#N/A"})) == ["error-value"]


# --- files, the command, the notebook ---


def write(path: Path, rows: list[list[Any]]) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet("Savings")
        for row, line in enumerate(rows):
            page.write_row(row, 0, line)
    return path


@pytest.fixture
def right(tmp_path: Path) -> Path:
    return write(tmp_path / "right.xlsx", GOOD)


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    return write(tmp_path / "wrong.xlsx", changed({(7, 5): 1904}))


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["check", *map(str, arguments)], prog_name="ffanalysis")


def test_the_command_ends_with_nil_and_with_twelve_for_an_error(right: Path, wrong: Path) -> None:
    assert run(right).exit_code == 0
    assert run(wrong).exit_code == 12
    assert run(right, wrong).exit_code == 12


def test_the_command_ends_with_eleven_for_an_unreadable_file(
    right: Path, wrong: Path, tmp_path: Path
) -> None:
    damaged = tmp_path / "damaged.xlsx"
    damaged.write_bytes(right.read_bytes()[:900])
    command = [sys.executable, "-m", "ffanalysis.cli", "check", str(damaged), str(wrong)]
    ended = subprocess.run(command, check=False, capture_output=True, text=True, encoding="utf-8")
    # What one file has wrong keeps no other from being checked; eleven goes before twelve.
    assert ended.returncode == 11
    assert ended.stderr.startswith("ffanalysis: damaged.xlsx cannot be read: the file is damaged.")
    assert "the total states 1,904" in ended.stdout
    assert "Traceback" not in ended.stderr + ended.stdout


def test_the_command_takes_a_folder_and_refuses_what_is_not_there(
    right: Path, wrong: Path, tmp_path: Path
) -> None:
    ended = run(tmp_path)
    assert (
        ended.exit_code,
        "right.xlsx: 1 table" in ended.stdout,
        "wrong.xlsx: 1 table" in ended.stdout,
    ) == (12, True, True)
    missing = run(tmp_path / "gone.xlsx")
    assert (missing.exit_code, missing.stderr.count("\n")) == (2, 1)
    (tmp_path / "empty").mkdir()
    assert run(tmp_path / "empty").exit_code == 2


def test_the_command_speaks_json(wrong: Path) -> None:
    content = json.loads(run(wrong, "--format", "json").stdout)
    (table,) = content["tables"]
    assert {key: table[key] for key in ("sheet", "range", "unit", "years", "kind")} == {
        "sheet": "Savings",
        "range": "A3:E7",
        "unit": "£000",
        "years": ["2015/16", "2016/17", "2017/18"],
        "kind": "figures",
    }
    line = content["lines"][0]
    assert {
        key: line[key] for key in ("severity", "code", "stated", "calculated", "difference")
    } == {
        "severity": "error",
        "code": "total-differs",
        "stated": 1904,
        "calculated": 1894,
        "difference": -10,
    }
    assert line["cells"].split("; ")[0] == "wrong.xlsx!Savings!E7"


def test_a_table_that_a_period_would_read_says_as_what(example_quarter: Path) -> None:
    kinds = {
        table.sheet: table.kind
        for table in check_workbook(example_quarter / "savings-schedule.xlsx", find_tables).tables
    }
    assert kinds["Current programme"] == kinds["Proposed savings"] == "savings"


def test_a_notebook_shows_the_same_and_escapes_what_the_workbook_says(tmp_path: Path) -> None:
    path = write(
        tmp_path / "wrong.xlsx", changed({(7, 5): 1904, (4, 1): "<img src=x onerror=alert(1)>"})
    )
    report = ff.check_workbook(path)
    html = report._repr_html_()
    assert "the total states 1,904" in html
    assert "<img" not in html
    # The total of the last column and the sum of its own row: 1,904 is wrong both ways.
    assert repr(report) == "<wrong.xlsx: 1 table; 2 errors.>"
    with pytest.raises(WorkbookUnreadable):
        ff.check_workbook(tmp_path / "gone.xlsx")


def test_every_figure_of_a_workbook_comes_out_exact_with_its_cell(right: Path) -> None:
    figures = figures_of(right)
    assert len(figures) == 16
    row = figures[figures["cell"] == "right.xlsx!Savings!C5"].iloc[0]
    assert (row["label"], row["heading"], row["year"], row["unit"]) == (
        "Mobile vans",
        "2016/17",
        "2016/17",
        "£000",
    )
    assert (row["figure"], row["pence"]) == (Decimal(344), 34_400_000)
    assert ff.figures_of(right).equals(figures)


Change = Callable[[list[list[Any]]], list[list[Any]]]


@pytest.mark.parametrize("row", [4, 5, 6, 7])
@pytest.mark.parametrize("column", [2, 3, 4, 5])
@pytest.mark.parametrize("by", [10, -10, 1000])
def test_any_changed_number_of_a_table_is_reported(row: int, column: int, by: int) -> None:
    found = check(changed({(row, column): GOOD[row - 1][column - 1] + by}))
    letter = "ABCDE"[column - 1]
    assert any(
        f"schedule.xlsx!Savings!{letter}{row}" in line.cells
        for line in found.remarks
        if line.severity == "error"
    )
