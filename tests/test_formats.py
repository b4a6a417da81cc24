"""One small workbook in each format, and by other readers too: the same cells."""

import io
import struct
import zipfile
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import hostile_files
import pytest
import xlsxwriter
import xlwt
from hostile_files import RELATED, archive, ods, ods_parts, relations, xlsx, xlsx_parts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odf.number import Number, NumberStyle, PercentageStyle, Text
from odf.opendocument import OpenDocumentSpreadsheet
from odf.style import Style
from odf.table import Table, TableCell, TableRow
from odf.text import P
from other_readers import by_calamine, by_openpyxl

from ffanalysis.errors import WorkbookUnreadable
from ffanalysis.sheets.cells import GENERAL, Cell, NotCalculated, Sheet
from ffanalysis.sheets.open_workbook import read_content, read_workbook

Row = tuple[Any, ...]

DAY = datetime(2015, 9, 30)  # noqa: DTZ001 - a cell's date has no zone
# £ ’ – … and é differ in each of the encodings that a .csv comes in.
ROWS: tuple[Row, ...] = (
    ("Service", "Basis", "2015/16", "2016/17", "Share"),
    ("SEND – children’s", "£ … controllable", 1083, -0.5, 0.25),
    ("Café; other", 'net, "revised"', 0, 5.125, 1),
    ("Total", None, 1083, 4.625, None),
)
FORMATS = (None, None, "#,##0", "0.000", "0.0%")
CODES = ("£#,##0", "#,##0.00", "0.000", "0.0%", GENERAL)


def values_of(sheet: Sheet) -> dict[str, Any]:
    return {cell.address: cell.value for cell in sheet.cells()}


def written(rows: tuple[Row, ...] = ROWS) -> dict[str, Any]:
    """The values of some rows by address."""
    cells = (
        Cell(row, column, value)
        for row, line in enumerate(rows, 1)
        for column, value in enumerate(line, 1)
    )
    return {cell.address: cell.value for cell in cells if cell.value is not None}


def decimals_of(sheet: Sheet) -> dict[str, tuple[int | None, bool]]:
    return {
        cell.address: (cell.decimals, cell.is_percentage)
        for cell in sheet.cells()
        if cell.is_number
    }


def only(content: bytes, name: str = "budget.xlsx") -> Sheet:
    (sheet,) = read_content(name, content).sheets
    return sheet


def in_one_row(cells: str, **more: Any) -> dict[str, Any]:
    """The values of a workbook with these cells in its first row."""
    return values_of(only(xlsx(f'<row r="1">{cells}</row>', **more)))


# --- the same workbook in each format -------------------------------------------------------------


def as_xlsx() -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("Savings")
        formats = [book.add_format({"num_format": code}) if code else None for code in FORMATS]
        for row, line in enumerate(ROWS):
            for column, value in enumerate(line):
                sheet.write(row, column, value, formats[column])
    return stream.getvalue()


def as_xls() -> bytes:
    book, stream = xlwt.Workbook(), io.BytesIO()
    sheet = book.add_sheet("Savings")
    styles = [xlwt.easyxf(num_format_str=code or GENERAL) for code in FORMATS]
    for row, line in enumerate(ROWS):
        for column, value in enumerate(line):
            if value is not None:
                sheet.write(row, column, value, styles[column])
    book.save(stream)
    return stream.getvalue()


def as_ods() -> bytes:
    document, stream = OpenDocumentSpreadsheet(), io.BytesIO()
    whole = NumberStyle(name="whole")
    whole.addElement(Number(decimalplaces=0, minintegerdigits=1, grouping=True))
    thousandths = NumberStyle(name="thousandths")
    thousandths.addElement(Number(decimalplaces=3, minintegerdigits=1))
    share = PercentageStyle(name="share")
    share.addElement(Number(decimalplaces=1, minintegerdigits=1))
    share.addElement(Text(text="%"))
    for style in (whole, thousandths, share):
        document.automaticstyles.addElement(style)
        document.automaticstyles.addElement(
            Style(
                name=f"cell-{style.getAttribute('name')}",
                family="table-cell",
                datastylename=style.getAttribute("name"),
            )
        )
    names = (None, None, "cell-whole", "cell-thousandths", "cell-share")
    table = Table(name="Savings")
    for line in ROWS:
        row = TableRow()
        for name, value in zip(names, line, strict=True):
            about = {"stylename": name} if name else {}
            if isinstance(value, str):
                cell = TableCell(valuetype="string", **about)
                cell.addElement(P(text=value))
            else:
                cell = TableCell(
                    **({} if value is None else {"valuetype": "float", "value": value}), **about
                )
            row.addElement(cell)
        table.addElement(row)
    document.spreadsheet.addElement(table)
    document.write(stream)
    return stream.getvalue()


