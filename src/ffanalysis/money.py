"""Exact money.

Whole pence, together with the precision it was stated to, and the only unit conversion.

"£1.083m" is 108,300,000 pence stated to 100,000 pence (£1,000); "£5.9m" is stated to £100,000; 584
in a £000 sheet is stated to £1,000. No amount is ever held as a binary float.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import combinations, combinations_with_replacement
from math import isqrt

POUND = 100
THOUSAND = 1_000 * POUND
MILLION = 1_000_000 * POUND
MINUS = "−"
# The significant figures that a sentence gives of an amount, and of an estimate.
SIGNIFICANT, ESTIMATED = 3, 2


@dataclass(frozen=True, slots=True)
class Amount:
    """Money in pence, and the unit in pence to which its source states it."""

    pence: int
    unit: int


# Where no digits stand between the pound sign and the word, the text names a unit ("£m"), not an
# amount ("£5.9m").
_QUOTE = "['’‘`´]?"
_SIGN = r"(?:£|\bGBP\b)"
_WORD = r"(?:\bpounds?\b(?:\s+sterling\b)?|\bsterling\b)"
_CURRENCY = rf"(?:{_SIGN}|{_WORD})"
_IN_BRACKETS_OR_NOT = rf"(?:\(\s*{_CURRENCY}\s*\)|{_CURRENCY})"
_TOLD = r"(?:(?:all|figures|amounts|are|is|shown|stated|given|expressed)\s+)*"


def _in_words(scale: str) -> str:
    """The unit of a currency and a scale in any order: "£ in 000s", "in thousands of pounds".

    Neither "40 thousand pounds" nor "£, to the nearest thousand" is one, nor is "it saves thousands
    of pounds": words name a unit behind "in" or a mark, or where a text begins.
    """
    behind = rf"(?:\(\s*{_TOLD}(?:in\s+)?{scale}\s*\)|[-–,:;]?\s*{_TOLD}(?:in\s+)?{scale})"
    before = rf"(?<!\d)(?<!\d\s)(?<!of\s)(?<!nearest\s){scale}"
    of_sign = rf"(?:\bin\s+)?{before}\s*(?:\(\s*{_SIGN}\s*\)|(?:of|in)?\s*{_SIGN}(?!\s*\d))"
    of_word = (
        rf"(?:^\s*|(?<=[(:;,–-])\s*|\bin\s+){before}\s*(?:\(\s*{_WORD}\s*\)|(?:of|in)?\s*{_WORD})"
    )
    told = (
        rf"\b(?:figures|amounts|values|numbers)\s+{_TOLD}in\s+{scale}"
        rf"(?:\s*(?:of)?\s*{_IN_BRACKETS_OR_NOT})?"
    )
    return rf"(?:\bin\s+)?{_IN_BRACKETS_OR_NOT}\s*{behind}|{of_sign}|{of_word}|{told}"


_NOUGHTS = rf"{_QUOTE}000{_QUOTE}s?(?![\d.,])"
_PLURAL = rf"(?:{_QUOTE}s)?(?![a-z])"


def _alone(scale: str) -> str:
    """A scale without a currency, where a text says nothing else or behind a mark: "in 000s".

    "Households in thousands" is none of money.
    """
    told = r"(?:(?:all|figures|amounts|values|numbers|savings|shown|stated|are|is)\s+)*"
    said = rf"{told}in\s+(?:the\s+)?{scale}"
    return rf"\(\s*{said}\s*\)|(?:^\W*|[,;:–-]\s*|(?<=\d)\s+){said}(?=\s*(?:$|[),;.]))"


# The larger units first: a pound sign that is part of one names no unit of its own.
_UNIT_TEXTS = (
    (THOUSAND, re.compile(rf"\(\s*(?:in\s+)?(?:thousands?|{_NOUGHTS})\s*\)\s*{_SIGN}", re.I)),
    (MILLION, re.compile(rf"\(\s*(?:in\s+)?millions?\s*\)\s*{_SIGN}", re.I)),
    (THOUSAND, re.compile(_in_words(rf"(?:\bthousands?\b|(?<![\d.,]){_NOUGHTS})"), re.I)),
    (MILLION, re.compile(_in_words(r"\bmillions?\b"), re.I)),
    (
        THOUSAND,
        re.compile(
            rf"(?:£|\bGBP)\s*{_QUOTE}\s*000{_QUOTE}\s*s?(?!\d|[.,]\d)|\(\s*{_QUOTE}000{_QUOTE}\s*s?\s*\)",
            re.I,
        ),
    ),
    (
        THOUSAND,
        re.compile(
            rf"(?:\bin\s+)?(?:£|\bGBP)\s*(?:in\s+)?(?:k|thousands?){_PLURAL}"
            r"|(?<![\w.])[kt]\s*(?:£|GBP\b)"
            rf"|£\s?1,?000{_QUOTE}s\b|\bunits\s+of\s+£\s?1,?000\b|[x×]\s*£\s?1,?000\b"
            r"|£\s*[x×]\s*1,?000\b",
            re.I,
        ),
    ),
    (
        MILLION,
        re.compile(
            rf"(?:\bin\s+)?(?:£|\bGBP)\s*(?:in\s+)?{_QUOTE}(?:m|mn|mln|mil|millions?){_PLURAL}"
            r"|(?<![\w.])mn?\s*(?:£|GBP\b)",
            re.I,
        ),
    ),
    (
        POUND,
        re.compile(
            rf"(?:^|\s)£{_QUOTE}s?(?!\W*(?:to the nearest|rounded))"
            r"(?=\s*(?:$|[.;,:)](?:\s|$)))"
            rf"|\(\s*£{_QUOTE}s?\s*\)"
            rf"|\bin £{_QUOTE}s?(?=\s+[a-z]{{2,}})|\b(?:in|are) (?:whole )?pounds\b",
            re.I,
        ),
    ),
    (
        THOUSAND,
        re.compile(
            rf"{_alone(rf'(?:thousands?|{_NOUGHTS})')}|^\W*(?:thousands|000{_QUOTE}s|['’‘`´]000s?)\W*$",
            re.I,
        ),
    ),
    (MILLION, re.compile(rf"{_alone('millions?')}|^\W*millions\W*$", re.I)),
)
_NO_SCALE = r"(?<!nearest\s)(?<!per\s)(?<!of\s)(?<!\d\s)"
_SCALES = (
    (THOUSAND, re.compile(rf"{_NO_SCALE}(?:\bthousands?\b|(?<![\d.,]){_NOUGHTS})", re.I)),
    (MILLION, re.compile(rf"{_NO_SCALE}\bmillions?\b", re.I)),
)
_SUFFIX = {
    "": None,
    "k": THOUSAND,
    "thousand": THOUSAND,
    "m": MILLION,
    "mn": MILLION,
    "million": MILLION,
}
_SPACES = re.compile("[\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}\N{FIGURE SPACE}]")
# A raised mark of a note: "318²", "318⁽¹⁾", "318ᵃ", "318¹,²".
_RAISED = "[⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ]"
RAISED_MARK = rf"{_RAISED}+(?:[,\s]+{_RAISED}+)*"
_FOOTNOTE = re.compile(rf"(?<=[\d)kmnd])(?:\s*[*†‡]+|\s*{RAISED_MARK}|\s*\[[a-z0-9]\])$", re.I)
_LONGEST = 200
_NOUGHT = re.compile(r"\s*(?:£\s*[-−–—]|[-−–—]\s*£)\s*|\s+[-−–—]\s{2,}")
_GBP = re.compile(r"(?<![a-z])GBP\s*(?=[-−–(]?\s*\d)", re.I)
_AMOUNT_TEXT = re.compile(
    r"""
    (?P<pound>£\s*(?=\())? (?P<open>\()? \s* (?P<sign>[-−–])? \s*
    (?(pound)|£?) \s* (?P<sign2>[-−–])? \s*
    (?P<digits>\d{1,3}(?:,\d{3})+|\d{1,3}(?:[ ]\d{3})+|\d+) (?P<decimals>\.\d+)? \s*
    (?P<suffix>k|thousand|mn|m|million)? \s* (?P<trailing>[-−])? \s* (?P<close>\))?
    """,
    re.VERBOSE | re.I,
)


@lru_cache(maxsize=1 << 14)
def units_named(text: str) -> tuple[int, ...]:
    """The units (pence per 1) that a heading, title or corner names, in the order of their size.

    "(£000)" gives one.
    """
    found = set()
    for unit, pattern in _UNIT_TEXTS:
        rest = pattern.sub(" ; ", text)
        if rest != text:
            found.add(unit)
            text = rest
    if found == {POUND}:
        # Words for a scale that no pattern took with the sign: which of the two holds is not known.
        found |= {unit for unit, scale in _SCALES if scale.search(text)}
    return tuple(sorted(found))


_STERLING = re.compile(r"£|\bGBP|GBP\b|\bpounds?\b|\bsterling\b", re.I)
_OTHER_CURRENCIES = (
    ("euros", re.compile(r"€|\bEUR\b|\beuros?\b", re.I)),
    ("dollars", re.compile(r"\b(?:US|AU|CA)?\$|\$|\bUSD\b|\b(?:US\s+)?dollars?\b", re.I)),
    ("Swiss francs", re.compile(r"\bCHF\b|\bswiss\s+francs?\b", re.I)),
    ("yen", re.compile(r"¥|\bJPY\b|\byen\b", re.I)),
    ("rupees", re.compile(r"₹|\bINR\b|\brupees?\b", re.I)),
)


def names_sterling(text: str) -> bool:
    """Whether a text that names a unit says that it is one of pounds."""
    return bool(_STERLING.search(text))


@lru_cache(maxsize=1 << 14)
def other_currency(text: str) -> str:
    """The currency other than sterling whose unit a text names: "€000", "in euros"; else ""."""
    if len(text) > _LONGEST or _STERLING.search(text):
        return ""
    return next(
        (
            name
            for name, pattern in _OTHER_CURRENCIES
            if pattern.search(text) and units_named(pattern.sub("£", text))
        ),
        "",
    )


def in_sterling(text: str) -> str:
    """A text with a pound sign for another currency whose unit it names."""
    if other_currency(text):
        for _, pattern in _OTHER_CURRENCIES:
            text = pattern.sub("£", text)
    return text


def without_units(text: str) -> str:
    """A heading without the unit it names: "2015/16 (£000)" gives "2015/16"."""
    for _, pattern in _UNIT_TEXTS:
        text = pattern.sub(" ", text)
    return " ".join(re.sub(r"\(\s*\)", " ", text).split())


def unit_label(unit: int) -> str:
    """How a unit is written in a heading."""
    return {POUND: "£", THOUSAND: "£000", MILLION: "£m"}[unit]


def own_decimals(value: float | Decimal) -> int:
    """The decimals of a number in its shortest decimal form: 1.083 has three, 2.0 has none."""
    # A float holds fifteen digits; what a sum of floats leaves behind them is noise, and no
    # precision.
    exponent = Decimal(f"{value:.15g}").normalize().as_tuple().exponent
    return max(0, -int(exponent))


def exact_number(value: float) -> Decimal:
    """A number of a cell through its shortest decimal form, so that binary noise never shows."""
    return Decimal(repr(value))


def written_number(value: float) -> str:
    """A number of a cell as its shortest decimal form writes it: "1553", "0.5"."""
    return f"{exact_number(value).normalize():f}"


def share_written(written: str, whole: int) -> Fraction:
    """A share as a cell states it, where the whole would be 1 or 100: "25%" is a quarter of 100."""
    return Fraction(share_number(written), whole * MILLION)


def share_number(written: str) -> int:
    """The number of a share, in hundred millionths, as far as a cell's number is read."""
    number = Decimal(re.sub(r"[%\s]", "", written))
    return int((number * MILLION).to_integral_value(ROUND_HALF_EVEN))


def to_the_penny(exact: Fraction) -> int:
    """Pence as a whole number, halves away from nil."""
    whole = abs(exact)
    pence = (whole.numerator * 2 + whole.denominator) // (whole.denominator * 2)
    return pence if exact >= 0 else -pence


def from_number(value: float, scale: int, decimals: int) -> Amount:
    """A numeric cell as money.

    `scale` is pence per 1 (100 for £, 100,000 for £000); `decimals` is how far the cell states it,
    and is negative where a number format hides thousands. Read through the shortest decimal form,
    so that binary noise never shows.
    """
    exact = exact_number(value) * scale
    unit = max(1, int(Decimal(scale).scaleb(-decimals)))
    return Amount(int(exact.to_integral_value(ROUND_HALF_EVEN)), unit)


def _bare(text: str) -> str:
    """An amount without the mark of a footnote behind it, and with one kind of space.

    "1,025*", "1,025¹", "1 025"; with a pound sign for "GBP".
    """
    if len(text) > _LONGEST:
        return ""  # no amount is as long, and a pattern would try every way to read it
    return _GBP.sub("£", _FOOTNOTE.sub("", _SPACES.sub(" ", text).strip()))


def is_nought(text: str) -> bool:
    """Whether a text is what Accounting format shows for nil: " £-   ", "£ -", " -   ".

    A dash alone is a mark, and says that an amount is missing.
    """
    return len(text) <= _LONGEST and bool(_NOUGHT.fullmatch(text))


def from_text(text: str, scale: int | None) -> Amount | None:
    """Text as money, or None where it is not an amount: "£5.9m", "1,025", "(318)", "1 414-".

    A unit written with the amount outranks `scale`, the unit of its table; without either there is
    no amount. The zeros of the text count: "£2.000m" is stated to £1,000.
    """
    if scale and is_nought(text):
        return Amount(0, scale)
    found = _AMOUNT_TEXT.fullmatch(_bare(text))
    if not found or bool(found["open"]) != bool(found["close"]):
        return None
    signs = [found["open"], found["sign"], found["sign2"], found["trailing"]]
    scale = _SUFFIX[(found["suffix"] or "").lower()] or scale
    if scale is None or sum(map(bool, signs)) > 1:
        return None
    # "£000" names a unit, and "0102" is a code: neither is an amount, and above all not nil.
    if len(found["digits"]) > 1 and found["digits"].startswith("0"):
        return None
    decimals = found["decimals"] or ""
    exact = Decimal(re.sub(r"[ ,]", "", found["digits"]) + decimals) * scale
    pence = int(exact.to_integral_value(ROUND_HALF_EVEN))
    return Amount(
        -pence if any(signs) else pence,
        max(1, int(Decimal(scale).scaleb(-max(0, len(decimals) - 1)))),
    )


def unit_of_text(text: str) -> int | None:
    """The unit that an amount carries itself.

    "£5.9m" is in millions; None where its table must say it.
    """
    found = _AMOUNT_TEXT.fullmatch(_bare(text))
    return _SUFFIX[(found["suffix"] or "").lower()] if found else None


def tolerance(units: Iterable[int]) -> int:
    """How far, in pence, amounts stated to these units may differ from their sum by rounding alone.

    The lesser of half the sum of the units (the worst case) and three standard deviations of the
    rounding, 3·√(Σunit²/12), rounded up to the coarsest unit. Four amounts in £000 allow £2,000;
    201 of them £13,000.
    """
    stated = list(units)
    if not stated:
        return 0
    coarsest = max(stated)
    # Smallest whole number of coarsest units whose square reaches 9·Σunit²/12, in integers
    # throughout.
    square = 3 * sum(unit * unit for unit in stated)
    steps = isqrt(square // (4 * coarsest * coarsest))
    while 4 * (steps * coarsest) ** 2 < square:
        steps += 1
    return min(sum(stated) // 2, steps * coarsest)


def in_full(pence: int) -> str:
    """Pounds as a sentence writes them.

    "£1,495,000", "−£318.50", with a minus that is read aloud, as no hyphen is.
    """
    whole, part = divmod(abs(pence), POUND)
    return f"{MINUS if pence < 0 else ''}£{whole:,}" + (f".{part:02d}" if part else "")


def in_short(pence: int) -> str:
    """Pounds as a sentence on reconciliation writes them, without loss: "£2.455m", "£100,000"."""
    if abs(pence) >= MILLION and pence % THOUSAND == 0:
        return in_millions(pence)
    return in_full(pence)


def in_millions(pence: int, decimals: int | None = None) -> str:
    """Pounds in millions: with so many decimals, else with as many as they need."""
    number = Decimal(abs(pence)) / MILLION
    number = (
        number.normalize() if decimals is None else number.quantize(Decimal(1).scaleb(-decimals))
    )
    return f"{MINUS if pence < 0 else ''}£{number:,f}m"


def in_words(pence: int) -> str:
    """Pounds by themselves, rounded to what a sentence gives: "£915,000", "£1.59m"."""
    return rounded(pence, _unit_of(pence, SIGNIFICANT))


def round_to(pence: int, unit: int) -> int:
    """An amount to the nearest whole number of units, halves away from nil."""
    steps, rest = divmod(abs(pence), unit)
    whole = (steps + (2 * rest >= unit)) * unit
    return -whole if pence < 0 else whole


def rounded(pence: int, unit: int) -> str:
    """Pounds to the nearest whole number of units: "£915,000", and from a million "£1.59m"."""
    near = round_to(pence, unit)
    if abs(near) < MILLION or unit < _FINEST_IN_MILLIONS:
        return in_full(near)
    if near == pence:
        return in_millions(pence)
    return in_millions(near, max(0, len(str(MILLION // unit)) - 1))


def units_together(amounts: Mapping[int, int]) -> dict[int, int]:
    """The unit to which one sentence rounds each of its amounts, all without their signs.

    `amounts` gives the significant figures that each bears by itself. Where one amount is the sum
    of others, they share the precision at which the sum still comes out; where two differ, each is
    as fine as it takes for them to differ in the same direction.
    """
    units = {size: _unit_of(size, figures) for size, figures in amounts.items()}
    sums = list(_sums_among([size for size in amounts if size]))
    group = {size for whole, parts in sums for size in (whole, *parts)}
    shared = min((_unit_of(size, 2) for size in group), default=MILLION * 1_000)
    shared = min(shared, max(units[size] for size in group)) if group else shared
    units |= dict.fromkeys(group, shared)
    while apart := _out_of_step(units, sums):
        finer = shared // 10 if apart <= group else max(units[size] for size in apart)
        shared, group = min(shared, finer), group | apart
        units |= dict.fromkeys(group, shared)
    return units


def _out_of_step(units: Mapping[int, int], sums: Iterable[tuple[int, tuple[int, ...]]]) -> set[int]:
    """The amounts that rounding blurs, and those of a sum that no longer comes out."""
    found = _blurred(units)
    for whole, parts in sums:
        if not _comes_out(units, whole, parts):
            found |= {whole, *parts}
    return found


_FINEST_IN_MILLIONS = MILLION // 100
_MOST_TOGETHER = 12  # amounts of a sentence among which sums are looked for


def _unit_of(pence: int, figures: int) -> int:
    """The unit to which so many significant figures round an amount, at least whole pounds.

    Of less than £100 it is the penny.
    """
    size = abs(pence)
    if size < 100 * POUND:
        return 1
    return max(POUND, int(10 ** (len(str(size)) - figures)))


def _sums_among(sizes: Sequence[int]) -> Iterator[tuple[int, tuple[int, ...]]]:
    """The amounts that are the sum of two or three of the others."""
    if len(sizes) > _MOST_TOGETHER:
        return
    for number in (2, 3):
        for parts in combinations_with_replacement(sizes, number):
            if (whole := sum(parts)) in sizes:
                yield whole, parts


def _comes_out(units: Mapping[int, int], whole: int, parts: Iterable[int]) -> bool:
    return round_to(whole, units[whole]) == sum(round_to(part, units[part]) for part in parts)


def _blurred(units: Mapping[int, int]) -> set[int]:
    """The amounts that differ, and after rounding do not, or in the other direction."""
    found: set[int] = set()
    for less, more in combinations(sorted(units), 2):
        if round_to(less, units[less]) >= round_to(more, units[more]):
            found |= {less, more}
    return found


def in_pounds(pence: int) -> str:
    """Pounds with two decimals for a machine to read: "1495000.00"."""
    whole, part = divmod(abs(pence), POUND)
    return f"{'-' if pence < 0 else ''}{whole}.{part:02d}"


def percent(part: int, whole: int) -> Decimal:
    """A share in percent, rounded to one decimal, halves away from zero."""
    return (Decimal(100) * part / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)
