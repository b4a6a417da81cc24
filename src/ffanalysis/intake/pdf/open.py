"""The door to a PDF: what kind of file it is, whether it is whole, and how much it unpacks to.

What a file holds is counted before it is unpacked, so that one made to harm is refused early.
"""

import io
import re
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

import pdfplumber
import pypdf
from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
from pdfminer.pdftypes import PDFObjRef, PDFStream, resolve1

from ffanalysis.sheets.limits import Refused

MOST_BYTES: Final = 60_000_000
MOST_PAGES: Final = 150
MOST_OBJECTS: Final = 150_000
MOST_UNPACKED: Final = 60_000_000  # of what is drawn on pages, fonts among it
MOST_PICTURES: Final = 400_000_000  # pictures are never unpacked, but must be what they say
MOST_SIGNS: Final = 250_000  # letters and lines that are drawn, some sixty full pages
MOST_SECONDS: Final = 7.0

ENCRYPTED: Final = "it is encrypted; ask for a copy without a password."
DAMAGED: Final = "it is damaged; ask for it again, or save it as PDF once more."
_TOO_MUCH: Final = "more than a paper needs; ask for the paper alone."
TOO_SLOW: Final = f"it takes more than {MOST_SECONDS:.0f} seconds to read, {_TOO_MUCH}"

_STREAM = re.compile(rb"stream\r?\n?")
_FILTER = re.compile(
    rb"/(FlateDecode|Fl|LZWDecode|LZW|RunLengthDecode|RL|ASCIIHexDecode|AHx|ASCII85Decode|A85)\b"
)
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_INDIRECT = re.compile(rb"/Filter\s+(\d+)\s+\d+\s+R\b")
_PICTURE = re.compile(rb"/Subtype\s*/Image\b")
_WIDE = re.compile(rb"/(?:Columns|Colors|BitsPerComponent)\s+\d{6,}")
_CIRCLE = re.compile(rb"(?<!\d)(\d+)\s+\d+\s+obj\s*\1\s+\d+\s+R\s*endobj")
_STEP = 1 << 16
_LZW_MOST, _RUN_MOST = 2_800, 64  # how many times its size such a stream can at most unpack to


@dataclass
class Budget:
    """What may still be done for one file: signs that are drawn, and time."""

    signs: int = 0
    until: float = field(default_factory=lambda: time.monotonic() + MOST_SECONDS)

    def count(self, signs: int = 1) -> None:
        """Count signs before they are kept. Raises Refused where they, or the time, are over."""
        self.signs += signs
        if self.signs > MOST_SIGNS:
            raise Refused(f"it draws more than {MOST_SIGNS:,} letters and lines, {_TOO_MUCH}")
        if self.signs % 64 < signs:
            self.look()

    def look(self) -> None:
        if time.monotonic() > self.until:
            raise Refused(TOO_SLOW)


@dataclass(frozen=True)
class Opened:
    """A PDF that both libraries have opened."""

    pdf: Any
    form: pypdf.PdfReader | None
    budget: Budget


def open_pdf(content: bytes) -> Opened:
    """The PDF in these bytes. Raises Refused."""
    _require_pdf(content)
    budget = Budget()
    _require_small(content, budget)
    try:
        pdf = pdfplumber.open(io.BytesIO(content))
    except Exception as error:
        raise Refused(_why_not_opened(error)) from error
    _require_few(pdf)
    if pdf.doc.encryption is not None:
        _require_small_unlocked(pdf.doc, budget)
    budget.look()
    form: pypdf.PdfReader | None = None
    with suppress(Exception):
        form = pypdf.PdfReader(io.BytesIO(content))
    return Opened(pdf, form, budget)


def _why_not_opened(error: Exception) -> str:
    """A library wraps what went wrong into an error of its own."""
    wrapped = error.args[0] if error.args else None
    kinds = (PDFPasswordIncorrect, PDFEncryptionError)
    return ENCRYPTED if isinstance(error, kinds) or isinstance(wrapped, kinds) else DAMAGED


def _require_pdf(content: bytes) -> None:
    if not content.strip(b"\0\t\n\r "):
        raise Refused("it is empty.")
    if len(content) > MOST_BYTES:
        raise Refused(f"it is larger than {MOST_BYTES / 1e6:.0f} MB, {_TOO_MUCH}")
    if b"%PDF-" not in content[:1024]:
        raise Refused(_kind_of(content))


def _kind_of(content: bytes) -> str:
    kinds = (
        (b"PK\x03\x04", "a Word file, a workbook or a zip archive"),
        (b"\xd0\xcf\x11\xe0", "a file of an old Word or Excel"),
        (b"{\\rtf", "a rich text file"),
        (b"\xff\xd8\xff", "a picture"),
        (b"\x89PNG", "a picture"),
        (b"<", "a web page"),
    )
    start = content.lstrip()[:8]
    found = next((name for sign, name in kinds if start.startswith(sign)), "something else")
    return f"it is no PDF but {found}; save the paper as PDF, or give its ending its true name."


def _require_few(pdf: Any) -> None:
    """Raise Refused where it has too many objects or pages, or none."""
    objects = sum(len(getattr(xref, "offsets", ())) for xref in pdf.doc.xrefs)
    if objects > MOST_OBJECTS:
        raise Refused(f"it is made of more than {MOST_OBJECTS:,} objects, {_TOO_MUCH}")
    pages = _page_count(resolve1(pdf.doc.catalog.get("Pages")))
    if pages > MOST_PAGES:
        raise Refused(f"it has more than {MOST_PAGES} pages, {_TOO_MUCH}")


