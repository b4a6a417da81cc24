"""Build the pages of the documentation into FOLDER, in place of what is there; print their size.

Run as `python tools/build_docs.py FOLDER`. A warning is an error. What only a website would need
is left out: the pages are read from files.
"""

import os
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from sphinx.cmd.build import build_main

ROOT = Path(__file__).parents[1]
NOT_READ = ("*.map", "objects.inv", ".buildinfo", "_sources")
# What readers by ear and by keyboard need, and the theme and pandas leave out.
ADDED = {
    '<p class="caption" role="heading">': '<p class="caption" role="heading" aria-level="2">',
    '<aside class="sidebar-drawer">': '<aside class="sidebar-drawer" aria-label="All pages">',
    '<aside class="toc-drawer': '<aside aria-label="On this page" class="toc-drawer',
    '<div class="table-wrapper': '<div tabindex="0" class="table-wrapper',
    '<div class="cell_output': '<div tabindex="0" class="cell_output',
    "<th></th>": "<td></td>",
    '<th class="head"><p></p></th>': "<td></td>",
}


def build(folder: Path) -> None:
    """Build the pages. What was in the folder before stays if that fails."""
    with TemporaryDirectory() as place:
        made = Path(place) / "pages"
        options = ["-b", "html", "-W", "--keep-going", "-q", "-d", f"{place}/read"]
        os.environ["FFANALYSIS_ROOT"] = str(ROOT)  # pages with code read the example quarter
        if build_main([*options, str(ROOT / "docs"), str(made)]):
            sys.exit("The documentation was not built.")
        for found in [path for pattern in NOT_READ for path in made.rglob(pattern)]:
            shutil.rmtree(found) if found.is_dir() else found.unlink()
        for page in made.glob("*.html"):
            page.write_text(_accessible(page.read_text("utf-8")), "utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(made, folder)


def _accessible(text: str) -> str:
    for found, better in ADDED.items():
        text = text.replace(found, better)
    return text


def main() -> None:
    folder = Path(sys.argv[1])
    build(folder)
    files = [path for path in folder.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files)
    pages = sum(path.suffix == ".html" for path in files)
    print(f"{folder / 'index.html'}: {pages} pages, {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
