"""An executed notebook as one self-contained page, and the PDF of the same page.

The page contains its fonts, pictures and style and no script, and fetches nothing; the PDF is made
from it alone.
"""

import atexit
import base64
import io
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from fontTools import subset
from nbconvert import HTMLExporter
from nbformat import NotebookNode

from ffanalysis.errors import OutsideAccess, PdfUnavailable
from ffanalysis.present import signs
from ffanalysis.present.heads import as_published
from ffanalysis.render import cells, made_of, style

_HERE = Path(__file__).parent
# The letters of English, Welsh and most European names, and the signs that briefings use.
_ALWAYS = frozenset(
    [*range(0x20, 0x7F), *range(0xA0, 0x180), *(ord(sign) for sign in "–—‘’“”•…±−×·○€≤≥→")]
)
# The markers of nested lists, which appear in no text.
_DRAWN = "◦▪"
# What joins the letters of scripts that are written joined, which only the second font has.
_SHAPING = {signs.FALLBACK: ("init", "medi", "fina", "isol", "rlig", "liga", "calt", "mkmk")}


@dataclass(frozen=True)
class Page:
    """The title and description in a page's head, the council's colours, and the page's version.

    `edition` is its number, 0 for a page that has none, and `notice` what it says of what it
    corrects: a heading, then lines; `releases` is the address of what was released, `witnesses`
    says who recomputed the figures. `notebook` is the name of the file that it is made from; to
    `remarks` is added, as a sentence, whatever of it the page does not show as it is.
    """

    title: str
    description: str
    look: str = ""
    version: str = ""
    notebook: str = ""
    edition: int = 0
    notice: Sequence[str] = ()
    releases: str = ""
    witnesses: str = ""
    remarks: list[str] = field(default_factory=list)


def to_html(notebook: NotebookNode, page: Page) -> str:
    """The notebook's headings and outputs as one page, without its code."""
    content = cells.shown(notebook, page.notebook, _markdown)
    page.remarks.extend(content.remarks)
    pieces = made_of.with_sources(content.pieces)
    about: dict[str, Any] = {
        "title": page.title,
        "description": page.description,
        "css": "\n".join(filter(None, (style.css(), page.look))),
        "fonts": "",
        "pieces": pieces,
    }
    body, _ = _exporter().from_notebook_node(notebook, resources={"page": about})
    # The fonts come last, because the signs they need are those of the finished page.
    whole = str(body).replace("<style>\n", f"<style>\n{_font_faces(body)}", 1)
    return as_published(
        whole, page.version, page.edition, page.notice, page.releases, page.witnesses
    )


def _markdown(cell: NotebookNode, source: str) -> str:
    """The HTML of a cell's Markdown, its attached pictures in it."""
    return str(_exporter().markdown2html({"cell": cell}, source))


@cache
def _exporter() -> HTMLExporter:
    """The exporter with its template, which is read and compiled once."""
    return HTMLExporter(
        template_name="briefing",
        extra_template_basedirs=[str(_HERE / "templates")],
        exclude_anchor_links=True,
        exclude_input=True,
    )


def _font_faces(text: str) -> str:
    faces = [
        _face("FF Sans", weight, _subset(path, _ALWAYS)) for weight, path in signs.WEIGHTS.items()
    ]
    more = frozenset(map(ord, {*text, *_DRAWN})) - _ALWAYS - set(range(0x20))
    ours = more & signs.covered(signs.WEIGHTS[signs.REGULAR])
    if ours:
        faces.append(_face("FF More", 400, _subset(signs.WEIGHTS[signs.REGULAR], ours)))
    if known := (more - ours) & signs.covered(signs.FALLBACK):
        # A family of its own: the PDF takes signs from the wrong one of two faces of a family.
        faces.append(_face("FF Signs", 400, _subset(signs.FALLBACK, known)))
    return "\n".join(faces) + "\n"


@cache
def _subset(path: str, wanted: frozenset[int]) -> bytes:
    """The font cut down to these signs, as WOFF2; the same bytes each time."""
    options = subset.Options(
        flavor="woff2",
        layout_features=["kern", "tnum", "lnum", "mark", "ccmp", *_SHAPING.get(path, ())],
        recalc_timestamp=False,
    )
    # FontForge's time stamp, which the subsetter would drop with a remark on stderr.
    options.drop_tables += ["FFTM"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=wanted)
    out = io.BytesIO()
    with subset.load_font(path, options) as font:
        cutter.subset(font)
        subset.save_font(font, out, options)
    return out.getvalue()


