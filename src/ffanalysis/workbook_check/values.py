"""What a cell or a text holds: a number, a mark for a gap, an error, a unit, a total's label."""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache

from ffanalysis import money, periods
from ffanalysis.layout import Layout, plain
from ffanalysis.sheets.cells import Cell, NotCalculated

# How many units of the currency one unit of the table is, by what follows the currency's sign.
SCALES: Mapping[str, int] = {"": 1, "000": 1_000, "m": 1_000_000, "bn": 1_000_000_000}

_FOREIGN = re.compile(r"^([-−–(]?)\s*[$€]\s*|^(?:USD|EUR)\s*")
_ERROR = re.compile(
    r"#(?:REF!|VALUE!|N/A|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|ERROR!|GETTING_DATA)", re.I
)
_LIKE_FIGURE = re.compile(
    r"[-+−–(£$€\s]*\d[\d.,'\s]*[.,]?\d*\)?\s*(?:[a-z]{1,2}|DR|CR|[*†‡¹²³]+)?", re.I
)
_NEGATIVE = re.compile(r"\s*[-−–(]|.*[-−]\s*$", re.DOTALL)
_TOTAL_WORDS = re.compile(
    r"\b(?:(?:sub[- ]?|grand )?totals?|totaal|subtotaal|somme|summe|sum of)\b", re.I
)
_PART_OF_NAME = re.compile(
    r"\btotal (?:place|care|pay|reward|estimate|number|population|per)\b", re.I
)
_BILLIONS = re.compile(r"\b(?:bn|billions?)\b")
_EUROS = re.compile(r"\beuros?\b|\beur\b")
_SCALES_IN_WORDS = (
    ("000", re.compile(r"thousand|000s?\b|'000|\bk\b")),
    ("m", re.compile(r"million|\bmn?\b")),
)
_MARKED_YEAR = re.compile(
    r"((?:19|20)\d\d)\s*(?:[*†‡§#¹²³⁴]+|[(\[]?(?:\d{1,2}|[a-z]{1,12}\.?)[)\]]|[a-z]{1,2}|est\.?|prov\.?)",
    re.I,
)
_UNIT_WORDS = re.compile(
    r"thousands?|millions?|billions?|pounds?|sterling|euros?|dollars?|per ?cent|gbp|usd|eur"
    r"|\b(?:units?|in|of|the|k|m|mn|bn)\b|0{3}s?|(?<=£)(?:k|m|bn)\b|[^\w]",
    re.I,
)
_PERCENTAGE = re.compile(r"(.*\d\)?)\s*%\s*\)?")
_LONGEST_UNIT = 40  # in a longer text "bn" needs a pound sign to be a unit


