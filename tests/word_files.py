"""Word files for tests: the example's concept paper as Word has it, and small ones part by part.

The paper is written with python-docx, what that cannot write (content controls) as XML. The small
ones are written as XML by hand, in either form of the format.
"""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal
from xml.sax.saxutils import escape

import docx as python_docx
import the_paper
from docx.oxml import parse_xml

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SPACES = {
    "w": W,
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
}
_STRICT = {
    W: "http://purl.oclc.org/ooxml/wordprocessingml/main",
    _SPACES["r"]: "http://purl.oclc.org/ooxml/officeDocument/relationships",
    _SPACES["a"]: "http://purl.oclc.org/ooxml/drawingml/main",
    _SPACES["wp"]: "http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing",
    _SPACES["pic"]: "http://purl.oclc.org/ooxml/drawingml/picture",
}
NAMES = " ".join(f'xmlns:{prefix}="{space}"' for prefix, space in _SPACES.items())
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"

Block = str | Sequence[Sequence[str]]


def run(text: str, looks: str = "") -> str:
    """A run: words, and what its <w:rPr> holds."""
    properties = f"<w:rPr>{looks}</w:rPr>" if looks else ""
    return f'<w:r>{properties}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph(*content: str, looks: str = "") -> str:
    """A paragraph of words, or of XML where it begins with "<"."""
    inner = "".join(each if each.startswith("<") else run(each) for each in content if each)
    return f"<w:p>{f'<w:pPr>{looks}</w:pPr>' if looks else ''}{inner}</w:p>"


def cell(*content: str, looks: str = "", span: int = 1) -> str:
    """A cell of paragraphs of words, or of XML where it begins with "<"."""
    looks += f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    inner = "".join(
        each if each.startswith(("<w:p>", "<w:tbl>", "<w:sdt>", "<w:bookmark")) else paragraph(each)
        for each in content or ("",)
    )
    return f"<w:tc>{f'<w:tcPr>{looks}</w:tcPr>' if looks else ''}{inner}</w:tc>"


def row(*cells: str, looks: str = "") -> str:
    """A row of cells: words, or XML where it begins with "<"."""
    inner = "".join(
        each if each.startswith(("<w:tc>", "<w:sdt>")) else cell(each) for each in cells
    )
    return f"<w:tr>{f'<w:trPr>{looks}</w:trPr>' if looks else ''}{inner}</w:tr>"


def table(*rows: str, widths: Iterable[int] = ()) -> str:
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"


def control(content: str, properties: str = "") -> str:
    """A content control around anything."""
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def tick_box(*, is_ticked: bool, glyph: str | None = None, tag: str = "") -> str:
    """A tick-box control as Word writes it, within a paragraph."""
    shown = glyph if glyph is not None else "☒" if is_ticked else "☐"
    name = f'<w:alias w:val="{tag}"/>' if tag else ""
    return control(
        run(shown, '<w:rFonts w:ascii="MS Gothic" w:hAnsi="MS Gothic"/>'),
        f'{name}<w14:checkbox><w14:checked w14:val="{is_ticked:d}"/>'
        '<w14:checkedState w14:val="2612" w14:font="MS Gothic"/>'
        '<w14:uncheckedState w14:val="2610" w14:font="MS Gothic"/></w14:checkbox>',
    )


def body_of(blocks: Iterable[Block]) -> str:
    """Paragraphs of words, tables as rows of words, or XML where it begins with "<"."""
    found = []
    for block in blocks:
        if not isinstance(block, str):
            found.append(table(*(row(*cells) for cells in block)))
        else:
            found.append(block if block.startswith("<") else paragraph(block))
    return "".join(found)


