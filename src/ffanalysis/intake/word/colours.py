"""The colour of words and of what is behind them: words in the colour of their ground are not seen.

Where the ground cannot be told, by a pattern or by the style of a table, words count as seen.
"""

import re
from typing import Final, NamedTuple

from ffanalysis.intake.word.package import Element, child, name_of, value


class Colour(NamedTuple):
    red: int
    green: int
    blue: int


WHITE: Final = Colour(255, 255, 255)
_ALIKE: Final = 32  # of 255, in each of red, green and blue: nobody reads words of that contrast
_PAPER: Final = ("background1", "light1", "bg1", "lt1")
_SHAPES: Final = ("v:shape", "v:rect", "v:roundrect", "v:oval")
_SOLID: Final = ("clear", "solid", None)
# The colours of a marker by their names; one that is not known is no colour of words.
_MARKERS: Final = {
    "black": "000000",
    "blue": "0000FF",
    "cyan": "00FFFF",
    "green": "00FF00",
    "magenta": "FF00FF",
    "red": "FF0000",
    "yellow": "FFFF00",
    "white": "FFFFFF",
    "darkBlue": "000080",
    "darkCyan": "008080",
    "darkGreen": "008000",
    "darkRed": "800000",
    "darkMagenta": "800080",
    "darkYellow": "808000",
    "darkGray": "808080",
    "lightGray": "C0C0C0",
}


def are_alike(ink: Colour | None, ground: Colour | None) -> bool:
    """Whether words of a colour are not seen on a ground; each None where it is not known."""
    if ink is None or ground is None:
        return False
    return all(abs(one - other) < _ALIKE for one, other in zip(ink, ground, strict=True))


def ink_in(properties: Element | None) -> Colour | None:
    """The colour that a run or a style gives its words; None where it gives none of its own."""
    effect = child(properties, "w14:textFill", "w14:solidFill")
    if effect is not None:
        return _filled(effect)
    return _of(child(properties, "w:color"), "w:val", "w:themeColor", "w:themeShade")


def ground_in(properties: Element | None, around: Colour | None) -> Colour | None:
    """The colour that a run, paragraph, cell or table puts behind its words."""
    marker = value(child(properties, "w:highlight"))
    if marker not in (None, "none"):
        return _hex(_MARKERS.get(marker or ""))
    shade = child(properties, "w:shd")
    pattern = value(shade)
    if shade is None or pattern == "nil":
        return around
    if pattern not in _SOLID:
        return None
    of = ("w:color", "w:themeColor", "w:themeShade") if pattern == "solid" else None
    found = _of(shade, *(of or ("w:fill", "w:themeFill", "w:themeFillShade")))
    is_own = found is not None or value(shade, "w:themeFill") or value(shade, "w:themeColor")
    return found if is_own else around


def ground_of_page(body: Element) -> Colour | None:
    """The colour of the pages; not known where the file gives them one."""
    return WHITE if child(body.getparent(), "w:background") is None else None


def ground_of_box(content: Element) -> Colour | None:
    """The colour of the shape around the content of a text box."""
    for each in content.iterancestors():
        if name_of(each) == "wps:wsp":
            properties = child(each, "wps:spPr")
            if child(properties, "a:noFill") is not None:
                return WHITE
            return _filled(child(properties, "a:solidFill"))
        if name_of(each) in _SHAPES:
            written = (value(each, "fillcolor") or "white").partition(" ")[0]
            is_white = written == "white" or value(each, "filled") in ("f", "false")
            return WHITE if is_white else _hex(written.lstrip("#"))
    return None


def _filled(fill: Element | None) -> Colour | None:
    """The colour of a solid fill, as drawings have it."""
    for each in () if fill is None else fill:
        given = value(each, "w14:val") or value(each, "val")
        if name_of(each).endswith(":schemeClr"):
            return WHITE if given in _PAPER and not len(each) else None
        return _hex(given)
    return None


def _of(element: Element | None, plain: str, theme: str, shade: str) -> Colour | None:
    """A colour by its figures, or that of the paper by its place in the theme."""
    if value(element, theme) in _PAPER:
        part = int(value(element, shade) or "FF", 16) if _is_hex(value(element, shade), 2) else 255
        return Colour(part, part, part)
    return _hex(value(element, plain))


def _is_hex(text: str | None, length: int) -> bool:
    return text is None or bool(re.fullmatch(rf"[0-9A-Fa-f]{{{length}}}", text))


def _hex(text: str | None) -> Colour | None:
    if text is None or not _is_hex(text, 6):
        return None
    return Colour(int(text[:2], 16), int(text[2:4], 16), int(text[4:], 16))
