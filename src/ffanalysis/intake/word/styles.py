"""What the styles of a Word file say of words: headings, hidden text, text struck through."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ffanalysis.intake.document import RemarkKind
from ffanalysis.intake.word.package import Element, child, children, is_on, number_in, value

_HEADING = re.compile(r"heading ([1-9])", re.IGNORECASE)
_TOGGLES = ("w:vanish", "w:strike", "w:dstrike")
_DEEPEST = 9
_LONGEST_CHAIN = 20  # Word allows fewer; a style that is based on itself has no end


class _Style(NamedTuple):
    """What one style says by itself; None where it says nothing."""

    based_on: str | None
    level: int | None
    toggles: dict[str, bool]


class Styles:
    """The styles of a file by their ids; each may be based on another."""

    def __init__(self, root: Element | None) -> None:
        self._styles = {
            value(each, "w:styleId"): _style(each) for each in children(root, "w:style")
        }

    def _chain(self, style: str | None) -> Iterator[_Style]:
        """A style and those that it is based on."""
        for _ in range(_LONGEST_CHAIN):
            found = self._styles.get(style)
            if found is None:
                return
            yield found
            style = found.based_on

    def _level_of_style(self, style: str | None) -> int:
        return next((each.level for each in self._chain(style) if each.level is not None), 0)

    def _toggle_of_style(self, style: str | None, name: str) -> bool:
        found = (each.toggles[name] for each in self._chain(style) if name in each.toggles)
        return next(found, False)

    def level(self, paragraph: Element) -> int:
        """The level of a heading, 0 for ordinary text."""
        properties = child(paragraph, "w:pPr")
        own = _outline_level(properties)
        return self._level_of_style(value(child(properties, "w:pStyle"))) if own is None else own

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
        return self._toggle_of_style(
            value(child(properties, "w:rStyle")), name
        ) != self._toggle_of_style(paragraph_style, name)


def _style(style: Element) -> _Style:
    name = (value(child(style, "w:name")) or "").strip()
    heading = _HEADING.fullmatch(name)
    if heading or name.casefold() == "title":
        level: int | None = int(heading[1]) if heading else 1
    else:
        level = _outline_level(child(style, "w:pPr"))
    properties = child(style, "w:rPr")
    toggles = ((toggle, child(properties, toggle)) for toggle in _TOGGLES)
    said = {toggle: is_on(found) for toggle, found in toggles if found is not None}
    return _Style(value(child(style, "w:basedOn")), level, said)


def _outline_level(properties: Element | None) -> int | None:
    """The level that a paragraph's properties say; the lowest means ordinary text."""
    found = child(properties, "w:outlineLvl")
    if found is None:
        return None
    level = number_in(value(found), _DEEPEST)
    return level + 1 if 0 <= level < _DEEPEST else 0
