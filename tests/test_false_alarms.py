"""What looks like a fault of a workbook and is none, each kind in several spellings.

Beside each kind stands a fault of the same kind that the check must still find.
"""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from test_workbook_check import changed, check, faults, of

from ffanalysis.workbook_check import figures_of
from ffanalysis.workbook_check.records import WorkbookCheck

Rows = list[list[Any]]


def written(path: Path, rows: Rows) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet("Savings")
        for row, line in enumerate(rows):
            page.write_row(row, 0, line)
    return path


def names(path: Path, rows: Rows) -> tuple[list[str], list[str]]:
    """The headings and the labels of all figures, each once."""
    figures = figures_of(written(path / "book.xlsx", rows))
    return list(dict.fromkeys(figures["heading"])), list(dict.fromkeys(figures["label"]))


# --- codes in headings are no figures ---

RETURN: Rows = [
    ["Authority A", 3998, 9809, 13807, 2236],
    ["Authority B", 9994, 7866, 17860, 1173],
    ["Authority C", 7787, 4349, 12136, 3939],
    ["Authority D", 7804, 8963, 16767, 7904],
]
HEADINGS = ["Authority", "Early years", "Primary schools", "TOTAL EDUCATION", "Highways"]


@pytest.mark.parametrize(
    "head",
    [
        [["Row code", "erl", "prm", "tot", "hwy"], ["Line number", 110, 120, 190, 210], HEADINGS],
        [["", 110, 120, 190, 210], HEADINGS],
        [["This row contains the asset ID", 7, 3, 9, 12], HEADINGS],
        [HEADINGS, ["", 110, 120, 190, 210]],
        [HEADINGS, [1, 2, 3, 4, 5]],
        [HEADINGS, ["", "(1)", "(2)", "(3)", "(4)"]],
        [["", "Education", None, None, "Other"], ["Line no.", 110, 120, 190, 210], HEADINGS],
    ],
)
def test_rows_of_codes_in_a_heading_are_no_figures(head: Rows, tmp_path: Path) -> None:
    rows = [["Returns, £000"], [], *head, *RETURN]
    found = check(rows)
    (table,) = found.tables
    assert (faults(rows), table.rows, table.total_columns) == ([], 4, ("D",))
    assert names(tmp_path, rows)[0] == HEADINGS[1:]
    # 3,998 + 9,809 = 13,807, not 13,907.
    rows[-4] = ["Authority A", 3998, 9809, 13907, 2236]
    assert "total-differs" in faults(rows)


@pytest.mark.parametrize(
    "head",
    [
        ["Row Labels", 994, 995, 996, "Grand Total"],
        ["Row labels", 12, 7, 30, "Total"],
        ["Council", 994, 995, 996, "Grand Total"],
        ["", 1, 2, 3, "Sum of all"],
    ],
)
def test_the_heads_of_a_pivot_table_are_no_figures(head: list[Any], tmp_path: Path) -> None:
    codes: Rows = [[None, 1011, 1014, 1015], [None, "Schools", "Health", "Other"], ["Col_No", 8]]
    # 9,981 + 9,703 + 84 = 19,768 and so on.
    body: Rows = [
        ["E1000", 9981, 9703, 84, 19768],
        ["E1001", 155, 9864, 319, 10338],
        ["E1002", 5636, 1181, 17, 6834],
    ]
    rows = [*codes, [], ["Sum of Amount", "Column Labels"], head, *body]
    assert faults(rows) == []
    headings, labels = names(tmp_path, rows)
    assert headings == [str(one) for one in head[1:]]
    assert labels == ["E1000", "E1001", "E1002"]
    rows[-1] = ["E1002", 5636, 1181, 17, 6934]
    assert faults(rows) == ["total-differs"]


def test_a_first_row_of_rising_amounts_is_no_row_of_codes() -> None:
    rows = [["£000"], HEADINGS, ["Authority A", 100, 120, 220, 310], *RETURN]
    (table,) = check(rows).tables
    assert (table.rows, table.total_columns) == (5, ("D",))


