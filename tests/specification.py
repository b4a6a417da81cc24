"""Pages of docs/ that are specifications: their fenced blocks, and the examples that these make."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

DOCS = Path(__file__).parents[1] / "docs"
_FENCE = re.compile(
    r"^## (?P<section>[^\n]+)$|^```(?P<kind>[a-z][a-z ]*)\n(?P<text>.*?)^```$", re.M | re.S
)
ALIASES = "aliases.toml"
_INPUTS = ("sheet", "aliases")


class Fence(NamedTuple):
    """A fenced block of a page, in the section that it stands in."""

    section: str
    kind: str
    text: str


@dataclass(frozen=True)
class Example:
    """Sheets, the one cell that is changed in them, and what the page says comes of them."""

    section: str
    number: int
    sheets: tuple[str, ...]
    change: str
    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.section}-{self.number}-{self.kind}".replace(" ", "-")

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()


def fences(page: Path) -> Iterator[Fence]:
    """The blocks of a page in their order."""
    section = ""
    for found in _FENCE.finditer(page.read_text("utf-8")):
        if found["section"]:
            section = found["section"]
        else:
            yield Fence(section, found["kind"], found["text"])


def examples(page: Path) -> tuple[Example, ...]:
    """What a page says of its sheets.

    Sheets that follow one another belong together, until something is said of them. What stands
    behind a change is said of the sheets with that change. A shared sheet belongs to every example
    below it that draws none of that name itself. Aliases are an input too: the file of that name.
    """
    found: list[Example] = []
    sheets: list[str] = []
    shared: list[str] = []
    section = before = change = ""
    for fence in fences(page):
        if fence.section != section:
            section, sheets, change = fence.section, [], ""
        if fence.kind == "shared sheet":
            shared.append(fence.text)
        elif fence.kind in _INPUTS:
            text = f"{ALIASES}\n{fence.text}" if fence.kind == "aliases" else fence.text
            sheets = [*(sheets if before in _INPUTS else []), text]
            change = ""
        elif fence.kind == "change":
            change = fence.text.strip()
        else:
            own = {sheet.partition("\n")[0] for sheet in sheets}
            others = [sheet for sheet in shared if sheet.partition("\n")[0] not in own]
            drawn = (*others, *sheets)
            found.append(
                Example(section, len(found), drawn, change, fence.kind, fence.text.strip())
            )
        before = fence.kind
    return tuple(found)


def is_whole(page: Path) -> bool:
    """Whether every fence of a page is read as a block."""
    return page.read_text("utf-8").count("```") == 2 * len(list(fences(page)))
