"""PDFs of concept papers: the same words, cells and marks whoever made them, or one sentence."""

import io
import zlib
from contextlib import suppress
from pathlib import Path
from random import Random
from time import monotonic

import pypdf
import pytest
from pdf_papers import (
    BUDGET,
    OUTCOMES,
    PEOPLE,
    PURPOSE,
    RAG,
    STATUS,
    TITLE,
    by_chromium,
    by_libreoffice,
    by_weasyprint,
    form_pdf,
    joined_pages,
    made_of,
    page_html,
    page_of,
    paper_pdf,
    scan_pdf,
    stream,
)
from pdfminer.pdffont import PDFSimpleFont
from small_pdf import pdf_of

from ffanalysis.errors import PaperUnreadable
from ffanalysis.intake.document import Document, Mark, Paragraph, RemarkKind, Table, tables_of
from ffanalysis.intake.pdf.reader import read_pdf

Seen = list[tuple[tuple[int, int, int, int], tuple[str, ...], tuple[Mark, ...]]]


def read(content: bytes | str) -> Document:
    content = content if isinstance(content, bytes) else content.encode("latin-1")
    return read_pdf("paper.pdf", content)


def refusal(content: bytes | str) -> str:
    with pytest.raises(PaperUnreadable) as error:
        read(content)
    sentence = str(error.value)
    assert sentence.startswith("paper.pdf cannot be read: it ")
    assert sentence.endswith(".")
    assert sentence.count("\n") == 0
    return sentence


def seen(table: Table) -> Seen:
    return [
        ((cell.row, cell.column, cell.rows, cell.columns), cell.lines, cell.marks)
        for cell in table.cells
    ]


def rows(table: Table) -> list[list[str]]:
    """The words of a table, row by row, a merged cell once."""
    return [
        [cell.text for cell in table.row(number) if cell.row == number]
        for number in range(table.height)
    ]


