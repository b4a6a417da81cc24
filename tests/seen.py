"""How pages and documents are looked at: by a browser, by a checker of accessible pages, by one of accessible PDFs."""

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

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


def errors_heard(pdfs: Iterable[Path]) -> dict[str, list[str]]:
    """The errors that outloud finds in each PDF, by its name."""
    done = subprocess.run([OUTLOUD, "--json", "-", *pdfs], capture_output=True, text=True, timeout=300, check=False)
    return {
        Path(result["path"]).name: [
            f"{item['rule']}: {item['message']}" for item in result["findings"] if item["severity"] == "error"
        ]
        for result in json.loads(done.stdout)["results"]
    }
