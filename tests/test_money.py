"""Exact money.

How an amount is read, how far it is stated, and how far rounding alone can part two sums.
"""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ffanalysis import money
from ffanalysis.money import MILLION, POUND, THOUSAND, Amount

# In pence.
ONE_POUND = 100
K = 100_000
TEN_K = 1_000_000
HUNDRED_K = 10_000_000
M = 100_000_000

UNITS = st.lists(st.sampled_from([1, ONE_POUND, K, TEN_K, HUNDRED_K, M]), max_size=60)
PENCE = st.integers(-(10**13), 10**13)


@pytest.mark.parametrize(
    ("units", "allowed"),
    [
        ([], 0),
        # Half a penny cannot be paid: an amount to the penny allows nothing.
        ([1], 0),
        ([K], 50_000),
        ([K] * 3, 150_000),
        # 3·√(4/12) = 1.73 goes up to 2, which is also half of 4.
        ([K] * 4, 200_000),
        # From five on the statistical bound is the lesser: 3·√(5/12) = 1.94, against 2.5.
        ([K] * 5, 200_000),
        # 3·√(12/12) is 3 exactly, and is not rounded up further; one amount more makes it 3.12.
        ([K] * 12, 300_000),
        ([K] * 13, 400_000),
        # 3·√(201/12) = 12.28, against 100.5.
        ([K] * 201, 1_300_000),
        # £1.083m within £5.9m: (1,000 + 100,000) / 2.
        ([K, HUNDRED_K], 5_050_000),
        # £8.9m, £1.8m, £5.9m and 584 in £000: (3 · 100,000 + 1,000) / 2.
        ([HUNDRED_K, HUNDRED_K, HUNDRED_K, K], 15_050_000),
    ],
)
def test_the_tolerance_follows_from_what_the_amounts_are_stated_to(
    units: list[int], allowed: int
) -> None:
    assert money.tolerance(units) == allowed


@given(UNITS)
def test_the_tolerance_is_never_more_than_the_worst_case(units: list[int]) -> None:
    assert 0 <= 2 * money.tolerance(units) <= sum(units)


@given(UNITS.flatmap(lambda units: st.tuples(st.just(units), st.permutations(units))))
def test_the_tolerance_does_not_depend_on_the_order_of_the_amounts(
    both: tuple[list[int], list[int]],
) -> None:
    first, second = both
    assert money.tolerance(first) == money.tolerance(second)


@given(UNITS.filter(bool))
def test_the_tolerance_below_the_worst_case_is_the_least_that_covers_three_standard_deviations(
    units: list[int],
) -> None:
    allowed, coarsest, squares = (
        money.tolerance(units),
        max(units),
        sum(unit * unit for unit in units),
    )
    if allowed == sum(units) // 2:
        return
    assert allowed % coarsest == 0
    # (3·√(Σunit²/12))² = 3/4·Σunit², compared in whole numbers.
    assert 4 * allowed**2 >= 3 * squares
    assert 4 * (allowed - coarsest) ** 2 < 3 * squares


@pytest.mark.parametrize(
    ("text", "scale", "pence", "unit"),
    [
        ("£5.9m", None, 590_000_000, HUNDRED_K),
        ("£1.8 million", None, 180_000_000, HUNDRED_K),
        ("584k", None, 58_400_000, K),
        ("1,025", THOUSAND, 102_500_000, K),
        ("1,025 ", THOUSAND, 102_500_000, K),
        ("1\N{NO-BREAK SPACE}025", THOUSAND, 102_500_000, K),
        ("1\N{NARROW NO-BREAK SPACE}025", THOUSAND, 102_500_000, K),
        ("£1,495", POUND, 149_500, ONE_POUND),
        ("0.768", MILLION, 76_800_000, K),
        ("0", THOUSAND, 0, K),
        # The four ways in which councils write a negative, and the two minus signs.
        ("(318)", THOUSAND, -31_800_000, K),
        ("-1 414", THOUSAND, -141_400_000, K),
        ("1\N{THIN SPACE}414", THOUSAND, 141_400_000, K),
        ("1,414*", THOUSAND, 141_400_000, K),
        ("1,414 †", THOUSAND, 141_400_000, K),
        ("1,414²", THOUSAND, 141_400_000, K),
        ("£1.414m [a]", None, 141_400_000, K),
        ("1,025-", THOUSAND, -102_500_000, K),
        ("£-318", THOUSAND, -31_800_000, K),
        ("-£318", THOUSAND, -31_800_000, K),
        ("−318", THOUSAND, -31_800_000, K),
        ("–318", THOUSAND, -31_800_000, K),
        # Halves of a penny go to the even penny.
        ("12.345", POUND, 1_234, 1),
        ("12.355", POUND, 1_236, 1),
    ],
)
def test_an_amount_is_read_as_it_is_written(
    text: str, scale: int | None, pence: int, unit: int
) -> None:
    assert money.from_text(text, scale) == Amount(pence, unit)


