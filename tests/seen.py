"""How pages and documents are looked at: by a browser, by a checker of accessible pages, by one of accessible PDFs."""

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from rendered import ROOT

OUTLOUD = ROOT / ".tools" / "outloud" / "bin" / "outloud"
SCREENS = [(1280, 900), (390, 844)]


def violations(browser: Any, page: Path, width: int, height: int, scheme: str) -> list[tuple[str, list[str]]]:
    """What axe has against a page on a screen of this size, in this colour scheme."""
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(viewport={"width": width, "height": height}, bypass_csp=True, color_scheme=scheme)
    shown = context.new_page()
    shown.goto(page.as_uri())
    found = Axe().run(shown).response
    context.close()
    assert found["passes"]
    return [(item["id"], [node["html"][:120] for node in item["nodes"]]) for item in found["violations"]]


def first_ends(browser: Any, page: Path) -> tuple[float, float]:
    """Where the message and the first table end on a wide screen, in pixels from the top."""
    shown = browser.new_page(viewport={"width": 1280, "height": 900})
    shown.goto(page.as_uri())
    ends = [shown.query_selector(selector).bounding_box() for selector in (".message", "table")]
    shown.close()
    message, table = (box["y"] + box["height"] for box in ends)
    return message, table


_MARGIN = 16 * 72 / 25.4  # points, as the pages have it
_A4 = 672  # pixels between the margins of a sheet, at 96 to the inch
_CROWDED = """() => [...document.querySelectorAll("th, td, img, pre, dd, .big")]
    .filter(e => e.scrollWidth > e.clientWidth + 1 || e.getBoundingClientRect().right > innerWidth + 1)
    .filter(e => getComputedStyle(e).position != "absolute" && getComputedStyle(e).display != "inline")
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
    """The texts of a PDF that begin beyond the right margin of their page."""
    found: list[str] = []
    for sheet in PdfReader(pdf).pages:
        edge = float(sheet.mediabox.right) - _MARGIN

        def visit(text: str, cm: list[float], tm: list[float], _font: object, _size: float, edge: float = edge) -> None:
            if text.strip() and tm[4] * cm[0] + tm[5] * cm[2] + cm[4] > edge:
                found.append(text)

        sheet.extract_text(visitor_text=visit)
    return found


def errors_heard(pdfs: Iterable[Path]) -> dict[str, list[str]]:
    """The errors that outloud finds in each PDF, by its name."""
    done = subprocess.run([OUTLOUD, "--json", "-", *pdfs], capture_output=True, text=True, timeout=300, check=False)
    return {
        Path(result["path"]).name: [
            f"{item['rule']}: {item['message']}" for item in result["findings"] if item["severity"] == "error"
        ]
        for result in json.loads(done.stdout)["results"]
    }
