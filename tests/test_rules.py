"""docs/rules.md is the specification.

Every example in it is read as a workbook would be, and must end as it says.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import pytest
from specification import DOCS, fences, is_whole
from text_quarter import tables_of

from ffanalysis.api import CheckedQuarter as Quarter
from ffanalysis.checks import RULES, check
from ffanalysis.findings import Finding
from ffanalysis.present.words import say
from ffanalysis.provenance import CellRef, cell_of

PAGE = DOCS / "rules.md"
WELL = {"agrees", "within_limit", "no_finding"}
TOTALS = (
    "route-split",
    "rag-columns",
    "rag-rows",
    "rag-total",
    "stated-total",
    "proposed-total",
    "orphan-total",
)
EQUALITIES = {*TOTALS[:-1], "analyses-agree", "mtfp-tie", "budget-bridge"}
LIMITS = {
    "delivered-within-target",
    "delivered-within-forecast",
    "part-within-whole",
    "saving-within-budget",
    "milestone-before-saving",
}


@dataclass(frozen=True)
class Example:
    """The sheets of an example, the one cell that is changed in them, and what the rule reports."""

    rule: str
    number: int
    sheets: tuple[str, ...]
    change: str
    reports: str

    @property
    def outcomes(self) -> list[str]:
        return [entry.split(" · ")[0].replace(" ", "_") for entry in self.reports.split("\n\n")]

    @property
    def is_good(self) -> bool:
        return set(self.outcomes) <= WELL


@cache
def examples() -> tuple[Example, ...]:
    found: list[Example] = []
    rule, sheets, before = "", [], ""
    for fence in fences(PAGE):
        if fence.section != rule:
            rule, sheets, before = fence.section, [], ""
        if fence.kind == "sheet":
            sheets = [*(sheets if before == "sheet" else []), fence.text]
        else:
            change, _, reports = (
                fence.text.partition("\n") if fence.kind == "change" else ("", "", fence.text)
            )
            found.append(Example(rule, len(found), tuple(sheets), change, reports.strip()))
        before = fence.kind
    return tuple(found)


def pounds(pence: int | None) -> str:
    return "not stated" if pence is None else f"{'−' if pence < 0 else ''}£{abs(pence) // 100:,}"


def entries(tables: Quarter, rule: str, wanted: str, *, parents: bool) -> dict[str, Finding]:
    """What the rule reports, each finding as docs/rules.md writes it.

    With the amounts wherever `wanted` gives them.
    """
    written = {}
    for finding in (
        RULES[rule](tables)
        if not parents
        else (finding for finding in check(tables) if finding.rule == rule)
    ):
        lines = [
            " · ".join(
                filter(None, (finding.outcome.replace("_", " "), finding.severity, finding.year))
            )
        ]
        lines.append(say(finding.message))
        amounts = (
            ("stated", finding.stated),
            ("calculated", finding.calculated),
            ("difference", finding.difference),
        )
        lines += (
            [" · ".join(f"{name} {pounds(pence)}" for name, pence in amounts)]
            if f"{lines[1]}\nstated " in wanted
            else []
        )
        lines += [f"explained by {finding.parent}"] if finding.parent else []
        written["\n".join(lines)] = finding
    return written


@cache
def before(sheets: tuple[str, ...], rule: str, *, parents: bool) -> frozenset[str]:
    return frozenset(entries(tables_of(sheets)[0], rule, "", parents=parents))


def line_of(cell: str) -> str:
    """The row of the sheet that a cell stands in: "book.xlsx!Sheet!14"."""
    return re.sub(r"[A-Z]+(\d+)$", r"\1", cell)


def has_cell(quarter: Quarter, changed: str, cells: Sequence[CellRef]) -> bool:
    """Whether a finding names the cell that was changed.

    An amount itself, else an amount of its line.
    """
    amounts = {
        str(cell_of(row))
        for name in ("savings", "totals", "budget", "mtfp")
        for row in getattr(quarter, name)
    }
    named = [str(cell) for cell in cells]
    if changed in amounts:
        return changed in named
    return line_of(changed) not in map(line_of, amounts) or line_of(changed) in map(line_of, named)


@pytest.mark.parametrize(
    "example", examples(), ids=lambda example: f"{example.rule}-{example.number}"
)
def test_the_example_ends_as_the_page_says(example: Example) -> None:
    base = next(
        other
        for other in examples()
        if (other.rule, other.sheets) == (example.rule, example.sheets)
    )
    parents = "explained by" in example.reports + base.reports
    tables, changed = tables_of(example.sheets, example.change)
    found = entries(tables, example.rule, example.reports, parents=parents)
    expected = [] if example.reports == "no finding" else example.reports.split("\n\n")
    # A change that leaves nothing to report is held to just that; any other to what it reports
    # anew.
    old = (
        before(example.sheets, example.rule, parents=parents)
        if example.change and expected
        else frozenset()
    )
    assert sorted(set(found) - old) == sorted(expected)
    said = {text.split("\n")[1] for text in old}
    anew = [found[text] for text in expected if text.split("\n")[1] not in said]
    if changed and anew and not example.change.endswith(" = blank"):
        assert any(has_cell(tables, changed, finding.cells) for finding in anew)


def test_every_rule_has_a_section_in_its_order_and_no_block_is_passed_over() -> None:
    page = PAGE.read_text("utf-8")
    assert re.findall(r"^## ([a-z]+(?:-[a-z]+)*)$", page, re.M) == list(RULES)
    assert is_whole(PAGE)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_shown_agreeing_and_disagreeing_one_cell_apart(rule: str) -> None:
    own = [example for example in examples() if example.rule == rule]
    outcomes = {outcome for example in own for outcome in example.outcomes}
    pairs = [
        (base, other)
        for base in own
        for other in own
        if base.sheets == other.sheets and not base.change and other.change
    ]
    assert any(base.is_good != other.is_good for base, other in pairs)
    if rule in EQUALITIES:
        assert {"within_rounding", "disagrees", "not_stated"} <= outcomes
    if rule in LIMITS:
        assert {"within_limit", "too_close", "exceeds_limit"} <= outcomes