def prose(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


def tables(document: Document) -> list[Table]:
    return list(tables_of(document.blocks))


def of_kind(document: Document, kind: RemarkKind) -> list[tuple[str, ...]]:
    return [remark.readings for remark in document.remarks if remark.kind is kind]


@pytest.fixture(scope="module")
def papers() -> tuple[Document, Document]:
    return read(paper_pdf(tagged=True)), read(paper_pdf(tagged=False))


# The paper


def test_the_paper_is_read_the_same_with_tags_and_without(
    papers: tuple[Document, Document],
) -> None:
    tagged, untagged = papers
    assert [seen(table) for table in tables(tagged)] == [seen(table) for table in tables(untagged)]
    assert prose(tagged) == prose(untagged)
    assert tagged.remarks == untagged.remarks == ()


@pytest.mark.parametrize("number", [0, 1])
def test_the_papers_cells_are_where_they_stand(
    papers: tuple[Document, Document], number: int
) -> None:
    kinds, areas, dates, risks, current, proposed, signed = tables(papers[number])
    ticked = (Mark.TICKED,)
    assert seen(kinds) == [
        ((0, 0, 1, 1), ("Type of Saving:",), ()),
        ((0, 1, 1, 1), ("Please tick one box",), ()),
        ((1, 0, 1, 1), ("FURTHER",), ()),
        ((1, 1, 1, 1), (), ticked),
        ((2, 0, 1, 1), ("FASTER",), ()),
        ((2, 1, 1, 1), (), ()),
        ((3, 0, 1, 1), ("NEW",), ()),
        ((3, 1, 1, 1), (), ()),
        ((4, 0, 1, 1), ("CROSS CUTTING",), ()),
        ((4, 1, 1, 1), (), ()),
    ]
    assert [cell.text for cell in areas.cells if cell.row == 1] == ["Children and Families", ""]
    assert [cell.marks for cell in areas.cells if cell.marks] == [ticked]
    assert rows(dates)[3:] == [
        ["SEND services transfer to Babcock (pending agreement)", "2016 TBC"],
        [
            (
                "Further milestones on savings will be established with the provider"
                " post transfer of"
                " services"
            ),
            "",
        ],
    ]
    assert rows(risks)[2][1].splitlines() == [
        (
            "Could transfer this workforce to the provider and include the conversions required as"
            " part of the contract outcomes"
        ),
        (
            "A full review of implications of reducing the workforce will be undertaken prior to"
            " contract efficiencies being made"
        ),
    ]
    assert rows(current) == [
        [
            "2015-16 Base Budget excluding Recharges & Management Restructure (£000)",
            "£5.9m for Education & Skills of which £1.083m is for SEND Services",
        ],
        [
            (
                "Current Savings Programme – applicable to Education & Skills"
                " excluding SEND (£000) &"
                " RAG 2015-17"
            ),
            "",
            "2015/16",
            "2016/17",
            "2017/18",
            "Total",
        ],
        ["Green Delivered", "584", "318", "", ""],
        ["Green On Target", "", "1,025", "344", ""],
        ["Amber", "", "152", "32", ""],
        ["Red", "", "", "", ""],
        ["Total", "584", "1,495", "376", "2,455"],
    ]
    merged = [(cell.row, cell.column, cell.rows, cell.columns) for cell in current.cells]
    assert [each for each in merged if each[2:] != (1, 1)] == [(0, 1, 1, 5), (1, 0, 6, 1)]
    stacked = "\n".join(RAG)
    assert rows(proposed) == [
        ["PROPOSED SAVINGS", "", "", "2016/17", "2017/18", "2018/19", "2019/20", "Total"],
        ["New Savings (Further and New)", "£000's", stacked, "", "100\n100", "", "", "100"],
        ["Existing Savings (Faster)", "£000's", stacked, "", "", "", "", "100"],
        ["TOTAL SAVINGS", "£000's", "", "", "100", "", "", "100"],
    ]
    assert rows(signed)[3] == ["Head of Finance: Steph Simcox", "27.08.2015"]


@pytest.mark.parametrize("number", [0, 1])
def test_the_papers_prose_is_in_paragraphs(papers: tuple[Document, Document], number: int) -> None:
    document = papers[number]
    words = prose(document)
    assert words[:2] == [STATUS, TITLE]
    assert words[3] == PEOPLE
    start = words.index("Purpose:") + 1
    assert tuple(words[start : start + len(PURPOSE)]) == PURPOSE
    headings = [
        block.text for block in document.blocks if isinstance(block, Paragraph) and block.level
    ]
    assert headings[1:3] == ["Corporate Plan Area:", "Brief Project Description:"]
    assert document.blocks[0].place == "page 1, line 1"
    assert tables(document)[0].cells[3].place == "page 1, table 1, row 2, column 2"


@pytest.mark.parametrize("number", [0, 1])
def test_every_word_of_the_paper_is_somewhere(
    papers: tuple[Document, Document], number: int
) -> None:
    assert len(papers[number].atoms) > 900
    assert papers[number].overlooked == ()


# What cannot be read


def test_what_is_no_paper_is_refused_in_one_sentence() -> None:
    whole = paper_pdf(tagged=False)
    assert "it is empty" in refusal(b"")
    assert "is no PDF but a Word file" in refusal(b"PK\x03\x04" + bytes(100))
    assert "is no PDF but a web page" in refusal("<html><body>Budget</body></html>")
    assert "it is damaged" in refusal(whole[:600])
    assert "it is damaged" in refusal(b"%PDF-1.7\n" + bytes(1_000))
    assert "it has no words" in refusal(pdf_of("<p></p>"))


def test_paragraphs_are_whole_however_they_are_set() -> None:
    words = "Words that go on " + "and on that go on " * 12 + "for long"
    styles = ("text-align: justify", "text-align: center", "text-align: right", "line-height: 2")
    set_in = "text-indent: 2em; margin: 0"
    set_so = "".join(f"<p style='{style}'>{words}</p>" for style in (*styles, set_in, set_in))
    page = page_html(f"<ul><li>{words}<li><p>Second</p></ul>{set_so}")
    for tagged in (True, False):
        document = read(by_weasyprint(page, tagged))
        assert prose(document) == [words, "Second", *[words] * 6]
        assert document.overlooked == ()


# Tables that are drawn, or not, in other ways

FIGURES = [
    ["", "2015/16", "2016/17", "2017/18"],
    ["Green Delivered", "584", "318", ""],
    ["Green On Target", "", "1,025", "344"],
    ["Amber", "", "152", "32"],
    ["Red", "", "", ""],
    ["Total", "584", "1,495", "376"],
]
BARE = "td, th { border: none !important } td + td, th + th { text-align: right }"
STYLES = {
    "no lines": BARE,
    "lines between rows only": f"{BARE} td, th {{ border-bottom: 1px solid gray !important }}",
    "a line above and below": f"{BARE} table {{ border: solid black; border-width: 2px 0 }}",
    "a frame only": f"{BARE} table {{ border: 1px solid black }}",
    "coloured rows": f"{BARE} tr:nth-child(even) td {{ background: #dde }}",
    "coloured cells": f"{BARE} td {{ background: #dde; border: 1px solid white !important }}"
    " th { background: #114; color: white }",
    "dashes": "td, th { border: 1px dashed black !important }",
    "double lines": "td, th { border: 3px double black !important }",
    "cells apart": "table { border-collapse: separate; border-spacing: 4px }",
    "no line above": "tr:first-child th { border-top: none !important }",
    "no outer lines": "table { border-style: hidden !important }",
}


def figures_page(style: str) -> str:
    heading, *body = FIGURES
    lines = "".join("<tr>" + "".join(f"<td>{v}</td>" for v in row) + "</tr>" for row in body)
    first = "".join(f"<th>{value}</th>" for value in heading)
    return page_html(
        f"<p>Words before it.</p><table><tr>{first}</tr>{lines}</table><p>More after it.</p>", style
    )


@pytest.mark.parametrize("tagged", [True, False], ids=["tagged", "untagged"])
@pytest.mark.parametrize("style", STYLES)
def test_a_table_is_read_however_it_is_drawn(style: str, tagged: bool) -> None:
    document = read(by_weasyprint(figures_page(STYLES[style]), tagged))
    (table,) = tables(document)
    assert rows(table) == FIGURES
    assert prose(document) == ["Words before it.", "More after it."]
    assert document.remarks == document.overlooked == ()


@pytest.mark.browser
def test_chromium_leaves_empty_cells_out_of_its_tags(tmp_path: Path) -> None:
    document = read(by_chromium(figures_page(BARE), tmp_path))
    assert [rows(table) for table in tables(document)] == [FIGURES]
    assert document.remarks == document.overlooked == ()


def test_lines_of_words_that_are_not_lined_up_are_no_table() -> None:
    content = (
        b"BT /F 10 Tf 40 800 Td (TOTAL SAVINGS) Tj 150 0 Td (100) Tj 100 0 Td (200) Tj"
        b" -250 -14 Td (Agreed) Tj -0 -14 Td (Director) Tj 120 0 Td (27.08.2015) Tj ET"
    )
    document = read(page_of(content))
    assert tables(document) == []
    assert prose(document) == ["TOTAL SAVINGS 100 200", "Agreed", "Director 27.08.2015"]


def test_columns_of_prose_are_read_one_after_the_other() -> None:
    left = [
        "Savings are needed in all",
        "services of the council, as",
        "its grant falls year by",
        "year and the demand for",
        "them does not.",
    ]
    right = [
        "The budget of the service",
        "was reviewed in the autumn",
        "and will be reviewed anew",
        "once the coming provider",
        "has begun its work.",
    ]
    words = "".join(
        f"1 0 0 1 {x} {800 - 12 * number} Tm ({line}) Tj\n"
        for x, lines in ((40, left), (185, right))
        for number, line in enumerate(lines)
    )
    document = read(page_of(f"BT /F 10 Tf {words} ET".encode()))
    assert prose(document) == [" ".join(left), " ".join(right)]


def test_a_table_within_a_cell_stays_there() -> None:
    inner = "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>"
    page = page_html(
        f"<table><tr><td>Costs</td><td>Before{inner}after</td></tr><tr><td>x</td><td>y</td></tr>"
        "</table>"
    )
    for tagged in (True, False):
        outer, within = tables(read(by_weasyprint(page, tagged)))
        assert outer.cells[1].lines == ("Before", "a", "b", "c", "d", "after")
        assert rows(within) == [["a", "b"], ["c", "d"]]
        assert within.cells[3].place == (
            "page 1, table 1, row 1, column 2, inner table 1, row 2, column 2"
        )


def test_a_single_cell_is_a_table_unless_the_tags_say_otherwise() -> None:
    cell = "<table><tr><td>Savings are needed.</td></tr></table>"
    framed = "<p style='border: 1px solid black; padding: 4pt'>Not a table.</p>"
    page = page_html(f"{cell}<p>Between</p>{framed}")
    tagged, untagged = (read(by_weasyprint(page, tagged)) for tagged in (True, False))
    for document in (tagged, untagged):
        assert [rows(table) for table in tables(document)] == [[["Savings are needed."]]]
        assert prose(document) == ["Between", "Not a table."]
        assert document.remarks == document.overlooked == ()
    drawn = b"40 690 300 30 re S BT /F 10 Tf 45 700 Td (In a frame) Tj ET"
    assert [rows(table) for table in tables(read(page_of(drawn)))] == [[["In a frame"]]]


# Two witnesses

GRID = b"".join(
    b"%d 700 m %d 760 l S 40 %d m 240 %d l S\n" % (x, x, y, y)
    for x, y in ((40, 700), (140, 730), (240, 760))
)
CELLS = b"".join(
    b"/P << /MCID %d >> BDC BT /F 10 Tf 1 0 0 1 %d %d Tm (%s) Tj ET EMC\n" % each
    for each in (
        (0, 45, 740, b"2015/16"),
        (1, 145, 740, b"584"),
        (2, 45, 710, b"2016/17"),
        (3, 145, 710, b"318"),
    )
)


def tagged_grid(order: tuple[bytes, ...]) -> bytes:
    """A ruled table of two rows whose tags have its content in this order, cell by cell."""
    cells = {
        10 + number: b"<< /S /TD /P 8 0 R /Pg 3 0 R /K [%s] >>" % content
        for number, content in enumerate(order)
    }
    tree = {
        6: b"<< /Type /StructTreeRoot /K 7 0 R >>",
        7: b"<< /S /Table /P 6 0 R /K [8 0 R 9 0 R] >>",
        8: b"<< /S /TR /P 7 0 R /K [10 0 R 11 0 R] >>",
        9: b"<< /S /TR /P 7 0 R /K [12 0 R 13 0 R] >>",
    }
    return page_of(GRID + CELLS, catalog=b"/StructTreeRoot 6 0 R", more={**tree, **cells})


def test_where_tags_and_lines_agree_nothing_is_asked() -> None:
    document = read(tagged_grid((b"0", b"1", b"2", b"3")))
    assert [rows(table) for table in tables(document)] == [[["2015/16", "584"], ["2016/17", "318"]]]
    assert document.remarks == ()


@pytest.mark.parametrize(
    ("order", "doubts"),
    [
        ((b"0", b"3", b"2", b"1"), [(2, ("584", "318")), (4, ("318", "584"))]),
        ((b"0", b"1 3", b"2", b""), [(2, ("584", "584 318")), (4, ("318", "nothing"))]),
        ((b"0", b"1", b"", b"2 3"), [(3, ("2016/17", "nothing")), (4, ("318", "2016/17 318"))]),
    ],
    ids=["exchanged", "two in one", "shifted"],
)
def test_where_tags_and_lines_differ_both_are_named(
    order: tuple[bytes, ...], doubts: list[tuple[int, tuple[str, ...]]]
) -> None:
    document = read(tagged_grid(order))
    assert [rows(table) for table in tables(document)] == [[["2015/16", "584"], ["2016/17", "318"]]]
    places = [f"row {(cell + 1) // 2}, column {2 - cell % 2}" for cell, _ in doubts]
    assert [(remark.kind, remark.place, remark.readings) for remark in document.remarks] == [
        (RemarkKind.DIFFERS, f"page 1, table 1, {place}", readings)
        for place, (_, readings) in zip(places, doubts, strict=True)
    ]


def test_tables_that_touch_are_two_where_the_tags_say_so() -> None:
    one = (
        "<table style='margin: 0'><tr><td>Role</td><td>Name</td></tr><tr><td>a</td><td>b</td></tr>"
    )
    two = "<table style='margin: 0'><tr><td>2015/16</td><td>2016/17</td><td>Total</td></tr>"
    document = read(by_weasyprint(page_html(f"{one}</table>{two}</table>"), tagged=True))
    assert [rows(table) for table in tables(document)] == [
        [["Role", "Name"], ["a", "b"]],
        [["2015/16", "2016/17", "Total"]],
    ]
    assert [table.place for table in tables(document)] == ["page 1, table 1", "page 1, table 2"]
    assert document.remarks == document.overlooked == ()


# Tables over pages


def long_table(*, heading: bool, count: int = 60) -> str:
    """A page with a table that needs more than one sheet of paper."""
    first = "<tr><th>Risk</th><th>No.</th><th>Mitigation</th></tr>"
    body = "".join(
        f"<tr><td>Risk {number} in words that wrap in their cell, so that each row is some"
        f" lines high</td><td>{number}</td><td>Mitigation of it</td></tr>"
        for number in range(count)
    )
    first = f"<thead>{first}</thead>" if heading else first
    return page_html(f"<p>Before</p><table>{first}<tbody>{body}</tbody></table><p>After</p>")


def require_one_table(document: Document, count: int) -> None:
    (table,) = tables(document)
    assert rows(table)[0] == ["Risk", "No.", "Mitigation"]
    assert [cell.text for cell in table.cells if cell.column == 1] == [
        "No.",
        *map(str, range(count)),
    ]
    assert table.height == count + 1
    assert prose(document)[-1] == "After"
    assert document.overlooked == ()


@pytest.mark.parametrize("heading", [True, False], ids=["heading repeated", "heading once"])
@pytest.mark.parametrize("tagged", [True, False], ids=["tagged", "untagged"])
def test_a_table_over_pages_is_one(heading: bool, tagged: bool) -> None:
    document = read(by_weasyprint(long_table(heading=heading), tagged))
    require_one_table(document, 60)
    repeated = [("Risk No. Mitigation",)] if heading else []
    assert of_kind(document, RemarkKind.ASIDE) == repeated
    places = [cell.place for cell in tables(document)[0].cells if cell.place.startswith("page 2")]
    assert places[0] == f"page 2, table 1, row {1 + heading}, column 1"


@pytest.mark.browser
def test_a_table_over_pages_by_chromium_is_one(tmp_path: Path) -> None:
    require_one_table(read(by_chromium(long_table(heading=True), tmp_path)), 60)


def test_two_tables_with_other_columns_stay_two() -> None:
    page = long_table(heading=False, count=22)
    other = "<table style='break-before: page'><tr><td>Role</td><td>Name</td></tr></table>"
    for tagged in (True, False):
        document = read(by_weasyprint(page.replace("<p>After</p>", other), tagged))
        assert [table.width for table in tables(document)] == [3, 2]


def test_running_headers_and_footers_are_asides() -> None:
    style = (
        "@page { @top-center { content: 'Worcestershire concept paper' }"
        " @bottom-center { content: 'Page ' counter(page) ' of ' counter(pages) } }"
    )
    page = long_table(heading=False).replace("</head>", f"<style>{style}</style></head>")
    for tagged in (True, False):
        document = read(by_weasyprint(page, tagged))
        require_one_table(document, 60)
        said = [("Worcestershire concept paper",), ("Page 1 of 2",)]
        assert of_kind(document, RemarkKind.ASIDE)[:2] == said


# LibreOffice, from a Word file


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Document, Document]:
    """A Word file with a table over pages as Writer prints it, with tags and without."""
    import docx
    from docx.oxml import OxmlElement

    folder = tmp_path_factory.mktemp("writer")
    made = docx.Document()
    made.add_heading("Risks of the project", 1)
    made.add_paragraph("Before")
    table = made.add_table(rows=1, cols=3)
    table.style = "Table Grid"
    for cell, text in zip(table.rows[0].cells, ("Risk", "No.", "Mitigation"), strict=True):
        cell.text = text
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for number in range(40):
        row = table.add_row()
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        texts = (f"Risk {number} in words that wrap in their cell", str(number), "Mitigation of it")
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    made.add_paragraph("After")
    source = folder / "paper.docx"
    made.save(str(source))
    return tuple(  # type: ignore[return-value]
        read(by_libreoffice(source, tagged, folder / str(tagged))) for tagged in (True, False)
    )