def as_csv(encoding: str, delimiter: str) -> bytes:
    def field(value: Any) -> str:
        text = "" if value is None else str(value)
        return '"' + text.replace('"', '""') + '"' if {'"', delimiter} & set(text) else text

    return "".join(delimiter.join(map(field, line)) + "\r\n" for line in ROWS).encode(encoding)


@pytest.mark.parametrize(
    ("name", "content", "engine"),
    [
        ("budget.xlsx", as_xlsx(), "streaming"),
        ("budget.xls", as_xls(), "xlrd"),
        ("budget.ods", as_ods(), "streaming"),
    ],
)
def test_each_format_gives_the_same_values_and_decimals(
    tmp_path: Path, name: str, content: bytes, engine: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    book = read_workbook(path)
    (sheet,) = book.sheets
    assert (book.name, book.engine, book.instead_of, sheet.name) == (name, engine, "", "Savings")
    assert values_of(sheet) == written()
    assert decimals_of(sheet) == {
        **dict.fromkeys(("C2", "C3", "C4"), (0, False)),
        **dict.fromkeys(("D2", "D3", "D4"), (3, False)),
        **dict.fromkeys(("E2", "E3"), (1, True)),
    }


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252", "mac_roman"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_is_read_in_whichever_encoding_and_with_whichever_delimiter(
    encoding: str, delimiter: str
) -> None:
    sheet = only(as_csv(encoding, delimiter), "Savings.csv")
    assert sheet.name == "Savings"
    assert values_of(sheet) == written()
    assert decimals_of(sheet)["D3"] == (3, False)
    assert decimals_of(sheet)["C2"] == (None, False)


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("007,1 025,1.50,-3", ["007", "1 025", 1.5, -3]),
        ('"1,025",£1.083m,(318),1025-', ["1,025", "£1.083m", "(318)", "1025-"]),
        ("nan,inf,1e5,1_000", ["nan", "inf", "1e5", "1_000"]),
        ("١٢,=1+1,-0,1234567890123456", ["١٢", "=1+1", "-0", "1234567890123456"]),
        ("a\u2028b,c\x0bd,e\x85f,x", ["a\u2028b", "cd", "ef", "x"]),
    ],
)
def test_only_plain_numbers_of_a_csv_are_numbers_and_only_line_ends_end_a_line(
    line: str, read: list[Any]
) -> None:
    sheet = only(f"{line}\r\nnext\r\n".encode(), "a.csv")
    assert [cell.value for cell in sheet.cells()] == [*read, "next"]


def test_old_line_ends_and_lines_within_quotes() -> None:
    assert values_of(only(b"a,b\r1,2\r", "a.csv")) == {"A1": "a", "B1": "b", "A2": 1, "B2": 2}
    assert values_of(only(b'"a\nb",c\n1,2\n', "a.csv")) == {
        "A1": "a\nb",
        "B1": "c",
        "A2": 1,
        "B2": 2,
    }


# --- what is hidden, merged, dated ----------------------------------------------------------------


def rich_xlsx(*, epoch_1904: bool = False) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"date_1904": epoch_1904}) as book:
        sheet, hidden, deeply = (
            book.add_worksheet(name) for name in ("Savings", "Hidden", "Deeply hidden")
        )
        day, clock, span = (
            book.add_format({"num_format": code}) for code in ("dd/mm/yyyy", "hh:mm", "[h]:mm")
        )
        red, bold = book.add_format({"color": "red"}), book.add_format({"bold": True})
        sheet.write_datetime("A1", DAY, day)
        sheet.write_datetime("B1", DAY + timedelta(hours=12.5), day)
        sheet.write_number("C1", 0.75, clock)
        sheet.write_number("D1", 1.5, span)
        sheet.write_boolean("A2", True)
        sheet.write_boolean("B2", False)
        sheet.write_formula("C2", "=1/0", None, "#DIV/0!")
        sheet.write_formula("A3", "=1+1", book.add_format({"num_format": "0.00"}), 2.5)
        sheet.write_formula("B3", '="a"&"b"', None, "ab")
        sheet.write_rich_string("C3", red, "SEND", bold, " & schools")
        sheet.write_string("D3", " spaced\nout ")
        sheet.merge_range("A5:C6", "merged")
        sheet.write_number("A8", -1234.5, book.add_format({"num_format": "#,##0.0;(#,##0.0)"}))
        sheet.write_number("B8", 1e21)
        sheet.write_number("C8", 1 / 3)
        sheet.set_row(7, None, None, {"hidden": True})
        sheet.set_column("B:C", None, None, {"hidden": True})
        hidden.write("A1", 1)
        hidden.hide()
        deeply.write("B2", 2)
        deeply.very_hidden()
    return stream.getvalue()


