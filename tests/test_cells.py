"""Cells as spreadsheet programs write them: formulas without a result, marks, strikes, sizes."""

import io
import struct
from html import escape
from typing import Any

import pytest
import xlsxwriter
import xlwt
from hostile_files import archive, ods, xlsx, xlsx_parts
from odf.opendocument import OpenDocumentSpreadsheet
from odf.style import Style, TextProperties
from odf.table import Table, TableCell, TableRow
from odf.text import P, Span
from test_shown_amounts import REGISTER, sheet_of
from text_quarter import PERIOD

from ffanalysis.periods import Period
from ffanalysis.read import read_sheets
from ffanalysis.read.accounting import notice_book
from ffanalysis.read.collector import Collected
from ffanalysis.sheets.cells import Book, NotCalculated, Sheet
from ffanalysis.sheets.formulas import gives_number
from ffanalysis.sheets.open_workbook import read_content
from ffanalysis.tables import Tables
from ffanalysis.workbook_check import check_book

HEADINGS = ("Ref", "Project", "Plan", "Type of saving", "2016/17", "2017/18")
LINE = ("A-1", "Alpha", "Proposed", "New")


def only(content: bytes, name: str) -> Sheet:
    (sheet,) = read_content(name, content).sheets
    return sheet


def read(sheet: Sheet) -> Tables:
    return read_sheets(Period.parse(PERIOD), [sheet, sheet_of("register.xlsx", *REGISTER)])


def notices(tables: Tables) -> list[tuple[str, str]]:
    return [(row["cell"], row["what"]) for row in tables.notices.to_dict("records")]


# --- formulas that hold no result -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "gives"),
    [
        ("20+20", True),
        ("=F5*2", True),
        ("of:=[.F5]+20", True),
        ("SUM(A1:A3)", True),
        ("ROUND('a & b'!F5,0)", True),
        ('IF(F5>0,F5,"")', False),
        ("F5", False),
        ("of:=[.F5]", False),
        ("A1&B1", False),
        ("VLOOKUP(A1,B1:C9,2)*1", False),
    ],
)
def test_arithmetic_and_sums_give_no_text(formula: str, gives: bool) -> None:
    assert gives_number(formula) is gives


@pytest.mark.parametrize(
    ("cell", "is_missing"),
    [
        ("<f>20+20</f>", True),
        ("<f>20+20</f><v></v>", True),
        ('<f>IF(1,"",2)</f><v></v>', False),
        ("<f>F5</f><v></v>", False),
        ("<f>F5</f>", True),
    ],
)
def test_an_empty_text_is_a_result_where_the_formula_can_give_one(
    cell: str, is_missing: bool
) -> None:
    sheet = only(xlsx(f'<row r="1"><c r="A1" t="str">{cell}</c></row>'), "a.xlsx")
    assert isinstance(sheet.at(1, 1).value, NotCalculated) is is_missing


@pytest.mark.parametrize(
    ("results", "missing"), [((0, 0), 2), ((0, 40), 0), (("", 0), 2), ((40, 40), 0)]
)
def test_noughts_that_a_program_wrote_for_all_formulas_are_no_results(
    results: tuple[float | str, ...], missing: int
) -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        for number, result in enumerate(results):
            page = book.add_worksheet()
            page.write_number(0, 0, 0)
            page.write_formula(0, 1, f"=20+{number}", None, result)
    sheets = read_content("a.xlsx", stream.getvalue()).sheets
    assert [sheet.at(1, 1).value for sheet in sheets] == [0, 0]
    assert sum(isinstance(sheet.at(1, 2).value, NotCalculated) for sheet in sheets) == missing


def old_workbook(*formulas: str) -> bytes:
    book, stream = xlwt.Workbook(), io.BytesIO()
    sheet = book.add_sheet("Lines")
    for column, formula in enumerate(formulas):
        sheet.write(0, column, xlwt.Formula(formula))
    book.save(stream)
    return stream.getvalue()


def test_an_old_workbook_whose_formulas_were_never_calculated() -> None:
    formulas = ("20+20", "A1+20", "SUM(A1:B1)", 'IF(A1>0;"";2)', "A1")
    sheet = only(old_workbook(*formulas), "old.xls")
    assert [type(sheet.at(1, column).value) for column in range(1, 6)] == [NotCalculated] * 5


