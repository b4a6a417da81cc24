"""Write the pages of docs/ that are made from code; with --check say which are not as they should.

Run as `python tools/reference_pages.py [--check]`.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import commands_page
import errors_page
import outputs_page
import settings_page
import tables_page
import tutorial_tables

PAGES: Mapping[Path, Callable[[], str]] = {
    commands_page.PAGE: commands_page.page,
    errors_page.PAGE: errors_page.page,
    outputs_page.PAGE: outputs_page.page,
    settings_page.PAGE: settings_page.page,
    tables_page.PAGE: tables_page.page,
    tutorial_tables.FIRST: tutorial_tables.first,
    tutorial_tables.SECOND: tutorial_tables.second,
}


def main() -> None:
    old = {path: made for path, page in PAGES.items() if (made := page()) != _as_it_is(path)}
    if "--check" in sys.argv[1:]:
        for path in old:
            print(f"{path.name} is not what the code says: run tools/reference_pages.py")
        sys.exit(bool(old))
    for path, made in old.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(made, "utf-8")


def _as_it_is(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""


if __name__ == "__main__":
    main()