RICH = {
    "A1": DAY,
    "B1": DAY + timedelta(hours=12.5),
    "C1": time(18),
    "D1": timedelta(days=1.5),
    "A2": True,
    "B2": False,
    "C2": "#DIV/0!",
    "A3": 2.5,
    "B3": "ab",
    "C3": "SEND & schools",
    "D3": " spaced\nout ",
    "A5": "merged",
    "A8": -1234.5,
    "B8": 1e21,
    "C8": 0.3333333333333333,
}


@pytest.mark.parametrize("epoch_1904", [False, True])
@pytest.mark.parametrize("reader", [read_content, by_openpyxl, by_calamine])
def test_each_reader_gives_the_same_cells(reader: Any, epoch_1904: bool) -> None:
    book = reader("budget.xlsx", rich_xlsx(epoch_1904=epoch_1904))
    savings, hidden, deeply = book.sheets
    found = values_of(savings)
    if reader is by_calamine:
        found["C2"] = RICH["C2"]  # it knows no errors
    assert found == RICH
    assert {name: type(value) for name, value in found.items()} == {
        name: type(value) for name, value in RICH.items()
    }
    assert (values_of(hidden), values_of(deeply)) == ({"A1": 1}, {"B2": 2})
    assert [sheet.hidden for sheet in book.sheets] == [False, True, True]
    if reader is not by_calamine:
        codes = {cell.address: cell.number_format for cell in savings.cells()}
        assert (codes["A3"], codes["A8"], codes["B8"]) == ("0.00", "#,##0.0;(#,##0.0)", GENERAL)
        assert (savings.hidden_rows, savings.hidden_columns, savings.merges) == (
            {8},
            {2, 3},
            [(5, 1, 6, 3)],
        )


def test_an_old_workbook_tells_what_is_hidden_merged_and_dated() -> None:
    book, stream = xlwt.Workbook(), io.BytesIO()
    sheet, hidden = book.add_sheet("Savings"), book.add_sheet("Hidden")
    sheet.write(0, 0, DAY, xlwt.easyxf(num_format_str="DD/MM/YYYY"))
    sheet.write(0, 1, 0.75, xlwt.easyxf(num_format_str="hh:mm"))
    sheet.write(0, 2, 1.5, xlwt.easyxf(num_format_str="[h]:mm"))
    sheet.write(0, 3, True)
    sheet.write(0, 4, 5e9, xlwt.easyxf(num_format_str="DD/MM/YYYY"))
    sheet.write_merge(2, 3, 0, 2, "merged")
    sheet.row(4).write(0, 2.0)
    sheet.row(4).hidden = True
    sheet.col(1).hidden = True
    hidden.write(0, 0, 1)
    hidden.visibility = 1
    book.save(stream)
    savings, other = read_content("budget.xls", stream.getvalue()).sheets
    assert values_of(savings) == {
        "A1": DAY,
        "B1": time(18),
        "C1": timedelta(days=1.5),
        "D1": True,
        "E1": "#VALUE!",
        "A3": "merged",
        "A5": 2,
    }
    assert (savings.hidden_rows, savings.hidden_columns, savings.merges) == (
        {5},
        {2},
        [(3, 1, 4, 3)],
    )
    assert (savings.hidden, other.hidden) == (False, True)


