"""Amounts as their number formats show them: in another unit or currency, and how exactly."""

import io
from typing import Any

import pytest
import xlsxwriter
from odf.number import CurrencyStyle, CurrencySymbol, Number, NumberStyle, Text
from odf.opendocument import OpenDocumentSpreadsheet
from odf.style import Map, Style
from odf.table import Table, TableCell, TableRow
from text_quarter import PERIOD

from ffanalysis.periods import Period
from ffanalysis.read import read_sheets
from ffanalysis.sheets.cells import Cell, Sheet
from ffanalysis.sheets.number_formats import section_for
from ffanalysis.sheets.open_workbook import read_content
from ffanalysis.tables import Tables

BY_SIZE = '[>=1000000]£0.0,,"m";[>=1000]£0,"k";£0'
ACCOUNTING = '_-£* #,##0.0_-;-£* #,##0.0_-;_-£* "-"??_-;_-@_-'
REGISTER = (
    ("Project", "Title", "Type of saving", "Service", "Status"),
    ("Alpha", "The first", "New", "Libraries", "Approved"),
)


def sheet_of(name: str, *rows: tuple[Any, ...]) -> Sheet:
    """A sheet of these values; a pair of a value and a number format is a formatted one."""
    pairs = (
        (row, column, value if isinstance(value, tuple) else (value,))
        for row, line in enumerate(rows, 1)
        for column, value in enumerate(line, 1)
    )
    cells = (Cell(row, column, *value) for row, column, value in pairs)
    return Sheet.of(name, "Sheet", (cell for cell in cells if cell.value is not None))


def read_amount(value: object, number_format: str, unit: str = "£000") -> Tables:
    """A schedule with one line of one amount."""
    schedule = sheet_of(
        "schedule.xlsx",
        (unit,),
        ("Ref", "Project", "Plan", "Type of saving", "2016/17"),
        ("A-1", "Alpha", "Proposed", "New", (value, number_format)),
    )
    return read_sheets(Period.parse(PERIOD), [schedule, sheet_of("register.xlsx", *REGISTER)])


@pytest.mark.parametrize(
    ("number_format", "value", "shown", "precision"),
    [
        ("#,##0", 5, "5", 0),
        (BY_SIZE, 2_100_000, "£5m", -5),
        (BY_SIZE, 210_000, "£5k", -3),
        (BY_SIZE, 999, "£5", 0),
        ("[<1000]0;0.0,", 5_000, "5", -2),
        ('[>=1000]0,"k"', 5, "5", None),
        (ACCOUNTING, 5, "£5", 1),
        (ACCOUNTING, -5, "-£5", 1),
        (ACCOUNTING, 0, "£-", 1),
        ('0;-0;"none";@', 0, "none", 0),
        (";;;", 5, "", None),
        ("[$€-2]\\ #,##0.00", 5, "€ 5", 2),
        ("[$-809]0.0", 5, "5", 1),
        ("[Red][>9]0.0;0", 10, "5", 1),
        ("#\\ ##0", 5, "5", 0),
        ('0.0"; or so"', 5, "5; or so", 1),
        ("0.00E+00", 5, "5", None),
        ("@", 5, "5", None),
    ],
)
def test_a_number_is_shown_by_the_section_that_it_falls_under(
    number_format: str, value: float, shown: str, precision: int | None
) -> None:
    section = section_for(number_format, value)
    assert (section.around("5"), section.precision) == (shown, precision)


@pytest.mark.parametrize("code", ["(0)", "\\(#,##0\\)", '"("0")"', "-0", '"-"0', "\\-0", "£(0)"])
def test_a_format_may_show_a_positive_number_as_a_negative(code: str) -> None:
    (refusal,) = read_amount(40, code).refusals.to_dict("records")
    assert refusal["sentence"] == (
        "schedule.xlsx, sheet Sheet, cell E3: '40' can be read two ways: its number format shows it"
        " as a negative, but it holds a positive number (write the minus into the cell, or use an"
        " ordinary format)."
    )


