"""Ticks, crosses and boxes as people type them, and the symbols of Word's own fonts."""

import re
from typing import NamedTuple

from ffanalysis.intake.document import Mark

# A cross without a box says "chosen" on one form and "not this" on another.
_CROSSES = "✗✘✕✖☓🗴🗶❌❎"
GLYPHS: dict[str, Mark] = {
    **dict.fromkeys("☑☒✓✔√✅🗸🗹🗵🗷⮽⌧⊠", Mark.TICKED),
    **dict.fromkeys("☐□◻⬜▢❏❐❑❒🞎🞏🞐🞑🞒🞓", Mark.EMPTY),
    **dict.fromkeys(_CROSSES, Mark.DOUBTFUL),
}
# A root sign before a number or a bracket is one.
_GLYPH = re.compile(f"√(?![\\d(])|[{''.join(set(GLYPHS) - {'√'})}]")
# What cannot be seen, hyphens that only a line's end shows, signs that choose a glyph's colour.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe0e\ufe0f\ufeff]")
_HYPHENS = str.maketrans("\u2010\u2011", "--")

_WINGDINGS = {0xFC: "✓", 0xFE: "☑", 0xFD: "☒", 0xFB: "✗", 0x78: "⌧", 0xA8: "☐", 0x6F: "☐"}
_WINGDINGS |= dict.fromkeys((0x70, 0x71, 0x72), "☐") | {0xE0: "→", 0xDF: "←", 0xF0: "→"}
_BULLETS = dict.fromkeys((0x6C, 0x6E, 0x75, 0x76, 0x77, 0x9F, 0xA7, 0xD8), "•")
_WINGDINGS_2 = {0x50: "✓", 0x4F: "✗", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0xA3: "☐"}
_WEBDINGS = {0x61: "✔", 0x72: "✗", 0x63: "☐"}
_SYMBOL = {0xD6: "√", 0xB7: "•", 0xA3: "≤", 0xB3: "≥", 0xB1: "±", 0xB4: "×", 0xB8: "÷", 0xB9: "≠"}
_SYMBOL |= {0xBB: "≈", 0xAE: "→", 0xAC: "←", 0x2D: "−", 0xA5: "∞", 0xA0: "€", 0xD7: "⋅"}
_FONTS: dict[str, dict[int, str]] = {
    "wingdings": _WINGDINGS | _BULLETS,
    "wingdings 2": _WINGDINGS_2,
    "wingdings 3": {},
    "webdings": _WEBDINGS,
    "symbol": _SYMBOL,
}


class Stretch(NamedTuple):
    """A part of a text that is words, or a tick box and the glyph that it is."""

    text: str
    mark: Mark | None = None


def _is_symbol_font(font: str | None) -> bool:
    return font is not None and font.casefold() in _FONTS


def symbol(font: str | None, code: int) -> str | None:
    """What a sign of a symbol font shows, as a character that any font has; None if unknown."""
    known = _FONTS.get((font or "").casefold())
    if known is None:
        return chr(code) if 0x20 <= code < 0xD800 else None
    found = known.get(code & 0xFF if 0xF000 <= code <= 0xF0FF else code)
    if found is None and font and font.casefold() == "symbol" and 0x20 <= code & 0xFF < 0x40:
        return chr(code & 0xFF)  # digits and common signs stand where they always do
    return found


def in_symbol_font(font: str | None, text: str) -> str | None:
    """A text that is set in a symbol font, as it is seen; None where a sign of it is unknown.

    Without such a font, signs of the private area that stand for one are read as Wingdings.
    """
    if not _is_symbol_font(font):
        if text.isascii() or not any(map(_is_private, text)):
            return text
        signs = [symbol("Wingdings", ord(sign)) if _is_private(sign) else sign for sign in text]
    else:
        signs = [symbol(font, ord(sign)) if _is_of_font(sign) else sign for sign in text]
    return None if None in signs else "".join(filter(None, signs))


def _is_private(sign: str) -> bool:
    return 0xF000 <= ord(sign) <= 0xF0FF


def _is_of_font(sign: str) -> bool:
    """Whether a sign is one that a symbol font has; others are shown in another font."""
    return not sign.isspace() and (ord(sign) <= 0xFF or _is_private(sign))


def plain(text: str) -> str:
    """Words without what cannot be seen, and with one kind of hyphen."""
    return text if text.isascii() else _UNSEEN.sub("", text).translate(_HYPHENS)


def stretches(text: str, own: dict[str, Mark]) -> list[Stretch]:
    """A text cut where a tick box stands in it; `own` are the glyphs of a control's two states."""
    if text.isascii() and not own:
        return [Stretch(text)] if text else []
    found, done = [], 0
    pattern = _GLYPH
    if own:
        pattern = re.compile("|".join([*map(re.escape, own), _GLYPH.pattern]))
    for met in pattern.finditer(text):
        if met.start() > done:
            found.append(Stretch(text[done : met.start()]))
        found.append(Stretch(met[0], own.get(met[0]) or GLYPHS[met[0]]))
        done = met.end()
    if done < len(text):
        found.append(Stretch(text[done:]))
    return found
