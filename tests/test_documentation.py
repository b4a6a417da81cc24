"""The documentation: what it shows is what comes, it names all, and no link of it is dead."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import click
import documented
import pytest
from click.testing import CliRunner
from rendered import PERIOD, ROOT, Run
from seen import NARROW, WIDE, violations

from ffanalysis.checks import RULES
from ffanalysis.cli import docs, main

PAGES = sorted(documented.DOCS.glob("*.md"))
LOOKED_AT = ("index", "first-quarter", "errors")
# Commands that no transcript runs, and why.
NOT_RUN = {
    "lab": "it opens a server",
    "docs": "it opens the built pages, and has a test below",
    "completion": "tests/test_completion.py has shells run it",
    "release": "docs/release-example.md, which the long counts run",
    "reissue": "the same",
    "mail": "the same",
}


def tool(name: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "tools" / name, *words], capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="session")
def built(packaged: Path) -> Path:
    """The pages as the wheel has them; never to be changed."""
    return packaged / "site" / "ffanalysis" / "documentation"


# --- what it shows --------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("story", documented.STORIES)
def test_each_command_prints_what_the_page_shows(story: str, tmp_path: Path) -> None:
    for each, came in documented.played(story, tmp_path):
        assert re.fullmatch(documented.pattern(each.wanted), came), f"$ {each.line}\n{came}"


def test_a_transcript_that_differs_is_told() -> None:
    wanted = documented.pattern("One\n...\n4 published in ... seconds.\n")
    assert re.fullmatch(wanted, "One\ntwo\nthree\n4 published in 3.5 seconds.\n")
    assert not re.fullmatch(wanted, "One\n5 published in 3.5 seconds.\n")
    assert not re.fullmatch(wanted, "One\n4 published in 3.5 seconds.\nMore.\n")


def test_each_transcript_is_shown_by_a_page() -> None:
    shown = {
        name
        for page in PAGES
        for name in re.findall(r"^```\{literalinclude\} transcripts/(.+)", page.read_text(), re.M)
    }
    parts = {f"{each.part}.txt" for story in documented.STORIES for each in documented.told(story)}
    assert {part for part in parts - shown if not part.endswith("/1-begin.txt")} == set()


def commands_of(page: Path) -> Iterator[str]:
    """The calls of the command that a page shows in blocks of its own."""
    for block in re.findall(r"^```(?:console)?\n(.*?)^```", page.read_text("utf-8"), re.M | re.S):
        for line in block.splitlines():
            if (found := line.removeprefix("$ ")).startswith("ffanalysis "):
                yield found.partition("  #")[0].partition(" | ")[0].partition(" > ")[0]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_each_command_in_a_block_parses(page: Path) -> None:
    for line in commands_of(page):
        name, *words = shlex.split(line)[1:]
        if name != "COMMAND" and "[OPTIONS]" not in words:
            main.commands[name].make_context(name, words)


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda page: page.stem)
def test_each_command_in_a_sentence_has_that_name_and_these_options(page: Path) -> None:
    context = click.Context(main)
    for text in re.findall(r"`ffanalysis ([^`]+)`", page.read_text("utf-8")):
        name, *words = text.split()
        command = main.get_command(context, name)
        assert command or name in {"COMMAND", "PERIOD", "--help", "--version"}, text
        known = {option for each in command.params for option in each.opts} if command else set()
        given = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert not command or given <= {*known, "--help"}, text


def test_each_command_is_run_by_a_transcript() -> None:
    lines = [each.line for story in documented.STORIES for each in documented.told(story)]
    run = {shlex.split(line)[1] for line in lines if line.startswith("ffanalysis ")}
    assert {*main.commands} - run == {*NOT_RUN}


# --- what it names --------------------------------------------------------------------------------


def test_the_pages_made_from_code_are_what_the_code_says() -> None:
    made = tool("reference_pages.py", "--check")
    assert (made.returncode, made.stdout) == (0, ""), made.stdout + made.stderr


def test_an_error_without_a_section_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    import errors_page

    page = errors_page.page()
    # Sentences are made by the classes themselves: one of each kind, as a reader would look for it.
    assert "`No PDF was made, because WeasyPrint cannot find Pango." in page
    assert page.count("**What to do:**") == sum(map(len, errors_page.GROUPS.values()))
    monkeypatch.setitem(errors_page.GROUPS, "Mail", errors_page.MAIL[1:])
    with pytest.raises(ValueError, match="NotReleased"):
        errors_page.page()


def test_each_rule_has_what_to_do() -> None:
    page = (documented.DOCS / "findings.md").read_text("utf-8")
    rows = re.findall(r"^\| \[([\w-]+)\]\(rules\.md#([\w-]+)\) \| (.+?) \| (.+?) \|$", page, re.M)
    assert {name for name, *_ in rows} == {*RULES}
    assert len(rows) == len(RULES)
    assert all(name == anchor and says.endswith(".") for name, anchor, says, _ in rows)
    assert {who for *_, who in rows} == {"analyst", "service"}


def test_the_outputs_have_the_keys_that_the_page_names(
    example: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    import outputs_page

    folder = example.root / "reports" / PERIOD
    assert {*json.loads((folder / "run.json").read_text("utf-8"))} == {*outputs_page.OF_RUN}
    words = {
        "check PERIOD": ["check", PERIOD],
        "periods": ["periods"],
        "status": ["status", PERIOD],
        "diff": ["diff", PERIOD, PERIOD],
    }
    assert {*words} == {*outputs_page.JSON}
    for name, call in words.items():
        said = CliRunner().invoke(
            main, [*call, "--format", "json"], env={"FFANALYSIS_ROOT": str(example.root)}
        )
        found = json.loads(said.stdout)
        assert {*(found[0] if name == "periods" else found)} == {*outputs_page.JSON[name]}


# --- the built pages ------------------------------------------------------------------------------


class _Links(HTMLParser):
    """The ids of a page, and what it links to or loads."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(page.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                self.ids.add(value or "")
            elif name == "src" or (name == "href" and tag == "link"):
                self.loaded.append(value or "")
            elif name == "href":
                self.links.append(value or "")


