"""Word papers with one quirk each, and what must come of them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from word_files import (
    NAMES,
    cell,
    control,
    docx,
    old_box,
    paragraph,
    row,
    run,
    table,
    tick_box,
)

from ffanalysis.intake.document import Mark

T, E, D = Mark.TICKED, Mark.EMPTY, Mark.DOUBTFUL


class Quirk(NamedTuple):
    """A file; the text or the rows of each block; its marks in reading order; its remarks.

    A row is its cells' texts, "2x1 text" where one covers two rows and one column.
    """

    content: bytes
    blocks: list[Any]
    marks: Sequence[Mark] = ()
    remarks: Sequence[tuple[str, str, tuple[str, ...]]] = ()


def text_box(*content: str, is_new: bool = True) -> str:
    """A text box as Word writes it: for new versions, and once more for old ones."""
    inner = f"<w:txbxContent>{''.join(content)}</w:txbxContent>"
    old = f"<w:pict><v:shape><v:textbox>{inner}</v:textbox></v:shape></w:pict>"
    if not is_new:
        return f"<w:r>{old}</w:r>"
    new = (
        '<w:drawing><wp:anchor><a:graphic><a:graphicData uri="x"><wps:wsp><wps:txbx>'
        f"{inner}</wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing>"
    )
    return (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps">{new}</mc:Choice>'
        f"<mc:Fallback>{old}</mc:Fallback></mc:AlternateContent></w:r>"
    )


def field(instruction: str, *result: str, data: str = "") -> str:
    """An old field, which begins in one run and ends in another."""
    return (
        f'<w:r><w:fldChar w:fldCharType="begin">{data}</w:fldChar></w:r>'
        f"<w:r><w:instrText>{instruction}</w:instrText></w:r>"
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{"".join(result)}'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def symbol(font: str, char: str) -> str:
    return f'<w:r><w:sym w:font="{font}" w:char="{char}"/></w:r>'


def deleted(text: str) -> str:
    return f'<w:del w:id="1" w:author="A"><w:r><w:delText>{text}</w:delText></w:r></w:del>'


DOWN, ON = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
PICTURE = (
    '<w:r><w:drawing><wp:inline><wp:docPr id="1" name="P" descr="{}"/><a:graphic>'
    '<a:graphicData uri="p"><pic:pic><pic:blipFill><a:blip {}/></pic:blipFill></pic:pic>'
    "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
)
YEARS = ["", "2016/17", "2017/18"]

QUIRKS: dict[str, Quirk] = {
    "a saving in a control around its cell": Quirk(
        docx([table(row(*YEARS), row("Saving", control(cell("100")), "200"))]),
        [[YEARS, ["Saving", "100", "200"]]],
    ),
    "rows and tables in controls within controls": Quirk(
        docx(
            [
                control(
                    control(table(row("a", "b"), control(control(row("c", control(cell("d"))))))),
                    '<w:tag w:val="all"/>',
                )
            ]
        ),
        [[["a", "b"], ["c", "d"]]],
    ),
    "a repeated row with a name": Quirk(
        docx([table(row("Risk"), control(row("Fire") + row("Flood"), '<w:alias w:val="r"/>'))]),
        [[["Risk"], ["Fire"], ["Flood"]]],
    ),
    "a tick box whose glyph says otherwise": Quirk(
        docx([paragraph(tick_box(is_ticked=True, glyph="☐"), " Yes")]), ["Yes"], [D]
    ),
    "a tick box with a tick of its own": Quirk(
        docx([paragraph(tick_box(is_ticked=True, glyph="✓"), " Yes")]), ["Yes"], [T]
    ),
    "words within a tick-box control, and a glyph of Wingdings": Quirk(
        docx(
            [
                paragraph(tick_box(is_ticked=False, glyph="☐ Yes")),
                paragraph(
                    tick_box(is_ticked=True).replace(
                        '<w:t xml:space="preserve">☒</w:t>',
                        '<w:sym w:font="Wingdings" w:char="F0FE"/>',
                    )
                ),
            ]
        ),
        ["Yes", ""],
        [E, T],
    ),
    "tick boxes around a paragraph and around a cell": Quirk(
        docx(
            [
                tick_box(is_ticked=True)
                .replace("<w:r>", "<w:p><w:r>")
                .replace("</w:r>", "</w:r></w:p>"),
                table(
                    row(
                        "New",
                        tick_box(is_ticked=False)
                        .replace("<w:r>", "<w:tc><w:p><w:r>")
                        .replace("</w:r>", "</w:r></w:p></w:tc>"),
                    )
                ),
            ]
        ),
        ["", [["New", ""]]],
        [T, E],
    ),
    "a tick box that holds nothing": Quirk(
        docx([paragraph("Yes ", tick_box(is_ticked=True, glyph="").replace("☒", ""))]), ["Yes"], [T]
    ),
    "boxes of an old form": Quirk(
        docx([paragraph(old_box(is_ticked=True), " Yes ", old_box(is_ticked=False), " No")]),
        ["Yes No"],
        [T, E],
    ),
    "typed glyphs": Quirk(
        docx([paragraph("☒ A ☐ B ☑ C ✓ D ✔ E √ F ✗ G"), [["x", "√"], ["X", "√9"]]]),
        ["A B C D E F G", [["x", ""], ["X", "√9"]]],
        [T, E, T, T, T, T, D, T],
    ),
    "glyphs of Wingdings": Quirk(
        docx(
            [
                paragraph(symbol("Wingdings", "F0FE"), " A ", symbol("Wingdings", "F0A8"), " B"),
                paragraph(symbol("Wingdings 2", "F052"), symbol("Wingdings", "00FC"), " C"),
                paragraph(run("þ", '<w:rFonts w:ascii="Wingdings"/>'), run(" D")),
            ]
        ),
        ["A B", "C", "D"],
        [T, E, T, T, T],
    ),
    "a sign of a font that is not known": Quirk(
        docx([paragraph("Go ", symbol("Wingdings", "F04A"))]),
        ["Go"],
        remarks=[("picture", "paragraph 1", ("a sign of the font Wingdings (F04A)",))],
    ),
    "signs of the font Symbol": Quirk(
        docx([paragraph(symbol("Symbol", "F0A3"), " 100")]), ["≤ 100"]
    ),
    "a wrong answer struck out": Quirk(
        docx([paragraph("Yes / ", run("No", "<w:strike/>"))]),
        ["Yes /"],
        remarks=[("struck", "paragraph 1", ("No",))],
    ),
    "a wrong answer struck out by a style, part by part": Quirk(
        docx(
            [
                paragraph(
                    "£100 ", run("2", '<w:rStyle w:val="S"/>'), run("00", '<w:rStyle w:val="S"/>')
                )
            ],
            {
                "styles": '<w:style w:styleId="S"><w:basedOn w:val="B"/></w:style>'
                '<w:style w:styleId="B"><w:rPr><w:dstrike/></w:rPr></w:style>'
            },
        ),
        ["£100"],
        remarks=[("struck", "paragraph 1", ("200",))],
    ),
    "hidden words": Quirk(
        docx(
            [paragraph("Saving ", run("of 5", "<w:vanish/>"), run("100", '<w:vanish w:val="0"/>'))]
        ),
        ["Saving 100"],
        remarks=[("hidden", "paragraph 1", ("of 5",))],
    ),
    "tracked changes": Quirk(
        docx(
            [
                paragraph(
                    "Saving ", deleted("200"), f'<w:ins w:id="2">{run("100")}</w:ins>', " each year"
                ),
                paragraph(f'<w:moveFrom w:id="3">{run("Moved")}</w:moveFrom>', "Stays"),
                paragraph(f'<w:moveTo w:id="4">{run("Moved")}</w:moveTo>'),
            ]
        ),
        ["Saving 100 each year", "Stays", "Moved"],
        remarks=[("deleted", "paragraph 1", ("200",)), ("deleted", "paragraph 2", ("Moved",))],
    ),
    "a deleted row and a deleted end of a paragraph": Quirk(
        docx(
            [
                table(row("a", "b"), row("c", "d", looks='<w:del w:id="1"/>'), row("e", "f")),
                paragraph("One ", looks='<w:rPr><w:del w:id="2"/></w:rPr>'),
                "line",
            ]
        ),
        [[["a", "b"], ["e", "f"]], "One line"],
        remarks=[
            ("deleted", "table 1, a deleted row", ("c",)),
            ("deleted", "table 1, a deleted row", ("d",)),
        ],
    ),
    "a comment on words": Quirk(
        docx(
            [
                "Saving",
                paragraph(
                    "about ",
                    '<w:commentRangeStart w:id="0"/>',
                    "£100k",
                    '<w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r>',
                    " a year",
                ),
            ],
            {"comments": f'<w:comment w:id="0" w:author="A">{paragraph("Is it?")}</w:comment>'},
        ),
        ["Saving", "about £100k a year"],
        remarks=[("comment", "paragraph 2", ("Is it?", "£100k"))],
    ),
    "headers, footers and notes": Quirk(
        docx(
            [
                "One",
                paragraph("Two", '<w:r><w:footnoteReference w:id="7"/></w:r>', " more"),
                table(row("a", cell(paragraph("b", '<w:r><w:endnoteReference w:id="2"/></w:r>')))),
            ],
            {
                "header": table(row("Reference", "HWB-014")),
                "footer": paragraph("Page ", field("PAGE", run("1"))),
                "footnotes": '<w:footnote w:type="separator" w:id="-1"><w:p/></w:footnote>'
                f'<w:footnote w:id="7">{paragraph("Net of grant.")}</w:footnote>',
                "endnotes": f'<w:endnote w:id="2">{paragraph("Gross.")}</w:endnote>',
            },
        ),
        ["One", "Two more", [["a", "b"]]],
        remarks=[
            ("aside", "header", ("Reference / HWB-014",)),
            ("aside", "footer", ("Page 1",)),
            ("aside", "footnote 1 (paragraph 2)", ("Net of grant.",)),
            ("aside", "endnote 1 (table 1, row 1, column 2)", ("Gross.",)),
        ],
    ),
    "text boxes": Quirk(
        docx(
            [
                paragraph(
                    "Before ", text_box(paragraph("Lead: Ann"), table(row("p", "q"))), "after"
                ),
                paragraph(text_box(paragraph("Old box"), is_new=False)),
                table(row("a", cell(paragraph("b", text_box(paragraph("in a cell")))))),
                "Last",
            ]
        ),
        [
            "Before after",
            "Lead: Ann",
            [["p", "q"]],
            "Old box",
            [["a", "b\nin a cell"]],
            "Last",
        ],
    ),
    "links, smart tags, fields": Quirk(
        docx(
            [
                paragraph(
                    f'<w:hyperlink r:id="h">{run("Annex")}</w:hyperlink>',
                    f'<w:smartTag w:element="x">{run(" of ")}</w:smartTag>',
                    f'<w:customXml w:element="y">{run("the ")}</w:customXml>',
                    f'<w:fldSimple w:instr="DATE">{run("1 May ")}</w:fldSimple>',
                    field('IF "a" ', run("paper")),
                )
            ],
            links={"h": "https://council.example/annex"},
        ),
        ["Annex of the 1 May paper"],
        remarks=[("link", "paragraph 1", ("Annex", "https://council.example/annex"))],
    ),
    "fields of an old form": Quirk(
        docx(
            [
                paragraph(
                    "Name: ",
                    field(
                        "FORMTEXT",
                        run("Ann "),
                        run("Lee"),
                        data='<w:ffData><w:name w:val="who"/><w:textInput/></w:ffData>',
                    ),
                ),
                paragraph(
                    "Area: ",
                    field(
                        "FORMDROPDOWN",
                        data='<w:ffData><w:name w:val="area"/><w:ddList><w:result w:val="1"/>'
                        '<w:listEntry w:val="North"/><w:listEntry w:val="South"/></w:ddList>'
                        "</w:ffData>",
                    ),
                ),
            ]
        ),
        ["Name: Ann Lee", "Area: South"],
    ),
    "a field that never ends": Quirk(
        docx([paragraph('<w:r><w:fldChar w:fldCharType="begin"/></w:r>', "Words"), "More"]),
        ["Words", "More"],
    ),
    "choices, dates and prompts": Quirk(
        docx(
            [
                paragraph(
                    "Type: ", control(run("Faster"), '<w:dropDownList/><w:alias w:val="t"/>')
                ),
                paragraph("Date: ", control(run("1 May 2016"), "<w:date/>")),
                table(
                    row("Lead", control(cell("Click here to enter text."), "<w:showingPlcHdr/>")),
                    row("Area", cell(control(paragraph("Choose an item."), "<w:showingPlcHdr/>"))),
                    row("Sum", cell(paragraph(control(run("£5k"), "<w:showingPlcHdr/>")))),
                ),
            ]
        ),
        ["Type: Faster", "Date: 1 May 2016", [["Lead", ""], ["Area", ""], ["Sum", ""]]],
        remarks=[
            (
                "differs",
                "table 1, row 3, column 2",
                ("£5k", "a prompt that nobody has answered"),
            )
        ],
    ),
    "hyphens, breaks and spaces": Quirk(
        docx(
            [
                paragraph(
                    "<w:r><w:t>part</w:t><w:noBreakHyphen/><w:t>year ef</w:t><w:softHyphen/>"
                    "<w:t>fect</w:t><w:br/><w:t>2016\u201117</w:t><w:tab/><w:t>£\u00a0100</w:t></w:r>"
                ),
                paragraph("co\u00adoperation"),
            ]
        ),
        ["part-year effect 2016-17 £ 100", "cooperation"],
    ),
    "the mark of a note behind a figure": Quirk(
        docx([paragraph("318", run("2", '<w:vertAlign w:val="superscript"/>'))]), ["318²"]
    ),
    "cells merged over rows and columns": Quirk(
        docx(
            [
                table(
                    row(cell("Savings", span=2), "Total", looks="<w:tblHeader/>"),
                    row(cell("Green", looks=DOWN), "1", "2"),
                    row(cell(looks=ON), "3", "4"),
                    row(cell("lost", looks=ON), cell("5", span=2)),
                    widths=(900, 900, 900),
                )
            ]
        ),
        [[["1x2 Savings", "Total"], ["3x1 Green", "1", "2"], ["3", "4"], ["1x2 5"]]],
        remarks=[("hidden", "table 1, row 2, column 1", ("lost",))],
    ),
    "rows that begin and end inside the grid": Quirk(
        docx(
            [
                table(
                    row("2016/17", "2017/18", looks='<w:gridBefore w:val="1"/>'),
                    row("Green", "1", "2"),
                    row("Red", "3", looks='<w:gridAfter w:val="1"/>'),
                    widths=(900, 900, 900),
                )
            ]
        ),
        [[["@1 2016/17", "2017/18"], ["Green", "1", "2"], ["Red", "3"]]],
    ),
    "cells merged as old versions did": Quirk(
        docx(
            [
                table(
                    row(
                        cell("Wide", looks='<w:hMerge w:val="restart"/>'),
                        cell(looks="<w:hMerge/>"),
                        "c",
                    ),
                    row("1", "2", "3"),
                )
            ]
        ),
        [[["1x2 Wide", "c"], ["1", "2", "3"]]],
    ),
    "a row whose widths say more than its spans": Quirk(
        docx(
            [
                table(
                    row("", "2016/17", "2017/18"),
                    row(
                        cell("Wide", looks='<w:tcW w:w="2000" w:type="dxa"/>'),
                        cell("7", looks='<w:tcW w:w="1000" w:type="dxa"/>'),
                    ),
                    widths=(1000, 1000, 1000),
                )
            ]
        ),
        [[["", "2016/17", "2017/18"], ["1x2 Wide", "7"]]],
        remarks=[
            (
                "differs",
                "table 1, row 2",
                ("columns 1, 2 as merged", "columns 1–2, 3 by widths"),
            )
        ],
    ),
    "a table within a cell": Quirk(
        docx([table(row("Risk", cell("before", table(row("High", "5")), paragraph("after"))))]),
        [[["Risk", "before\nHigh\n5\nafter"]]],
    ),
    "pictures": Quirk(
        docx(
            [
                paragraph("See ", PICTURE.format("Savings by year", 'r:embed="none"')),
                paragraph(PICTURE.format("", 'r:link="far"')),
            ],
            links={"far": "https://council.example/chart.png"},
        ),
        ["See"],
        remarks=[
            ("picture", "paragraph 1", ("a picture: Savings by year",)),
            (
                "picture",
                "after paragraph 1",
                (
                    "a picture without a description",
                    "kept elsewhere, not fetched: https://council.example/chart.png",
                ),
            ),
        ],
    ),
    "a chart": Quirk(
        docx(
            [
                paragraph(
                    '<w:r><w:drawing><wp:inline><wp:docPr id="1" name="C"/><a:graphic>'
                    '<a:graphicData uri="c"><c:chart r:id="p0"/></a:graphicData></a:graphic>'
                    "</wp:inline></w:drawing></w:r>"
                )
            ],
            {"chart": f"<c:chartSpace {NAMES}><a:t>Savings</a:t><c:v>584</c:v></c:chartSpace>"},
        ),
        [],
        remarks=[("picture", "the beginning", ("a chart without a description", "Savings 584"))],
    ),
    "a ring around an answer": Quirk(
        docx(
            [
                paragraph("Yes / No"),
                paragraph(
                    '<w:r><w:drawing><wp:anchor><a:graphic><a:graphicData uri="s"><wps:wsp>'
                    '<a:prstGeom prst="ellipse"/></wps:wsp></a:graphicData></a:graphic></wp:anchor>'
                    "</w:drawing></w:r>",
                    "<w:r><w:pict><v:oval/></w:pict></w:r>",
                    '<w:r><w:object><w:control w:name="CheckBox1"/></w:object></w:r>',
                ),
            ]
        ),
        ["Yes / No"],
        remarks=[
            ("picture", "after paragraph 1", ("a drawn shape (ellipse)",)),
            ("picture", "after paragraph 1", ("a drawn shape (ellipse)",)),
            ("picture", "after paragraph 1", ("a control whose state cannot be read: CheckBox1",)),
        ],
    ),
    "a hidden row and a hidden table": Quirk(
        docx(
            [
                table(row("x", looks="<w:hidden/>")),
                table(row("a", "b"), row("c", "d", looks="<w:hidden/>"), row("e", "f")),
            ]
        ),
        [[["a", "b"], ["e", "f"]]],
        remarks=[
            ("hidden", "table 1, a hidden row", ("x",)),
            ("hidden", "table 1, a hidden row", ("c",)),
            ("hidden", "table 1, a hidden row", ("d",)),
        ],
    ),
    "a cell that continues one of another width": Quirk(
        docx(
            [
                table(
                    row(cell("Green", looks=DOWN), "1", "2"),
                    row(cell("Total", looks=ON, span=2), "3"),
                    row("Red", "4", "5"),
                )
            ]
        ),
        [[["Green", "1", "2"], ["1x2 Total", "3"], ["Red", "4", "5"]]],
        remarks=[
            (
                "differs",
                "table 1, row 2",
                (
                    "cell 1 merged with a cell above",
                    "cell 1 of its own, as its width is another",
                ),
            ),
            ("differs", "table 1, row 2, column 1", ("Total", "nothing")),
        ],
    ),
    "a short row that is where it seems": Quirk(
        docx(
            [
                table(
                    row("a", "b", "c"),
                    row(*(cell(text, looks='<w:tcW w:w="1000"/>') for text in ("d", "e"))),
                    widths=(1000, 1000, 1000),
                )
            ]
        ),
        [[["a", "b", "c"], ["d", "e"]]],
    ),
    "an old choice that nobody has made": Quirk(
        docx(
            [
                paragraph(
                    field(
                        "FORMDROPDOWN",
                        data='<w:ffData><w:ddList><w:listEntry w:val="Pick one"/></w:ddList>'
                        "</w:ffData>",
                    )
                )
            ]
        ),
        ["Pick one"],
    ),
    "a formula": Quirk(
        docx(
            [
                paragraph(
                    "<m:oMath><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t>"
                    "</m:r></m:den></m:f></m:oMath>",
                    " of it",
                )
            ]
        ),
        ["of it"],
        remarks=[("picture", "paragraph 1", ("a formula: 1 2",))],
    ),
    "alternatives that differ": Quirk(
        docx(
            [
                paragraph(
                    '<w:r><mc:AlternateContent><mc:Choice Requires="w14"><w:t>100</w:t></mc:Choice>'
                    "<mc:Fallback><w:t>200</w:t></mc:Fallback></mc:AlternateContent></w:r>"
                )
            ]
        ),
        ["100"],
        remarks=[("differs", "paragraph 1", ("100", "200"))],
    ),
    "words where none should stand": Quirk(
        docx(
            [run("loose"), f'<w:customXml w:element="z">{paragraph("Held")}</w:customXml>', "End"]
        ),
        ["loose", "Held", "End"],
    ),
    "word art": Quirk(
        docx(
            [
                paragraph(
                    '<w:r><w:pict><v:shape><v:textpath string="DRAFT"/></v:shape></w:pict></w:r>'
                )
            ]
        ),
        ["DRAFT"],
    ),
    "a strict file": Quirk(
        docx(
            [
                table(row("a", control(cell(paragraph(tick_box(is_ticked=True)))))),
                paragraph("b", '<w:r><w:footnoteReference w:id="1"/></w:r>'),
            ],
            {"footnotes": f'<w:footnote w:id="1">{paragraph("note")}</w:footnote>'},
            is_strict=True,
        ),
        [[["a", ""]], "b"],
        [T],
        [("aside", "footnote 1 (paragraph 1)", ("note",))],
    ),
    "a template with macros, its parts elsewhere": Quirk(
        docx(
            ["Words"],
            content_type="application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
            main="deep/down/paper.xml",
        ),
        ["Words"],
    ),
    "an answer highlighted": Quirk(
        docx([paragraph(run("Yes", '<w:highlight w:val="yellow"/>'), run(" / No"))]), ["Yes / No"]
    ),
}
