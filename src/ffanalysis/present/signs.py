"""Which signs a page and its charts can print: the fonts they have, and names for other signs.

A text from a workbook may hold any sign. One that no font has would print as a blank box, so its
name is printed instead, in a PDF and in a chart alike.
"""

import re
from collections.abc import Iterable
from functools import cache
from unicodedata import bidirectional, category, name, normalize

import font_source_sans_pro as fonts
import matplotlib as mpl
from matplotlib.font_manager import FontProperties, get_font

# The page's own font by weight, and one for signs that it lacks.
REGULAR, BOLD = 400, 600
WEIGHTS = {REGULAR: fonts.SourceSansPro, BOLD: fonts.SourceSansProSemibold}
FALLBACK = f"{mpl.get_data_path()}/fonts/ttf/DejaVuSans.ttf"

_LONGEST_NAME = 40  # of a sign that is named instead of printed
# What chooses between looks of the sign before it, and is no sign itself.
_VARIATION = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_OWN, _OTHER = "the page's own", "other signs"


@cache
def covered(path: str) -> frozenset[int]:
    """The signs that a font has."""
    return frozenset(get_font(path).get_charmap())


def with_signs_named(text: str) -> str:
    """The text with the name of each sign that the fonts lack, which would print as a box."""
    known = covered(WEIGHTS[REGULAR]) | covered(FALLBACK)
    unknown = {sign for sign in set(text) if ord(sign) > ord("~") and ord(sign) not in known}
    return text.translate({ord(sign): _named(sign) for sign in unknown})


def _named(sign: str) -> str:
    """What is printed for a sign: nothing where nobody sees it, and a space for any space."""
    kind = category(sign)
    if kind in ("Cc", "Cf") or _VARIATION.match(sign):
        return ""
    if kind[0] == "Z":
        return " "
    code = f"U+{ord(sign):04X}"
    words = name(sign, code).lower()
    # Ideographs and syllables have no other name than their number.
    if words.endswith(code[2:].lower()) or len(words) > _LONGEST_NAME:
        return f"[{code}]"
    return f"[{words}]"


# --- charts ---------------------------------------------------------------------------------------


def drawable(text: str) -> str:
    """The text as a chart can draw it; a letter and its accent are one sign where there is one."""
    return text if text.isascii() else with_signs_named(normalize("NFC", text))


def from_the_left(text: str) -> str:
    """A label as the page has it, from the left, also where its first word is of the right."""
    is_mixed = any(bidirectional(sign) in ("R", "AL") for sign in text)
    return f"\N{LEFT-TO-RIGHT MARK}{text}" if is_mixed else text


class PageFont(FontProperties):
    """The page's font, and behind it the one for signs that it lacks.

    A chart asks for a font by the name of its family; here each name stands for a file, so that
    what else a machine has installed changes nothing.
    """

    def __init__(self, weight: int) -> None:
        self._own = WEIGHTS[weight]
        super().__init__(family=[_OWN, _OTHER])

    def __copy__(self) -> "PageFont":
        """A copy that is a page's font as well; Matplotlib's own would be any font."""
        new = PageFont.__new__(PageFont)
        new.__dict__.update(self.__dict__)
        return new

    def set_family(self, family: str | Iterable[str] | None) -> None:
        """Take a family, or both; of one alone its file is the font."""
        super().set_family(family)
        files = {_OWN: self._own, _OTHER: FALLBACK}
        self.set_file(files[family] if isinstance(family, str) else None)


@cache
def page_font(weight: int = REGULAR) -> FontProperties:
    """The font of the page for text in a chart."""
    return PageFont(weight)
