"""What a page shows of each cell of an executed notebook, and what it does not, in sentences.

Our own parts pass as they are. What an analyst put between them, a table, a chart, a text, is set
in the house style; whatever cannot be shown is said, with its cell.
"""

import ast
import base64
import binascii
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from nbformat import NotebookNode

from ffanalysis import pictures
from ffanalysis.render.markup import OURS, Cleaned, clean, clean_text

NO_DESCRIPTION = "Chart without a description"
_EMPTY = '<div class="ff"></div>'
_LONGEST_TEXT = 20_000  # letters of a text that a cell prints
_HEADING = re.compile(r"#{3,6} [^\n]+")
_MARKS = re.compile(r"^[#>*\-\s]+|[*_`]+")
# How Python and matplotlib describe an object that has no text for a reader.
_OBJECT = re.compile(r"\s*(?:\[?<[A-Za-z_].*>\]?|Text\(.*\)|.* at 0x[0-9a-f]+.*)\s*", re.S)
_TITLES = frozenset({"title", "suptitle", "set_title"})
_SHOWN = "a page shows tables, PNG and SVG pictures, Markdown and text"


@dataclass(frozen=True)
class Piece:
    """What a page shows of one cell; `tags` are those of the cell."""

    html: str
    tags: Sequence[str] = ()
    is_heading: bool = False

    @property
    def is_annex(self) -> bool:
        return "annex" in self.tags

    @property
    def begins_page(self) -> bool:
        return "new-page" in self.tags or self.is_annex


@dataclass
class Shown:
    """The pieces of a page in their order, and what of the notebook it does not show as it is."""

    pieces: list[Piece] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def shown(notebook: NotebookNode, name: str, to_html: Callable[[NotebookNode, str], str]) -> Shown:
    """What a page shows of a notebook; `to_html` makes the HTML of a cell's Markdown."""
    found = Shown()
    number, before = 0, ""
    names: Counter[str] = Counter()
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        number += "injected-parameters" not in tags  # papermill's own, which no analyst sees
        one = _Cell(cell, before, to_html, names)
        if cell.cell_type == "markdown" and "notebook-only" not in tags:
            found.pieces.append(one.markdown())
        elif cell.cell_type == "code" and "setup" not in tags:
            found.pieces += one.outputs()
        elif cell.cell_type == "raw" and cell.source.strip():
            one.remarks.append("a raw cell is left out; make it a Markdown cell to show it")
        where = f"{name or 'The notebook'}, cell {number}{_called(cell.source)}"
        found.remarks += [f"{where}: {remark}." for remark in dict.fromkeys(one.remarks)]
        before = _first_line(cell.source) if cell.cell_type == "markdown" else ""
    found.pieces = list(_without_idle_headings(found.pieces))
    return found


def _called(source: str) -> str:
    """The first line of a cell, by which an analyst finds it."""
    line = next((line.strip() for line in source.splitlines() if line.strip()), "")
    return f" ('{line[:40]}{'…' if len(line) > 40 else ''}')" if line else ""


def _first_line(source: str) -> str:
    """The first line of a Markdown cell, without its marks."""
    lines = (_MARKS.sub("", line).strip() for line in source.splitlines())
    return next(filter(None, lines), "")