@pytest.mark.parametrize("number", [0, 1], ids=["tagged", "untagged"])
def test_a_table_over_pages_by_writer_is_one(
    written: tuple[Document, Document], number: int
) -> None:
    require_one_table(written[number], 40)
    first = written[number].blocks[0]
    assert isinstance(first, Paragraph)
    assert (first.text, first.level) == ("Risks of the project", 1)
    assert of_kind(written[number], RemarkKind.DIFFERS) == []


# Boxes, fields and notes


def marks(document: Document) -> list[tuple[str, tuple[Mark, ...]]]:
    return [(block.text, block.marks) for block in document.blocks if isinstance(block, Paragraph)]


T, E = Mark.TICKED, Mark.EMPTY


def test_fields_of_a_form_stand_beside_their_labels() -> None:
    document = read(form_pdf())
    assert marks(document) == [
        ("Project title SEND contract", ()),
        ("Further Faster", (T, E)),
        ("Status Red", ()),
        ("Yes No", (T, E)),
        ("Purpose Savings are needed.", ()),
        ("The budget was £8.9 million.", ()),
    ]
    assert seen(tables(document)[0]) == [
        ((0, 0, 1, 1), ("Children",), ()),
        ((0, 1, 1, 1), (), (T,)),
        ((1, 0, 1, 1), ("Environment",), ()),
        ((1, 1, 1, 1), (), (E,)),
    ]
    tags = [piece.tag for each in document.blocks if isinstance(each, Paragraph)
            for piece in each.pieces if piece.tag]  # fmt: skip
    assert tags == ["title", "further", "faster", "status", "route", "route", "purpose", "purpose"]
    assert document.overlooked == document.remarks == ()


