"""The page that lists a quarter's releases: the one address that holds whatever is released next.

It stands beside the folders of the releases, and is written anew with each of them.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import nbformat
from markupsafe import Markup

from ffanalysis.chain import Chain, Line
from ffanalysis.deliver import kept
from ffanalysis.editions import REISSUED, RELEASED, Reissue
from ffanalysis.periods import Period, long_date
from ffanalysis.present.html import Part, listing, tag
from ffanalysis.render.page import Page, to_html

WITHDRAWN = "withdrawn"
NAME = "index.html"


def write_releases_page(reports: Path, period: str) -> Path:
    """Write the page of a quarter's releases, the last first. Raises JournalBroken."""
    lines = Chain(reports, period).lines()
    words = Period.parse(period).words
    body = tag(
        "div",
        tag("p", words, class_="eyebrow"),
        tag("h1", "Released briefings"),
        *_releases(lines),
    )
    cell = nbformat.v4.new_code_cell("", id="releases")
    shown = {"text/html": Part("releases", body)._repr_html_()}
    cell.outputs = [nbformat.v4.new_output("display_data", shown)]
    page = Page(f"Released briefings, {words}", "The briefings that were released, the last first")
    html = to_html(nbformat.v4.new_notebook(cells=[cell]), page)
    place = reports / kept.RELEASED / period / NAME
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_suffix(".part")
    part.write_bytes(html.encode())
    part.replace(place)
    return place


def _releases(lines: Sequence[Line]) -> Iterator[Markup]:
    """A heading and its facts for each release."""
    withdrawn = {line.facts["number"]: line for line in lines if line.event == WITHDRAWN}
    releases = [line for line in lines if line.event == RELEASED]
    for line in reversed(releases):
        number = line.facts["number"]
        before = max((each.number for each in releases if each.number < line.number), default=0)
        gone = withdrawn.get(number)
        facts = [f"Released on {_day(line)} by {line.facts['by']}."]
        if gone:
            facts.append(f"Withdrawn on {_day(gone)} by {gone.facts['by']}: {gone.facts['why']}")
        elif line is not releases[-1]:
            facts.append("Replaced by a later release.")
        facts += [_reissued(each) for each in lines[before : line.number] if _is_in(each, line)]
        yield tag("h2", f"Release {number:,}")
        yield listing(facts)
        if not gone:
            yield tag("p", tag("a", "Programme page", href=f"{number}/{kept.PAGES}/index.html"))


def _is_in(each: Line, release: Line) -> bool:
    """Whether a line declares an edition that this release has, of a project that all may see."""
    if each.event != REISSUED or f"{each.facts['project']}.html" not in release.facts["pages"]:
        return False
    about = release.facts.get("editions", {}).get(each.facts["project"], {})
    return (about.get("number"), about.get("figures")) == (
        each.facts["edition"],
        each.facts["figures"],
    )


def _reissued(line: Line) -> str:
    made = Reissue.of(line)
    return made.line(made.project)


def _day(line: Line) -> str:
    return long_date(date.fromisoformat(line.at[:10]))