def test_an_old_workbook_with_one_result_was_calculated() -> None:
    content = old_workbook("20+20", 'IF(A1>0;"";2)', "A1", "A1/2")
    never = struct.pack("<Q", 0xFFFF000000000003)
    place = content.index(never)
    content = content[:place] + struct.pack("<d", 40) + content[place + 8 :]
    sheet = only(content, "old.xls")
    assert [type(sheet.at(1, column).value) for column in range(2, 5)] == [
        type(None),
        type(None),
        NotCalculated,
    ]


def test_an_old_workbook_may_say_that_its_results_are_old() -> None:
    content = old_workbook("20+20")
    assert read_content("old.xls", content).is_calculated
    # In place of a record of the window, which xlrd does not need.
    window = content.index(struct.pack("<HH", 0x023E, 18))
    stale = struct.pack("<HHH", 0x005E, 2, 0) + struct.pack("<HH", 0x00FF, 12)
    content = content[:window] + stale + content[window + 10 :]
    book = read_content("old.xls", content)
    assert not book.is_calculated
    assert book.sheets[0].first_formula == "A1"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('table:formula="of:=IF(1;&quot;&quot;;2)"><text:p/>', ""),
        ('table:formula="of:=[.A1]" office:value-type="string"><text:p/>', ""),
        ('table:formula="of:=20+20"><text:p/>', "never"),
        ('table:formula="of:=IF(1;&quot;&quot;;2)">', "never"),
        ('table:formula="of:=20+20" office:value-type="string">', "never"),
    ],
)
def test_an_opendocument_result_that_is_an_empty_text(cell: str, value: str) -> None:
    row = f"<table:table-row><table:table-cell {cell}</table:table-cell></table:table-row>"
    found = only(ods(row), "a.ods").at(1, 1).value
    assert (found is None) if value == "" else isinstance(found, NotCalculated)


@pytest.mark.parametrize("mode", ['calcMode="manual" calcCompleted="0"', 'calcCompleted="false"'])
def test_a_workbook_that_was_saved_before_it_was_calculated(mode: str) -> None:
    cells = '<row r="5"><c r="F5"><f>80*0.5</f><v>999</v></c></row>'
    parts = xlsx_parts(cells)
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(
        b"</workbook>", f"<calcPr {mode}/></workbook>".encode()
    )
    book = read_content("a.xlsx", archive(parts))
    collected = Collected()
    notice_book(book, collected)
    (notice,) = collected.rows["notices"]
    assert (notice["workbook"], notice["cell"]) == ("a.xlsx", "F5")
    assert notice["what"].startswith("the result of a formula here or below may be old")
    assert [remark.code for remark in check_book(book).remarks][:1] == ["results-old"]


# --- raised marks, and what is struck through -----------------------------------------------------

Runs = list[tuple[str, str]]  # texts, each with how it is set: "", "raised", "lowered" or "struck"


def in_xlsx(runs: Runs) -> Sheet:
    stream = io.BytesIO()
    about = {"raised": {"font_script": 1}, "lowered": {"font_script": 2}}
    about |= {"struck": {"font_strikeout": True}, "": {}}
    with xlsxwriter.Workbook(stream) as book:
        pieces: list[Any] = []
        for text, how in runs:
            pieces += [book.add_format({"bold": True, **about[how]}), text]
        page = book.add_worksheet("Lines")
        if len(runs) == 1:
            page.write_string(0, 0, runs[0][0], pieces[0])
        else:
            page.write_rich_string(0, 0, *pieces)
    return only(stream.getvalue(), "a.xlsx")


def in_one_cell(runs: Runs) -> Sheet:
    """The same as a text of the cell itself, as other programs write it."""
    about = {"": "", "raised": '<vertAlign val="superscript"/>', "struck": '<strike val="1"/>'}
    about["lowered"] = '<vertAlign val="subscript"/><strike val="0"/>'
    texts = "".join(f"<r><rPr>{about[how]}</rPr><t>{escape(text)}</t></r>" for text, how in runs)
    return only(xlsx(f'<row r="1"><c r="A1" t="inlineStr"><is>{texts}</is></c></row>'), "a.xlsx")


def in_xls(runs: Runs) -> Sheet:
    def font(how: str) -> xlwt.Font:
        made = xlwt.Font()
        made.escapement = {"raised": 1, "lowered": 2}.get(how, 0)
        made.struck_out = how == "struck"
        return made

    book, stream = xlwt.Workbook(), io.BytesIO()
    style = xlwt.XFStyle()
    style.font = font(runs[0][1])
    page = book.add_sheet("Lines")
    page.write_rich_text(0, 0, [(text, font(how)) for text, how in runs], style)
    book.save(stream)
    return only(stream.getvalue(), "a.xls")


