"""Words of a Word file that nobody sees on the page: never placed, always asked about.

White words on a dark ground are seen, and so are those whose ground cannot be told.
"""

import pytest
from word_files import cell, docx, paragraph, row, run, table

from ffanalysis.intake.document import paragraphs_of
from ffanalysis.intake.form_files import shipped
from ffanalysis.intake.papers import take_from
from ffanalysis.intake.word.reader import read_word

WHITE = '<w:color w:val="FFFFFF"/>'
FIELDS = [
    ["Proposal title", "Parks"],
    ["Reference", "P 1"],
    ["Service area", "Parks"],
]
DARK = '<w:shd w:val="clear" w:fill="1F3864"/>'
STYLES = (
    '<w:style w:type="paragraph" w:default="1" w:styleId="Usual"><w:rPr/></w:style>'
    f'<w:style w:type="paragraph" w:styleId="Pale"><w:rPr>{WHITE}</w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Paler"><w:basedOn w:val="Pale"/></w:style>'
    f'<w:style w:type="paragraph" w:styleId="Band"><w:pPr>{DARK}</w:pPr>'
    f"<w:rPr>{WHITE}</w:rPr></w:style>"
    f'<w:style w:type="character" w:styleId="Badge"><w:rPr>{WHITE}{DARK}</w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="Dust"><w:rPr><w:sz w:val="2"/></w:rPr></w:style>'
    '<w:style w:type="table" w:styleId="Dark"><w:tblStylePr w:type="firstRow"><w:tcPr>'
    f"{DARK}</w:tcPr></w:tblStylePr></w:style>"
)


def shaded(fill: str) -> str:
    return f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>'


def boxed(fill: str) -> str:
    """White words in a text box with such a fill."""
    inner = f"<w:txbxContent>{paragraph(run('odd words', WHITE))}</w:txbxContent>"
    shape = f"<wps:wsp><wps:spPr>{fill}</wps:spPr><wps:txbx>{inner}</wps:txbx></wps:wsp>"
    data = f"<a:graphic><a:graphicData>{shape}</a:graphicData></a:graphic>"
    return paragraph(f"<w:r><w:drawing><wp:inline>{data}</wp:inline></w:drawing></w:r>")


UNSEEN = {
    "white in a box without a fill": boxed("<a:noFill/>"),
    "white in a white box": boxed('<a:solidFill><a:schemeClr val="bg1"/></a:solidFill>'),
    "white": paragraph(run("odd words", WHITE)),
    "nearly white": paragraph(run("odd words", '<w:color w:val="F2F2F2"/>')),
    "the paper's colour by the theme": paragraph(
        run("odd words", '<w:color w:val="000000" w:themeColor="background1"/>')
    ),
    "white by the style of the paragraph": paragraph(
        run("odd words"), looks='<w:pStyle w:val="Paler"/>'
    ),
    "black on black": paragraph(run("odd words", f'<w:color w:val="000000"/>{shaded("000000")}')),
    "black under a black marker": paragraph(
        run("odd words", '<w:color w:val="000000"/><w:highlight w:val="black"/>')
    ),
    "blue in a blue cell": table(
        row(cell(paragraph(run("odd words", '<w:color w:val="1F3864"/>')), looks=shaded("1F3864")))
    ),
    "an effect without a fill": paragraph(
        run("odd words", "<w14:textFill><w14:noFill/></w14:textFill>")
    ),
    "one point high": paragraph(run("odd words", '<w:sz w:val="2"/>')),
    "one point high by a style": paragraph(run("odd words", '<w:rStyle w:val="Dust"/>')),
    "hidden": paragraph(run("odd words", "<w:vanish/>")),
}
SEEN = {
    "white in a dark box": boxed('<a:solidFill><a:srgbClr val="1F3864"/></a:solidFill>'),
    "white in a box of the theme's colour": boxed(
        '<a:solidFill><a:schemeClr val="accent1"/></a:solidFill>'
    ),
    "white in a dark cell": table(
        row(cell(paragraph(run("odd words", WHITE)), looks=shaded("1F3864")))
    ),
    "white in a dark table": table(row(cell(paragraph(run("odd words", WHITE))))).replace(
        "<w:tblPr/>", f"<w:tblPr>{shaded('1F3864')}</w:tblPr>"
    ),
    "white where the table's style has colours": table(
        row(cell(paragraph(run("odd words", WHITE))))
    ).replace("<w:tblPr/>", '<w:tblPr><w:tblStyle w:val="Dark"/></w:tblPr>'),
    "white in a dark paragraph": paragraph(run("odd words", WHITE), looks=shaded("1F3864")),
    "white on the colour of a style": paragraph(run("odd words"), looks='<w:pStyle w:val="Band"/>'),
    "white in a badge": paragraph(run("odd words", '<w:rStyle w:val="Badge"/>')),
    "white under a marker": paragraph(run("odd words", f'{WHITE}<w:highlight w:val="darkBlue"/>')),
    "white on a pattern": paragraph(
        run("odd words", f'{WHITE}<w:shd w:val="pct75" w:color="000000" w:fill="FFFFFF"/>')
    ),
    "grey": paragraph(run("odd words", '<w:color w:val="A6A6A6"/>')),
    "any colour that is seen": paragraph(run("odd words", '<w:color w:val="auto"/>')),
    "small": paragraph(run("odd words", '<w:sz w:val="12"/>')),
}


@pytest.mark.parametrize("name", [*UNSEEN, *SEEN])
def test_what_is_seen_and_what_is_not(name: str) -> None:
    found = read_word("paper.docx", docx([{**UNSEEN, **SEEN}[name]], {"styles": STYLES}))
    words = [each.text for each in paragraphs_of(found.blocks) if each.text]
    told = [text for remark in found.remarks for text in remark.readings]
    assert (words, told) == ((["odd words"], []) if name in SEEN else ([], ["odd words"]))
    assert not found.overlooked


def test_no_unseen_amount_or_sentence_is_placed() -> None:
    """£900k in white is no saving, and 20 with a white nought behind it stays 20."""
    savings = table(
        row("Proposed savings (£000)", "2025/26", "2026/27"),
        row(
            "Net saving", cell(paragraph("20", run("0", WHITE))), cell(paragraph(run("900", WHITE)))
        ),
    )
    text = paragraph("Beds are planted once. ", run("It saves £250k in 2026/27.", WHITE))
    blocks = [FIELDS, "Description of proposal", text, savings]
    taken = take_from("paper.docx", docx(blocks), shipped()).taken
    (grid,) = taken.grids
    assert [value.text for each in grid.rows for value in each.amounts.values()] == ["20"]
    assert taken.text_of("description") == "Beds are planted once."
    asked = [each.asks for each in taken.questions]
    assert len(asked) == 3
    for words in ("'It saves £250k in 2026/27.'", "'0'", "'900'"):
        assert any("white on white" in text and words in text for text in asked)
