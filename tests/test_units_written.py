"""Units as people write them: read right, taken for pounds with a note, or refused by name."""

import pytest
from text_quarter import quarter

from ffanalysis.api import CheckedQuarter as Quarter
from ffanalysis.money import other_currency, units_named

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


LINES = {
    1: (
        *("All figures in £.", "(All figures £)", "All amounts are in £s", "Figures are pounds."),
        *("All figures in £; savings are positive", "All figures in £. Savings are positive."),
        *("Amounts in £ unless stated", "Savings, £: all years"),
    ),
    1_000: ("All figures in £000.", "All figures in £000, savings are positive"),
    1_000_000: ("All figures in £m.", "All figures in £m; savings are positive"),
}


@pytest.mark.parametrize(
    ("text", "each"), [(text, each) for each, texts in LINES.items() for text in texts]
)
def test_a_unit_within_a_line_above_the_table_is_read(text: str, each: int) -> None:
    assert pounds(drawn(text)) == [40 * each]


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


FORM = """return.xlsx!Return
Savings return
{head}
Project | Alpha
Plan | Current
RAG | Amber
Measure | 2015/16 | 2016/17
Target | 40 | 50

{between}
Project | Alpha
Plan | Current
RAG | Red
Measure | {heads}
Forecast | 30 | 20"""


@pytest.mark.parametrize("head", ["Unit | £000", "£000", "All figures in £000."])
def test_a_unit_in_a_forms_head_holds_for_its_later_blocks(head: str) -> None:
    drawn = FORM.format(head=head, between="", heads="2015/16 | 2016/17")
    found = quarter(REGISTER, drawn)
    assert not found.refusals
    amounts = [row.amount_pence // 100_000 for row in found.tables.savings.itertuples()]
    assert amounts == [40, 50, 30, 20]


def test_a_unit_in_a_forms_head_holds_for_no_other_table_and_no_block_of_another_unit() -> None:
    other = FORM.format(head="Unit | £000", between="", heads="2015/16 | 2017/18")
    assert len(quarter(REGISTER, other).refusals) > 0
    own = FORM.format(head="Unit | £000", between="Unit | £", heads="2015/16 | 2016/17")
    amounts = [row.amount_pence for row in quarter(REGISTER, own).tables.savings.itertuples()]
    assert amounts == [4_000_000, 5_000_000, 3_000, 2_000]


@pytest.mark.parametrize("text", ["£5 a head", "in £5 notes", "Costs of £20, or more"])
def test_a_pound_sign_of_an_amount_is_no_unit(text: str) -> None:
    assert not units_named(text)