def docx(
    blocks: Iterable[Block],
    parts: Mapping[str, str] | None = None,
    *,
    links: Mapping[str, str] | None = None,
    is_strict: bool = False,
    content_type: str = _MAIN,
    main: str = "word/document.xml",
) -> bytes:
    """A Word file of these blocks.

    `parts` are others by their kind ("header", "footnotes", "styles" …), each the XML within its
    root, or all of it for a chart; `links` are targets outside by their ids.
    """
    document = f"<w:document {NAMES}><w:body>{body_of(blocks)}<w:sectPr/></w:body></w:document>"
    folder = main.rpartition("/")[0]
    files, relations = {}, []
    for number, (kind, inner) in enumerate((parts or {}).items()):
        root = {"header": "hdr", "footer": "ftr"}.get(kind.rstrip("0123456789"), kind)
        files[f"{folder}/{kind}.xml"] = (
            inner if inner.startswith("<c:") else f"<w:{root} {NAMES}>{inner}</w:{root}>"
        )
        relations.append(_relation(f"p{number}", kind.rstrip("0123456789"), f"{kind}.xml"))
    for key, target in (links or {}).items():
        kind = "image" if "." in target and target.endswith("png") else "hyperlink"
        relations.append(_relation(key, kind, target, is_outside=True))
    files[main] = document
    files[f"{folder}/_rels/{main.rpartition('/')[2]}.rels"] = _relations(relations)
    files["_rels/.rels"] = _relations([_relation("m", "officeDocument", main)])
    files["[Content_Types].xml"] = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{main}" ContentType="{content_type}"/></Types>'
    )
    if is_strict:
        for space, strict in _STRICT.items():
            files = {name: text.replace(space, strict) for name, text in files.items()}
    return packed({name: text.encode() for name, text in files.items()})


def _relation(key: str, kind: str, target: str, *, is_outside: bool = False) -> str:
    mode = ' TargetMode="External"' * is_outside
    return (
        f'<Relationship Id="{key}" Type="{_SPACES["r"]}/{kind}" Target="{escape(target)}"{mode}/>'
    )


def _relations(relations: Iterable[str]) -> str:
    return f'<Relationships xmlns="{_RELATIONS}">{"".join(relations)}</Relationships>'


