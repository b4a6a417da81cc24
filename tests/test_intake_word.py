"""Word papers: every word and box in its place, whatever it is wrapped in; nothing lost."""

import re
import socket
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
import the_paper
from lxml import etree
from word_files import (
    W,
    cell,
    control,
    docx,
    packed,
    paper_docx,
    paragraph,
    row,
    run,
    table,
    tick_box,
    unpacked,
)
from word_hostile import HOSTILE, READ, TENTH
from word_quirks import QUIRKS

from ffanalysis.errors import PaperUnreadable
from ffanalysis.intake.closing import _REMARKS
from ffanalysis.intake.document import (
    AtomKind,
    Document,
    Mark,
    Paragraph,
    RemarkKind,
    Table,
    paragraphs_of,
)
from ffanalysis.intake.word.package import Package
from ffanalysis.intake.word.reader import read_word
from ffanalysis.intake.word.reading import Reading
from ffanalysis.intake.word.second import differences
from ffanalysis.intake.word.styles import Styles

MAIN = "word/document.xml"
TICKED, EMPTY, DOUBTFUL = Mark.TICKED, Mark.EMPTY, Mark.DOUBTFUL


def read(content: bytes, *, ask_second: bool = False) -> Document:
    return read_word("paper.docx", content, ask_second=ask_second)


def shape(blocks: Any) -> list[Any]:
    """Words, marks and positions, without tags and atoms."""
    return [
        (block.text, block.marks, block.level, block.place)
        if isinstance(block, Paragraph)
        else [
            (cell.row, cell.column, cell.rows, cell.columns, cell.is_heading, shape(cell.content))
            for cell in block.cells
        ]
        for block in blocks
    ]


