"""PDFs of concept papers: the same words, cells and marks whoever made them, or one sentence."""

import pypdf
import pytest
from pdf_papers import PEOPLE, PURPOSE, RAG, STATUS, TITLE, paper_pdf
from small_pdf import pdf_of

from ffanalysis.errors import PaperUnreadable
from ffanalysis.intake.document import Document, Mark, Paragraph, RemarkKind, Table, tables_of
from ffanalysis.intake.pdf import read_pdf

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
                "Further milestones on savings will be established with the provider post transfer of"
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
                "Current Savings Programme – applicable to Education & Skills excluding SEND (£000) &"
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


def test_an_encrypted_paper_is_refused() -> None:
    import io

    writer = pypdf.PdfWriter(io.BytesIO(pdf_of("<p>Budget 2015/16</p>").encode("latin-1")))
    writer.encrypt("secret", algorithm="RC4-128")
    locked = io.BytesIO()
    writer.write(locked)
    assert "it is encrypted; ask for a copy without a password" in refusal(locked.getvalue())