def _page_count(root: Any) -> int:
    """The leaves of the tree of pages, without looking at one twice."""
    waiting, seen, pages = [root], set[int](), 0
    while waiting and pages <= MOST_PAGES:
        node = waiting.pop()
        if isinstance(node, PDFObjRef):
            if node.objid in seen:
                continue
            seen.add(node.objid)
            node = resolve1(node)
        kids = resolve1(node.get("Kids")) if isinstance(node, dict) else None
        if isinstance(kids, list):
            waiting.extend(kids)
        else:
            pages += 1
    return pages


# How much it unpacks to


def _require_small(content: bytes, budget: Budget) -> None:
    if _CIRCLE.search(content):
        raise Refused(DAMAGED)
    _add_up(((content, head, start) for head, start in _streams(content)), budget)


def _require_small_unlocked(document: Any, budget: Budget) -> None:
    """The same for a file that is encrypted and opens without a password."""
    _add_up(_unlocked(document), budget)


def _unlocked(document: Any) -> Iterator[tuple[bytes, bytes, int]]:
    """The streams of an encrypted file as they are once the encryption is off."""
    for xref in document.xrefs:
        for number, place in getattr(xref, "offsets", {}).items():
            found = None if place[0] is not None else document.getobj(number)
            if not isinstance(found, PDFStream) or found.rawdata is None:
                continue
            head = " ".join(f"/{_name(each)}" for each, _ in found.get_filters())
            if _name(found.get("Subtype")) == "Image":
                head += " /Subtype /Image"
            data = found.rawdata
            if found.decipher is not None and found.objid is not None:
                data = found.decipher(found.objid, found.genno or 0, data, found.attrs)
            yield data, head.encode(), 0


def _name(value: Any) -> str:
    return str(getattr(value, "name", value))


def _add_up(streams: Iterable[tuple[bytes, bytes, int]], budget: Budget) -> None:
    """Count what streams unpack to, each with what stands before it and where it begins."""
    unpacked = pictures = 0
    for content, head, start in streams:
        budget.look()
        size = _size(content, head, start)
        if _PICTURE.search(head):
            pictures += size
        else:
            unpacked += size
        if unpacked > MOST_UNPACKED or pictures > MOST_PICTURES:
            most = MOST_UNPACKED if unpacked > MOST_UNPACKED else MOST_PICTURES
            raise Refused(f"it unpacks to more than {most / 1e6:.0f} MB, {_TOO_MUCH}")


def _streams(content: bytes) -> Iterator[tuple[bytes, int]]:
    """What stands before each stream, and where its data begins."""
    found = 0
    for match in _STREAM.finditer(content):
        if content[match.start() - 3 : match.start()] == b"end":
            continue
        found += 1
        if found > MOST_OBJECTS:
            raise Refused(f"it is made of more than {MOST_OBJECTS:,} objects, {_TOO_MUCH}")
        before = content[max(0, match.start() - 4_000) : match.start()]
        head = _ESCAPED.sub(
            lambda code: bytes([int(code[1], 16)]), before[before.rfind(b"obj") + 3 :]
        )
        indirect = _INDIRECT.search(head)
        if indirect is not None:
            place = re.search(rb"(?<!\d)%s\s+\d+\s+obj" % indirect[1], content)
            head += content[place.end() : place.end() + 200] if place else b""
        yield head, match.end()


def _size(content: bytes, head: bytes, start: int) -> int:
    """How many bytes a stream unpacks to, at most; what is no longer certain counts as much."""
    if _WIDE.search(head):
        raise Refused(DAMAGED)
    most = MOST_PICTURES if _PICTURE.search(head) else MOST_UNPACKED
    data: bytes | memoryview = memoryview(content)[start:]
    filters = [name.decode() for name in _FILTER.findall(head)] or ["FlateDecode"]
    size = 0
    for number, name in enumerate(filters, 1):
        if name in {"FlateDecode", "Fl"}:
            inflated = _inflated(data, most if number == len(filters) else MOST_UNPACKED)
            if number == len(filters):
                return max(size, sum(map(len, inflated)))
            data = b"".join(inflated)
        elif name in {"ASCIIHexDecode", "AHx", "ASCII85Decode", "A85"}:
            data = _as_bytes(name, data)
        else:
            times = _RUN_MOST if name in {"RunLengthDecode", "RL"} else _LZW_MOST
            return max(size, _until_end(data) * times)
        size = max(size, len(data))
    return size


def _until_end(data: bytes | memoryview) -> int:
    """The length of a stream's data, of which more than a bit is too much anyway."""
    end = bytes(data[: MOST_UNPACKED // _RUN_MOST]).find(b"endstream")
    return end if end >= 0 else len(data)


def _inflated(data: bytes | memoryview, most: int) -> Iterator[bytes]:
    """What a stream inflates to, piece by piece, until it is more than what is allowed."""
    machine, made, place = zlib.decompressobj(), 0, 0
    with suppress(zlib.error):
        while place < len(data) and made <= most and not machine.eof:
            given = bytes(data[place : place + _STEP])
            place += len(given)
            while given and made <= most:
                piece = machine.decompress(given, 16 * _STEP)
                given = machine.unconsumed_tail
                made += len(piece)
                yield piece


def _as_bytes(name: str, data: bytes | memoryview) -> bytes:
    """The bytes that a stream written in letters stands for."""
    import base64

    end = b">" if "Hex" in name or name == "AHx" else b"~>"
    text = bytes(data)
    text = text[: text.find(end)] if end in text else text
    with suppress(ValueError):
        if end == b">":
            return bytes.fromhex(text.decode("ascii", "ignore"))
        return base64.a85decode(text, ignorechars=b" \t\n\r\v\0")
    return b""