def _without_idle_headings(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """The pieces without headings under which there are only parts with nothing in them."""
    for place, piece in enumerate(pieces):
        if piece.html == _EMPTY:
            continue
        under = list(_under(pieces[place + 1 :])) if piece.is_heading else []
        if not under or any(html != _EMPTY for html in under):
            yield piece


def _under(pieces: Sequence[Piece]) -> Iterator[str]:
    for piece in pieces:
        if piece.is_heading or piece.begins_page:
            return
        yield piece.html


@dataclass
class _Cell:
    """One cell, with the Markdown line directly before it, and the `names` of the page so far."""

    cell: NotebookNode
    before: str
    to_html: Callable[[NotebookNode, str], str]
    names: Counter[str]
    remarks: list[str] = field(default_factory=list)
    _pictures: int = 0

    @property
    def tags(self) -> Sequence[str]:
        tags: Sequence[str] = self.cell.metadata.get("tags", [])
        return tags

    def markdown(self) -> Piece:
        html = self._told(clean_text(self.to_html(self.cell, self.cell.source)))
        is_heading = bool(_HEADING.fullmatch(self.cell.source.strip()))
        return Piece(html, self.tags, is_heading=is_heading)

    def outputs(self) -> Iterator[Piece]:
        for output in self.cell.outputs:
            html = self._printed(output) if output.output_type == "stream" else self._shown(output)
            if html:
                yield Piece(html)

    def _told(self, cleaned: Cleaned) -> str:
        self.remarks += [f"{each} is left out" for each in cleaned.taken_out]
        return cleaned.html

    def _printed(self, output: NotebookNode) -> str:
        return self._text(output.text) if output.get("name") == "stdout" else ""

    def _shown(self, output: NotebookNode) -> str:
        """An output by the richest of its forms that a page can show."""
        data = output.get("data", {})
        if "text/html" in data:
            return self._html(data["text/html"])
        if "image/svg+xml" in data:
            return self._picture(output, "image/svg+xml", data["image/svg+xml"])
        if "image/png" in data:
            return self._picture(output, "image/png", data["image/png"])
        if "text/markdown" in data:
            made = self._told(clean_text(self.to_html(self.cell, data["text/markdown"])))
            return f'<div class="ff">{made}</div>'
        return self._plain(data)

    def _html(self, html: str) -> str:
        is_ours = html.startswith(OURS)
        cleaned = clean(html, "" if is_ours else self._name(self.before or "Table"))
        self._told(cleaned)
        is_empty = not re.sub(r"<(?!img)[^>]*>|\s", "", cleaned.html)
        if is_empty and html != _EMPTY:
            if not cleaned.taken_out:
                self.remarks.append("an output of text/html holds nothing that a page shows")
            return ""
        return cleaned.html

    def _plain(self, data: Mapping[str, Any]) -> str:
        text = str(data.get("text/plain", ""))
        other = sorted(kind for kind in data if kind not in ("text/plain", "text/latex"))
        if text and not _OBJECT.fullmatch(text):
            return self._text(text)
        if other:
            self.remarks.append(f"an output of {other[0]} is left out; {_SHOWN}")
        elif text:
            bare = re.sub(r" at 0x[0-9a-f]+", "", " ".join(text.split()))
            self.remarks.append(
                f"'{bare[:60]}' describes an object and is left out; end the cell with a semicolon"
            )
        return ""

    def _text(self, text: str) -> str:
        if len(text) > _LONGEST_TEXT:
            self.remarks.append(
                f"a text of {len(text):,} letters is left out; show at most {_LONGEST_TEXT:,}"
            )
            return ""
        return f'<div class="ff"><pre>{escape(text.rstrip())}</pre></div>' if text.strip() else ""

    def _picture(self, output: NotebookNode, kind: str, content: str) -> str:
        self._pictures += 1
        try:
            picture = _read(kind, content)
        except pictures.PictureWrong as error:
            self.remarks.append(f"a picture {error} and is left out")
            return ""
        self.remarks += [f"{each} is taken out of a picture" for each in picture.taken_out]
        alt = self._alt(output, kind, picture)
        if not alt:
            self.remarks.append(
                "a chart has no description; write one as `alt` into the cell's metadata, or as"
                " Markdown before it"
            )
        label = escape(self._name(f"Chart: {alt or 'no description'}"))
        alt = escape(alt or NO_DESCRIPTION)
        width = output.metadata.get(kind, {}).get("width") if output.get("metadata") else None
        size = f' width="{width}"' if isinstance(width, int) else ""
        return (
            f'<div class="ff"><figure><div class="scroll" role="region" aria-label="{label}"'
            f' tabindex="0"><img src="{picture.data}" alt="{alt}"{size}></div></figure></div>'
        )

    def _name(self, name: str) -> str:
        """What a region of a page that scrolls is called; no two alike."""
        self.names[name] += 1
        return f"{name} ({self.names[name]})" if self.names[name] > 1 else name

    def _alt(self, output: NotebookNode, kind: str, picture: pictures.Picture) -> str:
        """What is read aloud in place of a chart; "" where nobody says it."""
        given = self.cell.metadata.get("alt")
        if isinstance(given, list):
            given = given[self._pictures - 1] if len(given) >= self._pictures else ""
        about = output.get("metadata", {})
        own = about.get(kind, {}).get("alt") if isinstance(about.get(kind, {}), dict) else ""
        texts = (given, own, about.get("alt"), picture.title, self.before)
        found = next((text for text in texts if isinstance(text, str) and text.strip()), "")
        return " ".join(found.split()) or _title_in(self.cell.source)


def _read(kind: str, content: str) -> pictures.Picture:
    if len(content) > pictures.LARGEST:
        raise pictures.PictureWrong(f"is larger than {pictures.LARGEST // 1_000_000} MB")
    if kind == "image/svg+xml":
        return pictures.svg(content)
    try:
        return pictures.png(base64.b64decode(content))
    except binascii.Error as error:
        raise pictures.PictureWrong("is no PNG") from error


def _title_in(source: str) -> str:
    """The title that a cell's code gives its chart, where it is written there in full."""
    try:
        calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    except (SyntaxError, ValueError, RecursionError):
        return ""
    for call in calls:
        called = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        stated = [item.value for item in call.keywords if item.arg == "title"]
        stated += call.args[:1] if called in _TITLES else []
        for value in stated:
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                return " ".join(value.value.split())
    return ""
