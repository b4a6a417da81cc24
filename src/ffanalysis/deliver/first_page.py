"""The first page of a released briefing as blocks that a mail can show, and its pictures.

They are taken from the released page itself, so that a mail says what was released and nothing
else: no figure is computed or worded here.
"""

import base64
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bs4 import BeautifulSoup, Tag

MOST_COLUMNS = 6  # of a table in a mail; a wider one is in the PDF alone
MOST_PICTURES = 2
MOST_WIDTH = 560  # pixels: what a mail program shows without a bar to scroll
_DATA = re.compile(r"data:image/png;base64,([A-Za-z0-9+/=]+)")


@dataclass(frozen=True)
class Block:
    """A part of the page: its kind, its text or items, and the rows of a table.

    Attributes:
        kind: "banner", "about", "title", "message", "text", "heading", "list", "keys", "table",
            "left out", "link" or "rule", which begins another briefing.
        text: of a paragraph, a heading or a table's caption.
        items: of a list, or of the key figures (label, amount and note joined by tabs). An item of
            a list may have a label of its own, with a tab behind it; an amount that is several
            marks, such as two RAG statuses, has a line for each.
        rows: of a table, the headings first.
        has_names: of a table, whether the first cell of each row names it.
    """

    kind: str
    text: str = ""
    items: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    has_names: bool = True


@dataclass(frozen=True)
class Picture:
    """A chart of the page: its PNG, what it says in words, its caption and its width in pixels."""

    png: bytes
    alt: str
    caption: str = ""
    width: int = MOST_WIDTH


@dataclass(frozen=True)
class FirstPage:
    """What a mail takes from a page: its blocks in order, and pictures of what follows."""

    project: str
    title: str
    blocks: tuple[Block, ...]
    pictures: tuple[Picture, ...] = ()


def first_page(html: str) -> FirstPage:
    """The first page of a briefing, as it was released."""
    soup = BeautifulSoup(html, "html.parser")
    main = soup.find("main")
    if not isinstance(main, Tag):
        return FirstPage("", "", ())
    blocks: list[Block] = []
    for part in main.find_all(recursive=False):
        if _begins_second_page(part):
            break
        blocks += _blocks(part)
    head = main.find(class_="head")
    return FirstPage(
        str(head.get("data-project", "")) if isinstance(head, Tag) else "",
        _text(main.find("h1")),
        tuple(block for block in blocks if block.text or block.items or block.rows),
        tuple(_pictures(main))[:MOST_PICTURES],
    )


def _begins_second_page(part: Tag) -> bool:
    return part.find(class_="new-page") is not None or "new-page" in (part.get("class") or [])


def _blocks(part: Tag) -> Iterator[Block]:
    """The blocks of an element, in its order."""
    for child in [part] if part.name in _MADE else part.find_all(recursive=False):
        classes: list[str] = list(child.get("class") or [])
        if "marking" in classes:  # every mail has one of its own
            continue
        if "banner" in classes:
            yield Block("banner", _text(child.find("strong")), _texts(child.find_all("p")))
        elif "keys" in classes:
            yield Block("keys", items=tuple(map(_key, child.find_all("li"))))
        elif child.name in _MADE:
            yield _MADE[child.name](child, classes)
        else:
            yield from _blocks(child)


def _paragraph(tag: Tag, classes: list[str]) -> Block:
    kinds = {"message": "message", "eyebrow": "about", "under": "about"}
    return Block(next((kinds[name] for name in classes if name in kinds), "text"), _text(tag))


def _table(tag: Tag, _: list[str]) -> Block:
    rows = tuple(_texts(row.find_all(["th", "td"])) for row in tag.find_all("tr"))
    caption = _text(tag.find("caption"))
    if max((len(row) for row in rows), default=0) > MOST_COLUMNS:
        name = caption.partition(" £")[0] or "A table"
        return Block("left out", f"{name}: see the attached PDF.")
    firsts = [row.find(["th", "td"]) for row in tag.find_all("tr")[1:]]
    are_figures = any(isinstance(first, Tag) and first.find("data") for first in firsts)
    return Block("table", caption, rows=rows, has_names=not are_figures)


_MADE: Mapping[str, Callable[[Tag, list[str]], Block]] = {
    "p": _paragraph,
    "h1": lambda tag, _: Block("title", _text(tag)),
    "h2": lambda tag, _: Block("heading", _text(tag)),
    "h3": lambda tag, _: Block("heading", _text(tag)),
    "blockquote": lambda tag, _: Block("text", f"‘{_text(tag)}’"),
    "ul": lambda tag, _: Block(
        "list", items=tuple(map(_item, tag.find_all("li", recursive=False)))
    ),
    "ol": lambda tag, _: Block("list", items=_texts(tag.find_all("li"))),
    "table": _table,
}


def _item(item: Tag) -> str:
    """An item of a list; where it has a label, that with a tab behind it."""
    label = item.find(class_="label")
    if not isinstance(label, Tag):
        return _text(item)
    name = _text(label.extract())
    return f"{name}\t{_text(item)}"


def _key(item: Tag) -> str:
    """A key figure: label, amount and note, with tabs between them."""
    label, big, note = (item.find(class_=name) for name in ("label", "big", "note"))
    marks = big.find_all(class_="rag") if isinstance(big, Tag) else []
    amount = "\n".join(_texts(marks)) if marks else _text(big)
    return "\t".join((_text(label), amount, _text(note)))


def _pictures(main: Tag) -> Iterator[Picture]:
    """The charts of the page, in its order."""
    for image in main.find_all("img"):
        found = _DATA.fullmatch(str(image.get("src", "")))
        if found and image.find_parent(class_="annex") is None:
            figure = image.find_parent("figure")
            caption = _text(figure.find("figcaption")) if isinstance(figure, Tag) else ""
            png, alt = base64.b64decode(found[1]), str(image.get("alt", ""))
            yield Picture(png, alt, caption, _width(image))


def _width(image: Tag) -> int:
    """How wide a picture is shown: as on the page, as far as a mail has room for it."""
    stated = str(image.get("width", ""))
    return min(int(stated), MOST_WIDTH) if stated.isdecimal() else MOST_WIDTH


def _texts(tags: Any) -> tuple[str, ...]:
    return tuple(map(_text, tags))


def _text(tag: Any) -> str:
    """The text of an element as it is read aloud, in one line."""
    if not isinstance(tag, Tag):
        return ""
    for hidden in tag.select("[aria-hidden=true]"):
        hidden.extract()
    return " ".join(tag.get_text().split())
