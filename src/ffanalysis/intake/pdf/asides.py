"""Words about the paper rather than of it: running headers and footers, page numbers."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from ffanalysis.intake.pdf.lines import Line, lines_of
from ffanalysis.intake.pdf.words import Token

_ZONE: Final = 0.12  # the share of a page's height above and below in which they stand
_WIDE_ZONE: Final = 0.2  # the same where tags say that they are asides
_SAME: Final = 3.0  # in points
_NUMBER: Final = re.compile(r"\W*(page\s*)?\d{1,3}(\s*(of|/)\s*\d{1,3})?\W*", re.IGNORECASE)


def parted(
    pages: Mapping[int, Sequence[Token]], heights: Mapping[int, float]
) -> tuple[dict[int, list[Token]], list[tuple[int, str, Line]]]:
    """The words of each page without its headers and footers, and those, line by line."""
    lines = {number: lines_of(tokens) for number, tokens in pages.items()}
    seen: dict[tuple[str, bool], list[tuple[int, float]]] = {}
    for number, found in lines.items():
        for line in found:
            zone = _zone(line, heights[number], _ZONE)
            if zone:
                key = (_pattern(line), zone == "header")
                seen.setdefault(key, []).append((number, _from_edge(line, heights[number])))
    kept: dict[int, list[Token]] = {}
    asides: list[tuple[int, str, Line]] = []
    for number, found in lines.items():
        kept[number] = []
        for position, line in enumerate(found):
            zone = _zone(line, heights[number], _WIDE_ZONE if _is_tagged(line) else _ZONE)
            is_edge = position in {0, len(found) - 1}
            if zone and _is_aside(line, is_edge, seen, number, heights[number]):
                asides.append((number, zone, line))
            else:
                kept[number].extend(line.tokens)
    return kept, asides


def _is_tagged(line: Line) -> bool:
    return all(token.aside for token in line.tokens)


def _is_aside(
    line: Line,
    is_edge: bool,  # noqa: FBT001 - one of two places
    seen: Mapping[tuple[str, bool], Iterable[tuple[int, float]]],
    page: int,
    height: float,
) -> bool:
    """Whether a line is tagged so, is a page's number, or repeats at its place on another page."""
    if _is_tagged(line) or (is_edge and _NUMBER.fullmatch(line.text)):
        return True
    away = _from_edge(line, height)
    key = (_pattern(line), _zone(line, height, _ZONE) == "header")
    return any(other != page and abs(at - away) <= _SAME for other, at in seen.get(key, ()))


def _zone(line: Line, height: float, share: float) -> str:
    if line.box.bottom <= share * height:
        return "header"
    return "footer" if line.box.top >= (1 - share) * height else ""


def _from_edge(line: Line, height: float) -> float:
    """How far a line is from the nearer of the page's upper and lower edge."""
    return min(line.base, height - line.base)


def _pattern(line: Line) -> str:
    return re.sub(r"\d+", "#", line.text)
