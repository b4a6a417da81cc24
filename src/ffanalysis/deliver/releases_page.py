"""The page that lists a quarter's releases: the one address that holds whatever is released next.

It stands in the folder for the intranet, beside the folders of the releases.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

import nbformat
from markupsafe import Markup

from ffanalysis.chain import Line
from ffanalysis.editions import RELEASED, Editions
from ffanalysis.periods import Period, long_date
from ffanalysis.present.html import Part, listing, tag
from ffanalysis.present.look import stylesheet
from ffanalysis.provenance import slug
from ffanalysis.render.page import Page, to_html
from ffanalysis.savings.confidential import Secret
from ffanalysis.settings import Settings

WITHDRAWN = "withdrawn"


def releases_page(
    period: str,
    lines: Sequence[Line],
    absent: Mapping[int, str],
    secret: Secret,
    settings: Settings,
) -> str:
    """The page of a quarter's releases, the last first.

    `absent` has the releases that it cannot lead to and what it says of each, `settings` the
    markings and colours; of `secret` it shows no name.
    """
    words, marking = Period.parse(period).words, marking_of_all(settings)
    body = tag(
        "div",
        tag("p", marking, class_="marking") if marking else "",
        tag("p", words, class_="eyebrow"),
        tag("h1", "Released briefings"),
        *_releases(lines, absent, secret),
    )
    cell = nbformat.v4.new_code_cell("", id="releases")
    shown = {"text/html": Part("releases", body)._repr_html_()}
    cell.outputs = [nbformat.v4.new_output("display_data", shown)]
    about = "The briefings that were released, the last first"
    page = Page(f"Released briefings, {words}", about, stylesheet(settings.colours))
    return to_html(nbformat.v4.new_notebook(cells=[cell]), page)


def marking_of_all(settings: Settings) -> str:
    """The markings of all projects that the page may name."""
    apart = settings.confidential_projects
    own = {
        name: text for name, text in settings.project_markings.items() if slug(name) not in apart
    }
    return replace(settings, project_markings=own).all_markings


def _releases(lines: Sequence[Line], absent: Mapping[int, str], secret: Secret) -> Iterator[Markup]:
    """A heading and its facts for each release."""
    withdrawn = {line.facts["number"]: line for line in lines if line.event == WITHDRAWN}
    releases = [line for line in lines if line.event == RELEASED]
    for place, line in reversed([*enumerate(releases)]):
        number = line.facts["number"]
        became = _became(withdrawn.get(number), is_last=line is releases[-1])
        facts = [f"Released on {_day(line)} by {line.facts['by']}.", became]
        facts.append(absent.get(number, ""))
        stood = (
            each for each in reversed(releases[:place]) if each.facts["number"] not in withdrawn
        )
        facts += _reissued(lines[: line.number], next(stood, None))
        yield tag("h2", f"Release {number:,}")
        yield listing([secret.hide(fact) for fact in facts if fact])
        if number not in absent:
            yield tag("p", tag("a", "Programme page", href=f"{number}/index.html"))


def _became(gone: Line | None, *, is_last: bool) -> str:
    """What became of a release, where it was withdrawn or replaced; "" of one that stands."""
    if gone:
        return f"Withdrawn on {_day(gone)} by {gone.facts['by']}: {gone.facts['why']}"
    return "" if is_last else "Replaced by a later release."


def _reissued(lines: Sequence[Line], before: Line | None) -> Iterator[str]:
    """What the release of the last line corrects of the one before it, of what all may see.

    It is what was in force when it was released, and not what was taken back or replaced.
    """
    facts, editions = lines[-1].facts, Editions(lines)
    earlier = before.facts.get("editions", {}) if before else {}
    for project, about in facts.get("editions", {}).items():
        made = editions.of(project, about["figures"]).reissue
        is_new = earlier.get(project, {}).get("number") != about["number"]
        if made and is_new and f"{project}.html" in facts["pages"]:
            yield made.line(about.get("name", project))


def _day(line: Line) -> str:
    return long_date(date.fromisoformat(line.at[:10]))
