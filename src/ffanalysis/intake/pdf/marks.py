"""Signs that stand for a tick box: glyphs of ordinary and of symbol fonts."""

from typing import Final

from ffanalysis.intake.document import Mark

_ANY_FONT: Final = {
    **dict.fromkeys("☑☒✓✔√🗹🗷🗸🗵⌧⊠", Mark.TICKED),
    **dict.fromkeys("☐❏❐❑❒⬜▢□◻", Mark.EMPTY),
    # A cross without a box says "chosen" on one form and "not this" on another.
    **dict.fromkeys("✗✘✕✖☓🗴🗶❌❎", Mark.DOUBTFUL),
}
_WINGDINGS: Final = {
    0xFC: Mark.TICKED,  # a tick
    0xFB: Mark.DOUBTFUL,  # a cross
    0xFE: Mark.TICKED,  # a box with a tick
    0xFD: Mark.TICKED,  # a box with a cross
    0x78: Mark.TICKED,  # a box with a cross
    0xA8: Mark.EMPTY,
    0x6F: Mark.EMPTY,
    0x71: Mark.EMPTY,
    0x72: Mark.EMPTY,
}
_WINGDINGS_2: Final = {
    0x50: Mark.TICKED,
    0x4F: Mark.DOUBTFUL,
    0x51: Mark.TICKED,
    0x52: Mark.TICKED,
    0x53: Mark.TICKED,
    0x54: Mark.TICKED,
    0xA3: Mark.EMPTY,
}
_DINGBATS: Final = {
    0x33: Mark.TICKED,
    0x34: Mark.TICKED,
    0x35: Mark.DOUBTFUL,
    0x36: Mark.DOUBTFUL,
    0x37: Mark.DOUBTFUL,
    0x38: Mark.DOUBTFUL,
    0x6F: Mark.EMPTY,
    0x70: Mark.EMPTY,
    0x71: Mark.EMPTY,
    0x72: Mark.EMPTY,
}


def mark_of(sign: str, font: str) -> Mark | None:
    """The state of the tick box that a glyph shows; None where it shows none."""
    if sign in _ANY_FONT:
        return _ANY_FONT[sign]
    name = font.casefold().replace(" ", "").replace("-", "")
    signs = _signs_of(name)
    if signs is None and len(sign) == 1 and 0xF000 <= ord(sign) <= 0xF0FF and "symbol" not in name:
        signs = _WINGDINGS  # of a font that was not there when the PDF was made
    return signs.get(_code(sign)) if signs else None


def _signs_of(font: str) -> dict[int, Mark] | None:
    if "wingdings2" in font:
        return _WINGDINGS_2
    if "wingdings" in font and "wingdings3" not in font:
        return _WINGDINGS
    return _DINGBATS if "dingbats" in font else None


def _code(sign: str) -> int:
    """The place of a glyph in its font; symbol fonts are often moved to U+F000."""
    if sign.startswith("(cid:"):
        number = sign[5:-1]
        return int(number) if number.isdigit() else -1
    code = ord(sign) if len(sign) == 1 else -1
    if 0xF000 <= code <= 0xF0FF:
        return code - 0xF000
    encoded = sign.encode("cp1252", "ignore")
    return encoded[0] if len(encoded) == 1 else code
