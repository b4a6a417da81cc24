"""Pictures that a page may hold: PNG, and SVG without anything that runs or fetches.

What comes out is rebuilt from what is known to be harmless, and the same for the same drawing: a
PNG keeps only the parts that make its picture, an SVG gets its ids anew, in their order.
"""

import base64
import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any
from xml.parsers import expat

LARGEST = 5_000_000  # bytes of a picture in a notebook
_MOST_PIXELS = 100_000_000
_DEEPEST = 64
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# The parts of a PNG without which its picture would be another one.
_KEPT = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"pHYs"})

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_XML = "http://www.w3.org/XML/1998/namespace"
_DRAWN = frozenset(
    {
        *("svg", "g", "defs", "path", "rect", "circle"),
        *("ellipse", "line", "polyline", "polygon", "text", "tspan"),
        *("textPath", "use", "symbol", "marker", "clipPath", "mask"),
        *("pattern", "linearGradient", "radialGradient", "stop", "title", "desc"),
        *("style", "image", "switch"),
    }
)
_EMPTY_OF_MEANING = frozenset({"metadata"})  # dates and tools: left out, and nothing to speak of
_OWN_PICTURE = re.compile(r"data:image/(?:png|jpeg);base64,[A-Za-z0-9+/=\s]*")
_ADDRESS = re.compile(r"url\(\s*(['\"]?)(.*?)\1\s*\)", re.IGNORECASE)
_HOSTILE_STYLE = re.compile(r"@|\\|expression\s*\(|javascript:|behavior\s*:|-moz-binding", re.I)
_REFERENCE = re.compile(r"(^#)(\S+)")
_ADDRESSED = re.compile(r"(url\(\s*['\"]?#)([^'\")\s]+)")
_BY_ID = frozenset({"aria-labelledby", "aria-describedby"})


class PictureWrong(Exception):
    """A picture that cannot be shown; the message says why, to go on a sentence with."""


@dataclass(frozen=True)
class Picture:
    """A picture as an address that holds it.

    `title` is what a drawing calls itself, `taken_out` what had to be left out of it.
    """

    data: str
    title: str = ""
    taken_out: tuple[str, ...] = ()


def png(content: bytes) -> Picture:
    """A PNG without its texts and times. Raises PictureWrong."""
    if not content.startswith(_SIGNATURE):
        raise PictureWrong("is no PNG")
    kept = [_SIGNATURE]
    seen: list[bytes] = []
    for kind, chunk, data in _chunks(content):
        if not seen and kind != b"IHDR":
            raise PictureWrong("is a broken PNG")
        if kind == b"IHDR":
            _refuse_size(data)
        if kind in _KEPT:
            kept.append(chunk)
            seen.append(kind)
    if seen[-1:] != [b"IEND"] or b"IDAT" not in seen:
        raise PictureWrong("is a broken PNG")
    return Picture(_address("image/png", b"".join(kept)))


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """The parts of a PNG up to its end: kind, whole part, and what is in it."""
    place = len(_SIGNATURE)
    kind = b""
    while kind != b"IEND" and place + 12 <= len(content):
        (length,) = struct.unpack(">I", content[place : place + 4])
        kind = content[place + 4 : place + 8]
        chunk = content[place : place + 12 + length]
        if len(chunk) < 12 + length or struct.pack(">I", zlib.crc32(chunk[4:-4])) != chunk[-4:]:
            raise PictureWrong("is a broken PNG")
        yield kind, chunk, chunk[8:-4]
        place += 12 + length


def _refuse_size(header: bytes) -> None:
    if len(header) != 13:
        raise PictureWrong("is a broken PNG")
    width, height = struct.unpack(">II", header[:8])
    if not 0 < width * height <= _MOST_PIXELS:
        raise PictureWrong(f"has more than {_MOST_PIXELS // 1_000_000} million points, or none")


def svg(content: str | bytes) -> Picture:
    """An SVG without scripts, links, and references to anything outside. Raises PictureWrong."""
    text = content if isinstance(content, bytes) else content.encode("utf-8", "replace")
    drawing = _Drawing()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = drawing.start
    parser.EndElementHandler = drawing.end
    parser.CharacterDataHandler = drawing.text
    parser.EntityDeclHandler = drawing.entity
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        raise PictureWrong(f"is no SVG that can be read ({error})") from error
    except LookupError as error:
        raise PictureWrong("is written in letters that are not known") from error
    drawing.refuse_nested()
    whole = drawing.written().encode()
    taken = tuple(dict.fromkeys(drawing.taken_out))
    return Picture(_address("image/svg+xml", whole), " ".join(drawing.title.split()), taken)


