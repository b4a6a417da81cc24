"""What the styles of a Word file say of words: headings, hidden text, text struck through."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ffanalysis.intake.document import RemarkKind
from ffanalysis.intake.word.colours import Colour, are_alike, ground_in, ink_in
from ffanalysis.intake.word.package import (
    Element,
    child,
    children,
    is_on,
    name_of,
    number_in,
    value,
)

_HEADING = re.compile(r"heading ([1-9])", re.IGNORECASE)
_TOGGLES = ("w:vanish", "w:strike", "w:dstrike")
_DEEPEST = 9
_TINY = 6  # half points; the eye reads from about twice that
_LONGEST_CHAIN = 20  # Word allows fewer; a style that is based on itself has no end


class _Style(NamedTuple):
    """What one style says by itself; None where it says nothing."""

    based_on: str | None
    level: int | None
    toggles: dict[str, bool]
    ink: Colour | None
    size: int | None
    words: Element | None  # how they look
    look: Element | None  # of its paragraphs
    has_shades: bool  # of a table, whose cells may be of any colour then


class Styles:
    """The styles of a file by their ids; each may be based on another."""

    def __init__(self, root: Element | None) -> None:
        every = list(children(root, "w:style"))
        self._styles = {value(each, "w:styleId"): _style(each) for each in every}
        usual = (each for each in every if value(each, "w:type") == "paragraph" and _is_usual(each))
        self._usual = value(next(usual, None), "w:styleId")

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

    def why_unseen(
        self, properties: Element | None, style: str | None, ground: Colour | None
    ) -> RemarkKind | None:
        """Why nobody sees the words of a run: their colour on its ground, or their size."""
        styles = [
            *self._chain(value(child(properties, "w:rStyle"))),
            *self._chain(style or self._usual),
        ]
        ink = ink_in(properties) or next((each.ink for each in styles if each.ink), None)
        own = _size_in(properties)
        size = next((e.size for e in styles if e.size is not None), None) if own is None else own
        is_empty = child(properties, "w14:textFill", "w14:noFill") is not None
        for each in reversed(styles):
            ground = ground_in(each.words, ground)
        if is_empty or are_alike(ink, ground_in(properties, ground)):
            return RemarkKind.PALE
        return RemarkKind.TINY if size is not None and 0 < size <= _TINY else None

    def ground(self, properties: Element | None, around: Colour | None) -> Colour | None:
        """The ground of a paragraph, by its own properties or those of its style."""
        style = value(child(properties, "w:pStyle")) or self._usual
        for each in reversed(list(self._chain(style))):
            around = ground_in(each.look, around)
        return ground_in(properties, around)

    def ground_of_table(self, properties: Element | None, around: Colour | None) -> Colour | None:
        """The ground of a table's cells; not known where its style gives some of them a colour."""
        styles = self._chain(value(child(properties, "w:tblStyle")))
        return None if any(each.has_shades for each in styles) else ground_in(properties, around)

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
    has_shades = any(name_of(each) == "w:shd" for each in style.iter())
    return _Style(
        value(child(style, "w:basedOn")),
        level,
        said,
        ink_in(properties),
        _size_in(properties),
        properties,
        child(style, "w:pPr"),
        has_shades,
    )


def _is_usual(style: Element) -> bool:
    """Whether a style is that of whatever names none."""
    return value(style, "w:default") in ("1", "true", "on")


def _size_in(properties: Element | None) -> int | None:
    """The size of words in half points; None where nothing gives one."""
    size = value(child(properties, "w:sz"))
    return number_in(size, 0) if size else None


def _outline_level(properties: Element | None) -> int | None:
    """The level that a paragraph's properties say; the lowest means ordinary text."""
    found = child(properties, "w:outlineLvl")
    if found is None:
        return None
    level = number_in(value(found), _DEEPEST)
    return level + 1 if 0 <= level < _DEEPEST else 0