def packed(files: Mapping[str, bytes]) -> bytes:
    """A package of these parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


Boxes = Literal["control", "old", "glyph", "symbol", "cell"]
People = Literal["tabs", "table", "line"]
RAG_LABELS = ("Green Delivered", "Green On Target", "Amber", "Red", "Total")
_PEOPLE = (
    ("CMR Lead:", the_paper.PROJECT_ROW["cmr_lead"]),
    ("SLT Lead:", the_paper.PROJECT_ROW["slt_lead"]),
    ("Head of Service Lead:", the_paper.PROJECT_ROW["head_of_service"]),
    ("CMR Challenge:", the_paper.PROJECT_ROW["cmr_challenge"]),
)
_TYPES = ("FURTHER", "FASTER", "NEW", "CROSS CUTTING")
_AREAS = (
    "Children and Families",
    "Environment",
    "Open for Business",
    "Health & Wellbeing",
    "Cross Council Priorities",
)


def paper_docx(
    path: Path | None = None, *, boxes: Boxes = "control", people: People = "tabs"
) -> bytes:
    """The example's concept paper as a Word file, saved where a path is given.

    `boxes` is how its ticks are made: content controls, fields of an old form, typed glyphs,
    Wingdings, or a mark in an otherwise empty cell. `people` is how the four leads stand: in one
    line with tabs or without, or in a table.
    """
    paper = _Paper(boxes)
    lines = [line for line in the_paper.TEXT.split("\n") if line.strip()]
    paper.prose(lines[:1])
    paper.title_and_type(lines[1].strip())
    paper.prose(["Corporate Plan Area:"])
    paper.ticks("", _AREAS)
    paper.people(people)
    start, end = (
        next(place for place, line in enumerate(lines) if line.startswith(words))
        for words in ("Brief Project Description:", "Timescales:")
    )
    paper.prose(lines[start : end + 1])
    paper.rows([("Milestone", "Completed By Date:"), *the_paper.MILESTONES])
    paper.prose([line for line in lines if line.startswith("Risks/Impacts")])
    paper.rows([("Risk description", "Mitigation"), *the_paper.RISKS])
    paper.prose(["Budget and Proposed Project Savings"])
    paper.current_programme(lines)
    paper.proposed_savings()
    paper.prose(["Agreed By:"])
    paper.rows(
        [
            ("Job Title and Name", "Date"),
            *((f"{role}: {name}", date) for role, name, date in the_paper.SIGN_OFF),
        ]
    )
    content = paper.saved()
    if path is not None:
        path.write_bytes(content)
    return content


class _Paper:
    def __init__(self, boxes: Boxes) -> None:
        self.document: Any = python_docx.Document()
        self.boxes = boxes

    def prose(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.document.add_paragraph(line)

    def table(self, height: int, width: int) -> Any:
        return self.document.add_table(height, width, style="Table Grid")

    def rows(self, rows: Sequence[Sequence[str | None]]) -> None:
        """A table with a heading row that is repeated on each page."""
        made = self.table(len(rows), len(rows[0]))
        for number, cells in enumerate(rows):
            for place, text in enumerate(cells):
                made.cell(number, place).text = text or ""
        heading = made.rows[0]._tr.get_or_add_trPr()
        heading.append(parse_xml(f'<w:tblHeader xmlns:w="{W}"/>'))
        self.document.add_paragraph()

    def title_and_type(self, title: str) -> None:
        made = self.table(len(_TYPES) + 2, 2)
        made.cell(0, 0).merge(made.cell(0, 1)).text = title
        self._fill_ticks(made, 1, "Type of Saving:", _TYPES)

    def ticks(self, label: str, choices: Sequence[str]) -> None:
        self._fill_ticks(self.table(len(choices) + 1, 2), 0, label, choices)
        self.document.add_paragraph()  # two tables without one between are one

    def _fill_ticks(self, made: Any, first: int, label: str, choices: Sequence[str]) -> None:
        made.cell(first, 0).text = label
        made.cell(first, 1).text = "Please tick one box"
        for number, choice in enumerate(choices, first + 1):
            made.cell(number, 0).text = choice
            self._tick(made.cell(number, 1).paragraphs[0], choice, number == first + 1)

    def _tick(self, line: Any, choice: str, is_ticked: bool) -> None:
        xml = {
            "control": tick_box(is_ticked=is_ticked, tag=choice.replace("&", "and")),
            "old": old_box(is_ticked=is_ticked),
            "glyph": run("☒" if is_ticked else "☐"),
            "symbol": f'<w:r><w:sym w:font="Wingdings" w:char="{"F0FE" if is_ticked else "F0A8"}"/>'
            "</w:r>",
            "cell": run("✓") if is_ticked else "",
        }[self.boxes]
        for element in parse_xml(f"<w:p {NAMES}>{xml}</w:p>"):
            line._p.append(element)

    def people(self, how: People) -> None:
        if how == "table":
            made = self.table(2, 4)
            for number, (label, name) in enumerate(_PEOPLE):
                made.cell(number // 2, number % 2 * 2).text = label
                made.cell(number // 2, number % 2 * 2 + 1).text = name
            self.document.add_paragraph()
        else:
            between = "\t" if how == "tabs" else " "
            self.prose([between.join(f"{label} {name}" for label, name in _PEOPLE)])

    def current_programme(self, lines: Sequence[str]) -> None:
        base, programme = (
            next(line for line in lines if line.startswith(words)).split("\t")
            for words in ("2015-16 Base Budget", "Current Savings Programme")
        )
        made = self.table(7, 6)
        made.cell(0, 0).text = base[0]
        made.cell(0, 1).merge(made.cell(0, 5)).text = base[1]
        made.cell(1, 0).merge(made.cell(6, 0)).text = programme[0]
        rows = (
            ("", "2015/16", "2016/17", "2017/18", "Total"),
            ("Green Delivered", "584", "318", "", ""),
            ("Green On Target", "", "1,025", "344", ""),
            ("Amber", "", "152", "32", ""),
            ("Red", "", "", "", ""),
            ("Total", "584", "1,495", "376", "2,455"),
        )
        for number, cells in enumerate(rows, 1):
            for place, text in enumerate(cells, 1):
                made.cell(number, place).text = text
        self.document.add_paragraph()

    def proposed_savings(self) -> None:
        labels, no_labels = "\n".join(RAG_LABELS), ""
        rows = (
            ("PROPOSED SAVINGS", "", "", "2016/17", "2017/18", "2018/19", "2019/20", "Total"),
            ("New Savings (Further and New)", "£000's", labels, "", "100\n100", "", "", "100"),
            ("Existing Savings (Faster)", "£000's", labels, "", "", "", "", "100"),
            ("TOTAL SAVINGS", "£000's", no_labels, "", "100", "", "", "100"),
        )
        made = self.table(len(rows), len(rows[0]))
        for number, cells in enumerate(rows):
            for place, text in enumerate(cells):
                first, *more = text.split("\n")
                here = made.cell(number, place)
                here.text = first
                for line in more:
                    here.add_paragraph(line)
        self.document.add_paragraph()

    def saved(self) -> bytes:
        stream = io.BytesIO()
        self.document.save(stream)
        return stream.getvalue()


def old_box(*, is_ticked: bool, name: str = "") -> str:
    """A tick box of an old form."""
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:name w:val="{name}"/>'
        f'<w:checkBox><w:default w:val="{is_ticked:d}"/></w:checkBox></w:ffData></w:fldChar></w:r>'
        '<w:r><w:instrText xml:space="preserve"> FORMCHECKBOX </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