@pytest.mark.parametrize(
    "mark", ["2015 *", "2015 (r)", "2015 (est)", "2015 [1]", "2015¹", "2015 p"]
)
@pytest.mark.parametrize("place", [1, 3])
def test_a_year_with_a_mark_heads_its_column(mark: str, place: int) -> None:
    years: list[Any] = [2017, 2016, 2014]
    years.insert(place - 1, mark)
    rows = [
        ["Spending by service (£000)"],
        ["Service", *years],
        ["Libraries", 76106, 102073, 110945, 111157],
        ["Parks", 67829, 27397, 13323, 9862],
        ["Total", 143935, 129470, 124268, 121019],
    ]
    (table,) = check(rows).tables
    assert (table.range, table.unit, table.total_rows) == ("A2:E5", "£000", (5,))
    assert table.years[place - 1] == "2015"
    assert faults(rows) == []


# --- strays, checks, codes of lines ---


@pytest.mark.parametrize("codes", [True, False])
@pytest.mark.parametrize("stray", [(5, 6), (3, 9), (7, 6)])
@pytest.mark.parametrize("checks", ["CHECKS", "Check", "Control total"])
def test_a_stray_number_and_a_column_of_checks_are_beside_the_table(
    stray: tuple[int, int], checks: str, codes: bool
) -> None:
    rows: Rows = [
        ["Budget"],
        ["ENGLAND"],
        [None] * 6 + [checks],
        [None, None, "Net expenditure"],
        [None, None, "£ thousand"],
        ["EDUCATION"],
        [110, "Early years", 3518],
        [120, "Primary schools", 16110],
        [130, "Secondary schools", 7126],
        [190, "TOTAL EDUCATION", 26754, None, None, None, 0],
        [],
        ["HIGHWAYS"],
        [210, "Planning", 192],
        [230, "Maintenance", 545],
        [290, "TOTAL HIGHWAYS", 737, None, None, None, 0],
    ]
    if not codes:
        rows = [[None, *line[1:]] if len(line) > 2 else line for line in rows]
    rows = changed({stray: 3}, rows)
    (table,) = check(rows).tables
    assert (table.unit, table.total_rows, table.range[-3:]) == ("£000", (10, 15), "C15")
    assert faults(rows) == []
    # The stray and the two checks of nil are said.
    (outside,) = of(check(rows), "numbers-outside")
    assert "3 numbers are outside every table" in outside.message


def test_numbers_above_the_first_heading_and_texts_with_numbers_are_counted_too() -> None:
    rows = [["Version", 3, None, "1,025"], [], *([["£000"], HEADINGS, *RETURN])]
    (outside,) = of(check(rows), "numbers-outside")
    assert "2 numbers are outside" in outside.message


@pytest.mark.parametrize(
    "line",
    [
        ["Year(s):", 2018],
        ["Reference period:", 2019],
        ["Published", 2020],
        ["Edition:", 3],
    ],
)
def test_a_year_in_notes_is_no_table_of_money(line: list[Any]) -> None:
    rows = [
        ["Background:"],
        ["figures in £ million"],
        [],
        ["Coverage:", "United Kingdom"],
        ["Geography:", "City Region"],
        line,
    ]
    found = check(rows)
    assert found.tables == ()
    (unused,) = of(found, "sheet-not-used")
    assert "1 number in it is not used" in unused.message


# --- columns of words ---


@pytest.mark.parametrize(
    "words",
    [
        ["To transform services", 0, "For local services", "Advice", 0],
        ["Yes", "No", "Yes", "Yes", 1],
        [0, "see note 3", "as before", 0, "as before"],
        ["Y", "N", "Y", "N", "Y"],
    ],
)
def test_a_column_of_words_with_a_nil_or_two_is_no_column_of_amounts(words: list[Any]) -> None:
    # 517 + 2,230 + 641 + 3,365 + 884 = 7,637, and twice that with 3 more for each line: 15,289.
    amounts = [517, 2230, 641, 3365, 884]
    rows = [
        ["Portfolio", "2024-25 £million", "2025-26 £million", "What it buys"],
        *([f"Line {n}", n, 2 * n + 3, word] for n, word in zip(amounts, words, strict=True)),
        ["Total", 7637, 15289],
    ]
    assert faults(rows) == []
    assert check(rows).tables[0].columns == 2
    rows[2][1] = 2330
    assert faults(rows) == ["total-differs"]


