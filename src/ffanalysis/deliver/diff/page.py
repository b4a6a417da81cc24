"""What differs as a page by itself, in the look of the briefings."""

from collections.abc import Iterator, Sequence

import nbformat
from markupsafe import Markup

from ffanalysis.deliver.diff.compare import Comparison
from ffanalysis.deliver.diff.tables import (
    ProjectTable,
    project_sentence,
    project_tables,
    title,
)
from ffanalysis.present.html import Part, listing, table, tag
from ffanalysis.render.page import Page, to_html


def as_html(found: Comparison) -> str:
    """The page."""
    body = tag("div", *_content(found))
    cell = nbformat.v4.new_code_cell("", id="differences")
    cell.outputs = [
        nbformat.v4.new_output("display_data", {"text/html": Part("diff", body)._repr_html_()})
    ]
    page = Page(f"What differs: {found.before.name} and {found.after.name}", title(found))
    return to_html(nbformat.v4.new_notebook(cells=[cell]), page)


def _content(found: Comparison) -> Iterator[Markup]:
    if found.marking:
        yield tag("p", found.marking, class_="marking")
    yield tag("p", title(found), class_="eyebrow")
    yield tag("h1", "What differs")
    yield tag("p", found.verdict)
    if found.notes:
        yield listing(found.notes)
    if found.projects:
        yield tag("h2", "Projects")
        yield listing(map(project_sentence, found.projects))
    for each in project_tables(found):
        yield tag("h2", each.title)
        yield from _figures(each)
    if found.findings:
        yield tag("h2", "Checks")
        yield table(
            "Checks that ended otherwise, that are new or gone",
            ("Check", "Was", "Now"),
            [(each.finding.message, *each.texts) for each in found.findings],
            texts=True,
        )


def _figures(each: ProjectTable) -> Iterator[Markup]:
    if each.rows:
        heads = ("Figure", "Was", "Now", "Difference")
        yield table("Figures that changed", heads, each.rows, numbers_from=1)
    if each.whys:
        yield tag("p", "Why:")
        yield listing(each.whys)
    yield from _alone("Figures that are new", each.new)
    yield from _alone("Figures that are gone", each.gone)


def _alone(caption: str, rows: Sequence[tuple[str, str]]) -> Iterator[Markup]:
    if rows:
        yield table(caption, ("Figure", "Amount"), rows, numbers_from=1)
