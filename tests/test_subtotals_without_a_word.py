"""A row that is what its neighbours add up to, and that no word says is a total, is named."""

import pytest
from text_quarter import quarter

from ffanalysis.present.words import say

REGISTER = """example.xlsx!Projects
Project | Title | Type of saving | Service | Programme
Alpha | Alpha counters | New | Libraries | P
Beta | Beta counters | New | Libraries | P"""
HEAD = "example.xlsx!Savings\n£000\n"
LINES = (
    "Homes | Current | Amber | 40 | 20",
    "Care | Current | Red | 60 | 40",
)
# 40 + 60 = 100 and 20 + 40 = 60: with 7 and 3, 107 and 63.
SUBTOTAL = "Adult Social Care | Current | Amber | 100 | 60"
OTHER, TOTAL = "Libraries | Current | Amber | 7 | 3", "Total | | | 107 | 63"


def errors(*rows: str) -> list[str]:
    sheet = HEAD + "\n".join(["Scope | Plan | RAG | 2015/16 | 2016/17", *rows])
    found = quarter(REGISTER, sheet).findings
    return [say(each.message) for each in found if each.rule == "rag-columns"]


@pytest.mark.parametrize(
    ("rows", "cell", "span"),
    [
        ((*LINES, SUBTOTAL, OTHER), "D5", "D3 to D4"),
        ((SUBTOTAL, *LINES, OTHER), "D3", "D4 to D5"),
        ((OTHER, SUBTOTAL, *LINES), "D4", "D5 to D6"),
    ],
)
def test_it_is_named_beside_the_total_that_counts_it_twice(
    rows: tuple[str, ...], cell: str, span: str
) -> None:
    first, second = errors(*rows, TOTAL)
    assert "the RAG rows add to £207,000; the schedule states £107,000" in first
    assert first.endswith(
        f" Cell {cell} comes to what {span} add up to: it may be a sub-total that is counted twice"
        " (write Total in its row)."
    )
    assert f"Cell {cell.replace('D', 'E')} comes to" in second


def test_nothing_of_it_where_the_total_is_merely_wrong() -> None:
    # 100 + 7 = 107; 110 is 3 less, and no line is that much.
    assert not any("sub-total" in said for said in errors(*LINES, OTHER, "Total | | | 110 | 63"))
    # The line that is as much as the total is out is not what those beside it add up to.
    assert not any("sub-total" in said for said in errors(*LINES, OTHER, "Total | | | 100 | 63"))


def test_the_head_of_a_group_that_leaves_blank_what_its_lines_state_is_refused_as_such() -> None:
    rows = (
        "Project | Plan | RAG | 2015/16",
        "Adult Social Care | | | 100",
        "Alpha | Current | Amber | 40",
        "Alpha | Current | Red | 60",
        "Beta | Current | Red | 7",
    )
    (refusal,) = quarter(REGISTER, HEAD + "\n".join(rows)).refusals
    assert "cell D3: this row comes to what rows 4 to 5 below it add up to" in refusal.sentence
    assert refusal.project == "alpha"


def test_a_total_without_a_word_is_not_blamed_for_it() -> None:
    rows = (
        "Project | Plan | RAG | 2015/16",
        "Alpha | Current | Amber | 40",
        "Alpha | Current | Red | 60",
        "Alpha | Current | Green | 100",
        "Beta | Current | Red | 7",
        "| | | 107",
    )
    (refusal,) = quarter(REGISTER, HEAD + "\n".join(rows)).refusals
    assert refusal.sentence.endswith(
        "Row 5 comes to what rows 3 to 4 add up to: it may be a sub-total (write Total in it)."
    )