def in_ods(runs: Runs) -> Sheet:
    document, stream = OpenDocumentSpreadsheet(), io.BytesIO()
    about = {"raised": {"textposition": "super 58%"}, "lowered": {"textposition": "-33% 58%"}}
    about |= {"struck": {"textlinethroughstyle": "solid"}, "": {"fontweight": "bold"}}
    for how, properties in about.items():
        style = Style(name=f"s{how}", family="text")
        style.addElement(TextProperties(**properties))
        document.automaticstyles.addElement(style)
    cell, paragraph = TableCell(valuetype="string"), P()
    for text, how in runs:
        paragraph.addElement(Span(stylename=f"s{how}", text=text))
    cell.addElement(paragraph)
    row, table = TableRow(), Table(name="Lines")
    row.addElement(cell)
    table.addElement(row)
    document.spreadsheet.addElement(table)
    document.write(stream)
    return only(stream.getvalue(), "a.ods")


WRITERS = [in_xlsx, in_one_cell, in_xls, in_ods]


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize(
    ("runs", "text"),
    [
        ([("318", ""), ("2", "raised")], "318²"),
        ([("£5.9m", ""), (" (10)", "raised")], "£5.9m ⁽¹⁰⁾"),
        ([("318", ""), ("a", "raised")], "318ᵃ"),
        ([("2015/16", ""), ("1,2", "raised")], "2015/16¹,²"),
        ([("CO", ""), ("2", "lowered"), (" plan", "")], "CO₂ plan"),
        ([("1", ""), ("st", "raised"), (" April", "")], "1st April"),
        ([("SEND", ""), (" & schools", "")], "SEND & schools"),
    ],
)
def test_a_raised_mark_is_no_digit(write: Any, runs: Runs, text: str) -> None:
    assert write(runs).at(1, 1).value == text


@pytest.mark.parametrize("text", ["318²", "318 ²", "318⁽¹⁾", "318ᵃ", "318¹,²", "318¹⁰"])
def test_an_amount_with_a_raised_mark_is_the_amount(text: str) -> None:
    tables = read(sheet_of("schedule.xlsx", ("£000",), HEADINGS, (*LINE, text)))
    assert list(tables.savings["amount_pence"].dropna()) == [31_800_000]


@pytest.mark.parametrize("write", WRITERS)
def test_an_amount_of_which_a_part_is_struck_through_is_refused(write: Any) -> None:
    written = write([("40", "struck"), ("60", "")])
    schedule = sheet_of("schedule.xlsx", ("£000",), HEADINGS, (*LINE, written.at(1, 1).value))
    assert written.struck == {(1, 1)}
    schedule.struck.add((3, 5))
    schedule.unclear[3, 5] = written.unclear[1, 1]
    tables = read(schedule)
    (sentence,) = tables.refusals["sentence"]
    assert sentence == (
        "schedule.xlsx, sheet Sheet, cell E3: '4060' can be read two ways: part of it is struck"
        " through (write a number, nil, TBC, or leave blank)."
    )
    assert notices(tables) == [
        ("E3", "a struck-through line of the table of savings, which is read like any other")
    ]


@pytest.mark.parametrize("write", WRITERS)
def test_a_text_that_is_struck_through_as_a_whole_can_be_read_one_way(write: Any) -> None:
    sheet = write([("Library ", "struck"), ("Hours", "struck")])
    assert (sheet.struck, sheet.unclear) == ({(1, 1)}, {})


def test_a_cell_is_struck_through_by_its_style() -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        page, struck = book.add_worksheet("Lines"), book.add_format({"font_strikeout": True})
        for row, line in enumerate((("£000",), HEADINGS, (*LINE, 40, 60), (*LINE, 70, 80))):
            page.write_row(row, 0, line, struck if row == 3 else None)
    sheet = only(stream.getvalue(), "schedule.xlsx")
    assert sheet.struck == {(4, column) for column in range(1, 7)}
    assert notices(read(sheet)) == [
        ("E4", "a struck-through line of the table of savings, which is read like any other")
    ]
    codes = {
        remark.code: remark for remark in check_book(Book("schedule.xlsx", [sheet], "")).remarks
    }
    assert codes["struck-through"].message == (
        "Lines, row 4: struck through in whole or in part, but included in the table's figures."
    )


