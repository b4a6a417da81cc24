"""Word papers: every word and box in its place, whatever it is wrapped in; nothing lost."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from lxml import etree
from word_quirks import QUIRKS
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


def drawn(blocks: Any) -> list[Any]:
    """Paragraphs as their words, tables as rows of words with what they cover."""
    return [each.text if isinstance(each, Paragraph) else drawn_table(each) for each in blocks]


def drawn_table(table: Table) -> list[list[str]]:
    rows: list[list[str]] = [[] for _ in range(max(cell.row for cell in table.cells) + 1)]
    for cell in table.cells:
        size = f"{cell.rows}x{cell.columns} " if cell.rows * cell.columns > 1 else ""
        starts = f"@{cell.column} " if not rows[cell.row] and cell.column and not size else ""
        is_under = any(c.column < cell.column and c.row < cell.row < c.row + c.rows for c in table.cells)
        rows[cell.row].append(f"{size}{'' if is_under else starts}{cell.text}")
    return rows


@pytest.mark.parametrize("name", QUIRKS)
def test_each_quirk_is_read_as_it_is_seen(name: str) -> None:
    quirk = QUIRKS[name]
    document = read(quirk.content, ask_second=True)
    assert drawn(document.blocks) == quirk.blocks
    assert [mark for each in paragraphs_of(document.blocks) for mark in each.marks] == quirk.marks
    assert [(r.kind, r.place, r.readings) for r in document.remarks] == quirk.remarks
    assert not document.overlooked