@pytest.mark.parametrize(
    ("value", "number_format", "unit", "pounds", "stated_to"),
    [
        (60, "#,##0\\k", "£000", 60_000, 1_000),
        (5.9, '£0.0"m"', "£m", 5_900_000, 100_000),
        (5_900, '£0.0,"m"', "£000", 5_900_000, 100_000),
        (5_900_000, '£0.0,,"m"', "£", 5_900_000, 100_000),
        (5.9, '£0.0" million"', "", 5_900_000, 100_000),
        (40, "[$GBP]\\ 0", "£000", 40_000, 1_000),
        (40, "[$£-809]#,##0", "£000", 40_000, 1_000),
        (40, '"£000 "0', "£000", 40_000, 1_000),
        (40, '0"*"', "£000", 40_000, 1_000),
        (-40, '0;"("0")"', "£000", -40_000, 1_000),
        (0, '0;-0;"-"', "£000", 0, 1_000),
        (1_234, BY_SIZE, "£", 1_234, 1_000),
        (234, BY_SIZE, "£", 234, 1),
    ],
)
def test_a_format_that_agrees_with_the_unit_is_read(
    value: float, number_format: str, unit: str, pounds: int, stated_to: int
) -> None:
    tables = read_amount(value, number_format, unit)
    assert tables.refusals.empty
    (row,) = tables.savings.to_dict("records")
    assert (row["amount_pence"], row["stated_to_pence"]) == (pounds * 100, stated_to * 100)


@pytest.mark.parametrize(
    ("value", "number_format", "problem"),
    [
        (5.9, '£0.0"m"', "can be read two ways: its number format shows it in £m"),
        (5_900, '£0.0,"k"', "can be read two ways: its number format shows it in £000"),
        (5_900, "0.0,", "can be read two ways: its number format hides thousands"),
        (40, "[$€-2]\\ #,##0", "is shown as '€ 40' by its number format"),
        (40, '"US$"#,##0', "is shown as 'US$40' by its number format"),
        (40, "#,##0\\ [$kr-41D]", "is shown as '40 kr' by its number format"),
        (40, '0" FTE"', "is shown as '40 FTE' by its number format"),
        (40, '0",000"', "is shown as '40,000' by its number format"),
        (40, '"TBC"', "is shown as 'TBC' by its number format"),
        (0, '0;-0;"TBC"', "is shown as 'TBC' by its number format"),
        (9.2, '0.0"%"', "is formatted as a percentage"),
        (15, "0\\%", "is formatted as a percentage"),
    ],
)
def test_a_format_that_says_something_else_is_refused(
    value: float, number_format: str, problem: str
) -> None:
    tables = read_amount(value, number_format)
    (refusal,) = tables.refusals.to_dict("records")
    assert refusal["sentence"].startswith(
        f"schedule.xlsx, sheet Sheet, cell E3: '{value}' {problem}"
    )
    assert tables.savings["amount_pence"].isna().all()


def test_an_amount_that_its_format_hides_is_noticed() -> None:
    tables = read_amount(40, ";;;")
    (notice,) = tables.notices.to_dict("records")
    assert (notice["cell"], notice["value"]) == ("E3", "40")
    assert list(tables.savings["amount_pence"]) == [4_000_000]


def test_the_sections_of_an_opendocument_format_keep_their_conditions() -> None:
    document, stream = OpenDocumentSpreadsheet(), io.BytesIO()
    million = CurrencyStyle(name="big", volatile="true")
    million.addElement(CurrencySymbol(text="£"))
    million.addElement(Number(decimalplaces=1, minintegerdigits=1, displayfactor=1_000_000))
    million.addElement(Text(text="m"))
    other = NumberStyle(name="all")
    other.addElement(Number(decimalplaces=0, minintegerdigits=1))
    other.addElement(Map(condition="value()>=1000000", applystylename="big"))
    document.styles.addElement(million)
    document.automaticstyles.addElement(other)
    document.automaticstyles.addElement(
        Style(name="cell", family="table-cell", datastylename="all")
    )
    row = TableRow()
    for value in (5_900_000, 40):
        row.addElement(TableCell(valuetype="float", value=value, stylename="cell"))
    table = Table(name="Savings")
    table.addElement(row)
    document.spreadsheet.addElement(table)
    document.write(stream)
    (sheet,) = read_content("budget.ods", stream.getvalue()).sheets
    cells = list(sheet.cells())
    assert cells[0].number_format == '[>=1000000]£0.0,,"m";0'
    assert [cell.decimals for cell in cells] == [-5, 0]


