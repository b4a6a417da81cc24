"""A summary beside the sheets that it draws together: in which places and words the two meet."""

import pytest
from text_quarter import quarter

from ffanalysis.findings import Finding
from ffanalysis.present.words import say

REGISTER = """example.xlsx!Projects
Project | Title | Type of saving | Service | Programme
Alpha | One | New | Adult Social Care | Example Programme
Beta | Two | New | Libraries | Example Programme"""
# 400 + 120 = 520 and 180 + 30 = 210.
LINES = """{0}
{1}
Project | Plan | RAG | Type of saving | Target 2015/16 | Delivered 2015/16
Alpha | Current | Green | Capacity | 400 | 180
Alpha | Current | Amber | Equipment | 120 | 30
Total | | | | 520 | 210"""
SUMMARY = """{0}
{1}
Scope | Plan | Target 2015/16 | Delivered 2015/16
Adult Social Care | Current | {2} | 210"""


def found(summary: str, *lines: str) -> list[Finding]:
    every = quarter(REGISTER, summary, *lines).findings
    return [each for each in every if each.rule == "summary-agrees"]


def wrong(summary: str, *lines: str) -> list[str]:
    return [say(each.message) for each in found(summary, *lines) if each.severity == "error"]


@pytest.mark.parametrize(
    ("summary", "lines"),
    [
        ("a.xlsx!Summary", ("a.xlsx!Adult Social Care", "£000")),
        ("a.xlsx!Sheet1", ("a.xlsx!Adult social care working", "£000")),
        ("a.xlsx!Directorate summary", ("b.xlsx!Sheet2", "Adult Social Care, lines (£000)")),
        ("a.xlsx!Overview", ("Adult Social Care return.xlsx!Sheet1", "£000")),
        ("a.xlsx!Overall position", ("b.xlsx!Tracker", "£000")),
    ],
)
def test_a_summary_overtyped_is_an_error_that_names_both_cells(
    summary: str, lines: tuple[str, str]
) -> None:
    own = LINES.format(*lines)
    assert not wrong(SUMMARY.format(summary, "£000", 520), own)
    (said,) = wrong(SUMMARY.format(summary, "£000", 620), own)
    assert f"sheet {summary.partition('!')[2]}, cell C3 has £620,000;" in said
    assert f"sheet {lines[0].partition('!')[2]}, cell E5 comes to £520,000 (£100,000 less" in said


def test_it_concerns_the_projects_of_the_service_alone() -> None:
    sheets = (SUMMARY.format("a.xlsx!Summary", "£000", 620),)
    one = next(
        each
        for each in found(*sheets, LINES.format("a.xlsx!Adult Social Care", "£000"))
        if each.severity == "error"
    )
    assert (one.service, one.project) == ("Adult Social Care", "")


def test_a_programme_that_goes_beyond_its_projects_is_no_summary() -> None:
    sheets = SUMMARY.format("a.xlsx!Approved programme", "£000", 620)
    assert not found(sheets, LINES.format("a.xlsx!Projects and lines", "£000"))


def test_the_units_of_the_two_may_differ() -> None:
    lines = LINES.format("a.xlsx!Adult Social Care", "£")
    pounds = lines
    for amount in (400, 120, 520, 180, 30, 210):
        pounds = pounds.replace(f"| {amount} ", f"| {amount}000 ")
    pounds = pounds.replace("| 180\n", "| 180000\n").replace("| 30\n", "| 30000\n")
    pounds = pounds.removesuffix("210") + "210000"
    assert not wrong(SUMMARY.format("a.xlsx!Summary", "£000", 520), pounds)
    assert len(wrong(SUMMARY.format("a.xlsx!Summary", "£000", 250), pounds)) == 1


def test_the_target_may_be_the_original_or_the_revised_one() -> None:
    lines = """a.xlsx!Adult Social Care
£000
Project | Plan | RAG | Type of saving | Original target 2015/16 | Revised target 2015/16
Alpha | Current | Green | Capacity | 400 | 300
Alpha | Current | Amber | Equipment | 120 |"""
    # The original ones come to 520; 300 in the place of 400, and 120 that was not revised: 420.
    for target, is_wrong in ((520, False), (420, False), (620, True)):
        said = wrong(SUMMARY.format("a.xlsx!Summary", "£000", target).replace("210", ""), lines)
        assert bool(said) is is_wrong


@pytest.mark.parametrize(
    "label",
    [
        "Adult Social Care | Total",
        "Adult Social Care total |",
        "Total Adult Social Care |",
        "Adult Social Care - Sub-total |",
    ],
)
def test_a_total_by_service_that_a_summary_prints_is_compared_too(label: str) -> None:
    summary = f"""a.xlsx!Summary
£000
Scope | Plan | Target 2015/16
Libraries | Current | 25
{label} | 620"""
    (said,) = wrong(summary, LINES.format("a.xlsx!Adult Social Care", "£000"))
    assert "cell C4 has £620,000;" in said


def test_nothing_is_said_where_the_lines_are_not_known_in_full() -> None:
    lines = LINES.format("a.xlsx!Adult Social Care", "£000").replace("| 400 |", "| TBC |")
    assert not any(
        "target" in each for each in wrong(SUMMARY.format("a.xlsx!Summary", "£000", 620), lines)
    )
