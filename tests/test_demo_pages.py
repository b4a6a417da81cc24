"""The pages of an invented programme as directors get them.

A few here, 24 projects over three quarters in the long counts.
"""

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from rendered import (
    COMMAND,
    IS_SOAK,
    Element,
    environment,
    few,
    figures,
    page_of,
    squeezed,
    words,
)
from seen import LOOKS, OUTLOUD, crowded, errors_heard, first_ends, off_the_paper, violations

from ffanalysis.demo import write_demo

PROJECTS, QUARTERS = (24, 3) if IS_SOAK else (4, 2)


@dataclass(frozen=True)
class Demo:
    """An invented programme with its rendered quarters."""

    root: Path
    periods: tuple[str, ...]

    @cached_property
    def answers(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.root / "answers.json").read_text("utf-8"))
        return content

    @cached_property
    def pages(self) -> dict[Path, Element]:
        found = [
            path
            for period in self.periods
            for path in sorted((self.root / "reports" / period).glob("*.html"))
        ]
        return {path: page_of(path.read_text("utf-8")) for path in found}

    @cached_property
    def looked_at(self) -> list[Path]:
        """The pages for the browser, which takes a while for each.

        All in the long counts, else a briefing and the programme's.
        """
        return (
            list(self.pages)
            if IS_SOAK
            else [self.briefings[0], *(path for path in self.pages if path not in self.briefings)]
        )

    @property
    def briefings(self) -> list[Path]:
        return [path for path in self.pages if path.name != "index.html"]


def pdf_of(page: Path) -> Path:
    return (
        page.with_name("programme.pdf") if page.name == "index.html" else page.with_suffix(".pdf")
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    root = tmp_path_factory.mktemp("demo") / "programme"
    write_demo(root, PROJECTS, QUARTERS, 1)
    periods = tuple(json.loads((root / "answers.json").read_text("utf-8"))["periods"])
    periods = periods if IS_SOAK else periods[-1:]
    for period in periods:
        command = [COMMAND, "run", period]
        done = subprocess.run(
            command,
            cwd=root,
            env=environment(root),
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
    found = Demo(root, periods)
    assert len(found.pages) >= (PROJECTS - 2 + 1) * len(periods)
    return found


def in_charts(page: Element) -> Iterator[tuple[str, str]]:
    """The title of each chart, and the words that stand for it."""
    for item in page.all("figure"):
        for picture in item.all("img"):
            yield words(item.one("figcaption").text), picture.attributes["alt"]


def test_a_pdf_has_every_figure_of_its_page(demo: Demo) -> None:
    lost, seen = [], 0
    for path, page in demo.pages.items():
        text = squeezed("".join(sheet.extract_text() for sheet in PdfReader(pdf_of(path)).pages))
        for figure, _ in figures(page):
            if (
                "value" not in figure.attributes
            ):  # a dash, which is said in words that are not printed
                continue
            seen += 1
            if squeezed(figure.text) not in text:
                lost.append((path.name, figure.attributes["data-figure"], figure.text))
    assert lost == []
    assert seen > 40 * len(demo.pages)


def test_a_figure_that_a_pdf_lacks_is_noticed(demo: Demo) -> None:
    path = demo.briefings[0]
    text = squeezed("".join(sheet.extract_text() for sheet in PdfReader(pdf_of(path)).pages))
    other = next(
        amount for project, amount in demo.answers["canaries"].items() if project != path.stem
    )
    assert f"{other // 100:,}" not in text


def test_nothing_of_a_pdf_stands_in_its_margins(demo: Demo) -> None:
    assert {path.name: texts for path in demo.pages if (texts := off_the_paper(pdf_of(path)))} == {}


@pytest.mark.browser
def test_nothing_printed_runs_out_of_its_cell(browser: Any, demo: Demo) -> None:
    assert {path.name: texts for path in demo.pages if (texts := crowded(browser, path))} == {}


def test_no_briefing_has_anothers_name_or_amount(demo: Demo) -> None:
    names = {path.stem: words(demo.pages[path].one("h1").text) for path in demo.briefings}
    assert len(set(names.values())) == len(names) > 2
    for path in demo.briefings:
        page = demo.pages[path]
        shown = {figure.attributes.get("value") for figure, _ in figures(page)}
        body = page.one("main").text
        for project, amount in demo.answers["canaries"].items():
            assert project == path.stem or str(amount) not in shown, (path.name, project)
        assert [
            name for project, name in names.items() if project != path.stem and name in body
        ] == []
        assert str(demo.answers["canaries"][path.stem]) in shown, "its own is there"


def test_every_picture_says_its_title_and_its_figures_in_words(demo: Demo) -> None:
    charts = [chart for page in demo.pages.values() for chart in in_charts(page)]
    assert len(charts) > len(demo.pages)
    assert [alt for _, alt in charts if len(re.findall(r"\d", alt)) < 2] == []


def test_a_checker_of_accessible_pdfs_finds_no_error(demo: Demo) -> None:
    if not OUTLOUD.is_file():
        pytest.skip("the PDF checker is not installed: make test makes .tools/outloud")
    for period in demo.periods:
        pdfs = [pdf_of(path) for path in demo.pages if path.parent.name == period]
        heard = errors_heard(pdfs)
        assert len(heard) == len(pdfs)
        assert {name: errors for name, errors in heard.items() if errors} == {}


def test_the_programme_briefing_has_two_pages_and_opens_with_the_totals(demo: Demo) -> None:
    for period in demo.periods:
        sheets = PdfReader(demo.root / "reports" / period / "programme.pdf").pages
        first = [words(each.extract_text()) for each in sheets]
        assert [n for n, text in enumerate(first) if "Annex: how each figure" in text] == [2]
        assert "Each programme, included once" in words(sheets[0].extract_text())


@pytest.mark.browser
@pytest.mark.parametrize(("screen", "scheme"), few(LOOKS, 2))
def test_axe_finds_nothing_against_any_page(
    browser: Any, demo: Demo, screen: tuple[int, int], scheme: str
) -> None:
    found = {path.name: violations(browser, path, *screen, scheme) for path in demo.looked_at}
    assert {name: items for name, items in found.items() if items} == {}


@pytest.mark.browser
def test_the_message_and_the_first_table_are_on_the_first_screen_of_every_page(
    browser: Any, demo: Demo
) -> None:
    for path in demo.looked_at:
        message, table = first_ends(browser, path)
        assert message < table <= 900, path.name


_OUT_OF_VIEW = """() => [...document.querySelectorAll("table td.n, table th[scope=row]")]
    .filter(e => {
        const box = e.getBoundingClientRect();
        return box.width && (box.right > innerWidth + 1 || box.left < 0);
    })
    .map(e => e.textContent.trim())"""


@pytest.mark.browser
def test_on_a_phone_the_names_and_the_money_of_the_programme_page_are_in_view(
    browser: Any, demo: Demo
) -> None:
    shown = browser.new_page(viewport={"width": 390, "height": 844})
    for path in demo.looked_at:
        if path.name == "index.html":
            shown.goto(path.as_uri())
            assert shown.evaluate(_OUT_OF_VIEW) == []
            labels = {item.attributes.get("data-label") for item in demo.pages[path].all("td")}
            assert {"Project saving", "Forecast shortfall", "In no project"} <= labels
            row = "getComputedStyle(document.querySelector('.projects tbody tr')).display"
            assert shown.evaluate(row) == "grid"
    shown.close()