def test_a_text_with_its_own_unit_outranks_the_table() -> None:
    # The heading of the base budget says £000, and the cell says £1.083m: it is not £1,083.
    assert money.from_text("£1.083m", THOUSAND) == Amount(108_300_000, K)
    assert money.from_text("1.083", THOUSAND) == Amount(108_300, ONE_POUND)


def test_the_zeros_of_a_text_state_its_precision() -> None:
    assert money.from_text("£2.000m", None) == Amount(200_000_000, K)
    assert money.from_text("£2m", None) == Amount(200_000_000, M)


@pytest.mark.parametrize(
    "text",
    [
        *[
            "",
            "£",
            "tbx",
            "TBC",
            "5%",
            "1e5",
            "+5",
            "(318",
            "318)",
            "(-318)",
            "--318",
            "-318-",
            "1,02",
            "12,34",
            "1,0250",
            "1.025.3",
        ],
        # Two amounts, a continental comma, other currencies, and a unit that no council budget has.
        *["1,025 344", "£5.9m-£6m", "1,025 (1)", "5,9m", "$5.9m", "€5.9m", "5.9bn"],
    ],
)
def test_what_is_not_an_amount_is_refused(text: str) -> None:
    assert money.from_text(text, THOUSAND) is None


def test_an_amount_without_any_unit_is_refused() -> None:
    assert money.from_text("5.9", None) is None
    assert money.from_text("5.9", MILLION) == Amount(590_000_000, HUNDRED_K)


@pytest.mark.parametrize(
    ("value", "scale", "decimals", "pence", "unit"),
    [
        (584, THOUSAND, 0, 58_400_000, K),
        (-318, THOUSAND, 0, -31_800_000, K),
        (1.083, MILLION, 3, 108_300_000, K),
        # Excel keeps 2.000 as 2; the number format says that it is stated to three decimals.
        (2, MILLION, 3, 200_000_000, K),
        # 0.29 · 100 is 28.999999999999996 in binary, and 0.1 + 0.2 is 0.30000000000000004.
        (0.29, POUND, 2, 29, 1),
        (0.1 + 0.2, MILLION, 1, 30_000_000, HUNDRED_K),
        # A format that hides thousands states an amount in pounds to £1,000.
        (1_800_000, POUND, -3, 180_000_000, K),
        (1e16, POUND, 0, 10**18, ONE_POUND),
        (0.125, POUND, 3, 12, 1),
    ],
)
def test_a_number_is_read_through_its_shortest_decimal_form(
    value: float, scale: int, decimals: int, pence: int, unit: int
) -> None:
    assert money.from_number(value, scale, decimals) == Amount(pence, unit)


@pytest.mark.parametrize(
    ("value", "decimals"),
    [
        (1.083, 3),
        (0.5, 1),
        (2.0, 0),
        (584, 0),
        (100, 0),
        pytest.param(0.1 + 0.2, 1),
        pytest.param(8.9 - 1.8 - 0.584, 3),
    ],
)
def test_a_number_has_the_decimals_that_a_person_sees(value: float, decimals: int) -> None:
    assert money.own_decimals(value) == decimals


