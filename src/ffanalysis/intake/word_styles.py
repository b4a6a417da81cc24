"""What the styles of a Word file say of words: headings, hidden text, text struck through."""

import re
from collections.abc import Iterator
from functools import cache

from ffanalysis.intake.document import RemarkKind
from ffanalysis.intake.word_package import Element, child, children, is_on, number_in, value

_HEADING = re.compile(r"heading ([1-9])", re.IGNORECASE)
_DEEPEST = 9
_LONGEST_CHAIN = 20  # Word allows fewer; a style that is based on itself has no end


class Styles:
    """The styles of a file by their ids; each may be based on another."""

    def __init__(self, root: Element | None) -> None:
        self._styles = {value(each, "w:styleId"): each for each in children(root, "w:style")}
        self.level_of_style = cache(self._level_of_style)
        self.toggle_of_style = cache(self._toggle_of_style)

    def _chain(self, style: str | None) -> Iterator[Element]:
        """A style and those that it is based on."""
        for _ in range(_LONGEST_CHAIN):
            if style not in self._styles:
                return
            yield self._styles[style]
            style = value(child(self._styles[style], "w:basedOn"))

    def _level_of_style(self, style: str | None) -> int:
        for each in self._chain(style):
            name = value(child(each, "w:name")) or ""
            heading = _HEADING.fullmatch(name.strip())
            if heading:
                return int(heading[1])
            if name.casefold() == "title":
                return 1
            level = _outline_level(child(each, "w:pPr"))
            if level is not None:
                return level
        return 0

    def _toggle_of_style(self, style: str | None, name: str) -> bool:
        found = (child(each, "w:rPr", name) for each in self._chain(style))
        return is_on(next((each for each in found if each is not None), None))

    def level(self, paragraph: Element) -> int:
        """The level of a heading, 0 for ordinary text."""
        properties = child(paragraph, "w:pPr")
        own = _outline_level(properties)
        return self.level_of_style(value(child(properties, "w:pStyle"))) if own is None else own

    def why_lost(self, properties: Element | None, style: str | None) -> RemarkKind | None:
        """Why the words of a run are not words of the paper: hidden, or struck through.

        `properties` are the run's, `style` is that of its paragraph.
        """
        if self._is_set(properties, style, "w:vanish"):
            return RemarkKind.HIDDEN
        if any(self._is_set(properties, style, name) for name in ("w:strike", "w:dstrike")):
            return RemarkKind.STRUCK
        return None

    def _is_set(self, properties: Element | None, paragraph_style: str | None, name: str) -> bool:
        own = child(properties, name)
        if own is not None:
            return is_on(own)
        # Two styles that both say so take each other back.
        return self.toggle_of_style(
            value(child(properties, "w:rStyle")), name
        ) != self.toggle_of_style(paragraph_style, name)


def _outline_level(properties: Element | None) -> int | None:
    """The level that a paragraph's properties say; the lowest means ordinary text."""
    found = child(properties, "w:outlineLvl")
    if found is None:
        return None
    level = number_in(value(found), _DEEPEST)
    return level + 1 if 0 <= level < _DEEPEST else 0
