"""docs/movement.md is the specification of what moved since the quarter before.

Each block of it is compared with what the pages show, to the letter.
"""

import csv
import io
import re
from functools import cache

import pytest
from outcomes import Outcome, in_pounds, sentences
from quarters import ALL, Quarters
from rendered import Element, page_of, words
from specification import ALIASES, DOCS, Example, examples, is_whole
from text_quarter import PERIOD, tables_of

import ffanalysis as ff
from ffanalysis.figures import Figure
from ffanalysis.present import movement_words
from ffanalysis.present.codes import LineNames
from ffanalysis.present.findings import possible_renames
from ffanalysis.present.html import rounded_sentence

PAGE = DOCS / "movement.md"
KINDS = {
    "new",
    "taken out",
    "plan",
    "RAG",
    "reclassified",
    "slipped",
    "brought forward",
    "re-phased",
    "target re-estimated",
    "no longer stated",
    "now stated",
    "listed more than once",
    "no longer counted",
    "now counted",
    "none",
}
TABLES = {
    "lines": "Each line in Quarter",
    "years": "By year, before and now",
    "then and now": "Delivered and forecast, then and now",
    "flow": "RAG status then and now",
}


@cache
def outcome(sheets: tuple[str, ...], change: str) -> Outcome:
    if any(sheet.startswith(ALIASES) for sheet in sheets):
        return Outcome(as_files(sheets).load(PERIOD))
    return Outcome(tables_of(sheets, change)[0])


def as_files(sheets: tuple[str, ...]) -> Quarters:
    """Sheets as text files, one each, for what only files can say."""
    kept = Quarters()
    for text in sheets:
        head, _, body = text.partition("\n")
        if head == ALIASES:
            kept[ALL][ALIASES] = body
            continue
        quarter, _, name = head.rpartition("/")
        written = io.StringIO()
        csv.writer(written).writerows(
            [cell.strip() for cell in line.split("|")] for line in body.splitlines()
        )
        kept[quarter or PERIOD][f"{name.partition('!')[2]}.csv"] = written.getvalue()
    return kept


def sentence(found: Outcome, project: str) -> str:
    """What a briefing says moved, in full; the first screen has the same, rounded as it rounds."""
    briefing = ff.briefing(found.quarter, found.findings, project)
    moved = briefing.measures.movement
    is_renamed = project in possible_renames(found.findings)
    first_screen = words(found.page(project, "message").text)
    short = movement_words.lead(moved, perhaps_renamed=is_renamed, short=True)
    # Where a line has a name besides its code, the first pages leave the code out.
    named = LineNames(found.quarter, project).in_sentence(short)
    expected = words(rounded_sentence(named).striptags())
    unchanged = [each.project for each in found.of_rule("inputs-unchanged")]
    if project in unchanged and expected.startswith("No change since"):
        expected = expected.replace("No change", "Nothing new has been reported")
    assert _without_amounts(expected) in _without_amounts(first_screen)
    whole = movement_words.lead(moved, perhaps_renamed=is_renamed)
    return words(rounded_sentence(whole).striptags())


def _without_amounts(text: str) -> str:
    return re.sub(r"£[\d,.]+m?", "£", text)


def said(found: Outcome, lines: list[str]) -> list[str]:
    """The sentence of each project that the block names."""
    names = dict(
        zip((row.name for row in found.quarter.projects), found.quarter.slugs, strict=True)
    )
    wanted = [line.partition(": ")[0] for line in lines]
    return [f"{name}: {sentence(found, names[name])}" for name in wanted]


def rows(page: Element, caption: str) -> list[str]:
    """The rows of the table whose caption begins so, as a line of text each."""
    (table,) = (
        item for item in page.all("table") if words(item.one("caption").text).startswith(caption)
    )
    return [
        " | ".join(words(cell.text) for cell in row.all("th", "td")).strip()
        for row in table.all("tr")
    ]


def amount(figure: Figure) -> str:
    if figure.value is None:
        return "not stated" if figure.missing in ("", "blank") else figure.missing
    pounds = f"£{abs(in_pounds(figure) or 0):,.0f}" if figure.value else "nil"
    return f"{pounds} (partial: {figure.missing})" if figure.partial else pounds