def test_a_box_that_shows_another_state_than_its_field_holds_is_in_doubt() -> None:
    shown = form_pdf().replace(b"/AS /On", b"/AS /Off")
    assert ("Further Faster", (Mark.DOUBTFUL, E)) in marks(read(shown))


@pytest.mark.parametrize(
    ("font", "ticked", "empty"),
    [
        (b"/BaseFont /ZapfDingbats /Subtype /Type1", b"4", b"o"),
        (b"/BaseFont /ZapfDingbats /Subtype /Type1", b"3", b"q"),
        (b"/BaseFont /AAAAAA+Wingdings-Regular /Subtype /TrueType", b"\xfe", b"\xa8"),
        (b"/BaseFont /Wingdings /Subtype /TrueType", b"\xfc", b"o"),
        (b"/BaseFont /Wingdings2 /Subtype /TrueType", b"R", b"\xa3"),
    ],
)
def test_glyphs_of_symbol_fonts_are_boxes(font: bytes, ticked: bytes, empty: bytes) -> None:
    content = (
        b"BT 40 800 Td /Z 10 Tf <%s> Tj /F 10 Tf ( Further ) Tj /Z 10 Tf <%s> Tj"
        b" /F 10 Tf ( Faster) Tj ET" % (ticked.hex().encode(), empty.hex().encode())
    )
    widths = b" /FirstChar 0 /LastChar 255 /Widths [%s]" % (b"800 " * 256)
    more = {6: b"<< /Type /Font %s %s >>" % (font, widths if b"TrueType" in font else b"")}
    document = read(page_of(content, fonts=b"/F 5 0 R /Z 6 0 R", more=more))
    assert marks(document) == [("Further Faster", (T, E))]
    assert document.overlooked == ()


