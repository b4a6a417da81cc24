"""Files that no reader should have to bear: damaged, disguised, encrypted, or made to harm.

The same seed makes the same files. What is made to harm is as large as the limits that it is read
within: a tenth of the real ones, so that the tests are quick, or the real ones, in `make soak`.

Run as a script, it is the worker that reads them: a path a line in, what became of it a line out.
"""

import io
import json
import math
import os
import random
import re
import resource
import shutil
import struct
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import xlsxwriter
import xlwt
from xlwt.CompoundDoc import XlsDoc

from ffanalysis.errors import WorkbookUnreadable
from ffanalysis.sheets.limits import TALLEST, WIDEST, Limits
from ffanalysis.sheets.open_workbook import plain_name, read_workbook

FULL, TENTH = 1, 10  # what the real limits are divided by
MOST_MEMORY, ADDRESS_SPACE = 1_000_000_000, 1_300_000_000
HANGS = 600  # seconds without an answer, after which a reader is taken to be in an endless loop
# What may be counted before a file is refused: a piece of XML, a row.
MOST_STEPS_AT_ONCE, MOST_CELLS_AT_ONCE = 2 * (1 << 18), WIDEST + 1
READ, EITHER = "is read", ""
DAMAGED, ENCRYPTED, EMPTY = "the file is damaged", "it is encrypted", "it is empty"
NOT_EXCEL, NOT_SHEET, NOT_TEXT = (
    "it is not an Excel workbook",
    "it is not a spreadsheet",
    "it is not text",
)
TOO_MUCH, ENTITIES, TOO_DEEP = (
    "more than a budget workbook can hold",
    "declares entities",
    "nests more than",
)
TOO_LONG, LONG_TAG, REPEATED = (
    "a longer text than Excel allows",
    "longer or more kinds of tags",
    "is repeated more than",
)

Parts = dict[str, bytes]


class Hostile(NamedTuple):
    """A bad file; `sort` is what stands in its place where it is none."""

    what: str
    name: str
    content: bytes
    why: str = EITHER  # words of the sentence that refuses it, or READ
    sort: str = "file"

    def put(self, folder: Path) -> Path:
        """Make it in a folder of its own."""
        folder.mkdir()
        path = folder / self.name
        if self.sort == "folder":
            path.mkdir()
        elif self.sort == "loop":
            path.symlink_to(path)
        elif self.sort == "pipe":
            os.mkfifo(path)
        elif self.sort == "file":
            path.write_bytes(self.content)
        return path


# --- sound files, to be spoilt --------------------------------------------------------------------

ROWS = (
    ("Service", "Basis", "2015/16", "2016/17", "Total"),
    ("SEND – Children’s", "controllable £000", 1083, 0.768, 1083.768),
    ("Home to School Transport", "gross", -318, 1025, 707),
    ("Café, other", "net", 5.9, 0, 5.9),
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
TYPES = (
    f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml"'
    ' ContentType="application/xml"/></Types>'
)
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="164"'
    ' formatCode="0.000"/></numFmts><fonts count="1"><font/></fonts><fills'
    ' count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs'
    ' count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="164"/><xf'
    ' numFmtId="14"/></cellXfs></styleSheet>'
)
TEXTS = f'<sst xmlns="{MAIN}"><si><t>Service</t></si><si><t>SEND</t></si></sst>'
CELLS = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>1.083</v></c></row>'
HIDDEN_COLUMNS = f'<col min="1" max="{WIDEST}" hidden="1"/>'
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"
ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"


@cache
def sound_xlsx() -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        for name in ("Savings", "Notes"):
            sheet, money = book.add_worksheet(name), book.add_format({"num_format": "#,##0.000"})
            for row, values in enumerate(ROWS):
                for column, value in enumerate(values):
                    sheet.write(row, column, value, money if column > 1 else None)
            sheet.write_formula(5, 2, "=SUM(C2:C4)", money, 770.9)
            sheet.merge_range(7, 0, 7, 3, "A note")
    return stream.getvalue()


@cache
def sound_xls() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Savings")
    money = xlwt.easyxf(num_format_str="#,##0.000")
    for row, values in enumerate(ROWS):
        for column, value in enumerate(values):
            sheet.write(row, column, value, *([money] if column > 1 and row else []))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@cache
def sound_ods() -> bytes:
    return ods(
        "".join(
            f"<table:table-row>{''.join(map(ods_cell, values))}</table:table-row>"
            for values in ROWS
        )
    )


def sound_csv(encoding: str = "utf-8") -> bytes:
    return "".join(
        ",".join(f'"{value}"' if "," in str(value) else str(value) for value in row) + "\r\n"
        for row in ROWS
    ).encode(encoding)


def archive(parts: Parts, method: int = zipfile.ZIP_DEFLATED, level: int = 1) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method, compresslevel=level) as made:
        for name, content in parts.items():
            made.writestr(zipfile.ZipInfo(name, (2015, 9, 30, 0, 0, 0)), content, method)
    return stream.getvalue()


