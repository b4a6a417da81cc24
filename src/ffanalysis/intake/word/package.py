"""The parts of a Word file and how they refer to each other, opened within limits.

Names of elements are the usual short ones ("w:p"), whether a file is written in the transitional
or in the strict form of the format. Structure of the parts: ECMA-376, Parts 1 and 2.
"""

import io
import posixpath
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import PurePosixPath
from typing import Any, NamedTuple
from urllib.parse import unquote

from lxml import etree

from ffanalysis.sheets.limits import Damaged, Refused

Element = Any  # lxml has no types

_MOST_PARTS = 5_000
_MOST_BYTES = 80_000_000  # of all the parts that are opened
_MOST_TAGS = 700_000  # three hundred pages, each with all its changes tracked, have fewer
_DEEPEST = 200  # ten tables, each within another and all in controls, nest less than half as deep
_TOO_DEEP = f"its XML nests more than {_DEEPEST} deep, which Word never writes."
_PART = b"PK\x01\x02"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DOCTYPES = tuple("<!DOCTYPE".encode(code) for code in ("ascii", "utf-16-le", "utf-16-be"))
_STARTS = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe<\0", b"\xfe\xff\0<")
_ENCODING = re.compile(rb"""encoding\s*=\s*["']([^"']*)""")
_ENCODINGS = {b"utf-8", b"utf8", b"utf-16", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1252"}

_SPACES = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "w",
    "http://purl.oclc.org/ooxml/wordprocessingml/main": "w",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships": "r",
    "http://purl.oclc.org/ooxml/officeDocument/relationships": "r",
    "http://schemas.openxmlformats.org/drawingml/2006/main": "a",
    "http://purl.oclc.org/ooxml/drawingml/main": "a",
    "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing": "wp",
    "http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing": "wp",
    "http://schemas.openxmlformats.org/drawingml/2006/picture": "pic",
    "http://purl.oclc.org/ooxml/drawingml/picture": "pic",
    "http://schemas.openxmlformats.org/drawingml/2006/chart": "c",
    "http://purl.oclc.org/ooxml/drawingml/chart": "c",
    "http://schemas.openxmlformats.org/drawingml/2006/diagram": "dgm",
    "http://purl.oclc.org/ooxml/drawingml/diagram": "dgm",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m",
    "http://purl.oclc.org/ooxml/officeDocument/math": "m",
    "http://schemas.microsoft.com/office/word/2010/wordml": "w14",
    "http://schemas.microsoft.com/office/word/2010/wordprocessingShape": "wps",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc",
    "urn:schemas-microsoft-com:vml": "v",
    "urn:schemas-microsoft-com:office:office": "o",
}
_SPACES_OF: dict[str, tuple[str, ...]] = {
    prefix: tuple(f"{{{space}}}" for space, known in _SPACES.items() if known == prefix)
    for prefix in _SPACES.values()
}


@cache
def _short(tag: str) -> str:
    space, _, local = tag.rpartition("}")
    return f"{_SPACES.get(space[1:], '?')}:{local}"


def name_of(element: Element) -> str:
    """An element's short name; "" of a comment or an instruction to a program."""
    tag = element.tag
    return _short(tag) if isinstance(tag, str) and len(tag) < 300 else ""


def value(element: Element | None, name: str = "w:val") -> str | None:
    """An attribute by its short name; None where it, or the element, is not there."""
    if element is None:
        return None
    prefix, _, local = name.rpartition(":")
    for space in _SPACES_OF.get(prefix, ("",)):
        found = element.get(space + local)
        if found is not None:
            return str(found)
    return None


def children(element: Element | None, name: str) -> Iterator[Element]:
    """The children of this name."""
    return (child for child in (() if element is None else element) if name_of(child) == name)


def child(element: Element | None, *names: str) -> Element | None:
    """The first child of this name, its own first child of the next name, and so on."""
    for name in names:
        for each in () if element is None else element:
            if name_of(each) == name:
                element = each
                break
        else:
            return None
    return element


def is_on(element: Element | None, name: str = "w:val") -> bool:
    """Whether an element that stands for yes is there and says nothing else."""
    return element is not None and value(element, name) not in ("0", "false", "off")


def number_in(text: str | None, otherwise: int = 0) -> int:
    """A whole number as the format writes it."""
    return int(text) if text is not None and re.fullmatch(r"-?[0-9]{1,9}", text) else otherwise


class Relation(NamedTuple):
    """What a part refers to: `kind` is the last word of its type."""

    kind: str
    target: str
    is_outside: bool


