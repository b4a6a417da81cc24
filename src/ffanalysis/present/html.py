"""HTML that is safe by construction.

Text is escaped wherever it comes in, and every figure carries its mark.

Nothing from a workbook goes through Markdown or reaches a page as markup.
"""

import base64
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, TypeVar

from markupsafe import Markup, escape

from ffanalysis import money
from ffanalysis.expressions import CellLine, CellTable, written
from ffanalysis.figures import Figure
from ffanalysis.findings import Sentence
from ffanalysis.present.drawing import Chart
from ffanalysis.present.look import look_of
from ffanalysis.present.words import curly, figure_text, parts_said, pounds_together, show

Cell = str | Figure | Markup
_LONG = 25  # a table of more rows may be broken across pages, since it fits on none


_NOTHING = Markup("")


@dataclass(frozen=True)
class Part:
    """One part of a briefing: what a notebook's cell shows, and what the page is made of.

    `figures` are those that it shows, and `made_of` has their cells and what they are called, for
    the page to list.
    """

    name: str
    html: Markup
    made_of: Markup = _NOTHING
    figures: tuple[Figure, ...] = ()

    def _repr_html_(self) -> str:
        return f'<div class="ff">{self.html}{self.made_of}</div>'

    def __repr__(self) -> str:
        return f"<{self.name}>"


T = TypeVar("T", bound=type)


def in_council_look(page: T) -> T:
    """A page whose every part is made in the look that its quarter's council has set.

    Each figure of a part carries its expression, over the cells that the part lists.
    """
    for name, make in vars(page).copy().items():
        if getattr(make, "__annotations__", {}).get("return") is Part:
            setattr(page, name, _looking(make))
    return page


def _looking(make: Callable[[Any], Part]) -> Callable[[Any], Part]:
    @wraps(make)
    def made(self: Any) -> Part:
        with look_of(self.quarter.council), _sources() as sources:
            part = make(self)
            return replace(part, made_of=sources.listed(), figures=tuple(sources.figures.values()))

    return made


class _Sources:
    """The cells of one part's figures, and what figures are called."""

    def __init__(self) -> None:
        self.cells = CellTable()
        self.labels: dict[str, str] = {}
        self.figures: dict[str, Figure] = {}

    def expression(self, figure: Figure) -> str:
        """How a figure was made."""
        self.figures.setdefault(figure.name, figure)
        if figure.label:
            self.labels.setdefault(figure.name, figure.label)
        return written(figure.sum, self.cells)

    def listed(self) -> Markup:
        """All of them as a list that nobody sees; nothing where there are none."""
        items = [_cell_item(number, line) for number, line in self.cells]
        items += [tag("li", label, data_label_of=name) for name, label in self.labels.items()]
        return tag("ol", *items, class_="made-of", hidden="") if items else Markup("")


def _cell_item(number: str, line: CellLine) -> Markup:
    """A cell in a list of cells, with what is written there."""
    return tag(
        "li",
        line.written,
        data_id=number,
        data_cell=str(line.cell),
        data_factor=line.factor,
        data_to=line.stated_to,
        data_corrected="" if line.is_corrected else None,
        data_blank="" if line.is_blank else None,
    )


_SOURCES: ContextVar[_Sources | None] = ContextVar("sources", default=None)


@contextmanager
def _sources() -> Iterator[_Sources]:
    """What the part that is being made lists; a part within a part lists with it."""
    outer = _SOURCES.get()
    sources = outer or _Sources()
    token = _SOURCES.set(sources)
    try:
        yield sources
    finally:
        _SOURCES.reset(token)


def tag(name: str, *inside: Cell, **attributes: object) -> Markup:
    """An element with escaped attributes.

    `class_` writes `class`, an underscore inside a name a hyphen.
    """
    written = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), value)
        for key, value in attributes.items()
        if value is not None
    )
    content = Markup("").join(
        mark(part) if isinstance(part, Figure) else escape(part) for part in inside
    )
    # The name of the element is always our own; whatever else goes in is escaped.
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(name), written, content)  # noqa: S704


def mark(figure: Figure, text: str | None = None, unit: int | None = None) -> Markup:
    """A figure with its machine-readable value, name, cells and expression.

    One that is not stated is marked by its absence of a value.

    `value` is whole pence for money, the plain number for anything else; `unit` is that of the
    table in which it stands.
    """
    if text is None:
        text = figure_text(figure)
    if figure.value is None:
        return tag("span", text, class_="missing", **_about(figure))
    return tag("data", text, value=figure.value, data_in=unit, **_about(figure))


def _about(figure: Figure) -> dict[str, str | None]:
    """What a mark says of its figure for machines, but for its value."""
    sources = _SOURCES.get()
    return {
        "data_figure": figure.name,
        "data_unit": None if figure.unit == "pence" else figure.unit,
        "data_cells": "; ".join(map(str, figure.cells)) or None,
        "data_expr": sources.expression(figure) if sources else None,
    }


def unit_of(figures: Iterable[Figure | None]) -> int:
    """The unit in which a table shows all its amounts, exactly.

    £000 where all of them are whole thousands, else pounds; £m where one is a thousand million.
    """
    amounts = [
        figure.pence
        for figure in figures
        if figure and figure.unit == "pence" and figure.value is not None
    ]
    if any(pence % money.THOUSAND for pence in amounts):
        return money.POUND
    largest = max(map(abs, amounts), default=0)
    return money.MILLION if largest >= 1_000 * money.MILLION else money.THOUSAND