def test_a_format_as_a_spreadsheet_program_writes_it_is_the_one_that_is_read() -> None:
    stream = io.BytesIO()
    codes = [BY_SIZE, ACCOUNTING, '0.0"%"', "[$€-2]\\ #,##0"]
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet()
        for column, code in enumerate(codes):
            sheet.write_number(0, column, 40, book.add_format({"num_format": code}))
    (read,) = read_content("budget.xlsx", stream.getvalue()).sheets
    assert [cell.number_format for cell in read.cells()] == codes


# --- amounts in merged cells ----------------------------------------------------------------------


def read_merged(area: tuple[int, int, int, int], *rows: tuple[Any, ...]) -> Tables:
    schedule = sheet_of(
        "schedule.xlsx",
        ("£000",),
        ("Ref", "Project", "Plan", "Type of saving", "2016/17", "2017/18", "Note"),
        *rows,
    )
    schedule.merges.append(area)
    return read_sheets(Period.parse(PERIOD), [schedule, sheet_of("register.xlsx", *REGISTER)])


FIRST, SECOND = ("A-1", "Alpha", "Proposed", "New"), ("A-2", "Alpha", "Proposed", "New")


@pytest.mark.parametrize(
    ("area", "rows", "reference"),
    [
        ((3, 5, 3, 6), [(*FIRST, 100)], "E3:F3"),
        ((3, 5, 3, 7), [(*FIRST, "£0.1m")], "E3:G3"),
        ((3, 5, 4, 5), [(*FIRST, 100, 20), (*SECOND, None, 30)], "E3:E4"),
        ((3, 5, 4, 6), [(*FIRST, 100), SECOND], "E3:F4"),
        ((3, 5, 3, 6), [("Total", None, None, None, 100)], "E3:F3"),
    ],
)
def test_an_amount_merged_over_several_years_or_lines_is_refused(
    area: tuple[int, int, int, int], rows: list[tuple[Any, ...]], reference: str
) -> None:
    (sentence,) = read_merged(area, *rows).refusals["sentence"]
    assert sentence == (
        f"schedule.xlsx, sheet Sheet, cell E3: '{rows[0][4]}' is merged over {reference}, and"
        " nothing says what of it is of which year or line (write an amount into each cell)."
    )


def test_an_amount_merged_with_what_is_no_amount_is_read() -> None:
    beside = read_merged((3, 6, 3, 7), (*FIRST, 100, 20))
    below = read_merged((3, 5, 4, 5), (*FIRST, 100, 20), ())
    for tables in (beside, below):
        assert tables.refusals.empty
        assert list(tables.savings["amount_pence"]) == [10_000_000, 2_000_000]


@pytest.mark.parametrize(("word", "missing"), [("TBC", "TBC"), ("nil", None)])
def test_a_word_merged_over_several_years_is_said_of_each(word: str, missing: str | None) -> None:
    tables = read_merged((3, 5, 3, 6), (*FIRST, word))
    assert tables.refusals.empty
    rows = tables.savings.to_dict("records")
    assert [row["missing"] or None for row in rows] == [missing, missing]
    assert [row["amount_pence"] == 0 for row in rows] == [word == "nil"] * 2


def test_an_amount_that_nobody_sees_under_a_merged_cell_is_refused() -> None:
    beside = read_merged((3, 5, 3, 6), (*FIRST, "TBC", 60))
    before = read_merged((3, 4, 3, 5), (*FIRST, 60))
    for tables, cell in ((beside, "F3"), (before, "E3")):
        (sentence,) = tables.refusals["sentence"]
        assert sentence == (
            f"schedule.xlsx, sheet Sheet, cell {cell}: '60' is under the merged cell"
            f" {'E3:F3' if cell == 'F3' else 'D3:E3'}, where nobody sees it (take the cells apart,"
            " or clear it)."
        )