def wrapped(files: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """The paper with each paragraph, run, cell, row and table in a control, one at a time."""
    root = etree.fromstring(files[MAIN])
    for kind in ("tbl", "tr", "tc", "p", "r"):
        for element in list(root.iter(f"{{{W}}}{kind}")):
            around = etree.fromstring(
                f'<w:sdt xmlns:w="{W}"><w:sdtPr><w:tag w:val="a"/></w:sdtPr><w:sdtContent/></w:sdt>'
            )
            element.getparent().replace(element, around)
            around[1].append(element)
            yield f"{kind} {element.sourceline}", packed(files | {MAIN: etree.tostring(root)})
            around.getparent().replace(around, element)


def test_no_content_control_hides_or_shifts_anything() -> None:
    content = paper_docx()
    files = {
        name: part
        for name, part in unpacked(content).items()
        if name.endswith((".rels", "document.xml")) or name == "[Content_Types].xml"
    }
    expected = shape(read(packed(files)).blocks)
    assert len(expected) == 26
    count = 0
    for what, one in wrapped(files):
        document = read(one, ask_second=count % 40 == 0)
        assert shape(document.blocks) == expected, what
        assert not document.overlooked, what
        assert not document.remarks, what
        count += 1
    assert count > 450


def drawn(blocks: Any) -> list[Any]:
    """Paragraphs as their words, tables as rows of words with what they cover."""
    return [each.text if isinstance(each, Paragraph) else drawn_table(each) for each in blocks]


def drawn_table(table: Table) -> list[list[str]]:
    rows: list[list[str]] = [[] for _ in range(max(each.row for each in table.cells) + 1)]
    for each in table.cells:
        size = f"{each.rows}x{each.columns} " if each.rows * each.columns > 1 else ""
        starts = f"@{each.column} " if not rows[each.row] and each.column and not size else ""
        is_under = any(
            above.column < each.column and above.row < each.row < above.row + above.rows
            for above in table.cells
        )
        rows[each.row].append(f"{size}{'' if is_under else starts}{each.text}")
    return rows


def marks_of(document: Document) -> list[Mark]:
    return [mark for each in paragraphs_of(document.blocks) for mark in each.marks]


@pytest.mark.parametrize("name", QUIRKS)
def test_each_quirk_is_read_as_it_is_seen(name: str) -> None:
    quirk = QUIRKS[name]
    document = read(quirk.content, ask_second=True)
    assert drawn(document.blocks) == quirk.blocks
    assert marks_of(document) == list(quirk.marks)
    assert [(r.kind, r.place, r.readings) for r in document.remarks] == list(quirk.remarks)
    assert not document.overlooked


SOURCES = ("document", "header", "footer", "footnotes", "endnotes", "comments")
PAPERS = {
    f"the paper with {boxes} boxes, people {people}": paper_docx(boxes=boxes, people=people)
    for boxes, people in (
        ("control", "tabs"),
        ("old", "table"),
        ("glyph", "line"),
        ("symbol", "tabs"),
        ("cell", "table"),
    )
}
FILES = PAPERS | {name: quirk.content for name, quirk in QUIRKS.items()}


def counted(content: bytes) -> tuple[Counter[str], int, int]:
    """The texts, symbols and tick boxes of a file by its raw XML, each alternative once."""
    xml = "".join(
        part.decode()
        for name, part in unpacked(content).items()
        if name.rpartition("/")[2].removesuffix(".xml") in (*SOURCES, "paper")
    )
    xml = without_repeated(xml)
    texts = re.findall(r"<(?:w|m|a):(?:t|delText)(?: [^>]*)?>([^<]*)</", xml)
    texts += re.findall(r"<v:textpath string=\"([^\"]*)", xml)
    return (
        Counter(unescape(text) for text in texts if text.strip()),
        len(re.findall("<w:sym ", xml)),
        len(re.findall("<(?:w14:checkbox|w:checkBox)>", xml)),
    )


def without_repeated(xml: str) -> str:
    """XML without the fallbacks whose texts stand in the choice before them as well."""

    def one(found: re.Match[str]) -> str:
        choice, fallback = (re.findall(r"<w:t[^>]*>([^<]*)", found[n]) for n in (1, 2))
        return found[0] if choice != fallback else found[1]

    return re.sub(
        r"(<mc:Choice.*?</mc:Choice>)(<mc:Fallback>.*?</mc:Fallback>)", one, xml, flags=re.DOTALL
    )


@pytest.mark.parametrize("name", FILES)
def test_all_that_stands_in_the_file_is_counted_and_ends_somewhere(name: str) -> None:
    texts, symbols, boxes = counted(FILES[name])
    document = read(FILES[name])
    kinds = Counter(atom.kind for atom in document.atoms)
    assert Counter(atom.text for atom in document.atoms if atom.kind is AtomKind.TEXT) == texts
    assert (kinds[AtomKind.SYMBOL], kinds[AtomKind.BOX]) == (symbols, boxes)
    assert not document.overlooked


@pytest.mark.parametrize("name", FILES)
def test_words_are_in_the_blocks_or_in_a_remark(name: str) -> None:
    document = read(FILES[name])
    said = [each.text for each in paragraphs_of(document.blocks)]
    said += [reading for remark in document.remarks for reading in remark.readings]
    letters = Counter(re.sub(r"\W", "", unicodedata.normalize("NFKC", "".join(said))))
    for atom in document.atoms:
        if atom.kind is AtomKind.TEXT and not re.match(r"Click|Choose|\u00fe", atom.text):
            letters.subtract(re.sub(r"\W", "", atom.text.replace("\u00ad", "")))
    assert not {letter: left for letter, left in letters.items() if left < 0}


@pytest.mark.parametrize("name", PAPERS)
def test_the_paper_is_the_same_however_its_boxes_are_made(name: str) -> None:
    document = read(PAPERS[name], ask_second=True)
    assert not document.remarks
    tables = [each for each in document.blocks if isinstance(each, Table)]
    tables = tables[:2] + tables[-5:]
    types, areas, milestones, risks, programme, proposed, agreed = map(drawn_table, tables)
    ticks = [mark for mark in marks_of(document) if mark is not Mark.EMPTY]
    assert ticks == [TICKED, TICKED]
    assert types[0][0].endswith(the_paper.PROJECT_ROW["title"])
    assert [line[0] for line in areas[1:3]] == ["Children and Families", "Environment"]
    for lines, rows in ((milestones, the_paper.MILESTONES), (risks, the_paper.RISKS)):
        assert lines[1:] == [[text or "" for text in each] for each in rows]
    assert programme[1][0].startswith("6x1 Current Savings Programme")
    assert programme[1][1:] == ["", "2015/16", "2016/17", "2017/18", "Total"]
    assert programme[2] == ["Green Delivered", "584", "318", "", ""]
    labels = "Green Delivered\nGreen On Target\nAmber\nRed\nTotal"
    new = ["New Savings (Further and New)", "£000's", labels, "", "100\n100", "", "", "100"]
    assert proposed[1] == new
    assert agreed[1:] == [[f"{role}: {who}", date] for role, who, date in the_paper.SIGN_OFF]


def test_a_value_that_our_reader_shifts_is_told_by_the_second() -> None:
    content = docx([table(row("", "2016/17", "2017/18"), row("Saving", control(cell("100")), ""))])
    package = Package(content)
    reading = Reading(package, Styles(None))
    (ours,) = read(content).blocks
    assert isinstance(ours, Table)
    assert not differences(reading, [ours])
    *others, hundred, empty = ours.cells
    shifted = replace(ours, cells=(*others, replace(empty, column=1), replace(hundred, column=2)))
    assert [(each.place, each.readings) for each in differences(reading, [shifted])] == [
        ("table 1, row 2, column 3", ("nothing", "100")),
        ("table 1, row 2, column 2", ("100", "nothing")),
    ]


def test_where_the_second_reader_gives_up_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def gives_up(*_: object, **__: object) -> None:
        raise KeyError

    monkeypatch.setattr("mammoth.convert_to_html", gives_up)
    document = read(docx(["Words"]), ask_second=True)
    assert drawn(document.blocks) == ["Words"]
    assert [each.readings for each in document.remarks] == [
        ("read once: the second reader cannot read it",)
    ]


def test_a_name_of_a_control_stays_with_its_words() -> None:
    content = docx(
        [
            paragraph(control(run("Ann"), '<w:alias w:val="Lead"/><w:tag w:val="l1"/>')),
            paragraph(run("Yes", '<w:highlight w:val="yellow"/>'), run(" No")),
            paragraph(run("Yes", '<w:shd w:val="clear" w:fill="FFFF00"/>')),
            paragraph(tick_box(is_ticked=True, tag="Faster")),
        ]
    )
    pieces = [piece for each in paragraphs_of(read(content).blocks) for piece in each.pieces]
    assert [(piece.text, piece.mark, piece.tag) for piece in pieces] == [
        ("Ann", None, "Lead"),
        ("Yes", None, "highlight"),
        (" No", None, ""),
        ("Yes", None, "highlight"),
        ("", TICKED, "Faster"),
    ]


def test_whatever_the_reader_remarks_can_be_asked_about() -> None:
    assert set(_REMARKS) == set(RemarkKind) - {RemarkKind.ASIDE}


def test_headings_have_the_level_of_their_style() -> None:
    content = docx(
        [
            paragraph("One", looks='<w:pStyle w:val="H"/>'),
            paragraph("Two", looks='<w:pStyle w:val="Own"/>'),
            paragraph("Three", looks='<w:outlineLvl w:val="2"/>'),
            paragraph("Text", looks='<w:pStyle w:val="Endless"/>'),
        ],
        {
            "styles": '<w:style w:styleId="H"><w:name w:val="heading 1"/></w:style>'
            '<w:style w:styleId="Own"><w:basedOn w:val="Deep"/></w:style>'
            '<w:style w:styleId="Deep"><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>'
            '<w:style w:styleId="Endless"><w:basedOn w:val="Endless"/></w:style>'
        },
    )
    levels = [each.level for each in paragraphs_of(read(content).blocks)]
    assert levels == [1, 2, 3, 0]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_read_or_refused_in_one_sentence(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, said = HOSTILE[name]
    content = make(TENTH)

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("nothing may be fetched")

    monkeypatch.setattr(socket, "socket", forbidden)
    started = time.process_time()
    if said == READ:
        document = read_word("paper.docx", content)
        assert not document.overlooked
    else:
        with pytest.raises(PaperUnreadable) as refused:
            read_word("paper.docx", content)
        sentence = str(refused.value)
        assert sentence.startswith("paper.docx cannot be read: ")
        assert said in sentence
        assert sentence.endswith(".")
        assert "\n" not in sentence
    assert time.process_time() - started < 10