@pytest.mark.parametrize(
    ("inside", "state"),
    [
        (b"", E),
        (b"41 751 m 49 759 l S 41 759 m 49 751 l S", T),
        (b"41 755 m 44 751 l 49 759 l S", T),
        (b"BT /F 8 Tf 42.5 752 Td (X) Tj ET", T),
        (b"44 754 2 2 re f", Mark.DOUBTFUL),
    ],
    ids=["empty", "crossed", "ticked", "a letter x", "a dot"],
)
def test_drawn_squares_beside_words_are_boxes(inside: bytes, state: Mark) -> None:
    content = b"40 750 10 10 re S " + inside + b" BT /F 10 Tf 56 751 Td (Further) Tj ET"
    document = read(page_of(content))
    assert marks(document) == [("Further", (state,))]
    assert document.overlooked == ()


def test_a_cross_without_a_box_is_in_doubt() -> None:
    document = read(by_weasyprint(page_html("<p>Further ✗</p><p>Faster ☒</p>"), tagged=False))
    assert marks(document) == [("Further", (Mark.DOUBTFUL,)), ("Faster", (T,))]


def test_squares_in_a_row_and_cells_are_no_tick_boxes() -> None:
    date = b"".join(b"%d 750 10 10 re S " % x for x in (40, 50, 60, 70))
    document = read(page_of(date + b"BT /F 10 Tf 90 751 Td (Date of birth) Tj ET"))
    assert marks(document) == [("Date of birth", ())]


@pytest.mark.browser
def test_boxes_of_a_web_form_are_read_as_printed(tmp_path: Path) -> None:
    page = page_html(
        "<p><input type=checkbox checked> Further <input type=checkbox> Faster</p><table><tr>"
        "<td>Children</td><td><input type=checkbox checked></td></tr><tr><td>Health</td><td>"
        "<input type=checkbox></td></tr></table>"
    )
    document = read(by_chromium(page, tmp_path))
    assert marks(document) == [("Further Faster", (T, E))]
    assert [cell.marks for cell in tables(document)[0].cells] == [(), (T,), (), (E,)]


