"""HTML that an analyst's own cell has made, in the house style, with nothing hostile in it.

What our own parts make is made of known elements alone, and passes as it is. All else is cleaned by
bleach; its tables are then set as ours are.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

import bleach

OURS = '<div class="ff">'
_OWN_PICTURE = re.compile(r"data:image/(?:png|svg\+xml);base64,[A-Za-z0-9+/=]*")
_PNG = re.compile(r"data:image/png;base64,[A-Za-z0-9+/=]*")
# Within the folder of the reports, or from the list of a quarter's releases into one of them.
_OWN_LINK = re.compile(r"(?:(?:exceptions/|[0-9]+/)?[a-z0-9-]+\.html)?(?:#[\w-]+)?")
_VOID = frozenset({"br", "col", "hr", "img", "wbr"})
_TEXTS = frozenset(
    {
        *("a", "abbr", "b", "blockquote", "br", "cite", "code", "dd", "del", "dl", "dt", "em"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "ins", "kbd", "li", "ol", "p", "pre"),
        *("q", "s", "samp", "small", "span", "strong", "sub", "sup", "u", "ul", "var", "wbr"),
        *("div", "img", "section", "details", "summary", "figure", "figcaption", "mark"),
    }
)
_OF_TABLES = frozenset(
    {"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "colgroup", "col"}
)
_KNOWN = _TEXTS | _OF_TABLES | {"data"}
_ATTRIBUTES = {
    "*": ["title", "lang", "dir"],
    "a": ["href"],
    "img": ["src", "alt", "width", "height"],
    "th": ["colspan", "rowspan", "scope"],
    "td": ["colspan", "rowspan"],
    "ol": ["start"],
    "abbr": ["title"],
}
# Elements that go with all that is in them: what is inside is no text for a reader.
_WITH_CONTENT = re.compile(
    r"(?is)<(script|style|template|noscript|iframe|object|svg|math|head|title|textarea|select|xmp"
    r"|noembed|noframes)\b[^>]*>.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)"
)
_QUIET = frozenset({"style", "title", "head", "html", "body", "meta", "center", "font", "tt"})
_NUMBER = re.compile(
    r"\s*(?:[-−(]?\s*[£$€]?\s*[-−]?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?\s*[%km]?\)?|nan|–)\s*", re.I
)


@dataclass(frozen=True)
class Cleaned:
    """HTML for a page, and what was taken out of it, in words."""

    html: str
    taken_out: tuple[str, ...] = ()


def clean(html: str, called: str = "Table") -> Cleaned:
    """An output's HTML as it may stand in a page; a table without a caption is `called` so."""
    if html.startswith(OURS) and _Strict(html).is_whole:
        return Cleaned(html)
    found = tuple(dict.fromkeys(_Seen(html).found))
    return Cleaned(f"{OURS}{_styled(_sanitised(html), called or 'Table')}</div>", found)


def clean_text(html: str) -> Cleaned:
    """The HTML of a Markdown cell as it may stand in a page."""
    if _Strict(html, attributes=frozenset({"id", "href", "title", "alt", "src"})).is_whole:
        return Cleaned(_styled(html) if "<table" in html else html)
    found = tuple(dict.fromkeys(_Seen(html).found))
    return Cleaned(_styled(_sanitised(html)), found)


def _sanitised(html: str) -> str:
    text = bleach.clean(
        _WITH_CONTENT.sub("", html),
        tags=_TEXTS | _OF_TABLES,
        attributes=_is_allowed,
        protocols=["data"],
        strip=True,
        strip_comments=True,
    )
    # A picture whose address was taken away shows nothing.
    return re.sub(r"<img(?![^>]*\ssrc=)[^>]*>", "", text)


def _is_allowed(element: str, name: str, value: str) -> bool:
    if name == "href":
        return bool(_OWN_LINK.fullmatch(value))
    if name == "src":
        return element == "img" and bool(_PNG.fullmatch(value))
    return name in (*_ATTRIBUTES["*"], *_ATTRIBUTES.get(element, ()))


class _Strict(HTMLParser):
    """Whether HTML is made of known elements alone, each closed where it belongs."""

    _NAMES = frozenset(
        {
            *("class", "id", "role", "scope", "tabindex", "alt", "width", "value", "title", "open"),
            *("aria-label", "aria-hidden", "aria-labelledby", "aria-describedby", "colspan"),
            *("data-figure", "data-unit", "data-cells", "data-project", "data-expr", "data-label"),
            *("href", "src", "rowspan", "start", "headers", "datetime", "lang", "hidden"),
        }
    )

    def __init__(self, html: str, attributes: frozenset[str] = _NAMES) -> None:
        super().__init__(convert_charrefs=True)
        self.is_whole, self._attributes = True, attributes
        self._open: list[str] = []
        self.feed(html)
        # What is left is a tag that does not end.
        self.is_whole = self.is_whole and not self._open and not self.rawdata

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.is_whole = self.is_whole and tag in _KNOWN and all(map(self._is_known, attrs))
        if tag not in _VOID:
            self._open.append(tag)

    def _is_known(self, item: tuple[str, str | None]) -> bool:
        name, value = item
        if name == "href":
            return bool(_OWN_LINK.fullmatch(value or ""))
        if name == "src":
            return bool(_OWN_PICTURE.fullmatch(value or ""))
        return name in self._attributes or name.startswith("data-")

    def handle_endtag(self, tag: str) -> None:
        self.is_whole = self.is_whole and bool(self._open) and self._open.pop() == tag

    def handle_comment(self, data: str) -> None:
        self._refuse(data)

    def handle_decl(self, decl: str) -> None:
        self._refuse(decl)

    def handle_pi(self, data: str) -> None:
        self._refuse(data)

    def unknown_decl(self, data: str) -> None:
        self._refuse(data)

    def _refuse(self, _: str) -> None:
        self.is_whole = False


