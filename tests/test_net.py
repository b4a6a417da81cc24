"""Gross, income and net where all three stand: in columns, in rows, and as bases of a budget."""

import pytest
from text_quarter import quarter

from ffanalysis.sheets.open_workbook import read_content
from ffanalysis.workbook_check import check_book


def differing(*lines: str) -> list[tuple[str, ...]]:
    """The cells of each remark that net is not what gross and income come to."""
    found = check_book(read_content("b.csv", "\n".join(["£000", *lines]).encode())).remarks
    return [
        tuple(cell.rpartition("!")[2] for cell in each.cells)
        for each in found
        if each.code == "net-differs"
    ]


@pytest.mark.parametrize(
    "heads",
    [
        "Service,Gross expenditure,Income,Net expenditure",
        "Service,Gross budget 2015/16,Income 2015/16,Net budget 2015/16",
        "Service,Gross,Income,Net",
        "Service,Gross cost (£000),Income (£000),Net cost (£000)",
    ],
)
def test_columns_with_income_of_either_sign(heads: str) -> None:
    # 100 − 20 = 80, 50 − 10 = 40; 40 and not 45.
    for sign in ("", "-"):
        assert differing(heads, f"A,100,{sign}20,80", f"B,50,{sign}10,40") == []
        assert differing(heads, f"A,100,{sign}20,80", f"B,50,{sign}10,45") == [("B4", "C4", "D4")]


def test_rows_in_each_column() -> None:
    rows = ("Gross expenditure,100,110", "Income,-20,-30", "Net expenditure,80,{0}", "Staff,5,6")
    said = "\n".join(rows)
    assert differing(",2015/16,2016/17", said.format(80)) == []
    assert differing(",2015/16,2016/17", said.format(90)) == [("C3", "C4", "C5")]


@pytest.mark.parametrize(
    ("heads", "lines"),
    [
        # Something else stands between them, or the words mean something else.
        ("Service,Gross,Income,Grants,Net", ("A,100,20,10,70", "B,50,10,5,35")),
        ("Service,Gross pay,Income tax,Net pay", ("A,100,20,70", "B,50,10,35")),
        ("Service,Gross,Income,Net", ("A,9,2,8", "B,5,1,9", "C,8,3,9", "D,7,1,9")),
    ],
)
def test_others_are_left_alone(heads: str, lines: tuple[str, ...]) -> None:
    assert differing(heads, *lines) == []


def test_income_that_was_taken_back_is_no_fault() -> None:
    heads = "Service,Gross,Income,Net"
    assert differing(heads, "A,100,-20,80", "B,50,10,60") == []
    assert outcomes(("Gross", 2400), ("Income", 350), ("Net", 2750)) == ["agrees"]


def outcomes(*bases: tuple[str, int]) -> list[str]:
    rows = "\n".join(f"Libraries | {basis} | {amount}" for basis, amount in bases)
    found = quarter(f"b.xlsx!Budget\nBudget (£000)\nService | Basis | 2015/16\n{rows}").findings
    return [each.outcome for each in found if each.rule == "net-agrees"]


def test_bases_of_a_budget() -> None:
    assert outcomes(("Gross", 2400), ("Income", 350), ("Net", 2050)) == ["agrees"]
    assert outcomes(("Gross budget", 2400), ("Income", -350), ("Net budget", 2051)) == [
        "within_rounding"
    ]
    assert outcomes(("Gross", 2400), ("Income", 350), ("Net", 2500)) == ["disagrees"]
    assert outcomes(("Gross", 2400), ("Net", 2500)) == []
    # One excludes what the others have in them.
    assert outcomes(("Gross", 2400), ("Income", 350), ("Net, excluding DSG", 2500)) == []
