"""How pages and documents are looked at.

By a browser, by a checker of accessible pages, by one of accessible PDFs.
"""

import json
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pypdf import PageObject, PdfReader
from pypdf.generic import ContentStream
from rendered import ROOT

OUTLOUD = ROOT / ".tools" / "outloud" / "bin" / "outloud"
SCREENS = [(1280, 900), (390, 844)]
WIDE, NARROW = SCREENS
# The first two have each screen and each colour scheme once.
LOOKS = [(WIDE, "light"), (NARROW, "dark"), (WIDE, "dark"), (NARROW, "light")]


def violations(
    browser: Any, page: Path, width: int, height: int, scheme: str
) -> list[tuple[str, list[str]]]:
    """What axe has against a page on a screen of this size, in this colour scheme."""
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(
        viewport={"width": width, "height": height}, bypass_csp=True, color_scheme=scheme
    )
    shown = context.new_page()
    shown.goto(page.as_uri())
    found = Axe().run(shown).response
    context.close()
    assert found["passes"]
    return [
        (item["id"], [node["html"][:120] for node in item["nodes"]]) for item in found["violations"]
    ]


def first_ends(browser: Any, page: Path) -> tuple[float, float]:
    """Where the message and the key figures, or the first table, end on a wide screen.

    In pixels from the top.
    """
    shown = browser.new_page(viewport={"width": 1280, "height": 900})
    shown.goto(page.as_uri())
    ends = [
        shown.query_selector(selector).bounding_box() for selector in (".message", ".keys, table")
    ]
    shown.close()
    message, keys = (box["y"] + box["height"] for box in ends)
    return message, keys


_MARGIN, _HEADER = 16 * 72 / 25.4, 13 * 72 / 25.4  # points, as the pages have them
_A4 = 672  # pixels between the margins of a sheet, at 96 to the inch
_CROWDED = """() => [...document.querySelectorAll("th, td, img, pre, dd, .big")]
    .filter(e => e.scrollWidth > e.clientWidth + 1
        || e.getBoundingClientRect().right > innerWidth + 1)
    .filter(e => getComputedStyle(e).position != "absolute"
        && getComputedStyle(e).display != "inline")
    .map(e => e.textContent.trim().slice(0, 60) || e.tagName)"""


def crowded(browser: Any, page: Path) -> list[str]:
    """What of a page, laid out as it is printed, does not find room in its cell or on the paper."""
    shown = browser.new_page(viewport={"width": _A4, "height": 900})
    shown.emulate_media(media="print")
    shown.goto(page.as_uri())
    found: list[str] = shown.evaluate(_CROWDED)
    shown.close()
    return found


def off_the_paper(pdf: Path) -> list[str]:
    """What of a PDF stands in the margins of its sheets.

    Text or lines beyond the right one, text in the header's place.
    """
    found: list[str] = []
    for number, sheet in enumerate(PdfReader(pdf).pages, 1):
        right, top = float(sheet.mediabox.right) - _MARGIN, float(sheet.mediabox.top) - _HEADER
        heads: dict[float, list[str]] = {}

        def visit(
            text: str,
            cm: list[float],
            tm: list[float],
            _font: object,
            _size: float,
            right: float = right,
            top: float = top,
            heads: dict[float, list[str]] = heads,
        ) -> None:
            x, y = (tm[4] * cm[side] + tm[5] * cm[2 + side] + cm[4 + side] for side in (0, 1))
            if text.strip() and x > right:
                found.append(text)
            elif text.strip() and y > top:
                heads.setdefault(round(y), []).append(text)

        sheet.extract_text(visitor_text=visit)
        # The first page has no header, and every other one a line.
        found.extend(
            text for level in sorted(heads, reverse=True)[number > 1 :] for text in heads[level]
        )
        found.extend(
            f"a line on page {number}, {beyond:.0f} points beyond"
            for beyond in _drawn_beyond(sheet, right)
        )
    return found


def _drawn_beyond(sheet: PageObject, right: float) -> Iterator[float]:
    """How far the lines and areas drawn on a sheet reach beyond its right margin.

    Those that do, by more than a point.
    """
    contents = sheet.get_contents()
    at, before = (
        (1.0, 0.0, 0.0),
        [],
    )  # what a place is multiplied with for how far right it stands, and what was kept
    for given, operator in (
        ContentStream(contents, sheet.pdf).operations if contents is not None else ()
    ):
        if operator == b"q":
            before.append(at)
        elif operator == b"Q":
            at = before.pop()
        elif operator == b"cm":
            a, b, c, d, e, f = map(float, given)
            at = (a * at[0] + b * at[1], c * at[0] + d * at[1], e * at[0] + f * at[1] + at[2])
        elif operator in (b"re", b"m", b"l"):
            x, y, width = (
                float(given[0]),
                float(given[1]),
                float(given[2]) if operator == b"re" else 0.0,
            )
            beyond = (x + width) * at[0] + y * at[1] + at[2] - right
            if beyond > 1:
                yield beyond


def errors_heard(pdfs: Iterable[Path]) -> dict[str, list[str]]:
    """The errors that outloud finds in each PDF, by its name."""
    done = subprocess.run(
        [OUTLOUD, "--json", "-", *pdfs], capture_output=True, text=True, timeout=300, check=False
    )
    return {
        Path(result["path"]).name: [
            f"{item['rule']}: {item['message']}"
            for item in result["findings"]
            if item["severity"] == "error"
        ]
        for result in json.loads(done.stdout)["results"]
    }