def test_notes_are_remarked_and_typed_words_are_read() -> None:
    notes = {
        6: b"<< /Type /Annot /Subtype /Text /Rect [10 10 20 20] /Contents (Check this) >>",
        7: b"<< /Type /Annot /Subtype /FreeText /Rect [40 700 200 715] /Contents (Typed) >>",
    }
    document = read(page_of(BUDGET, page=b"/Annots [6 0 R 7 0 R]", more=notes))
    assert prose(document) == ["Budget of the service 100", "Typed"]
    assert of_kind(document, RemarkKind.COMMENT) == [("Check this",)]
    assert document.overlooked == ()


# Words


def test_words_that_nobody_sees_are_remarked() -> None:
    content = (
        BUDGET + b" BT 3 Tr /F 10 Tf 40 700 Td (secret) Tj ET"
        b" BT 0 Tr 1 g /F 10 Tf 40 650 Td (white) Tj ET 0 0 1 rg 30 590 200 20 re f"
        b" BT 1 g /F 10 Tf 40 600 Td (on blue) Tj ET BT 0 g /F 10 Tf 40 -100 Td (below) Tj ET"
        b" BT 0 1 -1 0 500 400 Tm /F 10 Tf (turned) Tj ET BT /F .3 Tf 40 500 Td (tiny) Tj ET"
    )
    document = read(page_of(content))
    assert prose(document) == ["Budget of the service 100", "on blue"]
    assert len(of_kind(document, RemarkKind.HIDDEN)) == 4
    assert [remark.place for remark in document.remarks] == [
        f"page 1, {why}"
        for why in (
            "invisible words",
            "white words on white",
            "words outside the page",
            "turned words",
            "words too small to read",
        )
    ]
    assert document.overlooked == ()


def test_words_that_are_struck_out_are_named() -> None:
    page = page_html("<p>Key decision: <s>Yes</s> / No <u>as decided</u> <a href='x'>here</a></p>")
    for tagged in (True, False):
        document = read(by_weasyprint(page, tagged))
        assert prose(document) == ["Key decision: / No as decided here"]
        assert of_kind(document, RemarkKind.STRUCK) == [("Yes",)]
        assert document.overlooked == ()


def test_only_hyphens_of_the_layout_are_mended() -> None:
    content = (
        b"BT /F 10 Tf 12 TL 40 800 Td (A line of words about deli) Tj"
        b" /Span << /ActualText <FEFF00AD> >> BDC (-) Tj EMC T* (vered savings, and a self-) Tj T*"
        b" (employed person whom we) Tj T* (know) Tj ET"
    )
    words = " ".join(prose(read(page_of(content, page=b"/MediaBox [0 0 240 842]"))))
    assert words.startswith("A line of words about delivered savings, and a self-employed person")


def test_ligatures_are_letters_and_other_signs_stay() -> None:
    document = read(by_weasyprint(page_html("<p>ﬁnal oﬃce ½ of £1,000 m²</p>"), tagged=False))
    assert prose(document) == ["final office ½ of £1,000 m²"]


@pytest.mark.parametrize("rise", ["vertical-align:super;font-size:60%", "vertical-align:super"])
def test_a_raised_mark_of_a_note_is_no_digit_of_an_amount(rise: str) -> None:
    """100 with a raised 1 is not 1001; an ordinal stays a word."""
    body = (
        f"<p>Gas 100<span style='{rise}'>1</span> and 10<span style='{rise}'>2</span>,"
        f" from 1<span style='{rise}'>st</span> April</p>"
    )
    assert prose(read(by_weasyprint(page_html(body), tagged=False))) == [
        "Gas 100¹ and 10², from 1st April"
    ]


def test_a_font_with_an_encoding_of_its_own_loses_no_word() -> None:
    codes = b"1 begincodespacerange <00> <ff> endcodespacerange 2 begincidchar <01> 5 <02> 6"
    letters = b"2 beginbfchar <01> <0041> <02> <0042> endbfchar"
    more = {
        6: b"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding 8 0 R /DescendantFonts [7 0 R]"
        b" /ToUnicode 9 0 R >>",
        7: b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /W [5 [600 700]] /CIDSystemInfo"
        b" << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>",
        8: stream(codes + b" endcidchar", b"/Type /CMap /CMapName /Own"),
        9: stream(letters),
    }
    content = b"BT /G 10 Tf 40 800 Td <010201> Tj ET"
    assert prose(read(page_of(content, fonts=b"/G 6 0 R", more=more))) == ["ABA"]