def parts_of(content: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def relations(*targets: tuple[str, str]) -> bytes:
    inside = "".join(
        f'<Relationship Id="r{n}" Type="{RELATED}/{kind}" Target="{to}"/>'
        for n, (kind, to) in enumerate(targets, 1)
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{inside}</Relationships>'.encode()


def xlsx_parts(
    rows: str = CELLS,
    *,
    after: str = "",
    before: str = "",
    sheets: int = 1,
    root: str = "worksheet",
) -> Parts:
    """The parts of a workbook whose sheets are all the first one's part."""
    listed = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="r1"/>' for n in range(1, sheets + 1))
    page = f'{HEAD}<{root} xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</{root}>'
    return {
        "[Content_Types].xml": (HEAD + TYPES).encode(),
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": (
            f'{HEAD}<workbook xmlns="{MAIN}"'
            f' xmlns:r="{RELATED}"><sheets>{listed}</sheets></workbook>'.encode()
        ),
        "xl/_rels/workbook.xml.rels": relations(
            ("worksheet", "worksheets/sheet1.xml"),
            ("styles", "styles.xml"),
            ("sharedStrings", "sharedStrings.xml"),
        ),
        "xl/worksheets/sheet1.xml": page.encode("utf-8", "surrogatepass"),
        "xl/styles.xml": (HEAD + STYLES).encode(),
        "xl/sharedStrings.xml": (HEAD + TEXTS).encode(),
    }


def xlsx(rows: str = CELLS, **more: Any) -> bytes:
    return archive(xlsx_parts(rows, **more))


def cell(value: str, address: str = "A1", about: str = "") -> bytes:
    """A workbook of one cell."""
    row = "".join(sign for sign in address if sign.isdigit()) or "1"
    return xlsx(f'<row r="{row}"><c r="{address}" {about}><v>{value}</v></c></row>')


def replaced(part: str, content: bytes | None, source: Callable[[], Parts] = xlsx_parts) -> bytes:
    parts = source()
    if content is None:
        del parts[part]
    else:
        parts[part] = content
    return archive(parts)


def ods_cell(value: object) -> str:
    if isinstance(value, str):
        return (
            "<table:table-cell"
            f' office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
        )
    return (
        '<table:table-cell office:value-type="float"'
        f' office:value="{value}"><text:p>{value}</text:p></table:table-cell>'
    )


def ods_parts(rows: str, styles: str = "", body: str = "spreadsheet", head: str = HEAD) -> Parts:
    spaces = " ".join(
        f'xmlns:{name}="{OFFICE}{name}:1.0"'
        for name in ("office", "table", "text", "style", "number")
    )
    content = (
        f"{head}<office:document-content"
        f" {spaces}><office:automatic-styles>{styles}</office:automatic-styles><office:body>"
        f"<office:{body}><table:table"
        f' table:name="Savings">{rows}</table:table></office:{body}></office:body>'
        "</office:document-content>"
    )
    return {"mimetype": ODS_TYPE, "content.xml": content.encode()}


def ods(rows: str, **more: str) -> bytes:
    return archive(ods_parts(rows, **more))


def compound(*streams: str) -> bytes:
    """The beginning of an old compound file, with the names of its streams."""
    head = (
        bytes.fromhex("d0cf11e0a1b11ae1")
        + bytes(16)
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        + bytes(478)
    )
    return (
        head
        + b"".join(name.encode("utf-16-le").ljust(64, b"\0") + bytes(64) for name in streams)
        + bytes(2048)
    )


# --- bad files, one kind a function ---------------------------------------------------------------


def disguised() -> Iterator[Hostile]:
    """Each kind of content under the name of each other."""
    kinds = {
        ".xlsx": sound_xlsx(),
        ".xls": sound_xls(),
        ".ods": sound_ods(),
        ".csv": sound_csv(),
        "page": b"<!DOCTYPE html><html><table><tr><td>1083</td></tr></table></html>",
        "pdf": b"%PDF-1.7\n1 0 obj\n",
        "picture": b"\x89PNG\r\n\x1a\n" + bytes(100),
        "letter": archive(
            {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"}
        ),
        "old letter": compound("WordDocument"),
        "zip": archive({"readme.txt": b"1083"}),
    }
    words = {"page": "it is a web page", "pdf": "it is a PDF", "picture": "it is a picture"}
    for kind, content in kinds.items():
        for suffix in (".xlsx", ".xlsm", ".xls", ".ods", ".csv"):
            wanted = ".xlsx" if suffix == ".xlsm" else suffix
            if kind.startswith(".") and kind != ".csv":
                why = (
                    READ if kind == wanted else f"it is a {kind} file under the name of a {suffix}"
                )
            else:
                not_one = NOT_EXCEL if wanted == ".xlsx" else NOT_SHEET
                why = READ if kind == wanted else words.get(kind, not_one)
            yield Hostile(f"{kind} as {suffix}", f"budget{suffix}", content, why)
    for suffix in (".xlsx", ".xls", ".ods", ".csv"):
        yield Hostile(f"empty {suffix}", f"budget{suffix}", b"", EMPTY)
        yield Hostile(f"blank {suffix}", f"budget{suffix}", b" \r\n\t" * 50, EMPTY)
        yield Hostile(
            f"nul bytes {suffix}",
            f"budget{suffix}",
            bytes(5000),
            NOT_TEXT if suffix == ".csv" else EITHER,
        )
        yield Hostile(f"zip begins {suffix}", f"budget{suffix}", b"PK\x03\x04" + bytes(100))
        yield Hostile(f"noise {suffix}", f"budget{suffix}", random.Random(suffix).randbytes(20_000))  # noqa: S311 - no secret
    yield Hostile("csv that begins as a zip does", "budget.csv", b"PK,Service\r\n1,SEND\r\n", READ)


def encrypted() -> Iterator[Hostile]:
    yield Hostile(
        "encrypted package",
        "budget.xlsx",
        compound("EncryptionInfo", "EncryptedPackage"),
        ENCRYPTED,
    )
    yield Hostile(
        "encrypted package as xls",
        "budget.xls",
        compound("EncryptionInfo", "EncryptedPackage"),
        ENCRYPTED,
    )
    for suffix, content in ((".xlsx", sound_xlsx()), (".ods", sound_ods())):
        locked = bytearray(content)
        for sign, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
            at = locked.find(sign)
            while at >= 0:
                locked[at + place] |= 1
                at = locked.find(sign, at + 4)
        yield Hostile(f"locked zip {suffix}", f"budget{suffix}", bytes(locked), ENCRYPTED)
    manifest = (
        b"<manifest:manifest><manifest:file-entry><manifest:encryption-data/>"
        b"</manifest:file-entry></manifest:manifest>"
    )
    parts = ods_parts("") | {
        "META-INF/manifest.xml": manifest,
        "content.xml": random.Random(1).randbytes(900),  # noqa: S311 - noise, not a secret
    }
    yield Hostile("encrypted ods", "budget.ods", archive(parts), ENCRYPTED)
    book = xlwt.Workbook()
    book.add_sheet("Savings").write(0, 0, 1083)
    stream = book.get_biff_data()
    first = 4 + struct.unpack_from("<H", stream, 2)[0]
    filepass = struct.pack("<HHHHH", 0x2F, 6, 1, 1, 1)
    saved = io.BytesIO()
    XlsDoc().save(saved, stream[:first] + filepass + stream[first:])
    yield Hostile("password in an old xls", "budget.xls", saved.getvalue(), ENCRYPTED)


def limits_of(scale: int) -> Limits:
    """The real limits divided by a number."""
    real = Limits()
    return Limits(real.most_bytes // scale, real.most_steps // scale, real.most_cells // scale)


def bombs(scale: int) -> Iterator[Hostile]:
    """Little on disk, much in memory or time."""
    limits = limits_of(scale)
    most_bytes, most_steps, most_cells = limits.most_bytes, limits.most_steps, limits.most_cells
    much = b" " * (most_bytes // 100 * 107)
    head, _, tail = xlsx_parts()["xl/worksheets/sheet1.xml"].partition(b"<sheetData>")
    yield Hostile(
        "large sheet",
        "bomb.xlsx",
        replaced("xl/worksheets/sheet1.xml", head + much + b"<sheetData>" + tail),
        TOO_MUCH,
    )
    yield Hostile(
        "large texts",
        "bomb.xlsx",
        replaced("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}"><si><t>'.encode() + much),
        TOO_MUCH,
    )
    yield Hostile(
        "large content", "bomb.ods", archive({"mimetype": ODS_TYPE, "content.xml": much}), TOO_MUCH
    )
    yield Hostile(
        "one part for many sheets",
        "bomb.xlsx",
        xlsx(CELLS + " " * 1_000_000, sheets=most_bytes // 500_000),
        TOO_MUCH,
    )
    yield Hostile(
        "30,000 parts",
        "bomb.xlsx",
        archive(xlsx_parts() | {f"x{n}": b"" for n in range(30_000)}),
        TOO_MUCH,
    )
    for written, size in (("small", 100), ("large", 0xFFFFFFF0)):
        lying = bytearray(xlsx(CELLS + " " * 1_000_000))
        for sign, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
            at = lying.find(sign)
            while at >= 0:
                if struct.unpack_from("<I", lying, at + place)[0] > 1_000_000:
                    struct.pack_into("<I", lying, at + place, size)
                at = lying.find(sign, at + 4)
        yield Hostile(
            f"size said to be {written}",
            "bomb.xlsx",
            bytes(lying),
            DAMAGED if written == "small" else TOO_MUCH,
        )
    yield Hostile(
        "many tags", "bomb.xlsx", xlsx('<row r="1">' + "<c/>" * most_steps + "</row>"), TOO_MUCH
    )
    yield Hostile("many tags in ods", "bomb.ods", ods("<a/>" * most_steps), TOO_MUCH)
    rows = most_cells // 261  # of 260 cells each
    yield Hostile("many cells", "bomb.xlsx", xlsx(filled(rows + 1, 260)), TOO_MUCH)
    yield Hostile("nearly too many cells", "large.xlsx", xlsx(filled(rows, 260)), READ)
    yield Hostile("many rows", "bomb.xlsx", xlsx(filled(most_cells // 2 + 1, 1)), TOO_MUCH)
    yield Hostile(
        "many texts",
        "bomb.xlsx",
        replaced("xl/sharedStrings.xml", texts("ab", most_steps // 6)),
        READ,
    )
    yield Hostile(
        "wide texts",
        "bomb.xlsx",
        replaced("xl/sharedStrings.xml", texts("😀" + "x" * 32_000, most_bytes // 37_500)),
        READ,
    )
    yield Hostile(
        "long text", "bomb.xlsx", replaced("xl/sharedStrings.xml", texts("x" * 70_000, 1)), TOO_LONG
    )
    long = "x" * (most_bytes // 2)
    yield Hostile("long text in a cell", "bomb.xlsx", cell(long, about='t="str"'), TOO_LONG)
    yield Hostile("long tag", "bomb.xlsx", xlsx(CELLS, after=f'<a {long}="1"/>'), LONG_TAG)
    yield Hostile("long attribute", "bomb.ods", ods(f'<a b="{long}"/>'), LONG_TAG)
    yield Hostile("long comment", "bomb.xlsx", xlsx(CELLS, after=f"<!--{long}-->"), LONG_TAG)
    yield Hostile(
        "many names", "bomb.xlsx", xlsx("".join(f"<n{n}/>" for n in range(400_000))), LONG_TAG
    )
    names = "".join(
        "<a " + " ".join(f"n{n}x{m}='1'" for m in range(100)) + "/>" for n in range(4000)
    )
    yield Hostile("many attribute names", "bomb.xlsx", xlsx(names), LONG_TAG)
    blank = "".join(f'<row r="{n}"/>' for n in range(1, most_steps // 12))
    yield Hostile("blank rows", "blank.xlsx", xlsx(blank), READ)
    styled = "".join(
        f"<row r={q(row)}>"
        + "".join(f"<c r={q(chr(64 + n) + str(row))} s={q(1)}/>" for n in range(1, 21))
        + "</row>"
        for row in range(1, most_steps // 240)
    )
    yield Hostile("cells of style only", "styled.xlsx", xlsx(styled), READ)
    columns = f"<cols>{HIDDEN_COLUMNS * (most_steps // 60)}</cols>"
    yield Hostile("columns hidden again and again", "b.xlsx", xlsx(CELLS, before=columns), READ)
    merges = "".join(f'<mergeCell ref="A1:XFD{n}"/>' for n in range(1, most_cells // 20))
    yield Hostile(
        "many merges on each other",
        "merged.xlsx",
        xlsx(CELLS, after=f"<mergeCells>{merges}</mergeCells>"),
        READ,
    )
    millions = "".join(
        f"<row r={q(n)}><c r={q(f'A{n}')}><v>1</v></c></row>" for n in (1, 1_048_576)
    )
    everything = '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    parts = xlsx_parts(millions, after=everything) | {
        "xl/styles.xml": STYLES.replace('formatCode="0.000"', "").encode()
    }
    yield Hostile("all merged, styles wrong", "merged.xlsx", archive(parts), DAMAGED)


def hidden(scale: int) -> Iterator[Hostile]:
    """Much that is hidden, in little: each sheet may hide all its columns and rows."""
    most_steps = limits_of(scale).most_steps
    sheets = most_steps // WIDEST + 1
    before = f"<cols>{HIDDEN_COLUMNS}</cols>"
    yield Hostile(
        "hidden columns of many sheets",
        "hidden.xlsx",
        xlsx(CELLS, before=before, sheets=sheets),
        TOO_MUCH,
    )
    hiding, end = 'table:visibility="collapse"', "</table:table><table:table>"
    column = f'<table:table-column table:number-columns-repeated="{WIDEST}" {hiding}/>'
    yield Hostile(
        "hidden columns of many sheets in ods", "hidden.ods", ods((column + end) * sheets), TOO_MUCH
    )
    row = f'<table:table-row table:number-rows-repeated="10000" {hiding}/>'
    yield Hostile(
        "hidden rows of many sheets in ods",
        "hidden.ods",
        ods((row * 100 + end) * (most_steps // TALLEST + 2)),
        TOO_MUCH,
    )


def q(text: object) -> str:
    return f'"{text}"'


def filled(rows: int, columns: int) -> str:
    """Rows of cells without addresses."""
    return "".join(
        f'<row r="{row}">{"<c><v>1083.5</v></c>" * columns}</row>' for row in range(1, rows + 1)
    )


def texts(text: str, number: int) -> bytes:
    return f'<sst xmlns="{MAIN}">{f"<si><t>{text}</t></si>" * number}</sst>'.encode()


def entities() -> Iterator[Hostile]:
    laughs = '<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)
    )
    kinds = {
        "laughs": f"<!DOCTYPE x [{laughs}]>",
        "external": '<!DOCTYPE x [<!ENTITY a11 SYSTEM "file:///etc/passwd">]>',
        "parameter": '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://invalid.example/p.dtd"> %p;]>',
        "document type": '<!DOCTYPE x SYSTEM "http://invalid.example/x.dtd">',
    }
    for kind, declared in kinds.items():
        for encoding in ("utf-8", "utf-16"):
            head = f'<?xml version="1.0" encoding="{encoding}"?>{declared}'
            for part in (
                "xl/worksheets/sheet1.xml",
                "xl/sharedStrings.xml",
                "xl/workbook.xml",
                "xl/styles.xml",
            ):
                whole = xlsx_parts()[part].decode().partition("\n")[2].replace("SEND", "&a11;")
                content = (head + whole).encode(encoding)
                yield Hostile(
                    f"{kind} in {encoding} {part}", "budget.xlsx", replaced(part, content), ENTITIES
                )
            whole = ods_parts("<table:table-row/>")["content.xml"].decode().partition("\n")[2]
            yield Hostile(
                f"{kind} in {encoding} ods",
                "budget.ods",
                archive({"content.xml": (head + whole).encode(encoding)}),
                ENTITIES,
            )
    for part in (
        "xl/worksheets/sheet1.xml",
        "xl/sharedStrings.xml",
        "xl/workbook.xml",
        "xl/styles.xml",
        "_rels/.rels",
    ):
        start, _, end = xlsx_parts()[part].rpartition(b"</")
        for name in (b"x", b"c", b"v", b"si"):
            deep = (
                start
                + f"<{name.decode()}>".encode() * 100_000
                + f"</{name.decode()}>".encode() * 100_000
                + b"</"
                + end
            )
            yield Hostile(
                f"deep {name.decode()} in {part}", "deep.xlsx", replaced(part, deep), TOO_DEEP
            )
    yield Hostile("deep ods", "deep.ods", ods("<table:table-row>" * 100_000), TOO_DEEP)
    yield Hostile(
        "table in a table",
        "deep.ods",
        ods(
            "<table:table-row><table:table-cell><table:table/></table:table-cell></table:table-row>"
        ),
    )


def cells() -> Iterator[Hostile]:
    """Cells as no program writes them."""
    numbers = (
        "NaN",
        "nan",
        "INF",
        "inf",
        "-inf",
        "1e400",
        "-1e400",
        "9" * 400,
        "1_000",
        "0x10",
        "1,083",
        "1 083",
        "--1",
        "12abc",
    )
    for number in numbers:
        yield Hostile(f"number {number[:20]}", "budget.xlsx", cell(number), DAMAGED)
        value = (
            '<table:table-row><table:table-cell office:value-type="float"'
            f' office:value="{number}"/></table:table-row>'
        )
        yield Hostile(f"number {number[:20]} in ods", "budget.ods", ods(value), DAMAGED)
    for number in ("1e308", "-0", "0.1", "1E-320", "123456789012345678"):
        yield Hostile(f"number {number}", "budget.xlsx", cell(number), READ)
    for address in (
        "A0",
        "A-5",
        "A1048577",
        "A99999999999",
        "XFE1",
        "AAAA1",
        "1A",
        "7",
        "Ä1",
        "A1:B2",
        "$A$1",
    ):
        yield Hostile(f"address {address}", "budget.xlsx", cell("1", address), DAMAGED)
    for row in ("0", "-5", "1048577", "99999999999999999999", "abc", "1.5", "1e3"):
        yield Hostile(
            f"row {row}", "budget.xlsx", xlsx(f'<row r="{row}"><c><v>1</v></c></row>'), DAMAGED
        )
    yield Hostile(
        "address of another row",
        "budget.xlsx",
        xlsx('<row r="2"><c r="A3"><v>1</v></c></row>'),
        DAMAGED,
    )
    yield Hostile(
        "same cell twice",
        "budget.xlsx",
        xlsx('<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>'),
        DAMAGED,
    )
    yield Hostile(
        "same row twice",
        "budget.xlsx",
        xlsx('<row r="1"><c r="A1"><v>1</v></c></row>' * 2),
        DAMAGED,
    )
    yield Hostile("last cell", "budget.xlsx", cell("1", "XFD1048576"), READ)
    yield Hostile("16,384 columns", "budget.xlsx", xlsx(filled(3, 16_384)), READ)
    yield Hostile("16,385 columns", "budget.xlsx", xlsx(filled(1, 16_385)), DAMAGED)


def values() -> Iterator[Hostile]:
    """Values that their kind does not have, or that no sheet holds."""
    abouts = {
        't="zz"': DAMAGED,
        't="s"': DAMAGED,
        's="99"': DAMAGED,
        's="-1"': DAMAGED,
        's="x"': DAMAGED,
        's="1e9"': DAMAGED,
        't="b"': DAMAGED,
        't="d"': DAMAGED,
        's="2"': READ,
        't="e"': READ,
        't="str"': READ,
        't="n"': READ,
    }
    for about, why in abouts.items():
        yield Hostile(f"cell {about}", "budget.xlsx", cell("99", about=about), why)
    for index in ("-1", "x", "2", "1e9", "99999999999999999999"):
        yield Hostile(f"shared text {index}", "budget.xlsx", cell(index, about='t="s"'), DAMAGED)
    for serial in ("1e9", "-40000", "2958466", "1e300", "0", "60", "0.9999999"):
        yield Hostile(f"date {serial}", "budget.xlsx", cell(serial, about='s="2"'), READ)
    for date in ("2015-13-45", "money", "T25", "9" * 30):
        yield Hostile(
            f"written date {date[:10]}", "budget.xlsx", cell(date, about='t="d"'), DAMAGED
        )
        kinds = f'office:value-type="date" office:date-value="{date}"'
        yield Hostile(
            f"written date {date[:10]} in ods",
            "b.ods",
            ods(f"<table:table-row><table:table-cell {kinds}/></table:table-row>"),
            DAMAGED,
        )
    for text in (
        "_x0000_",
        "_xD800_",
        "_xDC00__xD800_",
        "_x202E_abc",
        "😀 ŵ ŷ Ж",
        "&#x10FFFF;",
        "_x005F_x0041_",
        "&lt;script&gt;",
    ):
        yield Hostile(f"text {text}", "budget.xlsx", cell(text, about='t="str"'), READ)
    for text in ("\x01", "\ud800", "&#0;", "&#xD800;", "&nothing;", "<v>", "]]>"):
        yield Hostile(f"text {text!r}", "budget.xlsx", cell(text, about='t="str"'), DAMAGED)


def areas() -> Iterator[Hostile]:
    """Formulas without results, and areas as no program writes them."""
    formulas = {"": "", "value": "<v/>", "blank": "<v></v>"}
    for kind, held in formulas.items():
        yield Hostile(
            f"formula with no result {kind}",
            "b.xlsx",
            xlsx(f'<row r="1"><c r="A1"><f>SUM(B:B)</f>{held}</c></row>'),
            READ,
        )
    for merged in ("A1:XFD1048576", "A1", "B2:A1", "A0:B9", "A1:ZZZ9999999", "", "A1:B2:C3", "x"):
        after = f'<mergeCells><mergeCell ref="{merged}"/></mergeCells>'
        yield Hostile(f"merged {merged}", "budget.xlsx", xlsx(CELLS, after=after))
    for first, last in (
        ("-9", "3"),
        ("0", "1e9"),
        ("1", "99999999999999999999"),
        ("5", "2"),
        ("1", "4000000000"),
        ("", ""),
    ):
        before = f'<cols><col min="{first}" max="{last}" hidden="1"/></cols>'
        yield Hostile(f"columns {first} to {last}", "budget.xlsx", xlsx(CELLS, before=before))


def packages() -> Iterator[Hostile]:
    """Parts that are missing, are something else, or are there twice."""
    for part in xlsx_parts():
        why = (
            EITHER
            if part in ("[Content_Types].xml", "_rels/.rels", "xl/_rels/workbook.xml.rels")
            else DAMAGED
        )
        yield Hostile(f"without {part}", "budget.xlsx", replaced(part, None), why)
        yield Hostile(
            f"empty {part}",
            "budget.xlsx",
            replaced(part, b""),
            READ if part == "[Content_Types].xml" else DAMAGED,
        )
        yield Hostile(
            f"page for {part}", "budget.xlsx", replaced(part, b"<html><body/></html>"), EITHER
        )
        yield Hostile(
            f"noise for {part}", "budget.xlsx", replaced(part, bytes(range(256)) * 20), EITHER
        )
        yield Hostile(
            f"half of {part}", "budget.xlsx", replaced(part, xlsx_parts()[part][:-40]), EITHER
        )
    yield Hostile("other root", "budget.xlsx", xlsx(CELLS, root="chartsheet"), DAMAGED)
    yield Hostile(
        "other case of names",
        "budget.xlsx",
        archive({name.upper(): part for name, part in xlsx_parts().items()}),
        READ,
    )
    yield Hostile(
        "path upwards",
        "budget.xlsx",
        archive(xlsx_parts() | {"../../x": b"1", "/etc/passwd": b"1"}),
        READ,
    )
    upward = xlsx_parts()["xl/_rels/workbook.xml.rels"].replace(
        b"worksheets/sheet1.xml", b"../../../../etc/passwd"
    )
    yield Hostile(
        "target upwards", "budget.xlsx", replaced("xl/_rels/workbook.xml.rels", upward), DAMAGED
    )
    book = xlsx_parts()["xl/workbook.xml"]
    yield Hostile(
        "sheet without its part",
        "budget.xlsx",
        replaced("xl/workbook.xml", book.replace(b'r:id="r1"', b"")),
        DAMAGED,
    )
    yield Hostile(
        "sheet with another part",
        "budget.xlsx",
        replaced("xl/workbook.xml", book.replace(b'r:id="r1"', b'r:id="r9"')),
        DAMAGED,
    )
    own = relations(
        ("worksheet", "workbook.xml"),
        ("styles", "styles.xml"),
        ("sharedStrings", "sharedStrings.xml"),
    )
    yield Hostile(
        "sheet that is its workbook",
        "budget.xlsx",
        replaced("xl/_rels/workbook.xml.rels", own),
        DAMAGED,
    )
    twice = io.BytesIO(xlsx())
    with zipfile.ZipFile(twice, "a") as opened:
        opened.writestr(
            "XL/worksheets/sheet1.xml",
            xlsx_parts('<row r="1"><c><v>9</v></c></row>')["xl/worksheets/sheet1.xml"],
        )
    yield Hostile("sheet's part twice", "budget.xlsx", twice.getvalue(), DAMAGED)
    yield Hostile(
        "packed otherwise", "budget.xlsx", archive(xlsx_parts(), zipfile.ZIP_LZMA, 0), READ
    )
    unknown = bytearray(xlsx())
    for sign, place in ((b"PK\x01\x02", 10), (b"PK\x03\x04", 8)):
        at = unknown.find(sign)
        while at >= 0:
            struct.pack_into("<H", unknown, at + place, 99)
            at = unknown.find(sign, at + 4)
    yield Hostile("packed in an unknown way", "budget.xlsx", bytes(unknown), DAMAGED)
    yield Hostile("something before the zip", "budget.xlsx", b"MZ" + bytes(500) + xlsx(), NOT_EXCEL)
    yield Hostile("something after the zip", "budget.xlsx", xlsx() + bytes(500))


def spreadsheets() -> Iterator[Hostile]:
    """OpenDocument as no program writes it."""
    one = ods_cell(1083)
    row = "<table:table-row {}>{}</table:table-row>"
    rows, columns = 'table:number-rows-repeated="{}"', 'table:number-columns-repeated="{}"'
    filled_wide = one.replace("<table:table-cell", f"<table:table-cell {columns.format(10**9)}")
    yield Hostile(
        "filled rows 1e9 times", "budget.ods", ods(row.format(rows.format(10**9), one)), REPEATED
    )
    yield Hostile(
        "filled cells 1e9 times", "budget.ods", ods(row.format("", filled_wide)), REPEATED
    )
    block = one.replace("<table:table-cell", f"<table:table-cell {columns.format(10**4)}")
    yield Hostile(
        "filled 1e4 times 1e4", "budget.ods", ods(row.format(rows.format(10**4), block)), TOO_MUCH
    )
    yield Hostile(
        "blank 1e9 times",
        "budget.ods",
        ods(row.format(rows.format(10**9), "") + row.format("", "") * 3),
        READ,
    )
    yield Hostile(
        "filled below the last row",
        "budget.ods",
        ods(row.format(rows.format(10**9), "") + row.format("", one)),
        "has a filled row below",
    )
    beyond = f"<table:table-cell {columns.format(10**9)}/>{one}"
    yield Hostile(
        "filled beyond the last column", "budget.ods", ods(row.format("", beyond)), "filled columns"
    )
    yield Hostile(
        "hidden rows without end",
        "budget.ods",
        ods(row.format(rows.format(10**4) + ' table:visibility="collapse"', "") * 2_000),
        READ,
    )
    for times in ("-5", "0", "x", "9" * 5000, "1.5"):
        yield Hostile(
            f"repeated {times[:9]} times", "budget.ods", ods(row.format(rows.format(times), one))
        )
    yield Hostile(
        "spaces 1e9 times",
        "budget.ods",
        ods(row.format("", ods_cell('<text:s text:c="1000000000"/>x'))),
        READ,
    )
    yield Hostile(
        "spanned 1e9",
        "budget.ods",
        ods(row.format("", one.replace("cell ", f'cell table:number-rows-spanned="{10**9}" ', 1))),
        READ,
    )
    yield Hostile(
        "long text in ods", "budget.ods", ods(row.format("", ods_cell("x" * 6_000_000))), TOO_LONG
    )
    yield Hostile(
        "many paragraphs",
        "budget.ods",
        ods(row.format("", ods_cell("</text:p><text:p>" * 200_000))),
        TOO_LONG,
    )
    loop = "".join(
        f'<style:style style:name="a{n}" style:family="table-cell"'
        f' style:parent-style-name="a{1 - n}"/>'
        for n in (0, 1)
    )
    looped = one.replace("cell ", 'cell table:style-name="a0" ', 1)
    yield Hostile(
        "styles that inherit each other",
        "budget.ods",
        ods(row.format("", looped), styles=loop),
        READ,
    )
    decimals = (
        '<number:number-style style:name="n"><number:number'
        ' number:decimal-places="{}"/></number:number-style>'
    )
    for places in ("9" * 12, "-3", "x"):
        yield Hostile(
            f"decimals {places}",
            "budget.ods",
            ods(row.format("", one), styles=decimals.format(places)),
        )
    widths = "<table:table-column/>" * 300_000
    yield Hostile("300,000 columns", "budget.ods", ods(widths + row.format("", one)), READ)
    yield Hostile("text document", "budget.ods", ods(row.format("", one), body="text"), NOT_SHEET)
    yield Hostile(
        "no content", "budget.ods", archive({"mimetype": ODS_TYPE, "content.xml": b""}), DAMAGED
    )
    yield Hostile(
        "cells outside of a sheet",
        "budget.ods",
        ods(f"</table:table>{row.format('', one)}<table:table>"),
        EITHER,
    )


def delimited(scale: int) -> Iterator[Hostile]:
    limits = limits_of(scale)
    texts = {
        "unclosed quote": (b'Service,2015/16\r\n"SEND,1083\r\n', "is never closed"),
        "unclosed quote and much after it": (b'a,"b\r\n' + b"1083,5\r\n" * 100_000, TOO_LONG),
        "text after a quote": (b'Service,2015/16\r\n"SEND" x,1083\r\n', "in the wrong place"),
        "field of 10 MB": (b"a," + b"x" * 10_000_000 + b"\r\n", "longer than any row"),
        "field of 100,000": (b"a," + b"x" * 100_000 + b"\r\n", TOO_LONG),
        "200,000 columns": (b"1," * 200_000 + b"\r\n", "beyond the last row or column"),
        "200,000 blank columns": (b"1" + b"," * 200_000 + b"\r\n", READ),
        "long line": (b"," * (limits.most_bytes // 2), "longer than any row"),
        "many cells": (b"1,2,3\r\n" * (limits.most_cells // 2), TOO_MUCH),
        "many blank lines": (b"a,b\r\n" + b"\r\n" * (limits.most_steps // 12) + b"1,2\r\n", READ),
        "many lines": (b"1\r\n" * (limits.most_cells // 2 + 1), TOO_MUCH),
        "many blank fields": (
            (b"," * 100_000 + b"\r\n") * (limits.most_steps // 100_000),
            TOO_MUCH,
        ),
        "nul within": (b"Service,2015/16\r\nSE\0ND,1083\r\n", NOT_TEXT),
        "controls": (b"\x01\x02\x03,\x04\r\n" * 10, NOT_TEXT),
        "a control": (b"Service,2015/16\r\nSE\x1bND,1083\r\n" + b"a,1\r\n" * 100, READ),
        "lone surrogates": (
            "Service,£\r\nSE\ud800ND’s,1083\r\n".encode("utf-8", "surrogatepass"),
            EITHER,
        ),
        "odd half of utf-16": ("Service,£\r\n".encode("utf-16") + b"\x00", "its text is damaged"),
        "surrogate in utf-16": (b"\xff\xfea\x00\x00\xd8b\x00", "its text is damaged"),
        "mark only": (b"\xef\xbb\xbf", EITHER),
        "half a sign": ("Service £ – ’ … é,1\r\n£".encode()[:-1], "its text is damaged"),
        "one sign broken": ("£ – ’ … é\r\n".encode() * 5 + b"\xa3", "its text is damaged"),
        "old Mac's line ends": (b"Service,2015/16\rSEND,1083\r", READ),
        "numbers": (b"1e400,NaN,inf,1_000,0x10," + b"9" * 400 + b"," + "١٢".encode(), READ),
        "formulas": (b"=1+1,@SUM(A1),+1,-1\r\n", READ),
        "emoji": ("😀,ŵ\r\n".encode(), READ),
    }
    for what, (content, why) in texts.items():
        yield Hostile(f"csv: {what}", "budget.csv", content, why)


def named() -> Iterator[Hostile]:
    """Names and things that are no files."""
    for name in (
        "😀.xlsx",
        "two\nlines.xlsx",
        "x" * 200 + ".xlsx",
        "a\u202eb.xlsx",
        " budget .xlsx",
        "'quoted'.xlsx",
        "{x}%s.xlsx",
        os.fsdecode(b"caf\xe9.xlsx"),
        "\t\x1b[31m.xlsx",
        "<script>.xlsx",
    ):
        yield Hostile(f"named {name[:20]!r}", name, sound_xlsx(), READ)
        yield Hostile(f"damaged, named {name[:20]!r}", name, sound_xlsx()[:3000], DAMAGED)
    for suffix in (".xlsx", ".xls", ".ods", ".csv"):
        yield Hostile(f"folder {suffix}", f"budget{suffix}", b"", "it is a folder", "folder")
        yield Hostile(f"loop {suffix}", f"budget{suffix}", b"", "it cannot be opened", "loop")
        yield Hostile(f"pipe {suffix}", f"budget{suffix}", b"", "it is not a file", "pipe")
        yield Hostile(
            f"missing {suffix}", f"budget{suffix}", b"", "there is no such file", "nothing"
        )
    yield Hostile("no ending", "budget", sound_xlsx(), "a file of this kind is not read")
    yield Hostile("another ending", "budget.xlsb", sound_xlsx(), "a file of this kind is not read")


def old_workbooks(scale: int) -> Iterator[Hostile]:
    """Old .xls whose container or records are wrong."""
    most_sheets = limits_of(scale).most_steps // 65_536
    sound = sound_xls()
    places = {
        "sector size": (30, b"\xff\x7f"),
        "first of the allocation": (76, b"\xfe\xff\xff\x7f"),
        "directory": (48, b"\xf0\xff\xff\x0f"),
    }
    for what, (place, wrong) in places.items():
        yield Hostile(
            f"old {what}", "budget.xls", sound[:place] + wrong + sound[place + len(wrong) :]
        )
    table = struct.unpack_from("<I", sound, 76)[0] * 512 + 512
    for link in (0, 1, 2):
        looped = sound[:table] + struct.pack("<I", link) * 128 + sound[table + 512 :]
        yield Hostile(f"old sectors that all lead to {link}", "budget.xls", looped)
    yield Hostile("old header only", "budget.xls", sound[:512])
    yield Hostile("old streams without records", "budget.xls", compound("Workbook"), DAMAGED)
    yield Hostile("corners of old sheets", "corners.xls", corners(most_sheets // 4), READ)
    yield Hostile("corners of too many", "corners.xls", corners(most_sheets + 1), TOO_MUCH)
    book = xlwt.Workbook()
    book.add_sheet("S").write(65_535, 255, 1)
    biff = book.get_biff_data()
    # A record that its reader cannot read.
    for kind in (0x201, 0xFD, 0x85, 0xFC, 0x31, 0xE0):
        at = biff.find(struct.pack("<H", kind))
        spoilt = biff[: at + 2] + b"\x01\x00" + biff[at + 4 :]
        saved = io.BytesIO()
        XlsDoc().save(saved, spoilt)
        yield Hostile(f"old corners, record {kind:x} cut", "corners.xls", saved.getvalue())


def corners(sheets: int) -> bytes:
    """An old workbook whose sheets hold their first and their last cell."""
    book, stream = xlwt.Workbook(), io.BytesIO()
    for number in range(sheets):
        sheet = book.add_sheet(f"S{number}")
        sheet.write(0, 0, 1)
        sheet.write(65_535, 255, 1)
    book.save(stream)
    return stream.getvalue()


# --- files spoilt by chance -----------------------------------------------------------------------


def spoilt(chance: random.Random) -> Iterator[Hostile]:
    """Sound files, cut off or with bytes changed, without end."""
    sound = {".xlsx": sound_xlsx(), ".xls": sound_xls(), ".ods": sound_ods(), ".csv": sound_csv()}
    number = 0
    while True:
        for suffix, content in sound.items():
            number += 1
            yield Hostile(
                f"{number} cut off {suffix}",
                f"budget{suffix}",
                content[: chance.randrange(1, len(content))],
            )
            number += 1
            yield Hostile(
                f"{number} flipped {suffix}", f"budget{suffix}", _flipped(content, chance)
            )
            number += 1
            yield Hostile(f"{number} moved {suffix}", f"budget{suffix}", _moved(content, chance))
            if suffix in (".xlsx", ".ods"):
                number += 1
                yield Hostile(
                    f"{number} spoilt within {suffix}",
                    f"budget{suffix}",
                    _spoilt_within(content, chance),
                )
            if suffix == ".csv":
                number += 1
                other = chance.choice(("cp1252", "mac_roman", "utf-16", "utf-8-sig"))
                yield Hostile(
                    f"{number} flipped {other}",
                    f"budget{suffix}",
                    _flipped(sound_csv(other), chance),
                )


def _flipped(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 5, 20, 100))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _moved(content: bytes, chance: random.Random) -> bytes:
    """A stretch left out, written twice, or blanked."""
    start = chance.randrange(len(content))
    stretch = content[start : start + chance.choice((1, 4, 50, 600))]
    instead = chance.choice((b"", stretch * 2, bytes(len(stretch)), stretch[::-1]))
    return content[:start] + instead + content[start + len(stretch) :]


def _spoilt_within(content: bytes, chance: random.Random) -> bytes:
    """A part changed before it is packed, so that no checksum tells."""
    parts = parts_of(content)
    name = chance.choice([name for name, part in parts.items() if part])
    wrong = chance.choice((_flipped, _moved, _swapped))
    return archive(parts | {name: wrong(parts[name], chance)})


def _swapped(content: bytes, chance: random.Random) -> bytes:
    """Two words of a part exchanged: what is left may be well formed, and mean something else."""
    words = content.split(b'"')
    one, other = chance.randrange(len(words)), chance.randrange(len(words))
    words[one], words[other] = words[other], words[one]
    return b'"'.join(words)


KINDS = (disguised, encrypted, entities, cells, values, areas, packages, spreadsheets, named)
SIZED = (bombs, hidden, delimited, old_workbooks)


def hostile_files(count: int, seed: int, scale: int = TENTH) -> Iterator[Hostile]:
    """So many distinct bad files.

    Those made on purpose and those spoilt by chance in turns, in an order that the seed chooses.
    """
    chance = random.Random(seed)  # noqa: S311 - no secret
    turns = list(made_on_purpose(scale))
    chance.shuffle(turns)
    by_chance = spoilt(chance)
    for number in range(count):
        if number % 2 == 0 and turns:
            yield turns.pop()
        else:
            yield next(by_chance)


@cache
def made_on_purpose(scale: int = TENTH) -> tuple[Hostile, ...]:
    of_one_size = (file for kind in KINDS for file in kind())
    return (*of_one_size, *(file for kind in SIZED for file in kind(scale)))


# --- reading them, in a process that may use no more than a desk's computer has to spare ----------


class Outcome(NamedTuple):
    """What became of a file: "read", "refused", or what the process ended with.

    With what the limits counted, and the most bytes of memory that the process held.
    """

    what: str
    text: str
    unpacked: int = 0
    steps: int = 0
    cells: int = 0
    memory: int = 0


def outcomes(
    files: Iterator[Hostile], folder: Path, scale: int = TENTH
) -> Iterator[tuple[Hostile, Outcome]]:
    """Read each file in a worker.

    A worker that ends or hangs is reported, and another one goes on.
    """
    worker: subprocess.Popen[str] | None = None
    try:
        for number, file in enumerate(files):
            path = file.put(folder / str(number))
            if worker is None or worker.poll() is not None:
                worker = subprocess.Popen(
                    [sys.executable, "-W", "error", __file__, str(scale)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                )
            outcome = _asked(worker, path)
            yield file, outcome
            shutil.rmtree(path.parent)
            if outcome.memory > MOST_MEMORY / 3:
                worker.kill()  # what it has freed would count again with the next file
                worker.communicate()
    finally:
        if worker is not None:
            worker.kill()
            worker.communicate()


def _asked(worker: "subprocess.Popen[str]", path: Path) -> Outcome:
    watch = threading.Timer(HANGS, worker.kill)
    watch.start()
    try:
        worker.stdin.write(json.dumps(str(path)) + "\n")
        worker.stdin.flush()
        said = []
        for line in worker.stdout:
            if line.startswith("[") and line.endswith("]\n"):
                return Outcome("noise", "".join(said)) if said else Outcome(*json.loads(line))
            said.append(line)
    finally:
        watch.cancel()
    return Outcome("ended", f"{worker.wait()}: {''.join(said)[-2000:]}")


def faults(file: Hostile, outcome: Outcome, scale: int = TENTH) -> list[str]:
    """What is wrong with how a file was received."""
    if outcome.what not in ("read", "refused"):
        return [f"{outcome.what}: {outcome.text}"]
    found = too_much_work(outcome, limits_of(scale))
    start = f"{plain_name(file.name)} cannot be read: "
    why = outcome.text.removeprefix(start)
    if outcome.what == "read" and outcome.text:
        found.append(outcome.text)
    if outcome.what == "refused":
        if (
            not outcome.text.startswith(start)
            or not outcome.text.isprintable()
            or len(outcome.text) >= 400
        ):
            found.append(f"not a plain sentence: {outcome.text!r}")
        if not _PLAIN.fullmatch(why):
            found.append(f"not plain: {why!r}")
    if file.why and (outcome.what == "read") is not (file.why == READ):
        found.append(f"is {outcome.what}, not: {file.why} ({outcome.text})")
    elif file.why != READ and file.why not in why:
        found.append(f"{why!r} does not say: {file.why}")
    return found


def too_much_work(outcome: Outcome, limits: Limits) -> list[str]:
    """What a file was let do beyond the limits: it may be over them by what is counted at once."""
    is_over = outcome.what == "refused"
    bounds = {
        "steps": limits.most_steps + is_over * MOST_STEPS_AT_ONCE,
        "cells": limits.most_cells + is_over * MOST_CELLS_AT_ONCE,
        "memory": MOST_MEMORY,
    }
    if not is_over:
        bounds["unpacked"] = limits.most_bytes
    return [
        f"took {getattr(outcome, what):,} {what}, more than {most:,}"
        for what, most in bounds.items()
        if getattr(outcome, what) > most
    ]


# One or two sentences of plain words, without brackets, quotes of a program or what Python calls
# its errors.
_PLAIN = re.compile(
    r"(?!.*(?:Error|Exception|Traceback|None|0x|errno|object))[a-z][\w ,.'’/-]*\.", re.ASCII
)


def _strange(book: Any) -> str:
    """What a book holds that no later step could bear."""
    for sheet in book.sheets:
        for held in sheet.cells():
            value = held.value
            if not (1 <= held.row <= 1_048_576 and 1 <= held.column <= 16_384):
                return f"a cell at {held.row}, {held.column}"
            if isinstance(value, float) and not math.isfinite(value):
                return f"the number {value}"
            if isinstance(value, str):
                value.encode()  # no lone surrogates
                if any(sign < " " and sign not in "\t\n\r" for sign in value):
                    return f"the text {value!r}"
            elif isinstance(value, int) and abs(value) > 2**53:
                return f"the number {str(value)[:30]}"
    return "" if book.sheets else "no sheet"


def _peak() -> int:
    """The most memory this process has held since it was last asked, where the system tells."""
    try:
        with Path("/proc/self/status").open() as status:
            peak = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return peak


def _uncounted(book: Any, limits: Limits) -> str:
    """That a book holds more than was counted while it was read: that work had no limit."""
    held = sum(
        sum(map(len, sheet.grid.values()))
        + len(sheet.merges)
        + len(sheet.hidden_rows)
        + len(sheet.hidden_columns)
        + len(sheet.linked)
        for sheet in book.sheets
    )
    counted = limits.steps + limits.cells
    return f"holds {held:,}, of which {counted:,} were counted" if held > counted else ""


def _work(scale: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    for line in sys.stdin:
        _peak()
        limits = limits_of(scale)
        book = None
        try:
            book = read_workbook(Path(json.loads(line)), limits)
            what, text = "read", ""
        except WorkbookUnreadable as error:
            what, text = "refused", str(error)
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is what the test looks for
            what, text = "traceback", f"{type(error).__name__}: {error}"
        memory = _peak()
        if book is not None:
            text = _strange(book) or _uncounted(book, limits)
        del book
        counts = limits.unpacked, limits.steps, limits.cells
        sys.stdout.write(json.dumps([what, text, *counts, memory]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _work(int(sys.argv[1]))
