"""Word papers that no reader should have to bear, and what is said of each.

Each is refused in one sentence, or read. What is made to harm is as large as the limits allow, or
a tenth of it, so that the tests are quick.
"""

import io
import json
import re
import resource
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Mapping

from word_files import NAMES, docx, packed, paragraph, row, run, table, unpacked
from word_quirks import field, text_box

from ffanalysis.errors import PaperUnreadable
from ffanalysis.intake.word.reader import read_word

FULL, TENTH = 1, 10  # what their size is divided by
READ = ""  # nothing is wrong with it, or nothing that matters
DAMAGED, EMPTY, ENCRYPTED = "the file is damaged", "it is empty", "it is encrypted; ask for a copy"
NOT_WORD, TOO_DEEP, ENTITIES = "it is not a Word document", "nests more than", "declares entities"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
MAIN = "word/document.xml"

PLAIN = docx(["Words", [["a", "b"]]])


def with_parts(changed: Mapping[str, bytes], content: bytes = PLAIN) -> bytes:
    return packed(unpacked(content) | dict(changed))


def with_body(xml: str) -> bytes:
    return with_parts({MAIN: f"<w:document {NAMES}><w:body>{xml}</w:body></w:document>".encode()})


def with_document(xml: str, code: str = "utf-8") -> bytes:
    return with_parts({MAIN: xml.encode(code)})


def entities(code: str = "utf-8") -> bytes:
    laughs = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha"}">' for n in range(12))
    return with_document(
        f"<!DOCTYPE w:document [{laughs}]><w:document {NAMES}><w:body><w:p><w:r>"
        "<w:t>&e11;</w:t></w:r></w:p></w:body></w:document>",
        code,
    )


def outside_entity() -> bytes:
    return with_document(
        '<!DOCTYPE w:document [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        f"<w:document {NAMES}><w:body><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:body></w:document>"
    )


def bomb(part_of: int) -> bytes:
    """A part that unpacks to a gigabyte, out of one megabyte."""
    stream = io.BytesIO(PLAIN)
    with (
        zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("word/big.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(1_000 // part_of):
            part.write(bytes(1_000_000))
    return stream.getvalue()


def big_body() -> bytes:
    words = paragraph(run("word " * 200))
    return with_body(words * 90_000)


def many_parts() -> bytes:
    stream = io.BytesIO(PLAIN)
    with zipfile.ZipFile(stream, "a") as archive:
        for number in range(6_000):
            archive.writestr(f"word/p{number}.xml", b"")
    return stream.getvalue()


def twice() -> bytes:
    stream = io.BytesIO(PLAIN)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("word/Document.xml", unpacked(PLAIN)[MAIN])
    return stream.getvalue()


def locked() -> bytes:
    """A package whose parts say that they are encrypted, as some zip programs do."""
    return re.sub(rb"(PK\x01\x02.{4})..", lambda m: m[1] + b"\1\0", PLAIN, flags=re.DOTALL)


def larger_than_said() -> bytes:
    """A package that says of its parts that they unpack to nothing."""
    return re.sub(rb"(PK\x01\x02.{20})....", lambda m: m[1] + bytes(4), PLAIN, flags=re.DOTALL)


def cyclic_relations() -> bytes:
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = "".join(
        f'<Relationship Id="r{n}" Type="{kinds}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(
            (("officeDocument", "document.xml"), ("header", "header.xml"), ("styles", "styles.xml"))
        )
    )
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f"{relations}</Relationships>"
    ).encode()
    header = f"<w:hdr {NAMES}>{paragraph('top')}</w:hdr>".encode()
    return with_parts(
        {
            "word/_rels/document.xml.rels": rels,
            "word/_rels/header.xml.rels": rels,
            "word/header.xml": header,
        }
    )


def header_is_document() -> bytes:
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return with_parts(
        {
            "word/_rels/document.xml.rels": (
                '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
                f'relationships"><Relationship Id="a" Type="{kinds}/header" Target="document.xml"/>'
                "</Relationships>"
            ).encode()
        }
    )


def nested(times: int) -> bytes:
    inner = table(row("core"))
    for _ in range(times):
        inner = table(f"<w:tr><w:tc>{inner}<w:p/></w:tc></w:tr>")
    return with_body(inner)


def nested_alternatives() -> bytes:
    inner = paragraph("core")
    for _ in range(12):
        inner = paragraph(text_box(inner))
        if len(inner) > 200_000:
            break
    return with_body(inner)


