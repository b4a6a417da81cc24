"""What has changed between a released briefing and the one that is to replace it.

Both are read as their pages show them, so that what a banner says was there is what a director
saw, whatever the software of today would make of the workbooks of then.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from bs4 import BeautifulSoup, Tag

from ffanalysis.editions import Change
from ffanalysis.money import in_full

_INDEX, _FINDINGS = "index.html", "findings.csv"


@dataclass(frozen=True)
class Shown:
    """A figure as a page shows it: its value, and its texts in their order, the first page's first.

    Attributes:
        is_money: whether the value is in pence.
        is_on_first: whether the first page shows it.
    """

    value: str
    texts: tuple[str, ...]
    is_money: bool
    is_on_first: bool

    def text_beside(self, other: "Shown | None") -> str:
        """The text that shows how the figure differs from the other.

        Money is told in full: in a table it is in the table's unit, and in two sentences it may be
        rounded differently.
        """
        if self.is_money:
            return in_full(int(self.value))
        others = other.texts if other else ()
        return next((text for text in self.texts if text not in others), self.value)


class Pages:
    """The pages of a quarter, as they are published or kept.

    `apart` has the folders of the projects that are confidential; no list of all names those.
    """

    def __init__(self, folder: Path, apart: Mapping[str, Path] = MappingProxyType({})) -> None:
        self.folder, self._apart = folder, apart

    def briefing(self, project: str) -> "BriefingPage":
        """One project's page."""
        folder = self._apart.get(project, self.folder)
        return BriefingPage((folder / f"{project}.html").read_text("utf-8"))

    @cached_property
    def ranking(self) -> tuple[str, ...]:
        """The projects in the order in which the programme page lists them."""
        soup = BeautifulSoup((self.folder / _INDEX).read_text("utf-8"), "html.parser")
        listings = (tuple(_projects_linked(table)) for table in soup.find_all("table"))
        return max(listings, key=len, default=())

    @cached_property
    def findings(self) -> Mapping[str, tuple[str, str]]:
        """The outcome and severity of each finding, by its id."""
        text = (self.folder / _FINDINGS).read_text("utf-8-sig")
        rows = csv.DictReader(io.StringIO(text, newline=""))
        return {row["id"]: (row["outcome"], row["severity"]) for row in rows}


def _projects_linked(table: Tag) -> Iterator[str]:
    links = (str(link.get("href", "")) for link in table.find_all("a"))
    yield from dict.fromkeys(link.removesuffix(".html") for link in links if "/" not in link)


class BriefingPage:
    """A briefing as its page shows it."""

    def __init__(self, html: str) -> None:
        self._main = BeautifulSoup(html, "html.parser").find("main")

    @cached_property
    def figures(self) -> Mapping[str, Shown]:
        """Each figure that the page shows, by its name, those of the first page first."""
        texts: dict[str, list[str]] = defaultdict(list)
        found: dict[str, Shown] = {}
        is_on_first = True
        for mark in self._all("data, .new-page"):
            if mark.name != "data":
                is_on_first = False
                continue
            name = str(mark.get("data-figure", ""))
            texts[name].append(" ".join(mark.get_text().split()))
            is_money = mark.get("data-unit") is None
            found.setdefault(name, Shown(str(mark.get("value", "")), (), is_money, is_on_first))
        return {
            name: Shown(one.value, tuple(texts[name]), one.is_money, one.is_on_first)
            for name, one in found.items()
        }

    @cached_property
    def keys(self) -> Mapping[str, str]:
        """The key figures of the first page: the text of each by its label."""
        return {
            _text(item.select_one(".label")): _text(item.select_one(".big"))
            for item in self._all(".keys li")
        }

    @cached_property
    def headline(self) -> str:
        """The sentence at the head of the page."""
        return " ".join(_text(tag) for tag in self._all(".message"))

    @cached_property
    def words(self) -> str:
        """All that the page says, but for its edition, its version and what it corrects."""
        copy = BeautifulSoup(str(self._main), "html.parser")
        for tag in copy.select(".version, .notice"):
            tag.extract()
        return " ".join(copy.get_text(" ").split())

    def _all(self, selector: str) -> Sequence[Tag]:
        return self._main.select(selector) if isinstance(self._main, Tag) else ()


def _text(tag: object) -> str:
    return " ".join(tag.get_text(" ").split()) if isinstance(tag, Tag) else ""


def changes(
    before: BriefingPage, after: BriefingPage, labels: Mapping[str, str]
) -> tuple[Change, ...]:
    """The figures that are other than before, those of the first page first.

    `labels` says what each is, by its name.
    """
    names = [*after.figures, *(name for name in before.figures if name not in after.figures)]
    found = []
    for name in names:
        was, now = before.figures.get(name), after.figures.get(name)
        if was and now and was.value == now.value:
            continue
        shown = (
            was.text_beside(now) if was else "not shown",
            now.text_beside(was) if now else "no longer shown",
        )
        is_on_first = any(one.is_on_first for one in (was, now) if one)
        found.append((not is_on_first, Change(name, labels.get(name, ""), *shown)))
    return tuple(change for _, change in sorted(found, key=lambda pair: pair[0]))


def material(before: Pages, after: Pages, project: str, own: frozenset[str]) -> tuple[str, ...]:
    """Why a change of a project's briefing is material, a clause each; none where it is not.

    It is where a headline, a RAG status, the outcome of a check or the project's rank on the
    programme page changes. `own` are the ids of the findings that concern the project.
    """
    then, now = before.briefing(project), after.briefing(project)
    labels = list(dict.fromkeys([*then.keys, *now.keys]))
    moved = [label for label in labels if then.keys.get(label) != now.keys.get(label)]
    found = [f"the key figure ‘{label}’ changes" for label in moved if label != "RAG"]
    if not moved and then.headline != now.headline:
        found.append("the headline changes")
    if "RAG" in moved:
        found.append(f"RAG: was {then.keys.get('RAG', 'none')}, is {now.keys.get('RAG', 'none')}")
    outcomes = [
        name for name in sorted(own) if before.findings.get(name) != after.findings.get(name)
    ]
    if outcomes:
        noun = "check has" if len(outcomes) == 1 else "checks have"
        found.append(f"{len(outcomes):,} {noun} another outcome")
    both = [name for name in after.ranking if name in before.ranking]
    if project in both:
        was = [name for name in before.ranking if name in both].index(project) + 1
        place = both.index(project) + 1
        if was != place:
            found.append(f"its place on the programme page was {was:,}, is {place:,}")
    return tuple(found)
