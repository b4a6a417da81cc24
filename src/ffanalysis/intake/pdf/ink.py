"""What is drawn on a page of a PDF: letters, lines, boxes and pictures, each with its place.

Places are in points from the page's upper left corner.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pdfminer.layout import LTChar, LTContainer, LTCurve, LTImage, LTItem, LTLine, LTRect
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdftypes import resolve1
from pdfminer.psparser import PSLiteral
from pdfplumber.page import PDFPageAggregatorWithMarkedContent

from ffanalysis.intake.pdf.open import Budget

THICKEST_LINE: Final = 3.5  # in points; what is thicker is an area
TURNED: Final = "turned words"  # seen, but in no line with others
_SMALLEST_SIGN: Final = 1.0
_SOFT_HYPHENS: Final = {b"\xad", b"\xfe\xff\x00\xad"}
_UNSEEN_MODES: Final = {3, 7}  # drawn neither filled nor outlined


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page."""

    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def holds(self, x: float, y: float, by: float = 0.0) -> bool:
        return self.x0 - by <= x <= self.x1 + by and self.top - by <= y <= self.bottom + by

    def around(self, other: "Box", by: float = 1.0) -> bool:
        """Whether another lies within it."""
        return (
            self.x0 - by <= other.x0
            and other.x1 <= self.x1 + by
            and self.top - by <= other.top
            and other.bottom <= self.bottom + by
        )


@dataclass(frozen=True, slots=True)
class Shape:
    """A line, or the outline of an area; `fill` is whether the area is of a colour but white."""

    box: Box
    stroke: bool
    fill: bool
    white: bool
    points: int  # corners; four of a rectangle


@dataclass
class Ink:
    """What a page shows. `signs` and `unseen` are letters as pdfplumber describes them."""

    number: int
    width: float
    height: float
    signs: list[dict[str, Any]] = field(default_factory=list)
    unseen: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    shapes: list[Shape] = field(default_factory=list)
    pictures: list[Box] = field(default_factory=list)


class _Interpreter(PDFPageInterpreter):
    """Gives marked content the properties that a page names only."""

    def do_BDC(self, tag: Any, props: Any) -> None:  # noqa: N802 - the name of PDF's operator
        if isinstance(props, PSLiteral):
            named = resolve1(self.resources.get("Properties")) if self.resources else None
            props = named.get(props.name) if isinstance(named, dict) else None
        super().do_BDC(tag, resolve1(props))


class _Device(PDFPageAggregatorWithMarkedContent):
    """Notes on each letter what content it belongs to and how it is drawn, within a budget."""

    def __init__(self, manager: PDFResourceManager, number: int, budget: Budget) -> None:
        super().__init__(manager, pageno=number, laparams=None)
        self.budget = budget
        self.mode = 0
        self.depth = 0  # of pictures within the page, whose own numbers are not the page's
        self.open: list[tuple[int | None, bool]] = [(None, False)]
        self.soft: list[bool] = [False]  # whether what is drawn is a hyphen of the layout only

    def begin_tag(self, tag: Any, props: Any = None) -> None:
        mcid, aside = self.open[-1]
        number = resolve1(props.get("MCID")) if isinstance(props, dict) else None
        if isinstance(number, int) and not self.depth:
            mcid = number
        self.open.append((mcid, aside or getattr(tag, "name", "") == "Artifact"))
        said = resolve1(props.get("ActualText")) if isinstance(props, dict) else None
        self.soft.append(self.soft[-1] or said in _SOFT_HYPHENS)

    def end_tag(self) -> None:
        if len(self.open) > 1:
            self.open.pop()
            self.soft.pop()

    def tag_cur_item(self) -> None:
        """Nothing: letters are tagged where they are drawn, and lines need no tag."""

    def begin_figure(self, name: Any, bbox: Any, matrix: Any) -> None:
        self.depth += 1
        super().begin_figure(name, bbox, matrix)

    def end_figure(self, name: Any) -> None:
        self.depth -= 1
        super().end_figure(name)

    def render_string(self, textstate: Any, *rest: Any) -> None:
        self.mode = textstate.render
        super().render_string(textstate, *rest)

    def render_char(self, *args: Any, **kwargs: Any) -> float:
        self.budget.count()
        width: float = super().render_char(*args, **kwargs)
        sign: Any = self.cur_item._objs[-1]  # noqa: SLF001 - it is given in no other way
        sign.mcid, sign.aside = self.open[-1]
        sign.unseen = self.mode in _UNSEEN_MODES
        sign.soft = self.soft[-1]
        sign.font = getattr(args[1], "basefont", "")
        return width

    def paint_path(self, *args: Any, **kwargs: Any) -> None:
        self.budget.count()
        super().paint_path(*args, **kwargs)