@pytest.mark.parametrize(
    ("text", "units"),
    [
        *[
            (text, (THOUSAND,))
            for text in (
                "(£000)",
                "£000s",
                "£000's",
                "£'000",
                "£’000",
                "(000'S)",
                "£k",
                "£ thousand",
            )
        ],
        *[
            (text, (THOUSAND,))
            for text in (
                "All figures in thousands of £",
                "All figures in thousands (£)",
                "(£) thousands",
                "Figures (£) in 000s",
                "£ thousands",
                "thousands of pounds",
                "£ in 000s",
                "(in thousands of pounds sterling)",
                "£ (in thousands)",
                "Pounds (000s)",
                "pounds in thousands",
                "Savings, thousands (£)",
                "Savings thousands of £",
                "'000 £",
                "GBP, in ’000s",
                "Figures are shown in thousands",
                "k£",
            )
        ],
        *[
            (text, (MILLION,))
            for text in ("in millions of pounds", "£ in millions", "Amounts stated in millions")
        ],
        *[(text, (MILLION,)) for text in ("£m", "(£m)", "£M", "£mn", "£ million", "Total £m")],
        *[(text, (POUND,)) for text in ("£", "(£)", "Budget (£)", "in whole pounds")],
        ("Current Savings Programme (£000) & RAG 2015-17", (THOUSAND,)),
        # Two units are both told, so that nobody has to guess.
        ("£000 / £m", (THOUSAND, MILLION)),
        # An amount is no unit, nor is a number or a word that begins with m.
        *[
            (text, ())
            for text in (
                "£5.9m",
                "£500k",
                "£1,000",
                "£000,000",
                "584",
                "£management",
                "It saves 40 thousand pounds",
                "It saves thousands of pounds",
                "£1 million of £3 million",
                "£, to the nearest thousand",
                "to the nearest thousand pounds",
                "2015/16",
                "",
            )
        ],
        pytest.param("2015/16 £", (POUND,)),
    ],
)
def test_the_units_that_a_heading_names(text: str, units: tuple[int, ...]) -> None:
    assert money.units_named(text) == units


@pytest.mark.parametrize(
    ("heading", "bare"),
    [
        ("2015/16 (£ in thousands)", "2015/16"),
        ("2015/16 in thousands of £", "2015/16"),
        ("Total thousands (£)", "Total"),
        ("2015/16 (£000)", "2015/16"),
        ("Total £m", "Total"),
        ("(£000)", ""),
        ("Service", "Service"),
    ],
)
def test_a_heading_is_compared_without_its_unit(heading: str, bare: str) -> None:
    assert money.without_units(heading) == bare


@pytest.mark.parametrize(("unit", "label"), [(POUND, "£"), (THOUSAND, "£000"), (MILLION, "£m")])
def test_a_unit_is_read_back_from_its_label(unit: int, label: str) -> None:
    assert money.unit_label(unit) == label
    assert money.units_named(label) == (unit,)


@pytest.mark.parametrize(
    ("text", "unit"),
    [("£5.9m", MILLION), ("584k", THOUSAND), ("£1,495", None), ("1,025", None), ("tbx", None)],
)
def test_an_amount_may_carry_its_own_unit(text: str, unit: int | None) -> None:
    assert money.unit_of_text(text) == unit


@pytest.mark.parametrize(
    ("pence", "full", "short", "pounds"),
    [
        (149_500_000, "£1,495,000", "£1.495m", "1495000.00"),
        (245_500_000, "£2,455,000", "£2.455m", "2455000.00"),
        (590_000_000, "£5,900,000", "£5.9m", "5900000.00"),
        (1_000_000_000, "£10,000,000", "£10m", "10000000.00"),
        (10_000_000, "£100,000", "£100,000", "100000.00"),
        (-10_000_000, "−£100,000", "−£100,000", "-100000.00"),
        # What a short form would lose is written in full.
        (58_425_000, "£584,250", "£584,250", "584250.00"),
        (123_456_700, "£1,234,567", "£1,234,567", "1234567.00"),
        (108_300_050, "£1,083,000.50", "£1,083,000.50", "1083000.50"),
        (-31_850, "−£318.50", "−£318.50", "-318.50"),
        (5, "£0.05", "£0.05", "0.05"),
        (0, "£0", "£0", "0.00"),
    ],
)
def test_pounds_in_full_in_short_and_for_a_machine(
    pence: int, full: str, short: str, pounds: str
) -> None:
    assert (money.in_full(pence), money.in_short(pence), money.in_pounds(pence)) == (
        full,
        short,
        pounds,
    )


