"""The body of a mail: the first page's blocks as HTML for Outlook's Word engine, and as text.

Only what that engine understands is used: paragraphs, lists and small tables, colours and widths
as attributes, no picture that the text needs. Light only.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

import css_inline
from markupsafe import Markup, escape

from ffanalysis.deliver.first_page import MOST_WIDTH, Block, FirstPage, Picture
from ffanalysis.present.html import tag

LARGEST = 90_000  # bytes of the HTML part; from 102 kB on Gmail cuts a mail off
_ONLINE = "The released briefing can be read at"
_REST = "The rest is in the attached PDF."
_WIDTH = str(MOST_WIDTH)
_STYLE = """
body { margin: 8px 12px; font-family: Arial, Helvetica, sans-serif; font-size: 15px; }
body { color: #1f2933; }
p, li { line-height: 140%; color: #1f2933; }
h1 { font-size: 22px; color: #12436d; margin-bottom: 4px; }
h2 { font-size: 17px; color: #12436d; margin-bottom: 4px; }
.about { font-size: 12px; color: #52606d; }
.message { font-size: 17px; font-weight: bold; }
.banner { font-size: 15px; color: #801650; font-weight: bold; }
.marking { font-size: 12px; font-weight: bold; text-align: center; }
table { border-collapse: collapse; }
th, td { font-size: 13px; text-align: left; vertical-align: top; padding: 4px 8px 4px 0; }
th, td { border-bottom: 1px solid #cbd2d9; }
.n { text-align: right; }
.caption { font-size: 13px; font-weight: bold; }
"""


def html_of(page: FirstPage, marking: str, pictures: Mapping[str, Picture]) -> str:
    """The HTML part; `pictures` has each by its Content-ID.

    Where it would be larger than a mail may be, the last blocks are left to the PDF.
    """
    blocks = list(page.blocks)
    while True:
        found = _page(page, blocks, marking, pictures)
        if len(found.encode()) <= LARGEST or not blocks:
            return found
        if blocks[-1].text == _REST:
            blocks.pop()
        blocks = [*blocks[:-1], Block("text", _REST)] if len(blocks) > 1 else []


def _page(
    page: FirstPage, blocks: Sequence[Block], marking: str, pictures: Mapping[str, Picture]
) -> str:
    body = Markup("\n").join(_HTML[block.kind](block) for block in blocks)
    images = Markup("\n").join(_shown(name, picture) for name, picture in pictures.items())
    head = tag("p", marking, class_="marking") if marking else Markup("")
    page_html = Markup(
        '<!DOCTYPE html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="color-scheme" content="light only">'
        '<meta name="supported-color-schemes" content="light only">'
        "<title>{}</title><style>{}</style></head>"
        '<body bgcolor="#ffffff">\n{}{}\n{}</body></html>'
    ).format(page.title, Markup(_STYLE), head, body, images)  # noqa: S704 - a style of ours
    return css_inline.inline(str(page_html), keep_style_tags=False)


def _shown(name: str, picture: Picture) -> Markup:
    """A picture below its caption, which is read where pictures are blocked."""
    caption = tag("p", picture.caption, class_="caption") if picture.caption else Markup("")
    width = str(picture.width)
    image = tag("img", src=f"cid:{name}", alt=picture.alt, width=width, border="0")
    return caption + tag("p", image)


def _banner(block: Block) -> Markup:
    words = Markup("").join(tag("p", item) for item in block.items)
    return tag("p", block.text, class_="banner") + words


def _listing(block: Block) -> Markup:
    return tag("ul", *(tag("li", _labelled(item)) for item in block.items))


def _labelled(item: str) -> Markup:
    """An item of a list, with its label, where it has one, apart."""
    label, is_two, said = item.partition("\t")
    return tag("b", f"{label}:") + Markup(" ") + escape(said) if is_two else escape(item)


def _link(block: Block) -> Markup:
    return tag("p", f"{_ONLINE} ", tag("a", block.text, href=block.text))


def _keys(block: Block) -> Markup:
    rows = []
    for item in block.items:
        label, amount, note = item.split("\t")
        shown = tag("b", _in_a_row(amount))
        shown += Markup("<br>") + escape(note) if note else Markup("")
        rows.append(tag("tr", tag("th", label, scope="row", valign="top"), tag("td", shown)))
    return tag("table", *rows, width=_WIDTH, border="0", cellspacing="0")


def _in_a_row(amount: str) -> str:
    """The marks of an amount that is several, with commas between."""
    return ", ".join(amount.split("\n"))


def _table(block: Block) -> Markup:
    head, *rows = block.rows
    named = 1 if block.has_names else 0  # so many cells of a row, at its beginning, are words
    made = [tag("tr", *(_cell("th", text, place >= named) for place, text in enumerate(head)))]
    made += [
        tag("tr", *(_cell("td" if at >= named else "th", text, at >= named) for at, text in each))
        for each in map(enumerate, rows)
    ]
    caption = tag("p", block.text, class_="caption") if block.text else Markup("")
    return caption + tag("table", *made, width=_WIDTH, border="0", cellspacing="0")


def _cell(name: str, text: str, is_number: bool) -> Markup:  # noqa: FBT001 - as enumerate gives it
    return tag(name, text, class_="n", align="right") if is_number else tag(name, text)


def _paragraph(name: str, look: str = "") -> Callable[[Block], Markup]:
    def made(block: Block) -> Markup:
        return tag(name, block.text, class_=look) if look else tag(name, block.text)

    return made


_HTML: Mapping[str, Callable[[Block], Markup]] = {
    "banner": _banner,
    "about": _paragraph("p", "about"),
    "title": _paragraph("h1"),
    "message": _paragraph("p", "message"),
    "text": _paragraph("p"),
    "left out": _paragraph("p"),
    "heading": _paragraph("h2"),
    "list": _listing,
    "keys": _keys,
    "table": _table,
    "link": _link,
    "rule": lambda _: Markup("<hr>"),
}


# --- as text --------------------------------------------------------------------------------------


def text_of(page: FirstPage, marking: str) -> str:
    """The plain part: the same blocks, for who reads no HTML."""
    parts = [marking] if marking else []
    parts += [_as_text(block) for block in page.blocks]
    parts += ["\n".join(filter(None, (each.caption, each.alt))) for each in page.pictures]
    if page.project:  # a digest has said so of each
        parts.append("The briefing is attached as a PDF.")
    return "\n\n".join(parts) + "\n"


def _as_text(block: Block) -> str:
    if block.kind == "heading":
        return f"{block.text.upper()}"
    if block.kind == "rule":
        return "-" * 40
    if block.kind == "link":
        return f"{_ONLINE} {block.text}"
    if block.kind == "keys":
        return "\n".join(map(_key_as_text, block.items))
    if block.kind == "table":
        return "\n".join(filter(None, [block.text, *_rows_as_text(block)]))
    items = [": ".join(item.split("\t")) for item in block.items]
    marked = [f"* {item}" if block.kind == "list" else item for item in items]
    return "\n".join(filter(None, [block.text, *marked]))


def _rows_as_text(block: Block) -> Iterator[str]:
    """Each row of a table in a line: its name, then each amount with its heading."""
    head, *rows = block.rows
    named = 1 if block.has_names else 0
    for row in rows:
        said = zip(head[named:], row[named:], strict=False)
        amounts = "; ".join(f"{name} {value}" for name, value in said)
        yield f"{row[0]}: {amounts}" if named else amounts


def _key_as_text(item: str) -> str:
    label, amount, note = item.split("\t")
    return f"{label}: {_in_a_row(amount)}" + (f" ({note})" if note else "")