# --- .xlsx as other programs write it -------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        ('<c r="A1" t="inlineStr"><is><t>SEND</t></is></c>', {"A1": "SEND"}),
        (
            '<c r="A1"><is><t>x</t></is></c><c r="B1" t="inlineStr"><is><t>SEND</t></is></c>',
            {"B1": "SEND"},
        ),
        (
            (
                '<c r="A1" t="inlineStr"><is><r><t>S</t></r><r><t>END</t></r><rPh sb="0"'
                ' eb="1"><t>aid</t></rPh></is></c>'
            ),
            {"A1": "SEND"},
        ),
        ('<c r="A1" t="str"><v>a_x000D_b_x005F_x0041_</v></c>', {"A1": "a\rb_x0041_"}),
        (
            '<c r="A1" t="b"><v>1</v></c><c r="B1" t="e"><v>#REF!</v></c>',
            {"A1": True, "B1": "#REF!"},
        ),
        ("<c><v>1</v></c><c/><c><v>2.50</v></c>", {"A1": 1, "C1": 2.5}),
        ('<c><v>1</v></c><c r="D1"><v>4</v></c><c><v>5</v></c>', {"A1": 1, "D1": 4, "E1": 5}),
        ('<c r="A1"><v>2015.0</v></c><c r="B1"><v>1E3</v></c>', {"A1": 2015, "B1": 1000}),
        ('<c r="A1" t="s"><v>1</v></c><c r="B1"> <v> 7 </v> </c>', {"A1": "SEND", "B1": 7}),
        ('<c r="A1" t="d"><v>2015-09-30</v></c>', {"A1": DAY}),
        (
            '<c r="A1" s="2"><v>42277</v></c><c r="B1" s="2"><v>1e9</v></c>',
            {"A1": DAY, "B1": "#VALUE!"},
        ),
        (
            '<c r="A1"><f>B1</f></c><c r="B1"><f>1</f><v></v></c>',
            {"A1": NotCalculated("=B1"), "B1": NotCalculated("=1")},
        ),
        ('<c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>""</f><v></v></c>', {"A1": 2}),
        ('<c r="A1"><f t="shared" si="0"/></c>', {"A1": NotCalculated("=")}),
        (
            '<c r="A1" t="str"><v>a\u200bb\u202ec</v></c><c r="B1" t="str"><v> </v></c>',
            {"A1": "abc"},
        ),
    ],
)
def test_a_cell_holds_what_it_states(cells: str, values: dict[str, Any]) -> None:
    assert in_one_row(cells) == values


def test_a_cell_without_a_style_has_the_first_one() -> None:
    styles = hostile_files.STYLES.replace('<xf numFmtId="0"/>', '<xf numFmtId="3"/>')
    (cell,) = only(
        hostile_files.replaced(
            "xl/styles.xml", styles.encode(), lambda: xlsx_parts("<row><c><v>5</v></c></row>")
        )
    ).cells()
    assert (cell.value, cell.number_format) == (5, "#,##0")


def plain() -> dict[str, Any]:
    return {"A1": "Service", "B1": 1.083}


def prefixed(part: bytes) -> bytes:
    """A part whose elements all have a prefix."""
    text = (
        part.decode()
        .replace("<", "<x:")
        .replace("<x:/", "</x:")
        .replace("<x:?", "<?")
        .replace("xmlns=", "xmlns:x=")
    )
    return text.encode()


def test_names_may_have_a_prefix() -> None:
    parts = {
        name: prefixed(part) if name.startswith("xl/") and "rels" not in name else part
        for name, part in xlsx_parts().items()
    }
    assert values_of(only(archive(parts))) == plain()


def test_the_strict_kind_has_other_namespaces() -> None:
    strict = {
        name: (
            part.replace(
                hostile_files.MAIN.encode(), b"http://purl.oclc.org/ooxml/spreadsheetml/main"
            ).replace(RELATED.encode(), b"http://purl.oclc.org/ooxml/officeDocument/relationships")
        )
        for name, part in xlsx_parts().items()
    }
    assert values_of(only(archive(strict))) == plain()


@pytest.mark.parametrize(
    "rename", [str.upper, lambda name: name.replace("/", "\\"), lambda name: "/" + name]
)
def test_parts_may_be_named_in_another_way(rename: Any) -> None:
    assert (
        values_of(only(archive({rename(name): part for name, part in xlsx_parts().items()})))
        == plain()
    )