def ink_of(page: Any, manager: PDFResourceManager, budget: Budget) -> Ink:
    """What a page of pdfplumber shows. Raises Refused, and whatever a damaged page leads to."""
    device = _Device(manager, page.page_number, budget)
    _Interpreter(manager, device).process_page(page.page_obj)
    layout = device.get_result()
    ink = Ink(page.page_number, float(layout.width), float(layout.height))
    letters: list[LTChar] = []
    for item in _items(layout):
        if isinstance(item, LTChar):
            letters.append(item)
        elif isinstance(item, LTImage):
            ink.pictures.append(_box(item, ink.height))
        elif isinstance(item, LTCurve):
            ink.shapes.append(_shape(item, ink.height))
    for letter in letters:
        sign = _sign(letter, ink.height)
        why = _why_unseen(letter, sign, ink)
        (ink.unseen.setdefault(why, []) if why else ink.signs).append(sign)
    return ink


def _items(container: LTContainer[Any]) -> Iterator[LTItem]:
    """What is drawn, that in pictures of their own included."""
    for item in container:
        if isinstance(item, LTContainer):
            yield from _items(item)
        else:
            yield item


def _box(item: Any, height: float) -> Box:
    return Box(item.x0, height - item.y1, item.x1, height - item.y0)


def _shape(item: LTCurve, height: float) -> Shape:
    white = _is_white(item.non_stroking_color)
    points = 2 if isinstance(item, LTLine) else 4 if isinstance(item, LTRect) else len(item.pts)
    return Shape(_box(item, height), bool(item.stroke), bool(item.fill), white, points)


def _sign(letter: LTChar, height: float) -> dict[str, Any]:
    """A letter as pdfplumber's word extraction wants it."""
    top = height - letter.y1
    name = letter.fontname
    if name == "unknown":
        name = getattr(letter, "font", name)
    return {
        "text": "\u00ad" if getattr(letter, "soft", False) else letter.get_text(),
        "x0": letter.x0,
        "x1": letter.x1,
        "top": top,
        "bottom": height - letter.y0,
        "doctop": top,
        "upright": letter.upright,
        "size": letter.size,
        "fontname": name.decode("latin-1") if isinstance(name, bytes) else str(name),
        "mcid": getattr(letter, "mcid", None),
        "aside": getattr(letter, "aside", False),
    }


def _is_white(colour: Any) -> bool:
    """Whether a colour of gray, RGB or CMYK is white."""
    parts = colour if isinstance(colour, list | tuple) else (colour,)
    if not parts or not all(isinstance(part, int | float) for part in parts):
        return False
    return bool(max(parts) <= 0.02 if len(parts) == 4 else min(parts) >= 0.98)


def _why_unseen(letter: LTChar, sign: Mapping[str, Any], ink: Ink) -> str:
    """Why nobody sees a letter, or it is not read in its line; empty for most."""
    x, y = (sign["x0"] + sign["x1"]) / 2, (sign["top"] + sign["bottom"]) / 2
    if getattr(letter, "unseen", False):
        return "invisible words"
    if sign["size"] < _SMALLEST_SIGN:
        return "words too small to read"
    if not (-1 <= x <= ink.width + 1 and -1 <= y <= ink.height + 1):
        return "words outside the page"
    if not sign["upright"]:
        return TURNED
    if _is_white(letter.graphicstate.ncolor) and not _on_colour(x, y, ink):
        return "white words on white"
    return ""


def _on_colour(x: float, y: float, ink: Ink) -> bool:
    """Whether an area of a colour, or a picture, lies at a place."""
    return any(
        shape.box.holds(x, y) for shape in ink.shapes if shape.fill and not shape.white
    ) or any(box.holds(x, y) for box in ink.pictures)