def alternatives_in_alternatives() -> bytes:
    inner = "<w:t>core</w:t>"
    for _ in range(12):
        inner = f"<mc:AlternateContent><mc:Choice>{inner}</mc:Choice></mc:AlternateContent>"
    return with_body(f"<w:p><w:r>{inner}</w:r></w:p>")


def unended_fields(part_of: int) -> bytes:
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    return with_body(paragraph(*[begin, run("x")] * (40_000 // part_of)))


def one_long_paragraph(part_of: int) -> bytes:
    return with_body(paragraph(*[run("w "), run("x", "<w:strike/>")] * (30_000 // part_of)))


def many_open_comments(part_of: int) -> bytes:
    starts = "".join(
        f'<w:commentRangeStart w:id="{number}"/>' for number in range(30_000 // part_of)
    )
    return with_body(paragraph(starts, *[run("words ")] * (30_000 // part_of)))


def chained_styles(part_of: int) -> bytes:
    styles = "".join(
        f'<w:style w:styleId="s{n}"><w:basedOn w:val="s{n + 1}"/></w:style>'
        for n in range(20_000 // part_of)
    )
    used = "".join(
        paragraph("x", looks=f'<w:pStyle w:val="s{n}"/>') for n in range(20_000 // part_of)
    )
    return docx([used], {"styles": styles})


def wide_and_tall() -> bytes:
    wide = row("a", '<w:tc><w:tcPr><w:gridSpan w:val="400"/></w:tcPr><w:p/></w:tc>')
    return with_body(table(*[wide] * 20_000))


def attributes(part_of: int) -> bytes:
    many = " ".join(f'a{number}="x"' for number in range(400_000 // part_of))
    return with_body(f"<w:p><w:r {many}><w:t>x</w:t></w:r></w:p>")


def macros() -> bytes:
    return with_parts({"word/vbaProject.bin": OLE, "word/vbaData.xml": b"<x/>"})


def picture_of_a_hundred_megabytes(part_of: int) -> bytes:
    stream = io.BytesIO(PLAIN)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("word/media/image1.png", b"\x89PNG" + bytes(100_000_000 // part_of))
    return stream.getvalue()


def links_and_pictures_outside() -> bytes:
    blip = '<pic:pic><pic:blipFill><a:blip r:link="far"/></pic:blipFill></pic:pic>'
    shown = f"<w:r><w:drawing><wp:inline>{blip}</wp:inline></w:drawing></w:r>"
    linked = f'<w:hyperlink r:id="page">{run("here")}</w:hyperlink>'
    return docx(
        [paragraph("See ", linked, shown), '<w:altChunk r:id="page"/>'],
        links={"far": "http://127.0.0.1:9/x.png", "page": "file:///etc/passwd"},
    )


HOSTILE: dict[str, tuple[Callable[[int], bytes], str]] = {
    "nothing": (lambda _: b"", EMPTY),
    "nothing but noughts": (lambda _: bytes(5_000), EMPTY),
    "noise": (lambda _: bytes(range(256)) * 50, NOT_WORD),
    "cut off": (lambda _: PLAIN[: len(PLAIN) // 2], DAMAGED),
    "cut off at its end": (lambda _: PLAIN[:-30], DAMAGED),
    "a PDF": (lambda _: b"%PDF-1.7\n%%EOF", "it is a PDF"),
    "rich text": (lambda _: rb"{\rtf1 Words}", "it is rich text"),
    "a web page": (lambda _: b"<!DOCTYPE html><p>Words", "it is a web page"),
    "an old Word file": (lambda _: OLE + "WordDocument".encode("utf-16-le"), "of an old Word"),
    "encrypted": (lambda _: OLE + "EncryptedPackage".encode("utf-16-le"), ENCRYPTED),
    "encrypted part by part": (lambda _: locked(), ENCRYPTED),
    "a workbook": (
        lambda _: with_parts({MAIN: b'<workbook xmlns="x"/>'}),
        "it is an Excel workbook",
    ),
    "another package": (lambda _: packed({"mimetype": b"application/epub"}), NOT_WORD),
    "without a body": (lambda _: with_document(f"<w:document {NAMES}/>"), DAMAGED),
    "broken XML": (lambda _: with_document("<w:document"), DAMAGED),
    "a namespace of its own": (
        lambda _: with_document('<w:document xmlns:w="urn:mine"><w:body/></w:document>'),
        NOT_WORD,
    ),
    "entities that multiply": (lambda _: entities(), ENTITIES),
    "the same in two bytes a letter": (lambda _: entities("utf-16"), ENTITIES),
    "an entity that opens a file": (lambda _: outside_entity(), ENTITIES),
    "another way to write letters": (
        lambda _: with_document('<?xml version="1.0" encoding="utf-7"?><a/>', "utf-7"),
        DAMAGED,
    ),
    "more text than a paper holds": (lambda _: big_body(), "unpacks to more than"),
    "more tags than a paper needs": (
        lambda _: with_body("<w:p/>" * 800_000),
        "made of more than",
    ),
    "a part of a gigabyte that is not asked for": (bomb, READ),
    "a text of twenty megabytes": (lambda _: with_body(paragraph("x" * 20_000_000)), DAMAGED),
    "too deep": (lambda _: with_body("<w:p>" * 5_000 + "</w:p>" * 5_000), TOO_DEEP),
    "too many parts": (lambda _: many_parts(), "more than 5,000 parts"),
    "one part twice": (lambda _: twice(), DAMAGED),
    "larger than it says": (lambda _: larger_than_said(), DAMAGED),
    "relations in a circle": (lambda _: cyclic_relations(), READ),
    "a header that is the document": (lambda _: header_is_document(), DAMAGED),
    "sixty tables, each within another": (lambda _: nested(60), READ),
    "a hundred tables, each within another": (lambda _: nested(100), TOO_DEEP),
    "text boxes within text boxes": (lambda _: nested_alternatives(), READ),
    "alternatives within alternatives": (
        lambda _: alternatives_in_alternatives(),
        "nest deeper than Word",
    ),
    "controls within controls": (
        lambda _: with_body(
            "<w:sdt><w:sdtContent>" * 90 + paragraph("core") + "</w:sdtContent></w:sdt>" * 90
        ),
        READ,
    ),
    "fields that never end": (unended_fields, READ),
    "one paragraph of sixty thousand runs": (one_long_paragraph, READ),
    "comments that never end": (many_open_comments, READ),
    "styles in a long chain": (chained_styles, READ),
    "a cell over a billion columns": (
        lambda _: with_body(
            table(row('<w:tc><w:tcPr><w:gridSpan w:val="999999999"/></w:tcPr><w:p/></w:tc>'))
        ),
        "more columns than Word allows",
    ),
    "a table as wide as tall": (
        lambda _: wide_and_tall(),
        "more rows and columns than Word allows",
    ),
    "four hundred thousand attributes": (attributes, READ),
    "macros": (lambda _: macros(), READ),
    "a picture of a hundred megabytes": (picture_of_a_hundred_megabytes, READ),
    "links and pictures outside": (lambda _: links_and_pictures_outside(), READ),
    "numbers that are none": (
        lambda _: with_body(
            table(
                row(
                    '<w:tc><w:tcPr><w:gridSpan w:val="two"/><w:tcW w:w="1e9"/></w:tcPr></w:tc>',
                    looks='<w:gridBefore w:val="-4"/>',
                )
            )
            + paragraph('<w:r><w:sym w:font="Wingdings" w:char="ZZ"/></w:r>', "x")
            + paragraph(
                field(
                    "FORMDROPDOWN",
                    data='<w:ffData><w:ddList><w:result w:val="99"/></w:ddList></w:ffData>',
                )
            )
        ),
        READ,
    ),
}


def outcome(name: str, part_of: int) -> tuple[str, float, float]:
    """What is said of a file, and the seconds and bytes that it took a process of its own."""
    words = [sys.executable, __file__, name, str(part_of)]
    done = subprocess.run(words, capture_output=True, text=True, check=True, timeout=600)
    said, seconds, most = json.loads(done.stdout)
    return said, seconds, most


def holds(name: str, part_of: int) -> bool:
    """Whether a file is read, or refused in one sentence, within ten seconds and a gigabyte."""
    said, seconds, most = outcome(name, part_of)
    expected = HOSTILE[name][1]
    is_said = said == READ if expected == READ else expected in said and "\n" not in said
    return is_said and seconds < 10 and most < 1_000_000_000


def main() -> None:
    """Read one file, as the worker of `outcome`."""
    content = HOSTILE[sys.argv[1]][0](int(sys.argv[2]))
    begun = time.monotonic()
    try:
        said = READ if not read_word("paper.docx", content).overlooked else "overlooked"
    except PaperUnreadable as error:
        said = str(error)
    seconds = time.monotonic() - begun
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps([said, seconds, most * 1024]))


if __name__ == "__main__":
    main()