@given(PENCE)
def test_what_is_written_is_read_back_as_the_same_money(pence: int) -> None:
    for text in (money.in_full(pence), money.in_short(pence)):
        read = money.from_text(text, POUND)
        assert read is not None
        assert read.pence == pence
    assert Decimal(money.in_pounds(pence)) * 100 == pence


@given(st.integers(0, 10**6), st.integers(0, 999), st.sampled_from([POUND, THOUSAND, MILLION]))
def test_a_number_and_the_text_of_it_are_the_same_money(
    whole: int, thousandths: int, scale: int
) -> None:
    text = f"{whole}.{thousandths:03d}"
    assert money.from_number(float(text), scale, 3) == money.from_text(text, scale)


# Rounded together


def together(*pounds: float, estimates: tuple[float, ...] = ()) -> list[str]:
    """Amounts as one sentence says them, estimates last."""
    bears = {round(each * 100): money.SIGNIFICANT for each in pounds}
    bears |= {round(each * 100): money.ESTIMATED for each in estimates}
    units = money.units_together(bears)
    return [money.rounded(pence, units[pence]) for pence in bears]


@pytest.mark.parametrize(
    ("pounds", "texts"),
    [
        ((1_586_236,), ["£1.59m"]),
        ((914_959,), ["£915,000"]),
        ((100_000,), ["£100,000"]),
        ((2_000_000,), ["£2m"]),
        ((1_000_400,), ["£1.00m"]),
        ((999_999,), ["£1,000,000"]),
        ((12.5,), ["£12.50"]),
        ((1_586_236, 914_959), ["£1.59m", "£915,000"]),
        # 2,444,191 + 13,920 = 2,458,111, and 2,444 + 14 = 2,458.
        ((2_458_111, 2_444_191, 13_920), ["£2,458,000", "£2,444,000", "£14,000"]),
        ((1_499_000, 1_495_000, 4_000), ["£1,499,000", "£1,495,000", "£4,000"]),
        ((8_438_000, 866_000, 7_572_000), ["£8.44m", "£870,000", "£7.57m"]),
        ((2_000_000, 2_003_000), ["£2,000,000", "£2,003,000"]),
        ((266_667, 133_333, 400_000), ["£267,000", "£133,000", "£400,000"]),
    ],
)
def test_amounts_of_one_sentence_are_rounded_so_that_they_agree(
    pounds: tuple[float, ...], texts: list[str]
) -> None:
    assert together(*pounds) == texts


def test_an_estimate_has_two_figures_unless_it_would_pass_what_it_is_of() -> None:
    said = together(148_435, estimates=(107_000, 79_000, 134_000))
    assert said == ["£148,000", "£110,000", "£79,000", "£130,000"]
    # What is delivered and what is left come to the whole as a reader adds them.
    assert together(37_719_000, estimates=(32_892_000, 4_827_000)) == ["£37.7m", "£32.9m", "£4.8m"]
    assert together(148_435, estimates=(147_000,)) == ["£148,000", "£147,000"]


@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=6, unique=True))
def test_what_differs_still_differs_in_the_same_direction_when_rounded(pence: list[int]) -> None:
    units = money.units_together(dict.fromkeys(pence, money.SIGNIFICANT))
    near = [money.round_to(each, units[each]) for each in sorted(pence)]
    assert near == sorted(set(near))


@given(st.integers(1, 10**11), st.integers(1, 10**11))
def test_a_sum_comes_out_when_its_amounts_are_rounded(one: int, other: int) -> None:
    units = money.units_together(dict.fromkeys((one, other, one + other), money.SIGNIFICANT))
    near = {each: money.round_to(each, unit) for each, unit in units.items()}
    assert near[one] + near[other] == near[one + other]