def steps(found: Outcome, lines: list[str]) -> list[str]:
    """From what opened to what closed, as a sum; and that the sum comes out."""
    names = dict(
        zip((row.name for row in found.quarter.projects), found.quarter.slugs, strict=True)
    )
    return [
        as_sum(found, name, names.get(name, ""))
        for name in (line.partition(": ")[0] for line in lines)
    ]


def as_sum(found: Outcome, name: str, project: str) -> str:
    figures = {
        other.removeprefix("movement/"): figure
        for other, figure in found.figures(project).items()
        if re.fullmatch(r"movement/[a-z-]+", other)
    }
    opening, closing = (figures.pop(name) for name in ("opening", "closing"))
    known = [opening, *figures.values()]
    assert sum(figure.value or 0 for figure in known) == (closing.value or 0)
    parts = [f"opening {amount(opening)}"]
    for figure in figures.values():
        sign = "−" if (figure.value or 0) < 0 else "+"
        parts.append(f"{sign} {figure.label.lower()} {amount(figure)}")
    return f"{name}: {' '.join(parts)} = closing {amount(closing)}"


def told(found: Outcome) -> list[str]:
    """What the programme page says moved: its sentences, then what it says project by project."""
    page = found.page("", "moved")
    lead = [words(item.text) for item in page.all("p") if item.classes in (["lead"], ["aside"])]
    moves = [
        words(item.text)
        for block in page.all("ul")
        if "moves" in block.classes
        for item in block.all("li")
    ]
    quiet = [
        words(item.text) for item in page.all("p") if item.text.startswith("Movement not shown")
    ]
    return [*(text for text in lead if text), *moves, *quiet]


def of(example: Example, found: Outcome) -> list[str]:
    """What the software gives for a block."""
    if example.kind == "flow":
        reconciliation = ff.reconciliation(found.quarter, found.findings)
        return rows(page_of(str(reconciliation.moved().html)), TABLES["flow"])
    if example.kind in TABLES:
        page = found.page(found.quarter.slugs[0], "savings", "moved")
        return rows(page, TABLES[example.kind])
    if example.kind == "findings":
        rules = dict.fromkeys(line.partition(": ")[0] for line in example.lines)
        return [f"{rule}: {text}" for rule in rules for text in sentences(found.of_rule(rule))]
    return {
        "said": lambda: said(found, example.lines),
        "steps": lambda: steps(found, example.lines),
        "told": lambda: told(found),
    }[example.kind]()


@pytest.mark.parametrize(
    "example", [example for example in examples(PAGE) if example.kind == "said"], ids=str
)
def test_what_a_page_shows_of_a_movement_are_its_figures(example: Example) -> None:
    found = outcome(example.sheets, example.change)
    for project in found.quarter.slugs:
        known = {name: str(figure.value) for name, figure in found.figures(project).items()}
        for item in found.page(project, "savings", "moved").all("data"):
            name, value = item.attributes["data-figure"], item.attributes["value"]
            assert known.setdefault(name, value) == value, name


@pytest.mark.parametrize("example", examples(PAGE), ids=str)
def test_what_moved_is_what_the_page_says(example: Example) -> None:
    found = outcome(example.sheets, example.change)
    assert _without_codes(example, of(example, found)) == _without_codes(example, example.lines)


def _without_codes(example: Example, lines: list[str]) -> list[str]:
    """The rows of a table of lines as the second page names these; the annex has their codes."""
    if example.kind != "lines":
        return lines
    found = outcome(example.sheets, example.change)
    names = LineNames(found.quarter, found.quarter.slugs[0])
    cells = [line.partition(" | ") for line in lines]
    return [f"{names.of(label)}{between}{rest}" for label, between, rest in cells]


def test_every_block_of_the_page_is_read() -> None:
    assert is_whole(PAGE)
    kinds = {example.kind for example in examples(PAGE)}
    assert kinds == {"said", "steps", "told", "findings", *TABLES}


def test_every_kind_of_movement_is_shown() -> None:
    shown = {
        kind
        for example in examples(PAGE)
        if example.kind == "lines"
        for row in example.lines[1:]
        for kind in re.split(r", | and ", row.split(" | ")[-4])
    }
    assert shown == KINDS