def is_year_number(value: object) -> bool:
    """Whether a number looks like a year."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return 1980 <= value <= 2100 and value == int(value)


def is_marked_year(value: object) -> bool:
    """Whether a text is a year with a mark beside it: "2015 *", "2019 (r)", "2024 (est)"."""
    return isinstance(value, str) and bool(_MARKED_YEAR.fullmatch(value.strip()))


def marked_year(text: str) -> str:
    """The year of such a text; "" where it is none."""
    found = _MARKED_YEAR.fullmatch(text.strip())
    return found[1] if found else ""


@lru_cache(maxsize=100_000)
def number_in(text: str) -> Decimal | None:
    """The number that a text writes as money or plainly, or None.

    "1,025 ", "(318)", "-1 414", "$30,546,397.96".
    """
    bare = _FOREIGN.sub(r"\1", text.strip())
    amount = money.from_text(bare, money.POUND)
    if amount is None:
        return None
    digits = re.sub(r"[^\d.]", "", bare)
    if money.unit_of_text(bare) or digits.count(".") > 1 or not re.search(r"\d", digits):
        return Decimal(amount.pence) / 100
    # Fractions of a penny are rounded in money; as a plain number the text keeps them.
    is_negative = amount.pence < 0 or _NEGATIVE.match(bare)
    return -Decimal(digits) if is_negative else Decimal(digits)


def unit_in(text: str, layout: Layout) -> str:
    """The unit that a text names; "" where it names none.

    "£000", "£m", "£bn", "£", "$", "$000", "$m", "€" and so on.
    """
    folded = text.casefold()
    sign = _foreign_sign(folded)
    if _BILLIONS.search(folded) and (len(text) < _LONGEST_UNIT or "£" in text):
        return f"{sign or '£'}bn"
    if not sign:
        named = layout.units_named(text)
        return money.unit_label(named[0]) if len(named) == 1 else ""
    for scale, words in _SCALES_IN_WORDS:
        if words.search(folded):
            return f"{sign}{scale}"
    return "" if re.search(r"[$€]\s*\d", text) else sign


def is_unit_alone(text: str, layout: Layout) -> bool:
    """Whether a text names a unit or per cent and nothing else: "£'000", "(£ million)", "%"."""
    if _UNIT_WORDS.sub("", text):
        return False
    return "%" in text or bool(unit_in(text, layout))


def _foreign_sign(folded: str) -> str:
    if "$" in folded or "usd" in folded:
        return "$"
    return "€" if "€" in folded or _EUROS.search(folded) else ""


def pounds_per(unit: str) -> int | None:
    """How many pounds one of this unit is; None where it is not sterling or not stated."""
    return SCALES[unit[1:]] if unit.startswith("£") else None


def percentage_in(cell: Cell) -> Decimal | None:
    """A percentage as a cell holds it: 0.92 for "92%", otherwise its plain number; or None."""
    if cell.is_number:
        return Decimal(repr(cell.value))
    if not isinstance(cell.value, str):
        return None
    written = _PERCENTAGE.fullmatch(cell.text)
    number = number_in(written[1] if written else cell.text)
    return number / 100 if written and number is not None else number


def carries_unit(text: str) -> bool:
    """Whether an amount names its own unit: "£5.9m", "£450k"."""
    bare = _FOREIGN.sub(r"\1", text.strip())
    return number_in(text) is not None and money.unit_of_text(bare) is not None


def figure_in(cell: Cell, unit: str = "") -> Decimal | None:
    """The number that a cell holds or writes as text, in the unit of its table; None without one.

    "£5.9m" in a table in £000 is 5,900: a text's own unit counts before the table's.
    """
    if cell.is_number:
        return Decimal(repr(cell.value))
    if not isinstance(cell.value, str):
        return None
    number = number_in(cell.value)
    if number is None or not unit or not carries_unit(cell.value):
        return number
    return number / SCALES[unit[1:]]


def float_in(cell: Cell, unit: str = "") -> float | None:
    """The same as a binary number, for sums over many."""
    if cell.is_number:
        return float(cell.value)
    figure = figure_in(cell, unit)
    return None if figure is None else float(figure)


def looks_like_figure(text: str) -> bool:
    """Whether a text looks like a figure but cannot be read as one: "1.200,50", "640 r"."""
    if not _LIKE_FIGURE.fullmatch(text.strip()) or is_heading_number(text) or is_marked_year(text):
        return False
    return (
        number_in(text) is None and periods.parse_year(text) is None and not money.units_named(text)
    )


def is_gap(cell: Cell) -> bool:
    """Whether a cell marks a missing figure (TBC, .., [x], #REF!). No sum over it is checked."""
    if isinstance(cell.value, NotCalculated):
        return True
    if not isinstance(cell.value, str):
        return cell.value is not None and not cell.is_number
    return plain(cell.text) not in ("-", "–", "—", "nil", "") and number_in(cell.value) is None


def is_error(cell: Cell) -> bool:
    """Whether a cell shows an error of its formula: #REF!, #DIV/0! and the like."""
    return isinstance(cell.value, str) and bool(_ERROR.fullmatch(cell.text))


def is_heading_number(text: str) -> bool:
    """Whether a text of digits is rather a year or a code over a column: "2015", "0102"."""
    return bool(re.fullmatch(r"(?:19|20)\d\d|0\d+", text.strip()))


def is_figure(cell: Cell) -> bool:
    """Whether a cell holds a number, writes one, or has a formula that should give one."""
    if isinstance(cell.value, str):
        return number_in(cell.value) is not None or looks_like_figure(cell.text)
    return cell.is_number or isinstance(cell.value, NotCalculated)


def is_number(cell: Cell) -> bool:
    """Whether a cell holds a number or writes one that is no year and no code."""
    if isinstance(cell.value, str):
        return number_in(cell.value) is not None and not is_heading_number(cell.value)
    return cell.is_number


def decimals_of(cell: Cell) -> int | None:
    """How many decimals a cell's number format fixes; None under General."""
    return cell.decimals


def is_total_label(text: str) -> bool:
    """Whether a label names a total: "Total", "Sub-total", "Total - Gaelic", "Totaal"."""
    return bool(_TOTAL_WORDS.search(text)) and not _PART_OF_NAME.search(text)