# The parts of a page: what is no text, and text. Then a stretch of a word that is too long.
_PARTS = re.compile(r"(?s)(<style\b.*?</style>|<script\b.*?</script>|<[^>]*>)|([^<]+)")
_LONG_WORD = re.compile(r"(?:&#?\w{1,32};|[^\s<]){60}(?=[^\s<]{140})")


def _with_long_words_broken(html: str) -> str:
    """The page with places at which words of hundreds of letters may be broken.

    Without them WeasyPrint tries all the rest of such a word for each of its lines.
    """
    return _PARTS.sub(
        lambda part: part[1] or _LONG_WORD.sub(lambda word: f"{word[0]}\u200b", part[2]), html
    )


def _face(family: str, weight: int, woff2: bytes) -> str:
    source = base64.b64encode(woff2).decode()
    where = f'url(data:font/woff2;base64,{source}) format("woff2")'
    return f'@font-face {{ font-family: "{family}"; font-weight: {weight}; src: {where}; }}'


def to_pdf(html: str) -> bytes:
    """The page as a tagged A4 PDF (PDF/UA-1). Raises PdfUnavailable where Pango is missing."""
    try:
        import weasyprint
        from weasyprint.urls import FatalURLFetchingError
    except OSError as error:
        raise PdfUnavailable from error

    fetcher = _data_only()
    before, css, rest = _style_of(html)
    style, fonts = _parsed(css)
    pdf = b""
    with suppress(FatalURLFetchingError):
        document = weasyprint.HTML(
            string=_with_long_words_broken(
                signs.with_signs_named(before + made_of.for_print(rest))
            ),
            url_fetcher=fetcher,
        )
        pdf = bytes(
            document.write_pdf(
                stylesheets=[style],
                font_config=fonts,
                pdf_variant="pdf/ua-1",
                finisher=_scope_headings,
            )
        )
    # WeasyPrint only leaves out a drawing that fetches something; here it is refused like any other
    # part of the page.
    if fetcher.refused:
        raise OutsideAccess(fetcher.refused[0])
    return pdf


_STYLE = re.compile(r"(?s)<style>(.*?)</style>")


def _style_of(html: str) -> tuple[str, str, str]:
    """The page in three parts: what comes before its style, the style itself, and the rest."""
    found = _STYLE.search(html)
    if found is None:
        return html, "", ""
    return html[: found.start()], found[1], html[found.end() :]


@lru_cache(maxsize=2)
def _parsed(css: str) -> tuple[Any, Any]:
    """A style with its fonts, parsed once for all pages that share it."""
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError

    fonts, fetcher, style = FontConfiguration(), _data_only(), None
    with suppress(FatalURLFetchingError):
        style = weasyprint.CSS(string=css, font_config=fonts, url_fetcher=fetcher)
    if fetcher.refused:
        raise OutsideAccess(fetcher.refused[0])
    return style, fonts


atexit.register(_parsed.cache_clear)  # its fonts are files, which must go before Python does


def _data_only() -> Any:
    """What fetches only what the page itself contains, no file and no address.

    Its `refused` has the addresses of whatever else was asked for.
    """
    from weasyprint.urls import FatalURLFetchingError, URLFetcher

    class DataOnly(URLFetcher):  # type: ignore[misc]
        """Fetches `data:` alone."""

        refused: list[str]

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            if not url.startswith("data:"):
                self.refused.append(url)
                raise FatalURLFetchingError(url)
            return super().fetch(url, headers)

    fetcher = DataOnly()
    fetcher.refused = []
    return fetcher


def _scope_headings(_document: Any, pdf: Any) -> None:
    """Mark every heading cell as that of a column or a row, as PDF/UA requires.

    WeasyPrint leaves it out.
    """
    items: list[Any] = [item for item in pdf.objects if isinstance(item, dict)]
    elements = {item.reference: item for item in items if item.get("Type") == "/StructElem"}
    for element in elements.values():
        if element.get("S") == "/TH" and "A" in element:
            row = elements.get(element["P"], {})
            group = elements.get(row.get("P"), {})
            heads_column = group.get("S") == "/THead"
            element["A"]["Scope"] = "/Column" if heads_column else "/Row"