def _address(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


@dataclass
class _Drawing:
    """An SVG while it is rebuilt."""

    parts: list[str] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    title: str = ""
    taken_out: list[str] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)
    _open_ids: list[str] = field(default_factory=list)
    _left_out: int = 0  # how deep inside what is left out
    _uses: dict[str, set[str]] = field(default_factory=dict)  # id → what is used within
    _used: set[str] = field(default_factory=set)

    def entity(self, *_: Any) -> None:
        raise PictureWrong("declares entities, which no drawing program writes")

    def start(self, full: str, attributes: Mapping[str, str]) -> None:
        space, _, name = full.rpartition(" ")
        if len(self._open) + self._left_out > _DEEPEST:
            raise PictureWrong(f"nests more than {_DEEPEST} deep")
        if not self._open and (name != "svg" or space not in ("", _SVG)):
            raise PictureWrong("is no SVG")
        if self._left_out or space not in ("", _SVG) or name not in _DRAWN:
            self._leave_out(space, name)
            return
        self._open.append(name)
        self._open_ids.append(attributes.get("id", ""))
        written = "".join(self._attribute(name, *item) for item in attributes.items())
        spaces = f' xmlns="{_SVG}" xmlns:xlink="{_XLINK}"' if len(self._open) == 1 else ""
        self.parts.append(f"<{name}{spaces}{written}>")

    def _leave_out(self, space: str, name: str) -> None:
        is_drawn = space in ("", _SVG) and name not in _EMPTY_OF_MEANING
        if not self._left_out and is_drawn:
            self.taken_out.append(f"<{name}>")
        self._left_out += 1

    def end(self, _full: str) -> None:
        if self._left_out:
            self._left_out -= 1
            return
        self._open_ids.pop()
        self.parts.append(f"</{self._open.pop()}>")

    def text(self, text: str) -> None:
        if self._left_out:
            return
        if self._open[-1] == "title" and len(self._open) == 2:
            self.title += text
        if self._open[-1] == "style" and not self._is_harmless_style(text):
            self.taken_out.append("a style that fetches something")
            return
        self.parts.append(escape(text, quote=False))

    def _attribute(self, element: str, full: str, value: str) -> str:
        """An attribute as it is written; "" for one that is left out."""
        space, _, name = full.rpartition(" ")
        if space == _XML:
            return f' xml:{name}="{escape(value)}"' if name in ("space", "lang") else ""
        if space not in ("", _XLINK) or (space == _XLINK and name != "href"):
            return ""
        if name.lower().startswith("on"):
            self.taken_out.append(f"a handler ({name})")
            return ""
        if name == "href":
            return self._reference(element, value)
        if not self._is_harmless_style(value):
            self.taken_out.append("a style that fetches something")
            return ""
        return f' {name}="{escape(self._renamed(name, value))}"'

    def _reference(self, element: str, value: str) -> str:
        value = value.strip()
        if value.startswith("#"):
            if element == "use":
                self._used.add(value[1:])
            for within in filter(None, self._open_ids):
                self._uses.setdefault(within, set()).add(value[1:])
            return f' xlink:href="{escape(self._renamed("href", value))}"'
        if element == "image" and _OWN_PICTURE.fullmatch(value):
            return f' xlink:href="{escape(value)}"'
        self.taken_out.append("a reference to something outside")
        return ""

    @staticmethod
    def _is_harmless_style(text: str) -> bool:
        return not _HOSTILE_STYLE.search(text) and all(
            found[2].startswith("#") for found in _ADDRESS.finditer(text)
        )

    def _renamed(self, name: str, value: str) -> str:
        """A value with the new ids of what it names."""
        if name == "id":
            return self._id(value)
        if name in _BY_ID:
            return " ".join(map(self._id, value.split()))
        # A colour begins with the sign that an id of a reference does.
        named = _REFERENCE if name == "href" else _ADDRESSED
        return named.sub(lambda found: f"{found[1]}{self._id(found[2])}", value)

    def _id(self, old: str) -> str:
        return self.ids.setdefault(old, f"i{len(self.ids) + 1}")

    def refuse_nested(self) -> None:
        """Refuse a drawing whose copied parts copy others: a few lines can draw a million."""
        if any(self._uses.get(name, set()) & self._used for name in self._used):
            raise PictureWrong("copies parts that copy others")

    def written(self) -> str:
        return "".join(self.parts)
