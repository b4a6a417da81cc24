"""Parse the XML of a workbook's parts piece by piece, within limits.

What no spreadsheet program writes is refused.
"""

from collections.abc import Callable
from typing import Any
from xml.parsers import expat

from ffanalysis.sheets.limits import Limits, Refused

_CHUNK = 1 << 18
DEEPEST = 64  # a workbook's parts nest a dozen deep; what nests deeper is made to harm
TOO_DEEP = f"its XML nests more than {DEEPEST} deep, which no spreadsheet program writes."
_LONGEST_TAG = 4_000_000  # the parser begins a tag anew with each piece of it
_MOST_NAMES = 10_000

Start = Callable[[str, dict[str, str]], None]


def parse(
    stream: Any,
    limits: Limits,
    start: Start,
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Parse XML piece by piece, with local names.

    Refuses document types, so that no entity can be expanded.
    """
    depth = 0
    local: dict[str, str] = {}

    def starts(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise Refused(TOO_DEEP)
        start(local.get(name) or local.setdefault(name, name.rpartition(":")[2]), attributes)

    def ends(name: str) -> None:
        nonlocal depth
        depth -= 1
        if end:
            end(local[name])

    parser = parser_of(starts, ends)
    if text:
        parser.CharacterDataHandler = text
    feed(parser, stream, limits)


def parser_of(start: Start, end: Callable[[str], None]) -> expat.XMLParserType:
    """A parser that calls these for each tag, with names as they are written."""

    def forbids(*_: object) -> None:
        raise Refused("its XML declares entities, which no spreadsheet program writes.")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = forbids
    return parser


def feed(parser: expat.XMLParserType, stream: Any, limits: Limits) -> None:
    """Give a parser all of a stream."""
    fed = 0
    while piece := stream.read(_CHUNK):
        # "<c>" and "</c>" are a step each, and "<c/>" is two.
        limits.step(piece.count(b"<") + piece.count(b"/>"))
        parser.Parse(piece, False)
        fed += len(piece)
        if fed - parser.CurrentByteIndex > _LONGEST_TAG or len(parser.intern) > _MOST_NAMES:
            raise Refused(
                "its XML holds longer or more kinds of tags than any spreadsheet program writes."
            )
    parser.Parse(b"", True)


def attribute(attributes: dict[str, str], name: str) -> str:
    """An attribute by its local name; "" where it is not there."""
    return next((value for key, value in attributes.items() if key.rpartition(":")[2] == name), "")


def is_true(text: str | None) -> bool:
    """Whether an attribute says yes."""
    return text in ("1", "true")