def in_table(figure: Figure | None, unit: int = money.THOUSAND) -> Markup:
    """A figure in a table, by default in £000.

    A blank cell of the source is a dash, read aloud as "not stated".
    """
    if figure is None:
        return blank()
    if figure.value is None:
        if figure.missing in ("blank", "not stated", ""):
            return tag("span", blank(), **_about(figure))
        return mark(figure, f"not stated ({figure.missing})")
    partial = " (partial)" if figure.partial else ""
    if figure.unit != "pence":
        return mark(figure)
    return mark(figure, f"{show(figure.pence, unit)}{partial}", unit)


def blank() -> Markup:
    """The face of what is not stated: a dash for the eye, words for the ear."""
    # The space keeps the two apart where a page is shown without its styles.
    return tag(
        "span",
        tag("span", "–", aria_hidden="true"),
        " ",
        tag("span", "not stated", class_="aloud"),
        class_="blank",
    )


def sentence(parts: Sentence, pounds: Callable[[int], str] = money.in_full) -> Markup:
    """A sentence with its figures marked."""
    return Markup("").join(
        mark(part, text) if isinstance(part, Figure) else escape(curly(text))
        for part, text in parts_said(parts, pounds)
    )


def rounded_sentence(parts: Sentence, beside: Sentence = ()) -> Markup:
    """A sentence with its amounts rounded together; their marks keep the exact values.

    So are those of a sentence `beside` it, which may name the same amounts.
    """
    return sentence(parts, pounds_together((*parts, *beside)))


def rag_chip(rag: str) -> Markup:
    """A RAG status in words, with a mark of its own shape and colour."""
    look = "green-delivered" if rag == "Delivered" else rag.lower().replace(" ", "-")
    return tag("span", rag, class_=f"rag {look}")


def paragraph(*parts: str | Figure, class_: str | None = None) -> Markup:
    """A paragraph of one or more sentences, rounded together."""
    return tag("p", rounded_sentence(parts), class_=class_)


def prose(text: str, class_: str | None = None, opening: Cell = "") -> Markup:
    """A text from a workbook, its own paragraphs kept, everything in it escaped.

    `opening` comes before its first words: a label of ours.
    """
    lines = [line for line in text.split("\n") if line.strip()]
    return Markup("").join(
        tag("p", "" if place else opening, line, class_=class_) for place, line in enumerate(lines)
    )


def listing(items: Iterable[Cell], class_: str | None = None) -> Markup:
    """A list of items."""
    return tag("ul", *(tag("li", item) for item in items), class_=class_)


def table(
    caption: str,
    headings: Sequence[Cell],
    rows: Iterable[Sequence[Cell]],
    *,
    numbers_from: int | None = None,
    totals: Iterable[int] = (),
    note: str = "",
    class_: str = "",
    texts: bool = False,
) -> Markup:
    """A table with a caption, a scope on every heading, and each row's first cell as its heading.

    A table of `texts`, or one so small that it would hold more headings than cells, is read by its
    column headings alone. Columns from `numbers_from` on hold numbers and are set flush right; rows
    numbered in `totals` are sums. A table without a caption is called by its first heading, aloud.
    On a narrow screen each row of a table of class `stacked` is a block: its first cell above the
    others, each of them under its own heading.
    """
    body = list(rows)
    width = len(headings)
    row_headings = not texts and len(body) * (width - 1) >= width + len(body)
    if numbers_from is not None and numbers_from > 1:
        class_ = f"{class_} worded"  # what is said of a row takes more room than its name
    is_stacked = "stacked" in class_.split()
    labels = [escape(cell).striptags() if is_stacked else None for cell in headings[1:]]
    looks = [
        "n" if numbers_from is not None and position >= numbers_from else None
        for position in range(width)
    ]
    head = tag(
        "tr",
        *(
            tag("th", cell, scope="col", class_=look)
            for cell, look in zip(headings, looks, strict=True)
        ),
    )
    sums = set(totals)
    lines = []
    for number, (first, *others) in enumerate(body):
        lead = tag("th", first, scope="row") if row_headings else tag("td", first, class_="first")
        cells = [
            tag("td", cell, class_=look, data_label=label)
            for cell, look, label in zip(others, looks[1:], labels, strict=True)
        ]
        lines.append(tag("tr", lead, *cells, class_="sum" if number in sums else None))
    look = " ".join(filter(None, (class_, "long" if len(body) > _LONG else "")))
    name = caption or str(headings[0])
    title = tag(
        "caption",
        name if caption else tag("span", name, class_="aloud"),
        tag("span", Markup(" {}").format(note), class_="note") if note else Markup(""),
    )
    whole = tag("table", title, tag("thead", head), tag("tbody", *lines), class_=look or None)
    # A wide table scrolls by itself on a narrow screen, also by keyboard.
    return tag("div", whole, class_="scroll", role="region", aria_label=name, tabindex="0")


def chart(
    item: Chart, title: Sentence, class_: str | None = None, *, beside: Sentence = ()
) -> Markup:
    """A chart under the message that it shows, figures marked, with its alternative text.

    The message is rounded together with the sentence `beside` it.
    """
    said = sentence(title, pounds_together((*beside, *title)))
    source = "data:image/png;base64," + base64.b64encode(item.png).decode()
    image = Markup('<img src="{}" alt="{}" width="{}">').format(source, item.alt, item.width)
    # On a narrow screen a chart scrolls by itself, like a wide table, so that its labels can be
    # read.
    inside = tag(
        "div",
        image,
        class_="scroll",
        role="region",
        aria_label=f"Chart: {said.striptags()}",
        tabindex="0",
    )
    return tag("figure", tag("figcaption", said), inside, class_=class_)