def test_words_that_only_another_reader_finds_are_asked_about(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    paper = joined_pages(page_of(BUDGET), page_of(BUDGET.replace(b"Budget", b"The larger budget")))
    assert read(paper).remarks == ()
    monkeypatch.setattr(PDFSimpleFont, "decode", lambda font, data: data[:16])
    assert of_kind(read(paper), RemarkKind.DIFFERS) == [
        ("13 letters are read", "another reader finds 21"),
        ("14 letters are read", "another reader finds 30"),
    ]


# Scans and what a file brings along


def test_a_scan_is_refused_and_a_scanned_page_is_remarked() -> None:
    assert "it is a picture of a paper and has no words; scan it with text" in refusal(scan_pdf())
    mixed = read(joined_pages(page_of(BUDGET), scan_pdf()))
    assert prose(mixed) == ["Budget of the service 100"]
    assert of_kind(mixed, RemarkKind.PICTURE) == [("a picture of a page: it has no words",)]
    recognised = read(scan_pdf(b"3 Tr " + BUDGET))
    assert prose(recognised) == ["Budget of the service 100"]
    assert "text recognition" in of_kind(recognised, RemarkKind.PICTURE)[0][0]


def test_scripts_and_attached_files_are_named_and_left() -> None:
    catalog = (
        b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"
        b" /Names << /EmbeddedFiles << /Names [(budget.xlsx) 9 0 R] >> >>"
    )
    document = read(page_of(BUDGET, catalog=catalog))
    assert of_kind(document, RemarkKind.ASIDE) == [
        ("a script, which is not run",),
        ("attached file budget.xlsx, which is not read",),
    ]


def locked(content: bytes, password: str) -> bytes:
    writer = pypdf.PdfWriter(io.BytesIO(content))
    writer.encrypt(password, "owner", algorithm="RC4-128")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def test_an_encrypted_paper_is_refused_unless_it_needs_no_password() -> None:
    assert "it is encrypted; ask for a copy without a password" in refusal(
        locked(page_of(BUDGET), "secret")
    )
    assert prose(read(locked(page_of(BUDGET), ""))) == ["Budget of the service 100"]


# Every word is somewhere


def test_nothing_is_overlooked_in_any_of_these() -> None:
    columns = "<div style='columns: 2'>" + "".join(f"<p>{each}</p>" for each in OUTCOMES) + "</div>"
    made = [
        form_pdf(),
        scan_pdf(b"3 Tr " + BUDGET),
        joined_pages(page_of(BUDGET), form_pdf(), page_of(BUDGET)),
        page_of(BUDGET + b" /F 5 Tf"),
        by_weasyprint(page_html(columns), tagged=True),
        by_weasyprint(page_html(columns), tagged=False),
        by_weasyprint(page_html("<ul><li>One<li>Two<ol><li>Three</ol></ul>"), tagged=True),
        by_weasyprint(page_html("<p style='transform: rotate(90deg)'>Turned words</p>"), False),
        by_weasyprint(page_html("<p>a<sup>1</sup> b<sub>2</sub></p><pre>x   y\n z</pre>"), True),
        by_weasyprint(page_html("<p dir=rtl>שלום Budget</p><p>Ünïcode – “quoted” …</p>"), False),
        by_weasyprint(long_table(heading=True), tagged=True),
        tagged_grid((b"0", b"3", b"1", b"2")),
    ]
    for content in made:
        document = read(content)
        assert document.atoms
        assert document.overlooked == ()


# Made to harm


def packed(piece: bytes, times: int) -> bytes:
    machine = zlib.compressobj(9)
    return b"".join(machine.compress(piece) for _ in range(times)) + machine.flush()


BOMB = packed(b"0 0 m 1 1 l S\n" * 50_000, 100)
FLATE = b"/Filter /FlateDecode"
OWN_FONT = {
    6: b"<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H"
    b" /DescendantFonts [7 0 R] /ToUnicode 8 0 R >>",
    7: b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /CIDSystemInfo"
    b" << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> %s >>",
    8: stream(b"begincmap 1 beginbfrange <00000000> <ffffffff> <0000> endbfrange endcmap"),
}
CATALOG, TREE = b"<< /Type /Catalog /Pages 2 0 R >>", b"/StructTreeRoot 6 0 R"
DEEP_TREE = {number: b"<< /S /Div /K %d 0 R >>" % (number + 1) for number in range(7, 3_000)}
MANY_KIDS = b" ".join(b"%d 0 R" % number for number in range(3, 2_000))
HARMFUL = {
    "a bomb": (page_of(BOMB, filters=FLATE), "it unpacks to more than"),
    "a bomb in a bomb": (
        page_of(zlib.compress(BOMB), filters=b"/Filter [/FlateDecode /FlateDecode]"),
        "it unpacks to more than",
    ),
    "a bomb in letters": (
        page_of(BOMB.hex().encode() + b">", filters=b"/Filter [/AHx /FlateDecode]"),
        "it unpacks to more than",
    ),
    "a bomb in disguise": (
        page_of(BOMB, filters=b"/Filter /Fl#61teDecode"),
        "it unpacks to more than",
    ),
    "a bomb elsewhere": (
        page_of(BOMB, filters=b"/Filter 9 0 R", more={9: b"/FlateDecode"}),
        "it unpacks to more than",
    ),
    "runs": (
        page_of(b"\x81 " * 2_000_000, filters=b"/Filter /RunLengthDecode"),
        "it unpacks to more than",
    ),
    "LZW": (page_of(bytes(300_000), filters=b"/Filter /LZWDecode"), "it unpacks to more than"),
    "too wide": (
        page_of(b"x", filters=b"/DecodeParms << /Predictor 12 /Columns 2000000000 >>"),
        "it is damaged",
    ),
    "too many letters": (
        page_of(b"BT /F 1 Tf 9 9 Td " + b"(%s) Tj " % (b"a" * 500) * 600 + b"ET"),
        "it draws more than 250,000 letters",
    ),
    "too many pages": (
        made_of(
            {1: CATALOG, 2: b"<< /Type /Pages /Kids [%s] >>" % MANY_KIDS}
            | dict.fromkeys(range(3, 2000), b"<< /Type /Page /Parent 2 0 R >>")
        ),
        "it has more than 150 pages",
    ),
    "pages in a circle": (
        made_of({1: CATALOG, 2: b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Parent 2 0 R >>"}),
        "it is damaged",
    ),
    "pages without end": (
        made_of(
            {1: CATALOG}
            | {n: b"<< /Type /Pages /Kids [%d 0 R] >>" % (n + 1) for n in range(2, 3_000)}
        ),
        "it is damaged",
    ),
    "an object that is itself": (page_of(BUDGET, more={4: b"4 0 R"}), "it is damaged"),
    "a length that is itself": (
        page_of(BUDGET, more={4: b"<< /Length 4 0 R >>\nstream\nBT ET\nendstream"}),
        "it is damaged",
    ),
    "tags too deep": (
        page_of(BUDGET, catalog=TREE, more={6: b"<< /K 7 0 R >>", **DEEP_TREE}),
        "it has deeper or more tags than",
    ),
    "a font without end": (
        page_of(b"BT /G 9 Tf <0041> Tj ET", fonts=b"/G 6 0 R", more=OWN_FONT),
        "it has a font of more letters than there are",
    ),
    "widths without end": (
        page_of(
            b"BT /G 9 Tf <0041> Tj ET",
            fonts=b"/G 6 0 R",
            more={6: OWN_FONT[6], 7: OWN_FONT[7] % b"/W [0 2000000000 500]", 8: stream(b"")},
        ),
        "it has a font of more letters than there are",
    ),
    "no size": (page_of(BUDGET, page=b"/MediaBox [0 0 1e999 -1e999]"), "it is damaged"),
    "a turn that is none": (page_of(BUDGET, page=b"/Rotate /x"), "it is damaged"),
    "an unknown encryption": (
        page_of(BUDGET).replace(
            b"/Root 1 0 R", b"/Root 1 0 R /Encrypt << /Filter /No >> /ID [(a) (b)]"
        ),
        "it is encrypted",
    ),
    "a form of Adobe's own": (
        page_of(
            b"BT /F 9 Tf 9 99 Td (Please wait...) Tj ET",
            catalog=b"/AcroForm << /XFA (x) /Fields [] >>",
        ),
        "it is a form that only Adobe Reader can show",
    ),
    "no root": (made_of({1: b"<< >>"}, b""), "it is damaged"),
}


@pytest.mark.parametrize("kind", HARMFUL)
def test_what_is_made_to_harm_is_refused_in_one_sentence(kind: str) -> None:
    content, why = HARMFUL[kind]
    start = monotonic()
    assert why in refusal(content)
    assert monotonic() - start < 10


HARMLESS = {
    "tags in a circle": page_of(
        b"/P << /MCID 0 >> BDC " + BUDGET + b" EMC",
        catalog=TREE,
        more={
            6: b"<< /Type /StructTreeRoot /K 7 0 R >>",
            7: b"<< /S /Table /K [8 0 R 7 0 R] >>",
            8: b"<< /S /TR /K [7 0 R 8 0 R 0] /Pg 3 0 R >>",
        },
    ),
    "a picture of itself": page_of(
        b"/X Do " + BUDGET,
        resources=b"/XObject << /X 6 0 R >>",
        more={
            6: stream(
                b"/X Do /X Do",
                b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]"
                b" /Resources << /XObject << /X 6 0 R >> >>",
            )
        },
    ),
    "brackets": page_of(BUDGET, page=b"/X " + b"[" * 20_000 + b"]" * 20_000),
    "fields in a circle": page_of(
        BUDGET,
        page=b"/Annots [6 0 R]",
        catalog=b"/AcroForm << /Fields [6 0 R] >>",
        more={
            6: b"<< /Subtype /Widget /FT /Tx /Parent 7 0 R >>",
            7: b"<< /T (p) /Parent 6 0 R /Kids [6 0 R] >>",
        },
    ),
    "vast numbers": page_of(b"1e400 0 0 1e400 0 0 cm " + BUDGET),
}


@pytest.mark.parametrize("kind", HARMLESS)
def test_what_is_odd_is_read_all_the_same(kind: str) -> None:
    document = read(HARMLESS[kind])
    assert [cell.text for table in tables(document) for cell in table.cells if cell.text] + prose(
        document
    ) == ["Budget of the service 100"]


def test_damaged_papers_are_read_or_refused_in_one_sentence() -> None:
    whole = paper_pdf(tagged=True)
    chance = Random(7)  # noqa: S311 - damage by chance, no secret
    for _ in range(12):
        changed = bytearray(whole[: chance.randrange(len(whole) // 2, len(whole))])
        for _ in range(chance.randrange(40)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        with suppress(PaperUnreadable):
            read(bytes(changed))