# --- units ---


@pytest.mark.parametrize(
    "text",
    [
        "All figures reported in £ thousand",
        "£000",
        "(£ thousands)",
        "Amounts are in £000 unless otherwise stated",
    ],
)
@pytest.mark.parametrize("title", [[], [["Councils"]]])
def test_a_unit_stated_for_the_sheet_is_that_of_its_second_table(text: str, title: Rows) -> None:
    heading = ["Code", "Name", "Banks", "Societies", "Total"]
    rows = [
        ["Borrowing"],
        [text],
        heading,
        ["ENG", "England", 200, 40, 240],
        ["SCO", "Scotland", 100, 20, 120],
        [],
        *title,
        heading,
        ["E1", "Council A", 20, 4, 24],
        ["E2", "Council B", 21, 5, 26],
    ]
    assert [table.unit for table in check(rows).tables] == ["£000", "£000"]


def test_the_unit_of_a_tables_own_title_is_not_the_next_titled_tables() -> None:
    rows = [
        ["Savings (£000)"],
        ["Service", "2023/24", "2024/25"],
        ["Roads", 640, 655],
        [],
        ["Posts"],
        ["Service", "2023/24", "2024/25"],
        ["Roads", 12, 11],
    ]
    assert [table.unit for table in check(rows).tables] == ["£000", ""]


@pytest.mark.parametrize("note", ["NEW TOTAL £000's", "£ thousand", "(£000)", "in £bn"])
@pytest.mark.parametrize("column", [6, 8])
def test_a_unit_over_other_columns_is_not_the_tables(note: str, column: int) -> None:
    rows = changed(
        {(1, column): "Other totals", (2, column): note},
        [
            [],
            [],
            ["Transport", "2023-24 £million", "2024-25 £million"],
            ["Rail", 360.947, 337.251],
            ["Network", 442, 488.36],
            ["Total", 802.947, 825.611],
        ],
    )
    assert check(rows).tables[0].unit == "£m"
    assert faults(rows) == []


# --- labels and headings ---


@pytest.mark.parametrize("unit", ["£'000", "£000", "(£ thousand)", "£m"])
def test_a_label_column_behind_an_amount_and_a_row_of_units_are_known(
    unit: str, tmp_path: Path
) -> None:
    rows = [
        ["Families"],
        ["Forecast", None, "2024/25", "Forecast"],
        ["Variance", None, "Budget", "Outturn"],
        ["Month 7", "Service", "Month 9", "Month 9"],
        [unit, None, unit, unit],
        [853, "Health", 10389, 11011],
        [973, "Education", 12821, 13889],
        [-74, "Quality", 1718, 1585],
        [1752, "Total Families", 24928, 26458],
    ]
    # 11,011 + 13,889 + 1,585 = 26,485, not 26,458.
    (error,) = [one for one in check(rows).remarks if one.severity == "error"]
    assert "D9, Total Families: rows 6 to 8 add to 26,485" in error.message
    headings, labels = names(tmp_path, rows)
    assert headings[2] == "Forecast Outturn Month 9"
    assert labels[-1] == "Total Families"


def test_columns_of_one_name_are_told_apart_by_their_bands(tmp_path: Path) -> None:
    rows = [
        ["£000"],
        [None, "2018", None, "2019", None],
        ["Line", "Q1", "Q2", "Q1", "Q2"],
        ["Roads", 1, 2, 3, 4],
        ["Parks", 5, 6, 7, 9],
    ]
    assert names(tmp_path, rows)[0] == ["2018 Q1", "2018 Q2", "2019 Q1", "2019 Q2"]


@pytest.mark.parametrize("groups", [("Area A", "Area B"), ("North", "South"), ("2018", "2019")])
@pytest.mark.parametrize("levels", [1, 2])
def test_a_group_named_once_is_filled_down(
    groups: tuple[str, str], levels: int, tmp_path: Path
) -> None:
    rows: Rows = [["£ million"], [*[None] * (levels - 1), "Area", None, "Food", "Fuel", "All"]]
    for place, group in enumerate(groups):
        head: list[Any] = ["England"] * (levels - 1) if not place else [None] * (levels - 1)
        blank = [None] * levels
        rows.append([*head, group, "Imports", 1951 + place, 789, 2740 + place])
        rows.append([*blank, "Exports", 1975 + place, 158, 2133 + place])
    assert faults(rows) == []
    first = "England · " * (levels - 1)
    assert names(tmp_path, rows)[1] == [
        f"{first}{group} · {line}" for group in groups for line in ("Imports", "Exports")
    ]