def test_a_chart_sheet_is_no_sheet_of_cells_and_hidden_columns_may_overlap() -> None:
    parts = xlsx_parts(
        before=(
            '<cols><col min="4" max="9" hidden="1"/><col min="2" max="5" hidden="true"/><col'
            ' min="20" max="20"/></cols>'
        )
    )
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(
        b"</sheets>", b'<sheet name="C" sheetId="9" r:id="r4"/></sheets>'
    )
    chart = (
        f'<Relationship Id="r4" Type="{RELATED}/chartsheet"'
        ' Target="chartsheets/sheet1.xml"/></Relationships>'.encode()
    )
    rels = "xl/_rels/workbook.xml.rels"
    sheet = only(archive(parts | {rels: parts[rels].replace(b"</Relationships>", chart)}))
    assert sheet.hidden_columns == set(range(2, 10))


def test_values_from_other_workbooks_are_noticed() -> None:
    formulas = {
        "A1": "[1]Sheet1!A1",
        "B1": "SUM('[1]The sheet'!A1:A9,[2]x!B2)",
        "C1": "SUM(Table1[2015])",
        "D1": "Table1[[#This Row],[2016]]",
        "E1": '"[1]"&amp;A1',
        "H1": "'[base-budget.xlsx]The sheet'!A1+1",
        "I1": "Table1[Total]*Sheet2!A1+Table1[[#This Row],[2016]]*Sheet2!B1",
    }
    cells = {
        address: f'<c r="{address}"><f>{formula}</f><v>1</v></c>'
        for address, formula in formulas.items()
    }
    shared = (
        '<c r="F1"><f t="shared" si="0" ref="F1:G1">[1]S!A1</f><v>1</v></c><c r="G1"><f t="shared"'
        ' si="0"/><v>1</v></c>'
    )
    parts = xlsx_parts(f'<row r="1">{"".join(cells.values())}{shared}</row>')
    link = (
        f'<Relationship Id="r4" Type="{RELATED}/externalLink"'
        ' Target="externalLinks/externalLink1.xml"/></Relationships>'.encode()
    )
    rels = "xl/_rels/workbook.xml.rels"
    parts |= {
        rels: parts[rels].replace(b"</Relationships>", link),
        "xl/externalLinks/externalLink1.xml": b"<externalLink/>",
        "xl/externalLinks/_rels/externalLink1.xml.rels": (
            relations(("externalLinkPath", "base-budget.xlsx")).replace(
                b" Target=", b' TargetMode="External" Target='
            )
        ),
    }
    book = read_content("budget.xlsx", archive(parts))
    assert book.links == ("base-budget.xlsx",)
    assert book.sheets[0].linked == ["A1", "B1", "H1", "F1", "G1"]


# --- OpenDocument as other programs write it ------------------------------------------------------


def data_style(name: str, inside: str, kind: str = "number") -> str:
    return f'<number:{kind}-style style:name="{name}">{inside}</number:{kind}-style>'


def digits(places: int, about: str = "") -> str:
    return f'<number:number number:decimal-places="{places}" {about}/>'


GROUPED = digits(0, 'number:grouping="true"')
STYLES = (
    data_style("n1", digits(3, 'number:min-decimal-places="1"'))
    + data_style("n2P0", GROUPED)
    + data_style(
        "n2",
        f"<number:text>(</number:text>{GROUPED}<number:text>)</number:text>"
        '<style:map style:condition="value()&gt;=0" style:apply-style-name="n2P0"/>',
    )
    + data_style("n3", digits(1, 'number:display-factor="1000"'))
    + data_style("n4", '<number:number number:min-integer-digits="1"/>')
    + data_style("n5", f"<number:currency-symbol>£</number:currency-symbol>{digits(2)}", "currency")
    + data_style("n6", f"{digits(1)}<number:text>%</number:text>", "percentage")
    + data_style("n7", '<number:scientific-number number:decimal-places="2"/>')
    + '<style:style style:name="top" style:family="table-cell" style:data-style-name="n1"/>'
    '<style:style style:name="hidden" style:family="table">'
    '<style:table-properties table:display="false"/></style:style>'
) + "".join(
    f'<style:style style:name="c{n}" style:family="table-cell" style:data-style-name="n{n}"/>'
    for n in range(1, 8)
)


def number(value: object, about: str = "") -> str:
    return f'<table:table-cell office:value-type="float" office:value="{value}" {about}/>'


def rows_of(*rows: str) -> str:
    return "".join(f"<table:table-row>{cells}</table:table-row>" for cells in rows)


