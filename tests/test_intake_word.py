"""Word papers: every word and box in its place, whatever it is wrapped in; nothing lost."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from lxml import etree
from word_files import (
    W,
    docx,
    packed,
    paper_docx,
    unpacked,
)

from ffanalysis.errors import PaperUnreadable
from ffanalysis.intake.document import (
    Block,
    Document,
    Mark,
    Paragraph,
    Table,
    paragraphs_of,
    tables_of,
)
from ffanalysis.intake.word import read_word

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
    """The paper with each paragraph, run, cell, row and table in a content control, one at a time."""
    root = etree.fromstring(files[MAIN])
    for kind in ("tbl", "tr", "tc", "p", "r"):
        for element in list(root.iter(f"{{{W}}}{kind}")):
            around = etree.fromstring(
                f'<w:sdt xmlns:w="{W}"><w:sdtPr><w:alias w:val="a"/></w:sdtPr><w:sdtContent/></w:sdt>'
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
        document = read(one)
        assert shape(document.blocks) == expected, what
        assert not document.overlooked, what
        assert not document.remarks, what
        count += 1
    assert count > 450