@pytest.mark.parametrize("order", [("Department Order", 10), ("Seq", 1), ("Month", 4)])
def test_a_ledger_may_repeat_a_line_and_says_so_once_with_its_whole_key(
    order: tuple[str, int],
) -> None:
    heading, first = order
    rows: Rows = [["Year", heading, "Department", "Type", "Account", "Amount"]]
    rows += [
        [
            f"FY{13 + n % 2}",
            first + n // 4,
            f"Dept {n // 4}",
            "Expense",
            f"Account {n}",
            1000 + n * n * 37 % 911,
        ]
        for n in range(24)
    ]
    rows.append(["FY14", first + 5, "Dept 5", "Expense", "Account 23", 77])
    remarks = of(check(rows), "line-twice")
    assert [remark.severity for remark in remarks] == ["note"]
    assert f"FY14 · {first + 5} · Dept 5 · Expense · Account 23" in remarks[0].message


# --- totals ---


@pytest.mark.parametrize("gap", [".", "..", "n/a", "[x]", None])
@pytest.mark.parametrize("label", ["All services", "Total", "Grand total"])
def test_a_grand_total_inherits_the_gaps_of_its_lines(gap: str | None, label: str) -> None:
    rows: Rows = [
        ["£ thousands"],
        [None, "Capital", "Support", "Running", "Total", "Income", "Net"],
        ["Education", 10, 40, 500, 550, 45, 505],
        ["Roads", 8, 10, 90, 108, 6, 102],
        ["Culture", 2, 6, 70, 78, 7, 71],
        ["Planning", 1, 4, 30, 35, 4, 31],
        ["Interest", gap, gap, gap, 60, 5, 55],
        # 10 + 8 + 2 + 1 = 21 and so on; 550 + 108 + 78 + 35 + 60 = 831.
        [label, 21, 60, 690, 831, 67, 764],
    ]
    assert faults(rows) == []
    # 831 is 771 and the 60 of the marked row; 841 is not.
    assert "total-differs" in faults(changed({(8, 5): 841}, rows))


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("blank", [0, None])
@pytest.mark.parametrize("across", [True, False])
def test_a_part_that_stands_apart_is_no_fault(sign: int, blank: int | None, across: bool) -> None:
    rows: Rows = [["Council", "Services £000", "Levies £000", "Sub-total £000", "Precepts £000"]]
    for n in range(10):
        one, other = 3814 + 137 * n, 6168 + 59 * n
        late = {4: 469, 7: 494}.get(n)
        total = one + other + sign * (late or 0)
        rows.append([f"Council {n}", one, other, total, 2169 + n * n, late or blank])
    rows[0].append("Late item £000")
    if not across:
        rows = [["£000"], *[list(line) for line in zip(*rows, strict=True)]]
    found = check(rows)
    assert [one.code for one in found.remarks if one.severity != "note"] == []
    assert len(of(found, "part-apart")) == 1
    place = (6, 4) if across else (5, 6)
    value = rows[place[0] - 1][place[1] - 1]
    wrong = [one.code for one in check(changed({place: value + 31}, rows)).remarks]
    assert "total-differs" in wrong


@pytest.mark.parametrize("parts", [(124.879451, 0), (0, 124.879451), (124.879451, None)])
@pytest.mark.parametrize("last", ["All services", "Total"])
def test_the_head_of_a_group_may_state_what_its_only_part_states(
    parts: tuple[float | None, float | None], last: str
) -> None:
    rows = [
        ["£ thousands"],
        [None, "Capital", "Support", "Running", "Total"],
        ["Fire", 124.879451, 560.5, 9000.25, 9685.629451],
        ["Fire fighting", parts[0], 400.25, 7000.125, (parts[0] or 0) + 7400.375],
        ["Fire safety", parts[1], 160.25, 2000.125, (parts[1] or 0) + 2160.375],
        ["Roads", 10.5, 20.25, 300.125, 330.875],
        ["Maintenance", 6.25, 12.125, 200.0625, 218.4375],
        ["Winter", 4.25, 8.125, 100.0625, 112.4375],
        [last, 135.379451, 580.75, 9300.375, 10016.504451],
    ]
    assert faults(rows) == []
    assert check(rows).tables[0].total_rows == (3, 6, 9)
    # 200.0625 + 100.0625 = 300.125.
    assert "total-differs" in faults(changed({(7, 4): 290.0625}, rows))