def test_an_old_cell_and_one_of_opendocument_are_struck_through_by_their_style() -> None:
    book, stream = xlwt.Workbook(), io.BytesIO()
    book.add_sheet("Lines").write(0, 0, 40, xlwt.easyxf("font: struck_out true"))
    book.save(stream)
    assert only(stream.getvalue(), "a.xls").struck == {(1, 1)}
    styles = (
        '<style:style style:name="base" style:family="table-cell"><style:text-properties'
        ' style:text-line-through-type="single"/></style:style>'
        '<style:style style:name="own" style:family="table-cell"'
        ' style:parent-style-name="base"/>'
    )
    row = (
        '<table:table-row table:number-rows-repeated="2"><table:table-cell'
        ' table:style-name="own" office:value-type="float" office:value="40"/></table:table-row>'
    )
    assert only(ods(row, styles=styles), "a.ods").struck == {(1, 1), (2, 1)}


# --- rows and columns of no size ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "rows", "hidden"),
    [
        ("", '<row r="1"{}/><row r="2" ht="0" customHeight="1"{}/>', {2}),
        ("", '<row r="1"{}/><row r="2" ht="0.0"{}/>', {2}),
        ('<sheetFormatPr zeroHeight="1"/>', '<row r="1" ht="15"{}/><row r="2"{}/>', {2}),
        ('<sheetFormatPr defaultRowHeight="0"/>', '<row r="1" ht="15"{}/><row r="2"{}/>', {2}),
        # Where only blank rows are hidden, the filled ones state no height.
        ('<sheetFormatPr zeroHeight="1"/>', '<row r="1"{}/><row r="2"{}/>', set()),
        ('<sheetFormatPr defaultRowHeight="15"/>', '<row r="1" ht="15"{}/><row r="2"{}/>', set()),
    ],
)
def test_a_row_of_no_height_is_hidden(before: str, rows: str, hidden: set[int]) -> None:
    filled = rows.replace("{}/>", "><c><v>40</v></c></row>")
    assert only(xlsx(filled, before=before), "a.xlsx").hidden_rows == hidden


@pytest.mark.parametrize(
    ("before", "hidden"),
    [
        ('<cols><col min="2" max="2" width="0" customWidth="1"/></cols>', {2}),
        (
            '<sheetFormatPr defaultColWidth="0"/><cols><col min="1" max="1" width="9"/></cols>',
            {2},
        ),
        ('<sheetFormatPr baseColWidth="0"/><cols><col min="1" max="1" width="9"/></cols>', set()),
    ],
)
def test_a_column_of_no_width_is_hidden(before: str, hidden: set[int]) -> None:
    row = '<row r="1"><c><v>40</v></c><c><v>60</v></c></row>'
    assert only(xlsx(row, before=before), "a.xlsx").hidden_columns == hidden


def test_rows_and_columns_of_no_size_in_an_old_workbook() -> None:
    book, stream = xlwt.Workbook(), io.BytesIO()
    sheet = book.add_sheet("Lines")
    for row in range(3):
        sheet.write(row, 0, 40)
        sheet.write(row, 1, 60)
    sheet.row(1).height = 0
    sheet.row(1).height_mismatch = True
    sheet.col(1).width = 0
    book.save(stream)
    found = only(stream.getvalue(), "a.xls")
    assert (found.hidden_rows, found.hidden_columns) == ({2}, {2})


def test_rows_and_columns_of_no_size_in_opendocument() -> None:
    def style(name: str, family: str, about: str) -> str:
        return (
            f'<style:style style:name="{name}" style:family="table-{family}">'
            f"<style:table-{family}-properties {about}/></style:style>"
        )

    styles = style("flat", "row", 'style:row-height="0in"')
    styles += style("optimal", "row", 'style:row-height="0in" style:use-optimal-row-height="true"')
    styles += style("thin", "column", 'style:column-width="0.00cm"')
    styles += style("wide", "column", 'style:column-width="2cm"')
    cells = '<table:table-cell office:value-type="float" office:value="40"/>' * 2
    columns = "".join(
        f'<table:table-column table:style-name="{name}"/>' for name in ("wide", "thin")
    )
    rows = "".join(
        f'<table:table-row table:style-name="{name}">{cells}</table:table-row>'
        for name in ("any", "flat", "optimal")
    )
    group = f'<table:table-row-group table:display="false">{rows}</table:table-row-group>'
    found = only(ods(columns + rows + group, styles=styles), "a.ods")
    assert (found.hidden_rows, found.hidden_columns) == ({2, 4, 5, 6}, {2})
