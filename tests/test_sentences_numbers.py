"""Every number that a sentence of ours holds is a figure of the same briefing.

Over a whole programme and all its quarters.
"""

import os
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from rendered import PARTS, Element, page_of, source_of

import ffanalysis as ff
from ffanalysis.demo import write_demo
from ffanalysis.figures import Figure
from ffanalysis.present.briefing import Briefing
from ffanalysis.run.project_rows import ProjectRows
from ffanalysis.savings.quarter import Quarter
from ffanalysis.tables import TABLE_NAMES

SENTENCES = ("p", "li", "figcaption", "h2", "h3", "caption")
# What is written with digits and is no number: years, quarters, days and months, cells, weights, a
# sign-off's code.
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
NO_NUMBERS = re.compile(
    rf"\d{{4}}/\d{{2}}\b|\d{{4}}-\d{{2}}-Q\d|Quarter [1-4]\b|(\d{{1,2}} )?({MONTHS})"
    r" \d{4}|\b[A-Z]{1,3}\d+\b|\d+%, \d+% or \d+%|Assumes \d+% of|Rounded to £1(,000)?|£000"
)


def quoted(quarter: Quarter) -> list[str]:
    """All texts of the workbooks that a sentence may quote, the longest first."""
    found = {
        value
        for name in TABLE_NAMES
        for row in getattr(quarter, name)
        for value in row
        if isinstance(value, str)
    }
    if quarter.before is not None:
        found.update(quoted(quarter.before))
    said = (
        text for text in found if re.search(r"\d", text) and not re.fullmatch(r"[\d,. ]+", text)
    )
    return sorted(said, key=len, reverse=True)


def own_text(item: Element) -> str:
    """What an element says by itself.

    No figure, nothing of what it holds that is a sentence, a quotation or a list of cells.
    """
    parts = []
    for part in item.inside:
        if isinstance(part, str):
            parts.append(part)
        elif part.tag not in (*SENTENCES, "data", "ul", "table", "blockquote") and not {
            "cells",
            "code",
        } & set(part.classes):
            parts.append(own_text(part))
    return "".join(parts)


def stray(page: Element, texts: list[str]) -> Iterator[str]:
    """The sentences with a digit that is in no figure and in no text of a workbook."""
    for item in page.all(*SENTENCES):
        said = own_text(item)
        left = NO_NUMBERS.sub("", said)
        for text in texts if re.search(r"\d", left) else ():
            left = left.replace(NO_NUMBERS.sub("", text), "")
        if re.search(r"\d", left):
            yield said


def values(page: Element) -> dict[str, set[Decimal]]:
    """The values that the figures of a page have, by their names."""
    found: dict[str, set[Decimal]] = {}
    for item in page.all("data"):
        found.setdefault(item.attributes["data-figure"], set()).add(
            Decimal(item.attributes["value"])
        )
    return found


IS_SOAK = "FFANALYSIS_SOAK" in os.environ
PROJECTS = 24 if IS_SOAK else 10


def test_a_number_in_a_sentence_is_seen() -> None:
    nested = "<li>9 lines<ul><li>as of 1 May 2015</li></ul></li>"
    page = page_of(
        f"<p>It saves 7 in 2016/17.</p><p>It saves <data>7</data>.</p><p>Ref 9a</p>{nested}"
    )
    assert list(stray(page, ["Ref 9a"])) == ["It saves 7 in 2016/17.", "9 lines"]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[str, ...]]:
    root = tmp_path_factory.mktemp("demo") / "programme"
    return root, write_demo(root, PROJECTS, 3, 4)


def test_the_notebook_shows_every_part_of_a_briefing() -> None:
    shown = re.findall(r"^briefing\.(\w+)\(\)$", source_of("project_briefing.ipynb"), re.M)
    assert shown == list(PARTS)


@pytest.mark.slow
def test_every_number_of_every_sentence_is_a_figure(demo: tuple[Path, tuple[str, ...]]) -> None:
    root, periods = demo
    # All three quarters in the long counts, the last one here.
    periods = periods if IS_SOAK else periods[-1:]
    pages = 0
    for period in periods:
        whole = ff.load(period, root).records
        rows = ProjectRows(whole, ff.check(whole))
        # A finding quotes the heading of a variance, which a project's own rows do not hold.
        headings = sorted({row.heading for row in whole.comparisons}, key=len, reverse=True)
        for project in whole.slugs:
            quarter = Quarter(rows.select(project))
            briefing = Briefing.of(quarter, rows.findings_of(project), project)
            html = "".join(str(getattr(briefing, part)().html) for part in PARTS)
            page = page_of(html)
            assert list(stray(page, [*quoted(quarter), *headings])) == [], f"{project}, {period}"
            known = {figure.name: figure.value for figure in figures(briefing)}
            for name, shown in values(page).items():
                assert len(shown) == 1, f"{project}, {period}: {name} stands for {shown}"
                if name.endswith("/size"):  # a change told without its sign
                    assert shown == {abs(Decimal(known[name.removesuffix("/size")] or 0))}, (
                        f"{project}, {period}: {name}"
                    )
                elif name in known:
                    assert shown == {Decimal(known[name] or 0)}, f"{project}, {period}: {name}"
                else:
                    # What is only counted for a sentence has no other place.
                    units = {
                        item.attributes.get("data-unit")
                        for item in page.all("data")
                        if item.attributes["data-figure"] == name
                    }
                    assert units == {"count"} or name.endswith(
                        ("-rounded", "/tolerance", "/difference")
                    ), name
            pages += 1
    assert pages == PROJECTS * len(periods)


def figures(briefing: Briefing) -> Iterator[Figure]:
    yield from briefing.measures.figures()
    for finding in briefing.findings:
        yield from (part for part in finding.message if isinstance(part, Figure))


@pytest.mark.slow
def test_every_number_of_the_programmes_sentences_is_a_figure(
    demo: tuple[Path, tuple[str, ...]],
) -> None:
    root, periods = demo
    for period in periods:
        quarter = ff.load(period, root).records
        page: Any = ff.programme(quarter, ff.check(quarter))
        html = "".join(
            str(getattr(page, part)().html)
            for part in ("title", "message", "projects", "savings", "own", "moved", "problems")
        )
        assert list(stray(page_of(html), quoted(quarter))) == [], period
        assert {
            name: shown for name, shown in values(page_of(html)).items() if len(shown) > 1
        } == {}