@pytest.mark.parametrize(
    ("line", "total"),
    [
        (["Roads excl. lighting", 60, 70], [450, 500]),
        (["of which: academies", 60, 70], [450, 500]),
        (["o/w academies", 60, 70], [450, 500]),
        (["incl. academies", 60, 70], [450, 500]),
        (["Total excluding schools", 150, 160], [450, 500]),
        (["Roads excluding lighting", 60, 70], [510, 570]),
    ],
)
def test_lines_that_leave_out_or_repeat_a_part_feed_a_sum_only_where_it_adds_them(
    line: list[Any], total: list[int]
) -> None:
    rows = [
        ["£000"],
        ["Item", "2023/24", "2024/25"],
        ["Schools", 300, 340],
        ["Roads", 100, 105],
        ["Parks", 50, 55],
        line,
        ["Total", *total],
    ]
    assert faults(rows) == []
    assert "total-differs" in faults([*rows[:-1], ["Total", total[0] + 90, total[1]]])


def test_an_exact_sum_comes_before_a_near_one() -> None:
    # 3,301 + 3,323 + 3,376 = 10,000 is near 10,001; with the first line it is exactly that.
    rows = [
        ["£000"],
        ["Item", "2023/24", "2024/25"],
        ["Small", 1, 1],
        ["A", 3301, 6702],
        ["B", 3323, 6611],
        ["C", 3376, 6690],
        ["Total", 10001, 20004],
    ]
    assert faults(rows) == []
    assert of(check(rows), "within-rounding") == []


def test_a_total_without_lines_is_part_of_the_grand_total() -> None:
    rows = [
        ["Savings £000"],
        ["Project", "2015/16"],
        ["Alpha", 100],
        ["Beta", 50],
        ["Families Total", 150],
        ["Gamma", 70],
        ["Adults Total", 70],
        ["Held centrally Total", 30],
        ["Grand Total", 250],
    ]
    assert faults(rows) == []
    assert faults([*rows[:-1], ["Grand Total", 280]]) == ["total-differs"]


# --- percentages and identities ---


@pytest.mark.parametrize(
    ("heading", "right", "wrong", "calculated"),
    [
        # (67.605 - 35) / 35 = 93.2%, (7.605 - 5) / 5 = 52.1%, (40 - 10) / 10 = 300%.
        ("% Change", [0.521, 3, 0, 0.932], 0.521, "93.2"),
        ("Change %", ["52.1%", "300%", "0%", "93.2%"], "52.1%", "93.2"),
        ("Per cent change", [52.1, 300, 0, 93.2], 52.1, "93.2"),
        # 67.605 / 35 = 193.2%.
        ("2025-26 as % of 2024-25", [1.521, 4, 1, 1.932], 1.52, "193.2"),
        # 67.605 / 67.605 = 100%, 7.605 / 67.605 = 11.2%.
        ("% of total", [0.112, 0.592, 0.296, 1], 0.9, "100"),
    ],
)
def test_a_percentage_that_its_amounts_do_not_give_is_found(
    heading: str, right: list[Any], wrong: Any, calculated: str
) -> None:
    rows = [
        ["Portfolio", "2024-25 £million", "2025-26 £million", heading],
        ["Vacant land", 5, 7.605, right[0]],
        ["Climate", 10, 40, right[1]],
        ["Islands", 20, 20, right[2]],
        ["Total", 35, 67.605, right[3]],
    ]
    assert faults(rows) == []
    found = check(changed({(5, 4): wrong}, rows))
    (error,) = [one for one in found.remarks if one.severity == "error"]
    assert (error.code, error.cells[0]) == ("percentage-differs", "schedule.xlsx!Savings!D5")
    assert error.calculated == Decimal(calculated)