@pytest.mark.parametrize(
    ("style", "code"),
    [
        ("c1", "0.0##"),
        ("c2", "#,##0;(#,##0)"),
        ("c3", "0.0,"),
        ("c4", GENERAL),
        ("c5", "£0.00"),
        ("c6", "0.0%"),
        ("c7", "0.00E+00"),
        ("under", "0.0##"),
        ("nowhere", GENERAL),
    ],
)
def test_a_number_format_is_that_of_the_cells_style_or_of_one_above(style: str, code: str) -> None:
    under = (
        '<style:style style:name="under" style:family="table-cell" style:parent-style-name="top"/>'
    )
    (cell,) = only(
        ods(rows_of(number(5, f'table:style-name="{style}"')), styles=under + STYLES), "budget.ods"
    ).cells()
    assert (cell.value, cell.number_format) == (5, code)


def test_styles_come_from_the_row_the_column_and_the_common_styles() -> None:
    spaces = (
        hostile_files.ods_parts("")["content.xml"]
        .decode()
        .partition("<office:document-content ")[2]
        .partition(">")[0]
    )
    common = (
        "<office:document-styles"
        f" {spaces}><office:styles>{STYLES}</office:styles><office:automatic-styles>"
    )
    common += (
        '<style:style style:name="c2"'
        ' style:family="table-cell"/></office:automatic-styles></office:document-styles>'
    )
    rows = (
        '<table:table-column/><table:table-column table:number-columns-repeated="2"'
        ' table:default-cell-style-name="c2"/>'
        + rows_of(number(1) + number(2) + number(3) + number(4))
        + f'<table:table-row table:default-cell-style-name="c3">{number(5)}</table:table-row>'
    )
    sheet = only(archive(ods_parts(rows) | {"styles.xml": common.encode()}), "budget.ods")
    codes = {cell.address: cell.number_format for cell in sheet.cells()}
    assert codes == {
        "A1": GENERAL,
        "B1": "#,##0;(#,##0)",
        "C1": "#,##0;(#,##0)",
        "D1": GENERAL,
        "A2": "0.0,",
    }


def text(inside: str, about: str = "") -> str:
    return f'<table:table-cell office:value-type="string" {about}>{inside}</table:table-cell>'


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (text("<text:p>SEND</text:p>"), "SEND"),
        (
            text(
                "<text:p>a<text:s"
                " text:c='2'/>b<text:tab/>c<text:line-break/>d</text:p><text:p>e</text:p>"
            ),
            "a  b\tc\nd\ne",
        ),
        (
            text(
                "<office:annotation><text:p>note</text:p></office:annotation><text:p>SEND</text:p>"
            ),
            "SEND",
        ),
        (
            text("<draw><text:p>drawn</text:p></draw><text:p><text:span>SE</text:span>ND</text:p>"),
            "SEND",
        ),
        (
            text(
                "<text:p><text:ruby><text:ruby-base>SEND</text:ruby-base><text:ruby-text>aid</text:ruby-text></text:ruby></text:p>"
            ),
            "SEND",
        ),
        (text("<text:p>shown</text:p>", 'office:string-value="held"'), "held"),
        ('<table:table-cell table:formula="of:=1+1"/>', NotCalculated("of:=1+1")),
        (
            (
                '<table:table-cell table:formula="of:=&quot;&quot;"'
                ' office:value-type="string"><text:p/></table:table-cell>'
            ),
            None,
        ),
        (number(1, 'table:formula="of:=TRUE()"'), True),
        (
            number(0, 'table:formula="of:=1/0"').replace(
                "/>", "><text:p>#DIV/0!</text:p></table:table-cell>"
            ),
            "#DIV/0!",
        ),
        ('<table:table-cell office:value-type="boolean" office:boolean-value="true"/>', True),
        ('<table:table-cell office:value-type="date" office:date-value="2015-09-30"/>', DAY),
        ('<table:table-cell office:value-type="time" office:time-value="PT18H00M00S"/>', time(18)),
        (
            '<table:table-cell office:value-type="time" office:time-value="PT36H00M00S"/>',
            timedelta(days=1.5),
        ),
        ('<table:table-cell office:value-type="percentage" office:value="0.25"/>', 0.25),
        ('<table:table-cell office:value-type="currency" office:value="1083.0"/>', 1083),
    ],
)
def test_an_opendocument_cell_holds_what_it_states(cell: str, value: object) -> None:
    assert values_of(only(ods(rows_of(cell)), "budget.ods")).get("A1") == value


