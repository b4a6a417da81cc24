"""A blank row between the groups of a table does not end it; what is no part of it does."""

import pytest
from text_quarter import quarter

from ffanalysis.api import CheckedQuarter as Quarter

REGISTER = """register.xlsx!Projects
Project | Title | Type of saving | Service | Programme
Alpha | The Alpha contract | New | Care | Change
Beta | Care at home | New | Care | Change
"""
FIRST = """savings.xlsx!Savings
£000
Ref | Project | Plan | RAG | 2015/16
Theme: One
A-1 | Alpha | Current | Amber | 100
Total One | | | | 100
"""
SECOND = "B-1 | Beta | Current | Amber | 250\nTotal Two | | | | 250\n"


def read_lines(found: Quarter) -> list[tuple[str, int]]:
    return [(row.project, row.amount_pence // 100_000) for row in found.tables.savings.itertuples()]


GAPS = {
    "one blank row": "\nTheme: Two\n",
    "two blank rows": "\n\nTheme: Two\n",
    "a blank row before and behind the name": "\nTheme: Two\n\n",
    "two names": "\nDirectorate of Place\nTheme: Two\n",
    "a name in the second column": "\n | Two\n",
    "no name": "\n",
}


@pytest.mark.parametrize("gap", GAPS.values(), ids=GAPS)
def test_a_table_goes_on_over_blank_rows_between_its_groups(gap: str) -> None:
    found = quarter(REGISTER, FIRST + gap + SECOND)
    assert read_lines(found) == [("alpha", 100), ("beta", 250)]
    assert not found.refusals
    assert not found.questions


APART = {
    "its name says it is no part": "\nPipeline\n",
    "it is not approved": "\nNot yet approved\n",
    "a remark": "\nThe lines below are for information only.\n",
    "a heading of its own": "\nRef | Idea | | | Found by March\n",
    "three blank rows": "\n\n\nTheme: Two\n",
}


@pytest.mark.parametrize("gap", APART.values(), ids=APART)
def test_what_is_no_part_of_a_table_is_not_taken_into_it(gap: str) -> None:
    found = quarter(REGISTER, FIRST + gap + SECOND)
    assert ("beta", 250) not in read_lines(found)
    assert found.refusals or found.questions


def test_a_working_below_a_table_has_not_its_columns_and_is_none_of_it() -> None:
    found = quarter(REGISTER, FIRST + "\nBeta\nSaving on vans | | | | 30\nCars | | | | 20\n")
    assert read_lines(found) == [("alpha", 100)]
    assert found.questions