def progress(order: str, late: int) -> WorkbookCheck:
    """Targets, what was achieved, what is delayed and what is lost, in this order of columns."""
    # 1,514 - 1,398 = 116; 1,393 - 1,047 = 346 = 125 + 221; 1,513 - 1,463 = 50.
    lines: list[tuple[str, dict[str, int]]] = [
        ("A", {"t": 1514, "a": 1398, "d": 0, "l": 116}),
        ("B", {"t": 274, "a": 274, "d": 0, "l": 0}),
        ("C", {"t": 1393, "a": 1047, "d": 125, "l": 221}),
        ("D", {"t": 1513, "a": 1463, "d": late, "l": 0}),
        ("E", {"t": 85, "a": 85, "d": 0, "l": 0}),
    ]
    total = {key: sum(line[key] for _, line in lines) for key in "tadl"}
    named = {"t": "Target", "a": "Achieved", "d": "Delayed", "l": "Not achievable"}
    rows = [
        ["£000"],
        ["Directorate", *(named[key] for key in order)],
        *([f"Directorate {name}", *(line[key] for key in order)] for name, line in lines),
        ["Total", *(total[key] for key in order)],
    ]
    return check(rows)


@pytest.mark.parametrize("order", ["tadl", "tald", "adlt", "dlat"])
def test_what_is_delayed_and_lost_is_what_was_not_achieved(order: str) -> None:
    assert [one for one in progress(order, 50).remarks if one.severity != "note"] == []
    errors = [one for one in progress(order, 75).remarks if one.severity == "error"]
    # The total differs by the same 25 and is no second fault.
    assert {one.cells[0].rpartition("!")[2][1:] for one in errors} == {"6"}
    assert {abs(one.difference or 0) for one in errors} == {25}


@pytest.mark.parametrize(
    "lines",
    [
        # The same each year, or more by the same each year, in all rows but one.
        [[100, 100, 100, 100], [50, 50, 50, 50], [75, 75, 75, 75], [30, 30, 30, 30]],
        [[100, 200, 300, 400], [50, 100, 150, 200], [70, 140, 210, 280], [30, 60, 90, 120]],
        [[100, 120, 140, 160], [50, 55, 60, 65], [700, 690, 680, 670], [310, 311, 312, 313]],
    ],
)
@pytest.mark.parametrize(
    "heads",
    [
        ("2021/22", "2022/23", "2023/24", "2024/25"),
        ("2021", "2022", "2023", "2024"),
        ("April", "May", "June", "July"),
        ("Quarter 1", "Quarter 2", "Quarter 3", "Quarter 4"),
    ],
)
def test_amounts_that_rise_by_the_same_each_year_are_no_identity(
    lines: list[list[int]], heads: tuple[str, ...]
) -> None:
    rows = [
        ["£000"],
        ["Line", *heads],
        *([f"Line {n}", *line] for n, line in enumerate(lines)),
        ["Other", 417, 23, 390, 811],
    ]
    assert faults(rows) == []


def test_results_in_an_outer_column_are_held_against_the_inner_one() -> None:
    rows: Rows = [["£000"], ["Cash flow", "Detail", "Result"]]
    # 12,511 + 4,120 + 377 = 17,008 and so on.
    for name, parts in (("A", (12511, 4120, 377)), ("B", (7321, -402)), ("C", (9034, 511, 64))):
        rows += [[f"{name}{n}", part] for n, part in enumerate(parts)]
        rows.append([f"Net cash flow from {name}", None, sum(parts)])
    rows += [["D1", 8045], ["D2", -1377], ["Net cash flow from D", None, 6668]]
    assert faults(rows) == []
    for row in (4, 9, 10, 14):
        place = (row, 2) if rows[row - 1][1] is not None else (row, 3)
        was = rows[row - 1][place[1] - 1]
        wrong = check(changed({place: was + 1311}, rows)).remarks
        named = f"schedule.xlsx!Savings!{'ABC'[place[1] - 1]}{row}"
        assert any(named in one.cells for one in wrong if one.severity != "note"), named