class _Seen(HTMLParser):
    """What of HTML no page shows, in words."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script":
            self.found.append("a script")
        elif tag not in _KNOWN | _QUIET:
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            if name.startswith("on"):
                self.found.append(f"a handler ({name})")
            elif name == "href" and tag == "a" and not _OWN_LINK.fullmatch(value or ""):
                self.found.append(f"a link to '{_short(value)}'")
            elif name == "src" and tag == "img" and not _PNG.fullmatch(value or ""):
                self.found.append(f"the picture '{_short(value)}', which is not in the notebook")


def _short(text: str | None) -> str:
    shown = " ".join((text or "").split())
    return shown if len(shown) <= 60 else f"{shown[:60]}…"


# --- tables in the house style --------------------------------------------------------------------


@dataclass
class _Cell:
    tag: str
    attributes: str
    inside: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return re.sub(r"<[^>]*>|&nbsp;", "", "".join(self.inside))

    @property
    def spans(self) -> bool:
        return "span=" in self.attributes


_TABLE = re.compile(r"(?s)<table\b[^>]*>((?:(?!<table\b).)*?)</table>")
_ROW = re.compile(r"(?s)<tr\b[^>]*>(.*?)</tr>")
_CELL = re.compile(r"(?s)<(t[hd])\b([^>]*)>(.*?)</\1>")
_HEAD = re.compile(r"(?s)<thead\b[^>]*>(.*?)</thead>")
_CAPTION = re.compile(r"(?s)<caption\b[^>]*>(.*?)</caption>")


def _styled(html: str, called: str = "Table") -> str:
    """The HTML with each of its tables set as ours: captioned, numbers flush right, scrolling."""
    return _TABLE.sub(lambda found: _table(found[1], called), html)


def _table(inside: str, called: str) -> str:
    head = _HEAD.search(inside)
    head_rows = [_cells(row) for row in _ROW.findall(head[1])] if head else []
    body_rows = [_cells(row) for row in _ROW.findall(_HEAD.sub("", inside))]
    rows = [*head_rows, *body_rows]
    if not rows:
        return ""
    numbers = _number_columns(body_rows)
    caption = _CAPTION.search(inside)
    name = re.sub(r"<[^>]*>", "", caption[1]).strip() if caption else ""
    label = escape(called) if not name else name.replace('"', "&quot;")
    title = caption[1] if name and caption else f'<span class="aloud">{label}</span>'
    made = [f"<caption>{title}</caption>"]
    if head_rows:
        made.append(f"<thead>{''.join(_row(row, numbers, 'col') for row in head_rows)}</thead>")
    made.append(f"<tbody>{''.join(_row(row, numbers, 'row') for row in body_rows)}</tbody>")
    return (
        f'<div class="scroll" role="region" aria-label="{label}" tabindex="0">'
        f"<table>{''.join(made)}</table></div>"
    )


def _cells(row: str) -> list[_Cell]:
    return [_Cell(tag, attributes, [inside]) for tag, attributes, inside in _CELL.findall(row)]


def _number_columns(rows: list[list[_Cell]]) -> frozenset[int]:
    """The columns that hold nothing but numbers; none where cells span several."""
    if any(cell.spans for row in rows for cell in row):
        return frozenset()
    widest = max(map(len, rows), default=0)
    return frozenset(place for place in range(widest) if all(_is_number(rows, place)))


def _is_number(rows: list[list[_Cell]], place: int) -> Iterator[bool]:
    """Whether each row has a number there; a column with a heading cell in it has none."""
    for row in rows:
        if place < len(row):
            yield row[place].tag == "td" and bool(_NUMBER.fullmatch(row[place].text))


def _row(row: list[_Cell], numbers: frozenset[int], scope: str) -> str:
    made = []
    for place, cell in enumerate(row):
        look = ' class="n"' if place in numbers else ""
        # The corner over an index heads nothing.
        tag = "td" if cell.tag == "th" and not cell.text.strip() else cell.tag
        spans = "".join(re.findall(r'\s(?:colspan|rowspan)="\d+"', cell.attributes))
        of = f' scope="{scope}"' if tag == "th" else ""
        made.append(f"<{tag}{of}{spans}{look}>{''.join(cell.inside)}</{tag}>")
    return f"<tr>{''.join(made)}</tr>"
