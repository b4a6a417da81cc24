"""Units as people write them: read right, taken for pounds with a note, or refused by name."""

import pytest
from text_quarter import quarter

from ffanalysis.api import Quarter
from ffanalysis.money import other_currency

REGISTER = """example.xlsx!Projects
Project | Title | Type of saving | Service | Programme
Alpha | Alpha counters | New | Libraries | P"""
SAVINGS = """example.xlsx!Savings
{0}
Project | Plan | RAG | {1}
Alpha | Current | Amber | 40
{2}"""
STERLING = {
    1_000: (
        *("£k", "£ks", "£Ks", "£k's", "'000 £", "000's £", "(000s) £", "(thousands) £", "kGBP"),
        *("in £ thousand", "£ (thousands)", "thousands of pounds", "£ in K", "in GBP k", "K£"),
        *("£1,000s", "x £1,000", "£ x 1000", "Thousands (£)", "£ '000s"),
    ),
    1_000_000: ("£ms", "£'m", "£mil", "£ mln", "(millions) £", "£m's", "m£", "£ in m"),
    1: ("£s", "£'s", "(£s)"),
}
ASSUMED = {
    1_000: ("in 000s", "000s", "'000", "In thousands", "(in thousands)", "All figures in '000s"),
    1_000_000: ("in millions", "Savings, in millions"),
}
OTHERS = {
    "euros": (
        "€000",
        "EUR 000",
        "EUR (000)",
        "in euros",
        "Euro thousand",
        "€m",
        "thousands of euros",
    ),
    "dollars": ("$000", "US$m", "USD thousands", "US dollars (000s)"),
    "Swiss francs": ("CHF 000",),
}


def drawn(above: str, heading: str = "2016/17", below: str = "") -> Quarter:
    return quarter(REGISTER, SAVINGS.format(above, heading, below))


def pounds(found: Quarter) -> list[int]:
    return [row.amount_pence // 100 for row in found.savings if row.amount_pence]


def assumed(found: Quarter) -> list[str | None]:
    return [row.value for row in found.notices if "without a currency" in row.what]


@pytest.mark.parametrize(
    ("text", "each"), [(text, each) for each, texts in STERLING.items() for text in texts]
)
def test_a_unit_of_pounds_is_read(text: str, each: int) -> None:
    found = [drawn(text)]
    if "(" not in text:
        found.append(drawn("Tracker", f"2016/17 ({text})"))
    assert [pounds(one) for one in found] == [[40 * each]] * len(found)
    assert not any(map(assumed, found))


@pytest.mark.parametrize(
    ("text", "each"), [(text, each) for each, texts in ASSUMED.items() for text in texts]
)
def test_a_unit_without_a_currency_is_one_of_pounds_and_a_note_says_so(
    text: str, each: int
) -> None:
    found = drawn(text)
    assert pounds(found) == [40 * each]
    assert assumed(found) == [f"'{text}' is read as {'£000' if each == 1_000 else '£m'}"]


@pytest.mark.parametrize(
    ("text", "currency"), [(text, name) for name, texts in OTHERS.items() for text in texts]
)
def test_a_unit_of_another_currency_is_refused_with_its_name(text: str, currency: str) -> None:
    (refusal,) = drawn(text).refusals
    assert (
        f"cell D3: the sheet is in {currency} ('{text}'), and 40 is no amount" in refusal.sentence
    )


def test_it_is_refused_in_a_heading_and_beside_a_unit_without_a_currency() -> None:
    (refusal,) = drawn("Tracker", "2016/17 (€000)").refusals
    assert "the sheet is in euros ('2016/17 (€000)')" in refusal.sentence
    (refusal,) = drawn("in 000s", "2016/17", "\nAll amounts in euros").refusals
    assert "the sheet is in euros ('All amounts in euros')" in refusal.sentence


@pytest.mark.parametrize(
    "text",
    [
        "Households in thousands",
        "in thousands of homes",
        "Saves thousands",
        "A match of €2m was agreed",
        "The euro fell",
        "£40,000",
        "to the nearest thousand",
    ],
)
def test_other_words_name_no_unit(text: str) -> None:
    assert other_currency(text) == ""
    (refusal,) = drawn(text).refusals
    assert "no unit is written for 40" in refusal.sentence


def test_a_unit_that_names_two_scales_is_still_refused() -> None:
    (refusal,) = drawn("£m in 000s").refusals
    assert "can be read two ways" in refusal.sentence