def test_an_opendocument_sheet_repeats_hides_and_merges() -> None:
    hiding = 'table:visibility="collapse"'
    rows = (
        f'<table:table-column/><table:table-column table:number-columns-repeated="2" {hiding}/>'
        + rows_of(number(1, 'table:number-columns-repeated="3"') + number(2))
        + f'<table:table-row table:number-rows-repeated="2" {hiding}>{number(3)}</table:table-row>'
        + rows_of(
            number(4, 'table:number-columns-spanned="2" table:number-rows-spanned="2"')
            + "<table:covered-table-cell/>"
            + number(5)
        )
        + '<table:table-row table:number-rows-repeated="1048570"><table:table-cell'
        ' table:number-columns-repeated="16384"/>' + "</table:table-row>"
    )
    parts = ods_parts(rows, styles=STYLES)
    end = b"</table:table></office:spreadsheet>"
    more = (
        b'</table:table><table:table table:name="Hidden"'
        b' table:style-name="hidden"><table:table-row/>' + end
    )
    parts["content.xml"] = parts["content.xml"].replace(end, more)
    savings, hidden = read_content("budget.ods", archive(parts)).sheets
    assert values_of(savings) == {
        "A1": 1,
        "B1": 1,
        "C1": 1,
        "D1": 2,
        "A2": 3,
        "A3": 3,
        "A4": 4,
        "C4": 5,
    }
    assert (savings.hidden_columns, savings.hidden_rows, savings.merges) == (
        {2, 3},
        {2, 3},
        [(4, 1, 5, 2)],
    )
    assert (savings.hidden, hidden.hidden, hidden.name) == (False, True, "Hidden")


def test_an_opendocument_value_of_another_workbook_is_noticed() -> None:
    linked = number(7, "table:formula=\"of:=['file:///budgets/base-budget.ods'#$Sheet1.A1]\"")
    own = number(8, 'table:formula="of:=[.A1]+1"')
    parts = ods_parts(rows_of(linked + own))
    kept = (
        "</table:table><table:table"
        f" table:name=\"'file:///budgets/base-budget.ods'#$Sheet1\">{rows_of(number(7))}"
    )
    parts["content.xml"] = parts["content.xml"].replace(
        b"</table:table></office:spreadsheet>",
        f"{kept}</table:table></office:spreadsheet>".encode(),
    )
    book = read_content("budget.ods", archive(parts))
    assert [(sheet.name, sheet.linked) for sheet in book.sheets] == [("Savings", ["A1"])]
    assert book.links == ("file:///budgets/base-budget.ods",)


# --- a workbook that is not in order --------------------------------------------------------------


def test_a_missing_drawing_on_which_other_readers_fail_costs_no_cells() -> None:
    parts = hostile_files.parts_of(as_xlsx())
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b"</worksheet>", b'<drawing r:id="r1"/></worksheet>')
    drawing = relations(("drawing", "../drawings/drawing1.xml"))
    content = archive(parts | {"xl/worksheets/_rels/sheet1.xml.rels": drawing})
    with pytest.raises(KeyError, match="drawing1"):
        by_openpyxl("budget.xlsx", content)
    book = read_content("budget.xlsx", content)
    assert (book.engine, book.instead_of) == ("streaming", "")
    assert values_of(book.sheets[0]) == written()


def refused(content: bytes, why: str = "the file is damaged") -> None:
    """Refused in one sentence that says what to do."""
    with pytest.raises(WorkbookUnreadable) as error:
        read_content("budget.xlsx", content)
    what_to_do = "Open it in Excel, save it as .xlsx and try again."
    assert str(error.value) == f"budget.xlsx cannot be read: {why}. {what_to_do}"


def test_a_number_format_that_is_not_written_is_not_guessed() -> None:
    # Without it nobody can tell how far an amount is stated.
    styles = hostile_files.STYLES.replace(' formatCode="0.000"', "").encode()
    refused(hostile_files.replaced("xl/styles.xml", styles))


@pytest.mark.parametrize("cell", ['<c r="A1"><f>1+1</f></c>', '<c r="A1" t="e"><v>#REF!</v></c>'])
def test_nor_where_cells_hold_no_numbers(cell: str) -> None:
    styles = hostile_files.STYLES.replace(' formatCode="0.000"', "").encode()
    parts = xlsx_parts(f'<row r="1">{cell}</row>') | {"xl/styles.xml": styles}
    refused(archive(parts))


