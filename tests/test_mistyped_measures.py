"""A measure that is mistyped is refused once, with the one that is meant."""

import pytest
from text_quarter import quarter

REGISTER = """example.xlsx!Projects
Project | Title | Type of saving | Service | Programme
Alpha | Alpha counters | New | Libraries | P"""
WIDE = """example.xlsx!Savings
£000
Project | Plan | RAG | Target 2015/16 | {0} | Variance
Alpha | Current | Amber | 40 | 35 | -5"""
LONG = """example.xlsx!Savings
£000
Project | Plan | RAG | Measure | 2015/16
Alpha | Current | Amber | {0} | 40"""


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Acheived to date 2015/16", "Achieved to date"),
        ("Forecst 2015/16", "Forecast"),
        ("2015/16 Deliverd", "Delivered"),
        ("Delivred to date", "Delivered to date"),
        ("Forcast outturn (£000)", "Forecast outturn"),
        ("Revsied target", "Revised target"),
    ],
)
def test_a_heading_is_refused_once_and_no_variance_with_it(written: str, meant: str) -> None:
    found = quarter(REGISTER, WIDE.format(written))
    (refusal,) = found.refusals
    assert refusal.sentence.endswith(
        f"cell E2: the heading '{written}' is not known, but numbers stand below it:"
        f" did you mean {meant}?"
    )
    assert not [each for each in found.findings if each.rule == "variance-agrees"]


def test_a_word_in_a_column_of_measures_too() -> None:
    (refusal,) = quarter(REGISTER, LONG.format("Deliverd")).refusals
    assert "cell D3: 'Deliverd' is not known here: did you mean Delivered?" in refusal.sentence


def test_what_is_like_no_measure_is_refused_as_before() -> None:
    (refusal,) = quarter(REGISTER, WIDE.format("Places 2015/16")).refusals
    assert refusal.sentence.endswith("below it (write a financial year such as 2017/18, or Total).")
    (refusal,) = quarter(REGISTER, WIDE.format("To date")).refusals[1:]
    assert "says that the amounts are cumulative" in refusal.sentence