class Package:
    """The parts of a Word file. Whatever is wrong with it raises Refused or Damaged."""

    def __init__(self, content: bytes) -> None:
        _refuse_other_kind(content)
        if content.count(_PART) > _MOST_PARTS:
            raise Refused(f"it holds more than {_MOST_PARTS:,} parts, more than a paper has.")
        self._archive = zipfile.ZipFile(io.BytesIO(content))
        self._bytes = self._tags = 0
        names = [(_plain(name), name) for name in self._archive.namelist()]
        self._names = dict(names)
        self._twice = {name for name, times in Counter(n for n, _ in names).items() if times > 1}
        self._roots: dict[str, Element] = {}
        self.deepest = 0  # how deep the XML of any part nests
        self.main = self._main()
        if not self.has(self.main):
            raise Refused("it is not a Word document. Save it from Word as .docx.")
        self.body = self._body()

    def has(self, part: str) -> bool:
        return _plain(part) in self._names

    def read(self, part: str) -> bytes:
        """The bytes of a part, counted before they are unpacked."""
        if not self.has(part) or _plain(part) in self._twice:
            raise Damaged
        member = self._archive.getinfo(self._names[_plain(part)])
        if member.flag_bits & 1:
            raise Refused("it is encrypted; ask for a copy without a password.")
        self._bytes += member.file_size
        if self._bytes > _MOST_BYTES:
            raise Refused(
                f"it unpacks to more than {_MOST_BYTES / 1e6:,.0f} MB of text, more than a paper"
                " can hold."
            )
        return self._archive.read(member)

    def root(self, part: str, *names: str) -> Element:
        """The root of a part, which must have one of these names; parsed once."""
        key = _plain(part)
        if key not in self._roots:
            self._roots[key] = self._parsed(self.read(part))
        root = self._roots[key]
        if name_of(root) not in names:
            raise Damaged
        return root

    def relations(self, part: str) -> dict[str, Relation]:
        """What a part refers to, by the id that it uses."""
        path = PurePosixPath(part)
        beside = str(path.parent / "_rels" / f"{path.name}.rels") if part else "_rels/.rels"
        if not self.has(beside):
            return {}
        found = {}
        for each in self._parsed(self.read(beside)):
            if name_of(each) != "?:Relationship":
                continue
            target, is_outside = each.get("Target", ""), each.get("TargetMode") == "External"
            if not is_outside:
                target = posixpath.join("/", str(path.parent), unquote(target).replace("\\", "/"))
                target = posixpath.normpath(target).lstrip("/")
            kind = each.get("Type", "").rpartition("/")[2]
            found[each.get("Id", "")] = Relation(kind, target, is_outside)
        return found

    def _body(self) -> Element:
        root = self._roots[_plain(self.main)] = self._parsed(self.read(self.main))
        if name_of(root) != "w:document":
            raise _other_document(etree.QName(root).localname)
        body = child(root, "w:body")
        if body is None:
            raise Damaged
        return body

    def _main(self) -> str:
        kinds = (each for each in self.relations("").values() if not each.is_outside)
        found = next((each.target for each in kinds if each.kind == "officeDocument"), None)
        return found or self._main_by_content_type() or "word/document.xml"

    def _main_by_content_type(self) -> str | None:
        part = "[Content_Types].xml"
        types = self._parsed(self.read(part)) if self.has(part) else ()
        return next(
            (
                each.get("PartName", "").lstrip("/")
                for each in types
                if re.search(
                    r"(document|template|Template)\.main\+xml$", each.get("ContentType", "")
                )
                and "word" in each.get("ContentType", "")
            ),
            None,
        )

    def _parsed(self, content: bytes) -> Element:
        """The root of some XML. Refuses what is made to harm before it is parsed."""
        self._tags += content.count(b"<")
        if self._tags > _MOST_TAGS:
            raise Refused(f"it is made of more than {_MOST_TAGS:,} tags, more than a paper needs.")
        if any(sign in content for sign in _DOCTYPES):
            raise Refused("its XML declares entities, which Word never writes.")
        declared = _ENCODING.search(content[:200].partition(b"?>")[0])
        if not content.lstrip().startswith(_STARTS) or (
            declared and declared[1].lower() not in _ENCODINGS
        ):
            raise Damaged
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        try:
            root = etree.fromstring(content, parser)
        except etree.XMLSyntaxError as error:
            raise Refused(_TOO_DEEP) if "depth" in str(error) else Damaged from error
        self.deepest = max(self.deepest, _depth_of(root))
        return root


def _depth_of(root: Element) -> int:
    """How deep some XML nests. Refuses what nests deeper than Word ever writes it."""
    depth = deepest = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    if deepest > _DEEPEST:
        raise Refused(_TOO_DEEP)
    return deepest


def _plain(part: str) -> str:
    """A part's name as it is compared: programs differ in case and in slashes."""
    return part.replace("\\", "/").lstrip("/").casefold()


def _refuse_other_kind(content: bytes) -> None:
    """Raise Refused where the file is no package at all, naming what it is."""
    if not content.strip(b"\0 \t\r\n"):
        raise Refused("it is empty. Ask for the paper again.")
    if content.startswith(_COMPOUND):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise Refused("it is encrypted; ask for a copy without a password.")
        raise Refused("it is a file of an old Word. Open it in Word and save it as .docx.")
    if not content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        raise Refused(_other_kind(content))


def _other_kind(content: bytes) -> str:
    start = content[:400].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    kinds = (
        (b"%pdf", "it is a PDF under the name of a Word file. Give it the ending .pdf."),
        (b"{\\rtf", "it is rich text. Open it in Word and save it as .docx."),
        (b"<!doctype html", "it is a web page. Open it in Word and save it as .docx."),
        (b"<html", "it is a web page. Open it in Word and save it as .docx."),
        (b"<?xml", "it is XML without a package. Open it in Word and save it as .docx."),
    )
    otherwise = "it is not a Word document. Save it from Word as .docx."
    return next((what for sign, what in kinds if start.startswith(sign)), otherwise)


def _other_document(root: str) -> Refused:
    what = {"workbook": "an Excel workbook", "presentation": "a presentation"}.get(root)
    if what:
        return Refused(f"it is {what} under the name of a Word file. Ask for the paper in Word.")
    return Refused("it is not a Word document. Save it from Word as .docx.")