@pytest.mark.parametrize(
    "part", ["xl/styles.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/workbook.xml"]
)
def test_a_missing_part_is_never_passed_over(part: str) -> None:
    refused(hostile_files.replaced(part, None))


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A1"><v>12abc</v></c>',
        '<c r="A1"><v>1e400</v></c>',
        '<c r="A2"><v>1</v></c>',
        '<c r="A1" t="s"><v>9</v></c>',
        '<c r="A1" t="d"><v>money</v></c>',
        '<c r="XFE1"><v>1</v></c>',
        '<c r="A1"><v>1</v></c><c r="A1"><v>2</v></c>',
    ],
)
def test_of_what_no_cell_can_hold_nothing_is_made(cell: str) -> None:
    refused(xlsx(f'<row r="1">{cell}</row>'))


def test_a_sheet_that_names_no_part_is_never_passed_over() -> None:
    book = xlsx_parts()["xl/workbook.xml"].replace(
        b"</sheets>", b'<sheet name="Lost" sheetId="2"/></sheets>'
    )
    refused(hostile_files.replaced("xl/workbook.xml", book))


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>2</v></c></row>',
        '<row r="2"><c r="A2"><v>1</v></c></row><row r="1"><c r="A1"><v>2</v></c></row>',
    ],
)
def test_cells_out_of_order_are_all_read(rows: str) -> None:
    assert sorted(values_of(only(xlsx(rows))).values()) == [1, 2]


def test_an_old_workbook_whose_parts_claim_the_same_sectors_is_read_leniently() -> None:
    content = bytearray(as_xls())
    root = 512 + 512 * struct.unpack_from("<I", content, 48)[0]
    struct.pack_into(
        "<II", content, root + 116, 0, 4096
    )  # small parts are said to be kept where the workbook is
    book = read_content("budget.xls", bytes(content))
    assert (book.engine, book.instead_of.partition(":")[0]) == ("xlrd, lenient", "CompDocError")
    assert values_of(book.sheets[0]) == written()


def test_a_link_is_no_value_of_a_blank_cell_and_a_merge_hides_no_value() -> None:
    links = '<hyperlinks><hyperlink ref="B1" location="Notes!A1"/></hyperlinks>'
    after = f'<mergeCells><mergeCell ref="C1:D1"/></mergeCells>{links}'
    cells = '<c r="A1"><v>1</v></c><c r="B1" s="1"/><c r="C1"><v>3</v></c><c r="D1"><v>4</v></c>'
    assert in_one_row(cells, after=after) == {"A1": 1, "C1": 3, "D1": 4}


# --- whatever is written, each reader reads -------------------------------------------------------

TEXTS = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=20
).filter(lambda value: value.strip() and "_x" not in value)
NUMBERS = st.one_of(st.integers(-(10**15), 10**15), st.floats(-1e300, 1e300))
VALUES = st.one_of(st.none(), TEXTS, NUMBERS, st.booleans())


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(st.tuples(VALUES, st.sampled_from(CODES)), max_size=6), max_size=6))
def test_each_reader_reads_what_was_written(rows: list[list[tuple[Any, str]]]) -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(
        stream,
        {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False},
    ) as book:
        page = book.add_worksheet("Savings")
        formats = {code: book.add_format({"num_format": code}) for code in CODES}
        for row, line in enumerate(rows):
            for column, (value, code) in enumerate(line):
                page.write(row, column, value, formats[code])
    books = [
        reader("budget.xlsx", stream.getvalue())
        for reader in (read_content, by_openpyxl, by_calamine)
    ]
    first = books[0].sheets[0]
    wanted = {
        Cell(row, column, value).address: value
        for row, line in enumerate(rows, 1)
        for column, (value, _) in enumerate(line, 1)
    }
    for book in books:
        found = values_of(book.sheets[0])
        assert found == {
            address: (
                value
                if not isinstance(value, float)
                else pytest.approx(value, rel=1e-14, abs=1e-300)
            )
            for address, value in values_of(first).items()
        }
        assert {address: type(value) for address, value in found.items()} == {
            a: type(v) for a, v in values_of(first).items()
        }
    for book in books[:2]:
        assert [cell.number_format for cell in book.sheets[0].cells()] == [
            cell.number_format for cell in first.cells()
        ]
    assert values_of(first).keys() == {
        address for address, value in wanted.items() if value is not None
    }


def test_a_zip_is_read_however_it_was_packed() -> None:
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        assert values_of(only(archive(xlsx_parts(), method, 1))) == plain()