def test_no_link_is_dead_and_nothing_is_fetched_from_elsewhere(built: Path) -> None:
    pages = {path.resolve(): _Links(path) for path in built.glob("*.html")}
    assert len(pages) > 30
    dead = []
    for path, page in pages.items():
        for link in (*page.links, *page.loaded):
            parts = urlsplit(link)
            if parts.scheme in {"http", "https"} and link in page.links:
                continue
            to = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            ids = pages[to].ids if to in pages else set()
            if parts.scheme or not to.is_file() or not {unquote(parts.fragment)} <= {*ids, "", "#"}:
                dead.append(f"{path.name}: {link}")
    assert dead == []


def test_it_is_small(built: Path) -> None:
    assert sum(path.stat().st_size for path in built.rglob("*") if path.is_file()) < 3_000_000


@pytest.mark.browser
@pytest.mark.parametrize(
    ("screen", "scheme"), [(WIDE, "light"), (NARROW, "dark")], ids=["wide", "narrow"]
)
@pytest.mark.parametrize("name", LOOKED_AT)
def test_axe_finds_nothing_against_a_page(
    browser: Any, built: Path, name: str, screen: tuple[int, int], scheme: str
) -> None:
    assert violations(browser, built / f"{name}.html", *screen, scheme) == []


# --- the command that opens it --------------------------------------------------------------------


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the browser was asked to open; it opens none."""
    asked: list[str] = []
    monkeypatch.setattr(docs.webbrowser, "open", lambda uri: asked.append(uri) or True)
    return asked


def call(monkeypatch: pytest.MonkeyPatch, folder: Path, *words: str) -> Any:
    monkeypatch.setattr(docs, "FOLDER", folder)
    return CliRunner().invoke(main, ["docs", *words], prog_name="ffanalysis")


def test_the_command_opens_a_page_or_prints_where_it_is(
    monkeypatch: pytest.MonkeyPatch, opened: list[str], tmp_path: Path
) -> None:
    for name in ("index", "layouts", "search"):
        (tmp_path / f"{name}.html").touch()
    run: Callable[..., Any] = partial(call, monkeypatch, tmp_path)
    assert (run().output, opened) == ("", [(tmp_path / "index.html").as_uri()])
    assert run("layouts", "--path").output.strip() == str(tmp_path / "layouts.html")
    assert len(opened) == 1
    monkeypatch.setattr(docs.webbrowser, "open", lambda _: False)  # a machine without a browser
    assert run().output.strip() == str(tmp_path / "index.html")
    for name in ("layout", "../layouts", "search"):
        wrong = run(name)
        assert wrong.exit_code == 2
        assert f"There is no page '{name}'. There is: index, layouts." in wrong.stderr


def test_without_built_pages_it_says_how_to_make_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = call(monkeypatch, tmp_path / "none")
    assert made.exit_code == 2
    assert "run 'make docs' in the checkout" in made.stderr
